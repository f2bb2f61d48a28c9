-- Accounts, their owners, contacts (A-01 to A-05, A-07, A-10).

-- Files of key accounts. No two have the same registration number; see account_keys.
CREATE TABLE accounts (
  id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  version BIGINT NOT NULL,
  create_time DATETIME(6) NOT NULL,
  update_time DATETIME(6) NOT NULL,
  creator VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  updater VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  archive_time DATETIME(6) NULL,
  number VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
  legal_name VARCHAR(200) NOT NULL,
  short_name VARCHAR(100) NULL,
  registration_number VARCHAR(40) NULL,
  address_country CHAR(2) CHARACTER SET ascii COLLATE ascii_bin NULL,
  address_province VARCHAR(60) NULL,
  address_city VARCHAR(60) NULL,
  address_district VARCHAR(60) NULL,
  address_street VARCHAR(200) NULL,
  address_postal_code VARCHAR(16) NULL,
  phone VARCHAR(40) NULL,
  email VARCHAR(200) NULL,
  website VARCHAR(200) NULL,
  industry VARCHAR(100) NULL,
  segment VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NULL,
  vip TINYINT(1) NOT NULL DEFAULT 0,
  excluded TINYINT(1) NOT NULL DEFAULT 0,
  region VARCHAR(64) NULL,
  tier VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NULL,
  tier_review_date DATE NULL,
  parent CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NULL,
  language VARCHAR(16) NULL,
  source VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NULL,
  opening_date DATE NOT NULL,
  products_used VARCHAR(1000) NULL,
  annual_spend_amount DECIMAL(19,4) NULL,
  annual_spend_currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NULL,
  state VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  state_reason VARCHAR(1000) NULL,
  owner CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  protected_until DATETIME(6) NULL,
  verification_submitter CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  verification_submit_time DATETIME(6) NULL,
  verification_verifier CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  verification_verify_time DATETIME(6) NULL,
  verification_evidence TEXT NULL,
  verification_return_reason VARCHAR(1000) NULL,
  remark TEXT NULL,
  PRIMARY KEY (id),
  UNIQUE KEY accounts_number (number),
  KEY accounts_by_owner (owner),
  KEY accounts_by_region (region),
  KEY accounts_by_legal_name (legal_name),
  KEY accounts_by_state (state, update_time),
  KEY accounts_by_parent (parent),
  KEY accounts_by_creator (creator),
  KEY accounts_by_protection (protected_until),
  CONSTRAINT accounts_parent FOREIGN KEY (parent) REFERENCES accounts (id),
  CONSTRAINT accounts_owner FOREIGN KEY (owner) REFERENCES employees (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

CREATE TABLE accounts_missing_fields (
  parent_id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  position INT NOT NULL,
  value VARCHAR(64) NOT NULL,
  PRIMARY KEY (parent_id, position),
  CONSTRAINT accounts_missing_fields_parent FOREIGN KEY (parent_id) REFERENCES accounts (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- Who owned which account when. active_owner makes a second active owner of an account impossible (RTRIM: MariaDB takes
-- no CHAR there, whose padding depends on the SQL mode).
CREATE TABLE account_ownerships (
  id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  version BIGINT NOT NULL,
  create_time DATETIME(6) NOT NULL,
  update_time DATETIME(6) NOT NULL,
  creator VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  updater VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  archive_time DATETIME(6) NULL,
  number VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
  account CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  employee CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  kind VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  state VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  since_time DATETIME(6) NOT NULL,
  until_time DATETIME(6) NULL,
  protected_until DATETIME(6) NULL,
  reason VARCHAR(1000) NULL,
  evidence TEXT NULL,
  end_reason VARCHAR(1000) NULL,
  successor CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  active_owner VARCHAR(26) CHARACTER SET ascii COLLATE ascii_bin
    GENERATED ALWAYS AS (CASE WHEN kind = 'OWNER' AND state = 'ACTIVE' THEN RTRIM(account) END) STORED,
  PRIMARY KEY (id),
  UNIQUE KEY account_ownerships_number (number),
  UNIQUE KEY account_ownerships_active_owner (active_owner),
  KEY account_ownerships_by_account (account, since_time),
  KEY account_ownerships_by_employee (employee, state, kind),
  CONSTRAINT account_ownerships_times CHECK (until_time IS NULL OR until_time >= since_time),
  CONSTRAINT account_ownerships_account FOREIGN KEY (account) REFERENCES accounts (id),
  CONSTRAINT account_ownerships_employee FOREIGN KEY (employee) REFERENCES employees (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- Normalised keys of accounts, to find that a firm has a file already: registration number, folded name, telephone,
-- domain. unique_key is set where the key names one firm only; then no second account can have it.
CREATE TABLE account_keys (
  kind VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  key_value VARCHAR(200) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  account CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  unique_key VARCHAR(200) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL,
  PRIMARY KEY (kind, key_value, account),
  UNIQUE KEY account_keys_unique_key (kind, unique_key),
  KEY account_keys_by_account (account),
  CONSTRAINT account_keys_account FOREIGN KEY (account) REFERENCES accounts (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- One row a key that somebody has looked up to write it: locked by the writer, so that two writers of the same key
-- come one after the other.
CREATE TABLE account_key_guards (
  kind VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  key_value VARCHAR(200) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  PRIMARY KEY (kind, key_value)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- Who asked whether a firm has a file, and what was answered. Keys are kept as SHA-256, so that the log tells about
-- curiosity and not about customers.
CREATE TABLE duplicate_checks (
  id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  check_time DATETIME(6) NOT NULL,
  actor VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  method VARCHAR(160) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  result VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  account CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  keys_sha256 CHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  PRIMARY KEY (id),
  KEY duplicate_checks_by_actor (actor, check_time),
  KEY duplicate_checks_by_account (account, check_time)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- People at the customer.
CREATE TABLE contacts (
  id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  version BIGINT NOT NULL,
  create_time DATETIME(6) NOT NULL,
  update_time DATETIME(6) NOT NULL,
  creator VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  updater VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  archive_time DATETIME(6) NULL,
  number VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
  account CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  display_name VARCHAR(100) NOT NULL,
  title VARCHAR(100) NULL,
  department VARCHAR(100) NULL,
  level VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NULL,
  decision_role VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NULL,
  key_person TINYINT(1) NOT NULL DEFAULT 0,
  phone VARCHAR(40) NULL,
  mobile VARCHAR(40) NULL,
  email VARCHAR(200) NULL,
  messenger VARCHAR(100) NULL,
  identity_number VARCHAR(40) NULL,
  birthday DATE NULL,
  preference VARCHAR(1000) NULL,
  language VARCHAR(16) NULL,
  relationship_strength BIGINT NOT NULL DEFAULT 0,
  last_contact_date DATE NULL,
  reports_to CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  PRIMARY KEY (id),
  UNIQUE KEY contacts_number (number),
  KEY contacts_by_account (account),
  KEY contacts_by_name (display_name),
  CONSTRAINT contacts_strength CHECK (relationship_strength BETWEEN 0 AND 5),
  CONSTRAINT contacts_account FOREIGN KEY (account) REFERENCES accounts (id),
  CONSTRAINT contacts_reports_to FOREIGN KEY (reports_to) REFERENCES contacts (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;
