// Claims, renewals and the loss of accounts, over real gRPC and a real database.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <set>
#include <thread>

#include "absl/random/random.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "account-svc/context.h"
#include "account-svc/testing/account_fixture.h"
#include "common/status/status.h"
#include "common/testing/matchers.h"
#include "kam/account/v1/account_ownership_service.pb.h"
#include "kam/account/v1/account_service.pb.h"
#include "kam/account/v1/opportunity_service.pb.h"
#include "kam/account/v1/ownership_notice_service.pb.h"
#include "kam/account/v1/tender_service.pb.h"
#include "kam/api/standard.pb.h"
#include "kam/business/v1/business_service.pb.h"

namespace kam::account {
namespace {

using testing::HasReason;
using testing::IsOk;
using testing::StatusIs;
using v1::Account;

std::string Method(absl::string_view verb) { return absl::StrCat("kam.account.v1.AccountService/", verb); }

class ClaimTest : public ::testing::Test {
 protected:
  ClaimTest()
      : world_(World::Get()),
        start_(world_.harness().clock().Now()),
        department_(world_.AddDepartment()),
        head_(world_.AddEmployee("GAM", department_.name())),
        seller_(world_.AddEmployee("KAX", department_.name(), {head_.name()})),
        other_(world_.AddEmployee("KAX", department_.name(), {head_.name()})),
        gam_(world_.As(head_, "GAM")),
        kax_(world_.As(seller_, "KAX")),
        kax2_(world_.As(other_, "KAX")) {}
  ~ClaimTest() override {
    world_.harness().clock().Set(start_);
    world_.contract_svc = world_.aftersales_svc;
  }

  // An admitted account that nobody owns.
  std::string FreeAccount() {
    const std::string account = world_.AddAccount(gam_).name();
    world_.harness().db().Execute(
        absl::StrCat("UPDATE accounts SET state = 'VERIFIED' WHERE id = '", IdOf(account), "'"));
    return account;
  }
  absl::StatusOr<Account> Claim(const auth::Principal& who, const std::string& account) {
    v1::ClaimAccountRequest request;
    request.set_name(account);
    request.set_reason("初次拜访");
    request.set_evidence("拜访记录");
    return world_.Call<Account>(who, Method("ClaimAccount"), request);
  }
  absl::StatusOr<Account> Release(const auth::Principal& who, const std::string& account) {
    v1::ReleaseOwnerRequest request;
    request.set_name(account);
    request.set_reason("不再跟进");
    return world_.Call<Account>(who, Method("ReleaseOwner"), request);
  }
  absl::StatusOr<Account> Transfer(const std::string& account, const std::string& successor) {
    v1::TransferOwnerRequest request;
    request.set_name(account);
    request.set_successor(successor);
    request.set_reason("调整");
    return world_.Call<Account>(gam_, Method("TransferOwner"), request);
  }
  absl::StatusOr<Account> Renew(const auth::Principal& who, const std::string& account, const std::string& follow_up) {
    v1::RenewOwnershipRequest request;
    request.set_name(account);
    request.set_follow_up(follow_up);
    return world_.Call<Account>(who, Method("RenewOwnership"), request);
  }
  std::string OpenOpportunity(const auth::Principal& who, const std::string& account) {
    v1::CreateOpportunityRequest create;
    create.mutable_opportunity()->set_account(account);
    create.mutable_opportunity()->set_display_name("十辆车");
    const auto made = world_.Call<v1::Opportunity>(who, "kam.account.v1.OpportunityService/CreateOpportunity", create);
    EXPECT_THAT(made, IsOk());
    return made.ok() ? made->name() : "";
  }
  // A deal that goes through all stages at once.
  std::string WinOpportunity(const auth::Principal& who, const std::string& account) {
    const std::string name = OpenOpportunity(who, account);
    const std::string service = "kam.account.v1.OpportunityService/";
    v1::UpdateOpportunityRequest update;
    update.mutable_opportunity()->set_name(name);
    update.mutable_opportunity()->mutable_amount()->set_currency_code("CNY");
    update.mutable_opportunity()->mutable_amount()->set_units(100);
    EXPECT_THAT(world_.Call<v1::Opportunity>(who, service + "UpdateOpportunity", update), IsOk());
    for (const v1::OpportunityStage stage :
         {v1::OPPORTUNITY_STAGE_NEEDS_ANALYSIS, v1::OPPORTUNITY_STAGE_PRODUCT_INTRODUCTION,
          v1::OPPORTUNITY_STAGE_NEGOTIATION, v1::OPPORTUNITY_STAGE_SIGNING}) {
      v1::AdvanceStageRequest advance;
      advance.set_name(name);
      advance.set_stage(stage);
      EXPECT_THAT(world_.Call<v1::Opportunity>(who, service + "AdvanceStage", advance), IsOk());
    }
    v1::WinOpportunityRequest win;
    win.set_name(name);
    win.set_reason("签约");
    EXPECT_THAT(world_.Call<v1::Opportunity>(who, service + "WinOpportunity", win), IsOk());
    return name;
  }
  std::vector<v1::AccountOwnership> Rows(const std::string& account) {
    kam::api::ListRequest request;
    request.set_filter(absl::StrCat("account = \"", account, "\""));
    const auto list = world_.Call<v1::ListAccountOwnershipsResponse>(
        gam_, "kam.account.v1.AccountOwnershipService/ListAccountOwnerships", request);
    EXPECT_THAT(list, IsOk());
    if (!list.ok()) return {};
    return {list->account_ownerships().begin(), list->account_ownerships().end()};
  }
  // Kinds of the notices of one person about an account, in their order.
  std::string Notices(const auth::Principal& who, const std::string& account) {
    kam::api::ListRequest request;
    request.set_filter(absl::StrCat("account = \"", account, "\""));
    const auto list = world_.Call<v1::ListOwnershipNoticesResponse>(
        who, "kam.account.v1.OwnershipNoticeService/ListOwnershipNotices", request);
    EXPECT_THAT(list, IsOk());
    std::vector<std::string> kinds;
    if (list.ok()) {
      for (const auto& notice : list->ownership_notices()) {
        kinds.push_back(v1::OwnershipNoticeKind_Name(notice.kind()).substr(sizeof("OWNERSHIP_NOTICE_KIND_") - 1));
      }
    }
    return absl::StrJoin(kinds, " ");
  }
  void GoTo(int day) {
    world_.harness().clock().Set(start_ + absl::Hours(24) * day);
    world_.RunDue();
  }
  void LastOrderIs(const std::string& day) {
    world_.contract_svc = [day](absl::string_view, const google::protobuf::Message& request,
                                google::protobuf::Message* response) {
      const auto& asked = static_cast<const business::v1::BatchGetFiguresRequest&>(request);
      auto* figures = static_cast<business::v1::BatchGetContractFiguresResponse*>(response)->add_accounts();
      figures->set_account(asked.accounts(0));
      figures->set_last_order_date(day);
      return absl::OkStatus();
    };
  }

  World& world_;
  const absl::Time start_;
  organization::v1::Department department_;
  organization::v1::Employee head_, seller_, other_;
  auth::Principal gam_, kax_, kax2_;
};

//
TEST_F(ClaimTest, ASellerTakesAFreeAccountAndIsProtected) {
  const std::string account = FreeAccount();
  const auto claimed = Claim(kax_, account);
  ASSERT_THAT(claimed, IsOk());
  EXPECT_EQ(claimed->owner(), seller_.name());
  ASSERT_EQ(Rows(account).size(), 1u);
  const v1::AccountOwnership row = Rows(account)[0];
  EXPECT_EQ(row.origin(), v1::OWNERSHIP_ORIGIN_CLAIMED);
  EXPECT_EQ(row.reason(), "初次拜访");
  EXPECT_EQ(row.evidence(), "拜访记录");
  EXPECT_TRUE(row.has_release_due());
  const auto refused = Claim(kax2_, account);
  EXPECT_THAT(refused, HasReason("ACCOUNT_PROTECTED"));
  EXPECT_FALSE(MetadataValue(refused.status(), "claimableAfter").empty());
  EXPECT_EQ(std::string(refused.status().message()).find(IdOf(seller_.name())), std::string::npos);
  EXPECT_THAT(Claim(kax_, account), HasReason("OWNERSHIP_EXISTS"));
}

//
TEST_F(ClaimTest, AnAccountGivenUpIsFreeForOthersButNotAtOnceForTheSameSeller) {
  const std::string account = FreeAccount();
  ASSERT_THAT(Claim(kax_, account), IsOk());
  EXPECT_THAT(Release(kax2_, account), StatusIs(absl::StatusCode::kNotFound)) << "he does not even see it";
  ASSERT_THAT(Release(kax_, account), IsOk());
  EXPECT_THAT(Claim(kax_, account), HasReason("RECLAIM_TOO_SOON"));
  EXPECT_THAT(Claim(kax2_, account), IsOk());
}

// who has lost his seat works the customer no more: his open opportunities go to the next owner, whichever way
// that one came to the account. Those of a co-owner and of a superior stay theirs.
TEST_F(ClaimTest, OpenOpportunitiesFollowTheNextOwner) {
  const std::string account = FreeAccount();
  ASSERT_THAT(Claim(kax_, account), IsOk());
  const auto third = world_.AddEmployee("KAX", department_.name(), {head_.name()});
  v1::AssignOwnerRequest assign;
  assign.set_name(account);
  assign.set_employee(third.name());
  assign.set_kind(v1::OWNERSHIP_KIND_CO_OWNER);
  assign.set_reason("协同");
  ASSERT_THAT(world_.Call<Account>(gam_, Method("AssignOwner"), assign), IsOk());
  const std::string left = OpenOpportunity(kax_, account);
  const std::string of_co_owner = OpenOpportunity(world_.As(third, "KAX"), account);
  const auto manager = world_.AddEmployee("KAM", department_.name());
  const std::string of_manager = OpenOpportunity(world_.As(manager, "KAM"), account);
  const auto owner_of = [&](const std::string& opportunity) {
    kam::api::GetRequest get;
    get.set_name(opportunity);
    const auto read = world_.Call<v1::Opportunity>(gam_, "kam.account.v1.OpportunityService/GetOpportunity", get);
    EXPECT_THAT(read, IsOk());
    return read.ok() ? read->owner() : "";
  };
  ASSERT_THAT(Release(kax_, account), IsOk());
  EXPECT_EQ(owner_of(left), seller_.name());
  ASSERT_THAT(Claim(kax2_, account), IsOk());
  EXPECT_EQ(owner_of(left), other_.name());
  EXPECT_EQ(owner_of(of_co_owner), third.name());
  EXPECT_EQ(owner_of(of_manager), manager.name());
  kam::api::GetRequest get;
  get.set_name(left);
  EXPECT_THAT(world_.Call<v1::Opportunity>(kax_, "kam.account.v1.OpportunityService/GetOpportunity", get),
              StatusIs(absl::StatusCode::kNotFound));
  // The same when a superior gives it to somebody.
  ASSERT_THAT(Release(gam_, account), IsOk());
  assign.set_employee(seller_.name());
  assign.set_kind(v1::OWNERSHIP_KIND_OWNER);
  ASSERT_THAT(world_.Call<Account>(gam_, Method("AssignOwner"), assign), IsOk());
  EXPECT_EQ(owner_of(left), seller_.name());
}

// A-07, G28: every answer about a firm that one does not see gives the day on which the claim succeeds.
TEST_F(ClaimTest, WhatIsSaidOfAFirmIsWhatTheClaimSays) {
  const auto said = [&](const Account& firm) {
    v1::CheckDuplicateRequest check;
    check.set_registration_number(firm.registration_number());
    check.set_country("CN");
    const auto answer = world_.Call<v1::CheckDuplicateResponse>(kax2_, Method("CheckDuplicate"), check);
    EXPECT_THAT(answer, IsOk());
    if (!answer.ok()) return std::string();
    EXPECT_EQ(answer->result(), v1::DUPLICATE_RESULT_EXISTS);
    return absl::FormatTime(absl::RFC3339_sec, absl::FromUnixSeconds(answer->claimable_after().seconds()),
                            absl::UTCTimeZone());
  };
  // A colleague's draft that was never admitted.
  const Account draft = world_.AddAccount(kax_);
  const auto refused = Claim(kax2_, draft.name());
  EXPECT_THAT(refused, HasReason("ACCOUNT_PROTECTED"));
  EXPECT_EQ(said(draft), MetadataValue(refused.status(), "claimableAfter"));
  Account again = world_.CompleteDraft();
  again.set_registration_number(draft.registration_number());
  EXPECT_EQ(MetadataValue(world_.CreateAccount(kax2_, again).status(), "claimableAfter"), said(draft));
  // An owner whose protection nobody set, as in another system: that of the policy counts from his first day.
  const Account owned = world_.AddAccount(gam_);
  world_.Assign(gam_, owned.name(), seller_.name());
  world_.harness().db().Execute(
      absl::StrCat("UPDATE accounts SET protected_until = NULL WHERE id = '", IdOf(owned.name()), "'"));
  world_.harness().db().Execute(
      absl::StrCat("UPDATE account_ownerships SET protected_until = NULL WHERE account = '", IdOf(owned.name()), "'"));
  EXPECT_EQ(said(owned), MetadataValue(Claim(kax2_, owned.name()).status(), "claimableAfter"));
}

// a co-owner gives up his own part, not the owner's.
TEST_F(ClaimTest, ACoOwnerDoesNotReleaseTheOwner) {
  const std::string account = FreeAccount();
  ASSERT_THAT(Claim(kax_, account), IsOk());
  v1::AssignOwnerRequest assign;
  assign.set_name(account);
  assign.set_employee(other_.name());
  assign.set_kind(v1::OWNERSHIP_KIND_CO_OWNER);
  assign.set_reason("协同");
  ASSERT_THAT(world_.Call<Account>(gam_, Method("AssignOwner"), assign), IsOk());
  EXPECT_THAT(Release(kax2_, account), HasReason("OWNERSHIP_NOT_YOURS"));
  v1::ReleaseOwnerRequest request;
  request.set_name(account);
  request.set_kind(v1::OWNERSHIP_KIND_CO_OWNER);
  request.set_employee(other_.name());
  request.set_reason("结束");
  EXPECT_THAT(world_.Call<Account>(kax2_, Method("ReleaseOwner"), request), IsOk());
}

// three holdings, two claims a day in the test policy.
TEST_F(ClaimTest, ADayAndAPersonHaveTheirCaps) {
  ASSERT_THAT(Claim(kax_, FreeAccount()), IsOk());
  ASSERT_THAT(Claim(kax_, FreeAccount()), IsOk());
  const std::string third = FreeAccount();
  EXPECT_THAT(Claim(kax_, third), HasReason("CLAIM_CAP_REACHED"));
  world_.harness().clock().Advance(absl::Hours(24));
  ASSERT_THAT(Claim(kax_, third), IsOk());
  EXPECT_THAT(Claim(kax_, FreeAccount()), HasReason("HOLDING_CAP_REACHED"));
}

// after the protection somebody else may claim, unless the owner does business.
TEST_F(ClaimTest, AnExpiredAccountIsClaimedUnlessThereIsBusiness) {
  const std::string account = FreeAccount();
  ASSERT_THAT(Claim(kax_, account), IsOk());
  const std::string opportunity = OpenOpportunity(kax_, account);
  world_.harness().clock().Set(start_ + absl::Hours(24) * 90);
  LastOrderIs("2026-03-01");
  EXPECT_THAT(Claim(kax2_, account), HasReason("ACCOUNT_IN_BUSINESS"));
  world_.contract_svc = [](absl::string_view, const google::protobuf::Message&, google::protobuf::Message*) {
    return RetryLater(absl::StatusCode::kUnavailable, "CONTRACT_SVC_UNAVAILABLE", "away", absl::Seconds(1));
  };
  EXPECT_THAT(Claim(kax2_, account), HasReason("CONTRACT_SVC_UNAVAILABLE"));
  world_.contract_svc = world_.aftersales_svc;
  const auto claimed = Claim(kax2_, account);
  ASSERT_THAT(claimed, IsOk());
  EXPECT_EQ(claimed->owner(), other_.name());
  ASSERT_EQ(Rows(account).size(), 2u);
  EXPECT_EQ(Rows(account)[0].state(), v1::OWNERSHIP_STATE_EXPIRED);
  EXPECT_EQ(Rows(account)[0].successor(), Rows(account)[1].name());
  EXPECT_EQ(Notices(kax_, account), "CLAIMED");
  kam::api::GetRequest get;
  get.set_name(opportunity);
  const auto handed = world_.Call<v1::Opportunity>(kax2_, "kam.account.v1.OpportunityService/GetOpportunity", get);
  ASSERT_THAT(handed, IsOk());
  EXPECT_EQ(handed->owner(), other_.name());
}

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
  EXPECT_THAT(Claim(kax2_, account), IsOk());
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

// one active owner at every instant, and caps never passed, under claims, transfers and releases at once.
TEST_F(ClaimTest, InvariantsHoldUnderAHundredAtATime) {
  constexpr int kAccounts = 6;
  constexpr int kSellers = 5;
  constexpr int kCalls = 150;
  std::vector<std::string> accounts;
  for (int i = 0; i < kAccounts; ++i) accounts.push_back(FreeAccount());
  std::vector<organization::v1::Employee> sellers;
  std::vector<auth::Principal> principals;
  for (int i = 0; i < kSellers; ++i) {
    sellers.push_back(world_.AddEmployee("KAX", department_.name(), {head_.name()}));
    principals.push_back(world_.As(sellers.back(), "KAX"));
  }
  std::atomic<int> claims = 0, moves = 0, releases = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < kCalls; ++i) {
    threads.emplace_back([&, i] {
      absl::BitGen random;
      const auto at = [&random](int count) { return static_cast<size_t>(absl::Uniform(random, 0, count)); };
      const std::string& account = accounts[at(kAccounts)];
      const size_t seller = at(kSellers);
      world_.harness().clock().Advance(absl::Milliseconds(1));
      absl::Status status;
      if (i % 3 == 0) {
        status = Claim(principals[seller], account).status();
        claims += status.ok() ? 1 : 0;
      } else if (i % 3 == 1) {
        status = Transfer(account, sellers[seller].name()).status();
        moves += status.ok() ? 1 : 0;
      } else {
        status = Release(gam_, account).status();
        releases += status.ok() ? 1 : 0;
      }
      if (status.ok()) return;
      const std::set<std::string> expected = {
          "ACCOUNT_PROTECTED",   "OWNERSHIP_EXISTS", "RECLAIM_TOO_SOON",    "CLAIM_CAP_REACHED",
          "OWNER_MISSING",       "OWNER_UNCHANGED",  "HOLDING_CAP_REACHED", "ACCOUNT_CLAIMED_MEANWHILE",
          "TRANSACTION_CONFLICT"};
      EXPECT_EQ(expected.count(Reason(status)), 1u) << status;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_GT(claims, 0);
  EXPECT_GT(moves + releases, 0);

  std::vector<std::string> quoted;
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
