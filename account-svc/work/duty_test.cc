// Rotas and reports of gifts (G-10, F-12, G-20), over real gRPC and a real database.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "account-svc/rules/proto_time.h"
#include "account-svc/testing/account_fixture.h"
#include "common/resource/names.h"
#include "common/testing/matchers.h"
#include "kam/api/standard.pb.h"
#include "kam/organization/v1/duty_roster_service.pb.h"
#include "kam/organization/v1/employee_service.pb.h"
#include "kam/organization/v1/gift_report_service.pb.h"
#include "kam/organization/v1/leave_request_service.pb.h"
#include "kam/organization/v1/notification_service.pb.h"

namespace kam::account {
namespace {

namespace pb = organization::v1;
using resource::IdOf;
using testing::HasReason;
using testing::IsOk;
using ::testing::SizeIs;
using testing::StatusIs;

constexpr char kRosters[] = "kam.organization.v1.DutyRosterService/";
constexpr char kGifts[] = "kam.organization.v1.GiftReportService/";

class DutyTest : public ::testing::Test {
 protected:
  DutyTest()
      : world_(World::Get()),
        boss_(world_.AddEmployee("KAM")),
        anna_(world_.AddEmployee("KAX", "", {boss_.name()})),
        bert_(world_.AddEmployee("KAX", "", {boss_.name()})),
        as_boss_(world_.As(boss_, "KAM", {IdOf(anna_.name()), IdOf(bert_.name())})),
        as_anna_(world_.As(anna_, "KAX")) {}

  // Tomorrow from one hour to another in the company's zone.
  absl::StatusOr<pb::DutyRoster> Plan(const std::vector<std::string>& people, int from, int to,
                                      const char* place = "一楼接待台") {
    const absl::TimeZone zone = world_.harness().runtime().zone();
    const absl::CivilDay day = absl::ToCivilDay(world_.harness().clock().Now(), zone) + 1;
    pb::CreateDutyRosterRequest request;
    pb::DutyRoster& roster = *request.mutable_duty_roster();
    roster.set_place(place);
    *roster.mutable_start_time() = ToTimestamp(absl::FromCivil(absl::CivilHour(day) + from, zone));
    *roster.mutable_end_time() = ToTimestamp(absl::FromCivil(absl::CivilHour(day) + to, zone));
    for (const std::string& person : people) roster.add_people()->set_employee(person);
    return world_.Call<pb::DutyRoster>(as_boss_, absl::StrCat(kRosters, "CreateDutyRoster"), request);
  }

  World& world_;
  const pb::Employee boss_, anna_, bert_;
  const auth::Principal as_boss_, as_anna_;
};

// G-10, F-12: two at least, each once, nobody at two desks, nobody on leave.
TEST_F(DutyTest, TwoAreAtTheReceptionDesk) {
  const auto alone = Plan({anna_.name()}, 9, 13);
  EXPECT_THAT(alone, HasReason("ROSTER_TOO_SMALL"));
  EXPECT_EQ(MetadataValue(alone.status(), "limit"), "2");
  EXPECT_THAT(Plan({anna_.name(), anna_.name()}, 9, 13), HasReason("MEMBER_REPEATED"));
  EXPECT_THAT(Plan({anna_.name(), bert_.name()}, 13, 9), HasReason("ROSTER_WINDOW_INVALID"));
  const auto shift = Plan({anna_.name(), bert_.name()}, 9, 13);
  ASSERT_THAT(shift, IsOk());
  const pb::Employee carl = world_.AddEmployee("KAX");
  EXPECT_THAT(Plan({bert_.name(), carl.name()}, 12, 14, "二楼接待台"), HasReason("ON_DUTY_ELSEWHERE"));
  EXPECT_THAT(Plan({bert_.name(), carl.name()}, 13, 17), IsOk()) << "one shift after the other";
  pb::UpdateDutyRosterRequest update;
  update.mutable_duty_roster()->set_name(shift->name());
  update.mutable_duty_roster()->add_people()->set_employee(anna_.name());
  update.mutable_update_mask()->add_paths("people");
  EXPECT_THAT(world_.Call<pb::DutyRoster>(as_boss_, absl::StrCat(kRosters, "UpdateDutyRoster"), update),
              HasReason("ROSTER_TOO_SMALL"));
  EXPECT_THAT(world_.Call<pb::DutyRoster>(as_anna_, absl::StrCat(kRosters, "UpdateDutyRoster"), update),
              StatusIs(absl::StatusCode::kPermissionDenied));
}

// G-10, F-12, G-06: who is on leave is on no shift; when leave is granted, whoever made the rota learns it.
TEST_F(DutyTest, NobodyOnLeaveIsOnAShift) {
  const pb::Employee planner = world_.AddEmployee("KAM");
  const auth::Principal as_planner = world_.As(planner, "KAM");
  const auto shift = Plan({anna_.name(), bert_.name()}, 14, 17);
  ASSERT_THAT(shift, IsOk());
  world_.harness().db().Execute(
      absl::StrCat("UPDATE duty_rosters SET creator = '", planner.name(), "' WHERE id = '", IdOf(shift->name()), "'"));
  pb::CreateLeaveRequestRequest request;
  pb::LeaveRequest& leave = *request.mutable_leave_request();
  leave.set_kind(pb::LEAVE_KIND_PERSONAL);
  leave.set_start_date("2026-01-06");
  leave.set_end_date("2026-01-06");
  leave.set_starts_at_noon(true);
  leave.set_reason("办理证件");
  const std::string service = "kam.organization.v1.LeaveRequestService/";
  const auto asked = world_.Call<pb::LeaveRequest>(as_anna_, service + "CreateLeaveRequest", request);
  ASSERT_THAT(asked, IsOk());
  pb::ApproveLeaveRequest approve;
  approve.set_name(asked->name());
  approve.set_etag(asked->etag());
  ASSERT_THAT(world_.Call<pb::LeaveRequest>(as_boss_, service + "ApproveLeave", approve), IsOk());
  const auto inbox = world_.Call<pb::ListNotificationsResponse>(
      as_planner, "kam.organization.v1.NotificationService/ListNotifications", kam::api::ListRequest());
  ASSERT_THAT(inbox, IsOk());
  ASSERT_THAT(inbox->notifications(), SizeIs(1));
  EXPECT_EQ(inbox->notifications(0).subject(), shift->name());
  const pb::Employee carl = world_.AddEmployee("KAX");
  const auto refused = Plan({anna_.name(), carl.name()}, 11, 13);
  EXPECT_THAT(refused, HasReason("ON_LEAVE"));
  EXPECT_EQ(MetadataValue(refused.status(), "employee"), anna_.name());
  EXPECT_THAT(Plan({anna_.name(), carl.name()}, 9, 12), IsOk()) << "half a day of leave";
}

// G-20: what a customer offers is reported by whoever was offered it, and read by him, those above him and personnel.
TEST_F(DutyTest, GiftsAreReported) {
  pb::CreateGiftReportRequest create;
  pb::GiftReport& report = *create.mutable_gift_report();
  report.set_giver("华东物流 采购部 李经理");
  report.set_item("购物卡");
  report.mutable_value()->set_currency_code("CNY");
  report.mutable_value()->set_units(1000);
  report.set_offer_date("2026-01-06");
  report.set_outcome(pb::GIFT_OUTCOME_REFUSED);
  const std::string method = absl::StrCat(kGifts, "CreateGiftReport");
  EXPECT_THAT(world_.Call<pb::GiftReport>(as_anna_, method, create), HasReason("DATE_IN_FUTURE"));
  report.set_offer_date("2026-01-05");
  report.mutable_value()->set_units(-1);
  EXPECT_THAT(world_.Call<pb::GiftReport>(as_anna_, method, create), HasReason("AMOUNT_NEGATIVE"));
  report.mutable_value()->set_units(1000);
  const auto made = world_.Call<pb::GiftReport>(as_anna_, method, create);
  ASSERT_THAT(made, IsOk());
  EXPECT_EQ(made->employee(), anna_.name());
  kam::api::GetRequest get;
  get.set_name(made->name());
  const auto read = [&](const auth::Principal& who) {
    return world_.Call<pb::GiftReport>(who, absl::StrCat(kGifts, "GetGiftReport"), get);
  };
  EXPECT_THAT(read(as_boss_), IsOk());
  EXPECT_THAT(read(world_.As(world_.AddEmployee(""), "HR")), IsOk());
  EXPECT_THAT(read(world_.As(bert_, "KAX")), StatusIs(absl::StatusCode::kNotFound));
  pb::UpdateGiftReportRequest update;
  update.mutable_gift_report()->set_name(made->name());
  update.mutable_gift_report()->set_outcome(pb::GIFT_OUTCOME_HANDED_IN);
  update.mutable_update_mask()->add_paths("outcome");
  const std::string change = absl::StrCat(kGifts, "UpdateGiftReport");
  EXPECT_THAT(world_.Call<pb::GiftReport>(as_boss_, change, update), StatusIs(absl::StatusCode::kNotFound));
  ASSERT_THAT(world_.Call<pb::GiftReport>(as_anna_, change, update), IsOk());
  kam::api::HistoryRequest history;
  history.set_name(made->name());
  const auto changes =
      world_.Call<kam::api::HistoryResponse>(as_boss_, absl::StrCat(kGifts, "GetGiftReportHistory"), history);
  ASSERT_THAT(changes, IsOk());
  EXPECT_EQ(changes->entries_size(), 2);
}

// G-10, G-22, F-12: who is on a shift is told; whoever made it learns that somebody will be missing, also when he
// grants the leave himself, and of somebody who leaves the company.
TEST_F(DutyTest, WhoIsOnAShiftIsToldAndWhoMadeItLearnsWhoWillBeMissing) {
  const auto told = [&](const auth::Principal& who, const std::string& about) {
    const auto inbox = world_.Call<pb::ListNotificationsResponse>(
        who, "kam.organization.v1.NotificationService/ListNotifications", kam::api::ListRequest());
    EXPECT_THAT(inbox, IsOk());
    int found = 0;
    const pb::ListNotificationsResponse answer = inbox.value_or(pb::ListNotificationsResponse());
    for (const pb::Notification& notice : answer.notifications()) {
      found += notice.subject() == about ? 1 : 0;
    }
    return found;
  };
  const auth::Principal as_bert = world_.As(bert_, "KAX");
  const auto shift = Plan({anna_.name(), bert_.name()}, 9, 13);
  ASSERT_THAT(shift, IsOk());
  EXPECT_EQ(told(as_anna_, shift->name()), 1);
  EXPECT_EQ(told(as_boss_, shift->name()), 0);
  const pb::Employee carl = world_.AddEmployee("KAX");
  pb::UpdateDutyRosterRequest update;
  update.mutable_duty_roster()->set_name(shift->name());
  update.mutable_duty_roster()->add_people()->set_employee(anna_.name());
  update.mutable_duty_roster()->add_people()->set_employee(carl.name());
  update.mutable_update_mask()->add_paths("people");
  ASSERT_THAT(world_.Call<pb::DutyRoster>(as_boss_, absl::StrCat(kRosters, "UpdateDutyRoster"), update), IsOk());
  EXPECT_EQ(told(as_bert, shift->name()), 2) << "no longer";
  EXPECT_EQ(told(world_.As(carl, "KAX"), shift->name()), 1);
  EXPECT_EQ(told(as_anna_, shift->name()), 1) << "nothing has changed for her";

  pb::CreateLeaveRequestRequest request;
  request.mutable_leave_request()->set_kind(pb::LEAVE_KIND_PERSONAL);
  request.mutable_leave_request()->set_start_date("2026-01-06");
  request.mutable_leave_request()->set_end_date("2026-01-06");
  request.mutable_leave_request()->set_reason("办理证件");
  const std::string service = "kam.organization.v1.LeaveRequestService/";
  const auto asked = world_.Call<pb::LeaveRequest>(as_anna_, service + "CreateLeaveRequest", request);
  ASSERT_THAT(asked, IsOk());
  pb::ApproveLeaveRequest approve;
  approve.set_name(asked->name());
  approve.set_etag(asked->etag());
  ASSERT_THAT(world_.Call<pb::LeaveRequest>(as_boss_, service + "ApproveLeave", approve), IsOk());
  EXPECT_EQ(told(as_boss_, shift->name()), 1) << "his own rota, his own approval";

  pb::UpdateEmployeeRequest leaves;
  leaves.mutable_employee()->set_name(carl.name());
  leaves.mutable_employee()->set_leave_date("2026-01-05");
  leaves.mutable_employee()->set_leave_reason(pb::EMPLOYEE_LEAVE_REASON_RESIGNED);
  leaves.mutable_update_mask()->add_paths("leave_date");
  leaves.mutable_update_mask()->add_paths("leave_reason");
  ASSERT_THAT(world_.Call<pb::Employee>(world_.hr(), "kam.organization.v1.EmployeeService/UpdateEmployee", leaves),
              IsOk());
  EXPECT_EQ(told(as_boss_, shift->name()), 2);
}

}  // namespace
}  // namespace kam::account
