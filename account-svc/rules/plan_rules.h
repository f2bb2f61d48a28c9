// Rules of account plans. Pure functions.
#ifndef KAM_ACCOUNT_SVC_RULES_PLAN_RULES_H_
#define KAM_ACCOUNT_SVC_RULES_PLAN_RULES_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/money/decimal.h"

namespace kam::account::v1 {
class AccountPlan;
class CompleteJointProjectRequest;
class CompletePlanActionRequest;
class GoalProgress;
class PlanGoal;
class ReopenJointProjectRequest;
class ReopenPlanActionRequest;
enum PlanMetric : int;
}  // namespace kam::account::v1

namespace kam::account::rules {

// PERIOD_INVALID for a plan or a goal whose last day is before its first, GOAL_CURRENCY unless exactly the goals of
// amounts name one, GOAL_PRODUCT likewise for a supply share, GOAL_MONTHS for what contract-svc counts by whole months.
absl::Status CheckAccountPlan(const v1::AccountPlan& plan);
// PLAN_APPROVED: what was agreed does not change.
absl::Status CheckAccountPlanUpdate(const v1::AccountPlan& before);
// SEPARATION_OF_DUTIES for those who drew it up, PLAN_INCOMPLETE without goals and actions.
absl::Status ApproveAccountPlan(absl::string_view actor, absl::Time now, v1::AccountPlan* plan);
// PERIOD_NOT_BEGUN before the first day of the plan, PERIOD_NOT_OVER before its last.
absl::Status CheckPlanBegun(const std::string& today, const v1::AccountPlan& plan);
absl::Status CheckPlanOver(const std::string& today, const v1::AccountPlan& plan);
// ACTION_UNKNOWN, ACTION_DONE, DATE_IN_FUTURE.
absl::Status CompleteAction(const v1::CompletePlanActionRequest& request, const std::string& today,
                            v1::AccountPlan* plan);
// ACTION_UNKNOWN, ACTION_OPEN: it was not said to be done.
absl::Status ReopenAction(const v1::ReopenPlanActionRequest& request, v1::AccountPlan* plan);
// JOINT_PROJECT_UNKNOWN, JOINT_PROJECT_DONE, DATE_IN_FUTURE, DATE_TOO_EARLY before the plan.
absl::Status CompleteProject(const v1::CompleteJointProjectRequest& request, const std::string& today,
                             v1::AccountPlan* plan);
// JOINT_PROJECT_UNKNOWN, JOINT_PROJECT_OPEN: it was not said to be done.
absl::Status ReopenProject(const v1::ReopenJointProjectRequest& request, v1::AccountPlan* plan);
// SEPARATION_OF_DUTIES for those who drew it up.
absl::Status CheckPlanReviewer(absl::string_view actor, const v1::AccountPlan& plan);

// It counts for no day. SEPARATION_OF_DUTIES for those who drew it up once it was agreed; a draft is theirs.
absl::Status CancelAccountPlan(const v1::AccountPlan& before, absl::string_view actor, const std::string& reason,
                               absl::Time now, v1::AccountPlan* plan);
// The plan and its goals end with `end_date`; goals of amounts that contract-svc counts with the last whole month of
// it. A goal that begins later keeps its days, and counts no more: see GoalEnded. SEPARATION_OF_DUTIES for those who
// drew it up, PERIOD_NOT_BEGUN, DATE_IN_FUTURE, PERIOD_INVALID for a day that is not before the last.
absl::Status EndAccountPlan(const std::string& end_date, absl::string_view actor, const std::string& reason,
                            absl::Time now, const std::string& today, v1::AccountPlan* plan);

// Days of a goal: its own, or those of the plan.
struct GoalDays {
  std::string from;
  std::string to;
};
GoalDays DaysOf(const v1::AccountPlan& plan, const v1::PlanGoal& goal);
// Whether all days of the goal are days of the plan, which may have been ended early.
bool GoalEnded(const v1::AccountPlan& plan, const v1::PlanGoal& goal);
// Whether contract-svc counts what the goal measures.
bool CountedByContracts(v1::PlanMetric metric);
// How far a goal is at `actual`, and how much of its days is over.
absl::StatusOr<v1::GoalProgress> ProgressOf(const v1::PlanGoal& goal, const GoalDays& days, Decimal actual,
                                            const std::string& today);

}  // namespace kam::account::rules

#endif  // KAM_ACCOUNT_SVC_RULES_PLAN_RULES_H_
