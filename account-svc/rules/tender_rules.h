// Rules of tenders. Pure functions.
#ifndef KAM_ACCOUNT_SVC_RULES_TENDER_RULES_H_
#define KAM_ACCOUNT_SVC_RULES_TENDER_RULES_H_

#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "account-svc/policy.h"
#include "google/type/money.pb.h"
#include "kam/account/v1/tender.pb.h"

namespace kam::account::v1 {
class OpenTenderRequest;
class PayBidBondRequest;
class RecordBidBondReturnRequest;
class SubmitTenderRequest;
}  // namespace kam::account::v1

namespace kam::account::rules {

// What contract-svc says of the quote a bid is priced by.
struct BidQuote {
  std::string name;
  std::string account;
  bool allowed = false;  // The price authority has allowed it as it is.
  std::string state;     // For messages.
  google::type::Money price;
};

// Completes the days and checks them: TENDER_DATES_ORDER by field.
absl::Status CompleteTender(absl::TimeZone zone, v1::Tender* tender);
// TENDER_BOUND: what was approved stays until it is revised, after the submission only what is known of others changes.
// SEPARATION_OF_DUTIES: that there was more time is put down, once the time is over, by another than who leads the bid.
absl::Status CheckTenderUpdate(absl::string_view actor, absl::Time now, const v1::Tender& before,
                               const v1::Tender& after);
// Reminders of deadlines that have moved are forgotten, so that they come again; a bid that was missed may be handed in
// after all when the issuer gives more time.
void ForgetReminders(const v1::Tender& before, v1::Tender* after);

// SEPARATION_OF_DUTIES for the one who leads it, DOCUMENTS_MISSING, QUOTE_OF_ANOTHER_ACCOUNT, BID_PRICE_UNAUTHORISED
// (also when `quote` is not the one that the tender names).
absl::Status ApproveBid(absl::string_view actor, const BidQuote& quote, absl::Time now, v1::Tender* tender);
// When it was handed in counts, not when that is put down: SUBMISSION_DEADLINE_PASSED, TIME_IN_FUTURE,
// SUBMITTED_BEFORE_APPROVAL, SUBMISSION_RECORDED_LATE after the policy's tender_record_late; SEPARATION_OF_DUTIES for
// who leads it once the deadline has passed. BID_BOND_UNPAID also for a bond that came back, or was paid after the bid
// was handed in; BID_PRICE_UNAUTHORISED, BID_PRICE_CHANGED.
absl::Status SubmitBid(const v1::SubmitTenderRequest& request, absl::string_view actor, const BidQuote& quote,
                       absl::Time now, absl::TimeZone zone, const Policy& policy, v1::Tender* tender);
// The bid is prepared anew and approved again: SUBMISSION_DEADLINE_PASSED for one that is with the issuer (it was
// SUBMITTED `before`), once he takes no more. What he has stands until another is handed in.
absl::Status ReviseBid(absl::Time now, v1::TenderState before, v1::Tender* tender);
// What was given up or called off goes on: a bid that the issuer has stands as it was handed in, any other is prepared
// again. So does what he has while another is prepared that is not handed in: BID_NOT_SUBMITTED when he has none.
// SEPARATION_OF_DUTIES for who leads it.
absl::Status ResumeTender(absl::string_view actor, v1::Tender* tender);
// The bond was paid, again when the one before came back, with its proof. DATE_IN_FUTURE, DATE_TOO_EARLY before that
// day; BID_BOND_STANDS for a bid that is handed in with a bond that did not come back.
absl::Status PayBond(const v1::PayBidBondRequest& request, const std::string& today, v1::Tender* tender);
// BID_BOND_UNPAID, DATE_IN_FUTURE, DATE_TOO_EARLY before it was paid; REASON_REQUIRED to put a day right.
absl::Status ReturnBond(const v1::RecordBidBondReturnRequest& request, const std::string& today, v1::Tender* tender);
// What was said of the result was a mistake: it is not known. SEPARATION_OF_DUTIES for who leads it.
absl::Status ForgetResult(absl::string_view actor, v1::Tender* tender);
// No contract is drafted for a win, or the one that was has been cancelled. `contract_state` as contract-svc has it,
// empty for a contract that is not there: CONTRACT_DRAFTED when it is and is not cancelled.
absl::Status DeclineDraft(absl::string_view reason, absl::string_view contract_state, v1::ContractDraftRequest* draft);
// TENDER_NOT_OPEN.
absl::Status OpenBids(const v1::OpenTenderRequest& request, absl::Time now, v1::Tender* tender);

// The next deadline to remind of in the state of the tender, and when; nothing when all are past or reminded of.
std::optional<std::pair<v1::TenderDeadline, absl::Time>> NextReminder(const v1::Tender& tender, const Policy& policy,
                                                                      absl::TimeZone zone, absl::Time now);
// Whether a bid can still be submitted.
bool MaySubmit(const v1::Tender& tender);

}  // namespace kam::account::rules

#endif  // KAM_ACCOUNT_SVC_RULES_TENDER_RULES_H_
