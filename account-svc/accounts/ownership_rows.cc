#include "account-svc/accounts/ownership_rows.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "account-svc/accounts/ownership_timer.h"
#include "account-svc/people/instructed.h"
#include "account-svc/rules/ownership_rules.h"
#include "account-svc/rules/proto_time.h"
#include "account-svc/rules/visit_rules.h"
#include "account-svc/staff.h"
#include "common/status/status.h"
#include "kam/account/v1/account_plan.pb.h"
#include "kam/account/v1/customer_need.pb.h"
#include "kam/account/v1/lead.pb.h"
#include "kam/account/v1/opportunity.pb.h"
#include "kam/account/v1/tender.pb.h"
#include "kam/account/v1/visit.pb.h"

namespace kam::account {
namespace {

using mysql::Row;
using resource::Change;
using resource::UnitOfWork;
using v1::Account;
using v1::AccountOwnership;

constexpr int kActiveRowsMax = 250;    // Owner, protections, and at most 200 co-owners (Account.co_owners).
constexpr int kTakenOverAtOnce = 500;  // Of one kind, read at a time.

// Whose something is, and how the new owner gets it.
struct Owned {
  template <typename T>
  static void Give(const std::string& owner, T* one) {
    one->set_owner(owner);
  }
  static constexpr char kColumn[] = "owner";
};
struct Visited {
  static void Give(const std::string& owner, v1::Visit* one) { rules::HandOver(owner, one); }
  static constexpr char kColumn[] = "visitor";
};

// The new owner goes on with what of this kind those have begun who have lost their seat: `open` says what is not over.
// Who governs the account without a seat keeps what is his.
template <typename T, typename Whose = Owned>
absl::Status TakeOver(const Context& context, UnitOfWork& work, const Account& account, const std::string& owner,
                      const resource::SqlCondition& open) {
  const std::string id = IdOf(account.name());
  const std::string column = absl::StrCat("t.", Whose::kColumn);
  std::vector<mysql::Value> params = {mysql::Value(id)};
  params.insert(params.end(), open.params.begin(), open.params.end());
  for (const std::string& value : {IdOf(owner), IdOf(account.creator()), id, id}) params.emplace_back(value);
  const resource::SqlCondition theirs = {
      absl::StrCat("t.account = ? AND ", open.sql, " AND t.archive_time IS NULL AND ", column, " <> ? AND (", column,
                   " = ? OR ", column,
                   " IN (SELECT o.employee FROM account_ownerships o WHERE o.account = ? AND o.kind IN ('OWNER', "
                   "'CO_OWNER') AND o.state <> 'ACTIVE')) AND ",
                   column,
                   " NOT IN (SELECT s.employee FROM account_ownerships s WHERE s.account = ? AND s.kind = 'CO_OWNER' "
                   "AND s.state = 'ACTIVE')"),
      params};
  const int limit = context.policy.take_over_rows_max;
  for (int taken = 0;;) {
    // What is his already is not found again.
    ASSIGN_OR_RETURN(const std::vector<T> begun,
                     work.Find<T>(theirs, "ORDER BY t.id", kTakenOverAtOnce, /*lock=*/true));
    const auto found = static_cast<int>(begun.size());
    taken += found;
    if (taken > limit) {
      const std::string what = work.runtime().catalog().Find(T::descriptor())->collection();
      return FailedPrecondition("HAND_OVER_TOO_LARGE", account.name(),
                                absl::StrCat("more than ", limit, " open ", what,
                                             " would change hands: their owner or a superior gives some of them to "
                                             "somebody first"),
                                {{"limit", absl::StrCat(limit)}, {"collection", what}});
    }
    for (const T& one : begun) {
      Change<T> change{one, one};
      Whose::Give(owner, &change.after);
      RETURN_IF_ERROR(work.Save(std::move(change)).status());
    }
    if (found < kTakenOverAtOnce) return absl::OkStatus();
  }
}

absl::Status TakeOverBusiness(const Context& context, UnitOfWork& work, const Account& account,
                              const std::string& owner) {
  RETURN_IF_ERROR(TakeOver<v1::Opportunity>(context, work, account, owner, {"t.state = 'OPEN'", {}}));
  RETURN_IF_ERROR(TakeOver<v1::Lead>(context, work, account, owner, {"t.state IN ('NEW', 'QUALIFIED')", {}}));
  RETURN_IF_ERROR(TakeOver<v1::Tender>(context, work, account, owner,
                                       {"t.state NOT IN ('WON', 'LOST', 'ABANDONED', 'CALLED_OFF')", {}}));
  RETURN_IF_ERROR(TakeOver<v1::ContractDraftRequest>(context, work, account, owner, {"t.state = 'REQUESTED'", {}}));
  RETURN_IF_ERROR(
      TakeOver<v1::CustomerNeed>(context, work, account, owner, {"t.state NOT IN ('TOLD', 'WITHDRAWN')", {}}));
  RETURN_IF_ERROR(
      TakeOver<v1::AccountPlan>(context, work, account, owner, {"t.state NOT IN ('REVIEWED', 'CANCELLED')", {}}));
  // Of what was to have taken place already somebody says what came of it who knows.
  return TakeOver<v1::Visit, Visited>(
      context, work, account, owner,
      {"t.state IN ('PROPOSED', 'PLANNED', 'APPROVED') AND (t.planned_start IS NULL OR t.planned_start > ?)",
       {work.now()}});
}

}  // namespace

absl::StatusOr<absl::Time> EffectiveTime(UnitOfWork& work, const std::string& account, const std::string& employee) {
  absl::Time at = work.now();
  const auto consider = [&at](const std::vector<Row>& rows) {
    for (const Row& row : rows) {
      for (const mysql::Value& cell : row) {
        if (!cell.is_null()) at = std::max(at, cell.time());
      }
    }
  };
  ASSIGN_OR_RETURN(const std::vector<Row> of_account,
                   work.connection().Query("SELECT MAX(since_time), MAX(until_time) FROM account_ownerships WHERE "
                                           "account = ?",
                                           {IdOf(account)}));
  consider(of_account);
  if (employee.empty()) return at;
  ASSIGN_OR_RETURN(
      const std::vector<Row> of_employee,
      work.connection().Query("SELECT MAX(until_time) FROM account_ownerships WHERE employee = ? AND state "
                              "<> 'ACTIVE' AND kind = 'OWNER'",
                              {IdOf(employee)}));
  consider(of_employee);
  return at;
}

std::optional<absl::Time> ProtectionOf(const AccountOwnership& row) {
  if (!row.has_protected_until()) return std::nullopt;
  return FromTimestamp(row.protected_until());
}

absl::Status EndRow(UnitOfWork& work, const AccountOwnership& row, v1::OwnershipState state, absl::Time at,
                    const std::string& reason, const std::string& successor, const std::string& evidence) {
  Change<AccountOwnership> change{row, row};
  change.after.set_state(state);
  *change.after.mutable_until() = ToTimestamp(at);
  change.after.set_end_reason(reason);
  change.after.set_end_evidence(evidence);
  change.after.set_successor(successor);
  change.after.clear_release_due();
  change.after.clear_release_cause();
  RETURN_IF_ERROR(work.Save(std::move(change)).status());
  return row.kind() == v1::OWNERSHIP_KIND_CO_OWNER ? absl::OkStatus() : CancelRelease(work, row.name());
}

absl::Status ExpireProtection(UnitOfWork& work, const AccountOwnership& row) {
  const absl::Time at = std::max(work.now(), FromTimestamp(row.since()));
  RETURN_IF_ERROR(EndRow(work, row, v1::OWNERSHIP_STATE_EXPIRED, at, "the protection is over"));
  return Notify(work, row, v1::OWNERSHIP_NOTICE_KIND_RELEASED, v1::RELEASE_CAUSE_PROTECTION_OVER, at);
}

absl::StatusOr<std::vector<AccountOwnership>> ActiveRows(UnitOfWork& work, const std::string& account) {
  ASSIGN_OR_RETURN(std::vector<AccountOwnership> rows,
                   work.Find<AccountOwnership>({"t.account = ? AND t.state = 'ACTIVE'", {IdOf(account)}},
                                               "ORDER BY t.kind = 'CO_OWNER', t.id", kActiveRowsMax, /*lock=*/true));
  std::vector<AccountOwnership> active;
  for (AccountOwnership& row : rows) {
    if (rules::IsProtection(row.kind()) && rules::ClaimableAfter(ProtectionOf(row), work.now()) == work.now()) {
      RETURN_IF_ERROR(ExpireProtection(work, row));
    } else {
      active.push_back(std::move(row));
    }
  }
  return active;
}

const AccountOwnership* FindKind(const std::vector<AccountOwnership>& rows, v1::OwnershipKind kind,
                                 absl::string_view employee) {
  for (const AccountOwnership& row : rows) {
    if (row.kind() == kind && (employee.empty() || row.employee() == employee)) return &row;
  }
  return nullptr;
}

absl::StatusOr<AccountOwnership> InsertRow(const Context& context, UnitOfWork& work, const NewRow& row) {
  AccountOwnership stored;
  stored.set_account(row.account);
  stored.set_employee(row.employee);
  stored.set_kind(row.kind);
  stored.set_origin(row.origin);
  stored.set_state(v1::OWNERSHIP_STATE_ACTIVE);
  *stored.mutable_since() = ToTimestamp(row.since);
  if (row.protected_until.has_value()) *stored.mutable_protected_until() = ToTimestamp(*row.protected_until);
  stored.set_reason(row.reason);
  stored.set_evidence(row.evidence);
  ASSIGN_OR_RETURN(const std::vector<Row> territory,
                   work.connection().Query("SELECT region FROM accounts WHERE id = ?", {IdOf(row.account)}));
  if (!territory.empty()) stored.set_region(territory[0][0].text());
  if (row.kind == v1::OWNERSHIP_KIND_CO_OWNER) return work.Insert(std::move(stored));
  RETURN_IF_ERROR(PlanRelease(context, work, std::nullopt, &stored));
  ASSIGN_OR_RETURN(stored, work.Insert(std::move(stored)));
  RETURN_IF_ERROR(ScheduleRelease(context, work, stored));
  return stored;
}

absl::Status CheckCandidate(const Context& context, UnitOfWork& work, const std::string& employee,
                            absl::string_view field, bool as_owner) {
  ASSIGN_OR_RETURN(
      const std::vector<Row> locked,
      work.connection().Query("SELECT employee FROM employee_scopes WHERE employee = ? FOR UPDATE", {IdOf(employee)}));
  ASSIGN_OR_RETURN(
      const std::vector<Row> rows,
      work.connection().Query("SELECT leave_date, archive_time FROM employees WHERE id = ?", {IdOf(employee)}));
  if (locked.empty() || rows.empty()) {
    return InvalidField(field, "REFERENCE_NOT_FOUND", absl::StrCat(employee, " does not exist"),
                        {{"reference", employee}});
  }
  ASSIGN_OR_RETURN(const std::vector<Row> held,
                   work.connection().Query("SELECT COUNT(id) FROM account_ownerships WHERE employee = ? AND state = "
                                           "'ACTIVE' AND kind = 'OWNER'",
                                           {IdOf(employee)}));
  rules::Candidate candidate;
  candidate.name = employee;
  candidate.leave_date = rows[0][0].text();
  candidate.archived = !rows[0][1].is_null();
  candidate.holdings = static_cast<int>(held[0][0].integer());
  const std::string today = context.Today(work.now());
  // Roles of the past are not known for owners who come from another system.
  if (as_owner && !work.importing()) {
    ASSIGN_OR_RETURN(candidate.may_own, HoldsOneOf(work.connection(), employee, context.policy.owner_roles, today));
  }
  return rules::CheckCandidate(candidate, as_owner, today, context.policy);
}

absl::Status CheckOwnPeople(UnitOfWork& work, const std::string& employee) {
  const auth::Principal& actor = work.actor();
  if (work.level() == auth::Level::kAll) return absl::OkStatus();
  if (std::find(actor.team.begin(), actor.team.end(), IdOf(employee)) != actor.team.end()) return absl::OkStatus();
  if (work.level() == auth::Level::kDepartment && !actor.department.empty()) {
    ASSIGN_OR_RETURN(
        const std::vector<Row> rows,
        work.connection().Query("SELECT 1 FROM employee_scopes WHERE employee = ? AND department_path LIKE ?",
                                {IdOf(employee), absl::StrCat(actor.department, "%")}));
    if (!rows.empty()) return absl::OkStatus();
  }
  return Error(absl::StatusCode::kPermissionDenied, "OUT_OF_SCOPE",
               absl::StrCat(employee,
                            " is not of the caller's own people: a hand-over, which both sides sign, gives the "
                            "account to others"),
               {{"resource", employee}, {"permission", "account.assign"}});
}

void RemoveCoOwner(const std::string& employee, Account* account) {
  auto* names = account->mutable_co_owners();
  names->erase(std::remove(names->begin(), names->end(), employee), names->end());
}

absl::Status BecomeOwner(const Context& context, UnitOfWork& work, const std::vector<AccountOwnership>& active,
                         const AccountOwnership& row, Account* account) {
  for (const AccountOwnership& other : active) {
    const bool his_seat = other.kind() == v1::OWNERSHIP_KIND_CO_OWNER && other.employee() == row.employee();
    if (!his_seat && !rules::IsProtection(other.kind())) continue;
    const char* reason = other.employee() == row.employee() ? "has become the owner" : "somebody else owns the account";
    RETURN_IF_ERROR(
        EndRow(work, other, v1::OWNERSHIP_STATE_TRANSFERRED, FromTimestamp(row.since()), reason, row.name()));
  }
  RemoveCoOwner(row.employee(), account);
  RETURN_IF_ERROR(TakeOverBusiness(context, work, *account, row.employee()));
  account->set_owner(row.employee());
  account->clear_protected_until();
  if (row.has_protected_until()) *account->mutable_protected_until() = row.protected_until();
  return absl::OkStatus();
}

absl::Status MoveOwner(const Context& context, UnitOfWork& work, const std::vector<AccountOwnership>& active,
                       const AccountOwnership& owner, v1::OwnershipState ended_as, const NewRow& successor,
                       Account* account) {
  // The old row must have ended before the new one begins: one active owner at a time.
  RETURN_IF_ERROR(EndRow(work, owner, ended_as, successor.since, successor.reason));
  ASSIGN_OR_RETURN(const AccountOwnership row, InsertRow(context, work, successor));
  Change<AccountOwnership> ended;
  ASSIGN_OR_RETURN(ended.before, work.Load<AccountOwnership>(owner.name()));
  ended.after = ended.before;
  ended.after.set_successor(row.name());
  RETURN_IF_ERROR(work.Save(std::move(ended)).status());
  return BecomeOwner(context, work, active, row, account);
}

absl::Status CheckArchive(const Context& context, UnitOfWork& work, const Account& account) {
  ASSIGN_OR_RETURN(const std::vector<AccountOwnership> active, ActiveRows(work, account.name()));
  for (const AccountOwnership& row : active) {
    if (row.kind() == v1::OWNERSHIP_KIND_REPORTED) continue;
    return FailedPrecondition(
        "OWNER_EXISTS", account.name(),
        "the account has an owner, a co-owner or somebody it is protected for: release them first",
        {{"ownership", row.name()}, {"permission", "account.assign"}});
  }
  // What was closed was asked for then.
  if (account.state() == v1::ACCOUNT_STATE_CLOSED) return absl::OkStatus();
  return CheckInstructed(
      context, work, {"kam.account.v1.AccountService/ArchiveAccount", account.name(), account.tier(), std::nullopt});
}

absl::Status ResumeRelease(const Context& context, UnitOfWork& work, const Account& account) {
  ASSIGN_OR_RETURN(const std::vector<AccountOwnership> active, ActiveRows(work, account.name()));
  for (const AccountOwnership& row : active) {
    if (row.kind() != v1::OWNERSHIP_KIND_CO_OWNER) RETURN_IF_ERROR(ScheduleRelease(context, work, row));
  }
  return absl::OkStatus();
}

}  // namespace kam::account
