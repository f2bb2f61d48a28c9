// What the tests of people and their rights share.
#ifndef KAM_ACCOUNT_SVC_PEOPLE_ORGANIZATION_FIXTURE_H_
#define KAM_ACCOUNT_SVC_PEOPLE_ORGANIZATION_FIXTURE_H_

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "account-svc/context.h"
#include "account-svc/rights_loader.h"
#include "account-svc/testing/account_fixture.h"
#include "common/testing/matchers.h"
#include "kam/organization/v1/department_service.pb.h"
#include "kam/organization/v1/directory_service.pb.h"
#include "kam/organization/v1/employee_service.pb.h"
#include "kam/organization/v1/role_grant_service.pb.h"

namespace kam::account {

namespace pb = organization::v1;
using pb::Department;
using pb::Employee;
using testing::IsOk;

class OrganizationTest : public ::testing::Test {
 protected:
  OrganizationTest() : world_(World::Get()), hr_(world_.hr()), admin_(world_.As(world_.AddEmployee(""), "GM")) {}

  absl::StatusOr<Department> Move(const std::string& department, const std::string& parent) {
    pb::UpdateDepartmentRequest request;
    request.mutable_department()->set_name(department);
    request.mutable_department()->set_parent(parent);
    request.mutable_update_mask()->add_paths("parent");
    return world_.Call<Department>(hr_, "kam.organization.v1.DepartmentService/UpdateDepartment", request);
  }
  absl::StatusOr<Employee> Update(const auth::Principal& who, const Employee& employee,
                                  const std::vector<std::string>& mask) {
    pb::UpdateEmployeeRequest request;
    *request.mutable_employee() = employee;
    request.mutable_employee()->clear_etag();
    for (const std::string& path : mask) request.mutable_update_mask()->add_paths(path);
    return world_.Call<Employee>(who, "kam.organization.v1.EmployeeService/UpdateEmployee", request);
  }
  absl::StatusOr<Employee> SetSuperior(Employee employee, const std::string& superior,
                                       const char* since = "2025-01-01") {
    employee.clear_superiors();
    employee.add_superiors()->set_superior(superior);
    employee.mutable_superiors(0)->set_since(since);
    return Update(hr_, employee, {"superiors"});
  }
  absl::StatusOr<pb::ResolvedPrincipal> Resolve(const std::string& login) {
    pb::ResolvePrincipalRequest request;
    request.set_login(login);
    return world_.Call<pb::ResolvedPrincipal>(testing::Harness::Program("gateway", {"directory.resolve"}),
                                              "kam.organization.v1.DirectoryService/ResolvePrincipal", request);
  }
  absl::StatusOr<pb::RoleGrant> Grant(const auth::Principal& who, const std::string& role,
                                      const std::string& permission, pb::GrantLevel level) {
    pb::CreateRoleGrantRequest request;
    request.mutable_role_grant()->set_role(role);
    request.mutable_role_grant()->set_permission(permission);
    request.mutable_role_grant()->set_level(level);
    return world_.Call<pb::RoleGrant>(who, "kam.organization.v1.RoleGrantService/CreateRoleGrant", request);
  }
  absl::StatusOr<pb::RoleGrant> Approve(const auth::Principal& who, const pb::RoleGrant& grant) {
    pb::ApproveRoleGrantRequest request;
    request.set_name(grant.name());
    request.set_etag(grant.etag());
    return world_.Call<pb::RoleGrant>(who, "kam.organization.v1.RoleGrantService/ApproveRoleGrant", request);
  }
  // Set by one, approved by another.
  pb::RoleGrant GrantApproved(const std::string& role, const std::string& permission, pb::GrantLevel level) {
    const auto proposed = Grant(admin_, role, permission, level);
    EXPECT_THAT(proposed, IsOk());
    const auto approved = Approve(world_.As(world_.AddEmployee("GAM"), "GAM"), proposed.value_or(pb::RoleGrant()));
    EXPECT_THAT(approved, IsOk());
    return approved.value_or(pb::RoleGrant());
  }
  static std::map<std::string, std::string> Grants(const pb::ResolvedPrincipal& principal) {
    std::map<std::string, std::string> grants;
    for (const pb::Grant& grant : principal.grants()) grants[grant.permission()] = grant.level();
    return grants;
  }
  std::string ScopePath(const Employee& employee) {
    return world_.harness()
        .db()
        .Get(absl::StrCat("SELECT department_path FROM employee_scopes WHERE employee = '", IdOf(employee.name()), "'"))
        .text();
  }
  // Loads the delivered rights once for this program.
  void LoadDelivered() {
    const auto rights = ReadRights("account-svc/rights");
    ASSERT_THAT(rights, IsOk());
    ASSERT_THAT(LoadRights(world_.harness().db().database(), world_.harness().clock(), *rights), IsOk());
  }

  World& world_;
  auth::Principal hr_;     // Has entered everybody.
  auth::Principal admin_;  // Sets rights, and has entered nobody.
};

}  // namespace kam::account

#endif  // KAM_ACCOUNT_SVC_PEOPLE_ORGANIZATION_FIXTURE_H_
