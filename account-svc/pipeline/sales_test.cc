// Leads, opportunities, visit plans and visits, over real gRPC and a real database.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "absl/strings/str_cat.h"
#include "account-svc/context.h"
#include "account-svc/rules/proto_time.h"
#include "account-svc/testing/account_fixture.h"
#include "common/testing/matchers.h"
#include "kam/account/v1/account_service.pb.h"
#include "kam/account/v1/lead_service.pb.h"
#include "kam/account/v1/opportunity_service.pb.h"
#include "kam/account/v1/visit_plan_service.pb.h"
#include "kam/account/v1/visit_service.pb.h"
#include "kam/api/standard.pb.h"

namespace kam::account {
namespace {

using testing::HasReason;
using testing::IsOk;
using testing::NamesField;
using testing::StatusIs;
using v1::Lead;
using v1::Opportunity;
using v1::Visit;
using v1::VisitPlan;

class SalesTest : public ::testing::Test {
 protected:
  SalesTest()
      : world_(World::Get()),
        now_(world_.harness().clock().Now()),
        department_(world_.AddDepartment()),
        head_(world_.AddEmployee("GAM", department_.name())),
        seller_(world_.AddEmployee("KAX", department_.name(), {head_.name()})),
        other_(world_.AddEmployee("KAX", department_.name(), {head_.name()})),
        gam_(world_.As(head_, "GAM SM")),
        kax_(world_.As(seller_, "KAX")),
        kax2_(world_.As(other_, "KAX")) {}

  Lead MakeLead() {
    Lead lead;
    lead.set_display_name("王先生");
    lead.set_company_name(absl::StrCat("线索公司", world_.harness().NewId()));
    lead.set_phone(world_.CompleteDraft().phone());
    lead.set_channel(v1::CHANNEL_SHOWROOM);
    lead.set_need("十辆面包车");
    return lead;
  }
  absl::StatusOr<Lead> CreateLead(const Lead& lead) {
    v1::CreateLeadRequest request;
    *request.mutable_lead() = lead;
    return world_.Call<Lead>(kax_, "kam.account.v1.LeadService/CreateLead", request);
  }
  absl::StatusOr<Opportunity> CreateOpportunity(const auth::Principal& who, const std::string& account) {
    v1::CreateOpportunityRequest request;
    request.mutable_opportunity()->set_account(account);
    request.mutable_opportunity()->set_display_name("年度采购");
    return world_.Call<Opportunity>(who, "kam.account.v1.OpportunityService/CreateOpportunity", request);
  }
  absl::StatusOr<Opportunity> Advance(const std::string& name, v1::OpportunityStage stage) {
    v1::AdvanceStageRequest request;
    request.set_name(name);
    request.set_stage(stage);
    return world_.Call<Opportunity>(kax_, "kam.account.v1.OpportunityService/AdvanceStage", request);
  }
  Visit MakeVisit(const std::string& account, absl::Duration start, absl::Duration end) {
    Visit visit;
    visit.set_account(account);
    visit.set_purpose("需求调研");
    visit.set_mode(v1::VISIT_MODE_ON_SITE);
    *visit.mutable_planned_start() = ToTimestamp(now_ + start);
    *visit.mutable_planned_end() = ToTimestamp(now_ + end);
    return visit;
  }
  absl::StatusOr<Visit> CreateVisit(const auth::Principal& who, const Visit& visit) {
    v1::CreateVisitRequest request;
    *request.mutable_visit() = visit;
    return world_.Call<Visit>(who, "kam.account.v1.VisitService/CreateVisit", request);
  }
  template <typename Request>
  absl::StatusOr<Visit> Do(const auth::Principal& who, absl::string_view verb, Request request,
                           const std::string& name) {
    request.set_name(name);
    return world_.Call<Visit>(who, absl::StrCat("kam.account.v1.VisitService/", verb), request);
  }

  World& world_;
  absl::Time now_;
  organization::v1::Department department_;
  organization::v1::Employee head_, seller_, other_;
  auth::Principal gam_, kax_, kax2_;
};

// nothing mandatory stays blank.
TEST_F(SalesTest, ALeadHasItsMandatoryFields) {
  const auto blank = CreateLead(Lead());
  for (const char* field : {"lead.display_name", "lead.channel", "lead.need"}) EXPECT_THAT(blank, NamesField(field));
  Lead lead = MakeLead();
  lead.clear_phone();
  EXPECT_THAT(CreateLead(lead), HasReason("PHONE_REQUIRED"));
  lead.set_phone_refused(true);
  const auto made = CreateLead(lead);
  ASSERT_THAT(made, IsOk());
  EXPECT_EQ(made->state(), v1::LEAD_STATE_NEW);
  EXPECT_EQ(made->owner(), seller_.name());
  EXPECT_EQ(made->arrival_time().seconds(), absl::ToUnixSeconds(now_));
}

// from a lead to the draft of an account, in one transaction.
TEST_F(SalesTest, ALeadBecomesAnAccount) {
  const auto lead = CreateLead(MakeLead());
  ASSERT_THAT(lead, IsOk());
  const std::string service = "kam.account.v1.LeadService/";
  v1::QualifyLeadRequest qualify;
  qualify.set_name(lead->name());
  EXPECT_THAT(world_.Call<Lead>(kax_, service + "QualifyLead", qualify), HasReason("LEAD_INCOMPLETE"));
  v1::AddLeadFollowUpRequest follow_up;
  follow_up.set_name(lead->name());
  follow_up.set_channel(v1::CHANNEL_PHONE);
  follow_up.set_result("有意向");
  follow_up.set_intention_level(v1::INTENTION_LEVEL_A);
  follow_up.set_next_date("2026-01-07");
  const auto followed = world_.Call<Lead>(kax_, service + "AddLeadFollowUp", follow_up);
  ASSERT_THAT(followed, IsOk());
  ASSERT_EQ(followed->follow_ups_size(), 1);
  EXPECT_EQ(followed->follow_ups(0).employee(), seller_.name());
  v1::ConvertLeadRequest convert;
  convert.set_name(lead->name());
  EXPECT_THAT(world_.Call<v1::ConvertLeadResponse>(kax_, service + "ConvertLead", convert),
              HasReason("STATE_NOT_ALLOWED"));
  ASSERT_THAT(world_.Call<Lead>(kax_, service + "QualifyLead", qualify), IsOk());
  convert.mutable_account()->set_short_name("线索");
  convert.mutable_account()->set_state(v1::ACCOUNT_STATE_ACTIVE);
  convert.set_request_id(RequestId());
  const auto converted = world_.Call<v1::ConvertLeadResponse>(kax_, service + "ConvertLead", convert);
  ASSERT_THAT(converted, IsOk());
  EXPECT_EQ(converted->lead().state(), v1::LEAD_STATE_CONVERTED);
  EXPECT_EQ(converted->lead().account(), converted->account().name());
  EXPECT_EQ(converted->account().legal_name(), lead->company_name());
  EXPECT_EQ(converted->account().state(), v1::ACCOUNT_STATE_DRAFT);
  EXPECT_EQ(converted->account().source(), v1::CHANNEL_SHOWROOM);
  const auto again = world_.Call<v1::ConvertLeadResponse>(kax_, service + "ConvertLead", convert);
  ASSERT_THAT(again, IsOk());
  EXPECT_EQ(again->account().name(), converted->account().name());
  // The same firm once more: the lead stays as it was.
  Lead same = MakeLead();
  same.set_company_name(lead->company_name());
  same.set_intention_level(v1::INTENTION_LEVEL_A);
  same.set_next_follow_up_date("2026-01-08");
  const auto second = CreateLead(same);
  ASSERT_THAT(second, IsOk());
  qualify.set_name(second->name());
  ASSERT_THAT(world_.Call<Lead>(kax_, service + "QualifyLead", qualify), IsOk());
  v1::ConvertLeadRequest refused;
  refused.set_name(second->name());
  EXPECT_THAT(world_.Call<v1::ConvertLeadResponse>(kax_, service + "ConvertLead", refused),
              HasReason("ACCOUNT_EXISTS"));
  kam::api::GetRequest get;
  get.set_name(second->name());
  EXPECT_EQ(world_.Call<Lead>(kax_, service + "GetLead", get)->state(), v1::LEAD_STATE_QUALIFIED);
  v1::DiscardLeadRequest discard;
  discard.set_name(second->name());
  discard.set_reason("重复");
  EXPECT_EQ(world_.Call<Lead>(kax_, service + "DiscardLead", discard)->discard_reason(), "重复");
  v1::UpdateLeadRequest update;
  update.mutable_lead()->set_name(second->name());
  update.mutable_lead()->set_need("其他");
  EXPECT_THAT(world_.Call<Lead>(kax_, service + "UpdateLead", update), HasReason("LEAD_CLOSED"));
}

// G-03: a lead is its salesperson's.
TEST_F(SalesTest, ALeadIsSeenByItsSalespersonAndTheHead) {
  const auto lead = CreateLead(MakeLead());
  ASSERT_THAT(lead, IsOk());
  kam::api::GetRequest get;
  get.set_name(lead->name());
  EXPECT_THAT(world_.Call<Lead>(kax2_, "kam.account.v1.LeadService/GetLead", get),
              StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(world_.Call<Lead>(gam_, "kam.account.v1.LeadService/GetLead", get), IsOk());
}

//
TEST_F(SalesTest, AnOpportunityGoesThroughTheStagesToTheEnd) {
  const v1::Account account = world_.AddAccount(kax_);
  const auto made = CreateOpportunity(kax_, account.name());
  ASSERT_THAT(made, IsOk());
  EXPECT_EQ(made->stage(), v1::OPPORTUNITY_STAGE_RECEPTION);
  EXPECT_EQ(made->probability(), 10);
  EXPECT_EQ(made->owner(), seller_.name());
  v1::WinOpportunityRequest win;
  win.set_name(made->name());
  win.set_reason("签约");
  win.set_reason_code(v1::CLOSE_REASON_CODE_PRODUCT);
  EXPECT_THAT(world_.Call<Opportunity>(kax_, "kam.account.v1.OpportunityService/WinOpportunity", win),
              HasReason("STAGE_NOT_SIGNING"));
  EXPECT_THAT(Advance(made->name(), v1::OPPORTUNITY_STAGE_SIGNING), HasReason("STAGE_SKIPPED"));
  for (const v1::OpportunityStage stage :
       {v1::OPPORTUNITY_STAGE_NEEDS_ANALYSIS, v1::OPPORTUNITY_STAGE_PRODUCT_INTRODUCTION,
        v1::OPPORTUNITY_STAGE_NEGOTIATION, v1::OPPORTUNITY_STAGE_SIGNING}) {
    ASSERT_THAT(Advance(made->name(), stage), IsOk());
  }
  const auto won = world_.Call<Opportunity>(kax_, "kam.account.v1.OpportunityService/WinOpportunity", win);
  ASSERT_THAT(won, IsOk());
  EXPECT_EQ(won->state(), v1::OPPORTUNITY_STATE_WON);
  EXPECT_EQ(won->probability(), 100);
  EXPECT_THAT(Advance(made->name(), v1::OPPORTUNITY_STAGE_NEGOTIATION), HasReason("STATE_NOT_ALLOWED"));
  v1::UpdateOpportunityRequest update;
  update.mutable_opportunity()->set_name(made->name());
  update.mutable_opportunity()->set_next_step("x");
  EXPECT_THAT(world_.Call<Opportunity>(kax_, "kam.account.v1.OpportunityService/UpdateOpportunity", update),
              HasReason("OPPORTUNITY_CLOSED"));
  const auto second = CreateOpportunity(kax_, account.name());
  ASSERT_THAT(second, IsOk());
  v1::LoseOpportunityRequest lose;
  lose.set_name(second->name());
  EXPECT_THAT(world_.Call<Opportunity>(kax_, "kam.account.v1.OpportunityService/LoseOpportunity", lose),
              NamesField("reason"));
  lose.set_reason("价格");
  lose.set_reason_code(v1::CLOSE_REASON_CODE_PRICE);
  lose.set_competitor("某某汽车");
  EXPECT_EQ(world_.Call<Opportunity>(kax_, "kam.account.v1.OpportunityService/LoseOpportunity", lose)->competitor(),
            "某某汽车");
}

// no opportunity on an account of a colleague.
TEST_F(SalesTest, AnOpportunityOnAForeignAccountIsRefused) {
  const v1::Account account = world_.AddAccount(kax_);
  EXPECT_THAT(CreateOpportunity(kax2_, account.name()), HasReason("OUT_OF_SCOPE"));
  EXPECT_THAT(CreateVisit(kax2_, MakeVisit(account.name(), absl::Hours(1), absl::Hours(2))), HasReason("OUT_OF_SCOPE"));
  v1::CloseAccountRequest close;
  close.set_name(account.name());
  close.set_reason("注销");
  ASSERT_THAT(world_.Call<v1::Account>(gam_, "kam.account.v1.AccountService/CloseAccount", close), IsOk());
  EXPECT_THAT(CreateOpportunity(gam_, account.name()), HasReason("ACCOUNT_CLOSED"));
}

// the whole way of a visit.
TEST_F(SalesTest, AVisitIsPlannedApprovedMadeAndReported) {
  const v1::Account account = world_.AddAccount(kax_);
  Visit idea = MakeVisit(account.name(), absl::ZeroDuration(), absl::Hours(2));
  idea.clear_planned_start();
  idea.clear_planned_end();
  const auto proposed = CreateVisit(kax_, idea);
  ASSERT_THAT(proposed, IsOk());
  EXPECT_EQ(proposed->state(), v1::VISIT_STATE_PROPOSED);
  EXPECT_THAT(Do(gam_, "ApproveVisit", v1::ApproveVisitRequest(), proposed->name()),
              HasReason("VISIT_WINDOW_REQUIRED"));
  v1::PlanVisitRequest plan;
  *plan.mutable_planned_start() = ToTimestamp(now_ - absl::Hours(2));
  *plan.mutable_planned_end() = ToTimestamp(now_ + absl::Hours(1));
  ASSERT_THAT(Do(kax_, "PlanVisit", plan, proposed->name()), IsOk());
  EXPECT_THAT(Do(kax_, "ApproveVisit", v1::ApproveVisitRequest(), proposed->name()),
              StatusIs(absl::StatusCode::kPermissionDenied));
  const auto approved = Do(gam_, "ApproveVisit", v1::ApproveVisitRequest(), proposed->name());
  ASSERT_THAT(approved, IsOk());
  EXPECT_EQ(approved->approver(), head_.name());
  v1::UpdateVisitRequest update;
  update.mutable_visit()->set_name(proposed->name());
  update.mutable_visit()->set_visitor(other_.name());
  update.mutable_update_mask()->add_paths("visitor");
  EXPECT_THAT(world_.Call<Visit>(kax_, "kam.account.v1.VisitService/UpdateVisit", update), HasReason("VISIT_FROZEN"));
  v1::CheckInVisitRequest check_in;
  *check_in.mutable_check_in_time() = ToTimestamp(now_ - absl::Hours(1));
  ASSERT_THAT(Do(kax_, "CheckInVisit", check_in, proposed->name()), IsOk());
  v1::CompleteVisitRequest complete;
  EXPECT_THAT(Do(kax_, "CompleteVisit", complete, proposed->name()), HasReason("REPORT_REQUIRED"));
  complete.set_report("客户需要新车型资料");
  *complete.mutable_check_out_time() = ToTimestamp(now_ - absl::Hours(2));
  EXPECT_THAT(Do(kax_, "CompleteVisit", complete, proposed->name()), HasReason("CHECK_OUT_BEFORE_CHECK_IN"));
  complete.clear_check_out_time();
  const auto done = Do(kax_, "CompleteVisit", complete, proposed->name());
  ASSERT_THAT(done, IsOk());
  EXPECT_EQ(done->state(), v1::VISIT_STATE_DONE);
  v1::CommentVisitRequest comment;
  comment.set_comment("跟进报价");
  EXPECT_THAT(Do(gam_, "CommentVisit", comment, proposed->name()), IsOk());
}

// nobody approves a visit of his own, also not with the right.
TEST_F(SalesTest, TheHeadDoesNotApproveHisOwnVisit) {
  const v1::Account account = world_.AddAccount(gam_);
  const auto visit = CreateVisit(gam_, MakeVisit(account.name(), absl::Hours(1), absl::Hours(2)));
  ASSERT_THAT(visit, IsOk());
  EXPECT_THAT(Do(gam_, "ApproveVisit", v1::ApproveVisitRequest(), visit->name()), HasReason("SEPARATION_OF_DUTIES"));
}

TEST_F(SalesTest, AVisitIsMissedAfterItsEndAndCancelledBefore) {
  const v1::Account account = world_.AddAccount(kax_);
  const auto future = CreateVisit(kax_, MakeVisit(account.name(), absl::Hours(1), absl::Hours(2)));
  const auto past = CreateVisit(kax_, MakeVisit(account.name(), -absl::Hours(2), -absl::Hours(1)));
  ASSERT_THAT(future, IsOk());
  ASSERT_THAT(past, IsOk());
  ASSERT_THAT(Do(gam_, "ApproveVisit", v1::ApproveVisitRequest(), future->name()), IsOk());
  ASSERT_THAT(Do(gam_, "ApproveVisit", v1::ApproveVisitRequest(), past->name()), IsOk());
  v1::MarkVisitMissedRequest missed;
  missed.set_reason("客户出差");
  EXPECT_THAT(Do(kax_, "MarkVisitMissed", missed, future->name()), HasReason("VISIT_NOT_OVER"));
  EXPECT_EQ(Do(kax_, "MarkVisitMissed", missed, past->name())->state(), v1::VISIT_STATE_MISSED);
  v1::CancelVisitRequest cancel;
  cancel.set_reason("改期");
  EXPECT_EQ(Do(kax_, "CancelVisit", cancel, future->name())->close_reason(), "改期");
}

// no overlap per person, also for companions; touching is no overlap; a cancelled visit takes no time.
TEST_F(SalesTest, NobodyIsOnTwoVisitsAtATime) {
  const v1::Account account = world_.AddAccount(gam_);
  world_.Assign(gam_, account.name(), seller_.name());
  const auto first = CreateVisit(kax_, MakeVisit(account.name(), absl::Hours(1), absl::Hours(3)));
  ASSERT_THAT(first, IsOk());
  EXPECT_THAT(CreateVisit(kax_, MakeVisit(account.name(), absl::Hours(2), absl::Hours(4))), HasReason("VISIT_OVERLAP"));
  Visit along = MakeVisit(account.name(), absl::Hours(2), absl::Hours(4));
  along.set_visitor(head_.name());
  along.add_companions(seller_.name());
  EXPECT_THAT(CreateVisit(gam_, along), HasReason("VISIT_OVERLAP"));
  along.clear_companions();
  along.add_companions(seller_.name());
  *along.mutable_planned_start() = ToTimestamp(now_ + absl::Hours(3));
  ASSERT_THAT(CreateVisit(gam_, along), IsOk());
  EXPECT_THAT(CreateVisit(kax_, MakeVisit(account.name(), absl::Hours(3), absl::Hours(4))), HasReason("VISIT_OVERLAP"));
  v1::CancelVisitRequest cancel;
  cancel.set_reason("改期");
  ASSERT_THAT(Do(kax_, "CancelVisit", cancel, first->name()), IsOk());
  EXPECT_THAT(CreateVisit(kax_, MakeVisit(account.name(), absl::Hours(2), absl::Hours(3))), IsOk());
}

TEST_F(SalesTest, OfManyOverlappingPlansAtATimeOneWins) {
  const v1::Account account = world_.AddAccount(kax_);
  std::atomic<int> won = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&, i] {
      const auto result = CreateVisit(
          kax_, MakeVisit(account.name(), absl::Hours(10) + absl::Minutes(i), absl::Hours(12) + absl::Minutes(i)));
      if (result.ok()) {
        ++won;
      } else {
        EXPECT_THAT(result, HasReason("VISIT_OVERLAP"));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(won, 1);
}

//
TEST_F(SalesTest, AVisitPlanIsSubmittedAndApprovedBySomebodyElse) {
  const v1::Account account = world_.AddAccount(kax_);
  const std::string service = "kam.account.v1.VisitPlanService/";
  v1::CreateVisitPlanRequest create;
  create.mutable_visit_plan()->set_display_name("二月走访");
  create.mutable_visit_plan()->set_period_kind(v1::VISIT_PLAN_PERIOD_MONTH);
  create.mutable_visit_plan()->set_start_date("2026-02-02");
  EXPECT_THAT(world_.Call<VisitPlan>(kax_, service + "CreateVisitPlan", create), HasReason("PERIOD_START_INVALID"));
  create.mutable_visit_plan()->set_start_date("2026-02-01");
  const auto plan = world_.Call<VisitPlan>(kax_, service + "CreateVisitPlan", create);
  ASSERT_THAT(plan, IsOk());
  v1::SubmitVisitPlanRequest submit;
  submit.set_name(plan->name());
  EXPECT_THAT(world_.Call<VisitPlan>(kax_, service + "SubmitVisitPlan", submit), HasReason("PLAN_EMPTY"));
  v1::UpdateVisitPlanRequest update;
  update.mutable_visit_plan()->set_name(plan->name());
  v1::VisitPlanItem& item = *update.mutable_visit_plan()->add_items();
  item.set_account(account.name());
  item.set_visitor(seller_.name());
  item.set_purpose("维护");
  item.set_visits(2);
  ASSERT_THAT(world_.Call<VisitPlan>(kax_, service + "UpdateVisitPlan", update), IsOk());
  ASSERT_THAT(world_.Call<VisitPlan>(kax_, service + "SubmitVisitPlan", submit), IsOk());
  item.set_visits(3);
  EXPECT_THAT(world_.Call<VisitPlan>(kax_, service + "UpdateVisitPlan", update), HasReason("PLAN_NOT_DRAFT"));
  v1::ApproveVisitPlanRequest approve;
  approve.set_name(plan->name());
  EXPECT_THAT(world_.Call<VisitPlan>(kax_, service + "ApproveVisitPlan", approve),
              StatusIs(absl::StatusCode::kPermissionDenied));
  const auto approved = world_.Call<VisitPlan>(gam_, service + "ApproveVisitPlan", approve);
  ASSERT_THAT(approved, IsOk());
  EXPECT_EQ(approved->state(), v1::VISIT_PLAN_STATE_APPROVED);
  EXPECT_EQ(approved->approver(), head_.name());
}

}  // namespace
}  // namespace kam::account
