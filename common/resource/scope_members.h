// The table account_scope_members: everyone who sees an account because of his seat at it (G-03). Row scope reads this
// one table, by one index range a reader.
#ifndef KAM_COMMON_RESOURCE_SCOPE_MEMBERS_H_
#define KAM_COMMON_RESOURCE_SCOPE_MEMBERS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/mysql/mysql.h"

namespace kam::resource {

// The seat of the owner.
inline constexpr char kHolderSeat[] = "HOLDER";

// Who has a seat at an account; all are ids of employees.
struct ScopeSeats {
  std::string owner;                   // Empty: nobody.
  std::string creator;                 // Sees the account while nobody owns it. Empty: a program.
  std::vector<std::string> co_owners;  // Work it together with the owner.
};

// Writes the members of `account` (an id) anew and notes that they are those of the version in account_scopes, whose
// row the caller has locked.
absl::Status WriteScopeMembers(mysql::Connection& connection, const std::string& account, const ScopeSeats& seats);

// Brings up to date what a program of before this table was kept so has written meanwhile: rows of account_scopes that
// moved on without their members. How many were behind; none, once all programs are of one release.
absl::StatusOr<int64_t> RepairScopeMembers(mysql::Database& database, absl::Time deadline);

}  // namespace kam::resource

#endif  // KAM_COMMON_RESOURCE_SCOPE_MEMBERS_H_
