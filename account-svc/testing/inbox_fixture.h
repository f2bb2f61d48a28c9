// A seller and her superior, the delivered rights, and what is in the inbox of either (G-22).
#ifndef KAM_ACCOUNT_SVC_TESTING_INBOX_FIXTURE_H_
#define KAM_ACCOUNT_SVC_TESTING_INBOX_FIXTURE_H_

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "account-svc/context.h"
#include "account-svc/rights_loader.h"
#include "account-svc/testing/account_fixture.h"
#include "common/testing/matchers.h"
#include "kam/api/standard.pb.h"
#include "kam/organization/v1/department_service.pb.h"
#include "kam/organization/v1/notification_service.pb.h"

namespace kam::account {

class InboxTest : public ::testing::Test {
 protected:
  InboxTest()
      : world_(World::Get()),
        department_(world_.AddDepartment()),
        boss_(world_.AddEmployee("KAM", department_.name())),
        anna_(world_.AddEmployee("KAX", department_.name(), {boss_.name()})),
        as_boss_(world_.As(boss_, "KAM", {IdOf(anna_.name())})),
        as_anna_(world_.As(anna_, "KAX")) {}

  std::vector<organization::v1::Notification> Inbox(const auth::Principal& who) {
    kam::api::ListRequest request;
    request.set_order_by("create_time");
    const auto list = world_.Call<organization::v1::ListNotificationsResponse>(
        who, "kam.organization.v1.NotificationService/ListNotifications", request);
    EXPECT_THAT(list, testing::IsOk());
    return list.ok()
               ? std::vector<organization::v1::Notification>(list->notifications().begin(), list->notifications().end())
               : std::vector<organization::v1::Notification>();
  }
  // Runs what is due at a time of the company.
  void RunAt(const char* time) {
    FakeClock& clock = world_.harness().clock();
    absl::Time at;
    std::string error;
    ASSERT_TRUE(absl::ParseTime("%Y-%m-%d %H:%M", time, world_.harness().runtime().zone(), &at, &error)) << error;
    clock.Set(at);
    world_.RunDue();
  }
  void SetUp() override {
    before_ = world_.harness().clock().Now();
    // Who may decide stands in the delivered rights.
    const auto rights = ReadRights("account-svc/rights");
    ASSERT_THAT(rights, testing::IsOk());
    ASSERT_THAT(LoadRights(world_.harness().db().database(), world_.harness().clock(), *rights), testing::IsOk());
  }
  void TearDown() override { world_.harness().clock().Set(before_); }

  World& world_;
  const organization::v1::Department department_;
  const organization::v1::Employee boss_, anna_;
  const auth::Principal as_boss_, as_anna_;
  absl::Time before_;
};

}  // namespace kam::account

#endif  // KAM_ACCOUNT_SVC_TESTING_INBOX_FIXTURE_H_
