// Personnel acts (G-07, R-01), over real gRPC and a real database.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "account-svc/context.h"
#include "account-svc/rights_loader.h"
#include "account-svc/testing/account_fixture.h"
#include "account-svc/testing/states.h"
#include "common/testing/matchers.h"
#include "kam/api/standard.pb.h"
#include "kam/organization/v1/employee_service.pb.h"
#include "kam/organization/v1/personnel_act_service.pb.h"

namespace kam::account {
namespace {

namespace pb = organization::v1;
using pb::Employee;
using pb::PersonnelAct;
using testing::HasReason;
using ::testing::HasSubstr;
using testing::IsOk;
using testing::StatusIs;

constexpr char kService[] = "kam.organization.v1.PersonnelActService/";

class PersonnelTest : public ::testing::Test {
 protected:
  PersonnelTest()
      : world_(World::Get()),
        department_(world_.AddDepartment()),
        head_(world_.AddEmployee("GAM", department_.name())),
        manager_(world_.AddEmployee("KAM", department_.name(), {head_.name()})),
        seller_(world_.AddEmployee("KAX", department_.name(), {manager_.name()})),
        lead_(world_.AddEmployee("BDS", department_.name(), {head_.name()})),
        developer_(world_.AddEmployee("BD", department_.name(), {lead_.name()})),
        as_gm_(world_.As(world_.AddEmployee("GM"), "GM")),
        as_head_(world_.As(head_, "GAM", {IdOf(manager_.name()), IdOf(seller_.name()), IdOf(lead_.name())})),
        as_manager_(world_.As(manager_, "KAM", {IdOf(seller_.name())})),
        as_lead_(world_.As(lead_, "BDS", {IdOf(developer_.name())})),
        as_seller_(world_.As(seller_, "KAX")) {
    // Which roles administer rights stands in the delivered rights.
    const auto rights = ReadRights("account-svc/rights");
    EXPECT_THAT(rights, IsOk());
    EXPECT_THAT(LoadRights(world_.harness().db().database(), world_.harness().clock(), *rights), IsOk());
  }

  PersonnelAct About(const Employee& employee, pb::PersonnelActKind kind, const char* day = "2026-02-02") {
    PersonnelAct act;
    act.set_kind(kind);
    act.set_employee(employee.name());
    act.set_effective_date(day);
    act.set_reason("岗位调整");
    return act;
  }
  absl::StatusOr<PersonnelAct> Propose(const auth::Principal& who, const PersonnelAct& act) {
    pb::CreatePersonnelActRequest request;
    *request.mutable_personnel_act() = act;
    return world_.Call<PersonnelAct>(who, absl::StrCat(kService, "CreatePersonnelAct"), request);
  }
  absl::StatusOr<PersonnelAct> Get(const auth::Principal& who, const std::string& name) {
    kam::api::GetRequest request;
    request.set_name(name);
    return world_.Call<PersonnelAct>(who, absl::StrCat(kService, "GetPersonnelAct"), request);
  }
  absl::StatusOr<PersonnelAct> Decide(const auth::Principal& who, const PersonnelAct& act) {
    pb::DecidePersonnelActRequest request;
    request.set_name(act.name());
    request.set_etag(act.etag());
    return world_.Call<PersonnelAct>(who, absl::StrCat(kService, "DecidePersonnelAct"), request);
  }
  absl::StatusOr<PersonnelAct> Veto(const auth::Principal& who, const PersonnelAct& act) {
    pb::VetoPersonnelActRequest request;
    request.set_name(act.name());
    request.set_etag(act.etag());
    request.set_opinion("团队需要其继续任职");
    return world_.Call<PersonnelAct>(who, absl::StrCat(kService, "VetoPersonnelAct"), request);
  }
  pb::ListOwnPersonnelActsResponse Own(const auth::Principal& who) {
    const auto own = world_.Call<pb::ListOwnPersonnelActsResponse>(who, absl::StrCat(kService, "ListOwnPersonnelActs"),
                                                                   pb::ListOwnPersonnelActsRequest());
    EXPECT_THAT(own, IsOk());
    return own.value_or(pb::ListOwnPersonnelActsResponse());
  }
  std::string Column(const Employee& employee, const char* column) {
    return world_.harness()
        .db()
        .Get(absl::StrCat("SELECT ", column, " FROM employees WHERE id = '", IdOf(employee.name()), "'"))
        .text();
  }
  // Runs what is due at the start of a day; the clock goes back afterwards, because the program has one world.
  void RunOn(const char* day) {
    FakeClock& clock = world_.harness().clock();
    const absl::Time before = clock.Now();
    absl::Time at;
    std::string error;
    ASSERT_TRUE(absl::ParseTime("%Y-%m-%d %H:%M", absl::StrCat(day, " 01:00"), absl::UTCTimeZone(), &at, &error));
    clock.Set(at);
    world_.RunDue();
    clock.Set(before);
  }

  World& world_;
  const pb::Department department_;
  const Employee head_, manager_, seller_, lead_, developer_;
  const auth::Principal as_gm_, as_head_, as_manager_, as_lead_, as_seller_;
};

// G-07, R-01: a proposal does nothing and is not seen by the person; the decision takes effect on its day.
TEST_F(PersonnelTest, ADismissalIsProposedDecidedAndTakesEffectOnItsDay) {
  const auto proposed = Propose(as_manager_, About(seller_, pb::PERSONNEL_ACT_KIND_DISMISS));
  ASSERT_THAT(proposed, IsOk());
  EXPECT_EQ(proposed->state(), pb::PERSONNEL_ACT_STATE_PROPOSED);
  EXPECT_THAT(Get(as_seller_, proposed->name()), StatusIs(absl::StatusCode::kPermissionDenied));
  EXPECT_EQ(Own(as_seller_).acts_size(), 0);
  EXPECT_THAT(Decide(as_manager_, *proposed), StatusIs(absl::StatusCode::kPermissionDenied));
  const auto refused = Decide(as_head_, *proposed);
  EXPECT_THAT(refused, HasReason("NOT_THE_DECIDER"));
  EXPECT_EQ(MetadataValue(refused.status(), "allowed"), "GM");
  const auto decided = Decide(as_gm_, *proposed);
  ASSERT_THAT(decided, IsOk());
  EXPECT_EQ(decided->state(), pb::PERSONNEL_ACT_STATE_DECIDED);
  ASSERT_EQ(Own(as_seller_).acts_size(), 1);
  EXPECT_EQ(Column(seller_, "leave_date"), "");
  RunOn("2026-02-01");
  EXPECT_EQ(Column(seller_, "leave_date"), "");
  RunOn("2026-02-02");
  EXPECT_EQ(Column(seller_, "leave_date"), "2026-02-02");
  EXPECT_EQ(Get(as_gm_, proposed->name())->state(), pb::PERSONNEL_ACT_STATE_IN_EFFECT);
}

// G-07, R-01: the department manager's veto ends a proposal; not one about a team leader, which he decides himself.
TEST_F(PersonnelTest, AVetoEndsIt) {
  const auto proposed = Propose(as_manager_, About(seller_, pb::PERSONNEL_ACT_KIND_DISMISS));
  ASSERT_THAT(proposed, IsOk());
  EXPECT_THAT(Veto(as_manager_, *proposed), StatusIs(absl::StatusCode::kPermissionDenied));
  const auto vetoed = Veto(as_head_, *proposed);
  ASSERT_THAT(vetoed, IsOk());
  EXPECT_EQ(vetoed->state(), pb::PERSONNEL_ACT_STATE_VETOED);
  EXPECT_THAT(Decide(as_gm_, *vetoed), HasReason("STATE_NOT_ALLOWED"));
  EXPECT_EQ(Own(as_seller_).acts_size(), 0);
  const auto leader = Propose(as_head_, About(lead_, pb::PERSONNEL_ACT_KIND_DISMISS));
  ASSERT_THAT(leader, IsOk());
  EXPECT_TRUE(leader->team_leader());
  EXPECT_THAT(Veto(as_head_, *leader), HasReason("VETO_NOT_ALLOWED"));
  EXPECT_THAT(Decide(as_head_, *leader), IsOk());
}

// G-07, R-01: the veto reaches what others propose about the department, and a decision before its day.
TEST_F(PersonnelTest, TheVetoReachesWhatOthersPropose) {
  const auto proposed = Propose(as_gm_, About(seller_, pb::PERSONNEL_ACT_KIND_DISMISS));
  ASSERT_THAT(proposed, IsOk());
  const auto decided = Decide(as_gm_, *proposed);
  ASSERT_THAT(decided, IsOk());
  const auto listed = [&](const auth::Principal& who) {
    const auto acts = world_.Call<pb::ListVetoablePersonnelActsResponse>(
        who, absl::StrCat(kService, "ListVetoablePersonnelActs"), pb::ListVetoablePersonnelActsRequest());
    EXPECT_THAT(acts, IsOk());
    int found = 0;
    for (const PersonnelAct& act : acts->personnel_acts()) found += act.name() == proposed->name() ? 1 : 0;
    return found;
  };
  EXPECT_EQ(listed(as_head_), 1);
  const pb::Department other = world_.AddDepartment();
  const auto as_other = world_.As(world_.AddEmployee("GAM", other.name()), "GAM");
  EXPECT_EQ(listed(as_other), 0);
  EXPECT_THAT(Veto(as_other, *decided), HasReason("VETO_NOT_ALLOWED"));
  const auto vetoed = Veto(as_head_, *decided);
  ASSERT_THAT(vetoed, IsOk());
  EXPECT_EQ(listed(as_head_), 0);
  RunOn("2026-02-02");
  EXPECT_EQ(Column(seller_, "leave_date"), "");
}

// G-07, R-01: the department manager gives the post of a team leader; at once when its day is today.
TEST_F(PersonnelTest, TheDepartmentManagerAppointsTeamLeaders) {
  PersonnelAct act = About(developer_, pb::PERSONNEL_ACT_KIND_APPOINT, "2026-01-05");
  act.set_role("BDS");
  act.set_superior(head_.name());
  const auto proposed = Propose(as_lead_, act);  // Nominates.
  ASSERT_THAT(proposed, IsOk());
  const auto done = Decide(as_head_, *proposed);
  ASSERT_THAT(done, IsOk());
  EXPECT_EQ(done->state(), pb::PERSONNEL_ACT_STATE_IN_EFFECT);
  EXPECT_EQ(world_.harness()
                .db()
                .Get(absl::StrCat("SELECT COUNT(*) FROM employees_roles WHERE parent_id = '", IdOf(developer_.name()),
                                  "' AND role = 'BDS' AND state = 'GRANTED'"))
                .integer(),
            1);
  PersonnelAct wrong = About(developer_, pb::PERSONNEL_ACT_KIND_APPOINT);
  wrong.set_role("FD");
  const auto finance = Propose(as_head_, wrong);
  ASSERT_THAT(finance, IsOk());
  EXPECT_THAT(Decide(as_head_, *finance), HasReason("NOT_THE_DECIDER"));
  wrong.set_role("HR");
  EXPECT_THAT(Propose(as_head_, wrong), HasReason("PRIVILEGED_ROLE"));
}

// G-07, R-01: giving somebody the post of a team leader does not put his dismissal into the hands of the department
// manager; what counts are the posts on the day of the decision.
TEST_F(PersonnelTest, AnotherPostBesideThatOfATeamLeaderIsForTheGeneralManager) {
  PersonnelAct act = About(seller_, pb::PERSONNEL_ACT_KIND_APPOINT, "2026-01-05");
  act.set_role("BDS");
  const auto appointed = Propose(as_head_, act);
  ASSERT_THAT(appointed, IsOk());
  ASSERT_THAT(Decide(as_head_, *appointed), IsOk());
  const auto dismissal = Propose(as_head_, About(seller_, pb::PERSONNEL_ACT_KIND_DISMISS));
  ASSERT_THAT(dismissal, IsOk());
  EXPECT_FALSE(dismissal->team_leader());
  const auto refused = Decide(as_head_, *dismissal);
  EXPECT_THAT(refused, HasReason("NOT_THE_DECIDER"));
  EXPECT_EQ(MetadataValue(refused.status(), "allowed"), "GM");

  const auto leader = Propose(as_head_, About(lead_, pb::PERSONNEL_ACT_KIND_DISMISS));
  ASSERT_THAT(leader, IsOk());
  EXPECT_TRUE(leader->team_leader());
  PersonnelAct beside = About(lead_, pb::PERSONNEL_ACT_KIND_APPOINT, "2026-01-05");
  beside.set_role("KAX");
  const auto given = Propose(as_gm_, beside);
  ASSERT_THAT(given, IsOk());
  ASSERT_THAT(Decide(as_gm_, *given), IsOk());
  EXPECT_THAT(Decide(as_head_, *leader), HasReason("NOT_THE_DECIDER"));
  const auto decided = Decide(as_gm_, *leader);
  ASSERT_THAT(decided, IsOk());
  EXPECT_FALSE(decided->team_leader());
}

// G-07, R-01: supervisors propose for their own people, and no transfer.
TEST_F(PersonnelTest, SupervisorsProposeForTheirOwnPeople) {
  EXPECT_THAT(Propose(as_lead_, About(developer_, pb::PERSONNEL_ACT_KIND_REWARD)), IsOk());
  EXPECT_THAT(Propose(as_lead_, About(seller_, pb::PERSONNEL_ACT_KIND_REWARD)), HasReason("PROPOSAL_NOT_ALLOWED"));
  PersonnelAct transfer = About(developer_, pb::PERSONNEL_ACT_KIND_TRANSFER);
  transfer.set_superior(manager_.name());
  EXPECT_THAT(Propose(as_lead_, transfer), HasReason("PROPOSAL_NOT_ALLOWED"));
  EXPECT_THAT(Propose(as_manager_, About(head_, pb::PERSONNEL_ACT_KIND_PUNISH)), HasReason("PROPOSAL_NOT_ALLOWED"));
  EXPECT_THAT(Propose(as_seller_, About(seller_, pb::PERSONNEL_ACT_KIND_REWARD)),
              StatusIs(absl::StatusCode::kPermissionDenied));
  EXPECT_THAT(Propose(as_gm_, About(manager_, pb::PERSONNEL_ACT_KIND_TRANSFER)),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

// G-07: hiring makes a person on the day; supervisors take part with an opinion, and learn of nothing else.
TEST_F(PersonnelTest, SomebodyIsTakenOn) {
  PersonnelAct act;
  act.set_kind(pb::PERSONNEL_ACT_KIND_HIRE);
  act.set_candidate_name("周新");
  act.set_candidate_login(absl::StrCat("zhou.xin.", IdOf(department_.name())));
  act.set_role("KAX");
  act.set_department(department_.name());
  act.set_superior(manager_.name());
  act.set_effective_date("2026-02-02");
  act.set_reason("新增区域");
  const auto proposed = Propose(as_manager_, act);
  ASSERT_THAT(proposed, IsOk());
  pb::AddPersonnelOpinionRequest opinion;
  opinion.set_name(proposed->name());
  opinion.set_opinion("面试通过");
  const std::string opine = absl::StrCat(kService, "AddPersonnelOpinion");
  const auto heard = world_.Call<PersonnelAct>(as_lead_, opine, opinion);
  ASSERT_THAT(heard, IsOk());
  EXPECT_EQ(heard->opinions(0).employee(), lead_.name());
  const auto about_lead = Propose(as_head_, About(lead_, pb::PERSONNEL_ACT_KIND_PUNISH));
  ASSERT_THAT(about_lead, IsOk());
  opinion.set_name(about_lead->name());
  EXPECT_THAT(world_.Call<PersonnelAct>(as_lead_, opine, opinion), StatusIs(absl::StatusCode::kNotFound));
  ASSERT_THAT(Decide(as_gm_, *heard), IsOk());
  RunOn("2026-02-02");
  const auto done = Get(as_gm_, proposed->name());
  ASSERT_THAT(done, IsOk());
  ASSERT_FALSE(done->hired().empty());
  kam::api::GetRequest get;
  get.set_name(done->hired());
  const auto hired = world_.Call<Employee>(world_.hr(), "kam.organization.v1.EmployeeService/GetEmployee", get);
  ASSERT_THAT(hired, IsOk());
  EXPECT_EQ(hired->hire_date(), "2026-02-02");
  EXPECT_EQ(hired->superiors(0).superior(), manager_.name());
  EXPECT_EQ(hired->roles(0).role(), "KAX");
  EXPECT_THAT(Propose(as_manager_, act), HasReason("FIELD_NOT_UNIQUE"));
}

// G-07: before its day a decision can be taken back by those who decide, a proposal by its proposer only.
TEST_F(PersonnelTest, IsTakenBackBeforeItsDay) {
  const auto proposed = Propose(as_manager_, About(seller_, pb::PERSONNEL_ACT_KIND_DISMISS));
  ASSERT_THAT(proposed, IsOk());
  ASSERT_THAT(Decide(as_gm_, *proposed), IsOk());
  pb::RevokePersonnelActRequest revoke;
  revoke.set_name(proposed->name());
  revoke.set_opinion("情况查明");
  EXPECT_THAT(world_.Call<PersonnelAct>(as_gm_, absl::StrCat(kService, "RevokePersonnelAct"), revoke), IsOk());
  RunOn("2026-02-03");
  EXPECT_EQ(Column(seller_, "leave_date"), "");
  const auto second = Propose(as_manager_, About(seller_, pb::PERSONNEL_ACT_KIND_REWARD));
  ASSERT_THAT(second, IsOk());
  pb::WithdrawPersonnelActRequest withdraw;
  withdraw.set_name(second->name());
  withdraw.set_reason("改为下月");
  EXPECT_THAT(world_.Call<PersonnelAct>(as_head_, absl::StrCat(kService, "WithdrawPersonnelAct"), withdraw),
              StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(world_.Call<PersonnelAct>(as_manager_, absl::StrCat(kService, "WithdrawPersonnelAct"), withdraw), IsOk());
}

// G-07: what cannot take effect on its day is not tried for ever: it waits for the decider, who tries again or revokes
// it.
TEST_F(PersonnelTest, WhatCannotTakeEffectWaitsForTheDecider) {
  PersonnelAct hire;
  hire.set_kind(pb::PERSONNEL_ACT_KIND_HIRE);
  hire.set_candidate_name("李四");
  hire.set_candidate_login(absl::StrCat("lisi", IdOf(seller_.name())));
  hire.set_role("KAX");
  hire.set_department(department_.name());
  hire.set_superior(manager_.name());
  hire.set_effective_date("2026-02-02");
  hire.set_reason("编制内补员");
  const auto proposed = Propose(as_manager_, hire);
  ASSERT_THAT(proposed, IsOk());
  ASSERT_THAT(Decide(as_gm_, *proposed), IsOk());
  const auto login = [&](const std::string& value) {
    world_.harness().db().Execute(
        absl::StrCat("UPDATE employees SET login = '", value, "' WHERE id = '", IdOf(developer_.name()), "'"));
  };
  login(hire.candidate_login());
  RunOn("2026-02-02");
  const auto failed = Get(as_gm_, proposed->name());
  ASSERT_THAT(failed, IsOk());
  EXPECT_EQ(failed->state(), pb::PERSONNEL_ACT_STATE_FAILED);
  EXPECT_THAT(failed->failure(), ::testing::HasSubstr("FIELD_NOT_UNIQUE"));
  pb::RetryPersonnelActRequest retry;
  retry.set_name(proposed->name());
  const std::string method = absl::StrCat(kService, "RetryPersonnelAct");
  EXPECT_THAT(world_.Call<PersonnelAct>(as_head_, method, retry), HasReason("NOT_THE_DECIDER"));
  EXPECT_THAT(world_.Call<PersonnelAct>(as_gm_, method, retry), HasReason("FIELD_NOT_UNIQUE"));
  login(absl::StrCat("other", IdOf(developer_.name())));
  const auto done = world_.Call<PersonnelAct>(as_gm_, method, retry);
  ASSERT_THAT(done, IsOk());
  EXPECT_EQ(done->state(), pb::PERSONNEL_ACT_STATE_IN_EFFECT);
  EXPECT_EQ(done->failure(), "");
  EXPECT_NE(done->hired(), "");
}

// G-07: nor is the file of somebody that was put away meanwhile written on.
TEST_F(PersonnelTest, AnActAboutAFileInTheArchiveFails) {
  const PersonnelAct act = About(seller_, pb::PERSONNEL_ACT_KIND_DISMISS, "2026-02-02");
  const auto proposed = Propose(as_manager_, act);
  ASSERT_THAT(proposed, IsOk());
  ASSERT_THAT(Decide(as_gm_, *proposed), IsOk());
  world_.harness().db().Execute(
      absl::StrCat("UPDATE employees SET archive_time = update_time WHERE id = '", IdOf(seller_.name()), "'"));
  RunOn("2026-02-02");
  const auto failed = Get(as_gm_, proposed->name());
  ASSERT_THAT(failed, IsOk());
  EXPECT_EQ(failed->state(), pb::PERSONNEL_ACT_STATE_FAILED);
  EXPECT_THAT(failed->failure(), ::testing::HasSubstr("RESOURCE_ARCHIVED"));
}

// G-07
TEST_F(PersonnelTest, EveryPairOfStateAndVerb) {
  PersonnelAct act;
  act.set_kind(pb::PERSONNEL_ACT_KIND_REWARD);
  act.set_employee(seller_.name());
  act.set_effective_date("2026-02-02");
  act.set_reason("x");
  const auto made = Propose(as_gm_, act);
  ASSERT_THAT(made, IsOk());
  const auto call = [&](const char* method, auto request) {
    request.set_name(made->name());
    return world_.Call<PersonnelAct>(as_gm_, absl::StrCat(kService, method), request).status();
  };
  const auto etag = [&] { return Get(as_gm_, made->name())->etag(); };
  pb::DecidePersonnelActRequest decide;
  pb::RejectPersonnelActRequest reject;
  pb::WithdrawPersonnelActRequest withdraw;
  pb::RevokePersonnelActRequest revoke;
  pb::RetryPersonnelActRequest retry;
  reject.set_opinion("x");
  withdraw.set_reason("x");
  revoke.set_opinion("x");
  // The veto is the department manager's, who sees what was proposed in his department.
  const auto by_manager = Propose(as_manager_, About(seller_, pb::PERSONNEL_ACT_KIND_DISMISS));
  ASSERT_THAT(by_manager, IsOk());
  const auto veto = [&] { return Veto(as_head_, *Get(as_head_, by_manager->name())).status(); };
  pb::AddPersonnelOpinionRequest opinion;
  opinion.set_name(by_manager->name());
  opinion.set_opinion("x");
  const auto opine = [&] {
    return world_.Call<PersonnelAct>(as_lead_, absl::StrCat(kService, "AddPersonnelOpinion"), opinion).status();
  };
  ExpectPairs(world_, "personnel_acts", made->name(), pb::PersonnelActState_descriptor(),
              {{"DecidePersonnelAct",
                {"PROPOSED"},
                [&] {
                  decide.set_etag(etag());
                  return call("DecidePersonnelAct", decide);
                }},
               {"RejectPersonnelAct",
                {"PROPOSED"},
                [&] {
                  reject.set_etag(etag());
                  return call("RejectPersonnelAct", reject);
                }},
               {"WithdrawPersonnelAct", {"PROPOSED"}, [&] { return call("WithdrawPersonnelAct", withdraw); }},
               {"RetryPersonnelAct", {"FAILED"}, [&] { return call("RetryPersonnelAct", retry); }},
               {"RevokePersonnelAct", {"DECIDED", "FAILED"}, [&] { return call("RevokePersonnelAct", revoke); }}});
  ExpectPairs(world_, "personnel_acts", by_manager->name(), pb::PersonnelActState_descriptor(),
              {{"VetoPersonnelAct", {"PROPOSED", "DECIDED"}, veto}, {"AddPersonnelOpinion", {"PROPOSED"}, opine}});
}

// G-07, R-01: the account manager proposes reward and punishment for everybody below, the rest for direct staff only.
TEST_F(PersonnelTest, TheAccountManagerProposesRewardsForAllBelow) {
  const Employee helper = world_.AddEmployee("KAA", department_.name(), {seller_.name()});
  EXPECT_THAT(Propose(as_manager_, About(helper, pb::PERSONNEL_ACT_KIND_REWARD)), IsOk());
  EXPECT_THAT(Propose(as_manager_, About(developer_, pb::PERSONNEL_ACT_KIND_REWARD)),
              HasReason("PROPOSAL_NOT_ALLOWED"));
  PersonnelAct transfer = About(helper, pb::PERSONNEL_ACT_KIND_TRANSFER);
  transfer.set_superior(manager_.name());
  EXPECT_THAT(Propose(as_manager_, transfer), HasReason("PROPOSAL_NOT_ALLOWED"));
}

// G-01, G-07, R-01: the personnel department maintains people and decides nothing about them; the import and the
// general manager go on as before.
TEST_F(PersonnelTest, ThePersonnelDepartmentDoesNotGoRoundTheAct) {
  const auto as_hr = world_.As(world_.AddEmployee(""), "HR");
  const std::string service = "kam.organization.v1.EmployeeService/";
  const auto update = [&](const auth::Principal& who, const Employee& employee, const char* path) {
    pb::UpdateEmployeeRequest request;
    *request.mutable_employee() = employee;
    request.mutable_employee()->clear_etag();
    request.mutable_update_mask()->add_paths(path);
    return world_.Call<Employee>(who, service + "UpdateEmployee", request);
  };
  // Taking on: the file is made, the post waits.
  pb::CreateEmployeeRequest create;
  create.mutable_employee()->set_display_name("钱新");
  create.mutable_employee()->set_login(absl::StrCat("qian.xin.", IdOf(department_.name())));
  create.mutable_employee()->set_department(department_.name());
  create.mutable_employee()->add_roles()->set_role("GAM");
  create.mutable_employee()->mutable_roles(0)->set_since("2026-01-01");
  const auto made = world_.Call<Employee>(as_hr, service + "CreateEmployee", create);
  ASSERT_THAT(made, IsOk());
  EXPECT_EQ(made->roles(0).state(), pb::ROLE_STATE_PROPOSED);
  pb::ConfirmEmployeeRoleRequest confirm;
  confirm.set_name(made->name());
  confirm.set_etag(made->etag());
  confirm.set_role("GAM");
  EXPECT_THAT(world_.Call<Employee>(as_hr, service + "ConfirmEmployeeRole", confirm),
              StatusIs(absl::StatusCode::kPermissionDenied));
  const auto confirmed = world_.Call<Employee>(as_gm_, service + "ConfirmEmployeeRole", confirm);
  ASSERT_THAT(confirmed, IsOk());
  EXPECT_EQ(confirmed->roles(0).state(), pb::ROLE_STATE_GRANTED);

  // Dismissal, transfer, the end of a post.
  Employee changed = seller_;
  changed.set_leave_date("2026-01-31");
  EXPECT_THAT(update(as_hr, changed, "leave_date"), HasReason("PERSONNEL_ACT_REQUIRED"));
  changed = seller_;
  changed.set_department(world_.AddDepartment().name());
  EXPECT_THAT(update(as_hr, changed, "department"), HasReason("PERSONNEL_ACT_REQUIRED"));
  changed = seller_;
  changed.mutable_superiors(0)->set_superior(lead_.name());
  EXPECT_THAT(update(as_hr, changed, "superiors"), HasReason("PERSONNEL_ACT_REQUIRED"));
  changed = seller_;
  changed.clear_roles();
  EXPECT_THAT(update(as_hr, changed, "roles"), HasReason("PERSONNEL_ACT_REQUIRED"));
  changed = seller_;
  changed.set_hire_date("2099-12-31");
  EXPECT_THAT(update(as_hr, changed, "hire_date"), HasReason("PERSONNEL_ACT_REQUIRED")) << "shut out until then";
  changed.set_hire_date("2025-01-01");
  EXPECT_THAT(update(as_hr, changed, "hire_date"), IsOk());
  changed = seller_;
  changed.add_superiors()->set_superior(lead_.name());
  changed.mutable_superiors(1)->set_since("2026-01-01");
  changed.mutable_superiors(1)->set_kind(pb::LINE_KIND_FUNCTIONAL);
  EXPECT_THAT(update(as_hr, changed, "superiors"), HasReason("PERSONNEL_ACT_REQUIRED"));
  // Whoever administers is taken from his post by those who confirm such posts, not by a clerk alone.
  const Employee director = world_.AddEmployee("");
  const std::string grant = world_.harness().NewId();
  world_.harness().db().Execute(
      absl::StrCat("INSERT INTO employees_roles (parent_id, position, role, since_date, state) VALUES ('",
                   IdOf(director.name()), "', 0, 'GM', '2025-01-01', 'GRANTED')"));
  world_.harness().db().Execute(absl::StrCat(
      "INSERT INTO role_grants (id, version, create_time, update_time, creator, updater, permission, role, level, "
      "origin) VALUES ('",
      grant,
      "', 1, '2026-01-01', '2026-01-01', 'programs/test', 'programs/test', 'employee.role.confirm', 'GM', 'ALL', "
      "'SEED') ON DUPLICATE KEY UPDATE level = 'ALL'"));
  changed = director;
  changed.set_leave_date("2026-01-05");
  changed.set_leave_reason(pb::EMPLOYEE_LEAVE_REASON_RESIGNED);
  pb::UpdateEmployeeRequest leaves;
  *leaves.mutable_employee() = changed;
  leaves.mutable_employee()->clear_etag();
  leaves.mutable_update_mask()->add_paths("leave_date");
  leaves.mutable_update_mask()->add_paths("leave_reason");
  const auto gone = world_.Call<Employee>(as_hr, service + "UpdateEmployee", leaves);
  EXPECT_THAT(gone, HasReason("PRIVILEGED_ROLE"));
  EXPECT_EQ(MetadataValue(gone.status(), "permission"), "employee.role.confirm");
  EXPECT_THAT(world_.Call<Employee>(as_gm_, service + "UpdateEmployee", leaves), IsOk());
  world_.harness().db().Execute(absl::StrCat("DELETE FROM role_grants WHERE id = '", grant, "'"));
  kam::api::ArchiveRequest archive;
  archive.set_name(seller_.name());
  EXPECT_THAT(world_.Call<Employee>(as_hr, service + "ArchiveEmployee", archive), HasReason("PERSONNEL_ACT_REQUIRED"));
  EXPECT_EQ(Column(seller_, "leave_date"), "");

  // By an act that the general manager decides it goes; a veto keeps the person.
  const auto vetoed = Propose(as_manager_, About(seller_, pb::PERSONNEL_ACT_KIND_DISMISS));
  ASSERT_THAT(vetoed, IsOk());
  ASSERT_THAT(Veto(as_head_, *vetoed), IsOk());
  RunOn("2026-02-02");
  EXPECT_EQ(Column(seller_, "leave_date"), "");
  const auto proposed = Propose(as_manager_, About(seller_, pb::PERSONNEL_ACT_KIND_DISMISS));
  ASSERT_THAT(proposed, IsOk());
  ASSERT_THAT(Decide(as_gm_, *proposed), IsOk());
  RunOn("2026-02-02");
  EXPECT_EQ(Column(seller_, "leave_date"), "2026-02-02");
  EXPECT_EQ(Column(seller_, "leave_reason"), "DISMISSED");
  changed = seller_;
  changed.clear_leave_date();
  EXPECT_THAT(update(as_hr, changed, "leave_date"), HasReason("PERSONNEL_ACT_REQUIRED")) << "it is not taken back";

  // A resignation is entered; the general manager needs no act.
  changed = developer_;
  changed.set_leave_date("2026-01-31");
  changed.set_leave_reason(pb::EMPLOYEE_LEAVE_REASON_RESIGNED);
  pb::UpdateEmployeeRequest resign;
  *resign.mutable_employee() = changed;
  resign.mutable_employee()->clear_etag();
  resign.mutable_update_mask()->add_paths("leave_date");
  resign.mutable_update_mask()->add_paths("leave_reason");
  const auto resigned = world_.Call<Employee>(as_hr, service + "UpdateEmployee", resign);
  ASSERT_THAT(resigned, IsOk());
  EXPECT_EQ(resigned->roles(0).until(), "2026-01-31");
  changed = lead_;
  changed.set_department(made->department());
  changed.set_leave_date("2026-01-31");
  EXPECT_THAT(update(as_gm_, changed, "leave_date"), IsOk());
}

// G-07: a proposal whose day has gone by is decided for a day that has not; never for one before the proposed one.
TEST_F(PersonnelTest, WhatIsDecidedLateTakesEffectLater) {
  const auto proposed = Propose(as_manager_, About(seller_, pb::PERSONNEL_ACT_KIND_DISMISS, "2026-01-06"));
  ASSERT_THAT(proposed, IsOk());
  const auto decide = [&](const char* day) {
    pb::DecidePersonnelActRequest request;
    request.set_name(proposed->name());
    request.set_etag(proposed->etag());
    request.set_effective_date(day);
    return world_.Call<PersonnelAct>(as_gm_, absl::StrCat(kService, "DecidePersonnelAct"), request);
  };
  const auto early = decide("2026-01-05");
  EXPECT_THAT(early, HasReason("EFFECTIVE_DATE_PAST"));
  EXPECT_EQ(MetadataValue(early.status(), "limit"), "2026-01-06");
  FakeClock& clock = world_.harness().clock();
  const absl::Time before = clock.Now();
  clock.Set(before + absl::Hours(24 * 2));
  const auto late = decide("");
  const auto past = decide("2026-01-06");
  const auto decided = decide("2026-01-07");
  clock.Set(before);
  EXPECT_THAT(late, HasReason("EFFECTIVE_DATE_PAST"));
  EXPECT_THAT(past, HasReason("EFFECTIVE_DATE_PAST"));
  EXPECT_EQ(MetadataValue(past.status(), "limit"), "2026-01-07");
  ASSERT_THAT(decided, IsOk());
  EXPECT_EQ(decided->state(), pb::PERSONNEL_ACT_STATE_IN_EFFECT);
  EXPECT_EQ(decided->effective_date(), "2026-01-07");
  EXPECT_EQ(Column(seller_, "leave_date"), "2026-01-07");
}

}  // namespace
}  // namespace kam::account
