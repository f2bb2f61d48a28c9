// Credit notes of goods that came back (C-09). Whoever calls has locked the credit account of the customer.
#ifndef KAM_CONTRACT_SVC_CONTRACTS_RETURN_CREDIT_H_
#define KAM_CONTRACT_SVC_CONTRACTS_RETURN_CREDIT_H_

#include <string>

#include "absl/status/statusor.h"
#include "common/money/decimal.h"
#include "common/resource/runtime.h"
#include "contract-svc/context.h"
#include "contract-svc/receivables/credit_book.h"

namespace kam::receivable::v1 {
class Invoice;
}
namespace kam::order::v1 {
class Order;
}

namespace kam::contract {

// Pieces of a line of an order that a goods receipt has counted.
struct ReturnedGoods {
  std::string order;
  int order_line = 0;
  std::string goods_receipt;
  std::string contract;  // Of the order; empty: it has none.
};
// As it is stored: NULL without one.
mysql::Value ContractValue(const ReturnedGoods& goods);

// Posts a credit note for every return of the order that is not credited yet, as far as the pieces are invoiced: after
// a return was recorded, and after an invoice was issued.
absl::Status CreditReturns(const Context& context, resource::UnitOfWork& work, const std::string& order);

// Takes back the returns recorded from the goods receipt for the line, and their credit notes; answers how much of
// that had opened a commitment. RETURN_NOT_RECORDED, SEPARATION_OF_DUTIES for who recorded one.
absl::StatusOr<Decimal> UndoReturns(resource::UnitOfWork& work, CreditBook& book, const ReturnedGoods& goods,
                                    const std::string& reason);

// `invoice` is taken out of `order`, which does not count it any more: what is left is not less than what credit notes
// were posted for. INVOICE_RETURNS_CREDITED. Returns of before there were credit notes are credited as far as something
// is left.
absl::Status TakeInvoiceOut(resource::UnitOfWork& work, const receivable::v1::Invoice& invoice,
                            const order::v1::Order& order);

}  // namespace kam::contract

#endif  // KAM_CONTRACT_SVC_CONTRACTS_RETURN_CREDIT_H_
