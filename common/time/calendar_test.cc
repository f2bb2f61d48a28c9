#include "common/time/calendar.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <set>

#include "common/status/status.h"
#include "common/time/date.h"

namespace kam {
namespace {

using ::testing::ElementsAre;

constexpr int kHour = 60;

CalendarData Week(const char* zone, const DayWindows& windows) {
  CalendarData data;
  data.version = "v1";
  data.time_zone = zone;
  for (size_t weekday = 0; weekday < 5; ++weekday) data.weekly[weekday] = windows;
  return data;
}

CalendarData EveryDay(const char* zone, const DayWindows& windows) {
  CalendarData data = Week(zone, windows);
  data.weekly.fill(windows);
  return data;
}

BusinessCalendar Make(const CalendarData& data) {
  absl::StatusOr<BusinessCalendar> calendar = BusinessCalendar::Create(data);
  EXPECT_TRUE(calendar.ok()) << calendar.status();
  return calendar.value();
}

absl::Time At(const BusinessCalendar& calendar, absl::string_view local) {
  absl::CivilSecond civil;
  EXPECT_TRUE(absl::ParseCivilTime(local, &civil)) << local;
  return absl::FromCivil(civil, calendar.zone());
}

std::string Local(const BusinessCalendar& calendar, const absl::StatusOr<absl::Time>& t) {
  return t.ok() ? absl::FormatTime("%Y-%m-%d %H:%M:%E*S", *t, calendar.zone()) : t.status().ToString();
}

const DayWindows kOffice = {{9 * kHour, 12 * kHour}, {13 * kHour, 18 * kHour}};

TEST(CalendarTest, OpenInsideTheWindowsOnly) {
  const BusinessCalendar calendar = Make(Week("Asia/Shanghai", kOffice));
  const std::pair<const char*, bool> cases[] = {
      {"2026-01-05T08:59:59", false}, {"2026-01-05T09:00:00", true},  {"2026-01-05T11:59:59", true},
      {"2026-01-05T12:00:00", false}, {"2026-01-05T13:00:00", true},  {"2026-01-05T17:59:59", true},
      {"2026-01-05T18:00:00", false}, {"2026-01-10T10:00:00", false}, {"2026-01-11T10:00:00", false},
  };
  for (const auto& [local, open] : cases) EXPECT_EQ(calendar.IsOpen(At(calendar, local)), open) << local;
  EXPECT_FALSE(calendar.IsOpen(absl::InfinitePast()));
  EXPECT_FALSE(calendar.IsOpen(absl::InfiniteFuture()));
}

TEST(CalendarTest, CountsAcrossLunchNightsAndWeekends) {
  const BusinessCalendar calendar = Make(Week("Asia/Shanghai", kOffice));
  const auto hours = [&](const char* from, const char* to) {
    return absl::ToDoubleHours(calendar.BusinessBetween(At(calendar, from), At(calendar, to)).value());
  };
  EXPECT_EQ(hours("2026-01-05T11:00:00", "2026-01-05T14:00:00"), 2);
  EXPECT_EQ(hours("2026-01-05T17:00:00", "2026-01-06T10:00:00"), 2);
  EXPECT_EQ(hours("2026-01-09T17:30:00", "2026-01-12T09:30:00"), 1);
  EXPECT_EQ(hours("2026-01-10T00:00:00", "2026-01-11T23:00:00"), 0);
  EXPECT_EQ(hours("2026-01-05T00:00:00", "2026-01-12T00:00:00"), 40);
  EXPECT_EQ(hours("2026-01-06T10:00:00", "2026-01-05T17:00:00"), -2);
  EXPECT_EQ(hours("2026-01-05T10:00:00", "2026-01-05T10:00:00"), 0);
}

TEST(CalendarTest, DueAtTheEndOfAWindowNotAtTheStartOfTheNext) {
  const BusinessCalendar calendar = Make(Week("Asia/Shanghai", kOffice));
  const auto due = [&](const char* from, absl::Duration d) {
    return Local(calendar, calendar.AddBusiness(At(calendar, from), d));
  };
  EXPECT_EQ(due("2026-01-05T10:00:00", absl::Hours(2)), "2026-01-05 12:00:00");
  EXPECT_EQ(due("2026-01-05T10:00:00", absl::Hours(2) + absl::Milliseconds(1)), "2026-01-05 13:00:00.001");
  EXPECT_EQ(due("2026-01-09T17:00:00", absl::Hours(1)), "2026-01-09 18:00:00");
  EXPECT_EQ(due("2026-01-09T17:00:00", absl::Hours(8)), "2026-01-12 17:00:00");
  EXPECT_EQ(due("2026-01-10T12:00:00", absl::Hours(1)), "2026-01-12 10:00:00");
  EXPECT_EQ(due("2026-01-10T12:00:00", absl::ZeroDuration()), "2026-01-10 12:00:00");
}

TEST(CalendarTest, HolidaysAndMakeUpWorkingDaysReplaceTheWeek) {
  CalendarData data = Week("Asia/Shanghai", kOffice);
  // Spring Festival 2026 and the working Saturday before it, with a short day of its own.
  for (absl::CivilDay day(2026, 2, 16); day <= absl::CivilDay(2026, 2, 20); ++day) data.exceptions[day] = {};
  data.exceptions[absl::CivilDay(2026, 2, 14)] = {{9 * kHour, 12 * kHour}};
  const BusinessCalendar calendar = Make(data);
  EXPECT_EQ(Local(calendar, calendar.AddBusiness(At(calendar, "2026-02-13T17:00:00"), absl::Hours(5))),
            "2026-02-23 10:00:00");
  EXPECT_TRUE(calendar.IsBusinessDay(absl::CivilDay(2026, 2, 14)));
  EXPECT_FALSE(calendar.IsBusinessDay(absl::CivilDay(2026, 2, 16)));
  EXPECT_EQ(*calendar.AddBusinessDays(absl::CivilDay(2026, 2, 13), 2), absl::CivilDay(2026, 2, 23));
  EXPECT_EQ(*calendar.AddBusinessDays(absl::CivilDay(2026, 2, 16), 0), absl::CivilDay(2026, 2, 16));
  EXPECT_EQ(Reason(calendar.AddBusinessDays(absl::CivilDay(2026, 2, 16), -1).status()), "CALENDAR_DURATION_INVALID");
}

TEST(CalendarTest, AWindowOverASkippedHourIsShorter) {
  // New York, 2026-03-08: 02:00 becomes 03:00.
  const BusinessCalendar calendar = Make(EveryDay("America/New_York", {{0, 6 * kHour}}));
  EXPECT_EQ(*calendar.BusinessBetween(At(calendar, "2026-03-08T00:00:00"), At(calendar, "2026-03-09T00:00:00")),
            absl::Hours(5));
  EXPECT_EQ(Local(calendar, calendar.AddBusiness(At(calendar, "2026-03-08T00:00:00"), absl::Hours(3))),
            "2026-03-08 04:00:00");
}

TEST(CalendarTest, AWindowOverARepeatedHourIsLonger) {
  // New York, 2026-11-01: 02:00 becomes 01:00.
  const BusinessCalendar calendar = Make(EveryDay("America/New_York", {{0, 6 * kHour}}));
  EXPECT_EQ(*calendar.BusinessBetween(At(calendar, "2026-11-01T00:00:00"), At(calendar, "2026-11-02T00:00:00")),
            absl::Hours(7));
  EXPECT_EQ(Local(calendar, calendar.AddBusiness(At(calendar, "2026-11-01T00:00:00"), absl::Hours(3))),
            "2026-11-01 02:00:00");
}

TEST(CalendarTest, EdgesInsideAChangeOfTheClock) {
  // Skipped hour: a window inside it is empty, one that starts in it starts at the change.
  const BusinessCalendar skipped = Make(EveryDay("America/New_York", {{130, 170}, {175, 240}}));
  EXPECT_EQ(*skipped.BusinessBetween(At(skipped, "2026-03-08T00:00:00"), At(skipped, "2026-03-09T00:00:00")),
            absl::Hours(1));
  // Repeated hour: an edge is its first showing. 01:00 to 01:30 is open once, 01:30 to 02:00 until the clock really
  // shows two, so the two windows tile the time from one to two without gap or overlap.
  const BusinessCalendar first = Make(EveryDay("America/New_York", {{60, 90}}));
  const BusinessCalendar second = Make(EveryDay("America/New_York", {{90, 120}}));
  const absl::Time midnight = At(first, "2026-11-01T00:00:00");
  EXPECT_EQ(*first.BusinessBetween(midnight, midnight + absl::Hours(20)), absl::Minutes(30));
  EXPECT_EQ(*second.BusinessBetween(midnight, midnight + absl::Hours(20)), absl::Minutes(90));
  const absl::Time repeated = midnight + absl::Minutes(135);  // 01:15 for the second time
  EXPECT_FALSE(first.IsOpen(repeated));
  EXPECT_TRUE(second.IsOpen(repeated));
}

TEST(CalendarTest, ADayThatNeverWasHasNoBusinessTime) {
  // Samoa went from 2011-12-29 to 2011-12-31.
  const BusinessCalendar calendar = Make(EveryDay("Pacific/Apia", {{9 * kHour, 17 * kHour}}));
  EXPECT_EQ(*calendar.BusinessBetween(At(calendar, "2011-12-29T00:00:00"), At(calendar, "2012-01-01T00:00:00")),
            absl::Hours(16));
  EXPECT_EQ(Local(calendar, calendar.AddBusiness(At(calendar, "2011-12-29T16:00:00"), absl::Hours(2))),
            "2011-12-31 10:00:00");
}

TEST(CalendarTest, AChangeJustAfterMidnightIsCountedWhole) {
  // St John's, 2006-10-29: 00:01 became 23:01 of the day before.
  const BusinessCalendar calendar = Make(EveryDay("America/St_Johns", {{0, kMinutesPerDay}}));
  const absl::Time start = At(calendar, "2006-10-28T12:00:00");
  EXPECT_EQ(*calendar.BusinessBetween(start, start + absl::Hours(30)), absl::Hours(30));
  for (int minute = 0; minute < 30 * 60; ++minute) ASSERT_TRUE(calendar.IsOpen(start + absl::Minutes(minute)));
}

TEST(CalendarTest, WhatIsWrongIsNamedAllAtOnce) {
  CalendarData data;
  data.time_zone = "Mars/Base";
  data.weekly[0] = {{22 * kHour, 26 * kHour}};
  data.weekly[1] = {{22 * kHour, 2 * kHour}};
  data.weekly[2] = {{9 * kHour, 12 * kHour}, {11 * kHour, 18 * kHour}};
  data.weekly[3] = {{9 * kHour, 9 * kHour}};
  data.weekly[4] = {{-1, 5}};
  data.exceptions[absl::CivilDay(2026, 1, 1)] = DayWindows(kWindowsPerDayMax + 1, {0, 1});
  const absl::Status status = data.Validate();
  EXPECT_THAT(
      ViolatedFields(status),
      ElementsAre("version", "time_zone", "weekly[0].windows[0]", "weekly[1].windows[0]", "weekly[2].windows[1]",
                  "weekly[3].windows[0]", "weekly[4].windows[0]", "exceptions[2026-01-01]"));
  EXPECT_FALSE(BusinessCalendar::Create(data).ok());
}

TEST(CalendarTest, ValidateGivesTheReasonOfEachRule) {
  const auto reason = [](const DayWindows& windows) { return Reason(Week("UTC", windows).Validate()); };
  EXPECT_EQ(reason({{22 * kHour, 2 * kHour}}), "CALENDAR_WINDOW_INVALID");
  EXPECT_EQ(reason({{0, kMinutesPerDay + 1}}), "CALENDAR_WINDOW_INVALID");
  EXPECT_EQ(reason({{600, 720}, {719, 800}}), "CALENDAR_WINDOWS_OVERLAP");
  EXPECT_EQ(reason({{600, 720}, {500, 550}}), "CALENDAR_WINDOWS_OVERLAP");
  EXPECT_EQ(reason({}), "CALENDAR_NEVER_OPEN");
  EXPECT_EQ(reason({{0, 720}, {720, kMinutesPerDay}}), "") << "windows may touch";
}

TEST(CalendarTest, NothingLoopsWithoutBound) {
  // Open on one day only, in the past.
  CalendarData data = Week("UTC", {});
  data.exceptions[absl::CivilDay(2020, 1, 1)] = {{0, 60}};
  const BusinessCalendar calendar = Make(data);
  const absl::Time start = At(calendar, "2026-01-05T00:00:00");
  EXPECT_EQ(Reason(calendar.AddBusiness(start, absl::Seconds(1)).status()), "CALENDAR_EXHAUSTED");
  EXPECT_EQ(Reason(calendar.AddBusinessDays(absl::CivilDay(2026, 1, 5), 1).status()), "CALENDAR_EXHAUSTED");
  EXPECT_EQ(*calendar.BusinessBetween(start, start + absl::Hours(24) * kCalendarDaysMax), absl::ZeroDuration());
  for (const absl::Status& status :
       {calendar.BusinessBetween(start, start + absl::Hours(24) * kCalendarDaysMax + absl::Seconds(1)).status(),
        calendar.BusinessBetween(absl::InfinitePast(), start).status(),
        calendar.BusinessBetween(start, absl::InfiniteFuture()).status(),
        calendar.BusinessBetween(absl::InfiniteFuture(), absl::InfinitePast()).status(),
        calendar.AddBusiness(absl::InfiniteFuture(), absl::Hours(1)).status(),
        calendar.AddBusiness(absl::InfinitePast(), absl::Hours(1)).status(),
        calendar.AddBusiness(start, absl::Hours(24 * 365 * 1000)).status()}) {
    EXPECT_EQ(Reason(status), "CALENDAR_EXHAUSTED") << status;
    EXPECT_EQ(MetadataValue(status, "calendarVersion"), "v1");
  }
  EXPECT_EQ(Reason(calendar.AddBusiness(start, -absl::Nanoseconds(1)).status()), "CALENDAR_DURATION_INVALID");
  EXPECT_EQ(Reason(calendar.AddBusiness(start, absl::InfiniteDuration()).status()), "CALENDAR_DURATION_INVALID");
}

// Zones with all kinds of changes: none, usual, half an hour, at midnight, a day skipped, negative summer time.
rc::Gen<std::string> AnyZone() {
  return rc::gen::element<std::string>("Asia/Shanghai", "UTC", "America/New_York", "Europe/Berlin",
                                       "Australia/Lord_Howe", "America/Sao_Paulo", "Pacific/Apia", "Africa/Casablanca",
                                       "America/St_Johns", "Europe/Dublin", "Asia/Kathmandu");
}

rc::Gen<DayWindows> AnyWindows() {
  return rc::gen::map(rc::gen::container<std::set<int>>(rc::gen::inRange(0, kMinutesPerDay + 1)),
                      [](const std::set<int>& edges) {
                        DayWindows windows;
                        for (auto edge = edges.begin(); edge != edges.end() && windows.size() < kWindowsPerDayMax;) {
                          const int from = *edge++;
                          if (edge != edges.end()) windows.push_back({from, *edge++});
                        }
                        return windows;
                      });
}

// A start between 2006 and 2030.
rc::Gen<absl::Time> AnyTime() {
  return rc::gen::map(rc::gen::inRange<int64_t>(1'136'073'600, 1'893'456'000),
                      [](int64_t seconds) { return absl::FromUnixSeconds(seconds); });
}

CalendarData AnyCalendarData(absl::Time around) {
  CalendarData data;
  data.version = "v1";
  data.time_zone = *AnyZone();
  for (DayWindows& windows : data.weekly) windows = *AnyWindows();
  const absl::CivilDay day = absl::ToCivilDay(around, absl::UTCTimeZone());
  for (int offset : *rc::gen::container<std::vector<int>>(rc::gen::inRange(-3, 30))) {
    data.exceptions[day + offset] = *AnyWindows();
  }
  return data;
}

RC_GTEST_PROP(CalendarProperty, BusinessBetweenUndoesAddBusiness, ()) {
  const absl::Time start = *AnyTime();
  const CalendarData data = AnyCalendarData(start);
  RC_PRE(data.Validate().ok());
  const BusinessCalendar calendar = *BusinessCalendar::Create(data);
  const absl::Duration duration = absl::Milliseconds(*rc::gen::inRange<int64_t>(0, 400'000'000));
  const absl::StatusOr<absl::Time> due = calendar.AddBusiness(start, duration);
  RC_PRE(due.ok());
  RC_ASSERT(calendar.BusinessBetween(start, *due).value() == duration);
  // It is the earliest such instant.
  if (*due > start) RC_ASSERT(calendar.BusinessBetween(start, *due - absl::Nanoseconds(1)).value() < duration);
}

RC_GTEST_PROP(CalendarProperty, TimeAddsUp, ()) {
  const absl::Time a = *AnyTime();
  const CalendarData data = AnyCalendarData(a);
  RC_PRE(data.Validate().ok());
  const BusinessCalendar calendar = *BusinessCalendar::Create(data);
  const absl::Time b = a + absl::Seconds(*rc::gen::inRange(0, 2'000'000));
  const absl::Time c = b + absl::Seconds(*rc::gen::inRange(0, 2'000'000));
  const absl::Duration ab = *calendar.BusinessBetween(a, b), bc = *calendar.BusinessBetween(b, c);
  RC_ASSERT(ab + bc == *calendar.BusinessBetween(a, c));
  RC_ASSERT(ab >= absl::ZeroDuration());
  RC_ASSERT(ab <= b - a);
  RC_ASSERT(*calendar.BusinessBetween(b, a) == -ab);
}

RC_GTEST_PROP(CalendarProperty, BusinessBetweenIsTheSumOfTheOpenMinutes, ()) {
  // All zones above are whole minutes from UTC in these years, so each minute is open or closed as a whole.
  const absl::Time start = absl::FromUnixSeconds(absl::ToUnixSeconds(*AnyTime()) / 60 * 60);
  const CalendarData data = AnyCalendarData(start);
  RC_PRE(data.Validate().ok());
  const BusinessCalendar calendar = *BusinessCalendar::Create(data);
  const int minutes = *rc::gen::inRange(0, 3 * kMinutesPerDay);
  int open = 0;
  for (int i = 0; i < minutes; ++i) open += calendar.IsOpen(start + absl::Minutes(i));
  RC_ASSERT(*calendar.BusinessBetween(start, start + absl::Minutes(minutes)) == absl::Minutes(open));
}

RC_GTEST_PROP(CalendarProperty, AClosedDayNeverMakesDueEarlier, ()) {
  const absl::Time start = *AnyTime();
  CalendarData data = AnyCalendarData(start);
  RC_PRE(data.Validate().ok());
  const BusinessCalendar calendar = *BusinessCalendar::Create(data);
  data.exceptions[absl::ToCivilDay(start, calendar.zone()) + *rc::gen::inRange(-1, 30)] = {};
  RC_PRE(data.Validate().ok());
  const BusinessCalendar closed = *BusinessCalendar::Create(data);
  const absl::Duration duration = absl::Minutes(*rc::gen::inRange(0, 10'000));
  const absl::StatusOr<absl::Time> due = calendar.AddBusiness(start, duration);
  const absl::StatusOr<absl::Time> later = closed.AddBusiness(start, duration);
  RC_PRE(due.ok() && later.ok());
  RC_ASSERT(*later >= *due);
}

RC_GTEST_PROP(CalendarProperty, AlwaysOpenIsTheWallClock, ()) {
  const absl::Time a = *AnyTime();
  CalendarData data = EveryDay((*AnyZone()).c_str(), {{0, kMinutesPerDay}});
  const BusinessCalendar calendar = *BusinessCalendar::Create(data);
  const absl::Duration d = absl::Seconds(*rc::gen::inRange(0, 40'000'000));
  RC_ASSERT(*calendar.BusinessBetween(a, a + d) == d);
  RC_ASSERT(*calendar.AddBusiness(a, d) == a + d);
  RC_ASSERT(calendar.IsOpen(a));
}

}  // namespace
}  // namespace kam
