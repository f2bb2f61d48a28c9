#include "common/resource/standard_writes.h"

#include <memory>
#include <set>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/resource/mask.h"
#include "common/resource/validate.h"
#include "common/status/status.h"
#include "google/protobuf/field_mask.pb.h"

namespace kam::resource {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

absl::Status StandardWrites::Create(rpc::Call& call, const Message& request, Message* response,
                                    const FieldDescriptor* field) const {
  if (!request.GetReflection()->HasField(request, field)) {
    return InvalidField(field->name(), "FIELD_REQUIRED", "must be set");
  }
  const Message& given = request.GetReflection()->GetMessage(request, field);
  std::set<std::string> sensitive;
  RETURN_IF_ERROR(steps_.CheckSensitive(call.principal, given, &sensitive));
  RETURN_IF_ERROR(CheckExternalIds(call, given));
  RETURN_IF_ERROR(steps_.Prepare(call, {&given}));
  return runtime_.WriteMessage(call, request, response, [&](UnitOfWork& work, Message* created) -> absl::Status {
    created->CopyFrom(given);
    ClearOutputOnly(created, /*import=*/false);
    return steps_.Make(work, sensitive, call.level(), created);
  });
}

absl::Status StandardWrites::Update(rpc::Call& call, const Message& request, Message* response,
                                    const FieldDescriptor* field) const {
  const Reflection* reflection = request.GetReflection();
  if (!reflection->HasField(request, field)) return InvalidField(field->name(), "FIELD_REQUIRED", "must be set");
  const Message& patch = reflection->GetMessage(request, field);
  google::protobuf::FieldMask mask;
  const FieldDescriptor* mask_field = request.GetDescriptor()->FindFieldByName("update_mask");
  if (reflection->HasField(request, mask_field)) mask.CopyFrom(reflection->GetMessage(request, mask_field));
  ASSIGN_OR_RETURN(const std::vector<std::string> paths, ResolveMask(type_, mask, patch));
  ASSIGN_OR_RETURN(const std::set<std::string> sensitive, CheckSensitivePaths(type_, paths, call.principal));
  RETURN_IF_ERROR(steps_.Prepare(call, {&patch}));
  const auto text = [&](absl::string_view name) { return patch.GetReflection()->GetString(patch, type_.system(name)); };
  const std::unique_ptr<Message> writable(patch.New());
  writable->CopyFrom(patch);
  ClearOutputOnly(writable.get(), /*import=*/false);
  return runtime_.WriteMessage(call, request, response, [&](UnitOfWork& work, Message* after) -> absl::Status {
    const Hooks& hooks = steps_.hooks();
    if (hooks.lock_first) RETURN_IF_ERROR(hooks.lock_first(work, text("name")));
    ASSIGN_OR_RETURN(auto before, work.LoadMessage(type_, text("name"), call.level()));
    RETURN_IF_ERROR(CheckEtag(type_, *before, text("etag")));
    RETURN_IF_ERROR(steps_.CheckSensitiveRow(work, sensitive, call.level(), *before));
    after->CopyFrom(*before);
    ApplyPaths(type_, paths, *writable, after);
    return steps_.Change(work, *before, after, call.level());
  });
}

absl::Status StandardWrites::Archive(rpc::Call& call, const Message& request, const std::string& name,
                                     const std::string& etag, bool archived, Message* response) const {
  return runtime_.WriteMessage(call, request, response, [&](UnitOfWork& work, Message* after) -> absl::Status {
    const Hooks& hooks = steps_.hooks();
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

// Identities in other systems belong to those who import: whoever could claim one would be given that system's rows.
absl::Status StandardWrites::CheckExternalIds(const rpc::Call& call, const Message& given) const {
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

}  // namespace kam::resource
