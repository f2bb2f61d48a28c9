-- Contracts (C-10, C-11, C-12).

-- Contracts. A contract past review has the hash of the approved words.
CREATE TABLE contracts (
  id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  version BIGINT NOT NULL,
  create_time DATETIME(6) NOT NULL,
  update_time DATETIME(6) NOT NULL,
  creator VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  updater VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  archive_time DATETIME(6) NULL,
  number VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
  account CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  title VARCHAR(200) NOT NULL,
  kind VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NULL,
  quote CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  important TINYINT(1) NOT NULL DEFAULT 0,
  drafter CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  start_date DATE NULL,
  end_date DATE NULL,
  payment VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NULL,
  terms_days BIGINT NOT NULL DEFAULT 0,
  total_amount DECIMAL(19,4) NULL,
  total_currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NULL,
  content_sha256 VARCHAR(64) NULL,
  approved_sha256 VARCHAR(64) NULL,
  state VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  state_reason VARCHAR(1000) NULL,
  submitter CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  review_deadline DATE NULL,
  sign_date DATE NULL,
  seal VARCHAR(100) NULL,
  scan_document VARCHAR(200) NULL,
  signer CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  PRIMARY KEY (id),
  UNIQUE KEY contracts_number (number),
  KEY contracts_by_account (account, state),
  KEY contracts_by_state (state, end_date),
  KEY contracts_by_quote (quote),
  KEY contracts_by_title (title),
  CONSTRAINT contracts_dates CHECK (start_date IS NULL OR end_date IS NULL OR end_date >= start_date)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

CREATE TABLE contracts_parties (
  parent_id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  position INT NOT NULL,
  role VARCHAR(50) NOT NULL,
  legal_name VARCHAR(200) NOT NULL,
  representative VARCHAR(100) NULL,
  PRIMARY KEY (parent_id, position),
  CONSTRAINT contracts_parties_parent FOREIGN KEY (parent_id) REFERENCES contracts (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

CREATE TABLE contracts_lines (
  parent_id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  position INT NOT NULL,
  line_number BIGINT NOT NULL DEFAULT 0,
  product CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  quantity DECIMAL(19,6) NOT NULL,
  unit_price_amount DECIMAL(19,4) NOT NULL,
  unit_price_currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  amount_amount DECIMAL(19,4) NULL,
  amount_currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NULL,
  PRIMARY KEY (parent_id, position),
  UNIQUE KEY contracts_lines_line_number (parent_id, line_number),
  CONSTRAINT contracts_lines_quantity CHECK (quantity > 0),
  CONSTRAINT contracts_lines_parent FOREIGN KEY (parent_id) REFERENCES contracts (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

CREATE TABLE contracts_clauses (
  parent_id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  position INT NOT NULL,
  kind VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NULL,
  body TEXT NULL,
  PRIMARY KEY (parent_id, position),
  CONSTRAINT contracts_clauses_parent FOREIGN KEY (parent_id) REFERENCES contracts (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

CREATE TABLE contracts_attachments (
  parent_id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  position INT NOT NULL,
  title VARCHAR(200) NOT NULL,
  content_sha256 VARCHAR(64) NOT NULL,
  PRIMARY KEY (parent_id, position),
  CONSTRAINT contracts_attachments_parent FOREIGN KEY (parent_id) REFERENCES contracts (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

CREATE TABLE contracts_open_points (
  parent_id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  position INT NOT NULL,
  title VARCHAR(500) NOT NULL,
  responsible CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  resolved TINYINT(1) NOT NULL DEFAULT 0,
  resolution VARCHAR(500) NULL,
  PRIMARY KEY (parent_id, position),
  CONSTRAINT contracts_open_points_parent FOREIGN KEY (parent_id) REFERENCES contracts (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

CREATE TABLE contracts_steps (
  parent_id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  position INT NOT NULL,
  kind VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NULL,
  result VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NULL,
  reviewer CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  opinion VARCHAR(1000) NULL,
  deadline DATE NULL,
  overdue TINYINT(1) NOT NULL DEFAULT 0,
  decide_time DATETIME(6) NULL,
  PRIMARY KEY (parent_id, position),
  CONSTRAINT contracts_steps_parent FOREIGN KEY (parent_id) REFERENCES contracts (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

CREATE TABLE contracts_signatories (
  parent_id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  position INT NOT NULL,
  party VARCHAR(50) NOT NULL,
  person VARCHAR(100) NOT NULL,
  post VARCHAR(100) NULL,
  PRIMARY KEY (parent_id, position),
  CONSTRAINT contracts_signatories_parent FOREIGN KEY (parent_id) REFERENCES contracts (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

CREATE TABLE contracts_signing_checks (
  parent_id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  position INT NOT NULL,
  title VARCHAR(200) NOT NULL,
  correct TINYINT(1) NOT NULL DEFAULT 0,
  PRIMARY KEY (parent_id, position),
  CONSTRAINT contracts_signing_checks_parent FOREIGN KEY (parent_id) REFERENCES contracts (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;
