-- The vault of confidential documents, usage and churn, channel partners (A-08, A-15, A-16).

-- A confidential document of a customer in the vault.
CREATE TABLE customer_documents (
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
  document_kind VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  classification VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  document_date DATE NULL,
  media_type VARCHAR(100) NULL,
  place VARCHAR(200) NULL,
  content_sha256 VARCHAR(64) NULL,
  content_size BIGINT NOT NULL DEFAULT 0,
  retention_until DATE NULL,
  filer CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  state VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  destroyer CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  destroy_time DATETIME(6) NULL,
  destroy_reason VARCHAR(1000) NULL,
  PRIMARY KEY (id),
  UNIQUE KEY customer_documents_number (number),
  KEY customer_documents_by_account (account, document_kind),
  KEY customer_documents_by_retention (state, retention_until),
  CONSTRAINT customer_documents_account FOREIGN KEY (account) REFERENCES accounts (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- Access to one document for one person and a limited time, asked for and decided.
CREATE TABLE document_grants (
  id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  version BIGINT NOT NULL,
  create_time DATETIME(6) NOT NULL,
  update_time DATETIME(6) NOT NULL,
  creator VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  updater VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  archive_time DATETIME(6) NULL,
  number VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
  document CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  account CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  requester CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  purpose VARCHAR(500) NOT NULL,
  days BIGINT NOT NULL DEFAULT 0,
  state VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  decider CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  decide_time DATETIME(6) NULL,
  decision_reason VARCHAR(1000) NULL,
  valid_until DATETIME(6) NULL,
  PRIMARY KEY (id),
  UNIQUE KEY document_grants_number (number),
  KEY document_grants_by_document (document, requester, state),
  KEY document_grants_by_account (account, state)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- Somebody asked to read a document: who, when, what for, and whether he got it.
CREATE TABLE document_reads (
  id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  version BIGINT NOT NULL,
  create_time DATETIME(6) NOT NULL,
  update_time DATETIME(6) NOT NULL,
  creator VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  updater VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  archive_time DATETIME(6) NULL,
  number VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
  document CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  account CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  reader CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  read_time DATETIME(6) NULL,
  purpose VARCHAR(500) NULL,
  read_kind VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NULL,
  allowed TINYINT(1) NOT NULL DEFAULT 0,
  ground VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NULL,
  document_grant CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  PRIMARY KEY (id),
  UNIQUE KEY document_reads_number (number),
  KEY document_reads_by_document (document, read_time),
  KEY document_reads_by_account (account, read_time),
  KEY document_reads_by_reader (reader, read_time)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- What the documents say: never in a list, an event or the history.
CREATE TABLE customer_document_contents (
  document CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  content MEDIUMBLOB NULL,
  storage_reference VARCHAR(500) NULL,
  PRIMARY KEY (document),
  CONSTRAINT customer_document_contents_document FOREIGN KEY (document) REFERENCES customer_documents (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- What an account used or bought of a kind of business in a month.
CREATE TABLE account_usages (
  id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  version BIGINT NOT NULL,
  create_time DATETIME(6) NOT NULL,
  update_time DATETIME(6) NOT NULL,
  creator VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  updater VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  archive_time DATETIME(6) NULL,
  number VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
  account CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  business VARCHAR(100) NOT NULL,
  usage_month VARCHAR(7) NOT NULL,
  quantity DECIMAL(19,4) NOT NULL,
  unit VARCHAR(20) NULL,
  amount_amount DECIMAL(19,4) NULL,
  amount_currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NULL,
  source VARCHAR(200) NOT NULL,
  PRIMARY KEY (id),
  UNIQUE KEY account_usages_number (number),
  UNIQUE KEY account_usages_month (account, business, usage_month),
  CONSTRAINT account_usages_account FOREIGN KEY (account) REFERENCES accounts (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- Where each account stood when: one open span an account. Kept with the account, in its transactions.
CREATE TABLE account_state_spans (
  account CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  since_time DATETIME(6) NOT NULL,
  span INT NOT NULL,
  until_time DATETIME(6) NULL,
  state VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  PRIMARY KEY (account, span),
  KEY account_state_spans_by_state (state, since_time, until_time),
  CONSTRAINT account_state_spans_account FOREIGN KEY (account) REFERENCES accounts (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

INSERT INTO account_state_spans (account, since_time, span, state) SELECT a.id, a.update_time, 1, a.state FROM accounts a;

ALTER TABLE accounts ADD COLUMN churn_reason VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NULL;
ALTER TABLE accounts ADD COLUMN lost_to VARCHAR(200) NULL;
ALTER TABLE accounts ADD COLUMN state_since DATETIME(6) NULL;

UPDATE accounts SET state_since = update_time;

-- The file of an agent, dealer or second-tier outlet.
CREATE TABLE channel_partners (
  id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  version BIGINT NOT NULL,
  create_time DATETIME(6) NOT NULL,
  update_time DATETIME(6) NOT NULL,
  creator VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  updater VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  archive_time DATETIME(6) NULL,
  number VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
  display_name VARCHAR(200) NOT NULL,
  partner_kind VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  parent CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  region VARCHAR(64) NOT NULL,
  manager CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  agreement_number VARCHAR(100) NULL,
  agreement_to DATE NULL,
  address VARCHAR(300) NULL,
  contact_name VARCHAR(100) NULL,
  phone VARCHAR(40) NULL,
  choice_reason VARCHAR(1000) NOT NULL,
  state VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  approver CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  approve_time DATETIME(6) NULL,
  end_reason VARCHAR(1000) NULL,
  PRIMARY KEY (id),
  UNIQUE KEY channel_partners_number (number),
  KEY channel_partners_by_manager (manager, state),
  KEY channel_partners_by_region (region, partner_kind)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- How able a partner is, scored 1 to 5.
CREATE TABLE channel_evaluations (
  id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  version BIGINT NOT NULL,
  create_time DATETIME(6) NOT NULL,
  update_time DATETIME(6) NOT NULL,
  creator VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  updater VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  archive_time DATETIME(6) NULL,
  number VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
  partner CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  manager CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  evaluation_date DATE NOT NULL,
  network_score BIGINT NOT NULL DEFAULT 0,
  delivery_score BIGINT NOT NULL DEFAULT 0,
  storage_score BIGINT NOT NULL DEFAULT 0,
  sales_score BIGINT NOT NULL DEFAULT 0,
  comment TEXT NOT NULL,
  average DECIMAL(19,4) NULL,
  evaluator CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  PRIMARY KEY (id),
  UNIQUE KEY channel_evaluations_number (number),
  KEY channel_evaluations_by_partner (partner, evaluation_date),
  CONSTRAINT channel_evaluations_partner FOREIGN KEY (partner) REFERENCES channel_partners (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- A violation at a partner, from its finding to the written report.
CREATE TABLE channel_incidents (
  id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  version BIGINT NOT NULL,
  create_time DATETIME(6) NOT NULL,
  update_time DATETIME(6) NOT NULL,
  creator VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  updater VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  archive_time DATETIME(6) NULL,
  number VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
  partner CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  manager CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  incident_kind VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  facts TEXT NOT NULL,
  incident_date DATE NOT NULL,
  state VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  measures VARCHAR(1000) NULL,
  answerer CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  report TEXT NULL,
  closer CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  close_time DATETIME(6) NULL,
  PRIMARY KEY (id),
  UNIQUE KEY channel_incidents_number (number),
  KEY channel_incidents_by_partner (partner, state),
  KEY channel_incidents_by_state (state, incident_date),
  CONSTRAINT channel_incidents_partner FOREIGN KEY (partner) REFERENCES channel_partners (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- What a partner asks for a product, against the published price, and whether it keeps to the sales policy.
CREATE TABLE resale_price_checks (
  id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  version BIGINT NOT NULL,
  create_time DATETIME(6) NOT NULL,
  update_time DATETIME(6) NOT NULL,
  creator VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  updater VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  archive_time DATETIME(6) NULL,
  number VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
  partner CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  manager CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  product VARCHAR(100) NOT NULL,
  check_date DATE NOT NULL,
  observed_price_amount DECIMAL(19,4) NOT NULL,
  observed_price_currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  published_price_amount DECIMAL(19,4) NOT NULL,
  published_price_currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  published_source VARCHAR(200) NOT NULL,
  policy_broken VARCHAR(500) NULL,
  deviation_percent DECIMAL(19,4) NULL,
  violation TINYINT(1) NOT NULL DEFAULT 0,
  incident CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  checker CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  PRIMARY KEY (id),
  UNIQUE KEY resale_price_checks_number (number),
  KEY resale_price_checks_by_partner (partner, check_date),
  CONSTRAINT resale_price_checks_partner FOREIGN KEY (partner) REFERENCES channel_partners (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- Stock of a product counted at a partner, and what it has really sold since the count before.
CREATE TABLE channel_stock_counts (
  id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  version BIGINT NOT NULL,
  create_time DATETIME(6) NOT NULL,
  update_time DATETIME(6) NOT NULL,
  creator VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  updater VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  archive_time DATETIME(6) NULL,
  number VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
  partner CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  manager CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  product VARCHAR(100) NOT NULL,
  count_date DATE NOT NULL,
  quantity DECIMAL(19,4) NOT NULL,
  received DECIMAL(19,4) NULL,
  unit VARCHAR(20) NOT NULL,
  previous_date DATE NULL,
  previous_quantity DECIMAL(19,4) NULL,
  sold DECIMAL(19,4) NULL,
  counter CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  PRIMARY KEY (id),
  UNIQUE KEY channel_stock_counts_number (number),
  UNIQUE KEY channel_stock_counts_day (partner, product, count_date),
  CONSTRAINT channel_stock_counts_partner FOREIGN KEY (partner) REFERENCES channel_partners (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;
