#include "account-svc/bootstrap.h"

#include "account-svc/account_svc.h"
#include "account-svc/policy.h"
#include "common/resource/runtime.h"
#include "common/status/status.h"
#include "kam/organization/v1/employee.pb.h"

namespace kam::account {
namespace {

constexpr char kRole[] = "ERP";
constexpr char kMethod[] = "kam.organization.v1.EmployeeService.BatchUpsertEmployees";

}  // namespace

absl::Status Bootstrap(mysql::Database& database, const Clock& clock, absl::TimeZone zone, const std::string& login) {
  if (login.empty()) return absl::OkStatus();
  resource::Catalog catalog;
  FillCatalog(&catalog);
  resource::Runtime runtime(database, catalog, clock, std::string(32, '\0'), zone);
  rpc::Registry registry;
  const Policy policy;
  RegisterAll(runtime, policy, &registry);  // For the hooks: scopes are kept with the employee.
  auth::Principal program;
  program.subject = "programs/account-svc";
  const auto* method = google::protobuf::DescriptorPool::generated_pool()->FindMethodByName(kMethod);
  return runtime.WriteAs(program, method, "bootstrap", [&](resource::UnitOfWork& work) -> absl::Status {
    ASSIGN_OR_RETURN(const std::vector<mysql::Row> anybody,
                     work.connection().Query("SELECT id FROM employees LIMIT 1"));
    if (!anybody.empty()) return absl::OkStatus();
    organization::v1::Employee employee;
    employee.set_display_name("系统集成 Integrator");
    employee.set_login(login);
    organization::v1::RoleAssignment* role = employee.add_roles();
    role->set_role(kRole);
    role->set_since("2000-01-01");
    return work.Insert(employee).status();
  });
}

}  // namespace kam::account
