#include "account-svc/people/attendance.h"

#include <memory>
#include <utility>

#include "account-svc/working_time.h"
#include "common/status/status.h"

namespace kam::account {

absl::StatusOr<rules::WorkCalendar> CalendarOf(const Context& context, mysql::Connection& connection) {
  ASSIGN_OR_RETURN(WorkingTime time, WorkingTime::Load(context, connection));
  return rules::WorkCalendar{[time = std::make_shared<const WorkingTime>(std::move(time))](absl::CivilDay day) {
                               return time->IsWorkday(day);
                             },
                             context.zone};
}

absl::StatusOr<std::map<std::string, std::vector<organization::v1::LeaveRequest>>> LeavesIn(
    mysql::Connection& connection, const std::string& first, const std::string& last) {
  ASSIGN_OR_RETURN(
      const std::vector<mysql::Row> rows,
      connection.Query("SELECT employee, kind, start_date, end_date, starts_at_noon, ends_at_noon, return_date FROM "
                       "leave_requests WHERE state IN ('APPROVED', 'RETURNED') AND start_date <= ? AND (end_date >= "
                       "? OR return_date > ? OR return_date IS NULL)",
                       {last, first, first}));
  std::map<std::string, std::vector<organization::v1::LeaveRequest>> leaves;
  for (const mysql::Row& row : rows) {
    organization::v1::LeaveRequest leave;
    const auto* kind = resource::FindEnumValue(organization::v1::LeaveKind_descriptor(), row[1].text());
    if (kind != nullptr) leave.set_kind(static_cast<organization::v1::LeaveKind>(kind->number()));
    leave.set_start_date(row[2].text());
    leave.set_end_date(row[3].text());
    leave.set_starts_at_noon(row[4].integer() != 0);
    leave.set_ends_at_noon(row[5].integer() != 0);
    leave.set_return_date(row[6].text());
    leaves[row[0].text()].push_back(std::move(leave));
  }
  return leaves;
}

}  // namespace kam::account
