// AIP-160 filters as SQL: the tree of a filter becomes a condition with parameters.
#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/time/civil_time.h"
#include "common/resource/filter.h"
#include "common/resource/filter_parser.h"
#include "common/resource/filter_target.h"
#include "common/resource/filter_util.h"
#include "common/resource/filter_value.h"

namespace kam::resource {
namespace {

using google::protobuf::EnumDescriptor;

constexpr char kFieldUnknown[] = "FILTER_FIELD_UNKNOWN";
constexpr char kValueInvalid[] = "FILTER_VALUE_INVALID";

std::string AllowedValues(const EnumDescriptor* type) {
  std::vector<std::string> names;
  for (int i = 0; i < type->value_count(); ++i) {
    if (type->value(i)->number() != 0) names.push_back(ShortEnumName(type->value(i)));
  }
  return absl::StrJoin(names, ", ");
}

class Compiler {
 public:
  Compiler(const Type& type, const auth::Principal& reader, absl::TimeZone zone)
      : type_(type), reader_(reader), zone_(zone) {}

  // Appends the condition of `node`. The answer is true when it can never be NULL in SQL.
  absl::StatusOr<bool> Emit(const FilterNode& node) {
    switch (node.type) {
      case FilterNode::Type::kAnd:
      case FilterNode::Type::kOr: {
        bool two_valued = true;
        absl::string_view separator = "(";
        for (const FilterNode& operand : node.operands) {
          out_.sql.append(separator.data(), separator.size());
          ASSIGN_OR_RETURN(const bool part, Emit(operand));
          two_valued = two_valued && part;
          separator = node.type == FilterNode::Type::kAnd ? " AND " : " OR ";
        }
        out_.sql.append(")");
        return two_valued;
      }
      case FilterNode::Type::kNot: {
        // NOT means "is not true", also of what is unset (AIP-160), so a NULL may not survive the negation.
        const size_t start = out_.sql.size();
        ASSIGN_OR_RETURN(const bool two_valued, Emit(node.operands.front()));
        out_.sql.insert(start, two_valued ? "NOT (" : "(");
        out_.sql.append(two_valued ? ")" : ") IS NOT TRUE");
        return true;
      }
      case FilterNode::Type::kRestriction:
        return EmitRestriction(node);
    }
    return Internal("unknown filter node");
  }

  SqlCondition Take() { return std::move(out_); }

 private:
  absl::Status Unknown(const FilterNode& node) const {
    return FilterError(
        kFieldUnknown, node.path_position,
        absl::StrCat("\"", Shown(node.path), "\" is not a field that ", type_.collection(), " can be filtered by"),
        {{"path", Shown(node.path)}});
  }

  absl::Status BadValue(const FilterNode& node, absl::string_view expected, Metadata metadata = {}) const {
    metadata.emplace_back("path", node.path);
    metadata.emplace_back("value", Shown(node.value.text));
    return FilterError(kValueInvalid, node.value.position,
                       absl::StrCat(node.path, " takes ", expected, ", not \"", Shown(node.value.text), "\""),
                       metadata);
  }

  absl::Status BadOperator(const FilterNode& node, absl::string_view allowed) const {
    return FilterError(
        kValueInvalid, node.op_position,
        absl::StrCat(node.path, " is compared with ", allowed, ", not with ", FilterOperatorText(node.op)),
        {{"path", node.path},
         {"operator", std::string(FilterOperatorText(node.op))},
         {"allowed", std::string(allowed)}});
  }

  void Param(mysql::Value value) { out_.params.push_back(std::move(value)); }

  absl::StatusOr<bool> EmitRestriction(const FilterNode& node) {
    FilterTarget target;
    if (!ResolveTarget(type_, reader_, node.path, &target)) return Unknown(node);
    if (target.exists.empty()) return EmitComparison(target, node);
    out_.sql.append(target.exists);
    for (mysql::Value& value : target.exists_params) Param(std::move(value));
    const bool presence = node.op == FilterOperator::kHas && node.value.star();
    if (target.whole_child && !presence) return BadValue(node, "only the presence test :*; compare one of its fields");
    // Elements are never empty, so that presence is having a row at all.
    if (!presence || !(target.whole_child || target.element || target.external_ids)) {
      out_.sql.append(" AND ");
      if (target.external_ids) {
        RETURN_IF_ERROR(EmitExternalId(node));
      } else {
        RETURN_IF_ERROR(EmitComparison(target, node).status());
      }
    }
    out_.sql.append(")");
    return true;
  }

  // external_ids:"4711" (in any system) or external_ids:"sap-ecc/4711".
  absl::Status EmitExternalId(const FilterNode& node) {
    if (node.op != FilterOperator::kHas) return BadOperator(node, ":");
    if (node.value.text.empty()) return BadValue(node, "an id, \"system/id\" or *");
    const std::pair<absl::string_view, absl::string_view> parts =
        absl::StrSplit(node.value.text, absl::MaxSplits('/', 1));
    out_.sql.append("(x.external_id = ?");
    Param(mysql::Value(node.value.text));
    if (!parts.second.empty()) {
      out_.sql.append(" OR (x.system_name = ? AND x.external_id = ?)");
      Param(mysql::Value(parts.first));
      Param(mysql::Value(parts.second));
    }
    out_.sql.append(")");
    return absl::OkStatus();
  }

  void EmitPresence(const std::string& column, Kind kind, bool nullable) {
    // A number or a truth value without NULL is "set" when it differs from its default, as in proto3.
    const bool plain = !nullable && (kind == Kind::kInteger || kind == Kind::kBool);
    absl::StrAppend(&out_.sql, column, plain ? " <> 0" : " IS NOT NULL");
  }

  // Any column of a flattened message that this reader may see.
  void EmitMessagePresence(const Field& message, absl::string_view alias, bool* first) {
    for (const Field& field : message.fields) {
      if (!Permitted(*field.rules, reader_)) continue;
      if (field.kind == Kind::kMessage) {
        EmitMessagePresence(field, alias, first);
        continue;
      }
      out_.sql.append(*first ? "(" : " OR ");
      *first = false;
      EmitPresence(absl::StrCat(alias, ".", field.column, field.kind == Kind::kMoney ? "_amount" : ""), field.kind,
                   field.nullable);
    }
  }

  absl::StatusOr<bool> EmitComparison(const FilterTarget& target, const FilterNode& node) {
    const FilterOperator op = node.op;
    const FilterValue& value = node.value;
    const bool equality = op == FilterOperator::kEqual || op == FilterOperator::kNotEqual || op == FilterOperator::kHas;
    if (target.message != nullptr) {
      if (op != FilterOperator::kHas || !value.star()) {
        return BadValue(node, "only the presence test :*; compare one of its fields");
      }
      bool first = true;
      EmitMessagePresence(*target.message, target.exists.empty() ? "t" : "c", &first);
      out_.sql.append(first ? "1 = 0" : ")");
      return true;
    }
    if (op == FilterOperator::kHas && value.star()) {
      EmitPresence(target.column, target.kind, target.nullable);
      return true;
    }
    const bool ordered = target.kind == Kind::kText || target.kind == Kind::kDate || target.kind == Kind::kDecimal ||
                         target.kind == Kind::kInteger || target.kind == Kind::kTimestamp ||
                         target.kind == Kind::kMoney;
    if (!equality && (!ordered || target.currency)) return BadOperator(node, "= != :");
    if (value.text.empty()) {
      if (target.kind == Kind::kInteger || target.kind == Kind::kBool)
        return BadValue(node, ExpectedFilterValue(target));
      if (op == FilterOperator::kHas || !equality) {
        return BadValue(node, "the empty text only with = (is unset) and != (is set)");
      }
      return EmitUnset(target, op == FilterOperator::kEqual);
    }
    if (target.kind == Kind::kEnum) {
      const google::protobuf::EnumValueDescriptor* found = FindEnumValue(target.enumeration, value.text);
      if (found == nullptr) {
        const std::string allowed = AllowedValues(target.enumeration);
        return BadValue(node, absl::StrCat("one of ", allowed), {{"allowed", allowed}});
      }
      if (found->number() == 0) return EmitUnset(target, op != FilterOperator::kNotEqual);
      EmitCompare(target, op, mysql::Value(ShortEnumName(found)));
      return !target.nullable;
    }
    if (target.currency) {
      if (value.text.size() != 3 || !std::all_of(value.text.begin(), value.text.end(), [](char c) {
            return absl::ascii_isupper(static_cast<unsigned char>(c));
          })) {
        return BadValue(node, "a currency code such as CNY");
      }
      EmitCompare(target, op, mysql::Value(value.text));
      return !target.nullable;
    }
    if (target.kind == Kind::kText || (target.kind == Kind::kName && value.wildcard)) {
      EmitText(target, op, value);
      return !target.nullable;
    }
    absl::CivilDay day;
    if (target.kind == Kind::kTimestamp && ParseFilterDay(value.text, &day)) return EmitDay(target, node, day);
    std::optional<mysql::Value> parsed = ParseFilterValue(target, value.text);
    if (!parsed.has_value()) return BadValue(node, ExpectedFilterValue(target));
    EmitCompare(target, op, *std::move(parsed));
    return !target.nullable;
  }

  // A moment compared with a day of the business: = is within it, < before its begin, > after its end.
  absl::StatusOr<bool> EmitDay(const FilterTarget& target, const FilterNode& node, absl::CivilDay day) {
    const absl::Time begin = absl::FromCivil(day, zone_);
    const absl::Time end = absl::FromCivil(day + 1, zone_);
    if (!IsStorable(begin) || !IsStorable(end)) return BadValue(node, ExpectedFilterValue(target));
    const auto compare = [&](absl::string_view op, absl::Time time) {
      absl::StrAppend(&out_.sql, target.column, " ", op, " ", Placeholder(target.kind));
      Param(mysql::Value(time));
    };
    switch (node.op) {
      case FilterOperator::kLess:
        compare("<", begin);
        break;
      case FilterOperator::kLessOrEqual:
        compare("<", end);
        break;
      case FilterOperator::kGreater:
        compare(">=", end);
        break;
      case FilterOperator::kGreaterOrEqual:
        compare(">=", begin);
        break;
      case FilterOperator::kNotEqual:
        out_.sql.append("(");
        compare("<", begin);
        out_.sql.append(" OR ");
        compare(">=", end);
        out_.sql.append(")");
        break;
      case FilterOperator::kEqual:
      case FilterOperator::kHas:
        out_.sql.append("(");
        compare(">=", begin);
        out_.sql.append(" AND ");
        compare("<", end);
        out_.sql.append(")");
        break;
    }
    return !target.nullable;
  }

  bool EmitUnset(const FilterTarget& target, bool unset) {
    absl::StrAppend(&out_.sql, target.column, unset ? " IS NULL" : " IS NOT NULL");
    return true;
  }

  void EmitText(const FilterTarget& target, FilterOperator op, const FilterValue& value) {
    if (op == FilterOperator::kHas && !target.element) {
      absl::StrAppend(&out_.sql, target.column, " LIKE ?");
      Param(mysql::Value(absl::StrCat("%", EscapeLike(value.text), "%")));
      return;
    }
    const bool equality = op == FilterOperator::kEqual || op == FilterOperator::kNotEqual || op == FilterOperator::kHas;
    if (value.wildcard && equality) {
      absl::StrAppend(&out_.sql, target.column, op == FilterOperator::kNotEqual ? " NOT LIKE ?" : " LIKE ?");
      Param(mysql::Value(value.pattern));
      return;
    }
    EmitCompare(target, op, mysql::Value(value.text));
  }

  void EmitCompare(const FilterTarget& target, FilterOperator op, mysql::Value value) {
    absl::StrAppend(&out_.sql, target.column, " ", SqlOperator(op), " ", Placeholder(target.kind));
    Param(std::move(value));
  }

  static absl::string_view SqlOperator(FilterOperator op) {
    switch (op) {
      case FilterOperator::kHas:
        return "=";
      case FilterOperator::kNotEqual:
        return "<>";
      default:
        return FilterOperatorText(op);
    }
  }

  const Type& type_;
  const auth::Principal& reader_;
  const absl::TimeZone zone_;
  SqlCondition out_;
};

}  // namespace

absl::StatusOr<SqlCondition> CompileFilter(const Type& type, absl::string_view filter, const auth::Principal& reader,
                                           absl::TimeZone zone) {
  ASSIGN_OR_RETURN(const std::optional<FilterNode> node, ParseFilter(filter));
  if (!node.has_value()) return SqlCondition();
  Compiler compiler(type, reader, zone);
  RETURN_IF_ERROR(compiler.Emit(*node).status());
  return compiler.Take();
}

}  // namespace kam::resource
