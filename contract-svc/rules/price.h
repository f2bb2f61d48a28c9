// What a line costs on a day (C-01, C-02): a pure function of the request, the products and the released price books.
//
// From the list price the procedure goes through its levels (policy, contract, volume); at each the types that hold are
// applied in their order, of each type the record that is preferred (price_index.h). The price after the last level is
// the published price. What the seller gives away comes off it (manual), then a special offer for the whole document:
// that is the net price. Every intermediate price is kept, every record that was looked at with what became of it, and
// a hash of all of it. Nothing is ever raised to a floor.
//
// What is worked out is the value of the whole line, exactly; its amount is rounded once, half up, to the minor unit.
// Prices of a unit are what that is for one of them, with four digits, for people to read.
//
// `as_of` is the day whose prices hold, `known_at` the moment whose knowledge counts: books released later do not
// exist. The same question has the same answer for ever, to the last byte of its trace.
#ifndef KAM_CONTRACT_SVC_RULES_PRICE_H_
#define KAM_CONTRACT_SVC_RULES_PRICE_H_

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "common/money/money.h"
#include "contract-svc/rules/calculation.h"
#include "contract-svc/rules/price_index.h"
#include "contract-svc/rules/price_model.h"

namespace kam::contract::rules {

// Products by name.
class ProductTable {
 public:
  explicit ProductTable(std::vector<Product> products);
  const Product* Find(absl::string_view name) const;

 private:
  std::vector<Product> products_;
  absl::flat_hash_map<std::string, size_t> positions_;
};

struct LineRequest {
  std::string product;
  Decimal quantity;
  std::optional<Decimal> discount_percent;  // Off the published price.
  std::optional<Money> manual_unit_price;   // Instead of a discount.
  std::string package;                      // packageOffers/{id} the line is part of; empty: none.
};

struct PriceRequest {
  std::string account;
  std::vector<std::string> groups;   // Accounts above it.
  std::string tier;                  // Short name; empty: none.
  std::string segment;               // Short name; empty: none.
  std::string region;                // Empty: none.
  std::optional<Currency> currency;  // Always set.
  std::string as_of;
  absl::Time known_at;
  Decimal special_offer_percent;  // Off every line, after what is given by hand.
  Arithmetic arithmetic = Arithmetic::kByLine;
  std::vector<LineRequest> lines;
};

enum class StepKind : uint8_t {
  kListPrice,
  kCondition,  // After the record was applied.
  kPolicyPrice,
  kContractPrice,
  kVolumePrice,
  kPublishedPrice,
  kDiscount,     // What is taken off.
  kManualPrice,  // After what the seller gives away.
  kSpecialOffer,
  kNetPrice,
  kAmount,
  kTax,
};
struct Step {
  StepKind kind;
  Decimal value;
  uint32_t entry = PriceIndex::kNone;  // kCondition: position in the index.
  Decimal argument;                    // Percentage or quantity used; zero: none.
};

enum class Outcome : uint8_t {
  kAccepted,
  kOutsidePeriod,
  kOtherCurrency,
  kOtherUnit,
  kQuantityTooSmall,  // Below the first step of the scale.
  kRequirementNotMet,
  kBaseMissing,    // The book it is based on has no price.
  kNoPriceYet,     // A discount where there is no price to take it off.
  kLessPreferred,  // Another record of its type goes before.
  kExcluded,       // Another type of its group is better for the customer.
};
struct Candidate {
  uint32_t entry = 0;  // Position in the index.
  Outcome outcome = Outcome::kAccepted;
};

struct PricedLine {
  std::string product;
  std::string product_line;
  Decimal quantity;
  std::optional<Money> list_price;                                  // Not set: no list price in the currency.
  std::optional<Money> policy_price, contract_price, volume_price;  // Not set before the first price is found.
  std::optional<Money> published_price;                             // Always set, as are the next four.
  std::optional<Money> manual_price;
  std::optional<Money> net_price;
  std::optional<Money> amount;
  std::optional<Money> tax_amount;
  std::string price_book;      // Revision that set the price; empty: the list price.
  Decimal concession_percent;  // Of the net price off the published price; negative: above it.
  std::optional<Money> floor_price;
  bool floor_unknown = false;        // There is a floor, but in another currency.
  bool moves_with_quantity = false;  // Another quantity, another published price: it is spread over it, or graduated.
  std::optional<Money> manual_lower, manual_upper;  // Bounds of what may be given by hand; not set: none.
  std::optional<Money> unit_cost;
  std::optional<Decimal> margin_percent;  // Of the net price; not set when the cost is not known or the price is zero.
  std::optional<Decimal> policy_discount_percent;     // What a policy lets everybody give off it; not set: nothing.
  uint32_t steps_begin = 0, steps_end = 0;            // In PricedDocument::steps.
  uint32_t candidates_begin = 0, candidates_end = 0;  // In PricedDocument::candidates.
};

struct PricedDocument {
  std::shared_ptr<const PriceIndex> index;  // That entries of steps and candidates point into.
  std::vector<PricedLine> lines;
  std::vector<Step> steps;
  std::vector<Candidate> candidates;
  std::string hash;  // SHA-256, in hexadecimal, of question and answer. Floor, cost and margin are not part of it.

  absl::Span<const Step> StepsOf(const PricedLine& line) const;
  absl::Span<const Candidate> CandidatesOf(const PricedLine& line) const;
};

// Prices every line. INVALID_ARGUMENT naming {list}[i]: PRODUCT_NOT_SOLD (unknown, archived or not sold on the day),
// PRICE_NOT_FOUND (no price in the currency), DISCOUNT_AMBIGUOUS (discount and manual price), CURRENCY_MISMATCH.
// FAILED_PRECONDITION REQUIREMENT_FAILED and PRICE_BELOW_ZERO naming the record: a record that cannot be worked out
// stops the pricing, it is never passed over (G4). `list` names the lines in errors, for example "quote.lines".
absl::StatusOr<PricedDocument> Price(const PriceRequest& request, const ProductTable& products,
                                     std::shared_ptr<const PriceIndex> index, absl::string_view list);

// (base - net) / base in percent, rounded half up; zero when the base is zero.
absl::StatusOr<Decimal> PercentBelow(Decimal base, Decimal net);

// Words for people and for the trace: "LIST_PRICE", "QUANTITY_TOO_SMALL".
absl::string_view NameOf(StepKind kind);
absl::string_view NameOf(Outcome outcome);

// The record of an entry for people: "MAIN/3 conditions[4] VOLUME PRODUCT".
std::string ConditionText(const PriceIndex& index, uint32_t entry);

// The worked price as text, one line a step and a candidate: the same bytes for the same question.
std::string TraceText(const PriceRequest& request, const PricedDocument& priced);

}  // namespace kam::contract::rules

#endif  // KAM_CONTRACT_SVC_RULES_PRICE_H_
