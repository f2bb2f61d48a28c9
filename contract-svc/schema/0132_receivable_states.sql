-- Promises, disputes and write-offs of open items; the day by which a paper is confirmed (C-29, C-32).
ALTER TABLE receivable_items
  ADD COLUMN promised_date DATE NULL,
  ADD COLUMN promiser VARCHAR(100) NULL,
  ADD COLUMN broken_promises BIGINT NOT NULL DEFAULT 0,
  ADD COLUMN disputed_amount DECIMAL(19,4) NULL,
  ADD COLUMN disputed_currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NULL,
  ADD COLUMN dispute_reason VARCHAR(1000) NULL,
  ADD COLUMN disputer VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NULL,
  ADD COLUMN write_off_proposed_amount DECIMAL(19,4) NULL,
  ADD COLUMN write_off_proposed_currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NULL,
  ADD COLUMN write_off_reason VARCHAR(1000) NULL,
  ADD COLUMN write_off_proposer VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NULL,
  ADD COLUMN written_off_amount DECIMAL(19,4) NULL,
  ADD COLUMN written_off_currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NULL,
  ADD COLUMN write_off_decider VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NULL;

ALTER TABLE invoices_handovers
  ADD COLUMN due_date DATE NULL;

ALTER TABLE receivable_entries
  DROP CONSTRAINT receivable_entries_kind,
  ADD CONSTRAINT receivable_entries_kinds CHECK (kind IN ('INVOICE', 'OPENING', 'RECEIPT', 'CANCEL', 'WRITE_OFF'));
