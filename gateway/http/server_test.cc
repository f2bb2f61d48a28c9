#include "gateway/http/server.h"

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "absl/time/clock.h"
#include "common/status/status.h"
#include "gateway/http/raw_client.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace kam::http {
namespace {

using ::testing::HasSubstr;

// Answers with what it saw.
void Echo(HttpRequest request, Done done) {
  HttpResponse response;
  response.headers.emplace_back("Content-Type", "text/plain");
  response.body = absl::StrCat(request.method, " ", request.path, " ", request.query, " ", request.body);
  done(std::move(response));
}

ServerOptions PlainOptions() {
  ServerOptions options;
  options.plain = true;
  options.linger_timeout = absl::Milliseconds(200);
  return options;
}

std::unique_ptr<HttpServer> StartOrDie(ServerOptions options, HttpHandler handler) {
  absl::StatusOr<std::unique_ptr<HttpServer>> server = HttpServer::Start(std::move(options), std::move(handler));
  if (!server.ok()) {
    ADD_FAILURE() << server.status();
    std::abort();
  }
  return *std::move(server);
}

// Holds requests back until the test lets them go.
class Gate {
 public:
  HttpHandler Handler() {
    return [this](HttpRequest, Done done) {
      const std::lock_guard<std::mutex> lock(mutex_);
      held_.push_back(std::move(done));
      changed_.notify_all();
    };
  }
  void WaitForHeld(size_t count) {
    std::unique_lock<std::mutex> lock(mutex_);
    changed_.wait(lock, [&] { return held_.size() >= count; });
  }
  void Release() {
    std::vector<Done> held;
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      held.swap(held_);
    }
    for (const Done& done : held) done(HttpResponse());
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Done> held_;
};

struct BadRequest {
  const char* name;
  std::string bytes;
  int status;
  const char* reason;
};

std::string Get(absl::string_view lines, absl::string_view target = "/") {
  return absl::StrCat("GET ", target, " HTTP/1.1\r\nHost: h\r\n", lines, "\r\n");
}
std::string Post(absl::string_view lines, absl::string_view body) {
  return absl::StrCat("POST / HTTP/1.1\r\nHost: h\r\n", lines, "\r\n", body);
}

class BadRequestTest : public ::testing::TestWithParam<BadRequest> {};

TEST_P(BadRequestTest, IsRefusedWithAProblemAndTheConnectionCloses) {
  std::atomic<int> handled = 0;
  const auto server = StartOrDie(PlainOptions(), [&](HttpRequest, Done done) {
    ++handled;
    done(HttpResponse());
  });
  RawClient client(server->port());
  ASSERT_TRUE(client.Send(GetParam().bytes));
  const RawResponse response = client.Receive();
  EXPECT_EQ(response.status, GetParam().status) << response.body;
  EXPECT_EQ(response.Header("content-type"), "application/problem+json");
  EXPECT_EQ(response.Header("connection"), "close");
  EXPECT_THAT(response.body, HasSubstr(absl::StrCat("\"reason\":\"", GetParam().reason, "\"")));
  EXPECT_TRUE(client.WaitForClose());
  EXPECT_EQ(handled, 0);
  EXPECT_EQ(server->stats().requests_refused, 1);
}

const std::string kNul("GET / HTTP/1.1\r\nHost: h\r\na: b\0c\r\n\r\n", 35);
// A second request that a lenient reader would find behind the first.
constexpr char kSmuggled[] = "GET /admin HTTP/1.1\r\nHost: h\r\n\r\n";

INSTANTIATE_TEST_SUITE_P(
    Table, BadRequestTest,
    ::testing::Values(
        BadRequest{"LengthAndChunked",
                   Post("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", absl::StrCat("0\r\n\r\n", kSmuggled)),
                   400, "AMBIGUOUS_BODY_LENGTH"},
        BadRequest{"ChunkedAndLength",
                   Post("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", absl::StrCat("0\r\n\r\n", kSmuggled)),
                   400, "AMBIGUOUS_BODY_LENGTH"},
        BadRequest{"TwoLengths", Post("Content-Length: 5\r\nContent-Length: 6\r\n", "abcdef"), 400, "DUPLICATE_HEADER"},
        BadRequest{"SameLengthTwice", Post("Content-Length: 5\r\nContent-Length: 5\r\n", "abcde"), 400,
                   "DUPLICATE_HEADER"},
        BadRequest{"LengthList", Post("Content-Length: 5, 5\r\n", "abcde"), 400, "BAD_CONTENT_LENGTH"},
        BadRequest{"LengthWithPlus", Post("Content-Length: +5\r\n", "abcde"), 400, "BAD_CONTENT_LENGTH"},
        BadRequest{"LengthWithMinus", Post("Content-Length: -5\r\n", "abcde"), 400, "BAD_CONTENT_LENGTH"},
        BadRequest{"LengthPadded", Post("Content-Length: 005\r\n", "abcde"), 400, "BAD_CONTENT_LENGTH"},
        BadRequest{"LengthHex", Post("Content-Length: 0x5\r\n", "abcde"), 400, "BAD_CONTENT_LENGTH"},
        BadRequest{"LengthEmpty", Post("Content-Length:\r\n", "abcde"), 400, "BAD_CONTENT_LENGTH"},
        BadRequest{"LengthOverflow", Post("Content-Length: 18446744073709551617\r\n", "a"), 400, "BAD_CONTENT_LENGTH"},
        BadRequest{"LengthWithVerticalTab",
                   Post("Content-Length: \x0b"
                        "5\r\n",
                        "abcde"),
                   400, "BAD_HEADER_VALUE"},
        BadRequest{"UnknownCoding", Post("Transfer-Encoding: gzip\r\n", "x"), 501, "TRANSFER_CODING_NOT_IMPLEMENTED"},
        BadRequest{"CodingList", Post("Transfer-Encoding: gzip, chunked\r\n", "0\r\n\r\n"), 501,
                   "TRANSFER_CODING_NOT_IMPLEMENTED"},
        BadRequest{"ChunkedTwice", Post("Transfer-Encoding: chunked, chunked\r\n", "0\r\n\r\n"), 501,
                   "TRANSFER_CODING_NOT_IMPLEMENTED"},
        BadRequest{"TwoCodings", Post("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n", "0\r\n\r\n"),
                   400, "DUPLICATE_HEADER"},
        BadRequest{"CodingHiddenByBlank", Post("Transfer-Encoding : chunked\r\n", "0\r\n\r\n"), 400, "BAD_HEADER_NAME"},
        BadRequest{"CodingHiddenByControl",
                   Post("Transfer-Encoding: \x0b"
                        "chunked\r\n",
                        "0\r\n\r\n"),
                   400, "BAD_HEADER_VALUE"},
        BadRequest{"CodingInHttp10", "POST / HTTP/1.0\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400,
                   "AMBIGUOUS_BODY_LENGTH"},
        BadRequest{"ChunkSizeNotHex", Post("Transfer-Encoding: chunked\r\n", "xyz\r\nabc\r\n0\r\n\r\n"), 400,
                   "BAD_CHUNK"},
        BadRequest{"ChunkSizeNegative", Post("Transfer-Encoding: chunked\r\n", "-1\r\nabc\r\n0\r\n\r\n"), 400,
                   "BAD_CHUNK"},
        BadRequest{"ChunkSizeOverflow", Post("Transfer-Encoding: chunked\r\n", "10000000000000001\r\na\r\n0\r\n\r\n"),
                   400, "BAD_CHUNK"},
        BadRequest{"ChunkSizeWithPrefix", Post("Transfer-Encoding: chunked\r\n", "0x3\r\nabc\r\n0\r\n\r\n"), 400,
                   "BAD_CHUNK"},
        BadRequest{"ChunkLongerThanItSays", Post("Transfer-Encoding: chunked\r\n", "3\r\nabcd\r\n0\r\n\r\n"), 400,
                   "BAD_CHUNK"},
        BadRequest{"ChunkEndsWithBareLf", Post("Transfer-Encoding: chunked\r\n", "3\nabc\n0\n\n\r\n\r\n"), 400,
                   "BAD_CHUNK"},
        BadRequest{"ChunkExtensionTooLong",
                   Post("Transfer-Encoding: chunked\r\n", "3;a=" + std::string(300, 'x') + "\r\nabc\r\n0\r\n\r\n"), 400,
                   "BAD_CHUNK"},
        BadRequest{"FoldedHeader", Get("a: b\r\n c\r\n"), 400, "FOLDED_HEADER"},
        BadRequest{"FoldedFirstHeader", "GET / HTTP/1.1\r\n Host: h\r\n\r\n", 400, "FOLDED_HEADER"},
        BadRequest{"NulInHeader", kNul, 400, "BAD_CHARACTER"},
        BadRequest{"BareLfAfterHeader", "GET / HTTP/1.1\r\nHost: h\r\na: b\nc: d\r\n\r\n", 400, "BAD_LINE_ENDING"},
        BadRequest{"BareCrInHeader", "GET / HTTP/1.1\r\nHost: h\r\na: b\rc: d\r\n\r\n", 400, "BAD_LINE_ENDING"},
        BadRequest{"BareLfEverywhere", "GET / HTTP/1.1\nHost: h\n\n", 400, "BAD_LINE_ENDING"},
        BadRequest{"BlankBeforeColon", Get("a : b\r\n"), 400, "BAD_HEADER_NAME"},
        BadRequest{"EmptyHeaderName", Get(": b\r\n"), 400, "BAD_HEADER_NAME"},
        BadRequest{"HeaderWithoutColon", Get("abc\r\n"), 400, "BAD_HEADER_NAME"},
        BadRequest{"HeaderNameNotAscii", Get("\xc3\xa4: b\r\n"), 400, "BAD_HEADER_NAME"},
        BadRequest{"ControlInHeader", Get("a: b\x07\r\n"), 400, "BAD_HEADER_VALUE"},
        BadRequest{"Http09", "GET /\r\n", 400, "BAD_REQUEST_LINE"},
        BadRequest{"Http2Preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505, "VERSION_NOT_SUPPORTED"},
        BadRequest{"Http12", "GET / HTTP/1.2\r\nHost: h\r\n\r\n", 505, "VERSION_NOT_SUPPORTED"},
        BadRequest{"LowerCaseVersion", "GET / http/1.1\r\nHost: h\r\n\r\n", 400, "BAD_REQUEST_LINE"},
        BadRequest{"TlsHello", std::string("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\n", 12), 400, "BAD_CHARACTER"},
        BadRequest{"AbsoluteTarget", Get("", "http://other/"), 400, "BAD_TARGET"},
        BadRequest{"AuthorityTarget", Get("", "other:443"), 400, "BAD_TARGET"},
        BadRequest{"StarTarget", Get("", "*"), 400, "BAD_TARGET"},
        BadRequest{"DotSegment", Get("", "/v1/../admin"), 400, "BAD_TARGET"},
        BadRequest{"EscapedDotSegment", Get("", "/v1/%2E%2e/admin"), 400, "BAD_TARGET"},
        BadRequest{"EscapedNul", Get("", "/v1/a%00"), 400, "BAD_TARGET"},
        BadRequest{"BrokenEscape", Get("", "/v1/a%2"), 400, "BAD_TARGET"},
        BadRequest{"Backslash", Get("", "/v1\\a"), 400, "BAD_TARGET"},
        BadRequest{"Fragment", Get("", "/v1?a#b"), 400, "BAD_TARGET"},
        BadRequest{"BlankInTarget", "GET /a b HTTP/1.1\r\nHost: h\r\n\r\n", 400, "BAD_TARGET"},
        BadRequest{"TwoBlanks", "GET  / HTTP/1.1\r\nHost: h\r\n\r\n", 400, "BAD_TARGET"},
        BadRequest{"NoHost", "GET / HTTP/1.1\r\n\r\n", 400, "MISSING_HOST"},
        BadRequest{"TwoHosts", Get("Host: other\r\n"), 400, "DUPLICATE_HEADER"},
        BadRequest{"HostWithPath", "GET / HTTP/1.1\r\nHost: h/admin\r\n\r\n", 400, "BAD_HOST"},
        BadRequest{"HostList", "GET / HTTP/1.1\r\nHost: a, b\r\n\r\n", 400, "BAD_HOST"},
        BadRequest{"EmptyHost", "GET / HTTP/1.1\r\nHost:\r\n\r\n", 400, "BAD_HOST"},
        BadRequest{"MethodNotAToken", "GE(T / HTTP/1.1\r\nHost: h\r\n\r\n", 400, "BAD_METHOD"},
        BadRequest{"EmptyMethod", " / HTTP/1.1\r\nHost: h\r\n\r\n", 400, "BAD_METHOD"},
        BadRequest{"UnknownMethod", "BREW / HTTP/1.1\r\nHost: h\r\n\r\n", 501, "METHOD_NOT_IMPLEMENTED"},
        BadRequest{"LowerCaseMethod", "get / HTTP/1.1\r\nHost: h\r\n\r\n", 501, "METHOD_NOT_IMPLEMENTED"},
        BadRequest{"Connect", "CONNECT h:443 HTTP/1.1\r\nHost: h\r\n\r\n", 501, "METHOD_NOT_IMPLEMENTED"},
        BadRequest{"Trace", "TRACE / HTTP/1.1\r\nHost: h\r\n\r\n", 501, "METHOD_NOT_IMPLEMENTED"},
        BadRequest{"UnknownExpectation", Post("Expect: 200-ok\r\nContent-Length: 1\r\n", "a"), 417,
                   "EXPECTATION_FAILED"},
        BadRequest{"TwoEmptyLinesFirst", absl::StrCat("\r\n\r\n", Get("")), 400, "BAD_REQUEST_LINE"},
        BadRequest{"TwoAuthorizations", Get("Authorization: Bearer a\r\nAuthorization: Bearer b\r\n"), 400,
                   "DUPLICATE_HEADER"},
        BadRequest{"HeadTooLong", Get("a: " + std::string(20000, 'x') + "\r\n"), 431, "HEADERS_TOO_LARGE"},
        BadRequest{"TooManyHeaders", Get([] {
                     std::string lines;
                     for (int i = 0; i < 100; ++i) absl::StrAppend(&lines, "a", i, ": b\r\n");
                     return lines;
                   }()),
                   431, "TOO_MANY_HEADERS"},
        BadRequest{"TargetTooLong", Get("", "/" + std::string(8192, 'x')), 414, "TARGET_TOO_LONG"},
        BadRequest{"BodyTooLongAnnounced", Post("Content-Length: 8388609\r\n", ""), 413, "BODY_TOO_LARGE"},
        BadRequest{"BodyTooLongAfterExpect", Post("Expect: 100-continue\r\nContent-Length: 99999999\r\n", ""), 413,
                   "BODY_TOO_LARGE"},
        BadRequest{"ChunkTooLong", Post("Transfer-Encoding: chunked\r\n", "800001\r\nabc"), 413, "BODY_TOO_LARGE"}),
    [](const auto& param) { return param.param.name; });

TEST(ServerTest, AnswersWithLengthDateAndProtectiveHeaders) {
  const auto server = StartOrDie(PlainOptions(), Echo);
  RawClient client(server->port());
  ASSERT_TRUE(client.Send(Get("", "/a/b?c=d")));
  const RawResponse response = client.Receive();
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.body, "GET /a/b c=d ");
  EXPECT_EQ(response.Header("connection"), "keep-alive");
  EXPECT_EQ(response.Header("x-content-type-options"), "nosniff");
  EXPECT_EQ(response.Header("cache-control"), "no-store");
  EXPECT_THAT(response.Header("date"), HasSubstr(" GMT"));
  EXPECT_EQ(response.Header("strict-transport-security"), "");
}

TEST(ServerTest, KeepsTheConnectionUntilItsRequestLimit) {
  ServerOptions options = PlainOptions();
  options.requests_per_connection = 3;
  const auto server = StartOrDie(options, Echo);
  RawClient client(server->port());
  for (int i = 1; i <= 3; ++i) {
    ASSERT_TRUE(client.Send(Get("")));
    EXPECT_EQ(client.Receive().Header("connection"), i < 3 ? "keep-alive" : "close");
  }
  EXPECT_TRUE(client.WaitForClose());
  EXPECT_EQ(server->stats().connections_accepted, 1);
}

TEST(ServerTest, ConnectionCloseAndHttp10AreHonoured) {
  const auto server = StartOrDie(PlainOptions(), Echo);
  RawClient client(server->port());
  ASSERT_TRUE(client.Send(Get("Connection: close\r\n")));
  EXPECT_EQ(client.Receive().Header("connection"), "close");
  EXPECT_TRUE(client.WaitForClose());
  RawClient old(server->port());
  ASSERT_TRUE(old.Send("GET / HTTP/1.0\r\nHost: h\r\n\r\n"));
  EXPECT_EQ(old.Receive().status, 200);
  EXPECT_TRUE(old.WaitForClose());
}

TEST(ServerTest, PipelinedRequestsAreAnsweredInOrderOneAtATime) {
  std::atomic<int> running = 0;
  std::atomic<int> most = 0;
  std::vector<std::thread> threads;
  std::mutex mutex;
  const auto server = StartOrDie(PlainOptions(), [&](HttpRequest request, Done done) {
    most = std::max(most.load(), ++running);
    const std::lock_guard<std::mutex> lock(mutex);
    threads.emplace_back([&running, request = std::move(request), done = std::move(done)] {
      HttpResponse response;
      response.body = absl::StrCat(request.path, request.body);
      --running;
      done(std::move(response));
    });
  });
  RawClient client(server->port());
  std::string bytes;
  for (int i = 0; i < 20; ++i) {
    absl::StrAppend(&bytes, "POST /", i, " HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\n", "ab");
    absl::StrAppend(&bytes, "POST /c", i, " HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n",
                    "1\r\nx\r\n2;e=1\r\nyz\r\n0\r\n\r\n");
  }
  ASSERT_TRUE(client.Send(bytes));
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(client.Receive().body, absl::StrCat("/", i, "ab"));
    EXPECT_EQ(client.Receive().body, absl::StrCat("/c", i, "xyz"));
  }
  EXPECT_EQ(most, 1);
  for (std::thread& thread : threads) thread.join();
}

TEST(ServerTest, ReadsBodiesOfBothFramingsUpToTheLimit) {
  ServerOptions options = PlainOptions();
  options.body_bytes = 100000;
  const auto server = StartOrDie(options, Echo);
  const std::string body(100000, 'b');
  RawClient client(server->port());
  ASSERT_TRUE(client.Send(Post("Content-Length: 100000\r\n", body)));
  EXPECT_EQ(client.Receive().body, "POST /  " + body);
  ASSERT_TRUE(
      client.Send(Post("Transfer-Encoding: Chunked\r\n", "C350\r\n" + body.substr(0, 50000) + "\r\nc350\r\n" +
                                                             body.substr(50000) + "\r\n0\r\nTrailer: x\r\n\r\n")));
  EXPECT_EQ(client.Receive().body, "POST /  " + body);
  ASSERT_TRUE(client.Send(Post("Transfer-Encoding: chunked\r\n", "186A0\r\n" + body + "\r\n1\r\nx\r\n0\r\n\r\n")));
  EXPECT_EQ(client.Receive().status, 413);
}

TEST(ServerTest, TrailersNeverBecomeHeaders) {
  const auto server = StartOrDie(PlainOptions(), [](HttpRequest request, Done done) {
    HttpResponse response;
    response.body = request.Header("authorization") == nullptr ? "none" : "some";
    done(std::move(response));
  });
  RawClient client(server->port());
  ASSERT_TRUE(client.Send(Post("Transfer-Encoding: chunked\r\n", "1\r\na\r\n0\r\nAuthorization: Bearer x\r\n\r\n")));
  EXPECT_EQ(client.Receive().body, "none");
}

TEST(ServerTest, Expect100IsAnsweredBeforeTheBodyIsSent) {
  const auto server = StartOrDie(PlainOptions(), Echo);
  RawClient client(server->port());
  ASSERT_TRUE(client.Send(Post("Content-Length: 3\r\nExpect: 100-continue\r\n", "")));
  EXPECT_EQ(client.Receive(/*head_only=*/true).status, 100);
  ASSERT_TRUE(client.Send("abc"));
  EXPECT_EQ(client.Receive().body, "POST /  abc");
}

TEST(ServerTest, HeadIsAnsweredWithoutBody) {
  const auto server = StartOrDie(PlainOptions(), Echo);
  RawClient client(server->port());
  ASSERT_TRUE(client.Send("HEAD /abc HTTP/1.1\r\nHost: h\r\n\r\n"));
  const RawResponse response = client.Receive(/*head_only=*/true);
  EXPECT_EQ(response.Header("content-length"), "11");
  ASSERT_TRUE(client.Send(Get("Connection: close\r\n")));
  EXPECT_EQ(client.Receive().body, "GET /  ");
  EXPECT_TRUE(client.WaitForClose());
}

TEST(ServerTest, UpgradeIsIgnored) {
  const auto server = StartOrDie(PlainOptions(), Echo);
  RawClient client(server->port());
  ASSERT_TRUE(client.Send(Get("Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n")));
  EXPECT_EQ(client.Receive().status, 200);
}

TEST(ServerTest, OptionsStarReachesTheHandler) {
  const auto server = StartOrDie(PlainOptions(), Echo);
  RawClient client(server->port());
  ASSERT_TRUE(client.Send("OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n"));
  EXPECT_EQ(client.Receive().body, "OPTIONS *  ");
}

TEST(ServerTest, HandlerHeadersCannotSplitTheAnswer) {
  const auto server = StartOrDie(PlainOptions(), [](HttpRequest, Done done) {
    HttpResponse response;
    response.headers.emplace_back("X-Bad", "a\r\nSet-Cookie: b");
    response.headers.emplace_back("X Bad", "a");
    response.headers.emplace_back("Content-Length", "999");
    response.headers.emplace_back("X-Good", "c");
    done(std::move(response));
  });
  RawClient client(server->port());
  ASSERT_TRUE(client.Send(Get("")));
  const RawResponse response = client.Receive();
  EXPECT_EQ(response.head.find("ookie"), std::string::npos);
  EXPECT_EQ(response.Header("content-length"), "0");
  EXPECT_EQ(response.Header("x-good"), "c");
}

TEST(ServerTest, ASlowHeadIsCutOffHoweverOftenAByteComes) {
  ServerOptions options = PlainOptions();
  options.header_timeout = absl::Milliseconds(200);
  const auto server = StartOrDie(options, Echo);
  RawClient client(server->port());
  ASSERT_TRUE(client.Send("GET / HTTP/1.1\r\n"));
  // Every byte comes well within the limit, their sum does not.
  int bytes = 0;
  while (bytes < 1000 && !client.WaitReadable(absl::Milliseconds(20))) {
    ASSERT_TRUE(client.Send("a"));
    ++bytes;
  }
  EXPECT_GT(bytes, 1);
  EXPECT_LT(bytes, 1000);
  const RawResponse response = client.Receive();
  EXPECT_EQ(response.status, 408);
  EXPECT_THAT(response.body, HasSubstr("HEADER_TIMEOUT"));
  EXPECT_TRUE(client.WaitForClose());
}

TEST(ServerTest, ASlowBodyIsCutOff) {
  ServerOptions options = PlainOptions();
  options.body_timeout = absl::Milliseconds(100);
  const auto server = StartOrDie(options, Echo);
  RawClient plain(server->port());
  ASSERT_TRUE(plain.Send(Post("Content-Length: 10\r\n", "abc")));
  EXPECT_THAT(plain.Receive().body, HasSubstr("BODY_TIMEOUT"));
  EXPECT_TRUE(plain.WaitForClose());
  RawClient chunked(server->port());
  ASSERT_TRUE(chunked.Send(Post("Transfer-Encoding: chunked\r\n", "5\r\nabc")));
  EXPECT_EQ(chunked.Receive().status, 408);
  EXPECT_TRUE(chunked.WaitForClose());
}

TEST(ServerTest, ASilentConnectionIsClosedWithoutAWord) {
  ServerOptions options = PlainOptions();
  options.header_timeout = absl::Milliseconds(100);
  options.idle_timeout = absl::Milliseconds(100);
  const auto server = StartOrDie(options, Echo);
  RawClient fresh(server->port());
  EXPECT_TRUE(fresh.WaitForClose());
  RawClient used(server->port());
  ASSERT_TRUE(used.Send(Get("")));
  EXPECT_EQ(used.Receive().status, 200);
  EXPECT_TRUE(used.WaitForClose());
}

TEST(ServerTest, APeerThatReadsNothingIsCutOff) {
  ServerOptions options = PlainOptions();
  options.write_timeout = absl::Milliseconds(200);
  options.linger_timeout = absl::Milliseconds(100);
  const auto server = StartOrDie(options, [](HttpRequest, Done done) {
    HttpResponse response;
    // More than the socket buffers of both sides hold.
    response.body.assign(size_t{64} << 20, 'x');
    done(std::move(response));
  });
  RawClient client(server->port());
  ASSERT_TRUE(client.Send(Get("")));
  // The graceful stop returns OK only when the connection went away by itself.
  while (server->stats().requests == 0) std::this_thread::yield();
  EXPECT_TRUE(server->Stop(absl::Seconds(20)).ok());
  EXPECT_EQ(server->stats().connections_open, 0);
}

TEST(ServerTest, AHandlerThatIsLateGets504AndItsAnswerIsDropped) {
  ServerOptions options = PlainOptions();
  options.handler_timeout = absl::Milliseconds(100);
  Gate gate;
  const auto server = StartOrDie(options, gate.Handler());
  RawClient client(server->port());
  ASSERT_TRUE(client.Send(Get("")));
  gate.WaitForHeld(1);
  const RawResponse response = client.Receive();
  EXPECT_EQ(response.status, 504);
  EXPECT_THAT(response.body, HasSubstr("HANDLER_TIMEOUT"));
  gate.Release();
  EXPECT_TRUE(client.WaitForClose());
}

TEST(ServerTest, OnlyTheFirstAnswerCounts) {
  const auto server = StartOrDie(PlainOptions(), [](HttpRequest, Done done) {
    HttpResponse response;
    response.body = "first";
    done(response);
    response.body = "second";
    done(response);
  });
  RawClient client(server->port());
  for (int i = 0; i < 2; ++i) {
    ASSERT_TRUE(client.Send(Get("")));
    EXPECT_EQ(client.Receive().body, "first");
  }
}

TEST(ServerTest, TwoHundredConnectionsAreServedAtTheSameTime) {
  constexpr size_t kClients = 200;
  Gate gate;
  const auto server = StartOrDie(PlainOptions(), gate.Handler());
  std::vector<std::unique_ptr<RawClient>> clients;
  for (size_t i = 0; i < kClients; ++i) {
    clients.push_back(std::make_unique<RawClient>(server->port()));
    ASSERT_TRUE(clients.back()->Send(Get("")));
  }
  gate.WaitForHeld(kClients);
  EXPECT_EQ(server->stats().requests_in_flight, static_cast<int64_t>(kClients));
  gate.Release();
  for (const auto& client : clients) EXPECT_EQ(client->Receive().status, 200);
}

TEST(ServerTest, ConnectionsOverTheLimitGet503AndTheOthersLiveOn) {
  ServerOptions options = PlainOptions();
  options.connections = 2;
  const auto server = StartOrDie(options, Echo);
  auto one = std::make_unique<RawClient>(server->port());
  RawClient two(server->port());
  for (RawClient* client : {one.get(), &two}) {
    ASSERT_TRUE(client->Send(Get("")));
    ASSERT_EQ(client->Receive().status, 200);
  }
  {
    RawClient three(server->port());
    const RawResponse refused = three.Receive();
    EXPECT_EQ(refused.status, 503);
    EXPECT_THAT(refused.body, HasSubstr("TOO_MANY_CONNECTIONS"));
    EXPECT_EQ(refused.Header("retry-after"), "1");
    EXPECT_TRUE(three.WaitForClose());
  }
  one.reset();
  // The place is free again once the server has noticed.
  const absl::Time give_up = absl::Now() + absl::Seconds(20);
  while (server->stats().connections_open > 1 && absl::Now() < give_up) std::this_thread::yield();
  RawClient next(server->port());
  ASSERT_TRUE(next.Send(Get("")));
  EXPECT_EQ(next.Receive().status, 200);
  ASSERT_TRUE(two.Send(Get("")));
  EXPECT_EQ(two.Receive().status, 200);
}

TEST(ServerTest, BodiesOfAllConnectionsTogetherHaveALimit) {
  ServerOptions options = PlainOptions();
  options.held_body_bytes = 100'000;
  Gate gate;
  const auto server = StartOrDie(options, gate.Handler());
  const std::string large(60'000, 'x');
  RawClient first(server->port());
  ASSERT_TRUE(first.Send(Post("Content-Length: 60000\r\n", large)));
  gate.WaitForHeld(1);
  EXPECT_EQ(server->stats().held_body_bytes, 60'000);

  RawClient sized(server->port());
  ASSERT_TRUE(sized.Send(Post("Content-Length: 60000\r\n", large)));
  RawClient chunked(server->port());
  ASSERT_TRUE(chunked.Send(Post("Transfer-Encoding: chunked\r\n", absl::StrCat("ea60\r\n", large, "\r\n0\r\n\r\n"))));
  for (RawClient* client : {&sized, &chunked}) {
    const RawResponse refused = client->Receive();
    EXPECT_EQ(refused.status, 503) << refused.body;
    EXPECT_THAT(refused.body, HasSubstr("\"reason\":\"TOO_MANY_BODY_BYTES\""));
    EXPECT_TRUE(client->WaitForClose());
  }
  // A small one has room; what ended gives its room back.
  RawClient small(server->port());
  ASSERT_TRUE(small.Send(Post("Content-Length: 5\r\n", "abcde")));
  gate.WaitForHeld(2);
  gate.Release();
  EXPECT_EQ(first.Receive().status, 200);
  EXPECT_EQ(small.Receive().status, 200);
  RawClient next(server->port());
  ASSERT_TRUE(next.Send(Post("Transfer-Encoding: chunked\r\n", absl::StrCat("ea60\r\n", large, "\r\n0\r\n\r\n"))));
  gate.WaitForHeld(1);
  gate.Release();
  EXPECT_EQ(next.Receive().status, 200);
}

TEST(ServerTest, ConnectionsFromOneAddressLeavePlacesForTheOthers) {
  ServerOptions options = PlainOptions();
  options.address_connections = 2;
  const auto server = StartOrDie(options, Echo);
  // A stranger opens what he can and says nothing.
  auto idle = std::make_unique<RawClient>(server->port(), "127.0.0.2");
  RawClient idle_too(server->port(), "127.0.0.2");
  RawClient refused(server->port(), "127.0.0.2");
  const RawResponse response = refused.Receive();
  EXPECT_EQ(response.status, 503);
  EXPECT_THAT(response.body, HasSubstr("\"reason\":\"TOO_MANY_CONNECTIONS\""));
  EXPECT_THAT(response.body, HasSubstr("your address"));
  EXPECT_TRUE(refused.WaitForClose());
  // Somebody else is served.
  RawClient other(server->port(), "127.0.0.1");
  ASSERT_TRUE(other.Send(Get("")));
  EXPECT_EQ(other.Receive().status, 200);
  // One place of the stranger is free again once the server has noticed; a refused connection took none.
  idle.reset();
  const absl::Time give_up = absl::Now() + absl::Seconds(20);
  while (server->stats().connections_open > 2 && absl::Now() < give_up) std::this_thread::yield();
  RawClient again(server->port(), "127.0.0.2");
  ASSERT_TRUE(again.Send(Get("")));
  EXPECT_EQ(again.Receive().status, 200);
  RawClient still_refused(server->port(), "127.0.0.2");
  EXPECT_EQ(still_refused.Receive().status, 503);
}

TEST(ServerTest, BodiesFromOneAddressLeaveRoomForTheOthers) {
  ServerOptions options = PlainOptions();
  options.held_body_bytes = 100'000;
  options.address_body_bytes = 50'000;
  Gate gate;
  const auto server = StartOrDie(options, gate.Handler());
  // A stranger announces more than he sends: what has come is held until his time is over.
  const std::string part(30'000, 'x');
  RawClient stranger(server->port(), "127.0.0.2");
  ASSERT_TRUE(stranger.Send(Post("Content-Length: 30001\r\n", part)));
  const auto deadline = absl::Now() + absl::Seconds(20);
  while (server->stats().held_body_bytes < 30'000 && absl::Now() < deadline) std::this_thread::yield();
  ASSERT_EQ(server->stats().held_body_bytes, 30'000);
  RawClient again(server->port(), "127.0.0.2");
  ASSERT_TRUE(again.Send(Post("Content-Length: 30001\r\n", part)));
  const RawResponse refused = again.Receive();
  EXPECT_EQ(refused.status, 503) << refused.body;
  EXPECT_THAT(refused.body, HasSubstr("\"reason\":\"TOO_MANY_BODY_BYTES\""));
  // Somebody else has room, and the stranger has it again when the first of his bodies is through.
  RawClient other(server->port(), "127.0.0.1");
  ASSERT_TRUE(other.Send(Post("Content-Length: 30000\r\n", part)));
  gate.WaitForHeld(1);
  ASSERT_TRUE(stranger.Send("x"));
  gate.WaitForHeld(2);
  gate.Release();
  EXPECT_EQ(other.Receive().status, 200);
  EXPECT_EQ(stranger.Receive().status, 200);
  RawClient once_more(server->port(), "127.0.0.2");
  ASSERT_TRUE(once_more.Send(Post("Content-Length: 30000\r\n", part)));
  gate.WaitForHeld(1);
  gate.Release();
  EXPECT_EQ(once_more.Receive().status, 200);
}

TEST(ServerTest, StopLetsRequestsFinishAndClosesIdleConnections) {
  Gate gate;
  const auto server = StartOrDie(PlainOptions(), gate.Handler());
  RawClient busy(server->port());
  ASSERT_TRUE(busy.Send(Get("")));
  gate.WaitForHeld(1);
  RawClient idle(server->port());
  ASSERT_TRUE(idle.connected());
  absl::Status stopped;
  std::thread stopping([&] { stopped = server->Stop(absl::Seconds(20)); });
  EXPECT_TRUE(idle.WaitForClose());
  gate.Release();
  const RawResponse response = busy.Receive();
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.Header("connection"), "close");
  EXPECT_TRUE(busy.WaitForClose());
  stopping.join();
  EXPECT_TRUE(stopped.ok()) << stopped;
  EXPECT_FALSE(RawClient(server->port()).connected());
}

TEST(ServerTest, StopCutsOffWhatTakesTooLong) {
  Gate gate;
  auto server = StartOrDie(PlainOptions(), gate.Handler());
  RawClient client(server->port());
  ASSERT_TRUE(client.Send(Get("")));
  gate.WaitForHeld(1);
  const absl::Status stopped = server->Stop(absl::Milliseconds(50));
  EXPECT_EQ(Reason(stopped), "DRAIN_INCOMPLETE");
  EXPECT_TRUE(client.WaitForClose());
  // An answer after the end of the server goes nowhere, and does no harm.
  server.reset();
  gate.Release();
}

TEST(ServerTest, AnswersFromOtherThreadsUnderLoadAllArrive) {
  constexpr int kClients = 8;
  constexpr int kRequests = 300;
  std::mutex mutex;
  std::condition_variable changed;
  std::vector<std::pair<std::string, Done>> queue;
  bool stop = false;
  std::thread answering([&] {
    std::unique_lock<std::mutex> lock(mutex);
    while (true) {
      changed.wait(lock, [&] { return stop || !queue.empty(); });
      if (queue.empty()) return;
      auto taken = std::move(queue);
      queue.clear();
      lock.unlock();
      for (auto& [path, done] : taken) {
        HttpResponse response;
        response.body = path;
        done(std::move(response));
      }
      lock.lock();
    }
  });
  const auto server = StartOrDie(PlainOptions(), [&](HttpRequest request, Done done) {
    const std::lock_guard<std::mutex> lock(mutex);
    queue.emplace_back(request.path, std::move(done));
    changed.notify_one();
  });
  std::atomic<int> right = 0;
  std::vector<std::thread> clients;
  for (int c = 0; c < kClients; ++c) {
    clients.emplace_back([&, c] {
      RawClient client(server->port());
      for (int i = 0; i < kRequests; ++i) {
        const std::string path = absl::StrCat("/", c, "-", i);
        if (!client.Send(Get("", path))) return;
        if (client.Receive().body == path) ++right;
      }
    });
  }
  for (std::thread& client : clients) client.join();
  EXPECT_EQ(right, kClients * kRequests);
  {
    const std::lock_guard<std::mutex> lock(mutex);
    stop = true;
  }
  changed.notify_one();
  answering.join();
}

TEST(ServerTest, PlainHttpMustBeAskedFor) {
  const auto server = HttpServer::Start(ServerOptions(), Echo);
  EXPECT_EQ(server.status().code(), absl::StatusCode::kInvalidArgument);
  ServerOptions zero = PlainOptions();
  zero.idle_timeout = absl::ZeroDuration();
  zero.io_threads = 0;
  EXPECT_THAT(ViolatedFields(HttpServer::Start(zero, Echo).status()),
              ::testing::ElementsAre("io_threads", "idle_timeout"));
}

TEST(ServerTest, ATakenPortIsReported) {
  const auto server = StartOrDie(PlainOptions(), Echo);
  ServerOptions options = PlainOptions();
  options.port = server->port();
  const auto second = HttpServer::Start(options, Echo);
  EXPECT_EQ(Reason(second.status()), "LISTEN_FAILED");
}

}  // namespace
}  // namespace kam::http
