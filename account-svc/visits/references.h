// References of what a customer said to visits, deals and leads: of the same account, within reach of whoever writes.
#ifndef KAM_ACCOUNT_SVC_VISITS_REFERENCES_H_
#define KAM_ACCOUNT_SVC_VISITS_REFERENCES_H_

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "common/resource/runtime.h"

namespace kam::account {

// `visit` (may be empty) is one to `account` within the caller's reach by visit.read: OUT_OF_SCOPE,
// VISIT_OF_ANOTHER_ACCOUNT on `field`. An import is not asked; what is not there is named by the runtime.
absl::Status CheckVisitOf(resource::UnitOfWork& work, const std::string& account, const std::string& visit,
                          absl::string_view field);

// `lead` (may be empty) is within the caller's reach by lead.read: OUT_OF_SCOPE.
absl::Status CheckLeadReach(resource::UnitOfWork& work, const std::string& lead);

}  // namespace kam::account

#endif  // KAM_ACCOUNT_SVC_VISITS_REFERENCES_H_
