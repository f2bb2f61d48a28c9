#include "common/resource/upsert.h"

#include <memory>
#include <set>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/resource/change_log.h"
#include "common/resource/mask.h"
#include "common/resource/standard.h"
#include "common/resource/validate.h"
#include "common/status/status.h"
#include "google/rpc/status.pb.h"

namespace kam::resource {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

void ReplaceField(const Message& from, const FieldDescriptor* field, Message* to) {
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

// Was the field ever changed by anything but an import?
absl::StatusOr<bool> ChangedByPeople(UnitOfWork& work, const std::string& id, const std::string& field) {
  // The stored form begins every change with its field: [["state","...","..."],...].
  ASSIGN_OR_RETURN(
      const std::vector<mysql::Row> rows,
      work.connection().Query(
          "SELECT 1 FROM changes WHERE resource_id = ? AND method NOT LIKE ? AND LOCATE(?, fields) > 0 LIMIT 1",
          {id, "%/BatchUpsert%", absl::StrCat("[\"", field, "\",")}));
  return !rows.empty();
}

// History may be brought as often as one likes. But a field that clients cannot set, a state or an owner, and that
// was changed here by anything but an import, is decided here: what the row says of it is passed over.
absl::Status LeaveDecisions(UnitOfWork& work, const std::string& id, const Message& before, Message* taken) {
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

}  // namespace

absl::Status Upsert::BatchUpsert(rpc::Call& call, const Message& request, kam::api::BatchUpsertResponse* response,
                                 const FieldDescriptor* items) const {
  const Reflection* reflection = request.GetReflection();
  const int size = reflection->FieldSize(request, items);
  if (size == 0) return InvalidField(items->name(), "FIELD_REQUIRED", "must have at least one element");
  if (size > kUpsertRowsMax) {
    return InvalidField(items->name(), "FIELD_TOO_MANY", absl::StrCat("at most ", kUpsertRowsMax, " rows a call"),
                        {{"limit", absl::StrCat(kUpsertRowsMax)}});
  }
  std::vector<const Message*> all;
  all.reserve(static_cast<size_t>(size));
  for (int i = 0; i < size; ++i) all.push_back(&reflection->GetRepeatedMessage(request, items, i));
  RETURN_IF_ERROR(steps_.Prepare(call, all));
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

absl::Status Upsert::UpsertOne(rpc::Call& call, const Message& given, const std::string& path,
                               kam::api::UpsertResult* result) const {
  const FieldDescriptor* external_field = type_.system("external_ids");
  const Reflection* reflection = given.GetReflection();
  if (reflection->FieldSize(given, external_field) == 0) {
    return InvalidField(path + ".external_ids", "FIELD_REQUIRED", "a row of an upsert needs an external id");
  }
  std::set<std::string> sensitive;
  RETURN_IF_ERROR(steps_.CheckSensitive(call.principal, given, &sensitive));
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
        if (id.empty()) {
          result->set_outcome(kam::api::UPSERT_OUTCOME_CREATED);
          after->CopyFrom(*row);
          return steps_.Make(work, sensitive, call.level(), after);
        }
        ASSIGN_OR_RETURN(auto before, work.LoadMessage(type_, absl::StrCat(type_.collection(), "/", id), call.level()));
        RETURN_IF_ERROR(steps_.CheckSensitiveRow(work, sensitive, call.level(), *before));
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
        RETURN_IF_ERROR(steps_.Change(work, *before, after, call.level()));
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
absl::StatusOr<bool> Upsert::IsKnown(const rpc::Call& call, const Message& row) const {
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

}  // namespace kam::resource
