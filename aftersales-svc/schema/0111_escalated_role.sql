-- An escalation is the work of the role that it names: each role finds what waits for it (S-05).
ALTER TABLE complaints
  ADD COLUMN escalated_role VARCHAR(16) NULL,
  ADD KEY complaints_by_escalated_role (escalated_role, state);
UPDATE complaints
  SET escalated_role = (SELECT MAX(e.role) FROM complaints_escalations e
    WHERE e.parent_id = complaints.id AND e.level = complaints.escalation_level)
  WHERE escalation_level > 0;
