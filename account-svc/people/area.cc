#include "account-svc/area.h"

#include "account-svc/people/organization_service.h"
#include "kam/organization/v1/department.pb.h"
#include "kam/organization/v1/employee.pb.h"
#include "kam/organization/v1/role_grant.pb.h"

namespace kam::account {
namespace {

constexpr absl::string_view kServices[] = {
    "kam.organization.v1.DepartmentService",    "kam.organization.v1.DirectoryService",
    "kam.organization.v1.EmployeeScopeService", "kam.organization.v1.EmployeeService",
    "kam.organization.v1.RoleGrantService",
};

void FillCatalog(resource::Catalog* catalog) {
  catalog->Add<organization::v1::Department>();
  catalog->Add<organization::v1::Employee>();
  catalog->Add<organization::v1::RoleGrant>();
}

void RegisterHandlers(const Context& context, rpc::Registry* registry) {
  RegisterOrganization(context, registry);
  RegisterDirectory(context, registry);
}

}  // namespace

const Area& PeopleArea() {
  static constexpr Area kArea = {kServices, FillCatalog, RegisterHandlers};
  return kArea;
}

}  // namespace kam::account
