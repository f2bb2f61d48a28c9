-- An assessment sheet that was opened by mistake is voided and another one opened (G-16): the row of the person, which is
-- locked when a sheet is opened, keeps the one that counts, so the index orders and is not unique any more.
ALTER TABLE assessment_sheets
  ADD COLUMN void_reason VARCHAR(1000) NULL,
  ADD KEY assessment_sheets_by_employee (employee, period_kind, start_date, state),
  DROP KEY assessment_sheets_period;

-- Reminders for what was open before there were any (G-22): one job, in steps, once.
INSERT INTO due_items (due_id, kind, resource, open_key, due_time, not_before)
  VALUES ('00000000000000000000000003', 'timers.adopt', 'notifications', 'timers.adopt|notifications',
          DATE_ADD(UTC_TIMESTAMP(6), INTERVAL 10 MINUTE), DATE_ADD(UTC_TIMESTAMP(6), INTERVAL 10 MINUTE))
  ON DUPLICATE KEY UPDATE kind = kind;
