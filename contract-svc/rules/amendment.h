// Changes of contracts (C-14; golden cases G20, G21, G22): typed actions that are tried at submission, reviewed like
// the contract and applied once. Pure functions.
#ifndef KAM_CONTRACT_SVC_RULES_AMENDMENT_H_
#define KAM_CONTRACT_SVC_RULES_AMENDMENT_H_

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/money/decimal.h"

namespace kam::contract::v1 {
class Amendment;
class Contract;
class CorrectAmendmentSignatureRequest;
}  // namespace kam::contract::v1

namespace kam::contract::rules {

// What has happened on a chain of lines already.
struct ChainFacts {
  Decimal drawn;                  // Of the commitment, in its unit.
  std::string last_order_date;    // Of living orders; empty: none.
  std::string last_invoice_date;  // Empty: none.
};
using FactsByRoot = std::map<int, ChainFacts>;

// Every action has the fields it needs. ACTION_FIELD_MISSING, CURRENCY_MISMATCH, FIELD_OUT_OF_RANGE on
// amendment.actions[i].{field}.
absl::Status CheckActions(const v1::Amendment& amendment, absl::string_view currency);

struct AmendmentEffect {
  std::vector<std::string> before;  // Of each action: what held before, in words.
  Decimal delta;                    // Change of the contract's value, before tax.
};

// Puts the actions into the contract and gives it a new version. On an error the contract is in between: use a copy.
// CONTRACT_NOT_AMENDABLE, EFFECTIVE_DATE_INVALID, LINE_UNKNOWN, LINE_ACTION_NOT_ALLOWED, CLAUSE_UNKNOWN,
// AMENDMENT_WITHOUT_EFFECT, COMMITMENT_BELOW_DRAWN, AMENDMENT_TOUCHES_ORDERS, CHAIN_BROKEN.
absl::StatusOr<AmendmentEffect> ApplyActions(const v1::Amendment& amendment, const FactsByRoot& facts,
                                             v1::Contract* contract);

// The contract as the prices of an amendment see it: a copy whose lines are those it adds or prices anew, with what may
// still be called off of them, tolerance included, be it nothing: every new price is asked. Empty: no price changes.
absl::StatusOr<v1::Contract> PricedAnew(const v1::Amendment& amendment, const FactsByRoot& facts,
                                        const v1::Contract& before, const v1::Contract& after);

// The words that are reviewed and signed, one item a line.
std::string AmendmentText(const v1::Amendment& amendment, const v1::Contract& contract);

// What was typed at the signature is corrected, until it is filed; `approved`: the day of the last opinion.
// CONTRACT_FILED, FIELD_REQUIRED, SIGN_DATE_INVALID.
absl::Status CorrectSignature(const v1::CorrectAmendmentSignatureRequest& request, absl::string_view approved,
                              absl::string_view today, v1::Amendment* amendment);

// The first version of a contract: what was signed.
void AddFirstVersion(v1::Contract* contract);

}  // namespace kam::contract::rules

#endif  // KAM_CONTRACT_SVC_RULES_AMENDMENT_H_
