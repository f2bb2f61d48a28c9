// Retrospective volume rebate (C-09, golden case G19): the rate of the highest step reached holds for the whole volume;
// what was settled before is deducted. Pure functions.
#ifndef KAM_CONTRACT_SVC_RULES_REBATE_H_
#define KAM_CONTRACT_SVC_RULES_REBATE_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/money/decimal.h"

namespace kam::contract::rules {

struct RebateStep {
  Decimal from_volume;
  Decimal percent;
};

// Steps rise in volume and in rate. REBATE_SCALE_INVALID naming `field`[i].
absl::Status CheckScale(const std::vector<RebateStep>& scale, absl::string_view field);

// Rate that a volume has reached; 0 below the first step.
Decimal RateOf(const std::vector<RebateStep>& scale, Decimal volume);

struct Rebate {
  Decimal volume;
  Decimal percent;
  Decimal entitled;  // On the whole volume, in minor units of the currency.
  Decimal accrue;    // entitled less what is accrued: what the books lack.
  Decimal payable;   // entitled less what was settled; negative when too much was settled before.
};

absl::StatusOr<Rebate> ReckonRebate(const std::vector<RebateStep>& scale, Decimal volume, Decimal accrued,
                                    Decimal settled, absl::string_view currency);

}  // namespace kam::contract::rules

#endif  // KAM_CONTRACT_SVC_RULES_REBATE_H_
