// Needs, account plans, submissions and solutions, over real gRPC and a real database.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "account-svc/context.h"
#include "account-svc/pipeline/support_fixture.h"
#include "account-svc/rules/proto_time.h"
#include "common/testing/matchers.h"
#include "kam/account/v1/account_plan_service.pb.h"
#include "kam/account/v1/cross_sell_service.pb.h"
#include "kam/account/v1/customer_need_service.pb.h"
#include "kam/account/v1/manufacturer_submission_service.pb.h"
#include "kam/account/v1/opportunity_service.pb.h"
#include "kam/account/v1/solution_service.pb.h"
#include "kam/account/v1/visit_service.pb.h"
#include "kam/api/standard.pb.h"

namespace kam::account {
namespace {

using testing::HasReason;
using testing::IsOk;
using testing::NamesField;
using testing::StatusIs;
using v1::AccountPlan;
using v1::CustomerNeed;
using v1::ManufacturerSubmission;
using v1::MonthlyDemand;
using v1::Solution;

// the goals measure themselves from the records; approved and reviewed by another.
TEST_F(SupportTest, APlanMeasuresItselfFromTheRecords) {
  const v1::Account account = world_.AddAccount(kam_);
  v1::CreateAccountPlanRequest create;
  AccountPlan& plan = *create.mutable_account_plan();
  plan.set_account(account.name());
  plan.set_display_name("战略合作");
  plan.set_aim("提高双方供应链竞争能力");
  plan.set_from_date(today());
  plan.set_to_date(day(9));
  const auto goal = [&](v1::PlanMetric metric, const std::string& target, const std::string& currency = {}) {
    v1::PlanGoal& made = *plan.add_goals();
    made.set_metric(metric);
    made.set_target(target);
    made.set_currency(currency);
  };
  goal(v1::PLAN_METRIC_VISITS, "2");
  goal(v1::PLAN_METRIC_OPPORTUNITIES_OPENED, "4");
  goal(v1::PLAN_METRIC_OPPORTUNITIES_WON, "1");
  goal(v1::PLAN_METRIC_WON_AMOUNT, "400.5", "CNY");
  goal(v1::PLAN_METRIC_NEEDS_TOLD, "1");
  goal(v1::PLAN_METRIC_CROSS_SELL_SOLD, "1");
  goal(v1::PLAN_METRIC_SOLUTIONS_ACCEPTED, "1");
  const std::string service = "AccountPlanService/";
  auto made = world_.Call<AccountPlan>(kam_, "kam.account.v1.AccountPlanService/CreateAccountPlan", create);
  ASSERT_THAT(made, IsOk());
  EXPECT_THAT(Do<AccountPlan>(gam_, service + "ApproveAccountPlan", made->name(), v1::ApproveAccountPlanRequest()),
              HasReason("PLAN_INCOMPLETE"));
  v1::UpdateAccountPlanRequest update;
  update.mutable_account_plan()->set_name(made->name());
  v1::PlanAction& action = *update.mutable_account_plan()->add_actions();
  action.set_title("高层互访");
  action.set_responsible(manager_.name());
  action.set_due_date(today());
  ASSERT_THAT(world_.Call<AccountPlan>(kam_, "kam.account.v1.AccountPlanService/UpdateAccountPlan", update), IsOk());
  EXPECT_THAT(Do<AccountPlan>(kam_, service + "ApproveAccountPlan", made->name(), v1::ApproveAccountPlanRequest()),
              StatusIs(absl::StatusCode::kPermissionDenied));
  EXPECT_THAT(Do<AccountPlan>(world_.As(manager_, "GAM"), service + "ApproveAccountPlan", made->name(),
                              v1::ApproveAccountPlanRequest()),
              HasReason("SEPARATION_OF_DUTIES"));
  v1::ApproveAccountPlanRequest unread;
  unread.set_name(made->name());
  EXPECT_THAT(world_.Call<AccountPlan>(gam_, "kam.account.v1.AccountPlanService/ApproveAccountPlan", unread),
              NamesField("etag"));
  unread.set_etag(made->etag());
  EXPECT_THAT(world_.Call<AccountPlan>(gam_, "kam.account.v1.AccountPlanService/ApproveAccountPlan", unread),
              HasReason("ETAG_MISMATCH"))
      << "what was read is not what is there";
  ASSERT_THAT(Do<AccountPlan>(gam_, service + "ApproveAccountPlan", made->name(), v1::ApproveAccountPlanRequest()),
              IsOk());
  // No other plan of the account counts for one of its days.
  plan.set_from_date(day(9));
  plan.set_to_date(day(20));
  *plan.mutable_actions() = update.account_plan().actions();
  const auto overlapping =
      world_.Call<AccountPlan>(kam_, "kam.account.v1.AccountPlanService/CreateAccountPlan", create);
  ASSERT_THAT(overlapping, IsOk());
  EXPECT_THAT(
      Do<AccountPlan>(gam_, service + "ApproveAccountPlan", overlapping->name(), v1::ApproveAccountPlanRequest()),
      HasReason("PLAN_OVERLAPS"));
  EXPECT_THAT(world_.Call<AccountPlan>(kam_, "kam.account.v1.AccountPlanService/UpdateAccountPlan", update),
              HasReason("PLAN_APPROVED"));
  ASSERT_THAT(Do<AccountPlan>(kam_, service + "StartAccountPlan", made->name(), v1::StartAccountPlanRequest()), IsOk());

  // A visit, two deals of which one is won, and a product sold beside it.
  v1::CreateVisitRequest visit;
  visit.mutable_visit()->set_account(account.name());
  visit.mutable_visit()->set_purpose("维护");
  visit.mutable_visit()->set_mode(v1::VISIT_MODE_ON_SITE);
  *visit.mutable_visit()->mutable_planned_start() = ToTimestamp(clock().Now() - absl::Hours(1));
  *visit.mutable_visit()->mutable_planned_end() = ToTimestamp(clock().Now() + absl::Hours(1));
  const auto visited = world_.Call<v1::Visit>(kam_, "kam.account.v1.VisitService/CreateVisit", visit);
  ASSERT_THAT(visited, IsOk());
  ASSERT_THAT(Do<v1::Visit>(gam_, "VisitService/ApproveVisit", visited->name(), v1::ApproveVisitRequest()), IsOk());
  ASSERT_THAT(Do<v1::Visit>(kam_, "VisitService/CheckInVisit", visited->name(), v1::CheckInVisitRequest()), IsOk());
  clock().Advance(absl::Minutes(30));
  v1::CompleteVisitRequest complete;
  complete.set_report("维护良好");
  ASSERT_THAT(Do<v1::Visit>(kam_, "VisitService/CompleteVisit", visited->name(), complete), IsOk());
  for (int i = 0; i < 2; ++i) {
    v1::CreateOpportunityRequest deal;
    deal.mutable_opportunity()->set_account(account.name());
    deal.mutable_opportunity()->set_display_name("采购");
    deal.mutable_opportunity()->mutable_amount()->set_currency_code("CNY");
    deal.mutable_opportunity()->mutable_amount()->set_units(200);
    deal.mutable_opportunity()->mutable_amount()->set_nanos(250'000'000);
    const auto opened = world_.Call<v1::Opportunity>(kam_, "kam.account.v1.OpportunityService/CreateOpportunity", deal);
    ASSERT_THAT(opened, IsOk());
    if (i > 0) break;
    for (const v1::OpportunityStage stage :
         {v1::OPPORTUNITY_STAGE_NEEDS_ANALYSIS, v1::OPPORTUNITY_STAGE_PRODUCT_INTRODUCTION,
          v1::OPPORTUNITY_STAGE_NEGOTIATION, v1::OPPORTUNITY_STAGE_SIGNING}) {
      v1::AdvanceStageRequest advance;
      advance.set_stage(stage);
      ASSERT_THAT(Do<v1::Opportunity>(kam_, "OpportunityService/AdvanceStage", opened->name(), advance), IsOk());
    }
    v1::WinOpportunityRequest win;
    win.set_reason("签约");
    win.set_reason_code(v1::CLOSE_REASON_CODE_SERVICE);
    ASSERT_THAT(Do<v1::Opportunity>(kam_, "OpportunityService/WinOpportunity", opened->name(), win), IsOk());
  }
  v1::CreateCrossSellOfferRequest offer;
  offer.mutable_cross_sell_offer()->set_account(account.name());
  offer.mutable_cross_sell_offer()->set_kind(v1::VALUE_ADDED_KIND_INSURANCE);
  offer.mutable_cross_sell_offer()->set_description("车险");
  const auto offered =
      world_.Call<v1::CrossSellOffer>(kam_, "kam.account.v1.CrossSellService/CreateCrossSellOffer", offer);
  ASSERT_THAT(Do<v1::CrossSellOffer>(kam_, "CrossSellService/SellCrossSellOffer", offered->name(),
                                     v1::SellCrossSellOfferRequest()),
              IsOk());

  v1::MeasureAccountPlanRequest measure;
  measure.set_name(made->name());
  const auto progress = world_.Call<v1::MeasureAccountPlanResponse>(
      kam_, "kam.account.v1.AccountPlanService/MeasureAccountPlan", measure);
  ASSERT_THAT(progress, IsOk());
  std::vector<std::string> actual, percent;
  for (const v1::GoalProgress& at : progress->goals()) {
    actual.push_back(at.actual());
    percent.push_back(at.percent());
  }
  EXPECT_THAT(actual, ::testing::ElementsAre("1", "2", "1", "200.25", "0", "1", "0"));
  EXPECT_THAT(percent, ::testing::ElementsAre("50", "50", "100", "50", "0", "100", "0"));
  EXPECT_EQ(progress->goals(0).expected_percent(), "10");
  EXPECT_FALSE(progress->goals(0).behind());
  EXPECT_TRUE(progress->goals(4).behind());
  EXPECT_EQ(progress->actions_done(), 0);
  v1::CompletePlanActionRequest done;
  done.set_action(1);
  ASSERT_THAT(Do<AccountPlan>(kam_, service + "CompletePlanAction", made->name(), done), IsOk());
  v1::ReviewAccountPlanRequest review;
  review.set_conclusion("基本达成");
  EXPECT_THAT(Do<AccountPlan>(gam_, service + "ReviewAccountPlan", made->name(), review), HasReason("PERIOD_NOT_OVER"));
  clock().Advance(absl::Hours(24 * 9));
  const auto reviewed = Do<AccountPlan>(gam_, service + "ReviewAccountPlan", made->name(), review);
  ASSERT_THAT(reviewed, IsOk());
  EXPECT_EQ(reviewed->goals(3).actual(), "200.25");
  EXPECT_EQ(reviewed->goals(3).percent(), "50");
}

// of plans for the same days that are approved at the same time one counts.
TEST_F(SupportTest, OfManyPlansApprovedAtATimeOneCounts) {
  const v1::Account account = world_.AddAccount(kam_);
  std::vector<std::string> plans;
  for (int i = 0; i < 6; ++i) {
    const auto made = DrawUp(Plan(account.name(), day(i), day(30)));
    ASSERT_THAT(made, IsOk());
    plans.push_back(made->name());
  }
  std::atomic<int> approved = 0;
  std::vector<std::thread> threads;
  for (const std::string& plan : plans) {
    threads.emplace_back([&, plan] {
      const auto result =
          Do<AccountPlan>(gam_, "AccountPlanService/ApproveAccountPlan", plan, v1::ApproveAccountPlanRequest());
      if (result.ok()) {
        ++approved;
      } else {
        EXPECT_THAT(result, HasReason("PLAN_OVERLAPS"));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(approved, 1);
}

// read by another, submitted as it was read, answered with a receipt; the day is watched.
TEST_F(SupportTest, ASubmissionGoesToTheManufacturerAsItWasReviewed) {
  const std::string service = "ManufacturerSubmissionService/";
  const auto made = PrepareSubmission(v1::SUBMISSION_KIND_DEMAND);
  const auto late = PrepareSubmission(v1::SUBMISSION_KIND_DEMAND);
  ASSERT_THAT(made, IsOk());
  const v1::ReviewManufacturerSubmissionRequest review;
  EXPECT_THAT(Do<ManufacturerSubmission>(kam_, service + "ReviewManufacturerSubmission", made->name(), review),
              HasReason("FORM_REQUIRED"));
  for (const auto& prepared : {*made, *late}) {
    v1::UpdateManufacturerSubmissionRequest form;
    form.mutable_manufacturer_submission()->set_name(prepared.name());
    form.mutable_manufacturer_submission()->set_form("大用户申报表");
    const std::string method = "kam.account.v1.ManufacturerSubmissionService/UpdateManufacturerSubmission";
    ASSERT_THAT(world_.Call<ManufacturerSubmission>(kax_, method, form), IsOk());
    form.mutable_manufacturer_submission()->set_due_date(day(3));
    EXPECT_THAT(world_.Call<ManufacturerSubmission>(kax_, method, form), HasReason("DUE_DATE_FIXED"));
  }
  EXPECT_THAT(Do<ManufacturerSubmission>(world_.As(seller_, "KAM"), service + "ReviewManufacturerSubmission",
                                         made->name(), review),
              HasReason("SEPARATION_OF_DUTIES"));
  // Whoever rewrote it does not review it, also when somebody else, or a program, changed it after him.
  const auth::Principal second = world_.As(world_.AddEmployee("KAM", department_.name()), "KAM");
  const auto rewrite = [&](const auth::Principal& who, const std::string& content) {
    v1::UpdateManufacturerSubmissionRequest request;
    request.mutable_manufacturer_submission()->set_name(made->name());
    request.mutable_manufacturer_submission()->set_content(content);
    return world_.Call<ManufacturerSubmission>(
        who, "kam.account.v1.ManufacturerSubmissionService/UpdateManufacturerSubmission", request);
  };
  ASSERT_THAT(rewrite(second, "某公司需求九辆"), IsOk());
  ASSERT_THAT(rewrite(kax_, "某公司需求十辆"), IsOk());
  EXPECT_THAT(Do<ManufacturerSubmission>(second, service + "ReviewManufacturerSubmission", made->name(), review),
              HasReason("SEPARATION_OF_DUTIES"));
  v1::ReviewManufacturerSubmissionRequest unread;
  unread.set_name(made->name());
  EXPECT_THAT(world_.Call<ManufacturerSubmission>(
                  kam_, "kam.account.v1.ManufacturerSubmissionService/ReviewManufacturerSubmission", unread),
              NamesField("etag"));
  const auto reviewed =
      Do<ManufacturerSubmission>(kam_, service + "ReviewManufacturerSubmission", made->name(), review);
  ASSERT_THAT(reviewed, IsOk());
  EXPECT_EQ(reviewed->content_hash().size(), 64);
  v1::UpdateManufacturerSubmissionRequest update;
  update.mutable_manufacturer_submission()->set_name(made->name());
  update.mutable_manufacturer_submission()->set_content("二十辆");
  EXPECT_THAT(world_.Call<ManufacturerSubmission>(
                  kax_, "kam.account.v1.ManufacturerSubmissionService/UpdateManufacturerSubmission", update),
              HasReason("SUBMISSION_REVIEWED"));
  // Whoever changes it past the service does not get it out of the house.
  world_.harness().db().Execute(
      absl::StrCat("UPDATE manufacturer_submissions SET content = '二十辆' WHERE id = '", IdOf(made->name()), "'"));
  const v1::SubmitManufacturerSubmissionRequest submit;
  EXPECT_THAT(Do<ManufacturerSubmission>(kam_, service + "SubmitManufacturerSubmission", made->name(), submit),
              HasReason("CONTENT_CHANGED"));
  world_.harness().db().Execute(
      absl::StrCat("UPDATE manufacturer_submissions SET content = '某公司需求十辆' WHERE id = "
                   "'",
                   IdOf(made->name()), "'"));
  const auto submitted =
      Do<ManufacturerSubmission>(kam_, service + "SubmitManufacturerSubmission", made->name(), submit);
  ASSERT_THAT(submitted, IsOk());
  EXPECT_FALSE(submitted->overdue());
  v1::AcceptManufacturerSubmissionRequest accept;
  EXPECT_THAT(Do<ManufacturerSubmission>(kam_, service + "AcceptManufacturerSubmission", made->name(), accept),
              NamesField("receipt"));
  accept.set_receipt("YQ-2026-001");
  ASSERT_THAT(Do<ManufacturerSubmission>(kam_, service + "AcceptManufacturerSubmission", made->name(), accept), IsOk());

  clock().Advance(absl::Hours(24));
  world_.RunDue();
  EXPECT_TRUE(Get<ManufacturerSubmission>(service + "GetManufacturerSubmission", late->name())->overdue());
  EXPECT_FALSE(Get<ManufacturerSubmission>(service + "GetManufacturerSubmission", made->name())->overdue());
  ASSERT_THAT(Do<ManufacturerSubmission>(kam_, service + "ReviewManufacturerSubmission", late->name(), review), IsOk());
  ASSERT_THAT(Do<ManufacturerSubmission>(kam_, service + "SubmitManufacturerSubmission", late->name(), submit), IsOk());
  v1::ReturnManufacturerSubmissionRequest back;
  back.set_reason("缺附件");
  ASSERT_THAT(Do<ManufacturerSubmission>(kam_, service + "ReturnManufacturerSubmission", late->name(), back), IsOk());
  v1::ReportSubmissionsRequest request;
  request.set_from_date(day(-1));
  request.set_to_date(day(-1));
  const auto report = world_.Call<v1::ReportSubmissionsResponse>(
      gam_, "kam.account.v1.ManufacturerSubmissionService/ReportSubmissions", request);
  ASSERT_THAT(report, IsOk());
  ASSERT_EQ(report->rows_size(), 1);
  EXPECT_THAT(report->rows(0), testing::EqualsProto("kind: SUBMISSION_KIND_DEMAND due: 2 submitted: 1 in_time: 1 "
                                                    "accepted_at_once: 1 overdue: 1 timely_percent: '50.00' "
                                                    "accuracy_percent: '100.00'"));
}

// asked for, written, reviewed by another, presented, rejected, written anew, accepted, judged, a case to find.
TEST_F(SupportTest, ASolutionIsWrittenReviewedAndAccepted) {
  const v1::Account account = world_.AddAccount(kax_);
  const v1::Account another = world_.AddAccount(kax_);
  const auto need = Record(another.name(), v1::CUSTOMER_NEED_KIND_ACTUAL);
  const std::string service = "SolutionService/";
  EXPECT_THAT(RequestSolution(account.name(), need->name()), HasReason("NEED_OF_ANOTHER_ACCOUNT"));
  const auto made = RequestSolution(account.name(), Record(account.name(), v1::CUSTOMER_NEED_KIND_ACTUAL)->name());
  ASSERT_THAT(made, IsOk());
  v1::AssignSolutionRequest assign;
  assign.set_author(engineer_.name());
  EXPECT_THAT(Do<Solution>(kax_, service + "AssignSolution", made->name(), assign),
              StatusIs(absl::StatusCode::kPermissionDenied));
  v1::AssignSolutionRequest seller = assign;
  seller.set_author(seller_.name());
  EXPECT_THAT(Do<Solution>(pss_, service + "AssignSolution", made->name(), seller), HasReason("AUTHOR_INVALID"));
  ASSERT_THAT(Do<Solution>(pss_, service + "AssignSolution", made->name(), assign), IsOk());
  v1::DraftSolutionRequest draft;
  draft.set_document("dms://v1");
  draft.set_summary("初稿");
  EXPECT_THAT(Do<Solution>(pss_, service + "DraftSolution", made->name(), draft), HasReason("AUTHOR_REQUIRED"));
  ASSERT_THAT(Do<Solution>(ps_, service + "DraftSolution", made->name(), draft), IsOk());
  const v1::ReviewSolutionRequest review;
  EXPECT_THAT(Do<Solution>(world_.As(engineer_, "PSS"), service + "ReviewSolution", made->name(), review),
              HasReason("SEPARATION_OF_DUTIES"));
  ASSERT_THAT(Do<Solution>(pss_, service + "ReviewSolution", made->name(), review), IsOk());
  v1::PresentSolutionRequest present;
  present.set_presented_to("李总");
  present.set_presented_date(day(-1));
  EXPECT_THAT(Do<Solution>(kax_, service + "PresentSolution", made->name(), present), HasReason("DATE_TOO_EARLY"));
  present.clear_presented_date();
  ASSERT_THAT(Do<Solution>(kax_, service + "PresentSolution", made->name(), present), IsOk());
  v1::RejectSolutionRequest reject;
  reject.set_customer_person("李总");
  reject.set_reason("缺少费用说明");
  ASSERT_THAT(Do<Solution>(kax_, service + "RejectSolution", made->name(), reject), IsOk());
  draft.set_document("dms://v2");
  ASSERT_THAT(Do<Solution>(ps_, service + "DraftSolution", made->name(), draft), IsOk());
  ASSERT_THAT(Do<Solution>(pss_, service + "ReviewSolution", made->name(), review), IsOk());
  ASSERT_THAT(Do<Solution>(kax_, service + "PresentSolution", made->name(), present), IsOk());
  v1::AcceptSolutionRequest accept;
  accept.set_customer_person("李总");
  EXPECT_THAT(Do<Solution>(kax_, service + "AcceptSolution", made->name(), accept), NamesField("acceptance_document"));
  accept.set_acceptance_document("dms://ok");
  const auto accepted = Do<Solution>(kax_, service + "AcceptSolution", made->name(), accept);
  ASSERT_THAT(accepted, IsOk());
  EXPECT_EQ(accepted->reviewed_version(), 2);
  EXPECT_EQ(accepted->versions_size(), 2);
  v1::MarkSuccessCaseRequest mark;
  mark.set_case_summary(absl::StrCat("案例", IdOf(made->name())));
  EXPECT_THAT(Do<Solution>(kam_, service + "MarkSuccessCase", made->name(), mark), HasReason("SCORE_TOO_LOW"));
  v1::EvaluateSolutionRequest evaluate;
  evaluate.set_quality_score(92);
  evaluate.set_comment("按期上线");
  ASSERT_THAT(Do<Solution>(kam_, service + "EvaluateSolution", made->name(), evaluate), IsOk());
  ASSERT_THAT(Do<Solution>(kam_, service + "MarkSuccessCase", made->name(), mark), IsOk());
  kam::api::ListRequest list;
  list.set_filter("success_case = true");
  list.set_search(mark.case_summary());
  const auto cases = world_.Call<v1::ListSolutionsResponse>(ps_, "kam.account.v1.SolutionService/ListSolutions", list);
  ASSERT_THAT(cases, IsOk());
  ASSERT_EQ(cases->solutions_size(), 1);
  EXPECT_EQ(cases->solutions(0).name(), made->name());
  v1::ReportSolutionsRequest report;
  report.set_from_date(today());
  report.set_to_date(day(-1));
  const std::string analyse = "kam.account.v1.SolutionService/ReportSolutions";
  EXPECT_THAT(world_.Call<v1::ReportSolutionsResponse>(kax_, analyse, report), HasReason("PERIOD_INVALID"));
  report.set_to_date(today());
  const auto analysis = world_.Call<v1::ReportSolutionsResponse>(kax_, analyse, report);
  ASSERT_THAT(analysis, IsOk());
  ASSERT_EQ(analysis->rows_size(), 1);
  EXPECT_THAT(analysis->rows(0),
              testing::EqualsProto("industry: '汽车' requested: 1 accepted: 1 accepted_percent: '100.00' "
                                   "average_quality: '92.00' success_cases: 1 actual_needs: 1"));
}

}  // namespace
}  // namespace kam::account
