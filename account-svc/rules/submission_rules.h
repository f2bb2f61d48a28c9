// Rules of submissions to manufacturers. Pure functions.
#ifndef KAM_ACCOUNT_SVC_RULES_SUBMISSION_RULES_H_
#define KAM_ACCOUNT_SVC_RULES_SUBMISSION_RULES_H_

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace kam::account::v1 {
class ManufacturerSubmission;
}  // namespace kam::account::v1

namespace kam::account::rules {

// SUBMISSION_REVIEWED: what was reviewed is what is submitted.
absl::Status CheckSubmissionUpdate(const v1::ManufacturerSubmission& before);
// DUE_DATE_FIXED: the day is moved by a superior (`superior`), and not once it has passed.
absl::Status CheckDueDate(const v1::ManufacturerSubmission& before, const v1::ManufacturerSubmission& after,
                          bool superior);
// FORM_REQUIRED without the form of the manufacturer.
absl::Status CheckForm(const v1::ManufacturerSubmission& submission);
// Everything that is submitted, in one text.
std::string SubmissionText(const v1::ManufacturerSubmission& submission);

}  // namespace kam::account::rules

#endif  // KAM_ACCOUNT_SVC_RULES_SUBMISSION_RULES_H_
