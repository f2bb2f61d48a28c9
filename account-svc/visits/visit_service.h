// Visit plans and visits over RPC.
#ifndef KAM_ACCOUNT_SVC_VISITS_VISIT_SERVICE_H_
#define KAM_ACCOUNT_SVC_VISITS_VISIT_SERVICE_H_

#include "account-svc/context.h"

namespace kam::account {

void RegisterVisits(const Context& context, rpc::Registry* registry);

}  // namespace kam::account

#endif  // KAM_ACCOUNT_SVC_VISITS_VISIT_SERVICE_H_
