#include "account-svc/rules/process_rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "account-svc/rules/proto_time.h"
#include "common/testing/matchers.h"
#include "kam/account/v1/opportunity_report.pb.h"
#include "kam/account/v1/sales_process.pb.h"

namespace kam::account::rules {
namespace {

using testing::HasReason;
using testing::IsOk;
using testing::NamesField;

const absl::Time kNow = absl::FromUnixSeconds(1'767'571'200);

v1::Opportunity At(v1::OpportunityStage stage) {
  v1::Opportunity opportunity;
  opportunity.set_stage(stage);
  opportunity.set_state(v1::OPPORTUNITY_STATE_OPEN);
  return opportunity;
}

// all pairs of stages of the standard process.
TEST(ProcessRules, EveryPairOfStages) {
  const Policy policy;
  const Process process = StandardProcess(policy);
  for (int from = 1; from <= kStages; ++from) {
    for (int to = 1; to <= kStages; ++to) {
      v1::Opportunity opportunity = At(static_cast<v1::OpportunityStage>(from));
      opportunity.set_stalled(true);
      const auto stage = static_cast<v1::OpportunityStage>(to);
      const absl::Status silent = Advance(stage, "", process, kNow, &opportunity);
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
        EXPECT_EQ(opportunity.stage_since().seconds(), 1'767'571'200);
        EXPECT_FALSE(opportunity.stalled());
      }
      if (to >= from) continue;
      EXPECT_THAT(Advance(stage, "客户改变主意", process, kNow, &opportunity), IsOk());
    }
  }
}

v1::SalesProcess Short() {
  v1::SalesProcess stored;
  const auto add = [&](v1::OpportunityStage stage, int probability, int days, bool optional) {
    v1::SalesProcessStage& made = *stored.add_stages();
    made.set_stage(stage);
    made.set_title("x");
    made.set_probability(probability);
    made.set_days_max(days);
    made.set_optional(optional);
  };
  add(v1::OPPORTUNITY_STAGE_NEEDS_ANALYSIS, 20, 5, false);
  add(v1::OPPORTUNITY_STAGE_TEST_DRIVE, 40, 0, true);
  add(v1::OPPORTUNITY_STAGE_NEGOTIATION, 80, 0, false);
  v1::SalesProcessFact& fact = *stored.add_facts();
  fact.set_stage(v1::OPPORTUNITY_STAGE_NEEDS_ANALYSIS);
  fact.set_field("product");
  v1::SalesProcessFact& last = *stored.add_facts();
  last.set_stage(v1::OPPORTUNITY_STAGE_NEGOTIATION);
  last.set_field("amount");
  return stored;
}

// a process of a company's own: its stages, its chances, its facts.
TEST(ProcessRules, AStoredProcessIsEnforced) {
  ASSERT_THAT(CheckProcess(Short()), IsOk());
  const Process process = ToProcess(Short());
  v1::Opportunity deal;
  Enter(process, kNow, &deal);
  EXPECT_EQ(deal.stage(), v1::OPPORTUNITY_STAGE_NEEDS_ANALYSIS);
  EXPECT_EQ(deal.probability(), 20);
  EXPECT_THAT(Advance(v1::OPPORTUNITY_STAGE_SIGNING, "", process, kNow, &deal), HasReason("STAGE_UNKNOWN"));
  const absl::Status missing = Advance(v1::OPPORTUNITY_STAGE_NEGOTIATION, "", process, kNow, &deal);
  EXPECT_THAT(missing, HasReason("FACTS_MISSING"));
  EXPECT_EQ(MetadataValue(missing, "missing"), "product");
  deal.set_product("客车");
  ASSERT_THAT(Advance(v1::OPPORTUNITY_STAGE_NEGOTIATION, "", process, kNow, &deal), IsOk());
  EXPECT_EQ(deal.probability(), 80);
  EXPECT_THAT(Win("签约", v1::CLOSE_REASON_CODE_PRICE, process, kNow, &deal), HasReason("FACTS_MISSING"));
  deal.mutable_amount()->set_units(1);
  ASSERT_THAT(Win("签约", v1::CLOSE_REASON_CODE_PRICE, process, kNow, &deal), IsOk());
  EXPECT_EQ(deal.probability(), 100);
  EXPECT_EQ(deal.close_reason_code(), v1::CLOSE_REASON_CODE_PRICE);
  // Going back asks for a reason, not for facts.
  v1::Opportunity back = At(v1::OPPORTUNITY_STAGE_NEGOTIATION);
  EXPECT_THAT(Advance(v1::OPPORTUNITY_STAGE_NEEDS_ANALYSIS, "", process, kNow, &back), HasReason("REASON_REQUIRED"));
  EXPECT_THAT(Advance(v1::OPPORTUNITY_STAGE_NEEDS_ANALYSIS, "重来", process, kNow, &back), IsOk());
  // A deal whose stage the process does not have comes in with a reason.
  v1::Opportunity stray = At(v1::OPPORTUNITY_STAGE_RECEPTION);
  EXPECT_THAT(Advance(v1::OPPORTUNITY_STAGE_TEST_DRIVE, "", process, kNow, &stray), HasReason("REASON_REQUIRED"));
}

TEST(ProcessRules, AProcessThatContradictsItselfIsRefused) {
  v1::SalesProcess stored = Short();
  stored.mutable_stages(1)->set_probability(10);
  EXPECT_THAT(CheckProcess(stored), NamesField("sales_process.stages[1].probability"));
  stored = Short();
  stored.mutable_stages(2)->set_stage(v1::OPPORTUNITY_STAGE_TEST_DRIVE);
  EXPECT_THAT(CheckProcess(stored), NamesField("sales_process.stages[2].stage"));
  EXPECT_THAT(CheckProcess(stored), NamesField("sales_process.facts[1].stage"));
  for (const int at : {0, 2}) {
    stored = Short();
    stored.mutable_stages(at)->set_optional(true);
    EXPECT_THAT(CheckProcess(stored), NamesField(absl::StrCat("sales_process.stages[", at, "].optional")));
  }
  for (const char* field : {"moon", "probability", "name", "external_ids"}) {
    stored = Short();
    stored.mutable_facts(0)->set_field(field);
    EXPECT_EQ(CheckProcess(stored).ok(), std::string(field) == "probability") << field;
  }
  stored = Short();
  stored.mutable_stages()->DeleteSubrange(1, 2);
  EXPECT_THAT(CheckProcess(stored), NamesField("sales_process.stages"));
}

TEST(ProcessRules, ADealIsWonAtTheLastStageOnlyAndLostAnywhere) {
  const Process process = StandardProcess(Policy());
  for (int stage = 1; stage <= kStages; ++stage) {
    v1::Opportunity deal = At(static_cast<v1::OpportunityStage>(stage));
    v1::Opportunity lost = deal;
    v1::Opportunity worthless = deal;
    EXPECT_EQ(Reason(Win("签约", v1::CLOSE_REASON_CODE_PRODUCT, process, kNow, &worthless)),
              stage == v1::OPPORTUNITY_STAGE_SIGNING ? "FACTS_MISSING" : "STAGE_NOT_SIGNING");
    deal.mutable_amount()->set_units(1);
    EXPECT_EQ(Reason(Win("签约", v1::CLOSE_REASON_CODE_PRODUCT, process, kNow, &deal)),
              stage == v1::OPPORTUNITY_STAGE_SIGNING ? "" : "STAGE_NOT_SIGNING");
    ASSERT_THAT(Lose("价格", v1::CLOSE_REASON_CODE_PRICE, "某某", kNow, &lost), IsOk());
    EXPECT_EQ(lost.probability(), 0);
    EXPECT_EQ(lost.competitor(), "某某");
    EXPECT_EQ(lost.close_reason(), "价格");
    EXPECT_EQ(lost.close_reason_code(), v1::CLOSE_REASON_CODE_PRICE);
    EXPECT_EQ(lost.close_time().seconds(), 1'767'571'200);
  }
}

// only a date that moves later slips.
TEST(ProcessRules, SlipsAreCounted) {
  v1::Opportunity deal;
  ASSERT_THAT(TrackSlip("", &deal), IsOk());
  EXPECT_EQ(deal.first_expected_date(), "");
  deal.set_expected_date("2026-02-01");
  ASSERT_THAT(TrackSlip("", &deal), IsOk());
  EXPECT_EQ(deal.slip_count(), 0);
  deal.set_expected_date("2026-02-11");
  ASSERT_THAT(TrackSlip("2026-02-01", &deal), IsOk());
  deal.set_expected_date("2026-02-05");
  ASSERT_THAT(TrackSlip("2026-02-11", &deal), IsOk());
  deal.set_expected_date("2026-03-05");
  ASSERT_THAT(TrackSlip("2026-02-05", &deal), IsOk());
  EXPECT_EQ(deal.first_expected_date(), "2026-02-01");
  EXPECT_EQ(deal.slip_count(), 2);
  EXPECT_EQ(deal.slipped_days(), 38);
}

// a deal stands still when the last of its days is over.
TEST(ProcessRules, ADealStandsStillAfterTheDaysOfItsStage) {
  const Process process = ToProcess(Short());
  v1::Opportunity deal = At(v1::OPPORTUNITY_STAGE_NEEDS_ANALYSIS);
  EXPECT_FALSE(StallTime(deal, process, absl::UTCTimeZone()).has_value());
  *deal.mutable_stage_since() = ToTimestamp(kNow + absl::Hours(15));
  EXPECT_EQ(StallTime(deal, process, absl::UTCTimeZone()), kNow + absl::Hours(24 * 6));
  deal.set_state(v1::OPPORTUNITY_STATE_LOST);
  EXPECT_FALSE(StallTime(deal, process, absl::UTCTimeZone()).has_value());
  deal = At(v1::OPPORTUNITY_STAGE_NEGOTIATION);
  *deal.mutable_stage_since() = ToTimestamp(kNow);
  EXPECT_FALSE(StallTime(deal, process, absl::UTCTimeZone()).has_value()) << "0 days: no limit";
}

// a deal that was closed by mistake is open again at its stage, for some days, by somebody above.
TEST(ProcessRules, AClosedDealIsTakenUpAgain) {
  const Policy policy;
  const Process process = StandardProcess(policy);
  v1::Opportunity deal = At(v1::OPPORTUNITY_STAGE_NEGOTIATION);
  deal.set_owner("employees/a");
  ASSERT_THAT(Lose("价格", v1::CLOSE_REASON_CODE_PRICE, "某某汽车", kNow, &deal), IsOk());
  const absl::Time last = kNow + absl::Hours(24 * policy.opportunity_reopen_days);
  EXPECT_THAT(Reopen("employees/a", "误操作", process, kNow, policy, &deal), HasReason("SEPARATION_OF_DUTIES"));
  EXPECT_THAT(Reopen("employees/b", "误操作", process, last + absl::Seconds(1), policy, &deal),
              HasReason("REOPEN_TOO_LATE"));
  ASSERT_THAT(Reopen("employees/b", "误操作", process, last, policy, &deal), IsOk());
  EXPECT_EQ(deal.stage(), v1::OPPORTUNITY_STAGE_NEGOTIATION);
  EXPECT_EQ(deal.probability(), policy.stage_probability[4]);
  EXPECT_EQ(FromTimestamp(deal.stage_since()), last);
  EXPECT_FALSE(deal.has_close_time());
  EXPECT_EQ(deal.close_reason(), "");
  EXPECT_EQ(deal.close_reason_code(), v1::CLOSE_REASON_CODE_UNSPECIFIED);
  EXPECT_EQ(deal.reopener(), "employees/b");
  EXPECT_EQ(deal.reopen_reason(), "误操作");
}

// the head of the department audits; where nobody leads it, whoever may.
TEST(ReportRules, TheHeadOfTheDepartmentAudits) {
  v1::OpportunityReport report;
  report.set_owner("employees/a");
  const absl::Time now = absl::FromUnixSeconds(1'767'571'200);
  EXPECT_THAT(AuditReport("employees/a", {}, "f", now, &report), HasReason("SEPARATION_OF_DUTIES"));
  EXPECT_THAT(AuditReport("employees/x", {"employees/h", "employees/g"}, "f", now, &report), HasReason("NOT_THE_HEAD"));
  EXPECT_THAT(AuditReport("employees/x", {}, "f", now, &report), IsOk());
  ASSERT_THAT(AuditReport("employees/g", {"employees/h", "employees/g"}, "属实", now, &report), IsOk());
  EXPECT_EQ(report.auditor(), "employees/g");
  EXPECT_EQ(report.finding(), "属实");
  v1::OpportunityReport other = report;
  other.set_remark("x");
  EXPECT_NE(ReportContent(other), ReportContent(report));
  other = report;
  other.set_owner("employees/b");
  EXPECT_NE(ReportContent(other), ReportContent(report));
}

}  // namespace
}  // namespace kam::account::rules
