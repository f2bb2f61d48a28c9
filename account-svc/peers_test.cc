// What account-svc learns of the other services, and what it says while they are away.
#include "account-svc/peers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "common/status/status.h"
#include "common/testing/matchers.h"

namespace kam::account {
namespace {

namespace pb = business::v1;
using ::testing::ElementsAre;
using testing::HasReason;
using ::testing::IsEmpty;
using testing::IsOk;

// Answers one item an account, and counts the questions.
Peers::Ask OneItemEach(const std::string& kind, int* asked) {
  return [kind, asked](absl::string_view, const google::protobuf::Message& request, google::protobuf::Message* response,
                       absl::Time) {
    ++*asked;
    EXPECT_EQ(static_cast<const pb::ListOpenBusinessRequest&>(request).items_max(), 1000);
    for (const std::string& account : static_cast<const pb::ListOpenBusinessRequest&>(request).accounts()) {
      auto* item = static_cast<pb::ListOpenBusinessResponse*>(response)->add_items();
      item->set_account(account);
      item->set_kind(kind);
    }
    return absl::OkStatus();
  };
}

Peers::Ask Away() {
  return [](absl::string_view, const google::protobuf::Message&, google::protobuf::Message*, absl::Time) {
    return RetryLater(absl::StatusCode::kUnavailable, "CONTRACT_SVC_UNAVAILABLE", "away", absl::Seconds(1));
  };
}

//
TEST(PeersTest, TheBusinessOfBothServicesComesTogether) {
  int asked = 0;
  const Peers peers(OneItemEach("ORDER", &asked), OneItemEach("COMPLAINT", &asked));
  const auto business = peers.AllBusiness({"accounts/1"}, absl::InfiniteFuture());
  ASSERT_THAT(business, IsOk());
  ASSERT_EQ(business->items.size(), 2u);
  EXPECT_EQ(business->items[0].kind(), "ORDER");
  EXPECT_EQ(business->items[1].kind(), "COMPLAINT");
  EXPECT_THAT(business->unanswered, IsEmpty());
}

TEST(PeersTest, AServiceThatIsAwayIsNamed) {
  int asked = 0;
  const Peers peers(Away(), OneItemEach("COMPLAINT", &asked));
  const auto business = peers.AllBusiness({"accounts/1"}, absl::InfiniteFuture());
  ASSERT_THAT(business, IsOk());
  EXPECT_EQ(business->items.size(), 1u);
  EXPECT_THAT(business->unanswered, ElementsAre("contract-svc"));
  EXPECT_THAT(peers.ContractBusiness({"accounts/1"}, absl::InfiniteFuture()), HasReason("CONTRACT_SVC_UNAVAILABLE"));
}

TEST(PeersTest, AServiceThatIsNotConnectedIsAway) {
  const Peers peers;
  EXPECT_THAT(peers.ContractFigures({"accounts/1"}, "2026-01", "2026-02", absl::InfiniteFuture()),
              HasReason("CONTRACT_SVC_UNAVAILABLE"));
  EXPECT_THAT(peers.AftersalesFigures({"accounts/1"}, "2026-01", "2026-02", absl::InfiniteFuture()),
              HasReason("AFTERSALES_SVC_UNAVAILABLE"));
  const auto business = peers.AllBusiness({"accounts/1"}, absl::InfiniteFuture());
  ASSERT_THAT(business, IsOk());
  EXPECT_THAT(business->unanswered, ElementsAre("contract-svc", "aftersales-svc"));
}

TEST(PeersTest, ARefusalIsNotTakenForAbsence) {
  const Peers::Ask refuses = [](absl::string_view, const google::protobuf::Message&, google::protobuf::Message*,
                                absl::Time) { return Internal("wrong"); };
  const Peers peers(refuses, refuses);
  EXPECT_FALSE(peers.AllBusiness({"accounts/1"}, absl::InfiniteFuture()).ok());
}

TEST(PeersTest, ManyAccountsAreAskedAboutInPortions) {
  int asked = 0;
  const Peers peers(OneItemEach("ORDER", &asked), nullptr);
  std::vector<std::string> accounts;
  for (int i = 0; i < 250; ++i) accounts.push_back(absl::StrCat("accounts/", i));
  const auto business = peers.ContractBusiness(accounts, absl::InfiniteFuture());
  ASSERT_THAT(business, IsOk());
  EXPECT_EQ(business->items_size(), 250);
  EXPECT_EQ(asked, 10);
}

// what a list leaves out is told by kind and currency; a service that leaves out without saying how much has not
// answered.
TEST(PeersTest, WhatIsLeftOutIsCounted) {
  bool counts = true;
  const Peers::Ask ask = [&](absl::string_view, const google::protobuf::Message&, google::protobuf::Message* response,
                             absl::Time) {
    auto* answer = static_cast<pb::ListOpenBusinessResponse*>(response);
    answer->add_truncated_accounts("accounts/1");
    for (const char* kind : {"ORDER", "CONTRACT"}) {
      auto* item = answer->add_items();
      item->set_account("accounts/1");
      item->set_kind(kind);
      item->mutable_amount()->set_units(100);
      item->mutable_amount()->set_currency_code("CNY");
      if (!counts) continue;
      auto* count = answer->add_counts();
      count->set_account("accounts/1");
      count->set_kind(kind);
      const bool more = std::string(kind) == "ORDER";
      count->set_count(more ? 3 : 1);
      count->mutable_amount()->set_units(more ? 350 : 100);
      count->mutable_amount()->set_currency_code("CNY");
    }
    return absl::OkStatus();
  };
  const Peers peers(ask, nullptr);
  const auto business = peers.AllBusiness({"accounts/1"}, absl::InfiniteFuture());
  ASSERT_THAT(business, IsOk());
  ASSERT_EQ(business->further.size(), 1u) << "there is but one contract, and it is listed";
  EXPECT_EQ(business->further[0].kind(), "ORDER");
  EXPECT_EQ(business->further[0].count(), 2);
  EXPECT_EQ(business->further[0].amount().units(), 250);
  EXPECT_THAT(business->unanswered, ElementsAre("aftersales-svc"));
  counts = false;
  const auto uncounted = peers.AllBusiness({"accounts/1"}, absl::InfiniteFuture());
  ASSERT_THAT(uncounted, IsOk());
  EXPECT_THAT(uncounted->unanswered, ElementsAre("contract-svc", "aftersales-svc"));
}

}  // namespace
}  // namespace kam::account
