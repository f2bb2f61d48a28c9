// Every state of a claim with every verb (S-10 to S-15): open exactly where this table says so.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "aftersales-svc/env.h"
#include "aftersales-svc/testing/claims.h"
#include "aftersales-svc/testing/states.h"

namespace kam::aftersales::testing {
namespace {

// S-10, S-11, S-12, S-13, S-14, S-15
TEST(ClaimStatesTest, EveryVerbIsOpenInExactlyItsStates) {
  World& world = World::Fresh();
  wv1::WarrantyClaim claim = NewClaim(world.NewAccount());
  claim.mutable_items()->RemoveLast();
  claim.mutable_items(0)->set_part_due_back(false);
  StateMachine machine;
  machine.service = "kam.claim.v1.WarrantyClaimService";
  machine.table = "warranty_claims";
  machine.states = wv1::ClaimState_descriptor();
  machine.verbs = {
      {"AppraiseWarrantyClaimFirst", {{"APPLIED"}, "FIRST_APPRAISED"}},
      {"AppraiseWarrantyClaimSecond", {{"FIRST_APPRAISED"}, "SECOND_APPRAISED"}},
      {"RecordWarrantyClaimOpinion", {{"FIRST_APPRAISED", "SECOND_APPRAISED"}, ""}},
      {"DecideWarrantyClaim", {{"SECOND_APPRAISED"}, "REJECTED"}},  // The request below refuses every item.
      {"DecidePartsClaim", {{"SECOND_APPRAISED"}, "REJECTED"}},
      {"SettleWarrantyClaim", {{"APPROVED", "PARTLY_APPROVED", "PART_RETURNED"}, "SETTLED"}},
      {"FollowUpWarrantyClaim", {{"SETTLED"}, ""}},
      {"FileWarrantyClaim", {{"SETTLED", "REJECTED"}, "ARCHIVED"}},
  };
  machine.name = AppraisedClaim(world, claim);
  machine.columns = "decider = NULL, doubtful = 0, first_appraisal_verdict = 'COVERED', first_appraisal_appraiser = '" +
                    IdOf(world.Name("SA")) + "', second_appraisal_appraiser = '" + IdOf(world.Name("CL")) +
                    "', opinion_expert = NULL, settlement_amount_amount = NULL, settlement_amount_currency = NULL, "
                    "approved_total_amount = 6000, approved_total_currency = 'CNY', settlement_open_issue = NULL";
  machine.fill = [](const std::string& verb, google::protobuf::Message* request) {
    if (verb == "AppraiseWarrantyClaimFirst") {
      auto* appraisal = static_cast<wv1::AppraiseWarrantyClaimFirstRequest*>(request);
      appraisal->set_verdict(wv1::APPRAISAL_VERDICT_COVERED);
      appraisal->set_policy_clause("3.2");
    } else if (verb == "AppraiseWarrantyClaimSecond") {
      auto* appraisal = static_cast<wv1::AppraiseWarrantyClaimSecondRequest*>(request);
      appraisal->set_verdict(wv1::APPRAISAL_VERDICT_COVERED);
      appraisal->set_policy_clause("3.2");
    } else if (verb == "RecordWarrantyClaimOpinion") {
      static_cast<wv1::RecordWarrantyClaimOpinionRequest*>(request)->set_verdict(wv1::APPRAISAL_VERDICT_COVERED);
    } else if (verb == "DecideWarrantyClaim") {
      static_cast<wv1::DecideWarrantyClaimRequest*>(request)->mutable_items(0)->set_decision(
          wv1::CLAIM_ITEM_DECISION_REJECTED);
    } else if (verb == "DecidePartsClaim") {
      static_cast<wv1::DecidePartsClaimRequest*>(request)->mutable_items(0)->set_decision(
          wv1::CLAIM_ITEM_DECISION_REJECTED);
    }
  };
  EXPECT_EQ(TryEveryVerbInEveryState(world, machine), 1 + 1 + 1 + 1 + 3 + 2) << "every change of state took place";
}

}  // namespace
}  // namespace kam::aftersales::testing
