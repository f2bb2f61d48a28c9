#include "account-svc/rules/assessment_rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "common/id/digest.h"
#include "common/testing/matchers.h"
#include "kam/organization/v1/employee.pb.h"

namespace kam::account::rules {
namespace {

namespace pb = organization::v1;
using pb::AssessmentSheet;
using pb::AssessmentTemplate;
using ::testing::AllOf;
using ::testing::ElementsAre;
using testing::HasReason;
using ::testing::HasSubstr;
using testing::IsOk;
using testing::NamesField;

const absl::Time kNow = absl::FromUnixSeconds(1'767'571'200);
constexpr char kPerson[] = "employees/P";
constexpr char kSuperior[] = "employees/S";

void AddItem(const char* kpi, const char* weight, pb::KpiMethod method, const char* target, AssessmentTemplate* to,
             pb::KpiSource source = pb::KPI_SOURCE_SALES) {
  pb::AssessmentItem* item = to->add_items();
  item->set_kpi(kpi);
  item->set_display_name(kpi);
  item->set_weight(weight);
  item->set_method(method);
  item->set_target(target);
  item->set_source(source);
  item->set_score_max("120");
}

AssessmentTemplate Template() {
  AssessmentTemplate assessment;
  assessment.set_name("assessmentTemplates/T");
  assessment.set_state(pb::ASSESSMENT_TEMPLATE_STATE_APPROVED);
  AddItem("回款率", "40", pb::KPI_METHOD_RATIO, "95", &assessment);
  AddItem("流失率", "20.5", pb::KPI_METHOD_INVERSE_RATIO, "5", &assessment);
  AddItem("满意度", "19.5", pb::KPI_METHOD_RATIO, "90", &assessment, pb::KPI_SOURCE_SATISFACTION);
  AddItem("协作", "20", pb::KPI_METHOD_JUDGEMENT, "", &assessment);
  const std::pair<const char*, const char*> bands[] = {{"0", "0"}, {"60", "0.8"}, {"80", "1"}, {"100", "1.2"}};
  for (const auto& [from, factor] : bands) {
    pb::BonusBand* band = assessment.add_bands();
    band->set_from_score(from);
    band->set_factor(factor);
    band->set_grade(absl::StrCat("自", from));
  }
  return assessment;
}

AssessmentSheet Opened(const char* start = "2026-01-01", pb::AssessmentPeriod period = pb::ASSESSMENT_PERIOD_MONTH) {
  AssessmentSheet sheet;
  sheet.set_name("assessmentSheets/1");
  sheet.set_employee(kPerson);
  sheet.set_start_date(start);
  sheet.set_period(period);
  EXPECT_THAT(OpenSheet(Template(), pb::Employee(), &sheet), IsOk());
  return sheet;
}

absl::Status Record(const char* kpi, const char* actual, bool verifies, AssessmentSheet* sheet,
                    const char* actor = "employees/O") {
  pb::RecordAssessmentActualsRequest request;
  request.add_actuals()->set_kpi(kpi);
  request.mutable_actuals(0)->set_actual(actual);
  return RecordActuals(request, actor, verifies, sheet);
}

absl::Status Judge(const char* kpi, const char* score, AssessmentSheet* sheet, const char* today = "2026-01-31",
                   const AssessmentTemplate& assessment = Template()) {
  pb::ScoreAssessmentRequest request;
  request.set_comment("稳定");
  if (kpi[0] != '\0') {
    request.add_scores()->set_kpi(kpi);
    request.mutable_scores(0)->set_score(score);
  }
  return Score(request, assessment, kSuperior, today, sheet);
}

AssessmentSheet Scored() {
  AssessmentSheet sheet = Opened();
  EXPECT_THAT(Record("回款率", "95", true, &sheet), IsOk());
  EXPECT_THAT(Record("流失率", "4", true, &sheet), IsOk());
  EXPECT_THAT(Record("满意度", "81", true, &sheet), IsOk());
  EXPECT_THAT(Judge("协作", "85", &sheet), IsOk());
  return sheet;
}

// G-15: the weights add up to exactly 100: not a cent more or less.
TEST(AssessmentTemplateRules, WeightsAddUpToExactlyAHundred) {
  AssessmentTemplate assessment = Template();
  EXPECT_THAT(CheckTemplateComplete(assessment), IsOk());
  for (const char* weight : {"19.99", "20.01", "0.01", "100"}) {
    assessment.mutable_items(3)->set_weight(weight);
    EXPECT_THAT(CheckTemplateComplete(assessment), HasReason("WEIGHTS_NOT_100")) << weight;
  }
  assessment.clear_items();
  EXPECT_THAT(CheckTemplateComplete(assessment), HasReason("WEIGHTS_NOT_100"));
  for (int i = 0; i < 3; ++i) AddItem("x", i == 0 ? "33.34" : "33.33", pb::KPI_METHOD_RATIO, "1", &assessment);
  EXPECT_THAT(CheckTemplateComplete(assessment), IsOk());
}

// G-15
TEST(AssessmentTemplateRules, EveryIndicatorOnceWithATargetAndBandsThatRise) {
  AssessmentTemplate assessment = Template();
  assessment.mutable_items(1)->set_kpi("回款率");
  EXPECT_THAT(CheckTemplate(assessment),
              AllOf(HasReason("KPI_REPEATED"), NamesField("assessment_template.items[1].kpi")));
  assessment = Template();
  assessment.set_role("XXX");
  EXPECT_THAT(CheckTemplate(assessment), HasReason("ROLE_UNKNOWN"));
  for (const char* target : {"", "0", "-1"}) {
    assessment = Template();
    assessment.mutable_items(0)->set_target(target);
    EXPECT_THAT(CheckTemplateComplete(assessment), HasReason("KPI_TARGET_MISSING")) << target;
  }
  assessment = Template();
  assessment.mutable_bands(0)->set_from_score("1");
  EXPECT_THAT(CheckTemplateComplete(assessment), HasReason("BONUS_BANDS_INVALID"));
  assessment = Template();
  assessment.mutable_bands(2)->set_from_score("60");
  EXPECT_THAT(CheckTemplateComplete(assessment), HasReason("BONUS_BANDS_INVALID"));
  assessment.clear_bands();
  EXPECT_THAT(CheckTemplateComplete(assessment), HasReason("BONUS_BANDS_INVALID"));
  pb::KpiDefinition kpi;
  kpi.set_kpi_class(pb::KPI_CLASS_QUALITATIVE);
  kpi.set_method(pb::KPI_METHOD_RATIO);
  EXPECT_THAT(CheckKpi(kpi), HasReason("KPI_METHOD_INVALID"));
  kpi.set_method(pb::KPI_METHOD_JUDGEMENT);
  EXPECT_THAT(CheckKpi(kpi), IsOk());
}

// G-15
TEST(AssessmentTemplateRules, NobodyApprovesWhatHeHasWritten) {
  AssessmentTemplate assessment = Template();
  assessment.set_creator("employees/A");
  assessment.set_submitter("employees/B");
  assessment.set_updater("employees/C");
  for (const char* actor : {"employees/A", "employees/B", "employees/C"}) {
    EXPECT_THAT(ApproveTemplate(actor, false, kNow, &assessment), HasReason("SEPARATION_OF_DUTIES")) << actor;
  }
  // Whoever wrote any of it before.
  EXPECT_THAT(ApproveTemplate("employees/D", true, kNow, &assessment), HasReason("SEPARATION_OF_DUTIES"));
  EXPECT_THAT(ApproveTemplate("employees/D", false, kNow, &assessment), IsOk());
  EXPECT_EQ(assessment.approver(), "employees/D");
  const AssessmentTemplate next = Revise(assessment);
  EXPECT_EQ(next.revision(), assessment.revision() + 1);
  EXPECT_EQ(next.state(), pb::ASSESSMENT_TEMPLATE_STATE_DRAFT);
  EXPECT_TRUE(next.approver().empty());
  EXPECT_EQ(next.items_size(), assessment.items_size());
}

// G-16, F-22: month, quarter, year.
TEST(AssessmentPeriods, BeginAndEndWithTheCalendar) {
  const auto end = [](pb::AssessmentPeriod period, const char* start) {
    return PeriodEnd(period, start).value_or("refused");
  };
  EXPECT_EQ(end(pb::ASSESSMENT_PERIOD_MONTH, "2024-02-01"), "2024-02-29");
  EXPECT_EQ(end(pb::ASSESSMENT_PERIOD_QUARTER, "2026-10-01"), "2026-12-31");
  EXPECT_EQ(end(pb::ASSESSMENT_PERIOD_YEAR, "2026-01-01"), "2026-12-31");
  EXPECT_EQ(end(pb::ASSESSMENT_PERIOD_MONTH, "2026-02-02"), "refused");
  EXPECT_EQ(end(pb::ASSESSMENT_PERIOD_QUARTER, "2026-02-01"), "refused");
  EXPECT_EQ(end(pb::ASSESSMENT_PERIOD_YEAR, "2026-04-01"), "refused");
}

// G-16, R-02: only the direct superior scores; nobody himself.
TEST(AssessmentScoring, OnlyTheDirectSuperiorScores) {
  const AssessmentSheet sheet = Opened();
  const Scorers scorers = {{kSuperior}, {"employees/F"}};
  EXPECT_THAT(CheckScorer(kSuperior, scorers, sheet), IsOk());
  EXPECT_THAT(CheckScorer("employees/F", scorers, sheet), HasReason("NOT_THE_DIRECT_SUPERIOR"));
  EXPECT_THAT(CheckScorer("employees/X", scorers, sheet), HasReason("NOT_THE_DIRECT_SUPERIOR"));
  EXPECT_THAT(CheckScorer(kPerson, {{kPerson}, {}}, sheet), HasReason("SEPARATION_OF_DUTIES"));
  EXPECT_THAT(CheckCoScorer("employees/F", false, scorers), IsOk());
  EXPECT_THAT(CheckCoScorer("employees/X", false, scorers), HasReason("NOT_A_CO_SCORER"));
  EXPECT_THAT(CheckCoScorer("employees/X", true, scorers), IsOk());
}

// G-15, G-16: 40 % of 100, 20.5 % of 120 (the highest; 5 over 4 would be 125), 19.5 % of 90, 20 % of 85.
TEST(AssessmentScoring, AddsUpToTheLastDigitAndSetsTheFactorOfPay) {
  const AssessmentSheet sheet = Scored();
  EXPECT_EQ(sheet.lines(0).score(), "100");
  EXPECT_EQ(sheet.lines(1).score(), "120");
  EXPECT_EQ(sheet.lines(2).score(), "90");
  EXPECT_EQ(sheet.lines(3).score(), "85");
  EXPECT_EQ(sheet.total_score(), "99.15");
  EXPECT_EQ(sheet.bonus_factor(), "1");
  EXPECT_EQ(sheet.grade(), "自80");
  EXPECT_EQ(sheet.scorer(), kSuperior);
}

// G-16
TEST(AssessmentScoring, TheEdgesOfARatio) {
  AssessmentSheet sheet = Scored();
  EXPECT_THAT(Record("回款率", "-3", true, &sheet), IsOk());
  EXPECT_THAT(Record("流失率", "0", true, &sheet), IsOk());
  EXPECT_THAT(Record("满意度", "1000", true, &sheet), IsOk());
  EXPECT_THAT(Judge("协作", "0", &sheet), IsOk());
  EXPECT_EQ(sheet.lines(0).score(), "0");
  EXPECT_EQ(sheet.lines(1).score(), "120");  // None lost.
  EXPECT_EQ(sheet.lines(2).score(), "120");
  EXPECT_EQ(sheet.total_score(), "48");
  EXPECT_EQ(sheet.bonus_factor(), "0");
}

// G-16: what is missing is named; nothing is scored before the period is over.
TEST(AssessmentScoring, RefusesWhatIsNotComplete) {
  AssessmentSheet sheet = Opened();
  EXPECT_THAT(Judge("协作", "85", &sheet, "2026-01-30"), HasReason("PERIOD_NOT_OVER"));
  const absl::Status incomplete = Judge("协作", "85", &sheet);
  EXPECT_THAT(incomplete, HasReason("ASSESSMENT_INCOMPLETE"));
  EXPECT_EQ(MetadataValue(incomplete, "indicators"), "回款率, 流失率, 满意度");
  EXPECT_THAT(Judge("协作", "120.01", &sheet), HasReason("SCORE_OUT_OF_RANGE"));
  EXPECT_THAT(Judge("回款率", "90", &sheet), HasReason("SCORE_OUT_OF_RANGE"));
  EXPECT_THAT(Judge("无此项", "90", &sheet), HasReason("KPI_NOT_ON_SHEET"));
  EXPECT_THAT(Record("无此项", "1", true, &sheet), HasReason("KPI_NOT_ON_SHEET"));
  pb::SetAssessmentTargetsRequest targets;
  targets.add_targets()->set_kpi("回款率");
  targets.mutable_targets(0)->set_target("0");
  sheet = Opened();
  EXPECT_THAT(SetTargets(targets, Policy(), "2026-01-05", &sheet), HasReason("KPI_TARGET_MISSING"));
  targets.mutable_targets(0)->set_target("90");
  EXPECT_THAT(SetTargets(targets, Policy(), "2026-01-11", &sheet), HasReason("TARGET_REASON_REQUIRED"));
  targets.mutable_targets(0)->set_reason("片区调整");
  EXPECT_THAT(SetTargets(targets, Policy(), "2026-01-11", &sheet), IsOk());
  EXPECT_THAT(SignedText(sheet), HasSubstr("片区调整"));
  EXPECT_EQ(sheet.lines(0).target(), "90");
}

// G-15, G-16: a target is not lowered once a result is known or can be seen coming, or when the period is over.
TEST(AssessmentScoring, TargetsAreSetBeforeTheResultIsKnown) {
  AssessmentSheet sheet = Opened();
  pb::SetAssessmentTargetsRequest targets;
  targets.add_targets()->set_kpi("回款率");
  targets.mutable_targets(0)->set_target("60");
  targets.mutable_targets(0)->set_reason("片区调整");
  EXPECT_THAT(SetTargets(targets, Policy(), "2026-02-01", &sheet), HasReason("TARGET_FIXED"));
  EXPECT_THAT(SetTargets(targets, Policy(), "2026-01-12", &sheet), HasReason("TARGET_FIXED"));
  EXPECT_THAT(SetTargets(targets, Policy(), "2026-01-11", &sheet), IsOk());
  // What has no target yet gets one as long as nothing is known.
  sheet.mutable_lines(0)->clear_target();
  EXPECT_THAT(SetTargets(targets, Policy(), "2026-01-31", &sheet), IsOk());
  ASSERT_THAT(Record("流失率", "4", true, &sheet), IsOk());
  EXPECT_THAT(SetTargets(targets, Policy(), "2026-01-05", &sheet), HasReason("TARGET_FIXED"));
}

// G-16, G-20: the superior does not score by a value that he has recorded himself.
TEST(AssessmentScoring, WhoRecordsDoesNotScore) {
  AssessmentSheet sheet = Scored();
  ASSERT_THAT(Record("回款率", "120", true, &sheet, kSuperior), IsOk());
  EXPECT_THAT(Judge("", "", &sheet), HasReason("SEPARATION_OF_DUTIES"));
  ASSERT_THAT(Record("回款率", "95", true, &sheet), IsOk());
  EXPECT_THAT(Judge("", "", &sheet), IsOk());
}

// G-16, S-34: satisfaction scores come from customer relations; nobody records his own values.
TEST(AssessmentScoring, ActualValuesComeFromThoseWhoKeepThem) {
  AssessmentSheet sheet = Opened();
  EXPECT_THAT(Record("满意度", "90", false, &sheet), HasReason("SATISFACTION_NOT_VERIFIED"));
  EXPECT_THAT(Record("满意度", "90", true, &sheet), IsOk());
  EXPECT_THAT(Record("回款率", "90", false, &sheet), IsOk());
  EXPECT_THAT(Record("回款率", "99", true, &sheet, kPerson), HasReason("SEPARATION_OF_DUTIES"));
  EXPECT_EQ(sheet.lines(0).actual(), "90");
}

// G-16, R-02: who takes part counts with the share of the template, each once.
TEST(AssessmentScoring, ThoseWhoTakePartHaveTheirShare) {
  AssessmentTemplate assessment = Template();
  assessment.set_co_score_weight("20");
  AssessmentSheet sheet = Scored();
  const Scorers scorers = {{kSuperior}, {}};
  EXPECT_THAT(CoScore(kPerson, scorers, "90", "", kNow, &sheet), HasReason("SEPARATION_OF_DUTIES"));
  EXPECT_THAT(CoScore(kSuperior, scorers, "90", "", kNow, &sheet), HasReason("SEPARATION_OF_DUTIES"));
  EXPECT_THAT(CoScore("employees/F", scorers, "50", "", kNow, &sheet), IsOk());
  EXPECT_THAT(CoScore("employees/F", scorers, "60", "区域支持不足", kNow, &sheet), IsOk());
  EXPECT_THAT(CoScore("employees/G", scorers, "70", "", kNow, &sheet), IsOk());
  ASSERT_EQ(sheet.co_scores_size(), 2);
  EXPECT_THAT(Judge("", "", &sheet, "2026-01-31", assessment), IsOk());
  EXPECT_EQ(sheet.total_score(), "92.32");  // 0.8 x 99.15 + 0.2 x 65
  assessment.set_co_score_weight("0");
  EXPECT_THAT(Judge("", "", &sheet, "2026-01-31", assessment), IsOk());
  EXPECT_EQ(sheet.total_score(), "99.15");
}

// G-16, R-02: a share that the template gives to those who take part does not fall to the superior without a word.
TEST(AssessmentScoring, WhoHasAShareTakesPart) {
  AssessmentTemplate assessment = Template();
  assessment.set_co_score_weight("20");
  AssessmentSheet sheet = Scored();
  EXPECT_THAT(Judge("", "", &sheet, "2026-01-31", assessment), HasReason("CO_SCORE_MISSING"));
  pb::ScoreAssessmentRequest request;
  request.set_comment("稳定");
  request.set_co_score_missing_reason("本月无业务上级");
  ASSERT_THAT(Score(request, assessment, kSuperior, "2026-01-31", &sheet), IsOk());
  EXPECT_EQ(sheet.total_score(), "99.15");
  EXPECT_THAT(SignedText(sheet), ::testing::HasSubstr("本月无业务上级"));
  // Whoever takes part afterwards makes the reason pointless.
  ASSERT_THAT(CoScore("employees/F", {{kSuperior}, {}}, "65", "", kNow, &sheet), IsOk());
  ASSERT_THAT(Score(request, assessment, kSuperior, "2026-01-31", &sheet), IsOk());
  EXPECT_EQ(sheet.co_score_missing_reason(), "");
}

// G-16: both sign the same text; the person also against his will.
TEST(AssessmentSignatures, AreOfTheTextThatWasRead) {
  AssessmentSheet sheet = Scored();
  const std::string hash = Sha256Hex(SignedText(sheet));
  EXPECT_THAT(HandOver("employees/X", hash, kNow, &sheet), HasReason("NOT_THE_SCORER"));
  EXPECT_THAT(HandOver(kSuperior, std::string(64, '0'), kNow, &sheet), HasReason("CONTENT_CHANGED"));
  EXPECT_THAT(HandOver(kSuperior, hash, kNow, &sheet), IsOk());
  pb::SignAssessmentRequest request;
  request.set_content_sha256(hash);
  request.set_objection(true);
  EXPECT_THAT(Sign(request, kSuperior, kNow, &sheet), HasReason("NOT_THE_PERSON"));
  EXPECT_THAT(Sign(request, kPerson, kNow, &sheet), HasReason("OPINION_REQUIRED"));
  request.set_opinion("流失客户属区域调整");
  AssessmentSheet tampered = sheet;
  tampered.mutable_lines(0)->set_score("99.00");
  EXPECT_THAT(Sign(request, kPerson, kNow, &tampered), HasReason("CONTENT_CHANGED"));
  EXPECT_THAT(Sign(request, kPerson, kNow, &sheet), IsOk());
  EXPECT_TRUE(sheet.objection());
  EXPECT_EQ(sheet.content_sha256(), Sha256Hex(SignedText(sheet)));
  const std::string text = SheetText(sheet, "陈一鸣", "林岚");
  for (const char* part : {"回款率", "权重 40", "目标 95", "实际 95", "得分 100", "总分 99.15", "上级评语 稳定",
                           "上级签字 林岚", "本人签字 陈一鸣", "流失客户属区域调整(有异议)"}) {
    EXPECT_THAT(text, HasSubstr(part));
  }
  EXPECT_THAT(Consolidate(kPerson, "", kNow, &sheet), HasReason("SEPARATION_OF_DUTIES"));
  EXPECT_THAT(Consolidate(kSuperior, "", kNow, &sheet), HasReason("SEPARATION_OF_DUTIES"));
  EXPECT_THAT(Consolidate("employees/H", "", kNow, &sheet), IsOk());
  EXPECT_EQ(sheet.unsigned_reason(), "");
}

// G-16: a sheet has a way out when the person does not sign and the scorer has left.
TEST(AssessmentSignatures, ASheetHasAWayOut) {
  AssessmentSheet sheet = Scored();
  ASSERT_THAT(HandOver(kSuperior, Sha256Hex(SignedText(sheet)), kNow, &sheet), IsOk());
  AssessmentSheet reopened = sheet;
  EXPECT_THAT(Reopen("employees/H", {{kSuperior}, {}}, "x", &reopened), HasReason("NOT_THE_DIRECT_SUPERIOR"));
  EXPECT_THAT(Reopen(kPerson, {{"employees/H"}, {}}, "x", &reopened), HasReason("SEPARATION_OF_DUTIES"));
  EXPECT_THAT(Reopen("employees/H", {{"employees/H"}, {}}, "x", &reopened), IsOk());
  EXPECT_THAT(Consolidate("employees/H", "", kNow, &sheet), HasReason("UNSIGNED_REASON_REQUIRED"));
  EXPECT_THAT(Consolidate("employees/H", "拒签", kNow, &sheet), IsOk());
  EXPECT_TRUE(sheet.objection());
  EXPECT_THAT(SheetText(sheet, "陈一鸣", "林岚"), HasSubstr("未签原因 拒签"));
}

// G-16, F-22: a quarter is the average of its signed months; the months before somebody came do not count.
TEST(AssessmentAggregation, TakesTheAverageOfSignedMonths) {
  AssessmentTemplate assessment = Template();
  assessment.set_quarter_method(pb::AGGREGATE_METHOD_MONTHLY_AVERAGE);
  EXPECT_TRUE(IsAggregated(assessment, pb::ASSESSMENT_PERIOD_QUARTER));
  EXPECT_FALSE(IsAggregated(assessment, pb::ASSESSMENT_PERIOD_MONTH));
  EXPECT_FALSE(IsAggregated(assessment, pb::ASSESSMENT_PERIOD_YEAR));
  pb::Employee person;
  AssessmentSheet quarter = Opened("2026-01-01", pb::ASSESSMENT_PERIOD_QUARTER);
  const auto months = MonthsOf(quarter, person);
  ASSERT_THAT(months, IsOk());
  EXPECT_THAT(*months, ElementsAre("2026-01-01", "2026-02-01", "2026-03-01"));
  std::vector<AssessmentSheet> sheets;
  for (const char* total : {"99.15", "80", "75.01"}) {
    AssessmentSheet month = Scored();
    month.set_name(absl::StrCat("assessmentSheets/M", sheets.size()));
    month.set_start_date((*months)[sheets.size()]);
    month.set_total_score(total);
    month.set_state(pb::ASSESSMENT_STATE_SIGNED);
    sheets.push_back(month);
  }
  sheets[1].set_state(pb::ASSESSMENT_STATE_HANDED_OVER);
  AssessmentSheet failed = quarter;
  const absl::Status missing = Aggregate(assessment, *months, sheets, &failed);
  EXPECT_THAT(missing, HasReason("ASSESSMENT_MONTHS_MISSING"));
  EXPECT_EQ(MetadataValue(missing, "months"), "2026-02-01");
  sheets[1].set_state(pb::ASSESSMENT_STATE_CONSOLIDATED);
  sheets[2].mutable_lines(3)->set_score("70");
  ASSERT_THAT(Aggregate(assessment, *months, sheets, &quarter), IsOk());
  EXPECT_EQ(quarter.total_score(), "84.72");
  EXPECT_EQ(quarter.bonus_factor(), "1");
  EXPECT_EQ(quarter.lines(3).score(), "80");
  EXPECT_EQ(quarter.months_size(), 3);
  EXPECT_THAT(Record("回款率", "1", true, &quarter), HasReason("ASSESSMENT_AGGREGATED"));
  EXPECT_THAT(Judge("协作", "1", &quarter, "2026-03-31"), HasReason("ASSESSMENT_AGGREGATED"));
  EXPECT_THAT(Judge("", "", &quarter, "2026-03-31"), IsOk());
  EXPECT_EQ(quarter.total_score(), "84.72");
  person.set_hire_date("2026-02-16");
  EXPECT_THAT(*MonthsOf(quarter, person), ElementsAre("2026-02-01", "2026-03-01"));
  person.set_leave_date("2026-02-28");
  EXPECT_THAT(*MonthsOf(quarter, person), ElementsAre("2026-02-01"));
}

// G-16
TEST(OpenSheet, NeedsAnApprovedTemplateOfThePostAndAPersonInService) {
  AssessmentTemplate assessment = Template();
  AssessmentSheet sheet = Opened();
  pb::Employee person;
  assessment.set_state(pb::ASSESSMENT_TEMPLATE_STATE_DRAFT);
  EXPECT_THAT(OpenSheet(assessment, person, &sheet), HasReason("TEMPLATE_NOT_APPROVED"));
  assessment = Template();
  assessment.set_role("KAX");
  EXPECT_THAT(OpenSheet(assessment, person, &sheet), HasReason("TEMPLATE_NOT_FOR_ROLE"));
  person.add_roles()->set_role("KAX");
  person.mutable_roles(0)->set_since("2026-01-15");
  EXPECT_THAT(OpenSheet(assessment, person, &sheet), IsOk());
  person.set_hire_date("2026-02-01");
  EXPECT_THAT(OpenSheet(assessment, person, &sheet), HasReason("NOT_IN_SERVICE"));
  person.set_hire_date("2020-01-01");
  person.set_leave_date("2025-12-31");
  EXPECT_THAT(OpenSheet(assessment, person, &sheet), HasReason("NOT_IN_SERVICE"));
}

}  // namespace
}  // namespace kam::account::rules
