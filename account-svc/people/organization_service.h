// Departments, people, rights and the directory over RPC (G-01, G-02, G-03).
#ifndef KAM_ACCOUNT_SVC_PEOPLE_ORGANIZATION_SERVICE_H_
#define KAM_ACCOUNT_SVC_PEOPLE_ORGANIZATION_SERVICE_H_

#include "account-svc/context.h"

namespace kam::account {

// Hooks and handlers of DepartmentService, EmployeeService and RoleGrantService.
void RegisterOrganization(const Context& context, rpc::Registry* registry);

// Handlers of DirectoryService and EmployeeScopeService, for the suite's own programs.
void RegisterDirectory(const Context& context, rpc::Registry* registry);

}  // namespace kam::account

#endif  // KAM_ACCOUNT_SVC_PEOPLE_ORGANIZATION_SERVICE_H_
