-- A revision that was given up no longer stands in the way of another (G-13); a sheet that the person did not sign (G-16).
ALTER TABLE policy_documents
  ADD COLUMN live_revises CHAR(26) CHARACTER SET ascii COLLATE ascii_bin
    GENERATED ALWAYS AS (CASE WHEN state <> 'WITHDRAWN' THEN RTRIM(revises) END) STORED,
  DROP KEY policy_documents_revises,
  ADD UNIQUE KEY policy_documents_live_revises (live_revises),
  ADD KEY policy_documents_by_revises (revises);

ALTER TABLE assessment_sheets ADD COLUMN unsigned_reason VARCHAR(1000) NULL;
