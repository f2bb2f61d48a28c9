// Parts of kam.order.v1 beside orders, deliveries, shipments and stock: release authorities, supply, projects, add-on
// services, sales ledger.
#ifndef KAM_CONTRACT_SVC_ORDERS_ORDER_PARTS_H_
#define KAM_CONTRACT_SVC_ORDERS_ORDER_PARTS_H_

#include "common/resource/type.h"
#include "common/rpc/call.h"
#include "common/schedule/schedule.h"
#include "contract-svc/context.h"

namespace kam::contract {

void FillOrderPartsCatalog(resource::Catalog* catalog);
void RegisterReleaseAuthorities(const Context& context, rpc::Registry* registry);
void RegisterSupply(const Context& context, rpc::Registry* registry);
void RegisterDeliveryProjects(const Context& context, rpc::Registry* registry, schedule::Scheduler* scheduler);
void RegisterAddOns(const Context& context, rpc::Registry* registry);
void RegisterSalesLedger(const Context& context, rpc::Registry* registry);

}  // namespace kam::contract

#endif  // KAM_CONTRACT_SVC_ORDERS_ORDER_PARTS_H_
