// Who somebody is and what he may do now, for the suite's own programs (G-02, G-03).
#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "account-svc/people/line.h"
#include "account-svc/people/organization_service.h"
#include "common/auth/grants.h"
#include "common/status/status.h"
#include "common/time/date.h"
#include "kam/organization/v1/directory_service.pb.h"
#include "kam/organization/v1/employee_scope_service.pb.h"

namespace kam::account {
namespace {

namespace pb = organization::v1;
using mysql::Row;
using mysql::Value;

// The grants of all roles: rows set by an administrator, once approved, replace the delivered ones of the same role and
// permission; then the widest level of each permission counts.
absl::StatusOr<auth::Grants> GrantsOf(mysql::Connection& connection, const std::vector<std::string>& roles) {
  if (roles.empty()) return auth::Grants();
  std::vector<Value> params(roles.begin(), roles.end());
  ASSIGN_OR_RETURN(
      const std::vector<Row> rows,
      connection.Query(absl::StrCat("SELECT role, permission, level, origin FROM role_grants WHERE role IN "
                                    "(",
                                    resource::Placeholders(roles.size()),
                                    ") AND archive_time IS NULL AND (origin = 'SEED' OR approve_time IS NOT NULL)"),
                       mysql::Params(params)));
  std::set<std::pair<std::string, std::string>> replaced;
  for (const Row& row : rows) {
    if (row[3].text() == "ADMIN") replaced.emplace(row[0].text(), row[1].text());
  }
  std::vector<auth::GrantRow> grants;
  for (const Row& row : rows) {
    if (row[3].text() != "ADMIN" && replaced.count({row[0].text(), row[1].text()}) > 0) continue;
    grants.push_back({row[1].text(), absl::AsciiStrToLower(row[2].text())});
  }
  return auth::MergeGrants(grants);
}

// Everybody who reports to `employee` on `day`, directly or not, without the person. Who has left is among them for
// some time, so that somebody finishes what he left behind; those below him are in any case. FAILED_PRECONDITION
// TEAM_TOO_LARGE.
absl::Status AddTeam(const Policy& policy, mysql::Connection& connection, const std::string& employee,
                     const std::string& day, std::set<std::string>* team) {
  const int limit = policy.team_max;
  ASSIGN_OR_RETURN(const std::string left_since, AddDays(day, -policy.team_left_days));
  ASSIGN_OR_RETURN(
      const std::vector<Row> rows,
      connection.Query(
          absl::StrCat("WITH RECURSIVE team (id) AS (SELECT s.parent_id FROM employees_superiors s WHERE s.superior "
                       "= ? AND s.since_date <= ? AND (s.until_date IS NULL OR s.until_date >= ?) UNION SELECT "
                       "s.parent_id FROM employees_superiors s JOIN team m ON s.superior = m.id WHERE s.since_date "
                       "<= ? AND (s.until_date IS NULL OR s.until_date >= ?)) SELECT t.id FROM team t JOIN employees e "
                       "ON e.id = t.id WHERE t.id <> ? AND (e.leave_date IS NULL OR e.leave_date >= ?) ORDER BY t.id "
                       "LIMIT ",
                       limit + 1),
          {employee, day, day, day, day, employee, left_since}));
  if (rows.size() > static_cast<size_t>(limit)) {
    return Error(absl::StatusCode::kFailedPrecondition, "TEAM_TOO_LARGE",
                 absl::StrCat("more than ", limit, " people report to employees/", employee,
                              "; grant department or region instead of team"),
                 {{"employee", NameOf("employees", employee)}, {"limit", absl::StrCat(limit)}});
  }
  for (const Row& row : rows) team->insert(row[0].text());
  return absl::OkStatus();
}

absl::Status Unknown() {
  return Error(absl::StatusCode::kNotFound, "EMPLOYEE_UNKNOWN", "no employee in service has this login");
}

absl::Status Resolve(const Context& context, mysql::Connection& connection, const std::string& login,
                     pb::ResolvedPrincipal* principal) {
  principal->Clear();
  const std::string day = context.Today(context.runtime.clock().Now());
  ASSIGN_OR_RETURN(
      const std::vector<Row> people,
      connection.Query("SELECT e.id, e.display_name, e.region, s.department_path, e.login FROM employees e LEFT "
                       "JOIN employee_scopes s ON s.employee = e.id WHERE e.login = ? AND e.archive_time "
                       "IS NULL AND (e.leave_date IS NULL OR e.leave_date >= ?) AND (e.hire_date IS NULL "
                       "OR e.hire_date <= ?)",
                       {login, day, day}));
  // A login is its bytes: no folding of case, accents or blanks may make one person another.
  if (people.empty() || people[0][4].text() != login) return Unknown();
  const std::string id = people[0][0].text();
  principal->set_employee(NameOf("employees", id));
  principal->set_display_name(people[0][1].text());
  principal->set_department_path(people[0][3].text());
  ASSIGN_OR_RETURN(const std::vector<Row> regions,
                   connection.Query("SELECT value FROM employees_regions WHERE parent_id = ? ORDER BY position", {id}));
  for (const Row& row : regions) principal->add_regions(row[0].text());
  // Without regions of his own a person answers for the one he works in.
  if (regions.empty() && !people[0][2].is_null()) principal->add_regions(people[0][2].text());
  ASSIGN_OR_RETURN(const std::vector<Row> held,
                   connection.Query("SELECT DISTINCT role FROM employees_roles WHERE parent_id = ? AND since_date <= ? "
                                    "AND (until_date IS NULL OR until_date >= ?) AND (state IS NULL OR state = "
                                    "'GRANTED') ORDER BY role",
                                    {id, day, day}));
  std::vector<std::string> roles;
  for (const Row& row : held) roles.push_back(row[0].text());
  for (const std::string& role : roles) principal->add_roles(role);
  ASSIGN_OR_RETURN(const auth::Grants grants, GrantsOf(connection, roles));
  const std::map<std::string, auth::Level> sorted(grants.begin(), grants.end());
  bool reaches_team = false;
  for (const auto& [permission, level] : sorted) {
    pb::Grant* grant = principal->add_grants();
    grant->set_permission(permission);
    grant->set_level(std::string(auth::LevelName(level)));
    reaches_team = reaches_team || level == auth::Level::kTeam;
  }
  if (!reaches_team) return absl::OkStatus();
  std::set<std::string> team;
  RETURN_IF_ERROR(AddTeam(context.policy, connection, id, day, &team));
  // Whoever stands in for somebody on leave reaches his team meanwhile (G-05).
  ASSIGN_OR_RETURN(const std::vector<std::string> away, StandsInFor(connection, id, day));
  for (const std::string& person : away) {
    // As far as both teams fit together: nobody is locked out because he stands in for the head of many.
    std::set<std::string> both = team;
    const absl::Status added = AddTeam(context.policy, connection, person, day, &both);
    if (!added.ok() && Reason(added) != "TEAM_TOO_LARGE") return added;
    if (added.ok() && both.size() <= static_cast<size_t>(context.policy.team_max)) team = std::move(both);
  }
  team.erase(id);
  for (const std::string& member : team) principal->add_team(member);
  return absl::OkStatus();
}

absl::StatusOr<pb::BatchGetEmployeeScopesResponse> BatchGetEmployeeScopes(
    const Context& context, rpc::Call& call, const pb::BatchGetEmployeeScopesRequest& request) {
  std::vector<Value> params;
  for (const std::string& name : request.names()) params.emplace_back(IdOf(name));
  pb::BatchGetEmployeeScopesResponse response;
  if (params.empty()) return response;
  RETURN_IF_ERROR(context.runtime.database().Run(call.deadline, [&](mysql::Connection& connection) -> absl::Status {
    response.Clear();
    ASSIGN_OR_RETURN(const std::vector<Row> rows,
                     connection.Query(absl::StrCat("SELECT employee, version, department_path, region FROM "
                                                   "employee_scopes WHERE employee IN (",
                                                   resource::Placeholders(params.size()), ")"),
                                      mysql::Params(params)));
    for (const Row& row : rows) {
      pb::EmployeeScope* scope = response.add_scopes();
      scope->set_employee(NameOf("employees", row[0].text()));
      scope->set_version(row[1].integer());
      scope->set_department_path(row[2].text());
      scope->set_region(row[3].text());
    }
    return absl::OkStatus();
  }));
  return response;
}

absl::StatusOr<pb::BatchGetEmployeeRolesResponse> BatchGetEmployeeRoles(
    const Context& context, rpc::Call& call, const pb::BatchGetEmployeeRolesRequest& request) {
  const std::string day = context.Today(context.runtime.clock().Now());
  std::vector<Value> params = {day, day};
  for (const std::string& name : request.names()) params.emplace_back(IdOf(name));
  const std::string list = resource::Placeholders(params.size() - 2);
  params.insert(params.end(), {Value(day), Value(day)});
  pb::BatchGetEmployeeRolesResponse response;
  RETURN_IF_ERROR(context.runtime.database().Run(call.deadline, [&](mysql::Connection& connection) -> absl::Status {
    response.Clear();
    ASSIGN_OR_RETURN(
        const std::vector<Row> rows,
        connection.Query(
            absl::StrCat(
                "SELECT DISTINCT e.id, r.role FROM employees e LEFT JOIN employees_roles r ON r.parent_id = "
                "e.id AND r.since_date <= ? AND (r.until_date IS NULL OR r.until_date >= ?) AND (r.state IS "
                "NULL OR r.state = 'GRANTED') WHERE e.id IN (",
                list,
                ") AND e.archive_time IS NULL AND (e.leave_date IS NULL OR e.leave_date >= ?) AND (e.hire_date "
                "IS NULL OR e.hire_date <= ?) ORDER BY e.id, r.role"),
            mysql::Params(params)));
    for (const Row& row : rows) {
      const std::string name = NameOf("employees", row[0].text());
      pb::EmployeeRoles* employee =
          response.employees_size() == 0 ? nullptr : response.mutable_employees(response.employees_size() - 1);
      if (employee == nullptr || employee->employee() != name) {
        employee = response.add_employees();
        employee->set_employee(name);
      }
      if (!row[1].is_null()) employee->add_roles(row[1].text());
    }
    return absl::OkStatus();
  }));
  return response;
}

}  // namespace

void RegisterDirectory(const Context& context, rpc::Registry* registry) {
  registry->Add<pb::ResolvePrincipalRequest, pb::ResolvedPrincipal>(
      "kam.organization.v1.DirectoryService/ResolvePrincipal",
      [context](rpc::Call& call, const pb::ResolvePrincipalRequest& request) -> absl::StatusOr<pb::ResolvedPrincipal> {
        pb::ResolvedPrincipal principal;
        RETURN_IF_ERROR(context.runtime.database().Run(call.deadline, [&](mysql::Connection& connection) {
          return Resolve(context, connection, request.login(), &principal);
        }));
        return principal;
      });
  registry->Add<pb::BatchGetEmployeeScopesRequest, pb::BatchGetEmployeeScopesResponse>(
      "kam.organization.v1.EmployeeScopeService/BatchGetEmployeeScopes",
      [context](rpc::Call& call, const pb::BatchGetEmployeeScopesRequest& request) {
        return BatchGetEmployeeScopes(context, call, request);
      });
  registry->Add<pb::BatchGetEmployeeRolesRequest, pb::BatchGetEmployeeRolesResponse>(
      "kam.organization.v1.EmployeeScopeService/BatchGetEmployeeRoles",
      [context](rpc::Call& call, const pb::BatchGetEmployeeRolesRequest& request) {
        return BatchGetEmployeeRoles(context, call, request);
      });
}

}  // namespace kam::account
