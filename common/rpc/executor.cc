#include "common/rpc/executor.h"

#include <algorithm>
#include <chrono>
#include <utility>

namespace kam::rpc {
namespace {

// Weight of the newest task in the moving average.
constexpr double kAverageWeight = 0.05;

}  // namespace

Executor::Executor(Options options) : options_(options) {
  threads_.reserve(static_cast<size_t>(options_.threads));
  for (int i = 0; i < options_.threads; ++i) threads_.emplace_back([this] { Work(); });
}

Executor::~Executor() { Drain(); }

bool Executor::IsFullLocked(bool bulk) const {
  const int queued = static_cast<int>(queue_.size() + bulk_queue_.size());
  if (draining_ || running_ + queued >= options_.threads + options_.queue_length_max) return true;
  return bulk && bulk_running_ + static_cast<int>(bulk_queue_.size()) >=
                     options_.bulk_threads_max + options_.bulk_queue_length_max;
}

bool Executor::IsFull(bool bulk) const {
  std::lock_guard<std::mutex> lock(mutex_);
  return IsFullLocked(bulk);
}

bool Executor::TrySubmit(bool bulk, Task&& task) {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (IsFullLocked(bulk)) return false;
    (bulk ? bulk_queue_ : queue_).push_back({sequence_++, std::move(task)});
  }
  changed_.notify_one();
  return true;
}

absl::Duration Executor::RetryAfter() const {
  double seconds = 0;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    const double waiting = static_cast<double>(queue_.size() + bulk_queue_.size());
    seconds = waiting * task_seconds_ / std::max(1, options_.threads);
  }
  return std::clamp(absl::Seconds(seconds), kRetryMin, kRetryMax);
}

bool Executor::HasWorkLocked() const {
  return !queue_.empty() || (!bulk_queue_.empty() && bulk_running_ < options_.bulk_threads_max);
}

void Executor::Work() {
  std::unique_lock<std::mutex> lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return HasWorkLocked() || (draining_ && queue_.empty() && bulk_queue_.empty()); });
    if (!HasWorkLocked()) return;
    const bool bulk = !bulk_queue_.empty() && bulk_running_ < options_.bulk_threads_max &&
                      (queue_.empty() || bulk_queue_.front().sequence < queue_.front().sequence);
    std::deque<Item>& queue = bulk ? bulk_queue_ : queue_;
    Task task = std::move(queue.front().task);
    queue.pop_front();
    ++running_;
    if (bulk) ++bulk_running_;
    lock.unlock();
    const auto started = std::chrono::steady_clock::now();
    task();
    task = nullptr;
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - started;
    lock.lock();
    --running_;
    if (bulk) --bulk_running_;
    task_seconds_ += kAverageWeight * (took.count() - task_seconds_);
    // A bulk task that ends may let a waiting one start, and the last one lets every thread end.
    if (bulk || draining_) changed_.notify_all();
  }
}

void Executor::Drain() {
  std::lock_guard<std::mutex> drain_lock(drain_mutex_);
  {
    std::lock_guard<std::mutex> lock(mutex_);
    draining_ = true;
  }
  changed_.notify_all();
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

Executor::Stats Executor::stats() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return {static_cast<int>(queue_.size() + bulk_queue_.size()), running_};
}

}  // namespace kam::rpc
