-- Files are found by their short names too, who asked about a firm is listed, and a row of ownership keeps its territory
-- (A-07).
ALTER TABLE duplicate_checks
  ADD COLUMN score BIGINT NULL,
  ADD KEY duplicate_checks_by_time (check_time);

ALTER TABLE account_ownerships
  ADD COLUMN region VARCHAR(64) NULL;

-- Files with a short name get blocks of it in steps; nothing to do in a new schema. Ten minutes later, so that no
-- scheduler that does not know the step yet takes it.
INSERT INTO due_items (due_id, kind, resource, open_key, due_time, not_before)
  SELECT '00000000000000000000000145', 'match_blocks.short_names', 'accounts/-', 'match_blocks.short_names|accounts/-',
         DATE_ADD(UTC_TIMESTAMP(6), INTERVAL 10 MINUTE), DATE_ADD(UTC_TIMESTAMP(6), INTERVAL 10 MINUTE)
  FROM accounts a WHERE a.short_name IS NOT NULL LIMIT 1;

-- Protections that hold end by themselves on their day, and not before every scheduler knows how: an older one would
-- close the item without an effect.
UPDATE account_ownerships SET release_due = protected_until, release_cause = 'PROTECTION_OVER'
  WHERE kind = 'PROTECTED' AND state = 'ACTIVE' AND protected_until IS NOT NULL;

INSERT INTO due_items (due_id, kind, resource, open_key, due_time, not_before)
  SELECT o.id, 'ownership.release', CONCAT('accountOwnerships/', o.id),
         CONCAT('ownership.release|accountOwnerships/', o.id),
         GREATEST(o.protected_until, DATE_ADD(UTC_TIMESTAMP(6), INTERVAL 10 MINUTE)),
         GREATEST(o.protected_until, DATE_ADD(UTC_TIMESTAMP(6), INTERVAL 10 MINUTE))
  FROM account_ownerships o WHERE o.kind = 'PROTECTED' AND o.state = 'ACTIVE' AND o.protected_until IS NOT NULL;
