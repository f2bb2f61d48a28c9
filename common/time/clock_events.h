// The SLA clock: what a target (first response, resolution, return of a part) stands at, as a pure function of its
// append-only events, its calendar and a time. Nothing is stored that could drift: the same events give the same
// answer, under the calendar version they were promised under.
//
// Rules:
//  * due = start + allotment + all holds, everything counted in business time only.
//  * Breached when the clock runs past its due time. It cannot breach while it is paused or satisfied. In time means
//    at the due time or before.
//  * A breach is permanent: satisfied late, reopened, paused, recalculated or cancelled, the clock stays breached.
//  * Reopening goes on with what was left: the time between satisfied (or closed) and reopened counts as a hold.
//  * A new target (recalculate) counts from the start. If its due time is already past, it is breached then.
//  * Closed while paused is paused_at_close, which is not "met"; closed while running and in time is cancelled.
#ifndef KAM_COMMON_TIME_CLOCK_EVENTS_H_
#define KAM_COMMON_TIME_CLOCK_EVENTS_H_

#include <optional>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"

namespace kam {

class BusinessCalendar;

inline constexpr size_t kSlaEventsMax = 1000;

enum class SlaEventKind {
  kStart,        // once, first
  kPause,        // running -> paused
  kResume,       // paused -> running
  kSatisfy,      // running or paused -> satisfied
  kReopen,       // satisfied or closed -> running
  kClose,        // running, paused or satisfied -> closed
  kCancel,       // any but closed -> cancelled for good: the target no longer applies
  kRecalculate,  // running or paused: another allotment
};

struct SlaEvent {
  SlaEventKind kind = SlaEventKind::kStart;
  absl::Time at;
  absl::Duration allotment;  // kRecalculate only: the new one, business time
};

struct SlaTarget {
  absl::Duration allotment;  // business time, > 0
  absl::Duration pause_max;  // business time one hold may last before it is stale; 0: no limit
};

enum class SlaState { kNotStarted, kRunning, kPaused, kSatisfied, kBreached, kPausedAtClose, kCancelled };

struct SlaReading {
  SlaState state = SlaState::kNotStarted;
  // When it is or was due. While paused: if it were resumed now. After a breach: the due time that was missed.
  // Infinite future when not started.
  absl::Time due = absl::InfiniteFuture();
  absl::Duration elapsed;    // business time that ran
  absl::Duration held;       // business time that was paused, or satisfied and then reopened
  absl::Duration remaining;  // allotment - elapsed; negative when overdue
  std::optional<absl::Time> breached_at;
  std::optional<absl::Time> satisfied_at;  // also when late
  // While paused: when the hold becomes stale (none without a limit), and whether it is.
  std::optional<absl::Time> pause_stale_at;
  bool pause_stale = false;
};

// Reads the clock at `as_of`; later events are not looked at. `events` are in order of time, those of one instant in
// the order they happened. Errors: SLA_EVENTS_UNORDERED, SLA_EVENT_NOT_ALLOWED (names the event and the state),
// SLA_EVENTS_TOO_MANY, SLA_TARGET_INVALID, CALENDAR_EXHAUSTED.
absl::StatusOr<SlaReading> ReadSlaClock(absl::Span<const SlaEvent> events, const SlaTarget& target,
                                        const BusinessCalendar& calendar, absl::Time as_of);

// Verdict over the clocks of one case: failed when one is breached, pending while one can still be met, met when all
// that were not cancelled are satisfied, and not met otherwise (a clock paused at close, or none satisfied).
enum class SlaVerdict { kPending, kMet, kNotMet, kFailed };
SlaVerdict VerdictOf(absl::Span<const SlaReading> clocks);

absl::string_view NameOf(SlaEventKind kind);  // "PAUSE"
absl::string_view NameOf(SlaState state);     // "PAUSED_AT_CLOSE"

}  // namespace kam

#endif  // KAM_COMMON_TIME_CLOCK_EVENTS_H_
