-- Tables of kam.testing.v1.Widget, for tests of the resource runtime.

CREATE TABLE widgets (
  id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  version BIGINT NOT NULL,
  create_time DATETIME(6) NOT NULL,
  update_time DATETIME(6) NOT NULL,
  creator VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  updater VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  archive_time DATETIME(6) NULL,
  number VARCHAR(32) NULL,
  title VARCHAR(100) NULL,
  description TEXT NULL,
  state VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NULL,
  account CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  owner CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  subject VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NULL,
  start_date DATE NULL,
  weight DECIMAL(19,4) NULL,
  quantity BIGINT NOT NULL,
  priority INT NOT NULL,
  enabled TINYINT(1) NOT NULL,
  due_time DATETIME(6) NULL,
  list_price_amount DECIMAL(19,4) NULL,
  list_price_currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NULL,
  cost_amount DECIMAL(19,4) NULL,
  cost_currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NULL,
  secret_note VARCHAR(100) NULL,
  address_city VARCHAR(60) NULL,
  address_street VARCHAR(120) NULL,
  address_phone VARCHAR(40) NULL,
  address_verified TINYINT(1) NOT NULL,
  address_position_zone VARCHAR(20) NULL,
  address_position_height INT NOT NULL,
  widget_code VARCHAR(20) NULL,
  remark VARCHAR(100) NULL,
  PRIMARY KEY (id),
  UNIQUE KEY widgets_by_number (number),
  UNIQUE KEY widgets_by_code (widget_code),
  KEY widgets_by_title (title),
  KEY widgets_by_account (account),
  KEY widgets_by_owner (owner)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

CREATE TABLE widgets_lines (
  parent_id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  position INT NOT NULL,
  product CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  note VARCHAR(100) NULL,
  amount DECIMAL(12,3) NULL,
  pieces INT NOT NULL,
  price_amount DECIMAL(19,4) NULL,
  price_currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NULL,
  cost_amount DECIMAL(19,4) NULL,
  cost_currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NULL,
  wanted_date DATE NULL,
  kind VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NULL,
  delivered INT NOT NULL,
  PRIMARY KEY (parent_id, position),
  CONSTRAINT widgets_lines_parent FOREIGN KEY (parent_id) REFERENCES widgets (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

CREATE TABLE widgets_tags (
  parent_id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  position INT NOT NULL,
  value VARCHAR(40) NOT NULL,
  PRIMARY KEY (parent_id, position),
  CONSTRAINT widgets_tags_parent FOREIGN KEY (parent_id) REFERENCES widgets (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

CREATE TABLE widget_links (
  parent_id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  position INT NOT NULL,
  value CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  PRIMARY KEY (parent_id, position),
  CONSTRAINT widget_links_parent FOREIGN KEY (parent_id) REFERENCES widgets (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

CREATE TABLE widgets_confidants (
  parent_id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  position INT NOT NULL,
  value VARCHAR(60) NOT NULL,
  PRIMARY KEY (parent_id, position),
  CONSTRAINT widgets_confidants_parent FOREIGN KEY (parent_id) REFERENCES widgets (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;
