// Rules of what people write down about their work (G-10, G-11, G-13): reports, meetings, policies. Pure.
#ifndef KAM_ACCOUNT_SVC_RULES_WORK_RECORD_RULES_H_
#define KAM_ACCOUNT_SVC_RULES_WORK_RECORD_RULES_H_

#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "account-svc/policy.h"
#include "account-svc/rules/work_rules.h"
#include "google/protobuf/repeated_ptr_field.h"
#include "kam/organization/v1/work_report.pb.h"

namespace kam::organization::v1 {
class Meeting;
class MeetingAttendance;
class MeetingDecision;
class PolicyCheck;
class PolicyDocument;
class PolicyReceipt;
}  // namespace kam::organization::v1

namespace kam::account::rules {

// ---- Work reports
// PERIOD_START_INVALID.
absl::Status CheckPeriodStart(const organization::WorkReport& report, const std::string& today,
                              absl::string_view field = "work_report.period_start");
// Last day on which the report of its period is handed in in time.
absl::StatusOr<std::string> LastDayToSubmit(const organization::WorkReport& report, const Policy& policy);
// Last day of its period: of a week its Sunday.
absl::StatusOr<std::string> PeriodEnd(const organization::WorkReport& report);
// Roles that owe a report of the kind. FIELD_VALUE_UNKNOWN for those of a department.
absl::StatusOr<std::vector<std::string>> RolesThatOwe(organization::WorkReportKind kind, const Policy& policy);
// Adds the hours up: HOURS_EXCEEDED for a day longer than that of the policy.
absl::Status AddHours(const Policy& policy, organization::WorkReport* report);
// Author and department: DEPARTMENT_REQUIRED for a department's plan or summary of somebody who is in none.
absl::Status BeginReport(const std::string& author, const std::string& department, bool for_department,
                         organization::WorkReport* report);
// A department has one plan and one summary of a month, quarter, year: DEPARTMENT_REPORT_EXISTS when `other` is not
// empty.
absl::Status CheckOnlyOne(const std::string& other, const organization::WorkReport& report);
// Whether the report is that of a department.
bool IsOfDepartment(const organization::WorkReport& report);
absl::Status CheckReportUpdate(const std::string& actor, const organization::WorkReport& before);
absl::Status SubmitReport(const std::string& actor, absl::Time now, const std::string& today, const Policy& policy,
                          organization::WorkReport* report);
// A period for which somebody owes a report.
struct OwedPeriod {
  std::string start, end;
};
// The periods that begin in [first, last] and whose report should be in by now; none for the plans and summaries of
// departments, which one of many writes.
absl::StatusOr<std::vector<OwedPeriod>> OwedPeriods(organization::WorkReportKind kind, const std::string& first,
                                                    const std::string& last, const std::string& today,
                                                    const Policy& policy);
// `reader.above`: of the author.
absl::Status CheckReader(const Actor& reader, const organization::WorkReport& report);

// ---- Meetings
absl::Status CheckMeeting(const organization::Meeting& meeting);
// NOT_CHAIR; the minute taker may, too, where `minutes` says so.
absl::Status CheckChair(const std::string& actor, const organization::Meeting& meeting, bool minutes);
// A meeting is called off by the chair or somebody above him (`above_chair`): NOT_CHAIR.
absl::Status CheckCancels(const std::string& actor, bool above_chair, const organization::Meeting& meeting);
// What was recorded already is corrected with a reason: REASON_REQUIRED.
absl::Status CheckCorrection(bool recorded, const std::string& reason);
// Corrected minutes give no work: ACTIONS_GIVEN.
absl::Status CheckNoActions(const google::protobuf::RepeatedPtrField<organization::MeetingDecision>& decisions);
// NOT_CHAIR; only the chair hands the chair over. MEETING_FROZEN.
absl::Status CheckMeetingUpdate(const std::string& actor, const organization::Meeting& before,
                                const organization::Meeting& after);
// MEETING_NOT_BEGUN, ATTENDANCE_INCOMPLETE.
// `above_chair`: the reader is above the chair. NOT_CALLED to a confidential meeting, MINUTES_NOT_PUBLISHED.
absl::Status CheckReadsMinutes(const std::string& reader, bool above_chair, const organization::Meeting& meeting);
// Puts the minutes where those read them whom they are for. What a confidential meeting decides is told by its tasks
// only.
void SetMinutes(const std::string& minutes, absl::Time now, organization::Meeting* meeting);
// Another text, in the same place and with the same actions.
void CorrectMinutes(const std::string& minutes, organization::Meeting* meeting);
absl::Status Hold(const google::protobuf::RepeatedPtrField<organization::MeetingAttendance>& attendance, absl::Time now,
                  organization::Meeting* meeting);
// What was decided, before it becomes tasks. `below`: whether somebody is below the chair. NOT_ATTENDEE, NOT_IN_LINE,
// DATE_IN_PAST.
absl::Status Decide(const google::protobuf::RepeatedPtrField<organization::MeetingDecision>& decisions,
                    const std::map<std::string, bool>& below, const std::string& today, organization::Meeting* meeting);

// ---- Policies
// `revised`: the version in whose place it comes, or null. REVISION_REASON_REQUIRED, DOCUMENT_NOT_IN_FORCE.
// The text of a draft is not shown to those whom it will bind: FIELD_REQUIRED when there is none.
absl::Status KeepDraft(organization::PolicyDocument* document);
// From its approval on everybody reads it.
void PublishDraft(organization::PolicyDocument* document);
absl::Status Draft(const std::string& author, const organization::PolicyDocument* revised,
                   organization::PolicyDocument* document);
absl::Status CheckAuthor(const std::string& actor, const organization::PolicyDocument& document);
absl::Status CheckPolicyUpdate(const std::string& actor, const organization::PolicyDocument& before);
// A version is revised by its author, those above him (`reviser.above`) and his department (`colleague`): NOT_REVISER.
absl::Status CheckReviser(const Actor& reviser, bool colleague, const organization::PolicyDocument& revised);
// A revision is approved by whoever approved the version it takes the place of, or somebody above the approver or the
// author of that one; not by the superior of any reviser. `approver.above`: of that author. NOT_IN_LINE.
absl::Status CheckRevisionApprover(const Actor& approver, bool above_approver,
                                   const organization::PolicyDocument& revised);
// Somebody is above the author who can approve: NOT_AUTHOR, AUTHOR_WITHOUT_SUPERIOR.
absl::Status CheckSubmit(const std::string& actor, bool has_superior, const organization::PolicyDocument& document);
// A draft is given up by its author or somebody above him (`actor.above`): NOT_IN_LINE.
absl::Status CheckDiscard(const Actor& actor, const organization::PolicyDocument& document);
// `superior.above`: of the author. NOT_IN_LINE.
absl::Status CheckSuperior(const Actor& superior, const organization::PolicyDocument& document);
// DOCUMENT_NOT_IN_FORCE unless it is approved and its first day has come.
absl::Status CheckInForce(const organization::PolicyDocument& document, const std::string& today);
// `own_department`: that of the checker, who checks neither that one nor what he has written: SEPARATION_OF_DUTIES.
absl::Status CheckPolicyCheck(const organization::PolicyDocument& document, const std::string& today,
                              const std::string& own_department, const organization::PolicyCheck& check);

}  // namespace kam::account::rules

#endif  // KAM_ACCOUNT_SVC_RULES_WORK_RECORD_RULES_H_
