// The ledger of what contracts and orders have drawn of a quote: table quote_draws, entries are only ever added.
//
// Lock order: the quote is locked before anything is drawn (QuoteTerms, or SetDraws itself); whoever draws is locked by
// its writer. Giving back needs no lock of the quote: it only makes more room.
#ifndef KAM_CONTRACT_SVC_PRICING_QUOTE_LEDGER_H_
#define KAM_CONTRACT_SVC_PRICING_QUOTE_LEDGER_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/resource/runtime.h"
#include "contract-svc/rules/quote_ledger.h"
#include "kam/contract/v1/contract.pb.h"
#include "kam/order/v1/order.pb.h"

namespace kam::contract {

// Everything drawn of a quote, of all holders.
absl::StatusOr<std::vector<rules::QuoteDraw>> LoadDraws(resource::UnitOfWork& work, const std::string& quote);

// Called after every write of a contract: from its submission on it holds what its lines say, until it goes back to its
// drafter. `before` is null for a new one. Of packages whole ones: PACKAGE_INCOMPLETE.
absl::Status DrawForContract(resource::UnitOfWork& work, const v1::Contract* before, const v1::Contract& after);

// What an amendment holds of its quote from its submission on: the lines of `priced`, none when it is given back.
absl::Status DrawForAmendment(resource::UnitOfWork& work, const std::string& quote, const std::string& amendment,
                              const v1::Contract& priced);

// Whether the amendment holds all that `priced` asks for already.
absl::StatusOr<bool> AmendmentHolds(resource::UnitOfWork& work, const std::string& quote, const std::string& amendment,
                                    const v1::Contract& priced);

// Gives back what the order holds of its quote, before it is drawn anew.
absl::Status Undraw(resource::UnitOfWork& work, const order::v1::Order& order);

// Called after every write of an order: it holds what its lines say, less what was closed short, until it is
// cancelled. Of packages whole ones: PACKAGE_INCOMPLETE.
absl::Status DrawForOrder(resource::UnitOfWork& work, const order::v1::Order* before, const order::v1::Order& after);

}  // namespace kam::contract

#endif  // KAM_CONTRACT_SVC_PRICING_QUOTE_LEDGER_H_
