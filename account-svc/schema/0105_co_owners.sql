-- Co-owners stand on the account, so that its changes tell of them, and in the row scope (A-07, G-03).
CREATE TABLE accounts_co_owners (
  parent_id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  position INT NOT NULL,
  value CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  PRIMARY KEY (parent_id, position),
  KEY accounts_co_owners_by_value (value),
  CONSTRAINT accounts_co_owners_parent FOREIGN KEY (parent_id) REFERENCES accounts (id),
  CONSTRAINT accounts_co_owners_value FOREIGN KEY (value) REFERENCES employees (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

INSERT INTO accounts_co_owners (parent_id, position, value)
  SELECT o.account, ROW_NUMBER() OVER (PARTITION BY o.account ORDER BY o.id), o.employee
  FROM account_ownerships o WHERE o.kind = 'CO_OWNER' AND o.state = 'ACTIVE';

INSERT INTO account_scope_members (account, employee)
  SELECT DISTINCT o.account, o.employee
  FROM account_ownerships o WHERE o.kind = 'CO_OWNER' AND o.state = 'ACTIVE';
