// Calendar days as "YYYY-MM-DD" text, and time zones by name.
// Days run from 1000-01-01 to 9999-12-31, which is what a SQL DATE holds.
#ifndef KAM_COMMON_TIME_DATE_H_
#define KAM_COMMON_TIME_DATE_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"

namespace kam {

// Exactly YYYY-MM-DD and a day that exists: DATE_MALFORMED, DATE_OUT_OF_RANGE, naming `field`.
absl::StatusOr<absl::CivilDay> ParseDate(absl::string_view text, absl::string_view field = "date");
std::string FormatDate(absl::CivilDay day);

// The day on the wall at `now`.
absl::CivilDay Today(absl::Time now, absl::TimeZone zone);
std::string TodayText(absl::Time now, absl::TimeZone zone);

// `date` moved by `days`, forwards or back. DATE_MALFORMED, DATE_OUT_OF_RANGE.
absl::StatusOr<std::string> AddDays(absl::string_view date, int64_t days);
// `date` moved by `months`; the 31st becomes the last day of a shorter month.
absl::StatusOr<std::string> AddMonths(absl::string_view date, int64_t months);
// Days from `from` to `to`: 1 from one day to the next, negative when `to` is earlier.
absl::StatusOr<int64_t> DaysBetween(absl::string_view from, absl::string_view to);

// A zone of the IANA database, for example "Asia/Shanghai". TIME_ZONE_UNKNOWN naming `field`. Only names are looked
// up: nothing that could lead to another file.
absl::StatusOr<absl::TimeZone> LoadZone(absl::string_view name, absl::string_view field = "time_zone");

}  // namespace kam

#endif  // KAM_COMMON_TIME_DATE_H_
