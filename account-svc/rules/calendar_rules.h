// Working calendars: rows to common/time/calendar.h, and what the daily work asks of them. Pure functions.
#ifndef KAM_ACCOUNT_SVC_RULES_CALENDAR_RULES_H_
#define KAM_ACCOUNT_SVC_RULES_CALENDAR_RULES_H_

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "account-svc/policy.h"
#include "common/time/calendar.h"

namespace kam::account::v1 {
class WorkingCalendar;
}  // namespace kam::account::v1

namespace kam::account::rules {

// Whether a day is worked.
using IsWorkday = absl::FunctionRef<bool(absl::CivilDay)>;

// CALENDAR_WINDOW_INVALID, CALENDAR_WINDOWS_OVERLAP, CALENDAR_NEVER_OPEN, by field of the calendar.
absl::StatusOr<BusinessCalendar> ToCalendar(const v1::WorkingCalendar& stored, absl::string_view time_zone);
// The week of the policy, for the days before the first version.
absl::StatusOr<BusinessCalendar> WeekOf(const Policy& policy, absl::string_view time_zone);

// Working days after `after` up to and including `until`; 0 when `until` is not later. At most `max` are counted.
int WorkdaysBetween(absl::CivilDay after, absl::CivilDay until, IsWorkday is_workday, int max);
// `day` itself when it is worked, or the next that is; `day` when none is within a year.
absl::CivilDay WorkdayFrom(absl::CivilDay day, IsWorkday is_workday);
// The last working day before `day`; the day before it when none is within a year.
absl::CivilDay WorkdayBefore(absl::CivilDay day, IsWorkday is_workday);

}  // namespace kam::account::rules

#endif  // KAM_ACCOUNT_SVC_RULES_CALENDAR_RULES_H_
