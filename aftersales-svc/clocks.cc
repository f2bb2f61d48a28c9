#include "aftersales-svc/clocks.h"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "aftersales-svc/env.h"
#include "aftersales-svc/rules/complaint_rules.h"
#include "aftersales-svc/rules/proto_time.h"
#include "common/status/status.h"
#include "kam/complaint/v1/complaint_class.pb.h"

namespace kam::aftersales {
namespace {

namespace pb = ::kam::complaint::v1;
using resource::SqlCondition;
using resource::UnitOfWork;
using rules::ClockPhase;

constexpr int kClocksMax = 10;  // There are fewer kinds than that.
constexpr int kRungsMax = 200;
constexpr int kPoliciesMax = 200;
// A clock is late only after its due time.
constexpr absl::Duration kJustAfter = absl::Microseconds(1);
constexpr char kEscalateMethod[] = "kam.complaint.v1.ComplaintService/EscalateComplaint";
constexpr char kPauseMethod[] = "kam.complaint.v1.ComplaintService/PauseComplaintClocks";

std::string Short(pb::ComplaintClass value) {
  return resource::ShortEnumName(pb::ComplaintClass_descriptor()->FindValueByNumber(value));
}
std::string Short(pb::ClockKind value) {
  return resource::ShortEnumName(pb::ClockKind_descriptor()->FindValueByNumber(value));
}

// Policies in force by kind, of which there is one each.
absl::StatusOr<std::map<int, pb::ClockPolicy>> PoliciesOf(UnitOfWork& work, pb::ComplaintClass complaint_class) {
  ASSIGN_OR_RETURN(std::vector<pb::ClockPolicy> found,
                   work.Find<pb::ClockPolicy>(
                       {"t.complaint_class = ? AND t.archive_time IS NULL", {mysql::Value(Short(complaint_class))}},
                       "ORDER BY t.id", kPoliciesMax));
  std::map<int, pb::ClockPolicy> policies;
  for (pb::ClockPolicy& policy : found) policies[policy.kind()] = std::move(policy);
  return policies;
}

absl::StatusOr<pb::BusinessCalendar> NewestCalendar(UnitOfWork& work, const std::string& code) {
  ASSIGN_OR_RETURN(std::vector<pb::BusinessCalendar> found,
                   work.Find<pb::BusinessCalendar>({"t.code = ? AND t.archive_time IS NULL", {mysql::Value(code)}},
                                                   "ORDER BY t.calendar_version DESC", 1));
  if (!found.empty()) return std::move(found[0]);
  return Error(absl::StatusCode::kFailedPrecondition, "CALENDAR_NOT_FOUND",
               absl::StrCat("there is no business calendar ", code), {{"calendarCode", code}});
}

absl::StatusOr<BusinessCalendar> CalendarOf(UnitOfWork& work, const pb::ComplaintClock& clock) {
  ASSIGN_OR_RETURN(std::vector<pb::BusinessCalendar> found,
                   work.Find<pb::BusinessCalendar>({"t.id = ?", {mysql::Value(IdOf(clock.calendar()))}}, "", 1));
  if (found.empty()) return Internal("calendar of a clock has gone");
  return rules::ToCalendar(found[0]);
}

absl::StatusOr<std::vector<pb::EscalationRule>> RungsOf(UnitOfWork& work, const pb::ComplaintClock& clock) {
  return work.Find<pb::EscalationRule>(
      {"t.complaint_class = ? AND t.kind = ? AND t.archive_time IS NULL",
       {mysql::Value(Short(clock.complaint_class())), mysql::Value(Short(clock.kind()))}},
      "ORDER BY t.level, t.id", kRungsMax);
}

absl::Status ScheduleOrCancel(UnitOfWork& work, const char* kind, const std::string& resource,
                              const std::optional<absl::Time>& due) {
  if (!due.has_value()) return schedule::Cancel(work, kind, resource);
  return schedule::Schedule(work, kind, resource, *due);
}

// The next rung that has not been climbed.
absl::StatusOr<std::optional<absl::Time>> NextRung(UnitOfWork& work, const pb::ComplaintClock& clock,
                                                   const BusinessCalendar& calendar, const pb::Complaint& complaint) {
  if (rules::PhaseOf(clock) != ClockPhase::kRunning) return std::nullopt;
  std::optional<absl::Time> next;
  ASSIGN_OR_RETURN(const std::vector<pb::EscalationRule> rungs, RungsOf(work, clock));
  for (const pb::EscalationRule& rung : rungs) {
    ASSIGN_OR_RETURN(const std::optional<absl::Time> at, rules::RungTime(rung, clock, calendar, work.now()));
    if (!at.has_value() || rules::RungPassed(rung, *at, complaint)) continue;
    if (!next.has_value() || *at < *next) next = at;
  }
  return next;
}

// Sets what falls due of a clock as it stands now.
absl::Status ScheduleClock(UnitOfWork& work, const pb::ComplaintClock& clock, const BusinessCalendar& calendar,
                           const pb::Complaint& complaint) {
  std::optional<absl::Time> breach, stale;
  const ClockPhase phase = rules::PhaseOf(clock);
  if (phase == ClockPhase::kRunning && !clock.has_breach_time()) breach = FromTimestamp(clock.due_time()) + kJustAfter;
  if (phase == ClockPhase::kPaused && clock.has_stale_time() && !clock.pause_stale()) {
    stale = FromTimestamp(clock.stale_time()) + kJustAfter;
  }
  RETURN_IF_ERROR(ScheduleOrCancel(work, kBreachDue, clock.name(), breach));
  RETURN_IF_ERROR(ScheduleOrCancel(work, kStaleDue, clock.name(), stale));
  ASSIGN_OR_RETURN(const std::optional<absl::Time> rung, NextRung(work, clock, calendar, complaint));
  return ScheduleOrCancel(work, kEscalateDue, clock.name(), rung);
}

// The receipt, or when the complaint was taken up again.
absl::Time StartOf(const pb::Complaint& complaint) {
  return FromTimestamp(complaint.has_reopen_time() ? complaint.reopen_time() : complaint.receive_time());
}

void MarkOverdue(const pb::ComplaintClock& clock, pb::Complaint* complaint) {
  if (!clock.has_breach_time() || complaint->overdue()) return;
  complaint->set_overdue(true);
  complaint->set_overdue_reason(absl::StrCat(Short(clock.kind()), " ran past its due time"));
}

}  // namespace

absl::StatusOr<bool> HasClockPolicies(UnitOfWork& work, const pb::Complaint& complaint) {
  ASSIGN_OR_RETURN(const auto policies, PoliciesOf(work, complaint.complaint_class()));
  return std::any_of(policies.begin(), policies.end(),
                     [&](const auto& policy) { return !rules::IsReached(policy.second.kind(), complaint); });
}

absl::StatusOr<Clocks> Clocks::Load(UnitOfWork& work, const std::string& complaint) {
  Clocks clocks(work);
  ASSIGN_OR_RETURN(std::vector<pb::ComplaintClock> found,
                   work.Find<pb::ComplaintClock>({"t.complaint = ?", {mysql::Value(IdOf(complaint))}}, "ORDER BY t.id",
                                                 kClocksMax, /*lock=*/true));
  for (pb::ComplaintClock& clock : found) {
    ASSIGN_OR_RETURN(BusinessCalendar calendar, CalendarOf(work, clock));
    clocks.entries_.push_back({clock, clock, std::move(calendar), false});
  }
  return clocks;
}

absl::Status Clocks::Add(Entry* entry, pb::ClockEventKind event, absl::string_view reason, int allotment_minutes) {
  return rules::AddEvent({event, work_->now(), work_->actor().subject, std::string(reason), allotment_minutes},
                         entry->calendar, &entry->after);
}

absl::StatusOr<int> Clocks::Apply(pb::ClockEventKind event, const std::set<int>& kinds, absl::string_view reason) {
  int changed = 0;
  for (Entry& entry : entries_) {
    if (!kinds.empty() && kinds.count(entry.after.kind()) == 0) continue;
    const ClockPhase phase = rules::PhaseOf(entry.after);
    const bool going = phase == ClockPhase::kRunning || phase == ClockPhase::kPaused;
    bool fits = false;
    switch (event) {
      case pb::CLOCK_EVENT_KIND_PAUSE:
        fits = phase == ClockPhase::kRunning;
        break;
      case pb::CLOCK_EVENT_KIND_RESUME:
        fits = phase == ClockPhase::kPaused;
        break;
      case pb::CLOCK_EVENT_KIND_SATISFY:
        fits = going;
        break;
      case pb::CLOCK_EVENT_KIND_REOPEN:
        fits = phase == ClockPhase::kSatisfied || phase == ClockPhase::kClosed;
        break;
      case pb::CLOCK_EVENT_KIND_CLOSE:
        fits = going || phase == ClockPhase::kSatisfied;
        break;
      case pb::CLOCK_EVENT_KIND_CANCEL:
        fits = going;
        break;
      default:
        break;
    }
    if (!fits) continue;
    RETURN_IF_ERROR(Add(&entry, event, reason));
    ++changed;
  }
  return changed;
}

absl::Status Clocks::ResumePausedFor(absl::string_view reason) {
  for (Entry& entry : entries_) {
    if (rules::PhaseOf(entry.after) != ClockPhase::kPaused) continue;
    if (entry.after.pause_reason() != reason) continue;
    RETURN_IF_ERROR(Add(&entry, pb::CLOCK_EVENT_KIND_RESUME, ""));
  }
  return absl::OkStatus();
}

absl::Status Clocks::ChangeClass(const pb::Complaint& complaint) {
  ASSIGN_OR_RETURN(auto policies, PoliciesOf(*work_, complaint.complaint_class()));
  for (Entry& entry : entries_) {
    const auto policy = policies.find(entry.after.kind());
    entry.after.set_complaint_class(complaint.complaint_class());
    const ClockPhase phase = rules::PhaseOf(entry.after);
    const bool going = phase == ClockPhase::kRunning || phase == ClockPhase::kPaused;
    if (policy == policies.end()) {
      if (going) RETURN_IF_ERROR(Add(&entry, pb::CLOCK_EVENT_KIND_CANCEL, "the class has no such limit"));
      continue;
    }
    if (going) {
      entry.after.set_policy(policy->second.name());
      entry.after.set_pause_max_minutes(policy->second.pause_max_minutes());
      RETURN_IF_ERROR(
          Add(&entry, pb::CLOCK_EVENT_KIND_RECALCULATE, "another class", policy->second.allotment_minutes()));
    }
    policies.erase(policy);
  }
  for (const auto& [kind, policy] : policies) {
    if (rules::IsReached(policy.kind(), complaint)) continue;
    ASSIGN_OR_RETURN(const pb::BusinessCalendar stored, NewestCalendar(*work_, policy.calendar_code()));
    ASSIGN_OR_RETURN(pb::ComplaintClock clock,
                     rules::StartClock(complaint, policy, stored, StartOf(complaint), work_->actor().subject));
    ASSIGN_OR_RETURN(BusinessCalendar calendar, rules::ToCalendar(stored));
    entries_.push_back({pb::ComplaintClock(), std::move(clock), std::move(calendar), true});
  }
  return absl::OkStatus();
}

void Clocks::SetHandler(const std::string& handler) {
  for (Entry& entry : entries_) entry.after.set_handler(handler);
}

absl::Status Clocks::Save(pb::Complaint* complaint) {
  std::vector<pb::ComplaintClock> shown;
  for (Entry& entry : entries_) {
    // A clock that nothing happened to may have run past its due time meanwhile.
    RETURN_IF_ERROR(rules::Refresh(std::max(work_->now(), FromTimestamp(entry.after.events().rbegin()->event_time())),
                                   entry.calendar, &entry.after));
    if (entry.is_new) {
      ASSIGN_OR_RETURN(entry.after, work_->Insert(entry.after));
    } else {
      ASSIGN_OR_RETURN(entry.after, work_->Save(resource::Change<pb::ComplaintClock>{entry.before, entry.after}));
    }
    MarkOverdue(entry.after, complaint);
    shown.push_back(entry.after);
  }
  if (!entries_.empty()) complaint->set_sla_verdict(rules::VerdictOf(shown));
  for (const Entry& entry : entries_) {
    RETURN_IF_ERROR(ScheduleClock(*work_, entry.after, entry.calendar, *complaint));
  }
  return absl::OkStatus();
}

absl::Status StartClocks(UnitOfWork& work, const pb::Complaint& complaint) {
  ASSIGN_OR_RETURN(const auto policies, PoliciesOf(work, complaint.complaint_class()));
  for (const auto& [kind, policy] : policies) {
    if (rules::IsReached(policy.kind(), complaint)) continue;
    ASSIGN_OR_RETURN(const pb::BusinessCalendar stored, NewestCalendar(work, policy.calendar_code()));
    ASSIGN_OR_RETURN(const BusinessCalendar calendar, rules::ToCalendar(stored));
    // Shown as it stands at its start: if that is long ago, the scheduler marks the breach at once.
    ASSIGN_OR_RETURN(pb::ComplaintClock clock,
                     rules::StartClock(complaint, policy, stored, StartOf(complaint), work.actor().subject));
    ASSIGN_OR_RETURN(clock, work.Insert(std::move(clock)));
    RETURN_IF_ERROR(ScheduleClock(work, clock, calendar, complaint));
  }
  return absl::OkStatus();
}

namespace {

// A clock whose due item fires, with its complaint: the complaint is locked first, as everywhere.
struct DueClock {
  resource::Change<pb::Complaint> complaint;
  resource::Change<pb::ComplaintClock> clock;
  BusinessCalendar calendar;
};

absl::StatusOr<DueClock> LoadDue(UnitOfWork& work, const std::string& name) {
  ASSIGN_OR_RETURN(const std::vector<pb::ComplaintClock> seen,
                   work.Find<pb::ComplaintClock>({"t.id = ?", {mysql::Value(IdOf(name))}}, "", 1));
  if (seen.empty()) return NotFound(name);
  ASSIGN_OR_RETURN(const pb::Complaint complaint, work.Load<pb::Complaint>(seen[0].complaint()));
  ASSIGN_OR_RETURN(const pb::ComplaintClock clock, work.Load<pb::ComplaintClock>(name));
  ASSIGN_OR_RETURN(BusinessCalendar calendar, CalendarOf(work, clock));
  return DueClock{{complaint, complaint}, {clock, clock}, std::move(calendar)};
}

absl::Status SaveDue(UnitOfWork& work, DueClock due) {
  MarkOverdue(due.clock.after, &due.complaint.after);
  ASSIGN_OR_RETURN(const pb::ComplaintClock saved, work.Save(std::move(due.clock)));
  ASSIGN_OR_RETURN(const std::vector<pb::ComplaintClock> all,
                   work.Find<pb::ComplaintClock>({"t.complaint = ?", {mysql::Value(IdOf(saved.complaint()))}},
                                                 "ORDER BY t.id", kClocksMax));
  due.complaint.after.set_sla_verdict(rules::VerdictOf(all));
  ASSIGN_OR_RETURN(const pb::Complaint complaint, work.Save(std::move(due.complaint)));
  return ScheduleClock(work, saved, due.calendar, complaint);
}

// The breach and the alarm of a stale pause both follow from reading the clock now.
absl::Status OnClockDue(UnitOfWork& work, const schedule::DueItem& item) {
  ASSIGN_OR_RETURN(DueClock due, LoadDue(work, item.resource));
  // An item that fires is due, whatever this process's own clock says: otherwise it would be set again and again.
  RETURN_IF_ERROR(rules::Refresh(std::max(work.now(), item.due_time), due.calendar, &due.clock.after));
  return SaveDue(work, std::move(due));
}

absl::Status OnEscalateDue(UnitOfWork& work, const schedule::DueItem& item) {
  ASSIGN_OR_RETURN(DueClock due, LoadDue(work, item.resource));
  if (rules::HasEnded(due.complaint.before.state())) return absl::OkStatus();
  const absl::Time now = std::max(work.now(), item.due_time);
  RETURN_IF_ERROR(rules::Refresh(now, due.calendar, &due.clock.after));
  ASSIGN_OR_RETURN(const std::vector<pb::EscalationRule> rungs, RungsOf(work, due.clock.after));
  pb::Complaint& complaint = due.complaint.after;
  for (const pb::EscalationRule& rung : rungs) {
    ASSIGN_OR_RETURN(const std::optional<absl::Time> at, rules::RungTime(rung, due.clock.after, due.calendar, now));
    if (!at.has_value() || *at > now || rules::RungPassed(rung, *at, complaint)) continue;
    RETURN_IF_ERROR(rules::Escalate(rung.level(), rung.role(), work.actor().subject,
                                    absl::StrCat(Short(rung.kind()), " clock: ", rung.minutes(), " minutes after its ",
                                                 rung.basis() == pb::ESCALATION_BASIS_BREACH ? "breach" : "start"),
                                    now, &complaint));
    complaint.mutable_escalations()->rbegin()->set_kind(rung.kind());
  }
  return SaveDue(work, std::move(due));
}

}  // namespace

void HandleClockDues(schedule::Scheduler* scheduler) {
  scheduler->Handle(kBreachDue, kEscalateMethod, OnClockDue);
  scheduler->Handle(kStaleDue, kPauseMethod, OnClockDue);
  scheduler->Handle(kEscalateDue, kEscalateMethod, OnEscalateDue);
}

}  // namespace kam::aftersales
