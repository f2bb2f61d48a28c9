#include "contract-svc/receivables/credit_book.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "common/schedule/schedule.h"
#include "common/status/status.h"
#include "common/time/date.h"
#include "contract-svc/rules/amounts.h"
#include "contract-svc/rules/receivable_item.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/type/money.pb.h"

namespace kam::contract {
namespace {

using receivable::v1::CreditAccount;
using receivable::v1::CreditPolicy;
using receivable::v1::CreditReservation;
using receivable::v1::ReceivableItem;
using resource::Change;
using resource::SqlCondition;
using resource::UnitOfWork;
using rules::AmountIn;
using rules::CreditPart;
using rules::SetAmount;

rules::LimitType TypeOf(receivable::v1::CreditLimitType type) {
  switch (type) {
    case receivable::v1::CREDIT_LIMIT_TYPE_NONE:
      return rules::LimitType::kNone;
    case receivable::v1::CREDIT_LIMIT_TYPE_AMOUNT:
      return rules::LimitType::kAmount;
    case receivable::v1::CREDIT_LIMIT_TYPE_UNLIMITED:
      return rules::LimitType::kUnlimited;
    default:
      return rules::LimitType::kNotSet;
  }
}

absl::StatusOr<std::optional<CreditAccount>> LockAccount(UnitOfWork& work, const std::string& account) {
  ASSIGN_OR_RETURN(std::vector<CreditAccount> found,
                   work.Find<CreditAccount>({"t.account = ?", {mysql::Value(IdOf(account))}}, "", 1, /*lock=*/true));
  if (found.empty()) return std::optional<CreditAccount>();
  return std::optional<CreditAccount>(std::move(found[0]));
}

}  // namespace

absl::StatusOr<CreditPolicy> CurrentPolicy(mysql::Connection& connection, const resource::Runtime& runtime) {
  ASSIGN_OR_RETURN(std::vector<resource::Record> found,
                   runtime.store().Select(connection, *runtime.catalog().Find(CreditPolicy::descriptor()),
                                          {SqlCondition{kHolds, {}}}, "", /*limit=*/1));
  if (found.empty()) return CreditPolicy();
  return static_cast<const CreditPolicy&>(*found[0].message);
}

rules::CreditRules RulesOf(const CreditPolicy& policy) {
  rules::CreditRules rules;
  rules.unset_type = TypeOf(policy.unset_limit_type());
  const absl::StatusOr<Decimal> amount =
      AmountIn(policy.unset_limit(), policy.unset_limit().currency_code(), "unset_limit");
  if (amount.ok()) rules.unset_amount = *amount;
  rules.unset_currency = policy.unset_limit().currency_code();
  if (policy.reservation_hours() > 0) rules.reservation_hours = policy.reservation_hours();
  rules.overdue_block_days = policy.overdue_block_days();
  return rules;
}

rules::CreditLimit LimitOf(const CreditAccount& account) {
  rules::CreditLimit limit;
  limit.type = TypeOf(account.limit_type());
  const absl::StatusOr<Decimal> amount = AmountIn(account.credit_limit(), account.currency(), "credit_limit");
  if (amount.ok()) limit.amount = *amount;
  limit.expiry_date = account.expiry_date();
  limit.blocked = account.blocked();
  limit.block_reason = account.block_reason();
  return limit;
}

absl::StatusOr<rules::CreditUse> UseOf(const CreditAccount& account) {
  rules::CreditUse use;
  ASSIGN_OR_RETURN(use.held, AmountIn(account.held(), account.currency(), "held"));
  ASSIGN_OR_RETURN(use.committed, AmountIn(account.committed(), account.currency(), "committed"));
  ASSIGN_OR_RETURN(use.open, AmountIn(account.open(), account.currency(), "open"));
  return use;
}

absl::StatusOr<std::map<std::string, rules::CreditUse>> CountUse(mysql::Connection& connection,
                                                                 absl::string_view account) {
  const std::string id = IdOf(account);
  ASSIGN_OR_RETURN(
      const std::vector<mysql::Row> rows,
      connection.Query("SELECT r.remaining_currency, r.state, SUM(r.remaining_amount) FROM credit_reservations r WHERE "
                       "r.account = ? AND r.state IN ('HELD', 'COMMITTED') GROUP BY r.remaining_currency, r.state "
                       "UNION ALL SELECT b.currency, 'OPEN', SUM(b.open_amount) FROM receivable_balances b WHERE "
                       "b.account = ? GROUP BY b.currency",
                       {id, id}));
  std::map<std::string, rules::CreditUse> uses;
  for (const mysql::Row& row : rows) {
    ASSIGN_OR_RETURN(const Decimal amount, Decimal::Parse(row[2].text(), "amount"));
    rules::CreditUse& use = uses[row[0].text()];
    const std::string& part = row[1].text();
    (part == "HELD" ? use.held : part == "COMMITTED" ? use.committed : use.open) = amount;
  }
  return uses;
}

absl::StatusOr<int64_t> OldestOverdueDays(mysql::Connection& connection, absl::string_view account,
                                          absl::string_view today) {
  ASSIGN_OR_RETURN(const std::vector<mysql::Row> rows,
                   connection.Query("SELECT MIN(i.due_date) FROM receivable_items i WHERE i.account = ? AND i.state IN "
                                    "('OPEN', 'PARTIALLY_PAID', 'PROMISED', 'DISPUTED') AND i.due_date < ? AND "
                                    "i.open_amount > COALESCE(i.disputed_amount, 0)",
                                    {mysql::Value(IdOf(account)), mysql::Value(today)}));
  if (rows.empty() || rows[0][0].is_null()) return 0;
  return DaysBetween(rows[0][0].text(), today);
}

absl::StatusOr<CreditBook> CreditBook::Open(const Context& context, UnitOfWork& work, const std::string& account) {
  ASSIGN_OR_RETURN(std::optional<CreditAccount> found, LockAccount(work, account));
  ASSIGN_OR_RETURN(const CreditPolicy policy, CurrentPolicy(work.connection(), work.runtime()));
  if (!found.has_value()) {
    const std::string& currency =
        policy.has_unset_limit() ? policy.unset_limit().currency_code() : context.policy.home_currency;
    CreditAccount fresh;
    fresh.set_account(account);
    fresh.set_currency(currency);
    for (google::type::Money* part : {fresh.mutable_held(), fresh.mutable_committed(), fresh.mutable_open()}) {
      SetAmount(Decimal(), currency, part);
    }
    absl::StatusOr<CreditAccount> made = work.Insert(std::move(fresh));
    if (made.ok()) {
      found = *std::move(made);
    } else if (absl::IsAlreadyExists(made.status())) {
      // Somebody else made it in the meantime.
      ASSIGN_OR_RETURN(found, LockAccount(work, account));
    } else {
      return std::move(made).status();
    }
    if (!found.has_value()) return Internal("the credit account has gone");
  }
  CreditBook book(work, context.Today(work.now()), Change<CreditAccount>{*found, *found});
  ASSIGN_OR_RETURN(book.use_, UseOf(*found));
  book.rules_ = RulesOf(policy);
  return book;
}

absl::Status CreditBook::Check(const std::string& subject, const std::string& currency, Decimal amount) const {
  if (!Counts(currency)) {
    return FailedPrecondition("CURRENCY_MISMATCH", subject,
                              absl::StrCat("the credit of the account is in ", account().currency(), "; what is in ",
                                           currency, " is paid before delivery"),
                              {{"currency", currency}, {"expected", account().currency()}});
  }
  rules::CreditQuestion question;
  question.subject = subject;
  question.currency = currency;
  question.today = today_;
  question.amount = amount;
  ASSIGN_OR_RETURN(question.overdue_days, OldestOverdueDays(work_.connection(), account().account(), question.today));
  return rules::CheckCredit(LimitOf(account()), use_, rules_, question);
}

absl::Status CreditBook::Move(CreditPart part, Decimal amount, absl::string_view currency) {
  return Counts(currency) ? rules::MoveCredit(part, amount, &use_) : absl::OkStatus();
}

absl::StatusOr<std::optional<CreditReservation>> CreditBook::Find(const std::string& order) {
  ASSIGN_OR_RETURN(std::vector<CreditReservation> found,
                   work_.Find<CreditReservation>({"t.live_order = ?", {mysql::Value(IdOf(order))}}, "", 1,
                                                 /*lock=*/true));
  if (found.empty()) return std::optional<CreditReservation>();
  return std::optional<CreditReservation>(std::move(found[0]));
}

absl::Status CreditBook::Reserve(const std::string& order, const std::string& currency, Decimal amount,
                                 bool overridden) {
  if (!overridden) RETURN_IF_ERROR(Check(account().account(), currency, amount));
  CreditReservation reservation;
  reservation.set_account(account().account());
  reservation.set_order(order);
  SetAmount(amount, currency, reservation.mutable_amount());
  SetAmount(amount, currency, reservation.mutable_remaining());
  reservation.set_overridden(overridden);
  reservation.set_state(receivable::v1::CREDIT_RESERVATION_STATE_HELD);
  const absl::Time expiry = work_.now() + absl::Hours(rules_.reservation_hours);
  reservation.mutable_expire_time()->set_seconds(absl::ToUnixSeconds(expiry));
  RETURN_IF_ERROR(Move(CreditPart::kHeld, amount, currency));
  ASSIGN_OR_RETURN(reservation, work_.Insert(std::move(reservation)));
  return schedule::Schedule(work_, kDueReservation, reservation.name(), expiry);
}

absl::StatusOr<bool> CreditBook::Commit(const std::string& order, bool overridden) {
  ASSIGN_OR_RETURN(const std::optional<CreditReservation> found, Find(order));
  if (!found.has_value()) return false;
  Change<CreditReservation> change{*found, *found};
  const std::string& currency = found->amount().currency_code();
  ASSIGN_OR_RETURN(const Decimal remaining, AmountIn(found->remaining(), currency, "remaining"));
  if (found->state() == receivable::v1::CREDIT_RESERVATION_STATE_HELD) {
    RETURN_IF_ERROR(Move(CreditPart::kHeld, -remaining, currency));
    RETURN_IF_ERROR(Move(CreditPart::kCommitted, remaining, currency));
    RETURN_IF_ERROR(schedule::Cancel(work_, kDueReservation, found->name()));
  }
  change.after.set_state(receivable::v1::CREDIT_RESERVATION_STATE_COMMITTED);
  change.after.set_overridden(found->overridden() || overridden);
  change.after.clear_expire_time();
  RETURN_IF_ERROR(work_.Save(std::move(change)).status());
  return true;
}

absl::Status CreditBook::Release(const std::string& order, receivable::v1::CreditReservationState end,
                                 const std::string& reason) {
  ASSIGN_OR_RETURN(const std::optional<CreditReservation> found, Find(order));
  if (!found.has_value()) return absl::OkStatus();
  Change<CreditReservation> change{*found, *found};
  const std::string& currency = found->amount().currency_code();
  ASSIGN_OR_RETURN(const Decimal remaining, AmountIn(found->remaining(), currency, "remaining"));
  const bool held = found->state() == receivable::v1::CREDIT_RESERVATION_STATE_HELD;
  RETURN_IF_ERROR(Move(held ? CreditPart::kHeld : CreditPart::kCommitted, -remaining, currency));
  RETURN_IF_ERROR(schedule::Cancel(work_, kDueReservation, found->name()));
  SetAmount(Decimal(), currency, change.after.mutable_remaining());
  change.after.set_state(end);
  change.after.set_end_reason(reason);
  return work_.Save(std::move(change)).status();
}

absl::Status CreditBook::Invoice(const std::string& order, Decimal amount) {
  // The last reservation of the order: it may be used up, when an invoice is cancelled.
  ASSIGN_OR_RETURN(std::vector<CreditReservation> found,
                   work_.Find<CreditReservation>(
                       {"t.order_id = ? AND t.state IN ('COMMITTED', 'RELEASED')", {mysql::Value(IdOf(order))}},
                       "ORDER BY t.id DESC", 1, /*lock=*/true));
  if (found.empty()) return absl::OkStatus();
  return TakeOff(found[0], amount, "invoiced");
}

absl::Status CreditBook::Reduce(const std::string& order, Decimal amount, const std::string& reason) {
  ASSIGN_OR_RETURN(const std::optional<CreditReservation> found, Find(order));
  return found.has_value() ? TakeOff(*found, amount, reason) : absl::OkStatus();
}

absl::Status CreditBook::TakeOff(const CreditReservation& found, Decimal amount, const std::string& reason) {
  Change<CreditReservation> change{found, found};
  const std::string& currency = found.amount().currency_code();
  ASSIGN_OR_RETURN(const Decimal remaining, AmountIn(found.remaining(), currency, "remaining"));
  const Decimal moved = amount.sign() > 0 ? std::min(amount, remaining) : amount;
  ASSIGN_OR_RETURN(const Decimal left, Subtract(remaining, moved));
  RETURN_IF_ERROR(Move(CreditPart::kCommitted, -moved, currency));
  SetAmount(left, currency, change.after.mutable_remaining());
  change.after.set_state(left.is_zero() ? receivable::v1::CREDIT_RESERVATION_STATE_RELEASED
                                        : receivable::v1::CREDIT_RESERVATION_STATE_COMMITTED);
  change.after.set_end_reason(left.is_zero() ? reason : "");
  return work_.Save(std::move(change)).status();
}

absl::Status CreditBook::Post(const ReceivableItem& item, absl::string_view kind, absl::string_view date,
                              Decimal amount) {
  ASSIGN_OR_RETURN(const std::string id, work_.NewId());
  ASSIGN_OR_RETURN(const std::string text, amount.ToSql(19, rules::kAmountScale, "amount"));
  const std::string account_id = IdOf(item.account());
  const std::string& currency = item.amount().currency_code();
  RETURN_IF_ERROR(work_.connection()
                      .Execute("INSERT INTO receivable_entries (entry_id, account, item, kind, currency, due_date, "
                               "entry_date, amount) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                               {id, account_id, IdOf(item.name()), kind, currency, item.due_date(), date, text})
                      .status());
  RETURN_IF_ERROR(work_.connection()
                      .Execute("INSERT INTO receivable_balances (account, currency, due_date, open_amount) VALUES (?, "
                               "?, ?, ?) ON DUPLICATE KEY UPDATE open_amount = open_amount + VALUES(open_amount)",
                               {account_id, currency, item.due_date(), text})
                      .status());
  return Move(CreditPart::kOpen, amount, currency);
}

absl::Status CreditBook::AddItem(ReceivableItem item, absl::string_view entry_kind, absl::string_view entry_date) {
  item.set_account(account().account());
  *item.mutable_open() = item.amount();
  item.set_state(receivable::v1::RECEIVABLE_STATE_OPEN);
  ASSIGN_OR_RETURN(item, work_.Insert(std::move(item)));
  return PostNewItem(item, entry_kind, entry_date);
}

absl::Status CreditBook::PostNewItem(const ReceivableItem& item, absl::string_view entry_kind,
                                     absl::string_view entry_date) {
  ASSIGN_OR_RETURN(const Decimal amount, AmountIn(item.amount(), item.amount().currency_code(), "amount"));
  return Post(item, entry_kind, entry_date, amount);
}

absl::StatusOr<ReceivableItem> CreditBook::FindItem(const std::string& source_or_name) {
  const bool item = source_or_name.rfind("receivableItems/", 0) == 0;
  ASSIGN_OR_RETURN(std::vector<ReceivableItem> found,
                   work_.Find<ReceivableItem>({item ? "t.id = ?" : "t.source = ? AND t.state <> 'CANCELLED'",
                                               {mysql::Value(item ? IdOf(source_or_name) : source_or_name)}},
                                              "", 1, /*lock=*/true));
  if (found.empty()) return NotFound(source_or_name);
  return std::move(found[0]);
}

absl::Status CreditBook::PayItem(const ReceivableItem& item, Decimal amount, absl::string_view field) {
  Change<ReceivableItem> change{item, item};
  const std::string& currency = item.amount().currency_code();
  ASSIGN_OR_RETURN(const Decimal open, AmountIn(item.open(), currency, "open"));
  if (open.is_zero() || item.state() == receivable::v1::RECEIVABLE_STATE_CANCELLED) {
    return FailedPrecondition("TARGET_NOT_OPEN", item.name(), "nothing is open on it",
                              {{"state", receivable::v1::ReceivableState_Name(item.state())}});
  }
  if (amount > open) {
    return InvalidField(field, "ALLOCATION_EXCEEDS_TARGET",
                        absl::StrCat(rules::AmountText(amount, currency), " is more than the ",
                                     rules::AmountText(open, currency), " that are open"),
                        {{"amount", amount.ToString()}, {"open", open.ToString()}, {"target", item.name()}});
  }
  ASSIGN_OR_RETURN(const Decimal left, Subtract(open, amount));
  SetAmount(left, currency, change.after.mutable_open());
  RETURN_IF_ERROR(rules::PlaceItem(&change.after));
  RETURN_IF_ERROR(work_.Save(std::move(change)).status());
  return Post(item, "RECEIPT", today_, -amount);
}

absl::Status CreditBook::UnpayItem(const ReceivableItem& item, Decimal amount) {
  Change<ReceivableItem> change{item, item};
  const std::string& currency = item.amount().currency_code();
  ASSIGN_OR_RETURN(const Decimal open, AmountIn(item.open(), currency, "open"));
  ASSIGN_OR_RETURN(const Decimal now_open, Add(open, amount));
  SetAmount(now_open, currency, change.after.mutable_open());
  RETURN_IF_ERROR(rules::PlaceItem(&change.after));
  RETURN_IF_ERROR(work_.Save(std::move(change)).status());
  return Post(item, "RECEIPT", today_, amount);
}

absl::Status CreditBook::CancelItem(const ReceivableItem& item) {
  Change<ReceivableItem> change{item, item};
  const std::string& currency = item.amount().currency_code();
  ASSIGN_OR_RETURN(const Decimal open, AmountIn(item.open(), currency, "open"));
  SetAmount(Decimal(), currency, change.after.mutable_open());
  change.after.set_state(receivable::v1::RECEIVABLE_STATE_CANCELLED);
  RETURN_IF_ERROR(work_.Save(std::move(change)).status());
  return Post(item, "CANCEL", today_, -open);
}

absl::Status CreditBook::WriteOff(const ReceivableItem& item, Decimal amount) {
  return amount.is_zero() ? absl::OkStatus() : Post(item, "WRITE_OFF", today_, -amount);
}

absl::Status CreditBook::Save() {
  const std::string& currency = account().currency();
  SetAmount(use_.held, currency, change_.after.mutable_held());
  SetAmount(use_.committed, currency, change_.after.mutable_committed());
  SetAmount(use_.open, currency, change_.after.mutable_open());
  ASSIGN_OR_RETURN(change_.before, work_.Save(change_));
  change_.after = change_.before;
  return absl::OkStatus();
}

}  // namespace kam::contract
