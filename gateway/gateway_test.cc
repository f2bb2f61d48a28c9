#include "gateway/gateway.h"

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "common/rpc/wire.h"
#include "common/status/status.h"
#include "gateway/testing/edge_world.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace kam::gateway {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

constexpr char kClient[] = "/v1/clients/c1";

TEST(GatewayTest, AReadGoesThroughAndComesBackAsJsonWithAnETag) {
  EdgeWorld world;
  const http::RawResponse response = world.AskAs("anna", "GET", kClient);
  EXPECT_EQ(response.status, 200) << response.body;
  EXPECT_EQ(response.body, R"({"name":"clients/c1","legalName":"华东汽车 \"East\"","etag":"v3"})");
  EXPECT_EQ(response.Header("content-type"), "application/json");
  EXPECT_EQ(response.Header("etag"), "\"v3\"");
  EXPECT_EQ(response.Header("x-trace-id").size(), 32u);
  ASSERT_EQ(world.seen().size(), 1u);
  const auth::Principal principal = world.seen()[0].principal;
  EXPECT_EQ(principal.subject, "employees/anna");
  EXPECT_EQ(principal.employee, "anna");
  EXPECT_THAT(principal.roles, ElementsAre("KAM"));
  EXPECT_EQ(principal.department, "/d1/d7/");
  EXPECT_THAT(principal.regions, ElementsAre("east"));
  EXPECT_THAT(principal.team, ElementsAre("e2"));
  EXPECT_EQ(principal.LevelFor("client.read"), auth::Level::kAll);
  EXPECT_EQ(principal.LevelFor("client.create"), auth::Level::kOwn);
}

TEST(GatewayTest, AWriteCarriesBodyAndIdempotencyKey) {
  EdgeWorld world;
  const http::RawResponse response =
      world.AskAs("anna", "POST", "/v1/clients", "Idempotency-Key: \"0b1c\"\r\n", R"({"legalName":"A","score":7})");
  EXPECT_EQ(response.status, 200) << response.body;
  EXPECT_EQ(world.created().client().legal_name(), "A");
  EXPECT_EQ(world.created().client().score(), 7);
  EXPECT_EQ(world.created().request_id(), "0b1c");
}

TEST(GatewayTest, AWriteWithoutKeyIsGivenOneBecauseDeliveryIsTriedAgain) {
  EdgeWorld world;
  EXPECT_EQ(world.AskAs("anna", "POST", "/v1/clients", "", R"({"legalName":"A"})").status, 200);
  EXPECT_THAT(world.created().request_id(),
              ::testing::MatchesRegex("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}"));
}

TEST(GatewayTest, ARequestWithoutTokenIs401WithChallenge) {
  EdgeWorld world;
  const http::RawResponse response = world.Ask("GET", kClient);
  EXPECT_EQ(response.status, 401);
  EXPECT_EQ(response.Header("www-authenticate"), "Bearer realm=\"kam\"");
  EXPECT_EQ(response.Header("content-type"), "application/problem+json");
  EXPECT_THAT(response.body, HasSubstr("\"reason\":\"TOKEN_MISSING\""));
  EXPECT_EQ(world.Ask("GET", kClient, "Authorization: Basic YTpi\r\n").status, 401);
  EXPECT_EQ(world.resolved(), 0);
}

TEST(GatewayTest, BadExpiredAndForeignTokensAre401) {
  EdgeWorld world;
  const auto ask = [&](const std::string& token) {
    return world.Ask("GET", kClient, absl::StrCat("Authorization: Bearer ", token, "\r\n"));
  };
  const http::RawResponse garbage = ask("abc");
  EXPECT_EQ(garbage.status, 401);
  EXPECT_THAT(garbage.body, HasSubstr("TOKEN_MALFORMED"));
  EXPECT_THAT(garbage.Header("www-authenticate"), HasSubstr("invalid_token"));
  std::string tampered = world.Token();
  const size_t at = tampered.rfind('.') + 10;
  tampered[at] = tampered[at] == 'A' ? 'B' : 'A';
  EXPECT_THAT(ask(tampered).body, HasSubstr("TOKEN_SIGNATURE_INVALID"));
  EXPECT_THAT(ask(world.TokenAt("anna", world.clock().Now() - absl::Hours(24))).body, HasSubstr("TOKEN_EXPIRED"));
  // Signed by somebody else under the same names.
  EdgeWorld other;
  EXPECT_EQ(ask(other.Token()).status, 401);
  EXPECT_EQ(world.resolved(), 0);
  EXPECT_THAT(world.seen(), ::testing::IsEmpty());
}

TEST(GatewayTest, AKnownTokenIsRefusedOnceItHasExpired) {
  EdgeWorld world;
  const std::string header = absl::StrCat("Authorization: Bearer ", world.Token(), "\r\n");
  EXPECT_EQ(world.Ask("GET", kClient, header).status, 200);
  world.clock().Advance(absl::Hours(13));
  EXPECT_THAT(world.Ask("GET", kClient, header).body, HasSubstr("TOKEN_EXPIRED"));
}

TEST(GatewayTest, AMissingRightIs403BeforeThereIsA404OrTheBodyIsRead) {
  EdgeWorld world;
  world.set_grants({{"client.list", "all"}});
  const http::RawResponse response = world.AskAs("anna", "GET", "/v1/clients/none");
  EXPECT_EQ(response.status, 403);
  EXPECT_THAT(response.body, HasSubstr("\"reason\":\"PERMISSION_DENIED\""));
  EXPECT_THAT(response.body, HasSubstr("\"metadata\":{\"permission\":\"client.read\"}"));
  EXPECT_EQ(world.AskAs("anna", "POST", "/v1/clients", "", "{broken").status, 403);
  EXPECT_THAT(world.seen(), ::testing::IsEmpty());
}

TEST(GatewayTest, AnUnknownLoginIs403) {
  EdgeWorld world;
  const http::RawResponse response = world.AskAs("nobody", "GET", kClient);
  EXPECT_EQ(response.status, 403);
  EXPECT_THAT(response.body, HasSubstr("LOGIN_UNKNOWN"));
  EXPECT_EQ(world.AskAs("nobody", "GET", kClient).status, 403);
  EXPECT_EQ(world.resolved(), 1);
}

TEST(GatewayTest, NothingTheCallerSaysAboutIdentityReachesTheBackend) {
  EdgeWorld world;
  const http::RawResponse response =
      world.AskAs("anna", "GET", kClient,
                  "X-Forwarded-User: ceo\r\nX-Kam-Principal: employees/ceo\r\nGrpc-Metadata-Authorization: Bearer x\r\n"
                  "X-Employee: ceo\r\nCookie: a=b\r\nForwarded: for=1.2.3.4\r\n"
                  "Traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\r\n");
  EXPECT_EQ(response.status, 200) << response.body;
  ASSERT_EQ(world.sent_metadata().size(), 1u);
  const rpc::RawMetadata metadata = world.sent_metadata()[0];
  ASSERT_EQ(metadata.size(), 2u);
  EXPECT_EQ(metadata[0].first, "authorization");
  EXPECT_THAT(metadata[0].second, Not(HasSubstr(world.Token())));
  EXPECT_EQ(metadata[1].first, "traceparent");
  EXPECT_EQ(world.seen()[0].principal.subject, "employees/anna");
}

TEST(GatewayTest, TheTraceOfTheCallerGoesOnAndABrokenOneIsReplaced) {
  EdgeWorld world;
  const http::RawResponse response =
      world.AskAs("anna", "GET", kClient, "Traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\r\n");
  EXPECT_EQ(response.Header("x-trace-id"), "0af7651916cd43dd8448eb211c80319c");
  EXPECT_THAT(world.seen()[0].traceparent, StartsWith("00-0af7651916cd43dd8448eb211c80319c-"));
  EXPECT_THAT(world.seen()[0].traceparent, Not(HasSubstr("b7ad6b7169203331")));
  world.AskAs("anna", "GET", kClient, "Traceparent: 00-nonsense\r\n");
  EXPECT_TRUE(rpc::IsTraceparent(world.seen()[1].traceparent));
}

TEST(GatewayTest, TheDeadlineOfTheCallerReachesTheBackendAndIsCapped) {
  EdgeWorld world;
  world.AskAs("anna", "GET", kClient, "X-Request-Timeout: 12.5\r\n");
  world.AskAs("anna", "GET", kClient, "X-Request-Timeout: 3600\r\n");
  world.AskAs("anna", "GET", kClient);
  ASSERT_EQ(world.seen().size(), 3u);
  // gRPC rounds timeouts up on the wire.
  const absl::Duration rounding = absl::Seconds(1);
  EXPECT_LE(world.seen()[0].time_left, absl::Seconds(12.5) + rounding);
  EXPECT_GT(world.seen()[0].time_left, absl::Seconds(2));
  EXPECT_LE(world.seen()[1].time_left, kCallTimeoutMax + rounding);
  EXPECT_GT(world.seen()[1].time_left, absl::Seconds(13));
  EXPECT_LE(world.seen()[2].time_left, kCallTimeoutMax + rounding);
  for (const char* bad : {"0", "-1", "soon", "nan", "1e99"}) {
    const http::RawResponse response =
        world.AskAs("anna", "GET", kClient, absl::StrCat("X-Request-Timeout: ", bad, "\r\n"));
    EXPECT_EQ(response.status, 400) << bad;
    EXPECT_THAT(response.body, HasSubstr("TIMEOUT_INVALID"));
  }
}

TEST(GatewayTest, ABackendThatDoesNotAnswerInTimeIs504) {
  EdgeWorld world;
  // The session is there already, so that the deadline is all spent on the call.
  ASSERT_EQ(world.AskAs("anna", "GET", kClient).status, 200);
  world.CloseGate();
  const http::RawResponse response = world.AskAs("anna", "GET", kClient, "X-Request-Timeout: 0.3\r\n");
  EXPECT_EQ(response.status, 504) << response.body;
  EXPECT_THAT(response.body, HasSubstr("BACKEND_TIMEOUT"));
  world.OpenGate();
}

TEST(GatewayTest, ABackendThatIsDownIs503WithRetryAfter) {
  WorldOptions options;
  options.backend = false;
  EdgeWorld world(options);
  const http::RawResponse response = world.AskAs("anna", "GET", kClient);
  EXPECT_EQ(response.status, 503) << response.body;
  EXPECT_EQ(response.Header("retry-after"), "1");
  EXPECT_THAT(response.body, HasSubstr("BACKEND_UNAVAILABLE"));
  EXPECT_THAT(response.body, HasSubstr("\"code\":\"UNAVAILABLE\""));
}

TEST(GatewayTest, ErrorsOfTheBackendKeepTheirDetails) {
  EdgeWorld world;
  const http::RawResponse missing = world.AskAs("anna", "GET", "/v1/clients/none");
  EXPECT_EQ(missing.status, 404);
  EXPECT_THAT(missing.body, HasSubstr("\"reason\":\"RESOURCE_NOT_FOUND\""));
  EXPECT_THAT(missing.body, HasSubstr("\"traceId\":\"" + missing.Header("x-trace-id")));
  const http::RawResponse field = world.AskAs("anna", "POST", "/v1/clients", "", "{\"score\":1}");
  EXPECT_EQ(field.status, 400);
  EXPECT_THAT(
      field.body,
      HasSubstr(R"("errors":[{"field":"client.legal_name","pointer":"/legalName","description":"must be set"}])"));
  world.set_failure(
      RetryLater(absl::StatusCode::kResourceExhausted, "OVERLOADED", "too much", absl::Milliseconds(1500)));
  const http::RawResponse busy = world.AskAs("anna", "GET", kClient);
  EXPECT_EQ(busy.status, 429);
  EXPECT_EQ(busy.Header("retry-after"), "2");
  world.set_failure(Internal("secret table"));
  const http::RawResponse broken = world.AskAs("anna", "GET", kClient);
  EXPECT_EQ(broken.status, 500);
  EXPECT_THAT(broken.body, Not(HasSubstr("secret")));
}

TEST(GatewayTest, IfMatchIsCheckedAndAStaleOneIs412) {
  EdgeWorld world;
  const auto archive = [&](absl::string_view headers, absl::string_view body) {
    return world.AskAs("anna", "POST", "/v1/clients/c1:archive", headers, body).status;
  };
  EXPECT_EQ(archive("If-Match: \"v3\"\r\n", "{}"), 200);
  EXPECT_EQ(archive("If-Match: \"v2\"\r\n", "{}"), 412);
  EXPECT_EQ(archive("", R"({"etag":"v2"})"), 409);
}

TEST(GatewayTest, IfNoneMatchIs304WithoutBody) {
  EdgeWorld world;
  const http::RawResponse same = world.AskAs("anna", "GET", kClient, "If-None-Match: \"v2\", W/\"v3\"\r\n");
  EXPECT_EQ(same.status, 304);
  EXPECT_EQ(same.body, "");
  EXPECT_EQ(same.Header("etag"), "\"v3\"");
  EXPECT_EQ(world.AskAs("anna", "GET", kClient, "If-None-Match: \"v2\"\r\n").status, 200);
}

TEST(GatewayTest, UnknownPathsWrongMethodsAndInternalMethodsAreNotServed) {
  EdgeWorld world;
  const http::RawResponse unknown = world.AskAs("anna", "GET", "/v1/nothing");
  EXPECT_EQ(unknown.status, 404);
  EXPECT_THAT(unknown.body, HasSubstr("ROUTE_NOT_FOUND"));
  const http::RawResponse wrong = world.AskAs("anna", "PUT", kClient);
  EXPECT_EQ(wrong.status, 405);
  EXPECT_THAT(wrong.Header("allow"), HasSubstr("GET"));
  const http::RawResponse options = world.Ask("OPTIONS", kClient);
  EXPECT_EQ(options.status, 204);
  EXPECT_THAT(options.Header("allow"), HasSubstr("PATCH"));
  EXPECT_EQ(world.AskAs("anna", "POST", "/kam.testing.v1.ClientService/SyncClients", "", "{}").status, 404);
  EXPECT_EQ(world.AskAs("anna", "POST", "/kam.organization.v1.DirectoryService/ResolvePrincipal", "", "{}").status,
            404);
  EXPECT_EQ(world.AskAs("anna", "GET", "/v1/clients:sync").status, 404);
}

TEST(GatewayTest, HeadIsGetWithoutBody) {
  EdgeWorld world;
  const http::RawResponse response = world.AskAs("anna", "HEAD", kClient);
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.Header("etag"), "\"v3\"");
  EXPECT_NE(response.Header("content-length"), "0");
}

TEST(GatewayTest, OnlyJsonInUtf8IsTaken) {
  EdgeWorld world;
  const auto create = [&](absl::string_view type) {
    return world.AskAs("anna", "POST", "/v1/clients", absl::StrCat("Content-Type: ", type, "\r\n"),
                       R"({"legalName":"A"})");
  };
  EXPECT_EQ(create("application/json; charset=UTF-8").status, 200);
  EXPECT_EQ(create("Application/JSON").status, 200);
  for (const char* type : {"text/plain", "application/x-www-form-urlencoded", "application/json; charset=gbk"}) {
    const http::RawResponse response = create(type);
    EXPECT_EQ(response.status, 415) << type;
    EXPECT_THAT(response.body, HasSubstr("CONTENT_TYPE_UNSUPPORTED"));
  }
}

TEST(GatewayTest, MalformedJsonNamesThePlace) {
  EdgeWorld world;
  const http::RawResponse response =
      world.AskAs("anna", "POST", "/v1/clients", "", R"({"legalName":"A","address":{"town":"x"}})");
  EXPECT_EQ(response.status, 400);
  EXPECT_THAT(response.body, HasSubstr("JSON_UNKNOWN_FIELD"));
  EXPECT_THAT(response.body, HasSubstr("\"pointer\":\"/address/town\""));
}

TEST(GatewayTest, LargeBodiesAndAnswersGoThrough) {
  EdgeWorld world;
  const std::string name(200000, 'n');
  const http::RawResponse created =
      world.AskAs("anna", "POST", "/v1/clients", "", absl::StrCat("{\"legalName\":\"", name, "\"}"));
  EXPECT_EQ(created.status, 200);
  EXPECT_EQ(world.created().client().legal_name(), name);
  EXPECT_GT(world.AskAs("anna", "GET", "/v1/clients/large").body.size(), 300000u);
}

TEST(GatewayTest, APersonIsResolvedOnceForManyRequestsAndAgainWhenTheAnswerIsOld) {
  EdgeWorld world;
  for (int i = 0; i < 5; ++i) EXPECT_EQ(world.AskAs("anna", "GET", kClient).status, 200);
  EXPECT_EQ(world.resolved(), 1);
  world.AskAs("bert", "GET", kClient);
  EXPECT_EQ(world.resolved(), 2);
  world.set_grants({});
  EXPECT_EQ(world.AskAs("anna", "GET", kClient).status, 200);
  world.clock().Advance(absl::Seconds(11));
  EXPECT_EQ(world.AskAs("anna", "GET", kClient).status, 403);
  EXPECT_EQ(world.resolved(), 3);
}

TEST(GatewayTest, ManyFirstRequestsOfOnePersonAskOnce) {
  EdgeWorld world;
  std::vector<std::thread> threads;
  std::atomic<int> good = 0;
  for (int i = 0; i < 16; ++i) {
    threads.emplace_back([&] { good += world.AskAs("anna", "GET", kClient).status == 200 ? 1 : 0; });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(good, 16);
  EXPECT_EQ(world.resolved(), 1);
}

TEST(GatewayTest, TokensForTheInsideAreRenewedBeforeTheyExpire) {
  EdgeWorld world;
  // Further than the life of an internal token, in steps shorter than the cache of principals.
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(world.AskAs("anna", "GET", kClient).status, 200) << i;
    world.clock().Advance(absl::Seconds(6));
  }
}

TEST(GatewayTest, PeopleKnownBeforeWorkOnForAWhileWhenAccountSvcIsGone) {
  EdgeWorld world;
  ASSERT_EQ(world.AskAs("anna", "GET", kClient).status, 200);
  world.StopBackend();
  world.clock().Advance(absl::Seconds(30));
  // The door opens; what is behind it is down here too.
  absl::Notification known;
  const std::string token = absl::StrCat("Bearer ", world.Token());
  const Target* target = world.targets().Find("kam.testing.v1.ClientService/GetClient");
  ASSERT_NE(target, nullptr);
  world.access().Admit(&token, rpc::NewTraceparent(), *target, [&](absl::StatusOr<SessionPtr> session) {
    EXPECT_TRUE(session.ok()) << session.status();
    known.Notify();
  });
  known.WaitForNotification();
  world.clock().Advance(absl::Seconds(31));
  absl::Notification gone;
  world.access().Admit(&token, rpc::NewTraceparent(), *target, [&](absl::StatusOr<SessionPtr> session) {
    EXPECT_EQ(session.status().code(), absl::StatusCode::kUnavailable);
    gone.Notify();
  });
  gone.WaitForNotification();
}

TEST(GatewayTest, HealthAndOpenApiNeedNoToken) {
  EdgeWorld world;
  EXPECT_EQ(world.Ask("GET", "/healthz").body, "{\"status\":\"ok\"}");
  EXPECT_EQ(world.Ask("GET", "/openapi.json").body, "{\"openapi\":\"3.1.0\"}");
  EXPECT_EQ(world.Ask("DELETE", "/openapi.json").status, 405);
}

TEST(GatewayTest, WithoutADocumentTheOpenApiIsMadeFromTheRoutes) {
  WorldOptions options;
  options.openapi_json = "";
  EdgeWorld world(options);
  const http::RawResponse response = world.Ask("GET", "/openapi.json");
  EXPECT_EQ(response.status, 200);
  EXPECT_THAT(response.body, HasSubstr("\"3.1."));
  EXPECT_THAT(response.body, HasSubstr("/v1/clients/{client}"));
  EXPECT_THAT(response.body, Not(HasSubstr("ResolvePrincipal")));
}

TEST(GatewayTest, MetricsNameTheRouteNeverThePath) {
  EdgeWorld world;
  world.AskAs("anna", "GET", "/v1/clients/verysecretname");
  world.AskAs("anna", "GET", "/v1/alsosecret");
  const std::string metrics = world.metrics();
  EXPECT_THAT(metrics, HasSubstr("http_server_request_duration_seconds_count{method=\"GET\",route=\"/v1/{name=clients/"
                                 "*}\",status=\"200\"} 1"));
  EXPECT_THAT(metrics, HasSubstr("route=\"other\",status=\"404\""));
  EXPECT_THAT(metrics, Not(HasSubstr("secret")));
}

}  // namespace
}  // namespace kam::gateway
