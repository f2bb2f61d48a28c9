// Bad input at the edge of the suite as it runs: the real gateway in front of a real service. What each refusal depends
// on in detail is tested beside the code in gateway/; here the whole way is.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "gateway/http/raw_client.h"
#include "tests/e2e/people.h"
#include "tests/e2e/suite.h"

namespace kam::e2e {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr char kNobody[] = "/v1/accounts/00000000000000000000000009";
constexpr char kProblem[] = "application/problem+json";

class EdgeTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    Suite::Options options;
    options.services = {"account-svc"};
    suite_ = new Suite(options);
    start_ = suite_->Start();
    if (!start_.ok()) return;
    Http integrator(suite_->url(), suite_->Token(kIntegrator));
    // A seller, who may write accounts, and a storekeeper, who may not.
    ImportPeople(integrator, {{"seller", {"KAX"}}, {"storekeeper", {"WH"}}});
  }
  static void TearDownTestSuite() {
    delete suite_;
    suite_ = nullptr;
  }
  void SetUp() override { ASSERT_TRUE(start_.ok()) << start_; }

  static Http As(absl::string_view login) { return Http(suite_->url(), suite_->Token(login)); }

  // A fresh account of the seller.
  static Json NewAccount() {
    static int last = 0;
    const Answer answer = As("seller").Post("/v1/accounts", {{"legalName", absl::StrCat("客户 ", ++last)}});
    EXPECT_EQ(answer.status, 200) << answer;
    return answer.json();
  }
  static std::string Path(const Json& resource) { return "/v1/" + resource.value("name", ""); }

  // Bytes as they are; one answer.
  static http::RawResponse Raw(const std::string& bytes) {
    http::RawClient client(static_cast<uint16_t>(suite_->port(kGateway, "http")));
    EXPECT_TRUE(client.Send(bytes));
    return client.Receive();
  }
  static std::string Authorization(absl::string_view login) {
    return absl::StrCat("Authorization: Bearer ", suite_->Token(login), "\r\n");
  }

  static Suite* suite_;
  static absl::Status start_;
};

Suite* EdgeTest::suite_ = nullptr;
absl::Status EdgeTest::start_;

MATCHER_P2(IsProblem, status, reason, absl::StrCat("is a ", status, " with the reason ", reason)) {
  *result_listener << arg;
  const auto type = arg.headers.find("content-type");
  return arg.status == status && arg.reason() == reason && type != arg.headers.end() && type->second == kProblem;
}
TEST_F(EdgeTest, MalformedJsonIsRefused) {
  EXPECT_THAT(As("seller").Send("POST", "/v1/accounts", R"({"legalName": )"), IsProblem(400, "JSON_MALFORMED"));
  EXPECT_THAT(As("seller").Send("POST", "/v1/accounts", "legalName=x"), IsProblem(400, "JSON_MALFORMED"));
}

TEST_F(EdgeTest, AMemberTwiceIsRefusedAndNamed) {
  const Answer answer = As("seller").Send("POST", "/v1/accounts", R"({"legalName":"a","legalName":"b"})");
  EXPECT_THAT(answer, IsProblem(400, "JSON_DUPLICATE_MEMBER"));
  EXPECT_THAT(answer.pointers(), ElementsAre("/legalName"));
}

TEST_F(EdgeTest, JsonThatIsTooDeepIsRefused) {
  EXPECT_THAT(As("seller").Send("POST", "/v1/accounts", std::string(100000, '[')), IsProblem(400, "JSON_TOO_DEEP"));
}

TEST_F(EdgeTest, AnUnknownFieldIsNamedByPointer) {
  const Answer answer =
      As("seller").Post("/v1/accounts", {{"legalName", "a"}, {"address", {{"country", "CN"}, {"town", "x"}}}});
  EXPECT_THAT(answer, IsProblem(400, "JSON_UNKNOWN_FIELD"));
  EXPECT_THAT(answer.pointers(), ElementsAre("/address/town"));
}

TEST_F(EdgeTest, AWrongTypeIsNamedByPointer) {
  const Answer number = As("seller").Post("/v1/accounts", {{"legalName", 7}});
  EXPECT_THAT(number, IsProblem(400, "JSON_WRONG_TYPE"));
  EXPECT_THAT(number.pointers(), ElementsAre("/legalName"));
  EXPECT_THAT(As("seller").Post("/v1/accounts", {{"legalName", "a"}, {"segment", "SEGMENT_NOT_THERE"}}),
              IsProblem(400, "JSON_WRONG_TYPE"));
  EXPECT_EQ(As("seller").Get("/v1/accounts?pageSize=many").status, 400);
}

TEST_F(EdgeTest, AMissingFieldAndAnOverlongOneAreBothNamed) {
  const Answer missing = As("seller").Post("/v1/accounts", {{"shortName", "a"}});
  EXPECT_EQ(missing.status, 400) << missing;
  EXPECT_THAT(missing.pointers(), Contains("/legalName"));
  const Answer longer = As("seller").Post("/v1/accounts", {{"legalName", std::string(201, 'x')}});
  EXPECT_EQ(longer.status, 400) << longer;
  EXPECT_THAT(longer.pointers(), Contains("/legalName"));
}

TEST_F(EdgeTest, OversizeHeaderTargetAndBodyAreRefused) {
  EXPECT_EQ(
      Raw(absl::StrCat("GET /v1/accounts HTTP/1.1\r\nHost: h\r\nX: ", std::string(20000, 'x'), "\r\n\r\n")).status,
      431);
  EXPECT_EQ(
      Raw(absl::StrCat("GET /v1/accounts?filter=", std::string(10000, 'x'), " HTTP/1.1\r\nHost: h\r\n\r\n")).status,
      414);
  constexpr size_t kTooLong = (size_t{8} << 20) + 1;
  EXPECT_EQ(Raw(absl::StrCat("POST /v1/accounts HTTP/1.1\r\nHost: h\r\n", Authorization("seller"),
                             "Content-Type: application/json\r\nContent-Length: ", kTooLong, "\r\n\r\n"))
                .status,
            413);
}

// A page has at most 200 rows, however many were asked for; less than none is an error.
TEST_F(EdgeTest, OversizePagesAreCut) {
  constexpr size_t kPeople = 230, kPageMax = 200;
  Http integrator = As(kIntegrator);
  std::vector<Person> crowd;
  for (size_t i = 0; i < kPeople; ++i) crowd.push_back({absl::StrCat("crowd", i), {}});
  ImportPeople(integrator, crowd);
  const Answer page = integrator.Get("/v1/employees?pageSize=100000");
  ASSERT_EQ(page.status, 200) << page;
  EXPECT_EQ(page.json()["employees"].size(), kPageMax);
  const std::string token = page.json().value("nextPageToken", "");
  ASSERT_FALSE(token.empty());
  const Answer rest = integrator.Get(absl::StrCat("/v1/employees?pageSize=100000&pageToken=", UrlEncode(token)));
  EXPECT_GE(rest.json()["employees"].size(), kPeople - kPageMax) << rest;
  EXPECT_THAT(integrator.Get("/v1/employees?pageSize=-1"), IsProblem(400, "PAGE_SIZE_NEGATIVE"));
}

TEST_F(EdgeTest, ASlowClientIsCutOffHoweverOftenAByteComes) {
  http::RawClient client(static_cast<uint16_t>(suite_->port(kGateway, "http")));
  ASSERT_TRUE(client.Send("GET /v1/accounts HTTP/1.1\r\nHost: h\r\n"));
  // A byte whenever a tenth of a second went by without an answer.
  constexpr int kBytesMax = 300;
  int sent = 0;
  while (sent < kBytesMax && !client.WaitReadable(absl::Milliseconds(100)) && client.Send("x")) ++sent;
  EXPECT_LT(sent, kBytesMax);
  EXPECT_EQ(client.Receive().status, 408);
}

TEST_F(EdgeTest, SmuggledLengthsAreRefusedAndTheConnectionCloses) {
  const std::string second = "GET /v1/accounts HTTP/1.1\r\nHost: h\r\n\r\n";
  const std::string begin = "POST /v1/accounts HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\n";
  for (const std::string& bytes :
       {absl::StrCat(begin, "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", second),
        absl::StrCat(begin, "Content-Length: 2\r\nContent-Length: 40\r\n\r\n{}", second),
        absl::StrCat(begin, "Content-Length: +2\r\n\r\n{}", second),
        absl::StrCat(begin, "Transfer-Encoding: identity, chunked\r\n\r\n0\r\n\r\n", second)}) {
    http::RawClient client(static_cast<uint16_t>(suite_->port(kGateway, "http")));
    ASSERT_TRUE(client.Send(bytes));
    const http::RawResponse answer = client.Receive();
    EXPECT_THAT(answer.status, ::testing::AnyOf(400, 501)) << bytes;
    EXPECT_EQ(answer.Header("connection"), "close");
    EXPECT_TRUE(client.WaitForClose()) << "the second request was answered too";
  }
}

TEST_F(EdgeTest, BadForeignAndExpiredTokensAre401) {
  EXPECT_THAT(Http(suite_->url(), "").Get("/v1/accounts"), IsProblem(401, "TOKEN_MISSING"));
  EXPECT_THAT(Http(suite_->url(), "abc").Get("/v1/accounts"), IsProblem(401, "TOKEN_MALFORMED"));
  EXPECT_THAT(Http(suite_->url(), suite_->Token("seller", absl::Now() - absl::Hours(13))).Get("/v1/accounts"),
              IsProblem(401, "TOKEN_EXPIRED"));
  std::string tampered = suite_->Token("seller");
  char& character = tampered[tampered.rfind('.') + 10];
  character = character == 'A' ? 'B' : 'A';
  EXPECT_THAT(Http(suite_->url(), tampered).Get("/v1/accounts"), IsProblem(401, "TOKEN_SIGNATURE_INVALID"));
  // A token of the inside is none of the identity provider's.
  auth::Principal principal;
  principal.employee = "00000000000000000000000001";
  principal.subject = "employees/" + principal.employee;
  const absl::StatusOr<std::string> inside = suite_->InternalToken(principal);
  ASSERT_TRUE(inside.ok()) << inside.status();
  EXPECT_EQ(Http(suite_->url(), *inside).Get("/v1/accounts").status, 401);
}

// G-02
TEST_F(EdgeTest, AMissingRightIs403BeforeThereIsA404OrTheBodyIsRead) {
  Http storekeeper = As("storekeeper");
  const std::string archive = absl::StrCat(kNobody, ":archive");
  EXPECT_THAT(storekeeper.Send("POST", archive, "{}"), IsProblem(403, "PERMISSION_DENIED"));
  EXPECT_THAT(storekeeper.Send("POST", "/v1/accounts", "{broken"), IsProblem(403, "PERMISSION_DENIED"));
  EXPECT_EQ(As("seller").Get(kNobody).status, 404);
  EXPECT_THAT(As("nobody").Get(kNobody), IsProblem(403, "LOGIN_UNKNOWN"));
}

TEST_F(EdgeTest, AStaleEtagIs412WithIfMatchAnd409Without) {
  const Json account = NewAccount();
  const std::string path = absl::StrCat(Path(account), "?updateMask=shortName");
  const std::string etag = account.value("etag", "");
  ASSERT_EQ(As("seller").Patch(path, {{"shortName", "甲"}, {"etag", etag}}).status, 200);
  EXPECT_THAT(As("seller").Patch(path, {{"shortName", "乙"}, {"etag", etag}}), IsProblem(409, "ETAG_MISMATCH"));
  EXPECT_THAT(As("seller").Patch(path, {{"shortName", "乙"}}, {{"If-Match", absl::StrCat("\"", etag, "\"")}}),
              IsProblem(412, "ETAG_MISMATCH"));
  EXPECT_EQ(As("seller").Get(Path(account)).json().value("shortName", ""), "甲");
}

// G31
TEST_F(EdgeTest, ARequestIdGivesTheSameAnswerAgainAndIsRefusedForAnotherRequest) {
  const Http::Headers key = {{"Idempotency-Key", NewRequestId()}};
  const Json body = {{"legalName", "同一客户"}};
  const Answer first = As("seller").Post("/v1/accounts", body, key);
  ASSERT_EQ(first.status, 200) << first;
  const Answer again = As("seller").Post("/v1/accounts", body, key);
  EXPECT_EQ(again.status, 200) << again;
  EXPECT_EQ(again.json()["name"], first.json()["name"]);
  EXPECT_THAT(As("seller").Post("/v1/accounts", {{"legalName", "另一客户"}}, key), IsProblem(422, "REQUEST_ID_REUSED"));
}

TEST_F(EdgeTest, UnknownAndUnfilterableFieldsInAFilterAreRefused) {
  const auto filter = [](absl::string_view text) {
    return As("seller").Get(absl::StrCat("/v1/accounts?filter=", UrlEncode(text)));
  };
  const Answer unknown = filter("colour = \"red\"");
  EXPECT_EQ(unknown.status, 400) << unknown;
  EXPECT_THAT(unknown.body, AllOf(HasSubstr("colour"), HasSubstr("\"field\":\"filter\"")));
  EXPECT_EQ(filter("etag = \"1\"").status, 400);
  EXPECT_EQ(filter("legal_name = ").status, 400);
  EXPECT_EQ(filter("legal_name = \"'; DROP TABLE accounts; --\"").status, 200);
  EXPECT_EQ(As("seller").Get("/v1/accounts?orderBy=colour").status, 400);
}

TEST_F(EdgeTest, ForgedAndForeignPageTokensAreRefused) {
  for (int i = 0; i < 3; ++i) NewAccount();
  const Answer page = As("seller").Get("/v1/accounts?pageSize=1");
  const std::string token = page.json().value("nextPageToken", "");
  ASSERT_FALSE(token.empty()) << page;
  const auto next = [&](absl::string_view login, const std::string& with) {
    return As(login).Get(absl::StrCat("/v1/accounts?pageSize=1&pageToken=", UrlEncode(with)));
  };
  EXPECT_EQ(next("seller", token).status, 200);
  std::string forged = token;
  forged[forged.size() / 2] = forged[forged.size() / 2] == 'A' ? 'B' : 'A';
  EXPECT_THAT(next("seller", forged), IsProblem(400, "PAGE_TOKEN_INVALID"));
  EXPECT_THAT(next("seller", "x"), IsProblem(400, "PAGE_TOKEN_INVALID"));
  EXPECT_THAT(next(kIntegrator, token), IsProblem(400, "PAGE_TOKEN_INVALID"));
  EXPECT_THAT(As("seller").Get(absl::StrCat("/v1/accounts?pageSize=1&filter=", UrlEncode("vip = true"),
                                            "&pageToken=", UrlEncode(token))),
              IsProblem(400, "PAGE_TOKEN_INVALID"));
}

// The suite goes on serving after all of this.
TEST_F(EdgeTest, NothingFellOver) {
  EXPECT_EQ(Raw("\x16\x03\x01\x02 / HTTP/1.1\r\n\r\n").status, 400);
  EXPECT_TRUE(suite_->IsRunning("account-svc"));
  EXPECT_TRUE(suite_->IsRunning(kGateway));
  EXPECT_EQ(As("seller").Get("/v1/accounts").status, 200);
}

}  // namespace
}  // namespace kam::e2e
