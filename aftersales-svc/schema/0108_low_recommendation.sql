-- Low recommendations open a follow-up too (S-33).
ALTER TABLE questionnaires ADD COLUMN low_recommendation BIGINT NOT NULL DEFAULT 0;
