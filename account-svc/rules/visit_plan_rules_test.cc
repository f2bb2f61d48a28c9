#include "account-svc/rules/visit_plan_rules.h"

#include <gtest/gtest.h>

#include "account-svc/rules/proto_time.h"
#include "common/status/status.h"
#include "common/testing/matchers.h"
#include "kam/account/v1/visit.pb.h"
#include "kam/account/v1/visit_plan.pb.h"

namespace kam::account::rules {
namespace {

using testing::HasReason;
using testing::IsOk;

const absl::Time kNow = absl::FromUnixSeconds(1'767'571'200);

v1::VisitPlan Plan() {
  v1::VisitPlan plan;
  plan.set_owner("employees/o");
  plan.set_creator("employees/c");
  plan.set_sales_manager("employees/m");
  plan.set_period_kind(v1::VISIT_PLAN_PERIOD_MONTH);
  plan.set_start_date("2026-02-01");
  v1::VisitPlanItem& item = *plan.add_items();
  item.set_account("accounts/a");
  item.set_visitor("employees/o");
  item.set_visits(1);
  return plan;
}

//
TEST(VisitPlan, BeginsOnTheFirstDayAndIsApprovedByAThird) {
  v1::VisitPlan plan = Plan();
  EXPECT_THAT(CheckPlan(plan), IsOk());
  plan.set_period_kind(v1::VISIT_PLAN_PERIOD_YEAR);
  EXPECT_THAT(CheckPlan(plan), HasReason("PERIOD_START_INVALID"));
  for (const char* who : {"employees/o", "employees/c", "employees/m"}) {
    EXPECT_THAT(ApprovePlan(who, kNow, &plan), HasReason("SEPARATION_OF_DUTIES")) << who;
  }
  EXPECT_THAT(ApprovePlan("employees/s", kNow, &plan), IsOk());
  for (int state = v1::VISIT_PLAN_STATE_DRAFT; state <= v1::VisitPlanState_MAX; ++state) {
    plan.set_state(static_cast<v1::VisitPlanState>(state));
    EXPECT_EQ(CheckPlanUpdate(plan).ok(), state == v1::VISIT_PLAN_STATE_DRAFT) << state;
  }
}

//
TEST(VisitPlan, EndsWithItsPeriod) {
  v1::VisitPlan plan = Plan();
  EXPECT_EQ(*PlanEnd(plan), "2026-02-28");
  plan.set_start_date("2028-02-01");
  EXPECT_EQ(*PlanEnd(plan), "2028-02-29");
  plan.set_start_date("2026-01-01");
  plan.set_period_kind(v1::VISIT_PLAN_PERIOD_YEAR);
  EXPECT_EQ(*PlanEnd(plan), "2026-12-31");
}

//
TEST(VisitPlan, CompanionsAreDifferentPeople) {
  v1::VisitPlan plan = Plan();
  plan.mutable_items(0)->set_companions("employees/x employees/y");
  EXPECT_THAT(CheckPlan(plan), IsOk());
  plan.mutable_items(0)->set_companions("employees/x employees/x");
  EXPECT_THAT(CheckPlan(plan), HasReason("COMPANION_REPEATED"));
  plan.mutable_items(0)->set_companions("employees/o");
  EXPECT_THAT(CheckPlan(plan), HasReason("COMPANION_REPEATED")) << "the visitor goes already";
}

// a signature is of one content.
TEST(Signatures, FallWithTheContent) {
  v1::VisitPlan plan = Plan();
  ASSERT_THAT(Sign("employees/o", kNow, &plan), IsOk());
  ASSERT_THAT(Sign("employees/m", kNow, &plan), IsOk());
  EXPECT_THAT(Sign("employees/m", kNow, &plan), HasReason("ALREADY_SIGNED"));
  EXPECT_THAT(Sign("employees/x", kNow, &plan), HasReason("NOT_A_SIGNER"));
  v1::VisitPlan same = plan;
  same.set_etag("v9");
  DropStaleSignatures(plan, &same);
  EXPECT_TRUE(same.has_owner_sign_time() && same.has_manager_sign_time());
  v1::VisitPlan other = plan;
  other.mutable_items(0)->set_visits(2);
  DropStaleSignatures(plan, &other);
  EXPECT_FALSE(other.has_owner_sign_time() || other.has_manager_sign_time());
}

// visits asked for by tier and period; several items of an account count together.
TEST(Frequency, IsAskedForByTierAndPeriod) {
  const Policy policy;
  struct Case {
    v1::Tier tier;
    v1::VisitPlanPeriod period;
    int wanted;
  };
  for (const Case& c :
       {Case{v1::TIER_STRATEGIC, v1::VISIT_PLAN_PERIOD_YEAR, 12}, Case{v1::TIER_A, v1::VISIT_PLAN_PERIOD_YEAR, 6},
        Case{v1::TIER_B, v1::VISIT_PLAN_PERIOD_YEAR, 4}, Case{v1::TIER_C, v1::VISIT_PLAN_PERIOD_YEAR, 2},
        Case{v1::TIER_STRATEGIC, v1::VISIT_PLAN_PERIOD_MONTH, 1}, Case{v1::TIER_A, v1::VISIT_PLAN_PERIOD_MONTH, 0}}) {
    v1::VisitPlan plan = Plan();
    plan.set_period_kind(c.period);
    plan.set_start_date("2026-01-01");
    plan.mutable_items(0)->set_visits(c.wanted > 0 ? c.wanted : 1);
    ASSERT_THAT(Sign("employees/o", kNow, &plan), IsOk());
    EXPECT_THAT(SubmitPlan({}, {}, policy, &plan), HasReason("SIGNATURE_MISSING"));
    ASSERT_THAT(Sign("employees/m", kNow, &plan), IsOk());
    const std::map<std::string, v1::Tier> tiers = {{"accounts/a", c.tier}};
    EXPECT_THAT(SubmitPlan(tiers, {}, policy, &plan), IsOk());
    EXPECT_EQ(plan.items(0).visits_by_tier(), c.wanted);
    if (c.wanted < 2) continue;
    plan.mutable_items(0)->set_visits(c.wanted - 1);
    EXPECT_THAT(SubmitPlan(tiers, {}, policy, &plan), HasReason("VISIT_FREQUENCY_TOO_LOW"));
    *plan.add_items() = plan.items(0);
    plan.mutable_items(1)->set_visits(1);
    EXPECT_THAT(SubmitPlan(tiers, {}, policy, &plan), IsOk());
    plan.mutable_items()->RemoveLast();
    plan.mutable_items(0)->set_deviation_reason("停产");
    EXPECT_THAT(SubmitPlan(tiers, {}, policy, &plan), IsOk());
  }
  v1::VisitPlan alone = Plan();
  alone.clear_sales_manager();
  EXPECT_THAT(SubmitPlan({}, {}, policy, &alone), HasReason("SALES_MANAGER_REQUIRED"));
}

// who is due in the period and not in the plan is left out for a reason.
TEST(Frequency, NobodyWhoIsDueIsForgotten) {
  const Policy policy;
  v1::VisitPlan plan = Plan();
  plan.set_period_kind(v1::VISIT_PLAN_PERIOD_MONTH);
  plan.set_start_date("2026-02-01");
  EXPECT_EQ(*VisitsWanted(plan, v1::TIER_STRATEGIC, policy), 1) << "28 days, one visit in 30";
  EXPECT_EQ(*VisitsWanted(plan, v1::TIER_A, policy), 0);
  plan.mutable_items(0)->set_visits(1);
  ASSERT_THAT(Sign("employees/o", kNow, &plan), IsOk());
  ASSERT_THAT(Sign("employees/m", kNow, &plan), IsOk());
  const std::map<std::string, v1::Tier> others = {
      {"accounts/a", v1::TIER_STRATEGIC}, {"accounts/b", v1::TIER_STRATEGIC}, {"accounts/c", v1::TIER_A}};
  const absl::Status refused = SubmitPlan({}, others, policy, &plan);
  EXPECT_THAT(refused, HasReason("VISIT_ACCOUNTS_LEFT_OUT"));
  EXPECT_EQ(MetadataValue(refused, "accounts"), "accounts/b");
  plan.set_left_out_reason("客户搬迁");
  EXPECT_THAT(SubmitPlan({}, others, policy, &plan), IsOk());
  EXPECT_EQ(plan.accounts_left_out(), 1);
}

// a visit of a plan is by whom and when the plan says.
TEST(InPlan, AreAccountVisitorAndPeriod) {
  v1::VisitPlan plan = Plan();
  plan.set_period_kind(v1::VISIT_PLAN_PERIOD_MONTH);
  plan.set_start_date("2026-01-01");
  plan.set_state(v1::VISIT_PLAN_STATE_APPROVED);
  v1::Visit visit;
  visit.set_account(plan.items(0).account());
  visit.set_visitor(plan.items(0).visitor());
  const absl::TimeZone zone = absl::UTCTimeZone();
  EXPECT_THAT(CheckInPlan(visit, plan, zone), IsOk()) << "an idea";
  const auto at = [&](absl::CivilDay day) {
    *visit.mutable_planned_start() = ToTimestamp(absl::FromCivil(day, zone));
    return CheckInPlan(visit, plan, zone);
  };
  EXPECT_THAT(at(absl::CivilDay(2026, 1, 1)), IsOk());
  EXPECT_THAT(at(absl::CivilDay(2026, 1, 31)), IsOk());
  EXPECT_THAT(at(absl::CivilDay(2026, 2, 1)), HasReason("VISIT_NOT_IN_PLAN"));
  EXPECT_THAT(at(absl::CivilDay(2025, 12, 31)), HasReason("VISIT_NOT_IN_PLAN"));
  visit.set_visitor("employees/somebody");
  EXPECT_THAT(at(absl::CivilDay(2026, 1, 1)), HasReason("VISIT_NOT_IN_PLAN"));
  plan.set_state(v1::VISIT_PLAN_STATE_DRAFT);
  EXPECT_THAT(at(absl::CivilDay(2026, 1, 1)), HasReason("VISIT_NOT_IN_PLAN")) << "the state is not told";
  visit.set_visitor(plan.items(0).visitor());
  EXPECT_THAT(at(absl::CivilDay(2026, 1, 1)), HasReason("VISIT_PLAN_NOT_APPROVED"));
  plan.mutable_items(0)->set_planned_date("2026-02-01");
  EXPECT_THAT(CheckPlan(plan), HasReason("DATE_OUT_OF_PERIOD"));
  plan.mutable_items(0)->set_planned_date("2026-01-31");
  EXPECT_THAT(CheckPlan(plan), IsOk());
}

//
TEST(Frequency, TheIntervalRunsFromTheLastVisit) {
  const Policy policy;
  EXPECT_EQ(*VisitDueDate("2026-01-31", v1::TIER_STRATEGIC, policy), "2026-03-02");
  EXPECT_EQ(*VisitDueDate("2026-01-01", v1::TIER_UNSPECIFIED, policy), "2026-06-30");
}

}  // namespace
}  // namespace kam::account::rules
