// Costs, evaluations, guests and days of campaigns put right.
#include "account-svc/testing/campaign_fixture.h"

namespace kam::account {
namespace {

using v1::Campaign;
using v1::CampaignInvitation;

class CampaignCorrectionTest : public CampaignFixture {};

// a cost that was put down wrongly is taken back by the planner or above whoever put it down; one that comes late
// is put down.
TEST_F(CampaignCorrectionTest, AWrongCostIsTakenBack) {
  const std::string campaign = Inviting();
  ASSERT_THAT(Cost(campaign, 100000), IsOk());
  ASSERT_THAT(Cost(campaign, 10000), IsOk());
  const auth::Principal peer = world_.As(world_.AddEmployee("KAM", department_.name()), "KAM");
  EXPECT_THAT(Void(peer, campaign, 1), HasReason("NOT_THE_SUPERIOR"));
  EXPECT_THAT(Void(sm_, campaign, 3), HasReason("FIELD_OUT_OF_RANGE"));
  v1::VoidCampaignCostRequest silent;
  silent.set_cost(1);
  EXPECT_THAT(Verb(sm_, "VoidCampaignCost", silent, campaign), NamesField("reason"));
  const auto voided = Void(sm_, campaign, 1);
  ASSERT_THAT(voided, IsOk());
  EXPECT_EQ(voided->costs(0).amount().units(), 100000);
  EXPECT_EQ(voided->costs(0).voider(), manager_.name());
  EXPECT_THAT(Void(sm_, campaign, 1), HasReason("COST_VOIDED"));
  EXPECT_EQ(Figures(campaign).actual_cost().units(), 10000);
  EXPECT_EQ(Figures(campaign).voided_cost().units(), 100000);
  EXPECT_EQ(Figures(campaign).variance().units(), 0);
  // The stand was paid for, though the campaign was called off.
  v1::CancelCampaignRequest cancel;
  cancel.set_reason("场馆关闭");
  ASSERT_THAT(Verb(sm_, "CancelCampaign", cancel, campaign), IsOk());
  ASSERT_THAT(Cost(campaign, 500), IsOk());
  EXPECT_EQ(Figures(campaign).actual_cost().units(), 10500);
  ASSERT_THAT(Void(sm_, campaign, 3), IsOk());
  EXPECT_EQ(Figures(campaign).actual_cost().units(), 10000);
}

// a small budget is not overrun into a large one without the instruction that a large one wants.
TEST_F(CampaignCorrectionTest, ALargeCostIsAskedFor) {
  const std::string campaign = Inviting();
  ASSERT_THAT(Cost(campaign, 300000), IsOk());
  ASSERT_THAT(Cost(campaign, 199999), IsOk());
  const auto refused = Cost(campaign, 1);
  EXPECT_THAT(refused, HasReason("INSTRUCTION_REQUIRED"));
  EXPECT_EQ(MetadataValue(refused.status(), "verb"), "kam.account.v1.CampaignService/ApproveCampaignBudget");
  ASSERT_THAT(Void(sm_, campaign, 2), IsOk());
  EXPECT_THAT(Cost(campaign, 1), IsOk());
  const std::string id = world_.harness().NewId();
  world_.harness().db().Execute(absl::StrCat(
      "INSERT INTO instruction_requests (id, version, create_time, update_time, creator, updater, kind, subject, body, "
      "related, verb, amount_amount, amount_currency, superior, requester, holder, state, expire_time) VALUES ('",
      id, "', 1, '2026-01-01', '2026-01-01', 'x', 'x', 'INSTRUCTION', 'x', 'x', '", campaign,
      "', 'kam.account.v1.CampaignService/ApproveCampaignBudget', 600001, 'CNY', '", IdOf(head_.name()), "', '",
      IdOf(manager_.name()), "', '", IdOf(manager_.name()), "', 'APPROVED', '2099-01-01')"));
  EXPECT_THAT(Cost(campaign, 300001), HasReason("INSTRUCTION_REQUIRED")) << "for less money";
  ASSERT_THAT(Cost(campaign, 300000), IsOk());
  EXPECT_EQ(
      world_.harness().db().Get(absl::StrCat("SELECT state FROM instruction_requests WHERE id = '", id, "'")).text(),
      "EXECUTED");
}

// an evaluation is taken back for a late invoice or a guest who came after all, and made anew.
TEST_F(CampaignCorrectionTest, AnEvaluationIsMadeAnew) {
  const std::string campaign = Inviting();
  const auto guest = Invite(campaign, "", "", "蒋先生"), late = Invite(campaign, "", "", "沈先生");
  ASSERT_THAT(guest, IsOk());
  ASSERT_THAT(late, IsOk());
  v1::RecordInvitationAnswerRequest answer;
  answer.set_accepted(true);
  ASSERT_THAT(Do<CampaignInvitation>(kax_, "CampaignService/RecordInvitationAnswer", answer, late->name()), IsOk());
  ASSERT_THAT(Run(campaign), IsOk());
  ASSERT_THAT(Attend(guest->name()), IsOk());
  ASSERT_THAT(Cost(campaign, 9000), IsOk());
  MoveOn(absl::Hours(24));
  v1::EvaluateCampaignRequest evaluate;
  evaluate.set_effect_summary("效果良好");
  ASSERT_THAT(Verb(gam_, "EvaluateCampaign", evaluate, campaign), IsOk());
  EXPECT_THAT(Attend(late->name()), HasReason("STATE_NOT_ALLOWED"));
  EXPECT_THAT(Undo(guest->name()), HasReason("CAMPAIGN_OVER"));
  v1::ReopenCampaignEvaluationRequest reopen;
  EXPECT_THAT(Verb(gam_, "ReopenCampaignEvaluation", reopen, campaign), NamesField("reason"));
  reopen.set_reason("补开发票");
  EXPECT_THAT(Verb(sm_, "ReopenCampaignEvaluation", reopen, campaign), HasReason("SEPARATION_OF_DUTIES"));
  const auto open = Verb(gam_, "ReopenCampaignEvaluation", reopen, campaign);
  ASSERT_THAT(open, IsOk());
  EXPECT_EQ(open->state(), v1::CAMPAIGN_STATE_RUNNING);
  EXPECT_FALSE(open->figures().has_actual_cost());
  EXPECT_EQ(open->effect_summary(), "");
  ASSERT_THAT(Cost(campaign, 1500), IsOk());
  ASSERT_THAT(Attend(late->name()), IsOk()) << "he waits again";
  EXPECT_THAT(Verb(gam_, "EvaluateCampaign", evaluate, campaign), HasReason("OVERRUN_REASON_REQUIRED"));
  evaluate.set_overrun_reason("补开发票");
  const auto again = Verb(gam_, "EvaluateCampaign", evaluate, campaign);
  ASSERT_THAT(again, IsOk());
  EXPECT_EQ(again->figures().actual_cost().units(), 10500);
  EXPECT_EQ(again->figures().attended(), 2);
}

// at a trade fair nobody is invited.
TEST_F(CampaignCorrectionTest, AnExhibitionEndsWithoutInvitations) {
  Campaign plan = Plan();
  plan.set_kind(v1::CAMPAIGN_KIND_EXHIBITION);
  auto campaign = Create(plan);
  ASSERT_THAT(campaign, IsOk());
  campaign = Verb(sm_, "RequestCampaignBudget", v1::RequestCampaignBudgetRequest(), campaign->name());
  ASSERT_THAT(campaign, IsOk());
  ASSERT_THAT(Approve(gam_, *campaign), IsOk());
  ASSERT_THAT(Verb(sm_, "OpenInvitations", v1::OpenInvitationsRequest(), campaign->name()), IsOk());
  ASSERT_THAT(Run(campaign->name()), IsOk());
  ASSERT_THAT(Cost(campaign->name(), 9000), IsOk());
  MoveOn(absl::Hours(24));
  v1::EvaluateCampaignRequest evaluate;
  evaluate.set_effect_summary("暴雨，无人到场");
  EXPECT_EQ(MetadataValue(Verb(gam_, "EvaluateCampaign", evaluate, campaign->name()).status(), "missing"),
            "attendance");
  evaluate.set_nobody_came(true);
  const auto evaluated = Verb(gam_, "EvaluateCampaign", evaluate, campaign->name());
  ASSERT_THAT(evaluated, IsOk());
  EXPECT_EQ(evaluated->figures().actual_cost().units(), 9000);
  EXPECT_EQ(evaluated->figures().attendance_percent(), "");
}

// the wrong guest has not come, an invitation written twice is none.
TEST_F(CampaignCorrectionTest, GuestsPutDownByMistakeAreTakenBack) {
  const v1::Account account = world_.AddAccount(kax_);
  const std::string contact = AddContact(account.name()), campaign = Inviting();
  const auto first = Invite(campaign, account.name(), contact);
  const auto twice = Invite(campaign, "", "", "李女士");
  ASSERT_THAT(first, IsOk());
  ASSERT_THAT(twice, IsOk());
  v1::WithdrawInvitationRequest withdraw;
  const std::string method = "CampaignService/WithdrawInvitation";
  EXPECT_THAT(Do<CampaignInvitation>(kax_, method, withdraw, twice->name()), NamesField("reason"));
  withdraw.set_reason("重复");
  ASSERT_THAT(Do<CampaignInvitation>(kax_, method, withdraw, twice->name()), IsOk());
  ASSERT_THAT(Do<CampaignInvitation>(kax_, method, withdraw, first->name()), IsOk());
  const auto again = Invite(campaign, account.name(), contact);
  ASSERT_THAT(again, IsOk()) << "he may be invited again";
  EXPECT_THAT(Invite(campaign, account.name(), contact), HasReason("INVITED_ALREADY"));
  EXPECT_EQ(Figures(campaign).invited(), 1);
  ASSERT_THAT(Run(campaign), IsOk());
  ASSERT_THAT(Attend(again->name()), IsOk());
  v1::LinkCampaignLeadRequest link;
  link.set_lead(NewLead());
  ASSERT_THAT(Do<CampaignInvitation>(kax_, "CampaignService/LinkCampaignLead", link, again->name()), IsOk());
  EXPECT_EQ(Figures(campaign).attendance_percent(), "100.00");
  const auto undone = Undo(again->name());
  ASSERT_THAT(undone, IsOk());
  EXPECT_EQ(undone->state(), v1::CAMPAIGN_INVITATION_STATE_INVITED);
  EXPECT_EQ(undone->lead(), "");
  EXPECT_EQ(Figures(campaign).attendance_percent(), "0.00");
  EXPECT_EQ(Figures(campaign).leads(), 0);
  v1::RegisterWalkInRequest stranger;
  stranger.set_guest("韩先生");
  const auto walk_in = Do<CampaignInvitation>(kax_, "CampaignService/RegisterWalkIn", stranger, campaign);
  ASSERT_THAT(walk_in, IsOk());
  EXPECT_EQ(Figures(campaign).walk_ins(), 1);
  EXPECT_EQ(Undo(walk_in->name())->state(), v1::CAMPAIGN_INVITATION_STATE_WITHDRAWN);
  EXPECT_EQ(Figures(campaign).walk_ins(), 0);
}

// a campaign that is put off keeps its guests, and the departments are told the new days.
TEST_F(CampaignCorrectionTest, ACampaignIsPutOff) {
  const std::string campaign = Inviting();
  ASSERT_THAT(Invite(campaign, "", "", "杨先生"), IsOk());
  ASSERT_THAT(Pass(campaign, service_.name()), IsOk());
  v1::MoveCampaignRequest move;
  move.set_start_date(Day(7));
  move.set_end_date(Day(8));
  EXPECT_THAT(Verb(sm_, "MoveCampaign", move, campaign), NamesField("reason"));
  move.set_reason("场馆检修");
  const auto moved = Verb(sm_, "MoveCampaign", move, campaign);
  ASSERT_THAT(moved, IsOk());
  EXPECT_EQ(moved->start_date(), Day(7));
  EXPECT_EQ(moved->state(), v1::CAMPAIGN_STATE_INVITING);
  EXPECT_EQ(Figures(campaign).invited(), 1);
  const auto notices = world_.harness().db().Get(absl::StrCat(
      "SELECT COUNT(*) FROM promotion_notices WHERE campaign = '", IdOf(campaign), "' AND information LIKE '%", Day(7),
      "%' AND department = '", IdOf(service_.name()), "' AND state = 'SENT'"));
  EXPECT_EQ(notices.integer(), 1);
  ASSERT_THAT(Pass(campaign, department_.name()), IsOk());
  ASSERT_THAT(Pass(campaign, care_.name()), IsOk());
  EXPECT_THAT(Start(campaign), HasReason("PERIOD_NOT_BEGUN"));
  MoveOn(absl::Hours(24 * 7));
  EXPECT_THAT(Start(campaign), IsOk());
}

}  // namespace
}  // namespace kam::account
