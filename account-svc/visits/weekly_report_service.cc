// Weekly reports on sales and market, due on the weekday of the policy (P-13).
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "account-svc/report.h"
#include "account-svc/verb.h"
#include "account-svc/visits/period_report.h"
#include "account-svc/visits/reports.h"
#include "common/resource/standard.h"
#include "common/status/status.h"
#include "kam/account/v1/weekly_report_service.pb.h"

namespace kam::account {
namespace {

using mysql::Row;
using mysql::Value;
using resource::UnitOfWork;
using v1::WeeklyReport;

constexpr char kService[] = "kam.account.v1.WeeklyReportService";

absl::StatusOr<rules::ReportPeriod> PeriodOf(const Context& context, const std::string& week,
                                             absl::string_view field = "weekly_report.week") {
  return rules::WeekOf(week, field, context.policy, context.zone);
}

// Takes the figures from the records.
absl::Status Count(UnitOfWork& work, const rules::ReportPeriod& period, WeeklyReport* report) {
  const Value author(IdOf(report->author())), from(period.from), until(period.until);
  ASSIGN_OR_RETURN(
      const std::vector<Row> rows,
      work.connection().Query(
          "SELECT (SELECT COUNT(v.id) FROM visits v WHERE v.visitor = ? AND v.state = 'DONE' AND v.archive_time IS "
          "NULL "
          "AND v.check_in_time >= ? AND v.check_in_time < ?), (SELECT COUNT(c.id) FROM communication_records c WHERE "
          "c.employee = ? AND c.archive_time IS NULL AND c.start_time >= ? AND c.start_time < ?), (SELECT COUNT(m.id) "
          "FROM market_records m WHERE m.contributor = ? AND m.create_time >= ? AND m.create_time < ?) + (SELECT "
          "COUNT(r.id) FROM competitor_records r WHERE r.archive_time IS NULL AND r.contributor = ? AND r.create_time "
          ">= ? AND r.create_time < ?)",
          {author, from, until, author, from, until, author, from, until, author, from, until}));
  report->set_visits_done(WholeOf(rows[0][0]));
  report->set_contacts_made(WholeOf(rows[0][1]));
  report->set_market_records(WholeOf(rows[0][2]));
  *report->mutable_due_time() = ToTimestamp(period.due);
  return absl::OkStatus();
}

absl::Status Create(const Context& context, UnitOfWork& work, WeeklyReport* report) {
  ASSIGN_OR_RETURN(*report->mutable_author(), Person(work));
  report->set_state(v1::PERIOD_REPORT_STATE_DRAFT);
  RETURN_IF_ERROR(Validate(work, *report));
  ASSIGN_OR_RETURN(const rules::ReportPeriod period, PeriodOf(context, report->week()));
  RETURN_IF_ERROR(rules::CheckBegun(period, "weekly_report.week", work.now()));
  RETURN_IF_ERROR(CheckFirstOfPeriod(work, *work.runtime().catalog().Find(WeeklyReport::descriptor()), "week",
                                     report->author(), report->week()));
  return Count(work, period, report);
}

absl::Status Update(const Context& context, UnitOfWork& work, const WeeklyReport& before, WeeklyReport* after) {
  RETURN_IF_ERROR(rules::CheckReportUpdate(before));
  ASSIGN_OR_RETURN(const rules::ReportPeriod period, PeriodOf(context, before.week()));
  return Count(work, period, after);
}

absl::Status HandIn(const Context& context, UnitOfWork& work, WeeklyReport* report) {
  ASSIGN_OR_RETURN(const std::string actor, Person(work));
  ASSIGN_OR_RETURN(const rules::ReportPeriod period, PeriodOf(context, report->week()));
  RETURN_IF_ERROR(rules::HandIn(actor, period, work.now(), report));
  const auto blank = [](const std::string& text) { return absl::StripAsciiWhitespace(text).empty(); };
  if (blank(report->sales_situation()) || blank(report->market_situation())) {
    return InvalidField(
        absl::StrCat("weekly_report.", blank(report->sales_situation()) ? "sales_situation" : "market_situation"),
        "REPORT_INCOMPLETE", "is written before the report is handed in");
  }
  RETURN_IF_ERROR(Count(work, period, report));
  report->set_content_hash(ReportHash(*report));
  return absl::OkStatus();
}

}  // namespace

void RegisterWeeklyReports(const Context& context, rpc::Registry* registry) {
  resource::Hooks hooks;
  hooks.on_create = resource::OnCreate<WeeklyReport>(
      [context](UnitOfWork& work, WeeklyReport* report) { return Create(context, work, report); });
  hooks.on_update =
      resource::OnUpdate<WeeklyReport>([context](UnitOfWork& work, const WeeklyReport& before, WeeklyReport* after) {
        return Update(context, work, before, after);
      });
  context.runtime.SetHooks(WeeklyReport::descriptor(), std::move(hooks));
  const std::string service = kService;
  resource::RegisterStandardMethods(context.runtime, service, registry);
  AddVerb<WeeklyReport, v1::HandInWeeklyReportRequest>(
      context, service + "/HandInWeeklyReport", registry,
      [context](UnitOfWork& work, const v1::HandInWeeklyReportRequest&, WeeklyReport* report) {
        return HandIn(context, work, report);
      });
  AddVerb<WeeklyReport, v1::ReviewWeeklyReportRequest>(
      context, service + "/ReviewWeeklyReport", registry,
      [context](UnitOfWork& work, const v1::ReviewWeeklyReportRequest& request, WeeklyReport* report) -> absl::Status {
        RETURN_IF_ERROR(resource::CheckRead(request.etag()));
        ASSIGN_OR_RETURN(const bool superior, IsSuperiorOf(context, work, report->author()));
        return rules::Review(work.actor().subject, superior, request.comment(), work.now(), report);
      });
  AddVerb<WeeklyReport, v1::ReturnWeeklyReportRequest>(
      context, service + "/ReturnWeeklyReport", registry,
      [context](UnitOfWork& work, const v1::ReturnWeeklyReportRequest& request, WeeklyReport* report) -> absl::Status {
        ASSIGN_OR_RETURN(const bool superior, IsSuperiorOf(context, work, report->author()));
        return rules::Return(work.actor().subject, superior, request.reason(), report);
      });
  registry->Add<v1::ListMissingWeeklyReportsRequest, v1::ListMissingWeeklyReportsResponse>(
      service + "/ListMissingWeeklyReports",
      [context](rpc::Call& call, const v1::ListMissingWeeklyReportsRequest& request)
          -> absl::StatusOr<v1::ListMissingWeeklyReportsResponse> {
        ASSIGN_OR_RETURN(const rules::ReportPeriod period, PeriodOf(context, request.week(), "week"));
        v1::ListMissingWeeklyReportsResponse response;
        RETURN_IF_ERROR(ListMissing(context, call, *context.runtime.catalog().Find(WeeklyReport::descriptor()), "week",
                                    period, context.policy.weekly_report_roles, response.mutable_rows()));
        return response;
      });
}

}  // namespace kam::account
