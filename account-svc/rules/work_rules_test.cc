#include "account-svc/rules/work_rules.h"

#include <gtest/gtest.h>

#include "account-svc/rules/proto_time.h"
#include "common/testing/matchers.h"
#include "kam/organization/v1/coordination.pb.h"
#include "kam/organization/v1/improvement_item.pb.h"
#include "kam/organization/v1/shared_resource.pb.h"
#include "kam/organization/v1/task.pb.h"

namespace kam::account::rules {
namespace {

using testing::HasReason;
using testing::IsOk;
namespace pb = organization;

const absl::Time kNow = absl::FromUnixSeconds(1'767'571'200);
constexpr char kToday[] = "2026-01-05";
constexpr char kBoss[] = "employees/boss";
constexpr char kAnna[] = "employees/anna";

pb::Task ATask(const std::string& assigner) {
  pb::Task task;
  task.set_assignee(kAnna);
  task.set_assigner(assigner);
  task.set_due_date("2026-01-09");
  task.set_state(pb::TASK_STATE_OPEN);
  return task;
}

// G-08, R-03
TEST(Tasks, AreGivenDownTheLineOrToOneself) {
  EXPECT_THAT(CheckAssign({kBoss, true}, kAnna), IsOk());
  EXPECT_THAT(CheckAssign({kAnna, false}, kAnna), IsOk());
  EXPECT_THAT(CheckAssign({kBoss, false}, kAnna), HasReason("NOT_IN_LINE"));
}

// G-08: a task of a superior is judged by a superior, one's own by oneself.
TEST(Tasks, AreJudgedByTheLine) {
  EXPECT_THAT(CheckJudge({kBoss, true}, ATask(kBoss)), IsOk());
  EXPECT_THAT(CheckJudge({kAnna, false}, ATask(kBoss)), HasReason("NOT_IN_LINE"));
  EXPECT_THAT(CheckJudge({kAnna, false}, ATask(kAnna)), IsOk());
  EXPECT_THAT(CheckJudge({"employees/bert", false}, ATask("employees/bert")), HasReason("NOT_IN_LINE"));
  // Whose right reaches everybody ends what nobody above could; never what he was given himself.
  EXPECT_THAT(CheckJudge({"employees/gm", false, true}, ATask(kBoss)), IsOk());
  EXPECT_THAT(CheckJudge({kAnna, false, true}, ATask(kBoss)), HasReason("NOT_IN_LINE"));
  EXPECT_THAT(CheckAssignee(kAnna, ATask(kBoss)), IsOk());
  EXPECT_THAT(CheckAssignee(kBoss, ATask(kBoss)), HasReason("NOT_ASSIGNEE"));
}

// G-08
TEST(Tasks, ChangeWhileTheyAreNotDone) {
  const pb::Task before = ATask(kBoss);
  pb::Task after = before;
  after.set_due_date("2026-01-04");
  EXPECT_THAT(CheckTaskUpdate({kBoss, true}, before, after, kToday), HasReason("DATE_IN_PAST"));
  after.set_due_date(kToday);
  EXPECT_THAT(CheckTaskUpdate({kBoss, true}, before, after, kToday), IsOk());
  EXPECT_THAT(CheckTaskUpdate({kAnna, false}, before, after, kToday), HasReason("NOT_IN_LINE"));
  // A last day that is over already stays while something else changes.
  EXPECT_THAT(CheckTaskUpdate({kBoss, true}, before, before, "2026-02-01"), IsOk());
  for (const pb::TaskState state : {pb::TASK_STATE_DONE, pb::TASK_STATE_ACCEPTED, pb::TASK_STATE_CANCELLED}) {
    pb::Task closed = before;
    closed.set_state(state);
    EXPECT_THAT(CheckTaskUpdate({kBoss, true}, closed, closed, kToday), HasReason("TASK_CLOSED"));
  }
}

pb::SharedResource Car() {
  pb::SharedResource car;
  car.set_kind(pb::SHARED_RESOURCE_KIND_VEHICLE);
  car.set_state(pb::SHARED_RESOURCE_STATE_AVAILABLE);
  car.set_mileage_km(1000);
  return car;
}

pb::ResourceBooking Booking() {
  pb::ResourceBooking booking;
  booking.set_user(kAnna);
  *booking.mutable_start_time() = ToTimestamp(kNow);
  *booking.mutable_end_time() = ToTimestamp(kNow + absl::Hours(2));
  booking.set_state(pb::RESOURCE_BOOKING_STATE_CONFIRMED);
  return booking;
}

// G-24
TEST(Bookings, HaveABeginAndALaterEndWithinTheLimit) {
  Policy policy;
  policy.booking_max = absl::Hours(2);
  pb::ResourceBooking booking = Booking();
  EXPECT_THAT(CheckBookingWindow(booking, kNow, policy), IsOk());
  *booking.mutable_end_time() = ToTimestamp(kNow + absl::Hours(2) + absl::Microseconds(1));
  EXPECT_THAT(CheckBookingWindow(booking, kNow, policy), HasReason("BOOKING_WINDOW_INVALID"));
  *booking.mutable_end_time() = booking.start_time();
  EXPECT_THAT(CheckBookingWindow(booking, kNow, policy), HasReason("BOOKING_WINDOW_INVALID"));
  EXPECT_THAT(CheckBookingWindow(Booking(), kNow + policy.clock_tolerance + absl::Seconds(1), policy),
              HasReason("TIME_IN_PAST"));
}

// G-24, R-27: only company cars wait for dispatch, by somebody else.
TEST(Bookings, OfCompanyCarsWaitForDispatch) {
  pb::SharedResource resource = Car();
  pb::ResourceBooking booking = Booking();
  SetFirstState(resource, &booking);
  EXPECT_EQ(booking.state(), pb::RESOURCE_BOOKING_STATE_REQUESTED);
  EXPECT_THAT(CheckDispatcher(kAnna, booking), HasReason("SEPARATION_OF_DUTIES"));
  EXPECT_THAT(CheckDispatcher(kBoss, booking), IsOk());
  booking.set_creator(kBoss);  // In the name of another.
  EXPECT_THAT(CheckDispatcher(kBoss, booking), HasReason("SEPARATION_OF_DUTIES"));
  *booking.mutable_end_time() = ToTimestamp(kNow);
  EXPECT_THAT(CheckHandOutTime(kNow - absl::Seconds(1), booking), IsOk());
  EXPECT_THAT(CheckHandOutTime(kNow, booking), HasReason("BOOKING_OVER"));
  for (const pb::SharedResourceKind kind :
       {pb::SHARED_RESOURCE_KIND_DEMO_CAR, pb::SHARED_RESOURCE_KIND_OFFICE_GOODS, pb::SHARED_RESOURCE_KIND_ROOM}) {
    resource.set_kind(kind);
    SetFirstState(resource, &booking);
    EXPECT_EQ(booking.state(), pb::RESOURCE_BOOKING_STATE_CONFIRMED);
  }
}

// G-24
TEST(Bookings, ChangeUntilTheyAreHandedOutAndAreThenDispatchedAgain) {
  pb::ResourceBooking before = Booking();
  before.set_dispatcher(kBoss);
  pb::ResourceBooking after = before;
  EXPECT_THAT(ChangeBooking(Car(), before, &after), IsOk());
  EXPECT_EQ(after.state(), pb::RESOURCE_BOOKING_STATE_CONFIRMED);
  after.set_destination("苏州");
  EXPECT_THAT(ChangeBooking(Car(), before, &after), IsOk());
  EXPECT_EQ(after.state(), pb::RESOURCE_BOOKING_STATE_REQUESTED);
  EXPECT_EQ(after.dispatcher(), "");
  for (const pb::ResourceBookingState state :
       {pb::RESOURCE_BOOKING_STATE_HANDED_OUT, pb::RESOURCE_BOOKING_STATE_RETURNED, pb::RESOURCE_BOOKING_STATE_REFUSED,
        pb::RESOURCE_BOOKING_STATE_CANCELLED}) {
    before.set_state(state);
    EXPECT_THAT(ChangeBooking(Car(), before, &after), HasReason("BOOKING_FROZEN"));
  }
}

// G-24: the mileage of a car only grows.
TEST(Bookings, CountTheMileage) {
  pb::SharedResource car = Car();
  pb::ResourceBooking booking = Booking();
  EXPECT_THAT(HandOut(0, kNow, car, &booking), HasReason("MILEAGE_REQUIRED"));
  EXPECT_THAT(HandOut(999, kNow, car, &booking), HasReason("MILEAGE_BACKWARDS"));
  EXPECT_THAT(HandOut(1000, kNow, car, &booking), IsOk());
  EXPECT_THAT(TakeBack(999, "", kNow, &car, &booking), HasReason("MILEAGE_BACKWARDS"));
  EXPECT_THAT(TakeBack(1080, "完好", kNow + absl::Hours(2), &car, &booking), IsOk());
  EXPECT_EQ(car.mileage_km(), 1080);
  EXPECT_FALSE(booking.late());
  EXPECT_THAT(TakeBack(1080, "", kNow + absl::Hours(2) + absl::Seconds(1), &car, &booking), IsOk());
  EXPECT_TRUE(booking.late());
  pb::SharedResource goods = Car();
  goods.set_kind(pb::SHARED_RESOURCE_KIND_OFFICE_GOODS);
  EXPECT_THAT(HandOut(0, kNow, goods, &booking), IsOk());
  goods.set_state(pb::SHARED_RESOURCE_STATE_IN_REPAIR);
  EXPECT_THAT(HandOut(0, kNow, goods, &booking), HasReason("RESOURCE_UNAVAILABLE"));
  pb::SharedResource less = car;
  less.set_mileage_km(1079);
  EXPECT_THAT(CheckMileage(car, less, false), HasReason("MILEAGE_BACKWARDS"));
  // What was mistyped goes back with a reason of its own, while nobody has the car.
  less.set_mileage_reason("多输入一位");
  EXPECT_THAT(CheckMileage(car, less, true), HasReason("RESOURCE_OUT"));
  EXPECT_THAT(CheckMileage(car, less, false), IsOk());
  pb::SharedResource again = less;
  again.set_mileage_km(10);
  EXPECT_THAT(CheckMileage(less, again, false), HasReason("MILEAGE_BACKWARDS"));
}

pb::ImprovementItem Finding(pb::ImprovementKind kind = pb::IMPROVEMENT_KIND_SUGGESTION) {
  pb::ImprovementItem item;
  item.set_kind(kind);
  Submit(kAnna, "2026-01-12", &item);
  return item;
}

// G-23: a suggestion is answered, by somebody else, and a late answer shows.
TEST(Improvement, IsAnswered) {
  pb::ImprovementItem item = Finding();
  const Answer answer = {"好", "", "改流程", "employees/bert", "2026-02-01"};
  EXPECT_THAT(Plan(kAnna, answer, kNow, kToday, &item), HasReason("SEPARATION_OF_DUTIES"));
  EXPECT_THAT(Decline(kAnna, "不行", kNow, kToday, &item), HasReason("SEPARATION_OF_DUTIES"));
  EXPECT_THAT(Plan(kBoss, {"好", "", "改", "employees/bert", "2026-01-04"}, kNow, kToday, &item),
              HasReason("DATE_IN_PAST"));
  ASSERT_THAT(Plan(kBoss, answer, kNow, kToday, &item), IsOk());
  EXPECT_FALSE(item.answered_late());
  EXPECT_EQ(item.rounds(), 1);
  pb::ImprovementItem late = Finding();
  ASSERT_THAT(Decline(kBoss, "不行", kNow, "2026-01-13", &late), IsOk());
  EXPECT_TRUE(late.answered_late());
  // A measure that is planned goes to another, or is dropped by somebody else; the first answer was in time.
  EXPECT_THAT(Reassign(kBoss, "employees/carl", "2026-01-04", "", kToday, &item), HasReason("DATE_IN_PAST"));
  EXPECT_THAT(Reassign("employees/bert", "employees/carl", "2026-02-10", "", kToday, &item),
              HasReason("SEPARATION_OF_DUTIES"))
      << "his own measure";
  EXPECT_THAT(Reassign(kAnna, "employees/carl", "2026-02-10", "", kToday, &item), HasReason("SEPARATION_OF_DUTIES"))
      << "what she brought in";
  ASSERT_THAT(Reassign(kBoss, "employees/carl", "2026-02-10", "", kToday, &item), IsOk());
  EXPECT_EQ(item.owner(), "employees/carl");
  EXPECT_EQ(item.action(), "改流程");
  EXPECT_THAT(Decline("employees/carl", "不做了", kNow, "2026-01-20", &item), HasReason("SEPARATION_OF_DUTIES"));
  ASSERT_THAT(Decline(kBoss, "不做了", kNow, "2026-01-20", &item), IsOk());
  EXPECT_FALSE(item.answered_late());
  pb::ImprovementItem nonconformity = Finding(pb::IMPROVEMENT_KIND_NONCONFORMITY);
  EXPECT_THAT(Plan(kBoss, answer, kNow, kToday, &nonconformity), HasReason("CAUSE_REQUIRED"));
  EXPECT_THAT(CheckImprovementUpdate(kAnna, Finding()), IsOk());
  EXPECT_THAT(CheckImprovementUpdate(kBoss, Finding()), HasReason("NOT_PROPOSER"));
  item.set_state(pb::IMPROVEMENT_STATE_PLANNED);
  EXPECT_THAT(CheckImprovementUpdate(kAnna, item), HasReason("IMPROVEMENT_ANSWERED"));
}

// G-23: what had no effect is planned again.
TEST(Improvement, GoesRoundUntilItHelps) {
  pb::ImprovementItem item = Finding();
  ASSERT_THAT(Plan(kBoss, {"好", "", "改流程", "employees/bert", "2026-02-01"}, kNow, kToday, &item), IsOk());
  EXPECT_THAT(Complete(kBoss, "已改", kToday, &item), HasReason("NOT_RESPONSIBLE"));
  ASSERT_THAT(Complete("employees/bert", "已改", kToday, &item), IsOk());
  item.set_state(pb::IMPROVEMENT_STATE_DONE);
  EXPECT_THAT(CheckEffect("employees/bert", {true, "有效", "", ""}, kNow, kToday, &item),
              HasReason("SEPARATION_OF_DUTIES"));
  EXPECT_THAT(CheckEffect(kBoss, {false, "无效", "", ""}, kNow, kToday, &item), HasReason("ACTION_REQUIRED"));
  ASSERT_THAT(CheckEffect(kBoss, {false, "无效", "再改", "2026-03-01"}, kNow, kToday, &item), IsOk());
  EXPECT_EQ(item.state(), pb::IMPROVEMENT_STATE_PLANNED);
  EXPECT_EQ(item.rounds(), 2);
  ASSERT_THAT(CheckEffect(kBoss, {true, "有效", "", ""}, kNow, kToday, &item), IsOk());
  EXPECT_EQ(item.state(), pb::IMPROVEMENT_STATE_CLOSED);
}

pb::CoordinationRequest Asked(const Policy& policy) {
  pb::CoordinationRequest request;
  request.set_to_department("departments/finance");
  EXPECT_THAT(Ask(kAnna, "departments/sales", kNow, policy, &request), IsOk());
  return request;
}

// G-12
TEST(Coordination, AsksAnotherDepartmentWithATimeForTheAnswer) {
  Policy policy;
  policy.coordination_answer = absl::Hours(48);
  pb::CoordinationRequest request = Asked(policy);
  EXPECT_EQ(FromTimestamp(request.answer_due_time()), kNow + absl::Hours(48));
  EXPECT_EQ(request.from_department(), "departments/sales");
  EXPECT_THAT(Ask(kAnna, "departments/finance", kNow, policy, &request), HasReason("SAME_DEPARTMENT"));
  EXPECT_THAT(Ask(kAnna, "", kNow, policy, &request), HasReason("DEPARTMENT_REQUIRED"));
  *request.mutable_answer_due_time() = ToTimestamp(kNow - absl::Hours(1));
  EXPECT_THAT(Ask(kAnna, "departments/sales", kNow, policy, &request), HasReason("TIME_IN_PAST"));
  EXPECT_THAT(CheckRequester(kBoss, /*above=*/false, request), HasReason("NOT_REQUESTER"));
  EXPECT_THAT(CheckRequester(kBoss, /*above=*/true, request), IsOk()) << "what was left behind does not stay open";
  request.set_answerer(kBoss);
  EXPECT_THAT(CheckCloser(kBoss, request), HasReason("SEPARATION_OF_DUTIES"));
  EXPECT_THAT(CheckCloser(kAnna, request), IsOk());
}

// G-12
TEST(Coordination, IsAnsweredByWhomItIsPutTo) {
  const Policy policy;
  pb::CoordinationRequest request = Asked(policy);
  // Without a head anybody in the department answers.
  EXPECT_THAT(AnswerRequest(kBoss, {"", false}, "好", kNow, &request), HasReason("NOT_ADDRESSED"));
  ASSERT_THAT(AnswerRequest("employees/f", {"", true}, "好", kNow, &request), IsOk());
  EXPECT_FALSE(request.answered_late());
  // With one he does, or whom he names.
  const Addressed headed{"employees/h", true};
  EXPECT_THAT(AnswerRequest("employees/f", headed, "好", kNow, &request), HasReason("NOT_ADDRESSED"));
  ASSERT_THAT(AnswerRequest("employees/h", headed, "好", kNow, &request), IsOk());
  EXPECT_THAT(AssignHandler("employees/f", headed, "employees/f", &request), HasReason("NOT_ADDRESSED"));
  EXPECT_THAT(AssignHandler("employees/h", {"employees/h", false}, "employees/f", &request),
              HasReason("NOT_OF_DEPARTMENT"));
  ASSERT_THAT(AssignHandler("employees/h", headed, "employees/f", &request), IsOk());
  ASSERT_THAT(
      AnswerRequest("employees/f", headed, "好", kNow + policy.coordination_answer + absl::Seconds(1), &request),
      IsOk());
  EXPECT_THAT(AnswerRequest(kAnna, {kAnna, true}, "好", kNow, &request), HasReason("SEPARATION_OF_DUTIES"));
  EXPECT_TRUE(request.answered_late());
}

// G-12
TEST(Coordination, GoesUpwardsWhenItsTimeIsOver) {
  const Policy policy;
  pb::CoordinationRequest request = Asked(policy);
  const absl::Time late = kNow + policy.coordination_answer + absl::Seconds(1);
  EXPECT_THAT(Escalate("employees/head", late - absl::Seconds(1), policy, &request), HasReason("ANSWER_NOT_DUE"));
  EXPECT_THAT(Escalate("", late, policy, &request), HasReason("NOBODY_ABOVE"));
  ASSERT_THAT(Escalate("employees/head", late, policy, &request), IsOk());
  EXPECT_EQ(request.escalation_level(), 1);
  EXPECT_THAT(Escalate("employees/top", late, policy, &request), HasReason("ANSWER_NOT_DUE"));
  ASSERT_THAT(AnswerRequest("employees/head", {"employees/f", false}, "好", late, &request), IsOk());
  EXPECT_TRUE(request.answered_late());
}

// G-12
TEST(WorkingGroups, AreOfSeveralDepartments) {
  pb::WorkingGroup group;
  group.set_leader(kAnna);
  group.add_members()->set_employee(kAnna);
  group.add_members()->set_employee(kBoss);
  EXPECT_THAT(CheckGroup(group, {{kAnna, "departments/a"}, {kBoss, "departments/b"}}), IsOk());
  EXPECT_THAT(CheckGroup(group, {{kAnna, "departments/a"}, {kBoss, "departments/a"}}), HasReason("ONE_DEPARTMENT"));
  group.set_leader("employees/x");
  EXPECT_THAT(CheckGroup(group, {{kAnna, "departments/a"}, {kBoss, "departments/b"}}), HasReason("LEADER_NOT_MEMBER"));
  group.add_members()->set_employee(kBoss);
  EXPECT_THAT(CheckGroup(group, {}), HasReason("MEMBER_REPEATED"));
}

}  // namespace
}  // namespace kam::account::rules
