-- Stock by site: lots, numbered pieces, ledger, goods receipts, damage, stock-takes (C-24, C-25).

CREATE TABLE stock_sites (
  id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  version BIGINT NOT NULL,
  create_time DATETIME(6) NOT NULL,
  update_time DATETIME(6) NOT NULL,
  creator VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  updater VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  archive_time DATETIME(6) NULL,
  number VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
  code VARCHAR(64) NOT NULL,
  title VARCHAR(100) NOT NULL,
  site_kind VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  account CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  keeper CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  address VARCHAR(200) NULL,
  remark TEXT NULL,
  PRIMARY KEY (id),
  UNIQUE KEY stock_sites_number (number),
  UNIQUE KEY stock_sites_code (code)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

CREATE TABLE stock_items (
  id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  version BIGINT NOT NULL,
  create_time DATETIME(6) NOT NULL,
  update_time DATETIME(6) NOT NULL,
  creator VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  updater VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  archive_time DATETIME(6) NULL,
  number VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
  site CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  product CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  serial_number VARCHAR(64) NULL,
  stock_status VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NULL,
  quantity DECIMAL(19,6) NULL,
  received_date DATE NULL,
  source VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NULL,
  PRIMARY KEY (id),
  UNIQUE KEY stock_items_number (number),
  UNIQUE KEY stock_items_serial (product, serial_number),
  KEY stock_items_by_site (site, product, stock_status),
  KEY stock_items_by_serial (product, serial_number),
  KEY stock_items_by_age (received_date),
  CONSTRAINT stock_items_quantity CHECK (quantity >= 0)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

CREATE TABLE stock_entries (
  id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  version BIGINT NOT NULL,
  create_time DATETIME(6) NOT NULL,
  update_time DATETIME(6) NOT NULL,
  creator VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  updater VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  archive_time DATETIME(6) NULL,
  number VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
  site CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  item CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  product CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  stock_status VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NULL,
  quantity DECIMAL(19,6) NULL,
  entry_kind VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NULL,
  entry_date DATE NULL,
  source VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NULL,
  PRIMARY KEY (id),
  UNIQUE KEY stock_entries_number (number),
  KEY stock_entries_by_site (site, product, entry_date),
  KEY stock_entries_by_item (item),
  KEY stock_entries_by_source (source)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

CREATE TABLE goods_receipts (
  id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  version BIGINT NOT NULL,
  create_time DATETIME(6) NOT NULL,
  update_time DATETIME(6) NOT NULL,
  creator VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  updater VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  archive_time DATETIME(6) NULL,
  number VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
  receipt_kind VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  site CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  delivery CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  sender VARCHAR(100) NOT NULL,
  waybill VARCHAR(64) NULL,
  expected_date DATE NULL,
  state VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  receiver VARCHAR(96) NULL,
  sender_signatory VARCHAR(100) NULL,
  check_document VARCHAR(200) NULL,
  received_date DATE NULL,
  remark TEXT NULL,
  PRIMARY KEY (id),
  UNIQUE KEY goods_receipts_number (number),
  KEY goods_receipts_by_site (site, state),
  KEY goods_receipts_by_delivery (delivery)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

CREATE TABLE goods_receipts_lines (
  parent_id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  position INT NOT NULL,
  product CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  expected_quantity DECIMAL(19,6) NOT NULL,
  received_quantity DECIMAL(19,6) NULL,
  damaged_quantity DECIMAL(19,6) NULL,
  PRIMARY KEY (parent_id, position),
  CONSTRAINT goods_receipts_lines_parent FOREIGN KEY (parent_id) REFERENCES goods_receipts (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

CREATE TABLE goods_receipts_serials (
  parent_id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  position INT NOT NULL,
  product CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  serial_number VARCHAR(64) NOT NULL,
  damaged TINYINT(1) NOT NULL DEFAULT 0,
  PRIMARY KEY (parent_id, position),
  CONSTRAINT goods_receipts_serials_parent FOREIGN KEY (parent_id) REFERENCES goods_receipts (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

CREATE TABLE damage_reports (
  id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  version BIGINT NOT NULL,
  create_time DATETIME(6) NOT NULL,
  update_time DATETIME(6) NOT NULL,
  creator VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  updater VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  archive_time DATETIME(6) NULL,
  number VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
  item CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  site CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  product CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  serial_number VARCHAR(64) NULL,
  quantity DECIMAL(19,6) NOT NULL,
  description VARCHAR(1000) NOT NULL,
  document VARCHAR(200) NULL,
  reporter VARCHAR(96) NULL,
  state VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  appraiser VARCHAR(96) NULL,
  appraise_time DATETIME(6) NULL,
  cause VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NULL,
  verdict VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NULL,
  claim_amount_amount DECIMAL(19,4) NULL,
  claim_amount_currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NULL,
  opinion VARCHAR(1000) NULL,
  PRIMARY KEY (id),
  UNIQUE KEY damage_reports_number (number),
  KEY damage_reports_by_item (item, state)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

CREATE TABLE stock_takes (
  id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  version BIGINT NOT NULL,
  create_time DATETIME(6) NOT NULL,
  update_time DATETIME(6) NOT NULL,
  creator VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  updater VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  archive_time DATETIME(6) NULL,
  number VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
  site CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  take_date DATE NULL,
  state VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  counter VARCHAR(96) NULL,
  approver VARCHAR(96) NULL,
  approve_time DATETIME(6) NULL,
  reject_reason VARCHAR(1000) NULL,
  remark TEXT NULL,
  PRIMARY KEY (id),
  UNIQUE KEY stock_takes_number (number),
  KEY stock_takes_by_site (site, state)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

CREATE TABLE stock_takes_lines (
  parent_id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  position INT NOT NULL,
  product CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  serial_number VARCHAR(64) NULL,
  book_quantity DECIMAL(19,6) NULL,
  counted_quantity DECIMAL(19,6) NULL,
  difference DECIMAL(19,6) NULL,
  cause VARCHAR(500) NULL,
  PRIMARY KEY (parent_id, position),
  CONSTRAINT stock_takes_lines_parent FOREIGN KEY (parent_id) REFERENCES stock_takes (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;
