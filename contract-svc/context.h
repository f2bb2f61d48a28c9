// What every part of the contract service needs, and small helpers over the runtime.
#ifndef KAM_CONTRACT_SVC_CONTEXT_H_
#define KAM_CONTRACT_SVC_CONTEXT_H_

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/resource/names.h"
#include "common/resource/runtime.h"
#include "contract-svc/policy.h"
#include "contract-svc/rules/time.h"

namespace kam::approval {
class Engine;
}

namespace kam::contract {

class PriceCatalog;

// What is asked of account-svc before a transaction: that rows of account_scopes and employee_scopes are there for
// these names. Either may be empty: the rows are there already.
struct Directory {
  using Ensure = std::function<absl::Status(const std::vector<std::string>& names, absl::Time deadline)>;
  Ensure ensure_accounts;
  Ensure ensure_employees;

  absl::Status EnsureAccounts(const std::vector<std::string>& names, absl::Time deadline) const;
  absl::Status EnsureEmployees(const std::vector<std::string>& names, absl::Time deadline) const;
  // The calling person. PERMISSION_DENIED PERSON_REQUIRED for a program.
  absl::Status EnsureCaller(const rpc::Call& call) const;
};

struct Context {
  resource::Runtime& runtime;
  const Policy& policy;
  absl::TimeZone zone;
  Directory directory;
  std::shared_ptr<approval::Engine> approvals;
  std::shared_ptr<PriceCatalog> prices;

  // The day on which `now` falls in the business's time zone, as ISO text.
  std::string Today(absl::Time now) const;
  // The instant at which the day after `date` begins there. DATE_MALFORMED.
  absl::StatusOr<absl::Time> EndOf(absl::string_view date) const;
};

using resource::CheckRead;
using resource::IdOf;

// Name of the calling employee; PERMISSION_DENIED PERSON_REQUIRED for a program.
absl::StatusOr<std::string> Person(const resource::UnitOfWork& work);

// The field rules of kam.api, before a hook looks at the values.
absl::Status Validate(const resource::UnitOfWork& work, const google::protobuf::Message& resource);

// Does `after` say anything else than what is stored as `before`?
bool IsChanged(const resource::UnitOfWork& work, const google::protobuf::Message& before,
               const google::protobuf::Message& after);

using rules::SetTime;
using rules::TimeOf;

// What is known here of an account: from account_scopes, in the transaction of `work`.
struct AccountFacts {
  std::string state;  // Short name, "ACTIVE".
  std::string tier;   // Short name; empty: none.
  std::string region;
  std::string segment;              // Short name; empty: none.
  std::vector<std::string> groups;  // accounts/{id} above it in its group, the nearest first.
};
// NOT_FOUND when the account is not known.
absl::StatusOr<AccountFacts> LoadAccountFacts(resource::UnitOfWork& work, const std::string& account);

}  // namespace kam::contract

#endif  // KAM_CONTRACT_SVC_CONTEXT_H_
