-- What customers are credited for goods that came back (C-09, C-24).

-- Pieces of a return that no credit note was posted for: those that are not invoiced yet. Returns of before stay as they
-- were dealt with then.
ALTER TABLE contract_returns
  ADD COLUMN credit_open DECIMAL(19,6) NOT NULL DEFAULT 0,
  ADD KEY contract_returns_by_order (order_id);

-- A rebate settlement makes one credit note, under its own lock; a goods receipt one for every return recorded of it.
ALTER TABLE receipts
  DROP KEY receipts_source,
  ADD KEY receipts_by_source (source);

CREATE TABLE contract_return_credits (
  entry_id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  contract_return CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  contract CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  order_id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  order_line INT NOT NULL,
  product CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  quantity DECIMAL(19,6) NOT NULL,
  currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  net_amount DECIMAL(19,4) NOT NULL,
  tax_amount DECIMAL(19,4) NOT NULL,
  credit_note CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  credit_date DATE NOT NULL,
  PRIMARY KEY (entry_id),
  UNIQUE KEY contract_return_credits_note (credit_note),
  KEY contract_return_credits_by_contract (contract, credit_date),
  KEY contract_return_credits_by_order (order_id, order_line),
  CONSTRAINT contract_return_credits_return FOREIGN KEY (contract_return) REFERENCES contract_returns (entry_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- Returns of before: the rebate does not count them any more either, at what was invoiced for the pieces. No credit note
-- is posted for them.
INSERT INTO contract_return_credits (entry_id, contract_return, contract, order_id, order_line, product, quantity,
  currency, net_amount, tax_amount, credit_note, credit_date)
SELECT r.entry_id, r.entry_id, r.contract, r.order_id, r.order_line, r.product, r.quantity, o.currency,
  ROUND(l.invoiced_amount * r.quantity / l.invoiced_quantity, 2),
  ROUND(COALESCE(l.invoiced_tax_amount, 0) * r.quantity / l.invoiced_quantity, 2), NULL, DATE(r.entry_time)
FROM contract_returns r
JOIN orders o ON o.id = r.order_id
JOIN orders_lines l ON l.parent_id = o.id AND l.line_number = r.order_line
WHERE l.invoiced_quantity >= r.quantity;
