// Figures of kam.order.v1.SupplyService: plan against actual, funds needed (C-20, P-45).
#ifndef KAM_CONTRACT_SVC_ORDERS_SUPPLY_FIGURES_H_
#define KAM_CONTRACT_SVC_ORDERS_SUPPLY_FIGURES_H_

#include "common/rpc/call.h"
#include "contract-svc/context.h"

namespace kam::contract {

void RegisterSupplyFigures(const Context& context, rpc::Registry* registry);

}  // namespace kam::contract

#endif  // KAM_CONTRACT_SVC_ORDERS_SUPPLY_FIGURES_H_
