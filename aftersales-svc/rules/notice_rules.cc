#include "aftersales-svc/rules/notice_rules.h"

#include <set>

#include "absl/strings/str_cat.h"
#include "aftersales-svc/rules/proto_time.h"
#include "common/service/notices.h"
#include "common/time/date.h"

namespace kam::aftersales::rules {
namespace {

namespace cv1 = ::kam::complaint::v1;
namespace og = ::kam::organization::v1;
namespace sv1 = ::kam::satisfaction::v1;
using service::AddNotice;
using service::TellPerson;

std::string DayOf(const google::protobuf::Timestamp& stamp, absl::TimeZone zone) {
  return TodayText(FromTimestamp(stamp), zone);
}

// The direct superiors of somebody whose time is over.
void TellSuperiors(const std::string& whom, const std::string& title, const std::string& due_date,
                   og::DeliverNoticesRequest* told) {
  og::Notice* notice = AddNotice(og::NOTICE_AUDIENCE_SUPERIORS, og::NOTIFICATION_KIND_DUE, title, told);
  notice->set_whom(whom);
  notice->set_due_date(due_date);
}

const char* WordOf(cv1::ClockKind kind) {
  switch (kind) {
    case cv1::CLOCK_KIND_FIRST_RESPONSE:
      return "首次响应 first response";
    case cv1::CLOCK_KIND_SOLUTION:
      return "解决 solution";
    default:
      return "回复 reply";
  }
}

}  // namespace

og::DeliverNoticesRequest NoticesOf(const cv1::Complaint* before, const cv1::Complaint& after) {
  og::DeliverNoticesRequest told;
  const auto tell = [&](const std::string& person, const char* what) {
    TellPerson(person, og::NOTIFICATION_KIND_TASK, absl::StrCat(what, after.number()), "", &told);
  };
  if (before == nullptr && after.handler().empty()) {
    og::Notice* notice = AddNotice(og::NOTICE_AUDIENCE_HOLDERS, og::NOTIFICATION_KIND_TASK,
                                   absl::StrCat("新投诉待分派 New complaint to be assigned: ", after.number()), &told);
    notice->set_permission("complaint.assign");
    notice->set_account(after.account());
  }
  const std::string known = before == nullptr ? std::string() : before->handler();
  if (after.handler() != known) {
    tell(after.handler(), "投诉分派给您 Complaint assigned to you: ");
    tell(known, "投诉已转交他人 Complaint assigned to somebody else: ");
  } else if (before != nullptr && after.reopen_count() > before->reopen_count()) {
    tell(after.handler(), "投诉未了结，请继续处理 Complaint not settled, with you again: ");
  }
  std::set<std::string> helpers;
  if (before != nullptr) helpers.insert(before->co_handlers().begin(), before->co_handlers().end());
  for (const std::string& helper : after.co_handlers()) {
    if (helpers.count(helper) == 0) tell(helper, "请协助处理投诉 You help with complaint: ");
  }
  if (after.escalation_level() <= (before == nullptr ? 0 : before->escalation_level())) return told;
  if (!after.escalated_role().empty()) {
    og::Notice* notice = AddNotice(og::NOTICE_AUDIENCE_HOLDERS, og::NOTIFICATION_KIND_ESCALATION,
                                   absl::StrCat("投诉升级到您 Complaint escalated to you: ", after.number()), &told);
    notice->add_roles(after.escalated_role());
    notice->set_permission("complaint.read");
    notice->set_owner(after.handler());
    notice->set_account(after.account());
  }
  tell(after.handler(), "您处理的投诉已升级 Complaint of yours escalated: ");
  return told;
}

og::DeliverNoticesRequest NoticesOf(const cv1::ComplaintClock* before, const cv1::ComplaintClock& after,
                                    const cv1::Complaint& complaint, absl::TimeZone zone) {
  og::DeliverNoticesRequest told;
  if (!after.has_breach_time() || (before != nullptr && before->has_breach_time())) return told;
  const std::string title = absl::StrCat("投诉超时 Complaint late: ", complaint.number(), ", ", WordOf(after.kind()));
  const std::string day = DayOf(after.due_time(), zone);
  if (!after.handler().empty()) {
    TellPerson(after.handler(), og::NOTIFICATION_KIND_DUE, title, day, &told);
    TellSuperiors(after.handler(), title, day, &told);
  } else {
    og::Notice* notice = AddNotice(og::NOTICE_AUDIENCE_HOLDERS, og::NOTIFICATION_KIND_DUE, title, &told);
    notice->set_permission(after.kind() == cv1::CLOCK_KIND_FIRST_RESPONSE ? "complaint.accept" : "complaint.assign");
    notice->set_account(after.account());
    notice->set_due_date(day);
  }
  for (og::Notice& notice : *told.mutable_notices()) notice.set_subject(complaint.name());
  return told;
}

og::DeliverNoticesRequest NoticesOf(const sv1::FollowUp* before, const sv1::FollowUp& after, absl::TimeZone zone) {
  og::DeliverNoticesRequest told;
  const std::string day = DayOf(after.due_time(), zone);
  const auto tell = [&](const std::string& person, og::NotificationKind kind, const char* what) {
    TellPerson(person, kind, absl::StrCat(what, after.number()), day, &told);
  };
  if (before == nullptr) {
    tell(after.owner(), og::NOTIFICATION_KIND_TASK, "低分回访 Follow-up of a low score: ");
  } else if (before->measure_owner() != after.measure_owner() && after.measure_owner() != after.owner()) {
    tell(after.measure_owner(), og::NOTIFICATION_KIND_TASK, "请落实改进措施 Measure to take: ");
  }
  // Done too late, it is late no longer.
  if (!after.overdue() || after.state() == sv1::FOLLOW_UP_STATE_DONE || (before != nullptr && before->overdue())) {
    return told;
  }
  constexpr char kLate[] = "回访超时 Follow-up late: ";
  tell(after.owner(), og::NOTIFICATION_KIND_DUE, kLate);
  if (after.measure_owner() != after.owner()) tell(after.measure_owner(), og::NOTIFICATION_KIND_DUE, kLate);
  TellSuperiors(after.owner(), absl::StrCat(kLate, after.number()), day, &told);
  return told;
}

}  // namespace kam::aftersales::rules
