#include "common/time/date.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>
#include <vector>

#include "common/status/status.h"
#include "common/time/fake_clock.h"

namespace kam {
namespace {

using ::testing::ElementsAre;

TEST(DateTest, ParsesOnlyDaysThatExist) {
  EXPECT_EQ(*ParseDate("2026-01-05"), absl::CivilDay(2026, 1, 5));
  EXPECT_EQ(*ParseDate("2024-02-29"), absl::CivilDay(2024, 2, 29));
  EXPECT_EQ(*ParseDate("1000-01-01"), absl::CivilDay(1000, 1, 1));
  EXPECT_EQ(*ParseDate("9999-12-31"), absl::CivilDay(9999, 12, 31));
  for (absl::string_view text : {"",           "2026-1-5",   "2026-01-5",   "2026/01/05",  "20260105",
                                 "2026-13-01", "2026-00-01", "2026-01-00",  "2026-01-32",  "2026-02-29",
                                 "1900-02-29", "2026-04-31", " 2026-01-05", "2026-01-05 ", "2026-01-05T00:00:00Z",
                                 "-026-01-05", "+026-01-05", "2026-01--5",  "2026-0a-05",  "0000-00-00"}) {
    const absl::Status status = ParseDate(text, "contract.signed_on").status();
    EXPECT_EQ(Reason(status), "DATE_MALFORMED") << text;
    EXPECT_THAT(ViolatedFields(status), ElementsAre("contract.signed_on"));
  }
  EXPECT_EQ(Reason(ParseDate("0999-12-31").status()), "DATE_OUT_OF_RANGE");
}

TEST(DateTest, EveryDayOfTheRangeRoundTrips) {
  int64_t days = 0;
  for (absl::CivilDay day(1000, 1, 1); day <= absl::CivilDay(9999, 12, 31); day += 13, ++days) {
    ASSERT_EQ(*ParseDate(FormatDate(day)), day);
  }
  EXPECT_GT(days, 250'000);
}

TEST(DateTest, AddsDaysAndMonthsAndCountsBetween) {
  EXPECT_EQ(*AddDays("2026-02-28", 1), "2026-03-01");
  EXPECT_EQ(*AddDays("2024-02-28", 1), "2024-02-29");
  EXPECT_EQ(*AddDays("2026-01-01", -1), "2025-12-31");
  EXPECT_EQ(*AddDays("2026-01-01", 0), "2026-01-01");
  EXPECT_EQ(*AddMonths("2026-01-31", 1), "2026-02-28");
  EXPECT_EQ(*AddMonths("2026-01-31", 2), "2026-03-31");
  EXPECT_EQ(*AddMonths("2024-03-31", -1), "2024-02-29");
  EXPECT_EQ(*AddMonths("2026-11-15", 14), "2028-01-15");
  EXPECT_EQ(*DaysBetween("2026-01-01", "2027-01-01"), 365);
  EXPECT_EQ(*DaysBetween("2026-03-01", "2026-02-28"), -1);
  for (const absl::Status& status :
       {AddDays("9999-12-31", 1).status(), AddDays("1000-01-01", -1).status(),
        AddDays("2026-01-01", INT64_MAX).status(), AddDays("2026-01-01", INT64_MIN).status(),
        AddMonths("9999-12-31", 1).status(), AddMonths("2026-01-01", INT64_MIN).status()}) {
    EXPECT_EQ(Reason(status), "DATE_OUT_OF_RANGE");
  }
  EXPECT_EQ(Reason(DaysBetween("2026-01-01", "x").status()), "DATE_MALFORMED");
}

TEST(DateTest, TodayIsTheDayOnTheWall) {
  const absl::Time t = absl::FromUnixSeconds(1'767'571'200 - 3600);  // 2026-01-04T23:00:00Z
  EXPECT_EQ(TodayText(t, absl::UTCTimeZone()), "2026-01-04");
  EXPECT_EQ(TodayText(t, *LoadZone("Asia/Shanghai")), "2026-01-05");
  EXPECT_EQ(Today(t, *LoadZone("America/New_York")), absl::CivilDay(2026, 1, 4));
}

TEST(ZoneTest, OnlyNamesOfTheDatabaseAreLoaded) {
  EXPECT_EQ(LoadZone("Asia/Shanghai")->name(), "Asia/Shanghai");
  EXPECT_TRUE(LoadZone("UTC").ok());
  EXPECT_TRUE(LoadZone("Etc/GMT+8").ok());
  for (absl::string_view name :
       {"", "Asia/Nowhere", "/etc/localtime", "../../../etc/localtime", "file:/etc/localtime", "libc:UTC", ":UTC",
        "Fixed/UTC+08:00:00", "Asia/../Asia/Shanghai", "+08:00", "Asia", "tzdata.zi"}) {
    EXPECT_EQ(Reason(LoadZone(name).status()), "TIME_ZONE_UNKNOWN") << name;
  }
  EXPECT_EQ(Reason(LoadZone(std::string(100'000, 'a')).status()), "TIME_ZONE_UNKNOWN");
}

TEST(FakeClockTest, StandsStillUntilMoved) {
  FakeClock clock;
  const absl::Time start = clock.Now();
  EXPECT_EQ(TodayText(start, absl::UTCTimeZone()), "2026-01-05");
  EXPECT_EQ(absl::GetWeekday(Today(start, absl::UTCTimeZone())), absl::Weekday::monday);
  clock.Advance(absl::Hours(1));
  EXPECT_EQ(clock.Now(), start + absl::Hours(1));
  clock.Set(start);
  EXPECT_EQ(clock.Now(), start);
}

TEST(FakeClockTest, NoAdvanceOfAnyThreadIsLost) {
  FakeClock clock;
  const absl::Time start = clock.Now();
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&clock] {
      for (int n = 0; n < 1000; ++n) clock.Advance(absl::Seconds(1));
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(clock.Now(), start + absl::Seconds(4000));
}

}  // namespace
}  // namespace kam
