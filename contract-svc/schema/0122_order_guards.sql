-- One living order for a number of the customer; counting a site in parts; what of damaged goods was still there; orders
-- at the manufacturer that are closed short (C-18, C-20, C-24, C-25).

ALTER TABLE order_procedures
  ADD COLUMN purchase_order_once TINYINT(1) NOT NULL DEFAULT 0;

ALTER TABLE orders
  ADD KEY orders_by_purchase_order (account, purchase_order_number);

CREATE TABLE stock_takes_products (
  parent_id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  position INT NOT NULL,
  value CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  PRIMARY KEY (parent_id, position),
  CONSTRAINT stock_takes_products_parent FOREIGN KEY (parent_id) REFERENCES stock_takes (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

ALTER TABLE damage_reports
  ADD COLUMN followed_quantity DECIMAL(19,6) NULL;

-- Quotas that overlap are refused with the product locked; two that begin on one day cannot be stored at all.
ALTER TABLE quotas
  ADD COLUMN for_all TINYINT(1) GENERATED ALWAYS AS (CASE WHEN RTRIM(account) IS NULL THEN 1 END) VIRTUAL,
  ADD UNIQUE KEY quotas_from_date (product, account, from_date),
  ADD UNIQUE KEY quotas_for_all_from_date (product, for_all, from_date);

ALTER TABLE manufacturer_orders
  ADD COLUMN close_reason VARCHAR(1000) NULL;

ALTER TABLE manufacturer_orders_lines
  ADD COLUMN closed_quantity DECIMAL(19,6) NULL;
