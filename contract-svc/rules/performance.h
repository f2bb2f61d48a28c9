// Performance of contracts and disputes about it (C-13), renewal (C-16). Pure functions.
#ifndef KAM_CONTRACT_SVC_RULES_PERFORMANCE_H_
#define KAM_CONTRACT_SVC_RULES_PERFORMANCE_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/money/decimal.h"

namespace kam::contract::v1 {
class Contract;
class DeclineContractRenewalRequest;
class Fulfilment;
class Obligation;
class RecordFulfilmentRequest;
class RenewContractRequest;
class TakeBackFulfilmentRequest;
}  // namespace kam::contract::v1

namespace kam::contract::rules {

// A contract ends, and its final rebate is reckoned, when its orders are over: what is still invoiced belongs to it.
// ORDERS_OPEN.
absl::Status CheckOrdersOver(absl::string_view contract, int64_t open_orders);

// A new or changed obligation: exactly one target, in the currency of the contract; the deviation is worked out.
// CONTRACT_NOT_IN_FORCE, TARGET_REQUIRED, CURRENCY_MISMATCH.
absl::Status CompleteObligation(const v1::Contract& contract, absl::string_view today, v1::Obligation* obligation);

// The deviation from the target.
absl::Status SetDeviation(v1::Obligation* obligation);

// IN_FORCE until its day has passed, OVERDUE after it, COMPLETED when the target is reached: where an obligation stands
// that is neither disputed nor terminated.
absl::Status PlaceObligation(absl::string_view today, v1::Obligation* obligation);

// Target and day of an obligation that follows a term of its contract change by an amendment only.
// OBLIGATION_FOLLOWS_TERM.
absl::Status CheckFollowsTerm(const v1::Obligation& before, const v1::Obligation& after);

// Day or target of an obligation whose day has passed is another one: who is measured by it does not decide that.
bool MovesPassedDay(absl::string_view today, const v1::Obligation& before, const v1::Obligation& after);
// SUPERVISION_REQUIRED naming the permission of those who may.
absl::Status SupervisionRequired(absl::string_view obligation, absl::string_view permission);

// Its dispute is over: it stands where its day puts it again, or ends when the contract has ended meanwhile.
absl::Status GoOnAfterDispute(const v1::Contract& contract, absl::string_view today, v1::Obligation* obligation);

// Something was done. What reaches the target completes it, also while it is disputed. TARGET_REQUIRED naming the field
// that its target is in, CURRENCY_MISMATCH, FULFIL_DATE_INVALID.
absl::Status Fulfil(const v1::RecordFulfilmentRequest& request, absl::string_view actor, absl::string_view today,
                    v1::Obligation* obligation);

// What was done so far, and with one line, in the unit of the target.
absl::StatusOr<Decimal> FulfilledOf(const v1::Obligation& obligation);
absl::StatusOr<Decimal> AmountOfLine(const v1::Obligation& obligation, const v1::Fulfilment& line);

// Adds a line of `amount` to what was done, less than nothing when something is taken back, and finds the place of the
// obligation; a dispute goes on until the target is reached.
absl::Status AddFulfilment(Decimal amount, v1::Fulfilment line, absl::string_view today, v1::Obligation* obligation);

// The books say what was done towards an obligation that follows a term. OBLIGATION_FOLLOWS_TERM.
absl::Status CheckByHand(const v1::Obligation& obligation);

// A line that somebody wrote down was a mistake: a line against it. What the contract has ended meanwhile does not come
// back to life. FULFILMENT_UNKNOWN, FULFILMENT_TAKEN_BACK, OBLIGATION_FOLLOWS_TERM for a line of the books.
absl::Status TakeBackFulfilment(const v1::TakeBackFulfilmentRequest& request, const v1::Contract& contract,
                                absl::string_view actor, absl::string_view today, v1::Obligation* obligation);

// The draft of a successor: parties, lines and clauses as they stand on the last day, for the next period. Nothing of
// it is approved. RENEWAL_DECIDED, CONTRACT_DATES_MISSING, CONTRACT_DATES_CONTRADICT.
absl::StatusOr<v1::Contract> DraftSuccessor(const v1::RenewContractRequest& request, const v1::Contract& contract);

// The successor that was drafted before it was decided otherwise is taken up as it stands. RENEWAL_DECIDED when the
// request wants other terms than it has: those are changed in the draft.
absl::Status TakeUpSuccessor(const v1::RenewContractRequest& request, const v1::Contract& contract,
                             const v1::Contract& successor);

// Its successor came to nothing: it is to be decided on again, or has ended without anybody saying why.
void GiveUpSuccessor(absl::string_view successor, absl::string_view today, v1::Contract* contract);

// RENEWAL_DECIDED, REMARK_REQUIRED.
absl::Status DeclineRenewal(const v1::DeclineContractRenewalRequest& request, v1::Contract* contract);

}  // namespace kam::contract::rules

#endif  // KAM_CONTRACT_SVC_RULES_PERFORMANCE_H_
