// Campaigns: plan, budget, costs, evaluation, information to departments (A-35, P-37).
#include "account-svc/market/campaign_service.h"

#include <set>

#include "absl/strings/str_cat.h"
#include "account-svc/people/instructed.h"
#include "account-svc/report.h"
#include "account-svc/rules/proto_time.h"
#include "account-svc/staff.h"
#include "account-svc/verb.h"
#include "account-svc/visits/period_report.h"
#include "account-svc/writers.h"
#include "common/money/money_proto.h"
#include "common/resource/sensitive.h"
#include "common/resource/standard.h"
#include "common/status/status.h"
#include "kam/account/v1/campaign_service.pb.h"

namespace kam::account {
namespace {

using mysql::Row;
using mysql::Value;
using resource::UnitOfWork;
using v1::Campaign;
using v1::PromotionNotice;

constexpr char kService[] = "kam.account.v1.CampaignService";
constexpr int kGuestsAtOnce = 500;
constexpr char kDecideBudget[] = "campaign.budget.approve";
constexpr char kSeeBudget[] = "campaign.budget.read";

absl::Status Create(UnitOfWork& work, Campaign* campaign) {
  campaign->set_state(v1::CAMPAIGN_STATE_DRAFT);
  if (campaign->planner().empty()) {
    ASSIGN_OR_RETURN(*campaign->mutable_planner(), Person(work));
  }
  RETURN_IF_ERROR(Validate(work, *campaign));
  return rules::CheckCampaign(campaign);
}

absl::Status Update(UnitOfWork& work, const Campaign& before, Campaign* after) {
  RETURN_IF_ERROR(rules::CheckCampaignUpdate(before));
  if (after->planner().empty()) after->set_planner(before.planner());
  RETURN_IF_ERROR(Validate(work, *after));
  return rules::CheckCampaign(after);
}

// Gives the guests for whom `condition` is true the state that `state_of` says; it makes the condition false.
template <typename StateOf>
absl::Status ChangeGuests(UnitOfWork& work, const std::string& campaign, const char* condition, StateOf state_of) {
  while (true) {
    ASSIGN_OR_RETURN(
        std::vector<v1::CampaignInvitation> open,
        work.Find<v1::CampaignInvitation>({absl::StrCat("t.campaign = ? AND ", condition), {Value(IdOf(campaign))}},
                                          "ORDER BY t.id", kGuestsAtOnce, /*lock=*/true));
    if (open.empty()) return absl::OkStatus();
    for (v1::CampaignInvitation& invitation : open) {
      resource::Change<v1::CampaignInvitation> change{invitation, invitation};
      change.after.set_state(state_of(invitation));
      RETURN_IF_ERROR(work.Save(std::move(change)).status());
    }
  }
}

// Who was invited and has not come has stayed away.
absl::Status MarkAbsent(UnitOfWork& work, const std::string& campaign) {
  return ChangeGuests(work, campaign, "t.state IN ('INVITED', 'ACCEPTED')",
                      [](const v1::CampaignInvitation&) { return v1::CAMPAIGN_INVITATION_STATE_ABSENT; });
}

// He may have come after all.
absl::Status UnmarkAbsent(UnitOfWork& work, const std::string& campaign) {
  return ChangeGuests(work, campaign, "t.state = 'ABSENT'", [](const v1::CampaignInvitation& guest) {
    return guest.accepted() ? v1::CAMPAIGN_INVITATION_STATE_ACCEPTED : v1::CAMPAIGN_INVITATION_STATE_INVITED;
  });
}

absl::StatusOr<PromotionNotice> TellDepartment(UnitOfWork& work, const std::string& campaign,
                                               const std::string& department, const std::string& information) {
  PromotionNotice notice;
  ASSIGN_OR_RETURN(*notice.mutable_sender(), Person(work));
  notice.set_campaign(campaign);
  notice.set_department(department);
  notice.set_information(information);
  notice.set_state(v1::PROMOTION_NOTICE_STATE_SENT);
  return work.Insert(std::move(notice));
}

// Who was told of the old days is told the new ones, and gives a receipt for them.
absl::Status TellNewDays(UnitOfWork& work, const Campaign& campaign, const std::string& reason) {
  ASSIGN_OR_RETURN(const std::vector<Row> told,
                   work.connection().Query(
                       "SELECT DISTINCT department FROM promotion_notices WHERE campaign = ? ORDER BY department",
                       {IdOf(campaign.name())}));
  for (const Row& row : told) {
    RETURN_IF_ERROR(TellDepartment(work, campaign.name(), NameOf("departments", row[0].text()),
                                   rules::NewDaysText(campaign, reason))
                        .status());
  }
  return absl::OkStatus();
}

// Roles of the policy of which no department was told, though somebody in a department holds them: who is in none
// cannot be told. A department is told with those below it.
absl::StatusOr<std::vector<std::string>> UntoldRoles(const Context& context, UnitOfWork& work,
                                                     const std::string& campaign) {
  const std::string today = context.Today(work.now());
  std::vector<std::string> untold;
  for (const std::string& role : context.policy.campaign_notice_roles) {
    ASSIGN_OR_RETURN(
        const std::vector<Row> rows,
        work.connection().Query(
            "SELECT COUNT(DISTINCT s.employee), COUNT(DISTINCT n.id) FROM employees e JOIN employees_roles r ON "
            "r.parent_id = e.id LEFT JOIN employee_scopes s ON s.employee = e.id AND s.department_path IS NOT NULL "
            "LEFT JOIN "
            "promotion_notices n ON n.campaign = ? AND s.department_path LIKE CONCAT('%/', n.department, '/%') WHERE "
            "e.archive_time IS NULL "
            "AND (e.leave_date IS NULL OR e.leave_date >= ?) AND r.role = ? AND r.since_date <= ? AND (r.until_date "
            "IS NULL OR r.until_date >= ?) AND (r.state IS NULL OR r.state = 'GRANTED')",
            {IdOf(campaign), today, role, today, today}));
    if (WholeOf(rows[0][0]) > 0 && WholeOf(rows[0][1]) == 0) untold.push_back(role);
  }
  return untold;
}

absl::StatusOr<v1::PassCampaignInformationResponse> Pass(UnitOfWork& work,
                                                         const v1::PassCampaignInformationRequest& request) {
  ASSIGN_OR_RETURN(const auto change, work.Begin<Campaign>(request));
  v1::PassCampaignInformationResponse response;
  std::set<std::string> departments(request.departments().begin(), request.departments().end());
  for (const std::string& department : departments) {
    ASSIGN_OR_RETURN(const std::vector<PromotionNotice> sent,
                     work.Find<PromotionNotice>(
                         {"t.campaign = ? AND t.department = ? AND t.information = ?",
                          {Value(IdOf(change.before.name())), Value(IdOf(department)), Value(request.information())}},
                         "ORDER BY t.id", 1));
    if (!sent.empty()) {
      *response.add_promotion_notices() = sent[0];
      continue;
    }
    ASSIGN_OR_RETURN(*response.add_promotion_notices(),
                     TellDepartment(work, change.before.name(), department, request.information()));
  }
  return response;
}

absl::StatusOr<v1::CampaignEffect> Effect(const Context& context, rpc::Call& call,
                                          const v1::GetCampaignEffectRequest& request) {
  ASSIGN_OR_RETURN(const Campaign campaign, context.runtime.Get<Campaign>(call, request.name()));
  v1::CampaignEffect effect;
  RETURN_IF_ERROR(context.runtime.database().Run(call.deadline, [&](mysql::Connection& connection) -> absl::Status {
    effect.Clear();
    effect.set_campaign(campaign.name());
    *effect.mutable_budget() = campaign.budget();
    ASSIGN_OR_RETURN(const rules::GuestCounts guests, CountGuests(connection, campaign.name()));
    ASSIGN_OR_RETURN(*effect.mutable_figures(), rules::FiguresOf(guests, campaign));
    ASSIGN_OR_RETURN(
        const std::vector<Row> rows,
        connection.Query(
            "SELECT (SELECT COUNT(l.id) FROM campaign_invitations i JOIN leads l ON l.id = i.lead_id WHERE i.campaign "
            "= ? "
            "AND l.state = 'CONVERTED'), (SELECT COUNT(n.id) FROM promotion_notices n WHERE n.campaign = ?), (SELECT "
            "COUNT(r.id) FROM promotion_notices r WHERE r.campaign = ? AND r.state = 'RECEIVED')",
            {IdOf(campaign.name()), IdOf(campaign.name()), IdOf(campaign.name())}));
    const resource::Type& type = *context.runtime.catalog().Find(Campaign::descriptor());
    ASSIGN_OR_RETURN(const std::set<std::string> seen,
                     resource::RowsWith(connection, type, call.principal, kSeeBudget, {IdOf(campaign.name())}));
    if (seen.empty()) {
      effect.clear_budget();
      effect.mutable_figures()->clear_actual_cost();
      effect.mutable_figures()->clear_variance();
      effect.mutable_figures()->clear_voided_cost();
      effect.mutable_figures()->clear_cost_per_lead();
    }
    effect.set_leads_converted(WholeOf(rows[0][0]));
    effect.set_notices_sent(WholeOf(rows[0][1]));
    effect.set_notices_received(WholeOf(rows[0][2]));
    return absl::OkStatus();
  }));
  return effect;
}

// A budget that was approved as routine is not overrun into what is important: that is asked for like a budget.
absl::Status CheckCostInstructed(const Context& context, UnitOfWork& work, const Campaign& campaign) {
  rules::Matter matter{absl::StrCat(kService, "/ApproveCampaignBudget"), campaign.name(), v1::TIER_UNSPECIFIED,
                       std::nullopt};
  const ImportantVerb* important = rules::ImportantOf(matter.verb, context.policy);
  if (important == nullptr) return absl::OkStatus();
  ASSIGN_OR_RETURN(matter.amount, FromProto(campaign.budget(), "budget"));
  if (!rules::IsRoutine(matter, *important)) return absl::OkStatus();
  ASSIGN_OR_RETURN(matter.amount, rules::CostSoFar(campaign));
  return CheckInstructed(context, work, matter);
}

void RegisterBudget(const Context& context, rpc::Registry* registry) {
  const std::string service = kService;
  AddVerb<Campaign, v1::RequestCampaignBudgetRequest>(
      context, service + "/RequestCampaignBudget", registry,
      [context](UnitOfWork& work, const v1::RequestCampaignBudgetRequest&, Campaign* campaign) -> absl::Status {
        // Nobody else decides: a request to somebody without the right would wait for ever.
        ASSIGN_OR_RETURN(const bool able, HoldsRight(work.connection(), campaign->budget_owner(), kDecideBudget,
                                                     context.Today(work.now())));
        if (!able) {
          return FailedPrecondition("BUDGET_OWNER_WITHOUT_RIGHT", campaign->name(),
                                    absl::StrCat(campaign->budget_owner(), " may not decide on budgets of campaigns"),
                                    {{"budgetOwner", campaign->budget_owner()}, {"permission", kDecideBudget}});
        }
        campaign->clear_budget_opinion();
        return absl::OkStatus();
      });
  AddVerb<Campaign, v1::WithdrawCampaignBudgetRequest>(
      context, service + "/WithdrawCampaignBudget", registry,
      [](UnitOfWork&, const v1::WithdrawCampaignBudgetRequest&, Campaign*) { return absl::OkStatus(); });
  AddVerb<Campaign, v1::ApproveCampaignBudgetRequest>(
      context, service + "/ApproveCampaignBudget", registry,
      [context](UnitOfWork& work, const v1::ApproveCampaignBudgetRequest& request, Campaign* campaign) -> absl::Status {
        RETURN_IF_ERROR(resource::CheckRead(request.etag()));
        ASSIGN_OR_RETURN(const std::string actor, Person(work));
        RETURN_IF_ERROR(rules::CheckBudgetDecider(actor, *campaign));
        RETURN_IF_ERROR(CheckNotWriter(work, kService, campaign->name(), "approve the budget"));
        ASSIGN_OR_RETURN(const Money budget, FromProto(campaign->budget(), "budget"));
        RETURN_IF_ERROR(CheckInstructed(
            context, work,
            {absl::StrCat(kService, "/ApproveCampaignBudget"), campaign->name(), v1::TIER_UNSPECIFIED, budget}));
        campaign->set_budget_approver(actor);
        *campaign->mutable_budget_approve_time() = ToTimestamp(work.now());
        campaign->set_budget_opinion(request.reason());
        return absl::OkStatus();
      });
  AddVerb<Campaign, v1::RejectCampaignBudgetRequest>(
      context, service + "/RejectCampaignBudget", registry,
      [](UnitOfWork& work, const v1::RejectCampaignBudgetRequest& request, Campaign* campaign) -> absl::Status {
        ASSIGN_OR_RETURN(const std::string actor, Person(work));
        RETURN_IF_ERROR(rules::CheckBudgetDecider(actor, *campaign));
        campaign->set_budget_opinion(request.reason());
        return absl::OkStatus();
      });
  AddVerb<Campaign, v1::AddCampaignCostRequest>(
      context, service + "/AddCampaignCost", registry,
      [context](UnitOfWork& work, const v1::AddCampaignCostRequest& request, Campaign* campaign) -> absl::Status {
        ASSIGN_OR_RETURN(const std::string actor, Person(work));
        RETURN_IF_ERROR(rules::AddCost(actor, request, context.Today(work.now()), work.now(), campaign));
        return CheckCostInstructed(context, work, *campaign);
      });
  AddVerb<Campaign, v1::VoidCampaignCostRequest>(
      context, service + "/VoidCampaignCost", registry,
      [context](UnitOfWork& work, const v1::VoidCampaignCostRequest& request, Campaign* campaign) -> absl::Status {
        RETURN_IF_ERROR(rules::CheckCostThere(request.cost(), *campaign));
        ASSIGN_OR_RETURN(const bool superior,
                         IsSuperiorOf(context, work, campaign->costs(request.cost() - 1).recorder()));
        return rules::VoidCost(work.actor().subject, superior, request, work.now(), campaign);
      });
}

void RegisterEvaluation(const Context& context, rpc::Registry* registry) {
  const std::string service = kService;
  AddVerb<Campaign, v1::EvaluateCampaignRequest>(
      context, service + "/EvaluateCampaign", registry,
      [context](UnitOfWork& work, const v1::EvaluateCampaignRequest& request, Campaign* campaign) -> absl::Status {
        ASSIGN_OR_RETURN(const std::string actor, Person(work));
        ASSIGN_OR_RETURN(const rules::GuestCounts guests, CountGuests(work.connection(), campaign->name()));
        RETURN_IF_ERROR(
            rules::EvaluateCampaign(actor, context.Today(work.now()), work.now(), guests, request, campaign));
        return MarkAbsent(work, campaign->name());
      });
  AddVerb<Campaign, v1::ReopenCampaignEvaluationRequest>(
      context, service + "/ReopenCampaignEvaluation", registry,
      [](UnitOfWork& work, const v1::ReopenCampaignEvaluationRequest&, Campaign* campaign) -> absl::Status {
        ASSIGN_OR_RETURN(const std::string actor, Person(work));
        RETURN_IF_ERROR(rules::ReopenEvaluation(actor, campaign));
        return UnmarkAbsent(work, campaign->name());
      });
  registry->Add<v1::GetCampaignEffectRequest, v1::CampaignEffect>(
      service + "/GetCampaignEffect", [context](rpc::Call& call, const v1::GetCampaignEffectRequest& request) {
        return Effect(context, call, request);
      });
}

}  // namespace

void RegisterCampaigns(const Context& context, rpc::Registry* registry) {
  resource::Hooks hooks;
  hooks.on_create = resource::OnCreate<Campaign>(Create);
  hooks.on_update = resource::OnUpdate<Campaign>(Update);
  context.runtime.SetHooks(Campaign::descriptor(), std::move(hooks));
  const std::string service = kService;
  resource::RegisterStandardMethods(context.runtime, service, registry);
  RegisterBudget(context, registry);
  RegisterEvaluation(context, registry);
  AddVerb<Campaign, v1::OpenInvitationsRequest>(
      context, service + "/OpenInvitations", registry,
      [](UnitOfWork&, const v1::OpenInvitationsRequest&, Campaign*) { return absl::OkStatus(); });
  AddVerb<Campaign, v1::StartCampaignRequest>(
      context, service + "/StartCampaign", registry,
      [context](UnitOfWork& work, const v1::StartCampaignRequest&, Campaign* campaign) -> absl::Status {
        ASSIGN_OR_RETURN(const std::vector<Row> rows,
                         work.connection().Query("SELECT COUNT(n.id) FROM promotion_notices n WHERE n.campaign = ?",
                                                 {IdOf(campaign->name())}));
        ASSIGN_OR_RETURN(const std::vector<std::string> untold, UntoldRoles(context, work, campaign->name()));
        return rules::StartCampaign(context.Today(work.now()), WholeOf(rows[0][0]), untold, *campaign);
      });
  AddVerb<Campaign, v1::MoveCampaignRequest>(
      context, service + "/MoveCampaign", registry,
      [context](UnitOfWork& work, const v1::MoveCampaignRequest& request, Campaign* campaign) -> absl::Status {
        RETURN_IF_ERROR(rules::MoveCampaign(context.Today(work.now()), request, campaign));
        return TellNewDays(work, *campaign, request.reason());
      });
  AddVerb<Campaign, v1::CancelCampaignRequest>(
      context, service + "/CancelCampaign", registry,
      [](UnitOfWork&, const v1::CancelCampaignRequest& request, Campaign* campaign) {
        campaign->set_close_reason(request.reason());
        return absl::OkStatus();
      });
  registry->Add<v1::PassCampaignInformationRequest, v1::PassCampaignInformationResponse>(
      service + "/PassCampaignInformation",
      [context](rpc::Call& call, const v1::PassCampaignInformationRequest& request) {
        return context.runtime.Write<v1::PassCampaignInformationResponse>(
            call, request, [&](UnitOfWork& work) { return Pass(work, request); });
      });
  AddVerb<PromotionNotice, v1::ReceivePromotionNoticeRequest>(
      context, service + "/ReceivePromotionNotice", registry,
      [](UnitOfWork& work, const v1::ReceivePromotionNoticeRequest&, PromotionNotice* notice) -> absl::Status {
        ASSIGN_OR_RETURN(const std::string receiver, Person(work));
        ASSIGN_OR_RETURN(const bool works_there, WorksIn(work.connection(), receiver, notice->department()));
        if (!works_there) {
          return Error(absl::StatusCode::kPermissionDenied, "RECEIVER_NOT_IN_DEPARTMENT",
                       absl::StrCat("the notice is for ", notice->department(), ", where the caller does not work"),
                       {{"department", notice->department()}});
        }
        notice->set_receiver(receiver);
        *notice->mutable_receive_time() = ToTimestamp(work.now());
        return absl::OkStatus();
      });
}

}  // namespace kam::account
