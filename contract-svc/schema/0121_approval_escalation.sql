-- Who decides a step when its time is over before anybody did (G-05).
ALTER TABLE approval_requests_steps
  ADD COLUMN escalation_level BIGINT NOT NULL DEFAULT 0,
  ADD COLUMN escalation_roles VARCHAR(200) NULL,
  ADD COLUMN escalation_employees VARCHAR(1000) NULL,
  ADD COLUMN escalate_time DATETIME(6) NULL;
