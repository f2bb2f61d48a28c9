// RPCs of the contract service that change one resource by a rule: common/resource/verb.h with its directory.
#ifndef KAM_CONTRACT_SVC_VERB_H_
#define KAM_CONTRACT_SVC_VERB_H_

#include <utility>

#include "common/resource/verb.h"
#include "contract-svc/context.h"

namespace kam::contract {

// Anybody who may, programs as well.
template <typename T, typename Request, typename Rule>
void AddVerb(const Context& context, absl::string_view method, rpc::Registry* registry, Rule rule) {
  resource::AddVerb<T, Request>(context.runtime, method, registry, std::move(rule));
}

// `lock` locks what comes before the resource in the lock order.
template <typename T, typename Request, typename Lock, typename Rule>
void AddVerb(const Context& context, absl::string_view method, rpc::Registry* registry, Lock lock, Rule rule) {
  resource::AddVerb<T, Request>(
      context.runtime, method, registry, [](rpc::Call&, const Request&) { return absl::OkStatus(); }, std::move(lock),
      std::move(rule));
}

// Of a person, who is known here afterwards.
template <typename T, typename Request, typename Lock, typename Rule>
void AddPersonVerb(const Context& context, absl::string_view method, rpc::Registry* registry, Lock lock, Rule rule) {
  resource::AddVerb<T, Request>(
      context.runtime, method, registry,
      [directory = context.directory](rpc::Call& call, const Request&) { return directory.EnsureCaller(call); },
      std::move(lock), std::move(rule));
}
template <typename T, typename Request, typename Rule>
void AddPersonVerb(const Context& context, absl::string_view method, rpc::Registry* registry, Rule rule) {
  AddPersonVerb<T, Request>(
      context, method, registry, [](resource::UnitOfWork&, const Request&) { return absl::OkStatus(); },
      std::move(rule));
}

}  // namespace kam::contract

#endif  // KAM_CONTRACT_SVC_VERB_H_
