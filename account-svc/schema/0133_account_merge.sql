-- Two files of one firm become one, and again two (A-07). merged: the duplicate while it is part of the account, so that
-- it is part of one only.
CREATE TABLE account_merges (
  id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  version BIGINT NOT NULL,
  create_time DATETIME(6) NOT NULL,
  update_time DATETIME(6) NOT NULL,
  creator VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  updater VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  archive_time DATETIME(6) NULL,
  number VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
  account CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  duplicate CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  merge_reason VARCHAR(1000) NOT NULL,
  evidence TEXT NOT NULL,
  state VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  proposer CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  decider CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  decide_time DATETIME(6) NULL,
  decision VARCHAR(1000) NULL,
  undo_until DATETIME(6) NULL,
  undoer CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  undo_time DATETIME(6) NULL,
  undo_reason VARCHAR(1000) NULL,
  duplicate_state VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NULL,
  duplicate_state_reason VARCHAR(1000) NULL,
  merged VARCHAR(26) CHARACTER SET ascii COLLATE ascii_bin
    GENERATED ALWAYS AS (CASE WHEN state = 'MERGED' THEN RTRIM(duplicate) END) STORED,
  PRIMARY KEY (id),
  UNIQUE KEY account_merges_number (number),
  UNIQUE KEY account_merges_merged (merged),
  KEY account_merges_by_account (account, state),
  KEY account_merges_by_duplicate (duplicate, state),
  CONSTRAINT account_merges_two CHECK (account <> duplicate),
  CONSTRAINT account_merges_account FOREIGN KEY (account) REFERENCES accounts (id),
  CONSTRAINT account_merges_duplicate FOREIGN KEY (duplicate) REFERENCES accounts (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- What was moved, so that an undo moves exactly that back.
CREATE TABLE account_merges_moves (
  parent_id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  position INT NOT NULL,
  resource VARCHAR(96) NULL,
  paths VARCHAR(1000) NULL,
  PRIMARY KEY (parent_id, position),
  CONSTRAINT account_merges_moves_parent FOREIGN KEY (parent_id) REFERENCES account_merges (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- What could not be moved, as the other file has the like: it stays with the closed file.
CREATE TABLE account_merges_kept (
  parent_id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  position INT NOT NULL,
  value VARCHAR(96) NOT NULL,
  PRIMARY KEY (parent_id, position),
  CONSTRAINT account_merges_kept_parent FOREIGN KEY (parent_id) REFERENCES account_merges (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- Whose the closed file was.
CREATE TABLE account_merges_seats (
  parent_id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  position INT NOT NULL,
  employee CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  kind VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NULL,
  origin VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NULL,
  protected_until DATETIME(6) NULL,
  PRIMARY KEY (parent_id, position),
  CONSTRAINT account_merges_seats_parent FOREIGN KEY (parent_id) REFERENCES account_merges (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;
