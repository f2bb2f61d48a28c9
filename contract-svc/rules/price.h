// What a line costs on a day (C-01, C-02): a pure function of the request, the products and the price books.
//
// The published price is that of the best price record that holds, or else the list price of the product. Records are
// ranked by one total order: for this customer before for his class before for all; then the larger minimum quantity;
// then the later first day. Overlaps of equal rank are refused when a book is published (price_book.h), so the order
// has no ties. Concessions are taken off the published price; nothing is ever raised to a floor.
#ifndef KAM_CONTRACT_SVC_RULES_PRICE_H_
#define KAM_CONTRACT_SVC_RULES_PRICE_H_

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "common/money/money.h"

namespace kam::contract::rules {

// Unit prices have four digits after the dot, amounts as many as the currency has.
inline constexpr int kUnitPriceScale = 4;
inline constexpr int kPercentScale = 4;

// Days are ISO texts (YYYY-MM-DD), compared as text; empty: no bound.
struct Period {
  std::string from;
  std::string until;
  bool Contains(absl::string_view day) const;
};
// True when some day is in both.
bool Overlap(const Period& a, const Period& b);
// The days that are in both.
Period Intersect(const Period& a, const Period& b);

struct Product {
  std::string name;  // products/{id}
  std::string product_line;
  std::optional<Money> list_price;
  std::optional<Money> floor_price;
  std::optional<Money> purchase_price;
  Decimal tax_rate;  // Percent.
  Period sold;
  bool archived = false;
};

// One entry of a released or superseded revision of a price book.
struct PriceRecord {
  std::string book;     // priceBooks/{id}
  Period effective;     // Of the revision.
  int entry = 0;        // Position in the revision.
  std::string product;  // products/{id}
  std::string account;  // accounts/{id}; empty: not for one customer.
  std::string tier;     // Short name; empty: not for one class.
  Decimal minimum_quantity;
  Period valid;
  std::optional<Money> unit_price;  // Always set.
  std::optional<Money> floor_price;
};

// Products and price records by product. Holds the records in the order of preference.
class PriceIndex {
 public:
  PriceIndex(std::vector<Product> products, std::vector<PriceRecord> records);
  const Product* FindProduct(absl::string_view name) const;
  absl::Span<const PriceRecord> RecordsOf(absl::string_view product) const;

 private:
  std::map<std::string, Product, std::less<>> products_;
  std::map<std::string, std::vector<PriceRecord>, std::less<>> records_;
};

struct LineRequest {
  std::string product;
  Decimal quantity;
  std::optional<Decimal> discount_percent;  // Off the published price.
  std::optional<Money> manual_unit_price;   // Instead of a discount.
};

struct PriceRequest {
  std::string account;
  std::string tier;                  // Short name; empty: none.
  std::optional<Currency> currency;  // Always set.
  std::string as_of;
  std::vector<LineRequest> lines;
};

enum class StepKind { kListPrice, kPublishedPrice, kDiscount, kManualPrice, kNetPrice, kAmount, kTax };
struct Step {
  StepKind kind;
  Money amount;
  std::string source;  // Resource or percentage the value comes from.
};

enum class Outcome {
  kAccepted,
  kBookNotEffective,
  kOutsidePeriod,
  kOtherCurrency,
  kOtherAccount,
  kOtherTier,
  kQuantityTooSmall,
  kLessSpecific,
};
struct Candidate {
  std::string book;
  int entry = 0;
  std::optional<Money> unit_price;  // Always set.
  Outcome outcome;
};

struct PricedLine {
  std::string product;
  std::string product_line;
  Decimal quantity;
  std::optional<Money> list_price;       // Not set: no list price in the currency.
  std::optional<Money> published_price;  // Always set, as are the next three.
  std::optional<Money> net_price;
  std::optional<Money> amount;
  std::optional<Money> tax_amount;
  std::string price_book;      // Empty: the list price.
  Decimal concession_percent;  // Off the published price; negative: above it.
  std::optional<Money> floor_price;
  std::optional<Money> unit_cost;
  std::optional<Decimal> margin_percent;  // Of the net price; not set when the cost is not known or the price is zero.
  std::vector<Step> steps;
  std::vector<Candidate> candidates;
};

// Prices every line. INVALID_ARGUMENT naming {list}[i]: PRODUCT_NOT_SOLD (unknown, archived or not sold on the day),
// PRICE_NOT_FOUND (no price in the currency), DISCOUNT_AMBIGUOUS (discount and manual price), CURRENCY_MISMATCH.
// `list` names the lines in errors, for example "quote.lines".
absl::StatusOr<std::vector<PricedLine>> Price(const PriceRequest& request, const PriceIndex& index,
                                              absl::string_view list);

// (base - net) / base in percent, rounded half up; zero when the base is zero.
absl::StatusOr<Decimal> PercentBelow(Decimal base, Decimal net);

}  // namespace kam::contract::rules

#endif  // KAM_CONTRACT_SVC_RULES_PRICE_H_
