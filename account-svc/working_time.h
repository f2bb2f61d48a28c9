// The working calendar of the department as it holds day by day.
#ifndef KAM_ACCOUNT_SVC_WORKING_TIME_H_
#define KAM_ACCOUNT_SVC_WORKING_TIME_H_

#include <map>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "account-svc/context.h"
#include "common/time/calendar.h"

namespace kam::account {

class WorkingTime {
 public:
  // Reads every version; before the first holds the week of the policy.
  static absl::StatusOr<WorkingTime> Load(const Context& context, mysql::Connection& connection);

  const BusinessCalendar& On(absl::CivilDay day) const;
  bool IsWorkday(absl::CivilDay day) const { return On(day).IsBusinessDay(day); }
  // When `working_time` has passed since `start`, under the version of the day of `start`.
  absl::StatusOr<absl::Time> After(absl::Time start, absl::Duration working_time) const;

 private:
  WorkingTime() = default;

  absl::TimeZone zone_;
  std::map<absl::CivilDay, BusinessCalendar> versions_;  // By first day; the policy's week at the beginning of time.
};

}  // namespace kam::account

#endif  // KAM_ACCOUNT_SVC_WORKING_TIME_H_
