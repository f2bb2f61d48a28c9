-- Reminders of the day of the answer for suggestions that were open before there were any (G-23).
INSERT INTO due_items (due_id, kind, resource, open_key, due_time, not_before)
  VALUES ('00000000000000000000000161', 'timers.adopt', 'notifications', 'timers.adopt|notifications',
          DATE_ADD(UTC_TIMESTAMP(6), INTERVAL 10 MINUTE), DATE_ADD(UTC_TIMESTAMP(6), INTERVAL 10 MINUTE))
  ON DUPLICATE KEY UPDATE kind = kind;
