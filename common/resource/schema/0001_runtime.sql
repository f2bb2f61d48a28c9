-- Tables of the resource runtime, the same in the schema of every service.

-- Who made which write with which request id: the same call again gives the stored answer. Purged after 30 days.
CREATE TABLE request_ids (
  subject VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  request_id CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  method VARCHAR(160) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  fingerprint CHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  response MEDIUMBLOB NOT NULL,
  create_time DATETIME(6) NOT NULL,
  PRIMARY KEY (subject, request_id),
  KEY request_ids_by_time (create_time)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- One row a change of a resource: audit trail, history and change feed. Append-only. `sequence` is given by the
-- sequencer after the commit, without gaps, so that readers with a cursor never miss or reorder a change.
CREATE TABLE changes (
  change_id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  sequence BIGINT NULL,
  change_time DATETIME(6) NOT NULL,
  actor VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  method VARCHAR(160) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  kind VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  collection VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  resource_id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  version BIGINT NOT NULL,
  reason VARCHAR(1000) NULL,
  traceparent VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NULL,
  fields MEDIUMTEXT NOT NULL,
  PRIMARY KEY (change_id),
  UNIQUE KEY changes_by_sequence (sequence),
  KEY changes_by_resource (resource_id, version)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- The next sequence of the change feed: one row, locked by whoever numbers.
CREATE TABLE change_sequence (
  id TINYINT NOT NULL,
  next_sequence BIGINT NOT NULL,
  PRIMARY KEY (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

INSERT INTO change_sequence (id, next_sequence) VALUES (1, 1) ON DUPLICATE KEY UPDATE id = id;

-- Identities in other systems.
CREATE TABLE external_ids (
  collection VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  system_name VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  external_id VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  resource_id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  PRIMARY KEY (collection, system_name, external_id),
  KEY external_ids_by_resource (resource_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- Blocks of human numbers (编号): every process takes a block, so no row is hot; numbers may be skipped.
CREATE TABLE number_ranges (
  prefix VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  period CHAR(4) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  next_number BIGINT NOT NULL,
  PRIMARY KEY (prefix, period)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- Whose row is whose: what row scope needs to know of an account. Kept by account-svc in the transaction that changes
-- the account; a replica fed from its change feed elsewhere.
CREATE TABLE account_scopes (
  account CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  version BIGINT NOT NULL,
  owner CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  creator CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  region VARCHAR(64) NULL,
  state VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  tier VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NULL,
  legal_name VARCHAR(200) NOT NULL,
  PRIMARY KEY (account),
  KEY account_scopes_by_owner (owner),
  KEY account_scopes_by_region (region)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- The same for employees: department path ("/{id}/{id}/") and region.
CREATE TABLE employee_scopes (
  employee CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  version BIGINT NOT NULL,
  department_path VARCHAR(270) CHARACTER SET ascii COLLATE ascii_bin NULL,
  region VARCHAR(64) NULL,
  PRIMARY KEY (employee),
  KEY employee_scopes_by_department (department_path),
  KEY employee_scopes_by_region (region)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;
