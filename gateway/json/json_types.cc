#include "gateway/json/json_types.h"

#include <mutex>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gateway/json/json_string.h"
#include "kam/api/field.pb.h"

namespace kam::gateway {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

WellKnown WellKnownOf(const Descriptor* type) {
  const absl::string_view name = type->full_name();
  constexpr absl::string_view kPrefix = "google.protobuf.";
  if (!absl::StartsWith(name, kPrefix)) return WellKnown::kNone;
  const absl::string_view short_name = name.substr(kPrefix.size());
  if (short_name == "Timestamp") return WellKnown::kTimestamp;
  if (short_name == "Duration") return WellKnown::kDuration;
  if (short_name == "FieldMask") return WellKnown::kFieldMask;
  if (short_name == "Struct") return WellKnown::kStruct;
  if (short_name == "Value") return WellKnown::kValue;
  if (short_name == "ListValue") return WellKnown::kListValue;
  if (short_name == "Any") return WellKnown::kAny;
  for (const absl::string_view wrapper : {"DoubleValue", "FloatValue", "Int64Value", "UInt64Value", "Int32Value",
                                          "UInt32Value", "BoolValue", "StringValue", "BytesValue"}) {
    if (short_name == wrapper) return WellKnown::kWrapper;
  }
  return WellKnown::kNone;
}

std::string MapKeyText(const Message& entry, const JsonField& key) {
  const Reflection* reflection = entry.GetReflection();
  switch (key.cpp_type) {
    case FieldDescriptor::CPPTYPE_STRING:
      return reflection->GetString(entry, key.field);
    case FieldDescriptor::CPPTYPE_BOOL:
      return reflection->GetBool(entry, key.field) ? "true" : "false";
    case FieldDescriptor::CPPTYPE_INT32:
      return absl::StrCat(reflection->GetInt32(entry, key.field));
    case FieldDescriptor::CPPTYPE_UINT32:
      return absl::StrCat(reflection->GetUInt32(entry, key.field));
    case FieldDescriptor::CPPTYPE_INT64:
      return absl::StrCat(reflection->GetInt64(entry, key.field));
    default:
      return absl::StrCat(reflection->GetUInt64(entry, key.field));
  }
}

const JsonType& JsonTypes::Of(const Descriptor* descriptor) {
  {
    std::shared_lock lock(mutex_);
    const auto it = types_.find(descriptor);
    if (it != types_.end()) return *it->second;
  }
  auto type = std::make_unique<JsonType>();
  type->descriptor = descriptor;
  type->well_known = WellKnownOf(descriptor);
  type->value_type = absl::StartsWith(descriptor->full_name(), "google.protobuf.") ||
                     absl::StartsWith(descriptor->full_name(), "google.type.");
  type->field_count = descriptor->field_count();
  type->fields = std::make_unique<JsonField[]>(static_cast<size_t>(descriptor->field_count()));
  for (int i = 0; i < descriptor->field_count(); ++i) {
    const FieldDescriptor* field = descriptor->field(i);
    JsonField& info = type->fields[static_cast<size_t>(i)];
    info.field = field;
    info.cpp_type = field->cpp_type();
    info.repeated = field->is_repeated();
    info.map = field->is_map();
    info.bytes = field->type() == FieldDescriptor::TYPE_BYTES;
    info.null_value = info.cpp_type == FieldDescriptor::CPPTYPE_ENUM &&
                      field->enum_type()->full_name() == "google.protobuf.NullValue";
    info.primitive =
        field->is_repeated() || (info.cpp_type != FieldDescriptor::CPPTYPE_MESSAGE && !field->has_presence());
    info.sensitive = !field->options().GetExtension(kam::api::field).sensitive().empty();
    AppendJsonString(field->json_name(), &info.key);
    info.key.push_back(':');
    type->by_name.emplace(field->name(), &info);
  }
  // The JSON name wins should it equal the original name of another field.
  for (int i = 0; i < descriptor->field_count(); ++i) {
    type->by_name[descriptor->field(i)->json_name()] = &type->fields[static_cast<size_t>(i)];
  }
  std::unique_lock lock(mutex_);
  return *types_.emplace(descriptor, std::move(type)).first->second;
}

}  // namespace kam::gateway
