// What a price book must be to be published (C-01, C-02; G2, G3, G4): proved before it is released, so that pricing
// never meets an ambiguity, a circle, a row that cannot be, or one that can never be chosen.
#ifndef KAM_CONTRACT_SVC_RULES_PRICE_BOOK_H_
#define KAM_CONTRACT_SVC_RULES_PRICE_BOOK_H_

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "contract-svc/rules/price.h"
#include "contract-svc/rules/price_model.h"

namespace kam::contract::rules {

// Another book that holds on some day on which the proposed one does.
struct Rival {
  std::shared_ptr<const BookRevision> revision;
  Period effective;  // Until the day before its next revision.
};

// What of `released` holds beside a book of the code from the day on, as known at the time.
absl::StatusOr<std::vector<Rival>> RivalsOf(const PriceIndex& released, absl::string_view code, absl::string_view from,
                                            absl::Time known_at);

struct ProofFacts {
  const ProductTable& products;         // At least those that the proposed records name.
  std::set<std::string> product_lines;  // All there are.
};

// INVALID_ARGUMENT naming every row that is wrong, as {prefix}.{label of the record}:
//   CONDITION_TYPE_REPEATED, CONDITION_TYPE_CONFLICT, ACCESS_REQUIRED, ACCESS_REPEATED, EXCLUSION_GROUP_INVALID of
//   types; CONDITION_TYPE_UNKNOWN, KEY_UNKNOWN, REQUIREMENT_INVALID, BASE_BOOK_UNKNOWN, UNIT_MISMATCH,
//   CURRENCY_REQUIRED, CURRENCY_NOT_APPLICABLE, SCALE_INVALID, FLOOR_NOT_APPLICABLE, FLOOR_ABOVE_PRICE,
//   MANUAL_LIMIT_INVALID of records; PRICE_OVERLAP of two records of one type, key, priority and first step that hold
//   on a common day, naming both; PRICE_BOOK_CYCLE naming the circle; PRICE_ROW_UNREACHABLE for a record that is never
//   chosen, naming what is chosen in its place.
absl::Status ProveBook(const BookRevision& proposed, const std::vector<Rival>& rivals, const ProofFacts& facts,
                       absl::string_view prefix);

// A new revision begins after the one before it began, or on the same day while that is to come, and never changes days
// that are over: EFFECTIVE_DATE_INVALID.
// `previous_from` is empty for the first revision, which may begin at any day that has no price yet (past_prices.h).
absl::Status CheckEffective(absl::string_view effective_from, absl::string_view previous_from, absl::string_view today,
                            absl::string_view field = "price_book.effective_from");

}  // namespace kam::contract::rules

#endif  // KAM_CONTRACT_SVC_RULES_PRICE_BOOK_H_
