// Reminders about accounts, over real gRPC and a real database.
#include <gtest/gtest.h>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "account-svc/context.h"
#include "account-svc/testing/account_fixture.h"
#include "common/testing/matchers.h"
#include "kam/account/v1/account_reminder_service.pb.h"
#include "kam/account/v1/account_service.pb.h"
#include "kam/api/standard.pb.h"
#include "kam/organization/v1/notification_service.pb.h"

namespace kam::account {
namespace {

using testing::HasReason;
using testing::IsOk;
using v1::Account;
using v1::AccountReminder;

std::string Accounts(absl::string_view verb) { return absl::StrCat("kam.account.v1.AccountService/", verb); }
std::string Reminders(absl::string_view verb) { return absl::StrCat("kam.account.v1.AccountReminderService/", verb); }

class ReminderTest : public ::testing::Test {
 protected:
  ReminderTest()
      : world_(World::Get()),
        department_(world_.AddDepartment()),
        head_(world_.AddEmployee("GAM", department_.name())),
        seller_(world_.AddEmployee("KAX", department_.name(), {head_.name()})),
        gam_(world_.As(head_, "GAM")),
        kax_(world_.As(seller_, "KAX")) {
    const Account draft = world_.AddAccount(kax_);
    account_ = draft.name();
    world_.AddContact(kax_, account_);
    v1::SubmitAccountRequest submit;
    submit.set_name(account_);
    const auto submitted = world_.Call<Account>(kax_, Accounts("SubmitAccount"), submit);
    v1::VerifyAccountRequest verify;
    verify.set_name(account_);
    verify.set_etag(submitted->etag());
    verify.set_evidence("营业执照");
    EXPECT_THAT(world_.Call<Account>(gam_, Accounts("VerifyAccount"), verify), IsOk());
    world_.Assign(gam_, account_, seller_.name());
    Activate();
  }
  void Activate() {
    v1::ActivateAccountRequest activate;
    activate.set_name(account_);
    EXPECT_THAT(world_.Call<Account>(gam_, Accounts("ActivateAccount"), activate), IsOk());
  }
  // What is open for the account falls due now.
  void LetFallDue() {
    world_.harness().db().Execute(
        absl::StrCat("UPDATE due_items SET due_time = '2026-01-04 00:00:00', not_before = '2026-01-04 00:00:00' WHERE "
                     "done_time IS NULL AND resource = '",
                     account_, "'"));
    world_.RunDue();
  }
  std::vector<AccountReminder> Listed() {
    kam::api::ListRequest request;
    request.set_filter(absl::StrCat("account = \"", account_, "\""));
    const auto list = world_.Call<v1::ListAccountRemindersResponse>(kax_, Reminders("ListAccountReminders"), request);
    EXPECT_THAT(list, IsOk());
    return {list->account_reminders().begin(), list->account_reminders().end()};
  }

  World& world_;
  organization::v1::Department department_;
  organization::v1::Employee head_, seller_;
  auth::Principal gam_, kax_;
  std::string account_;
};

// a dormant customer is called again and again, until it is no longer dormant.
TEST_F(ReminderTest, DormantCustomersAreCalledAgainAndAgain) {
  LetFallDue();
  EXPECT_EQ(Listed().size(), 0);
  v1::MarkAccountDormantRequest dormant;
  dormant.set_name(account_);
  dormant.set_reason("半年无业务");
  ASSERT_THAT(world_.Call<Account>(gam_, Accounts("MarkAccountDormant"), dormant), IsOk());
  EXPECT_EQ(Listed().size(), 0);
  LetFallDue();
  ASSERT_EQ(Listed().size(), 1);
  EXPECT_EQ(Listed()[0].kind(), v1::ACCOUNT_REMINDER_KIND_DORMANT_CALL);
  EXPECT_EQ(Listed()[0].owner(), seller_.name());
  // Not told twice about the same call.
  LetFallDue();
  ASSERT_EQ(Listed().size(), 1);
  v1::CompleteAccountReminderRequest done;
  done.set_name(Listed()[0].name());
  done.set_result("客户下月恢复采购");
  ASSERT_THAT(world_.Call<AccountReminder>(kax_, Reminders("CompleteAccountReminder"), done), IsOk());
  EXPECT_THAT(world_.Call<AccountReminder>(kax_, Reminders("CompleteAccountReminder"), done),
              HasReason("STATE_NOT_ALLOWED"));
  LetFallDue();
  ASSERT_EQ(Listed().size(), 2);
  v1::MarkAccountLostRequest lost;
  lost.set_name(account_);
  lost.set_reason("转向对手");
  ASSERT_THAT(world_.Call<Account>(gam_, Accounts("MarkAccountLost"), lost), IsOk());
  EXPECT_EQ(Listed()[1].state(), v1::ACCOUNT_REMINDER_STATE_DROPPED);
  LetFallDue();
  ASSERT_EQ(Listed().size(), 3);
  EXPECT_EQ(Listed()[2].kind(), v1::ACCOUNT_REMINDER_KIND_LOST_CALL);
  Activate();
  EXPECT_EQ(Listed()[2].state(), v1::ACCOUNT_REMINDER_STATE_DROPPED);
  LetFallDue();
  EXPECT_EQ(Listed().size(), 3);
}

// value and potential are looked at again on their day.
TEST_F(ReminderTest, TheTierIsReviewedOnItsDay) {
  world_.ProposeTier(world_.As(world_.AddEmployee("KAM", department_.name()), "KAM"), account_, v1::TIER_A);
  v1::ConfirmAccountTierRequest tier;
  tier.set_name(account_);
  tier.set_tier(v1::TIER_A);
  tier.set_reason("年度评估");
  tier.set_review_date("2026-12-31");
  ASSERT_THAT(world_.Call<Account>(gam_, Accounts("ConfirmAccountTier"), tier), IsOk());
  world_.RunDue();
  EXPECT_EQ(Listed().size(), 0);
  LetFallDue();
  ASSERT_EQ(Listed().size(), 1);
  EXPECT_EQ(Listed()[0].kind(), v1::ACCOUNT_REMINDER_KIND_TIER_REVIEW);
}

// what is to be done about an account goes with it, and whoever owns it now is told.
TEST_F(ReminderTest, AReminderFollowsTheOwner) {
  const auto inbox = [&](const auth::Principal& who) {
    const auto list = world_.Call<organization::v1::ListNotificationsResponse>(
        who, "kam.organization.v1.NotificationService/ListNotifications", kam::api::ListRequest());
    EXPECT_THAT(list, IsOk());
    int calls = 0;
    if (list.ok()) {
      for (const auto& notice : list->notifications()) calls += absl::StrContains(notice.title(), "客户回访") ? 1 : 0;
    }
    return calls;
  };
  const auto mine = [&](const auth::Principal& who) {
    kam::api::ListRequest request;
    request.set_filter(absl::StrCat("account = \"", account_, "\""));
    const auto list = world_.Call<v1::ListAccountRemindersResponse>(who, Reminders("ListAccountReminders"), request);
    EXPECT_THAT(list, IsOk());
    return list.ok() ? list->account_reminders_size() : -1;
  };
  v1::MarkAccountDormantRequest dormant;
  dormant.set_name(account_);
  dormant.set_reason("半年无业务");
  ASSERT_THAT(world_.Call<Account>(gam_, Accounts("MarkAccountDormant"), dormant), IsOk());
  LetFallDue();
  ASSERT_EQ(mine(kax_), 1);
  EXPECT_EQ(inbox(kax_), 1);

  const auto heir = world_.AddEmployee("KAX", department_.name(), {head_.name()});
  const auth::Principal as_heir = world_.As(heir, "KAX");
  v1::TransferOwnerRequest transfer;
  transfer.set_name(account_);
  transfer.set_successor(heir.name());
  transfer.set_reason("调整");
  ASSERT_THAT(world_.Call<Account>(gam_, Accounts("TransferOwner"), transfer), IsOk());
  EXPECT_EQ(mine(kax_), 0);
  EXPECT_EQ(mine(as_heir), 1);
  EXPECT_EQ(inbox(as_heir), 1);
  EXPECT_EQ(inbox(kax_), 1) << "told once, when it was his";

  // Nobody's: it waits for whoever claims the account.
  v1::ReleaseOwnerRequest release;
  release.set_name(account_);
  release.set_reason("无力跟进");
  ASSERT_THAT(world_.Call<Account>(as_heir, Accounts("ReleaseOwner"), release), IsOk());
  EXPECT_EQ(mine(as_heir), 0);
  v1::ClaimAccountRequest claim;
  claim.set_name(account_);
  claim.set_reason("初次拜访");
  claim.set_evidence("拜访记录");
  const auto third = world_.AddEmployee("KAX", department_.name(), {head_.name()});
  const auth::Principal as_third = world_.As(third, "KAX");
  ASSERT_THAT(world_.Call<Account>(as_third, Accounts("ClaimAccount"), claim), IsOk());
  EXPECT_EQ(mine(as_third), 1);
  EXPECT_EQ(inbox(as_third), 0) << "nobody is told of what comes of his own act; it is in his list";
}

}  // namespace
}  // namespace kam::account
