// Who has handed in his reports and who has not (G-10, P-08), over real gRPC and a real database.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "account-svc/context.h"
#include "account-svc/rules/proto_time.h"
#include "account-svc/testing/work_fixture.h"
#include "common/testing/matchers.h"
#include "kam/api/standard.pb.h"
#include "kam/organization/v1/work_report_service.pb.h"

namespace kam::account {
namespace {

namespace pb = organization::v1;
using testing::HasReason;
using testing::IsOk;
using ::testing::SizeIs;

constexpr char kReports[] = "kam.organization.v1.WorkReportService/";

class WorkReportTest : public WorkFixture {
 protected:
  WorkReportTest() : WorkFixture("KAM", "KAM") {}

  static pb::WorkReportRow RowOf(const pb::ReportWorkReportsResponse& response, const std::string& author) {
    for (const pb::WorkReportRow& row : response.rows()) {
      if (row.author() == author) return row;
    }
    ADD_FAILURE() << author << " is not counted";
    return {};
  }
};

// G-10, P-08: the count says who has not handed in: of working days in service, not on leave, whose day of grace is
// over.
TEST_F(WorkReportTest, WhoHasNotHandedInIsCounted) {
  FakeClock& clock = world_.harness().clock();
  const absl::Time before = clock.Now();
  const pb::Employee none = world_.AddEmployee("KAX", department_.name(), {boss_.name()});
  const pb::Employee away = world_.AddEmployee("KAX", department_.name(), {boss_.name()});
  const pb::Employee late = world_.AddEmployee("KAX", department_.name(), {boss_.name()});
  world_.harness().db().Execute(
      absl::StrCat("UPDATE employees SET hire_date = '2026-01-08' WHERE id = '", IdOf(late.name()), "'"));
  world_.harness().db().Execute(absl::StrCat(
      "INSERT INTO leave_requests (id, version, create_time, update_time, creator, updater, employee, state, kind, "
      "start_date, end_date, ends_at_noon, return_date) VALUES ('",
      world_.harness().NewId(), "', 1, '2026-01-01', '2026-01-01', 'x', 'x', '", IdOf(away.name()),
      "', 'RETURNED', 'PERSONAL', '2026-01-05', '2026-01-07', 1, '2026-01-08')"));
  for (const char* day : {"2026-01-05", "2026-01-06", "2026-01-08"}) {
    absl::Time at;
    std::string error;
    ASSERT_TRUE(
        absl::ParseTime("%Y-%m-%d %H:%M", absl::StrCat(day, " 18:00"), world_.harness().runtime().zone(), &at, &error));
    clock.Set(at);
    pb::CreateWorkReportRequest create;
    create.mutable_work_report()->set_kind(pb::WORK_REPORT_KIND_DAY_LOG);
    create.mutable_work_report()->set_period_start(day);
    create.mutable_work_report()->add_items()->set_activity("拜访客户");
    const auto report = world_.Call<pb::WorkReport>(as_anna_, absl::StrCat(kReports, "CreateWorkReport"), create);
    ASSERT_THAT(report, IsOk());
    ASSERT_THAT((Do<pb::WorkReport, pb::SubmitWorkReportRequest>(as_anna_, absl::StrCat(kReports, "SubmitWorkReport"),
                                                                 report->name())),
                IsOk());
  }
  clock.Advance(absl::Hours(24 * 4));  // The 12th: the logs of the 5th to the 9th should be in.
  auto as_boss = as_boss_;
  for (const pb::Employee* person : {&none, &away, &late}) as_boss.team.push_back(IdOf(person->name()));
  pb::ReportWorkReportsRequest count;
  count.set_kind(pb::WORK_REPORT_KIND_DAY_LOG);
  count.set_from_date("2026-01-05");
  count.set_to_date("2026-01-31");
  const auto counted = [&] {
    return world_.Call<pb::ReportWorkReportsResponse>(as_boss, absl::StrCat(kReports, "ReportWorkReports"), count);
  };
  const auto rows = counted();
  count.set_kind(pb::WORK_REPORT_KIND_WEEK_PLAN);
  const auto plans = counted();
  count.set_kind(pb::WORK_REPORT_KIND_MONTH_SUMMARY);
  const auto summaries = counted();
  count.set_kind(pb::WORK_REPORT_KIND_DEPARTMENT_PLAN);
  const auto departments = counted();
  clock.Set(before);
  ASSERT_THAT(rows, IsOk());
  EXPECT_EQ(RowOf(*rows, anna_.name()).submitted(), 3);
  EXPECT_EQ(RowOf(*rows, anna_.name()).missing(), 2);
  EXPECT_EQ(RowOf(*rows, none.name()).submitted(), 0);
  EXPECT_EQ(RowOf(*rows, none.name()).missing(), 5);
  EXPECT_EQ(RowOf(*rows, away.name()).missing(), 3) << "half a day at work is a day with a log";
  EXPECT_EQ(RowOf(*rows, late.name()).missing(), 2) << "in service from the 8th on";
  ASSERT_THAT(plans, IsOk());
  EXPECT_EQ(RowOf(*plans, none.name()).missing(), 1);
  ASSERT_THAT(summaries, IsOk());
  EXPECT_THAT(summaries->rows(), SizeIs(0)) << "the month is not over";
  ASSERT_THAT(departments, IsOk());
  EXPECT_THAT(departments->rows(), SizeIs(0));
}

// G-10, P-08: the list of a day and the count of the month are one answer, whoever is asked about.
TEST_F(WorkReportTest, TheListAndTheCountAgree) {
  FakeClock& clock = world_.harness().clock();
  const absl::Time before = clock.Now();
  auto& db = world_.harness().db();
  const auto add = [&] { return world_.AddEmployee("KAX", department_.name(), {boss_.name()}); };
  const pb::Employee none = add(), appointed = add(), promoted = add(), away = add(), returned = add();
  const auto role = [&](const pb::Employee& person, const std::string& what) {
    db.Execute(absl::StrCat("UPDATE employees_roles SET ", what, " WHERE parent_id = '", IdOf(person.name()), "'"));
  };
  role(appointed, "since_date = '2026-01-08'");
  role(promoted, "until_date = '2026-01-07'");
  db.Execute(absl::StrCat(
      "INSERT INTO leave_requests (id, version, create_time, update_time, creator, updater, employee, state, kind, "
      "start_date, end_date, return_date) VALUES ('",
      world_.harness().NewId(), "', 1, '2026-01-01', '2026-01-01', 'x', 'x', '", IdOf(away.name()),
      "', 'RETURNED', 'PERSONAL', '2026-01-05', '2026-01-07', '2026-01-08')"));
  absl::Time at;
  std::string error;
  ASSERT_TRUE(absl::ParseTime("%Y-%m-%d %H:%M", "2026-01-05 18:00", world_.harness().runtime().zone(), &at, &error));
  clock.Set(at);
  const auth::Principal as_returned = world_.As(returned, "KAX");
  pb::CreateWorkReportRequest create;
  create.mutable_work_report()->set_kind(pb::WORK_REPORT_KIND_DAY_LOG);
  create.mutable_work_report()->set_period_start("2026-01-05");
  create.mutable_work_report()->add_items()->set_activity("拜访客户");
  const auto report = world_.Call<pb::WorkReport>(as_returned, absl::StrCat(kReports, "CreateWorkReport"), create);
  ASSERT_THAT(report, IsOk());
  ASSERT_THAT((Do<pb::WorkReport, pb::SubmitWorkReportRequest>(as_returned, absl::StrCat(kReports, "SubmitWorkReport"),
                                                               report->name())),
              IsOk());
  auto as_boss = as_boss_;
  for (const pb::Employee* person : {&none, &appointed, &promoted, &away, &returned}) {
    as_boss.team.push_back(IdOf(person->name()));
  }
  pb::ReturnWorkReportRequest give_back;
  give_back.set_reason("太简单");
  ASSERT_THAT((Do<pb::WorkReport>(as_boss, absl::StrCat(kReports, "ReturnWorkReport"), report->name(), give_back)),
              IsOk());
  clock.Advance(absl::Hours(24 * 7));  // The 12th: the logs of the 5th to the 9th should be in.
  std::map<std::string, int> listed;
  for (const char* day : {"2026-01-05", "2026-01-06", "2026-01-07", "2026-01-08", "2026-01-09", "2026-01-10"}) {
    pb::ListMissingWorkReportsRequest request;
    request.set_kind(pb::WORK_REPORT_KIND_DAY_LOG);
    request.set_period_start(day);
    const auto missing = world_.Call<pb::ListMissingWorkReportsResponse>(
        as_boss, absl::StrCat(kReports, "ListMissingWorkReports"), request);
    EXPECT_THAT(missing, IsOk());
    if (!missing.ok()) continue;
    for (const pb::MissingWorkReport& row : missing->rows()) {
      ++listed[row.employee()];
      EXPECT_EQ(row.draft(), row.employee() == returned.name() && day == std::string("2026-01-05"));
    }
    if (day == std::string("2026-01-10")) {
      EXPECT_EQ(missing->rows_size(), 0) << "a Saturday";
    }
  }
  pb::ReportWorkReportsRequest count;
  count.set_kind(pb::WORK_REPORT_KIND_DAY_LOG);
  count.set_from_date("2026-01-05");
  count.set_to_date("2026-01-31");
  const auto rows =
      world_.Call<pb::ReportWorkReportsResponse>(as_boss, absl::StrCat(kReports, "ReportWorkReports"), count);
  clock.Set(before);
  ASSERT_THAT(rows, IsOk());
  const std::pair<const pb::Employee*, int> owed[] = {
      {&none, 5}, {&appointed, 2}, {&promoted, 3}, {&away, 2}, {&returned, 5}};
  for (const auto& [person, days] : owed) {
    EXPECT_EQ(RowOf(*rows, person->name()).missing(), days) << person->display_name();
    EXPECT_EQ(listed[person->name()], days) << person->display_name();
  }
  EXPECT_EQ(RowOf(*rows, returned.name()).submitted(), 0) << "what was given back is not handed in";
}

}  // namespace
}  // namespace kam::account
