#include "account-svc/account_svc.h"

#include "account-svc/account_service.h"
#include "account-svc/organization_service.h"
#include "account-svc/sales_service.h"
#include "account-svc/visit_service.h"
#include "kam/account/v1/account.pb.h"
#include "kam/account/v1/account_ownership.pb.h"
#include "kam/account/v1/contact.pb.h"
#include "kam/account/v1/lead.pb.h"
#include "kam/account/v1/opportunity.pb.h"
#include "kam/account/v1/visit.pb.h"
#include "kam/account/v1/visit_plan.pb.h"
#include "kam/organization/v1/department.pb.h"
#include "kam/organization/v1/employee.pb.h"
#include "kam/organization/v1/role_grant.pb.h"

namespace kam::account {

absl::Span<const absl::string_view> ServiceNames() {
  static constexpr absl::string_view kNames[] = {"kam.account.v1.AccountOwnershipService",
                                                 "kam.account.v1.AccountScopeService",
                                                 "kam.account.v1.AccountService",
                                                 "kam.account.v1.ContactService",
                                                 "kam.account.v1.LeadService",
                                                 "kam.account.v1.OpportunityService",
                                                 "kam.account.v1.VisitPlanService",
                                                 "kam.account.v1.VisitService",
                                                 "kam.organization.v1.DepartmentService",
                                                 "kam.organization.v1.DirectoryService",
                                                 "kam.organization.v1.EmployeeScopeService",
                                                 "kam.organization.v1.EmployeeService",
                                                 "kam.organization.v1.RoleGrantService"};
  return kNames;
}

void FillCatalog(resource::Catalog* catalog) {
  catalog->Add<organization::v1::Department>();
  catalog->Add<organization::v1::Employee>();
  catalog->Add<organization::v1::RoleGrant>();
  catalog->Add<v1::Account>();
  catalog->Add<v1::AccountOwnership>();
  catalog->Add<v1::Contact>();
  catalog->Add<v1::Lead>();
  catalog->Add<v1::Opportunity>();
  catalog->Add<v1::VisitPlan>();
  catalog->Add<v1::Visit>();
}

void RegisterAll(resource::Runtime& runtime, const Policy& policy, rpc::Registry* registry) {
  const Context context{runtime, policy, runtime.zone()};
  RegisterAccounts(context, registry);
  RegisterOwnership(context, registry);
  RegisterSales(context, registry);
  RegisterVisits(context, registry);
  RegisterOrganization(context, registry);
  RegisterDirectory(context, registry);
}

}  // namespace kam::account
