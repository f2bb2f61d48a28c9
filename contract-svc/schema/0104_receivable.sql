-- Credit, invoices, receipts, receivables (C-29, C-30, C-32, C-34).

-- Credit of an account and its use. Every change of the use locks this row first.
CREATE TABLE credit_accounts (
  id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  version BIGINT NOT NULL,
  create_time DATETIME(6) NOT NULL,
  update_time DATETIME(6) NOT NULL,
  creator VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  updater VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  archive_time DATETIME(6) NULL,
  number VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
  account CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  limit_type VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NULL,
  credit_limit_amount DECIMAL(19,4) NULL,
  credit_limit_currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NULL,
  expiry_date DATE NULL,
  terms_days BIGINT NOT NULL DEFAULT 0,
  held_amount DECIMAL(19,4) NOT NULL,
  held_currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  committed_amount DECIMAL(19,4) NOT NULL,
  committed_currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  open_amount DECIMAL(19,4) NOT NULL,
  open_currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  blocked TINYINT(1) NOT NULL DEFAULT 0,
  block_reason VARCHAR(1000) NULL,
  proposal_limit_type VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NULL,
  proposal_credit_limit_amount DECIMAL(19,4) NULL,
  proposal_credit_limit_currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NULL,
  proposal_expiry_date DATE NULL,
  proposal_terms_days BIGINT NOT NULL DEFAULT 0,
  proposal_proposer CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  proposal_propose_time DATETIME(6) NULL,
  proposal_reason VARCHAR(1000) NULL,
  PRIMARY KEY (id),
  UNIQUE KEY credit_accounts_number (number),
  UNIQUE KEY credit_accounts_account (account),
  CONSTRAINT credit_accounts_use CHECK (held_amount >= 0 AND committed_amount >= 0 AND open_amount >= 0),
  CONSTRAINT credit_accounts_limit CHECK (credit_limit_amount IS NULL OR credit_limit_amount >= 0)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- What an order takes of the credit: at most one living reservation for each order.
CREATE TABLE credit_reservations (
  id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  version BIGINT NOT NULL,
  create_time DATETIME(6) NOT NULL,
  update_time DATETIME(6) NOT NULL,
  creator VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  updater VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  archive_time DATETIME(6) NULL,
  number VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
  account CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  order_id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  amount_amount DECIMAL(19,4) NOT NULL,
  amount_currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  remaining_amount DECIMAL(19,4) NOT NULL,
  remaining_currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  overridden TINYINT(1) NOT NULL DEFAULT 0,
  state VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  expire_time DATETIME(6) NULL,
  end_reason VARCHAR(1000) NULL,
  PRIMARY KEY (id),
  UNIQUE KEY credit_reservations_number (number),
  live_order CHAR(26) CHARACTER SET ascii COLLATE ascii_bin
    GENERATED ALWAYS AS (CASE WHEN state IN ('HELD', 'COMMITTED') THEN RTRIM(order_id) END) STORED,
  UNIQUE KEY credit_reservations_live_order (live_order),
  KEY credit_reservations_by_account (account, state),
  KEY credit_reservations_by_order (order_id),
  CONSTRAINT credit_reservations_amounts CHECK (remaining_amount >= 0 AND remaining_amount <= amount_amount)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- Rules of credit; the newest row that is not archived holds.
CREATE TABLE credit_policies (
  id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  version BIGINT NOT NULL,
  create_time DATETIME(6) NOT NULL,
  update_time DATETIME(6) NOT NULL,
  creator VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  updater VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  archive_time DATETIME(6) NULL,
  number VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
  title VARCHAR(200) NOT NULL,
  unset_limit_type VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NULL,
  unset_limit_amount DECIMAL(19,4) NULL,
  unset_limit_currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NULL,
  reservation_hours BIGINT NOT NULL DEFAULT 0,
  overdue_block_days BIGINT NOT NULL DEFAULT 0,
  bucket_1_days BIGINT NOT NULL DEFAULT 0,
  bucket_2_days BIGINT NOT NULL DEFAULT 0,
  bucket_3_days BIGINT NOT NULL DEFAULT 0,
  dso_target_days BIGINT NOT NULL DEFAULT 0,
  receivables_cap_amount DECIMAL(19,4) NULL,
  receivables_cap_currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NULL,
  remark TEXT NULL,
  PRIMARY KEY (id),
  UNIQUE KEY credit_policies_number (number)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- Open items.
CREATE TABLE receivable_items (
  id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  version BIGINT NOT NULL,
  create_time DATETIME(6) NOT NULL,
  update_time DATETIME(6) NOT NULL,
  creator VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  updater VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  archive_time DATETIME(6) NULL,
  number VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
  account CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  kind VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  source VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NULL,
  amount_amount DECIMAL(19,4) NOT NULL,
  amount_currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  open_amount DECIMAL(19,4) NOT NULL,
  open_currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  item_date DATE NOT NULL,
  due_date DATE NOT NULL,
  state VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  remark VARCHAR(200) NULL,
  PRIMARY KEY (id),
  UNIQUE KEY receivable_items_number (number),
  KEY receivable_items_by_account (account, state, due_date),
  KEY receivable_items_by_source (source),
  KEY receivable_items_by_due (due_date),
  CONSTRAINT receivable_items_open CHECK (open_amount >= 0 AND open_amount <= amount_amount)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- The open amount of every account by due date, kept with every posting: ageing is a read of few rows, not a scan of
-- items. Always equal to a recount over receivable_items.
CREATE TABLE receivable_balances (
  account CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  due_date DATE NOT NULL,
  open_amount DECIMAL(19,4) NOT NULL,
  PRIMARY KEY (account, currency, due_date)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- Postings on receivables, append-only: what was owed at the end of any day is the balance less the later postings.
CREATE TABLE receivable_entries (
  entry_id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  account CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  item CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  kind VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  due_date DATE NOT NULL,
  entry_date DATE NOT NULL,
  amount DECIMAL(19,4) NOT NULL,
  PRIMARY KEY (entry_id),
  KEY receivable_entries_by_date (entry_date, account),
  KEY receivable_entries_by_account (account, entry_date),
  CONSTRAINT receivable_entries_item FOREIGN KEY (item) REFERENCES receivable_items (id),
  CONSTRAINT receivable_entries_kind CHECK (kind IN ('INVOICE', 'OPENING', 'RECEIPT', 'CANCEL'))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- Invoices for delivered goods.
CREATE TABLE invoices (
  id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  version BIGINT NOT NULL,
  create_time DATETIME(6) NOT NULL,
  update_time DATETIME(6) NOT NULL,
  creator VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  updater VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  archive_time DATETIME(6) NULL,
  number VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
  account CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  order_id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NULL,
  net_total_amount DECIMAL(19,4) NULL,
  net_total_currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NULL,
  tax_total_amount DECIMAL(19,4) NULL,
  tax_total_currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NULL,
  total_amount DECIMAL(19,4) NOT NULL,
  total_currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  paid_amount DECIMAL(19,4) NULL,
  paid_currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NULL,
  issue_date DATE NULL,
  due_date DATE NULL,
  terms_days BIGINT NOT NULL DEFAULT 0,
  state VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  issuer CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  cancel_reason VARCHAR(1000) NULL,
  PRIMARY KEY (id),
  UNIQUE KEY invoices_number (number),
  KEY invoices_by_account (account, state),
  KEY invoices_by_order (order_id),
  KEY invoices_by_due (due_date),
  CONSTRAINT invoices_paid CHECK (paid_amount IS NULL OR (paid_amount >= 0 AND paid_amount <= total_amount))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

CREATE TABLE invoices_lines (
  parent_id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  position INT NOT NULL,
  line_number BIGINT NOT NULL DEFAULT 0,
  product CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  quantity DECIMAL(19,6) NULL,
  unit_price_amount DECIMAL(19,4) NULL,
  unit_price_currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NULL,
  net_amount DECIMAL(19,4) NULL,
  net_currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NULL,
  tax_rate DECIMAL(7,4) NULL,
  tax_amount DECIMAL(19,4) NULL,
  tax_currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NULL,
  gross_amount DECIMAL(19,4) NULL,
  gross_currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NULL,
  PRIMARY KEY (parent_id, position),
  CONSTRAINT invoices_lines_parent FOREIGN KEY (parent_id) REFERENCES invoices (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

CREATE TABLE invoices_handovers (
  parent_id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  position INT NOT NULL,
  document VARCHAR(100) NULL,
  giver CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  receiver CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  receiver_name VARCHAR(100) NULL,
  hand_time DATETIME(6) NULL,
  acknowledged TINYINT(1) NOT NULL DEFAULT 0,
  acknowledge_time DATETIME(6) NULL,
  acknowledger VARCHAR(96) NULL,
  PRIMARY KEY (parent_id, position),
  CONSTRAINT invoices_handovers_parent FOREIGN KEY (parent_id) REFERENCES invoices (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- Money that came in.
CREATE TABLE receipts (
  id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  version BIGINT NOT NULL,
  create_time DATETIME(6) NOT NULL,
  update_time DATETIME(6) NOT NULL,
  creator VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  updater VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  archive_time DATETIME(6) NULL,
  number VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
  account CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  payer_name VARCHAR(200) NULL,
  amount_amount DECIMAL(19,4) NOT NULL,
  amount_currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  payment_method VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NULL,
  received_date DATE NOT NULL,
  bank_account VARCHAR(64) NULL,
  cheque_number VARCHAR(64) NULL,
  allocated_amount DECIMAL(19,4) NOT NULL,
  allocated_currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  unapplied_amount DECIMAL(19,4) NOT NULL,
  unapplied_currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  state VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  recorder VARCHAR(96) NULL,
  marker VARCHAR(96) NULL,
  mark_time DATETIME(6) NULL,
  approver VARCHAR(96) NULL,
  approve_time DATETIME(6) NULL,
  void_reason VARCHAR(1000) NULL,
  history TINYINT(1) NOT NULL DEFAULT 0,
  remark TEXT NULL,
  PRIMARY KEY (id),
  UNIQUE KEY receipts_number (number),
  KEY receipts_by_account (account, state),
  KEY receipts_by_date (received_date),
  CONSTRAINT receipts_amount CHECK (amount_amount > 0),
  CONSTRAINT receipts_applied CHECK (allocated_amount >= 0 AND unapplied_amount >= 0 AND allocated_amount + unapplied_amount = amount_amount)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

CREATE TABLE receipts_allocations (
  parent_id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  position INT NOT NULL,
  target VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  amount_amount DECIMAL(19,4) NOT NULL,
  amount_currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  allocate_time DATETIME(6) NULL,
  allocator VARCHAR(96) NULL,
  PRIMARY KEY (parent_id, position),
  KEY receipts_allocations_by_target (target),
  CONSTRAINT receipts_allocations_parent FOREIGN KEY (parent_id) REFERENCES receipts (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;
