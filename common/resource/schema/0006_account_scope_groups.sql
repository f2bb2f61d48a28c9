-- What prices are found by besides the class (C-01): the account above in the group and the segment. Not set in
-- account-svc, which has both in accounts, nor in a replica before it has heard of them: replicas read the feed of
-- account-svc again from its beginning, under a cursor of their own, so that replicas of the release before do not
-- move it.
ALTER TABLE account_scopes
  ADD COLUMN parent CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  ADD COLUMN segment VARCHAR(48) NULL;
