// Who may give which role to whom (G-01, G-02, R-01). Pure functions.
//
// Giving a role takes the right employee.role.assign.{role}. What is given by somebody who does not decide on posts
// is only proposed, and gives nothing until somebody who does confirms it. A role is privileged while it holds a
// right that administers rights (Policy::privileged_permissions): it is only proposed, gives nothing until a second
// person confirms it, and is neither given nor taken away by an import.
#ifndef KAM_ACCOUNT_SVC_RULES_ROLE_RULES_H_
#define KAM_ACCOUNT_SVC_RULES_ROLE_RULES_H_

#include <functional>
#include <set>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace kam::organization::v1 {
class Employee;
}  // namespace kam::organization::v1

namespace kam::account::rules {

// The right to give `role`.
std::string AssignPermission(absl::string_view role);
inline constexpr absl::string_view kConfirmPermission = "employee.role.confirm";

// Who gives roles, and what decides over it.
struct Appointer {
  std::string name;  // employees/{id}, or programs/{name}.
  bool importing = false;
  bool decides = false;                                 // On posts: what he gives counts at once.
  std::string today;                                    // ISO text.
  std::set<std::string> privileged;                     // Roles that administer rights now.
  std::function<bool(absl::string_view role)> assigns;  // Holds employee.role.assign.{role} for this person.
};

// Compares the roles and the login of `after` with those of `before` (null: a new person), gives every row its state,
// and refuses what the appointer may not give: ROLE_NOT_ASSIGNABLE, PRIVILEGED_ROLE, both naming field, role and
// permission. Rows that are over, or only get shorter, give nothing and are free. In an import the rows of privileged
// roles stay those of `before`.
absl::Status Appoint(const Appointer& appointer, const organization::v1::Employee* before,
                     organization::v1::Employee* after);

// Makes the proposed row of `role` count. ROLE_NOT_PROPOSED, ROLE_NOT_ASSIGNABLE, SEPARATION_OF_DUTIES for the proposer
// and for the person.
absl::Status Confirm(const Appointer& appointer, absl::string_view role, organization::v1::Employee* employee);

// A person leaves the archive with the roles not yet ended: as if they were given anew.
absl::Status Restore(const Appointer& appointer, const organization::v1::Employee& employee);

// PRIVILEGED_ROLE when the person holds one that is not over.
absl::Status CheckNotPrivileged(const Appointer& appointer, const organization::v1::Employee& employee,
                                absl::string_view field, absl::string_view what);

}  // namespace kam::account::rules

#endif  // KAM_ACCOUNT_SVC_RULES_ROLE_RULES_H_
