#include "gateway/byte_budget.h"

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "common/status/status.h"

namespace kam::gateway {
namespace {

constexpr absl::Duration kRetryAfter = absl::Milliseconds(200);

absl::Status NoRoom(const char* limit, int64_t value, absl::string_view whose) {
  return RetryLater(absl::StatusCode::kResourceExhausted, "OVERLOADED",
                    absl::StrCat("the calls of ", whose, " hold as many bytes as they may: ", limit, " is ", value),
                    kRetryAfter, {{"limit", limit}, {"value", absl::StrCat(value)}});
}

}  // namespace

absl::Status ByteBudget::Take(const std::string& caller, int64_t bytes) {
  const std::lock_guard<std::mutex> lock(mutex_);
  const auto held = by_caller_.find(caller);
  if ((held == by_caller_.end() ? 0 : held->second) + bytes > caller_max_) {
    return NoRoom("caller_bytes_max", caller_max_, "this caller");
  }
  if (total_ + bytes > total_max_) return NoRoom("in_flight_bytes_max", total_max_, "all callers");
  total_ += bytes;
  by_caller_[caller] += bytes;
  return absl::OkStatus();
}

void ByteBudget::TakeAnyway(const std::string& caller, int64_t bytes) {
  const std::lock_guard<std::mutex> lock(mutex_);
  total_ += bytes;
  by_caller_[caller] += bytes;
}

void ByteBudget::Give(const std::string& caller, int64_t bytes) {
  if (bytes == 0) return;
  const std::lock_guard<std::mutex> lock(mutex_);
  total_ -= bytes;
  const auto held = by_caller_.find(caller);
  held->second -= bytes;
  if (held->second == 0) by_caller_.erase(held);
}

int64_t ByteBudget::total() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return total_;
}

}  // namespace kam::gateway
