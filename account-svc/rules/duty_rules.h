// Rules of rotas (F-12, G-10) and of what customers offer (G-20). Pure.
#ifndef KAM_ACCOUNT_SVC_RULES_DUTY_RULES_H_
#define KAM_ACCOUNT_SVC_RULES_DUTY_RULES_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "account-svc/policy.h"
#include "kam/organization/v1/leave_request.pb.h"

namespace kam::organization::v1 {
class DutyRoster;
class GiftReport;
}  // namespace kam::organization::v1

namespace kam::account::rules {

// ROSTER_WINDOW_INVALID, MEMBER_REPEATED, ROSTER_TOO_SMALL below the number of the policy.
absl::Status CheckRoster(const Policy& policy, const organization::v1::DutyRoster& roster);
// ON_LEAVE naming who is on granted leave at some time of the shift, and the leave. Half days count as such.
absl::Status CheckNobodyAway(const std::vector<organization::v1::LeaveRequest>& leaves,
                             const organization::v1::DutyRoster& roster);

// DATE_IN_FUTURE, AMOUNT_NEGATIVE.
absl::Status CheckGift(const organization::v1::GiftReport& report, const std::string& today);

}  // namespace kam::account::rules

#endif  // KAM_ACCOUNT_SVC_RULES_DUTY_RULES_H_
