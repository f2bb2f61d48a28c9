// Campaigns: budget by its owner, guests, cost truth, figures (A-35, P-37).
#include <atomic>
#include <set>
#include <thread>

#include "account-svc/testing/campaign_fixture.h"
#include "common/testing/states.h"

namespace kam::account {
namespace {

using v1::Campaign;
using v1::CampaignInvitation;

class CampaignTest : public CampaignFixture {};

// the budget is the sum of its items, and approved by its owner, who is not the planner.
TEST_F(CampaignTest, TheBudgetIsApprovedByItsOwner) {
  Campaign plan = Plan();
  plan.set_budget_owner(manager_.name());
  EXPECT_THAT(Create(plan), HasReason("BUDGET_OWNER_IS_PLANNER"));
  plan = Plan();
  plan.mutable_budget_items(1)->mutable_amount()->set_currency_code("EUR");
  EXPECT_THAT(Create(plan), HasReason("CURRENCY_MISMATCH"));
  plan = Plan();
  plan.mutable_budget_items(1)->mutable_amount()->set_units(0);
  EXPECT_THAT(Create(plan), HasReason("AMOUNT_NOT_POSITIVE"));
  plan = Plan();
  plan.set_end_date(Day(-1));
  EXPECT_THAT(Create(plan), HasReason("PERIOD_INVALID"));
  plan = Plan();
  plan.clear_budget_items();
  EXPECT_THAT(Create(plan), NamesField("campaign.budget_items"));
  const auto campaign = Create(Plan());
  ASSERT_THAT(campaign, IsOk());
  EXPECT_EQ(campaign->budget().units(), 10000);
  EXPECT_EQ(campaign->planner(), manager_.name());
  const auto asked = Verb(sm_, "RequestCampaignBudget", v1::RequestCampaignBudgetRequest(), campaign->name());
  ASSERT_THAT(asked, IsOk());
  v1::UpdateCampaignRequest update;
  update.mutable_campaign()->set_name(campaign->name());
  update.mutable_campaign()->set_place("无锡");
  EXPECT_THAT(Call<Campaign>(sm_, "CampaignService/UpdateCampaign", update), HasReason("CAMPAIGN_NOT_DRAFT"));
  EXPECT_THAT(Approve(sm_, *asked), HasReason("SEPARATION_OF_DUTIES"));
  const auth::Principal other_head = world_.As(world_.AddEmployee("GAM", department_.name()), "GAM");
  EXPECT_THAT(Approve(other_head, *asked), HasReason("NOT_THE_BUDGET_OWNER"));
  EXPECT_THAT(Verb(gam_, "ApproveCampaignBudget", v1::ApproveCampaignBudgetRequest(), campaign->name()),
              NamesField("etag"));
  v1::RejectCampaignBudgetRequest reject;
  reject.set_reason("场地过贵");
  ASSERT_THAT(Verb(gam_, "RejectCampaignBudget", reject, campaign->name()), IsOk());
  ASSERT_THAT(Call<Campaign>(sm_, "CampaignService/UpdateCampaign", update), IsOk());
  const auto again = Verb(sm_, "RequestCampaignBudget", v1::RequestCampaignBudgetRequest(), campaign->name());
  ASSERT_THAT(again, IsOk());
  EXPECT_THAT(Approve(gam_, *asked), HasReason("ETAG_MISMATCH"));
  const auto approved = Approve(gam_, *again);
  ASSERT_THAT(approved, IsOk());
  EXPECT_EQ(approved->budget_approver(), head_.name());
  // The owner of the budget who wrote a figure of it does not approve it.
  const auto raised = Create(Plan());
  ASSERT_THAT(raised, IsOk());
  v1::UpdateCampaignRequest raise;
  raise.mutable_campaign()->set_name(raised->name());
  *raise.mutable_campaign()->mutable_budget_items() = raised->budget_items();
  raise.mutable_campaign()->mutable_budget_items(0)->mutable_amount()->set_units(60000);
  ASSERT_THAT(Call<Campaign>(gam_, "CampaignService/UpdateCampaign", raise), IsOk());
  const auto of_his_own = Verb(sm_, "RequestCampaignBudget", v1::RequestCampaignBudgetRequest(), raised->name());
  ASSERT_THAT(of_his_own, IsOk());
  EXPECT_THAT(Approve(gam_, *of_his_own), HasReason("SEPARATION_OF_DUTIES"));
}

// G-05, R-24: a budget from the amount of the policy on is approved in the department by the instruction of somebody
// who approves those of the company, for as much money.
TEST_F(CampaignTest, ALargeBudgetIsAskedFor) {
  v1::Campaign plan = Plan();
  plan.mutable_budget_items(0)->mutable_amount()->set_units(600'000);
  const auto campaign = Create(plan);
  ASSERT_THAT(campaign, IsOk());
  const auto asked = Verb(sm_, "RequestCampaignBudget", v1::RequestCampaignBudgetRequest(), campaign->name());
  ASSERT_THAT(asked, IsOk());
  const auto refused = Approve(gam_, *asked);
  EXPECT_THAT(refused, HasReason("INSTRUCTION_REQUIRED"));
  EXPECT_EQ(MetadataValue(refused.status(), "verb"), "kam.account.v1.CampaignService/ApproveCampaignBudget");
  EXPECT_EQ(MetadataValue(refused.status(), "limit"), "amount 500000 CNY");
  EXPECT_EQ(MetadataValue(refused.status(), "allowed"), "OD, SD, MD, FD, DGM, GM");
  const std::string id = world_.harness().NewId();
  world_.harness().db().Execute(absl::StrCat(
      "INSERT INTO instruction_requests (id, version, create_time, update_time, creator, updater, kind, subject, body, "
      "related, verb, amount_amount, amount_currency, superior, requester, holder, state, expire_time) VALUES ('",
      id, "', 1, '2026-01-01', '2026-01-01', 'x', 'x', 'INSTRUCTION', 'x', 'x', '", campaign->name(),
      "', 'kam.account.v1.CampaignService/ApproveCampaignBudget', 603999, 'CNY', '", IdOf(manager_.name()), "', '",
      IdOf(head_.name()), "', '", IdOf(head_.name()), "', 'APPROVED', '2099-01-01')"));
  EXPECT_THAT(Approve(gam_, *asked), HasReason("INSTRUCTION_REQUIRED")) << "for less money";
  world_.harness().db().Execute(
      absl::StrCat("UPDATE instruction_requests SET amount_amount = 604000 WHERE id = '", id, "'"));
  ASSERT_THAT(Approve(gam_, *asked), IsOk());
  EXPECT_EQ(
      world_.harness().db().Get(absl::StrCat("SELECT state FROM instruction_requests WHERE id = '", id, "'")).text(),
      "EXECUTED");
}

// guests once, answers, attendance; leads of those who came.
TEST_F(CampaignTest, GuestsAreInvitedOnceAndCounted) {
  const v1::Account account = world_.AddAccount(kax_), foreign = world_.AddAccount(kax2_);
  const std::string contact = AddContact(account.name());
  const auto draft = Create(Plan());
  ASSERT_THAT(draft, IsOk());
  EXPECT_THAT(Invite(draft->name(), account.name(), contact), HasReason("CAMPAIGN_NOT_INVITING"));
  const std::string campaign = Inviting();
  EXPECT_THAT(Invite(campaign, account.name(), ""), HasReason("GUEST_REQUIRED"));
  EXPECT_THAT(Invite(campaign, "", contact), HasReason("GUEST_REQUIRED"));
  EXPECT_THAT(Invite(campaign, foreign.name(), "", "赵女士"), HasReason("OUT_OF_SCOPE"));
  const auto first = Invite(campaign, account.name(), contact);
  ASSERT_THAT(first, IsOk());
  EXPECT_THAT(Invite(campaign, account.name(), contact), HasReason("INVITED_ALREADY"));
  const auto second = Invite(campaign, "", "", "赵女士 13911112222");
  ASSERT_THAT(second, IsOk());
  EXPECT_THAT(Invite(campaign, "", "", "赵女士 13911112222"), HasReason("INVITED_ALREADY"));
  const auto third = Invite(campaign, "", "", "周先生 13911113333");
  ASSERT_THAT(third, IsOk());
  v1::RecordInvitationAnswerRequest answer;
  answer.set_accepted(true);
  const auto accepted = Do<CampaignInvitation>(kax_, "CampaignService/RecordInvitationAnswer", answer, first->name());
  ASSERT_THAT(accepted, IsOk());
  EXPECT_EQ(accepted->state(), v1::CAMPAIGN_INVITATION_STATE_ACCEPTED);
  EXPECT_THAT(Attend(first->name()), HasReason("CAMPAIGN_NOT_RUNNING"));
  ASSERT_THAT(Run(campaign), IsOk());
  const auto late = Invite(campaign, "", "", "孙先生 13911114444");
  ASSERT_THAT(late, IsOk()) << "a campaign of weeks invites on";
  v1::WithdrawInvitationRequest not_wanted;
  not_wanted.set_reason("已出国");
  ASSERT_THAT(Do<CampaignInvitation>(kax_, "CampaignService/WithdrawInvitation", not_wanted, late->name()), IsOk());
  ASSERT_THAT(Attend(first->name()), IsOk());
  EXPECT_THAT(Attend(first->name()), HasReason("STATE_NOT_ALLOWED"));
  v1::RegisterWalkInRequest walk_in;
  walk_in.set_contact(contact);
  walk_in.set_account(account.name());
  const std::string register_walk_in = "CampaignService/RegisterWalkIn";
  EXPECT_THAT(Do<CampaignInvitation>(kax_, register_walk_in, walk_in, campaign), HasReason("INVITED_ALREADY"));
  v1::RegisterWalkInRequest stranger;
  stranger.set_guest("路过客户");
  ASSERT_THAT(Do<CampaignInvitation>(kax_, register_walk_in, stranger, campaign), IsOk());
  v1::LinkCampaignLeadRequest link;
  link.set_lead(NewLead());
  EXPECT_THAT(Do<CampaignInvitation>(kax_, "CampaignService/LinkCampaignLead", link, second->name()),
              HasReason("STATE_NOT_ALLOWED"))
      << "who did not come became no lead";
  ASSERT_THAT(Do<CampaignInvitation>(kax_, "CampaignService/LinkCampaignLead", link, first->name()), IsOk());
  ASSERT_THAT(Attend(second->name()), IsOk());
  EXPECT_THAT(Do<CampaignInvitation>(kax_, "CampaignService/LinkCampaignLead", link, second->name()),
              HasReason("FIELD_NOT_UNIQUE"));
  ASSERT_THAT(Cost(campaign, 9000), IsOk());
  const auto effect =
      Do<v1::CampaignEffect>(gam_, "CampaignService/GetCampaignEffect", v1::GetCampaignEffectRequest(), campaign);
  ASSERT_THAT(effect, IsOk());
  EXPECT_EQ(effect->figures().invited(), 3);
  EXPECT_EQ(effect->figures().accepted(), 1);
  EXPECT_EQ(effect->figures().attended(), 2);
  EXPECT_EQ(effect->figures().walk_ins(), 1);
  EXPECT_EQ(effect->figures().attendance_percent(), "66.67");
  EXPECT_EQ(effect->figures().leads(), 1);
  EXPECT_EQ(effect->figures().cost_per_lead().units(), 9000);
  EXPECT_EQ(effect->figures().variance().units(), -1000);
}

// many who invite the same guest at the same time invite him once.
TEST_F(CampaignTest, OfManyInvitationsAtATimeOneIsMade) {
  const std::string campaign = Inviting();
  std::atomic<int> made = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      const auto invitation = Invite(campaign, "", "", "钱先生");
      if (invitation.ok()) {
        ++made;
      } else {
        EXPECT_THAT(invitation, HasReason("INVITED_ALREADY"));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(made, 1);
}

// not over without figures; what it cost is said, and why it was more.
TEST_F(CampaignTest, ACampaignEndsWithItsFigures) {
  const std::string campaign = Inviting();
  const auto guest = Invite(campaign, "", "", "孙先生"), absent = Invite(campaign, "", "", "李先生");
  ASSERT_THAT(guest, IsOk());
  ASSERT_THAT(absent, IsOk());
  ASSERT_THAT(Run(campaign), IsOk());
  v1::EvaluateCampaignRequest evaluate;
  evaluate.set_effect_summary("效果良好");
  EXPECT_THAT(Verb(sm_, "EvaluateCampaign", evaluate, campaign), HasReason("SEPARATION_OF_DUTIES")) << "he planned it";
  EXPECT_THAT(Verb(gam_, "EvaluateCampaign", evaluate, campaign), HasReason("CAMPAIGN_NOT_OVER"));
  MoveOn(absl::Hours(24));
  const auto bare = Verb(gam_, "EvaluateCampaign", evaluate, campaign);
  EXPECT_THAT(bare, HasReason("FIGURES_MISSING"));
  EXPECT_EQ(MetadataValue(bare.status(), "missing"), "attendance, costs");
  ASSERT_THAT(Attend(guest->name()), IsOk());
  EXPECT_THAT(Cost(campaign, 100, "EUR"), HasReason("CURRENCY_MISMATCH"));
  EXPECT_THAT(Cost(campaign, 0), HasReason("AMOUNT_NOT_POSITIVE"));
  v1::AddCampaignCostRequest unproven;
  unproven.set_description("礼品");
  EXPECT_THAT(Verb(sm_, "AddCampaignCost", unproven, campaign), NamesField("evidence"));
  ASSERT_THAT(Cost(campaign, 10500), IsOk()) << "what was spent is put down, over the budget too";
  EXPECT_THAT(Verb(gam_, "EvaluateCampaign", evaluate, campaign), HasReason("OVERRUN_REASON_REQUIRED"));
  evaluate.set_overrun_reason("加印资料");
  const auto evaluated = Verb(gam_, "EvaluateCampaign", evaluate, campaign);
  ASSERT_THAT(evaluated, IsOk());
  EXPECT_EQ(evaluated->figures().variance().units(), 500);
  EXPECT_EQ(evaluated->figures().attendance_percent(), "50.00");
  EXPECT_THAT(Cost(campaign, 1), HasReason("STATE_NOT_ALLOWED"));
  kam::api::GetRequest get;
  get.set_name(absent->name());
  EXPECT_EQ(Call<CampaignInvitation>(kax_, "CampaignService/GetCampaignInvitation", get)->state(),
            v1::CAMPAIGN_INVITATION_STATE_ABSENT);
  // What was counted stays as it was counted.
  v1::LinkCampaignLeadRequest link;
  link.set_lead(NewLead());
  EXPECT_THAT(Do<CampaignInvitation>(kax_, "CampaignService/LinkCampaignLead", link, guest->name()),
              HasReason("CAMPAIGN_OVER"));
}

// A-35, R.2: a request for a budget goes to somebody who may decide on it, and may be taken back.
TEST_F(CampaignTest, ABudgetIsAskedOfSomebodyWhoMayDecide) {
  Campaign plan = Plan();
  plan.set_budget_owner(seller_.name());
  const auto campaign = Create(plan);
  ASSERT_THAT(campaign, IsOk());
  EXPECT_THAT(Verb(sm_, "RequestCampaignBudget", v1::RequestCampaignBudgetRequest(), campaign->name()),
              HasReason("BUDGET_OWNER_WITHOUT_RIGHT"));
  v1::UpdateCampaignRequest update;
  update.mutable_campaign()->set_name(campaign->name());
  update.mutable_campaign()->set_budget_owner(head_.name());
  ASSERT_THAT(Call<Campaign>(sm_, "CampaignService/UpdateCampaign", update), IsOk());
  ASSERT_THAT(Verb(sm_, "RequestCampaignBudget", v1::RequestCampaignBudgetRequest(), campaign->name()), IsOk());
  v1::WithdrawCampaignBudgetRequest withdraw;
  withdraw.set_reason("预算调整");
  const auto back = Verb(sm_, "WithdrawCampaignBudget", withdraw, campaign->name());
  ASSERT_THAT(back, IsOk());
  EXPECT_EQ(back->state(), v1::CAMPAIGN_STATE_DRAFT);
}

// A-35, R.2: sellers and call agents invite to a campaign and do not see what it may cost.
TEST_F(CampaignTest, TheBudgetIsSeenByThoseOfItsColumn) {
  const std::string name = Inviting(/*run=*/true);
  ASSERT_THAT(Cost(name, 9000), IsOk());
  kam::api::GetRequest get;
  get.set_name(name);
  const auto by_head = Call<Campaign>(gam_, "CampaignService/GetCampaign", get);
  const auto by_seller = Call<Campaign>(kax_, "CampaignService/GetCampaign", get);
  ASSERT_THAT(by_head, IsOk());
  ASSERT_THAT(by_seller, IsOk());
  EXPECT_EQ(by_head->budget().units(), 10000);
  EXPECT_EQ(by_head->costs_size(), 1);
  EXPECT_FALSE(by_seller->has_budget());
  EXPECT_EQ(by_seller->budget_items_size(), 0);
  EXPECT_EQ(by_seller->costs_size(), 0);
  EXPECT_EQ(by_seller->title(), by_head->title());
  const std::string method = "CampaignService/GetCampaignEffect";
  const auto effect = Do<v1::CampaignEffect>(kax_, method, v1::GetCampaignEffectRequest(), name);
  ASSERT_THAT(effect, IsOk());
  EXPECT_FALSE(effect->has_budget());
  EXPECT_FALSE(effect->figures().has_actual_cost());
  EXPECT_FALSE(effect->figures().has_variance());
  const organization::v1::Department elsewhere = world_.AddDepartment();
  const auth::Principal foreign = world_.As(world_.AddEmployee("GAM", elsewhere.name()), "GAM");
  EXPECT_FALSE(Do<v1::CampaignEffect>(foreign, method, v1::GetCampaignEffectRequest(), name)->has_budget());
  EXPECT_TRUE(Do<v1::CampaignEffect>(gam_, method, v1::GetCampaignEffectRequest(), name)->has_budget());
}

// information reaches departments, each of which says so.
TEST_F(CampaignTest, InformationIsPassedOnWithAReceipt) {
  const std::string campaign = Inviting();
  const organization::v1::Employee clerk = world_.AddEmployee("SA", service_.name());
  const auth::Principal advisor = world_.As(clerk, "SA");
  world_.harness().db().Execute(absl::StrCat("UPDATE departments SET head = '", IdOf(clerk.name()), "' WHERE id = '",
                                             IdOf(service_.name()), "'"));
  EXPECT_THAT(Start(campaign), HasReason("NOTICE_REQUIRED")) << "nobody was told";
  const auto passed = Pass(campaign, service_.name());
  ASSERT_THAT(passed, IsOk());
  ASSERT_EQ(passed->promotion_notices_size(), 1);
  EXPECT_EQ(Pass(campaign, service_.name())->promotion_notices(0).name(), passed->promotion_notices(0).name())
      << "the same again is not told again";
  EXPECT_EQ(world_.harness()
                .db()
                .Get(absl::StrCat("SELECT COUNT(*) FROM notifications WHERE recipient = '", IdOf(clerk.name()),
                                  "' AND subject = '", passed->promotion_notices(0).name(), "'"))
                .integer(),
            1)
      << "the head of the department finds it in his inbox";
  const auto untold = Start(campaign);
  EXPECT_THAT(untold, HasReason("NOTICE_REQUIRED"));
  EXPECT_EQ(MetadataValue(untold.status(), "missing"), "SM, CSM");
  ASSERT_THAT(Pass(campaign, department_.name()), IsOk());
  EXPECT_EQ(MetadataValue(Start(campaign).status(), "missing"), "CSM");
  // Who is in no department cannot be told, and holds nothing up.
  world_.harness().db().Execute(
      "UPDATE employee_scopes SET department_path = NULL WHERE employee IN (SELECT parent_id FROM employees_roles "
      "WHERE "
      "role = 'CSM')");
  EXPECT_THAT(Start(campaign), IsOk());
  const std::string notice = passed->promotion_notices(0).name(), method = "CampaignService/ReceivePromotionNotice";
  EXPECT_THAT(Do<v1::PromotionNotice>(kax_, method, v1::ReceivePromotionNoticeRequest(), notice),
              HasReason("RECEIVER_NOT_IN_DEPARTMENT"));
  ASSERT_THAT(Do<v1::PromotionNotice>(advisor, method, v1::ReceivePromotionNoticeRequest(), notice), IsOk());
  const auto effect =
      Do<v1::CampaignEffect>(gam_, "CampaignService/GetCampaignEffect", v1::GetCampaignEffectRequest(), campaign);
  ASSERT_THAT(effect, IsOk());
  EXPECT_EQ(effect->notices_sent(), 2);
  EXPECT_EQ(effect->notices_received(), 1);
}

//
TEST_F(CampaignTest, EveryVerbIsOpenInExactlyItsStates) {
  const auth::Principal almighty = testing::Almighty(world_.harness(), gam_);
  const std::string name = Inviting();
  const auto guest = Invite(name, "", "", "吴先生");
  ASSERT_THAT(guest, IsOk());
  ASSERT_THAT(Run(name), IsOk());
  ASSERT_THAT(Attend(guest->name()), IsOk());
  ASSERT_THAT(Cost(name, 100), IsOk());
  MoveOn(absl::Hours(24));
  testing::StateMachine machine;
  machine.service = "kam.account.v1.CampaignService";
  machine.table = "campaigns";
  machine.states = v1::CampaignState_descriptor();
  const std::set<std::string> spending = {"BUDGETED", "INVITING", "RUNNING"},
                              costs = {"BUDGETED", "INVITING", "RUNNING", "CANCELLED"};
  machine.verbs = {{"RequestCampaignBudget", {{"DRAFT"}, "BUDGET_REQUESTED"}},
                   {"ApproveCampaignBudget", {{"BUDGET_REQUESTED"}, "BUDGETED"}},
                   {"RejectCampaignBudget", {{"BUDGET_REQUESTED"}, "DRAFT"}},
                   {"WithdrawCampaignBudget", {{"BUDGET_REQUESTED"}, "DRAFT"}},
                   {"OpenInvitations", {{"BUDGETED"}, "INVITING"}},
                   {"StartCampaign", {{"INVITING"}, "RUNNING"}},
                   {"AddCampaignCost", {costs, ""}},
                   {"VoidCampaignCost", {costs, ""}},
                   {"EvaluateCampaign", {{"RUNNING"}, "EVALUATED"}},
                   {"ReopenCampaignEvaluation", {{"EVALUATED"}, "RUNNING"}},
                   {"MoveCampaign", {spending, ""}},
                   {"CancelCampaign", {{"DRAFT", "BUDGET_REQUESTED", "BUDGETED", "INVITING", "RUNNING"}, "CANCELLED"}},
                   {"RegisterWalkIn", {{"RUNNING"}, ""}},
                   {"PassCampaignInformation", {spending, ""}}};
  machine.name = name;
  machine.columns = "close_reason = NULL";
  machine.references = {{"departments", department_.name()}};
  machine.fill = [&](const std::string& verb, google::protobuf::Message* message) {
    if (verb == "AddCampaignCost") {
      auto& cost = static_cast<v1::AddCampaignCostRequest&>(*message);
      cost.mutable_amount()->set_currency_code("CNY");
      cost.mutable_amount()->set_units(1);
      cost.set_cost_date(Day());
    } else if (verb == "MoveCampaign") {
      static_cast<v1::MoveCampaignRequest&>(*message).set_start_date(Day());
      static_cast<v1::MoveCampaignRequest&>(*message).set_end_date(Day());
    } else if (verb == "RegisterWalkIn") {
      static_cast<v1::RegisterWalkInRequest&>(*message).set_guest("郑先生");
    }
  };
  EXPECT_EQ(testing::TryEveryVerbInEveryState(world_.harness(), almighty, machine), 13);

  const std::string running = Inviting();
  const auto invitation = Invite(running, "", "", "冯先生");
  ASSERT_THAT(invitation, IsOk());
  ASSERT_THAT(Run(running), IsOk());
  machine.table = "campaign_invitations";
  machine.states = v1::CampaignInvitationState_descriptor();
  machine.verbs = {{"RecordInvitationAnswer", {{"INVITED", "ACCEPTED", "DECLINED"}, ""}},
                   {"RecordAttendance", {{"INVITED", "ACCEPTED", "DECLINED"}, "ATTENDED"}},
                   {"UndoAttendance", {{"ATTENDED"}, ""}},
                   {"WithdrawInvitation", {{"INVITED", "ACCEPTED", "DECLINED"}, "WITHDRAWN"}},
                   {"LinkCampaignLead", {{"ATTENDED"}, ""}}};
  machine.name = invitation->name();
  machine.columns = "attend_time = NULL";
  machine.references = {{"leads", NewLead()}};
  machine.fill = nullptr;
  EXPECT_EQ(testing::TryEveryVerbInEveryState(world_.harness(), almighty, machine), 6);
}

}  // namespace
}  // namespace kam::account
