// Field masks (AIP-134, AIP-161) and the guards of sensitive fields.
#ifndef KAM_COMMON_RESOURCE_MASK_H_
#define KAM_COMMON_RESOURCE_MASK_H_

#include <set>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/auth/principal.h"
#include "common/resource/type.h"
#include "google/protobuf/field_mask.pb.h"
#include "google/protobuf/message.h"

namespace kam::resource {

// The writable paths an update is about: the mask's; with an empty mask those set in `patch`; with "*" all. Output-only
// and system paths are left out silently (AIP-203), unknown ones are INVALID_ARGUMENT FIELD_MASK_PATH_UNKNOWN on
// "update_mask"; repeated fields and flattened messages are replaced whole, paths into a flattened message are allowed,
// paths into repeated fields are not.
absl::StatusOr<std::vector<std::string>> ResolveMask(const Type& type, const google::protobuf::FieldMask& mask,
                                                     const google::protobuf::Message& patch);

// Copies the fields at `paths` from `patch` into `target`; a path not set in `patch` is cleared.
void ApplyPaths(const Type& type, const std::vector<std::string>& paths, const google::protobuf::Message& patch,
                google::protobuf::Message* target);

// The permissions of the sensitive fields that `paths` touch; PERMISSION_DENIED FIELD_NOT_PERMITTED (metadata field,
// permission) when `writer` holds one of them nowhere. Where he holds it: CheckSensitiveRow.
absl::StatusOr<std::set<std::string>> CheckSensitivePaths(const Type& type, const std::vector<std::string>& paths,
                                                          const auth::Principal& writer);

// Asks `keep` about every sensitive field that is set, at any depth of any message, and clears those it refuses. It
// gets the permission and the nearest resource around the field (null: there is none).
using KeepSensitive = absl::FunctionRef<bool(const std::string& permission, const google::protobuf::Message* resource)>;
void VisitSensitive(KeepSensitive keep, google::protobuf::Message* message);

}  // namespace kam::resource

#endif  // KAM_COMMON_RESOURCE_MASK_H_
