#include "account-svc/rules/visit_rules.h"

#include <gtest/gtest.h>

#include "account-svc/rules/proto_time.h"
#include "common/testing/matchers.h"
#include "kam/account/v1/visit.pb.h"

namespace kam::account::rules {
namespace {

using testing::HasReason;
using testing::IsOk;

const absl::Time kNow = absl::FromUnixSeconds(1'767'571'200);

v1::Visit Planned() {
  v1::Visit visit;
  visit.set_visitor("employees/v");
  visit.add_companions("employees/c");
  visit.set_state(v1::VISIT_STATE_PLANNED);
  *visit.mutable_planned_start() = ToTimestamp(kNow);
  *visit.mutable_planned_end() = ToTimestamp(kNow + absl::Hours(2));
  return visit;
}

//
TEST(Window, HasABeginAndALaterEndWithinTheLimit) {
  Policy policy;
  policy.visit_max = absl::Hours(2);
  v1::Visit visit = Planned();
  EXPECT_THAT(CheckWindow(visit, policy), IsOk());
  *visit.mutable_planned_end() = ToTimestamp(kNow + absl::Hours(2) + absl::Microseconds(1));
  EXPECT_THAT(CheckWindow(visit, policy), HasReason("VISIT_WINDOW_INVALID"));
  *visit.mutable_planned_end() = ToTimestamp(kNow);
  EXPECT_THAT(CheckWindow(visit, policy), HasReason("VISIT_WINDOW_INVALID"));
  visit.clear_planned_end();
  EXPECT_THAT(CheckWindow(visit, policy), HasReason("VISIT_WINDOW_INVALID"));
  visit.clear_planned_start();
  EXPECT_THAT(CheckWindow(visit, policy), IsOk());
}

TEST(People, AreDifferent) {
  v1::Visit visit = Planned();
  EXPECT_THAT(CheckPeople(visit), IsOk());
  visit.add_companions("employees/v");
  EXPECT_THAT(CheckPeople(visit), HasReason("COMPANION_REPEATED"));
}

// nobody approves a visit of his own.
TEST(Approve, IsForSomebodyElse) {
  v1::Visit visit = Planned();
  EXPECT_THAT(Approve("employees/v", true, kNow, Policy(), &visit), HasReason("SEPARATION_OF_DUTIES"));
  v1::Visit idea = visit;
  idea.clear_planned_start();
  EXPECT_THAT(Approve("employees/s", true, kNow, Policy(), &idea), HasReason("VISIT_WINDOW_REQUIRED"));
  EXPECT_THAT(Approve("employees/s", false, kNow, Policy(), &visit), HasReason("NOT_THE_SUPERIOR"));
  v1::Visit along = visit;
  along.add_companions("employees/s");
  EXPECT_THAT(Approve("employees/s", true, kNow, Policy(), &along), HasReason("SEPARATION_OF_DUTIES"));
  ASSERT_THAT(Approve("employees/s", true, kNow, Policy(), &visit), IsOk());
  EXPECT_EQ(visit.approver(), "employees/s");
}

// what was made and put down afterwards is approved as long as the policy lets it.
TEST(Approve, IsNotOfWhatIsLongOver) {
  Policy policy;
  policy.visit_backdating = absl::Hours(24);
  v1::Visit visit = Planned();
  const absl::Time latest = kNow + absl::Hours(26);
  EXPECT_THAT(Approve("employees/s", true, latest + absl::Microseconds(1), policy, &visit), HasReason("VISIT_TOO_OLD"));
  EXPECT_FALSE(visit.has_approve_time());
  EXPECT_THAT(Approve("employees/s", true, latest, policy, &visit), IsOk());
}

// check-out after check-in, with a report.
TEST(Complete, NeedsAReportAndALaterTime) {
  const Policy policy;
  v1::Visit visit = Planned();
  ASSERT_THAT(CheckIn(std::nullopt, kNow, policy, &visit), IsOk());
  EXPECT_THAT(Complete(kNow, "r", "", kNow, policy, &visit), HasReason("CHECK_OUT_BEFORE_CHECK_IN"));
  EXPECT_THAT(Complete(kNow - absl::Hours(1), "r", "", kNow, policy, &visit), HasReason("CHECK_OUT_BEFORE_CHECK_IN"));
  EXPECT_THAT(Complete(kNow + absl::Minutes(1), " ", "", kNow, policy, &visit), HasReason("REPORT_REQUIRED"));
  EXPECT_THAT(Complete(kNow + absl::Minutes(6), "r", "", kNow, policy, &visit), HasReason("TIME_IN_FUTURE"));
  ASSERT_THAT(Complete(kNow + absl::Minutes(5), "见面", "签约", kNow, policy, &visit), IsOk());
  EXPECT_EQ(visit.report(), "见面");
  EXPECT_EQ(visit.result(), "签约");
}

TEST(Complete, TakesTheReportOnFile) {
  const Policy policy;
  v1::Visit visit = Planned();
  visit.set_report("写好了");
  ASSERT_THAT(CheckIn(kNow - absl::Hours(1), kNow, policy, &visit), IsOk());
  ASSERT_THAT(Complete(std::nullopt, "", "", kNow, policy, &visit), IsOk());
  EXPECT_EQ(visit.report(), "写好了");
}

TEST(CheckIn, IsNotInTheFuture) {
  const Policy policy;
  v1::Visit visit = Planned();
  EXPECT_THAT(CheckIn(kNow + absl::Minutes(6), kNow, policy, &visit), HasReason("TIME_IN_FUTURE"));
}

// made on the days it was approved for, and for no longer than a visit takes.
TEST(CheckIn, IsOnTheDaysOfTheVisit) {
  Policy policy;
  policy.visit_late = absl::Hours(24);
  const absl::TimeZone zone = absl::UTCTimeZone();
  v1::Visit visit = Planned();
  *visit.mutable_approve_time() = ToTimestamp(kNow - absl::Hours(24 * 40));
  EXPECT_THAT(CheckInDay(kNow, visit, zone, policy), IsOk());
  EXPECT_THAT(CheckInDay(kNow - absl::Hours(24), visit, zone, policy), HasReason("CHECK_IN_OFF_PLAN"));
  EXPECT_THAT(CheckInDay(kNow + absl::Hours(26), visit, zone, policy), IsOk());
  EXPECT_THAT(CheckInDay(kNow + absl::Hours(26) + absl::Microseconds(1), visit, zone, policy),
              HasReason("CHECK_IN_OFF_PLAN"));
  // Approved while it goes on: it was not made the day before the approval.
  v1::Visit trip = visit;
  *trip.mutable_planned_end() = ToTimestamp(kNow + absl::Hours(48));
  *trip.mutable_approve_time() = ToTimestamp(kNow + absl::Hours(24));
  EXPECT_THAT(CheckInDay(kNow, trip, zone, policy), HasReason("CHECK_IN_OFF_PLAN"));
  EXPECT_THAT(CheckInDay(kNow + absl::Hours(24), trip, zone, policy), IsOk());
  policy.visit_max = absl::Hours(2);
  ASSERT_THAT(CheckIn(kNow, kNow, policy, &visit), IsOk());
  const absl::Time end = kNow + absl::Hours(2);
  EXPECT_THAT(Complete(end + absl::Microseconds(1), "r", "", end, policy, &visit), HasReason("VISIT_WINDOW_INVALID"));
  EXPECT_THAT(Complete(end, "r", "", end, policy, &visit), IsOk());
}

// what was made out of plan and put down afterwards has the time at which it was made, whenever it is approved.
TEST(CheckIn, OfWhatWasPutDownAfterwardsIsWhenItWasMade) {
  const Policy policy;
  const absl::TimeZone zone = absl::UTCTimeZone();
  v1::Visit visit = Planned();
  const absl::Time end = kNow + absl::Hours(2), written = end + absl::Hours(1);
  *visit.mutable_create_time() = ToTimestamp(written);
  for (const absl::Duration later : {absl::Hours(15), absl::Hours(48)}) {
    *visit.mutable_approve_time() = ToTimestamp(end + later);
    EXPECT_THAT(CheckInDay(kNow, visit, zone, policy), IsOk()) << later;
    EXPECT_THAT(CheckInDay(kNow - absl::Hours(24), visit, zone, policy), HasReason("CHECK_IN_OFF_PLAN"));
    EXPECT_THAT(CheckInDay(written, visit, zone, policy), IsOk());
    EXPECT_THAT(CheckInDay(written + absl::Microseconds(1), visit, zone, policy), HasReason("CHECK_IN_OFF_PLAN"))
        << "it was over when it was put down";
  }
}

// what is approved after its end was made before that, whenever it was put down.
TEST(CheckIn, OfWhatWasApprovedAfterItsEndIsBeforeTheApproval) {
  const Policy policy;
  const absl::TimeZone zone = absl::UTCTimeZone();
  v1::Visit visit = Planned();
  const absl::Time approved = kNow + absl::Hours(3);  // An hour after its end.
  *visit.mutable_create_time() = ToTimestamp(kNow - absl::Hours(24));
  *visit.mutable_approve_time() = ToTimestamp(approved);
  EXPECT_THAT(CheckInDay(kNow, visit, zone, policy), IsOk());
  EXPECT_THAT(CheckInDay(approved, visit, zone, policy), IsOk());
  EXPECT_THAT(CheckInDay(approved + absl::Microseconds(1), visit, zone, policy), HasReason("CHECK_IN_OFF_PLAN"));
  *visit.mutable_approve_time() = ToTimestamp(kNow + absl::Hours(2));
  EXPECT_THAT(CheckInDay(approved, visit, zone, policy), IsOk()) << "agreed before its end";
}

// without an approval it is made on its day, and put down before it is late.
TEST(CheckIn, WithoutAnApprovalIsOnItsDay) {
  Policy policy;
  policy.visit_late = absl::Hours(24);
  const absl::TimeZone zone = absl::UTCTimeZone();
  const v1::Visit visit = Planned();
  const absl::Time end = kNow + absl::Hours(2);
  const absl::Time midnight = absl::FromCivil(absl::ToCivilDay(end, zone) + 1, zone);
  EXPECT_THAT(CheckInUnapproved(kNow, end + absl::Hours(24), visit, zone, policy), IsOk());
  EXPECT_THAT(CheckInUnapproved(kNow, end + absl::Hours(24) + absl::Microseconds(1), visit, zone, policy),
              HasReason("CHECK_IN_OFF_PLAN"));
  EXPECT_THAT(CheckInUnapproved(midnight - absl::Microseconds(1), midnight, visit, zone, policy), IsOk());
  EXPECT_THAT(CheckInUnapproved(midnight, midnight, visit, zone, policy), HasReason("CHECK_IN_OFF_PLAN"));
  v1::Visit late = visit;
  *late.mutable_create_time() = ToTimestamp(end);
  EXPECT_THAT(CheckInUnapproved(kNow, end, late, zone, policy), IsOk());
  *late.mutable_create_time() = ToTimestamp(end + absl::Microseconds(1));
  EXPECT_THAT(CheckInUnapproved(kNow, end + absl::Hours(1), late, zone, policy), HasReason("CHECK_IN_OFF_PLAN"))
      << "put down afterwards";
}

// nobody is sent on a visit that nobody agreed to.
TEST(CheckIn, IsOfWhatWasAgreed) {
  v1::Visit visit = Planned();
  EXPECT_THAT(CheckAgreed(visit, false), HasReason("VISIT_NOT_APPROVED")) << "planned by nobody who is known";
  visit.set_planner("employees/c");
  EXPECT_THAT(CheckAgreed(visit, false), HasReason("VISIT_NOT_APPROVED")) << "who goes along does not decide";
  EXPECT_THAT(CheckAgreed(visit, true), IsOk());
  visit.set_planner("employees/v");
  EXPECT_THAT(CheckAgreed(visit, false), IsOk());
  *visit.mutable_check_in_time() = ToTimestamp(kNow);
  UndoCheckIn(&visit);
  EXPECT_EQ(visit.state(), v1::VISIT_STATE_PLANNED);
  EXPECT_FALSE(visit.has_check_in_time());
  visit.set_approver("employees/s");
  UndoCheckIn(&visit);
  EXPECT_EQ(visit.state(), v1::VISIT_STATE_APPROVED);
}

// only what was approved takes the time of others.
TEST(PeopleTaken, AreThoseWhoWereAskedOrPlannedItThemselves) {
  v1::Visit visit = Planned();
  EXPECT_TRUE(PeopleTaken(visit).empty()) << "planned by nobody on it";
  visit.set_planner("employees/v");
  EXPECT_EQ(PeopleTaken(visit), std::vector<std::string>({"employees/v"}));
  for (int state = v1::VISIT_STATE_PROPOSED; state <= v1::VisitState_MAX; ++state) {
    visit.set_state(static_cast<v1::VisitState>(state));
    const size_t taken = state == v1::VISIT_STATE_PLANNED                                           ? 1
                         : state == v1::VISIT_STATE_APPROVED || state == v1::VISIT_STATE_CHECKED_IN ? 2
                                                                                                    : 0;
    EXPECT_EQ(PeopleTaken(visit).size(), taken) << state;
  }
}

// an approved visit that is over was made or missed, whoever would call it off.
TEST(Cancel, IsBeforeTheEnd) {
  v1::Visit visit = Planned();
  const absl::Time end = kNow + absl::Hours(2);
  EXPECT_THAT(CheckCancel(visit, false, end - absl::Microseconds(1)), IsOk());
  EXPECT_THAT(CheckCancel(visit, false, end), HasReason("VISIT_OVER"));
  EXPECT_THAT(CheckCancel(visit, true, end), IsOk());
  visit.set_state(v1::VISIT_STATE_APPROVED);
  EXPECT_THAT(CheckCancel(visit, true, end), HasReason("VISIT_OVER"));
}

TEST(Missed, OnlyAfterThePlannedEnd) {
  v1::Visit visit = Planned();
  EXPECT_THAT(MarkMissed("病假", kNow + absl::Hours(2) - absl::Seconds(1), &visit), HasReason("VISIT_NOT_OVER"));
  EXPECT_THAT(MarkMissed("病假", kNow + absl::Hours(2), &visit), IsOk());
}

// Every state: what may still change.
TEST(CheckVisitUpdate, FreezesWhatWasApproved) {
  for (int state = v1::VISIT_STATE_PROPOSED; state <= v1::VisitState_MAX; ++state) {
    v1::Visit before = Planned();
    before.set_state(static_cast<v1::VisitState>(state));
    v1::Visit time = before, people = before, report = before, follow_up = before;
    *time.mutable_planned_end() = ToTimestamp(kNow + absl::Hours(3));
    people.clear_companions();
    report.set_report("r");
    follow_up.add_follow_ups()->set_action("报价");
    const bool open = state <= v1::VISIT_STATE_PLANNED;
    const bool approved = state == v1::VISIT_STATE_APPROVED || state == v1::VISIT_STATE_CHECKED_IN;
    EXPECT_EQ(CheckVisitUpdate(before, time).ok(), open) << state;
    EXPECT_EQ(CheckVisitUpdate(before, people).ok(), open) << state;
    EXPECT_EQ(CheckVisitUpdate(before, report).ok(), open || approved) << state;
    EXPECT_EQ(CheckVisitUpdate(before, follow_up).ok(), open || approved || state == v1::VISIT_STATE_DONE) << state;
  }
}

}  // namespace
}  // namespace kam::account::rules
