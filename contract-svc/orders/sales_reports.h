// Reports over orders and the sales ledger: P-01, P-02, P-11. Parts of SalesLedgerService.
#ifndef KAM_CONTRACT_SVC_ORDERS_SALES_REPORTS_H_
#define KAM_CONTRACT_SVC_ORDERS_SALES_REPORTS_H_

#include "common/rpc/call.h"
#include "contract-svc/context.h"

namespace kam::contract {

void RegisterSalesReports(const Context& context, rpc::Registry* registry);

}  // namespace kam::contract

#endif  // KAM_CONTRACT_SVC_ORDERS_SALES_REPORTS_H_
