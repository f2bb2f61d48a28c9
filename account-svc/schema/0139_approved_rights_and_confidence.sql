-- A right set by an administrator counts once another has approved it (G-02); drafts of policies and minutes of
-- confidential meetings are read by those they concern (G-11, G-13); a report past the line by whom it is put before
-- (R-23).
ALTER TABLE role_grants
  ADD COLUMN state VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NULL,
  ADD COLUMN proposed_level VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NULL,
  ADD COLUMN approver CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  ADD COLUMN approve_time DATETIME(6) NULL,
  ADD COLUMN reject_reason VARCHAR(1000) NULL;

-- What administrators have set so far counts as it did.
UPDATE role_grants SET state = 'APPROVED', approve_time = update_time WHERE origin = 'ADMIN';

ALTER TABLE policy_documents
  MODIFY COLUMN content TEXT NULL,
  ADD COLUMN draft_content TEXT NULL;

ALTER TABLE meetings
  ADD COLUMN confidential TINYINT(1) NOT NULL DEFAULT 0,
  ADD COLUMN confidential_minutes TEXT NULL;

ALTER TABLE instruction_requests
  ADD COLUMN holder CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  ADD KEY instruction_requests_by_holder (holder, create_time);

UPDATE instruction_requests SET holder = requester;
