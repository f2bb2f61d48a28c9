// Prices as data (C-01, C-02): products, price books with condition types, accesses and records.
//
// The condition technique. A record gives the value of a condition type for a key (a combination of account, group,
// class, segment, region, product, line, package). An access names a key combination; the accesses of a type are
// searched in their order. A type stands at a level of the procedure (policy, contract, volume) and says how its value
// works. Records live in revisions of price books; a released revision is never changed.
#ifndef KAM_CONTRACT_SVC_RULES_PRICE_MODEL_H_
#define KAM_CONTRACT_SVC_RULES_PRICE_MODEL_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
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
  bool empty() const { return !until.empty() && until < from; }
};
// True when some day is in both.
bool Overlap(const Period& a, const Period& b);
// The days that are in both.
Period Intersect(const Period& a, const Period& b);
// True when every day of `inner` is in `outer`.
bool Covers(const Period& outer, const Period& inner);

// What is known of a product on the day and at the time asked for.
struct Product {
  std::string name;  // products/{id}
  std::string product_line;
  std::string unit;
  std::optional<Money> list_price;
  std::optional<Money> floor_price;
  std::optional<Money> purchase_price;
  Decimal tax_rate;  // Percent.
  Period sold;
  bool archived = false;
};

// Fields of a key. The order is that of KeyValues::value.
enum KeyField { kAccount, kGroup, kTier, kSegment, kRegion, kProduct, kProductLine, kPackage, kKeyFields };
using KeySet = uint16_t;  // Bits of KeyField.
constexpr KeySet KeyBit(KeyField field) { return static_cast<KeySet>(1u << field); }
inline constexpr int kKeyFieldsMax = 4;  // In one access.

// "ACCOUNT PRODUCT"; "ALL" for none.
std::string KeySetText(KeySet keys);
// KEYS_INVALID for an unknown, repeated or surplus word.
absl::StatusOr<KeySet> ParseKeySet(absl::string_view text, absl::string_view field);

struct KeyValues {
  std::string value[kKeyFields];
  KeySet set() const;
};

// Where in the procedure a type stands: list price -> policy -> contract -> volume -> manual -> net.
enum class PriceLevel { kPolicy, kContract, kVolume };
inline constexpr int kPriceLevels = 3;

enum class Calculation {
  kUnitPrice,   // Replaces the price.
  kBasedOn,     // Replaces the price by that of another book, or the list price, less a percentage.
  kPercentOff,  // Of the price so far.
  kPercentOn,
  kAmountOff,  // A unit.
  kAmountOn,
  kFixedOff,  // A line.
  kFixedOn,
};
bool IsPrice(Calculation calculation);    // Sets the price of a unit.
bool IsPercent(Calculation calculation);  // Its value is a percentage, without a currency.

enum class ScaleBase { kQuantity, kValue };   // Quantity of the line, or quantity times the price so far.
enum class ScaleKind { kWhole, kGraduated };  // One step for everything, or each step for its part.

struct ConditionType {
  std::string code;
  PriceLevel level = PriceLevel::kPolicy;
  int sequence = 0;  // Within the level; then by code.
  Calculation calculation = Calculation::kUnitPrice;
  ScaleBase scale_base = ScaleBase::kQuantity;
  ScaleKind scale_kind = ScaleKind::kWhole;
  // Of the types of one group only the one that is best for the customer applies; empty: applies beside all others.
  std::string exclusion_group;
  bool manual_allowed = true;    // Whether the price it sets may be changed by hand.
  std::vector<KeySet> accesses;  // In the order of search: the first is preferred at equal priority.
};
// Two definitions that work the same have the same text.
std::string DefinitionText(const ConditionType& type);

// The type of the simple entries of a price book: for one customer before for his class before for all.
inline constexpr char kTypePrice[] = "PRICE";
// Percent off by a published sales policy (C-06), price of a product inside a package (C-07).
inline constexpr char kTypePolicy[] = "POLICY";
inline constexpr char kTypePackage[] = "PACKAGE";
const std::vector<ConditionType>& BuiltInTypes();

struct ScaleStep {
  Decimal from;
  Decimal value;
};

struct PriceRecord {
  int number = 0;     // In its revision.
  std::string label;  // How people find it, for example "MAIN/3.entries[7]".
  std::string type = kTypePrice;
  int priority = 0;  // Higher wins, whatever the key.
  KeyValues key;
  Period valid;
  std::string currency;          // Empty for a percentage.
  std::string unit;              // Only for products of this unit; empty: any.
  std::vector<ScaleStep> scale;  // By rising `from`; at least one.
  // Of a price that is for so many at once, and does not come out even for one: for how many, and by step how much.
  // The values of the scale are rounded then. Empty: the scale says it.
  Decimal per;
  std::vector<Decimal> wholes;
  std::optional<Decimal> floor;  // Of the price it sets.
  std::optional<Decimal> manual_lower, manual_upper;
  std::string base_code;    // kBasedOn: code of a book; empty: the list price.
  std::string requirement;  // When it applies, see requirement.h; empty: always.
};

struct BookRevision {
  std::string name;  // priceBooks/{id}, salesPolicies/{id}, packageOffers/{id}
  std::string code;  // The same in all revisions.
  int revision = 1;
  Period effective;     // A later revision that is known ends it the day before its own first day.
  absl::Time released;  // Known from then on.
  absl::Time withdrawn = absl::InfiniteFuture();  // From then on it is known that it ends on the next.
  std::string withdrawn_until;
  bool base_only = false;  // Gives prices to other books only.
  std::vector<ConditionType> types;
  std::vector<PriceRecord> records;
};

}  // namespace kam::contract::rules

#endif  // KAM_CONTRACT_SVC_RULES_PRICE_MODEL_H_
