#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "common/resource/filter.h"
#include "common/status/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace kam::resource {
namespace {

using mysql::Null;
using mysql::Value;

const absl::Time kNow = absl::FromUnixSeconds(1'790'000'000);
constexpr char kBinding[] = "ListWidgets\nstate = ACTIVE\ntitle\nemployees/E1";

PageTokens Tokens() { return PageTokens(std::string(32, 'k')); }

std::vector<Value> Row() {
  return {Value("\xe5\x8d\x8e\xe4\xb8\x9c"), Null(), Value(int64_t{-7}), Value(kNow + absl::Microseconds(1)),
          Value("I")};
}

std::string ReasonOfOpening(absl::string_view token, absl::string_view binding = kBinding, absl::Time now = kNow) {
  return Reason(Tokens().Open(token, binding, now).status());
}

TEST(PageTokensTest, GivesBackEveryKindOfValue) {
  const std::string token = Tokens().Seal(Row(), kBinding, kNow);
  const absl::StatusOr<std::vector<Value>> values = Tokens().Open(token, kBinding, kNow);
  ASSERT_TRUE(values.ok()) << values.status();
  EXPECT_EQ(*values, Row());
}

TEST(PageTokensTest, KeepsAwkwardValues) {
  const std::vector<std::vector<Value>> rows = {{},
                                                {Value("")},
                                                {Value(std::string("\0\xff\n", 3))},
                                                {Value(std::numeric_limits<int64_t>::min())},
                                                {Value(absl::FromUnixMicros(-62135596800000000))},
                                                {Value(std::string(16000, 'x')), Value(std::string(16000, 'y'))}};
  for (const std::vector<Value>& row : rows) {
    const absl::StatusOr<std::vector<Value>> values = Tokens().Open(Tokens().Seal(row, kBinding, kNow), kBinding, kNow);
    ASSERT_TRUE(values.ok()) << values.status();
    EXPECT_EQ(*values, row);
  }
}

TEST(PageTokensTest, IsSafeInAUrlAndShowsNothing) {
  const std::string token = Tokens().Seal({Value("Acme Corporation")}, kBinding, kNow);
  EXPECT_EQ(token.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"),
            std::string::npos);
  std::string bytes;
  ASSERT_TRUE(absl::WebSafeBase64Unescape(token, &bytes));
  EXPECT_FALSE(absl::StrContains(bytes, "Acme"));
}

TEST(PageTokensTest, NoTwoTokensAreTheSame) {
  EXPECT_NE(Tokens().Seal(Row(), kBinding, kNow), Tokens().Seal(Row(), kBinding, kNow));
}

TEST(PageTokensTest, RefusesEveryChangeOfASingleByte) {
  const std::string token = Tokens().Seal(Row(), kBinding, kNow);
  for (size_t i = 0; i < token.size(); ++i) {
    for (int byte = 0; byte < 256; ++byte) {
      std::string changed = token;
      changed[i] = static_cast<char>(byte);
      if (changed == token) continue;
      ASSERT_EQ(ReasonOfOpening(changed), "PAGE_TOKEN_INVALID") << i << " " << byte;
    }
  }
}

TEST(PageTokensTest, RefusesEveryOtherLengthAndSpelling) {
  const std::string token = Tokens().Seal({Value("I")}, kBinding, kNow);
  for (size_t length = 0; length < token.size(); ++length) {
    EXPECT_EQ(ReasonOfOpening(token.substr(0, length)), "PAGE_TOKEN_INVALID") << length;
  }
  for (const char* more : {"A", "AA", "=", "==", " ", "\n"}) {
    EXPECT_EQ(ReasonOfOpening(token + more), "PAGE_TOKEN_INVALID") << more;
    EXPECT_EQ(ReasonOfOpening(more + token), "PAGE_TOKEN_INVALID") << more;
  }
  EXPECT_EQ(ReasonOfOpening(std::string(200 * 1024, 'A')), "PAGE_TOKEN_INVALID");
}

TEST(PageTokensTest, RefusesOtherArgumentsAndOtherCallers) {
  const std::string token = Tokens().Seal(Row(), kBinding, kNow);
  for (const char* binding :
       {"", "ListWidgets\nstate = ACTIVE\ntitle\nemployees/E2", "ListWidgets\nstate = DRAFT\ntitle\nemployees/E1"}) {
    EXPECT_EQ(ReasonOfOpening(token, binding), "PAGE_TOKEN_INVALID") << binding;
  }
}

TEST(PageTokensTest, RefusesAnotherKey) {
  const std::string token = PageTokens(std::string(32, 'x')).Seal(Row(), kBinding, kNow);
  EXPECT_EQ(ReasonOfOpening(token), "PAGE_TOKEN_INVALID");
}

TEST(PageTokensTest, ExpiresAfterItsLifetime) {
  const std::string token = Tokens().Seal(Row(), kBinding, kNow);
  const absl::Time end = kNow + PageTokens::kLifetime;
  EXPECT_EQ(ReasonOfOpening(token, kBinding, end - absl::Microseconds(1)), "");
  const absl::Status expired = Tokens().Open(token, kBinding, end).status();
  EXPECT_EQ(Reason(expired), "PAGE_TOKEN_EXPIRED");
  EXPECT_EQ(expired.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(ViolatedFields(expired), ::testing::ElementsAre("page_token"));
  // A forged token says nothing of the time.
  EXPECT_EQ(ReasonOfOpening(token, "other", end), "PAGE_TOKEN_INVALID");
}

TEST(PageTokensDeathTest, NeedsAKeyOf32Bytes) {
  ::testing::GTEST_FLAG(death_test_style) = "threadsafe";
  EXPECT_DEATH(PageTokens(std::string(16, 'k')), "32 bytes");
}

}  // namespace
}  // namespace kam::resource
