#include "account-svc/rules/personnel_rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>

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
constexpr ActReach kNone = ActReach::kNone, kDirect = ActReach::kDirect, kBelow = ActReach::kBelow,
                   kDepartment = ActReach::kDepartment, kAll = ActReach::kAll;

// R-01 by role; the kinds are hire, appoint, remove, transfer, reward, punish, dismiss.
const std::map<std::string, std::array<Cell, 7>>& Matrix() {
  // 直接下属雇佣、调配、奖罚及辞退建议权: proposes all for direct staff, decides and vetoes nothing.
  constexpr Cell kam = {kDirect, kNone, kNone, kNone, kNone};
  // 对下属部门成员有奖罚提议权: not for direct staff only.
  constexpr Cell kam_pay = {kBelow, kNone, kNone, kNone, kNone};
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
      {"KAM", {kam, kam, kam, kam, kam_pay, kam_pay, kam}},
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
  ActPerson manager{"employees/M", {"KAM"}, true, true, true};
  EXPECT_THAT(CheckPropose(manager, Act(pb::PERSONNEL_ACT_KIND_DISMISS)), IsOk());
  manager.direct = false;
  const absl::Status refused = CheckPropose(manager, Act(pb::PERSONNEL_ACT_KIND_DISMISS));
  EXPECT_THAT(refused, HasReason("PROPOSAL_NOT_ALLOWED"));
  EXPECT_EQ(MetadataValue(refused, "allowed"), "GM GAM KAM BDS PSS ASS");
  EXPECT_THAT(CheckPropose(manager, Act(pb::PERSONNEL_ACT_KIND_PUNISH)), IsOk()) << "below, not direct";
  manager.below = false;
  EXPECT_THAT(CheckPropose(manager, Act(pb::PERSONNEL_ACT_KIND_PUNISH)), HasReason("PROPOSAL_NOT_ALLOWED"));
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
  const ActPerson person{"employees/P", {"GM", "GAM", "KAM"}, true, true, true};
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

// G-07, R-01: what whoever only maintains people may not do to them without an act.
TEST(WithoutAct, NobodyIsDismissedMovedOrRelieved) {
  const std::set<std::string> privileged = {"HR", "GM"};
  Employee before;
  before.set_name("employees/P");
  before.set_department("departments/D");
  pb::RoleAssignment* role = before.add_roles();
  role->set_role("KAX");
  role->set_since("2025-01-01");
  role->set_state(pb::ROLE_STATE_GRANTED);
  pb::ReportingLine* line = before.add_superiors();
  line->set_superior("employees/M");
  line->set_since("2025-01-01");
  const auto check = [&](const Employee& from, const Employee& to) {
    return CheckWithoutAct(from, to, privileged, kToday);
  };
  EXPECT_THAT(check(before, before), IsOk());
  Employee after = before;
  after.set_phone("021-55550000");
  after.set_job_title("客户经理");
  EXPECT_THAT(check(before, after), IsOk()) << "what is maintained";

  // The last day: a resignation is nobody's decision, everything else is.
  after = before;
  after.set_leave_date("2026-02-28");
  const absl::Status refused = check(before, after);
  EXPECT_THAT(refused, HasReason("PERSONNEL_ACT_REQUIRED"));
  EXPECT_EQ(MetadataValue(refused, "kind"), "PERSONNEL_ACT_KIND_DISMISS");
  EXPECT_EQ(MetadataValue(refused, "field"), "employee.leave_date");
  EXPECT_EQ(MetadataValue(refused, "allowed"), "GM");
  after.set_leave_reason(pb::EMPLOYEE_LEAVE_REASON_RESIGNED);
  EndAtLeave(&after);
  EXPECT_THAT(check(before, after), IsOk());
  const Employee resigned = after;
  after.clear_leave_date();
  after.clear_leave_reason();
  EXPECT_THAT(check(resigned, after), IsOk()) << "he stays after all";
  Employee dismissed = resigned;
  dismissed.set_leave_reason(pb::EMPLOYEE_LEAVE_REASON_DISMISSED);
  EXPECT_THAT(check(before, dismissed), HasReason("PERSONNEL_ACT_REQUIRED"));
  EXPECT_THAT(check(dismissed, after), HasReason("PERSONNEL_ACT_REQUIRED")) << "a dismissal is not taken back";
  EXPECT_THAT(check(dismissed, resigned), HasReason("PERSONNEL_ACT_REQUIRED")) << "nor given another name";

  // Department and direct superior; a first one is free, and so is whoever leads in a field.
  after = before;
  after.set_department("departments/E");
  EXPECT_EQ(MetadataValue(check(before, after), "kind"), "PERSONNEL_ACT_KIND_TRANSFER");
  Employee blank = before;
  blank.clear_department();
  blank.clear_superiors();
  EXPECT_THAT(check(blank, before), IsOk());
  EXPECT_THAT(check(before, blank), HasReason("PERSONNEL_ACT_REQUIRED"));
  after = before;
  after.mutable_superiors(0)->set_superior("employees/N");
  EXPECT_EQ(MetadataValue(check(before, after), "field"), "employee.superiors");
  after = before;
  after.mutable_superiors(0)->set_until("2026-03-31");
  EXPECT_THAT(check(before, after), HasReason("PERSONNEL_ACT_REQUIRED")) << "the line ends";
  after = before;
  after.add_superiors()->set_superior("employees/N");
  after.mutable_superiors(1)->set_since("2026-04-01");
  EXPECT_THAT(check(before, after), HasReason("PERSONNEL_ACT_REQUIRED")) << "a second superior";
  after.mutable_superiors(1)->set_kind(pb::LINE_KIND_FUNCTIONAL);
  EXPECT_EQ(MetadataValue(check(before, after), "field"), "employee.superiors") << "she would have her rights over him";
  EXPECT_EQ(MetadataValue(check(before, after), "allowed"), "GM");
  EXPECT_THAT(check(after, before), IsOk()) << "one in a field goes";
  Employee without_post = before;
  without_post.clear_roles();
  Employee led = after;
  led.clear_roles();
  EXPECT_THAT(check(without_post, led), IsOk()) << "nothing is his yet";

  // A region is for those who decide on posts; a first one is free, as a department is.
  after = before;
  after.set_region("华东");
  EXPECT_THAT(check(before, after), IsOk());
  EXPECT_EQ(MetadataValue(check(after, before), "field"), "employee.region");
  after = before;
  after.add_regions("华南");
  EXPECT_EQ(MetadataValue(check(before, after), "field"), "employee.regions");
  EXPECT_THAT(check(after, before), IsOk()) << "it only gets narrower";

  // The first day: what lies behind is put right; nobody who is here comes later.
  Employee here = before;
  here.set_hire_date("2025-01-01");
  after = here;
  after.set_hire_date("2024-12-01");
  EXPECT_THAT(check(here, after), IsOk());
  EXPECT_THAT(check(before, after), IsOk());
  after.set_hire_date("2099-12-31");
  EXPECT_EQ(MetadataValue(check(here, after), "field"), "employee.hire_date");
  EXPECT_THAT(check(before, after), HasReason("PERSONNEL_ACT_REQUIRED")) << "none was entered, and his post counts";
  Employee to_come = without_post;
  to_come.set_hire_date("2099-12-01");
  Employee later = to_come;
  later.set_hire_date("2099-12-31");
  EXPECT_THAT(check(to_come, later), IsOk()) << "nobody has decided on him yet";

  // Posts: none is taken, a further one is only proposed.
  after = before;
  after.clear_roles();
  EXPECT_EQ(MetadataValue(check(before, after), "kind"), "PERSONNEL_ACT_KIND_REMOVE");
  after = before;
  after.mutable_roles(0)->set_until("2026-03-31");
  EXPECT_THAT(check(before, after), HasReason("PERSONNEL_ACT_REQUIRED"));
  after = before;
  after.mutable_roles(0)->set_state(pb::ROLE_STATE_PROPOSED);
  EXPECT_THAT(check(before, after), HasReason("PERSONNEL_ACT_REQUIRED")) << "it does not stop counting";
  after = before;
  pb::RoleAssignment* proposed = after.add_roles();
  proposed->set_role("BDS");
  proposed->set_since("2026-02-01");
  proposed->set_state(pb::ROLE_STATE_PROPOSED);
  EXPECT_THAT(check(before, after), IsOk());
  EXPECT_THAT(check(after, before), IsOk()) << "what was only proposed goes as it came";
  Employee administrator = before;
  administrator.mutable_roles(0)->set_role("HR");
  after = administrator;
  after.mutable_roles(0)->set_until(kToday);
  EXPECT_THAT(check(administrator, after), IsOk()) << "no act takes it";
  const absl::Status ended = CheckKeepsPrivileged(administrator, after, privileged, kToday);
  EXPECT_THAT(ended, HasReason("PRIVILEGED_ROLE"));
  EXPECT_EQ(MetadataValue(ended, "permission"), "employee.role.confirm");
  after = administrator;
  after.set_leave_date(kToday);
  after.set_leave_reason(pb::EMPLOYEE_LEAVE_REASON_RESIGNED);
  EndAtLeave(&after);
  EXPECT_EQ(MetadataValue(CheckKeepsPrivileged(administrator, after, privileged, kToday), "field"),
            "employee.leave_date");
  after = before;
  after.clear_roles();
  EXPECT_THAT(CheckKeepsPrivileged(before, after, privileged, kToday), IsOk()) << "an ordinary post";
  Employee waiting = administrator;
  waiting.mutable_roles(0)->set_state(pb::ROLE_STATE_PROPOSED);
  EXPECT_THAT(CheckKeepsPrivileged(waiting, after, privileged, kToday), IsOk()) << "it gave nothing";
  EXPECT_TRUE(DecidesOnPosts({"HR", "GM"}));
  for (const char* other : {"HR", "DGM", "GAM", "KAM", "ERP"}) EXPECT_FALSE(DecidesOnPosts({other})) << other;
}

// G-07, R-01
TEST(WithoutAct, NoFileIsPutAwayWithAPost) {
  Employee person;
  person.set_name("employees/P");
  constexpr PersonnelActKind kDismiss = pb::PERSONNEL_ACT_KIND_DISMISS;
  EXPECT_THAT(CheckFileWithoutAct(person, kDismiss, kToday), IsOk());
  pb::RoleAssignment* role = person.add_roles();
  role->set_role("KAX");
  role->set_since("2025-01-01");
  EXPECT_THAT(CheckFileWithoutAct(person, kDismiss, kToday), HasReason("PERSONNEL_ACT_REQUIRED"));
  role->set_until("2026-01-04");
  EXPECT_THAT(CheckFileWithoutAct(person, kDismiss, kToday), IsOk());
  role->clear_until();
  role->set_state(pb::ROLE_STATE_PROPOSED);
  EXPECT_THAT(CheckFileWithoutAct(person, kDismiss, kToday), IsOk());
}

// G-07: the decision on an act is the confirmation of what was proposed on the person.
TEST(ApplyAct, AnAppointmentMakesTheProposedRoleCount) {
  Employee person;
  pb::RoleAssignment* role = person.add_roles();
  role->set_role("BDS");
  role->set_since("2026-02-01");
  role->set_state(pb::ROLE_STATE_PROPOSED);
  role->set_proposer("employees/hr");
  PersonnelAct act = Act(pb::PERSONNEL_ACT_KIND_APPOINT);
  act.set_role("BDS");
  act.set_proposer("employees/M");
  act.set_decider("employees/H");
  ASSERT_THAT(ApplyAct(act, &person), IsOk());
  ASSERT_EQ(person.roles_size(), 1);
  EXPECT_EQ(person.roles(0).state(), pb::ROLE_STATE_GRANTED);
  EXPECT_EQ(person.roles(0).confirmer(), "employees/H");
}

// G-07, R-01: what may still be vetoed of the roles of a person; a granted role that administers rights ends by those
// who confirm it, and what an import brought was decided elsewhere.
TEST(RoleVeto, ReachesWhatDoesNotCountYet) {
  const std::set<std::string> privileged = {"HR"};
  const std::string today = "2026-01-05";
  const auto may = [&](const char* role, const char* since, const char* until, organization::v1::RoleState state,
                       const char* proposer) {
    organization::v1::RoleAssignment row;
    row.set_role(role);
    row.set_since(since);
    row.set_until(until);
    row.set_state(state);
    row.set_proposer(proposer);
    return MayStillVeto(row, privileged, today);
  };
  using organization::v1::ROLE_STATE_GRANTED;
  using organization::v1::ROLE_STATE_PROPOSED;
  EXPECT_TRUE(may("KAX", "2025-01-01", "", ROLE_STATE_PROPOSED, "employees/p"));
  EXPECT_FALSE(may("KAX", "2025-01-01", "2025-12-31", ROLE_STATE_PROPOSED, "employees/p")) << "over";
  EXPECT_FALSE(may("KAX", "2026-01-05", "", ROLE_STATE_GRANTED, "employees/p")) << "counts";
  EXPECT_TRUE(may("KAX", "2026-01-06", "", ROLE_STATE_GRANTED, "employees/p"));
  EXPECT_FALSE(may("KAX", "2026-01-06", "", ROLE_STATE_GRANTED, "")) << "came by an import";
  EXPECT_TRUE(may("HR", "2026-01-06", "", ROLE_STATE_PROPOSED, "employees/p"));
  EXPECT_FALSE(may("HR", "2026-01-06", "", ROLE_STATE_GRANTED, "employees/p"));
}

}  // namespace
}  // namespace kam::account::rules
