// Findings, suggestions and what becomes of them over RPC (G-23).
#include "account-svc/rules/work_rules.h"
#include "account-svc/verb.h"
#include "account-svc/work/people.h"
#include "account-svc/work/work_service.h"
#include "common/resource/standard.h"
#include "common/status/status.h"
#include "common/time/date.h"
#include "kam/organization/v1/improvement_item_service.pb.h"

namespace kam::account {
namespace {

namespace pb = organization::v1;
using resource::UnitOfWork;

}  // namespace

void RegisterImprovement(const Context& context, rpc::Registry* registry) {
  resource::Hooks hooks;
  hooks.on_create = resource::OnCreate<pb::ImprovementItem>([context](UnitOfWork& work,
                                                                      pb::ImprovementItem* item) -> absl::Status {
    ASSIGN_OR_RETURN(const std::string actor, Person(work));
    RETURN_IF_ERROR(Validate(work, *item));
    ASSIGN_OR_RETURN(const std::string due, AddDays(context.Today(work.now()), context.policy.improvement_answer_days));
    rules::Submit(actor, due, item);
    return absl::OkStatus();
  });
  hooks.on_update = resource::OnUpdate<pb::ImprovementItem>(
      [](UnitOfWork& work, const pb::ImprovementItem& before, pb::ImprovementItem* after) -> absl::Status {
        ASSIGN_OR_RETURN(const std::string actor, Person(work));
        RETURN_IF_ERROR(Validate(work, *after));
        return rules::CheckImprovementUpdate(actor, before);
      });
  context.runtime.SetHooks(pb::ImprovementItem::descriptor(), std::move(hooks));
  const std::string service = "kam.organization.v1.ImprovementService";
  resource::RegisterStandardMethods(context.runtime, service, registry);
  AddVerb<pb::ImprovementItem, pb::PlanImprovementRequest>(
      context, service + "/PlanImprovement", registry,
      [context](UnitOfWork& work, const pb::PlanImprovementRequest& request,
                pb::ImprovementItem* item) -> absl::Status {
        ASSIGN_OR_RETURN(const std::string actor, Person(work));
        const std::string today = context.Today(work.now());
        RETURN_IF_ERROR(CheckStillHere(work, request.owner(), today, "owner"));
        return rules::Plan(actor,
                           {request.answer(), request.cause(), request.action(), request.owner(), request.due_date()},
                           work.now(), today, item);
      });
  AddVerb<pb::ImprovementItem, pb::ReassignImprovementRequest>(
      context, service + "/ReassignImprovement", registry,
      [context](UnitOfWork& work, const pb::ReassignImprovementRequest& request,
                pb::ImprovementItem* item) -> absl::Status {
        ASSIGN_OR_RETURN(const std::string actor, Person(work));
        const std::string today = context.Today(work.now());
        RETURN_IF_ERROR(CheckStillHere(work, request.owner(), today, "owner"));
        return rules::Reassign(actor, request.owner(), request.due_date(), request.action(), today, item);
      });
  AddVerb<pb::ImprovementItem, pb::DeclineImprovementRequest>(
      context, service + "/DeclineImprovement", registry,
      [context](UnitOfWork& work, const pb::DeclineImprovementRequest& request,
                pb::ImprovementItem* item) -> absl::Status {
        ASSIGN_OR_RETURN(const std::string actor, Person(work));
        return rules::Decline(actor, request.answer(), work.now(), context.Today(work.now()), item);
      });
  AddVerb<pb::ImprovementItem, pb::CompleteImprovementRequest>(
      context, service + "/CompleteImprovement", registry,
      [context](UnitOfWork& work, const pb::CompleteImprovementRequest& request,
                pb::ImprovementItem* item) -> absl::Status {
        ASSIGN_OR_RETURN(const std::string actor, Person(work));
        return rules::Complete(actor, request.result(), context.Today(work.now()), item);
      });
  AddVerb<pb::ImprovementItem, pb::CheckImprovementRequest>(
      context, service + "/CheckImprovement", registry,
      [context](UnitOfWork& work, const pb::CheckImprovementRequest& request,
                pb::ImprovementItem* item) -> absl::Status {
        ASSIGN_OR_RETURN(const std::string actor, Person(work));
        return rules::CheckEffect(actor, {request.effective(), request.effect(), request.action(), request.due_date()},
                                  work.now(), context.Today(work.now()), item);
      });
}

}  // namespace kam::account
