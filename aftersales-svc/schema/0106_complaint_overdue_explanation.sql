-- Why a complaint became overdue (S-05).
ALTER TABLE complaints ADD COLUMN overdue_explanation TEXT NULL;
