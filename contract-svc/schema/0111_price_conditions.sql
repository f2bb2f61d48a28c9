-- Prices as conditions (C-01, C-02): types, accesses, records and scales of price books; products as they were known;
-- what a quote was priced with.

ALTER TABLE price_books
  ADD COLUMN base_only TINYINT(1) NOT NULL DEFAULT 0,
  ADD COLUMN check_time DATETIME(6) NULL;

CREATE TABLE price_books_condition_types (
  parent_id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  position INT NOT NULL,
  code VARCHAR(20) NOT NULL,
  display_name VARCHAR(100) NULL,
  level VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  sequence BIGINT NOT NULL DEFAULT 0,
  calculation VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  scale_base VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NULL,
  scale_kind VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NULL,
  exclusion_group VARCHAR(20) NULL,
  manual_forbidden TINYINT(1) NOT NULL DEFAULT 0,
  PRIMARY KEY (parent_id, position),
  CONSTRAINT price_books_condition_types_parent FOREIGN KEY (parent_id) REFERENCES price_books (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

CREATE TABLE price_books_accesses (
  parent_id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  position INT NOT NULL,
  condition_type VARCHAR(20) NOT NULL,
  sequence BIGINT NOT NULL DEFAULT 0,
  access_keys VARCHAR(60) NOT NULL,
  PRIMARY KEY (parent_id, position),
  CONSTRAINT price_books_accesses_parent FOREIGN KEY (parent_id) REFERENCES price_books (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

CREATE TABLE price_books_conditions (
  parent_id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  position INT NOT NULL,
  number BIGINT NOT NULL DEFAULT 0,
  condition_type VARCHAR(20) NOT NULL,
  priority BIGINT NOT NULL DEFAULT 0,
  account CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  account_group CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  tier VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NULL,
  segment VARCHAR(48) NULL,
  region VARCHAR(64) NULL,
  product CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  product_line VARCHAR(100) NULL,
  unit VARCHAR(20) NULL,
  valid_from DATE NOT NULL,
  valid_until DATE NULL,
  amount_amount DECIMAL(19,4) NULL,
  amount_currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NULL,
  percent DECIMAL(9,4) NULL,
  currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NULL,
  base_code VARCHAR(40) NULL,
  floor_price_amount DECIMAL(19,4) NULL,
  floor_price_currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NULL,
  manual_lower_amount DECIMAL(19,4) NULL,
  manual_lower_currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NULL,
  manual_upper_amount DECIMAL(19,4) NULL,
  manual_upper_currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NULL,
  requirement VARCHAR(500) NULL,
  PRIMARY KEY (parent_id, position),
  KEY price_books_conditions_by_product (product),
  KEY price_books_conditions_by_account (account),
  CONSTRAINT price_books_conditions_product FOREIGN KEY (product) REFERENCES products (id),
  CONSTRAINT price_books_conditions_parent FOREIGN KEY (parent_id) REFERENCES price_books (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

CREATE TABLE price_books_scale_lines (
  parent_id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  position INT NOT NULL,
  condition_number BIGINT NOT NULL DEFAULT 0,
  from_value DECIMAL(19,4) NULL,
  value DECIMAL(19,4) NOT NULL,
  PRIMARY KEY (parent_id, position),
  CONSTRAINT price_books_scale_lines_parent FOREIGN KEY (parent_id) REFERENCES price_books (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- Counts the releases: a replica whose index is of another version reads again. One row.
CREATE TABLE price_catalog_state (
  id INT NOT NULL,
  version BIGINT NOT NULL,
  PRIMARY KEY (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;
INSERT INTO price_catalog_state (id, version) VALUES (1, 1);

-- Products as they were known from a moment on, so that a price asked again years later is the same. Only added to.
CREATE TABLE product_versions (
  product CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  version BIGINT NOT NULL,
  known_from DATETIME(6) NOT NULL,
  product_line VARCHAR(100) NOT NULL,
  unit VARCHAR(20) NOT NULL,
  currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  list_price DECIMAL(19,4) NULL,
  floor_price DECIMAL(19,4) NULL,
  purchase_price DECIMAL(19,4) NULL,
  tax_rate DECIMAL(5,2) NULL,
  valid_from DATE NULL,
  valid_until DATE NULL,
  archived TINYINT(1) NOT NULL DEFAULT 0,
  PRIMARY KEY (product, version),
  CONSTRAINT product_versions_product FOREIGN KEY (product) REFERENCES products (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;
-- What is known now was known always: older versions were not kept.
INSERT INTO product_versions (product, version, known_from, product_line, unit, currency, list_price, floor_price,
  purchase_price, tax_rate, valid_from, valid_until, archived)
  SELECT p.id, p.version, '1970-01-01 00:00:00', p.product_line, p.unit, p.currency, p.list_price_amount,
    p.floor_price_amount, p.purchase_price_amount, p.tax_rate, p.valid_from, p.valid_until,
    CASE WHEN p.archive_time IS NULL THEN 0 ELSE 1 END
  FROM products p;

ALTER TABLE quotes
  ADD COLUMN special_offer_percent DECIMAL(9,4) NULL,
  ADD COLUMN special_offer_reason VARCHAR(500) NULL,
  ADD COLUMN priced_tier VARCHAR(48) NULL,
  ADD COLUMN priced_segment VARCHAR(48) NULL,
  ADD COLUMN priced_region VARCHAR(64) NULL,
  ADD COLUMN price_hash VARCHAR(64) NULL;

CREATE TABLE quotes_priced_groups (
  parent_id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  position INT NOT NULL,
  value CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  PRIMARY KEY (parent_id, position),
  CONSTRAINT quotes_priced_groups_parent FOREIGN KEY (parent_id) REFERENCES quotes (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

ALTER TABLE quotes_lines
  ADD COLUMN policy_price_amount DECIMAL(19,4) NULL,
  ADD COLUMN policy_price_currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NULL,
  ADD COLUMN contract_price_amount DECIMAL(19,4) NULL,
  ADD COLUMN contract_price_currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NULL,
  ADD COLUMN volume_price_amount DECIMAL(19,4) NULL,
  ADD COLUMN volume_price_currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NULL,
  ADD COLUMN manual_price_amount DECIMAL(19,4) NULL,
  ADD COLUMN manual_price_currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NULL,
  ADD COLUMN concession_reason VARCHAR(500) NULL;
