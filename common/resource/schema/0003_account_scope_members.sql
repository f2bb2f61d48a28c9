-- Co-owners of accounts: they see an account as its owner does. Kept with account_scopes, in its transactions.
CREATE TABLE account_scope_members (
  account CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  employee CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  PRIMARY KEY (account, employee),
  KEY account_scope_members_by_employee (employee)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- Replicas read the feed of account-svc again from its beginning, so that they learn the co-owners there are already.
DELETE FROM feed_cursors WHERE feed = 'account-svc';
