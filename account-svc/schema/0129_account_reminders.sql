-- Dormant and lost customers are called, tiers reviewed (A-10, A-15).

-- Somebody is reminded to do something about an account; made by the service itself when it falls due.
CREATE TABLE account_reminders (
  id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  version BIGINT NOT NULL,
  create_time DATETIME(6) NOT NULL,
  update_time DATETIME(6) NOT NULL,
  creator VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  updater VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  archive_time DATETIME(6) NULL,
  number VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
  account CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  reminder_kind VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NULL,
  owner CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  due_date DATE NULL,
  state VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  result VARCHAR(1000) NULL,
  doer CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  done_time DATETIME(6) NULL,
  PRIMARY KEY (id),
  UNIQUE KEY account_reminders_number (number),
  KEY account_reminders_by_account (account, reminder_kind, state),
  KEY account_reminders_by_owner (owner, state, due_date),
  CONSTRAINT account_reminders_account FOREIGN KEY (account) REFERENCES accounts (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;
