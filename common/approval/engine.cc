#include "common/approval/engine.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "absl/strings/str_cat.h"
#include "common/status/status.h"
#include "kam/approval/v1/approval_delegation.pb.h"

namespace kam::approval {
namespace {

namespace pb = kam::approval::v1;

// In force to one person at a time: more than Policy::delegations_to_one_max, as some that were made at the same time
// did not see one another.
constexpr int kDelegationsMax = 1000;

absl::string_view CollectionOf(absl::string_view name) { return name.substr(0, name.find('/')); }

// Delegations to `person` whose window is open.
resource::SqlCondition InForce(const auth::Principal& person, absl::Time now) {
  return {"t.delegate = ? AND t.state = 'ACTIVE' AND t.start_time <= ? AND t.end_time > ?",
          {mysql::Value(person.employee), mysql::Value(now), mysql::Value(now)}};
}

}  // namespace

void Engine::OnOutcome(absl::string_view collection, Callback callback) {
  if (callbacks_.emplace(std::string(collection), std::move(callback)).second) return;
  std::fprintf(stderr, "approvals of %s have two callbacks\n", std::string(collection).c_str());
  std::abort();
}

void Engine::OnApproval(absl::string_view collection, Check check, bool asks_requester) {
  if (asks_requester) requester_asked_.insert(std::string(collection));
  if (checks_.emplace(std::string(collection), std::move(check)).second) return;
  std::fprintf(stderr, "approvals of %s have two checks\n", std::string(collection).c_str());
  std::abort();
}

bool Engine::AsksRequester(absl::string_view subject) const {
  return requester_asked_.find(CollectionOf(subject)) != requester_asked_.end();
}

absl::StatusOr<std::vector<pb::ApprovalRequest>> Engine::LastApproved(resource::UnitOfWork& work,
                                                                      const std::string& subject) const {
  return work.Find<pb::ApprovalRequest>({"t.subject = ? AND t.state = 'APPROVED'", {mysql::Value(subject)}},
                                        "ORDER BY t.close_time DESC, t.id DESC", 1);
}

absl::StatusOr<pb::ApprovalRequest> Engine::File(resource::UnitOfWork& work, pb::ApprovalRequest request,
                                                 const std::string& predecessor) const {
  if (callbacks_.find(CollectionOf(request.subject())) == callbacks_.end()) {
    return Internal(absl::StrCat("no approval callback for ", request.subject()));
  }
  for (const std::string& subject : {request.subject(), predecessor}) {
    if (subject.empty()) continue;
    ASSIGN_OR_RETURN(const std::vector<pb::ApprovalRequest> earlier, LastApproved(work, subject));
    if (earlier.empty()) continue;
    CarryOver(earlier[0], work.now() - policy_.carry_within, &request);
    break;
  }
  const absl::Time deadline = work.now() + policy_.decide_within;
  request.mutable_deadline()->set_seconds(absl::ToUnixSeconds(deadline));
  RETURN_IF_ERROR(Open(work.now(), &request));
  absl::StatusOr<pb::ApprovalRequest> filed = work.Insert(request);
  if (!filed.ok()) {
    if (MetadataValue(filed.status(), "field") != "approval_request.live_subject") return filed.status();
    return FailedPrecondition("APPROVAL_ALREADY_PENDING", request.subject(),
                              "a request about it waits for a decision already");
  }
  if (filed->state() == pb::APPROVAL_STATE_PENDING) {
    RETURN_IF_ERROR(schedule::Schedule(work, kDueExpiry, filed->name(), deadline));
  }
  return filed;
}

absl::StatusOr<std::vector<std::string>> Engine::DelegatorsTo(resource::Runtime& runtime, const rpc::Call& call) {
  std::vector<std::string> delegators;
  RETURN_IF_ERROR(runtime.database().Run(call.deadline, [&](mysql::Connection& connection) -> absl::Status {
    delegators.clear();
    ASSIGN_OR_RETURN(
        const std::vector<resource::Record> records,
        runtime.store().Select(connection, *runtime.catalog().Find(pb::ApprovalDelegation::descriptor()),
                               {InForce(call.principal, runtime.clock().Now())}, "ORDER BY t.id", kDelegationsMax));
    for (const resource::Record& record : records) {
      const std::string& name = static_cast<const pb::ApprovalDelegation&>(*record.message).delegator();
      if (std::find(delegators.begin(), delegators.end(), name) == delegators.end()) delegators.push_back(name);
    }
    return absl::OkStatus();
  }));
  return delegators;
}

absl::StatusOr<Decider> Engine::DeciderOf(resource::UnitOfWork& work, const HeldRoles& held) const {
  Decider decider;
  decider.employee = work.actor().subject;
  decider.roles = work.actor().roles;
  ASSIGN_OR_RETURN(
      const std::vector<pb::ApprovalDelegation> delegations,
      work.Find<pb::ApprovalDelegation>(InForce(work.actor(), work.now()), "ORDER BY t.id", kDelegationsMax));
  for (const pb::ApprovalDelegation& delegation : delegations) {
    const auto holder = held.find(delegation.delegator());
    if (holder == held.end()) continue;
    Substitution substitution = Lent({delegation.roles().begin(), delegation.roles().end()}, holder->second);
    substitution.delegator = delegation.delegator();
    if (!substitution.roles.empty()) decider.substitutions.push_back(std::move(substitution));
  }
  return decider;
}

absl::Status Engine::CheckApproval(resource::UnitOfWork& work, const pb::ApprovalRequest& before,
                                   const Decider& decider, const HeldRoles& held,
                                   const pb::ApprovalRequest& after) const {
  const auto check = checks_.find(CollectionOf(after.subject()));
  if (check == checks_.end()) return absl::OkStatus();
  const pb::ApprovalStep& step = after.steps(before.current_step() - 1);
  Substitution as{decider.employee, decider.roles};
  if (!step.on_behalf_of().empty()) {
    as = {step.on_behalf_of(), {}};
    for (const Substitution& lent : decider.substitutions) {
      if (lent.delegator == as.delegator) as.roles.insert(as.roles.end(), lent.roles.begin(), lent.roles.end());
    }
  }
  Substitution requester{after.requester(), {}};
  if (const auto roles = held.find(after.requester()); roles != held.end()) requester.roles = roles->second;
  return check->second(work, after, step, as, requester);
}

absl::StatusOr<pb::ApprovalRequest> Engine::TimeOver(resource::UnitOfWork& work,
                                                     resource::Change<pb::ApprovalRequest> change) const {
  const absl::Time deadline = work.now() + policy_.decide_within;
  if (Escalate(work.now(), deadline, &change.after)) {
    ASSIGN_OR_RETURN(pb::ApprovalRequest request, work.Save(std::move(change)));
    RETURN_IF_ERROR(schedule::Schedule(work, kDueExpiry, request.name(), deadline));
    return request;
  }
  RETURN_IF_ERROR(Expire(work.now(), &change.after));
  return Finish(work, std::move(change));
}

absl::StatusOr<pb::ApprovalRequest> Engine::Finish(resource::UnitOfWork& work,
                                                   resource::Change<pb::ApprovalRequest> change) const {
  ASSIGN_OR_RETURN(pb::ApprovalRequest request, work.Save(std::move(change)));
  if (request.state() == pb::APPROVAL_STATE_PENDING) return request;
  RETURN_IF_ERROR(schedule::Cancel(work, kDueExpiry, request.name()));
  const auto callback = callbacks_.find(CollectionOf(request.subject()));
  if (callback == callbacks_.end()) return Internal(absl::StrCat("no approval callback for ", request.subject()));
  RETURN_IF_ERROR(callback->second(work, request));
  return request;
}

}  // namespace kam::approval
