#include "account-svc/rules/leave_rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/testing/matchers.h"

namespace kam::account::rules {
namespace {

namespace pb = organization::v1;
using pb::LeaveRequest;
using ::testing::AllOf;
using testing::HasReason;
using testing::IsOk;
using testing::NamesField;
using testing::StatusIs;

constexpr char kToday[] = "2026-01-05";  // A Monday.

const WorkCalendar& Calendar() {
  static const auto* const calendar =
      new WorkCalendar{[](absl::CivilDay day) {
                         if (day == absl::CivilDay(2026, 1, 14)) return false;  // A holiday on a Wednesday.
                         if (day == absl::CivilDay(2026, 1, 17)) return true;   // A Saturday that is worked.
                         const absl::Weekday weekday = absl::GetWeekday(day);
                         return weekday != absl::Weekday::saturday && weekday != absl::Weekday::sunday;
                       },
                       absl::FixedTimeZone(8 * 60 * 60)};
  return *calendar;
}

LeaveRequest Leave(const char* first, const char* last, bool noon_start = false, bool noon_end = false) {
  LeaveRequest leave;
  leave.set_employee("employees/A");
  leave.set_creator("employees/A");
  leave.set_kind(pb::LEAVE_KIND_PERSONAL);
  leave.set_reason("家中有事");
  leave.set_start_date(first);
  leave.set_end_date(last);
  leave.set_starts_at_noon(noon_start);
  leave.set_ends_at_noon(noon_end);
  return leave;
}

LeaveRequest Filed(const char* first, const char* last, bool noon_start = false, bool noon_end = false) {
  LeaveRequest leave = Leave(first, last, noon_start, noon_end);
  EXPECT_THAT(FileLeave(Calendar(), Policy(), kToday, &leave), IsOk());
  return leave;
}

// G-06, F-01: days are those of the calendar, in halves; what is above one day needs the next level.
TEST(FileLeave, CountsWorkingDaysAndNamesTheLevel) {
  struct Case {
    const char* first;
    const char* last;
    bool noon_start, noon_end;
    const char* days;
    pb::LeaveLevel level;
  };
  const Case cases[] = {
      {"2026-01-06", "2026-01-06", false, false, "1", pb::LEAVE_LEVEL_MANAGER},
      {"2026-01-06", "2026-01-06", false, true, "0.5", pb::LEAVE_LEVEL_MANAGER},
      {"2026-01-06", "2026-01-07", true, true, "1", pb::LEAVE_LEVEL_MANAGER},
      {"2026-01-06", "2026-01-07", true, false, "1.5", pb::LEAVE_LEVEL_NEXT_SUPERIOR},
      {"2026-01-09", "2026-01-11", false, false, "1", pb::LEAVE_LEVEL_MANAGER},        // Friday to Sunday.
      {"2026-01-09", "2026-01-12", false, false, "2", pb::LEAVE_LEVEL_NEXT_SUPERIOR},  // Over a weekend.
      {"2026-01-13", "2026-01-14", false, false, "1", pb::LEAVE_LEVEL_MANAGER},        // Over a holiday.
      {"2026-01-16", "2026-01-17", false, false, "2", pb::LEAVE_LEVEL_NEXT_SUPERIOR},  // A worked Saturday.
      {"2026-01-10", "2026-01-12", false, true, "0.5", pb::LEAVE_LEVEL_MANAGER},
  };
  for (const Case& c : cases) {
    const LeaveRequest leave = Filed(c.first, c.last, c.noon_start, c.noon_end);
    EXPECT_EQ(leave.working_days(), c.days) << c.first << " " << c.last;
    EXPECT_EQ(leave.level(), c.level) << c.first << " " << c.last;
    EXPECT_EQ(leave.state(), pb::LEAVE_STATE_SUBMITTED);
  }
}

// F-01: the figure is the policy's.
TEST(FileLeave, TheShortLeaveIsAFigureOfThePolicy) {
  Policy policy;
  policy.leave_short_half_days = 4;
  LeaveRequest leave = Leave("2026-01-06", "2026-01-07");
  ASSERT_THAT(FileLeave(Calendar(), policy, kToday, &leave), IsOk());
  EXPECT_EQ(leave.level(), pb::LEAVE_LEVEL_MANAGER);
}

// G-06: the window in which somebody stands in, in the time of the company.
TEST(FileLeave, TheWindowOfAbsenceRunsFromTheFirstHalfDayToTheLast) {
  const absl::TimeZone zone = Calendar().zone;
  const auto at = [&](const google::protobuf::Timestamp& stamp) {
    return absl::FormatTime("%Y-%m-%d %H:%M", absl::FromUnixSeconds(stamp.seconds()), zone);
  };
  const LeaveRequest leave = Filed("2026-01-06", "2026-01-07", true, false);
  EXPECT_EQ(at(leave.away_start_time()), "2026-01-06 12:00");
  EXPECT_EQ(at(leave.away_end_time()), "2026-01-08 00:00");
  EXPECT_EQ(at(Filed("2026-01-06", "2026-01-07", false, true).away_end_time()), "2026-01-07 12:00");
}

// G-06: in writing, with the reason, before it begins; never by telephone or text message.
TEST(FileLeave, RefusesWhatIsNotARequestInWriting) {
  const auto file = [](LeaveRequest leave) { return FileLeave(Calendar(), Policy(), kToday, &leave); };
  for (const pb::LeaveChannel channel : {pb::LEAVE_CHANNEL_PHONE, pb::LEAVE_CHANNEL_TEXT_MESSAGE}) {
    LeaveRequest leave = Leave("2026-01-06", "2026-01-06");
    leave.set_channel(channel);
    EXPECT_THAT(file(leave), AllOf(HasReason("LEAVE_CHANNEL_REFUSED"), NamesField("leave_request.channel")));
  }
  LeaveRequest paper = Leave("2026-01-06", "2026-01-06");
  paper.set_channel(pb::LEAVE_CHANNEL_PAPER);
  EXPECT_THAT(file(paper), HasReason("DOCUMENT_REQUIRED"));
  paper.set_document("请假单 0017");
  EXPECT_THAT(file(paper), IsOk());
  EXPECT_THAT(file(Leave("2026-01-07", "2026-01-06")), HasReason("DATES_REVERSED"));
  EXPECT_THAT(file(Leave("2026-01-10", "2026-01-11")), HasReason("LEAVE_WITHOUT_WORKING_DAY"));
  EXPECT_THAT(file(Leave("2026-01-12", "2026-01-12", true, true)), HasReason("LEAVE_WITHOUT_WORKING_DAY"));
  EXPECT_THAT(file(Leave("2026-01-02", "2026-01-06")), HasReason("LEAVE_BACKDATED"));
  EXPECT_THAT(file(Leave("2026-01-06", "2027-01-07")), HasReason("LEAVE_TOO_LONG"));
  LeaveRequest ill = Leave("2026-01-02", "2026-01-06");
  ill.set_kind(pb::LEAVE_KIND_SICK);
  EXPECT_THAT(file(ill), IsOk());
  ill.set_start_date("2026-01-01");
  EXPECT_THAT(file(ill), HasReason("LEAVE_BACKDATED"));
  LeaveRequest self = Leave("2026-01-06", "2026-01-06");
  self.set_deputy("employees/A");
  EXPECT_THAT(file(self), HasReason("DEPUTY_INVALID"));
}

// G-06
TEST(LeaveOverlap, CountsHalfDays) {
  LeaveRequest morning = Filed("2026-01-06", "2026-01-06", false, true);
  morning.set_name("leaveRequests/1");
  LeaveRequest afternoon = Filed("2026-01-06", "2026-01-07", true, false);
  afternoon.set_name("leaveRequests/2");
  EXPECT_FALSE(Overlap(morning, afternoon));
  EXPECT_FALSE(Overlap(afternoon, morning));
  LeaveRequest day = Filed("2026-01-06", "2026-01-06");
  day.set_name("leaveRequests/3");
  EXPECT_TRUE(Overlap(day, morning));
  EXPECT_TRUE(Overlap(afternoon, day));
  EXPECT_THAT(CheckLeaveOverlap(day, {morning}), HasReason("LEAVE_OVERLAP"));
  EXPECT_THAT(CheckLeaveOverlap(morning, {morning, afternoon}), IsOk());
  // Who came back early is free again on the days left.
  afternoon.set_return_date("2026-01-07");
  EXPECT_FALSE(Overlap(Filed("2026-01-07", "2026-01-07"), afternoon));
  LeaveRequest with_deputy = day;
  EXPECT_THAT(CheckDeputy(with_deputy, {morning}), HasReason("DEPUTY_INVALID"));
}

// G-06, R-05, F-01: who decides, for each length of leave.
TEST(LeaveDecision, IsMadeByTheRightLevel) {
  LeaveRequest one = Filed("2026-01-06", "2026-01-06");
  LeaveRequest three = Filed("2026-01-06", "2026-01-08");
  struct Case {
    const char* who;
    LeaveDecider decider;
    const char* one;  // Reason of the refusal; empty: allowed.
    const char* three;
  };
  const auto at = [](int distance, bool next, bool decides_long, bool personnel, const char* name = "employees/X") {
    LeaveDecider decider;
    decider.name = name;
    decider.distance = distance;
    decider.next_level = next;
    decider.decides_long = decides_long;
    decider.personnel = personnel;
    return decider;
  };
  const Case cases[] = {
      {"the account manager, who decides short leave only", at(1, true, false, false), "", "LEAVE_NEEDS_NEXT_LEVEL"},
      {"a direct superior with the right to long leave", at(1, true, true, false), "", "LEAVE_NEEDS_NEXT_LEVEL"},
      {"a direct superior with nobody above", at(1, false, true, false), "", ""},
      {"the next superior", at(2, true, true, false), "", ""},
      {"the one above him", at(3, true, true, false), "", ""},
      {"a next superior without the right to long leave", at(2, true, false, false), "", "LEAVE_NEEDS_NEXT_LEVEL"},
      {"a manager of another line", at(0, true, true, false), "NOT_A_SUPERIOR", "NOT_A_SUPERIOR"},
      {"the personnel department", at(0, true, true, true), "", ""},
      {"the person", at(0, true, true, true, "employees/A"), "SEPARATION_OF_DUTIES", "SEPARATION_OF_DUTIES"},
  };
  for (const Case& c : cases) {
    const auto expect = [&](const LeaveRequest& leave, const std::string& reason) {
      const absl::Status answer = CheckLeaveDecision(c.decider, Policy(), leave, *Decimal::Parse(leave.working_days()));
      EXPECT_EQ(Reason(answer), reason) << c.who << ", " << leave.working_days() << " days: " << answer;
    };
    expect(one, c.one);
    expect(three, c.three);
  }
  one.set_creator("employees/H");  // Recorded from paper.
  EXPECT_THAT(CheckLeaveDecision(at(0, true, true, true, "employees/H"), Policy(), one, Decimal::FromInt(1)),
              HasReason("SEPARATION_OF_DUTIES"));
}

// G-06, R-05, F-01: days asked for one by one are one absence when no working day lies between.
TEST(SetLevel, AddsUpWhatFollowsOnOneAnother) {
  struct Case {
    std::vector<LeaveRequest> others;
    LeaveRequest leave;
    const char* days;
    pb::LeaveLevel level;
  };
  LeaveRequest back = Filed("2026-01-06", "2026-01-07");
  back.set_return_date("2026-01-07");  // Took one of the two.
  LeaveRequest not_taken = Filed("2026-01-07", "2026-01-07");
  not_taken.set_return_date("2026-01-07");
  const std::vector<Case> cases = {
      {{}, Filed("2026-01-06", "2026-01-06"), "1", pb::LEAVE_LEVEL_MANAGER},
      {{Filed("2026-01-05", "2026-01-05")}, Filed("2026-01-06", "2026-01-06"), "2", pb::LEAVE_LEVEL_NEXT_SUPERIOR},
      {{Filed("2026-01-07", "2026-01-07")}, Filed("2026-01-06", "2026-01-06"), "2", pb::LEAVE_LEVEL_NEXT_SUPERIOR},
      {{Filed("2026-01-09", "2026-01-09")}, Filed("2026-01-12", "2026-01-12"), "2", pb::LEAVE_LEVEL_NEXT_SUPERIOR},
      {{Filed("2026-01-13", "2026-01-13")}, Filed("2026-01-15", "2026-01-15"), "2", pb::LEAVE_LEVEL_NEXT_SUPERIOR},
      {{Filed("2026-01-06", "2026-01-06")}, Filed("2026-01-08", "2026-01-08"), "1", pb::LEAVE_LEVEL_MANAGER},
      // The day between that one is joined by another.
      {{Filed("2026-01-08", "2026-01-08"), Filed("2026-01-07", "2026-01-07")},
       Filed("2026-01-06", "2026-01-06"),
       "3",
       pb::LEAVE_LEVEL_NEXT_SUPERIOR},
      {{Filed("2026-01-06", "2026-01-06", false, true)},
       Filed("2026-01-06", "2026-01-06", true, false),
       "1",
       pb::LEAVE_LEVEL_MANAGER},
      {{Filed("2026-01-06", "2026-01-06", false, true)},
       Filed("2026-01-07", "2026-01-07"),
       "1",
       pb::LEAVE_LEVEL_MANAGER},  // The afternoon between is worked.
      {{back}, Filed("2026-01-08", "2026-01-08"), "1", pb::LEAVE_LEVEL_MANAGER},
      {{not_taken}, Filed("2026-01-08", "2026-01-08"), "1", pb::LEAVE_LEVEL_MANAGER},
  };
  for (const Case& c : cases) {
    std::vector<LeaveRequest> others = c.others;
    for (size_t i = 0; i < others.size(); ++i) others[i].set_name(absl::StrCat("leaveRequests/", i));
    LeaveRequest leave = c.leave;
    const auto days = SetLevel(Calendar(), Policy(), std::nullopt, others, &leave);
    ASSERT_THAT(days, IsOk());
    EXPECT_EQ(days->ToString(), c.days) << leave.start_date() << " beside " << others.size();
    EXPECT_EQ(leave.level(), c.level) << leave.start_date() << " beside " << others.size();
  }
}

// G-06: whoever stands in for somebody does not go away as well, unless nobody chooses the day.
TEST(CheckNotNeeded, WhoStandsInStays) {
  LeaveRequest other = Filed("2026-01-06", "2026-01-07");
  other.set_name("leaveRequests/1");
  other.set_employee("employees/B");
  EXPECT_THAT(CheckNotNeeded(Filed("2026-01-07", "2026-01-07"), {other}), HasReason("DEPUTY_NEEDED"));
  EXPECT_THAT(CheckNotNeeded(Filed("2026-01-08", "2026-01-08"), {other}), IsOk());
  LeaveRequest ill = Filed("2026-01-07", "2026-01-07");
  ill.set_kind(pb::LEAVE_KIND_SICK);
  EXPECT_THAT(CheckNotNeeded(ill, {other}), IsOk());
}

// G-06
TEST(ReturnFromLeave, CountsWhatWasTakenAndWhatWasOverstayed) {
  struct Case {
    const char* back;
    const char* taken;
    const char* overstayed;
  };
  // Tuesday 6 to Friday 9: four days.
  const Case cases[] = {{"2026-01-06", "0", "0"}, {"2026-01-08", "2", "0"}, {"2026-01-10", "4", "0"},
                        {"2026-01-12", "4", "0"}, {"2026-01-13", "4", "1"}, {"2026-01-19", "4", "5"}};
  for (const Case& c : cases) {
    LeaveRequest leave = Filed("2026-01-06", "2026-01-09");
    ASSERT_THAT(ReturnFromLeave(Calendar(), "2026-01-19", c.back, false, {}, &leave), IsOk());
    EXPECT_EQ(leave.taken_days(), c.taken) << c.back;
    EXPECT_EQ(leave.overstayed_days(), c.overstayed) << c.back;
  }
  LeaveRequest half = Filed("2026-01-06", "2026-01-06", false, true);
  ASSERT_THAT(ReturnFromLeave(Calendar(), "2026-01-06", "", true, {}, &half), IsOk());
  EXPECT_EQ(half.taken_days(), "0.5");
  LeaveRequest leave = Filed("2026-01-06", "2026-01-09");
  EXPECT_THAT(ReturnFromLeave(Calendar(), "2026-01-05", "", true, {}, &leave), HasReason("LEAVE_NOT_BEGUN"));
  EXPECT_THAT(ReturnFromLeave(Calendar(), "2026-01-08", "2026-01-09", false, {}, &leave),
              HasReason("RETURN_DATE_INVALID"));
  EXPECT_THAT(ReturnFromLeave(Calendar(), "2026-01-08", "2026-01-05", false, {}, &leave),
              HasReason("RETURN_DATE_INVALID"));
  // G-20: the person himself says only that he is back now.
  EXPECT_THAT(ReturnFromLeave(Calendar(), "2026-01-08", "2026-01-07", true, {}, &leave),
              HasReason("RETURN_DATE_INVALID"));
  EXPECT_THAT(CheckCancelLeave("2026-01-05", leave), IsOk());
  EXPECT_THAT(CheckCancelLeave("2026-01-06", leave), HasReason("LEAVE_BEGUN"));
}

// G-06: a leave that goes on in another one is not overstayed.
TEST(CountAttendance, DoesNotCountTwiceWhatWasGrantedAfterwards) {
  LeaveRequest first = Filed("2026-01-05", "2026-01-06");
  const LeaveRequest second = Filed("2026-01-07", "2026-01-08", false, true);
  ASSERT_THAT(ReturnFromLeave(Calendar(), "2026-01-12", "2026-01-12", true, {first, second}, &first), IsOk());
  EXPECT_EQ(first.overstayed_days(), "1.5");  // The afternoon of the 8th and the 9th.
  const auto count = CountAttendance(Calendar(), "2026-01-05", "2026-01-12", "2026-02-01", {first, second});
  ASSERT_THAT(count, IsOk());
  EXPECT_EQ(count->leave.ToFixed(1), "3.5");
  EXPECT_EQ(count->overstayed.ToFixed(1), "1.5");
  EXPECT_EQ(count->present.ToFixed(1), "1.0");
}

// G-06: who has not reported his return is not counted as present, until he does or the next leave shows he was back.
TEST(CountAttendance, DoesNotTakeForPresentWhoNeverReturned) {
  const LeaveRequest away = Filed("2026-01-05", "2026-01-06");
  auto count = CountAttendance(Calendar(), "2026-01-05", "2026-01-16", "2026-01-09", {away});
  ASSERT_THAT(count, IsOk());
  EXPECT_EQ(count->leave.ToFixed(1), "2.0");
  EXPECT_EQ(count->unconfirmed.ToFixed(1), "2.0") << "the 7th and the 8th; today is not over";
  EXPECT_EQ(count->overstayed.ToFixed(1), "0.0");
  // A period after it begins with the days not confirmed.
  count = CountAttendance(Calendar(), "2026-01-08", "2026-01-09", "2026-01-12", {away});
  ASSERT_THAT(count, IsOk());
  EXPECT_EQ(count->unconfirmed.ToFixed(1), "2.0");
  EXPECT_EQ(count->present.ToFixed(1), "0.0");
  const LeaveRequest next = Filed("2026-01-08", "2026-01-08");
  count = CountAttendance(Calendar(), "2026-01-05", "2026-01-08", "2026-01-09", {away, next});
  ASSERT_THAT(count, IsOk());
  EXPECT_EQ(count->unconfirmed.ToFixed(1), "1.0") << "the 7th";
  EXPECT_EQ(count->leave.ToFixed(1), "3.0");
}

// G-06: attendance adds up, whatever of the leave lies outside of the period.
TEST(CountAttendance, PutsTheDaysOfThePeriodTogether) {
  LeaveRequest late = Filed("2026-01-05", "2026-01-06");
  late.set_return_date("2026-01-08");  // A day too late.
  LeaveRequest ill = Filed("2026-01-15", "2026-01-20", true, false);
  ill.set_kind(pb::LEAVE_KIND_SICK);
  const auto count = CountAttendance(Calendar(), "2026-01-06", "2026-01-16", "2026-02-01", {late, ill});
  ASSERT_THAT(count, IsOk());
  EXPECT_EQ(count->working.ToFixed(1), "8.0");  // 6-9, 12, 13, 15, 16.
  EXPECT_EQ(count->leave.ToFixed(1), "2.5");    // The 6th; the afternoon of the 15th and the 16th.
  EXPECT_EQ(count->overstayed.ToFixed(1), "1.0");
  EXPECT_EQ(count->present.ToFixed(1), "4.5");
  ASSERT_EQ(count->by_kind.size(), 2u);
  EXPECT_EQ(count->by_kind[0].second.ToFixed(1), "1.0");
  EXPECT_EQ(count->by_kind[1].second.ToFixed(1), "1.5");
}

}  // namespace
}  // namespace kam::account::rules
