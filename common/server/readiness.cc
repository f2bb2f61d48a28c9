#include "common/server/readiness.h"

#include <algorithm>
#include <utility>

#include "absl/time/clock.h"
#include "common/log/log.h"
#include "common/status/status.h"

namespace kam::server {

void Readiness::Add(std::string name, std::function<absl::Status()> check) {
  checks_.push_back({std::move(name), std::move(check)});
}

void Readiness::set_interval(absl::Duration interval) {
  options_.interval = interval;
  options_.failing_interval = std::min(options_.failing_interval, interval);
}

void Readiness::Start(std::function<void(bool)> on_change) {
  on_change_ = std::move(on_change);
  thread_ = std::thread([this] { Poll(); });
}

void Readiness::Stop() {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    stop_ = true;
  }
  stop_changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void Readiness::SetDraining() {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    draining_ = true;
  }
  Publish({false, "draining", ""});
}

Readiness::State Readiness::state() const {
  std::lock_guard<std::mutex> lock(mutex_);
  if (in_round_ && state_.ready && absl::Now() - round_started_ > options_.stale_after) return {false, "stale", ""};
  return state_;
}

bool Readiness::was_ready() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return was_ready_;
}

void Readiness::Poll() {
  std::unique_lock<std::mutex> lock(mutex_);
  while (!stop_) {
    round_started_ = absl::Now();
    in_round_ = true;
    lock.unlock();
    State next{true, "", ""};
    for (const Check& check : checks_) {
      const absl::Status status = check.run();
      if (status.ok()) continue;
      // Only the reason is shown outside; the text may name hosts and tables.
      next = {false, check.name, Reason(status)};
      if (state().failing != check.name) {
        log::Warning("readiness check fails", {{"check", check.name}, {"error", std::string(status.message())}});
      }
      break;
    }
    Publish(next);
    lock.lock();
    in_round_ = false;
    const absl::Duration pause = next.ready ? options_.interval : options_.failing_interval;
    stop_changed_.wait_for(lock, absl::ToChronoMilliseconds(pause), [this] { return stop_; });
  }
}

void Readiness::Publish(State next) {
  std::lock_guard<std::mutex> publish_lock(publish_mutex_);
  bool turned = false;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (draining_) next = {false, "draining", ""};
    turned = next.ready != state_.ready;
    was_ready_ = was_ready_ || next.ready;
    state_ = next;
  }
  if (!turned) return;
  log::Info(next.ready ? "readiness: ready" : "readiness: not ready",
            {{"failing", next.failing}, {"reason", next.reason}});
  if (on_change_) on_change_(next.ready);
}

}  // namespace kam::server
