-- Information on market and competitors, surveys, weekly reports (A-33, A-34, P-13).

CREATE TABLE market_surveys (
  id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  version BIGINT NOT NULL,
  create_time DATETIME(6) NOT NULL,
  update_time DATETIME(6) NOT NULL,
  creator VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  updater VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  archive_time DATETIME(6) NULL,
  number VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
  title VARCHAR(200) NOT NULL,
  objective TEXT NOT NULL,
  method VARCHAR(500) NOT NULL,
  region VARCHAR(64) NOT NULL,
  start_date DATE NOT NULL,
  end_date DATE NOT NULL,
  sample_size BIGINT NOT NULL DEFAULT 0,
  owner CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  state VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  answers BIGINT NOT NULL DEFAULT 0,
  conclusion TEXT NULL,
  evaluator CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  evaluate_time DATETIME(6) NULL,
  market_record CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  close_reason VARCHAR(1000) NULL,
  category VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  PRIMARY KEY (id),
  UNIQUE KEY market_surveys_number (number),
  KEY market_surveys_by_owner (owner, state),
  KEY market_surveys_by_start (start_date),
  CONSTRAINT market_surveys_dates CHECK (end_date >= start_date)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

CREATE TABLE market_surveys_planned_figures (
  parent_id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  position INT NOT NULL,
  kind VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  subject VARCHAR(200) NULL,
  PRIMARY KEY (parent_id, position),
  CONSTRAINT market_surveys_planned_figures_parent FOREIGN KEY (parent_id) REFERENCES market_surveys (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

CREATE TABLE market_surveys_figures (
  parent_id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  position INT NOT NULL,
  kind VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  value DECIMAL(19,4) NOT NULL,
  subject VARCHAR(200) NULL,
  period VARCHAR(40) NULL,
  PRIMARY KEY (parent_id, position),
  CONSTRAINT market_surveys_figures_parent FOREIGN KEY (parent_id) REFERENCES market_surveys (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

CREATE TABLE market_records (
  id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  version BIGINT NOT NULL,
  create_time DATETIME(6) NOT NULL,
  update_time DATETIME(6) NOT NULL,
  creator VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  updater VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  archive_time DATETIME(6) NULL,
  number VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
  category VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  subject VARCHAR(200) NOT NULL,
  content TEXT NOT NULL,
  source_kind VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  source VARCHAR(300) NOT NULL,
  reliability VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  information_date DATE NULL,
  region VARCHAR(64) NULL,
  contributor CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  valid_until DATE NULL,
  confirm_time DATETIME(6) NULL,
  confirmer CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  state VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  superseded_by CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  survey CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  PRIMARY KEY (id),
  UNIQUE KEY market_records_number (number),
  KEY market_records_by_contributor (contributor, create_time),
  KEY market_records_by_valid_until (state, valid_until),
  KEY market_records_by_category (category, region)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

CREATE TABLE market_records_figures (
  parent_id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  position INT NOT NULL,
  kind VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  value DECIMAL(19,4) NOT NULL,
  subject VARCHAR(200) NULL,
  period VARCHAR(40) NULL,
  PRIMARY KEY (parent_id, position),
  CONSTRAINT market_records_figures_parent FOREIGN KEY (parent_id) REFERENCES market_records (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

CREATE TABLE market_records_attachments (
  parent_id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  position INT NOT NULL,
  title VARCHAR(200) NOT NULL,
  reference VARCHAR(500) NOT NULL,
  sha256 VARCHAR(64) NULL,
  PRIMARY KEY (parent_id, position),
  CONSTRAINT market_records_attachments_parent FOREIGN KEY (parent_id) REFERENCES market_records (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

CREATE TABLE competitors (
  id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  version BIGINT NOT NULL,
  create_time DATETIME(6) NOT NULL,
  update_time DATETIME(6) NOT NULL,
  creator VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  updater VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  archive_time DATETIME(6) NULL,
  number VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
  display_name VARCHAR(200) NOT NULL,
  brands VARCHAR(500) NULL,
  region VARCHAR(200) NULL,
  website VARCHAR(300) NULL,
  strengths TEXT NULL,
  weaknesses TEXT NULL,
  strategy TEXT NULL,
  PRIMARY KEY (id),
  UNIQUE KEY competitors_number (number),
  UNIQUE KEY competitors_display_name (display_name)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

CREATE TABLE competitor_records (
  id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  version BIGINT NOT NULL,
  create_time DATETIME(6) NOT NULL,
  update_time DATETIME(6) NOT NULL,
  creator VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  updater VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  archive_time DATETIME(6) NULL,
  number VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
  competitor CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  kind VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  product VARCHAR(200) NULL,
  price_amount DECIMAL(19,4) NULL,
  price_currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NULL,
  content TEXT NOT NULL,
  promotion_from DATE NULL,
  promotion_until DATE NULL,
  share_percent DECIMAL(7,2) NULL,
  account CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  opportunity CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  source_kind VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  source VARCHAR(300) NOT NULL,
  reliability VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  information_date DATE NULL,
  contributor CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  PRIMARY KEY (id),
  UNIQUE KEY competitor_records_number (number),
  KEY competitor_records_by_competitor (competitor, information_date),
  KEY competitor_records_by_contributor (contributor, create_time),
  KEY competitor_records_by_account (account),
  CONSTRAINT competitor_records_competitor FOREIGN KEY (competitor) REFERENCES competitors (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

CREATE TABLE competitor_records_evidence (
  parent_id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  position INT NOT NULL,
  title VARCHAR(200) NOT NULL,
  reference VARCHAR(500) NOT NULL,
  sha256 VARCHAR(64) NULL,
  PRIMARY KEY (parent_id, position),
  CONSTRAINT competitor_records_evidence_parent FOREIGN KEY (parent_id) REFERENCES competitor_records (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

CREATE TABLE weekly_reports (
  id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  version BIGINT NOT NULL,
  create_time DATETIME(6) NOT NULL,
  update_time DATETIME(6) NOT NULL,
  creator VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  updater VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  archive_time DATETIME(6) NULL,
  number VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
  author CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  week DATE NOT NULL,
  sales_situation TEXT NULL,
  market_situation TEXT NULL,
  next_week TEXT NULL,
  visits_done BIGINT NOT NULL DEFAULT 0,
  contacts_made BIGINT NOT NULL DEFAULT 0,
  market_records BIGINT NOT NULL DEFAULT 0,
  state VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  due_time DATETIME(6) NULL,
  hand_in_time DATETIME(6) NULL,
  late TINYINT(1) NOT NULL DEFAULT 0,
  content_hash VARCHAR(64) NULL,
  reviewer CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  review_time DATETIME(6) NULL,
  comment TEXT NULL,
  PRIMARY KEY (id),
  UNIQUE KEY weekly_reports_number (number),
  UNIQUE KEY weekly_reports_author (author, week),
  KEY weekly_reports_by_week (week, state),
  CONSTRAINT weekly_reports_employee FOREIGN KEY (author) REFERENCES employees (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;
