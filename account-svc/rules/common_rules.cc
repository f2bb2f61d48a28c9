#include "account-svc/rules/common_rules.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "account-svc/rules/duties.h"
#include "common/status/status.h"

namespace kam::account::rules {

absl::Status SeparationOfDuties(absl::string_view who, absl::string_view what) {
  return Error(absl::StatusCode::kPermissionDenied, "SEPARATION_OF_DUTIES",
               absl::StrCat("the ", who, " does not ", what, "; a superior may"), {{"rule", std::string(who)}});
}

absl::Status NotInFuture(absl::string_view field, absl::Time at, absl::Time now, const Policy& policy) {
  if (at <= now + policy.clock_tolerance) return absl::OkStatus();
  const auto text = [](absl::Time time) { return absl::FormatTime(absl::RFC3339_sec, time, absl::UTCTimeZone()); };
  return InvalidField(field, "TIME_IN_FUTURE", absl::StrCat("is ", text(at), "; it is ", text(now), " now"),
                      {{"value", text(at)}, {"now", text(now)}});
}

absl::Status DateNotInFuture(absl::string_view field, absl::string_view date, absl::string_view today) {
  return CheckNotLater(std::string(date), std::string(today), field);
}

std::string RateText(int64_t part, int64_t whole) {
  constexpr int64_t kHundred = 100;
  return MeanText(part * kHundred, whole);
}

std::string MeanText(int64_t sum, int64_t count) {
  if (count == 0) return {};
  constexpr int64_t kHundredths = 100;
  const int64_t rounded = (sum * kHundredths * 2 + count) / (count * 2);
  return absl::StrFormat("%d.%02d", rounded / kHundredths, rounded % kHundredths);
}

}  // namespace kam::account::rules
