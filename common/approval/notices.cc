#include "common/approval/notices.h"

#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/service/notice_sender.h"
#include "common/service/notices.h"
#include "common/status/status.h"
#include "common/time/date.h"

namespace kam::approval {
namespace {

namespace pb = kam::approval::v1;
namespace og = kam::organization::v1;

constexpr char kDecide[] = "approval.decide";
constexpr int kDelegationsMax = 1000;

std::vector<std::string> Split(const std::string& names) { return absl::StrSplit(names, ' ', absl::SkipEmpty()); }

bool Contains(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// The step that waits; null when none does.
const pb::ApprovalStep* Waiting(const pb::ApprovalRequest& request) {
  if (request.state() != pb::APPROVAL_STATE_PENDING) return nullptr;
  const int number = request.current_step();
  return number >= 1 && number <= request.steps_size() ? &request.steps(number - 1) : nullptr;
}

// Whom a question is put to.
struct Asked {
  std::vector<std::string> roles, employees;
};

// Tells those who are asked, as far as their right to decide reaches the request, and those who take their place.
void Ask(const Asked& asked, og::NotificationKind kind, const std::string& title, const std::string& due_date,
         const pb::ApprovalRequest& request, const std::vector<pb::ApprovalDelegation>& lent,
         og::DeliverNoticesRequest* told) {
  const auto add = [&](og::NoticeAudience audience) {
    og::Notice* notice = service::AddNotice(audience, kind, title, told);
    notice->set_permission(kDecide);
    notice->set_owner(request.requester());
    notice->set_account(request.account());
    notice->set_due_date(due_date);
    return notice;
  };
  if (!asked.roles.empty()) {
    og::Notice* notice = add(og::NOTICE_AUDIENCE_HOLDERS);
    for (const std::string& role : asked.roles) notice->add_roles(role);
  }
  for (const std::string& employee : asked.employees) add(og::NOTICE_AUDIENCE_PERSON)->set_whom(employee);
  for (const pb::ApprovalDelegation& delegation : lent) {
    // Nobody takes the place of the one who asks.
    if (delegation.delegator() == request.requester()) continue;
    if (Contains(asked.employees, delegation.delegator()) ||
        std::any_of(delegation.roles().begin(), delegation.roles().end(),
                    [&](const std::string& role) { return Contains(asked.roles, role); })) {
      add(og::NOTICE_AUDIENCE_PERSON)->set_whom(delegation.delegate());
    }
  }
  // Whoever asks does not decide, though he may hold the role.
  told->set_except(request.requester());
}

const char* Outcome(pb::ApprovalState state) {
  switch (state) {
    case pb::APPROVAL_STATE_APPROVED:
      return "已批准 Approved: ";
    case pb::APPROVAL_STATE_REJECTED:
      return "已驳回 Rejected: ";
    case pb::APPROVAL_STATE_EXPIRED:
      return "审批过期，无人决定 Nobody decided in time: ";
    default:
      return nullptr;  // What was taken back is known to the one who has done it.
  }
}

}  // namespace

og::DeliverNoticesRequest NoticesOf(const pb::ApprovalRequest* before, const pb::ApprovalRequest& after,
                                    const std::vector<pb::ApprovalDelegation>& lent, absl::TimeZone zone) {
  og::DeliverNoticesRequest told;
  const std::string label = absl::StrCat(after.number(), " ", after.subject_label());
  const pb::ApprovalStep* step = Waiting(after);
  if (step == nullptr) {
    const char* outcome = Outcome(after.state());
    // What was carried over when it was filed was seen by the one who filed it.
    if (outcome == nullptr || before == nullptr || before->state() == after.state()) return told;
    service::TellPerson(after.requester(), og::NOTIFICATION_KIND_DECISION, absl::StrCat(outcome, label), "", &told);
    return told;
  }
  const std::string day = TodayText(absl::FromUnixSeconds(after.deadline().seconds()), zone);
  const pb::ApprovalStep* known = before == nullptr ? nullptr : Waiting(*before);
  if (known == nullptr || known->number() != step->number()) {
    Ask({Split(step->roles()), Split(step->employees())}, og::NOTIFICATION_KIND_APPROVAL,
        absl::StrCat("待审批 Waits for your decision: ", label), day, after, lent, &told);
  } else if (step->has_escalate_time() && !known->has_escalate_time()) {
    Ask({Split(step->escalation_roles()), Split(step->escalation_employees())}, og::NOTIFICATION_KIND_ESCALATION,
        absl::StrCat("审批超时升级 Not decided in time, now with you: ", label), day, after, lent, &told);
  }
  return told;
}

void TellOfApprovals(resource::Runtime& runtime) {
  service::TellSaved<pb::ApprovalRequest>(
      runtime,
      [](resource::UnitOfWork& work, const pb::ApprovalRequest* before,
         const pb::ApprovalRequest& after) -> absl::StatusOr<og::DeliverNoticesRequest> {
        std::vector<pb::ApprovalDelegation> lent;
        if (after.state() == pb::APPROVAL_STATE_PENDING) {
          ASSIGN_OR_RETURN(
              lent, work.Find<pb::ApprovalDelegation>({"t.state = 'ACTIVE' AND t.start_time <= ? AND t.end_time > ?",
                                                       {mysql::Value(work.now()), mysql::Value(work.now())}},
                                                      "ORDER BY t.id", kDelegationsMax));
        }
        return NoticesOf(before, after, lent, work.runtime().zone());
      });
}

}  // namespace kam::approval
