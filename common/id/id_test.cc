#include "common/id/id.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <thread>
#include <vector>

#include "absl/strings/ascii.h"
#include "common/status/status.h"
#include "common/time/fake_clock.h"

namespace kam {
namespace {

using ::testing::ElementsAre;

const absl::Time kNow = absl::FromUnixMillis(1'767'225'600'123);  // 2026-01-01T00:00:00.123Z

RandomSource Constant(unsigned char byte) {
  return [byte](absl::Span<unsigned char> out) {
    std::fill(out.begin(), out.end(), byte);
    return absl::OkStatus();
  };
}

TEST(IdTest, HoldsTheMillisecondAndEightyRandomBits) {
  FakeClock clock(kNow);
  EXPECT_EQ(*IdGenerator(&clock, Constant(0)).NewId(), "01kdvdna3v0000000000000000");
  EXPECT_EQ(*IdGenerator(&clock, Constant(0xff)).NewId(), "01kdvdna3vzzzzzzzzzzzzzzzz");
  EXPECT_EQ(*TimeOf("01kdvdna3vzzzzzzzzzzzzzzzz"), kNow);
}

TEST(IdTest, GrowsInsideOneMillisecond) {
  FakeClock clock(kNow);
  IdGenerator ids(&clock);
  std::string last;
  for (int i = 0; i < 100'000; ++i) {
    const std::string id = *ids.NewId();
    ASSERT_TRUE(IsId(id)) << id;
    ASSERT_GT(id, last);
    last = id;
  }
  EXPECT_EQ(*TimeOf(last), kNow);
}

TEST(IdTest, GrowsWhenTheClockStepsBack) {
  FakeClock clock(kNow);
  IdGenerator ids(&clock);
  std::string last = *ids.NewId();
  for (int i = 0; i < 1000; ++i) {
    clock.Advance(-absl::Hours(1));
    const std::string id = *ids.NewId();
    ASSERT_GT(id, last);
    last = id;
  }
  EXPECT_EQ(*TimeOf(last), kNow);
  clock.Set(kNow + absl::Seconds(1));
  EXPECT_EQ(*TimeOf(*ids.NewId()), kNow + absl::Seconds(1));
}

TEST(IdTest, ACarryOutOfTheRandomBitsMovesToTheNextMillisecond) {
  FakeClock clock(kNow);
  IdGenerator ids(&clock, Constant(0xff));
  const std::string first = *ids.NewId(), second = *ids.NewId();
  EXPECT_GT(second, first);
  EXPECT_EQ(*TimeOf(second), kNow + absl::Milliseconds(1));
}

TEST(IdTest, NoIdOutsideTheRangeOfTheClock) {
  FakeClock clock(absl::UnixEpoch() - absl::Nanoseconds(1));
  IdGenerator ids(&clock, Constant(0xff));
  EXPECT_EQ(Reason(ids.NewId().status()), "ID_TIME_OUT_OF_RANGE");
  clock.Set(absl::InfiniteFuture());
  EXPECT_EQ(Reason(ids.NewId().status()), "ID_TIME_OUT_OF_RANGE");
  clock.Set(absl::FromUnixMillis((int64_t{1} << 48) - 1));
  EXPECT_EQ(*ids.NewId(), "7zzzzzzzzzzzzzzzzzzzzzzzzz");
  EXPECT_EQ(Reason(ids.NewId().status()), "ID_TIME_OUT_OF_RANGE") << "must not wrap to zero";
}

TEST(IdTest, AFailingRandomSourceIsAnError) {
  FakeClock clock(kNow);
  IdGenerator ids(&clock, [](absl::Span<unsigned char>) {
    return Error(absl::StatusCode::kUnavailable, "RANDOM_UNAVAILABLE", "empty");
  });
  EXPECT_EQ(Reason(ids.NewId().status()), "RANDOM_UNAVAILABLE");
}

TEST(IdTest, ThreadsNeverGetTheSameIdAndEachSeesThemGrow) {
  constexpr int kThreads = 4, kEach = 20'000;
  FakeClock clock(kNow);
  IdGenerator ids(&clock);
  std::vector<std::vector<std::string>> made(kThreads);
  {
    std::vector<std::thread> threads;
    for (auto& mine : made) {
      threads.emplace_back([&ids, &clock, &mine] {
        for (int i = 0; i < kEach; ++i) {
          mine.push_back(ids.NewId().value_or(""));
          if (i % 1000 == 0) clock.Advance(absl::Milliseconds(i % 3 - 1));
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
  }
  std::set<std::string> all;
  for (const auto& mine : made) {
    EXPECT_TRUE(std::is_sorted(mine.begin(), mine.end()));
    all.insert(mine.begin(), mine.end());
  }
  EXPECT_EQ(all.size(), size_t{kThreads * kEach});
  EXPECT_EQ(all.count(""), 0u);
}

TEST(IdTest, OnlyTheCanonicalTextIsAnId) {
  EXPECT_TRUE(IsId("00000000000000000000000000"));
  EXPECT_TRUE(IsId("7zzzzzzzzzzzzzzzzzzzzzzzzz"));
  for (absl::string_view text :
       {"", "0", "8zzzzzzzzzzzzzzzzzzzzzzzzz", "0000000000000000000000000", "000000000000000000000000000",
        "0000000000000000000000000i", "0000000000000000000000000l", "0000000000000000000000000o",
        "0000000000000000000000000u", "0000000000000000000000000Z", "0000000000000000000000000-",
        "a0000000000000000000000000", "0000000000000000000000000\xc3"}) {
    EXPECT_FALSE(IsId(text)) << text;
    EXPECT_EQ(Reason(TimeOf(text).status()), "ID_MALFORMED");
  }
}

TEST(ResourceNameTest, MakesAndParses) {
  const std::string id = "01kdtccvgv0000000000000000";
  EXPECT_EQ(MakeName("accounts", id), "accounts/01kdtccvgv0000000000000000");
  EXPECT_EQ(*ParseName("accounts/01kdtccvgv0000000000000000", "accounts"), id);
  for (absl::string_view name :
       {"", "accounts", "accounts/", "/01kdtccvgv0000000000000000", "01kdtccvgv0000000000000000",
        "account/01kdtccvgv0000000000000000", "contracts/01kdtccvgv0000000000000000",
        "accounts//01kdtccvgv0000000000000000", "accounts/01kdtccvgv0000000000000000/",
        "accounts/01KDTCCVGV0000000000000000", "Accounts/01kdtccvgv0000000000000000", "accounts/-",
        " accounts/01kdtccvgv0000000000000000", "accounts/01kdtccvgv0000000000000000\n"}) {
    const absl::Status status = ParseName(name, "accounts", "contract.account").status();
    EXPECT_EQ(Reason(status), "RESOURCE_NAME_MALFORMED") << name;
    EXPECT_THAT(ViolatedFields(status), ElementsAre("contract.account"));
    EXPECT_EQ(MetadataValue(status, "pattern"), "accounts/{id}");
  }
  EXPECT_LT(ParseName(std::string(1'000'000, 'x'), "accounts").status().message().size(), 300u);
}

TEST(RequestIdTest, AnyUuidTextIsTakenInLowerCase) {
  for (absl::string_view text : {"919108f7-52d1-4320-9bac-f847db4148a8", "C232AB00-9414-11EC-B3C8-9F6BDECED846",
                                 "017F22E2-79B0-7CC3-98C4-DC0C0C07398F", "2489E9AD-2EE2-8E00-8EC9-32D5F69181C0",
                                 "ffffffff-ffff-ffff-ffff-ffffffffffff"}) {
    EXPECT_EQ(*ParseRequestId(text), absl::AsciiStrToLower(text));
  }
  EXPECT_EQ(*ParseRequestId("URN:UUID:919108F7-52d1-4320-9bac-f847db4148a8"), "919108f7-52d1-4320-9bac-f847db4148a8");
}

TEST(RequestIdTest, AnythingElseIsNamed) {
  for (absl::string_view text :
       {"", "1", "919108f752d143209bacf847db4148a8", "919108f7-52d1-4320-9bac-f847db4148a",
        "919108f7-52d1-4320-9bac-f847db4148a8 ", "919108f7-52d1-4320-9bac-f847db4148ag",
        "{919108f7-52d1-4320-9bac-f847db4148a8}", "919108f7052d1-4320-9bac-f847db4148a8",
        "urn:uuid:", "urn:uuid:urn:uuid:919108f7-52d1-4320-9bac-f847db4148a8", "00000000-0000-0000-0000-000000000000",
        "919108f7-52d1-4320-9bac-f847db4148\xc3\xa9"}) {
    const absl::Status status = ParseRequestId(text).status();
    EXPECT_EQ(Reason(status), "REQUEST_ID_MALFORMED") << text;
    EXPECT_THAT(ViolatedFields(status), ElementsAre("request_id"));
  }
}

}  // namespace
}  // namespace kam
