#include "account-svc/rules/campaign_rules.h"

#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "account-svc/rules/common_rules.h"
#include "account-svc/rules/proto_time.h"
#include "common/money/money_proto.h"
#include "common/status/status.h"
#include "google/type/money.pb.h"
#include "kam/account/v1/campaign.pb.h"
#include "kam/account/v1/campaign_invitation.pb.h"
#include "kam/account/v1/campaign_service.pb.h"

namespace kam::account::rules {
namespace {

absl::StatusOr<Money> Positive(const google::type::Money& proto, const std::string& field) {
  ASSIGN_OR_RETURN(Money money, FromProto(proto, field));
  if (money.amount() > Decimal()) return money;
  return InvalidField(field, "AMOUNT_NOT_POSITIVE",
                      absl::StrCat("is ", money.ToString(), "; must be more than nothing"),
                      {{"value", money.ToString()}});
}

absl::Status SameCurrency(const Money& money, const Money& other, const std::string& field) {
  if (money.currency() == other.currency()) return absl::OkStatus();
  return InvalidField(
      field, "CURRENCY_MISMATCH",
      absl::StrCat("is in ", money.currency().code(), "; the budget is in ", other.currency().code()),
      {{"value", std::string(money.currency().code())}, {"expected", std::string(other.currency().code())}});
}

bool IsVoid(const v1::CampaignCost& cost) { return cost.has_void_time(); }

// Guests of these come because they were invited; to the others comes who passes by.
bool IsByInvitation(v1::CampaignKind kind) {
  return kind == v1::CAMPAIGN_KIND_LAUNCH || kind == v1::CAMPAIGN_KIND_KEY_USER_PRESENTATION;
}

// The costs that were taken back (`voided`), or the others.
absl::StatusOr<Money> SumOfCosts(const v1::Campaign& campaign, bool voided) {
  ASSIGN_OR_RETURN(const Money budget, FromProto(campaign.budget(), "campaign.budget"));
  Money sum = Money::Zero(budget.currency());
  for (const v1::CampaignCost& cost : campaign.costs()) {
    if (IsVoid(cost) != voided) continue;
    ASSIGN_OR_RETURN(const Money amount, FromProto(cost.amount(), "campaign.costs.amount"));
    ASSIGN_OR_RETURN(sum, Add(sum, amount));
  }
  return sum;
}

}  // namespace

absl::StatusOr<Money> CostSoFar(const v1::Campaign& campaign) { return SumOfCosts(campaign, /*voided=*/false); }

absl::Status CheckCampaign(v1::Campaign* campaign) {
  if (campaign->end_date() < campaign->start_date()) {
    return InvalidField("campaign.end_date", "PERIOD_INVALID",
                        absl::StrCat("is ", campaign->end_date(), ", before ", campaign->start_date()));
  }
  if (campaign->budget_owner() == campaign->planner()) {
    return InvalidField("campaign.budget_owner", "BUDGET_OWNER_IS_PLANNER",
                        "plans the campaign; its budget is approved by somebody else",
                        {{"employee", campaign->planner()}});
  }
  std::vector<Money> amounts;
  for (int i = 0; i < campaign->budget_items_size(); ++i) {
    const std::string field = absl::StrCat("campaign.budget_items[", i, "].amount");
    ASSIGN_OR_RETURN(const Money amount, Positive(campaign->budget_items(i).amount(), field));
    if (!amounts.empty()) RETURN_IF_ERROR(SameCurrency(amount, amounts[0], field));
    amounts.push_back(amount);
  }
  Money budget = amounts[0];  // There is one: the field is required.
  for (size_t i = 1; i < amounts.size(); ++i) {
    ASSIGN_OR_RETURN(budget, Add(budget, amounts[i]));
  }
  ToProto(budget, campaign->mutable_budget());
  return absl::OkStatus();
}

absl::Status CheckCampaignUpdate(const v1::Campaign& before) {
  if (before.state() == v1::CAMPAIGN_STATE_DRAFT) return absl::OkStatus();
  return FailedPrecondition("CAMPAIGN_NOT_DRAFT", before.name(),
                            absl::StrCat("the campaign is ", v1::CampaignState_Name(before.state()),
                                         "; its plan changes until the budget is asked for"),
                            {{"state", v1::CampaignState_Name(before.state())}});
}

absl::Status CheckBudgetDecider(absl::string_view actor, const v1::Campaign& campaign) {
  if (actor == campaign.planner()) return SeparationOfDuties("planner", "decide on the budget");
  if (actor == campaign.creator()) return SeparationOfDuties("creator", "decide on the budget");
  if (actor == campaign.budget_owner()) return absl::OkStatus();
  return Error(absl::StatusCode::kPermissionDenied, "NOT_THE_BUDGET_OWNER",
               absl::StrCat("the budget is that of ", campaign.budget_owner(), ", who decides on it"),
               {{"budgetOwner", campaign.budget_owner()}});
}

absl::Status CheckCampaignOpen(const std::string& state, absl::string_view campaign) {
  if (state == "INVITING" || state == "RUNNING") return absl::OkStatus();
  return FailedPrecondition("CAMPAIGN_OVER", campaign,
                            absl::StrCat("the campaign is ", state, "; answers and leads of its guests are as counted"),
                            {{"state", state}});
}

absl::Status StartCampaign(absl::string_view today, int notices, const std::vector<std::string>& untold,
                           const v1::Campaign& campaign) {
  if (notices == 0 || !untold.empty()) {
    const std::string roles = absl::StrJoin(untold, ", ");
    return FailedPrecondition("NOTICE_REQUIRED", campaign.name(),
                              absl::StrCat("the departments concerned are told of a campaign before it begins",
                                           roles.empty() ? "" : "; none was told yet that has ", roles),
                              {{"missing", roles}});
  }
  if (today >= campaign.start_date()) return absl::OkStatus();
  return FailedPrecondition("PERIOD_NOT_BEGUN", campaign.name(),
                            absl::StrCat("the campaign begins on ", campaign.start_date()),
                            {{"startDate", campaign.start_date()}, {"today", std::string(today)}});
}

absl::Status MoveCampaign(absl::string_view today, const v1::MoveCampaignRequest& request, v1::Campaign* campaign) {
  if (request.end_date() < request.start_date()) {
    return InvalidField("end_date", "PERIOD_INVALID",
                        absl::StrCat("is ", request.end_date(), ", before ", request.start_date()));
  }
  const bool begun = campaign->state() == v1::CAMPAIGN_STATE_RUNNING;
  if (begun && request.start_date() != campaign->start_date()) {
    return InvalidField("start_date", "CAMPAIGN_BEGUN",
                        absl::StrCat("is ", request.start_date(), "; the campaign has begun on ",
                                     campaign->start_date(), ", only its last day may be another"),
                        {{"value", request.start_date()}, {"startDate", campaign->start_date()}});
  }
  const std::string& earliest = begun ? request.end_date() : request.start_date();
  if (earliest < today) {
    return InvalidField(begun ? "end_date" : "start_date", "DATE_IN_PAST",
                        absl::StrCat("is ", earliest, ", before today, ", today),
                        {{"value", earliest}, {"today", std::string(today)}});
  }
  campaign->set_start_date(request.start_date());
  campaign->set_end_date(request.end_date());
  return absl::OkStatus();
}

std::string NewDaysText(const v1::Campaign& campaign, absl::string_view reason) {
  return absl::StrCat("活动改期 New days: ", campaign.start_date(), " - ", campaign.end_date(), ". ", reason);
}

absl::Status AddCost(absl::string_view actor, const v1::AddCampaignCostRequest& request, absl::string_view today,
                     absl::Time now, v1::Campaign* campaign) {
  ASSIGN_OR_RETURN(const Money amount, Positive(request.amount(), "amount"));
  ASSIGN_OR_RETURN(const Money budget, FromProto(campaign->budget(), "campaign.budget"));
  RETURN_IF_ERROR(SameCurrency(amount, budget, "amount"));
  RETURN_IF_ERROR(DateNotInFuture("cost_date", request.cost_date(), today));
  v1::CampaignCost& cost = *campaign->add_costs();
  cost.set_description(request.description());
  *cost.mutable_amount() = request.amount();
  cost.set_cost_date(request.cost_date());
  cost.set_supplier(request.supplier());
  cost.set_evidence(request.evidence());
  cost.set_recorder(std::string(actor));
  *cost.mutable_record_time() = ToTimestamp(now);
  return absl::OkStatus();
}

absl::Status CheckCostThere(int cost, const v1::Campaign& campaign) {
  if (cost >= 1 && cost <= campaign.costs_size()) return absl::OkStatus();
  return InvalidField("cost", "FIELD_OUT_OF_RANGE",
                      absl::StrCat("is ", cost, "; the campaign has ", campaign.costs_size(), " costs"),
                      {{"value", absl::StrCat(cost)}, {"limit", absl::StrCat(campaign.costs_size())}});
}

absl::Status VoidCost(absl::string_view actor, bool superior, const v1::VoidCampaignCostRequest& request,
                      absl::Time now, v1::Campaign* campaign) {
  v1::CampaignCost& cost = *campaign->mutable_costs(request.cost() - 1);
  const bool planner = actor == campaign->planner();
  if (planner ? actor != cost.recorder() : !superior) {
    return Error(absl::StatusCode::kPermissionDenied, "NOT_THE_SUPERIOR",
                 absl::StrCat("a cost is taken back by somebody to whom ", cost.recorder(),
                              " reports, who put it down, and who ",
                              "does not plan the campaign; its planner takes back what he put down himself"),
                 {{"planner", campaign->planner()}, {"recorder", cost.recorder()}});
  }
  if (IsVoid(cost)) {
    return FailedPrecondition("COST_VOIDED", campaign->name(),
                              absl::StrCat("cost ", request.cost(), " was taken back already: ", cost.void_reason()),
                              {{"cost", absl::StrCat(request.cost())}, {"voider", cost.voider()}});
  }
  cost.set_void_reason(request.reason());
  cost.set_voider(std::string(actor));
  *cost.mutable_void_time() = ToTimestamp(now);
  return absl::OkStatus();
}

absl::StatusOr<v1::CampaignFigures> FiguresOf(const GuestCounts& guests, const v1::Campaign& campaign) {
  v1::CampaignFigures figures;
  figures.set_invited(guests.invited);
  figures.set_accepted(guests.accepted);
  figures.set_attended(guests.attended);
  figures.set_walk_ins(guests.walk_ins);
  figures.set_attendance_percent(RateText(guests.attended, guests.invited));
  figures.set_leads(guests.leads);
  ASSIGN_OR_RETURN(const Money actual, SumOfCosts(campaign, /*voided=*/false));
  ASSIGN_OR_RETURN(const Money voided, SumOfCosts(campaign, /*voided=*/true));
  ASSIGN_OR_RETURN(const Money budget, FromProto(campaign.budget(), "campaign.budget"));
  ASSIGN_OR_RETURN(const Money variance, Subtract(actual, budget));
  ToProto(actual, figures.mutable_actual_cost());
  ToProto(variance, figures.mutable_variance());
  ToProto(voided, figures.mutable_voided_cost());
  if (guests.leads == 0) return figures;
  ASSIGN_OR_RETURN(const Decimal each,
                   Divide(actual.amount(), Decimal::FromInt(guests.leads), actual.currency().minor_unit()));
  ToProto(Money(each, actual.currency()), figures.mutable_cost_per_lead());
  return figures;
}

absl::Status EvaluateCampaign(absl::string_view actor, absl::string_view today, absl::Time now,
                              const GuestCounts& guests, const v1::EvaluateCampaignRequest& request,
                              v1::Campaign* campaign) {
  if (actor == campaign->planner()) return SeparationOfDuties("planner", "evaluate the campaign");
  if (today < campaign->end_date()) {
    return FailedPrecondition("CAMPAIGN_NOT_OVER", campaign->name(),
                              absl::StrCat("the campaign runs until ", campaign->end_date()),
                              {{"endDate", campaign->end_date()}, {"today", std::string(today)}});
  }
  std::vector<std::string> missing;
  if (guests.invited == 0 && IsByInvitation(campaign->kind())) missing.push_back("invitations");
  if (guests.attended + guests.walk_ins == 0 && !request.nobody_came()) missing.push_back("attendance");
  if (std::all_of(campaign->costs().begin(), campaign->costs().end(), IsVoid)) missing.push_back("costs");
  if (!missing.empty()) {
    const std::string list = absl::StrJoin(missing, ", ");
    return FailedPrecondition("FIGURES_MISSING", campaign->name(),
                              absl::StrCat("a campaign ends with its figures; there is nothing on ", list),
                              {{"missing", list}});
  }
  ASSIGN_OR_RETURN(*campaign->mutable_figures(), FiguresOf(guests, *campaign));
  ASSIGN_OR_RETURN(const Money variance, FromProto(campaign->figures().variance(), "variance"));
  if (variance.amount() > Decimal() && absl::StripAsciiWhitespace(request.overrun_reason()).empty()) {
    return InvalidField("overrun_reason", "OVERRUN_REASON_REQUIRED",
                        absl::StrCat("says why it cost ", variance.ToString(), " more than the budget"),
                        {{"value", variance.ToString()}});
  }
  campaign->set_effect_summary(request.effect_summary());
  campaign->set_overrun_reason(request.overrun_reason());
  campaign->set_evaluator(std::string(actor));
  *campaign->mutable_evaluate_time() = ToTimestamp(now);
  return absl::OkStatus();
}

absl::Status ReopenEvaluation(absl::string_view actor, v1::Campaign* campaign) {
  if (actor == campaign->planner()) return SeparationOfDuties("planner", "take the evaluation back");
  campaign->clear_figures();
  campaign->clear_effect_summary();
  campaign->clear_overrun_reason();
  campaign->clear_evaluator();
  campaign->clear_evaluate_time();
  return absl::OkStatus();
}

void UndoAttendance(v1::CampaignInvitation* invitation) {
  invitation->clear_attend_time();
  invitation->clear_lead();
  invitation->set_state(invitation->walk_in()           ? v1::CAMPAIGN_INVITATION_STATE_WITHDRAWN
                        : invitation->accepted()        ? v1::CAMPAIGN_INVITATION_STATE_ACCEPTED
                        : invitation->has_answer_time() ? v1::CAMPAIGN_INVITATION_STATE_DECLINED
                                                        : v1::CAMPAIGN_INVITATION_STATE_INVITED);
}

absl::Status CheckGuest(const std::string& account, const std::string& contact, const std::string& guest,
                        absl::string_view field) {
  if (!contact.empty() && account.empty()) {
    return InvalidField(absl::StrCat(field, "account"), "GUEST_REQUIRED", "a contact is one of an account");
  }
  if (!contact.empty() || !guest.empty()) return absl::OkStatus();
  return InvalidField(absl::StrCat(field, "guest"), "GUEST_REQUIRED", "a contact or the name of the guest is needed");
}

}  // namespace kam::account::rules
