// Referrals and value-added products, over real gRPC and a real database.
#include "account-svc/pipeline/card_fixture.h"
#include "kam/account/v1/cross_sell_service.pb.h"
#include "kam/account/v1/referral_service.pb.h"

namespace kam::account {
namespace {

using v1::CrossSellOffer;
using v1::Referral;

class ReferralTest : public CardTest {};

// a referral with its outcome, the reward and the rate.
TEST_F(ReferralTest, AReferralIsFollowedAndRewarded) {
  const v1::Account referrer = world_.AddAccount(sm_);
  ASSERT_THAT(Create(kax_, MakeLead()), IsOk());
  Lead lead = MakeLead();
  lead.set_referrer(referrer.name());
  lead.set_channel(v1::CHANNEL_REFERRAL);
  const auto good = Create(kax_, lead);
  lead = MakeLead();
  lead.set_referrer_member("members/0001");
  const auto bad = Create(kax_, lead);
  ASSERT_THAT(good, IsOk());
  ASSERT_THAT(bad, IsOk());
  v1::DiscardLeadRequest discard;
  discard.set_name(bad->name());
  discard.set_reason("不需要");
  ASSERT_THAT(world_.Call<Lead>(kax_, "kam.account.v1.LeadService/DiscardLead", discard), IsOk());
  ASSERT_THAT(FollowUp(good->name(), v1::INTENTION_LEVEL_H), IsOk());
  v1::QualifyLeadRequest qualify;
  qualify.set_name(good->name());
  ASSERT_THAT(world_.Call<Lead>(kax_, "kam.account.v1.LeadService/QualifyLead", qualify), IsOk());
  v1::ConvertLeadRequest convert;
  convert.set_name(good->name());
  const auto converted = world_.Call<v1::ConvertLeadResponse>(kax_, "kam.account.v1.LeadService/ConvertLead", convert);
  ASSERT_THAT(converted, IsOk());
  kam::api::ListRequest list;
  list.set_filter(absl::StrCat("owner = \"", seller_.name(), "\""));
  list.set_order_by("state desc");
  const auto referrals =
      world_.Call<v1::ListReferralsResponse>(clm_, "kam.account.v1.ReferralService/ListReferrals", list);
  ASSERT_THAT(referrals, IsOk());
  ASSERT_EQ(referrals->referrals_size(), 2);
  const Referral& won = referrals->referrals(0);
  EXPECT_EQ(won.state(), v1::REFERRAL_STATE_SUCCEEDED);
  EXPECT_EQ(won.account(), converted->account().name());
  EXPECT_EQ(won.referrer(), referrer.name());
  EXPECT_EQ(referrals->referrals(1).state(), v1::REFERRAL_STATE_FAILED);
  EXPECT_EQ(referrals->referrals(1).outcome(), "不需要");
  v1::RewardReferralRequest reward;
  reward.set_name(won.name());
  reward.set_points(500);
  const std::string method = "kam.account.v1.ReferralService/RewardReferral";
  EXPECT_THAT(world_.Call<Referral>(kax_, method, reward), StatusIs(absl::StatusCode::kPermissionDenied));
  const auto rewarded = world_.Call<Referral>(clm_, method, reward);
  ASSERT_THAT(rewarded, IsOk());
  EXPECT_EQ(rewarded->reward_points(), 500);
  EXPECT_THAT(world_.Call<Referral>(clm_, method, reward), HasReason("STATE_NOT_ALLOWED"));
  v1::ReportReferralsRequest report;
  report.set_from_date(today());
  report.set_to_date(today());
  const auto rate =
      world_.Call<v1::ReportReferralsResponse>(sm_, "kam.account.v1.ReferralService/ReportReferrals", report);
  ASSERT_THAT(rate, IsOk());
  ASSERT_EQ(rate->rows_size(), 1);
  EXPECT_THAT(rate->rows(0),
              testing::EqualsProto(absl::StrCat("employee: '", seller_.name(),
                                                "' leads: 3 referred: 2 referral_percent: '66.67' succeeded: 1 "
                                                "failed: 1 reward_points: 500")));
}

// value-added products against their targets.
TEST_F(ReferralTest, ValueAddedProductsAreSoldAgainstTargets) {
  const v1::Account account = world_.AddAccount(kax_);
  const std::string service = "kam.account.v1.CrossSellService/";
  v1::CreateCrossSellTargetRequest target;
  target.mutable_cross_sell_target()->set_owner(seller_.name());
  target.mutable_cross_sell_target()->set_month(today().substr(0, 7));
  target.mutable_cross_sell_target()->set_kind(v1::VALUE_ADDED_KIND_INSURANCE);
  target.mutable_cross_sell_target()->set_quantity(4);
  EXPECT_THAT(world_.Call<v1::CrossSellTarget>(kax_, service + "CreateCrossSellTarget", target),
              StatusIs(absl::StatusCode::kPermissionDenied));
  ASSERT_THAT(world_.Call<v1::CrossSellTarget>(sm_, service + "CreateCrossSellTarget", target), IsOk());
  EXPECT_THAT(world_.Call<v1::CrossSellTarget>(sm_, service + "CreateCrossSellTarget", target),
              HasReason("TARGET_SET"));
  v1::CreateCrossSellOfferRequest create;
  CrossSellOffer& offer = *create.mutable_cross_sell_offer();
  offer.set_account(account.name());
  offer.set_kind(v1::VALUE_ADDED_KIND_INSURANCE);
  offer.set_description("三者险");
  EXPECT_THAT(world_.Call<CrossSellOffer>(kax2_, service + "CreateCrossSellOffer", create), HasReason("OUT_OF_SCOPE"));
  const auto sold = world_.Call<CrossSellOffer>(kax_, service + "CreateCrossSellOffer", create);
  const auto declined = world_.Call<CrossSellOffer>(kax_, service + "CreateCrossSellOffer", create);
  ASSERT_THAT(sold, IsOk());
  ASSERT_THAT(declined, IsOk());
  v1::SellCrossSellOfferRequest sell;
  sell.set_name(sold->name());
  ASSERT_THAT(world_.Call<CrossSellOffer>(kax_, service + "SellCrossSellOffer", sell), IsOk());
  v1::DeclineCrossSellOfferRequest decline;
  decline.set_name(sold->name());
  decline.set_reason("已有保险");
  EXPECT_THAT(world_.Call<CrossSellOffer>(kax_, service + "DeclineCrossSellOffer", decline),
              HasReason("STATE_NOT_ALLOWED"));
  decline.set_name(declined->name());
  ASSERT_THAT(world_.Call<CrossSellOffer>(kax_, service + "DeclineCrossSellOffer", decline), IsOk());
  v1::UpdateCrossSellOfferRequest update;
  update.mutable_cross_sell_offer()->set_name(sold->name());
  update.mutable_cross_sell_offer()->set_description("x");
  EXPECT_THAT(world_.Call<CrossSellOffer>(kax_, service + "UpdateCrossSellOffer", update), HasReason("OFFER_CLOSED"));
  v1::ReportCrossSellRequest report;
  report.set_month(today().substr(0, 7));
  const auto rows = world_.Call<v1::ReportCrossSellResponse>(sm_, service + "ReportCrossSell", report);
  ASSERT_THAT(rows, IsOk());
  ASSERT_EQ(rows->rows_size(), 1);
  EXPECT_THAT(rows->rows(0), testing::EqualsProto(absl::StrCat(
                                 "employee: '", seller_.name(),
                                 "' kind: VALUE_ADDED_KIND_INSURANCE target: 4 offered: 2 sold: 1 declined: 1 "
                                 "achieved_percent: '25.00'")));
}

// a referrer who was taken off the lead again counts in no rate and is given no points.
TEST_F(ReferralTest, AReferrerWhoIsTakenOffAgainCountsNowhere) {
  Lead lead = MakeLead();
  lead.set_referrer_member("members/0002");
  const auto made = Create(kax_, lead);
  ASSERT_THAT(made, IsOk());
  v1::UpdateLeadRequest update;
  update.mutable_lead()->set_name(made->name());
  update.mutable_update_mask()->add_paths("referrer_member");
  ASSERT_THAT(world_.Call<Lead>(kax_, "kam.account.v1.LeadService/UpdateLead", update), IsOk());
  ASSERT_THAT(FollowUp(made->name(), v1::INTENTION_LEVEL_H), IsOk());
  v1::QualifyLeadRequest qualify;
  qualify.set_name(made->name());
  ASSERT_THAT(world_.Call<Lead>(kax_, "kam.account.v1.LeadService/QualifyLead", qualify), IsOk());
  v1::ConvertLeadRequest convert;
  convert.set_name(made->name());
  ASSERT_THAT(world_.Call<v1::ConvertLeadResponse>(kax_, "kam.account.v1.LeadService/ConvertLead", convert), IsOk());
  kam::api::ListRequest list;
  list.set_filter(absl::StrCat("owner = \"", seller_.name(), "\""));
  const auto referrals =
      world_.Call<v1::ListReferralsResponse>(clm_, "kam.account.v1.ReferralService/ListReferrals", list);
  ASSERT_THAT(referrals, IsOk());
  ASSERT_EQ(referrals->referrals_size(), 1);
  EXPECT_EQ(referrals->referrals(0).state(), v1::REFERRAL_STATE_VOID);
  v1::RewardReferralRequest reward;
  reward.set_name(referrals->referrals(0).name());
  reward.set_points(500);
  EXPECT_THAT(world_.Call<Referral>(clm_, "kam.account.v1.ReferralService/RewardReferral", reward),
              HasReason("STATE_NOT_ALLOWED"));
  v1::ReportReferralsRequest report;
  report.set_from_date(today());
  report.set_to_date(today());
  const auto rate =
      world_.Call<v1::ReportReferralsResponse>(sm_, "kam.account.v1.ReferralService/ReportReferrals", report);
  ASSERT_THAT(rate, IsOk());
  ASSERT_EQ(rate->rows_size(), 1);
  EXPECT_EQ(rate->rows(0).referred(), 0);
  EXPECT_EQ(rate->rows(0).referral_percent(), "0.00");
}

// what was offered is put down to whoever offered it, until a superior hands it over.
TEST_F(ReferralTest, AnOfferChangesHandsByASuperior) {
  const v1::Account account = world_.AddAccount(sm_);
  world_.Assign(sm_, account.name(), seller_.name());
  v1::CreateCrossSellOfferRequest create;
  create.mutable_cross_sell_offer()->set_account(account.name());
  create.mutable_cross_sell_offer()->set_kind(v1::VALUE_ADDED_KIND_INSURANCE);
  create.mutable_cross_sell_offer()->set_description("三者险");
  const auto offer = world_.Call<CrossSellOffer>(kax_, "kam.account.v1.CrossSellService/CreateCrossSellOffer", create);
  ASSERT_THAT(offer, IsOk());
  v1::UpdateCrossSellOfferRequest update;
  update.mutable_cross_sell_offer()->set_name(offer->name());
  update.mutable_cross_sell_offer()->set_owner(other_.name());
  const std::string method = "kam.account.v1.CrossSellService/UpdateCrossSellOffer";
  EXPECT_THAT(world_.Call<CrossSellOffer>(kax_, method, update), HasReason("OWNER_CHANGE_DENIED"));
  EXPECT_THAT(world_.Call<CrossSellOffer>(sm_, method, update), IsOk());
}

}  // namespace
}  // namespace kam::account
