// The account service: what main.cc and the tests need of it.
#ifndef KAM_ACCOUNT_SVC_ACCOUNT_SVC_H_
#define KAM_ACCOUNT_SVC_ACCOUNT_SVC_H_

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "account-svc/peers.h"
#include "account-svc/policy.h"
#include "common/resource/runtime.h"
#include "common/resource/type.h"
#include "common/rpc/call.h"
#include "common/schedule/schedule.h"

namespace kam::account {

// Full names of the gRPC services it serves, for Registry::CheckComplete.
absl::Span<const absl::string_view> ServiceNames();

// Adds every resource type that it stores.
void FillCatalog(resource::Catalog* catalog);

// Sets the hooks and adds every handler, unguarded: call resource::GuardHandlers when the registry is full. `policy`
// is valid (Policy::Validate) and outlives the registry, as does `runtime`. `scheduler`: told what to do when something
// is due; may be null. `peers`: the other services.
void RegisterAll(resource::Runtime& runtime, const Policy& policy, rpc::Registry* registry,
                 schedule::Scheduler* scheduler, Peers peers = {});

}  // namespace kam::account

#endif  // KAM_ACCOUNT_SVC_ACCOUNT_SVC_H_
