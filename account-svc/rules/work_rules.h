// Rules of work (G-08, G-12, G-23, G-24): who may give it, use it, answer it and check it. Pure.
#ifndef KAM_ACCOUNT_SVC_RULES_WORK_RULES_H_
#define KAM_ACCOUNT_SVC_RULES_WORK_RULES_H_

#include <map>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "account-svc/policy.h"

namespace kam::organization::v1 {
class CoordinationRequest;
class ImprovementItem;
class ResourceBooking;
class SharedResource;
class Task;
class WorkingGroup;
}  // namespace kam::organization::v1

namespace kam::account::rules {

namespace organization = ::kam::organization::v1;

// Somebody who acts, as seen from somebody the work concerns.
struct Actor {
  std::string name;    // "employees/{id}"
  bool above = false;  // Above that person in the reporting lines.
  bool all = false;    // His right reaches everybody.
};

// INVALID_ARGUMENT DATE_IN_PAST naming `field`.
absl::Status CheckNotPast(absl::string_view field, const std::string& date, const std::string& today);

// ---- Tasks
// Work is given to oneself or downwards: PERMISSION_DENIED NOT_IN_LINE. `giver.above`: of `assignee`.
absl::Status CheckAssign(const Actor& giver, const std::string& assignee);
// Whoever accepts, returns, moves or cancels a task is above the assignee, or has the right for everybody: there is
// somebody also where no line leads. Of a task that somebody gave himself he is his own judge.
absl::Status CheckJudge(const Actor& judge, const organization::Task& task);
absl::Status CheckAssignee(const std::string& actor, const organization::Task& task);
// Before a change by Update: TASK_CLOSED, NOT_IN_LINE, DATE_IN_PAST for a new last day.
absl::Status CheckTaskUpdate(const Actor& actor, const organization::Task& before, const organization::Task& after,
                             const std::string& today);

// ---- Shared resources
// BOOKING_WINDOW_INVALID, TIME_IN_PAST.
absl::Status CheckBookingWindow(const organization::ResourceBooking& booking, absl::Time now, const Policy& policy);
// RESOURCE_UNAVAILABLE.
absl::Status CheckUsable(const organization::SharedResource& resource);
// A car waits for dispatch, everything else is confirmed.
void SetFirstState(const organization::SharedResource& resource, organization::ResourceBooking* booking);
// Before a change by Update: BOOKING_FROZEN once it was handed out or is over. A dispatched car whose time or use
// changes waits again.
absl::Status ChangeBooking(const organization::SharedResource& resource, const organization::ResourceBooking& before,
                           organization::ResourceBooking* after);
// SEPARATION_OF_DUTIES for the user and for whoever booked in his name.
absl::Status CheckDispatcher(const std::string& actor, const organization::ResourceBooking& booking);
// BOOKING_OVER once its time is over.
absl::Status CheckHandOutTime(absl::Time now, const organization::ResourceBooking& booking);
// MILEAGE_REQUIRED, MILEAGE_BACKWARDS; of cars only.
absl::Status HandOut(int64_t mileage_km, absl::Time now, const organization::SharedResource& resource,
                     organization::ResourceBooking* booking);
absl::Status TakeBack(int64_t mileage_km, const std::string& note, absl::Time now,
                      organization::SharedResource* resource, organization::ResourceBooking* booking);
// A mistyped figure is lowered with a reason, and while nobody has the car (`out`): RESOURCE_OUT.
absl::Status CheckMileage(const organization::SharedResource& before, const organization::SharedResource& after,
                          bool out);

// ---- Improvement
void Submit(const std::string& actor, const std::string& answer_due_date, organization::ImprovementItem* item);
// IMPROVEMENT_ANSWERED, NOT_PROPOSER.
absl::Status CheckImprovementUpdate(const std::string& actor, const organization::ImprovementItem& before);
struct Answer {
  std::string answer, cause, action, owner, due_date;
};
absl::Status Plan(const std::string& actor, const Answer& answer, absl::Time now, const std::string& today,
                  organization::ImprovementItem* item);
// A planned measure goes to somebody else, or gets another day: DATE_IN_PAST. Not by whoever is to do it, nor by
// whoever brought it in: SEPARATION_OF_DUTIES. An empty action stays as it is.
absl::Status Reassign(const std::string& actor, const std::string& owner, const std::string& due_date,
                      const std::string& action, const std::string& today, organization::ImprovementItem* item);
// Of what was brought in, or of a measure that is planned and is dropped, not by whoever is to do it.
absl::Status Decline(const std::string& actor, const std::string& answer, absl::Time now, const std::string& today,
                     organization::ImprovementItem* item);
absl::Status Complete(const std::string& actor, const std::string& result, const std::string& today,
                      organization::ImprovementItem* item);
struct CheckOfEffect {
  bool effective = false;
  std::string effect, action, due_date;
};
absl::Status CheckEffect(const std::string& actor, const CheckOfEffect& check, absl::Time now, const std::string& today,
                         organization::ImprovementItem* item);

// ---- Coordination
// Fills in what the requester left out: DEPARTMENT_REQUIRED, SAME_DEPARTMENT, TIME_IN_PAST.
absl::Status Ask(const std::string& actor, const std::string& department, absl::Time now, const Policy& policy,
                 organization::CoordinationRequest* request);
// `above`: whoever asked has left, and the caller is above him and ends or pursues what he has left behind.
absl::Status CheckRequester(const std::string& actor, bool above, const organization::CoordinationRequest& request);
// Nobody says of his own answer that it is enough. SEPARATION_OF_DUTIES.
absl::Status CheckCloser(const std::string& actor, const organization::CoordinationRequest& request);
// How somebody stands to the department that is asked.
struct Addressed {
  std::string head;            // Of the department; empty: it has none.
  bool in_department = false;  // The person works in it or below it.
};
// A request is answered by the head of the department or whom he has named, by whom it was handed to, and where there
// is no head by anybody in the department or below it; not by whoever has asked. NOT_ADDRESSED, SEPARATION_OF_DUTIES.
absl::Status AnswerRequest(const std::string& actor, const Addressed& addressed, const std::string& answer,
                           absl::Time now, organization::CoordinationRequest* request);
// `addressed.in_department`: of the handler. NOT_ADDRESSED, NOT_OF_DEPARTMENT.
absl::Status AssignHandler(const std::string& actor, const Addressed& addressed, const std::string& handler,
                           organization::CoordinationRequest* request);
void Reopen(absl::Time now, const Policy& policy, organization::CoordinationRequest* request);
// `head`: of the next department above; empty: NOBODY_ABOVE. ANSWER_NOT_DUE before the time is over.
absl::Status Escalate(const std::string& head, absl::Time now, const Policy& policy,
                      organization::CoordinationRequest* request);
// `departments`: of the members, by name. MEMBER_REPEATED, LEADER_NOT_MEMBER, ONE_DEPARTMENT.
absl::Status CheckGroup(const organization::WorkingGroup& group, const std::map<std::string, std::string>& departments);

}  // namespace kam::account::rules

#endif  // KAM_ACCOUNT_SVC_RULES_WORK_RULES_H_
