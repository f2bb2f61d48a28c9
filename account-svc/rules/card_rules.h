// Rules of follow-up cards, their daily sheets, referrals and value-added products. Pure functions.
#ifndef KAM_ACCOUNT_SVC_RULES_CARD_RULES_H_
#define KAM_ACCOUNT_SVC_RULES_CARD_RULES_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "account-svc/policy.h"
#include "account-svc/rules/calendar_rules.h"

namespace kam::account::v1 {
class AddLeadFollowUpRequest;
class CrossSellOffer;
class FollowUpSheet;
class Lead;
class Referral;
class RewardReferralRequest;
enum IntentionLevel : int;
}  // namespace kam::account::v1

namespace kam::account::rules {

// The moment a card is written, and what counts as a working day around it.
struct CardTime {
  absl::Time now;
  absl::TimeZone zone;
  IsWorkday is_workday;
};

// The latest day for the next follow-up by the level, moved on to a working day.
absl::CivilDay LatestFollowUp(v1::IntentionLevel level, absl::CivilDay today, const Policy& policy,
                              IsWorkday is_workday);
// Whether `now` lies in the best calling window (F-11).
bool InCallingWindow(absl::Time now, absl::TimeZone zone, const Policy& policy);

// Adds an entry to the follow-up card; level and next date of the lead follow it. Without a next date it is the latest
// of the level. FOLLOW_UPS_FULL, FOLLOW_UP_TOO_LATE, DATE_IN_PAST, ENTRY_UNKNOWN.
absl::Status AddFollowUp(const v1::AddLeadFollowUpRequest& request, absl::string_view actor, const CardTime& time,
                         const Policy& policy, v1::Lead* lead);

// When the cards of `day` are to be handed in (F-11).
absl::Time HandInTime(absl::CivilDay day, absl::TimeZone zone, const Policy& policy);
// Counts the lines of the sheet against the quota of its day (F-10) and marks whether it is late. `first`: handed in
// for the first time; a sheet that went back was late or in time then.
void HandIn(absl::CivilDay day, bool first, const CardTime& time, const Policy& policy, v1::FollowUpSheet* sheet);
// SEPARATION_OF_DUTIES when `actor` wrote the cards.
absl::Status CheckSigner(absl::string_view actor, const v1::FollowUpSheet& sheet);

// FIELD_OUT_OF_RANGE above the policy, SEPARATION_OF_DUTIES when `actor` is the salesperson of the prospect.
absl::Status Reward(const v1::RewardReferralRequest& request, absl::string_view actor, absl::Time now,
                    const Policy& policy, v1::Referral* referral);
// Makes the referral follow its lead as long as it is open; false when nothing changed.
bool FollowLead(const v1::Lead& lead, absl::Time now, v1::Referral* referral);

// OFFER_CLOSED: what was bought or declined does not change.
absl::Status CheckOfferUpdate(const v1::CrossSellOffer& before);

// "12.34": `part` in per cent of `whole`, two digits; empty when `whole` is 0.
std::string PercentText(int64_t part, int64_t whole);

}  // namespace kam::account::rules

#endif  // KAM_ACCOUNT_SVC_RULES_CARD_RULES_H_
