#include "account-svc/rules/campaign_rules.h"

#include <gtest/gtest.h>

#include "account-svc/rules/customer_training_rules.h"
#include "account-svc/rules/statement_rules.h"
#include "common/status/status.h"
#include "common/testing/matchers.h"
#include "google/type/money.pb.h"
#include "kam/account/v1/campaign.pb.h"
#include "kam/account/v1/campaign_invitation.pb.h"
#include "kam/account/v1/campaign_service.pb.h"
#include "kam/account/v1/customer_training_service.pb.h"
#include "kam/account/v1/public_statement.pb.h"

namespace kam::account::rules {
namespace {

using testing::HasReason;
using testing::IsOk;

const absl::Time kNow = absl::FromUnixSeconds(1'767'571'200);

void SetCny(int64_t units, int32_t nanos, google::type::Money* money) {
  money->set_currency_code("CNY");
  money->set_units(units);
  money->set_nanos(nanos);
}

v1::Campaign Budgeted() {
  v1::Campaign campaign;
  campaign.set_planner("employees/p");
  campaign.set_creator("employees/c");
  campaign.set_budget_owner("employees/b");
  campaign.set_start_date("2026-01-05");
  campaign.set_end_date("2026-01-06");
  SetCny(100, 100'000'000, campaign.add_budget_items()->mutable_amount());
  SetCny(0, 200'000'000, campaign.add_budget_items()->mutable_amount());
  EXPECT_THAT(CheckCampaign(&campaign), IsOk());
  return campaign;
}

void Spend(int64_t units, int32_t nanos, v1::Campaign* campaign) {
  v1::AddCampaignCostRequest cost;
  SetCny(units, nanos, cost.mutable_amount());
  cost.set_cost_date("2026-01-05");
  EXPECT_THAT(AddCost("employees/p", cost, "2026-01-05", kNow, campaign), IsOk());
}

// exact sums.
TEST(Campaign, TheBudgetIsTheExactSum) {
  const v1::Campaign campaign = Budgeted();
  EXPECT_EQ(campaign.budget().units(), 100);
  EXPECT_EQ(campaign.budget().nanos(), 300'000'000);
}

//
TEST(Campaign, TheBudgetIsDecidedByItsOwner) {
  const v1::Campaign campaign = Budgeted();
  EXPECT_THAT(CheckBudgetDecider("employees/p", campaign), HasReason("SEPARATION_OF_DUTIES"));
  EXPECT_THAT(CheckBudgetDecider("employees/c", campaign), HasReason("SEPARATION_OF_DUTIES"));
  EXPECT_THAT(CheckBudgetDecider("employees/x", campaign), HasReason("NOT_THE_BUDGET_OWNER"));
  EXPECT_THAT(CheckBudgetDecider("employees/b", campaign), IsOk());
  EXPECT_THAT(StartCampaign("2026-01-04", 1, {}, campaign), HasReason("PERIOD_NOT_BEGUN"));
  EXPECT_THAT(StartCampaign("2026-01-05", 0, {}, campaign), HasReason("NOTICE_REQUIRED"));
  EXPECT_EQ(MetadataValue(StartCampaign("2026-01-05", 1, {"SVM", "CSM"}, campaign), "missing"), "SVM, CSM");
  EXPECT_THAT(StartCampaign("2026-01-05", 1, {}, campaign), IsOk());
}

// other days are later ones; one that has begun ends on another day only.
TEST(Campaign, IsMovedToDaysToCome) {
  v1::Campaign campaign = Budgeted();
  campaign.set_state(v1::CAMPAIGN_STATE_INVITING);
  v1::MoveCampaignRequest request;
  const auto move = [&](const std::string& start, const std::string& end) {
    request.set_start_date(start);
    request.set_end_date(end);
    return MoveCampaign("2026-01-04", request, &campaign);
  };
  EXPECT_THAT(move("2026-02-02", "2026-02-01"), HasReason("PERIOD_INVALID"));
  EXPECT_THAT(move("2026-01-03", "2026-02-01"), HasReason("DATE_IN_PAST"));
  ASSERT_THAT(move("2026-01-04", "2026-01-09"), IsOk());
  EXPECT_EQ(campaign.start_date(), "2026-01-04");
  EXPECT_NE(NewDaysText(campaign, "雨天").find("2026-01-09"), std::string::npos);
  campaign.set_state(v1::CAMPAIGN_STATE_RUNNING);
  EXPECT_THAT(move("2026-01-05", "2026-01-09"), HasReason("CAMPAIGN_BEGUN"));
  EXPECT_THAT(move("2026-01-04", "2026-01-04"), IsOk()) << "it ends today";
}

// what was put down wrongly is taken back once, stays to be seen, and counts no more.
TEST(Campaign, ACostIsTakenBack) {
  v1::Campaign campaign = Budgeted();
  Spend(100, 0, &campaign);
  Spend(10, 0, &campaign);
  EXPECT_THAT(CheckCostThere(0, campaign), HasReason("FIELD_OUT_OF_RANGE"));
  EXPECT_THAT(CheckCostThere(3, campaign), HasReason("FIELD_OUT_OF_RANGE"));
  EXPECT_THAT(CheckCostThere(2, campaign), IsOk());
  v1::VoidCampaignCostRequest request;
  request.set_cost(1);
  request.set_reason("多记一个零");
  EXPECT_THAT(VoidCost("employees/x", false, request, kNow, &campaign), HasReason("NOT_THE_SUPERIOR"));
  ASSERT_THAT(VoidCost("employees/x", true, request, kNow, &campaign), IsOk());
  EXPECT_THAT(VoidCost("employees/p", false, request, kNow, &campaign), HasReason("COST_VOIDED"));
  EXPECT_EQ(campaign.costs(0).amount().units(), 100);
  EXPECT_EQ(campaign.costs(0).void_reason(), "多记一个零");
  EXPECT_EQ(FiguresOf(GuestCounts(), campaign)->actual_cost().units(), 10);
  EXPECT_EQ(FiguresOf(GuestCounts(), campaign)->voided_cost().units(), 100);
  // The planner takes back his own only, though he is above whoever put it down.
  request.set_cost(2);
  campaign.mutable_costs(1)->set_recorder("employees/r");
  EXPECT_THAT(VoidCost("employees/p", true, request, kNow, &campaign), HasReason("NOT_THE_SUPERIOR"));
  campaign.mutable_costs(1)->set_recorder("employees/p");
  EXPECT_THAT(VoidCost("employees/p", false, request, kNow, &campaign), IsOk());
}

// where he stood before he came; a walk-in was never invited.
TEST(Campaign, AttendanceIsUndone) {
  v1::CampaignInvitation guest;
  guest.set_lead("leads/1");
  guest.mutable_attend_time();
  UndoAttendance(&guest);
  EXPECT_EQ(guest.state(), v1::CAMPAIGN_INVITATION_STATE_INVITED);
  EXPECT_EQ(guest.lead(), "");
  EXPECT_FALSE(guest.has_attend_time());
  guest.mutable_answer_time();
  UndoAttendance(&guest);
  EXPECT_EQ(guest.state(), v1::CAMPAIGN_INVITATION_STATE_DECLINED);
  guest.set_accepted(true);
  UndoAttendance(&guest);
  EXPECT_EQ(guest.state(), v1::CAMPAIGN_INVITATION_STATE_ACCEPTED);
  guest.set_walk_in(true);
  UndoAttendance(&guest);
  EXPECT_EQ(guest.state(), v1::CAMPAIGN_INVITATION_STATE_WITHDRAWN);
}

// the attendance rate counts the invited only; a lead costs its share, rounded half up.
TEST(Campaign, FiguresAreCounted) {
  v1::Campaign campaign = Budgeted();
  Spend(100, 0, &campaign);
  GuestCounts guests;
  guests.invited = 3;
  guests.attended = 2;
  guests.walk_ins = 5;
  guests.leads = 3;
  const auto figures = FiguresOf(guests, campaign);
  ASSERT_THAT(figures, IsOk());
  EXPECT_EQ(figures->attendance_percent(), "66.67");
  EXPECT_EQ(figures->cost_per_lead().units(), 33);
  EXPECT_EQ(figures->cost_per_lead().nanos(), 330'000'000);
  EXPECT_EQ(figures->variance().nanos(), -300'000'000);
  guests.leads = 0;
  guests.invited = 0;
  const auto nothing = FiguresOf(guests, campaign);
  ASSERT_THAT(nothing, IsOk());
  EXPECT_FALSE(nothing->has_cost_per_lead());
  EXPECT_EQ(nothing->attendance_percent(), "");
}

// each figure that may be missing; on the budget to the cent is not over it.
TEST(Campaign, EndsWithFiguresAndTruth) {
  v1::Campaign campaign = Budgeted();
  campaign.set_kind(v1::CAMPAIGN_KIND_LAUNCH);
  v1::EvaluateCampaignRequest request;
  GuestCounts guests;
  const auto evaluate = [&](const std::string& today) {
    return EvaluateCampaign("employees/e", today, kNow, guests, request, &campaign);
  };
  EXPECT_THAT(EvaluateCampaign("employees/p", "2026-01-06", kNow, guests, request, &campaign),
              HasReason("SEPARATION_OF_DUTIES"))
      << "he planned it";
  EXPECT_THAT(evaluate("2026-01-05"), HasReason("CAMPAIGN_NOT_OVER"));
  for (const char* state : {"DRAFT", "BUDGET_REQUESTED", "BUDGETED", "EVALUATED", "CANCELLED"}) {
    EXPECT_THAT(CheckCampaignOpen(state, "campaigns/c"), HasReason("CAMPAIGN_OVER")) << state;
  }
  for (const char* state : {"INVITING", "RUNNING"}) EXPECT_THAT(CheckCampaignOpen(state, "campaigns/c"), IsOk());
  EXPECT_EQ(MetadataValue(evaluate("2026-01-06"), "missing"), "invitations, attendance, costs");
  guests.invited = 1;
  EXPECT_EQ(MetadataValue(evaluate("2026-01-06"), "missing"), "attendance, costs");
  guests.walk_ins = 1;
  EXPECT_EQ(MetadataValue(evaluate("2026-01-06"), "missing"), "costs");
  Spend(100, 300'000'000, &campaign);
  EXPECT_THAT(evaluate("2026-01-06"), IsOk());
  Spend(0, 10'000'000, &campaign);
  EXPECT_THAT(evaluate("2026-01-06"), HasReason("OVERRUN_REASON_REQUIRED"));
  request.set_overrun_reason("加印");
  ASSERT_THAT(evaluate("2026-01-06"), IsOk());
  EXPECT_THAT(ReopenEvaluation("employees/p", &campaign), HasReason("SEPARATION_OF_DUTIES"));
  ASSERT_THAT(ReopenEvaluation("employees/e", &campaign), IsOk());
  EXPECT_FALSE(campaign.has_figures());
  EXPECT_EQ(campaign.evaluator(), "");
}

// to a launch and a presentation come those who were invited, to the others who passes by; nobody may have come.
TEST(Campaign, EndsWithoutInvitationsWhereNobodyIsInvited) {
  v1::EvaluateCampaignRequest request;
  for (int kind = v1::CAMPAIGN_KIND_LAUNCH; kind <= v1::CampaignKind_MAX; ++kind) {
    v1::Campaign campaign = Budgeted();
    campaign.set_kind(static_cast<v1::CampaignKind>(kind));
    Spend(100, 0, &campaign);
    GuestCounts walk_ins;
    walk_ins.walk_ins = 4;
    const bool invited = kind == v1::CAMPAIGN_KIND_LAUNCH || kind == v1::CAMPAIGN_KIND_KEY_USER_PRESENTATION;
    const auto evaluated = EvaluateCampaign("employees/e", "2026-01-06", kNow, walk_ins, request, &campaign);
    EXPECT_EQ(MetadataValue(evaluated, "missing"), invited ? "invitations" : "") << kind;
    EXPECT_EQ(evaluated.ok(), !invited) << kind;
    GuestCounts nobody;
    nobody.invited = 3;
    EXPECT_EQ(MetadataValue(EvaluateCampaign("employees/e", "2026-01-06", kNow, nobody, request, &campaign), "missing"),
              "attendance");
    v1::EvaluateCampaignRequest empty;
    empty.set_nobody_came(true);
    EXPECT_THAT(EvaluateCampaign("employees/e", "2026-01-06", kNow, nobody, empty, &campaign), IsOk()) << kind;
  }
  v1::Campaign campaign = Budgeted();
  campaign.set_kind(v1::CAMPAIGN_KIND_EXHIBITION);
  Spend(100, 0, &campaign);
  campaign.mutable_costs(0)->mutable_void_time();
  GuestCounts walk_ins;
  walk_ins.walk_ins = 4;
  EXPECT_EQ(MetadataValue(EvaluateCampaign("employees/e", "2026-01-06", kNow, walk_ins, request, &campaign), "missing"),
            "costs")
      << "what was taken back is none";
}

// how soon again depends on the usage.
TEST(Training, TheNextSessionIsByUsage) {
  const Policy policy;
  for (const auto& [usage, due] :
       {std::pair(v1::PRODUCT_USAGE_LOW, "2026-04-30"), std::pair(v1::PRODUCT_USAGE_NORMAL, "2026-07-31"),
        std::pair(v1::PRODUCT_USAGE_HIGH, "2027-01-31")}) {
    v1::CustomerTraining training;
    training.set_usage(usage);
    training.set_held_date("2026-01-31");
    training.add_attendees()->set_attended(true);
    v1::EvaluateCustomerTrainingRequest request;
    EXPECT_THAT(EvaluateTraining(request, policy, &training), HasReason("FEEDBACK_REQUIRED"));
    request.add_feedback()->set_attendee(1);
    request.mutable_feedback(0)->set_score(3);
    ASSERT_THAT(EvaluateTraining(request, policy, &training), IsOk());
    EXPECT_EQ(training.next_due_date(), due);
    EXPECT_EQ(training.average_score(), "3.00");
  }
}

// G-04: in force on every day from the first to the last, when approved.
TEST(Statement, IsInForceBetweenItsDays) {
  v1::PublicStatement statement;
  statement.set_valid_from("2026-01-05");
  statement.set_valid_until("2026-01-07");
  for (int state = v1::PUBLIC_STATEMENT_STATE_DRAFT; state <= v1::PublicStatementState_MAX; ++state) {
    statement.set_state(static_cast<v1::PublicStatementState>(state));
    const bool approved = state == v1::PUBLIC_STATEMENT_STATE_APPROVED;
    EXPECT_FALSE(InForce(statement, "2026-01-04"));
    EXPECT_EQ(InForce(statement, "2026-01-05"), approved);
    EXPECT_EQ(InForce(statement, "2026-01-07"), approved);
    EXPECT_FALSE(InForce(statement, "2026-01-08"));
    EXPECT_EQ(CheckStatementUpdate(statement).ok(), state == v1::PUBLIC_STATEMENT_STATE_DRAFT);
  }
  statement.set_author("employees/a");
  EXPECT_THAT(ApproveStatement("employees/a", kNow, "2026-01-05", &statement), HasReason("SEPARATION_OF_DUTIES"));
  EXPECT_THAT(ApproveStatement("employees/b", kNow, "2026-01-08", &statement), HasReason("PERIOD_INVALID"));
  EXPECT_THAT(ApproveStatement("employees/b", kNow, "2026-01-07", &statement), IsOk());
}

}  // namespace
}  // namespace kam::account::rules
