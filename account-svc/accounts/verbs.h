// What the verbs of the accounts area have in common: one transaction, one resource, one rule.
#ifndef KAM_ACCOUNT_SVC_ACCOUNTS_VERBS_H_
#define KAM_ACCOUNT_SVC_ACCOUNTS_VERBS_H_

#include <utility>

#include "account-svc/context.h"
#include "common/rpc/call.h"
#include "common/status/status.h"

namespace kam::account {

// Registers `method`: begins the change of the resource that the request names, applies
// `rule(UnitOfWork&, const Request&, resource::Change<T>*)` to it, stores it.
template <typename T, typename Request, typename Rule>
void AddVerb(const Context& context, absl::string_view method, rpc::Registry* registry, Rule rule) {
  registry->Add<Request, T>(method, [context, rule](rpc::Call& call, const Request& request) -> absl::StatusOr<T> {
    return context.runtime.Write<T>(call, request, [&](resource::UnitOfWork& work) -> absl::StatusOr<T> {
      ASSIGN_OR_RETURN(auto change, work.Begin<T>(request));
      RETURN_IF_ERROR(rule(work, request, &change));
      return work.Save(std::move(change));
    });
  });
}

}  // namespace kam::account

#endif  // KAM_ACCOUNT_SVC_ACCOUNTS_VERBS_H_
