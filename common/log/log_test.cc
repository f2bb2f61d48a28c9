#include "common/log/log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace kam::log {
namespace {

class LogTest : public ::testing::Test {
 protected:
  LogTest() { Configure("test-svc", Level::kInfo); }
  nlohmann::json Last() const { return nlohmann::json::parse(lines_.back()); }

  std::vector<std::string> lines_;
  ScopedCapture capture_{[this](absl::string_view line) { lines_.emplace_back(line); }};
};

TEST_F(LogTest, ALineIsOneJsonObjectWithTheStandardFields) {
  Info("started", {{"port", 8080}, {"ok", true}, {"ratio", 0.5}, {"name", "x"}});
  ASSERT_EQ(lines_.size(), 1u);
  const nlohmann::json line = Last();
  EXPECT_EQ(line["level"], "info");
  EXPECT_EQ(line["service"], "test-svc");
  EXPECT_EQ(line["msg"], "started");
  EXPECT_EQ(line["port"], 8080);
  EXPECT_EQ(line["ok"], true);
  EXPECT_EQ(line["ratio"], 0.5);
  EXPECT_EQ(line["name"], "x");
  absl::Time time;
  std::string error;
  EXPECT_TRUE(absl::ParseTime(absl::RFC3339_full, std::string(line["ts"]), &time, &error)) << error;
}

TEST_F(LogTest, EveryByteSequenceStaysValidJsonOnOneLine) {
  std::string all;
  for (int first = 0; first < 256; ++first) {
    for (int second = 0; second < 256; ++second) {
      all.assign({static_cast<char>(first), static_cast<char>(second), '\xA0', '\x80', 'z'});
      Info("bytes", {{"value", all}});
      const std::string& line = lines_.back();
      ASSERT_EQ(line.find('\n'), std::string::npos);
      ASSERT_TRUE(nlohmann::json::accept(line)) << first << " " << second;
    }
  }
}

TEST_F(LogTest, TextIsKeptExactly) {
  const std::string text = "quote \" backslash \\ tab \t line \n 大客户 \xF0\x9F\x98\x80 end";
  Info(text, {{"value", text}});
  EXPECT_EQ(Last()["msg"], text);
  EXPECT_EQ(Last()["value"], text);
}

TEST_F(LogTest, LongTextIsCutAtACharacter) {
  std::string text;
  while (text.size() < 2 * kTextBytesMax) text += "客";
  Info("long", {{"value", text}});
  const std::string got = Last()["value"];
  EXPECT_LE(got.size(), kTextBytesMax + 3);
  EXPECT_GE(got.size(), kTextBytesMax - 3);
  EXPECT_EQ(got.substr(got.size() - 6), "客...");
}

TEST_F(LogTest, NumbersThatJsonLacksAreNull) {
  Info("numbers", {{"inf", std::numeric_limits<double>::infinity()}, {"least", std::numeric_limits<int64_t>::min()}});
  EXPECT_TRUE(Last()["inf"].is_null());
  EXPECT_EQ(Last()["least"], std::numeric_limits<int64_t>::min());
}

TEST_F(LogTest, LinesBelowTheLevelAreNotWritten) {
  Debug("hidden");
  EXPECT_TRUE(lines_.empty());
  Configure("test-svc", Level::kError);
  Warning("hidden");
  EXPECT_TRUE(lines_.empty());
  Error("shown");
  EXPECT_EQ(lines_.size(), 1u);
}

TEST_F(LogTest, AnInternalErrorIsLoggedAsErrorAndARefusalIsNot) {
  CallRecord call;
  call.method = "kam.Test/Do";
  call.code = "INTERNAL";
  call.detail = "index broken";
  call.correlation_id = "abc";
  call.duration = absl::Microseconds(1500);
  LogCall(call);
  EXPECT_EQ(Last()["level"], "error");
  EXPECT_EQ(Last()["duration_ms"], 1.5);
  EXPECT_EQ(Last()["correlation_id"], "abc");
  call.code = "PERMISSION_DENIED";
  LogCall(call);
  EXPECT_EQ(Last()["level"], "info");
}

}  // namespace
}  // namespace kam::log
