// The commitment ledger inside one transaction (C-09): what contracts promised and what orders have taken of it.
//
// It follows the rows: saving a contract past its signature writes what it commits, saving an order writes what it
// draws. The rows of the ledger are locked last, after everything in credit_book.h, by contract and line.
#ifndef KAM_CONTRACT_SVC_CONTRACTS_COMMITMENT_BOOK_H_
#define KAM_CONTRACT_SVC_CONTRACTS_COMMITMENT_BOOK_H_

#include <string>

#include "absl/status/statusor.h"
#include "common/resource/runtime.h"
#include "contract-svc/context.h"
#include "contract-svc/rules/amendment.h"
#include "contract-svc/rules/commitment.h"

namespace kam::order::v1 {
class Order;
}

namespace kam::contract {

// By first line. `lock`: until the end of the transaction.
absl::StatusOr<rules::Commitments> LoadCommitments(mysql::Connection& connection, const std::string& contract,
                                                   bool lock);

// What has happened on the chains of a contract.
absl::StatusOr<rules::FactsByRoot> LoadChainFacts(const Context& context, mysql::Connection& connection,
                                                  const std::string& contract);

// After a contract was saved: writes what it commits now. Drafts commit nothing.
absl::Status PostContract(resource::UnitOfWork& work, const v1::Contract& contract);

// After an order was saved: counts what it draws now. COMMITMENT_EXCEEDED.
absl::Status PostOrder(resource::UnitOfWork& work, const order::v1::Order* before, const order::v1::Order& after);

// Takes what the order draws off the books, before it is counted anew.
absl::Status ForgetOrder(resource::UnitOfWork& work, const order::v1::Order& order);

// Counts what an order draws as its row says, whatever was counted before: of an order that another program has saved.
// Like history it is counted, not refused.
absl::Status CountOrder(resource::UnitOfWork& work, const order::v1::Order& order);

// Goods of an order came back. RETURN_EXCEEDS_DELIVERY, ORDER_LINE_UNKNOWN.
absl::Status PostReturn(resource::UnitOfWork& work, const std::string& contract, const std::string& order,
                        int order_line, Decimal quantity);
// That they came back was a mistake. It is counted, not refused, also where what they left open was ordered meanwhile.
absl::Status UndoReturn(resource::UnitOfWork& work, const std::string& contract, const std::string& order,
                        int order_line, Decimal quantity);

}  // namespace kam::contract

#endif  // KAM_CONTRACT_SVC_CONTRACTS_COMMITMENT_BOOK_H_
