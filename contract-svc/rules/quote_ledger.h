// What is left of an offer (C-05): contracts and direct orders draw on the same quantities. Pure functions.
//
// Lines of a quote with the same product and price are one, and so are gifts of one product: what is left of them is
// what they offer together less what was drawn at that price. Whoever gives up gives back all he has drawn.
#ifndef KAM_CONTRACT_SVC_RULES_QUOTE_LEDGER_H_
#define KAM_CONTRACT_SVC_RULES_QUOTE_LEDGER_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/money/decimal.h"
#include "contract-svc/rules/order.h"

namespace kam::contract::rules {

// A quantity of a product at a price; negative: given back.
struct QuoteDraw {
  std::string product;
  Decimal unit_price;
  Decimal quantity;
  bool gift = false;  // What is given on top is another thing than what costs nothing.
};

// What must be posted so that a holder who has drawn `drawn` (any number of entries) has drawn `wanted`: one entry for
// each product and price that differs, in the order of product and price.
absl::StatusOr<std::vector<QuoteDraw>> DrawsToPost(const std::vector<QuoteDraw>& drawn,
                                                   const std::vector<QuoteDraw>& wanted);

// Lowers the quantities of `terms` by what everybody has drawn, never below nothing.
absl::Status TakeOff(const std::vector<QuoteDraw>& drawn, AgreedTerms* terms);

// A part of a package of the quote (C-07), and what somebody takes of the product at its price.
struct PackagePart {
  std::string product;
  Decimal of_one;   // In one package.
  Decimal inside;   // Offered in the package,
  Decimal outside;  // and beside it at the same price.
  Decimal taken;
};
// What is taken is whole packages, as many of every part: PACKAGE_INCOMPLETE. What is offered beside the package may be
// meant as well.
absl::Status CheckWholePackages(const std::string& quote, const std::string& package,
                                const std::vector<PackagePart>& parts);

// Nothing of the quote is held by anybody: FAILED_PRECONDITION QUOTE_DRAWN naming what is.
absl::Status CheckUndrawn(const std::string& quote, const std::vector<QuoteDraw>& drawn);

}  // namespace kam::contract::rules

#endif  // KAM_CONTRACT_SVC_RULES_QUOTE_LEDGER_H_
