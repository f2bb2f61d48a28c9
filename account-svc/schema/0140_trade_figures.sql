-- Where the figures of an evaluation are from, and goals about one product (A-10, A-14).
ALTER TABLE account_evaluations ADD COLUMN figures_origin VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NULL;
ALTER TABLE account_evaluations ADD COLUMN figures_from_month VARCHAR(7) NULL;
ALTER TABLE account_evaluations ADD COLUMN figures_until_month VARCHAR(7) NULL;
ALTER TABLE account_evaluations ADD COLUMN costed_percent DECIMAL(7,4) NULL;
ALTER TABLE account_evaluations ADD COLUMN currencies_left_out VARCHAR(100) NULL;
UPDATE account_evaluations SET figures_origin = 'TYPED';

ALTER TABLE account_plans_goals ADD COLUMN product VARCHAR(100) NULL;
