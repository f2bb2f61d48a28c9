-- The scanned original by its content (C-12, C-15), opinions of earlier submissions (C-11); drawings whose day of
-- repayment is near (C-17).
ALTER TABLE contracts
  ADD COLUMN scan_sha256 VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NULL;

ALTER TABLE financing_drawings
  ADD COLUMN due_soon TINYINT(1) NOT NULL DEFAULT 0;

CREATE TABLE contracts_former_steps (
  parent_id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  position INT NOT NULL,
  kind VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NULL,
  result VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NULL,
  reviewer CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  opinion VARCHAR(1000) NULL,
  deadline DATE NULL,
  overdue TINYINT(1) NOT NULL DEFAULT 0,
  decide_time DATETIME(6) NULL,
  PRIMARY KEY (parent_id, position),
  CONSTRAINT contracts_former_steps_parent FOREIGN KEY (parent_id) REFERENCES contracts (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;
