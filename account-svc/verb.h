// RPCs of the account service that write; those that change one resource by a rule: common/resource/verb.h.
#ifndef KAM_ACCOUNT_SVC_VERB_H_
#define KAM_ACCOUNT_SVC_VERB_H_

#include <utility>

#include "account-svc/context.h"
#include "common/resource/verb.h"
#include "common/rpc/call.h"

namespace kam::account {

// Adds `method`: a write whose body is (UnitOfWork&, const Request&) -> StatusOr<T>.
template <typename T, typename Request, typename Body>
void AddWrite(const Context& context, absl::string_view method, rpc::Registry* registry, Body body) {
  registry->Add<Request, T>(method, [context, body](rpc::Call& call, const Request& request) -> absl::StatusOr<T> {
    return context.runtime.Write<T>(call, request, [&](resource::UnitOfWork& work) { return body(work, request); });
  });
}

template <typename T, typename Request, typename Rule>
void AddVerb(const Context& context, absl::string_view method, rpc::Registry* registry, Rule rule) {
  resource::AddVerb<T, Request>(context.runtime, method, registry, std::move(rule));
}

}  // namespace kam::account

#endif  // KAM_ACCOUNT_SVC_VERB_H_
