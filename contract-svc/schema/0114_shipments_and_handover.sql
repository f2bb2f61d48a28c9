-- Shipments with legs and exceptions, hand-over templates, counts of deliveries, serial numbers that are taken (C-22, C-23).

CREATE TABLE checklist_templates (
  id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  version BIGINT NOT NULL,
  create_time DATETIME(6) NOT NULL,
  update_time DATETIME(6) NOT NULL,
  creator VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  updater VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  archive_time DATETIME(6) NULL,
  number VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
  title VARCHAR(100) NOT NULL,
  product_line VARCHAR(100) NULL,
  vip TINYINT(1) NOT NULL DEFAULT 0,
  remark TEXT NULL,
  PRIMARY KEY (id),
  UNIQUE KEY checklist_templates_number (number),
  KEY checklist_templates_by_line (product_line, vip)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

CREATE TABLE checklist_templates_steps (
  parent_id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  position INT NOT NULL,
  title VARCHAR(200) NOT NULL,
  script VARCHAR(1000) NULL,
  PRIMARY KEY (parent_id, position),
  CONSTRAINT checklist_templates_steps_parent FOREIGN KEY (parent_id) REFERENCES checklist_templates (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

CREATE TABLE shipments (
  id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  version BIGINT NOT NULL,
  create_time DATETIME(6) NOT NULL,
  update_time DATETIME(6) NOT NULL,
  creator VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  updater VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  archive_time DATETIME(6) NULL,
  number VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
  account CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  order_id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  delivery CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  carrier VARCHAR(100) NOT NULL,
  waybill VARCHAR(64) NULL,
  eta DATETIME(6) NOT NULL,
  state VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  departed_time DATETIME(6) NULL,
  arrived_time DATETIME(6) NULL,
  late TINYINT(1) NOT NULL DEFAULT 0,
  remark TEXT NULL,
  PRIMARY KEY (id),
  UNIQUE KEY shipments_number (number),
  live_delivery CHAR(26) CHARACTER SET ascii COLLATE ascii_bin
    GENERATED ALWAYS AS (CASE WHEN state <> 'CANCELLED' THEN RTRIM(delivery) END) STORED,
  UNIQUE KEY shipments_live_delivery (live_delivery),
  KEY shipments_by_account (account, state),
  KEY shipments_by_order (order_id),
  KEY shipments_by_eta (state, eta)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

CREATE TABLE shipments_legs (
  parent_id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  position INT NOT NULL,
  from_place VARCHAR(200) NOT NULL,
  to_place VARCHAR(200) NOT NULL,
  carrier VARCHAR(100) NULL,
  planned_departure DATETIME(6) NULL,
  planned_arrival DATETIME(6) NULL,
  departed_time DATETIME(6) NULL,
  arrived_time DATETIME(6) NULL,
  PRIMARY KEY (parent_id, position),
  CONSTRAINT shipments_legs_parent FOREIGN KEY (parent_id) REFERENCES shipments (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

CREATE TABLE shipments_lines (
  parent_id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  position INT NOT NULL,
  line_number BIGINT NOT NULL DEFAULT 0,
  product CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  quantity DECIMAL(19,6) NULL,
  arrived_quantity DECIMAL(19,6) NULL,
  short_quantity DECIMAL(19,6) NULL,
  damaged_quantity DECIMAL(19,6) NULL,
  PRIMARY KEY (parent_id, position),
  CONSTRAINT shipments_lines_parent FOREIGN KEY (parent_id) REFERENCES shipments (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

CREATE TABLE shipments_exceptions (
  parent_id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  position INT NOT NULL,
  kind VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NULL,
  line_number BIGINT NOT NULL DEFAULT 0,
  quantity DECIMAL(19,6) NULL,
  description VARCHAR(1000) NULL,
  reporter VARCHAR(96) NULL,
  report_time DATETIME(6) NULL,
  resolved TINYINT(1) NOT NULL DEFAULT 0,
  resolution VARCHAR(1000) NULL,
  resolver VARCHAR(96) NULL,
  resolve_time DATETIME(6) NULL,
  PRIMARY KEY (parent_id, position),
  CONSTRAINT shipments_exceptions_parent FOREIGN KEY (parent_id) REFERENCES shipments (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

ALTER TABLE deliveries
  ADD COLUMN planned_start DATETIME(6) NULL,
  ADD COLUMN planned_end DATETIME(6) NULL,
  ADD COLUMN checklist_template CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  ADD COLUMN reshipment_of CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  ADD COLUMN proxy_document VARCHAR(200) NULL,
  ADD COLUMN late TINYINT(1) NOT NULL DEFAULT 0,
  ADD KEY deliveries_by_deliverer (deliverer, planned_date),
  ADD KEY deliveries_by_original (reshipment_of);

ALTER TABLE deliveries_lines
  ADD COLUMN accepted_quantity DECIMAL(19,6) NULL,
  ADD COLUMN short_quantity DECIMAL(19,6) NULL,
  ADD COLUMN damaged_quantity DECIMAL(19,6) NULL;

-- Deliveries accepted before were accepted whole.
UPDATE deliveries_lines SET accepted_quantity = quantity
  WHERE parent_id IN (SELECT d.id FROM deliveries d WHERE d.state = 'ACCEPTED');

-- A numbered piece is promised to, or with, one customer: the row is there while a delivery holds it.
CREATE TABLE delivered_serials (
  product CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  serial_number VARCHAR(64) NOT NULL,
  delivery CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  PRIMARY KEY (product, serial_number),
  KEY delivered_serials_by_delivery (delivery)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;
