#include "common/rpc/server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <prometheus/registry.h>

#include <atomic>
#include <nlohmann/json.hpp>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/log/log.h"
#include "common/rpc/health.h"
#include "common/rpc/testing/echo_server.h"
#include "common/rpc/wire.h"
#include "common/status/status.h"
#include "grpc/health/v1/health.pb.h"

namespace kam::rpc {
namespace {

using testing::EchoRequest;
using testing::EchoResponse;
using testing::EchoServer;
using ::testing::HasSubstr;
using testing::kEcho;
using testing::kEchoBulk;
using testing::kHealthCheck;
using ::testing::Not;
using testing::ToStatus;

const RawMetadata kGood = {{"authorization", "Bearer good"}};

std::string Bytes(const std::string& text) {
  EchoRequest request;
  request.set_text(text);
  return request.SerializeAsString();
}

TEST(ServerTest, AnAcceptedCallReachesTheHandlerWithItsIdentityDeadlineAndTrace) {
  std::optional<Call> seen;
  EchoServer echo({}, [&seen](Call& call, const EchoRequest& request) -> absl::StatusOr<EchoResponse> {
    seen.emplace(call);
    EchoResponse response;
    response.set_text(request.text());
    return response;
  });
  const std::string traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  const absl::Time deadline = absl::Now() + absl::Seconds(20);
  absl::StatusOr<std::string> answer =
      echo.Echo("大客户", {.deadline = deadline, .bearer = "good", .traceparent = traceparent});
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_EQ(*answer, "大客户");
  EXPECT_EQ(seen->method->name(), "Echo");
  EXPECT_EQ(seen->principal.subject, "employees/e1");
  EXPECT_EQ(seen->level(), auth::Level::kTeam);
  EXPECT_EQ(seen->traceparent.substr(0, 35), traceparent.substr(0, 35));
  // What travels is the time left, so the way there is added.
  EXPECT_LT(seen->deadline, deadline + absl::Seconds(5));
  EXPECT_GT(seen->deadline, deadline - absl::Seconds(5));
}

TEST(ServerTest, ACallWithoutDeadlineGetsTheDefaultAndALongOneIsShortened) {
  std::vector<absl::Time> deadlines;
  ServerOptions options;
  options.deadline_max = absl::Minutes(2);
  EchoServer echo(options, [&](Call& call, const EchoRequest&) -> absl::StatusOr<EchoResponse> {
    deadlines.push_back(call.deadline);
    return EchoResponse();
  });
  const absl::Time before = absl::Now();
  ASSERT_TRUE(echo.Echo("", {.deadline = before + absl::Hours(5), .bearer = "good"}).ok());
  ASSERT_EQ(deadlines.size(), 1u);
  EXPECT_LE(deadlines[0], absl::Now() + absl::Minutes(2));
  EXPECT_GE(deadlines[0], before + absl::Minutes(2) - absl::Seconds(1));
}

TEST(ServerTest, AnUnknownMethodIsUnimplemented) {
  EchoServer echo;
  const absl::Status status = ToStatus(echo.Raw("kam.rpc.testing.EchoService/None", "", kGood));
  EXPECT_EQ(status.code(), absl::StatusCode::kUnimplemented);
  EXPECT_EQ(Reason(status), "METHOD_UNKNOWN");
  EXPECT_THAT(echo.Metrics(), HasSubstr("grpc_server_call_started_total{grpc_method=\"other\"} 1"));
}

TEST(ServerTest, ACallWithoutAValidTokenIsUnauthenticated) {
  EchoServer echo;
  const std::vector<std::pair<RawMetadata, std::string>> cases = {
      {{}, "TOKEN_MISSING"},
      {{{"authorization", "good"}}, "TOKEN_MISSING"},
      {{{"authorization", "Bearer "}}, "TOKEN_MISSING"},
      {{{"authorization", "Basic good"}}, "TOKEN_MISSING"},
      {{{"authorization", "Bearer good"}, {"authorization", "Bearer weak"}}, "TOKEN_MISSING"},
      {{{"authorization", "Bearer nobody"}}, "TOKEN_INVALID"},
      {{{"authorization", "Bearer expired"}}, "TOKEN_EXPIRED"}};
  for (const auto& [metadata, reason] : cases) {
    const absl::Status status = ToStatus(echo.Raw(kEcho, Bytes("x"), metadata));
    EXPECT_EQ(status.code(), absl::StatusCode::kUnauthenticated) << reason;
    EXPECT_EQ(Reason(status), reason);
  }
  EXPECT_TRUE(ToStatus(echo.Raw(kEcho, Bytes("x"), {{"authorization", "bearer good"}})).ok());
}

TEST(ServerTest, ACallWithoutThePermissionIsDeniedBeforeItsBodyIsLookedAt) {
  EchoServer echo;
  const absl::Status status = ToStatus(echo.Raw(kEcho, "\xFF not protobuf", {{"authorization", "Bearer weak"}}));
  EXPECT_EQ(status.code(), absl::StatusCode::kPermissionDenied);
  EXPECT_EQ(Reason(status), "PERMISSION_DENIED");
  EXPECT_EQ(MetadataValue(status, "permission"), "echo.use");
}

TEST(ServerTest, MalformedBytesAreInvalidArgument) {
  EchoServer echo;
  for (const std::string& bytes : {std::string("\xFF not protobuf"), std::string("\x0A\x05two"),
                                   std::string("\x0A\x02\xC3\x28")}) {  // Garbage, truncated, not UTF-8.
    const absl::Status status = ToStatus(echo.Raw(kEcho, bytes, kGood));
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
    EXPECT_EQ(Reason(status), "REQUEST_MALFORMED");
    EXPECT_EQ(MetadataValue(status, "message"), "kam.rpc.testing.EchoRequest");
  }
}

TEST(ServerTest, TooLittleTimeIsRefusedAndTheHandlerNotRun) {
  std::atomic<int> ran = 0;
  ServerOptions options;
  options.deadline_min = absl::Minutes(1);
  EchoServer echo(options, [&](Call&, const EchoRequest&) -> absl::StatusOr<EchoResponse> {
    ++ran;
    return EchoResponse();
  });
  const absl::StatusOr<std::string> answer =
      echo.Echo("x", {.deadline = absl::Now() + absl::Seconds(30), .bearer = "good"});
  EXPECT_EQ(answer.status().code(), absl::StatusCode::kDeadlineExceeded);
  EXPECT_EQ(Reason(answer.status()), "DEADLINE_TOO_SHORT");
  EXPECT_EQ(ran, 0);
}

TEST(ServerTest, TheHandlersErrorArrivesWithAllItsDetails) {
  const absl::Status sent =
      FailedPrecondition("CONTRACT_NOT_DRAFT", "contracts/1", "合同 is SIGNED", {{"state", "SIGNED"}});
  EchoServer echo({}, [&](Call&, const EchoRequest&) -> absl::StatusOr<EchoResponse> { return sent; });
  EXPECT_EQ(echo.Echo("x").status(), sent);
}

TEST(ServerTest, InternalErrorsAndExceptionsShowOnlyACorrelationIdThatIsInTheLog) {
  std::vector<std::string> lines;
  std::mutex mutex;
  log::ScopedCapture capture([&](absl::string_view line) {
    std::lock_guard<std::mutex> lock(mutex);
    lines.emplace_back(line);
  });
  EchoServer echo({}, [](Call&, const EchoRequest& request) -> absl::StatusOr<EchoResponse> {
    if (request.text() == "throw") throw std::runtime_error("secret text");
    if (request.text() == "throw int") throw 7;
    if (request.text() == "unknown") return absl::UnknownError("secret text");
    return Internal("secret text");
  });
  for (const char* text : {"throw", "throw int", "internal", "unknown"}) {
    lines.clear();
    const absl::Status status = echo.Echo(text).status();
    EXPECT_THAT(status.ToString(), Not(HasSubstr("secret")));
    EXPECT_EQ(Reason(status), "INTERNAL");
    const std::string id = MetadataValue(status, "correlationId");
    ASSERT_EQ(id.size(), 16u);
    ASSERT_EQ(lines.size(), 1u);
    const nlohmann::json line = nlohmann::json::parse(lines[0]);
    EXPECT_EQ(line["correlation_id"], id);
    EXPECT_EQ(line["level"], "error");
    EXPECT_NE(line["detail"], "");
  }
}

TEST(ServerTest, EveryCallHasOneLogLineWithoutBodyOrToken) {
  std::vector<std::string> lines;
  std::mutex mutex;
  log::ScopedCapture capture([&](absl::string_view line) {
    std::lock_guard<std::mutex> lock(mutex);
    lines.emplace_back(line);
  });
  EchoServer echo;
  ASSERT_TRUE(echo.Echo("body text").ok());
  ASSERT_EQ(lines.size(), 1u);
  const nlohmann::json line = nlohmann::json::parse(lines[0]);
  EXPECT_EQ(line["rpc_method"], kEcho);
  EXPECT_EQ(line["grpc_status"], "OK");
  EXPECT_EQ(line["principal"], "employees/e1");
  EXPECT_TRUE(IsTraceparent(std::string(line["traceparent"])));
  EXPECT_GT(line["duration_ms"], 0);
  EXPECT_THAT(lines[0], Not(HasSubstr("body text")));
  EXPECT_THAT(lines[0], Not(HasSubstr("good")));
}

TEST(ServerTest, MetricsCountByMethodAndStatus) {
  EchoServer echo;
  ASSERT_TRUE(echo.Echo("a").ok());
  ASSERT_TRUE(echo.Echo("b").ok());
  echo.Raw(kEcho, Bytes("c"), {});
  const std::string text = echo.Metrics();
  EXPECT_THAT(text, HasSubstr(absl::StrCat("grpc_server_call_started_total{grpc_method=\"", kEcho, "\"} 3")));
  EXPECT_THAT(text, HasSubstr(absl::StrCat("grpc_server_call_duration_seconds_count{grpc_method=\"", kEcho,
                                           "\",grpc_status=\"OK\"} 2")));
  EXPECT_THAT(text, HasSubstr(absl::StrCat("grpc_server_call_duration_seconds_count{grpc_method=\"", kEcho,
                                           "\",grpc_status=\"UNAUTHENTICATED\"} 1")));
  EXPECT_THAT(text, HasSubstr("grpc_server_queue_length 0"));
  EXPECT_THAT(text, HasSubstr("grpc_server_queue_length_max 256"));
  EXPECT_THAT(text, HasSubstr("grpc_server_threads 16"));
  EXPECT_THAT(text, HasSubstr("grpc_server_queue_wait_seconds_count 2"));
}

TEST(ServerTest, AnOversizeRequestIsRefusedAndTheNextIsServed) {
  std::atomic<int> ran = 0;
  ServerOptions options;
  options.receive_bytes_max = 100'000;
  EchoServer echo(options, [&](Call&, const EchoRequest&) -> absl::StatusOr<EchoResponse> {
    ++ran;
    return EchoResponse();
  });
  const absl::Status status = echo.Echo(std::string(100'001, 'x')).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted) << status;
  EXPECT_EQ(Reason(status), "TRANSPORT_LIMIT");
  EXPECT_EQ(ran, 0);
  EXPECT_TRUE(echo.Echo(std::string(99'000, 'x')).ok());
}

TEST(ServerTest, AnOversizeAnswerIsAnErrorWithItsSize) {
  ServerOptions options;
  options.send_bytes_max = 1000;
  EchoServer echo(options);
  const absl::Status status = echo.Echo(std::string(2000, 'x')).status();
  EXPECT_EQ(Reason(status), "RESPONSE_TOO_LARGE");
  EXPECT_EQ(MetadataValue(status, "limit"), "1000");
}

TEST(ServerTest, BigMetadataPassesUpToTheLimitAndIsRefusedAbove) {
  ServerOptions options;
  options.metadata_bytes_max = 64 << 10;
  EchoServer echo(options);
  RawMetadata metadata = kGood;
  metadata.emplace_back("x-padding", std::string(60'000, 'x'));
  EXPECT_TRUE(ToStatus(echo.Raw(kEcho, Bytes("x"), metadata)).ok());
  metadata.back().second = std::string(70'000, 'x');
  EXPECT_EQ(ToStatus(echo.Raw(kEcho, Bytes("x"), metadata)).code(), absl::StatusCode::kResourceExhausted);
  EXPECT_TRUE(echo.Echo("x").ok());
}

TEST(ServerTest, AnotherProgramCanAskWhetherItServes) {
  EchoServer echo;
  echo.server().SetServing(true);
  EXPECT_EQ(CheckServing(echo.client(), absl::Seconds(10)), absl::OkStatus());
  echo.server().SetServing(false);
  EXPECT_EQ(Reason(CheckServing(echo.client(), absl::Seconds(10))), "BACKEND_NOT_SERVING");
  echo.server().Shutdown(absl::ZeroDuration());
  EXPECT_EQ(Reason(CheckServing(echo.client(), absl::Seconds(10))), "BACKEND_UNAVAILABLE");
}

TEST(ServerTest, HealthNeedsNoTokenAndFollowsTheState) {
  EchoServer echo;
  const auto check = [&echo](const std::string& service) {
    grpc::health::v1::HealthCheckRequest request;
    request.set_service(service);
    const RawAnswer answer = echo.Raw(kHealthCheck, request.SerializeAsString(), {});
    grpc::health::v1::HealthCheckResponse response;
    EXPECT_TRUE(response.ParseFromString(answer.payload));
    return answer.code == 0 ? static_cast<int>(response.status()) : -answer.code;
  };
  EXPECT_EQ(check(""), grpc::health::v1::HealthCheckResponse::SERVING);
  EXPECT_EQ(check("kam.rpc.testing.EchoService"), grpc::health::v1::HealthCheckResponse::SERVING);
  EXPECT_EQ(check("kam.Absent"), -static_cast<int>(absl::StatusCode::kNotFound));
  echo.server().SetServing(false);
  EXPECT_EQ(check(""), grpc::health::v1::HealthCheckResponse::NOT_SERVING);
}

TEST(ServerTest, BadOptionsAreNamed) {
  Registry registry;
  testing::TestAuthenticator authenticator;
  ServerOptions options;
  options.threads = 0;
  absl::Status status =
      Server::Start(options, registry, authenticator, std::make_shared<prometheus::Registry>()).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(ViolatedFields(status), std::vector<std::string>{"threads"});
  options = {};
  options.tls.certificate = "/dev/null";
  status = Server::Start(options, registry, authenticator, std::make_shared<prometheus::Registry>()).status();
  EXPECT_EQ(Reason(status), "TLS_FILES_INCOMPLETE");
}

TEST(ServerTest, AnAddressInUseIsAnErrorNotASharedPort) {
  EchoServer echo;
  Registry registry;
  testing::TestAuthenticator authenticator;
  ServerOptions options;
  options.address = absl::StrCat("127.0.0.1:", echo.server().port());
  const absl::Status status =
      Server::Start(options, registry, authenticator, std::make_shared<prometheus::Registry>()).status();
  EXPECT_EQ(Reason(status), "LISTEN_FAILED");
}

TEST(ClientTest, AnUnreachableServerIsUnavailable) {
  ClientOptions options;
  options.target = "unix:/nonexistent/kam-test";
  options.attempts_max = 1;
  std::unique_ptr<Client> client = Client::Create(options).value();
  EchoResponse response;
  const absl::Status status = client->Call(kEcho, EchoRequest(), &response, {.bearer = "good"});
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(Reason(status), "BACKEND_UNAVAILABLE");
}

TEST(ClientTest, UnavailableIsTriedAgainAndOtherErrorsAreNot) {
  std::atomic<int> ran = 0;
  EchoServer echo({}, [&](Call&, const EchoRequest& request) -> absl::StatusOr<EchoResponse> {
    if (++ran < 3 && request.text() == "unavailable") {
      return Error(absl::StatusCode::kUnavailable, "DATABASE_UNAVAILABLE", "not now");
    }
    if (request.text() == "aborted") return Error(absl::StatusCode::kAborted, "ETAG_MISMATCH", "changed");
    return EchoResponse();
  });
  EXPECT_TRUE(echo.Echo("unavailable").ok());
  EXPECT_EQ(ran, 3);
  EXPECT_EQ(Reason(echo.Echo("aborted").status()), "ETAG_MISMATCH");
  EXPECT_EQ(ran, 4);
}

}  // namespace
}  // namespace kam::rpc
