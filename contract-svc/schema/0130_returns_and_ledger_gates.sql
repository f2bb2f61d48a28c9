-- Pieces that came back and reopened a commitment, by the goods receipt that counted them: each does so once (C-09, C-24).
CREATE TABLE contract_returns (
  entry_id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  goods_receipt CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  product CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  contract CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  order_id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  order_line INT NOT NULL,
  quantity DECIMAL(19,6) NOT NULL,
  entry_time DATETIME(6) NOT NULL,
  actor VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  PRIMARY KEY (entry_id),
  KEY contract_returns_by_receipt (goods_receipt, product),
  CONSTRAINT contract_returns_receipt FOREIGN KEY (goods_receipt) REFERENCES goods_receipts (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- Whoever writes a line of the sales ledger locks one gate, whoever closes a month all of them: no line comes into a
-- month that is being closed (C-28).
CREATE TABLE ledger_gates (
  gate INT NOT NULL,
  PRIMARY KEY (gate)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

INSERT INTO ledger_gates (gate) VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9), (10), (11), (12), (13), (14), (15);
