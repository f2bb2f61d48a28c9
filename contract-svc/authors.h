// Who wrote what is reviewed or released (C-01, C-11, C-14).
#ifndef KAM_CONTRACT_SVC_AUTHORS_H_
#define KAM_CONTRACT_SVC_AUTHORS_H_

#include <string>

#include "common/resource/runtime.h"

namespace kam::contract {

// The caller has written none of the words of `subject`: was never the actor of `update`, the full name of the method
// that changes them. SEPARATION_OF_DUTIES.
absl::Status CheckNotAuthor(resource::UnitOfWork& work, const std::string& subject, const std::string& update);

}  // namespace kam::contract

#endif  // KAM_CONTRACT_SVC_AUTHORS_H_
