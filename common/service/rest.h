// How long nothing is asked of a service that does not answer.
#ifndef KAM_COMMON_SERVICE_REST_H_
#define KAM_COMMON_SERVICE_REST_H_

#include <mutex>

#include "absl/time/time.h"

namespace kam::service {

// Waiting for a service that does not answer must not take the time of everything else that a worker does: after a long
// attempt in vain nothing is asked for as long as it took. One that was refused at once costs nothing. Thread-safe.
class Rest {
 public:
  static constexpr absl::Duration kLongAttempt = absl::Seconds(1);

  bool holds(absl::Time now) const { return remaining(now) > absl::ZeroDuration(); }
  // How long it still holds; zero: not any more.
  absl::Duration remaining(absl::Time now) const {
    const std::lock_guard<std::mutex> lock(mutex_);
    return now < until_ ? until_ - now : absl::ZeroDuration();
  }
  void AfterVainAttempt(absl::Time begin, absl::Time end) {
    if (end - begin < kLongAttempt) return;
    const std::lock_guard<std::mutex> lock(mutex_);
    until_ = end + (end - begin);
  }

 private:
  mutable std::mutex mutex_;
  absl::Time until_ = absl::InfinitePast();  // Under mutex_.
};

}  // namespace kam::service

#endif  // KAM_COMMON_SERVICE_REST_H_
