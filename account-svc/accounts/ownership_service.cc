// Who owns which account: AssignOwner, ReleaseOwner, TransferOwner. The account row is locked by Begin.
#include <optional>

#include "absl/strings/str_cat.h"
#include "account-svc/accounts/account_service.h"
#include "account-svc/accounts/handover_service.h"
#include "account-svc/accounts/ownership_rows.h"
#include "account-svc/accounts/ownership_timer.h"
#include "account-svc/accounts/reported_firms.h"
#include "account-svc/people/instructed.h"
#include "account-svc/rules/ownership_rules.h"
#include "account-svc/rules/proto_time.h"
#include "common/resource/standard.h"
#include "common/status/status.h"
#include "kam/account/v1/account_ownership.pb.h"
#include "kam/account/v1/account_service.pb.h"

namespace kam::account {
namespace {

using resource::UnitOfWork;
using v1::Account;
using v1::AccountOwnership;

constexpr char kRelease[] = "kam.account.v1.AccountService/ReleaseOwner";
constexpr char kTransfer[] = "kam.account.v1.AccountService/TransferOwner";

absl::Status OwnerExists(const Account& account) {
  return FailedPrecondition("OWNER_EXISTS", account.name(),
                            "the account has an owner: transfer it, or release the owner first");
}

absl::StatusOr<Account> Assign(const Context& context, UnitOfWork& work, const v1::AssignOwnerRequest& request) {
  ASSIGN_OR_RETURN(auto change, work.Begin<Account>(request));
  Account& account = change.after;
  const v1::OwnershipKind kind =
      request.kind() == v1::OWNERSHIP_KIND_UNSPECIFIED ? v1::OWNERSHIP_KIND_OWNER : request.kind();
  if (kind == v1::OWNERSHIP_KIND_REPORTED) {
    return InvalidField("kind", "REPORT_NOT_ASSIGNED",
                        "a firm is reported by making its file; PROTECTED keeps it for somebody",
                        {{"value", v1::OwnershipKind_Name(kind)}});
  }
  const bool as_owner = kind == v1::OWNERSHIP_KIND_OWNER;
  ASSIGN_OR_RETURN(const std::vector<AccountOwnership> active, ActiveRows(work, account.name()));
  const AccountOwnership* owner = FindKind(active, v1::OWNERSHIP_KIND_OWNER);
  if (as_owner && owner != nullptr) return OwnerExists(account);
  if (kind == v1::OWNERSHIP_KIND_PROTECTED && owner != nullptr && owner->employee() != request.employee()) {
    return OwnerExists(account);
  }
  const bool owner_as_co_owner =
      kind == v1::OWNERSHIP_KIND_CO_OWNER && owner != nullptr && owner->employee() == request.employee();
  if (owner_as_co_owner || (!as_owner && FindKind(active, kind, request.employee()) != nullptr)) {
    return FailedPrecondition("OWNERSHIP_EXISTS", account.name(), "the employee is that to the account already");
  }
  // Released and assigned is moved, too.
  if (kind != v1::OWNERSHIP_KIND_CO_OWNER) {
    RETURN_IF_ERROR(rules::CheckTransfer(work.actor().subject, request.employee()));
  }
  RETURN_IF_ERROR(CheckCandidate(context, work, request.employee(), "employee", as_owner));
  RETURN_IF_ERROR(CheckOwnPeople(work, request.employee()));
  const AccountOwnership* protection = FindKind(active, v1::OWNERSHIP_KIND_PROTECTED);
  ASSIGN_OR_RETURN(const absl::Time at, EffectiveTime(work, account.name(), as_owner ? request.employee() : ""));
  if (kind != v1::OWNERSHIP_KIND_CO_OWNER && protection != nullptr) {
    RETURN_IF_ERROR(rules::CheckProtection(account.name(), request.employee(), protection->employee(),
                                           ProtectionOf(*protection), work.now()));
  }
  std::optional<absl::Time> until;
  if (kind != v1::OWNERSHIP_KIND_CO_OWNER) {
    ASSIGN_OR_RETURN(until, rules::ProtectedUntil(request.protection_days(), work.now(), context.policy));
  }
  ASSIGN_OR_RETURN(const AccountOwnership row,
                   InsertRow(context, work,
                             {account.name(), request.employee(), kind, v1::OWNERSHIP_ORIGIN_ASSIGNED, at, until,
                              request.reason(), request.evidence()}));
  if (as_owner) RETURN_IF_ERROR(BecomeOwner(context, work, active, row, &account));
  if (kind == v1::OWNERSHIP_KIND_PROTECTED) {
    // A superior has decided whom the account is kept for.
    if (const AccountOwnership* report = FindKind(active, v1::OWNERSHIP_KIND_REPORTED)) {
      RETURN_IF_ERROR(EndRow(work, *report, v1::OWNERSHIP_STATE_TRANSFERRED, at, request.reason(), row.name()));
    }
  }
  if (kind == v1::OWNERSHIP_KIND_CO_OWNER) account.add_co_owners(request.employee());
  if (until.has_value()) *account.mutable_protected_until() = ToTimestamp(*until);
  return work.Save(std::move(change));
}

absl::Status OwnerMissing(const Account& account) {
  return FailedPrecondition("OWNER_MISSING", account.name(), "there is no such ownership to end");
}

absl::StatusOr<Account> Release(const Context& context, UnitOfWork& work, const v1::ReleaseOwnerRequest& request) {
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
  RETURN_IF_ERROR(rules::CheckRelease(account.name(), work.actor().subject, work.level() != auth::Level::kOwn,
                                      account.owner(), row->employee()));
  if (kind == v1::OWNERSHIP_KIND_OWNER) {
    RETURN_IF_ERROR(CheckInstructed(context, work, {kRelease, account.name(), account.tier(), std::nullopt}));
  }
  ASSIGN_OR_RETURN(const absl::Time at, EffectiveTime(work, account.name(), ""));
  RETURN_IF_ERROR(
      EndRow(work, *row, v1::OWNERSHIP_STATE_RELEASED, at, request.reason(), /*successor=*/"", request.evidence()));
  if (kind == v1::OWNERSHIP_KIND_OWNER) account.clear_owner();
  if (kind == v1::OWNERSHIP_KIND_CO_OWNER) RemoveCoOwner(request.employee(), &account);
  if (kind == v1::OWNERSHIP_KIND_OWNER || kind == v1::OWNERSHIP_KIND_PROTECTED) account.clear_protected_until();
  return work.Save(std::move(change));
}

absl::StatusOr<Account> Transfer(const Context& context, UnitOfWork& work, const v1::TransferOwnerRequest& request,
                                 const OpenBusiness& business) {
  ASSIGN_OR_RETURN(auto change, work.Begin<Account>(request));
  Account& account = change.after;
  ASSIGN_OR_RETURN(const std::vector<AccountOwnership> active, ActiveRows(work, account.name()));
  const AccountOwnership* owner = FindKind(active, v1::OWNERSHIP_KIND_OWNER);
  if (owner == nullptr) return OwnerMissing(account);
  if (owner->employee() == request.successor()) {
    return FailedPrecondition("OWNER_UNCHANGED", account.name(), "the successor is the owner already");
  }
  RETURN_IF_ERROR(rules::CheckTransfer(work.actor().subject, request.successor()));
  RETURN_IF_ERROR(CheckCandidate(context, work, request.successor(), "successor", /*as_owner=*/true));
  RETURN_IF_ERROR(CheckOwnPeople(work, request.successor()));
  RETURN_IF_ERROR(
      CheckInstructed(context, work, {kTransfer, account.name(), account.tier(), std::nullopt, request.successor()}));
  ASSIGN_OR_RETURN(const absl::Time until, rules::ProtectedUntil(0, work.now(), context.policy));
  ASSIGN_OR_RETURN(const absl::Time at, EffectiveTime(work, account.name(), request.successor()));
  RETURN_IF_ERROR(MoveOwner(context, work, active, *owner, v1::OWNERSHIP_STATE_TRANSFERRED,
                            {account.name(), request.successor(), v1::OWNERSHIP_KIND_OWNER,
                             v1::OWNERSHIP_ORIGIN_TRANSFERRED, at, until, request.reason(), request.evidence()},
                            &account));
  RETURN_IF_ERROR(OpenHandoverAfter(context, work, account.name(), owner->employee(), request.successor(),
                                    request.reason(), business));
  return work.Save(std::move(change));
}

}  // namespace

absl::Status FollowImportedOwner(const Context& context, UnitOfWork& work, const Account& account) {
  ASSIGN_OR_RETURN(const std::vector<AccountOwnership> active, ActiveRows(work, account.name()));
  if (const AccountOwnership* owner = FindKind(active, v1::OWNERSHIP_KIND_OWNER)) {
    if (owner->employee() == account.owner()) return absl::OkStatus();
    ASSIGN_OR_RETURN(const absl::Time at, EffectiveTime(work, account.name(), ""));
    RETURN_IF_ERROR(EndRow(work, *owner, v1::OWNERSHIP_STATE_TRANSFERRED, at, "import"));
  }
  if (account.owner().empty()) return absl::OkStatus();
  RETURN_IF_ERROR(CheckCandidate(context, work, account.owner(), "account.owner", /*as_owner=*/true));
  std::optional<absl::Time> until;
  if (account.has_protected_until()) until = FromTimestamp(account.protected_until());
  ASSIGN_OR_RETURN(const absl::Time at, EffectiveTime(work, account.name(), account.owner()));
  ASSIGN_OR_RETURN(const AccountOwnership row, InsertRow(context, work,
                                                         {account.name(), account.owner(), v1::OWNERSHIP_KIND_OWNER,
                                                          v1::OWNERSHIP_ORIGIN_IMPORTED, at, until, "import", ""}));
  Account stored = account;  // Says already what the import has brought.
  return BecomeOwner(context, work, active, row, &stored);
}

absl::Status EndOwnerships(UnitOfWork& work, const std::string& account, const std::string& reason) {
  ASSIGN_OR_RETURN(const std::vector<AccountOwnership> active, ActiveRows(work, account));
  ASSIGN_OR_RETURN(const absl::Time at, EffectiveTime(work, account, ""));
  for (const AccountOwnership& row : active) {
    RETURN_IF_ERROR(EndRow(work, row, v1::OWNERSHIP_STATE_RELEASED, at, reason));
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
      kRelease, [context](rpc::Call& call, const v1::ReleaseOwnerRequest& request) {
        return context.runtime.Write<Account>(call, request,
                                              [&](UnitOfWork& work) { return Release(context, work, request); });
      });
  registry->Add<v1::TransferOwnerRequest, Account>(
      kTransfer, [context](rpc::Call& call, const v1::TransferOwnerRequest& request) -> absl::StatusOr<Account> {
        ASSIGN_OR_RETURN(const OpenBusiness business, context.peers->AllBusiness({request.name()}, call.deadline));
        return context.runtime.Write<Account>(
            call, request, [&](UnitOfWork& work) { return Transfer(context, work, request, business); });
      });
  RegisterHandovers(context, registry);
  RegisterClaims(context, registry);
  RegisterOwnershipTimer(context, registry);
  RegisterReports(context);
}

}  // namespace kam::account
