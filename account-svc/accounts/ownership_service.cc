// Who owns which account: AssignOwner, ReleaseOwner, TransferOwner. The account row is locked by Begin, so that
// the rows of one account change one after the other; the unique key active_owner stands behind it.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "account-svc/accounts/account_service.h"
#include "account-svc/rules/ownership_rules.h"
#include "account-svc/rules/proto_time.h"
#include "common/resource/standard.h"
#include "common/status/status.h"
#include "kam/account/v1/account_ownership.pb.h"
#include "kam/account/v1/account_service.pb.h"
#include "kam/account/v1/opportunity.pb.h"

namespace kam::account {
namespace {

using mysql::Row;
using resource::Change;
using resource::UnitOfWork;
using v1::Account;
using v1::AccountOwnership;

constexpr int kActiveRowsMax = 200;     // Owner, co-owners and protections of one account.
constexpr int kOpportunitiesMax = 500;  // Handed over in one transaction.

absl::Status End(UnitOfWork& work, const AccountOwnership& row, v1::OwnershipState state, const std::string& reason,
                 const std::string& successor = {}) {
  Change<AccountOwnership> change{row, row};
  change.after.set_state(state);
  *change.after.mutable_until() = ToTimestamp(work.now());
  change.after.set_end_reason(reason);
  change.after.set_successor(successor);
  return work.Save(std::move(change)).status();
}

std::optional<absl::Time> ProtectionOf(const AccountOwnership& row) {
  if (!row.has_protected_until()) return std::nullopt;
  return FromTimestamp(row.protected_until());
}

// Active rows of an account; protections that are over are ended and left out.
absl::StatusOr<std::vector<AccountOwnership>> ActiveRows(UnitOfWork& work, const std::string& account) {
  ASSIGN_OR_RETURN(std::vector<AccountOwnership> rows,
                   work.Find<AccountOwnership>({"t.account = ? AND t.state = 'ACTIVE'", {IdOf(account)}},
                                               "ORDER BY t.id", kActiveRowsMax, /*lock=*/true));
  std::vector<AccountOwnership> active;
  for (AccountOwnership& row : rows) {
    if (row.kind() == v1::OWNERSHIP_KIND_PROTECTED &&
        rules::ClaimableAfter(ProtectionOf(row), work.now()) == work.now()) {
      RETURN_IF_ERROR(End(work, row, v1::OWNERSHIP_STATE_EXPIRED, "the protection is over"));
    } else {
      active.push_back(std::move(row));
    }
  }
  return active;
}

const AccountOwnership* FindKind(const std::vector<AccountOwnership>& rows, v1::OwnershipKind kind,
                                 absl::string_view employee = {}) {
  for (const AccountOwnership& row : rows) {
    if (row.kind() == kind && (employee.empty() || row.employee() == employee)) return &row;
  }
  return nullptr;
}

// Reads and locks what decides whether somebody may be given an account: two assignments to one person come one after
// the other, so that the cap holds.
absl::Status CheckCandidate(const Context& context, UnitOfWork& work, const std::string& employee,
                            absl::string_view field, bool as_owner) {
  ASSIGN_OR_RETURN(
      const std::vector<Row> locked,
      work.connection().Query("SELECT employee FROM employee_scopes WHERE employee = ? FOR UPDATE", {IdOf(employee)}));
  ASSIGN_OR_RETURN(const std::vector<Row> rows,
                   work.connection().Query("SELECT leave_date FROM employees WHERE id = ?", {IdOf(employee)}));
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
  candidate.holdings = static_cast<int>(held[0][0].integer());
  return rules::CheckCandidate(candidate, as_owner, context.Today(work.now()), context.policy);
}

absl::StatusOr<AccountOwnership> InsertRow(UnitOfWork& work, const std::string& account, const std::string& employee,
                                           v1::OwnershipKind kind, std::optional<absl::Time> protected_until,
                                           const std::string& reason, const std::string& evidence) {
  AccountOwnership row;
  row.set_account(account);
  row.set_employee(employee);
  row.set_kind(kind);
  row.set_state(v1::OWNERSHIP_STATE_ACTIVE);
  *row.mutable_since() = ToTimestamp(work.now());
  if (protected_until.has_value()) *row.mutable_protected_until() = ToTimestamp(*protected_until);
  row.set_reason(reason);
  row.set_evidence(evidence);
  return work.Insert(std::move(row));
}

void RemoveCoOwner(const std::string& employee, Account* account) {
  auto* names = account->mutable_co_owners();
  names->erase(std::remove(names->begin(), names->end(), employee), names->end());
}

absl::Status OwnerExists(const Account& account) {
  return FailedPrecondition("OWNER_EXISTS", account.name(),
                            "the account has an owner: transfer it, or release the owner first");
}

absl::StatusOr<Account> Assign(const Context& context, UnitOfWork& work, const v1::AssignOwnerRequest& request) {
  ASSIGN_OR_RETURN(auto change, work.Begin<Account>(request));
  Account& account = change.after;
  const v1::OwnershipKind kind =
      request.kind() == v1::OWNERSHIP_KIND_UNSPECIFIED ? v1::OWNERSHIP_KIND_OWNER : request.kind();
  const bool as_owner = kind == v1::OWNERSHIP_KIND_OWNER;
  ASSIGN_OR_RETURN(const std::vector<AccountOwnership> active, ActiveRows(work, account.name()));
  const AccountOwnership* owner = FindKind(active, v1::OWNERSHIP_KIND_OWNER);
  if (as_owner && owner != nullptr) return OwnerExists(account);
  if (kind == v1::OWNERSHIP_KIND_PROTECTED && owner != nullptr && owner->employee() != request.employee()) {
    return OwnerExists(account);
  }
  if (!as_owner && FindKind(active, kind, request.employee()) != nullptr) {
    return FailedPrecondition("OWNERSHIP_EXISTS", account.name(), "the employee is that to the account already");
  }
  RETURN_IF_ERROR(CheckCandidate(context, work, request.employee(), "employee", as_owner));
  const AccountOwnership* protection = FindKind(active, v1::OWNERSHIP_KIND_PROTECTED);
  if (kind != v1::OWNERSHIP_KIND_CO_OWNER && protection != nullptr) {
    RETURN_IF_ERROR(rules::CheckProtection(account.name(), request.employee(), protection->employee(),
                                           ProtectionOf(*protection), work.now()));
  }
  std::optional<absl::Time> until;
  if (kind != v1::OWNERSHIP_KIND_CO_OWNER) {
    ASSIGN_OR_RETURN(until, rules::ProtectedUntil(request.protection_days(), work.now(), context.policy));
  }
  ASSIGN_OR_RETURN(const AccountOwnership row, InsertRow(work, account.name(), request.employee(), kind, until,
                                                         request.reason(), request.evidence()));
  if (as_owner) {
    if (protection != nullptr) {
      RETURN_IF_ERROR(End(work, *protection, v1::OWNERSHIP_STATE_TRANSFERRED, "has become the owner", row.name()));
    }
    account.set_owner(request.employee());
  }
  if (kind == v1::OWNERSHIP_KIND_CO_OWNER) account.add_co_owners(request.employee());
  if (until.has_value()) *account.mutable_protected_until() = ToTimestamp(*until);
  return work.Save(std::move(change));
}

absl::Status OwnerMissing(const Account& account) {
  return FailedPrecondition("OWNER_MISSING", account.name(), "there is no such ownership to end");
}

absl::StatusOr<Account> Release(UnitOfWork& work, const v1::ReleaseOwnerRequest& request) {
  ASSIGN_OR_RETURN(auto change, work.Begin<Account>(request));
  Account& account = change.after;
  const v1::OwnershipKind kind =
      request.kind() == v1::OWNERSHIP_KIND_UNSPECIFIED ? v1::OWNERSHIP_KIND_OWNER : request.kind();
  if (kind != v1::OWNERSHIP_KIND_OWNER && request.employee().empty()) {
    return InvalidField("employee", "FIELD_REQUIRED", "must be set unless the owner is released");
  }
  ASSIGN_OR_RETURN(const std::vector<AccountOwnership> active, ActiveRows(work, account.name()));
  const AccountOwnership* row = FindKind(active, kind, request.employee());
  if (row == nullptr) return OwnerMissing(account);
  RETURN_IF_ERROR(End(work, *row, v1::OWNERSHIP_STATE_RELEASED, request.reason()));
  if (kind == v1::OWNERSHIP_KIND_OWNER) account.clear_owner();
  if (kind == v1::OWNERSHIP_KIND_CO_OWNER) RemoveCoOwner(request.employee(), &account);
  if (kind != v1::OWNERSHIP_KIND_CO_OWNER) account.clear_protected_until();
  return work.Save(std::move(change));
}

// The new owner goes on with what the old one has begun.
absl::Status HandOverOpportunities(UnitOfWork& work, const Account& account, const std::string& from,
                                   const std::string& to) {
  ASSIGN_OR_RETURN(
      const std::vector<v1::Opportunity> open,
      work.Find<v1::Opportunity>({"t.account = ? AND t.owner = ? AND t.state = 'OPEN' AND t.archive_time IS NULL",
                                  {IdOf(account.name()), IdOf(from)}},
                                 "ORDER BY t.id", kOpportunitiesMax + 1, /*lock=*/true));
  if (open.size() > kOpportunitiesMax) {
    return FailedPrecondition("HAND_OVER_TOO_LARGE", account.name(),
                              absl::StrCat("more than ", kOpportunitiesMax, " open opportunities"),
                              {{"limit", absl::StrCat(kOpportunitiesMax)}});
  }
  for (const v1::Opportunity& opportunity : open) {
    Change<v1::Opportunity> change{opportunity, opportunity};
    change.after.set_owner(to);
    RETURN_IF_ERROR(work.Save(std::move(change)).status());
  }
  return absl::OkStatus();
}

absl::StatusOr<Account> Transfer(const Context& context, UnitOfWork& work, const v1::TransferOwnerRequest& request) {
  ASSIGN_OR_RETURN(auto change, work.Begin<Account>(request));
  Account& account = change.after;
  ASSIGN_OR_RETURN(const std::vector<AccountOwnership> active, ActiveRows(work, account.name()));
  const AccountOwnership* owner = FindKind(active, v1::OWNERSHIP_KIND_OWNER);
  if (owner == nullptr) return OwnerMissing(account);
  if (owner->employee() == request.successor()) {
    return FailedPrecondition("OWNER_UNCHANGED", account.name(), "the successor is the owner already");
  }
  RETURN_IF_ERROR(CheckCandidate(context, work, request.successor(), "successor", /*as_owner=*/true));
  ASSIGN_OR_RETURN(const absl::Time until, rules::ProtectedUntil(0, work.now(), context.policy));
  // The old row must have ended before the new one begins: one active owner at a time.
  RETURN_IF_ERROR(End(work, *owner, v1::OWNERSHIP_STATE_TRANSFERRED, request.reason()));
  ASSIGN_OR_RETURN(const AccountOwnership row,
                   InsertRow(work, account.name(), request.successor(), v1::OWNERSHIP_KIND_OWNER, until,
                             request.reason(), request.evidence()));
  Change<AccountOwnership> ended;
  ASSIGN_OR_RETURN(ended.before, work.Load<AccountOwnership>(owner->name()));
  ended.after = ended.before;
  ended.after.set_successor(row.name());
  RETURN_IF_ERROR(work.Save(std::move(ended)).status());
  // A successor who was co-owner is the owner now.
  if (const AccountOwnership* co = FindKind(active, v1::OWNERSHIP_KIND_CO_OWNER, request.successor())) {
    RETURN_IF_ERROR(End(work, *co, v1::OWNERSHIP_STATE_TRANSFERRED, "has become the owner", row.name()));
    RemoveCoOwner(request.successor(), &account);
  }
  RETURN_IF_ERROR(HandOverOpportunities(work, account, owner->employee(), request.successor()));
  account.set_owner(request.successor());
  *account.mutable_protected_until() = ToTimestamp(until);
  return work.Save(std::move(change));
}

}  // namespace

absl::Status FollowImportedOwner(const Context& context, UnitOfWork& work, const Account& account) {
  ASSIGN_OR_RETURN(const std::vector<AccountOwnership> active, ActiveRows(work, account.name()));
  if (const AccountOwnership* owner = FindKind(active, v1::OWNERSHIP_KIND_OWNER)) {
    if (owner->employee() == account.owner()) return absl::OkStatus();
    RETURN_IF_ERROR(End(work, *owner, v1::OWNERSHIP_STATE_TRANSFERRED, "import"));
  }
  if (account.owner().empty()) return absl::OkStatus();
  RETURN_IF_ERROR(CheckCandidate(context, work, account.owner(), "account.owner", /*as_owner=*/true));
  std::optional<absl::Time> until;
  if (account.has_protected_until()) until = FromTimestamp(account.protected_until());
  return InsertRow(work, account.name(), account.owner(), v1::OWNERSHIP_KIND_OWNER, until, "import", "").status();
}

absl::Status EndOwnerships(UnitOfWork& work, const std::string& account, const std::string& reason) {
  ASSIGN_OR_RETURN(const std::vector<AccountOwnership> active, ActiveRows(work, account));
  for (const AccountOwnership& row : active) {
    RETURN_IF_ERROR(End(work, row, v1::OWNERSHIP_STATE_RELEASED, reason));
  }
  return absl::OkStatus();
}

void RegisterOwnership(const Context& context, rpc::Registry* registry) {
  resource::RegisterStandardMethods(context.runtime, "kam.account.v1.AccountOwnershipService", registry);
  registry->Add<v1::AssignOwnerRequest, Account>(
      "kam.account.v1.AccountService/AssignOwner", [context](rpc::Call& call, const v1::AssignOwnerRequest& request) {
        return context.runtime.Write<Account>(call, request,
                                              [&](UnitOfWork& work) { return Assign(context, work, request); });
      });
  registry->Add<v1::ReleaseOwnerRequest, Account>(
      "kam.account.v1.AccountService/ReleaseOwner", [context](rpc::Call& call, const v1::ReleaseOwnerRequest& request) {
        return context.runtime.Write<Account>(call, request, [&](UnitOfWork& work) { return Release(work, request); });
      });
  registry->Add<v1::TransferOwnerRequest, Account>(
      "kam.account.v1.AccountService/TransferOwner",
      [context](rpc::Call& call, const v1::TransferOwnerRequest& request) {
        return context.runtime.Write<Account>(call, request,
                                              [&](UnitOfWork& work) { return Transfer(context, work, request); });
      });
}

}  // namespace kam::account
