-- What contracts and orders have taken of a quote (C-05): entries are only ever added, negative ones give back. The open
-- quantity of a product at a price is what the quote offers of it less the sum of its entries.
CREATE TABLE quote_draws (
  quote CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  holder VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  entry INT NOT NULL,
  product CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  unit_price DECIMAL(19,4) NOT NULL,
  quantity DECIMAL(19,6) NOT NULL,
  create_time DATETIME(6) NOT NULL,
  PRIMARY KEY (quote, holder, entry),
  KEY quote_draws_by_holder (holder),
  CONSTRAINT quote_draws_quote FOREIGN KEY (quote) REFERENCES quotes (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- What was taken before there was a ledger. A line is an entry of its own.
INSERT INTO quote_draws (quote, holder, entry, product, unit_price, quantity, create_time)
  SELECT o.quote, CONCAT('orders/', o.id), l.position + 1, l.product, l.unit_price_amount, l.quantity, o.update_time
  FROM orders o JOIN orders_lines l ON l.parent_id = o.id
  WHERE o.quote IS NOT NULL AND o.state <> 'CANCELLED';
INSERT INTO quote_draws (quote, holder, entry, product, unit_price, quantity, create_time)
  SELECT c.quote, CONCAT('contracts/', c.id), l.position + 1, l.product, l.unit_price_amount, l.quantity, c.update_time
  FROM contracts c JOIN contracts_lines l ON l.parent_id = c.id
  WHERE c.quote IS NOT NULL AND c.state NOT IN ('DRAFT', 'RETURNED');
