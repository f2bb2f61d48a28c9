// A gift goes with something of the same quote or contract that is paid for, also when orders end (C-04). Whoever calls
// has locked the credit account of the customer: of two of his orders one sees the other.
#ifndef KAM_CONTRACT_SVC_ORDERS_GIFT_SALE_H_
#define KAM_CONTRACT_SVC_ORDERS_GIFT_SALE_H_

#include <string>

#include "absl/status/statusor.h"
#include "common/resource/runtime.h"
#include "kam/order/v1/order.pb.h"

namespace kam::contract {

// Whether an order of the quote, or of a contract that took from it, has something that is paid for. What a contract
// alone holds is not ordered yet, and what came back is not sold.
absl::StatusOr<bool> IsQuoteSold(resource::UnitOfWork& work, const std::string& quote);

// An order of nothing but gifts leaves only after something that is paid for was released or delivered, and while that
// has not come back. GIFT_WITHOUT_SALE.
absl::Status CheckGiftMayLeave(resource::UnitOfWork& work, const order::v1::Order& order);

// `order` gives up what of it was not delivered: gifts that were handed over, or still will be, are not left without
// anything that is paid for. What came back of them counts as given back. GIFT_WITHOUT_SALE naming the order of the
// gifts.
absl::Status CheckGiftsKeepSale(resource::UnitOfWork& work, const order::v1::Order& order);

}  // namespace kam::contract

#endif  // KAM_CONTRACT_SVC_ORDERS_GIFT_SALE_H_
