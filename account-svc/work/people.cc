#include "account-svc/work/people.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "common/auth/grants.h"
#include "common/status/status.h"
#include "common/time/date.h"

namespace kam::account {

namespace {

constexpr int kPeopleMax = 5000;  // In one report.
constexpr int64_t kReportDaysMax = 366;

}  // namespace

absl::StatusOr<bool> IsAbove(resource::UnitOfWork& work, const std::string& superior, const std::string& person,
                             const std::string& day) {
  return IsAbove(work.connection(), superior, person, day);
}

absl::Status CheckStillHere(resource::UnitOfWork& work, const std::string& person, const std::string& day,
                            absl::string_view field) {
  ASSIGN_OR_RETURN(
      const std::vector<mysql::Row> rows,
      work.connection().Query("SELECT leave_date FROM employees WHERE id = ? AND (archive_time IS NOT NULL "
                              "OR leave_date < ?)",
                              {IdOf(person), day}));
  if (rows.empty()) return absl::OkStatus();
  return FailedPrecondition("EMPLOYEE_LEFT", person, absl::StrCat(field, ": ", person, " does not work here any more"),
                            {{"field", std::string(field)}, {"leaveDate", rows[0][0].text()}});
}

absl::StatusOr<std::string> DepartmentOf(resource::UnitOfWork& work, const std::string& person) {
  ASSIGN_OR_RETURN(const std::vector<mysql::Row> rows,
                   work.connection().Query("SELECT department FROM employees WHERE id = ?", {IdOf(person)}));
  return rows.empty() || rows[0][0].is_null() ? std::string() : NameOf("departments", rows[0][0].text());
}

absl::Status CheckReportPeriod(absl::string_view field, const std::string& first, const std::string& last) {
  ASSIGN_OR_RETURN(const int64_t days, DaysBetween(first, last));
  if (days >= 0 && days < kReportDaysMax) return absl::OkStatus();
  return InvalidField(field, "PERIOD_INVALID",
                      absl::StrCat("is ", last, "; the report covers 1 to ", kReportDaysMax, " days"),
                      {{"limit", absl::StrCat(kReportDaysMax)}});
}

absl::StatusOr<std::vector<PersonInService>> PeopleInService(mysql::Connection& connection,
                                                             const auth::Principal& reader, auth::Level level,
                                                             const std::string& department, const std::string& first,
                                                             const std::string& last) {
  std::string sql =
      "SELECT e.id, e.display_name, e.hire_date, e.leave_date, s.department_path, e.region FROM employees e LEFT JOIN "
      "employee_scopes s ON s.employee = e.id WHERE e.archive_time IS NULL AND (e.hire_date IS NULL OR e.hire_date <= "
      "?) AND (e.leave_date IS NULL OR e.leave_date >= ?)";
  std::vector<mysql::Value> params = {last, first};
  if (!department.empty()) {
    absl::StrAppend(&sql, " AND s.department_path LIKE ?");
    params.emplace_back(absl::StrCat("%/", IdOf(department), "/%"));
  }
  ASSIGN_OR_RETURN(const std::vector<mysql::Row> rows,
                   connection.Query(absl::StrCat(sql, " ORDER BY e.display_name, e.id"), mysql::Params(params)));
  const auth::Reach reach = auth::ReachOf(reader, level);
  std::vector<PersonInService> people;
  for (const mysql::Row& row : rows) {
    if (!reach.Covers(row[0].text(), row[4].text(), row[5].text())) continue;
    if (people.size() == kPeopleMax) {
      return InvalidField("department", "TOO_MANY_PEOPLE",
                          absl::StrCat("the report has more than ", kPeopleMax, " people; ask for a department"),
                          {{"limit", absl::StrCat(kPeopleMax)}});
    }
    people.push_back({row[0].text(), row[1].text(), std::max(row[2].text(), first),
                      row[3].is_null() ? last : std::min(row[3].text(), last)});
  }
  return people;
}

absl::StatusOr<std::map<std::string, std::vector<DaysHeld>>> DaysOfRoles(mysql::Connection& connection,
                                                                         const std::vector<std::string>& roles,
                                                                         const std::string& first,
                                                                         const std::string& last) {
  std::vector<mysql::Value> params = {last, first};
  params.insert(params.end(), roles.begin(), roles.end());
  std::map<std::string, std::vector<DaysHeld>> held;
  RETURN_IF_ERROR(connection.Scan(
      absl::StrCat("SELECT r.parent_id, r.since_date, r.until_date FROM employees_roles r WHERE r.since_date <= ? AND "
                   "(r.until_date IS NULL OR r.until_date >= ?) AND (r.state IS NULL OR r.state = 'GRANTED') AND "
                   "r.role IN (",
                   resource::Placeholders(roles.size()), ")"),
      mysql::Params(params), [&](const mysql::Row& row) {
        held[row[0].text()].push_back({row[1].text(), row[2].is_null() ? last : row[2].text()});
        return absl::OkStatus();
      }));
  return held;
}

}  // namespace kam::account
