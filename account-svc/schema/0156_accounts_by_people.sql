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
