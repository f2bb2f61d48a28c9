// Spans of whole months as "YYYY-MM" text, for figures by month.
#ifndef KAM_COMMON_TIME_MONTHS_H_
#define KAM_COMMON_TIME_MONTHS_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"

namespace kam {

struct MonthSpan {
  absl::CivilMonth first, last;
  std::string first_day;  // "2026-01-01"
  std::string day_after;  // The first day that is not of the span any more.
};

// The months from `from` to `until`, both of the span, at most `months_max`: FIELD_MALFORMED on from_month or
// until_month, PERIOD_INVALID on until_month.
absl::StatusOr<MonthSpan> ParseMonthSpan(absl::string_view from, absl::string_view until, int months_max);

}  // namespace kam

#endif  // KAM_COMMON_TIME_MONTHS_H_
