// Market information, surveys, competitors, weekly reports (A-33, A-34, P-13).
#include "account-svc/testing/visits_fixture.h"
#include "common/testing/states.h"
#include "kam/account/v1/competitor_service.pb.h"
#include "kam/account/v1/market_record_service.pb.h"
#include "kam/account/v1/market_survey_service.pb.h"
#include "kam/account/v1/opportunity_service.pb.h"
#include "kam/account/v1/weekly_report_service.pb.h"

namespace kam::account {
namespace {

using v1::CompetitorRecord;
using v1::MarketRecord;
using v1::MarketSurvey;
using v1::WeeklyReport;

class MarketTest : public VisitsFixture {
 protected:
  static MarketRecord Price() {
    MarketRecord record;
    record.set_category(v1::MARKET_CATEGORY_PRICE);
    record.set_subject("轻卡价格");
    record.set_content("普遍下调三个百分点");
    record.set_source_kind(v1::SOURCE_KIND_CHANNEL);
    record.set_source("无锡经销商");
    record.set_reliability(v1::RELIABILITY_PROBABLE);
    record.set_region("华东");
    return record;
  }
  absl::StatusOr<MarketRecord> Create(const auth::Principal& who, const MarketRecord& record) {
    v1::CreateMarketRecordRequest request;
    *request.mutable_market_record() = record;
    return Call<MarketRecord>(who, "MarketRecordService/CreateMarketRecord", request);
  }
  std::vector<std::string> Stale(const auth::Principal& who) {
    const auto list = Call<v1::ListStaleMarketRecordsResponse>(who, "MarketRecordService/ListStaleMarketRecords",
                                                               v1::ListStaleMarketRecordsRequest());
    EXPECT_THAT(list, IsOk());
    std::vector<std::string> names;
    for (const auto& record : list->market_records()) names.push_back(record.name());
    return names;
  }
  absl::StatusOr<MarketSurvey> PlanSurvey() {
    v1::CreateMarketSurveyRequest request;
    MarketSurvey& survey = *request.mutable_market_survey();
    survey.set_title("华东铺市调研");
    survey.set_objective("铺市与份额");
    survey.set_method("走访");
    survey.set_region("华东");
    survey.set_category(v1::MARKET_CATEGORY_DEMAND);
    survey.set_start_date(Day(1));
    survey.set_end_date(Day(10));
    survey.add_planned_figures()->set_kind(v1::FIGURE_KIND_COVERAGE);
    survey.add_planned_figures()->set_kind(v1::FIGURE_KIND_SHARE);
    return Call<MarketSurvey>(gam_, "MarketSurveyService/CreateMarketSurvey", request);
  }
  std::string NewCompetitor() {
    v1::CreateCompetitorRequest request;
    request.mutable_competitor()->set_display_name(absl::StrCat("对手", world_.harness().NewId()));
    const auto made = Call<v1::Competitor>(kax_, "CompetitorService/CreateCompetitor", request);
    EXPECT_THAT(made, IsOk());
    return made.ok() ? made->name() : "";
  }
  absl::StatusOr<CompetitorRecord> Report(const auth::Principal& who, const CompetitorRecord& record) {
    v1::CreateCompetitorRecordRequest request;
    *request.mutable_competitor_record() = record;
    return Call<CompetitorRecord>(who, "CompetitorService/CreateCompetitorRecord", request);
  }
  CompetitorRecord Promotion(const std::string& competitor, const std::string& account = {}) {
    CompetitorRecord record;
    record.set_competitor(competitor);
    record.set_kind(v1::COMPETITOR_RECORD_KIND_PROMOTION);
    record.set_content("满十台送保养");
    record.set_source_kind(v1::SOURCE_KIND_CUSTOMER);
    record.set_source("客户采购");
    record.set_reliability(v1::RELIABILITY_UNCERTAIN);
    record.set_account(account);
    return record;
  }
};

// no record without source and reliability; what is confirmed shows a document.
TEST_F(MarketTest, ARecordHasSourceAndReliability) {
  MarketRecord bare = Price();
  bare.clear_source();
  bare.clear_source_kind();
  bare.clear_reliability();
  const auto refused = Create(kax_, bare);
  for (const char* field : {"market_record.source", "market_record.source_kind", "market_record.reliability"}) {
    EXPECT_THAT(refused, NamesField(field));
  }
  MarketRecord sure = Price();
  sure.set_reliability(v1::RELIABILITY_CONFIRMED);
  EXPECT_THAT(Create(kax_, sure), HasReason("EVIDENCE_REQUIRED"));
  v1::EvidenceDocument& document = *sure.add_attachments();
  document.set_title("价目表照片");
  document.set_reference("dms://42");
  EXPECT_THAT(Create(kax_, sure), IsOk());
  MarketRecord share = Price();
  v1::MarketFigure& figure = *share.add_figures();
  figure.set_kind(v1::FIGURE_KIND_SHARE);
  figure.set_value("100.5");
  const auto outside = Create(kax_, share);
  EXPECT_THAT(outside, HasReason("FIGURE_OUT_OF_RANGE"));
  EXPECT_THAT(outside, NamesField("market_record.figures[0].value"));
  share.set_information_date(Day(1));
  EXPECT_THAT(Create(kax_, share), HasReason("DATE_IN_FUTURE"));
}

// shared in the department, kept current; nobody else's region.
TEST_F(MarketTest, ARecordIsSharedAndKeptCurrent) {
  const auto record = Create(kax_, Price());
  ASSERT_THAT(record, IsOk());
  EXPECT_EQ(record->valid_until(), Day(30));
  kam::api::GetRequest get;
  get.set_name(record->name());
  const std::string read = "MarketRecordService/GetMarketRecord";
  EXPECT_THAT(Call<MarketRecord>(kax2_, read, get), IsOk()) << "colleagues share it";
  const organization::v1::Department far = world_.AddDepartment();
  const auth::Principal stranger = world_.As(world_.AddEmployee("KAX", far.name()), "KAX");
  EXPECT_THAT(Call<MarketRecord>(stranger, read, get), StatusIs(absl::StatusCode::kNotFound));
  const std::string region = absl::StrCat("区域", world_.harness().NewId());
  const organization::v1::Employee local = world_.AddEmployee("KAX", far.name(), {}, region);
  const auto regional = Create(world_.As(local, "KAX"), Price());
  ASSERT_THAT(regional, IsOk());
  const organization::v1::Employee regional_head = world_.AddEmployee("RM");
  const auth::Principal rm = world_.As(regional_head, "RM", {}, {region});
  EXPECT_THAT(Call<MarketRecord>(rm, read, get), StatusIs(absl::StatusCode::kNotFound));
  get.set_name(regional->name());
  EXPECT_THAT(Call<MarketRecord>(rm, read, get), IsOk());
  EXPECT_THAT(Call<MarketRecord>(gam_, read, get), IsOk()) << "who leads the key accounts reads what others bring";
  MoveOn(absl::Hours(24 * 31));
  EXPECT_THAT(Stale(sm_), ::testing::ElementsAre(record->name()));
  const std::string confirm = "MarketRecordService/ConfirmMarketRecord";
  EXPECT_THAT(Do<MarketRecord>(kax_, confirm, v1::ConfirmMarketRecordRequest(), record->name()),
              HasReason("SEPARATION_OF_DUTIES"))
      << "he brought it";
  const auto confirmed = Do<MarketRecord>(gam_, confirm, v1::ConfirmMarketRecordRequest(), record->name());
  ASSERT_THAT(confirmed, IsOk());
  EXPECT_EQ(confirmed->valid_until(), Day(30));
  EXPECT_THAT(Stale(sm_), ::testing::IsEmpty());
  // What was confirmed is not what is written now.
  v1::UpdateMarketRecordRequest reword;
  reword.mutable_market_record()->set_name(record->name());
  reword.mutable_market_record()->set_content("涨价百分之三");
  const auto reworded = Call<MarketRecord>(kax_, "MarketRecordService/UpdateMarketRecord", reword);
  ASSERT_THAT(reworded, IsOk());
  EXPECT_EQ(reworded->confirmer(), "");
  EXPECT_FALSE(reworded->has_confirm_time());
  EXPECT_THAT(Stale(sm_), ::testing::ElementsAre(record->name())) << "as old as it was";
  ASSERT_THAT(Do<MarketRecord>(gam_, confirm, v1::ConfirmMarketRecordRequest(), record->name()), IsOk());
  const auto newer = Create(kax2_, Price());
  ASSERT_THAT(newer, IsOk());
  MarketRecord other = Price();
  other.set_category(v1::MARKET_CATEGORY_DEMAND);
  const auto different = Create(kax2_, other);
  ASSERT_THAT(different, IsOk());
  v1::SupersedeMarketRecordRequest supersede;
  const std::string method = "MarketRecordService/SupersedeMarketRecord";
  supersede.set_by(record->name());
  EXPECT_THAT(Do<MarketRecord>(kax_, method, supersede, record->name()), HasReason("SUPERSEDED_BY_ITSELF"));
  supersede.set_by(different->name());
  EXPECT_THAT(Do<MarketRecord>(kax_, method, supersede, record->name()), HasReason("CATEGORY_DIFFERS"));
  supersede.set_by(newer->name());
  ASSERT_THAT(Do<MarketRecord>(kax_, method, supersede, record->name()), IsOk());
  v1::UpdateMarketRecordRequest update;
  update.mutable_market_record()->set_name(record->name());
  update.mutable_market_record()->set_content("旧");
  EXPECT_THAT(Call<MarketRecord>(kax_, "MarketRecordService/UpdateMarketRecord", update),
              HasReason("RECORD_NOT_CURRENT"));
}

// planned, running, evaluated with every figure, and then shared.
TEST_F(MarketTest, ASurveyEndsWithItsFigures) {
  const auto survey = PlanSurvey();
  ASSERT_THAT(survey, IsOk());
  EXPECT_THAT(
      Do<MarketSurvey>(gam_, "MarketSurveyService/StartMarketSurvey", v1::StartMarketSurveyRequest(), survey->name()),
      HasReason("PERIOD_NOT_BEGUN"));
  MoveOn(absl::Hours(24));
  ASSERT_THAT(
      Do<MarketSurvey>(gam_, "MarketSurveyService/StartMarketSurvey", v1::StartMarketSurveyRequest(), survey->name()),
      IsOk());
  v1::UpdateMarketSurveyRequest update;
  update.mutable_market_survey()->set_name(survey->name());
  update.mutable_market_survey()->set_method("问卷");
  EXPECT_THAT(Call<MarketSurvey>(gam_, "MarketSurveyService/UpdateMarketSurvey", update),
              HasReason("SURVEY_NOT_PLANNED"));
  v1::EvaluateMarketSurveyRequest evaluate;
  evaluate.set_conclusion("铺市不足");
  evaluate.set_reliability(v1::RELIABILITY_PROBABLE);
  evaluate.set_answers(120);
  v1::MarketFigure& coverage = *evaluate.add_figures();
  coverage.set_kind(v1::FIGURE_KIND_COVERAGE);
  coverage.set_value("61.5");
  const std::string method = "MarketSurveyService/EvaluateMarketSurvey";
  EXPECT_THAT(Do<MarketSurvey>(gam_, method, evaluate, survey->name()), HasReason("PERIOD_NOT_OVER"));
  MoveOn(absl::Hours(24 * 9));
  const auto refused = Do<MarketSurvey>(gam_, method, evaluate, survey->name());
  EXPECT_THAT(refused, HasReason("FIGURES_MISSING"));
  v1::MarketFigure& share = *evaluate.add_figures();
  share.set_kind(v1::FIGURE_KIND_SHARE);
  share.set_value("18");
  evaluate.set_answers(0);
  EXPECT_THAT(Do<MarketSurvey>(gam_, method, evaluate, survey->name()), HasReason("FIGURES_MISSING"));
  evaluate.set_answers(120);
  evaluate.set_reliability(v1::RELIABILITY_CONFIRMED);
  EXPECT_THAT(Do<MarketSurvey>(gam_, method, evaluate, survey->name()), HasReason("EVIDENCE_REQUIRED"));
  v1::EvidenceDocument& document = *evaluate.add_attachments();
  document.set_title("调研报告");
  document.set_reference("dms://survey");
  document.set_sha256(std::string(64, 'a'));
  const auto evaluated = Do<MarketSurvey>(gam_, method, evaluate, survey->name());
  ASSERT_THAT(evaluated, IsOk());
  kam::api::GetRequest get;
  get.set_name(evaluated->market_record());
  const auto shared = Call<MarketRecord>(kax2_, "MarketRecordService/GetMarketRecord", get);
  ASSERT_THAT(shared, IsOk());
  EXPECT_EQ(shared->figures_size(), 2);
  EXPECT_EQ(shared->attachments_size(), 1);
  EXPECT_EQ(shared->survey(), survey->name());
  EXPECT_EQ(shared->source_kind(), v1::SOURCE_KIND_SURVEY);
}

// seen with the account it is about; counted for whoever brought it.
TEST_F(MarketTest, ARecordOnACompetitorIsSeenWithItsAccountAndCounted) {
  const std::string competitor = NewCompetitor();
  const v1::Account account = world_.AddAccount(kax_);
  EXPECT_THAT(Report(kax2_, Promotion(competitor, account.name())), HasReason("OUT_OF_SCOPE"));
  // The deal it is about is one of the same customer.
  v1::CreateOpportunityRequest deal;
  deal.mutable_opportunity()->set_account(world_.AddAccount(kax_).name());
  deal.mutable_opportunity()->set_display_name("采购");
  const auto elsewhere = Call<v1::Opportunity>(kax_, "OpportunityService/CreateOpportunity", deal);
  ASSERT_THAT(elsewhere, IsOk());
  CompetitorRecord mixed = Promotion(competitor, account.name());
  mixed.set_opportunity(elsewhere->name());
  EXPECT_THAT(Report(kax_, mixed), HasReason("OPPORTUNITY_OF_ANOTHER_ACCOUNT"));
  const auto about = Report(kax_, Promotion(competitor, account.name()));
  ASSERT_THAT(about, IsOk());
  kam::api::GetRequest get;
  get.set_name(about->name());
  const std::string read = "CompetitorService/GetCompetitorRecord";
  EXPECT_THAT(Call<CompetitorRecord>(kax2_, read, get), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(Call<CompetitorRecord>(gam_, read, get), IsOk());
  EXPECT_THAT(Call<CompetitorRecord>(world_.As(world_.AddEmployee("MD"), "MD"), read, get), IsOk())
      << "marketing receives it";
  CompetitorRecord price = Promotion(competitor);
  price.set_kind(v1::COMPETITOR_RECORD_KIND_PRICE);
  EXPECT_THAT(Report(kax2_, price), HasReason("PRICE_REQUIRED"));
  price.mutable_price()->set_currency_code("CNY");
  price.mutable_price()->set_units(96000);
  price.set_reliability(v1::RELIABILITY_CONFIRMED);
  EXPECT_THAT(Report(kax2_, price), HasReason("EVIDENCE_REQUIRED"));
  v1::EvidenceDocument& document = *price.add_evidence();
  document.set_title("报价单");
  document.set_reference("dms://7");
  price.set_promotion_from(Day(2));
  price.set_promotion_until(Day(1));
  EXPECT_THAT(Report(kax2_, price), HasReason("PERIOD_INVALID"));
  price.set_promotion_until(Day(9));
  const auto confirmed = Report(kax2_, price);
  ASSERT_THAT(confirmed, IsOk());
  v1::UpdateCompetitorRecordRequest update;
  update.mutable_competitor_record()->set_name(confirmed->name());
  update.mutable_competitor_record()->set_content("改");
  const std::string correct = "CompetitorService/UpdateCompetitorRecord";
  EXPECT_THAT(Call<CompetitorRecord>(sm_, correct, update), HasReason("CONTRIBUTION_OF_ANOTHER"));
  EXPECT_THAT(Call<CompetitorRecord>(gam_, correct, update), IsOk()) << "he is above whoever brought it";
  // Of somebody who has left, whoever reaches more than his own corrects it.
  const std::string of_him = absl::StrCat(" WHERE id = '", IdOf(other_.name()), "'");
  world_.harness().db().Execute(absl::StrCat("UPDATE employees SET leave_date = '2025-12-31'", of_him));
  update.mutable_competitor_record()->set_content("更正");
  EXPECT_THAT(Call<CompetitorRecord>(kax_, correct, update), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(Call<CompetitorRecord>(sm_, correct, update), IsOk());
  world_.harness().db().Execute(absl::StrCat("UPDATE employees SET leave_date = NULL", of_him));
  ASSERT_THAT(Create(kax2_, Price()), IsOk());
  v1::ReportContributionsRequest request;
  request.set_from_date(Day());
  request.set_until_date(Day());
  const organization::v1::Employee idle = world_.AddEmployee("BD", department_.name());
  const auto report = Call<v1::ReportContributionsResponse>(sm_, "CompetitorService/ReportContributions", request);
  ASSERT_THAT(report, IsOk());
  ASSERT_EQ(report->rows_size(), 3) << "also who brought nothing";
  for (const v1::Contribution& row : report->rows()) {
    EXPECT_EQ(row.competitor_records(), row.employee() == idle.name() ? 0 : 1);
    EXPECT_EQ(row.with_evidence(), row.employee() == other_.name() ? 1 : 0);
    EXPECT_EQ(row.market_records(), row.employee() == other_.name() ? 1 : 0);
  }
  // What was put down twice is taken back by whoever brought it, or above him, and counts for nobody.
  v1::WithdrawCompetitorRecordRequest withdraw;
  const std::string take_back = "CompetitorService/WithdrawCompetitorRecord";
  EXPECT_THAT(Do<CompetitorRecord>(kax2_, take_back, withdraw, confirmed->name()), NamesField("reason"));
  withdraw.set_reason("重复");
  EXPECT_THAT(Do<CompetitorRecord>(sm_, take_back, withdraw, confirmed->name()), HasReason("CONTRIBUTION_OF_ANOTHER"));
  const auto withdrawn = Do<CompetitorRecord>(kax2_, take_back, withdraw, confirmed->name());
  ASSERT_THAT(withdrawn, IsOk());
  EXPECT_TRUE(withdrawn->has_archive_time());
  const auto later = Call<v1::ReportContributionsResponse>(sm_, "CompetitorService/ReportContributions", request);
  ASSERT_THAT(later, IsOk());
  for (const v1::Contribution& row : later->rows()) {
    EXPECT_EQ(row.competitor_records(), row.employee() == seller_.name() ? 1 : 0);
  }
}

// the weekly report is due on Saturday; later is late.
TEST_F(MarketTest, TheWeeklyReportIsDueOnSaturday) {
  const absl::TimeZone zone = world_.harness().runtime().zone();
  const absl::CivilDay monday = absl::NextWeekday(absl::ToCivilDay(now_, zone), absl::Weekday::monday);
  MoveOn(absl::FromCivil(absl::CivilHour(monday.year(), monday.month(), monday.day(), 10), zone) - now_);
  ASSERT_THAT(Create(kax_, Price()), IsOk());
  v1::CreateWeeklyReportRequest request;
  request.mutable_weekly_report()->set_week(Day(1));
  const std::string create = "WeeklyReportService/CreateWeeklyReport";
  EXPECT_THAT(Call<WeeklyReport>(kax_, create, request), HasReason("PERIOD_START_INVALID"));
  request.mutable_weekly_report()->set_week(Day());
  const auto report = Call<WeeklyReport>(kax_, create, request);
  ASSERT_THAT(report, IsOk());
  const auto colleague = Call<WeeklyReport>(kax2_, create, request);
  ASSERT_THAT(colleague, IsOk());
  const auto hand_in = [&](const auth::Principal& who, const std::string& name) {
    return Do<WeeklyReport>(who, "WeeklyReportService/HandInWeeklyReport", v1::HandInWeeklyReportRequest(), name);
  };
  EXPECT_THAT(hand_in(kax_, report->name()), HasReason("PERIOD_NOT_OVER"));
  MoveOn(absl::Hours(24 * 5));  // Saturday.
  EXPECT_THAT(hand_in(kax_, report->name()), HasReason("REPORT_INCOMPLETE"));
  v1::UpdateWeeklyReportRequest update;
  for (const auto& [who, name] : {std::pair(kax_, report->name()), std::pair(kax2_, colleague->name())}) {
    update.mutable_weekly_report()->set_name(name);
    update.mutable_weekly_report()->set_sales_situation("两单");
    update.mutable_weekly_report()->set_market_situation("降价");
    ASSERT_THAT(Call<WeeklyReport>(who, "WeeklyReportService/UpdateWeeklyReport", update), IsOk());
  }
  const auto in_time = hand_in(kax_, report->name());
  ASSERT_THAT(in_time, IsOk());
  EXPECT_FALSE(in_time->late());
  EXPECT_EQ(in_time->market_records(), 1);
  v1::ListMissingWeeklyReportsRequest missing;
  missing.set_week(report->week());
  const auto owed =
      Call<v1::ListMissingWeeklyReportsResponse>(gam_, "WeeklyReportService/ListMissingWeeklyReports", missing);
  ASSERT_THAT(owed, IsOk());
  ASSERT_EQ(owed->rows_size(), 1);
  EXPECT_EQ(owed->rows(0).employee(), other_.name());
  EXPECT_TRUE(owed->rows(0).draft());
  MoveOn(absl::Hours(24));
  const auto late = hand_in(kax2_, colleague->name());
  ASSERT_THAT(late, IsOk());
  EXPECT_TRUE(late->late());
  v1::ReturnWeeklyReportRequest back;
  const std::string give_back = "WeeklyReportService/ReturnWeeklyReport";
  EXPECT_THAT(Do<WeeklyReport>(gam_, give_back, back, in_time->name()), NamesField("reason"));
  back.set_reason("未写竞品");
  EXPECT_THAT(Do<WeeklyReport>(sm_, give_back, back, in_time->name()), HasReason("NOT_THE_SUPERIOR"));
  const auto returned = Do<WeeklyReport>(gam_, give_back, back, in_time->name());
  ASSERT_THAT(returned, IsOk());
  EXPECT_EQ(returned->state(), v1::PERIOD_REPORT_STATE_DRAFT);
  EXPECT_EQ(returned->return_reason(), "未写竞品");
  const auto once_more = hand_in(kax_, in_time->name());
  ASSERT_THAT(once_more, IsOk());
  EXPECT_FALSE(once_more->late()) << "it came in time when it came first";
  v1::ReviewWeeklyReportRequest review;
  review.set_comment("已阅");
  EXPECT_THAT(Do<WeeklyReport>(sm_, "WeeklyReportService/ReviewWeeklyReport", review, *late),
              HasReason("NOT_THE_SUPERIOR"));
  EXPECT_EQ(Do<WeeklyReport>(gam_, "WeeklyReportService/ReviewWeeklyReport", review, *late)->reviewer(), head_.name());
}

//
TEST_F(MarketTest, EveryVerbOfRecordAndSurveyIsOpenInExactlyItsStates) {
  const auth::Principal almighty = testing::Almighty(world_.harness(), gam_);
  const auto record = Create(kax_, Price()), newer = Create(kax_, Price());
  ASSERT_THAT(record, IsOk());
  ASSERT_THAT(newer, IsOk());
  testing::StateMachine machine;
  machine.service = "kam.account.v1.MarketRecordService";
  machine.table = "market_records";
  machine.states = v1::MarketRecordState_descriptor();
  machine.verbs = {{"ConfirmMarketRecord", {{"CURRENT"}, ""}},
                   {"SupersedeMarketRecord", {{"CURRENT"}, "SUPERSEDED"}},
                   {"WithdrawMarketRecord", {{"CURRENT"}, "WITHDRAWN"}}};
  machine.name = record->name();
  machine.columns = "superseded_by = NULL";
  machine.references = {{"marketRecords", newer->name()}};
  EXPECT_EQ(testing::TryEveryVerbInEveryState(world_.harness(), almighty, machine), 2);

  const auto survey = PlanSurvey();
  ASSERT_THAT(survey, IsOk());
  MoveOn(absl::Hours(24 * 10));
  machine.service = "kam.account.v1.MarketSurveyService";
  machine.table = "market_surveys";
  machine.states = v1::MarketSurveyState_descriptor();
  machine.verbs = {{"StartMarketSurvey", {{"PLANNED"}, "RUNNING"}},
                   {"EvaluateMarketSurvey", {{"RUNNING"}, "EVALUATED"}},
                   {"CancelMarketSurvey", {{"PLANNED", "RUNNING"}, "CANCELLED"}}};
  machine.name = survey->name();
  machine.columns = "close_reason = NULL";
  machine.fill = [](const std::string& verb, google::protobuf::Message* message) {
    if (verb != "EvaluateMarketSurvey") return;
    auto& evaluate = static_cast<v1::EvaluateMarketSurveyRequest&>(*message);
    evaluate.clear_figures();
    evaluate.set_answers(1);
    for (const v1::FigureKind kind : {v1::FIGURE_KIND_COVERAGE, v1::FIGURE_KIND_SHARE}) {
      evaluate.add_figures()->set_kind(kind);
      evaluate.mutable_figures(evaluate.figures_size() - 1)->set_value("50");
    }
  };
  EXPECT_EQ(testing::TryEveryVerbInEveryState(world_.harness(), almighty, machine), 4);
}

}  // namespace
}  // namespace kam::account
