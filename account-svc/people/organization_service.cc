#include "account-svc/people/organization_service.h"

#include <algorithm>
#include <map>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "account-svc/people/organization_chart.h"
#include "account-svc/rules/organization_rules.h"
#include "account-svc/rules/personnel_rules.h"
#include "account-svc/rules/role_rules.h"
#include "account-svc/verb.h"
#include "common/auth/grants.h"
#include "common/resource/standard.h"
#include "common/status/status.h"
#include "kam/organization/v1/department.pb.h"
#include "kam/organization/v1/employee.pb.h"
#include "kam/organization/v1/employee_service.pb.h"

namespace kam::account {
namespace {

using mysql::Row;
using mysql::Value;
using organization::v1::Department;
using organization::v1::Employee;
using resource::UnitOfWork;

constexpr size_t kDepartmentsAboveMax = 8;
constexpr int kChildrenMax = 5000;
constexpr size_t kSuperiorsMax = 1000;  // People above somebody, along all lines.
constexpr char kWriteDepartment[] = "department.write";

bool HoldsAt(const auth::Principal& actor, auth::Level level) {
  return std::any_of(actor.grants.begin(), actor.grants.end(),
                     [level](const auto& grant) { return grant.second == level; });
}

std::string PathOf(const Department& department) {
  return absl::StrCat(department.parent_path(), IdOf(department.name()), "/");
}

// ---- Departments

// Sets parent_path from the parent. The departments above are locked, so that two moves at a time cannot close a
// circle.
absl::Status PlaceDepartment(UnitOfWork& work, Department* department) {
  if (department->parent().empty()) {
    department->set_parent_path("/");
    return absl::OkStatus();
  }
  ASSIGN_OR_RETURN(const std::vector<Row> parents,
                   work.connection().Query("SELECT parent_path FROM departments WHERE id = ? FOR UPDATE",
                                           {IdOf(department->parent())}));
  if (parents.empty()) return absl::OkStatus();  // The reference check names it.
  const std::string path = absl::StrCat(parents[0][0].text(), IdOf(department->parent()), "/");
  const std::vector<std::string> above = absl::StrSplit(path, '/', absl::SkipEmpty());
  std::vector<Value> ids(above.begin(), above.end());
  RETURN_IF_ERROR(work.connection()
                      .Query(absl::StrCat("SELECT id FROM departments WHERE id IN (",
                                          resource::Placeholders(ids.size()), ") ORDER BY id FOR UPDATE"),
                             mysql::Params(ids))
                      .status());
  if (!department->name().empty() && std::find(above.begin(), above.end(), IdOf(department->name())) != above.end()) {
    return FailedPrecondition("DEPARTMENT_CYCLE", department->name(),
                              absl::StrCat(department->display_name(), " cannot be below itself"),
                              {{"parent", department->parent()}});
  }
  if (above.size() > kDepartmentsAboveMax) {
    return InvalidField("department.parent", "DEPARTMENT_TOO_DEEP",
                        absl::StrCat("has ", above.size(), " levels above; at most ", kDepartmentsAboveMax),
                        {{"limit", absl::StrCat(kDepartmentsAboveMax)}});
  }
  department->set_parent_path(path);
  return absl::OkStatus();
}

// A department that moves takes those below it, and the people in it, along.
absl::Status AfterDepartment(UnitOfWork& work, const Department* before, const Department& after) {
  if (before == nullptr || before->parent_path() == after.parent_path()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const std::vector<Department> children,
                   work.Find<Department>({"t.parent = ?", {IdOf(after.name())}}, "ORDER BY t.id", kChildrenMax + 1,
                                         /*lock=*/true));
  if (children.size() > kChildrenMax) {
    return FailedPrecondition("DEPARTMENT_TOO_LARGE", after.name(), "too many departments below");
  }
  for (const Department& child : children) {
    resource::Change<Department> change{child, child};
    change.after.set_parent_path(PathOf(after));
    if (std::count(change.after.parent_path().begin(), change.after.parent_path().end(), '/') >
        static_cast<std::ptrdiff_t>(kDepartmentsAboveMax) + 1) {
      return InvalidField(
          "department.parent", "DEPARTMENT_TOO_DEEP",
          absl::StrCat(child.display_name(), " would have more than ", kDepartmentsAboveMax, " levels above"),
          {{"limit", absl::StrCat(kDepartmentsAboveMax)}});
    }
    RETURN_IF_ERROR(work.Save(std::move(change)).status());
  }
  return work.connection()
      .Execute(
          "UPDATE employee_scopes SET department_path = ?, version = version + 1 WHERE employee IN (SELECT e.id "
          "FROM employees e WHERE e.department = ?)",
          {PathOf(after), IdOf(after.name())})
      .status();
}

// The department manager sets the structure of his own department, whoever decides for the company that of all;
// an import brings what was decided elsewhere.
absl::Status CheckDecidesOn(const UnitOfWork& work, const std::string& department, const std::string& path) {
  if (work.importing() || ReachesDepartment(work, kWriteDepartment, path)) return absl::OkStatus();
  return Error(absl::StatusCode::kPermissionDenied, "OUT_OF_SCOPE",
               "the structure of this department is decided by somebody else",
               {{"rule", "R-21"}, {"department", department}, {"permission", kWriteDepartment}});
}

// The department itself is put away, and comes back, by whoever decides about it.
absl::Status CheckFileOfDepartment(UnitOfWork& work, const google::protobuf::Message& message) {
  const Department& department = static_cast<const Department&>(message);
  return CheckDecidesOn(work, department.name(), PathOf(department));
}

absl::Status UpdateDepartment(UnitOfWork& work, const Department& before, Department* after) {
  RETURN_IF_ERROR(Validate(work, *after));
  RETURN_IF_ERROR(CheckDecidesOn(work, before.name(), PathOf(before)));
  if (before.parent() == after->parent()) return absl::OkStatus();
  RETURN_IF_ERROR(PlaceDepartment(work, after));
  RETURN_IF_ERROR(CheckDecidesOn(work, after->parent(), PathOf(*after)));
  if (!HoldsAt(work.actor(), auth::Level::kDepartment)) return absl::OkStatus();
  return rules::CheckMove(work.actor().department, PathOf(before), PathOf(*after));
}

}  // namespace

// ---- Reporting lines

namespace {

// Every line of the people above `employee`, whenever it runs; `people` becomes those above.
absl::StatusOr<std::vector<rules::DatedLine>> LinesAbove(UnitOfWork& work, const Employee& employee,
                                                         std::set<std::string>* people) {
  const std::string self = IdOf(employee.name());
  std::vector<rules::DatedLine> lines;
  std::vector<std::string> level;
  for (const organization::v1::ReportingLine& line : employee.superiors()) {
    lines.push_back({self, IdOf(line.superior()), line.since(), line.until()});
    if (people->insert(IdOf(line.superior())).second) level.push_back(IdOf(line.superior()));
  }
  while (!level.empty()) {
    const std::vector<Value> params(level.begin(), level.end());
    ASSIGN_OR_RETURN(
        const std::vector<Row> rows,
        work.connection().Query(
            absl::StrCat(
                "SELECT parent_id, superior, since_date, until_date FROM employees_superiors WHERE parent_id IN (",
                resource::Placeholders(level.size()), ")"),
            mysql::Params(params)));
    level.clear();
    for (const Row& row : rows) {
      if (row[0].text() == self) continue;  // What is stored of the person is about to change.
      lines.push_back({row[0].text(), row[1].text(), row[2].text(), row[3].text()});
      if (people->insert(row[1].text()).second) level.push_back(row[1].text());
    }
    if (people->size() > kSuperiorsMax) {
      return Error(absl::StatusCode::kFailedPrecondition, "LINE_TOO_LONG",
                   absl::StrCat("more than ", kSuperiorsMax, " superiors"), {{"limit", absl::StrCat(kSuperiorsMax)}});
    }
  }
  return lines;
}

}  // namespace

absl::Status CheckReporting(UnitOfWork& work, const Employee& employee) {
  if (employee.superiors().empty()) return absl::OkStatus();
  std::set<std::string> people;
  RETURN_IF_ERROR(LinesAbove(work, employee, &people).status());
  const std::vector<Value> ids(people.begin(), people.end());
  RETURN_IF_ERROR(work.connection()
                      .Query(absl::StrCat("SELECT id FROM employees WHERE id IN (", resource::Placeholders(ids.size()),
                                          ") ORDER BY id FOR UPDATE"),
                             mysql::Params(ids))
                      .status());
  people.clear();
  ASSIGN_OR_RETURN(const std::vector<rules::DatedLine> lines, LinesAbove(work, employee, &people));
  const rules::ReportingCircle circle = rules::FindReportingCircle(IdOf(employee.name()), lines);
  if (circle.people.empty()) return absl::OkStatus();
  // From the person up to the person, by name.
  std::vector<std::string> chain;
  for (const std::string& id : circle.people) {
    ASSIGN_OR_RETURN(const std::vector<Row> rows,
                     work.connection().Query("SELECT display_name FROM employees WHERE id = ?", {id}));
    chain.push_back(rows.empty() ? id : rows[0][0].text());
  }
  const std::string text = absl::StrJoin(chain, " -> ");
  return FailedPrecondition("REPORTING_CYCLE", employee.name(),
                            absl::StrCat("the reporting lines would form a circle on ", circle.day, ": ", text),
                            {{"cycle", text}, {"day", circle.day}});
}

absl::StatusOr<std::string> PathOfDepartment(UnitOfWork& work, const std::string& department) {
  if (department.empty()) return std::string();
  ASSIGN_OR_RETURN(const std::vector<Row> rows,
                   work.connection().Query("SELECT parent_path FROM departments WHERE id = ?", {IdOf(department)}));
  return rows.empty() ? std::string() : absl::StrCat(rows[0][0].text(), IdOf(department), "/");
}

bool ReachesDepartment(const UnitOfWork& work, absl::string_view permission, const std::string& path) {
  const auth::Level level = work.actor().LevelFor(permission);
  return level != auth::Level::kNone && auth::ReachOf(work.actor(), level).Covers("", path, "");
}

// A row that takes such a right away for now does not count: whoever gets the role meanwhile, unconfirmed, would have
// the right as soon as that row is archived.
absl::StatusOr<std::set<std::string>> PrivilegedRoles(const Context& context, mysql::Connection& connection) {
  const std::vector<std::string>& permissions = context.policy.privileged_permissions;
  const std::vector<Value> params(permissions.begin(), permissions.end());
  ASSIGN_OR_RETURN(const std::vector<Row> rows,
                   connection.Query(absl::StrCat("SELECT g.role FROM role_grants g WHERE g.permission IN (",
                                                 resource::Placeholders(params.size()),
                                                 ") AND g.archive_time IS NULL AND g.level <> 'NONE' AND "
                                                 "(g.origin = 'SEED' OR g.approve_time IS NOT NULL)"),
                                    mysql::Params(params)));
  std::set<std::string> roles;
  for (const Row& row : rows) roles.insert(row[0].text());
  return roles;
}

namespace {

absl::StatusOr<rules::Appointer> AppointerOf(const Context& context, UnitOfWork& work, const Employee& employee) {
  rules::Appointer appointer;
  appointer.name = work.actor().subject;
  appointer.importing = work.importing();
  appointer.decides = rules::DecidesOnPosts(work.actor().roles);
  appointer.today = context.Today(work.now());
  ASSIGN_OR_RETURN(appointer.privileged, PrivilegedRoles(context, work.connection()));
  ASSIGN_OR_RETURN(const std::string path, PathOfDepartment(work, employee.department()));
  appointer.assigns = [&actor = work.actor(), id = IdOf(employee.name()), path,
                       region = employee.region()](absl::string_view role) {
    return auth::ReachOf(actor, actor.LevelFor(rules::AssignPermission(role))).Covers(id, path, region);
  };
  return appointer;
}

// Whether the actor only maintains people (G-01) and does not decide about them. What an import brings was
// decided in the system that it comes from.
bool OnlyMaintains(const rules::Appointer& appointer) { return !appointer.importing && !appointer.decides; }

// The roles of `after` are given by the actor; before it is stored.
absl::Status PrepareEmployee(const Context& context, UnitOfWork& work, const Employee* before, Employee* after) {
  RETURN_IF_ERROR(Validate(work, *after));
  ASSIGN_OR_RETURN(const rules::Appointer appointer, AppointerOf(context, work, *after));
  rules::EndAtLeave(after);
  RETURN_IF_ERROR(rules::CheckEmployee(*after));
  RETURN_IF_ERROR(rules::Appoint(appointer, before, after));
  rules::EndAtLeave(after);  // Rows that an import leaves as they are end, too.
  if (before != nullptr && OnlyMaintains(appointer)) {
    RETURN_IF_ERROR(rules::CheckWithoutAct(*before, *after, appointer.privileged, appointer.today));
    if (work.actor().LevelFor(std::string(rules::kConfirmPermission)) == auth::Level::kNone) {
      RETURN_IF_ERROR(rules::CheckKeepsPrivileged(*before, *after, appointer.privileged, appointer.today));
    }
  }
  if (!HoldsAt(work.actor(), auth::Level::kTeam)) return absl::OkStatus();
  return rules::CheckSuperiors(work.actor().subject, before, *after);
}

absl::Status UpdateEmployee(const Context& context, UnitOfWork& work, const Employee& before, Employee* after) {
  RETURN_IF_ERROR(PrepareEmployee(context, work, &before, after));
  RETURN_IF_ERROR(rules::CheckSelf(work.actor().subject, before, *after));
  return CheckReporting(work, *after);
}

absl::StatusOr<Employee> ConfirmRole(const Context& context, UnitOfWork& work,
                                     const organization::v1::ConfirmEmployeeRoleRequest& request) {
  RETURN_IF_ERROR(Person(work).status());
  ASSIGN_OR_RETURN(auto change, work.Begin<Employee>(request));
  ASSIGN_OR_RETURN(const rules::Appointer appointer, AppointerOf(context, work, change.before));
  RETURN_IF_ERROR(rules::Confirm(appointer, request.role(), &change.after));
  return work.Save(std::move(change));
}

// What the department manager may say no to of an act (G-07, R-01), of a role that comes without one.
absl::StatusOr<Employee> VetoRole(const Context& context, UnitOfWork& work,
                                  const organization::v1::VetoEmployeeRoleRequest& request) {
  ASSIGN_OR_RETURN(auto change, work.Begin<Employee>(request));
  RETURN_IF_ERROR(resource::CheckRead(request.etag()));
  rules::ActPerson person;
  ASSIGN_OR_RETURN(person.name, Person(work));
  person.roles = work.actor().roles;
  ASSIGN_OR_RETURN(const std::string path, PathOfDepartment(work, change.before.department()));
  const std::string& own = work.actor().department;
  person.in_department = !own.empty() && absl::StartsWith(path, own);
  RETURN_IF_ERROR(rules::CheckRoleVeto(context.policy, person, change.before.name(), request.role()));
  ASSIGN_OR_RETURN(const std::set<std::string> privileged, PrivilegedRoles(context, work.connection()));
  RETURN_IF_ERROR(rules::VetoRole(request.role(), privileged, context.Today(work.now()), &change.after));
  return work.Save(std::move(change));
}

absl::Status AfterEmployee(UnitOfWork& work, const Employee* before, const Employee& after) {
  if (before != nullptr && before->department() == after.department() && before->region() == after.region()) {
    return absl::OkStatus();
  }
  ASSIGN_OR_RETURN(const std::string path, PathOfDepartment(work, after.department()));
  return work.connection()
      .Execute(
          "INSERT INTO employee_scopes (employee, version, department_path, region) VALUES (?, 1, ?, ?) ON "
          "DUPLICATE KEY UPDATE version = version + 1, department_path = VALUES(department_path), region = "
          "VALUES(region)",
          {IdOf(after.name()), path.empty() ? Value() : Value(path),
           after.region().empty() ? Value() : Value(after.region())})
      .status();
}

}  // namespace

void RegisterOrganization(const Context& context, rpc::Registry* registry) {
  resource::Hooks departments;
  departments.on_create = resource::OnCreate<Department>([](UnitOfWork& work, Department* department) -> absl::Status {
    RETURN_IF_ERROR(Validate(work, *department));
    RETURN_IF_ERROR(PlaceDepartment(work, department));
    return CheckDecidesOn(work, department->parent(), department->parent_path());
  });
  departments.on_update = resource::OnUpdate<Department>(UpdateDepartment);
  departments.on_archive = CheckFileOfDepartment;
  departments.on_restore = CheckFileOfDepartment;
  departments.on_saved = resource::OnSaved<Department>(
      [context](UnitOfWork& work, const Department* before, const Department& after) -> absl::Status {
        RETURN_IF_ERROR(RecordPlacement(context, work, after));
        return AfterDepartment(work, before, after);
      });
  context.runtime.SetHooks(Department::descriptor(), std::move(departments));

  resource::Hooks employees;
  employees.on_create = resource::OnCreate<Employee>(
      [context](UnitOfWork& work, Employee* employee) { return PrepareEmployee(context, work, nullptr, employee); });
  employees.on_update =
      resource::OnUpdate<Employee>([context](UnitOfWork& work, const Employee& before, Employee* after) {
        return UpdateEmployee(context, work, before, after);
      });
  employees.on_saved = resource::OnSaved<Employee>(AfterEmployee);
  employees.on_archive = [context](UnitOfWork& work, const google::protobuf::Message& message) -> absl::Status {
    const Employee& employee = static_cast<const Employee&>(message);
    ASSIGN_OR_RETURN(const rules::Appointer appointer, AppointerOf(context, work, employee));
    RETURN_IF_ERROR(
        rules::CheckNotPrivileged(appointer, employee, "employee.roles", "end it before the person is archived"));
    if (!OnlyMaintains(appointer)) return absl::OkStatus();
    return rules::CheckFileWithoutAct(employee, organization::v1::PERSONNEL_ACT_KIND_DISMISS, appointer.today);
  };
  employees.on_restore = [context](UnitOfWork& work, const google::protobuf::Message& message) -> absl::Status {
    const Employee& employee = static_cast<const Employee&>(message);
    ASSIGN_OR_RETURN(const rules::Appointer appointer, AppointerOf(context, work, employee));
    RETURN_IF_ERROR(rules::Restore(appointer, employee));
    if (!OnlyMaintains(appointer)) return absl::OkStatus();
    return rules::CheckFileWithoutAct(employee, organization::v1::PERSONNEL_ACT_KIND_APPOINT, appointer.today);
  };
  context.runtime.SetHooks(Employee::descriptor(), std::move(employees));

  for (const char* service : {"DepartmentService", "EmployeeService"}) {
    resource::RegisterStandardMethods(context.runtime, absl::StrCat("kam.organization.v1.", service), registry);
  }
  registry->Add<organization::v1::ConfirmEmployeeRoleRequest, Employee>(
      "kam.organization.v1.EmployeeService/ConfirmEmployeeRole",
      [context](rpc::Call& call, const organization::v1::ConfirmEmployeeRoleRequest& request) {
        return context.runtime.Write<Employee>(call, request,
                                               [&](UnitOfWork& work) { return ConfirmRole(context, work, request); });
      });
  AddWrite<Employee, organization::v1::VetoEmployeeRoleRequest>(
      context, "kam.organization.v1.EmployeeService/VetoEmployeeRole", registry,
      [context](UnitOfWork& work, const organization::v1::VetoEmployeeRoleRequest& request) {
        return VetoRole(context, work, request);
      });
}

}  // namespace kam::account
