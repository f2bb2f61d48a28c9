// Clocks of complaints (S-05): what a ComplaintClock shows, worked out from its events by common/time/clock_events.h.
// Pure functions.
#ifndef KAM_AFTERSALES_SVC_RULES_CLOCK_RULES_H_
#define KAM_AFTERSALES_SVC_RULES_CLOCK_RULES_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/time/calendar.h"
#include "common/time/clock_events.h"
#include "kam/complaint/v1/business_calendar.pb.h"
#include "kam/complaint/v1/clock_policy.pb.h"
#include "kam/complaint/v1/complaint.pb.h"
#include "kam/complaint/v1/complaint_clock.pb.h"
#include "kam/complaint/v1/escalation_rule.pb.h"

namespace kam::aftersales::rules {

namespace cv1 = ::kam::complaint::v1;

// The calendar of a version. Errors of CalendarData::Validate, CALENDAR_EXCEPTION_INVALID; on fields below
// "business_calendar".
absl::StatusOr<BusinessCalendar> ToCalendar(const cv1::BusinessCalendar& stored);

// What a clock does now, apart from whether it is too late.
enum class ClockPhase { kRunning, kPaused, kSatisfied, kClosed, kCancelled };
ClockPhase PhaseOf(const cv1::ComplaintClock& clock);

// A clock of `policy` that begins at `start`.
absl::StatusOr<cv1::ComplaintClock> StartClock(const cv1::Complaint& complaint, const cv1::ClockPolicy& policy,
                                               const cv1::BusinessCalendar& stored, absl::Time start,
                                               absl::string_view actor);

// Adds an event and brings everything the clock shows up to date. An event is never earlier than the one before it:
// it is put at the same instant then. SLA_EVENT_NOT_ALLOWED; SLA_EVENTS_TOO_MANY for what makes it go on or stand
// still, early enough that the clock can still be satisfied and closed.
struct ClockChange {
  cv1::ClockEventKind kind = cv1::CLOCK_EVENT_KIND_UNSPECIFIED;
  absl::Time at;
  std::string actor;
  std::string reason;
  int allotment_minutes = 0;  // RECALCULATE
};
absl::Status AddEvent(const ClockChange& change, const BusinessCalendar& calendar, cv1::ComplaintClock* clock);
// Brings what the clock shows up to date at `now`, without an event.
absl::Status Refresh(absl::Time now, const BusinessCalendar& calendar, cv1::ComplaintClock* clock);
// What it stands at at `as_of`.
absl::StatusOr<SlaReading> Read(const cv1::ComplaintClock& clock, const BusinessCalendar& calendar, absl::Time as_of);

// When a rung of the ladder is reached; none while the clock does not run, or is not breached yet for a rung that
// counts from the breach.
absl::StatusOr<std::optional<absl::Time>> RungTime(const cv1::EscalationRule& rung, const cv1::ComplaintClock& clock,
                                                   const BusinessCalendar& calendar, absl::Time now);
// Needs the rung that is reached at `at` no climbing? It was climbed before, the complaint stands at its level or
// higher, or a person has set the level since.
bool RungPassed(const cv1::EscalationRule& rung, absl::Time at, const cv1::Complaint& complaint);

// All clocks of a complaint together, by what they show.
cv1::SlaVerdict VerdictOf(const std::vector<cv1::ComplaintClock>& clocks);
cv1::ClockState ToClockState(SlaState state);

}  // namespace kam::aftersales::rules

#endif  // KAM_AFTERSALES_SVC_RULES_CLOCK_RULES_H_
