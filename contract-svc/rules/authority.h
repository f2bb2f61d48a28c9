// Who may sell so far below the price (C-02, C-03, C-04): the authority grid, judged for one who prices.
#ifndef KAM_CONTRACT_SVC_RULES_AUTHORITY_H_
#define KAM_CONTRACT_SVC_RULES_AUTHORITY_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "common/money/money.h"
#include "contract-svc/rules/price.h"

namespace kam::contract::rules {

enum class Base { kPublishedPrice, kListPrice };

// One row of the grid.
struct Grant {
  std::string name;          // authorityGrants/{id}
  std::string role;          // Or employee.
  std::string employee;      // employees/{id}
  std::string tier;          // Empty: any.
  std::string product_line;  // Empty: any.
  std::string currency;      // Empty: any.
  int level = 0;
  Base base = Base::kPublishedPrice;
  Decimal max_discount_percent;
  std::optional<Decimal> min_margin_percent;  // Not set: the margin is not looked at.
  std::optional<Decimal> max_line_value;      // Not set: any.
  std::optional<Decimal> max_document_value;  // Not set: any.
  Decimal max_gift_percent;                   // Of the amount of the document.
  bool below_floor_allowed = false;
  Period valid;
  bool active = true;
};

// Who asks, by roles held and by name.
struct Actor {
  std::string employee;  // employees/{id}
  std::vector<std::string> roles;
};

// What is to be allowed.
struct Document {
  std::string tier;                  // Of the customer; empty: none.
  std::optional<Currency> currency;  // Always set.
  std::vector<PricedLine> lines;
  std::optional<Money> amount;  // Always set, as is the next.
  std::optional<Money> gift_value;
  std::optional<Money> policy_gift_value;  // Part of it that policies allow everybody; not set: nothing.
  std::optional<Decimal> margin_percent;   // After gifts; not set: a purchase price is not known.
};

enum class Verdict { kWithin, kNeedsApproval, kNever };

// Rules that can be broken, as they are called in answers and requests.
inline constexpr char kRuleDiscount[] = "DISCOUNT";
inline constexpr char kRuleFloor[] = "FLOOR";
inline constexpr char kRuleFloorUnknown[] = "FLOOR_UNKNOWN";
inline constexpr char kRuleMargin[] = "MARGIN";
inline constexpr char kRuleMarginUnknown[] = "MARGIN_UNKNOWN";
inline constexpr char kRuleLineValue[] = "LINE_VALUE";
inline constexpr char kRuleDocumentValue[] = "DOCUMENT_VALUE";
inline constexpr char kRuleGift[] = "GIFT";
inline constexpr char kRuleNoGrant[] = "NO_GRANT";
inline constexpr char kRuleAbovePublished[] = "ABOVE_PUBLISHED_PRICE";
inline constexpr char kRuleManualLimit[] = "MANUAL_LIMIT";

// A rule that goes beyond the authority, with the value tested. Values of FLOOR (percent below the floor) and MARGIN
// are confidential.
struct Exceeded {
  std::string rule;
  Decimal value;
  std::optional<Decimal> limit;  // What the best own grant allows; not set: nothing, or confidential.
  bool confidential = false;
  bool lower_is_worse = false;
};

struct Decision {
  Verdict verdict = Verdict::kWithin;
  int level = 0;                   // kNeedsApproval: the lowest that suffices.
  std::vector<std::string> roles;  // Who has it.
  std::vector<std::string> employees;
  int next_level = 0;  // kNeedsApproval: the next one above that suffices too; 0: none.
  std::vector<std::string> next_roles;
  std::vector<std::string> next_employees;
  std::vector<Exceeded> exceeded;           // By the best own grant; empty when kWithin.
  std::optional<Decimal> headroom_percent;  // Discount left in the own authority; not set: no authority.
};

struct DocumentDecision {
  Verdict verdict = Verdict::kWithin;  // Of everything: the worst.
  int level = 0;                       // The highest needed.
  std::vector<Decision> lines;         // One for each line.
  Decision document;                   // Of the document as a whole: its value, gifts and margin.
};

// Judges a document. `today`: the day the decision is made; grants hold on days. Somebody's authority is the union of
// the grants of his roles and his own: a line is inside when one single grant allows all of it. A price above the
// published one is never allowed (C-02, no over-quotation), nor one changed by hand beyond the limits of its record.
// Where the floor is in another currency, only those give anything away who may go below the floor.
absl::StatusOr<DocumentDecision> Decide(const Document& document, const Actor& actor, absl::Span<const Grant> grants,
                                        absl::string_view today);

// Whether the grant is the actor's: his own, or that of a role he holds.
bool IsOf(const Grant& grant, const Actor& actor);

// Whether `grantor` holds at least what `grant` gives: some grant of his that holds today covers it in every respect,
// its dates inside his own. GRANT_EXCEEDS_OWN naming what the nearest own grant lacks; SELF_GRANT when it is for the
// grantor.
absl::Status CheckGrantable(const Grant& grant, const Actor& grantor, absl::Span<const Grant> grants,
                            absl::string_view today);

// Whether `actor` may confirm what `grantor` gives: another person (SEPARATION_OF_DUTIES), and it is not for himself or
// a role of his (SELF_GRANT).
absl::Status CheckConfirmable(const Grant& grant, const std::string& grantor, const Actor& actor);

// Whether `actor` may take back what `grantor` (empty: delivered with the suite) gave: he gave it himself, or some
// grant of his that holds today covers it, whatever its dates. Authority of his own role or person he may give up.
// GRANT_EXCEEDS_OWN.
absl::Status CheckRevocable(const Grant& grant, const std::string& grantor, const Actor& actor,
                            absl::Span<const Grant> grants, absl::string_view today);

}  // namespace kam::contract::rules

#endif  // KAM_CONTRACT_SVC_RULES_AUTHORITY_H_
