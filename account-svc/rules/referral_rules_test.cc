#include "account-svc/rules/referral_rules.h"

#include <gtest/gtest.h>

#include "common/testing/matchers.h"
#include "kam/account/v1/cross_sell.pb.h"
#include "kam/account/v1/lead.pb.h"
#include "kam/account/v1/referral.pb.h"
#include "kam/account/v1/referral_service.pb.h"

namespace kam::account::rules {
namespace {

using testing::HasReason;
using testing::IsOk;

const absl::Time kNow = absl::FromUnixSeconds(1'767'571'200);

//
TEST(ReferralRules, AReferralFollowsItsLeadUntilItIsDecided) {
  v1::Lead lead;
  lead.set_name("leads/l");
  lead.set_referrer("accounts/r");
  lead.set_owner("employees/a");
  lead.set_state(v1::LEAD_STATE_NEW);
  v1::Referral referral;
  EXPECT_TRUE(FollowLead(lead, /*was_customer=*/false, kNow, &referral));
  EXPECT_EQ(referral.state(), v1::REFERRAL_STATE_OPEN);
  EXPECT_FALSE(FollowLead(lead, /*was_customer=*/false, kNow, &referral));
  lead.set_owner("employees/b");
  EXPECT_TRUE(FollowLead(lead, /*was_customer=*/false, kNow, &referral));
  v1::Referral failed = referral;
  lead.set_state(v1::LEAD_STATE_DISCARDED);
  lead.set_discard_reason("不买");
  EXPECT_TRUE(FollowLead(lead, /*was_customer=*/false, kNow, &failed));
  EXPECT_EQ(failed.state(), v1::REFERRAL_STATE_FAILED);
  EXPECT_EQ(failed.outcome(), "不买");
  lead.set_state(v1::LEAD_STATE_CONVERTED);
  lead.set_account("accounts/n");
  EXPECT_FALSE(FollowLead(lead, /*was_customer=*/false, kNow, &failed));
  v1::Referral known = referral;
  EXPECT_TRUE(FollowLead(lead, /*was_customer=*/true, kNow, &known));
  EXPECT_EQ(known.state(), v1::REFERRAL_STATE_FAILED) << "nobody was won";
  EXPECT_TRUE(FollowLead(lead, /*was_customer=*/false, kNow, &referral));
  EXPECT_EQ(referral.state(), v1::REFERRAL_STATE_SUCCEEDED);
  EXPECT_EQ(referral.account(), "accounts/n");
}

// a referral without a referrer is none, and is one again when he is named.
TEST(ReferralRules, WhatNobodyRecommendedIsNoReferral) {
  v1::Lead lead;
  lead.set_referrer_member("members/1");
  lead.set_state(v1::LEAD_STATE_NEW);
  v1::Referral referral;
  ASSERT_TRUE(FollowLead(lead, /*was_customer=*/false, kNow, &referral));
  lead.clear_referrer_member();
  ASSERT_TRUE(FollowLead(lead, /*was_customer=*/false, kNow, &referral));
  EXPECT_EQ(referral.state(), v1::REFERRAL_STATE_VOID);
  lead.set_state(v1::LEAD_STATE_CONVERTED);
  FollowLead(lead, /*was_customer=*/false, kNow, &referral);
  EXPECT_EQ(referral.state(), v1::REFERRAL_STATE_VOID) << "nobody is rewarded";
  lead.set_state(v1::LEAD_STATE_NEW);
  lead.set_referrer("accounts/r");
  ASSERT_TRUE(FollowLead(lead, /*was_customer=*/false, kNow, &referral));
  EXPECT_EQ(referral.state(), v1::REFERRAL_STATE_OPEN);
}

//
TEST(ReferralRules, ARewardHasALimitAndIsNotGivenByTheSalesperson) {
  v1::Referral referral;
  referral.set_owner("employees/a");
  v1::RewardReferralRequest request;
  request.set_points(10'001);
  EXPECT_THAT(Reward(request, "employees/b", kNow, Policy(), &referral), HasReason("FIELD_OUT_OF_RANGE"));
  request.set_points(10'000);
  EXPECT_THAT(Reward(request, "employees/a", kNow, Policy(), &referral), HasReason("SEPARATION_OF_DUTIES"));
  ASSERT_THAT(Reward(request, "employees/b", kNow, Policy(), &referral), IsOk());
  EXPECT_EQ(referral.reward_points(), 10'000);
}

TEST(CrossSellRules, AClosedOfferDoesNotChange) {
  v1::CrossSellOffer offer;
  for (int state = v1::CROSS_SELL_OFFER_STATE_OFFERED; state <= v1::CrossSellOfferState_MAX; ++state) {
    offer.set_state(static_cast<v1::CrossSellOfferState>(state));
    EXPECT_EQ(CheckOfferUpdate(offer).ok(), state == v1::CROSS_SELL_OFFER_STATE_OFFERED);
  }
}

// what was sold counts on its day; what was sold or declined by mistake is taken up again by somebody else, in
// time.
TEST(CrossSellRules, AnOfferIsClosedOnItsDayAndOpenAgain) {
  v1::CrossSellOffer offer;
  offer.set_owner("employees/a");
  offer.set_offer_date("2026-01-28");
  const absl::TimeZone zone = absl::UTCTimeZone();
  const absl::Time now = absl::FromCivil(absl::CivilDay(2026, 2, 1), zone), day = now + absl::Hours(24);
  EXPECT_THAT(CloseOffer("2026-02-02", now, zone, "sold_date", &offer), HasReason("DATE_IN_FUTURE"));
  EXPECT_THAT(CloseOffer("2026-01-27", now, zone, "sold_date", &offer), HasReason("DATE_TOO_EARLY"));
  ASSERT_THAT(CloseOffer("", now, zone, "sold_date", &offer), IsOk());
  EXPECT_EQ(offer.close_date(), "2026-02-01");
  ASSERT_THAT(CloseOffer("2026-01-28", now, zone, "sold_date", &offer), IsOk());
  EXPECT_EQ(offer.close_date(), "2026-01-28");
  Policy policy;
  policy.cross_sell_reopen_days = 10;
  EXPECT_THAT(ReopenOffer("employees/a", day, zone, policy, &offer), HasReason("SEPARATION_OF_DUTIES"));
  EXPECT_THAT(ReopenOffer("employees/b", now + absl::Hours(24 * 11), zone, policy, &offer),
              HasReason("OFFER_REOPEN_TOO_LATE"));
  v1::CrossSellOffer before = offer;
  before.clear_close_time();
  EXPECT_THAT(ReopenOffer("employees/b", now + absl::Hours(24 * 10), zone, policy, &before),
              HasReason("OFFER_REOPEN_TOO_LATE"))
      << "of one that does not say when it was put down its day counts";
  ASSERT_THAT(ReopenOffer("employees/b", now + absl::Hours(24 * 10), zone, policy, &offer), IsOk())
      << "not the day that somebody wrote";
  EXPECT_EQ(offer.close_date(), "");
  EXPECT_FALSE(offer.has_close_time());
}

// what failed with a lead that was given up by mistake is open again; what was decided otherwise stays.
TEST(ReferralRules, AReferralThatFailedByMistakeIsOpenAgain) {
  v1::Referral referral;
  for (int state = 1; state <= v1::ReferralState_MAX; ++state) {
    referral.set_state(static_cast<v1::ReferralState>(state));
    referral.set_outcome("不需要");
    const bool failed = state == v1::REFERRAL_STATE_FAILED;
    EXPECT_EQ(ReopenReferral(&referral), failed);
    EXPECT_EQ(referral.outcome().empty(), failed);
    if (failed) {
      EXPECT_EQ(referral.state(), v1::REFERRAL_STATE_OPEN);
    }
  }
}

}  // namespace
}  // namespace kam::account::rules
