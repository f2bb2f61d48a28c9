// Requests that two programs could read in two ways, and others that are none: each refused before the handler.
#include <atomic>
#include <string>

#include "absl/strings/str_cat.h"
#include "gateway/http/raw_client.h"
#include "gateway/http/server.h"
#include "gateway/http/test_server.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace kam::http {
namespace {

using ::testing::HasSubstr;

struct BadRequest {
  const char* name;
  std::string bytes;
  int status;
  const char* reason;
};

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

}  // namespace
}  // namespace kam::http
