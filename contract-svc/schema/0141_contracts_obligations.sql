-- Whether the books say what was done towards an obligation, and which line another one takes back (C-13).
ALTER TABLE obligations_fulfilments
  ADD COLUMN by_books TINYINT(1) NOT NULL DEFAULT 0,
  ADD COLUMN reverses BIGINT NOT NULL DEFAULT 0;

-- Until now only the note says so, of obligations that the books follow: those of a term. Elsewhere somebody wrote it.
UPDATE obligations_fulfilments SET by_books = 1
  WHERE note = 'by the books' AND parent_id IN (SELECT o.id FROM obligations o WHERE o.term IS NOT NULL);
