// Questions about people that rules of several areas ask inside a transaction.
#ifndef KAM_ACCOUNT_SVC_STAFF_H_
#define KAM_ACCOUNT_SVC_STAFF_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/money/decimal.h"
#include "common/mysql/mysql.h"

namespace kam::account {

// Whether the person holds one of `roles` on `day`. Names or ids.
absl::StatusOr<bool> HoldsOneOf(mysql::Connection& connection, const std::string& employee,
                                const std::vector<std::string>& roles, const std::string& day);

// Names of those to whom the person reports directly on `day`, in the order of the file.
absl::StatusOr<std::vector<std::string>> SuperiorsOf(mysql::Connection& connection, const std::string& employee,
                                                     const std::string& day);

// Whether the person is in service on `day` and holds a role that has `permission`, whatever its reach.
absl::StatusOr<bool> HoldsRight(mysql::Connection& connection, const std::string& employee,
                                absl::string_view permission, const std::string& day);

// The figures that somebody with these roles has for `permission`, one for each role that has it; none where no figure
// was set: that of the policy counts.
absl::StatusOr<std::vector<std::optional<Decimal>>> LimitsOf(mysql::Connection& connection,
                                                             const std::vector<std::string>& roles,
                                                             absl::string_view permission);

// The same of the roles that these people hold on `day`. Ids.
absl::StatusOr<std::vector<std::optional<Decimal>>> LimitsOfPeople(mysql::Connection& connection,
                                                                   const std::vector<std::string>& people,
                                                                   absl::string_view permission,
                                                                   const std::string& day);

// The nearest of those above the person, in the order of his lines, who is in service and holds `permission` on `day`;
// empty: nobody.
absl::StatusOr<std::string> AbleAbove(mysql::Connection& connection, const std::string& employee,
                                      absl::string_view permission, const std::string& day);

// Whether the person works in `department` or below it.
absl::StatusOr<bool> WorksIn(mysql::Connection& connection, const std::string& employee, const std::string& department);

// Ids of those who hold one of `roles` on `day`, in service or not, each once, in order.
absl::StatusOr<std::vector<std::string>> HoldersOfRoles(mysql::Connection& connection,
                                                        const std::vector<std::string>& roles, const std::string& day);

// Ids of those who hold a role on `day` that has `permission`, whatever its reach, in service or not, each once, in
// order.
absl::StatusOr<std::vector<std::string>> HoldersOfRight(mysql::Connection& connection, absl::string_view permission,
                                                        const std::string& day);

// How far `permission` reaches for the person on `day` by each of his roles that has it: names of levels ("TEAM"), each
// once.
absl::StatusOr<std::vector<std::string>> LevelsOf(mysql::Connection& connection, const std::string& employee,
                                                  absl::string_view permission, const std::string& day);

}  // namespace kam::account

#endif  // KAM_ACCOUNT_SVC_STAFF_H_
