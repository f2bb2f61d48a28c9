// Hand-overs of accounts with their open business, over real gRPC and a real database.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "account-svc/context.h"
#include "account-svc/testing/account_fixture.h"
#include "common/status/status.h"
#include "common/testing/matchers.h"
#include "kam/account/v1/account_handover_service.pb.h"
#include "kam/account/v1/account_service.pb.h"
#include "kam/account/v1/customer_need_service.pb.h"
#include "kam/account/v1/opportunity_service.pb.h"
#include "kam/account/v1/visit_service.pb.h"
#include "kam/api/standard.pb.h"
#include "kam/business/v1/business_service.pb.h"
#include "kam/organization/v1/employee_service.pb.h"

namespace kam::account {
namespace {

using testing::HasReason;
using testing::IsOk;
using testing::StatusIs;
using v1::Account;
using v1::AccountHandover;

std::string Rpc(absl::string_view verb) { return absl::StrCat("kam.account.v1.AccountHandoverService/", verb); }

class HandoverTest : public ::testing::Test {
 protected:
  HandoverTest()
      : world_(World::Get()),
        start_(world_.harness().clock().Now()),
        department_(world_.AddDepartment()),
        head_(world_.AddEmployee("GAM", department_.name())),
        seller_(world_.AddEmployee("KAX", department_.name(), {head_.name()})),
        other_(world_.AddEmployee("KAX", department_.name(), {head_.name()})),
        gam_(world_.As(head_, "GAM")),
        kax_(world_.As(seller_, "KAX")),
        kax2_(world_.As(other_, "KAX")),
        account_(world_.AddAccount(gam_).name()) {
    world_.Assign(gam_, account_, seller_.name());
    world_.contract_svc = [](absl::string_view method, const google::protobuf::Message& request,
                             google::protobuf::Message* response) {
      if (!absl::EndsWith(method, "ListOpenContractBusiness")) return absl::OkStatus();
      for (const auto& account : static_cast<const business::v1::ListOpenBusinessRequest&>(request).accounts()) {
        auto* item = static_cast<business::v1::ListOpenBusinessResponse*>(response)->add_items();
        item->set_account(account);
        item->set_name("orders/01m8091f07w5qzpbrn7a310reg");
        item->set_kind("ORDER");
        item->set_state("RELEASED");
        item->set_number("SO2026-000001");
        item->mutable_amount()->set_currency_code("CNY");
        item->mutable_amount()->set_units(1200);
      }
      return absl::OkStatus();
    };
  }
  ~HandoverTest() override {
    world_.contract_svc = world_.aftersales_svc;
    world_.harness().clock().Set(start_);
  }

  absl::StatusOr<AccountHandover> Start(const auth::Principal& who) {
    v1::StartAccountHandoverRequest request;
    request.set_account(account_);
    request.set_receiver(other_.name());
    request.set_reason("岗位调整");
    return world_.Call<AccountHandover>(who, Rpc("StartAccountHandover"), request);
  }
  absl::StatusOr<AccountHandover> Sign(const auth::Principal& who, const AccountHandover& handover) {
    v1::SignAccountHandoverRequest request;
    request.set_name(handover.name());
    request.set_etag(handover.etag());
    return world_.Call<AccountHandover>(who, Rpc("SignAccountHandover"), request);
  }
  std::vector<AccountHandover> ToSign(const auth::Principal& who) {
    const auto list =
        world_.Call<v1::ListHandoversToSignResponse>(who, Rpc("ListHandoversToSign"), v1::ListHandoversToSignRequest());
    EXPECT_THAT(list, IsOk());
    if (!list.ok()) return {};
    return {list->account_handovers().begin(), list->account_handovers().end()};
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
  organization::v1::Employee head_, seller_, other_;
  auth::Principal gam_, kax_, kax2_;
  const std::string account_;
};

//
TEST_F(HandoverTest, TheAccountMovesWhenBothHaveSignedTheListOfOpenBusiness) {
  v1::CreateOpportunityRequest create;
  create.mutable_opportunity()->set_account(account_);
  create.mutable_opportunity()->set_display_name("十辆车");
  ASSERT_THAT(world_.Call<v1::Opportunity>(kax_, "kam.account.v1.OpportunityService/CreateOpportunity", create),
              IsOk());
  v1::CreateCustomerNeedRequest need;
  need.mutable_customer_need()->set_account(account_);
  need.mutable_customer_need()->set_kind(v1::CUSTOMER_NEED_KIND_ACTUAL);
  need.mutable_customer_need()->set_description("每月两吨机油");
  const auto recorded =
      world_.Call<v1::CustomerNeed>(kax_, "kam.account.v1.CustomerNeedService/CreateCustomerNeed", need);
  ASSERT_THAT(recorded, IsOk());
  EXPECT_EQ(recorded->owner(), seller_.name());
  EXPECT_THAT(Start(kax2_), StatusIs(absl::StatusCode::kNotFound)) << "not his to give";
  const auto started = Start(kax_);
  ASSERT_THAT(started, IsOk());
  ASSERT_EQ(started->items_size(), 2);
  EXPECT_EQ(started->items(0).kind(), "OPPORTUNITY");
  EXPECT_EQ(started->items(0).title(), "十辆车");
  EXPECT_EQ(started->items(1).kind(), "ORDER");
  EXPECT_EQ(started->items(1).amount().units(), 1200);
  EXPECT_THAT(Start(gam_), HasReason("HANDOVER_OPEN"));
  EXPECT_THAT(Sign(gam_, *started), HasReason("HANDOVER_NOT_PARTY")) << "the giver is here to sign himself";

  const auto given = Sign(kax_, *started);
  ASSERT_THAT(given, IsOk());
  EXPECT_EQ(given->state(), v1::HANDOVER_STATE_OPEN);
  EXPECT_EQ(Owner(), seller_.name());
  EXPECT_THAT(Sign(kax_, *given), HasReason("HANDOVER_SIGNED"));
  const std::vector<AccountHandover> waiting = ToSign(kax2_);
  ASSERT_EQ(waiting.size(), 1u);
  EXPECT_EQ(waiting[0].items_size(), 2) << "the receiver reads what he signs";
  EXPECT_THAT(Sign(kax2_, *started), HasReason("ETAG_MISMATCH"));
  const auto taken = Sign(kax2_, waiting[0]);
  ASSERT_THAT(taken, IsOk());
  EXPECT_EQ(taken->state(), v1::HANDOVER_STATE_COMPLETED);
  EXPECT_EQ(taken->receiver_signer(), other_.name());
  EXPECT_EQ(Owner(), other_.name());
  EXPECT_TRUE(ToSign(kax2_).empty());
  kam::api::GetRequest get;
  get.set_name(recorded->name());
  const auto now = world_.Call<v1::CustomerNeed>(kax2_, "kam.account.v1.CustomerNeedService/GetCustomerNeed", get);
  ASSERT_THAT(now, IsOk());
  EXPECT_EQ(now->owner(), other_.name()) << "what the giver has begun goes on with the receiver";
}

// what a service that is away knows is missing in the list; nobody signs such a list.
TEST_F(HandoverTest, AnIncompleteListIsNotSigned) {
  const auto there = world_.contract_svc;
  world_.contract_svc = [](absl::string_view, const google::protobuf::Message&, google::protobuf::Message*) {
    return RetryLater(absl::StatusCode::kUnavailable, "CONTRACT_SVC_UNAVAILABLE", "away", absl::Seconds(1));
  };
  const auto started = Start(kax_);
  ASSERT_THAT(started, IsOk());
  EXPECT_THAT(started->unanswered(), ::testing::ElementsAre("contract-svc"));
  EXPECT_THAT(Sign(kax_, *started), HasReason("HANDOVER_LIST_INCOMPLETE"));
  world_.contract_svc = there;
  v1::RefreshAccountHandoverRequest refresh;
  refresh.set_name(started->name());
  const auto complete = world_.Call<AccountHandover>(kax_, Rpc("RefreshAccountHandover"), refresh);
  ASSERT_THAT(complete, IsOk());
  EXPECT_EQ(complete->unanswered_size(), 0);
  EXPECT_EQ(complete->items_size(), 1);
  EXPECT_THAT(Sign(kax_, *complete), IsOk());
}

// what is signed is what is open now, not what was open a while ago.
TEST_F(HandoverTest, AnOldListIsRefreshedBeforeItIsSigned) {
  const auto started = Start(kax_);
  ASSERT_THAT(started, IsOk());
  const auto given = Sign(kax_, *started);
  ASSERT_THAT(given, IsOk());
  world_.harness().clock().Advance(absl::Hours(24) * 3 + absl::Seconds(1));
  EXPECT_THAT(Sign(kax2_, *given), HasReason("HANDOVER_LIST_OLD"));
  v1::RefreshAccountHandoverRequest refresh;
  refresh.set_name(started->name());
  const auto fresh = world_.Call<AccountHandover>(kax_, Rpc("RefreshAccountHandover"), refresh);
  ASSERT_THAT(fresh, IsOk());
  EXPECT_FALSE(fresh->has_giver_sign_time());
  EXPECT_THAT(Sign(kax2_, *fresh), IsOk());
}

// signatures are for the list they were given to.
TEST_F(HandoverTest, ANewListNeedsNewSignatures) {
  const auto started = Start(kax_);
  ASSERT_THAT(started, IsOk());
  ASSERT_THAT(Sign(kax_, *started), IsOk());
  v1::RefreshAccountHandoverRequest refresh;
  refresh.set_name(started->name());
  const auto anew = world_.Call<AccountHandover>(kax_, Rpc("RefreshAccountHandover"), refresh);
  ASSERT_THAT(anew, IsOk());
  EXPECT_FALSE(anew->has_giver_sign_time());
  ASSERT_THAT(Sign(kax2_, *anew), IsOk());
  EXPECT_EQ(Owner(), seller_.name());
}

// a superior transfers at once; the hand-over is signed afterwards, or shows as overdue.
TEST_F(HandoverTest, ATransferOpensAHandover) {
  v1::TransferOwnerRequest transfer;
  transfer.set_name(account_);
  transfer.set_successor(other_.name());
  transfer.set_reason("调整");
  ASSERT_THAT(world_.Call<Account>(gam_, "kam.account.v1.AccountService/TransferOwner", transfer), IsOk());
  EXPECT_EQ(Owner(), other_.name());
  std::vector<AccountHandover> waiting = ToSign(kax_);
  ASSERT_EQ(waiting.size(), 1u);
  EXPECT_TRUE(waiting[0].transferred());
  world_.harness().clock().Advance(absl::Hours(24) * 14);
  world_.RunDue();
  waiting = ToSign(kax_);
  ASSERT_EQ(waiting.size(), 1u);
  EXPECT_TRUE(waiting[0].overdue());
  const auto given = Sign(kax_, waiting[0]);
  ASSERT_THAT(given, IsOk());
  const auto taken = Sign(kax2_, *given);
  ASSERT_THAT(taken, IsOk());
  EXPECT_EQ(taken->state(), v1::HANDOVER_STATE_COMPLETED);
}

// both sides sign, also where the account has moved first: nobody calls that off. A co-owner signs nothing, and
// wipes no signature.
TEST_F(HandoverTest, AfterATransferTheSignaturesAreNotCancelledAway) {
  const auto third = world_.AddEmployee("KAX", department_.name(), {head_.name()});
  v1::AssignOwnerRequest assign;
  assign.set_name(account_);
  assign.set_employee(third.name());
  assign.set_kind(v1::OWNERSHIP_KIND_CO_OWNER);
  assign.set_reason("协同");
  ASSERT_THAT(world_.Call<Account>(gam_, "kam.account.v1.AccountService/AssignOwner", assign), IsOk());
  v1::TransferOwnerRequest transfer;
  transfer.set_name(account_);
  transfer.set_successor(other_.name());
  transfer.set_reason("调整");
  ASSERT_THAT(world_.Call<Account>(gam_, "kam.account.v1.AccountService/TransferOwner", transfer), IsOk());
  const std::vector<AccountHandover> waiting = ToSign(kax_);
  ASSERT_EQ(waiting.size(), 1u);
  v1::CancelAccountHandoverRequest cancel;
  cancel.set_name(waiting[0].name());
  cancel.set_reason("不签");
  for (const auth::Principal& who : {kax_, kax2_, gam_}) {
    EXPECT_THAT(world_.Call<AccountHandover>(who, Rpc("CancelAccountHandover"), cancel),
                HasReason("HANDOVER_TRANSFERRED"));
  }
  const auth::Principal co_owner = world_.As(third, "KAX");
  EXPECT_THAT(world_.Call<AccountHandover>(co_owner, Rpc("CancelAccountHandover"), cancel),
              HasReason("HANDOVER_NOT_PARTY"));
  ASSERT_THAT(Sign(kax_, waiting[0]), IsOk());
  v1::RefreshAccountHandoverRequest refresh;
  refresh.set_name(waiting[0].name());
  EXPECT_THAT(world_.Call<AccountHandover>(co_owner, Rpc("RefreshAccountHandover"), refresh),
              HasReason("HANDOVER_NOT_PARTY"));
  world_.harness().clock().Advance(absl::Hours(24) * 14);
  world_.RunDue();
  const std::vector<AccountHandover> late = ToSign(kax2_);
  ASSERT_EQ(late.size(), 1u);
  EXPECT_TRUE(late[0].overdue());
  EXPECT_TRUE(late[0].has_giver_sign_time());
}

// no poaching from above: a superior takes a subordinate's account over with both signatures, not alone.
TEST_F(HandoverTest, ASuperiorTakesAnAccountOverByHandoverOnly) {
  const auto lead = world_.AddEmployee("BDS", department_.name(), {head_.name()});
  const auth::Principal bds = world_.As(lead, "BDS", {IdOf(seller_.name())});
  v1::TransferOwnerRequest transfer;
  transfer.set_name(account_);
  transfer.set_successor(lead.name());
  transfer.set_reason("我来跟进");
  EXPECT_THAT(world_.Call<Account>(bds, "kam.account.v1.AccountService/TransferOwner", transfer),
              HasReason("SEPARATION_OF_DUTIES"));
  v1::StartAccountHandoverRequest start;
  start.set_account(account_);
  start.set_receiver(lead.name());
  start.set_reason("我来跟进");
  const auto started = world_.Call<AccountHandover>(bds, Rpc("StartAccountHandover"), start);
  ASSERT_THAT(started, IsOk());
  const auto given = Sign(kax_, *started);
  ASSERT_THAT(given, IsOk());
  ASSERT_THAT(Sign(bds, *given), IsOk());
  EXPECT_EQ(Owner(), lead.name());
}

// somebody leaves: his superior starts all hand-overs, and signs for him once he is gone.
TEST_F(HandoverTest, ALeaverHandsOverAllHeHas) {
  const std::string second = world_.AddAccount(gam_).name();
  world_.Assign(gam_, second, seller_.name());
  v1::StartLeaverHandoversRequest request;
  request.set_giver(seller_.name());
  request.set_receiver(other_.name());
  request.set_reason("离职");
  EXPECT_THAT(world_.Call<v1::StartLeaverHandoversResponse>(kax_, Rpc("StartLeaverHandovers"), request),
              StatusIs(absl::StatusCode::kPermissionDenied));
  const auto started = world_.Call<v1::StartLeaverHandoversResponse>(gam_, Rpc("StartLeaverHandovers"), request);
  ASSERT_THAT(started, IsOk());
  ASSERT_EQ(started->account_handovers_size(), 2);
  organization::v1::UpdateEmployeeRequest leave;
  leave.mutable_employee()->set_name(seller_.name());
  leave.mutable_employee()->set_leave_date("2026-01-04");
  ASSERT_THAT(
      world_.Call<organization::v1::Employee>(world_.hr(), "kam.organization.v1.EmployeeService/UpdateEmployee", leave),
      IsOk());
  for (const AccountHandover& handover : started->account_handovers()) {
    const auto given = Sign(gam_, handover);
    ASSERT_THAT(given, IsOk());
    EXPECT_EQ(given->giver_signer(), head_.name());
    ASSERT_THAT(Sign(kax2_, *given), IsOk());
  }
  EXPECT_EQ(Owner(), other_.name());
}

// visits that have not begun go along; the receiver has agreed to none of them yet, and nobody is on two at
// a time.
TEST_F(HandoverTest, VisitsThatHaveNotBegunGoAlong) {
  const std::string service = "kam.account.v1.VisitService/";
  const absl::Time tomorrow = start_ + absl::Hours(24);
  const auto visit = [&](const auth::Principal& who, const std::string& account, bool timed) {
    v1::CreateVisitRequest create;
    create.mutable_visit()->set_account(account);
    create.mutable_visit()->set_purpose("回访");
    create.mutable_visit()->set_mode(v1::VISIT_MODE_ON_SITE);
    if (timed) {
      create.mutable_visit()->mutable_planned_start()->set_seconds(absl::ToUnixSeconds(tomorrow));
      create.mutable_visit()->mutable_planned_end()->set_seconds(absl::ToUnixSeconds(tomorrow + absl::Hours(1)));
    }
    const auto made = world_.Call<v1::Visit>(who, service + "CreateVisit", create);
    EXPECT_THAT(made, IsOk());
    return made.value_or(v1::Visit());
  };
  const auto get = [&](const std::string& name) {
    kam::api::GetRequest request;
    request.set_name(name);
    const auto found = world_.Call<v1::Visit>(gam_, service + "GetVisit", request);
    EXPECT_THAT(found, IsOk());
    return found.value_or(v1::Visit());
  };
  const auto approve = [&](const v1::Visit& one) {
    v1::ApproveVisitRequest request;
    request.set_name(one.name());
    request.set_etag(one.etag());
    return world_.Call<v1::Visit>(gam_, service + "ApproveVisit", request);
  };
  const v1::Visit idea = visit(kax_, account_, false);
  const auto agreed = approve(visit(kax_, account_, true));
  ASSERT_THAT(agreed, IsOk());
  const v1::Visit missed = visit(kax_, account_, false);
  world_.harness().db().Execute(absl::StrCat(
      "UPDATE visits SET state = 'PLANNED', planned_start = '2025-12-01 09:00:00', planned_end = '2025-12-01 10:00:00' "
      "WHERE id = '",
      IdOf(missed.name()), "'"));
  const std::string theirs = world_.AddAccount(kax2_).name();
  const v1::Visit own = visit(kax2_, theirs, true);
  v1::TransferOwnerRequest transfer;
  transfer.set_name(account_);
  transfer.set_successor(other_.name());
  transfer.set_reason("调整");
  ASSERT_THAT(world_.Call<Account>(gam_, "kam.account.v1.AccountService/TransferOwner", transfer), IsOk());
  EXPECT_EQ(get(idea.name()).visitor(), other_.name());
  EXPECT_EQ(get(idea.name()).state(), v1::VISIT_STATE_PROPOSED);
  const v1::Visit moved = get(agreed->name());
  EXPECT_EQ(moved.visitor(), other_.name());
  EXPECT_EQ(moved.state(), v1::VISIT_STATE_PLANNED);
  EXPECT_EQ(moved.approver(), "");
  EXPECT_FALSE(moved.has_approve_time());
  EXPECT_EQ(get(missed.name()).visitor(), seller_.name()) << "whether it took place says who was to go";
  EXPECT_EQ(get(own.name()).visitor(), other_.name());
  EXPECT_THAT(approve(moved), HasReason("VISIT_OVERLAP"));
}

// one account that cannot be handed over does not stop the others, and does not come again.
TEST_F(HandoverTest, OneAccountOfALeaverDoesNotStopTheOthers) {
  const std::string second = world_.AddAccount(gam_).name();
  world_.Assign(gam_, second, seller_.name());
  const auto third = world_.AddEmployee("KAX", department_.name(), {head_.name()});
  v1::AssignOwnerRequest assign;
  assign.set_name(second);
  assign.set_employee(third.name());
  assign.set_kind(v1::OWNERSHIP_KIND_CO_OWNER);
  assign.set_reason("协同");
  ASSERT_THAT(world_.Call<Account>(gam_, "kam.account.v1.AccountService/AssignOwner", assign), IsOk());
  // Reaches one of the two accounts: a colleague of his works there.
  const auth::Principal bds =
      world_.As(world_.AddEmployee("BDS", department_.name(), {head_.name()}), "BDS", {IdOf(third.name())});
  v1::StartLeaverHandoversRequest request;
  request.set_giver(seller_.name());
  request.set_receiver(third.name());
  request.set_reason("离职");
  const auto started = world_.Call<v1::StartLeaverHandoversResponse>(bds, Rpc("StartLeaverHandovers"), request);
  ASSERT_THAT(started, IsOk());
  ASSERT_EQ(started->account_handovers_size(), 1);
  EXPECT_EQ(started->account_handovers(0).account(), second);
  // Of the other he learns that there is one, whoever the giver is.
  EXPECT_EQ(started->refused_size(), 0);
  EXPECT_EQ(started->beyond_reach(), 1);
  EXPECT_EQ(started->last_account(), second);
  EXPECT_EQ(started->DebugString().find(account_), std::string::npos);
  EXPECT_FALSE(started->more());
  request.set_after(started->last_account());
  const auto rest = world_.Call<v1::StartLeaverHandoversResponse>(bds, Rpc("StartLeaverHandovers"), request);
  ASSERT_THAT(rest, IsOk());
  EXPECT_EQ(rest->refused_size(), 0);
  EXPECT_EQ(rest->account_handovers_size(), 0);
  EXPECT_EQ(rest->beyond_reach(), 1);
  // A receiver who gets nothing stops it all.
  request.clear_after();
  request.set_receiver(world_.AddEmployee("KAA", department_.name(), {head_.name()}).name());
  EXPECT_THAT(world_.Call<v1::StartLeaverHandoversResponse>(gam_, Rpc("StartLeaverHandovers"), request),
              HasReason("OWNER_ROLE_REQUIRED"));
}

// no account is too large to be handed over: what is due first is listed, the rest is counted.
TEST_F(HandoverTest, ALargeAccountIsHandedOverWithTheRestCounted) {
  v1::CreateOpportunityRequest create;
  create.mutable_opportunity()->set_account(account_);
  create.mutable_opportunity()->set_display_name("十辆车");
  ASSERT_THAT(world_.Call<v1::Opportunity>(kax_, "kam.account.v1.OpportunityService/CreateOpportunity", create),
              IsOk());
  world_.contract_svc = [](absl::string_view method, const google::protobuf::Message& request,
                           google::protobuf::Message* response) {
    if (!absl::EndsWith(method, "ListOpenContractBusiness")) return absl::OkStatus();
    const auto& asked = static_cast<const business::v1::ListOpenBusinessRequest&>(request);
    auto* answer = static_cast<business::v1::ListOpenBusinessResponse*>(response);
    for (const std::string& account : asked.accounts()) {
      for (int i = 0; i < asked.items_max(); ++i) {
        auto* item = answer->add_items();
        item->set_account(account);
        item->set_name("receivableItems/01m8091f07w5qzpbrn7a310reg");
        item->set_kind("RECEIVABLE");
        item->set_due_date("2026-02-01");
        item->mutable_amount()->set_currency_code("CNY");
        item->mutable_amount()->set_units(10);
      }
      answer->add_truncated_accounts(account);
      auto* count = answer->add_counts();
      count->set_account(account);
      count->set_kind("RECEIVABLE");
      count->set_count(1500);
      count->mutable_amount()->set_currency_code("CNY");
      count->mutable_amount()->set_units(15000);
    }
    return absl::OkStatus();
  };
  const auto started = Start(kax_);
  ASSERT_THAT(started, IsOk());
  EXPECT_EQ(started->items_size(), 1000);
  EXPECT_EQ(started->items(0).kind(), "RECEIVABLE");
  ASSERT_EQ(started->further_items_size(), 2);
  EXPECT_EQ(started->further_items(0).kind(), "RECEIVABLE");
  EXPECT_EQ(started->further_items(0).item_count(), 500);
  EXPECT_EQ(started->further_items(0).amount().units(), 5000);
  EXPECT_EQ(started->further_items(1).kind(), "OPPORTUNITY") << "it is due on no day";
  EXPECT_EQ(started->further_items(1).item_count(), 1);
  v1::RefreshAccountHandoverRequest refresh;
  refresh.set_name(started->name());
  const auto fresh = world_.Call<AccountHandover>(kax_, Rpc("RefreshAccountHandover"), refresh);
  ASSERT_THAT(fresh, IsOk());
  EXPECT_EQ(fresh->further_items_size(), 2);
  v1::CancelAccountHandoverRequest cancel;
  cancel.set_name(started->name());
  cancel.set_reason("由上级移交");
  ASSERT_THAT(world_.Call<AccountHandover>(gam_, Rpc("CancelAccountHandover"), cancel), IsOk());
  v1::TransferOwnerRequest transfer;
  transfer.set_name(account_);
  transfer.set_successor(other_.name());
  transfer.set_reason("调整");
  ASSERT_THAT(world_.Call<Account>(gam_, "kam.account.v1.AccountService/TransferOwner", transfer), IsOk());
  const std::vector<AccountHandover> waiting = ToSign(kax2_);
  ASSERT_EQ(waiting.size(), 1u);
  EXPECT_EQ(waiting[0].items_size(), 1000);
  EXPECT_EQ(waiting[0].further_items_size(), 2) << "the receiver reads what he signs";
}

// whoever leaves after he got an account leaves no hand-over behind that nobody can sign.
TEST_F(HandoverTest, ASuperiorSignsForAReceiverWhoHasLeft) {
  v1::TransferOwnerRequest transfer;
  transfer.set_name(account_);
  transfer.set_successor(other_.name());
  transfer.set_reason("调整");
  ASSERT_THAT(world_.Call<Account>(gam_, "kam.account.v1.AccountService/TransferOwner", transfer), IsOk());
  const std::vector<AccountHandover> waiting = ToSign(kax_);
  ASSERT_EQ(waiting.size(), 1u);
  EXPECT_THAT(Sign(gam_, waiting[0]), HasReason("HANDOVER_NOT_PARTY"));
  const auto given = Sign(kax_, waiting[0]);
  ASSERT_THAT(given, IsOk());
  organization::v1::UpdateEmployeeRequest leave;
  leave.mutable_employee()->set_name(other_.name());
  leave.mutable_employee()->set_leave_date("2026-01-04");
  ASSERT_THAT(
      world_.Call<organization::v1::Employee>(world_.hr(), "kam.organization.v1.EmployeeService/UpdateEmployee", leave),
      IsOk());
  const auto taken = Sign(gam_, *given);
  ASSERT_THAT(taken, IsOk());
  EXPECT_EQ(taken->receiver_signer(), head_.name());
  EXPECT_EQ(taken->state(), v1::HANDOVER_STATE_COMPLETED);
}

//
TEST_F(HandoverTest, AHandoverOfAnAccountThatChangedHandsIsNotCompleted) {
  const auto started = Start(kax_);
  ASSERT_THAT(started, IsOk());
  const auto given = Sign(kax_, *started);
  ASSERT_THAT(given, IsOk());
  v1::TransferOwnerRequest transfer;
  transfer.set_name(account_);
  transfer.set_successor(world_.AddEmployee("KAX", department_.name(), {head_.name()}).name());
  transfer.set_reason("调整");
  ASSERT_THAT(world_.Call<Account>(gam_, "kam.account.v1.AccountService/TransferOwner", transfer), IsOk());
  EXPECT_THAT(Sign(kax2_, *given), HasReason("HANDOVER_OWNER_CHANGED"));
  v1::CancelAccountHandoverRequest cancel;
  cancel.set_name(started->name());
  cancel.set_reason("已由上级移交");
  EXPECT_THAT(world_.Call<AccountHandover>(gam_, Rpc("CancelAccountHandover"), cancel), IsOk());
}

}  // namespace
}  // namespace kam::account
