// Claims and custody without a database (S-10 to S-16).
#include "aftersales-svc/rules/claim_rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <set>

#include "aftersales-svc/rules/part_rules.h"
#include "common/testing/matchers.h"

namespace kam::aftersales::rules {
namespace {

using ::kam::testing::HasReason;
using ::kam::testing::IsOk;
using ::kam::testing::NamesField;

const absl::Time kNow = absl::FromUnixSeconds(1'767'600'000);

google::type::Money Cny(int64_t units, int32_t nanos = 0) {
  google::type::Money money;
  money.set_units(units);
  money.set_nanos(nanos);
  money.set_currency_code("CNY");
  return money;
}

// Appraised as covered, of two items: 100 and 50.25.
wv1::WarrantyClaim Appraised() {
  wv1::WarrantyClaim claim;
  claim.set_purchase_date("2025-01-01");
  claim.set_failure_date("2025-12-31");
  claim.set_warranty_end("2026-01-01");
  for (const auto& amount : {Cny(100), Cny(50, 250'000'000)}) {
    wv1::ClaimItem* item = claim.add_items();
    item->set_kind(wv1::CLAIM_ITEM_KIND_MATERIAL);
    *item->mutable_claimed() = amount;
  }
  EXPECT_THAT(CheckClaim(absl::CivilDay(2026, 1, 5), &claim), IsOk());
  Finding finding;
  finding.verdict = wv1::APPRAISAL_VERDICT_COVERED;
  // S-11: by the policy of the warranty.
  EXPECT_THAT(AppraiseFirst(finding, "employees/sa", kNow, &claim), NamesField("policy_clause"));
  finding.policy_clause = "3.2";
  EXPECT_THAT(AppraiseFirst(finding, "employees/sa", kNow, &claim), IsOk());
  EXPECT_THAT(AppraiseSecond(finding, "employees/cl", kNow, &claim), IsOk());
  return claim;
}

Decision Rulings(std::initializer_list<wv1::ClaimItemDecision> decisions) {
  Decision decision;
  decision.decider = "employees/svm";
  for (const auto each : decisions) {
    wv1::ClaimItemRuling ruling;
    ruling.set_decision(each);
    if (each == wv1::CLAIM_ITEM_DECISION_PARTLY_APPROVED) *ruling.mutable_approved() = Cny(1);
    decision.rulings.push_back(ruling);
  }
  return decision;
}

constexpr auto kFull = wv1::CLAIM_ITEM_DECISION_APPROVED;
constexpr auto kPart = wv1::CLAIM_ITEM_DECISION_PARTLY_APPROVED;
constexpr auto kNone = wv1::CLAIM_ITEM_DECISION_REJECTED;

// S-14: the state of the claim follows from the rulings, for every pair of them.
TEST(ClaimRulesTest, EveryPairOfRulingsGivesTheStateOfTheClaim) {
  for (const auto first : {kFull, kPart, kNone}) {
    for (const auto second : {kFull, kPart, kNone}) {
      wv1::WarrantyClaim claim = Appraised();
      ASSERT_THAT(Decide(Rulings({first, second}), kNow, &claim), IsOk());
      const auto expected = first == kFull && second == kFull   ? wv1::CLAIM_STATE_APPROVED
                            : first == kNone && second == kNone ? wv1::CLAIM_STATE_REJECTED
                                                                : wv1::CLAIM_STATE_PARTLY_APPROVED;
      EXPECT_EQ(claim.state(), expected);
    }
  }
  wv1::WarrantyClaim claim = Appraised();
  ASSERT_THAT(Decide(Rulings({kFull, kFull}), kNow, &claim), IsOk());
  EXPECT_EQ(claim.approved_total().units(), 150);
  EXPECT_EQ(claim.approved_total().nanos(), 250'000'000);
}

// S-14: covered means within the warranty on the failure date and appraised as covered; goodwill needs neither.
TEST(ClaimRulesTest, EveryPairOfCoverageAndVerdict) {
  for (const char* end : {"2026-01-01", "2025-12-31", "2025-12-30", ""}) {
    for (const auto verdict : {wv1::APPRAISAL_VERDICT_COVERED, wv1::APPRAISAL_VERDICT_NOT_COVERED}) {
      for (const bool goodwill : {false, true}) {
        wv1::WarrantyClaim claim = Appraised();
        claim.set_warranty_end(end);
        ASSERT_THAT(CheckClaim(absl::CivilDay(2026, 1, 5), &claim), IsOk());
        claim.mutable_first_appraisal()->set_verdict(verdict);
        claim.mutable_second_appraisal()->set_verdict(verdict);
        Decision decision = Rulings({kFull, kNone});
        decision.goodwill = goodwill;
        const bool covered = std::string(end) >= "2025-12-31" && verdict == wv1::APPRAISAL_VERDICT_COVERED;
        const absl::Status status = Decide(decision, kNow, &claim);
        if (covered || goodwill) {
          EXPECT_THAT(status, IsOk()) << end;
        } else {
          EXPECT_THAT(status, HasReason("NOT_COVERED")) << end;
        }
      }
    }
  }
}

// S-12, R-17: nobody acts twice on a claim.
TEST(ClaimRulesTest, WhoAppraisedNeitherOpinesNorDecides) {
  wv1::WarrantyClaim claim = Appraised();
  wv1::RecordWarrantyClaimOpinionRequest opinion;
  opinion.set_verdict(wv1::APPRAISAL_VERDICT_COVERED);
  for (const char* who : {"employees/sa", "employees/cl"}) {
    EXPECT_THAT(GiveOpinion(opinion, who, kNow, &claim), HasReason("SEPARATION_OF_DUTIES"));
  }
  // S-13: doubtful cases are placed on record.
  claim.set_doubtful(true);
  EXPECT_THAT(GiveOpinion(opinion, "employees/tm", kNow, &claim), NamesField("file_number"));
  opinion.set_file_number("T-2026-9");
  ASSERT_THAT(GiveOpinion(opinion, "employees/tm", kNow, &claim), IsOk());
  for (const char* who : {"employees/sa", "employees/cl", "employees/tm"}) {
    Decision decision = Rulings({kFull, kFull});
    decision.decider = who;
    EXPECT_THAT(Decide(decision, kNow, &claim), HasReason("SEPARATION_OF_DUTIES"));
  }
}

// S-15: partly returned quantities are not enough, items refused do not matter.
TEST(ClaimRulesTest, EveryPartDueBackOfAGrantedItemMustHaveCome) {
  wv1::WarrantyClaim claim = Appraised();
  claim.mutable_items(0)->set_part_due_back(true);
  claim.mutable_items(0)->set_quantity("3");
  ASSERT_THAT(Decide(Rulings({kFull, kFull}), kNow, &claim), IsOk());
  const auto part = [](const char* quantity, bool back, bool waived) {
    wv1::ReturnedPart made;
    made.set_item(1);
    made.set_quantity(quantity);
    made.set_back(back);
    made.set_waived(waived);
    return made;
  };
  EXPECT_THAT(CheckPartsBack(claim, {}), HasReason("PART_MISSING"));
  EXPECT_THAT(CheckPartsBack(claim, {part("2", true, false)}), HasReason("PART_MISSING"));
  EXPECT_THAT(CheckPartsBack(claim, {part("2", true, false), part("1", false, false)}), HasReason("PART_MISSING"));
  EXPECT_THAT(CheckPartsBack(claim, {part("2", true, false), part("1", false, true)}), IsOk());
  claim.mutable_items(0)->set_decision(kNone);
  EXPECT_THAT(CheckPartsBack(claim, {}), IsOk());
}

// F-06
TEST(ClaimRulesTest, AccuracyIsExactWithTwoDigits) {
  EXPECT_EQ(Accuracy(0, 0), "");
  EXPECT_EQ(Accuracy(0, 7), "0.00");
  EXPECT_EQ(Accuracy(2, 3), "66.67");
  EXPECT_EQ(Accuracy(7, 7), "100.00");
}

struct Step {
  wv1::CustodyKind kind;
  wv1::CustodyPlace from, to;
};

const std::vector<Step>& Steps() {
  static const auto* steps = new std::vector<Step>{
      {wv1::CUSTODY_KIND_RECEIVED, wv1::CUSTODY_PLACE_CUSTOMER, wv1::CUSTODY_PLACE_STORE},
      {wv1::CUSTODY_KIND_SHIPPED, wv1::CUSTODY_PLACE_STORE, wv1::CUSTODY_PLACE_TRANSIT},
      {wv1::CUSTODY_KIND_ARRIVED, wv1::CUSTODY_PLACE_TRANSIT, wv1::CUSTODY_PLACE_MANUFACTURER},
      {wv1::CUSTODY_KIND_SCRAPPED, wv1::CUSTODY_PLACE_STORE, wv1::CUSTODY_PLACE_SCRAP},
      {wv1::CUSTODY_KIND_SCRAPPED, wv1::CUSTODY_PLACE_MANUFACTURER, wv1::CUSTODY_PLACE_SCRAP},
      {wv1::CUSTODY_KIND_LOST, wv1::CUSTODY_PLACE_CUSTOMER, wv1::CUSTODY_PLACE_NOWHERE},
      {wv1::CUSTODY_KIND_LOST, wv1::CUSTODY_PLACE_STORE, wv1::CUSTODY_PLACE_NOWHERE},
      {wv1::CUSTODY_KIND_LOST, wv1::CUSTODY_PLACE_TRANSIT, wv1::CUSTODY_PLACE_NOWHERE},
  };
  return *steps;
}

wv1::ReturnedPart Requested(const std::string& quantity) {
  wv1::WarrantyClaim claim;
  claim.add_items()->set_part_due_back(true);
  claim.mutable_items(0)->set_quantity(quantity);
  wv1::ReturnedPart part;
  part.set_item(1);
  part.set_quantity(quantity);
  EXPECT_THAT(RequestPart(claim, Decimal(), "employees/cl", kNow, &part), IsOk());
  return part;
}

Movement MovementOf(const Step& step, std::optional<std::string> quantity = std::nullopt) {
  Movement movement;
  movement.kind = step.kind;
  movement.from = step.from;
  movement.to = step.to;
  movement.quantity = std::move(quantity);
  movement.actor = "employees/cl";
  return movement;
}

// S-16: every state of a whole part with every movement: possible exactly where the part lies.
TEST(PartRulesTest, EveryPairOfPlaceAndMovement) {
  // How a whole part comes to each place.
  const std::map<wv1::CustodyPlace, std::vector<size_t>> ways = {
      {wv1::CUSTODY_PLACE_CUSTOMER, {}},    {wv1::CUSTODY_PLACE_STORE, {0}},
      {wv1::CUSTODY_PLACE_TRANSIT, {0, 1}}, {wv1::CUSTODY_PLACE_MANUFACTURER, {0, 1, 2}},
      {wv1::CUSTODY_PLACE_SCRAP, {0, 3}},   {wv1::CUSTODY_PLACE_NOWHERE, {5}},
  };
  const std::map<wv1::CustodyPlace, wv1::PartState> states = {
      {wv1::CUSTODY_PLACE_CUSTOMER, wv1::PART_STATE_REQUESTED},
      {wv1::CUSTODY_PLACE_STORE, wv1::PART_STATE_IN_STORE},
      {wv1::CUSTODY_PLACE_TRANSIT, wv1::PART_STATE_SHIPPED},
      {wv1::CUSTODY_PLACE_MANUFACTURER, wv1::PART_STATE_ARRIVED},
      {wv1::CUSTODY_PLACE_SCRAP, wv1::PART_STATE_SCRAPPED},
      {wv1::CUSTODY_PLACE_NOWHERE, wv1::PART_STATE_LOST},
  };
  for (const auto& [place, way] : ways) {
    for (const Step& step : Steps()) {
      wv1::ReturnedPart part = Requested("2");
      for (const size_t index : way) {
        ASSERT_THAT(Move(MovementOf(Steps()[index]), wv1::CLAIM_DIRECTION_MANUFACTURER, kNow, &part), IsOk());
      }
      ASSERT_EQ(part.state(), states.at(place));
      const absl::Status status = Move(MovementOf(step), wv1::CLAIM_DIRECTION_MANUFACTURER, kNow, &part);
      if (step.from == place) {
        EXPECT_THAT(status, IsOk());
        EXPECT_EQ(part.state(), states.at(step.to));
      } else {
        EXPECT_THAT(status, HasReason("QUANTITY_NOT_THERE"));
      }
    }
  }
}

// S-16: whatever is tried, nothing is made and nothing vanishes.
RC_GTEST_PROP(PartRulesTest, AnyMovementsConserveTheQuantity, ()) {
  wv1::ReturnedPart part = Requested("5");
  const auto count = *rc::gen::inRange<size_t>(0, 30);
  for (size_t i = 0; i < count; ++i) {
    const Step& step = Steps()[*rc::gen::inRange<size_t>(0, Steps().size())];
    const auto quantity = std::to_string(*rc::gen::inRange(1, 7));
    const int before = part.events_size();
    const absl::Status status = Move(MovementOf(step, quantity), wv1::CLAIM_DIRECTION_CUSTOMER, kNow, &part);
    RC_ASSERT(status.ok() || (Reason(status) == "QUANTITY_NOT_THERE" && part.events_size() == before));
    const auto custody = CustodyOf(part);
    RC_ASSERT(custody.ok());
    Decimal sum;
    for (const auto& [place, there] : *custody) {
      RC_ASSERT(there.sign() >= 0);
      sum = Add(sum, there).value();
    }
    RC_ASSERT(sum == Decimal::FromInt(5));
  }
}

// S-15, S-16: what a customer's claim needs is in our store, what a manufacturer's needs is with him.
TEST(PartRulesTest, WhenAPartIsBackDependsOnTheDirection) {
  for (const auto direction : {wv1::CLAIM_DIRECTION_CUSTOMER, wv1::CLAIM_DIRECTION_MANUFACTURER}) {
    wv1::ReturnedPart part = Requested("2");
    ASSERT_THAT(Move(MovementOf(Steps()[0], "1"), direction, kNow, &part), IsOk());
    EXPECT_FALSE(part.back());
    ASSERT_THAT(Move(MovementOf(Steps()[0]), direction, kNow, &part), IsOk());
    EXPECT_EQ(part.back(), direction == wv1::CLAIM_DIRECTION_CUSTOMER);
    ASSERT_THAT(Move(MovementOf(Steps()[1]), direction, kNow, &part), IsOk());
    ASSERT_THAT(Move(MovementOf(Steps()[2]), direction, kNow, &part), IsOk());
    EXPECT_TRUE(part.back());
  }
}

}  // namespace
}  // namespace kam::aftersales::rules
