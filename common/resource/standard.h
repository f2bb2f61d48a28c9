// The standard methods of every resource, bound by the method options.
#ifndef KAM_COMMON_RESOURCE_STANDARD_H_
#define KAM_COMMON_RESOURCE_STANDARD_H_

#include "absl/strings/string_view.h"
#include "common/resource/runtime.h"
#include "common/rpc/call.h"

namespace kam::resource {

inline constexpr int kPageSizeDefault = 25;
inline constexpr int kPageSizeMax = 200;
inline constexpr int kUpsertRowsMax = 500;

// Registers a handler for every method of `service` (full name) whose option `standard` is set. Dies when the method's
// messages do not have the shape of its standard method: a program must not start with them.
//   Get, Archive, Restore, History: requests of kam/api/standard.proto.  List, BatchGet: answer with one repeated field
//   of the resource.  Create, Update: one field of the resource type (and update_mask).  BatchUpsert: one repeated
//   field.
void RegisterStandardMethods(Runtime& runtime, absl::string_view service, rpc::Registry* registry);

}  // namespace kam::resource

#endif  // KAM_COMMON_RESOURCE_STANDARD_H_
