#include "common/server/readiness.h"

#include <algorithm>
#include <utility>

#include "absl/time/clock.h"
#include "common/log/log.h"
#include "common/status/status.h"

namespace kam::server {
namespace {

// A check that fails otherwise than the last time, or passes again, is worth a line.
void LogTurn(const Readiness::Result* before, const Readiness::Result& now, const absl::Status& status) {
  if (!now.passed && (before == nullptr || before->passed || before->reason != now.reason)) {
    log::Warning("readiness check fails",
                 {{"check", now.check}, {"reason", now.reason}, {"error", std::string(status.message())}});
  } else if (now.passed && before != nullptr && !before->passed) {
    log::Info("readiness check passes again", {{"check", now.check}});
  }
}

}  // namespace

bool Readiness::State::degraded() const {
  return std::any_of(results.begin(), results.end(),
                     [](const Result& result) { return result.weight == Weight::kAdvisory && !result.passed; });
}

void Readiness::Add(std::string name, std::function<absl::Status()> check, Weight weight) {
  checks_.push_back({std::move(name), weight, std::move(check)});
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
  Publish(state());
}

Readiness::State Readiness::state() const {
  std::lock_guard<std::mutex> lock(mutex_);
  if (in_round_ && state_.ready && absl::Now() - round_started_ > options_.stale_after) {
    return {false, "stale", "", state_.results};
  }
  return state_;
}

bool Readiness::was_ready() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return was_ready_;
}

void Readiness::Poll() {
  std::vector<Result> last;
  std::unique_lock<std::mutex> lock(mutex_);
  while (!stop_) {
    round_started_ = absl::Now();
    in_round_ = true;
    lock.unlock();
    State next{true, "", "", {}};
    for (size_t i = 0; i < checks_.size(); ++i) {
      const Check& check = checks_[i];
      const absl::Status status = check.run();
      // Only the reason is shown outside; the text may name hosts and tables.
      next.results.push_back({check.name, check.weight, status.ok(), Reason(status)});
      LogTurn(i < last.size() ? &last[i] : nullptr, next.results.back(), status);
      if (status.ok() || check.weight == Weight::kAdvisory || !next.ready) continue;
      next.ready = false;
      next.failing = check.name;
      next.reason = Reason(status);
    }
    last = next.results;
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
    if (draining_) {
      next.ready = false;
      next.failing = "draining";
      next.reason.clear();
    }
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
