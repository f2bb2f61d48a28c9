-- A privileged role is proposed by one person and confirmed by another (G-02). Roles given before stay as they are.
ALTER TABLE employees_roles ADD COLUMN state VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NULL DEFAULT 'GRANTED';
ALTER TABLE employees_roles ADD COLUMN proposer VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NULL;
ALTER TABLE employees_roles ADD COLUMN confirmer VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NULL;
