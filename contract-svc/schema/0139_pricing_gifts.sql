-- What an offer gives on top is part of contracts and orders: a line without a price that is drawn of the quote beside
-- the lines that are paid for (C-04).
ALTER TABLE orders_lines ADD COLUMN gift TINYINT(1) NOT NULL DEFAULT 0;
ALTER TABLE contracts_lines ADD COLUMN gift TINYINT(1) NOT NULL DEFAULT 0;
ALTER TABLE amendments_actions ADD COLUMN gift TINYINT(1) NOT NULL DEFAULT 0;
ALTER TABLE quote_draws ADD COLUMN gift TINYINT(1) NOT NULL DEFAULT 0;
