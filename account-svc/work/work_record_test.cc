// Work reports, meetings and policies (G-10, G-11, G-13), over real gRPC and a real database.
#include "absl/strings/str_cat.h"
#include "account-svc/rules/proto_time.h"
#include "account-svc/testing/work_fixture.h"
#include "common/resource/names.h"
#include "common/status/status.h"
#include "common/testing/matchers.h"
#include "kam/api/standard.pb.h"
#include "kam/organization/v1/meeting_service.pb.h"
#include "kam/organization/v1/policy_document_service.pb.h"
#include "kam/organization/v1/task_service.pb.h"
#include "kam/organization/v1/work_report_service.pb.h"

namespace kam::account {
namespace {

namespace pb = organization::v1;
using testing::HasReason;
using testing::IsOk;
using ::testing::SizeIs;

constexpr char kReports[] = "kam.organization.v1.WorkReportService/";
constexpr char kMeetings[] = "kam.organization.v1.MeetingService/";
constexpr char kPolicies[] = "kam.organization.v1.PolicyDocumentService/";

class WorkRecordTest : public WorkFixture {
 protected:
  WorkRecordTest() : WorkFixture("GAM", "KAM") {}
};

// G-10, P-08
TEST_F(WorkRecordTest, ALogIsHandedInAndReadByASuperior) {
  pb::CreateWorkReportRequest create;
  create.mutable_work_report()->set_kind(pb::WORK_REPORT_KIND_DAY_LOG);
  create.mutable_work_report()->set_period_start("2026-01-05");
  pb::WorkReportItem* item = create.mutable_work_report()->add_items();
  item->set_activity("拜访客户");
  item->set_hours("6.5");
  const auto report = world_.Call<pb::WorkReport>(as_anna_, absl::StrCat(kReports, "CreateWorkReport"), create);
  ASSERT_THAT(report, IsOk());
  EXPECT_EQ(report->author(), anna_.name());
  EXPECT_EQ(report->hours(), "6.5");
  // One a day.
  EXPECT_THAT(world_.Call<pb::WorkReport>(as_anna_, absl::StrCat(kReports, "CreateWorkReport"), create),
              HasReason("FIELD_NOT_UNIQUE"));
  const std::string& name = report->name();
  ASSERT_THAT(
      (Do<pb::WorkReport, pb::SubmitWorkReportRequest>(as_anna_, absl::StrCat(kReports, "SubmitWorkReport"), name)),
      IsOk());
  pb::ReviewWorkReportRequest review;
  review.set_comment("继续跟进");
  pb::ReturnWorkReportRequest back;
  back.set_reason("写明结果");
  ASSERT_THAT((Do<pb::WorkReport>(as_boss_, absl::StrCat(kReports, "ReturnWorkReport"), name, back)), IsOk());
  ASSERT_THAT(
      (Do<pb::WorkReport, pb::SubmitWorkReportRequest>(as_anna_, absl::StrCat(kReports, "SubmitWorkReport"), name)),
      IsOk());
  // A manager of another line does not see it.
  EXPECT_EQ(Do<pb::WorkReport>(as_other_, absl::StrCat(kReports, "ReviewWorkReport"), name, review).status().code(),
            absl::StatusCode::kNotFound);
  const auto read = Do<pb::WorkReport>(as_boss_, absl::StrCat(kReports, "ReviewWorkReport"), name, review);
  ASSERT_THAT(read, IsOk());
  EXPECT_EQ(read->reviewer(), boss_.name());
  pb::ReportWorkReportsRequest count;
  count.set_kind(pb::WORK_REPORT_KIND_DAY_LOG);
  count.set_from_date("2026-01-05");
  count.set_to_date("2026-01-31");
  const auto rows =
      world_.Call<pb::ReportWorkReportsResponse>(as_boss_, absl::StrCat(kReports, "ReportWorkReports"), count);
  ASSERT_THAT(rows, IsOk());
  ASSERT_THAT(rows->rows(), SizeIs(1));
  EXPECT_EQ(rows->rows(0).author(), anna_.name());
  EXPECT_EQ(rows->rows(0).submitted(), 1);
  EXPECT_EQ(rows->rows(0).reviewed(), 1);
  EXPECT_EQ(rows->rows(0).late(), 0);
  EXPECT_EQ(rows->rows(0).hours(), "6.50");
}

// G-10, P-14: who owes the plan of a week and has not handed it in is listed for his superior.
TEST_F(WorkRecordTest, WhoOwesAPlanIsListed) {
  const std::string list = absl::StrCat(kReports, "ListMissingWorkReports");
  pb::ListMissingWorkReportsRequest request;
  request.set_kind(pb::WORK_REPORT_KIND_DEPARTMENT_PLAN);
  request.set_period_start("2026-01-01");
  EXPECT_THAT(world_.Call<pb::ListMissingWorkReportsResponse>(as_boss_, list, request),
              HasReason("FIELD_VALUE_UNKNOWN"));
  request.set_kind(pb::WORK_REPORT_KIND_WEEK_PLAN);
  request.set_period_start("2026-01-06");
  EXPECT_THAT(world_.Call<pb::ListMissingWorkReportsResponse>(as_boss_, list, request),
              HasReason("PERIOD_START_INVALID"));
  request.set_period_start("2026-01-12");
  const auto missing = [&] {
    return world_.Call<pb::ListMissingWorkReportsResponse>(as_boss_, list, request)
        .value_or(pb::ListMissingWorkReportsResponse());
  };
  ASSERT_THAT(missing().rows(), SizeIs(1)) << "the manager owes none";
  EXPECT_EQ(missing().rows(0).employee(), anna_.name());
  EXPECT_FALSE(missing().rows(0).draft());
  // A log of the day is no plan of the week.
  pb::CreateWorkReportRequest create;
  create.mutable_work_report()->set_kind(pb::WORK_REPORT_KIND_WEEK_PLAN);
  create.mutable_work_report()->set_period_start("2026-01-12");
  create.mutable_work_report()->add_plan()->set_activity("走访重点客户");
  const auto plan = world_.Call<pb::WorkReport>(as_anna_, absl::StrCat(kReports, "CreateWorkReport"), create);
  ASSERT_THAT(plan, IsOk());
  ASSERT_THAT(missing().rows(), SizeIs(1));
  EXPECT_TRUE(missing().rows(0).draft());
  EXPECT_EQ(absl::FromUnixSeconds(missing().rows(0).due_time().seconds()),
            absl::FromCivil(absl::CivilDay(2026, 1, 14), world_.harness().runtime().zone()));
  const std::string submit = absl::StrCat(kReports, "SubmitWorkReport");
  const auto empty = Do<pb::WorkReport, pb::SubmitWorkReportRequest>(as_anna_, submit, plan->name());
  EXPECT_THAT(empty, HasReason("REPORT_EMPTY")) << "what was done in the week before";
  pb::UpdateWorkReportRequest update;
  update.mutable_work_report()->set_name(plan->name());
  update.mutable_work_report()->add_items()->set_activity("三次拜访");
  ASSERT_THAT(world_.Call<pb::WorkReport>(as_anna_, absl::StrCat(kReports, "UpdateWorkReport"), update), IsOk());
  ASSERT_THAT((Do<pb::WorkReport, pb::SubmitWorkReportRequest>(as_anna_, submit, plan->name())), IsOk());
  EXPECT_THAT(missing().rows(), SizeIs(0));
}

// G-10: the plan of a department is that of whoever leads in it, and there is one.
TEST_F(WorkRecordTest, ADepartmentHasOnePlan) {
  pb::CreateWorkReportRequest create;
  create.mutable_work_report()->set_kind(pb::WORK_REPORT_KIND_DEPARTMENT_PLAN);
  create.mutable_work_report()->set_period_start("2026-01-01");
  create.mutable_work_report()->add_plan()->set_activity("走访重点客户");
  const auto write = [&](const auth::Principal& who) {
    return world_.Call<pb::WorkReport>(who, absl::StrCat(kReports, "CreateWorkReport"), create);
  };
  EXPECT_THAT(write(as_anna_), HasReason("NOT_FOR_DEPARTMENT"));
  const auto mine = write(as_boss_);
  ASSERT_THAT(mine, IsOk());
  // A draft stands in nobody's way; what is handed in does.
  const auto second = world_.As(world_.AddEmployee("KAM", department_.name()), "KAM");
  const auto other = write(second);
  ASSERT_THAT(other, IsOk());
  const auto submit = [&](const auth::Principal& who, const std::string& name) {
    pb::SubmitWorkReportRequest request;
    request.set_name(name);
    return world_.Call<pb::WorkReport>(who, absl::StrCat(kReports, "SubmitWorkReport"), request);
  };
  ASSERT_THAT(submit(as_boss_, mine->name()), IsOk());
  EXPECT_THAT(submit(second, other->name()), HasReason("DEPARTMENT_REPORT_EXISTS"));
  // The plan of the year and of the quarter begin on the same day and are others.
  for (const pb::WorkReportKind kind :
       {pb::WORK_REPORT_KIND_DEPARTMENT_YEAR_PLAN, pb::WORK_REPORT_KIND_DEPARTMENT_QUARTER_PLAN}) {
    create.mutable_work_report()->set_kind(kind);
    const auto longer = write(as_boss_);
    ASSERT_THAT(longer, IsOk());
    EXPECT_THAT(submit(as_boss_, longer->name()), IsOk());
    EXPECT_THAT(write(second), HasReason("DEPARTMENT_REPORT_EXISTS"));
  }
  create.mutable_work_report()->set_period_start("2026-02-01");
  EXPECT_THAT(write(as_boss_), HasReason("PERIOD_START_INVALID"));
  create.mutable_work_report()->set_period_start("2026-01-01");
  create.mutable_work_report()->set_kind(pb::WORK_REPORT_KIND_DEPARTMENT_PLAN);
  EXPECT_THAT(write(second), HasReason("DEPARTMENT_REPORT_EXISTS"));
}

// G-11
TEST_F(WorkRecordTest, WhatAMeetingDecidesBecomesTasks) {
  const absl::Time now = world_.harness().clock().Now();
  pb::CreateMeetingRequest create;
  pb::Meeting& meeting = *create.mutable_meeting();
  meeting.set_title("周例会");
  meeting.set_kind(pb::MEETING_KIND_WEEKLY);
  *meeting.mutable_start_time() = ToTimestamp(now - absl::Hours(1));
  *meeting.mutable_end_time() = ToTimestamp(now);
  meeting.add_attendees()->set_employee(anna_.name());
  meeting.add_attendees()->set_employee(other_.name());
  const auto called = world_.Call<pb::Meeting>(as_boss_, absl::StrCat(kMeetings, "CreateMeeting"), create);
  ASSERT_THAT(called, IsOk());
  EXPECT_EQ(called->chair(), boss_.name());
  pb::HoldMeetingRequest hold;
  for (const auto& [person, attendance] :
       {std::pair(anna_.name(), pb::ATTENDANCE_PRESENT), std::pair(other_.name(), pb::ATTENDANCE_LATE)}) {
    hold.add_attendees()->set_employee(person);
    hold.mutable_attendees(hold.attendees_size() - 1)->set_attendance(attendance);
  }
  EXPECT_THAT((Do<pb::Meeting>(as_other_, absl::StrCat(kMeetings, "HoldMeeting"), called->name(), hold)),
              HasReason("NOT_CHAIR"));
  const auto held = Do<pb::Meeting>(as_boss_, absl::StrCat(kMeetings, "HoldMeeting"), called->name(), hold);
  ASSERT_THAT(held, IsOk());
  EXPECT_EQ(held->present(), 2);
  pb::PublishMinutesRequest publish;
  publish.set_minutes("本周重点：回访");
  pb::MeetingDecision* decision = publish.add_actions();
  decision->set_action("回访三家客户");
  decision->set_responsible(other_.name());
  decision->set_due_date("2026-01-09");
  EXPECT_THAT((Do<pb::Meeting>(as_boss_, absl::StrCat(kMeetings, "PublishMinutes"), called->name(), publish)),
              HasReason("NOT_IN_LINE"));
  decision->set_responsible(anna_.name());
  const auto minuted = Do<pb::Meeting>(as_boss_, absl::StrCat(kMeetings, "PublishMinutes"), called->name(), publish);
  ASSERT_THAT(minuted, IsOk());
  ASSERT_THAT(minuted->actions(), SizeIs(1));
  kam::api::GetRequest get;
  get.set_name(minuted->actions(0).task());
  const auto task = world_.Call<pb::Task>(as_anna_, "kam.organization.v1.TaskService/GetTask", get);
  ASSERT_THAT(task, IsOk());
  EXPECT_EQ(task->assigner(), boss_.name());
  EXPECT_EQ(task->kind(), pb::TASK_KIND_MEETING);
  EXPECT_EQ(task->origin(), called->name());
  pb::ReportAttendanceRequest report;
  report.set_from_date("2026-01-01");
  report.set_to_date("2026-01-31");
  const auto rows =
      world_.Call<pb::ReportAttendanceResponse>(as_boss_, absl::StrCat(kMeetings, "ReportAttendance"), report);
  ASSERT_THAT(rows, IsOk());
  int seen = 0;
  for (const pb::AttendanceRow& row : rows->rows()) {
    if (row.employee() == other_.name()) {
      EXPECT_EQ(row.late(), 1);
      ++seen;
    }
    if (row.employee() == anna_.name()) {
      EXPECT_EQ(row.present(), 1);
      ++seen;
    }
  }
  EXPECT_EQ(seen, 2);
}

// G-11, G-08, R-03: whoever keeps the minutes gives no work in the name of the chair, and does not choose who that is.
TEST_F(WorkRecordTest, OnlyTheChairGivesWorkInAMeeting) {
  const absl::Time now = world_.harness().clock().Now();
  pb::CreateMeetingRequest create;
  pb::Meeting& meeting = *create.mutable_meeting();
  meeting.set_title("月例会");
  meeting.set_kind(pb::MEETING_KIND_MONTHLY);
  *meeting.mutable_start_time() = ToTimestamp(now - absl::Hours(1));
  *meeting.mutable_end_time() = ToTimestamp(now);
  meeting.set_chair(boss_.name());
  meeting.set_minute_taker(other_.name());
  meeting.add_attendees()->set_employee(anna_.name());
  const auto called = world_.Call<pb::Meeting>(as_other_, absl::StrCat(kMeetings, "CreateMeeting"), create);
  ASSERT_THAT(called, IsOk());
  pb::UpdateMeetingRequest update;
  *update.mutable_meeting() = *called;
  update.mutable_meeting()->set_chair(other_.name());
  update.mutable_update_mask()->add_paths("chair");
  EXPECT_THAT(world_.Call<pb::Meeting>(as_other_, absl::StrCat(kMeetings, "UpdateMeeting"), update),
              HasReason("NOT_CHAIR"));
  pb::HoldMeetingRequest hold;
  hold.add_attendees()->set_employee(anna_.name());
  hold.mutable_attendees(0)->set_attendance(pb::ATTENDANCE_PRESENT);
  ASSERT_THAT((Do<pb::Meeting>(as_other_, absl::StrCat(kMeetings, "HoldMeeting"), called->name(), hold)), IsOk());
  pb::PublishMinutesRequest publish;
  publish.set_minutes("加班整理档案");
  pb::MeetingDecision* decision = publish.add_actions();
  decision->set_action("整理档案");
  decision->set_responsible(anna_.name());
  decision->set_due_date("2026-01-09");
  const std::string method = absl::StrCat(kMeetings, "PublishMinutes");
  EXPECT_THAT((Do<pb::Meeting>(as_other_, method, called->name(), publish)), HasReason("NOT_CHAIR"));
  EXPECT_EQ(world_.harness()
                .db()
                .Get(absl::StrCat("SELECT COUNT(*) FROM tasks WHERE assigner = '", IdOf(boss_.name()), "'"))
                .integer(),
            0);
  publish.clear_actions();
  EXPECT_THAT((Do<pb::Meeting>(as_other_, method, called->name(), publish)), IsOk());
}

// G-11: minutes of a confidential meeting are read by those who were called and those above the chair; its decisions
// are told by the tasks only.
TEST_F(WorkRecordTest, ConfidentialMinutesAreForThoseWhoWereCalled) {
  const absl::Time now = world_.harness().clock().Now();
  pb::CreateMeetingRequest create;
  pb::Meeting& meeting = *create.mutable_meeting();
  meeting.set_title("报价策略");
  meeting.set_kind(pb::MEETING_KIND_OTHER);
  meeting.set_confidential(true);
  *meeting.mutable_start_time() = ToTimestamp(now - absl::Hours(1));
  *meeting.mutable_end_time() = ToTimestamp(now);
  meeting.add_attendees()->set_employee(anna_.name());
  const auto called = world_.Call<pb::Meeting>(as_boss_, absl::StrCat(kMeetings, "CreateMeeting"), create);
  ASSERT_THAT(called, IsOk());
  pb::HoldMeetingRequest hold;
  hold.add_attendees()->set_employee(anna_.name());
  hold.mutable_attendees(0)->set_attendance(pb::ATTENDANCE_PRESENT);
  ASSERT_THAT((Do<pb::Meeting>(as_boss_, absl::StrCat(kMeetings, "HoldMeeting"), called->name(), hold)), IsOk());
  const auto read = [&](const auth::Principal& who) {
    return Do<pb::ReadMinutesResponse, pb::ReadMinutesRequest>(who, absl::StrCat(kMeetings, "ReadMinutes"),
                                                               called->name());
  };
  EXPECT_THAT(read(as_anna_), HasReason("MINUTES_NOT_PUBLISHED"));
  pb::PublishMinutesRequest publish;
  publish.set_minutes("底价下调");
  publish.add_actions()->set_action("调整报价");
  publish.mutable_actions(0)->set_responsible(anna_.name());
  publish.mutable_actions(0)->set_due_date("2026-01-09");
  ASSERT_THAT((Do<pb::Meeting>(as_boss_, absl::StrCat(kMeetings, "PublishMinutes"), called->name(), publish)), IsOk());
  ASSERT_THAT(read(as_anna_), IsOk());
  EXPECT_EQ(read(as_anna_)->minutes(), "底价下调");
  EXPECT_THAT(read(as_other_), HasReason("NOT_CALLED"));
  const auth::Principal outsider = world_.As(world_.AddEmployee("KAX"), "KAX");
  EXPECT_THAT(read(outsider), HasReason("NOT_CALLED"));
  kam::api::GetRequest get;
  get.set_name(called->name());
  const auto seen = world_.Call<pb::Meeting>(outsider, absl::StrCat(kMeetings, "GetMeeting"), get);
  ASSERT_THAT(seen, IsOk());
  EXPECT_EQ(seen->confidential_minutes(), "");
  EXPECT_EQ(seen->minutes(), "");
  EXPECT_EQ(seen->actions_size(), 0);
  // Whom attendance is counted of, a seller reads of himself only.
  pb::ReportAttendanceRequest count;
  count.set_from_date("2026-01-01");
  count.set_to_date("2026-12-31");
  const std::string method = absl::StrCat(kMeetings, "ReportAttendance");
  const auto nobody = world_.Call<pb::ReportAttendanceResponse>(outsider, method, count);
  ASSERT_THAT(nobody, IsOk());
  EXPECT_EQ(nobody->rows_size(), 0);
  const auto own = world_.Call<pb::ReportAttendanceResponse>(as_anna_, method, count);
  ASSERT_THAT(own, IsOk());
  ASSERT_EQ(own->rows_size(), 1);
  EXPECT_EQ(own->rows(0).employee(), anna_.name());
}

// G-13, R-20
TEST_F(WorkRecordTest, APolicyIsApprovedReadCheckedAndRevised) {
  const pb::Employee author = world_.AddEmployee("KAM", department_.name(), {boss_.name()});
  const auth::Principal as_author = world_.As(author, "KAM");
  pb::CreatePolicyDocumentRequest create;
  pb::PolicyDocument& draft = *create.mutable_policy_document();
  draft.set_title("大客户管理制度");
  draft.set_kind(pb::POLICY_DOCUMENT_KIND_POLICY);
  draft.set_content("第一条");
  draft.set_effective_date("2026-01-01");
  draft.set_read_by_date("2026-01-04");
  const auto document =
      world_.Call<pb::PolicyDocument>(as_author, absl::StrCat(kPolicies, "CreatePolicyDocument"), create);
  ASSERT_THAT(document, IsOk());
  const std::string& name = document->name();
  const auto acknowledge = [&] {
    return Do<pb::PolicyReceipt, pb::AcknowledgePolicyDocumentRequest>(
        as_anna_, absl::StrCat(kPolicies, "AcknowledgePolicyDocument"), name);
  };
  EXPECT_THAT(acknowledge(), HasReason("DOCUMENT_NOT_IN_FORCE"));
  // As long as it is a draft its text is read by its author and those above him.
  const auto shown = [&](const auth::Principal& who) {
    kam::api::GetRequest get;
    get.set_name(name);
    const auto found = world_.Call<pb::PolicyDocument>(who, absl::StrCat(kPolicies, "GetPolicyDocument"), get);
    EXPECT_THAT(found, IsOk());
    return found.value_or(pb::PolicyDocument());
  };
  EXPECT_EQ(shown(as_author).draft_content(), "第一条");
  EXPECT_EQ(shown(world_.As(boss_, "KAM", {IdOf(author.name())})).draft_content(), "第一条");
  EXPECT_EQ(shown(as_anna_).draft_content(), "");
  EXPECT_EQ(shown(as_anna_).content(), "");
  EXPECT_EQ(shown(as_other_).draft_content(), "");
  const auto submitted = Do<pb::PolicyDocument, pb::SubmitPolicyDocumentRequest>(
      as_author, absl::StrCat(kPolicies, "SubmitPolicyDocument"), name);
  ASSERT_THAT(submitted, IsOk());
  pb::ApprovePolicyDocumentRequest approve;
  EXPECT_THAT((Do<pb::PolicyDocument>(as_boss_, absl::StrCat(kPolicies, "ApprovePolicyDocument"), name, approve)),
              HasReason("FIELD_REQUIRED"));
  approve.set_etag(submitted->etag());
  EXPECT_THAT((Do<pb::PolicyDocument>(as_author, absl::StrCat(kPolicies, "ApprovePolicyDocument"), name, approve)),
              HasReason("NOT_IN_LINE"));
  ASSERT_THAT((Do<pb::PolicyDocument>(as_boss_, absl::StrCat(kPolicies, "ApprovePolicyDocument"), name, approve)),
              IsOk());
  const auto receipt = acknowledge();
  ASSERT_THAT(receipt, IsOk());
  EXPECT_TRUE(receipt->late());
  EXPECT_EQ(acknowledge()->name(), receipt->name());  // Once.
  pb::CreatePolicyCheckRequest check;
  check.mutable_policy_check()->set_document(name);
  check.mutable_policy_check()->set_department(department_.name());
  check.mutable_policy_check()->set_check_date("2026-01-05");
  EXPECT_THAT(world_.Call<pb::PolicyCheck>(as_boss_, absl::StrCat(kPolicies, "CreatePolicyCheck"), check),
              HasReason("SEPARATION_OF_DUTIES"));
  EXPECT_EQ(shown(as_other_).content(), "第一条");
  const auto as_inspector = world_.As(world_.AddEmployee("AD"), "AD");
  EXPECT_THAT(world_.Call<pb::PolicyCheck>(as_inspector, absl::StrCat(kPolicies, "CreatePolicyCheck"), check),
              HasReason("FINDING_REQUIRED"));
  check.mutable_policy_check()->set_compliant(true);
  EXPECT_THAT(world_.Call<pb::PolicyCheck>(as_inspector, absl::StrCat(kPolicies, "CreatePolicyCheck"), check), IsOk());

  draft.set_revises(name);
  draft.set_revision_reason("按实际调整");
  const auto revision =
      world_.Call<pb::PolicyDocument>(as_author, absl::StrCat(kPolicies, "CreatePolicyDocument"), create);
  ASSERT_THAT(revision, IsOk());
  EXPECT_EQ(revision->version_number(), 2);
  const auto handed_in = Do<pb::PolicyDocument, pb::SubmitPolicyDocumentRequest>(
      as_author, absl::StrCat(kPolicies, "SubmitPolicyDocument"), revision->name());
  ASSERT_THAT(handed_in, IsOk());
  approve.set_etag(handed_in->etag());
  ASSERT_THAT(
      (Do<pb::PolicyDocument>(as_boss_, absl::StrCat(kPolicies, "ApprovePolicyDocument"), revision->name(), approve)),
      IsOk());
  kam::api::GetRequest get;
  get.set_name(name);
  EXPECT_EQ(world_.Call<pb::PolicyDocument>(as_anna_, absl::StrCat(kPolicies, "GetPolicyDocument"), get)->state(),
            pb::POLICY_DOCUMENT_STATE_SUPERSEDED);
}

// G-13, R-20: nobody stops or replaces what others have written; the version before is in force until the first day of
// the next.
TEST_F(WorkRecordTest, APolicyIsRevisedWhereItWasWrittenAndReplacedOnItsDay) {
  const pb::Employee author = world_.AddEmployee("KAM", department_.name(), {boss_.name()});
  const auth::Principal as_author = world_.As(author, "KAM");
  const pb::Department elsewhere = world_.AddDepartment();
  const pb::Employee lead = world_.AddEmployee("KAM", elsewhere.name());
  const pb::Employee stranger = world_.AddEmployee("BDS", elsewhere.name(), {lead.name()});
  const auto draft = [&](const auth::Principal& who, const std::string& revises, const char* effective) {
    pb::CreatePolicyDocumentRequest create;
    pb::PolicyDocument& document = *create.mutable_policy_document();
    document.set_title("报价流程");
    document.set_kind(pb::POLICY_DOCUMENT_KIND_PROCEDURE);
    document.set_content("第一步");
    document.set_effective_date(effective);
    document.set_revises(revises);
    if (!revises.empty()) document.set_revision_reason("按实际调整");
    return world_.Call<pb::PolicyDocument>(who, absl::StrCat(kPolicies, "CreatePolicyDocument"), create);
  };
  const auto submit = [&](const auth::Principal& who, const std::string& name) {
    return Do<pb::PolicyDocument, pb::SubmitPolicyDocumentRequest>(who, absl::StrCat(kPolicies, "SubmitPolicyDocument"),
                                                                   name);
  };
  const auto approve = [&](const auth::Principal& who, const pb::PolicyDocument& document) {
    pb::ApprovePolicyDocumentRequest request;
    request.set_etag(document.etag());
    return Do<pb::PolicyDocument>(who, absl::StrCat(kPolicies, "ApprovePolicyDocument"), document.name(), request);
  };
  const auto state = [&](const std::string& name) {
    kam::api::GetRequest get;
    get.set_name(name);
    return world_.Call<pb::PolicyDocument>(as_anna_, absl::StrCat(kPolicies, "GetPolicyDocument"), get)->state();
  };
  const auto first = draft(as_author, "", "2026-01-01");
  ASSERT_THAT(first, IsOk());
  const auto first_in = submit(as_author, first->name());
  ASSERT_THAT(first_in, IsOk());
  ASSERT_THAT(approve(as_boss_, *first_in), IsOk());
  EXPECT_THAT(draft(world_.As(stranger, "BDS"), first->name(), "2026-01-05"), HasReason("NOT_REVISER"));
  // The head of the company has nobody above: it does not wait for ever.
  const auto of_lead = draft(world_.As(lead, "KAM"), "", "2026-01-05");
  ASSERT_THAT(of_lead, IsOk());
  EXPECT_THAT(submit(world_.As(lead, "KAM"), of_lead->name()), HasReason("AUTHOR_WITHOUT_SUPERIOR"));

  // One draft at a time; given up, it makes room for another.
  const auto given_up = draft(as_author, first->name(), "2026-01-05");
  ASSERT_THAT(given_up, IsOk());
  EXPECT_THAT(draft(as_author, first->name(), "2026-01-05"), HasReason("FIELD_NOT_UNIQUE"));
  pb::DiscardPolicyDocumentRequest discard;
  discard.set_reason("另行起草");
  const std::string method = absl::StrCat(kPolicies, "DiscardPolicyDocument");
  EXPECT_THAT((Do<pb::PolicyDocument>(world_.As(stranger, "BDS"), method, given_up->name(), discard)),
              HasReason("NOT_IN_LINE"));
  ASSERT_THAT((Do<pb::PolicyDocument>(as_author, method, given_up->name(), discard)), IsOk());

  // A colleague's revision is approved by whoever approved the first, not by any superior of the colleague.
  const pb::Employee team_lead = world_.AddEmployee("BDS", department_.name());
  const pb::Employee colleague = world_.AddEmployee("PM", department_.name(), {team_lead.name(), boss_.name()});
  const auth::Principal as_colleague = world_.As(colleague, "PM");
  const auto second = draft(as_colleague, first->name(), "2026-01-12");
  ASSERT_THAT(second, IsOk());
  const auto second_in = submit(as_colleague, second->name());
  ASSERT_THAT(second_in, IsOk());
  EXPECT_THAT(approve(world_.As(team_lead, "BDS"), *second_in), HasReason("NOT_IN_LINE"));
  ASSERT_THAT(approve(as_boss_, *second_in), IsOk());
  EXPECT_EQ(state(first->name()), pb::POLICY_DOCUMENT_STATE_APPROVED);
  EXPECT_THAT((Do<pb::PolicyReceipt, pb::AcknowledgePolicyDocumentRequest>(
                  as_anna_, absl::StrCat(kPolicies, "AcknowledgePolicyDocument"), first->name())),
              IsOk());
  FakeClock& clock = world_.harness().clock();
  const absl::Time before = clock.Now();
  clock.Set(before + absl::Hours(24 * 7));
  world_.RunDue();
  EXPECT_EQ(state(first->name()), pb::POLICY_DOCUMENT_STATE_SUPERSEDED);
  EXPECT_EQ(state(second->name()), pb::POLICY_DOCUMENT_STATE_APPROVED);
  clock.Set(before);
}

}  // namespace
}  // namespace kam::account
