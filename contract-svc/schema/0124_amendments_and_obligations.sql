-- Changes of rebate scales, the check with the customer before an amendment is signed (C-14), obligations that follow the
-- terms of their contract (C-13), credit notes of rebates (C-09, C-30).

ALTER TABLE contracts_rebate_tiers
  ADD COLUMN valid_from DATE NULL,
  ADD COLUMN valid_until DATE NULL,
  ADD COLUMN amendment CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL;

ALTER TABLE amendments_actions
  ADD COLUMN rebate_from_volume DECIMAL(19,4) NULL,
  ADD COLUMN rebate_percent DECIMAL(7,4) NULL;

CREATE TABLE amendments_signing_checks (
  parent_id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  position INT NOT NULL,
  title VARCHAR(200) NOT NULL,
  correct TINYINT(1) NOT NULL DEFAULT 0,
  PRIMARY KEY (parent_id, position),
  CONSTRAINT amendments_signing_checks_parent FOREIGN KEY (parent_id) REFERENCES amendments (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- A settlement makes one credit note.
ALTER TABLE receipts
  ADD COLUMN source VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NULL,
  ADD UNIQUE KEY receipts_source (source);

ALTER TABLE rebate_settlements
  ADD COLUMN credit_note VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NULL;

-- The term of the contract that an obligation follows.
ALTER TABLE obligations
  ADD COLUMN term VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
  ADD UNIQUE KEY obligations_term (contract, term);
