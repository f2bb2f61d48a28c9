// The papers that move stock: goods receipts with damage reports, transfers, and stock-takes; what moved; who sells
// what has been there for long (C-24, C-25). Parts of StockService.
#ifndef KAM_CONTRACT_SVC_ORDERS_STOCK_PAPERS_H_
#define KAM_CONTRACT_SVC_ORDERS_STOCK_PAPERS_H_

#include "common/rpc/call.h"
#include "contract-svc/context.h"

namespace kam::contract {

// Set hooks and add the verbs; the standard methods are registered by RegisterStock.
void RegisterGoodsReceipts(const Context& context, rpc::Registry* registry);
void RegisterStockTransfers(const Context& context);
void RegisterStockTakes(const Context& context, rpc::Registry* registry);
void RegisterStockMovements(const Context& context, rpc::Registry* registry);
void RegisterLongStock(const Context& context, rpc::Registry* registry);

}  // namespace kam::contract

#endif  // KAM_CONTRACT_SVC_ORDERS_STOCK_PAPERS_H_
