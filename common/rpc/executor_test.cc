#include "common/rpc/executor.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <memory>
#include <vector>

namespace kam::rpc {
namespace {

// A task that says when it runs and then waits to be let go.
class Gate {
 public:
  Executor::Task Task() {
    return [this] {
      entered_.set_value();
      released_.get_future().wait();
    };
  }
  void AwaitEntered() { entered_.get_future().wait(); }
  void Release() { released_.set_value(); }

 private:
  std::promise<void> entered_, released_;
};

TEST(ExecutorTest, RefusesWhatDoesNotFitAndTakesItLater) {
  Executor executor({.threads = 1, .queue_length_max = 1, .bulk_threads_max = 1, .bulk_queue_length_max = 1});
  Gate gate;
  ASSERT_TRUE(executor.TrySubmit(false, gate.Task()));
  gate.AwaitEntered();
  std::promise<void> queued_ran;
  ASSERT_TRUE(executor.TrySubmit(false, [&] { queued_ran.set_value(); }));
  bool refused_ran = false;
  Executor::Task refused = [&] { refused_ran = true; };
  EXPECT_TRUE(executor.IsFull(false));
  EXPECT_FALSE(executor.TrySubmit(false, std::move(refused)));
  EXPECT_TRUE(refused != nullptr) << "a refused task stays with its owner";
  EXPECT_EQ(executor.stats().queued, 1);
  EXPECT_EQ(executor.stats().running, 1);
  gate.Release();
  queued_ran.get_future().wait();
  executor.Drain();
  EXPECT_FALSE(refused_ran);
}

TEST(ExecutorTest, BulkNeverHoldsMoreThanItsShare) {
  Executor executor({.threads = 3, .queue_length_max = 10, .bulk_threads_max = 1, .bulk_queue_length_max = 2});
  Gate gate;
  ASSERT_TRUE(executor.TrySubmit(true, gate.Task()));
  gate.AwaitEntered();
  std::atomic<int> bulk_ran = 0;
  ASSERT_TRUE(executor.TrySubmit(true, [&] { ++bulk_ran; }));
  ASSERT_TRUE(executor.TrySubmit(true, [&] { ++bulk_ran; }));
  EXPECT_TRUE(executor.IsFull(true));
  EXPECT_FALSE(executor.IsFull(false));
  EXPECT_FALSE(executor.TrySubmit(true, [&] { ++bulk_ran; }));
  // Ordinary work passes the waiting bulk work.
  std::promise<void> ran;
  ASSERT_TRUE(executor.TrySubmit(false, [&] { ran.set_value(); }));
  ran.get_future().wait();
  EXPECT_EQ(bulk_ran, 0);
  gate.Release();
  executor.Drain();
  EXPECT_EQ(bulk_ran, 2);
}

TEST(ExecutorTest, BulkIsNotStarvedByOrdinaryWork) {
  Executor executor({.threads = 1, .queue_length_max = 10, .bulk_threads_max = 1, .bulk_queue_length_max = 1});
  Gate gate;
  ASSERT_TRUE(executor.TrySubmit(false, gate.Task()));
  gate.AwaitEntered();
  std::vector<char> order;
  ASSERT_TRUE(executor.TrySubmit(false, [&] { order.push_back('a'); }));
  ASSERT_TRUE(executor.TrySubmit(true, [&] { order.push_back('b'); }));
  ASSERT_TRUE(executor.TrySubmit(false, [&] { order.push_back('c'); }));
  gate.Release();
  executor.Drain();
  EXPECT_EQ(order, (std::vector<char>{'a', 'b', 'c'}));
}

TEST(ExecutorTest, DrainRunsWhatWasTakenAndTakesNoMore) {
  std::atomic<int> ran = 0;
  Executor executor({.threads = 2, .queue_length_max = 100, .bulk_threads_max = 1, .bulk_queue_length_max = 50});
  for (int i = 0; i < 80; ++i) ASSERT_TRUE(executor.TrySubmit(i % 2 == 0, [&] { ++ran; }) || i % 2 == 0);
  executor.Drain();
  EXPECT_GE(ran, 40);
  EXPECT_FALSE(executor.TrySubmit(false, [&] { ++ran; }));
  executor.Drain();
}

TEST(ExecutorTest, RetryAfterStaysWithinItsBounds) {
  Executor executor({.threads = 1, .queue_length_max = 5, .bulk_threads_max = 1, .bulk_queue_length_max = 1});
  EXPECT_EQ(executor.RetryAfter(), Executor::kRetryMin);
  EXPECT_LE(executor.RetryAfter(), Executor::kRetryMax);
}

}  // namespace
}  // namespace kam::rpc
