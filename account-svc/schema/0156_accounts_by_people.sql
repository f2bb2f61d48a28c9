-- Lists of accounts for a team or a department (G-03). Nearly all that they reach is what their people own: the first
-- index has it together, with what lists are mostly filtered and sorted by, so that a page is found without a look at
-- thousands of rows, however many accounts there are. The statement of the list names this index. The other two find the
-- few accounts that people reach without owning them: as a co-owner or maker, or because a closed file is part of one of
-- theirs.
ALTER TABLE accounts
  ADD KEY accounts_by_owner_age (owner, create_time, state, archive_time, region, legal_name);

ALTER TABLE account_scope_members
  ADD KEY account_scope_members_by_seat (employee, seat);

ALTER TABLE account_scopes
  ADD KEY account_scopes_by_owner_state (owner, state);

-- A file that came back from a merge by a program of before kept the seats of the other file: they are written anew.
DELETE FROM account_scope_members
WHERE seat = 'CO_OWNER'
  AND EXISTS (SELECT 1 FROM account_scopes s WHERE s.account = account_scope_members.account AND s.state <> 'CLOSED')
  AND NOT EXISTS (SELECT 1 FROM accounts_co_owners c
                  WHERE c.parent_id = account_scope_members.account AND c.value = account_scope_members.employee);
UPDATE account_scopes SET members_version = -1
WHERE state <> 'CLOSED'
  AND EXISTS (SELECT 1 FROM account_scope_members m
              WHERE m.account = account_scopes.account AND m.seat = 'HOLDER'
                AND (account_scopes.owner IS NULL OR m.employee <> account_scopes.owner));
