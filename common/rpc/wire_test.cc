#include "common/rpc/wire.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/status/status.h"

namespace kam::rpc {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

absl::Status OverTheWire(const absl::Status& status) {
  const WireStatus wire = ToWire(status);
  return FromRpcStatusBytes(static_cast<absl::StatusCode>(wire.code), wire.message, wire.details);
}

TEST(WireTest, HiddenErrorsKeepOnlyTheCorrelationId) {
  for (absl::StatusCode code : {absl::StatusCode::kInternal, absl::StatusCode::kUnknown, absl::StatusCode::kDataLoss}) {
    const absl::Status secret = Error(code, "TABLE_BROKEN", "table secret_table", {{"table", "secret_table"}});
    const absl::Status got = OverTheWire(Public(secret, "0123456789abcdef"));
    EXPECT_EQ(got.code(), code);
    EXPECT_THAT(got.ToString(), Not(HasSubstr("secret_table")));
    EXPECT_EQ(Reason(got), "INTERNAL");
    EXPECT_EQ(MetadataValue(got, "correlationId"), "0123456789abcdef");
    EXPECT_EQ(got.message(), "internal error; correlation id 0123456789abcdef");
  }
}

TEST(WireTest, OtherErrorsAreUnchanged) {
  const absl::Status status =
      FailedPrecondition("NOT_DRAFT", "contracts/1", "contract is SIGNED", {{"state", "SIGNED"}});
  EXPECT_EQ(OverTheWire(Public(status, "x")), status);
}

TEST(WireTest, EveryErrorHasAReason) {
  const absl::Status got = OverTheWire(Public(absl::OutOfRangeError("page 9"), "x"));
  EXPECT_EQ(Reason(got), "OUT_OF_RANGE");
  EXPECT_EQ(got.message(), "page 9");
}

TEST(WireTest, OversizeErrorsAreReducedToWhatFitsTheTrailers) {
  FieldViolations violations;
  for (int i = 0; i < 50; ++i) violations.Add("field", "FIELD_TOO_LONG", std::string(1000, 'x'));
  const WireStatus reduced = ToWire(violations.status());
  EXPECT_LE(reduced.details.size(), kDetailsBytesMax);
  const absl::Status got = FromRpcStatusBytes(absl::StatusCode::kInvalidArgument, reduced.message, reduced.details);
  EXPECT_EQ(Reason(got), "FIELD_TOO_LONG");
  EXPECT_TRUE(ViolatedFields(got).empty());

  std::string text;
  while (text.size() < 2 * kMessageBytesMax) text += "客";
  const WireStatus cut = ToWire(Error(absl::StatusCode::kAborted, "A", text, {{"big", std::string(20'000, 'x')}}));
  EXPECT_LE(cut.message.size(), kMessageBytesMax + 3);
  EXPECT_EQ(cut.message.substr(cut.message.size() - 6), "客...");
  EXPECT_TRUE(cut.details.empty());
}

TEST(WireTest, OkHasNoDetails) {
  const WireStatus wire = ToWire(Public(absl::OkStatus(), "x"));
  EXPECT_EQ(wire.code, 0);
  EXPECT_TRUE(wire.message.empty());
  EXPECT_TRUE(wire.details.empty());
}

TEST(WireTest, TraceparentIsCheckedStrictly) {
  const std::string good = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  EXPECT_TRUE(IsTraceparent(good));
  for (const char* bad : {"", "00", "00-0AF7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                          "01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                          "00-00000000000000000000000000000000-b7ad6b7169203331-01",
                          "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
                          "00-0af7651916cd43dd8448eb211c80319c_b7ad6b7169203331-01",
                          "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0g"}) {
    EXPECT_FALSE(IsTraceparent(bad)) << bad;
  }
  EXPECT_TRUE(IsTraceparent(NewTraceparent()));
  const std::string child = ChildTraceparent(good);
  EXPECT_TRUE(IsTraceparent(child)) << child;
  EXPECT_EQ(child.substr(0, 35), good.substr(0, 35));
  EXPECT_EQ(child.substr(52), good.substr(52));
  EXPECT_NE(child, good);
  EXPECT_TRUE(IsTraceparent(ChildTraceparent("garbage")));
}

TEST(WireTest, CorrelationIdsDiffer) {
  EXPECT_EQ(NewCorrelationId().size(), 16u);
  EXPECT_NE(NewCorrelationId(), NewCorrelationId());
}

}  // namespace
}  // namespace kam::rpc
