// What is asked of days at work and away in several areas (G-06, G-10).
#ifndef KAM_ACCOUNT_SVC_PEOPLE_ATTENDANCE_H_
#define KAM_ACCOUNT_SVC_PEOPLE_ATTENDANCE_H_

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "account-svc/context.h"
#include "account-svc/rules/leave_rules.h"
#include "kam/organization/v1/leave_request.pb.h"

namespace kam::account {

// The working calendar as it holds now.
absl::StatusOr<rules::WorkCalendar> CalendarOf(const Context& context, mysql::Connection& connection);

// Leaves granted or taken that touch the period, by id of the person; also those that were over before it and not come
// back from in time, or not at all.
absl::StatusOr<std::map<std::string, std::vector<organization::v1::LeaveRequest>>> LeavesIn(
    mysql::Connection& connection, const std::string& first, const std::string& last);

}  // namespace kam::account

#endif  // KAM_ACCOUNT_SVC_PEOPLE_ATTENDANCE_H_
