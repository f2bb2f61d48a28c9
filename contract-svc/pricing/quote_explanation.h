// How prices were found, as the answers of quotes tell it (C-01, C-05).
#ifndef KAM_CONTRACT_SVC_PRICING_QUOTE_EXPLANATION_H_
#define KAM_CONTRACT_SVC_PRICING_QUOTE_EXPLANATION_H_

#include <vector>

#include "contract-svc/rules/price.h"
#include "kam/pricing/v1/quote_service.pb.h"

namespace kam::contract {

// Every line with its steps and the records that were looked at.
std::vector<pricing::v1::LineExplanation> Explain(const rules::PricedDocument& priced);

}  // namespace kam::contract

#endif  // KAM_CONTRACT_SVC_PRICING_QUOTE_EXPLANATION_H_
