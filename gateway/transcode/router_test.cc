#include "gateway/transcode/router.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "common/status/status.h"
#include "gateway/transcode/uri.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/descriptor.pb.h"
#include "kam/testing/v1/transcode_test.pb.h"

namespace kam::gateway {
namespace {

using google::protobuf::DescriptorPool;
using google::protobuf::ServiceDescriptor;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const ServiceDescriptor* Service(const std::string& name) {
  // Names the generated file, so that its descriptors are in the pool.
  kam::testing::v1::Client::descriptor();
  return DescriptorPool::generated_pool()->FindServiceByName("kam.testing.v1." + name);
}

const Router& TestRouter() {
  static const auto* const router = [] {
    RouterOptions options;
    options.default_bindings = true;
    return Router::Build({Service("ClientService")}, options).value().release();
  }();
  return *router;
}

// "GetClient name=clients/1", or the reason of the error.
std::string Routed(absl::string_view http_method, absl::string_view path) {
  const absl::StatusOr<RouteMatch> match = TestRouter().Match(http_method, path);
  if (!match.ok()) return Reason(match.status());
  std::string out = match->route->method->name();
  for (size_t i = 0; i < match->values.size(); ++i) {
    out += " " + FieldPathText(match->route->variables[i]) + "=" + match->values[i];
  }
  return out;
}

TEST(PathTemplate, ReadsTheWholeGrammar) {
  const auto path = ParsePathTemplate("/v1/{a.b=x/*/y/**}:do");
  ASSERT_TRUE(path.ok()) << path.status();
  EXPECT_EQ(TemplateShape(*path), "/v1/x/*/y/**:do");
  ASSERT_EQ(path->variables.size(), 1u);
  EXPECT_THAT(path->variables[0].fields, ElementsAre("a", "b"));
  EXPECT_EQ(path->variables[0].first, 1u);
  EXPECT_EQ(path->variables[0].last, 5u);
  EXPECT_TRUE(path->variables[0].multiple);
  const auto plain = ParsePathTemplate("/{a}/{b=*}/*");
  ASSERT_TRUE(plain.ok());
  EXPECT_EQ(TemplateShape(*plain), "/*/*/*");
  EXPECT_FALSE(plain->variables[1].multiple);
}

TEST(PathTemplate, RefusesWhatTheGrammarDoesNotHave) {
  for (const char* const text :
       {"",        "v1",    "/",     "//",    "/v1/",  "/{",       "/{}",       "/{a",       "/{a=}", "/{a={b}}",
        "/{a}{b}", "/a{b}", "/{1a}", "/{a.}", "/{.a}", "/**/a",    "/{a=**}/b", "/{a=**/b}", "/a:",   "/a:b:c",
        "/a:b/c",  "/a b",  "/%41",  "/***",  "/a*",   "/{a}/{a}", "/..",       "/a?b",      "/a#b"}) {
    EXPECT_EQ(Reason(ParsePathTemplate(text).status()), "TEMPLATE_MALFORMED") << text;
  }
  EXPECT_EQ(Reason(ParsePathTemplate("/" + std::string(kTemplateBytesMax, 'a')).status()), "TEMPLATE_MALFORMED");
}

TEST(Router, FindsMethodAndVariables) {
  EXPECT_EQ(Routed("GET", "/v1/clients/1"), "GetClient name=clients/1");
  EXPECT_EQ(Routed("DELETE", "/v1/clients/1"), "DeleteClient name=clients/1");
  EXPECT_EQ(Routed("GET", "/v1/clients"), "ListClients");
  EXPECT_EQ(Routed("PATCH", "/v1/clients/1"), "UpdateClient client.name=clients/1");
  EXPECT_EQ(Routed("PUT", "/v1/clients/1/tags"), "TagClient name=clients/1");
  EXPECT_EQ(Routed("GET", "/v1/clients/1/orders/2"), "GetOrder name=clients/1/orders/2");
  EXPECT_EQ(Routed("GET", "/v1/orders/2/of/1"), "GetOrder name=2 client=1");
}

TEST(Router, LiteralsGoBeforeStarsButOnlyForTheirMethods) {
  EXPECT_EQ(Routed("GET", "/v1/clients/me"), "GetMyClient");
  EXPECT_EQ(Routed("DELETE", "/v1/clients/me"), "DeleteClient name=clients/me");
}

TEST(Router, DoubleStarTakesAnyNumberOfSegments) {
  EXPECT_EQ(Routed("GET", "/v1/files"), "ReadFile path=");
  EXPECT_EQ(Routed("GET", "/v1/files/a"), "ReadFile path=a");
  EXPECT_EQ(Routed("GET", "/v1/files/a/b/c"), "ReadFile path=a/b/c");
  EXPECT_EQ(Routed("HEAD", "/v1/heads/a/b:peek"), "ReadFile path=a/b");
}

TEST(Router, VerbsCountOnlyWhereATemplateHasThem) {
  EXPECT_EQ(Routed("POST", "/v1/clients/1:archive"), "ArchiveClient name=clients/1");
  EXPECT_EQ(Routed("GET", "/v1/clients/1:archive"), "METHOD_NOT_ALLOWED");
  // Not a verb of any template: part of the id.
  EXPECT_EQ(Routed("GET", "/v1/clients/1:nothing"), "GetClient name=clients/1:nothing");
  // A verb elsewhere, but no template has it here.
  EXPECT_EQ(Routed("GET", "/v1/files/a:archive"), "ReadFile path=a:archive");
  // An encoded colon never starts a verb.
  EXPECT_EQ(Routed("GET", "/v1/clients/1%3Aarchive"), "GetClient name=clients/1:archive");
}

TEST(Router, EscapesAreDecodedBySegmentRules) {
  EXPECT_EQ(Routed("GET", "/v1/orders/a%2Fb/of/%E5%AE%A2"), "GetOrder name=a/b client=\u5ba2");
  EXPECT_EQ(Routed("GET", "/v1/clients/a%2Fb%20c"), "GetClient name=clients/a%2Fb c");
  EXPECT_EQ(Routed("GET", "/v1/clients/a%2fb"), "GetClient name=clients/a%2fb");
  EXPECT_EQ(Routed("GET", "/v1/cl%69ents/1"), "GetClient name=clients/1");
  EXPECT_EQ(Routed("GET", "/v1/clients/a+b"), "GetClient name=clients/a+b");
}

TEST(Router, BadPathsAreRefused) {
  for (const char* const path :
       {"", "v1/clients", "/v1/clients/%", "/v1/clients/%4", "/v1/clients/%zz", "/v1/clients/%00", "/v1/clients/%ff",
        "/v1/clients/\xff", "/v1/clients/..", "/v1/clients/%2e%2E", "/v1/./clients"}) {
    EXPECT_EQ(Routed("GET", path), "PATH_MALFORMED") << path;
  }
  std::string deep;
  for (size_t i = 0; i <= kPathSegmentsMax; ++i) deep += "/a";
  EXPECT_EQ(Routed("GET", deep), "PATH_MALFORMED");
}

TEST(Router, UnknownPathsAreNotFound) {
  for (const char* const path : {"/", "/v1", "/v1/clients/", "/v1//clients", "/v1/clients//", "/v1/nothing",
                                 "/v1/clients/1/2", "/V1/clients", "/v1/clients:sync"}) {
    EXPECT_EQ(Routed("GET", path), "ROUTE_NOT_FOUND") << path;
  }
}

TEST(Router, WrongMethodNamesTheRightOnes) {
  const auto match = TestRouter().Match("PUT", "/v1/clients/1");
  EXPECT_EQ(match.status().code(), absl::StatusCode::kUnimplemented);
  EXPECT_EQ(Reason(match.status()), "METHOD_NOT_ALLOWED");
  EXPECT_EQ(MetadataValue(match.status(), "allow"), "DELETE, GET, HEAD, PATCH");
  EXPECT_EQ(MetadataValue(TestRouter().Match("GET", "/v1/clients/1:archive").status(), "allow"), "POST");
}

TEST(Router, HeadIsServedByGet) {
  EXPECT_EQ(Routed("HEAD", "/v1/clients/1"), "GetClient name=clients/1");
  EXPECT_EQ(Routed("get", "/v1/clients/1"), "METHOD_NOT_ALLOWED");
}

TEST(Router, InternalMethodsAreLeftOutAndDefaultBindingsAreAChoice) {
  EXPECT_EQ(Routed("POST", "/kam.testing.v1.ClientService/CountClients"), "CountClients");
  EXPECT_EQ(Routed("POST", "/kam.testing.v1.ClientService/SyncClients"), "ROUTE_NOT_FOUND");
  const auto router = Router::Build({Service("ClientService")});
  ASSERT_TRUE(router.ok());
  EXPECT_EQ(Reason((*router)->Match("POST", "/kam.testing.v1.ClientService/CountClients").status()), "ROUTE_NOT_FOUND");
  for (const auto& route : (*router)->routes()) EXPECT_NE(route->method->name(), "SyncClients");
}

TEST(Router, TwoMethodsOnOneTemplateFailNamingBoth) {
  const auto router = Router::Build({Service("ConflictService")});
  EXPECT_EQ(router.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(Reason(router.status()), "HTTP_RULE_CONFLICT");
  EXPECT_THAT(std::string(router.status().message()), HasSubstr("ConflictService.First"));
  EXPECT_THAT(std::string(router.status().message()), HasSubstr("ConflictService.Second"));
}

// A service with one method of the given request type and rule, in a pool of its own.
std::string BuildReason(const std::string& request, const std::string& http_rule) {
  google::protobuf::FileDescriptorProto file;
  DescriptorPool pool(DescriptorPool::generated_pool());
  file.set_name("rule.proto");
  file.set_package("rule");
  file.add_dependency("kam/testing/v1/transcode_test.proto");
  file.add_dependency("google/api/annotations.proto");
  auto* service = file.add_service();
  service->set_name("S");
  auto* method = service->add_method();
  method->set_name("M");
  method->set_input_type(".kam.testing.v1." + request);
  method->set_output_type(".kam.testing.v1.Client");
  auto* option = method->mutable_options()->add_uninterpreted_option();
  auto* part = option->add_name();
  part->set_name_part("google.api.http");
  part->set_is_extension(true);
  option->set_aggregate_value(http_rule);
  const auto* built = pool.BuildFile(file);
  if (built == nullptr) return "NOT_BUILT";
  const auto router = Router::Build({built->service(0)});
  return router.ok() ? "OK" : Reason(router.status());
}

TEST(Router, MistakesInRulesStopStartUp) {
  EXPECT_EQ(BuildReason("UpdateClientRequest", "patch: '/v1/{client.name=clients/*}' body: 'client'"), "OK");
  const std::pair<const char*, const char*> kMistakes[] = {
      {"GetClientRequest", "get: '/v1/{nothing}'"},
      {"GetClientRequest", "get: '/v1/{name.x}'"},
      {"GetClientRequest", "get: 'v1'"},
      {"GetClientRequest", "body: '*'"},
      {"UpdateClientRequest", "get: '/v1/{client}'"},
      {"TagClientRequest", "get: '/v1/{tags}'"},
      {"ListClientsRequest", "get: '/v1/{page_size=a/*}'"},
      {"GetClientRequest", "post: '/v1/x' body: 'nothing'"},
      {"GetClientRequest", "post: '/v1/{name}' body: 'name'"},
      {"GetClientRequest", "get: '/v1/x' response_body: 'nothing'"},
      {"GetClientRequest", "get: '/v1/x' additional_bindings {get: '/y' additional_bindings {get: '/z'}}"},
  };
  for (const auto& [request, rule] : kMistakes) EXPECT_EQ(BuildReason(request, rule), "HTTP_RULE_INVALID") << rule;
}

TEST(Uri, EncodingIsTheInverseOfDecoding) {
  std::string all;
  for (int c = 1; c < 128; ++c) all.push_back(static_cast<char>(c));
  all += "\u5ba2\u6237";
  std::string decoded;
  ASSERT_TRUE(PercentDecode(PercentEncode(all), {}, &decoded));
  EXPECT_EQ(decoded, all);
}

TEST(Uri, QueriesAreSplitAndDecoded) {
  const auto query = ParseQuery("a=1&&b=x+y%2B&c&=d&e=f=g");
  ASSERT_TRUE(query.ok());
  EXPECT_THAT(
      *query,
      ElementsAre(std::pair<std::string, std::string>("a", "1"), std::pair<std::string, std::string>("b", "x y+"),
                  std::pair<std::string, std::string>("c", ""), std::pair<std::string, std::string>("", "d"),
                  std::pair<std::string, std::string>("e", "f=g")));
  EXPECT_THAT(*ParseQuery(""), IsEmpty());
  for (const char* const bad : {"a=%", "a=%1", "%gg=1", "a=%00", "a=%ff"}) {
    EXPECT_EQ(Reason(ParseQuery(bad).status()), "QUERY_MALFORMED") << bad;
  }
  EXPECT_EQ(Reason(ParseQuery(std::string(2 * kQueryParametersMax, 'a')).status()), "");
  std::string many;
  for (size_t i = 0; i <= kQueryParametersMax; ++i) many += "a&";
  EXPECT_EQ(Reason(ParseQuery(many).status()), "QUERY_MALFORMED");
}

}  // namespace
}  // namespace kam::gateway
