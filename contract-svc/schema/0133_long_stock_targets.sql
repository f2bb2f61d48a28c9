-- Goods that have been in stock for long, shared out among those who sell (C-24).
CREATE TABLE long_stock_targets (
  id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  version BIGINT NOT NULL,
  create_time DATETIME(6) NOT NULL,
  update_time DATETIME(6) NOT NULL,
  creator VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  updater VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  archive_time DATETIME(6) NULL,
  number VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
  seller CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  product CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  quantity DECIMAL(19,6) NOT NULL,
  from_date DATE NOT NULL,
  to_date DATE NOT NULL,
  remark VARCHAR(500) NULL,
  PRIMARY KEY (id),
  UNIQUE KEY long_stock_targets_number (number),
  KEY long_stock_targets_by_seller (seller, from_date),
  KEY long_stock_targets_by_date (from_date, to_date)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

ALTER TABLE stock_entries
  ADD KEY stock_entries_by_product (product, entry_kind, entry_date);
