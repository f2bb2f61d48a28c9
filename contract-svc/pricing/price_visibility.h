// Prices that were agreed with one customer are seen by those who reach him with the right to read quotes, and by those
// who write price books (C-01, G-03): the books themselves belong to everybody, rows of them do not.
#ifndef KAM_CONTRACT_SVC_PRICING_PRICE_VISIBILITY_H_
#define KAM_CONTRACT_SVC_PRICING_PRICE_VISIBILITY_H_

#include "common/rpc/call.h"
#include "contract-svc/context.h"

namespace kam::contract {

// Puts itself around the handlers of price books and simulations. Takes rows that are of a customer or a group the
// caller does not reach out of every answer, the values of rows out of histories, and refuses filters by customer. To
// be called when all of them are registered.
void GuardCustomerPrices(const Context& context, rpc::Registry* registry);

}  // namespace kam::contract

#endif  // KAM_CONTRACT_SVC_PRICING_PRICE_VISIBILITY_H_
