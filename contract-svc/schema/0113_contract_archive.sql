-- Archive, other agreements and numbered forms (C-15, C-17).

-- Files of contracts (C-15).
CREATE TABLE contract_archives (
  id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  version BIGINT NOT NULL,
  create_time DATETIME(6) NOT NULL,
  update_time DATETIME(6) NOT NULL,
  creator VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  updater VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  archive_time DATETIME(6) NULL,
  number VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
  contract CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  account CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  place VARCHAR(200) NOT NULL,
  filing_month VARCHAR(7) NULL,
  filer VARCHAR(96) NULL,
  borrowing CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  remark VARCHAR(500) NULL,
  PRIMARY KEY (id),
  UNIQUE KEY contract_archives_number (number),
  UNIQUE KEY contract_archives_contract (contract),
  KEY contract_archives_by_account (account)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

CREATE TABLE contract_archives_documents (
  parent_id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  position INT NOT NULL,
  title VARCHAR(200) NOT NULL,
  content_sha256 VARCHAR(64) NOT NULL,
  place VARCHAR(200) NULL,
  PRIMARY KEY (parent_id, position),
  CONSTRAINT contract_archives_documents_parent FOREIGN KEY (parent_id) REFERENCES contract_archives (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

CREATE TABLE contract_archives_backups (
  parent_id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  position INT NOT NULL,
  place VARCHAR(200) NOT NULL,
  checksum VARCHAR(64) NULL,
  documents BIGINT NOT NULL DEFAULT 0,
  backup_time DATETIME(6) NULL,
  maker VARCHAR(96) NULL,
  PRIMARY KEY (parent_id, position),
  CONSTRAINT contract_archives_backups_parent FOREIGN KEY (parent_id) REFERENCES contract_archives (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- Borrowings (C-15). The open one of a file stands in contract_archives.borrowing, whose row is locked.
CREATE TABLE archive_borrowings (
  id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  version BIGINT NOT NULL,
  create_time DATETIME(6) NOT NULL,
  update_time DATETIME(6) NOT NULL,
  creator VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  updater VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  archive_time DATETIME(6) NULL,
  number VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
  archive CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  account CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  borrower CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  purpose VARCHAR(200) NOT NULL,
  borrow_date DATE NULL,
  due_date DATE NOT NULL,
  return_date DATE NULL,
  state VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  lender VARCHAR(96) NULL,
  receiver VARCHAR(96) NULL,
  return_remark VARCHAR(500) NULL,
  PRIMARY KEY (id),
  UNIQUE KEY archive_borrowings_number (number),
  KEY archive_borrowings_by_archive (archive, state),
  KEY archive_borrowings_by_account (account),
  KEY archive_borrowings_by_due (state, due_date)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- Other agreements (C-17).
CREATE TABLE agreements (
  id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  version BIGINT NOT NULL,
  create_time DATETIME(6) NOT NULL,
  update_time DATETIME(6) NOT NULL,
  creator VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  updater VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  archive_time DATETIME(6) NULL,
  number VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
  kind VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  title VARCHAR(200) NOT NULL,
  counterparty VARCHAR(200) NOT NULL,
  keeper CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  start_date DATE NOT NULL,
  end_date DATE NOT NULL,
  currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NULL,
  financing_limit_amount DECIMAL(19,4) NULL,
  financing_limit_currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NULL,
  outstanding_amount DECIMAL(19,4) NULL,
  outstanding_currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NULL,
  alert_days BIGINT NOT NULL DEFAULT 0,
  document VARCHAR(200) NULL,
  signer VARCHAR(96) NULL,
  sign_date DATE NULL,
  state VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  state_reason VARCHAR(1000) NULL,
  PRIMARY KEY (id),
  UNIQUE KEY agreements_number (number),
  KEY agreements_by_keeper (keeper, state),
  KEY agreements_by_end (state, end_date)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

CREATE TABLE agreements_purposes (
  parent_id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  position INT NOT NULL,
  value VARCHAR(100) NOT NULL,
  PRIMARY KEY (parent_id, position),
  CONSTRAINT agreements_purposes_parent FOREIGN KEY (parent_id) REFERENCES agreements (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- Money drawn under them.
CREATE TABLE financing_drawings (
  id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  version BIGINT NOT NULL,
  create_time DATETIME(6) NOT NULL,
  update_time DATETIME(6) NOT NULL,
  creator VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  updater VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  archive_time DATETIME(6) NULL,
  number VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
  agreement CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  keeper CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  amount_amount DECIMAL(19,4) NOT NULL,
  amount_currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  purpose VARCHAR(100) NOT NULL,
  document VARCHAR(200) NOT NULL,
  due_date DATE NOT NULL,
  draw_date DATE NULL,
  repay_date DATE NULL,
  repay_reference VARCHAR(64) NULL,
  state VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  PRIMARY KEY (id),
  UNIQUE KEY financing_drawings_number (number),
  KEY financing_drawings_by_agreement (agreement, state),
  KEY financing_drawings_by_keeper (keeper)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- Numbered blank forms (C-17): no number twice.
CREATE TABLE blank_forms (
  id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  version BIGINT NOT NULL,
  create_time DATETIME(6) NOT NULL,
  update_time DATETIME(6) NOT NULL,
  creator VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  updater VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  archive_time DATETIME(6) NULL,
  number VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
  form_type VARCHAR(32) NULL,
  form_number BIGINT NOT NULL DEFAULT 0,
  state VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  holder CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  receive_date DATE NULL,
  issue_date DATE NULL,
  contract CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  void_reason VARCHAR(500) NULL,
  gap_reason VARCHAR(500) NULL,
  PRIMARY KEY (id),
  UNIQUE KEY blank_forms_form (form_type, form_number),
  KEY blank_forms_by_state (form_type, state)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;
