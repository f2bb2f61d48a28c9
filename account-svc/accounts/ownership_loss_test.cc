// Renewal and loss of accounts, and what holds when many do everything at once, over real gRPC and a real
// database.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <set>
#include <thread>

#include "absl/random/random.h"
#include "account-svc/accounts/claim_fixture.h"
#include "common/status/status.h"

namespace kam::account {
namespace {

using testing::HasReason;
using testing::IsOk;
using v1::Account;

//
TEST_F(ClaimTest, AProtectionIsRenewedByFollowUpAndNotWithout) {
  const std::string account = FreeAccount();
  ASSERT_THAT(Claim(kax_, account), IsOk());
  EXPECT_THAT(Renew(kax_, account, absl::StrCat("visits/", world_.harness().NewId())), HasReason("FOLLOW_UP_UNKNOWN"));
  world_.harness().clock().Advance(absl::Hours(24));
  const std::string opportunity = OpenOpportunity(kax_, account);
  world_.harness().clock().Advance(absl::Hours(24) * 30);
  const auto renewed = Renew(kax_, account, opportunity);
  ASSERT_THAT(renewed, IsOk());
  EXPECT_EQ(renewed->protected_until().seconds(), absl::ToUnixSeconds(start_ + absl::Hours(24) * (31 + 90)));
  EXPECT_EQ(Rows(account)[0].renewals(), 1);
  EXPECT_EQ(Rows(account)[0].renewed_by(), opportunity);
  EXPECT_THAT(Renew(kax_, account, opportunity), HasReason("FOLLOW_UP_NOT_NEW"));
  EXPECT_THAT(Renew(gam_, account, opportunity), HasReason("OWNERSHIP_NOT_YOURS"));
}

// A-07, G-22: the owner is reminded twice, then the account goes to the pool.
TEST_F(ClaimTest, WithoutFollowUpTheAccountIsLostAfterReminders) {
  const std::string account = FreeAccount();
  ASSERT_THAT(Claim(kax_, account), IsOk());
  GoTo(75);
  EXPECT_EQ(Notices(kax_, account), "");
  GoTo(76);
  EXPECT_EQ(Notices(kax_, account), "RELEASE_AHEAD");
  GoTo(87);
  EXPECT_EQ(Notices(kax_, account), "RELEASE_AHEAD RELEASE_AHEAD");
  GoTo(89);
  EXPECT_EQ(Rows(account)[0].state(), v1::OWNERSHIP_STATE_ACTIVE);
  GoTo(90);
  EXPECT_EQ(Rows(account)[0].state(), v1::OWNERSHIP_STATE_EXPIRED);
  EXPECT_EQ(Notices(kax_, account), "RELEASE_AHEAD RELEASE_AHEAD RELEASED");
  v1::ListClaimableAccountsRequest pool;
  pool.set_page_size(200);
  bool free = false;
  for (bool more = true; more;) {
    const auto page = world_.Call<v1::ListClaimableAccountsResponse>(kax2_, Method("ListClaimableAccounts"), pool);
    ASSERT_THAT(page, IsOk());
    for (const auto& entry : page->accounts()) free = free || entry.account() == account;
    more = !page->next_page_token().empty();
    pool.set_page_token(page->next_page_token());
  }
  EXPECT_TRUE(free);
  // As a seller looks for it: by region, industry and segment.
  const auto found = [&](const std::string& industry, v1::Segment segment) {
    pool.Clear();
    pool.set_region("华东");
    pool.set_industry(industry);
    pool.set_segment(segment);
    const auto page = world_.Call<v1::ListClaimableAccountsResponse>(kax2_, Method("ListClaimableAccounts"), pool);
    EXPECT_THAT(page, IsOk());
    return page.value_or(v1::ListClaimableAccountsResponse());
  };
  EXPECT_GT(found("汽车", v1::SEGMENT_ENTERPRISE).accounts_size(), 0);
  EXPECT_EQ(found("汽车", v1::SEGMENT_ENTERPRISE).accounts(0).segment(), v1::SEGMENT_ENTERPRISE);
  EXPECT_EQ(found("汽车", v1::SEGMENT_OUTREACH).accounts_size(), 0);
  EXPECT_EQ(found("采矿", v1::SEGMENT_ENTERPRISE).accounts_size(), 0);
  EXPECT_THAT(Claim(kax2_, account), IsOk());
}

// whoever has reported a firm is reminded, and his protection ends by itself.
TEST_F(ClaimTest, AProtectionEndsByItselfAfterReminders) {
  const std::string account = FreeAccount();
  v1::AssignOwnerRequest protect;
  protect.set_name(account);
  protect.set_employee(seller_.name());
  protect.set_kind(v1::OWNERSHIP_KIND_PROTECTED);
  protect.set_protection_days(30);
  protect.set_reason("已报备");
  ASSERT_THAT(world_.Call<Account>(gam_, Method("AssignOwner"), protect), IsOk());
  EXPECT_EQ(Rows(account)[0].release_cause(), v1::RELEASE_CAUSE_PROTECTION_OVER);
  // It does not matter to a protection whether contract-svc answers.
  world_.contract_svc = [](absl::string_view, const google::protobuf::Message&, google::protobuf::Message*) {
    return RetryLater(absl::StatusCode::kUnavailable, "CONTRACT_SVC_UNAVAILABLE", "away", absl::Seconds(1));
  };
  GoTo(15);
  EXPECT_EQ(Notices(kax_, account), "");
  GoTo(16);
  EXPECT_EQ(Notices(kax_, account), "RELEASE_AHEAD");
  GoTo(27);
  EXPECT_EQ(Notices(kax_, account), "RELEASE_AHEAD RELEASE_AHEAD");
  EXPECT_EQ(Rows(account)[0].state(), v1::OWNERSHIP_STATE_ACTIVE);
  GoTo(30);
  EXPECT_EQ(Rows(account)[0].state(), v1::OWNERSHIP_STATE_EXPIRED);
  EXPECT_EQ(Notices(kax_, account), "RELEASE_AHEAD RELEASE_AHEAD RELEASED");
  EXPECT_THAT(Claim(kax2_, account), IsOk());
}

// an owner from another system keeps his account until he renews: from there on what he does is known here.
TEST_F(ClaimTest, AnImportedOwnerIsTreatedAsAnyOtherOnceHeRenews) {
  const std::string account = FreeAccount();
  ASSERT_THAT(Claim(kax_, account), IsOk());
  world_.harness().db().Execute(
      absl::StrCat("UPDATE account_ownerships SET origin = 'IMPORTED' WHERE account = '", IdOf(account), "'"));
  GoTo(100);
  EXPECT_EQ(Rows(account)[0].state(), v1::OWNERSHIP_STATE_ACTIVE);
  EXPECT_FALSE(Rows(account)[0].has_release_due());
  ASSERT_THAT(Renew(kax_, account, OpenOpportunity(kax_, account)), IsOk());
  EXPECT_TRUE(Rows(account)[0].has_release_due());
}

// whoever follows up keeps it; whoever was not reminded loses nothing.
TEST_F(ClaimTest, FollowUpPutsTheLossOff) {
  const std::string account = FreeAccount();
  ASSERT_THAT(Claim(kax_, account), IsOk());
  GoTo(70);
  OpenOpportunity(kax_, account);
  GoTo(95);
  EXPECT_EQ(Rows(account)[0].state(), v1::OWNERSHIP_STATE_ACTIVE);
  EXPECT_EQ(Rows(account)[0].release_cause(), v1::RELEASE_CAUSE_PROTECTION_OVER);
  // The schedule was away for a long time: the owner is reminded first and has three days.
  GoTo(300);
  EXPECT_EQ(Rows(account)[0].state(), v1::OWNERSHIP_STATE_ACTIVE);
  EXPECT_EQ(Notices(kax_, account), "RELEASE_AHEAD");
  GoTo(303);
  EXPECT_EQ(Rows(account)[0].state(), v1::OWNERSHIP_STATE_EXPIRED);
}

// that a deal stands still, or that somebody else writes on it, is no follow-up of its owner.
TEST_F(ClaimTest, WhatOthersWriteOnADealKeepsNoAccount) {
  const std::string account = FreeAccount();
  ASSERT_THAT(Claim(kax_, account), IsOk());
  const std::string deal = OpenOpportunity(kax_, account);
  GoTo(10);
  EXPECT_TRUE(world_.harness()
                  .db()
                  .Get(absl::StrCat("SELECT stalled FROM opportunities WHERE id = '", IdOf(deal), "'"))
                  .integer() != 0)
      << "a program has written on it";
  v1::UpdateOpportunityRequest update;
  update.mutable_opportunity()->set_name(deal);
  update.mutable_opportunity()->set_next_step("请跟进");
  ASSERT_THAT(world_.Call<v1::Opportunity>(gam_, "kam.account.v1.OpportunityService/UpdateOpportunity", update),
              IsOk());
  EXPECT_THAT(Renew(kax_, account, deal), HasReason("FOLLOW_UP_NOT_NEW"));
  GoTo(76);
  GoTo(87);
  GoTo(90);
  EXPECT_EQ(Rows(account)[0].state(), v1::OWNERSHIP_STATE_EXPIRED);
}

// a win of the owner alone keeps no account and frees no claim: somebody else drafts its contract.
TEST_F(ClaimTest, AWinNobodyElseSawIsNoDeal) {
  const std::string account = FreeAccount();
  ASSERT_THAT(Claim(kax_, account), IsOk());
  const std::string deal = WinOpportunity(kax_, account);
  GoTo(76);
  EXPECT_EQ(Rows(account)[0].release_cause(), v1::RELEASE_CAUSE_NO_FOLLOW_UP);
  kam::api::ListRequest list;
  list.set_filter(absl::StrCat("source = \"", deal, "\""));
  const auto drafts = world_.Call<v1::ListContractDraftRequestsResponse>(
      gam_, "kam.account.v1.TenderService/ListContractDraftRequests", list);
  ASSERT_THAT(drafts, IsOk());
  ASSERT_EQ(drafts->contract_draft_requests_size(), 1);
  v1::RecordContractDraftRequest record;
  record.set_name(drafts->contract_draft_requests(0).name());
  record.set_contract("contracts/1");
  const auth::Principal clerk = world_.As(world_.AddEmployee("SAD", department_.name()), "SAD");
  ASSERT_THAT(world_.Call<v1::ContractDraftRequest>(clerk, "kam.account.v1.TenderService/RecordContractDraft", record),
              IsOk());
  GoTo(100);
  EXPECT_EQ(Rows(account)[0].state(), v1::OWNERSHIP_STATE_ACTIVE);
  EXPECT_EQ(Rows(account)[0].release_cause(), v1::RELEASE_CAUSE_NO_DEAL);
}

// wins after the claim do not make room for more claims of the same day.
TEST_F(ClaimTest, TheCapOfADayCountsClaimsThatWereWonSince) {
  for (int i = 0; i < TestPolicy().claims_per_day_max; ++i) {
    const std::string account = FreeAccount();
    ASSERT_THAT(Claim(kax_, account), IsOk());
    WinOpportunity(kax_, account);
  }
  EXPECT_THAT(Claim(kax_, FreeAccount()), HasReason("CLAIM_CAP_REACHED"));
}

// nobody loses an account that orders, also when it cannot be learned.
TEST_F(ClaimTest, OrdersKeepTheAccount) {
  const std::string account = FreeAccount();
  ASSERT_THAT(Claim(kax_, account), IsOk());
  LastOrderIs("2026-02-01");
  GoTo(100);
  GoTo(200);
  EXPECT_EQ(Rows(account)[0].state(), v1::OWNERSHIP_STATE_ACTIVE);
  EXPECT_EQ(Rows(account)[0].release_cause(), v1::RELEASE_CAUSE_NO_DEAL);
  EXPECT_EQ(Notices(kax_, account), "");
  const std::string second = FreeAccount();
  ASSERT_THAT(Claim(kax_, second), IsOk());
  world_.contract_svc = [](absl::string_view, const google::protobuf::Message&, google::protobuf::Message*) {
    return RetryLater(absl::StatusCode::kUnavailable, "CONTRACT_SVC_UNAVAILABLE", "away", absl::Seconds(1));
  };
  GoTo(400);
  EXPECT_EQ(Rows(second)[0].state(), v1::OWNERSHIP_STATE_ACTIVE);
}

// one active owner at every instant, and caps never passed, under a hundred claims, a hundred transfers and a
// hundred releases at once.
TEST_F(ClaimTest, InvariantsHoldUnderAHundredAtATime) {
  constexpr int kAccounts = 6;
  constexpr int kSellers = 5;
  constexpr int kCalls = 300;
  std::vector<std::string> accounts;
  accounts.reserve(kAccounts);
  std::vector<organization::v1::Employee> sellers;
  std::vector<auth::Principal> principals;
  sellers.reserve(kSellers);
  principals.reserve(kSellers);
  for (int i = 0; i < kSellers; ++i) {
    sellers.push_back(world_.AddEmployee("KAX", department_.name(), {head_.name()}));
    principals.push_back(world_.As(sellers.back(), "KAX"));
  }
  // Half of them are free, the others reported by one of the sellers.
  for (int i = 0; i < kAccounts; ++i) {
    accounts.push_back(i % 2 == 0 ? FreeAccount()
                                  : world_.AddAccount(principals[static_cast<size_t>(i % kSellers)]).name());
  }
  std::atomic<int> claims = 0, moves = 0, releases = 0, capped = 0;
  std::vector<std::thread> threads;
  threads.reserve(kCalls);
  for (int i = 0; i < kCalls; ++i) {
    threads.emplace_back([&, i] {
      absl::BitGen random;
      const auto at = [&random](int count) { return static_cast<size_t>(absl::Uniform(random, 0, count)); };
      // The first claims are those of the reporters, each of his own; the rest is left to chance.
      const bool reporter = i < kAccounts + kAccounts / 2 && i % 3 == 0;
      const size_t own = static_cast<size_t>(i / 3 * 2 + 1);
      const std::string& account = accounts[reporter ? own : at(kAccounts)];
      const size_t seller = reporter ? own % kSellers : at(kSellers);
      world_.harness().clock().Advance(absl::Milliseconds(1));
      absl::Status status;
      // The server takes so many at a time, and the others again.
      do {
        status = i % 3 == 0   ? Claim(principals[seller], account).status()
                 : i % 3 == 1 ? Transfer(account, sellers[seller].name()).status()
                              : Release(gam_, account).status();
      } while (Reason(status) == "OVERLOADED");
      std::atomic<int>& done = i % 3 == 0 ? claims : i % 3 == 1 ? moves : releases;
      done += status.ok() ? 1 : 0;
      if (status.ok()) return;
      const std::set<std::string> expected = {
          "ACCOUNT_PROTECTED",   "OWNERSHIP_EXISTS", "RECLAIM_TOO_SOON",    "CLAIM_CAP_REACHED",
          "OWNER_MISSING",       "OWNER_UNCHANGED",  "HOLDING_CAP_REACHED", "ACCOUNT_CLAIMED_MEANWHILE",
          "TRANSACTION_CONFLICT"};
      EXPECT_EQ(expected.count(Reason(status)), 1u) << status;
      if (Reason(status) == "CLAIM_CAP_REACHED" || Reason(status) == "HOLDING_CAP_REACHED") ++capped;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_GT(claims, 0);
  EXPECT_GT(moves, 0);
  EXPECT_GT(releases, 0);
  EXPECT_GT(capped, 0) << "nobody came to a cap, so nothing was shown about it";

  std::vector<std::string> quoted;
  quoted.reserve(accounts.size());
  for (const std::string& account : accounts) quoted.push_back(absl::StrCat("'", IdOf(account), "'"));
  const std::string ids = absl::StrJoin(quoted, ", ");
  auto& db = world_.harness().db();
  EXPECT_EQ(
      db.Get(absl::StrCat("SELECT COUNT(*) FROM account_ownerships a JOIN account_ownerships b ON b.account = "
                          "a.account AND b.id <> a.id WHERE a.kind = 'OWNER' AND b.kind = 'OWNER' AND a.account IN (",
                          ids,
                          ") AND a.since_time <= b.since_time AND (a.until_time IS NULL OR a.until_time > "
                          "b.since_time) AND (b.until_time IS NULL OR b.until_time > b.since_time)"))
          .integer(),
      0)
      << "two owners at an instant";
  EXPECT_EQ(db.Get(absl::StrCat("SELECT COUNT(*) FROM account_ownerships r JOIN account_ownerships o ON o.account = "
                                "r.account AND o.kind = 'OWNER' WHERE r.kind = 'REPORTED' AND r.account IN (",
                                ids, ") AND (r.until_time IS NULL OR r.until_time > o.since_time)"))
                .integer(),
            0)
      << "a report beside an owner";
  EXPECT_EQ(db.Get(absl::StrCat("SELECT COUNT(*) FROM account_ownerships r JOIN account_ownerships o ON o.id = "
                                "r.successor WHERE r.kind = 'REPORTED' AND o.origin = 'CLAIMED' AND o.employee <> "
                                "r.employee AND r.account IN (",
                                ids, ")"))
                .integer(),
            0)
      << "a claim by another than the reporter";
  EXPECT_GT(db.Get(absl::StrCat("SELECT COUNT(*) FROM account_ownerships WHERE kind = 'REPORTED' AND state = "
                                "'TRANSFERRED' AND account IN (",
                                ids, ")"))
                .integer(),
            0)
      << "no reporter has claimed, so nothing was shown about reports";
  EXPECT_LE(
      db.Get(absl::StrCat("SELECT COALESCE(MAX(held), 0) FROM (SELECT a.id, COUNT(*) AS held FROM "
                          "account_ownerships a JOIN account_ownerships b ON b.employee = a.employee AND b.kind = "
                          "'OWNER' AND b.since_time <= a.since_time AND (b.until_time IS NULL OR b.until_time > "
                          "a.since_time) WHERE a.kind = 'OWNER' AND a.account IN (",
                          ids, ") GROUP BY a.id) x"))
          .integer(),
      TestPolicy().holdings_max);
  EXPECT_LE(db.Get(absl::StrCat("SELECT COALESCE(MAX(taken), 0) FROM (SELECT employee, COUNT(*) AS taken FROM "
                                "account_ownerships WHERE origin = 'CLAIMED' AND account IN (",
                                ids, ") GROUP BY employee) x"))
                .integer(),
            TestPolicy().claims_per_day_max);
  EXPECT_EQ(
      db.Get(absl::StrCat("SELECT COUNT(*) FROM accounts a LEFT JOIN account_ownerships o ON o.account = a.id AND "
                          "o.kind = 'OWNER' AND o.state = 'ACTIVE' LEFT JOIN account_scope_members m ON m.account "
                          "= a.id AND m.seat = 'HOLDER' WHERE a.id IN (",
                          ids, ") AND NOT (a.owner <=> o.employee AND a.owner <=> m.employee)"))
          .integer(),
      0)
      << "account, ownership row and row scope disagree";
}

}  // namespace
}  // namespace kam::account
