-- Claims, renewals and the loss of an account by itself (A-07).
ALTER TABLE account_ownerships
  ADD COLUMN origin VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NULL,
  ADD COLUMN renewals BIGINT NOT NULL DEFAULT 0,
  ADD COLUMN renew_time DATETIME(6) NULL,
  ADD COLUMN renewed_by VARCHAR(96) NULL,
  ADD COLUMN release_due DATETIME(6) NULL,
  ADD COLUMN release_cause VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NULL,
  ADD KEY account_ownerships_by_end (employee, kind, until_time),
  ADD KEY account_ownerships_by_claim (employee, origin, create_time);

-- What owners are told about their accounts.
CREATE TABLE ownership_notices (
  id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  version BIGINT NOT NULL,
  create_time DATETIME(6) NOT NULL,
  update_time DATETIME(6) NOT NULL,
  creator VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  updater VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  archive_time DATETIME(6) NULL,
  number VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
  employee CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  account CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  ownership CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  kind VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  cause VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NULL,
  due_time DATETIME(6) NULL,
  PRIMARY KEY (id),
  UNIQUE KEY ownership_notices_number (number),
  KEY ownership_notices_by_employee (employee, create_time),
  KEY ownership_notices_by_account (account, create_time),
  CONSTRAINT ownership_notices_account FOREIGN KEY (account) REFERENCES accounts (id),
  CONSTRAINT ownership_notices_employee FOREIGN KEY (employee) REFERENCES employees (id),
  CONSTRAINT ownership_notices_ownership FOREIGN KEY (ownership) REFERENCES account_ownerships (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- Disputes between colleagues (G-09).
CREATE TABLE work_disputes (
  id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  version BIGINT NOT NULL,
  create_time DATETIME(6) NOT NULL,
  update_time DATETIME(6) NOT NULL,
  creator VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  updater VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  archive_time DATETIME(6) NULL,
  number VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
  subject VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  account CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  subject_name VARCHAR(96) NULL,
  opener CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  respondent CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  demand TEXT NOT NULL,
  evidence TEXT NOT NULL,
  answer TEXT NULL,
  answer_time DATETIME(6) NULL,
  state VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  decide_by DATETIME(6) NULL,
  overdue TINYINT(1) NOT NULL DEFAULT 0,
  arbiter CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  decide_time DATETIME(6) NULL,
  effect VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NULL,
  opener_share BIGINT NOT NULL DEFAULT 0,
  decision TEXT NULL,
  ownership CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  PRIMARY KEY (id),
  UNIQUE KEY work_disputes_number (number),
  KEY work_disputes_by_account (account, subject, state),
  KEY work_disputes_by_opener (opener, state),
  KEY work_disputes_by_state (state, decide_by),
  CONSTRAINT work_disputes_parties CHECK (opener <> respondent),
  CONSTRAINT work_disputes_share CHECK (opener_share BETWEEN 0 AND 100),
  CONSTRAINT work_disputes_account FOREIGN KEY (account) REFERENCES accounts (id),
  CONSTRAINT work_disputes_opener FOREIGN KEY (opener) REFERENCES employees (id),
  CONSTRAINT work_disputes_respondent FOREIGN KEY (respondent) REFERENCES employees (id),
  CONSTRAINT work_disputes_ownership FOREIGN KEY (ownership) REFERENCES account_ownerships (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

CREATE TABLE work_disputes_arbiters (
  parent_id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  position INT NOT NULL,
  value CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  PRIMARY KEY (parent_id, position),
  KEY work_disputes_arbiters_by_value (value),
  CONSTRAINT work_disputes_arbiters_parent FOREIGN KEY (parent_id) REFERENCES work_disputes (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- Blocks by which files of firms with similar names are found (A-07); rules/firm_match.h says what they are.
CREATE TABLE account_match_blocks (
  block_key VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  account CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  PRIMARY KEY (block_key, account),
  KEY account_match_blocks_by_account (account),
  CONSTRAINT account_match_blocks_account FOREIGN KEY (account) REFERENCES accounts (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

CREATE TABLE duplicate_scans (
  id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  version BIGINT NOT NULL,
  create_time DATETIME(6) NOT NULL,
  update_time DATETIME(6) NOT NULL,
  creator VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  updater VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  archive_time DATETIME(6) NULL,
  number VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
  state VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  score_min BIGINT NOT NULL DEFAULT 0,
  accounts_seen BIGINT NOT NULL DEFAULT 0,
  pairs_found BIGINT NOT NULL DEFAULT 0,
  scan_cursor VARCHAR(26) NULL,
  finish_time DATETIME(6) NULL,
  PRIMARY KEY (id),
  UNIQUE KEY duplicate_scans_number (number),
  KEY duplicate_scans_by_state (state, create_time)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

CREATE TABLE duplicate_pairs (
  id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  version BIGINT NOT NULL,
  create_time DATETIME(6) NOT NULL,
  update_time DATETIME(6) NOT NULL,
  creator VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  updater VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  archive_time DATETIME(6) NULL,
  number VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
  account CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  other CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  score BIGINT NOT NULL DEFAULT 0,
  match_reason VARCHAR(32) NULL,
  state VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  decider CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  decide_time DATETIME(6) NULL,
  remark VARCHAR(1000) NULL,
  scan CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  PRIMARY KEY (id),
  UNIQUE KEY duplicate_pairs_number (number),
  UNIQUE KEY duplicate_pairs_pair (account, other),
  KEY duplicate_pairs_by_other (other),
  KEY duplicate_pairs_by_state (state, score),
  CONSTRAINT duplicate_pairs_order CHECK (account < other),
  CONSTRAINT duplicate_pairs_account FOREIGN KEY (account) REFERENCES accounts (id),
  CONSTRAINT duplicate_pairs_other FOREIGN KEY (other) REFERENCES accounts (id),
  CONSTRAINT duplicate_pairs_scan FOREIGN KEY (scan) REFERENCES duplicate_scans (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- Files of before get their blocks in steps; nothing to do in a new schema.
INSERT INTO due_items (due_id, kind, resource, open_key, due_time, not_before)
  SELECT '00000000000000000000000120', 'match_blocks.fill', 'accounts/-', 'match_blocks.fill|accounts/-', UTC_TIMESTAMP(6),
         UTC_TIMESTAMP(6)
  FROM accounts LIMIT 1;

-- What lists of accounts are filtered and ordered by: one ordered walk of an index, however many there are.
ALTER TABLE accounts
  ADD KEY accounts_by_state_age (state, create_time),
  ADD KEY accounts_by_state_name (state, legal_name),
  ADD KEY accounts_by_region_age (region, state, create_time),
  ADD KEY accounts_by_region_name (region, state, legal_name);

-- Hand-overs of accounts with their open business (A-07).
CREATE TABLE account_handovers (
  id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  version BIGINT NOT NULL,
  create_time DATETIME(6) NOT NULL,
  update_time DATETIME(6) NOT NULL,
  creator VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  updater VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  archive_time DATETIME(6) NULL,
  number VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
  account CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  giver CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  receiver CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  reason VARCHAR(1000) NULL,
  state VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  transferred TINYINT(1) NOT NULL DEFAULT 0,
  list_time DATETIME(6) NULL,
  giver_signer CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  giver_sign_time DATETIME(6) NULL,
  receiver_sign_time DATETIME(6) NULL,
  sign_by DATETIME(6) NULL,
  overdue TINYINT(1) NOT NULL DEFAULT 0,
  PRIMARY KEY (id),
  UNIQUE KEY account_handovers_number (number),
  KEY account_handovers_by_account (account, state),
  KEY account_handovers_by_giver (giver, state),
  KEY account_handovers_by_receiver (receiver, state),
  KEY account_handovers_by_state (state, sign_by),
  CONSTRAINT account_handovers_parties CHECK (giver <> receiver),
  CONSTRAINT account_handovers_account FOREIGN KEY (account) REFERENCES accounts (id),
  CONSTRAINT account_handovers_giver FOREIGN KEY (giver) REFERENCES employees (id),
  CONSTRAINT account_handovers_receiver FOREIGN KEY (receiver) REFERENCES employees (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

CREATE TABLE account_handovers_items (
  parent_id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  position INT NOT NULL,
  resource VARCHAR(96) NULL,
  item_number VARCHAR(32) NULL,
  kind VARCHAR(32) NULL,
  item_state VARCHAR(48) NULL,
  amount_amount DECIMAL(19,4) NULL,
  amount_currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NULL,
  due_date DATE NULL,
  title VARCHAR(200) NULL,
  PRIMARY KEY (parent_id, position),
  CONSTRAINT account_handovers_items_parent FOREIGN KEY (parent_id) REFERENCES account_handovers (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

CREATE TABLE account_handovers_unanswered (
  parent_id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  position INT NOT NULL,
  value VARCHAR(32) NOT NULL,
  PRIMARY KEY (parent_id, position),
  CONSTRAINT account_handovers_unanswered_parent FOREIGN KEY (parent_id) REFERENCES account_handovers (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;
