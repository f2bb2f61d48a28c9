#include "common/service/worker.h"

#include <algorithm>

#include "common/log/log.h"
#include "common/status/status.h"

namespace kam::service {
namespace {

constexpr absl::Duration kPauseMax = absl::Minutes(1);

}  // namespace

Worker::Worker(std::string name, absl::Duration interval, std::function<absl::Status()> work)
    : name_(std::move(name)), interval_(interval), work_(std::move(work)), thread_([this] { Loop(); }) {}

void Worker::Stop() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    stop_ = true;
  }
  stopping_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void Worker::Loop() {
  absl::Duration pause = interval_;
  absl::Status last;
  std::unique_lock<std::mutex> lock(mutex_);
  while (!stop_) {
    lock.unlock();
    const absl::Status status = work_();
    if (status != last) {
      if (status.ok()) {
        log::Info("background work goes on", {{"work", name_}});
      } else {
        log::Warning("background work failed",
                     {{"work", name_}, {"reason", Reason(status)}, {"detail", std::string(status.message())}});
      }
    }
    pause = status.ok() ? interval_ : std::min(kPauseMax, pause * 2);
    last = status;
    lock.lock();
    stopping_.wait_for(lock, absl::ToChronoNanoseconds(pause), [this] { return stop_; });
  }
}

}  // namespace kam::service
