#include "common/resource/standard_reads.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "common/resource/change_log.h"
#include "common/resource/filter.h"
#include "common/resource/mask.h"
#include "common/resource/scope.h"
#include "common/resource/sensitive.h"
#include "common/resource/standard.h"
#include "common/status/status.h"

namespace kam::resource {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;
using mysql::Value;

absl::StatusOr<int> PageSize(int asked) {
  if (asked < 0) return InvalidField("page_size", "PAGE_SIZE_NEGATIVE", "must not be negative");
  return asked == 0 ? kPageSizeDefault : std::min(asked, kPageSizeMax);
}

// Everything that must stay the same between the pages of one listing.
std::string Binding(const rpc::Call& call, const std::vector<std::string>& arguments) {
  std::string binding =
      absl::StrCat(call.method->full_name(), "\n", call.principal.subject, "\n", auth::LevelName(call.level()));
  for (const std::string& argument : arguments) absl::StrAppend(&binding, "\n", argument.size(), ":", argument);
  return binding;
}

// Values of the sort keys in the row of `message`: read back by id, so that they are the column's own values.
absl::StatusOr<std::vector<Value>> KeyValues(mysql::Connection& connection, const Type& type, const std::string& id,
                                             const std::vector<SortKey>& keys) {
  std::string sql;
  for (const SortKey& key : keys) absl::StrAppend(&sql, sql.empty() ? "SELECT " : ", ", key.column);
  absl::StrAppend(&sql, " FROM ", type.table(), " t WHERE t.id = ?");
  ASSIGN_OR_RETURN(std::vector<mysql::Row> rows, connection.Query(sql, {Value(id)}));
  if (rows.empty()) return Internal("last row of a page has gone");
  return std::move(rows[0]);
}

}  // namespace

absl::Status StandardReads::Get(rpc::Call& call, const kam::api::GetRequest& request, Message* response) const {
  return runtime_.GetMessage(call, type_, request.name(), response);
}

absl::Status StandardReads::BatchGet(rpc::Call& call, const kam::api::BatchGetRequest& request, Message* response,
                                     const FieldDescriptor* items) const {
  std::vector<std::string> ids;
  for (int i = 0; i < request.names_size(); ++i) {
    ASSIGN_OR_RETURN(std::string id, IdFromName(type_, request.names(i), absl::StrCat("names[", i, "]")));
    ids.push_back(std::move(id));
  }
  return runtime_.database().Run(call.deadline, [&](mysql::Connection& connection) -> absl::Status {
    response->Clear();
    for (const std::string& id : ids) {
      ASSIGN_OR_RETURN(Record record, runtime_.store().Load(connection, type_, id, Scope(call), /*lock=*/false));
      response->GetReflection()->AddAllocatedMessage(response, items, record.message.release());
    }
    return absl::OkStatus();
  });
}

absl::Status StandardReads::List(rpc::Call& call, const kam::api::ListRequest& request, Message* response,
                                 const FieldDescriptor* items) const {
  ASSIGN_OR_RETURN(const int page_size, PageSize(request.page_size()));
  const std::optional<auth::Principal> narrowed = WithRightsToAllRows(type_, call.principal, call.level());
  const auth::Principal& asking = narrowed.has_value() ? *narrowed : call.principal;
  ASSIGN_OR_RETURN(const SqlCondition filter, CompileFilter(type_, request.filter(), asking, runtime_.zone()));
  ASSIGN_OR_RETURN(const SqlCondition search, CompileSearch(type_, request.search(), asking));
  ASSIGN_OR_RETURN(const std::vector<SortKey> keys, CompileOrder(type_, request.order_by(), asking));
  const std::string binding = Binding(
      call, {request.filter(), request.order_by(), request.search(), request.show_archived() ? "archived" : ""});
  std::vector<SqlCondition> asked = {filter, search};
  if (!request.show_archived()) asked.push_back({"t.archive_time IS NULL", {}});
  std::vector<SqlCondition> whole = {Scope(call)};
  whole.insert(whole.end(), asked.begin(), asked.end());
  const absl::Time now = runtime_.clock().Now();
  if (!request.page_token().empty()) {
    ASSIGN_OR_RETURN(const std::vector<Value> last, runtime_.page_tokens().Open(request.page_token(), binding, now));
    asked.push_back(AfterKeys(keys, last));
  }
  return runtime_.database().Run(call.deadline, [&](mysql::Connection& connection) -> absl::Status {
    response->Clear();
    ASSIGN_OR_RETURN(const PageScope scope, ScopeOfPage(connection, type_, call.principal, call.level()));
    std::vector<SqlCondition> where = {scope.reached};
    where.insert(where.end(), asked.begin(), asked.end());
    if (scope.gathered) where = {RowsOfPage(type_, scope, asked, keys, page_size + 1)};
    ASSIGN_OR_RETURN(std::vector<Record> records,
                     runtime_.store().Select(connection, type_, where, OrderSql(keys), page_size + 1));
    const Reflection* reflection = response->GetReflection();
    if (records.size() > static_cast<size_t>(page_size)) {
      records.resize(static_cast<size_t>(page_size));
      ASSIGN_OR_RETURN(const std::vector<Value> last, KeyValues(connection, type_, records.back().system.id, keys));
      reflection->SetString(response, response->GetDescriptor()->FindFieldByName("next_page_token"),
                            runtime_.page_tokens().Seal(last, binding, now));
    }
    for (Record& record : records) reflection->AddAllocatedMessage(response, items, record.message.release());
    if (request.show_total()) {
      ASSIGN_OR_RETURN(const int64_t total, runtime_.store().Count(connection, type_, whole));
      reflection->SetInt64(response, response->GetDescriptor()->FindFieldByName("total_size"), total);
    }
    return absl::OkStatus();
  });
}

absl::Status StandardReads::History(rpc::Call& call, const kam::api::HistoryRequest& request,
                                    kam::api::HistoryResponse* response) const {
  ASSIGN_OR_RETURN(const int page_size, PageSize(request.page_size()));
  ASSIGN_OR_RETURN(const std::string id, IdFromName(type_, request.name(), "name"));
  const std::string binding = Binding(call, {request.name()});
  int64_t below = INT64_MAX;
  const absl::Time now = runtime_.clock().Now();
  if (!request.page_token().empty()) {
    ASSIGN_OR_RETURN(const std::vector<Value> last, runtime_.page_tokens().Open(request.page_token(), binding, now));
    if (last.size() != 1) return InvalidField("page_token", "PAGE_TOKEN_INVALID", "is not a token of this list");
    below = last[0].integer();
  }
  return runtime_.database().Run(call.deadline, [&](mysql::Connection& connection) -> absl::Status {
    response->Clear();
    RETURN_IF_ERROR(runtime_.store().Load(connection, type_, id, Scope(call), /*lock=*/false).status());
    std::set<std::string> hidden;
    for (const std::string& permission : SensitivePermissions(type_)) {
      if (CoversRows(type_, call.principal, permission, call.level())) continue;
      ASSIGN_OR_RETURN(const std::set<std::string> seen, RowsWith(connection, type_, call.principal, permission, {id}));
      if (seen.empty()) hidden.insert(permission);
    }
    const auto shows = [&](absl::string_view field) {
      const std::vector<std::string> needed = PermissionsOf(type_, std::string(field));
      return std::all_of(needed.begin(), needed.end(), [&](const std::string& permission) {
        return hidden.count(permission) == 0 && call.principal.Holds(permission);
      });
    };
    // Where it is confidential who changed a resource last, it is so of every change.
    const bool shows_actors = shows("updater");
    ASSIGN_OR_RETURN(const std::vector<mysql::Row> rows,
                     connection.Query("SELECT change_time, actor, method, version, reason, fields FROM changes WHERE "
                                      "resource_id = ? AND version < ? ORDER BY version DESC LIMIT ?",
                                      {id, below, page_size + 1}));
    for (const mysql::Row& row : rows) {
      if (response->entries_size() == page_size) {
        response->set_next_page_token(
            runtime_.page_tokens().Seal({Value(response->entries(page_size - 1).version())}, binding, now));
        break;
      }
      kam::api::HistoryEntry* entry = response->add_entries();
      const timespec time = absl::ToTimespec(row[0].time());
      entry->mutable_time()->set_seconds(time.tv_sec);
      entry->mutable_time()->set_nanos(static_cast<int32_t>(time.tv_nsec));
      if (shows_actors || row[1].text() == call.principal.subject) entry->set_actor(row[1].text());
      entry->set_method(row[2].text());
      entry->set_version(row[3].integer());
      entry->set_reason(row[4].text());
      ASSIGN_OR_RETURN(std::vector<kam::api::FieldChange> changes, ChangesFromJson(row[5].text()));
      for (kam::api::FieldChange& change : changes) {
        if (!shows(change.field())) {
          change.clear_before();
          change.clear_after();
        }
        *entry->add_changes() = std::move(change);
      }
    }
    return absl::OkStatus();
  });
}

}  // namespace kam::resource
