// kam.account.v1.OpportunityReportService: the weighted pipeline as of any day, conversion, and the report that the
// head of the department audits (A-22, P-35).
#include <map>

#include "absl/strings/str_cat.h"
#include "account-svc/pipeline/pipeline.h"
#include "account-svc/rules/common_rules.h"
#include "account-svc/rules/process_rules.h"
#include "account-svc/rules/proto_time.h"
#include "account-svc/staff.h"
#include "common/id/digest.h"
#include "common/money/decimal.h"
#include "common/resource/standard.h"
#include "common/status/status.h"
#include "common/time/date.h"
#include "kam/account/v1/lead.pb.h"
#include "kam/account/v1/opportunity_report_service.pb.h"

namespace kam::account {
namespace {

using mysql::Row;
using mysql::Value;
using resource::UnitOfWork;
using v1::Opportunity;
using v1::OpportunityReport;
using v1::OpportunityReportLine;

constexpr char kService[] = "kam.account.v1.OpportunityReportService";
constexpr char kAudit[] = "opportunity_report.audit";
constexpr int kWeightedScale = 6;  // Four digits of the amount and two of the per cent: nothing is rounded.

std::string Rpc(absl::string_view method) { return absl::StrCat(kService, "/", method); }

// Who asks, and how far the right reaches.
struct Reader {
  const auth::Principal& principal;
  auth::Level level;
};

// The deals open at `until` that the reader reaches today, from the versions written up to then.
absl::StatusOr<std::vector<OpportunityReportLine>> PipelineAt(const Context& context, const Reader& reader,
                                                              mysql::Connection& connection, absl::Time until,
                                                              const std::string& owner) {
  std::string sql =
      "SELECT v.stage, v.currency, COUNT(v.opportunity), SUM(v.amount), SUM(v.amount * v.probability), "
      "CAST(SUM(v.stalled) AS SIGNED), CAST(SUM(v.slipped) AS SIGNED) FROM opportunities t JOIN opportunity_versions "
      "v ON v.opportunity = t.id AND v.version = (SELECT MAX(w.version) FROM opportunity_versions w WHERE "
      "w.opportunity = t.id AND w.change_time < ?) WHERE v.state = 'OPEN' AND v.archived = 0";
  std::vector<Value> params = {Value(until)};
  if (!owner.empty()) {
    sql += " AND v.owner = ?";
    params.emplace_back(IdOf(owner));
  }
  const resource::SqlCondition scope = resource::ScopeCondition(
      *context.runtime.catalog().Find(Opportunity::descriptor()), reader.principal, reader.level);
  if (!scope.sql.empty()) {
    absl::StrAppend(&sql, " AND (", scope.sql, ")");
    params.insert(params.end(), scope.params.begin(), scope.params.end());
  }
  sql += " GROUP BY v.stage, v.currency";
  ASSIGN_OR_RETURN(const std::vector<Row> rows, connection.Query(sql, mysql::Params(params)));
  std::map<std::pair<int, std::string>, OpportunityReportLine> table;  // In the order of the stages.
  for (const Row& row : rows) {
    const auto* stage = resource::FindEnumValue(v1::OpportunityStage_descriptor(), row[0].text());
    if (stage == nullptr) return Internal("a version of an opportunity has an unknown stage");
    OpportunityReportLine& line = table[{stage->number(), row[1].text()}];
    line.set_stage(static_cast<v1::OpportunityStage>(stage->number()));
    line.set_currency(row[1].text());
    line.set_deals(static_cast<int32_t>(row[2].integer()));
    Decimal amount, product;
    if (!row[3].is_null()) {
      ASSIGN_OR_RETURN(amount, Decimal::Parse(row[3].text(), "amount"));
      ASSIGN_OR_RETURN(product, Decimal::Parse(row[4].text(), "weighted"));
    }
    ASSIGN_OR_RETURN(const Decimal weighted, Divide(product, Decimal::FromInt(100), kWeightedScale));
    line.set_amount(amount.ToString());
    line.set_weighted(weighted.ToString());
    line.set_stalled(static_cast<int32_t>(row[5].integer()));
    line.set_slipped(static_cast<int32_t>(row[6].integer()));
  }
  std::vector<OpportunityReportLine> lines;
  for (auto& [key, line] : table) lines.push_back(std::move(line));
  return lines;
}

// The end of `date`, or now when it is today; DATE_IN_FUTURE.
absl::StatusOr<absl::Time> Until(const Context& context, const std::string& date, absl::string_view field,
                                 absl::Time now) {
  const std::string today = context.Today(now);
  if (date.empty() || date == today) return now + absl::Microseconds(1);
  if (date > today) {
    return InvalidField(field, "DATE_IN_FUTURE", absl::StrCat("is after today, ", today),
                        {{"value", date}, {"limit", today}});
  }
  ASSIGN_OR_RETURN(const absl::CivilDay day, ParseDate(date, field));
  return absl::FromCivil(day + 1, context.zone);
}

absl::StatusOr<v1::ReportPipelineResponse> ReportPipeline(const Context& context, const rpc::Call& call,
                                                          const v1::ReportPipelineRequest& request,
                                                          mysql::Connection& connection) {
  ASSIGN_OR_RETURN(const absl::Time until,
                   Until(context, request.as_of_date(), "as_of_date", context.runtime.clock().Now()));
  ASSIGN_OR_RETURN(const std::vector<OpportunityReportLine> lines,
                   PipelineAt(context, {call.principal, call.level()}, connection, until, request.owner()));
  v1::ReportPipelineResponse response;
  for (const OpportunityReportLine& line : lines) {
    v1::PipelineRow* row = response.add_rows();
    row->set_stage(line.stage());
    row->set_currency(line.currency());
    row->set_deals(line.deals());
    row->set_amount(line.amount());
    row->set_weighted(line.weighted());
    row->set_stalled(line.stalled());
    row->set_slipped(line.slipped());
  }
  return response;
}

absl::StatusOr<v1::ReportConversionResponse> ReportConversion(const Context& context, const rpc::Call& call,
                                                              const v1::ReportConversionRequest& request,
                                                              mysql::Connection& connection) {
  ASSIGN_OR_RETURN(const auto instants, Instants(context, request.from_date(), request.to_date()));
  const Value from(instants.first), to(instants.second);
  std::map<std::string, v1::ConversionRow> table;  // By employee id.
  ASSIGN_OR_RETURN(
      const std::vector<Row> deals,
      QueryWithinReach(context, call, Opportunity::descriptor(), connection,
                       "SELECT t.owner, COUNT(CASE WHEN t.create_time >= ? AND t.create_time < ? THEN 1 END), "
                       "COUNT(CASE WHEN t.state = 'WON' AND t.close_time >= ? AND t.close_time < ? THEN 1 END), "
                       "COUNT(CASE WHEN t.state = 'LOST' AND t.close_time >= ? AND t.close_time < ? THEN 1 END) FROM "
                       "opportunities t WHERE t.archive_time IS NULL",
                       {from, to, from, to, from, to}, "GROUP BY t.owner"));
  for (const Row& row : deals) {
    if (row[1].integer() + row[2].integer() + row[3].integer() == 0) continue;
    v1::ConversionRow& out = table[row[0].text()];
    out.set_opened(static_cast<int32_t>(row[1].integer()));
    out.set_won(static_cast<int32_t>(row[2].integer()));
    out.set_lost(static_cast<int32_t>(row[3].integer()));
    out.set_conversion_percent(rules::RateText(out.won(), out.won() + out.lost()));
  }
  ASSIGN_OR_RETURN(const std::vector<Row> leads,
                   QueryWithinReach(context, call, v1::Lead::descriptor(), connection,
                                    "SELECT t.owner, COUNT(t.id), COUNT(CASE WHEN t.state = 'CONVERTED' THEN 1 END) "
                                    "FROM leads t WHERE t.archive_time IS NULL AND t.arrival_time >= ? AND "
                                    "t.arrival_time < ?",
                                    {from, to}, "GROUP BY t.owner"));
  for (const Row& row : leads) {
    v1::ConversionRow& out = table[row[0].text()];
    out.set_leads(static_cast<int32_t>(row[1].integer()));
    out.set_leads_converted(static_cast<int32_t>(row[2].integer()));
    out.set_lead_percent(rules::RateText(out.leads_converted(), out.leads()));
  }
  v1::ReportConversionResponse response;
  for (auto& [employee, row] : table) {
    row.set_employee(NameOf("employees", employee));
    response.add_rows()->Swap(&row);
  }
  ASSIGN_OR_RETURN(
      const std::vector<Row> reasons,
      QueryWithinReach(context, call, Opportunity::descriptor(), connection,
                       "SELECT t.state, t.close_reason_code, COUNT(t.id) FROM opportunities t WHERE t.archive_time IS "
                       "NULL AND t.state IN ('WON', 'LOST') AND t.close_time >= ? AND t.close_time < ?",
                       {from, to}, "GROUP BY t.state, t.close_reason_code ORDER BY t.state, t.close_reason_code"));
  for (const Row& row : reasons) {
    v1::CloseReasonRow* out = response.add_reasons();
    const auto* state = resource::FindEnumValue(v1::OpportunityState_descriptor(), row[0].text());
    const auto* code = resource::FindEnumValue(v1::CloseReasonCode_descriptor(), row[1].text());
    if (state != nullptr) out->set_state(static_cast<v1::OpportunityState>(state->number()));
    if (code != nullptr) out->set_reason_code(static_cast<v1::CloseReasonCode>(code->number()));
    out->set_deals(static_cast<int32_t>(row[2].integer()));
  }
  return response;
}

absl::Status Compile(const Context& context, UnitOfWork& work, OpportunityReport* report) {
  ASSIGN_OR_RETURN(*report->mutable_owner(), Person(work));
  report->set_state(v1::OPPORTUNITY_REPORT_STATE_SUBMITTED);
  if (report->as_of_date().empty()) report->set_as_of_date(context.Today(work.now()));
  RETURN_IF_ERROR(Validate(work, *report));
  ASSIGN_OR_RETURN(const absl::Time until,
                   Until(context, report->as_of_date(), "opportunity_report.as_of_date", work.now()));
  ASSIGN_OR_RETURN(const std::vector<OpportunityReportLine> lines,
                   PipelineAt(context, {work.actor(), work.level()}, work.connection(), until, ""));
  for (const OpportunityReportLine& line : lines) *report->add_lines() = line;
  report->set_content_hash(Sha256Hex(rules::ReportContent(*report)));
  return absl::OkStatus();
}

// Those who lead a department the author works in and may audit, from the nearest up: a head without the right keeps
// nobody from it.
absl::StatusOr<std::vector<std::string>> HeadsOf(mysql::Connection& connection, const std::string& author,
                                                 const std::string& today) {
  ASSIGN_OR_RETURN(
      const std::vector<Row> rows,
      connection.Query("SELECT d.head FROM employee_scopes s JOIN departments d ON s.department_path LIKE CONCAT('%/', "
                       "d.id, '/%') WHERE s.employee = ? AND d.head IS NOT NULL AND d.head <> ? ORDER BY "
                       "LENGTH(d.parent_path) DESC, d.id",
                       {IdOf(author), IdOf(author)}));
  std::vector<std::string> heads;
  for (const Row& row : rows) {
    ASSIGN_OR_RETURN(const bool able, HoldsRight(connection, row[0].text(), kAudit, today));
    if (able) heads.push_back(NameOf("employees", row[0].text()));
  }
  return heads;
}

absl::Status Audit(const Context& context, UnitOfWork& work, const std::string& etag, const std::string& finding,
                   OpportunityReport* report) {
  RETURN_IF_ERROR(resource::CheckRead(etag));
  ASSIGN_OR_RETURN(const std::string actor, Person(work));
  ASSIGN_OR_RETURN(const std::vector<std::string> heads,
                   HeadsOf(work.connection(), report->owner(), context.Today(work.now())));
  return rules::AuditReport(actor, heads, finding, work.now(), report);
}

}  // namespace

void RegisterOpportunityReports(const Context& context, rpc::Registry* registry) {
  resource::Hooks hooks;
  hooks.on_create = resource::OnCreate<OpportunityReport>(
      [context](UnitOfWork& work, OpportunityReport* report) { return Compile(context, work, report); });
  context.runtime.SetHooks(OpportunityReport::descriptor(), std::move(hooks));
  resource::RegisterStandardMethods(context.runtime, kService, registry);
  AddVerb<OpportunityReport, v1::AuditOpportunityReportRequest>(
      context, Rpc("AuditOpportunityReport"), registry,
      [context](UnitOfWork& work, const v1::AuditOpportunityReportRequest& request, OpportunityReport* report) {
        return Audit(context, work, request.etag(), request.finding(), report);
      });
  AddVerb<OpportunityReport, v1::ReturnOpportunityReportRequest>(
      context, Rpc("ReturnOpportunityReport"), registry,
      [context](UnitOfWork& work, const v1::ReturnOpportunityReportRequest& request, OpportunityReport* report) {
        return Audit(context, work, request.etag(), request.reason(), report);
      });
  AddReport<v1::ReportPipelineRequest, v1::ReportPipelineResponse>(
      context, Rpc("ReportPipeline"), registry,
      [context](const rpc::Call& call, const v1::ReportPipelineRequest& request, mysql::Connection& connection) {
        return ReportPipeline(context, call, request, connection);
      });
  AddReport<v1::ReportConversionRequest, v1::ReportConversionResponse>(
      context, Rpc("ReportConversion"), registry,
      [context](const rpc::Call& call, const v1::ReportConversionRequest& request, mysql::Connection& connection) {
        return ReportConversion(context, call, request, connection);
      });
}

}  // namespace kam::account
