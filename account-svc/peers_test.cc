// What account-svc learns of the other services, and what it says while they are away.
#include "account-svc/peers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
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

Peers::AskParts PartsAre(Peers::Parts parts) {
  return [parts = std::move(parts)](const std::vector<std::string>& accounts, absl::Time) {
    Peers::Parts of;
    for (const auto& [whole, files] : parts) {
      if (std::find(accounts.begin(), accounts.end(), whole) != accounts.end()) of[whole] = files;
    }
    return of;
  };
}

// what is kept under a file that became part of another is that one's; the closed file is still asked about
// alone.
TEST(PeersTest, TheBusinessOfMergedFilesIsThatOfTheWhole) {
  int asked = 0;
  Peers peers(OneItemEach("ORDER", &asked), OneItemEach("COMPLAINT", &asked));
  peers.FollowMerges(PartsAre({{"accounts/2", {"accounts/1", "accounts/3"}}}));
  const auto business = peers.AllBusiness({"accounts/2"}, absl::InfiniteFuture());
  ASSERT_THAT(business, IsOk());
  ASSERT_EQ(business->items.size(), 6u) << "three files of either service";
  for (const pb::OpenBusiness& item : business->items) EXPECT_EQ(item.account(), "accounts/2");
  const auto part = peers.AllBusiness({"accounts/1"}, absl::InfiniteFuture());
  ASSERT_THAT(part, IsOk());
  ASSERT_EQ(part->items.size(), 2u);
  EXPECT_EQ(part->items[0].account(), "accounts/1");
  const auto both = peers.ContractBusiness({"accounts/1", "accounts/2", "accounts/9"}, absl::InfiniteFuture());
  ASSERT_THAT(both, IsOk());
  std::vector<std::string> accounts;
  for (const pb::OpenBusiness& item : both->items()) accounts.push_back(item.account());
  EXPECT_THAT(accounts, ElementsAre("accounts/1", "accounts/2", "accounts/2", "accounts/2", "accounts/9"));
}

// where one file of several has more than is listed, all of the whole is counted, each thing once.
TEST(PeersTest, WhatIsLeftOutOfMergedFilesIsCounted) {
  bool counts = true;
  const Peers::Ask ask = [&](absl::string_view, const google::protobuf::Message&, google::protobuf::Message* response,
                             absl::Time) {
    auto* answer = static_cast<pb::ListOpenBusinessResponse*>(response);
    const auto add = [&](const std::string& account, const std::string& name) {
      pb::OpenBusiness* item = answer->add_items();
      item->set_account(account);
      item->set_name(name);
      item->set_kind("ORDER");
      item->mutable_amount()->set_currency_code("CNY");
      item->mutable_amount()->set_units(10);
    };
    add("accounts/1", "orders/1");
    add("accounts/1", "orders/2");
    add("accounts/2", "orders/3");
    answer->add_truncated_accounts("accounts/2");
    if (!counts) return absl::OkStatus();
    pb::OpenBusinessCount* count = answer->add_counts();
    count->set_account("accounts/2");
    count->set_kind("ORDER");
    count->set_count(5);
    count->mutable_amount()->set_currency_code("CNY");
    count->mutable_amount()->set_units(50);
    return absl::OkStatus();
  };
  Peers peers(ask, nullptr);
  peers.FollowMerges(PartsAre({{"accounts/1", {"accounts/2"}}}));
  const auto answer = peers.ContractBusiness({"accounts/1"}, absl::InfiniteFuture());
  ASSERT_THAT(answer, IsOk());
  ASSERT_EQ(answer->counts_size(), 1);
  EXPECT_EQ(answer->counts(0).account(), "accounts/1");
  EXPECT_EQ(answer->counts(0).count(), 7);
  EXPECT_EQ(answer->counts(0).amount().units(), 70);
  EXPECT_THAT(answer->truncated_accounts(), ElementsAre("accounts/1"));
  const auto business = peers.AllBusiness({"accounts/1"}, absl::InfiniteFuture());
  ASSERT_THAT(business, IsOk());
  ASSERT_EQ(business->further.size(), 1u);
  EXPECT_EQ(business->further[0].count(), 4);
  EXPECT_EQ(business->further[0].amount().units(), 40);
  EXPECT_THAT(business->unanswered, ElementsAre("aftersales-svc"));
  counts = false;
  const auto uncounted = peers.AllBusiness({"accounts/1"}, absl::InfiniteFuture());
  ASSERT_THAT(uncounted, IsOk());
  EXPECT_THAT(uncounted->further, IsEmpty());
  EXPECT_THAT(uncounted->unanswered, ElementsAre("contract-svc", "aftersales-svc"));
}

// the last order is that of any file, the months are of all; dealings are asked of the parts as well.
TEST(PeersTest, FiguresAndDealingsOfMergedFilesAreThoseOfTheWhole) {
  std::vector<std::string> parts;
  const Peers::Ask ask = [&](absl::string_view method, const google::protobuf::Message& request,
                             google::protobuf::Message* response, absl::Time) {
    if (absl::EndsWith(method, "ListContractDealings")) {
      const auto& asked = static_cast<const pb::ListDealingsRequest&>(request);
      parts.assign(asked.parts().begin(), asked.parts().end());
      return absl::OkStatus();
    }
    for (const std::string& account : static_cast<const pb::BatchGetFiguresRequest&>(request).accounts()) {
      auto* figures = static_cast<pb::BatchGetContractFiguresResponse*>(response)->add_accounts();
      figures->set_account(account);
      figures->add_months()->set_month("2026-01");
      figures->add_receivables();
      if (account != "accounts/3") {
        figures->set_last_order_date(account == "accounts/1" ? "2025-02-03" : "2026-01-02");
      }
    }
    return absl::OkStatus();
  };
  Peers peers(ask, nullptr);
  peers.FollowMerges(PartsAre({{"accounts/1", {"accounts/2", "accounts/3"}}}));
  const auto figures = peers.ContractFigures({"accounts/1"}, "2026-01", "2026-01", absl::InfiniteFuture());
  ASSERT_THAT(figures, IsOk());
  ASSERT_EQ(figures->size(), 1u);
  EXPECT_EQ((*figures)[0].account(), "accounts/1");
  EXPECT_EQ((*figures)[0].last_order_date(), "2026-01-02");
  EXPECT_EQ((*figures)[0].months_size(), 3);
  EXPECT_EQ((*figures)[0].receivables_size(), 3);
  pb::ListDealingsRequest request;
  request.set_account("accounts/1");
  ASSERT_THAT(peers.ContractDealings(request, absl::InfiniteFuture()), IsOk());
  EXPECT_THAT(parts, ElementsAre("accounts/2", "accounts/3"));
  peers.FollowMerges([](const std::vector<std::string>&, absl::Time) {
    return absl::StatusOr<Peers::Parts>(absl::DeadlineExceededError("slow"));
  });
  EXPECT_FALSE(peers.ContractFigures({"accounts/1"}, "2026-01", "2026-01", absl::InfiniteFuture()).ok())
      << "not taken for an account without parts";
}

}  // namespace
}  // namespace kam::account
