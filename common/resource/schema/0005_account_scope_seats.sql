-- Everyone who sees an account, in one table: whoever owns it, works it together with the owner, or has made it while
-- nobody owns it. members_version is the version of account_scopes that the members are of. A program of before does
-- not write it, so that its rows show as members_behind and are brought up to date by those of now.
ALTER TABLE account_scope_members
  ADD COLUMN seat VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT 'CO_OWNER';

ALTER TABLE account_scopes
  ADD COLUMN members_version BIGINT NOT NULL DEFAULT -1,
  ADD COLUMN members_behind TINYINT GENERATED ALWAYS AS (CASE WHEN members_version = version THEN NULL ELSE 1 END) VIRTUAL,
  ADD KEY account_scopes_by_members_behind (members_behind);

INSERT INTO account_scope_members (account, employee, seat)
  SELECT s.account, s.owner, 'HOLDER' FROM account_scopes s WHERE s.owner IS NOT NULL
  ON DUPLICATE KEY UPDATE seat = VALUES(seat);

INSERT INTO account_scope_members (account, employee, seat)
  SELECT s.account, s.creator, 'MAKER' FROM account_scopes s WHERE s.owner IS NULL AND s.creator IS NOT NULL
  ON DUPLICATE KEY UPDATE account = VALUES(account);

UPDATE account_scopes SET members_version = version;
