// Strict proto3 JSON for any message, generated or dynamic, by descriptors and reflection.
//
// Reading refuses what the proto3 JSON mapping leaves open or other readers let pass: malformed text and text after the
// value, duplicate and unknown members, two members of one oneof, wrong types, numbers that do not fit, unknown enum
// values, base64 that is not canonical, text that is not UTF-8 (lone surrogates included), too deep a nesting. Members
// are taken by JSON name or by original name; null means unset.
//
// Errors are INVALID_ARGUMENT with the path of the field (snake_case) as violation and the metadata "pointer", an
// RFC 6901 pointer into the text. Reasons: JSON_MALFORMED, JSON_DUPLICATE_MEMBER, JSON_UNKNOWN_FIELD, JSON_WRONG_TYPE,
// JSON_VALUE_OUT_OF_RANGE, JSON_TOO_DEEP, JSON_TOO_LARGE.
#ifndef KAM_GATEWAY_JSON_JSON_H_
#define KAM_GATEWAY_JSON_JSON_H_

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace google::protobuf {
class FieldDescriptor;
class Message;
}  // namespace google::protobuf

namespace kam::gateway {

inline constexpr int kJsonDepthMax = 32;
inline constexpr size_t kJsonBytesMax = size_t{16} << 20;

struct JsonOptions {
  // Most objects and arrays open at once when reading.
  int depth_max = kJsonDepthMax;
  // Longest text read, in bytes.
  size_t bytes_max = kJsonBytesMax;
  // Print numbers, strings, enums, repeated fields and maps that hold their default too.
  bool always_print_primitives = false;
};

class JsonTypes;

// Reads and prints messages. Keeps a table of every message type met, so one codec should live as long as the program.
// Thread-safe. The descriptors of all messages given to a codec must outlive it.
class JsonCodec {
 public:
  explicit JsonCodec(const JsonOptions& options = {});
  ~JsonCodec();
  JsonCodec(const JsonCodec&) = delete;
  JsonCodec& operator=(const JsonCodec&) = delete;

  // Reads one JSON value into `message`, which should be empty; after an error its content is unspecified. `paths`,
  // when given, receives the field paths (snake_case) present in the text, null members included: leaf by leaf through
  // singular messages; a repeated field, a map or a value type (google.protobuf.*, google.type.*) is one path.
  absl::Status Parse(absl::string_view json, google::protobuf::Message* message,
                     std::vector<std::string>* paths = nullptr) const;

  // Reads the value of one field of `message`, of any kind. Paths of violations start with the name of the field;
  // `paths` are relative to the field.
  absl::Status ParseField(absl::string_view json, const google::protobuf::FieldDescriptor* field,
                          google::protobuf::Message* message, std::vector<std::string>* paths = nullptr) const;

  // Appends the JSON text of `message` to `out`. Deterministic: fields in order of declaration, map entries by key.
  // Text that is not UTF-8 is printed with U+FFFD. INTERNAL when the message holds what JSON has no form for (a
  // Timestamp out of range, a NaN in a Value); `out` is then cut back to what it was.
  absl::Status Print(const google::protobuf::Message& message, std::string* out) const;

  // Appends the value of one field; an unset message prints as {}, an unset scalar as its default.
  absl::Status PrintField(const google::protobuf::Message& message, const google::protobuf::FieldDescriptor* field,
                          std::string* out) const;

 private:
  JsonOptions options_;
  std::unique_ptr<JsonTypes> types_;
};

}  // namespace kam::gateway

#endif  // KAM_GATEWAY_JSON_JSON_H_
