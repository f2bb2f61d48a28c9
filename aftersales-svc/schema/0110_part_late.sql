-- A part that came late stays on record as late (S-16).
ALTER TABLE returned_parts ADD COLUMN late TINYINT(1) NOT NULL DEFAULT 0;
UPDATE returned_parts SET late = 1 WHERE overdue = 1;
