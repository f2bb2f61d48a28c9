-- Where issue notes take their goods from, transfers between sites, plans of departments, lists of open exceptions,
-- changes of the plan of a project (C-19, C-20, C-23, C-24, C-25, C-26).

-- Notes of before name the site whose code their warehouse is.
ALTER TABLE issue_notes
  ADD COLUMN site CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  ADD COLUMN outside_stock TINYINT(1) NOT NULL DEFAULT 0,
  ADD COLUMN replaces CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  ADD KEY issue_notes_by_site (site),
  ADD KEY issue_notes_by_replaced (replaces);
UPDATE issue_notes
  SET site = (SELECT s.id FROM stock_sites s WHERE s.code = issue_notes.warehouse AND s.archive_time IS NULL);

CREATE TABLE stock_transfers (
  id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  version BIGINT NOT NULL,
  create_time DATETIME(6) NOT NULL,
  update_time DATETIME(6) NOT NULL,
  creator VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  updater VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  archive_time DATETIME(6) NULL,
  number VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
  item CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  quantity DECIMAL(19,6) NOT NULL,
  to_site CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  document VARCHAR(200) NOT NULL,
  from_site CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  product CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  serial_number VARCHAR(64) NULL,
  transfer_date DATE NULL,
  recorder VARCHAR(96) NULL,
  remark TEXT NULL,
  PRIMARY KEY (id),
  UNIQUE KEY stock_transfers_number (number),
  KEY stock_transfers_by_item (item),
  KEY stock_transfers_by_sites (from_site, to_site, transfer_date),
  KEY stock_transfers_to (to_site),
  CONSTRAINT stock_transfers_quantity CHECK (quantity > 0)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- Statistics of the movements of a period.
ALTER TABLE stock_entries ADD KEY stock_entries_by_date (entry_date);

-- A plan without a department is that of the company, as before.
ALTER TABLE ordering_plans
  ADD COLUMN department CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  ADD KEY ordering_plans_by_department (department, start_date);

ALTER TABLE shipments_exceptions ADD KEY shipments_exceptions_open (resolved, kind);

-- The open milestones after a change; none: those that are open only move.
CREATE TABLE project_changes_milestones (
  parent_id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  position INT NOT NULL,
  title VARCHAR(200) NOT NULL,
  due_date DATE NOT NULL,
  weight BIGINT NOT NULL DEFAULT 0,
  done_date DATE NULL,
  document VARCHAR(200) NULL,
  PRIMARY KEY (parent_id, position),
  CONSTRAINT project_changes_milestones_parent FOREIGN KEY (parent_id) REFERENCES project_changes (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;
