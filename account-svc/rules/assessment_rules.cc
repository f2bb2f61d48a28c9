// Assessment sheets (G-16, R-02).
#include "account-svc/rules/assessment_rules.h"

#include <algorithm>
#include <map>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "account-svc/rules/organization_rules.h"
#include "account-svc/rules/proto_time.h"
#include "common/id/digest.h"
#include "common/money/decimal.h"
#include "common/status/status.h"
#include "common/time/date.h"
#include "kam/organization/v1/employee.pb.h"

namespace kam::account::rules {
namespace {

namespace pb = organization::v1;
using pb::AssessmentLine;
using pb::AssessmentSheet;
using pb::AssessmentTemplate;

constexpr int kScoreScale = 2;
constexpr int kMonthsOfQuarter = 3;
constexpr int kMonthsOfYear = 12;
const Decimal kHundred = Decimal::FromInt(100);

int MonthsIn(pb::AssessmentPeriod period) {
  switch (period) {
    case pb::ASSESSMENT_PERIOD_QUARTER:
      return kMonthsOfQuarter;
    case pb::ASSESSMENT_PERIOD_YEAR:
      return kMonthsOfYear;
    default:
      return 1;
  }
}

absl::Status NotAlone(absl::string_view rule, absl::string_view what) {
  return Error(absl::StatusCode::kPermissionDenied, "SEPARATION_OF_DUTIES", what, {{"rule", std::string(rule)}});
}

absl::Status Aggregated(const AssessmentSheet& sheet) {
  return FailedPrecondition("ASSESSMENT_AGGREGATED", sheet.name(),
                            "the sheet is the average of its months: its targets, values and scores are theirs");
}

absl::StatusOr<AssessmentLine*> LineOf(const std::string& field, const std::string& kpi, AssessmentSheet* sheet) {
  for (AssessmentLine& line : *sheet->mutable_lines()) {
    if (line.kpi() == kpi) return &line;
  }
  return InvalidField(field, "KPI_NOT_ON_SHEET", "is not an indicator of this sheet", {{"kpi", kpi}});
}

// Score of a line that is worked out.
absl::StatusOr<Decimal> Computed(const AssessmentLine& line) {
  ASSIGN_OR_RETURN(const Decimal target, Decimal::Parse(line.target(), "target"));
  ASSIGN_OR_RETURN(const Decimal actual, Decimal::Parse(line.actual(), "actual"));
  ASSIGN_OR_RETURN(const Decimal most, Decimal::Parse(line.score_max(), "score_max"));
  const bool inverse = line.method() == pb::KPI_METHOD_INVERSE_RATIO;
  const Decimal over = inverse ? target : actual, under = inverse ? actual : target;
  if (under.sign() <= 0) return inverse ? most : Decimal();  // Nothing of what should be little: the best.
  ASSIGN_OR_RETURN(const Decimal score, MultiplyDivide(over, kHundred, under, kScoreScale));
  return std::clamp(score, Decimal(), most);
}

absl::StatusOr<Decimal> Average(const std::vector<Decimal>& values) {
  Decimal sum;
  for (const Decimal value : values) {
    ASSIGN_OR_RETURN(sum, Add(sum, value));
  }
  return Divide(sum, Decimal::FromInt(static_cast<int32_t>(values.size())), kScoreScale);
}

// Weighted sum of the lines; those who take part have the share of the template.
absl::StatusOr<Decimal> Total(const AssessmentTemplate& assessment, const AssessmentSheet& sheet) {
  Decimal total;
  for (const AssessmentLine& line : sheet.lines()) {
    ASSIGN_OR_RETURN(const Decimal score, Decimal::Parse(line.score(), "score"));
    ASSIGN_OR_RETURN(const Decimal weight, Decimal::Parse(line.weight(), "weight"));
    ASSIGN_OR_RETURN(const Decimal part, MultiplyDivide(score, weight, kHundred));
    ASSIGN_OR_RETURN(total, Add(total, part));
  }
  Decimal share;
  if (!assessment.co_score_weight().empty()) {
    ASSIGN_OR_RETURN(share, Decimal::Parse(assessment.co_score_weight(), "co_score_weight"));
  }
  if (share.is_zero() || sheet.co_scores_size() == 0) return total.Round(kScoreScale);
  std::vector<Decimal> beside;
  for (const pb::CoScore& co : sheet.co_scores()) {
    ASSIGN_OR_RETURN(const Decimal score, Decimal::Parse(co.score(), "score"));
    beside.push_back(score);
  }
  ASSIGN_OR_RETURN(const Decimal others, Average(beside));
  ASSIGN_OR_RETURN(const Decimal own_share, Subtract(kHundred, share));
  ASSIGN_OR_RETURN(const Decimal own, MultiplyDivide(total, own_share, kHundred));
  ASSIGN_OR_RETURN(const Decimal theirs, MultiplyDivide(others, share, kHundred));
  ASSIGN_OR_RETURN(total, Add(own, theirs));
  return total.Round(kScoreScale);
}

// Total, and what it does to pay.
absl::Status SetResult(const AssessmentTemplate& assessment, Decimal total, AssessmentSheet* sheet) {
  sheet->set_total_score(total.ToString());
  for (const pb::BonusBand& band : assessment.bands()) {
    ASSIGN_OR_RETURN(const Decimal from, Decimal::Parse(band.from_score(), "from_score"));
    if (from > total) break;
    sheet->set_bonus_factor(band.factor());
    sheet->set_grade(band.grade());
  }
  return absl::OkStatus();
}

absl::Status CheckHash(const std::string& sha256, const AssessmentSheet& sheet) {
  const std::string now = Sha256Hex(SignedText(sheet));
  if (sha256 == now) return absl::OkStatus();
  return FailedPrecondition("CONTENT_CHANGED", sheet.name(), "the sheet is another than the one that was read",
                            {{"contentSha256", now}});
}

absl::Status CheckIsScorer(absl::string_view actor, const AssessmentSheet& sheet) {
  if (actor == sheet.scorer()) return absl::OkStatus();
  return Error(absl::StatusCode::kPermissionDenied, "NOT_THE_SCORER", "only the superior who has scored the sheet may",
               {{"scorer", sheet.scorer()}});
}

}  // namespace

absl::StatusOr<std::string> PeriodEnd(pb::AssessmentPeriod period, const std::string& start) {
  ASSIGN_OR_RETURN(const absl::CivilDay first, ParseDate(start, "assessment_sheet.start_date"));
  const int months = MonthsIn(period);
  if (first.day() != 1 || (first.month() - 1) % months != 0) {
    return InvalidField("assessment_sheet.start_date", "PERIOD_START_INVALID",
                        absl::StrCat("is ", start, "; a period begins on the first day of a month, quarter or year"),
                        {{"value", start}});
  }
  ASSIGN_OR_RETURN(const std::string next, AddMonths(start, months));
  return AddDays(next, -1);
}

absl::Status CheckScorer(absl::string_view actor, const Scorers& scorers, const AssessmentSheet& sheet) {
  if (actor == sheet.employee()) return NotAlone("self", "nobody assesses himself; the direct superior does");
  if (std::find(scorers.direct.begin(), scorers.direct.end(), actor) != scorers.direct.end()) return absl::OkStatus();
  return Error(absl::StatusCode::kPermissionDenied, "NOT_THE_DIRECT_SUPERIOR",
               "a person is assessed by the direct superior of the period",
               {{"rule", "R-02"}, {"allowed", absl::StrJoin(scorers.direct, " ")}});
}

absl::Status OpenSheet(const AssessmentTemplate& assessment, const pb::Employee& employee, AssessmentSheet* sheet) {
  if (assessment.state() != pb::ASSESSMENT_TEMPLATE_STATE_APPROVED) {
    return InvalidField("assessment_sheet.template", "TEMPLATE_NOT_APPROVED",
                        absl::StrCat("is ", pb::AssessmentTemplateState_Name(assessment.state())),
                        {{"template", assessment.name()}});
  }
  ASSIGN_OR_RETURN(const std::string end, PeriodEnd(sheet->period(), sheet->start_date()));
  sheet->set_end_date(end);
  if ((!employee.hire_date().empty() && employee.hire_date() > end) ||
      (!employee.leave_date().empty() && employee.leave_date() < sheet->start_date())) {
    return InvalidField("assessment_sheet.employee", "NOT_IN_SERVICE", "was not in service in the period",
                        {{"hireDate", employee.hire_date()}, {"leaveDate", employee.leave_date()}});
  }
  if (!assessment.role().empty()) {
    std::vector<std::string> roles = RolesOn(employee, end);
    const std::vector<std::string> first = RolesOn(employee, sheet->start_date());
    roles.insert(roles.end(), first.begin(), first.end());
    if (std::find(roles.begin(), roles.end(), assessment.role()) == roles.end()) {
      return InvalidField("assessment_sheet.template", "TEMPLATE_NOT_FOR_ROLE",
                          absl::StrCat("is for the role ", assessment.role()),
                          {{"role", assessment.role()}, {"roles", absl::StrJoin(roles, " ")}});
    }
  }
  sheet->set_state(pb::ASSESSMENT_STATE_OPEN);
  sheet->clear_lines();
  for (const pb::AssessmentItem& item : assessment.items()) {
    AssessmentLine* line = sheet->add_lines();
    line->set_kpi(item.kpi());
    line->set_display_name(item.display_name());
    line->set_kpi_class(item.kpi_class());
    line->set_definition(item.definition());
    line->set_method(item.method());
    line->set_unit(item.unit());
    line->set_source(item.source());
    line->set_score_max(item.score_max());
    line->set_weight(item.weight());
    line->set_target(item.target());
    line->set_approved_target(item.target());
  }
  return absl::OkStatus();
}

bool IsAggregated(const AssessmentTemplate& assessment, pb::AssessmentPeriod period) {
  return (period == pb::ASSESSMENT_PERIOD_QUARTER &&
          assessment.quarter_method() == pb::AGGREGATE_METHOD_MONTHLY_AVERAGE) ||
         (period == pb::ASSESSMENT_PERIOD_YEAR && assessment.year_method() == pb::AGGREGATE_METHOD_MONTHLY_AVERAGE);
}

absl::StatusOr<std::vector<std::string>> MonthsOf(const AssessmentSheet& sheet, const pb::Employee& employee) {
  std::vector<std::string> months;
  for (int i = 0; i < MonthsIn(sheet.period()); ++i) {
    ASSIGN_OR_RETURN(const std::string first, AddMonths(sheet.start_date(), i));
    ASSIGN_OR_RETURN(const std::string next, AddMonths(sheet.start_date(), i + 1));
    if (!employee.hire_date().empty() && employee.hire_date() >= next) continue;
    if (!employee.leave_date().empty() && employee.leave_date() < first) continue;
    months.push_back(first);
  }
  return months;
}

absl::Status Aggregate(const AssessmentTemplate& assessment, const std::vector<std::string>& expected,
                       const std::vector<AssessmentSheet>& months, AssessmentSheet* sheet) {
  std::vector<std::string> missing;
  std::vector<Decimal> totals;
  std::map<std::string, std::vector<Decimal>> scores;
  for (const std::string& first : expected) {
    const auto month = std::find_if(months.begin(), months.end(), [&](const AssessmentSheet& candidate) {
      return candidate.start_date() == first && (candidate.state() == pb::ASSESSMENT_STATE_SIGNED ||
                                                 candidate.state() == pb::ASSESSMENT_STATE_CONSOLIDATED);
    });
    if (month == months.end()) {
      missing.push_back(first);
      continue;
    }
    sheet->add_months(month->name());
    ASSIGN_OR_RETURN(const Decimal total, Decimal::Parse(month->total_score(), "total_score"));
    totals.push_back(total);
    for (const AssessmentLine& line : month->lines()) {
      ASSIGN_OR_RETURN(const Decimal score, Decimal::Parse(line.score(), "score"));
      scores[line.kpi()].push_back(score);
    }
  }
  if (!missing.empty() || totals.empty()) {
    return FailedPrecondition("ASSESSMENT_MONTHS_MISSING", sheet->employee(),
                              absl::StrCat("not signed by both: ", absl::StrJoin(missing, ", ")),
                              {{"months", absl::StrJoin(missing, " ")}});
  }
  for (AssessmentLine& line : *sheet->mutable_lines()) {
    const std::vector<Decimal>& of_line = scores[line.kpi()];
    if (of_line.empty()) continue;  // Not measured in these months.
    ASSIGN_OR_RETURN(const Decimal score, Average(of_line));
    line.set_score(score.ToString());
  }
  ASSIGN_OR_RETURN(const Decimal total, Average(totals));
  return SetResult(assessment, total, sheet);
}

absl::Status SetTargets(const pb::SetAssessmentTargetsRequest& request, const Policy& policy, const std::string& today,
                        AssessmentSheet* sheet) {
  if (sheet->months_size() > 0) return Aggregated(*sheet);
  // Whoever knows the result would choose the target after it.
  const bool known = std::any_of(sheet->lines().begin(), sheet->lines().end(), [](const AssessmentLine& line) {
    return !line.actual().empty() || !line.score().empty();
  });
  if (known || today > sheet->end_date()) {
    return FailedPrecondition(
        "TARGET_FIXED", sheet->name(),
        absl::StrCat("targets are set until ", sheet->end_date(), ", before anything is recorded"),
        {{"rule", "G-15"}, {"value", today}, {"limit", sheet->end_date()}});
  }
  ASSIGN_OR_RETURN(const std::string last, AddDays(sheet->start_date(), policy.assessment_target_days));
  for (int i = 0; i < request.targets_size(); ++i) {
    const pb::TargetValue& value = request.targets(i);
    ASSIGN_OR_RETURN(AssessmentLine * line, LineOf(absl::StrCat("targets[", i, "].kpi"), value.kpi(), sheet));
    ASSIGN_OR_RETURN(const Decimal target, Decimal::Parse(value.target(), absl::StrCat("targets[", i, "].target")));
    if (line->method() != pb::KPI_METHOD_JUDGEMENT && target.sign() <= 0) {
      return InvalidField(absl::StrCat("targets[", i, "].target"), "KPI_TARGET_MISSING", "must be above zero",
                          {{"kpi", value.kpi()}, {"value", value.target()}});
    }
    if (!line->target().empty() && today > last) {
      return FailedPrecondition("TARGET_FIXED", sheet->name(),
                                absl::StrCat(line->display_name(), ": a target that is set is changed until ", last),
                                {{"rule", "G-15"}, {"value", today}, {"limit", last}});
    }
    bool deviates = false;
    if (!line->approved_target().empty()) {
      ASSIGN_OR_RETURN(const Decimal approved, Decimal::Parse(line->approved_target(), "approved_target"));
      deviates = !(approved == target);
    }
    if (deviates && value.reason().empty()) {
      return InvalidField(absl::StrCat("targets[", i, "].reason"), "TARGET_REASON_REQUIRED",
                          absl::StrCat("the approved target is ", line->approved_target(), "; another one says why"),
                          {{"kpi", value.kpi()}, {"value", value.target()}, {"approved", line->approved_target()}});
    }
    line->set_target(value.target());
    line->set_target_reason(deviates ? value.reason() : "");
  }
  return absl::OkStatus();
}

absl::Status RecordActuals(const pb::RecordAssessmentActualsRequest& request, absl::string_view actor,
                           bool verifies_satisfaction, AssessmentSheet* sheet) {
  if (sheet->months_size() > 0) return Aggregated(*sheet);
  if (actor == sheet->employee()) return NotAlone("self", "nobody records what he has reached himself");
  for (int i = 0; i < request.actuals_size(); ++i) {
    const pb::ActualValue& value = request.actuals(i);
    const std::string field = absl::StrCat("actuals[", i, "]");
    ASSIGN_OR_RETURN(AssessmentLine * line, LineOf(field + ".kpi", value.kpi(), sheet));
    if (line->source() == pb::KPI_SOURCE_SATISFACTION && !verifies_satisfaction) {
      return Error(absl::StatusCode::kPermissionDenied, "SATISFACTION_NOT_VERIFIED",
                   "satisfaction scores are verified and handed over by customer relations",
                   {{"field", field + ".kpi"}, {"rule", "S-34"}, {"permission", "assessment.satisfaction.write"}});
    }
    line->set_actual(value.actual());
    line->set_evidence(value.evidence());
    line->set_recorder(std::string(actor));
  }
  return absl::OkStatus();
}

absl::Status CheckCoScorer(absl::string_view actor, bool by_post, const Scorers& scorers) {
  if (by_post || std::find(scorers.beside.begin(), scorers.beside.end(), actor) != scorers.beside.end()) {
    return absl::OkStatus();
  }
  return Error(absl::StatusCode::kPermissionDenied, "NOT_A_CO_SCORER",
               "whoever takes part leads the person in a field, or has the post for it",
               {{"rule", "R-02"}, {"allowed", absl::StrJoin(scorers.beside, " ")}});
}

absl::Status CoScore(absl::string_view actor, const Scorers& scorers, const std::string& score,
                     const std::string& opinion, absl::Time now, AssessmentSheet* sheet) {
  if (sheet->months_size() > 0) return Aggregated(*sheet);
  if (actor == sheet->employee()) return NotAlone("self", "nobody takes part in the assessment of himself");
  if (std::find(scorers.direct.begin(), scorers.direct.end(), actor) != scorers.direct.end()) {
    return NotAlone("scorer", "the direct superior scores the sheet and does not take part beside himself");
  }
  pb::CoScore* own = nullptr;
  for (pb::CoScore& co : *sheet->mutable_co_scores()) {
    if (co.scorer() == actor) own = &co;
  }
  if (own == nullptr) own = sheet->add_co_scores();
  own->set_scorer(std::string(actor));
  own->set_score(score);
  own->set_opinion(opinion);
  *own->mutable_score_time() = ToTimestamp(now);
  return absl::OkStatus();
}

absl::Status Score(const pb::ScoreAssessmentRequest& request, const AssessmentTemplate& assessment,
                   absl::string_view actor, const std::string& today, AssessmentSheet* sheet) {
  if (today < sheet->end_date()) {
    return FailedPrecondition("PERIOD_NOT_OVER", sheet->name(),
                              absl::StrCat("the period runs until ", sheet->end_date()),
                              {{"end", sheet->end_date()}, {"today", today}});
  }
  const bool aggregated = sheet->months_size() > 0;
  if (aggregated && request.scores_size() > 0) return Aggregated(*sheet);
  for (int i = 0; i < request.scores_size(); ++i) {
    const pb::JudgedScore& given = request.scores(i);
    const std::string field = absl::StrCat("scores[", i, "]");
    ASSIGN_OR_RETURN(AssessmentLine * line, LineOf(field + ".kpi", given.kpi(), sheet));
    line->set_comment(given.comment());
    if (given.score().empty()) continue;
    ASSIGN_OR_RETURN(const Decimal score, Decimal::Parse(given.score(), field + ".score"));
    ASSIGN_OR_RETURN(const Decimal most, Decimal::Parse(line->score_max(), "score_max"));
    const bool judged = line->method() == pb::KPI_METHOD_JUDGEMENT;
    if (!judged || score.sign() < 0 || score > most) {
      return InvalidField(
          field + ".score", "SCORE_OUT_OF_RANGE",
          judged ? absl::StrCat("must be 0 to ", line->score_max()) : "is worked out from target and actual value",
          {{"kpi", given.kpi()}, {"limit", line->score_max()}});
    }
    line->set_score(score.ToString());
  }
  sheet->set_scorer(std::string(actor));
  sheet->set_comment(request.comment());
  if (aggregated) return absl::OkStatus();
  std::vector<std::string> missing;
  for (AssessmentLine& line : *sheet->mutable_lines()) {
    if (line.method() != pb::KPI_METHOD_JUDGEMENT && !line.actual().empty() && line.recorder() == actor) {
      return NotAlone("recorder", absl::StrCat(line.display_name(),
                                               ": whoever records a value does not score by it; somebody else with "
                                               "assessment.actual.write records it"));
    }
    const bool judged = line.method() == pb::KPI_METHOD_JUDGEMENT;
    if (judged ? line.score().empty() : line.actual().empty()) {
      missing.push_back(line.display_name());
    } else if (!judged) {
      ASSIGN_OR_RETURN(const Decimal score, Computed(line));
      line.set_score(score.ToString());
    }
  }
  if (!missing.empty()) {
    return FailedPrecondition("ASSESSMENT_INCOMPLETE", sheet->name(),
                              absl::StrCat("without a value or score: ", absl::StrJoin(missing, ", ")),
                              {{"indicators", absl::StrJoin(missing, ", ")}});
  }
  Decimal share;
  if (!assessment.co_score_weight().empty()) {
    ASSIGN_OR_RETURN(share, Decimal::Parse(assessment.co_score_weight(), "co_score_weight"));
  }
  const bool alone = share.sign() > 0 && sheet->co_scores_size() == 0;
  if (alone && request.co_score_missing_reason().empty()) {
    return FailedPrecondition("CO_SCORE_MISSING", sheet->name(),
                              absl::StrCat("those who take part have a share of ", assessment.co_score_weight(),
                                           " %; have one of them score, or say why nobody does"),
                              {{"rule", "R-02"}, {"limit", assessment.co_score_weight()}});
  }
  sheet->set_co_score_missing_reason(alone ? request.co_score_missing_reason() : "");
  ASSIGN_OR_RETURN(const Decimal total, Total(assessment, *sheet));
  return SetResult(assessment, total, sheet);
}

std::string SignedText(const AssessmentSheet& sheet) {
  std::string text = absl::StrCat("编号 ", sheet.number(), "\n被考核人 ", sheet.employee(), "\n周期 ",
                                  sheet.start_date(), " – ", sheet.end_date(), "\n");
  for (const AssessmentLine& line : sheet.lines()) {
    absl::StrAppend(&text, "\n", line.display_name(), " | 权重 ", line.weight(), " % | 定义 ", line.definition(),
                    "\n  目标 ", line.target(), " ", line.unit(), " | 实际 ", line.actual(), " ", line.unit(),
                    " | 得分 ", line.score(), "\n");
    if (!line.comment().empty()) absl::StrAppend(&text, "  评语 ", line.comment(), "\n");
    if (!line.target_reason().empty()) {
      absl::StrAppend(&text, "  批准目标 ", line.approved_target(), " | 调整原因 ", line.target_reason(), "\n");
    }
  }
  if (!sheet.co_score_missing_reason().empty()) {
    absl::StrAppend(&text, "\n无参与评估原因 ", sheet.co_score_missing_reason(), "\n");
  }
  for (const pb::CoScore& co : sheet.co_scores()) {
    absl::StrAppend(&text, "\n参与评估 ", co.scorer(), " | ", co.score(), " | ", co.opinion(), "\n");
  }
  absl::StrAppend(&text, "\n总分 ", sheet.total_score(), " | 等级 ", sheet.grade(), " | 绩效系数 ",
                  sheet.bonus_factor(), "\n上级评语 ", sheet.comment(), "\n评分人 ", sheet.scorer(), "\n");
  return text;
}

std::string SheetText(const AssessmentSheet& sheet, const std::string& employee, const std::string& scorer) {
  const auto when = [](bool has, const google::protobuf::Timestamp& stamp) {
    return has ? absl::FormatTime(absl::RFC3339_sec, FromTimestamp(stamp), absl::UTCTimeZone()) : "";
  };
  return absl::StrCat("考核表 Assessment sheet: ", employee, "\n\n", SignedText(sheet), "\n上级签字 ",
                      sheet.has_scorer_sign_time() ? scorer : "", " ",
                      when(sheet.has_scorer_sign_time(), sheet.scorer_sign_time()), "\n本人签字 ",
                      sheet.has_employee_sign_time() ? employee : "", " ",
                      when(sheet.has_employee_sign_time(), sheet.employee_sign_time()), "\n本人意见 ",
                      sheet.employee_opinion(), sheet.objection() ? "(有异议)" : "", "\n",
                      sheet.unsigned_reason().empty() ? "" : absl::StrCat("未签原因 ", sheet.unsigned_reason(), "\n"));
}

absl::Status HandOver(absl::string_view actor, const std::string& sha256, absl::Time now, AssessmentSheet* sheet) {
  RETURN_IF_ERROR(CheckIsScorer(actor, *sheet));
  RETURN_IF_ERROR(CheckHash(sha256, *sheet));
  sheet->set_content_sha256(sha256);
  *sheet->mutable_scorer_sign_time() = ToTimestamp(now);
  sheet->clear_reopen_reason();
  return absl::OkStatus();
}

absl::Status Reopen(absl::string_view actor, const Scorers& scorers, const std::string& reason,
                    AssessmentSheet* sheet) {
  if (actor != sheet->scorer()) RETURN_IF_ERROR(CheckScorer(actor, scorers, *sheet));
  sheet->clear_content_sha256();
  sheet->clear_scorer_sign_time();
  sheet->set_reopen_reason(reason);
  return absl::OkStatus();
}

absl::Status Sign(const pb::SignAssessmentRequest& request, absl::string_view actor, absl::Time now,
                  AssessmentSheet* sheet) {
  if (actor != sheet->employee()) {
    return Error(absl::StatusCode::kPermissionDenied, "NOT_THE_PERSON", "only the person who is assessed signs here",
                 {{"employee", sheet->employee()}});
  }
  RETURN_IF_ERROR(CheckHash(request.content_sha256(), *sheet));
  if (request.objection() && request.opinion().empty()) {
    return InvalidField("opinion", "OPINION_REQUIRED", "an objection says why");
  }
  sheet->set_employee_opinion(request.opinion());
  sheet->set_objection(request.objection());
  *sheet->mutable_employee_sign_time() = ToTimestamp(now);
  return absl::OkStatus();
}

absl::Status Consolidate(absl::string_view actor, const std::string& unsigned_reason, absl::Time now,
                         AssessmentSheet* sheet) {
  if (actor == sheet->employee() || actor == sheet->scorer()) {
    return NotAlone(actor == sheet->employee() ? "self" : "scorer",
                    "neither the person nor the superior takes the result over for pay");
  }
  if (!sheet->has_employee_sign_time()) {
    if (unsigned_reason.empty()) {
      return InvalidField("unsigned_reason", "UNSIGNED_REASON_REQUIRED",
                          "says why the person has not signed: refused, left, ill");
    }
    sheet->set_unsigned_reason(unsigned_reason);
    sheet->set_objection(true);
  }
  sheet->set_consolidator(std::string(actor));
  *sheet->mutable_consolidate_time() = ToTimestamp(now);
  return absl::OkStatus();
}

absl::Status Correct(absl::string_view actor, const std::string& reason, const std::string& used_in,
                     AssessmentSheet* sheet) {
  if (actor == sheet->employee() || actor == sheet->scorer()) {
    return NotAlone(actor == sheet->employee() ? "self" : "scorer",
                    "neither the person nor the superior opens again what both have signed");
  }
  if (!used_in.empty()) {
    return FailedPrecondition("ASSESSMENT_IN_USE", used_in,
                              absl::StrCat(used_in,
                                           " is the average of this sheet and others: correct and void that one "
                                           "first, and open it anew afterwards"),
                              {{"sheet", used_in}});
  }
  sheet->clear_content_sha256();
  sheet->clear_scorer_sign_time();
  sheet->clear_employee_sign_time();
  sheet->clear_employee_opinion();
  sheet->clear_objection();
  sheet->clear_unsigned_reason();
  sheet->clear_consolidator();
  sheet->clear_consolidate_time();
  sheet->set_reopen_reason(reason);
  return absl::OkStatus();
}

}  // namespace kam::account::rules
