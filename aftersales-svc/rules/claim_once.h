// A failure is paid once (S-12, S-14): what other claims of the same product and day mean for a claim. Pure functions.
#ifndef KAM_AFTERSALES_SVC_RULES_CLAIM_ONCE_H_
#define KAM_AFTERSALES_SVC_RULES_CLAIM_ONCE_H_

#include <vector>

#include "absl/status/status.h"
#include "common/money/money.h"
#include "kam/claim/v1/warranty_claim.pb.h"

namespace kam::aftersales::rules {

// A part without a number could be claimed as often as one likes. FIELD_REQUIRED.
absl::Status CheckPartNumbers(const kam::claim::v1::WarrantyClaim& claim);

// CLAIM_EXISTS when an item of `claim` is claimed by one of `others`: claims of the same direction, serial number and
// failure date. What was refused is claimed by nobody, also once it is filed. `deciding`: of two that are open the one
// entered later gives way; what was granted stands before either.
absl::Status CheckClaimedOnce(const kam::claim::v1::WarrantyClaim& claim,
                              const std::vector<kam::claim::v1::WarrantyClaim>& others, bool deciding);

// REJECTED, also once it is filed.
bool WasRefused(const kam::claim::v1::WarrantyClaim& claim);
// Is the item, counted from 1, refused, by itself or with the whole claim?
bool IsItemRefused(const kam::claim::v1::WarrantyClaim& claim, int item);

// What is claimed of the failure in all: an amount does not become smaller by being split. CURRENCY_MISMATCH.
absl::StatusOr<Money> ClaimedOfFailure(const kam::claim::v1::WarrantyClaim& claim,
                                       const std::vector<kam::claim::v1::WarrantyClaim>& others);

}  // namespace kam::aftersales::rules

#endif  // KAM_AFTERSALES_SVC_RULES_CLAIM_ONCE_H_
