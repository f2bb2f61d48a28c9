#include "common/event/feed.h"

#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "common/event/audit.h"
#include "common/resource/change_log.h"
#include "common/resource/names.h"
#include "common/resource/sensitive.h"
#include "common/status/status.h"
#include "kam/event/v1/feed.pb.h"

namespace kam::event {
namespace {

using mysql::Value;
namespace pb = ::kam::event::v1;

// A committed change: kAuditColumns.
using mysql::Row;
constexpr size_t kChangeId = 0, kResourceId = 6, kVersion = 7;

absl::StatusOr<std::vector<Row>> ReadUnnumbered(mysql::Connection& connection) {
  const std::string select = absl::StrCat("SELECT ", kAuditColumns, " FROM changes WHERE sequence IS NULL ");
  ASSIGN_OR_RETURN(std::vector<Row> rows,
                   connection.Query(absl::StrCat(select, "ORDER BY change_id LIMIT ?"), {kNumberedAtOnceMax}));
  if (rows.size() < static_cast<size_t>(kNumberedAtOnceMax)) return rows;
  // The limit may have cut an older version of a resource off (ids of two processes need not follow the commits).
  std::set<std::string> resources;
  for (const Row& row : rows) resources.insert(row[kResourceId].text());
  const std::vector<Value> params(resources.begin(), resources.end());
  return connection.Query(
      absl::StrCat(select, "AND resource_id IN (", resource::Placeholders(params.size()), ") ORDER BY change_id"),
      mysql::Params(params));
}

// Keeps the places of each resource but puts its versions into ascending order.
void OrderVersions(std::vector<Row>* changes) {
  std::map<std::string, std::vector<size_t>> places;
  for (size_t i = 0; i < changes->size(); ++i) places[(*changes)[i][kResourceId].text()].push_back(i);
  for (const auto& [resource, indices] : places) {
    std::vector<Row> own;
    own.reserve(indices.size());
    for (const size_t i : indices) own.push_back(std::move((*changes)[i]));
    std::stable_sort(own.begin(), own.end(),
                     [](const Row& a, const Row& b) { return a[kVersion].integer() < b[kVersion].integer(); });
    for (size_t i = 0; i < indices.size(); ++i) (*changes)[indices[i]] = std::move(own[i]);
  }
}

// Where numbers and links stand: the row of change_sequence, held under its lock.
struct Place {
  int64_t next_sequence = 0;
  int64_t chained_sequence = 0;
  std::string link;  // Of chained_sequence.

  bool is_caught_up() const { return chained_sequence + 1 == next_sequence; }
};

absl::StatusOr<Place> LockPlace(mysql::Connection& connection) {
  ASSIGN_OR_RETURN(
      const std::vector<Row> rows,
      connection.Query("SELECT next_sequence, chained_sequence, chain_link FROM change_sequence WHERE id = "
                       "1 FOR UPDATE"));
  if (rows.empty()) return Internal("change_sequence has no row");
  return Place{rows[0][0].integer(), rows[0][1].integer(), rows[0][2].text()};
}

// Links changes that were numbered without a link: before there was a chain, or by a program that knows of none.
absl::StatusOr<int> ChainNumbered(mysql::Connection& connection, Place* place) {
  ASSIGN_OR_RETURN(
      const std::vector<Row> rows,
      connection.Query(absl::StrCat("SELECT ", kAuditColumns,
                                    ", sequence FROM changes WHERE sequence > ? ORDER BY sequence LIMIT ?"),
                       {place->chained_sequence, kNumberedAtOnceMax}));
  for (const Row& row : rows) {
    place->chained_sequence = row[kAuditColumnCount].integer();
    place->link = AuditLink(place->link, place->chained_sequence, mysql::Params(row.data(), kAuditColumnCount));
    RETURN_IF_ERROR(
        connection
            .Execute("UPDATE changes SET chain_link = ? WHERE change_id = ?", {place->link, row[kChangeId].text()})
            .status());
  }
  return static_cast<int>(rows.size());
}

constexpr char kCursorPrefix[] = "s1:";

std::string MakeCursor(int64_t sequence) { return absl::WebSafeBase64Escape(absl::StrCat(kCursorPrefix, sequence)); }

absl::StatusOr<int64_t> ParseCursor(const std::string& cursor) {
  if (cursor.empty()) return 0;
  std::string plain;
  int64_t sequence = 0;
  absl::string_view rest;
  if (absl::WebSafeBase64Unescape(cursor, &plain)) {
    rest = plain;
    if (absl::ConsumePrefix(&rest, kCursorPrefix) && absl::SimpleAtoi(rest, &sequence) && sequence >= 0) {
      return sequence;
    }
  }
  return InvalidField("cursor", "CURSOR_INVALID", "must be a cursor given by this feed");
}

class Feed {
 public:
  Feed(resource::Runtime& runtime, const rpc::Registry& registry) : runtime_(runtime), registry_(registry) {}

  absl::StatusOr<pb::ListChangesResponse> List(const rpc::Call& call, const pb::ListChangesRequest& request) const {
    if (request.page_size() < 0) return InvalidField("page_size", "PAGE_SIZE_NEGATIVE", "must not be negative");
    const int page_size =
        request.page_size() == 0 ? kPageSizeDefault : std::min<int>(request.page_size(), kPageSizeMax);
    ASSIGN_OR_RETURN(const int64_t after, ParseCursor(request.cursor()));
    for (int i = 0; i < request.collections_size(); ++i) {
      if (runtime_.catalog().FindCollection(request.collections(i)) != nullptr) continue;
      return InvalidField(absl::StrCat("collections[", i, "]"), "COLLECTION_UNKNOWN",
                          "is not a collection of this service");
    }
    pb::ListChangesResponse response;
    RETURN_IF_ERROR(runtime_.database().Run(call.deadline, [&](mysql::Connection& connection) -> absl::Status {
      response.Clear();
      return Read(call, request, connection, after, page_size, &response);
    }));
    return response;
  }

 private:
  absl::Status Read(const rpc::Call& call, const pb::ListChangesRequest& request, mysql::Connection& connection,
                    int64_t after, int page_size, pb::ListChangesResponse* response) const {
    // The collections asked for are picked here, not by the database: a page costs the same however rare they are, and
    // the cursor moves past what was not wanted.
    ASSIGN_OR_RETURN(std::vector<mysql::Row> rows,
                     connection.Query("SELECT sequence, change_time, actor, method, kind, collection, resource_id, "
                                      "version, fields FROM changes WHERE sequence > ? ORDER BY sequence LIMIT ?",
                                      {after, page_size + 1}));
    response->set_more(rows.size() > static_cast<size_t>(page_size));
    if (response->more()) rows.resize(static_cast<size_t>(page_size));
    response->set_next_cursor(MakeCursor(rows.empty() ? after : rows.back()[0].integer()));
    const std::set<std::string> wanted(request.collections().begin(), request.collections().end());
    if (!wanted.empty()) {
      rows.erase(std::remove_if(rows.begin(), rows.end(),
                                [&](const mysql::Row& row) { return wanted.count(row[5].text()) == 0; }),
                 rows.end());
    }
    ASSIGN_OR_RETURN(const std::set<std::string> visible, Visible(call, connection, rows));
    ASSIGN_OR_RETURN(const auto hidden, Hidden(call, connection, visible));
    for (const mysql::Row& row : rows) {
      const std::string& collection = row[5].text();
      const std::string name = absl::StrCat(collection, "/", row[6].text());
      if (visible.count(name) == 0) continue;
      pb::ChangeEvent* event = response->add_changes();
      event->set_sequence(row[0].integer());
      const timespec time = absl::ToTimespec(row[1].time());
      event->mutable_time()->set_seconds(time.tv_sec);
      event->mutable_time()->set_nanos(static_cast<int32_t>(time.tv_nsec));
      event->set_method(row[3].text());
      event->set_kind(row[4].text());
      event->set_resource(name);
      event->set_version(row[7].integer());
      const resource::Type* type = runtime_.catalog().FindCollection(collection);
      const auto shows = [&](const std::string& field) {
        const std::vector<std::string> needed = resource::PermissionsOf(*type, field);
        return std::all_of(needed.begin(), needed.end(), [&](const std::string& permission) {
          return call.principal.Holds(permission) && hidden.count({name, permission}) == 0;
        });
      };
      // Where it is confidential who changed a resource last, it is so of every change.
      if (shows("updater") || row[2].text() == call.principal.subject) event->set_actor(row[2].text());
      ASSIGN_OR_RETURN(const std::vector<kam::api::FieldChange> changes, resource::ChangesFromJson(row[8].text()));
      for (const kam::api::FieldChange& change : changes) {
        if (shows(change.field())) event->add_fields(change.field());
      }
    }
    return absl::OkStatus();
  }

  // Names of the changed resources that the caller may read now.
  absl::StatusOr<std::set<std::string>> Visible(const rpc::Call& call, mysql::Connection& connection,
                                                const std::vector<mysql::Row>& rows) const {
    std::map<std::string, std::set<std::string>> ids;
    for (const mysql::Row& row : rows) ids[row[5].text()].insert(row[6].text());
    std::set<std::string> visible;
    for (const auto& [collection, wanted] : ids) {
      const resource::Type* type = runtime_.catalog().FindCollection(collection);
      if (type == nullptr) continue;
      const auth::Level level = call.principal.LevelFor(ReadPermission(collection));
      if (level == auth::Level::kNone) continue;
      const resource::SqlCondition scope = resource::ScopeCondition(*type, call.principal, level);
      std::vector<Value> params;
      for (const std::string& id : wanted) params.emplace_back(id);
      params.insert(params.end(), scope.params.begin(), scope.params.end());
      ASSIGN_OR_RETURN(const std::vector<mysql::Row> found,
                       connection.Query(absl::StrCat("SELECT t.id FROM ", type->table(), " t WHERE t.id IN (",
                                                     resource::Placeholders(wanted.size()), ")",
                                                     scope.sql.empty() ? "" : absl::StrCat(" AND (", scope.sql, ")")),
                                        mysql::Params(params)));
      for (const mysql::Row& row : found) visible.insert(absl::StrCat(collection, "/", row[0].text()));
    }
    return visible;
  }

  // Pairs of a name and a permission that the caller holds elsewhere, but not in this row.
  absl::StatusOr<std::set<std::pair<std::string, std::string>>> Hidden(const rpc::Call& call,
                                                                       mysql::Connection& connection,
                                                                       const std::set<std::string>& visible) const {
    std::map<const resource::Type*, std::vector<std::string>> ids;
    for (const std::string& name : visible) {
      const size_t slash = name.find('/');
      ids[runtime_.catalog().FindCollection(absl::string_view(name).substr(0, slash))].push_back(
          name.substr(slash + 1));
    }
    std::set<std::pair<std::string, std::string>> hidden;
    for (const auto& [type, wanted] : ids) {
      for (const std::string& permission : resource::SensitivePermissions(*type)) {
        if (!call.principal.Holds(permission) || call.principal.LevelFor(permission) == auth::Level::kAll) continue;
        ASSIGN_OR_RETURN(const std::set<std::string> seen,
                         resource::RowsWith(connection, *type, call.principal, permission, wanted));
        for (const std::string& id : wanted) {
          if (seen.count(id) == 0) hidden.emplace(absl::StrCat(type->collection(), "/", id), permission);
        }
      }
    }
    return hidden;
  }

  // Permission of the Get method of a collection; empty (held by nobody) when it has none.
  std::string ReadPermission(absl::string_view collection) const {
    for (const auto& [name, entry] : registry_.entries()) {
      if (entry.rules->standard() == kam::api::STANDARD_GET && entry.rules->collection() == collection) {
        return entry.rules->permission();
      }
    }
    return {};
  }

  resource::Runtime& runtime_;
  const rpc::Registry& registry_;
};

}  // namespace

absl::StatusOr<int> NumberChanges(mysql::Database& database, absl::Time deadline) {
  int done = 0;
  RETURN_IF_ERROR(database.RunInTransaction(deadline, [&](mysql::Connection& connection) -> absl::Status {
    done = 0;
    ASSIGN_OR_RETURN(Place place, LockPlace(connection));
    if (!place.is_caught_up()) {
      ASSIGN_OR_RETURN(done, ChainNumbered(connection, &place));
    }
    ASSIGN_OR_RETURN(std::vector<Row> changes, ReadUnnumbered(connection));
    if (done == 0 && changes.empty()) return absl::OkStatus();
    OrderVersions(&changes);
    for (const Row& change : changes) {
      const bool chained = place.is_caught_up();
      const std::string link = chained ? AuditLink(place.link, place.next_sequence, change) : std::string();
      ASSIGN_OR_RETURN(
          const int64_t updated,
          connection.Execute("UPDATE changes SET sequence = ?, chain_link = ? WHERE change_id = ? AND sequence IS NULL",
                             {place.next_sequence, chained ? Value(link) : Value(), change[kChangeId].text()}));
      if (updated != 1) continue;
      if (chained) {
        place.chained_sequence = place.next_sequence;
        place.link = link;
      }
      ++place.next_sequence;
    }
    done += static_cast<int>(changes.size());
    return connection
        .Execute("UPDATE change_sequence SET next_sequence = ?, chained_sequence = ?, chain_link = ? WHERE id = 1",
                 {place.next_sequence, place.chained_sequence, place.link.empty() ? Value() : Value(place.link)})
        .status();
  }));
  return done;
}

void RegisterFeed(resource::Runtime& runtime, absl::string_view full_method, rpc::Registry* registry) {
  const auto feed = std::make_shared<Feed>(runtime, *registry);
  registry->Add<pb::ListChangesRequest, pb::ListChangesResponse>(
      full_method,
      [feed](rpc::Call& call, const pb::ListChangesRequest& request) { return feed->List(call, request); });
}

}  // namespace kam::event
