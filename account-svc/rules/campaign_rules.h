// Rules of campaigns. Pure functions.
#ifndef KAM_ACCOUNT_SVC_RULES_CAMPAIGN_RULES_H_
#define KAM_ACCOUNT_SVC_RULES_CAMPAIGN_RULES_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/money/money.h"

namespace kam::account::v1 {
class AddCampaignCostRequest;
class Campaign;
class CampaignFigures;
class CampaignInvitation;
class EvaluateCampaignRequest;
class MoveCampaignRequest;
class VoidCampaignCostRequest;
}  // namespace kam::account::v1

namespace kam::account::rules {

// Fills the budget from its items. PERIOD_INVALID, BUDGET_OWNER_IS_PLANNER, AMOUNT_NOT_POSITIVE, CURRENCY_MISMATCH.
absl::Status CheckCampaign(v1::Campaign* campaign);
// CAMPAIGN_NOT_DRAFT.
absl::Status CheckCampaignUpdate(const v1::Campaign& before);
// NOT_THE_BUDGET_OWNER; SEPARATION_OF_DUTIES for whoever planned or made it.
absl::Status CheckBudgetDecider(absl::string_view actor, const v1::Campaign& campaign);
// CAMPAIGN_OVER once it was evaluated or called off: its figures are frozen.
absl::Status CheckCampaignOpen(const std::string& state, absl::string_view campaign);
// NOTICE_REQUIRED when no department was told of it (`notices`), or none that has one of the roles `untold`;
// PERIOD_NOT_BEGUN before its first day.
absl::Status StartCampaign(absl::string_view today, int notices, const std::vector<std::string>& untold,
                           const v1::Campaign& campaign);
// Other days: PERIOD_INVALID, DATE_IN_PAST, CAMPAIGN_BEGUN for another first day of one that is going on.
absl::Status MoveCampaign(absl::string_view today, const v1::MoveCampaignRequest& request, v1::Campaign* campaign);
// What the departments that were told of it are told now.
std::string NewDaysText(const v1::Campaign& campaign, absl::string_view reason);

// What it really cost is put down, also over the budget. AMOUNT_NOT_POSITIVE, CURRENCY_MISMATCH, DATE_IN_FUTURE.
absl::Status AddCost(absl::string_view actor, const v1::AddCampaignCostRequest& request, absl::string_view today,
                     absl::Time now, v1::Campaign* campaign);
// What it cost so far, without what was taken back.
absl::StatusOr<Money> CostSoFar(const v1::Campaign& campaign);
// There is a cost number `cost`, counted from 1: FIELD_OUT_OF_RANGE.
absl::Status CheckCostThere(int cost, const v1::Campaign& campaign);
// A cost that is there counts no more. COST_VOIDED when it was taken back already; NOT_THE_SUPERIOR unless `actor`
// is above whoever put the cost down (`superior`); the planner takes back only what he put down himself.
absl::Status VoidCost(absl::string_view actor, bool superior, const v1::VoidCampaignCostRequest& request,
                      absl::Time now, v1::Campaign* campaign);

// Guests as they are counted.
struct GuestCounts {
  int invited = 0;   // With an invitation.
  int accepted = 0;  // Of these, said they come.
  int attended = 0;  // Of these, came.
  int walk_ins = 0;
  int leads = 0;
};
absl::StatusOr<v1::CampaignFigures> FiguresOf(const GuestCounts& guests, const v1::Campaign& campaign);
// CAMPAIGN_NOT_OVER before its last day; FIGURES_MISSING naming what is not there of invitations, where guests come by
// invitation, of attendance, unless nobody came, and of costs; OVERRUN_REASON_REQUIRED.
absl::Status EvaluateCampaign(absl::string_view actor, absl::string_view today, absl::Time now,
                              const GuestCounts& guests, const v1::EvaluateCampaignRequest& request,
                              v1::Campaign* campaign);

// What was evaluated is open again. SEPARATION_OF_DUTIES for the planner.
absl::Status ReopenEvaluation(absl::string_view actor, v1::Campaign* campaign);

// He has not come: as before, by what he answered; a walk-in is not on the list any more.
void UndoAttendance(v1::CampaignInvitation* invitation);

// GUEST_REQUIRED: a contact of an account, or the name of somebody else.
absl::Status CheckGuest(const std::string& account, const std::string& contact, const std::string& guest,
                        absl::string_view field);

}  // namespace kam::account::rules

#endif  // KAM_ACCOUNT_SVC_RULES_CAMPAIGN_RULES_H_
