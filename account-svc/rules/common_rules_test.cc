#include "account-svc/rules/common_rules.h"

#include <gtest/gtest.h>

#include "common/testing/matchers.h"

namespace kam::account::rules {
namespace {

using testing::HasReason;
using testing::IsOk;

TEST(Percent, RoundsHalfUpToTwoDigits) {
  EXPECT_EQ(RateText(1, 3), "33.33");
  EXPECT_EQ(RateText(2, 3), "66.67");
  EXPECT_EQ(RateText(1, 800), "0.13") << "0.125";
  EXPECT_EQ(RateText(3, 2), "150.00");
  EXPECT_EQ(RateText(0, 7), "0.00");
  EXPECT_EQ(RateText(0, 0), "");
  EXPECT_EQ(RateText(1, 16000), "0.01");
}

TEST(Mean, RoundsHalfUpToTwoDigits) {
  EXPECT_EQ(MeanText(14, 3), "4.67");
  EXPECT_EQ(MeanText(9, 8), "1.13") << "1.125";
  EXPECT_EQ(MeanText(0, 0), "");
}

TEST(Future, IsWhatIsAheadOfTheTolerance) {
  Policy policy;
  policy.clock_tolerance = absl::Minutes(5);
  const absl::Time now = absl::FromUnixSeconds(1'767'571'200);
  EXPECT_THAT(NotInFuture("time", now + absl::Minutes(5), now, policy), IsOk());
  EXPECT_THAT(NotInFuture("time", now + absl::Minutes(5) + absl::Microseconds(1), now, policy),
              HasReason("TIME_IN_FUTURE"));
  EXPECT_THAT(DateNotInFuture("date", "2026-01-05", "2026-01-05"), IsOk());
  EXPECT_THAT(DateNotInFuture("date", "2026-01-06", "2026-01-05"), HasReason("DATE_IN_FUTURE"));
}

}  // namespace
}  // namespace kam::account::rules
