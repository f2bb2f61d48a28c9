// Rules of solutions. Pure functions.
#ifndef KAM_ACCOUNT_SVC_RULES_SOLUTION_RULES_H_
#define KAM_ACCOUNT_SVC_RULES_SOLUTION_RULES_H_

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "account-svc/policy.h"

namespace kam::account::v1 {
class DraftSolutionRequest;
class EvaluateSolutionRequest;
class PresentSolutionRequest;
class Solution;
}  // namespace kam::account::v1

namespace kam::account::rules {

// SOLUTION_ASSIGNED: what is asked for changes until somebody writes it.
absl::Status CheckSolutionUpdate(const v1::Solution& before);
// Adds a version: AUTHOR_REQUIRED for anybody but the author.
absl::Status AddVersion(const v1::DraftSolutionRequest& request, absl::string_view actor, absl::Time now,
                        v1::Solution* solution);
// SEPARATION_OF_DUTIES for who wrote a version of it.
absl::Status CheckReviewer(absl::string_view actor, const v1::Solution& solution);
// DATE_IN_FUTURE.
absl::Status Present(const v1::PresentSolutionRequest& request, const std::string& today, v1::Solution* solution);
// SEPARATION_OF_DUTIES for its author. A score below that of a success case takes that mark away.
absl::Status EvaluateQuality(const v1::EvaluateSolutionRequest& request, absl::string_view actor, const Policy& policy,
                             v1::Solution* solution);
// SCORE_TOO_LOW below the score of the policy, or not judged yet.
absl::Status CheckSuccessCase(const v1::Solution& solution, const Policy& policy);

}  // namespace kam::account::rules

#endif  // KAM_ACCOUNT_SVC_RULES_SOLUTION_RULES_H_
