#include "account-svc/pipeline/sales_service.h"

#include "absl/strings/str_cat.h"
#include "account-svc/accounts/account_service.h"
#include "account-svc/rules/proto_time.h"
#include "account-svc/rules/sales_rules.h"
#include "common/resource/standard.h"
#include "common/resource/validate.h"
#include "common/status/status.h"
#include "kam/account/v1/account.pb.h"
#include "kam/account/v1/lead_service.pb.h"
#include "kam/account/v1/opportunity_service.pb.h"

namespace kam::account {
namespace {

using resource::UnitOfWork;
using v1::Account;
using v1::Lead;
using v1::Opportunity;

// Registers a verb that changes a resource T by `rule`.
template <typename T, typename Request, typename Rule>
void AddVerb(const Context& context, absl::string_view method, rpc::Registry* registry, Rule rule) {
  registry->Add<Request, T>(method, [context, rule](rpc::Call& call, const Request& request) -> absl::StatusOr<T> {
    return context.runtime.Write<T>(call, request, [&](UnitOfWork& work) -> absl::StatusOr<T> {
      ASSIGN_OR_RETURN(auto change, work.Begin<T>(request));
      RETURN_IF_ERROR(rule(work, request, &change.after));
      return work.Save(std::move(change));
    });
  });
}

absl::Status SetOwner(UnitOfWork& work, std::string* owner) {
  if (!owner->empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(*owner, Person(work));
  return absl::OkStatus();
}

absl::Status CreateLead(UnitOfWork& work, Lead* lead) {
  if (!work.importing() || lead->state() == v1::LEAD_STATE_UNSPECIFIED) lead->set_state(v1::LEAD_STATE_NEW);
  RETURN_IF_ERROR(SetOwner(work, lead->mutable_owner()));
  if (!lead->has_arrival_time()) *lead->mutable_arrival_time() = ToTimestamp(work.now());
  RETURN_IF_ERROR(Validate(work, *lead));
  return work.importing() ? absl::OkStatus() : rules::CheckLead(*lead);
}

absl::Status UpdateLead(UnitOfWork& work, const Lead& before, Lead* after) {
  if (work.importing()) return absl::OkStatus();
  RETURN_IF_ERROR(rules::CheckLeadUpdate(before));
  RETURN_IF_ERROR(SetOwner(work, after->mutable_owner()));
  return rules::CheckLead(*after);
}

absl::StatusOr<v1::ConvertLeadResponse> Convert(const Context& context, UnitOfWork& work,
                                                const v1::ConvertLeadRequest& request) {
  ASSIGN_OR_RETURN(auto change, work.Begin<Lead>(request));
  Account account = request.account();
  resource::ClearOutputOnly(&account, /*import=*/false);
  rules::AccountFromLead(change.before, &account);
  RETURN_IF_ERROR(PrepareNewAccount(context, work, "kam.account.v1.LeadService/ConvertLead", &account));
  v1::ConvertLeadResponse response;
  ASSIGN_OR_RETURN(*response.mutable_account(), work.Insert(std::move(account)));
  change.after.set_account(response.account().name());
  ASSIGN_OR_RETURN(*response.mutable_lead(), work.Save(std::move(change)));
  return response;
}

absl::Status CreateOpportunity(const Context& context, UnitOfWork& work, Opportunity* opportunity) {
  RETURN_IF_ERROR(SetOwner(work, opportunity->mutable_owner()));
  if (!work.importing() || opportunity->stage() == v1::OPPORTUNITY_STAGE_UNSPECIFIED) {
    opportunity->set_stage(v1::OPPORTUNITY_STAGE_RECEPTION);
  }
  if (!work.importing() || opportunity->state() == v1::OPPORTUNITY_STATE_UNSPECIFIED) {
    opportunity->set_state(v1::OPPORTUNITY_STATE_OPEN);
  }
  if (opportunity->probability() == 0 && opportunity->state() == v1::OPPORTUNITY_STATE_OPEN) {
    opportunity->set_probability(rules::StageProbability(opportunity->stage(), context.policy));
  }
  RETURN_IF_ERROR(Validate(work, *opportunity));
  return CheckAccountUsable(work, opportunity->account());
}

absl::Status UpdateOpportunity(UnitOfWork& work, const Opportunity& before, Opportunity* after) {
  if (work.importing()) return absl::OkStatus();
  RETURN_IF_ERROR(rules::CheckOpportunityUpdate(before));
  return SetOwner(work, after->mutable_owner());
}

void RegisterLeads(const Context& context, rpc::Registry* registry) {
  resource::Hooks hooks;
  hooks.on_create = resource::OnCreate<Lead>(CreateLead);
  hooks.on_update = resource::OnUpdate<Lead>(UpdateLead);
  context.runtime.SetHooks(Lead::descriptor(), std::move(hooks));
  const std::string service = "kam.account.v1.LeadService";
  resource::RegisterStandardMethods(context.runtime, service, registry);
  AddVerb<Lead, v1::QualifyLeadRequest>(
      context, service + "/QualifyLead", registry,
      [](UnitOfWork&, const v1::QualifyLeadRequest&, Lead* lead) { return rules::Qualify(*lead); });
  AddVerb<Lead, v1::DiscardLeadRequest>(context, service + "/DiscardLead", registry,
                                        [](UnitOfWork&, const v1::DiscardLeadRequest& request, Lead* lead) {
                                          lead->set_discard_reason(request.reason());
                                          return absl::OkStatus();
                                        });
  AddVerb<Lead, v1::AddLeadFollowUpRequest>(
      context, service + "/AddLeadFollowUp", registry,
      [](UnitOfWork& work, const v1::AddLeadFollowUpRequest& request, Lead* lead) -> absl::Status {
        ASSIGN_OR_RETURN(const std::string actor, Person(work));
        return rules::AddFollowUp(request, actor, work.now(), lead);
      });
  registry->Add<v1::ConvertLeadRequest, v1::ConvertLeadResponse>(
      service + "/ConvertLead", [context](rpc::Call& call, const v1::ConvertLeadRequest& request) {
        return context.runtime.Write<v1::ConvertLeadResponse>(
            call, request, [&](UnitOfWork& work) { return Convert(context, work, request); });
      });
}

void RegisterOpportunities(const Context& context, rpc::Registry* registry) {
  resource::Hooks hooks;
  hooks.on_create = resource::OnCreate<Opportunity>(
      [context](UnitOfWork& work, Opportunity* opportunity) { return CreateOpportunity(context, work, opportunity); });
  hooks.on_update = resource::OnUpdate<Opportunity>(UpdateOpportunity);
  context.runtime.SetHooks(Opportunity::descriptor(), std::move(hooks));
  const std::string service = "kam.account.v1.OpportunityService";
  resource::RegisterStandardMethods(context.runtime, service, registry);
  AddVerb<Opportunity, v1::AdvanceStageRequest>(
      context, service + "/AdvanceStage", registry,
      [context](UnitOfWork&, const v1::AdvanceStageRequest& request, Opportunity* opportunity) {
        return rules::Advance(request.stage(), request.reason(), context.policy, opportunity);
      });
  AddVerb<Opportunity, v1::WinOpportunityRequest>(
      context, service + "/WinOpportunity", registry,
      [](UnitOfWork& work, const v1::WinOpportunityRequest& request, Opportunity* opportunity) {
        return rules::Win(request.reason(), work.now(), opportunity);
      });
  AddVerb<Opportunity, v1::LoseOpportunityRequest>(
      context, service + "/LoseOpportunity", registry,
      [](UnitOfWork& work, const v1::LoseOpportunityRequest& request, Opportunity* opportunity) {
        return rules::Lose(request.reason(), request.competitor(), work.now(), opportunity);
      });
}

}  // namespace

void RegisterSales(const Context& context, rpc::Registry* registry) {
  RegisterLeads(context, registry);
  RegisterOpportunities(context, registry);
}

}  // namespace kam::account
