// Shared by the files that make up amendment.h.
#ifndef KAM_CONTRACT_SVC_RULES_AMENDMENT_PARTS_H_
#define KAM_CONTRACT_SVC_RULES_AMENDMENT_PARTS_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace kam::contract::v1 {
class Amendment;
class AmendmentAction;
class Contract;
}  // namespace kam::contract::v1

namespace kam::contract::rules {

// "amendment.actions[2].quantity"
std::string ActionPath(int index, absl::string_view field);
// "CHANGE_QUANTITY"
std::string ActionName(const v1::AmendmentAction& action);

// One step of the rebate scale from the effective date on; what held before goes into `before`. False: nothing changes.
absl::StatusOr<bool> ChangeRebate(const v1::AmendmentAction& action, const v1::Amendment& amendment,
                                  v1::Contract* contract, std::string* before);

}  // namespace kam::contract::rules

#endif  // KAM_CONTRACT_SVC_RULES_AMENDMENT_PARTS_H_
