#include "account-svc/people/line.h"

#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "common/resource/names.h"
#include "common/status/status.h"

namespace kam::account {
namespace {

using mysql::Row;
using mysql::Value;

constexpr size_t kLevelsMax = 64;

struct Superior {
  std::string id;
  bool in_service = false;
};

absl::StatusOr<std::vector<Superior>> DirectlyAbove(mysql::Connection& connection,
                                                    const std::vector<std::string>& people, const std::string& day,
                                                    const char* kind) {
  std::vector<Value> params(people.begin(), people.end());
  params.insert(params.end(), {Value(day), Value(day)});
  ASSIGN_OR_RETURN(
      const std::vector<Row> rows,
      connection.Query(
          absl::StrCat("SELECT DISTINCT s.superior, e.archive_time, e.hire_date, e.leave_date FROM "
                       "employees_superiors s JOIN employees e ON e.id = s.superior WHERE s.parent_id IN (",
                       resource::Placeholders(people.size()),
                       ") AND s.since_date <= ? AND (s.until_date IS NULL OR s.until_date >= ?) AND ", kind,
                       " ORDER BY s.superior"),
          mysql::Params(params)));
  std::vector<Superior> superiors;
  for (const Row& row : rows) {
    const bool in_service =
        row[1].is_null() && (row[2].is_null() || row[2].text() <= day) && (row[3].is_null() || row[3].text() >= day);
    superiors.push_back({row[0].text(), in_service});
  }
  return superiors;
}

}  // namespace

int Line::DistanceOf(const std::string& employee) const {
  for (size_t i = 0; i < levels.size(); ++i) {
    if (std::find(levels[i].begin(), levels[i].end(), employee) != levels[i].end()) return static_cast<int>(i) + 1;
  }
  return 0;
}

absl::StatusOr<Line> LineAbove(mysql::Connection& connection, const std::string& employee, const std::string& day) {
  Line line;
  std::set<std::string> seen = {employee};
  std::vector<std::string> below = {employee};
  while (!below.empty()) {
    std::vector<std::string> level;
    while (!below.empty()) {
      ASSIGN_OR_RETURN(const std::vector<Superior> superiors,
                       DirectlyAbove(connection, below, day, "(s.kind IS NULL OR s.kind = 'DISCIPLINARY')"));
      below.clear();
      for (const Superior& superior : superiors) {
        if (!seen.insert(superior.id).second) continue;
        (superior.in_service ? level : below).push_back(superior.id);  // Who has left does not count as a level.
      }
    }
    if (level.empty()) break;
    if (line.levels.size() == kLevelsMax) return Internal("a reporting line has no end");
    line.levels.push_back(level);
    below = level;
  }
  return line;
}

absl::StatusOr<std::vector<std::string>> FunctionalSuperiors(mysql::Connection& connection, const std::string& employee,
                                                             const std::string& day) {
  ASSIGN_OR_RETURN(const std::vector<Superior> superiors,
                   DirectlyAbove(connection, {employee}, day, "s.kind = 'FUNCTIONAL'"));
  std::vector<std::string> ids;
  for (const Superior& superior : superiors) {
    if (superior.in_service) ids.push_back(superior.id);
  }
  return ids;
}

absl::StatusOr<std::vector<std::string>> StandsInFor(mysql::Connection& connection, const std::string& deputy,
                                                     const std::string& day) {
  ASSIGN_OR_RETURN(const std::vector<Row> rows,
                   connection.Query("SELECT DISTINCT employee FROM leave_requests WHERE deputy = ? AND state = "
                                    "'APPROVED' AND start_date <= ? AND end_date >= ? ORDER BY employee",
                                    {resource::IdOf(deputy), day, day}));
  std::vector<std::string> ids;
  for (const Row& row : rows) ids.push_back(row[0].text());
  return ids;
}

absl::StatusOr<std::vector<std::string>> DeputiesOf(mysql::Connection& connection,
                                                    const std::vector<std::string>& people, const std::string& day) {
  std::vector<std::string> ids;
  if (people.empty()) return ids;
  std::vector<Value> params(people.begin(), people.end());
  params.insert(params.end(), {Value(day), Value(day)});
  ASSIGN_OR_RETURN(const std::vector<Row> rows,
                   connection.Query(absl::StrCat("SELECT DISTINCT deputy FROM leave_requests WHERE employee IN (",
                                                 resource::Placeholders(people.size()),
                                                 ") AND deputy IS NOT NULL AND state = 'APPROVED' AND start_date <= ? "
                                                 "AND end_date >= ? ORDER BY deputy"),
                                    mysql::Params(params)));
  for (const Row& row : rows) ids.push_back(row[0].text());
  return ids;
}

absl::StatusOr<bool> IsAbove(mysql::Connection& connection, const std::string& superior, const std::string& person,
                             const std::string& day) {
  std::vector<std::string> candidates = {resource::IdOf(superior)};
  // Whoever stands in for his own superior does not decide about himself.
  if (resource::IdOf(superior) != resource::IdOf(person)) {
    ASSIGN_OR_RETURN(const std::vector<std::string> away, StandsInFor(connection, superior, day));
    candidates.insert(candidates.end(), away.begin(), away.end());
  }
  std::vector<Value> params = {resource::IdOf(person), day, day, day, day};
  params.insert(params.end(), candidates.begin(), candidates.end());
  ASSIGN_OR_RETURN(
      const std::vector<Row> rows,
      connection.Query(
          absl::StrCat(
              "WITH RECURSIVE line (id) AS (SELECT s.superior FROM employees_superiors s WHERE s.parent_id = ? "
              "AND s.since_date <= ? AND (s.until_date IS NULL OR s.until_date >= ?) UNION SELECT s.superior "
              "FROM employees_superiors s JOIN line l ON s.parent_id = l.id WHERE s.since_date <= ? AND "
              "(s.until_date IS NULL OR s.until_date >= ?)) SELECT id FROM line WHERE id IN (",
              resource::Placeholders(candidates.size()), ") LIMIT 1"),
          mysql::Params(params)));
  return !rows.empty();
}

absl::StatusOr<std::vector<std::string>> InService(mysql::Connection& connection,
                                                   const std::vector<std::string>& people, const std::string& day) {
  if (people.empty()) return people;
  std::vector<Value> params(people.begin(), people.end());
  params.insert(params.end(), {Value(day), Value(day)});
  ASSIGN_OR_RETURN(
      const std::vector<Row> rows,
      connection.Query(absl::StrCat("SELECT id FROM employees WHERE id IN (", resource::Placeholders(people.size()),
                                    ") AND archive_time IS NULL AND (hire_date IS NULL OR hire_date <= ?) AND "
                                    "(leave_date IS NULL OR leave_date >= ?) ORDER BY id"),
                       mysql::Params(params)));
  std::vector<std::string> ids;
  for (const Row& row : rows) ids.push_back(row[0].text());
  return ids;
}

absl::StatusOr<bool> IsAboveLeaver(mysql::Connection& connection, const std::string& superior,
                                   const std::string& person, const std::string& day) {
  ASSIGN_OR_RETURN(const std::vector<std::string> here, InService(connection, {resource::IdOf(person)}, day));
  if (!here.empty()) return false;
  return IsAbove(connection, superior, person, day);
}

}  // namespace kam::account
