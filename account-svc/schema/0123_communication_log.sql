-- Log of communication, recordings, who listened to them (A-30).

CREATE TABLE communication_records (
  id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  version BIGINT NOT NULL,
  create_time DATETIME(6) NOT NULL,
  update_time DATETIME(6) NOT NULL,
  creator VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  updater VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  archive_time DATETIME(6) NULL,
  number VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
  kind VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  direction VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  account CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  lead_id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  caller VARCHAR(200) NULL,
  employee CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  start_time DATETIME(6) NOT NULL,
  end_time DATETIME(6) NULL,
  subject VARCHAR(200) NOT NULL,
  summary TEXT NOT NULL,
  visit CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  next_step VARCHAR(500) NULL,
  next_date DATE NULL,
  PRIMARY KEY (id),
  UNIQUE KEY communication_records_number (number),
  KEY communication_records_by_account (account, start_time),
  KEY communication_records_by_employee (employee, start_time),
  KEY communication_records_by_lead (lead_id),
  CONSTRAINT communication_records_times CHECK (end_time IS NULL OR end_time >= start_time),
  CONSTRAINT communication_records_account FOREIGN KEY (account) REFERENCES accounts (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

CREATE TABLE communication_records_contacts (
  parent_id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  position INT NOT NULL,
  value CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  PRIMARY KEY (parent_id, position),
  CONSTRAINT communication_records_contacts_parent FOREIGN KEY (parent_id) REFERENCES communication_records (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

CREATE TABLE recordings (
  id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  version BIGINT NOT NULL,
  create_time DATETIME(6) NOT NULL,
  update_time DATETIME(6) NOT NULL,
  creator VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  updater VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  archive_time DATETIME(6) NULL,
  number VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
  employee CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  recording_date DATE NULL,
  communication_record CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  account CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  sha256 VARCHAR(64) NULL,
  seconds BIGINT NOT NULL DEFAULT 0,
  copy_time DATETIME(6) NULL,
  copied_late TINYINT(1) NOT NULL DEFAULT 0,
  listenings BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (id),
  UNIQUE KEY recordings_number (number),
  KEY recordings_by_employee (employee, recording_date),
  KEY recordings_by_account (account),
  UNIQUE KEY recordings_sha256 (sha256)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

CREATE TABLE recording_accesses (
  id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  version BIGINT NOT NULL,
  create_time DATETIME(6) NOT NULL,
  update_time DATETIME(6) NOT NULL,
  creator VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  updater VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  archive_time DATETIME(6) NULL,
  number VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
  recording CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  employee CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  account CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  listener CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  listen_time DATETIME(6) NULL,
  purpose VARCHAR(500) NULL,
  finding TEXT NULL,
  score BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (id),
  UNIQUE KEY recording_accesses_number (number),
  KEY recording_accesses_by_recording (recording),
  KEY recording_accesses_by_listener (listener, listen_time),
  CONSTRAINT recording_accesses_recording FOREIGN KEY (recording) REFERENCES recordings (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- Where the files are: apart from what is listed, told only by ListenToRecording.
CREATE TABLE recording_files (
  recording CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  file_reference VARCHAR(500) NOT NULL,
  PRIMARY KEY (recording),
  CONSTRAINT recording_files_recording FOREIGN KEY (recording) REFERENCES recordings (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;
