// Leave (G-06, R-05). Pure functions.
#ifndef KAM_ACCOUNT_SVC_RULES_LEAVE_RULES_H_
#define KAM_ACCOUNT_SVC_RULES_LEAVE_RULES_H_

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "account-svc/policy.h"
#include "common/money/decimal.h"
#include "kam/organization/v1/leave_request.pb.h"

namespace kam::account::rules {

// What leave needs to know of the working calendar.
struct WorkCalendar {
  std::function<bool(absl::CivilDay)> is_workday;
  absl::TimeZone zone;
};

// Working days of an absence, in halves. Dates are ISO text and in order.
absl::StatusOr<Decimal> WorkingDays(const WorkCalendar& calendar, absl::string_view first, bool starts_at_noon,
                                    absl::string_view last, bool ends_at_noon);

// Who decides: by the working days of `leave` and of those of `others` that follow on one another without a working day
// between; who takes three days one by one is away for three days. `direct_limit`: how many days the direct superior
// decides on; none: of the policy. `others`: of the same person, open, granted or taken. Returns the days in one.
absl::StatusOr<Decimal> SetLevel(const WorkCalendar& calendar, const Policy& policy,
                                 const std::optional<Decimal>& direct_limit,
                                 const std::vector<organization::v1::LeaveRequest>& others,
                                 organization::v1::LeaveRequest* leave);

// Completes a new request and may refuse it: LEAVE_CHANNEL_REFUSED, DOCUMENT_REQUIRED, DATES_REVERSED, LEAVE_TOO_LONG,
// LEAVE_WITHOUT_WORKING_DAY, LEAVE_BACKDATED, DEPUTY_INVALID. Gives it state, days, level and window.
absl::Status FileLeave(const WorkCalendar& calendar, const Policy& policy, absl::string_view today,
                       organization::v1::LeaveRequest* leave);

// Whether two absences share a half day.
bool Overlap(const organization::v1::LeaveRequest& a, const organization::v1::LeaveRequest& b);
// LEAVE_OVERLAP naming the other, `others` being those of the same person that are open, granted or taken.
absl::Status CheckLeaveOverlap(const organization::v1::LeaveRequest& leave,
                               const std::vector<organization::v1::LeaveRequest>& others);
// DEPUTY_INVALID when the deputy is away on these days; `away` are his granted leaves.
absl::Status CheckDeputy(const organization::v1::LeaveRequest& leave,
                         const std::vector<organization::v1::LeaveRequest>& away);
// DEPUTY_NEEDED when the person stands in for somebody on these days; `deputized` are the granted leaves that name him.
// Nobody chooses when he is ill, a child is born or somebody dies.
absl::Status CheckNotNeeded(const organization::v1::LeaveRequest& leave,
                            const std::vector<organization::v1::LeaveRequest>& deputized);

// Whoever decides, as he stands to the person.
struct LeaveDecider {
  std::string name;                       // employees/{id}
  int distance = 0;                       // Steps up the disciplinary line of the person; 0: not above.
  bool next_level = true;                 // Somebody is above the direct superior.
  bool decides_long = false;              // leave.approve.long
  bool personnel = false;                 // The same over all rows: the personnel department.
  std::vector<std::string> above_direct;  // Who could decide instead, by name, for the refusal.
  std::optional<Decimal> limit = {};      // Working days he decides as the direct superior; none: of the policy.
};
// The widest of the figures that the roles of somebody have (staff.h, LimitsOf); `policy` where a role has none.
std::optional<Decimal> WidestLimit(const Policy& policy, const std::vector<std::optional<Decimal>>& limits);

// `in_one`: days with those before and after, of SetLevel. SEPARATION_OF_DUTIES, NOT_A_SUPERIOR,
// LEAVE_NEEDS_NEXT_LEVEL.
absl::Status CheckLeaveDecision(const LeaveDecider& decider, const Policy& policy,
                                const organization::v1::LeaveRequest& leave, const Decimal& in_one);
void DecideLeave(absl::string_view decider, absl::string_view opinion, absl::Time now,
                 organization::v1::LeaveRequest* leave);

// LEAVE_BEGUN once the first day has come.
absl::Status CheckCancelLeave(absl::string_view today, const organization::v1::LeaveRequest& leave);

// Sets the days taken and overstayed. `self`: the person says it himself, and then of today only: an earlier day is
// confirmed by somebody else (G-20). `others`: leave of the person that is granted or taken; its days are not
// overstayed. LEAVE_NOT_BEGUN, RETURN_DATE_INVALID.
absl::Status ReturnFromLeave(const WorkCalendar& calendar, absl::string_view today, absl::string_view return_date,
                             bool self, const std::vector<organization::v1::LeaveRequest>& others,
                             organization::v1::LeaveRequest* leave);

// Puts a return right that was reported by mistake: as ReturnFromLeave on that day, or, with none, the leave goes on as
// granted. `actor`: never the person himself. `around`: leave of the person that is open, granted or taken around this
// one. SEPARATION_OF_DUTIES, RETURN_DATE_INVALID, LEAVE_OVERLAP.
absl::Status CorrectReturn(const WorkCalendar& calendar, absl::string_view today, absl::string_view actor,
                           absl::string_view return_date, const std::vector<organization::v1::LeaveRequest>& around,
                           organization::v1::LeaveRequest* leave);

// What a person was away within a period: [first, last] is inside of the person's service.
struct Attendance {
  Decimal working, leave, overstayed;
  Decimal unconfirmed;  // After a leave whose return nobody has reported, until the day before `today`.
  Decimal present;      // The rest.
  std::vector<std::pair<organization::v1::LeaveKind, Decimal>> by_kind;
};
absl::StatusOr<Attendance> CountAttendance(const WorkCalendar& calendar, absl::string_view first,
                                           absl::string_view last, absl::string_view today,
                                           const std::vector<organization::v1::LeaveRequest>& leaves);

}  // namespace kam::account::rules

#endif  // KAM_ACCOUNT_SVC_RULES_LEAVE_RULES_H_
