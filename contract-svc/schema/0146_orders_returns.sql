-- Goods of orders without a contract come back as well (C-24): contract is NULL then. Why they came back is kept.
ALTER TABLE contract_returns
  MODIFY COLUMN contract CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  ADD COLUMN reason VARCHAR(1000) NULL;
ALTER TABLE contract_return_credits
  MODIFY COLUMN contract CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL;
