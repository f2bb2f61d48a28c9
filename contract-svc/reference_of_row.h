// What a row refers to, read before the row is locked: the lock order wants the other row first.
#ifndef KAM_CONTRACT_SVC_REFERENCE_OF_ROW_H_
#define KAM_CONTRACT_SVC_REFERENCE_OF_ROW_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/resource/runtime.h"

namespace kam::contract {

// The name in a reference field of the row `name`, which never changes; empty when it is not set. Read without a lock.
// NOT_FOUND for a row that the caller does not reach: nothing of it is locked and nothing is said.
absl::StatusOr<std::string> ReferenceOfRow(resource::UnitOfWork& work, const google::protobuf::Descriptor* type,
                                           absl::string_view field, absl::string_view name);

}  // namespace kam::contract

#endif  // KAM_CONTRACT_SVC_REFERENCE_OF_ROW_H_
