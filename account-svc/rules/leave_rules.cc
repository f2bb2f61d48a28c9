#include "account-svc/rules/leave_rules.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "account-svc/rules/proto_time.h"
#include "common/status/status.h"
#include "common/time/date.h"

namespace kam::account::rules {
namespace {

namespace pb = organization::v1;
using pb::LeaveRequest;

Decimal HalfDays(int64_t halves) { return *Decimal::FromUnscaled(Decimal::kUnit / 2 * halves); }

// Halves of the time line: two a day, for comparison only.
std::pair<std::string, bool> Begin(const LeaveRequest& leave) { return {leave.start_date(), leave.starts_at_noon()}; }
// Back at work on a day that was granted, and not only in the afternoon of the last one.
bool CutShort(const LeaveRequest& leave) {
  if (leave.return_date().empty() || leave.return_date() > leave.end_date()) return false;
  return leave.return_date() != leave.end_date() || !leave.ends_at_noon();
}
// The last half away: true is the afternoon.
std::pair<std::string, bool> End(const LeaveRequest& leave) {
  // Back before the granted end: what was not taken is free again.
  if (CutShort(leave)) return {*AddDays(leave.return_date(), -1), true};
  return {leave.end_date(), !leave.ends_at_noon()};
}

absl::Time NoonOrMidnight(const WorkCalendar& calendar, absl::CivilDay day, bool noon) {
  constexpr int kNoon = 12;
  return absl::FromCivil(absl::CivilHour(day) + (noon ? kNoon : 0), calendar.zone);
}

absl::Status DeputyInvalid(absl::string_view what, const std::string& deputy) {
  return InvalidField("leave_request.deputy", "DEPUTY_INVALID", what, {{"deputy", deputy}});
}

// Working days of a leave that lie between two days.
absl::StatusOr<Decimal> DaysWithin(const WorkCalendar& calendar, const LeaveRequest& leave, const std::string& first,
                                   const std::string& last) {
  const auto [end, afternoon] = End(leave);
  const std::string from = std::max(leave.start_date(), first), to = std::min(end, last);
  if (from > to) return Decimal();
  return WorkingDays(calendar, from, from == leave.start_date() && leave.starts_at_noon(), to, to == end && !afternoon);
}

// Working days after `granted` and before `back`, without those that another leave of the person covers. A person has
// no two leaves that begin at the same time, so that begin tells `leave` from the others.
absl::StatusOr<Decimal> DaysBetweenLeaves(const WorkCalendar& calendar, const LeaveRequest& leave,
                                          const std::string& granted, const std::string& back,
                                          const std::vector<LeaveRequest>& others) {
  ASSIGN_OR_RETURN(const std::string from, AddDays(granted, 1));
  ASSIGN_OR_RETURN(const std::string to, AddDays(back, -1));
  if (from > to) return Decimal();
  ASSIGN_OR_RETURN(Decimal days, WorkingDays(calendar, from, false, to, false));
  for (const LeaveRequest& other : others) {
    if (Begin(other) == Begin(leave)) continue;
    ASSIGN_OR_RETURN(const Decimal covered, DaysWithin(calendar, other, from, to));
    ASSIGN_OR_RETURN(days, Subtract(days, covered));
  }
  return days;
}

// The same where the person came back too late.
absl::StatusOr<Decimal> Overstayed(const WorkCalendar& calendar, const LeaveRequest& leave, const std::string& granted,
                                   const std::string& back, const std::vector<LeaveRequest>& others) {
  if (leave.return_date() <= leave.end_date()) return Decimal();
  return DaysBetweenLeaves(calendar, leave, granted, back, others);
}

// Whether `after` begins when `before` is over, with no working half day between.
absl::StatusOr<bool> Follows(const WorkCalendar& calendar, const LeaveRequest& before, const LeaveRequest& after) {
  const auto [end, afternoon] = End(before);
  if (Begin(after) <= End(before)) return false;
  std::string from = end, to = after.start_date();
  if (afternoon) {
    ASSIGN_OR_RETURN(from, AddDays(end, 1));
  }
  if (!after.starts_at_noon()) {
    ASSIGN_OR_RETURN(to, AddDays(after.start_date(), -1));
  }
  ASSIGN_OR_RETURN(const Decimal between, WorkingDays(calendar, from, !afternoon, to, after.starts_at_noon()));
  return between.sign() <= 0;
}

// Working days of `leave` and of all that follow on it or that it follows on.
absl::StatusOr<Decimal> DaysInOne(const WorkCalendar& calendar, const LeaveRequest& leave,
                                  const std::vector<LeaveRequest>& others) {
  Decimal days;
  std::vector<const LeaveRequest*> met = {&leave}, left;
  for (const LeaveRequest& other : others) {
    // Back before it began: nothing of it was taken.
    if (other.name() != leave.name() && Begin(other) <= End(other)) left.push_back(&other);
  }
  for (size_t i = 0; i < met.size(); ++i) {
    ASSIGN_OR_RETURN(const Decimal of_one, DaysWithin(calendar, *met[i], met[i]->start_date(), met[i]->end_date()));
    ASSIGN_OR_RETURN(days, Add(days, of_one));
    for (size_t j = 0; j < left.size();) {
      ASSIGN_OR_RETURN(const bool before, Follows(calendar, *left[j], *met[i]));
      ASSIGN_OR_RETURN(const bool after, Follows(calendar, *met[i], *left[j]));
      if (!before && !after) {
        ++j;
        continue;
      }
      met.push_back(left[j]);
      left.erase(left.begin() + static_cast<std::ptrdiff_t>(j));
    }
  }
  return days;
}

absl::Status CheckForm(const Policy& policy, const LeaveRequest& leave) {
  if (leave.channel() == pb::LEAVE_CHANNEL_PHONE || leave.channel() == pb::LEAVE_CHANNEL_TEXT_MESSAGE) {
    return InvalidField("leave_request.channel", "LEAVE_CHANNEL_REFUSED",
                        "leave is asked for in writing with the reason, never by telephone or text message",
                        {{"rule", "G-06"}, {"value", pb::LeaveChannel_Name(leave.channel())}});
  }
  if (leave.channel() == pb::LEAVE_CHANNEL_PAPER && leave.document().empty()) {
    return InvalidField("leave_request.document", "DOCUMENT_REQUIRED", "says where the written request is");
  }
  if (leave.end_date() < leave.start_date()) {
    return InvalidField("leave_request.end_date", "DATES_REVERSED",
                        absl::StrCat("is ", leave.end_date(), ", before the first day ", leave.start_date()));
  }
  ASSIGN_OR_RETURN(const int64_t days, DaysBetween(leave.start_date(), leave.end_date()));
  if (days >= policy.leave_days_max) {
    return InvalidField("leave_request.end_date", "LEAVE_TOO_LONG",
                        absl::StrCat("makes ", days + 1, " days; the limit is ", policy.leave_days_max),
                        {{"value", absl::StrCat(days + 1)}, {"limit", absl::StrCat(policy.leave_days_max)}});
  }
  if (leave.deputy() == leave.employee() && !leave.deputy().empty()) {
    return DeputyInvalid("is the person who goes away", leave.deputy());
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Decimal> WorkingDays(const WorkCalendar& calendar, absl::string_view first, bool starts_at_noon,
                                    absl::string_view last, bool ends_at_noon) {
  ASSIGN_OR_RETURN(const absl::CivilDay begin, ParseDate(first));
  ASSIGN_OR_RETURN(const absl::CivilDay end, ParseDate(last));
  int64_t halves = 0;
  for (absl::CivilDay day = begin; day <= end; ++day) {
    if (!calendar.is_workday(day)) continue;
    halves += 2;
    if (day == begin && starts_at_noon) --halves;
    if (day == end && ends_at_noon) --halves;
  }
  return HalfDays(halves);
}

absl::StatusOr<Decimal> SetLevel(const WorkCalendar& calendar, const Policy& policy,
                                 const std::optional<Decimal>& direct_limit, const std::vector<LeaveRequest>& others,
                                 LeaveRequest* leave) {
  ASSIGN_OR_RETURN(const Decimal days, DaysInOne(calendar, *leave, others));
  const Decimal limit = direct_limit.value_or(HalfDays(policy.leave_short_half_days));
  leave->set_level(days <= limit ? pb::LEAVE_LEVEL_MANAGER : pb::LEAVE_LEVEL_NEXT_SUPERIOR);
  return days;
}

absl::Status FileLeave(const WorkCalendar& calendar, const Policy& policy, absl::string_view today,
                       LeaveRequest* leave) {
  if (leave->channel() == pb::LEAVE_CHANNEL_UNSPECIFIED) leave->set_channel(pb::LEAVE_CHANNEL_SYSTEM);
  RETURN_IF_ERROR(CheckForm(policy, *leave));
  ASSIGN_OR_RETURN(const Decimal days, WorkingDays(calendar, leave->start_date(), leave->starts_at_noon(),
                                                   leave->end_date(), leave->ends_at_noon()));
  if (days.sign() <= 0) {
    return InvalidField("leave_request.start_date", "LEAVE_WITHOUT_WORKING_DAY",
                        absl::StrCat("no working day lies between ", leave->start_date(), " and ", leave->end_date()),
                        {{"start", leave->start_date()}, {"end", leave->end_date()}});
  }
  // Who has fallen ill writes when he can; everything else is asked before.
  const int back = leave->kind() == pb::LEAVE_KIND_SICK ? policy.leave_sick_backdating_days : 0;
  ASSIGN_OR_RETURN(const std::string earliest, AddDays(today, -back));
  if (leave->start_date() < earliest) {
    return InvalidField(
        "leave_request.start_date", "LEAVE_BACKDATED",
        absl::StrCat("is ", leave->start_date(), "; leave is asked for before it begins, here from ", earliest, " on"),
        {{"value", leave->start_date()}, {"limit", earliest}});
  }
  leave->set_state(pb::LEAVE_STATE_SUBMITTED);
  leave->set_working_days(days.ToString());
  RETURN_IF_ERROR(SetLevel(calendar, policy, std::nullopt, {}, leave).status());
  ASSIGN_OR_RETURN(const absl::CivilDay first, ParseDate(leave->start_date()));
  ASSIGN_OR_RETURN(const absl::CivilDay last, ParseDate(leave->end_date()));
  *leave->mutable_away_start_time() = ToTimestamp(NoonOrMidnight(calendar, first, leave->starts_at_noon()));
  *leave->mutable_away_end_time() =
      ToTimestamp(NoonOrMidnight(calendar, leave->ends_at_noon() ? last : last + 1, leave->ends_at_noon()));
  return absl::OkStatus();
}

bool Overlap(const LeaveRequest& a, const LeaveRequest& b) { return Begin(a) <= End(b) && Begin(b) <= End(a); }

absl::Status CheckLeaveOverlap(const LeaveRequest& leave, const std::vector<LeaveRequest>& others) {
  for (const LeaveRequest& other : others) {
    if (other.name() == leave.name() || !Overlap(leave, other)) continue;
    return FailedPrecondition(
        "LEAVE_OVERLAP", other.name(),
        absl::StrCat(other.number(), " is from ", other.start_date(), " to ", other.end_date(), " already"),
        {{"other", other.name()}, {"start", other.start_date()}, {"end", other.end_date()}});
  }
  return absl::OkStatus();
}

absl::Status CheckDeputy(const LeaveRequest& leave, const std::vector<LeaveRequest>& away) {
  for (const LeaveRequest& other : away) {
    if (Overlap(leave, other)) return DeputyInvalid("is away on these days", leave.deputy());
  }
  return absl::OkStatus();
}

absl::Status CheckNotNeeded(const LeaveRequest& leave, const std::vector<LeaveRequest>& deputized) {
  if (leave.kind() == pb::LEAVE_KIND_SICK || leave.kind() == pb::LEAVE_KIND_MATERNITY ||
      leave.kind() == pb::LEAVE_KIND_BEREAVEMENT) {
    return absl::OkStatus();
  }
  for (const LeaveRequest& other : deputized) {
    if (!Overlap(leave, other)) continue;
    return FailedPrecondition(
        "DEPUTY_NEEDED", other.name(),
        absl::StrCat("stands in for ", other.employee(), " from ", other.start_date(), " to ", other.end_date()),
        {{"leave", other.name()}, {"employee", other.employee()}});
  }
  return absl::OkStatus();
}

std::optional<Decimal> WidestLimit(const Policy& policy, const std::vector<std::optional<Decimal>>& limits) {
  std::optional<Decimal> widest;
  for (const std::optional<Decimal>& limit : limits) {
    const Decimal days = limit.value_or(HalfDays(policy.leave_short_half_days));
    if (!widest.has_value() || days > *widest) widest = days;
  }
  return widest;
}

absl::Status CheckLeaveDecision(const LeaveDecider& decider, const Policy& policy, const LeaveRequest& leave,
                                const Decimal& in_one) {
  if (decider.name == leave.employee() || decider.name == leave.creator()) {
    return Error(absl::StatusCode::kPermissionDenied, "SEPARATION_OF_DUTIES",
                 "whoever asks for leave, or has recorded it, does not decide; a superior may",
                 {{"rule", "requester"}});
  }
  if (decider.personnel) return absl::OkStatus();
  if (decider.distance == 0) {
    return Error(absl::StatusCode::kPermissionDenied, "NOT_A_SUPERIOR",
                 "leave is decided by a superior on the reporting line of the person, or by the personnel department",
                 {{"rule", "R-05"}, {"employee", leave.employee()}});
  }
  const Decimal days = decider.limit.value_or(HalfDays(policy.leave_short_half_days));
  if (in_one <= days) return absl::OkStatus();
  if (decider.decides_long && (decider.distance > 1 || !decider.next_level)) return absl::OkStatus();
  const std::string limit = days.ToString();
  return Error(absl::StatusCode::kPermissionDenied, "LEAVE_NEEDS_NEXT_LEVEL",
               absl::StrCat("with what comes just before and after it the leave is ", in_one.ToString(),
                            " working days; above ", limit, " the next superior or the personnel department decides"),
               {{"rule", "F-01"},
                {"value", in_one.ToString()},
                {"limit", limit},
                {"allowed", absl::StrJoin(decider.above_direct, " ")}});
}

void DecideLeave(absl::string_view decider, absl::string_view opinion, absl::Time now, LeaveRequest* leave) {
  leave->set_decider(std::string(decider));
  leave->set_opinion(std::string(opinion));
  *leave->mutable_decide_time() = ToTimestamp(now);
}

absl::Status CheckCancelLeave(absl::string_view today, const LeaveRequest& leave) {
  if (today < leave.start_date()) return absl::OkStatus();
  return FailedPrecondition("LEAVE_BEGUN", leave.name(),
                            absl::StrCat("the leave began on ", leave.start_date(), "; say the day of return instead"),
                            {{"start", leave.start_date()}});
}

absl::Status ReturnFromLeave(const WorkCalendar& calendar, absl::string_view today, absl::string_view return_date,
                             bool self, const std::vector<LeaveRequest>& others, LeaveRequest* leave) {
  if (today < leave->start_date()) {
    return FailedPrecondition("LEAVE_NOT_BEGUN", leave->name(),
                              absl::StrCat("the leave begins on ", leave->start_date(), "; cancel it instead"),
                              {{"start", leave->start_date()}});
  }
  const std::string back(return_date.empty() ? today : return_date);
  const std::string earliest(self ? std::string(today) : leave->start_date());
  if (back < earliest || back > today) {
    return InvalidField("return_date", "RETURN_DATE_INVALID",
                        absl::StrCat("is ", back, "; the return lies between ", earliest, " and ", today,
                                     self ? "; an earlier day is confirmed by the personnel department" : ""),
                        {{"value", back}, {"minimum", earliest}, {"maximum", std::string(today)}});
  }
  leave->set_return_date(back);
  Decimal taken, overstayed;
  if (!CutShort(*leave)) {
    ASSIGN_OR_RETURN(taken, Decimal::Parse(leave->working_days(), "working_days"));
    ASSIGN_OR_RETURN(overstayed, Overstayed(calendar, *leave, leave->end_date(), back, others));
  } else if (back > leave->start_date()) {
    ASSIGN_OR_RETURN(const std::string last, AddDays(back, -1));
    ASSIGN_OR_RETURN(taken, WorkingDays(calendar, leave->start_date(), leave->starts_at_noon(), last, false));
  }
  leave->set_taken_days(taken.ToString());
  leave->set_overstayed_days(overstayed.ToString());
  return absl::OkStatus();
}

absl::Status CorrectReturn(const WorkCalendar& calendar, absl::string_view today, absl::string_view actor,
                           absl::string_view return_date, const std::vector<LeaveRequest>& around,
                           LeaveRequest* leave) {
  if (actor == leave->employee()) {
    return Error(absl::StatusCode::kPermissionDenied, "SEPARATION_OF_DUTIES",
                 "nobody puts his own return right; somebody else of the personnel department does",
                 {{"rule", "self"}});
  }
  leave->clear_return_date();
  leave->clear_taken_days();
  leave->clear_overstayed_days();
  leave->set_state(pb::LEAVE_STATE_APPROVED);
  if (return_date.empty()) return CheckLeaveOverlap(*leave, around);
  std::vector<LeaveRequest> known;  // What is only asked for tells nothing of where he was.
  for (const LeaveRequest& other : around) {
    if (other.name() != leave->name() && other.state() != pb::LEAVE_STATE_SUBMITTED) known.push_back(other);
  }
  RETURN_IF_ERROR(ReturnFromLeave(calendar, today, return_date, /*self=*/false, known, leave));
  leave->set_state(pb::LEAVE_STATE_RETURNED);
  return CheckLeaveOverlap(*leave, around);
}

// Until when nothing is known of the person after the leave: the first day of his next one, when he was back; not at
// all when another leave tells by its return how long he was away. `otherwise` when there is none.
std::string UnknownUntil(const LeaveRequest& leave, const std::vector<LeaveRequest>& leaves,
                         const std::string& otherwise) {
  std::string until = otherwise;
  for (const LeaveRequest& other : leaves) {
    if (other.start_date() > leave.end_date()) {
      until = std::min(until, other.start_date());
    } else if (other.return_date() > leave.end_date()) {
      until = std::min(until, leave.end_date());
    }
  }
  return until;
}

absl::StatusOr<Attendance> CountAttendance(const WorkCalendar& calendar, absl::string_view first,
                                           absl::string_view last, absl::string_view today,
                                           const std::vector<LeaveRequest>& leaves) {
  Attendance count;
  ASSIGN_OR_RETURN(count.working, WorkingDays(calendar, first, false, last, false));
  for (const LeaveRequest& leave : leaves) {
    if (leave.start_date() <= last && End(leave).first >= first) {
      ASSIGN_OR_RETURN(const Decimal days, DaysWithin(calendar, leave, std::string(first), std::string(last)));
      ASSIGN_OR_RETURN(count.leave, Add(count.leave, days));
      const auto known = std::find_if(count.by_kind.begin(), count.by_kind.end(),
                                      [&](const auto& entry) { return entry.first == leave.kind(); });
      if (known == count.by_kind.end()) {
        count.by_kind.emplace_back(leave.kind(), days);
      } else {
        ASSIGN_OR_RETURN(known->second, Add(known->second, days));
      }
    }
    ASSIGN_OR_RETURN(const std::string before, AddDays(first, -1));
    ASSIGN_OR_RETURN(const std::string after, AddDays(last, 1));
    if (leave.return_date().empty()) {
      const std::string until = UnknownUntil(leave, leaves, std::min(std::string(today), after));
      if (leave.end_date() >= until || before >= until) continue;
      ASSIGN_OR_RETURN(const Decimal unknown,
                       DaysBetweenLeaves(calendar, leave, std::max(leave.end_date(), before), until, leaves));
      ASSIGN_OR_RETURN(count.unconfirmed, Add(count.unconfirmed, unknown));
      continue;
    }
    if (CutShort(leave)) continue;
    ASSIGN_OR_RETURN(const Decimal beyond, Overstayed(calendar, leave, std::max(leave.end_date(), before),
                                                      std::min(leave.return_date(), after), leaves));
    ASSIGN_OR_RETURN(count.overstayed, Add(count.overstayed, beyond));
  }
  std::sort(count.by_kind.begin(), count.by_kind.end());
  ASSIGN_OR_RETURN(Decimal away, Add(count.leave, count.overstayed));
  ASSIGN_OR_RETURN(away, Add(away, count.unconfirmed));
  ASSIGN_OR_RETURN(count.present, Subtract(count.working, away));
  return count;
}

}  // namespace kam::account::rules
