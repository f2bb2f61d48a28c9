#include "account-svc/visits/period_report.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "account-svc/people/attendance.h"
#include "account-svc/report.h"
#include "account-svc/rules/proto_time.h"
#include "account-svc/work/people.h"
#include "common/resource/store.h"
#include "common/status/status.h"
#include "common/time/date.h"

namespace kam::account {

using mysql::Row;
using mysql::Value;

absl::Status CheckFirstOfPeriod(resource::UnitOfWork& work, const resource::Type& type, const std::string& column,
                                const std::string& author, const std::string& day) {
  RETURN_IF_ERROR(
      work.connection()
          .Query("SELECT employee FROM employee_scopes WHERE employee = ? FOR UPDATE", {Value(IdOf(author))})
          .status());
  ASSIGN_OR_RETURN(const std::vector<Row> rows,
                   work.connection().Query(
                       absl::StrCat("SELECT t.id FROM ", type.table(), " t WHERE t.author = ? AND t.", column, " = ?"),
                       {Value(IdOf(author)), Value(day)}));
  if (rows.empty()) return absl::OkStatus();
  const std::string name = NameOf(type.collection(), rows[0][0].text());
  return Error(absl::StatusCode::kAlreadyExists, "REPORT_EXISTS",
               absl::StrCat("the report of this period is begun already: ", name), {{"report", name}});
}

absl::StatusOr<bool> IsSuperiorOf(const Context& context, resource::UnitOfWork& work, const std::string& author) {
  ASSIGN_OR_RETURN(const std::string actor, Person(work));
  return IsAbove(work, actor, author, context.Today(work.now()));
}

std::string HoldersSql(const std::string& first, const std::string& last, const std::vector<std::string>& roles,
                       std::vector<Value>* params) {
  params->insert(params->end(), {Value(first), Value(last), Value(last), Value(first)});
  params->insert(params->end(), roles.begin(), roles.end());
  return absl::StrCat(
      "SELECT e.id AS author, e.hire_date, e.leave_date FROM employees e WHERE e.archive_time IS NULL AND "
      "(e.leave_date IS NULL OR "
      "e.leave_date >= ?) AND (e.hire_date IS NULL OR e.hire_date <= ?) AND EXISTS (SELECT 1 FROM employees_roles r "
      "WHERE r.parent_id = e.id AND r.since_date <= ? AND (r.until_date IS NULL OR r.until_date >= ?) AND (r.state IS "
      "NULL OR r.state = 'GRANTED') AND r.role IN (",
      resource::Placeholders(roles.size()), "))");
}

absl::Status ListMissing(const Context& context, const rpc::Call& call, const resource::Type& type,
                         const std::string& column, const rules::ReportPeriod& period,
                         const std::vector<std::string>& roles,
                         google::protobuf::RepeatedPtrField<v1::MissingReport>* rows) {
  constexpr int kRowsMax = 2000;
  if (roles.empty()) return absl::OkStatus();
  const std::string first = FormatDate(period.first), last = FormatDate(period.last);
  // A person is `t.author`, as in the reports, so that their row scope fits.
  std::vector<Value> params;
  // Those of the author and the period, `r`.
  const auto reports = [&](absl::string_view what) {
    params.emplace_back(first);
    return absl::StrCat("SELECT ", what, " FROM ", type.table(), " r WHERE r.author = t.author AND r.", column, " = ?");
  };
  // In the order of their parameters.
  std::string sql = absl::StrCat("SELECT t.author, (", reports("COUNT(r.id)"), "), t.hire_date, t.leave_date FROM (");
  absl::StrAppend(&sql, HoldersSql(first, last, roles, &params), ") t WHERE NOT EXISTS (");
  absl::StrAppend(&sql, reports("1"), " AND r.state <> 'DRAFT')");
  AddCondition(resource::ScopeCondition(type, call.principal, call.level()), &sql, &params);
  absl::StrAppend(&sql, " ORDER BY t.author LIMIT ", kRowsMax);
  const bool overdue = context.runtime.clock().Now() >= period.due;
  const std::string today = context.Today(context.runtime.clock().Now());
  return context.runtime.database().Run(call.deadline, [&](mysql::Connection& connection) -> absl::Status {
    rows->Clear();
    ASSIGN_OR_RETURN(const rules::WorkCalendar calendar, CalendarOf(context, connection));
    ASSIGN_OR_RETURN(const auto leaves, LeavesIn(connection, first, last));
    return connection.Scan(sql, mysql::Params(params), [&](const Row& row) -> absl::Status {
      // Who was on leave all the time has nothing to report.
      const auto away = leaves.find(row[0].text());
      if (away != leaves.end()) {
        ASSIGN_OR_RETURN(
            const rules::Attendance count,
            rules::CountAttendance(calendar, std::max(first, row[2].text()),
                                   row[3].is_null() ? last : std::min(last, row[3].text()), today, away->second));
        if (count.present.sign() <= 0) return absl::OkStatus();
      }
      v1::MissingReport& missing = *rows->Add();
      missing.set_employee(NameOf("employees", row[0].text()));
      *missing.mutable_due_time() = ToTimestamp(period.due);
      missing.set_overdue(overdue);
      missing.set_draft(row[1].integer() > 0);
      return absl::OkStatus();
    });
  });
}

}  // namespace kam::account
