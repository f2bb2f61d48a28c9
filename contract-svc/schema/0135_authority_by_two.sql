-- Authority is given by two people (C-03).
ALTER TABLE authority_grants
  ADD COLUMN confirmer CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  ADD COLUMN confirm_time DATETIME(6) NULL;
