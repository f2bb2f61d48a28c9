-- Delivery projects, their changes and reports (C-26).

CREATE TABLE delivery_projects (
  id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  version BIGINT NOT NULL,
  create_time DATETIME(6) NOT NULL,
  update_time DATETIME(6) NOT NULL,
  creator VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  updater VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  archive_time DATETIME(6) NULL,
  number VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
  account CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  contract CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  title VARCHAR(200) NOT NULL,
  manager CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  customer_goal VARCHAR(1000) NULL,
  own_goal VARCHAR(1000) NULL,
  start_date DATE NOT NULL,
  due_date DATE NOT NULL,
  progress_percent BIGINT NOT NULL DEFAULT 0,
  state VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  inspected_date DATE NULL,
  inspection_overdue TINYINT(1) NOT NULL DEFAULT 0,
  completed_date DATE NULL,
  cancel_reason VARCHAR(1000) NULL,
  remark TEXT NULL,
  inspection_days BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (id),
  UNIQUE KEY delivery_projects_number (number),
  KEY delivery_projects_by_account (account, state),
  KEY delivery_projects_by_due (state, due_date)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

CREATE TABLE delivery_projects_milestones (
  parent_id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  position INT NOT NULL,
  title VARCHAR(200) NOT NULL,
  due_date DATE NOT NULL,
  weight BIGINT NOT NULL DEFAULT 0,
  done_date DATE NULL,
  document VARCHAR(200) NULL,
  PRIMARY KEY (parent_id, position),
  CONSTRAINT delivery_projects_milestones_parent FOREIGN KEY (parent_id) REFERENCES delivery_projects (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

CREATE TABLE delivery_projects_resources (
  parent_id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  position INT NOT NULL,
  title VARCHAR(200) NOT NULL,
  provider CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  from_date DATE NULL,
  to_date DATE NULL,
  confirmed TINYINT(1) NOT NULL DEFAULT 0,
  PRIMARY KEY (parent_id, position),
  CONSTRAINT delivery_projects_resources_parent FOREIGN KEY (parent_id) REFERENCES delivery_projects (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

CREATE TABLE delivery_projects_risks (
  parent_id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  position INT NOT NULL,
  title VARCHAR(200) NOT NULL,
  probability BIGINT NOT NULL DEFAULT 0,
  impact BIGINT NOT NULL DEFAULT 0,
  measure VARCHAR(1000) NOT NULL,
  owner CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  closed TINYINT(1) NOT NULL DEFAULT 0,
  PRIMARY KEY (parent_id, position),
  CONSTRAINT delivery_projects_risks_parent FOREIGN KEY (parent_id) REFERENCES delivery_projects (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

CREATE TABLE project_changes (
  id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  version BIGINT NOT NULL,
  create_time DATETIME(6) NOT NULL,
  update_time DATETIME(6) NOT NULL,
  creator VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  updater VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  archive_time DATETIME(6) NULL,
  number VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
  project CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  account CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  description VARCHAR(2000) NOT NULL,
  cause VARCHAR(1000) NOT NULL,
  requested_by_customer TINYINT(1) NOT NULL DEFAULT 0,
  shift_days BIGINT NOT NULL DEFAULT 0,
  extra_cost_amount DECIMAL(19,4) NULL,
  extra_cost_currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NULL,
  state VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  requester VARCHAR(96) NULL,
  decider VARCHAR(96) NULL,
  decide_time DATETIME(6) NULL,
  decide_reason VARCHAR(1000) NULL,
  PRIMARY KEY (id),
  UNIQUE KEY project_changes_number (number),
  KEY project_changes_by_project (project, state),
  KEY project_changes_by_account (account, state)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

CREATE TABLE project_reports (
  id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  version BIGINT NOT NULL,
  create_time DATETIME(6) NOT NULL,
  update_time DATETIME(6) NOT NULL,
  creator VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  updater VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  archive_time DATETIME(6) NULL,
  number VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
  project CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  account CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  report_kind VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  report_date DATE NULL,
  reporter VARCHAR(96) NULL,
  progress_percent BIGINT NOT NULL DEFAULT 0,
  open_risks BIGINT NOT NULL DEFAULT 0,
  findings VARCHAR(4000) NOT NULL,
  recipient VARCHAR(100) NULL,
  document VARCHAR(200) NULL,
  PRIMARY KEY (id),
  UNIQUE KEY project_reports_number (number),
  KEY project_reports_by_project (project, report_kind, report_date),
  KEY project_reports_by_account (account, report_date)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;
