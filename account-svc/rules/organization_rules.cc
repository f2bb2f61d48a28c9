#include "account-svc/rules/organization_rules.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/status/status.h"
#include "kam/organization/v1/employee.pb.h"

namespace kam::account::rules {
namespace {

using organization::v1::Employee;
using organization::v1::ReportingLine;
using organization::v1::RoleAssignment;

constexpr absl::string_view kRoles[] = {
    "GM", "DGM", "SD", "OD", "MD", "CRMD", "SVD", "FD", "AD", "HR", "SM", "RM", "KAPM", "GAM", "KAM", "BDS", "BD",
    "PSS", "PS", "ASS", "AS", "KAX", "KAA", "PM", "DA", "ASP", "SVM", "SA", "CL", "TM", "QI", "PTM", "WH", "INS", "FE",
    "CSM", "CSR", "APT", "CLM", "CLS", "ACC", "CSH", "CRC", "FEE", "SAD", "SPO", "GAD", "LEG",
    // Not a post: the client of another system (系统集成), which imports and reads.
    "ERP"};

absl::Status NotAlone(absl::string_view field, absl::string_view rule, absl::string_view permission,
                      absl::string_view what) {
  return Error(absl::StatusCode::kPermissionDenied, "SEPARATION_OF_DUTIES",
               absl::StrCat(field, ": ", what, "; somebody else with ", permission, " may"),
               {{"field", std::string(field)}, {"rule", std::string(rule)}, {"permission", std::string(permission)}});
}

template <typename Rows>
void EndRows(const std::string& leave, Rows* rows) {
  for (int i = 0; i < rows->size();) {
    auto* row = rows->Mutable(i);
    if (row->since() > leave) {
      rows->DeleteSubrange(i, 1);
      continue;
    }
    if (row->until().empty() || row->until() > leave) row->set_until(leave);
    ++i;
  }
}

}  // namespace

absl::Span<const absl::string_view> RoleCodes() { return kRoles; }

bool IsRole(absl::string_view code) {
  return std::find(std::begin(kRoles), std::end(kRoles), code) != std::end(kRoles);
}

bool HoldsOn(absl::string_view since, absl::string_view until, absl::string_view day) {
  return since <= day && (until.empty() || day <= until);
}

absl::Status CheckEmployee(const Employee& employee) {
  FieldViolations violations;
  const auto reversed = [&](const std::string& path, absl::string_view since, absl::string_view until) {
    if (since.empty() || until.empty() || since <= until) return;
    violations.Add(path, "DATES_REVERSED", absl::StrCat("is ", until, ", before the first day ", since));
  };
  reversed("employee.leave_date", employee.hire_date(), employee.leave_date());
  for (int i = 0; i < employee.superiors_size(); ++i) {
    const ReportingLine& line = employee.superiors(i);
    const std::string path = absl::StrCat("employee.superiors[", i, "].");
    reversed(path + "until", line.since(), line.until());
    if (!employee.name().empty() && line.superior() == employee.name()) {
      violations.Add(path + "superior", "REPORTING_CYCLE",
                     absl::StrCat(employee.display_name(), " cannot report to himself"),
                     {{"superior", line.superior()}});
    }
  }
  for (int i = 0; i < employee.roles_size(); ++i) {
    const RoleAssignment& role = employee.roles(i);
    const std::string path = absl::StrCat("employee.roles[", i, "].");
    reversed(path + "until", role.since(), role.until());
    if (!IsRole(role.role())) {
      violations.Add(path + "role", "ROLE_UNKNOWN", absl::StrCat(role.role(), " is not a role"),
                     {{"role", role.role()}});
    }
    for (int j = 0; j < i; ++j) {
      const RoleAssignment& other = employee.roles(j);
      if (other.role() != role.role() || (!other.until().empty() && other.until() < role.since()) ||
          (!role.until().empty() && role.until() < other.since())) {
        continue;
      }
      violations.Add(path + "role", "ROLE_REPEATED",
                     absl::StrCat(role.role(), " is held already from ", other.since(), " on"),
                     {{"role", role.role()}});
    }
  }
  return violations.status();
}

ReportingCircle FindReportingCircle(const std::string& employee, const std::vector<DatedLine>& lines) {
  std::multimap<std::string, const DatedLine*> above;
  std::set<std::string> days;  // A circle is closed on the first day of one of its lines.
  for (const DatedLine& line : lines) {
    above.emplace(line.employee, &line);
    days.insert(line.since);
  }
  for (const std::string& day : days) {
    std::map<std::string, std::string> below;  // Who -> below whom he was met.
    std::vector<std::string> level = {employee};
    while (!level.empty()) {
      std::vector<std::string> next;
      for (const std::string& id : level) {
        const auto [first, last] = above.equal_range(id);
        for (auto it = first; it != last; ++it) {
          const DatedLine& line = *it->second;
          if (HoldsOn(line.since, line.until, day) && below.emplace(line.superior, id).second) {
            next.push_back(line.superior);
          }
        }
      }
      level = std::move(next);
    }
    if (below.count(employee) == 0) continue;
    ReportingCircle circle{{employee}, day};
    std::string at = employee;
    do {
      at = below[at];
      circle.people.insert(circle.people.begin(), at);
    } while (at != employee);
    return circle;
  }
  return {};
}

void EndAtLeave(Employee* employee) {
  if (employee->leave_date().empty()) return;
  EndRows(employee->leave_date(), employee->mutable_roles());
}

absl::Status CheckSelf(absl::string_view actor, const Employee& before, const Employee& after) {
  if (actor != before.name()) return absl::OkStatus();
  const auto same = [](const auto& a, const auto& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [](const auto& x, const auto& y) { return x.SerializeAsString() == y.SerializeAsString(); });
  };
  absl::string_view field;
  if (before.login() != after.login()) field = "login";
  if (!same(before.roles(), after.roles())) field = "roles";
  // Whoever chooses his superior chooses who decides on his leave and scores him.
  if (!same(before.superiors(), after.superiors())) field = "superiors";
  if (before.hire_date() != after.hire_date()) field = "hire_date";
  if (before.leave_date() != after.leave_date()) field = "leave_date";
  if (before.department() != after.department()) field = "department";
  if (before.region() != after.region()) field = "region";
  if (!std::equal(before.regions().begin(), before.regions().end(), after.regions().begin(), after.regions().end())) {
    field = "regions";
  }
  if (field.empty()) return absl::OkStatus();
  return NotAlone(absl::StrCat("employee.", field), "self", "employee.write",
                  absl::StrCat("nobody changes the ", field, " of himself"));
}

absl::Status CheckSuperiors(absl::string_view actor, const Employee* before, const Employee& after) {
  for (int i = 0; i < after.superiors_size(); ++i) {
    const ReportingLine& line = after.superiors(i);
    if (line.superior() != actor) continue;
    const bool stored = before != nullptr && std::any_of(before->superiors().begin(), before->superiors().end(),
                                                         [&](const ReportingLine& other) {
                                                           return other.SerializeAsString() == line.SerializeAsString();
                                                         });
    if (stored) continue;
    return NotAlone(absl::StrCat("employee.superiors[", i, "].superior"), "reach", "employee.write",
                    "nobody widens the team of himself");
  }
  return absl::OkStatus();
}

absl::Status CheckMove(absl::string_view own, absl::string_view before, absl::string_view after) {
  if (own.empty() || !absl::StartsWith(after, own) || absl::StartsWith(before, own)) return absl::OkStatus();
  return NotAlone("department.parent", "reach", "department.write", "nobody widens the department of himself");
}

std::vector<std::string> RolesOn(const Employee& employee, absl::string_view day) {
  std::vector<std::string> roles;
  for (const RoleAssignment& role : employee.roles()) {
    if (role.state() == organization::v1::ROLE_STATE_PROPOSED) continue;
    if (HoldsOn(role.since(), role.until(), day) && std::find(roles.begin(), roles.end(), role.role()) == roles.end()) {
      roles.push_back(role.role());
    }
  }
  return roles;
}

}  // namespace kam::account::rules
