// Policies (C-06) and packages (C-07): pure functions over their messages.
#ifndef KAM_CONTRACT_SVC_RULES_OFFERS_H_
#define KAM_CONTRACT_SVC_RULES_OFFERS_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "contract-svc/rules/authority.h"
#include "contract-svc/rules/price.h"
#include "kam/pricing/v1/package_offer.pb.h"
#include "kam/pricing/v1/quote.pb.h"
#include "kam/pricing/v1/sales_policy.pb.h"

namespace kam::contract::rules {

// What can be done with a policy.
enum class PolicyVerb { kEdit, kForecast, kSubmit, kApprove, kTurnDown, kPublish, kRevise, kWithdraw, kRead, kAnswer };
inline constexpr PolicyVerb kPolicyVerbs[] = {
    PolicyVerb::kEdit,    PolicyVerb::kForecast, PolicyVerb::kSubmit,   PolicyVerb::kApprove, PolicyVerb::kTurnDown,
    PolicyVerb::kPublish, PolicyVerb::kRevise,   PolicyVerb::kWithdraw, PolicyVerb::kRead,    PolicyVerb::kAnswer};
// Whether the verb is possible in a state.
bool Possible(pricing::v1::SalesPolicyState state, PolicyVerb verb);

// PERIOD_INVALID; ENTRY_KEY_INVALID for a discount or a scope of a product and a line at once; FIELD_REQUIRED for a
// scope that says nothing.
absl::Status CheckPolicy(const pricing::v1::SalesPolicy& policy);
// What those who decide are asked about: SHA-256 is taken of it.
std::string PolicyText(const pricing::v1::SalesPolicy& policy);
// Published, and the day is one of its days. What was withdrawn holds to the day before.
bool InForce(const pricing::v1::SalesPolicy& policy, absl::string_view day);

// Lets lines and gifts have what the policies they name allow: sets PricedLine::policy_discount_percent of the lines
// the policy is for (its scopes say for which, or its discounts; without any it is for all), and
// Document::policy_gift_value: of the gifts that name it up to its percentage of the amounts of those lines.
absl::Status Allow(const std::vector<pricing::v1::SalesPolicy>& policies, const pricing::v1::Quote& quote,
                   const std::vector<PricedLine>& gifts, Document* document);

// PERIOD_INVALID, CURRENCY_MISMATCH, PRODUCT_REPEATED, STEPS_INVALID (the first from 1 package on, rising).
absl::Status CheckOffer(const pricing::v1::PackageOffer& offer);
std::string OfferText(const pricing::v1::PackageOffer& offer);
// Sets list prices, and discount and margin of every step. PRICE_NOT_FOUND, PACKAGE_ABOVE_LIST naming the step.
absl::Status WorkOut(const ProductTable& products, pricing::v1::PackageOffer* offer);
// What a part of a package costs, by quantity of the part.
struct PartPrice {
  std::vector<ScaleStep> scale;  // Of one unit, rounded.
  Decimal per;                   // Units of the part in a package,
  std::vector<Decimal> wholes;   // and what they cost, by step.
};
// Each step's price is shared in proportion to the list prices, remainders to the largest.
absl::StatusOr<std::vector<PartPrice>> PartPrices(const pricing::v1::PackageOffer& offer);
// The parts of as many packages as a step begins with, outside the package.
absl::StatusOr<std::vector<LineRequest>> StepLines(const pricing::v1::PackageOffer& offer, int step);
// What the authority grid is asked about a step (C-03): every part at its share of the price. `outside`: StepLines as
// they are priced for the customer; their published prices are what the shares are concessions from, where they are
// not below the share already. A package is agreed, not changed by hand, so limits of changes by hand do not bind it.
// PACKAGE_ABOVE_PARTS when the parts are cheaper one by one (C-02).
absl::StatusOr<Document> StepDocument(const pricing::v1::PackageOffer& offer, int step, std::vector<PricedLine> outside,
                                      absl::string_view tier);
// Of every part, and of the whole, the decision that asks for the most; all are about the same parts. What is within
// `own` needs nobody.
DocumentDecision MostAsked(const std::vector<DocumentDecision>& decisions, const DocumentDecision* own = nullptr);

// Agreed, for the customer and the currency of the quote, on its day.
bool Offered(const pricing::v1::PackageOffer& offer, const pricing::v1::Quote& quote);
// The lines of the quote that name the package are whole packages of it: PACKAGE_INCOMPLETE.
absl::Status CheckComplete(const pricing::v1::PackageOffer& offer, const pricing::v1::Quote& quote);

}  // namespace kam::contract::rules

#endif  // KAM_CONTRACT_SVC_RULES_OFFERS_H_
