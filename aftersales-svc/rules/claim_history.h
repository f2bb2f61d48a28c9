// Claims that an import brings from another system (S-10, S-18): what they say of the past must fit together, because
// people go on from there. Pure functions.
#ifndef KAM_AFTERSALES_SVC_RULES_CLAIM_HISTORY_H_
#define KAM_AFTERSALES_SVC_RULES_CLAIM_HISTORY_H_

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "aftersales-svc/policy.h"
#include "kam/claim/v1/warranty_claim.pb.h"

namespace kam::aftersales::rules {

// An imported claim after CheckClaim. Works out what follows: agreement and doubt, the approved total of items that
// bring one, the difference of the settlement. CLAIM_HISTORY_INVALID when a state lacks what it rests on: of
// what is still to be paid also who appraised and decided,
// APPROVED_ABOVE_CLAIMED, SETTLED_ABOVE_APPROVED, CURRENCY_MISMATCH, TIME_IN_FUTURE.
absl::Status CheckHistory(absl::Time now, const Policy& policy, kam::claim::v1::WarrantyClaim* claim);

// What was decided here of an item stays when an import brings the same item again, as the other system knows it.
void KeepRulings(const kam::claim::v1::WarrantyClaim& before, kam::claim::v1::WarrantyClaim* after);

// CLAIM_NOT_HISTORY: what people have worked on here does not change by an import.
absl::Status CheckStillHistory(const kam::claim::v1::WarrantyClaim& before, const kam::claim::v1::WarrantyClaim& after);

}  // namespace kam::aftersales::rules

#endif  // KAM_AFTERSALES_SVC_RULES_CLAIM_HISTORY_H_
