// What is reminded of when (G-22).
#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "account-svc/rules/notices.h"
#include "account-svc/rules/proto_time.h"
#include "common/time/date.h"

namespace kam::account::rules {
namespace {

namespace pb = organization::v1;

bool IsOpen(const pb::Task& task) {
  return task.state() == pb::TASK_STATE_OPEN || task.state() == pb::TASK_STATE_IN_PROGRESS;
}

// The day of the answer to a suggestion, or of the measure; empty: nothing is waited for.
std::string WaitsUntil(const pb::ImprovementItem& item) {
  if (item.state() == pb::IMPROVEMENT_STATE_SUBMITTED) return item.answer_due_date();
  return item.state() == pb::IMPROVEMENT_STATE_PLANNED ? item.due_date() : std::string();
}

// To those who answer suggestions on the day; when it is over to the general manager as well.
void RemindOfAnswer(const pb::ImprovementItem& item, bool over, Notices* notices) {
  const std::string title = absl::StrCat(
      over ? "建议逾期未答复 Suggestion not answered in time: " : "建议今日应答复 Suggestion to be answered today: ",
      item.title());
  for (const char* role : {"CRMD", "AD", "SD"}) {
    notices->Add(Audience::kHolders, "", pb::NOTIFICATION_KIND_DUE, title, item.answer_due_date(), role);
  }
  if (!over) return;
  notices->Add(Audience::kHolders, "", pb::NOTIFICATION_KIND_ESCALATION, title, item.answer_due_date(), "GM");
}

// Whether somebody was reminded of his return as often as the policy has it.
bool IsLastReminder(const pb::LeaveRequest& leave, const std::string& today, const Policy& policy) {
  const absl::StatusOr<std::string> last =
      AddDays(leave.end_date(), policy.leave_return_reminder_days * policy.leave_return_reminders);
  return last.ok() && today >= *last;
}

}  // namespace

absl::Time WorkBegins(const std::string& day, const Policy& policy, absl::TimeZone zone) {
  absl::CivilDay date;
  if (!absl::ParseCivilTime(day, &date)) return absl::InfiniteFuture();
  return absl::FromCivil(absl::CivilMinute(date) + policy.work_from_minute, zone);
}

std::vector<Timer> TimersOf(const pb::Task& task, const Policy& policy, absl::TimeZone zone) {
  if (!IsOpen(task)) return {{kTaskDue, std::nullopt}};
  return {{kTaskDue, WorkBegins(task.due_date(), policy, zone)}};
}

std::vector<Timer> TimersOf(const pb::ImprovementItem& item, const Policy& policy, absl::TimeZone zone) {
  const std::string day = WaitsUntil(item);
  if (day.empty()) return {{kImprovementDue, std::nullopt}};
  return {{kImprovementDue, WorkBegins(day, policy, zone)}};
}

std::vector<Timer> TimersOf(const pb::LeaveRequest& leave, const Policy& policy, absl::TimeZone zone) {
  if (leave.state() != pb::LEAVE_STATE_APPROVED) return {{kLeaveReturn, std::nullopt}};
  constexpr int kMinutesOfDay = 24 * 60;
  return {{kLeaveReturn, WorkBegins(leave.end_date(), policy, zone) + absl::Minutes(kMinutesOfDay)}};
}

std::vector<Timer> TimersOf(const pb::InstructionRequest& request, const Policy& policy, absl::TimeZone zone) {
  if (request.state() != pb::INSTRUCTION_STATE_SUBMITTED || request.due_date().empty()) {
    return {{kInstructionDue, std::nullopt}};
  }
  return {{kInstructionDue, WorkBegins(request.due_date(), policy, zone)}};
}

std::vector<Timer> TimersOf(const pb::CoordinationRequest& request, const Policy&, absl::TimeZone) {
  if (request.state() != pb::COORDINATION_STATE_OPEN) return {{kCoordinationAnswer, std::nullopt}};
  return {{kCoordinationAnswer, FromTimestamp(request.answer_due_time()) + absl::Microseconds(1)}};
}

std::vector<Timer> TimersOf(const pb::PolicyDocument& document, const Policy& policy, absl::TimeZone zone) {
  std::optional<absl::Time> publish, read_by;
  if (document.state() == pb::POLICY_DOCUMENT_STATE_APPROVED) {
    publish = WorkBegins(document.effective_date(), policy, zone);
    if (!document.read_by_date().empty()) read_by = WorkBegins(document.read_by_date(), policy, zone);
  }
  return {{kPolicyPublish, publish}, {kPolicyReadBy, read_by}};
}

std::vector<Notice> Remind(const pb::Task& task, const std::string& today, const Policy&) {
  Notices notices;
  if (!IsOpen(task)) return notices.Take();
  const bool over = today > task.due_date();
  const std::string title =
      absl::StrCat(over ? "任务已逾期 Task overdue: " : "任务今日到期 Task due today: ", task.title());
  notices.Tell(task.assignee(), pb::NOTIFICATION_KIND_DUE, title, task.due_date());
  if (over && task.assigner() != task.assignee()) {
    notices.Tell(task.assigner(), pb::NOTIFICATION_KIND_DUE, title, task.due_date());
  }
  return notices.Take();
}

std::vector<Notice> Remind(const pb::ImprovementItem& item, const std::string& today, const Policy&) {
  Notices notices;
  const std::string day = WaitsUntil(item);
  if (day.empty()) return notices.Take();
  const bool over = today > day;
  if (item.state() == pb::IMPROVEMENT_STATE_SUBMITTED) {
    RemindOfAnswer(item, over, &notices);
    return notices.Take();
  }
  const std::string title =
      absl::StrCat(over ? "改进措施逾期 Measure overdue: " : "改进措施今日到期 Measure due today: ", item.title());
  notices.Tell(item.owner(), pb::NOTIFICATION_KIND_DUE, title, item.due_date());
  if (over) notices.Tell(item.answerer(), pb::NOTIFICATION_KIND_DUE, title, item.due_date());
  return notices.Take();
}

std::vector<Notice> Remind(const pb::LeaveRequest& leave, const std::string& today, const Policy& policy) {
  Notices notices;
  if (leave.state() != pb::LEAVE_STATE_APPROVED || today <= leave.end_date()) return notices.Take();
  const std::string title = absl::StrCat("未销假 Leave over, return not reported: ", leave.number());
  notices.Tell(leave.employee(), pb::NOTIFICATION_KIND_DUE, title, leave.end_date())
      .Add(Audience::kSuperiors, leave.employee(), pb::NOTIFICATION_KIND_DUE, title, leave.end_date());
  if (IsLastReminder(leave, today, policy)) {
    notices.Add(Audience::kHolders, "", pb::NOTIFICATION_KIND_ESCALATION, title, leave.end_date(), "HR");
  }
  return notices.Take();
}

std::vector<Notice> Remind(const pb::InstructionRequest& request, const std::string& today, const Policy&) {
  Notices notices;
  if (request.state() != pb::INSTRUCTION_STATE_SUBMITTED) return notices.Take();
  notices.Tell(request.superior(), pb::NOTIFICATION_KIND_DUE,
               absl::StrCat(today > request.due_date() ? "请示逾期未批 Instruction overdue: "
                                                       : "请示今日到期 Instruction wanted today: ",
                            request.number()),
               request.due_date());
  return notices.Take();
}

int RemindAgainAfter(const pb::Task& task, const std::string& today, const Policy&) {
  return IsOpen(task) && today <= task.due_date() ? 1 : 0;
}

int RemindAgainAfter(const pb::ImprovementItem& item, const std::string& today, const Policy&) {
  return today <= WaitsUntil(item) ? 1 : 0;
}

int RemindAgainAfter(const pb::LeaveRequest& leave, const std::string& today, const Policy& policy) {
  if (leave.state() != pb::LEAVE_STATE_APPROVED || IsLastReminder(leave, today, policy)) return 0;
  return policy.leave_return_reminder_days;
}

int RemindAgainAfter(const pb::InstructionRequest& request, const std::string& today, const Policy&) {
  return request.state() == pb::INSTRUCTION_STATE_SUBMITTED && today <= request.due_date() ? 1 : 0;
}

}  // namespace kam::account::rules
