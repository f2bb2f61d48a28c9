// Rules of submissions to manufacturers. Pure functions.
#ifndef KAM_ACCOUNT_SVC_RULES_SUBMISSION_RULES_H_
#define KAM_ACCOUNT_SVC_RULES_SUBMISSION_RULES_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "account-svc/policy.h"

namespace kam::account::v1 {
class ManufacturerSubmission;
}  // namespace kam::account::v1

namespace kam::account::rules {

// What became of the referrals of a period.
struct ReferralFigures {
  int32_t leads = 0;
  int32_t referred = 0;
  int32_t succeeded = 0;
  int32_t failed = 0;
  int64_t points = 0;
  bool operator==(const ReferralFigures&) const = default;
};

// Days, the last included.
struct Period {
  std::string from;
  std::string to;
};

// SUBMISSION_REVIEWED: what was reviewed is what is submitted; SUBMISSION_WITHDRAWN.
absl::Status CheckSubmissionUpdate(const v1::ManufacturerSubmission& before);
// DUE_DATE_FIXED: the day is moved by a superior (`superior`), and not once it has passed.
absl::Status CheckDueDate(const v1::ManufacturerSubmission& before, const v1::ManufacturerSubmission& after,
                          bool superior);
// FORM_REQUIRED without the form of the manufacturer.
absl::Status CheckForm(const v1::ManufacturerSubmission& submission);
// Exactly results of referrals are about a period: FIELD_REQUIRED, PERIOD_INVALID.
absl::Status CheckSubmissionPeriod(const v1::ManufacturerSubmission& submission);
// PERIOD_NOT_OVER: what becomes of the referrals of a period is counted when it is over.
absl::Status CheckSubmissionPeriodOver(const v1::ManufacturerSubmission& submission, const std::string& today);
void SetFigures(const ReferralFigures& figures, v1::ManufacturerSubmission* submission);
// FIGURES_CHANGED when what is counted now is not what the submission says, and its reviewer has read.
absl::Status CheckFigures(const ReferralFigures& figures, const v1::ManufacturerSubmission& submission);
// Takes away what the review has found.
void ForgetReview(v1::ManufacturerSubmission* submission);
// The periods of the policy that ended from `from` to `to`, and before `today`, of which some month lies in none of
// `told`: the manufacturer is told of referrals every so many months of the year.
absl::StatusOr<std::vector<Period>> MissingReferralPeriods(const Period& asked, const std::string& today,
                                                           const std::vector<Period>& told, const Policy& policy);
// Everything that is submitted, in one text.
std::string SubmissionText(const v1::ManufacturerSubmission& submission);

}  // namespace kam::account::rules

#endif  // KAM_ACCOUNT_SVC_RULES_SUBMISSION_RULES_H_
