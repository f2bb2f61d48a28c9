// How an order comes into the books: by entry, by being opened again, by an import; and what may be changed of it until
// it is released (C-18, C-19).
#ifndef KAM_CONTRACT_SVC_ORDERS_ORDER_ENTRY_H_
#define KAM_CONTRACT_SVC_ORDERS_ORDER_ENTRY_H_

#include "absl/status/statusor.h"
#include "common/resource/runtime.h"
#include "common/rpc/call.h"
#include "contract-svc/context.h"
#include "contract-svc/receivables/credit_book.h"
#include "kam/order/v1/order.pb.h"
#include "kam/order/v1/order_procedure.pb.h"

namespace kam::order::v1 {
class CreateOrderRequest;
class ReopenOrderRequest;
}  // namespace kam::order::v1

namespace kam::contract {

// Rules of orders and order procedures in the standard methods.
void SetOrderHooks(const Context& context);

absl::StatusOr<order::v1::Order> EnterOrder(const Context& context, rpc::Call& call,
                                            const order::v1::CreateOrderRequest& request);

// From the start: day, prices, terms, procedure, quota and credit are looked at as for a new order (golden case G9).
absl::Status ReopenOrder(const Context& context, resource::UnitOfWork& work, CreditBook& book,
                         const order::v1::ReopenOrderRequest& request, resource::Change<order::v1::Order>* change);

// Whether contract or quote have given the order its prices here: it was entered, opened again or reviewed here. One
// that another system brought is priced by its review.
absl::StatusOr<bool> TermsTaken(resource::UnitOfWork& work, const std::string& order);
// Locks the contract or the quote of an order, before the order.
absl::Status LockBasis(resource::UnitOfWork& work, const std::string& order);
// Asks of an order that another system brought what is asked of a new one: basis, prices, quantities, the customer's
// procedure, quota and credit; the import asked nothing. Sets tax, payment and terms.
absl::Status TakeTermsOfImported(const Context& context, resource::UnitOfWork& work, CreditBook& book,
                                 order::v1::Order* order);

// How the customer orders; a procedure that asks for nothing when none is known.
absl::StatusOr<order::v1::OrderProcedure> ProcedureOf(resource::UnitOfWork& work, const order::v1::Order& order);

// Reserves the credit of an order that has lost it; nothing for one that is paid before.
absl::Status ReserveAgain(CreditBook& book, const order::v1::Order& order, bool overridden);

}  // namespace kam::contract

#endif  // KAM_CONTRACT_SVC_ORDERS_ORDER_ENTRY_H_
