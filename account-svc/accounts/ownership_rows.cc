#include "account-svc/accounts/ownership_rows.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "account-svc/accounts/ownership_timer.h"
#include "account-svc/rules/ownership_rules.h"
#include "account-svc/rules/proto_time.h"
#include "common/status/status.h"
#include "kam/account/v1/opportunity.pb.h"

namespace kam::account {
namespace {

using mysql::Row;
using resource::Change;
using resource::UnitOfWork;
using v1::Account;
using v1::AccountOwnership;

constexpr int kActiveRowsMax = 250;     // Owner, protections, and at most 200 co-owners (Account.co_owners).
constexpr int kOpportunitiesMax = 500;  // Handed over in one transaction.

// The new owner goes on with what those have begun who have lost their seat. Who governs the account without a seat
// keeps what is his.
absl::Status TakeOverOpportunities(UnitOfWork& work, const Account& account, const std::string& owner) {
  const std::string id = IdOf(account.name());
  ASSIGN_OR_RETURN(
      const std::vector<v1::Opportunity> open,
      work.Find<v1::Opportunity>(
          {"t.account = ? AND t.state = 'OPEN' AND t.archive_time IS NULL AND t.owner <> ? AND (t.owner = ? OR t.owner "
           "IN (SELECT o.employee FROM account_ownerships o WHERE o.account = ? AND o.kind IN ('OWNER', 'CO_OWNER') "
           "AND o.state <> 'ACTIVE')) AND t.owner NOT IN (SELECT s.employee FROM account_ownerships s WHERE s.account "
           "= ? AND s.kind = 'CO_OWNER' AND s.state = 'ACTIVE')",
           {id, IdOf(owner), IdOf(account.creator()), id, id}},
          "ORDER BY t.id", kOpportunitiesMax + 1, /*lock=*/true));
  if (open.size() > kOpportunitiesMax) {
    return FailedPrecondition("HAND_OVER_TOO_LARGE", account.name(),
                              absl::StrCat("more than ", kOpportunitiesMax, " open opportunities"),
                              {{"limit", absl::StrCat(kOpportunitiesMax)}});
  }
  for (const v1::Opportunity& opportunity : open) {
    Change<v1::Opportunity> change{opportunity, opportunity};
    change.after.set_owner(owner);
    RETURN_IF_ERROR(work.Save(std::move(change)).status());
  }
  return absl::OkStatus();
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
                    const std::string& reason, const std::string& successor) {
  Change<AccountOwnership> change{row, row};
  change.after.set_state(state);
  *change.after.mutable_until() = ToTimestamp(at);
  change.after.set_end_reason(reason);
  change.after.set_successor(successor);
  change.after.clear_release_due();
  change.after.clear_release_cause();
  RETURN_IF_ERROR(work.Save(std::move(change)).status());
  return row.kind() == v1::OWNERSHIP_KIND_OWNER ? CancelRelease(work, row.name()) : absl::OkStatus();
}

absl::StatusOr<std::vector<AccountOwnership>> ActiveRows(UnitOfWork& work, const std::string& account) {
  ASSIGN_OR_RETURN(std::vector<AccountOwnership> rows,
                   work.Find<AccountOwnership>({"t.account = ? AND t.state = 'ACTIVE'", {IdOf(account)}},
                                               "ORDER BY t.kind = 'CO_OWNER', t.id", kActiveRowsMax, /*lock=*/true));
  std::vector<AccountOwnership> active;
  for (AccountOwnership& row : rows) {
    if (row.kind() == v1::OWNERSHIP_KIND_PROTECTED &&
        rules::ClaimableAfter(ProtectionOf(row), work.now()) == work.now()) {
      const absl::Time at = std::max(work.now(), FromTimestamp(row.since()));
      RETURN_IF_ERROR(EndRow(work, row, v1::OWNERSHIP_STATE_EXPIRED, at, "the protection is over"));
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
  if (row.kind != v1::OWNERSHIP_KIND_OWNER) return work.Insert(std::move(stored));
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
  return rules::CheckCandidate(candidate, as_owner, context.Today(work.now()), context.policy);
}

void RemoveCoOwner(const std::string& employee, Account* account) {
  auto* names = account->mutable_co_owners();
  names->erase(std::remove(names->begin(), names->end(), employee), names->end());
}

absl::Status BecomeOwner(UnitOfWork& work, const std::vector<AccountOwnership>& active, const AccountOwnership& row,
                         Account* account) {
  for (const AccountOwnership& other : active) {
    const bool his_seat = other.kind() == v1::OWNERSHIP_KIND_CO_OWNER && other.employee() == row.employee();
    if (!his_seat && other.kind() != v1::OWNERSHIP_KIND_PROTECTED) continue;
    const char* reason = other.employee() == row.employee() ? "has become the owner" : "somebody else owns the account";
    RETURN_IF_ERROR(
        EndRow(work, other, v1::OWNERSHIP_STATE_TRANSFERRED, FromTimestamp(row.since()), reason, row.name()));
  }
  RemoveCoOwner(row.employee(), account);
  RETURN_IF_ERROR(TakeOverOpportunities(work, *account, row.employee()));
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
  return BecomeOwner(work, active, row, account);
}

absl::Status CheckArchive(UnitOfWork& work, const Account& account) {
  ASSIGN_OR_RETURN(const std::vector<AccountOwnership> active, ActiveRows(work, account.name()));
  if (active.empty()) return absl::OkStatus();
  return FailedPrecondition("OWNER_EXISTS", account.name(),
                            "the account has an owner, a co-owner or somebody it is protected for: release them first",
                            {{"ownership", active[0].name()}, {"permission", "account.assign"}});
}

absl::Status ResumeRelease(const Context& context, UnitOfWork& work, const Account& account) {
  ASSIGN_OR_RETURN(const std::vector<AccountOwnership> active, ActiveRows(work, account.name()));
  const AccountOwnership* owner = FindKind(active, v1::OWNERSHIP_KIND_OWNER);
  return owner == nullptr ? absl::OkStatus() : ScheduleRelease(context, work, *owner);
}

}  // namespace kam::account
