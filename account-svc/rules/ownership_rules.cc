#include "account-svc/rules/ownership_rules.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "common/status/status.h"

namespace kam::account::rules {

absl::Status CheckCandidate(const Candidate& candidate, bool as_owner, absl::string_view today, const Policy& policy) {
  // Dates in ISO form compare as text.
  if (!candidate.leave_date.empty() && candidate.leave_date < today) {
    return FailedPrecondition("EMPLOYEE_LEFT", candidate.name,
                              absl::StrCat("the employee has left on ", candidate.leave_date),
                              {{"leaveDate", candidate.leave_date}});
  }
  if (as_owner && candidate.holdings >= policy.holdings_max) {
    return FailedPrecondition(
        "HOLDING_CAP_REACHED", candidate.name,
        absl::StrCat("the employee owns ", candidate.holdings, " accounts; the limit is ", policy.holdings_max),
        {{"holdings", absl::StrCat(candidate.holdings)}, {"limit", absl::StrCat(policy.holdings_max)}});
  }
  return absl::OkStatus();
}

absl::StatusOr<absl::Time> ProtectedUntil(int days, absl::Time now, const Policy& policy) {
  if (days > policy.protection_days_max) {
    return InvalidField("protection_days", "PROTECTION_TOO_LONG",
                        absl::StrCat("is ", days, "; at most ", policy.protection_days_max, " days are allowed"),
                        {{"value", absl::StrCat(days)}, {"limit", absl::StrCat(policy.protection_days_max)}});
  }
  constexpr int kHoursOfDay = 24;
  return now + absl::Hours(kHoursOfDay) * (days > 0 ? days : policy.protection_days);
}

absl::Status CheckProtection(absl::string_view account, absl::string_view employee, absl::string_view protected_for,
                             std::optional<absl::Time> protected_until, absl::Time now) {
  if (!protected_until.has_value() || *protected_until <= now || protected_for == employee) return absl::OkStatus();
  const std::string until = absl::FormatTime(absl::RFC3339_sec, *protected_until, absl::UTCTimeZone());
  return FailedPrecondition("ACCOUNT_PROTECTED", account,
                            absl::StrCat("the account is protected for somebody else until ", until),
                            {{"claimableAfter", until}});
}

absl::Time ClaimableAfter(std::optional<absl::Time> protected_until, absl::Time now) {
  return std::max(now, protected_until.value_or(now));
}

}  // namespace kam::account::rules
