#include "gateway/kamctl/mapping.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/status/status.h"
#include "gateway/kamctl/amounts.h"

namespace kam::ctl {
namespace {

constexpr int kTemplateDepthMax = 16;

absl::Status Invalid(absl::string_view member, absl::string_view message) {
  return InvalidField(member, "MAPPING_INVALID", message);
}

// A piece of a template text: as it stands, or the name of a column.
struct Part {
  bool column;
  std::string text;
};

// "{first} {last}": column first, " ", column last. An opening brace without a closing one stands for itself.
std::vector<Part> PartsOf(const std::string& pattern) {
  std::vector<Part> parts;
  size_t at = 0;
  while (at < pattern.size()) {
    const size_t open = pattern.find('{', at);
    const size_t close = open == std::string::npos ? std::string::npos : pattern.find('}', open);
    if (close == std::string::npos) break;
    if (open > at) parts.push_back({false, pattern.substr(at, open - at)});
    parts.push_back({true, pattern.substr(open + 1, close - open - 1)});
    at = close + 1;
  }
  if (at < pattern.size()) parts.push_back({false, pattern.substr(at)});
  return parts;
}

std::string FirstColumn(const std::string& pattern) {
  for (Part& part : PartsOf(pattern)) {
    if (part.column) return std::move(part.text);
  }
  return "";
}

bool IsTexts(const Json& json) {
  return json.is_array() &&
         std::all_of(json.begin(), json.end(), [](const Json& element) { return element.is_string(); });
}

bool Contains(const Json& texts, const std::string& text) {
  return std::find(texts.begin(), texts.end(), Json(text)) != texts.end();
}

// One row being read: its table and line.
struct Source {
  const Table* table;
  const TableRow* row;
};

class Builder {
 public:
  Builder(const Mapping& mapping, const Step& step, const KnownNames& names,
          const std::map<std::string, int64_t>& keys_in_file, Tables* tables, BuiltRow* out)
      : mapping_(mapping), step_(step), names_(names), keys_in_file_(keys_in_file), tables_(*tables), out_(*out) {}

  // The value of a template; nothing when every column it names is empty.
  std::optional<Json> Build(const Json& pattern, const Source& source, const std::string& path) {
    if (pattern.is_string()) return Text(pattern.get<std::string>(), source, path);
    if (pattern.is_array()) return Array(pattern, source, path);
    if (!pattern.is_object()) return pattern;
    if (pattern.contains("$when") && !Holds(pattern["$when"], source, path)) return std::nullopt;
    if (pattern.contains("$reference")) return Reference(pattern, source, path);
    if (pattern.contains("$map")) return Mapped(pattern, source, path);
    if (pattern.contains("$money")) return Money(pattern["$money"], source, path);
    if (pattern.contains("$boolean")) return Boolean(pattern["$boolean"].get<std::string>(), source, path);
    if (pattern.contains("$split")) return Split(pattern, source, path);
    if (pattern.contains("$rows")) return Rows(pattern["$rows"], source, path);
    Json object = Json::object();
    for (const auto& [member, inner] : pattern.items()) {
      if (member == "$when") continue;
      std::optional<Json> value = Build(inner, source, Join(path, member));
      if (value.has_value()) object[member] = *std::move(value);
    }
    if (object.empty()) return std::nullopt;
    return object;
  }

  // Text with its placeholders filled, blanks at its ends taken away; empty when every placeholder is.
  std::string Fill(const std::string& pattern, const Source& source, const std::string& path) {
    std::string text;
    bool any = false;
    bool placeholders = false;
    for (const Part& part : PartsOf(pattern)) {
      if (!part.column) {
        text += part.text;
        continue;
      }
      placeholders = true;
      const Cell* cell = source.table->Find(*source.row, part.text);
      if (cell == nullptr) {
        Complain(source, part.text, "MAPPING_INVALID", absl::StrCat("the file has no column ", part.text));
        return "";
      }
      Remember(source, part.text, path);
      any = any || !absl::StripAsciiWhitespace(cell->text).empty();
      text += cell->text;
    }
    if (placeholders && !any) return "";
    return placeholders ? std::string(absl::StripAsciiWhitespace(text)) : text;
  }

 private:
  static std::string Join(const std::string& path, const std::string& member) {
    return path.empty() ? member : absl::StrCat(path, ".", member);
  }

  void Remember(const Source& source, const std::string& column, const std::string& path) {
    out_.places.emplace(path, Place{source.table->file, source.row->line, column});
  }

  void Complain(const Source& source, const std::string& column, const std::string& reason,
                const std::string& message) {
    out_.problems.push_back({{source.table->file, source.row->line, column}, reason, message});
  }

  std::optional<Json> Text(const std::string& pattern, const Source& source, const std::string& path) {
    std::string text = Fill(pattern, source, path);
    if (text.empty()) return std::nullopt;
    return Json(std::move(text));
  }

  std::optional<Json> Array(const Json& pattern, const Source& source, const std::string& path) {
    Json array = Json::array();
    for (const Json& element : pattern) {
      std::optional<Json> value = Build(element, source, absl::StrCat(path, "[", array.size(), "]"));
      if (value.has_value()) array.push_back(*std::move(value));
    }
    if (array.empty()) return std::nullopt;
    return array;
  }

  std::optional<Json> Reference(const Json& pattern, const Source& source, const std::string& path) {
    const std::string collection = pattern["$reference"].get<std::string>();
    const std::string key_pattern = pattern["key"].get<std::string>();
    const std::string key = Fill(key_pattern, source, path);
    if (key.empty()) return std::nullopt;
    if (const std::string* name = names_.Find(collection, key); name != nullptr) return Json(*name);
    if (collection == step_.collection && keys_in_file_.count(key) > 0) {
      out_.waits_for_own_collection = true;
      return std::nullopt;
    }
    Complain(source, FirstColumn(key_pattern), "REFERENCE_UNKNOWN",
             absl::StrCat(collection, " has no ", key, " (system ", mapping_.system, ")"));
    return std::nullopt;
  }

  std::optional<Json> Mapped(const Json& pattern, const Source& source, const std::string& path) {
    const std::string name = pattern["$map"].get<std::string>();
    const std::string value_pattern = pattern["value"].get<std::string>();
    const std::string value = Fill(value_pattern, source, path);
    const auto map = mapping_.maps.find(name);
    if (map != mapping_.maps.end()) {
      if (const auto it = map->second.find(value); it != map->second.end()) return Json(it->second);
      if (const auto other = map->second.find("*"); other != map->second.end()) return Json(other->second);
    }
    if (value.empty()) return std::nullopt;
    Complain(source, FirstColumn(value_pattern), "VALUE_NOT_MAPPED",
             absl::StrCat("the map ", name, " does not say what \"", value, "\" means"));
    return std::nullopt;
  }

  std::optional<Json> Money(const Json& pattern, const Source& source, const std::string& path) {
    const std::string amount_pattern = pattern["amount"].get<std::string>();
    const std::string amount = Fill(amount_pattern, source, path);
    if (amount.empty()) return std::nullopt;
    const absl::StatusOr<Json> money = MoneyOf(amount, Fill(pattern["currency"].get<std::string>(), source, path));
    if (!money.ok()) {
      Complain(source, FirstColumn(amount_pattern), "AMOUNT_MALFORMED",
               absl::StrCat("\"", amount, "\" is not an amount"));
      return std::nullopt;
    }
    return *money;
  }

  // Whether a condition holds: a text that is not empty, or a value that is (not) one of a list.
  bool Holds(const Json& condition, const Source& source, const std::string& path) {
    if (condition.is_string()) return !Fill(condition.get<std::string>(), source, path).empty();
    const std::string value = Fill(condition["value"].get<std::string>(), source, path);
    if (condition.contains("is")) return Contains(condition["is"], value);
    return !Contains(condition["not"], value);
  }

  std::optional<Json> Boolean(const std::string& pattern, const Source& source, const std::string& path) {
    static const Json kTrue = {"1", "true", "yes", "y", "x", "是"};
    static const Json kFalse = {"0", "false", "no", "n", "否"};
    const std::string text = Fill(pattern, source, path);
    if (text.empty()) return std::nullopt;
    const std::string folded = absl::AsciiStrToLower(text);
    if (Contains(kTrue, folded)) return Json(true);
    if (Contains(kFalse, folded)) return Json(false);
    Complain(source, FirstColumn(pattern), "BOOLEAN_MALFORMED", absl::StrCat("\"", text, "\" is neither yes nor no"));
    return std::nullopt;
  }

  std::optional<Json> Split(const Json& pattern, const Source& source, const std::string& path) {
    Json array = Json::array();
    const std::string text = Fill(pattern["$split"].get<std::string>(), source, path);
    for (const absl::string_view piece : absl::StrSplit(text, pattern["separator"].get<std::string>())) {
      const absl::string_view clean = absl::StripAsciiWhitespace(piece);
      if (!clean.empty()) array.push_back(std::string(clean));
    }
    if (array.empty()) return std::nullopt;
    return array;
  }

  Json Rows(const Json& pattern, const Source& source, const std::string& path) {
    Json array = Json::array();
    const std::string file = pattern["file"].get<std::string>();
    const std::string column = pattern["column"].get<std::string>();
    const absl::StatusOr<const Table*> table = tables_.Open(file);
    auto rows = tables_.Where(file, column, Fill(pattern["equals"].get<std::string>(), source, path));
    if (!table.ok() || !rows.ok()) {
      const absl::Status& status = table.ok() ? rows.status() : table.status();
      Complain(source, "", Reason(status), std::string(status.message()));
      return array;
    }
    if (pattern.contains("sort")) {
      const std::string sort = pattern["sort"].get<std::string>();
      const auto number = [&](const TableRow* row) {
        int64_t value = 0;
        const Cell* cell = (*table)->Find(*row, sort);
        return cell != nullptr && absl::SimpleAtoi(cell->text, &value) ? value : 0;
      };
      std::stable_sort(rows->begin(), rows->end(),
                       [&](const TableRow* a, const TableRow* b) { return number(a) < number(b); });
    }
    for (const TableRow* row : *rows) {
      const std::string element = absl::StrCat(path, "[", array.size(), "]");
      const Source inner{*table, row};
      out_.places.emplace(element, Place{file, row->line, ""});
      std::optional<Json> value = Build(pattern["each"], inner, element);
      array.push_back(value.has_value() ? *std::move(value) : Json::object());
    }
    return array;
  }

  const Mapping& mapping_;
  const Step& step_;
  const KnownNames& names_;
  const std::map<std::string, int64_t>& keys_in_file_;
  Tables& tables_;
  BuiltRow& out_;
};

absl::Status CheckText(const Json& object, const char* member, const std::string& at) {
  if (object.contains(member) && object[member].is_string()) return absl::OkStatus();
  return Invalid(absl::StrCat(at, ".", member), "must be a text");
}

absl::Status CheckCondition(const Json& condition, const std::string& at) {
  if (condition.is_string()) return absl::OkStatus();
  if (!condition.is_object()) return Invalid(at, "must be a text or an object with value and is or not");
  RETURN_IF_ERROR(CheckText(condition, "value", at));
  const bool is = condition.contains("is");
  if (is == condition.contains("not")) return Invalid(at, "must have either is or not");
  if (!IsTexts(condition[is ? "is" : "not"])) return Invalid(absl::StrCat(at, is ? ".is" : ".not"), "must be texts");
  return absl::OkStatus();
}

// Everything the builder takes for granted.
absl::Status CheckTemplate(const Json& pattern, const std::string& at, int depth, const Mapping& mapping) {
  if (depth > kTemplateDepthMax) {
    return Invalid(at, absl::StrCat("is nested deeper than ", kTemplateDepthMax, " levels"));
  }
  if (pattern.is_array()) {
    for (size_t i = 0; i < pattern.size(); ++i) {
      RETURN_IF_ERROR(CheckTemplate(pattern[i], absl::StrCat(at, "[", i, "]"), depth + 1, mapping));
    }
  }
  if (!pattern.is_object()) return absl::OkStatus();
  if (pattern.contains("$when")) RETURN_IF_ERROR(CheckCondition(pattern["$when"], at + ".$when"));
  if (pattern.contains("$reference")) {
    RETURN_IF_ERROR(CheckText(pattern, "$reference", at));
    return CheckText(pattern, "key", at);
  }
  if (pattern.contains("$map")) {
    RETURN_IF_ERROR(CheckText(pattern, "$map", at));
    if (mapping.maps.count(pattern["$map"].get<std::string>()) == 0) {
      return Invalid(at + ".$map", absl::StrCat("there is no map ", pattern["$map"].get<std::string>()));
    }
    return CheckText(pattern, "value", at);
  }
  if (pattern.contains("$money")) {
    if (!pattern["$money"].is_object()) return Invalid(at + ".$money", "must be an object");
    RETURN_IF_ERROR(CheckText(pattern["$money"], "amount", at + ".$money"));
    return CheckText(pattern["$money"], "currency", at + ".$money");
  }
  if (pattern.contains("$boolean")) return CheckText(pattern, "$boolean", at);
  if (pattern.contains("$split")) {
    RETURN_IF_ERROR(CheckText(pattern, "$split", at));
    RETURN_IF_ERROR(CheckText(pattern, "separator", at));
    if (!pattern["separator"].get<std::string>().empty()) return absl::OkStatus();
    return Invalid(at + ".separator", "must not be empty");
  }
  if (pattern.contains("$rows")) {
    const Json& rows = pattern["$rows"];
    if (!rows.is_object()) return Invalid(at + ".$rows", "must be an object");
    for (const char* member : {"file", "column", "equals"}) RETURN_IF_ERROR(CheckText(rows, member, at + ".$rows"));
    if (rows.contains("sort")) RETURN_IF_ERROR(CheckText(rows, "sort", at + ".$rows"));
    if (!rows.contains("each")) return Invalid(at + ".$rows.each", "must be there");
    return CheckTemplate(rows["each"], at + ".$rows.each", depth + 1, mapping);
  }
  for (const auto& [member, inner] : pattern.items()) {
    if (member == "$when") continue;
    if (absl::StartsWith(member, "$")) return Invalid(absl::StrCat(at, ".", member), "is not known");
    RETURN_IF_ERROR(CheckTemplate(inner, absl::StrCat(at, ".", member), depth + 1, mapping));
  }
  return absl::OkStatus();
}

// Every text of a template as far as it is read from `file`; those inside $rows come from another one.
absl::Status CheckColumnsIn(const Json& pattern, const Table& table, Tables* tables) {
  if (pattern.is_string()) {
    for (const Part& part : PartsOf(pattern.get<std::string>())) {
      if (part.column && table.columns.count(part.text) == 0) {
        return Invalid(part.text, absl::StrCat(table.file, " has no column ", part.text));
      }
    }
  }
  if (pattern.is_object() && pattern.contains("$rows")) {
    const Json& rows = pattern["$rows"];
    RETURN_IF_ERROR(CheckColumnsIn(rows["equals"], table, tables));
    ASSIGN_OR_RETURN(const Table* inner, tables->Open(rows["file"].get<std::string>()));
    for (const char* member : {"column", "sort"}) {
      if (!rows.contains(member)) continue;
      RETURN_IF_ERROR(CheckColumnsIn(Json(absl::StrCat("{", rows[member].get<std::string>(), "}")), *inner, tables));
    }
    return CheckColumnsIn(rows["each"], *inner, tables);
  }
  if (pattern.is_structured()) {
    for (const Json& inner : pattern) RETURN_IF_ERROR(CheckColumnsIn(inner, table, tables));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckColumns(const Step& step, Tables* tables) {
  ASSIGN_OR_RETURN(const Table header, ReadHeader(tables->folder(), step.file));
  RETURN_IF_ERROR(CheckColumnsIn(Json(step.key), header, tables));
  return CheckColumnsIn(step.resource, header, tables);
}

absl::StatusOr<Mapping> ParseMapping(const std::string& text) {
  const Json json = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object()) return Invalid("mapping", "must be a JSON object");
  Mapping mapping;
  if (!json.contains("system") || !json["system"].is_string()) return Invalid("system", "must name the other system");
  mapping.system = json["system"].get<std::string>();
  if (json.contains("encoding")) {
    if (!json["encoding"].is_string() || !KnownEncoding(json["encoding"].get<std::string>())) {
      return Invalid("encoding", "must be UTF-8 or GB18030");
    }
    mapping.encoding = json["encoding"].get<std::string>();
  }
  const Json maps = json.value("maps", Json::object());
  if (!maps.is_object()) return Invalid("maps", "must be an object");
  for (const auto& [name, entries] : maps.items()) {
    if (!entries.is_object()) return Invalid(absl::StrCat("maps.", name), "must be an object of texts");
    for (const auto& [from, to] : entries.items()) {
      if (!to.is_string()) return Invalid(absl::StrCat("maps.", name, ".", from), "must be a text");
      mapping.maps[name][from] = to.get<std::string>();
    }
  }
  if (!json.contains("steps") || !json["steps"].is_array()) return Invalid("steps", "must be a list");
  for (const Json& step : json["steps"]) {
    const std::string at = absl::StrCat("steps[", mapping.steps.size(), "]");
    for (const char* member : {"file", "collection", "key"}) {
      if (!step.is_object() || !step.contains(member) || !step[member].is_string()) {
        return Invalid(absl::StrCat(at, ".", member), "must be a text");
      }
    }
    if (!step.contains("resource") || !step["resource"].is_object()) {
      return Invalid(absl::StrCat(at, ".resource"), "must be an object");
    }
    if (step.contains("title")) RETURN_IF_ERROR(CheckText(step, "title", at));
    RETURN_IF_ERROR(CheckTemplate(step["resource"], absl::StrCat(at, ".resource"), 0, mapping));
    mapping.steps.push_back({step.value("title", step["collection"].get<std::string>()),
                             step["file"].get<std::string>(), step["collection"].get<std::string>(),
                             step["key"].get<std::string>(), step["resource"]});
  }
  return mapping;
}

absl::StatusOr<const Table*> Tables::Open(const std::string& file) {
  auto it = tables_.find(file);
  if (it == tables_.end()) {
    ASSIGN_OR_RETURN(Table table, ReadTable(folder_, file));
    it = tables_.emplace(file, std::move(table)).first;
  }
  return &it->second;
}

absl::StatusOr<std::vector<const TableRow*>> Tables::Where(const std::string& file, const std::string& column,
                                                           const std::string& value) {
  ASSIGN_OR_RETURN(const Table* table, Open(file));
  auto [it, made] = indexes_.try_emplace({file, column});
  if (made) {
    for (const TableRow& row : table->rows) {
      const Cell* cell = table->Find(row, column);
      if (cell == nullptr) return Invalid(column, absl::StrCat(file, " has no such column"));
      it->second[cell->text].push_back(&row);
    }
  }
  const auto found = it->second.find(value);
  return found == it->second.end() ? std::vector<const TableRow*>() : found->second;
}

std::string KeyOf(const Step& step, const Table& table, const TableRow& row) {
  const Mapping no_mapping;
  const KnownNames no_names;
  const std::map<std::string, int64_t> no_keys;
  Tables no_tables(Folder{});
  BuiltRow scratch;
  Builder builder(no_mapping, step, no_names, no_keys, &no_tables, &scratch);
  return builder.Fill(step.key, {&table, &row}, "");
}

std::string KeyColumn(const Step& step) { return FirstColumn(step.key); }

BuiltRow BuildRow(const Mapping& mapping, const Step& step, const Table& table, const TableRow& row,
                  const KnownNames& names, const std::map<std::string, int64_t>& keys_in_file, Tables* tables) {
  BuiltRow built;
  Builder builder(mapping, step, names, keys_in_file, tables, &built);
  const Source source{&table, &row};
  built.key = builder.Fill(step.key, source, "external_ids[0].id");
  if (built.key.empty()) {
    if (built.problems.empty()) {
      built.problems.push_back({{table.file, row.line, KeyColumn(step)}, "KEY_MISSING", "the row has no key"});
    }
    return built;
  }
  std::optional<Json> resource = builder.Build(step.resource, source, "");
  built.resource = resource.has_value() ? *std::move(resource) : Json::object();
  built.resource["external_ids"] = Json::array({{{"system", mapping.system}, {"id", built.key}}});
  return built;
}

Place PlaceOf(const BuiltRow& row, const std::string& violated_field, const Place& whole_row) {
  // The service names the field from the resource on: "order.lines[2].quantity", or from the request on:
  // "orders[7].lines[2].quantity".
  const size_t dot = violated_field.find('.');
  std::string path = dot == std::string::npos ? violated_field : violated_field.substr(dot + 1);
  while (!path.empty()) {
    if (const auto it = row.places.find(path); it != row.places.end()) return it->second;
    const size_t cut = path.find_last_of(".[");
    path = cut == std::string::npos ? std::string() : path.substr(0, cut);
  }
  return whole_row;
}

}  // namespace kam::ctl
