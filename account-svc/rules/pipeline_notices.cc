// What people are told about leads, deals, plans and what is written for customers (G-22).
#include "absl/strings/str_cat.h"
#include "account-svc/rules/notices.h"
#include "common/time/date.h"

namespace kam::account::rules {
namespace {

// Whether the text was set, or set anew, just now.
template <typename T>
bool Says(const T* before, const std::string& after, const std::string& (T::*text)() const) {
  return !after.empty() && (before == nullptr || (before->*text)() != after);
}

}  // namespace

std::vector<Notice> NoticesOf(const v1::Lead* before, const v1::Lead& after) {
  Notices notices;
  const std::string& was_with = before == nullptr ? after.creator() : before->owner();
  if (after.owner() != was_with) {
    notices.Tell(after.owner(), organization::v1::NOTIFICATION_KIND_TASK,
                 absl::StrCat("线索已分派 A lead is yours: ", after.number()), after.next_follow_up_date());
  }
  if (Escalated(before, after)) {
    notices.Tell(after.escalated_to(), organization::v1::NOTIFICATION_KIND_ESCALATION,
                 absl::StrCat("来店客户当日未分派 No salesperson has the lead yet, give it to one: ", after.number()));
  }
  return notices.Take();
}

std::vector<Notice> NoticesOf(const v1::FollowUpSheet* before, const v1::FollowUpSheet& after) {
  Notices notices;
  TellEscalation(before, after, after.sheet_date(), &notices);
  if (Enters(before, after, v1::FOLLOW_UP_SHEET_STATE_HANDED_IN)) {
    notices.Add(Audience::kSuperiors, after.owner(), organization::v1::NOTIFICATION_KIND_APPROVAL,
                absl::StrCat("跟进卡待签字 Follow-up cards to be signed: ", after.sheet_date()));
  } else if (Enters(before, after, v1::FOLLOW_UP_SHEET_STATE_RETURNED)) {
    notices.Tell(after.owner(), organization::v1::NOTIFICATION_KIND_DECISION,
                 absl::StrCat("跟进卡已退回 Follow-up cards were returned: ", after.sheet_date()));
  }
  return notices.Take();
}

std::vector<Notice> NoticesOf(const v1::Opportunity* before, const v1::Opportunity& after) {
  Notices notices;
  if (before == nullptr) return notices.Take();
  if (after.stalled() && !before->stalled()) {
    notices.Tell(after.owner(), organization::v1::NOTIFICATION_KIND_DUE,
                 absl::StrCat("机会停滞 A deal stands still: ", after.number()));
  }
  if (before->state() != v1::OPPORTUNITY_STATE_OPEN && after.state() == v1::OPPORTUNITY_STATE_OPEN) {
    notices.Tell(after.owner(), organization::v1::NOTIFICATION_KIND_DECISION,
                 absl::StrCat("机会已重开 A deal is open again: ", after.number()));
  }
  return notices.Take();
}

std::vector<Notice> NoticesOf(const v1::AccountPlan* before, const v1::AccountPlan& after) {
  Notices notices;
  if (before == nullptr) return notices.Take();
  const char* title = nullptr;
  if (Says(before, after.return_reason(), &v1::AccountPlan::return_reason)) {
    title = "客户计划已退回 Account plan was returned: ";
  } else if (Enters(before, after, v1::ACCOUNT_PLAN_STATE_APPROVED)) {
    title = "客户计划已批准 Account plan approved: ";
  } else if (Enters(before, after, v1::ACCOUNT_PLAN_STATE_CANCELLED)) {
    title = "客户计划已取消 Account plan called off: ";
  } else if (Enters(before, after, v1::ACCOUNT_PLAN_STATE_REVIEWED)) {
    title = "客户计划已回顾 Account plan was looked back on: ";
  }
  if (title != nullptr) {
    notices.Tell(after.owner(), organization::v1::NOTIFICATION_KIND_DECISION, absl::StrCat(title, after.number()));
  }
  return notices.Take();
}

std::vector<Notice> NoticesOf(const v1::ManufacturerSubmission* before, const v1::ManufacturerSubmission& after) {
  Notices notices;
  if (Enters(before, after, v1::MANUFACTURER_SUBMISSION_STATE_PREPARED)) {
    notices.Ask(after.owner(), "manufacturer_submission.review", 1, "CRMD",
                absl::StrCat("厂家报送待审核 A submission is to be reviewed: ", after.number()), after.due_date());
  }
  if (before == nullptr) return notices.Take();
  if (after.overdue() && !before->overdue() && after.state() != v1::MANUFACTURER_SUBMISSION_STATE_SUBMITTED) {
    notices.Tell(after.owner(), organization::v1::NOTIFICATION_KIND_DUE,
                 absl::StrCat("厂家报送逾期 Submission overdue: ", after.number()), after.due_date());
  }
  if (Enters(before, after, v1::MANUFACTURER_SUBMISSION_STATE_RETURNED)) {
    notices.Tell(after.owner(), organization::v1::NOTIFICATION_KIND_DECISION,
                 absl::StrCat("厂家退回 The manufacturer sent it back: ", after.number()));
  } else if (Enters(before, after, v1::MANUFACTURER_SUBMISSION_STATE_WITHDRAWN)) {
    notices.Tell(after.owner(), organization::v1::NOTIFICATION_KIND_DECISION,
                 absl::StrCat("厂家报送已撤销 Submission withdrawn: ", after.number()));
  }
  return notices.Take();
}

std::vector<Notice> NoticesOf(const v1::Solution* before, const v1::Solution& after) {
  Notices notices;
  if (Enters(before, after, v1::SOLUTION_STATE_REQUESTED)) {
    notices.Add(Audience::kHolders, "", organization::v1::NOTIFICATION_KIND_TASK,
                absl::StrCat("方案需求待分派 A solution is asked for, give it to somebody: ", after.number()),
                after.due_date(), "PSS");
  }
  if (before == nullptr) return notices.Take();
  if (before->author() != after.author()) {
    notices.Tell(after.author(), organization::v1::NOTIFICATION_KIND_TASK,
                 absl::StrCat("方案待撰写 A solution is to be written: ", after.number()), after.due_date());
  } else if ((before->state() == v1::SOLUTION_STATE_DRAFTED || before->state() == v1::SOLUTION_STATE_REVIEWED) &&
             after.state() == v1::SOLUTION_STATE_ASSIGNED) {
    notices.Tell(after.author(), organization::v1::NOTIFICATION_KIND_TASK,
                 absl::StrCat("方案已退回 The solution was returned: ", after.number()), after.due_date());
  } else if (Enters(before, after, v1::SOLUTION_STATE_REVIEWED)) {
    notices.Tell(after.owner(), organization::v1::NOTIFICATION_KIND_CUSTOMER,
                 absl::StrCat("方案可提交客户 The solution may be presented: ", after.number()));
  } else if (Enters(before, after, v1::SOLUTION_STATE_REJECTED)) {
    notices.Tell(after.author(), organization::v1::NOTIFICATION_KIND_CUSTOMER,
                 absl::StrCat("客户未认可方案 The customer does not want the solution so: ", after.number()));
  } else if (Enters(before, after, v1::SOLUTION_STATE_WITHDRAWN)) {
    notices.Tell(after.author(), organization::v1::NOTIFICATION_KIND_TASK,
                 absl::StrCat("方案已撤销 The solution is not wanted any more: ", after.number()));
  }
  return notices.Take();
}

std::vector<Notice> NoticesOf(const v1::ProductInitiative* before, const v1::ProductInitiative& after) {
  Notices notices;
  if (Enters(before, after, v1::PRODUCT_INITIATIVE_STATE_APPROVED)) {
    notices.Tell(after.owner(), organization::v1::NOTIFICATION_KIND_TASK,
                 absl::StrCat("新产品由您负责 You answer for a new product: ", after.number()));
    notices.Tell(after.proposer(), organization::v1::NOTIFICATION_KIND_DECISION,
                 absl::StrCat("新产品已立项 Your proposal was taken up: ", after.number()));
  } else if (Enters(before, after, v1::PRODUCT_INITIATIVE_STATE_REJECTED)) {
    notices.Tell(after.proposer(), organization::v1::NOTIFICATION_KIND_DECISION,
                 absl::StrCat("新产品未立项 Your proposal was not taken up: ", after.number()));
  } else if (Enters(before, after, v1::PRODUCT_INITIATIVE_STATE_STOPPED)) {
    const std::string title = absl::StrCat("新产品已终止 A new product was given up: ", after.number());
    notices.Tell(after.owner(), organization::v1::NOTIFICATION_KIND_DECISION, title)
        .Tell(after.proposer(), organization::v1::NOTIFICATION_KIND_DECISION, title);
  }
  return notices.Take();
}

namespace {

// The first day after `after` on which an action is due that was not done; empty: none.
std::string NextDue(const v1::AccountPlan& plan, const std::string& after) {
  std::string next;
  if (plan.state() != v1::ACCOUNT_PLAN_STATE_RUNNING) return next;
  for (const v1::PlanAction& action : plan.actions()) {
    if (!action.done_date().empty() || action.due_date() <= after) continue;
    if (next.empty() || action.due_date() < next) next = action.due_date();
  }
  return next;
}

}  // namespace

std::vector<Timer> TimersOf(const v1::AccountPlan& plan, const Policy& policy, absl::TimeZone zone) {
  const std::string next = NextDue(plan, "");
  if (next.empty()) return {{kPlanActionDue, std::nullopt}};
  return {{kPlanActionDue, WorkBegins(next, policy, zone)}};
}

std::vector<Notice> Remind(const v1::AccountPlan& plan, const std::string& today, const Policy&) {
  Notices notices;
  if (plan.state() != v1::ACCOUNT_PLAN_STATE_RUNNING) return notices.Take();
  for (const v1::PlanAction& action : plan.actions()) {
    if (!action.done_date().empty() || action.due_date() > today) continue;
    notices.Tell(
        action.responsible(), organization::v1::NOTIFICATION_KIND_DUE,
        absl::StrCat("客户计划行动到期 An action of an account plan is due: ", plan.number(), " ", action.title()),
        action.due_date());
  }
  return notices.Take();
}

int RemindAgainAfter(const v1::AccountPlan& plan, const std::string& today, const Policy&) {
  const std::string next = NextDue(plan, today);
  if (next.empty()) return 0;
  const auto days = DaysBetween(today, next);
  return days.ok() ? static_cast<int>(*days) : 0;
}

}  // namespace kam::account::rules
