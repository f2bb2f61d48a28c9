#include "common/resource/change_log.h"

#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/resource/row.h"
#include "common/status/status.h"
#include "google/protobuf/util/json_util.h"
#include "rapidjson/document.h"
#include "rapidjson/stringbuffer.h"
#include "rapidjson/writer.h"

namespace kam::resource {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

using Writer = rapidjson::Writer<rapidjson::StringBuffer>;

void WriteText(const std::string& text, Writer* writer) {
  writer->String(text.data(), static_cast<rapidjson::SizeType>(text.size()));
}

void WriteField(const Message& message, const FieldDescriptor* field, Writer* writer);

void WriteMessage(const Message& message, Writer* writer) {
  // Timestamp and its kin have a JSON form of their own.
  if (absl::StartsWith(message.GetDescriptor()->full_name(), "google.protobuf.")) {
    std::string json;
    // Cannot fail: the message has passed validation.
    const auto printed = google::protobuf::util::MessageToJsonString(message, &json);
    if (!printed.ok()) json = "null";
    writer->RawValue(json.data(), json.size(), rapidjson::kObjectType);
    return;
  }
  std::vector<const FieldDescriptor*> fields;
  message.GetReflection()->ListFields(message, &fields);
  writer->StartObject();
  for (const FieldDescriptor* field : fields) {
    WriteText(field->json_name(), writer);
    WriteField(message, field, writer);
  }
  writer->EndObject();
}

// Element `index` of a repeated field, or the only value.
void WriteValue(const Message& message, const FieldDescriptor* field, int index, Writer* writer) {
  const Reflection* reflection = message.GetReflection();
  const bool repeated = field->is_repeated();
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING: {
      std::string scratch;
      return WriteText(repeated ? reflection->GetRepeatedStringReference(message, field, index, &scratch)
                                : reflection->GetStringReference(message, field, &scratch),
                       writer);
    }
    case FieldDescriptor::CPPTYPE_ENUM:
      return WriteText(
          (repeated ? reflection->GetRepeatedEnum(message, field, index) : reflection->GetEnum(message, field))->name(),
          writer);
    case FieldDescriptor::CPPTYPE_BOOL:
      writer->Bool(repeated ? reflection->GetRepeatedBool(message, field, index) : reflection->GetBool(message, field));
      return;
    case FieldDescriptor::CPPTYPE_INT32:
      writer->Int(repeated ? reflection->GetRepeatedInt32(message, field, index)
                           : reflection->GetInt32(message, field));
      return;
    case FieldDescriptor::CPPTYPE_UINT32:
      writer->Uint(repeated ? reflection->GetRepeatedUInt32(message, field, index)
                            : reflection->GetUInt32(message, field));
      return;
    case FieldDescriptor::CPPTYPE_INT64:
      return WriteText(absl::StrCat(repeated ? reflection->GetRepeatedInt64(message, field, index)
                                             : reflection->GetInt64(message, field)),
                       writer);
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return WriteMessage(
          repeated ? reflection->GetRepeatedMessage(message, field, index) : reflection->GetMessage(message, field),
          writer);
    default:
      writer->Null();
  }
}

void WriteField(const Message& message, const FieldDescriptor* field, Writer* writer) {
  if (!field->is_repeated()) return WriteValue(message, field, 0, writer);
  writer->StartArray();
  const int size = message.GetReflection()->FieldSize(message, field);
  for (int i = 0; i < size; ++i) WriteValue(message, field, i, writer);
  writer->EndArray();
}

// The field as JSON text; empty when it is not set.
std::string FieldJson(const Message& message, const FieldDescriptor* field) {
  const Reflection* reflection = message.GetReflection();
  if (field->is_repeated() ? reflection->FieldSize(message, field) == 0 : !reflection->HasField(message, field)) {
    return "";
  }
  rapidjson::StringBuffer buffer;
  Writer writer(buffer);
  WriteField(message, field, &writer);
  return std::string(buffer.GetString(), buffer.GetSize());
}

// Is the field of the kind whose changes are told?
bool IsTold(const FieldDescriptor* field) {
  return (!IsSystemField(field->name()) || field->name() == "external_ids") &&
         !field->options().GetExtension(kam::api::field).computed();
}

void CollectPermissions(const google::protobuf::Descriptor* message, int depth, std::set<std::string>* out) {
  constexpr int kDepthMax = 4;
  if (depth > kDepthMax) return;
  for (int i = 0; i < message->field_count(); ++i) {
    const FieldDescriptor* field = message->field(i);
    const std::string& sensitive = field->options().GetExtension(kam::api::field).sensitive();
    if (!sensitive.empty()) out->insert(sensitive);
    if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
      CollectPermissions(field->message_type(), depth + 1, out);
    }
  }
}

}  // namespace

std::vector<const FieldDescriptor*> DifferingFields(const Type& type, const Message& before, const Message& after) {
  std::vector<const FieldDescriptor*> fields;
  for (int i = 0; i < type.descriptor()->field_count(); ++i) {
    const FieldDescriptor* field = type.descriptor()->field(i);
    if (!IsTold(field) || SameField(before, after, field)) continue;
    // Messages may differ in bytes that no field stands for.
    if (FieldJson(before, field) != FieldJson(after, field)) fields.push_back(field);
  }
  return fields;
}

std::vector<kam::api::FieldChange> DiffFields(const Type& type, const Message* before, const Message& after) {
  std::vector<kam::api::FieldChange> changes;
  for (int i = 0; i < type.descriptor()->field_count(); ++i) {
    const FieldDescriptor* field = type.descriptor()->field(i);
    if (!IsTold(field) || (before != nullptr && SameField(*before, after, field))) continue;
    std::string old_value = before == nullptr ? std::string() : FieldJson(*before, field);
    std::string new_value = FieldJson(after, field);
    if (old_value == new_value) continue;
    kam::api::FieldChange change;
    change.set_field(field->name());
    change.set_before(std::move(old_value));
    change.set_after(std::move(new_value));
    changes.push_back(std::move(change));
  }
  return changes;
}

std::string ChangesToJson(const std::vector<kam::api::FieldChange>& changes) {
  rapidjson::StringBuffer buffer;
  Writer writer(buffer);
  writer.StartArray();
  for (const kam::api::FieldChange& change : changes) {
    writer.StartArray();
    for (const std::string* text : {&change.field(), &change.before(), &change.after()}) WriteText(*text, &writer);
    writer.EndArray();
  }
  writer.EndArray();
  return buffer.GetString();
}

absl::StatusOr<std::vector<kam::api::FieldChange>> ChangesFromJson(const std::string& json) {
  rapidjson::Document document;
  document.Parse(json.data(), json.size());
  std::vector<kam::api::FieldChange> changes;
  if (document.HasParseError() || !document.IsArray()) return Internal("stored change is not a JSON array");
  for (const auto& entry : document.GetArray()) {
    if (!entry.IsArray() || entry.Size() != 3 || !entry[0].IsString() || !entry[1].IsString() || !entry[2].IsString()) {
      return Internal("stored change is not [field, before, after]");
    }
    kam::api::FieldChange change;
    change.set_field(std::string(entry[0].GetString(), entry[0].GetStringLength()));
    change.set_before(std::string(entry[1].GetString(), entry[1].GetStringLength()));
    change.set_after(std::string(entry[2].GetString(), entry[2].GetStringLength()));
    changes.push_back(std::move(change));
  }
  return changes;
}

std::vector<std::string> PermissionsOf(const Type& type, const std::string& name) {
  std::set<std::string> permissions;
  const FieldDescriptor* field = type.descriptor()->FindFieldByName(name);
  // A field that is no more may have been confidential: nobody holds this.
  if (field == nullptr) permissions.insert("(field removed)");
  if (field != nullptr) {
    const std::string& sensitive = field->options().GetExtension(kam::api::field).sensitive();
    if (!sensitive.empty()) permissions.insert(sensitive);
    if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
      CollectPermissions(field->message_type(), 1, &permissions);
    }
  }
  return {permissions.begin(), permissions.end()};
}

}  // namespace kam::resource
