-- Families and modes of rights (G-02). Rows of before say nothing until the rights are loaded again.
ALTER TABLE role_grants ADD COLUMN family VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NULL;
ALTER TABLE role_grants ADD COLUMN mode VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NULL;
ALTER TABLE role_grants ADD COLUMN limit_text VARCHAR(100) NULL;
