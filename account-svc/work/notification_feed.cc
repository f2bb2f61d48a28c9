// What happens, told to those whom it concerns (G-22): notices and reminders hang on the saved-hooks of the types, so
// that no verb can forget them.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "account-svc/work/duty.h"
#include "account-svc/work/notification.h"
#include "common/resource/saved_hook.h"
#include "common/schedule/schedule.h"
#include "common/status/status.h"
#include "common/time/date.h"

namespace kam::account {
namespace {

namespace pb = organization::v1;
using resource::UnitOfWork;
using rules::Notice;
using rules::Timer;

// Puts down what has another time than before.
absl::Status SetTimers(UnitOfWork& work, const std::vector<Timer>& before, const std::vector<Timer>& after,
                       const std::string& name) {
  for (const Timer& timer : after) {
    const auto known = std::find_if(before.begin(), before.end(),
                                    [&](const Timer& other) { return absl::string_view(other.kind) == timer.kind; });
    if (known == before.end() ? !timer.time.has_value() : known->time == timer.time) continue;
    RETURN_IF_ERROR(timer.time.has_value()
                        ? schedule::Schedule(work, timer.kind, name, std::max(*timer.time, work.now()))
                        : schedule::Cancel(work, timer.kind, name));
  }
  return absl::OkStatus();
}

template <typename T>
absl::Status Tell(const Context& context, UnitOfWork& work, const T* before, const T& after) {
  // What comes from another system was told there.
  if (work.importing()) return absl::OkStatus();
  return Deliver(context, work, rules::NoticesOf(before, after), after.name());
}

template <typename T>
void Notices(const Context& context) {
  resource::AddSaved<T>(context.runtime, [context](UnitOfWork& work, const T* before, const T& after) {
    return Tell(context, work, before, after);
  });
}

// Notices, and the times at which something is done about it if nothing happens.
template <typename T>
void NoticesAndTimers(const Context& context) {
  resource::AddSaved<T>(context.runtime, [context](UnitOfWork& work, const T* before, const T& after) -> absl::Status {
    RETURN_IF_ERROR(Tell(context, work, before, after));
    const std::vector<Timer> known =
        before == nullptr ? std::vector<Timer>() : rules::TimersOf(*before, context.policy, context.zone);
    return SetTimers(work, known, rules::TimersOf(after, context.policy, context.zone), after.name());
  });
}

// Reminds on the day, and again as the rules say. `method`: the RPC that put the reminder down.
template <typename T>
void Reminders(const Context& context, const char* kind, absl::string_view method) {
  NoticesAndTimers<T>(context);
  if (context.scheduler == nullptr) return;
  context.scheduler->Handle(
      kind, method, [context, kind](UnitOfWork& work, const schedule::DueItem& item) -> absl::Status {
        ASSIGN_OR_RETURN(const T resource, work.Load<T>(item.resource));
        const std::string today = context.Today(work.now());
        RETURN_IF_ERROR(Deliver(context, work, rules::Remind(resource, today, context.policy), resource.name()));
        const int days = rules::RemindAgainAfter(resource, today, context.policy);
        if (days == 0) return absl::OkStatus();
        ASSIGN_OR_RETURN(const std::string next, AddDays(today, days));
        return schedule::Schedule(work, kind, resource.name(), rules::WorkBegins(next, context.policy, context.zone));
      });
}

// Everybody whom a policy binds is told on its first day; who has not read it is reminded on the last for it.
void Policies(const Context& context) {
  NoticesAndTimers<pb::PolicyDocument>(context);
  if (context.scheduler == nullptr) return;
  const auto handle = [&](const char* kind, const char* title, bool unread) {
    context.scheduler->Handle(
        kind, "kam.organization.v1.PolicyDocumentService/ApprovePolicyDocument",
        [context, kind, title, unread](UnitOfWork& work, const schedule::DueItem& item) -> absl::Status {
          ASSIGN_OR_RETURN(const pb::PolicyDocument document, work.Load<pb::PolicyDocument>(item.resource));
          if (document.state() != pb::POLICY_DOCUMENT_STATE_APPROVED) return absl::OkStatus();
          Notice notice;
          notice.kind = pb::NOTIFICATION_KIND_POLICY;
          notice.title = absl::StrCat(title, document.title());
          notice.due_date = document.read_by_date();
          notice.subject = document.name();
          ASSIGN_OR_RETURN(const bool all, DeliverToDepartment(context, work, document.department(), notice,
                                                               unread ? document.name() : std::string()));
          return all ? absl::OkStatus() : schedule::Schedule(work, kind, document.name(), work.now());
        });
  };
  handle(rules::kPolicyPublish, "制度生效 In force: ", /*unread=*/false);
  handle(rules::kPolicyReadBy, "制度待阅 To be read until today: ", /*unread=*/true);
}

// ---- What was open before there were reminders

constexpr char kAdopt[] = "timers.adopt";
constexpr char kAdoptResource[] = "notifications";
constexpr int kAdoptedAtOnce = 100;  // Of each kind, in one transaction.

// Puts down the timer `kind` of open resources that never had one; how many. `open`: over alias t, those that have a
// time for it.
template <typename T>
absl::StatusOr<size_t> Adopt(const Context& context, UnitOfWork& work, const char* kind, const std::string& open,
                             const std::vector<mysql::Value>& params) {
  const std::string collection(context.runtime.catalog().Find(T::descriptor())->collection());
  std::vector<mysql::Value> all = params;
  all.insert(all.end(), {mysql::Value(kind), mysql::Value(absl::StrCat(collection, "/"))});
  ASSIGN_OR_RETURN(const std::vector<T> found,
                   work.Find<T>({absl::StrCat("(", open,
                                              ") AND NOT EXISTS (SELECT 1 FROM due_items d WHERE d.kind = ? AND "
                                              "d.resource = CONCAT(?, t.id))"),
                                 all},
                                "ORDER BY t.id", kAdoptedAtOnce));
  size_t adopted = 0;
  for (const T& resource : found) {
    for (const Timer& timer : rules::TimersOf(resource, context.policy, context.zone)) {
      if (absl::string_view(timer.kind) != kind || !timer.time.has_value()) continue;
      RETURN_IF_ERROR(schedule::Schedule(work, kind, resource.name(), std::max(*timer.time, work.now())));
      ++adopted;
    }
  }
  return adopted;
}

// Of policies only those whose day is to come: what is in force already is no news.
absl::Status AdoptTimers(const Context& context, UnitOfWork& work) {
  const std::string today = context.Today(work.now());
  ASSIGN_OR_RETURN(size_t adopted,
                   Adopt<pb::Task>(context, work, rules::kTaskDue,
                                   "t.state IN ('OPEN', 'IN_PROGRESS') AND t.due_date IS NOT NULL", {}));
  const auto add = [&](absl::StatusOr<size_t> more) -> absl::Status {
    RETURN_IF_ERROR(more.status());
    adopted += *more;
    return absl::OkStatus();
  };
  RETURN_IF_ERROR(add(Adopt<pb::ImprovementItem>(context, work, rules::kImprovementDue,
                                                 "(t.state = 'PLANNED' AND t.due_date IS NOT NULL) OR (t.state = "
                                                 "'SUBMITTED' AND t.answer_due_date IS NOT NULL)",
                                                 {})));
  RETURN_IF_ERROR(add(Adopt<pb::LeaveRequest>(context, work, rules::kLeaveReturn, "t.state = 'APPROVED'", {})));
  RETURN_IF_ERROR(add(Adopt<pb::InstructionRequest>(context, work, rules::kInstructionDue,
                                                    "t.state = 'SUBMITTED' AND t.due_date IS NOT NULL", {})));
  RETURN_IF_ERROR(add(Adopt<pb::CoordinationRequest>(context, work, rules::kCoordinationAnswer,
                                                     "t.state = 'OPEN' AND t.answer_due_time IS NOT NULL", {})));
  RETURN_IF_ERROR(add(Adopt<pb::PolicyDocument>(context, work, rules::kPolicyPublish,
                                                "t.state = 'APPROVED' AND t.effective_date > ?", {today})));
  RETURN_IF_ERROR(add(Adopt<v1::AccountFileCheck>(context, work, rules::kFileCheckDue,
                                                  "t.state = 'OPEN' AND t.due_date IS NOT NULL", {})));
  RETURN_IF_ERROR(add(Adopt<pb::PolicyDocument>(context, work, rules::kPolicyReadBy,
                                                "t.state = 'APPROVED' AND t.read_by_date > ?", {today})));
  return adopted == 0 ? absl::OkStatus() : schedule::Schedule(work, kAdopt, kAdoptResource, work.now());
}

}  // namespace

void FeedNotifications(const Context& context) {
  Reminders<pb::Task>(context, rules::kTaskDue, "kam.organization.v1.TaskService/CreateTask");
  Reminders<pb::ImprovementItem>(context, rules::kImprovementDue,
                                 "kam.organization.v1.ImprovementService/PlanImprovement");
  Reminders<pb::LeaveRequest>(context, rules::kLeaveReturn, "kam.organization.v1.LeaveRequestService/ApproveLeave");
  Reminders<pb::InstructionRequest>(context, rules::kInstructionDue,
                                    "kam.organization.v1.InstructionRequestService/CreateInstructionRequest");
  Policies(context);
  NoticesAndTimers<pb::CoordinationRequest>(context);  // Its timer hands it upwards.
  Notices<pb::WorkReport>(context);
  Notices<pb::Meeting>(context);
  Notices<pb::TrainingSession>(context);
  Notices<pb::ResourceBooking>(context);
  Notices<pb::PersonnelAct>(context);
  Notices<pb::AssessmentSheet>(context);
  Notices<pb::Post>(context);
  Notices<pb::RoleGrant>(context);
  Notices<pb::Employee>(context);
  resource::AddSaved<pb::Employee>(
      context.runtime,
      [context](UnitOfWork& work, const pb::Employee* before, const pb::Employee& after) -> absl::Status {
        if (work.importing()) return absl::OkStatus();
        RETURN_IF_ERROR(Deliver(context, work,
                                rules::RoleNoticesOf(context.policy, context.Today(work.now()), before, after),
                                after.name()));
        return TellRostersOfLeaver(context, work, before, after);
      });
  Notices<pb::DutyRoster>(context);
  Notices<v1::Account>(context);
  Notices<v1::AccountProposal>(context);
  Reminders<v1::AccountFileCheck>(context, rules::kFileCheckDue,
                                  "kam.account.v1.AccountFileService/CreateAccountFileCheck");
  Notices<v1::DocumentGrant>(context);
  Notices<v1::InformationRequest>(context);
  Notices<v1::OwnershipNotice>(context);
  Notices<v1::AccountReminder>(context);
  Notices<v1::AccountHandover>(context);
  Notices<v1::AccountMerge>(context);
  Notices<v1::WorkDispute>(context);
  Notices<v1::Visit>(context);
  Notices<v1::VisitPlan>(context);
  Notices<v1::Campaign>(context);
  Notices<v1::VisitReport>(context);
  Notices<v1::WeeklyReport>(context);
  Notices<v1::PromotionNotice>(context);
  Notices<v1::VisitProblem>(context);
  Notices<v1::CustomerOpinion>(context);
  Notices<v1::CustomerNeed>(context);
  Notices<v1::ImportantMatter>(context);
  Notices<v1::Tender>(context);
  Notices<v1::Lead>(context);
  Notices<v1::FollowUpSheet>(context);
  Notices<v1::Opportunity>(context);
  Reminders<v1::AccountPlan>(context, rules::kPlanActionDue, "kam.account.v1.AccountPlanService/StartAccountPlan");
  Notices<v1::ManufacturerSubmission>(context);
  Notices<v1::Solution>(context);
  Notices<v1::ProductInitiative>(context);
  if (context.scheduler == nullptr) return;
  context.scheduler->Handle(
      kAdopt, "kam.organization.v1.NotificationService/MarkNotificationRead",
      [context](UnitOfWork& work, const schedule::DueItem&) { return AdoptTimers(context, work); });
}

}  // namespace kam::account
