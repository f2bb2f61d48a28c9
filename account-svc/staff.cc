#include "account-svc/staff.h"

#include <deque>
#include <set>

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

namespace {

// Of role_grants g, as the directory has it: approved rows of an administrator replace the delivered ones of the same
// role and permission.
constexpr char kCounts[] =
    "g.archive_time IS NULL AND g.level <> 'NONE' AND ((g.origin = 'ADMIN' AND g.approve_time IS NOT NULL) OR "
    "(g.origin "
    "<> 'ADMIN' AND NOT EXISTS (SELECT 1 FROM role_grants a WHERE a.role = g.role AND a.permission = g.permission AND "
    "a.origin = 'ADMIN' AND a.archive_time IS NULL AND a.approve_time IS NOT NULL)))";

// Of employees_roles r; takes the day twice.
constexpr char kHeld[] =
    "r.since_date <= ? AND (r.until_date IS NULL OR r.until_date >= ?) AND (r.state IS NULL OR r.state = 'GRANTED')";

// One column, limit_value.
absl::StatusOr<std::vector<std::optional<Decimal>>> Limits(const std::vector<Row>& rows) {
  std::vector<std::optional<Decimal>> limits;
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

}  // namespace

absl::StatusOr<bool> HoldsRight(mysql::Connection& connection, const std::string& employee,
                                absl::string_view permission, const std::string& day) {
  ASSIGN_OR_RETURN(
      const std::vector<Row> rows,
      connection.Query(
          absl::StrCat("SELECT 1 FROM employees e JOIN employees_roles r ON r.parent_id = e.id JOIN role_grants g ON "
                       "g.role = r.role WHERE e.id = ? AND e.archive_time IS NULL AND (e.leave_date IS NULL OR "
                       "e.leave_date >= ?) AND r.since_date <= ? AND (r.until_date IS NULL OR r.until_date >= ?) AND "
                       "(r.state IS NULL OR r.state = 'GRANTED') AND g.permission = ? AND ",
                       kCounts, " LIMIT 1"),
          {IdOf(employee), day, day, day, std::string(permission)}));
  return !rows.empty();
}

absl::StatusOr<std::vector<std::optional<Decimal>>> LimitsOf(mysql::Connection& connection,
                                                             const std::vector<std::string>& roles,
                                                             absl::string_view permission) {
  if (roles.empty()) return std::vector<std::optional<Decimal>>();
  std::vector<Value> params = {Value(std::string(permission))};
  params.insert(params.end(), roles.begin(), roles.end());
  ASSIGN_OR_RETURN(const std::vector<Row> rows,
                   connection.Query(absl::StrCat("SELECT g.limit_value FROM role_grants g WHERE g.permission = ? AND "
                                                 "g.role IN (",
                                                 resource::Placeholders(roles.size()), ") AND ", kCounts),
                                    mysql::Params(params)));
  return Limits(rows);
}

absl::StatusOr<std::vector<std::optional<Decimal>>> LimitsOfPeople(mysql::Connection& connection,
                                                                   const std::vector<std::string>& people,
                                                                   absl::string_view permission,
                                                                   const std::string& day) {
  if (people.empty()) return std::vector<std::optional<Decimal>>();
  std::vector<Value> params(people.begin(), people.end());
  params.insert(params.end(), {Value(std::string(permission)), Value(day), Value(day)});
  ASSIGN_OR_RETURN(const std::vector<Row> rows,
                   connection.Query(absl::StrCat("SELECT g.limit_value FROM employees_roles r JOIN role_grants g ON "
                                                 "g.role = r.role WHERE r.parent_id IN (",
                                                 resource::Placeholders(people.size()), ") AND g.permission = ? AND ",
                                                 kHeld, " AND ", kCounts),
                                    mysql::Params(params)));
  return Limits(rows);
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

namespace {

absl::StatusOr<std::vector<std::string>> Texts(mysql::Connection& connection, const std::string& sql,
                                               const std::vector<Value>& params) {
  ASSIGN_OR_RETURN(const std::vector<Row> rows, connection.Query(sql, mysql::Params(params)));
  std::vector<std::string> texts;
  for (const Row& row : rows) texts.push_back(row[0].text());
  return texts;
}

}  // namespace

absl::StatusOr<std::vector<std::string>> HoldersOfRoles(mysql::Connection& connection,
                                                        const std::vector<std::string>& roles, const std::string& day) {
  if (roles.empty()) return std::vector<std::string>();
  std::vector<Value> params(roles.begin(), roles.end());
  params.insert(params.end(), {Value(day), Value(day)});
  return Texts(connection,
               absl::StrCat("SELECT DISTINCT r.parent_id FROM employees_roles r WHERE r.role IN (",
                            resource::Placeholders(roles.size()), ") AND ", kHeld, " ORDER BY r.parent_id"),
               params);
}

absl::StatusOr<std::vector<std::string>> HoldersOfRight(mysql::Connection& connection, absl::string_view permission,
                                                        const std::string& day) {
  return Texts(connection,
               absl::StrCat("SELECT DISTINCT r.parent_id FROM employees_roles r JOIN role_grants g ON g.role = r.role "
                            "WHERE g.permission = ? AND ",
                            kHeld, " AND ", kCounts, " ORDER BY r.parent_id"),
               {std::string(permission), day, day});
}

absl::StatusOr<std::vector<std::string>> LevelsOf(mysql::Connection& connection, const std::string& employee,
                                                  absl::string_view permission, const std::string& day) {
  return Texts(
      connection,
      absl::StrCat("SELECT DISTINCT g.level FROM employees_roles r JOIN role_grants g ON g.role = r.role WHERE "
                   "r.parent_id = ? AND g.permission = ? AND ",
                   kHeld, " AND ", kCounts),
      {IdOf(employee), std::string(permission), day, day});
}

}  // namespace kam::account
