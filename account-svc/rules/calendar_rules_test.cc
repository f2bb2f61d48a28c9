#include "account-svc/rules/calendar_rules.h"

#include <gtest/gtest.h>

#include "common/testing/matchers.h"
#include "kam/account/v1/working_calendar.pb.h"

namespace kam::account::rules {
namespace {

using testing::HasReason;
using testing::IsOk;

constexpr char kZone[] = "Asia/Shanghai";

v1::WorkingCalendar Week() {
  v1::WorkingCalendar calendar;
  calendar.set_from_date("2026-01-01");
  for (int day = 1; day <= 5; ++day) {
    // The afternoon first: rows come in any order.
    v1::WorkingWindow& afternoon = *calendar.add_windows();
    afternoon.set_weekday(day);
    afternoon.set_from_minute(13 * 60);
    afternoon.set_to_minute(18 * 60);
    v1::WorkingWindow& morning = *calendar.add_windows();
    morning.set_weekday(day);
    morning.set_from_minute(9 * 60);
    morning.set_to_minute(12 * 60);
  }
  return calendar;
}

// holidays and make-up working days differ from their week.
TEST(WorkingCalendars, HolidaysAndMakeUpDaysDifferFromTheWeek) {
  v1::WorkingCalendar stored = Week();
  v1::WorkingException& holiday = *stored.add_exceptions();
  holiday.set_day("2026-01-06");
  holiday.set_closed(true);
  v1::WorkingException& made_up = *stored.add_exceptions();
  made_up.set_day("2026-01-10");
  made_up.set_from_minute(9 * 60);
  made_up.set_to_minute(12 * 60);
  const auto calendar = ToCalendar(stored, kZone);
  ASSERT_THAT(calendar, IsOk());
  EXPECT_TRUE(calendar->IsBusinessDay(absl::CivilDay(2026, 1, 5)));
  EXPECT_FALSE(calendar->IsBusinessDay(absl::CivilDay(2026, 1, 6)));
  EXPECT_TRUE(calendar->IsBusinessDay(absl::CivilDay(2026, 1, 10)));
  EXPECT_FALSE(calendar->IsBusinessDay(absl::CivilDay(2026, 1, 11)));
  made_up.set_closed(true);
  EXPECT_THAT(ToCalendar(stored, kZone), HasReason("CALENDAR_WINDOW_INVALID"));
}

TEST(WorkingCalendars, WhatContradictsItselfIsRefused) {
  v1::WorkingCalendar overlapping = Week();
  overlapping.mutable_windows(1)->set_to_minute(14 * 60);
  EXPECT_THAT(ToCalendar(overlapping, kZone), HasReason("CALENDAR_WINDOWS_OVERLAP"));
  v1::WorkingCalendar closed = Week();
  closed.clear_windows();
  EXPECT_THAT(ToCalendar(closed, kZone), HasReason("CALENDAR_NEVER_OPEN"));
}

TEST(WorkingCalendars, TheWeekOfThePolicyHoldsBeforeTheFirstVersion) {
  const auto week = WeekOf(Policy(), kZone);
  ASSERT_THAT(week, IsOk());
  EXPECT_TRUE(week->IsBusinessDay(absl::CivilDay(2026, 1, 9)));
  EXPECT_FALSE(week->IsBusinessDay(absl::CivilDay(2026, 1, 10)));
}

// days are counted and moved over working days alone.
TEST(WorkingCalendars, DaysAreCountedOverWorkingDays) {
  const auto weekday = [](absl::CivilDay day) { return absl::GetWeekday(day) < absl::Weekday::saturday; };
  const absl::CivilDay friday(2026, 1, 9);
  EXPECT_EQ(WorkdaysBetween(friday, friday, weekday, 100), 0);
  EXPECT_EQ(WorkdaysBetween(friday, friday + 2, weekday, 100), 0);
  EXPECT_EQ(WorkdaysBetween(friday, friday + 3, weekday, 100), 1);
  EXPECT_EQ(WorkdaysBetween(friday + 3, friday, weekday, 100), 0);
  EXPECT_EQ(WorkdaysBetween(friday, friday + 70, weekday, 7), 7);
  EXPECT_EQ(WorkdayFrom(friday, weekday), friday);
  EXPECT_EQ(WorkdayFrom(friday + 1, weekday), friday + 3);
  EXPECT_EQ(WorkdayBefore(friday + 3, weekday), friday);
  EXPECT_EQ(WorkdayBefore(friday, weekday), friday - 1);
  const auto never = [](absl::CivilDay) { return false; };
  EXPECT_EQ(WorkdayFrom(friday, never), friday);
  EXPECT_EQ(WorkdayBefore(friday, never), friday - 1);
}

}  // namespace
}  // namespace kam::account::rules
