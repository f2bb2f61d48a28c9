-- Orders closed short, receipts reversed, the currency of credit decided with the limit (C-18, C-30, C-34).

ALTER TABLE orders
  ADD COLUMN closed_total_amount DECIMAL(19,4) NULL,
  ADD COLUMN closed_total_currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NULL,
  ADD COLUMN close_reason VARCHAR(1000) NULL;

ALTER TABLE orders_lines
  ADD COLUMN closed_quantity DECIMAL(19,6) NULL;

ALTER TABLE receipts
  ADD COLUMN reverser VARCHAR(96) NULL,
  ADD COLUMN reverse_time DATETIME(6) NULL,
  ADD COLUMN reverse_reason VARCHAR(1000) NULL;

ALTER TABLE credit_accounts
  ADD COLUMN proposal_currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NULL;

ALTER TABLE invoices
  ADD COLUMN prepaid_amount DECIMAL(19,4) NULL,
  ADD COLUMN prepaid_currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NULL;

-- What was paid and not allocated to the invoice itself came from money received before.
UPDATE invoices SET prepaid_currency = currency, prepaid_amount = paid_amount - COALESCE(
  (SELECT SUM(a.amount_amount) FROM receipts_allocations a JOIN receipts r ON r.id = a.parent_id
   WHERE r.state = 'MARKED' AND a.target = CONCAT('invoices/', invoices.id)), 0)
  WHERE paid_amount > 0;
