#include "account-svc/accounts/ownership_timer.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "account-svc/accounts/ownership_rows.h"
#include "account-svc/peers.h"
#include "account-svc/rules/ownership_rules.h"
#include "account-svc/rules/proto_time.h"
#include "common/resource/standard.h"
#include "common/schedule/schedule.h"
#include "common/status/status.h"
#include "common/time/date.h"

namespace kam::account {
namespace {

using mysql::Row;
using resource::Change;
using resource::UnitOfWork;
using v1::Account;
using v1::AccountOwnership;

constexpr char kRelease[] = "ownership.release";
constexpr char kRemind[] = "ownership.remind";
constexpr char kCause[] = "kam.account.v1.AccountService/ReleaseOwner";

// The latest time in the first cells of the rows of `queries`; null when all are empty.
absl::StatusOr<std::optional<absl::Time>> Latest(mysql::Connection& connection, const std::string& account,
                                                 std::initializer_list<std::string> queries) {
  std::optional<absl::Time> latest;
  for (const std::string& sql : queries) {
    ASSIGN_OR_RETURN(const std::vector<Row> rows, connection.Query(sql, {IdOf(account)}));
    if (rows.empty() || rows[0][0].is_null()) continue;
    latest = std::max(latest.value_or(rows[0][0].time()), rows[0][0].time());
  }
  return latest;
}

absl::StatusOr<std::optional<absl::Time>> LastFollowUp(mysql::Connection& connection, const std::string& account) {
  return Latest(
      connection, account,
      {"SELECT MAX(COALESCE(check_out_time, check_in_time)) FROM visits WHERE account = ? AND state = 'DONE'",
       "SELECT MAX(f.contact_time) FROM leads l JOIN leads_follow_ups f ON f.parent_id = l.id WHERE f.corrects = 0 AND "
       "l.account = ?",
       absl::StrCat(kDealWork, "o.account = ?")});
}

// The row with its account locked first, or null when it is not an active owner's, protection or report any more, or
// the account is in the archive, where it changes no hands.
absl::StatusOr<std::optional<AccountOwnership>> LoadActive(UnitOfWork& work, const std::string& name,
                                                           Change<Account>* account) {
  ASSIGN_OR_RETURN(const std::vector<Row> rows,
                   work.connection().Query("SELECT account FROM account_ownerships WHERE id = ?", {IdOf(name)}));
  if (rows.empty()) return std::nullopt;
  ASSIGN_OR_RETURN(account->before, work.Load<Account>(NameOf("accounts", rows[0][0].text())));
  if (account->before.has_archive_time()) return std::nullopt;
  account->after = account->before;
  ASSIGN_OR_RETURN(AccountOwnership row, work.Load<AccountOwnership>(name));
  if (row.state() != v1::OWNERSHIP_STATE_ACTIVE || row.kind() == v1::OWNERSHIP_KIND_CO_OWNER) return std::nullopt;
  return row;
}

std::optional<absl::Time> OrderIn(const schedule::DueItem& item) {
  absl::Time time;
  std::string error;
  if (item.prepared.empty() || !absl::ParseTime(absl::RFC3339_full, item.prepared, &time, &error)) return std::nullopt;
  return time;
}

// Stores what was worked out anew.
absl::StatusOr<AccountOwnership> Replan(const Context& context, UnitOfWork& work, std::optional<absl::Time> last_order,
                                        const AccountOwnership& row) {
  Change<AccountOwnership> change{row, row};
  RETURN_IF_ERROR(PlanRelease(context, work, last_order, &change.after));
  return work.Save(std::move(change));
}

absl::Status RunRelease(const Context& context, UnitOfWork& work, const schedule::DueItem& item) {
  Change<Account> account;
  ASSIGN_OR_RETURN(const std::optional<AccountOwnership> row, LoadActive(work, item.resource, &account));
  if (!row.has_value()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const AccountOwnership planned, Replan(context, work, OrderIn(item), *row));
  if (!planned.has_release_due()) return CancelRelease(work, planned.name());
  if (FromTimestamp(planned.release_due()) > work.now()) return ScheduleRelease(context, work, planned);
  if (rules::IsProtection(planned.kind())) {
    RETURN_IF_ERROR(ExpireProtection(work, planned));
    // The day of a report stands in its row alone.
    if (planned.kind() == v1::OWNERSHIP_KIND_REPORTED) return absl::OkStatus();
    if (account.after.owner().empty()) account.after.clear_protected_until();
    return work.Save(std::move(account)).status();
  }
  const v1::ReleaseCause cause = planned.release_cause();
  ASSIGN_OR_RETURN(const absl::Time at, EffectiveTime(work, planned.account(), ""));
  const auto* value = v1::ReleaseCause_descriptor()->FindValueByNumber(cause);
  RETURN_IF_ERROR(EndRow(work, planned, v1::OWNERSHIP_STATE_EXPIRED, at,
                         absl::StrCat("released by itself: ", resource::ShortEnumName(value))));
  RETURN_IF_ERROR(Notify(work, planned, v1::OWNERSHIP_NOTICE_KIND_RELEASED, cause, at));
  account.after.clear_owner();
  account.after.clear_protected_until();
  return work.Save(std::move(account)).status();
}

absl::Status RunReminder(const Context& context, UnitOfWork& work, const schedule::DueItem& item) {
  Change<Account> account;
  ASSIGN_OR_RETURN(const std::optional<AccountOwnership> row, LoadActive(work, item.resource, &account));
  if (!row.has_value()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const AccountOwnership planned, Replan(context, work, OrderIn(item), *row));
  if (!planned.has_release_due()) return CancelRelease(work, planned.name());
  const absl::Time due = FromTimestamp(planned.release_due());
  // Something happened meanwhile: the loss is further away than any reminder.
  const bool soon = rules::NextReminder(due, work.now(), context.policy) !=
                    rules::NextReminder(due, absl::InfinitePast(), context.policy);
  if (!soon) return ScheduleRelease(context, work, planned);
  // Nothing is lost before there was time to do something about it; a protection ends on its day.
  const bool protection = rules::IsProtection(planned.kind());
  const absl::Time lost = protection ? due : rules::ReleaseAfterReminder(due, work.now(), context.policy);
  RETURN_IF_ERROR(Notify(work, planned, v1::OWNERSHIP_NOTICE_KIND_RELEASE_AHEAD, planned.release_cause(), lost));
  RETURN_IF_ERROR(ScheduleRelease(context, work, planned));
  return schedule::Schedule(work, kRelease, planned.name(), std::max(lost, work.now()));
}

// Asks for the last order before the transaction: nobody loses an account that orders, because a service was away.
schedule::Scheduler::Prepare AskLastOrder(const Context& context) {
  return [context](const schedule::DueItem& item, absl::Time deadline) -> absl::StatusOr<std::string> {
    std::string account;
    RETURN_IF_ERROR(context.runtime.database().Run(deadline, [&](mysql::Connection& connection) -> absl::Status {
      ASSIGN_OR_RETURN(const std::vector<Row> rows,
                       connection.Query("SELECT account FROM account_ownerships WHERE id = ? AND state = 'ACTIVE' AND "
                                        "kind = 'OWNER'",
                                        {IdOf(item.resource)}));
      account = rows.empty() ? std::string() : rows[0][0].text();
      return absl::OkStatus();
    }));
    if (account.empty()) return std::string();
    ASSIGN_OR_RETURN(const std::optional<absl::Time> order, LastOrder(context, NameOf("accounts", account), deadline));
    return order.has_value() ? absl::FormatTime(absl::RFC3339_full, *order, absl::UTCTimeZone()) : std::string();
  };
}

}  // namespace

absl::StatusOr<std::optional<absl::Time>> LastWin(mysql::Connection& connection, const std::string& account) {
  return Latest(
      connection, account,
      {"SELECT MAX(o.close_time) FROM opportunities o JOIN accounts a ON a.id = o.account WHERE o.account = ? AND "
       "o.state = 'WON' AND NOT EXISTS (SELECT 1 FROM contract_draft_requests d WHERE (d.source = "
       "CONCAT('opportunities/', o.id) OR d.source IN (SELECT CONCAT('tenders/', t.id) FROM tenders t WHERE "
       "t.opportunity = o.id)) AND d.withdrawn = 0 AND (d.state <> 'DRAFTED' OR d.updater = CONCAT('employees/', "
       "o.owner) OR d.updater = "
       "CONCAT('employees/', a.owner)))"});
}

absl::StatusOr<std::optional<absl::Time>> LastOrder(const Context& context, const std::string& account,
                                                    absl::Time deadline) {
  const std::string month = context.Today(context.runtime.clock().Now()).substr(0, 7);
  ASSIGN_OR_RETURN(const std::vector<business::v1::ContractFigures> figures,
                   context.peers->ContractFigures({account}, month, month, deadline));
  if (figures.empty() || figures[0].last_order_date().empty()) return std::nullopt;
  ASSIGN_OR_RETURN(const absl::CivilDay day, ParseDate(figures[0].last_order_date(), "last_order_date"));
  return absl::FromCivil(day, context.zone);
}

absl::Status PlanRelease(const Context& context, UnitOfWork& work, std::optional<absl::Time> last_order,
                         AccountOwnership* row) {
  row->clear_release_due();
  row->clear_release_cause();
  if (rules::IsProtection(row->kind())) {
    if (!row->has_protected_until()) return absl::OkStatus();
    *row->mutable_release_due() = row->protected_until();
    row->set_release_cause(v1::RELEASE_CAUSE_PROTECTION_OVER);
    return absl::OkStatus();
  }
  // What was done for an account in another system is not known here: whoever came with it does not lose it by himself
  // before he has renewed, by which he works it here.
  const bool from_elsewhere =
      row->origin() == v1::OWNERSHIP_ORIGIN_IMPORTED || row->origin() == v1::OWNERSHIP_ORIGIN_UNSPECIFIED;
  if (from_elsewhere && !row->has_renew_time()) return absl::OkStatus();
  rules::HoldingFacts facts;
  facts.since = FromTimestamp(row->since());
  facts.protected_until = rules::ProtectionEnd(facts.since, ProtectionOf(*row), context.policy);
  ASSIGN_OR_RETURN(facts.last_follow_up, LastFollowUp(work.connection(), row->account()));
  if (row->has_renew_time()) {
    const absl::Time renewed = FromTimestamp(row->renew_time());
    facts.last_follow_up = std::max(facts.last_follow_up.value_or(renewed), renewed);
  }
  ASSIGN_OR_RETURN(facts.last_deal, LastWin(work.connection(), row->account()));
  if (last_order.has_value()) facts.last_deal = std::max(facts.last_deal.value_or(*last_order), *last_order);
  const std::optional<rules::Release> release = rules::NextRelease(facts, work.now(), context.policy);
  if (!release.has_value()) return absl::OkStatus();
  *row->mutable_release_due() = ToTimestamp(release->due);
  row->set_release_cause(release->cause);
  return absl::OkStatus();
}

absl::Status ScheduleRelease(const Context& context, UnitOfWork& work, const AccountOwnership& row) {
  if (!row.has_release_due()) return CancelRelease(work, row.name());
  const absl::Time due = FromTimestamp(row.release_due());
  RETURN_IF_ERROR(schedule::Schedule(work, kRelease, row.name(), std::max(due, work.now())));
  const std::optional<absl::Time> reminder = rules::NextReminder(due, work.now(), context.policy);
  if (!reminder.has_value()) return schedule::Cancel(work, kRemind, row.name());
  return schedule::Schedule(work, kRemind, row.name(), *reminder);
}

absl::Status CancelRelease(UnitOfWork& work, const std::string& ownership) {
  RETURN_IF_ERROR(schedule::Cancel(work, kRelease, ownership));
  return schedule::Cancel(work, kRemind, ownership);
}

absl::Status Notify(UnitOfWork& work, const AccountOwnership& row, v1::OwnershipNoticeKind kind, v1::ReleaseCause cause,
                    absl::Time due) {
  v1::OwnershipNotice notice;
  notice.set_employee(row.employee());
  notice.set_account(row.account());
  notice.set_ownership(row.name());
  notice.set_kind(kind);
  notice.set_cause(cause);
  *notice.mutable_due() = ToTimestamp(due);
  return work.Insert(std::move(notice)).status();
}

void RegisterOwnershipTimer(const Context& context, rpc::Registry* registry) {
  resource::RegisterStandardMethods(context.runtime, "kam.account.v1.OwnershipNoticeService", registry);
  if (context.scheduler == nullptr) return;
  context.scheduler->Handle(
      kRelease, kCause,
      [context](UnitOfWork& work, const schedule::DueItem& item) { return RunRelease(context, work, item); },
      AskLastOrder(context));
  context.scheduler->Handle(
      kRemind, kCause,
      [context](UnitOfWork& work, const schedule::DueItem& item) { return RunReminder(context, work, item); },
      AskLastOrder(context));
}

}  // namespace kam::account
