// A clock for tests: stands still until it is told otherwise.
#ifndef KAM_COMMON_TIME_FAKE_CLOCK_H_
#define KAM_COMMON_TIME_FAKE_CLOCK_H_

#include <mutex>

#include "absl/time/time.h"
#include "common/time/clock.h"

namespace kam {

// Thread-safe.
class FakeClock : public Clock {
 public:
  // Monday 2026-01-05T00:00:00Z.
  FakeClock() : FakeClock(absl::FromUnixSeconds(1'767'571'200)) {}
  explicit FakeClock(absl::Time now) : now_(now) {}

  absl::Time Now() const override {
    std::lock_guard<std::mutex> lock(mutex_);
    return now_;
  }
  void Set(absl::Time now) {
    std::lock_guard<std::mutex> lock(mutex_);
    now_ = now;
  }
  void Advance(absl::Duration by) {
    std::lock_guard<std::mutex> lock(mutex_);
    now_ += by;
  }

 private:
  mutable std::mutex mutex_;
  absl::Time now_;
};

}  // namespace kam

#endif  // KAM_COMMON_TIME_FAKE_CLOCK_H_
