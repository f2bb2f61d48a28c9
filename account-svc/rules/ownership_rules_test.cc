// rules of claims, renewals and the loss of an account.
#include "account-svc/rules/ownership_rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/status/status.h"
#include "common/testing/matchers.h"

namespace kam::account::rules {
namespace {

using testing::HasReason;
using testing::IsOk;

constexpr char kMe[] = "employees/me";
constexpr char kOther[] = "employees/other";

absl::Time Day(int day) { return absl::FromUnixSeconds(1'767'571'200) + absl::Hours(24) * day; }

Policy P() {
  Policy policy;
  policy.protection_days = 90;
  policy.claims_per_day_max = 2;
  policy.reclaim_days = 7;
  policy.draft_protection_days = 30;
  policy.renewals_max = 2;
  policy.owner_follow_up_days = 60;
  policy.deal_days = 365;
  policy.protection_grace_days = 30;
  policy.release_reminder_days = {14, 3};
  return policy;
}

ClaimFacts Free() {
  ClaimFacts facts;
  facts.account = "accounts/1";
  facts.asker = kMe;
  return facts;
}

ClaimFacts Owned(absl::Time protected_until) {
  ClaimFacts facts = Free();
  facts.owner = facts.protected_for = kOther;
  facts.protected_until = protected_until;
  return facts;
}

//
TEST(CandidateRules, OwnersHaveARoleThatWorksAccounts) {
  Policy policy = P();
  policy.owner_roles = {"KAX", "BD"};
  policy.holdings_max = 2;
  Candidate candidate;
  candidate.name = kMe;
  candidate.holdings = 1;
  EXPECT_THAT(CheckCandidate(candidate, /*as_owner=*/true, "2026-01-05", policy), IsOk());
  candidate.may_own = false;
  EXPECT_THAT(CheckCandidate(candidate, /*as_owner=*/true, "2026-01-05", policy), HasReason("OWNER_ROLE_REQUIRED"));
  EXPECT_THAT(CheckCandidate(candidate, /*as_owner=*/false, "2026-01-05", policy), IsOk());
  policy.owner_roles.clear();
  EXPECT_THAT(policy.Validate(), testing::NamesField("policy.owner_roles"));
}

//
TEST(ClaimRulesTest, AFreeAccountIsThereForEverybody) { EXPECT_THAT(CheckClaim(Free(), Day(0), P()), IsOk()); }

//
TEST(ClaimRulesTest, AProtectedAccountIsNotUntilTheInstantItsProtectionEnds) {
  const absl::Status refused = CheckClaim(Owned(Day(10)), Day(10) - absl::Nanoseconds(1), P());
  EXPECT_THAT(refused, HasReason("ACCOUNT_PROTECTED"));
  EXPECT_EQ(MetadataValue(refused, "claimableAfter"), "2026-01-15T00:00:00+00:00");
  EXPECT_EQ(std::string(refused.message()).find("other"), std::string::npos) << "names nobody";
  EXPECT_THAT(CheckClaim(Owned(Day(10)), Day(10), P()), IsOk());
}

//
TEST(ClaimRulesTest, WhoeverReportedTheFirmMayClaimIt) {
  ClaimFacts facts = Free();
  facts.protected_for = kMe;
  facts.protected_until = Day(30);
  EXPECT_THAT(CheckClaim(facts, Day(0), P()), IsOk());
  facts.protected_for = kOther;
  EXPECT_THAT(CheckClaim(facts, Day(0), P()), HasReason("ACCOUNT_PROTECTED"));
}

//
TEST(ClaimRulesTest, BusinessKeepsOthersOffWhateverTheProtection) {
  ClaimFacts facts = Owned(Day(-100));
  facts.last_deal = Day(-10);
  EXPECT_THAT(CheckClaim(facts, Day(0), P()), HasReason("ACCOUNT_IN_BUSINESS"));
  EXPECT_EQ(ClaimableAfter(facts, Day(0), P()), Day(355));
  facts.last_deal = Day(-365);
  EXPECT_THAT(CheckClaim(facts, Day(0), P()), IsOk());
}

//
TEST(ClaimRulesTest, AFirmIsItsReportersForATime) {
  ClaimFacts facts = Free();
  facts.protected_for = kOther;
  facts.protected_until = ReportEnd(Day(0), P());
  EXPECT_THAT(CheckClaim(facts, Day(29), P()), HasReason("ACCOUNT_PROTECTED"));
  EXPECT_EQ(ClaimableAfter(facts, Day(29), P()), Day(30));
  EXPECT_THAT(CheckClaim(facts, Day(30), P()), IsOk());
  facts.protected_for = kMe;
  EXPECT_THAT(CheckClaim(facts, Day(0), P()), IsOk());
}

//
TEST(ClaimRulesTest, NobodyReportsMoreFirmsThanHeCanWork) {
  EXPECT_THAT(CheckReportCap(kMe, 2, 3), IsOk());
  const absl::Status refused = CheckReportCap(kMe, 3, 3);
  EXPECT_THAT(refused, HasReason("REPORT_CAP_REACHED"));
  EXPECT_EQ(MetadataValue(refused, "limit"), "3");
}

//
TEST(ClaimRulesTest, ProtectionsAndReportsKeepAnAccountForSomebody) {
  EXPECT_TRUE(IsProtection(v1::OWNERSHIP_KIND_PROTECTED));
  EXPECT_TRUE(IsProtection(v1::OWNERSHIP_KIND_REPORTED));
  EXPECT_FALSE(IsProtection(v1::OWNERSHIP_KIND_OWNER));
  EXPECT_FALSE(IsProtection(v1::OWNERSHIP_KIND_CO_OWNER));
}

//
TEST(ClaimRulesTest, NobodyClaimsWhatHeHasOrHasJustGivenUp) {
  ClaimFacts facts = Owned(Day(10));
  facts.owner = facts.protected_for = kMe;
  EXPECT_THAT(CheckClaim(facts, Day(0), P()), HasReason("OWNERSHIP_EXISTS"));
  facts = Free();
  facts.asker_lost = Day(0);
  EXPECT_THAT(CheckClaim(facts, Day(6), P()), HasReason("RECLAIM_TOO_SOON"));
  EXPECT_THAT(CheckClaim(facts, Day(7), P()), IsOk());
}

//
TEST(ClaimRulesTest, TheDayHasACap) {
  EXPECT_THAT(CheckClaimCap(kMe, 1, P()), IsOk());
  const absl::Status refused = CheckClaimCap(kMe, 2, P());
  EXPECT_THAT(refused, HasReason("CLAIM_CAP_REACHED"));
  EXPECT_EQ(MetadataValue(refused, "limit"), "2");
}

RenewalFacts Renewal() {
  RenewalFacts facts;
  facts.account = "accounts/1";
  facts.owner = facts.asker = kMe;
  facts.since = Day(0);
  facts.follow_up = "visits/1";
  facts.follow_up_time = Day(5);
  return facts;
}

//
TEST(RenewalRulesTest, ANewFollowUpRenewsFromNow) {
  const auto until = Renew(Renewal(), Day(80), P());
  ASSERT_THAT(until, IsOk());
  EXPECT_EQ(*until, Day(170));
}

//
TEST(RenewalRulesTest, WithoutEvidenceOfFollowUpThereIsNone) {
  RenewalFacts facts = Renewal();
  facts.follow_up_time.reset();
  EXPECT_THAT(Renew(facts, Day(80), P()), HasReason("FOLLOW_UP_UNKNOWN"));
  facts.follow_up_time = Day(0);
  EXPECT_THAT(Renew(facts, Day(80), P()), HasReason("FOLLOW_UP_NOT_NEW"));
  facts = Renewal();
  facts.asker = kOther;
  EXPECT_THAT(Renew(facts, Day(80), P()), HasReason("OWNERSHIP_NOT_YOURS"));
  facts = Renewal();
  facts.renewals = 2;
  EXPECT_THAT(Renew(facts, Day(80), P()), HasReason("RENEWAL_CAP_REACHED"));
}

HoldingFacts Holding() {
  HoldingFacts facts;
  facts.since = Day(0);
  facts.protected_until = Day(90);
  return facts;
}

//
TEST(ReleaseRulesTest, WhatComesFirstDecides) {
  HoldingFacts facts = Holding();
  auto release = NextRelease(facts, Day(1), P());
  ASSERT_TRUE(release.has_value());
  EXPECT_EQ(release->due, Day(60));
  EXPECT_EQ(release->cause, v1::RELEASE_CAUSE_NO_FOLLOW_UP);
  facts.last_follow_up = Day(80);
  release = NextRelease(facts, Day(81), P());
  EXPECT_EQ(release->due, Day(120));
  EXPECT_EQ(release->cause, v1::RELEASE_CAUSE_PROTECTION_OVER);
  facts.protected_until = Day(1000);
  facts.last_follow_up = Day(900);
  release = NextRelease(facts, Day(900), P());
  EXPECT_EQ(release->due, Day(365));
  EXPECT_EQ(release->cause, v1::RELEASE_CAUSE_NO_DEAL);
}

//
TEST(ReleaseRulesTest, WithADealOnlyTheNextDealCounts) {
  HoldingFacts facts = Holding();
  facts.last_deal = Day(100);
  const auto release = NextRelease(facts, Day(300), P());
  ASSERT_TRUE(release.has_value());
  EXPECT_EQ(release->due, Day(465));
  EXPECT_EQ(release->cause, v1::RELEASE_CAUSE_NO_DEAL);
}

//
TEST(ReleaseRulesTest, FiguresOfZeroSwitchItOff) {
  Policy policy = P();
  policy.owner_follow_up_days = policy.deal_days = policy.protection_grace_days = 0;
  EXPECT_FALSE(NextRelease(Holding(), Day(1000), policy).has_value());
}

//
TEST(ReleaseRulesTest, RemindersComeOneAfterTheOther) {
  EXPECT_EQ(NextReminder(Day(60), Day(0), P()), Day(46));
  EXPECT_EQ(NextReminder(Day(60), Day(46), P()), Day(57));
  EXPECT_EQ(NextReminder(Day(60), Day(57), P()), std::nullopt);
  EXPECT_EQ(ReleaseAfterReminder(Day(60), Day(46), P()), Day(60));
  EXPECT_EQ(ReleaseAfterReminder(Day(60), Day(59), P()), Day(62));
}

//
TEST(ReleaseRulesTest, OnlyHolderOwnerOrSuperiorEndsAnOwnership) {
  EXPECT_THAT(CheckRelease("accounts/1", kMe, false, kMe, kMe), IsOk());
  EXPECT_THAT(CheckRelease("accounts/1", kMe, false, kOther, kMe), IsOk());
  EXPECT_THAT(CheckRelease("accounts/1", kMe, false, kMe, kOther), IsOk());
  EXPECT_THAT(CheckRelease("accounts/1", kMe, true, kOther, kOther), IsOk());
  EXPECT_THAT(CheckRelease("accounts/1", kMe, false, kOther, kOther), HasReason("OWNERSHIP_NOT_YOURS"));
}

//
TEST(OwnershipRulesTest, AccountsGoToPeopleWhoAreHereAndByTwo) {
  const Policy policy = P();
  Candidate candidate{kOther, "", 0};
  EXPECT_THAT(CheckCandidate(candidate, /*as_owner=*/true, "2026-01-05", policy), IsOk());
  candidate.archived = true;
  EXPECT_THAT(CheckCandidate(candidate, /*as_owner=*/true, "2026-01-05", policy), HasReason("EMPLOYEE_LEFT"));
  EXPECT_THAT(CheckTransfer(kMe, kMe), HasReason("SEPARATION_OF_DUTIES"));
  EXPECT_THAT(CheckTransfer(kMe, kOther), IsOk());
}

}  // namespace
}  // namespace kam::account::rules
