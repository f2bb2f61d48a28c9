#include "common/time/clock_events.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <vector>

#include "common/status/status.h"
#include "common/time/calendar.h"

namespace kam {
namespace {

using enum SlaEventKind;

CalendarData NineToFive() {
  CalendarData data;
  data.version = "v1";
  data.time_zone = "Asia/Shanghai";
  for (size_t weekday = 0; weekday < 5; ++weekday) data.weekly[weekday] = {{9 * 60, 17 * 60}};
  return data;
}

const BusinessCalendar& Calendar() {
  static const BusinessCalendar* calendar = new BusinessCalendar(BusinessCalendar::Create(NineToFive()).value());
  return *calendar;
}

// "Mon 13:00" in the week of Monday 2026-01-05; "Mon+1" is the week after.
absl::Time At(absl::string_view text) {
  static constexpr absl::string_view kDays[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
  const int64_t day = std::find(std::begin(kDays), std::end(kDays), text.substr(0, 3)) - std::begin(kDays);
  const int64_t week = text[3] == '+' ? text[4] - '0' : 0;
  const absl::string_view clock = text.substr(text.find(' ') + 1);
  const int hour = (clock[0] - '0') * 10 + (clock[1] - '0'), minute = (clock[3] - '0') * 10 + (clock[4] - '0');
  EXPECT_LT(day, 7) << text;
  return absl::FromCivil(absl::CivilMinute(2026, 1, 5 + day + 7 * week, hour, minute), Calendar().zone());
}

std::string Show(absl::Time t) { return absl::FormatTime("%a %H:%M", t, Calendar().zone()); }

SlaEvent On(SlaEventKind kind, absl::string_view at, absl::Duration allotment = {}) {
  return {kind, At(at), allotment};
}

SlaReading Read(const std::vector<SlaEvent>& events, absl::Duration allotment, absl::string_view as_of,
                absl::Duration pause_max = {}) {
  absl::StatusOr<SlaReading> reading = ReadSlaClock(events, {allotment, pause_max}, Calendar(), At(as_of));
  EXPECT_TRUE(reading.ok()) << reading.status();
  return reading.value_or(SlaReading());
}

// G11
TEST(SlaClockTest, G11AHoldOutsideBusinessHoursMovesNothing) {
  const SlaReading reading =
      Read({On(kStart, "Mon 13:00"), On(kPause, "Mon 17:00"), On(kResume, "Tue 09:00")}, absl::Hours(8), "Tue 10:00");
  EXPECT_EQ(Show(reading.due), "Tue 13:00");
  EXPECT_EQ(reading.held, absl::ZeroDuration());
  EXPECT_EQ(reading.elapsed, absl::Hours(5));
  EXPECT_EQ(reading.remaining, absl::Hours(3));
  EXPECT_EQ(reading.state, SlaState::kRunning);
}

// G12
TEST(SlaClockTest, G12EveryHoldCounts) {
  const SlaReading reading = Read({On(kStart, "Mon 13:00"), On(kPause, "Mon 14:00"), On(kResume, "Mon 15:00"),
                                   On(kPause, "Tue 10:00"), On(kResume, "Tue 11:00")},
                                  absl::Hours(8), "Tue 11:00");
  EXPECT_EQ(Show(reading.due), "Tue 15:00");
  EXPECT_EQ(reading.held, absl::Hours(2));
}

// G13
TEST(SlaClockTest, G13AHoldOverTheWeekendCountsItsBusinessHoursOnly) {
  const SlaReading reading = Read({On(kStart, "Fri 12:00"), On(kPause, "Fri 16:00"), On(kResume, "Mon+1 10:00")},
                                  absl::Hours(8), "Mon+1 10:00");
  EXPECT_EQ(reading.held, absl::Hours(2));
  EXPECT_EQ(Show(reading.due), "Mon 14:00");
}

// G14
TEST(SlaClockTest, G14ClosedWhilePausedIsNotMet) {
  const SlaReading reading =
      Read({On(kStart, "Mon 09:00"), On(kPause, "Mon 10:00"), On(kClose, "Mon 11:00")}, absl::Hours(8), "Fri 17:00");
  EXPECT_EQ(reading.state, SlaState::kPausedAtClose);
  EXPECT_EQ(reading.satisfied_at, std::nullopt);
  EXPECT_EQ(reading.held, absl::Hours(1)) << "the hold ends with the case";
  EXPECT_EQ(VerdictOf({reading}), SlaVerdict::kNotMet);
}

// G15
TEST(SlaClockTest, G15ThePauseAndResumeBeforeSatisfyingExtendTheDeadline) {
  const std::vector<SlaEvent> events = {On(kStart, "Mon 09:00"), On(kPause, "Mon 10:00"), On(kResume, "Mon 12:00"),
                                        On(kSatisfy, "Mon 14:30")};
  const SlaReading reading = Read(events, absl::Hours(4), "Mon 14:30");
  EXPECT_EQ(Show(reading.due), "Mon 15:00");
  EXPECT_EQ(reading.state, SlaState::kSatisfied) << "in time by the extended deadline, late by the first one";
  // The resume and the answer in one instant, long after the first deadline.
  const SlaReading together =
      Read({On(kStart, "Mon 09:00"), On(kPause, "Mon 12:59"), On(kResume, "Fri 10:00"), On(kSatisfy, "Fri 10:00")},
           absl::Hours(4), "Fri 10:00");
  EXPECT_EQ(together.state, SlaState::kSatisfied);
  // Satisfied while paused cannot be late either.
  EXPECT_EQ(
      Read({On(kStart, "Mon 09:00"), On(kPause, "Mon 13:00"), On(kSatisfy, "Fri 10:00")}, absl::Hours(4), "Fri 10:00")
          .state,
      SlaState::kSatisfied);
  // A pause after the deadline saves nothing.
  EXPECT_EQ(
      Read({On(kStart, "Mon 09:00"), On(kPause, "Mon 13:01"), On(kResume, "Mon 15:00"), On(kSatisfy, "Mon 15:00")},
           absl::Hours(4), "Mon 15:00")
          .state,
      SlaState::kBreached);
}

// G16
TEST(SlaClockTest, G16ALateFirstResponseFailsTheCaseThoughItIsResolvedInTime) {
  const SlaReading response = Read({On(kStart, "Mon 09:00"), On(kSatisfy, "Mon 10:01")}, absl::Hours(1), "Tue 09:00");
  const SlaReading resolution = Read({On(kStart, "Mon 09:00"), On(kSatisfy, "Mon 12:00")}, absl::Hours(8), "Tue 09:00");
  EXPECT_EQ(response.state, SlaState::kBreached);
  EXPECT_EQ(Show(*response.breached_at), "Mon 10:00");
  EXPECT_EQ(Show(*response.satisfied_at), "Mon 10:01");
  EXPECT_EQ(response.remaining, -absl::Minutes(1));
  EXPECT_EQ(resolution.state, SlaState::kSatisfied);
  EXPECT_EQ(VerdictOf({response, resolution}), SlaVerdict::kFailed);
}

TEST(SlaClockTest, TheDueTimeItselfIsInTime) {
  EXPECT_EQ(Read({On(kStart, "Mon 09:00"), On(kSatisfy, "Mon 13:00")}, absl::Hours(4), "Mon 13:00").state,
            SlaState::kSatisfied);
  EXPECT_EQ(Read({On(kStart, "Mon 09:00")}, absl::Hours(4), "Mon 13:00").state, SlaState::kRunning);
  EXPECT_EQ(Read({On(kStart, "Mon 09:00")}, absl::Hours(4), "Mon 13:01").state, SlaState::kBreached);
  // Due when the office closes: the evening after it is late.
  EXPECT_EQ(Read({On(kStart, "Mon 09:00"), On(kSatisfy, "Mon 18:00")}, absl::Hours(8), "Mon 18:00").state,
            SlaState::kBreached);
}

TEST(SlaClockTest, ABreachIsPermanent) {
  const std::vector<SlaEvent> late = {On(kStart, "Mon 09:00"),  On(kSatisfy, "Mon 15:00"),
                                      On(kReopen, "Mon 16:00"), On(kRecalculate, "Mon 16:00", absl::Hours(100)),
                                      On(kPause, "Mon 16:30"),  On(kResume, "Tue 10:00"),
                                      On(kCancel, "Tue 11:00")};
  for (size_t count = 2; count <= late.size(); ++count) {
    const SlaReading reading =
        Read({late.begin(), late.begin() + static_cast<std::ptrdiff_t>(count)}, absl::Hours(4), "Wed 09:00");
    EXPECT_EQ(reading.state, SlaState::kBreached) << count;
    EXPECT_EQ(Show(*reading.breached_at), "Mon 13:00");
    EXPECT_EQ(Show(reading.due), "Mon 13:00") << "the deadline that was missed does not move any more";
  }
}

TEST(SlaClockTest, ReopenedGoesOnWithWhatWasLeft) {
  const std::vector<SlaEvent> events = {On(kStart, "Mon 09:00"), On(kSatisfy, "Mon 11:00"), On(kClose, "Mon 12:00"),
                                        On(kReopen, "Tue 10:00")};
  const SlaReading reading = Read(events, absl::Hours(4), "Tue 11:00");
  EXPECT_EQ(reading.state, SlaState::kRunning);
  EXPECT_EQ(reading.satisfied_at, std::nullopt);
  EXPECT_EQ(reading.elapsed, absl::Hours(3));
  EXPECT_EQ(reading.held, absl::Hours(7));
  EXPECT_EQ(Show(reading.due), "Tue 12:00");
  EXPECT_EQ(Read(events, absl::Hours(4), "Mon 13:00").state, SlaState::kSatisfied) << "as of before the reopening";
  // A hold that was closed goes on as a hold until the case is reopened.
  EXPECT_EQ(
      Show(Read({On(kStart, "Mon 09:00"), On(kPause, "Mon 10:00"), On(kClose, "Mon 11:00"), On(kReopen, "Mon 12:00")},
                absl::Hours(4), "Mon 12:00")
               .due),
      "Mon 15:00");
}

TEST(SlaClockTest, ClosedWhileRunningIsCancelledAndCanBeReopened) {
  const std::vector<SlaEvent> events = {On(kStart, "Mon 09:00"), On(kClose, "Mon 10:00"), On(kReopen, "Mon 11:00")};
  EXPECT_EQ(Read(events, absl::Hours(4), "Mon 10:30").state, SlaState::kCancelled);
  EXPECT_EQ(Show(Read(events, absl::Hours(4), "Mon 11:30").due), "Mon 14:00");
  EXPECT_EQ(Read({On(kStart, "Mon 09:00"), On(kClose, "Mon 14:00")}, absl::Hours(4), "Tue 09:00").state,
            SlaState::kBreached);
}

TEST(SlaClockTest, ANewTargetCountsFromTheStart) {
  EXPECT_EQ(
      Show(Read({On(kStart, "Mon 09:00"), On(kRecalculate, "Mon 10:00", absl::Hours(2))}, absl::Hours(4), "Mon 10:00")
               .due),
      "Mon 11:00");
  // Shortened below what has run: breached when it was decided, not before.
  const SlaReading reading =
      Read({On(kStart, "Mon 09:00"), On(kRecalculate, "Mon 12:00", absl::Hours(2))}, absl::Hours(4), "Mon 12:01");
  EXPECT_EQ(reading.state, SlaState::kBreached);
  EXPECT_EQ(Show(*reading.breached_at), "Mon 12:00");
  EXPECT_EQ(Show(reading.due), "Mon 11:00");
  // Lengthened in time.
  EXPECT_EQ(
      Read({On(kStart, "Mon 09:00"), On(kRecalculate, "Mon 12:00", absl::Hours(7))}, absl::Hours(4), "Mon 15:00").state,
      SlaState::kRunning);
}

TEST(SlaClockTest, WhilePausedTheDueTimeMovesAlong) {
  const std::vector<SlaEvent> events = {On(kStart, "Mon 09:00"), On(kPause, "Mon 10:00")};
  EXPECT_EQ(Show(Read(events, absl::Hours(4), "Mon 10:00").due), "Mon 13:00");
  EXPECT_EQ(Show(Read(events, absl::Hours(4), "Mon 16:00").due), "Tue 11:00");
  const SlaReading reading = Read(events, absl::Hours(4), "Fri 16:00");
  EXPECT_EQ(reading.state, SlaState::kPaused);
  EXPECT_EQ(reading.remaining, absl::Hours(3));
  EXPECT_EQ(reading.pause_stale_at, std::nullopt) << "no limit was set";
}

TEST(SlaClockTest, APauseThatIsTooOldIsStale) {
  const std::vector<SlaEvent> events = {On(kStart, "Mon 09:00"), On(kPause, "Mon 16:00")};
  const SlaReading in_time = Read(events, absl::Hours(4), "Tue 10:00", absl::Hours(2));
  EXPECT_EQ(Show(*in_time.pause_stale_at), "Tue 10:00");
  EXPECT_FALSE(in_time.pause_stale);
  EXPECT_TRUE(Read(events, absl::Hours(4), "Tue 10:01", absl::Hours(2)).pause_stale);
  // Resumed and paused again at once is the same hold.
  const std::vector<SlaEvent> split = {On(kStart, "Mon 09:00"), On(kPause, "Mon 16:00"), On(kResume, "Tue 09:30"),
                                       On(kPause, "Tue 09:30")};
  EXPECT_TRUE(Read(split, absl::Hours(4), "Tue 10:01", absl::Hours(2)).pause_stale);
  // Resumed in between, it is another.
  const std::vector<SlaEvent> two = {On(kStart, "Mon 09:00"), On(kPause, "Mon 16:00"), On(kResume, "Tue 09:30"),
                                     On(kPause, "Tue 09:31")};
  EXPECT_FALSE(Read(two, absl::Hours(4), "Tue 10:01", absl::Hours(2)).pause_stale);
  const std::vector<SlaEvent> resumed = {On(kStart, "Mon 09:00"), On(kPause, "Mon 16:00"), On(kResume, "Wed 09:30")};
  EXPECT_FALSE(Read(resumed, absl::Hours(8), "Wed 10:00", absl::Hours(2)).pause_stale);
}

TEST(SlaClockTest, APauseAtTheDueTimeIsInTimeUntilItRunsOn) {
  std::vector<SlaEvent> events = {On(kStart, "Fri 09:00"), On(kPause, "Fri 17:00"), On(kResume, "Mon+1 09:00")};
  EXPECT_EQ(Read(events, absl::Hours(8), "Sun 12:00").state, SlaState::kPaused);
  EXPECT_EQ(Read(events, absl::Hours(8), "Mon+1 09:00").state, SlaState::kRunning);
  const SlaReading reading = Read(events, absl::Hours(8), "Mon+1 09:01");
  EXPECT_EQ(reading.state, SlaState::kBreached);
  EXPECT_EQ(*reading.breached_at, At("Mon+1 09:00"));
}

TEST(SlaClockTest, EventsThatDoNotFitTheStateAreRefused) {
  const SlaEventKind all[] = {kStart, kPause, kResume, kSatisfy, kReopen, kClose, kCancel, kRecalculate};
  struct Case {
    std::vector<SlaEvent> before;
    std::vector<SlaEventKind> allowed;
    const char* state;
  };
  const Case cases[] = {
      {{}, {kStart, kCancel}, "NOT_STARTED"},
      {{On(kStart, "Mon 09:00")}, {kPause, kSatisfy, kClose, kCancel, kRecalculate}, "RUNNING"},
      {{On(kStart, "Mon 09:00"), On(kPause, "Mon 09:00")},
       {kResume, kSatisfy, kClose, kCancel, kRecalculate},
       "PAUSED"},
      {{On(kStart, "Mon 09:00"), On(kSatisfy, "Mon 09:00")}, {kReopen, kClose, kCancel}, "SATISFIED"},
      {{On(kStart, "Mon 09:00"), On(kSatisfy, "Mon 09:00"), On(kClose, "Mon 09:00")}, {kReopen}, "CLOSED"},
      {{On(kStart, "Mon 09:00"), On(kPause, "Mon 09:00"), On(kClose, "Mon 09:00")}, {kReopen}, "CLOSED"},
      {{On(kStart, "Mon 09:00"), On(kClose, "Mon 09:00")}, {kReopen}, "CLOSED"},
      {{On(kStart, "Mon 09:00"), On(kCancel, "Mon 09:00")}, {}, "CANCELLED"},
  };
  for (const Case& c : cases) {
    for (SlaEventKind kind : all) {
      std::vector<SlaEvent> events = c.before;
      events.push_back(On(kind, "Mon 09:00", absl::Hours(1)));
      const absl::Status status = ReadSlaClock(events, {absl::Hours(4), {}}, Calendar(), At("Mon 10:00")).status();
      const bool allowed = std::find(c.allowed.begin(), c.allowed.end(), kind) != c.allowed.end();
      EXPECT_EQ(status.ok(), allowed) << c.state << " " << NameOf(kind) << " " << status;
      if (!allowed) {
        EXPECT_EQ(Reason(status), "SLA_EVENT_NOT_ALLOWED");
        EXPECT_EQ(MetadataValue(status, "state"), c.state);
        EXPECT_EQ(MetadataValue(status, "kind"), NameOf(kind));
      }
    }
  }
}

TEST(SlaClockTest, BadInputIsNamed) {
  const auto reason = [](const std::vector<SlaEvent>& events, const SlaTarget& target) {
    return Reason(ReadSlaClock(events, target, Calendar(), At("Fri 09:00")).status());
  };
  const SlaTarget target = {absl::Hours(4), {}};
  EXPECT_EQ(reason({On(kStart, "Tue 09:00"), On(kPause, "Mon 09:00")}, target), "SLA_EVENTS_UNORDERED");
  EXPECT_EQ(reason(std::vector<SlaEvent>(kSlaEventsMax + 1, On(kStart, "Mon 09:00")), target), "SLA_EVENTS_TOO_MANY");
  EXPECT_EQ(reason({}, {absl::ZeroDuration(), {}}), "SLA_TARGET_INVALID");
  EXPECT_EQ(reason({}, {absl::Hours(1), -absl::Hours(1)}), "SLA_TARGET_INVALID");
  EXPECT_EQ(reason({On(kStart, "Mon 09:00"), On(kRecalculate, "Mon 09:00")}, target), "SLA_TARGET_INVALID");
  EXPECT_EQ(reason({On(kStart, "Mon 09:00")}, {absl::Hours(1'000'000), {}}), "CALENDAR_EXHAUSTED");
  EXPECT_EQ(Reason(ReadSlaClock({On(kStart, "Mon 09:00")}, target, Calendar(), absl::InfiniteFuture()).status()),
            "CALENDAR_EXHAUSTED");
}

TEST(SlaClockTest, NotStartedHasNoDueTime) {
  const SlaReading reading = Read({On(kStart, "Tue 09:00")}, absl::Hours(4), "Mon 09:00");
  EXPECT_EQ(reading.state, SlaState::kNotStarted);
  EXPECT_EQ(reading.due, absl::InfiniteFuture());
  EXPECT_EQ(reading.remaining, absl::Hours(4));
}

TEST(SlaClockTest, TheVerdictOfACase) {
  const auto clock = [](SlaState state) {
    SlaReading reading;
    reading.state = state;
    return reading;
  };
  using enum SlaState;
  EXPECT_EQ(VerdictOf({clock(kSatisfied), clock(kSatisfied)}), SlaVerdict::kMet);
  EXPECT_EQ(VerdictOf({clock(kSatisfied), clock(kCancelled)}), SlaVerdict::kMet);
  EXPECT_EQ(VerdictOf({clock(kSatisfied), clock(kRunning)}), SlaVerdict::kPending);
  EXPECT_EQ(VerdictOf({clock(kPausedAtClose), clock(kPaused)}), SlaVerdict::kPending);
  EXPECT_EQ(VerdictOf({clock(kSatisfied), clock(kPausedAtClose)}), SlaVerdict::kNotMet);
  EXPECT_EQ(VerdictOf({clock(kCancelled)}), SlaVerdict::kNotMet);
  EXPECT_EQ(VerdictOf({}), SlaVerdict::kNotMet);
  EXPECT_EQ(VerdictOf({clock(kRunning), clock(kBreached)}), SlaVerdict::kFailed);
}

// Pairs of instants, in minutes after Monday 09:00, between which the clock is held.
std::vector<int> AnyHolds() {
  std::vector<int> edges = *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 20'000));
  if (edges.size() % 2 != 0) edges.pop_back();
  std::sort(edges.begin(), edges.end());
  return edges;
}

absl::Time AfterStart(int minutes) { return At("Mon 09:00") + absl::Minutes(minutes); }

std::vector<SlaEvent> WithHolds(const std::vector<int>& edges) {
  std::vector<SlaEvent> events = {{kStart, AfterStart(0), {}}};
  for (size_t i = 0; i < edges.size(); ++i) events.push_back({i % 2 == 0 ? kPause : kResume, AfterStart(edges[i]), {}});
  return events;
}

RC_GTEST_PROP(SlaClockProperty, SplittingAHoldChangesNothing, ()) {
  const std::vector<int> edges = AnyHolds();
  RC_PRE(!edges.empty());
  const size_t hold = 2 * *rc::gen::inRange<size_t>(0, edges.size() / 2);
  const int middle = *rc::gen::inRange(edges[hold], edges[hold + 1] + 1);
  std::vector<int> split = edges;
  split.insert(split.begin() + static_cast<std::ptrdiff_t>(hold) + 1, 2, middle);
  const SlaTarget target = {absl::Minutes(*rc::gen::inRange(1, 5000)), absl::Minutes(*rc::gen::inRange(1, 500))};
  const absl::Time as_of = AfterStart(*rc::gen::inRange(0, 25'000));
  const SlaReading a = ReadSlaClock(WithHolds(edges), target, Calendar(), as_of).value();
  const SlaReading b = ReadSlaClock(WithHolds(split), target, Calendar(), as_of).value();
  // Read at the very instant of the split, the events up to it end with a pause in both.
  RC_ASSERT(a.state == b.state);
  RC_ASSERT(a.due == b.due);
  RC_ASSERT(a.elapsed == b.elapsed);
  RC_ASSERT(a.held == b.held);
  RC_ASSERT(a.breached_at == b.breached_at);
  RC_ASSERT(a.pause_stale_at == b.pause_stale_at);
}

RC_GTEST_PROP(SlaClockProperty, DueIsStartPlusAllotmentPlusHoldsAndElapsedAddsUp, ()) {
  const std::vector<int> edges = AnyHolds();
  const absl::Duration allotment = absl::Minutes(*rc::gen::inRange(1, 5000));
  const absl::Time as_of = AfterStart(*rc::gen::inRange(0, 25'000));
  const SlaReading reading = ReadSlaClock(WithHolds(edges), {allotment, {}}, Calendar(), as_of).value();
  RC_ASSERT(reading.elapsed + reading.held == *Calendar().BusinessBetween(AfterStart(0), as_of));
  RC_ASSERT(reading.remaining == allotment - reading.elapsed);
  if (reading.state != SlaState::kBreached) {
    RC_ASSERT(reading.elapsed <= allotment);
    RC_ASSERT(reading.due == *Calendar().AddBusiness(AfterStart(0), allotment + reading.held));
  } else {
    RC_ASSERT(reading.elapsed >= allotment);
    RC_ASSERT(*reading.breached_at < as_of);
  }
}

RC_GTEST_PROP(SlaClockProperty, OnceBreachedAlwaysBreached, ()) {
  const std::vector<SlaEvent> events = WithHolds(AnyHolds());
  const SlaTarget target = {absl::Minutes(*rc::gen::inRange(1, 3000)), {}};
  const int first = *rc::gen::inRange(0, 25'000), second = *rc::gen::inRange(first, 25'001);
  const SlaReading before = ReadSlaClock(events, target, Calendar(), AfterStart(first)).value();
  const SlaReading after = ReadSlaClock(events, target, Calendar(), AfterStart(second)).value();
  if (before.state == SlaState::kBreached) {
    RC_ASSERT(after.state == SlaState::kBreached);
    RC_ASSERT(after.breached_at == before.breached_at);
    RC_ASSERT(after.due == before.due);
  }
}

RC_GTEST_PROP(SlaClockProperty, AClosedDayNeverMakesDueEarlier, ()) {
  CalendarData data = NineToFive();
  data.exceptions[absl::CivilDay(2026, 1, 5) + *rc::gen::inRange(0, 30)] = {};
  const BusinessCalendar closed = *BusinessCalendar::Create(data);
  const SlaTarget target = {absl::Minutes(*rc::gen::inRange(1, 5000)), {}};
  const std::vector<SlaEvent> events = {{kStart, AfterStart(*rc::gen::inRange(0, 10'000)), {}}};
  RC_ASSERT(ReadSlaClock(events, target, closed, events[0].at)->due >=
            ReadSlaClock(events, target, Calendar(), events[0].at)->due);
}

}  // namespace
}  // namespace kam
