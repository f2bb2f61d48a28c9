#include "account-svc/rules/notification_rules.h"

#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "account-svc/rules/notices.h"
#include "account-svc/rules/personnel_rules.h"
#include "account-svc/rules/proto_time.h"
#include "common/status/status.h"

namespace kam::account::rules {
namespace {

namespace pb = organization::v1;

constexpr char kDepartmentManager[] = "GAM";

bool IsOpen(const pb::Task& task) {
  return task.state() == pb::TASK_STATE_OPEN || task.state() == pb::TASK_STATE_IN_PROGRESS;
}

// The manager of the department of `whom`, which decides what he may decide and veto, not the line: whoever is taken on
// has none yet, and the line of somebody may end below him.
void TellDepartmentManager(const std::string& whom, const std::string& title, const std::string& due_date,
                           Notices* notices) {
  notices->Add(Audience::kHoldersOver, whom, pb::NOTIFICATION_KIND_APPROVAL, title, due_date, kDepartmentManager);
}

// Roles that administer rights as they are delivered.
const std::set<std::string>& Administering() {
  static const auto* const roles = new std::set<std::string>{"GM", "DGM", "HR", "ERP"};
  return *roles;
}

// Roles of a person that wait for confirmation.
std::set<std::string> Waiting(const pb::Employee& employee) {
  std::set<std::string> roles;
  for (const pb::RoleAssignment& role : employee.roles()) {
    if (role.state() == pb::ROLE_STATE_PROPOSED) roles.insert(role.role());
  }
  return roles;
}

bool HasRow(const pb::Employee& employee, const pb::RoleAssignment& row) {
  return std::any_of(employee.roles().begin(), employee.roles().end(), [&](const pb::RoleAssignment& other) {
    return other.role() == row.role() && other.since() == row.since();
  });
}

std::set<std::string> PeopleOn(const pb::DutyRoster& roster) {
  std::set<std::string> people;
  for (const pb::DutyPerson& person : roster.people()) people.insert(person.employee());
  return people;
}

// Who is called to a meeting or training, its leader among them.
std::set<std::string> Called(const pb::Meeting& meeting) {
  std::set<std::string> called = {meeting.chair(), meeting.minute_taker()};
  for (const pb::MeetingAttendee& attendee : meeting.attendees()) called.insert(attendee.employee());
  return called;
}

std::set<std::string> Called(const pb::TrainingSession& session) {
  std::set<std::string> called = {session.trainer()};
  for (const pb::TrainingAttendee& attendee : session.attendees()) called.insert(attendee.employee());
  return called;
}

}  // namespace

// ---- Work

std::vector<Notice> NoticesOf(const pb::Task* before, const pb::Task& after) {
  Notices notices;
  const bool given = before == nullptr || before->assignee() != after.assignee();
  if (given && before != nullptr && IsOpen(*before)) {
    notices.Tell(before->assignee(), pb::NOTIFICATION_KIND_TASK,
                 absl::StrCat("任务已转交他人 Task given to somebody else: ", before->title()));
  }
  if (given && IsOpen(after)) {
    notices.Tell(after.assignee(), pb::NOTIFICATION_KIND_TASK, absl::StrCat("新任务 New task: ", after.title()),
                 after.due_date());
  } else if (before != nullptr && before->state() == pb::TASK_STATE_DONE && IsOpen(after)) {
    notices.Tell(after.assignee(), pb::NOTIFICATION_KIND_TASK,
                 absl::StrCat("任务退回 Task given back: ", after.title()), after.due_date());
  } else if (Enters(before, after, pb::TASK_STATE_DONE)) {
    notices.Tell(after.assigner(), pb::NOTIFICATION_KIND_APPROVAL,
                 absl::StrCat("任务待验收 Task to be accepted: ", after.title()));
  } else if (Enters(before, after, pb::TASK_STATE_ACCEPTED)) {
    notices.Tell(after.assignee(), pb::NOTIFICATION_KIND_DECISION,
                 absl::StrCat("任务已验收 Task accepted: ", after.title()));
  } else if (Enters(before, after, pb::TASK_STATE_CANCELLED)) {
    notices.Tell(after.assignee(), pb::NOTIFICATION_KIND_TASK,
                 absl::StrCat("任务已取消 Task called off: ", after.title()));
  } else if (before != nullptr && before->due_date() != after.due_date() && IsOpen(after)) {
    notices.Tell(after.assignee(), pb::NOTIFICATION_KIND_TASK,
                 absl::StrCat("任务期限变更 Task is due on another day: ", after.title()), after.due_date());
  }
  return notices.Take();
}

std::vector<Notice> NoticesOf(const pb::CoordinationRequest* before, const pb::CoordinationRequest& after) {
  Notices notices;
  TellEscalation(before, after, after.number(), &notices);
  if (!after.handler().empty() && (before == nullptr || before->handler() != after.handler())) {
    notices.Tell(after.handler(), pb::NOTIFICATION_KIND_COORDINATION,
                 absl::StrCat("请答复部门协调 You answer for your department: ", after.number()));
  }
  if (Enters(before, after, pb::COORDINATION_STATE_OPEN)) {
    notices.Add(Audience::kHead, after.to_department(), pb::NOTIFICATION_KIND_COORDINATION,
                absl::StrCat(before == nullptr ? "部门协调 Asked of your department: "
                                               : "部门协调 Asked again of your department: ",
                             after.number()));
  } else if (Enters(before, after, pb::COORDINATION_STATE_ANSWERED)) {
    notices.Tell(after.requester(), pb::NOTIFICATION_KIND_COORDINATION,
                 absl::StrCat("协调已答复 Answered: ", after.number()));
  } else if (Enters(before, after, pb::COORDINATION_STATE_WITHDRAWN)) {
    const std::string title = absl::StrCat("协调已撤回 Need not be answered any more: ", after.number());
    notices.Add(Audience::kHead, after.to_department(), pb::NOTIFICATION_KIND_COORDINATION, title);
    std::set<std::string> asked = {after.handler(), after.escalated_to(), after.requester()};
    asked.erase("");
    for (const std::string& person : asked) notices.Tell(person, pb::NOTIFICATION_KIND_COORDINATION, title);
  } else if (Enters(before, after, pb::COORDINATION_STATE_CLOSED)) {
    notices.Tell(after.requester(), pb::NOTIFICATION_KIND_COORDINATION,
                 absl::StrCat("协调已关闭 Closed: ", after.number()));
  }
  return notices.Take();
}

std::vector<Notice> NoticesOf(const pb::WorkReport* before, const pb::WorkReport& after) {
  Notices notices;
  // Day logs are read in the list: one a day of everybody would bury the rest.
  if (Enters(before, after, pb::WORK_REPORT_STATE_SUBMITTED) && after.kind() != pb::WORK_REPORT_KIND_DAY_LOG) {
    notices.Add(Audience::kSuperiors, after.author(), pb::NOTIFICATION_KIND_APPROVAL,
                absl::StrCat("工作报告待批阅 Report to be read: ", after.period_start()));
  } else if (Enters(before, after, pb::WORK_REPORT_STATE_REVIEWED)) {
    notices.Tell(after.author(), pb::NOTIFICATION_KIND_DECISION,
                 absl::StrCat("工作报告已批阅 Report read: ", after.period_start()));
  } else if (before != nullptr && Enters(before, after, pb::WORK_REPORT_STATE_DRAFT)) {
    notices.Tell(after.author(), pb::NOTIFICATION_KIND_DECISION,
                 absl::StrCat("工作报告退回 Report given back: ", after.period_start()));
  }
  return notices.Take();
}

std::vector<Notice> NoticesOf(const pb::Meeting* before, const pb::Meeting& after) {
  Notices notices;
  const auto tell = [&](const std::string& person, absl::string_view what) {
    notices.Tell(person, pb::NOTIFICATION_KIND_APPOINTMENT, absl::StrCat(what, after.title()));
  };
  if (Enters(before, after, pb::MEETING_STATE_CANCELLED)) {
    for (const std::string& person : Called(after)) tell(person, "会议取消 Meeting called off: ");
  } else if (Enters(before, after, pb::MEETING_STATE_MINUTED)) {
    for (const std::string& person : Called(after)) tell(person, "会议纪要 Minutes of: ");
  } else if (after.state() == pb::MEETING_STATE_PLANNED) {
    const std::set<std::string> known = before == nullptr ? std::set<std::string>() : Called(*before);
    const bool moved = before != nullptr && (FromTimestamp(before->start_time()) != FromTimestamp(after.start_time()) ||
                                             FromTimestamp(before->end_time()) != FromTimestamp(after.end_time()) ||
                                             before->place() != after.place());
    const std::set<std::string> called = Called(after);
    for (const std::string& person : called) {
      if (known.count(person) == 0) {
        tell(person, "会议通知 Called to a meeting: ");
      } else if (moved) {
        tell(person, "会议变更 Meeting moved: ");
      }
    }
    for (const std::string& person : known) {
      if (called.count(person) == 0) tell(person, "不再参加会议 No longer called to: ");
    }
  }
  return notices.Take();
}

std::vector<Notice> NoticesOf(const pb::TrainingSession* before, const pb::TrainingSession& after) {
  Notices notices;
  const auto tell = [&](const std::string& person, absl::string_view what) {
    notices.Tell(person, pb::NOTIFICATION_KIND_APPOINTMENT, absl::StrCat(what, after.title()), after.start_date());
  };
  if (Enters(before, after, pb::TRAINING_STATE_CANCELLED)) {
    for (const std::string& person : Called(after)) tell(person, "培训取消 Training called off: ");
  } else if (after.state() == pb::TRAINING_STATE_PLANNED) {
    const std::set<std::string> known = before == nullptr ? std::set<std::string>() : Called(*before);
    const bool moved = before != nullptr && before->start_date() != after.start_date();
    for (const std::string& person : Called(after)) {
      if (known.count(person) == 0) {
        tell(person, "培训通知 Called to a training: ");
      } else if (moved) {
        tell(person, "培训改期 Training moved: ");
      }
    }
  }
  return notices.Take();
}

std::vector<Notice> NoticesOf(const pb::PolicyDocument* before, const pb::PolicyDocument& after) {
  Notices notices;
  if (Enters(before, after, pb::POLICY_DOCUMENT_STATE_SUBMITTED)) {
    notices.Add(Audience::kSuperiors, after.author(), pb::NOTIFICATION_KIND_APPROVAL,
                absl::StrCat("制度待批 Policy to be approved: ", after.title()));
  } else if (Enters(before, after, pb::POLICY_DOCUMENT_STATE_APPROVED)) {
    notices.Tell(after.author(), pb::NOTIFICATION_KIND_DECISION,
                 absl::StrCat("制度已批准 Policy approved: ", after.title()));
  } else if (before != nullptr && Enters(before, after, pb::POLICY_DOCUMENT_STATE_DRAFT)) {
    notices.Tell(after.author(), pb::NOTIFICATION_KIND_DECISION,
                 absl::StrCat("制度退回 Policy given back: ", after.title()));
  }
  return notices.Take();
}

std::vector<Notice> NoticesOf(const pb::ImprovementItem* before, const pb::ImprovementItem& after) {
  Notices notices;
  if (Enters(before, after, pb::IMPROVEMENT_STATE_SUBMITTED)) {
    for (const char* role : {"CRMD", "AD", "SD"}) {  // Those who control (G-23).
      notices.Add(Audience::kHolders, "", pb::NOTIFICATION_KIND_APPROVAL,
                  absl::StrCat("建议待答复 Suggestion to be answered: ", after.title()), after.answer_due_date(), role);
    }
  }
  const bool planned = after.state() == pb::IMPROVEMENT_STATE_PLANNED;
  const bool was_planned = before != nullptr && before->state() == pb::IMPROVEMENT_STATE_PLANNED;
  if (was_planned && (before->owner() != after.owner() || after.state() == pb::IMPROVEMENT_STATE_DECLINED)) {
    notices.Tell(before->owner(), pb::NOTIFICATION_KIND_TASK,
                 absl::StrCat("改进措施已改派或取消 Measure given to somebody else or dropped: ", after.title()));
  }
  if (planned && (!was_planned || before->owner() != after.owner())) {
    notices.Tell(after.owner(), pb::NOTIFICATION_KIND_TASK, absl::StrCat("改进措施 Measure to take: ", after.title()),
                 after.due_date());
  }
  if (before != nullptr && before->state() == pb::IMPROVEMENT_STATE_SUBMITTED && after.state() != before->state()) {
    notices.Tell(after.proposer(), pb::NOTIFICATION_KIND_DECISION,
                 absl::StrCat("建议已答复 Your suggestion was answered: ", after.title()));
  } else if (Enters(before, after, pb::IMPROVEMENT_STATE_DONE)) {
    notices.Tell(after.answerer(), pb::NOTIFICATION_KIND_APPROVAL,
                 absl::StrCat("改进效果待验证 Effect to be checked: ", after.title()));
  }
  return notices.Take();
}

std::vector<Notice> NoticesOf(const pb::ResourceBooking* before, const pb::ResourceBooking& after) {
  Notices notices;
  if (Enters(before, after, pb::RESOURCE_BOOKING_STATE_REQUESTED)) {
    // Whoever dispatches above the user, or where nobody above does, the account managers.
    notices.Ask(after.user(), "resource_booking.dispatch", 1, "KAM",
                absl::StrCat("用车待派 Car to be dispatched: ", after.number()), "");
    return notices.Take();
  }
  if (before == nullptr) return notices.Take();
  const bool asked = before->state() == pb::RESOURCE_BOOKING_STATE_REQUESTED;
  if (asked && after.state() == pb::RESOURCE_BOOKING_STATE_CONFIRMED) {
    notices.Tell(after.user(), pb::NOTIFICATION_KIND_DECISION,
                 absl::StrCat("用车已派 Car dispatched: ", after.number()));
  } else if (Enters(before, after, pb::RESOURCE_BOOKING_STATE_REFUSED)) {
    notices.Tell(after.user(), pb::NOTIFICATION_KIND_DECISION,
                 absl::StrCat("用车未批准 Car refused: ", after.number()));
  }
  return notices.Take();
}

std::vector<Notice> NoticesOf(const pb::DutyRoster* before, const pb::DutyRoster& after) {
  Notices notices;
  const auto tell = [&](const std::string& person, absl::string_view what) {
    notices.Tell(person, pb::NOTIFICATION_KIND_APPOINTMENT, absl::StrCat(what, after.number()));
  };
  const std::set<std::string> on = PeopleOn(after);
  const std::set<std::string> known = before == nullptr ? std::set<std::string>() : PeopleOn(*before);
  if (after.has_archive_time()) {
    if (before == nullptr || before->has_archive_time()) return notices.Take();
    for (const std::string& person : on) tell(person, "值班取消 Shift called off: ");
    return notices.Take();
  }
  const bool moved = before != nullptr && (FromTimestamp(before->start_time()) != FromTimestamp(after.start_time()) ||
                                           FromTimestamp(before->end_time()) != FromTimestamp(after.end_time()) ||
                                           before->place() != after.place());
  for (const std::string& person : on) {
    if (known.count(person) == 0) {
      tell(person, "值班通知 You are on a shift: ");
    } else if (moved) {
      tell(person, "值班变更 Shift changed: ");
    }
  }
  for (const std::string& person : known) {
    if (on.count(person) == 0) tell(person, "不再值班 No longer on the shift: ");
  }
  return notices.Take();
}

// ---- People

std::vector<Notice> NoticesOf(const pb::LeaveRequest* before, const pb::LeaveRequest& after) {
  Notices notices;
  if (Enters(before, after, pb::LEAVE_STATE_SUBMITTED)) {
    const bool is_long = after.level() == pb::LEAVE_LEVEL_NEXT_SUPERIOR;
    constexpr int kNextLevel = 2;
    notices.Ask(after.employee(), is_long ? "leave.approve.long" : "leave.approve", is_long ? kNextLevel : 1, "HR",
                absl::StrCat("请假待审批 Leave to be decided: ", after.number()), after.start_date());
  } else if (before != nullptr && before->state() == pb::LEAVE_STATE_RETURNED &&
             (after.state() == pb::LEAVE_STATE_APPROVED || before->return_date() != after.return_date())) {
    const std::string title = absl::StrCat("销假已更正 Return from leave put right: ", after.number());
    notices.Tell(after.employee(), pb::NOTIFICATION_KIND_DECISION, title)
        .Add(Audience::kSuperiors, after.employee(), pb::NOTIFICATION_KIND_DECISION, title);
    if (after.state() == pb::LEAVE_STATE_APPROVED) {
      notices.Tell(after.deputy(), pb::NOTIFICATION_KIND_TASK,
                   absl::StrCat("请继续代理 You go on standing in: ", after.number()), after.start_date());
    }
  } else if (Enters(before, after, pb::LEAVE_STATE_APPROVED)) {
    notices
        .Tell(after.employee(), pb::NOTIFICATION_KIND_DECISION,
              absl::StrCat("请假已批准 Leave granted: ", after.number()))
        .Tell(after.deputy(), pb::NOTIFICATION_KIND_TASK,
              absl::StrCat("请代理工作 You stand in for somebody on leave: ", after.number()), after.start_date());
  } else if (Enters(before, after, pb::LEAVE_STATE_REJECTED)) {
    notices.Tell(after.employee(), pb::NOTIFICATION_KIND_DECISION,
                 absl::StrCat("请假未批准 Leave refused: ", after.number()));
  } else if (Enters(before, after, pb::LEAVE_STATE_CANCELLED)) {
    const std::string title = absl::StrCat("请假已取消 Leave called off: ", after.number());
    notices.Tell(after.decider(), pb::NOTIFICATION_KIND_DECISION, title)
        .Tell(after.deputy(), pb::NOTIFICATION_KIND_TASK, title);
  }
  return notices.Take();
}

std::vector<Notice> NoticesOf(const pb::InstructionRequest* before, const pb::InstructionRequest& after) {
  Notices notices;
  const bool open = after.state() == pb::INSTRUCTION_STATE_SUBMITTED;
  if (open && (before == nullptr || before->superior() != after.superior())) {
    notices.Tell(after.superior(), pb::NOTIFICATION_KIND_APPROVAL,
                 absl::StrCat(after.kind() == pb::INSTRUCTION_KIND_REPORT ? "汇报待阅 Report to be noted: "
                                                                          : "请示待批 Instruction asked: ",
                              after.number()),
                 after.due_date());
  } else if (Enters(before, after, pb::INSTRUCTION_STATE_APPROVED) ||
             Enters(before, after, pb::INSTRUCTION_STATE_REFUSED) ||
             Enters(before, after, pb::INSTRUCTION_STATE_NOTED)) {
    notices.Tell(after.requester(), pb::NOTIFICATION_KIND_DECISION,
                 absl::StrCat("请示已批复 Instruction given: ", after.number()));
  } else if (Enters(before, after, pb::INSTRUCTION_STATE_EXECUTED)) {
    notices.Tell(after.superior(), pb::NOTIFICATION_KIND_DECISION,
                 absl::StrCat("请示已执行 Instruction carried out: ", after.number()));
  } else if (Enters(before, after, pb::INSTRUCTION_STATE_WITHDRAWN)) {
    const std::string title = absl::StrCat("请示已撤回 Instruction not wanted any more: ", after.number());
    notices.Tell(after.superior(), pb::NOTIFICATION_KIND_DECISION, title)
        .Tell(after.requester(), pb::NOTIFICATION_KIND_DECISION, title);
  }
  return notices.Take();
}

std::vector<Notice> NoticesOf(const pb::PersonnelAct* before, const pb::PersonnelAct& after) {
  Notices notices;
  // Neither who nor what is told here: whoever may read the act reads it there.
  if (Enters(before, after, pb::PERSONNEL_ACT_STATE_PROPOSED)) {
    const std::string title = absl::StrCat("人事建议待决定 Personnel proposal to be decided: ", after.number());
    const std::string& whom = after.kind() == pb::PERSONNEL_ACT_KIND_HIRE ? after.department() : after.employee();
    const ActReach decides = MayDecide(kDepartmentManager, after.kind(), after.team_leader());
    if (decides == ActReach::kDepartment) {
      TellDepartmentManager(whom, title, after.effective_date(), &notices);
      return notices.Take();
    }
    notices.Add(Audience::kHolders, "", pb::NOTIFICATION_KIND_APPROVAL, title, after.effective_date(), "GM");
    if (decides == ActReach::kDirect) {
      notices.Add(Audience::kDirectHolders, whom, pb::NOTIFICATION_KIND_APPROVAL, title, after.effective_date(),
                  kDepartmentManager);
    }
    if (MayVeto(kDepartmentManager, after.kind(), after.team_leader()) != ActReach::kNone) {
      TellDepartmentManager(whom, absl::StrCat("人事建议可否决 Personnel proposal that you may veto: ", after.number()),
                            after.effective_date(), &notices);
    }
    return notices.Take();
  }
  if (before == nullptr || before->state() == after.state()) return notices.Take();
  if (Enters(before, after, pb::PERSONNEL_ACT_STATE_FAILED)) {
    notices.Tell(after.decider(), pb::NOTIFICATION_KIND_APPROVAL,
                 absl::StrCat("人事决定未能生效 Personnel act could not take effect: ", after.number()));
  }
  notices.Tell(after.proposer(), pb::NOTIFICATION_KIND_DECISION,
               absl::StrCat("人事建议进展 Personnel proposal: ", after.number(), " ",
                            pb::PersonnelActState_Name(after.state()).substr(sizeof("PERSONNEL_ACT_STATE_") - 1)));
  if (Enters(before, after, pb::PERSONNEL_ACT_STATE_DECIDED) ||
      (Enters(before, after, pb::PERSONNEL_ACT_STATE_IN_EFFECT) && before->state() != pb::PERSONNEL_ACT_STATE_DECIDED &&
       before->state() != pb::PERSONNEL_ACT_STATE_FAILED)) {
    notices.Tell(after.employee(), pb::NOTIFICATION_KIND_DECISION,
                 absl::StrCat("人事决定 A decision about you: ", after.number()), after.effective_date());
  }
  return notices.Take();
}

std::vector<Notice> NoticesOf(const pb::AssessmentSheet* before, const pb::AssessmentSheet& after) {
  Notices notices;
  if (Enters(before, after, pb::ASSESSMENT_STATE_HANDED_OVER)) {
    notices.Tell(after.employee(), pb::NOTIFICATION_KIND_APPROVAL,
                 absl::StrCat("考核表待签字 Assessment to be signed: ", after.number()));
  } else if (Enters(before, after, pb::ASSESSMENT_STATE_SIGNED)) {
    notices.Tell(after.scorer(), pb::NOTIFICATION_KIND_DECISION,
                 absl::StrCat(after.objection() ? "考核有异议 Assessment signed with an objection: "
                                                : "考核表已签字 Assessment signed: ",
                              after.number()));
  } else if (before != nullptr && after.state() == pb::ASSESSMENT_STATE_OPEN &&
             (before->state() == pb::ASSESSMENT_STATE_HANDED_OVER || before->state() == pb::ASSESSMENT_STATE_SIGNED ||
              before->state() == pb::ASSESSMENT_STATE_CONSOLIDATED)) {
    const std::string title = absl::StrCat("考核表重新评分 Assessment opened again: ", after.number());
    notices.Tell(after.employee(), pb::NOTIFICATION_KIND_DECISION, title)
        .Tell(after.scorer(), pb::NOTIFICATION_KIND_DECISION, title);
  } else if (Enters(before, after, pb::ASSESSMENT_STATE_VOID)) {
    notices.Tell(after.employee(), pb::NOTIFICATION_KIND_DECISION,
                 absl::StrCat("考核表已作废 Assessment voided: ", after.number()));
  }
  return notices.Take();
}

std::vector<Notice> NoticesOf(const pb::RoleGrant* before, const pb::RoleGrant& after) {
  Notices notices;
  const std::string what = absl::StrCat(after.role(), " ", after.permission());
  if (Enters(before, after, pb::GRANT_STATE_PROPOSED)) {
    for (const char* role : {"GM", "DGM", "GAM"}) {
      notices.Add(Audience::kHolders, "", pb::NOTIFICATION_KIND_APPROVAL,
                  absl::StrCat("权限待批 Right to be approved: ", what), "", role);
    }
  } else if (before != nullptr && before->state() == pb::GRANT_STATE_PROPOSED && before->state() != after.state()) {
    notices.Tell(after.creator(), pb::NOTIFICATION_KIND_DECISION, absl::StrCat("权限已审批 Right decided: ", what));
  }
  return notices.Take();
}

std::vector<Notice> NoticesOf(const pb::Employee* before, const pb::Employee& after) {
  Notices notices;
  const std::set<std::string> known = before == nullptr ? std::set<std::string>() : Waiting(*before);
  for (const std::string& role : Waiting(after)) {
    if (known.count(role) > 0) continue;
    // The deputy of the general manager confirms those only that administer rights (ADR 0010).
    const bool administers = Administering().count(role) > 0;
    for (const char* decider : {"GM", "DGM"}) {
      if (!administers && absl::string_view(decider) == "DGM") continue;
      notices.Add(Audience::kHolders, "", pb::NOTIFICATION_KIND_APPROVAL,
                  absl::StrCat("角色待确认 Role to be confirmed: ", role, ", ", after.display_name()), "", decider);
    }
  }
  return notices.Take();
}

std::vector<Notice> RoleNoticesOf(const Policy& policy, const std::string& today, const pb::Employee* before,
                                  const pb::Employee& after) {
  Notices notices;
  const bool moved = before != nullptr && before->department() != after.department();
  for (const pb::RoleAssignment& row : after.roles()) {
    if (!moved && before != nullptr && HasRow(*before, row)) continue;  // Told when it came.
    if (!MayStillVeto(row, Administering(), today)) continue;
    pb::PersonnelAct act;
    act.set_role(row.role());
    const bool leads = ConcernsLeader(policy, act, {});
    if (MayVeto(kDepartmentManager, pb::PERSONNEL_ACT_KIND_APPOINT, leads) == ActReach::kNone) continue;
    TellDepartmentManager(after.name(),
                          absl::StrCat("任命可否决 Role that you may veto: ", row.role(), ", ", after.display_name()),
                          row.since(), &notices);
  }
  if (before == nullptr) return notices.Take();
  for (const pb::RoleAssignment& row : before->roles()) {
    if (!MayStillVeto(row, Administering(), today) || HasRow(after, row)) continue;
    // Other days of it are another row, and no end.
    const bool replaced = std::any_of(after.roles().begin(), after.roles().end(), [&](const pb::RoleAssignment& other) {
      return other.role() == row.role() && !HasRow(*before, other);
    });
    if (replaced) continue;
    const std::string title =
        absl::StrCat("任命未生效 Role taken out before it counted: ", row.role(), ", ", after.display_name());
    notices.Tell(row.proposer(), pb::NOTIFICATION_KIND_DECISION, title)
        .Tell(row.confirmer(), pb::NOTIFICATION_KIND_DECISION, title);
  }
  return notices.Take();
}

std::vector<Notice> NoticesOf(const pb::Post* before, const pb::Post& after) {
  Notices notices;
  if (Enters(before, after, pb::POST_STATE_PROPOSED)) {
    notices.AskOver(after.department(), kDepartmentManager, "GM",
                    absl::StrCat("岗位待批 Post to be established: ", after.title()));
  } else if (before != nullptr && before->state() == pb::POST_STATE_PROPOSED && before->state() != after.state()) {
    notices.Tell(after.creator(), pb::NOTIFICATION_KIND_DECISION,
                 absl::StrCat(after.state() == pb::POST_STATE_ESTABLISHED ? "岗位已设立 Post established: "
                                                                          : "岗位未批准 Post rejected: ",
                              after.title()));
  }
  return notices.Take();
}

// ---- Preferences

absl::Status CheckPreference(const pb::NotificationPreference& preference) {
  if (!preference.muted() || preference.kind() != pb::NOTIFICATION_KIND_ESCALATION) return absl::OkStatus();
  return InvalidField("notification_preference.muted", "NOTIFICATION_NOT_MUTABLE",
                      "what was escalated to somebody reaches him",
                      {{"kind", pb::NotificationKind_Name(preference.kind())}});
}

}  // namespace kam::account::rules
