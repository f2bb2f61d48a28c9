// Text forms of google.protobuf.Timestamp and Duration.
#ifndef KAM_GATEWAY_JSON_JSON_TIMES_H_
#define KAM_GATEWAY_JSON_JSON_TIMES_H_

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "gateway/json/json_values.h"

namespace kam::gateway {

// RFC 3339 with upper-case T and Z, offset allowed, at most 9 digits of a second; years 0001 to 9999.
ValueCode ParseTimestamp(absl::string_view text, int64_t* seconds, int32_t* nanos);
// "-3.5s"; at most 9 digits after the dot; up to 10,000 years either way.
ValueCode ParseDuration(absl::string_view text, int64_t* seconds, int32_t* nanos);

// Append the text form, without quotes. False when the value has none.
bool AppendTimestamp(int64_t seconds, int32_t nanos, std::string* out);
bool AppendDuration(int64_t seconds, int32_t nanos, std::string* out);

}  // namespace kam::gateway

#endif  // KAM_GATEWAY_JSON_JSON_TIMES_H_
