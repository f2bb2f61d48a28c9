// What an import may say of claims of the past, and what was decided here that it leaves alone (S-10, S-12 to S-15,
// S-18).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>

#include "aftersales-svc/testing/claim_fixture.h"
#include "aftersales-svc/testing/claims.h"
#include "common/testing/matchers.h"
#include "kam/api/standard.pb.h"

namespace kam::aftersales::testing {
namespace {

using ::kam::testing::HasReason;
using ::kam::testing::IsOk;
using ::kam::testing::NamesField;

constexpr auto kCovered = wv1::APPRAISAL_VERDICT_COVERED;
constexpr auto kNotCovered = wv1::APPRAISAL_VERDICT_NOT_COVERED;

class ClaimImportTest : public ClaimTest {};

// S-10, S-18: what an import says of the past fits together.
TEST_F(ClaimImportTest, AnImportedClaimRestsOnWhatItsStateNeeds) {
  const std::string account = world_.NewAccount();
  struct Case {
    const char* what;
    std::function<void(wv1::WarrantyClaim*)> change;
    const char* reason;
    const char* field;
  };
  const std::vector<Case> cases = {
      {"granted, but how much", [](auto* c) { c->set_state(wv1::CLAIM_STATE_APPROVED); }, "CLAIM_HISTORY_INVALID",
       "warranty_claim.approved_total"},
      {"more than was claimed",
       [](auto* c) {
         c->set_state(wv1::CLAIM_STATE_APPROVED);
         *c->mutable_approved_total() = Cny("6000.01");
       },
       "APPROVED_ABOVE_CLAIMED", "warranty_claim.approved_total"},
      {"refused, but something granted",
       [](auto* c) {
         c->set_state(wv1::CLAIM_STATE_REJECTED);
         *c->mutable_approved_total() = Cny("1");
       },
       "CLAIM_HISTORY_INVALID", "warranty_claim.approved_total"},
      {"another currency",
       [](auto* c) {
         c->set_state(wv1::CLAIM_STATE_APPROVED);
         *c->mutable_approved_total() = Cny("1");
         c->mutable_approved_total()->set_currency_code("EUR");
       },
       "CURRENCY_MISMATCH", "warranty_claim.approved_total"},
      {"settled for nothing said",
       [](auto* c) {
         c->set_state(wv1::CLAIM_STATE_SETTLED);
         *c->mutable_approved_total() = Cny("5");
       },
       "CLAIM_HISTORY_INVALID", "warranty_claim.settlement.amount"},
      {"settled above the approval",
       [](auto* c) {
         c->set_state(wv1::CLAIM_STATE_SETTLED);
         *c->mutable_approved_total() = Cny("5");
         *c->mutable_settlement()->mutable_amount() = Cny("5.01");
       },
       "SETTLED_ABOVE_APPROVED", "warranty_claim.settlement.amount"},
      {"appraised by nobody", [](auto* c) { c->set_state(wv1::CLAIM_STATE_FIRST_APPRAISED); }, "CLAIM_HISTORY_INVALID",
       "warranty_claim.first_appraisal"},
      {"appraised once",
       [this](auto* c) {
         c->set_state(wv1::CLAIM_STATE_SECOND_APPRAISED);
         *c->mutable_first_appraisal() = Appraisal("SA", kCovered);
       },
       "CLAIM_HISTORY_INVALID", "warranty_claim.second_appraisal"},
      {"appraised twice by one person",
       [this](auto* c) {
         c->set_state(wv1::CLAIM_STATE_SECOND_APPRAISED);
         *c->mutable_first_appraisal() = Appraisal("SA", kCovered);
         *c->mutable_second_appraisal() = Appraisal("SA", kCovered);
       },
       "CLAIM_HISTORY_INVALID", "warranty_claim.second_appraisal.appraiser"},
      {"decided tomorrow",
       [](auto* c) {
         c->set_state(wv1::CLAIM_STATE_APPROVED);
         *c->mutable_approved_total() = Cny("5");
         c->mutable_decide_time()->set_seconds(absl::ToUnixSeconds(World::At("2026-01-06 09:00")));
       },
       "TIME_IN_FUTURE", "warranty_claim.decide_time"},
  };
  for (const Case& c : cases) {
    wv1::WarrantyClaim claim = PartClaim(account);
    c.change(&claim);
    const kam::api::UpsertResult result = Import(claim);
    EXPECT_EQ(result.outcome(), kam::api::UPSERT_OUTCOME_FAILED) << c.what;
    const absl::Status status = FromRpcStatusBytes(static_cast<absl::StatusCode>(result.status().code()),
                                                   result.status().message(), result.status().SerializeAsString());
    EXPECT_EQ(Reason(status), c.reason) << c.what << ": " << status;
    EXPECT_THAT(status, NamesField(c.field)) << c.what;
  }
  wv1::WarrantyClaim good = PartClaim(account);
  good.set_state(wv1::CLAIM_STATE_SETTLED);
  *good.mutable_items(0)->mutable_approved() = Cny("5000");
  *good.mutable_settlement()->mutable_amount() = Cny("4000");
  const kam::api::UpsertResult result = Import(good);
  ASSERT_EQ(result.outcome(), kam::api::UPSERT_OUTCOME_CREATED) << result.status().message();
  const wv1::WarrantyClaim stored = GetClaim(world_, result.name());
  EXPECT_EQ(Show(stored.approved_total()), "CNY 5000.00");
  EXPECT_EQ(Show(stored.settlement().difference()), "CNY 2000.00");
}

// S-14, S-15: what an import lets us pay was appraised and decided by persons, as here.
TEST_F(ClaimImportTest, NobodyPaysAnImportedClaimThatNobodyDecided) {
  const std::string account = world_.NewAccount();
  wv1::WarrantyClaim claim = PartClaim(account);
  claim.set_state(wv1::CLAIM_STATE_APPROVED);
  *claim.mutable_approved_total() = Cny("6000");
  const auto refused_field = [&](const char* field) {
    const kam::api::UpsertResult result = Import(claim);
    const absl::Status status = FromRpcStatusBytes(static_cast<absl::StatusCode>(result.status().code()),
                                                   result.status().message(), result.status().SerializeAsString());
    EXPECT_THAT(status, HasReason("CLAIM_HISTORY_INVALID"));
    EXPECT_THAT(status, NamesField(field));
  };
  refused_field("warranty_claim.first_appraisal");
  *claim.mutable_first_appraisal() = Appraisal("SA", kCovered);
  refused_field("warranty_claim.second_appraisal");
  *claim.mutable_second_appraisal() = Appraisal("CL", kCovered);
  refused_field("warranty_claim.decider");
  claim.set_decider(world_.Name("CL"));
  refused_field("warranty_claim.decider");
  claim.set_decider(world_.Name("SVM"));
  refused_field("warranty_claim.decide_time");
  claim.mutable_decide_time()->set_seconds(absl::ToUnixSeconds(World::At("2026-01-04 09:00")));
  const kam::api::UpsertResult result = Import(claim);
  ASSERT_EQ(result.outcome(), kam::api::UPSERT_OUTCOME_CREATED) << result.status().message();
  EXPECT_THAT(Settle(world_, result.name(), "", "ACC"), IsOk());
}

// S-12, S-13: a doubt of the past still needs the technical department.
TEST_F(ClaimImportTest, AnImportedDisagreementIsDoubtful) {
  wv1::WarrantyClaim claim = PartClaim(world_.NewAccount());
  claim.set_state(wv1::CLAIM_STATE_SECOND_APPRAISED);
  *claim.mutable_first_appraisal() = Appraisal("SA", kCovered);
  *claim.mutable_second_appraisal() = Appraisal("CL", kNotCovered);
  claim.mutable_second_appraisal()->set_agrees(true);
  const kam::api::UpsertResult result = Import(claim);
  ASSERT_EQ(result.outcome(), kam::api::UPSERT_OUTCOME_CREATED) << result.status().message();
  EXPECT_TRUE(GetClaim(world_, result.name()).doubtful());
  EXPECT_FALSE(GetClaim(world_, result.name()).second_appraisal().agrees());
  EXPECT_THAT(Decide(world_, result.name(), {"full"}), HasReason("OPINION_REQUIRED"));
}

// S-10, S-14: a nightly delivery of the same rows takes nothing back of what was decided here.
TEST_F(ClaimImportTest, AnImportLeavesWhatWasDecidedHere) {
  const wv1::WarrantyClaim delivered = PartClaim(world_.NewAccount());
  const std::string name = Import(delivered).name();
  EXPECT_EQ(Import(delivered).outcome(), kam::api::UPSERT_OUTCOME_UNCHANGED);
  ASSERT_THAT(AppraiseFirst(world_, name), IsOk());
  ASSERT_THAT(AppraiseSecond(world_, name), IsOk());
  ASSERT_THAT(Decide(world_, name, {"2000"}), IsOk());
  EXPECT_EQ(Import(delivered).outcome(), kam::api::UPSERT_OUTCOME_UNCHANGED);
  const wv1::WarrantyClaim kept = GetClaim(world_, name);
  EXPECT_EQ(Show(kept.items(0).approved()), "CNY 2000.00");
  EXPECT_EQ(kept.items(0).decision(), wv1::CLAIM_ITEM_DECISION_PARTLY_APPROVED);
  wv1::WarrantyClaim more = delivered;
  *more.mutable_items(0)->mutable_claimed() = Cny("9000");
  const kam::api::UpsertResult refused = Import(more);
  EXPECT_EQ(refused.outcome(), kam::api::UPSERT_OUTCOME_FAILED) << "nobody appraised that";
  EXPECT_EQ(Show(GetClaim(world_, name).claimed_total()), "CNY 6000.00");
}

}  // namespace
}  // namespace kam::aftersales::testing
