#include "common/resource/type.h"

#include <algorithm>
#include <cctype>
#include <cstdio>
#include <cstdlib>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "common/status/status.h"

namespace kam::resource {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::EnumDescriptor;
using google::protobuf::EnumValueDescriptor;
using google::protobuf::FieldDescriptor;

std::string SnakeCase(absl::string_view camel) {
  std::string out;
  for (size_t i = 0; i < camel.size(); ++i) {
    const char c = camel[i];
    if (absl::ascii_isupper(static_cast<unsigned char>(c))) {
      if (i > 0) out.push_back('_');
      out.push_back(static_cast<char>(std::tolower(static_cast<unsigned char>(c))));
    } else {
      out.push_back(c);
    }
  }
  return out;
}

// Bytes of the value's name that only repeat the name of its enum: of ACCOUNT_STATE_ACTIVE in AccountState the
// first 14. Asked for every enum cell of every row, so that no name is spelt out for it.
size_t EnumPrefixLength(const EnumValueDescriptor* value) {
  const absl::string_view name = value->name();
  size_t at = 0;
  const auto take = [&](char c) { return at < name.size() && name[at] == c ? (++at, true) : false; };
  const absl::string_view type = value->type()->name();
  for (size_t i = 0; i < type.size(); ++i) {
    const auto c = static_cast<unsigned char>(type[i]);
    if (absl::ascii_isupper(c) && i > 0 && !take('_')) return 0;
    if (!take(absl::ascii_toupper(c))) return 0;
  }
  return take('_') ? at : 0;
}

absl::string_view ShortNameView(const EnumValueDescriptor* value) {
  if (value->number() == 0) return "";
  return absl::string_view(value->name()).substr(EnumPrefixLength(value));
}

absl::Status Contradiction(const FieldDescriptor* field, absl::string_view what) {
  return Internal(absl::StrCat("options of ", field->full_name(), ": ", what));
}

absl::StatusOr<Kind> KindOf(const FieldDescriptor* field, const kam::api::Field& rules) {
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      if (field->type() == FieldDescriptor::TYPE_BYTES) return Contradiction(field, "bytes are not stored");
      if (rules.format() == kam::api::FORMAT_DATE) return Kind::kDate;
      if (rules.format() == kam::api::FORMAT_DECIMAL) return Kind::kDecimal;
      if (rules.reference() == "*") return Kind::kName;
      if (!rules.reference().empty()) return Kind::kReference;
      return Kind::kText;
    case FieldDescriptor::CPPTYPE_INT32:
    case FieldDescriptor::CPPTYPE_INT64:
    case FieldDescriptor::CPPTYPE_UINT32:
      return Kind::kInteger;
    case FieldDescriptor::CPPTYPE_BOOL:
      return Kind::kBool;
    case FieldDescriptor::CPPTYPE_ENUM:
      return Kind::kEnum;
    case FieldDescriptor::CPPTYPE_MESSAGE:
      if (field->is_map()) return Contradiction(field, "maps are not stored");
      if (field->message_type()->full_name() == "google.protobuf.Timestamp") return Kind::kTimestamp;
      if (field->message_type()->full_name() == "google.type.Money") return Kind::kMoney;
      return Kind::kMessage;
    default:
      return Contradiction(field, "type is not stored: use a decimal string or an integer");
  }
}

struct Prefix {
  std::string path;
  std::string column;
  int depth = 0;
};

constexpr int kFlattenDepthMax = 3;

absl::StatusOr<Field> MakeField(const FieldDescriptor* descriptor, const Prefix& prefix);

absl::Status AddFields(const Descriptor* message, const Prefix& prefix, std::vector<Field>* out) {
  for (int i = 0; i < message->field_count(); ++i) {
    const FieldDescriptor* descriptor = message->field(i);
    const kam::api::Field& rules = descriptor->options().GetExtension(kam::api::field);
    if (rules.computed()) continue;
    if (descriptor->is_repeated()) return Contradiction(descriptor, "a repeated field inside a child is not stored");
    ASSIGN_OR_RETURN(Field field, MakeField(descriptor, prefix));
    out->push_back(std::move(field));
  }
  return absl::OkStatus();
}

absl::StatusOr<Field> MakeField(const FieldDescriptor* descriptor, const Prefix& prefix) {
  const kam::api::Field& rules = descriptor->options().GetExtension(kam::api::field);
  Field field;
  field.descriptor = descriptor;
  field.rules = &rules;
  ASSIGN_OR_RETURN(field.kind, KindOf(descriptor, rules));
  field.path = absl::StrCat(prefix.path, descriptor->name());
  field.column = absl::StrCat(prefix.column, rules.column().empty() ? descriptor->name() : rules.column());
  field.nullable = !((field.kind == Kind::kInteger && !descriptor->has_presence()) || field.kind == Kind::kBool);
  if (field.kind == Kind::kMessage) {
    if (prefix.depth >= kFlattenDepthMax) return Contradiction(descriptor, "messages are nested too deep");
    RETURN_IF_ERROR(AddFields(descriptor->message_type(),
                              {absl::StrCat(field.path, "."), absl::StrCat(field.column, "_"), prefix.depth + 1},
                              &field.fields));
  }
  return field;
}

void Index(const std::vector<Field>& fields, std::map<std::string, const Field*, std::less<>>* by_path) {
  for (const Field& field : fields) {
    by_path->emplace(field.path, &field);
    Index(field.fields, by_path);
  }
}

}  // namespace

bool IsSystemField(absl::string_view field) {
  return std::find(kSystemFields.begin(), kSystemFields.end(), field) != kSystemFields.end();
}

std::string ShortEnumName(const EnumValueDescriptor* value) { return std::string(ShortNameView(value)); }

const EnumValueDescriptor* FindEnumValue(const EnumDescriptor* type, absl::string_view name) {
  const EnumValueDescriptor* found = nullptr;
  for (int i = 0; i < type->value_count(); ++i) {
    const EnumValueDescriptor* value = type->value(i);
    if (value->name() == name) return value;
    if (found == nullptr && value->number() != 0 && ShortNameView(value) == name) found = value;
  }
  return found;
}

absl::StatusOr<std::unique_ptr<Type>> Type::FromDescriptor(const Descriptor* descriptor) {
  const kam::api::Resource& rules = descriptor->options().GetExtension(kam::api::resource);
  if (rules.collection().empty() || rules.table().empty()) {
    return Internal(absl::StrCat(descriptor->full_name(), " has no (kam.api.resource) with collection and table"));
  }
  if (!rules.scope().everyone() && rules.scope().owner().empty() && rules.scope().account().empty()) {
    return Internal(absl::StrCat(descriptor->full_name(), " has no row scope"));
  }
  auto type = std::unique_ptr<Type>(new Type);
  type->descriptor_ = descriptor;
  type->rules_ = &rules;
  type->singular_ = SnakeCase(descriptor->name());
  for (size_t i = 0; i < kSystemFields.size(); ++i) {
    type->system_[i] = descriptor->FindFieldByName(std::string(kSystemFields[i]));
  }
  for (const char* system : {"name", "etag", "create_time", "update_time"}) {
    if (descriptor->FindFieldByName(system) == nullptr) {
      return Internal(absl::StrCat(descriptor->full_name(), " lacks the system field ", system));
    }
  }
  for (int i = 0; i < descriptor->field_count(); ++i) {
    const FieldDescriptor* field = descriptor->field(i);
    if (IsSystemField(field->name())) continue;
    const kam::api::Field& field_rules = field->options().GetExtension(kam::api::field);
    if (field_rules.computed()) continue;
    if (!field->is_repeated()) {
      ASSIGN_OR_RETURN(Field made, MakeField(field, {}));
      type->fields_.push_back(std::move(made));
      continue;
    }
    Child child;
    child.descriptor = field;
    child.rules = &field_rules;
    child.path = field->name();
    child.table =
        field_rules.child_table().empty() ? absl::StrCat(rules.table(), "_", field->name()) : field_rules.child_table();
    const bool plain_message = field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE &&
                               field->message_type()->full_name() != "google.protobuf.Timestamp" &&
                               field->message_type()->full_name() != "google.type.Money";
    child.is_message = plain_message;
    if (plain_message) {
      RETURN_IF_ERROR(AddFields(field->message_type(), {}, &child.fields));
    } else {
      Field value;
      value.descriptor = field;
      value.rules = &field_rules;
      ASSIGN_OR_RETURN(value.kind, KindOf(field, field_rules));
      if (value.kind == Kind::kMoney || value.kind == Kind::kTimestamp) {
        return Contradiction(field, "a repeated value of this type is not stored");
      }
      value.path = field->name();
      value.column = "value";
      value.nullable = false;
      child.fields.push_back(std::move(value));
    }
    type->children_.push_back(std::move(child));
  }
  Index(type->fields_, &type->by_path_);
  const std::string& account = rules.scope().account();
  for (const std::string& scope : {rules.scope().owner(), account}) {
    if (scope.empty() || scope == "name") continue;
    const Field* field = type->FindField(scope);
    if (field == nullptr || field->kind != Kind::kReference) {
      return Internal(absl::StrCat(descriptor->full_name(), ": scope field ", scope, " is not a reference"));
    }
  }
  return type;
}

const Field* Type::FindField(absl::string_view path) const {
  const auto it = by_path_.find(path);
  return it == by_path_.end() ? nullptr : it->second;
}

const FieldDescriptor* Type::system(absl::string_view field) const {
  const auto found = std::find(kSystemFields.begin(), kSystemFields.end(), field);
  return found == kSystemFields.end() ? nullptr : system_[static_cast<size_t>(found - kSystemFields.begin())];
}

std::unique_ptr<google::protobuf::Message> Type::New() const {
  return std::unique_ptr<google::protobuf::Message>(
      google::protobuf::MessageFactory::generated_factory()->GetPrototype(descriptor_)->New());
}

void Catalog::Add(const Descriptor* descriptor) {
  absl::StatusOr<std::unique_ptr<Type>> type = Type::FromDescriptor(descriptor);
  if (!type.ok() || by_collection_.count((*type)->collection()) > 0) {
    std::fprintf(stderr, "resource catalogue: %s\n",
                 type.ok() ? "collection is declared twice" : std::string(type.status().message()).c_str());
    std::abort();
  }
  by_descriptor_.emplace(descriptor, type->get());
  by_collection_.emplace((*type)->collection(), type->get());
  types_.push_back(*std::move(type));
}

const Type* Catalog::Find(const Descriptor* descriptor) const {
  const auto it = by_descriptor_.find(descriptor);
  return it == by_descriptor_.end() ? nullptr : it->second;
}

const Type* Catalog::FindCollection(absl::string_view collection) const {
  const auto it = by_collection_.find(collection);
  return it == by_collection_.end() ? nullptr : it->second;
}

}  // namespace kam::resource
