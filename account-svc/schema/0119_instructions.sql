-- Matters put before a superior (G-05).
CREATE TABLE instruction_requests (
  id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  version BIGINT NOT NULL,
  create_time DATETIME(6) NOT NULL,
  update_time DATETIME(6) NOT NULL,
  creator VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  updater VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  archive_time DATETIME(6) NULL,
  number VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
  kind VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NULL,
  subject VARCHAR(200) NULL,
  body TEXT NULL,
  related VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NULL,
  amount_amount DECIMAL(19,4) NULL,
  amount_currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NULL,
  due_date DATE NULL,
  superior CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  requester CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  state VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NULL,
  instruction TEXT NULL,
  result TEXT NULL,
  execute_time DATETIME(6) NULL,
  PRIMARY KEY (id),
  UNIQUE KEY instruction_requests_number (number),
  KEY instruction_requests_by_requester (requester, create_time),
  KEY instruction_requests_by_superior (superior, state),
  KEY instruction_requests_by_subject (subject),
  CONSTRAINT instruction_requests_superior FOREIGN KEY (superior) REFERENCES employees (id),
  CONSTRAINT instruction_requests_requester FOREIGN KEY (requester) REFERENCES employees (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

CREATE TABLE instruction_requests_steps (
  parent_id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  position INT NOT NULL,
  superior CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  opinion VARCHAR(1000) NULL,
  step_time DATETIME(6) NULL,
  PRIMARY KEY (parent_id, position),
  CONSTRAINT instruction_requests_steps_parent FOREIGN KEY (parent_id) REFERENCES instruction_requests (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;
