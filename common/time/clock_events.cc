#include "common/time/clock_events.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "common/status/status.h"
#include "common/time/calendar.h"

namespace kam {
namespace {

std::string ShowTime(absl::Time t) { return absl::FormatTime(absl::RFC3339_full, t, absl::UTCTimeZone()); }

// Walks the events. Between two events the clock is in one phase; a breach is remembered beside it.
class Walk {
 public:
  Walk(const SlaTarget& target, const BusinessCalendar& calendar)
      : calendar_(calendar), allotment_(target.allotment), pause_max_(target.pause_max) {}

  absl::Status Apply(size_t index, const SlaEvent& event) {
    RETURN_IF_ERROR(MoveTo(event.at));
    if (!Allowed(event.kind)) return NotAllowed(index, event.kind);
    switch (event.kind) {
      case SlaEventKind::kStart:
        start_ = event.at;
        Enter(SlaState::kRunning);
        break;
      case SlaEventKind::kPause:
        // A hold split at one instant is one hold: its age does not start again.
        if (!pause_since_.has_value() || resumed_at_ != event.at) pause_since_ = event.at;
        Enter(SlaState::kPaused);
        break;
      case SlaEventKind::kResume:
        resumed_at_ = event.at;
        Enter(SlaState::kRunning);
        break;
      case SlaEventKind::kSatisfy:
        satisfied_at_ = event.at;
        Enter(SlaState::kSatisfied);
        break;
      case SlaEventKind::kReopen: {
        ASSIGN_OR_RETURN(const absl::Duration stood, calendar_.BusinessBetween(since_, event.at));
        held_ += stood;
        satisfied_at_.reset();
        pause_since_.reset();
        closed_ = false;
        Enter(SlaState::kRunning);
        break;
      }
      case SlaEventKind::kClose:
        closed_ = true;
        // What was satisfied before stays so, and was so since then.
        if (phase_ != SlaState::kSatisfied) {
          Enter(phase_ == SlaState::kPaused ? SlaState::kPausedAtClose : SlaState::kCancelled);
        }
        break;
      case SlaEventKind::kCancel:
        closed_ = false;
        Enter(SlaState::kCancelled);
        break;
      case SlaEventKind::kRecalculate:
        if (event.allotment <= absl::ZeroDuration()) {
          return Error(absl::StatusCode::kInvalidArgument, "SLA_TARGET_INVALID",
                       absl::StrCat("event ", index, ": the new allotment must be greater than zero"),
                       {{"event", absl::StrCat(index)}});
        }
        allotment_ = event.allotment;
        break;
    }
    return absl::OkStatus();
  }

  // Lets time pass up to `t` in the present phase.
  absl::Status MoveTo(absl::Time t) {
    const absl::Time from = now_;
    now_ = t;
    if (phase_ == SlaState::kPaused) {
      ASSIGN_OR_RETURN(const absl::Duration paused, calendar_.BusinessBetween(from, t));
      held_ += paused;
    } else if (phase_ == SlaState::kRunning && t > from) {
      ASSIGN_OR_RETURN(const absl::Duration ran, calendar_.BusinessBetween(from, t));
      elapsed_ += ran;
      if (!breached_at_.has_value()) {
        ASSIGN_OR_RETURN(const absl::Time due, Due());
        // The due time lies before this stretch when a hold began at it, or when the target was shortened.
        const absl::Time breach = std::max(due, from);
        if (t > breach) {
          breached_at_ = breach;
          missed_due_ = due;
        }
      }
    }
    return absl::OkStatus();
  }

  absl::StatusOr<SlaReading> Read() const {
    SlaReading reading;
    reading.state = breached_at_.has_value() ? SlaState::kBreached : phase_;
    reading.elapsed = elapsed_;
    reading.held = held_;
    reading.remaining = allotment_ - elapsed_;
    reading.breached_at = breached_at_;
    reading.satisfied_at = satisfied_at_;
    if (phase_ == SlaState::kNotStarted) return reading;
    if (breached_at_.has_value()) {
      reading.due = missed_due_;
    } else {
      ASSIGN_OR_RETURN(reading.due, Due());
    }
    if (phase_ == SlaState::kPaused && pause_max_ > absl::ZeroDuration()) {
      ASSIGN_OR_RETURN(reading.pause_stale_at, calendar_.AddBusiness(*pause_since_, pause_max_));
      reading.pause_stale = now_ > *reading.pause_stale_at;
    }
    return reading;
  }

 private:
  bool Allowed(SlaEventKind kind) const {
    const bool going = phase_ == SlaState::kRunning || phase_ == SlaState::kPaused;
    switch (kind) {
      case SlaEventKind::kStart:
        return phase_ == SlaState::kNotStarted;
      case SlaEventKind::kPause:
        return phase_ == SlaState::kRunning;
      case SlaEventKind::kResume:
        return phase_ == SlaState::kPaused;
      case SlaEventKind::kSatisfy:
      case SlaEventKind::kRecalculate:
        return going;
      case SlaEventKind::kReopen:
        return closed_ || phase_ == SlaState::kSatisfied;
      case SlaEventKind::kClose:
        return !closed_ && (going || phase_ == SlaState::kSatisfied);
      case SlaEventKind::kCancel:
        return !closed_ && phase_ != SlaState::kCancelled;
    }
    return false;
  }

  absl::Status NotAllowed(size_t index, SlaEventKind kind) const {
    const absl::string_view state = closed_ ? "CLOSED" : NameOf(phase_);
    return Error(absl::StatusCode::kFailedPrecondition, "SLA_EVENT_NOT_ALLOWED",
                 absl::StrCat("event ", index, ": ", NameOf(kind), " is not allowed when the clock is ", state),
                 {{"event", absl::StrCat(index)}, {"kind", std::string(NameOf(kind))}, {"state", std::string(state)}});
  }

  void Enter(SlaState phase) {
    phase_ = phase;
    since_ = now_;
  }

  absl::StatusOr<absl::Time> Due() const { return calendar_.AddBusiness(start_, allotment_ + held_); }

  const BusinessCalendar& calendar_;
  absl::Duration allotment_;
  absl::Duration pause_max_;

  SlaState phase_ = SlaState::kNotStarted;  // never kBreached
  bool closed_ = false;
  absl::Time now_;
  absl::Time since_;  // of the phase
  absl::Time start_;
  absl::Time resumed_at_;
  absl::Time missed_due_;
  std::optional<absl::Time> pause_since_;
  std::optional<absl::Time> satisfied_at_;
  std::optional<absl::Time> breached_at_;
  absl::Duration elapsed_;
  absl::Duration held_;
};

}  // namespace

absl::StatusOr<SlaReading> ReadSlaClock(absl::Span<const SlaEvent> events, const SlaTarget& target,
                                        const BusinessCalendar& calendar, absl::Time as_of) {
  if (events.size() > kSlaEventsMax) {
    return Error(absl::StatusCode::kInvalidArgument, "SLA_EVENTS_TOO_MANY",
                 absl::StrCat(events.size(), " clock events; at most ", kSlaEventsMax, " are allowed"),
                 {{"limit", absl::StrCat(kSlaEventsMax)}});
  }
  if (target.allotment <= absl::ZeroDuration() || target.pause_max < absl::ZeroDuration()) {
    return Error(
        absl::StatusCode::kInvalidArgument, "SLA_TARGET_INVALID",
        absl::StrCat("allotment ", absl::FormatDuration(target.allotment), " must be greater than zero and ",
                     "longest pause ", absl::FormatDuration(target.pause_max), " must not be negative"),
        {{"allotment", absl::FormatDuration(target.allotment)}, {"pauseMax", absl::FormatDuration(target.pause_max)}});
  }
  Walk walk(target, calendar);
  for (size_t i = 0; i < events.size() && events[i].at <= as_of; ++i) {
    if (i > 0 && events[i].at < events[i - 1].at) {
      return Error(absl::StatusCode::kInvalidArgument, "SLA_EVENTS_UNORDERED",
                   absl::StrCat("event ", i, " at ", ShowTime(events[i].at), " is earlier than the one before it"),
                   {{"event", absl::StrCat(i)}});
    }
    RETURN_IF_ERROR(walk.Apply(i, events[i]));
  }
  RETURN_IF_ERROR(walk.MoveTo(as_of));
  return walk.Read();
}

SlaVerdict VerdictOf(absl::Span<const SlaReading> clocks) {
  bool pending = false, satisfied = false, unmet = false;
  for (const SlaReading& clock : clocks) {
    switch (clock.state) {
      case SlaState::kBreached:
        return SlaVerdict::kFailed;
      case SlaState::kNotStarted:
      case SlaState::kRunning:
      case SlaState::kPaused:
        pending = true;
        break;
      case SlaState::kSatisfied:
        satisfied = true;
        break;
      case SlaState::kPausedAtClose:
        unmet = true;
        break;
      case SlaState::kCancelled:
        break;
    }
  }
  if (pending) return SlaVerdict::kPending;
  return satisfied && !unmet ? SlaVerdict::kMet : SlaVerdict::kNotMet;
}

absl::string_view NameOf(SlaEventKind kind) {
  switch (kind) {
    case SlaEventKind::kStart:
      return "START";
    case SlaEventKind::kPause:
      return "PAUSE";
    case SlaEventKind::kResume:
      return "RESUME";
    case SlaEventKind::kSatisfy:
      return "SATISFY";
    case SlaEventKind::kReopen:
      return "REOPEN";
    case SlaEventKind::kClose:
      return "CLOSE";
    case SlaEventKind::kCancel:
      return "CANCEL";
    case SlaEventKind::kRecalculate:
      return "RECALCULATE";
  }
  return "UNKNOWN";
}

absl::string_view NameOf(SlaState state) {
  switch (state) {
    case SlaState::kNotStarted:
      return "NOT_STARTED";
    case SlaState::kRunning:
      return "RUNNING";
    case SlaState::kPaused:
      return "PAUSED";
    case SlaState::kSatisfied:
      return "SATISFIED";
    case SlaState::kBreached:
      return "BREACHED";
    case SlaState::kPausedAtClose:
      return "PAUSED_AT_CLOSE";
    case SlaState::kCancelled:
      return "CANCELLED";
  }
  return "UNKNOWN";
}

}  // namespace kam
