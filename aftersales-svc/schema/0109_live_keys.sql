-- What may be there once is there once, however many are made at the same time: a target of a year, a rung of a ladder, a
-- limit of a class. Of those that came in together the first stays.

UPDATE satisfaction_targets SET archive_time = update_time WHERE archive_time IS NULL AND id NOT IN (
  SELECT k.id FROM (SELECT MIN(t.id) AS id FROM satisfaction_targets t WHERE t.archive_time IS NULL
    GROUP BY t.target_year, t.subject) k);
ALTER TABLE satisfaction_targets
  ADD COLUMN live TINYINT(1) GENERATED ALWAYS AS (CASE WHEN archive_time IS NULL THEN 1 END) VIRTUAL,
  ADD COLUMN live_for_all TINYINT(1)
    GENERATED ALWAYS AS (CASE WHEN archive_time IS NULL AND subject IS NULL THEN 1 END) VIRTUAL,
  ADD UNIQUE KEY satisfaction_targets_year (target_year, subject, live),
  ADD UNIQUE KEY satisfaction_targets_year_for_all (target_year, live_for_all);

UPDATE escalation_rules SET archive_time = update_time WHERE archive_time IS NULL AND id NOT IN (
  SELECT k.id FROM (SELECT MIN(r.id) AS id FROM escalation_rules r WHERE r.archive_time IS NULL
    GROUP BY r.complaint_class, r.kind, r.level) k);
ALTER TABLE escalation_rules
  ADD COLUMN live TINYINT(1) GENERATED ALWAYS AS (CASE WHEN archive_time IS NULL THEN 1 END) VIRTUAL,
  ADD UNIQUE KEY escalation_rules_rung (complaint_class, kind, level, live);

UPDATE clock_policies SET archive_time = update_time WHERE archive_time IS NULL AND id NOT IN (
  SELECT k.id FROM (SELECT MIN(p.id) AS id FROM clock_policies p WHERE p.archive_time IS NULL
    GROUP BY p.complaint_class, p.kind) k);
ALTER TABLE clock_policies
  ADD COLUMN live TINYINT(1) GENERATED ALWAYS AS (CASE WHEN archive_time IS NULL THEN 1 END) VIRTUAL,
  ADD UNIQUE KEY clock_policies_kind (complaint_class, kind, live);
