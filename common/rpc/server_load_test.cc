// The server under trouble: overload, cancellation, shutdown, hanging handlers.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <prometheus/registry.h>

#include <atomic>
#include <condition_variable>
#include <future>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "common/rpc/testing/echo_server.h"
#include "common/status/status.h"

namespace kam::rpc {
namespace {

using testing::EchoRequest;
using testing::EchoResponse;
using testing::EchoServer;
using ::testing::HasSubstr;
using testing::kEcho;
using testing::kEchoBulk;
using testing::kHealthCheck;
using testing::ToStatus;

const RawMetadata kGood = {{"authorization", "Bearer good"}};

// Handlers wait here until the test opens the gate.
class Gate {
 public:
  void Pass() {
    std::unique_lock<std::mutex> lock(mutex_);
    ++waiting_;
    changed_.notify_all();
    changed_.wait(lock, [this] { return open_; });
  }
  void AwaitWaiting(int count) {
    std::unique_lock<std::mutex> lock(mutex_);
    changed_.wait(lock, [this, count] { return waiting_ >= count; });
  }
  void Open() {
    std::lock_guard<std::mutex> lock(mutex_);
    open_ = true;
    changed_.notify_all();
  }
  int entered() {
    std::lock_guard<std::mutex> lock(mutex_);
    return waiting_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int waiting_ = 0;
  bool open_ = false;
};

// Collects answers of calls in flight.
class Answers {
 public:
  std::function<void(RawAnswer)> Taker() {
    return [this](RawAnswer answer) {
      std::lock_guard<std::mutex> lock(mutex_);
      answers_.push_back(std::move(answer));
      changed_.notify_all();
    };
  }
  std::vector<RawAnswer> Await(size_t count) {
    std::unique_lock<std::mutex> lock(mutex_);
    changed_.wait(lock, [this, count] { return answers_.size() >= count; });
    return answers_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<RawAnswer> answers_;
};

EchoServer::Behaviour Through(Gate* gate) {
  return [gate](Call&, const EchoRequest&) -> absl::StatusOr<EchoResponse> {
    gate->Pass();
    return EchoResponse();
  };
}

absl::Time Soon() { return absl::Now() + absl::Seconds(60); }

TEST(ServerLoadTest, AFullQueueRefusesEarlyWithRetryInfoAndTheServerRecovers) {
  Gate gate;
  ServerOptions options;
  options.threads = 2;
  options.queue_length_max = 3;
  options.bulk_threads_max = 1;
  options.bulk_queue_length_max = 1;
  EchoServer echo(options, Through(&gate));
  constexpr size_t kCalls = 20;
  constexpr size_t kFits = 5;
  Answers answers;
  for (size_t i = 0; i < kCalls; ++i) echo.client().CallRaw(kEcho, "", kGood, Soon(), answers.Taker());
  // The refusals arrive while every handler still waits.
  for (const RawAnswer& answer : answers.Await(kCalls - kFits)) {
    const absl::Status status = ToStatus(answer);
    EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted);
    EXPECT_EQ(Reason(status), "OVERLOADED");
    EXPECT_GE(RetryAfter(status), absl::Milliseconds(100));
    EXPECT_EQ(MetadataValue(status, "limit"), "queue_length_max");
  }
  // Health is answered all the same.
  EXPECT_TRUE(ToStatus(echo.Raw(kHealthCheck, "", {})).ok());
  gate.Open();
  const std::vector<RawAnswer> all = answers.Await(kCalls);
  EXPECT_EQ(std::count_if(all.begin(), all.end(), [](const RawAnswer& a) { return a.code == 0; }),
            static_cast<int>(kFits));
  EXPECT_TRUE(echo.Echo("x").ok());
  EXPECT_THAT(echo.Metrics(), HasSubstr("grpc_server_call_rejected_total{reason=\"queue_length_max\"} 15"));
}

TEST(ServerLoadTest, BulkCallsLeaveRoomForOthers) {
  Gate gate;
  ServerOptions options;
  options.threads = 2;
  options.bulk_threads_max = 1;
  options.bulk_queue_length_max = 1;
  EchoServer echo(options, [&gate](Call& call, const EchoRequest&) -> absl::StatusOr<EchoResponse> {
    if (call.method->name() == "EchoBulk") gate.Pass();
    return EchoResponse();
  });
  Answers answers;
  for (int i = 0; i < 5; ++i) echo.client().CallRaw(kEchoBulk, "", kGood, Soon(), answers.Taker());
  for (const RawAnswer& answer : answers.Await(3)) {
    EXPECT_EQ(MetadataValue(ToStatus(answer), "limit"), "bulk_queue_length_max");
  }
  EXPECT_TRUE(echo.Echo("people come first").ok());
  EXPECT_LE(gate.entered(), 1);
  gate.Open();
  answers.Await(5);
}

TEST(ServerLoadTest, BodiesInMemoryAreBounded) {
  Gate gate;
  ServerOptions options;
  options.queue_bytes_max = 100'000;
  EchoServer echo(options, Through(&gate));
  EchoRequest request;
  request.set_data(std::string(60'000, 'x'));
  Answers first;
  echo.client().CallRaw(kEcho, request.SerializeAsString(), kGood, Soon(), first.Taker());
  gate.AwaitWaiting(1);
  const absl::Status status = ToStatus(echo.Raw(kEcho, request.SerializeAsString(), kGood));
  EXPECT_EQ(Reason(status), "OVERLOADED");
  EXPECT_EQ(MetadataValue(status, "limit"), "queue_bytes_max");
  gate.Open();
  EXPECT_EQ(first.Await(1)[0].code, 0);
  EXPECT_TRUE(ToStatus(echo.Raw(kEcho, request.SerializeAsString(), kGood)).ok()) << "the bytes were given back";
}

TEST(ServerLoadTest, WhatThereIsNoRoomForIsRefusedBeforeItsTokenIsVerified) {
  Gate gate;
  ServerOptions options;
  options.calls_max = 1;
  EchoServer echo(options, Through(&gate));
  Answers first;
  echo.client().CallRaw(kEcho, "", kGood, Soon(), first.Taker());
  gate.AwaitWaiting(1);
  const absl::Status status = ToStatus(echo.Raw(kEcho, "", {{"authorization", "Bearer forged"}}));
  EXPECT_EQ(Reason(status), "OVERLOADED");
  EXPECT_EQ(MetadataValue(status, "limit"), "calls_max");
  gate.Open();
  EXPECT_EQ(first.Await(1)[0].code, 0);
}

TEST(ServerLoadTest, ACallWhoseTimeRanOutInTheQueueIsNotRun) {
  Gate gate;
  ServerOptions options;
  options.threads = 1;
  options.bulk_threads_max = 1;
  EchoServer echo(options, Through(&gate));
  Answers first, second;
  echo.client().CallRaw(kEcho, "", kGood, Soon(), first.Taker());
  gate.AwaitWaiting(1);
  echo.client().CallRaw(kEcho, "", kGood, absl::Now() + absl::Milliseconds(100), second.Taker());
  EXPECT_EQ(second.Await(1)[0].code, static_cast<int>(absl::StatusCode::kDeadlineExceeded));
  gate.Open();
  EXPECT_EQ(first.Await(1)[0].code, 0);
  echo.server().Shutdown(absl::Seconds(10));
  EXPECT_EQ(gate.entered(), 1);
}

TEST(ServerLoadTest, CancellationWhileTheHandlerRunsIsSafeAndSeenByIt) {
  Gate gate;
  std::promise<bool> saw_cancel;
  EchoServer echo({}, [&](Call& call, const EchoRequest&) -> absl::StatusOr<EchoResponse> {
    gate.Pass();
    // The cancellation travels by itself; the handler ends when it has seen it.
    const absl::Time limit = absl::Now() + absl::Seconds(30);
    while (!call.is_cancelled() && absl::Now() < limit) std::this_thread::yield();
    saw_cancel.set_value(call.is_cancelled());
    return EchoResponse();
  });
  Answers answers;
  const std::function<void()> cancel = echo.client().CallRaw(kEcho, "", kGood, Soon(), answers.Taker());
  gate.AwaitWaiting(1);
  cancel();
  EXPECT_EQ(answers.Await(1)[0].code, static_cast<int>(absl::StatusCode::kCancelled));
  cancel();
  gate.Open();
  EXPECT_TRUE(saw_cancel.get_future().get());
  echo.server().Shutdown(absl::Seconds(10));
}

TEST(ServerLoadTest, ManyCancelledCallsLeaveNothingBehind) {
  ServerOptions options;
  options.threads = 4;
  EchoServer echo(options);
  constexpr size_t kCalls = 500;
  Answers answers;
  for (size_t i = 0; i < kCalls; ++i) {
    const std::function<void()> cancel = echo.client().CallRaw(kEcho, "", kGood, Soon(), answers.Taker());
    if (i % 2 == 0) cancel();
  }
  answers.Await(kCalls);
  EXPECT_TRUE(echo.Echo("x").ok());
  echo.server().Shutdown(absl::Seconds(10));
  EXPECT_THAT(echo.Metrics(), HasSubstr("grpc_server_calls_in_flight 0"));
}

TEST(ServerLoadTest, ShutdownLetsAcceptedCallsEnd) {
  Gate gate;
  ServerOptions options;
  options.threads = 2;
  EchoServer echo(options, Through(&gate));
  constexpr size_t kCalls = 10;
  Answers answers;
  for (size_t i = 0; i < kCalls; ++i) echo.client().CallRaw(kEcho, "", kGood, Soon(), answers.Taker());
  gate.AwaitWaiting(2);
  // Later calls on the same connection come after these: once one of them is answered all ten were received.
  const absl::Status marker = ToStatus(echo.Raw("kam.rpc.testing.EchoService/None", "", kGood));
  ASSERT_EQ(marker.code(), absl::StatusCode::kUnimplemented);
  std::thread shutdown([&echo] { echo.server().Shutdown(absl::Seconds(60)); });
  gate.Open();
  shutdown.join();
  for (const RawAnswer& answer : answers.Await(kCalls)) EXPECT_EQ(answer.code, 0) << answer.message;
}

TEST(ServerLoadTest, ShutdownUnderLoadNeitherHangsNorLosesARunCall) {
  std::atomic<int> ran = 0;
  EchoServer echo({}, [&ran](Call&, const EchoRequest&) -> absl::StatusOr<EchoResponse> {
    ++ran;
    return EchoResponse();
  });
  ClientOptions once;
  once.attempts_max = 1;
  std::unique_ptr<Client> client = echo.NewClient(once);
  std::atomic<int> ok = 0, refused = 0;
  std::atomic<bool> stop = false;
  std::mutex mutex;
  std::vector<absl::Status> others;
  std::promise<void> under_way;
  std::vector<std::thread> callers;
  for (int i = 0; i < 8; ++i) {
    callers.emplace_back([&] {
      while (!stop) {
        EchoResponse response;
        const absl::Status status =
            client->Call(kEcho, EchoRequest(), &response, {.deadline = Soon(), .bearer = "good"});
        if (status.ok()) {
          if (++ok == 200) under_way.set_value();
        } else if (status.code() == absl::StatusCode::kUnavailable) {
          ++refused;
          return;
        } else {
          std::lock_guard<std::mutex> lock(mutex);
          others.push_back(status);
          return;
        }
      }
    });
  }
  under_way.get_future().wait();
  echo.server().Shutdown(absl::Seconds(30));
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(ran, ok) << "every call that was run was answered";
  EXPECT_EQ(refused, 8);
  EXPECT_TRUE(others.empty()) << others.front();
}

TEST(ServerLoadTest, ShutdownCancelsWhatOutlivesTheGrace) {
  std::promise<void> entered;
  EchoServer echo({}, [&](Call& call, const EchoRequest&) -> absl::StatusOr<EchoResponse> {
    entered.set_value();
    while (!call.is_cancelled()) std::this_thread::yield();
    return EchoResponse();
  });
  Answers answers;
  echo.client().CallRaw(kEcho, "", kGood, Soon(), answers.Taker());
  entered.get_future().wait();
  echo.server().Shutdown(absl::Milliseconds(50));
  EXPECT_NE(answers.Await(1)[0].code, 0);
}

TEST(ServerLoadDeathTest, AHandlerThatNeverEndsDoesNotHangShutdown) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(
      {
        Gate gate;
        ServerOptions options;
        options.watchdog = absl::Milliseconds(50);
        EchoServer echo(options, Through(&gate));
        Answers answers;
        echo.client().CallRaw(kEcho, "", kGood, Soon(), answers.Taker());
        gate.AwaitWaiting(1);
        echo.server().Shutdown(absl::Milliseconds(50));
      },
      ::testing::ExitedWithCode(1), "shutdown does not end");
}

}  // namespace
}  // namespace kam::rpc
