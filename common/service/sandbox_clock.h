// The sandbox clock of a program: an offset to the machine's time, kept in table sandbox_clock so that a restart
// goes on with it. It is read at start only: a sandbox runs one process of each service.
#ifndef KAM_COMMON_SERVICE_SANDBOX_CLOCK_H_
#define KAM_COMMON_SERVICE_SANDBOX_CLOCK_H_

#include "absl/strings/string_view.h"
#include "common/mysql/mysql.h"
#include "common/rpc/call.h"
#include "common/schedule/schedule.h"
#include "common/time/clock.h"

namespace kam::service {

// Takes the stored offset into `clock`.
absl::Status LoadSandboxClock(mysql::Database& database, SystemClock* clock);

// Registers the clock RPC `full_method` (messages of kam/sandbox/v1). `enabled` false: it answers SANDBOX_OFF.
void RegisterSandboxClock(mysql::Database& database, SystemClock* clock, schedule::Scheduler* scheduler, bool enabled,
                          absl::string_view full_method, rpc::Registry* registry);

}  // namespace kam::service

#endif  // KAM_COMMON_SERVICE_SANDBOX_CLOCK_H_
