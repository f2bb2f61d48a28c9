-- Indicators, assessment templates, assessment sheets (G-15, G-16).

CREATE TABLE kpi_definitions (
  id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  version BIGINT NOT NULL,
  create_time DATETIME(6) NOT NULL,
  update_time DATETIME(6) NOT NULL,
  creator VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  updater VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  archive_time DATETIME(6) NULL,
  number VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
  code VARCHAR(32) NULL,
  display_name VARCHAR(100) NULL,
  kpi_class VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NULL,
  definition TEXT NULL,
  method VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NULL,
  unit VARCHAR(20) NULL,
  default_target DECIMAL(19,4) NULL,
  source VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NULL,
  score_max DECIMAL(7,2) NULL,
  PRIMARY KEY (id),
  UNIQUE KEY kpi_definitions_number (number),
  UNIQUE KEY kpi_definitions_code (code),
  KEY kpi_definitions_by_name (display_name)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- A version of a template; the unique key keeps two revisions of one version apart.
CREATE TABLE assessment_templates (
  id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  version BIGINT NOT NULL,
  create_time DATETIME(6) NOT NULL,
  update_time DATETIME(6) NOT NULL,
  creator VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  updater VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  archive_time DATETIME(6) NULL,
  number VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
  code VARCHAR(32) NULL,
  revision BIGINT NOT NULL DEFAULT 0,
  display_name VARCHAR(100) NULL,
  role VARCHAR(16) NULL,
  quarter_method VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NULL,
  year_method VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NULL,
  co_score_weight DECIMAL(7,2) NULL,
  state VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NULL,
  submitter CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  approver CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  approve_time DATETIME(6) NULL,
  return_reason VARCHAR(1000) NULL,
  PRIMARY KEY (id),
  UNIQUE KEY assessment_templates_number (number),
  UNIQUE KEY assessment_templates_revision (code, revision),
  KEY assessment_templates_by_name (display_name),
  CONSTRAINT assessment_templates_submitter FOREIGN KEY (submitter) REFERENCES employees (id),
  CONSTRAINT assessment_templates_approver FOREIGN KEY (approver) REFERENCES employees (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

CREATE TABLE assessment_templates_items (
  parent_id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  position INT NOT NULL,
  kpi CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  weight DECIMAL(7,2) NULL,
  target DECIMAL(19,4) NULL,
  display_name VARCHAR(100) NULL,
  kpi_class VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NULL,
  definition TEXT NULL,
  method VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NULL,
  unit VARCHAR(20) NULL,
  source VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NULL,
  score_max DECIMAL(7,2) NULL,
  PRIMARY KEY (parent_id, position),
  CONSTRAINT assessment_templates_items_kpi FOREIGN KEY (kpi) REFERENCES kpi_definitions (id),
  CONSTRAINT assessment_templates_items_parent FOREIGN KEY (parent_id) REFERENCES assessment_templates (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

CREATE TABLE assessment_templates_bands (
  parent_id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  position INT NOT NULL,
  from_score DECIMAL(7,2) NULL,
  factor DECIMAL(7,4) NULL,
  grade VARCHAR(20) NULL,
  PRIMARY KEY (parent_id, position),
  CONSTRAINT assessment_templates_bands_parent FOREIGN KEY (parent_id) REFERENCES assessment_templates (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- One sheet a person and period.
CREATE TABLE assessment_sheets (
  id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  version BIGINT NOT NULL,
  create_time DATETIME(6) NOT NULL,
  update_time DATETIME(6) NOT NULL,
  creator VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  updater VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  archive_time DATETIME(6) NULL,
  number VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
  employee CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  template CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  period_kind VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NULL,
  start_date DATE NULL,
  end_date DATE NULL,
  state VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NULL,
  scorer CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  total_score DECIMAL(7,2) NULL,
  comment TEXT NULL,
  scorer_sign_time DATETIME(6) NULL,
  employee_opinion TEXT NULL,
  objection TINYINT(1) NOT NULL DEFAULT 0,
  employee_sign_time DATETIME(6) NULL,
  content_sha256 VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NULL,
  bonus_factor DECIMAL(7,4) NULL,
  grade VARCHAR(20) NULL,
  consolidator CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  consolidate_time DATETIME(6) NULL,
  reopen_reason VARCHAR(1000) NULL,
  PRIMARY KEY (id),
  UNIQUE KEY assessment_sheets_number (number),
  UNIQUE KEY assessment_sheets_period (employee, period_kind, start_date),
  KEY assessment_sheets_by_period (period_kind, start_date, state),
  KEY assessment_sheets_by_scorer (scorer, start_date),
  CONSTRAINT assessment_sheets_employee FOREIGN KEY (employee) REFERENCES employees (id),
  CONSTRAINT assessment_sheets_template FOREIGN KEY (template) REFERENCES assessment_templates (id),
  CONSTRAINT assessment_sheets_scorer FOREIGN KEY (scorer) REFERENCES employees (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

CREATE TABLE assessment_sheets_lines (
  parent_id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  position INT NOT NULL,
  kpi CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  display_name VARCHAR(100) NULL,
  kpi_class VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NULL,
  definition TEXT NULL,
  method VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NULL,
  unit VARCHAR(20) NULL,
  source VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NULL,
  score_max DECIMAL(7,2) NULL,
  weight DECIMAL(7,2) NULL,
  target DECIMAL(19,4) NULL,
  actual DECIMAL(19,4) NULL,
  recorder CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  evidence VARCHAR(300) NULL,
  score DECIMAL(7,2) NULL,
  comment VARCHAR(500) NULL,
  PRIMARY KEY (parent_id, position),
  CONSTRAINT assessment_sheets_lines_parent FOREIGN KEY (parent_id) REFERENCES assessment_sheets (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

CREATE TABLE assessment_sheets_co_scores (
  parent_id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  position INT NOT NULL,
  scorer CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  score DECIMAL(7,2) NULL,
  opinion VARCHAR(1000) NULL,
  score_time DATETIME(6) NULL,
  PRIMARY KEY (parent_id, position),
  CONSTRAINT assessment_sheets_co_scores_parent FOREIGN KEY (parent_id) REFERENCES assessment_sheets (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

CREATE TABLE assessment_sheets_months (
  parent_id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  position INT NOT NULL,
  value CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  PRIMARY KEY (parent_id, position),
  CONSTRAINT assessment_sheets_months_parent FOREIGN KEY (parent_id) REFERENCES assessment_sheets (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;
