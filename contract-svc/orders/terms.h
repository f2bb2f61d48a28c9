// What a contract or a quote lets a customer order: read inside the transaction of the order.
#ifndef KAM_CONTRACT_SVC_ORDERS_TERMS_H_
#define KAM_CONTRACT_SVC_ORDERS_TERMS_H_

#include <string>

#include "absl/status/statusor.h"
#include "common/resource/runtime.h"
#include "contract-svc/context.h"
#include "contract-svc/rules/order.h"

namespace kam::contract::v1 {
class Contract;
}

namespace kam::contract {

// Terms of an offer, gifts among them, its row locked, less what contracts and orders have drawn of it already
// (quote_ledger.h). States: ACCEPTED, not too long ago, for an order; APPROVED, SENT and ACCEPTED for a contract.
// QUOTE_NOT_ACCEPTED, QUOTE_OF_OTHER_ACCOUNT, QUOTE_ORDER_TIME_OVER.
absl::StatusOr<rules::AgreedTerms> QuoteTerms(const Context& context, resource::UnitOfWork& work,
                                              const std::string& quote, const std::string& account, bool for_order);

// Terms of a contract in force, its row locked: those of the version valid on `order_date`, less what was ordered
// already. CONTRACT_NOT_IN_FORCE, CONTRACT_NOT_STARTED, CONTRACT_ENDED, CONTRACT_OF_OTHER_ACCOUNT, REGION_NOT_COVERED,
// ORDER_DATE_NOT_CURRENT.
absl::StatusOr<rules::AgreedTerms> ContractTerms(const Context& context, resource::UnitOfWork& work,
                                                 const std::string& contract, const std::string& account,
                                                 const std::string& order_date);

// The customer is in a region for which the contract was made. REGION_NOT_COVERED.
absl::Status CheckRegion(resource::UnitOfWork& work, const v1::Contract& contract);

// The contract of an order, locked before the order is, still lets it go out; an order from a quote needs none.
// CONTRACT_NOT_IN_FORCE.
absl::Status CheckContractOfOrder(resource::UnitOfWork& work, const std::string& order);

}  // namespace kam::contract

#endif  // KAM_CONTRACT_SVC_ORDERS_TERMS_H_
