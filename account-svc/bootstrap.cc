#include "account-svc/bootstrap.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "account-svc/account_svc.h"
#include "account-svc/policy.h"
#include "account-svc/rules/organization_rules.h"
#include "common/resource/runtime.h"
#include "common/status/status.h"
#include "kam/organization/v1/employee.pb.h"

namespace kam::account {
namespace {

constexpr char kIntegratorRole[] = "ERP";
constexpr char kIntegratorName[] = "系统集成 Integrator";
constexpr char kMethod[] = "kam.organization.v1.EmployeeService.BatchUpsertEmployees";

organization::v1::Employee ToEmployee(const FirstPerson& person) {
  organization::v1::Employee employee;
  employee.set_display_name(person.role == kIntegratorRole ? kIntegratorName : person.login);
  employee.set_login(person.login);
  organization::v1::RoleAssignment* role = employee.add_roles();
  role->set_role(person.role);
  role->set_since("2000-01-01");
  role->set_state(organization::v1::ROLE_STATE_GRANTED);
  if (!person.system.empty()) {
    employee.add_external_ids()->set_system(person.system);
    employee.mutable_external_ids(0)->set_id(person.external_id);
  }
  return employee;
}

}  // namespace

FirstPerson Integrator(const std::string& login) { return {login, kIntegratorRole, "", ""}; }

absl::StatusOr<std::vector<FirstPerson>> ParseFirstPeople(absl::string_view text) {
  std::vector<FirstPerson> people;
  for (absl::string_view entry : absl::StrSplit(text, ',', absl::SkipWhitespace())) {
    entry = absl::StripAsciiWhitespace(entry);
    const std::vector<std::string> parts = absl::StrSplit(entry, ':');
    const bool complete = (parts.size() == 2 || parts.size() == 4) && !parts[0].empty() && rules::IsRole(parts[1]) &&
                          (parts.size() == 2 || (!parts[2].empty() && !parts[3].empty()));
    if (!complete) {
      return Error(absl::StatusCode::kInvalidArgument, "BOOTSTRAP_INVALID",
                   absl::StrCat("\"", entry, "\" is not LOGIN:ROLE or LOGIN:ROLE:SYSTEM:ID with a known role"),
                   {{"entry", std::string(entry)}});
    }
    FirstPerson person{parts[0], parts[1], "", ""};
    if (parts.size() == 4) {
      person.system = parts[2];
      person.external_id = parts[3];
    }
    people.push_back(std::move(person));
  }
  return people;
}

absl::Status Bootstrap(mysql::Database& database, const Clock& clock, absl::TimeZone zone,
                       const std::vector<FirstPerson>& people) {
  if (people.empty()) return absl::OkStatus();
  resource::Catalog catalog;
  FillCatalog(&catalog);
  resource::Runtime runtime(database, catalog, clock, std::string(32, '\0'), zone);
  rpc::Registry registry;
  const Policy policy;
  RegisterAll(runtime, policy, &registry, nullptr);  // For the hooks: scopes are kept with the employee.
  auth::Principal program;
  program.subject = "programs/account-svc";
  const auto* method = google::protobuf::DescriptorPool::generated_pool()->FindMethodByName(kMethod);
  return runtime.WriteAs(program, method, "bootstrap", [&](resource::UnitOfWork& work) -> absl::Status {
    ASSIGN_OR_RETURN(const std::vector<mysql::Row> anybody,
                     work.connection().Query("SELECT id FROM employees LIMIT 1"));
    if (!anybody.empty()) return absl::OkStatus();
    for (const FirstPerson& person : people) RETURN_IF_ERROR(work.Insert(ToEmployee(person)).status());
    return absl::OkStatus();
  });
}

}  // namespace kam::account
