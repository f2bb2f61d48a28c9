// Corrections of what a meeting left behind (G-11), over real gRPC and a real database.
#include "absl/strings/str_cat.h"
#include "account-svc/context.h"
#include "account-svc/rules/proto_time.h"
#include "account-svc/testing/work_fixture.h"
#include "common/testing/matchers.h"
#include "kam/api/standard.pb.h"
#include "kam/organization/v1/meeting_service.pb.h"

namespace kam::account {
namespace {

namespace pb = organization::v1;
using testing::HasReason;
using testing::IsOk;
using ::testing::SizeIs;

constexpr char kMeetings[] = "kam.organization.v1.MeetingService/";

class MeetingTest : public WorkFixture {
 protected:
  MeetingTest() : WorkFixture("KAM", "KAM") {}
};

// G-11, G-20: attendance and minutes are corrected with a reason, also by a minute taker who leads nobody; what was
// decided stays. A meeting whose chair has left is called off by somebody above him.
TEST_F(MeetingTest, AttendanceAndMinutesAreCorrectedWithAReason) {
  const absl::Time now = world_.harness().clock().Now();
  const pb::Employee scribe = world_.AddEmployee("KAA", department_.name());
  const auto as_scribe = world_.As(scribe, "KAA");
  pb::CreateMeetingRequest create;
  pb::Meeting& meeting = *create.mutable_meeting();
  meeting.set_title("周例会");
  meeting.set_kind(pb::MEETING_KIND_WEEKLY);
  *meeting.mutable_start_time() = ToTimestamp(now - absl::Hours(1));
  *meeting.mutable_end_time() = ToTimestamp(now);
  meeting.set_minute_taker(scribe.name());
  meeting.add_attendees()->set_employee(anna_.name());
  const auto called = world_.Call<pb::Meeting>(as_boss_, absl::StrCat(kMeetings, "CreateMeeting"), create);
  ASSERT_THAT(called, IsOk());
  pb::HoldMeetingRequest hold;
  hold.add_attendees()->set_employee(anna_.name());
  hold.mutable_attendees(0)->set_attendance(pb::ATTENDANCE_ABSENT);
  const std::string hold_method = absl::StrCat(kMeetings, "HoldMeeting");
  ASSERT_THAT(Do<pb::Meeting>(as_scribe, hold_method, called->name(), hold), IsOk());
  hold.mutable_attendees(0)->set_attendance(pb::ATTENDANCE_PRESENT);
  EXPECT_THAT(Do<pb::Meeting>(as_scribe, hold_method, called->name(), hold), HasReason("REASON_REQUIRED"));
  hold.set_reason("签到表漏看");
  const auto held = Do<pb::Meeting>(as_scribe, hold_method, called->name(), hold);
  ASSERT_THAT(held, IsOk());
  EXPECT_EQ(held->present(), 1);
  pb::PublishMinutesRequest publish;
  publish.set_minutes("本周重点：回访");
  pb::MeetingDecision* decision = publish.add_actions();
  decision->set_action("回访三家客户");
  decision->set_responsible(anna_.name());
  decision->set_due_date("2026-01-09");
  const std::string method = absl::StrCat(kMeetings, "PublishMinutes");
  const auto minuted = Do<pb::Meeting>(as_boss_, method, called->name(), publish);
  ASSERT_THAT(minuted, IsOk());
  publish.set_minutes("本周重点：回访五家");
  EXPECT_THAT(Do<pb::Meeting>(as_boss_, method, called->name(), publish), HasReason("REASON_REQUIRED"));
  publish.set_reason("家数写错");
  EXPECT_THAT(Do<pb::Meeting>(as_boss_, method, called->name(), publish), HasReason("ACTIONS_GIVEN"));
  publish.clear_actions();
  const auto corrected = Do<pb::Meeting>(as_scribe, method, called->name(), publish);
  ASSERT_THAT(corrected, IsOk());
  EXPECT_EQ(corrected->minutes(), "本周重点：回访五家");
  ASSERT_EQ(corrected->actions_size(), 1);
  EXPECT_EQ(corrected->actions(0).task(), minuted->actions(0).task());
  EXPECT_THAT(Do<pb::Meeting>(as_scribe, hold_method, called->name(), hold), HasReason("STATE_NOT_ALLOWED"));
  kam::api::HistoryRequest history;
  history.set_name(called->name());
  const auto changes =
      world_.Call<kam::api::HistoryResponse>(as_boss_, absl::StrCat(kMeetings, "GetMeetingHistory"), history);
  ASSERT_THAT(changes, IsOk());
  EXPECT_EQ(changes->entries(0).reason(), "家数写错");

  const pb::Employee chair = world_.AddEmployee("KAM", department_.name(), {boss_.name()});
  meeting.clear_minute_taker();
  const auto planned =
      world_.Call<pb::Meeting>(world_.As(chair, "KAM"), absl::StrCat(kMeetings, "CreateMeeting"), create);
  ASSERT_THAT(planned, IsOk());
  pb::CancelMeetingRequest cancel;
  cancel.set_reason("主持人离职");
  const std::string call_off = absl::StrCat(kMeetings, "CancelMeeting");
  EXPECT_THAT(Do<pb::Meeting>(as_other_, call_off, planned->name(), cancel), HasReason("NOT_CHAIR"));
  EXPECT_THAT(Do<pb::Meeting>(as_boss_, call_off, planned->name(), cancel), IsOk());
}

}  // namespace
}  // namespace kam::account
