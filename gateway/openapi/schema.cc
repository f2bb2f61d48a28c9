#include "gateway/openapi/schema.h"

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "gateway/json/json_types.h"
#include "kam/api/field.pb.h"
#include "kam/api/resource.pb.h"

namespace kam::gateway {

using google::protobuf::Descriptor;
using google::protobuf::EnumDescriptor;
using google::protobuf::EnumValueDescriptor;
using google::protobuf::FieldDescriptor;

namespace {

// Limits of kam.api.Field where the option leaves them out.
constexpr uint32_t kMaxLengthDefault = 200;
constexpr uint32_t kTextMaxLengthDefault = 4000;
constexpr uint32_t kMaxItemsDefault = 200;
constexpr uint32_t kPrecisionDefault = 19;
constexpr uint32_t kScaleDefault = 4;

Json Ref(const std::string& name) { return {{"$ref", absl::StrCat("#/components/schemas/", name)}}; }

void SetBound(const FieldDescriptor* field, const char* key, const std::string& text, Json* schema) {
  if (text.empty()) return;
  const bool number =
      field->cpp_type() == FieldDescriptor::CPPTYPE_INT32 || field->cpp_type() == FieldDescriptor::CPPTYPE_UINT32 ||
      field->cpp_type() == FieldDescriptor::CPPTYPE_DOUBLE || field->cpp_type() == FieldDescriptor::CPPTYPE_FLOAT;
  int64_t whole = 0;
  double real = 0;
  if (number && absl::SimpleAtoi(text, &whole)) {
    (*schema)[key] = whole;
  } else if (number && absl::SimpleAtod(text, &real)) {
    (*schema)[key] = real;
  } else {
    // Decimals, money and 64-bit integers are strings, to which JSON Schema has no bounds.
    (*schema)[absl::StrCat("x-", key)] = text;
  }
}

void AddTextRules(const kam::api::Field& rules, Json* schema) {
  switch (rules.format()) {
    case kam::api::FORMAT_DATE:
      (*schema)["format"] = "date";
      return;
    case kam::api::FORMAT_DECIMAL: {
      (*schema)["pattern"] = "^-?[0-9]+(\\.[0-9]+)?$";
      (*schema)["x-precision"] = rules.precision() == 0 ? kPrecisionDefault : rules.precision();
      (*schema)["x-scale"] = rules.precision() == 0 && rules.scale() == 0 ? kScaleDefault : rules.scale();
      return;
    }
    case kam::api::FORMAT_CURRENCY:
      (*schema)["pattern"] = "^[A-Z]{3}$";
      return;
    case kam::api::FORMAT_EMAIL:
      (*schema)["format"] = "email";
      break;
    default:
      break;
  }
  (*schema)["maxLength"] = rules.max_length() > 0                    ? rules.max_length()
                           : rules.format() == kam::api::FORMAT_TEXT ? kTextMaxLengthDefault
                                                                     : kMaxLengthDefault;
  if (!rules.pattern().empty()) (*schema)["pattern"] = absl::StrCat("^(?:", rules.pattern(), ")$");
}

// Rules of one value, in `value`; rules of the field as a whole, in `field_schema`.
void AddRules(const FieldDescriptor* field, Json* value, Json* field_schema) {
  if (!field->options().HasExtension(kam::api::field)) return;
  const kam::api::Field& rules = field->options().GetExtension(kam::api::field);
  if (field->type() == FieldDescriptor::TYPE_STRING) AddTextRules(rules, value);
  SetBound(field, "minimum", rules.minimum(), value);
  SetBound(field, "maximum", rules.maximum(), value);
  if (!rules.reference().empty()) (*value)["x-reference"] = rules.reference();
  if (field->is_repeated() && !field->is_map()) {
    (*field_schema)["maxItems"] = rules.max_items() == 0 ? kMaxItemsDefault : rules.max_items();
    if (rules.required()) (*field_schema)["minItems"] = 1;
  }
  if (rules.output_only()) (*field_schema)["readOnly"] = true;
  if (rules.immutable()) (*field_schema)["x-immutable"] = true;
  if (rules.unique()) (*field_schema)["x-unique"] = true;
  if (rules.filterable()) (*field_schema)["x-filterable"] = true;
  if (rules.sortable()) (*field_schema)["x-sortable"] = true;
  if (rules.searchable()) (*field_schema)["x-searchable"] = true;
  if (!rules.sensitive().empty()) (*field_schema)["x-permission"] = rules.sensitive();
  if (!rules.chinese().empty()) (*field_schema)["x-chinese"] = rules.chinese();
}

Json MessageSchema(SchemaSet* set, const Descriptor* message, bool with_required) {
  Json schema = set->Inline(message, {}, with_required);
  const std::string comment = CommentOf(message);
  if (!comment.empty()) schema["description"] = comment;
  const auto& options = message->options();
  std::vector<std::string> requirements;
  for (const std::string& id : options.GetRepeatedExtension(kam::api::requirements)) requirements.push_back(id);
  if (options.HasExtension(kam::api::resource)) {
    const kam::api::Resource& resource = options.GetExtension(kam::api::resource);
    requirements.insert(requirements.end(), resource.requirements().begin(), resource.requirements().end());
    schema["x-collection"] = resource.collection();
    if (!resource.chinese().empty()) schema["x-chinese"] = resource.chinese();
  }
  if (!requirements.empty()) schema["x-requirement"] = requirements;
  if (options.deprecated()) schema["deprecated"] = true;
  return schema;
}

Json EnumSchema(const EnumDescriptor* type) {
  Json schema = {{"type", "string"}, {"enum", Json::array()}};
  std::string description = CommentOf(type);
  for (int i = 0; i < type->value_count(); ++i) {
    const EnumValueDescriptor* value = type->value(i);
    schema["enum"].push_back(value->name());
    const std::string comment = CommentOf(value);
    if (!comment.empty())
      absl::StrAppend(&description, description.empty() ? "" : "\n", "* ", value->name(), ": ", comment);
  }
  if (!description.empty()) schema["description"] = description;
  return schema;
}

}  // namespace

template <typename AnyDescriptor>
std::string CommentOf(const AnyDescriptor* descriptor) {
  google::protobuf::SourceLocation location;
  if (!descriptor->GetSourceLocation(&location)) return "";
  const std::string& text = location.leading_comments.empty() ? location.trailing_comments : location.leading_comments;
  std::vector<std::string> paragraphs(1);
  for (const absl::string_view raw : absl::StrSplit(text, '\n')) {
    const absl::string_view line = absl::StripAsciiWhitespace(raw);
    if (line.empty()) {
      if (!paragraphs.back().empty()) paragraphs.emplace_back();
    } else {
      absl::StrAppend(&paragraphs.back(), paragraphs.back().empty() ? "" : " ", line);
    }
  }
  if (paragraphs.back().empty()) paragraphs.pop_back();
  return absl::StrJoin(paragraphs, "\n\n");
}

template std::string CommentOf(const FieldDescriptor*);
template std::string CommentOf(const Descriptor*);
template std::string CommentOf(const EnumDescriptor*);
template std::string CommentOf(const google::protobuf::MethodDescriptor*);
template std::string CommentOf(const google::protobuf::ServiceDescriptor*);

Json SchemaSet::OfEnum(const EnumDescriptor* type) {
  enums_.emplace(type->full_name(), type);
  return Ref(type->full_name());
}

Json SchemaSet::OfMessage(const Descriptor* message) {
  switch (WellKnownOf(message)) {
    case WellKnown::kTimestamp:
      return {{"type", "string"}, {"format", "date-time"}};
    case WellKnown::kDuration:
      return {{"type", "string"}, {"pattern", "^-?[0-9]+(\\.[0-9]{1,9})?s$"}};
    case WellKnown::kFieldMask:
      return {{"type", "string"}, {"x-field-mask", true}};
    case WellKnown::kWrapper:
      return OfValue(message->field(0));
    case WellKnown::kStruct:
      return {{"type", "object"}, {"additionalProperties", true}};
    case WellKnown::kValue:
      return Json::object();
    case WellKnown::kListValue:
      return {{"type", "array"}, {"items", Json::object()}};
    case WellKnown::kAny:
      return {{"type", "object"},
              {"properties", {{"@type", {{"type", "string"}}}}},
              {"required", {"@type"}},
              {"additionalProperties", true}};
    case WellKnown::kNone:
      break;
  }
  if (message->full_name() == "google.protobuf.Empty") return {{"type", "object"}, {"additionalProperties", false}};
  messages_.emplace(message->full_name(), message);
  return Ref(message->full_name());
}

Json SchemaSet::OfPatch(const Descriptor* message) {
  if (WellKnownOf(message) != WellKnown::kNone) return OfMessage(message);
  const std::string name = absl::StrCat(message->full_name(), ".Patch");
  patches_.emplace(name, message);
  return Ref(name);
}

Json SchemaSet::OfValue(const FieldDescriptor* field) {
  switch (field->type()) {
    case FieldDescriptor::TYPE_BOOL:
      return {{"type", "boolean"}};
    case FieldDescriptor::TYPE_INT32:
    case FieldDescriptor::TYPE_SINT32:
    case FieldDescriptor::TYPE_SFIXED32:
      return {{"type", "integer"}, {"format", "int32"}};
    case FieldDescriptor::TYPE_UINT32:
    case FieldDescriptor::TYPE_FIXED32:
      return {{"type", "integer"}, {"minimum", 0}, {"maximum", 4294967295}};
    case FieldDescriptor::TYPE_INT64:
    case FieldDescriptor::TYPE_SINT64:
    case FieldDescriptor::TYPE_SFIXED64:
      return {{"type", "string"}, {"format", "int64"}, {"pattern", "^-?[0-9]+$"}};
    case FieldDescriptor::TYPE_UINT64:
    case FieldDescriptor::TYPE_FIXED64:
      return {{"type", "string"}, {"format", "uint64"}, {"pattern", "^[0-9]+$"}};
    case FieldDescriptor::TYPE_DOUBLE:
      return {{"type", "number"}, {"format", "double"}};
    case FieldDescriptor::TYPE_FLOAT:
      return {{"type", "number"}, {"format", "float"}};
    case FieldDescriptor::TYPE_STRING:
      return {{"type", "string"}};
    case FieldDescriptor::TYPE_BYTES:
      return {{"type", "string"}, {"contentEncoding", "base64"}};
    case FieldDescriptor::TYPE_ENUM:
      if (field->enum_type()->full_name() == "google.protobuf.NullValue") return {{"type", "null"}};
      return OfEnum(field->enum_type());
    case FieldDescriptor::TYPE_MESSAGE:
    case FieldDescriptor::TYPE_GROUP:
      return OfMessage(field->message_type());
  }
  return Json::object();
}

Json SchemaSet::OfField(const FieldDescriptor* field) {
  Json schema;
  if (field->is_map()) {
    schema = {{"type", "object"}, {"additionalProperties", OfValue(field->message_type()->field(1))}};
    Json ignored;
    AddRules(field, &ignored, &schema);
  } else if (field->is_repeated()) {
    Json items = OfValue(field);
    schema = {{"type", "array"}};
    AddRules(field, &items, &schema);
    schema["items"] = std::move(items);
  } else {
    schema = OfValue(field);
    AddRules(field, &schema, &schema);
  }
  const std::string comment = CommentOf(field);
  if (!comment.empty()) schema["description"] = comment;
  if (field->options().deprecated()) schema["deprecated"] = true;
  if (field->real_containing_oneof() != nullptr) schema["x-one-of"] = field->real_containing_oneof()->name();
  return schema;
}

Json SchemaSet::Inline(const Descriptor* message, const std::set<std::string>& without, bool with_required) {
  Json schema = {{"type", "object"}, {"properties", Json::object()}, {"additionalProperties", false}};
  Json required = Json::array();
  for (int i = 0; i < message->field_count(); ++i) {
    const FieldDescriptor* field = message->field(i);
    if (without.count(field->name()) > 0) continue;
    schema["properties"][field->json_name()] = OfField(field);
    const kam::api::Field& rules = field->options().GetExtension(kam::api::field);
    // A sensitive field is missing from the answers of some readers.
    if (rules.required() && rules.sensitive().empty()) required.push_back(field->json_name());
  }
  if (with_required && !required.empty()) schema["required"] = std::move(required);
  return schema;
}

Json SchemaSet::Components() {
  Json components = Json::object();
  // A schema may name others, so go on until none is new.
  for (bool more = true; more;) {
    more = false;
    const auto messages = messages_;
    for (const auto& [name, message] : messages) {
      if (components.contains(name)) continue;
      components[name] = MessageSchema(this, message, true);
      more = true;
    }
    const auto patches = patches_;
    for (const auto& [name, message] : patches) {
      if (components.contains(name)) continue;
      components[name] = MessageSchema(this, message, false);
      more = true;
    }
    const auto enums = enums_;
    for (const auto& [name, type] : enums) {
      if (components.contains(name)) continue;
      components[name] = EnumSchema(type);
      more = true;
    }
  }
  return components;
}

}  // namespace kam::gateway
