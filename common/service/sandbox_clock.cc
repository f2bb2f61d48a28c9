#include "common/service/sandbox_clock.h"

#include <memory>
#include <mutex>
#include <optional>

#include "common/status/status.h"
#include "kam/sandbox/v1/clock_service.pb.h"

namespace kam::service {
namespace {

namespace pb = ::kam::sandbox::v1;

// The earliest open due time at or before `until`.
absl::StatusOr<std::optional<absl::Time>> NextDue(mysql::Database& database, absl::Time until, absl::Time deadline) {
  std::optional<absl::Time> next;
  RETURN_IF_ERROR(database.Run(deadline, [&](mysql::Connection& connection) -> absl::Status {
    ASSIGN_OR_RETURN(
        const std::vector<mysql::Row> rows,
        connection.Query("SELECT not_before FROM due_items WHERE done_time IS NULL AND not_before <= ? ORDER "
                         "BY not_before LIMIT 1",
                         {until}));
    next.reset();
    if (!rows.empty()) next = rows[0][0].time();
    return absl::OkStatus();
  }));
  return next;
}

absl::Status SetTime(mysql::Database& database, SystemClock* clock, absl::Time time, absl::Time deadline) {
  const absl::Duration offset = time - absl::Now();
  RETURN_IF_ERROR(database.Run(deadline, [&](mysql::Connection& connection) -> absl::Status {
    return connection
        .Execute(
            // Another replica may be further.
            "INSERT INTO sandbox_clock (id, offset_us) VALUES (1, ?) ON DUPLICATE KEY UPDATE offset_us = "
            "GREATEST(offset_us, VALUES(offset_us))",
            {absl::ToInt64Microseconds(offset)})
        .status();
  }));
  clock->AdvanceTo(offset);
  return absl::OkStatus();
}

}  // namespace

absl::Status FollowSandboxClock(mysql::Database& database, SystemClock* clock) {
  return database.Run(absl::Now() + absl::Seconds(10), [&](mysql::Connection& connection) -> absl::Status {
    ASSIGN_OR_RETURN(const std::vector<mysql::Row> rows,
                     connection.Query("SELECT offset_us FROM sandbox_clock WHERE id = 1"));
    if (!rows.empty()) clock->AdvanceTo(absl::Microseconds(rows[0][0].integer()));
    return absl::OkStatus();
  });
}

void RegisterSandboxClock(mysql::Database& database, SystemClock* clock, schedule::Scheduler* scheduler, bool enabled,
                          absl::string_view full_method, rpc::Registry* registry) {
  const auto one_at_a_time = std::make_shared<std::mutex>();
  registry->Add<pb::AdvanceClockRequest, pb::AdvanceClockResponse>(
      full_method,
      [&database, clock, scheduler, enabled, one_at_a_time](
          rpc::Call& call, const pb::AdvanceClockRequest& request) -> absl::StatusOr<pb::AdvanceClockResponse> {
        if (!enabled) {
          return Error(absl::StatusCode::kFailedPrecondition, "SANDBOX_OFF",
                       "this program was not started with --sandbox_clock");
        }
        const std::lock_guard<std::mutex> lock(*one_at_a_time);
        // Another replica may have moved it since this one looked.
        RETURN_IF_ERROR(FollowSandboxClock(database, clock));
        const absl::Time target =
            absl::FromUnixSeconds(request.time().seconds()) + absl::Nanoseconds(request.time().nanos());
        if (target < clock->Now()) {
          return InvalidField("time", "CLOCK_BACKWARDS", "the clock only goes forward",
                              {{"now", absl::FormatTime(absl::RFC3339_sec, clock->Now(), absl::UTCTimeZone())}});
        }
        pb::AdvanceClockResponse response;
        // From due time to due time, so that whatever falls due sees the time at which it did.
        while (true) {
          ASSIGN_OR_RETURN(const std::optional<absl::Time> next, NextDue(database, target, call.deadline));
          if (!next.has_value()) break;
          if (*next > clock->Now()) RETURN_IF_ERROR(SetTime(database, clock, *next, call.deadline));
          ASSIGN_OR_RETURN(const int64_t ran, scheduler->RunDue(*next, call.deadline));
          response.set_due_items_run(response.due_items_run() + ran);
          if (absl::Now() > call.deadline) {
            return Error(absl::StatusCode::kDeadlineExceeded, "CLOCK_STILL_MOVING",
                         "the clock has moved part of the way; call again");
          }
        }
        if (target > clock->Now()) RETURN_IF_ERROR(SetTime(database, clock, target, call.deadline));
        const timespec now = absl::ToTimespec(clock->Now());
        response.mutable_time()->set_seconds(now.tv_sec);
        response.mutable_time()->set_nanos(static_cast<int32_t>(now.tv_nsec));
        return response;
      });
}

}  // namespace kam::service
