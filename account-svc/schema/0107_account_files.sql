-- The file of an account: what it was given back for, when it was first handed in, when somebody last looked after
-- it;
-- the relationship map of its contacts; segments as data and proposals; checks and targets (A-02 to A-05).
ALTER TABLE accounts ADD COLUMN verification_returned_fields VARCHAR(1000) NULL;
ALTER TABLE accounts ADD COLUMN verification_first_submit_time DATETIME(6) NULL;
ALTER TABLE accounts ADD COLUMN file_update_date DATE NULL;
ALTER TABLE accounts ADD KEY accounts_by_file_update (file_update_date, id);

UPDATE accounts SET verification_first_submit_time = verification_submit_time, file_update_date = DATE(update_time);

CREATE TABLE contacts_influences (
  parent_id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  position INT NOT NULL,
  value CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  PRIMARY KEY (parent_id, position),
  KEY contacts_influences_by_value (value),
  CONSTRAINT contacts_influences_parent FOREIGN KEY (parent_id) REFERENCES contacts (id),
  CONSTRAINT contacts_influences_value FOREIGN KEY (value) REFERENCES contacts (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- What a kind of customer means for the business: segments are data that a company sets for itself.
CREATE TABLE account_segments (
  id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  version BIGINT NOT NULL,
  create_time DATETIME(6) NOT NULL,
  update_time DATETIME(6) NOT NULL,
  creator VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  updater VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  archive_time DATETIME(6) NULL,
  number VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
  segment VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  display_name VARCHAR(60) NOT NULL,
  excluded TINYINT(1) NOT NULL DEFAULT 0,
  visit_interval_days BIGINT NOT NULL DEFAULT 0,
  price_policy VARCHAR(200) NULL,
  complaint_route VARCHAR(200) NULL,
  PRIMARY KEY (id),
  UNIQUE KEY account_segments_number (number),
  UNIQUE KEY account_segments_segment (segment)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

CREATE TABLE account_segments_excluded_industries (
  parent_id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  position INT NOT NULL,
  value VARCHAR(100) NOT NULL,
  PRIMARY KEY (parent_id, position),
  CONSTRAINT account_segments_excluded_industries_parent FOREIGN KEY (parent_id) REFERENCES account_segments (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- What somebody proposes about the classification of an account: a proposal never changes the account, its acceptance
-- does.
CREATE TABLE account_proposals (
  id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  version BIGINT NOT NULL,
  create_time DATETIME(6) NOT NULL,
  update_time DATETIME(6) NOT NULL,
  creator VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  updater VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  archive_time DATETIME(6) NULL,
  number VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
  account CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  proposer CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  segment VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NULL,
  vip VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NULL,
  excluded VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NULL,
  region VARCHAR(64) NULL,
  industry VARCHAR(100) NULL,
  parent CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  reason VARCHAR(1000) NOT NULL,
  state VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  decider CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  decide_time DATETIME(6) NULL,
  decision_reason VARCHAR(1000) NULL,
  PRIMARY KEY (id),
  UNIQUE KEY account_proposals_number (number),
  KEY account_proposals_by_account (account, state),
  KEY account_proposals_by_state (state, create_time),
  CONSTRAINT account_proposals_account FOREIGN KEY (account) REFERENCES accounts (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- The segments that every company has.
INSERT INTO account_segments (id, version, create_time, update_time, creator, updater, segment, display_name, excluded,
  visit_interval_days) VALUES
  ('00000000000000000000000001', 1, '2026-01-01 00:00:00', '2026-01-01 00:00:00', 'programs/account-svc', 'programs/account-svc', 'GOVERNMENT', '政府采购', 0, 30),
  ('00000000000000000000000002', 1, '2026-01-01 00:00:00', '2026-01-01 00:00:00', 'programs/account-svc', 'programs/account-svc', 'GROUP_PURCHASE', '集团购买', 0, 60),
  ('00000000000000000000000003', 1, '2026-01-01 00:00:00', '2026-01-01 00:00:00', 'programs/account-svc', 'programs/account-svc', 'OUTREACH', '外拓客户', 0, 90),
  ('00000000000000000000000004', 1, '2026-01-01 00:00:00', '2026-01-01 00:00:00', 'programs/account-svc', 'programs/account-svc', 'OEM', '主机厂', 0, 30),
  ('00000000000000000000000005', 1, '2026-01-01 00:00:00', '2026-01-01 00:00:00', 'programs/account-svc', 'programs/account-svc', 'INSTITUTION', '机构客户', 0, 60),
  ('00000000000000000000000006', 1, '2026-01-01 00:00:00', '2026-01-01 00:00:00', 'programs/account-svc', 'programs/account-svc', 'BANK', '银行', 0, 60),
  ('00000000000000000000000007', 1, '2026-01-01 00:00:00', '2026-01-01 00:00:00', 'programs/account-svc', 'programs/account-svc', 'ENTERPRISE', '企业客户', 0, 60),
  ('00000000000000000000000008', 1, '2026-01-01 00:00:00', '2026-01-01 00:00:00', 'programs/account-svc', 'programs/account-svc', 'KEY_INDUSTRY', '重点行业', 0, 60);

-- A check of an account file by a supervisor: whether it is up to date, or whether it is true.
CREATE TABLE account_file_checks (
  id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  version BIGINT NOT NULL,
  create_time DATETIME(6) NOT NULL,
  update_time DATETIME(6) NOT NULL,
  creator VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  updater VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  archive_time DATETIME(6) NULL,
  number VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
  account CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  check_kind VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  responsible CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  checker CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  check_date DATE NULL,
  findings TEXT NULL,
  due_date DATE NULL,
  fields_checked BIGINT NOT NULL DEFAULT 0,
  fields_wrong BIGINT NOT NULL DEFAULT 0,
  state VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  resolution VARCHAR(1000) NULL,
  resolver CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  resolve_time DATETIME(6) NULL,
  account_version BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (id),
  UNIQUE KEY account_file_checks_number (number),
  KEY account_file_checks_by_account (account, check_date),
  KEY account_file_checks_by_responsible (responsible, check_date),
  KEY account_file_checks_by_state (state, due_date),
  CONSTRAINT account_file_checks_account FOREIGN KEY (account) REFERENCES accounts (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

CREATE TABLE account_file_checks_items (
  parent_id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  position INT NOT NULL,
  field VARCHAR(64) NOT NULL,
  verdict VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  found VARCHAR(500) NULL,
  PRIMARY KEY (parent_id, position),
  CONSTRAINT account_file_checks_items_parent FOREIGN KEY (parent_id) REFERENCES account_file_checks (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- What filing rate and accuracy rate must reach, for example as the manufacturer asks.
CREATE TABLE account_file_targets (
  id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  version BIGINT NOT NULL,
  create_time DATETIME(6) NOT NULL,
  update_time DATETIME(6) NOT NULL,
  creator VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  updater VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  archive_time DATETIME(6) NULL,
  number VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
  department CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  from_date DATE NOT NULL,
  to_date DATE NOT NULL,
  filing_rate DECIMAL(7,4) NOT NULL,
  accuracy_rate DECIMAL(7,4) NOT NULL,
  source VARCHAR(200) NOT NULL,
  PRIMARY KEY (id),
  UNIQUE KEY account_file_targets_number (number),
  KEY account_file_targets_by_department (department, from_date)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;
