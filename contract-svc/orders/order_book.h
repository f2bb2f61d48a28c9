// Changes of orders that several services make.
#ifndef KAM_CONTRACT_SVC_ORDERS_ORDER_BOOK_H_
#define KAM_CONTRACT_SVC_ORDERS_ORDER_BOOK_H_

#include <string>

#include "absl/status/statusor.h"
#include "common/money/decimal.h"
#include "common/resource/runtime.h"
#include "kam/order/v1/order.pb.h"

namespace kam::contract {

// DELIVERED or RESOLVED, all invoiced and all invoices paid: SETTLED.
absl::Status SettleIfPaid(resource::UnitOfWork& work, order::v1::Order* order);

// Changes what was received for an order before its invoices. `amount` may be negative.
absl::Status AddPrepayment(Decimal amount, order::v1::Order* order);

// Sum of the invoices of an order that are issued and not paid.
absl::StatusOr<Decimal> UnpaidInvoices(resource::UnitOfWork& work, const order::v1::Order& order);

// Takes `amount` of the allocations to the order out of its receipts, the last ones first: the money is on account
// again.
absl::Status ReturnPrepayments(resource::UnitOfWork& work, Decimal amount, order::v1::Order* order);

// The payment gate of an order, with what its invoices have taken: PAYMENT_MISSING.
absl::Status CheckPaid(resource::UnitOfWork& work, const order::v1::Order& order);

}  // namespace kam::contract

#endif  // KAM_CONTRACT_SVC_ORDERS_ORDER_BOOK_H_
