-- What became of an opinion about a policy (C-06).
ALTER TABLE sales_policies_opinions
  ADD COLUMN answer VARCHAR(1000) NULL,
  ADD COLUMN answerer CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  ADD COLUMN answer_time DATETIME(6) NULL;

-- A price book that was released for a coming day is replaced from its first day on: it has no day then (C-01).
ALTER TABLE price_books DROP CONSTRAINT price_books_period;
ALTER TABLE price_books
  ADD CONSTRAINT price_books_period CHECK (effective_until IS NULL OR effective_until >= DATE_SUB(effective_from, INTERVAL 1 DAY));

-- Whom and what a policy is for (C-06).
CREATE TABLE sales_policies_scopes (
  parent_id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  position INT NOT NULL,
  product CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  product_line VARCHAR(100) NULL,
  tier VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NULL,
  segment VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NULL,
  region VARCHAR(64) NULL,
  PRIMARY KEY (parent_id, position),
  CONSTRAINT sales_policies_scopes_product FOREIGN KEY (product) REFERENCES products (id),
  CONSTRAINT sales_policies_scopes_parent FOREIGN KEY (parent_id) REFERENCES sales_policies (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;
