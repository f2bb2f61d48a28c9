// Rules of contracts (C-10, C-11, C-12): drafting, review by those who may, signing of exactly the approved words. Pure
// functions.
#ifndef KAM_CONTRACT_SVC_RULES_CONTRACT_H_
#define KAM_CONTRACT_SVC_RULES_CONTRACT_H_

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "contract-svc/rules/order.h"

namespace google::type {
class Money;
}

namespace kam::contract::v1 {
class Contract;
class CorrectContractSignatureRequest;
class SignContractRequest;
enum ReviewStepKind : int;
}  // namespace kam::contract::v1

namespace kam::contract::rules {

// Numbers the lines, works out amounts and total. CURRENCY_MISMATCH, LINE_NUMBER_REPEATED, FIELD_OUT_OF_RANGE,
// CONTRACT_DATES_CONTRADICT, REBATE_SCALE_INVALID; FIELDS_EXCLUSIVE for a gift with a price, a value or a tolerance.
absl::Status ComputeContract(v1::Contract* contract);

// The words both sides agree on, in a fixed order, one item a line; the same content always gives the same text.
// Escapes line breaks, so that no content can look like another one.
std::string ContractText(const v1::Contract& contract);

// The contract as it stands on `day`: lines and clauses in force, terms of the version valid then.
v1::Contract ContractOn(const v1::Contract& contract, absl::string_view day);

// The day whose words are shown when nobody names one: today, or the first or last day of a contract that has not begun
// or is over. Empty: a draft, which is as it is written.
std::string TextDay(const v1::Contract& contract, absl::string_view today);

// Whether a contract of this total is guided by the department of group customers, whatever its drafter says of it.
// `from`: amounts by currency; in a currency that is not among them every contract is.
bool IsImportant(const std::map<std::string, Decimal>& from, const google::type::Money& total);

// Puts a complete draft before the reviewers: freezes the hash and makes the steps. OPEN_POINTS_LEFT, CLAUSE_MISSING,
// PARTIES_MISSING, LINES_MISSING, CONTRACT_DATES_MISSING, TERMS_REQUIRED, INSTALMENTS_EXCEED_TOTAL, DEADLINE_PAST.
// `sha256` is that of ContractText.
absl::Status Submit(absl::string_view actor, absl::string_view today, absl::string_view deadline,
                    absl::string_view sha256, v1::Contract* contract);

// PRODUCT_NOT_AGREED, PRICE_NOT_AGREED, QUANTITY_NOT_AGREED, QUOTE_OF_OTHER_ACCOUNT, CURRENCY_MISMATCH: the lines
// against an accepted quote.
absl::Status CheckQuotePrices(const AgreedTerms& quote, const v1::Contract& contract);
// Amounts and total of a contract that passes CheckQuotePrices: of lines that the quote offers for an amount their part
// of it, of others price times quantity.
absl::Status TakeQuoteAmounts(const AgreedTerms& quote, v1::Contract* contract);

// One opinion. The last yes approves the contract, one no returns it. REVIEW_STEP_UNKNOWN, REVIEW_STEP_DECIDED,
// SEPARATION_OF_DUTIES, OPINION_REQUIRED.
absl::Status Review(absl::string_view actor, v1::ReviewStepKind step, bool approve, absl::string_view opinion,
                    absl::Time now, v1::Contract* contract);

// SIGNED_TEXT_DIFFERS, SIGNATORY_MISSING, SIGNING_CHECK_FAILED, SIGN_DATE_INVALID. `sha256` is that of the stored
// words, `approved` the day of the last opinion.
absl::Status Sign(const v1::SignContractRequest& request, const std::vector<std::string>& checks,
                  absl::string_view actor, absl::string_view approved, absl::string_view today,
                  absl::string_view sha256, v1::Contract* contract);

// What was typed at the signature is corrected. FIELD_REQUIRED, CONTRACT_NOT_SIGNED, CONTRACT_FILED, SIGN_DATE_INVALID.
absl::Status CorrectSignature(const v1::CorrectContractSignatureRequest& request, bool filed,
                              absl::string_view approved, absl::string_view today, v1::Contract* contract);

// Signed at some time, here or before it was imported.
bool WasSigned(const v1::Contract& contract);

// May a new order be taken on `today`? CONTRACT_NOT_IN_FORCE, CONTRACT_NOT_STARTED, CONTRACT_ENDED.
absl::Status CheckOrderable(absl::string_view today, const v1::Contract& contract);

// The day of an order decides which version it follows; nobody orders on the terms of a day of his choosing.
// ORDER_DATE_NOT_CURRENT: in the future, or more than `age_max_days` ago.
absl::Status CheckOrderDay(absl::string_view order_date, absl::string_view today, int age_max_days);

// In force now, or again when it is resumed: ACTIVE, EXPIRING, SUSPENDED.
bool IsRunning(const v1::Contract& contract);

// May an order that was entered while the contract was in force still go out? Also after its last day, but not when it
// was suspended or terminated meanwhile: CONTRACT_NOT_IN_FORCE.
absl::Status CheckReleasable(const v1::Contract& contract);

// The day on which renewal is brought up: the lead time of the contract, or that of the company, before its last day.
absl::StatusOr<std::string> ReminderDay(const v1::Contract& contract, int lead_days);
// After its last day was moved from `end_before`: a contract that is not near its end any more is ACTIVE again. One
// that lasts longer is brought up for renewal anew, whatever was said or not said about its earlier end, unless a
// successor is on its way.
absl::Status AfterEndMoved(absl::string_view end_before, absl::string_view today, int lead_days,
                           v1::Contract* contract);

// CONTRACT_NOT_STARTED, CONTRACT_ENDED.
absl::Status CheckInForce(absl::string_view today, const v1::Contract& contract);

}  // namespace kam::contract::rules

#endif  // KAM_CONTRACT_SVC_RULES_CONTRACT_H_
