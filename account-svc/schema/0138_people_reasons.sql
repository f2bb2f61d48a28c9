-- Reasons and second words: a target that differs from the approved one, a sheet without those who take part, a personnel
-- act that could not take effect, a mileage set back; who answers a coordination request (G-07, G-12, G-15, G-16, G-24).
ALTER TABLE assessment_sheets_lines
  ADD COLUMN approved_target DECIMAL(19, 4) NULL,
  ADD COLUMN target_reason VARCHAR(500) NULL;

ALTER TABLE assessment_sheets
  ADD COLUMN co_score_missing_reason VARCHAR(1000) NULL;

ALTER TABLE personnel_acts
  ADD COLUMN failure VARCHAR(1000) NULL;

ALTER TABLE shared_resources
  ADD COLUMN mileage_reason VARCHAR(500) NULL;

ALTER TABLE coordination_requests
  ADD COLUMN handler CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL;
