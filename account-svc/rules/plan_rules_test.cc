#include "account-svc/rules/plan_rules.h"

#include <gtest/gtest.h>

#include "common/testing/matchers.h"
#include "kam/account/v1/account_plan.pb.h"
#include "kam/account/v1/account_plan_service.pb.h"

namespace kam::account::rules {
namespace {

using testing::EqualsProto;
using testing::HasReason;
using testing::IsOk;
using testing::NamesField;

const absl::Time kNow = absl::FromUnixSeconds(1'767'571'200);

v1::AccountPlan Plan() {
  v1::AccountPlan plan;
  plan.set_owner("employees/a");
  plan.set_creator("employees/c");
  plan.set_from_date("2026-01-01");
  plan.set_to_date("2026-01-10");
  v1::PlanGoal& goal = *plan.add_goals();
  goal.set_metric(v1::PLAN_METRIC_VISITS);
  goal.set_target("3");
  v1::PlanAction& action = *plan.add_actions();
  action.set_title("回访");
  action.set_due_date("2026-01-08");
  return plan;
}

//
TEST(PlanRules, DaysAndCurrenciesFit) {
  v1::AccountPlan plan = Plan();
  EXPECT_THAT(CheckAccountPlan(plan), IsOk());
  plan.mutable_goals(0)->set_currency("CNY");
  EXPECT_THAT(CheckAccountPlan(plan), HasReason("GOAL_CURRENCY"));
  plan.mutable_goals(0)->set_metric(v1::PLAN_METRIC_WON_AMOUNT);
  EXPECT_THAT(CheckAccountPlan(plan), IsOk());
  plan.mutable_goals(0)->clear_currency();
  EXPECT_THAT(CheckAccountPlan(plan), NamesField("account_plan.goals[0].currency"));
  plan = Plan();
  plan.mutable_goals(0)->set_from_date("2026-01-11");
  EXPECT_THAT(CheckAccountPlan(plan), NamesField("account_plan.goals[0].to_date"));
  plan.set_to_date("2025-12-31");
  EXPECT_THAT(CheckAccountPlan(plan), NamesField("account_plan.to_date"));
}

// what contract-svc counts, it counts by whole months; a share is that of one product.
TEST(PlanRules, GoalsOfTradeAreMonthsAndGoalsOfAShareAProduct) {
  v1::AccountPlan plan = Plan();
  v1::PlanGoal& goal = *plan.mutable_goals(0);
  for (const v1::PlanMetric metric :
       {v1::PLAN_METRIC_ORDERED_AMOUNT, v1::PLAN_METRIC_INVOICED_AMOUNT, v1::PLAN_METRIC_RECEIVED_AMOUNT}) {
    goal.set_metric(metric);
    goal.clear_currency();
    plan.set_to_date("2026-02-28");
    EXPECT_THAT(CheckAccountPlan(plan), HasReason("GOAL_CURRENCY"));
    goal.set_currency("CNY");
    EXPECT_THAT(CheckAccountPlan(plan), IsOk());
    plan.set_to_date("2026-02-27");
    EXPECT_THAT(CheckAccountPlan(plan), HasReason("GOAL_MONTHS"));
    goal.set_to_date("2026-01-31");
    EXPECT_THAT(CheckAccountPlan(plan), IsOk());
    goal.set_from_date("2026-01-02");
    EXPECT_THAT(CheckAccountPlan(plan), HasReason("GOAL_MONTHS"));
    goal.clear_from_date();
    goal.clear_to_date();
  }
  goal.set_product("机油");
  plan.set_to_date("2026-02-28");
  EXPECT_THAT(CheckAccountPlan(plan), HasReason("GOAL_PRODUCT"));
  goal.set_metric(v1::PLAN_METRIC_SUPPLY_SHARE);
  goal.clear_currency();
  EXPECT_THAT(CheckAccountPlan(plan), IsOk());
  goal.clear_product();
  EXPECT_THAT(CheckAccountPlan(plan), HasReason("GOAL_PRODUCT"));
}

// approved and reviewed by others, with goals and actions.
TEST(PlanRules, IsJudgedByAnother) {
  v1::AccountPlan plan = Plan();
  EXPECT_THAT(ApproveAccountPlan("employees/a", kNow, &plan), HasReason("SEPARATION_OF_DUTIES"));
  EXPECT_THAT(ApproveAccountPlan("employees/c", kNow, &plan), HasReason("SEPARATION_OF_DUTIES"));
  v1::AccountPlan empty = Plan();
  empty.clear_actions();
  EXPECT_THAT(ApproveAccountPlan("employees/g", kNow, &empty), HasReason("PLAN_INCOMPLETE"));
  ASSERT_THAT(ApproveAccountPlan("employees/g", kNow, &plan), IsOk());
  EXPECT_EQ(plan.approver(), "employees/g");
}

TEST(PlanRules, AnActionIsDoneOnce) {
  v1::AccountPlan plan = Plan();
  v1::CompletePlanActionRequest request;
  for (const int at : {0, 2}) {
    request.set_action(at);
    EXPECT_THAT(CompleteAction(request, "2026-01-05", &plan), HasReason("ACTION_UNKNOWN"));
  }
  request.set_action(1);
  request.set_done_date("2026-01-06");
  EXPECT_THAT(CompleteAction(request, "2026-01-05", &plan), HasReason("DATE_IN_FUTURE"));
  request.clear_done_date();
  ASSERT_THAT(CompleteAction(request, "2026-01-05", &plan), IsOk());
  EXPECT_THAT(CompleteAction(request, "2026-01-05", &plan), HasReason("ACTION_DONE"));
}

// done beside the part of the days that is over.
TEST(PlanRules, AGoalIsBehindWhenLessIsDoneThanOfItsDaysIsOver) {
  const v1::AccountPlan plan = Plan();
  const v1::PlanGoal& goal = plan.goals(0);
  const GoalDays days = DaysOf(plan, goal);
  const auto half = ProgressOf(goal, days, Decimal::FromInt(1), "2026-01-05");
  ASSERT_THAT(half, IsOk());
  EXPECT_THAT(*half, EqualsProto("metric: PLAN_METRIC_VISITS target: '3' actual: '1' percent: '33.33' "
                                 "expected_percent: '50' behind: true"));
  EXPECT_FALSE(ProgressOf(goal, days, Decimal::FromInt(2), "2026-01-05")->behind());
  EXPECT_EQ(ProgressOf(goal, days, Decimal::FromInt(0), "2025-12-01")->expected_percent(), "0");
  EXPECT_FALSE(ProgressOf(goal, days, Decimal::FromInt(0), "2025-12-01")->behind());
  EXPECT_EQ(ProgressOf(goal, days, Decimal::FromInt(0), "2026-03-01")->expected_percent(), "100");
  EXPECT_EQ(ProgressOf(goal, days, Decimal::FromInt(6), "2026-03-01")->percent(), "200");
}

TEST(PlanRules, WhatWasAgreedDoesNotChange) {
  v1::AccountPlan plan;
  for (int state = 1; state <= v1::AccountPlanState_MAX; ++state) {
    plan.set_state(static_cast<v1::AccountPlanState>(state));
    EXPECT_EQ(CheckAccountPlanUpdate(plan).ok(), state == v1::ACCOUNT_PLAN_STATE_DRAFT);
  }
}

// a plan is begun on its first day, reviewed on its last.
TEST(PlanRules, APlanIsStartedAndReviewedInItsTime) {
  v1::AccountPlan plan;
  plan.set_from_date("2026-01-05");
  plan.set_to_date("2026-03-31");
  EXPECT_THAT(CheckPlanBegun("2026-01-04", plan), HasReason("PERIOD_NOT_BEGUN"));
  EXPECT_THAT(CheckPlanBegun("2026-01-05", plan), IsOk());
  EXPECT_THAT(CheckPlanOver("2026-03-30", plan), HasReason("PERIOD_NOT_OVER"));
  EXPECT_THAT(CheckPlanOver("2026-03-31", plan), IsOk());
}

// a plan that was wrong is called off by another than those who drew it up; a draft is theirs.
TEST(PlanRules, APlanThatWasAgreedIsCalledOffByAnother) {
  v1::AccountPlan before = Plan();
  before.set_state(v1::ACCOUNT_PLAN_STATE_DRAFT);
  v1::AccountPlan plan = before;
  ASSERT_THAT(CancelAccountPlan(before, "employees/a", "重复", kNow, &plan), IsOk());
  EXPECT_EQ(plan.close_reason(), "重复");
  EXPECT_EQ(plan.closer(), "employees/a");
  for (const v1::AccountPlanState state : {v1::ACCOUNT_PLAN_STATE_APPROVED, v1::ACCOUNT_PLAN_STATE_RUNNING}) {
    before.set_state(state);
    EXPECT_THAT(CancelAccountPlan(before, "employees/a", "重复", kNow, &plan), HasReason("SEPARATION_OF_DUTIES"));
    EXPECT_THAT(CancelAccountPlan(before, "employees/c", "重复", kNow, &plan), HasReason("SEPARATION_OF_DUTIES"));
    EXPECT_THAT(CancelAccountPlan(before, "employees/g", "重复", kNow, &plan), IsOk());
  }
}

// a plan that is ended early is cut to its days, what contract-svc counts to the whole months of them.
TEST(PlanRules, APlanThatEndsEarlyIsCut) {
  v1::AccountPlan plan = Plan();
  plan.set_to_date("2026-12-31");
  plan.mutable_goals(0)->set_to_date("2026-03-31");
  v1::PlanGoal& orders = *plan.add_goals();
  orders.set_metric(v1::PLAN_METRIC_ORDERED_AMOUNT);
  v1::PlanGoal& later = *plan.add_goals();
  later.set_metric(v1::PLAN_METRIC_VISITS);
  later.set_from_date("2026-07-01");
  v1::PlanGoal& invoices = *plan.add_goals();
  invoices.set_metric(v1::PLAN_METRIC_INVOICED_AMOUNT);
  invoices.set_from_date("2026-06-01");
  const auto end = [&](const std::string& day, const std::string& today, absl::string_view actor = "employees/g") {
    v1::AccountPlan cut = plan;
    return EndAccountPlan(day, actor, "客户流失", kNow, today, &cut);
  };
  EXPECT_THAT(end("2026-06-15", "2026-06-15", "employees/a"), HasReason("SEPARATION_OF_DUTIES"));
  EXPECT_THAT(end("2025-12-31", "2025-12-31"), HasReason("PERIOD_NOT_BEGUN"));
  EXPECT_THAT(end("2026-06-16", "2026-06-15"), HasReason("DATE_IN_FUTURE"));
  EXPECT_THAT(end("2025-12-31", "2026-06-15"), HasReason("PERIOD_INVALID"));
  EXPECT_THAT(end("2026-12-31", "2027-01-05"), HasReason("PERIOD_INVALID"));
  ASSERT_THAT(EndAccountPlan("2026-06-15", "employees/g", "客户流失", kNow, "2026-06-20", &plan), IsOk());
  EXPECT_EQ(plan.to_date(), "2026-06-15");
  EXPECT_EQ(plan.agreed_to_date(), "2026-12-31");
  EXPECT_EQ(plan.goals(0).to_date(), "2026-03-31") << "it was over";
  EXPECT_EQ(plan.goals(1).from_date(), "2026-01-01");
  EXPECT_EQ(plan.goals(1).to_date(), "2026-05-31");
  EXPECT_EQ(plan.goals(2).to_date(), "2026-12-31");
  EXPECT_TRUE(GoalEnded(plan, plan.goals(0)));
  EXPECT_TRUE(GoalEnded(plan, plan.goals(1)));
  EXPECT_FALSE(GoalEnded(plan, plan.goals(2))) << "it has not begun";
  EXPECT_FALSE(GoalEnded(plan, plan.goals(3))) << "no month of it is over";
}

//
TEST(PlanRules, AnActionThatWasNotDoneIsOpenAgain) {
  v1::AccountPlan plan = Plan();
  v1::ReopenPlanActionRequest request;
  request.set_action(2);
  EXPECT_THAT(ReopenAction(request, &plan), HasReason("ACTION_UNKNOWN"));
  request.set_action(1);
  EXPECT_THAT(ReopenAction(request, &plan), HasReason("ACTION_OPEN"));
  plan.mutable_actions(0)->set_done_date("2026-01-05");
  ASSERT_THAT(ReopenAction(request, &plan), IsOk());
  EXPECT_EQ(plan.actions(0).done_date(), "");
}

//
TEST(PlanRules, AJointProjectIsDoneWithinThePlan) {
  v1::AccountPlan plan = Plan();
  plan.add_joint_projects()->set_title("供应链看板");
  v1::CompleteJointProjectRequest done;
  done.set_joint_project(1);
  done.set_result("上线");
  done.set_done_date("2000-01-01");
  EXPECT_THAT(CompleteProject(done, "2026-01-06", &plan), HasReason("DATE_TOO_EARLY")) << "before the plan";
  done.clear_done_date();
  ASSERT_THAT(CompleteProject(done, plan.from_date(), &plan), IsOk());
  EXPECT_EQ(plan.joint_projects(0).done_date(), plan.from_date());
  EXPECT_THAT(CompleteProject(done, plan.from_date(), &plan), HasReason("JOINT_PROJECT_DONE"));
}

}  // namespace
}  // namespace kam::account::rules
