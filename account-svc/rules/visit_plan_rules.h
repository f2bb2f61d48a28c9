// Rules of visit plans and of how often an account is visited. Pure functions.
#ifndef KAM_ACCOUNT_SVC_RULES_VISIT_PLAN_RULES_H_
#define KAM_ACCOUNT_SVC_RULES_VISIT_PLAN_RULES_H_

#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "account-svc/policy.h"
#include "kam/account/v1/account.pb.h"

namespace kam::account::v1 {
class Visit;
class VisitPlan;
class VisitPlanItem;
}  // namespace kam::account::v1

namespace kam::account::rules {

// Days between two visits to an account of this tier.
int VisitIntervalDays(v1::Tier tier, const Policy& policy);
// The day on which the interval runs out that began with `last`. DATE_OUT_OF_RANGE.
absl::StatusOr<std::string> VisitDueDate(absl::string_view last, v1::Tier tier, const Policy& policy);
// Visits that the tier asks for in the plan's period; an interval of a month asks for one in every month.
absl::StatusOr<int64_t> VisitsWanted(const v1::VisitPlan& plan, v1::Tier tier, const Policy& policy);
// VISIT_NOT_IN_PLAN for an account or visitor that is not in `plan`, or a time outside of its period;
// VISIT_PLAN_NOT_APPROVED.
absl::Status CheckInPlan(const v1::Visit& visit, const v1::VisitPlan& plan, absl::TimeZone zone);
// Last day of the plan's period.
absl::StatusOr<std::string> PlanEnd(const v1::VisitPlan& plan);
// Names of those who come along.
std::vector<std::string> CompanionsOf(const v1::VisitPlanItem& item);

// PERIOD_START_INVALID: the first of a month, for a year of January. SIGNER_IS_OWNER: the sales manager is another
// person than the owner. COMPANION_REPEATED. DATE_OUT_OF_PERIOD: the day of an item lies in the period.
absl::Status CheckPlan(const v1::VisitPlan& plan);
// PLAN_NOT_DRAFT.
absl::Status CheckPlanUpdate(const v1::VisitPlan& before);
// RECORD_KEPT unless it is a draft: plan and actual of a period are compared.
absl::Status CheckPlanArchive(const v1::VisitPlan& before);
// Who has signed something else has not signed this: takes the signatures away when the content is another.
void DropStaleSignatures(const v1::VisitPlan& before, v1::VisitPlan* after);
// `actor` signs as the owner or the sales manager: NOT_A_SIGNER, ALREADY_SIGNED, PLAN_EMPTY.
absl::Status Sign(absl::string_view actor, absl::Time now, v1::VisitPlan* plan);
// Fills what the tiers ask for. PLAN_EMPTY, SALES_MANAGER_REQUIRED, SIGNATURE_MISSING; VISIT_FREQUENCY_TOO_LOW for an
// account with fewer visits than its tier asks for and no reason. `tiers`: by name of the account.
// VISIT_ACCOUNTS_LEFT_OUT for other accounts of those who are to visit (`others`, by name) that are due in the period,
// and no reason.
absl::Status SubmitPlan(const std::map<std::string, v1::Tier>& tiers, const std::map<std::string, v1::Tier>& others,
                        const Policy& policy, v1::VisitPlan* plan);
// SEPARATION_OF_DUTIES when `actor` owns, made or signed the plan.
absl::Status ApprovePlan(absl::string_view actor, absl::Time now, v1::VisitPlan* plan);

}  // namespace kam::account::rules

#endif  // KAM_ACCOUNT_SVC_RULES_VISIT_PLAN_RULES_H_
