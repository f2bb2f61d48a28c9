// Monthly reports of visits, put together from the records (A-29, P-21).
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "account-svc/verb.h"
#include "account-svc/visits/period_report.h"
#include "account-svc/visits/reports.h"
#include "common/resource/standard.h"
#include "common/status/status.h"
#include "kam/account/v1/visit_report_service.pb.h"

namespace kam::account {
namespace {

using mysql::Row;
using mysql::Value;
using resource::UnitOfWork;
using v1::VisitReport;

constexpr char kService[] = "kam.account.v1.VisitReportService";

template <typename Enum>
Enum EnumOf(const google::protobuf::EnumDescriptor* type, const std::string& column) {
  const auto* value = resource::FindEnumValue(type, column);
  return static_cast<Enum>(value == nullptr ? 0 : value->number());
}

// Takes everything that is not the author's own words from the records.
absl::Status Assemble(const Context& context, UnitOfWork& work, const rules::ReportPeriod& period,
                      VisitReport* report) {
  report->clear_lines();
  report->clear_problems();
  const std::string author = IdOf(report->author());
  int done = 0, missed = 0;
  std::set<std::string> accounts;
  RETURN_IF_ERROR(work.connection().Scan(
      "SELECT t.id, t.account, COALESCE(t.check_in_time, t.planned_start), t.mode, t.state, t.purpose, "
      "COALESCE(t.result, t.close_reason) FROM visits t WHERE t.visitor = ? AND t.archive_time IS NULL AND ((t.state = "
      "'DONE' AND t.check_in_time >= ? AND t.check_in_time < ?) OR (t.state = 'MISSED' AND t.planned_start >= ? AND "
      "t.planned_start < ?)) ORDER BY 3, t.id",
      std::vector<Value>{Value(author), Value(period.from), Value(period.until), Value(period.from),
                         Value(period.until)},
      [&](const Row& row) -> absl::Status {
        v1::VisitReportLine& line = *report->add_lines();
        line.set_visit(NameOf("visits", row[0].text()));
        line.set_account(NameOf("accounts", row[1].text()));
        line.set_visit_date(context.Today(row[2].time()));
        line.set_mode(EnumOf<v1::VisitMode>(v1::VisitMode_descriptor(), row[3].text()));
        line.set_state(EnumOf<v1::VisitState>(v1::VisitState_descriptor(), row[4].text()));
        line.set_purpose(row[5].text());
        line.set_result(row[6].text());
        if (line.state() == v1::VISIT_STATE_DONE) {
          ++done;
          accounts.insert(row[1].text());
        } else {
          ++missed;
        }
        return absl::OkStatus();
      }));
  RETURN_IF_ERROR(work.connection().Scan(
      "SELECT t.id, t.account, t.description, t.state FROM visit_problems t WHERE t.state <> 'WITHDRAWN' AND t.raiser "
      "= ? AND t.create_time >= ? "
      "AND t.create_time < ? ORDER BY t.id",
      std::vector<Value>{Value(author), Value(period.from), Value(period.until)}, [&](const Row& row) -> absl::Status {
        v1::VisitReportProblem& problem = *report->add_problems();
        problem.set_visit_problem(NameOf("visitProblems", row[0].text()));
        problem.set_account(NameOf("accounts", row[1].text()));
        problem.set_description(row[2].text());
        problem.set_state(EnumOf<v1::VisitProblemState>(v1::VisitProblemState_descriptor(), row[3].text()));
        return absl::OkStatus();
      }));
  report->set_visits_done(done);
  report->set_visits_missed(missed);
  report->set_accounts_visited(static_cast<int32_t>(accounts.size()));
  // As in ReportVisitCompletion: what is over and not made was not made.
  ASSIGN_OR_RETURN(
      const std::vector<Row> rows,
      work.connection().Query("SELECT COUNT(t.id) FROM visits t WHERE t.visitor = ? AND t.archive_time IS NULL AND "
                              "t.state IN ('PLANNED', 'APPROVED') AND t.planned_start >= ? AND t.planned_start < ? AND "
                              "t.planned_end < ?",
                              {author, period.from, period.until, work.now()}));
  const auto overdue = static_cast<int>(rows[0][0].integer());
  report->set_visits_overdue(overdue);
  report->set_completion_percent(rules::RateText(done, done + missed + overdue));
  *report->mutable_due_time() = ToTimestamp(period.due);
  return absl::OkStatus();
}

absl::StatusOr<rules::ReportPeriod> PeriodOf(const Context& context, const std::string& month,
                                             absl::string_view field = "visit_report.month") {
  return rules::MonthOf(month, field, context.policy, context.zone);
}

absl::Status Create(const Context& context, UnitOfWork& work, VisitReport* report) {
  ASSIGN_OR_RETURN(*report->mutable_author(), Person(work));
  report->set_state(v1::PERIOD_REPORT_STATE_DRAFT);
  RETURN_IF_ERROR(Validate(work, *report));
  ASSIGN_OR_RETURN(const rules::ReportPeriod period, PeriodOf(context, report->month()));
  RETURN_IF_ERROR(rules::CheckBegun(period, "visit_report.month", work.now()));
  RETURN_IF_ERROR(CheckFirstOfPeriod(work, *work.runtime().catalog().Find(VisitReport::descriptor()), "month",
                                     report->author(), report->month()));
  return Assemble(context, work, period, report);
}

absl::Status Update(const Context& context, UnitOfWork& work, const VisitReport& before, VisitReport* after) {
  RETURN_IF_ERROR(rules::CheckReportUpdate(before));
  ASSIGN_OR_RETURN(const rules::ReportPeriod period, PeriodOf(context, before.month()));
  return Assemble(context, work, period, after);
}

absl::Status HandIn(const Context& context, UnitOfWork& work, VisitReport* report) {
  ASSIGN_OR_RETURN(const std::string actor, Person(work));
  ASSIGN_OR_RETURN(const rules::ReportPeriod period, PeriodOf(context, report->month()));
  RETURN_IF_ERROR(rules::HandIn(actor, period, work.now(), report));
  if (absl::StripAsciiWhitespace(report->summary()).empty()) {
    return InvalidField("visit_report.summary", "REPORT_INCOMPLETE", "is written before the report is handed in");
  }
  RETURN_IF_ERROR(Assemble(context, work, period, report));
  report->set_content_hash(ReportHash(*report));
  return absl::OkStatus();
}

}  // namespace

void RegisterVisitReports(const Context& context, rpc::Registry* registry) {
  resource::Hooks hooks;
  hooks.on_create = resource::OnCreate<VisitReport>(
      [context](UnitOfWork& work, VisitReport* report) { return Create(context, work, report); });
  hooks.on_update =
      resource::OnUpdate<VisitReport>([context](UnitOfWork& work, const VisitReport& before, VisitReport* after) {
        return Update(context, work, before, after);
      });
  context.runtime.SetHooks(VisitReport::descriptor(), std::move(hooks));
  const std::string service = kService;
  resource::RegisterStandardMethods(context.runtime, service, registry);
  AddVerb<VisitReport, v1::HandInVisitReportRequest>(
      context, service + "/HandInVisitReport", registry,
      [context](UnitOfWork& work, const v1::HandInVisitReportRequest&, VisitReport* report) {
        return HandIn(context, work, report);
      });
  AddVerb<VisitReport, v1::ReviewVisitReportRequest>(
      context, service + "/ReviewVisitReport", registry,
      [context](UnitOfWork& work, const v1::ReviewVisitReportRequest& request, VisitReport* report) -> absl::Status {
        RETURN_IF_ERROR(resource::CheckRead(request.etag()));
        ASSIGN_OR_RETURN(const bool superior, IsSuperiorOf(context, work, report->author()));
        return rules::Review(work.actor().subject, superior, request.comment(), work.now(), report);
      });
  AddVerb<VisitReport, v1::ReturnVisitReportRequest>(
      context, service + "/ReturnVisitReport", registry,
      [context](UnitOfWork& work, const v1::ReturnVisitReportRequest& request, VisitReport* report) -> absl::Status {
        ASSIGN_OR_RETURN(const bool superior, IsSuperiorOf(context, work, report->author()));
        return rules::Return(work.actor().subject, superior, request.reason(), report);
      });
  registry->Add<v1::ListMissingVisitReportsRequest, v1::ListMissingVisitReportsResponse>(
      service + "/ListMissingVisitReports",
      [context](rpc::Call& call, const v1::ListMissingVisitReportsRequest& request)
          -> absl::StatusOr<v1::ListMissingVisitReportsResponse> {
        ASSIGN_OR_RETURN(const rules::ReportPeriod period, PeriodOf(context, request.month(), "month"));
        v1::ListMissingVisitReportsResponse response;
        RETURN_IF_ERROR(ListMissing(context, call, *context.runtime.catalog().Find(VisitReport::descriptor()), "month",
                                    period, context.policy.visit_report_roles, response.mutable_rows()));
        return response;
      });
}

}  // namespace kam::account
