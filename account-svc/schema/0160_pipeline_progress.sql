-- What came of joint projects (A-14), and bid bonds that were given back (A-24).
ALTER TABLE account_plans_joint_projects
  ADD COLUMN done_date DATE NULL,
  ADD COLUMN result VARCHAR(1000) NULL;

ALTER TABLE tenders ADD COLUMN bid_bond_returned DATE NULL;
