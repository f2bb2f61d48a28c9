// The field rules of kam.api, enforced on input. Every violation is reported at once, by path.
#ifndef KAM_COMMON_RESOURCE_VALIDATE_H_
#define KAM_COMMON_RESOURCE_VALIDATE_H_

#include "absl/strings/string_view.h"
#include "common/resource/type.h"
#include "common/status/status.h"
#include "google/protobuf/message.h"

namespace kam::resource {

inline constexpr uint32_t kTextCharactersDefault = 200;
inline constexpr uint32_t kLongTextCharactersDefault = 4000;
inline constexpr uint32_t kItemsDefault = 200;

// Checks a whole resource before it is stored. Paths begin with `prefix`. Reasons: FIELD_REQUIRED, FIELD_TOO_LONG,
// FIELD_TOO_MANY, FIELD_MALFORMED, FIELD_OUT_OF_RANGE, FIELD_VALUE_UNKNOWN.
void ValidateResource(const google::protobuf::Message& resource, absl::string_view prefix, FieldViolations* violations);

// Checks a request: its own fields and plain messages inside; resources inside are checked when they are stored.
absl::Status ValidateRequest(const google::protobuf::Message& request);

// Removes what a client may not set from a resource it sent: system and output-only fields (AIP-203), at any depth.
// `import`: fields marked importable stay.
void ClearOutputOnly(google::protobuf::Message* resource, bool import);

}  // namespace kam::resource

#endif  // KAM_COMMON_RESOURCE_VALIDATE_H_
