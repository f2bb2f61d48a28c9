-- A price asked again is the same for ever (C-01): what prices depend on is known from a moment that is given under the
-- lock of price_catalog_state and kept until the commit, so that no answer given before can ever learn of it.
ALTER TABLE price_catalog_state ADD COLUMN known_time DATETIME(6) NOT NULL DEFAULT '1970-01-01 00:00:00';

-- From when on a revision of a price book, policy or package is known, or known to be withdrawn. Only added to.
CREATE TABLE price_catalog_entries (
  collection VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  kind VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  known_from DATETIME(6) NOT NULL,
  PRIMARY KEY (collection, id, kind)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;
INSERT INTO price_catalog_entries (collection, id, kind, known_from)
  SELECT 'priceBooks', b.id, 'KNOWN', COALESCE(b.release_time, b.update_time) FROM price_books b
  WHERE b.state IN ('RELEASED', 'SUPERSEDED');
INSERT INTO price_catalog_entries (collection, id, kind, known_from)
  SELECT 'salesPolicies', p.id, 'KNOWN', p.publish_time FROM sales_policies p WHERE p.publish_time IS NOT NULL;
INSERT INTO price_catalog_entries (collection, id, kind, known_from)
  SELECT 'salesPolicies', p.id, 'WITHDRAWN', COALESCE(p.close_time, p.update_time) FROM sales_policies p
  WHERE p.publish_time IS NOT NULL AND p.state = 'WITHDRAWN';
INSERT INTO price_catalog_entries (collection, id, kind, known_from)
  SELECT 'packageOffers', o.id, 'KNOWN', o.agree_time FROM package_offers o WHERE o.agree_time IS NOT NULL;
INSERT INTO price_catalog_entries (collection, id, kind, known_from)
  SELECT 'packageOffers', o.id, 'WITHDRAWN', COALESCE(o.withdraw_time, o.update_time) FROM package_offers o
  WHERE o.agree_time IS NOT NULL AND o.state = 'WITHDRAWN';

-- Versions of products written by a program of an earlier release have no moment of this kind: they are not known until
-- they are given one.
ALTER TABLE product_versions ADD COLUMN ticked TINYINT(1) NOT NULL DEFAULT 0;
UPDATE product_versions SET ticked = 1;

UPDATE price_catalog_state SET known_time = (SELECT COALESCE(MAX(e.known_from), '1970-01-01') FROM price_catalog_entries e);
UPDATE price_catalog_state SET known_time = (SELECT COALESCE(MAX(v.known_from), '1970-01-01') FROM product_versions v)
  WHERE known_time < (SELECT COALESCE(MAX(v.known_from), '1970-01-01') FROM product_versions v);

-- The moment whose knowledge a quote was priced with; not set: price_time.
ALTER TABLE quotes ADD COLUMN price_known_time DATETIME(6) NULL;
