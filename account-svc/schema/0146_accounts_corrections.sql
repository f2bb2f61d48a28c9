-- A count of stock at a dealer that was written down wrongly is taken back and counted again, on the same day too (A-16).
ALTER TABLE channel_stock_counts
  ADD COLUMN voided TINYINT(1) NOT NULL DEFAULT 0,
  ADD COLUMN void_reason VARCHAR(1000) NULL,
  ADD COLUMN voider CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  ADD COLUMN void_time DATETIME(6) NULL,
  ADD COLUMN counted_day DATE GENERATED ALWAYS AS (CASE WHEN voided = 0 THEN count_date END) STORED;

ALTER TABLE channel_stock_counts
  ADD UNIQUE KEY channel_stock_counts_once (partner, product, counted_day);

ALTER TABLE channel_stock_counts
  DROP KEY channel_stock_counts_day;

-- So is an evaluation of a dealer and a check of his prices.
ALTER TABLE channel_evaluations
  ADD COLUMN voided TINYINT(1) NOT NULL DEFAULT 0,
  ADD COLUMN void_reason VARCHAR(1000) NULL,
  ADD COLUMN voider CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  ADD COLUMN void_time DATETIME(6) NULL;

ALTER TABLE resale_price_checks
  ADD COLUMN voided TINYINT(1) NOT NULL DEFAULT 0,
  ADD COLUMN void_reason VARCHAR(1000) NULL,
  ADD COLUMN voider CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  ADD COLUMN void_time DATETIME(6) NULL;

-- Why an owner, a co-owner or a protection was ended, as far as somebody proved it (A-07).
ALTER TABLE account_ownerships
  ADD COLUMN end_evidence TEXT NULL;

-- Who put a paper under another account does not read it there as owner or superior (A-08).
ALTER TABLE customer_documents
  ADD COLUMN refiler CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL;
