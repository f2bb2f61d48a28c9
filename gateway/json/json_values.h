// Text forms of single values: numbers, base64, field masks. Shared by JSON, path variables and query parameters.
// Times are in json_times.h, the fields that hold such values in field_text.h.
#ifndef KAM_GATEWAY_JSON_JSON_VALUES_H_
#define KAM_GATEWAY_JSON_JSON_VALUES_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

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

// "legalName,address.city"; snake_case paths are taken too.
ValueCode ParseFieldMask(absl::string_view text, std::vector<std::string>* paths);

// Append the text form, without quotes. False when the value has none.
bool AppendCamelPath(absl::string_view snake_path, std::string* out);
void AppendBase64(absl::string_view bytes, std::string* out);

// True when `text` is well-formed UTF-8 (no surrogates, no overlong forms).
bool IsUtf8(absl::string_view text);

}  // namespace kam::gateway

#endif  // KAM_GATEWAY_JSON_JSON_VALUES_H_
