-- A check of a file that was wrong itself is taken back (A-04).
ALTER TABLE account_file_checks
  ADD COLUMN void_reason VARCHAR(1000) NULL,
  ADD COLUMN voider CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  ADD COLUMN void_time DATETIME(6) NULL;

-- So is an exchange with an organisation outside (A-17).
ALTER TABLE external_exchanges
  ADD COLUMN voided TINYINT(1) NOT NULL DEFAULT 0,
  ADD COLUMN void_reason VARCHAR(1000) NULL,
  ADD COLUMN voider CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  ADD COLUMN void_time DATETIME(6) NULL;

-- Whoever ever put the label of a paper right does not destroy it (A-08).
CREATE TABLE customer_documents_correctors (
  parent_id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  position INT NOT NULL,
  value CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  PRIMARY KEY (parent_id, position),
  KEY customer_documents_correctors_by_value (value),
  CONSTRAINT customer_documents_correctors_parent FOREIGN KEY (parent_id) REFERENCES customer_documents (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- Who proposed a channel partner anew does not approve it (A-16); NULL: its maker.
ALTER TABLE channel_partners
  ADD COLUMN proposer CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL;

-- Why a question to customer service was taken back (A-06).
ALTER TABLE information_requests
  ADD COLUMN withdraw_reason VARCHAR(1000) NULL;

-- How important the customer was when its hand-over was started (R-24).
ALTER TABLE account_handovers
  ADD COLUMN tier VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NULL;

-- Reminders of the day by which faults in a file are put right, for checks that were open before there were any (A-04).
INSERT INTO due_items (due_id, kind, resource, open_key, due_time, not_before)
  VALUES ('00000000000000000000000153', 'timers.adopt', 'notifications', 'timers.adopt|notifications',
          DATE_ADD(UTC_TIMESTAMP(6), INTERVAL 10 MINUTE), DATE_ADD(UTC_TIMESTAMP(6), INTERVAL 10 MINUTE))
  ON DUPLICATE KEY UPDATE kind = kind;
