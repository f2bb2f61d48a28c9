// What orders take of the quotas of their products (C-20).
//
// Lock order: quotas come after the order, by product and id. Two orders that share a quota wait for each other here
// and nowhere else, so a quota is never exceeded, however many orders come at once. A quota that is made while orders
// of its days come in counts each of them once: both sides look at the other's rows with a lock after they have written
// their own.
#ifndef KAM_CONTRACT_SVC_ORDERS_QUOTA_BOOK_H_
#define KAM_CONTRACT_SVC_ORDERS_QUOTA_BOOK_H_

#include <map>
#include <string>

#include "absl/status/status.h"
#include "common/money/decimal.h"
#include "common/resource/runtime.h"
#include "kam/order/v1/order.pb.h"

namespace kam::order::v1 {
class Quota;
}

namespace kam::contract {

// Takes every product of the order out of the quotas that hold on the day of the order. QUOTA_EXCEEDED.
absl::Status TakeQuotas(resource::UnitOfWork& work, const order::v1::Order& order);
// Counts in a new quota what orders of its days have taken already. QUOTA_BELOW_USED.
absl::Status CountStandingOrders(resource::UnitOfWork& work, order::v1::Quota* quota);
// The same after it was stored, order by order, with those that came in between.
absl::Status PostStandingOrders(resource::UnitOfWork& work, const order::v1::Quota& quota);
// Orders of the days of a quota that was changed are counted in it or come after the change: one that is being entered,
// and has looked for its quotas already, begins again.
absl::Status WaitForStandingOrders(resource::UnitOfWork& work, const order::v1::Quota& quota);
// Gives back all that the order has taken.
absl::Status FreeQuotas(resource::UnitOfWork& work, const order::v1::Order& order);
// Gives back what of these products, by name, will not be delivered.
absl::Status FreeQuotas(resource::UnitOfWork& work, const order::v1::Order& order,
                        const std::map<std::string, Decimal>& products);

}  // namespace kam::contract

#endif  // KAM_CONTRACT_SVC_ORDERS_QUOTA_BOOK_H_
