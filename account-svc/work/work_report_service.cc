// Work logs, plans and summaries over RPC (G-10, P-03, P-08, P-14).
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "account-svc/rules/proto_time.h"
#include "account-svc/rules/work_record_rules.h"
#include "account-svc/verb.h"
#include "account-svc/visits/period_report.h"
#include "account-svc/work/people.h"
#include "account-svc/work/work_service.h"
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
constexpr int kRowsMax = 1000;

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

absl::StatusOr<pb::ReportWorkReportsResponse> Report(const Context& context, const rpc::Call& call,
                                                     const pb::ReportWorkReportsRequest& request) {
  if (request.from_date() > request.to_date()) {
    return InvalidField("to_date", "PERIOD_INVALID", "must not be before from_date");
  }
  const resource::Type& type = *context.runtime.catalog().Find(pb::WorkReport::descriptor());
  const resource::SqlCondition scope = resource::ScopeCondition(type, call.principal, call.level());
  std::vector<Value> params = {
      resource::ShortEnumName(pb::WorkReportKind_descriptor()->FindValueByNumber(request.kind())), request.from_date(),
      request.to_date()};
  params.insert(params.end(), scope.params.begin(), scope.params.end());
  pb::ReportWorkReportsResponse response;
  RETURN_IF_ERROR(context.runtime.database().Run(call.deadline, [&](mysql::Connection& connection) -> absl::Status {
    response.Clear();
    ASSIGN_OR_RETURN(
        const std::vector<mysql::Row> rows,
        connection.Query(
            absl::StrCat("SELECT t.author, COUNT(t.id), SUM(t.late), COUNT(t.review_time), SUM(t.hours) FROM "
                         "work_reports t WHERE t.kind = ? AND t.period_start >= ? AND t.period_start <= ? AND "
                         "t.submit_time IS NOT NULL",
                         scope.sql.empty() ? "" : absl::StrCat(" AND (", scope.sql, ")"),
                         " GROUP BY t.author ORDER BY t.author LIMIT ", kRowsMax),
            mysql::Params(params)));
    for (const mysql::Row& row : rows) {
      pb::WorkReportRow* out = response.add_rows();
      out->set_author(NameOf("employees", row[0].text()));
      out->set_submitted(static_cast<int32_t>(row[1].integer()));
      int64_t late = 0;
      if (!absl::SimpleAtoi(row[2].text(), &late)) return Internal("a sum is not a number");
      out->set_late(static_cast<int32_t>(late));
      out->set_reviewed(static_cast<int32_t>(row[3].integer()));
      out->set_hours(row[4].text());
    }
    return absl::OkStatus();
  }));
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
