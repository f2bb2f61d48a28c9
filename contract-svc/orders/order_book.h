// Changes of orders that several services make.
#ifndef KAM_CONTRACT_SVC_ORDERS_ORDER_BOOK_H_
#define KAM_CONTRACT_SVC_ORDERS_ORDER_BOOK_H_

#include <string>

#include "absl/status/statusor.h"
#include "common/money/decimal.h"
#include "common/resource/runtime.h"
#include "kam/order/v1/order.pb.h"

namespace kam::contract {

// Invoices i with r, the open item of each that was issued, and what the customer does not owe of them any more: it is
// paid or, by decision of two, written off.
inline constexpr char kInvoicesWithItems[] =
    "invoices i LEFT JOIN receivable_items r ON r.source = CONCAT('invoices/', i.id)";
inline constexpr char kNotOwedAnyMore[] = "(i.paid_amount + COALESCE(r.written_off_amount, 0))";

// DELIVERED or RESOLVED, all invoiced and nothing of the invoices still owed: SETTLED.
absl::Status SettleIfPaid(resource::UnitOfWork& work, order::v1::Order* order);

// Changes what was received for an order before its invoices. `amount` may be negative.
absl::Status AddPrepayment(Decimal amount, order::v1::Order* order);

// What the issued invoices of an order say that is neither paid nor written off.
absl::StatusOr<Decimal> UnpaidInvoices(resource::UnitOfWork& work, const order::v1::Order& order);

// Takes `amount` of the allocations to the order out of its receipts, the last ones first: the money is on account
// again.
absl::Status ReturnPrepayments(resource::UnitOfWork& work, Decimal amount, order::v1::Order* order);

// The payment gate of an order, with what its invoices have taken: PAYMENT_MISSING.
absl::Status CheckPaid(resource::UnitOfWork& work, const order::v1::Order& order);

}  // namespace kam::contract

#endif  // KAM_CONTRACT_SVC_ORDERS_ORDER_BOOK_H_
