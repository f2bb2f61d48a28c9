#include "account-svc/rules/referral_rules.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "account-svc/rules/duties.h"
#include "account-svc/rules/proto_time.h"
#include "common/status/status.h"
#include "common/time/date.h"
#include "kam/account/v1/cross_sell.pb.h"
#include "kam/account/v1/lead.pb.h"
#include "kam/account/v1/referral.pb.h"
#include "kam/account/v1/referral_service.pb.h"

namespace kam::account::rules {

absl::Status Reward(const v1::RewardReferralRequest& request, absl::string_view actor, absl::Time now,
                    const Policy& policy, v1::Referral* referral) {
  if (request.points() > policy.referral_points_max) {
    return InvalidField(
        "points", "FIELD_OUT_OF_RANGE",
        absl::StrCat("is ", request.points(), "; at most ", policy.referral_points_max,
                     " points are given for a referral"),
        {{"value", absl::StrCat(request.points())}, {"limit", absl::StrCat(policy.referral_points_max)}});
  }
  RETURN_IF_ERROR(
      CheckOther(actor, referral->owner(), "owner", "the salesperson of the prospect does not reward its referrer"));
  referral->set_reward_points(request.points());
  referral->set_rewarder(std::string(actor));
  *referral->mutable_reward_time() = ToTimestamp(now);
  return absl::OkStatus();
}

absl::Status ReverseReward(absl::string_view actor, v1::Referral* referral) {
  RETURN_IF_ERROR(CheckOther(actor, referral->owner(), "owner",
                             "the salesperson of the prospect does not take points of its referrer back"));
  referral->set_reward_points(0);
  referral->clear_rewarder();
  referral->clear_reward_time();
  return absl::OkStatus();
}

bool FollowLead(const v1::Lead& lead, bool was_customer, absl::Time now, v1::Referral* referral) {
  if (referral->state() != v1::REFERRAL_STATE_UNSPECIFIED && referral->state() != v1::REFERRAL_STATE_OPEN &&
      referral->state() != v1::REFERRAL_STATE_VOID) {
    return false;
  }
  const std::string before = referral->SerializeAsString();
  referral->set_state(v1::REFERRAL_STATE_OPEN);
  referral->set_lead(lead.name());
  referral->set_referrer(lead.referrer());
  referral->set_referrer_member(lead.referrer_member());
  referral->set_owner(lead.owner());
  if (lead.referrer().empty() && lead.referrer_member().empty()) {
    referral->set_state(v1::REFERRAL_STATE_VOID);
  } else if (lead.state() == v1::LEAD_STATE_CONVERTED) {
    referral->set_state(was_customer ? v1::REFERRAL_STATE_FAILED : v1::REFERRAL_STATE_SUCCEEDED);
    if (was_customer) referral->set_outcome("推荐前已是客户");
    referral->set_account(lead.account());
    *referral->mutable_outcome_time() = ToTimestamp(now);
  } else if (lead.state() == v1::LEAD_STATE_DISCARDED) {
    referral->set_state(v1::REFERRAL_STATE_FAILED);
    referral->set_outcome(lead.discard_reason());
    *referral->mutable_outcome_time() = ToTimestamp(now);
  }
  return referral->SerializeAsString() != before;
}

bool ReopenReferral(v1::Referral* referral) {
  if (referral->state() != v1::REFERRAL_STATE_FAILED) return false;
  referral->set_state(v1::REFERRAL_STATE_OPEN);
  referral->clear_outcome();
  referral->clear_outcome_time();
  return true;
}

absl::Status CheckOfferUpdate(const v1::CrossSellOffer& before) {
  if (before.state() == v1::CROSS_SELL_OFFER_STATE_OFFERED) return absl::OkStatus();
  return FailedPrecondition(
      "OFFER_CLOSED", before.name(),
      absl::StrCat("the offer is ", v1::CrossSellOfferState_Name(before.state()), " and does not change"),
      {{"state", v1::CrossSellOfferState_Name(before.state())}});
}

absl::Status CloseOffer(const std::string& day, absl::Time now, absl::TimeZone zone, absl::string_view field,
                        v1::CrossSellOffer* offer) {
  const std::string today = TodayText(now, zone);
  const std::string& closed = day.empty() ? today : day;
  RETURN_IF_ERROR(CheckNotLater(closed, today, field));
  if (!day.empty()) RETURN_IF_ERROR(CheckNotEarlier(day, offer->offer_date(), field, "the offer"));
  offer->set_close_date(closed);
  *offer->mutable_close_time() = ToTimestamp(now);
  return absl::OkStatus();
}

absl::Status ReopenOffer(absl::string_view actor, absl::Time now, absl::TimeZone zone, const Policy& policy,
                         v1::CrossSellOffer* offer) {
  RETURN_IF_ERROR(CheckOther(actor, offer->owner(), "owner",
                             "what was sold or declined by mistake is taken up again by somebody above its owner"));
  const std::string today = TodayText(now, zone);
  const std::string put_down =
      offer->has_close_time() ? TodayText(FromTimestamp(offer->close_time()), zone) : offer->close_date();
  ASSIGN_OR_RETURN(const std::string limit, AddDays(put_down, policy.cross_sell_reopen_days));
  if (today > limit) {
    return FailedPrecondition("OFFER_REOPEN_TOO_LATE", offer->name(),
                              absl::StrCat("the offer was to be taken up again until ", limit),
                              {{"value", today}, {"limit", limit}});
  }
  offer->clear_close_date();
  offer->clear_close_time();
  offer->clear_decline_reason();
  return absl::OkStatus();
}

}  // namespace kam::account::rules
