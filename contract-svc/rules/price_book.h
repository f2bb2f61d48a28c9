// What a price book must be to be published (C-01, C-02).
#ifndef KAM_CONTRACT_SVC_RULES_PRICE_BOOK_H_
#define KAM_CONTRACT_SVC_RULES_PRICE_BOOK_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "contract-svc/rules/price.h"

namespace kam::contract::rules {

// A record and how people find it, for example "price_book.entries[3]".
struct LabelledRecord {
  std::string label;
  PriceRecord record;
};

// INVALID_ARGUMENT: PRICE_OVERLAP for every two records of one key (product, customer or class, currency, minimum
// quantity) that hold on a common day, naming both; FLOOR_ABOVE_PRICE.
absl::Status CheckPublishable(std::vector<LabelledRecord> records);

// A new revision begins after the one before it began, and never changes days that are over: EFFECTIVE_DATE_INVALID.
// `previous_from` is empty for the first revision, which may begin at any day.
absl::Status CheckEffective(absl::string_view effective_from, absl::string_view previous_from, absl::string_view today);

}  // namespace kam::contract::rules

#endif  // KAM_CONTRACT_SVC_RULES_PRICE_BOOK_H_
