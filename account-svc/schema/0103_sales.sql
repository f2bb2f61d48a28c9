-- Leads, opportunities, visits (A-19 to A-22, A-28, A-29).

-- Visitors and callers; the follow-up card is a child table that only grows.
CREATE TABLE leads (
  id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  version BIGINT NOT NULL,
  create_time DATETIME(6) NOT NULL,
  update_time DATETIME(6) NOT NULL,
  creator VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  updater VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  archive_time DATETIME(6) NULL,
  number VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
  display_name VARCHAR(100) NOT NULL,
  company_name VARCHAR(200) NULL,
  phone VARCHAR(40) NULL,
  phone_refused TINYINT(1) NOT NULL DEFAULT 0,
  email VARCHAR(200) NULL,
  channel VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  need TEXT NOT NULL,
  intention_level VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NULL,
  next_follow_up_date DATE NULL,
  owner CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  region VARCHAR(64) NULL,
  arrival_time DATETIME(6) NOT NULL,
  referrer CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  state VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  discard_reason VARCHAR(1000) NULL,
  account CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  PRIMARY KEY (id),
  UNIQUE KEY leads_number (number),
  KEY leads_by_owner (owner, state),
  KEY leads_by_next_follow_up (next_follow_up_date),
  KEY leads_by_company (company_name),
  CONSTRAINT leads_owner FOREIGN KEY (owner) REFERENCES employees (id),
  CONSTRAINT leads_account FOREIGN KEY (account) REFERENCES accounts (id),
  CONSTRAINT leads_referrer FOREIGN KEY (referrer) REFERENCES accounts (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

CREATE TABLE leads_follow_ups (
  parent_id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  position INT NOT NULL,
  contact_time DATETIME(6) NULL,
  employee CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  channel VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NULL,
  result VARCHAR(1000) NULL,
  intention_level VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NULL,
  next_date DATE NULL,
  PRIMARY KEY (parent_id, position),
  CONSTRAINT leads_follow_ups_parent FOREIGN KEY (parent_id) REFERENCES leads (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- Chances to sell.
CREATE TABLE opportunities (
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
  owner CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  product VARCHAR(500) NULL,
  amount_amount DECIMAL(19,4) NULL,
  amount_currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NULL,
  stage VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  state VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  probability BIGINT NOT NULL DEFAULT 0,
  expected_date DATE NULL,
  competitor VARCHAR(200) NULL,
  next_step VARCHAR(500) NULL,
  next_step_date DATE NULL,
  lead CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  close_time DATETIME(6) NULL,
  close_reason VARCHAR(1000) NULL,
  remark TEXT NULL,
  PRIMARY KEY (id),
  UNIQUE KEY opportunities_number (number),
  KEY opportunities_by_account (account),
  KEY opportunities_by_owner (owner, state),
  KEY opportunities_by_expected_date (expected_date),
  CONSTRAINT opportunities_probability CHECK (probability BETWEEN 0 AND 100),
  CONSTRAINT opportunities_amount CHECK (amount_amount IS NULL OR amount_amount >= 0),
  CONSTRAINT opportunities_account FOREIGN KEY (account) REFERENCES accounts (id),
  CONSTRAINT opportunities_owner FOREIGN KEY (owner) REFERENCES employees (id),
  CONSTRAINT opportunities_lead FOREIGN KEY (lead) REFERENCES leads (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- Plans of visits.
CREATE TABLE visit_plans (
  id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  version BIGINT NOT NULL,
  create_time DATETIME(6) NOT NULL,
  update_time DATETIME(6) NOT NULL,
  creator VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  updater VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  archive_time DATETIME(6) NULL,
  number VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
  display_name VARCHAR(200) NOT NULL,
  owner CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  period_kind VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  start_date DATE NOT NULL,
  state VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  approver CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  approve_time DATETIME(6) NULL,
  return_reason VARCHAR(1000) NULL,
  PRIMARY KEY (id),
  UNIQUE KEY visit_plans_number (number),
  KEY visit_plans_by_owner (owner, start_date),
  CONSTRAINT visit_plans_owner FOREIGN KEY (owner) REFERENCES employees (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

CREATE TABLE visit_plans_items (
  parent_id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  position INT NOT NULL,
  account CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  visitor CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  purpose VARCHAR(500) NOT NULL,
  planned_date DATE NULL,
  visits BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (parent_id, position),
  KEY visit_plans_items_by_account (account),
  CONSTRAINT visit_plans_items_visits CHECK (visits > 0),
  CONSTRAINT visit_plans_items_account FOREIGN KEY (account) REFERENCES accounts (id),
  CONSTRAINT visit_plans_items_visitor FOREIGN KEY (visitor) REFERENCES employees (id),
  CONSTRAINT visit_plans_items_parent FOREIGN KEY (parent_id) REFERENCES visit_plans (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- Visits with their records.
CREATE TABLE visits (
  id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  version BIGINT NOT NULL,
  create_time DATETIME(6) NOT NULL,
  update_time DATETIME(6) NOT NULL,
  creator VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  updater VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  archive_time DATETIME(6) NULL,
  number VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
  account CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  visitor CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  purpose VARCHAR(500) NOT NULL,
  mode VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  place VARCHAR(200) NULL,
  planned_start DATETIME(6) NULL,
  planned_end DATETIME(6) NULL,
  visit_plan CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  state VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  approver CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  approve_time DATETIME(6) NULL,
  check_in_time DATETIME(6) NULL,
  check_out_time DATETIME(6) NULL,
  persons_met VARCHAR(500) NULL,
  topics TEXT NULL,
  report TEXT NULL,
  result VARCHAR(500) NULL,
  close_reason VARCHAR(500) NULL,
  comment VARCHAR(1000) NULL,
  PRIMARY KEY (id),
  UNIQUE KEY visits_number (number),
  KEY visits_by_account (account, planned_start),
  KEY visits_by_visitor (visitor, planned_start),
  KEY visits_by_plan (visit_plan),
  CONSTRAINT visits_window CHECK (planned_start IS NULL OR planned_end > planned_start),
  CONSTRAINT visits_times CHECK (check_out_time IS NULL OR check_out_time > check_in_time),
  CONSTRAINT visits_account FOREIGN KEY (account) REFERENCES accounts (id),
  CONSTRAINT visits_visitor FOREIGN KEY (visitor) REFERENCES employees (id),
  CONSTRAINT visits_visit_plan FOREIGN KEY (visit_plan) REFERENCES visit_plans (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

CREATE TABLE visits_companions (
  parent_id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  position INT NOT NULL,
  value CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  PRIMARY KEY (parent_id, position),
  KEY visits_companions_by_employee (value),
  CONSTRAINT visits_companions_parent FOREIGN KEY (parent_id) REFERENCES visits (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

CREATE TABLE visits_needs (
  parent_id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  position INT NOT NULL,
  description VARCHAR(1000) NOT NULL,
  product VARCHAR(200) NULL,
  expected_date DATE NULL,
  PRIMARY KEY (parent_id, position),
  CONSTRAINT visits_needs_parent FOREIGN KEY (parent_id) REFERENCES visits (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

CREATE TABLE visits_suggestions (
  parent_id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  position INT NOT NULL,
  description VARCHAR(1000) NOT NULL,
  addressee VARCHAR(100) NULL,
  PRIMARY KEY (parent_id, position),
  CONSTRAINT visits_suggestions_parent FOREIGN KEY (parent_id) REFERENCES visits (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

CREATE TABLE visits_follow_ups (
  parent_id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  position INT NOT NULL,
  action VARCHAR(500) NOT NULL,
  responsible CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  due_date DATE NULL,
  done TINYINT(1) NOT NULL DEFAULT 0,
  PRIMARY KEY (parent_id, position),
  CONSTRAINT visits_follow_ups_parent FOREIGN KEY (parent_id) REFERENCES visits (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;
