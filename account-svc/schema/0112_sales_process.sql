-- Sales processes as data, the pipeline of any day, opportunity reports and important matters (A-22, A-23).

ALTER TABLE opportunities
  ADD COLUMN process CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  ADD COLUMN stage_since DATETIME(6) NULL,
  ADD COLUMN first_expected_date DATE NULL,
  ADD COLUMN slip_count BIGINT NOT NULL DEFAULT 0,
  ADD COLUMN slipped_days BIGINT NOT NULL DEFAULT 0,
  ADD COLUMN stalled TINYINT(1) NOT NULL DEFAULT 0,
  ADD COLUMN close_reason_code VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NULL,
  ADD COLUMN important TINYINT(1) NOT NULL DEFAULT 0,
  ADD COLUMN second_of CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL;

ALTER TABLE opportunities ADD KEY opportunities_by_close (state, close_time);

UPDATE opportunities SET stage_since = update_time, first_expected_date = expected_date;

-- What an opportunity was in each version, as far as the pipeline counts it: the pipeline of any day is exact.
CREATE TABLE opportunity_versions (
  opportunity CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  version BIGINT NOT NULL,
  change_time DATETIME(6) NOT NULL,
  owner CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  stage VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  state VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  amount DECIMAL(19,4) NULL,
  currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NULL,
  probability BIGINT NOT NULL,
  stalled TINYINT(1) NOT NULL,
  slipped TINYINT(1) NOT NULL,
  archived TINYINT(1) NOT NULL,
  PRIMARY KEY (opportunity, version),
  KEY opportunity_versions_by_time (opportunity, change_time, version),
  CONSTRAINT opportunity_versions_opportunity FOREIGN KEY (opportunity) REFERENCES opportunities (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- Those there are count from their creation on as they are now.
INSERT INTO opportunity_versions (opportunity, version, change_time, owner, stage, state, amount, currency, probability, stalled, slipped, archived)
SELECT id, version, create_time, owner, stage, state, amount_amount, amount_currency, probability, 0, 0, CASE WHEN archive_time IS NULL THEN 0 ELSE 1 END FROM opportunities;

-- A version of a sales process.
CREATE TABLE sales_processes (
  id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  version BIGINT NOT NULL,
  create_time DATETIME(6) NOT NULL,
  update_time DATETIME(6) NOT NULL,
  creator VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  updater VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  archive_time DATETIME(6) NULL,
  number VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
  code VARCHAR(32) NOT NULL,
  display_name VARCHAR(100) NOT NULL,
  state VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  releaser CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  release_time DATETIME(6) NULL,
  PRIMARY KEY (id),
  UNIQUE KEY sales_processes_number (number),
  KEY sales_processes_by_code (code, state)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

CREATE TABLE sales_processes_stages (
  parent_id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  position INT NOT NULL,
  stage VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  title VARCHAR(100) NOT NULL,
  probability BIGINT NOT NULL DEFAULT 0,
  days_max BIGINT NOT NULL DEFAULT 0,
  optional TINYINT(1) NOT NULL DEFAULT 0,
  PRIMARY KEY (parent_id, position),
  CONSTRAINT sales_processes_stages_parent FOREIGN KEY (parent_id) REFERENCES sales_processes (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

CREATE TABLE sales_processes_facts (
  parent_id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  position INT NOT NULL,
  stage VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  field VARCHAR(64) NOT NULL,
  PRIMARY KEY (parent_id, position),
  CONSTRAINT sales_processes_facts_parent FOREIGN KEY (parent_id) REFERENCES sales_processes (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- The pipeline of the people within reach of its author, as it stood at the end of a day; audited by the head of the department (P-35).
CREATE TABLE opportunity_reports (
  id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  version BIGINT NOT NULL,
  create_time DATETIME(6) NOT NULL,
  update_time DATETIME(6) NOT NULL,
  creator VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  updater VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  archive_time DATETIME(6) NULL,
  number VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
  owner CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  as_of_date DATE NULL,
  remark TEXT NULL,
  content_hash VARCHAR(64) NULL,
  state VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  auditor CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  audit_time DATETIME(6) NULL,
  finding VARCHAR(2000) NULL,
  PRIMARY KEY (id),
  UNIQUE KEY opportunity_reports_number (number),
  KEY opportunity_reports_by_owner (owner, as_of_date)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

CREATE TABLE opportunity_reports_lines (
  parent_id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  position INT NOT NULL,
  stage VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NULL,
  currency VARCHAR(3) NULL,
  deals BIGINT NOT NULL DEFAULT 0,
  amount DECIMAL(19,4) NULL,
  weighted DECIMAL(19,6) NULL,
  stalled BIGINT NOT NULL DEFAULT 0,
  slipped BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (parent_id, position),
  CONSTRAINT opportunity_reports_lines_parent FOREIGN KEY (parent_id) REFERENCES opportunity_reports (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- An account or a deal that is flagged as important, with a reason.
CREATE TABLE important_matters (
  id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  version BIGINT NOT NULL,
  create_time DATETIME(6) NOT NULL,
  update_time DATETIME(6) NOT NULL,
  creator VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  updater VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  archive_time DATETIME(6) NULL,
  number VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
  account CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  opportunity CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  reason VARCHAR(1000) NOT NULL,
  owner CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  superior CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  respond_by DATETIME(6) NULL,
  state VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  overdue TINYINT(1) NOT NULL DEFAULT 0,
  escalated_to CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  response VARCHAR(2000) NULL,
  responder CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  respond_time DATETIME(6) NULL,
  discussion_date DATE NULL,
  minutes TEXT NULL,
  decision VARCHAR(2000) NULL,
  approver CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  approve_time DATETIME(6) NULL,
  close_reason VARCHAR(1000) NULL,
  PRIMARY KEY (id),
  UNIQUE KEY important_matters_number (number),
  KEY important_matters_by_account (account, state),
  KEY important_matters_by_opportunity (opportunity, state),
  KEY important_matters_by_superior (superior, state),
  CONSTRAINT important_matters_account FOREIGN KEY (account) REFERENCES accounts (id),
  CONSTRAINT important_matters_owner FOREIGN KEY (owner) REFERENCES employees (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

CREATE TABLE important_matters_briefings (
  parent_id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  position INT NOT NULL,
  briefing_time DATETIME(6) NULL,
  author CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  text VARCHAR(2000) NULL,
  PRIMARY KEY (parent_id, position),
  CONSTRAINT important_matters_briefings_parent FOREIGN KEY (parent_id) REFERENCES important_matters (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

CREATE TABLE important_matters_participants (
  parent_id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  position INT NOT NULL,
  value CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  PRIMARY KEY (parent_id, position),
  CONSTRAINT important_matters_participants_parent FOREIGN KEY (parent_id) REFERENCES important_matters (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;
