#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "absl/time/civil_time.h"
#include "absl/types/optional.h"
#include "common/money/decimal.h"
#include "common/resource/filter.h"
#include "common/resource/filter_parser.h"
#include "common/resource/filter_util.h"

namespace kam::resource {
namespace {

using google::protobuf::EnumDescriptor;
using google::protobuf::FieldDescriptor;

constexpr char kFieldUnknown[] = "FILTER_FIELD_UNKNOWN";
constexpr char kValueInvalid[] = "FILTER_VALUE_INVALID";
constexpr size_t kNameBytesMax = 96;
constexpr size_t kIdBytesMax = 64;
constexpr size_t kIntegerDigitsMax = 19;
constexpr size_t kSearchBytesMax = 400;

// What the left side of a restriction stands for.
struct Target {
  std::string column;  // With its alias.
  Kind kind = Kind::kText;
  bool nullable = true;
  bool currency = false;           // The currency of a money field.
  bool element = false;            // An element of a repeated scalar: ':' is equality, not "contains".
  bool whole_child = false;        // A repeated field as such: presence only.
  bool external_ids = false;       // external_ids as such.
  const Field* message = nullptr;  // A flattened message as such: presence only.
  const EnumDescriptor* enumeration = nullptr;
  std::string collection;  // kReference.
  // Opens "EXISTS (SELECT 1 FROM ... WHERE ..."; empty for columns of the resource itself.
  std::string exists;
  std::vector<mysql::Value> exists_params;
};

bool AllDigits(absl::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(),
                                      [](char c) { return absl::ascii_isdigit(static_cast<unsigned char>(c)); });
}

// YYYY-MM-DD of a day that exists.
bool ParseDay(absl::string_view text, absl::CivilDay* day) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return false;
  int year = 0, month = 0, date = 0;
  if (!AllDigits(text.substr(0, 4)) || !AllDigits(text.substr(5, 2)) || !AllDigits(text.substr(8, 2)) ||
      !absl::SimpleAtoi(text.substr(0, 4), &year) || !absl::SimpleAtoi(text.substr(5, 2), &month) ||
      !absl::SimpleAtoi(text.substr(8, 2), &date)) {
    return false;
  }
  *day = absl::CivilDay(year, month, date);
  return year >= 1 && day->year() == year && day->month() == month && day->day() == date;
}

// A moment that a DATETIME(6) column can hold.
bool IsStorable(absl::Time time) {
  const absl::Time first = absl::FromCivil(absl::CivilDay(1, 1, 1), absl::UTCTimeZone());
  const absl::Time end = absl::FromCivil(absl::CivilDay(10000, 1, 1), absl::UTCTimeZone());
  return time >= first && time < end && time == absl::FromUnixMicros(absl::ToUnixMicros(time));
}

// RFC 3339 with at most microseconds.
bool ParseInstant(absl::string_view text, absl::Time* time) {
  absl::CivilDay day;
  if (text.size() <= 10 || !ParseDay(text.substr(0, 10), &day)) return false;
  for (const char c : text) {
    if (!absl::ascii_isdigit(static_cast<unsigned char>(c)) &&
        !absl::StrContains("-+:.TtZz", absl::string_view(&c, 1))) {
      return false;
    }
  }
  const std::string upper = absl::AsciiStrToUpper(text);
  std::string error;
  return absl::ParseTime(absl::RFC3339_full, upper, absl::UTCTimeZone(), time, &error) && IsStorable(*time);
}

bool IsId(absl::string_view id) {
  return !id.empty() && id.size() <= kIdBytesMax && std::all_of(id.begin(), id.end(), [](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '_' || c == '.';
  });
}

bool IsResourceName(absl::string_view name) {
  const std::pair<absl::string_view, absl::string_view> parts = absl::StrSplit(name, absl::MaxSplits('/', 1));
  return name.size() <= kNameBytesMax && !parts.first.empty() &&
         absl::ascii_islower(static_cast<unsigned char>(parts.first[0])) &&
         std::all_of(parts.first.begin(), parts.first.end(),
                     [](char c) { return absl::ascii_isalnum(static_cast<unsigned char>(c)); }) &&
         IsId(parts.second);
}

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

  // Walks `path` through `fields`. False: there is no such field for this reader.
  bool ResolveIn(const std::vector<Field>& fields, absl::string_view alias, absl::string_view path,
                 Target* target) const {
    const std::pair<absl::string_view, absl::string_view> step = absl::StrSplit(path, absl::MaxSplits('.', 1));
    for (const Field& field : fields) {
      if (field.descriptor->name() != step.first) continue;
      if (!Permitted(*field.rules, reader_)) return false;
      const bool last = step.second.empty();
      if (field.kind == Kind::kMessage && !last) return ResolveIn(field.fields, alias, step.second, target);
      if (!field.rules->filterable()) return false;
      target->column = absl::StrCat(alias, ".", field.column);
      target->kind = field.kind;
      target->nullable = field.nullable;
      if (field.kind == Kind::kMessage) {
        target->message = &field;
        return true;
      }
      if (field.kind == Kind::kMoney) {
        target->currency = step.second == "currency_code";
        if (target->currency) target->kind = Kind::kText;
        target->column.append(target->currency ? "_currency" : "_amount");
        return last || target->currency;
      }
      if (field.kind == Kind::kEnum) target->enumeration = field.descriptor->enum_type();
      if (field.kind == Kind::kReference) target->collection = field.rules->reference();
      return last;
    }
    return false;
  }

  bool ResolveSystem(absl::string_view path, Target* target) const {
    const std::pair<absl::string_view, absl::string_view> step = absl::StrSplit(path, absl::MaxSplits('.', 1));
    const FieldDescriptor* descriptor = type_.system(step.first);
    if (descriptor == nullptr || !Permitted(descriptor->options().GetExtension(kam::api::field), reader_)) return false;
    if (step.first == "external_ids") {
      target->exists = "EXISTS (SELECT 1 FROM external_ids x WHERE x.collection = ? AND x.resource_id = t.id";
      target->exists_params = {mysql::Value(type_.collection())};
      target->nullable = false;
      if (step.second.empty()) {
        target->external_ids = true;
      } else if (step.second == "id") {
        target->column = "x.external_id";
      } else if (step.second == "system") {
        target->column = "x.system_name";
      } else {
        return false;
      }
      return true;
    }
    if (!step.second.empty()) return false;
    target->column = absl::StrCat("t.", step.first);
    if (step.first == "create_time" || step.first == "update_time" || step.first == "archive_time") {
      target->kind = Kind::kTimestamp;
      target->nullable = step.first == "archive_time";
      return true;
    }
    if (step.first == "creator" || step.first == "updater") {
      target->kind = Kind::kName;
      target->nullable = false;
      return true;
    }
    return step.first == "number";
  }

  bool Resolve(absl::string_view path, Target* target) const {
    const std::pair<absl::string_view, absl::string_view> step = absl::StrSplit(path, absl::MaxSplits('.', 1));
    if (IsSystemField(step.first)) return ResolveSystem(path, target);
    for (const Child& child : type_.children()) {
      if (child.path != step.first) continue;
      if (!Permitted(*child.rules, reader_)) return false;
      target->exists = absl::StrCat("EXISTS (SELECT 1 FROM ", child.table, " c WHERE c.parent_id = t.id");
      if (child.is_message && !step.second.empty()) return ResolveIn(child.fields, "c", step.second, target);
      if (!child.rules->filterable()) return false;
      if (child.is_message) {
        target->whole_child = true;
        return true;
      }
      target->element = true;
      return ResolveIn(child.fields, "c", path, target);
    }
    return ResolveIn(type_.fields(), "t", path, target);
  }

  absl::StatusOr<bool> EmitRestriction(const FilterNode& node) {
    Target target;
    if (!Resolve(node.path, &target)) return Unknown(node);
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

  absl::StatusOr<bool> EmitComparison(const Target& target, const FilterNode& node) {
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
      if (target.kind == Kind::kInteger || target.kind == Kind::kBool) return BadValue(node, Expectation(target));
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
    if (target.kind == Kind::kTimestamp && ParseDay(value.text, &day)) return EmitDay(target, node, day);
    absl::optional<mysql::Value> parsed = ParseValue(target, value.text);
    if (!parsed.has_value()) return BadValue(node, Expectation(target));
    EmitCompare(target, op, *std::move(parsed));
    return !target.nullable;
  }

  // A moment compared with a day of the business: = is within it, < before its begin, > after its end.
  absl::StatusOr<bool> EmitDay(const Target& target, const FilterNode& node, absl::CivilDay day) {
    const absl::Time begin = absl::FromCivil(day, zone_);
    const absl::Time end = absl::FromCivil(day + 1, zone_);
    if (!IsStorable(begin) || !IsStorable(end)) return BadValue(node, Expectation(target));
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

  bool EmitUnset(const Target& target, bool unset) {
    absl::StrAppend(&out_.sql, target.column, unset ? " IS NULL" : " IS NOT NULL");
    return true;
  }

  void EmitText(const Target& target, FilterOperator op, const FilterValue& value) {
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

  void EmitCompare(const Target& target, FilterOperator op, mysql::Value value) {
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

  static std::string Expectation(const Target& target) {
    switch (target.kind) {
      case Kind::kDate:
        return "a date YYYY-MM-DD";
      case Kind::kDecimal:
      case Kind::kMoney:
        return absl::StrCat("a decimal number of at most ", Decimal::kIntegerDigitsMax, " digits before and ",
                            Decimal::kScaleMax, " after the dot");
      case Kind::kReference:
        return absl::StrCat("a name ", target.collection, "/{id}");
      case Kind::kName:
        return "a resource name {collection}/{id}";
      case Kind::kInteger:
        return "an integer of 64 bits";
      case Kind::kBool:
        return "true or false";
      case Kind::kTimestamp:
        return "an RFC 3339 time with at most microseconds, or a date YYYY-MM-DD";
      default:
        return "text";
    }
  }

  static absl::optional<mysql::Value> ParseValue(const Target& target, const std::string& text) {
    switch (target.kind) {
      case Kind::kDate: {
        absl::CivilDay day;
        if (ParseDay(text, &day)) return mysql::Value(text);
        break;
      }
      case Kind::kDecimal:
      case Kind::kMoney:
        if (const absl::StatusOr<Decimal> number = Decimal::Parse(text); number.ok()) {
          return mysql::Value(number->ToString());
        }
        break;
      case Kind::kReference: {
        absl::string_view id = text;
        if (absl::ConsumePrefix(&id, absl::StrCat(target.collection, "/")) && IsId(id)) return mysql::Value(id);
        break;
      }
      case Kind::kName:
        if (IsResourceName(text)) return mysql::Value(text);
        break;
      case Kind::kInteger: {
        const absl::string_view digits = absl::StripPrefix(text, "-");
        int64_t number = 0;
        if (AllDigits(digits) && digits.size() <= kIntegerDigitsMax && absl::SimpleAtoi(text, &number)) {
          return mysql::Value(number);
        }
        break;
      }
      case Kind::kBool:
        if (text == "true") return mysql::Value(true);
        if (text == "false") return mysql::Value(false);
        break;
      case Kind::kTimestamp: {
        absl::Time time;
        if (ParseInstant(text, &time)) return mysql::Value(time);
        break;
      }
      default:
        break;
    }
    return absl::nullopt;
  }

  const Type& type_;
  const auth::Principal& reader_;
  const absl::TimeZone zone_;
  SqlCondition out_;
};

// Columns that a search looks at.
void SearchColumns(const std::vector<Field>& fields, absl::string_view alias, const auth::Principal& reader,
                   std::vector<std::string>* columns, bool* any) {
  for (const Field& field : fields) {
    const bool permitted = Permitted(*field.rules, reader);
    if (field.kind == Kind::kMessage) {
      std::vector<std::string> inner;
      SearchColumns(field.fields, alias, reader, &inner, any);
      if (permitted) columns->insert(columns->end(), inner.begin(), inner.end());
    } else if (field.kind == Kind::kText && field.rules->searchable()) {
      *any = true;
      if (permitted) columns->push_back(absl::StrCat(alias, ".", field.column));
    }
  }
}

}  // namespace

absl::StatusOr<SqlCondition> CompileFilter(const Type& type, absl::string_view filter, const auth::Principal& reader,
                                           absl::TimeZone zone) {
  ASSIGN_OR_RETURN(const std::optional<FilterNode> node, ParseFilter(filter));
  if (!node.has_value()) return SqlCondition();
  Compiler compiler(type, reader, zone);
  RETURN_IF_ERROR(compiler.Emit(*node).status());
  return compiler.Take();
}

absl::StatusOr<SqlCondition> CompileSearch(const Type& type, absl::string_view search, const auth::Principal& reader) {
  const absl::string_view term = absl::StripAsciiWhitespace(search);
  if (term.empty()) return SqlCondition();
  if (term.size() > kSearchBytesMax) {
    return InvalidField("search", "SEARCH_TOO_LONG", absl::StrCat("longer than ", kSearchBytesMax, " bytes"),
                        {{"limit", absl::StrCat(kSearchBytesMax)}});
  }
  bool any = false;
  std::vector<std::string> terms;
  std::vector<std::string> columns;
  if (const FieldDescriptor* number = type.system("number");
      number != nullptr && number->options().GetExtension(kam::api::field).searchable()) {
    any = true;
    // The column is ASCII: comparing it with a text that is not mixes collations, and finds nothing anyway.
    const bool ascii = std::all_of(term.begin(), term.end(),
                                   [](char c) { return absl::ascii_isascii(static_cast<unsigned char>(c)); });
    if (ascii) columns.push_back("t.number");
  }
  SearchColumns(type.fields(), "t", reader, &columns, &any);
  terms.reserve(columns.size());
  for (const std::string& column : columns) terms.push_back(absl::StrCat(column, " LIKE ?"));
  for (const Child& child : type.children()) {
    std::vector<std::string> inner;
    SearchColumns(child.fields, "c", reader, &inner, &any);
    if (!Permitted(*child.rules, reader)) continue;
    for (const std::string& column : inner) {
      terms.push_back(
          absl::StrCat("EXISTS (SELECT 1 FROM ", child.table, " c WHERE c.parent_id = t.id AND ", column, " LIKE ?)"));
    }
  }
  if (!any) {
    return InvalidField("search", "SEARCH_NOT_SUPPORTED", absl::StrCat(type.collection(), " have no searchable field"),
                        {{"collection", type.collection()}});
  }
  SqlCondition condition;
  if (terms.empty()) {
    condition.sql = "1 = 0";
    return condition;
  }
  condition.sql = absl::StrCat("(", absl::StrJoin(terms, " OR "), ")");
  condition.params.assign(terms.size(), mysql::Value(absl::StrCat(EscapeLike(term), "%")));
  return condition;
}

}  // namespace kam::resource
