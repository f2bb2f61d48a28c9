// A fixed set of threads behind a bounded queue, with a smaller share for bulk work.
#ifndef KAM_COMMON_RPC_EXECUTOR_H_
#define KAM_COMMON_RPC_EXECUTOR_H_

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "absl/time/time.h"

namespace kam::rpc {

class Executor {
 public:
  struct Options {
    int threads = 16;
    int queue_length_max = 256;      // Tasks waiting, bulk included.
    int bulk_threads_max = 4;        // Threads that bulk tasks may hold at a time.
    int bulk_queue_length_max = 32;  // Bulk tasks waiting.
  };
  using Task = std::function<void()>;  // Must not throw.

  explicit Executor(Options options);
  ~Executor();  // Drains.
  Executor(const Executor&) = delete;
  Executor& operator=(const Executor&) = delete;

  // Takes the task, or leaves it untouched and returns false when there is no room or Drain was called. Tasks start
  // in the order taken, except that bulk tasks wait while bulk holds its share of threads.
  bool TrySubmit(bool bulk, Task&& task);

  // True when TrySubmit would refuse now.
  bool IsFull(bool bulk) const;

  // Time after which there is likely room: what waits, at the recent pace; within [kRetryMin, kRetryMax].
  static constexpr absl::Duration kRetryMin = absl::Milliseconds(100);
  static constexpr absl::Duration kRetryMax = absl::Seconds(10);
  absl::Duration RetryAfter() const;

  // Takes no more tasks, runs those waiting, ends the threads. Repeated calls do nothing.
  void Drain();

  struct Stats {
    int queued = 0, running = 0;
  };
  Stats stats() const;

 private:
  struct Item {
    uint64_t sequence = 0;
    Task task;
  };

  bool IsFullLocked(bool bulk) const;
  bool HasWorkLocked() const;
  void Work();

  const Options options_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Item> queue_, bulk_queue_;
  uint64_t sequence_ = 0;
  int running_ = 0, bulk_running_ = 0;
  double task_seconds_ = 0.001;  // Moving average of the time a task takes.
  bool draining_ = false;
  std::mutex drain_mutex_;
  std::vector<std::thread> threads_;
};

}  // namespace kam::rpc

#endif  // KAM_COMMON_RPC_EXECUTOR_H_
