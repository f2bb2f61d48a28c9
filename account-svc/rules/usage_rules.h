// Rules of usage, dormancy and churn. Pure functions.
#ifndef KAM_ACCOUNT_SVC_RULES_USAGE_RULES_H_
#define KAM_ACCOUNT_SVC_RULES_USAGE_RULES_H_

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "account-svc/policy.h"
#include "common/money/decimal.h"

namespace kam::account::v1 {
enum DormancyClass : int;
}  // namespace kam::account::v1

namespace kam::account::rules {

// How long `idle_days` are, by the days of the policy.
v1::DormancyClass DormancyOf(int64_t idle_days, const Policy& policy);

// MONTH_IN_FUTURE: usage is of a month that has begun.
absl::Status CheckUsageMonth(absl::string_view month, absl::string_view today);
// Months from `from` to `to`, both YYYY-MM. PERIOD_INVALID when they are reversed or more than `most`.
absl::StatusOr<std::vector<std::string>> MonthsBetween(absl::string_view from, absl::string_view to, int most);

// 100 x (now - then) / then, four digits; nothing when there was nothing then.
absl::StatusOr<std::optional<std::string>> ChangePercent(Decimal now, Decimal then);
// The month `months` before, YYYY-MM.
absl::StatusOr<std::string> MonthBefore(absl::string_view month, int months);

// Where an account stood from an instant to an instant (none: until now).
struct StateSpan {
  std::string state;
  absl::Time since;
  std::optional<absl::Time> until;
};
// What an account is in the churn of a period [begin, end). Active at the start: ACTIVE at `begin`. Lost: active at the
// start, and LOST or CLOSED when the period ends. Who came back within the period is not lost.
struct ChurnPart {
  bool active_at_start = false;
  bool lost = false;
};
ChurnPart ChurnOf(const std::vector<StateSpan>& spans, absl::Time begin, absl::Time end);

}  // namespace kam::account::rules

#endif  // KAM_ACCOUNT_SVC_RULES_USAGE_RULES_H_
