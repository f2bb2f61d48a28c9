-- An identity that was changed after it was verified is verified again by a second person (A-03, A-04).
ALTER TABLE accounts ADD COLUMN verification_state VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NULL;
ALTER TABLE accounts ADD COLUMN verification_changers TEXT NULL;
ALTER TABLE accounts ADD COLUMN verification_changed_fields VARCHAR(1000) NULL;
ALTER TABLE accounts ADD COLUMN verification_change_time DATETIME(6) NULL;
