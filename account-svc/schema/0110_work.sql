-- The work of people (G-08, G-10 to G-14, G-23, G-24).

-- Work that a superior gives to somebody below him in the reporting line, or that somebody takes on himself.
CREATE TABLE tasks (
  id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  version BIGINT NOT NULL,
  create_time DATETIME(6) NOT NULL,
  update_time DATETIME(6) NOT NULL,
  creator VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  updater VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  archive_time DATETIME(6) NULL,
  number VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
  title VARCHAR(200) NOT NULL,
  description TEXT NULL,
  assignee CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  assigner CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  kind VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NULL,
  priority VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NULL,
  due_date DATE NOT NULL,
  account CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  origin VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NULL,
  state VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  result TEXT NULL,
  done_time DATETIME(6) NULL,
  accepter CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  return_reason VARCHAR(1000) NULL,
  PRIMARY KEY (id),
  UNIQUE KEY tasks_number (number),
  KEY tasks_by_assignee (assignee, state, due_date),
  KEY tasks_by_assigner (assigner, state),
  KEY tasks_by_due (state, due_date),
  KEY tasks_by_account (account)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- A car, a room or a thing that people of the company use by turns.
CREATE TABLE shared_resources (
  id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  version BIGINT NOT NULL,
  create_time DATETIME(6) NOT NULL,
  update_time DATETIME(6) NOT NULL,
  creator VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  updater VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  archive_time DATETIME(6) NULL,
  number VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
  display_name VARCHAR(100) NOT NULL,
  kind VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  plate VARCHAR(40) NULL,
  place VARCHAR(100) NULL,
  state VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  mileage_km BIGINT NOT NULL DEFAULT 0,
  keeper CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  PRIMARY KEY (id),
  UNIQUE KEY shared_resources_number (number),
  UNIQUE KEY shared_resources_plate (plate),
  KEY shared_resources_by_kind (kind, display_name)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- Use of a shared resource from a time to a time: borrow register and vehicle log.
CREATE TABLE resource_bookings (
  id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  version BIGINT NOT NULL,
  create_time DATETIME(6) NOT NULL,
  update_time DATETIME(6) NOT NULL,
  creator VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  updater VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  archive_time DATETIME(6) NULL,
  number VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
  resource CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  user_employee CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  purpose VARCHAR(500) NOT NULL,
  account CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  destination VARCHAR(200) NULL,
  start_time DATETIME(6) NOT NULL,
  end_time DATETIME(6) NOT NULL,
  state VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  dispatcher CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  dispatch_time DATETIME(6) NULL,
  refuse_reason VARCHAR(1000) NULL,
  handout_time DATETIME(6) NULL,
  start_mileage_km BIGINT NOT NULL DEFAULT 0,
  return_time DATETIME(6) NULL,
  end_mileage_km BIGINT NOT NULL DEFAULT 0,
  return_note VARCHAR(1000) NULL,
  late TINYINT(1) NOT NULL DEFAULT 0,
  PRIMARY KEY (id),
  UNIQUE KEY resource_bookings_number (number),
  KEY resource_bookings_by_resource (resource, state, start_time),
  KEY resource_bookings_by_user (user_employee, start_time),
  KEY resource_bookings_by_end (state, end_time),
  CONSTRAINT resource_bookings_resource FOREIGN KEY (resource) REFERENCES shared_resources (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- A finding or a suggestion and what became of it (PDCA).
CREATE TABLE improvement_items (
  id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  version BIGINT NOT NULL,
  create_time DATETIME(6) NOT NULL,
  update_time DATETIME(6) NOT NULL,
  creator VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  updater VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  archive_time DATETIME(6) NULL,
  number VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
  kind VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  title VARCHAR(200) NOT NULL,
  description TEXT NOT NULL,
  department CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  proposer CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  state VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  answer_due_date DATE NULL,
  answer TEXT NULL,
  answerer CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  answer_time DATETIME(6) NULL,
  answered_late TINYINT(1) NOT NULL DEFAULT 0,
  cause TEXT NULL,
  action TEXT NULL,
  owner CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  due_date DATE NULL,
  result TEXT NULL,
  done_date DATE NULL,
  effect TEXT NULL,
  checker CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  check_time DATETIME(6) NULL,
  rounds BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (id),
  UNIQUE KEY improvement_items_number (number),
  KEY improvement_items_by_state (state, answer_due_date),
  KEY improvement_items_by_owner (owner, state, due_date),
  KEY improvement_items_by_department (department, state)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- What one department needs of another, with a time for the answer; a request that is not answered in time goes to the head of the department above.
CREATE TABLE coordination_requests (
  id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  version BIGINT NOT NULL,
  create_time DATETIME(6) NOT NULL,
  update_time DATETIME(6) NOT NULL,
  creator VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  updater VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  archive_time DATETIME(6) NULL,
  number VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
  subject VARCHAR(200) NOT NULL,
  need TEXT NOT NULL,
  requester CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  from_department CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  to_department CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  account CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  about VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NULL,
  resource VARCHAR(200) NULL,
  answer_due_time DATETIME(6) NULL,
  state VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  answer TEXT NULL,
  answerer CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  answer_time DATETIME(6) NULL,
  answered_late TINYINT(1) NOT NULL DEFAULT 0,
  escalation_level BIGINT NOT NULL DEFAULT 0,
  escalated_to CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  escalate_time DATETIME(6) NULL,
  PRIMARY KEY (id),
  UNIQUE KEY coordination_requests_number (number),
  KEY coordination_requests_by_department (to_department, state, answer_due_time),
  KEY coordination_requests_by_requester (requester, state),
  CONSTRAINT coordination_requests_department FOREIGN KEY (to_department) REFERENCES departments (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- People of several departments who work on one matter together.
CREATE TABLE working_groups (
  id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  version BIGINT NOT NULL,
  create_time DATETIME(6) NOT NULL,
  update_time DATETIME(6) NOT NULL,
  creator VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  updater VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  archive_time DATETIME(6) NULL,
  number VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
  display_name VARCHAR(100) NOT NULL,
  purpose TEXT NOT NULL,
  account CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  leader CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  start_date DATE NOT NULL,
  end_date DATE NULL,
  PRIMARY KEY (id),
  UNIQUE KEY working_groups_number (number),
  KEY working_groups_by_leader (leader),
  CONSTRAINT working_groups_dates CHECK (end_date IS NULL OR end_date >= start_date)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

CREATE TABLE working_groups_members (
  parent_id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  position INT NOT NULL,
  employee CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  task VARCHAR(200) NULL,
  PRIMARY KEY (parent_id, position),
  CONSTRAINT working_groups_members_parent FOREIGN KEY (parent_id) REFERENCES working_groups (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;


-- What somebody did and plans: log of a day, plan of a week, summary of a month, plan and summary of a department.
CREATE TABLE work_reports (
  id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  version BIGINT NOT NULL,
  create_time DATETIME(6) NOT NULL,
  update_time DATETIME(6) NOT NULL,
  creator VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  updater VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  archive_time DATETIME(6) NULL,
  number VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
  author CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  kind VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  period_start DATE NOT NULL,
  department CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  summary TEXT NULL,
  state VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  hours DECIMAL(7,2) NULL,
  submit_time DATETIME(6) NULL,
  late TINYINT(1) NOT NULL DEFAULT 0,
  reviewer CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  review_time DATETIME(6) NULL,
  comment TEXT NULL,
  return_reason VARCHAR(1000) NULL,
  PRIMARY KEY (id),
  UNIQUE KEY work_reports_number (number),
  UNIQUE KEY work_reports_period (author, kind, period_start),
  KEY work_reports_by_kind (kind, period_start, state)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

CREATE TABLE work_reports_items (
  parent_id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  position INT NOT NULL,
  activity VARCHAR(500) NOT NULL,
  account CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  hours DECIMAL(5,2) NULL,
  result VARCHAR(500) NULL,
  PRIMARY KEY (parent_id, position),
  CONSTRAINT work_reports_items_parent FOREIGN KEY (parent_id) REFERENCES work_reports (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

CREATE TABLE work_reports_plan (
  parent_id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  position INT NOT NULL,
  activity VARCHAR(500) NOT NULL,
  account CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  due_date DATE NULL,
  PRIMARY KEY (parent_id, position),
  CONSTRAINT work_reports_plan_parent FOREIGN KEY (parent_id) REFERENCES work_reports (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- A meeting: agenda, who came, minutes, what was decided.
CREATE TABLE meetings (
  id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  version BIGINT NOT NULL,
  create_time DATETIME(6) NOT NULL,
  update_time DATETIME(6) NOT NULL,
  creator VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  updater VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  archive_time DATETIME(6) NULL,
  number VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
  title VARCHAR(200) NOT NULL,
  kind VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  start_time DATETIME(6) NOT NULL,
  end_time DATETIME(6) NOT NULL,
  place VARCHAR(100) NULL,
  chair CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  minute_taker CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  state VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  present BIGINT NOT NULL DEFAULT 0,
  minutes TEXT NULL,
  publish_time DATETIME(6) NULL,
  PRIMARY KEY (id),
  UNIQUE KEY meetings_number (number),
  KEY meetings_by_time (kind, start_time),
  KEY meetings_by_chair (chair, start_time)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

CREATE TABLE meetings_agenda (
  parent_id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  position INT NOT NULL,
  topic VARCHAR(200) NOT NULL,
  presenter CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  minutes BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (parent_id, position),
  CONSTRAINT meetings_agenda_parent FOREIGN KEY (parent_id) REFERENCES meetings (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

CREATE TABLE meetings_attendees (
  parent_id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  position INT NOT NULL,
  employee CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  attendance VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NULL,
  PRIMARY KEY (parent_id, position),
  CONSTRAINT meetings_attendees_parent FOREIGN KEY (parent_id) REFERENCES meetings (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

CREATE TABLE meetings_actions (
  parent_id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  position INT NOT NULL,
  action VARCHAR(200) NOT NULL,
  responsible CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  due_date DATE NOT NULL,
  task CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  PRIMARY KEY (parent_id, position),
  CONSTRAINT meetings_actions_parent FOREIGN KEY (parent_id) REFERENCES meetings (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- A version of a policy, a procedure or a handbook.
CREATE TABLE policy_documents (
  id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  version BIGINT NOT NULL,
  create_time DATETIME(6) NOT NULL,
  update_time DATETIME(6) NOT NULL,
  creator VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  updater VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  archive_time DATETIME(6) NULL,
  number VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
  title VARCHAR(200) NOT NULL,
  kind VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  department CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  content TEXT NOT NULL,
  effective_date DATE NOT NULL,
  read_by_date DATE NULL,
  revises CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  revision_reason VARCHAR(1000) NULL,
  author CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  version_number BIGINT NOT NULL DEFAULT 0,
  state VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  approver CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  approve_time DATETIME(6) NULL,
  return_reason VARCHAR(1000) NULL,
  PRIMARY KEY (id),
  UNIQUE KEY policy_documents_number (number),
  KEY policy_documents_by_state (state, kind, effective_date),
  UNIQUE KEY policy_documents_revises (revises)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- Somebody has read a version.
CREATE TABLE policy_receipts (
  id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  version BIGINT NOT NULL,
  create_time DATETIME(6) NOT NULL,
  update_time DATETIME(6) NOT NULL,
  creator VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  updater VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  archive_time DATETIME(6) NULL,
  number VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
  document CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  reader CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  read_time DATETIME(6) NULL,
  late TINYINT(1) NOT NULL DEFAULT 0,
  PRIMARY KEY (id),
  UNIQUE KEY policy_receipts_number (number),
  UNIQUE KEY policy_receipts_reader (document, reader),
  KEY policy_receipts_by_reader (reader, read_time),
  CONSTRAINT policy_receipts_document FOREIGN KEY (document) REFERENCES policy_documents (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- Whether a department keeps a policy, looked at on a day.
CREATE TABLE policy_checks (
  id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  version BIGINT NOT NULL,
  create_time DATETIME(6) NOT NULL,
  update_time DATETIME(6) NOT NULL,
  creator VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  updater VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  archive_time DATETIME(6) NULL,
  number VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
  document CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  department CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  check_date DATE NOT NULL,
  compliant TINYINT(1) NOT NULL DEFAULT 0,
  finding TEXT NULL,
  measure TEXT NULL,
  checker CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  PRIMARY KEY (id),
  UNIQUE KEY policy_checks_number (number),
  KEY policy_checks_by_document (document, check_date),
  KEY policy_checks_by_department (department, check_date),
  CONSTRAINT policy_checks_document FOREIGN KEY (document) REFERENCES policy_documents (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;


-- A training: its place in the plan, who came, the exam, what came of it.
CREATE TABLE training_sessions (
  id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  version BIGINT NOT NULL,
  create_time DATETIME(6) NOT NULL,
  update_time DATETIME(6) NOT NULL,
  creator VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  updater VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  archive_time DATETIME(6) NULL,
  number VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
  title VARCHAR(200) NOT NULL,
  kind VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  need TEXT NULL,
  department CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  start_date DATE NOT NULL,
  hours DECIMAL(6,2) NOT NULL,
  trainer CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  external_trainer VARCHAR(100) NULL,
  pass_mark DECIMAL(5,2) NULL,
  state VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  attended BIGINT NOT NULL DEFAULT 0,
  passed BIGINT NOT NULL DEFAULT 0,
  rating BIGINT NOT NULL DEFAULT 0,
  effect TEXT NULL,
  evaluator CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  evaluate_time DATETIME(6) NULL,
  PRIMARY KEY (id),
  UNIQUE KEY training_sessions_number (number),
  KEY training_sessions_by_date (start_date, state),
  KEY training_sessions_by_kind (kind, start_date)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

CREATE TABLE training_sessions_materials (
  parent_id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  position INT NOT NULL,
  value VARCHAR(300) NOT NULL,
  PRIMARY KEY (parent_id, position),
  CONSTRAINT training_sessions_materials_parent FOREIGN KEY (parent_id) REFERENCES training_sessions (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

CREATE TABLE training_sessions_attendees (
  parent_id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  position INT NOT NULL,
  employee CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  attended TINYINT(1) NOT NULL DEFAULT 0,
  score DECIMAL(5,2) NULL,
  passed TINYINT(1) NOT NULL DEFAULT 0,
  PRIMARY KEY (parent_id, position),
  CONSTRAINT training_sessions_attendees_parent FOREIGN KEY (parent_id) REFERENCES training_sessions (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;
