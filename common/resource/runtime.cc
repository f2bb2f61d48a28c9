#include "common/resource/runtime.h"

#include <openssl/evp.h>

#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "common/id/id.h"
#include "common/resource/change_log.h"
#include "common/resource/names.h"
#include "common/resource/validate.h"
#include "common/status/status.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"

namespace kam::resource {
namespace {

using auth::Level;
using google::protobuf::Descriptor;
using google::protobuf::EnumValueDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using mysql::Value;

constexpr int64_t kNumbersInBlock = 200;
constexpr int kNumberDigits = 6;
// Ends a validate_only transaction without a commit; never leaves WriteMessage.
constexpr char kValidatedOnly[] = "VALIDATED_ONLY";

std::string TextField(const Message& message, const char* name) {
  const FieldDescriptor* field = message.GetDescriptor()->FindFieldByName(name);
  if (field == nullptr || field->is_repeated() || field->type() != FieldDescriptor::TYPE_STRING) return {};
  return message.GetReflection()->GetString(message, field);
}

bool BoolField(const Message& message, const char* name) {
  const FieldDescriptor* field = message.GetDescriptor()->FindFieldByName(name);
  return field != nullptr && !field->is_repeated() && field->type() == FieldDescriptor::TYPE_BOOL &&
         message.GetReflection()->GetBool(message, field);
}

// SHA-256 over method and request, in hexadecimal, without the request id, which may be spelt in several ways. Map
// fields do not occur, so the serialisation is one of a kind.
std::string Fingerprint(const std::string& method, const Message& request) {
  const std::unique_ptr<Message> content(request.New());
  content->CopyFrom(request);
  content->GetReflection()->ClearField(content.get(), content->GetDescriptor()->FindFieldByName("request_id"));
  const std::string bytes = absl::StrCat(method, "\n", content->SerializeAsString());
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int length = 0;
  EVP_Digest(bytes.data(), bytes.size(), digest, &length, EVP_sha256(), nullptr);
  return absl::BytesToHexString(absl::string_view(reinterpret_cast<const char*>(digest), length));
}

std::string MethodName(const google::protobuf::MethodDescriptor* method) {
  return absl::StrCat(method->service()->full_name(), "/", method->name());
}

const FieldDescriptor* StateField(const Descriptor* descriptor) {
  const FieldDescriptor* field = descriptor->FindFieldByName("state");
  return field != nullptr && field->cpp_type() == FieldDescriptor::CPPTYPE_ENUM ? field : nullptr;
}

std::string IdOfMessage(const Message& message) { return IdOf(TextField(message, "name")); }

}  // namespace

absl::StatusOr<std::string> IdFromName(const Type& type, absl::string_view name, absl::string_view field) {
  ASSIGN_OR_RETURN(const absl::string_view id, ParseName(name, type.collection(), field));
  return std::string(id);
}

absl::Status CheckRead(const std::string& etag) {
  if (!etag.empty()) return absl::OkStatus();
  return InvalidField("etag", "FIELD_REQUIRED", "must be that of the version that was read");
}

absl::Status CheckEtag(const Type& type, const Message& resource, const std::string& etag) {
  if (etag.empty()) return absl::OkStatus();
  const int64_t asked = ParseEtag(etag);
  if (asked == 0) return InvalidField("etag", "ETAG_MALFORMED", "must be an etag given by the service, like v3");
  const std::string current = TextField(resource, "etag");
  if (ParseEtag(current) == asked) return absl::OkStatus();
  const std::string name = TextField(resource, "name");
  return Error(absl::StatusCode::kAborted, "ETAG_MISMATCH",
               absl::StrCat("the ", type.singular(), " is at ", current, ", not at ", etag, ": read it again"),
               {{"resource", name}, {"current", current}, {"given", etag}});
}

// ---------------------------------------------------------------------------------------------- UnitOfWork

const Type& UnitOfWork::TypeOf(const Descriptor* descriptor) const { return *runtime_.catalog().Find(descriptor); }

absl::StatusOr<std::string> UnitOfWork::NewId() { return runtime_.NewId(); }

absl::StatusOr<std::unique_ptr<Message>> UnitOfWork::LoadMessage(const Type& type, absl::string_view name,
                                                                 Level level) {
  ASSIGN_OR_RETURN(const std::string id, IdFromName(type, name, "name"));
  ASSIGN_OR_RETURN(Record record, runtime_.store().Load(connection_, type, id, ScopeCondition(type, actor_, level),
                                                        /*lock=*/true));
  return std::move(record.message);
}

absl::StatusOr<std::unique_ptr<Message>> UnitOfWork::BeginMessage(const Type& type, const Message& request) {
  ASSIGN_OR_RETURN(std::unique_ptr<Message> resource, LoadMessage(type, TextField(request, "name"), level()));
  RETURN_IF_ERROR(CheckEtag(type, *resource, TextField(request, "etag")));
  const FieldDescriptor* state = StateField(type.descriptor());
  if (state == nullptr || call_.rules == nullptr || call_.rules->transition().from().empty()) return resource;
  const std::string current = ShortEnumName(resource->GetReflection()->GetEnum(*resource, state));
  for (const std::string& from : call_.rules->transition().from()) {
    if (from == current) return resource;
  }
  const std::string allowed = absl::StrJoin(call_.rules->transition().from(), ", ");
  return FailedPrecondition(
      "STATE_NOT_ALLOWED", TextField(*resource, "name"),
      absl::StrCat("the ", type.singular(), " is ", current, "; ", call_.method->name(), " needs ", allowed),
      {{"state", current}, {"allowed", allowed}, {"method", call_.method->name()}});
}

void UnitOfWork::EnterState(Message* resource) const {
  const FieldDescriptor* state = StateField(resource->GetDescriptor());
  if (state == nullptr || call_.rules == nullptr || call_.rules->transition().to().empty()) return;
  const EnumValueDescriptor* value = FindEnumValue(state->enum_type(), call_.rules->transition().to());
  if (value != nullptr) resource->GetReflection()->SetEnum(resource, state, value);
}

absl::StatusOr<std::vector<Record>> UnitOfWork::FindRecords(const Type& type, const SqlCondition& where,
                                                            const std::string& order_sql, int limit, bool lock) {
  return runtime_.store().Select(connection_, type, {where}, order_sql, limit, lock);
}

absl::Status UnitOfWork::CheckReferences(const Type& type, const Message* before, const Message& after) {
  struct Asked {
    std::string path;
    std::string name;
  };
  std::vector<Asked> asked;
  std::vector<Value> params;
  std::string sql;
  const auto ask = [&](const Field& field, const std::string& path, const std::string& name) {
    const std::string& collection = field.rules->reference();
    const Type* target = runtime_.catalog().FindCollection(collection);
    std::string table, column = "id";
    if (target != nullptr) {
      table = target->table();
    } else if (collection == "accounts") {
      table = "account_scopes";
      column = "account";
    } else if (collection == "employees") {
      table = "employee_scopes";
      column = "employee";
    } else {
      return;  // Another service's resource: its own rules check it before the transaction.
    }
    absl::StrAppend(&sql, sql.empty() ? "SELECT " : ", ", "EXISTS (SELECT 1 FROM ", table, " r WHERE r.", column,
                    " = ?)");
    params.emplace_back(IdOf(name));
    asked.push_back({path, name});
  };
  const auto walk = [&](const auto& self, const std::vector<Field>& fields, const Message* old_message,
                        const Message& message, const std::string& prefix) -> void {
    const auto* reflection = message.GetReflection();
    for (const Field& field : fields) {
      if (field.descriptor->is_repeated()) continue;
      if (field.kind == Kind::kMessage) {
        if (!reflection->HasField(message, field.descriptor)) continue;
        const Message* old_inner =
            old_message != nullptr ? &reflection->GetMessage(*old_message, field.descriptor) : nullptr;
        self(self, field.fields, old_inner, reflection->GetMessage(message, field.descriptor), prefix);
      } else if (field.kind == Kind::kReference) {
        const std::string name = reflection->GetString(message, field.descriptor);
        if (name.empty()) continue;
        if (old_message != nullptr && reflection->GetString(*old_message, field.descriptor) == name) continue;
        ask(field, absl::StrCat(prefix, field.path), name);
      }
    }
  };
  const std::string root = absl::StrCat(type.singular(), ".");
  walk(walk, type.fields(), before, after, root);
  for (const Child& child : type.children()) {
    const auto* reflection = after.GetReflection();
    std::set<std::string> known;
    if (before != nullptr && reflection->FieldSize(*before, child.descriptor) > 0) {
      // Lines that were there before have been checked before.
      for (int i = 0; i < reflection->FieldSize(*before, child.descriptor); ++i) {
        known.insert(child.is_message ? reflection->GetRepeatedMessage(*before, child.descriptor, i).SerializeAsString()
                                      : ElementValue(child.fields[0], *before, i).text());
      }
    }
    for (int i = 0; i < reflection->FieldSize(after, child.descriptor); ++i) {
      const std::string path = absl::StrCat(root, child.path, "[", i, "]");
      if (child.is_message) {
        const Message& line = reflection->GetRepeatedMessage(after, child.descriptor, i);
        if (known.count(line.SerializeAsString()) == 0) walk(walk, child.fields, nullptr, line, path + ".");
      } else if (child.fields[0].kind == Kind::kReference &&
                 known.count(ElementValue(child.fields[0], after, i).text()) == 0) {
        ask(child.fields[0], path, reflection->GetRepeatedString(after, child.descriptor, i));
      }
    }
  }
  if (asked.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const std::vector<mysql::Row> rows, connection_.Query(sql, mysql::Params(params)));
  FieldViolations violations;
  for (size_t i = 0; i < asked.size(); ++i) {
    if (rows[0][i].integer() != 0) continue;
    violations.Add(asked[i].path, "REFERENCE_NOT_FOUND", absl::StrCat(asked[i].name, " does not exist"),
                   {{"reference", asked[i].name}});
  }
  return violations.status();
}

absl::Status UnitOfWork::CheckReach(const Type& type, const Message& resource, Level level) {
  const SqlCondition scope = ScopeCondition(type, actor_, level);
  if (scope.sql.empty()) return absl::OkStatus();
  std::vector<Value> params = {Value(IdOfMessage(resource))};
  params.insert(params.end(), scope.params.begin(), scope.params.end());
  ASSIGN_OR_RETURN(
      const std::vector<mysql::Row> rows,
      connection_.Query(absl::StrCat("SELECT 1 FROM ", type.table(), " t WHERE t.id = ? AND (", scope.sql, ")"),
                        mysql::Params(params)));
  if (!rows.empty()) return absl::OkStatus();
  return Error(absl::StatusCode::kPermissionDenied, "OUT_OF_SCOPE",
               absl::StrCat("your right reaches ", auth::LevelName(level), " only, and this ", type.singular(),
                            " is outside of it"),
               {{"level", std::string(auth::LevelName(level))}});
}

absl::Status UnitOfWork::WriteChange(const Type& type, absl::string_view kind, const SystemValues& system,
                                     const std::vector<kam::api::FieldChange>& fields) {
  ASSIGN_OR_RETURN(const std::string change_id, runtime_.NewId());
  return connection_
      .Execute(
          "INSERT INTO changes (change_id, change_time, actor, method, kind, collection, resource_id, version, reason, "
          "traceparent, fields) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
          {change_id, now_, actor_.subject, MethodName(call_.method), kind, type.collection(), system.id,
           system.version, reason_.empty() ? Value() : Value(reason_),
           call_.traceparent.empty() ? Value() : Value(call_.traceparent), ChangesToJson(fields)})
      .status();
}

absl::Status UnitOfWork::InsertMessage(Message* resource) {
  const Type& type = TypeOf(resource->GetDescriptor());
  FieldViolations violations;
  ValidateResource(*resource, type.singular(), &violations);
  RETURN_IF_ERROR(violations.status());
  RETURN_IF_ERROR(CheckReferences(type, nullptr, *resource));
  SystemValues system;
  ASSIGN_OR_RETURN(system.id, runtime_.NewId());
  system.version = 1;
  system.create_time = now_;
  system.update_time = now_;
  system.creator = actor_.subject;
  system.updater = actor_.subject;
  if (!type.rules().number_prefix().empty()) {
    ASSIGN_OR_RETURN(system.number, runtime_.NextNumber(type.rules().number_prefix(), now_));
  }
  SetSystem(type, system, resource);
  RETURN_IF_ERROR(runtime_.store().Insert(connection_, type, system, *resource));
  RETURN_IF_ERROR(WriteChange(type, "CREATED", system, DiffFields(type, nullptr, *resource)));
  const Hooks& hooks = runtime_.HooksOf(type.descriptor());
  return hooks.on_saved ? hooks.on_saved(*this, nullptr, *resource) : absl::OkStatus();
}

absl::Status UnitOfWork::SaveMessage(const Message& before, Message* after) {
  const Type& type = TypeOf(after->GetDescriptor());
  FieldViolations violations;
  ValidateResource(*after, type.singular(), &violations);
  RETURN_IF_ERROR(violations.status());
  const FieldDescriptor* archive = type.system("archive_time");
  if (archive != nullptr && before.GetReflection()->HasField(before, archive)) {
    return FailedPrecondition("RESOURCE_ARCHIVED", TextField(before, "name"),
                              absl::StrCat("the ", type.singular(), " is archived; restore it first"));
  }
  const std::vector<kam::api::FieldChange> fields = DiffFields(type, &before, *after);
  if (fields.empty()) return absl::OkStatus();
  RETURN_IF_ERROR(CheckReferences(type, &before, *after));
  SystemValues system;
  system.id = IdOfMessage(before);
  system.version = ParseEtag(TextField(before, "etag")) + 1;
  system.update_time = now_;
  system.updater = actor_.subject;
  RETURN_IF_ERROR(runtime_.store().Update(connection_, type, system, before, *after));
  RETURN_IF_ERROR(WriteChange(type, "UPDATED", system, fields));
  CarrySystem(type, system, before, after);
  const Hooks& hooks = runtime_.HooksOf(type.descriptor());
  return hooks.on_saved ? hooks.on_saved(*this, &before, *after) : absl::OkStatus();
}

absl::Status UnitOfWork::SetArchived(const Message& before, bool archived, Message* after) {
  const Type& type = TypeOf(before.GetDescriptor());
  if (type.system("archive_time") == nullptr) return Internal("type has no archive_time");
  const bool is_archived = before.GetReflection()->HasField(before, type.system("archive_time"));
  if (is_archived == archived) {
    after->CopyFrom(before);
    return absl::OkStatus();
  }
  SystemValues system;
  system.id = IdOfMessage(before);
  system.version = ParseEtag(TextField(before, "etag")) + 1;
  system.update_time = now_;
  system.updater = actor_.subject;
  if (archived) system.archive_time = now_;
  RETURN_IF_ERROR(runtime_.store().Update(connection_, type, system, before, before));
  RETURN_IF_ERROR(WriteChange(type, archived ? "ARCHIVED" : "RESTORED", system, {}));
  after->CopyFrom(before);
  CarrySystem(type, system, before, after);
  const Hooks& hooks = runtime_.HooksOf(type.descriptor());
  return hooks.on_saved ? hooks.on_saved(*this, &before, *after) : absl::OkStatus();
}

// ---------------------------------------------------------------------------------------------- Runtime

Runtime::Runtime(mysql::Database& database, const Catalog& catalog, const Clock& clock, std::string page_token_key,
                 absl::TimeZone zone)
    : database_(database),
      catalog_(catalog),
      clock_(clock),
      zone_(zone),
      store_(catalog),
      page_tokens_(std::move(page_token_key)),
      ids_(&clock) {}

void Runtime::SetHooks(const Descriptor* type, Hooks hooks) { hooks_[type] = std::move(hooks); }

const Hooks& Runtime::HooksOf(const Descriptor* type) const {
  static const Hooks* const kNone = new Hooks;
  const auto it = hooks_.find(type);
  return it == hooks_.end() ? *kNone : it->second;
}

absl::Status Runtime::WriteMessage(rpc::Call& call, const Message& request, Message* response,
                                   absl::FunctionRef<absl::Status(UnitOfWork&, Message*)> work, bool importing) {
  std::string request_id = TextField(request, "request_id");
  if (!request_id.empty()) {
    ASSIGN_OR_RETURN(request_id, ParseRequestId(request_id));
  }
  const bool validate_only = BoolField(request, "validate_only");
  const std::string method = MethodName(call.method);
  const std::string fingerprint = request_id.empty() ? std::string() : Fingerprint(method, request);
  const absl::Time now = clock_.Now();

  // The stored answer of an earlier call with this request id; false when there is none.
  const auto replay = [&](mysql::Connection& connection) -> absl::StatusOr<bool> {
    ASSIGN_OR_RETURN(
        const std::vector<mysql::Row> rows,
        connection.Query("SELECT fingerprint, response FROM request_ids WHERE subject = ? AND request_id = ?",
                         {call.principal.subject, request_id}));
    if (rows.empty()) return false;
    if (rows[0][0].text() != fingerprint) {
      return InvalidField("request_id", "REQUEST_ID_REUSED", "was used for a different request before",
                          {{"requestId", request_id}});
    }
    if (!response->ParseFromString(rows[0][1].text())) return Internal("stored response does not parse");
    return true;
  };

  const absl::Status status =
      database_.RunInTransaction(call.deadline, [&](mysql::Connection& connection) -> absl::Status {
        response->Clear();
        if (!request_id.empty()) {
          ASSIGN_OR_RETURN(const bool replayed, replay(connection));
          if (replayed) return absl::OkStatus();
        }
        UnitOfWork unit(*this, connection, call, call.principal, now);
        unit.importing_ = importing;
        unit.set_reason(TextField(request, "reason"));
        RETURN_IF_ERROR(work(unit, response));
        if (validate_only) return absl::CancelledError(kValidatedOnly);
        if (request_id.empty()) return absl::OkStatus();
        return connection
            .Execute(
                "INSERT INTO request_ids (subject, request_id, method, fingerprint, response, create_time) VALUES (?, "
                "?, ?, "
                "?, ?, ?)",
                {call.principal.subject, request_id, method, fingerprint, response->SerializeAsString(),
                 // Real time: a sandbox that runs ahead must not make a retry look old.
                 absl::Now()})
            .status();
      });
  if (validate_only && absl::IsCancelled(status) && status.message() == kValidatedOnly) return absl::OkStatus();
  if (status.ok() || request_id.empty() || absl::IsUnavailable(status)) return status;
  // The same request may have run at the same time and committed first. Then this one was refused by what that one
  // did, and its answer is ours.
  bool replayed = false;
  RETURN_IF_ERROR(database_.Run(call.deadline, [&](mysql::Connection& connection) -> absl::Status {
    response->Clear();
    absl::StatusOr<bool> found = replay(connection);
    replayed = found.ok() && *found;
    return absl::OkStatus();
  }));
  return replayed ? absl::OkStatus() : status;
}

absl::Status Runtime::WriteAs(const auth::Principal& actor, const google::protobuf::MethodDescriptor* method,
                              const std::string& reason, absl::FunctionRef<absl::Status(UnitOfWork&)> work) {
  rpc::Call call(std::make_shared<const auth::Principal>(actor));
  call.method = method;
  call.deadline = absl::Now() + absl::Seconds(30);
  const absl::Time now = clock_.Now();
  return database_.RunInTransaction(call.deadline, [&](mysql::Connection& connection) -> absl::Status {
    UnitOfWork unit(*this, connection, call, call.principal, now);
    unit.set_reason(reason);
    return work(unit);
  });
}

absl::Status Runtime::GetMessage(const rpc::Call& call, const Type& type, absl::string_view name, Message* message) {
  ASSIGN_OR_RETURN(const std::string id, IdFromName(type, name, "name"));
  return database_.Run(call.deadline, [&](mysql::Connection& connection) {
    return store_.Read(connection, type, id, ScopeCondition(type, call.principal, call.level()), message);
  });
}

absl::StatusOr<std::string> Runtime::NextNumber(const std::string& prefix, absl::Time now) {
  const std::string period = absl::StrCat(absl::ToCivilYear(now, zone_).year());
  const std::lock_guard<std::mutex> lock(numbers_mutex_);
  NumberBlock& block = numbers_[{prefix, period}];
  if (block.next == block.end) RETURN_IF_ERROR(RefillNumbers(prefix, period));
  return absl::StrFormat("%s%s-%0*d", prefix, period, kNumberDigits, block.next++);
}

absl::Status Runtime::RefillNumbers(const std::string& prefix, const std::string& period) {
  // A transaction of its own: the row is held for two statements, not for the caller's whole transaction.
  return database_.RunInTransaction(absl::Now() + absl::Seconds(5), [&](mysql::Connection& connection) -> absl::Status {
    RETURN_IF_ERROR(
        connection
            .Execute("INSERT INTO number_ranges (prefix, period, next_number) VALUES (?, ?, 1) ON DUPLICATE "
                     "KEY UPDATE prefix = prefix",
                     {prefix, period})
            .status());
    ASSIGN_OR_RETURN(
        const std::vector<mysql::Row> rows,
        connection.Query("SELECT next_number FROM number_ranges WHERE prefix = ? AND period = ? FOR UPDATE",
                         {prefix, period}));
    const int64_t next = rows[0][0].integer();
    RETURN_IF_ERROR(connection
                        .Execute("UPDATE number_ranges SET next_number = ? WHERE prefix = ? AND period = ?",
                                 {next + kNumbersInBlock, prefix, period})
                        .status());
    numbers_[{prefix, period}] = {next, next + kNumbersInBlock};
    return absl::OkStatus();
  });
}

}  // namespace kam::resource
