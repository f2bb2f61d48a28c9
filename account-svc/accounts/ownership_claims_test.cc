// Claims of accounts, over real gRPC and a real database.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "account-svc/accounts/claim_fixture.h"

namespace kam::account {
namespace {

using testing::HasReason;
using testing::IsOk;
using testing::StatusIs;
using v1::Account;

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

}  // namespace
}  // namespace kam::account
