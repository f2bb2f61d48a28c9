// What people are told about accounts and customers (G-22).
#include "absl/strings/str_cat.h"
#include "account-svc/rules/notices.h"

namespace kam::account::rules {

std::vector<Notice> NoticesOf(const v1::OwnershipNotice* before, const v1::OwnershipNotice& after) {
  Notices notices;
  if (before != nullptr) return notices.Take();
  const char* title =
      after.kind() == v1::OWNERSHIP_NOTICE_KIND_RELEASE_AHEAD ? "客户即将释放 You are about to lose an account"
      : after.kind() == v1::OWNERSHIP_NOTICE_KIND_CLAIMED     ? "客户已被认领 An account was claimed by another"
                                                              : "客户已释放 You have lost an account";
  notices.About(after.account()).Tell(after.employee(), organization::v1::NOTIFICATION_KIND_OWNERSHIP, title);
  return notices.Take();
}

std::vector<Notice> NoticesOf(const v1::AccountReminder* before, const v1::AccountReminder& after) {
  Notices notices;
  const bool given = before != nullptr && before->owner() != after.owner();
  if (after.state() == v1::ACCOUNT_REMINDER_STATE_OPEN &&
      (given || Enters(before, after, v1::ACCOUNT_REMINDER_STATE_OPEN))) {
    notices.Tell(after.owner(), organization::v1::NOTIFICATION_KIND_ACCOUNT,
                 after.kind() == v1::ACCOUNT_REMINDER_KIND_TIER_REVIEW ? "客户等级复核 Review the tier of an account"
                 : after.kind() == v1::ACCOUNT_REMINDER_KIND_SHARE_ALERT ? "份额下降 Our share of an account falls"
                                                                         : "客户回访 Call a customer",
                 after.due_date());
  }
  return notices.Take();
}

std::vector<Notice> NoticesOf(const v1::AccountHandover* before, const v1::AccountHandover& after) {
  Notices notices;
  if (Enters(before, after, v1::HANDOVER_STATE_OPEN)) {
    const std::string title = absl::StrCat("客户交接待签字 Hand-over to be signed: ", after.number());
    notices.Tell(after.giver(), organization::v1::NOTIFICATION_KIND_APPROVAL, title)
        .Tell(after.receiver(), organization::v1::NOTIFICATION_KIND_APPROVAL, title);
  } else if (before != nullptr && before->state() != after.state()) {
    const std::string title =
        absl::StrCat(after.state() == v1::HANDOVER_STATE_COMPLETED ? "客户交接完成 Hand-over complete: "
                                                                   : "客户交接取消 Hand-over called off: ",
                     after.number());
    notices.Tell(after.giver(), organization::v1::NOTIFICATION_KIND_OWNERSHIP, title)
        .Tell(after.receiver(), organization::v1::NOTIFICATION_KIND_OWNERSHIP, title);
  }
  return notices.Take();
}

std::vector<Notice> NoticesOf(const v1::AccountMerge* before, const v1::AccountMerge& after) {
  Notices notices;
  if (before != nullptr && before->state() == v1::ACCOUNT_MERGE_STATE_PROPOSED && before->state() != after.state()) {
    notices.Tell(after.proposer(), organization::v1::NOTIFICATION_KIND_DECISION,
                 absl::StrCat("客户合并已决定 Merge decided: ", after.number()));
  }
  return notices.Take();
}

std::vector<Notice> NoticesOf(const v1::WorkDispute* before, const v1::WorkDispute& after) {
  Notices notices;
  if (Enters(before, after, v1::WORK_DISPUTE_STATE_OPEN)) {
    for (const std::string& arbiter : after.arbiters()) {
      notices.Tell(arbiter, organization::v1::NOTIFICATION_KIND_APPROVAL,
                   absl::StrCat("争议待裁决 Dispute to be decided: ", after.number()));
    }
    notices.Tell(after.respondent(), organization::v1::NOTIFICATION_KIND_OWNERSHIP,
                 absl::StrCat("争议待答复 A dispute wants your answer: ", after.number()));
  } else if (Enters(before, after, v1::WORK_DISPUTE_STATE_DECIDED)) {
    const std::string title = absl::StrCat("争议已裁决 Dispute decided: ", after.number());
    notices.Tell(after.opener(), organization::v1::NOTIFICATION_KIND_DECISION, title)
        .Tell(after.respondent(), organization::v1::NOTIFICATION_KIND_DECISION, title);
  }
  return notices.Take();
}

std::vector<Notice> NoticesOf(const v1::Visit* before, const v1::Visit& after) {
  Notices notices;
  if (before == nullptr && after.state() == v1::VISIT_STATE_PROPOSED && !after.due_date().empty()) {
    notices.Tell(after.visitor(), organization::v1::NOTIFICATION_KIND_ACCOUNT,
                 absl::StrCat("走访到期 Visit due: ", after.number()), after.due_date());
  } else if (before != nullptr && before->state() != v1::VISIT_STATE_CHECKED_IN &&
             Enters(before, after, v1::VISIT_STATE_APPROVED)) {
    notices.Tell(after.visitor(), organization::v1::NOTIFICATION_KIND_DECISION,
                 absl::StrCat("拜访已批准 Visit approved: ", after.number()));
  } else if (Enters(before, after, v1::VISIT_STATE_MISSED)) {
    notices.Tell(after.visitor(), organization::v1::NOTIFICATION_KIND_DUE,
                 absl::StrCat("拜访未完成 Visit missed: ", after.number()));
  }
  return notices.Take();
}

std::vector<Notice> NoticesOf(const v1::VisitPlan* before, const v1::VisitPlan& after) {
  Notices notices;
  if (Enters(before, after, v1::VISIT_PLAN_STATE_SUBMITTED)) {
    notices.Ask(after.owner(), "visit_plan.approve", 1, "SD",
                absl::StrCat("拜访计划待审批 A plan of visits is to be approved: ", after.number()),
                after.start_date());
  } else if (Enters(before, after, v1::VISIT_PLAN_STATE_APPROVED)) {
    notices.Tell(after.owner(), organization::v1::NOTIFICATION_KIND_DECISION,
                 absl::StrCat("拜访计划已批准 Plan of visits approved: ", after.number()));
  } else if (before != nullptr && Enters(before, after, v1::VISIT_PLAN_STATE_DRAFT)) {
    notices.Tell(after.owner(), organization::v1::NOTIFICATION_KIND_DECISION,
                 absl::StrCat("拜访计划已退回 Plan of visits was returned: ", after.number()));
  }
  // Its owner has signed it: the other who draws it up is to sign.
  if (after.state() == v1::VISIT_PLAN_STATE_DRAFT && after.has_owner_sign_time() && !after.has_manager_sign_time() &&
      (before == nullptr || !before->has_owner_sign_time() || before->sales_manager() != after.sales_manager())) {
    notices.Tell(after.sales_manager(), organization::v1::NOTIFICATION_KIND_APPROVAL,
                 absl::StrCat("拜访计划待签字 A plan of visits is to be signed: ", after.number()), after.start_date());
  }
  return notices.Take();
}

std::vector<Notice> NoticesOf(const v1::Campaign* before, const v1::Campaign& after) {
  Notices notices;
  const bool asked = before != nullptr && before->state() == v1::CAMPAIGN_STATE_BUDGET_REQUESTED;
  if (Enters(before, after, v1::CAMPAIGN_STATE_BUDGET_REQUESTED)) {
    notices.Tell(after.budget_owner(), organization::v1::NOTIFICATION_KIND_APPROVAL,
                 absl::StrCat("活动预算待审批 The budget of a campaign is to be decided on: ", after.number()),
                 after.start_date());
  } else if (asked && after.state() == v1::CAMPAIGN_STATE_BUDGETED) {
    notices.Tell(after.planner(), organization::v1::NOTIFICATION_KIND_DECISION,
                 absl::StrCat("活动预算已批准 Budget of the campaign approved: ", after.number()));
  } else if (asked && after.state() == v1::CAMPAIGN_STATE_DRAFT) {
    notices.Tell(after.planner(), organization::v1::NOTIFICATION_KIND_DECISION,
                 absl::StrCat("活动预算已退回 Budget of the campaign not approved: ", after.number()));
  }
  return notices.Take();
}

namespace {

// Whether somebody is to answer from now on who was not before.
template <typename T, typename State>
bool NewHandler(const T* before, const T& after, State state) {
  return Enters(before, after, state) ||
         (after.state() == state && before != nullptr && before->handler() != after.handler());
}

// What becomes of a report of a period; `what` begins each title: "拜访报告 Visit report".
template <typename T>
std::vector<Notice> NoticesOfReport(const T* before, const T& after, absl::string_view what) {
  Notices notices;
  const auto title = [&](absl::string_view event) { return absl::StrCat(what, " ", event, ": ", after.number()); };
  if (Enters(before, after, v1::PERIOD_REPORT_STATE_HANDED_IN)) {
    notices.Add(Audience::kSuperiors, after.author(), organization::v1::NOTIFICATION_KIND_APPROVAL,
                title("待批阅 to be read"));
  } else if (Enters(before, after, v1::PERIOD_REPORT_STATE_REVIEWED)) {
    notices.Tell(after.author(), organization::v1::NOTIFICATION_KIND_DECISION, title("已批阅 read"));
  } else if (before != nullptr && Enters(before, after, v1::PERIOD_REPORT_STATE_DRAFT)) {
    notices.Tell(after.author(), organization::v1::NOTIFICATION_KIND_DECISION, title("已退回 given back"));
  }
  return notices.Take();
}

}  // namespace

std::vector<Notice> NoticesOf(const v1::VisitReport* before, const v1::VisitReport& after) {
  return NoticesOfReport(before, after, "拜访报告 Visit report");
}

std::vector<Notice> NoticesOf(const v1::WeeklyReport* before, const v1::WeeklyReport& after) {
  return NoticesOfReport(before, after, "周报 Weekly report");
}

std::vector<Notice> NoticesOf(const v1::PromotionNotice* before, const v1::PromotionNotice& after) {
  Notices notices;
  if (Enters(before, after, v1::PROMOTION_NOTICE_STATE_SENT)) {
    notices.Add(Audience::kHead, after.department(), organization::v1::NOTIFICATION_KIND_CUSTOMER,
                "活动信息待接收 Information on a campaign for your department");
  }
  return notices.Take();
}

std::vector<Notice> NoticesOf(const v1::VisitProblem* before, const v1::VisitProblem& after) {
  Notices notices;
  TellEscalation(before, after, after.number(), &notices);
  if (Enters(before, after, v1::VISIT_PROBLEM_STATE_OPEN)) {
    notices.Add(Audience::kHead, after.department(), organization::v1::NOTIFICATION_KIND_CUSTOMER,
                absl::StrCat("客户问题待处理 A customer's problem is with your department: ", after.number()));
  }
  if (NewHandler(before, after, v1::VISIT_PROBLEM_STATE_OPEN)) {
    notices.Tell(after.handler(), organization::v1::NOTIFICATION_KIND_CUSTOMER,
                 absl::StrCat("客户问题待您答复 You are to answer a customer's problem: ", after.number()));
  } else if (Enters(before, after, v1::VISIT_PROBLEM_STATE_ANSWERED)) {
    notices.Tell(after.raiser(), organization::v1::NOTIFICATION_KIND_CUSTOMER,
                 absl::StrCat("客户问题已答复 Problem answered: ", after.number()));
  } else if (Enters(before, after, v1::VISIT_PROBLEM_STATE_CLOSED) && !after.customer_opinion().empty()) {
    notices.Tell(
        after.raiser(), organization::v1::NOTIFICATION_KIND_CUSTOMER,
        absl::StrCat("客户问题已转为客户意见 Problem goes on as an opinion of the customer: ", after.number()));
  } else if (Enters(before, after, v1::VISIT_PROBLEM_STATE_WITHDRAWN)) {
    const std::string title = absl::StrCat("客户问题已撤销 Problem taken back, no answer is wanted: ", after.number());
    notices.Tell(after.handler(), organization::v1::NOTIFICATION_KIND_CUSTOMER, title)
        .Tell(after.raiser(), organization::v1::NOTIFICATION_KIND_CUSTOMER, title);
  }
  return notices.Take();
}

std::vector<Notice> NoticesOf(const v1::CustomerOpinion* before, const v1::CustomerOpinion& after) {
  Notices notices;
  TellEscalation(before, after, after.number(), &notices);
  if (Enters(before, after, v1::OPINION_STATE_ROUTED)) {
    notices.Add(Audience::kHead, after.department(), organization::v1::NOTIFICATION_KIND_CUSTOMER,
                absl::StrCat("客户意见待答复 A customer's opinion is with your department: ", after.number()));
  }
  if (NewHandler(before, after, v1::OPINION_STATE_ROUTED)) {
    notices.Tell(after.handler(), organization::v1::NOTIFICATION_KIND_CUSTOMER,
                 absl::StrCat("客户意见待您答复 You are to answer a customer's opinion: ", after.number()));
  } else if (Enters(before, after, v1::OPINION_STATE_ANSWERED)) {
    notices.Tell(after.recorder(), organization::v1::NOTIFICATION_KIND_CUSTOMER,
                 absl::StrCat("客户意见已答复 Opinion answered, tell the customer: ", after.number()));
  } else if (Enters(before, after, v1::OPINION_STATE_WITHDRAWN)) {
    const std::string title = absl::StrCat("客户意见已撤销 Opinion taken back, no answer is wanted: ", after.number());
    notices.Tell(after.handler(), organization::v1::NOTIFICATION_KIND_CUSTOMER, title)
        .Tell(after.recorder(), organization::v1::NOTIFICATION_KIND_CUSTOMER, title);
  }
  return notices.Take();
}

std::vector<Notice> NoticesOf(const v1::CustomerNeed* before, const v1::CustomerNeed& after) {
  Notices notices;
  TellEscalation(before, after, after.number(), &notices);
  if (Enters(before, after, v1::CUSTOMER_NEED_STATE_ROUTED)) {
    notices.Add(Audience::kHead, after.department(), organization::v1::NOTIFICATION_KIND_CUSTOMER,
                absl::StrCat("客户需求待答复 A customer's need is with your department: ", after.number()));
  } else if (Enters(before, after, v1::CUSTOMER_NEED_STATE_ANSWERED)) {
    notices.Tell(after.owner(), organization::v1::NOTIFICATION_KIND_CUSTOMER,
                 absl::StrCat("客户需求已答复 Need answered, tell the customer: ", after.number()));
  }
  return notices.Take();
}

std::vector<Notice> NoticesOf(const v1::ImportantMatter* before, const v1::ImportantMatter& after) {
  Notices notices;
  TellEscalation(before, after, after.number(), &notices);
  if (Enters(before, after, v1::IMPORTANT_MATTER_STATE_REPORTED)) {
    notices.Tell(after.superior(), organization::v1::NOTIFICATION_KIND_APPROVAL,
                 absl::StrCat("重要事项待批示 Important matter to be answered: ", after.number()));
  } else if (Enters(before, after, v1::IMPORTANT_MATTER_STATE_RESPONDED) ||
             Enters(before, after, v1::IMPORTANT_MATTER_STATE_APPROVED)) {
    notices.Tell(after.owner(), organization::v1::NOTIFICATION_KIND_DECISION,
                 absl::StrCat("重要事项已批示 Important matter: ", after.number()));
  }
  return notices.Take();
}

std::vector<Notice> NoticesOf(const v1::Tender* before, const v1::Tender& after) {
  Notices notices;
  if (before != nullptr && after.reminders_size() > before->reminders_size()) {
    notices.Tell(after.owner(), organization::v1::NOTIFICATION_KIND_DUE,
                 absl::StrCat("投标期限临近 A deadline is near: ", after.number()));
  }
  if (Enters(before, after, v1::TENDER_STATE_PREPARING)) {
    notices.Ask(after.owner(), "tender.approve", 1, "SD",
                absl::StrCat("投标编制中待您批准 A bid is being prepared for your approval: ", after.number()), "");
  }
  if (before != nullptr && Enters(before, after, v1::TENDER_STATE_APPROVED)) {
    notices.Tell(after.owner(), organization::v1::NOTIFICATION_KIND_DECISION,
                 absl::StrCat("投标已批准 Bid approved: ", after.number()));
  }
  return notices.Take();
}

}  // namespace kam::account::rules
