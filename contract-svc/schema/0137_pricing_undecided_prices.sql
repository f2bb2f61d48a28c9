-- A product is made by those who maintain products, before its list price is decided by the one who decides selling
-- prices (C-01). The checks on floor and currency hold for the prices that are set.
ALTER TABLE products
  MODIFY COLUMN list_price_amount DECIMAL(19,4) NULL,
  MODIFY COLUMN list_price_currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NULL;

-- More than the published price takes the consent of the sales manager (C-04, R-06): a supervisor of business
-- development sells like his people. A grid that somebody has changed stays as it is.
UPDATE authority_grants
  SET level = 1, max_discount_percent = 0, max_gift_percent = 0
  WHERE id = '00000000000000000000000103' AND creator = 'programs/contract-svc' AND version = 1 AND state = 'ACTIVE';

-- A purchase price that was decided by mistake is ended before its first day: it has no day then (C-08).
ALTER TABLE purchase_prices DROP CONSTRAINT purchase_prices_period;
ALTER TABLE purchase_prices
  ADD CONSTRAINT purchase_prices_period CHECK (valid_until IS NULL OR valid_until >= DATE_SUB(valid_from, INTERVAL 1 DAY));
