#include "gateway/transcode/bind.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>

#include "common/status/status.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"
#include "google/protobuf/text_format.h"
#include "kam/testing/v1/transcode_test.pb.h"

namespace kam::gateway {
namespace {

using google::protobuf::Message;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

struct Http {
  std::string method;
  std::string path;
  std::string query;
  std::string body;
  std::map<std::string, std::string> headers;
};

struct Bound {
  absl::Status status;
  std::unique_ptr<Message> request;
  // The request in one line of text format.
  std::string text;
};

Bound Bind(const Http& http, const BindOptions& options = {}) {
  static const JsonCodec codec;
  static const auto* const router = [] {
    kam::testing::v1::Client::descriptor();
    const auto* service =
        google::protobuf::DescriptorPool::generated_pool()->FindServiceByName("kam.testing.v1.ClientService");
    return Router::Build({service}).value().release();
  }();
  Bound bound;
  const auto match = router->Match(http.method, http.path);
  if (!match.ok()) return {match.status(), nullptr, ""};
  const auto* type = match->route->method->input_type();
  bound.request.reset(google::protobuf::MessageFactory::generated_factory()->GetPrototype(type)->New());
  HttpInput input;
  input.query = http.query;
  input.body = http.body;
  input.header = [&http](absl::string_view name) -> std::optional<absl::string_view> {
    const auto it = http.headers.find(std::string(name));
    if (it == http.headers.end()) return std::nullopt;
    return it->second;
  };
  bound.status = BindRequest(codec, *match, input, options, bound.request.get());
  google::protobuf::TextFormat::Printer printer;
  printer.SetSingleLineMode(true);
  printer.PrintToString(*bound.request, &bound.text);
  if (!bound.text.empty() && bound.text.back() == ' ') bound.text.pop_back();
  return bound;
}

std::string Text(const Http& http, const BindOptions& options = {}) {
  const Bound bound = Bind(http, options);
  return bound.status.ok() ? bound.text : Reason(bound.status);
}

TEST(Bind, PathVariablesFillTheirFields) {
  EXPECT_EQ(Text({"GET", "/v1/clients/7", "", "", {}}), R"(name: "clients/7")");
  EXPECT_EQ(Text({"GET", "/v1/orders/a/of/b", "", "", {}}), R"(name: "a" client: "b")");
}

TEST(Bind, QueryTakesEveryKindInBothSpellings) {
  EXPECT_EQ(
      Text({"GET",
            "/v1/clients",
            "pageSize=10&page_token=x&colours=COLOUR_RED&colours=7&address.city=%E5%8C%97&since=2026-01-01T00:00:00Z"
            "&within=1.5s&readMask=legalName,address.city&active=false&tags=a&tags=b&showTotal=true&cursor=_-8",
            "",
            {}}),
      R"(page_size: 10 page_token: "x" colours: COLOUR_RED colours: COLOUR_BLUE )"
      R"(address { city: "\345\214\227" } since { seconds: 1767225600 } )"
      R"(within { seconds: 1 nanos: 500000000 } )"
      R"(read_mask { paths: "legal_name" paths: "address.city" } active { } tags: "a" tags: "b" )"
      R"(show_total: true cursor: "\377\357")");
}

struct BadQuery {
  std::string query;
  std::string reason;
  std::string field;
};

TEST(Bind, BadQueriesAreRefusedNamingTheParameter) {
  const BadQuery kBad[] = {
      {"nothing=1", "QUERY_UNKNOWN_PARAMETER", "nothing"},
      {"=1", "QUERY_UNKNOWN_PARAMETER", "query"},
      {"address=x", "QUERY_UNKNOWN_PARAMETER", "address"},
      {"address.nothing=x", "QUERY_UNKNOWN_PARAMETER", "address.nothing"},
      {"address.city.x=x", "QUERY_UNKNOWN_PARAMETER", "address.city.x"},
      {"addresses.city=x", "QUERY_UNKNOWN_PARAMETER", "addresses.city"},
      {"labels=x", "QUERY_UNKNOWN_PARAMETER", "labels"},
      {"labels.key=x", "QUERY_UNKNOWN_PARAMETER", "labels.key"},
      {"since.seconds=1", "QUERY_UNKNOWN_PARAMETER", "since.seconds"},
      {"pageSize=1&page_size=1", "QUERY_DUPLICATE_PARAMETER", "page_size"},
      {"since=2026-01-01T00:00:00Z&since=2026-01-01T00:00:00Z", "QUERY_DUPLICATE_PARAMETER", "since"},
      {"orderBy=a&orderNumber=1", "QUERY_DUPLICATE_PARAMETER", "order_number"},
      {"pageSize=", "QUERY_INVALID_VALUE", "page_size"},
      {"pageSize=1.5", "QUERY_INVALID_VALUE", "page_size"},
      {"pageSize=2147483648", "QUERY_INVALID_VALUE", "page_size"},
      {"showTotal=1", "QUERY_INVALID_VALUE", "show_total"},
      {"colours=RED", "QUERY_INVALID_VALUE", "colours"},
      {"colours=5", "QUERY_INVALID_VALUE", "colours"},
      {"since=yesterday", "QUERY_INVALID_VALUE", "since"},
      {"active=yes", "QUERY_INVALID_VALUE", "active"},
      {"cursor=*", "QUERY_INVALID_VALUE", "cursor"},
  };
  for (const BadQuery& bad : kBad) {
    const Bound bound = Bind({"GET", "/v1/clients", bad.query, "", {}});
    EXPECT_EQ(Reason(bound.status), bad.reason) << bad.query;
    EXPECT_THAT(ViolatedFields(bound.status), ElementsAre(bad.field)) << bad.query;
  }
  EXPECT_EQ(Text({"GET", "/v1/clients", "pageSize=%", "", {}}), "QUERY_MALFORMED");
  EXPECT_EQ(Text({"GET", "/v1/clients/1", "name=clients/2", "", {}}), "QUERY_DUPLICATE_PARAMETER");
  EXPECT_EQ(Text({"POST", "/v1/clients", "client.legalName=x", "{}", {}}), "QUERY_UNKNOWN_PARAMETER");
  EXPECT_EQ(Text({"POST", "/v1/clients/1:archive", "reason=x", "{}", {}}), "QUERY_UNKNOWN_PARAMETER");
}

TEST(Bind, SystemParametersAreLeftToTheEdge) {
  BindOptions options;
  options.system_parameters = {"$fields"};
  EXPECT_EQ(Text({"GET", "/v1/clients", "%24fields=a&pageSize=1", "", {}}, options), "page_size: 1");
  EXPECT_EQ(Text({"GET", "/v1/clients", "$fields=a", "", {}}), "QUERY_UNKNOWN_PARAMETER");
}

TEST(Bind, BodyIsTheWholeRequestOrOneField) {
  EXPECT_EQ(Text({"POST", "/v1/clients/1:archive", "", R"({"reason":"x","requestId":"r"})", {}}),
            R"(name: "clients/1" request_id: "r" reason: "x")");
  EXPECT_EQ(Text({"POST", "/v1/clients/1:archive", "", "", {}}), R"(name: "clients/1")");
  EXPECT_EQ(Text({"POST", "/v1/clients", "validateOnly=true", R"({"legalName":"x"})", {}}),
            R"(client { legal_name: "x" } validate_only: true)");
  EXPECT_EQ(Text({"PUT", "/v1/clients/1/tags", "", R"(["a","b"])", {}}), R"(name: "clients/1" tags: "a" tags: "b")");
}

TEST(Bind, BodyMistakesAreRefused) {
  EXPECT_EQ(Text({"GET", "/v1/clients", "", "{}", {}}), "BODY_UNEXPECTED");
  EXPECT_EQ(Text({"POST", "/v1/clients", "", "{", {}}), "JSON_MALFORMED");
  const Bound bound = Bind({"POST", "/v1/clients", "", R"({"address":{"town":"x"}})", {}});
  EXPECT_EQ(Reason(bound.status), "JSON_UNKNOWN_FIELD");
  EXPECT_THAT(ViolatedFields(bound.status), ElementsAre("client.address.town"));
  EXPECT_EQ(MetadataValue(bound.status, "pointer"), "/address/town");
}

TEST(Bind, BodyMayRepeatThePathButNotContradictIt) {
  EXPECT_EQ(Text({"POST", "/v1/clients/1:archive", "", R"({"name":"clients/1"})", {}}), R"(name: "clients/1")");
  EXPECT_EQ(Text({"POST", "/v1/clients/1:archive", "", R"({"name":"clients/2"})", {}}), "BODY_PATH_CONFLICT");
  EXPECT_EQ(Text({"PATCH", "/v1/clients/1", "", R"({"name":"clients/2"})", {}}), "BODY_PATH_CONFLICT");
}

TEST(Bind, PatchWithoutMaskTakesThePathsOfTheBody) {
  const std::string body =
      R"({"name":"clients/1","etag":"v3","legalName":"x","score":null,"address":{"city":"y"},"creditLimit":{"units":"1"}})";
  const Bound bound = Bind({"PATCH", "/v1/clients/1", "", body, {}});
  ASSERT_TRUE(bound.status.ok()) << bound.status;
  const auto& request = static_cast<const kam::testing::v1::UpdateClientRequest&>(*bound.request);
  EXPECT_THAT(request.update_mask().paths(), ElementsAre("legal_name", "score", "address.city", "credit_limit"));
  EXPECT_EQ(request.client().etag(), "v3");
  BindOptions options;
  options.mask_depth_max = 1;
  const Bound flat = Bind({"PATCH", "/v1/clients/1", "", R"({"address":{"city":"y","street":"z"}})", {}}, options);
  EXPECT_THAT(static_cast<const kam::testing::v1::UpdateClientRequest&>(*flat.request).update_mask().paths(),
              ElementsAre("address"));
}

TEST(Bind, MaskOfTheQueryWins) {
  const Bound bound = Bind({"PATCH", "/v1/clients/1", "updateMask=score", R"({"legalName":"x"})", {}});
  ASSERT_TRUE(bound.status.ok());
  EXPECT_THAT(static_cast<const kam::testing::v1::UpdateClientRequest&>(*bound.request).update_mask().paths(),
              ElementsAre("score"));
}

TEST(Bind, IdempotencyKeyFillsTheRequestId) {
  EXPECT_EQ(Text({"POST", "/v1/clients", "", "{}", {{"idempotency-key", "\"k-1\""}}}),
            R"(client { } request_id: "k-1")");
  EXPECT_EQ(Text({"POST", "/v1/clients", "requestId=k", "{}", {{"idempotency-key", "k"}}}),
            R"(client { } request_id: "k")");
  EXPECT_EQ(Text({"POST", "/v1/clients", "requestId=other", "{}", {{"idempotency-key", "k"}}}), "HEADER_CONFLICT");
  // A call without such a field is not held up by a header sent out of habit.
  EXPECT_EQ(Text({"DELETE", "/v1/clients/1", "", "", {{"idempotency-key", "k"}}}), R"(name: "clients/1")");
  for (const char* const bad : {"", "\"", "\"a", "a b", "\"a\"b", "\"a\\x\"", "\"\"", "a,b", "\xE5"}) {
    EXPECT_EQ(Text({"POST", "/v1/clients", "", "{}", {{"idempotency-key", bad}}}), "HEADER_INVALID") << bad;
  }
  EXPECT_EQ(Text({"POST", "/v1/clients", "", "{}", {{"idempotency-key", std::string(kHeaderValueBytesMax + 1, 'k')}}}),
            "HEADER_INVALID");
}

TEST(Bind, IfMatchFillsTheEtagOfRequestOrResource) {
  EXPECT_EQ(Text({"POST", "/v1/clients/1:archive", "", "", {{"if-match", "\"v3\""}}}),
            R"(name: "clients/1" etag: "v3")");
  EXPECT_THAT(Text({"PATCH", "/v1/clients/1", "", "{}", {{"if-match", "\"v3\""}}}), HasSubstr(R"(etag: "v3")"));
  EXPECT_EQ(Text({"PATCH", "/v1/clients/1", "", R"({"etag":"v2"})", {{"if-match", "\"v3\""}}}), "HEADER_CONFLICT");
  EXPECT_EQ(Text({"POST", "/v1/clients/1:archive", "", "", {{"if-match", "*"}}}), R"(name: "clients/1")");
  EXPECT_EQ(Text({"DELETE", "/v1/clients/1", "", "", {{"if-match", "\"v3\""}}}), "HEADER_UNSUPPORTED");
  EXPECT_EQ(Text({"GET", "/v1/clients/1", "", "", {{"if-match", "\"v3\""}}}), R"(name: "clients/1")");
  for (const char* const bad : {"W/\"v3\"", "\"a\", \"b\"", "\"", ""}) {
    EXPECT_EQ(Text({"POST", "/v1/clients/1:archive", "", "", {{"if-match", bad}}}), "HEADER_INVALID") << bad;
  }
}

TEST(Bind, ResponseBodyIsTheFieldThatTheRuleNames) {
  const JsonCodec codec;
  Route route;
  kam::testing::v1::Order order;
  order.set_name("o");
  order.add_clients()->set_name("c");
  std::string whole, part;
  ASSERT_TRUE(PrintResponse(codec, route, order, &whole).ok());
  route.response_field = order.GetDescriptor()->FindFieldByName("clients");
  ASSERT_TRUE(PrintResponse(codec, route, order, &part).ok());
  EXPECT_EQ(whole, R"({"name":"o","clients":[{"name":"c"}]})");
  EXPECT_EQ(part, R"([{"name":"c"}])");
}

TEST(Bind, AMessageOfAnotherTypeIsAnInternalError) {
  const JsonCodec codec;
  kam::testing::v1::Client::descriptor();
  const auto* service =
      google::protobuf::DescriptorPool::generated_pool()->FindServiceByName("kam.testing.v1.ClientService");
  const auto router = Router::Build({service});
  ASSERT_TRUE(router.ok());
  const auto match = (*router)->Match("GET", "/v1/clients/1");
  kam::testing::v1::Client wrong;
  EXPECT_EQ(BindRequest(codec, *match, {}, {}, &wrong).code(), absl::StatusCode::kInternal);
}

}  // namespace
}  // namespace kam::gateway
