#include "common/resource/mask.h"

#include <algorithm>
#include <memory>
#include <set>
#include <shared_mutex>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/resource/filter_util.h"
#include "common/status/status.h"
#include "google/protobuf/any.pb.h"

namespace kam::resource {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::DescriptorPool;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

constexpr int kMaskPathsMax = 500;

const kam::api::Field& RulesOf(const FieldDescriptor* field) { return field->options().GetExtension(kam::api::field); }

bool Writable(const FieldDescriptor* field) { return !RulesOf(field).output_only() && !RulesOf(field).computed(); }

// A message whose columns are part of the row of the resource.
bool IsFlattened(const FieldDescriptor* field) {
  return !field->is_repeated() && field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE &&
         field->message_type()->full_name() != "google.protobuf.Timestamp" &&
         field->message_type()->full_name() != "google.type.Money";
}

bool IsSet(const Message& message, const FieldDescriptor* field) {
  const Reflection* reflection = message.GetReflection();
  return field->is_repeated() ? reflection->FieldSize(message, field) > 0 : reflection->HasField(message, field);
}

// True when a flattened message cannot be replaced whole by everybody: something in it is not the writer's to set.
bool MustSplit(const Descriptor* message) {
  for (int i = 0; i < message->field_count(); ++i) {
    const FieldDescriptor* field = message->field(i);
    if (!Writable(field) || !RulesOf(field).sensitive().empty()) return true;
    if (IsFlattened(field) && MustSplit(field->message_type())) return true;
  }
  return false;
}

// Adds the paths that writing `field` is about. `patch` is the message the field is in, null when it is not there.
// `implied`: the mask was empty, so that confidential fields count only where the patch sets them.
void AddWritable(const FieldDescriptor* field, const std::string& prefix, const Message* patch, bool implied,
                 std::vector<std::string>* out) {
  if (!Writable(field)) return;
  const std::string path = absl::StrCat(prefix, field->name());
  if (!IsFlattened(field) || !MustSplit(field->message_type())) {
    if (implied && !RulesOf(field).sensitive().empty() && (patch == nullptr || !IsSet(*patch, field))) return;
    out->push_back(path);
    return;
  }
  const Message* inner =
      patch != nullptr && IsSet(*patch, field) ? &patch->GetReflection()->GetMessage(*patch, field) : nullptr;
  for (int i = 0; i < field->message_type()->field_count(); ++i) {
    AddWritable(field->message_type()->field(i), path + ".", inner, implied, out);
  }
}

absl::Status UnknownPath(const Type& type, absl::string_view path) {
  const std::string shown = Shown(path);
  return InvalidField(
      "update_mask", "FIELD_MASK_PATH_UNKNOWN",
      absl::StrCat("\"", shown, "\" is not a field of ", type.descriptor()->full_name(), " that a mask can name"),
      {{"path", shown}});
}

// Fields along `path`; empty when there is no such path or it goes through something that is not flattened.
std::vector<const FieldDescriptor*> Walk(const Descriptor* message, absl::string_view path) {
  std::vector<const FieldDescriptor*> fields;
  for (const absl::string_view name : absl::StrSplit(path, '.')) {
    if (message == nullptr) return {};
    const FieldDescriptor* field = message->FindFieldByName(std::string(name));
    if (field == nullptr) return {};
    fields.push_back(field);
    message = IsFlattened(field) ? field->message_type() : nullptr;
  }
  return fields;
}

// Leaves out paths that another one covers.
std::vector<std::string> Distinct(std::vector<std::string> paths) {
  const std::set<std::string, std::less<>> all(paths.begin(), paths.end());
  std::set<std::string, std::less<>> taken;
  std::vector<std::string> out;
  for (std::string& path : paths) {
    bool covered = !taken.insert(path).second;
    for (size_t dot = path.find('.'); !covered && dot != std::string::npos; dot = path.find('.', dot + 1)) {
      covered = all.count(absl::string_view(path).substr(0, dot)) > 0;
    }
    if (!covered) out.push_back(std::move(path));
  }
  return out;
}

void CopyRepeated(const FieldDescriptor* field, const Message& from, Message* to) {
  const Reflection* in = from.GetReflection();
  const Reflection* out = to->GetReflection();
  for (int i = 0; i < in->FieldSize(from, field); ++i) {
    switch (field->cpp_type()) {
      case FieldDescriptor::CPPTYPE_INT32:
        out->AddInt32(to, field, in->GetRepeatedInt32(from, field, i));
        break;
      case FieldDescriptor::CPPTYPE_INT64:
        out->AddInt64(to, field, in->GetRepeatedInt64(from, field, i));
        break;
      case FieldDescriptor::CPPTYPE_UINT32:
        out->AddUInt32(to, field, in->GetRepeatedUInt32(from, field, i));
        break;
      case FieldDescriptor::CPPTYPE_UINT64:
        out->AddUInt64(to, field, in->GetRepeatedUInt64(from, field, i));
        break;
      case FieldDescriptor::CPPTYPE_FLOAT:
        out->AddFloat(to, field, in->GetRepeatedFloat(from, field, i));
        break;
      case FieldDescriptor::CPPTYPE_DOUBLE:
        out->AddDouble(to, field, in->GetRepeatedDouble(from, field, i));
        break;
      case FieldDescriptor::CPPTYPE_BOOL:
        out->AddBool(to, field, in->GetRepeatedBool(from, field, i));
        break;
      case FieldDescriptor::CPPTYPE_ENUM:
        out->AddEnumValue(to, field, in->GetRepeatedEnumValue(from, field, i));
        break;
      case FieldDescriptor::CPPTYPE_STRING:
        out->AddString(to, field, in->GetRepeatedString(from, field, i));
        break;
      case FieldDescriptor::CPPTYPE_MESSAGE:
        out->AddMessage(to, field)->CopyFrom(in->GetRepeatedMessage(from, field, i));
        break;
    }
  }
}

void CopySingle(const FieldDescriptor* field, const Message& from, Message* to) {
  const Reflection* in = from.GetReflection();
  const Reflection* out = to->GetReflection();
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      return out->SetInt32(to, field, in->GetInt32(from, field));
    case FieldDescriptor::CPPTYPE_INT64:
      return out->SetInt64(to, field, in->GetInt64(from, field));
    case FieldDescriptor::CPPTYPE_UINT32:
      return out->SetUInt32(to, field, in->GetUInt32(from, field));
    case FieldDescriptor::CPPTYPE_UINT64:
      return out->SetUInt64(to, field, in->GetUInt64(from, field));
    case FieldDescriptor::CPPTYPE_FLOAT:
      return out->SetFloat(to, field, in->GetFloat(from, field));
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return out->SetDouble(to, field, in->GetDouble(from, field));
    case FieldDescriptor::CPPTYPE_BOOL:
      return out->SetBool(to, field, in->GetBool(from, field));
    case FieldDescriptor::CPPTYPE_ENUM:
      return out->SetEnumValue(to, field, in->GetEnumValue(from, field));
    case FieldDescriptor::CPPTYPE_STRING:
      return out->SetString(to, field, in->GetString(from, field));
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return out->MutableMessage(to, field)->CopyFrom(in->GetMessage(from, field));
  }
}

// Copies the field at fields[at...]; `from` is null when the patch does not have the message around it.
void ApplyAt(const std::vector<const FieldDescriptor*>& fields, size_t at, const Message* from, Message* to) {
  const FieldDescriptor* field = fields[at];
  const Reflection* reflection = to->GetReflection();
  const bool set = from != nullptr && IsSet(*from, field);
  if (at + 1 == fields.size()) {
    reflection->ClearField(to, field);
    if (!set) return;
    if (field->is_repeated()) {
      CopyRepeated(field, *from, to);
    } else {
      CopySingle(field, *from, to);
    }
  } else {
    if (!set && !reflection->HasField(*to, field)) return;
    ApplyAt(fields, at + 1, set ? &from->GetReflection()->GetMessage(*from, field) : nullptr,
            reflection->MutableMessage(to, field));
  }
  // A flattened message with nothing in it is the same row as one that is not set.
  if (IsFlattened(field) && reflection->GetMessage(*to, field).ByteSizeLong() == 0) reflection->ClearField(to, field);
}

absl::Status NotPermitted(absl::string_view path, const std::string& permission) {
  return Error(absl::StatusCode::kPermissionDenied, "FIELD_NOT_PERMITTED",
               absl::StrCat("writing ", path, " takes the permission ", permission),
               {{"field", std::string(path)}, {"permission", permission}});
}

// Every sensitive field inside `message`, at any depth.
absl::Status CheckInside(const Descriptor* message, absl::string_view path, const auth::Principal& writer,
                         std::vector<const Descriptor*>* above, std::set<std::string>* permissions) {
  if (std::find(above->begin(), above->end(), message) != above->end()) return absl::OkStatus();
  above->push_back(message);
  for (int i = 0; i < message->field_count(); ++i) {
    const FieldDescriptor* field = message->field(i);
    if (!Writable(field)) continue;
    const std::string& permission = RulesOf(field).sensitive();
    const std::string inner = absl::StrCat(path, ".", field->name());
    if (!permission.empty()) {
      if (!writer.Holds(permission)) return NotPermitted(inner, permission);
      permissions->insert(permission);
    }
    if (field->message_type() != nullptr) {
      RETURN_IF_ERROR(CheckInside(field->message_type(), inner, writer, above, permissions));
    }
  }
  above->pop_back();
  return absl::OkStatus();
}

// What VisitSensitive has to look at in messages of one type: only fields that are sensitive or lead to one.
struct Plan {
  struct Step {
    const FieldDescriptor* field = nullptr;
    std::string permission;        // Empty: the field itself is not sensitive.
    const Plan* inside = nullptr;  // Null: nothing sensitive inside.
  };
  bool is_any = false;
  bool reaches = false;  // Something sensitive, or an Any, can be reached.
  std::vector<Step> steps;
};

using PlanMap = absl::flat_hash_map<const Descriptor*, std::unique_ptr<Plan>>;

// Adds plans of `root` and of every type reachable from it.
void BuildPlans(const Descriptor* root, PlanMap* plans) {
  std::vector<const Descriptor*> made;
  std::vector<const Descriptor*> pending = {root};
  while (!pending.empty()) {
    const Descriptor* descriptor = pending.back();
    pending.pop_back();
    auto [it, is_new] = plans->try_emplace(descriptor, nullptr);
    if (!is_new) continue;
    it->second = std::make_unique<Plan>();
    made.push_back(descriptor);
    Plan& plan = *it->second;
    plan.is_any = descriptor->full_name() == "google.protobuf.Any";
    plan.reaches = plan.is_any;
    for (int i = 0; i < descriptor->field_count(); ++i) {
      const FieldDescriptor* field = descriptor->field(i);
      const std::string& permission = RulesOf(field).sensitive();
      if (permission.empty() && field->message_type() == nullptr) continue;
      plan.reaches = plan.reaches || !permission.empty();
      plan.steps.push_back({field, permission, nullptr});
      if (field->message_type() != nullptr) pending.push_back(field->message_type());
    }
  }
  // Whether something is reached flows against the fields until nothing changes; types may contain themselves.
  for (bool changed = true; changed;) {
    changed = false;
    for (const Descriptor* descriptor : made) {
      Plan& plan = *plans->at(descriptor);
      for (Plan::Step& step : plan.steps) {
        if (step.inside != nullptr || step.field->message_type() == nullptr) continue;
        const Plan* inside = plans->at(step.field->message_type()).get();
        if (!inside->reaches) continue;
        step.inside = inside;
        plan.reaches = true;
        changed = true;
      }
    }
  }
  for (const Descriptor* descriptor : made) {
    std::vector<Plan::Step>& steps = plans->at(descriptor)->steps;
    steps.erase(
        std::remove_if(steps.begin(), steps.end(),
                       [](const Plan::Step& step) { return step.permission.empty() && step.inside == nullptr; }),
        steps.end());
  }
}

// Plans of the types compiled into the program; they live as long as it does.
const Plan& GeneratedPlan(const Descriptor* descriptor) {
  static std::shared_mutex* const mutex = new std::shared_mutex;
  static PlanMap* const plans = new PlanMap;
  {
    const std::shared_lock<std::shared_mutex> lock(*mutex);
    const auto it = plans->find(descriptor);
    if (it != plans->end()) return *it->second;
  }
  const std::unique_lock<std::shared_mutex> lock(*mutex);
  BuildPlans(descriptor, plans);
  return *plans->at(descriptor);
}

void Visit(const Plan& plan, KeepSensitive keep, const Message* resource, Message* message);

// Content of a type that this program does not know cannot be judged, so it does not leave.
void VisitAny(KeepSensitive keep, const Message* resource, Message* message) {
  const FieldDescriptor* url_field = nullptr;
  const FieldDescriptor* value_field = nullptr;
  if (!google::protobuf::Any::GetAnyFieldDescriptors(*message, &url_field, &value_field)) return;
  const Reflection* reflection = message->GetReflection();
  const std::string url = reflection->GetString(*message, url_field);
  const size_t slash = url.rfind('/');
  const Descriptor* type = slash == std::string::npos
                               ? nullptr
                               : DescriptorPool::generated_pool()->FindMessageTypeByName(url.substr(slash + 1));
  if (type == nullptr) return reflection->ClearField(message, value_field);
  const Plan& plan = GeneratedPlan(type);
  if (!plan.reaches) return;
  const std::unique_ptr<Message> inner(
      google::protobuf::MessageFactory::generated_factory()->GetPrototype(type)->New());
  if (!inner->ParseFromString(reflection->GetString(*message, value_field))) {
    return reflection->ClearField(message, value_field);
  }
  Visit(plan, keep, resource, inner.get());
  reflection->SetString(message, value_field, inner->SerializeAsString());
}

void Visit(const Plan& plan, KeepSensitive keep, const Message* resource, Message* message) {
  if (plan.is_any) return VisitAny(keep, resource, message);
  if (message->GetDescriptor()->options().HasExtension(kam::api::resource)) resource = message;
  const Reflection* reflection = message->GetReflection();
  for (const Plan::Step& step : plan.steps) {
    if (!IsSet(*message, step.field)) continue;
    if (!step.permission.empty() && !keep(step.permission, resource)) {
      reflection->ClearField(message, step.field);
    } else if (step.inside == nullptr) {
      continue;
    } else if (step.field->is_repeated()) {
      for (int i = 0; i < reflection->FieldSize(*message, step.field); ++i) {
        Visit(*step.inside, keep, resource, reflection->MutableRepeatedMessage(message, step.field, i));
      }
    } else {
      Visit(*step.inside, keep, resource, reflection->MutableMessage(message, step.field));
    }
  }
}

}  // namespace

absl::StatusOr<std::vector<std::string>> ResolveMask(const Type& type, const google::protobuf::FieldMask& mask,
                                                     const Message& patch) {
  if (mask.paths_size() > kMaskPathsMax) {
    return InvalidField("update_mask", "FIELD_MASK_TOO_LONG", absl::StrCat("more than ", kMaskPathsMax, " paths"),
                        {{"limit", absl::StrCat(kMaskPathsMax)}});
  }
  const bool everything = std::find(mask.paths().begin(), mask.paths().end(), "*") != mask.paths().end();
  const bool implied = mask.paths().empty();
  std::vector<std::string> paths;
  if (everything || implied) {
    for (int i = 0; i < type.descriptor()->field_count(); ++i) {
      const FieldDescriptor* field = type.descriptor()->field(i);
      if (IsSystemField(field->name()) || (implied && !IsSet(patch, field))) continue;
      AddWritable(field, "", &patch, implied, &paths);
    }
  }
  for (const std::string& path : mask.paths()) {
    if (path == "*") continue;
    const std::vector<const FieldDescriptor*> fields = Walk(type.descriptor(), path);
    if (fields.empty()) return UnknownPath(type, path);
    if (IsSystemField(fields.front()->name()) || !std::all_of(fields.begin(), fields.end(), Writable)) continue;
    const size_t dot = path.rfind('.');
    AddWritable(fields.back(), dot == std::string::npos ? "" : path.substr(0, dot + 1), nullptr, false, &paths);
  }
  return Distinct(std::move(paths));
}

void ApplyPaths(const Type& type, const std::vector<std::string>& paths, const Message& patch, Message* target) {
  for (const std::string& path : paths) {
    const std::vector<const FieldDescriptor*> fields = Walk(type.descriptor(), path);
    if (!fields.empty()) ApplyAt(fields, 0, &patch, target);
  }
}

absl::StatusOr<std::set<std::string>> CheckSensitivePaths(const Type& type, const std::vector<std::string>& paths,
                                                          const auth::Principal& writer) {
  std::set<std::string> permissions;
  for (const std::string& path : paths) {
    const std::vector<const FieldDescriptor*> fields = Walk(type.descriptor(), path);
    if (fields.empty()) continue;
    for (const FieldDescriptor* field : fields) {
      const std::string& permission = RulesOf(field).sensitive();
      if (permission.empty()) continue;
      if (!writer.Holds(permission)) return NotPermitted(path, permission);
      permissions.insert(permission);
    }
    if (fields.back()->message_type() != nullptr) {
      std::vector<const Descriptor*> above;
      RETURN_IF_ERROR(CheckInside(fields.back()->message_type(), path, writer, &above, &permissions));
    }
  }
  return permissions;
}

void VisitSensitive(KeepSensitive keep, Message* message) {
  const Descriptor* descriptor = message->GetDescriptor();
  if (descriptor->file()->pool() == DescriptorPool::generated_pool()) {
    const Plan& plan = GeneratedPlan(descriptor);
    if (plan.reaches) Visit(plan, keep, nullptr, message);
    return;
  }
  // Types made at run time may be gone tomorrow and their addresses taken by others: nothing is kept of them.
  PlanMap plans;
  BuildPlans(descriptor, &plans);
  Visit(*plans.at(descriptor), keep, nullptr, message);
}

}  // namespace kam::resource
