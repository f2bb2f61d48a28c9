// Disputes between colleagues (G-09, A-07, R-04), over real gRPC and a real database.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "account-svc/context.h"
#include "account-svc/testing/account_fixture.h"
#include "common/testing/matchers.h"
#include "kam/account/v1/account_service.pb.h"
#include "kam/account/v1/commission_share_service.pb.h"
#include "kam/account/v1/work_dispute_service.pb.h"
#include "kam/api/standard.pb.h"
#include "kam/organization/v1/task_service.pb.h"

namespace kam::account {
namespace {

using testing::HasReason;
using testing::IsOk;
using testing::StatusIs;
using v1::Account;
using v1::WorkDispute;

std::string Rpc(absl::string_view verb) { return absl::StrCat("kam.account.v1.WorkDisputeService/", verb); }

class DisputeTest : public ::testing::Test {
 protected:
  DisputeTest()
      : world_(World::Get()),
        start_(world_.harness().clock().Now()),
        department_(world_.AddDepartment()),
        head_(world_.AddEmployee("GAM", department_.name())),
        lead_(world_.AddEmployee("BDS", department_.name(), {head_.name()})),
        seller_(world_.AddEmployee("KAX", department_.name(), {lead_.name()})),
        other_(world_.AddEmployee("KAX", department_.name(), {lead_.name()})),
        gam_(world_.As(head_, "GAM")),
        bds_(world_.As(lead_, "BDS", {IdOf(seller_.name()), IdOf(other_.name())})),
        kax_(world_.As(seller_, "KAX")),
        kax2_(world_.As(other_, "KAX")),
        account_(world_.AddAccount(gam_).name()) {
    world_.Assign(gam_, account_, seller_.name());
  }
  ~DisputeTest() override { world_.harness().clock().Set(start_); }

  absl::StatusOr<WorkDispute> Open(const auth::Principal& who,
                                   v1::DisputeSubject subject = v1::DISPUTE_SUBJECT_OWNERSHIP,
                                   const std::string& respondent = {}, const std::string& about = {}) {
    v1::OpenWorkDisputeRequest request;
    request.mutable_work_dispute()->set_subject_name(about);
    request.mutable_work_dispute()->set_subject(subject);
    request.mutable_work_dispute()->set_account(account_);
    request.set_respondent(respondent);
    request.mutable_work_dispute()->set_demand("我先接触的客户");
    request.mutable_work_dispute()->set_evidence("拜访记录");
    return world_.Call<WorkDispute>(who, Rpc("OpenWorkDispute"), request);
  }
  absl::StatusOr<WorkDispute> Get(const auth::Principal& who, const std::string& name) {
    kam::api::GetRequest request;
    request.set_name(name);
    return world_.Call<WorkDispute>(who, Rpc("GetWorkDispute"), request);
  }
  absl::StatusOr<WorkDispute> Decide(const auth::Principal& who, const std::string& name, v1::DisputeEffect effect,
                                     int share = 0) {
    v1::DecideWorkDisputeRequest request;
    request.set_name(name);
    const auto read = Get(gam_, name);
    request.set_etag(read.ok() ? read->etag() : "x");
    request.set_effect(effect);
    request.set_opener_share(share);
    request.set_decision("先报备者优先");
    return world_.Call<WorkDispute>(who, Rpc("DecideWorkDispute"), request);
  }
  // "employee percent" of the shares of commissions that `who` sees of the account.
  std::vector<std::string> Shares(const auth::Principal& who) {
    kam::api::ListRequest request;
    request.set_filter(absl::StrCat("account = \"", account_, "\""));
    const auto list = world_.Call<v1::ListCommissionSharesResponse>(
        who, "kam.account.v1.CommissionShareService/ListCommissionShares", request);
    EXPECT_THAT(list, IsOk());
    std::vector<std::string> shares;
    if (list.ok()) {
      for (const v1::CommissionShare& share : list->commission_shares()) {
        shares.push_back(absl::StrCat(share.employee(), " ", share.percent()));
      }
    }
    return shares;
  }
  std::string Owner() {
    kam::api::GetRequest request;
    request.set_name(account_);
    const auto account = world_.Call<Account>(gam_, "kam.account.v1.AccountService/GetAccount", request);
    EXPECT_THAT(account, IsOk());
    return account.ok() ? account->owner() : "";
  }

  World& world_;
  const absl::Time start_;
  organization::v1::Department department_;
  organization::v1::Employee head_, lead_, seller_, other_;
  auth::Principal gam_, bds_, kax_, kax2_;
  const std::string account_;
};

// G-09, A-07
TEST_F(DisputeTest, TheCommonSuperiorDecidesAndTheAccountMoves) {
  const auto opened = Open(kax2_);
  ASSERT_THAT(opened, IsOk());
  EXPECT_THAT(opened->arbiters(), ::testing::ElementsAre(lead_.name()));
  EXPECT_EQ(opened->respondent(), "") << "the opener does not learn from it who owns the account";
  EXPECT_EQ(Get(kax2_, opened->name())->respondent(), "");
  EXPECT_EQ(Get(bds_, opened->name())->respondent(), seller_.name());

  v1::AnswerWorkDisputeRequest answer;
  answer.set_name(opened->name());
  answer.set_answer("一直由我跟进");
  EXPECT_THAT(world_.Call<WorkDispute>(kax2_, Rpc("AnswerWorkDispute"), answer), HasReason("DISPUTE_NOT_PARTY"));
  ASSERT_THAT(world_.Call<WorkDispute>(kax_, Rpc("AnswerWorkDispute"), answer), IsOk());

  EXPECT_THAT(Decide(gam_, opened->name(), v1::DISPUTE_EFFECT_OWNERSHIP_MOVES), HasReason("NOT_COMMON_SUPERIOR"));
  EXPECT_THAT(Decide(kax2_, opened->name(), v1::DISPUTE_EFFECT_OWNERSHIP_MOVES),
              StatusIs(absl::StatusCode::kPermissionDenied));
  EXPECT_THAT(Decide(bds_, opened->name(), v1::DISPUTE_EFFECT_COMMISSION_SPLIT), HasReason("DISPUTE_EFFECT_INVALID"));
  EXPECT_EQ(Owner(), seller_.name());
  const auto decided = Decide(bds_, opened->name(), v1::DISPUTE_EFFECT_OWNERSHIP_MOVES);
  ASSERT_THAT(decided, IsOk());
  EXPECT_EQ(decided->state(), v1::WORK_DISPUTE_STATE_DECIDED);
  EXPECT_EQ(decided->arbiter(), lead_.name());
  EXPECT_EQ(Owner(), other_.name());
  EXPECT_EQ(world_.harness()
                .db()
                .Get(absl::StrCat("SELECT origin FROM account_ownerships WHERE state = 'ACTIVE' AND account = '",
                                  IdOf(account_), "'"))
                .text(),
            "DECIDED");
  // It binds: nobody decides again, and who has lost does not open it anew.
  EXPECT_THAT(Decide(bds_, opened->name(), v1::DISPUTE_EFFECT_STAYS), HasReason("STATE_NOT_ALLOWED"));
  EXPECT_THAT(Open(kax_), HasReason("DISPUTE_DECIDED"));
  // He reads what was decided against him, although he sees the account no more.
  const auto against_me = [&](const auth::Principal& who) {
    return world_.Call<v1::ListWorkDisputesAgainstMeResponse>(who, Rpc("ListWorkDisputesAgainstMe"),
                                                              v1::ListWorkDisputesAgainstMeRequest());
  };
  const auto lost = against_me(kax_);
  ASSERT_THAT(lost, IsOk());
  ASSERT_EQ(lost->work_disputes_size(), 1);
  EXPECT_EQ(lost->work_disputes(0).name(), opened->name());
  EXPECT_EQ(lost->work_disputes(0).decision(), "先报备者优先");
  EXPECT_EQ(against_me(kax2_)->work_disputes_size(), 0);
}

// G-09, A-07, G28: what the owner does in a dispute does not tell the opener who he is: not as the last who changed
// it, not in its history, not by a filter.
TEST_F(DisputeTest, TheAnswerDoesNotNameTheOwner) {
  const auto opened = Open(kax2_);
  ASSERT_THAT(opened, IsOk());
  EXPECT_EQ(opened->ownership(), "");
  v1::AnswerWorkDisputeRequest answer;
  answer.set_name(opened->name());
  answer.set_answer("一直由我跟进");
  ASSERT_THAT(world_.Call<WorkDispute>(kax_, Rpc("AnswerWorkDispute"), answer), IsOk());
  EXPECT_EQ(Get(kax2_, opened->name())->updater(), "");
  EXPECT_EQ(Get(bds_, opened->name())->updater(), seller_.name());
  EXPECT_NE(Get(bds_, opened->name())->ownership(), "");
  const auto actors = [&](const auth::Principal& who) {
    kam::api::HistoryRequest request;
    request.set_name(opened->name());
    const auto history = world_.Call<kam::api::HistoryResponse>(who, Rpc("GetWorkDisputeHistory"), request);
    EXPECT_THAT(history, IsOk());
    std::vector<std::string> names;
    if (history.ok()) {
      for (const kam::api::HistoryEntry& entry : history->entries()) names.push_back(entry.actor());
    }
    return names;
  };
  EXPECT_THAT(actors(kax2_), ::testing::ElementsAre("", other_.name()));
  EXPECT_THAT(actors(bds_), ::testing::ElementsAre(seller_.name(), other_.name()));
  kam::api::ListRequest list;
  list.set_filter(absl::StrCat("updater = \"", seller_.name(), "\""));
  EXPECT_THAT(world_.Call<v1::ListWorkDisputesResponse>(kax2_, Rpc("ListWorkDisputes"), list),
              HasReason("FILTER_FIELD_UNKNOWN"));
}

// G-09
TEST_F(DisputeTest, ADecisionBindsBothAsLongAsTheOwnershipLasts) {
  const auto opened = Open(kax2_);
  ASSERT_THAT(opened, IsOk());
  EXPECT_THAT(Open(kax2_), HasReason("DISPUTE_OPEN"));
  ASSERT_THAT(Decide(bds_, opened->name(), v1::DISPUTE_EFFECT_STAYS), IsOk());
  EXPECT_EQ(Owner(), seller_.name());
  EXPECT_THAT(Open(kax2_), HasReason("DISPUTE_DECIDED"));
  EXPECT_THAT(Open(kax_), HasReason("DISPUTE_WITH_ONESELF"));
}

// G-09
TEST_F(DisputeTest, TheyMayHaveToWorkTogether) {
  const auto opened = Open(kax2_);
  ASSERT_THAT(opened, IsOk());
  ASSERT_THAT(Decide(bds_, opened->name(), v1::DISPUTE_EFFECT_CO_OWNERSHIP), IsOk());
  EXPECT_EQ(Owner(), seller_.name());
  kam::api::GetRequest get;
  get.set_name(account_);
  const auto seen = world_.Call<Account>(kax2_, "kam.account.v1.AccountService/GetAccount", get);
  ASSERT_THAT(seen, IsOk());
  EXPECT_THAT(seen->co_owners(), ::testing::ElementsAre(other_.name()));
}

// G-09
TEST_F(DisputeTest, ACommissionIsSharedBetweenThoseWhoWorkTheAccount) {
  // A-07, G28: who does not see the account cannot find out by trying who works it.
  EXPECT_THAT(Open(kax2_, v1::DISPUTE_SUBJECT_COMMISSION, lead_.name()), HasReason("OUT_OF_SCOPE"));
  EXPECT_THAT(Open(kax2_, v1::DISPUTE_SUBJECT_COMMISSION, seller_.name()), HasReason("OUT_OF_SCOPE"));
  EXPECT_THAT(Open(kax2_, v1::DISPUTE_SUBJECT_TASK, seller_.name()), HasReason("OUT_OF_SCOPE"));
  v1::AssignOwnerRequest assign;
  assign.set_name(account_);
  assign.set_employee(other_.name());
  assign.set_kind(v1::OWNERSHIP_KIND_CO_OWNER);
  assign.set_reason("协同");
  ASSERT_THAT(world_.Call<Account>(gam_, "kam.account.v1.AccountService/AssignOwner", assign), IsOk());
  EXPECT_THAT(Open(kax2_, v1::DISPUTE_SUBJECT_COMMISSION), HasReason("DISPUTE_RESPONDENT_INVALID"));
  EXPECT_THAT(Open(kax2_, v1::DISPUTE_SUBJECT_COMMISSION, lead_.name()), HasReason("DISPUTE_RESPONDENT_INVALID"));
  const auto opened = Open(kax2_, v1::DISPUTE_SUBJECT_COMMISSION, seller_.name());
  ASSERT_THAT(opened, IsOk());
  const auto decided = Decide(bds_, opened->name(), v1::DISPUTE_EFFECT_COMMISSION_SPLIT, 40);
  ASSERT_THAT(decided, IsOk());
  EXPECT_EQ(decided->opener_share(), 40);
  // Each party sees his part; the program that settles commissions sees both, and hears of them on the feed.
  const auto contract_svc = testing::Harness::Program("contract-svc", {"commission_share.read"});
  EXPECT_THAT(Shares(contract_svc),
              ::testing::UnorderedElementsAre(absl::StrCat(other_.name(), " 40"), absl::StrCat(seller_.name(), " 60")));
  EXPECT_THAT(Shares(kax2_), ::testing::ElementsAre(absl::StrCat(other_.name(), " 40")));
  EXPECT_THAT(Shares(kax_), ::testing::ElementsAre(absl::StrCat(seller_.name(), " 60")));
  EXPECT_EQ(world_.harness()
                .db()
                .Get(absl::StrCat("SELECT COUNT(*) FROM changes c JOIN commission_shares s ON s.id = c.resource_id "
                                  "WHERE c.collection = 'commissionShares' AND s.dispute = '",
                                  IdOf(opened->name()), "'"))
                .integer(),
            2);
  // It binds both, whichever of them opens it again.
  EXPECT_THAT(Open(kax2_, v1::DISPUTE_SUBJECT_COMMISSION, seller_.name()), HasReason("DISPUTE_DECIDED"));
  EXPECT_THAT(Open(kax_, v1::DISPUTE_SUBJECT_COMMISSION, other_.name()), HasReason("DISPUTE_DECIDED"));
}

// G-09: a commission that is disputed is that of a document or of the account; one that stays is all the other side's.
TEST_F(DisputeTest, ACommissionThatStaysIsTold) {
  v1::AssignOwnerRequest assign;
  assign.set_name(account_);
  assign.set_employee(other_.name());
  assign.set_kind(v1::OWNERSHIP_KIND_CO_OWNER);
  assign.set_reason("协同");
  ASSERT_THAT(world_.Call<Account>(gam_, "kam.account.v1.AccountService/AssignOwner", assign), IsOk());
  EXPECT_THAT(Open(kax2_, v1::DISPUTE_SUBJECT_COMMISSION, seller_.name(), "第三季度"),
              HasReason("DISPUTE_SUBJECT_INVALID"));
  const auto opened = Open(kax2_, v1::DISPUTE_SUBJECT_COMMISSION, seller_.name(), "orders/01J00000000000000000000001");
  ASSERT_THAT(opened, IsOk());
  ASSERT_THAT(Decide(bds_, opened->name(), v1::DISPUTE_EFFECT_STAYS), IsOk());
  EXPECT_THAT(Shares(kax2_), ::testing::ElementsAre(absl::StrCat(other_.name(), " 0")));
  EXPECT_THAT(Shares(kax_), ::testing::ElementsAre(absl::StrCat(seller_.name(), " 100")));
}

// G-09, A-07: who has worked the account may dispute about the commission of that time; the answer does not tell him
// who works it now.
TEST_F(DisputeTest, AFormerOwnerDisputesWithoutLearningWhoCameAfterHim) {
  v1::TransferOwnerRequest transfer;
  transfer.set_name(account_);
  transfer.set_successor(other_.name());
  transfer.set_reason("调整");
  ASSERT_THAT(world_.Call<Account>(gam_, "kam.account.v1.AccountService/TransferOwner", transfer), IsOk());
  const auto third = world_.AddEmployee("KAX", department_.name(), {lead_.name()});
  EXPECT_THAT(Open(kax_, v1::DISPUTE_SUBJECT_COMMISSION, other_.name()), IsOk());
  EXPECT_THAT(Open(kax_, v1::DISPUTE_SUBJECT_COMMISSION, third.name()), IsOk());
}

// G-09, R-04: after-sales specialists disagree about a task; their supervisor decides, and the task moves.
TEST_F(DisputeTest, ATaskMovesBetweenServicePeople) {
  const auto supervisor = world_.AddEmployee("ASS", department_.name(), {head_.name()});
  const auto engineer = world_.AddEmployee("AS", department_.name(), {supervisor.name()});
  const auto specialist = world_.AddEmployee("ASP", department_.name(), {supervisor.name()});
  const auth::Principal ass = world_.As(supervisor, "ASS", {IdOf(engineer.name()), IdOf(specialist.name())});
  const auth::Principal as = world_.As(engineer, "AS");
  const auth::Principal asp = world_.As(specialist, "ASP");
  organization::v1::CreateTaskRequest create;
  create.mutable_task()->set_title("保修车辆回访");
  create.mutable_task()->set_assignee(specialist.name());
  create.mutable_task()->set_due_date("2026-02-01");
  const auto task = world_.Call<organization::v1::Task>(ass, "kam.organization.v1.TaskService/CreateTask", create);
  ASSERT_THAT(task, IsOk());
  v1::OpenWorkDisputeRequest open;
  open.mutable_work_dispute()->set_subject(v1::DISPUTE_SUBJECT_COMMISSION);
  open.mutable_work_dispute()->set_subject_name(absl::StrCat(" ", task->name(), " "));
  open.mutable_work_dispute()->set_demand("客户一直由我回访");
  open.mutable_work_dispute()->set_evidence("回访记录");
  open.set_respondent(specialist.name());
  EXPECT_THAT(world_.Call<WorkDispute>(as, Rpc("OpenWorkDispute"), open), HasReason("FIELD_REQUIRED"));
  open.mutable_work_dispute()->set_subject(v1::DISPUTE_SUBJECT_TASK);
  const auto opened = world_.Call<WorkDispute>(as, Rpc("OpenWorkDispute"), open);
  ASSERT_THAT(opened, IsOk());
  EXPECT_EQ(opened->subject_name(), task->name());
  EXPECT_THAT(opened->arbiters(), ::testing::ElementsAre(supervisor.name()));
  v1::AnswerWorkDisputeRequest answer;
  answer.set_name(opened->name());
  answer.set_answer("已约好客户");
  ASSERT_THAT(world_.Call<WorkDispute>(asp, Rpc("AnswerWorkDispute"), answer), IsOk());
  v1::DecideWorkDisputeRequest decide;
  decide.set_name(opened->name());
  decide.set_effect(v1::DISPUTE_EFFECT_TASK_MOVES);
  decide.set_decision("由先回访者继续");
  decide.set_etag(Get(ass, opened->name())->etag());
  ASSERT_THAT(world_.Call<WorkDispute>(ass, Rpc("DecideWorkDispute"), decide), IsOk());
  kam::api::GetRequest get;
  get.set_name(task->name());
  const auto moved = world_.Call<organization::v1::Task>(as, "kam.organization.v1.TaskService/GetTask", get);
  ASSERT_THAT(moved, IsOk());
  EXPECT_EQ(moved->assignee(), engineer.name());
  EXPECT_EQ(moved->assigner(), supervisor.name());
  // The loser does not open it again, and a task that is not the respondent's does not move.
  open.set_respondent(engineer.name());
  EXPECT_THAT(world_.Call<WorkDispute>(asp, Rpc("OpenWorkDispute"), open), HasReason("DISPUTE_DECIDED"));
  const auto third = world_.AddEmployee("AS", department_.name(), {supervisor.name()});
  open.set_respondent(specialist.name());
  const auto late = world_.Call<WorkDispute>(world_.As(third, "AS"), Rpc("OpenWorkDispute"), open);
  ASSERT_THAT(late, IsOk());
  decide.set_name(late->name());
  decide.set_etag(late->etag());
  EXPECT_THAT(world_.Call<WorkDispute>(world_.As(supervisor, "ASS", {IdOf(third.name()), IdOf(specialist.name())}),
                                       Rpc("DecideWorkDispute"), decide),
              HasReason("DISPUTE_TASK_CHANGED"));
}

// G-09: two superiors are possible; either of the two that both have in common decides.
TEST_F(DisputeTest, WithTwoCommonSuperiorsEitherDecides) {
  const auto second = world_.AddEmployee("BDS", department_.name(), {head_.name()});
  const auto a = world_.AddEmployee("KAX", department_.name(), {lead_.name(), second.name()});
  const auto b = world_.AddEmployee("KAX", department_.name(), {second.name(), lead_.name()});
  v1::TransferOwnerRequest transfer;
  transfer.set_name(account_);
  transfer.set_successor(a.name());
  transfer.set_reason("调整");
  ASSERT_THAT(world_.Call<Account>(gam_, "kam.account.v1.AccountService/TransferOwner", transfer), IsOk());
  const auto opened = Open(world_.As(b, "KAX"));
  ASSERT_THAT(opened, IsOk());
  EXPECT_THAT(opened->arbiters(), ::testing::UnorderedElementsAre(lead_.name(), second.name()));
  const auth::Principal other_lead = world_.As(second, "BDS", {IdOf(a.name()), IdOf(b.name())});
  EXPECT_THAT(Decide(other_lead, opened->name(), v1::DISPUTE_EFFECT_OWNERSHIP_MOVES), IsOk());
  EXPECT_EQ(Owner(), b.name());
}

// G-09
TEST_F(DisputeTest, WhatIsNotDecidedInTimeMayBeDecidedFurtherUp) {
  const auto opened = Open(kax2_);
  ASSERT_THAT(opened, IsOk());
  world_.harness().clock().Advance(absl::Hours(24) * 7);
  world_.RunDue();
  EXPECT_TRUE(Get(gam_, opened->name())->overdue());
  EXPECT_THAT(Decide(gam_, opened->name(), v1::DISPUTE_EFFECT_OWNERSHIP_MOVES), IsOk());
  EXPECT_EQ(Owner(), other_.name());
}

// G-09
TEST_F(DisputeTest, ADecisionAboutAnAccountThatChangedHandsDoesNothing) {
  const auto opened = Open(kax2_);
  ASSERT_THAT(opened, IsOk());
  const auto third = world_.AddEmployee("KAX", department_.name(), {lead_.name()});
  v1::TransferOwnerRequest transfer;
  transfer.set_name(account_);
  transfer.set_successor(third.name());
  transfer.set_reason("调整");
  ASSERT_THAT(world_.Call<Account>(gam_, "kam.account.v1.AccountService/TransferOwner", transfer), IsOk());
  EXPECT_THAT(Decide(bds_, opened->name(), v1::DISPUTE_EFFECT_OWNERSHIP_MOVES), HasReason("DISPUTE_OWNER_CHANGED"));
  v1::WithdrawWorkDisputeRequest withdraw;
  withdraw.set_name(opened->name());
  withdraw.set_reason("已解决");
  EXPECT_THAT(world_.Call<WorkDispute>(bds_, Rpc("WithdrawWorkDispute"), withdraw),
              StatusIs(absl::StatusCode::kPermissionDenied));
  EXPECT_THAT(world_.Call<WorkDispute>(kax2_, Rpc("WithdrawWorkDispute"), withdraw), IsOk());
}

// G-09
TEST_F(DisputeTest, WithoutACommonSuperiorNobodyCanDecide) {
  const auto stranger = world_.AddEmployee("KAX", department_.name());
  EXPECT_THAT(Open(world_.As(stranger, "KAX")), HasReason("NO_COMMON_SUPERIOR"));
}

}  // namespace
}  // namespace kam::account
