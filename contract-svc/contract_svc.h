// The contract service: what main.cc and the tests need of it.
#ifndef KAM_CONTRACT_SVC_CONTRACT_SVC_H_
#define KAM_CONTRACT_SVC_CONTRACT_SVC_H_

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "common/approval/engine.h"
#include "common/resource/runtime.h"
#include "common/resource/type.h"
#include "common/rpc/call.h"
#include "common/schedule/schedule.h"
#include "common/service/notice_sender.h"
#include "contract-svc/context.h"
#include "contract-svc/policy.h"

namespace kam::contract {

// Full names of the gRPC services it serves, for Registry::CheckComplete.
absl::Span<const absl::string_view> ServiceNames();

// Adds every resource type that it stores.
void FillCatalog(resource::Catalog* catalog);

// Sets the hooks, adds every handler, unguarded (call resource::GuardHandlers when the registry is full), and what to
// do when something falls due. `policy` is valid (Policy::Validate) and outlives the registry, as does `runtime`.
// `roles_of`: see approval::People; without it no authority can be lent. `ask_account_svc`: by which people are told
// what concerns them; without it nobody is.
void RegisterAll(resource::Runtime& runtime, const Policy& policy, Directory directory, approval::RolesOf roles_of,
                 rpc::Registry* registry, schedule::Scheduler* scheduler,
                 service::AskAccountSvc ask_account_svc = nullptr);

}  // namespace kam::contract

#endif  // KAM_CONTRACT_SVC_CONTRACT_SVC_H_
