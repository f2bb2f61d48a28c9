-- What people are to be told of a change in this service (kam.organization.v1.DeliverNoticesRequest), from the
-- transaction of the change until account-svc has it. A due item of kind notice.send goes with each. Not used in
-- account-svc, which puts its own into the inboxes at once.
CREATE TABLE outgoing_notices (
  notice_id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  content MEDIUMBLOB NOT NULL,
  create_time DATETIME(6) NOT NULL,
  PRIMARY KEY (notice_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;
