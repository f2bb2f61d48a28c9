-- Why an account was lost at the time: the account itself forgets it when it comes back (A-15).
ALTER TABLE account_state_spans ADD COLUMN churn_reason VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NULL;

UPDATE account_state_spans SET churn_reason = (SELECT a.churn_reason FROM accounts a WHERE a.id =
account_state_spans.account) WHERE until_time IS NULL AND state = 'LOST';
