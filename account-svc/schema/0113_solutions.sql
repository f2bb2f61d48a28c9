-- Needs, account plans, submissions to manufacturers, solutions, test drives, new products (A-13, A-14, A-18, A-25 to A-27).

-- What a customer needs.
CREATE TABLE customer_needs (
  id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  version BIGINT NOT NULL,
  create_time DATETIME(6) NOT NULL,
  update_time DATETIME(6) NOT NULL,
  creator VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  updater VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  archive_time DATETIME(6) NULL,
  number VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
  account CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  need_kind VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  description TEXT NOT NULL,
  product VARCHAR(200) NULL,
  monthly_quantity DECIMAL(19,4) NULL,
  urgency VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NULL,
  owner CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  state VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  department CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  routed_time DATETIME(6) NULL,
  answer_by DATETIME(6) NULL,
  overdue TINYINT(1) NOT NULL DEFAULT 0,
  escalated_to CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  analysis TEXT NULL,
  analyst CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  answer TEXT NULL,
  answerer CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  answer_time DATETIME(6) NULL,
  told_date DATE NULL,
  told_to VARCHAR(200) NULL,
  outcome VARCHAR(1000) NULL,
  PRIMARY KEY (id),
  UNIQUE KEY customer_needs_number (number),
  KEY customer_needs_by_account (account, state),
  KEY customer_needs_by_department (department, state),
  CONSTRAINT customer_needs_account FOREIGN KEY (account) REFERENCES accounts (id),
  CONSTRAINT customer_needs_owner FOREIGN KEY (owner) REFERENCES employees (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- How much of a product a customer needs in a month.
CREATE TABLE monthly_demands (
  id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  version BIGINT NOT NULL,
  create_time DATETIME(6) NOT NULL,
  update_time DATETIME(6) NOT NULL,
  creator VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  updater VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  archive_time DATETIME(6) NULL,
  number VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
  account CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  product VARCHAR(100) NOT NULL,
  demand_month VARCHAR(7) NOT NULL,
  quantity DECIMAL(19,4) NOT NULL,
  unit VARCHAR(20) NOT NULL,
  owner CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  remark VARCHAR(500) NULL,
  PRIMARY KEY (id),
  UNIQUE KEY monthly_demands_number (number),
  UNIQUE KEY monthly_demands_month (account, product, demand_month),
  CONSTRAINT monthly_demands_account FOREIGN KEY (account) REFERENCES accounts (id),
  CONSTRAINT monthly_demands_owner FOREIGN KEY (owner) REFERENCES employees (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- The plan of an account.
CREATE TABLE account_plans (
  id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  version BIGINT NOT NULL,
  create_time DATETIME(6) NOT NULL,
  update_time DATETIME(6) NOT NULL,
  creator VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  updater VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  archive_time DATETIME(6) NULL,
  number VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
  account CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  display_name VARCHAR(200) NOT NULL,
  owner CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  from_date DATE NOT NULL,
  to_date DATE NOT NULL,
  aim TEXT NOT NULL,
  state VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  approver CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  approve_time DATETIME(6) NULL,
  conclusion TEXT NULL,
  reviewer CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  review_time DATETIME(6) NULL,
  PRIMARY KEY (id),
  UNIQUE KEY account_plans_number (number),
  KEY account_plans_by_account (account, state),
  CONSTRAINT account_plans_days CHECK (to_date >= from_date),
  CONSTRAINT account_plans_account FOREIGN KEY (account) REFERENCES accounts (id),
  CONSTRAINT account_plans_owner FOREIGN KEY (owner) REFERENCES employees (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

CREATE TABLE account_plans_goals (
  parent_id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  position INT NOT NULL,
  metric VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  target DECIMAL(19,4) NOT NULL,
  currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NULL,
  from_date DATE NULL,
  to_date DATE NULL,
  actual DECIMAL(19,4) NULL,
  percent DECIMAL(9,2) NULL,
  PRIMARY KEY (parent_id, position),
  CONSTRAINT account_plans_goals_parent FOREIGN KEY (parent_id) REFERENCES account_plans (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

CREATE TABLE account_plans_actions (
  parent_id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  position INT NOT NULL,
  title VARCHAR(300) NOT NULL,
  responsible CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  due_date DATE NOT NULL,
  done_date DATE NULL,
  PRIMARY KEY (parent_id, position),
  CONSTRAINT account_plans_actions_parent FOREIGN KEY (parent_id) REFERENCES account_plans (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

CREATE TABLE account_plans_joint_projects (
  parent_id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  position INT NOT NULL,
  title VARCHAR(300) NOT NULL,
  customer_person VARCHAR(100) NULL,
  due_date DATE NULL,
  description VARCHAR(1000) NULL,
  PRIMARY KEY (parent_id, position),
  CONSTRAINT account_plans_joint_projects_parent FOREIGN KEY (parent_id) REFERENCES account_plans (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- Demand, files, market information or suggestions submitted to a manufacturer in its form, by its day; what was reviewed is what is submitted.
CREATE TABLE manufacturer_submissions (
  id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  version BIGINT NOT NULL,
  create_time DATETIME(6) NOT NULL,
  update_time DATETIME(6) NOT NULL,
  creator VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  updater VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  archive_time DATETIME(6) NULL,
  number VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
  manufacturer VARCHAR(200) NOT NULL,
  submission_kind VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  account CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  display_name VARCHAR(200) NOT NULL,
  form VARCHAR(100) NULL,
  content TEXT NOT NULL,
  due_date DATE NOT NULL,
  owner CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  state VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  snapshot TEXT NULL,
  content_hash VARCHAR(64) NULL,
  reviewer CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  review_time DATETIME(6) NULL,
  submitter CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  submit_time DATETIME(6) NULL,
  overdue TINYINT(1) NOT NULL DEFAULT 0,
  receipt VARCHAR(500) NULL,
  answer_time DATETIME(6) NULL,
  return_reason VARCHAR(1000) NULL,
  returns BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (id),
  UNIQUE KEY manufacturer_submissions_number (number),
  KEY manufacturer_submissions_by_due (state, due_date),
  KEY manufacturer_submissions_by_owner (owner, state),
  CONSTRAINT manufacturer_submissions_owner FOREIGN KEY (owner) REFERENCES employees (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

CREATE TABLE manufacturer_submissions_attachments (
  parent_id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  position INT NOT NULL,
  title VARCHAR(200) NOT NULL,
  document VARCHAR(500) NOT NULL,
  PRIMARY KEY (parent_id, position),
  CONSTRAINT manufacturer_submissions_attachments_parent FOREIGN KEY (parent_id) REFERENCES manufacturer_submissions (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- A solution that product support writes on the need of a customer.
CREATE TABLE solutions (
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
  need CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  display_name VARCHAR(200) NOT NULL,
  requirement TEXT NOT NULL,
  owner CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  due_date DATE NULL,
  state VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  author CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  reviewed_version BIGINT NOT NULL DEFAULT 0,
  reviewer CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  review_comment VARCHAR(2000) NULL,
  presented_date DATE NULL,
  presented_to VARCHAR(200) NULL,
  decision_date DATE NULL,
  customer_person VARCHAR(200) NULL,
  acceptance_document VARCHAR(500) NULL,
  reject_reason VARCHAR(1000) NULL,
  quality_score BIGINT NOT NULL DEFAULT 0,
  quality_comment VARCHAR(2000) NULL,
  evaluator CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  success_case TINYINT(1) NOT NULL DEFAULT 0,
  case_summary VARCHAR(1000) NULL,
  PRIMARY KEY (id),
  UNIQUE KEY solutions_number (number),
  KEY solutions_by_account (account, state),
  KEY solutions_by_author (author, state),
  KEY solutions_by_case (success_case, case_summary(100)),
  CONSTRAINT solutions_account FOREIGN KEY (account) REFERENCES accounts (id),
  CONSTRAINT solutions_owner FOREIGN KEY (owner) REFERENCES employees (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

CREATE TABLE solutions_versions (
  parent_id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  position INT NOT NULL,
  version BIGINT NOT NULL DEFAULT 0,
  document VARCHAR(500) NULL,
  summary VARCHAR(2000) NULL,
  author CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  write_time DATETIME(6) NULL,
  PRIMARY KEY (parent_id, position),
  CONSTRAINT solutions_versions_parent FOREIGN KEY (parent_id) REFERENCES solutions (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- A car or machine that customers try.
CREATE TABLE demo_vehicles (
  id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  version BIGINT NOT NULL,
  create_time DATETIME(6) NOT NULL,
  update_time DATETIME(6) NOT NULL,
  creator VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  updater VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  archive_time DATETIME(6) NULL,
  number VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
  plate VARCHAR(32) NOT NULL,
  model VARCHAR(100) NOT NULL,
  place VARCHAR(100) NULL,
  PRIMARY KEY (id),
  UNIQUE KEY demo_vehicles_number (number),
  UNIQUE KEY demo_vehicles_plate (plate)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

CREATE TABLE demo_vehicles_licence_classes (
  parent_id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  position INT NOT NULL,
  value VARCHAR(8) NOT NULL,
  PRIMARY KEY (parent_id, position),
  CONSTRAINT demo_vehicles_licence_classes_parent FOREIGN KEY (parent_id) REFERENCES demo_vehicles (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- A fixed route of test drives.
CREATE TABLE test_drive_routes (
  id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  version BIGINT NOT NULL,
  create_time DATETIME(6) NOT NULL,
  update_time DATETIME(6) NOT NULL,
  creator VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  updater VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  archive_time DATETIME(6) NULL,
  number VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
  display_name VARCHAR(100) NOT NULL,
  description TEXT NOT NULL,
  kilometres DECIMAL(7,2) NULL,
  PRIMARY KEY (id),
  UNIQUE KEY test_drive_routes_number (number),
  UNIQUE KEY test_drive_routes_display_name (display_name)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- A test drive.
CREATE TABLE test_drives (
  id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  version BIGINT NOT NULL,
  create_time DATETIME(6) NOT NULL,
  update_time DATETIME(6) NOT NULL,
  creator VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  updater VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  archive_time DATETIME(6) NULL,
  number VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
  owner CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  lead CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  account CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  opportunity CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  customer_name VARCHAR(100) NOT NULL,
  age BIGINT NOT NULL DEFAULT 0,
  job VARCHAR(100) NULL,
  phone VARCHAR(40) NULL,
  address VARCHAR(200) NULL,
  licence_number VARCHAR(40) NOT NULL,
  licence_class VARCHAR(8) NOT NULL,
  licence_expiry DATE NOT NULL,
  vehicle CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  route CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  planned_start DATETIME(6) NOT NULL,
  planned_end DATETIME(6) NOT NULL,
  state VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  customer_signature VARCHAR(500) NULL,
  employee_signature VARCHAR(500) NULL,
  start_time DATETIME(6) NULL,
  end_time DATETIME(6) NULL,
  feedback TEXT NULL,
  close_reason VARCHAR(1000) NULL,
  PRIMARY KEY (id),
  UNIQUE KEY test_drives_number (number),
  KEY test_drives_by_vehicle (vehicle, state, planned_start),
  KEY test_drives_by_owner (owner, state, planned_start),
  CONSTRAINT test_drives_window CHECK (planned_end > planned_start),
  CONSTRAINT test_drives_vehicle FOREIGN KEY (vehicle) REFERENCES demo_vehicles (id),
  CONSTRAINT test_drives_route FOREIGN KEY (route) REFERENCES test_drive_routes (id),
  CONSTRAINT test_drives_owner FOREIGN KEY (owner) REFERENCES employees (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- A new product brought to key accounts.
CREATE TABLE product_initiatives (
  id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  version BIGINT NOT NULL,
  create_time DATETIME(6) NOT NULL,
  update_time DATETIME(6) NOT NULL,
  creator VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  updater VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  archive_time DATETIME(6) NULL,
  number VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
  owner CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  proposer CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  product VARCHAR(200) NOT NULL,
  proposal TEXT NOT NULL,
  state VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  approver CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  approve_time DATETIME(6) NULL,
  reject_reason VARCHAR(1000) NULL,
  conclusion TEXT NULL,
  effect_percent DECIMAL(9,2) NULL,
  PRIMARY KEY (id),
  UNIQUE KEY product_initiatives_number (number),
  KEY product_initiatives_by_owner (owner, state),
  CONSTRAINT product_initiatives_owner FOREIGN KEY (owner) REFERENCES employees (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

CREATE TABLE product_initiatives_target_accounts (
  parent_id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  position INT NOT NULL,
  value CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  PRIMARY KEY (parent_id, position),
  CONSTRAINT product_initiatives_target_accounts_parent FOREIGN KEY (parent_id) REFERENCES product_initiatives (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

CREATE TABLE product_initiatives_milestones (
  parent_id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  position INT NOT NULL,
  title VARCHAR(200) NOT NULL,
  due_date DATE NOT NULL,
  done_date DATE NULL,
  PRIMARY KEY (parent_id, position),
  CONSTRAINT product_initiatives_milestones_parent FOREIGN KEY (parent_id) REFERENCES product_initiatives (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

CREATE TABLE product_initiatives_effects (
  parent_id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  position INT NOT NULL,
  measure VARCHAR(100) NOT NULL,
  target DECIMAL(19,4) NOT NULL,
  actual DECIMAL(19,4) NULL,
  PRIMARY KEY (parent_id, position),
  CONSTRAINT product_initiatives_effects_parent FOREIGN KEY (parent_id) REFERENCES product_initiatives (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

CREATE TABLE product_initiatives_samples (
  parent_id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  position INT NOT NULL,
  account CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  sample_date DATE NULL,
  description VARCHAR(500) NULL,
  result VARCHAR(1000) NULL,
  successful TINYINT(1) NOT NULL DEFAULT 0,
  PRIMARY KEY (parent_id, position),
  CONSTRAINT product_initiatives_samples_parent FOREIGN KEY (parent_id) REFERENCES product_initiatives (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;
