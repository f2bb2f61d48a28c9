// kam.organization.v1.KpiDefinitionService, AssessmentTemplateService, AssessmentSheetService (G-15, G-16, P-44).
#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "account-svc/people/line.h"
#include "account-svc/people/people.h"
#include "account-svc/rules/assessment_rules.h"
#include "account-svc/verb.h"
#include "common/auth/grants.h"
#include "common/id/digest.h"
#include "common/money/decimal.h"
#include "common/resource/standard.h"
#include "common/status/status.h"
#include "kam/organization/v1/assessment_template_service.pb.h"
#include "kam/organization/v1/employee.pb.h"

namespace kam::account {
namespace {

namespace pb = organization::v1;
using mysql::Row;
using mysql::Value;
using pb::AssessmentSheet;
using pb::AssessmentTemplate;
using pb::KpiDefinition;
using resource::UnitOfWork;

constexpr char kKpis[] = "kam.organization.v1.KpiDefinitionService";
constexpr char kTemplates[] = "kam.organization.v1.AssessmentTemplateService";
constexpr char kSheets[] = "kam.organization.v1.AssessmentSheetService";
constexpr char kOpen[] = "assessment.open";
constexpr char kCoScore[] = "assessment.coscore";
constexpr char kSatisfaction[] = "assessment.satisfaction.write";
constexpr int kMonthsMax = 12;

// ---- Templates

absl::Status FillItems(UnitOfWork& work, AssessmentTemplate* assessment) {
  RETURN_IF_ERROR(Validate(work, *assessment));
  RETURN_IF_ERROR(rules::CheckTemplate(*assessment));
  for (pb::AssessmentItem& item : *assessment->mutable_items()) {
    ASSIGN_OR_RETURN(const std::vector<KpiDefinition> found,
                     work.Find<KpiDefinition>({"t.id = ? AND t.archive_time IS NULL", {IdOf(item.kpi())}}, "", 1));
    if (!found.empty()) rules::FillItem(found[0], &item);  // The reference check names what is missing.
  }
  return absl::OkStatus();
}

absl::Status CreateTemplate(UnitOfWork& work, AssessmentTemplate* assessment) {
  assessment->set_revision(1);
  assessment->set_state(pb::ASSESSMENT_TEMPLATE_STATE_DRAFT);
  return FillItems(work, assessment);
}

absl::Status UpdateTemplate(UnitOfWork& work, const AssessmentTemplate& before, AssessmentTemplate* after) {
  if (before.state() != pb::ASSESSMENT_TEMPLATE_STATE_DRAFT) {
    return FailedPrecondition("TEMPLATE_NOT_DRAFT", before.name(),
                              "a submitted or approved version does not change; return it, or revise it",
                              {{"state", pb::AssessmentTemplateState_Name(before.state())}});
  }
  return FillItems(work, after);
}

absl::StatusOr<AssessmentTemplate> ApproveTemplate(UnitOfWork& work,
                                                   const pb::ApproveAssessmentTemplateRequest& request) {
  ASSIGN_OR_RETURN(auto change, work.Begin<AssessmentTemplate>(request));
  RETURN_IF_ERROR(resource::CheckRead(request.etag()));
  ASSIGN_OR_RETURN(const std::string actor, Person(work));
  // Who made or changed any of it, also before the last one who did.
  ASSIGN_OR_RETURN(
      const std::vector<Row> written,
      work.connection().Query("SELECT 1 FROM changes WHERE resource_id = ? AND actor = ? AND method IN (?, "
                              "?, ?) LIMIT 1",
                              {IdOf(change.before.name()), actor, absl::StrCat(kTemplates, "/CreateAssessmentTemplate"),
                               absl::StrCat(kTemplates, "/UpdateAssessmentTemplate"),
                               absl::StrCat(kTemplates, "/ReviseAssessmentTemplate")}));
  RETURN_IF_ERROR(rules::ApproveTemplate(actor, !written.empty(), work.now(), &change.after));
  ASSIGN_OR_RETURN(const std::vector<AssessmentTemplate> earlier,
                   work.Find<AssessmentTemplate>({"t.code = ? AND t.state = 'APPROVED'", {change.before.code()}},
                                                 "ORDER BY t.id", kMonthsMax, /*lock=*/true));
  for (const AssessmentTemplate& version : earlier) {
    resource::Change<AssessmentTemplate> over{version, version};
    over.after.set_state(pb::ASSESSMENT_TEMPLATE_STATE_SUPERSEDED);
    RETURN_IF_ERROR(work.Save(std::move(over)).status());
  }
  return work.Save(std::move(change));
}

absl::StatusOr<AssessmentTemplate> ReviseTemplate(UnitOfWork& work,
                                                  const pb::ReviseAssessmentTemplateRequest& request) {
  ASSIGN_OR_RETURN(const auto change, work.Begin<AssessmentTemplate>(request));
  ASSIGN_OR_RETURN(
      const std::vector<AssessmentTemplate> open,
      work.Find<AssessmentTemplate>(
          {"t.code = ? AND t.revision > ?", {change.before.code(), int64_t{change.before.revision()}}}, "", 1));
  if (!open.empty()) {
    return FailedPrecondition("REVISION_EXISTS", open[0].name(), "the next version is being written already",
                              {{"revision", absl::StrCat(open[0].revision())}});
  }
  return work.Insert(rules::Revise(change.before));
}

// ---- Sheets

absl::StatusOr<rules::Scorers> ScorersOf(const Context& context, UnitOfWork& work, const AssessmentSheet& sheet) {
  const std::string today = context.Today(work.now());
  const std::string day = std::min(sheet.end_date(), today);
  const std::string employee = IdOf(sheet.employee());
  rules::Scorers scorers;
  ASSIGN_OR_RETURN(Line line, LineAbove(work.connection(), employee, day));
  std::vector<std::string> direct = line.levels.empty() ? std::vector<std::string>() : line.levels[0];
  ASSIGN_OR_RETURN(direct, InService(work.connection(), direct, today));
  if (direct.empty() && day != today) {  // All of them have left: the one who leads the person now.
    ASSIGN_OR_RETURN(line, LineAbove(work.connection(), employee, today));
    if (!line.levels.empty()) direct = line.levels[0];
  }
  for (const std::string& id : direct) scorers.direct.push_back(NameOf("employees", id));
  ASSIGN_OR_RETURN(const std::vector<std::string> beside, FunctionalSuperiors(work.connection(), employee, day));
  for (const std::string& id : beside) scorers.beside.push_back(NameOf("employees", id));
  return scorers;
}

// Who opens sheets: personnel and the sales office for everybody, otherwise the direct superior; nobody his own.
absl::Status CheckOpens(const Context& context, UnitOfWork& work, const std::string& actor,
                        const AssessmentSheet& sheet) {
  ASSIGN_OR_RETURN(rules::Scorers scorers, ScorersOf(context, work, sheet));
  if (work.actor().LevelFor(kOpen) == auth::Level::kAll) scorers.direct.push_back(actor);
  return rules::CheckScorer(actor, scorers, sheet);
}

absl::Status CheckNoOther(UnitOfWork& work, const AssessmentSheet& sheet) {
  ASSIGN_OR_RETURN(
      const std::vector<Row> rows,
      work.connection().Query(
          "SELECT id FROM assessment_sheets WHERE employee = ? AND period_kind = ? AND start_date = ? AND state "
          "<> 'VOID'",
          {IdOf(sheet.employee()),
           resource::ShortEnumName(pb::AssessmentPeriod_descriptor()->FindValueByNumber(sheet.period())),
           sheet.start_date()}));
  if (rows.empty()) return absl::OkStatus();
  const std::string other = NameOf("assessmentSheets", rows[0][0].text());
  return FailedPrecondition("ASSESSMENT_EXISTS", other, "the person has a sheet for this period already",
                            {{"sheet", other}});
}

absl::Status CreateSheet(const Context& context, UnitOfWork& work, AssessmentSheet* sheet) {
  RETURN_IF_ERROR(Validate(work, *sheet));
  const absl::StatusOr<AssessmentTemplate> assessment = work.Load<AssessmentTemplate>(sheet->template_());
  const absl::StatusOr<pb::Employee> employee = work.Load<pb::Employee>(sheet->employee());
  // The reference check names what is missing.
  if (absl::IsNotFound(assessment.status()) || absl::IsNotFound(employee.status())) return absl::OkStatus();
  RETURN_IF_ERROR(assessment.status());
  RETURN_IF_ERROR(employee.status());
  RETURN_IF_ERROR(rules::OpenSheet(*assessment, *employee, sheet));
  ASSIGN_OR_RETURN(const std::string actor, Person(work));
  RETURN_IF_ERROR(CheckOpens(context, work, actor, *sheet));
  RETURN_IF_ERROR(CheckNoOther(work, *sheet));
  if (!rules::IsAggregated(*assessment, sheet->period())) return absl::OkStatus();
  ASSIGN_OR_RETURN(const std::vector<std::string> expected, rules::MonthsOf(*sheet, *employee));
  ASSIGN_OR_RETURN(const std::vector<AssessmentSheet> months,
                   work.Find<AssessmentSheet>(
                       {"t.employee = ? AND t.period_kind = 'MONTH' AND t.start_date >= ? AND t.start_date <= ? AND "
                        "t.state <> 'VOID'",
                        {IdOf(sheet->employee()), sheet->start_date(), sheet->end_date()}},
                       "ORDER BY t.start_date", kMonthsMax));
  return rules::Aggregate(*assessment, expected, months, sheet);
}

// The sheet of a quarter or year that counts this one; empty: none.
absl::StatusOr<std::string> UsedIn(UnitOfWork& work, const AssessmentSheet& sheet) {
  ASSIGN_OR_RETURN(const std::vector<Row> rows,
                   work.connection().Query("SELECT s.id FROM assessment_sheets s JOIN assessment_sheets_months m ON "
                                           "m.parent_id = s.id WHERE s.employee = ? AND s.state <> 'VOID' AND m.value "
                                           "= ? ORDER BY s.id LIMIT 1",
                                           {IdOf(sheet.employee()), IdOf(sheet.name())}));
  return rows.empty() ? std::string() : NameOf("assessmentSheets", rows[0][0].text());
}

// Who the superior is stands in the reporting lines; the row of the template is not changed by anybody any more.
template <typename Request, typename Rule>
void AddSheet(const Context& context, absl::string_view method, rpc::Registry* registry, Rule rule) {
  AddWrite<AssessmentSheet, Request>(
      context, absl::StrCat(kSheets, "/", method), registry,
      [rule](UnitOfWork& work, const Request& request) -> absl::StatusOr<AssessmentSheet> {
        ASSIGN_OR_RETURN(auto change, work.Begin<AssessmentSheet>(request));
        ASSIGN_OR_RETURN(const std::string actor, Person(work));
        RETURN_IF_ERROR(rule(work, request, actor, &change.after));
        return work.Save(std::move(change));
      });
}

void AddScoring(const Context& context, rpc::Registry* registry) {
  AddSheet<pb::SetAssessmentTargetsRequest>(
      context, "SetAssessmentTargets", registry,
      [context](UnitOfWork& work, const pb::SetAssessmentTargetsRequest& request, const std::string& actor,
                AssessmentSheet* sheet) -> absl::Status {
        ASSIGN_OR_RETURN(const rules::Scorers scorers, ScorersOf(context, work, *sheet));
        RETURN_IF_ERROR(rules::CheckScorer(actor, scorers, *sheet));
        return rules::SetTargets(request, context.policy, context.Today(work.now()), sheet);
      });
  AddSheet<pb::RecordAssessmentActualsRequest>(context, "RecordAssessmentActuals", registry,
                                               [](UnitOfWork& work, const pb::RecordAssessmentActualsRequest& request,
                                                  const std::string& actor, AssessmentSheet* sheet) {
                                                 return rules::RecordActuals(request, actor,
                                                                             work.actor().Holds(kSatisfaction), sheet);
                                               });
  AddSheet<pb::CoScoreAssessmentRequest>(
      context, "CoScoreAssessment", registry,
      [context](UnitOfWork& work, const pb::CoScoreAssessmentRequest& request, const std::string& actor,
                AssessmentSheet* sheet) -> absl::Status {
        ASSIGN_OR_RETURN(const rules::Scorers scorers, ScorersOf(context, work, *sheet));
        // A right over regions or all rows is that of somebody who takes part by his post; any other needs the line.
        const bool by_post = work.actor().LevelFor(kCoScore) >= auth::Level::kRegion;
        RETURN_IF_ERROR(rules::CheckCoScorer(actor, by_post, scorers));
        return rules::CoScore(actor, scorers, request.score(), request.opinion(), work.now(), sheet);
      });
  AddSheet<pb::ScoreAssessmentRequest>(
      context, "ScoreAssessment", registry,
      [context](UnitOfWork& work, const pb::ScoreAssessmentRequest& request, const std::string& actor,
                AssessmentSheet* sheet) -> absl::Status {
        ASSIGN_OR_RETURN(const rules::Scorers scorers, ScorersOf(context, work, *sheet));
        RETURN_IF_ERROR(rules::CheckScorer(actor, scorers, *sheet));
        ASSIGN_OR_RETURN(const AssessmentTemplate assessment, work.Load<AssessmentTemplate>(sheet->template_()));
        return rules::Score(request, assessment, actor, context.Today(work.now()), sheet);
      });
}

void AddSignatures(const Context& context, rpc::Registry* registry) {
  AddSheet<pb::HandOverAssessmentRequest>(
      context, "HandOverAssessment", registry,
      [](UnitOfWork& work, const pb::HandOverAssessmentRequest& request, const std::string& actor,
         AssessmentSheet* sheet) { return rules::HandOver(actor, request.content_sha256(), work.now(), sheet); });
  AddSheet<pb::ReopenAssessmentRequest>(context, "ReopenAssessment", registry,
                                        [context](UnitOfWork& work, const pb::ReopenAssessmentRequest& request,
                                                  const std::string& actor, AssessmentSheet* sheet) -> absl::Status {
                                          ASSIGN_OR_RETURN(const rules::Scorers scorers,
                                                           ScorersOf(context, work, *sheet));
                                          return rules::Reopen(actor, scorers, request.reason(), sheet);
                                        });
  AddSheet<pb::SignAssessmentRequest>(
      context, "SignAssessment", registry,
      [](UnitOfWork& work, const pb::SignAssessmentRequest& request, const std::string& actor, AssessmentSheet* sheet) {
        return rules::Sign(request, actor, work.now(), sheet);
      });
  AddSheet<pb::ConsolidateAssessmentRequest>(context, "ConsolidateAssessment", registry,
                                             [](UnitOfWork& work, const pb::ConsolidateAssessmentRequest& request,
                                                const std::string& actor, AssessmentSheet* sheet) -> absl::Status {
                                               RETURN_IF_ERROR(resource::CheckRead(request.etag()));
                                               return rules::Consolidate(actor, request.unsigned_reason(), work.now(),
                                                                         sheet);
                                             });
}

void AddCorrections(const Context& context, rpc::Registry* registry) {
  AddSheet<pb::CorrectAssessmentRequest>(context, "CorrectAssessment", registry,
                                         [](UnitOfWork& work, const pb::CorrectAssessmentRequest& request,
                                            const std::string& actor, AssessmentSheet* sheet) -> absl::Status {
                                           // The person is locked, as where sheets are opened: no quarter takes the
                                           // sheet in meanwhile.
                                           RETURN_IF_ERROR(work.Load<pb::Employee>(sheet->employee()).status());
                                           ASSIGN_OR_RETURN(const std::string used_in, UsedIn(work, *sheet));
                                           return rules::Correct(actor, request.reason(), used_in, sheet);
                                         });
  AddSheet<pb::VoidAssessmentRequest>(context, "VoidAssessment", registry,
                                      [context](UnitOfWork& work, const pb::VoidAssessmentRequest& request,
                                                const std::string& actor, AssessmentSheet* sheet) -> absl::Status {
                                        RETURN_IF_ERROR(CheckOpens(context, work, actor, *sheet));
                                        sheet->set_void_reason(request.reason());
                                        return absl::OkStatus();
                                      });
}

absl::StatusOr<pb::AssessmentText> GetText(const Context& context, rpc::Call& call,
                                           const pb::GetAssessmentTextRequest& request) {
  ASSIGN_OR_RETURN(const AssessmentSheet sheet, context.runtime.Get<AssessmentSheet>(call, request.name()));
  std::string employee, scorer;
  RETURN_IF_ERROR(context.runtime.database().Run(call.deadline, [&](mysql::Connection& connection) -> absl::Status {
    ASSIGN_OR_RETURN(const std::vector<Row> rows,
                     connection.Query("SELECT id, display_name FROM employees WHERE id IN (?, ?)",
                                      {IdOf(sheet.employee()), IdOf(sheet.scorer())}));
    for (const Row& row : rows) {
      (row[0].text() == IdOf(sheet.employee()) ? employee : scorer) = row[1].text();
    }
    return absl::OkStatus();
  }));
  pb::AssessmentText text;
  text.set_text(rules::SheetText(sheet, employee, scorer));
  text.set_content_sha256(Sha256Hex(rules::SignedText(sheet)));
  return text;
}

// ---- Summary

absl::StatusOr<pb::AssessmentSummary> Summarize(const Context& context, rpc::Call& call,
                                                const pb::SummarizeAssessmentsRequest& request) {
  ASSIGN_OR_RETURN(const std::string end, rules::PeriodEnd(request.period(), request.start_date()));
  const std::string period =
      resource::ShortEnumName(pb::AssessmentPeriod_descriptor()->FindValueByNumber(request.period()));
  std::string sql =
      "SELECT e.id, e.display_name, s.department_path, e.region, a.id, a.state, a.total_score, a.bonus_factor, "
      "a.objection FROM employees e LEFT JOIN employee_scopes s ON s.employee = e.id LEFT JOIN assessment_sheets a ON "
      "a.employee = e.id AND a.period_kind = ? AND a.start_date = ? AND a.state <> 'VOID' WHERE e.archive_time IS NULL "
      "AND (e.hire_date IS "
      "NULL "
      "OR e.hire_date <= ?) AND (e.leave_date IS NULL OR e.leave_date >= ?)";
  std::vector<Value> params = {period, request.start_date(), end, request.start_date()};
  if (!request.department().empty()) {
    absl::StrAppend(&sql, " AND s.department_path LIKE ?");
    params.emplace_back(absl::StrCat("%/", IdOf(request.department()), "/%"));
  }
  std::vector<Row> rows;
  RETURN_IF_ERROR(context.runtime.database().Run(call.deadline, [&](mysql::Connection& connection) -> absl::Status {
    ASSIGN_OR_RETURN(rows,
                     connection.Query(absl::StrCat(sql, " ORDER BY e.display_name, e.id"), mysql::Params(params)));
    return absl::OkStatus();
  }));
  const auth::Reach reach = auth::ReachOf(call.principal, call.level());
  pb::AssessmentSummary summary;
  Decimal sum;
  int32_t finished = 0;
  for (const Row& row : rows) {
    if (!reach.Covers(row[0].text(), row[2].text(), row[3].text())) continue;
    if (row[4].is_null()) {
      summary.add_missing(NameOf("employees", row[0].text()));
      continue;
    }
    pb::AssessmentSummaryRow* out = summary.add_rows();
    out->set_sheet(NameOf("assessmentSheets", row[4].text()));
    out->set_employee(NameOf("employees", row[0].text()));
    out->set_display_name(row[1].text());
    const auto* state = resource::FindEnumValue(pb::AssessmentState_descriptor(), row[5].text());
    if (state != nullptr) out->set_state(static_cast<pb::AssessmentState>(state->number()));
    out->set_total_score(row[6].text());
    out->set_bonus_factor(row[7].text());
    out->set_objection(row[8].integer() != 0);
    if (out->state() != pb::ASSESSMENT_STATE_SIGNED && out->state() != pb::ASSESSMENT_STATE_CONSOLIDATED) {
      summary.set_open(summary.open() + 1);
      continue;
    }
    if (out->objection()) summary.set_objections(summary.objections() + 1);
    ASSIGN_OR_RETURN(const Decimal total, Decimal::Parse(out->total_score(), "total_score"));
    ASSIGN_OR_RETURN(sum, Add(sum, total));
    ++finished;
  }
  if (finished > 0) {
    constexpr int kScale = 2;
    ASSIGN_OR_RETURN(const Decimal average, Divide(sum, Decimal::FromInt(finished), kScale));
    summary.set_average_score(average.ToFixed(kScale));
  }
  return summary;
}

void RegisterTemplates(const Context& context, rpc::Registry* registry) {
  resource::Hooks kpis;
  kpis.on_create = resource::OnCreate<KpiDefinition>([](UnitOfWork& work, KpiDefinition* kpi) -> absl::Status {
    RETURN_IF_ERROR(Validate(work, *kpi));
    return rules::CheckKpi(*kpi);
  });
  kpis.on_update = resource::OnUpdate<KpiDefinition>(
      [](UnitOfWork& work, const KpiDefinition&, KpiDefinition* after) -> absl::Status {
        RETURN_IF_ERROR(Validate(work, *after));
        return rules::CheckKpi(*after);
      });
  context.runtime.SetHooks(KpiDefinition::descriptor(), std::move(kpis));
  resource::Hooks templates;
  templates.on_create = resource::OnCreate<AssessmentTemplate>(CreateTemplate);
  templates.on_update = resource::OnUpdate<AssessmentTemplate>(UpdateTemplate);
  context.runtime.SetHooks(AssessmentTemplate::descriptor(), std::move(templates));
  resource::RegisterStandardMethods(context.runtime, kKpis, registry);
  resource::RegisterStandardMethods(context.runtime, kTemplates, registry);
  AddWrite<AssessmentTemplate, pb::SubmitAssessmentTemplateRequest>(
      context, absl::StrCat(kTemplates, "/SubmitAssessmentTemplate"), registry,
      [](UnitOfWork& work, const pb::SubmitAssessmentTemplateRequest& request) -> absl::StatusOr<AssessmentTemplate> {
        ASSIGN_OR_RETURN(auto change, work.Begin<AssessmentTemplate>(request));
        RETURN_IF_ERROR(rules::CheckTemplateComplete(change.before));
        ASSIGN_OR_RETURN(*change.after.mutable_submitter(), Person(work));
        return work.Save(std::move(change));
      });
  AddWrite<AssessmentTemplate, pb::ReturnAssessmentTemplateRequest>(
      context, absl::StrCat(kTemplates, "/ReturnAssessmentTemplate"), registry,
      [](UnitOfWork& work, const pb::ReturnAssessmentTemplateRequest& request) -> absl::StatusOr<AssessmentTemplate> {
        ASSIGN_OR_RETURN(auto change, work.Begin<AssessmentTemplate>(request));
        change.after.set_return_reason(request.reason());
        return work.Save(std::move(change));
      });
  AddWrite<AssessmentTemplate, pb::ApproveAssessmentTemplateRequest>(
      context, absl::StrCat(kTemplates, "/ApproveAssessmentTemplate"), registry, ApproveTemplate);
  AddWrite<AssessmentTemplate, pb::ReviseAssessmentTemplateRequest>(
      context, absl::StrCat(kTemplates, "/ReviseAssessmentTemplate"), registry, ReviseTemplate);
}

}  // namespace

void RegisterAssessment(const Context& context, rpc::Registry* registry) {
  RegisterTemplates(context, registry);
  resource::Hooks sheets;
  sheets.on_create = resource::OnCreate<AssessmentSheet>(
      [context](UnitOfWork& work, AssessmentSheet* sheet) { return CreateSheet(context, work, sheet); });
  context.runtime.SetHooks(AssessmentSheet::descriptor(), std::move(sheets));
  resource::RegisterStandardMethods(context.runtime, kSheets, registry);
  AddScoring(context, registry);
  AddSignatures(context, registry);
  AddCorrections(context, registry);
  registry->Add<pb::GetAssessmentTextRequest, pb::AssessmentText>(
      absl::StrCat(kSheets, "/GetAssessmentText"),
      [context](rpc::Call& call, const pb::GetAssessmentTextRequest& request) {
        return GetText(context, call, request);
      });
  registry->Add<pb::SummarizeAssessmentsRequest, pb::AssessmentSummary>(
      absl::StrCat(kSheets, "/SummarizeAssessments"),
      [context](rpc::Call& call, const pb::SummarizeAssessmentsRequest& request) {
        return Summarize(context, call, request);
      });
}

}  // namespace kam::account
