-- Who is at the reception desk when (F-12, G-10).
CREATE TABLE duty_rosters (
  id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  version BIGINT NOT NULL,
  create_time DATETIME(6) NOT NULL,
  update_time DATETIME(6) NOT NULL,
  creator VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  updater VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  archive_time DATETIME(6) NULL,
  number VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
  place VARCHAR(100) NOT NULL,
  start_time DATETIME(6) NOT NULL,
  end_time DATETIME(6) NOT NULL,
  note VARCHAR(500) NULL,
  PRIMARY KEY (id),
  UNIQUE KEY duty_rosters_number (number),
  KEY duty_rosters_by_time (start_time, end_time)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

CREATE TABLE duty_rosters_people (
  parent_id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  position INT NOT NULL,
  employee CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  PRIMARY KEY (parent_id, position),
  KEY duty_rosters_people_by_employee (employee),
  CONSTRAINT duty_rosters_people_parent FOREIGN KEY (parent_id) REFERENCES duty_rosters (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- What customers offered, and what became of it (G-20).
CREATE TABLE gift_reports (
  id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  version BIGINT NOT NULL,
  create_time DATETIME(6) NOT NULL,
  update_time DATETIME(6) NOT NULL,
  creator VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  updater VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  archive_time DATETIME(6) NULL,
  number VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
  employee CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  account CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  giver VARCHAR(200) NOT NULL,
  item VARCHAR(200) NOT NULL,
  value_amount DECIMAL(19,4) NOT NULL,
  value_currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  offer_date DATE NOT NULL,
  outcome VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  note VARCHAR(1000) NULL,
  PRIMARY KEY (id),
  UNIQUE KEY gift_reports_number (number),
  KEY gift_reports_by_employee (employee, offer_date)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;
