// Ways out of plans, submissions and solutions that were wrong or are not wanted any more, over real
// gRPC and a real database.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "account-svc/context.h"
#include "account-svc/pipeline/support_fixture.h"
#include "common/testing/matchers.h"
#include "kam/account/v1/account_plan_service.pb.h"
#include "kam/account/v1/customer_need_service.pb.h"
#include "kam/account/v1/manufacturer_submission_service.pb.h"
#include "kam/account/v1/opportunity_service.pb.h"
#include "kam/account/v1/solution_service.pb.h"

namespace kam::account {
namespace {

using testing::HasReason;
using testing::IsOk;
using testing::NamesField;
using testing::StatusIs;
using v1::AccountPlan;
using v1::CustomerNeed;
using v1::ManufacturerSubmission;
using v1::Solution;

class CorrectionTest : public SupportTest {};

// a draft goes back, a wrong plan is called off, a plan that has lost its sense ends early; each leaves room for
// the next, and nothing of it counts longer.
TEST_F(CorrectionTest, APlanIsSentBackCalledOffOrEndedEarly) {
  const v1::Account account = world_.AddAccount(kam_);
  const std::string service = "AccountPlanService/";
  const auto draw_up = [&] {
    AccountPlan plan = Plan(account.name(), today(), day(300));
    plan.mutable_goals(0)->set_metric(v1::PLAN_METRIC_OPPORTUNITIES_OPENED);
    plan.add_goals()->set_metric(v1::PLAN_METRIC_VISITS);
    plan.mutable_goals(1)->set_target("2");
    plan.mutable_goals(1)->set_from_date(day(100));
    plan.add_joint_projects()->set_title("供应链看板");
    plan.mutable_actions(0)->set_responsible(seller_.name());
    plan.mutable_actions(0)->set_due_date(day(2));
    return DrawUp(plan);
  };
  const auto wrong = draw_up();
  ASSERT_THAT(wrong, IsOk());
  v1::ReturnAccountPlanRequest back;
  EXPECT_THAT(Do<AccountPlan>(gam_, service + "ReturnAccountPlan", wrong->name(), back), NamesField("reason"));
  back.set_reason("目标过低");
  EXPECT_THAT(Do<AccountPlan>(world_.As(manager_, "GAM"), service + "ReturnAccountPlan", wrong->name(), back),
              HasReason("SEPARATION_OF_DUTIES"));
  EXPECT_EQ(Do<AccountPlan>(gam_, service + "ReturnAccountPlan", wrong->name(), back)->return_reason(), "目标过低");
  EXPECT_EQ(Told(manager_, wrong->name()), 1);
  v1::UpdateAccountPlanRequest update;
  update.mutable_account_plan()->set_name(wrong->name());
  update.mutable_account_plan()->set_display_name("维护计划二");
  EXPECT_EQ(
      world_.Call<AccountPlan>(kam_, "kam.account.v1.AccountPlanService/UpdateAccountPlan", update)->return_reason(),
      "");
  const v1::ApproveAccountPlanRequest approve;
  ASSERT_THAT(Do<AccountPlan>(gam_, service + "ApproveAccountPlan", wrong->name(), approve), IsOk());
  const auto next = draw_up();
  EXPECT_THAT(Do<AccountPlan>(gam_, service + "ApproveAccountPlan", next->name(), approve), HasReason("PLAN_OVERLAPS"));
  v1::CancelAccountPlanRequest cancel;
  cancel.set_reason("客户写错");
  EXPECT_THAT(Do<AccountPlan>(kam_, service + "CancelAccountPlan", wrong->name(), cancel),
              StatusIs(absl::StatusCode::kPermissionDenied));
  EXPECT_THAT(Do<AccountPlan>(world_.As(manager_, "GAM"), service + "CancelAccountPlan", wrong->name(), cancel),
              HasReason("SEPARATION_OF_DUTIES"));
  const auto cancelled = Do<AccountPlan>(gam_, service + "CancelAccountPlan", wrong->name(), cancel);
  ASSERT_THAT(cancelled, IsOk());
  EXPECT_EQ(cancelled->closer(), head_.name());

  // The next one runs, an action of it is due, and it ends with the customer.
  ASSERT_THAT(Do<AccountPlan>(gam_, service + "ApproveAccountPlan", next->name(), approve), IsOk());
  ASSERT_THAT(Do<AccountPlan>(kam_, service + "StartAccountPlan", next->name(), v1::StartAccountPlanRequest()), IsOk());
  v1::CreateOpportunityRequest deal;
  deal.mutable_opportunity()->set_account(account.name());
  deal.mutable_opportunity()->set_display_name("采购");
  ASSERT_THAT(world_.Call<v1::Opportunity>(kam_, "kam.account.v1.OpportunityService/CreateOpportunity", deal), IsOk());
  v1::CompletePlanActionRequest done;
  done.set_action(1);
  ASSERT_THAT(Do<AccountPlan>(kam_, service + "CompletePlanAction", next->name(), done), IsOk());
  v1::ReopenPlanActionRequest reopen;
  reopen.set_action(1);
  reopen.set_reason("改期");
  EXPECT_EQ(Do<AccountPlan>(kam_, service + "ReopenPlanAction", next->name(), reopen)->actions(0).done_date(), "");
  // A joint project is done with what came of it; said by mistake, it is to be done again.
  v1::CompleteJointProjectRequest finish;
  finish.set_joint_project(2);
  finish.set_result("看板已上线");
  EXPECT_THAT(Do<AccountPlan>(kam_, service + "CompleteJointProject", next->name(), finish),
              HasReason("JOINT_PROJECT_UNKNOWN"));
  finish.set_joint_project(1);
  finish.set_done_date(day(1));
  EXPECT_THAT(Do<AccountPlan>(kam_, service + "CompleteJointProject", next->name(), finish),
              HasReason("DATE_IN_FUTURE"));
  finish.clear_done_date();
  const auto finished = Do<AccountPlan>(kam_, service + "CompleteJointProject", next->name(), finish);
  ASSERT_THAT(finished, IsOk());
  EXPECT_EQ(finished->joint_projects(0).done_date(), today());
  EXPECT_EQ(finished->joint_projects(0).result(), "看板已上线");
  EXPECT_THAT(Do<AccountPlan>(kam_, service + "CompleteJointProject", next->name(), finish),
              HasReason("JOINT_PROJECT_DONE"));
  v1::ReopenJointProjectRequest undo;
  undo.set_joint_project(1);
  EXPECT_THAT(Do<AccountPlan>(kam_, service + "ReopenJointProject", next->name(), undo), NamesField("reason"));
  undo.set_reason("仍在试运行");
  EXPECT_EQ(Do<AccountPlan>(kam_, service + "ReopenJointProject", next->name(), undo)->joint_projects(0).done_date(),
            "");
  EXPECT_THAT(Do<AccountPlan>(kam_, service + "ReopenJointProject", next->name(), undo),
              HasReason("JOINT_PROJECT_OPEN"));
  EXPECT_EQ(Told(seller_, next->name()), 0);
  clock().Advance(absl::Hours(24 * 2));
  world_.RunDue();
  EXPECT_EQ(Told(seller_, next->name()), 1);
  const std::string last = today();
  clock().Advance(absl::Hours(24));
  ASSERT_THAT(world_.Call<v1::Opportunity>(kam_, "kam.account.v1.OpportunityService/CreateOpportunity", deal), IsOk());
  v1::EndAccountPlanRequest end;
  end.set_reason("客户流失");
  end.set_conclusion("提前结束");
  end.set_end_date(day(1));
  EXPECT_THAT(Do<AccountPlan>(gam_, service + "EndAccountPlan", next->name(), end), HasReason("DATE_IN_FUTURE"));
  end.set_end_date(last);
  const auto ended = Do<AccountPlan>(gam_, service + "EndAccountPlan", next->name(), end);
  ASSERT_THAT(ended, IsOk());
  EXPECT_EQ(ended->state(), v1::ACCOUNT_PLAN_STATE_REVIEWED);
  EXPECT_EQ(ended->to_date(), last);
  EXPECT_EQ(ended->agreed_to_date(), next->to_date());
  EXPECT_EQ(ended->close_reason(), "客户流失");
  EXPECT_EQ(ended->goals(0).actual(), "1") << "the deal of the day after counts no more";
  EXPECT_EQ(ended->goals(0).percent(), "50");
  EXPECT_EQ(ended->goals(1).actual(), "") << "it was to begin later";
  const auto third = draw_up();
  EXPECT_THAT(Do<AccountPlan>(gam_, service + "ApproveAccountPlan", third->name(), approve), IsOk());
}

// what the manufacturer does not want any more is in no figure, and nobody withdraws his own.
TEST_F(CorrectionTest, ASubmissionThatIsNotNeededIsWithdrawn) {
  const std::string service = "ManufacturerSubmissionService/";
  const auto made = PrepareSubmission(v1::SUBMISSION_KIND_FILE);
  ASSERT_THAT(made, IsOk());
  v1::WithdrawManufacturerSubmissionRequest withdraw;
  withdraw.set_reason("厂家取消");
  EXPECT_THAT(Do<ManufacturerSubmission>(kax_, service + "WithdrawManufacturerSubmission", made->name(), withdraw),
              StatusIs(absl::StatusCode::kPermissionDenied));
  EXPECT_THAT(Do<ManufacturerSubmission>(world_.As(seller_, "KAM"), service + "WithdrawManufacturerSubmission",
                                         made->name(), withdraw),
              HasReason("SEPARATION_OF_DUTIES"));
  ASSERT_THAT(Do<ManufacturerSubmission>(kam_, service + "WithdrawManufacturerSubmission", made->name(), withdraw),
              IsOk());
  EXPECT_EQ(Told(seller_, made->name()), 1);
  clock().Advance(absl::Hours(24));
  world_.RunDue();
  EXPECT_FALSE(Get<ManufacturerSubmission>(service + "GetManufacturerSubmission", made->name())->overdue());
  v1::ReportSubmissionsRequest request;
  request.set_from_date(day(-1));
  request.set_to_date(day(-1));
  const auto report = world_.Call<v1::ReportSubmissionsResponse>(
      gam_, "kam.account.v1.ManufacturerSubmissionService/ReportSubmissions", request);
  ASSERT_THAT(report, IsOk());
  EXPECT_EQ(report->rows_size(), 0);
  v1::UpdateManufacturerSubmissionRequest update;
  update.mutable_manufacturer_submission()->set_name(made->name());
  update.mutable_manufacturer_submission()->set_content("x");
  EXPECT_THAT(world_.Call<ManufacturerSubmission>(
                  kax_, "kam.account.v1.ManufacturerSubmissionService/UpdateManufacturerSubmission", update),
              HasReason("SUBMISSION_WITHDRAWN"));
}

// when the customer drops out nobody goes on writing; a need that a solution is written for stays.
TEST_F(CorrectionTest, ASolutionNobodyWantsIsWithdrawn) {
  const v1::Account account = world_.AddAccount(kax_);
  const auto need = Record(account.name(), v1::CUSTOMER_NEED_KIND_ACTUAL);
  const auto made = RequestSolution(account.name(), need->name());
  ASSERT_THAT(made, IsOk());
  v1::AssignSolutionRequest assign;
  assign.set_author(engineer_.name());
  ASSERT_THAT(Do<Solution>(pss_, "SolutionService/AssignSolution", made->name(), assign), IsOk());
  EXPECT_EQ(Told(engineer_, made->name()), 1);
  v1::WithdrawCustomerNeedRequest back;
  back.set_reason("记错客户");
  EXPECT_THAT(Do<CustomerNeed>(kax_, "CustomerNeedService/WithdrawCustomerNeed", need->name(), back),
              HasReason("NEED_IN_USE"));
  v1::WithdrawSolutionRequest withdraw;
  EXPECT_THAT(Do<Solution>(kax_, "SolutionService/WithdrawSolution", made->name(), withdraw), NamesField("reason"));
  withdraw.set_reason("客户退出");
  EXPECT_EQ(Do<Solution>(kax_, "SolutionService/WithdrawSolution", made->name(), withdraw)->withdraw_reason(),
            "客户退出");
  EXPECT_EQ(Told(engineer_, made->name()), 2);
  v1::DraftSolutionRequest draft;
  draft.set_document("dms://1");
  draft.set_summary("初稿");
  EXPECT_THAT(Do<Solution>(ps_, "SolutionService/DraftSolution", made->name(), draft), HasReason("STATE_NOT_ALLOWED"));
  v1::ReportSolutionsRequest report;
  report.set_from_date(today());
  report.set_to_date(today());
  const auto rows =
      world_.Call<v1::ReportSolutionsResponse>(kax_, "kam.account.v1.SolutionService/ReportSolutions", report);
  ASSERT_THAT(rows, IsOk());
  ASSERT_EQ(rows->rows_size(), 1);
  EXPECT_EQ(rows->rows(0).requested(), 1);
  EXPECT_EQ(rows->rows(0).withdrawn(), 1);
  ASSERT_THAT(Do<CustomerNeed>(kax_, "CustomerNeedService/WithdrawCustomerNeed", need->name(), back), IsOk());
  EXPECT_THAT(RequestSolution(account.name(), need->name()), HasReason("NEED_WITHDRAWN"));
}

}  // namespace
}  // namespace kam::account
