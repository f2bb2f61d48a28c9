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
  absl::Duration offset() const { return absl::Nanoseconds(offset_ns_.load()); }
  void set_offset(absl::Duration offset) { offset_ns_ = absl::ToInt64Nanoseconds(offset); }

 private:
  std::atomic<int64_t> offset_ns_ = 0;
};

}  // namespace kam

#endif  // KAM_COMMON_TIME_CLOCK_H_
