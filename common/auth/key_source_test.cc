#include "common/auth/key_source.h"

#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "common/auth/testing.h"
#include "common/status/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace kam::auth {
namespace {

std::string JwksOf(const std::vector<KeyPtr>& keys) {
  std::string jwks = "{\"keys\":[]}";
  for (const KeyPtr& key : keys) jwks = AddToJwks(jwks, key->PublicJwk()).value();
  return jwks;
}

class FileKeySourceTest : public ::testing::Test {
 protected:
  void Write(const std::string& text) { ASSERT_TRUE(WriteFileAtomically(path_, text, kPublicFileMode).ok()); }
  TemporaryDirectory directory_;
  const std::string path_ = directory_ / "keys.json";
};

TEST_F(FileKeySourceTest, SeesAChangedFileAfterTheIntervalAndNotBefore) {
  const KeyPtr a = NewKey("a"), b = NewKey("b");
  Write(JwksOf({a}));
  FileKeySource source(path_, absl::Seconds(5));
  ASSERT_TRUE(source.Find("a", kNoon).ok());
  Write(JwksOf({b}));
  EXPECT_TRUE(source.Find("a", kNoon + absl::Seconds(4)).ok());
  EXPECT_EQ(Reason(source.Find("b", kNoon + absl::Seconds(4)).status()), "TOKEN_KEY_UNKNOWN");
  EXPECT_TRUE(source.Find("b", kNoon + absl::Seconds(5)).ok());
  EXPECT_EQ(Reason(source.Find("a", kNoon + absl::Seconds(5)).status()), "TOKEN_KEY_UNKNOWN");
}

TEST_F(FileKeySourceTest, KeepsTheLastGoodSetWhenTheFileIsBrokenOrGone) {
  Write(JwksOf({NewKey("a")}));
  FileKeySource source(path_, absl::Seconds(1));
  ASSERT_TRUE(source.Find("a", kNoon).ok());
  Write("{\"keys\":");
  EXPECT_TRUE(source.Find("a", kNoon + absl::Seconds(1)).ok());
  std::filesystem::remove(path_);
  EXPECT_TRUE(source.Find("a", kNoon + absl::Seconds(2)).ok());
  Write(JwksOf({NewKey("b")}));
  EXPECT_TRUE(source.Find("b", kNoon + absl::Seconds(3)).ok());
}

TEST_F(FileKeySourceTest, WaitsForAFileThatComesLater) {
  FileKeySource source(path_, absl::Seconds(1));
  EXPECT_EQ(source.Find("a", kNoon).status().code(), absl::StatusCode::kUnavailable);
  Write(JwksOf({NewKey("a")}));
  EXPECT_TRUE(source.Find("a", kNoon + absl::Seconds(1)).ok());
}

TEST_F(FileKeySourceTest, TheCheckTellsWhetherThereAreKeys) {
  FileKeySource source(path_, absl::Seconds(1));
  EXPECT_EQ(Reason(source.Check(kNoon)), "KEYS_UNAVAILABLE");
  Write(JwksOf({}));
  EXPECT_EQ(Reason(source.Check(kNoon + absl::Seconds(1))), "KEYS_UNAVAILABLE");
  Write(JwksOf({NewKey("a")}));
  EXPECT_EQ(source.Check(kNoon + absl::Seconds(2)), absl::OkStatus());
  std::filesystem::remove(path_);
  EXPECT_EQ(source.Check(kNoon + absl::Seconds(3)), absl::OkStatus()) << "the last good set is in force";
}

TEST_F(FileKeySourceTest, AClockSetBackDoesNotStopIt) {
  Write(JwksOf({NewKey("a")}));
  FileKeySource source(path_, absl::Seconds(1));
  ASSERT_TRUE(source.Find("a", kNoon).ok());
  Write(JwksOf({NewKey("b")}));
  EXPECT_TRUE(source.Find("b", kNoon - absl::Hours(1)).ok());
}

class HttpKeySourceTest : public ::testing::Test {
 protected:
  HttpKeySourceTest()
      : source_(HttpKeySource::Options{.url = "https://id.example/keys"}, [this] {
          ++fetches_;
          return answer_;
        }) {}
  std::string ReasonOf(const std::string& kid, absl::Duration after) {
    const auto key = source_.Find(kid, kNoon + after);
    return key.ok() ? "OK" : Reason(key.status());
  }

  int fetches_ = 0;
  absl::StatusOr<std::string> answer_ = JwksOf({NewKey("a")});
  HttpKeySource source_;
};

TEST_F(HttpKeySourceTest, FetchesOnceAndThenAnswersFromMemory) {
  for (int i = 0; i < 100; ++i) EXPECT_EQ(ReasonOf("a", absl::Seconds(i)), "OK");
  EXPECT_EQ(fetches_, 1);
}

TEST_F(HttpKeySourceTest, UnknownKeysFetchAtMostOnceAMinute) {
  ASSERT_EQ(ReasonOf("a", absl::ZeroDuration()), "OK");
  for (int second = 0; second < 300; ++second) {
    for (int i = 0; i < 20; ++i) {
      EXPECT_EQ(ReasonOf(absl::StrCat("guess", second, "-", i), absl::Seconds(second)), "TOKEN_KEY_UNKNOWN");
    }
  }
  EXPECT_EQ(fetches_, 5);  // At 0, 60, 120, 180 and 240 s.
}

TEST_F(HttpKeySourceTest, ARotatedKeyIsFoundWithinAMinute) {
  ASSERT_EQ(ReasonOf("a", absl::ZeroDuration()), "OK");
  answer_ = JwksOf({NewKey("b")});
  EXPECT_EQ(ReasonOf("b", absl::Seconds(59)), "TOKEN_KEY_UNKNOWN");
  EXPECT_EQ(ReasonOf("b", absl::Seconds(60)), "OK");
  EXPECT_EQ(ReasonOf("a", absl::Seconds(61)), "TOKEN_KEY_UNKNOWN");
}

TEST_F(HttpKeySourceTest, AWithdrawnKeyIsGoodForTenMinutesAtMost) {
  ASSERT_EQ(ReasonOf("a", absl::ZeroDuration()), "OK");
  answer_ = JwksOf({NewKey("b")});
  EXPECT_EQ(ReasonOf("a", absl::Minutes(10) - absl::Nanoseconds(1)), "OK");
  EXPECT_EQ(ReasonOf("a", absl::Minutes(10)), "TOKEN_KEY_UNKNOWN");
}

TEST_F(HttpKeySourceTest, WhileTheAddressFailsTheOldKeysServeForADayAndTheFetchesStayBounded) {
  ASSERT_EQ(ReasonOf("a", absl::ZeroDuration()), "OK");
  answer_ = absl::UnavailableError("down");
  for (int second = 0; second <= 3600; ++second) ASSERT_EQ(ReasonOf("a", absl::Seconds(second)), "OK") << second;
  EXPECT_EQ(fetches_, 1 + 51);  // Every minute from the tenth to the sixtieth.
  answer_ = std::string("{}");  // An answer that is no key set is a failure too.
  EXPECT_EQ(ReasonOf("a", absl::Hours(24) - absl::Seconds(1)), "OK");
  EXPECT_EQ(ReasonOf("a", absl::Hours(24)), "KEYS_UNAVAILABLE");
  answer_ = JwksOf({NewKey("a")});
  EXPECT_EQ(ReasonOf("a", absl::Hours(24) + absl::Minutes(1)), "OK");
}

TEST_F(HttpKeySourceTest, TheCheckFetchesAndKnowsWhenTheKeysAreTooOld) {
  const auto check = [&](absl::Duration after) { return Reason(source_.Check(kNoon + after)); };
  EXPECT_EQ(check(absl::ZeroDuration()), "");
  EXPECT_EQ(fetches_, 1) << "before any token came";
  EXPECT_EQ(check(absl::Minutes(9)), "");
  EXPECT_EQ(fetches_, 1);
  answer_ = absl::UnavailableError("down");
  EXPECT_EQ(check(absl::Hours(24) - absl::Seconds(1)), "");
  EXPECT_EQ(fetches_, 2);
  EXPECT_EQ(check(absl::Hours(24)), "KEYS_UNAVAILABLE");
  answer_ = JwksOf({NewKey("b")});
  EXPECT_EQ(check(absl::Hours(24) + absl::Minutes(1)), "");
  EXPECT_EQ(ReasonOf("b", absl::Hours(24) + absl::Minutes(1)), "OK");
}

TEST_F(HttpKeySourceTest, WithoutAnyKeysItTriesEveryFiveSeconds) {
  answer_ = absl::UnavailableError("down");
  for (int second = 0; second < 20; ++second) EXPECT_EQ(ReasonOf("a", absl::Seconds(second)), "KEYS_UNAVAILABLE");
  EXPECT_EQ(fetches_, 4);
}

TEST(HttpKeySourceThreadsTest, WhileOneThreadFetchesNobodyElseWaits) {
  std::mutex mutex;
  std::condition_variable changed;
  bool release = false;
  std::atomic<int> fetches = 0;
  const KeyPtr a = NewKey("a"), b = NewKey("b");
  const std::string first = JwksOf({a}), second = JwksOf({a, b});
  HttpKeySource source(HttpKeySource::Options{}, [&]() -> absl::StatusOr<std::string> {
    const int number = ++fetches;
    std::unique_lock<std::mutex> lock(mutex);
    changed.notify_all();
    changed.wait(lock, [&] { return release; });
    return number == 1 ? first : second;
  });
  // `meanwhile` runs while a thread that looks for `kid` hangs in a fetch; whether that thread finds the key.
  const auto with_fetch = [&](const char* kid, absl::Time now, const std::function<void()>& meanwhile) {
    release = false;
    const int before = fetches;
    bool found = false;
    std::thread thread([&] { found = source.Find(kid, now).ok(); });
    {
      std::unique_lock<std::mutex> lock(mutex);
      changed.wait(lock, [&] { return fetches > before; });
    }
    meanwhile();
    {
      const std::lock_guard<std::mutex> lock(mutex);
      release = true;
    }
    changed.notify_all();
    thread.join();
    return found;
  };
  // Nothing is known yet.
  EXPECT_TRUE(with_fetch("a", kNoon, [&] {
    EXPECT_EQ(Reason(source.Find("a", kNoon).status()), "KEYS_UNAVAILABLE");
    EXPECT_EQ(Reason(source.Check(kNoon)), "KEYS_UNAVAILABLE");
  }));
  EXPECT_TRUE(source.Find("a", kNoon).ok());
  // The identity provider hangs while somebody brings a key that nobody knows: who has a known key is answered.
  const absl::Time later = kNoon + absl::Minutes(2);
  EXPECT_TRUE(with_fetch("b", later, [&] {
    EXPECT_TRUE(source.Find("a", later).ok());
    const absl::Status unknown = source.Find("nobody's", later).status();
    EXPECT_EQ(Reason(unknown), "KEYS_UNAVAILABLE");
    EXPECT_EQ(unknown.code(), absl::StatusCode::kUnavailable);
  }));
  EXPECT_TRUE(source.Find("b", later).ok());
  EXPECT_EQ(Reason(source.Find("nobody's", later).status()), "TOKEN_KEY_UNKNOWN");
  EXPECT_EQ(fetches, 2);
}

TEST(HttpKeySourceCreateTest, TakesOnlyHttps) {
  for (const char* url : {"", "http://id.example/keys", "file:///etc/passwd", "httpsx://a"}) {
    EXPECT_EQ(Reason(HttpKeySource::Create({.url = url}).status()), "URL_INVALID") << url;
    EXPECT_EQ(Reason(FetchHttps(url, "", absl::Seconds(1)).status()), "URL_INVALID") << url;
  }
  EXPECT_TRUE(HttpKeySource::Create({.url = "https://id.example/keys"}).ok());
}

}  // namespace
}  // namespace kam::auth
