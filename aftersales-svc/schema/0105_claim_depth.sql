-- Who the customer was when the claim was decided (S-14), and who took part in the technical opinion (S-13).
ALTER TABLE warranty_claims ADD COLUMN customer_tier VARCHAR(48) NULL;

CREATE TABLE warranty_claims_experts (
  parent_id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  position INT NOT NULL,
  value CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  PRIMARY KEY (parent_id, position),
  KEY warranty_claims_experts_by_employee (value),
  CONSTRAINT warranty_claims_experts_parent FOREIGN KEY (parent_id) REFERENCES warranty_claims (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;
