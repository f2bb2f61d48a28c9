// Rows that end with their retention period: the row goes, the audit trail says that and when it went (G-20, G-22).
#ifndef KAM_COMMON_RESOURCE_PURGE_H_
#define KAM_COMMON_RESOURCE_PURGE_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "common/resource/runtime.h"
#include "google/protobuf/descriptor.h"

namespace kam::resource {

// Kind of the last change of a resource whose row is gone; its version is one more than that of the row.
inline constexpr char kDeleted[] = "DELETED";

// Deletes the rows of `type` that `where` (SQL over the columns of its table) is true of, `limit` at most, the oldest
// first, with what hangs on them. Each leaves a change DELETED by `method` with `reason`. Returns how many.
absl::StatusOr<int64_t> Purge(UnitOfWork& work, const Type& type, const google::protobuf::MethodDescriptor& method,
                              const SqlCondition& where, int64_t limit, const std::string& reason);

}  // namespace kam::resource

#endif  // KAM_COMMON_RESOURCE_PURGE_H_
