#include "account-svc/rules/usage_rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/testing/matchers.h"
#include "kam/account/v1/account_usage.pb.h"

namespace kam::account::rules {
namespace {

using ::testing::ElementsAre;
using testing::HasReason;
using testing::IsOk;

absl::Time Day(int n) { return absl::FromUnixSeconds(1'767'225'600) + absl::Hours(24) * n; }

// the class changes exactly at the days of the policy.
TEST(DormancyTest, ClassesBeginAtTheirDay) {
  Policy policy;
  policy.dormancy_days = {30, 90, 365};
  const std::pair<int, v1::DormancyClass> kCases[] = {
      {0, v1::DORMANCY_CLASS_LIVELY}, {29, v1::DORMANCY_CLASS_LIVELY},   {30, v1::DORMANCY_CLASS_QUIET},
      {89, v1::DORMANCY_CLASS_QUIET}, {90, v1::DORMANCY_CLASS_SLEEPING}, {364, v1::DORMANCY_CLASS_SLEEPING},
      {365, v1::DORMANCY_CLASS_LOST}, {5000, v1::DORMANCY_CLASS_LOST}};
  for (const auto& [days, expected] : kCases) EXPECT_EQ(DormancyOf(days, policy), expected) << days;
}

//
TEST(UsageTest, MonthsAndChanges) {
  EXPECT_THAT(CheckUsageMonth("2026-01", "2026-01-05"), IsOk());
  EXPECT_THAT(CheckUsageMonth("2026-02", "2026-01-31"), HasReason("MONTH_IN_FUTURE"));
  EXPECT_THAT(*MonthsBetween("2025-11", "2026-02", 36), ElementsAre("2025-11", "2025-12", "2026-01", "2026-02"));
  EXPECT_THAT(MonthsBetween("2026-02", "2026-01", 36), HasReason("PERIOD_INVALID"));
  EXPECT_EQ(MonthsBetween("2023-01", "2025-12", 36)->size(), 36);
  EXPECT_THAT(MonthsBetween("2023-01", "2026-01", 36), HasReason("PERIOD_INVALID"));
  EXPECT_EQ(*MonthBefore("2026-01", 1), "2025-12");
  EXPECT_EQ(*MonthBefore("2026-01", 12), "2025-01");
  EXPECT_EQ(*ChangePercent(Decimal::FromInt(2), Decimal::FromInt(3)), "-33.3333");
  EXPECT_EQ(*ChangePercent(Decimal::FromInt(0), Decimal::FromInt(3)), "-100");
  EXPECT_EQ(*ChangePercent(Decimal::FromInt(3), Decimal::FromInt(0)), std::nullopt);
}

// churn by definition, over every pair of states at the two ends of the period.
TEST(ChurnTest, LostInThePeriodOfThoseActiveAtItsStart) {
  const char* const kStates[] = {"DRAFT", "SUBMITTED", "VERIFIED", "ACTIVE", "DORMANT", "LOST", "CLOSED"};
  for (const std::string from : kStates) {
    for (const std::string to : kStates) {
      const ChurnPart part = ChurnOf({{from, Day(-10), Day(5)}, {to, Day(5), std::nullopt}}, Day(0), Day(31));
      EXPECT_EQ(part.active_at_start, from == "ACTIVE");
      EXPECT_EQ(part.lost, from == "ACTIVE" && (to == "LOST" || to == "CLOSED")) << from << " " << to;
    }
  }
}

// the ends of the period are exact: its first instant is in it, its end is not.
TEST(ChurnTest, TheEndsOfThePeriodAreExact) {
  const auto active_then_lost = [](absl::Time active, absl::Time lost) {
    return std::vector<StateSpan>{
        {"VERIFIED", Day(-100), active}, {"ACTIVE", active, lost}, {"LOST", lost, std::nullopt}};
  };
  const absl::Duration tick = absl::Microseconds(1);
  // Became active at the first instant: was there when it began. One tick later: not.
  EXPECT_TRUE(ChurnOf(active_then_lost(Day(0), Day(10)), Day(0), Day(31)).active_at_start);
  EXPECT_FALSE(ChurnOf(active_then_lost(Day(0) + tick, Day(10)), Day(0), Day(31)).active_at_start);
  // Lost at the very start: had left before the period.
  EXPECT_FALSE(ChurnOf(active_then_lost(Day(-50), Day(0)), Day(0), Day(31)).active_at_start);
  EXPECT_TRUE(ChurnOf(active_then_lost(Day(-50), Day(0) + tick), Day(0), Day(31)).lost);
  // Lost in the last instant counts, at the end not.
  EXPECT_TRUE(ChurnOf(active_then_lost(Day(-50), Day(31) - tick), Day(0), Day(31)).lost);
  EXPECT_FALSE(ChurnOf(active_then_lost(Day(-50), Day(31)), Day(0), Day(31)).lost);
  // Lost and won back within the period: not lost.
  EXPECT_FALSE(ChurnOf({{"ACTIVE", Day(-50), Day(5)}, {"LOST", Day(5), Day(20)}, {"ACTIVE", Day(20), std::nullopt}},
                       Day(0), Day(31))
                   .lost);
  // Dormant at the end: asleep, not lost.
  EXPECT_FALSE(ChurnOf({{"ACTIVE", Day(-50), Day(5)}, {"DORMANT", Day(5), std::nullopt}}, Day(0), Day(31)).lost);
}

}  // namespace
}  // namespace kam::account::rules
