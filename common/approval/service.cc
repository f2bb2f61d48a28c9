#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/approval/engine.h"
#include "common/resource/names.h"
#include "common/resource/standard.h"
#include "common/status/status.h"
#include "kam/approval/v1/approval_delegation.pb.h"
#include "kam/approval/v1/approval_delegation_service.pb.h"
#include "kam/approval/v1/approval_service.pb.h"

namespace kam::approval {
namespace {

namespace pb = kam::approval::v1;
using resource::UnitOfWork;

constexpr char kService[] = "kam.approval.v1.ApprovalService";
constexpr char kDelegationService[] = "kam.approval.v1.ApprovalDelegationService";

absl::Time TimeOf(const google::protobuf::Timestamp& stamp) {
  return absl::FromUnixSeconds(stamp.seconds()) + absl::Nanoseconds(stamp.nanos());
}

absl::Status CheckPerson(const auth::Principal& actor) {
  if (!actor.is_program()) return absl::OkStatus();
  return Error(absl::StatusCode::kPermissionDenied, "PERSON_REQUIRED", "programs neither decide nor delegate");
}

// Before a decision: the caller is known here, and what those who have lent him authority hold now.
absl::StatusOr<HeldRoles> PrepareDecision(resource::Runtime& runtime, const People& people, const rpc::Call& call) {
  RETURN_IF_ERROR(CheckPerson(call.principal));
  if (people.ensure) RETURN_IF_ERROR(people.ensure({call.principal.subject}, call.deadline));
  ASSIGN_OR_RETURN(const std::vector<std::string> delegators, Engine::DelegatorsTo(runtime, call));
  if (delegators.empty() || !people.roles_of) return HeldRoles();
  return people.roles_of(delegators, call.deadline);
}

// Before an approval: also what the requester holds, where that is part of the question.
absl::StatusOr<HeldRoles> PrepareApproval(resource::Runtime& runtime, const Engine& engine, const People& people,
                                          const rpc::Call& call, const std::string& name) {
  ASSIGN_OR_RETURN(HeldRoles held, PrepareDecision(runtime, people, call));
  if (!people.roles_of) return held;
  const absl::StatusOr<pb::ApprovalRequest> request = runtime.Get<pb::ApprovalRequest>(call, name);
  if (absl::IsNotFound(request.status())) return held;  // Refused with the verb.
  RETURN_IF_ERROR(request.status());
  if (!engine.AsksRequester(request->subject()) || held.count(request->requester()) > 0) return held;
  ASSIGN_OR_RETURN(HeldRoles of_requester, people.roles_of({request->requester()}, call.deadline));
  held.merge(of_requester);
  return held;
}

absl::Status OnDelegation(UnitOfWork& work, const Policy& policy, pb::ApprovalDelegation* created) {
  created->set_delegator(work.actor().subject);
  created->set_state(pb::APPROVAL_DELEGATION_STATE_ACTIVE);
  FieldViolations violations;
  if (created->delegate() == created->delegator()) {
    violations.Add("approval_delegation.delegate", "DELEGATION_TO_SELF", "is the one who delegates");
  }
  const std::vector<std::string>& held = work.actor().roles;
  for (int i = 0; i < created->roles_size(); ++i) {
    if (std::find(held.begin(), held.end(), created->roles(i)) != held.end()) continue;
    violations.Add(absl::StrCat("approval_delegation.roles[", i, "]"), "ROLE_NOT_HELD",
                   absl::StrCat("the caller does not hold the role ", created->roles(i)),
                   {{"role", created->roles(i)}});
  }
  const absl::Time start = TimeOf(created->start_time()), end = TimeOf(created->end_time());
  if (end <= start || end <= work.now()) {
    violations.Add("approval_delegation.end_time", "PERIOD_INVALID", "must be after the start and not be over");
  } else if (end - start > policy.delegation_max) {
    violations.Add("approval_delegation.end_time", "PERIOD_INVALID",
                   absl::StrCat("the window is longer than ", absl::FormatDuration(policy.delegation_max)),
                   {{"limit", absl::FormatDuration(policy.delegation_max)}});
  }
  RETURN_IF_ERROR(violations.status());
  // One too many would be lent without effect.
  ASSIGN_OR_RETURN(
      const auto known,
      work.Find<pb::ApprovalDelegation>({"t.delegate = ? AND t.state = 'ACTIVE' AND t.end_time > ?",
                                         {mysql::Value(resource::IdOf(created->delegate())), mysql::Value(work.now())}},
                                        "ORDER BY t.id", policy.delegations_to_one_max));
  if (static_cast<int>(known.size()) < policy.delegations_to_one_max) return absl::OkStatus();
  return FailedPrecondition(
      "DELEGATIONS_TOO_MANY", created->delegate(),
      absl::StrCat(known.size(), " delegations to this person are not over yet: the most there may be"),
      {{"limit", absl::StrCat(policy.delegations_to_one_max)}});
}

}  // namespace

void FillCatalog(resource::Catalog* catalog) {
  catalog->Add<pb::ApprovalRequest>();
  catalog->Add<pb::ApprovalDelegation>();
}

void RegisterApproval(resource::Runtime& runtime, std::shared_ptr<const Engine> engine, People people,
                      rpc::Registry* registry, schedule::Scheduler* scheduler) {
  resource::RegisterStandardMethods(runtime, kService, registry);
  resource::RegisterStandardMethods(runtime, kDelegationService, registry);

  // Approve and Reject: the same but for the rule.
  registry->Add<pb::ApproveRequest, pb::ApprovalRequest>(
      absl::StrCat(kService, "/Approve"),
      [&runtime, engine, people](rpc::Call& call,
                                 const pb::ApproveRequest& request) -> absl::StatusOr<pb::ApprovalRequest> {
        RETURN_IF_ERROR(resource::CheckRead(request.etag()));
        ASSIGN_OR_RETURN(const HeldRoles held, PrepareApproval(runtime, *engine, people, call, request.name()));
        return runtime.Write<pb::ApprovalRequest>(
            call, request, [&](UnitOfWork& work) -> absl::StatusOr<pb::ApprovalRequest> {
              ASSIGN_OR_RETURN(auto change, work.Begin<pb::ApprovalRequest>(request));
              ASSIGN_OR_RETURN(const Decider decider, engine->DeciderOf(work, held));
              RETURN_IF_ERROR(Approve(decider, request.content_hash(), request.opinion(), work.now(), &change.after));
              RETURN_IF_ERROR(engine->CheckApproval(work, change.before, decider, held, change.after));
              return engine->Finish(work, std::move(change));
            });
      });
  registry->Add<pb::RejectRequest, pb::ApprovalRequest>(
      absl::StrCat(kService, "/Reject"),
      [&runtime, engine, people](rpc::Call& call,
                                 const pb::RejectRequest& request) -> absl::StatusOr<pb::ApprovalRequest> {
        RETURN_IF_ERROR(resource::CheckRead(request.etag()));
        ASSIGN_OR_RETURN(const HeldRoles held, PrepareDecision(runtime, people, call));
        return runtime.Write<pb::ApprovalRequest>(
            call, request, [&](UnitOfWork& work) -> absl::StatusOr<pb::ApprovalRequest> {
              ASSIGN_OR_RETURN(auto change, work.Begin<pb::ApprovalRequest>(request));
              ASSIGN_OR_RETURN(const Decider decider, engine->DeciderOf(work, held));
              RETURN_IF_ERROR(Reject(decider, request.content_hash(), request.opinion(), work.now(), &change.after));
              return engine->Finish(work, std::move(change));
            });
      });
  registry->Add<pb::WithdrawRequest, pb::ApprovalRequest>(
      absl::StrCat(kService, "/Withdraw"),
      [&runtime, engine](rpc::Call& call, const pb::WithdrawRequest& request) -> absl::StatusOr<pb::ApprovalRequest> {
        return runtime.Write<pb::ApprovalRequest>(
            call, request, [&](UnitOfWork& work) -> absl::StatusOr<pb::ApprovalRequest> {
              ASSIGN_OR_RETURN(auto change, work.Begin<pb::ApprovalRequest>(request));
              RETURN_IF_ERROR(Withdraw(work.actor().subject, work.now(), &change.after));
              return engine->Finish(work, std::move(change));
            });
      });
  // Begin sets the state of the transition, which the rule must not see yet.
  registry->Add<pb::ExpireRequest, pb::ApprovalRequest>(
      absl::StrCat(kService, "/Expire"),
      [&runtime, engine](rpc::Call& call, const pb::ExpireRequest& request) -> absl::StatusOr<pb::ApprovalRequest> {
        return runtime.Write<pb::ApprovalRequest>(
            call, request, [&](UnitOfWork& work) -> absl::StatusOr<pb::ApprovalRequest> {
              ASSIGN_OR_RETURN(auto change, work.Begin<pb::ApprovalRequest>(request));
              change.after = change.before;
              return engine->TimeOver(work, std::move(change));
            });
      });
  scheduler->Handle(kDueExpiry, absl::StrCat(kService, "/Expire"),
                    [engine](UnitOfWork& work, const schedule::DueItem& item) -> absl::Status {
                      resource::Change<pb::ApprovalRequest> change;
                      ASSIGN_OR_RETURN(change.before, work.Load<pb::ApprovalRequest>(item.resource));
                      if (change.before.state() != pb::APPROVAL_STATE_PENDING) return absl::OkStatus();
                      change.after = change.before;
                      return engine->TimeOver(work, std::move(change)).status();
                    });

  resource::Hooks hooks;
  hooks.on_create = resource::OnCreate<pb::ApprovalDelegation>(
      [engine](UnitOfWork& work, pb::ApprovalDelegation* created) -> absl::Status {
        RETURN_IF_ERROR(CheckPerson(work.actor()));
        return OnDelegation(work, engine->policy(), created);
      });
  hooks.prepare = [people](const rpc::Call& call,
                           const std::vector<const google::protobuf::Message*>& resources) -> absl::Status {
    if (!people.ensure) return absl::OkStatus();
    std::vector<std::string> names = {call.principal.subject};
    for (const auto* message : resources)
      names.push_back(static_cast<const pb::ApprovalDelegation&>(*message).delegate());
    return people.ensure(names, call.deadline);
  };
  runtime.SetHooks(pb::ApprovalDelegation::descriptor(), std::move(hooks));
  registry->Add<pb::RevokeApprovalDelegationRequest, pb::ApprovalDelegation>(
      absl::StrCat(kDelegationService, "/RevokeApprovalDelegation"),
      [&runtime](rpc::Call& call,
                 const pb::RevokeApprovalDelegationRequest& request) -> absl::StatusOr<pb::ApprovalDelegation> {
        return runtime.Write<pb::ApprovalDelegation>(
            call, request, [&](UnitOfWork& work) -> absl::StatusOr<pb::ApprovalDelegation> {
              ASSIGN_OR_RETURN(auto change, work.Begin<pb::ApprovalDelegation>(request));
              if (change.before.delegator() != work.actor().subject) {
                return Error(absl::StatusCode::kPermissionDenied, "NOT_THE_DELEGATOR",
                             "only the one who delegated takes it back", {{"delegator", change.before.delegator()}});
              }
              return work.Save(std::move(change));
            });
      });
}

}  // namespace kam::approval
