-- Surveys, their responses, and what is done about low scores (S-33, S-34).

-- Versions of questionnaires.
CREATE TABLE questionnaires (
  id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  version BIGINT NOT NULL,
  create_time DATETIME(6) NOT NULL,
  update_time DATETIME(6) NOT NULL,
  creator VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  updater VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  archive_time DATETIME(6) NULL,
  number VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
  code VARCHAR(32) NOT NULL,
  questionnaire_version BIGINT NOT NULL DEFAULT 0,
  title VARCHAR(200) NOT NULL,
  subject VARCHAR(64) NULL,
  low_score_threshold DECIMAL(6,3) NULL,
  follow_up_days BIGINT NOT NULL DEFAULT 0,
  state VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  PRIMARY KEY (id),
  UNIQUE KEY questionnaires_number (number),
  UNIQUE KEY questionnaires_questionnaire_version (code, questionnaire_version),
  CONSTRAINT questionnaires_version_positive CHECK (questionnaire_version > 0)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

CREATE TABLE questionnaires_questions (
  parent_id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  position INT NOT NULL,
  code VARCHAR(32) NOT NULL,
  wording VARCHAR(500) NOT NULL,
  kind VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  scale_min BIGINT NOT NULL DEFAULT 0,
  scale_max BIGINT NOT NULL DEFAULT 0,
  mandatory TINYINT(1) NOT NULL DEFAULT 0,
  PRIMARY KEY (parent_id, position),
  CONSTRAINT questionnaires_questions_parent FOREIGN KEY (parent_id) REFERENCES questionnaires (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- Invitations. Only the digest of the token is kept.
CREATE TABLE survey_invitations (
  id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  version BIGINT NOT NULL,
  create_time DATETIME(6) NOT NULL,
  update_time DATETIME(6) NOT NULL,
  creator VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  updater VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  archive_time DATETIME(6) NULL,
  number VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
  account CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  questionnaire CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  contact VARCHAR(200) NULL,
  subject_name VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NULL,
  expire_time DATETIME(6) NOT NULL,
  state VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  submit_time DATETIME(6) NULL,
  PRIMARY KEY (id),
  UNIQUE KEY survey_invitations_number (number),
  KEY survey_invitations_by_account (account, create_time),
  CONSTRAINT survey_invitations_questionnaire FOREIGN KEY (questionnaire) REFERENCES questionnaires (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- Responses: one for each invitation, never changed.
CREATE TABLE survey_responses (
  id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  version BIGINT NOT NULL,
  create_time DATETIME(6) NOT NULL,
  update_time DATETIME(6) NOT NULL,
  creator VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  updater VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  archive_time DATETIME(6) NULL,
  number VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
  invitation CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  account CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  questionnaire CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  submit_time DATETIME(6) NOT NULL,
  csat DECIMAL(6,3) NULL,
  csat_answers BIGINT NOT NULL DEFAULT 0,
  low TINYINT(1) NOT NULL DEFAULT 0,
  PRIMARY KEY (id),
  UNIQUE KEY survey_responses_number (number),
  UNIQUE KEY survey_responses_invitation (invitation),
  KEY survey_responses_by_account (account, submit_time),
  KEY survey_responses_by_time (submit_time, account),
  CONSTRAINT survey_responses_invitation FOREIGN KEY (invitation) REFERENCES survey_invitations (id),
  CONSTRAINT survey_responses_questionnaire FOREIGN KEY (questionnaire) REFERENCES questionnaires (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

CREATE TABLE survey_responses_answers (
  parent_id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  position INT NOT NULL,
  question VARCHAR(32) NOT NULL,
  value BIGINT NOT NULL DEFAULT 0,
  words TEXT NULL,
  normalised DECIMAL(6,3) NULL,
  PRIMARY KEY (parent_id, position),
  KEY survey_responses_answers_by_question (question),
  CONSTRAINT survey_responses_answers_parent FOREIGN KEY (parent_id) REFERENCES survey_responses (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- Follow-ups of low scores.
CREATE TABLE follow_ups (
  id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  version BIGINT NOT NULL,
  create_time DATETIME(6) NOT NULL,
  update_time DATETIME(6) NOT NULL,
  creator VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  updater VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  archive_time DATETIME(6) NULL,
  number VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
  account CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  response CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  owner CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  score DECIMAL(6,3) NULL,
  threshold DECIMAL(6,3) NULL,
  due_time DATETIME(6) NOT NULL,
  state VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  overdue TINYINT(1) NOT NULL DEFAULT 0,
  cause TEXT NULL,
  measure TEXT NULL,
  measure_owner CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  measure_time DATETIME(6) NULL,
  effect TEXT NULL,
  done_time DATETIME(6) NULL,
  PRIMARY KEY (id),
  UNIQUE KEY follow_ups_number (number),
  UNIQUE KEY follow_ups_response (response),
  KEY follow_ups_by_account (account),
  KEY follow_ups_by_owner (owner, state),
  CONSTRAINT follow_ups_response FOREIGN KEY (response) REFERENCES survey_responses (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- SHA-256 of the tokens of invitations, in hexadecimal: the tokens themselves are not kept.
CREATE TABLE survey_tokens (
  token_digest CHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  invitation CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  PRIMARY KEY (token_digest),
  UNIQUE KEY survey_tokens_invitation (invitation),
  CONSTRAINT survey_tokens_of_invitation FOREIGN KEY (invitation) REFERENCES survey_invitations (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;
