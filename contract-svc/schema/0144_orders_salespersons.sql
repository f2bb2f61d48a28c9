-- Who owned the account of an order when it was entered: orders stay with him in the statistics, as revenue and payments
-- do in the ledger (C-28). Of orders of before it is not known; the owner of today stands for him from now on.
ALTER TABLE orders ADD COLUMN salesperson CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL;
UPDATE orders SET salesperson = (SELECT s.owner FROM account_scopes s WHERE s.account = orders.account);
