-- A credit policy holds when it was published by a second person; caps of regions and accounts; alarms (C-32, C-34).
-- A policy without a state was made before and holds like one in force.
ALTER TABLE credit_policies
  ADD COLUMN state VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NULL,
  ADD COLUMN publisher VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NULL,
  ADD COLUMN publish_time DATETIME(6) NULL,
  ADD COLUMN in_force TINYINT(1) GENERATED ALWAYS AS (CASE WHEN state = 'IN_FORCE' THEN 1 END) VIRTUAL,
  ADD UNIQUE KEY credit_policies_in_force (in_force);

CREATE TABLE credit_policies_caps (
  parent_id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  position INT NOT NULL,
  region VARCHAR(50) NULL,
  account CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  cap_amount DECIMAL(19,4) NULL,
  cap_currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NULL,
  dso_target_days BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (parent_id, position),
  CONSTRAINT credit_policies_caps_parent FOREIGN KEY (parent_id) REFERENCES credit_policies (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

CREATE TABLE receivable_alarms (
  id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  version BIGINT NOT NULL,
  create_time DATETIME(6) NOT NULL,
  update_time DATETIME(6) NOT NULL,
  creator VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  updater VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  archive_time DATETIME(6) NULL,
  number VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
  alarm_kind VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NULL,
  account CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  region VARCHAR(50) NULL,
  currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NULL,
  receivables_amount DECIMAL(19,4) NULL,
  receivables_currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NULL,
  cap_amount DECIMAL(19,4) NULL,
  cap_currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NULL,
  turnover_days DECIMAL(19,2) NULL,
  target_days BIGINT NOT NULL DEFAULT 0,
  check_date DATE NULL,
  state VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NULL,
  acknowledger VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NULL,
  acknowledge_time DATETIME(6) NULL,
  measure VARCHAR(1000) NULL,
  PRIMARY KEY (id),
  UNIQUE KEY receivable_alarms_number (number),
  KEY receivable_alarms_by_account (account, state),
  KEY receivable_alarms_by_state (state, alarm_kind)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- Which of the checks that the company asks for before a signature one is (C-12).
ALTER TABLE contracts_signing_checks
  ADD COLUMN check_kind VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NULL;
ALTER TABLE amendments_signing_checks
  ADD COLUMN check_kind VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NULL;
