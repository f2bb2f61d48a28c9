// Where the time comes from. Rules never read a clock: they are given a time.
#ifndef KAM_COMMON_TIME_CLOCK_H_
#define KAM_COMMON_TIME_CLOCK_H_

#include <atomic>
#include <cstdint>

#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace kam {

class Clock {
 public:
  virtual ~Clock() = default;
  virtual absl::Time Now() const = 0;
};

// The machine's clock plus an offset that the sandbox may move forward (see kam.sandbox.v1). Thread-safe.
class SystemClock : public Clock {
 public:
  absl::Time Now() const override { return absl::Now() + absl::Nanoseconds(offset_ns_.load()); }
  // Moves the clock forward; one that is ahead already stays where it is.
  void AdvanceTo(absl::Duration offset) {
    const int64_t wanted = absl::ToInt64Nanoseconds(offset);
    for (int64_t now = offset_ns_.load(); now < wanted && !offset_ns_.compare_exchange_weak(now, wanted);) {
    }
  }

 private:
  std::atomic<int64_t> offset_ns_ = 0;
};

}  // namespace kam

#endif  // KAM_COMMON_TIME_CLOCK_H_
