// Indicators, templates and assessment sheets (G-15, G-16), over real gRPC and a real database.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "account-svc/context.h"
#include "account-svc/testing/account_fixture.h"
#include "account-svc/testing/states.h"
#include "common/testing/matchers.h"
#include "kam/api/standard.pb.h"
#include "kam/organization/v1/assessment_sheet_service.pb.h"
#include "kam/organization/v1/assessment_template_service.pb.h"
#include "kam/organization/v1/employee_service.pb.h"
#include "kam/organization/v1/kpi_definition_service.pb.h"

namespace kam::account {
namespace {

namespace pb = organization::v1;
using pb::AssessmentSheet;
using pb::AssessmentTemplate;
using pb::Employee;
using testing::HasReason;
using ::testing::HasSubstr;
using testing::IsOk;
using testing::StatusIs;

constexpr char kKpis[] = "kam.organization.v1.KpiDefinitionService/";
constexpr char kTemplates[] = "kam.organization.v1.AssessmentTemplateService/";
constexpr char kSheets[] = "kam.organization.v1.AssessmentSheetService/";

class AssessmentTest : public ::testing::Test {
 protected:
  AssessmentTest()
      : world_(World::Get()),
        department_(world_.AddDepartment()),
        head_(world_.AddEmployee("GAM", department_.name())),
        manager_(world_.AddEmployee("KAM", department_.name(), {head_.name()})),
        seller_(world_.AddEmployee("KAX", department_.name(), {manager_.name()})),
        as_head_(world_.As(head_, "GAM", {IdOf(manager_.name()), IdOf(seller_.name())})),
        as_manager_(world_.As(manager_, "KAM", {IdOf(seller_.name())})),
        as_seller_(world_.As(seller_, "KAX")) {}

  template <typename T, typename Request>
  absl::StatusOr<T> Call(const auth::Principal& who, const char* service, const char* method, const Request& request) {
    return world_.Call<T>(who, absl::StrCat(service, method), request);
  }
  std::string AddKpi(pb::KpiMethod method, pb::KpiSource source) {
    static int last = 0;
    pb::CreateKpiDefinitionRequest request;
    pb::KpiDefinition& kpi = *request.mutable_kpi_definition();
    kpi.set_code(absl::StrCat("K", ++last, method));
    kpi.set_display_name(absl::StrCat("指标", last));
    kpi.set_kpi_class(method == pb::KPI_METHOD_JUDGEMENT ? pb::KPI_CLASS_QUALITATIVE : pb::KPI_CLASS_QUANTITATIVE);
    kpi.set_definition("实际回款 / 应回款");
    kpi.set_method(method);
    kpi.set_default_target("100");
    kpi.set_source(source);
    kpi.set_score_max("120");
    const auto made = Call<pb::KpiDefinition>(as_manager_, kKpis, "CreateKpiDefinition", request);
    EXPECT_THAT(made, IsOk());
    return made.value_or(pb::KpiDefinition()).name();
  }
  // Sales 60 %, satisfaction 20 %, judgement 20 %; quarters from months.
  AssessmentTemplate Draft() {
    static int last = 0;
    sales_ = AddKpi(pb::KPI_METHOD_RATIO, pb::KPI_SOURCE_SALES);
    satisfaction_ = AddKpi(pb::KPI_METHOD_RATIO, pb::KPI_SOURCE_SATISFACTION);
    judgement_ = AddKpi(pb::KPI_METHOD_JUDGEMENT, pb::KPI_SOURCE_SUPERIOR);
    pb::CreateAssessmentTemplateRequest request;
    AssessmentTemplate& assessment = *request.mutable_assessment_template();
    assessment.set_code(absl::StrCat("KAX", ++last));
    assessment.set_display_name("大客户专员考核表");
    assessment.set_role("KAX");
    assessment.set_quarter_method(pb::AGGREGATE_METHOD_MONTHLY_AVERAGE);
    for (const auto& [kpi, weight] :
         {std::pair(sales_, "60"), std::pair(satisfaction_, "20"), std::pair(judgement_, "20")}) {
      assessment.add_items()->set_kpi(kpi);
      assessment.mutable_items(assessment.items_size() - 1)->set_weight(weight);
    }
    for (const auto& [from, factor] : {std::pair("0", "0.5"), std::pair("80", "1"), std::pair("100", "1.2")}) {
      assessment.add_bands()->set_from_score(from);
      assessment.mutable_bands(assessment.bands_size() - 1)->set_factor(factor);
    }
    const auto made = Call<AssessmentTemplate>(as_manager_, kTemplates, "CreateAssessmentTemplate", request);
    EXPECT_THAT(made, IsOk());
    return made.value_or(AssessmentTemplate());
  }
  absl::StatusOr<AssessmentTemplate> Submit(const AssessmentTemplate& assessment) {
    pb::SubmitAssessmentTemplateRequest request;
    request.set_name(assessment.name());
    return Call<AssessmentTemplate>(as_manager_, kTemplates, "SubmitAssessmentTemplate", request);
  }
  absl::StatusOr<AssessmentTemplate> Approve(const auth::Principal& who, const AssessmentTemplate& assessment) {
    pb::ApproveAssessmentTemplateRequest request;
    request.set_name(assessment.name());
    request.set_etag(assessment.etag());
    return Call<AssessmentTemplate>(who, kTemplates, "ApproveAssessmentTemplate", request);
  }
  AssessmentTemplate Approved() {
    const auto submitted = Submit(Draft());
    EXPECT_THAT(submitted, IsOk());
    const auto approved = Approve(as_head_, submitted.value_or(AssessmentTemplate()));
    EXPECT_THAT(approved, IsOk());
    return approved.value_or(AssessmentTemplate());
  }
  absl::StatusOr<AssessmentSheet> Open(const auth::Principal& who, const AssessmentTemplate& assessment,
                                       const std::string& employee, const char* start = "2025-12-01",
                                       pb::AssessmentPeriod period = pb::ASSESSMENT_PERIOD_MONTH) {
    pb::CreateAssessmentSheetRequest request;
    AssessmentSheet& sheet = *request.mutable_assessment_sheet();
    sheet.set_employee(employee);
    sheet.set_template_(assessment.name());
    sheet.set_period(period);
    sheet.set_start_date(start);
    return Call<AssessmentSheet>(who, kSheets, "CreateAssessmentSheet", request);
  }
  absl::StatusOr<AssessmentSheet> Record(const auth::Principal& who, const std::string& sheet, const std::string& kpi,
                                         const char* actual) {
    pb::RecordAssessmentActualsRequest request;
    request.set_name(sheet);
    request.add_actuals()->set_kpi(kpi);
    request.mutable_actuals(0)->set_actual(actual);
    return Call<AssessmentSheet>(who, kSheets, "RecordAssessmentActuals", request);
  }
  absl::StatusOr<AssessmentSheet> Score(const auth::Principal& who, const std::string& sheet, bool judge = true) {
    pb::ScoreAssessmentRequest request;
    request.set_name(sheet);
    request.set_comment("完成较好");
    if (judge) {
      request.add_scores()->set_kpi(judgement_);
      request.mutable_scores(0)->set_score("90");
    }
    return Call<AssessmentSheet>(who, kSheets, "ScoreAssessment", request);
  }
  std::string HashOf(const std::string& sheet) {
    pb::GetAssessmentTextRequest request;
    request.set_name(sheet);
    const auto text = Call<pb::AssessmentText>(as_seller_, kSheets, "GetAssessmentText", request);
    EXPECT_THAT(text, IsOk());
    return text.value_or(pb::AssessmentText()).content_sha256();
  }
  absl::StatusOr<AssessmentSheet> HandOver(const auth::Principal& who, const std::string& sheet) {
    pb::HandOverAssessmentRequest request;
    request.set_name(sheet);
    request.set_content_sha256(HashOf(sheet));
    return Call<AssessmentSheet>(who, kSheets, "HandOverAssessment", request);
  }
  absl::StatusOr<AssessmentSheet> Sign(const auth::Principal& who, const std::string& sheet, bool objection = false) {
    pb::SignAssessmentRequest request;
    request.set_name(sheet);
    request.set_content_sha256(HashOf(sheet));
    request.set_objection(objection);
    if (objection) request.set_opinion("十二月缺货");
    return Call<AssessmentSheet>(who, kSheets, "SignAssessment", request);
  }
  // A month scored and signed by both.
  AssessmentSheet SignedMonth(const AssessmentTemplate& assessment, const char* start, const char* sales) {
    const auto sheet = Open(as_manager_, assessment, seller_.name(), start);
    EXPECT_THAT(sheet, IsOk());
    const std::string name = sheet.value_or(AssessmentSheet()).name();
    EXPECT_THAT(Record(SalesOffice(), name, sales_, sales), IsOk());
    EXPECT_THAT(Record(CustomerRelations(), name, satisfaction_, "90"), IsOk());
    EXPECT_THAT(Score(as_manager_, name), IsOk());
    EXPECT_THAT(HandOver(as_manager_, name), IsOk());
    const auto signed_by_both = Sign(as_seller_, name);
    EXPECT_THAT(signed_by_both, IsOk());
    return signed_by_both.value_or(AssessmentSheet());
  }
  auth::Principal CustomerRelations() { return world_.As(world_.AddEmployee("CRMD"), "CRMD"); }
  auth::Principal SalesOffice() { return world_.As(world_.AddEmployee("SAD"), "SAD"); }

  World& world_;
  const pb::Department department_;
  const Employee head_, manager_, seller_;
  const auth::Principal as_head_, as_manager_, as_seller_;
  std::string sales_, satisfaction_, judgement_;
};

// G-15
TEST_F(AssessmentTest, ATemplateIsApprovedBySomebodyElseAndRevisedAsTheNextVersion) {
  const AssessmentTemplate draft = Draft();
  EXPECT_EQ(draft.revision(), 1);
  EXPECT_EQ(draft.items(0).target(), "100");
  EXPECT_EQ(draft.items(0).definition(), "实际回款 / 应回款");
  pb::UpdateAssessmentTemplateRequest update;
  *update.mutable_assessment_template() = draft;
  update.mutable_assessment_template()->mutable_items(0)->set_weight("59.99");
  update.mutable_update_mask()->add_paths("items");
  const auto light = Call<AssessmentTemplate>(as_manager_, kTemplates, "UpdateAssessmentTemplate", update);
  ASSERT_THAT(light, IsOk());
  const auto refused = Submit(*light);
  EXPECT_THAT(refused, HasReason("WEIGHTS_NOT_100"));
  EXPECT_EQ(MetadataValue(refused.status(), "value"), "99.99");
  *update.mutable_assessment_template() = *light;
  update.mutable_assessment_template()->mutable_items(0)->set_weight("60");
  ASSERT_THAT(Call<AssessmentTemplate>(as_manager_, kTemplates, "UpdateAssessmentTemplate", update), IsOk());
  const auto submitted = Submit(draft);
  ASSERT_THAT(submitted, IsOk());
  EXPECT_THAT(Approve(as_manager_, *submitted), StatusIs(absl::StatusCode::kPermissionDenied));
  const auto approved = Approve(as_head_, *submitted);
  ASSERT_THAT(approved, IsOk());
  *update.mutable_assessment_template() = *approved;
  EXPECT_THAT(Call<AssessmentTemplate>(as_manager_, kTemplates, "UpdateAssessmentTemplate", update),
              HasReason("TEMPLATE_NOT_DRAFT"));
  pb::ReviseAssessmentTemplateRequest revise;
  revise.set_name(approved->name());
  revise.set_reason("提高回款权重");
  const auto next = Call<AssessmentTemplate>(as_manager_, kTemplates, "ReviseAssessmentTemplate", revise);
  ASSERT_THAT(next, IsOk());
  EXPECT_EQ(next->revision(), 2);
  EXPECT_THAT(Call<AssessmentTemplate>(as_manager_, kTemplates, "ReviseAssessmentTemplate", revise),
              HasReason("REVISION_EXISTS"));
  const auto again = Submit(*next);
  ASSERT_THAT(again, IsOk());
  ASSERT_THAT(Approve(as_head_, *again), IsOk());
  EXPECT_THAT(Open(as_manager_, *approved, seller_.name()), HasReason("TEMPLATE_NOT_APPROVED"));
  EXPECT_THAT(Open(as_manager_, *again, seller_.name()), IsOk());
}

// G-16, R-02, P-44: scored by the direct superior alone, signed by both, taken over by the sales office; then frozen.
TEST_F(AssessmentTest, AMonthIsScoredByTheSuperiorAndSignedByBoth) {
  const AssessmentTemplate assessment = Approved();
  EXPECT_THAT(Open(as_head_, assessment, seller_.name()), HasReason("NOT_THE_DIRECT_SUPERIOR"));
  const auto sheet = Open(as_manager_, assessment, seller_.name());
  ASSERT_THAT(sheet, IsOk());
  const std::string name = sheet->name();
  EXPECT_THAT(Open(as_manager_, assessment, seller_.name()), HasReason("ASSESSMENT_EXISTS"));
  EXPECT_THAT(Score(as_manager_, name), HasReason("ASSESSMENT_INCOMPLETE"));
  EXPECT_THAT(Record(as_manager_, name, sales_, "120"), IsOk());
  EXPECT_THAT(Record(as_manager_, name, satisfaction_, "100"), HasReason("SATISFACTION_NOT_VERIFIED"));
  EXPECT_THAT(Record(CustomerRelations(), name, satisfaction_, "90"), IsOk());
  EXPECT_THAT(Score(as_head_, name), HasReason("NOT_THE_DIRECT_SUPERIOR"));
  // G-20: not by what he has recorded himself.
  EXPECT_THAT(Score(as_manager_, name), HasReason("SEPARATION_OF_DUTIES"));
  EXPECT_THAT(Record(SalesOffice(), name, sales_, "110"), IsOk());
  const auto scored = Score(as_manager_, name);
  ASSERT_THAT(scored, IsOk());
  EXPECT_EQ(scored->total_score(), "102");  // 66 + 18 + 18
  EXPECT_EQ(scored->bonus_factor(), "1.2");
  EXPECT_THAT(HandOver(as_head_, name), HasReason("NOT_THE_SCORER"));
  ASSERT_THAT(HandOver(as_manager_, name), IsOk());
  EXPECT_THAT(Score(as_manager_, name), HasReason("STATE_NOT_ALLOWED"));
  const auto done = Sign(as_seller_, name, /*objection=*/true);
  ASSERT_THAT(done, IsOk());
  EXPECT_EQ(done->state(), pb::ASSESSMENT_STATE_SIGNED);
  EXPECT_EQ(done->content_sha256(), HashOf(name));
  pb::ConsolidateAssessmentRequest consolidate;
  consolidate.set_name(name);
  consolidate.set_etag(done->etag());
  EXPECT_THAT(Call<AssessmentSheet>(as_manager_, kSheets, "ConsolidateAssessment", consolidate),
              HasReason("PERMISSION_DENIED"));
  EXPECT_THAT(Call<AssessmentSheet>(SalesOffice(), kSheets, "ConsolidateAssessment", consolidate), IsOk());
  pb::GetAssessmentTextRequest get;
  get.set_name(name);
  const auto text = Call<pb::AssessmentText>(as_manager_, kSheets, "GetAssessmentText", get);
  ASSERT_THAT(text, IsOk());
  EXPECT_THAT(text->text(), HasSubstr(absl::StrCat("上级签字 ", manager_.display_name())));
  EXPECT_THAT(text->text(), HasSubstr("十二月缺货(有异议)"));
}

// G-15, G-20: whoever wrote any of a template does not approve it, whoever touched it last.
TEST_F(AssessmentTest, WhoHasWrittenATemplateDoesNotApproveIt) {
  const AssessmentTemplate draft = Draft();
  pb::UpdateAssessmentTemplateRequest update;
  *update.mutable_assessment_template() = draft;
  update.mutable_assessment_template()->clear_etag();
  update.mutable_assessment_template()->set_display_name("大客户专员考核表(新)");
  update.mutable_update_mask()->add_paths("display_name");
  ASSERT_THAT(Call<AssessmentTemplate>(as_head_, kTemplates, "UpdateAssessmentTemplate", update), IsOk());
  update.mutable_assessment_template()->set_display_name("大客户专员考核表");
  ASSERT_THAT(Call<AssessmentTemplate>(as_manager_, kTemplates, "UpdateAssessmentTemplate", update), IsOk());
  const auto submitted = Submit(draft);
  ASSERT_THAT(submitted, IsOk());
  EXPECT_THAT(Approve(as_head_, *submitted), HasReason("SEPARATION_OF_DUTIES"));
  EXPECT_THAT(Approve(world_.As(world_.AddEmployee("GM"), "GM"), *submitted), IsOk());
}

// G-16: the superior of the period counts, not the one of today; when he has left, the one of today.
TEST_F(AssessmentTest, TheSuperiorIsTheOneOfThePeriod) {
  const AssessmentTemplate assessment = Approved();
  const Employee next = world_.AddEmployee("KAM", department_.name(), {head_.name()});
  pb::UpdateEmployeeRequest move;
  *move.mutable_employee() = seller_;
  move.mutable_employee()->clear_etag();
  move.mutable_employee()->mutable_superiors(0)->set_until("2025-12-31");
  pb::ReportingLine* line = move.mutable_employee()->add_superiors();
  line->set_superior(next.name());
  line->set_since("2026-01-01");
  move.mutable_update_mask()->add_paths("superiors");
  ASSERT_THAT(world_.Call<Employee>(world_.hr(), "kam.organization.v1.EmployeeService/UpdateEmployee", move), IsOk());
  const auto as_next = world_.As(next, "KAM", {IdOf(seller_.name())});
  EXPECT_THAT(Open(as_next, assessment, seller_.name(), "2025-12-01"), HasReason("NOT_THE_DIRECT_SUPERIOR"));
  EXPECT_THAT(Open(as_manager_, assessment, seller_.name(), "2025-12-01"), IsOk());
  EXPECT_THAT(Open(as_next, assessment, seller_.name(), "2026-01-01"), IsOk());
  pb::UpdateEmployeeRequest leave;
  leave.mutable_employee()->set_name(manager_.name());
  leave.mutable_employee()->set_leave_date("2026-01-04");
  leave.mutable_update_mask()->add_paths("leave_date");
  ASSERT_THAT(world_.Call<Employee>(world_.hr(), "kam.organization.v1.EmployeeService/UpdateEmployee", leave), IsOk());
  EXPECT_THAT(Open(as_next, assessment, seller_.name(), "2025-11-01"), IsOk());
  // When he has left as well, whoever is above him.
  EXPECT_THAT(Open(as_head_, assessment, seller_.name(), "2025-10-01"), HasReason("NOT_THE_DIRECT_SUPERIOR"));
  leave.mutable_employee()->set_name(next.name());
  ASSERT_THAT(world_.Call<Employee>(world_.hr(), "kam.organization.v1.EmployeeService/UpdateEmployee", leave), IsOk());
  EXPECT_THAT(Open(as_head_, assessment, seller_.name(), "2025-10-01"), IsOk());
}

// G-16, R-02: a superior in the field takes part; somebody else does not.
TEST_F(AssessmentTest, ASuperiorInTheFieldTakesPart) {
  const AssessmentTemplate assessment = Approved();
  const Employee field = world_.AddEmployee("SM", department_.name());
  pb::UpdateEmployeeRequest move;
  *move.mutable_employee() = seller_;
  move.mutable_employee()->clear_etag();
  pb::ReportingLine* line = move.mutable_employee()->add_superiors();
  line->set_superior(field.name());
  line->set_since("2025-01-01");
  line->set_kind(pb::LINE_KIND_FUNCTIONAL);
  move.mutable_update_mask()->add_paths("superiors");
  ASSERT_THAT(world_.Call<Employee>(world_.hr(), "kam.organization.v1.EmployeeService/UpdateEmployee", move), IsOk());
  const auto sheet = Open(as_manager_, assessment, seller_.name());
  ASSERT_THAT(sheet, IsOk());
  pb::CoScoreAssessmentRequest request;
  request.set_name(sheet->name());
  request.set_score("80");
  request.set_opinion("配合良好");
  const auto as_field = world_.As(field, "SM", {IdOf(seller_.name())});
  EXPECT_THAT(Open(as_field, assessment, seller_.name(), "2025-11-01"), HasReason("NOT_THE_DIRECT_SUPERIOR"));
  EXPECT_THAT(Call<AssessmentSheet>(as_head_, kSheets, "CoScoreAssessment", request), HasReason("NOT_A_CO_SCORER"));
  const auto taken = Call<AssessmentSheet>(as_field, kSheets, "CoScoreAssessment", request);
  ASSERT_THAT(taken, IsOk());
  EXPECT_EQ(taken->co_scores(0).scorer(), field.name());
}

// G-16, F-22: the quarter is the average of its months, signed like a month.
TEST_F(AssessmentTest, AQuarterIsTheAverageOfItsMonths) {
  const AssessmentTemplate assessment = Approved();
  SignedMonth(assessment, "2025-10-01", "100");  // 60 + 18 + 18 = 96
  SignedMonth(assessment, "2025-11-01", "80");   // 84
  const auto early = Open(as_manager_, assessment, seller_.name(), "2025-10-01", pb::ASSESSMENT_PERIOD_QUARTER);
  EXPECT_THAT(early, HasReason("ASSESSMENT_MONTHS_MISSING"));
  EXPECT_EQ(MetadataValue(early.status(), "months"), "2025-12-01");
  SignedMonth(assessment, "2025-12-01", "110");  // 102
  const auto quarter = Open(as_manager_, assessment, seller_.name(), "2025-10-01", pb::ASSESSMENT_PERIOD_QUARTER);
  ASSERT_THAT(quarter, IsOk());
  EXPECT_EQ(quarter->total_score(), "94");
  EXPECT_EQ(quarter->bonus_factor(), "1");
  EXPECT_EQ(quarter->months_size(), 3);
  EXPECT_THAT(Record(as_manager_, quarter->name(), sales_, "1"), HasReason("ASSESSMENT_AGGREGATED"));
  ASSERT_THAT(Score(as_manager_, quarter->name(), /*judge=*/false), IsOk());
  ASSERT_THAT(HandOver(as_manager_, quarter->name()), IsOk());
  EXPECT_THAT(Sign(as_seller_, quarter->name()), IsOk());

  pb::SummarizeAssessmentsRequest request;
  request.set_period(pb::ASSESSMENT_PERIOD_MONTH);
  request.set_start_date("2025-12-01");
  request.set_department(department_.name());
  EXPECT_THAT(Call<pb::AssessmentSummary>(as_manager_, kSheets, "SummarizeAssessments", request),
              HasReason("PERMISSION_DENIED"));
  const auto summary = Call<pb::AssessmentSummary>(SalesOffice(), kSheets, "SummarizeAssessments", request);
  ASSERT_THAT(summary, IsOk());
  ASSERT_EQ(summary->rows_size(), 1);
  EXPECT_EQ(summary->rows(0).employee(), seller_.name());
  EXPECT_EQ(summary->average_score(), "102.00");
  EXPECT_EQ(summary->missing_size(), 2);  // The managers.
  EXPECT_EQ(summary->open(), 0);
}

// G-16: visible to the person, the line and personnel, and to nobody else.
TEST_F(AssessmentTest, OnlyThePersonTheLineAndPersonnelSeeIt) {
  const auto sheet = Open(as_manager_, Approved(), seller_.name());
  ASSERT_THAT(sheet, IsOk());
  const auto get = [&](const auth::Principal& who) {
    kam::api::GetRequest request;
    request.set_name(sheet->name());
    return Call<AssessmentSheet>(who, kSheets, "GetAssessmentSheet", request).status();
  };
  for (const auth::Principal& who : {as_seller_, as_manager_, as_head_, world_.hr()}) {
    EXPECT_THAT(get(who), IsOk()) << who.subject;
  }
  const pb::Department other = world_.AddDepartment();
  EXPECT_THAT(get(world_.As(world_.AddEmployee("KAX", department_.name()), "KAX")),
              StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(get(world_.As(world_.AddEmployee("KAM", other.name()), "KAM")), StatusIs(absl::StatusCode::kNotFound));
}

// G-16
TEST_F(AssessmentTest, EveryPairOfStateAndVerbOfASheet) {
  const auto sheet = Open(as_manager_, Approved(), seller_.name());
  ASSERT_THAT(sheet, IsOk());
  const std::string name = sheet->name();
  pb::SetAssessmentTargetsRequest targets;
  targets.set_name(name);
  targets.add_targets()->set_kpi(sales_);
  targets.mutable_targets(0)->set_target("95");
  pb::CoScoreAssessmentRequest co;
  co.set_name(name);
  co.set_score("80");
  co.set_opinion("x");
  pb::ReopenAssessmentRequest reopen;
  reopen.set_name(name);
  reopen.set_reason("x");
  pb::CorrectAssessmentRequest correct;
  correct.set_name(name);
  correct.set_reason("x");
  pb::VoidAssessmentRequest void_it;
  void_it.set_name(name);
  void_it.set_reason("x");
  pb::ConsolidateAssessmentRequest consolidate;
  consolidate.set_name(name);
  const auto consolidate_now = [&] {
    kam::api::GetRequest get;
    get.set_name(name);
    consolidate.set_etag(Call<AssessmentSheet>(as_seller_, kSheets, "GetAssessmentSheet", get)->etag());
    return Call<AssessmentSheet>(SalesOffice(), kSheets, "ConsolidateAssessment", consolidate).status();
  };
  const auto as_manager = [&](const char* method, const auto& request) {
    return Call<AssessmentSheet>(as_manager_, kSheets, method, request).status();
  };
  const auto field = world_.As(world_.AddEmployee("SM"), "SM", {IdOf(seller_.name())});
  ExpectPairs(
      world_, "assessment_sheets", name, pb::AssessmentState_descriptor(),
      {{"SetAssessmentTargets", {"OPEN"}, [&] { return as_manager("SetAssessmentTargets", targets); }},
       {"RecordAssessmentActuals", {"OPEN", "SCORED"}, [&] { return Record(as_manager_, name, sales_, "1").status(); }},
       {"CoScoreAssessment",
        {"OPEN", "SCORED"},
        [&] { return Call<AssessmentSheet>(field, kSheets, "CoScoreAssessment", co).status(); }},
       {"ScoreAssessment", {"OPEN", "SCORED"}, [&] { return Score(as_manager_, name).status(); }},
       {"HandOverAssessment", {"SCORED"}, [&] { return HandOver(as_manager_, name).status(); }},
       {"ReopenAssessment", {"HANDED_OVER"}, [&] { return as_manager("ReopenAssessment", reopen); }},
       {"SignAssessment", {"HANDED_OVER"}, [&] { return Sign(as_seller_, name).status(); }},
       {"ConsolidateAssessment", {"SIGNED", "HANDED_OVER"}, consolidate_now},
       {"CorrectAssessment",
        {"SIGNED", "CONSOLIDATED"},
        [&] { return Call<AssessmentSheet>(SalesOffice(), kSheets, "CorrectAssessment", correct).status(); }},
       {"VoidAssessment", {"OPEN", "SCORED"}, [&] { return as_manager("VoidAssessment", void_it); }}});
}

// G-16: a sheet opened with the wrong template is voided, and the right one opened; what both have signed is corrected
// by those who take results over, when no quarter counts it.
TEST_F(AssessmentTest, AWrongSheetIsVoidedAndASignedOneCorrected) {
  const AssessmentTemplate wrong = Approved();
  const auto sheet = Open(as_manager_, wrong, seller_.name());
  ASSERT_THAT(sheet, IsOk());
  const AssessmentTemplate right = Approved();
  EXPECT_THAT(Open(as_manager_, right, seller_.name()), HasReason("ASSESSMENT_EXISTS"));
  pb::VoidAssessmentRequest void_it;
  void_it.set_name(sheet->name());
  EXPECT_THAT(Call<AssessmentSheet>(as_manager_, kSheets, "VoidAssessment", void_it), HasReason("FIELD_REQUIRED"));
  void_it.set_reason("模板选错");
  EXPECT_THAT(Call<AssessmentSheet>(as_head_, kSheets, "VoidAssessment", void_it),
              HasReason("NOT_THE_DIRECT_SUPERIOR"));
  const auto voided = Call<AssessmentSheet>(as_manager_, kSheets, "VoidAssessment", void_it);
  ASSERT_THAT(voided, IsOk());
  EXPECT_EQ(voided->state(), pb::ASSESSMENT_STATE_VOID);
  EXPECT_EQ(voided->void_reason(), "模板选错");
  // In the summary it is as if there were none.
  pb::SummarizeAssessmentsRequest summarize;
  summarize.set_period(pb::ASSESSMENT_PERIOD_MONTH);
  summarize.set_start_date("2025-12-01");
  summarize.set_department(department_.name());
  const auto summary = [&] {
    return Call<pb::AssessmentSummary>(SalesOffice(), kSheets, "SummarizeAssessments", summarize);
  };
  ASSERT_THAT(summary(), IsOk());
  EXPECT_THAT(summary()->missing(), ::testing::Contains(seller_.name()));

  const auto again = Open(as_manager_, right, seller_.name());
  ASSERT_THAT(again, IsOk());
  const std::string name = again->name();
  const auto sign = [&](const char* sales) {
    EXPECT_THAT(Record(SalesOffice(), name, sales_, sales), IsOk());
    EXPECT_THAT(Score(as_manager_, name), IsOk());
    EXPECT_THAT(HandOver(as_manager_, name), IsOk());
    const auto signed_sheet = Sign(as_seller_, name);
    EXPECT_THAT(signed_sheet, IsOk());
    return signed_sheet.value_or(AssessmentSheet());
  };
  EXPECT_THAT(Record(CustomerRelations(), name, satisfaction_, "100"), IsOk());
  const AssessmentSheet first = sign("50");
  pb::CorrectAssessmentRequest correct;
  correct.set_name(name);
  correct.set_reason("回款额取错月份");
  EXPECT_THAT(Call<AssessmentSheet>(as_manager_, kSheets, "CorrectAssessment", correct),
              StatusIs(absl::StatusCode::kPermissionDenied));
  const auto open = Call<AssessmentSheet>(SalesOffice(), kSheets, "CorrectAssessment", correct);
  ASSERT_THAT(open, IsOk());
  EXPECT_EQ(open->state(), pb::ASSESSMENT_STATE_OPEN);
  EXPECT_FALSE(open->has_employee_sign_time());
  EXPECT_FALSE(open->has_scorer_sign_time());
  EXPECT_EQ(open->content_sha256(), "");
  EXPECT_EQ(open->reopen_reason(), "回款额取错月份");
  const AssessmentSheet second = sign("100");
  EXPECT_NE(second.total_score(), first.total_score());
  EXPECT_NE(second.content_sha256(), first.content_sha256());
  // While the quarter counts it, it stays as it is.
  world_.harness().db().Execute(
      absl::StrCat("UPDATE employees SET hire_date = '2025-12-01' WHERE id = '", IdOf(seller_.name()), "'"));
  const auto quarter = Open(as_manager_, right, seller_.name(), "2025-10-01", pb::ASSESSMENT_PERIOD_QUARTER);
  ASSERT_THAT(quarter, IsOk());
  EXPECT_EQ(quarter->total_score(), second.total_score());
  EXPECT_THAT(Call<AssessmentSheet>(SalesOffice(), kSheets, "CorrectAssessment", correct),
              HasReason("ASSESSMENT_IN_USE"));
  void_it.set_name(quarter->name());
  ASSERT_THAT(Call<AssessmentSheet>(as_manager_, kSheets, "VoidAssessment", void_it), IsOk());
  EXPECT_THAT(Call<AssessmentSheet>(SalesOffice(), kSheets, "CorrectAssessment", correct), IsOk());
}

// G-15
TEST_F(AssessmentTest, EveryPairOfStateAndVerbOfATemplate) {
  const AssessmentTemplate draft = Draft();
  pb::SubmitAssessmentTemplateRequest submit;
  pb::ReturnAssessmentTemplateRequest back;
  pb::ApproveAssessmentTemplateRequest approve;
  pb::ReviseAssessmentTemplateRequest revise;
  submit.set_name(draft.name());
  back.set_name(draft.name());
  back.set_reason("x");
  approve.set_name(draft.name());
  revise.set_name(draft.name());
  revise.set_reason("x");
  const auto call = [&](const char* method, const auto& request) {
    return Call<AssessmentTemplate>(as_head_, kTemplates, method, request).status();
  };
  const auto approve_now = [&] {
    kam::api::GetRequest get;
    get.set_name(draft.name());
    approve.set_etag(Call<AssessmentTemplate>(as_head_, kTemplates, "GetAssessmentTemplate", get)->etag());
    return call("ApproveAssessmentTemplate", approve);
  };
  ExpectPairs(world_, "assessment_templates", draft.name(), pb::AssessmentTemplateState_descriptor(),
              {{"SubmitAssessmentTemplate", {"DRAFT"}, [&] { return call("SubmitAssessmentTemplate", submit); }},
               {"ReturnAssessmentTemplate", {"SUBMITTED"}, [&] { return call("ReturnAssessmentTemplate", back); }},
               {"ApproveAssessmentTemplate", {"SUBMITTED"}, approve_now},
               {"ReviseAssessmentTemplate", {"APPROVED"}, [&] { return call("ReviseAssessmentTemplate", revise); }}});
}

}  // namespace
}  // namespace kam::account
