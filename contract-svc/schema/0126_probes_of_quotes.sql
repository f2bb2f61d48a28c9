-- A probe of the margin of a whole quote is about everything in it: one for each of its products, told apart by the
-- content (C-02, C-03).
ALTER TABLE price_probes
  ADD COLUMN content VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NULL,
  ADD COLUMN content_key VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin
    GENERATED ALWAYS AS (COALESCE(content, '')) STORED;
ALTER TABLE price_probes
  DROP KEY price_probes_value,
  ADD UNIQUE KEY price_probes_content (seller, day, product, value_amount, value_currency, content_key);
