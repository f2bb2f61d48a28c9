// Days that are over keep their prices (C-01, G6): a pure function over what is released.
#ifndef KAM_CONTRACT_SVC_RULES_PAST_PRICES_H_
#define KAM_CONTRACT_SVC_RULES_PAST_PRICES_H_

#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "contract-svc/rules/price.h"
#include "contract-svc/rules/price_book.h"

namespace kam::contract::rules {

// A first revision may begin on a day that is over, to bring in prices of products that have had none but the list
// price: no record of it and record of `rivals` about a product or a line of products are found for one line on a day
// before `today`. EFFECTIVE_DATE_INVALID of `field` naming both.
// Later revisions never begin on such a day (CheckEffective). `products`: at least those that `proposed` names.
absl::Status CheckPast(const BookRevision& proposed, const std::vector<Rival>& rivals, const ProductTable& products,
                       absl::string_view today, absl::string_view field);

}  // namespace kam::contract::rules

#endif  // KAM_CONTRACT_SVC_RULES_PAST_PRICES_H_
