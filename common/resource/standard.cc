#include "common/resource/standard.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "common/resource/change_log.h"
#include "common/resource/guard.h"
#include "common/resource/mask.h"
#include "common/resource/sensitive.h"
#include "common/resource/validate.h"
#include "common/status/status.h"
#include "google/protobuf/field_mask.pb.h"
#include "google/rpc/status.pb.h"
#include "kam/api/standard.pb.h"

namespace kam::resource {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::MethodDescriptor;
using google::protobuf::Reflection;
using mysql::Value;

[[noreturn]] void Die(const MethodDescriptor* method, absl::string_view what) {
  std::fprintf(stderr, "%s: %s\n", method->full_name().c_str(), std::string(what).c_str());
  std::abort();
}

// The one field of `message` that holds the resource type.
const FieldDescriptor* ResourceField(const MethodDescriptor* method, const Descriptor* message, const Type& type,
                                     bool repeated) {
  for (int i = 0; i < message->field_count(); ++i) {
    const FieldDescriptor* field = message->field(i);
    if (field->message_type() == type.descriptor() && field->is_repeated() == repeated) return field;
  }
  Die(method, absl::StrCat(message->full_name(), " has no ", repeated ? "repeated " : "", "field of ",
                           type.descriptor()->full_name()));
}

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

class Methods {
 public:
  Methods(Runtime& runtime, const Type& type) : runtime_(runtime), type_(type) {}

  absl::Status Get(rpc::Call& call, const kam::api::GetRequest& request, Message* response) const {
    return runtime_.GetMessage(call, type_, request.name(), response);
  }

  absl::Status BatchGet(rpc::Call& call, const kam::api::BatchGetRequest& request, Message* response,
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

  absl::Status List(rpc::Call& call, const kam::api::ListRequest& request, Message* response,
                    const FieldDescriptor* items) const {
    ASSIGN_OR_RETURN(const int page_size, PageSize(request.page_size()));
    const std::optional<auth::Principal> narrowed = WithRightsToAllRows(type_, call.principal, call.level());
    const auth::Principal& asking = narrowed.has_value() ? *narrowed : call.principal;
    ASSIGN_OR_RETURN(const SqlCondition filter, CompileFilter(type_, request.filter(), asking, runtime_.zone()));
    ASSIGN_OR_RETURN(const SqlCondition search, CompileSearch(type_, request.search(), asking));
    ASSIGN_OR_RETURN(const std::vector<SortKey> keys, CompileOrder(type_, request.order_by(), asking));
    const std::string binding = Binding(
        call, {request.filter(), request.order_by(), request.search(), request.show_archived() ? "archived" : ""});
    std::vector<SqlCondition> where = {Scope(call), filter, search};
    if (!request.show_archived()) where.push_back({"t.archive_time IS NULL", {}});
    const std::vector<SqlCondition> whole = where;
    const absl::Time now = runtime_.clock().Now();
    if (!request.page_token().empty()) {
      ASSIGN_OR_RETURN(const std::vector<Value> last, runtime_.page_tokens().Open(request.page_token(), binding, now));
      where.push_back(AfterKeys(keys, last));
    }
    return runtime_.database().Run(call.deadline, [&](mysql::Connection& connection) -> absl::Status {
      response->Clear();
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

  absl::Status Create(rpc::Call& call, const Message& request, Message* response, const FieldDescriptor* field) const {
    if (!request.GetReflection()->HasField(request, field)) {
      return InvalidField(field->name(), "FIELD_REQUIRED", "must be set");
    }
    const Message& given = request.GetReflection()->GetMessage(request, field);
    std::set<std::string> sensitive;
    RETURN_IF_ERROR(CheckSensitive(call.principal, given, absl::StrCat(type_.singular(), "."), &sensitive));
    RETURN_IF_ERROR(CheckExternalIds(call, given));
    RETURN_IF_ERROR(Prepare(call, {&given}));
    return runtime_.WriteMessage(call, request, response, [&](UnitOfWork& work, Message* created) -> absl::Status {
      created->CopyFrom(given);
      ClearOutputOnly(created, /*import=*/false);
      RETURN_IF_ERROR(CheckReferencesReached(work, nullptr, *created, call.level()));
      const Hooks& hooks = runtime_.HooksOf(type_.descriptor());
      if (hooks.on_create) RETURN_IF_ERROR(hooks.on_create(work, created));
      RETURN_IF_ERROR(work.InsertMessage(created));
      RETURN_IF_ERROR(work.CheckReach(type_, *created, call.level()));
      return CheckSensitiveRow(work, sensitive, call.level(), *created);
    });
  }

  absl::Status Update(rpc::Call& call, const Message& request, Message* response, const FieldDescriptor* field) const {
    const Reflection* reflection = request.GetReflection();
    if (!reflection->HasField(request, field)) return InvalidField(field->name(), "FIELD_REQUIRED", "must be set");
    const Message& patch = reflection->GetMessage(request, field);
    google::protobuf::FieldMask mask;
    const FieldDescriptor* mask_field = request.GetDescriptor()->FindFieldByName("update_mask");
    if (reflection->HasField(request, mask_field)) mask.CopyFrom(reflection->GetMessage(request, mask_field));
    ASSIGN_OR_RETURN(const std::vector<std::string> paths, ResolveMask(type_, mask, patch));
    ASSIGN_OR_RETURN(const std::set<std::string> sensitive, CheckSensitivePaths(type_, paths, call.principal));
    RETURN_IF_ERROR(Prepare(call, {&patch}));
    const auto text = [&](absl::string_view name) {
      return patch.GetReflection()->GetString(patch, type_.system(name));
    };
    const std::unique_ptr<Message> writable(patch.New());
    writable->CopyFrom(patch);
    ClearOutputOnly(writable.get(), /*import=*/false);
    return runtime_.WriteMessage(call, request, response, [&](UnitOfWork& work, Message* after) -> absl::Status {
      const Hooks& hooks = runtime_.HooksOf(type_.descriptor());
      if (hooks.lock_first) RETURN_IF_ERROR(hooks.lock_first(work, text("name")));
      ASSIGN_OR_RETURN(auto before, work.LoadMessage(type_, text("name"), call.level()));
      RETURN_IF_ERROR(CheckEtag(type_, *before, text("etag")));
      RETURN_IF_ERROR(CheckSensitiveRow(work, sensitive, call.level(), *before));
      after->CopyFrom(*before);
      ApplyPaths(type_, paths, *writable, after);
      return Change(work, *before, after, call.level());
    });
  }

  absl::Status Archive(rpc::Call& call, const Message& request, const std::string& name, const std::string& etag,
                       bool archived, Message* response) const {
    return runtime_.WriteMessage(call, request, response, [&](UnitOfWork& work, Message* after) -> absl::Status {
      const Hooks& hooks = runtime_.HooksOf(type_.descriptor());
      if (hooks.lock_first) RETURN_IF_ERROR(hooks.lock_first(work, name));
      ASSIGN_OR_RETURN(auto before, work.LoadMessage(type_, name, call.level()));
      RETURN_IF_ERROR(CheckEtag(type_, *before, etag));
      if (archived && hooks.on_archive) RETURN_IF_ERROR(hooks.on_archive(work, *before));
      if (!archived && hooks.on_restore) RETURN_IF_ERROR(hooks.on_restore(work, *before));
      RETURN_IF_ERROR(work.SetArchived(*before, archived, after));
      if (archived || !hooks.on_saved) return absl::OkStatus();
      // What hangs on the resource may have changed it once more: the answer is the resource as it stands.
      ASSIGN_OR_RETURN(const auto stands, work.LoadMessage(type_, name, call.level()));
      after->CopyFrom(*stands);
      return absl::OkStatus();
    });
  }

  absl::Status BatchUpsert(rpc::Call& call, const Message& request, kam::api::BatchUpsertResponse* response,
                           const FieldDescriptor* items) const {
    const Reflection* reflection = request.GetReflection();
    const int size = reflection->FieldSize(request, items);
    if (size == 0) return InvalidField(items->name(), "FIELD_REQUIRED", "must have at least one element");
    if (size > kUpsertRowsMax) {
      return InvalidField(items->name(), "FIELD_TOO_MANY", absl::StrCat("at most ", kUpsertRowsMax, " rows a call"),
                          {{"limit", absl::StrCat(kUpsertRowsMax)}});
    }
    std::vector<const Message*> all;
    for (int i = 0; i < size; ++i) all.push_back(&reflection->GetRepeatedMessage(request, items, i));
    RETURN_IF_ERROR(Prepare(call, all));
    for (int i = 0; i < size; ++i) {
      kam::api::UpsertResult* result = response->add_results();
      const std::string path = absl::StrCat(items->name(), "[", i, "]");
      const Message& row = *all[static_cast<size_t>(i)];
      absl::Status status = UpsertOne(call, row, path, result);
      // The same row of a call that runs at the same time was first: now it is there to be compared with.
      if (absl::IsAlreadyExists(status) && result->outcome() == kam::api::UPSERT_OUTCOME_CREATED) {
        ASSIGN_OR_RETURN(const bool known, IsKnown(call, row));
        if (known) status = UpsertOne(call, row, path, result);
      }
      if (status.ok()) continue;
      // A database that is away fails the call: the caller repeats it, rows already written stay as they are.
      if (absl::IsUnavailable(status) || absl::IsDeadlineExceeded(status) || Reason(status) == "DATABASE_BUSY") {
        return status;
      }
      result->set_outcome(kam::api::UPSERT_OUTCOME_FAILED);
      result->mutable_status()->ParseFromString(absl::IsInternal(status) ? ToRpcStatusBytes(Internal("internal error"))
                                                                         : ToRpcStatusBytes(status));
    }
    return absl::OkStatus();
  }

  absl::Status History(rpc::Call& call, const kam::api::HistoryRequest& request,
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
        ASSIGN_OR_RETURN(const std::set<std::string> seen,
                         RowsWith(connection, type_, call.principal, permission, {id}));
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

 private:
  SqlCondition Scope(const rpc::Call& call) const { return ScopeCondition(type_, call.principal, call.level()); }

  absl::Status Prepare(const rpc::Call& call, const std::vector<const Message*>& resources) const {
    const Hooks& hooks = runtime_.HooksOf(type_.descriptor());
    return hooks.prepare ? hooks.prepare(call, resources) : absl::OkStatus();
  }

  // Identities in other systems belong to those who import: whoever could claim one would be given that system's rows.
  absl::Status CheckExternalIds(const rpc::Call& call, const Message& given) const {
    if (!type_.has_external_ids() || given.GetReflection()->FieldSize(given, type_.system("external_ids")) == 0) {
      return absl::OkStatus();
    }
    const google::protobuf::ServiceDescriptor* service = call.method->service();
    std::string permission;
    for (int i = 0; i < service->method_count(); ++i) {
      const kam::api::Method& rules = service->method(i)->options().GetExtension(kam::api::method);
      if (rules.standard() == kam::api::STANDARD_BATCH_UPSERT && rules.collection() == type_.collection()) {
        permission = rules.permission();
      }
    }
    if (call.principal.Holds(permission)) return absl::OkStatus();
    const std::string path = absl::StrCat(type_.singular(), ".external_ids");
    return Error(absl::StatusCode::kPermissionDenied, "FIELD_NOT_PERMITTED",
                 absl::StrCat("writing ", path, " takes the permission ", permission),
                 {{"field", path}, {"permission", permission}});
  }

  absl::Status CheckSensitiveRow(UnitOfWork& work, const std::set<std::string>& permissions, auth::Level rows,
                                 const Message& resource) const {
    return resource::CheckSensitiveRow(work.connection(), type_, work.actor(), permissions, rows, resource);
  }

  // Sensitive fields set in what the caller sent, at any depth, and the permissions they need; output-only ones are
  // dropped later and do not count.
  static absl::Status CheckSensitive(const auth::Principal& writer, const Message& given, const std::string& prefix,
                                     std::set<std::string>* permissions) {
    const Reflection* reflection = given.GetReflection();
    std::vector<const FieldDescriptor*> fields;
    reflection->ListFields(given, &fields);
    for (const FieldDescriptor* field : fields) {
      const kam::api::Field& rules = field->options().GetExtension(kam::api::field);
      const std::string path = absl::StrCat(prefix, field->name());
      if (rules.output_only() && !rules.importable()) continue;
      if (!rules.sensitive().empty() && !writer.Holds(rules.sensitive())) {
        return Error(absl::StatusCode::kPermissionDenied, "FIELD_NOT_PERMITTED",
                     absl::StrCat("writing ", path, " takes the permission ", rules.sensitive()),
                     {{"field", path}, {"permission", rules.sensitive()}});
      }
      if (!rules.sensitive().empty()) permissions->insert(rules.sensitive());
      if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE || field->is_map()) continue;
      if (!field->is_repeated()) {
        RETURN_IF_ERROR(CheckSensitive(writer, reflection->GetMessage(given, field), path + ".", permissions));
        continue;
      }
      for (int i = 0; i < reflection->FieldSize(given, field); ++i) {
        RETURN_IF_ERROR(CheckSensitive(writer, reflection->GetRepeatedMessage(given, field, i),
                                       absl::StrCat(path, "[", i, "]."), permissions));
      }
    }
    return absl::OkStatus();
  }

  absl::Status Change(UnitOfWork& work, const Message& before, Message* after, auth::Level level) const {
    FieldViolations violations;
    CheckImmutable(before, *after, &violations);
    RETURN_IF_ERROR(violations.status());
    RETURN_IF_ERROR(CheckReferencesReached(work, &before, *after, level));
    const Hooks& hooks = runtime_.HooksOf(type_.descriptor());
    if (hooks.on_update) RETURN_IF_ERROR(hooks.on_update(work, before, after));
    RETURN_IF_ERROR(work.SaveMessage(before, after));
    return work.CheckReach(type_, *after, level);
  }

  // What belongs to an account refers to rows of the account only, and the type's own rules look at those rows: of one
  // out of the caller's reach they must not tell anything, so it is asked here, before them. The answer is the same as
  // for a row that is not there. Nothing is locked: the rules lock in their order.
  absl::Status CheckReferencesReached(UnitOfWork& work, const Message* before, const Message& after,
                                      auth::Level level) const {
    const kam::api::RowScope& scope = type_.rules().scope();
    if (scope.account().empty() || scope.account() == "name" || !scope.owner().empty()) return absl::OkStatus();
    const Reflection* reflection = after.GetReflection();
    FieldViolations violations;
    for (const Field& field : type_.fields()) {
      if (field.kind != Kind::kReference || field.path == scope.account()) continue;
      const Type* target = runtime_.catalog().FindCollection(field.rules->reference());
      if (target == nullptr) continue;
      const std::string name = reflection->GetString(after, field.descriptor);
      if (name.empty() || (before != nullptr && reflection->GetString(*before, field.descriptor) == name)) continue;
      const SqlCondition reached = ScopeCondition(*target, work.actor(), level);
      const absl::StatusOr<std::string> id = IdFromName(*target, name, field.path);
      if (reached.sql.empty() || !id.ok()) continue;  // A name that is none is refused with the other fields.
      std::vector<Value> params = {Value(*id)};
      params.insert(params.end(), reached.params.begin(), reached.params.end());
      ASSIGN_OR_RETURN(const std::vector<mysql::Row> rows,
                       work.connection().Query(
                           absl::StrCat("SELECT 1 FROM ", target->table(), " t WHERE t.id = ? AND (", reached.sql, ")"),
                           mysql::Params(params)));
      if (!rows.empty()) continue;
      violations.Add(absl::StrCat(type_.singular(), ".", field.path), "REFERENCE_NOT_FOUND",
                     absl::StrCat(name, " does not exist"), {{"reference", name}});
    }
    return violations.status();
  }

  void CheckImmutable(const Message& before, const Message& after, FieldViolations* violations) const {
    for (const FieldDescriptor* field : DifferingFields(type_, before, after)) {
      if (!field->options().GetExtension(kam::api::field).immutable()) continue;
      violations->Add(absl::StrCat(type_.singular(), ".", field->name()), "FIELD_IMMUTABLE",
                      "is set when the resource is created and cannot be changed");
    }
  }

  absl::Status UpsertOne(rpc::Call& call, const Message& given, const std::string& path,
                         kam::api::UpsertResult* result) const {
    const FieldDescriptor* external_field = type_.system("external_ids");
    const Reflection* reflection = given.GetReflection();
    if (reflection->FieldSize(given, external_field) == 0) {
      return InvalidField(path + ".external_ids", "FIELD_REQUIRED", "a row of an upsert needs an external id");
    }
    std::set<std::string> sensitive;
    RETURN_IF_ERROR(CheckSensitive(call.principal, given, absl::StrCat(type_.singular(), "."), &sensitive));
    const auto& external =
        static_cast<const kam::api::ExternalId&>(reflection->GetRepeatedMessage(given, external_field, 0));
    std::unique_ptr<Message> row(given.New());
    row->CopyFrom(given);
    ClearOutputOnly(row.get(), /*import=*/true);
    std::unique_ptr<Message> stored(given.New());
    const kam::api::GetRequest no_request_id;
    RETURN_IF_ERROR(runtime_.WriteMessage(
        call, no_request_id, stored.get(),
        [&](UnitOfWork& work, Message* after) -> absl::Status {
          ASSIGN_OR_RETURN(const std::string id,
                           runtime_.store().FindExternal(work.connection(), type_, external.system(), external.id()));
          const Hooks& hooks = runtime_.HooksOf(type_.descriptor());
          if (id.empty()) {
            result->set_outcome(kam::api::UPSERT_OUTCOME_CREATED);
            after->CopyFrom(*row);
            RETURN_IF_ERROR(CheckReferencesReached(work, nullptr, *after, call.level()));
            if (hooks.on_create) RETURN_IF_ERROR(hooks.on_create(work, after));
            RETURN_IF_ERROR(work.InsertMessage(after));
            RETURN_IF_ERROR(work.CheckReach(type_, *after, call.level()));
            return CheckSensitiveRow(work, sensitive, call.level(), *after);
          }
          ASSIGN_OR_RETURN(auto before,
                           work.LoadMessage(type_, absl::StrCat(type_.collection(), "/", id), call.level()));
          RETURN_IF_ERROR(CheckSensitiveRow(work, sensitive, call.level(), *before));
          after->CopyFrom(*before);
          const std::unique_ptr<Message> taken(row->New());
          taken->CopyFrom(*row);
          RETURN_IF_ERROR(LeaveDecisions(work, id, *before, taken.get()));
          std::vector<const FieldDescriptor*> fields;
          taken->GetReflection()->ListFields(*taken, &fields);
          for (const FieldDescriptor* field : fields) {
            if (field != external_field) ReplaceField(*taken, field, after);
          }
          result->set_outcome(kam::api::UPSERT_OUTCOME_UNCHANGED);
          if (DifferingFields(type_, *before, *after).empty()) return absl::OkStatus();
          RETURN_IF_ERROR(Change(work, *before, after, call.level()));
          // The type's own rules may work out the same again, line totals for example: then nothing was written.
          const FieldDescriptor* etag = type_.system("etag");
          if (before->GetReflection()->GetString(*before, etag) != after->GetReflection()->GetString(*after, etag)) {
            result->set_outcome(kam::api::UPSERT_OUTCOME_UPDATED);
          }
          return absl::OkStatus();
        },
        /*importing=*/true));
    result->set_name(stored->GetReflection()->GetString(*stored, type_.system("name")));
    result->mutable_status();
    return absl::OkStatus();
  }

  // Whether a row with this external id is there.
  absl::StatusOr<bool> IsKnown(const rpc::Call& call, const Message& row) const {
    const auto& external = static_cast<const kam::api::ExternalId&>(
        row.GetReflection()->GetRepeatedMessage(row, type_.system("external_ids"), 0));
    bool known = false;
    RETURN_IF_ERROR(runtime_.database().Run(call.deadline, [&](mysql::Connection& connection) -> absl::Status {
      ASSIGN_OR_RETURN(const std::string id,
                       runtime_.store().FindExternal(connection, type_, external.system(), external.id()));
      known = !id.empty();
      return absl::OkStatus();
    }));
    return known;
  }

  // History may be brought as often as one likes. But a field that clients cannot set, a state or an owner, and that
  // was changed here by anything but an import, is decided here: what the row says of it is passed over.
  static absl::Status LeaveDecisions(UnitOfWork& work, const std::string& id, const Message& before, Message* taken) {
    const Reflection* reflection = taken->GetReflection();
    std::vector<const FieldDescriptor*> fields;
    reflection->ListFields(*taken, &fields);
    for (const FieldDescriptor* field : fields) {
      const bool message = field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE && !field->is_repeated();
      const bool importable = field->options().GetExtension(kam::api::field).importable();
      if (!importable && !message) continue;
      std::unique_ptr<Message> changed(before.New());
      changed->CopyFrom(before);
      ReplaceField(*taken, field, changed.get());
      if (changed->SerializeAsString() == before.SerializeAsString()) continue;
      ASSIGN_OR_RETURN(const bool decided, ChangedByPeople(work, id, field->name()));
      if (!decided) continue;
      if (importable) {
        reflection->ClearField(taken, field);
      } else {
        ClearOutputOnly(reflection->MutableMessage(taken, field), /*import=*/false);
      }
    }
    return absl::OkStatus();
  }

  // Was the field ever changed by anything but an import?
  static absl::StatusOr<bool> ChangedByPeople(UnitOfWork& work, const std::string& id, const std::string& field) {
    // The stored form begins every change with its field: [["state","...","..."],...].
    ASSIGN_OR_RETURN(
        const std::vector<mysql::Row> rows,
        work.connection().Query(
            "SELECT 1 FROM changes WHERE resource_id = ? AND method NOT LIKE ? AND LOCATE(?, fields) > 0 LIMIT 1",
            {id, "%/BatchUpsert%", absl::StrCat("[\"", field, "\",")}));
    return !rows.empty();
  }

  static void ReplaceField(const Message& from, const FieldDescriptor* field, Message* to) {
    std::unique_ptr<Message> only(from.New());
    only->CopyFrom(from);
    std::vector<const FieldDescriptor*> fields;
    from.GetReflection()->ListFields(from, &fields);
    for (const FieldDescriptor* other : fields) {
      if (other != field) only->GetReflection()->ClearField(only.get(), other);
    }
    to->GetReflection()->ClearField(to, field);
    to->MergeFrom(*only);
  }

  Runtime& runtime_;
  const Type& type_;
};

void RegisterOne(Runtime& runtime, const MethodDescriptor* method, rpc::Registry* registry) {
  const kam::api::Method& rules = method->options().GetExtension(kam::api::method);
  if (rules.standard() == kam::api::STANDARD_UNSPECIFIED) return;
  const Type* type = runtime.catalog().FindCollection(rules.collection());
  if (type == nullptr) Die(method, absl::StrCat("collection ", rules.collection(), " is not stored here"));
  const Methods methods(runtime, *type);
  const std::string name = absl::StrCat(method->service()->full_name(), "/", method->name());
  const auto expect = [&](const Descriptor* actual, const Descriptor* expected) {
    if (actual != expected) Die(method, absl::StrCat("must use ", expected->full_name()));
  };
  switch (rules.standard()) {
    case kam::api::STANDARD_GET:
      expect(method->input_type(), kam::api::GetRequest::descriptor());
      expect(method->output_type(), type->descriptor());
      registry->Add(name, [methods](rpc::Call& call, const Message& request, Message* response) {
        return methods.Get(call, static_cast<const kam::api::GetRequest&>(request), response);
      });
      return;
    case kam::api::STANDARD_BATCH_GET: {
      expect(method->input_type(), kam::api::BatchGetRequest::descriptor());
      const FieldDescriptor* items = ResourceField(method, method->output_type(), *type, true);
      registry->Add(name, [methods, items](rpc::Call& call, const Message& request, Message* response) {
        return methods.BatchGet(call, static_cast<const kam::api::BatchGetRequest&>(request), response, items);
      });
      return;
    }
    case kam::api::STANDARD_LIST: {
      expect(method->input_type(), kam::api::ListRequest::descriptor());
      const FieldDescriptor* items = ResourceField(method, method->output_type(), *type, true);
      if (method->output_type()->FindFieldByName("next_page_token") == nullptr ||
          method->output_type()->FindFieldByName("total_size") == nullptr) {
        Die(method, "a List answer has next_page_token and total_size");
      }
      registry->Add(name, [methods, items](rpc::Call& call, const Message& request, Message* response) {
        return methods.List(call, static_cast<const kam::api::ListRequest&>(request), response, items);
      });
      return;
    }
    case kam::api::STANDARD_CREATE: {
      expect(method->output_type(), type->descriptor());
      const FieldDescriptor* field = ResourceField(method, method->input_type(), *type, false);
      registry->Add(name, [methods, field](rpc::Call& call, const Message& request, Message* response) {
        return methods.Create(call, request, response, field);
      });
      return;
    }
    case kam::api::STANDARD_UPDATE: {
      expect(method->output_type(), type->descriptor());
      const FieldDescriptor* field = ResourceField(method, method->input_type(), *type, false);
      const FieldDescriptor* mask = method->input_type()->FindFieldByName("update_mask");
      if (mask == nullptr || mask->message_type() != google::protobuf::FieldMask::descriptor()) {
        Die(method, "an Update request has update_mask");
      }
      registry->Add(name, [methods, field](rpc::Call& call, const Message& request, Message* response) {
        return methods.Update(call, request, response, field);
      });
      return;
    }
    case kam::api::STANDARD_ARCHIVE:
      expect(method->input_type(), kam::api::ArchiveRequest::descriptor());
      expect(method->output_type(), type->descriptor());
      registry->Add(name, [methods](rpc::Call& call, const Message& request, Message* response) {
        const auto& typed = static_cast<const kam::api::ArchiveRequest&>(request);
        return methods.Archive(call, request, typed.name(), typed.etag(), /*archived=*/true, response);
      });
      return;
    case kam::api::STANDARD_RESTORE:
      expect(method->input_type(), kam::api::RestoreRequest::descriptor());
      expect(method->output_type(), type->descriptor());
      registry->Add(name, [methods](rpc::Call& call, const Message& request, Message* response) {
        const auto& typed = static_cast<const kam::api::RestoreRequest&>(request);
        return methods.Archive(call, request, typed.name(), typed.etag(), /*archived=*/false, response);
      });
      return;
    case kam::api::STANDARD_BATCH_UPSERT: {
      expect(method->output_type(), kam::api::BatchUpsertResponse::descriptor());
      if (!type->has_external_ids()) Die(method, "the resource has no external_ids");
      const FieldDescriptor* items = ResourceField(method, method->input_type(), *type, true);
      registry->Add(name, [methods, items](rpc::Call& call, const Message& request, Message* response) {
        return methods.BatchUpsert(call, request, static_cast<kam::api::BatchUpsertResponse*>(response), items);
      });
      return;
    }
    case kam::api::STANDARD_HISTORY:
      expect(method->input_type(), kam::api::HistoryRequest::descriptor());
      expect(method->output_type(), kam::api::HistoryResponse::descriptor());
      registry->Add(name, [methods](rpc::Call& call, const Message& request, Message* response) {
        return methods.History(call, static_cast<const kam::api::HistoryRequest&>(request),
                               static_cast<kam::api::HistoryResponse*>(response));
      });
      return;
    default:
      return;
  }
}

}  // namespace

void RegisterStandardMethods(Runtime& runtime, absl::string_view service, rpc::Registry* registry) {
  const google::protobuf::ServiceDescriptor* descriptor =
      google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(std::string(service));
  if (descriptor == nullptr) {
    std::fprintf(stderr, "service %s is not linked\n", std::string(service).c_str());
    std::abort();
  }
  for (int i = 0; i < descriptor->method_count(); ++i) RegisterOne(runtime, descriptor->method(i), registry);
}

void GuardHandlers(const Runtime& runtime, rpc::Registry* registry) {
  registry->WrapAll([&runtime](rpc::Handler handler) -> rpc::Handler {
    return [&runtime, handler = std::move(handler)](rpc::Call& call, const Message& request,
                                                    Message* response) -> absl::Status {
      RETURN_IF_ERROR(ValidateRequest(request));
      RETURN_IF_ERROR(handler(call, request, response));
      return HideSensitive(runtime.database(), runtime.catalog(), call.principal, call.deadline, response);
    };
  });
}

}  // namespace kam::resource
