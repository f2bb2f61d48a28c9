#include "account-svc/rules/calendar_rules.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "common/status/status.h"
#include "common/time/date.h"
#include "kam/account/v1/working_calendar.pb.h"

namespace kam::account::rules {
namespace {

constexpr int kDaysLookedAtMax = 366;

void Sort(DayWindows* windows) {
  std::sort(windows->begin(), windows->end(), [](const DayWindow& a, const DayWindow& b) { return a.from < b.from; });
}

absl::StatusOr<BusinessCalendar> Checked(CalendarData data) {
  if (absl::Status status = data.Validate(); !status.ok()) {
    FieldViolations violations;
    violations.AddAll("working_calendar", status);
    return violations.empty() ? status : violations.status();
  }
  return BusinessCalendar::Create(std::move(data));
}

}  // namespace

absl::StatusOr<BusinessCalendar> ToCalendar(const v1::WorkingCalendar& stored, absl::string_view time_zone) {
  CalendarData data;
  data.version = stored.from_date();
  data.time_zone = std::string(time_zone);
  for (const v1::WorkingWindow& window : stored.windows()) {
    if (window.weekday() < 1 || window.weekday() > static_cast<int>(data.weekly.size())) continue;  // Field rules.
    data.weekly[static_cast<size_t>(window.weekday()) - 1].push_back({window.from_minute(), window.to_minute()});
  }
  for (DayWindows& day : data.weekly) Sort(&day);
  for (int i = 0; i < stored.exceptions_size(); ++i) {
    const v1::WorkingException& exception = stored.exceptions(i);
    ASSIGN_OR_RETURN(const absl::CivilDay day,
                     ParseDate(exception.day(), absl::StrCat("working_calendar.exceptions[", i, "].day")));
    const auto [at, fresh] = data.exceptions.emplace(day, DayWindows());
    if (exception.closed() && (!fresh || exception.to_minute() != 0)) {
      return InvalidField(absl::StrCat("working_calendar.exceptions[", i, "]"), "CALENDAR_WINDOW_INVALID",
                          "a closed day has no windows", {{"day", exception.day()}});
    }
    if (exception.closed()) continue;
    at->second.push_back({exception.from_minute(), exception.to_minute()});
  }
  for (auto& [day, windows] : data.exceptions) Sort(&windows);
  return Checked(std::move(data));
}

absl::StatusOr<BusinessCalendar> WeekOf(const Policy& policy, absl::string_view time_zone) {
  CalendarData data;
  data.version = "policy";
  data.time_zone = std::string(time_zone);
  for (size_t day = 0; day < data.weekly.size(); ++day) {
    if (policy.workdays[day]) data.weekly[day].push_back({policy.work_from_minute, policy.work_to_minute});
  }
  return Checked(std::move(data));
}

int WorkdaysBetween(absl::CivilDay after, absl::CivilDay until, IsWorkday is_workday, int max) {
  int days = 0;
  for (absl::CivilDay day = after + 1; day <= until && days < max; ++day) days += is_workday(day) ? 1 : 0;
  return days;
}

absl::CivilDay WorkdayFrom(absl::CivilDay day, IsWorkday is_workday) {
  for (int i = 0; i < kDaysLookedAtMax; ++i) {
    if (is_workday(day + i)) return day + i;
  }
  return day;
}

absl::CivilDay WorkdayBefore(absl::CivilDay day, IsWorkday is_workday) {
  for (int i = 1; i < kDaysLookedAtMax; ++i) {
    if (is_workday(day - i)) return day - i;
  }
  return day - 1;
}

}  // namespace kam::account::rules
