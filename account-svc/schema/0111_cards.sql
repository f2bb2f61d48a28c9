-- Working calendars, the visitor register, follow-up cards, referrals and value-added products (A-19 to A-21).

ALTER TABLE leads
  ADD COLUMN showroom VARCHAR(64) NULL,
  ADD COLUMN party_size BIGINT NOT NULL DEFAULT 0,
  ADD COLUMN referrer_member VARCHAR(96) NULL,
  ADD COLUMN account_match VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NULL,
  ADD COLUMN claimable_after DATETIME(6) NULL,
  ADD COLUMN matched_account CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  ADD COLUMN card_open_time DATETIME(6) NULL,
  ADD COLUMN missed_days BIGINT NOT NULL DEFAULT 0;

ALTER TABLE leads ADD KEY leads_by_arrival (arrival_time);

ALTER TABLE leads_follow_ups
  ADD COLUMN days_late BIGINT NOT NULL DEFAULT 0,
  ADD COLUMN in_calling_window TINYINT(1) NOT NULL DEFAULT 0,
  ADD COLUMN corrects BIGINT NOT NULL DEFAULT 0;

ALTER TABLE leads_follow_ups ADD KEY leads_follow_ups_by_employee (employee, contact_time);

-- When the key-account department works, from a day on.
CREATE TABLE working_calendars (
  id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  version BIGINT NOT NULL,
  create_time DATETIME(6) NOT NULL,
  update_time DATETIME(6) NOT NULL,
  creator VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  updater VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  archive_time DATETIME(6) NULL,
  number VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
  from_date DATE NOT NULL,
  display_name VARCHAR(100) NOT NULL,
  PRIMARY KEY (id),
  UNIQUE KEY working_calendars_number (number),
  UNIQUE KEY working_calendars_from_date (from_date)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

CREATE TABLE working_calendars_windows (
  parent_id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  position INT NOT NULL,
  weekday BIGINT NOT NULL DEFAULT 0,
  from_minute BIGINT NOT NULL DEFAULT 0,
  to_minute BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (parent_id, position),
  CONSTRAINT working_calendars_windows_parent FOREIGN KEY (parent_id) REFERENCES working_calendars (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

CREATE TABLE working_calendars_exceptions (
  parent_id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  position INT NOT NULL,
  day DATE NOT NULL,
  closed TINYINT(1) NOT NULL DEFAULT 0,
  from_minute BIGINT NOT NULL DEFAULT 0,
  to_minute BIGINT NOT NULL DEFAULT 0,
  description VARCHAR(100) NULL,
  PRIMARY KEY (parent_id, position),
  CONSTRAINT working_calendars_exceptions_parent FOREIGN KEY (parent_id) REFERENCES working_calendars (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- How many came to a showroom or called on a day through a channel, as the reception counted them.
CREATE TABLE traffic_counts (
  id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  version BIGINT NOT NULL,
  create_time DATETIME(6) NOT NULL,
  update_time DATETIME(6) NOT NULL,
  creator VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  updater VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  archive_time DATETIME(6) NULL,
  number VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
  count_date DATE NOT NULL,
  showroom VARCHAR(64) NOT NULL,
  channel VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  visits BIGINT NOT NULL DEFAULT 0,
  calls BIGINT NOT NULL DEFAULT 0,
  owner CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  remark VARCHAR(500) NULL,
  PRIMARY KEY (id),
  UNIQUE KEY traffic_counts_number (number),
  UNIQUE KEY traffic_counts_day (count_date, showroom, channel),
  CONSTRAINT traffic_counts_numbers CHECK (visits >= 0 AND calls >= 0),
  CONSTRAINT traffic_counts_owner FOREIGN KEY (owner) REFERENCES employees (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- The follow-up cards of a salesperson of one day, handed in by the hour of the policy and signed by the sales manager.
CREATE TABLE follow_up_sheets (
  id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  version BIGINT NOT NULL,
  create_time DATETIME(6) NOT NULL,
  update_time DATETIME(6) NOT NULL,
  creator VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  updater VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  archive_time DATETIME(6) NULL,
  number VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
  owner CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  sheet_date DATE NULL,
  state VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  prospects BIGINT NOT NULL DEFAULT 0,
  quota BIGINT NOT NULL DEFAULT 0,
  quota_met TINYINT(1) NOT NULL DEFAULT 0,
  hand_in_time DATETIME(6) NULL,
  late TINYINT(1) NOT NULL DEFAULT 0,
  signer CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  sign_time DATETIME(6) NULL,
  comment VARCHAR(1000) NULL,
  return_reason VARCHAR(1000) NULL,
  PRIMARY KEY (id),
  UNIQUE KEY follow_up_sheets_number (number),
  UNIQUE KEY follow_up_sheets_day (owner, sheet_date),
  KEY follow_up_sheets_by_date (sheet_date, state),
  CONSTRAINT follow_up_sheets_owner FOREIGN KEY (owner) REFERENCES employees (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

CREATE TABLE follow_up_sheets_lines (
  parent_id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  position INT NOT NULL,
  lead CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  entries BIGINT NOT NULL DEFAULT 0,
  in_window BIGINT NOT NULL DEFAULT 0,
  intention_level VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NULL,
  next_date DATE NULL,
  result VARCHAR(1000) NULL,
  PRIMARY KEY (parent_id, position),
  CONSTRAINT follow_up_sheets_lines_parent FOREIGN KEY (parent_id) REFERENCES follow_up_sheets (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- A prospect that a customer or member recommended, its outcome and the reward.
CREATE TABLE referrals (
  id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  version BIGINT NOT NULL,
  create_time DATETIME(6) NOT NULL,
  update_time DATETIME(6) NOT NULL,
  creator VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  updater VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  archive_time DATETIME(6) NULL,
  number VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
  lead CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  referrer CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  referrer_member VARCHAR(96) NULL,
  owner CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  state VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  account CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  outcome VARCHAR(1000) NULL,
  outcome_time DATETIME(6) NULL,
  reward_points BIGINT NOT NULL DEFAULT 0,
  rewarder CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  reward_time DATETIME(6) NULL,
  PRIMARY KEY (id),
  UNIQUE KEY referrals_number (number),
  UNIQUE KEY referrals_lead (lead),
  KEY referrals_by_owner (owner, state),
  KEY referrals_by_referrer (referrer),
  KEY referrals_by_member (referrer_member),
  CONSTRAINT referrals_points CHECK (reward_points >= 0),
  CONSTRAINT referrals_lead FOREIGN KEY (lead) REFERENCES leads (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- A value-added product offered to a customer.
CREATE TABLE cross_sell_offers (
  id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  version BIGINT NOT NULL,
  create_time DATETIME(6) NOT NULL,
  update_time DATETIME(6) NOT NULL,
  creator VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  updater VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  archive_time DATETIME(6) NULL,
  number VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
  account CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  opportunity CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  owner CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  offer_kind VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  description VARCHAR(500) NOT NULL,
  amount_amount DECIMAL(19,4) NULL,
  amount_currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NULL,
  offer_date DATE NULL,
  state VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  close_date DATE NULL,
  decline_reason VARCHAR(1000) NULL,
  PRIMARY KEY (id),
  UNIQUE KEY cross_sell_offers_number (number),
  KEY cross_sell_offers_by_owner (owner, state, close_date),
  KEY cross_sell_offers_by_account (account),
  CONSTRAINT cross_sell_offers_account FOREIGN KEY (account) REFERENCES accounts (id),
  CONSTRAINT cross_sell_offers_owner FOREIGN KEY (owner) REFERENCES employees (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- How many of a value-added product a salesperson is to sell in a month.
CREATE TABLE cross_sell_targets (
  id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  version BIGINT NOT NULL,
  create_time DATETIME(6) NOT NULL,
  update_time DATETIME(6) NOT NULL,
  creator VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  updater VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  archive_time DATETIME(6) NULL,
  number VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
  owner CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  target_month VARCHAR(7) NOT NULL,
  target_kind VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  quantity BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (id),
  UNIQUE KEY cross_sell_targets_number (number),
  UNIQUE KEY cross_sell_targets_month (owner, target_month, target_kind),
  CONSTRAINT cross_sell_targets_owner FOREIGN KEY (owner) REFERENCES employees (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;
