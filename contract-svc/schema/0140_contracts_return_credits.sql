-- What customers are credited for goods that came back (C-09, C-24).

-- Pieces of a return that no credit note was posted for: those that are not invoiced yet. NULL: all of it, written down by
-- a program of an earlier release, which knows of no credit. Returns of before stay as they were dealt with then.
-- takes_back: the entry that was a mistake; this one has its quantity with the other sign.
ALTER TABLE contract_returns
  ADD COLUMN credit_open DECIMAL(19,6) NULL,
  ADD COLUMN takes_back CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  ADD UNIQUE KEY contract_returns_takes_back (takes_back),
  ADD KEY contract_returns_by_order (order_id);
UPDATE contract_returns SET credit_open = 0;

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
  of_before TINYINT(1) NOT NULL DEFAULT 0,
  PRIMARY KEY (entry_id),
  UNIQUE KEY contract_return_credits_note (credit_note),
  KEY contract_return_credits_by_contract (contract, credit_date),
  KEY contract_return_credits_by_order (order_id, order_line),
  CONSTRAINT contract_return_credits_return FOREIGN KEY (contract_return) REFERENCES contract_returns (entry_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- Returns of before (of_before): the rebate does not count them any more either, as far as they were invoiced, at what was
-- invoiced for the pieces. No credit note is posted for them.
INSERT INTO contract_return_credits (entry_id, contract_return, contract, order_id, order_line, product, quantity,
  currency, net_amount, tax_amount, credit_note, credit_date, of_before)
SELECT p.entry_id, p.entry_id, p.contract, p.order_id, p.order_line, p.product, p.upto - p.earlier, p.currency,
  ROUND(p.net * p.upto / p.invoiced, p.digits) - ROUND(p.net * p.earlier / p.invoiced, p.digits),
  ROUND(p.tax * p.upto / p.invoiced, p.digits) - ROUND(p.tax * p.earlier / p.invoiced, p.digits), NULL, p.entry_date, 1
FROM (
  SELECT r.entry_id, r.contract, r.order_id, r.order_line, r.product, o.currency, DATE(r.entry_time) AS entry_date,
    l.invoiced_quantity AS invoiced, l.invoiced_amount AS net, COALESCE(l.invoiced_tax_amount, 0) AS tax,
    LEAST(l.invoiced_quantity, SUM(r.quantity) OVER (PARTITION BY r.order_id, r.order_line ORDER BY r.entry_id))
      AS upto,
    LEAST(l.invoiced_quantity, SUM(r.quantity) OVER (PARTITION BY r.order_id, r.order_line ORDER BY r.entry_id)
      - r.quantity) AS earlier,
    CASE
      WHEN o.currency IN ('BIF', 'CLP', 'DJF', 'GNF', 'ISK', 'JPY', 'KMF', 'KRW', 'PYG', 'RWF', 'UGX', 'UYI', 'VND', 'VUV', 'XAF', 'XOF', 'XPF') THEN 0
      WHEN o.currency IN ('BHD', 'IQD', 'JOD', 'KWD', 'LYD', 'OMR', 'TND') THEN 3
      WHEN o.currency IN ('CLF', 'UYW') THEN 4
      ELSE 2
    END AS digits
  FROM contract_returns r
  JOIN orders o ON o.id = r.order_id
  JOIN orders_lines l ON l.parent_id = o.id AND l.line_number = r.order_line
  WHERE l.invoiced_quantity > 0) p
WHERE p.upto > p.earlier;
