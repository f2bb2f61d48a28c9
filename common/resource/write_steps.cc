#include "common/resource/write_steps.h"

#include "absl/strings/str_cat.h"
#include "common/resource/change_log.h"
#include "common/resource/sensitive.h"
#include "common/status/status.h"

namespace kam::resource {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;
using mysql::Value;

// Of the fields of one message and of those in it; `prefix` begins their paths in errors ("widget.lines[0].").
absl::Status CheckSensitiveBelow(const auth::Principal& writer, const Message& given, const std::string& prefix,
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
      RETURN_IF_ERROR(CheckSensitiveBelow(writer, reflection->GetMessage(given, field), path + ".", permissions));
      continue;
    }
    for (int i = 0; i < reflection->FieldSize(given, field); ++i) {
      RETURN_IF_ERROR(CheckSensitiveBelow(writer, reflection->GetRepeatedMessage(given, field, i),
                                          absl::StrCat(path, "[", i, "]."), permissions));
    }
  }
  return absl::OkStatus();
}

void CheckImmutable(const Type& type, const Message& before, const Message& after, FieldViolations* violations) {
  for (const FieldDescriptor* field : DifferingFields(type, before, after)) {
    if (!field->options().GetExtension(kam::api::field).immutable()) continue;
    violations->Add(absl::StrCat(type.singular(), ".", field->name()), "FIELD_IMMUTABLE",
                    "is set when the resource is created and cannot be changed");
  }
}

}  // namespace

absl::Status WriteSteps::Prepare(const rpc::Call& call, const std::vector<const Message*>& resources) const {
  return hooks().prepare ? hooks().prepare(call, resources) : absl::OkStatus();
}

absl::Status WriteSteps::CheckSensitive(const auth::Principal& writer, const Message& given,
                                        std::set<std::string>* permissions) const {
  return CheckSensitiveBelow(writer, given, absl::StrCat(type_.singular(), "."), permissions);
}

absl::Status WriteSteps::CheckSensitiveRow(UnitOfWork& work, const std::set<std::string>& permissions, auth::Level rows,
                                           const Message& resource) const {
  return resource::CheckSensitiveRow(work.connection(), type_, work.actor(), permissions, rows, resource);
}

absl::Status WriteSteps::CheckReferencesReached(UnitOfWork& work, const Message* before, const Message& after,
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

absl::Status WriteSteps::Make(UnitOfWork& work, const std::set<std::string>& sensitive, auth::Level level,
                              Message* created) const {
  RETURN_IF_ERROR(CheckReferencesReached(work, nullptr, *created, level));
  if (hooks().on_create) RETURN_IF_ERROR(hooks().on_create(work, created));
  RETURN_IF_ERROR(work.InsertMessage(created));
  RETURN_IF_ERROR(work.CheckReach(type_, *created, level));
  return CheckSensitiveRow(work, sensitive, level, *created);
}

absl::Status WriteSteps::Change(UnitOfWork& work, const Message& before, Message* after, auth::Level level) const {
  FieldViolations violations;
  CheckImmutable(type_, before, *after, &violations);
  RETURN_IF_ERROR(violations.status());
  RETURN_IF_ERROR(CheckReferencesReached(work, &before, *after, level));
  if (hooks().on_update) RETURN_IF_ERROR(hooks().on_update(work, before, after));
  RETURN_IF_ERROR(work.SaveMessage(before, after));
  return work.CheckReach(type_, *after, level);
}

}  // namespace kam::resource
