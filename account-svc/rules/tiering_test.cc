#include "account-svc/rules/tiering.h"

#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "common/testing/matchers.h"
#include "google/type/money.pb.h"
#include "kam/account/v1/account.pb.h"
#include "kam/account/v1/account_evaluation.pb.h"

namespace kam::account::rules {
namespace {

using testing::HasReason;
using testing::IsOk;
using testing::NamesField;

constexpr v1::TierCriterion kCriteria[] = {v1::TIER_CRITERION_REVENUE, v1::TIER_CRITERION_MARGIN,
                                           v1::TIER_CRITERION_GROWTH, v1::TIER_CRITERION_PAYMENT,
                                           v1::TIER_CRITERION_POTENTIAL};

void AddBand(v1::TierCriterion criterion, const std::string& at_least, const std::string& points,
             v1::TierModel* model) {
  v1::TierBand* band = model->add_bands();
  band->set_criterion(criterion);
  band->set_at_least(at_least);
  band->set_points(points);
}

// Weights 40, 15, 15, 10, 20; bands 0 -> 0, 10 -> 50, 20 -> 100 points each; cut-offs 80, 60, 30.
v1::TierModel Model() {
  v1::TierModel model;
  model.set_name("tierModels/m");
  model.set_currency("CNY");
  const char* const kWeights[] = {"40", "15", "15", "10", "20"};
  for (size_t i = 0; i < std::size(kCriteria); ++i) {
    v1::TierWeight* weight = model.add_weights();
    weight->set_criterion(kCriteria[i]);
    weight->set_weight(kWeights[i]);
    AddBand(kCriteria[i], "0", "0", &model);
    AddBand(kCriteria[i], "10", "50", &model);
    AddBand(kCriteria[i], "20", "100", &model);
  }
  model.set_strategic_from("80");
  model.set_a_from("60");
  model.set_b_from("30");
  return model;
}

v1::AccountEvaluation Values(int revenue, int margin, int growth, int on_time, int potential) {
  v1::AccountEvaluation evaluation;
  evaluation.mutable_revenue()->set_units(revenue);
  evaluation.mutable_revenue()->set_currency_code("CNY");
  evaluation.set_margin_percent(absl::StrCat(margin));
  evaluation.set_growth_percent(absl::StrCat(growth));
  evaluation.set_on_time_percent(absl::StrCat(on_time));
  evaluation.set_potential_score(absl::StrCat(potential));
  return evaluation;
}

// every combination of bands: total and tier are what an independent sum of whole numbers says.
TEST(TieringTest, EveryCombinationOfBandsGivesItsTier) {
  const v1::TierModel model = Model();
  const int kWeights[] = {40, 15, 15, 10, 20};
  const int kValues[] = {-5, 0, 9, 10, 19, 20, 99};
  const int kPoints[] = {0, 0, 0, 50, 50, 100, 100};
  int seen[5] = {};
  for (int a = 1; a < 7; ++a) {
    for (int b = 0; b < 7; ++b) {
      for (int c = 0; c < 7; ++c) {
        for (int d = 1; d < 7; ++d) {
          for (int e = 1; e < 7; ++e) {
            v1::AccountEvaluation evaluation = Values(kValues[a], kValues[b], kValues[c], kValues[d], kValues[e]);
            ASSERT_THAT(Evaluate(model, &evaluation), IsOk());
            const int total = (kPoints[a] * kWeights[0] + kPoints[b] * kWeights[1] + kPoints[c] * kWeights[2] +
                               kPoints[d] * kWeights[3] + kPoints[e] * kWeights[4]);
            const std::string text =
                total % 100 == 0 ? absl::StrCat(total / 100) : absl::StrCat(total / 100, ".", total % 100 / 10);
            ASSERT_EQ(evaluation.total(), text);
            const v1::Tier tier = total >= 8000   ? v1::TIER_STRATEGIC
                                  : total >= 6000 ? v1::TIER_A
                                  : total >= 3000 ? v1::TIER_B
                                                  : v1::TIER_C;
            ASSERT_EQ(evaluation.computed_tier(), tier) << text;
            ++seen[tier];
          }
        }
      }
    }
  }
  for (const v1::Tier tier : {v1::TIER_STRATEGIC, v1::TIER_A, v1::TIER_B, v1::TIER_C}) EXPECT_GT(seen[tier], 0);
}

// a band begins at its value, not after it; below the lowest there are no points.
TEST(TieringTest, BandsBeginAtTheirValue) {
  v1::TierModel model = Model();
  model.clear_weights();
  model.clear_bands();
  v1::TierWeight* weight = model.add_weights();
  weight->set_criterion(v1::TIER_CRITERION_REVENUE);
  weight->set_weight("100");
  AddBand(v1::TIER_CRITERION_REVENUE, "1000", "30", &model);
  AddBand(v1::TIER_CRITERION_REVENUE, "2000", "80", &model);
  ASSERT_THAT(CheckModel(model), IsOk());
  const auto tier = [&](int units, int nanos) {
    v1::AccountEvaluation evaluation = Values(units, 0, 0, 0, 0);
    evaluation.mutable_revenue()->set_nanos(nanos);
    EXPECT_THAT(Evaluate(model, &evaluation), IsOk());
    return evaluation.computed_tier();
  };
  EXPECT_EQ(tier(999, 999'999'999), v1::TIER_C);
  EXPECT_EQ(tier(1000, 0), v1::TIER_B);
  EXPECT_EQ(tier(1999, 999'999'999), v1::TIER_B);
  EXPECT_EQ(tier(2000, 0), v1::TIER_STRATEGIC);
}

// what counts must be known; what does not count may be missing.
TEST(TieringTest, WhatCountsMustBeKnown) {
  const v1::TierModel model = Model();
  const std::pair<const char*, void (*)(v1::AccountEvaluation*)> kMissing[] = {
      {"revenue", [](v1::AccountEvaluation* e) { e->clear_revenue(); }},
      {"margin_percent", [](v1::AccountEvaluation* e) { e->clear_margin_percent(); }},
      {"growth_percent", [](v1::AccountEvaluation* e) { e->clear_growth_percent(); }},
      {"on_time_percent", [](v1::AccountEvaluation* e) { e->clear_on_time_percent(); }},
      {"potential_score", [](v1::AccountEvaluation* e) { e->clear_potential_score(); }}};
  for (size_t i = 0; i < std::size(kMissing); ++i) {
    v1::AccountEvaluation evaluation = Values(20, 20, 20, 20, 20);
    kMissing[i].second(&evaluation);
    const auto refused = Evaluate(model, &evaluation);
    EXPECT_THAT(refused, HasReason("EVALUATION_INPUT_MISSING"));
    EXPECT_THAT(refused, NamesField(absl::StrCat("account_evaluation.", kMissing[i].first)));
    v1::TierModel without = model;
    without.mutable_weights(static_cast<int>(i))->set_weight("0");
    EXPECT_THAT(Evaluate(without, &evaluation), IsOk()) << kMissing[i].first;
  }
  v1::AccountEvaluation dollars = Values(20, 20, 20, 20, 20);
  dollars.mutable_revenue()->set_currency_code("USD");
  EXPECT_THAT(Evaluate(model, &dollars), HasReason("CURRENCY_MISMATCH"));
}

//
TEST(TierModelTest, OnlyOneThatCanBeUsed) {
  ASSERT_THAT(CheckModel(Model()), IsOk());
  v1::TierModel model = Model();
  model.mutable_weights(0)->set_weight("39.9999");
  EXPECT_THAT(CheckModel(model), HasReason("TIER_WEIGHTS_INVALID"));
  model = Model();
  *model.add_weights() = model.weights(0);
  EXPECT_THAT(CheckModel(model), HasReason("CRITERION_REPEATED"));
  model = Model();
  model.mutable_bands(1)->set_at_least("0");
  EXPECT_THAT(CheckModel(model), HasReason("BANDS_INVALID"));
  model = Model();
  model.mutable_bands(2)->set_points("49.9999");
  EXPECT_THAT(CheckModel(model), HasReason("BANDS_INVALID"));
  model = Model();
  model.mutable_bands()->DeleteSubrange(0, 3);
  EXPECT_THAT(CheckModel(model), HasReason("BANDS_INVALID"));
  model = Model();
  model.mutable_weights(0)->set_weight("0");
  model.mutable_weights(1)->set_weight("55");
  EXPECT_THAT(CheckModel(model), NamesField("tier_model.bands[0].criterion"));
  for (const auto& [strategic, a, b] :
       {std::tuple("60", "60", "30"), std::tuple("80", "30", "30"), std::tuple("50", "60", "30")}) {
    model = Model();
    model.set_strategic_from(strategic);
    model.set_a_from(a);
    model.set_b_from(b);
    EXPECT_THAT(CheckModel(model), HasReason("CUT_OFFS_INVALID"));
  }
}

// released by another than its author, and unchanged since.
TEST(TierModelTest, IsReleasedByAnother) {
  v1::TierModel model = Model();
  model.set_creator("employees/a");
  model.set_updater("employees/b");
  EXPECT_THAT(Release("employees/a", absl::UnixEpoch(), &model), HasReason("SEPARATION_OF_DUTIES"));
  EXPECT_THAT(Release("employees/b", absl::UnixEpoch(), &model), HasReason("SEPARATION_OF_DUTIES"));
  EXPECT_THAT(Release("employees/c", absl::UnixEpoch(), &model), IsOk());
  model.set_state(v1::TIER_MODEL_STATE_DRAFT);
  EXPECT_THAT(CheckModelUpdate(model), IsOk());
  model.set_state(v1::TIER_MODEL_STATE_RELEASED);
  EXPECT_THAT(CheckModelUpdate(model), HasReason("MODEL_RELEASED"));
}

// another tier than the one worked out takes a reason, and a second person.
TEST(TierProposalTest, AnOverrideTakesAReason) {
  v1::AccountEvaluation evaluation;
  evaluation.set_computed_tier(v1::TIER_B);
  EXPECT_THAT(ProposeTier("employees/p", v1::TIER_A, "", &evaluation), HasReason("OVERRIDE_REASON_REQUIRED"));
  ASSERT_THAT(ProposeTier("employees/p", v1::TIER_UNSPECIFIED, "", &evaluation), IsOk());
  EXPECT_EQ(evaluation.proposed_tier(), v1::TIER_B);
  EXPECT_EQ(evaluation.override_reason(), "");
  ASSERT_THAT(ProposeTier("employees/p", v1::TIER_A, "明年有大单", &evaluation), IsOk());
  EXPECT_EQ(evaluation.override_reason(), "明年有大单");
  EXPECT_THAT(DecideTier("employees/p", "", absl::UnixEpoch(), &evaluation), HasReason("SEPARATION_OF_DUTIES"));
  EXPECT_THAT(DecideTier("employees/q", "", absl::UnixEpoch(), &evaluation), IsOk());
}

// three people: who works out, who proposes, who confirms. The value of the margin is told by its own field only.
TEST(TierProposalTest, WhoeverComputedNeitherProposesNorConfirms) {
  v1::AccountEvaluation evaluation = Values(20, 20, 20, 20, 20);
  evaluation.set_creator("employees/da");
  ASSERT_THAT(Evaluate(Model(), &evaluation), IsOk());
  EXPECT_EQ(evaluation.scores(0).value(), "20");
  EXPECT_EQ(evaluation.scores(1).value(), "");
  EXPECT_THAT(ProposeTier("employees/da", v1::TIER_UNSPECIFIED, "", &evaluation), HasReason("SEPARATION_OF_DUTIES"));
  ASSERT_THAT(ProposeTier("employees/kam", v1::TIER_UNSPECIFIED, "", &evaluation), IsOk());
  EXPECT_THAT(DecideTier("employees/da", "", absl::UnixEpoch(), &evaluation), HasReason("SEPARATION_OF_DUTIES"));
  EXPECT_THAT(DecideTier("employees/gam", "", absl::UnixEpoch(), &evaluation), IsOk());
}

//
TEST(TierProposalTest, TheLatestDayDecidesAndTheReviewIsAhead) {
  v1::AccountEvaluation evaluation;
  evaluation.set_as_of("2026-01-05");
  EXPECT_THAT(CheckNotSuperseded(evaluation, ""), IsOk());
  EXPECT_THAT(CheckNotSuperseded(evaluation, "2026-01-05"), IsOk());
  EXPECT_THAT(CheckNotSuperseded(evaluation, "2026-01-06"), HasReason("EVALUATION_SUPERSEDED"));
  Policy policy;
  policy.tier_review_months = 6;
  EXPECT_EQ(ReviewDate("", "2026-01-05", policy).value(), "2026-07-05");
  EXPECT_EQ(ReviewDate("2026-01-05", "2026-01-05", policy).value(), "2026-01-05");
  EXPECT_THAT(ReviewDate("2026-01-04", "2026-01-05", policy), HasReason("DATE_IN_PAST"));
}

//
TEST(TierProposalTest, ATierIsGivenToAVerifiedAccountOnly) {
  v1::Account account;
  for (const v1::AccountState state : {v1::ACCOUNT_STATE_DRAFT, v1::ACCOUNT_STATE_SUBMITTED}) {
    account.set_state(state);
    EXPECT_THAT(CheckTierCanBeGiven(account), HasReason("ACCOUNT_NOT_VERIFIED"));
  }
  account.set_state(v1::ACCOUNT_STATE_CLOSED);
  EXPECT_THAT(CheckTierCanBeGiven(account), HasReason("ACCOUNT_CLOSED"));
  account.set_state(v1::ACCOUNT_STATE_ACTIVE);
  EXPECT_THAT(CheckTierCanBeGiven(account), IsOk());
  account.mutable_verification()->set_state(v1::VERIFICATION_STATE_CHANGED);
  EXPECT_THAT(CheckTierCanBeGiven(account), HasReason("REVERIFICATION_REQUIRED"));
}

}  // namespace
}  // namespace kam::account::rules
