// Tasks over RPC (G-08, R-03).
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "account-svc/rules/proto_time.h"
#include "account-svc/rules/work_rules.h"
#include "account-svc/verb.h"
#include "account-svc/work/people.h"
#include "account-svc/work/work_service.h"
#include "common/resource/standard.h"
#include "common/status/status.h"
#include "common/time/date.h"
#include "kam/organization/v1/task_service.pb.h"

namespace kam::account {
namespace {

namespace pb = organization::v1;
using resource::UnitOfWork;

constexpr char kAssign[] = "task.assign";
constexpr int kOverdueDefault = 25;
constexpr int kOverdueMax = 200;

absl::StatusOr<rules::Actor> ActorTowards(const Context& context, UnitOfWork& work, const std::string& person) {
  rules::Actor actor;
  ASSIGN_OR_RETURN(actor.name, Person(work));
  ASSIGN_OR_RETURN(actor.above, IsAbove(work, actor.name, person, context.Today(work.now())));
  actor.all = work.actor().LevelFor(kAssign) == auth::Level::kAll;
  return actor;
}

// Whoever gives work to somebody: in his line, and that person is still here.
absl::Status CheckGive(const Context& context, UnitOfWork& work, const std::string& assignee, absl::string_view field) {
  ASSIGN_OR_RETURN(const rules::Actor giver, ActorTowards(context, work, assignee));
  RETURN_IF_ERROR(rules::CheckAssign(giver, assignee));
  return CheckStillHere(work, assignee, context.Today(work.now()), field);
}

absl::Status CreateTask(const Context& context, UnitOfWork& work, pb::Task* task) {
  RETURN_IF_ERROR(Validate(work, *task));
  ASSIGN_OR_RETURN(const std::string actor, Person(work));
  if (task->assignee().empty()) task->set_assignee(actor);
  if (task->kind() == pb::TASK_KIND_UNSPECIFIED) task->set_kind(pb::TASK_KIND_PLANNED);
  if (task->priority() == pb::TASK_PRIORITY_UNSPECIFIED) task->set_priority(pb::TASK_PRIORITY_NORMAL);
  task->set_assigner(actor);
  task->set_state(pb::TASK_STATE_OPEN);
  RETURN_IF_ERROR(rules::CheckNotPast("task.due_date", task->due_date(), context.Today(work.now())));
  if (!task->account().empty()) RETURN_IF_ERROR(CheckAccountUsable(work, task->account()));
  return CheckGive(context, work, task->assignee(), "task.assignee");
}

absl::Status UpdateTask(const Context& context, UnitOfWork& work, const pb::Task& before, pb::Task* after) {
  RETURN_IF_ERROR(Validate(work, *after));
  ASSIGN_OR_RETURN(const rules::Actor actor, ActorTowards(context, work, before.assignee()));
  return rules::CheckTaskUpdate(actor, before, *after, context.Today(work.now()));
}

// A verb of whoever judges the work.
template <typename Request>
void AddJudgement(const Context& context, absl::string_view method, rpc::Registry* registry,
                  void (*effect)(const std::string& judge, const Request& request, pb::Task* task)) {
  AddVerb<pb::Task, Request>(
      context, method, registry,
      [context, effect](UnitOfWork& work, const Request& request, pb::Task* task) -> absl::Status {
        ASSIGN_OR_RETURN(const rules::Actor judge, ActorTowards(context, work, task->assignee()));
        RETURN_IF_ERROR(rules::CheckJudge(judge, *task));
        effect(judge.name, request, task);
        return absl::OkStatus();
      });
}

absl::Status Transfer(const Context& context, UnitOfWork& work, const pb::TransferTaskRequest& request,
                      pb::Task* task) {
  ASSIGN_OR_RETURN(const rules::Actor judge, ActorTowards(context, work, task->assignee()));
  RETURN_IF_ERROR(rules::CheckJudge(judge, *task));
  RETURN_IF_ERROR(CheckGive(context, work, request.assignee(), "assignee"));
  if (!request.due_date().empty()) task->set_due_date(request.due_date());
  RETURN_IF_ERROR(rules::CheckNotPast("due_date", task->due_date(), context.Today(work.now())));
  task->set_assignee(request.assignee());
  task->set_assigner(judge.name);
  return absl::OkStatus();
}

absl::StatusOr<pb::ListOverdueTasksResponse> ListOverdue(const Context& context, const rpc::Call& call,
                                                         const pb::ListOverdueTasksRequest& request) {
  if (request.page_size() < 0) return InvalidField("page_size", "PAGE_SIZE_NEGATIVE", "must not be negative");
  const int limit = request.page_size() == 0 ? kOverdueDefault : std::min<int>(request.page_size(), kOverdueMax);
  const std::string today = context.Today(context.runtime.clock().Now());
  const resource::Type& type = *context.runtime.catalog().Find(pb::Task::descriptor());
  std::vector<resource::SqlCondition> where = {
      resource::ScopeCondition(type, call.principal, call.level()),
      {"t.state IN ('OPEN', 'IN_PROGRESS') AND t.due_date < ?", {mysql::Value(today)}}};
  if (!request.assignee().empty()) where.push_back({"t.assignee = ?", {mysql::Value(IdOf(request.assignee()))}});
  pb::ListOverdueTasksResponse response;
  RETURN_IF_ERROR(context.runtime.database().Run(call.deadline, [&](mysql::Connection& connection) -> absl::Status {
    response.Clear();
    ASSIGN_OR_RETURN(const int64_t total, context.runtime.store().Count(connection, type, where));
    response.set_total(static_cast<int32_t>(total));
    ASSIGN_OR_RETURN(std::vector<resource::Record> records,
                     context.runtime.store().Select(connection, type, where, "ORDER BY t.due_date, t.id", limit));
    for (const resource::Record& record : records) {
      pb::OverdueTask* overdue = response.add_tasks();
      *overdue->mutable_task() = static_cast<const pb::Task&>(*record.message);
      ASSIGN_OR_RETURN(const int64_t days, DaysBetween(overdue->task().due_date(), today));
      overdue->set_days_overdue(static_cast<int32_t>(days));
    }
    return absl::OkStatus();
  }));
  return response;
}

}  // namespace

void RegisterTasks(const Context& context, rpc::Registry* registry) {
  resource::Hooks hooks;
  hooks.on_create = resource::OnCreate<pb::Task>(
      [context](UnitOfWork& work, pb::Task* task) { return CreateTask(context, work, task); });
  hooks.on_update = resource::OnUpdate<pb::Task>([context](UnitOfWork& work, const pb::Task& before, pb::Task* after) {
    return UpdateTask(context, work, before, after);
  });
  context.runtime.SetHooks(pb::Task::descriptor(), std::move(hooks));
  const std::string service = "kam.organization.v1.TaskService";
  resource::RegisterStandardMethods(context.runtime, service, registry);
  AddVerb<pb::Task, pb::StartTaskRequest>(
      context, service + "/StartTask", registry,
      [](UnitOfWork& work, const pb::StartTaskRequest&, pb::Task* task) -> absl::Status {
        ASSIGN_OR_RETURN(const std::string actor, Person(work));
        return rules::CheckAssignee(actor, *task);
      });
  AddVerb<pb::Task, pb::CompleteTaskRequest>(
      context, service + "/CompleteTask", registry,
      [](UnitOfWork& work, const pb::CompleteTaskRequest& request, pb::Task* task) -> absl::Status {
        ASSIGN_OR_RETURN(const std::string actor, Person(work));
        RETURN_IF_ERROR(rules::CheckAssignee(actor, *task));
        task->set_result(request.result());
        *task->mutable_done_time() = ToTimestamp(work.now());
        return absl::OkStatus();
      });
  AddJudgement<pb::AcceptTaskRequest>(
      context, service + "/AcceptTask", registry,
      [](const std::string& judge, const pb::AcceptTaskRequest&, pb::Task* task) { task->set_accepter(judge); });
  AddJudgement<pb::ReturnTaskRequest>(context, service + "/ReturnTask", registry,
                                      [](const std::string&, const pb::ReturnTaskRequest& request, pb::Task* task) {
                                        task->set_return_reason(request.reason());
                                        task->clear_done_time();
                                      });
  AddJudgement<pb::CancelTaskRequest>(context, service + "/CancelTask", registry,
                                      [](const std::string&, const pb::CancelTaskRequest&, pb::Task*) {});
  AddVerb<pb::Task, pb::TransferTaskRequest>(
      context, service + "/TransferTask", registry,
      [context](UnitOfWork& work, const pb::TransferTaskRequest& request, pb::Task* task) {
        return Transfer(context, work, request, task);
      });
  registry->Add<pb::ListOverdueTasksRequest, pb::ListOverdueTasksResponse>(
      service + "/ListOverdueTasks", [context](rpc::Call& call, const pb::ListOverdueTasksRequest& request) {
        return ListOverdue(context, call, request);
      });
}

}  // namespace kam::account
