#include "common/resource/sensitive.h"

#include <algorithm>
#include <map>
#include <mutex>
#include <shared_mutex>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/resource/mask.h"
#include "common/status/status.h"

namespace kam::resource {
namespace {

using auth::Level;
using google::protobuf::Message;
using mysql::Value;

constexpr size_t kIdsAtOnce = 256;
constexpr int kDepthMax = 4;  // Messages within messages of a resource.

SqlCondition Scope(const Type& type, const auth::Principal& reader, absl::string_view permission) {
  const Level level = reader.LevelFor(permission);
  if (type.rules().scope().everyone() && level != Level::kAll) return {"FALSE", {}};
  return ScopeCondition(type, reader, level);
}

void Collect(const google::protobuf::FieldDescriptor* field, int depth, std::vector<std::string>* permissions) {
  const std::string& permission = field->options().GetExtension(kam::api::field).sensitive();
  if (!permission.empty() && std::find(permissions->begin(), permissions->end(), permission) == permissions->end()) {
    permissions->push_back(permission);
  }
  if (field->message_type() == nullptr || depth == 0) return;
  for (int i = 0; i < field->message_type()->field_count(); ++i) {
    Collect(field->message_type()->field(i), depth - 1, permissions);
  }
}

std::string IdOf(const Type& type, const Message& resource) {
  const std::string name = resource.GetReflection()->GetString(resource, type.system("name"));
  return name.substr(name.rfind('/') + 1);
}

}  // namespace

const std::vector<std::string>& SensitivePermissions(const Type& type) {
  // Resource types are compiled in: what is worked out once holds as long as the program.
  static std::shared_mutex* const mutex = new std::shared_mutex;
  static auto* const known = new std::map<const google::protobuf::Descriptor*, std::vector<std::string>>;
  {
    const std::shared_lock<std::shared_mutex> lock(*mutex);
    if (const auto it = known->find(type.descriptor()); it != known->end()) return it->second;
  }
  std::vector<std::string> permissions;
  for (int i = 0; i < type.descriptor()->field_count(); ++i) {
    Collect(type.descriptor()->field(i), kDepthMax, &permissions);
  }
  const std::unique_lock<std::shared_mutex> lock(*mutex);
  return known->emplace(type.descriptor(), std::move(permissions)).first->second;
}

bool CoversRows(const Type& type, const auth::Principal& reader, absl::string_view permission, Level rows) {
  const Level level = reader.LevelFor(permission);
  if (level == Level::kAll) return true;
  if (level == Level::kNone || type.rules().scope().everyone()) return false;
  // A department and a region cut across one another; only the own rows are part of every level.
  return level == rows || rows == Level::kOwn;
}

absl::StatusOr<std::set<std::string>> RowsWith(mysql::Connection& connection, const Type& type,
                                               const auth::Principal& reader, absl::string_view permission,
                                               const std::vector<std::string>& ids) {
  const SqlCondition scope = Scope(type, reader, permission);
  if (scope.sql.empty()) return std::set<std::string>(ids.begin(), ids.end());
  std::set<std::string> found;
  for (size_t begin = 0; begin < ids.size(); begin += kIdsAtOnce) {
    std::string list;
    std::vector<Value> params;
    for (size_t i = begin; i < std::min(ids.size(), begin + kIdsAtOnce); ++i) {
      absl::StrAppend(&list, list.empty() ? "?" : ", ?");
      params.emplace_back(ids[i]);
    }
    params.insert(params.end(), scope.params.begin(), scope.params.end());
    ASSIGN_OR_RETURN(const std::vector<mysql::Row> rows,
                     connection.Query(absl::StrCat("SELECT t.id FROM ", type.table(), " t WHERE t.id IN (", list,
                                                   ") AND (", scope.sql, ")"),
                                      mysql::Params(params)));
    for (const mysql::Row& row : rows) found.insert(row[0].text());
  }
  return found;
}

std::optional<auth::Principal> WithRightsToAllRows(const Type& type, const auth::Principal& reader, Level rows) {
  std::optional<auth::Principal> narrowed;
  for (const std::string& permission : SensitivePermissions(type)) {
    if (!reader.Holds(permission) || CoversRows(type, reader, permission, rows)) continue;
    if (!narrowed.has_value()) narrowed = reader;
    narrowed->grants.erase(permission);
  }
  return narrowed;
}

absl::Status CheckSensitiveRow(mysql::Connection& connection, const Type& type, const auth::Principal& writer,
                               const std::set<std::string>& permissions, Level rows, const Message& resource) {
  for (const std::string& permission : permissions) {
    if (CoversRows(type, writer, permission, rows)) continue;
    ASSIGN_OR_RETURN(const std::set<std::string> found,
                     RowsWith(connection, type, writer, permission, {IdOf(type, resource)}));
    if (!found.empty()) continue;
    const std::string level(auth::LevelName(writer.LevelFor(permission)));
    return Error(absl::StatusCode::kPermissionDenied, "FIELD_NOT_PERMITTED",
                 absl::StrCat("your right ", permission, " reaches ", level, " only, and this ", type.singular(),
                              " is outside of it"),
                 {{"field", type.singular()}, {"permission", permission}, {"level", level}});
  }
  return absl::OkStatus();
}

absl::Status HideSensitive(mysql::Database& database, const Catalog& catalog, const auth::Principal& reader,
                           absl::Time deadline, Message* message) {
  // Which rows must be asked about: by type and permission.
  std::map<std::pair<const Type*, std::string>, std::vector<std::string>> asked;
  VisitSensitive(
      [&](const std::string& permission, const Message* resource) {
        const Level level = reader.LevelFor(permission);
        if (resource == nullptr || level == Level::kNone || level == Level::kAll) return true;
        const Type* type = catalog.Find(resource->GetDescriptor());
        if (type == nullptr) return true;
        std::vector<std::string>& ids = asked[{type, permission}];
        std::string id = IdOf(*type, *resource);
        if (ids.empty() || ids.back() != id) ids.push_back(std::move(id));
        return true;
      },
      message);
  std::map<std::pair<const Type*, std::string>, std::set<std::string>> seen;
  if (!asked.empty()) {
    RETURN_IF_ERROR(database.Run(deadline, [&](mysql::Connection& connection) -> absl::Status {
      for (const auto& [key, ids] : asked) {
        ASSIGN_OR_RETURN(seen[key], RowsWith(connection, *key.first, reader, key.second, ids));
      }
      return absl::OkStatus();
    }));
  }
  VisitSensitive(
      [&](const std::string& permission, const Message* resource) {
        if (reader.LevelFor(permission) == Level::kAll) return true;
        const Type* type = resource == nullptr ? nullptr : catalog.Find(resource->GetDescriptor());
        if (type == nullptr) return false;
        const auto it = seen.find({type, permission});
        return it != seen.end() && it->second.count(IdOf(*type, *resource)) > 0;
      },
      message);
  return absl::OkStatus();
}

}  // namespace kam::resource
