// The rows of account_ownerships inside a transaction. The caller has locked the account's row, so that the rows
// of one account change one after the other; the unique key active_owner stands behind it. Lock order: account,
// employee_scopes of whoever gets it, ownership rows.
#ifndef KAM_ACCOUNT_SVC_ACCOUNTS_OWNERSHIP_ROWS_H_
#define KAM_ACCOUNT_SVC_ACCOUNTS_OWNERSHIP_ROWS_H_

#include <optional>
#include <string>
#include <vector>

#include "account-svc/context.h"
#include "kam/account/v1/account.pb.h"
#include "kam/account/v1/account_ownership.pb.h"

namespace kam::account {

// The instant at which a change of the account's ownership takes effect: now, but never before the last change of this
// account or of the holdings of `employee` (may be empty). A transaction that began earlier may have had to wait for
// one that began later.
absl::StatusOr<absl::Time> EffectiveTime(resource::UnitOfWork& work, const std::string& account,
                                         const std::string& employee);

// Active rows of an account; protections and reports that are over are ended and left out.
absl::StatusOr<std::vector<v1::AccountOwnership>> ActiveRows(resource::UnitOfWork& work, const std::string& account);
const v1::AccountOwnership* FindKind(const std::vector<v1::AccountOwnership>& rows, v1::OwnershipKind kind,
                                     absl::string_view employee = {});
std::optional<absl::Time> ProtectionOf(const v1::AccountOwnership& row);

// Ends a row, and what was due for it.
absl::Status EndRow(resource::UnitOfWork& work, const v1::AccountOwnership& row, v1::OwnershipState state,
                    absl::Time at, const std::string& reason, const std::string& successor = {},
                    const std::string& evidence = {});

// Ends a protection or report that is over, and tells whom it was for.
absl::Status ExpireProtection(resource::UnitOfWork& work, const v1::AccountOwnership& row);

// A row that begins. Needs what CheckCandidate has locked.
struct NewRow {
  std::string account;
  std::string employee;
  v1::OwnershipKind kind = v1::OWNERSHIP_KIND_OWNER;
  v1::OwnershipOrigin origin = v1::OWNERSHIP_ORIGIN_ASSIGNED;
  absl::Time since;
  std::optional<absl::Time> protected_until;
  std::string reason;
  std::string evidence;
};
// Stores it with the territory of the day; for an owner or a protection, what is due for it.
absl::StatusOr<v1::AccountOwnership> InsertRow(const Context& context, resource::UnitOfWork& work, const NewRow& row);

// Reads and locks what decides whether somebody may be given an account: two assignments to one person come one after
// the other, so that the cap holds. REFERENCE_NOT_FOUND on `field`, EMPLOYEE_LEFT, OWNER_ROLE_REQUIRED,
// HOLDING_CAP_REACHED.
absl::Status CheckCandidate(const Context& context, resource::UnitOfWork& work, const std::string& employee,
                            absl::string_view field, bool as_owner);

// Who assigns or transfers alone gives to his own people, whom his right reaches: OUT_OF_SCOPE.
absl::Status CheckOwnPeople(resource::UnitOfWork& work, const std::string& employee);

// Takes the employee off the co-owners that `account` names.
void RemoveCoOwner(const std::string& employee, v1::Account* account);

// What follows when `row` has begun as that of the owner: a co-ownership of his and protections end in it, and the open
// opportunities, leads, tenders, needs and plans of those who had a seat at the account, or made its file, and have
// none now are his from here on. Changes `account`, which the caller saves. `active`: the rows before.
absl::Status BecomeOwner(const Context& context, resource::UnitOfWork& work,
                         const std::vector<v1::AccountOwnership>& active, const v1::AccountOwnership& row,
                         v1::Account* account);

// Makes `successor` the owner of `account`, whose owner's row is `owner`: ends that row, begins the new one, with all
// that follows. Changes `account`, which the caller saves.
absl::Status MoveOwner(const Context& context, resource::UnitOfWork& work,
                       const std::vector<v1::AccountOwnership>& active, const v1::AccountOwnership& owner,
                       v1::OwnershipState ended_as, const NewRow& successor, v1::Account* account);

// OWNER_EXISTS while somebody owns the account, works it with an owner or is protected: an archived account changes no
// hands, so nobody could end that. A report does not keep a file from the archive, and goes on until its day.
// INSTRUCTION_REQUIRED for an important customer whose file is not closed.
absl::Status CheckArchive(const Context& context, resource::UnitOfWork& work, const v1::Account& account);
// What was due for the owner of an account, or its reporter, goes on when it comes back from the archive.
absl::Status ResumeRelease(const Context& context, resource::UnitOfWork& work, const v1::Account& account);

}  // namespace kam::account

#endif  // KAM_ACCOUNT_SVC_ACCOUNTS_OWNERSHIP_ROWS_H_
