-- Whether the books say what was done towards an obligation, and which line another one takes back (C-13).
ALTER TABLE obligations_fulfilments
  ADD COLUMN by_books TINYINT(1) NOT NULL DEFAULT 0,
  ADD COLUMN reverses BIGINT NOT NULL DEFAULT 0;

-- Until now only the note says so.
UPDATE obligations_fulfilments SET by_books = 1 WHERE note = 'by the books';
