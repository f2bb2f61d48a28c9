// What the proto options say of a resource, worked out once at start-up: names, columns, children, rules.
//
// How a field is stored (docs/adr/0006-relational-mapping.md): text, decimal, date, enum, reference and timestamp
// fields are NULL when not set; numbers and booleans are NOT NULL; Money takes two columns {field}_amount and
// {field}_currency; a singular message is flattened with the prefix {field}_; a repeated field is a child table
// {table}_{field} (parent_id, position, ...). Enums are stored by name without the enum's prefix, references to one
// collection by id, references to any collection by full name.
#ifndef KAM_COMMON_RESOURCE_TYPE_H_
#define KAM_COMMON_RESOURCE_TYPE_H_

#include <array>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"
#include "kam/api/field.pb.h"
#include "kam/api/resource.pb.h"

namespace kam::resource {

// How a single-valued field is read and stored.
enum class Kind {
  kText,       // VARCHAR, TEXT
  kDate,       // DATE
  kDecimal,    // DECIMAL(precision, scale)
  kReference,  // CHAR(26): id in one collection
  kName,       // VARCHAR(96): full name in any collection
  kEnum,       // VARCHAR(48)
  kInteger,    // BIGINT, INT
  kBool,       // TINYINT(1)
  kTimestamp,  // DATETIME(6), UTC
  kMoney,      // {column}_amount DECIMAL(19,4), {column}_currency CHAR(3)
  kMessage,    // Flattened; see Field::fields.
};

// One stored field of a resource, of a child or of a flattened message.
struct Field {
  const google::protobuf::FieldDescriptor* descriptor = nullptr;
  const kam::api::Field* rules = nullptr;
  Kind kind = Kind::kText;
  std::string path;           // From the resource or child: "address.city".
  std::string column;         // "address_city"; for money without the suffix.
  bool nullable = true;       // The column allows NULL.
  std::vector<Field> fields;  // kMessage: its fields, paths and columns complete.
};

// One repeated field: its rows live in a table of their own.
struct Child {
  const google::protobuf::FieldDescriptor* descriptor = nullptr;
  const kam::api::Field* rules = nullptr;
  std::string table;
  std::string path;
  // Of a message child: its fields. Of a scalar child: one field with column "value" whose descriptor is the repeated
  // field itself.
  std::vector<Field> fields;
  bool is_message = false;
};

inline constexpr std::array<absl::string_view, 9> kSystemFields = {
    "name", "etag", "create_time", "update_time", "archive_time", "creator", "updater", "external_ids", "number"};

// A resource type.
class Type {
 public:
  // Fails with INTERNAL naming message and field when the options contradict themselves.
  static absl::StatusOr<std::unique_ptr<Type>> FromDescriptor(const google::protobuf::Descriptor* descriptor);

  const google::protobuf::Descriptor* descriptor() const { return descriptor_; }
  const kam::api::Resource& rules() const { return *rules_; }
  const std::string& collection() const { return rules_->collection(); }
  const std::string& table() const { return rules_->table(); }
  // lowerCamelCase singular of error messages and events: the message name in snake_case, "account".
  const std::string& singular() const { return singular_; }

  // Stored single-valued fields in declaration order, system fields left out.
  const std::vector<Field>& fields() const { return fields_; }
  const std::vector<Child>& children() const { return children_; }

  // A stored single-valued field by its path ("address.city"), also inside flattened messages; null when there is none.
  const Field* FindField(absl::string_view path) const;

  // System fields, null when the message does not have them. Every resource has name, etag, create_time, update_time.
  const google::protobuf::FieldDescriptor* system(absl::string_view field) const;
  bool has_external_ids() const { return system("external_ids") != nullptr; }

  std::unique_ptr<google::protobuf::Message> New() const;

 private:
  Type() = default;
  const google::protobuf::Descriptor* descriptor_ = nullptr;
  const kam::api::Resource* rules_ = nullptr;
  std::string singular_;
  std::vector<Field> fields_;
  std::vector<Child> children_;
  std::map<std::string, const Field*, std::less<>> by_path_;
  std::array<const google::protobuf::FieldDescriptor*, kSystemFields.size()> system_{};  // As kSystemFields.
};

// System fields: set by the runtime only, stored in the columns id, version, create_time, update_time, creator,
// updater, archive_time, number and in table external_ids.
bool IsSystemField(absl::string_view field);

// Enum value names without the prefix of their enum: ACCOUNT_STATE_ACTIVE -> ACTIVE; the zero value -> "".
std::string ShortEnumName(const google::protobuf::EnumValueDescriptor* value);
// The value of a short or full name; null when there is none.
const google::protobuf::EnumValueDescriptor* FindEnumValue(const google::protobuf::EnumDescriptor* type,
                                                           absl::string_view name);

// The resource types a program stores.
class Catalog {
 public:
  // Dies on contradictory options: a program must not start with them.
  void Add(const google::protobuf::Descriptor* descriptor);
  template <typename T>
  void Add() {
    Add(T::descriptor());
  }
  const Type* Find(const google::protobuf::Descriptor* descriptor) const;
  const Type* FindCollection(absl::string_view collection) const;
  const std::vector<std::unique_ptr<Type>>& types() const { return types_; }

 private:
  std::vector<std::unique_ptr<Type>> types_;
  std::map<const google::protobuf::Descriptor*, const Type*> by_descriptor_;
  std::map<std::string, const Type*, std::less<>> by_collection_;
};

}  // namespace kam::resource

#endif  // KAM_COMMON_RESOURCE_TYPE_H_
