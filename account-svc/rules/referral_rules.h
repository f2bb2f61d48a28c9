// Rules of referrals and value-added products. Pure functions.
#ifndef KAM_ACCOUNT_SVC_RULES_REFERRAL_RULES_H_
#define KAM_ACCOUNT_SVC_RULES_REFERRAL_RULES_H_

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "account-svc/policy.h"

namespace kam::account::v1 {
class CrossSellOffer;
class Lead;
class Referral;
class RewardReferralRequest;
}  // namespace kam::account::v1

namespace kam::account::rules {

// FIELD_OUT_OF_RANGE above the policy, SEPARATION_OF_DUTIES when `actor` is the salesperson of the prospect.
absl::Status Reward(const v1::RewardReferralRequest& request, absl::string_view actor, absl::Time now,
                    const Policy& policy, v1::Referral* referral);
// Takes the points back: SEPARATION_OF_DUTIES as Reward.
absl::Status ReverseReward(absl::string_view actor, v1::Referral* referral);
// Makes the referral follow its lead as long as it is open; false when nothing changed. Whoever recommends a firm that
// `was_customer` already has won nobody.
bool FollowLead(const v1::Lead& lead, bool was_customer, absl::Time now, v1::Referral* referral);
// The lead was given up by mistake: its recommendation is open again; false when it has not failed with it.
bool ReopenReferral(v1::Referral* referral);
// OFFER_CLOSED: what was bought or declined does not change.
absl::Status CheckOfferUpdate(const v1::CrossSellOffer& before);
// The customer has bought or declined it on `day`, today when it is empty: DATE_IN_FUTURE, DATE_TOO_EARLY on `field`
// before the day of the offer.
absl::Status CloseOffer(const std::string& day, absl::Time now, absl::TimeZone zone, absl::string_view field,
                        v1::CrossSellOffer* offer);
// It was neither bought nor declined: SEPARATION_OF_DUTIES for whoever offered it, OFFER_REOPEN_TOO_LATE when that was
// put down longer ago than the policy's cross_sell_reopen_days, whichever day it says.
absl::Status ReopenOffer(absl::string_view actor, absl::Time now, absl::TimeZone zone, const Policy& policy,
                         v1::CrossSellOffer* offer);

}  // namespace kam::account::rules

#endif  // KAM_ACCOUNT_SVC_RULES_REFERRAL_RULES_H_
