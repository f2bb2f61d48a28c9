#include "gateway/http/server.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "common/status/status.h"
#include "gateway/http/raw_client.h"
#include "gateway/http/test_server.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace kam::http {
namespace {

using ::testing::HasSubstr;

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
  clients.reserve(kClients);
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
