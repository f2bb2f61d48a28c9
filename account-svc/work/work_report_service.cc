// Work logs, plans and summaries over RPC (G-10, P-03, P-08, P-14).
#include <algorithm>
#include <map>
#include <set>

#include "absl/strings/str_cat.h"
#include "account-svc/people/attendance.h"
#include "account-svc/rules/proto_time.h"
#include "account-svc/rules/work_record_rules.h"
#include "account-svc/staff.h"
#include "account-svc/verb.h"
#include "account-svc/visits/period_report.h"
#include "account-svc/work/people.h"
#include "account-svc/work/work_service.h"
#include "common/money/decimal.h"
#include "common/resource/standard.h"
#include "common/status/status.h"
#include "common/time/date.h"
#include "kam/organization/v1/work_report_service.pb.h"

namespace kam::account {
namespace {

namespace pb = organization::v1;
using mysql::Value;
using resource::UnitOfWork;

constexpr char kForDepartment[] = "work_report.department.write";
constexpr size_t kRowsMax = 200'000;  // Reports in the period of one count.

absl::StatusOr<rules::Actor> ReaderOf(const Context& context, UnitOfWork& work, const pb::WorkReport& report) {
  rules::Actor reader;
  ASSIGN_OR_RETURN(reader.name, Person(work));
  ASSIGN_OR_RETURN(reader.above, IsAbove(work, reader.name, report.author(), context.Today(work.now())));
  return reader;
}

// The plan or summary of the same department and period that was handed in already, beside `report`; empty: none. The
// department is locked: two at a time do not hand in two. A draft stands in nobody's way.
absl::StatusOr<std::string> OtherReport(UnitOfWork& work, const std::string& department, const pb::WorkReport& report) {
  RETURN_IF_ERROR(
      work.connection().Query("SELECT head FROM departments WHERE id = ? FOR UPDATE", {IdOf(department)}).status());
  ASSIGN_OR_RETURN(
      const std::vector<mysql::Row> others,
      work.connection().Query(
          "SELECT id FROM work_reports WHERE department = ? AND kind = ? AND period_start = ? AND "
          "state <> 'DRAFT' AND id <> ? LIMIT 1",
          {IdOf(department), resource::ShortEnumName(pb::WorkReportKind_descriptor()->FindValueByNumber(report.kind())),
           report.period_start(), IdOf(report.name())}));
  return others.empty() ? std::string() : NameOf("workReports", others[0][0].text());
}

absl::Status CreateReport(const Context& context, UnitOfWork& work, pb::WorkReport* report) {
  RETURN_IF_ERROR(Validate(work, *report));
  ASSIGN_OR_RETURN(const std::string author, Person(work));
  RETURN_IF_ERROR(rules::CheckPeriodStart(*report, context.Today(work.now())));
  RETURN_IF_ERROR(rules::AddHours(context.policy, report));
  ASSIGN_OR_RETURN(const std::string department, DepartmentOf(work, author));
  bool for_department = work.actor().Holds(kForDepartment);
  std::string other;
  if (rules::IsOfDepartment(*report) && !department.empty()) {
    ASSIGN_OR_RETURN(other, OtherReport(work, department, *report));
    ASSIGN_OR_RETURN(const std::vector<mysql::Row> rows,
                     work.connection().Query("SELECT head FROM departments WHERE id = ?", {IdOf(department)}));
    for_department = for_department || (!rows.empty() && rows[0][0].text() == IdOf(author));
  }
  RETURN_IF_ERROR(rules::BeginReport(author, department, for_department, report));
  return rules::CheckOnlyOne(other, *report);
}

absl::Status UpdateReport(const Context& context, UnitOfWork& work, const pb::WorkReport& before,
                          pb::WorkReport* after) {
  RETURN_IF_ERROR(Validate(work, *after));
  ASSIGN_OR_RETURN(const std::string actor, Person(work));
  RETURN_IF_ERROR(rules::CheckReportUpdate(actor, before));
  return rules::AddHours(context.policy, after);
}

// How many of `periods` the person owes a report for and has not written one: he was in service on some working day of
// it and not on leave.
absl::StatusOr<int32_t> Missing(const rules::WorkCalendar& calendar, const PersonInService& person,
                                const std::vector<rules::OwedPeriod>& periods, const std::set<std::string>& written,
                                const std::vector<pb::LeaveRequest>& leaves, const std::string& today) {
  int32_t missing = 0;
  for (const rules::OwedPeriod& period : periods) {
    if (written.count(period.start) > 0) continue;
    const std::string first = std::max(period.start, person.first), last = std::min(period.end, person.last);
    if (first > last) continue;
    ASSIGN_OR_RETURN(const rules::Attendance count, rules::CountAttendance(calendar, first, last, today, leaves));
    if (count.present.sign() > 0) ++missing;
  }
  return missing;
}

absl::StatusOr<pb::ReportWorkReportsResponse> Report(const Context& context, const rpc::Call& call,
                                                     const pb::ReportWorkReportsRequest& request) {
  RETURN_IF_ERROR(CheckReportPeriod("to_date", request.from_date(), request.to_date()));
  const std::string today = context.Today(context.runtime.clock().Now());
  ASSIGN_OR_RETURN(const std::vector<rules::OwedPeriod> periods,
                   rules::OwedPeriods(request.kind(), request.from_date(), request.to_date(), today, context.policy));
  // A plan or summary of a period that begins on the last day is owed for the time after it.
  const std::string last = periods.empty() ? request.to_date() : std::max(request.to_date(), periods.back().end);
  const resource::Type& type = *context.runtime.catalog().Find(pb::WorkReport::descriptor());
  const resource::SqlCondition scope = resource::ScopeCondition(type, call.principal, call.level());
  std::vector<Value> params = {
      resource::ShortEnumName(pb::WorkReportKind_descriptor()->FindValueByNumber(request.kind())), request.from_date(),
      request.to_date()};
  params.insert(params.end(), scope.params.begin(), scope.params.end());
  struct Written {
    std::set<std::string> periods;
    int32_t submitted = 0, late = 0, reviewed = 0;
    Decimal hours;
  };
  std::map<std::string, Written> written;
  std::vector<PersonInService> people;
  std::map<std::string, std::vector<pb::LeaveRequest>> leaves;
  rules::WorkCalendar calendar;
  RETURN_IF_ERROR(context.runtime.database().Run(call.deadline, [&](mysql::Connection& connection) -> absl::Status {
    written.clear();
    ASSIGN_OR_RETURN(
        const std::vector<mysql::Row> rows,
        connection.Query(
            absl::StrCat("SELECT t.author, t.period_start, t.late, t.review_time, t.hours FROM work_reports t WHERE "
                         "t.kind = ? AND t.period_start >= ? AND t.period_start <= ? AND t.submit_time IS NOT NULL",
                         scope.sql.empty() ? "" : absl::StrCat(" AND (", scope.sql, ")"), " ORDER BY t.id LIMIT ",
                         kRowsMax + 1),
            mysql::Params(params)));
    if (rows.size() > kRowsMax) {
      return InvalidField("to_date", "TOO_MANY_PEOPLE",
                          absl::StrCat("the period has more than ", kRowsMax, " reports; ask for fewer days"),
                          {{"limit", absl::StrCat(kRowsMax)}});
    }
    for (const mysql::Row& row : rows) {
      Written& of = written[row[0].text()];
      of.periods.insert(row[1].text());
      ++of.submitted;
      of.late += row[2].integer() != 0 ? 1 : 0;
      of.reviewed += row[3].is_null() ? 0 : 1;
      if (row[4].is_null()) continue;
      ASSIGN_OR_RETURN(const Decimal hours, Decimal::Parse(row[4].text()));
      ASSIGN_OR_RETURN(of.hours, Add(of.hours, hours));
    }
    if (periods.empty()) return absl::OkStatus();
    ASSIGN_OR_RETURN(calendar, CalendarOf(context, connection));
    ASSIGN_OR_RETURN(leaves, LeavesIn(connection, request.from_date(), last));
    ASSIGN_OR_RETURN(people, PeopleInService(connection, call.principal, call.level(), "", request.from_date(), last));
    ASSIGN_OR_RETURN(const std::vector<std::string> roles, rules::RolesThatOwe(request.kind(), context.policy));
    ASSIGN_OR_RETURN(const std::vector<std::string> holders,
                     HoldersOfRoles(connection, roles, std::min(today, request.to_date())));
    const std::set<std::string> owing(holders.begin(), holders.end());
    people.erase(std::remove_if(people.begin(), people.end(),
                                [&](const PersonInService& person) { return owing.count(person.id) == 0; }),
                 people.end());
    return absl::OkStatus();
  }));
  std::map<std::string, int32_t> missing;
  for (const PersonInService& person : people) {
    const auto of = written.find(person.id);
    ASSIGN_OR_RETURN(const int32_t owed, Missing(calendar, person, periods,
                                                 of == written.end() ? std::set<std::string>() : of->second.periods,
                                                 leaves[person.id], today));
    if (owed == 0) continue;
    missing[person.id] = owed;
    written.try_emplace(person.id);
  }
  constexpr int kScale = 2;
  pb::ReportWorkReportsResponse response;
  for (const auto& [author, of] : written) {
    pb::WorkReportRow* out = response.add_rows();
    out->set_author(NameOf("employees", author));
    out->set_submitted(of.submitted);
    out->set_late(of.late);
    out->set_reviewed(of.reviewed);
    out->set_hours(of.hours.ToFixed(kScale));
    out->set_missing(missing[author]);
  }
  return response;
}

absl::StatusOr<pb::ListMissingWorkReportsResponse> Missing(const Context& context, const rpc::Call& call,
                                                           const pb::ListMissingWorkReportsRequest& request) {
  pb::WorkReport report;
  report.set_kind(request.kind());
  report.set_period_start(request.period_start());
  ASSIGN_OR_RETURN(const std::vector<std::string> roles, rules::RolesThatOwe(request.kind(), context.policy));
  RETURN_IF_ERROR(rules::CheckPeriodStart(report, context.Today(context.runtime.clock().Now()), "period_start"));
  ASSIGN_OR_RETURN(const std::string end, rules::PeriodEnd(report));
  ASSIGN_OR_RETURN(const std::string last, rules::LastDayToSubmit(report, context.policy));
  rules::ReportPeriod period;
  ASSIGN_OR_RETURN(period.first, ParseDate(report.period_start()));
  ASSIGN_OR_RETURN(period.last, ParseDate(end));
  ASSIGN_OR_RETURN(const absl::CivilDay due, ParseDate(last));
  period.due = absl::FromCivil(due + 1, context.zone);
  google::protobuf::RepeatedPtrField<v1::MissingReport> rows;
  RETURN_IF_ERROR(ListMissing(
      context, call, *context.runtime.catalog().Find(pb::WorkReport::descriptor()), "period_start", period, roles,
      resource::ShortEnumName(pb::WorkReportKind_descriptor()->FindValueByNumber(request.kind())), &rows));
  pb::ListMissingWorkReportsResponse response;
  for (const v1::MissingReport& row : rows) {
    pb::MissingWorkReport& missing = *response.add_rows();
    missing.set_employee(row.employee());
    *missing.mutable_due_time() = row.due_time();
    missing.set_overdue(row.overdue());
    missing.set_draft(row.draft());
  }
  return response;
}

}  // namespace

void RegisterWorkReports(const Context& context, rpc::Registry* registry) {
  resource::Hooks hooks;
  hooks.on_create = resource::OnCreate<pb::WorkReport>(
      [context](UnitOfWork& work, pb::WorkReport* report) { return CreateReport(context, work, report); });
  hooks.on_update = resource::OnUpdate<pb::WorkReport>(
      [context](UnitOfWork& work, const pb::WorkReport& before, pb::WorkReport* after) {
        return UpdateReport(context, work, before, after);
      });
  context.runtime.SetHooks(pb::WorkReport::descriptor(), std::move(hooks));
  const std::string service = "kam.organization.v1.WorkReportService";
  resource::RegisterStandardMethods(context.runtime, service, registry);
  AddVerb<pb::WorkReport, pb::SubmitWorkReportRequest>(
      context, service + "/SubmitWorkReport", registry,
      [context](UnitOfWork& work, const pb::SubmitWorkReportRequest&, pb::WorkReport* report) -> absl::Status {
        ASSIGN_OR_RETURN(const std::string actor, Person(work));
        if (rules::IsOfDepartment(*report)) {
          ASSIGN_OR_RETURN(const std::string other, OtherReport(work, report->department(), *report));
          RETURN_IF_ERROR(rules::CheckOnlyOne(other, *report));
        }
        return rules::SubmitReport(actor, work.now(), context.Today(work.now()), context.policy, report);
      });
  AddVerb<pb::WorkReport, pb::ReviewWorkReportRequest>(
      context, service + "/ReviewWorkReport", registry,
      [context](UnitOfWork& work, const pb::ReviewWorkReportRequest& request, pb::WorkReport* report) -> absl::Status {
        ASSIGN_OR_RETURN(const rules::Actor reader, ReaderOf(context, work, *report));
        RETURN_IF_ERROR(rules::CheckReader(reader, *report));
        report->set_reviewer(reader.name);
        report->set_comment(request.comment());
        *report->mutable_review_time() = ToTimestamp(work.now());
        return absl::OkStatus();
      });
  AddVerb<pb::WorkReport, pb::ReturnWorkReportRequest>(
      context, service + "/ReturnWorkReport", registry,
      [context](UnitOfWork& work, const pb::ReturnWorkReportRequest& request, pb::WorkReport* report) -> absl::Status {
        ASSIGN_OR_RETURN(const rules::Actor reader, ReaderOf(context, work, *report));
        RETURN_IF_ERROR(rules::CheckReader(reader, *report));
        report->set_return_reason(request.reason());
        return absl::OkStatus();
      });
  registry->Add<pb::ListMissingWorkReportsRequest, pb::ListMissingWorkReportsResponse>(
      service + "/ListMissingWorkReports",
      [context](rpc::Call& call, const pb::ListMissingWorkReportsRequest& request) {
        return Missing(context, call, request);
      });
  registry->Add<pb::ReportWorkReportsRequest, pb::ReportWorkReportsResponse>(
      service + "/ReportWorkReports", [context](rpc::Call& call, const pb::ReportWorkReportsRequest& request) {
        return Report(context, call, request);
      });
}

}  // namespace kam::account
