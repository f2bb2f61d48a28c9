-- Important matters: the verb that an instruction is asked for, for whom or which tier, and until when the approval
-- counts (G-05, R-24).
ALTER TABLE instruction_requests
  ADD COLUMN verb VARCHAR(120) CHARACTER SET ascii COLLATE ascii_bin NULL,
  ADD COLUMN expire_time DATETIME(6) NULL,
  ADD COLUMN receiver CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  ADD COLUMN tier VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NULL,
  ADD KEY instruction_requests_by_related (related, verb, state);
