-- A firm is kept for whoever reported it by a row of ownership (A-07). Files of before get theirs in steps; nothing to do in
-- a new schema. Ten minutes later, when no older process is left that does not know such a row: until then the claim
-- of such a file gives it its row first.
INSERT INTO due_items (due_id, kind, resource, open_key, due_time, not_before)
  SELECT '00000000000000000000000154', 'ownership.reports', 'accounts/-', 'ownership.reports|accounts/-',
         DATE_ADD(UTC_TIMESTAMP(6), INTERVAL 10 MINUTE), DATE_ADD(UTC_TIMESTAMP(6), INTERVAL 10 MINUTE)
  FROM accounts a LIMIT 1
  ON DUPLICATE KEY UPDATE due_items.kind = due_items.kind;
