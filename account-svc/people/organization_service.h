// Departments, people, rights and the directory over RPC (G-01, G-02, G-03).
#ifndef KAM_ACCOUNT_SVC_PEOPLE_ORGANIZATION_SERVICE_H_
#define KAM_ACCOUNT_SVC_PEOPLE_ORGANIZATION_SERVICE_H_

#include <set>
#include <string>

#include "account-svc/context.h"
#include "kam/organization/v1/employee.pb.h"

namespace kam::account {

// Hooks and handlers of DepartmentService, EmployeeService and RoleGrantService.
void RegisterOrganization(const Context& context, rpc::Registry* registry);
// RoleGrantService.
void RegisterRoleGrants(const Context& context, rpc::Registry* registry);

// Handlers of DirectoryService and EmployeeScopeService, for the suite's own programs.
void RegisterDirectory(const Context& context, rpc::Registry* registry);

// Nobody is above himself on any day: REPORTING_CYCLE naming the circle. Everybody above is locked and read again, so
// that two changes at a time cannot close one.
absl::Status CheckReporting(resource::UnitOfWork& work, const organization::v1::Employee& employee);

// Path of a department, "/{id}/{id}/"; empty when there is none.
absl::StatusOr<std::string> PathOfDepartment(resource::UnitOfWork& work, const std::string& department);

// Whether the caller's right `permission` reaches the department with this path: who decides for his own department
// decides for those below it, too.
bool ReachesDepartment(const resource::UnitOfWork& work, absl::string_view permission, const std::string& path);

// Roles that administer rights: those that hold one of the policy's permissions now.
absl::StatusOr<std::set<std::string>> PrivilegedRoles(const Context& context, mysql::Connection& connection);

}  // namespace kam::account

#endif  // KAM_ACCOUNT_SVC_PEOPLE_ORGANIZATION_SERVICE_H_
