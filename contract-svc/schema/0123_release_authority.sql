-- Who may let goods go that are neither paid nor covered by credit, and how much of one customer (C-21). The amounts
-- delivered are a beginning: revoke a row, give another.

CREATE TABLE release_authorities (
  id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  version BIGINT NOT NULL,
  create_time DATETIME(6) NOT NULL,
  update_time DATETIME(6) NOT NULL,
  creator VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  updater VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  archive_time DATETIME(6) NULL,
  number VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
  role VARCHAR(8) CHARACTER SET ascii COLLATE ascii_bin NULL,
  employee CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NULL,
  max_amount_amount DECIMAL(19,4) NULL,
  max_amount_currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NULL,
  valid_from DATE NOT NULL,
  valid_until DATE NULL,
  reason VARCHAR(1000) NOT NULL,
  grantor CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  state VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  revoke_time DATETIME(6) NULL,
  PRIMARY KEY (id),
  UNIQUE KEY release_authorities_number (number),
  KEY release_authorities_by_role (role, state),
  KEY release_authorities_by_employee (employee, state),
  CONSTRAINT release_authorities_grantee CHECK ((role IS NULL) <> (employee IS NULL))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

INSERT INTO release_authorities (id, version, create_time, update_time, creator, updater, role, currency,
  max_amount_amount, max_amount_currency, valid_from, reason, state) VALUES
  ('00000000000000000000000201', 1, '2000-01-01 00:00:00', '2000-01-01 00:00:00', 'programs/contract-svc',
   'programs/contract-svc', 'FD', 'CNY', 500000, 'CNY', '2000-01-01', 'Delivered default', 'ACTIVE'),
  ('00000000000000000000000202', 1, '2000-01-01 00:00:00', '2000-01-01 00:00:00', 'programs/contract-svc',
   'programs/contract-svc', 'SD', 'CNY', 1000000, 'CNY', '2000-01-01', 'Delivered default', 'ACTIVE'),
  ('00000000000000000000000203', 1, '2000-01-01 00:00:00', '2000-01-01 00:00:00', 'programs/contract-svc',
   'programs/contract-svc', 'GM', NULL, NULL, NULL, '2000-01-01', 'Delivered default', 'ACTIVE');
