#include "common/time/calendar.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "common/status/status.h"
#include "common/time/date.h"

namespace kam {
namespace {

constexpr size_t kVersionBytesMax = 64;
// Around a change of the clock at midnight an instant can lie in a window of the day before or after its own.
constexpr int kNeighbourDays = 1;
// Times beyond these are not business: they also keep the civil-time arithmetic far from its limits.
constexpr absl::Time kEarliest = absl::FromUnixSeconds(-30'610'224'000);  // 1000-01-01T00:00:00Z
constexpr absl::Time kLatest = absl::FromUnixSeconds(253'402'214'400);    // 9999-12-31T00:00:00Z

std::string ShowMinute(int minute) { return absl::StrFormat("%02d:%02d", minute / 60, minute % 60); }

void ValidateDay(const DayWindows& windows, absl::string_view field, FieldViolations* violations) {
  if (windows.size() > kWindowsPerDayMax) {
    violations->Add(field, "CALENDAR_WINDOW_INVALID",
                    absl::StrCat(windows.size(), " windows in a day; at most ", kWindowsPerDayMax, " are allowed"));
    return;
  }
  for (size_t i = 0; i < windows.size(); ++i) {
    const DayWindow& window = windows[i];
    const std::string path = absl::StrCat(field, ".windows[", i, "]");
    if (window.from < 0 || window.to > kMinutesPerDay || window.from >= window.to) {
      violations->Add(path, "CALENDAR_WINDOW_INVALID",
                      absl::StrCat("window from minute ", window.from, " to minute ", window.to,
                                   " must start before it ends and lie within one day, minutes 0 to 1440"),
                      {{"from", absl::StrCat(window.from)}, {"to", absl::StrCat(window.to)}});
    } else if (i > 0 && window.from < windows[i - 1].to) {
      violations->Add(path, "CALENDAR_WINDOWS_OVERLAP",
                      absl::StrCat("window from ", ShowMinute(window.from), " starts before the one until ",
                                   ShowMinute(windows[i - 1].to), " ends"),
                      {{"from", ShowMinute(window.from)}, {"previousTo", ShowMinute(windows[i - 1].to)}});
    }
  }
}

absl::Status Exhausted(absl::string_view version, absl::string_view what) {
  return Error(absl::StatusCode::kFailedPrecondition, "CALENDAR_EXHAUSTED",
               absl::StrCat(what, " goes over more than ", kCalendarDaysMax, " days of calendar version ", version),
               {{"calendarVersion", std::string(version)}, {"daysMax", absl::StrCat(kCalendarDaysMax)}});
}

std::string ShowTime(absl::Time t) { return absl::FormatTime(absl::RFC3339_sec, t, absl::UTCTimeZone()); }

}  // namespace

absl::Status CalendarData::Validate() const {
  FieldViolations violations;
  if (version.empty()) violations.Add("version", "FIELD_REQUIRED", "must be set");
  if (version.size() > kVersionBytesMax) {
    violations.Add("version", "FIELD_TOO_LONG",
                   absl::StrCat(version.size(), " bytes; at most ", kVersionBytesMax, " are allowed"));
  }
  violations.AddAll("", LoadZone(time_zone, "time_zone").status());
  bool ever_open = false;
  for (size_t weekday = 0; weekday < weekly.size(); ++weekday) {
    ValidateDay(weekly[weekday], absl::StrCat("weekly[", weekday, "]"), &violations);
    ever_open |= !weekly[weekday].empty();
  }
  if (exceptions.size() > kExceptionsMax) {
    violations.Add("exceptions", "FIELD_TOO_LONG",
                   absl::StrCat(exceptions.size(), " exceptions; at most ", kExceptionsMax, " are allowed"));
  }
  for (const auto& [day, windows] : exceptions) {
    ValidateDay(windows, absl::StrCat("exceptions[", FormatDate(day), "]"), &violations);
    ever_open |= !windows.empty();
  }
  if (!ever_open) violations.Add("weekly", "CALENDAR_NEVER_OPEN", "at least one day must have a working window");
  return violations.status();
}

absl::StatusOr<BusinessCalendar> BusinessCalendar::Create(CalendarData data) {
  RETURN_IF_ERROR(data.Validate());
  BusinessCalendar calendar;
  ASSIGN_OR_RETURN(calendar.zone_, LoadZone(data.time_zone));
  calendar.data_ = std::move(data);
  return calendar;
}

const DayWindows& BusinessCalendar::WindowsOf(absl::CivilDay day) const {
  const auto exception = data_.exceptions.find(day);
  if (exception != data_.exceptions.end()) return exception->second;
  return data_.weekly[static_cast<size_t>(absl::GetWeekday(day))];
}

absl::StatusOr<absl::CivilDay> BusinessCalendar::AddBusinessDays(absl::CivilDay day, int days) const {
  if (days < 0) {
    return Error(absl::StatusCode::kInvalidArgument, "CALENDAR_DURATION_INVALID",
                 absl::StrCat(days, " business days: must not be negative"), {{"days", absl::StrCat(days)}});
  }
  absl::CivilDay at = day;
  for (int walked = 0; days > 0; ++walked) {
    if (walked == kCalendarDaysMax) {
      return Exhausted(data_.version, absl::StrCat("business days from ", FormatDate(day)));
    }
    ++at;
    if (IsBusinessDay(at)) --days;
  }
  return at;
}

absl::Time BusinessCalendar::EdgeAt(absl::CivilDay day, int minute) const {
  const absl::TimeZone::TimeInfo info = zone_.At(absl::CivilSecond(day) + int64_t{60} * minute);
  return info.kind == absl::TimeZone::TimeInfo::SKIPPED ? info.trans : info.pre;
}

void BusinessCalendar::ForEachWindow(absl::CivilDay first, absl::CivilDay last,
                                     absl::FunctionRef<bool(absl::Time, absl::Time)> each) const {
  for (absl::CivilDay day = first; day <= last; ++day) {
    for (const DayWindow& window : WindowsOf(day)) {
      const absl::Time from = EdgeAt(day, window.from), to = EdgeAt(day, window.to);
      if (from < to && !each(from, to)) return;
    }
  }
}

bool BusinessCalendar::IsOpen(absl::Time t) const {
  if (t < kEarliest || t > kLatest) return false;
  const absl::CivilDay day = absl::ToCivilDay(t, zone_);
  bool open = false;
  ForEachWindow(day - kNeighbourDays, day + kNeighbourDays, [&](absl::Time from, absl::Time to) {
    open = from <= t && t < to;
    return !open;
  });
  return open;
}

absl::StatusOr<absl::Duration> BusinessCalendar::BusinessBetween(absl::Time a, absl::Time b) const {
  if (b < a) {
    ASSIGN_OR_RETURN(const absl::Duration reversed, BusinessBetween(b, a));
    return -reversed;
  }
  if (a < kEarliest || b > kLatest || b - a > absl::Hours(24) * kCalendarDaysMax) {
    return Exhausted(data_.version, absl::StrCat("business time from ", ShowTime(a), " to ", ShowTime(b)));
  }
  absl::Duration sum;
  ForEachWindow(absl::ToCivilDay(a, zone_) - kNeighbourDays, absl::ToCivilDay(b, zone_) + kNeighbourDays,
                [&](absl::Time from, absl::Time to) {
                  sum += std::max(absl::ZeroDuration(), std::min(to, b) - std::max(from, a));
                  return from < b;
                });
  return sum;
}

absl::StatusOr<absl::Time> BusinessCalendar::AddBusiness(absl::Time start, absl::Duration duration) const {
  if (duration < absl::ZeroDuration() || duration == absl::InfiniteDuration()) {
    return Error(absl::StatusCode::kInvalidArgument, "CALENDAR_DURATION_INVALID",
                 absl::StrCat("business time of ", absl::FormatDuration(duration), " must be finite and not negative"),
                 {{"duration", absl::FormatDuration(duration)}});
  }
  if (duration == absl::ZeroDuration()) return start;
  const auto exhausted = [&] {
    return Exhausted(data_.version,
                     absl::StrCat("business time of ", absl::FormatDuration(duration), " from ", ShowTime(start)));
  };
  if (start < kEarliest || start > kLatest) return exhausted();
  const absl::Time horizon = std::min(start + absl::Hours(24) * kCalendarDaysMax, kLatest);
  absl::Duration left = duration;
  absl::Time due = absl::InfiniteFuture();
  ForEachWindow(absl::ToCivilDay(start, zone_) - kNeighbourDays, absl::ToCivilDay(horizon, zone_) + kNeighbourDays,
                [&](absl::Time from, absl::Time to) {
                  from = std::max(from, start);
                  if (from >= to) return true;
                  if (to - from < left) {
                    left -= to - from;
                    return true;
                  }
                  due = from + left;
                  return false;
                });
  if (due > horizon) return exhausted();
  return due;
}

}  // namespace kam
