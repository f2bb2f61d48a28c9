#include "account-svc/staff.h"

#include "absl/strings/str_cat.h"
#include "common/resource/names.h"
#include "common/status/status.h"

namespace kam::account {

using mysql::Row;
using mysql::Value;
using resource::IdOf;

absl::StatusOr<bool> HoldsOneOf(mysql::Connection& connection, const std::string& employee,
                                const std::vector<std::string>& roles, const std::string& day) {
  if (roles.empty()) return false;
  std::vector<Value> params = {Value(IdOf(employee)), Value(day), Value(day)};
  params.insert(params.end(), roles.begin(), roles.end());
  ASSIGN_OR_RETURN(const std::vector<Row> rows,
                   connection.Query(absl::StrCat("SELECT 1 FROM employees_roles WHERE parent_id = ? AND since_date <= "
                                                 "? AND (until_date IS NULL OR until_date >= ?) AND (state IS NULL OR "
                                                 "state = 'GRANTED') AND role IN (",
                                                 resource::Placeholders(roles.size()), ") LIMIT 1"),
                                    mysql::Params(params)));
  return !rows.empty();
}

absl::StatusOr<std::vector<std::string>> SuperiorsOf(mysql::Connection& connection, const std::string& employee,
                                                     const std::string& day) {
  ASSIGN_OR_RETURN(const std::vector<Row> rows,
                   connection.Query("SELECT superior FROM employees_superiors WHERE parent_id = ? AND since_date <= ? "
                                    "AND (until_date IS NULL OR until_date >= ?) ORDER BY position",
                                    {IdOf(employee), day, day}));
  std::vector<std::string> names;
  for (const Row& row : rows) names.push_back(absl::StrCat("employees/", row[0].text()));
  return names;
}

absl::StatusOr<bool> WorksIn(mysql::Connection& connection, const std::string& employee,
                             const std::string& department) {
  ASSIGN_OR_RETURN(const std::vector<Row> rows,
                   connection.Query("SELECT 1 FROM employee_scopes WHERE employee = ? AND department_path LIKE ?",
                                    {IdOf(employee), absl::StrCat("%/", IdOf(department), "/%")}));
  return !rows.empty();
}

}  // namespace kam::account
