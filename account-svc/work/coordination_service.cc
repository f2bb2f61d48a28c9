// Requests between departments and working groups over RPC (G-12).
#include <map>

#include "absl/strings/str_split.h"
#include "account-svc/rules/work_rules.h"
#include "account-svc/verb.h"
#include "account-svc/work/people.h"
#include "account-svc/work/work_service.h"
#include "common/resource/standard.h"
#include "common/status/status.h"
#include "kam/organization/v1/coordination_service.pb.h"

namespace kam::account {
namespace {

namespace pb = organization::v1;
using mysql::Row;
using resource::UnitOfWork;

absl::Status CreateRequest(const Context& context, UnitOfWork& work, pb::CoordinationRequest* request) {
  ASSIGN_OR_RETURN(const std::string actor, Person(work));
  RETURN_IF_ERROR(Validate(work, *request));
  if (!request->account().empty()) RETURN_IF_ERROR(CheckAccountUsable(work, request->account()));
  ASSIGN_OR_RETURN(const std::string department, DepartmentOf(work, actor));
  return rules::Ask(actor, department, work.now(), context.policy, request);
}

// Head of the first department above the one that is asked who was not asked yet: level 0 asks the head of the
// department itself, every further level one department higher. Empty: there is none.
absl::StatusOr<std::string> NextHead(UnitOfWork& work, const pb::CoordinationRequest& request) {
  ASSIGN_OR_RETURN(
      const std::vector<Row> own,
      work.connection().Query("SELECT parent_path FROM departments WHERE id = ?", {IdOf(request.to_department())}));
  if (own.empty()) return std::string();
  std::vector<std::string> path = absl::StrSplit(own[0][0].text(), '/', absl::SkipEmpty());
  path.push_back(IdOf(request.to_department()));
  for (int skip = request.escalation_level(); static_cast<size_t>(skip) < path.size(); ++skip) {
    const std::string& department = path[path.size() - 1 - static_cast<size_t>(skip)];
    ASSIGN_OR_RETURN(const std::vector<Row> rows,
                     work.connection().Query("SELECT head FROM departments WHERE id = ?", {department}));
    if (rows.empty() || rows[0][0].is_null()) continue;
    const std::string head = NameOf("employees", rows[0][0].text());
    if (head != request.escalated_to()) return head;
  }
  return std::string();
}

// A verb of whoever asked.
template <typename Request, typename Rule>
void AddOfRequester(const Context& context, absl::string_view method, rpc::Registry* registry, Rule rule) {
  AddVerb<pb::CoordinationRequest, Request>(
      context, method, registry,
      [rule](UnitOfWork& work, const Request&, pb::CoordinationRequest* request) -> absl::Status {
        ASSIGN_OR_RETURN(const std::string actor, Person(work));
        RETURN_IF_ERROR(rules::CheckRequester(actor, *request));
        return rule(work, request);
      });
}

absl::Status CheckGroup(UnitOfWork& work, const pb::WorkingGroup& group) {
  RETURN_IF_ERROR(Validate(work, group));
  std::map<std::string, std::string> departments;
  for (const pb::WorkingGroupMember& member : group.members()) {
    ASSIGN_OR_RETURN(const std::string department, DepartmentOf(work, member.employee()));
    if (!department.empty()) departments[member.employee()] = department;
  }
  return rules::CheckGroup(group, departments);
}

}  // namespace

void RegisterCoordination(const Context& context, rpc::Registry* registry) {
  resource::Hooks hooks;
  hooks.on_create = resource::OnCreate<pb::CoordinationRequest>(
      [context](UnitOfWork& work, pb::CoordinationRequest* request) { return CreateRequest(context, work, request); });
  context.runtime.SetHooks(pb::CoordinationRequest::descriptor(), std::move(hooks));
  resource::Hooks group_hooks;
  group_hooks.on_create = resource::OnCreate<pb::WorkingGroup>(
      [](UnitOfWork& work, pb::WorkingGroup* group) { return CheckGroup(work, *group); });
  group_hooks.on_update = resource::OnUpdate<pb::WorkingGroup>(
      [](UnitOfWork& work, const pb::WorkingGroup&, pb::WorkingGroup* group) { return CheckGroup(work, *group); });
  context.runtime.SetHooks(pb::WorkingGroup::descriptor(), std::move(group_hooks));
  const std::string service = "kam.organization.v1.CoordinationService";
  resource::RegisterStandardMethods(context.runtime, service, registry);
  AddVerb<pb::CoordinationRequest, pb::AnswerCoordinationRequestRequest>(
      context, service + "/AnswerCoordinationRequest", registry,
      [](UnitOfWork& work, const pb::AnswerCoordinationRequestRequest& answer,
         pb::CoordinationRequest* request) -> absl::Status {
        ASSIGN_OR_RETURN(const std::string actor, Person(work));
        ASSIGN_OR_RETURN(const std::string department, DepartmentOf(work, actor));
        return rules::AnswerRequest(actor, department, answer.answer(), work.now(), request);
      });
  const auto nothing_more = [](UnitOfWork&, pb::CoordinationRequest*) { return absl::OkStatus(); };
  AddOfRequester<pb::CloseCoordinationRequestRequest>(context, service + "/CloseCoordinationRequest", registry,
                                                      nothing_more);
  AddOfRequester<pb::WithdrawCoordinationRequestRequest>(context, service + "/WithdrawCoordinationRequest", registry,
                                                         nothing_more);
  AddOfRequester<pb::ReopenCoordinationRequestRequest>(context, service + "/ReopenCoordinationRequest", registry,
                                                       [context](UnitOfWork& work, pb::CoordinationRequest* request) {
                                                         rules::Reopen(work.now(), context.policy, request);
                                                         return absl::OkStatus();
                                                       });
  AddOfRequester<pb::EscalateCoordinationRequestRequest>(
      context, service + "/EscalateCoordinationRequest", registry,
      [context](UnitOfWork& work, pb::CoordinationRequest* request) -> absl::Status {
        ASSIGN_OR_RETURN(const std::string head, NextHead(work, *request));
        return rules::Escalate(head, work.now(), context.policy, request);
      });
}

}  // namespace kam::account
