// Search terms as SQL.
#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/resource/filter.h"
#include "common/resource/filter_parser.h"
#include "common/resource/filter_util.h"
#include "common/status/status.h"

namespace kam::resource {
namespace {

using google::protobuf::FieldDescriptor;

constexpr size_t kSearchBytesMax = 400;

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
