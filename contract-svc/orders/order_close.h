// How an order ends before everything is delivered: cancelled as a whole, or its rest closed short (C-18, C-34).
#ifndef KAM_CONTRACT_SVC_ORDERS_ORDER_CLOSE_H_
#define KAM_CONTRACT_SVC_ORDERS_ORDER_CLOSE_H_

#include <string>

#include "absl/status/status.h"
#include "common/resource/runtime.h"
#include "contract-svc/receivables/credit_book.h"
#include "kam/order/v1/order.pb.h"

namespace kam::contract {

// Nothing of it is delivered: note void, money on account, credit free. REASON_REQUIRED, DELIVERY_UNDER_WAY,
// ORDER_DELIVERED.
absl::Status CancelOrder(resource::UnitOfWork& work, CreditBook& book, const std::string& reason,
                         resource::Change<order::v1::Order>* change);

// The rest will not come. REASON_REQUIRED, DELIVERY_UNDER_WAY, NOTHING_DELIVERED, NOTHING_OPEN.
absl::Status CloseOrderShort(resource::UnitOfWork& work, CreditBook& book, const std::string& reason,
                             resource::Change<order::v1::Order>* change);

}  // namespace kam::contract

#endif  // KAM_CONTRACT_SVC_ORDERS_ORDER_CLOSE_H_
