// RPCs that change one resource by a rule.
#ifndef KAM_ACCOUNT_SVC_VERB_H_
#define KAM_ACCOUNT_SVC_VERB_H_

#include <type_traits>
#include <utility>

#include "account-svc/context.h"
#include "common/rpc/call.h"
#include "common/status/status.h"

namespace kam::account {

// Adds `method`: a write whose body is (UnitOfWork&, const Request&) -> StatusOr<T>.
template <typename T, typename Request, typename Body>
void AddWrite(const Context& context, absl::string_view method, rpc::Registry* registry, Body body) {
  registry->Add<Request, T>(method, [context, body](rpc::Call& call, const Request& request) -> absl::StatusOr<T> {
    return context.runtime.Write<T>(call, request, [&](resource::UnitOfWork& work) { return body(work, request); });
  });
}

// Adds `method`: loads the resource that the request names, checks etag and transition, lets `rule` decide, saves. The
// rule takes (UnitOfWork&, const Request&, T* after), or a resource::Change<T>* where it must know what was before.
template <typename T, typename Request, typename Rule>
void AddVerb(const Context& context, absl::string_view method, rpc::Registry* registry, Rule rule) {
  AddWrite<T, Request>(context, method, registry,
                       [rule](resource::UnitOfWork& work, const Request& request) -> absl::StatusOr<T> {
                         ASSIGN_OR_RETURN(auto change, work.Begin<T>(request));
                         if constexpr (std::is_invocable_v<Rule, resource::UnitOfWork&, const Request&, T*>) {
                           RETURN_IF_ERROR(rule(work, request, &change.after));
                         } else {
                           RETURN_IF_ERROR(rule(work, request, &change));
                         }
                         return work.Save(std::move(change));
                       });
}

}  // namespace kam::account

#endif  // KAM_ACCOUNT_SVC_VERB_H_
