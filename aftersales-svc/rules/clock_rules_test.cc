#include "aftersales-svc/rules/clock_rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/time/civil_time.h"
#include "aftersales-svc/rules/proto_time.h"
#include "common/testing/matchers.h"
#include "kam/complaint/v1/complaint_class.pb.h"

namespace kam::aftersales::rules {
namespace {

using ::kam::testing::HasReason;
using ::kam::testing::IsOk;

cv1::BusinessCalendar NineToFive() {
  cv1::BusinessCalendar calendar;
  calendar.set_name("businessCalendars/1");
  calendar.set_code("office");
  calendar.set_calendar_version(1);
  calendar.set_time_zone("Asia/Shanghai");
  for (int weekday = cv1::WEEKDAY_MONDAY; weekday <= cv1::WEEKDAY_FRIDAY; ++weekday) {
    cv1::CalendarWindow* window = calendar.add_windows();
    window->set_weekday(static_cast<cv1::Weekday>(weekday));
    window->set_from_minute(9 * 60);
    window->set_to_minute(17 * 60);
  }
  return calendar;
}

// Hour of January 2026 in Shanghai; the 5th is a Monday.
absl::Time At(int day, int hour, int minute = 0) {
  absl::TimeZone zone;
  EXPECT_TRUE(absl::LoadTimeZone("Asia/Shanghai", &zone));
  return absl::FromCivil(absl::CivilMinute(2026, 1, day, hour, minute), zone);
}

class ClockRulesTest : public ::testing::Test {
 protected:
  cv1::ComplaintClock Start(absl::Time at, int hours, int pause_max_hours = 0) {
    cv1::ClockPolicy policy;
    policy.set_kind(cv1::CLOCK_KIND_SOLUTION);
    policy.set_allotment_minutes(hours * 60);
    policy.set_pause_max_minutes(pause_max_hours * 60);
    const auto clock = StartClock(cv1::Complaint(), policy, NineToFive(), at, "employees/x");
    EXPECT_THAT(clock, IsOk());
    return clock.value_or(cv1::ComplaintClock());
  }
  absl::Status Add(cv1::ClockEventKind kind, absl::Time at, cv1::ComplaintClock* clock, int minutes = 0) {
    return AddEvent({kind, at, "employees/x", "why", minutes}, calendar_, clock);
  }
  void MustAdd(cv1::ClockEventKind kind, absl::Time at, cv1::ComplaintClock* clock) {
    EXPECT_THAT(Add(kind, at, clock), IsOk());
  }

  const BusinessCalendar calendar_ = ToCalendar(NineToFive()).value();
};

// G11, G12, G13: what the clock shows follows from its events.
TEST_F(ClockRulesTest, G11G12G13HoldsCountInBusinessTime) {
  cv1::ComplaintClock clock = Start(At(5, 13), 8);
  MustAdd(cv1::CLOCK_EVENT_KIND_PAUSE, At(5, 17), &clock);
  MustAdd(cv1::CLOCK_EVENT_KIND_RESUME, At(6, 9), &clock);
  EXPECT_EQ(FromTimestamp(clock.due_time()), At(6, 13));
  clock = Start(At(5, 13), 8);
  MustAdd(cv1::CLOCK_EVENT_KIND_PAUSE, At(5, 14), &clock);
  MustAdd(cv1::CLOCK_EVENT_KIND_RESUME, At(5, 15), &clock);
  MustAdd(cv1::CLOCK_EVENT_KIND_PAUSE, At(6, 10), &clock);
  MustAdd(cv1::CLOCK_EVENT_KIND_RESUME, At(6, 11), &clock);
  EXPECT_EQ(FromTimestamp(clock.due_time()), At(6, 15));
  clock = Start(At(9, 12), 8);
  MustAdd(cv1::CLOCK_EVENT_KIND_PAUSE, At(9, 16), &clock);
  MustAdd(cv1::CLOCK_EVENT_KIND_RESUME, At(12, 10), &clock);
  EXPECT_EQ(clock.held_minutes(), 120);
}

// G14, G16
TEST_F(ClockRulesTest, G14G16ClosedWhilePausedIsNotMetAndABreachIsForGood) {
  cv1::ComplaintClock paused = Start(At(5, 9), 8);
  MustAdd(cv1::CLOCK_EVENT_KIND_PAUSE, At(5, 10), &paused);
  MustAdd(cv1::CLOCK_EVENT_KIND_CLOSE, At(5, 11), &paused);
  EXPECT_EQ(paused.state(), cv1::CLOCK_STATE_PAUSED_AT_CLOSE);
  EXPECT_EQ(VerdictOf({paused}), cv1::SLA_VERDICT_NOT_MET);
  cv1::ComplaintClock late = Start(At(5, 9), 1);
  MustAdd(cv1::CLOCK_EVENT_KIND_SATISFY, At(5, 10, 1), &late);
  EXPECT_EQ(late.state(), cv1::CLOCK_STATE_BREACHED);
  MustAdd(cv1::CLOCK_EVENT_KIND_REOPEN, At(5, 11), &late);
  EXPECT_EQ(late.state(), cv1::CLOCK_STATE_BREACHED);
  cv1::ComplaintClock met = Start(At(5, 9), 8);
  MustAdd(cv1::CLOCK_EVENT_KIND_SATISFY, At(5, 12), &met);
  EXPECT_EQ(VerdictOf({met}), cv1::SLA_VERDICT_MET);
  EXPECT_EQ(VerdictOf({met, late}), cv1::SLA_VERDICT_FAILED);
  EXPECT_EQ(VerdictOf({met, Start(At(5, 9), 8)}), cv1::SLA_VERDICT_PENDING);
  EXPECT_EQ(VerdictOf({}), cv1::SLA_VERDICT_UNSPECIFIED);
}

// G15
TEST_F(ClockRulesTest, G15TheVerdictUsesTheExtendedDeadline) {
  cv1::ComplaintClock clock = Start(At(5, 9), 4);
  MustAdd(cv1::CLOCK_EVENT_KIND_PAUSE, At(5, 10), &clock);
  MustAdd(cv1::CLOCK_EVENT_KIND_RESUME, At(5, 12), &clock);
  MustAdd(cv1::CLOCK_EVENT_KIND_SATISFY, At(5, 14, 30), &clock);
  EXPECT_EQ(clock.state(), cv1::CLOCK_STATE_SATISFIED);
}

// S-05
TEST_F(ClockRulesTest, ThePhaseIsThatOfTheLastEventThatChangedIt) {
  cv1::ComplaintClock clock = Start(At(5, 9), 1);
  EXPECT_EQ(PhaseOf(clock), ClockPhase::kRunning);
  MustAdd(cv1::CLOCK_EVENT_KIND_PAUSE, At(5, 12), &clock);
  EXPECT_EQ(clock.state(), cv1::CLOCK_STATE_BREACHED) << "shown: late";
  EXPECT_EQ(PhaseOf(clock), ClockPhase::kPaused) << "done: standing still";
  EXPECT_THAT(Add(cv1::CLOCK_EVENT_KIND_RECALCULATE, At(5, 12), &clock, 30), IsOk());
  EXPECT_EQ(PhaseOf(clock), ClockPhase::kPaused);
  EXPECT_THAT(Add(cv1::CLOCK_EVENT_KIND_PAUSE, At(5, 12), &clock), HasReason("SLA_EVENT_NOT_ALLOWED"));
}

// S-05: clocks of several processes may differ a little.
TEST_F(ClockRulesTest, AnEventIsNeverEarlierThanTheOneBefore) {
  cv1::ComplaintClock clock = Start(At(5, 9), 8);
  MustAdd(cv1::CLOCK_EVENT_KIND_PAUSE, At(5, 12), &clock);
  MustAdd(cv1::CLOCK_EVENT_KIND_RESUME, At(5, 11), &clock);
  EXPECT_EQ(FromTimestamp(clock.events(2).event_time()), At(5, 12));
}

// S-05
TEST_F(ClockRulesTest, RungsCountFromTheStartWithoutPausesOrFromTheBreach) {
  cv1::EscalationRule rung;
  rung.set_minutes(180);
  rung.set_basis(cv1::ESCALATION_BASIS_START);
  cv1::ComplaintClock clock = Start(At(5, 9), 4);
  const auto time = [&](absl::Time now) { return RungTime(rung, clock, calendar_, now).value(); };
  EXPECT_EQ(time(At(5, 9)), At(5, 12));
  MustAdd(cv1::CLOCK_EVENT_KIND_PAUSE, At(5, 10), &clock);
  EXPECT_EQ(time(At(5, 10)), std::nullopt) << "a clock that stands does not escalate";
  MustAdd(cv1::CLOCK_EVENT_KIND_RESUME, At(5, 11), &clock);
  EXPECT_EQ(time(At(5, 11)), At(5, 13));
  rung.set_basis(cv1::ESCALATION_BASIS_BREACH);
  EXPECT_EQ(time(At(5, 11)), std::nullopt);
  EXPECT_THAT(Refresh(At(5, 16), calendar_, &clock), IsOk());
  EXPECT_EQ(time(At(5, 16)), At(5, 17)) << "three hours after the breach at 14:00";
  MustAdd(cv1::CLOCK_EVENT_KIND_SATISFY, At(5, 16), &clock);
  EXPECT_EQ(time(At(5, 16)), std::nullopt);
}

// S-05
TEST_F(ClockRulesTest, CalendarsWithHolidaysAndMakeUpDays) {
  cv1::BusinessCalendar stored = NineToFive();
  cv1::CalendarException* holiday = stored.add_exceptions();
  holiday->set_day("2026-01-06");
  holiday->set_closed(true);
  for (const int from : {13, 9}) {
    cv1::CalendarException* make_up = stored.add_exceptions();
    make_up->set_day("2026-01-10");
    make_up->set_from_minute(from * 60);
    make_up->set_to_minute((from + 3) * 60);
  }
  const auto calendar = ToCalendar(stored);
  ASSERT_THAT(calendar, IsOk());
  EXPECT_FALSE(calendar->IsOpen(At(6, 10)));
  EXPECT_TRUE(calendar->IsOpen(At(10, 10)));
  EXPECT_FALSE(calendar->IsOpen(At(10, 12, 30)));
  EXPECT_TRUE(calendar->IsOpen(At(10, 15)));
  holiday = stored.add_exceptions();
  holiday->set_day("2026-01-10");
  holiday->set_closed(true);
  EXPECT_THAT(ToCalendar(stored), HasReason("CALENDAR_EXCEPTION_INVALID"));
}

}  // namespace
}  // namespace kam::aftersales::rules
