-- Goods of orders without a contract come back as well (C-24): contract is NULL then. Why they came back is kept, and
-- whether a commitment was opened by it: so it was with all that is there.
ALTER TABLE contract_returns
  MODIFY COLUMN contract CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  ADD COLUMN opened TINYINT(1) NOT NULL DEFAULT 1,
  ADD COLUMN reason VARCHAR(1000) NULL;
ALTER TABLE contract_return_credits
  MODIFY COLUMN contract CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL;
