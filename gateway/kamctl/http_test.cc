#include "gateway/kamctl/http.h"

#include "common/status/status.h"
#include "gateway/kamctl/testing/fake_gateway.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace kam::ctl {
namespace {

using ::testing::ElementsAre;

TEST(GatewayTest, AProblemBecomesAStatusWithItsReasonValuesAndFields) {
  FakeGateway server([](const FakeRequest&) {
    return FakeAnswer{400,
                      {{"code", "INVALID_ARGUMENT"},
                       {"reason", "FIELD_REQUIRED"},
                       {"detail", "account.legal_name: must be set"},
                       {"metadata", {{"limit", "200"}}},
                       {"errors", {{{"field", "account.legal_name"}, {"description", "must be set"}}}}}};
  });
  Gateway gateway(server.url(), "token");
  const auto answer = gateway.Post("/v1/accounts", Json::object());
  EXPECT_EQ(answer.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(Reason(answer.status()), "FIELD_REQUIRED");
  EXPECT_EQ(MetadataValue(answer.status(), "limit"), "200");
  EXPECT_THAT(ViolatedFields(answer.status()), ElementsAre("account.legal_name"));
}

TEST(GatewayTest, WhatIsOverloadedIsTriedAgainWithTheSameKey) {
  int calls = 0;
  FakeGateway server([&calls](const FakeRequest&) {
    return ++calls < 3 ? FakeAnswer{429, {{"code", "RESOURCE_EXHAUSTED"}}} : FakeAnswer{200, {{"name", "accounts/1"}}};
  });
  Gateway gateway(server.url(), "token");
  const auto answer = gateway.Post("/v1/accounts", Json::object(), "key-1");
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_EQ((*answer)["name"], "accounts/1");
  ASSERT_EQ(server.requests().size(), 3u);
  for (const FakeRequest& request : server.requests()) EXPECT_EQ(request.key, "key-1");
}

TEST(GatewayTest, AWriteWithoutKeyIsNotTriedAgain) {
  FakeGateway server([](const FakeRequest&) { return FakeAnswer{503, {{"code", "UNAVAILABLE"}}}; });
  Gateway gateway(server.url(), "token");
  EXPECT_EQ(gateway.Post("/v1/accounts", Json::object()).status().code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(server.requests().size(), 1u);
}

// G-21: what a proxy in between, or another program, answers is an error and no crash.
TEST(GatewayTest, AnAnswerOfAnotherFormIsAnError) {
  Json body;
  int status = 502;
  FakeGateway server([&](const FakeRequest&) { return FakeAnswer{status, body}; });
  Gateway gateway(server.url(), "token");
  gateway.set_patience(absl::ZeroDuration());
  for (const Json& strange : {Json{{"code", 502}, {"reason", {1, 2}}, {"detail", nullptr}, {"errors", {{"a", 1}}}},
                              Json::array({1, 2}), Json("bad gateway"), Json()}) {
    body = strange;
    const auto answer = gateway.Get("/v1/accounts");
    EXPECT_EQ(answer.status().code(), absl::StatusCode::kUnavailable) << strange.dump();
    EXPECT_EQ(Reason(answer.status()), "HTTP_ERROR") << strange.dump();
  }
  status = 200;
  for (const Json& strange : {Json::array({1}), Json{{"items", 5}, {"nextPageToken", 7}}, Json("text")}) {
    body = strange;
    const auto all = gateway.ListAll("/v1/items", "items");
    ASSERT_TRUE(all.ok()) << all.status();
    EXPECT_TRUE(all->empty());
  }
}

// G-21: an import that outlives its token goes on with the new one.
TEST(GatewayTest, ATokenThatHasExpiredIsReadAgain) {
  FakeGateway server([](const FakeRequest& request) {
    if (request.token == "Bearer new") return FakeAnswer{200, {{"name", "accounts/1"}}};
    return FakeAnswer{401, {{"code", "UNAUTHENTICATED"}, {"reason", "TOKEN_EXPIRED"}}};
  });
  Gateway gateway(server.url(), "old");
  EXPECT_EQ(Reason(gateway.Get("/v1/accounts/1").status()), "TOKEN_EXPIRED");
  int reads = 0;
  gateway.set_token_source([&reads]() -> absl::StatusOr<std::string> { return ++reads == 1 ? "old" : "new"; });
  EXPECT_EQ(Reason(gateway.Get("/v1/accounts/1").status()), "TOKEN_EXPIRED") << "nobody has renewed it yet";
  EXPECT_TRUE(gateway.Get("/v1/accounts/1").ok());
  EXPECT_TRUE(gateway.Get("/v1/accounts/1").ok());
  EXPECT_EQ(reads, 2);
}

TEST(GatewayTest, ASlowBackendIsAskedAgain) {
  int calls = 0;
  FakeGateway server([&calls](const FakeRequest&) {
    return ++calls == 1 ? FakeAnswer{504, {{"code", "DEADLINE_EXCEEDED"}}}
                        : FakeAnswer{200, {{"results", Json::array()}}};
  });
  Gateway gateway(server.url(), "token");
  EXPECT_TRUE(gateway.Post("/v1/orders:batchUpsert", Json::object()).ok());
  EXPECT_EQ(calls, 2);
}

TEST(GatewayTest, AnAddressThatIsNoneIsRefusedAtOnce) {
  for (const char* url : {"file:///etc/passwd", "gopher://host"}) {
    // With the usual patience of a minute.
    EXPECT_EQ(Reason(Gateway(url, "token").Get("/v1/accounts").status()), "GATEWAY_URL_INVALID") << url;
  }
  FakeGateway server([](const FakeRequest& request) { return FakeAnswer{request.path == "/v1/x" ? 200 : 404, {}}; });
  Gateway gateway(server.url() + "/", "token");
  EXPECT_TRUE(gateway.Get("/v1/x").ok()) << "a slash at the end is no part of the path";
}

TEST(GatewayTest, NobodyListeningIsAnErrorAfterThePatience) {
  std::string url;
  {
    FakeGateway gone([](const FakeRequest&) { return FakeAnswer{}; });
    url = gone.url();
  }
  Gateway gateway(url, "token");
  gateway.set_patience(absl::ZeroDuration());
  EXPECT_EQ(Reason(gateway.Get("/v1/accounts").status()), "GATEWAY_UNREACHABLE");
}

TEST(GatewayTest, EveryPageOfAListIsRead) {
  FakeGateway server([](const FakeRequest& request) {
    if (request.query.find("pageToken=two%2F2") != std::string::npos) {
      return FakeAnswer{200, {{"items", {{{"n", 3}}}}}};
    }
    return FakeAnswer{200, {{"items", {{{"n", 1}}, {{"n", 2}}}}, {"nextPageToken", "two/2"}}};
  });
  Gateway gateway(server.url(), "token");
  const auto all = gateway.ListAll("/v1/items?filter=x", "items");
  ASSERT_TRUE(all.ok()) << all.status();
  EXPECT_EQ(all->dump(), R"([{"n":1},{"n":2},{"n":3}])");
}

}  // namespace
}  // namespace kam::ctl
