-- A package that is put to those who may allow it tells its seller as much as a quote does (C-02, C-03, C-07).
ALTER TABLE price_probes
  MODIFY COLUMN quote CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  ADD COLUMN package_offer CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  ADD CONSTRAINT price_probes_package_offer FOREIGN KEY (package_offer) REFERENCES package_offers (id);
