// Tasks, shared resources and improvement (G-08, G-23, G-24), over real gRPC and a real database.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "absl/strings/str_cat.h"
#include "account-svc/rules/proto_time.h"
#include "account-svc/testing/work_fixture.h"
#include "common/resource/names.h"
#include "common/status/status.h"
#include "common/testing/matchers.h"
#include "kam/api/standard.pb.h"
#include "kam/organization/v1/department_service.pb.h"
#include "kam/organization/v1/employee_service.pb.h"
#include "kam/organization/v1/improvement_item_service.pb.h"
#include "kam/organization/v1/shared_resource_service.pb.h"
#include "kam/organization/v1/task_service.pb.h"

namespace kam::account {
namespace {

namespace pb = organization::v1;
using testing::HasReason;
using testing::IsOk;
using ::testing::SizeIs;
using testing::StatusIs;

constexpr char kTasks[] = "kam.organization.v1.TaskService/";
constexpr char kResources[] = "kam.organization.v1.SharedResourceService/";
constexpr char kImprovement[] = "kam.organization.v1.ImprovementService/";

class WorkTest : public WorkFixture {
 protected:
  WorkTest() : WorkFixture("GAM", "KAX") {}

  absl::StatusOr<pb::Task> Give(const auth::Principal& giver, const std::string& assignee,
                                const std::string& due = "2026-01-09") {
    pb::CreateTaskRequest request;
    request.mutable_task()->set_title("整理客户档案");
    request.mutable_task()->set_assignee(assignee);
    request.mutable_task()->set_due_date(due);
    return world_.Call<pb::Task>(giver, absl::StrCat(kTasks, "CreateTask"), request);
  }
  pb::SharedResource AddResource(pb::SharedResourceKind kind) {
    pb::CreateSharedResourceRequest request;
    request.mutable_shared_resource()->set_display_name("帕萨特");
    request.mutable_shared_resource()->set_kind(kind);
    request.mutable_shared_resource()->set_mileage_km(1000);
    const auto made = world_.Call<pb::SharedResource>(world_.harness().PrincipalFor("AD", world_.harness().NewId()),
                                                      absl::StrCat(kResources, "CreateSharedResource"), request);
    EXPECT_THAT(made, IsOk());
    return made.value_or(pb::SharedResource());
  }
  absl::StatusOr<pb::ResourceBooking> Book(const auth::Principal& user, const std::string& resource, int from_hour,
                                           int until_hour) {
    pb::CreateResourceBookingRequest request;
    pb::ResourceBooking& booking = *request.mutable_resource_booking();
    booking.set_resource(resource);
    booking.set_purpose("拜访客户");
    *booking.mutable_start_time() = ToTimestamp(now() + absl::Hours(from_hour));
    *booking.mutable_end_time() = ToTimestamp(now() + absl::Hours(until_hour));
    return world_.Call<pb::ResourceBooking>(user, absl::StrCat(kResources, "CreateResourceBooking"), request);
  }
};

// G-08, R-03
TEST_F(WorkTest, ATaskGoesDownTheLineAndItsResultUpAgain) {
  EXPECT_THAT(Give(as_boss_, other_.name()), HasReason("NOT_IN_LINE"));
  EXPECT_THAT(Give(as_anna_, boss_.name()), HasReason("NOT_IN_LINE"));
  EXPECT_THAT(Give(as_boss_, anna_.name(), "2026-01-04"), HasReason("DATE_IN_PAST"));
  const auto task = Give(as_boss_, anna_.name());
  ASSERT_THAT(task, IsOk());
  EXPECT_EQ(task->assigner(), boss_.name());
  EXPECT_EQ(task->state(), pb::TASK_STATE_OPEN);
  EXPECT_EQ(task->priority(), pb::TASK_PRIORITY_NORMAL);
  const std::string name = task->name();
  // Another colleague does not even see it.
  kam::api::GetRequest get;
  get.set_name(name);
  EXPECT_EQ(world_.Call<pb::Task>(as_other_, absl::StrCat(kTasks, "GetTask"), get).status().code(),
            absl::StatusCode::kNotFound);
  ASSERT_THAT((Do<pb::Task, pb::StartTaskRequest>(as_anna_, absl::StrCat(kTasks, "StartTask"), name)), IsOk());
  pb::CompleteTaskRequest done;
  done.set_result("整理完毕");
  // Nobody does the work of another, not even his superior.
  EXPECT_EQ(Do<pb::Task>(as_boss_, absl::StrCat(kTasks, "CompleteTask"), name, done).status().code(),
            absl::StatusCode::kNotFound);
  ASSERT_THAT((Do<pb::Task>(as_anna_, absl::StrCat(kTasks, "CompleteTask"), name, done)), IsOk());
  EXPECT_THAT((Do<pb::Task, pb::AcceptTaskRequest>(as_anna_, absl::StrCat(kTasks, "AcceptTask"), name)),
              HasReason("NOT_IN_LINE"));
  pb::ReturnTaskRequest back;
  back.set_reason("缺地址");
  ASSERT_THAT((Do<pb::Task>(as_boss_, absl::StrCat(kTasks, "ReturnTask"), name, back)), IsOk());
  ASSERT_THAT((Do<pb::Task>(as_anna_, absl::StrCat(kTasks, "CompleteTask"), name, done)), IsOk());
  const auto accepted = Do<pb::Task, pb::AcceptTaskRequest>(as_boss_, absl::StrCat(kTasks, "AcceptTask"), name);
  ASSERT_THAT(accepted, IsOk());
  EXPECT_EQ(accepted->state(), pb::TASK_STATE_ACCEPTED);
  EXPECT_EQ(accepted->accepter(), boss_.name());
  EXPECT_EQ(accepted->return_reason(), "缺地址");
}

// G-08
TEST_F(WorkTest, ATaskMovesWithinTheLineOnly) {
  const pb::Employee bert = world_.AddEmployee("KAX", department_.name(), {anna_.name()});
  const auth::Principal as_boss = world_.As(boss_, "GAM", {IdOf(anna_.name()), IdOf(bert.name())});
  const auto task = Give(as_boss, bert.name());  // Two levels down.
  ASSERT_THAT(task, IsOk());
  pb::TransferTaskRequest request;
  request.set_reason("忙");
  request.set_assignee(other_.name());
  EXPECT_THAT((Do<pb::Task>(as_boss, absl::StrCat(kTasks, "TransferTask"), task->name(), request)),
              HasReason("NOT_IN_LINE"));
  request.set_assignee(anna_.name());
  const auto moved = Do<pb::Task>(as_boss, absl::StrCat(kTasks, "TransferTask"), task->name(), request);
  ASSERT_THAT(moved, IsOk());
  EXPECT_EQ(moved->assignee(), anna_.name());
}

// G-08, R-03: what somebody who has left did not finish is given to another by those above him; the general manager
// ends also what is in no line.
TEST_F(WorkTest, TheWorkOfWhoHasLeftIsMovedOn) {
  const pb::Employee bert = world_.AddEmployee("KAX", department_.name(), {boss_.name()});
  const auto task = Give(as_boss_, anna_.name());
  ASSERT_THAT(task, IsOk());
  pb::UpdateEmployeeRequest left;
  left.mutable_employee()->set_name(anna_.name());
  left.mutable_employee()->set_leave_date("2026-01-04");
  left.mutable_update_mask()->add_paths("leave_date");
  ASSERT_THAT(world_.Call<pb::Employee>(world_.hr(), "kam.organization.v1.EmployeeService/UpdateEmployee", left),
              IsOk());
  pb::TransferTaskRequest transfer;
  transfer.set_reason("离职交接");
  transfer.set_assignee(bert.name());
  const auto moved = Do<pb::Task>(as_boss_, absl::StrCat(kTasks, "TransferTask"), task->name(), transfer);
  ASSERT_THAT(moved, IsOk());
  EXPECT_EQ(moved->assignee(), bert.name());

  const auto own = Give(as_other_, other_.name());
  ASSERT_THAT(own, IsOk());
  pb::CancelTaskRequest cancel;
  cancel.set_reason("不再需要");
  EXPECT_THAT((Do<pb::Task>(world_.As(world_.AddEmployee("GM"), "GM"), absl::StrCat(kTasks, "CancelTask"), own->name(),
                            cancel)),
              IsOk());
}

// G-08
TEST_F(WorkTest, WhatIsOverdueIsSeenByWhoeverReachesIt) {
  const auto task = Give(as_boss_, anna_.name());
  ASSERT_THAT(task, IsOk());
  world_.harness().db().Execute(
      absl::StrCat("UPDATE tasks SET due_date = '2026-01-02' WHERE id = '", IdOf(task->name()), "'"));
  pb::ListOverdueTasksRequest request;
  request.set_assignee(anna_.name());
  const auto overdue =
      world_.Call<pb::ListOverdueTasksResponse>(as_boss_, absl::StrCat(kTasks, "ListOverdueTasks"), request);
  ASSERT_THAT(overdue, IsOk());
  ASSERT_THAT(overdue->tasks(), SizeIs(1));
  EXPECT_EQ(overdue->tasks(0).days_overdue(), 3);
  EXPECT_EQ(overdue->total(), 1);
  EXPECT_EQ(
      world_.Call<pb::ListOverdueTasksResponse>(as_other_, absl::StrCat(kTasks, "ListOverdueTasks"), request)->total(),
      0);
}

// G-24: of many who want the same car at the same time exactly one has it.
TEST_F(WorkTest, NoTwoBookingsOfAResourceOverlap) {
  const pb::SharedResource car = AddResource(pb::SHARED_RESOURCE_KIND_DEMO_CAR);
  std::atomic<int> booked = 0, taken = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 12; ++i) {
    threads.emplace_back([&, i] {
      const auto booking = Book(as_anna_, car.name(), 10 + i % 3, 20 + i % 3);
      booked += booking.ok() ? 1 : 0;
      taken += Reason(booking.status()) == "RESOURCE_TAKEN" ? 1 : 0;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(booked, 1);
  EXPECT_EQ(taken, 11);
  // What touches is free.
  EXPECT_THAT(Book(as_other_, car.name(), 4, 10), IsOk());
  EXPECT_THAT(Book(as_other_, car.name(), 22, 24), IsOk());
}

// G-24, R-27
TEST_F(WorkTest, ACompanyCarIsDispatchedHandedOutAndComesBack) {
  const pb::SharedResource car = AddResource(pb::SHARED_RESOURCE_KIND_VEHICLE);
  const auth::Principal dispatcher = world_.As(world_.AddEmployee("KAM"), "KAM");
  const auto booking = Book(as_anna_, car.name(), 1, 5);
  ASSERT_THAT(booking, IsOk());
  EXPECT_EQ(booking->state(), pb::RESOURCE_BOOKING_STATE_REQUESTED);
  EXPECT_EQ(booking->user(), anna_.name());
  const std::string name = booking->name();
  EXPECT_THAT((Do<pb::ResourceBooking, pb::DispatchBookingRequest>(as_anna_,
                                                                   absl::StrCat(kResources, "DispatchBooking"), name)),
              HasReason("PERMISSION_DENIED"));
  ASSERT_THAT((Do<pb::ResourceBooking, pb::DispatchBookingRequest>(dispatcher,
                                                                   absl::StrCat(kResources, "DispatchBooking"), name)),
              IsOk());
  pb::HandOutBookingRequest out;
  out.set_mileage_km(1010);
  ASSERT_THAT((Do<pb::ResourceBooking>(dispatcher, absl::StrCat(kResources, "HandOutBooking"), name, out)), IsOk());
  // The next one has to wait until it is back.
  const auto next = Book(as_other_, car.name(), 6, 8);
  ASSERT_THAT(next, IsOk());
  ASSERT_THAT((Do<pb::ResourceBooking, pb::DispatchBookingRequest>(
                  dispatcher, absl::StrCat(kResources, "DispatchBooking"), next->name())),
              IsOk());
  EXPECT_THAT((Do<pb::ResourceBooking>(dispatcher, absl::StrCat(kResources, "HandOutBooking"), next->name(), out)),
              HasReason("RESOURCE_OUT"));
  pb::ReturnBookingRequest back;
  back.set_mileage_km(1100);
  const auto returned = Do<pb::ResourceBooking>(dispatcher, absl::StrCat(kResources, "ReturnBooking"), name, back);
  ASSERT_THAT(returned, IsOk());
  EXPECT_EQ(returned->start_mileage_km(), 1010);
  EXPECT_EQ(returned->end_mileage_km(), 1100);
  kam::api::GetRequest get;
  get.set_name(car.name());
  EXPECT_EQ(world_.Call<pb::SharedResource>(as_anna_, absl::StrCat(kResources, "GetSharedResource"), get)->mileage_km(),
            1100);
  kam::api::ArchiveRequest archive;
  archive.set_name(car.name());
  EXPECT_THAT(world_.Call<pb::SharedResource>(world_.harness().PrincipalFor("AD", world_.harness().NewId()),
                                              absl::StrCat(kResources, "ArchiveSharedResource"), archive),
              HasReason("RESOURCE_TAKEN"));
}

// G-24, R-27: whoever has booked for now has it, not whoever has booked for later; nobody dispatches what he booked
// himself.
TEST_F(WorkTest, ACarGoesToWhoeverHasItForNow) {
  const pb::SharedResource car = AddResource(pb::SHARED_RESOURCE_KIND_DEMO_CAR);
  const auth::Principal keeper = world_.As(world_.AddEmployee("KAM"), "KAM");
  const auto today = Book(as_anna_, car.name(), 0, 5);
  ASSERT_THAT(today, IsOk());
  const auto later = Book(as_other_, car.name(), 24, 30);
  ASSERT_THAT(later, IsOk());
  pb::HandOutBookingRequest out;
  out.set_mileage_km(1010);
  const std::string method = absl::StrCat(kResources, "HandOutBooking");
  EXPECT_THAT((Do<pb::ResourceBooking>(keeper, method, later->name(), out)), HasReason("RESOURCE_TAKEN"));
  ASSERT_THAT((Do<pb::ResourceBooking>(keeper, method, today->name(), out)), IsOk());

  const pb::SharedResource vehicle = AddResource(pb::SHARED_RESOURCE_KIND_VEHICLE);
  pb::CreateResourceBookingRequest create;
  pb::ResourceBooking& booking = *create.mutable_resource_booking();
  booking.set_resource(vehicle.name());
  booking.set_user(anna_.name());
  booking.set_purpose("拜访客户");
  *booking.mutable_start_time() = ToTimestamp(now());
  *booking.mutable_end_time() = ToTimestamp(now() + absl::Hours(2));
  const auto for_another =
      world_.Call<pb::ResourceBooking>(keeper, absl::StrCat(kResources, "CreateResourceBooking"), create);
  ASSERT_THAT(for_another, IsOk());
  EXPECT_THAT((Do<pb::ResourceBooking, pb::DispatchBookingRequest>(keeper, absl::StrCat(kResources, "DispatchBooking"),
                                                                   for_another->name())),
              HasReason("SEPARATION_OF_DUTIES"));
  // The department manager does, for his department and not for another one.
  const auto dispatch = [&](const auth::Principal& who) {
    return Do<pb::ResourceBooking, pb::DispatchBookingRequest>(who, absl::StrCat(kResources, "DispatchBooking"),
                                                               for_another->name());
  };
  EXPECT_THAT(dispatch(world_.As(world_.AddEmployee("GAM", world_.AddDepartment().name()), "GAM")),
              StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(dispatch(as_boss_), IsOk());
}

// G-23
TEST_F(WorkTest, ASuggestionIsAnsweredAndFollowedUntilItHelps) {
  pb::CreateImprovementItemRequest create;
  create.mutable_improvement_item()->set_kind(pb::IMPROVEMENT_KIND_SUGGESTION);
  create.mutable_improvement_item()->set_title("交车前检查表");
  create.mutable_improvement_item()->set_description("每台车交付前由两人检查");
  const auto item =
      world_.Call<pb::ImprovementItem>(as_anna_, absl::StrCat(kImprovement, "CreateImprovementItem"), create);
  ASSERT_THAT(item, IsOk());
  EXPECT_EQ(item->proposer(), anna_.name());
  EXPECT_EQ(item->answer_due_date(), "2026-01-12");
  const auth::Principal control = world_.As(world_.AddEmployee("CRMD"), "CRMD");
  pb::PlanImprovementRequest plan;
  plan.set_answer("采纳");
  plan.set_action("制定检查表");
  plan.set_owner(other_.name());
  plan.set_due_date("2026-02-01");
  ASSERT_THAT((Do<pb::ImprovementItem>(control, absl::StrCat(kImprovement, "PlanImprovement"), item->name(), plan)),
              IsOk());
  pb::CompleteImprovementRequest complete;
  complete.set_result("已执行");
  EXPECT_THAT(
      (Do<pb::ImprovementItem>(as_anna_, absl::StrCat(kImprovement, "CompleteImprovement"), item->name(), complete)),
      HasReason("NOT_RESPONSIBLE"));
  ASSERT_THAT(
      (Do<pb::ImprovementItem>(as_other_, absl::StrCat(kImprovement, "CompleteImprovement"), item->name(), complete)),
      IsOk());
  pb::CheckImprovementRequest check;
  check.set_effect("错误减半");
  check.set_effective(true);
  const auto closed =
      Do<pb::ImprovementItem>(control, absl::StrCat(kImprovement, "CheckImprovement"), item->name(), check);
  ASSERT_THAT(closed, IsOk());
  EXPECT_EQ(closed->state(), pb::IMPROVEMENT_STATE_CLOSED);
}

// G-23: a measure whose owner has left goes to somebody else, or is dropped by those who control it.
TEST_F(WorkTest, AMeasureIsNotLeftWithWhoeverHasLeft) {
  const auth::Principal control = world_.As(world_.AddEmployee("CRMD"), "CRMD");
  const auto planned = [&](const std::string& owner) {
    pb::CreateImprovementItemRequest create;
    create.mutable_improvement_item()->set_kind(pb::IMPROVEMENT_KIND_SUGGESTION);
    create.mutable_improvement_item()->set_title("钥匙柜");
    create.mutable_improvement_item()->set_description("钥匙分层存放");
    const auto item =
        world_.Call<pb::ImprovementItem>(as_anna_, absl::StrCat(kImprovement, "CreateImprovementItem"), create);
    EXPECT_THAT(item, IsOk());
    pb::PlanImprovementRequest plan;
    plan.set_answer("采纳");
    plan.set_action("购置钥匙柜");
    plan.set_owner(owner);
    plan.set_due_date("2026-02-01");
    return Do<pb::ImprovementItem>(control, absl::StrCat(kImprovement, "PlanImprovement"), item->name(), plan);
  };
  const pb::Employee gone = world_.AddEmployee("KAX");
  const auto item = planned(gone.name());
  ASSERT_THAT(item, IsOk());
  pb::UpdateEmployeeRequest left;
  left.mutable_employee()->set_name(gone.name());
  left.mutable_employee()->set_leave_date("2026-01-04");
  left.mutable_update_mask()->add_paths("leave_date");
  ASSERT_THAT(world_.Call<pb::Employee>(world_.hr(), "kam.organization.v1.EmployeeService/UpdateEmployee", left),
              IsOk());
  const std::string method = absl::StrCat(kImprovement, "ReassignImprovement");
  pb::ReassignImprovementRequest reassign;
  reassign.set_owner(gone.name());
  reassign.set_due_date("2026-02-10");
  EXPECT_THAT(Do<pb::ImprovementItem>(control, method, item->name(), reassign), HasReason("FIELD_REQUIRED"));
  reassign.set_reason("原负责人离职");
  EXPECT_THAT(Do<pb::ImprovementItem>(control, method, item->name(), reassign), HasReason("EMPLOYEE_LEFT"));
  reassign.set_owner(other_.name());
  EXPECT_THAT(Do<pb::ImprovementItem>(as_anna_, method, item->name(), reassign),
              StatusIs(absl::StatusCode::kPermissionDenied));
  const auto moved = Do<pb::ImprovementItem>(control, method, item->name(), reassign);
  ASSERT_THAT(moved, IsOk());
  EXPECT_EQ(moved->state(), pb::IMPROVEMENT_STATE_PLANNED);
  EXPECT_EQ(moved->action(), "购置钥匙柜");
  EXPECT_EQ(moved->due_date(), "2026-02-10");
  pb::CompleteImprovementRequest complete;
  complete.set_result("已购置");
  EXPECT_THAT(
      Do<pb::ImprovementItem>(as_other_, absl::StrCat(kImprovement, "CompleteImprovement"), item->name(), complete),
      IsOk());

  const pb::Employee quality = world_.AddEmployee("CRMD");
  const auto dropped = planned(quality.name());
  ASSERT_THAT(dropped, IsOk());
  pb::DeclineImprovementRequest decline;
  decline.set_answer("改由集团统一采购");
  const std::string drop = absl::StrCat(kImprovement, "DeclineImprovement");
  EXPECT_THAT(Do<pb::ImprovementItem>(world_.As(quality, "CRMD"), drop, dropped->name(), decline),
              HasReason("SEPARATION_OF_DUTIES"));
  const auto declined = Do<pb::ImprovementItem>(control, drop, dropped->name(), decline);
  ASSERT_THAT(declined, IsOk());
  EXPECT_EQ(declined->state(), pb::IMPROVEMENT_STATE_DECLINED);
  EXPECT_EQ(world_.harness()
                .db()
                .Get(absl::StrCat("SELECT COUNT(*) FROM due_items WHERE kind = 'improvement.due' AND done_time IS NULL "
                                  "AND resource = '",
                                  dropped->name(), "'"))
                .integer(),
            0)
      << "nobody is reminded of it";
}

}  // namespace
}  // namespace kam::account
