// The veto of roles that come without a personnel act (G-07, R-01), over real gRPC and a real database.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "account-svc/context.h"
#include "account-svc/rights_loader.h"
#include "account-svc/testing/account_fixture.h"
#include "common/testing/matchers.h"
#include "kam/api/standard.pb.h"
#include "kam/organization/v1/employee_service.pb.h"
#include "kam/organization/v1/notification_service.pb.h"
#include "kam/organization/v1/personnel_act_service.pb.h"

namespace kam::account {
namespace {

namespace pb = organization::v1;
using pb::Employee;
using testing::HasReason;
using ::testing::HasSubstr;
using testing::IsOk;
using testing::StatusIs;

constexpr char kService[] = "kam.organization.v1.PersonnelActService/";

class RoleVetoTest : public ::testing::Test {
 protected:
  RoleVetoTest()
      : world_(World::Get()),
        department_(world_.AddDepartment()),
        head_(world_.AddEmployee("GAM", department_.name())),
        as_hr_(world_.As(world_.AddEmployee(""), "HR")),
        as_gm_(world_.As(world_.AddEmployee("GM"), "GM")),
        as_head_(world_.As(head_, "GAM")) {
    // Which roles administer rights stands in the delivered rights.
    const auto rights = ReadRights("account-svc/rights");
    EXPECT_THAT(rights, IsOk());
    EXPECT_THAT(LoadRights(world_.harness().db().database(), world_.harness().clock(), *rights), IsOk());
  }

  // Somebody of the department with `role` from `since` on, as `who` enters him.
  Employee Enter(const auth::Principal& who, const char* role, const char* since) {
    static int last = 0;
    pb::CreateEmployeeRequest create;
    create.mutable_employee()->set_display_name("钱新");
    create.mutable_employee()->set_login(absl::StrCat("veto.", ++last, ".", IdOf(department_.name())));
    create.mutable_employee()->set_department(department_.name());
    create.mutable_employee()->add_roles()->set_role(role);
    create.mutable_employee()->mutable_roles(0)->set_since(since);
    const auto made = world_.Call<Employee>(who, "kam.organization.v1.EmployeeService/CreateEmployee", create);
    EXPECT_THAT(made, IsOk());
    return made.value_or(Employee());
  }
  absl::StatusOr<Employee> Confirm(const auth::Principal& who, const Employee& employee) {
    pb::ConfirmEmployeeRoleRequest request;
    request.set_name(employee.name());
    request.set_etag(employee.etag());
    request.set_role(employee.roles(0).role());
    return world_.Call<Employee>(who, "kam.organization.v1.EmployeeService/ConfirmEmployeeRole", request);
  }
  absl::StatusOr<Employee> VetoRole(const auth::Principal& who, const Employee& employee, const std::string& role) {
    pb::VetoEmployeeRoleRequest request;
    request.set_name(employee.name());
    request.set_etag(employee.etag());
    request.set_role(role);
    request.set_reason("编制已满");
    return world_.Call<Employee>(who, "kam.organization.v1.EmployeeService/VetoEmployeeRole", request);
  }
  // Roles of the person that `who` may still veto.
  std::vector<pb::VetoableRole> Vetoable(const auth::Principal& who, const Employee& employee) {
    const auto list = world_.Call<pb::ListVetoablePersonnelActsResponse>(
        who, absl::StrCat(kService, "ListVetoablePersonnelActs"), pb::ListVetoablePersonnelActsRequest());
    EXPECT_THAT(list, IsOk());
    std::vector<pb::VetoableRole> found;
    const pb::ListVetoablePersonnelActsResponse answer = list.value_or(pb::ListVetoablePersonnelActsResponse());
    for (const pb::VetoableRole& role : answer.roles()) {
      if (role.employee() == employee.name()) found.push_back(role);
    }
    return found;
  }
  // What `who` was told about the person.
  std::vector<std::string> Told(const auth::Principal& who, const Employee& about) {
    const auto list = world_.Call<pb::ListNotificationsResponse>(
        who, "kam.organization.v1.NotificationService/ListNotifications", kam::api::ListRequest());
    EXPECT_THAT(list, IsOk());
    std::vector<std::string> titles;
    const pb::ListNotificationsResponse answer = list.value_or(pb::ListNotificationsResponse());
    for (const pb::Notification& notice : answer.notifications()) {
      if (notice.subject() == about.name()) titles.push_back(notice.title());
    }
    return titles;
  }

  World& world_;
  const pb::Department department_;
  const Employee head_;
  const auth::Principal as_hr_, as_gm_, as_head_;
};

// G-07, G-22, R-01: a role that the personnel department proposes is an appointment without an act: the department
// manager learns of it by his department, nobody else's does, and says no before it is confirmed.
TEST_F(RoleVetoTest, ARoleThatComesWithoutAnActIsVetoedLikeOne) {
  const pb::Department other = world_.AddDepartment();
  const auto as_other = world_.As(world_.AddEmployee("GAM", other.name()), "GAM");
  const Employee made = Enter(as_hr_, "KAX", "2026-01-05");
  ASSERT_EQ(made.roles_size(), 1);
  ASSERT_EQ(made.roles(0).state(), pb::ROLE_STATE_PROPOSED);
  ASSERT_THAT(Told(as_head_, made), ::testing::SizeIs(1));
  EXPECT_THAT(Told(as_head_, made)[0], HasSubstr("veto"));
  EXPECT_THAT(Told(as_other, made), ::testing::IsEmpty());
  const auto listed = Vetoable(as_head_, made);
  ASSERT_THAT(listed, ::testing::SizeIs(1));
  EXPECT_EQ(listed[0].role(), "KAX");
  EXPECT_EQ(listed[0].state(), pb::ROLE_STATE_PROPOSED);
  EXPECT_EQ(listed[0].etag(), made.etag());
  EXPECT_THAT(Vetoable(as_other, made), ::testing::IsEmpty());

  EXPECT_THAT(VetoRole(as_other, made, "KAX"), HasReason("VETO_NOT_ALLOWED"));
  EXPECT_THAT(VetoRole(as_gm_, made, "KAX"), StatusIs(absl::StatusCode::kPermissionDenied));
  EXPECT_THAT(VetoRole(as_hr_, made, "KAX"), StatusIs(absl::StatusCode::kPermissionDenied));
  EXPECT_THAT(VetoRole(as_head_, made, "KAM"), HasReason("ROLE_NOT_PROPOSED"));
  const auto vetoed = VetoRole(as_head_, made, "KAX");
  ASSERT_THAT(vetoed, IsOk());
  EXPECT_EQ(vetoed->roles_size(), 0);
  EXPECT_THAT(Vetoable(as_head_, made), ::testing::IsEmpty());
  EXPECT_THAT(Told(as_hr_, made), ::testing::SizeIs(1)) << "whoever proposed it learns that it is no more";
  Employee waiting = made;
  waiting.set_etag(vetoed->etag());
  EXPECT_THAT(Confirm(as_gm_, waiting), HasReason("ROLE_NOT_PROPOSED"));
  EXPECT_THAT(VetoRole(as_head_, *vetoed, "KAX"), HasReason("ROLE_NOT_PROPOSED"));
  kam::api::HistoryRequest history;
  history.set_name(made.name());
  const auto changes =
      world_.Call<kam::api::HistoryResponse>(as_hr_, "kam.organization.v1.EmployeeService/GetEmployeeHistory", history);
  ASSERT_THAT(changes, IsOk());
  EXPECT_THAT(changes->entries(0).method(), HasSubstr("VetoEmployeeRole"));
  EXPECT_EQ(changes->entries(0).reason(), "编制已满");
  EXPECT_EQ(changes->entries(0).actor(), head_.name());
}

// G-07, R-01: no veto of the posts of team leaders, nor of the own one, nor of what counts already; what was decided
// for a day to come is vetoed before it, as an act is.
TEST_F(RoleVetoTest, TheVetoOfARoleReachesAsFarAsThatOfAnAct) {
  const Employee leader = Enter(as_hr_, "BDS", "2026-01-05");
  EXPECT_THAT(Told(as_head_, leader), ::testing::IsEmpty());
  EXPECT_THAT(Vetoable(as_head_, leader), ::testing::IsEmpty());
  EXPECT_THAT(VetoRole(as_head_, leader, "BDS"), HasReason("VETO_NOT_ALLOWED"));

  pb::UpdateEmployeeRequest own;
  *own.mutable_employee() = head_;
  own.mutable_employee()->clear_etag();
  own.mutable_employee()->add_roles()->set_role("KAM");
  own.mutable_employee()->mutable_roles(head_.roles_size())->set_since("2026-01-05");
  own.mutable_update_mask()->add_paths("roles");
  const auto himself = world_.Call<Employee>(as_hr_, "kam.organization.v1.EmployeeService/UpdateEmployee", own);
  ASSERT_THAT(himself, IsOk());
  EXPECT_THAT(Told(as_head_, head_), ::testing::IsEmpty());
  EXPECT_THAT(Vetoable(as_head_, head_), ::testing::IsEmpty());
  EXPECT_THAT(VetoRole(as_head_, *himself, "KAM"), HasReason("SEPARATION_OF_DUTIES"));

  const auto counts = Confirm(as_gm_, Enter(as_hr_, "KAX", "2026-01-05"));
  ASSERT_THAT(counts, IsOk());
  EXPECT_THAT(Vetoable(as_head_, *counts), ::testing::IsEmpty());
  EXPECT_THAT(VetoRole(as_head_, *counts, "KAX"), HasReason("ROLE_NOT_PROPOSED"));

  const auto confirmed = Confirm(as_gm_, Enter(as_hr_, "KAX", "2026-03-02"));
  ASSERT_THAT(confirmed, IsOk());
  ASSERT_EQ(confirmed->roles(0).state(), pb::ROLE_STATE_GRANTED);
  EXPECT_THAT(Vetoable(as_head_, *confirmed), ::testing::SizeIs(1));
  const auto vetoed = VetoRole(as_head_, *confirmed, "KAX");
  ASSERT_THAT(vetoed, IsOk());
  EXPECT_EQ(vetoed->roles_size(), 0);

  const Employee given = Enter(as_gm_, "KAX", "2026-03-02");
  ASSERT_EQ(given.roles_size(), 1);
  ASSERT_EQ(given.roles(0).state(), pb::ROLE_STATE_GRANTED);
  EXPECT_THAT(Told(as_head_, given), ::testing::SizeIs(1)) << "decided by the general manager for a day to come";
  EXPECT_THAT(VetoRole(as_head_, given, "KAX"), IsOk());
}

}  // namespace
}  // namespace kam::account
