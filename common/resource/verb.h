// RPCs that change one resource by a rule.
#ifndef KAM_COMMON_RESOURCE_VERB_H_
#define KAM_COMMON_RESOURCE_VERB_H_

#include <type_traits>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "common/resource/runtime.h"
#include "common/rpc/call.h"
#include "common/status/status.h"

namespace kam::resource {

// Adds `method` (full name): calls `before(rpc::Call&, const Request&)` outside the transaction, then inside it
// `lock(UnitOfWork&, const Request&)`, which locks what comes first in the lock order; loads the resource that the
// request names, checks etag and transition, lets `rule` decide, saves. The rule takes (UnitOfWork&, const Request&,
// T* after), or a Change<T>* where it must know what was before, or (UnitOfWork&, const rpc::Call&, const Request&,
// Change<T>*) where it must know who asks.
template <typename T, typename Request, typename Before, typename Lock, typename Rule>
void AddVerb(Runtime& runtime, absl::string_view method, rpc::Registry* registry, Before before, Lock lock, Rule rule) {
  registry->Add<Request, T>(
      method, [&runtime, before, lock, rule](rpc::Call& call, const Request& request) -> absl::StatusOr<T> {
        RETURN_IF_ERROR(before(call, request));
        return runtime.Write<T>(call, request, [&](UnitOfWork& work) -> absl::StatusOr<T> {
          RETURN_IF_ERROR(lock(work, request));
          ASSIGN_OR_RETURN(auto change, work.Begin<T>(request));
          if constexpr (std::is_invocable_v<Rule, UnitOfWork&, const Request&, T*>) {
            RETURN_IF_ERROR(rule(work, request, &change.after));
          } else if constexpr (std::is_invocable_v<Rule, UnitOfWork&, const Request&, Change<T>*>) {
            RETURN_IF_ERROR(rule(work, request, &change));
          } else {
            RETURN_IF_ERROR(rule(work, call, request, &change));
          }
          return work.Save(std::move(change));
        });
      });
}

// With nothing to do before.
template <typename T, typename Request, typename Rule>
void AddVerb(Runtime& runtime, absl::string_view method, rpc::Registry* registry, Rule rule) {
  AddVerb<T, Request>(
      runtime, method, registry, [](rpc::Call&, const Request&) { return absl::OkStatus(); },
      [](UnitOfWork&, const Request&) { return absl::OkStatus(); }, std::move(rule));
}

}  // namespace kam::resource

#endif  // KAM_COMMON_RESOURCE_VERB_H_
