// What the other services bring for the inboxes (G-22), over real gRPC and a real database.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "absl/strings/str_cat.h"
#include "account-svc/context.h"
#include "account-svc/rights_loader.h"
#include "account-svc/testing/account_fixture.h"
#include "common/testing/matchers.h"
#include "kam/api/standard.pb.h"
#include "kam/organization/v1/notification_service.pb.h"

namespace kam::account {
namespace {

namespace pb = organization::v1;
using testing::HasReason;
using ::testing::IsEmpty;
using testing::IsOk;
using ::testing::SizeIs;
using testing::StatusIs;

constexpr char kService[] = "kam.organization.v1.NotificationService/";

class NoticeIntakeTest : public ::testing::Test {
 protected:
  NoticeIntakeTest() : world_(World::Get()), department_(world_.AddDepartment()), other_(world_.AddDepartment()) {}
  void SetUp() override {
    // How far a right reaches stands in the delivered rows.
    const auto rights = ReadRights("account-svc/rights");
    ASSERT_THAT(rights, IsOk());
    ASSERT_THAT(LoadRights(world_.harness().db().database(), world_.harness().clock(), *rights), IsOk());
  }

  static pb::Notice Notice(pb::NoticeAudience audience, const std::string& whom = {}) {
    pb::Notice notice;
    notice.set_audience(audience);
    notice.set_whom(whom);
    notice.set_kind(pb::NOTIFICATION_KIND_APPROVAL);
    notice.set_title("待审批 Waits for your decision: AP2026-000001");
    notice.set_subject("approvalRequests/00000000000000000000000001");
    return notice;
  }
  static pb::DeliverNoticesRequest About(const pb::Notice& notice) {
    pb::DeliverNoticesRequest request;
    *request.add_notices() = notice;
    request.set_request_id(RequestId());
    return request;
  }
  absl::StatusOr<pb::DeliverNoticesResponse> Deliver(const auth::Principal& who,
                                                     const pb::DeliverNoticesRequest& request) {
    return world_.Call<pb::DeliverNoticesResponse>(who, absl::StrCat(kService, "DeliverNotices"), request);
  }
  absl::StatusOr<pb::DeliverNoticesResponse> Deliver(const pb::DeliverNoticesRequest& request) {
    return Deliver(testing::Harness::Program("contract-svc", {"notification.deliver"}), request);
  }
  int Told(const pb::Employee& person) {
    return static_cast<int>(
        world_.harness()
            .db()
            .Get(absl::StrCat("SELECT COUNT(*) FROM notifications WHERE recipient = '", IdOf(person.name()), "'"))
            .integer());
  }
  void Mute(const auth::Principal& who, pb::NotificationKind kind) {
    pb::CreateNotificationPreferenceRequest request;
    request.mutable_notification_preference()->set_kind(kind);
    request.mutable_notification_preference()->set_muted(true);
    ASSERT_THAT(
        world_.Call<pb::NotificationPreference>(who, absl::StrCat(kService, "CreateNotificationPreference"), request),
        IsOk());
  }

  World& world_;
  const pb::Department department_, other_;
};

// G-22, G-02: the programs of the suite bring notices; no person does, whatever he holds.
TEST_F(NoticeIntakeTest, OnlyProgramsBringNotices) {
  const pb::Employee anna = world_.AddEmployee("KAX", department_.name());
  const pb::DeliverNoticesRequest request = About(Notice(pb::NOTICE_AUDIENCE_PERSON, anna.name()));
  for (const char* role : {"GM", "GAM", "HR", "KAX", "ERP"}) {
    EXPECT_THAT(Deliver(world_.harness().PrincipalFor(role, world_.harness().NewId()), request),
                StatusIs(absl::StatusCode::kPermissionDenied))
        << role;
  }
  EXPECT_THAT(Deliver(testing::Harness::Program("gateway", {"directory.resolve"}), request),
              StatusIs(absl::StatusCode::kPermissionDenied));
  EXPECT_EQ(Told(anna), 0);
  ASSERT_THAT(Deliver(request), IsOk());
  EXPECT_EQ(Told(anna), 1);
  kam::api::ListRequest list;
  const auto inbox = world_.Call<pb::ListNotificationsResponse>(world_.As(anna, "KAX"),
                                                                absl::StrCat(kService, "ListNotifications"), list);
  ASSERT_THAT(inbox, IsOk());
  ASSERT_THAT(inbox->notifications(), SizeIs(1));
  EXPECT_EQ(inbox->notifications(0).subject(), "approvalRequests/00000000000000000000000001");
  EXPECT_EQ(inbox->notifications(0).kind(), pb::NOTIFICATION_KIND_APPROVAL);
}

// G-22: the same call again tells nobody twice; what is not complete is refused.
TEST_F(NoticeIntakeTest, TheSameCallAgainTellsNobodyTwice) {
  const pb::Employee anna = world_.AddEmployee("KAX", department_.name());
  pb::DeliverNoticesRequest request = About(Notice(pb::NOTICE_AUDIENCE_PERSON, anna.name()));
  ASSERT_THAT(Deliver(request), IsOk());
  ASSERT_THAT(Deliver(request), IsOk());
  EXPECT_EQ(Told(anna), 1);
  request.mutable_notices(0)->set_title("another");
  EXPECT_THAT(Deliver(request), HasReason("REQUEST_ID_REUSED"));
  request.clear_request_id();
  EXPECT_THAT(Deliver(request), HasReason("FIELD_REQUIRED"));
  pb::DeliverNoticesRequest to_nobody = About(Notice(pb::NOTICE_AUDIENCE_UNSPECIFIED, anna.name()));
  EXPECT_THAT(Deliver(to_nobody), HasReason("FIELD_REQUIRED"));
  EXPECT_EQ(Told(anna), 1);
}

// G-22: who has muted the kind, has left or is excepted is not told; the superiors of somebody are those of today.
TEST_F(NoticeIntakeTest, WhoDoesNotWantItOrHasLeftIsNotTold) {
  const pb::Employee boss = world_.AddEmployee("KAM", department_.name());
  const pb::Employee second = world_.AddEmployee("KAM", department_.name());
  const pb::Employee muted = world_.AddEmployee("KAM", department_.name());
  const pb::Employee gone = world_.AddEmployee("KAM", department_.name());
  const pb::Employee anna =
      world_.AddEmployee("KAX", department_.name(), {boss.name(), second.name(), muted.name(), gone.name()});
  Mute(world_.As(muted, "KAM"), pb::NOTIFICATION_KIND_APPROVAL);
  world_.harness().db().Execute(
      absl::StrCat("UPDATE employees SET leave_date = '2025-12-31' WHERE id = '", IdOf(gone.name()), "'"));
  pb::DeliverNoticesRequest request = About(Notice(pb::NOTICE_AUDIENCE_SUPERIORS, anna.name()));
  request.set_except(second.name());
  ASSERT_THAT(Deliver(request), IsOk());
  EXPECT_EQ(Told(boss), 1);
  EXPECT_EQ(Told(second), 0);
  EXPECT_EQ(Told(muted), 0);
  EXPECT_EQ(Told(gone), 0);
  EXPECT_EQ(Told(anna), 0);
}

// G-03, G-05, G-22: of those who hold the role only those are told whose right reaches the row: by its owner, or by
// whoever has a seat at its account.
TEST_F(NoticeIntakeTest, HoldersAreToldAsFarAsTheirRightReaches) {
  const pb::Employee lead = world_.AddEmployee("BDS", department_.name());
  const pb::Employee anna = world_.AddEmployee("KAX", department_.name(), {lead.name()}, "华东");
  const pb::Employee here = world_.AddEmployee("KAM", department_.name());
  const pb::Employee there = world_.AddEmployee("KAM", other_.name());
  const pb::Employee other_lead = world_.AddEmployee("BDS", department_.name());
  const pb::Employee east = world_.AddEmployee("RM", "", {}, "华东");
  const pb::Employee west = world_.AddEmployee("RM", "", {}, "西北");
  const pb::Employee director = world_.AddEmployee("SD");
  const pb::Employee assistant = world_.AddEmployee("KAA", department_.name());
  pb::Notice notice = Notice(pb::NOTICE_AUDIENCE_HOLDERS);
  for (const char* role : {"BDS", "KAM", "RM", "SD", "KAA"}) notice.add_roles(role);
  notice.set_permission("approval.decide");
  notice.set_owner(anna.name());
  ASSERT_THAT(Deliver(About(notice)), IsOk());
  EXPECT_EQ(Told(lead), 1) << "team";
  EXPECT_EQ(Told(other_lead), 0);
  EXPECT_EQ(Told(here), 1) << "department";
  EXPECT_EQ(Told(there), 0);
  EXPECT_EQ(Told(east), 1) << "region";
  EXPECT_EQ(Told(west), 0);
  EXPECT_EQ(Told(director), 1) << "all";
  EXPECT_EQ(Told(assistant), 0) << "the role decides nothing";
  EXPECT_EQ(Told(anna), 0);

  // Somebody of another department has the account: his department reaches the row as well.
  const pb::Employee owner = world_.AddEmployee("KAX", other_.name());
  const auto account = world_.AddAccount(world_.As(owner, "KAX"));
  notice.set_account(account.name());
  ASSERT_THAT(Deliver(About(notice)), IsOk());
  EXPECT_EQ(Told(there), 1);
  // A named person without the right is not asked to decide.
  pb::Notice to_assistant = Notice(pb::NOTICE_AUDIENCE_PERSON, assistant.name());
  to_assistant.set_permission("approval.decide");
  to_assistant.set_owner(anna.name());
  ASSERT_THAT(Deliver(About(to_assistant)), IsOk());
  EXPECT_EQ(Told(assistant), 0);
}

// A-07, G-22: what concerns an account goes to those who have it.
TEST_F(NoticeIntakeTest, ThoseOfAnAccountAreTold) {
  const pb::Employee owner = world_.AddEmployee("KAX", department_.name());
  const pb::Employee colleague = world_.AddEmployee("KAX", department_.name());
  pb::Notice notice = Notice(pb::NOTICE_AUDIENCE_ACCOUNT);
  notice.set_account(world_.AddAccount(world_.As(owner, "KAX")).name());
  notice.set_permission("contract.read");
  ASSERT_THAT(Deliver(About(notice)), IsOk());
  EXPECT_EQ(Told(owner), 1);
  EXPECT_EQ(Told(colleague), 0);
}

// G-22: without roles everybody who holds the right is told, by whichever of his roles.
TEST_F(NoticeIntakeTest, EverybodyWithTheRightIsTold) {
  const pb::Employee writes = world_.AddEmployee("CRMD");  // complaint_policy.write
  const pb::Employee reads = world_.AddEmployee("SVM");
  pb::Notice notice = Notice(pb::NOTICE_AUDIENCE_HOLDERS);
  notice.set_permission("complaint_policy.write");
  ASSERT_THAT(Deliver(About(notice)), IsOk());
  EXPECT_EQ(Told(writes), 1);
  EXPECT_EQ(Told(reads), 0);
}

// G-22: many are told some at a time, each once.
TEST_F(NoticeIntakeTest, ManyAreToldInPortions) {
  constexpr int kMany = 203;
  std::vector<pb::Employee> people;
  for (int i = 0; i < kMany; ++i) people.push_back(world_.AddEmployee("PTM"));
  pb::Notice notice = Notice(pb::NOTICE_AUDIENCE_HOLDERS);
  notice.add_roles("PTM");
  pb::DeliverNoticesRequest request = About(notice);
  const auto first = Deliver(request);
  ASSERT_THAT(first, IsOk());
  ASSERT_FALSE(first->next().empty());
  request.set_after(first->next());
  request.set_request_id(RequestId());
  const auto second = Deliver(request);
  ASSERT_THAT(second, IsOk());
  EXPECT_EQ(second->next(), "");
  for (const pb::Employee& person : people) EXPECT_EQ(Told(person), 1);
}

}  // namespace
}  // namespace kam::account
