// Who hands a deal, a need, a plan to another person.
#ifndef KAM_ACCOUNT_SVC_PIPELINE_OWNER_CHANGE_H_
#define KAM_ACCOUNT_SVC_PIPELINE_OWNER_CHANGE_H_

#include <string>

#include "absl/strings/string_view.h"
#include "common/resource/runtime.h"
#include "common/status/status.h"

namespace kam::account {

// Whoever reaches the record by his own account does not hand it to another person, himself included:
// OWNER_CHANGE_DENIED on `field`.
inline absl::Status CheckOwnerChange(const resource::UnitOfWork& work, const std::string& before,
                                     const std::string& after, absl::string_view field) {
  if (before.empty() || before == after || work.level() != auth::Level::kOwn) return absl::OkStatus();
  return InvalidField(field, "OWNER_CHANGE_DENIED", "is changed by somebody who leads both; a superior may",
                      {{"value", after}, {"owner", before}});
}

}  // namespace kam::account

#endif  // KAM_ACCOUNT_SVC_PIPELINE_OWNER_CHANGE_H_
