// G-09, R-04: who decides a dispute, and what a decision may do.
#include "account-svc/rules/dispute_rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/testing/matchers.h"

namespace kam::account::rules {
namespace {

using ::testing::ElementsAre;
using testing::HasReason;
using ::testing::IsEmpty;
using testing::IsOk;

// gm above gam and sm; gam above kam1 and kam2; a reports to kam1, b to kam2, c to kam1 and sm.
ReportingLines Lines() {
  return {{"a", {"kam1"}},       {"b", {"kam2"}},   {"c", {"kam1", "sm"}},
          {"d", {"kam1", "sm"}}, {"kam1", {"gam"}}, {"kam2", {"gam"}},
          {"gam", {"gm"}},       {"sm", {"gm"}},    {"x", {}}};
}

// G-09
TEST(DisputeRulesTest, TheNearestCommonSuperiorDecides) {
  EXPECT_THAT(NearestCommonSuperiors(Lines(), "a", "c"), ElementsAre("kam1"));
  EXPECT_THAT(NearestCommonSuperiors(Lines(), "a", "b"), ElementsAre("gam"));
  EXPECT_THAT(CommonSuperiors(Lines(), "a", "b"), ElementsAre("gam", "gm"));
  EXPECT_THAT(NearestCommonSuperiors(Lines(), "b", "c"), ElementsAre("gam"));
}

// G-09: a clerk may have two superiors, and so may both parties have two in common.
TEST(DisputeRulesTest, TwoLinesMayGiveTwoOfThem) {
  EXPECT_THAT(NearestCommonSuperiors(Lines(), "c", "d"), ElementsAre("kam1", "sm"));
}

// G-09: nobody decides his own case.
TEST(DisputeRulesTest, APartyIsNeverItsOwnJudge) {
  EXPECT_THAT(NearestCommonSuperiors(Lines(), "a", "kam1"), ElementsAre("gam"));
  EXPECT_THAT(NearestCommonSuperiors(Lines(), "kam1", "gam"), ElementsAre("gm"));
  EXPECT_THAT(NearestCommonSuperiors(Lines(), "a", "x"), IsEmpty());
}

// G-09: lines that go round, which data of before may, end.
TEST(DisputeRulesTest, ACircleOfLinesEnds) {
  const ReportingLines circle = {{"a", {"p"}}, {"b", {"p"}}, {"p", {"q"}}, {"q", {"p"}}};
  EXPECT_THAT(CommonSuperiors(circle, "a", "b"), ElementsAre("p", "q"));
}

v1::WorkDispute Dispute(v1::DisputeSubject subject) {
  v1::WorkDispute dispute;
  dispute.set_name("workDisputes/1");
  dispute.set_subject(subject);
  dispute.set_opener("a");
  dispute.set_respondent("b");
  return dispute;
}

//
TEST(DisputeRulesTest, OthersDoNotDecideUnlessItIsOverdueAndTheyAreFurtherUp) {
  v1::WorkDispute dispute = Dispute(v1::DISPUTE_SUBJECT_OWNERSHIP);
  EXPECT_THAT(CheckArbiter(dispute, Lines(), "gam"), IsOk());
  for (const char* other : {"gm", "kam1", "kam2", "sm", "a", "b"}) {
    EXPECT_THAT(CheckArbiter(dispute, Lines(), other), HasReason("NOT_COMMON_SUPERIOR")) << other;
  }
  dispute.set_overdue(true);
  EXPECT_THAT(CheckArbiter(dispute, Lines(), "gm"), IsOk());
  EXPECT_THAT(CheckArbiter(dispute, Lines(), "sm"), HasReason("NOT_COMMON_SUPERIOR"));
}

// G-09: every pair of subject and effect.
TEST(DisputeRulesTest, EachSubjectHasItsEffects) {
  const std::map<v1::DisputeSubject, std::vector<v1::DisputeEffect>> fitting = {
      {v1::DISPUTE_SUBJECT_OWNERSHIP,
       {v1::DISPUTE_EFFECT_STAYS, v1::DISPUTE_EFFECT_OWNERSHIP_MOVES, v1::DISPUTE_EFFECT_CO_OWNERSHIP}},
      {v1::DISPUTE_SUBJECT_COMMISSION, {v1::DISPUTE_EFFECT_STAYS, v1::DISPUTE_EFFECT_COMMISSION_SPLIT}},
      {v1::DISPUTE_SUBJECT_TASK, {v1::DISPUTE_EFFECT_STAYS, v1::DISPUTE_EFFECT_TASK_MOVES}}};
  for (const auto& [subject, effects] : fitting) {
    for (int effect = 0; effect <= v1::DisputeEffect_MAX; ++effect) {
      const auto value = static_cast<v1::DisputeEffect>(effect);
      const bool fits = std::find(effects.begin(), effects.end(), value) != effects.end();
      EXPECT_EQ(CheckEffect(Dispute(subject), value, 0).ok(), fits) << subject << " " << effect;
    }
  }
  EXPECT_THAT(CheckEffect(Dispute(v1::DISPUTE_SUBJECT_COMMISSION), v1::DISPUTE_EFFECT_COMMISSION_SPLIT, 40), IsOk());
  EXPECT_THAT(CheckEffect(Dispute(v1::DISPUTE_SUBJECT_OWNERSHIP), v1::DISPUTE_EFFECT_STAYS, 40),
              HasReason("DISPUTE_EFFECT_INVALID"));
}

// G-09
TEST(DisputeRulesTest, ACommissionIsThatOfADocumentOrOfTheAccount) {
  v1::WorkDispute dispute;
  dispute.set_subject(v1::DISPUTE_SUBJECT_COMMISSION);
  EXPECT_THAT(CheckSubject(dispute), HasReason("FIELD_REQUIRED"));
  dispute.set_account("accounts/1");
  EXPECT_THAT(CheckSubject(dispute), IsOk());
  for (const char* names : {"orders/1", "contracts/1", "opportunities/1"}) {
    dispute.set_subject_name(names);
    EXPECT_THAT(CheckSubject(dispute), IsOk()) << names;
  }
  for (const char* else_ : {"第三季度", "orders/", "orders/1/2", "tasks/1", "invoices/1"}) {
    dispute.set_subject_name(else_);
    EXPECT_THAT(CheckSubject(dispute), HasReason("DISPUTE_SUBJECT_INVALID")) << else_;
  }
}

}  // namespace
}  // namespace kam::account::rules
