// Who wrote what is reviewed or released (C-01, C-11, C-14).
#ifndef KAM_CONTRACT_SVC_AUTHORS_H_
#define KAM_CONTRACT_SVC_AUTHORS_H_

#include <string>
#include <vector>

#include "common/resource/runtime.h"
#include "kam/approval/v1/approval_request.pb.h"

namespace kam::contract {

// The caller has written none of the words of `subject`: was never the actor of `update`, the full name of a method
// that writes or changes them. SEPARATION_OF_DUTIES.
absl::Status CheckNotAuthor(resource::UnitOfWork& work, const std::string& subject, const std::string& update);

// The same, of all who have approved a step of `request` or lent their place for it, about its subject and every one of
// `updates`.
absl::Status CheckNoAuthorApproved(resource::UnitOfWork& work, const approval::v1::ApprovalRequest& request,
                                   const std::vector<std::string>& updates);

}  // namespace kam::contract

#endif  // KAM_CONTRACT_SVC_AUTHORS_H_
