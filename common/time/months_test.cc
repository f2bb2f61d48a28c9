#include "common/time/months.h"

#include <gtest/gtest.h>

#include "common/testing/matchers.h"

namespace kam {
namespace {

using ::kam::testing::HasReason;
using ::kam::testing::IsOk;

TEST(MonthsTest, ASpanHasBothItsMonths) {
  const auto span = ParseMonthSpan("2025-11", "2026-02", 60);
  ASSERT_THAT(span, IsOk());
  EXPECT_EQ(span->first_day, "2025-11-01");
  EXPECT_EQ(span->day_after, "2026-03-01");
  EXPECT_EQ(span->last - span->first, 3);
}

TEST(MonthsTest, AMonthMayBeASpanOfItsOwn) {
  const auto span = ParseMonthSpan("2026-12", "2026-12", 1);
  ASSERT_THAT(span, IsOk());
  EXPECT_EQ(span->day_after, "2027-01-01");
}

TEST(MonthsTest, ASpanIsNeitherBackwardsNorTooLong) {
  EXPECT_THAT(ParseMonthSpan("2026-02", "2026-01", 60), HasReason("PERIOD_INVALID"));
  EXPECT_THAT(ParseMonthSpan("2026-01", "2026-12", 12), IsOk());
  EXPECT_THAT(ParseMonthSpan("2026-01", "2027-01", 12), HasReason("PERIOD_INVALID"));
}

TEST(MonthsTest, WhatIsNoMonthIsNamed) {
  EXPECT_THAT(ParseMonthSpan("2026-13", "2026-12", 12), HasReason("FIELD_MALFORMED"));
  EXPECT_THAT(ParseMonthSpan("2026-01", "2026-1", 12), HasReason("FIELD_MALFORMED"));
}

}  // namespace
}  // namespace kam
