-- What an account is worth, how it stands, our part of what it needs; relations outside (A-10, A-11, A-12, A-17).

-- How a customer stands on a day, who its main suppliers are, and what we propose on these facts.
CREATE TABLE business_conditions (
  id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  version BIGINT NOT NULL,
  create_time DATETIME(6) NOT NULL,
  update_time DATETIME(6) NOT NULL,
  creator VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  updater VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  archive_time DATETIME(6) NULL,
  number VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
  account CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  as_of DATE NOT NULL,
  revenue_amount DECIMAL(19,4) NULL,
  revenue_currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NULL,
  profit_amount DECIMAL(19,4) NULL,
  profit_currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NULL,
  assets_amount DECIMAL(19,4) NULL,
  assets_currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NULL,
  liabilities_amount DECIMAL(19,4) NULL,
  liabilities_currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NULL,
  debt_ratio DECIMAL(19,4) NULL,
  employees BIGINT NOT NULL DEFAULT 0,
  health VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  source VARCHAR(200) NOT NULL,
  reliability VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  proposal TEXT NOT NULL,
  PRIMARY KEY (id),
  UNIQUE KEY business_conditions_number (number),
  KEY business_conditions_by_account (account, as_of),
  KEY business_conditions_by_health (health, as_of),
  CONSTRAINT business_conditions_account FOREIGN KEY (account) REFERENCES accounts (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

CREATE TABLE business_conditions_suppliers (
  parent_id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  position INT NOT NULL,
  supplier VARCHAR(200) NOT NULL,
  products VARCHAR(500) NOT NULL,
  price_level VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NULL,
  share_percent DECIMAL(7,4) NULL,
  PRIMARY KEY (parent_id, position),
  CONSTRAINT business_conditions_suppliers_parent FOREIGN KEY (parent_id) REFERENCES business_conditions (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- Whose part of what a customer needs is how large: one product and period.
CREATE TABLE supply_shares (
  id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  version BIGINT NOT NULL,
  create_time DATETIME(6) NOT NULL,
  update_time DATETIME(6) NOT NULL,
  creator VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  updater VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  archive_time DATETIME(6) NULL,
  number VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
  account CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  product VARCHAR(100) NOT NULL,
  period VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  period_start DATE NOT NULL,
  unit VARCHAR(20) NOT NULL,
  total_demand DECIMAL(19,4) NOT NULL,
  our_volume DECIMAL(19,4) NOT NULL,
  target_share DECIMAL(7,4) NULL,
  source VARCHAR(200) NOT NULL,
  share DECIMAL(7,4) NULL,
  previous_share DECIMAL(7,4) NULL,
  change_points DECIMAL(8,4) NULL,
  trend VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NULL,
  below_target TINYINT(1) NOT NULL DEFAULT 0,
  alert VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NULL,
  measure VARCHAR(1000) NULL,
  answerer CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  answer_time DATETIME(6) NULL,
  PRIMARY KEY (id),
  UNIQUE KEY supply_shares_number (number),
  UNIQUE KEY supply_shares_period (account, product, period, period_start),
  KEY supply_shares_by_alert (alert, period_start),
  CONSTRAINT supply_shares_account FOREIGN KEY (account) REFERENCES accounts (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

CREATE TABLE supply_shares_competitors (
  parent_id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  position INT NOT NULL,
  competitor VARCHAR(200) NOT NULL,
  volume DECIMAL(19,4) NOT NULL,
  share DECIMAL(7,4) NULL,
  PRIMARY KEY (parent_id, position),
  CONSTRAINT supply_shares_competitors_parent FOREIGN KEY (parent_id) REFERENCES supply_shares (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- How a tier is worked out: weights, bands and cut-offs, from a day on.
CREATE TABLE tier_models (
  id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  version BIGINT NOT NULL,
  create_time DATETIME(6) NOT NULL,
  update_time DATETIME(6) NOT NULL,
  creator VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  updater VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  archive_time DATETIME(6) NULL,
  number VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
  display_name VARCHAR(100) NOT NULL,
  from_date DATE NOT NULL,
  currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  strategic_from DECIMAL(7,4) NOT NULL,
  a_from DECIMAL(7,4) NOT NULL,
  b_from DECIMAL(7,4) NOT NULL,
  state VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  releaser CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  release_time DATETIME(6) NULL,
  PRIMARY KEY (id),
  UNIQUE KEY tier_models_number (number),
  KEY tier_models_by_day (state, from_date)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

CREATE TABLE tier_models_weights (
  parent_id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  position INT NOT NULL,
  criterion VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  weight DECIMAL(7,4) NOT NULL,
  PRIMARY KEY (parent_id, position),
  CONSTRAINT tier_models_weights_parent FOREIGN KEY (parent_id) REFERENCES tier_models (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

CREATE TABLE tier_models_bands (
  parent_id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  position INT NOT NULL,
  criterion VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  at_least DECIMAL(19,4) NOT NULL,
  points DECIMAL(7,4) NOT NULL,
  PRIMARY KEY (parent_id, position),
  CONSTRAINT tier_models_bands_parent FOREIGN KEY (parent_id) REFERENCES tier_models (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- Value and potential of an account on a day: worked out by rule, proposed, confirmed.
CREATE TABLE account_evaluations (
  id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  version BIGINT NOT NULL,
  create_time DATETIME(6) NOT NULL,
  update_time DATETIME(6) NOT NULL,
  creator VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  updater VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  archive_time DATETIME(6) NULL,
  number VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
  account CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  as_of DATE NOT NULL,
  revenue_amount DECIMAL(19,4) NULL,
  revenue_currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NULL,
  margin_percent DECIMAL(19,4) NULL,
  growth_percent DECIMAL(19,4) NULL,
  on_time_percent DECIMAL(7,4) NULL,
  potential_score DECIMAL(7,4) NULL,
  source VARCHAR(200) NOT NULL,
  model CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  total DECIMAL(7,4) NULL,
  computed_tier VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NULL,
  state VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  proposed_tier VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NULL,
  proposer CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  override_reason VARCHAR(1000) NULL,
  decider CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  decide_time DATETIME(6) NULL,
  decision_reason VARCHAR(1000) NULL,
  review_date DATE NULL,
  PRIMARY KEY (id),
  UNIQUE KEY account_evaluations_number (number),
  KEY account_evaluations_by_account (account, as_of),
  KEY account_evaluations_by_state (state, as_of),
  CONSTRAINT account_evaluations_account FOREIGN KEY (account) REFERENCES accounts (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

CREATE TABLE account_evaluations_scores (
  parent_id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  position INT NOT NULL,
  criterion VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NULL,
  value DECIMAL(19,4) NULL,
  points DECIMAL(7,4) NULL,
  weight DECIMAL(7,4) NULL,
  weighted DECIMAL(7,4) NULL,
  PRIMARY KEY (parent_id, position),
  CONSTRAINT account_evaluations_scores_parent FOREIGN KEY (parent_id) REFERENCES account_evaluations (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- An organisation that we keep up a relation with, other than as a customer.
CREATE TABLE external_organizations (
  id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  version BIGINT NOT NULL,
  create_time DATETIME(6) NOT NULL,
  update_time DATETIME(6) NOT NULL,
  creator VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  updater VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  archive_time DATETIME(6) NULL,
  number VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
  display_name VARCHAR(200) NOT NULL,
  external_kind VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  contact_name VARCHAR(100) NULL,
  phone VARCHAR(40) NULL,
  responsible CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  cooperation_plan TEXT NULL,
  state VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  last_exchange_date DATE NULL,
  end_reason VARCHAR(1000) NULL,
  PRIMARY KEY (id),
  UNIQUE KEY external_organizations_number (number),
  KEY external_organizations_by_kind (external_kind, display_name),
  KEY external_organizations_by_responsible (responsible)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- How far holders of a role, or one employee, may speak for the company outside.
CREATE TABLE representation_authorities (
  id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  version BIGINT NOT NULL,
  create_time DATETIME(6) NOT NULL,
  update_time DATETIME(6) NOT NULL,
  creator VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  updater VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  archive_time DATETIME(6) NULL,
  number VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
  role VARCHAR(16) NULL,
  employee CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  external_kind VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  representation_level VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  from_date DATE NOT NULL,
  to_date DATE NULL,
  remark VARCHAR(500) NULL,
  PRIMARY KEY (id),
  UNIQUE KEY representation_authorities_number (number),
  KEY representation_authorities_by_kind (external_kind, role)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- What was said to an organisation on a day, by whom, and by which authority.
CREATE TABLE external_exchanges (
  id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  version BIGINT NOT NULL,
  create_time DATETIME(6) NOT NULL,
  update_time DATETIME(6) NOT NULL,
  creator VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  updater VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  archive_time DATETIME(6) NULL,
  number VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
  organization CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  exchange_date DATE NOT NULL,
  representative CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  representation_level VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  subject VARCHAR(200) NOT NULL,
  content TEXT NOT NULL,
  commitment VARCHAR(1000) NULL,
  authority CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  PRIMARY KEY (id),
  UNIQUE KEY external_exchanges_number (number),
  KEY external_exchanges_by_organization (organization, exchange_date),
  KEY external_exchanges_by_representative (representative, exchange_date),
  CONSTRAINT external_exchanges_organization FOREIGN KEY (organization) REFERENCES external_organizations (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- Who may speak for the company as delivered: R-22; media: the marketing director.
INSERT INTO representation_authorities (id, version, create_time, update_time, creator, updater, role, external_kind,
  representation_level, from_date) VALUES
  ('00000000000000000000000001', 1, '2026-01-01 00:00:00', '2026-01-01 00:00:00', 'programs/account-svc', 'programs/account-svc', 'GAM', 'MANUFACTURER', 'COMMITMENT', '2020-01-01'),
  ('00000000000000000000000002', 1, '2026-01-01 00:00:00', '2026-01-01 00:00:00', 'programs/account-svc', 'programs/account-svc', 'KAM', 'MANUFACTURER', 'NEGOTIATION', '2020-01-01'),
  ('00000000000000000000000003', 1, '2026-01-01 00:00:00', '2026-01-01 00:00:00', 'programs/account-svc', 'programs/account-svc', 'BDS', 'MANUFACTURER', 'NEGOTIATION', '2020-01-01'),
  ('00000000000000000000000004', 1, '2026-01-01 00:00:00', '2026-01-01 00:00:00', 'programs/account-svc', 'programs/account-svc', 'PSS', 'MANUFACTURER', 'NEGOTIATION', '2020-01-01'),
  ('00000000000000000000000005', 1, '2026-01-01 00:00:00', '2026-01-01 00:00:00', 'programs/account-svc', 'programs/account-svc', 'ASS', 'MANUFACTURER', 'NEGOTIATION', '2020-01-01'),
  ('00000000000000000000000006', 1, '2026-01-01 00:00:00', '2026-01-01 00:00:00', 'programs/account-svc', 'programs/account-svc', 'GAM', 'ASSOCIATION', 'COMMITMENT', '2020-01-01'),
  ('00000000000000000000000007', 1, '2026-01-01 00:00:00', '2026-01-01 00:00:00', 'programs/account-svc', 'programs/account-svc', 'KAM', 'ASSOCIATION', 'NEGOTIATION', '2020-01-01'),
  ('00000000000000000000000008', 1, '2026-01-01 00:00:00', '2026-01-01 00:00:00', 'programs/account-svc', 'programs/account-svc', 'BDS', 'ASSOCIATION', 'NEGOTIATION', '2020-01-01'),
  ('00000000000000000000000009', 1, '2026-01-01 00:00:00', '2026-01-01 00:00:00', 'programs/account-svc', 'programs/account-svc', 'PSS', 'ASSOCIATION', 'NEGOTIATION', '2020-01-01'),
  ('00000000000000000000000010', 1, '2026-01-01 00:00:00', '2026-01-01 00:00:00', 'programs/account-svc', 'programs/account-svc', 'ASS', 'ASSOCIATION', 'NEGOTIATION', '2020-01-01'),
  ('00000000000000000000000011', 1, '2026-01-01 00:00:00', '2026-01-01 00:00:00', 'programs/account-svc', 'programs/account-svc', 'GAM', 'DEALER', 'COMMITMENT', '2020-01-01'),
  ('00000000000000000000000012', 1, '2026-01-01 00:00:00', '2026-01-01 00:00:00', 'programs/account-svc', 'programs/account-svc', 'KAM', 'DEALER', 'NEGOTIATION', '2020-01-01'),
  ('00000000000000000000000013', 1, '2026-01-01 00:00:00', '2026-01-01 00:00:00', 'programs/account-svc', 'programs/account-svc', 'BDS', 'DEALER', 'NEGOTIATION', '2020-01-01'),
  ('00000000000000000000000014', 1, '2026-01-01 00:00:00', '2026-01-01 00:00:00', 'programs/account-svc', 'programs/account-svc', 'PSS', 'DEALER', 'NEGOTIATION', '2020-01-01'),
  ('00000000000000000000000015', 1, '2026-01-01 00:00:00', '2026-01-01 00:00:00', 'programs/account-svc', 'programs/account-svc', 'ASS', 'DEALER', 'NEGOTIATION', '2020-01-01'),
  ('00000000000000000000000016', 1, '2026-01-01 00:00:00', '2026-01-01 00:00:00', 'programs/account-svc', 'programs/account-svc', 'GAM', 'BANK', 'COMMITMENT', '2020-01-01'),
  ('00000000000000000000000017', 1, '2026-01-01 00:00:00', '2026-01-01 00:00:00', 'programs/account-svc', 'programs/account-svc', 'KAM', 'BANK', 'NEGOTIATION', '2020-01-01'),
  ('00000000000000000000000018', 1, '2026-01-01 00:00:00', '2026-01-01 00:00:00', 'programs/account-svc', 'programs/account-svc', 'BDS', 'BANK', 'NEGOTIATION', '2020-01-01'),
  ('00000000000000000000000019', 1, '2026-01-01 00:00:00', '2026-01-01 00:00:00', 'programs/account-svc', 'programs/account-svc', 'PSS', 'BANK', 'NEGOTIATION', '2020-01-01'),
  ('00000000000000000000000020', 1, '2026-01-01 00:00:00', '2026-01-01 00:00:00', 'programs/account-svc', 'programs/account-svc', 'ASS', 'BANK', 'NEGOTIATION', '2020-01-01'),
  ('00000000000000000000000021', 1, '2026-01-01 00:00:00', '2026-01-01 00:00:00', 'programs/account-svc', 'programs/account-svc', 'GAM', 'GOVERNMENT', 'COMMITMENT', '2020-01-01'),
  ('00000000000000000000000022', 1, '2026-01-01 00:00:00', '2026-01-01 00:00:00', 'programs/account-svc', 'programs/account-svc', 'KAM', 'GOVERNMENT', 'NEGOTIATION', '2020-01-01'),
  ('00000000000000000000000023', 1, '2026-01-01 00:00:00', '2026-01-01 00:00:00', 'programs/account-svc', 'programs/account-svc', 'BDS', 'GOVERNMENT', 'NEGOTIATION', '2020-01-01'),
  ('00000000000000000000000024', 1, '2026-01-01 00:00:00', '2026-01-01 00:00:00', 'programs/account-svc', 'programs/account-svc', 'PSS', 'GOVERNMENT', 'NEGOTIATION', '2020-01-01'),
  ('00000000000000000000000025', 1, '2026-01-01 00:00:00', '2026-01-01 00:00:00', 'programs/account-svc', 'programs/account-svc', 'ASS', 'GOVERNMENT', 'NEGOTIATION', '2020-01-01'),
  ('00000000000000000000000026', 1, '2026-01-01 00:00:00', '2026-01-01 00:00:00', 'programs/account-svc', 'programs/account-svc', 'GAM', 'SUPPLIER', 'COMMITMENT', '2020-01-01'),
  ('00000000000000000000000027', 1, '2026-01-01 00:00:00', '2026-01-01 00:00:00', 'programs/account-svc', 'programs/account-svc', 'KAM', 'SUPPLIER', 'NEGOTIATION', '2020-01-01'),
  ('00000000000000000000000028', 1, '2026-01-01 00:00:00', '2026-01-01 00:00:00', 'programs/account-svc', 'programs/account-svc', 'BDS', 'SUPPLIER', 'NEGOTIATION', '2020-01-01'),
  ('00000000000000000000000029', 1, '2026-01-01 00:00:00', '2026-01-01 00:00:00', 'programs/account-svc', 'programs/account-svc', 'PSS', 'SUPPLIER', 'NEGOTIATION', '2020-01-01'),
  ('00000000000000000000000030', 1, '2026-01-01 00:00:00', '2026-01-01 00:00:00', 'programs/account-svc', 'programs/account-svc', 'ASS', 'SUPPLIER', 'NEGOTIATION', '2020-01-01'),
  ('00000000000000000000000031', 1, '2026-01-01 00:00:00', '2026-01-01 00:00:00', 'programs/account-svc', 'programs/account-svc', 'GAM', 'ALLIANCE', 'COMMITMENT', '2020-01-01'),
  ('00000000000000000000000032', 1, '2026-01-01 00:00:00', '2026-01-01 00:00:00', 'programs/account-svc', 'programs/account-svc', 'KAM', 'ALLIANCE', 'NEGOTIATION', '2020-01-01'),
  ('00000000000000000000000033', 1, '2026-01-01 00:00:00', '2026-01-01 00:00:00', 'programs/account-svc', 'programs/account-svc', 'BDS', 'ALLIANCE', 'NEGOTIATION', '2020-01-01'),
  ('00000000000000000000000034', 1, '2026-01-01 00:00:00', '2026-01-01 00:00:00', 'programs/account-svc', 'programs/account-svc', 'PSS', 'ALLIANCE', 'NEGOTIATION', '2020-01-01'),
  ('00000000000000000000000035', 1, '2026-01-01 00:00:00', '2026-01-01 00:00:00', 'programs/account-svc', 'programs/account-svc', 'ASS', 'ALLIANCE', 'NEGOTIATION', '2020-01-01'),
  ('00000000000000000000000036', 1, '2026-01-01 00:00:00', '2026-01-01 00:00:00', 'programs/account-svc', 'programs/account-svc', 'MD', 'MEDIA', 'COMMITMENT', '2020-01-01'),
  ('00000000000000000000000037', 1, '2026-01-01 00:00:00', '2026-01-01 00:00:00', 'programs/account-svc', 'programs/account-svc', 'GM', 'MEDIA', 'COMMITMENT', '2020-01-01'),
  ('00000000000000000000000038', 1, '2026-01-01 00:00:00', '2026-01-01 00:00:00', 'programs/account-svc', 'programs/account-svc', 'GM', 'MANUFACTURER', 'COMMITMENT', '2020-01-01'),
  ('00000000000000000000000039', 1, '2026-01-01 00:00:00', '2026-01-01 00:00:00', 'programs/account-svc', 'programs/account-svc', 'GM', 'ASSOCIATION', 'COMMITMENT', '2020-01-01'),
  ('00000000000000000000000040', 1, '2026-01-01 00:00:00', '2026-01-01 00:00:00', 'programs/account-svc', 'programs/account-svc', 'GM', 'DEALER', 'COMMITMENT', '2020-01-01'),
  ('00000000000000000000000041', 1, '2026-01-01 00:00:00', '2026-01-01 00:00:00', 'programs/account-svc', 'programs/account-svc', 'GM', 'BANK', 'COMMITMENT', '2020-01-01'),
  ('00000000000000000000000042', 1, '2026-01-01 00:00:00', '2026-01-01 00:00:00', 'programs/account-svc', 'programs/account-svc', 'GM', 'GOVERNMENT', 'COMMITMENT', '2020-01-01'),
  ('00000000000000000000000043', 1, '2026-01-01 00:00:00', '2026-01-01 00:00:00', 'programs/account-svc', 'programs/account-svc', 'GM', 'SUPPLIER', 'COMMITMENT', '2020-01-01'),
  ('00000000000000000000000044', 1, '2026-01-01 00:00:00', '2026-01-01 00:00:00', 'programs/account-svc', 'programs/account-svc', 'GM', 'ALLIANCE', 'COMMITMENT', '2020-01-01');
