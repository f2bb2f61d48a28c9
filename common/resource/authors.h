// Who changed a resource before, out of its history.
#ifndef KAM_COMMON_RESOURCE_AUTHORS_H_
#define KAM_COMMON_RESOURCE_AUTHORS_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/resource/runtime.h"

namespace kam::resource {

// Whether `subject` (employees/{id}) has ever changed the resource `name` by one of `methods`: full names, or patterns
// of SQL LIKE.
absl::StatusOr<bool> Changed(UnitOfWork& work, absl::string_view subject, absl::string_view name,
                             const std::vector<std::string>& methods);
// The same of the caller.
absl::StatusOr<bool> CallerChanged(UnitOfWork& work, absl::string_view name, const std::vector<std::string>& methods);

}  // namespace kam::resource

#endif  // KAM_COMMON_RESOURCE_AUTHORS_H_
