// When a price record applies: a condition over the line and the customer, in the grammar of list filters (AIP-160),
// for example
//
//   quantity >= 10 AND (region = 华东 OR tier = A)
//
// Numbers: quantity, value (quantity x list price), list_price. Texts: tier, segment, region, product_line, unit,
// currency; they know = and != only. Nothing else may be named. A requirement is compiled when a book is checked; what
// cannot be compiled is never published, and what cannot be worked out makes the pricing fail: it is never passed over.
#ifndef KAM_CONTRACT_SVC_RULES_REQUIREMENT_H_
#define KAM_CONTRACT_SVC_RULES_REQUIREMENT_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/money/decimal.h"
#include "common/resource/filter_parser.h"

namespace kam::contract::rules {

struct RequirementFacts {
  Decimal quantity;
  std::optional<Decimal> list_price;  // Not set: none in the currency.
  absl::string_view tier, segment, region, product_line, unit, currency;
};

class Requirement {
 public:
  // REQUIREMENT_INVALID on `field`: not of the grammar, an unknown name, a comparison that the name does not know, a
  // number that is none.
  static absl::StatusOr<Requirement> Compile(absl::string_view text, absl::string_view field);

  // FAILED_PRECONDITION REQUIREMENT_FAILED when a value it needs is not there or out of range.
  absl::StatusOr<bool> Holds(const RequirementFacts& facts) const;

 private:
  struct Node {
    resource::FilterNode::Type type = resource::FilterNode::Type::kRestriction;
    std::vector<Node> operands;
    int variable = 0;
    resource::FilterOperator op = resource::FilterOperator::kEqual;
    Decimal number;
    std::string text;
  };

  static absl::StatusOr<Node> CompileNode(const resource::FilterNode& node, absl::string_view field);
  static absl::StatusOr<bool> Holds(const Node& node, const RequirementFacts& facts);

  Node root_;
};

}  // namespace kam::contract::rules

#endif  // KAM_CONTRACT_SVC_RULES_REQUIREMENT_H_
