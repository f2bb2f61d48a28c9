#include "account-svc/rules/personnel_rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "account-svc/rules/organization_rules.h"
#include "common/testing/matchers.h"

namespace kam::account::rules {
namespace {

namespace pb = organization::v1;
using pb::Employee;
using pb::PersonnelAct;
using pb::PersonnelActKind;
using ::testing::ElementsAre;
using testing::HasReason;
using testing::IsOk;
using testing::NamesField;

constexpr char kToday[] = "2026-01-05";

// One cell of R-01: what a role may do in an act of a kind. Written from the text of R-01, not from the code.
struct Cell {
  ActReach propose, decide, decide_leader, veto, veto_leader;
};
constexpr ActReach kNone = ActReach::kNone, kDirect = ActReach::kDirect, kDepartment = ActReach::kDepartment,
                   kAll = ActReach::kAll;

// R-01 by role; the kinds are hire, appoint, remove, transfer, reward, punish, dismiss.
const std::map<std::string, std::array<Cell, 7>>& Matrix() {
  // 直接下属雇佣、调配、奖罚及辞退建议权: proposes all for direct staff, decides and vetoes nothing.
  constexpr Cell kam = {kDirect, kNone, kNone, kNone, kNone};
  // 销售团队主管和技术团队主管的聘任权和解聘权; 对事业部其他成员的聘任或解聘有建议权和否决权.
  constexpr Cell gam_post = {kDepartment, kNone, kDepartment, kDepartment, kNone};
  // Transfer, reward, punishment of direct staff.
  constexpr Cell gam_staff = {kDepartment, kDirect, kDirect, kNone, kNone};
  // 奖惩建议权、任免提名权与淘汰建议权.
  constexpr Cell lead = {kDirect, kNone, kNone, kNone, kNone};
  constexpr Cell nothing = {kNone, kNone, kNone, kNone, kNone};
  // 决定公司的人事任免、报酬.
  constexpr Cell gm = {kAll, kAll, kAll, kNone, kNone};
  static const auto* const matrix = new std::map<std::string, std::array<Cell, 7>>{
      {"KAM", {kam, kam, kam, kam, kam, kam, kam}},
      {"GAM", {gam_post, gam_post, gam_post, gam_staff, gam_staff, gam_staff, gam_post}},
      {"BDS", {nothing, lead, lead, nothing, lead, lead, lead}},
      {"PSS", {nothing, lead, lead, nothing, lead, lead, lead}},
      {"ASS", {nothing, lead, lead, nothing, lead, lead, lead}},
      {"GM", {gm, gm, gm, gm, gm, gm, gm}},
  };
  return *matrix;
}

// G-07, R-01: every role, every kind, with and without a team leader concerned.
TEST(PersonnelRights, EveryCellOfTheMatrixIsAsRequired) {
  constexpr PersonnelActKind kinds[] = {pb::PERSONNEL_ACT_KIND_HIRE,   pb::PERSONNEL_ACT_KIND_APPOINT,
                                        pb::PERSONNEL_ACT_KIND_REMOVE, pb::PERSONNEL_ACT_KIND_TRANSFER,
                                        pb::PERSONNEL_ACT_KIND_REWARD, pb::PERSONNEL_ACT_KIND_PUNISH,
                                        pb::PERSONNEL_ACT_KIND_DISMISS};
  int cells = 0;
  for (const absl::string_view role : RoleCodes()) {
    for (size_t k = 0; k < std::size(kinds); ++k) {
      SCOPED_TRACE(std::string(role) + " " + pb::PersonnelActKind_Name(kinds[k]));
      const auto row = Matrix().find(std::string(role));
      const Cell cell = row == Matrix().end() ? Cell{kNone, kNone, kNone, kNone, kNone} : row->second[k];
      EXPECT_EQ(MayPropose(role, kinds[k]), cell.propose);
      EXPECT_EQ(MayDecide(role, kinds[k], false), cell.decide);
      EXPECT_EQ(MayDecide(role, kinds[k], true), cell.decide_leader);
      EXPECT_EQ(MayVeto(role, kinds[k], false), cell.veto);
      EXPECT_EQ(MayVeto(role, kinds[k], true), cell.veto_leader);
      ++cells;
    }
  }
  EXPECT_EQ(cells, static_cast<int>(RoleCodes().size() * std::size(kinds)));
}

PersonnelAct Act(PersonnelActKind kind) {
  PersonnelAct act;
  act.set_name("personnelActs/1");
  act.set_kind(kind);
  act.set_employee("employees/P");
  act.set_effective_date("2026-02-01");
  act.set_reason("业绩突出");
  return act;
}

// G-07, R-01: a reach is a reach: who is not the direct superior, or of the department, has no right.
TEST(PersonnelRights, CountForThePeopleTheyReach) {
  ActPerson manager{"employees/M", {"KAM"}, true, true};
  EXPECT_THAT(CheckPropose(manager, Act(pb::PERSONNEL_ACT_KIND_DISMISS)), IsOk());
  manager.direct = false;
  const absl::Status refused = CheckPropose(manager, Act(pb::PERSONNEL_ACT_KIND_DISMISS));
  EXPECT_THAT(refused, HasReason("PROPOSAL_NOT_ALLOWED"));
  EXPECT_EQ(MetadataValue(refused, "allowed"), "GM GAM KAM BDS PSS ASS");
  EXPECT_THAT(CheckDecide(manager, Act(pb::PERSONNEL_ACT_KIND_REWARD)), HasReason("NOT_THE_DECIDER"));
  ActPerson head{"employees/H", {"GAM"}, false, true};
  EXPECT_THAT(CheckVeto(head, Act(pb::PERSONNEL_ACT_KIND_DISMISS)), IsOk());
  EXPECT_THAT(CheckVeto(head, Act(pb::PERSONNEL_ACT_KIND_REWARD)), HasReason("VETO_NOT_ALLOWED"));
  EXPECT_THAT(CheckDecide(head, Act(pb::PERSONNEL_ACT_KIND_DISMISS)), HasReason("NOT_THE_DECIDER"));
  PersonnelAct leader = Act(pb::PERSONNEL_ACT_KIND_DISMISS);
  leader.set_team_leader(true);
  EXPECT_THAT(CheckDecide(head, leader), IsOk());
  EXPECT_THAT(CheckVeto(head, leader), HasReason("VETO_NOT_ALLOWED"));
  head.in_department = false;
  EXPECT_THAT(CheckDecide(head, leader), HasReason("NOT_THE_DECIDER"));
  const ActPerson person{"employees/P", {"GM", "GAM", "KAM"}, true, true};
  EXPECT_THAT(CheckPropose(person, leader), HasReason("SEPARATION_OF_DUTIES"));
  EXPECT_THAT(CheckDecide(person, leader), HasReason("SEPARATION_OF_DUTIES"));
  EXPECT_THAT(CheckVeto(person, Act(pb::PERSONNEL_ACT_KIND_DISMISS)), HasReason("SEPARATION_OF_DUTIES"));
}

// G-07, R-01: the post that is given counts, so that nobody gets another post by way of a team leader's.
TEST(PersonnelRights, ATeamLeaderIsWhoseTeamLeadersPostIsAtStake) {
  const Policy policy;
  PersonnelAct act = Act(pb::PERSONNEL_ACT_KIND_APPOINT);
  act.set_role("BDS");
  EXPECT_TRUE(ConcernsLeader(policy, act, {"BD"}));
  act.set_role("FD");
  EXPECT_FALSE(ConcernsLeader(policy, act, {"BDS"}));
  EXPECT_TRUE(ConcernsLeader(policy, Act(pb::PERSONNEL_ACT_KIND_DISMISS), {"PSS"}));
  EXPECT_FALSE(ConcernsLeader(policy, Act(pb::PERSONNEL_ACT_KIND_DISMISS), {"PS"}));
  // Whoever also has another post is dismissed by the general manager.
  EXPECT_FALSE(ConcernsLeader(policy, Act(pb::PERSONNEL_ACT_KIND_DISMISS), {"KAX", "BDS"}));
  EXPECT_TRUE(ConcernsLeader(policy, Act(pb::PERSONNEL_ACT_KIND_DISMISS), {"ASS", "BDS"}));
  EXPECT_FALSE(ConcernsLeader(policy, Act(pb::PERSONNEL_ACT_KIND_DISMISS), {}));
}

// G-07
TEST(CheckAct, NamesWhatAKindNeedsAndWhatItWouldIgnore) {
  const auto check = [](const PersonnelAct& act) { return CheckAct(act, {"HR", "GM"}, kToday); };
  PersonnelAct hire = Act(pb::PERSONNEL_ACT_KIND_HIRE);
  EXPECT_THAT(check(hire), NamesField("personnel_act.employee"));
  hire.clear_employee();
  const absl::Status missing = check(hire);
  EXPECT_THAT(ViolatedFields(missing),
              ElementsAre("personnel_act.candidate_name", "personnel_act.candidate_login", "personnel_act.role",
                          "personnel_act.department", "personnel_act.superior"));
  hire.set_candidate_name("周新");
  hire.set_candidate_login("zhou.xin");
  hire.set_role("KAX");
  hire.set_department("departments/D");
  hire.set_superior("employees/M");
  EXPECT_THAT(check(hire), IsOk());
  hire.set_role("HR");
  EXPECT_THAT(check(hire), HasReason("PRIVILEGED_ROLE"));
  hire.set_role("XYZ");
  EXPECT_THAT(check(hire), HasReason("ROLE_UNKNOWN"));
  EXPECT_THAT(check(Act(pb::PERSONNEL_ACT_KIND_TRANSFER)), NamesField("personnel_act.department"));
  PersonnelAct reward = Act(pb::PERSONNEL_ACT_KIND_REWARD);
  EXPECT_THAT(check(reward), IsOk());
  reward.set_role("KAM");
  EXPECT_THAT(check(reward), HasReason("FIELD_NOT_FOR_KIND"));
  PersonnelAct late = Act(pb::PERSONNEL_ACT_KIND_DISMISS);
  late.set_effective_date("2026-01-04");
  EXPECT_THAT(check(late), HasReason("EFFECTIVE_DATE_PAST"));
}

// G-07, G-01: what is decided changes the person from its day on, and not before.
TEST(ApplyAct, ChangesThePersonFromItsDayOn) {
  Employee person;
  person.set_name("employees/P");
  person.set_department("departments/A");
  pb::ReportingLine* line = person.add_superiors();
  line->set_superior("employees/S");
  line->set_since("2025-01-01");
  line = person.add_superiors();
  line->set_superior("employees/F");
  line->set_since("2025-01-01");
  line->set_kind(pb::LINE_KIND_FUNCTIONAL);
  person.add_roles()->set_role("BD");
  person.mutable_roles(0)->set_since("2025-01-01");

  PersonnelAct act = Act(pb::PERSONNEL_ACT_KIND_APPOINT);
  act.set_role("BDS");
  act.set_superior("employees/H");
  act.set_job_title("客户开发主管");
  Employee after = person;
  ASSERT_THAT(ApplyAct(act, &after), IsOk());
  EXPECT_EQ(after.superiors(0).until(), "2026-01-31");
  EXPECT_EQ(after.superiors(1).until(), "");  // The line in the field stays.
  EXPECT_EQ(after.superiors(2).superior(), "employees/H");
  EXPECT_EQ(after.superiors(2).since(), "2026-02-01");
  EXPECT_THAT(RolesOn(after, "2026-01-31"), ElementsAre("BD"));
  EXPECT_THAT(RolesOn(after, "2026-02-01"), ElementsAre("BD", "BDS"));
  EXPECT_EQ(after.job_title(), "客户开发主管");
  EXPECT_EQ(after.department(), "departments/A");

  PersonnelAct remove = Act(pb::PERSONNEL_ACT_KIND_REMOVE);
  remove.set_role("BD");
  ASSERT_THAT(ApplyAct(remove, &after), IsOk());
  EXPECT_THAT(RolesOn(after, "2026-01-31"), ElementsAre("BD"));
  EXPECT_THAT(RolesOn(after, "2026-02-01"), ElementsAre("BDS"));

  ASSERT_THAT(ApplyAct(Act(pb::PERSONNEL_ACT_KIND_DISMISS), &after), IsOk());
  EXPECT_EQ(after.leave_date(), "2026-02-01");
  EXPECT_EQ(after.superiors(2).until(), "");  // Somebody finishes what he leaves behind.

  PersonnelAct late = Act(pb::PERSONNEL_ACT_KIND_TRANSFER);
  late.set_effective_date("2026-03-01");
  EXPECT_THAT(ApplyAct(late, &after), HasReason("EMPLOYEE_LEFT"));
  Employee same = person;
  ASSERT_THAT(ApplyAct(Act(pb::PERSONNEL_ACT_KIND_REWARD), &same), IsOk());
  EXPECT_EQ(same.SerializeAsString(), person.SerializeAsString());
}

}  // namespace
}  // namespace kam::account::rules
