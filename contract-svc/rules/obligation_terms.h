// Obligations that follow from the terms of a contract: the payment schedule, what is to be delivered or called off,
// the look at its renewal (C-13). Pure functions.
#ifndef KAM_CONTRACT_SVC_RULES_OBLIGATION_TERMS_H_
#define KAM_CONTRACT_SVC_RULES_OBLIGATION_TERMS_H_

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/money/decimal.h"

namespace kam::contract::v1 {
class Contract;
class Obligation;
}  // namespace kam::contract::v1

namespace kam::contract::rules {

// What a contract obliges to now, one for each term. A contract of sale obliges us to deliver its lines, an annual
// agreement the customer to call them off; gifts we hand over in both. Its renewal is brought up some time before its
// end and decided by its last day.
absl::StatusOr<std::vector<v1::Obligation>> ObligationsOf(const v1::Contract& contract);

// The term was amended: `obligation` takes target, day and title of `wanted` and finds its place again. A dispute goes
// on.
absl::Status ReviseObligation(const v1::Obligation& wanted, absl::string_view today, v1::Obligation* obligation);

// What the books say of a contract.
struct ContractFigures {
  std::map<int, Decimal> called_off;  // By first line of a chain, in the unit of its commitment.
  std::map<int, Decimal> delivered;
  Decimal paid;         // By invoices, and before them.
  Decimal written_off;  // Of invoices, by decision of two.
};

// How much of the term is fulfilled by the books. Money pays the instalments in turn.
absl::StatusOr<Decimal> Measured(const v1::Contract& contract, const ContractFigures& figures,
                                 const v1::Obligation& obligation);

// Whether what is missing of an instalment was given up. Money pays the instalments in turn, and what was written off
// stands for what is missing of them in the same turn.
absl::StatusOr<bool> IsWrittenOff(const v1::Contract& contract, const ContractFigures& figures,
                                  const v1::Obligation& obligation);

// Writes down what the books have beyond what was recorded, as of `date`, and finds the place of the obligation. What
// they do not have any more of what they had is taken back; what somebody has written down stays. There is one line of
// the books for a month, and one with which the target was reached.
absl::Status FulfilByBooks(Decimal measured, absl::string_view actor, absl::string_view date, absl::string_view today,
                           v1::Obligation* obligation);

}  // namespace kam::contract::rules

#endif  // KAM_CONTRACT_SVC_RULES_OBLIGATION_TERMS_H_
