// Rules of channel agents, dealers and outlets. Pure functions.
#ifndef KAM_ACCOUNT_SVC_RULES_CHANNEL_RULES_H_
#define KAM_ACCOUNT_SVC_RULES_CHANNEL_RULES_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "account-svc/policy.h"

namespace google::type {
class Money;
}  // namespace google::type
namespace kam::account::v1 {
class ChannelEvaluation;
class ChannelIncident;
class ChannelPartner;
class ChannelStockCount;
class ResalePriceCheck;
}  // namespace kam::account::v1

namespace kam::account::rules {

// PARENT_INVALID: an outlet stands below an agent or dealer (`parent`, null: none), and nothing else stands below.
absl::Status CheckPartner(const v1::ChannelPartner* parent, const v1::ChannelPartner& partner);
// PARTNER_ENDED.
absl::Status CheckPartnerKept(const v1::ChannelPartner& partner);
// AGREEMENT_REQUIRED; SEPARATION_OF_DUTIES: the channel is chosen with the superior, so neither its maker, nor whoever
// proposed it anew, nor its manager approves it.
absl::Status ApprovePartner(absl::string_view actor, absl::Time now, v1::ChannelPartner* partner);
// What was approved is what was read: an approved partner whose name, agreement or address changes, or who gets his
// approver as manager, is proposed again by `actor` (empty: a program), to be approved anew.
void ReopenPartner(const v1::ChannelPartner& before, absl::string_view actor, v1::ChannelPartner* after);
// INCIDENTS_OPEN.
absl::Status EndPartner(int open_incidents, absl::string_view reason, v1::ChannelPartner* partner);

// PARTNER_NOT_APPROVED, DATE_IN_FUTURE naming `field`.
absl::Status CheckInspection(const v1::ChannelPartner& partner, absl::string_view day, absl::string_view today,
                             absl::string_view field);
// The average of the four scores. SEPARATION_OF_DUTIES: whoever looks after a partner does not score him.
absl::Status CompleteEvaluation(absl::string_view actor, v1::ChannelEvaluation* evaluation);
// PUBLISHED_PRICE_WRONG unless the published price is that of the price list.
absl::Status CheckPublishedPrice(const google::type::Money& list_price, const v1::ResalePriceCheck& check);
// CURRENCY_MISMATCH, FIELD_OUT_OF_RANGE when nothing is published. A violation: the price differs from the published
// one by more than the tolerance, up or down, or a rule of the sales policy is broken.
absl::Status CompletePriceCheck(absl::string_view actor, const Policy& policy, v1::ResalePriceCheck* check);
// What the partner has really sold since `previous` (null: the first count): COUNT_NOT_LATER, SOLD_NEGATIVE.
absl::Status CompleteCount(const v1::ChannelStockCount* previous, absl::string_view actor,
                           v1::ChannelStockCount* count);
// Takes the last count of a partner and product back: COUNT_NOT_LAST naming the later one (null: it is the last),
// INSPECTION_VOIDED.
absl::Status VoidCount(const v1::ChannelStockCount* later, absl::string_view actor, absl::string_view reason,
                       absl::Time now, v1::ChannelStockCount* count);
// Takes an evaluation back: INSPECTION_VOIDED, SEPARATION_OF_DUTIES for the manager of the partner.
absl::Status VoidEvaluation(absl::string_view actor, absl::string_view reason, absl::Time now,
                            v1::ChannelEvaluation* evaluation);
// Takes a price check back, and ends the incident that it opened (may be null) unless that is over: INSPECTION_VOIDED,
// SEPARATION_OF_DUTIES when whoever found a violation, or the manager of the partner, takes it back.
absl::Status VoidPriceCheck(absl::string_view actor, absl::string_view reason, absl::Time now,
                            v1::ResalePriceCheck* check, v1::ChannelIncident* incident);
// SEPARATION_OF_DUTIES when who answered closes.
absl::Status CloseIncident(absl::string_view actor, absl::string_view report, absl::Time now,
                           v1::ChannelIncident* incident);

}  // namespace kam::account::rules

#endif  // KAM_ACCOUNT_SVC_RULES_CHANNEL_RULES_H_
