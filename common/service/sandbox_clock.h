// The sandbox clock of a service: an offset to the machine's time, kept in table sandbox_clock. A program goes on with
// it when it starts, and follows it while it runs, so that all replicas of a service have the same time, at the latest
// after --sandbox_clock_interval. The clock only goes forward.
#ifndef KAM_COMMON_SERVICE_SANDBOX_CLOCK_H_
#define KAM_COMMON_SERVICE_SANDBOX_CLOCK_H_

#include "absl/strings/string_view.h"
#include "common/mysql/mysql.h"
#include "common/rpc/call.h"
#include "common/schedule/schedule.h"
#include "common/time/clock.h"

namespace kam::service {

// Moves `clock` forward to the stored offset.
absl::Status FollowSandboxClock(mysql::Database& database, SystemClock* clock);

// Registers the clock RPC `full_method` (messages of kam/sandbox/v1). `enabled` false: it answers SANDBOX_OFF.
void RegisterSandboxClock(mysql::Database& database, SystemClock* clock, schedule::Scheduler* scheduler, bool enabled,
                          absl::string_view full_method, rpc::Registry* registry);

}  // namespace kam::service

#endif  // KAM_COMMON_SERVICE_SANDBOX_CLOCK_H_
