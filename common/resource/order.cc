#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "common/resource/filter.h"
#include "common/resource/filter_util.h"
#include "common/status/status.h"

namespace kam::resource {
namespace {

constexpr char kIdColumn[] = "t.id";
constexpr size_t kOrderBytesMax = 512;

bool IsPath(absl::string_view path) {
  return !path.empty() && std::all_of(path.begin(), path.end(), [](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '.';
  });
}

absl::Status Malformed(absl::string_view message, Metadata metadata = {}) {
  return InvalidField("order_by", "ORDER_BY_MALFORMED", message, metadata);
}

absl::Status Unknown(const Type& type, absl::string_view path) {
  const std::string shown = Shown(path);
  return InvalidField("order_by", "ORDER_BY_FIELD_UNKNOWN",
                      absl::StrCat("\"", shown, "\" is not a field that ", type.collection(), " can be ordered by"),
                      {{"path", shown}});
}

bool ResolveIn(const std::vector<Field>& fields, absl::string_view path, const auth::Principal& reader, SortKey* key) {
  const std::pair<absl::string_view, absl::string_view> step = absl::StrSplit(path, absl::MaxSplits('.', 1));
  for (const Field& field : fields) {
    if (field.descriptor->name() != step.first) continue;
    if (!Permitted(*field.rules, reader)) return false;
    if (field.kind == Kind::kMessage) return ResolveIn(field.fields, step.second, reader, key);
    if (!step.second.empty() || !field.rules->sortable()) return false;
    key->column = absl::StrCat("t.", field.column, field.kind == Kind::kMoney ? "_amount" : "");
    key->nullable = field.nullable;
    key->kind = field.kind;
    return true;
  }
  return false;
}

bool Resolve(const Type& type, absl::string_view path, const auth::Principal& reader, SortKey* key) {
  if (!IsSystemField(path)) return ResolveIn(type.fields(), path, reader, key);
  const google::protobuf::FieldDescriptor* descriptor = type.system(path);
  if (descriptor == nullptr || !Permitted(descriptor->options().GetExtension(kam::api::field), reader)) return false;
  key->column = absl::StrCat("t.", path);
  if (path == "create_time" || path == "update_time" || path == "archive_time") {
    key->kind = Kind::kTimestamp;
    key->nullable = path == "archive_time";
    return true;
  }
  return path == "number";
}

// Appends "column is what it is in `value`".
void AppendSame(const SortKey& key, const mysql::Value& value, SqlCondition* out) {
  if (value.is_null()) {
    absl::StrAppend(&out->sql, key.column, " IS NULL");
    return;
  }
  absl::StrAppend(&out->sql, key.column, " = ", Placeholder(key.kind));
  out->params.push_back(value);
}

// Appends "column comes later than `value`"; false when nothing does.
bool AppendLater(const SortKey& key, const mysql::Value& value, SqlCondition* out) {
  if (value.is_null()) {
    // NULL is the least of all values.
    if (key.descending) return false;
    absl::StrAppend(&out->sql, key.column, " IS NOT NULL");
    return true;
  }
  const std::string compared = absl::StrCat(key.column, key.descending ? " < " : " > ", Placeholder(key.kind));
  if (key.descending && key.nullable) {
    absl::StrAppend(&out->sql, "(", compared, " OR ", key.column, " IS NULL)");
  } else {
    out->sql.append(compared);
  }
  out->params.push_back(value);
  return true;
}

}  // namespace

absl::StatusOr<std::vector<SortKey>> CompileOrder(const Type& type, absl::string_view order_by,
                                                  const auth::Principal& reader) {
  if (order_by.size() > kOrderBytesMax) {
    return Malformed(absl::StrCat("longer than ", kOrderBytesMax, " bytes"),
                     {{"rule", "bytes"}, {"limit", absl::StrCat(kOrderBytesMax)}});
  }
  std::vector<SortKey> keys;
  if (!absl::StripAsciiWhitespace(order_by).empty()) {
    for (const absl::string_view part : absl::StrSplit(order_by, ',')) {
      const std::vector<absl::string_view> words = absl::StrSplit(part, absl::ByAnyChar(" \t\r\n"), absl::SkipEmpty());
      if (words.empty()) return Malformed("a field is missing before or after a comma");
      if (!IsPath(words[0])) return Malformed("a field is letters, digits, underscores and dots");
      SortKey key;
      if (words.size() == 2 && words[1] == "desc") {
        key.descending = true;
      } else if (words.size() > 2 || (words.size() == 2 && words[1] != "asc")) {
        return Malformed("after a field only asc, desc or a comma may stand");
      }
      if (!Resolve(type, words[0], reader, &key)) return Unknown(type, words[0]);
      for (const SortKey& other : keys) {
        if (other.column == key.column) {
          return Malformed(absl::StrCat(words[0], " is named twice"), {{"path", std::string(words[0])}});
        }
      }
      if (keys.size() == static_cast<size_t>(kOrderFieldsMax)) {
        return Malformed(absl::StrCat("more than ", kOrderFieldsMax, " fields"),
                         {{"rule", "fields"}, {"limit", absl::StrCat(kOrderFieldsMax)}});
      }
      keys.push_back(std::move(key));
    }
  }
  SortKey id;
  id.column = kIdColumn;
  id.descending = !keys.empty() && keys.back().descending;
  id.nullable = false;
  keys.push_back(std::move(id));
  return keys;
}

std::string OrderSql(const std::vector<SortKey>& keys) {
  return absl::StrCat("ORDER BY ", absl::StrJoin(keys, ", ", [](std::string* out, const SortKey& key) {
                        absl::StrAppend(out, key.column, key.descending ? " DESC" : " ASC");
                      }));
}

SqlCondition AfterKeys(const std::vector<SortKey>& keys, const std::vector<mysql::Value>& last) {
  SqlCondition out;
  if (keys.empty() || keys.size() != last.size()) {
    out.sql = "1 = 0";
    return out;
  }
  // k1 later OR (k1 same AND (k2 later OR (k2 same AND ...))): one ordered walk of an index over the keys.
  size_t open = 0;
  for (size_t i = 0; i < keys.size(); ++i) {
    out.sql.append("(");
    ++open;
    const bool some_later = AppendLater(keys[i], last[i], &out);
    if (i + 1 == keys.size()) {
      if (!some_later) out.sql.append("1 = 0");
      break;
    }
    if (some_later) out.sql.append(" OR ");
    out.sql.append("(");
    ++open;
    AppendSame(keys[i], last[i], &out);
    out.sql.append(" AND ");
  }
  out.sql.append(open, ')');
  return out;
}

}  // namespace kam::resource
