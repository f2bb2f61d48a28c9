-- Ways back out of what was begun or entered by mistake: account plans (A-14), new products (A-27), submissions (A-18),
-- solutions (A-25), needs and quantities (A-13), deals (A-22); results of referrals for the manufacturer (A-21).

ALTER TABLE account_plans
  ADD COLUMN close_reason VARCHAR(1000) NULL,
  ADD COLUMN closer CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  ADD COLUMN close_time DATETIME(6) NULL,
  ADD COLUMN agreed_to_date DATE NULL,
  ADD COLUMN return_reason VARCHAR(1000) NULL;

ALTER TABLE product_initiatives
  ADD COLUMN stop_reason VARCHAR(1000) NULL,
  ADD COLUMN stopper CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  ADD COLUMN stop_time DATETIME(6) NULL;

ALTER TABLE manufacturer_submissions
  ADD COLUMN period_from DATE NULL,
  ADD COLUMN period_to DATE NULL,
  ADD COLUMN leads BIGINT NOT NULL DEFAULT 0,
  ADD COLUMN referred BIGINT NOT NULL DEFAULT 0,
  ADD COLUMN referrals_succeeded BIGINT NOT NULL DEFAULT 0,
  ADD COLUMN referrals_failed BIGINT NOT NULL DEFAULT 0,
  ADD COLUMN referral_points BIGINT NOT NULL DEFAULT 0,
  ADD COLUMN withdraw_reason VARCHAR(1000) NULL;
ALTER TABLE manufacturer_submissions ADD KEY manufacturer_submissions_by_kind (submission_kind, state);

ALTER TABLE solutions ADD COLUMN withdraw_reason VARCHAR(1000) NULL;
ALTER TABLE solutions ADD KEY solutions_by_need (need);

ALTER TABLE customer_needs
  ADD COLUMN return_reason VARCHAR(1000) NULL,
  ADD COLUMN withdraw_reason VARCHAR(1000) NULL;

-- A quantity that was taken back does not stand in the way of the right one.
ALTER TABLE monthly_demands ADD COLUMN live_month VARCHAR(7)
  GENERATED ALWAYS AS (CASE WHEN archive_time IS NULL THEN demand_month END) STORED;
ALTER TABLE monthly_demands ADD UNIQUE KEY monthly_demands_live (account, product, live_month);
ALTER TABLE monthly_demands DROP KEY monthly_demands_month;
ALTER TABLE monthly_demands ADD KEY monthly_demands_by_month (account, demand_month);

-- A firm is won by one recommendation.
ALTER TABLE referrals ADD KEY referrals_by_account (account, state);

-- A draft that was taken back because its win was one by mistake does not stand in the way of that of the real win.
ALTER TABLE contract_draft_requests ADD COLUMN withdrawn TINYINT(1) NOT NULL DEFAULT 0;

ALTER TABLE opportunities
  ADD COLUMN reopen_reason VARCHAR(1000) NULL,
  ADD COLUMN reopener CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  ADD COLUMN reopen_time DATETIME(6) NULL;
