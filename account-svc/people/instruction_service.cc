// kam.organization.v1.InstructionRequestService (G-05, R-23, R-24).
#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "account-svc/people/line.h"
#include "account-svc/people/people.h"
#include "account-svc/rules/instruction_rules.h"
#include "account-svc/rules/proto_time.h"
#include "account-svc/staff.h"
#include "account-svc/verb.h"
#include "common/resource/standard.h"
#include "common/status/status.h"
#include "kam/organization/v1/instruction_request_service.pb.h"

namespace kam::account {
namespace {

namespace pb = organization::v1;
using pb::InstructionRequest;
using resource::UnitOfWork;

constexpr char kService[] = "kam.organization.v1.InstructionRequestService";
constexpr char kPastTheLine[] = "instruction.past_the_line";
constexpr int kOwnMax = 200;

std::string Rpc(absl::string_view method) { return absl::StrCat(kService, "/", method); }

// How `superior` stands to `employee` today. Names.
absl::StatusOr<rules::Addressee> AddresseeOf(const Context& context, UnitOfWork& work, const std::string& employee,
                                             const std::string& superior) {
  const std::string today = context.Today(work.now());
  rules::Addressee addressee;
  ASSIGN_OR_RETURN(const Line line, LineAbove(work.connection(), IdOf(employee), today));
  ASSIGN_OR_RETURN(const std::vector<std::string> field, FunctionalSuperiors(work.connection(), IdOf(employee), today));
  const int distance = line.DistanceOf(IdOf(superior));
  addressee.direct = distance == 1;
  addressee.above = distance > 0 || std::find(field.begin(), field.end(), IdOf(superior)) != field.end();
  ASSIGN_OR_RETURN(const std::vector<mysql::Row> rows,
                   work.connection().Query("SELECT role FROM employees_roles WHERE parent_id = ? AND role = 'GM' AND "
                                           "since_date <= ? AND (until_date IS NULL OR until_date >= ?) AND (state IS "
                                           "NULL OR state = 'GRANTED')",
                                           {IdOf(superior), today, today}));
  addressee.general_manager = !rows.empty();
  addressee.past_the_line = work.actor().Holds(kPastTheLine);
  return addressee;
}

absl::Status CreateRequest(const Context& context, UnitOfWork& work, InstructionRequest* request) {
  RETURN_IF_ERROR(Validate(work, *request));
  RETURN_IF_ERROR(rules::CheckVerb(*request, context.policy));
  ASSIGN_OR_RETURN(*request->mutable_requester(), Person(work));
  request->set_state(pb::INSTRUCTION_STATE_SUBMITTED);
  request->clear_steps();
  request->add_steps()->set_superior(request->superior());
  ASSIGN_OR_RETURN(const rules::Addressee addressee,
                   AddresseeOf(context, work, request->requester(), request->superior()));
  RETURN_IF_ERROR(rules::CheckAddressee(addressee, *request));
  rules::SetHolder(addressee, request);
  return absl::OkStatus();
}

// The superior whom the caller stands in for while he is on leave, if the matter is before him; otherwise the caller.
absl::StatusOr<std::string> InPlaceOf(const Context& context, UnitOfWork& work, const std::string& actor,
                                      const InstructionRequest& request) {
  ASSIGN_OR_RETURN(const std::vector<std::string> away,
                   StandsInFor(work.connection(), actor, context.Today(work.now())));
  const bool deputy = std::find(away.begin(), away.end(), IdOf(request.superior())) != away.end();
  return deputy ? request.superior() : actor;
}

// Those before whom matters are put reach them whoever asked: the row belongs to the one who asked.
template <typename Request>
absl::StatusOr<resource::Change<InstructionRequest>> BeginDecision(const Context& context, UnitOfWork& work,
                                                                   const Request& request, bool notes) {
  ASSIGN_OR_RETURN(auto change, work.Begin<InstructionRequest>(request));
  ASSIGN_OR_RETURN(const std::string actor, Person(work));
  ASSIGN_OR_RETURN(const std::string decider, InPlaceOf(context, work, actor, change.before));
  RETURN_IF_ERROR(rules::CheckDecides(actor, decider, notes, change.before));
  rules::EndStep(request.opinion(), work.now(), &change.after);
  if (!notes) change.after.set_instruction(request.opinion());
  return change;
}

template <typename Request>
absl::StatusOr<InstructionRequest> Decide(const Context& context, UnitOfWork& work, const Request& request,
                                          bool notes) {
  ASSIGN_OR_RETURN(auto change, BeginDecision(context, work, request, notes));
  return work.Save(std::move(change));
}

absl::StatusOr<InstructionRequest> Approve(const Context& context, UnitOfWork& work,
                                           const pb::ApproveInstructionRequest& request) {
  RETURN_IF_ERROR(resource::CheckRead(request.etag()));
  ASSIGN_OR_RETURN(auto change, BeginDecision(context, work, request, /*notes=*/false));
  const ImportantVerb* important = rules::ImportantOf(change.before.verb(), context.policy);
  bool decides = important == nullptr;
  if (!decides) {
    ASSIGN_OR_RETURN(decides, HoldsOneOf(work.connection(), change.before.superior(), important->deciders,
                                         context.Today(work.now())));
  }
  RETURN_IF_ERROR(rules::Instruct(important, decides, work.now(), context.policy, &change.after));
  return work.Save(std::move(change));
}

absl::StatusOr<InstructionRequest> Forward(const Context& context, UnitOfWork& work,
                                           const pb::ForwardInstructionRequest& request) {
  ASSIGN_OR_RETURN(auto change, work.Begin<InstructionRequest>(request));
  ASSIGN_OR_RETURN(const std::string actor, Person(work));
  ASSIGN_OR_RETURN(const std::string decider, InPlaceOf(context, work, actor, change.before));
  RETURN_IF_ERROR(
      rules::CheckDecides(actor, decider, change.before.kind() == pb::INSTRUCTION_KIND_REPORT, change.before));
  RETURN_IF_ERROR(rules::Forward(request.opinion(), request.superior(), work.now(), &change.after));
  ASSIGN_OR_RETURN(const rules::Addressee addressee,
                   AddresseeOf(context, work, change.before.requester(), request.superior()));
  RETURN_IF_ERROR(rules::CheckAddressee(addressee, change.after));
  rules::SetHolder(addressee, &change.after);
  return work.Save(std::move(change));
}

// What the caller has reported past those between him and the one he reported to.
absl::StatusOr<pb::ListOwnReportsResponse> ListOwnReports(const Context& context, rpc::Call& call) {
  const resource::Type& type = *context.runtime.catalog().Find(InstructionRequest::descriptor());
  pb::ListOwnReportsResponse response;
  RETURN_IF_ERROR(context.runtime.database().Run(call.deadline, [&](mysql::Connection& connection) -> absl::Status {
    response.Clear();
    ASSIGN_OR_RETURN(
        const std::vector<resource::Record> records,
        context.runtime.store().Select(
            connection, type, {{"t.requester = ? AND t.kind = 'REPORT'", {mysql::Value(call.principal.employee)}}},
            "ORDER BY t.id DESC", kOwnMax));
    for (const resource::Record& record : records) {
      *response.add_instruction_requests() = static_cast<const InstructionRequest&>(*record.message);
    }
    return absl::OkStatus();
  }));
  return response;
}

}  // namespace

void RegisterInstructions(const Context& context, rpc::Registry* registry) {
  resource::Hooks hooks;
  hooks.on_create = resource::OnCreate<InstructionRequest>(
      [context](UnitOfWork& work, InstructionRequest* request) { return CreateRequest(context, work, request); });
  context.runtime.SetHooks(InstructionRequest::descriptor(), std::move(hooks));
  resource::RegisterStandardMethods(context.runtime, kService, registry);
  AddWrite<InstructionRequest, pb::ApproveInstructionRequest>(
      context, Rpc("ApproveInstruction"), registry,
      [context](UnitOfWork& work, const pb::ApproveInstructionRequest& request) {
        return Approve(context, work, request);
      });
  AddWrite<InstructionRequest, pb::RefuseInstructionRequest>(
      context, Rpc("RefuseInstruction"), registry,
      [context](UnitOfWork& work, const pb::RefuseInstructionRequest& request) -> absl::StatusOr<InstructionRequest> {
        RETURN_IF_ERROR(resource::CheckRead(request.etag()));
        return Decide(context, work, request, /*notes=*/false);
      });
  AddWrite<InstructionRequest, pb::NoteReportRequest>(
      context, Rpc("NoteReport"), registry, [context](UnitOfWork& work, const pb::NoteReportRequest& request) {
        return Decide(context, work, request, /*notes=*/true);
      });
  AddWrite<InstructionRequest, pb::ForwardInstructionRequest>(
      context, Rpc("ForwardInstruction"), registry,
      [context](UnitOfWork& work, const pb::ForwardInstructionRequest& request) {
        return Forward(context, work, request);
      });
  AddWrite<InstructionRequest, pb::WithdrawInstructionRequest>(
      context, Rpc("WithdrawInstruction"), registry,
      [context](UnitOfWork& work, const pb::WithdrawInstructionRequest& request) -> absl::StatusOr<InstructionRequest> {
        ASSIGN_OR_RETURN(auto change, work.Begin<InstructionRequest>(request));
        const std::string& requester = change.before.requester();
        ASSIGN_OR_RETURN(const bool above,
                         IsAboveLeaver(work.connection(), work.actor().subject, requester, context.Today(work.now())));
        if (!above && requester != work.actor().subject) return NotFound(request.name());
        return work.Save(std::move(change));
      });
  AddWrite<InstructionRequest, pb::ExecuteInstructionRequest>(
      context, Rpc("ExecuteInstruction"), registry,
      [](UnitOfWork& work, const pb::ExecuteInstructionRequest& request) -> absl::StatusOr<InstructionRequest> {
        ASSIGN_OR_RETURN(auto change, work.Begin<InstructionRequest>(request));
        if (change.before.requester() != work.actor().subject) return NotFound(request.name());
        RETURN_IF_ERROR(rules::CheckExecutedByHand(change.before));
        change.after.set_result(request.result());
        *change.after.mutable_execute_time() = ToTimestamp(work.now());
        return work.Save(std::move(change));
      });
  registry->Add<pb::ListOwnReportsRequest, pb::ListOwnReportsResponse>(
      Rpc("ListOwnReports"),
      [context](rpc::Call& call, const pb::ListOwnReportsRequest&) { return ListOwnReports(context, call); });
}

}  // namespace kam::account
