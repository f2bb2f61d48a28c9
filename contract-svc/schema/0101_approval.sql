-- Approvals (G-05).

-- Questions put to those who may decide. live_subject makes a second pending request about a subject impossible.
CREATE TABLE approval_requests (
  id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  version BIGINT NOT NULL,
  create_time DATETIME(6) NOT NULL,
  update_time DATETIME(6) NOT NULL,
  creator VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  updater VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  archive_time DATETIME(6) NULL,
  number VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
  subject VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  subject_label VARCHAR(100) NULL,
  account CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  purpose VARCHAR(48) NOT NULL,
  requester CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  reason VARCHAR(1000) NULL,
  content_hash VARCHAR(64) NOT NULL,
  state VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  current_step BIGINT NOT NULL DEFAULT 0,
  deadline DATETIME(6) NOT NULL,
  close_time DATETIME(6) NULL,
  earlier CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  live_subject VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin
    GENERATED ALWAYS AS (CASE WHEN state = 'PENDING' THEN subject END) STORED,
  PRIMARY KEY (id),
  UNIQUE KEY approval_requests_number (number),
  KEY approval_requests_by_subject (subject, create_time),
  KEY approval_requests_by_account (account),
  KEY approval_requests_by_requester (requester, state),
  KEY approval_requests_by_state (state, deadline),
  UNIQUE KEY approval_requests_live_subject (live_subject),
  CONSTRAINT approval_requests_earlier FOREIGN KEY (earlier) REFERENCES approval_requests (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

CREATE TABLE approval_requests_steps (
  parent_id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  position INT NOT NULL,
  number BIGINT NOT NULL DEFAULT 0,
  level BIGINT NOT NULL DEFAULT 0,
  roles VARCHAR(200) NULL,
  employees VARCHAR(1000) NULL,
  state VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NULL,
  decider CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  on_behalf_of CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  decide_time DATETIME(6) NULL,
  opinion VARCHAR(1000) NULL,
  PRIMARY KEY (parent_id, position),
  CONSTRAINT approval_requests_steps_parent FOREIGN KEY (parent_id) REFERENCES approval_requests (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

CREATE TABLE approval_requests_tested_values (
  parent_id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  position INT NOT NULL,
  step_number BIGINT NOT NULL DEFAULT 0,
  item VARCHAR(100) NULL,
  reason VARCHAR(48) NULL,
  value VARCHAR(40) NULL,
  confidential_value VARCHAR(40) NULL,
  allowed VARCHAR(40) NULL,
  direction VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NULL,
  PRIMARY KEY (parent_id, position),
  CONSTRAINT approval_requests_tested_values_parent FOREIGN KEY (parent_id) REFERENCES approval_requests (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

CREATE TABLE approval_requests_pending_roles (
  parent_id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  position INT NOT NULL,
  value VARCHAR(8) NOT NULL,
  PRIMARY KEY (parent_id, position),
  KEY approval_requests_pending_roles_by_role (value),
  CONSTRAINT approval_requests_pending_roles_parent FOREIGN KEY (parent_id) REFERENCES approval_requests (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

CREATE TABLE approval_requests_pending_employees (
  parent_id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  position INT NOT NULL,
  value CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  PRIMARY KEY (parent_id, position),
  KEY approval_requests_pending_employees_by_employee (value),
  CONSTRAINT approval_requests_pending_employees_parent FOREIGN KEY (parent_id) REFERENCES approval_requests (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- Decisions left to somebody else for a time.
CREATE TABLE approval_delegations (
  id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  version BIGINT NOT NULL,
  create_time DATETIME(6) NOT NULL,
  update_time DATETIME(6) NOT NULL,
  creator VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  updater VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  archive_time DATETIME(6) NULL,
  number VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
  delegator CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  delegate CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  start_time DATETIME(6) NOT NULL,
  end_time DATETIME(6) NOT NULL,
  reason VARCHAR(1000) NOT NULL,
  state VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  PRIMARY KEY (id),
  UNIQUE KEY approval_delegations_number (number),
  KEY approval_delegations_by_delegate (delegate, state, end_time),
  KEY approval_delegations_by_delegator (delegator),
  CONSTRAINT approval_delegations_window CHECK (end_time > start_time),
  CONSTRAINT approval_delegations_people CHECK (delegator <> delegate)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

CREATE TABLE approval_delegations_roles (
  parent_id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  position INT NOT NULL,
  value VARCHAR(8) NOT NULL,
  PRIMARY KEY (parent_id, position),
  CONSTRAINT approval_delegations_roles_parent FOREIGN KEY (parent_id) REFERENCES approval_delegations (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;
