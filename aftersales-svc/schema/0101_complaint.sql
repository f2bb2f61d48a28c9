-- Complaints, their clocks, and the rules of both (S-02 to S-06).

-- Rules that give a complaint its class.
CREATE TABLE complaint_class_rules (
  id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  version BIGINT NOT NULL,
  create_time DATETIME(6) NOT NULL,
  update_time DATETIME(6) NOT NULL,
  creator VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  updater VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  archive_time DATETIME(6) NULL,
  number VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
  priority BIGINT NOT NULL DEFAULT 0,
  category VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NULL,
  severity_min VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NULL,
  amount_min_amount DECIMAL(19,4) NULL,
  amount_min_currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NULL,
  tier VARCHAR(48) NULL,
  complaint_class VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  remark VARCHAR(500) NULL,
  PRIMARY KEY (id),
  UNIQUE KEY complaint_class_rules_number (number),
  KEY complaint_class_rules_by_priority (priority)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- Versions of business calendars. A version never changes.
CREATE TABLE business_calendars (
  id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  version BIGINT NOT NULL,
  create_time DATETIME(6) NOT NULL,
  update_time DATETIME(6) NOT NULL,
  creator VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  updater VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  archive_time DATETIME(6) NULL,
  number VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
  code VARCHAR(32) NOT NULL,
  calendar_version BIGINT NOT NULL DEFAULT 0,
  time_zone VARCHAR(64) NOT NULL,
  PRIMARY KEY (id),
  UNIQUE KEY business_calendars_number (number),
  UNIQUE KEY business_calendars_calendar_version (code, calendar_version),
  CONSTRAINT business_calendars_version_positive CHECK (calendar_version > 0)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

CREATE TABLE business_calendars_windows (
  parent_id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  position INT NOT NULL,
  weekday VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  from_minute BIGINT NOT NULL DEFAULT 0,
  to_minute BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (parent_id, position),
  CONSTRAINT business_calendars_windows_order CHECK (from_minute < to_minute AND to_minute <= 1440),
  CONSTRAINT business_calendars_windows_parent FOREIGN KEY (parent_id) REFERENCES business_calendars (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

CREATE TABLE business_calendars_exceptions (
  parent_id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  position INT NOT NULL,
  day DATE NOT NULL,
  closed TINYINT(1) NOT NULL DEFAULT 0,
  from_minute BIGINT NOT NULL DEFAULT 0,
  to_minute BIGINT NOT NULL DEFAULT 0,
  description VARCHAR(100) NULL,
  PRIMARY KEY (parent_id, position),
  CONSTRAINT business_calendars_exceptions_parent FOREIGN KEY (parent_id) REFERENCES business_calendars (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- Time limits by class and kind.
CREATE TABLE clock_policies (
  id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  version BIGINT NOT NULL,
  create_time DATETIME(6) NOT NULL,
  update_time DATETIME(6) NOT NULL,
  creator VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  updater VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  archive_time DATETIME(6) NULL,
  number VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
  complaint_class VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  kind VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  allotment_minutes BIGINT NOT NULL DEFAULT 0,
  calendar_code VARCHAR(32) NOT NULL,
  pause_max_minutes BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (id),
  UNIQUE KEY clock_policies_number (number),
  KEY clock_policies_by_class (complaint_class, kind),
  CONSTRAINT clock_policies_allotment CHECK (allotment_minutes > 0)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- Rungs of the escalation ladder.
CREATE TABLE escalation_rules (
  id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  version BIGINT NOT NULL,
  create_time DATETIME(6) NOT NULL,
  update_time DATETIME(6) NOT NULL,
  creator VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  updater VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  archive_time DATETIME(6) NULL,
  number VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
  complaint_class VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  kind VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  level BIGINT NOT NULL DEFAULT 0,
  basis VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  minutes BIGINT NOT NULL DEFAULT 0,
  role VARCHAR(16) NOT NULL,
  PRIMARY KEY (id),
  UNIQUE KEY escalation_rules_number (number),
  KEY escalation_rules_by_class (complaint_class, kind, level),
  CONSTRAINT escalation_rules_level CHECK (level BETWEEN 1 AND 9)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- Complaints.
CREATE TABLE complaints (
  id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  version BIGINT NOT NULL,
  create_time DATETIME(6) NOT NULL,
  update_time DATETIME(6) NOT NULL,
  creator VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  updater VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  archive_time DATETIME(6) NULL,
  number VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
  account CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  contact VARCHAR(200) NULL,
  product VARCHAR(200) NULL,
  order_name VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NULL,
  contract_name VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NULL,
  category VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  severity VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  amount_amount DECIMAL(19,4) NULL,
  amount_currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NULL,
  description TEXT NOT NULL,
  demand TEXT NULL,
  channel VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  receive_time DATETIME(6) NOT NULL,
  bypassed TINYINT(1) NOT NULL DEFAULT 0,
  state VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  complaint_class VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  class_rule CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  class_reason TEXT NULL,
  handler CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  manufacturer_involved TINYINT(1) NOT NULL DEFAULT 0,
  investigation_cause TEXT NULL,
  investigation_responsible_party VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NULL,
  investigation_finding TEXT NULL,
  investigation_solution TEXT NULL,
  investigation_cost_amount DECIMAL(19,4) NULL,
  investigation_cost_currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NULL,
  investigation_investigator CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  investigation_finish_time DATETIME(6) NULL,
  confirmation_confirmed_by VARCHAR(100) NULL,
  confirmation_confirm_time DATETIME(6) NULL,
  confirmation_satisfied TINYINT(1) NOT NULL DEFAULT 0,
  confirmation_score BIGINT NOT NULL DEFAULT 0,
  confirmation_remark TEXT NULL,
  escalation_level BIGINT NOT NULL DEFAULT 0,
  overdue TINYINT(1) NOT NULL DEFAULT 0,
  overdue_reason VARCHAR(200) NULL,
  sla_verdict VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NULL,
  agreed_by VARCHAR(100) NULL,
  close_reason TEXT NULL,
  duplicate_of CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  state_before_suspicion VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NULL,
  reopen_count BIGINT NOT NULL DEFAULT 0,
  close_time DATETIME(6) NULL,
  PRIMARY KEY (id),
  UNIQUE KEY complaints_number (number),
  KEY complaints_by_account (account, state),
  KEY complaints_by_handler (handler, state),
  KEY complaints_by_state (state, receive_time),
  KEY complaints_by_class (complaint_class, state),
  CONSTRAINT complaints_score CHECK (confirmation_score BETWEEN 0 AND 5),
  CONSTRAINT complaints_level CHECK (escalation_level BETWEEN 0 AND 9),
  CONSTRAINT complaints_amount CHECK (amount_amount IS NULL OR amount_amount >= 0),
  CONSTRAINT complaints_class_rule FOREIGN KEY (class_rule) REFERENCES complaint_class_rules (id),
  CONSTRAINT complaints_duplicate_of FOREIGN KEY (duplicate_of) REFERENCES complaints (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

CREATE TABLE complaints_evidence (
  parent_id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  position INT NOT NULL,
  title VARCHAR(200) NOT NULL,
  location VARCHAR(500) NOT NULL,
  received_date DATE NULL,
  PRIMARY KEY (parent_id, position),
  CONSTRAINT complaints_evidence_parent FOREIGN KEY (parent_id) REFERENCES complaints (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

CREATE TABLE complaints_co_handlers (
  parent_id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  position INT NOT NULL,
  value CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  PRIMARY KEY (parent_id, position),
  KEY complaints_co_handlers_by_employee (value),
  CONSTRAINT complaints_co_handlers_parent FOREIGN KEY (parent_id) REFERENCES complaints (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

CREATE TABLE complaints_replies (
  parent_id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  position INT NOT NULL,
  channel VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  reply_time DATETIME(6) NOT NULL,
  content TEXT NOT NULL,
  employee CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  PRIMARY KEY (parent_id, position),
  CONSTRAINT complaints_replies_parent FOREIGN KEY (parent_id) REFERENCES complaints (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

CREATE TABLE complaints_escalations (
  parent_id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  position INT NOT NULL,
  level BIGINT NOT NULL DEFAULT 0,
  escalation_time DATETIME(6) NOT NULL,
  role VARCHAR(16) NULL,
  kind VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NULL,
  actor VARCHAR(96) NOT NULL,
  reason TEXT NULL,
  PRIMARY KEY (parent_id, position),
  CONSTRAINT complaints_escalations_parent FOREIGN KEY (parent_id) REFERENCES complaints (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- Clocks; their events are only added.
CREATE TABLE complaint_clocks (
  id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  version BIGINT NOT NULL,
  create_time DATETIME(6) NOT NULL,
  update_time DATETIME(6) NOT NULL,
  creator VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  updater VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  archive_time DATETIME(6) NULL,
  number VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
  complaint CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  account CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  handler CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  kind VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  complaint_class VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NULL,
  policy CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  calendar CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  allotment_minutes BIGINT NOT NULL DEFAULT 0,
  pause_max_minutes BIGINT NOT NULL DEFAULT 0,
  state VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  due_time DATETIME(6) NOT NULL,
  breach_time DATETIME(6) NULL,
  satisfied_time DATETIME(6) NULL,
  held_minutes BIGINT NOT NULL DEFAULT 0,
  stale_time DATETIME(6) NULL,
  pause_stale TINYINT(1) NOT NULL DEFAULT 0,
  paused_by VARCHAR(96) NULL,
  pause_reason TEXT NULL,
  PRIMARY KEY (id),
  UNIQUE KEY complaint_clocks_number (number),
  UNIQUE KEY complaint_clocks_kind (complaint, kind),
  KEY complaint_clocks_by_account (account),
  KEY complaint_clocks_by_handler (handler),
  KEY complaint_clocks_by_state (state, due_time),
  CONSTRAINT complaint_clocks_complaint FOREIGN KEY (complaint) REFERENCES complaints (id),
  CONSTRAINT complaint_clocks_policy FOREIGN KEY (policy) REFERENCES clock_policies (id),
  CONSTRAINT complaint_clocks_calendar FOREIGN KEY (calendar) REFERENCES business_calendars (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

CREATE TABLE complaint_clocks_events (
  parent_id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  position INT NOT NULL,
  kind VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  event_time DATETIME(6) NOT NULL,
  actor VARCHAR(96) NOT NULL,
  reason TEXT NULL,
  allotment_minutes BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (parent_id, position),
  CONSTRAINT complaint_clocks_events_parent FOREIGN KEY (parent_id) REFERENCES complaint_clocks (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;
