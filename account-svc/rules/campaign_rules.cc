#include "account-svc/rules/campaign_rules.h"

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

absl::StatusOr<Money> ActualCost(const v1::Campaign& campaign) {
  ASSIGN_OR_RETURN(const Money budget, FromProto(campaign.budget(), "campaign.budget"));
  Money sum = Money::Zero(budget.currency());
  for (const v1::CampaignCost& cost : campaign.costs()) {
    ASSIGN_OR_RETURN(const Money amount, FromProto(cost.amount(), "campaign.costs.amount"));
    ASSIGN_OR_RETURN(sum, Add(sum, amount));
  }
  return sum;
}

}  // namespace

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

absl::Status StartCampaign(absl::string_view today, int notices, const v1::Campaign& campaign) {
  if (notices == 0) {
    return FailedPrecondition("NOTICE_REQUIRED", campaign.name(),
                              "the departments concerned are told of a campaign before it begins");
  }
  if (today >= campaign.start_date()) return absl::OkStatus();
  return FailedPrecondition("PERIOD_NOT_BEGUN", campaign.name(),
                            absl::StrCat("the campaign begins on ", campaign.start_date()),
                            {{"startDate", campaign.start_date()}, {"today", std::string(today)}});
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

absl::StatusOr<v1::CampaignFigures> FiguresOf(const GuestCounts& guests, const v1::Campaign& campaign) {
  v1::CampaignFigures figures;
  figures.set_invited(guests.invited);
  figures.set_accepted(guests.accepted);
  figures.set_attended(guests.attended);
  figures.set_walk_ins(guests.walk_ins);
  figures.set_attendance_percent(RateText(guests.attended, guests.invited));
  figures.set_leads(guests.leads);
  ASSIGN_OR_RETURN(const Money actual, ActualCost(campaign));
  ASSIGN_OR_RETURN(const Money budget, FromProto(campaign.budget(), "campaign.budget"));
  ASSIGN_OR_RETURN(const Money variance, Subtract(actual, budget));
  ToProto(actual, figures.mutable_actual_cost());
  ToProto(variance, figures.mutable_variance());
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
  if (guests.invited == 0) missing.push_back("invitations");
  if (guests.attended + guests.walk_ins == 0) missing.push_back("attendance");
  if (campaign->costs_size() == 0) missing.push_back("costs");
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

absl::Status CheckGuest(const std::string& account, const std::string& contact, const std::string& guest,
                        absl::string_view field) {
  if (!contact.empty() && account.empty()) {
    return InvalidField(absl::StrCat(field, "account"), "GUEST_REQUIRED", "a contact is one of an account");
  }
  if (!contact.empty() || !guest.empty()) return absl::OkStatus();
  return InvalidField(absl::StrCat(field, "guest"), "GUEST_REQUIRED", "a contact or the name of the guest is needed");
}

}  // namespace kam::account::rules
