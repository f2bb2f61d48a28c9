-- Why somebody leaves: a dismissal is a personnel act, a resignation is not (G-07, R-01).
ALTER TABLE employees
  ADD COLUMN leave_reason VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NULL;
