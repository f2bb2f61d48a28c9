#include "account-svc/people/organization_chart.h"

#include <map>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/status/status.h"
#include "common/time/date.h"

namespace kam::account {
namespace {

namespace pb = organization::v1;
using mysql::Row;
using mysql::Value;

constexpr int kPeopleMax = 5000;
constexpr int kPostsMax = 5000;

// Departments as they were on the day, within the one asked for; the ids of those.
absl::StatusOr<std::set<std::string>> AddDepartments(mysql::Connection& connection, const std::string& day,
                                                     const std::string& within, pb::Organization* chart) {
  ASSIGN_OR_RETURN(
      const std::vector<Row> rows,
      connection.Query("SELECT p.department, p.display_name, p.parent, p.parent_path, p.establishment FROM "
                       "department_placements p WHERE p.archived = 0 AND p.since_date = (SELECT MAX(q.since_date) FROM "
                       "department_placements q WHERE q.department = p.department AND q.since_date <= ?) ORDER BY "
                       "p.parent_path, p.display_name",
                       {day}));
  std::set<std::string> ids;
  for (const Row& row : rows) {
    if (!within.empty() && row[0].text() != within &&
        !absl::StrContains(row[3].text(), absl::StrCat("/", within, "/"))) {
      continue;
    }
    ids.insert(row[0].text());
    pb::OrganizationDepartment* department = chart->add_departments();
    department->set_department(NameOf("departments", row[0].text()));
    department->set_display_name(row[1].text());
    department->set_parent(NameOf("departments", row[2].text()));
    department->set_establishment(static_cast<int32_t>(row[4].integer()));
  }
  return ids;
}

absl::Status AddPosts(mysql::Connection& connection, const std::string& day, const std::set<std::string>& departments,
                      pb::Organization* chart) {
  ASSIGN_OR_RETURN(
      const std::vector<Row> rows,
      connection.Query(
          absl::StrCat("SELECT p.id, p.title, p.department, p.establishment, p.superior_post, "
                       "p.functional_superior_post FROM posts p WHERE p.state IN ('ESTABLISHED', "
                       "'ABOLISHED') AND p.since_date <= ? AND (p.until_date IS NULL OR p.until_date >= ?) "
                       "ORDER BY p.department, p.code LIMIT ",
                       kPostsMax),
          {day, day}));
  std::map<std::string, int> index;
  for (const Row& row : rows) {
    if (departments.count(row[2].text()) == 0) continue;
    index[row[0].text()] = chart->posts_size();
    pb::OrganizationPost* post = chart->add_posts();
    post->set_post(NameOf("posts", row[0].text()));
    post->set_title(row[1].text());
    post->set_department(NameOf("departments", row[2].text()));
    post->set_establishment(static_cast<int32_t>(row[3].integer()));
    post->set_superior_post(NameOf("posts", row[4].text()));
    post->set_functional_superior_post(NameOf("posts", row[5].text()));
  }
  ASSIGN_OR_RETURN(
      const std::vector<Row> holders,
      connection.Query("SELECT a.post, a.employee, e.display_name, a.kind FROM post_assignments a JOIN employees e ON "
                       "e.id = a.employee WHERE a.since_date <= ? AND (a.until_date IS NULL OR a.until_date >= ?) AND "
                       "(e.leave_date IS NULL OR e.leave_date >= ?) ORDER BY e.display_name, a.employee",
                       {day, day, day}));
  std::map<std::string, std::set<std::string>> staff;  // Department -> people on its posts.
  std::vector<int> counted(static_cast<size_t>(chart->posts_size()), 0);
  for (const Row& row : holders) {
    const auto at = index.find(row[0].text());
    if (at == index.end()) continue;
    pb::OrganizationPost* post = chart->mutable_posts(at->second);
    pb::OrganizationHolder* holder = post->add_holders();
    holder->set_employee(NameOf("employees", row[1].text()));
    holder->set_display_name(row[2].text());
    const auto* kind = resource::FindEnumValue(pb::PostAssignmentKind_descriptor(), row[3].text());
    if (kind != nullptr) holder->set_kind(static_cast<pb::PostAssignmentKind>(kind->number()));
    if (holder->kind() != pb::POST_ASSIGNMENT_KIND_ACTING) ++counted[static_cast<size_t>(at->second)];
    staff[post->department()].insert(row[1].text());
  }
  for (int i = 0; i < chart->posts_size(); ++i) {
    pb::OrganizationPost* post = chart->mutable_posts(i);
    const int free = post->establishment() - counted[static_cast<size_t>(i)];
    post->set_vacancies(std::max(free, 0));
    post->set_over(std::max(-free, 0));
  }
  for (pb::OrganizationDepartment& department : *chart->mutable_departments()) {
    department.set_staff(static_cast<int32_t>(staff[department.department()].size()));
  }
  return absl::OkStatus();
}

absl::Status AddPeople(mysql::Connection& connection, const std::string& day, const std::string& within,
                       pb::Organization* chart) {
  ASSIGN_OR_RETURN(
      const std::vector<Row> rows,
      connection.Query("SELECT e.id, e.display_name, c.department_path, s.superior, s.kind FROM employees e LEFT "
                       "JOIN employee_scopes c ON c.employee = e.id LEFT JOIN employees_superiors s ON s.parent_id = "
                       "e.id AND s.since_date <= ? AND (s.until_date IS NULL OR "
                       "s.until_date >= ?) WHERE e.archive_time IS NULL AND (e.hire_date IS NULL OR e.hire_date <= ?) "
                       "AND (e.leave_date IS NULL OR e.leave_date >= ?) ORDER BY e.display_name, e.id, s.position",
                       {day, day, day, day}));
  for (const Row& row : rows) {
    // The department of a person is not dated: the one of today counts.
    if (!within.empty() && !absl::StrContains(row[2].text(), absl::StrCat("/", within, "/"))) continue;
    const std::string name = NameOf("employees", row[0].text());
    pb::OrganizationPerson* person =
        chart->people_size() == 0 ? nullptr : chart->mutable_people(chart->people_size() - 1);
    if (person == nullptr || person->employee() != name) {
      if (chart->people_size() == kPeopleMax) {
        return InvalidField("department", "TOO_MANY_PEOPLE",
                            absl::StrCat("more than ", kPeopleMax, " people; ask for a department"),
                            {{"limit", absl::StrCat(kPeopleMax)}});
      }
      person = chart->add_people();
      person->set_employee(name);
      person->set_display_name(row[1].text());
    }
    if (row[3].is_null()) continue;
    const std::string superior = NameOf("employees", row[3].text());
    if (row[4].text() == "FUNCTIONAL") {
      person->add_functional_superiors(superior);
    } else {
      person->add_superiors(superior);
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<pb::Organization> OrganizationOn(const Context& context, rpc::Call& call,
                                                const pb::GetOrganizationRequest& request) {
  std::string day = request.date();
  if (day.empty()) day = context.Today(context.runtime.clock().Now());
  RETURN_IF_ERROR(ParseDate(day, "date").status());
  pb::Organization chart;
  RETURN_IF_ERROR(context.runtime.database().Run(call.deadline, [&](mysql::Connection& connection) -> absl::Status {
    chart.Clear();
    chart.set_date(day);
    ASSIGN_OR_RETURN(const std::set<std::string> departments,
                     AddDepartments(connection, day, IdOf(request.department()), &chart));
    RETURN_IF_ERROR(AddPosts(connection, day, departments, &chart));
    return AddPeople(connection, day, IdOf(request.department()), &chart);
  }));
  return chart;
}

absl::Status RecordPlacement(const Context& context, resource::UnitOfWork& work, const pb::Department& department) {
  return work.connection()
      .Execute(
          "INSERT INTO department_placements (department, since_date, parent, parent_path, display_name, "
          "establishment, "
          "archived) VALUES (?, ?, ?, ?, ?, ?, ?) ON DUPLICATE KEY UPDATE parent = VALUES(parent), parent_path = "
          "VALUES(parent_path), display_name = VALUES(display_name), establishment = VALUES(establishment), archived = "
          "VALUES(archived)",
          {IdOf(department.name()), context.Today(work.now()),
           department.parent().empty() ? Value() : Value(IdOf(department.parent())), department.parent_path(),
           department.display_name(), int64_t{department.establishment()},
           int64_t{department.has_archive_time() ? 1 : 0}})
      .status();
}

}  // namespace kam::account
