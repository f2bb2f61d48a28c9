-- Posts, who is on them, and departments as they were (G-01).

CREATE TABLE posts (
  id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  version BIGINT NOT NULL,
  create_time DATETIME(6) NOT NULL,
  update_time DATETIME(6) NOT NULL,
  creator VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  updater VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  archive_time DATETIME(6) NULL,
  number VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
  code VARCHAR(32) NULL,
  title VARCHAR(100) NULL,
  department CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  role VARCHAR(16) NULL,
  duties TEXT NULL,
  establishment BIGINT NOT NULL DEFAULT 0,
  region VARCHAR(64) NULL,
  superior_post CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  functional_superior_post CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  state VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NULL,
  since_date DATE NULL,
  until_date DATE NULL,
  decider CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  decide_time DATETIME(6) NULL,
  opinion VARCHAR(1000) NULL,
  PRIMARY KEY (id),
  UNIQUE KEY posts_number (number),
  UNIQUE KEY posts_code (code),
  KEY posts_by_department (department, code),
  KEY posts_by_superior (superior_post),
  KEY posts_by_title (title),
  CONSTRAINT posts_department FOREIGN KEY (department) REFERENCES departments (id),
  CONSTRAINT posts_superior_post FOREIGN KEY (superior_post) REFERENCES posts (id),
  CONSTRAINT posts_functional_superior_post FOREIGN KEY (functional_superior_post) REFERENCES posts (id),
  CONSTRAINT posts_decider FOREIGN KEY (decider) REFERENCES employees (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

CREATE TABLE post_assignments (
  id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  version BIGINT NOT NULL,
  create_time DATETIME(6) NOT NULL,
  update_time DATETIME(6) NOT NULL,
  creator VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  updater VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  archive_time DATETIME(6) NULL,
  number VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
  post CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  employee CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  since_date DATE NULL,
  until_date DATE NULL,
  kind VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NULL,
  over_reason VARCHAR(1000) NULL,
  over_establishment TINYINT(1) NOT NULL DEFAULT 0,
  end_reason VARCHAR(1000) NULL,
  PRIMARY KEY (id),
  UNIQUE KEY post_assignments_number (number),
  KEY post_assignments_by_post (post, since_date),
  KEY post_assignments_by_employee (employee, since_date),
  CONSTRAINT post_assignments_dates CHECK (until_date IS NULL OR until_date >= since_date),
  CONSTRAINT post_assignments_post FOREIGN KEY (post) REFERENCES posts (id),
  CONSTRAINT post_assignments_employee FOREIGN KEY (employee) REFERENCES employees (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- A department as it was from a day on. Written with every change of a department.
CREATE TABLE department_placements (
  department CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  since_date DATE NOT NULL,
  parent CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  parent_path VARCHAR(240) NOT NULL,
  display_name VARCHAR(100) NOT NULL,
  establishment BIGINT NOT NULL DEFAULT 0,
  archived TINYINT(1) NOT NULL DEFAULT 0,
  PRIMARY KEY (department, since_date),
  CONSTRAINT department_placements_department FOREIGN KEY (department) REFERENCES departments (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

INSERT INTO department_placements (department, since_date, parent, parent_path, display_name, establishment, archived)
  SELECT id, DATE(create_time), parent, parent_path, display_name, establishment, 0 FROM departments;
