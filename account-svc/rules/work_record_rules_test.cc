#include "account-svc/rules/work_record_rules.h"

#include <gtest/gtest.h>

#include "account-svc/rules/proto_time.h"
#include "common/status/status.h"
#include "common/testing/matchers.h"
#include "kam/organization/v1/meeting.pb.h"
#include "kam/organization/v1/meeting_service.pb.h"
#include "kam/organization/v1/policy_document.pb.h"
#include "kam/organization/v1/work_report.pb.h"

namespace kam::account::rules {
namespace {

using testing::HasReason;
using testing::IsOk;
namespace pb = organization;

const absl::Time kNow = absl::FromUnixSeconds(1'767'571'200);
constexpr char kToday[] = "2026-01-05";  // A Monday.
constexpr char kBoss[] = "employees/boss";
constexpr char kAnna[] = "employees/anna";

pb::WorkReport Report(pb::WorkReportKind kind, const std::string& start) {
  pb::WorkReport report;
  report.set_kind(kind);
  report.set_period_start(start);
  report.set_author(kAnna);
  report.set_state(pb::WORK_REPORT_STATE_DRAFT);
  return report;
}

// G-10, P-08, P-14
TEST(WorkReports, BeginWhereTheirPeriodBegins) {
  EXPECT_THAT(CheckPeriodStart(Report(pb::WORK_REPORT_KIND_DAY_LOG, kToday), kToday), IsOk());
  EXPECT_THAT(CheckPeriodStart(Report(pb::WORK_REPORT_KIND_DAY_LOG, "2026-01-06"), kToday),
              HasReason("PERIOD_START_INVALID"));
  EXPECT_THAT(CheckPeriodStart(Report(pb::WORK_REPORT_KIND_WEEK_PLAN, "2026-01-12"), kToday), IsOk());
  EXPECT_THAT(CheckPeriodStart(Report(pb::WORK_REPORT_KIND_WEEK_PLAN, "2026-01-13"), kToday),
              HasReason("PERIOD_START_INVALID"));
  for (const pb::WorkReportKind kind : {pb::WORK_REPORT_KIND_MONTH_SUMMARY, pb::WORK_REPORT_KIND_DEPARTMENT_PLAN,
                                        pb::WORK_REPORT_KIND_DEPARTMENT_SUMMARY}) {
    EXPECT_THAT(CheckPeriodStart(Report(kind, "2026-01-01"), kToday), IsOk());
    EXPECT_THAT(CheckPeriodStart(Report(kind, "2026-01-02"), kToday), HasReason("PERIOD_START_INVALID"));
  }
}

// G-10
TEST(WorkReports, AddHoursUp) {
  Policy policy;
  policy.work_hours_max = 10;
  pb::WorkReport report = Report(pb::WORK_REPORT_KIND_DAY_LOG, kToday);
  report.add_items()->set_hours("7.5");
  report.add_items()->set_hours("2.5");
  EXPECT_THAT(AddHours(policy, &report), IsOk());
  EXPECT_EQ(report.hours(), "10");
  report.add_items()->set_hours("0.01");
  EXPECT_THAT(AddHours(policy, &report), HasReason("HOURS_EXCEEDED"));
  report.set_kind(pb::WORK_REPORT_KIND_MONTH_SUMMARY);
  EXPECT_THAT(AddHours(policy, &report), IsOk());
}

// G-10, P-03: what a report is about must be there; a late one shows.
TEST(WorkReports, AreHandedInByTheirAuthor) {
  Policy policy;
  policy.work_report_grace_days = 1;
  pb::WorkReport report = Report(pb::WORK_REPORT_KIND_DAY_LOG, kToday);
  EXPECT_THAT(SubmitReport(kAnna, kNow, kToday, policy, &report), HasReason("REPORT_EMPTY"));
  report.add_items()->set_activity("拜访");
  EXPECT_THAT(SubmitReport(kBoss, kNow, kToday, policy, &report), HasReason("NOT_AUTHOR"));
  ASSERT_THAT(SubmitReport(kAnna, kNow, "2026-01-06", policy, &report), IsOk());
  EXPECT_FALSE(report.late());
  report.clear_submit_time();
  ASSERT_THAT(SubmitReport(kAnna, kNow, "2026-01-07", policy, &report), IsOk());
  EXPECT_TRUE(report.late());
  pb::WorkReport plan = Report(pb::WORK_REPORT_KIND_WEEK_PLAN, kToday);
  EXPECT_THAT(SubmitReport(kAnna, kNow, kToday, policy, &plan), HasReason("REPORT_EMPTY"));
  plan.add_plan()->set_activity("走访");
  // P-14: the work done and the plan.
  EXPECT_EQ(MetadataValue(SubmitReport(kAnna, kNow, kToday, policy, &plan), "field"), "items");
  plan.set_summary("完成三次拜访");
  EXPECT_THAT(SubmitReport(kAnna, kNow, kToday, policy, &plan), IsOk());
  pb::WorkReport summary = Report(pb::WORK_REPORT_KIND_MONTH_SUMMARY, "2025-12-01");
  summary.set_summary("完成计划");
  ASSERT_THAT(SubmitReport(kAnna, kNow, "2026-01-01", policy, &summary), IsOk());
  EXPECT_FALSE(summary.late());
  summary.clear_submit_time();
  ASSERT_THAT(SubmitReport(kAnna, kNow, "2026-01-02", policy, &summary), IsOk());
  EXPECT_TRUE(summary.late());
  EXPECT_THAT(CheckReader({kBoss, true}, report), IsOk());
  EXPECT_THAT(CheckReader({kAnna, false}, report), HasReason("NOT_IN_LINE"));
  report.set_state(pb::WORK_REPORT_STATE_SUBMITTED);
  EXPECT_THAT(CheckReportUpdate(kAnna, report), HasReason("REPORT_SUBMITTED"));
  report.set_state(pb::WORK_REPORT_STATE_DRAFT);
  EXPECT_THAT(CheckReportUpdate(kBoss, report), HasReason("NOT_AUTHOR"));
  pb::WorkReport department = Report(pb::WORK_REPORT_KIND_DEPARTMENT_PLAN, "2026-01-01");
  EXPECT_THAT(BeginReport(kAnna, "", true, &department), HasReason("DEPARTMENT_REQUIRED"));
  EXPECT_THAT(BeginReport(kAnna, "departments/d", false, &department), HasReason("NOT_FOR_DEPARTMENT"));
  EXPECT_THAT(BeginReport(kAnna, "departments/d", true, &department), IsOk());
  EXPECT_THAT(CheckOnlyOne("workReports/r", department), HasReason("DEPARTMENT_REPORT_EXISTS"));
  EXPECT_THAT(CheckOnlyOne("", department), IsOk());
  pb::WorkReport log = Report(pb::WORK_REPORT_KIND_DAY_LOG, kToday);
  EXPECT_THAT(BeginReport(kAnna, "departments/d", false, &log), IsOk());
  EXPECT_EQ(department.department(), "departments/d");
}

pb::Meeting AMeeting() {
  pb::Meeting meeting;
  meeting.set_chair(kBoss);
  meeting.set_minute_taker("employees/hr");
  *meeting.mutable_start_time() = ToTimestamp(kNow);
  *meeting.mutable_end_time() = ToTimestamp(kNow + absl::Hours(1));
  meeting.add_attendees()->set_employee(kAnna);
  meeting.add_attendees()->set_employee("employees/bert");
  meeting.set_state(pb::MEETING_STATE_PLANNED);
  return meeting;
}

// G-11
TEST(Meetings, CallEverybodyOnce) {
  pb::Meeting meeting = AMeeting();
  EXPECT_THAT(CheckMeeting(meeting), IsOk());
  meeting.add_attendees()->set_employee(kAnna);
  EXPECT_THAT(CheckMeeting(meeting), HasReason("ATTENDEE_REPEATED"));
  *meeting.mutable_end_time() = meeting.start_time();
  EXPECT_THAT(CheckMeeting(meeting), HasReason("MEETING_WINDOW_INVALID"));
  EXPECT_THAT(CheckChair("employees/hr", meeting, /*minutes=*/true), IsOk());
  EXPECT_THAT(CheckChair("employees/hr", meeting, /*minutes=*/false), HasReason("NOT_CHAIR"));
  meeting.set_state(pb::MEETING_STATE_HELD);
  EXPECT_THAT(CheckMeetingUpdate(kBoss, meeting, meeting), HasReason("MEETING_FROZEN"));
}

// G-11: attendance is counted of everybody who was called, and of nobody else.
TEST(Meetings, CountWhoCame) {
  pb::Meeting meeting = AMeeting();
  pb::HoldMeetingRequest request;
  const auto add = [&](const std::string& employee, pb::Attendance attendance) {
    request.add_attendees()->set_employee(employee);
    request.mutable_attendees(request.attendees_size() - 1)->set_attendance(attendance);
  };
  add(kAnna, pb::ATTENDANCE_LATE);
  EXPECT_THAT(Hold(request.attendees(), kNow - absl::Seconds(1), &meeting), HasReason("MEETING_NOT_BEGUN"));
  EXPECT_THAT(Hold(request.attendees(), kNow, &meeting), HasReason("ATTENDANCE_INCOMPLETE"));
  add("employees/bert", pb::ATTENDANCE_ABSENT);
  EXPECT_THAT(Hold(request.attendees(), kNow, &meeting), IsOk());
  EXPECT_EQ(meeting.present(), 1);
  EXPECT_EQ(meeting.attendees(1).attendance(), pb::ATTENDANCE_ABSENT);
  add("employees/guest", pb::ATTENDANCE_PRESENT);
  EXPECT_THAT(Hold(request.attendees(), kNow, &meeting), HasReason("ATTENDANCE_INCOMPLETE"));
}

// G-11
TEST(Meetings, DecideForTheirOwnPeople) {
  pb::Meeting meeting = AMeeting();
  pb::PublishMinutesRequest request;
  pb::MeetingDecision* decision = request.add_actions();
  decision->set_action("回访客户");
  decision->set_responsible(kAnna);
  decision->set_due_date("2026-01-09");
  EXPECT_THAT(Decide(request.actions(), {{kAnna, false}}, kToday, &meeting), HasReason("NOT_IN_LINE"));
  EXPECT_THAT(Decide(request.actions(), {{kAnna, true}}, "2026-01-10", &meeting), HasReason("DATE_IN_PAST"));
  ASSERT_THAT(Decide(request.actions(), {{kAnna, true}}, kToday, &meeting), IsOk());
  ASSERT_EQ(meeting.actions_size(), 1);
  decision->set_responsible(kBoss);
  EXPECT_THAT(Decide(request.actions(), {}, kToday, &meeting), IsOk());
  decision->set_responsible("employees/guest");
  EXPECT_THAT(Decide(request.actions(), {{"employees/guest", true}}, kToday, &meeting), HasReason("NOT_ATTENDEE"));
}

// G-13, R-20
TEST(Policies, AreRevisedWithAReasonAndApprovedByASuperior) {
  pb::PolicyDocument first;
  ASSERT_THAT(Draft(kAnna, nullptr, &first), IsOk());
  EXPECT_EQ(first.version_number(), 1);
  pb::PolicyDocument second;
  second.set_revises("policyDocuments/1");
  EXPECT_THAT(Draft(kAnna, &first, &second), HasReason("REVISION_REASON_REQUIRED"));
  second.set_revision_reason("按实际调整");
  EXPECT_THAT(Draft(kAnna, &first, &second), HasReason("DOCUMENT_NOT_IN_FORCE"));
  first.set_state(pb::POLICY_DOCUMENT_STATE_APPROVED);
  ASSERT_THAT(Draft(kAnna, &first, &second), IsOk());
  EXPECT_EQ(second.version_number(), 2);
  EXPECT_THAT(CheckSuperior({kBoss, true}, second), IsOk());
  EXPECT_THAT(CheckSuperior({kAnna, false}, second), HasReason("NOT_IN_LINE"));
  EXPECT_THAT(CheckPolicyUpdate(kBoss, second), HasReason("NOT_AUTHOR"));
  EXPECT_THAT(CheckPolicyUpdate(kAnna, second), IsOk());
  EXPECT_THAT(CheckPolicyUpdate(kAnna, first), HasReason("POLICY_FROZEN"));
}

// G-13, R-20: a version is revised where it was written, and put out of force by those who put it in force.
TEST(Policies, AreRevisedWhereTheyWereWritten) {
  pb::PolicyDocument document;
  document.set_author(kAnna);
  document.set_approver(kBoss);
  EXPECT_THAT(CheckReviser({kAnna, false}, false, document), IsOk());
  EXPECT_THAT(CheckReviser({kBoss, true}, false, document), IsOk());
  EXPECT_THAT(CheckReviser({"employees/colleague", false}, true, document), IsOk());
  EXPECT_THAT(CheckReviser({"employees/stranger", false}, false, document), HasReason("NOT_REVISER"));
  EXPECT_THAT(CheckRevisionApprover({kBoss, false}, false, document), IsOk());
  EXPECT_THAT(CheckRevisionApprover({"employees/gm", false}, true, document), IsOk());
  EXPECT_THAT(CheckRevisionApprover({"employees/lead", true}, false, document), IsOk());
  EXPECT_THAT(CheckRevisionApprover({"employees/stranger", false}, false, document), HasReason("NOT_IN_LINE"));
  EXPECT_THAT(CheckSubmit(kAnna, true, document), IsOk());
  EXPECT_THAT(CheckSubmit(kAnna, false, document), HasReason("AUTHOR_WITHOUT_SUPERIOR"));
  EXPECT_THAT(CheckSubmit(kBoss, true, document), HasReason("NOT_AUTHOR"));
  EXPECT_THAT(CheckDiscard({kAnna, false}, document), IsOk());
  EXPECT_THAT(CheckDiscard({kBoss, true}, document), IsOk());
  EXPECT_THAT(CheckDiscard({"employees/stranger", false}, document), HasReason("NOT_IN_LINE"));
}

// G-13
TEST(Policies, AreReadAndCheckedWhileInForce) {
  pb::PolicyDocument document;
  document.set_state(pb::POLICY_DOCUMENT_STATE_APPROVED);
  document.set_effective_date(kToday);
  EXPECT_THAT(CheckInForce(document, kToday), IsOk());
  EXPECT_THAT(CheckInForce(document, "2026-01-04"), HasReason("DOCUMENT_NOT_IN_FORCE"));
  document.set_author(kAnna);
  pb::PolicyCheck check;
  check.set_checker(kBoss);
  check.set_check_date(kToday);
  EXPECT_THAT(CheckPolicyCheck(document, kToday, "departments/audit", check), HasReason("FINDING_REQUIRED"));
  check.set_finding("未登记");
  EXPECT_THAT(CheckPolicyCheck(document, kToday, "departments/audit", check), HasReason("FINDING_REQUIRED"));
  check.set_measure("补登");
  EXPECT_THAT(CheckPolicyCheck(document, kToday, "departments/audit", check), IsOk());
  check.set_department("departments/audit");
  EXPECT_THAT(CheckPolicyCheck(document, kToday, "departments/audit", check), HasReason("SEPARATION_OF_DUTIES"));
  check.set_department("departments/sales");
  check.set_checker(document.author());
  EXPECT_THAT(CheckPolicyCheck(document, kToday, "departments/audit", check), HasReason("SEPARATION_OF_DUTIES"));
  check.set_checker(kBoss);
  check.set_check_date("2026-01-06");
  EXPECT_THAT(CheckPolicyCheck(document, kToday, "departments/audit", check), HasReason("DATE_IN_FUTURE"));
  document.set_state(pb::POLICY_DOCUMENT_STATE_SUPERSEDED);
  EXPECT_THAT(CheckInForce(document, kToday), HasReason("DOCUMENT_NOT_IN_FORCE"));
}

}  // namespace
}  // namespace kam::account::rules
