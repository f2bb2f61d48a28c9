#include "common/status/status.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace kam {
namespace {

using ::testing::ElementsAre;

TEST(StatusTest, AnErrorKeepsReasonAndMetadataOverTheWire) {
  const absl::Status sent =
      FailedPrecondition("CONTRACT_NOT_DRAFT", "contracts/1", "contract is SIGNED", {{"state", "SIGNED"}});
  const absl::Status got = FromRpcStatusBytes(sent.code(), sent.message(), ToRpcStatusBytes(sent));
  EXPECT_EQ(got, sent);
  EXPECT_EQ(Reason(got), "CONTRACT_NOT_DRAFT");
  EXPECT_EQ(MetadataValue(got, "state"), "SIGNED");
  EXPECT_EQ(MetadataValue(got, "resource"), "contracts/1");
  EXPECT_EQ(MetadataValue(got, "absent"), "");
}

TEST(StatusTest, FieldViolationsAreAllNamedAndTheFirstGivesTheReason) {
  FieldViolations violations;
  EXPECT_TRUE(violations.status().ok());
  violations.Add("legal_name", "FIELD_REQUIRED", "must be set");
  FieldViolations outer;
  outer.AddAll("account", violations.status());
  outer.AddAll("account", InvalidField("phone", "FIELD_TOO_LONG", "at most 30 characters", {{"limit", "30"}}));
  const absl::Status status = outer.status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(Reason(status), "FIELD_REQUIRED");
  EXPECT_THAT(ViolatedFields(status), ElementsAre("account.legal_name", "account.phone"));
}

TEST(StatusTest, RetryLaterTellsHowLong) {
  const absl::Status status =
      RetryLater(absl::StatusCode::kResourceExhausted, "OVERLOADED", "queue is full", absl::Milliseconds(1500));
  EXPECT_EQ(RetryAfter(status), absl::Milliseconds(1500));
  EXPECT_EQ(RetryAfter(absl::OkStatus()), absl::ZeroDuration());
}

}  // namespace
}  // namespace kam
