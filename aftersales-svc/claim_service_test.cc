// Warranty claims through the service (S-10 to S-15, R-17, F-06, F-13).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "aftersales-svc/testing/claims.h"
#include "common/testing/matchers.h"
#include "kam/api/standard.pb.h"
#include "kam/claim/v1/claim_policy_service.pb.h"

namespace kam::aftersales::testing {
namespace {

using ::kam::testing::HasReason;
using ::kam::testing::IsOk;
using ::kam::testing::NamesField;

constexpr auto kCovered = wv1::APPRAISAL_VERDICT_COVERED;
constexpr auto kNotCovered = wv1::APPRAISAL_VERDICT_NOT_COVERED;
constexpr auto kDoubtful = wv1::APPRAISAL_VERDICT_DOUBTFUL;

class ClaimServiceTest : public ::testing::Test {
 protected:
  // A claim of parts only, nothing due back.
  wv1::WarrantyClaim PartsClaim(const std::string& account, const std::string& amount) {
    wv1::WarrantyClaim claim = NewClaim(account);
    claim.mutable_items()->RemoveLast();
    claim.mutable_items(0)->set_part_due_back(false);
    *claim.mutable_items(0)->mutable_claimed() = Cny(amount);
    return claim;
  }
  // Runs `call` in several threads; how many were OK and how many were refused for `reason`.
  std::pair<int, int> Race(int threads, const std::string& reason, const std::function<absl::Status(int)>& call) {
    std::atomic<int> won = 0, refused = 0;
    std::vector<std::thread> running;
    for (int i = 0; i < threads; ++i) {
      running.emplace_back([&, i] {
        const absl::Status status = call(i);
        if (status.ok()) ++won;
        if (Reason(status) == reason) ++refused;
      });
    }
    for (std::thread& thread : running) thread.join();
    return {won, refused};
  }

  World& world_ = World::Fresh();
};

// S-10, S-11, S-12, S-14, S-15, S-16
TEST_F(ClaimServiceTest, AClaimGoesFromApplicationToArchive) {
  const auto created = Create(world_, NewClaim(world_.NewAccount()));
  ASSERT_THAT(created, IsOk());
  EXPECT_EQ(created->state(), wv1::CLAIM_STATE_APPLIED);
  EXPECT_EQ(Show(created->claimed_total()), "CNY 7500.50");
  EXPECT_EQ(created->coverage(), wv1::COVERAGE_IN_WARRANTY);
  const std::string name = created->name();
  ASSERT_THAT(AppraiseFirst(world_, name), IsOk());
  const auto second = AppraiseSecond(world_, name);
  ASSERT_THAT(second, IsOk());
  EXPECT_TRUE(second->second_appraisal().agrees());
  EXPECT_FALSE(second->doubtful());
  const auto decided = Decide(world_, name, {"full", "1000"});
  ASSERT_THAT(decided, IsOk());
  EXPECT_EQ(decided->state(), wv1::CLAIM_STATE_PARTLY_APPROVED);
  EXPECT_EQ(Show(decided->approved_total()), "CNY 7000.00");
  EXPECT_EQ(decided->decider(), world_.Name("SVM"));
  // The missing part blocks the settlement.
  EXPECT_THAT(Settle(world_, name), HasReason("PART_MISSING"));
  const auto part = RequestPart(world_, name, 1, "2");
  ASSERT_THAT(part, IsOk());
  EXPECT_THAT(Settle(world_, name), HasReason("PART_MISSING"));
  ASSERT_THAT(Receive(world_, part->name()), IsOk());
  EXPECT_EQ(GetClaim(world_, name).state(), wv1::CLAIM_STATE_PART_RETURNED);
  EXPECT_THAT(Settle(world_, name, "7000.01"), HasReason("SETTLED_ABOVE_APPROVED"));
  const auto settled = Settle(world_, name, "6999.99", "ACC");
  ASSERT_THAT(settled, IsOk());
  EXPECT_EQ(settled->state(), wv1::CLAIM_STATE_SETTLED);
  EXPECT_EQ(Show(settled->settlement().amount()), "CNY 6999.99");
  EXPECT_EQ(Show(settled->settlement().difference()), "CNY 500.51");
  EXPECT_THAT(Settle(world_, name), HasReason("STATE_NOT_ALLOWED"));
  const auto filed = Do<wv1::FileWarrantyClaimRequest>(world_, "CL", "FileWarrantyClaim", name);
  ASSERT_THAT(filed, IsOk());
  EXPECT_EQ(filed->state(), wv1::CLAIM_STATE_ARCHIVED);
  // The settlement is in the change feed for the contract side.
  EXPECT_EQ(world_.harness()
                .db()
                .Get("SELECT COUNT(*) FROM changes WHERE collection = 'warrantyClaims' AND fields LIKE "
                     "'%CLAIM_STATE_SETTLED%' AND method LIKE '%/SettleWarrantyClaim'")
                .integer(),
            1);
}

// S-12: different persons, whatever rights they hold.
TEST_F(ClaimServiceTest, TheSecondAppraisalIsByAnotherPerson) {
  const std::string name = Create(world_, NewClaim(world_.NewAccount()))->name();
  auth::Principal both = world_.harness().PrincipalFor("SA CL SVM TM", world_.As("SA#both").employee);
  wv1::AppraiseWarrantyClaimFirstRequest first;
  first.set_name(name);
  first.set_verdict(kCovered);
  first.set_policy_clause("3.2");
  first.set_finding("x");
  first.set_cause("x");
  ASSERT_THAT(
      world_.harness().Call<wv1::WarrantyClaim>(both, absl::StrCat(kClaims, "AppraiseWarrantyClaimFirst"), first),
      IsOk());
  wv1::AppraiseWarrantyClaimSecondRequest second;
  second.set_name(name);
  second.set_verdict(kCovered);
  second.set_policy_clause("3.2");
  second.set_finding("x");
  const auto again =
      world_.harness().Call<wv1::WarrantyClaim>(both, absl::StrCat(kClaims, "AppraiseWarrantyClaimSecond"), second);
  EXPECT_THAT(again, HasReason("SEPARATION_OF_DUTIES"));
  EXPECT_EQ(GetClaim(world_, name).state(), wv1::CLAIM_STATE_FIRST_APPRAISED);
  EXPECT_THAT(AppraiseSecond(world_, name, kCovered, "SA"), HasReason("PERMISSION_DENIED"));
  ASSERT_THAT(AppraiseSecond(world_, name), IsOk());
  wv1::DecideWarrantyClaimRequest decision;
  decision.set_name(name);
  decision.set_etag(GetClaim(world_, name).etag());
  decision.set_reason("mine");
  decision.add_items()->set_decision(wv1::CLAIM_ITEM_DECISION_APPROVED);
  decision.add_items()->set_decision(wv1::CLAIM_ITEM_DECISION_APPROVED);
  EXPECT_THAT(world_.harness().Call<wv1::WarrantyClaim>(both, absl::StrCat(kClaims, "DecideWarrantyClaim"), decision),
              HasReason("SEPARATION_OF_DUTIES"));
}

// S-12, S-13: disagreement is kept, and needs the technical department.
TEST_F(ClaimServiceTest, ADisagreementNeedsATechnicalOpinion) {
  const std::string name = Create(world_, NewClaim(world_.NewAccount()))->name();
  ASSERT_THAT(AppraiseFirst(world_, name), IsOk());
  wv1::AppraiseWarrantyClaimSecondRequest silent;
  silent.set_verdict(kNotCovered);
  silent.set_finding("opened");
  EXPECT_THAT(Do(world_, "CL", "AppraiseWarrantyClaimSecond", name, silent), HasReason("CORRECTION_REQUIRED"));
  const auto disagreed = AppraiseSecond(world_, name, kNotCovered);
  ASSERT_THAT(disagreed, IsOk());
  EXPECT_FALSE(disagreed->second_appraisal().agrees());
  EXPECT_EQ(disagreed->second_appraisal().correction(), "the seal was cut open");
  EXPECT_TRUE(disagreed->doubtful());
  EXPECT_THAT(Decide(world_, name, {"full", "full"}), HasReason("OPINION_REQUIRED"));
  EXPECT_THAT(GiveOpinion(world_, name, kDoubtful), HasReason("VERDICT_NOT_FINAL"));
  EXPECT_THAT(GiveOpinion(world_, name, kCovered, "SA"), HasReason("PERMISSION_DENIED"));
  const auto opined = GiveOpinion(world_, name, kCovered, "QI");
  ASSERT_THAT(opined, IsOk());
  EXPECT_EQ(opined->opinion().file_number(), "T-2026-9");
  const auto decided = Decide(world_, name, {"full", "full"});
  ASSERT_THAT(decided, IsOk());
  EXPECT_EQ(decided->state(), wv1::CLAIM_STATE_APPROVED);
}

// S-13
TEST_F(ClaimServiceTest, ADoubtfulFirstAppraisalStaysDoubtful) {
  const std::string name = Create(world_, NewClaim(world_.NewAccount()))->name();
  ASSERT_THAT(AppraiseFirst(world_, name, kDoubtful), IsOk());
  ASSERT_THAT(GiveOpinion(world_, name, kNotCovered), IsOk()) << "already after the first appraisal";
  ASSERT_THAT(AppraiseSecond(world_, name, kDoubtful), IsOk());
  EXPECT_THAT(Decide(world_, name, {"full", "full"}), HasReason("NOT_COVERED"));
  const auto rejected = Decide(world_, name, {"none", "none"});
  ASSERT_THAT(rejected, IsOk());
  EXPECT_EQ(rejected->state(), wv1::CLAIM_STATE_REJECTED);
  EXPECT_THAT(Settle(world_, name), HasReason("STATE_NOT_ALLOWED"));
}

// S-10: the day of the failure counts, not the day of the claim; an unknown end is not covered.
TEST_F(ClaimServiceTest, CoverageIsJudgedOnTheFailureDate) {
  const std::string account = world_.NewAccount();
  wv1::WarrantyClaim claim = NewClaim(account);
  claim.set_warranty_end("2026-01-02");
  EXPECT_EQ(Create(world_, claim)->coverage(), wv1::COVERAGE_IN_WARRANTY) << "claimed three days later";
  claim = NewClaim(account);
  claim.set_warranty_end("2026-01-01");
  EXPECT_EQ(Create(world_, claim)->coverage(), wv1::COVERAGE_OUT_OF_WARRANTY);
  claim = NewClaim(account);
  claim.clear_warranty_end();
  const std::string name = AppraisedClaim(world_, claim);
  EXPECT_EQ(GetClaim(world_, name).coverage(), wv1::COVERAGE_UNKNOWN);
  EXPECT_THAT(Decide(world_, name, {"full", "full"}), HasReason("NOT_COVERED"));
  const auto goodwill = Decide(world_, name, {"3000", "none"}, /*goodwill=*/true);
  ASSERT_THAT(goodwill, IsOk());
  EXPECT_TRUE(goodwill->goodwill());
  EXPECT_EQ(Show(goodwill->approved_total()), "CNY 3000.00");
}

// S-14: approved <= claimed unless goodwill.
TEST_F(ClaimServiceTest, NoMoreIsGrantedThanWasClaimedUnlessItIsGoodwill) {
  const std::string name = AppraisedClaim(world_, NewClaim(world_.NewAccount()));
  const auto above = Decide(world_, name, {"+6000.01", "full"});
  EXPECT_THAT(above, HasReason("APPROVED_ABOVE_CLAIMED"));
  EXPECT_THAT(above, NamesField("items[0].approved"));
  EXPECT_EQ(MetadataValue(above.status(), "limit"), "CNY 6000.00");
  EXPECT_THAT(Decide(world_, name, {"full"}), HasReason("DECISION_INCOMPLETE"));
  EXPECT_THAT(Decide(world_, name, {"6000", "full"}), HasReason("RULING_INCONSISTENT"));
  EXPECT_EQ(GetClaim(world_, name).state(), wv1::CLAIM_STATE_SECOND_APPRAISED);
  const auto goodwill = Decide(world_, name, {"+6500", "full"}, /*goodwill=*/true);
  ASSERT_THAT(goodwill, IsOk());
  EXPECT_EQ(Show(goodwill->approved_total()), "CNY 8000.50");
}

// S-14, R-17, F-13: the parts manager decides parts claims below the threshold.
TEST_F(ClaimServiceTest, ThePartsManagerDecidesBelowTheThresholdOnly) {
  const std::string account = world_.NewAccount();
  EXPECT_THAT(DecideParts(world_, AppraisedClaim(world_, NewClaim(account)), {"full", "full"}),
              HasReason("PARTS_ONLY"));
  const auto at = DecideParts(world_, AppraisedClaim(world_, PartsClaim(account, "10000")), {"full"});
  EXPECT_THAT(at, HasReason("AMOUNT_NEEDS_SERVICE_MANAGER"));
  EXPECT_EQ(MetadataValue(at.status(), "limit"), "CNY 10000.00");
  const auto below = DecideParts(world_, AppraisedClaim(world_, PartsClaim(account, "9999.99")), {"full"});
  ASSERT_THAT(below, IsOk());
  EXPECT_EQ(below->state(), wv1::CLAIM_STATE_APPROVED);
  EXPECT_THAT(
      DecideParts(world_, AppraisedClaim(world_, PartsClaim(world_.NewAccount("KAX", "STRATEGIC"), "100")), {"full"}),
      HasReason("CUSTOMER_NEEDS_SERVICE_MANAGER"));
  const std::string name = AppraisedClaim(world_, PartsClaim(account, "100"));
  EXPECT_THAT(Decide(world_, name, {"full"}, false, "PTM"), HasReason("PERMISSION_DENIED"));
  EXPECT_THAT(Decide(world_, name, {"full"}, false, "CL"), HasReason("PERMISSION_DENIED")) << "the clerk prepares only";
}

// F-13 is data.
TEST_F(ClaimServiceTest, TheThresholdIsThatOfTheNewestPolicyInForce) {
  const auto add = [&](const std::string& day, const std::string& amount) {
    wv1::CreateClaimPolicyRequest request;
    request.mutable_claim_policy()->set_effective_date(day);
    *request.mutable_claim_policy()->mutable_decision_threshold() = Cny(amount);
    EXPECT_THAT(world_.Call<wv1::ClaimPolicy>("SVD", "kam.claim.v1.ClaimPolicyService/CreateClaimPolicy", request),
                IsOk());
  };
  add("2025-01-01", "500");
  add("2026-01-06", "50");
  const std::string account = world_.NewAccount();
  EXPECT_THAT(DecideParts(world_, AppraisedClaim(world_, PartsClaim(account, "500")), {"full"}),
              HasReason("AMOUNT_NEEDS_SERVICE_MANAGER"));
  const std::string name = AppraisedClaim(world_, PartsClaim(account, "499"));
  world_.SetTime("2026-01-06 00:00");
  EXPECT_THAT(DecideParts(world_, name, {"full"}), HasReason("AMOUNT_NEEDS_SERVICE_MANAGER"));
  world_.SetTime("2026-01-05 23:59");
  EXPECT_THAT(DecideParts(world_, name, {"full"}), IsOk());
}

// S-10
TEST_F(ClaimServiceTest, WhatCannotBeIsRefusedWithTheField) {
  const std::string account = world_.NewAccount();
  wv1::WarrantyClaim claim = NewClaim(account);
  claim.set_failure_date("2025-05-31");
  EXPECT_THAT(Create(world_, claim), HasReason("CLAIM_DATES_INVALID"));
  claim.set_failure_date("2026-01-06");
  EXPECT_THAT(Create(world_, claim), HasReason("CLAIM_DATES_INVALID")) << "in the future";
  claim = NewClaim(account);
  claim.mutable_items(1)->mutable_claimed()->set_currency_code("EUR");
  const auto mixed = Create(world_, claim);
  EXPECT_THAT(mixed, HasReason("CURRENCY_MISMATCH"));
  EXPECT_THAT(mixed, NamesField("warranty_claim.items[1].claimed"));
  claim = NewClaim(account, wv1::CLAIM_DIRECTION_MANUFACTURER);
  claim.set_customer_claim(Create(world_, NewClaim(world_.NewAccount()))->name());
  EXPECT_THAT(Create(world_, claim), HasReason("CUSTOMER_CLAIM_INVALID"));
  claim.set_customer_claim(Create(world_, NewClaim(account))->name());
  EXPECT_THAT(Create(world_, claim), IsOk()) << "recovery of a customer's claim";
}

// S-11: what was appraised does not change.
TEST_F(ClaimServiceTest, AnAppraisedClaimDoesNotChange) {
  const std::string name = Create(world_, NewClaim(world_.NewAccount()))->name();
  wv1::UpdateWarrantyClaimRequest request;
  request.mutable_warranty_claim()->set_name(name);
  request.mutable_warranty_claim()->set_failure_date("2025-12-30");
  const auto update = [&] {
    return world_.Call<wv1::WarrantyClaim>("CL", absl::StrCat(kClaims, "UpdateWarrantyClaim"), request);
  };
  ASSERT_THAT(update(), IsOk());
  ASSERT_THAT(AppraiseFirst(world_, name), IsOk());
  request.mutable_warranty_claim()->set_failure_date("2025-12-31");
  EXPECT_THAT(update(), HasReason("CLAIM_APPRAISED"));
}

// S-11, S-12, S-15: at the same time.
TEST_F(ClaimServiceTest, OfSeveralAtTheSameTimeOneWins) {
  constexpr int kThreads = 5;
  wv1::WarrantyClaim given = NewClaim(world_.NewAccount());
  given.mutable_items(0)->set_part_due_back(false);
  const std::string name = Create(world_, given)->name();
  std::vector<auth::Principal> advisors, clerks, accountants;
  for (int i = 0; i < kThreads; ++i) {
    advisors.push_back(world_.As(absl::StrCat("SA#", i)));
    clerks.push_back(world_.As(absl::StrCat("CL#", i)));
    accountants.push_back(world_.As(absl::StrCat("ACC#", i)));
  }
  const auto call = [&](const auth::Principal& who, const std::string& verb, const auto& request) {
    return world_.harness().Call<wv1::WarrantyClaim>(who, absl::StrCat(kClaims, verb), request).status();
  };
  const std::pair<int, int> one_winner(1, kThreads - 1);
  EXPECT_EQ(Race(kThreads, "STATE_NOT_ALLOWED",
                 [&](int i) {
                   wv1::AppraiseWarrantyClaimFirstRequest request;
                   request.set_name(name);
                   request.set_verdict(kCovered);
                   request.set_policy_clause("3.2");
                   request.set_finding("x");
                   request.set_cause("x");
                   return call(advisors[static_cast<size_t>(i)], "AppraiseWarrantyClaimFirst", request);
                 }),
            one_winner);
  EXPECT_EQ(Race(kThreads, "STATE_NOT_ALLOWED",
                 [&](int i) {
                   wv1::AppraiseWarrantyClaimSecondRequest request;
                   request.set_name(name);
                   request.set_verdict(kCovered);
                   request.set_policy_clause("3.2");
                   request.set_finding("x");
                   return call(clerks[static_cast<size_t>(i)], "AppraiseWarrantyClaimSecond", request);
                 }),
            one_winner);
  ASSERT_THAT(Decide(world_, name, {"full", "full"}), IsOk());
  EXPECT_EQ(Race(kThreads, "STATE_NOT_ALLOWED",
                 [&](int i) {
                   wv1::SettleWarrantyClaimRequest request;
                   request.set_name(name);
                   request.set_payer("we");
                   return call(accountants[static_cast<size_t>(i)], "SettleWarrantyClaim", request);
                 }),
            one_winner)
      << "settled once";
}

// F-06: accuracy of the claims decided in a time, in reach.
TEST_F(ClaimServiceTest, AccuracyIsAcceptedOfSubmitted) {
  const std::string mine = world_.NewAccount("KAX"), other = world_.NewAccount("KAX@2");
  ASSERT_THAT(Decide(world_, AppraisedClaim(world_, PartsClaim(mine, "100")), {"full"}), IsOk());
  ASSERT_THAT(Decide(world_, AppraisedClaim(world_, PartsClaim(mine, "100")), {"40"}), IsOk());
  ASSERT_THAT(Decide(world_, AppraisedClaim(world_, PartsClaim(other, "100")), {"none"}), IsOk());
  AppraisedClaim(world_, PartsClaim(mine, "100"));
  wv1::GetClaimAccuracyRequest request;
  request.mutable_from_time()->set_seconds(absl::ToUnixSeconds(World::At("2026-01-01 00:00")));
  request.mutable_until_time()->set_seconds(absl::ToUnixSeconds(World::At("2026-02-01 00:00")));
  const auto read = [&](const std::string& who) {
    const auto answer =
        world_.Call<wv1::GetClaimAccuracyResponse>(who, absl::StrCat(kClaims, "GetClaimAccuracy"), request);
    EXPECT_THAT(answer, IsOk());
    return answer.value_or(wv1::GetClaimAccuracyResponse());
  };
  const auto all = read("SVM");
  EXPECT_EQ(all.submitted(), 3);
  EXPECT_EQ(all.accepted(), 2);
  EXPECT_EQ(all.appraisals(), 3);
  EXPECT_EQ(all.agreed(), 3);
  EXPECT_EQ(all.accuracy(), "66.67");
  EXPECT_EQ(read("KAX").accuracy(), "100.00");
  request.mutable_until_time()->set_seconds(absl::ToUnixSeconds(World::At("2026-01-02 00:00")));
  EXPECT_EQ(read("SVM").accuracy(), "");
}

// R.2
TEST_F(ClaimServiceTest, ClaimsAreSeenInReach) {
  const std::string name = Create(world_, NewClaim(world_.NewAccount("KAX")))->name();
  kam::api::GetRequest request;
  request.set_name(name);
  const auto code = [&](const std::string& who) {
    return world_.Call<wv1::WarrantyClaim>(who, absl::StrCat(kClaims, "GetWarrantyClaim"), request).status().code();
  };
  for (const char* who : {"KAX", "KAM", "CL", "SA", "TM", "PTM", "ACC", "GM", "SD", "SVM"}) {
    EXPECT_EQ(code(who), absl::StatusCode::kOk) << who;
  }
  EXPECT_EQ(code("KAX#other"), absl::StatusCode::kNotFound);
  EXPECT_EQ(code("KAM@2"), absl::StatusCode::kNotFound);
  EXPECT_EQ(code("SAD"), absl::StatusCode::kPermissionDenied);
}

}  // namespace
}  // namespace kam::aftersales::testing
