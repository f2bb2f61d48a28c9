-- By which way somebody is told, and does not want to be (G-22): the inbox so far.
ALTER TABLE notifications
  ADD COLUMN channel VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NULL DEFAULT 'INBOX';

ALTER TABLE notification_preferences
  ADD COLUMN channel VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT 'INBOX',
  DROP KEY notification_preferences_kind,
  ADD UNIQUE KEY notification_preferences_kind (employee, kind, channel);
