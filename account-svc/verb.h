// RPCs that change one resource by a rule.
#ifndef KAM_ACCOUNT_SVC_VERB_H_
#define KAM_ACCOUNT_SVC_VERB_H_

#include <type_traits>
#include <utility>

#include "account-svc/context.h"
#include "common/rpc/call.h"
#include "common/status/status.h"

namespace kam::account {

// Adds `method`: loads the resource that the request names, checks etag and transition, lets `rule` decide, saves. The
// rule takes (UnitOfWork&, const Request&, T* after), or a resource::Change<T>* where it must know what was before.
template <typename T, typename Request, typename Rule>
void AddVerb(const Context& context, absl::string_view method, rpc::Registry* registry, Rule rule) {
  registry->Add<Request, T>(method, [context, rule](rpc::Call& call, const Request& request) -> absl::StatusOr<T> {
    return context.runtime.Write<T>(call, request, [&](resource::UnitOfWork& work) -> absl::StatusOr<T> {
      ASSIGN_OR_RETURN(auto change, work.Begin<T>(request));
      if constexpr (std::is_invocable_v<Rule, resource::UnitOfWork&, const Request&, T*>) {
        RETURN_IF_ERROR(rule(work, request, &change.after));
      } else {
        RETURN_IF_ERROR(rule(work, request, &change));
      }
      return work.Save(std::move(change));
    });
  });
}

}  // namespace kam::account

#endif  // KAM_ACCOUNT_SVC_VERB_H_
