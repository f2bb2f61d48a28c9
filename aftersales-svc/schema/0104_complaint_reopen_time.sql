-- When a complaint was taken up again last (S-06).
ALTER TABLE complaints ADD COLUMN reopen_time DATETIME(6) NULL;
