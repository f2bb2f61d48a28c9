#include "account-svc/rules/role_rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/status/status.h"
#include "common/testing/matchers.h"
#include "kam/organization/v1/employee.pb.h"

namespace kam::account::rules {
namespace {

using organization::v1::Employee;
using organization::v1::ROLE_STATE_GRANTED;
using organization::v1::ROLE_STATE_PROPOSED;
using organization::v1::ROLE_STATE_UNSPECIFIED;
using organization::v1::RoleState;
using testing::EqualsProto;
using testing::HasReason;
using testing::IsOk;

constexpr char kHr[] = "employees/hr";
constexpr char kManager[] = "employees/gm";

Appointer By(const std::string& name, const std::set<std::string>& assigns, bool importing = false) {
  Appointer appointer;
  appointer.name = name;
  appointer.importing = importing;
  appointer.decides = true;
  appointer.today = "2026-01-05";
  appointer.privileged = {"GM", "HR"};
  appointer.assigns = [assigns](absl::string_view role) { return assigns.count(std::string(role)) > 0; };
  return appointer;
}

Employee Person(const std::string& role = {}, const std::string& since = "2025-01-01", const std::string& until = {},
                RoleState state = ROLE_STATE_UNSPECIFIED) {
  Employee employee;
  employee.set_name("employees/a");
  employee.set_login("a");
  if (role.empty()) return employee;
  auto* row = employee.add_roles();
  row->set_role(role);
  row->set_since(since);
  row->set_until(until);
  row->set_state(state);
  return employee;
}

// G-02, R-01: nobody gives a role without the right to give that role.
TEST(Appoint, TakesTheRightToAssignTheRole) {
  Employee person = Person("KAX");
  const absl::Status refused = Appoint(By(kHr, {"BD"}), nullptr, &person);
  EXPECT_THAT(refused, HasReason("ROLE_NOT_ASSIGNABLE"));
  EXPECT_EQ(MetadataValue(refused, "permission"), "employee.role.assign.KAX");
  EXPECT_EQ(MetadataValue(refused, "field"), "employee.roles[0].role");
  ASSERT_THAT(Appoint(By(kHr, {"KAX"}), nullptr, &person), IsOk());
  EXPECT_EQ(person.roles(0).state(), ROLE_STATE_GRANTED);
  EXPECT_EQ(person.roles(0).proposer(), kHr);
}

// G-02: a privileged role is proposed, whoever gives it.
TEST(Appoint, OnlyProposesAPrivilegedRole) {
  Employee person = Person("HR");
  ASSERT_THAT(Appoint(By(kManager, {"HR"}), nullptr, &person), IsOk());
  EXPECT_EQ(person.roles(0).state(), ROLE_STATE_PROPOSED);
  // Sending it again does not confirm it; nor does anybody who sets the state.
  const Employee before = person;
  person.mutable_roles(0)->set_state(ROLE_STATE_GRANTED);
  ASSERT_THAT(Appoint(By(kHr, {"HR"}), &before, &person), IsOk());
  EXPECT_THAT(person, EqualsProto(before.DebugString()));
}

// G-02
TEST(Appoint, ARowThatGetsShorterIsFreeAndOneThatGetsLongerIsGivenAnew) {
  const Employee before = Person("HR", "2025-01-01", "2026-06-30", ROLE_STATE_GRANTED);
  const Appointer nobody = By("employees/x", {});
  Employee after = Person("HR", "2025-01-01", "2026-03-31");
  ASSERT_THAT(Appoint(nobody, &before, &after), IsOk());
  EXPECT_EQ(after.roles(0).state(), ROLE_STATE_GRANTED);
  // A first day in the past says nothing of today.
  after = Person("HR", "2020-01-01", "2026-06-30");
  ASSERT_THAT(Appoint(nobody, &before, &after), IsOk());
  EXPECT_EQ(after.roles(0).state(), ROLE_STATE_GRANTED);
  after = Person();
  EXPECT_THAT(Appoint(nobody, &before, &after), IsOk()) << "taking it away";
  for (const char* until : {"2026-07-01", ""}) {
    after = Person("HR", "2025-01-01", until);
    EXPECT_THAT(Appoint(nobody, &before, &after), HasReason("ROLE_NOT_ASSIGNABLE")) << until;
    ASSERT_THAT(Appoint(By(kHr, {"HR"}), &before, &after), IsOk());
    EXPECT_EQ(after.roles(0).state(), ROLE_STATE_PROPOSED) << until;
  }
  // What is over gives nothing, neither as a row of the past nor as what a new row is compared with.
  after = Person("HR", "2024-01-01", "2026-01-04");
  EXPECT_THAT(Appoint(nobody, nullptr, &after), IsOk());
  const Employee over = after;
  after = Person("HR", "2024-01-01", "2026-01-05");
  EXPECT_THAT(Appoint(nobody, &over, &after), HasReason("ROLE_NOT_ASSIGNABLE"));
}

// G-02, G-21: whoever holds the key of an import does not hold all rights.
TEST(Appoint, AnImportNeitherGivesNorTakesAPrivilegedRole) {
  const Appointer import = By("employees/erp", {"HR", "KAX", "BD"}, /*importing=*/true);
  Employee person = Person("HR");
  EXPECT_THAT(Appoint(import, nullptr, &person), HasReason("PRIVILEGED_ROLE"));
  const Employee held = Person("HR", "2025-01-01", "", ROLE_STATE_GRANTED);
  // With other dates, or not named: the row stays.
  for (Employee after : {Person("HR", "2010-01-01"), Person(), Person("HR", "2025-01-01", "2025-12-31")}) {
    ASSERT_THAT(Appoint(import, &held, &after), IsOk()) << after.DebugString();
    EXPECT_THAT(after, EqualsProto(held.DebugString()));
  }
  Employee wider = Person("KAX");
  ASSERT_THAT(Appoint(import, &held, &wider), IsOk());
  ASSERT_EQ(wider.roles_size(), 2);
  EXPECT_EQ(wider.roles(0).role(), "KAX");
  EXPECT_EQ(wider.roles(1).role(), "HR");
  const Employee proposed = Person("HR", "2025-01-01", "", ROLE_STATE_PROPOSED);
  Employee after = Person("HR");
  EXPECT_THAT(Appoint(import, &proposed, &after), HasReason("PRIVILEGED_ROLE"));
}

// G-02: another login is another person with the same roles.
TEST(Appoint, ALoginGoesWithTheRolesBehindIt) {
  const Employee seller = Person("KAX", "2025-01-01", "", ROLE_STATE_GRANTED);
  Employee after = seller;
  after.set_login("b");
  const absl::Status refused = Appoint(By(kHr, {"BD"}), &seller, &after);
  EXPECT_THAT(refused, HasReason("ROLE_NOT_ASSIGNABLE"));
  EXPECT_EQ(MetadataValue(refused, "field"), "employee.login");
  EXPECT_THAT(Appoint(By(kHr, {"KAX"}), &seller, &after), IsOk());
  const Employee manager = Person("GM", "2025-01-01", "", ROLE_STATE_GRANTED);
  after = manager;
  after.set_login("b");
  for (const bool importing : {false, true}) {
    EXPECT_THAT(Appoint(By(kHr, {"GM"}, importing), &manager, &after), HasReason("PRIVILEGED_ROLE"));
  }
}

// G-02: two people, and neither of them the one who gets the role.
TEST(Confirm, TakesASecondEntitledPerson) {
  Employee person = Person("HR");
  ASSERT_THAT(Appoint(By(kHr, {"HR"}), nullptr, &person), IsOk());
  Employee confirmed = person;
  EXPECT_THAT(Confirm(By(kHr, {"HR"}), "HR", &confirmed), HasReason("SEPARATION_OF_DUTIES"));
  EXPECT_THAT(Confirm(By("employees/a", {"HR"}), "HR", &confirmed), HasReason("SEPARATION_OF_DUTIES"));
  EXPECT_THAT(Confirm(By(kManager, {"KAX"}), "HR", &confirmed), HasReason("ROLE_NOT_ASSIGNABLE"));
  EXPECT_THAT(Confirm(By(kManager, {"GM"}), "GM", &confirmed), HasReason("ROLE_NOT_PROPOSED"));
  ASSERT_THAT(Confirm(By(kManager, {"HR"}), "HR", &confirmed), IsOk());
  EXPECT_EQ(confirmed.roles(0).state(), ROLE_STATE_GRANTED);
  EXPECT_EQ(confirmed.roles(0).confirmer(), kManager);
  EXPECT_THAT(Confirm(By(kManager, {"HR"}), "HR", &confirmed), HasReason("ROLE_NOT_PROPOSED"));
}

// G-02
TEST(Restore, GivesTheRolesAnew) {
  const Employee seller = Person("KAX", "2025-01-01", "", ROLE_STATE_GRANTED);
  EXPECT_THAT(Restore(By(kHr, {}), seller), HasReason("ROLE_NOT_ASSIGNABLE"));
  EXPECT_THAT(Restore(By(kHr, {"KAX"}), seller), IsOk());
  EXPECT_THAT(Restore(By(kHr, {"GM"}), Person("GM")), HasReason("PRIVILEGED_ROLE"));
  EXPECT_THAT(Restore(By(kHr, {}), Person("GM", "2024-01-01", "2025-01-01")), IsOk());
}

// G-02, G-07, R-01: who maintains people without deciding on posts only proposes every role; an import brings what was
// decided elsewhere.
TEST(Appoint, WhoDoesNotDecideOnPostsOnlyProposes) {
  Appointer clerk = By(kHr, {"KAX"});
  clerk.decides = false;
  Employee person = Person("KAX");
  ASSERT_THAT(Appoint(clerk, nullptr, &person), IsOk());
  EXPECT_EQ(person.roles(0).state(), ROLE_STATE_PROPOSED);
  Employee confirmed = person;
  EXPECT_THAT(Confirm(clerk, "KAX", &confirmed), HasReason("SEPARATION_OF_DUTIES"));
  ASSERT_THAT(Confirm(By(kManager, {"KAX"}), "KAX", &confirmed), IsOk());
  EXPECT_EQ(confirmed.roles(0).state(), ROLE_STATE_GRANTED);
  clerk.importing = true;
  Employee imported = Person("KAX");
  ASSERT_THAT(Appoint(clerk, nullptr, &imported), IsOk());
  EXPECT_EQ(imported.roles(0).state(), ROLE_STATE_GRANTED);
}

}  // namespace
}  // namespace kam::account::rules
