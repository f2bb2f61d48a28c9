-- Things that fall due. An item is open while done_time is NULL; open_key makes it unique for its kind and resource
-- then, and is NULL afterwards.
CREATE TABLE due_items (
  due_id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  kind VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  resource VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  open_key VARCHAR(150) CHARACTER SET ascii COLLATE ascii_bin NULL,
  due_time DATETIME(6) NOT NULL,
  not_before DATETIME(6) NOT NULL,
  attempts INT NOT NULL DEFAULT 0,
  last_reason VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NULL,
  done_time DATETIME(6) NULL,
  PRIMARY KEY (due_id),
  UNIQUE KEY due_items_open_key (open_key),
  KEY due_items_by_time (done_time, not_before)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- How far a reader of another service's change feed has come.
CREATE TABLE feed_cursors (
  feed VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  feed_cursor VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  PRIMARY KEY (feed)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- Offset of the sandbox clock in microseconds; no row: the sandbox was never moved.
CREATE TABLE sandbox_clock (
  id TINYINT NOT NULL,
  offset_us BIGINT NOT NULL,
  PRIMARY KEY (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;
