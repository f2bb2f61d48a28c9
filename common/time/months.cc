#include "common/time/months.h"

#include "absl/strings/str_cat.h"
#include "common/status/status.h"
#include "common/time/date.h"

namespace kam {
namespace {

absl::StatusOr<absl::CivilMonth> ParseMonth(absl::string_view text, absl::string_view field) {
  const auto day = ParseDate(absl::StrCat(text, "-01"), field);
  if (!day.ok()) return InvalidField(field, "FIELD_MALFORMED", "must be YYYY-MM", {{"value", std::string(text)}});
  return absl::CivilMonth(*day);
}

}  // namespace

absl::StatusOr<MonthSpan> ParseMonthSpan(absl::string_view from, absl::string_view until, int months_max) {
  MonthSpan span;
  ASSIGN_OR_RETURN(span.first, ParseMonth(from, "from_month"));
  ASSIGN_OR_RETURN(span.last, ParseMonth(until, "until_month"));
  if (span.last < span.first || span.last - span.first >= months_max) {
    return InvalidField(
        "until_month", "PERIOD_INVALID",
        absl::StrCat("must not be before from_month, and the span not longer than ", months_max, " months"),
        {{"fromMonth", std::string(from)}, {"untilMonth", std::string(until)}, {"limit", absl::StrCat(months_max)}});
  }
  span.first_day = FormatDate(absl::CivilDay(span.first));
  span.day_after = FormatDate(absl::CivilDay(span.last + 1));
  return span;
}

}  // namespace kam
