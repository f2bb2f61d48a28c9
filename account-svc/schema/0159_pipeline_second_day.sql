-- What is put down the day after: customers that wait for a salesperson (A-19), what was taken back (A-21,
-- A-27, A-31), the bid that the issuer has while another is prepared (A-24), when a
-- document was sent (A-32).

ALTER TABLE leads ADD COLUMN escalated_to CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL;

ALTER TABLE cross_sell_offers
  ADD COLUMN withdraw_reason VARCHAR(1000) NULL,
  ADD COLUMN close_time DATETIME(6) NULL;

ALTER TABLE customer_opinions
  ADD COLUMN withdraw_reason VARCHAR(1000) NULL,
  ADD COLUMN duplicate_of CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  ADD KEY customer_opinions_by_duplicate (duplicate_of);

ALTER TABLE product_initiatives_samples
  ADD COLUMN void_reason VARCHAR(1000) NULL,
  ADD COLUMN void_time DATETIME(6) NULL;

ALTER TABLE tenders
  ADD COLUMN standing_quote VARCHAR(64) NULL,
  ADD COLUMN standing_price_amount DECIMAL(19,4) NULL,
  ADD COLUMN standing_price_currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NULL,
  ADD COLUMN standing_approver CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  ADD COLUMN standing_approve_time DATETIME(6) NULL;

ALTER TABLE customer_trainings_documents ADD COLUMN send_time DATETIME(6) NULL;
