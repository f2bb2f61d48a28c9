// The grammar of AIP-160 filters: text in, a tree out. Knows nothing of types, fields or SQL.
//
//   filter      = [expression]
//   expression  = factor {["AND"] factor}            juxtaposition means AND
//   factor      = term {"OR" term}                   OR binds tighter than AND
//   term        = ["NOT" | "-"] (restriction | "(" expression ")")
//   restriction = field ("=" | "!=" | "<" | "<=" | ">" | ">=" | ":") value
//   field       = name {"." name}
//   value       = bare text | '"' text '"' | "'" text "'"
//
// Inside quotes the escapes are \\ \" \' \* \n \r \t; an asterisk that is not escaped is a wildcard. Bare text ends at
// white space, a quote, a parenthesis, a comma or one of = < > !.
#ifndef KAM_COMMON_RESOURCE_FILTER_PARSER_H_
#define KAM_COMMON_RESOURCE_FILTER_PARSER_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/status/status.h"

namespace kam::resource {

enum class FilterOperator { kEqual, kNotEqual, kLess, kLessOrEqual, kGreater, kGreaterOrEqual, kHas };

// "=", "!=", ...
absl::string_view FilterOperatorText(FilterOperator op);

// Right side of a restriction.
struct FilterValue {
  std::string text;       // Escapes resolved; wildcards are plain asterisks here.
  std::string pattern;    // The same as a LIKE pattern: % for wildcards, everything else literal.
  bool wildcard = false;  // Holds at least one wildcard.
  bool quoted = false;
  size_t position = 0;  // 1-based byte in the filter.
  // The bare asterisk of a presence test.
  bool star() const { return !quoted && text == "*"; }
};

struct FilterNode {
  enum class Type { kAnd, kOr, kNot, kRestriction };
  Type type = Type::kRestriction;
  std::vector<FilterNode> operands;  // kAnd, kOr: two or more; kNot: one.
  // kRestriction only.
  std::string path;
  size_t path_position = 0;
  FilterOperator op = FilterOperator::kEqual;
  size_t op_position = 0;
  FilterValue value;
};

// Empty when the filter is blank. Errors FILTER_MALFORMED and FILTER_TOO_COMPLEX.
absl::StatusOr<std::optional<FilterNode>> ParseFilter(absl::string_view filter);

// INVALID_ARGUMENT on field "filter"; "position" (1-based) joins the message and the metadata.
absl::Status FilterError(absl::string_view reason, size_t position, absl::string_view message, Metadata metadata = {});

// `text` as a LIKE pattern that matches only itself.
std::string EscapeLike(absl::string_view text);

}  // namespace kam::resource

#endif  // KAM_COMMON_RESOURCE_FILTER_PARSER_H_
