-- Everybody who ever put a document under another account (A-08).
CREATE TABLE customer_documents_refilers (
  parent_id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  position INT NOT NULL,
  value CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  PRIMARY KEY (parent_id, position),
  KEY customer_documents_refilers_by_value (value),
  CONSTRAINT customer_documents_refilers_parent FOREIGN KEY (parent_id) REFERENCES customer_documents (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

INSERT INTO customer_documents_refilers (parent_id, position, value)
  SELECT d.id, 0, d.refiler FROM customer_documents d WHERE d.refiler IS NOT NULL;

-- The job that takes back-ups when they are due puts itself down again; this is its first run (A-09).
INSERT INTO due_items (due_id, kind, resource, open_key, due_time, not_before)
  VALUES ('00000000000000000000000155', 'account_snapshot.due', 'accounts/-', 'account_snapshot.due|accounts/-',
          DATE_ADD(UTC_TIMESTAMP(6), INTERVAL 1 DAY), DATE_ADD(UTC_TIMESTAMP(6), INTERVAL 1 DAY))
  ON DUPLICATE KEY UPDATE kind = kind;
