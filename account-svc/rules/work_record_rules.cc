#include "account-svc/rules/work_record_rules.h"

#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "account-svc/rules/duties.h"
#include "account-svc/rules/proto_time.h"
#include "common/money/decimal.h"
#include "common/status/status.h"
#include "common/time/date.h"
#include "kam/organization/v1/meeting.pb.h"
#include "kam/organization/v1/meeting_service.pb.h"
#include "kam/organization/v1/policy_document.pb.h"
#include "kam/organization/v1/work_report.pb.h"

namespace kam::account::rules {
namespace {

// For a month, quarter or year.
bool IsPlanOfDepartment(organization::WorkReportKind kind) {
  return kind == organization::WORK_REPORT_KIND_DEPARTMENT_PLAN ||
         kind == organization::WORK_REPORT_KIND_DEPARTMENT_QUARTER_PLAN ||
         kind == organization::WORK_REPORT_KIND_DEPARTMENT_YEAR_PLAN;
}

bool IsOfDepartment(organization::WorkReportKind kind) {
  return IsPlanOfDepartment(kind) || kind == organization::WORK_REPORT_KIND_DEPARTMENT_SUMMARY ||
         kind == organization::WORK_REPORT_KIND_DEPARTMENT_QUARTER_SUMMARY ||
         kind == organization::WORK_REPORT_KIND_DEPARTMENT_YEAR_SUMMARY;
}

// Months of the period of a summary, or of a plan of a department.
int MonthsIn(organization::WorkReportKind kind) {
  constexpr int kQuarter = 3, kYear = 12;
  switch (kind) {
    case organization::WORK_REPORT_KIND_DEPARTMENT_QUARTER_PLAN:
    case organization::WORK_REPORT_KIND_DEPARTMENT_QUARTER_SUMMARY:
      return kQuarter;
    case organization::WORK_REPORT_KIND_DEPARTMENT_YEAR_PLAN:
    case organization::WORK_REPORT_KIND_DEPARTMENT_YEAR_SUMMARY:
      return kYear;
    default:
      return 1;
  }
}

}  // namespace

// ---- Work reports

absl::StatusOr<std::string> PeriodEnd(const organization::WorkReport& report) {
  constexpr int kDaysOfWeek = 7;
  if (report.kind() == organization::WORK_REPORT_KIND_DAY_LOG) return report.period_start();
  if (report.kind() == organization::WORK_REPORT_KIND_WEEK_PLAN) {
    return AddDays(report.period_start(), kDaysOfWeek - 1);
  }
  ASSIGN_OR_RETURN(const std::string next, AddMonths(report.period_start(), MonthsIn(report.kind())));
  return AddDays(next, -1);
}

absl::StatusOr<std::string> LastDayToSubmit(const organization::WorkReport& report, const Policy& policy) {
  // A plan is there when its period begins.
  const bool plan = report.kind() == organization::WORK_REPORT_KIND_WEEK_PLAN || IsPlanOfDepartment(report.kind());
  if (plan) return AddDays(report.period_start(), policy.work_report_grace_days);
  ASSIGN_OR_RETURN(const std::string end, PeriodEnd(report));
  return AddDays(end, policy.work_report_grace_days);
}

absl::StatusOr<std::vector<std::string>> RolesThatOwe(organization::WorkReportKind kind, const Policy& policy) {
  switch (kind) {
    case organization::WORK_REPORT_KIND_DAY_LOG:
      return policy.day_log_roles;
    case organization::WORK_REPORT_KIND_WEEK_PLAN:
      return policy.week_plan_roles;
    case organization::WORK_REPORT_KIND_MONTH_SUMMARY:
      return policy.month_summary_roles;
    default:
      return InvalidField("kind", "FIELD_VALUE_UNKNOWN",
                          absl::StrCat("is ", organization::WorkReportKind_Name(kind),
                                       "; logs of days, plans of weeks and summaries of months are owed by roles"),
                          {{"value", organization::WorkReportKind_Name(kind)}});
  }
}

absl::Status CheckPeriodStart(const organization::WorkReport& report, const std::string& today,
                              absl::string_view field) {
  ASSIGN_OR_RETURN(const absl::CivilDay day, ParseDate(report.period_start(), field));
  std::string expected;
  switch (report.kind()) {
    case organization::WORK_REPORT_KIND_DAY_LOG:
      if (report.period_start() > today) expected = "a day that is not in the future";
      break;
    case organization::WORK_REPORT_KIND_WEEK_PLAN:
      if (absl::GetWeekday(day) != absl::Weekday::monday) expected = "a Monday";
      break;
    default: {
      const int months = MonthsIn(report.kind());
      if (day.day() != 1 || (day.month() - 1) % months != 0) {
        expected = months == 1 ? "the first of a month" : absl::StrCat("the first day of ", months, " months");
      }
    }
  }
  if (expected.empty()) return absl::OkStatus();
  return InvalidField(field, "PERIOD_START_INVALID", absl::StrCat("must be ", expected),
                      {{"value", report.period_start()}, {"expected", expected}});
}

absl::Status AddHours(const Policy& policy, organization::WorkReport* report) {
  Decimal total;
  for (const organization::WorkReportItem& item : report->items()) {
    if (item.hours().empty()) continue;
    ASSIGN_OR_RETURN(const Decimal hours, Decimal::Parse(item.hours()));
    ASSIGN_OR_RETURN(total, Add(total, hours));
  }
  report->set_hours(total.ToString());
  const Decimal limit = Decimal::FromInt(policy.work_hours_max);
  if (report->kind() != organization::WORK_REPORT_KIND_DAY_LOG || total <= limit) return absl::OkStatus();
  return InvalidField(
      "work_report.items", "HOURS_EXCEEDED",
      absl::StrCat("make ", total.ToString(), " hours of one day; the limit is ", policy.work_hours_max),
      {{"value", total.ToString()}, {"limit", absl::StrCat(policy.work_hours_max)}});
}

bool IsOfDepartment(const organization::WorkReport& report) { return IsOfDepartment(report.kind()); }

absl::Status CheckOnlyOne(const std::string& other, const organization::WorkReport& report) {
  if (other.empty()) return absl::OkStatus();
  return FailedPrecondition("DEPARTMENT_REPORT_EXISTS", other,
                            absl::StrCat(report.department(), " has one from ", report.period_start(), " already"),
                            {{"report", other}, {"department", report.department()}});
}

absl::Status BeginReport(const std::string& author, const std::string& department, bool for_department,
                         organization::WorkReport* report) {
  report->set_author(author);
  report->set_state(organization::WORK_REPORT_STATE_DRAFT);
  if (!IsOfDepartment(report->kind())) return absl::OkStatus();
  if (department.empty()) {
    return FailedPrecondition("DEPARTMENT_REQUIRED", author, "you are in no department that could have a plan");
  }
  if (!for_department) {
    return Error(absl::StatusCode::kPermissionDenied, "NOT_FOR_DEPARTMENT",
                 "plan and summary of a department are written by its head or by those who lead in it",
                 {{"rule", "G-10"}, {"department", department}, {"permission", "work_report.department.write"}});
  }
  report->set_department(department);
  return absl::OkStatus();
}

absl::Status CheckReportUpdate(const std::string& actor, const organization::WorkReport& before) {
  if (before.state() != organization::WORK_REPORT_STATE_DRAFT) {
    const std::string state = organization::WorkReportState_Name(before.state());
    return FailedPrecondition("REPORT_SUBMITTED", before.name(), absl::StrCat("the report is ", state),
                              {{"state", state}});
  }
  if (actor == before.author()) return absl::OkStatus();
  return Denied("NOT_AUTHOR", absl::StrCat("it is the report of ", before.author()), before.author());
}

absl::Status SubmitReport(const std::string& actor, absl::Time now, const std::string& today, const Policy& policy,
                          organization::WorkReport* report) {
  if (actor != report->author()) {
    return Denied("NOT_AUTHOR", absl::StrCat("it is the report of ", report->author()), report->author());
  }
  std::string missing;
  switch (report->kind()) {
    case organization::WORK_REPORT_KIND_DAY_LOG:
      if (report->items().empty()) missing = "items";
      break;
    case organization::WORK_REPORT_KIND_WEEK_PLAN:
      // What was done in the week before, by items or in words, and what is planned.
      if (report->items().empty() && report->summary().empty()) missing = "items";
      if (report->plan().empty()) missing = "plan";
      break;
    case organization::WORK_REPORT_KIND_DEPARTMENT_PLAN:
    case organization::WORK_REPORT_KIND_DEPARTMENT_QUARTER_PLAN:
    case organization::WORK_REPORT_KIND_DEPARTMENT_YEAR_PLAN:
      if (report->plan().empty()) missing = "plan";
      break;
    default:
      if (report->summary().empty()) missing = "summary";
  }
  if (!missing.empty()) {
    return FailedPrecondition("REPORT_EMPTY", report->name(), absl::StrCat(missing, " must be filled in"),
                              {{"field", missing}});
  }
  if (report->has_submit_time()) return absl::OkStatus();  // Handed in again after it was given back.
  *report->mutable_submit_time() = ToTimestamp(now);
  ASSIGN_OR_RETURN(const std::string limit, LastDayToSubmit(*report, policy));
  report->set_late(today > limit);
  return absl::OkStatus();
}

absl::StatusOr<std::vector<OwedPeriod>> OwedPeriods(organization::WorkReportKind kind, const std::string& first,
                                                    const std::string& last, const std::string& today,
                                                    const Policy& policy) {
  std::vector<OwedPeriod> periods;
  if (IsOfDepartment(kind)) return periods;
  ASSIGN_OR_RETURN(absl::CivilDay day, ParseDate(first));
  ASSIGN_OR_RETURN(const absl::CivilDay until, ParseDate(last));
  for (; day <= until; ++day) {
    organization::WorkReport report;
    report.set_kind(kind);
    report.set_period_start(absl::FormatCivilTime(day));
    if (!CheckPeriodStart(report, today, "period_start").ok()) continue;
    ASSIGN_OR_RETURN(const std::string due, LastDayToSubmit(report, policy));
    if (today <= due) break;
    ASSIGN_OR_RETURN(const std::string end, PeriodEnd(report));
    periods.push_back({report.period_start(), end});
  }
  return periods;
}

absl::Status CheckReader(const Actor& reader, const organization::WorkReport& report) {
  return reader.above ? absl::OkStatus() : NotInLine(reader.name, report.author());
}

// ---- Meetings

absl::Status CheckMeeting(const organization::Meeting& meeting) {
  if (FromTimestamp(meeting.end_time()) <= FromTimestamp(meeting.start_time())) {
    return InvalidField("meeting.end_time", "MEETING_WINDOW_INVALID", "must be after the begin");
  }
  std::set<std::string> called;
  for (int i = 0; i < meeting.attendees_size(); ++i) {
    const std::string& employee = meeting.attendees(i).employee();
    if (called.insert(employee).second) continue;
    return InvalidField(absl::StrCat("meeting.attendees[", i, "]"), "ATTENDEE_REPEATED",
                        absl::StrCat(employee, " is called already"), {{"employee", employee}});
  }
  return absl::OkStatus();
}

absl::Status CheckChair(const std::string& actor, const organization::Meeting& meeting, bool minutes) {
  if (actor == meeting.chair() || (minutes && actor == meeting.minute_taker())) return absl::OkStatus();
  return Denied("NOT_CHAIR", absl::StrCat("the meeting is led by ", meeting.chair()), meeting.chair());
}

absl::Status CheckCancels(const std::string& actor, bool above_chair, const organization::Meeting& meeting) {
  return above_chair ? absl::OkStatus() : CheckChair(actor, meeting, /*minutes=*/false);
}

absl::Status CheckCorrection(bool recorded, const std::string& reason) {
  if (!recorded || !reason.empty()) return absl::OkStatus();
  return InvalidField("reason", "REASON_REQUIRED", "what was recorded already is corrected with a reason");
}

absl::Status CheckNoActions(const google::protobuf::RepeatedPtrField<organization::MeetingDecision>& decisions) {
  if (decisions.empty()) return absl::OkStatus();
  return InvalidField("actions", "ACTIONS_GIVEN",
                      "what was decided became tasks when the minutes came out: change those, or call a meeting");
}

absl::Status CheckMeetingUpdate(const std::string& actor, const organization::Meeting& before,
                                const organization::Meeting& after) {
  if (before.state() != organization::MEETING_STATE_PLANNED) {
    const std::string state = organization::MeetingState_Name(before.state());
    return FailedPrecondition("MEETING_FROZEN", before.name(), absl::StrCat("the meeting is ", state),
                              {{"state", state}});
  }
  return CheckChair(actor, before, /*minutes=*/before.chair() == after.chair());
}

absl::Status CheckReadsMinutes(const std::string& reader, bool above_chair, const organization::Meeting& meeting) {
  const bool called = reader == meeting.chair() || reader == meeting.minute_taker() ||
                      std::any_of(meeting.attendees().begin(), meeting.attendees().end(),
                                  [&](const auto& attendee) { return attendee.employee() == reader; });
  if (meeting.confidential() && !called && !above_chair) {
    return Denied("NOT_CALLED", "the meeting is confidential: its minutes are for those who were called",
                  meeting.chair());
  }
  if (meeting.state() == organization::MEETING_STATE_MINUTED) return absl::OkStatus();
  const std::string state = organization::MeetingState_Name(meeting.state());
  return FailedPrecondition("MINUTES_NOT_PUBLISHED", meeting.name(), absl::StrCat("the meeting is ", state),
                            {{"state", state}});
}

void SetMinutes(const std::string& minutes, absl::Time now, organization::Meeting* meeting) {
  if (meeting->confidential()) {
    meeting->set_confidential_minutes(minutes);
    meeting->clear_actions();
  } else {
    meeting->set_minutes(minutes);
  }
  *meeting->mutable_publish_time() = ToTimestamp(now);
}

void CorrectMinutes(const std::string& minutes, organization::Meeting* meeting) {
  if (meeting->confidential()) {
    meeting->set_confidential_minutes(minutes);
  } else {
    meeting->set_minutes(minutes);
  }
}

absl::Status Hold(const google::protobuf::RepeatedPtrField<organization::MeetingAttendance>& attendance, absl::Time now,
                  organization::Meeting* meeting) {
  if (now < FromTimestamp(meeting->start_time())) {
    return FailedPrecondition("MEETING_NOT_BEGUN", meeting->name(), "nobody can have come yet");
  }
  std::map<std::string, organization::Attendance> came;
  for (const organization::MeetingAttendance& one : attendance) came[one.employee()] = one.attendance();
  int present = 0;
  for (organization::MeetingAttendee& attendee : *meeting->mutable_attendees()) {
    const auto found = came.find(attendee.employee());
    if (found == came.end()) {
      return InvalidField("attendees", "ATTENDANCE_INCOMPLETE",
                          absl::StrCat("must say whether ", attendee.employee(), " came"),
                          {{"employee", attendee.employee()}});
    }
    attendee.set_attendance(found->second);
    present += found->second == organization::ATTENDANCE_PRESENT || found->second == organization::ATTENDANCE_LATE;
    came.erase(found);
  }
  if (!came.empty()) {
    return InvalidField("attendees", "ATTENDANCE_INCOMPLETE", absl::StrCat(came.begin()->first, " was not called"),
                        {{"employee", came.begin()->first}});
  }
  meeting->set_present(present);
  return absl::OkStatus();
}

absl::Status Decide(const google::protobuf::RepeatedPtrField<organization::MeetingDecision>& decisions,
                    const std::map<std::string, bool>& below, const std::string& today,
                    organization::Meeting* meeting) {
  std::set<std::string> called;
  for (const organization::MeetingAttendee& attendee : meeting->attendees()) called.insert(attendee.employee());
  called.insert(meeting->chair());
  meeting->clear_actions();
  for (int i = 0; i < decisions.size(); ++i) {
    const organization::MeetingDecision& decision = decisions[i];
    const std::string& responsible = decision.responsible();
    if (called.count(responsible) == 0) {
      return InvalidField(absl::StrCat("actions[", i, "].responsible"), "NOT_ATTENDEE",
                          absl::StrCat(responsible, " was not called to the meeting"), {{"employee", responsible}});
    }
    const auto line = below.find(responsible);
    if (responsible != meeting->chair() && (line == below.end() || !line->second)) {
      return NotInLine(meeting->chair(), responsible);
    }
    RETURN_IF_ERROR(CheckNotPast(absl::StrCat("actions[", i, "].due_date"), decision.due_date(), today));
    organization::MeetingAction* action = meeting->add_actions();
    action->set_action(decision.action());
    action->set_responsible(responsible);
    action->set_due_date(decision.due_date());
  }
  return absl::OkStatus();
}

// ---- Policies

absl::Status KeepDraft(organization::PolicyDocument* document) {
  if (!document->content().empty()) {
    document->set_draft_content(document->content());
    document->clear_content();
  }
  if (!document->draft_content().empty()) return absl::OkStatus();
  return InvalidField("policy_document.content", "FIELD_REQUIRED", "must be set");
}

void PublishDraft(organization::PolicyDocument* document) {
  if (document->draft_content().empty()) return;  // Written before drafts were kept apart.
  document->set_content(document->draft_content());
  document->clear_draft_content();
}

absl::Status Draft(const std::string& author, const organization::PolicyDocument* revised,
                   organization::PolicyDocument* document) {
  document->set_author(author);
  document->set_state(organization::POLICY_DOCUMENT_STATE_DRAFT);
  document->set_version_number(1);
  if (revised == nullptr) return absl::OkStatus();
  if (document->revision_reason().empty()) {
    return InvalidField("policy_document.revision_reason", "REVISION_REASON_REQUIRED",
                        "a revision says why it is made");
  }
  if (revised->state() != organization::POLICY_DOCUMENT_STATE_APPROVED) {
    return FailedPrecondition("DOCUMENT_NOT_IN_FORCE", revised->name(), "only an approved version is revised",
                              {{"state", organization::PolicyDocumentState_Name(revised->state())}});
  }
  document->set_version_number(revised->version_number() + 1);
  return absl::OkStatus();
}

absl::Status CheckAuthor(const std::string& actor, const organization::PolicyDocument& document) {
  if (actor == document.author()) return absl::OkStatus();
  return Denied("NOT_AUTHOR", absl::StrCat("it was written by ", document.author()), document.author());
}

absl::Status CheckPolicyUpdate(const std::string& actor, const organization::PolicyDocument& before) {
  if (before.state() != organization::POLICY_DOCUMENT_STATE_DRAFT) {
    const std::string state = organization::PolicyDocumentState_Name(before.state());
    return FailedPrecondition("POLICY_FROZEN", before.name(),
                              absl::StrCat("the version is ", state, "; a change is a revision"), {{"state", state}});
  }
  return CheckAuthor(actor, before);
}

absl::Status CheckReviser(const Actor& reviser, bool colleague, const organization::PolicyDocument& revised) {
  if (reviser.name == revised.author() || reviser.above || colleague) return absl::OkStatus();
  return Denied(
      "NOT_REVISER",
      absl::StrCat("it was written by ", revised.author(), "; he, those above him and his department revise it"),
      revised.author());
}

absl::Status CheckRevisionApprover(const Actor& approver, bool above_approver,
                                   const organization::PolicyDocument& revised) {
  if (approver.name == revised.approver() || above_approver || approver.above) return absl::OkStatus();
  return NotInLine(approver.name, revised.approver());
}

absl::Status CheckSubmit(const std::string& actor, bool has_superior, const organization::PolicyDocument& document) {
  RETURN_IF_ERROR(CheckAuthor(actor, document));
  if (has_superior) return absl::OkStatus();
  return FailedPrecondition("AUTHOR_WITHOUT_SUPERIOR", document.name(),
                            "nobody is above you who could approve it: have it drafted by somebody below you",
                            {{"author", document.author()}});
}

absl::Status CheckDiscard(const Actor& actor, const organization::PolicyDocument& document) {
  return actor.name == document.author() ? absl::OkStatus() : CheckSuperior(actor, document);
}

absl::Status CheckSuperior(const Actor& superior, const organization::PolicyDocument& document) {
  return superior.above ? absl::OkStatus() : NotInLine(superior.name, document.author());
}

absl::Status CheckInForce(const organization::PolicyDocument& document, const std::string& today) {
  if (document.state() == organization::POLICY_DOCUMENT_STATE_APPROVED && document.effective_date() <= today) {
    return absl::OkStatus();
  }
  return FailedPrecondition(
      "DOCUMENT_NOT_IN_FORCE", document.name(), absl::StrCat(document.title(), " is not in force"),
      {{"state", organization::PolicyDocumentState_Name(document.state())}, {"effective", document.effective_date()}});
}

absl::Status CheckPolicyCheck(const organization::PolicyDocument& document, const std::string& today,
                              const std::string& own_department, const organization::PolicyCheck& check) {
  RETURN_IF_ERROR(CheckInForce(document, today));
  if (check.checker() == document.author() || check.department() == own_department) {
    return Error(absl::StatusCode::kPermissionDenied, "SEPARATION_OF_DUTIES",
                 "nobody checks how his own department keeps a policy, nor how one is kept that he has written",
                 {{"rule", "G-13"}, {"author", document.author()}, {"department", own_department}});
  }
  if (check.check_date() > today) {
    return InvalidField("policy_check.check_date", "DATE_IN_FUTURE", absl::StrCat("today is ", today),
                        {{"value", check.check_date()}, {"today", today}});
  }
  if (check.compliant()) return absl::OkStatus();
  for (const auto& [field, text] : {std::pair("finding", &check.finding()), std::pair("measure", &check.measure())}) {
    if (!text->empty()) continue;
    return InvalidField(absl::StrCat("policy_check.", field), "FINDING_REQUIRED",
                        "what is not kept has a finding and a measure");
  }
  return absl::OkStatus();
}

}  // namespace kam::account::rules
