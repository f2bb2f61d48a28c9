// Requests between departments and working groups over RPC (G-12).
#include <map>

#include "absl/strings/str_split.h"
#include "account-svc/people/line.h"
#include "account-svc/rules/notification_rules.h"
#include "account-svc/rules/work_rules.h"
#include "account-svc/staff.h"
#include "account-svc/verb.h"
#include "account-svc/work/people.h"
#include "account-svc/work/work_service.h"
#include "common/resource/standard.h"
#include "common/schedule/schedule.h"
#include "common/status/status.h"
#include "kam/organization/v1/coordination_service.pb.h"

namespace kam::account {
namespace {

namespace pb = organization::v1;
using mysql::Row;
using resource::UnitOfWork;

constexpr int kAddressedMax = 500;

absl::Status CreateRequest(const Context& context, UnitOfWork& work, pb::CoordinationRequest* request) {
  ASSIGN_OR_RETURN(const std::string actor, Person(work));
  RETURN_IF_ERROR(Validate(work, *request));
  if (!request->account().empty()) RETURN_IF_ERROR(CheckAccountUsable(work, request->account()));
  ASSIGN_OR_RETURN(const std::string department, DepartmentOf(work, actor));
  return rules::Ask(actor, department, work.now(), context.policy, request);
}

// Head of the first department above the one that is asked who was not asked yet: level 0 asks the head of the
// department itself, every further level one department higher. Who has left is not asked, nor whoever has asked
// himself. Empty: there is none.
absl::StatusOr<std::string> NextHead(UnitOfWork& work, const pb::CoordinationRequest& request,
                                     const std::string& today) {
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
    if (head == request.escalated_to() || head == request.requester()) continue;
    ASSIGN_OR_RETURN(const std::vector<std::string> here, InService(work.connection(), {IdOf(head)}, today));
    if (!here.empty()) return head;
  }
  return std::string();
}

// How `person` stands to the department that is asked.
absl::StatusOr<rules::Addressed> AddressedOf(UnitOfWork& work, const std::string& person,
                                             const pb::CoordinationRequest& request, const std::string& today) {
  rules::Addressed addressed;
  ASSIGN_OR_RETURN(addressed.in_department, WorksIn(work.connection(), person, request.to_department()));
  ASSIGN_OR_RETURN(const std::vector<Row> rows, work.connection().Query("SELECT head FROM departments WHERE id = ?",
                                                                        {IdOf(request.to_department())}));
  if (rows.empty() || rows[0][0].is_null()) return addressed;
  ASSIGN_OR_RETURN(const std::vector<std::string> here, InService(work.connection(), {rows[0][0].text()}, today));
  if (!here.empty()) addressed.head = NameOf("employees", here[0]);
  return addressed;
}

// The place of the caller decides, not his rights over those who ask.
absl::StatusOr<pb::ListAddressedCoordinationRequestsResponse> ListAddressed(
    const Context& context, const rpc::Call& call, const pb::ListAddressedCoordinationRequestsRequest& request) {
  const resource::Type& type = *context.runtime.catalog().Find(pb::CoordinationRequest::descriptor());
  const std::string& me = call.principal.employee;
  std::vector<resource::SqlCondition> where = {
      {"t.handler = ? OR t.escalated_to = ? OR EXISTS (SELECT 1 FROM employee_scopes s WHERE s.employee = ? AND "
       "s.department_path LIKE CONCAT('%/', t.to_department, '/%'))",
       {me, me, me}}};
  if (request.state() != pb::COORDINATION_STATE_UNSPECIFIED) {
    where.push_back(
        {"t.state = ?",
         {resource::ShortEnumName(pb::CoordinationState_descriptor()->FindValueByNumber(request.state()))}});
  }
  pb::ListAddressedCoordinationRequestsResponse response;
  RETURN_IF_ERROR(context.runtime.database().Run(call.deadline, [&](mysql::Connection& connection) -> absl::Status {
    response.Clear();
    ASSIGN_OR_RETURN(const std::vector<resource::Record> records,
                     context.runtime.store().Select(connection, type, where, "ORDER BY t.id DESC", kAddressedMax));
    for (const resource::Record& record : records) {
      *response.add_coordination_requests() = static_cast<const pb::CoordinationRequest&>(*record.message);
    }
    return absl::OkStatus();
  }));
  return response;
}

// When the time for the answer is over, by itself: the next head is asked, as often as there is one.
absl::Status RunAnswerDue(const Context& context, UnitOfWork& work, const schedule::DueItem& item) {
  resource::Change<pb::CoordinationRequest> change;
  ASSIGN_OR_RETURN(change.before, work.Load<pb::CoordinationRequest>(item.resource));
  if (change.before.state() != pb::COORDINATION_STATE_OPEN) return absl::OkStatus();
  ASSIGN_OR_RETURN(const std::string head, NextHead(work, change.before, context.Today(work.now())));
  if (head.empty()) return absl::OkStatus();
  change.after = change.before;
  RETURN_IF_ERROR(rules::Escalate(head, work.now(), context.policy, &change.after));
  return work.Save(std::move(change)).status();
}

// A verb of whoever asked, or, when he has left, of those above him.
template <typename Request, typename Rule>
void AddOfRequester(const Context& context, absl::string_view method, rpc::Registry* registry, Rule rule) {
  AddVerb<pb::CoordinationRequest, Request>(
      context, method, registry,
      [context, rule](UnitOfWork& work, const Request&, pb::CoordinationRequest* request) -> absl::Status {
        ASSIGN_OR_RETURN(const std::string actor, Person(work));
        ASSIGN_OR_RETURN(const bool above,
                         IsAboveLeaver(work.connection(), actor, request->requester(), context.Today(work.now())));
        RETURN_IF_ERROR(rules::CheckRequester(actor, above, *request));
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
      [context](UnitOfWork& work, const pb::AnswerCoordinationRequestRequest& answer,
                pb::CoordinationRequest* request) -> absl::Status {
        ASSIGN_OR_RETURN(const std::string actor, Person(work));
        ASSIGN_OR_RETURN(const rules::Addressed addressed,
                         AddressedOf(work, actor, *request, context.Today(work.now())));
        return rules::AnswerRequest(actor, addressed, answer.answer(), work.now(), request);
      });
  AddVerb<pb::CoordinationRequest, pb::AssignCoordinationRequestRequest>(
      context, service + "/AssignCoordinationRequest", registry,
      [context](UnitOfWork& work, const pb::AssignCoordinationRequestRequest& assign,
                pb::CoordinationRequest* request) -> absl::Status {
        ASSIGN_OR_RETURN(const std::string actor, Person(work));
        const std::string today = context.Today(work.now());
        RETURN_IF_ERROR(CheckStillHere(work, assign.handler(), today, "handler"));
        ASSIGN_OR_RETURN(const rules::Addressed addressed, AddressedOf(work, assign.handler(), *request, today));
        return rules::AssignHandler(actor, addressed, assign.handler(), request);
      });
  registry->Add<pb::ListAddressedCoordinationRequestsRequest, pb::ListAddressedCoordinationRequestsResponse>(
      service + "/ListAddressedCoordinationRequests",
      [context](rpc::Call& call, const pb::ListAddressedCoordinationRequestsRequest& request) {
        return ListAddressed(context, call, request);
      });
  AddOfRequester<pb::CloseCoordinationRequestRequest>(
      context, service + "/CloseCoordinationRequest", registry,
      [](UnitOfWork& work, pb::CoordinationRequest* request) -> absl::Status {
        ASSIGN_OR_RETURN(const std::string actor, Person(work));
        return rules::CheckCloser(actor, *request);
      });
  AddOfRequester<pb::WithdrawCoordinationRequestRequest>(
      context, service + "/WithdrawCoordinationRequest", registry,
      [](UnitOfWork&, pb::CoordinationRequest*) { return absl::OkStatus(); });
  AddOfRequester<pb::ReopenCoordinationRequestRequest>(context, service + "/ReopenCoordinationRequest", registry,
                                                       [context](UnitOfWork& work, pb::CoordinationRequest* request) {
                                                         rules::Reopen(work.now(), context.policy, request);
                                                         return absl::OkStatus();
                                                       });
  AddOfRequester<pb::EscalateCoordinationRequestRequest>(
      context, service + "/EscalateCoordinationRequest", registry,
      [context](UnitOfWork& work, pb::CoordinationRequest* request) -> absl::Status {
        ASSIGN_OR_RETURN(const std::string head, NextHead(work, *request, context.Today(work.now())));
        return rules::Escalate(head, work.now(), context.policy, request);
      });
  if (context.scheduler == nullptr) return;
  context.scheduler->Handle(
      rules::kCoordinationAnswer, service + "/EscalateCoordinationRequest",
      [context](UnitOfWork& work, const schedule::DueItem& item) { return RunAnswerDue(context, work, item); });
}

}  // namespace kam::account
