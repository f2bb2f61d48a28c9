-- A dispute about a task need not concern an account (G-09, R-04); the other side finds what it is a party to.
ALTER TABLE work_disputes MODIFY account CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL;
ALTER TABLE work_disputes ADD KEY work_disputes_by_respondent (respondent, state);
