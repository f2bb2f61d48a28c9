// The hash of a pricing: of the question, every step and every record that was looked at.
#ifndef KAM_CONTRACT_SVC_RULES_PRICE_HASH_H_
#define KAM_CONTRACT_SVC_RULES_PRICE_HASH_H_

#include <cstdint>
#include <string>
#include <vector>

#include "contract-svc/rules/price.h"

namespace kam::contract::rules {

// SHA-256, in hexadecimal. `holding`: which revisions of the index held (PriceIndex::Holding). Floor, cost and margin
// are not part of it: a hash of few unknowns tells them.
std::string PriceHash(const PriceRequest& request, const PricedDocument& priced, const std::vector<uint8_t>& holding);

}  // namespace kam::contract::rules

#endif  // KAM_CONTRACT_SVC_RULES_PRICE_HASH_H_
