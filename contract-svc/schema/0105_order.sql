-- Orders, order procedures, issue notes, deliveries (C-18, C-19, C-21, C-22).

-- Sales orders. The total is the sum of the lines.
CREATE TABLE orders (
  id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  version BIGINT NOT NULL,
  create_time DATETIME(6) NOT NULL,
  update_time DATETIME(6) NOT NULL,
  creator VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  updater VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  archive_time DATETIME(6) NULL,
  number VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
  account CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  contract CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  quote CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  order_date DATE NOT NULL,
  required_date DATE NULL,
  shipped_date DATE NULL,
  delivered_date DATE NULL,
  currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  purchase_order_number VARCHAR(64) NULL,
  tax_total_amount DECIMAL(19,4) NULL,
  tax_total_currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NULL,
  total_amount DECIMAL(19,4) NOT NULL,
  total_currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  prepaid_amount DECIMAL(19,4) NULL,
  prepaid_currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NULL,
  payment_mode VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NULL,
  terms_days BIGINT NOT NULL DEFAULT 0,
  state VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  state_before VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NULL,
  state_reason VARCHAR(1000) NULL,
  credit_hold TINYINT(1) NOT NULL DEFAULT 0,
  enterer VARCHAR(96) NULL,
  reviewer VARCHAR(96) NULL,
  review_time DATETIME(6) NULL,
  issue_note CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  release_basis VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NULL,
  releaser VARCHAR(96) NULL,
  release_time DATETIME(6) NULL,
  release_reason VARCHAR(1000) NULL,
  history TINYINT(1) NOT NULL DEFAULT 0,
  remark TEXT NULL,
  PRIMARY KEY (id),
  UNIQUE KEY orders_number (number),
  KEY orders_by_account (account, state),
  KEY orders_by_date (order_date),
  KEY orders_by_state (state, order_date),
  KEY orders_by_contract (contract),
  KEY orders_by_quote (quote),
  CONSTRAINT orders_prepaid CHECK (prepaid_amount IS NULL OR prepaid_amount >= 0)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

CREATE TABLE orders_lines (
  parent_id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  position INT NOT NULL,
  line_number BIGINT NOT NULL DEFAULT 0,
  product CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  quantity DECIMAL(19,6) NOT NULL,
  unit_price_amount DECIMAL(19,4) NOT NULL,
  unit_price_currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  tax_rate DECIMAL(7,4) NULL,
  amount_amount DECIMAL(19,4) NULL,
  amount_currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NULL,
  tax_amount DECIMAL(19,4) NULL,
  tax_currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NULL,
  delivered_quantity DECIMAL(19,6) NULL,
  invoiced_quantity DECIMAL(19,6) NULL,
  invoiced_amount DECIMAL(19,4) NULL,
  invoiced_currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NULL,
  invoiced_tax_amount DECIMAL(19,4) NULL,
  invoiced_tax_currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NULL,
  PRIMARY KEY (parent_id, position),
  UNIQUE KEY orders_lines_line_number (parent_id, line_number),
  KEY orders_lines_by_product (product),
  CONSTRAINT orders_lines_quantity CHECK (quantity > 0),
  CONSTRAINT orders_lines_delivered CHECK (delivered_quantity IS NULL OR (delivered_quantity >= 0 AND delivered_quantity <= quantity)),
  CONSTRAINT orders_lines_invoiced CHECK (invoiced_quantity IS NULL OR (invoiced_quantity >= 0 AND invoiced_quantity <= quantity)),
  CONSTRAINT orders_lines_parent FOREIGN KEY (parent_id) REFERENCES orders (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- How a customer orders.
CREATE TABLE order_procedures (
  id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  version BIGINT NOT NULL,
  create_time DATETIME(6) NOT NULL,
  update_time DATETIME(6) NOT NULL,
  creator VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  updater VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  archive_time DATETIME(6) NULL,
  number VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
  account CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  purchase_order_required TINYINT(1) NOT NULL DEFAULT 0,
  purchase_order_pattern VARCHAR(100) NULL,
  minimum_lead_days BIGINT NOT NULL DEFAULT 0,
  ordering_channel VARCHAR(100) NULL,
  delivery_window VARCHAR(200) NULL,
  packaging VARCHAR(500) NULL,
  remark TEXT NULL,
  PRIMARY KEY (id),
  UNIQUE KEY order_procedures_number (number),
  UNIQUE KEY order_procedures_account (account)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

CREATE TABLE order_procedures_papers (
  parent_id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  position INT NOT NULL,
  title VARCHAR(100) NOT NULL,
  remark VARCHAR(200) NULL,
  PRIMARY KEY (parent_id, position),
  CONSTRAINT order_procedures_papers_parent FOREIGN KEY (parent_id) REFERENCES order_procedures (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- Orders to the warehouse.
CREATE TABLE issue_notes (
  id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  version BIGINT NOT NULL,
  create_time DATETIME(6) NOT NULL,
  update_time DATETIME(6) NOT NULL,
  creator VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  updater VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  archive_time DATETIME(6) NULL,
  number VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
  account CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  order_id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  warehouse VARCHAR(64) NULL,
  issuer VARCHAR(96) NULL,
  check_result VARCHAR(1000) NULL,
  cancelled TINYINT(1) NOT NULL DEFAULT 0,
  PRIMARY KEY (id),
  UNIQUE KEY issue_notes_number (number),
  KEY issue_notes_by_account (account),
  KEY issue_notes_by_order (order_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

CREATE TABLE issue_notes_lines (
  parent_id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  position INT NOT NULL,
  line_number BIGINT NOT NULL DEFAULT 0,
  product CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  quantity DECIMAL(19,6) NOT NULL,
  PRIMARY KEY (parent_id, position),
  CONSTRAINT issue_notes_lines_parent FOREIGN KEY (parent_id) REFERENCES issue_notes (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- Hand-overs of goods.
CREATE TABLE deliveries (
  id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  version BIGINT NOT NULL,
  create_time DATETIME(6) NOT NULL,
  update_time DATETIME(6) NOT NULL,
  creator VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  updater VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  archive_time DATETIME(6) NULL,
  number VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
  account CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  order_id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  planned_date DATE NOT NULL,
  place VARCHAR(200) NOT NULL,
  deliverer CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  vip TINYINT(1) NOT NULL DEFAULT 0,
  proxy TINYINT(1) NOT NULL DEFAULT 0,
  proxy_name VARCHAR(100) NULL,
  state VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  shipped_date DATE NULL,
  accepted_date DATE NULL,
  signatory VARCHAR(100) NULL,
  signature_document VARCHAR(200) NULL,
  refuse_reason VARCHAR(1000) NULL,
  PRIMARY KEY (id),
  UNIQUE KEY deliveries_number (number),
  KEY deliveries_by_account (account, state),
  KEY deliveries_by_order (order_id, state),
  KEY deliveries_by_date (planned_date)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

CREATE TABLE deliveries_lines (
  parent_id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  position INT NOT NULL,
  line_number BIGINT NOT NULL DEFAULT 0,
  product CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  quantity DECIMAL(19,6) NOT NULL,
  PRIMARY KEY (parent_id, position),
  CONSTRAINT deliveries_lines_quantity CHECK (quantity > 0),
  CONSTRAINT deliveries_lines_parent FOREIGN KEY (parent_id) REFERENCES deliveries (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

CREATE TABLE deliveries_serials (
  parent_id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  position INT NOT NULL,
  line_number BIGINT NOT NULL DEFAULT 0,
  serial_number VARCHAR(64) NOT NULL,
  PRIMARY KEY (parent_id, position),
  KEY deliveries_serials_by_serial (serial_number),
  CONSTRAINT deliveries_serials_parent FOREIGN KEY (parent_id) REFERENCES deliveries (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

CREATE TABLE deliveries_checklist (
  parent_id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  position INT NOT NULL,
  title VARCHAR(200) NOT NULL,
  done TINYINT(1) NOT NULL DEFAULT 0,
  remark VARCHAR(200) NULL,
  PRIMARY KEY (parent_id, position),
  CONSTRAINT deliveries_checklist_parent FOREIGN KEY (parent_id) REFERENCES deliveries (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;
