#include "common/service/rest.h"

#include <gtest/gtest.h>

namespace kam::service {
namespace {

TEST(RestTest, ALongAttemptInVainIsFollowedByARestAsLong) {
  const absl::Time begin = absl::FromUnixSeconds(1'767'571'200);
  Rest rest;
  EXPECT_FALSE(rest.holds(begin));
  rest.AfterVainAttempt(begin, begin + absl::Milliseconds(20));
  EXPECT_FALSE(rest.holds(begin + absl::Milliseconds(20))) << "refused at once";
  const absl::Time end = begin + absl::Seconds(5);
  rest.AfterVainAttempt(begin, end);
  EXPECT_TRUE(rest.holds(end));
  EXPECT_TRUE(rest.holds(end + absl::Seconds(4)));
  EXPECT_FALSE(rest.holds(end + absl::Seconds(5)));
}

}  // namespace
}  // namespace kam::service
