-- Matters that are put higher again or sent back (A-23), visits that take nobody's time unasked (A-28), wordings
-- that were never approved (G-04).

ALTER TABLE important_matters ADD COLUMN return_reason VARCHAR(1000) NULL;
ALTER TABLE important_matters ADD COLUMN escalate_time DATETIME(6) NULL;
UPDATE important_matters SET escalate_time = respond_by WHERE overdue = 1;

ALTER TABLE visits ADD COLUMN planner CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL;
UPDATE visits SET planner = SUBSTRING(creator, 11) WHERE creator LIKE 'employees/%' AND planned_start IS NOT NULL;

-- A draft that was given up does not stand in the way of the next version.
ALTER TABLE public_statements DROP KEY public_statements_live_predecessor;
ALTER TABLE public_statements DROP COLUMN live_predecessor;
ALTER TABLE public_statements ADD COLUMN live_predecessor CHAR(26) CHARACTER SET ascii COLLATE ascii_bin
  GENERATED ALWAYS AS (CASE WHEN state NOT IN ('RETIRED', 'DISCARDED') THEN RTRIM(predecessor) END) STORED;
ALTER TABLE public_statements ADD UNIQUE KEY public_statements_live_predecessor (live_predecessor);
