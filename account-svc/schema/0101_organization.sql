-- Departments, people, rights (G-01, G-02, G-03).

-- Departments. Above the department itself are the ids in parent_path.
CREATE TABLE departments (
  id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  version BIGINT NOT NULL,
  create_time DATETIME(6) NOT NULL,
  update_time DATETIME(6) NOT NULL,
  creator VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  updater VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  archive_time DATETIME(6) NULL,
  number VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
  display_name VARCHAR(100) NOT NULL,
  code VARCHAR(32) NULL,
  parent CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  parent_path VARCHAR(240) NOT NULL,
  head CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  region VARCHAR(64) NULL,
  establishment BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (id),
  UNIQUE KEY departments_number (number),
  UNIQUE KEY departments_code (code),
  KEY departments_by_parent (parent),
  KEY departments_by_path (parent_path),
  KEY departments_by_name (display_name),
  CONSTRAINT departments_parent FOREIGN KEY (parent) REFERENCES departments (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- People; reporting lines and roles are dated rows.
CREATE TABLE employees (
  id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  version BIGINT NOT NULL,
  create_time DATETIME(6) NOT NULL,
  update_time DATETIME(6) NOT NULL,
  creator VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  updater VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  archive_time DATETIME(6) NULL,
  number VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
  display_name VARCHAR(100) NOT NULL,
  login VARCHAR(190) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  email VARCHAR(200) NULL,
  phone VARCHAR(40) NULL,
  department CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  region VARCHAR(64) NULL,
  job_title VARCHAR(100) NULL,
  hire_date DATE NULL,
  leave_date DATE NULL,
  PRIMARY KEY (id),
  UNIQUE KEY employees_number (number),
  UNIQUE KEY employees_login (login),
  KEY employees_by_department (department),
  KEY employees_by_name (display_name),
  CONSTRAINT employees_department FOREIGN KEY (department) REFERENCES departments (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

CREATE TABLE employees_regions (
  parent_id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  position INT NOT NULL,
  value VARCHAR(64) NOT NULL,
  PRIMARY KEY (parent_id, position),
  CONSTRAINT employees_regions_parent FOREIGN KEY (parent_id) REFERENCES employees (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

CREATE TABLE employees_superiors (
  parent_id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  position INT NOT NULL,
  superior CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  since_date DATE NOT NULL,
  until_date DATE NULL,
  kind VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NULL,
  PRIMARY KEY (parent_id, position),
  KEY employees_superiors_by_superior (superior, since_date),
  CONSTRAINT employees_superiors_dates CHECK (until_date IS NULL OR until_date >= since_date),
  CONSTRAINT employees_superiors_superior FOREIGN KEY (superior) REFERENCES employees (id),
  CONSTRAINT employees_superiors_parent FOREIGN KEY (parent_id) REFERENCES employees (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

CREATE TABLE employees_roles (
  parent_id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  position INT NOT NULL,
  role VARCHAR(16) NOT NULL,
  since_date DATE NOT NULL,
  until_date DATE NULL,
  PRIMARY KEY (parent_id, position),
  KEY employees_roles_by_role (role),
  CONSTRAINT employees_roles_dates CHECK (until_date IS NULL OR until_date >= since_date),
  CONSTRAINT employees_roles_parent FOREIGN KEY (parent_id) REFERENCES employees (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- Which role holds which permission, and how far it reaches.
CREATE TABLE role_grants (
  id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  version BIGINT NOT NULL,
  create_time DATETIME(6) NOT NULL,
  update_time DATETIME(6) NOT NULL,
  creator VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  updater VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  archive_time DATETIME(6) NULL,
  number VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
  permission VARCHAR(128) NOT NULL,
  role VARCHAR(16) NOT NULL,
  level VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  origin VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  PRIMARY KEY (id),
  UNIQUE KEY role_grants_number (number),
  UNIQUE KEY role_grants_grant (permission, role, origin),
  KEY role_grants_by_role (role),
  CONSTRAINT role_grants_level CHECK (level IN ('NONE', 'OWN', 'TEAM', 'DEPARTMENT', 'REGION', 'ALL'))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- What was loaded into the rows of origin SEED: one row.
CREATE TABLE rights_seed (
  id TINYINT NOT NULL,
  sha256 CHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  load_time DATETIME(6) NOT NULL,
  grants BIGINT NOT NULL,
  PRIMARY KEY (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

INSERT INTO rights_seed (id, sha256, load_time, grants) VALUES (1, '', '2000-01-01 00:00:00', 0)
  ON DUPLICATE KEY UPDATE id = id;
