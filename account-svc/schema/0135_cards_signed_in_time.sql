-- Sheets of cards that nobody signs in time (A-20).
ALTER TABLE follow_up_sheets ADD COLUMN sign_overdue TINYINT(1) NOT NULL DEFAULT 0;
ALTER TABLE follow_up_sheets ADD COLUMN escalated_to CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL;
