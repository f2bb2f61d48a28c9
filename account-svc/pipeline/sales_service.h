// Leads and opportunities over RPC.
#ifndef KAM_ACCOUNT_SVC_PIPELINE_SALES_SERVICE_H_
#define KAM_ACCOUNT_SVC_PIPELINE_SALES_SERVICE_H_

#include "account-svc/context.h"

namespace kam::account {

void RegisterSales(const Context& context, rpc::Registry* registry);

}  // namespace kam::account

#endif  // KAM_ACCOUNT_SVC_PIPELINE_SALES_SERVICE_H_
