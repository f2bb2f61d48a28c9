-- Suppliers and purchase prices (C-08), sales policies (C-06), package offers (C-07).

CREATE TABLE suppliers (
  id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  version BIGINT NOT NULL,
  create_time DATETIME(6) NOT NULL,
  update_time DATETIME(6) NOT NULL,
  creator VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  updater VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  archive_time DATETIME(6) NULL,
  number VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
  code VARCHAR(40) NOT NULL,
  display_name VARCHAR(200) NOT NULL,
  contact_name VARCHAR(100) NULL,
  contact_phone VARCHAR(40) NULL,
  relation VARCHAR(2000) NULL,
  owner CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  PRIMARY KEY (id),
  UNIQUE KEY suppliers_number (number),
  UNIQUE KEY suppliers_code (code)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- Decided purchase prices. Overlaps of main prices are refused when one is decided, with the product locked.
CREATE TABLE purchase_prices (
  id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  version BIGINT NOT NULL,
  create_time DATETIME(6) NOT NULL,
  update_time DATETIME(6) NOT NULL,
  creator VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  updater VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  archive_time DATETIME(6) NULL,
  number VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
  supplier CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  product CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  unit_price_amount DECIMAL(19,4) NOT NULL,
  unit_price_currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  valid_from DATE NOT NULL,
  valid_until DATE NULL,
  is_main TINYINT(1) NOT NULL DEFAULT 0,
  justification VARCHAR(2000) NULL,
  state VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  proposer CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  decider CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  decide_time DATETIME(6) NULL,
  decision VARCHAR(1000) NULL,
  end_time DATETIME(6) NULL,
  PRIMARY KEY (id),
  UNIQUE KEY purchase_prices_number (number),
  KEY purchase_prices_by_product (product, state, valid_from),
  KEY purchase_prices_by_supplier (supplier),
  CONSTRAINT purchase_prices_period CHECK (valid_until IS NULL OR valid_until >= valid_from),
  CONSTRAINT purchase_prices_supplier FOREIGN KEY (supplier) REFERENCES suppliers (id),
  CONSTRAINT purchase_prices_product FOREIGN KEY (product) REFERENCES products (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- Revisions of policies. published_code makes a second published revision of a code impossible.
CREATE TABLE sales_policies (
  id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  version BIGINT NOT NULL,
  create_time DATETIME(6) NOT NULL,
  update_time DATETIME(6) NOT NULL,
  creator VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  updater VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  archive_time DATETIME(6) NULL,
  number VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
  code VARCHAR(40) NOT NULL,
  revision BIGINT NOT NULL DEFAULT 0,
  kind VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  title VARCHAR(200) NOT NULL,
  policy_scope VARCHAR(2000) NOT NULL,
  rules VARCHAR(4000) NOT NULL,
  valid_from DATE NOT NULL,
  valid_until DATE NULL,
  max_discount_percent DECIMAL(9,4) NULL,
  max_gift_percent DECIMAL(9,4) NULL,
  profit_impact_amount DECIMAL(19,4) NULL,
  profit_impact_currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NULL,
  profit_basis VARCHAR(2000) NULL,
  forecaster CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  forecast_time DATETIME(6) NULL,
  state VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  owner CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  approval CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  content_hash VARCHAR(64) NULL,
  publish_time DATETIME(6) NULL,
  close_time DATETIME(6) NULL,
  withdraw_reason VARCHAR(1000) NULL,
  held_until DATE NULL,
  predecessor CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  published_code VARCHAR(40)
    GENERATED ALWAYS AS (CASE WHEN state = 'PUBLISHED' THEN code END) STORED,
  PRIMARY KEY (id),
  UNIQUE KEY sales_policies_number (number),
  UNIQUE KEY sales_policies_revision (code, revision),
  UNIQUE KEY sales_policies_published_code (published_code),
  KEY sales_policies_by_state (state, valid_from),
  CONSTRAINT sales_policies_period CHECK (valid_until IS NULL OR valid_until >= valid_from),
  CONSTRAINT sales_policies_predecessor FOREIGN KEY (predecessor) REFERENCES sales_policies (id),
  CONSTRAINT sales_policies_approval FOREIGN KEY (approval) REFERENCES approval_requests (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

CREATE TABLE sales_policies_discounts (
  parent_id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  position INT NOT NULL,
  product CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  product_line VARCHAR(100) NULL,
  tier VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NULL,
  percent DECIMAL(9,4) NOT NULL,
  minimum_quantity DECIMAL(19,4) NULL,
  PRIMARY KEY (parent_id, position),
  CONSTRAINT sales_policies_discounts_product FOREIGN KEY (product) REFERENCES products (id),
  CONSTRAINT sales_policies_discounts_parent FOREIGN KEY (parent_id) REFERENCES sales_policies (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

CREATE TABLE sales_policies_readings (
  parent_id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  position INT NOT NULL,
  reader CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  read_time DATETIME(6) NULL,
  PRIMARY KEY (parent_id, position),
  CONSTRAINT sales_policies_readings_parent FOREIGN KEY (parent_id) REFERENCES sales_policies (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

CREATE TABLE sales_policies_opinions (
  parent_id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  position INT NOT NULL,
  author CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  opinion_time DATETIME(6) NULL,
  opinion VARCHAR(1000) NULL,
  PRIMARY KEY (parent_id, position),
  CONSTRAINT sales_policies_opinions_parent FOREIGN KEY (parent_id) REFERENCES sales_policies (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

CREATE TABLE package_offers (
  id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  version BIGINT NOT NULL,
  create_time DATETIME(6) NOT NULL,
  update_time DATETIME(6) NOT NULL,
  creator VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  updater VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  archive_time DATETIME(6) NULL,
  number VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
  title VARCHAR(200) NOT NULL,
  account CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  valid_from DATE NOT NULL,
  valid_until DATE NULL,
  need VARCHAR(2000) NULL,
  state VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  owner CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  approval CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  content_hash VARCHAR(64) NULL,
  agree_time DATETIME(6) NULL,
  withdraw_time DATETIME(6) NULL,
  held_until DATE NULL,
  PRIMARY KEY (id),
  UNIQUE KEY package_offers_number (number),
  KEY package_offers_by_account (account, state),
  KEY package_offers_by_state (state),
  CONSTRAINT package_offers_period CHECK (valid_until IS NULL OR valid_until >= valid_from),
  CONSTRAINT package_offers_approval FOREIGN KEY (approval) REFERENCES approval_requests (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

CREATE TABLE package_offers_items (
  parent_id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  position INT NOT NULL,
  product CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  quantity DECIMAL(19,4) NOT NULL,
  kind VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  list_price_amount DECIMAL(19,4) NULL,
  list_price_currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NULL,
  PRIMARY KEY (parent_id, position),
  CONSTRAINT package_offers_items_product FOREIGN KEY (product) REFERENCES products (id),
  CONSTRAINT package_offers_items_parent FOREIGN KEY (parent_id) REFERENCES package_offers (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

CREATE TABLE package_offers_steps (
  parent_id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  position INT NOT NULL,
  from_packages DECIMAL(19,4) NOT NULL,
  price_amount DECIMAL(19,4) NOT NULL,
  price_currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  discount_percent DECIMAL(9,4) NULL,
  margin_percent DECIMAL(9,4) NULL,
  PRIMARY KEY (parent_id, position),
  CONSTRAINT package_offers_steps_parent FOREIGN KEY (parent_id) REFERENCES package_offers (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

ALTER TABLE quotes_lines
  ADD COLUMN policy CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  ADD COLUMN package CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL;
ALTER TABLE quotes_gifts
  ADD COLUMN policy CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL;

CREATE TABLE price_simulations (
  id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  version BIGINT NOT NULL,
  create_time DATETIME(6) NOT NULL,
  update_time DATETIME(6) NOT NULL,
  creator VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  updater VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  archive_time DATETIME(6) NULL,
  number VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
  price_book CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  price_book_etag VARCHAR(20) NULL,
  from_date DATE NOT NULL,
  until_date DATE NOT NULL,
  currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  account CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  state VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  order_cursor VARCHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  orders BIGINT NOT NULL DEFAULT 0,
  line_count BIGINT NOT NULL DEFAULT 0,
  lines_unpriced BIGINT NOT NULL DEFAULT 0,
  ordered_amount DECIMAL(19,4) NULL,
  ordered_currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NULL,
  released_amount DECIMAL(19,4) NULL,
  released_currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NULL,
  proposed_amount DECIMAL(19,4) NULL,
  proposed_currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NULL,
  PRIMARY KEY (id),
  UNIQUE KEY price_simulations_number (number),
  KEY price_simulations_by_book (price_book),
  CONSTRAINT price_simulations_period CHECK (until_date >= from_date),
  CONSTRAINT price_simulations_price_book FOREIGN KEY (price_book) REFERENCES price_books (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

CREATE TABLE price_simulations_accounts (
  parent_id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  position INT NOT NULL,
  account CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  orders BIGINT NOT NULL DEFAULT 0,
  ordered_amount DECIMAL(19,4) NULL,
  ordered_currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NULL,
  released_amount DECIMAL(19,4) NULL,
  released_currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NULL,
  proposed_amount DECIMAL(19,4) NULL,
  proposed_currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NULL,
  PRIMARY KEY (parent_id, position),
  CONSTRAINT price_simulations_accounts_parent FOREIGN KEY (parent_id) REFERENCES price_simulations (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

CREATE TABLE price_simulations_products (
  parent_id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  position INT NOT NULL,
  product CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  quantity DECIMAL(19,6) NULL,
  ordered_amount DECIMAL(19,4) NULL,
  ordered_currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NULL,
  released_amount DECIMAL(19,4) NULL,
  released_currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NULL,
  proposed_amount DECIMAL(19,4) NULL,
  proposed_currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NULL,
  PRIMARY KEY (parent_id, position),
  CONSTRAINT price_simulations_products_parent FOREIGN KEY (parent_id) REFERENCES price_simulations (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;
