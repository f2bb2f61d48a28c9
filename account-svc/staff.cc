#include "account-svc/staff.h"

#include <algorithm>
#include <deque>
#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "common/resource/names.h"
#include "common/status/status.h"

namespace kam::account {

using mysql::Row;
using mysql::Value;
using resource::IdOf;

namespace {

// Takes the day twice.
constexpr char kRoleHeld[] =
    "r.since_date <= ? AND (r.until_date IS NULL OR r.until_date >= ?) AND (r.state IS NULL OR r.state = 'GRANTED')";
constexpr char kRightsOfPeople[] =
    "employees e JOIN employees_roles r ON r.parent_id = e.id JOIN role_grants g ON g.role = r.role";
// As the directory has it: approved rows of an administrator replace the delivered ones of the same role and
// permission.
constexpr char kGrantInForce[] =
    "g.archive_time IS NULL AND g.level <> 'NONE' AND ((g.origin = 'ADMIN' AND g.approve_time IS NOT NULL) OR "
    "(g.origin "
    "<> 'ADMIN' AND NOT EXISTS (SELECT 1 FROM role_grants a WHERE a.role = g.role AND a.permission = g.permission AND "
    "a.origin = 'ADMIN' AND a.archive_time IS NULL AND a.approve_time IS NOT NULL)))";

// Condition on kRightsOfPeople: in service, with a role that has a right. Takes the day three times.
std::string RightHeld() {
  return absl::StrCat("e.archive_time IS NULL AND (e.leave_date IS NULL OR e.leave_date >= ?) AND ", kRoleHeld, " AND ",
                      kGrantInForce);
}

absl::StatusOr<std::vector<std::string>> Ids(mysql::Connection& connection, const std::string& sql,
                                             const std::vector<Value>& params) {
  ASSIGN_OR_RETURN(const std::vector<Row> rows, connection.Query(sql, mysql::Params(params)));
  std::vector<std::string> ids;
  for (const Row& row : rows) ids.push_back(row[0].text());
  return ids;
}

}  // namespace

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

absl::StatusOr<std::vector<std::string>> HoldersOfRoles(mysql::Connection& connection,
                                                        const std::vector<std::string>& roles, const std::string& day) {
  if (roles.empty()) return std::vector<std::string>();
  std::vector<Value> params(roles.begin(), roles.end());
  params.insert(params.end(), {Value(day), Value(day)});
  return Ids(connection,
             absl::StrCat("SELECT DISTINCT r.parent_id FROM employees_roles r WHERE r.role IN (",
                          resource::Placeholders(roles.size()), ") AND ", kRoleHeld, " ORDER BY r.parent_id"),
             params);
}

absl::StatusOr<std::vector<std::string>> HoldersOfRight(mysql::Connection& connection, absl::string_view permission,
                                                        const std::string& day) {
  return Ids(connection,
             absl::StrCat("SELECT DISTINCT e.id FROM ", kRightsOfPeople, " WHERE g.permission = ? AND ", RightHeld(),
                          " ORDER BY e.id"),
             {std::string(permission), day, day, day});
}

absl::StatusOr<auth::Level> LevelOf(mysql::Connection& connection, const std::string& employee,
                                    absl::string_view permission, const std::string& day) {
  ASSIGN_OR_RETURN(const std::vector<Row> rows,
                   connection.Query(absl::StrCat("SELECT DISTINCT g.level FROM ", kRightsOfPeople,
                                                 " WHERE e.id = ? AND g.permission = ? AND ", RightHeld()),
                                    {IdOf(employee), std::string(permission), day, day, day}));
  auth::Level widest = auth::Level::kNone;
  for (const Row& row : rows) {
    auth::Level level = auth::Level::kNone;
    if (!auth::ParseLevel(absl::AsciiStrToLower(row[0].text()), &level)) {
      return Internal(absl::StrCat("the level ", row[0].text(), " of ", permission, " is unknown"));
    }
    widest = std::max(widest, level);
  }
  return widest;
}

absl::StatusOr<bool> HoldsRight(mysql::Connection& connection, const std::string& employee,
                                absl::string_view permission, const std::string& day) {
  ASSIGN_OR_RETURN(const auth::Level level, LevelOf(connection, employee, permission, day));
  return level != auth::Level::kNone;
}

absl::StatusOr<std::vector<std::optional<Decimal>>> LimitsOf(mysql::Connection& connection,
                                                             const std::vector<std::string>& roles,
                                                             absl::string_view permission) {
  std::vector<std::optional<Decimal>> limits;
  if (roles.empty()) return limits;
  std::vector<Value> params = {Value(std::string(permission))};
  params.insert(params.end(), roles.begin(), roles.end());
  ASSIGN_OR_RETURN(const std::vector<Row> rows,
                   connection.Query(absl::StrCat("SELECT g.limit_value FROM role_grants g WHERE g.permission = ? AND "
                                                 "g.role IN (",
                                                 resource::Placeholders(roles.size()), ") AND ", kGrantInForce),
                                    mysql::Params(params)));
  for (const Row& row : rows) {
    if (row[0].is_null()) {
      limits.push_back(std::nullopt);
      continue;
    }
    ASSIGN_OR_RETURN(const Decimal limit, Decimal::Parse(row[0].text()));
    limits.push_back(limit);
  }
  return limits;
}

absl::StatusOr<std::string> AbleAbove(mysql::Connection& connection, const std::string& employee,
                                      absl::string_view permission, const std::string& day) {
  constexpr size_t kLookedAtMax = 100;  // A line with a loop in it ends too.
  std::deque<std::string> open = {employee};
  std::set<std::string> seen = {employee};
  while (!open.empty() && seen.size() < kLookedAtMax) {
    ASSIGN_OR_RETURN(const std::vector<std::string> superiors, SuperiorsOf(connection, open.front(), day));
    open.pop_front();
    for (const std::string& superior : superiors) {
      if (!seen.insert(superior).second) continue;
      ASSIGN_OR_RETURN(const bool able, HoldsRight(connection, superior, permission, day));
      if (able) return superior;
      open.push_back(superior);
    }
  }
  return std::string();
}

absl::StatusOr<bool> WorksIn(mysql::Connection& connection, const std::string& employee,
                             const std::string& department) {
  ASSIGN_OR_RETURN(const std::vector<Row> rows,
                   connection.Query("SELECT 1 FROM employee_scopes WHERE employee = ? AND department_path LIKE ?",
                                    {IdOf(employee), absl::StrCat("%/", IdOf(department), "/%")}));
  return !rows.empty();
}

}  // namespace kam::account
