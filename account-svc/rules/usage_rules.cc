#include "account-svc/rules/usage_rules.h"

#include "absl/strings/str_cat.h"
#include "common/status/status.h"
#include "common/time/date.h"
#include "kam/account/v1/account_usage.pb.h"

namespace kam::account::rules {
namespace {

constexpr size_t kMonthLength = 7;

// Whether the account is in one of `states` at `instant`.
bool StandsIn(const std::vector<StateSpan>& spans, absl::Time instant,
              std::initializer_list<absl::string_view> states) {
  for (const StateSpan& span : spans) {
    if (span.since > instant || (span.until.has_value() && *span.until <= instant)) continue;
    for (const absl::string_view state : states) {
      if (span.state == state) return true;
    }
  }
  return false;
}

}  // namespace

v1::DormancyClass DormancyOf(int64_t idle_days, const Policy& policy) {
  if (idle_days >= policy.dormancy_days[2]) return v1::DORMANCY_CLASS_LOST;
  if (idle_days >= policy.dormancy_days[1]) return v1::DORMANCY_CLASS_SLEEPING;
  return idle_days >= policy.dormancy_days[0] ? v1::DORMANCY_CLASS_QUIET : v1::DORMANCY_CLASS_LIVELY;
}

absl::Status CheckUsageMonth(absl::string_view month, absl::string_view today) {
  if (month <= today.substr(0, kMonthLength)) return absl::OkStatus();
  return InvalidField("account_usage.month", "MONTH_IN_FUTURE", "must have begun", {{"today", std::string(today)}});
}

absl::StatusOr<std::vector<std::string>> MonthsBetween(absl::string_view from, absl::string_view to, int most) {
  std::vector<std::string> months;
  std::string day = absl::StrCat(from, "-01");
  while (day.substr(0, kMonthLength) <= to) {
    months.push_back(day.substr(0, kMonthLength));
    if (months.size() > static_cast<size_t>(most)) break;
    ASSIGN_OR_RETURN(day, AddMonths(day, 1));
  }
  if (!months.empty() && months.size() <= static_cast<size_t>(most)) return months;
  return InvalidField("to_month", "PERIOD_INVALID", absl::StrCat("must be 0 to ", most - 1, " months after the first"),
                      {{"from", std::string(from)}, {"to", std::string(to)}, {"limit", absl::StrCat(most)}});
}

absl::StatusOr<std::optional<std::string>> ChangePercent(Decimal now, Decimal then) {
  constexpr int kHundred = 100;
  constexpr int kDigits = 4;
  if (then.is_zero()) return std::optional<std::string>();
  ASSIGN_OR_RETURN(const Decimal change, Subtract(now, then));
  ASSIGN_OR_RETURN(const Decimal percent, MultiplyDivide(change, Decimal::FromInt(kHundred), then, kDigits));
  return std::optional<std::string>(percent.ToString());
}

absl::StatusOr<std::string> MonthBefore(absl::string_view month, int months) {
  ASSIGN_OR_RETURN(const std::string day, AddMonths(absl::StrCat(month, "-01"), -months));
  return day.substr(0, kMonthLength);
}

ChurnPart ChurnOf(const std::vector<StateSpan>& spans, absl::Time begin, absl::Time end) {
  ChurnPart part;
  part.active_at_start = StandsIn(spans, begin, {"ACTIVE"});
  // The last instant of the period.
  part.lost = part.active_at_start && StandsIn(spans, end - absl::Microseconds(1), {"LOST", "CLOSED"});
  return part;
}

}  // namespace kam::account::rules
