-- Requests for information about accounts, and back-ups of accounts (A-06, A-09).

-- Another department asks customer service for information about an account.
CREATE TABLE information_requests (
  id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  version BIGINT NOT NULL,
  create_time DATETIME(6) NOT NULL,
  update_time DATETIME(6) NOT NULL,
  creator VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  updater VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  archive_time DATETIME(6) NULL,
  number VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
  account CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  requester CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  department CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  purpose VARCHAR(500) NOT NULL,
  question TEXT NOT NULL,
  state VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  handler CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  answer TEXT NULL,
  source VARCHAR(200) NULL,
  answer_time DATETIME(6) NULL,
  refuse_reason VARCHAR(1000) NULL,
  PRIMARY KEY (id),
  UNIQUE KEY information_requests_number (number),
  KEY information_requests_by_account (account, state),
  KEY information_requests_by_requester (requester, state),
  CONSTRAINT information_requests_account FOREIGN KEY (account) REFERENCES accounts (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- A back-up of an account with everything of it, as it was at an instant.
CREATE TABLE account_snapshots (
  id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  version BIGINT NOT NULL,
  create_time DATETIME(6) NOT NULL,
  update_time DATETIME(6) NOT NULL,
  creator VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  updater VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  archive_time DATETIME(6) NULL,
  number VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
  account CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  take_time DATETIME(6) NULL,
  taker CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  content_sha256 VARCHAR(64) NULL,
  row_total BIGINT NOT NULL DEFAULT 0,
  check_time DATETIME(6) NULL,
  check_result VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NULL,
  damaged_sections VARCHAR(1000) NULL,
  PRIMARY KEY (id),
  UNIQUE KEY account_snapshots_number (number),
  KEY account_snapshots_by_account (account, take_time),
  CONSTRAINT account_snapshots_account FOREIGN KEY (account) REFERENCES accounts (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

CREATE TABLE account_snapshots_sections (
  parent_id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  position INT NOT NULL,
  section VARCHAR(64) NULL,
  row_total BIGINT NOT NULL DEFAULT 0,
  content_sha256 VARCHAR(64) NULL,
  PRIMARY KEY (parent_id, position),
  CONSTRAINT account_snapshots_sections_parent FOREIGN KEY (parent_id) REFERENCES account_snapshots (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- What the snapshots say, a line of JSON a resource.
CREATE TABLE account_snapshot_contents (
  snapshot CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  section VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  content MEDIUMTEXT NOT NULL,
  PRIMARY KEY (snapshot, section),
  CONSTRAINT account_snapshot_contents_snapshot FOREIGN KEY (snapshot) REFERENCES account_snapshots (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;
