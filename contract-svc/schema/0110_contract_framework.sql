-- Framework contracts: commitments and their ledger, chains of lines, versions, rebate scale, renewal (C-09, C-14, C-16).
ALTER TABLE contracts
  ADD COLUMN renewal_lead_days BIGINT NOT NULL DEFAULT 0,
  ADD COLUMN renewal_status VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NULL,
  ADD COLUMN non_renewal_reason VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NULL,
  ADD COLUMN non_renewal_remark VARCHAR(1000) NULL,
  ADD COLUMN predecessor CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  ADD COLUMN successor CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  ADD KEY contracts_by_renewal (renewal_status, end_date),
  ADD UNIQUE KEY contracts_predecessor (predecessor);

ALTER TABLE contracts_lines
  ADD COLUMN start_date DATE NULL,
  ADD COLUMN end_date DATE NULL,
  ADD COLUMN commitment_basis VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NULL,
  ADD COLUMN tolerance_percent DECIMAL(7,4) NULL,
  ADD COLUMN predecessor BIGINT NOT NULL DEFAULT 0,
  ADD COLUMN successor BIGINT NOT NULL DEFAULT 0,
  ADD COLUMN suspended_from DATE NULL,
  ADD COLUMN suspended_until DATE NULL,
  ADD COLUMN cancelled TINYINT(1) NOT NULL DEFAULT 0,
  ADD COLUMN previous_price_amount DECIMAL(19,4) NULL,
  ADD COLUMN previous_price_currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NULL,
  ADD COLUMN amendment CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  ADD COLUMN stopped TINYINT(1) NOT NULL DEFAULT 0;

ALTER TABLE contracts_clauses
  ADD COLUMN clause_number BIGINT NOT NULL DEFAULT 0,
  ADD COLUMN valid_from DATE NULL,
  ADD COLUMN valid_until DATE NULL,
  ADD COLUMN amendment CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL;

CREATE TABLE contracts_versions (
  parent_id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  position INT NOT NULL,
  version_number BIGINT NOT NULL DEFAULT 0,
  valid_from DATE NULL,
  amendment CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  payment VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NULL,
  terms_days BIGINT NOT NULL DEFAULT 0,
  end_date DATE NULL,
  total_amount DECIMAL(19,4) NULL,
  total_currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NULL,
  content_sha256 VARCHAR(64) NULL,
  PRIMARY KEY (parent_id, position),
  CONSTRAINT contracts_versions_parent FOREIGN KEY (parent_id) REFERENCES contracts (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

CREATE TABLE contracts_rebate_tiers (
  parent_id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  position INT NOT NULL,
  from_volume DECIMAL(19,4) NOT NULL,
  percent DECIMAL(7,4) NOT NULL,
  PRIMARY KEY (parent_id, position),
  CONSTRAINT contracts_rebate_tiers_parent FOREIGN KEY (parent_id) REFERENCES contracts (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

CREATE TABLE contracts_rebate_products (
  parent_id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  position INT NOT NULL,
  value CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  PRIMARY KEY (parent_id, position),
  CONSTRAINT contracts_rebate_products_parent FOREIGN KEY (parent_id) REFERENCES contracts (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

CREATE TABLE contracts_instalments (
  parent_id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  position INT NOT NULL,
  due_date DATE NOT NULL,
  amount_amount DECIMAL(19,4) NOT NULL,
  amount_currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  title VARCHAR(200) NULL,
  PRIMARY KEY (parent_id, position),
  CONSTRAINT contracts_instalments_parent FOREIGN KEY (parent_id) REFERENCES contracts (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

CREATE TABLE contracts_regions (
  parent_id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  position INT NOT NULL,
  value VARCHAR(50) NOT NULL,
  PRIMARY KEY (parent_id, position),
  CONSTRAINT contracts_regions_parent FOREIGN KEY (parent_id) REFERENCES contracts (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- What was promised with a chain of lines and what became of it, in pieces or, with basis VALUE, in money. Locked last
-- (see credit_book.h). line_number is that of the first line of the chain.
CREATE TABLE contract_commitments (
  contract CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  line_number BIGINT NOT NULL,
  product CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  basis VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  committed DECIMAL(19,6) NOT NULL,
  tolerance_percent DECIMAL(7,4) NOT NULL,
  reserved DECIMAL(19,6) NOT NULL DEFAULT 0,
  released DECIMAL(19,6) NOT NULL DEFAULT 0,
  invoiced DECIMAL(19,6) NOT NULL DEFAULT 0,
  returned DECIMAL(19,6) NOT NULL DEFAULT 0,
  last_entry BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (contract, line_number),
  CONSTRAINT contract_commitments_parts CHECK (reserved >= 0 AND released >= 0 AND invoiced >= 0 AND returned >= 0
    AND returned <= released + invoiced),
  CONSTRAINT contract_commitments_contract FOREIGN KEY (contract) REFERENCES contracts (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- What one line of an order has taken of one chain, in pieces.
CREATE TABLE contract_draws (
  order_id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  order_line BIGINT NOT NULL,
  contract CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  line_number BIGINT NOT NULL,
  unit_price DECIMAL(19,4) NOT NULL,
  quantity DECIMAL(19,6) NOT NULL,
  reserved DECIMAL(19,6) NOT NULL,
  released DECIMAL(19,6) NOT NULL,
  invoiced DECIMAL(19,6) NOT NULL,
  returned DECIMAL(19,6) NOT NULL DEFAULT 0,
  order_date DATE NOT NULL,
  PRIMARY KEY (order_id, order_line, contract, line_number),
  KEY contract_draws_by_contract (contract, line_number),
  CONSTRAINT contract_draws_parts CHECK (reserved >= 0 AND released >= 0 AND invoiced >= 0 AND returned >= 0
    AND returned <= released + invoiced AND reserved + released + invoiced <= quantity)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- Every movement, never changed afterwards.
CREATE TABLE contract_commitment_entries (
  contract CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  line_number BIGINT NOT NULL,
  entry_number BIGINT NOT NULL,
  kind VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  amount DECIMAL(19,6) NOT NULL,
  order_id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  order_line BIGINT NOT NULL DEFAULT 0,
  entry_time DATETIME(6) NOT NULL,
  actor VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  PRIMARY KEY (contract, line_number, entry_number),
  CONSTRAINT contract_commitment_entries_parent FOREIGN KEY (contract, line_number)
    REFERENCES contract_commitments (contract, line_number)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- Changes of contracts (C-14). Applied once: the state says so.
CREATE TABLE amendments (
  id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  version BIGINT NOT NULL,
  create_time DATETIME(6) NOT NULL,
  update_time DATETIME(6) NOT NULL,
  creator VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  updater VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  archive_time DATETIME(6) NULL,
  number VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
  contract CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  account CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  title VARCHAR(200) NOT NULL,
  change_reason VARCHAR(1000) NOT NULL,
  effective_date DATE NOT NULL,
  quote CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  effect_on_price VARCHAR(1000) NULL,
  effect_on_delivery VARCHAR(1000) NULL,
  delta_value_amount DECIMAL(19,4) NULL,
  delta_value_currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NULL,
  base_version BIGINT NOT NULL DEFAULT 0,
  drafter CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  submitter CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  review_deadline DATE NULL,
  content_sha256 VARCHAR(64) NULL,
  approved_sha256 VARCHAR(64) NULL,
  state VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  state_reason VARCHAR(1000) NULL,
  sign_date DATE NULL,
  seal VARCHAR(100) NULL,
  scan_document VARCHAR(200) NULL,
  signer CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  apply_time DATETIME(6) NULL,
  PRIMARY KEY (id),
  UNIQUE KEY amendments_number (number),
  KEY amendments_by_contract (contract, state),
  KEY amendments_by_account (account, state)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

CREATE TABLE amendments_actions (
  parent_id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  position INT NOT NULL,
  kind VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  line_number BIGINT NOT NULL DEFAULT 0,
  product CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  quantity DECIMAL(19,6) NULL,
  unit_price_amount DECIMAL(19,4) NULL,
  unit_price_currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NULL,
  price_change_percent DECIMAL(9,4) NULL,
  end_date DATE NULL,
  from_date DATE NULL,
  until_date DATE NULL,
  clause_number BIGINT NOT NULL DEFAULT 0,
  clause_kind VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NULL,
  clause_body TEXT NULL,
  before_text TEXT NULL,
  payment VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NULL,
  terms_days BIGINT NOT NULL DEFAULT 0,
  tolerance_percent DECIMAL(7,4) NULL,
  PRIMARY KEY (parent_id, position),
  CONSTRAINT amendments_actions_parent FOREIGN KEY (parent_id) REFERENCES amendments (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

CREATE TABLE amendments_steps (
  parent_id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  position INT NOT NULL,
  kind VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NULL,
  result VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NULL,
  reviewer CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  opinion VARCHAR(1000) NULL,
  deadline DATE NULL,
  overdue TINYINT(1) NOT NULL DEFAULT 0,
  decide_time DATETIME(6) NULL,
  PRIMARY KEY (parent_id, position),
  CONSTRAINT amendments_steps_parent FOREIGN KEY (parent_id) REFERENCES amendments (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

CREATE TABLE amendments_signatories (
  parent_id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  position INT NOT NULL,
  party VARCHAR(50) NOT NULL,
  person VARCHAR(100) NOT NULL,
  post VARCHAR(100) NULL,
  PRIMARY KEY (parent_id, position),
  CONSTRAINT amendments_signatories_parent FOREIGN KEY (parent_id) REFERENCES amendments (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- What was promised and drawn before there was a ledger.
INSERT INTO contract_commitments (contract, line_number, product, basis, committed, tolerance_percent, last_entry)
  SELECT c.id, l.line_number, l.product, 'QUANTITY', l.quantity, 0, 4
  FROM contracts c JOIN contracts_lines l ON l.parent_id = c.id
  WHERE c.state IN ('SIGNED', 'ACTIVE', 'SUSPENDED', 'EXPIRING', 'TERMINATED', 'CLOSED');
INSERT INTO contract_draws (order_id, order_line, contract, line_number, unit_price, quantity, reserved, released,
    invoiced, order_date)
  SELECT o.id, l.line_number, o.contract, MIN(cl.line_number), l.unit_price_amount, l.quantity,
    CASE WHEN o.release_basis IS NULL AND o.state IN ('ENTERED', 'REVIEWED', 'ON_HOLD')
      THEN l.quantity - COALESCE(l.closed_quantity, 0) - COALESCE(l.invoiced_quantity, 0) ELSE 0 END,
    CASE WHEN o.release_basis IS NULL AND o.state IN ('ENTERED', 'REVIEWED', 'ON_HOLD')
      THEN 0 ELSE l.quantity - COALESCE(l.closed_quantity, 0) - COALESCE(l.invoiced_quantity, 0) END,
    COALESCE(l.invoiced_quantity, 0), o.order_date
  FROM orders o
  JOIN orders_lines l ON l.parent_id = o.id
  JOIN contracts_lines cl ON cl.parent_id = o.contract AND cl.product = l.product
    AND cl.unit_price_amount = l.unit_price_amount
  JOIN contract_commitments cc ON cc.contract = o.contract AND cc.line_number = cl.line_number
  WHERE o.state <> 'CANCELLED'
  GROUP BY o.id, l.line_number, o.contract, l.unit_price_amount, l.quantity, o.release_basis, o.state,
    l.invoiced_quantity, l.closed_quantity, o.order_date;
UPDATE contract_commitments c SET
  reserved = (SELECT COALESCE(SUM(d.reserved), 0) FROM contract_draws d
    WHERE d.contract = c.contract AND d.line_number = c.line_number),
  released = (SELECT COALESCE(SUM(d.released), 0) FROM contract_draws d
    WHERE d.contract = c.contract AND d.line_number = c.line_number),
  invoiced = (SELECT COALESCE(SUM(d.invoiced), 0) FROM contract_draws d
    WHERE d.contract = c.contract AND d.line_number = c.line_number);
INSERT INTO contract_commitment_entries (contract, line_number, entry_number, kind, amount, entry_time, actor)
  SELECT c.contract, c.line_number, 1, 'COMMIT', c.committed, t.update_time, 'programs/contract-svc'
  FROM contract_commitments c JOIN contracts t ON t.id = c.contract;
INSERT INTO contract_commitment_entries (contract, line_number, entry_number, kind, amount, entry_time, actor)
  SELECT c.contract, c.line_number, 2, 'RESERVE', c.reserved, t.update_time, 'programs/contract-svc'
  FROM contract_commitments c JOIN contracts t ON t.id = c.contract;
INSERT INTO contract_commitment_entries (contract, line_number, entry_number, kind, amount, entry_time, actor)
  SELECT c.contract, c.line_number, 3, 'RELEASE', c.released, t.update_time, 'programs/contract-svc'
  FROM contract_commitments c JOIN contracts t ON t.id = c.contract;
INSERT INTO contract_commitment_entries (contract, line_number, entry_number, kind, amount, entry_time, actor)
  SELECT c.contract, c.line_number, 4, 'INVOICE', c.invoiced, t.update_time, 'programs/contract-svc'
  FROM contract_commitments c JOIN contracts t ON t.id = c.contract;
