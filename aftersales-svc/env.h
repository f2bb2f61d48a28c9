// What the registration of handlers needs, and the frame every verb has in common.
#ifndef KAM_AFTERSALES_SVC_ENV_H_
#define KAM_AFTERSALES_SVC_ENV_H_

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "aftersales-svc/contract_side.h"
#include "aftersales-svc/policy.h"
#include "common/resource/names.h"
#include "common/resource/runtime.h"
#include "common/resource/verb.h"
#include "common/rpc/call.h"
#include "common/schedule/schedule.h"
#include "google/protobuf/message.h"

namespace kam::aftersales {

// Makes sure that the scopes of these accounts and employees are here (service::ScopeReplica, or a test's own rows).
// Called before a transaction, never inside.
using EnsureScopes = std::function<absl::Status(const std::vector<std::string>& accounts,
                                                const std::vector<std::string>& employees, absl::Time deadline)>;

// Copied into the handlers; what it points to outlives them.
struct Env {
  resource::Runtime* runtime = nullptr;
  rpc::Registry* registry = nullptr;
  schedule::Scheduler* scheduler = nullptr;
  EnsureScopes ensure_scopes;
  Policy policy;
  ContractSide contract_side;
};

// Names of resources of `collection` anywhere in `message`, by the reference options of its fields.
std::vector<std::string> ReferencesIn(const google::protobuf::Message& message, absl::string_view collection);

// Asks for the scopes of everybody named in `messages`, and of the caller.
absl::Status EnsureNamed(const Env& env, const rpc::Call& call,
                         const std::vector<const google::protobuf::Message*>& messages);

// Hook for Hooks::prepare.
std::function<absl::Status(const rpc::Call&, const std::vector<const google::protobuf::Message*>&)> EnsureHook(
    const Env& env);

// Name of the employee who acts; PERMISSION_DENIED EMPLOYEE_REQUIRED for programs and clients.
absl::StatusOr<std::string> ActingEmployee(const resource::UnitOfWork& work);

// Tier of an account as account_scopes has it ("STRATEGIC"); empty: none.
absl::StatusOr<std::string> TierOf(resource::UnitOfWork& work, const std::string& account);

// PERIOD_INVALID unless `from` is before `until`: on the field until_time.
absl::Status CheckPeriod(absl::Time from, absl::Time until);

using resource::CheckRead;
using resource::IdOf;

template <typename Request>
absl::Status NothingToPrepare(const Env&, const rpc::Call&, const Request&) {
  return absl::OkStatus();
}

// Registers a verb (common/resource/verb.h) of which `prepare(const Env&, const rpc::Call&, const Request&)` asks
// others before the transaction; who is named is known here afterwards.
template <typename Request, typename Resource, typename Apply, typename Prepare = decltype(&NothingToPrepare<Request>)>
void AddVerb(const Env& env, absl::string_view method, Apply apply, Prepare prepare = &NothingToPrepare<Request>) {
  resource::AddVerb<Resource, Request>(
      *env.runtime, method, env.registry,
      [env, prepare](rpc::Call& call, const Request& request) -> absl::Status {
        RETURN_IF_ERROR(EnsureNamed(env, call, {&request}));
        return prepare(env, call, request);
      },
      [](resource::UnitOfWork&, const Request&) { return absl::OkStatus(); }, std::move(apply));
}

}  // namespace kam::aftersales

#endif  // KAM_AFTERSALES_SVC_ENV_H_
