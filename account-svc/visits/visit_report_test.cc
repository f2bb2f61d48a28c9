// Monthly reports of visits: assembled, frozen, late, missing, read by a superior (A-29, P-21).
#include "account-svc/testing/grants.h"
#include "account-svc/testing/visits_fixture.h"
#include "account-svc/visits/period_report.h"
#include "kam/account/v1/customer_opinion_service.pb.h"
#include "kam/account/v1/visit_problem_service.pb.h"
#include "kam/account/v1/visit_report_service.pb.h"

namespace kam::account {
namespace {

using v1::VisitReport;

class VisitReportTest : public VisitsFixture {
 protected:
  // To noon of the first of the next month.
  void ToNextMonth() {
    const absl::TimeZone zone = world_.harness().runtime().zone();
    const absl::CivilMonth next = absl::ToCivilMonth(now_, zone) + 1;
    MoveOn(absl::FromCivil(absl::CivilHour(next.year(), next.month(), 1, 12), zone) - now_);
  }
  std::string Month(int ahead = 0) const {
    return absl::FormatCivilTime(absl::CivilDay(absl::ToCivilMonth(now_, world_.harness().runtime().zone()) + ahead));
  }
  absl::StatusOr<VisitReport> Create(const auth::Principal& who, const std::string& month) {
    v1::CreateVisitReportRequest request;
    request.mutable_visit_report()->set_month(month);
    return Call<VisitReport>(who, "VisitReportService/CreateVisitReport", request);
  }
  absl::StatusOr<VisitReport> Write(const std::string& name, const std::string& summary) {
    v1::UpdateVisitReportRequest request;
    request.mutable_visit_report()->set_name(name);
    request.mutable_visit_report()->set_summary(summary);
    return Call<VisitReport>(kax_, "VisitReportService/UpdateVisitReport", request);
  }
  absl::StatusOr<VisitReport> HandIn(const auth::Principal& who, const std::string& name) {
    return Do<VisitReport>(who, "VisitReportService/HandInVisitReport", v1::HandInVisitReportRequest(), name);
  }
  absl::StatusOr<VisitReport> Review(const auth::Principal& who, const VisitReport& report) {
    v1::ReviewVisitReportRequest request;
    request.set_comment("重点跟进交期");
    return Do<VisitReport>(who, "VisitReportService/ReviewVisitReport", request, report);
  }
  std::vector<std::string> Missing(const auth::Principal& who, const std::string& month) {
    v1::ListMissingVisitReportsRequest request;
    request.set_month(month);
    const auto list =
        Call<v1::ListMissingVisitReportsResponse>(who, "VisitReportService/ListMissingVisitReports", request);
    EXPECT_THAT(list, IsOk());
    std::vector<std::string> people;
    for (const auto& row : list->rows()) people.push_back(absl::StrCat(row.employee(), row.overdue() ? " late" : ""));
    return people;
  }
};

// the report is what the records say; from its hand-in on it stays as it is.
TEST_F(VisitReportTest, AReportIsAssembledAndFrozenAtHandIn) {
  ToNextMonth();
  const std::string month = Month();
  const v1::Account account = world_.AddAccount(kax_);
  ASSERT_THAT(MadeVisit(account.name()), IsOk());
  const auto report = Create(kax_, month);
  ASSERT_THAT(report, IsOk());
  EXPECT_EQ(report->visits_done(), 1);
  EXPECT_THAT(Create(kax_, month), HasReason("REPORT_EXISTS"));
  EXPECT_THAT(Create(kax_, Month(1)), HasReason("PERIOD_NOT_BEGUN"));
  EXPECT_THAT(Create(kax_, month.substr(0, 8) + "02"), HasReason("PERIOD_START_INVALID"));
  EXPECT_THAT(HandIn(kax_, report->name()), HasReason("PERIOD_NOT_OVER"));
  MoveOn(absl::Hours(30));
  ASSERT_THAT(MadeVisit(account.name()), IsOk());
  // Over, and nobody said what became of it.
  ASSERT_THAT(CreateVisit(kax_, MakeVisit(account.name(), -absl::Hours(6), -absl::Hours(5))), IsOk());
  ToNextMonth();
  EXPECT_THAT(HandIn(kax_, report->name()), HasReason("REPORT_INCOMPLETE"));
  ASSERT_THAT(Write(report->name(), "两次拜访"), IsOk());
  EXPECT_THAT(HandIn(gam_, report->name()), StatusIs(absl::StatusCode::kPermissionDenied));
  const auto handed_in = HandIn(kax_, report->name());
  ASSERT_THAT(handed_in, IsOk());
  EXPECT_EQ(handed_in->visits_done(), 2) << "put together once more";
  EXPECT_EQ(handed_in->accounts_visited(), 1);
  EXPECT_EQ(handed_in->visits_overdue(), 1);
  EXPECT_EQ(handed_in->completion_percent(), "66.67") << "as the report of completion has it";
  EXPECT_EQ(handed_in->lines(0).result(), "进入报价");
  EXPECT_FALSE(handed_in->late());
  EXPECT_EQ(handed_in->content_hash().size(), 64u);
  EXPECT_THAT(Write(report->name(), "改"), HasReason("REPORT_FROZEN"));
  EXPECT_THAT(HandIn(kax_, report->name()), HasReason("STATE_NOT_ALLOWED"));
  // A superior reads it, not a colleague, not somebody above others.
  EXPECT_THAT(Review(sm_, *handed_in), HasReason("NOT_THE_SUPERIOR"));
  const auto reviewed = Review(gam_, *handed_in);
  ASSERT_THAT(reviewed, IsOk());
  EXPECT_EQ(reviewed->reviewer(), head_.name());
  EXPECT_EQ(reviewed->content_hash(), handed_in->content_hash());
  EXPECT_EQ(ReportHash(*reviewed), handed_in->content_hash()) << "of what is stored";
  VisitReport forged = *reviewed;
  forged.set_visits_done(3);
  EXPECT_NE(ReportHash(forged), handed_in->content_hash());
  EXPECT_THAT(Call<VisitReport>(kax2_, "VisitReportService/GetVisitReport",
                                [&] {
                                  kam::api::GetRequest get;
                                  get.set_name(report->name());
                                  return get;
                                }()),
              StatusIs(absl::StatusCode::kNotFound));
}

// late is late, and who owes a report is listed.
TEST_F(VisitReportTest, ALateReportSaysSo) {
  ToNextMonth();
  const std::string month = Month();
  const auto report = Create(kax_, month);
  ASSERT_THAT(report, IsOk());
  ASSERT_THAT(Write(report->name(), "无拜访"), IsOk());
  EXPECT_THAT(Missing(gam_, month), ::testing::UnorderedElementsAre(seller_.name(), other_.name()));
  ToNextMonth();
  MoveOn(absl::Hours(24 * 5));  // The sixth; due was the end of the fifth.
  EXPECT_THAT(Missing(gam_, month), ::testing::UnorderedElementsAre(seller_.name() + " late", other_.name() + " late"));
  EXPECT_THAT(Missing(kax_, month), ::testing::ElementsAre(seller_.name() + " late"));
  const auto late = HandIn(kax_, report->name());
  ASSERT_THAT(late, IsOk());
  EXPECT_TRUE(late->late());
  EXPECT_THAT(Missing(gam_, month), ::testing::ElementsAre(other_.name() + " late"));
}

// A-29, P-21: what is wrong is given back and handed in again; that it was late stays.
TEST_F(VisitReportTest, AReportIsGivenBack) {
  ToNextMonth();
  const std::string month = Month();
  const auto report = Create(kax_, month);
  ASSERT_THAT(report, IsOk());
  ASSERT_THAT(Write(report->name(), "一次拜访"), IsOk());
  ToNextMonth();
  MoveOn(absl::Hours(24 * 5));
  const auto late = HandIn(kax_, report->name());
  ASSERT_THAT(late, IsOk());
  ASSERT_TRUE(late->late());
  v1::ReturnVisitReportRequest back;
  const std::string method = "VisitReportService/ReturnVisitReport";
  EXPECT_THAT(Do<VisitReport>(gam_, method, back, report->name()), NamesField("reason"));
  back.set_reason("漏写问题");
  EXPECT_THAT(Do<VisitReport>(sm_, method, back, report->name()), HasReason("NOT_THE_SUPERIOR"));
  const auto returned = Do<VisitReport>(gam_, method, back, report->name());
  ASSERT_THAT(returned, IsOk());
  EXPECT_EQ(returned->state(), v1::PERIOD_REPORT_STATE_DRAFT);
  EXPECT_EQ(returned->content_hash(), "");
  EXPECT_THAT(Missing(kax_, month), ::testing::ElementsAre(seller_.name() + " late"));
  EXPECT_EQ(world_.harness()
                .db()
                .Get(absl::StrCat("SELECT COUNT(*) FROM notifications WHERE recipient = '", IdOf(seller_.name()),
                                  "' AND subject = '", report->name(), "'"))
                .integer(),
            1)
      << "its author is told";
  ASSERT_THAT(Write(report->name(), "一次拜访，一个问题"), IsOk());
  MoveOn(absl::Hours(1));
  const auto again = HandIn(kax_, report->name());
  ASSERT_THAT(again, IsOk());
  EXPECT_TRUE(again->late());
  EXPECT_EQ(FromTimestamp(again->hand_in_time()), FromTimestamp(late->hand_in_time())) << "when it came first";
  EXPECT_NE(again->content_hash(), late->content_hash());
  EXPECT_EQ(ReportHash(*again), again->content_hash());
  ASSERT_THAT(Review(gam_, *again), IsOk());
  EXPECT_THAT(Do<VisitReport>(gam_, method, back, report->name()), HasReason("STATE_NOT_ALLOWED"));
}

// a problem goes to a department and is answered in working time; what is overdue goes up.
class VisitProblemTest : public VisitsFixture {
 protected:
  VisitProblemTest()
      : plant_(world_.AddDepartment()),
        chief_(world_.AddEmployee("TM", plant_.name())),
        engineer_(world_.AddEmployee("TM", plant_.name(), {chief_.name()})),
        tm_(world_.As(engineer_, "TM")),
        boss_(world_.As(chief_, "TM")) {
    GrantRole(world_, "TM", "visit_problem.answer");
    // To a Monday, 10:00, from wherever the tests before have left the clock.
    const absl::TimeZone zone = world_.harness().runtime().zone();
    const absl::CivilDay monday = absl::NextWeekday(absl::ToCivilDay(now_, zone), absl::Weekday::monday);
    MoveOn(absl::FromCivil(absl::CivilHour(monday.year(), monday.month(), monday.day(), 10), zone) - now_);
  }
  absl::StatusOr<v1::VisitProblem> Raise(const auth::Principal& who, const std::string& visit,
                                         const std::string& handler) {
    v1::CreateVisitProblemRequest request;
    request.mutable_visit_problem()->set_visit(visit);
    request.mutable_visit_problem()->set_description("交期无法确认");
    request.mutable_visit_problem()->set_department(plant_.name());
    request.mutable_visit_problem()->set_handler(handler);
    return Call<v1::VisitProblem>(who, "VisitProblemService/CreateVisitProblem", request);
  }
  absl::StatusOr<v1::VisitProblem> Answer(const auth::Principal& who, const std::string& name) {
    v1::AnswerVisitProblemRequest request;
    request.set_answer("三周");
    return Do<v1::VisitProblem>(who, "VisitProblemService/AnswerVisitProblem", request, name);
  }
  v1::VisitProblem Read(const std::string& name) {
    kam::api::GetRequest get;
    get.set_name(name);
    return Call<v1::VisitProblem>(kax_, "VisitProblemService/GetVisitProblem", get).value_or(v1::VisitProblem());
  }
  absl::StatusOr<v1::VisitProblem> Close(const auth::Principal& who, const std::string& name) {
    v1::CloseVisitProblemRequest close;
    close.set_reason("已解决");
    return Do<v1::VisitProblem>(who, "VisitProblemService/CloseVisitProblem", close, name);
  }

  organization::v1::Department plant_;
  organization::v1::Employee chief_, engineer_;
  auth::Principal tm_, boss_;
};

// the handler answers in working time, whoever raised it is satisfied, or somebody else is asked.
TEST_F(VisitProblemTest, AProblemIsAnsweredInWorkingTime) {
  const v1::Account account = world_.AddAccount(kax_);
  const auto visit = MadeVisit(account.name());
  ASSERT_THAT(visit, IsOk());
  EXPECT_THAT(Raise(kax_, visit->name(), other_.name()), HasReason("HANDLER_NOT_IN_DEPARTMENT"));
  EXPECT_THAT(Raise(kax2_, visit->name(), engineer_.name()), StatusIs(absl::StatusCode::kNotFound));
  const organization::v1::Employee porter = world_.AddEmployee("WH", plant_.name());
  EXPECT_THAT(Raise(kax_, visit->name(), porter.name()), HasReason("HANDLER_WITHOUT_RIGHT"))
      << "it would wait for somebody who may not answer";
  const auto problem = Raise(kax_, visit->name(), engineer_.name());
  ASSERT_THAT(problem, IsOk());
  EXPECT_EQ(problem->account(), account.name());
  // Sixteen working hours: eight of Monday, eight of Tuesday.
  EXPECT_EQ(FromTimestamp(problem->due_time()) - now_, absl::Hours(31));
  EXPECT_THAT(Answer(boss_, problem->name()), HasReason("NOT_THE_HANDLER")) << "not put to him yet";
  const auto answered = Answer(tm_, problem->name());
  ASSERT_THAT(answered, IsOk());
  EXPECT_FALSE(answered->overdue());
  v1::ReopenVisitProblemRequest reopen;
  reopen.set_reason("未说明批次");
  const std::string method = "VisitProblemService/ReopenVisitProblem";
  ASSERT_THAT(Do<v1::VisitProblem>(kax_, method, reopen, problem->name()), IsOk());
  ASSERT_THAT(Answer(tm_, problem->name()), IsOk());
  // Whoever answered works elsewhere now: somebody else is asked.
  const std::string scope = absl::StrCat(" WHERE employee = '", IdOf(engineer_.name()), "'");
  const std::string path =
      world_.harness().db().Get(absl::StrCat("SELECT department_path FROM employee_scopes", scope)).text();
  world_.harness().db().Execute(absl::StrCat("UPDATE employee_scopes SET department_path = '/'", scope));
  EXPECT_THAT(Do<v1::VisitProblem>(kax_, method, reopen, problem->name()), HasReason("HANDLER_NOT_IN_DEPARTMENT"));
  reopen.set_handler(chief_.name());
  const auto reopened = Do<v1::VisitProblem>(kax_, method, reopen, problem->name());
  ASSERT_THAT(reopened, IsOk());
  EXPECT_EQ(reopened->handler(), chief_.name());
  ASSERT_THAT(Answer(boss_, problem->name()), IsOk());
  world_.harness().db().Execute(absl::StrCat("UPDATE employee_scopes SET department_path = '", path, "'", scope));
  EXPECT_EQ(Close(kax_, problem->name())->state(), v1::VISIT_PROBLEM_STATE_CLOSED);
}

//
TEST_F(VisitProblemTest, WhatIsOverdueGoesUpTheLine) {
  const auto visit = MadeVisit(world_.AddAccount(kax_).name());
  ASSERT_THAT(visit, IsOk());
  const auto problem = Raise(kax_, visit->name(), engineer_.name());
  ASSERT_THAT(problem, IsOk());
  MoveOn(absl::Hours(31));
  world_.RunDue();
  EXPECT_FALSE(Read(problem->name()).overdue()) << "at the due time it is in time";
  MoveOn(absl::Minutes(1));
  world_.RunDue();
  v1::VisitProblem overdue = Read(problem->name());
  EXPECT_TRUE(overdue.overdue());
  EXPECT_EQ(overdue.escalated_to(), chief_.name());
  EXPECT_EQ(overdue.escalation_level(), 1);
  MoveOn(absl::Hours(24 * 3));
  world_.RunDue();
  EXPECT_EQ(Read(problem->name()).escalation_level(), 1) << "nobody is above the chief";
  const auto answered = Answer(boss_, problem->name());
  ASSERT_THAT(answered, IsOk());
  EXPECT_TRUE(answered->overdue());
  EXPECT_EQ(answered->answerer(), chief_.name());
}

// what the customer thinks goes on where it ends with the customer, once, by the same words.
TEST_F(VisitProblemTest, AProblemOfTheCustomerGoesOnAsHisOpinion) {
  const v1::Account account = world_.AddAccount(kax_);
  const auto visit = MadeVisit(account.name());
  ASSERT_THAT(visit, IsOk());
  const auto problem = Raise(kax_, visit->name(), engineer_.name());
  ASSERT_THAT(problem, IsOk());
  v1::PassProblemAsOpinionRequest pass;
  pass.set_subject(v1::OPINION_SUBJECT_SERVICE);
  pass.set_subject_reference("交期");
  const std::string method = "VisitProblemService/PassProblemAsOpinion";
  EXPECT_THAT(Do<v1::VisitProblem>(kax_, method, pass, problem->name()), NamesField("reason"));
  pass.set_reason("客户要求答复");
  const auto passed = Do<v1::VisitProblem>(kax_, method, pass, problem->name());
  ASSERT_THAT(passed, IsOk());
  EXPECT_EQ(passed->state(), v1::VISIT_PROBLEM_STATE_CLOSED);
  kam::api::GetRequest get;
  get.set_name(passed->customer_opinion());
  const auto opinion = Call<v1::CustomerOpinion>(kax_, "CustomerOpinionService/GetCustomerOpinion", get);
  ASSERT_THAT(opinion, IsOk());
  EXPECT_EQ(opinion->opinion(), problem->description());
  EXPECT_EQ(opinion->recorder(), seller_.name());
  EXPECT_EQ(opinion->visit(), visit->name());
  EXPECT_EQ(opinion->account(), account.name());
  EXPECT_EQ(opinion->state(), v1::OPINION_STATE_RECORDED);
  EXPECT_GT(FromTimestamp(opinion->due_time()), now_);
  EXPECT_THAT(Do<v1::VisitProblem>(kax_, method, pass, problem->name()), HasReason("STATE_NOT_ALLOWED"));
  MoveOn(absl::Hours(24 * 10));
  world_.RunDue();
  EXPECT_FALSE(Read(problem->name()).overdue()) << "here nobody waits any more";
}

// whoever is asked answers; he does not hand the question back to the one who raised it.
TEST_F(VisitProblemTest, WhoIsAskedDoesNotPassTheProblemOn) {
  const v1::Account account = world_.AddAccount(kax_);
  const auto visit = MadeVisit(account.name());
  ASSERT_THAT(visit, IsOk());
  v1::PassProblemAsOpinionRequest pass;
  pass.set_subject(v1::OPINION_SUBJECT_SERVICE);
  pass.set_subject_reference("交期");
  pass.set_reason("客户要求答复");
  const std::string method = "VisitProblemService/PassProblemAsOpinion";
  auth::Principal asked = tm_;
  asked.grants["visit_problem.write"] = auth::Level::kAll;
  const auto problem = Raise(kax_, visit->name(), engineer_.name());
  ASSERT_THAT(problem, IsOk());
  EXPECT_THAT(Do<v1::VisitProblem>(asked, method, pass, problem->name()), HasReason("SEPARATION_OF_DUTIES"));
  ASSERT_THAT(Answer(tm_, problem->name()), IsOk());
  EXPECT_THAT(Do<v1::VisitProblem>(asked, method, pass, problem->name()), HasReason("SEPARATION_OF_DUTIES"));
  ASSERT_THAT(Do<v1::VisitProblem>(gam_, method, pass, problem->name()), IsOk()) << "somebody above who is not asked";
  EXPECT_EQ(world_.harness()
                .db()
                .Get(absl::StrCat("SELECT COUNT(*) FROM notifications WHERE recipient = '", IdOf(seller_.name()),
                                  "' AND subject = '", problem->name(), "' AND title LIKE '%转为客户意见%'"))
                .integer(),
            1);
}

// a problem is taken back by who raised it or somebody above him, who is told, and by nobody else.
TEST_F(VisitProblemTest, AProblemIsTakenBackByWhoRaisedItOrSomebodyAbove) {
  const v1::Account account = world_.AddAccount(gam_);
  world_.Assign(gam_, account.name(), seller_.name());
  const auto visit = MadeVisit(account.name());
  ASSERT_THAT(visit, IsOk());
  const auto raised = Raise(gam_, visit->name(), engineer_.name()), own = Raise(kax_, visit->name(), engineer_.name()),
             mistake = Raise(kax_, visit->name(), engineer_.name());
  ASSERT_THAT(raised, IsOk());
  ASSERT_THAT(own, IsOk());
  ASSERT_THAT(mistake, IsOk());
  v1::WithdrawVisitProblemRequest withdraw;
  withdraw.set_reason("误报");
  const std::string method = "VisitProblemService/WithdrawVisitProblem";
  EXPECT_THAT(Do<v1::VisitProblem>(kax_, method, withdraw, raised->name()), HasReason("NOT_THE_SUPERIOR"));
  EXPECT_THAT(Do<v1::VisitProblem>(kax_, method, withdraw, mistake->name()), IsOk());
  EXPECT_THAT(Do<v1::VisitProblem>(gam_, method, withdraw, own->name()), IsOk());
  EXPECT_EQ(world_.harness()
                .db()
                .Get(absl::StrCat("SELECT COUNT(*) FROM notifications WHERE recipient = '", IdOf(seller_.name()),
                                  "' AND subject = '", own->name(), "' AND title LIKE '%已撤销%'"))
                .integer(),
            1);
}

}  // namespace
}  // namespace kam::account
