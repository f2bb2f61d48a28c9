// Rules of complaints (S-02 to S-06, R-18). Pure functions. Which verb is open in which state stands in the options of
// the RPCs; here is what else must hold, and what follows.
#ifndef KAM_AFTERSALES_SVC_RULES_COMPLAINT_RULES_H_
#define KAM_AFTERSALES_SVC_RULES_COMPLAINT_RULES_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "aftersales-svc/policy.h"
#include "kam/complaint/v1/complaint.pb.h"
#include "kam/complaint/v1/complaint_class_rule.pb.h"

namespace kam::aftersales::rules {

namespace cv1 = ::kam::complaint::v1;

// CLOSED, REJECTED, DUPLICATE.
bool HasEnded(cv1::ComplaintState state);

// The rule that decides the class: of those whose conditions all hold, the one with the highest priority, then the
// earliest in `rules`. Null: none fits. `tier`: of the account, empty when unknown.
const cv1::ComplaintClassRule* DecidingRule(const cv1::Complaint& complaint, absl::string_view tier,
                                            const std::vector<cv1::ComplaintClassRule>& rules);

// A new complaint: RECEIVED, times, class. TIME_IN_FUTURE. A complaint that went past us counts as overdue.
absl::Status Register(absl::string_view tier, const std::vector<cv1::ComplaintClassRule>& rules, absl::Time now,
                      const Policy& policy, cv1::Complaint* complaint);
// COMPLAINT_ENDED; COMPLAINT_RECORD_KEPT: the original record stays, the words of the customer from the moment it is
// accepted (until then whoever took them down corrects them) and the evidence always (S-04).
absl::Status CheckUpdate(const cv1::Complaint& before, absl::string_view actor, cv1::Complaint* after);
// Gives an updated complaint a graver class when the rules ask for one now: true. Never a lighter one, never against
// the class that a person gave, and not once the solution is carried out.
bool RaiseClass(absl::string_view tier, const std::vector<cv1::ComplaintClassRule>& rules, cv1::Complaint* complaint);

// Who may work on it: NOT_HANDLER unless `actor` is the handler, a helper, or `may_assign`;
// MAJOR_COMPLAINT_NOT_ALLOWED for a major one unless `may_handle_major`.
struct Worker {
  std::string actor;  // "employees/{id}"
  bool may_assign = false;
  bool may_handle_major = false;
};
absl::Status CheckWorker(const cv1::Complaint& complaint, const Worker& worker);
// MAJOR_COMPLAINT_NOT_ALLOWED for a major one unless `may_handle_major`: also to end it.
absl::Status CheckMajor(const cv1::Complaint& complaint, bool may_handle_major);

// The handler or a helper.
bool WorksOn(absl::string_view employee, const cv1::Complaint& complaint);
// Who works on a complaint, or has (`worked_on`), does not stop its clocks, end it or make it slighter alone:
// SEPARATION_OF_DUTIES naming `what`.
absl::Status CheckOtherThanWorkers(bool worked_on, absl::string_view what);

// CLASS_UNCHANGED, SEPARATION_OF_DUTIES when whoever `worked_on` it gives it a lighter class.
absl::Status GiveClass(cv1::ComplaintClass complaint_class, absl::string_view reason, bool worked_on,
                       cv1::Complaint* complaint);
// ASSIGNED, unless the investigation has begun: it goes on under the new handler. HANDLER_REPEATED.
absl::Status Assign(absl::string_view handler, const std::vector<std::string>& co_handlers, cv1::Complaint* complaint);
// COMPLAINT_NOT_MAJOR.
absl::Status InvolveManufacturer(cv1::Complaint* complaint);
// Cause and responsible party are known, and the investigation is over. INVESTIGATION_REQUIRED.
absl::Status Propose(absl::string_view solution, absl::Time now, cv1::Complaint* complaint);
// TIME_IN_FUTURE, REPLY_BEFORE_RECEIPT.
absl::Status Reply(cv1::ContactChannel channel, absl::string_view content, std::optional<absl::Time> at,
                   absl::string_view actor, absl::Time now, const Policy& policy, cv1::Complaint* complaint);
// Does a reply tell the result: since the solution of this round was proposed? That we have got it is no result.
bool TellsResult(const cv1::Complaint& complaint, const cv1::ComplaintReply& reply);
// Was the result told?
bool WasToldResult(const cv1::Complaint& complaint);
// Is what a kind of clock waits for done already? Then it is not asked for again.
bool IsReached(cv1::ClockKind kind, const cv1::Complaint& complaint);
// REPLY_REQUIRED until the customer was told something since the receipt, or since the last reopening.
absl::Status CheckReplied(const cv1::Complaint& complaint);
// CONFIRMED, or REOPENED when not satisfied. REPLY_REQUIRED until the result was told, SEPARATION_OF_DUTIES when
// whoever `worked_on` it asks the customer, SCORE_CONTRADICTS when he is said to be satisfied with a score that says he
// is not.
absl::Status Confirm(bool satisfied, int score, absl::string_view confirmed_by, absl::string_view remark,
                     bool worked_on, absl::Time now, const Policy& policy, cv1::Complaint* complaint);
// REPLY_REQUIRED, CONFIRMATION_REQUIRED.
absl::Status CheckClose(const cv1::Complaint& complaint);
// Takes it up again; what was a duplicate is one no more.
void Reopen(absl::string_view reason, absl::Time now, cv1::Complaint* complaint);
// Back to where it stood before it was suspected; where that is not known, after an import, to RECEIVED.
void ClearSuspicion(cv1::Complaint* complaint);
// DUPLICATE_INVALID: also when the original has ended, as nobody would answer either of them.
absl::Status CheckDuplicate(const cv1::Complaint& complaint, const cv1::Complaint& original);
// COMPLAINT_NOT_OVERDUE.
absl::Status ExplainOverdue(absl::string_view explanation, cv1::Complaint* complaint);
// `now`, level, role and who; ESCALATION_LEVEL_NOT_HIGHER, ESCALATION_LEVEL_NOT_LOWER. SEPARATION_OF_DUTIES when
// whoever `worked_on` it would lower its level.
absl::Status Escalate(int level, absl::string_view role, absl::string_view actor, absl::string_view reason,
                      absl::Time now, cv1::Complaint* complaint);
absl::Status Deescalate(int level, absl::string_view actor, bool worked_on, absl::string_view reason, absl::Time now,
                        cv1::Complaint* complaint);

}  // namespace kam::aftersales::rules

#endif  // KAM_AFTERSALES_SVC_RULES_COMPLAINT_RULES_H_
