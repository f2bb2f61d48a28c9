-- Quotas and what orders take of them, ordering plans, orders at the manufacturer (C-20).

CREATE TABLE quotas (
  id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  version BIGINT NOT NULL,
  create_time DATETIME(6) NOT NULL,
  update_time DATETIME(6) NOT NULL,
  creator VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  updater VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  archive_time DATETIME(6) NULL,
  number VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
  product CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  account CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  from_date DATE NOT NULL,
  to_date DATE NOT NULL,
  quantity DECIMAL(19,6) NOT NULL,
  used DECIMAL(19,6) NULL,
  remark TEXT NULL,
  PRIMARY KEY (id),
  UNIQUE KEY quotas_number (number),
  KEY quotas_by_product (product, from_date, to_date),
  CONSTRAINT quotas_used CHECK (used IS NULL OR (used >= 0 AND used <= quantity))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

CREATE TABLE ordering_plans (
  id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  version BIGINT NOT NULL,
  create_time DATETIME(6) NOT NULL,
  update_time DATETIME(6) NOT NULL,
  creator VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  updater VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  archive_time DATETIME(6) NULL,
  number VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
  plan_period VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  start_date DATE NOT NULL,
  end_date DATE NULL,
  state VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  submitter VARCHAR(96) NULL,
  approver VARCHAR(96) NULL,
  return_reason VARCHAR(1000) NULL,
  remark TEXT NULL,
  PRIMARY KEY (id),
  UNIQUE KEY ordering_plans_number (number),
  KEY ordering_plans_by_period (plan_period, start_date, state)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

CREATE TABLE ordering_plans_lines (
  parent_id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  position INT NOT NULL,
  product CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  sales_quantity DECIMAL(19,6) NULL,
  order_quantity DECIMAL(19,6) NULL,
  remark VARCHAR(200) NULL,
  PRIMARY KEY (parent_id, position),
  CONSTRAINT ordering_plans_lines_parent FOREIGN KEY (parent_id) REFERENCES ordering_plans (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

CREATE TABLE manufacturer_orders (
  id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  version BIGINT NOT NULL,
  create_time DATETIME(6) NOT NULL,
  update_time DATETIME(6) NOT NULL,
  creator VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  updater VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  archive_time DATETIME(6) NULL,
  number VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
  manufacturer VARCHAR(200) NOT NULL,
  plan CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  total_amount DECIMAL(19,4) NULL,
  total_currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NULL,
  payment_date DATE NULL,
  expected_date DATE NULL,
  manufacturer_number VARCHAR(64) NULL,
  state VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  cancel_reason VARCHAR(1000) NULL,
  remark TEXT NULL,
  PRIMARY KEY (id),
  UNIQUE KEY manufacturer_orders_number (number),
  KEY manufacturer_orders_by_payment (payment_date, state),
  KEY manufacturer_orders_by_plan (plan)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

CREATE TABLE manufacturer_orders_lines (
  parent_id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  position INT NOT NULL,
  product CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  quantity DECIMAL(19,6) NOT NULL,
  unit_price_amount DECIMAL(19,4) NULL,
  unit_price_currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NULL,
  received_quantity DECIMAL(19,6) NULL,
  PRIMARY KEY (parent_id, position),
  CONSTRAINT manufacturer_orders_lines_parent FOREIGN KEY (parent_id) REFERENCES manufacturer_orders (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- What an order has taken of a quota.
CREATE TABLE quota_uses (
  quota CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  order_id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  quantity DECIMAL(19,6) NOT NULL,
  PRIMARY KEY (quota, order_id),
  KEY quota_uses_by_order (order_id),
  CONSTRAINT quota_uses_quota FOREIGN KEY (quota) REFERENCES quotas (id),
  CONSTRAINT quota_uses_quantity CHECK (quantity >= 0)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- What comes in by a goods receipt is counted at the order of the manufacturer.
ALTER TABLE goods_receipts
  ADD COLUMN manufacturer_order CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  ADD KEY goods_receipts_by_manufacturer_order (manufacturer_order);

