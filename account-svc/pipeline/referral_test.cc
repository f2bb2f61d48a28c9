// Referrals and value-added products, over real gRPC and a real database.
#include <thread>
#include <vector>

#include "account-svc/pipeline/card_fixture.h"
#include "common/testing/states.h"
#include "kam/account/v1/cross_sell_service.pb.h"
#include "kam/account/v1/manufacturer_submission_service.pb.h"
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
  // Points that were given by mistake are taken back with a reason, and the right ones given.
  v1::ReverseReferralRewardRequest reverse;
  reverse.set_name(won.name());
  const std::string reversal = "kam.account.v1.ReferralService/ReverseReferralReward";
  EXPECT_THAT(world_.Call<Referral>(clm_, reversal, reverse), testing::NamesField("reason"));
  reverse.set_reason("积分输错");
  EXPECT_THAT(world_.Call<Referral>(kax_, reversal, reverse), StatusIs(absl::StatusCode::kPermissionDenied));
  EXPECT_THAT(world_.Call<Referral>(testing::Almighty(world_.harness(), kax_), reversal, reverse),
              HasReason("SEPARATION_OF_DUTIES"));
  const auto reversed = world_.Call<Referral>(clm_, reversal, reverse);
  ASSERT_THAT(reversed, IsOk());
  EXPECT_EQ(reversed->state(), v1::REFERRAL_STATE_SUCCEEDED);
  EXPECT_EQ(reversed->reward_points(), 0);
  EXPECT_EQ(reversed->rewarder(), "");
  EXPECT_FALSE(reversed->has_reward_time());
  EXPECT_THAT(world_.Call<Referral>(clm_, reversal, reverse), HasReason("STATE_NOT_ALLOWED"));
  ASSERT_THAT(world_.Call<Referral>(clm_, method, reward), IsOk());
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
  sell.mutable_amount()->set_currency_code("CNY");
  sell.mutable_amount()->set_units(3'200);
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
                                 "achieved_percent: '25.00' sold_amounts { currency_code: 'CNY' units: 3200 }")));
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

// a recommended prospect whose firm has a file joins it: the recommendation has succeeded, and there is no
// second file.
TEST_F(ReferralTest, AProspectOfAKnownFirmJoinsItsFile) {
  const v1::Account account = world_.AddAccount(sm_);
  world_.Assign(sm_, account.name(), seller_.name());
  const v1::Account foreign = world_.AddAccount(sm_);
  world_.Assign(sm_, foreign.name(), other_.name());
  Lead lead = MakeLead();
  lead.set_company_name(account.legal_name());
  lead.set_referrer_member("members/0003");
  const auto made = Create(kax_, lead);
  ASSERT_THAT(made, IsOk());
  EXPECT_EQ(made->matched_account(), account.name());
  ASSERT_THAT(FollowUp(made->name(), v1::INTENTION_LEVEL_H), IsOk());
  v1::QualifyLeadRequest qualify;
  qualify.set_name(made->name());
  ASSERT_THAT(world_.Call<Lead>(kax_, "kam.account.v1.LeadService/QualifyLead", qualify), IsOk());
  v1::ConvertLeadRequest convert;
  convert.set_name(made->name());
  const std::string method = "kam.account.v1.LeadService/ConvertLead";
  EXPECT_THAT(world_.Call<v1::ConvertLeadResponse>(kax_, method, convert), HasReason("ACCOUNT_EXISTS"));
  convert.set_existing_account(foreign.name());
  EXPECT_THAT(world_.Call<v1::ConvertLeadResponse>(kax_, method, convert), HasReason("OUT_OF_SCOPE"));
  convert.set_existing_account(account.name());
  const auto joined = world_.Call<v1::ConvertLeadResponse>(kax_, method, convert);
  ASSERT_THAT(joined, IsOk());
  EXPECT_EQ(joined->lead().state(), v1::LEAD_STATE_CONVERTED);
  EXPECT_EQ(joined->lead().account(), account.name());
  EXPECT_EQ(joined->account().name(), account.name());
  EXPECT_EQ(world_.harness()
                .db()
                .Get(absl::StrCat("SELECT COUNT(id) FROM accounts WHERE legal_name = '", account.legal_name(), "'"))
                .integer(),
            1);
  kam::api::ListRequest list;
  list.set_filter(absl::StrCat("lead = \"", made->name(), "\""));
  const auto referrals =
      world_.Call<v1::ListReferralsResponse>(clm_, "kam.account.v1.ReferralService/ListReferrals", list);
  ASSERT_THAT(referrals, IsOk());
  ASSERT_EQ(referrals->referrals_size(), 1);
  EXPECT_EQ(referrals->referrals(0).state(), v1::REFERRAL_STATE_SUCCEEDED);
  EXPECT_EQ(referrals->referrals(0).account(), account.name());

  // The same firm is not won a second time, and no other firm by its file.
  for (const bool same : {true, false}) {
    Lead again = MakeLead();
    if (same) again.set_company_name(account.legal_name());
    again.set_referrer_member("members/0003");
    const auto next = Create(kax_, again);
    ASSERT_THAT(FollowUp(next->name(), v1::INTENTION_LEVEL_H), IsOk());
    qualify.set_name(next->name());
    ASSERT_THAT(world_.Call<Lead>(kax_, "kam.account.v1.LeadService/QualifyLead", qualify), IsOk());
    convert.set_name(next->name());
    const auto second = world_.Call<v1::ConvertLeadResponse>(kax_, method, convert);
    if (!same) {
      EXPECT_THAT(second, HasReason("EXISTING_ACCOUNT_OTHER_FIRM"));
      continue;
    }
    ASSERT_THAT(second, IsOk());
    list.set_filter(absl::StrCat("lead = \"", next->name(), "\""));
    const auto failed =
        world_.Call<v1::ListReferralsResponse>(clm_, "kam.account.v1.ReferralService/ListReferrals", list);
    ASSERT_EQ(failed->referrals_size(), 1);
    EXPECT_EQ(failed->referrals(0).state(), v1::REFERRAL_STATE_FAILED);
    EXPECT_NE(failed->referrals(0).outcome(), "");
  }
}

// recommended prospects that join one file at the same moment are one success.
TEST_F(ReferralTest, OfParallelJoinsOneSucceeds) {
  const v1::Account account = world_.AddAccount(sm_);
  world_.Assign(sm_, account.name(), seller_.name());
  constexpr int kProspects = 6;
  std::vector<std::string> leads;
  for (int i = 0; i < kProspects; ++i) {
    Lead lead = MakeLead();
    lead.set_company_name(account.legal_name());
    lead.set_referrer_member(absl::StrCat("members/01", i));
    const auto made = Create(kax_, lead);
    ASSERT_THAT(made, IsOk());
    ASSERT_THAT(FollowUp(made->name(), v1::INTENTION_LEVEL_H), IsOk());
    v1::QualifyLeadRequest qualify;
    qualify.set_name(made->name());
    ASSERT_THAT(world_.Call<Lead>(kax_, "kam.account.v1.LeadService/QualifyLead", qualify), IsOk());
    leads.push_back(made->name());
  }
  std::vector<absl::Status> answers(kProspects);
  std::vector<std::thread> threads;
  for (size_t i = 0; i < leads.size(); ++i) {
    threads.emplace_back([&, i] {
      v1::ConvertLeadRequest convert;
      convert.set_name(leads[i]);
      convert.set_existing_account(account.name());
      answers[i] =
          world_.Call<v1::ConvertLeadResponse>(kax_, "kam.account.v1.LeadService/ConvertLead", convert).status();
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const absl::Status& answer : answers) EXPECT_THAT(answer, IsOk());
  const auto count = [&](const char* state) {
    return world_.harness()
        .db()
        .Get(absl::StrCat("SELECT COUNT(id) FROM referrals WHERE account = '", IdOf(account.name()), "' AND state = '",
                          state, "'"))
        .integer();
  };
  EXPECT_EQ(count("SUCCEEDED"), 1);
  EXPECT_EQ(count("FAILED"), kProspects - 1);
}

// the manufacturer is told what became of the referrals of a period, as it was counted and reviewed; a
// month of which he was not told is listed.
TEST_F(ReferralTest, TheManufacturerIsToldOfTheReferrals) {
  const auth::Principal clm = world_.As(world_.AddEmployee("CLM", department_.name()), "CLM");
  const auth::Principal crmd = world_.As(world_.AddEmployee("CRMD", department_.name()), "CRMD");
  ASSERT_THAT(Create(kax_, MakeLead()), IsOk());
  for (const bool good : {true, false}) {
    Lead lead = MakeLead();
    lead.set_referrer_member("members/0004");
    const auto made = Create(kax_, lead);
    ASSERT_THAT(FollowUp(made->name(), v1::INTENTION_LEVEL_H), IsOk());
    v1::QualifyLeadRequest qualify;
    qualify.set_name(made->name());
    ASSERT_THAT(world_.Call<Lead>(kax_, "kam.account.v1.LeadService/QualifyLead", qualify), IsOk());
    if (good) {
      v1::ConvertLeadRequest convert;
      convert.set_name(made->name());
      ASSERT_THAT(world_.Call<v1::ConvertLeadResponse>(kax_, "kam.account.v1.LeadService/ConvertLead", convert),
                  IsOk());
    } else {
      v1::DiscardLeadRequest discard;
      discard.set_name(made->name());
      discard.set_reason("不需要");
      ASSERT_THAT(world_.Call<Lead>(kax_, "kam.account.v1.LeadService/DiscardLead", discard), IsOk());
    }
  }
  const std::string service = "kam.account.v1.ManufacturerSubmissionService/";
  v1::CreateManufacturerSubmissionRequest create;
  v1::ManufacturerSubmission& submission = *create.mutable_manufacturer_submission();
  submission.set_manufacturer("一汽-大众");
  submission.set_kind(v1::SUBMISSION_KIND_REFERRAL_RESULTS);
  submission.set_display_name("转介绍结果");
  submission.set_form("转介绍月报");
  submission.set_content("会员推荐");
  submission.set_due_date(day(90));
  using v1::ManufacturerSubmission;
  EXPECT_THAT(world_.Call<ManufacturerSubmission>(clm, service + "CreateManufacturerSubmission", create),
              NamesField("manufacturer_submission.period_from"));
  submission.set_period_from(today());
  submission.set_period_to(today());
  EXPECT_THAT(world_.Call<ManufacturerSubmission>(kax_, service + "CreateManufacturerSubmission", create),
              HasReason("REFERRALS_OUT_OF_REACH"));
  const auto made = world_.Call<ManufacturerSubmission>(clm, service + "CreateManufacturerSubmission", create);
  ASSERT_THAT(made, IsOk());
  EXPECT_EQ(made->leads(), 3) << "whoever reviews it reads the figures";
  const auto verb = [&](const auth::Principal& who, const std::string& method, auto request, const std::string& name) {
    request.set_name(name);
    request.set_etag(EtagOf(world_, name));
    return world_.Call<ManufacturerSubmission>(who, service + method, request);
  };
  const v1::ReviewManufacturerSubmissionRequest review;
  const v1::SubmitManufacturerSubmissionRequest submit;
  EXPECT_THAT(verb(crmd, "ReviewManufacturerSubmission", review, made->name()), HasReason("PERIOD_NOT_OVER"));
  clock().Advance(absl::Hours(24));
  EXPECT_THAT(verb(sm_, "ReviewManufacturerSubmission", review, made->name()), HasReason("REFERRALS_OUT_OF_REACH"));
  const std::string where = absl::StrCat(" WHERE id = '", IdOf(made->name()), "'");
  world_.harness().db().Execute("UPDATE manufacturer_submissions SET leads = 2" + where);
  EXPECT_THAT(verb(crmd, "ReviewManufacturerSubmission", review, made->name()), HasReason("FIGURES_CHANGED"));
  world_.harness().db().Execute("UPDATE manufacturer_submissions SET leads = 3" + where);
  const auto reviewed = verb(crmd, "ReviewManufacturerSubmission", review, made->name());
  ASSERT_THAT(reviewed, IsOk());
  EXPECT_EQ(reviewed->leads(), 3);
  EXPECT_EQ(reviewed->referred(), 2);
  EXPECT_EQ(reviewed->referrals_succeeded(), 1);
  EXPECT_EQ(reviewed->referrals_failed(), 1);
  world_.harness().db().Execute("UPDATE manufacturer_submissions SET referrals_succeeded = 2" + where);
  EXPECT_THAT(verb(crmd, "SubmitManufacturerSubmission", submit, made->name()), HasReason("CONTENT_CHANGED"));
  world_.harness().db().Execute("UPDATE manufacturer_submissions SET referrals_succeeded = 1" + where);
  ASSERT_THAT(verb(crmd, "SubmitManufacturerSubmission", submit, made->name()), IsOk());

  // The month of that day: one day of it is not all of it.
  const std::string first = today().substr(0, 7) + "-01";
  const std::string last = *AddDays(*AddMonths(first, 1), -1);
  v1::ReportSubmissionsRequest request;
  request.set_from_date(first);
  request.set_to_date(last);
  const auto missing = [&] {
    const auto report = world_.Call<v1::ReportSubmissionsResponse>(crmd, service + "ReportSubmissions", request);
    EXPECT_THAT(report, IsOk());
    return report->missing_referral_periods_size();
  };
  EXPECT_EQ(missing(), 0) << "it is not over";
  clock().Advance(absl::Hours(24 * 40));
  EXPECT_EQ(missing(), 1);
  submission.set_period_from(first);
  submission.set_period_to(last);
  const auto month = world_.Call<ManufacturerSubmission>(clm, service + "CreateManufacturerSubmission", create);
  ASSERT_THAT(month, IsOk());
  ASSERT_THAT(verb(crmd, "ReviewManufacturerSubmission", review, month->name()), IsOk());
  EXPECT_EQ(missing(), 1);
  ASSERT_THAT(verb(crmd, "SubmitManufacturerSubmission", submit, month->name()), IsOk());
  EXPECT_EQ(missing(), 0);
  submission.set_manufacturer("上汽大众");
  ASSERT_THAT(world_.Call<ManufacturerSubmission>(clm, service + "CreateManufacturerSubmission", create), IsOk());
  EXPECT_EQ(missing(), 1) << "the other manufacturer was not told";
}

// a lead that was given up by mistake is followed up again, and its recommendation may still succeed.
TEST_F(ReferralTest, ALeadGivenUpByMistakeIsTakenUpAgain) {
  Lead lead = MakeLead();
  lead.set_referrer_member("members/0005");
  const auto made = Create(kax_, lead);
  v1::DiscardLeadRequest discard;
  discard.set_name(made->name());
  discard.set_reason("不需要");
  ASSERT_THAT(world_.Call<Lead>(kax_, "kam.account.v1.LeadService/DiscardLead", discard), IsOk());
  v1::ReopenLeadRequest reopen;
  reopen.set_name(made->name());
  const std::string method = "kam.account.v1.LeadService/ReopenLead";
  EXPECT_THAT(world_.Call<Lead>(sm_, method, reopen), NamesField("reason"));
  reopen.set_reason("点错");
  EXPECT_THAT(world_.Call<Lead>(kax_, method, reopen), StatusIs(absl::StatusCode::kPermissionDenied));
  EXPECT_THAT(world_.Call<Lead>(world_.As(seller_, "SM"), method, reopen), HasReason("SEPARATION_OF_DUTIES"));
  const auto again = world_.Call<Lead>(sm_, method, reopen);
  ASSERT_THAT(again, IsOk());
  EXPECT_EQ(again->state(), v1::LEAD_STATE_NEW);
  EXPECT_EQ(again->discard_reason(), "");
  const auto referral_state = [&] {
    return world_.harness()
        .db()
        .Get(absl::StrCat("SELECT state FROM referrals WHERE lead = '", IdOf(made->name()), "'"))
        .text();
  };
  EXPECT_EQ(referral_state(), "OPEN");
  ASSERT_THAT(FollowUp(made->name(), v1::INTENTION_LEVEL_H), IsOk());
  v1::QualifyLeadRequest qualify;
  qualify.set_name(made->name());
  ASSERT_THAT(world_.Call<Lead>(kax_, "kam.account.v1.LeadService/QualifyLead", qualify), IsOk());
  v1::ConvertLeadRequest convert;
  convert.set_name(made->name());
  ASSERT_THAT(world_.Call<v1::ConvertLeadResponse>(kax_, "kam.account.v1.LeadService/ConvertLead", convert), IsOk());
  EXPECT_EQ(referral_state(), "SUCCEEDED");
}

// a prospect that the club wrote down, in another department, is given to a salesperson, who goes on with
// it; the recommendation succeeds. Until then the superior of who wrote it down is told at the end of the day.
TEST_F(ReferralTest, AProspectOfTheClubGetsASalesperson) {
  GrantRole(world_, "KAX", "lead.qualify");
  GrantRole(world_, "CLM", "lead.assign");
  const organization::v1::Department club = world_.AddDepartment();
  const organization::v1::Employee chief = world_.AddEmployee("CLM", club.name());
  const organization::v1::Employee officer = world_.AddEmployee("CLS", club.name(), {chief.name()});
  const organization::v1::Employee guide = world_.AddEmployee("AS", department_.name(), {head_.name()});
  const auth::Principal cls = world_.As(officer, "CLS"), clm = world_.As(chief, "CLM");
  const auto told = [&](const organization::v1::Employee& who, const std::string& lead) {
    return world_.harness()
        .db()
        .Get(absl::StrCat("SELECT COUNT(*) FROM notifications WHERE recipient = '", IdOf(who.name()),
                          "' AND subject = '", lead, "'"))
        .integer();
  };
  clock().Advance(absl::Hours(10));
  Lead lead = MakeLead();
  lead.set_channel(v1::CHANNEL_REFERRAL);
  lead.set_referrer_member("members/0006");
  const auto made = Create(cls, lead);
  ASSERT_THAT(made, IsOk());
  lead.set_phone(world_.CompleteDraft().phone());
  const auto second = Create(cls, lead);
  ASSERT_THAT(second, IsOk());

  v1::AssignLeadRequest assign;
  assign.set_owner(seller_.name());
  const auto give = [&](const auth::Principal& who, const std::string& name) {
    assign.set_name(name);
    return world_.Call<Lead>(who, "kam.account.v1.LeadService/AssignLead", assign);
  };
  EXPECT_THAT(give(cls, made->name()), NamesField("reason"));
  assign.set_reason("转销售");
  EXPECT_THAT(give(kax_, made->name()), StatusIs(absl::StatusCode::kPermissionDenied));
  EXPECT_THAT(give(sm_, made->name()), StatusIs(absl::StatusCode::kNotFound)) << "it is none of his department's";
  assign.set_owner(guide.name());
  EXPECT_THAT(give(cls, made->name()), HasReason("ASSIGNEE_WITHOUT_RIGHT"));
  assign.set_owner(officer.name());
  EXPECT_THAT(give(cls, made->name()), HasReason("OWNER_UNCHANGED"));
  assign.set_owner(seller_.name());
  ASSERT_THAT(give(cls, second->name()), IsOk());
  clock().Advance(absl::Hours(8));  // 18:00.
  world_.RunDue();
  EXPECT_EQ(told(chief, made->name()), 1);
  EXPECT_EQ(told(chief, second->name()), 0);
  kam::api::GetRequest get;
  get.set_name(made->name());
  EXPECT_EQ(world_.Call<Lead>(cls, "kam.account.v1.LeadService/GetLead", get)->escalated_to(), chief.name());

  const auto given = give(clm, made->name());
  ASSERT_THAT(given, IsOk());
  EXPECT_EQ(given->owner(), seller_.name());
  EXPECT_EQ(given->state(), v1::LEAD_STATE_NEW);
  EXPECT_EQ(given->escalated_to(), "");
  EXPECT_EQ(told(seller_, made->name()), 1);
  EXPECT_EQ(world_.harness()
                .db()
                .Get(absl::StrCat("SELECT COUNT(*) FROM changes WHERE resource_id = '", IdOf(made->name()),
                                  "' AND reason = '转销售'"))
                .integer(),
            1);
  assign.set_owner(officer.name());
  EXPECT_THAT(give(cls, made->name()), StatusIs(absl::StatusCode::kNotFound)) << "it is not his any more";
  assign.set_owner(other_.name());
  EXPECT_THAT(give(sm_, second->name()), IsOk()) << "a superior of sales gives it to another";
  ASSERT_THAT(FollowUp(made->name(), v1::INTENTION_LEVEL_H), IsOk());
  v1::QualifyLeadRequest qualify;
  qualify.set_name(made->name());
  ASSERT_THAT(world_.Call<Lead>(kax_, "kam.account.v1.LeadService/QualifyLead", qualify), IsOk());
  v1::ConvertLeadRequest convert;
  convert.set_name(made->name());
  ASSERT_THAT(world_.Call<v1::ConvertLeadResponse>(kax_, "kam.account.v1.LeadService/ConvertLead", convert), IsOk());
  kam::api::ListRequest list;
  list.set_filter(absl::StrCat("lead = \"", made->name(), "\""));
  const auto referrals =
      world_.Call<v1::ListReferralsResponse>(clm, "kam.account.v1.ReferralService/ListReferrals", list);
  ASSERT_THAT(referrals, IsOk());
  ASSERT_EQ(referrals->referrals_size(), 1);
  EXPECT_EQ(referrals->referrals(0).state(), v1::REFERRAL_STATE_SUCCEEDED);
  EXPECT_EQ(referrals->referrals(0).owner(), seller_.name());
  EXPECT_THAT(give(sm_, made->name()), HasReason("STATE_NOT_ALLOWED"));
  clock().Advance(absl::Hours(24));
  world_.RunDue();
  EXPECT_EQ(told(chief, made->name()), 1) << "nobody waits any more";
}

// an offer of the wrong customer counts nowhere, what was sold counts in the month of the sale, and a sale by
// mistake is none.
TEST_F(ReferralTest, OffersArePutRight) {
  const v1::Account account = world_.AddAccount(kax_);
  const std::string service = "kam.account.v1.CrossSellService/";
  const std::string sold_on = day(-1);
  v1::CreateCrossSellOfferRequest create;
  create.mutable_cross_sell_offer()->set_account(account.name());
  create.mutable_cross_sell_offer()->set_kind(v1::VALUE_ADDED_KIND_DECORATION);
  create.mutable_cross_sell_offer()->set_description("贴膜");
  create.mutable_cross_sell_offer()->set_offer_date(sold_on);
  const auto offer = world_.Call<CrossSellOffer>(kax_, service + "CreateCrossSellOffer", create);
  const auto wrong = world_.Call<CrossSellOffer>(kax_, service + "CreateCrossSellOffer", create);
  ASSERT_THAT(offer, IsOk());
  ASSERT_THAT(wrong, IsOk());
  const auto row = [&] {
    v1::ReportCrossSellRequest report;
    report.set_month(sold_on.substr(0, 7));
    const auto rows = world_.Call<v1::ReportCrossSellResponse>(sm_, service + "ReportCrossSell", report);
    EXPECT_THAT(rows, IsOk());
    return rows.ok() && rows->rows_size() == 1 ? rows->rows(0) : v1::CrossSellRow();
  };
  EXPECT_EQ(row().offered(), 2);
  v1::WithdrawCrossSellOfferRequest withdraw;
  withdraw.set_name(wrong->name());
  EXPECT_THAT(world_.Call<CrossSellOffer>(kax_, service + "WithdrawCrossSellOffer", withdraw), NamesField("reason"));
  withdraw.set_reason("客户选错");
  const auto withdrawn = world_.Call<CrossSellOffer>(kax_, service + "WithdrawCrossSellOffer", withdraw);
  ASSERT_THAT(withdrawn, IsOk());
  EXPECT_EQ(withdrawn->withdraw_reason(), "客户选错");
  EXPECT_EQ(row().offered(), 1);
  v1::SellCrossSellOfferRequest sell;
  sell.set_name(offer->name());
  sell.set_sold_date(day(1));
  EXPECT_THAT(world_.Call<CrossSellOffer>(kax_, service + "SellCrossSellOffer", sell), NamesField("sold_date"));
  sell.set_sold_date(sold_on);
  const auto sold = world_.Call<CrossSellOffer>(kax_, service + "SellCrossSellOffer", sell);
  ASSERT_THAT(sold, IsOk());
  EXPECT_EQ(sold->close_date(), sold_on);
  EXPECT_EQ(row().sold(), 1);
  v1::ReopenCrossSellOfferRequest reopen;
  reopen.set_name(offer->name());
  reopen.set_reason("点错");
  const std::string method = service + "ReopenCrossSellOffer";
  EXPECT_THAT(world_.Call<CrossSellOffer>(kax_, method, reopen), StatusIs(absl::StatusCode::kPermissionDenied));
  const auto again = world_.Call<CrossSellOffer>(world_.As(head_, "KAM"), method, reopen);
  ASSERT_THAT(again, IsOk());
  EXPECT_EQ(again->state(), v1::CROSS_SELL_OFFER_STATE_OFFERED);
  EXPECT_EQ(again->close_date(), "");
  EXPECT_EQ(row().sold(), 0);
}

// a mistake with an old date is taken back as any other.
TEST_F(ReferralTest, AnOfferSoldWithAnOldDateIsTakenUpAgain) {
  const std::string service = "kam.account.v1.CrossSellService/";
  v1::CreateCrossSellOfferRequest create;
  create.mutable_cross_sell_offer()->set_account(world_.AddAccount(kax_).name());
  create.mutable_cross_sell_offer()->set_kind(v1::VALUE_ADDED_KIND_INSURANCE);
  create.mutable_cross_sell_offer()->set_description("续保");
  create.mutable_cross_sell_offer()->set_offer_date(day(-40));
  const auto offer = world_.Call<CrossSellOffer>(kax_, service + "CreateCrossSellOffer", create);
  ASSERT_THAT(offer, IsOk());
  v1::SellCrossSellOfferRequest sell;
  sell.set_name(offer->name());
  sell.set_sold_date(day(-35));
  ASSERT_THAT(world_.Call<CrossSellOffer>(kax_, service + "SellCrossSellOffer", sell), IsOk());
  v1::ReopenCrossSellOfferRequest reopen;
  reopen.set_name(offer->name());
  reopen.set_reason("客户选错");
  const auto again = world_.Call<CrossSellOffer>(world_.As(head_, "KAM"), service + "ReopenCrossSellOffer", reopen);
  ASSERT_THAT(again, IsOk());
  EXPECT_EQ(again->state(), v1::CROSS_SELL_OFFER_STATE_OFFERED);
  EXPECT_FALSE(again->has_close_time());
}

}  // namespace
}  // namespace kam::account
