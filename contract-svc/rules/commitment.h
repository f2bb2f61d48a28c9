// The commitment ledger (C-09): what a contract promised, what orders have taken of it, never beyond the tolerance.
// Pure functions.
#ifndef KAM_CONTRACT_SVC_RULES_COMMITMENT_H_
#define KAM_CONTRACT_SVC_RULES_COMMITMENT_H_

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/money/decimal.h"
#include "contract-svc/rules/order.h"

namespace kam::contract::v1 {
class Contract;
class ContractLine;
}  // namespace kam::contract::v1
namespace kam::order::v1 {
class Order;
class OrderLine;
}  // namespace kam::order::v1

namespace kam::contract::rules {

// The commitment of a chain of lines. Every figure is in pieces or, when `by_value`, in money before tax.
struct Commitment {
  bool by_value = false;
  Decimal committed;
  Decimal tolerance_percent;
  Decimal reserved;
  Decimal released;
  Decimal invoiced;
  Decimal returned;
};
using Commitments = std::map<int, Commitment>;  // By the number of the first line.

// What the line promises in the unit of its basis: pieces or money.
absl::StatusOr<Decimal> PromisedBy(const v1::Contract& contract, const v1::ContractLine& line);

// reserved + released + invoiced - returned.
absl::StatusOr<Decimal> Drawn(const Commitment& commitment);
// committed and its tolerance, less what is drawn; may be negative when the commitment was lowered or history imported.
absl::StatusOr<Decimal> Left(const Commitment& commitment);

// What one line of an order has taken of one chain, in pieces.
struct Draw {
  int order_line = 0;
  int line_number = 0;  // First line of the chain.
  Decimal unit_price = {};
  Decimal quantity = {};
  Decimal reserved = {};
  Decimal released = {};
  Decimal invoiced = {};
  Decimal returned = {};
  bool operator==(const Draw&) const = default;
};

// A movement of a commitment, in its unit.
struct Movement {
  Decimal reserved;
  Decimal released;
  Decimal invoiced;
  Decimal returned;
};

// The terms that hold on `day`: of every chain the line in force, with what is left of its commitment. Chains that rest
// or are over are named in AgreedTerms::resting.
absl::StatusOr<AgreedTerms> TermsOn(const v1::Contract& contract, const Commitments& commitments,
                                    absl::string_view day);

// Shares the lines of an order out among the chains, as TakeAgreedPrices does. `history`: what does not fit goes to the
// first chain with the product.
absl::StatusOr<std::vector<Draw>> ShareOut(const AgreedTerms& terms, const order::v1::Order& order, bool history);

// Where the pieces of an order are, by its state: reserved until it is released, then released until they are invoiced;
// nothing of a cancelled order.
absl::Status PlaceDraws(const order::v1::Order& order, std::vector<Draw>* draws);
// Whether PlaceDraws can give anything else for `after` than for `before`.
bool DrawsMayDiffer(const order::v1::Order& before, const order::v1::Order& after);

// Counts the change of a draw. COMMITMENT_EXCEEDED when more would be drawn than is committed with its tolerance
// (metadata line, committed, tolerancePercent, drawn, asked); not with `history`.
absl::StatusOr<Movement> CountDraw(absl::string_view contract, const Draw& before, const Draw& after, bool history,
                                   Commitment* commitment);

// So much of an order line is with the customer and may come back. RETURN_EXCEEDS_DELIVERY.
absl::Status CheckReturnable(absl::string_view order, int order_line, Decimal returnable, Decimal quantity);

// `quantity` of an order line, of which `delivered` were handed over, came back; takes it from the draws in their
// order. RETURN_EXCEEDS_DELIVERY.
absl::Status TakeBack(absl::string_view order, int order_line, Decimal delivered, Decimal quantity,
                      std::vector<Draw>* draws);
// `quantity` of what is said to have come back did not: with the customer again, the last draws first.
absl::Status UndoTakeBack(absl::string_view order, int order_line, Decimal quantity, std::vector<Draw>* draws);

}  // namespace kam::contract::rules

#endif  // KAM_CONTRACT_SVC_RULES_COMMITMENT_H_
