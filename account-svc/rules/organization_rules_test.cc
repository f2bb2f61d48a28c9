#include "account-svc/rules/organization_rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <map>

#include "common/status/status.h"
#include "common/testing/matchers.h"
#include "kam/organization/v1/employee.pb.h"

namespace kam::account::rules {
namespace {

using organization::v1::Employee;
using ::testing::ElementsAre;
using testing::EqualsProto;
using testing::HasReason;
using testing::IsOk;
using testing::NamesField;

void AddRole(Employee* employee, const std::string& role, const std::string& since, const std::string& until) {
  auto* row = employee->add_roles();
  row->set_role(role);
  row->set_since(since);
  row->set_until(until);
}

TEST(RoleCodes, AreThoseOfTheRequirementsAndOneForOtherSystems) {
  EXPECT_EQ(RoleCodes().size(), 49u);
  EXPECT_TRUE(IsRole("KAM"));
  EXPECT_TRUE(IsRole("LEG"));
  EXPECT_FALSE(IsRole("kam"));
  EXPECT_FALSE(IsRole(""));
}

TEST(HoldsOn, BothDaysCount) {
  EXPECT_FALSE(HoldsOn("2026-01-05", "2026-01-06", "2026-01-04"));
  EXPECT_TRUE(HoldsOn("2026-01-05", "2026-01-06", "2026-01-05"));
  EXPECT_TRUE(HoldsOn("2026-01-05", "2026-01-06", "2026-01-06"));
  EXPECT_FALSE(HoldsOn("2026-01-05", "2026-01-06", "2026-01-07"));
  EXPECT_TRUE(HoldsOn("2026-01-05", "", "2036-01-07"));
}

// G-01, G-02
TEST(CheckEmployee, NamesEveryContradiction) {
  Employee employee;
  employee.set_name("employees/a");
  employee.set_hire_date("2026-02-01");
  employee.set_leave_date("2026-01-01");
  employee.add_superiors()->set_superior("employees/a");
  employee.mutable_superiors(0)->set_since("2026-02-01");
  employee.mutable_superiors(0)->set_until("2026-01-01");
  AddRole(&employee, "XYZ", "2026-01-01", "");
  AddRole(&employee, "KAM", "2026-01-01", "2026-03-01");
  AddRole(&employee, "KAM", "2026-03-01", "");
  const absl::Status status = CheckEmployee(employee);
  for (const char* field : {"employee.leave_date", "employee.superiors[0].superior", "employee.superiors[0].until",
                            "employee.roles[0].role", "employee.roles[2].role"}) {
    EXPECT_THAT(status, NamesField(field));
  }
}

// G-01: a claims clerk has two superiors; the same role again after a gap is fine.
TEST(CheckEmployee, TakesTwoSuperiorsAndARoleHeldTwiceInTurn) {
  Employee employee;
  employee.set_name("employees/a");
  for (const char* superior : {"employees/t", "employees/s"}) {
    auto* line = employee.add_superiors();
    line->set_superior(superior);
    line->set_since("2026-01-01");
  }
  AddRole(&employee, "CL", "2024-01-01", "2024-12-31");
  AddRole(&employee, "CL", "2026-01-01", "");
  EXPECT_THAT(CheckEmployee(employee), IsOk());
}

// G-01: who leaves loses the roles; those above him stay above those below him.
TEST(EndAtLeave, EndsWhatRunsOnAndDropsWhatWouldBeginLater) {
  Employee employee;
  employee.set_leave_date("2026-01-31");
  employee.add_superiors()->set_superior("employees/s");
  employee.mutable_superiors(0)->set_since("2025-01-01");
  AddRole(&employee, "KAM", "2025-01-01", "");
  AddRole(&employee, "BD", "2024-01-01", "2024-12-31");
  AddRole(&employee, "GAM", "2026-02-01", "");
  EndAtLeave(&employee);
  EXPECT_THAT(employee, EqualsProto(R"pb(
                leave_date: "2026-01-31"
                superiors { superior: "employees/s" since: "2025-01-01" }
                roles { role: "KAM" since: "2025-01-01" until: "2026-01-31" }
                roles { role: "BD" since: "2024-01-01" until: "2024-12-31" })pb"));
  EXPECT_THAT(RolesOn(employee, "2026-01-31"), ElementsAre("KAM"));
  EXPECT_THAT(RolesOn(employee, "2026-02-01"), ElementsAre());
}

// G-02, G-03: what somebody's own rights come from is changed by somebody else.
TEST(CheckSelf, NobodyChangesWhatHisOwnRightsComeFrom) {
  Employee before;
  before.set_name("employees/a");
  AddRole(&before, "HR", "2026-01-01", "");
  const auto check = [&](const std::function<void(Employee*)>& change, const std::string& actor = "employees/a") {
    Employee after = before;
    change(&after);
    return CheckSelf(actor, before, after);
  };
  EXPECT_THAT(check([](Employee* after) { after->set_phone("1"); }), IsOk());
  const std::map<std::string, std::function<void(Employee*)>> changes = {
      {"roles", [](Employee* after) { AddRole(after, "GM", "2026-01-01", ""); }},
      {"login", [](Employee* after) { after->set_login("b"); }},
      {"department", [](Employee* after) { after->set_department("departments/d"); }},
      {"region", [](Employee* after) { after->set_region("华东"); }},
      {"regions", [](Employee* after) { after->add_regions("华东"); }},
      {"superiors", [](Employee* after) { after->add_superiors()->set_superior("employees/friend"); }},
      {"hire_date", [](Employee* after) { after->set_hire_date("2020-01-01"); }},
      {"leave_date", [](Employee* after) { after->set_leave_date("2027-01-01"); }}};
  for (const auto& [field, change] : changes) {
    const absl::Status refused = check(change);
    EXPECT_THAT(refused, HasReason("SEPARATION_OF_DUTIES")) << field;
    EXPECT_EQ(MetadataValue(refused, "field"), "employee." + field);
    EXPECT_THAT(check(change, "employees/b"), IsOk()) << field;
  }
}

// G-03
TEST(CheckSuperiors, NobodyWidensHisOwnTeam) {
  Employee before;
  before.set_name("employees/a");
  Employee after = before;
  after.add_superiors()->set_superior("employees/b");
  EXPECT_THAT(CheckSuperiors("employees/b", &before, after), HasReason("SEPARATION_OF_DUTIES"));
  EXPECT_THAT(CheckSuperiors("employees/b", nullptr, after), HasReason("SEPARATION_OF_DUTIES"));
  EXPECT_THAT(CheckSuperiors("employees/c", nullptr, after), IsOk());
  EXPECT_THAT(CheckSuperiors("employees/b", &after, after), IsOk());
}

// G-03
TEST(CheckMove, NobodyMovesADepartmentIntoHisOwn) {
  EXPECT_THAT(CheckMove("/d1/d2/", "/d1/d3/", "/d1/d2/d3/"), HasReason("SEPARATION_OF_DUTIES"));
  EXPECT_THAT(CheckMove("/d1/d2/", "/d1/d2/d3/", "/d1/d2/d4/d3/"), IsOk());
  EXPECT_THAT(CheckMove("/d1/d2/", "/d1/d2/d3/", "/d1/d3/"), IsOk());
  EXPECT_THAT(CheckMove("", "/d1/d3/", "/d1/d2/d3/"), IsOk());
}

// G-02
TEST(RolesOn, LeavesOutWhatIsOnlyProposed) {
  Employee employee;
  AddRole(&employee, "HR", "2026-01-01", "");
  employee.mutable_roles(0)->set_state(organization::v1::ROLE_STATE_PROPOSED);
  EXPECT_THAT(RolesOn(employee, "2026-01-05"), ElementsAre());
}

}  // namespace
}  // namespace kam::account::rules
