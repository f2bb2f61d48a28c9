#include "gateway/byte_budget.h"

#include "absl/time/time.h"
#include "common/status/status.h"
#include "gtest/gtest.h"

namespace kam::gateway {
namespace {

TEST(ByteBudgetTest, HoldsEveryCallerToHisShareAndAllToTheTotal) {
  ByteBudget budget(100, 60);
  EXPECT_TRUE(budget.Take("anna", 60).ok());
  const absl::Status share = budget.Take("anna", 1);
  EXPECT_EQ(share.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(Reason(share), "OVERLOADED");
  EXPECT_EQ(MetadataValue(share, "limit"), "caller_bytes_max");
  EXPECT_EQ(MetadataValue(share, "value"), "60");
  EXPECT_GT(RetryAfter(share), absl::ZeroDuration());
  const absl::Status total = budget.Take("bert", 41);
  EXPECT_EQ(MetadataValue(total, "limit"), "in_flight_bytes_max");
  EXPECT_EQ(MetadataValue(total, "value"), "100");
  EXPECT_GT(RetryAfter(total), absl::ZeroDuration());
  EXPECT_TRUE(budget.Take("bert", 40).ok());
  EXPECT_EQ(budget.total(), 100);
  budget.Give("anna", 60);
  EXPECT_TRUE(budget.Take("bert", 20).ok());
  EXPECT_FALSE(budget.Take("bert", 1).ok());
  budget.Give("bert", 60);
  EXPECT_EQ(budget.total(), 0);
}

TEST(ByteBudgetTest, WhatCannotBeRefusedCountsAgainstWhatComesNext) {
  ByteBudget budget(100, 100);
  budget.TakeAnyway("anna", 150);
  EXPECT_FALSE(budget.Take("bert", 1).ok());
  budget.Give("anna", 150);
  EXPECT_TRUE(budget.Take("bert", 1).ok());
}

}  // namespace
}  // namespace kam::gateway
