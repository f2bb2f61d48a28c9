// Text forms of single values: numbers, base64, times, masks. Shared by JSON, path variables and query parameters.
#ifndef KAM_GATEWAY_JSON_JSON_VALUES_H_
#define KAM_GATEWAY_JSON_JSON_VALUES_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace google::protobuf {
class FieldDescriptor;
class Message;
}  // namespace google::protobuf

namespace kam::gateway {

enum class ValueCode {
  kOk,
  // Not of the form of the type.
  kWrongType,
  // Of the form, but beyond the limits of the type.
  kOutOfRange,
};

// Numbers in the grammar of JSON; integers may have a fraction of zeros or an exponent (1e3) as long as the value is
// whole. No rounding takes place.
ValueCode ParseInt64(absl::string_view text, int64_t* value);
ValueCode ParseUint64(absl::string_view text, uint64_t* value);
ValueCode ParseInt32(absl::string_view text, int32_t* value);
ValueCode ParseUint32(absl::string_view text, uint32_t* value);
// Also "NaN", "Infinity" and "-Infinity" when `named` is set. Too large: kOutOfRange; too small: zero.
ValueCode ParseDouble(absl::string_view text, bool named, double* value);
ValueCode ParseFloat(absl::string_view text, bool named, float* value);

// Standard or URL-safe alphabet (not mixed), padding all or none, unused bits zero.
ValueCode ParseBase64(absl::string_view text, std::string* bytes);

// RFC 3339 with upper-case T and Z, offset allowed, at most 9 digits of a second; years 0001 to 9999.
ValueCode ParseTimestamp(absl::string_view text, int64_t* seconds, int32_t* nanos);
// "-3.5s"; at most 9 digits after the dot; up to 10,000 years either way.
ValueCode ParseDuration(absl::string_view text, int64_t* seconds, int32_t* nanos);
// "legalName,address.city"; snake_case paths are taken too.
ValueCode ParseFieldMask(absl::string_view text, std::vector<std::string>* paths);

// Append the text form, without quotes. False when the value has none.
bool AppendTimestamp(int64_t seconds, int32_t nanos, std::string* out);
bool AppendDuration(int64_t seconds, int32_t nanos, std::string* out);
bool AppendCamelPath(absl::string_view snake_path, std::string* out);
void AppendBase64(absl::string_view bytes, std::string* out);

// True when `text` is well-formed UTF-8 (no surrogates, no overlong forms).
bool IsUtf8(absl::string_view text);

// Sets a scalar, enum, wrapper, Timestamp, Duration or FieldMask field from text (query and path form: bool is true or
// false, enums by name or known number, bytes in base64); adds to a repeated field. `field` must be of such a kind.
ValueCode SetFieldFromText(absl::string_view text, const google::protobuf::FieldDescriptor* field,
                           google::protobuf::Message* message);

// True when SetFieldFromText knows the type of the field.
bool HasTextForm(const google::protobuf::FieldDescriptor* field);

// What a value of the field must look like, for an error: "an integer from 0 to 4294967295".
std::string ExpectedForm(const google::protobuf::FieldDescriptor* field);

}  // namespace kam::gateway

#endif  // KAM_GATEWAY_JSON_JSON_VALUES_H_
