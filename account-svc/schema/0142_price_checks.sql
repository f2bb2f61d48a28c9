-- Resale prices beside the published price of contract-svc (A-16).
ALTER TABLE resale_price_checks ADD COLUMN product_name CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL;
ALTER TABLE resale_price_checks ADD COLUMN price_verified TINYINT(1) NOT NULL DEFAULT 0;
