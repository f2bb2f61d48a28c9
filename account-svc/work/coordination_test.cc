// Requests between departments and working groups (G-12), over real gRPC and a real database.
#include "absl/strings/str_cat.h"
#include "account-svc/context.h"
#include "account-svc/testing/work_fixture.h"
#include "common/testing/matchers.h"
#include "kam/api/standard.pb.h"
#include "kam/organization/v1/coordination_service.pb.h"

namespace kam::account {
namespace {

namespace pb = organization::v1;
using testing::HasReason;
using testing::IsOk;

constexpr char kCoordination[] = "kam.organization.v1.CoordinationService/";

class CoordinationTest : public WorkFixture {
 protected:
  CoordinationTest() : WorkFixture("GAM", "KAX") {}
};

// G-12: what is not answered in time goes to the head by himself, and to the one above; whoever was named answers.
TEST_F(CoordinationTest, ARequestGoesUpwardsByItself) {
  const pb::Department top = world_.AddDepartment(), finance = world_.AddDepartment(top.name());
  const pb::Employee top_head = world_.AddEmployee("FD", top.name()), head = world_.AddEmployee("ACC", finance.name());
  const pb::Employee clerk = world_.AddEmployee("CSH", finance.name());
  for (const auto& [department, person] : {std::pair(top, top_head), std::pair(finance, head)}) {
    world_.harness().db().Execute(absl::StrCat("UPDATE departments SET head = '", IdOf(person.name()), "' WHERE id = '",
                                               IdOf(department.name()), "'"));
  }
  pb::CreateCoordinationRequestRequest create;
  create.mutable_coordination_request()->set_subject("开票");
  create.mutable_coordination_request()->set_need("请在周五前开票");
  create.mutable_coordination_request()->set_to_department(finance.name());
  const auto request =
      world_.Call<pb::CoordinationRequest>(as_anna_, absl::StrCat(kCoordination, "CreateCoordinationRequest"), create);
  ASSERT_THAT(request, IsOk());
  const auto as_clerk = world_.As(clerk, "CSH"), as_head = world_.As(head, "ACC");
  pb::AnswerCoordinationRequestRequest answer;
  answer.set_answer("已开");
  const auto try_answer = [&](const auth::Principal& who) {
    return Do<pb::CoordinationRequest>(who, absl::StrCat(kCoordination, "AnswerCoordinationRequest"), request->name(),
                                       answer);
  };
  EXPECT_THAT(try_answer(as_clerk), HasReason("NOT_ADDRESSED")) << "the department has a head";
  const absl::Time before = now();
  const auto escalated_to = [&] {
    kam::api::GetRequest get;
    get.set_name(request->name());
    return world_.Call<pb::CoordinationRequest>(as_anna_, absl::StrCat(kCoordination, "GetCoordinationRequest"), get)
        ->escalated_to();
  };
  const auto run_after = [&](int hours) {
    world_.harness().clock().Set(before + absl::Hours(hours) + absl::Seconds(1));
    world_.RunDue();
  };
  run_after(47);
  EXPECT_EQ(escalated_to(), "");
  run_after(48);
  EXPECT_EQ(escalated_to(), head.name());
  run_after(97);
  EXPECT_EQ(escalated_to(), top_head.name());
  run_after(200);
  EXPECT_EQ(escalated_to(), top_head.name()) << "nobody is above";
  pb::AssignCoordinationRequestRequest assign;
  assign.set_handler(clerk.name());
  ASSERT_THAT((Do<pb::CoordinationRequest>(as_head, absl::StrCat(kCoordination, "AssignCoordinationRequest"),
                                           request->name(), assign)),
              IsOk());
  const auto answered = try_answer(as_clerk);
  world_.harness().clock().Set(before);
  ASSERT_THAT(answered, IsOk());
  EXPECT_TRUE(answered->answered_late());
}

// G-12
TEST_F(CoordinationTest, ARequestThatIsNotAnsweredGoesUpTheDepartments) {
  const pb::Employee top_head = world_.AddEmployee("FD"), head = world_.AddEmployee("ACC");
  const pb::Department top = world_.AddDepartment(), finance = world_.AddDepartment(top.name());
  for (const auto& [department, person] : {std::pair(top, top_head), std::pair(finance, head)}) {
    world_.harness().db().Execute(absl::StrCat("UPDATE departments SET head = '", IdOf(person.name()), "' WHERE id = '",
                                               IdOf(department.name()), "'"));
  }
  pb::CreateCoordinationRequestRequest create;
  create.mutable_coordination_request()->set_subject("开票");
  create.mutable_coordination_request()->set_need("请在周五前开票");
  create.mutable_coordination_request()->set_to_department(finance.name());
  const auto request =
      world_.Call<pb::CoordinationRequest>(as_anna_, absl::StrCat(kCoordination, "CreateCoordinationRequest"), create);
  ASSERT_THAT(request, IsOk());
  const auto escalate = [&] {
    return Do<pb::CoordinationRequest, pb::EscalateCoordinationRequestRequest>(
        as_anna_, absl::StrCat(kCoordination, "EscalateCoordinationRequest"), request->name());
  };
  EXPECT_THAT(escalate(), HasReason("ANSWER_NOT_DUE"));
  const auto let_time_pass = [&] {
    world_.harness().db().Execute(absl::StrCat(
        "UPDATE coordination_requests SET answer_due_time = '2026-01-01' WHERE id = '", IdOf(request->name()), "'"));
  };
  let_time_pass();
  auto escalated = escalate();
  ASSERT_THAT(escalated, IsOk());
  EXPECT_EQ(escalated->escalated_to(), head.name());
  let_time_pass();
  escalated = escalate();
  ASSERT_THAT(escalated, IsOk());
  EXPECT_EQ(escalated->escalated_to(), top_head.name());
  let_time_pass();
  EXPECT_THAT(escalate(), HasReason("NOBODY_ABOVE"));
  pb::AssignCoordinationRequestRequest assign;
  assign.set_handler(anna_.name());
  EXPECT_THAT(
      (Do<pb::CoordinationRequest>(world_.As(head, "ACC"), absl::StrCat(kCoordination, "AssignCoordinationRequest"),
                                   request->name(), assign)),
      HasReason("NOT_OF_DEPARTMENT"));
  pb::AnswerCoordinationRequestRequest answer;
  answer.set_answer("已开");
  EXPECT_THAT((Do<pb::CoordinationRequest>(as_other_, absl::StrCat(kCoordination, "AnswerCoordinationRequest"),
                                           request->name(), answer)),
              HasReason("NOT_ADDRESSED"));
  const auto answered = Do<pb::CoordinationRequest>(
      world_.As(top_head, "FD"), absl::StrCat(kCoordination, "AnswerCoordinationRequest"), request->name(), answer);
  ASSERT_THAT(answered, IsOk());
  EXPECT_TRUE(answered->answered_late());
}

// G-12: as long as whoever asked is here it is his; when he has left, those above him pursue and end it, and nobody
// closes what he answered himself.
TEST_F(CoordinationTest, WhatALeaverAskedIsForThoseAboveHim) {
  const pb::Employee boss = world_.AddEmployee("GAM"), head = world_.AddEmployee("ACC");
  const pb::Employee leaver = world_.AddEmployee("KAX", world_.AddDepartment().name(), {boss.name()});
  const pb::Department finance = world_.AddDepartment();
  world_.harness().db().Execute(
      absl::StrCat("UPDATE departments SET head = '", IdOf(head.name()), "' WHERE id = '", IdOf(finance.name()), "'"));
  const auto as_boss = world_.As(boss, "GAM", {IdOf(leaver.name())}), as_leaver = world_.As(leaver, "KAX");
  const auto ask = [&] {
    pb::CreateCoordinationRequestRequest create;
    create.mutable_coordination_request()->set_subject("开票");
    create.mutable_coordination_request()->set_need("请在周五前开票");
    create.mutable_coordination_request()->set_to_department(finance.name());
    const auto request = world_.Call<pb::CoordinationRequest>(
        as_leaver, absl::StrCat(kCoordination, "CreateCoordinationRequest"), create);
    EXPECT_THAT(request, IsOk());
    return request->name();
  };
  const std::string open = ask(), answered = ask();
  pb::AnswerCoordinationRequestRequest answer;
  answer.set_answer("已开");
  ASSERT_THAT((Do<pb::CoordinationRequest>(world_.As(head, "ACC"),
                                           absl::StrCat(kCoordination, "AnswerCoordinationRequest"), answered, answer)),
              IsOk());
  pb::WithdrawCoordinationRequestRequest withdraw;
  withdraw.set_reason("已离职");
  const auto take_back = [&] {
    return Do<pb::CoordinationRequest>(as_boss, absl::StrCat(kCoordination, "WithdrawCoordinationRequest"), open,
                                       withdraw);
  };
  const auto close = [&] {
    return Do<pb::CoordinationRequest, pb::CloseCoordinationRequestRequest>(
        as_boss, absl::StrCat(kCoordination, "CloseCoordinationRequest"), answered);
  };
  EXPECT_THAT(take_back(), HasReason("NOT_REQUESTER"));
  EXPECT_THAT(close(), HasReason("NOT_REQUESTER"));
  world_.harness().db().Execute(
      absl::StrCat("UPDATE employees SET leave_date = '2025-12-31' WHERE id = '", IdOf(leaver.name()), "'"));
  EXPECT_THAT(take_back(), IsOk());
  world_.harness().db().Execute(absl::StrCat("UPDATE coordination_requests SET answerer = '", IdOf(boss.name()),
                                             "' WHERE id = '", IdOf(answered), "'"));
  EXPECT_THAT(close(), HasReason("SEPARATION_OF_DUTIES"));
  world_.harness().db().Execute(absl::StrCat("UPDATE coordination_requests SET answerer = '", IdOf(head.name()),
                                             "' WHERE id = '", IdOf(answered), "'"));
  EXPECT_THAT(close(), IsOk());
}

// G-12, R.2: a request is seen by whoever asks, those above him and the department that is asked, not by everybody.
TEST_F(CoordinationTest, ARequestIsSeenByBothSidesOnly) {
  const pb::Department top = world_.AddDepartment(), finance = world_.AddDepartment(top.name());
  const pb::Department below = world_.AddDepartment(finance.name());
  pb::CreateCoordinationRequestRequest create;
  create.mutable_coordination_request()->set_subject("开票");
  create.mutable_coordination_request()->set_need("请在周五前开票");
  create.mutable_coordination_request()->set_to_department(finance.name());
  const auto request =
      world_.Call<pb::CoordinationRequest>(as_anna_, absl::StrCat(kCoordination, "CreateCoordinationRequest"), create);
  ASSERT_THAT(request, IsOk());
  const auto addressed = [&](const auth::Principal& who) {
    const auto list = world_.Call<pb::ListAddressedCoordinationRequestsResponse>(
        who, absl::StrCat(kCoordination, "ListAddressedCoordinationRequests"),
        pb::ListAddressedCoordinationRequestsRequest());
    EXPECT_THAT(list, IsOk());
    int found = 0;
    for (const pb::CoordinationRequest& one : list->coordination_requests()) found += one.name() == request->name();
    return found;
  };
  const auto read = [&](const auth::Principal& who) {
    kam::api::GetRequest get;
    get.set_name(request->name());
    return world_.Call<pb::CoordinationRequest>(who, absl::StrCat(kCoordination, "GetCoordinationRequest"), get)
        .status()
        .code();
  };
  EXPECT_EQ(read(as_anna_), absl::StatusCode::kOk);
  EXPECT_EQ(read(as_boss_), absl::StatusCode::kOk);
  EXPECT_EQ(read(as_other_), absl::StatusCode::kNotFound);
  EXPECT_EQ(addressed(as_other_), 0);
  EXPECT_EQ(addressed(world_.As(world_.AddEmployee("ACC", finance.name()), "ACC")), 1);
  EXPECT_EQ(addressed(world_.As(world_.AddEmployee("CSH", below.name()), "CSH")), 1);
  EXPECT_EQ(addressed(world_.As(world_.AddEmployee("CSH", top.name()), "CSH")), 0);
}

// G-12
TEST_F(CoordinationTest, AWorkingGroupIsOfSeveralDepartments) {
  const pb::Employee elsewhere = world_.AddEmployee("KAX", world_.AddDepartment().name());
  pb::CreateWorkingGroupRequest request;
  pb::WorkingGroup& group = *request.mutable_working_group();
  group.set_display_name("一汽项目组");
  group.set_purpose("一站式服务");
  group.set_start_date("2026-01-05");
  group.set_leader(anna_.name());
  group.add_members()->set_employee(anna_.name());
  group.add_members()->set_employee(other_.name());
  const auth::Principal kam = world_.As(world_.AddEmployee("KAM"), "KAM");
  EXPECT_THAT(world_.Call<pb::WorkingGroup>(kam, absl::StrCat(kCoordination, "CreateWorkingGroup"), request),
              HasReason("ONE_DEPARTMENT"));
  group.add_members()->set_employee(elsewhere.name());
  EXPECT_THAT(world_.Call<pb::WorkingGroup>(kam, absl::StrCat(kCoordination, "CreateWorkingGroup"), request), IsOk());
}

}  // namespace
}  // namespace kam::account
