-- Training of customers, statements and disclosures (A-32, G-04).

CREATE TABLE customer_trainings (
  id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  version BIGINT NOT NULL,
  create_time DATETIME(6) NOT NULL,
  update_time DATETIME(6) NOT NULL,
  creator VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  updater VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  archive_time DATETIME(6) NULL,
  number VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
  account CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  product VARCHAR(200) NOT NULL,
  topic VARCHAR(500) NOT NULL,
  trainer CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  planned_start DATETIME(6) NOT NULL,
  planned_end DATETIME(6) NOT NULL,
  place VARCHAR(200) NULL,
  usage_level VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  state VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  held_date DATE NULL,
  average_score VARCHAR(16) NULL,
  summary TEXT NULL,
  next_due_date DATE NULL,
  close_reason VARCHAR(1000) NULL,
  PRIMARY KEY (id),
  UNIQUE KEY customer_trainings_number (number),
  KEY customer_trainings_by_account (account, product, state),
  KEY customer_trainings_by_trainer (trainer, state),
  KEY customer_trainings_by_due (state, next_due_date),
  CONSTRAINT customer_trainings_times CHECK (planned_end > planned_start),
  CONSTRAINT customer_trainings_account FOREIGN KEY (account) REFERENCES accounts (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

CREATE TABLE customer_trainings_materials (
  parent_id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  position INT NOT NULL,
  title VARCHAR(200) NOT NULL,
  version VARCHAR(40) NOT NULL,
  reference VARCHAR(500) NOT NULL,
  PRIMARY KEY (parent_id, position),
  CONSTRAINT customer_trainings_materials_parent FOREIGN KEY (parent_id) REFERENCES customer_trainings (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

CREATE TABLE customer_trainings_attendees (
  parent_id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  position INT NOT NULL,
  contact CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  attendee VARCHAR(100) NULL,
  attended TINYINT(1) NOT NULL DEFAULT 0,
  score BIGINT NOT NULL DEFAULT 0,
  feedback VARCHAR(1000) NULL,
  PRIMARY KEY (parent_id, position),
  CONSTRAINT customer_trainings_attendees_parent FOREIGN KEY (parent_id) REFERENCES customer_trainings (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

CREATE TABLE customer_trainings_documents (
  parent_id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  position INT NOT NULL,
  title VARCHAR(200) NULL,
  version VARCHAR(40) NULL,
  sent_date DATE NULL,
  contact CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  sender CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  mode VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NULL,
  PRIMARY KEY (parent_id, position),
  CONSTRAINT customer_trainings_documents_parent FOREIGN KEY (parent_id) REFERENCES customer_trainings (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

CREATE TABLE public_statements (
  id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  version BIGINT NOT NULL,
  create_time DATETIME(6) NOT NULL,
  update_time DATETIME(6) NOT NULL,
  creator VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  updater VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  archive_time DATETIME(6) NULL,
  number VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
  topic VARCHAR(200) NOT NULL,
  content TEXT NOT NULL,
  classification VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  account CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  valid_from DATE NULL,
  valid_until DATE NULL,
  author CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  version_number BIGINT NOT NULL DEFAULT 0,
  predecessor CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  state VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  approver CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  approve_time DATETIME(6) NULL,
  return_reason VARCHAR(1000) NULL,
  content_hash VARCHAR(64) NULL,
  PRIMARY KEY (id),
  UNIQUE KEY public_statements_number (number),
  KEY public_statements_by_topic (topic, state),
  KEY public_statements_by_author (author, state),
  live_predecessor CHAR(26) CHARACTER SET ascii COLLATE ascii_bin
    GENERATED ALWAYS AS (CASE WHEN state <> 'RETIRED' THEN RTRIM(predecessor) END) STORED,
  UNIQUE KEY public_statements_live_predecessor (live_predecessor)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

CREATE TABLE disclosures (
  id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  version BIGINT NOT NULL,
  create_time DATETIME(6) NOT NULL,
  update_time DATETIME(6) NOT NULL,
  creator VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  updater VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  archive_time DATETIME(6) NULL,
  number VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
  statement CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  version_number BIGINT NOT NULL DEFAULT 0,
  account CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  contact CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  recipient VARCHAR(200) NULL,
  mode VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  disclose_time DATETIME(6) NULL,
  purpose VARCHAR(500) NOT NULL,
  discloser CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  classification VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NULL,
  PRIMARY KEY (id),
  UNIQUE KEY disclosures_number (number),
  KEY disclosures_by_statement (statement),
  KEY disclosures_by_account (account, disclose_time),
  KEY disclosures_by_discloser (discloser, disclose_time),
  CONSTRAINT disclosures_statement FOREIGN KEY (statement) REFERENCES public_statements (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;
