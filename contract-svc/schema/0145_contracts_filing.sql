-- Signed amendments are filed one by one (C-14, C-15). What was applied before its contract was filed lies with it.
ALTER TABLE amendments
  ADD COLUMN scan_sha256 VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NULL,
  ADD COLUMN archive CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  ADD KEY amendments_by_sign_date (sign_date);
UPDATE amendments SET archive = (SELECT a.id FROM contract_archives a WHERE a.contract = amendments.contract AND
  a.create_time >= amendments.apply_time) WHERE state = 'APPLIED';

-- Other agreements are filed too (C-17).
ALTER TABLE agreements
  ADD COLUMN filing_place VARCHAR(200) NULL,
  ADD COLUMN scan_sha256 VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NULL,
  ADD COLUMN filer VARCHAR(96) NULL,
  ADD COLUMN filing_date DATE NULL;
