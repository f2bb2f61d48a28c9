#include "common/resource/filter_target.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/resource/filter_util.h"

namespace kam::resource {
namespace {

using google::protobuf::FieldDescriptor;

// Walks `path` through `fields`. False: there is no such field for this reader.
bool ResolveIn(const std::vector<Field>& fields, const auth::Principal& reader, absl::string_view alias,
               absl::string_view path, FilterTarget* target) {
  const std::pair<absl::string_view, absl::string_view> step = absl::StrSplit(path, absl::MaxSplits('.', 1));
  for (const Field& field : fields) {
    if (field.descriptor->name() != step.first) continue;
    if (!Permitted(*field.rules, reader)) return false;
    const bool last = step.second.empty();
    if (field.kind == Kind::kMessage && !last) return ResolveIn(field.fields, reader, alias, step.second, target);
    if (!field.rules->filterable()) return false;
    target->column = absl::StrCat(alias, ".", field.column);
    target->kind = field.kind;
    target->nullable = field.nullable;
    if (field.kind == Kind::kMessage) {
      target->message = &field;
      return true;
    }
    if (field.kind == Kind::kMoney) {
      target->currency = step.second == "currency_code";
      if (target->currency) target->kind = Kind::kText;
      target->column.append(target->currency ? "_currency" : "_amount");
      return last || target->currency;
    }
    if (field.kind == Kind::kEnum) target->enumeration = field.descriptor->enum_type();
    if (field.kind == Kind::kReference) target->collection = field.rules->reference();
    return last;
  }
  return false;
}

// One of the fields that every resource has.
bool ResolveSystem(const Type& type, const auth::Principal& reader, absl::string_view path, FilterTarget* target) {
  const std::pair<absl::string_view, absl::string_view> step = absl::StrSplit(path, absl::MaxSplits('.', 1));
  const FieldDescriptor* descriptor = type.system(step.first);
  if (descriptor == nullptr || !Permitted(descriptor->options().GetExtension(kam::api::field), reader)) return false;
  if (step.first == "external_ids") {
    target->exists = "EXISTS (SELECT 1 FROM external_ids x WHERE x.collection = ? AND x.resource_id = t.id";
    target->exists_params = {mysql::Value(type.collection())};
    target->nullable = false;
    if (step.second.empty()) {
      target->external_ids = true;
    } else if (step.second == "id") {
      target->column = "x.external_id";
    } else if (step.second == "system") {
      target->column = "x.system_name";
    } else {
      return false;
    }
    return true;
  }
  if (!step.second.empty()) return false;
  target->column = absl::StrCat("t.", step.first);
  if (step.first == "create_time" || step.first == "update_time" || step.first == "archive_time") {
    target->kind = Kind::kTimestamp;
    target->nullable = step.first == "archive_time";
    return true;
  }
  if (step.first == "creator" || step.first == "updater") {
    target->kind = Kind::kName;
    target->nullable = false;
    return true;
  }
  return step.first == "number";
}

}  // namespace

bool ResolveTarget(const Type& type, const auth::Principal& reader, absl::string_view path, FilterTarget* target) {
  const std::pair<absl::string_view, absl::string_view> step = absl::StrSplit(path, absl::MaxSplits('.', 1));
  if (IsSystemField(step.first)) return ResolveSystem(type, reader, path, target);
  for (const Child& child : type.children()) {
    if (child.path != step.first) continue;
    if (!Permitted(*child.rules, reader)) return false;
    target->exists = absl::StrCat("EXISTS (SELECT 1 FROM ", child.table, " c WHERE c.parent_id = t.id");
    if (child.is_message && !step.second.empty()) return ResolveIn(child.fields, reader, "c", step.second, target);
    if (!child.rules->filterable()) return false;
    if (child.is_message) {
      target->whole_child = true;
      return true;
    }
    target->element = true;
    return ResolveIn(child.fields, reader, "c", path, target);
  }
  return ResolveIn(type.fields(), reader, "t", path, target);
}

}  // namespace kam::resource
