// Work logs, plans and summaries over RPC (G-10, P-03, P-08, P-14).
#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "account-svc/people/attendance.h"
#include "account-svc/rules/proto_time.h"
#include "account-svc/rules/work_record_rules.h"
#include "account-svc/staff.h"
#include "account-svc/verb.h"
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

std::string KindText(pb::WorkReportKind kind) {
  return resource::ShortEnumName(pb::WorkReportKind_descriptor()->FindValueByNumber(kind));
}

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
      work.connection().Query("SELECT id FROM work_reports WHERE department = ? AND kind = ? AND period_start = ? AND "
                              "state <> 'DRAFT' AND id <> ? LIMIT 1",
                              {IdOf(department), KindText(report.kind()), report.period_start(), IdOf(report.name())}));
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

// Somebody who owes the report of a period and has not handed it in; he may have begun one.
struct Owing {
  std::string employee;
  bool draft = false;
};

// Whether the person is at work on some day of the period on which he holds one of the roles.
absl::StatusOr<bool> Owes(const rules::WorkCalendar& calendar, const PersonInService& person,
                          const std::vector<DaysHeld>& held, const rules::OwedPeriod& period,
                          const std::vector<pb::LeaveRequest>& leaves, const std::string& today) {
  for (const DaysHeld& days : held) {
    const std::string first = std::max({period.start, person.first, days.first});
    const std::string last = std::min({period.end, person.last, days.last});
    if (first > last) continue;
    ASSIGN_OR_RETURN(const rules::Attendance count, rules::CountAttendance(calendar, first, last, today, leaves));
    if (count.present.sign() > 0) return true;
  }
  return false;
}

// By period, in order of the id, who within the caller's reach owes the report and has not handed it in; what was given
// back is a draft again. `periods`: one after the other. The count and the list both ask this.
absl::StatusOr<std::vector<std::vector<Owing>>> WhoOwes(const Context& context, mysql::Connection& connection,
                                                        const rpc::Call& call, pb::WorkReportKind kind,
                                                        const std::vector<rules::OwedPeriod>& periods) {
  std::vector<std::vector<Owing>> owing(periods.size());
  if (periods.empty()) return owing;
  ASSIGN_OR_RETURN(const std::vector<std::string> roles, rules::RolesThatOwe(kind, context.policy));
  if (roles.empty()) return owing;
  const std::string first = periods.front().start, last = periods.back().end;
  const std::string today = context.Today(context.runtime.clock().Now());
  ASSIGN_OR_RETURN(const rules::WorkCalendar calendar, CalendarOf(context, connection));
  ASSIGN_OR_RETURN(auto leaves, LeavesIn(connection, first, last));
  ASSIGN_OR_RETURN(auto held, DaysOfRoles(connection, roles, first, last));
  ASSIGN_OR_RETURN(std::vector<PersonInService> people,
                   PeopleInService(connection, call.principal, call.level(), "", first, last));
  std::sort(people.begin(), people.end(),
            [](const PersonInService& a, const PersonInService& b) { return a.id < b.id; });
  std::set<std::pair<std::string, std::string>> handed_in, drafts;  // Author and begin of the period.
  RETURN_IF_ERROR(
      connection.Scan("SELECT t.author, t.period_start, t.state FROM work_reports t WHERE t.kind = ? AND "
                      "t.period_start >= ? AND t.period_start <= ?",
                      std::vector<Value>{KindText(kind), first, last}, [&](const mysql::Row& row) {
                        (row[2].text() == "DRAFT" ? drafts : handed_in).insert({row[0].text(), row[1].text()});
                        return absl::OkStatus();
                      }));
  for (size_t i = 0; i < periods.size(); ++i) {
    for (const PersonInService& person : people) {
      const auto days = held.find(person.id);
      if (days == held.end() || handed_in.count({person.id, periods[i].start}) > 0) continue;
      ASSIGN_OR_RETURN(const bool owes, Owes(calendar, person, days->second, periods[i], leaves[person.id], today));
      if (owes) owing[i].push_back({person.id, drafts.count({person.id, periods[i].start}) > 0});
    }
  }
  return owing;
}

absl::StatusOr<pb::ReportWorkReportsResponse> Report(const Context& context, const rpc::Call& call,
                                                     const pb::ReportWorkReportsRequest& request) {
  RETURN_IF_ERROR(CheckReportPeriod("to_date", request.from_date(), request.to_date()));
  const std::string today = context.Today(context.runtime.clock().Now());
  ASSIGN_OR_RETURN(const std::vector<rules::OwedPeriod> periods,
                   rules::OwedPeriods(request.kind(), request.from_date(), request.to_date(), today, context.policy));
  const resource::Type& type = *context.runtime.catalog().Find(pb::WorkReport::descriptor());
  const resource::SqlCondition scope = resource::ScopeCondition(type, call.principal, call.level());
  std::vector<Value> params = {KindText(request.kind()), request.from_date(), request.to_date()};
  params.insert(params.end(), scope.params.begin(), scope.params.end());
  struct Written {
    std::set<std::string> periods;
    int32_t submitted = 0, late = 0, reviewed = 0;
    Decimal hours;
  };
  std::map<std::string, Written> written;
  std::map<std::string, int32_t> missing;
  RETURN_IF_ERROR(context.runtime.database().Run(call.deadline, [&](mysql::Connection& connection) -> absl::Status {
    written.clear();
    missing.clear();
    ASSIGN_OR_RETURN(
        const std::vector<mysql::Row> rows,
        connection.Query(
            absl::StrCat("SELECT t.author, t.period_start, t.late, t.review_time, t.hours FROM work_reports t WHERE "
                         "t.kind = ? AND t.period_start >= ? AND t.period_start <= ? AND t.state <> 'DRAFT'",
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
    ASSIGN_OR_RETURN(const std::vector<std::vector<Owing>> owing,
                     WhoOwes(context, connection, call, request.kind(), periods));
    for (const std::vector<Owing>& of_period : owing) {
      for (const Owing& person : of_period) {
        ++missing[person.employee];
        written.try_emplace(person.employee);
      }
    }
    return absl::OkStatus();
  }));
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
  RETURN_IF_ERROR(rules::RolesThatOwe(request.kind(), context.policy).status());
  RETURN_IF_ERROR(rules::CheckPeriodStart(report, context.Today(context.runtime.clock().Now()), "period_start"));
  ASSIGN_OR_RETURN(const std::string end, rules::PeriodEnd(report));
  ASSIGN_OR_RETURN(const std::string last, rules::LastDayToSubmit(report, context.policy));
  ASSIGN_OR_RETURN(const absl::CivilDay due_day, ParseDate(last));
  const absl::Time due = absl::FromCivil(due_day + 1, context.zone);
  const bool overdue = context.runtime.clock().Now() >= due;
  pb::ListMissingWorkReportsResponse response;
  RETURN_IF_ERROR(context.runtime.database().Run(call.deadline, [&](mysql::Connection& connection) -> absl::Status {
    response.Clear();
    ASSIGN_OR_RETURN(const std::vector<std::vector<Owing>> owing,
                     WhoOwes(context, connection, call, request.kind(), {{report.period_start(), end}}));
    for (const Owing& person : owing[0]) {
      pb::MissingWorkReport& missing = *response.add_rows();
      missing.set_employee(NameOf("employees", person.employee));
      *missing.mutable_due_time() = ToTimestamp(due);
      missing.set_overdue(overdue);
      missing.set_draft(person.draft);
    }
    return absl::OkStatus();
  }));
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
