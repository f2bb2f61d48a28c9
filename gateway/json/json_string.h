// Text as a JSON string.
#ifndef KAM_GATEWAY_JSON_JSON_STRING_H_
#define KAM_GATEWAY_JSON_JSON_STRING_H_

#include <string>

#include "absl/strings/string_view.h"

namespace kam::gateway {

// Appends `text` with its quotes and escapes. Bytes that are not UTF-8 become U+FFFD.
void AppendJsonString(absl::string_view text, std::string* out);

}  // namespace kam::gateway

#endif  // KAM_GATEWAY_JSON_JSON_STRING_H_
