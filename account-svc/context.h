// What every part of the account service needs, and small helpers over the runtime.
#ifndef KAM_ACCOUNT_SVC_CONTEXT_H_
#define KAM_ACCOUNT_SVC_CONTEXT_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "account-svc/policy.h"
#include "common/resource/names.h"
#include "common/resource/runtime.h"
#include "common/schedule/schedule.h"

namespace kam::account {

class Peers;

struct Context {
  resource::Runtime& runtime;
  const Policy& policy;
  absl::TimeZone zone;
  // Where the areas say what they do when something is due; null where nothing is run, as in the bootstrap.
  schedule::Scheduler* scheduler = nullptr;
  // The other services; never null.
  std::shared_ptr<const Peers> peers;

  // The day on which `now` falls in the business's time zone, as ISO text.
  std::string Today(absl::Time now) const;
};

using resource::IdOf;
// "{id}" -> "accounts/{id}"; empty stays empty.
std::string NameOf(absl::string_view collection, const std::string& id);

// Name of the calling employee; PERMISSION_DENIED PERSON_REQUIRED for a program.
absl::StatusOr<std::string> Person(const resource::UnitOfWork& work);

// The field rules of kam.api, before a hook looks at the values.
absl::Status Validate(const resource::UnitOfWork& work, const google::protobuf::Message& resource);

// The caller must reach `account` with account.read, and the account must not be CLOSED. PERMISSION_DENIED
// OUT_OF_SCOPE, FAILED_PRECONDITION ACCOUNT_CLOSED. An import is not asked.
absl::Status CheckAccountUsable(resource::UnitOfWork& work, const std::string& account);

}  // namespace kam::account

#endif  // KAM_ACCOUNT_SVC_CONTEXT_H_
