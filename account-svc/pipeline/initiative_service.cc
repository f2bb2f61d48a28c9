// kam.account.v1.ProductInitiativeService.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "account-svc/pipeline/pipeline.h"
#include "account-svc/rules/duties.h"
#include "account-svc/rules/initiative_rules.h"
#include "account-svc/rules/proto_time.h"
#include "account-svc/staff.h"
#include "account-svc/writers.h"
#include "common/resource/standard.h"
#include "common/status/status.h"
#include "kam/account/v1/product_initiative_service.pb.h"

namespace kam::account {
namespace {

using resource::UnitOfWork;
using v1::ProductInitiative;

constexpr char kService[] = "kam.account.v1.ProductInitiativeService";

std::string Rpc(absl::string_view method) { return absl::StrCat(kService, "/", method); }

// Whoever answers for the effect holds one of the roles of the policy.
absl::Status CheckResponsible(const Context& context, UnitOfWork& work, const std::string& employee) {
  const std::vector<std::string>& roles = context.policy.product_roles;
  ASSIGN_OR_RETURN(const bool holds, HoldsOneOf(work.connection(), employee, roles, context.Today(work.now())));
  if (holds) return absl::OkStatus();
  const std::string allowed = absl::StrJoin(roles, ", ");
  return InvalidField("responsible", "RESPONSIBLE_INVALID",
                      absl::StrCat("holds none of the roles that answer for a new product: ", allowed),
                      {{"value", employee}, {"allowed", allowed}});
}

// What was done for a product was done after it was approved.
absl::Status CheckAfterApproval(const Context& context, const std::string& day, absl::string_view field,
                                const ProductInitiative& initiative) {
  if (!initiative.has_approve_time()) return absl::OkStatus();
  return rules::CheckNotEarlier(day, context.Today(FromTimestamp(initiative.approve_time())), field, "the approval");
}

// Accounts that the product is for are within reach of whoever names them.
absl::Status CheckTargets(UnitOfWork& work, const ProductInitiative& before, const ProductInitiative& after) {
  const auto& known = before.target_accounts();
  for (const std::string& account : after.target_accounts()) {
    if (std::find(known.begin(), known.end(), account) != known.end()) continue;
    RETURN_IF_ERROR(CheckAccountUsable(work, account));
  }
  return absl::OkStatus();
}

absl::Status Decide(UnitOfWork& work, ProductInitiative* initiative) {
  ASSIGN_OR_RETURN(const std::string actor, Person(work));
  RETURN_IF_ERROR(rules::CheckOther(actor, initiative->proposer(), "proposer", "nobody decides on his own proposal"));
  initiative->set_approver(actor);
  *initiative->mutable_approve_time() = ToTimestamp(work.now());
  return absl::OkStatus();
}

}  // namespace

void RegisterInitiatives(const Context& context, rpc::Registry* registry) {
  resource::Hooks hooks;
  hooks.on_create =
      resource::OnCreate<ProductInitiative>([](UnitOfWork& work, ProductInitiative* initiative) -> absl::Status {
        ASSIGN_OR_RETURN(*initiative->mutable_owner(), Person(work));
        initiative->set_proposer(initiative->owner());
        initiative->set_state(v1::PRODUCT_INITIATIVE_STATE_PROPOSED);
        RETURN_IF_ERROR(Validate(work, *initiative));
        return CheckTargets(work, {}, *initiative);
      });
  hooks.on_update = resource::OnUpdate<ProductInitiative>(
      [](UnitOfWork& work, const ProductInitiative& before, ProductInitiative* after) -> absl::Status {
        RETURN_IF_ERROR(rules::CheckInitiativeUpdate(before, after));
        return CheckTargets(work, before, *after);
      });
  context.runtime.SetHooks(ProductInitiative::descriptor(), std::move(hooks));
  resource::RegisterStandardMethods(context.runtime, kService, registry);
  AddVerb<ProductInitiative, v1::ApproveProductInitiativeRequest>(
      context, Rpc("ApproveProductInitiative"), registry,
      [context](UnitOfWork& work, const v1::ApproveProductInitiativeRequest& request,
                ProductInitiative* initiative) -> absl::Status {
        RETURN_IF_ERROR(resource::CheckRead(request.etag()));
        RETURN_IF_ERROR(CheckNotWriter(work, kService, initiative->name(), "approve the proposal"));
        RETURN_IF_ERROR(Decide(work, initiative));
        RETURN_IF_ERROR(CheckResponsible(context, work, request.responsible()));
        RETURN_IF_ERROR(rules::CheckOther(work.actor().subject, request.responsible(), "approver",
                                          "whoever approves a product does not answer for its effect himself"));
        initiative->set_owner(request.responsible());
        return absl::OkStatus();
      });
  AddVerb<ProductInitiative, v1::RejectProductInitiativeRequest>(
      context, Rpc("RejectProductInitiative"), registry,
      [](UnitOfWork& work, const v1::RejectProductInitiativeRequest& request, ProductInitiative* initiative) {
        initiative->set_reject_reason(request.reason());
        return Decide(work, initiative);
      });
  AddVerb<ProductInitiative, v1::StartProductTrialRequest>(
      context, Rpc("StartProductTrial"), registry,
      [](UnitOfWork&, const v1::StartProductTrialRequest&, ProductInitiative* initiative) {
        return rules::CheckTrial(*initiative);
      });
  AddVerb<ProductInitiative, v1::RecordProductSampleRequest>(
      context, Rpc("RecordProductSample"), registry,
      [context](UnitOfWork& work, const v1::RecordProductSampleRequest& request,
                ProductInitiative* initiative) -> absl::Status {
        RETURN_IF_ERROR(rules::AddSample(request, context.Today(work.now()), initiative));
        return CheckAfterApproval(context, initiative->samples().rbegin()->sample_date(), "sample_date", *initiative);
      });
  AddVerb<ProductInitiative, v1::ReachInitiativeMilestoneRequest>(
      context, Rpc("ReachInitiativeMilestone"), registry,
      [context](UnitOfWork& work, const v1::ReachInitiativeMilestoneRequest& request,
                ProductInitiative* initiative) -> absl::Status {
        RETURN_IF_ERROR(rules::ReachMilestone(request, context.Today(work.now()), initiative));
        return CheckAfterApproval(context, initiative->milestones(request.milestone() - 1).done_date(), "done_date",
                                  *initiative);
      });
  AddVerb<ProductInitiative, v1::VoidProductSampleRequest>(
      context, Rpc("VoidProductSample"), registry,
      [](UnitOfWork& work, const v1::VoidProductSampleRequest& request, ProductInitiative* initiative) {
        return rules::VoidSample(request, work.now(), initiative);
      });
  AddVerb<ProductInitiative, v1::ReopenInitiativeMilestoneRequest>(
      context, Rpc("ReopenInitiativeMilestone"), registry,
      [](UnitOfWork&, const v1::ReopenInitiativeMilestoneRequest& request, ProductInitiative* initiative) {
        return rules::ReopenMilestone(request, initiative);
      });
  AddVerb<ProductInitiative, v1::WithdrawProductInitiativeRequest>(
      context, Rpc("WithdrawProductInitiative"), registry,
      [](UnitOfWork& work, const v1::WithdrawProductInitiativeRequest&, ProductInitiative* initiative) -> absl::Status {
        ASSIGN_OR_RETURN(const std::string actor, Person(work));
        return rules::CheckWithdrawal(actor, *initiative);
      });
  AddVerb<ProductInitiative, v1::RollOutProductRequest>(
      context, Rpc("RollOutProduct"), registry,
      [](UnitOfWork&, const v1::RollOutProductRequest&, ProductInitiative* initiative) {
        return rules::CheckRollOut(*initiative);
      });
  AddVerb<ProductInitiative, v1::EvaluateProductInitiativeRequest>(
      context, Rpc("EvaluateProductInitiative"), registry,
      [](UnitOfWork& work, const v1::EvaluateProductInitiativeRequest& request,
         ProductInitiative* initiative) -> absl::Status {
        ASSIGN_OR_RETURN(const std::string actor, Person(work));
        RETURN_IF_ERROR(rules::CheckOther(actor, initiative->owner(), "responsible",
                                          "the effect is judged by another than who answers for it"));
        return rules::EvaluateEffect(request, initiative);
      });
  AddVerb<ProductInitiative, v1::StopProductInitiativeRequest>(
      context, Rpc("StopProductInitiative"), registry,
      [](UnitOfWork& work, const v1::StopProductInitiativeRequest& request,
         ProductInitiative* initiative) -> absl::Status {
        ASSIGN_OR_RETURN(const std::string actor, Person(work));
        return rules::StopInitiative(request, actor, work.now(), initiative);
      });
}

}  // namespace kam::account
