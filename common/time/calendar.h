// Business time: when a department works, and how much of its time lies between two instants.
//
// A calendar is versioned data: weekly windows in local time and dated exceptions. An edge of a window is the first
// instant at which the clock on the wall shows that time or a later one. So a window that daylight saving skips is
// empty, a window over a skipped or repeated hour is really shorter or longer, and windows that touch on the wall
// touch in time. All functions are pure and look at no more than kCalendarDaysMax days: CALENDAR_EXHAUSTED beyond.
#ifndef KAM_COMMON_TIME_CALENDAR_H_
#define KAM_COMMON_TIME_CALENDAR_H_

#include <array>
#include <map>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "absl/types/span.h"

namespace kam {

inline constexpr int kMinutesPerDay = 24 * 60;
// Days a computation may walk: ten years.
inline constexpr int kCalendarDaysMax = 3660;
inline constexpr size_t kWindowsPerDayMax = 24;
inline constexpr size_t kExceptionsMax = 10'000;

// A working window of one day in minutes since local midnight, [from, to): 0 <= from < to <= 1440. A window cannot
// go over midnight: give each day its part.
struct DayWindow {
  int from = 0;
  int to = 0;
  bool operator==(const DayWindow&) const = default;
};

using DayWindows = std::vector<DayWindow>;

struct CalendarData {
  std::string version;    // what a stored due time refers to
  std::string time_zone;  // IANA name
  // By absl::Weekday: Monday is 0. In order of time and not overlapping; empty: a free day.
  std::array<DayWindows, 7> weekly;
  // Days that differ from the week: no windows for a holiday, its own windows for a make-up working day.
  std::map<absl::CivilDay, DayWindows> exceptions;

  // All that is wrong, by field: CALENDAR_WINDOW_INVALID, CALENDAR_WINDOWS_OVERLAP, CALENDAR_NEVER_OPEN,
  // TIME_ZONE_UNKNOWN, FIELD_REQUIRED, FIELD_TOO_LONG.
  absl::Status Validate() const;
};

class BusinessCalendar {
 public:
  // The data must be valid (see CalendarData::Validate).
  static absl::StatusOr<BusinessCalendar> Create(CalendarData data);

  const CalendarData& data() const { return data_; }
  absl::TimeZone zone() const { return zone_; }

  // The windows of a day: the exception's, or else the weekday's.
  const DayWindows& WindowsOf(absl::CivilDay day) const;
  bool IsBusinessDay(absl::CivilDay day) const { return !WindowsOf(day).empty(); }
  // The day `days` business days after `day`, which itself does not count: 1 is the next business day.
  // `days` is at least 0; 0 gives `day`.
  absl::StatusOr<absl::CivilDay> AddBusinessDays(absl::CivilDay day, int days) const;

  // Windows are closed at their end: not open at 17:00 when they run to 17:00.
  bool IsOpen(absl::Time t) const;
  // Open time from `a` to `b`; the negative of it when `b` is before `a`.
  absl::StatusOr<absl::Duration> BusinessBetween(absl::Time a, absl::Time b) const;
  // The earliest instant, not before `start`, by which `duration` of open time has passed: `start` itself for zero,
  // and the end of a window rather than the start of the next. CALENDAR_DURATION_INVALID when negative or infinite.
  absl::StatusOr<absl::Time> AddBusiness(absl::Time start, absl::Duration duration) const;

 private:
  BusinessCalendar() = default;

  absl::Time EdgeAt(absl::CivilDay day, int minute) const;
  // Calls `each` for every non-empty window of the days `first` to `last` in order of time until it returns false.
  void ForEachWindow(absl::CivilDay first, absl::CivilDay last,
                     absl::FunctionRef<bool(absl::Time from, absl::Time to)> each) const;

  CalendarData data_;
  absl::TimeZone zone_;
};

}  // namespace kam

#endif  // KAM_COMMON_TIME_CALENDAR_H_
