#include "account-svc/rules/initiative_rules.h"

#include <gtest/gtest.h>

#include "common/testing/matchers.h"
#include "kam/account/v1/product_initiative.pb.h"
#include "kam/account/v1/product_initiative_service.pb.h"

namespace kam::account::rules {
namespace {

using testing::HasReason;
using testing::IsOk;

v1::ProductInitiative Initiative() {
  v1::ProductInitiative initiative;
  initiative.add_target_accounts("accounts/a");
  initiative.add_milestones()->set_title("样车");
  for (const char* measure : {"销量", "客户数"}) {
    initiative.add_effects()->set_measure(measure);
    initiative.mutable_effects(initiative.effects_size() - 1)->set_target("40");
  }
  return initiative;
}

//
TEST(InitiativeRules, IsTriedWithItsAccountsAndRolledOutAfterASuccess) {
  EXPECT_EQ(MetadataValue(CheckTrial(v1::ProductInitiative()), "missing"), "target_accounts, milestones, effects");
  v1::ProductInitiative initiative = Initiative();
  EXPECT_THAT(CheckTrial(initiative), IsOk());
  v1::RecordProductSampleRequest sample;
  sample.set_account("accounts/b");
  EXPECT_THAT(AddSample(sample, "2026-01-05", &initiative), HasReason("ACCOUNT_NOT_TARGETED"));
  sample.set_account("accounts/a");
  sample.set_sample_date("2026-01-06");
  EXPECT_THAT(AddSample(sample, "2026-01-05", &initiative), HasReason("DATE_IN_FUTURE"));
  sample.clear_sample_date();
  ASSERT_THAT(AddSample(sample, "2026-01-05", &initiative), IsOk());
  EXPECT_THAT(CheckRollOut(initiative), HasReason("TRIAL_WITHOUT_SUCCESS"));
  sample.set_successful(true);
  ASSERT_THAT(AddSample(sample, "2026-01-05", &initiative), IsOk());
  EXPECT_THAT(CheckRollOut(initiative), IsOk());
  EXPECT_EQ(initiative.samples_size(), 2);
  // A success that was put down by mistake opens nothing.
  v1::VoidProductSampleRequest request;
  request.set_reason("点错");
  for (const int at : {0, 3}) {
    request.set_sample(at);
    EXPECT_THAT(VoidSample(request, absl::UnixEpoch(), &initiative), HasReason("SAMPLE_UNKNOWN"));
  }
  request.set_sample(2);
  ASSERT_THAT(VoidSample(request, absl::UnixEpoch(), &initiative), IsOk());
  EXPECT_THAT(VoidSample(request, absl::UnixEpoch(), &initiative), HasReason("SAMPLE_VOID"));
  EXPECT_EQ(initiative.samples_size(), 2) << "it stays on record";
  EXPECT_THAT(CheckRollOut(initiative), HasReason("TRIAL_WITHOUT_SUCCESS"));
}

// a milestone that was not reached is open again.
TEST(InitiativeRules, AMilestoneIsOpenAgain) {
  v1::ProductInitiative initiative = Initiative();
  v1::ReopenInitiativeMilestoneRequest request;
  request.set_milestone(2);
  EXPECT_THAT(ReopenMilestone(request, &initiative), HasReason("MILESTONE_UNKNOWN"));
  request.set_milestone(1);
  EXPECT_THAT(ReopenMilestone(request, &initiative), HasReason("MILESTONE_NOT_REACHED"));
  initiative.mutable_milestones(0)->set_done_date("2026-01-05");
  ASSERT_THAT(ReopenMilestone(request, &initiative), IsOk());
  EXPECT_EQ(initiative.milestones(0).done_date(), "");
  initiative.set_proposer("employees/p");
  EXPECT_THAT(CheckWithdrawal("employees/q", initiative), HasReason("PROPOSER_REQUIRED"));
  EXPECT_THAT(CheckWithdrawal("employees/p", initiative), IsOk());
}

TEST(InitiativeRules, AMilestoneIsReachedOnce) {
  v1::ProductInitiative initiative = Initiative();
  v1::ReachInitiativeMilestoneRequest request;
  for (const int at : {0, 2}) {
    request.set_milestone(at);
    EXPECT_THAT(ReachMilestone(request, "2026-01-05", &initiative), HasReason("MILESTONE_UNKNOWN"));
  }
  request.set_milestone(1);
  ASSERT_THAT(ReachMilestone(request, "2026-01-05", &initiative), IsOk());
  EXPECT_EQ(initiative.milestones(0).done_date(), "2026-01-05");
  EXPECT_THAT(ReachMilestone(request, "2026-01-05", &initiative), HasReason("MILESTONE_REACHED"));
}

// the effect is the mean over the measures, one figure each.
TEST(InitiativeRules, TheEffectIsMeasuredByEveryFigure) {
  v1::ProductInitiative initiative = Initiative();
  v1::EvaluateProductInitiativeRequest request;
  request.add_figures()->set_measure("销量");
  request.mutable_figures(0)->set_actual("50");
  EXPECT_EQ(MetadataValue(EvaluateEffect(request, &initiative), "missing"), "客户数");
  request.add_figures()->set_measure("客户数");
  request.mutable_figures(1)->set_actual("10");
  ASSERT_THAT(EvaluateEffect(request, &initiative), IsOk());
  EXPECT_EQ(initiative.effects(0).actual(), "50");
  EXPECT_EQ(initiative.effect_percent(), "75");
  request.add_figures()->set_measure("别的");
  request.mutable_figures(2)->set_actual("1");
  EXPECT_THAT(EvaluateEffect(request, &initiative), HasReason("FIGURES_MISSING"));
}

// what was approved is fixed from then on, and everything once it is over.
TEST(InitiativeRules, WhatWasApprovedIsFrozen) {
  const v1::ProductInitiative initiative = Initiative();
  for (int state = 1; state <= v1::ProductInitiativeState_MAX; ++state) {
    v1::ProductInitiative before = initiative;
    before.set_state(static_cast<v1::ProductInitiativeState>(state));
    const bool over = state == v1::PRODUCT_INITIATIVE_STATE_EVALUATED ||
                      state == v1::PRODUCT_INITIATIVE_STATE_REJECTED || state == v1::PRODUCT_INITIATIVE_STATE_STOPPED ||
                      state == v1::PRODUCT_INITIATIVE_STATE_WITHDRAWN;
    const bool proposed = state == v1::PRODUCT_INITIATIVE_STATE_PROPOSED;
    const std::string expected = over ? "INITIATIVE_OVER" : proposed ? "" : "MEASURES_FROZEN";
    for (const auto& change : std::vector<void (*)(v1::ProductInitiative*)>{
             [](v1::ProductInitiative* at) { at->mutable_effects(0)->set_target("1"); },
             [](v1::ProductInitiative* at) { at->add_effects()->set_measure("别的"); },
             [](v1::ProductInitiative* at) { at->set_product("别的"); },
             [](v1::ProductInitiative* at) { at->set_proposal("别的"); }}) {
      v1::ProductInitiative after = before;
      change(&after);
      EXPECT_EQ(Reason(CheckInitiativeUpdate(before, &after)), expected) << state;
    }
    v1::ProductInitiative after = before;
    after.add_target_accounts("accounts/b");
    EXPECT_EQ(CheckInitiativeUpdate(before, &after).ok(), !over);
    after = before;
    after.clear_target_accounts();
    const bool untried = proposed || state == v1::PRODUCT_INITIATIVE_STATE_APPROVED;
    EXPECT_EQ(Reason(CheckInitiativeUpdate(before, &after)), untried ? "" : expected) << state;
    // What was missing when it was approved is added.
    before.clear_effects();
    after = initiative;
    EXPECT_EQ(Reason(CheckInitiativeUpdate(before, &after)), untried ? "" : expected) << state;
  }
}

// the day on which a milestone was reached stays with it, whatever is written over the list.
TEST(InitiativeRules, AMilestoneThatWasReachedKeepsItsDay) {
  v1::ProductInitiative before = Initiative();
  before.set_state(v1::PRODUCT_INITIATIVE_STATE_TRIAL);
  before.clear_milestones();
  for (const char* title : {"样车到位", "批量供货"}) {
    v1::InitiativeMilestone& milestone = *before.add_milestones();
    milestone.set_title(title);
    milestone.set_due_date("2026-03-01");
  }
  before.mutable_milestones(0)->set_done_date("2026-02-20");
  v1::ProductInitiative after = before;
  after.mutable_milestones(0)->clear_done_date();
  after.mutable_milestones(1)->set_due_date("2026-04-01");
  ASSERT_THAT(CheckInitiativeUpdate(before, &after), IsOk());
  EXPECT_EQ(after.milestones(0).done_date(), "2026-02-20");
  EXPECT_EQ(after.milestones(1).due_date(), "2026-04-01");
  after.mutable_milestones(0)->set_due_date("2026-02-20");
  EXPECT_THAT(CheckInitiativeUpdate(before, &after), HasReason("MILESTONE_REACHED"));
  after.clear_milestones();
  EXPECT_THAT(CheckInitiativeUpdate(before, &after), HasReason("MILESTONE_REACHED"));
}

// what failed is given up by another than who answers for it, and is over.
TEST(InitiativeRules, AProductThatFailedIsGivenUp) {
  v1::ProductInitiative initiative = Initiative();
  initiative.set_owner("employees/r");
  v1::StopProductInitiativeRequest request;
  request.set_reason("试用失败");
  request.set_conclusion("续航不足");
  const absl::Time now = absl::FromUnixSeconds(1'767'571'200);
  EXPECT_THAT(StopInitiative(request, "employees/r", now, &initiative), HasReason("SEPARATION_OF_DUTIES"));
  ASSERT_THAT(StopInitiative(request, "employees/s", now, &initiative), IsOk());
  EXPECT_EQ(initiative.stopper(), "employees/s");
  EXPECT_EQ(initiative.stop_reason(), "试用失败");
  EXPECT_EQ(initiative.conclusion(), "续航不足");
  v1::ProductInitiative after = initiative;
  initiative.set_state(v1::PRODUCT_INITIATIVE_STATE_STOPPED);
  EXPECT_THAT(CheckInitiativeUpdate(initiative, &after), HasReason("INITIATIVE_OVER"));
}

}  // namespace
}  // namespace kam::account::rules
