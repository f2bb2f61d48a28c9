// Rules of visits. Pure functions.
#ifndef KAM_ACCOUNT_SVC_RULES_VISIT_RULES_H_
#define KAM_ACCOUNT_SVC_RULES_VISIT_RULES_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "account-svc/policy.h"

namespace kam::account::v1 {
class CorrectVisitReportRequest;
class CustomerNeed;
class CustomerOpinion;
class Visit;
class VisitNeed;
class VisitSuggestion;
}  // namespace kam::account::v1

namespace kam::account::rules {

// Begin and end come together, the end later, by no more than the policy's longest visit: VISIT_WINDOW_INVALID.
absl::Status CheckWindow(const v1::Visit& visit, const Policy& policy);
// Gives a visit that has not begun to whoever goes on with the account. He has agreed to nothing yet: it is approved
// anew and takes nobody's time until then, whatever else he has planned; a plan of somebody else has it no more.
void HandOver(const std::string& receiver, v1::Visit* visit);
// Visitor and companions are different people: COMPANION_REPEATED.
absl::Status CheckPeople(const v1::Visit& visit);
// Whose time the visit takes. An approved one takes that of everybody on it, one that is only planned that of the
// visitor who planned it himself: nobody fills the calendar of another with what he thinks of.
std::vector<std::string> PeopleTaken(const v1::Visit& visit);
// Both are planned for the same time, or for none.
bool SameTime(const v1::Visit& a, const v1::Visit& b);
// PLANNED when the visit has a time, PROPOSED otherwise.
void SetFirstState(v1::Visit* visit);
// VISIT_FROZEN: time, visitor and companions of an approved visit stay; a visit that is over (MISSED, CANCELLED) does
// not change, one that is DONE only in its follow-ups.
absl::Status CheckVisitUpdate(const v1::Visit& before, const v1::Visit& after);
// NOT_ON_THE_VISIT unless `actor` is the visitor, goes along, or is above the visitor (`superior`).
absl::Status CheckTakesPart(absl::string_view actor, bool superior, const v1::Visit& visit);
// VISIT_OVER once the planned end has passed: from then on the visit is made or missed. What was never approved, a
// superior (`superior`) may still call off.
absl::Status CheckCancel(const v1::Visit& visit, bool superior, absl::Time now);
// VISIT_OVER when the time of a visit that is over is moved or taken away.
absl::Status CheckTimeUpdate(const v1::Visit& before, const v1::Visit& after, absl::Time now);
// CHECK_IN_OFF_PLAN before the day for which the visit was approved or the day of the approval, or longer after its
// planned end than the policy's visit_late: that is another visit. What was approved after its end was made before;
// what was put down after its end, before it was put down.
absl::Status CheckInDay(absl::Time at, const v1::Visit& visit, absl::TimeZone zone, const Policy& policy);
// VISIT_NOT_APPROVED: a visit that nobody approved is made when its visitor planned it himself, or when it belongs to
// an approved plan (`in_plan`).
absl::Status CheckAgreed(const v1::Visit& visit, bool in_plan);
// Beside CheckInDay, of a visit without an approval of its own: it is made on its day and put down before it is late.
// CHECK_IN_OFF_PLAN.
absl::Status CheckInUnapproved(absl::Time at, absl::Time now, const v1::Visit& visit, absl::TimeZone zone,
                               const Policy& policy);
// RECORD_KEPT unless it is an idea, or planned and not over yet: what was agreed counts in the completion rate.
absl::Status CheckVisitArchive(const v1::Visit& before, absl::Time now);
// SEPARATION_OF_DUTIES when `actor` is the visitor or goes along, NOT_THE_SUPERIOR unless he is above the visitor
// (`superior`), VISIT_WINDOW_REQUIRED, VISIT_TOO_OLD when it was over for longer than the policy's visit_backdating.
absl::Status Approve(absl::string_view actor, bool superior, absl::Time now, const Policy& policy, v1::Visit* visit);
// `at`: when, as the caller says. TIME_IN_FUTURE.
absl::Status CheckIn(std::optional<absl::Time> at, absl::Time now, const Policy& policy, v1::Visit* visit);
// Nobody was there: it is approved or planned again, as it was.
void UndoCheckIn(v1::Visit* visit);
// CHECK_OUT_BEFORE_CHECK_IN, VISIT_WINDOW_INVALID for more than the longest visit, REPORT_REQUIRED, TIME_IN_FUTURE;
// FOLLOW_UP_INCOMPLETE: somebody does it by a date.
absl::Status Complete(std::optional<absl::Time> at, absl::string_view report, absl::string_view result, absl::Time now,
                      const Policy& policy, v1::Visit* visit);
// VISIT_REPORT_FIXED after the time of the policy; VISIT_COMMENTED when a superior has commented on what is reported
// and `actor` is none (`superior`); REPORT_REQUIRED.
absl::Status CorrectReport(bool superior, const v1::CorrectVisitReportRequest& request, absl::Time now,
                           const Policy& policy, v1::Visit* visit);
// What was linked with its register stays linked when the lines are written again as they were.
void KeepLinks(const v1::Visit& before, v1::Visit* after);
// What was heard on the visit, as it goes into its register.
v1::CustomerNeed NeedOf(const v1::Visit& visit, const v1::VisitNeed& heard);
v1::CustomerOpinion OpinionOf(const v1::Visit& visit, const v1::VisitSuggestion& heard, const std::string& day);
// VISIT_NOT_OVER before the planned end.
absl::Status MarkMissed(absl::string_view reason, absl::Time now, v1::Visit* visit);
// As Approve: SEPARATION_OF_DUTIES, NOT_THE_SUPERIOR.
absl::Status Comment(absl::string_view actor, bool superior, absl::string_view comment, v1::Visit* visit);

}  // namespace kam::account::rules

#endif  // KAM_ACCOUNT_SVC_RULES_VISIT_RULES_H_
