#include "aftersales-svc/rules/clock_rules.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "aftersales-svc/rules/proto_time.h"
#include "common/status/status.h"
#include "common/time/date.h"
#include "kam/complaint/v1/complaint_class.pb.h"

namespace kam::aftersales::rules {
namespace {

// The last events of a clock are left for what ends it.
constexpr int kGoingEventsMax = static_cast<int>(kSlaEventsMax) - 100;

SlaEventKind ToSlaKind(cv1::ClockEventKind kind) {
  switch (kind) {
    case cv1::CLOCK_EVENT_KIND_PAUSE:
      return SlaEventKind::kPause;
    case cv1::CLOCK_EVENT_KIND_RESUME:
      return SlaEventKind::kResume;
    case cv1::CLOCK_EVENT_KIND_SATISFY:
      return SlaEventKind::kSatisfy;
    case cv1::CLOCK_EVENT_KIND_REOPEN:
      return SlaEventKind::kReopen;
    case cv1::CLOCK_EVENT_KIND_CLOSE:
      return SlaEventKind::kClose;
    case cv1::CLOCK_EVENT_KIND_CANCEL:
      return SlaEventKind::kCancel;
    case cv1::CLOCK_EVENT_KIND_RECALCULATE:
      return SlaEventKind::kRecalculate;
    default:
      return SlaEventKind::kStart;
  }
}

std::vector<SlaEvent> EventsOf(const cv1::ComplaintClock& clock, bool recalculations) {
  std::vector<SlaEvent> events;
  for (const cv1::ClockEvent& event : clock.events()) {
    if (!recalculations && event.kind() == cv1::CLOCK_EVENT_KIND_RECALCULATE) continue;
    events.push_back(
        {ToSlaKind(event.kind()), FromTimestamp(event.event_time()), absl::Minutes(event.allotment_minutes())});
  }
  return events;
}

bool IsOver(cv1::ClockEventKind kind) {
  return kind == cv1::CLOCK_EVENT_KIND_SATISFY || kind == cv1::CLOCK_EVENT_KIND_CLOSE ||
         kind == cv1::CLOCK_EVENT_KIND_CANCEL;
}

void SetOptional(const std::optional<absl::Time>& time, google::protobuf::Timestamp* stamp) {
  *stamp = ToTimestamp(*time);
}

}  // namespace

absl::StatusOr<BusinessCalendar> ToCalendar(const cv1::BusinessCalendar& stored) {
  CalendarData data;
  data.version = absl::StrCat(stored.code(), "#", stored.calendar_version());
  data.time_zone = stored.time_zone();
  const auto by_time = [](const DayWindow& a, const DayWindow& b) { return a.from < b.from; };
  for (const cv1::CalendarWindow& window : stored.windows()) {
    const int index = window.weekday() - cv1::WEEKDAY_MONDAY;
    if (index < 0 || index > 6) return InvalidField("business_calendar.windows", "FIELD_REQUIRED", "needs a weekday");
    data.weekly[static_cast<size_t>(index)].push_back({window.from_minute(), window.to_minute()});
  }
  for (DayWindows& windows : data.weekly) std::sort(windows.begin(), windows.end(), by_time);
  std::set<absl::CivilDay> closed;
  for (int i = 0; i < stored.exceptions_size(); ++i) {
    const cv1::CalendarException& exception = stored.exceptions(i);
    const std::string path = absl::StrCat("business_calendar.exceptions[", i, "]");
    ASSIGN_OR_RETURN(const absl::CivilDay day, ParseDate(exception.day(), absl::StrCat(path, ".day")));
    DayWindows& windows = data.exceptions[day];
    if (exception.closed() ? !windows.empty() : closed.count(day) > 0) {
      return InvalidField(path, "CALENDAR_EXCEPTION_INVALID", "the day is both closed and open",
                          {{"day", exception.day()}});
    }
    if (exception.closed()) {
      closed.insert(day);
    } else {
      windows.push_back({exception.from_minute(), exception.to_minute()});
    }
  }
  for (auto& [day, windows] : data.exceptions) std::sort(windows.begin(), windows.end(), by_time);
  if (const absl::Status valid = data.Validate(); !valid.ok()) {
    FieldViolations violations;
    violations.AddAll("business_calendar.", valid);
    return violations.empty() ? valid : violations.status();
  }
  return BusinessCalendar::Create(std::move(data));
}

ClockPhase PhaseOf(const cv1::ComplaintClock& clock) {
  ClockPhase phase = ClockPhase::kRunning;
  for (const cv1::ClockEvent& event : clock.events()) {
    switch (event.kind()) {
      case cv1::CLOCK_EVENT_KIND_PAUSE:
        phase = ClockPhase::kPaused;
        break;
      case cv1::CLOCK_EVENT_KIND_SATISFY:
        phase = ClockPhase::kSatisfied;
        break;
      case cv1::CLOCK_EVENT_KIND_CLOSE:
        phase = ClockPhase::kClosed;
        break;
      case cv1::CLOCK_EVENT_KIND_CANCEL:
        phase = ClockPhase::kCancelled;
        break;
      case cv1::CLOCK_EVENT_KIND_RECALCULATE:
        break;
      default:
        phase = ClockPhase::kRunning;
        break;
    }
  }
  return phase;
}

absl::StatusOr<cv1::ComplaintClock> StartClock(const cv1::Complaint& complaint, const cv1::ClockPolicy& policy,
                                               const cv1::BusinessCalendar& stored, absl::Time start,
                                               absl::string_view actor) {
  ASSIGN_OR_RETURN(const BusinessCalendar calendar, ToCalendar(stored));
  cv1::ComplaintClock clock;
  clock.set_complaint(complaint.name());
  clock.set_account(complaint.account());
  clock.set_handler(complaint.handler());
  clock.set_kind(policy.kind());
  clock.set_complaint_class(complaint.complaint_class());
  clock.set_policy(policy.name());
  clock.set_calendar(stored.name());
  clock.set_allotment_minutes(policy.allotment_minutes());
  clock.set_pause_max_minutes(policy.pause_max_minutes());
  RETURN_IF_ERROR(AddEvent({cv1::CLOCK_EVENT_KIND_START, start, std::string(actor), "", 0}, calendar, &clock));
  return clock;
}

absl::StatusOr<SlaReading> Read(const cv1::ComplaintClock& clock, const BusinessCalendar& calendar, absl::Time as_of) {
  return ReadSlaClock(EventsOf(clock, /*recalculations=*/true),
                      {absl::Minutes(clock.allotment_minutes()), absl::Minutes(clock.pause_max_minutes())}, calendar,
                      as_of);
}

absl::Status Refresh(absl::Time now, const BusinessCalendar& calendar, cv1::ComplaintClock* clock) {
  ASSIGN_OR_RETURN(const SlaReading reading, Read(*clock, calendar, now));
  clock->set_state(ToClockState(reading.state));
  *clock->mutable_due_time() = ToTimestamp(reading.due);
  clock->set_held_minutes(static_cast<int32_t>(absl::ToInt64Minutes(reading.held)));
  clock->clear_breach_time();
  clock->clear_satisfied_time();
  clock->clear_stale_time();
  if (reading.breached_at.has_value()) SetOptional(reading.breached_at, clock->mutable_breach_time());
  if (reading.satisfied_at.has_value()) SetOptional(reading.satisfied_at, clock->mutable_satisfied_time());
  if (reading.pause_stale_at.has_value()) SetOptional(reading.pause_stale_at, clock->mutable_stale_time());
  clock->set_pause_stale(reading.pause_stale);
  return absl::OkStatus();
}

absl::Status AddEvent(const ClockChange& change, const BusinessCalendar& calendar, cv1::ComplaintClock* clock) {
  if (!IsOver(change.kind) && change.kind != cv1::CLOCK_EVENT_KIND_RESUME && clock->events_size() >= kGoingEventsMax) {
    return Error(absl::StatusCode::kFailedPrecondition, "SLA_EVENTS_TOO_MANY",
                 absl::StrCat("the clock has ", clock->events_size(),
                              " events: it is not paused, reopened or given "
                              "another limit any more"),
                 {{"limit", absl::StrCat(kGoingEventsMax)}});
  }
  absl::Time at = ToMicros(change.at);
  if (clock->events_size() > 0) {
    at = std::max(at, FromTimestamp(clock->events(clock->events_size() - 1).event_time()));
  }
  cv1::ClockEvent* event = clock->add_events();
  event->set_kind(change.kind);
  *event->mutable_event_time() = ToTimestamp(at);
  event->set_actor(change.actor);
  event->set_reason(change.reason);
  event->set_allotment_minutes(change.allotment_minutes);
  if (change.kind == cv1::CLOCK_EVENT_KIND_PAUSE) {
    clock->set_paused_by(change.actor);
    clock->set_pause_reason(change.reason);
  } else if (change.kind == cv1::CLOCK_EVENT_KIND_RESUME || IsOver(change.kind)) {
    clock->clear_paused_by();
    clock->clear_pause_reason();
  }
  return Refresh(at, calendar, clock);
}

absl::StatusOr<std::optional<absl::Time>> RungTime(const cv1::EscalationRule& rung, const cv1::ComplaintClock& clock,
                                                   const BusinessCalendar& calendar, absl::Time now) {
  if (PhaseOf(clock) != ClockPhase::kRunning || clock.events_size() == 0) return std::nullopt;
  const absl::Duration minutes = absl::Minutes(rung.minutes());
  if (rung.basis() == cv1::ESCALATION_BASIS_BREACH) {
    if (!clock.has_breach_time()) return std::nullopt;
    ASSIGN_OR_RETURN(const absl::Time at, calendar.AddBusiness(FromTimestamp(clock.breach_time()), minutes));
    return at;
  }
  if (rung.minutes() == 0) return FromTimestamp(clock.events(0).event_time());
  // The same clock with the rung's minutes as its allotment is due when the rung is reached.
  ASSIGN_OR_RETURN(const SlaReading reading, ReadSlaClock(EventsOf(clock, /*recalculations=*/false),
                                                          {minutes, absl::ZeroDuration()}, calendar, now));
  return reading.due;
}

bool RungPassed(const cv1::EscalationRule& rung, absl::Time at, const cv1::Complaint& complaint) {
  if (rung.level() <= complaint.escalation_level()) return true;
  for (const cv1::ComplaintEscalation& escalation : complaint.escalations()) {
    if (escalation.kind() == rung.kind() && escalation.level() == rung.level()) return true;
    const bool by_person = escalation.kind() == cv1::CLOCK_KIND_UNSPECIFIED;
    if (by_person && FromTimestamp(escalation.escalation_time()) >= at) return true;
  }
  return false;
}

cv1::ClockState ToClockState(SlaState state) {
  switch (state) {
    case SlaState::kNotStarted:
    case SlaState::kRunning:
      return cv1::CLOCK_STATE_RUNNING;
    case SlaState::kPaused:
      return cv1::CLOCK_STATE_PAUSED;
    case SlaState::kSatisfied:
      return cv1::CLOCK_STATE_SATISFIED;
    case SlaState::kBreached:
      return cv1::CLOCK_STATE_BREACHED;
    case SlaState::kPausedAtClose:
      return cv1::CLOCK_STATE_PAUSED_AT_CLOSE;
    case SlaState::kCancelled:
      return cv1::CLOCK_STATE_CANCELLED;
  }
  return cv1::CLOCK_STATE_UNSPECIFIED;
}

cv1::SlaVerdict VerdictOf(const std::vector<cv1::ComplaintClock>& clocks) {
  if (clocks.empty()) return cv1::SLA_VERDICT_UNSPECIFIED;
  std::vector<SlaReading> readings;
  for (const cv1::ComplaintClock& clock : clocks) {
    for (const SlaState state : {SlaState::kRunning, SlaState::kPaused, SlaState::kSatisfied, SlaState::kBreached,
                                 SlaState::kPausedAtClose, SlaState::kCancelled}) {
      if (ToClockState(state) != clock.state()) continue;
      SlaReading reading;
      reading.state = state;
      readings.push_back(reading);
    }
  }
  switch (kam::VerdictOf(readings)) {
    case SlaVerdict::kPending:
      return cv1::SLA_VERDICT_PENDING;
    case SlaVerdict::kMet:
      return cv1::SLA_VERDICT_MET;
    case SlaVerdict::kNotMet:
      return cv1::SLA_VERDICT_NOT_MET;
    case SlaVerdict::kFailed:
      return cv1::SLA_VERDICT_FAILED;
  }
  return cv1::SLA_VERDICT_UNSPECIFIED;
}

}  // namespace kam::aftersales::rules
