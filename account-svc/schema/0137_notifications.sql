-- What people are told, and what they want to be told (G-22).

-- One thing that one person is told.
CREATE TABLE notifications (
  id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  version BIGINT NOT NULL,
  create_time DATETIME(6) NOT NULL,
  update_time DATETIME(6) NOT NULL,
  creator VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  updater VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  archive_time DATETIME(6) NULL,
  number VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
  recipient CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  kind VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NULL,
  title VARCHAR(400) NULL,
  subject VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NULL,
  due_date DATE NULL,
  state VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  read_time DATETIME(6) NULL,
  PRIMARY KEY (id),
  KEY notifications_by_recipient (recipient, state, kind),
  KEY notifications_by_subject (subject, recipient, kind),
  KEY notifications_by_read (state, read_time),
  KEY notifications_by_time (create_time),
  CONSTRAINT notifications_recipient FOREIGN KEY (recipient) REFERENCES employees (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- Whether somebody wants to be told about a kind of thing.
CREATE TABLE notification_preferences (
  id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  version BIGINT NOT NULL,
  create_time DATETIME(6) NOT NULL,
  update_time DATETIME(6) NOT NULL,
  creator VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  updater VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  archive_time DATETIME(6) NULL,
  number VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
  employee CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  kind VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  muted TINYINT(1) NOT NULL DEFAULT 0,
  PRIMARY KEY (id),
  UNIQUE KEY notification_preferences_kind (employee, kind),
  CONSTRAINT notification_preferences_employee FOREIGN KEY (employee) REFERENCES employees (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- The job that drops old ones every day puts itself down again; this is its first run.
INSERT INTO due_items (due_id, kind, resource, open_key, due_time, not_before)
  VALUES ('00000000000000000000000002', 'notification.purge', 'notifications', 'notification.purge|notifications',
          DATE_ADD(UTC_TIMESTAMP(6), INTERVAL 10 MINUTE), DATE_ADD(UTC_TIMESTAMP(6), INTERVAL 10 MINUTE))
  ON DUPLICATE KEY UPDATE kind = kind;
