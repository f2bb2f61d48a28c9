#include "gateway/http/head.h"

#include <iterator>
#include <random>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace kam::http {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;
using Result = HeadParser::Result;

TEST(HeadParserTest, ReadsARequestInOnePiece) {
  HeadParser parser{HeadLimits()};
  const std::string text =
      "GET /v1/accounts/a1?page_size=5&x=%20 HTTP/1.1\r\nHost: kam.example:8443\r\nX-Two:  a b \t\r\n\r\nrest";
  ASSERT_EQ(parser.Parse(text), Result::kDone);
  EXPECT_EQ(parser.size(), text.size() - 4);
  EXPECT_EQ(parser.head().method, "GET");
  EXPECT_EQ(parser.head().target, "/v1/accounts/a1?page_size=5&x=%20");
  EXPECT_EQ(parser.head().path, "/v1/accounts/a1");
  EXPECT_EQ(parser.head().query, "page_size=5&x=%20");
  EXPECT_THAT(parser.head().headers, ElementsAre(Pair("host", "kam.example:8443"), Pair("x-two", "a b")));
  EXPECT_TRUE(parser.head().keep_alive);
  EXPECT_FALSE(parser.head().chunked);
  EXPECT_FALSE(parser.head().content_length.has_value());
}

TEST(HeadParserTest, ByteByByteGivesTheSameAsAtOnce) {
  const std::string text = "\r\nPOST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 12\r\nExpect: 100-Continue\r\n\r\n";
  HeadParser parser{HeadLimits()};
  for (size_t size = 1; size < text.size(); ++size) {
    ASSERT_EQ(parser.Parse(absl::string_view(text).substr(0, size)), Result::kNeedMore) << size;
  }
  ASSERT_EQ(parser.Parse(text), Result::kDone);
  EXPECT_EQ(parser.size(), text.size());
  EXPECT_EQ(parser.head().content_length, 12u);
  EXPECT_TRUE(parser.head().expect_continue);
}

TEST(HeadParserTest, ABadLineIsRefusedAsSoonAsItEnds) {
  HeadParser parser{HeadLimits()};
  EXPECT_EQ(parser.Parse("GET http://a/ HTTP/1.1\r\n"), Result::kError);
  EXPECT_EQ(parser.error().reason, "BAD_TARGET");
}

TEST(HeadParserTest, ATargetWithoutEndIsRefusedBeforeTheHeadLimit) {
  HeadLimits limits;
  limits.target_bytes = 64;
  HeadParser parser(limits);
  EXPECT_EQ(parser.Parse("GET /" + std::string(200, 'a')), Result::kError);
  EXPECT_EQ(parser.error().status, 414);
}

TEST(HeadParserTest, ConnectionCloseAndHttp10EndTheConnection) {
  HeadParser close{HeadLimits()};
  ASSERT_EQ(close.Parse("GET / HTTP/1.1\r\nHost: h\r\nConnection: TE, Close\r\n\r\n"), Result::kDone);
  EXPECT_FALSE(close.head().keep_alive);
  HeadParser old{HeadLimits()};
  ASSERT_EQ(old.Parse("GET / HTTP/1.0\r\nHost: h\r\nExpect: 100-continue\r\n\r\n"), Result::kDone);
  EXPECT_FALSE(old.head().keep_alive);
  EXPECT_FALSE(old.head().expect_continue);
}

TEST(HeadParserTest, TheLimitsAreInclusive) {
  HeadLimits limits;
  limits.headers = 2;
  limits.target_bytes = 4;
  HeadParser at(limits);
  EXPECT_EQ(at.Parse("GET /abc HTTP/1.1\r\nHost: h\r\na: b\r\n\r\n"), Result::kDone);
  HeadParser target(limits);
  EXPECT_EQ(target.Parse("GET /abcd HTTP/1.1\r\n"), Result::kError);
  EXPECT_EQ(target.error().status, 414);
  HeadParser headers(limits);
  EXPECT_EQ(headers.Parse("GET /abc HTTP/1.1\r\nHost: h\r\na: b\r\nc: d\r\n"), Result::kError);
  EXPECT_EQ(headers.error().reason, "TOO_MANY_HEADERS");
  const std::string text = "GET /a HTTP/1.1\r\nHost: h\r\n\r\n";
  limits.head_bytes = text.size();
  HeadParser whole(limits);
  EXPECT_EQ(whole.Parse(text), Result::kDone);
  limits.head_bytes = text.size() - 1;
  HeadParser over(limits);
  EXPECT_EQ(over.Parse(text), Result::kError);
  EXPECT_EQ(over.error().status, 431);
}

// A request that is accepted has one reading only.
void ExpectUnambiguous(const Head& head) {
  int hosts = 0, lengths = 0, encodings = 0;
  for (const auto& [name, value] : head.headers) {
    hosts += name == "host" ? 1 : 0;
    lengths += name == "content-length" ? 1 : 0;
    encodings += name == "transfer-encoding" ? 1 : 0;
    for (const char c : name + value) {
      EXPECT_NE(c, '\r');
      EXPECT_NE(c, '\n');
      EXPECT_NE(c, '\0');
    }
  }
  EXPECT_EQ(hosts, 1);
  EXPECT_LE(lengths + encodings, 1);
  EXPECT_EQ(head.content_length.has_value(), lengths == 1);
  EXPECT_EQ(head.chunked, encodings == 1);
  EXPECT_TRUE(head.path == "*" || head.path.front() == '/');
}

TEST(HeadParserTest, DamagedRequestsAreReadAlikeInOnePieceAndByteByByteAndNeverInTwoWays) {
  const std::string parts[] = {"GET ",
                               "POST ",
                               "/a/b",
                               "?c=d",
                               "%2e",
                               "..",
                               " HTTP/1.1",
                               "\r\n",
                               "\n",
                               "\r",
                               "Host: h",
                               "Content-Length: 3",
                               "Transfer-Encoding: chunked",
                               "\r\n\r\n",
                               ": ",
                               " ",
                               "\t",
                               "\x0b",
                               std::string(1, '\0'),
                               "x-a: b",
                               "5, 5",
                               "+",
                               "0",
                               "Expect: 100-continue",
                               "Connection: close"};
  std::mt19937 random(20261121);
  const auto pick = [&](size_t below) { return std::uniform_int_distribution<size_t>(0, below - 1)(random); };
  int accepted = 0;
  for (int round = 0; round < 20000; ++round) {
    std::string text = "POST /v1/clients?x=1 HTTP/1.1\r\nHost: kam\r\nContent-Length: 3\r\nX-Name: value\r\n\r\nabc";
    for (size_t i = pick(4); i > 0; --i) {
      const size_t at = pick(text.size());
      switch (pick(3)) {
        case 0:
          text.insert(at, parts[pick(std::size(parts))]);
          break;
        case 1:
          text.erase(at, 1 + pick(5));
          break;
        default:
          text[at] = static_cast<char>(pick(256));
      }
      if (text.empty()) text = "x";
    }
    HeadParser whole{HeadLimits()};
    const Result at_once = whole.Parse(text);
    HeadParser pieces{HeadLimits()};
    Result piecewise = Result::kNeedMore;
    for (size_t size = 1; size <= text.size() && piecewise == Result::kNeedMore; ++size) {
      piecewise = pieces.Parse(absl::string_view(text).substr(0, size));
    }
    ASSERT_EQ(at_once, piecewise) << text;
    if (at_once == Result::kError) {
      ASSERT_EQ(whole.error().reason, pieces.error().reason) << text;
    } else if (at_once == Result::kDone) {
      ++accepted;
      ASSERT_EQ(whole.size(), pieces.size());
      ASSERT_EQ(whole.head().headers, pieces.head().headers);
      ExpectUnambiguous(whole.head());
    }
  }
  // The damage is not so great that nothing is accepted any more.
  EXPECT_GT(accepted, 1000);
}

}  // namespace
}  // namespace kam::http
