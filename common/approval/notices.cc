#include "common/approval/notices.h"

#include <algorithm>
#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "common/resource/names.h"
#include "common/service/notice_sender.h"
#include "common/service/notices.h"
#include "common/status/status.h"
#include "common/time/date.h"

namespace kam::approval {
namespace {

namespace pb = kam::approval::v1;
namespace og = kam::organization::v1;

constexpr char kDecide[] = "approval.decide";
// Delegations that are read at a time.
constexpr int kDelegationsPage = 1000;

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
  // Each person once, however many lend him their place.
  std::set<std::string> people(asked.employees.begin(), asked.employees.end());
  for (const pb::ApprovalDelegation& delegation : lent) {
    // Nobody takes the place of the one who asks.
    if (delegation.delegator() == request.requester()) continue;
    if (Contains(asked.employees, delegation.delegator()) ||
        std::any_of(delegation.roles().begin(), delegation.roles().end(),
                    [&](const std::string& role) { return Contains(asked.roles, role); })) {
      people.insert(delegation.delegate());
    }
  }
  for (const std::string& person : people) add(og::NOTICE_AUDIENCE_PERSON)->set_whom(person);
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

// The delegations in force by which somebody may take the place of a decider of the step, before or after its time.
absl::StatusOr<std::vector<pb::ApprovalDelegation>> LentFor(resource::UnitOfWork& work, const pb::ApprovalStep& step) {
  std::vector<mysql::Value> params = {mysql::Value(work.now()), mysql::Value(work.now())};
  std::vector<std::string> either;
  const auto one_of = [&](const std::string& before, const std::vector<std::string>& values, const std::string& after) {
    if (values.empty()) return;
    either.push_back(
        absl::StrCat(before, " IN (", absl::StrJoin(std::vector<std::string>(values.size(), "?"), ", "), ")", after));
    for (const std::string& value : values) params.emplace_back(value);
  };
  one_of("EXISTS (SELECT 1 FROM approval_delegations_roles r WHERE r.parent_id = t.id AND r.value",
         Split(absl::StrCat(step.roles(), " ", step.escalation_roles())), ")");
  std::vector<std::string> people = Split(absl::StrCat(step.employees(), " ", step.escalation_employees()));
  for (std::string& person : people) person = resource::IdOf(person);
  one_of("t.delegator", people, "");
  std::vector<pb::ApprovalDelegation> lent;
  if (either.empty()) return lent;
  const std::string where = absl::StrCat("t.state = 'ACTIVE' AND t.start_time <= ? AND t.end_time > ? AND (",
                                         absl::StrJoin(either, " OR "), ") AND t.id > ?");
  std::string last;
  for (bool more = true; more;) {
    std::vector<mysql::Value> page_params = params;
    page_params.emplace_back(last);
    ASSIGN_OR_RETURN(
        const std::vector<pb::ApprovalDelegation> page,
        work.Find<pb::ApprovalDelegation>({where, std::move(page_params)}, "ORDER BY t.id", kDelegationsPage));
    lent.insert(lent.end(), page.begin(), page.end());
    more = static_cast<int>(page.size()) == kDelegationsPage;
    if (more) last = resource::IdOf(page.back().name());
  }
  return lent;
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

og::DeliverNoticesRequest NoticesOf(const pb::ApprovalDelegation& created, absl::TimeZone zone) {
  const auto day = [&](const google::protobuf::Timestamp& time) {
    return TodayText(absl::FromUnixSeconds(time.seconds()), zone);
  };
  og::DeliverNoticesRequest told;
  service::TellPerson(
      created.delegate(), og::NOTIFICATION_KIND_APPROVAL,
      absl::StrCat("代为审批 You may decide in the place of somebody else: ", absl::StrJoin(created.roles(), ", "),
                   ", ", day(created.start_time()), " - ", day(created.end_time())),
      "", &told);
  return told;
}

void TellOfApprovals(resource::Runtime& runtime) {
  service::TellSaved<pb::ApprovalRequest>(
      runtime,
      [](resource::UnitOfWork& work, const pb::ApprovalRequest* before,
         const pb::ApprovalRequest& after) -> absl::StatusOr<og::DeliverNoticesRequest> {
        std::vector<pb::ApprovalDelegation> lent;
        const pb::ApprovalStep* step = Waiting(after);
        if (step != nullptr) {
          ASSIGN_OR_RETURN(lent, LentFor(work, *step));
        }
        return NoticesOf(before, after, lent, work.runtime().zone());
      });
  service::TellSaved<pb::ApprovalDelegation>(
      runtime,
      [](resource::UnitOfWork& work, const pb::ApprovalDelegation* before,
         const pb::ApprovalDelegation& after) -> absl::StatusOr<og::DeliverNoticesRequest> {
        return before == nullptr ? NoticesOf(after, work.runtime().zone()) : og::DeliverNoticesRequest();
      });
}

}  // namespace kam::approval
