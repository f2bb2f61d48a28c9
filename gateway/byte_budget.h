// Bytes of messages or bodies that may be held at a time: in all, and for each caller, so that one cannot take the room
// of all.
#ifndef KAM_GATEWAY_BYTE_BUDGET_H_
#define KAM_GATEWAY_BYTE_BUDGET_H_

#include <cstdint>
#include <mutex>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"

namespace kam::gateway {

// Thread-safe.
class ByteBudget {
 public:
  ByteBudget(int64_t total_max, int64_t caller_max) : total_max_(total_max), caller_max_(caller_max) {}
  ByteBudget(const ByteBudget&) = delete;
  ByteBudget& operator=(const ByteBudget&) = delete;

  // RESOURCE_EXHAUSTED OVERLOADED with RetryInfo, naming the limit that is reached; nothing is taken then.
  absl::Status Take(const std::string& caller, int64_t bytes);
  // Takes them even when there is no room, for what is here already and cannot be refused.
  void TakeAnyway(const std::string& caller, int64_t bytes);
  void Give(const std::string& caller, int64_t bytes);

  // Taken now.
  int64_t total() const;

 private:
  const int64_t total_max_;
  const int64_t caller_max_;
  mutable std::mutex mutex_;
  int64_t total_ = 0;                                    // Under mutex_.
  absl::flat_hash_map<std::string, int64_t> by_caller_;  // Under mutex_; only callers that hold something.
};

}  // namespace kam::gateway

#endif  // KAM_GATEWAY_BYTE_BUDGET_H_
