// What the codec knows of a message type, worked out once. Internal to gateway/json.
#ifndef KAM_GATEWAY_JSON_JSON_TYPES_H_
#define KAM_GATEWAY_JSON_JSON_TYPES_H_

#include <atomic>
#include <cstdint>
#include <memory>
#include <shared_mutex>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"

namespace kam::gateway {

// Messages with a JSON form of their own.
enum class WellKnown : uint8_t {
  kNone,
  kTimestamp,
  kDuration,
  kFieldMask,
  kWrapper,
  kStruct,
  kValue,
  kListValue,
  kAny
};

WellKnown WellKnownOf(const google::protobuf::Descriptor* type);

struct JsonType;

struct JsonField {
  const google::protobuf::FieldDescriptor* field = nullptr;
  google::protobuf::FieldDescriptor::CppType cpp_type = {};
  bool repeated = false;
  bool map = false;
  bool bytes = false;
  bool null_value = false;
  // Printed when always_print_primitives is asked for.
  bool primitive = false;
  // The value must not be repeated in an error.
  bool sensitive = false;
  // "jsonName": with its quotes and colon.
  std::string key;
  // Type of a message field, filled at first use.
  mutable std::atomic<const JsonType*> type{nullptr};
};

struct JsonType {
  const google::protobuf::Descriptor* descriptor = nullptr;
  WellKnown well_known = WellKnown::kNone;
  // google.protobuf.* and google.type.*: one value as far as field masks go.
  bool value_type = false;
  int field_count = 0;
  std::unique_ptr<JsonField[]> fields;
  // Both spellings.
  absl::flat_hash_map<absl::string_view, const JsonField*> by_name;
};

// Key of an entry of a map as text, which two entries share only when their keys are equal values.
std::string MapKeyText(const google::protobuf::Message& entry, const JsonField& key);

class JsonTypes {
 public:
  const JsonType& Of(const google::protobuf::Descriptor* descriptor);
  // Type of a message field.
  const JsonType& Of(const JsonField& field) {
    const JsonType* type = field.type.load(std::memory_order_acquire);
    if (type == nullptr) {
      type = &Of(field.field->message_type());
      field.type.store(type, std::memory_order_release);
    }
    return *type;
  }

 private:
  std::shared_mutex mutex_;
  absl::flat_hash_map<const google::protobuf::Descriptor*, std::unique_ptr<JsonType>> types_;
};

}  // namespace kam::gateway

#endif  // KAM_GATEWAY_JSON_JSON_TYPES_H_
