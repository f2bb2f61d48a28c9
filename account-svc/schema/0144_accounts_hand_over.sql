-- Hand-overs of accounts with more open business than a list holds, and signatures for a receiver who has left (A-07).
ALTER TABLE account_handovers
  ADD COLUMN receiver_signer CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL;

CREATE TABLE account_handovers_further_items (
  parent_id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  position INT NOT NULL,
  kind VARCHAR(32) NULL,
  item_count BIGINT NOT NULL DEFAULT 0,
  amount_amount DECIMAL(19,4) NULL,
  amount_currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NULL,
  PRIMARY KEY (parent_id, position),
  CONSTRAINT account_handovers_further_items_parent FOREIGN KEY (parent_id) REFERENCES account_handovers (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;
