-- The customer's own order procedure in full: who orders, how, how much, with which papers (C-18).

ALTER TABLE orders
  ADD COLUMN ordered_by VARCHAR(100) NULL,
  ADD COLUMN channel VARCHAR(100) NULL;

CREATE TABLE orders_papers (
  parent_id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  position INT NOT NULL,
  title VARCHAR(100) NOT NULL,
  document VARCHAR(200) NOT NULL,
  PRIMARY KEY (parent_id, position),
  CONSTRAINT orders_papers_parent FOREIGN KEY (parent_id) REFERENCES orders (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

ALTER TABLE order_procedures
  ADD COLUMN minimum_total_amount DECIMAL(19,4) NULL,
  ADD COLUMN minimum_total_currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NULL,
  ADD COLUMN maximum_total_amount DECIMAL(19,4) NULL,
  ADD COLUMN maximum_total_currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NULL;

CREATE TABLE order_procedures_approved_orderers (
  parent_id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  position INT NOT NULL,
  value VARCHAR(100) NOT NULL,
  PRIMARY KEY (parent_id, position),
  CONSTRAINT order_procedures_approved_orderers_parent FOREIGN KEY (parent_id) REFERENCES order_procedures (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

CREATE TABLE order_procedures_channels (
  parent_id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  position INT NOT NULL,
  value VARCHAR(100) NOT NULL,
  PRIMARY KEY (parent_id, position),
  CONSTRAINT order_procedures_channels_parent FOREIGN KEY (parent_id) REFERENCES order_procedures (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;
