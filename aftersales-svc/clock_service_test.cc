// Time limits, escalation and the overdue rule through the service (S-05).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "aftersales-svc/testing/complaints.h"
#include "common/testing/matchers.h"
#include "kam/api/standard.pb.h"
#include "kam/complaint/v1/business_calendar_service.pb.h"
#include "kam/complaint/v1/complaint_clock_service.pb.h"
#include "kam/complaint/v1/complaint_service.pb.h"

namespace kam::aftersales::testing {
namespace {

using ::kam::testing::HasReason;
using ::kam::testing::IsOk;

constexpr cv1::ComplaintClass kOrdinary = cv1::COMPLAINT_CLASS_ORDINARY;
constexpr cv1::ClockKind kSolution = cv1::CLOCK_KIND_SOLUTION;
constexpr cv1::ClockKind kFirst = cv1::CLOCK_KIND_FIRST_RESPONSE;
constexpr int kHour = 60;

class ClockServiceTest : public ::testing::Test {
 protected:
  ClockServiceTest() { AddOfficeCalendar(world_); }

  // An accepted complaint with a solution clock of `hours`, started at `time`.
  std::string Accepted(const std::string& time, int hours, int pause_max_minutes = 0) {
    AddClockPolicy(world_, kOrdinary, kSolution, hours * kHour, pause_max_minutes);
    world_.SetTime(time);
    const std::string name = MustCreate(world_, world_.NewAccount()).name();
    EXPECT_THAT(Accept(world_, name), IsOk());
    return name;
  }
  void PauseAt(const std::string& time, const std::string& name) {
    world_.SetTime(time);
    EXPECT_THAT(Pause(world_, name), IsOk());
  }
  void ResumeAt(const std::string& time, const std::string& name) {
    world_.SetTime(time);
    EXPECT_THAT(Resume(world_, name), IsOk());
  }
  void AddRung(int level, cv1::EscalationBasis basis, int minutes, const std::string& role) {
    EXPECT_THAT(testing::AddRung(world_, level, basis, minutes, role), IsOk());
  }
  std::string Due(const std::string& name) { return World::Show(ClockOf(world_, name, kSolution).due_time()); }

  World& world_ = World::Fresh();
};

// G11
TEST_F(ClockServiceTest, G11AHoldOutsideBusinessHoursMovesNothing) {
  const std::string name = Accepted("2026-01-05 13:00", 8);
  PauseAt("2026-01-05 17:00", name);
  ResumeAt("2026-01-06 09:00", name);
  EXPECT_EQ(Due(name), "2026-01-06 13:00");
}

// G12
TEST_F(ClockServiceTest, G12EveryHoldCounts) {
  const std::string name = Accepted("2026-01-05 13:00", 8);
  PauseAt("2026-01-05 14:00", name);
  ResumeAt("2026-01-05 15:00", name);
  PauseAt("2026-01-06 10:00", name);
  ResumeAt("2026-01-06 11:00", name);
  EXPECT_EQ(Due(name), "2026-01-06 15:00");
  EXPECT_EQ(ClockOf(world_, name, kSolution).held_minutes(), 2 * kHour);
}

// G13
TEST_F(ClockServiceTest, G13AHoldOverTheWeekendCountsItsBusinessHoursOnly) {
  const std::string name = Accepted("2026-01-09 12:00", 8);
  PauseAt("2026-01-09 16:00", name);
  ResumeAt("2026-01-12 10:00", name);
  EXPECT_EQ(ClockOf(world_, name, kSolution).held_minutes(), 2 * kHour);
  EXPECT_EQ(Due(name), "2026-01-12 14:00");
}

// G14
TEST_F(ClockServiceTest, G14ClosedWhilePausedIsNotMet) {
  const std::string name = Accepted("2026-01-05 09:00", 8);
  PauseAt("2026-01-05 10:00", name);
  EXPECT_THAT(Reply(world_, name), IsOk());
  cv1::RejectComplaintRequest request;
  request.set_reason("the customer withdrew it");
  const auto rejected = Do(world_, "CSM", "RejectComplaint", name, request);
  ASSERT_THAT(rejected, IsOk());
  EXPECT_EQ(rejected->sla_verdict(), cv1::SLA_VERDICT_NOT_MET);
  EXPECT_EQ(ClockOf(world_, name, kSolution).state(), cv1::CLOCK_STATE_PAUSED_AT_CLOSE);
}

// G15
TEST_F(ClockServiceTest, G15TheVerdictUsesTheExtendedDeadline) {
  const std::string name = Accepted("2026-01-05 09:00", 4);
  BringToAgreed(world_, name, "CSR#handler");
  PauseAt("2026-01-05 10:00", name);
  ResumeAt("2026-01-05 12:00", name);
  world_.SetTime("2026-01-05 14:30");
  world_.RunDue();
  const auto executed = Execute(world_, name, "CSR#handler");
  ASSERT_THAT(executed, IsOk());
  EXPECT_EQ(executed->sla_verdict(), cv1::SLA_VERDICT_MET) << "late by the first deadline, in time by the extended one";
  EXPECT_FALSE(executed->overdue());
}

// G15: the same at the same time; whatever comes first, the events and the verdict agree.
TEST_F(ClockServiceTest, G15PauseResumeAndSolutionRaceToOneConsistentAnswer) {
  const std::string name = Accepted("2026-01-05 09:00", 4);
  BringToAgreed(world_, name, "CSR#handler");
  PauseAt("2026-01-05 12:30", name);
  world_.SetTime("2026-01-05 16:00");
  const auth::Principal csm = world_.As("CSM"), handler = world_.As("CSR#handler");
  std::vector<std::thread> threads;
  for (int i = 0; i < 3; ++i) {
    threads.emplace_back([&] {
      cv1::ResumeComplaintClocksRequest request;
      request.set_name(name);
      (void)world_.harness().Call<cv1::Complaint>(csm, absl::StrCat(kComplaints, "ResumeComplaintClocks"), request);
    });
  }
  threads.emplace_back([&] {
    cv1::ExecuteComplaintSolutionRequest request;
    request.set_name(name);
    EXPECT_THAT(
        world_.harness().Call<cv1::Complaint>(handler, absl::StrCat(kComplaints, "ExecuteComplaintSolution"), request),
        IsOk());
  });
  for (std::thread& thread : threads) thread.join();
  const cv1::Complaint complaint = Get(world_, name);
  EXPECT_EQ(complaint.state(), cv1::COMPLAINT_STATE_EXECUTED);
  EXPECT_EQ(complaint.sla_verdict(), cv1::SLA_VERDICT_MET) << "the hold of 3.5 hours extends the deadline";
  EXPECT_EQ(ClockOf(world_, name, kSolution).state(), cv1::CLOCK_STATE_SATISFIED);
}

// G16
TEST_F(ClockServiceTest, G16ALateFirstResponseFailsForGood) {
  AddClockPolicy(world_, kOrdinary, kFirst, kHour);
  AddClockPolicy(world_, kOrdinary, kSolution, 8 * kHour);
  world_.SetTime("2026-01-05 09:00");
  const std::string name = MustCreate(world_, world_.NewAccount()).name();
  world_.SetTime("2026-01-05 10:01");
  ASSERT_THAT(Accept(world_, name), IsOk());
  BringToAgreed(world_, name, "CSR#handler");
  world_.SetTime("2026-01-05 12:00");
  const auto executed = Execute(world_, name, "CSR#handler");
  ASSERT_THAT(executed, IsOk());
  EXPECT_EQ(ClockOf(world_, name, kSolution).state(), cv1::CLOCK_STATE_SATISFIED);
  const cv1::ComplaintClock first = ClockOf(world_, name, kFirst);
  EXPECT_EQ(first.state(), cv1::CLOCK_STATE_BREACHED);
  EXPECT_EQ(World::Show(first.breach_time()), "2026-01-05 10:00");
  EXPECT_EQ(World::Show(first.satisfied_time()), "2026-01-05 10:01");
  EXPECT_EQ(executed->sla_verdict(), cv1::SLA_VERDICT_FAILED);
  EXPECT_TRUE(executed->overdue());
}

// S-05
TEST_F(ClockServiceTest, TheBreachIsMarkedOnceRightAfterTheDueTime) {
  const std::string name = Accepted("2026-01-05 09:00", 4);
  world_.SetTime("2026-01-05 13:00");
  EXPECT_EQ(world_.RunDue(), 0) << "the due time itself is in time";
  EXPECT_FALSE(Get(world_, name).overdue());
  world_.harness().clock().Advance(absl::Microseconds(1));
  EXPECT_EQ(world_.RunDue(), 1);
  EXPECT_EQ(world_.RunDue(), 0);
  const cv1::Complaint complaint = Get(world_, name);
  EXPECT_TRUE(complaint.overdue());
  EXPECT_EQ(complaint.overdue_reason(), "SOLUTION ran past its due time");
  EXPECT_EQ(complaint.sla_verdict(), cv1::SLA_VERDICT_FAILED);
  const cv1::ComplaintClock clock = ClockOf(world_, name, kSolution);
  EXPECT_EQ(clock.state(), cv1::CLOCK_STATE_BREACHED);
  EXPECT_EQ(World::Show(clock.breach_time()), "2026-01-05 13:00");
}

// S-05
TEST_F(ClockServiceTest, APausedClockDoesNotBreachAndAStalePauseAlarms) {
  const std::string name = Accepted("2026-01-05 09:00", 4, /*pause_max_minutes=*/kHour);
  PauseAt("2026-01-05 10:00", name);
  cv1::ComplaintClock clock = ClockOf(world_, name, kSolution);
  EXPECT_EQ(clock.paused_by(), world_.Name("CSM"));
  EXPECT_EQ(clock.pause_reason(), "waiting for photos from the customer");
  EXPECT_EQ(World::Show(clock.stale_time()), "2026-01-05 11:00");
  world_.SetTime("2026-01-06 16:00");
  EXPECT_EQ(world_.RunDue(), 1);
  clock = ClockOf(world_, name, kSolution);
  EXPECT_EQ(clock.state(), cv1::CLOCK_STATE_PAUSED);
  EXPECT_TRUE(clock.pause_stale());
  EXPECT_FALSE(Get(world_, name).overdue());
  EXPECT_THAT(Pause(world_, name), HasReason("NO_CLOCK_RUNNING"));
}

// S-05
TEST_F(ClockServiceTest, TheLadderIsClimbedRungByRung) {
  AddRung(1, cv1::ESCALATION_BASIS_START, 3 * kHour, "ASS");
  AddRung(2, cv1::ESCALATION_BASIS_BREACH, 0, "SVM");
  AddRung(3, cv1::ESCALATION_BASIS_BREACH, 2 * kHour, "SVD");
  const std::string name = Accepted("2026-01-05 09:00", 4);
  // A pause moves the rungs that count from the start as well.
  PauseAt("2026-01-05 10:00", name);
  world_.SetTime("2026-01-05 12:30");
  EXPECT_EQ(world_.RunDue(), 0);
  ResumeAt("2026-01-05 12:30", name);
  world_.SetTime("2026-01-05 14:29");
  EXPECT_EQ(world_.RunDue(), 0);
  world_.SetTime("2026-01-05 14:30");
  EXPECT_EQ(world_.RunDue(), 1);
  cv1::Complaint complaint = Get(world_, name);
  EXPECT_EQ(complaint.escalation_level(), 1);
  ASSERT_EQ(complaint.escalations_size(), 1);
  EXPECT_EQ(complaint.escalations(0).role(), "ASS");
  EXPECT_EQ(complaint.escalations(0).kind(), kSolution);
  EXPECT_EQ(complaint.escalations(0).actor(), "programs/aftersales-svc");
  world_.SetTime("2026-01-05 15:31");
  world_.RunDue();
  EXPECT_EQ(Get(world_, name).escalation_level(), 2);
  // Two business hours after the breach at 15:30 is the next morning.
  world_.SetTime("2026-01-06 09:29");
  world_.RunDue();
  EXPECT_EQ(Get(world_, name).escalation_level(), 2);
  world_.SetTime("2026-01-06 09:31");
  world_.RunDue();
  complaint = Get(world_, name);
  EXPECT_EQ(complaint.escalation_level(), 3);
  EXPECT_EQ(complaint.escalations(2).role(), "SVD");
  world_.SetTime("2026-01-20 09:00");
  world_.RunDue();
  EXPECT_EQ(Get(world_, name).escalations_size(), 3) << "every rung once";
}

// S-05
TEST_F(ClockServiceTest, ASolvedComplaintDoesNotEscalate) {
  AddRung(1, cv1::ESCALATION_BASIS_START, 2 * kHour, "SVM");
  const std::string name = Accepted("2026-01-05 09:00", 8);
  BringToAgreed(world_, name, "CSR#handler");
  world_.SetTime("2026-01-05 10:00");
  ASSERT_THAT(Execute(world_, name, "CSR#handler"), IsOk());
  world_.SetTime("2026-01-20 10:00");
  EXPECT_EQ(world_.RunDue(), 0);
  EXPECT_EQ(Get(world_, name).escalation_level(), 0);
}

// S-05
TEST_F(ClockServiceTest, PeopleRaiseAndLowerTheLevelAndSayWhy) {
  const std::string name = Accepted("2026-01-05 09:00", 8);
  cv1::EscalateComplaintRequest up;
  up.set_level(2);
  up.set_role("SVM");
  up.set_reason("the customer calls every hour");
  ASSERT_THAT(Do(world_, "CSM", "EscalateComplaint", name, up), IsOk());
  EXPECT_THAT(Do(world_, "CSM", "EscalateComplaint", name, up), HasReason("ESCALATION_LEVEL_NOT_HIGHER"));
  cv1::DeescalateComplaintRequest down;
  down.set_level(2);
  down.set_reason("calm again");
  EXPECT_THAT(Do(world_, "CSM", "DeescalateComplaint", name, down), HasReason("ESCALATION_LEVEL_NOT_LOWER"));
  down.set_level(1);
  const auto lowered = Do(world_, "CSM", "DeescalateComplaint", name, down);
  ASSERT_THAT(lowered, IsOk());
  EXPECT_EQ(lowered->escalation_level(), 1);
  EXPECT_EQ(lowered->escalations(1).reason(), "calm again");
}

// S-05
TEST_F(ClockServiceTest, AnUnsatisfiedCustomerLetsTheClockGoOnWithWhatWasLeft) {
  const std::string name = Accepted("2026-01-05 09:00", 8);
  BringToAgreed(world_, name, "CSR#handler");
  world_.SetTime("2026-01-05 11:00");
  ASSERT_THAT(Execute(world_, name, "CSR#handler"), IsOk());
  ASSERT_THAT(Reply(world_, name), IsOk());
  world_.SetTime("2026-01-05 15:00");
  const auto reopened = Confirm(world_, name, /*satisfied=*/false, 1);
  ASSERT_THAT(reopened, IsOk());
  EXPECT_EQ(reopened->state(), cv1::COMPLAINT_STATE_REOPENED);
  EXPECT_EQ(reopened->sla_verdict(), cv1::SLA_VERDICT_PENDING);
  EXPECT_EQ(Due(name), "2026-01-06 13:00") << "two of eight hours were used, four stood still";
}

// S-05
TEST_F(ClockServiceTest, ANewCalendarVersionDoesNotTouchClocksThatRun) {
  const std::string name = Accepted("2026-01-05 13:00", 8);
  cv1::CreateBusinessCalendarRequest request;
  cv1::BusinessCalendar* calendar = request.mutable_business_calendar();
  calendar->set_code("office");
  calendar->set_time_zone("Asia/Shanghai");
  cv1::CalendarWindow* window = calendar->add_windows();
  window->set_weekday(cv1::WEEKDAY_MONDAY);
  window->set_from_minute(0);
  window->set_to_minute(1440);
  cv1::CalendarException* holiday = calendar->add_exceptions();
  holiday->set_day("2026-02-16");
  holiday->set_closed(true);
  const auto second = world_.Call<cv1::BusinessCalendar>(
      "CSM", "kam.complaint.v1.BusinessCalendarService/CreateBusinessCalendar", request);
  ASSERT_THAT(second, IsOk());
  EXPECT_EQ(second->calendar_version(), 2);
  PauseAt("2026-01-05 14:00", name);
  ResumeAt("2026-01-05 15:00", name);
  EXPECT_EQ(Due(name), "2026-01-06 14:00");
  // A new complaint counts by the new version.
  const std::string later = MustCreate(world_, world_.NewAccount()).name();
  EXPECT_EQ(ClockOf(world_, later, kSolution).calendar(), second->name());
}

// S-05
TEST_F(ClockServiceTest, AnotherClassGivesTheClocksOtherLimits) {
  AddClockPolicy(world_, cv1::COMPLAINT_CLASS_MAJOR, kSolution, 4 * kHour);
  AddClockPolicy(world_, cv1::COMPLAINT_CLASS_MAJOR, cv1::CLOCK_KIND_REPLY, 2 * kHour);
  const std::string name = Accepted("2026-01-05 09:00", 8);
  EXPECT_EQ(Due(name), "2026-01-05 17:00");
  cv1::ClassifyComplaintRequest request;
  request.set_complaint_class(cv1::COMPLAINT_CLASS_MAJOR);
  request.set_reason("three trucks of the same batch");
  ASSERT_THAT(Do(world_, "CSM", "ClassifyComplaint", name, request), IsOk());
  EXPECT_EQ(Due(name), "2026-01-05 13:00");
  EXPECT_EQ(World::Show(ClockOf(world_, name, cv1::CLOCK_KIND_REPLY).due_time()), "2026-01-05 11:00");
  EXPECT_THAT(Do(world_, "CSM", "ClassifyComplaint", name, request), HasReason("CLASS_UNCHANGED"));
}

// S-05: no limit is invented.
TEST_F(ClockServiceTest, WithoutALimitThereIsNoClock) {
  const std::string name = MustCreate(world_, world_.NewAccount()).name();
  kam::api::ListRequest request;
  const auto clocks = world_.Call<cv1::ListComplaintClocksResponse>(
      "CSM", "kam.complaint.v1.ComplaintClockService/ListComplaintClocks", request);
  ASSERT_THAT(clocks, IsOk());
  EXPECT_EQ(clocks->complaint_clocks_size(), 0);
  EXPECT_EQ(Get(world_, name).sla_verdict(), cv1::SLA_VERDICT_UNSPECIFIED);
  EXPECT_THAT(Pause(world_, name), HasReason("NO_CLOCK_RUNNING"));
}

// S-05: what the customer takes to a higher place counts as overdue.
TEST_F(ClockServiceTest, AComplaintThatWentPastUsIsOverdue) {
  cv1::Complaint complaint = NewComplaint(world_.NewAccount());
  complaint.set_bypassed(true);
  const auto created = Create(world_, "CSR", complaint);
  ASSERT_THAT(created, IsOk());
  EXPECT_TRUE(created->overdue());
  EXPECT_EQ(created->overdue_reason(), "went past us to a higher place");
}

// S-05: the head of a department sees the clocks of its accounts and handlers, and no others.
TEST_F(ClockServiceTest, ADepartmentHeadListsTheClocksOfTheDepartment) {
  AddClockPolicy(world_, kOrdinary, kSolution, 8 * kHour);
  world_.SetTime("2026-01-05 09:00");
  MustCreate(world_, world_.NewAccount("KAX"));
  MustCreate(world_, world_.NewAccount("KAX@2"));
  const std::string handled = MustCreate(world_, world_.NewAccount("KAX@2")).name();
  ASSERT_THAT(Accept(world_, handled), IsOk());
  ASSERT_THAT(Assign(world_, handled, "ASP"), IsOk());
  world_.SetTime("2026-01-07 09:00");
  world_.RunDue();
  kam::api::ListRequest request;
  request.set_filter("state = BREACHED");
  const auto list = [&](const std::string& who) {
    const auto answer = world_.Call<cv1::ListComplaintClocksResponse>(
        who, "kam.complaint.v1.ComplaintClockService/ListComplaintClocks", request);
    EXPECT_THAT(answer, IsOk());
    return answer.ok() ? answer->complaint_clocks_size() : -1;
  };
  EXPECT_EQ(list("KAM"), 2) << "one by its account, one by its handler";
  EXPECT_EQ(list("KAM@2"), 2);
  EXPECT_EQ(list("KAX"), 1);
  EXPECT_EQ(list("GM"), 3);
}

// S-05
TEST_F(ClockServiceTest, AClockCanBeReadAtAnyInstant) {
  const std::string name = Accepted("2026-01-05 09:00", 4);
  cv1::ReadComplaintClockRequest request;
  request.set_name(ClockOf(world_, name, kSolution).name());
  world_.SetTime("2026-01-05 10:00");
  auto reading = world_.Call<cv1::ReadComplaintClockResponse>(
      "KAM", "kam.complaint.v1.ComplaintClockService/ReadComplaintClock", request);
  ASSERT_THAT(reading, IsOk());
  EXPECT_EQ(reading->remaining_seconds(), 3 * 3600);
  EXPECT_EQ(reading->state(), cv1::CLOCK_STATE_RUNNING);
  request.mutable_as_of()->set_seconds(absl::ToUnixSeconds(World::At("2026-01-05 15:00")));
  reading = world_.Call<cv1::ReadComplaintClockResponse>(
      "KAM", "kam.complaint.v1.ComplaintClockService/ReadComplaintClock", request);
  ASSERT_THAT(reading, IsOk());
  EXPECT_EQ(reading->remaining_seconds(), -2 * 3600);
  EXPECT_EQ(reading->state(), cv1::CLOCK_STATE_BREACHED);
  request.mutable_as_of()->set_seconds(absl::ToUnixSeconds(World::At("2026-01-05 08:00")));
  EXPECT_THAT(world_.Call<cv1::ReadComplaintClockResponse>(
                  "KAM", "kam.complaint.v1.ComplaintClockService/ReadComplaintClock", request),
              HasReason("BEFORE_START"));
}

// S-05
TEST_F(ClockServiceTest, CalendarsThatCannotBeAreRefused) {
  const auto create = [&](const cv1::BusinessCalendar& calendar) {
    cv1::CreateBusinessCalendarRequest request;
    *request.mutable_business_calendar() = calendar;
    return world_.Call<cv1::BusinessCalendar>("CSM", "kam.complaint.v1.BusinessCalendarService/CreateBusinessCalendar",
                                              request);
  };
  cv1::BusinessCalendar calendar;
  calendar.set_code("night");
  calendar.set_time_zone("Mars/Olympus");
  cv1::CalendarWindow* window = calendar.add_windows();
  window->set_weekday(cv1::WEEKDAY_MONDAY);
  window->set_from_minute(600);
  window->set_to_minute(700);
  EXPECT_THAT(create(calendar), HasReason("TIME_ZONE_UNKNOWN"));
  calendar.set_time_zone("Asia/Shanghai");
  cv1::CalendarWindow* second = calendar.add_windows();
  *second = calendar.windows(0);
  EXPECT_THAT(create(calendar), HasReason("CALENDAR_WINDOWS_OVERLAP"));
  second->set_from_minute(700);
  second->set_to_minute(800);
  EXPECT_THAT(create(calendar), IsOk()) << "several windows a day are fine";
  cv1::CalendarException* exception = calendar.add_exceptions();
  exception->set_day("2026-01-06");
  exception->set_closed(true);
  *calendar.add_exceptions() = *exception;
  calendar.mutable_exceptions(1)->set_closed(false);
  calendar.mutable_exceptions(1)->set_from_minute(600);
  calendar.mutable_exceptions(1)->set_to_minute(700);
  EXPECT_THAT(create(calendar), HasReason("CALENDAR_EXCEPTION_INVALID"));
}

}  // namespace
}  // namespace kam::aftersales::testing
