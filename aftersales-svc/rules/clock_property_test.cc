// Clocks of complaints against a second reading of them: a walk minute by minute through the calendar, over random
// calendars, limits and events (S-05).
#include <rapidcheck.h>

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "aftersales-svc/rules/clock_rules.h"
#include "aftersales-svc/rules/proto_time.h"
#include "common/status/status.h"
#include "common/time/date.h"
#include "gtest/gtest.h"

namespace kam::aftersales::rules {
namespace {

constexpr int kDay = 24 * 60;
constexpr int kWeek = 7;

// Minutes of a day that are open.
using Windows = std::vector<std::pair<int, int>>;

// A calendar as the walk sees it: minute 0 is a Monday at midnight in Shanghai, which knows no summer time.
struct Plan {
  std::array<Windows, kWeek> weekly;
  std::map<int, Windows> exceptions;  // By day.

  bool Open(int minute) const {
    const int day = minute / kDay, of_day = minute % kDay;
    const auto exception = exceptions.find(day);
    const Windows& windows =
        exception != exceptions.end() ? exception->second : weekly[static_cast<size_t>(day % kWeek)];
    return std::any_of(windows.begin(), windows.end(),
                       [&](const auto& window) { return window.first <= of_day && of_day < window.second; });
  }
};

absl::TimeZone Shanghai() {
  absl::TimeZone zone;
  EXPECT_TRUE(absl::LoadTimeZone("Asia/Shanghai", &zone));
  return zone;
}

const absl::CivilDay kMonday(2026, 1, 5);

absl::Time At(int minute) {
  static const absl::TimeZone zone = Shanghai();
  return absl::FromCivil(kMonday, zone) + absl::Minutes(minute);
}

Windows SomeWindows(int at_most) {
  std::set<int> edges;
  const int windows = *rc::gen::inRange(0, at_most + 1);
  while (static_cast<int>(edges.size()) < 2 * windows) edges.insert(*rc::gen::inRange(0, kDay + 1));
  Windows found;
  for (auto it = edges.begin(); it != edges.end();) {
    const int from = *it++;
    found.emplace_back(from, *it++);
  }
  return found;
}

Plan SomePlan() {
  Plan plan;
  for (Windows& windows : plan.weekly) windows = SomeWindows(3);
  plan.weekly[1] = {{600, 900}};  // Some time every week, so that every limit has an end.
  const int exceptions = *rc::gen::inRange(0, 5);
  for (int i = 0; i < exceptions; ++i) plan.exceptions[*rc::gen::inRange(0, 40)] = SomeWindows(2);
  return plan;
}

cv1::BusinessCalendar Stored(const Plan& plan) {
  cv1::BusinessCalendar calendar;
  calendar.set_name("businessCalendars/1");
  calendar.set_code("any");
  calendar.set_calendar_version(1);
  calendar.set_time_zone("Asia/Shanghai");
  for (int day = 0; day < kWeek; ++day) {
    for (const auto& [from, to] : plan.weekly[static_cast<size_t>(day)]) {
      cv1::CalendarWindow* window = calendar.add_windows();
      window->set_weekday(static_cast<cv1::Weekday>(cv1::WEEKDAY_MONDAY + day));
      window->set_from_minute(from);
      window->set_to_minute(to);
    }
  }
  for (const auto& [day, windows] : plan.exceptions) {
    cv1::CalendarException exception;
    exception.set_day(FormatDate(kMonday + day));
    exception.set_closed(windows.empty());
    if (windows.empty()) *calendar.add_exceptions() = exception;
    for (const auto& [from, to] : windows) {
      exception.set_from_minute(from);
      exception.set_to_minute(to);
      *calendar.add_exceptions() = exception;
    }
  }
  return calendar;
}

// The clock, walked.
class Walk {
 public:
  Walk(const Plan& plan, int start, int allotment) : plan_(plan), start_(start), now_(start), allotment_(allotment) {}

  void To(int minute) {
    for (; now_ < minute; ++now_) {
      const bool open = plan_.Open(now_);
      if (phase_ == ClockPhase::kRunning) {
        // It goes on although its time was used up.
        if (elapsed_ >= allotment_ && !breached_.has_value()) breached_ = now_;
        elapsed_ += open ? 1 : 0;
      } else if (phase_ == ClockPhase::kPaused) {
        held_ += open ? 1 : 0;
      } else {
        stood_ += open ? 1 : 0;
      }
    }
  }
  void Apply(cv1::ClockEventKind kind, int allotment) {
    switch (kind) {
      case cv1::CLOCK_EVENT_KIND_PAUSE:
        phase_ = ClockPhase::kPaused;
        break;
      case cv1::CLOCK_EVENT_KIND_RESUME:
        phase_ = ClockPhase::kRunning;
        break;
      case cv1::CLOCK_EVENT_KIND_SATISFY:
        phase_ = ClockPhase::kSatisfied;
        satisfied_ = now_;
        stood_ = 0;
        break;
      case cv1::CLOCK_EVENT_KIND_CLOSE:
        paused_at_close_ = phase_ == ClockPhase::kPaused;
        if (phase_ != ClockPhase::kSatisfied) stood_ = 0;
        phase_ = ClockPhase::kClosed;
        break;
      case cv1::CLOCK_EVENT_KIND_REOPEN:
        held_ += stood_;
        satisfied_.reset();
        phase_ = ClockPhase::kRunning;
        break;
      case cv1::CLOCK_EVENT_KIND_RECALCULATE:
        allotment_ = allotment;
        break;
      default:
        break;
    }
  }

  ClockPhase phase() const { return phase_; }
  int now() const { return now_; }
  int elapsed() const { return elapsed_; }
  int held() const { return held_; }
  std::optional<int> breached() const { return breached_; }
  std::optional<int> satisfied() const { return satisfied_; }
  SlaState State() const {
    if (breached_.has_value()) return SlaState::kBreached;
    switch (phase_) {
      case ClockPhase::kRunning:
        return SlaState::kRunning;
      case ClockPhase::kPaused:
        return SlaState::kPaused;
      case ClockPhase::kSatisfied:
        return SlaState::kSatisfied;
      default:
        if (satisfied_.has_value()) return SlaState::kSatisfied;
        return paused_at_close_ ? SlaState::kPausedAtClose : SlaState::kCancelled;
    }
  }
  // The first minute at which the limit and all that stood still have gone by.
  int Due() const {
    int minute = start_;
    for (int open = 0; open < allotment_ + held_; ++minute) open += plan_.Open(minute) ? 1 : 0;
    return minute;
  }

 private:
  const Plan& plan_;
  const int start_;
  int now_;
  int allotment_;
  ClockPhase phase_ = ClockPhase::kRunning;
  bool paused_at_close_ = false;
  int elapsed_ = 0, held_ = 0, stood_ = 0;
  std::optional<int> breached_, satisfied_;
};

std::vector<cv1::ClockEventKind> Possible(ClockPhase phase) {
  switch (phase) {
    case ClockPhase::kRunning:
      return {cv1::CLOCK_EVENT_KIND_PAUSE, cv1::CLOCK_EVENT_KIND_PAUSE, cv1::CLOCK_EVENT_KIND_SATISFY,
              cv1::CLOCK_EVENT_KIND_CLOSE, cv1::CLOCK_EVENT_KIND_RECALCULATE};
    case ClockPhase::kPaused:
      return {cv1::CLOCK_EVENT_KIND_RESUME, cv1::CLOCK_EVENT_KIND_RESUME, cv1::CLOCK_EVENT_KIND_SATISFY,
              cv1::CLOCK_EVENT_KIND_CLOSE, cv1::CLOCK_EVENT_KIND_RECALCULATE};
    case ClockPhase::kSatisfied:
      return {cv1::CLOCK_EVENT_KIND_REOPEN, cv1::CLOCK_EVENT_KIND_CLOSE};
    default:
      return {cv1::CLOCK_EVENT_KIND_REOPEN};
  }
}

int64_t Minutes(absl::Duration duration) { return absl::ToInt64Minutes(duration); }

// S-05, G11, G12, G13
TEST(ClockPropertyTest, EveryClockReadsAsTheWalkThroughItsCalendar) {
  rc::check([] {
    const Plan plan = SomePlan();
    const auto calendar = ToCalendar(Stored(plan));
    RC_ASSERT(calendar.ok());
    const int start = *rc::gen::inRange(0, 10 * kDay), allotment = *rc::gen::inRange(1, 3000);
    cv1::Complaint complaint;
    cv1::ClockPolicy policy;
    policy.set_kind(cv1::CLOCK_KIND_SOLUTION);
    policy.set_allotment_minutes(allotment);
    auto clock = StartClock(complaint, policy, Stored(plan), At(start), "employees/1");
    RC_ASSERT(clock.ok());
    Walk walk(plan, start, allotment);
    const int events = *rc::gen::inRange(0, 9);
    for (int i = 0; i <= events; ++i) {
      walk.To(walk.now() + *rc::gen::inRange(0, 2 * kDay));
      if (i < events) {
        ClockChange change;
        change.kind = *rc::gen::elementOf(Possible(walk.phase()));
        change.at = At(walk.now());
        change.actor = "employees/1";
        if (change.kind == cv1::CLOCK_EVENT_KIND_RECALCULATE) change.allotment_minutes = *rc::gen::inRange(1, 3000);
        walk.Apply(change.kind, change.allotment_minutes);
        RC_ASSERT(AddEvent(change, *calendar, &*clock).ok());
      }
      const auto reading = Read(*clock, *calendar, At(walk.now()));
      RC_ASSERT(reading.ok());
      RC_ASSERT(NameOf(reading->state) == NameOf(walk.State()));
      RC_ASSERT(Minutes(reading->elapsed) == walk.elapsed());
      RC_ASSERT(Minutes(reading->held) == walk.held());
      RC_ASSERT(reading->breached_at.has_value() == walk.breached().has_value());
      if (walk.breached().has_value()) {
        RC_ASSERT(*reading->breached_at == At(*walk.breached()));
      } else {
        RC_ASSERT(reading->due == At(walk.Due()));
      }
      RC_ASSERT(reading->satisfied_at.has_value() == walk.satisfied().has_value());
      if (walk.satisfied().has_value()) RC_ASSERT(*reading->satisfied_at == At(*walk.satisfied()));
      RC_ASSERT(PhaseOf(*clock) == walk.phase());
    }
  });
}

// S-05: what a clock shows is what its events say, whoever brought it up to date and how often.
TEST(ClockPropertyTest, RefreshingChangesNothingThatAReadingDoesNotSay) {
  rc::check([] {
    const Plan plan = SomePlan();
    const auto calendar = ToCalendar(Stored(plan));
    RC_ASSERT(calendar.ok());
    cv1::ClockPolicy policy;
    policy.set_allotment_minutes(*rc::gen::inRange(1, 3000));
    const int start = *rc::gen::inRange(0, 10 * kDay);
    auto clock = StartClock(cv1::Complaint(), policy, Stored(plan), At(start), "employees/1");
    RC_ASSERT(clock.ok());
    cv1::ComplaintClock often = *clock;
    const int until = start + *rc::gen::inRange(0, 20 * kDay);
    for (int minute = start; minute < until; minute += *rc::gen::inRange(1, 3 * kDay)) {
      RC_ASSERT(Refresh(At(minute), *calendar, &often).ok());
    }
    RC_ASSERT(Refresh(At(until), *calendar, &often).ok());
    RC_ASSERT(Refresh(At(until), *calendar, &*clock).ok());
    RC_ASSERT(often.SerializeAsString() == clock->SerializeAsString());
  });
}

// S-05: whatever was done to a clock, it can still be satisfied and closed.
TEST(ClockPropertyTest, AClockThatWasPausedTooOftenCanStillBeEnded) {
  Plan plan;
  plan.weekly.fill({{0, kDay}});
  const auto calendar = ToCalendar(Stored(plan));
  ASSERT_TRUE(calendar.ok());
  cv1::ClockPolicy policy;
  policy.set_allotment_minutes(100);
  auto clock = StartClock(cv1::Complaint(), policy, Stored(plan), At(0), "employees/1");
  ASSERT_TRUE(clock.ok());
  const auto add = [&](cv1::ClockEventKind kind) {
    return AddEvent({kind, At(0), "employees/1", "", 0}, *calendar, &*clock);
  };
  absl::Status status;
  for (; status.ok(); status = add(cv1::CLOCK_EVENT_KIND_PAUSE)) {
    if (PhaseOf(*clock) == ClockPhase::kPaused) status = add(cv1::CLOCK_EVENT_KIND_RESUME);
    ASSERT_TRUE(status.ok()) << status;
  }
  EXPECT_EQ(Reason(status), "SLA_EVENTS_TOO_MANY");
  EXPECT_TRUE(add(cv1::CLOCK_EVENT_KIND_SATISFY).ok());
  EXPECT_TRUE(add(cv1::CLOCK_EVENT_KIND_CLOSE).ok());
  EXPECT_EQ(clock->state(), cv1::CLOCK_STATE_SATISFIED);
}

}  // namespace
}  // namespace kam::aftersales::rules
