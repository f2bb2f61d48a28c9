#include "contract-svc/rules/requirement.h"

#include <algorithm>
#include <iterator>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/status/status.h"

namespace kam::contract::rules {
namespace {

using resource::FilterNode;
using resource::FilterOperator;

enum Variable { kQuantity, kValue, kListPrice, kTier, kSegment, kRegion, kProductLine, kUnit, kCurrency };
constexpr absl::string_view kNames[] = {"quantity", "value",        "list_price", "tier",    "segment",
                                        "region",   "product_line", "unit",       "currency"};
constexpr int kNumbers = 3;  // The first ones are numbers.

absl::Status Invalid(absl::string_view field, absl::string_view message) {
  return InvalidField(std::string(field), "REQUIREMENT_INVALID", message);
}

absl::string_view TextOf(int variable, const RequirementFacts& facts) {
  switch (variable) {
    case kTier:
      return facts.tier;
    case kSegment:
      return facts.segment;
    case kRegion:
      return facts.region;
    case kProductLine:
      return facts.product_line;
    case kUnit:
      return facts.unit;
    default:
      return facts.currency;
  }
}

absl::StatusOr<Decimal> NumberOf(int variable, const RequirementFacts& facts) {
  if (variable == kQuantity) return facts.quantity;
  if (!facts.list_price.has_value()) {
    return Error(absl::StatusCode::kFailedPrecondition, "REQUIREMENT_FAILED",
                 absl::StrCat(kNames[variable], " is not known: the product has no list price in the currency"),
                 {{"name", std::string(kNames[variable])}});
  }
  if (variable == kListPrice) return *facts.list_price;
  const absl::StatusOr<Decimal> value = Multiply(facts.quantity, *facts.list_price);
  if (value.ok()) return value;
  return Error(absl::StatusCode::kFailedPrecondition, "REQUIREMENT_FAILED", "value is out of range",
               {{"name", "value"}});
}

bool Compare(const Decimal& a, FilterOperator op, const Decimal& b) {
  switch (op) {
    case FilterOperator::kEqual:
    case FilterOperator::kHas:
      return a == b;
    case FilterOperator::kNotEqual:
      return a != b;
    case FilterOperator::kLess:
      return a < b;
    case FilterOperator::kLessOrEqual:
      return a <= b;
    case FilterOperator::kGreater:
      return a > b;
    case FilterOperator::kGreaterOrEqual:
      return a >= b;
  }
  return false;
}

}  // namespace

absl::StatusOr<Requirement> Requirement::Compile(absl::string_view text, absl::string_view field) {
  const absl::StatusOr<std::optional<FilterNode>> parsed = resource::ParseFilter(text);
  if (!parsed.ok()) return Invalid(field, parsed.status().message());
  if (!parsed->has_value()) return Invalid(field, "is blank; leave it out when the record applies always");
  Requirement requirement;
  ASSIGN_OR_RETURN(requirement.root_, CompileNode(**parsed, field));
  return requirement;
}

absl::StatusOr<Requirement::Node> Requirement::CompileNode(const FilterNode& node, absl::string_view field) {
  Node compiled;
  compiled.type = node.type;
  for (const FilterNode& operand : node.operands) {
    ASSIGN_OR_RETURN(Node child, CompileNode(operand, field));
    compiled.operands.push_back(std::move(child));
  }
  if (node.type != FilterNode::Type::kRestriction) return compiled;
  const auto* name = std::find(std::begin(kNames), std::end(kNames), node.path);
  if (name == std::end(kNames)) {
    return Invalid(field, absl::StrCat("\"", node.path, "\" is not known; known are ", absl::StrJoin(kNames, ", ")));
  }
  compiled.variable = static_cast<int>(name - std::begin(kNames));
  compiled.op = node.op;
  compiled.text = node.value.text;
  if (compiled.variable < kNumbers) {
    const absl::StatusOr<Decimal> number = Decimal::Parse(node.value.text);
    if (!number.ok() || node.op == FilterOperator::kHas) {
      return Invalid(field, absl::StrCat(node.path, " is compared with a number, not with \"", node.value.text, "\""));
    }
    compiled.number = *number;
  } else if ((node.op != FilterOperator::kEqual && node.op != FilterOperator::kNotEqual) || node.value.wildcard) {
    return Invalid(field, absl::StrCat(node.path, " is a text: it knows = and != and no wildcards"));
  }
  return compiled;
}

absl::StatusOr<bool> Requirement::Holds(const RequirementFacts& facts) const { return Holds(root_, facts); }

absl::StatusOr<bool> Requirement::Holds(const Node& node, const RequirementFacts& facts) {
  switch (node.type) {
    case FilterNode::Type::kNot: {
      ASSIGN_OR_RETURN(const bool holds, Holds(node.operands[0], facts));
      return !holds;
    }
    case FilterNode::Type::kAnd:
    case FilterNode::Type::kOr: {
      // Every part is worked out, also where the answer is clear before: a part that fails is never hidden by another.
      const bool all = node.type == FilterNode::Type::kAnd;
      bool result = all;
      for (const Node& operand : node.operands) {
        ASSIGN_OR_RETURN(const bool holds, Holds(operand, facts));
        result = all ? result && holds : result || holds;
      }
      return result;
    }
    case FilterNode::Type::kRestriction:
      break;
  }
  if (node.variable < kNumbers) {
    ASSIGN_OR_RETURN(const Decimal number, NumberOf(node.variable, facts));
    return Compare(number, node.op, node.number);
  }
  return (TextOf(node.variable, facts) == node.text) == (node.op == FilterOperator::kEqual);
}

}  // namespace kam::contract::rules
