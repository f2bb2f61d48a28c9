// Goods of orders that came back (C-09, C-24): one way for orders of a contract, of a quote and of neither. Whoever
// calls has locked the credit account of the customer, then the contract or the order.
#ifndef KAM_CONTRACT_SVC_CONTRACTS_RETURN_BOOK_H_
#define KAM_CONTRACT_SVC_CONTRACTS_RETURN_BOOK_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/resource/runtime.h"
#include "contract-svc/context.h"
#include "contract-svc/contracts/return_credit.h"
#include "contract-svc/receivables/credit_book.h"

namespace kam::contract {

// True when the line of the order was drawn from a commitment of the contract.
absl::StatusOr<bool> DrawsOnCommitment(resource::UnitOfWork& work, const ReturnedGoods& goods);

// Records that `quantity` of the line came back, opens the commitment that it was drawn from when `drawn`, and posts
// the credit notes. REASON_REQUIRED, SEPARATION_OF_DUTIES, ORDER_LINE_UNKNOWN, RETURN_EXCEEDS_DELIVERY, GOODS_NOT_BACK,
// RECEIPT_OF_OTHER_ORDER, RETURN_EXCEEDS_RECEIPT.
absl::Status RecordReturn(const Context& context, resource::UnitOfWork& work, CreditBook& book,
                          const ReturnedGoods& goods, bool drawn, const std::string& quantity,
                          const std::string& reason);

// Takes all of it back that was recorded from the goods receipt for the line. REASON_REQUIRED, RETURN_NOT_RECORDED,
// SEPARATION_OF_DUTIES.
absl::Status TakeBackReturn(const Context& context, resource::UnitOfWork& work, CreditBook& book,
                            const ReturnedGoods& goods, const std::string& reason);

}  // namespace kam::contract

#endif  // KAM_CONTRACT_SVC_CONTRACTS_RETURN_BOOK_H_
