// Rules of needs and of monthly demand. Pure functions.
#ifndef KAM_ACCOUNT_SVC_RULES_NEED_RULES_H_
#define KAM_ACCOUNT_SVC_RULES_NEED_RULES_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "account-svc/policy.h"

namespace kam::account::v1 {
class CustomerNeed;
class TellCustomerRequest;
}  // namespace kam::account::v1

namespace kam::account::rules {

// DEPARTMENT_REQUIRED: a new need is told to the department concerned at once.
absl::Status CheckNeed(const v1::CustomerNeed& need);
// NEED_ANSWERED: what was answered does not change; NEED_WITHDRAWN.
absl::Status CheckNeedUpdate(const v1::CustomerNeed& before);
// The department is told; it answers by `answer_by`.
absl::Status Route(const std::string& department, absl::Time now, absl::Time answer_by, v1::CustomerNeed* need);
// The answer was none: the same department answers again, by `answer_by`. That it was late once stays.
void ReturnAnswer(const std::string& reason, absl::Time now, absl::Time answer_by, v1::CustomerNeed* need);
// DEPARTMENT_NOT_ASKED unless the path of the answerer's department holds the department asked.
absl::Status CheckAnswerer(absl::string_view department_path, const v1::CustomerNeed& need);
// DATE_IN_FUTURE.
absl::Status Tell(const v1::TellCustomerRequest& request, const std::string& today, v1::CustomerNeed* need);

// Last day on which the quantities of a month ("2026-01") are corrected.
absl::StatusOr<std::string> DemandDue(absl::string_view month, const Policy& policy);
// DEMAND_FIXED after that day; what was `reported` later is corrected for the days of the policy from then on.
absl::Status CheckDemandOpen(absl::string_view name, absl::string_view month, const std::string& reported,
                             const std::string& today, const Policy& policy);

}  // namespace kam::account::rules

#endif  // KAM_ACCOUNT_SVC_RULES_NEED_RULES_H_
