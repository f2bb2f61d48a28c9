#include "common/server/admin_server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/registry.h>

#include <atomic>
#include <future>

#include "common/server/testing/http.h"
#include "common/status/status.h"

namespace kam::server {
namespace {

using ::testing::AllOf;
using testing::Connection;
using testing::Get;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

class AdminServerTest : public ::testing::Test {
 protected:
  // Starts with a check that fails until `well_` is set.
  void Start(AdminOptions options = {}) {
    server_ = AdminServer::Start(options, readiness_, metrics_).value();
    port_ = server_->port();
  }
  void StartReadiness() {
    readiness_.Add("database", [this]() -> absl::Status {
      if (well_) return absl::OkStatus();
      failed_once_.test_and_set();
      return Error(absl::StatusCode::kUnavailable, "DATABASE_UNAVAILABLE", "host db-1 refuses");
    });
    readiness_.Add("keys", [] { return absl::OkStatus(); });
    readiness_.Start([this](bool ready) {
      if (ready) became_ready_.set_value();
    });
  }

  std::atomic<bool> well_ = false;
  std::atomic_flag failed_once_ = ATOMIC_FLAG_INIT;
  std::promise<void> became_ready_;
  std::shared_ptr<prometheus::Registry> metrics_ = std::make_shared<prometheus::Registry>();
  Readiness readiness_{{.interval = absl::Milliseconds(1), .failing_interval = absl::Milliseconds(1)}};
  std::unique_ptr<AdminServer> server_;
  int port_ = 0;
};

TEST_F(AdminServerTest, LivenessDependsOnNothing) {
  Start();
  EXPECT_THAT(Get(port_, "/livez"), StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_THAT(Get(port_, "/readyz"), HasSubstr("not ready: starting"));
}

TEST_F(AdminServerTest, ReadinessNamesTheFailingCheckAndTurnsWhenItPasses) {
  Start();
  StartReadiness();
  std::string answer;
  do {
    answer = Get(port_, "/readyz");
  } while (answer.find("starting") != std::string::npos);  // Until the first round has ended.
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 503 "));
  EXPECT_THAT(answer, HasSubstr("not ready: database DATABASE_UNAVAILABLE\n"));
  EXPECT_THAT(answer, HasSubstr("\ndatabase: failed DATABASE_UNAVAILABLE\nkeys: ok\n")) << "every check is run";
  EXPECT_THAT(answer, Not(HasSubstr("db-1"))) << "texts of errors stay inside";
  EXPECT_THAT(Get(port_, "/startupz"), StartsWith("HTTP/1.1 503 "));
  well_ = true;
  became_ready_.get_future().wait();
  EXPECT_THAT(Get(port_, "/readyz"), StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_THAT(Get(port_, "/startupz"), StartsWith("HTTP/1.1 200 OK\r\n"));
  readiness_.SetDraining();
  EXPECT_THAT(Get(port_, "/readyz"), HasSubstr("not ready: draining"));
  EXPECT_THAT(Get(port_, "/startupz"), StartsWith("HTTP/1.1 200 OK\r\n"));
}

TEST_F(AdminServerTest, WhatCanBeDoneWithoutDegradesOnly) {
  std::atomic<bool> neighbour = false;
  readiness_.Add(
      "neighbour",
      [&] { return neighbour ? absl::OkStatus() : Error(absl::StatusCode::kUnavailable, "NEIGHBOUR_AWAY", "gone"); },
      Readiness::Weight::kAdvisory);
  well_ = true;
  Start();
  StartReadiness();
  became_ready_.get_future().wait();
  EXPECT_THAT(Get(port_, "/readyz"), AllOf(StartsWith("HTTP/1.1 200 "), HasSubstr("\r\n\r\nready, degraded\n"),
                                           HasSubstr("\nneighbour: degraded NEIGHBOUR_AWAY\n")));
  neighbour = true;
  std::string answer;
  do {
    answer = Get(port_, "/readyz");
  } while (answer.find("degraded") != std::string::npos);  // Until the next round has ended.
  EXPECT_THAT(answer, HasSubstr("\r\n\r\nready\nneighbour: ok\ndatabase: ok\nkeys: ok\n"));
}

TEST_F(AdminServerTest, MetricsAreShownAsPrometheusText) {
  prometheus::BuildCounter()
      .Name("kam_test_total")
      .Help("A test.")
      .Register(*metrics_)
      .Add({{"kind", "x"}})
      .Increment();
  AdminOptions options;
  prometheus::Gauge& looked_at =
      prometheus::BuildGauge().Name("kam_looked_at").Help("A test.").Register(*metrics_).Add({});
  options.on_scrape = [&] { looked_at.Increment(); };
  Start(options);
  const std::string answer = Get(port_, "/metrics?name=ignored");
  EXPECT_THAT(answer, HasSubstr("kam_looked_at 1")) << "shown as it is when somebody looks";
  EXPECT_THAT(answer, HasSubstr("Content-Type: text/plain; version=0.0.4"));
  EXPECT_THAT(answer, HasSubstr("kam_test_total{kind=\"x\"} 1"));
}

TEST_F(AdminServerTest, OtherPathsAndMethodsAreRefused) {
  Start();
  EXPECT_THAT(Get(port_, "/"), StartsWith("HTTP/1.1 404 "));
  Connection post(port_);
  ASSERT_TRUE(post.Send("DELETE /livez HTTP/1.1\r\nHost: test\r\n\r\n"));
  EXPECT_THAT(post.ReadAll(), StartsWith("HTTP/1.1 405 "));
  Connection body(port_);
  ASSERT_TRUE(body.Send("POST /livez HTTP/1.1\r\nHost: test\r\nContent-Length: 5\r\n\r\nhello"));
  EXPECT_THAT(body.ReadAll(), StartsWith("HTTP/1.1 413 "));
  Connection garbage(port_);
  ASSERT_TRUE(garbage.Send("\x16\x03\x01 not http\r\n\r\n"));
  EXPECT_THAT(garbage.ReadAll(), StartsWith("HTTP/1.1 400 "));
  EXPECT_THAT(Get(port_, "/livez"), StartsWith("HTTP/1.1 200 "));
}

TEST_F(AdminServerTest, HeadHasNoBodyAndTheConnectionIsKept) {
  Start();
  Connection connection(port_);
  ASSERT_TRUE(connection.Send("HEAD /livez HTTP/1.1\r\nHost: test\r\n\r\n"));
  const std::string head = connection.ReadUntil("\r\n\r\n");
  EXPECT_THAT(head, StartsWith("HTTP/1.1 200 "));
  EXPECT_THAT(head, HasSubstr("Content-Length: 6"));
  ASSERT_TRUE(connection.Send("GET /livez HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n"));
  const std::string second = connection.ReadAll();
  EXPECT_THAT(second, StartsWith("HTTP/1.1 200 "));
  EXPECT_THAT(second, HasSubstr("alive\n"));
}

TEST_F(AdminServerTest, AnOversizeHeaderIsRefused) {
  AdminOptions options;
  options.header_bytes_max = 1000;
  Start(options);
  Connection connection(port_);
  ASSERT_TRUE(connection.Send("GET /livez HTTP/1.1\r\nHost: test\r\nX-Long: " + std::string(1500, 'x')));
  EXPECT_THAT(connection.ReadAll(), StartsWith("HTTP/1.1 431 "));
}

TEST_F(AdminServerTest, ASlowClientIsCutOffAndOthersAreServedMeanwhile) {
  AdminOptions options;
  options.read_timeout = absl::Milliseconds(200);
  Start(options);
  Connection slow(port_);
  ASSERT_TRUE(slow.Send("GET /livez HTTP/1.1\r\nHo"));
  EXPECT_THAT(Get(port_, "/livez"), StartsWith("HTTP/1.1 200 "));
  EXPECT_EQ(slow.ReadAll(), "") << "closed without an answer";
}

TEST_F(AdminServerTest, ConnectionsAboveTheLimitAreClosed) {
  AdminOptions options;
  options.connections_max = 1;
  Start(options);
  Connection first(port_);
  ASSERT_TRUE(first.Send("GET /livez HTTP/1.1\r\nHost: test\r\n\r\n"));
  EXPECT_THAT(first.ReadUntil("alive\n"), StartsWith("HTTP/1.1 200 "));
  EXPECT_EQ(Get(port_, "/livez"), "");
  ASSERT_TRUE(first.Send("GET /livez HTTP/1.1\r\nHost: test\r\n\r\n"));
  EXPECT_THAT(first.ReadUntil("alive\n"), StartsWith("HTTP/1.1 200 "));
}

TEST_F(AdminServerTest, ABadAddressIsNamed) {
  for (const char* address : {"", "127.0.0.1", "localhost:1", "127.0.0.1:99999", "127.0.0.1:x", ":0"}) {
    AdminOptions options;
    options.address = address;
    EXPECT_EQ(ViolatedFields(AdminServer::Start(options, readiness_, metrics_).status()),
              std::vector<std::string>{"admin_listen"})
        << address;
  }
  AdminOptions options;
  options.address = "[::1]:0";
  const absl::Status six = AdminServer::Start(options, readiness_, metrics_).status();
  EXPECT_TRUE(six.ok() || Reason(six) == "LISTEN_FAILED") << six;
  Start();
  options.address = absl::StrCat("127.0.0.1:", port_);
  EXPECT_EQ(Reason(AdminServer::Start(options, readiness_, metrics_).status()), "LISTEN_FAILED");
}

}  // namespace
}  // namespace kam::server
