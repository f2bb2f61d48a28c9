// What the other programs are told of the cases of an account, over real gRPC and MariaDB.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "aftersales-svc/env.h"
#include "aftersales-svc/testing/world.h"
#include "common/testing/matchers.h"
#include "kam/business/v1/business_service.pb.h"

namespace kam::aftersales {
namespace {

using business::v1::BatchGetAftersalesFiguresResponse;
using business::v1::BatchGetFiguresRequest;
using business::v1::ListOpenBusinessRequest;
using business::v1::ListOpenBusinessResponse;
using ::kam::testing::HasReason;
using ::kam::testing::IsOk;
using ::kam::testing::StatusIs;
using testing::World;

constexpr char kService[] = "kam.business.v1.AftersalesBusinessService/";

class AccountCasesTest : public ::testing::Test {
 protected:
  AccountCasesTest() : world_(World::Fresh()), account_(world_.NewAccount()) { world_.SetTime("2026-03-10 09:00"); }

  static auth::Principal Asker() {
    return ::kam::testing::Harness::Program("account-svc", {"aftersales_business.resolve"});
  }
  // A complaint received at this time on the wall, written past the rules.
  std::string AddComplaint(const std::string& state, const std::string& at, const std::string& grade = "ORDINARY") {
    const std::string id = world_.harness().NewId();
    world_.harness().db().Execute(absl::StrCat(
        "INSERT INTO complaints (id, version, create_time, update_time, creator, updater, number, account, category, "
        "severity, description, channel, receive_time, state, complaint_class, handler) VALUES ('",
        id, "', 1, NOW(6), NOW(6), 'programs/test', 'programs/test', '", id, "', '", IdOf(account_),
        "', 'PRODUCT', 'MEDIUM', 'x', 'PHONE', '",
        absl::FormatTime("%Y-%m-%d %H:%M:%S", World::At(at), absl::UTCTimeZone()), "', '", state, "', '", grade, "', '",
        world_.As("CSR").employee, "')"));
    return absl::StrCat("complaints/", id);
  }
  ListOpenBusinessResponse Open(int items_max = 0) {
    ListOpenBusinessRequest request;
    request.set_items_max(items_max);
    request.add_accounts(account_);
    const auto open = world_.harness().Call<ListOpenBusinessResponse>(
        Asker(), absl::StrCat(kService, "ListOpenAftersalesBusiness"), request);
    EXPECT_THAT(open, IsOk());
    return open.value_or(ListOpenBusinessResponse());
  }
  absl::StatusOr<BatchGetAftersalesFiguresResponse> Figures(const std::string& from, const std::string& until) {
    BatchGetFiguresRequest request;
    request.add_accounts(account_);
    request.set_from_month(from);
    request.set_until_month(until);
    return world_.harness().Call<BatchGetAftersalesFiguresResponse>(
        Asker(), absl::StrCat(kService, "BatchGetAftersalesFigures"), request);
  }

  World& world_;
  const std::string account_;
};

//
TEST_F(AccountCasesTest, OnlyWhatIsNotOverIsListed) {
  EXPECT_EQ(Open().items_size(), 0);
  const std::string open = AddComplaint("INVESTIGATING", "2026-03-09 10:00");
  for (const char* over : {"CLOSED", "REJECTED", "DUPLICATE"}) AddComplaint(over, "2026-03-09 10:00");
  const ListOpenBusinessResponse listed = Open();
  ASSERT_EQ(listed.items_size(), 1);
  EXPECT_EQ(listed.items(0).name(), open);
  EXPECT_EQ(listed.items(0).account(), account_);
  EXPECT_EQ(listed.items(0).kind(), "COMPLAINT");
  EXPECT_EQ(listed.items(0).state(), "INVESTIGATING");
  EXPECT_EQ(listed.items(0).owner(), world_.Name("CSR"));
}

// an account with more than was asked for is named, and all of it is counted.
TEST_F(AccountCasesTest, WhatIsNotListedIsCounted) {
  for (int i = 0; i < 3; ++i) AddComplaint("INVESTIGATING", "2026-03-09 10:00");
  const ListOpenBusinessResponse two = Open(2);
  EXPECT_EQ(two.items_size(), 2);
  ASSERT_EQ(two.truncated_accounts_size(), 1);
  ASSERT_EQ(two.counts_size(), 1);
  EXPECT_EQ(two.counts(0).account(), account_);
  EXPECT_EQ(two.counts(0).kind(), "COMPLAINT");
  EXPECT_EQ(two.counts(0).count(), 3);
  EXPECT_FALSE(two.counts(0).has_amount());
  EXPECT_EQ(Open(3).counts_size(), 0);
}

// open or over, within the rights of the reader who is named: whoever handles a complaint sees it.
TEST_F(AccountCasesTest, DealingsAreListedWithinTheRightsOfTheReader) {
  AddComplaint("CLOSED", "2026-03-08 10:00");
  const std::string open = AddComplaint("INVESTIGATING", "2026-03-09 10:00");
  const auto dealings = [&](const std::string& employee, const std::string& level) {
    business::v1::ListDealingsRequest request;
    request.set_account(account_);
    request.mutable_reader()->set_employee(employee);
    auto* right = request.mutable_reader()->add_rights();
    right->set_permission("complaint.read");
    right->set_level(level);
    const auto answer = world_.harness().Call<business::v1::ListDealingsResponse>(
        Asker(), absl::StrCat(kService, "ListAftersalesDealings"), request);
    EXPECT_THAT(answer, IsOk());
    return answer.value_or(business::v1::ListDealingsResponse());
  };
  const auto seen = dealings(world_.Name("CSR"), "own");
  ASSERT_EQ(seen.parts_size(), 3);
  ASSERT_EQ(seen.parts(0).dealings_size(), 2);
  EXPECT_EQ(seen.parts(0).dealings(0).name(), open);
  EXPECT_EQ(seen.parts(0).dealings(0).state(), "INVESTIGATING");
  EXPECT_EQ(seen.parts(0).dealings(0).date(), "2026-03-09");
  EXPECT_TRUE(seen.parts(1).hidden());
  EXPECT_EQ(seen.parts(2).permission(), "satisfaction_review.read");
  const std::string stranger = absl::StrCat("employees/", world_.harness().NewId());
  EXPECT_EQ(dealings(stranger, "own").parts(0).dealings_size(), 0);
  EXPECT_EQ(dealings(stranger, "all").parts(0).dealings_size(), 2);
}

// months are those of the business's zone: midnight of the first in Shanghai is the day before in UTC.
TEST_F(AccountCasesTest, CasesAreCountedInTheirMonth) {
  AddComplaint("CLOSED", "2026-02-01 00:30");
  AddComplaint("ASSIGNED", "2026-02-28 23:30", "MAJOR");
  AddComplaint("DUPLICATE", "2026-02-10 10:00");
  AddComplaint("CLOSED", "2026-03-01 00:10");
  const auto figures = Figures("2026-01", "2026-02");
  ASSERT_THAT(figures, IsOk());
  ASSERT_EQ(figures->accounts_size(), 1);
  ASSERT_EQ(figures->accounts(0).months_size(), 1);
  EXPECT_EQ(figures->accounts(0).months(0).month(), "2026-02");
  EXPECT_EQ(figures->accounts(0).months(0).complaints(), 2);
  EXPECT_EQ(figures->accounts(0).months(0).major_complaints(), 1);
  EXPECT_THAT(Figures("2026-02", "2026-01"), HasReason("PERIOD_INVALID"));
}

// G-02: for programs only.
TEST_F(AccountCasesTest, NoPersonIsTold) {
  ListOpenBusinessRequest request;
  request.add_accounts(account_);
  EXPECT_THAT(
      world_.Call<ListOpenBusinessResponse>("GM", absl::StrCat(kService, "ListOpenAftersalesBusiness"), request),
      StatusIs(absl::StatusCode::kPermissionDenied));
}

}  // namespace
}  // namespace kam::aftersales
