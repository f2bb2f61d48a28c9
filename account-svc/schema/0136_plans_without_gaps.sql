-- Accounts that a plan leaves out (A-28), visits that are over and were not reported (A-29).
ALTER TABLE visit_plans ADD COLUMN left_out_reason VARCHAR(1000) NULL;
ALTER TABLE visit_plans ADD COLUMN accounts_left_out BIGINT NOT NULL DEFAULT 0;
ALTER TABLE visit_reports ADD COLUMN visits_overdue BIGINT NOT NULL DEFAULT 0;
