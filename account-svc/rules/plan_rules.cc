#include "account-svc/rules/plan_rules.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "account-svc/rules/duties.h"
#include "account-svc/rules/proto_time.h"
#include "common/status/status.h"
#include "common/time/date.h"
#include "kam/account/v1/account_plan.pb.h"
#include "kam/account/v1/account_plan_service.pb.h"

namespace kam::account::rules {
namespace {

constexpr int kPercentScale = 2;

bool AreWholeMonths(const GoalDays& days) {
  constexpr absl::string_view kFirstDay = "-01";
  const auto after = AddDays(days.to, 1);
  return absl::EndsWith(days.from, kFirstDay) && after.ok() && absl::EndsWith(*after, kFirstDay);
}

// The action of that place, from 1.
absl::StatusOr<v1::PlanAction*> ActionAt(int place, v1::AccountPlan* plan) {
  if (place >= 1 && place <= plan->actions_size()) return plan->mutable_actions(place - 1);
  return InvalidField("action", "ACTION_UNKNOWN", absl::StrCat("must be 1 to ", plan->actions_size()),
                      {{"value", absl::StrCat(place)}, {"limit", absl::StrCat(plan->actions_size())}});
}

absl::StatusOr<v1::JointProject*> ProjectAt(int place, v1::AccountPlan* plan) {
  if (place >= 1 && place <= plan->joint_projects_size()) return plan->mutable_joint_projects(place - 1);
  return InvalidField("joint_project", "JOINT_PROJECT_UNKNOWN",
                      absl::StrCat("must be 1 to ", plan->joint_projects_size()),
                      {{"value", absl::StrCat(place)}, {"limit", absl::StrCat(plan->joint_projects_size())}});
}

// The last day until `day` with which a month ends.
absl::StatusOr<std::string> EndOfWholeMonth(const std::string& day) {
  constexpr size_t kMonthLength = 7;  // Of "2026-01".
  ASSIGN_OR_RETURN(const std::string after, AddDays(day, 1));
  return AddDays(after.substr(0, kMonthLength) + "-01", -1);
}

}  // namespace

absl::Status CheckAccountPlan(const v1::AccountPlan& plan) {
  FieldViolations violations;
  if (plan.to_date() < plan.from_date()) {
    violations.Add("account_plan.to_date", "PERIOD_INVALID", "is before from_date",
                   {{"value", plan.to_date()}, {"limit", plan.from_date()}});
  }
  for (int i = 0; i < plan.goals_size(); ++i) {
    const v1::PlanGoal& goal = plan.goals(i);
    const std::string path = absl::StrCat("account_plan.goals[", i, "].");
    const GoalDays days = DaysOf(plan, goal);
    if (days.to < days.from) {
      violations.Add(path + "to_date", "PERIOD_INVALID", "is before the first day of the goal",
                     {{"value", days.to}, {"limit", days.from}});
    }
    const bool of_amount = goal.metric() == v1::PLAN_METRIC_WON_AMOUNT || CountedByContracts(goal.metric());
    if (of_amount == goal.currency().empty()) {
      violations.Add(path + "currency", "GOAL_CURRENCY", "is set for amounts, and for amounts only");
    }
    if ((goal.metric() == v1::PLAN_METRIC_SUPPLY_SHARE) == goal.product().empty()) {
      violations.Add(path + "product", "GOAL_PRODUCT", "is set for a supply share, and for nothing else");
    }
    if (CountedByContracts(goal.metric()) && !AreWholeMonths(days)) {
      violations.Add(path + "to_date", "GOAL_MONTHS",
                     "orders, invoices and receipts are counted by whole months: from a first day to a last one",
                     {{"from", days.from}, {"to", days.to}});
    }
  }
  return violations.status();
}

absl::Status CheckAccountPlanUpdate(const v1::AccountPlan& before) {
  if (before.state() == v1::ACCOUNT_PLAN_STATE_DRAFT) return absl::OkStatus();
  return FailedPrecondition("PLAN_APPROVED", before.name(), "what was agreed does not change",
                            {{"state", v1::AccountPlanState_Name(before.state())}});
}

absl::Status CheckPlanReviewer(absl::string_view actor, const v1::AccountPlan& plan) {
  constexpr char kMessage[] = "the plan is judged by another than those who drew it up";
  RETURN_IF_ERROR(CheckOther(actor, plan.owner(), "author", kMessage));
  return CheckOther(actor, plan.creator(), "author", kMessage);
}

absl::Status ApproveAccountPlan(absl::string_view actor, absl::Time now, v1::AccountPlan* plan) {
  RETURN_IF_ERROR(CheckPlanReviewer(actor, *plan));
  if (plan->goals().empty() || plan->actions().empty()) {
    return FailedPrecondition(
        "PLAN_INCOMPLETE", plan->name(), "it needs goals and actions",
        {{"goals", absl::StrCat(plan->goals_size())}, {"actions", absl::StrCat(plan->actions_size())}});
  }
  plan->set_approver(std::string(actor));
  *plan->mutable_approve_time() = ToTimestamp(now);
  return absl::OkStatus();
}

absl::Status CheckPlanBegun(const std::string& today, const v1::AccountPlan& plan) {
  if (today >= plan.from_date()) return absl::OkStatus();
  return FailedPrecondition("PERIOD_NOT_BEGUN", plan.name(), absl::StrCat("the plan begins on ", plan.from_date()),
                            {{"startDate", plan.from_date()}, {"today", today}});
}

absl::Status CheckPlanOver(const std::string& today, const v1::AccountPlan& plan) {
  if (today >= plan.to_date()) return absl::OkStatus();
  return FailedPrecondition("PERIOD_NOT_OVER", plan.name(), absl::StrCat("the plan runs until ", plan.to_date()),
                            {{"endDate", plan.to_date()}, {"today", today}});
}

absl::Status CompleteAction(const v1::CompletePlanActionRequest& request, const std::string& today,
                            v1::AccountPlan* plan) {
  ASSIGN_OR_RETURN(v1::PlanAction* const action, ActionAt(request.action(), plan));
  if (!action->done_date().empty()) {
    return FailedPrecondition("ACTION_DONE", plan->name(), absl::StrCat("it was done on ", action->done_date()),
                              {{"action", action->title()}, {"day", action->done_date()}});
  }
  const std::string day = request.done_date().empty() ? today : request.done_date();
  RETURN_IF_ERROR(CheckNotLater(day, today, "done_date"));
  action->set_done_date(day);
  return absl::OkStatus();
}

absl::Status ReopenAction(const v1::ReopenPlanActionRequest& request, v1::AccountPlan* plan) {
  ASSIGN_OR_RETURN(v1::PlanAction* const action, ActionAt(request.action(), plan));
  if (action->done_date().empty()) {
    return FailedPrecondition("ACTION_OPEN", plan->name(), "it was not said to be done", {{"action", action->title()}});
  }
  action->clear_done_date();
  return absl::OkStatus();
}

absl::Status CompleteProject(const v1::CompleteJointProjectRequest& request, const std::string& today,
                             v1::AccountPlan* plan) {
  ASSIGN_OR_RETURN(v1::JointProject* const project, ProjectAt(request.joint_project(), plan));
  if (!project->done_date().empty()) {
    return FailedPrecondition("JOINT_PROJECT_DONE", plan->name(), absl::StrCat("it was done on ", project->done_date()),
                              {{"jointProject", project->title()}, {"day", project->done_date()}});
  }
  const std::string day = request.done_date().empty() ? today : request.done_date();
  RETURN_IF_ERROR(CheckNotLater(day, today, "done_date"));
  RETURN_IF_ERROR(CheckNotEarlier(day, plan->from_date(), "done_date", "the first day of the plan"));
  project->set_done_date(day);
  project->set_result(request.result());
  return absl::OkStatus();
}

absl::Status ReopenProject(const v1::ReopenJointProjectRequest& request, v1::AccountPlan* plan) {
  ASSIGN_OR_RETURN(v1::JointProject* const project, ProjectAt(request.joint_project(), plan));
  if (project->done_date().empty()) {
    return FailedPrecondition("JOINT_PROJECT_OPEN", plan->name(), "it was not said to be done",
                              {{"jointProject", project->title()}});
  }
  project->clear_done_date();
  project->clear_result();
  return absl::OkStatus();
}

absl::Status CancelAccountPlan(const v1::AccountPlan& before, absl::string_view actor, const std::string& reason,
                               absl::Time now, v1::AccountPlan* plan) {
  if (before.state() != v1::ACCOUNT_PLAN_STATE_DRAFT) RETURN_IF_ERROR(CheckPlanReviewer(actor, before));
  plan->set_close_reason(reason);
  plan->set_closer(std::string(actor));
  *plan->mutable_close_time() = ToTimestamp(now);
  return absl::OkStatus();
}

absl::Status EndAccountPlan(const std::string& end_date, absl::string_view actor, const std::string& reason,
                            absl::Time now, const std::string& today, v1::AccountPlan* plan) {
  RETURN_IF_ERROR(CheckPlanReviewer(actor, *plan));
  RETURN_IF_ERROR(CheckPlanBegun(today, *plan));
  RETURN_IF_ERROR(CheckNotLater(end_date, today, "end_date"));
  if (end_date < plan->from_date() || end_date >= plan->to_date()) {
    return InvalidField("end_date", "PERIOD_INVALID",
                        absl::StrCat("must be from ", plan->from_date(), " on and before ", plan->to_date(),
                                     ", with which the plan ends by itself"),
                        {{"value", end_date}, {"limit", plan->to_date()}});
  }
  ASSIGN_OR_RETURN(const std::string end_of_month, EndOfWholeMonth(end_date));
  for (v1::PlanGoal& goal : *plan->mutable_goals()) {
    const GoalDays days = DaysOf(*plan, goal);
    const std::string last = std::min(days.to, CountedByContracts(goal.metric()) ? end_of_month : end_date);
    goal.set_from_date(days.from);
    goal.set_to_date(last < days.from ? days.to : last);
  }
  plan->set_agreed_to_date(plan->to_date());
  plan->set_to_date(end_date);
  plan->set_close_reason(reason);
  plan->set_closer(std::string(actor));
  *plan->mutable_close_time() = ToTimestamp(now);
  return absl::OkStatus();
}

bool CountedByContracts(v1::PlanMetric metric) {
  return metric == v1::PLAN_METRIC_ORDERED_AMOUNT || metric == v1::PLAN_METRIC_INVOICED_AMOUNT ||
         metric == v1::PLAN_METRIC_RECEIVED_AMOUNT;
}

GoalDays DaysOf(const v1::AccountPlan& plan, const v1::PlanGoal& goal) {
  return {goal.from_date().empty() ? plan.from_date() : goal.from_date(),
          goal.to_date().empty() ? plan.to_date() : goal.to_date()};
}

bool GoalEnded(const v1::AccountPlan& plan, const v1::PlanGoal& goal) {
  return DaysOf(plan, goal).to <= plan.to_date();
}

absl::StatusOr<v1::GoalProgress> ProgressOf(const v1::PlanGoal& goal, const GoalDays& days, Decimal actual,
                                            const std::string& today) {
  v1::GoalProgress progress;
  progress.set_metric(goal.metric());
  progress.set_target(goal.target());
  progress.set_actual(actual.ToString());
  ASSIGN_OR_RETURN(const Decimal target, Decimal::Parse(goal.target(), "goal.target"));
  ASSIGN_OR_RETURN(const Decimal percent, MultiplyDivide(actual, Decimal::FromInt(100), target, kPercentScale));
  progress.set_percent(percent.ToString());
  ASSIGN_OR_RETURN(const int64_t length, DaysBetween(days.from, days.to));
  ASSIGN_OR_RETURN(const int64_t over, DaysBetween(days.from, today));
  const int64_t all = length + 1;  // The first day and the last are of it.
  const auto passed = static_cast<int32_t>(std::clamp<int64_t>(over + 1, 0, all));
  ASSIGN_OR_RETURN(const Decimal expected, MultiplyDivide(Decimal::FromInt(passed), Decimal::FromInt(100),
                                                          Decimal::FromInt(static_cast<int32_t>(all)), kPercentScale));
  progress.set_expected_percent(expected.ToString());
  progress.set_behind(percent < expected);
  return progress;
}

}  // namespace kam::account::rules
