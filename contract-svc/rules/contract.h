// Rules of contracts (C-10, C-11, C-12): drafting, review by those who may, signing of exactly the approved words. Pure
// functions.
#ifndef KAM_CONTRACT_SVC_RULES_CONTRACT_H_
#define KAM_CONTRACT_SVC_RULES_CONTRACT_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "contract-svc/rules/order.h"

namespace kam::contract::v1 {
class Contract;
class SignContractRequest;
enum ReviewStepKind : int;
}  // namespace kam::contract::v1

namespace kam::contract::rules {

// Days before the end of a contract at which it becomes EXPIRING.
inline constexpr int kExpiringDays = 60;

// Numbers the lines, works out amounts and total. CURRENCY_MISMATCH, LINE_NUMBER_REPEATED, FIELD_OUT_OF_RANGE,
// CONTRACT_DATES_CONTRADICT.
absl::Status ComputeContract(v1::Contract* contract);

// The words both sides agree on, in a fixed order, one item a line; the same content always gives the same text.
// Escapes line breaks, so that no content can look like another one.
std::string ContractText(const v1::Contract& contract);

// Puts a complete draft before the reviewers: freezes the hash and makes the steps. OPEN_POINTS_LEFT, CLAUSE_MISSING,
// PARTIES_MISSING, LINES_MISSING, CONTRACT_DATES_MISSING, TERMS_REQUIRED, DEADLINE_PAST. `sha256` is that of
// ContractText.
absl::Status Submit(absl::string_view actor, absl::string_view today, absl::string_view deadline,
                    absl::string_view sha256, v1::Contract* contract);

// PRODUCT_NOT_AGREED, PRICE_NOT_AGREED, QUANTITY_NOT_AGREED, QUOTE_OF_OTHER_ACCOUNT, CURRENCY_MISMATCH: the lines
// against an accepted quote.
absl::Status CheckQuotePrices(const AgreedTerms& quote, const v1::Contract& contract);

// Permission that the reviewer of a step must hold, "contract.review_legal".
std::string ReviewPermission(v1::ReviewStepKind step);

// One opinion. The last yes approves the contract, one no returns it. REVIEW_STEP_UNKNOWN, REVIEW_STEP_DECIDED,
// SEPARATION_OF_DUTIES, OPINION_REQUIRED.
absl::Status Review(absl::string_view actor, v1::ReviewStepKind step, bool approve, absl::string_view opinion,
                    absl::Time now, v1::Contract* contract);

// Marks the steps whose deadline has passed; true when there are any.
bool MarkOverdue(absl::string_view today, v1::Contract* contract);

// SIGNED_TEXT_DIFFERS, SIGNATORY_MISSING, SIGNING_CHECK_FAILED, SIGN_DATE_INVALID. `sha256` is that of the stored
// words.
absl::Status Sign(const v1::SignContractRequest& request, absl::string_view actor, absl::string_view today,
                  absl::string_view sha256, v1::Contract* contract);

// May a new order be taken on `today`? CONTRACT_NOT_IN_FORCE, CONTRACT_NOT_STARTED, CONTRACT_ENDED.
absl::Status CheckOrderable(absl::string_view today, const v1::Contract& contract);

// May an order that was entered while the contract was in force still go out? Also after its last day, but not when it
// was suspended or terminated meanwhile: CONTRACT_NOT_IN_FORCE.
absl::Status CheckReleasable(const v1::Contract& contract);

// CONTRACT_NOT_STARTED, CONTRACT_ENDED.
absl::Status CheckInForce(absl::string_view today, const v1::Contract& contract);

}  // namespace kam::contract::rules

#endif  // KAM_CONTRACT_SVC_RULES_CONTRACT_H_
