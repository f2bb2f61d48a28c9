// The after-sales service: what main.cc and the tests put together.
#ifndef KAM_AFTERSALES_SVC_AFTERSALES_SVC_H_
#define KAM_AFTERSALES_SVC_AFTERSALES_SVC_H_

#include <string>
#include <vector>

#include "aftersales-svc/env.h"
#include "aftersales-svc/policy.h"
#include "common/resource/runtime.h"
#include "common/resource/type.h"
#include "common/rpc/call.h"
#include "common/schedule/schedule.h"
#include "common/service/notice_sender.h"

namespace kam::aftersales {

// The resources this service stores.
void FillCatalog(resource::Catalog* catalog);

// Full names of the RPC services it serves.
std::vector<std::string> RpcServices();

// Handlers and due items. What is pointed to outlives the registry and the scheduler. `ask_account_svc`: by which
// people are told what concerns them; without it nobody is.
void RegisterAll(resource::Runtime& runtime, schedule::Scheduler* scheduler, const EnsureScopes& ensure_scopes,
                 const Policy& policy, rpc::Registry* registry, const ContractSide& contract_side = {},
                 service::AskAccountSvc ask_account_svc = nullptr);

}  // namespace kam::aftersales

#endif  // KAM_AFTERSALES_SVC_AFTERSALES_SVC_H_
