// Rules of new products in accounts. Pure functions.
#ifndef KAM_ACCOUNT_SVC_RULES_INITIATIVE_RULES_H_
#define KAM_ACCOUNT_SVC_RULES_INITIATIVE_RULES_H_

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace kam::account::v1 {
class EvaluateProductInitiativeRequest;
class ProductInitiative;
class ReachInitiativeMilestoneRequest;
class RecordProductSampleRequest;
class ReopenInitiativeMilestoneRequest;
class StopProductInitiativeRequest;
class VoidProductSampleRequest;
}  // namespace kam::account::v1

namespace kam::account::rules {

// INITIATIVE_OVER; from the approval on MEASURES_FROZEN: what was approved stays, only what was missing is added, and
// accounts that try it stay on the list. MILESTONE_REACHED: a milestone that was reached keeps its place, title, days.
absl::Status CheckInitiativeUpdate(const v1::ProductInitiative& before, v1::ProductInitiative* after);
// INITIATIVE_INCOMPLETE without accounts, milestones and measures.
absl::Status CheckTrial(const v1::ProductInitiative& initiative);
// ACCOUNT_NOT_TARGETED, DATE_IN_FUTURE.
absl::Status AddSample(const v1::RecordProductSampleRequest& request, const std::string& today,
                       v1::ProductInitiative* initiative);
// MILESTONE_UNKNOWN, MILESTONE_REACHED, DATE_IN_FUTURE.
absl::Status ReachMilestone(const v1::ReachInitiativeMilestoneRequest& request, const std::string& today,
                            v1::ProductInitiative* initiative);
// A trial that was put down by mistake does not count. SAMPLE_UNKNOWN, SAMPLE_VOID.
absl::Status VoidSample(const v1::VoidProductSampleRequest& request, absl::Time now, v1::ProductInitiative* initiative);
// It was not reached after all. MILESTONE_UNKNOWN, MILESTONE_NOT_REACHED.
absl::Status ReopenMilestone(const v1::ReopenInitiativeMilestoneRequest& request, v1::ProductInitiative* initiative);
// PROPOSER_REQUIRED: a proposal is taken back by whoever made it.
absl::Status CheckWithdrawal(absl::string_view actor, const v1::ProductInitiative& initiative);
// TRIAL_WITHOUT_SUCCESS: no customer would take it.
absl::Status CheckRollOut(const v1::ProductInitiative& initiative);
// FIGURES_MISSING unless there is one figure for each measure.
absl::Status EvaluateEffect(const v1::EvaluateProductInitiativeRequest& request, v1::ProductInitiative* initiative);

// It is given up. SEPARATION_OF_DUTIES for who answers for its effect.
absl::Status StopInitiative(const v1::StopProductInitiativeRequest& request, absl::string_view actor, absl::Time now,
                            v1::ProductInitiative* initiative);

}  // namespace kam::account::rules

#endif  // KAM_ACCOUNT_SVC_RULES_INITIATIVE_RULES_H_
