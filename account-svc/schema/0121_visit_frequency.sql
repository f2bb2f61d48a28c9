-- Plans of visits drawn up by two, visits proposed by the interval of the tier, contacts who were met (A-28, A-29).

ALTER TABLE visit_plans
  ADD COLUMN sales_manager CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  ADD COLUMN owner_sign_time DATETIME(6) NULL,
  ADD COLUMN manager_sign_time DATETIME(6) NULL,
  ADD KEY visit_plans_by_period (period_kind, start_date);

ALTER TABLE visit_plans_items
  ADD COLUMN companions VARCHAR(1000) NULL,
  ADD COLUMN trip_destination VARCHAR(200) NULL,
  ADD COLUMN visits_by_tier BIGINT NOT NULL DEFAULT 0,
  ADD COLUMN deviation_reason VARCHAR(500) NULL;

ALTER TABLE visits
  ADD COLUMN origin VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NULL,
  ADD COLUMN due_date DATE NULL,
  ADD KEY visits_by_account_state (account, state, check_out_time);

CREATE TABLE visits_contacts_met (
  parent_id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  position INT NOT NULL,
  value CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  PRIMARY KEY (parent_id, position),
  KEY visits_contacts_met_by_contact (value),
  CONSTRAINT visits_contacts_met_parent FOREIGN KEY (parent_id) REFERENCES visits (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- The job that proposes visits every day puts itself down again; this is its first run.
INSERT INTO due_items (due_id, kind, resource, open_key, due_time, not_before)
  VALUES ('00000000000000000000000001', 'visit.propose', 'visits', 'visit.propose|visits',
          DATE_ADD(UTC_TIMESTAMP(6), INTERVAL 10 MINUTE), DATE_ADD(UTC_TIMESTAMP(6), INTERVAL 10 MINUTE))
  ON DUPLICATE KEY UPDATE kind = kind;
