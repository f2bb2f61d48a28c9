-- The figure up to which a right counts, set by one administrator and approved by another (G-02).
ALTER TABLE role_grants
  ADD COLUMN limit_value DECIMAL(9,2) NULL,
  ADD COLUMN proposed_limit_value DECIMAL(9,2) NULL;
