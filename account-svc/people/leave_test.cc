// Leave and attendance (G-06, R-05), over real gRPC and a real database.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "account-svc/context.h"
#include "account-svc/testing/account_fixture.h"
#include "account-svc/testing/states.h"
#include "common/testing/matchers.h"
#include "kam/api/standard.pb.h"
#include "kam/organization/v1/employee_service.pb.h"
#include "kam/organization/v1/leave_request_service.pb.h"

namespace kam::account {
namespace {

namespace pb = organization::v1;
using pb::Employee;
using pb::LeaveRequest;
using testing::HasReason;
using testing::IsOk;
using testing::NamesField;
using testing::StatusIs;

constexpr char kService[] = "kam.organization.v1.LeaveRequestService/";

// A department manager, an account manager below, two sellers below her.
class LeaveTest : public ::testing::Test {
 protected:
  LeaveTest()
      : world_(World::Get()),
        department_(world_.AddDepartment()),
        head_(world_.AddEmployee("GAM", department_.name())),
        manager_(world_.AddEmployee("KAM", department_.name(), {head_.name()})),
        seller_(world_.AddEmployee("KAX", department_.name(), {manager_.name()})),
        colleague_(world_.AddEmployee("KAX", department_.name(), {manager_.name()})),
        as_head_(world_.As(head_, "GAM", {IdOf(manager_.name()), IdOf(seller_.name()), IdOf(colleague_.name())})),
        as_manager_(world_.As(manager_, "KAM", {IdOf(seller_.name()), IdOf(colleague_.name())})),
        as_seller_(world_.As(seller_, "KAX")),
        as_hr_(world_.As(world_.AddEmployee("HR"), "HR")) {}

  absl::StatusOr<LeaveRequest> Ask(const auth::Principal& who, const char* first, const char* last,
                                   const std::string& employee = {}, const std::string& deputy = {}) {
    pb::CreateLeaveRequestRequest request;
    LeaveRequest& leave = *request.mutable_leave_request();
    leave.set_employee(employee);
    leave.set_kind(pb::LEAVE_KIND_PERSONAL);
    leave.set_start_date(first);
    leave.set_end_date(last);
    leave.set_reason("办理证件");
    leave.set_deputy(deputy);
    if (!employee.empty()) {
      leave.set_channel(pb::LEAVE_CHANNEL_PAPER);
      leave.set_document("请假单 0017");
    }
    return world_.Call<LeaveRequest>(who, absl::StrCat(kService, "CreateLeaveRequest"), request);
  }
  template <typename Request>
  absl::StatusOr<LeaveRequest> Call(const auth::Principal& who, const char* method, const LeaveRequest& leave,
                                    Request request = {}) {
    request.set_name(leave.name());
    return world_.Call<LeaveRequest>(who, absl::StrCat(kService, method), request);
  }
  absl::StatusOr<LeaveRequest> Approve(const auth::Principal& who, const LeaveRequest& leave) {
    pb::ApproveLeaveRequest request;
    request.set_etag(leave.etag());
    request.set_opinion("同意");
    return Call(who, "ApproveLeave", leave, request);
  }
  absl::StatusOr<LeaveRequest> Get(const auth::Principal& who, const std::string& name) {
    kam::api::GetRequest request;
    request.set_name(name);
    return world_.Call<LeaveRequest>(who, absl::StrCat(kService, "GetLeaveRequest"), request);
  }

  World& world_;
  const pb::Department department_;
  const Employee head_, manager_, seller_, colleague_;
  const auth::Principal as_head_, as_manager_, as_seller_, as_hr_;
};

// G-06, R-05, F-01: a day is for the account manager; three days are for the superior above her, or for personnel.
TEST_F(LeaveTest, ADayIsForTheManagerMoreForTheNextSuperior) {
  const auto day = Ask(as_seller_, "2026-01-06", "2026-01-06");
  ASSERT_THAT(day, IsOk());
  EXPECT_EQ(day->employee(), seller_.name());
  EXPECT_EQ(day->working_days(), "1");
  EXPECT_THAT(Approve(as_seller_, *day), StatusIs(absl::StatusCode::kPermissionDenied));
  const auto granted = Approve(as_manager_, *day);
  ASSERT_THAT(granted, IsOk());
  EXPECT_EQ(granted->state(), pb::LEAVE_STATE_APPROVED);
  EXPECT_EQ(granted->decider(), manager_.name());

  const auto days = Ask(as_seller_, "2026-01-07", "2026-01-09");
  ASSERT_THAT(days, IsOk());
  const auto refused = Approve(as_manager_, *days);
  EXPECT_THAT(refused, HasReason("LEAVE_NEEDS_NEXT_LEVEL"));
  EXPECT_EQ(MetadataValue(refused.status(), "allowed"), head_.name());
  EXPECT_EQ(MetadataValue(refused.status(), "limit"), "1");
  EXPECT_THAT(Approve(as_head_, *days), IsOk());

  const auto personnel = Ask(as_seller_, "2026-01-12", "2026-01-16");
  ASSERT_THAT(personnel, IsOk());
  EXPECT_THAT(Approve(as_hr_, *personnel), IsOk());
}

// G-06, R-05, F-01: three days one by one are three days; what was filed first counts with what came after it.
TEST_F(LeaveTest, DaysThatFollowOnOneAnotherAreOneLeave) {
  const auto tuesday = Ask(as_seller_, "2026-01-06", "2026-01-06");
  ASSERT_THAT(tuesday, IsOk());
  EXPECT_EQ(tuesday->level(), pb::LEAVE_LEVEL_MANAGER);
  const auto wednesday = Ask(as_seller_, "2026-01-07", "2026-01-07");
  ASSERT_THAT(wednesday, IsOk());
  EXPECT_EQ(wednesday->level(), pb::LEAVE_LEVEL_NEXT_SUPERIOR);
  for (const LeaveRequest& day : {*tuesday, *wednesday}) {
    const auto refused = Approve(as_manager_, day);
    EXPECT_THAT(refused, HasReason("LEAVE_NEEDS_NEXT_LEVEL"));
    EXPECT_EQ(MetadataValue(refused.status(), "value"), "2");
  }
  EXPECT_THAT(Approve(as_head_, *wednesday), IsOk());
  const auto friday = Ask(as_seller_, "2026-01-09", "2026-01-09");
  ASSERT_THAT(friday, IsOk());
  EXPECT_THAT(Approve(as_manager_, *friday), IsOk());
}

// G-06, G-20: the day of the return is today's when the person says it; an earlier one is confirmed by personnel.
TEST_F(LeaveTest, NobodyWritesHisOwnReturnIntoThePast) {
  const auto leave = Ask(as_seller_, "2026-01-06", "2026-01-08");
  ASSERT_THAT(leave, IsOk());
  ASSERT_THAT(Approve(as_head_, *leave), IsOk());
  FakeClock& clock = world_.harness().clock();
  const absl::Time before = clock.Now();
  clock.Set(before + absl::Hours(24 * 9));  // Wednesday of the next week.
  pb::ReturnFromLeaveRequest back;
  back.set_return_date("2026-01-06");
  EXPECT_THAT(Call(as_seller_, "ReturnFromLeave", *leave, back), HasReason("RETURN_DATE_INVALID"));
  back.set_return_date("2026-01-09");
  const auto returned = Call(as_hr_, "ReturnFromLeave", *leave, back);
  clock.Set(before);
  ASSERT_THAT(returned, IsOk());
  EXPECT_EQ(returned->overstayed_days(), "0");
}

// G-06: whoever stands in for somebody stays; who does not work here any more does not stand in.
TEST_F(LeaveTest, WhoStandsInDoesNotGoAwayAsWell) {
  const auto as_colleague = world_.As(colleague_, "KAX");
  const auto own = Ask(as_colleague, "2026-01-07", "2026-01-07");
  ASSERT_THAT(own, IsOk());
  const auto leave = Ask(as_seller_, "2026-01-07", "2026-01-07", "", colleague_.name());
  ASSERT_THAT(leave, IsOk());
  ASSERT_THAT(Approve(as_manager_, *leave), IsOk());
  EXPECT_THAT(Approve(as_manager_, *own), HasReason("DEPUTY_NEEDED"));
  EXPECT_THAT(Ask(as_colleague, "2026-01-06", "2026-01-07"), HasReason("LEAVE_OVERLAP"));
  pb::UpdateEmployeeRequest left;
  left.mutable_employee()->set_name(colleague_.name());
  left.mutable_employee()->set_leave_date("2026-01-08");
  left.mutable_update_mask()->add_paths("leave_date");
  ASSERT_THAT(world_.Call<Employee>(world_.hr(), "kam.organization.v1.EmployeeService/UpdateEmployee", left), IsOk());
  EXPECT_THAT(Ask(as_seller_, "2026-01-09", "2026-01-09", "", colleague_.name()), HasReason("EMPLOYEE_LEFT"));
}

// G-06: of two who stand in for each other one goes.
TEST_F(LeaveTest, TwoWhoStandInForEachOtherAreNotBothAway) {
  const auto as_colleague = world_.As(colleague_, "KAX");
  const auto one = Ask(as_seller_, "2026-01-06", "2026-01-06", "", colleague_.name());
  const auto other = Ask(as_colleague, "2026-01-06", "2026-01-06", "", seller_.name());
  ASSERT_THAT(one, IsOk());
  ASSERT_THAT(other, IsOk());
  std::atomic<int> granted = 0;
  std::thread first([&] { granted += Approve(as_manager_, *one).ok() ? 1 : 0; });
  std::thread second([&] { granted += Approve(as_head_, *other).ok() ? 1 : 0; });
  first.join();
  second.join();
  EXPECT_EQ(granted, 1);
}

// G-06, R-05: the account manager's own leave goes up; she does not decide it, whatever her rights reach.
TEST_F(LeaveTest, WhoAsksNeverDecides) {
  const auto leave = Ask(as_manager_, "2026-01-06", "2026-01-06");
  ASSERT_THAT(leave, IsOk());
  EXPECT_THAT(Approve(as_manager_, *leave), HasReason("SEPARATION_OF_DUTIES"));
  const Employee other = world_.AddEmployee("KAM", department_.name(), {head_.name()});
  EXPECT_THAT(Approve(world_.As(other, "KAM"), *leave), StatusIs(absl::StatusCode::kNotFound));
  // In her team by some other line, but not above.
  EXPECT_THAT(Approve(world_.As(other, "KAM", {IdOf(manager_.name())}), *leave), HasReason("NOT_A_SUPERIOR"));
  EXPECT_THAT(Approve(as_head_, *leave), IsOk());
}

// G-06, G-01: when the account manager has left, the superior above her decides for those below her.
TEST_F(LeaveTest, WhoHasLeftDoesNotCountAsALevel) {
  pb::UpdateEmployeeRequest left;
  left.mutable_employee()->set_name(manager_.name());
  left.mutable_employee()->set_leave_date("2026-01-04");
  left.mutable_update_mask()->add_paths("leave_date");
  ASSERT_THAT(world_.Call<Employee>(world_.hr(), "kam.organization.v1.EmployeeService/UpdateEmployee", left), IsOk());
  const auto leave = Ask(as_seller_, "2026-01-06", "2026-01-07");
  ASSERT_THAT(leave, IsOk());
  EXPECT_THAT(Approve(as_head_, *leave), IsOk());
}

// G-06: for somebody else only personnel record what was written on paper, and do not decide it.
TEST_F(LeaveTest, PersonnelRecordWhatIsOnPaper) {
  EXPECT_THAT(Ask(as_manager_, "2026-01-06", "2026-01-06", seller_.name()), HasReason("OUT_OF_SCOPE"));
  const auto recorded = Ask(as_hr_, "2026-01-06", "2026-01-06", seller_.name());
  ASSERT_THAT(recorded, IsOk());
  EXPECT_EQ(recorded->channel(), pb::LEAVE_CHANNEL_PAPER);
  EXPECT_THAT(Approve(as_hr_, *recorded), HasReason("SEPARATION_OF_DUTIES"));
  EXPECT_THAT(Approve(as_manager_, *recorded), IsOk());
}

// G-06
TEST_F(LeaveTest, ByTelephoneOrWithoutAReasonThereIsNone) {
  pb::CreateLeaveRequestRequest request;
  LeaveRequest& leave = *request.mutable_leave_request();
  leave.set_kind(pb::LEAVE_KIND_SICK);
  leave.set_start_date("2026-01-06");
  leave.set_end_date("2026-01-06");
  const std::string method = absl::StrCat(kService, "CreateLeaveRequest");
  EXPECT_THAT(world_.Call<LeaveRequest>(as_seller_, method, request), NamesField("leave_request.reason"));
  leave.set_reason("感冒");
  leave.set_channel(pb::LEAVE_CHANNEL_TEXT_MESSAGE);
  EXPECT_THAT(world_.Call<LeaveRequest>(as_seller_, method, request), HasReason("LEAVE_CHANNEL_REFUSED"));
}

// G-06: of many requests at a time for the same days one is taken.
TEST_F(LeaveTest, TwoAtATimeDoNotOverlap) {
  constexpr int kThreads = 8;
  std::atomic<int> taken = 0, overlapping = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&] {
      const auto leave = Ask(as_seller_, "2026-01-06", "2026-01-07");
      if (leave.ok()) ++taken;
      if (Reason(leave.status()) == "LEAVE_OVERLAP") ++overlapping;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(taken, 1);
  EXPECT_EQ(overlapping, kThreads - 1);
}

// G-06: what was taken back or refused leaves the days free.
TEST_F(LeaveTest, WhatWasTakenBackLeavesTheDaysFree) {
  const auto first = Ask(as_seller_, "2026-01-06", "2026-01-06");
  ASSERT_THAT(first, IsOk());
  pb::WithdrawLeaveRequest withdraw;
  withdraw.set_reason("改期");
  EXPECT_THAT(Call(as_manager_, "WithdrawLeave", *first, withdraw), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(Call(as_seller_, "WithdrawLeave", *first, withdraw), IsOk());
  const auto second = Ask(as_seller_, "2026-01-06", "2026-01-06");
  ASSERT_THAT(second, IsOk());
  pb::RejectLeaveRequest reject;
  reject.set_etag(second->etag());
  reject.set_opinion("当日有投标");
  const auto rejected = Call(as_manager_, "RejectLeave", *second, reject);
  ASSERT_THAT(rejected, IsOk());
  EXPECT_THAT(Approve(as_manager_, *rejected), HasReason("STATE_NOT_ALLOWED"));
  const auto third = Ask(as_seller_, "2026-01-06", "2026-01-06");
  ASSERT_THAT(third, IsOk());
  ASSERT_THAT(Approve(as_manager_, *third), IsOk());
  pb::CancelLeaveRequest cancel;
  cancel.set_reason("不再需要");
  EXPECT_THAT(Call(as_seller_, "CancelLeave", *third, cancel), IsOk());
  EXPECT_THAT(Ask(as_seller_, "2026-01-06", "2026-01-06"), IsOk());
}

// G-06, G-05: the deputy is at work on those days, and the window of the absence is known for a delegation.
TEST_F(LeaveTest, TheDeputyIsAtWork) {
  const auto as_colleague = world_.As(colleague_, "KAX");
  const auto away = Ask(as_colleague, "2026-01-06", "2026-01-06");
  ASSERT_THAT(away, IsOk());
  const auto leave = Ask(as_seller_, "2026-01-06", "2026-01-07", "", colleague_.name());
  ASSERT_THAT(leave, IsOk());  // Not granted yet.
  EXPECT_LT(leave->away_start_time().seconds(), leave->away_end_time().seconds());
  ASSERT_THAT(Approve(as_manager_, *away), IsOk());
  EXPECT_THAT(Approve(as_head_, *leave), HasReason("DEPUTY_INVALID"));
}

// G-06: whoever has nothing to do with it does not see it.
TEST_F(LeaveTest, OnlyTheLineAndPersonnelSeeIt) {
  const auto leave = Ask(as_seller_, "2026-01-06", "2026-01-06");
  ASSERT_THAT(leave, IsOk());
  for (const auth::Principal& who : {as_seller_, as_manager_, as_head_, as_hr_}) {
    EXPECT_THAT(Get(who, leave->name()), IsOk()) << who.subject;
  }
  EXPECT_THAT(Get(world_.As(colleague_, "KAX"), leave->name()), StatusIs(absl::StatusCode::kNotFound));
}

// G-06, R-05: the head of the department supervises attendance.
TEST_F(LeaveTest, AttendanceAddsUp) {
  const auto leave = Ask(as_seller_, "2026-01-06", "2026-01-08");
  ASSERT_THAT(leave, IsOk());
  ASSERT_THAT(Approve(as_head_, *leave), IsOk());
  pb::ReportStaffAttendanceRequest request;
  request.set_start_date("2026-01-05");
  request.set_end_date("2026-01-09");
  const std::string method = absl::StrCat(kService, "ReportStaffAttendance");
  EXPECT_THAT(world_.Call<pb::StaffAttendanceReport>(as_seller_, method, request), HasReason("PERMISSION_DENIED"));
  const auto report = world_.Call<pb::StaffAttendanceReport>(as_head_, method, request);
  ASSERT_THAT(report, IsOk());
  EXPECT_EQ(report->rows_size(), 4);
  for (const pb::StaffAttendanceRow& row : report->rows()) {
    const bool away = row.employee() == seller_.name();
    EXPECT_EQ(row.working_days(), "5.0");
    EXPECT_EQ(row.leave_days(), away ? "3.0" : "0.0");
    EXPECT_EQ(row.present_days(), away ? "2.0" : "5.0");
  }
  request.set_end_date("2027-01-09");
  EXPECT_THAT(world_.Call<pb::StaffAttendanceReport>(as_head_, method, request), HasReason("PERIOD_INVALID"));
}

// G-06
TEST_F(LeaveTest, EveryPairOfStateAndVerb) {
  const auto leave = Ask(as_seller_, "2026-01-06", "2026-01-06");
  ASSERT_THAT(leave, IsOk());
  const auto call = [&](const char* method, auto request) {
    request.set_name(leave->name());
    return world_.Call<LeaveRequest>(as_hr_, absl::StrCat(kService, method), request).status();
  };
  pb::ApproveLeaveRequest approve;
  pb::RejectLeaveRequest reject;
  pb::WithdrawLeaveRequest withdraw;
  pb::CancelLeaveRequest cancel;
  pb::ReturnFromLeaveRequest back;
  pb::CorrectLeaveReturnRequest correct;
  correct.set_reason("x");
  approve.set_etag("1");
  reject.set_etag("1");
  reject.set_opinion("x");
  withdraw.set_reason("x");
  cancel.set_reason("x");
  const auto with_etag = [&](auto request) {
    request.set_etag(Get(as_hr_, leave->name())->etag());
    return request;
  };
  ExpectPairs(world_, "leave_requests", leave->name(), pb::LeaveState_descriptor(),
              {{"ApproveLeave", {"SUBMITTED"}, [&] { return call("ApproveLeave", with_etag(approve)); }},
               {"RejectLeave", {"SUBMITTED"}, [&] { return call("RejectLeave", with_etag(reject)); }},
               {"WithdrawLeave", {"SUBMITTED"}, [&] { return call("WithdrawLeave", withdraw); }},
               {"CancelLeave", {"APPROVED"}, [&] { return call("CancelLeave", cancel); }},
               {"ReturnFromLeave", {"APPROVED"}, [&] { return call("ReturnFromLeave", back); }},
               {"CorrectLeaveReturn", {"RETURNED"}, [&] { return call("CorrectLeaveReturn", correct); }}});
}

// G-06: a return that was reported by mistake is put right by the personnel department, not by the person: the leave
// goes on, or ended on another day.
TEST_F(LeaveTest, AReturnReportedByMistakeIsPutRight) {
  const auto leave = Ask(as_seller_, "2026-01-06", "2026-01-08");
  ASSERT_THAT(leave, IsOk());
  ASSERT_THAT(Approve(as_head_, *leave), IsOk());
  FakeClock& clock = world_.harness().clock();
  const absl::Time before = clock.Now();
  clock.Set(before + absl::Hours(24));
  const auto mistaken = Call<pb::ReturnFromLeaveRequest>(as_seller_, "ReturnFromLeave", *leave);
  pb::CorrectLeaveReturnRequest correct;
  correct.set_reason("误操作");
  const auto by_seller = Call(as_seller_, "CorrectLeaveReturn", *leave, correct);
  const auto by_himself = Call(world_.As(seller_, "HR"), "CorrectLeaveReturn", *leave, correct);
  pb::CorrectLeaveReturnRequest without;
  const auto no_reason = Call(as_hr_, "CorrectLeaveReturn", *leave, without);
  const auto on_leave = Call(as_hr_, "CorrectLeaveReturn", *leave, correct);
  clock.Set(before + absl::Hours(24 * 4));  // Friday.
  const auto back = Call<pb::ReturnFromLeaveRequest>(as_seller_, "ReturnFromLeave", *leave);
  correct.set_return_date("2026-01-10");
  const auto to_come = Call(as_hr_, "CorrectLeaveReturn", *leave, correct);
  correct.set_return_date("2026-01-08");
  const auto earlier = Call(as_hr_, "CorrectLeaveReturn", *leave, correct);
  clock.Set(before);
  ASSERT_THAT(mistaken, IsOk());
  EXPECT_EQ(mistaken->taken_days(), "0");
  EXPECT_THAT(by_seller, StatusIs(absl::StatusCode::kPermissionDenied));
  EXPECT_THAT(by_himself, HasReason("SEPARATION_OF_DUTIES"));
  EXPECT_THAT(no_reason, NamesField("reason"));
  ASSERT_THAT(on_leave, IsOk());
  EXPECT_EQ(on_leave->state(), pb::LEAVE_STATE_APPROVED);
  EXPECT_EQ(on_leave->return_date(), "");
  EXPECT_EQ(on_leave->taken_days(), "");
  ASSERT_THAT(back, IsOk());
  EXPECT_EQ(back->taken_days(), "3");
  EXPECT_THAT(to_come, HasReason("RETURN_DATE_INVALID"));
  ASSERT_THAT(earlier, IsOk());
  EXPECT_EQ(earlier->state(), pb::LEAVE_STATE_RETURNED);
  EXPECT_EQ(earlier->return_date(), "2026-01-08");
  EXPECT_EQ(earlier->taken_days(), "2");
}

// G-06: days that the person has other leave on by now are not given back to the first.
TEST_F(LeaveTest, ALeaveDoesNotGoOnOverAnother) {
  const auto leave = Ask(as_seller_, "2026-01-06", "2026-01-08");
  ASSERT_THAT(leave, IsOk());
  ASSERT_THAT(Approve(as_head_, *leave), IsOk());
  FakeClock& clock = world_.harness().clock();
  const absl::Time before = clock.Now();
  clock.Set(before + absl::Hours(24));
  const auto back = Call<pb::ReturnFromLeaveRequest>(as_seller_, "ReturnFromLeave", *leave);
  const auto again = Ask(as_seller_, "2026-01-08", "2026-01-08");
  pb::CorrectLeaveReturnRequest correct;
  correct.set_reason("误操作");
  const auto refused = Call(as_hr_, "CorrectLeaveReturn", *leave, correct);
  clock.Set(before);
  ASSERT_THAT(back, IsOk());
  ASSERT_THAT(again, IsOk());
  EXPECT_THAT(refused, HasReason("LEAVE_OVERLAP"));
  EXPECT_EQ(MetadataValue(refused.status(), "other"), again->name());
}

}  // namespace
}  // namespace kam::account
