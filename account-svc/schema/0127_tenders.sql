-- Tenders and requests for contract drafts (A-24).

-- A tender of a customer and our bid.
CREATE TABLE tenders (
  id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  version BIGINT NOT NULL,
  create_time DATETIME(6) NOT NULL,
  update_time DATETIME(6) NOT NULL,
  creator VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  updater VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  archive_time DATETIME(6) NULL,
  number VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
  account CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  tender_number VARCHAR(64) NOT NULL,
  issuer VARCHAR(200) NOT NULL,
  display_name VARCHAR(200) NOT NULL,
  owner CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  opportunity CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  sale_date DATE NULL,
  question_time DATETIME(6) NULL,
  submission_time DATETIME(6) NOT NULL,
  opening_time DATETIME(6) NULL,
  bid_bond_amount DECIMAL(19,4) NULL,
  bid_bond_currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NULL,
  bid_bond_due DATE NULL,
  bid_bond_paid DATE NULL,
  quote VARCHAR(64) NULL,
  bid_price_amount DECIMAL(19,4) NULL,
  bid_price_currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NULL,
  state VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  approver CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  approve_time DATETIME(6) NULL,
  submitter CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  submit_time DATETIME(6) NULL,
  receipt VARCHAR(500) NULL,
  result_code VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NULL,
  result_reason VARCHAR(1000) NULL,
  winner VARCHAR(200) NULL,
  winning_price_amount DECIMAL(19,4) NULL,
  winning_price_currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NULL,
  missed TINYINT(1) NOT NULL DEFAULT 0,
  PRIMARY KEY (id),
  UNIQUE KEY tenders_number (number),
  UNIQUE KEY tenders_tender_number (issuer, tender_number),
  KEY tenders_by_account (account, state),
  KEY tenders_by_submission (state, submission_time),
  CONSTRAINT tenders_account FOREIGN KEY (account) REFERENCES accounts (id),
  CONSTRAINT tenders_owner FOREIGN KEY (owner) REFERENCES employees (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

CREATE TABLE tenders_documents (
  parent_id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  position INT NOT NULL,
  title VARCHAR(200) NOT NULL,
  document VARCHAR(500) NULL,
  required TINYINT(1) NOT NULL DEFAULT 0,
  PRIMARY KEY (parent_id, position),
  CONSTRAINT tenders_documents_parent FOREIGN KEY (parent_id) REFERENCES tenders (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

CREATE TABLE tenders_competitors (
  parent_id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  position INT NOT NULL,
  bidder VARCHAR(200) NOT NULL,
  price_amount DECIMAL(19,4) NULL,
  price_currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NULL,
  remark VARCHAR(500) NULL,
  PRIMARY KEY (parent_id, position),
  CONSTRAINT tenders_competitors_parent FOREIGN KEY (parent_id) REFERENCES tenders (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

CREATE TABLE tenders_reminders (
  parent_id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  position INT NOT NULL,
  deadline VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NULL,
  reminder_time DATETIME(6) NULL,
  PRIMARY KEY (parent_id, position),
  CONSTRAINT tenders_reminders_parent FOREIGN KEY (parent_id) REFERENCES tenders (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- A won tender or deal that wants a contract.
CREATE TABLE contract_draft_requests (
  id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  version BIGINT NOT NULL,
  create_time DATETIME(6) NOT NULL,
  update_time DATETIME(6) NOT NULL,
  creator VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  updater VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  archive_time DATETIME(6) NULL,
  number VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
  account CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  source VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NULL,
  owner CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  quote VARCHAR(64) NULL,
  amount_amount DECIMAL(19,4) NULL,
  amount_currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NULL,
  state VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  contract VARCHAR(64) NULL,
  decline_reason VARCHAR(1000) NULL,
  PRIMARY KEY (id),
  UNIQUE KEY contract_draft_requests_number (number),
  UNIQUE KEY contract_draft_requests_source (source),
  KEY contract_draft_requests_by_account (account, state)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;
