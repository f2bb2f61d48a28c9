-- What was stored before those who may read it were fewer: the margin of an evaluation (A-10) and the text of a policy
-- that is not in force yet (G-13).
UPDATE account_evaluations_scores SET value = NULL WHERE criterion = 'MARGIN';

UPDATE policy_documents SET draft_content = content WHERE state IN ('DRAFT', 'SUBMITTED') AND draft_content IS NULL;
UPDATE policy_documents SET content = NULL WHERE state IN ('DRAFT', 'SUBMITTED');
