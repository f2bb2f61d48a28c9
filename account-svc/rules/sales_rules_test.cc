#include "account-svc/rules/sales_rules.h"

#include <gtest/gtest.h>

#include "common/testing/matchers.h"
#include "kam/account/v1/account.pb.h"
#include "kam/account/v1/lead.pb.h"
#include "kam/account/v1/lead_service.pb.h"
#include "kam/account/v1/opportunity.pb.h"

namespace kam::account::rules {
namespace {

using testing::EqualsProto;
using testing::HasReason;
using testing::IsOk;

const absl::Time kNow = absl::FromUnixSeconds(1'767'571'200);

// A-19: the telephone is excepted only when the customer refuses it.
TEST(LeadRules, ATelephoneIsNeededUnlessRefused) {
  v1::Lead lead;
  EXPECT_THAT(CheckLead(lead), HasReason("PHONE_REQUIRED"));
  lead.set_phone_refused(true);
  EXPECT_THAT(CheckLead(lead), IsOk());
  lead.set_phone_refused(false);
  lead.set_phone("139");
  EXPECT_THAT(CheckLead(lead), IsOk());
}

TEST(LeadRules, AQualifiedLeadHasALevelAndANextDate) {
  v1::Lead lead;
  EXPECT_EQ(MetadataValue(Qualify(lead), "missing"), "intention_level, next_follow_up_date");
  lead.set_intention_level(v1::INTENTION_LEVEL_A);
  EXPECT_THAT(Qualify(lead), HasReason("LEAD_INCOMPLETE"));
  lead.set_next_follow_up_date("2026-01-06");
  EXPECT_THAT(Qualify(lead), IsOk());
}

TEST(LeadRules, ClosedLeadsDoNotChange) {
  v1::Lead lead;
  for (int state = v1::LEAD_STATE_NEW; state <= v1::LeadState_MAX; ++state) {
    lead.set_state(static_cast<v1::LeadState>(state));
    EXPECT_EQ(CheckLeadUpdate(lead).ok(), state <= v1::LEAD_STATE_QUALIFIED) << state;
  }
}

// A-20: entries are appended; level and next date of the lead follow.
TEST(LeadRules, AFollowUpIsAppendedToTheCard) {
  v1::Lead lead;
  lead.set_intention_level(v1::INTENTION_LEVEL_B);
  v1::AddLeadFollowUpRequest request;
  request.set_channel(v1::CHANNEL_PHONE);
  request.set_result("再联系");
  request.set_next_date("2026-01-06");
  ASSERT_THAT(AddFollowUp(request, "employees/a", kNow, &lead), IsOk());
  request.set_intention_level(v1::INTENTION_LEVEL_H);
  request.clear_next_date();
  ASSERT_THAT(AddFollowUp(request, "employees/b", kNow, &lead), IsOk());
  EXPECT_THAT(lead, EqualsProto(R"pb(
                intention_level: INTENTION_LEVEL_H
                follow_ups {
                  contact_time { seconds: 1767571200 }
                  employee: "employees/a"
                  channel: CHANNEL_PHONE
                  result: "再联系"
                  intention_level: INTENTION_LEVEL_B
                  next_date: "2026-01-06"
                }
                follow_ups {
                  contact_time { seconds: 1767571200 }
                  employee: "employees/b"
                  channel: CHANNEL_PHONE
                  result: "再联系"
                  intention_level: INTENTION_LEVEL_H
                })pb"));
}

TEST(LeadRules, TheDraftTakesFromTheLeadOnlyWhatItDoesNotSay) {
  v1::Lead lead;
  lead.set_display_name("王");
  lead.set_company_name("某公司");
  lead.set_phone("1");
  lead.set_region("华东");
  lead.set_channel(v1::CHANNEL_WEB);
  v1::Account account;
  account.set_phone("2");
  AccountFromLead(lead, &account);
  EXPECT_THAT(account, EqualsProto(R"pb(legal_name: "某公司" phone: "2" region: "华东" source: CHANNEL_WEB)pb"));
}

// A-22: all pairs of stages.
TEST(OpportunityRules, EveryPairOfStages) {
  const Policy policy;
  for (int from = 1; from <= v1::OpportunityStage_MAX; ++from) {
    for (int to = 1; to <= v1::OpportunityStage_MAX; ++to) {
      v1::Opportunity opportunity;
      opportunity.set_stage(static_cast<v1::OpportunityStage>(from));
      const auto stage = static_cast<v1::OpportunityStage>(to);
      const absl::Status silent = Advance(stage, "", policy, &opportunity);
      const bool over_test_drive =
          from == v1::OPPORTUNITY_STAGE_PRODUCT_INTRODUCTION && to == v1::OPPORTUNITY_STAGE_NEGOTIATION;
      const std::string expected = to == from                          ? "STAGE_UNCHANGED"
                                   : to < from                         ? "REASON_REQUIRED"
                                   : to > from + 1 && !over_test_drive ? "STAGE_SKIPPED"
                                                                       : "";
      EXPECT_EQ(Reason(silent), expected) << from << " to " << to;
      if (silent.ok()) {
        EXPECT_EQ(opportunity.stage(), stage);
        EXPECT_EQ(opportunity.probability(), policy.stage_probability[static_cast<size_t>(to) - 1]);
      }
      if (to >= from) continue;
      EXPECT_THAT(Advance(stage, "客户改变主意", policy, &opportunity), IsOk());
    }
  }
}

TEST(OpportunityRules, IsWonAtSigningOnlyAndLostAnywhere) {
  for (int stage = 1; stage <= v1::OpportunityStage_MAX; ++stage) {
    v1::Opportunity opportunity;
    opportunity.set_stage(static_cast<v1::OpportunityStage>(stage));
    v1::Opportunity lost = opportunity;
    EXPECT_EQ(Reason(Win("签约", kNow, &opportunity)),
              stage == v1::OPPORTUNITY_STAGE_SIGNING ? "" : "STAGE_NOT_SIGNING");
    ASSERT_THAT(Lose("价格", "某某", kNow, &lost), IsOk());
    EXPECT_EQ(lost.probability(), 0);
    EXPECT_EQ(lost.competitor(), "某某");
    EXPECT_EQ(lost.close_reason(), "价格");
    EXPECT_EQ(lost.close_time().seconds(), 1'767'571'200);
  }
  v1::Opportunity signing;
  signing.set_stage(v1::OPPORTUNITY_STAGE_SIGNING);
  ASSERT_THAT(Win("签约", kNow, &signing), IsOk());
  EXPECT_EQ(signing.probability(), 100);
}

}  // namespace
}  // namespace kam::account::rules
