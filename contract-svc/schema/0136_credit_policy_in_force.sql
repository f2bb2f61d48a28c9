-- Only a policy in force holds (C-34). Of those made before there were states the newest one that is not archived did:
-- it is in force, unless another was published meanwhile; the others have been replaced. What a program of an earlier
-- release makes, which names no state, is a draft.
UPDATE credit_policies
  SET state = 'IN_FORCE'
  WHERE id = (SELECT newest.id FROM (SELECT MAX(p.id) AS id FROM credit_policies p
      WHERE p.state IS NULL AND p.archive_time IS NULL) newest)
    AND NOT EXISTS (SELECT held.id FROM (SELECT q.id FROM credit_policies q WHERE q.state = 'IN_FORCE') held);
UPDATE credit_policies SET state = 'REPLACED' WHERE state IS NULL;
ALTER TABLE credit_policies ALTER COLUMN state SET DEFAULT 'DRAFT';
