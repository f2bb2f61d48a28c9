// Rules of ownership: who may be given an account, for how long it is protected. Pure functions.
#ifndef KAM_ACCOUNT_SVC_RULES_OWNERSHIP_RULES_H_
#define KAM_ACCOUNT_SVC_RULES_OWNERSHIP_RULES_H_

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "account-svc/policy.h"

namespace kam::account::rules {

// What is known of somebody who is to be given an account.
struct Candidate {
  std::string name;        // employees/{id}
  std::string leave_date;  // Last working day; empty: none.
  int holdings = 0;        // Accounts owned now.
};

// EMPLOYEE_LEFT, HOLDING_CAP_REACHED (only when `as_owner`).
absl::Status CheckCandidate(const Candidate& candidate, bool as_owner, absl::string_view today, const Policy& policy);

// End of the protection of an account given away `now`. `days` 0: those of the policy. PROTECTION_TOO_LONG.
absl::StatusOr<absl::Time> ProtectedUntil(int days, absl::Time now, const Policy& policy);

// ACCOUNT_PROTECTED when somebody else holds a protection that runs on: the metadata says until when, not for whom.
absl::Status CheckProtection(absl::string_view account, absl::string_view employee, absl::string_view protected_for,
                             std::optional<absl::Time> protected_until, absl::Time now);

// When an account may be claimed at the earliest: now, when no protection runs.
absl::Time ClaimableAfter(std::optional<absl::Time> protected_until, absl::Time now);

}  // namespace kam::account::rules

#endif  // KAM_ACCOUNT_SVC_RULES_OWNERSHIP_RULES_H_
