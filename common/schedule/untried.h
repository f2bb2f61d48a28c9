// Items that are put off because what they need is known to be away, without having been tried.
#ifndef KAM_COMMON_SCHEDULE_UNTRIED_H_
#define KAM_COMMON_SCHEDULE_UNTRIED_H_

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/cord.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace kam::schedule {

inline constexpr absl::string_view kUntried = "kam.schedule/untried";

// An answer of Scheduler::Prepare: the item comes again after `pause`. That counts as no attempt and is no failure.
inline absl::Status Untried(absl::Status why, absl::Duration pause) {
  why.SetPayload(kUntried, absl::Cord(absl::FormatDuration(pause)));
  return why;
}

inline std::optional<absl::Duration> PauseOfUntried(const absl::Status& status) {
  const auto payload = status.GetPayload(kUntried);
  absl::Duration pause;
  if (!payload.has_value() || !absl::ParseDuration(std::string(*payload), &pause)) return std::nullopt;
  return pause;
}

}  // namespace kam::schedule

#endif  // KAM_COMMON_SCHEDULE_UNTRIED_H_
