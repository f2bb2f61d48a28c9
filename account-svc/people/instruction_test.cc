// Matters put before a superior (G-05, R-23, R-24), over real gRPC and a real database.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>

#include "account-svc/context.h"
#include "account-svc/rules/instruction_rules.h"
#include "account-svc/testing/account_fixture.h"
#include "account-svc/testing/states.h"
#include "common/testing/matchers.h"
#include "common/testing/states.h"
#include "kam/account/v1/account_evaluation_service.pb.h"
#include "kam/account/v1/account_handover_service.pb.h"
#include "kam/account/v1/account_merge_service.pb.h"
#include "kam/account/v1/account_service.pb.h"
#include "kam/api/standard.pb.h"
#include "kam/organization/v1/instruction_request_service.pb.h"

namespace kam::account {
namespace {

namespace pb = organization::v1;
using pb::Employee;
using pb::InstructionRequest;
using testing::HasReason;
using testing::IsOk;
using testing::NamesField;
using testing::StatusIs;

constexpr char kService[] = "kam.organization.v1.InstructionRequestService/";
constexpr char kTransfer[] = "kam.account.v1.AccountService/TransferOwner";
constexpr char kMerge[] = "kam.account.v1.AccountMergeService/ApproveAccountMerge";

// The account manager reports to the operations director, he to the general manager.
class InstructionTest : public ::testing::Test {
 protected:
  InstructionTest()
      : world_(World::Get()),
        department_(world_.AddDepartment()),
        gm_(world_.AddEmployee("", department_.name())),
        director_(world_.AddEmployee("OD", department_.name(), {gm_.name()})),
        manager_(world_.AddEmployee("KAM", department_.name(), {director_.name()})),
        seller_(world_.AddEmployee("KAX", department_.name(), {manager_.name()})),
        as_gm_(world_.As(gm_, "GM")),
        as_director_(world_.As(director_, "OD")),
        as_manager_(world_.As(manager_, "KAM", {IdOf(seller_.name())})),
        as_seller_(world_.As(seller_, "KAX")) {}

  absl::StatusOr<InstructionRequest> Ask(const auth::Principal& who, const Employee& superior,
                                         pb::InstructionKind kind = pb::INSTRUCTION_KIND_INSTRUCTION) {
    pb::CreateInstructionRequestRequest request;
    InstructionRequest& matter = *request.mutable_instruction_request();
    matter.set_kind(kind);
    matter.set_subject("年度协议让利");
    matter.set_body("客户要求年度返利提高一个点");
    matter.set_superior(superior.name());
    return world_.Call<InstructionRequest>(who, absl::StrCat(kService, "CreateInstructionRequest"), request);
  }
  template <typename Request>
  absl::StatusOr<InstructionRequest> Call(const auth::Principal& who, const char* method, const std::string& name,
                                          Request request = {}) {
    request.set_name(name);
    return world_.Call<InstructionRequest>(who, absl::StrCat(kService, method), request);
  }
  absl::StatusOr<InstructionRequest> Approve(const auth::Principal& who, const std::string& name) {
    kam::api::GetRequest get;
    get.set_name(name);
    pb::ApproveInstructionRequest request;
    request.set_etag(
        world_.Call<InstructionRequest>(world_.hr(), absl::StrCat(kService, "GetInstructionRequest"), get)->etag());
    request.set_opinion("同意,不超过一个点");
    return Call(who, "ApproveInstruction", name, request);
  }
  absl::StatusOr<InstructionRequest> Execute(const auth::Principal& who, const std::string& name) {
    pb::ExecuteInstructionRequest request;
    request.set_result("已签补充协议");
    return Call(who, "ExecuteInstruction", name, request);
  }

  World& world_;
  const pb::Department department_;
  const Employee gm_, director_, manager_, seller_;
  const auth::Principal as_gm_, as_director_, as_manager_, as_seller_;
};

// A customer of the highest tier, and a second seller who could have it; between account manager and operations
// director stands a department manager.
class ImportantTest : public InstructionTest {
 protected:
  ImportantTest()
      : other_(world_.AddEmployee("KAX", department_.name(), {manager_.name()})),
        general_(world_.AddEmployee("GAM", department_.name(), {director_.name()})),
        as_general_(world_.As(general_, "GAM")) {
    AddFunctional(manager_, general_);
  }

  void AddFunctional(const Employee& who, const Employee& superior) {
    world_.harness().db().Execute(
        absl::StrCat("INSERT INTO employees_superiors (parent_id, position, superior, kind, since_date) VALUES ('",
                     IdOf(who.name()), "', 9, '", IdOf(superior.name()), "', 'FUNCTIONAL', '2025-01-01')"));
  }
  void SetTier(const std::string& account, const char* tier) {
    world_.harness().db().Execute(
        absl::StrCat("UPDATE accounts SET state = 'ACTIVE', tier = '", tier, "' WHERE id = '", IdOf(account), "'"));
  }
  std::string Strategic() {
    const v1::Account account = world_.AddAccount(as_manager_);
    world_.Assign(as_manager_, account.name(), seller_.name());
    SetTier(account.name(), "STRATEGIC");
    return account.name();
  }
  // Asks for the transfer of an account to a receiver.
  absl::StatusOr<InstructionRequest> AskToTransfer(const std::string& account, const Employee& receiver,
                                                   const Employee& superior) {
    return AskFor(as_manager_, kTransfer, account, superior, receiver.name());
  }
  absl::StatusOr<InstructionRequest> AskFor(const auth::Principal& who, const std::string& verb,
                                            const std::string& related, const Employee& superior,
                                            const std::string& receiver = {}) {
    pb::CreateInstructionRequestRequest request;
    InstructionRequest& matter = *request.mutable_instruction_request();
    matter.set_kind(pb::INSTRUCTION_KIND_INSTRUCTION);
    matter.set_subject("战略客户移交");
    matter.set_body("原负责人调岗");
    matter.set_superior(superior.name());
    matter.set_related(related);
    matter.set_verb(verb);
    matter.set_receiver(receiver);
    return world_.Call<InstructionRequest>(who, absl::StrCat(kService, "CreateInstructionRequest"), request);
  }
  // A customer of whoever is named, of no tier.
  std::string Customer(const Employee& owner) {
    const v1::Account account = world_.AddAccount(as_manager_);
    world_.Assign(as_manager_, account.name(), owner.name());
    return account.name();
  }
  absl::StatusOr<v1::AccountMerge> ProposeMerge(const std::string& account, const std::string& duplicate) {
    v1::CreateAccountMergeRequest request;
    request.mutable_account_merge()->set_account(account);
    request.mutable_account_merge()->set_duplicate(duplicate);
    request.mutable_account_merge()->set_merge_reason("同一单位");
    request.mutable_account_merge()->set_evidence("营业执照");
    return world_.Call<v1::AccountMerge>(as_manager_, "kam.account.v1.AccountMergeService/CreateAccountMerge", request);
  }
  absl::StatusOr<v1::AccountMerge> ApproveMerge(const auth::Principal& who, const v1::AccountMerge& merge) {
    v1::ApproveAccountMergeRequest request;
    request.set_name(merge.name());
    request.set_etag(merge.etag());
    request.set_decision("同意");
    return world_.Call<v1::AccountMerge>(who, kMerge, request);
  }
  absl::StatusOr<v1::Account> TransferAs(const auth::Principal& who, const std::string& account,
                                         const Employee& successor) {
    v1::TransferOwnerRequest request;
    request.set_name(account);
    request.set_successor(successor.name());
    request.set_reason("调整");
    return world_.Call<v1::Account>(who, kTransfer, request);
  }
  absl::StatusOr<v1::Account> Transfer(const std::string& account, const Employee& successor) {
    return TransferAs(as_manager_, account, successor);
  }
  InstructionRequest Read(const std::string& name) { return ReadAs(as_manager_, name); }
  InstructionRequest ReadAs(const auth::Principal& who, const std::string& name) {
    kam::api::GetRequest get;
    get.set_name(name);
    const auto read = world_.Call<InstructionRequest>(who, absl::StrCat(kService, "GetInstructionRequest"), get);
    EXPECT_THAT(read, IsOk());
    return read.value_or(InstructionRequest());
  }

  const Employee other_, general_;
  const auth::Principal as_general_;
};

// G-05, R-24: an important matter is executed after the operations director has agreed, and not before.
TEST_F(InstructionTest, AnImportantMatterIsExecutedAfterApproval) {
  const auto matter = Ask(as_manager_, director_);
  ASSERT_THAT(matter, IsOk());
  EXPECT_EQ(matter->requester(), manager_.name());
  EXPECT_THAT(Execute(as_manager_, matter->name()), HasReason("STATE_NOT_ALLOWED"));
  EXPECT_THAT(Approve(as_manager_, matter->name()), HasReason("SEPARATION_OF_DUTIES"));
  const auto elsewhere = Approve(as_gm_, matter->name());
  EXPECT_THAT(elsewhere, HasReason("NOT_THE_DECIDER"));
  EXPECT_EQ(MetadataValue(elsewhere.status(), "allowed"), director_.name());
  const auto approved = Approve(as_director_, matter->name());
  ASSERT_THAT(approved, IsOk());
  EXPECT_EQ(approved->instruction(), "同意,不超过一个点");
  EXPECT_THAT(Execute(as_manager_, matter->name()), IsOk());
}

// G-05: it is passed up the line, and every opinion is kept.
TEST_F(InstructionTest, ItIsPassedUpTheLine) {
  const auto matter = Ask(as_manager_, director_);
  ASSERT_THAT(matter, IsOk());
  pb::ForwardInstructionRequest forward;
  forward.set_opinion("超出本人权限");
  forward.set_superior(manager_.name());
  EXPECT_THAT(Call(as_director_, "ForwardInstruction", matter->name(), forward), HasReason("SEPARATION_OF_DUTIES"));
  forward.set_superior(seller_.name());
  EXPECT_THAT(Call(as_director_, "ForwardInstruction", matter->name(), forward), HasReason("NOT_A_SUPERIOR"));
  forward.set_superior(gm_.name());
  ASSERT_THAT(Call(as_director_, "ForwardInstruction", matter->name(), forward), IsOk());
  EXPECT_THAT(Approve(as_director_, matter->name()), HasReason("NOT_THE_DECIDER"));
  const auto approved = Approve(as_gm_, matter->name());
  ASSERT_THAT(approved, IsOk());
  ASSERT_EQ(approved->steps_size(), 2);
  EXPECT_EQ(approved->steps(0).opinion(), "超出本人权限");
  EXPECT_EQ(approved->steps(1).superior(), gm_.name());
}

// the account manager reports to the general manager past the line; nobody else, and nothing to be decided.
TEST_F(InstructionTest, AnAccountManagerReportsPastTheLine) {
  const Employee other_gm = world_.AddEmployee("");
  world_.harness().db().Execute(
      absl::StrCat("INSERT INTO employees_roles (parent_id, position, role, since_date, state) "
                   "VALUES ('",
                   IdOf(other_gm.name()), "', 0, 'GM', '2025-01-01', 'GRANTED')"));
  const auto report = Ask(as_manager_, other_gm, pb::INSTRUCTION_KIND_REPORT);
  ASSERT_THAT(report, IsOk());
  EXPECT_THAT(Ask(as_manager_, other_gm), HasReason("NOT_A_SUPERIOR"));
  EXPECT_THAT(Ask(as_seller_, other_gm, pb::INSTRUCTION_KIND_REPORT), HasReason("NOT_A_SUPERIOR"));
  EXPECT_THAT(Ask(as_seller_, director_), IsOk());  // Above on the line.
  // Those whom it goes past do not read it; whoever made it does.
  kam::api::GetRequest get;
  get.set_name(report->name());
  const auto read = [&](const auth::Principal& who) {
    return world_.Call<InstructionRequest>(who, absl::StrCat(kService, "GetInstructionRequest"), get).status();
  };
  EXPECT_EQ(read(world_.As(director_, "SM", {IdOf(manager_.name()), IdOf(seller_.name())})).code(),
            absl::StatusCode::kNotFound);
  EXPECT_EQ(read(as_director_).code(), absl::StatusCode::kNotFound);
  const auto own = world_.Call<pb::ListOwnReportsResponse>(as_manager_, absl::StrCat(kService, "ListOwnReports"),
                                                           pb::ListOwnReportsRequest());
  ASSERT_THAT(own, IsOk());
  ASSERT_EQ(own->instruction_requests_size(), 1);
  EXPECT_EQ(own->instruction_requests(0).name(), report->name());
  const auto to_superior = Ask(as_manager_, director_, pb::INSTRUCTION_KIND_REPORT);
  ASSERT_THAT(to_superior, IsOk());
  EXPECT_EQ(to_superior->holder(), manager_.name());
  const auto as_other = world_.As(other_gm, "GM");
  EXPECT_THAT(read(as_other), IsOk());
  EXPECT_THAT(Approve(as_other, report->name()), HasReason("REPORT_ONLY"));
  EXPECT_THAT(Call(as_other, "NoteReport", report->name(), pb::NoteReportRequest()), IsOk());
}

// G-05: what somebody asked and left behind is taken back by those above him, while he is here by himself alone.
TEST_F(InstructionTest, WhatALeaverAskedIsTakenBack) {
  const auto matter = Ask(as_manager_, director_);
  ASSERT_THAT(matter, IsOk());
  pb::WithdrawInstructionRequest withdraw;
  withdraw.set_reason("已离职");
  EXPECT_THAT(Call(as_director_, "WithdrawInstruction", matter->name(), withdraw),
              StatusIs(absl::StatusCode::kNotFound));
  world_.harness().db().Execute(
      absl::StrCat("UPDATE employees SET leave_date = '2025-12-31' WHERE id = '", IdOf(manager_.name()), "'"));
  EXPECT_THAT(Call(as_seller_, "WithdrawInstruction", matter->name(), withdraw), StatusIs(absl::StatusCode::kNotFound));
  const auto withdrawn = Call(as_director_, "WithdrawInstruction", matter->name(), withdraw);
  ASSERT_THAT(withdrawn, IsOk());
  EXPECT_EQ(withdrawn->state(), pb::INSTRUCTION_STATE_WITHDRAWN);
}

// G-05: whoever stands in for the superior while he is on leave decides in his place.
TEST_F(InstructionTest, TheDeputyDecidesInThePlaceOfTheSuperior) {
  const auto matter = Ask(as_manager_, director_);
  ASSERT_THAT(matter, IsOk());
  const Employee deputy = world_.AddEmployee("OD", department_.name());
  const auto as_deputy = world_.As(deputy, "OD");
  EXPECT_THAT(Approve(as_deputy, matter->name()), HasReason("NOT_THE_DECIDER"));
  world_.harness().db().Execute(absl::StrCat(
      "INSERT INTO leave_requests (id, version, create_time, update_time, creator, updater, employee, deputy, state, "
      "start_date, end_date) VALUES ('",
      world_.harness().NewId(), "', 1, '2026-01-01', '2026-01-01', 'x', 'x', '", IdOf(director_.name()), "', '",
      IdOf(deputy.name()), "', 'APPROVED', '", world_.today(), "', '", world_.today(), "')"));
  ASSERT_THAT(Approve(as_deputy, matter->name()), IsOk());
}

// G-05, R-24: an important customer is transferred after the operations director has agreed, once; a superior who is
// not he passes the matter on.
TEST_F(ImportantTest, ATransferIsAskedForAndGoesOnce) {
  const std::string account = Strategic();
  const auto refused = Transfer(account, other_);
  EXPECT_THAT(refused, HasReason("INSTRUCTION_REQUIRED"));
  EXPECT_EQ(MetadataValue(refused.status(), "verb"), kTransfer);
  EXPECT_EQ(MetadataValue(refused.status(), "limit"), "tier STRATEGIC");
  EXPECT_EQ(MetadataValue(refused.status(), "allowed"), "OD, DGM, GM");

  EXPECT_THAT(AskFor(as_manager_, "kam.account.v1.AccountService/UpdateAccount", account, director_),
              HasReason("FIELD_VALUE_UNKNOWN"));
  const auto asked = AskToTransfer(account, other_, director_);
  ASSERT_THAT(asked, IsOk());
  EXPECT_THAT(Transfer(account, other_), HasReason("INSTRUCTION_REQUIRED")) << "not approved yet";
  ASSERT_THAT(Approve(as_director_, asked->name()), IsOk());
  EXPECT_THAT(Execute(as_manager_, asked->name()), HasReason("INSTRUCTION_FOR_VERB"));
  EXPECT_THAT(Transfer(Strategic(), other_), HasReason("INSTRUCTION_REQUIRED")) << "another customer";
  ASSERT_THAT(Transfer(account, other_), IsOk());
  const InstructionRequest executed = Read(asked->name());
  EXPECT_EQ(executed.state(), pb::INSTRUCTION_STATE_EXECUTED);
  EXPECT_TRUE(executed.has_execute_time());
  EXPECT_THAT(Transfer(account, seller_), HasReason("INSTRUCTION_REQUIRED")) << "used";

  const auto by_others = AskToTransfer(account, seller_, general_);
  ASSERT_THAT(by_others, IsOk());
  EXPECT_THAT(Approve(as_general_, by_others->name()), HasReason("INSTRUCTION_BEYOND_ROLE"));
  pb::ForwardInstructionRequest forward;
  forward.set_opinion("请总监定");
  forward.set_superior(director_.name());
  ASSERT_THAT(Call(as_general_, "ForwardInstruction", by_others->name(), forward), IsOk());
  ASSERT_THAT(Approve(as_director_, by_others->name()), IsOk());
  // What was approved counts for its days.
  const absl::Time start = world_.harness().clock().Now();
  world_.harness().clock().Advance(absl::Hours(24 * 30));
  EXPECT_THAT(Transfer(account, seller_), HasReason("INSTRUCTION_REQUIRED"));
  world_.harness().clock().Set(start);
  pb::WithdrawInstructionRequest withdraw;
  withdraw.set_reason("不再移交");
  ASSERT_THAT(Call(as_manager_, "WithdrawInstruction", by_others->name(), withdraw), IsOk());
  EXPECT_THAT(Transfer(account, seller_), HasReason("INSTRUCTION_REQUIRED")) << "taken back";
}

// a hand-over of a customer that has become important since it was started is begun anew.
TEST_F(ImportantTest, AHandoverAsksAtTheEndToo) {
  const std::string account = Strategic();
  SetTier(account, "A");
  const std::string handovers = "kam.account.v1.AccountHandoverService/";
  v1::StartAccountHandoverRequest start;
  start.set_account(account);
  start.set_receiver(other_.name());
  start.set_reason("调岗");
  const auto started = world_.Call<v1::AccountHandover>(as_manager_, handovers + "StartAccountHandover", start);
  ASSERT_THAT(started, IsOk());
  EXPECT_EQ(started->tier(), v1::TIER_A);
  const auto sign = [&](const auth::Principal& who) {
    kam::api::GetRequest get;
    get.set_name(started->name());
    v1::SignAccountHandoverRequest request;
    request.set_name(started->name());
    request.set_etag(world_.Call<v1::AccountHandover>(as_manager_, handovers + "GetAccountHandover", get)->etag());
    return world_.Call<v1::AccountHandover>(who, handovers + "SignAccountHandover", request);
  };
  ASSERT_THAT(sign(as_seller_), IsOk());
  SetTier(account, "STRATEGIC");
  EXPECT_THAT(sign(world_.As(other_, "KAX")), HasReason("INSTRUCTION_REQUIRED"));
  SetTier(account, "B");
  EXPECT_THAT(sign(world_.As(other_, "KAX")), IsOk());
}

// below the limit the account manager acts alone, and so does whoever decides on it.
TEST_F(ImportantTest, RoutineIsDoneAlone) {
  const std::string account = Strategic();
  SetTier(account, "A");
  EXPECT_THAT(Transfer(account, other_), IsOk());
  auto as_director = testing::Almighty(world_.harness(), as_director_);
  EXPECT_THAT(TransferAs(as_director, Strategic(), other_), IsOk());
}

// a refused verb uses nothing up.
TEST_F(ImportantTest, ARefusedVerbUsesNothingUp) {
  const std::string account = Strategic();
  const auto asked = AskToTransfer(account, other_, director_);
  ASSERT_THAT(asked, IsOk());
  ASSERT_THAT(Approve(as_director_, asked->name()), IsOk());
  EXPECT_THAT(Transfer(account, seller_), HasReason("OWNER_UNCHANGED"));
  EXPECT_EQ(Read(asked->name()).state(), pb::INSTRUCTION_STATE_APPROVED);
  EXPECT_THAT(Transfer(account, other_), IsOk());
}

// G-05: whoever decides on a transfer decides to whom: the approval is for that receiver alone, and names him.
TEST_F(ImportantTest, AnApprovalIsForItsReceiverAlone) {
  const std::string account = Strategic();
  EXPECT_THAT(AskFor(as_manager_, kTransfer, account, director_), NamesField("instruction_request.receiver"));
  EXPECT_THAT(AskFor(as_manager_, "kam.account.v1.AccountService/CloseAccount", account, director_, other_.name()),
              HasReason("FIELD_NOT_FOR_KIND"));
  const auto asked = AskToTransfer(account, other_, director_);
  ASSERT_THAT(asked, IsOk());
  ASSERT_THAT(Approve(as_director_, asked->name()), IsOk());
  const Employee third = world_.AddEmployee("KAX", department_.name(), {manager_.name()});
  const auto as_manager = world_.As(manager_, "KAM", {IdOf(seller_.name()), IdOf(other_.name()), IdOf(third.name())});
  const auto elsewhere = TransferAs(as_manager, account, third);
  EXPECT_THAT(elsewhere, HasReason("INSTRUCTION_REQUIRED"));
  EXPECT_THAT(std::string(elsewhere.status().message()), ::testing::HasSubstr("another receiver"));
  EXPECT_EQ(Read(asked->name()).state(), pb::INSTRUCTION_STATE_APPROVED);
  EXPECT_THAT(TransferAs(as_manager, account, other_), IsOk());
}

// G-05, R-24, A-07: a merge that takes an important customer from its owner, or lowers it, is asked for: this merge, of
// these two files. One that takes nothing is not.
TEST_F(ImportantTest, AMergeOfAnImportantCustomerIsAskedFor) {
  const std::string important = Strategic();
  const auto proposed = ProposeMerge(Customer(other_), important);
  ASSERT_THAT(proposed, IsOk());
  const auto refused = ApproveMerge(as_general_, *proposed);
  EXPECT_THAT(refused, HasReason("INSTRUCTION_REQUIRED"));
  EXPECT_EQ(MetadataValue(refused.status(), "verb"), kMerge);
  EXPECT_EQ(MetadataValue(refused.status(), "resource"), proposed->name());
  const auto of_the_account = AskFor(as_general_, kMerge, important, director_);
  ASSERT_THAT(of_the_account, IsOk());
  ASSERT_THAT(Approve(as_director_, of_the_account->name()), IsOk());
  EXPECT_THAT(ApproveMerge(as_general_, *proposed), HasReason("INSTRUCTION_REQUIRED"))
      << "another merge could be meant";
  const auto asked = AskFor(as_general_, kMerge, proposed->name(), director_);
  ASSERT_THAT(asked, IsOk());
  kam::api::GetRequest get;
  get.set_name(proposed->name());
  EXPECT_THAT(world_.Call<v1::AccountMerge>(as_director_, "kam.account.v1.AccountMergeService/GetAccountMerge", get),
              IsOk())
      << "who decides reads what he decides on";
  ASSERT_THAT(Approve(as_director_, asked->name()), IsOk());
  ASSERT_THAT(ApproveMerge(as_general_, *proposed), IsOk());
  EXPECT_EQ(ReadAs(as_general_, asked->name()).state(), pb::INSTRUCTION_STATE_EXECUTED);

  const std::string whole = Strategic();
  const auto same = ProposeMerge(whole, Strategic());
  ASSERT_THAT(same, IsOk());
  EXPECT_THAT(ApproveMerge(as_general_, *same), IsOk()) << "nothing is taken";
  const auto small = ProposeMerge(whole, Customer(other_));
  ASSERT_THAT(small, IsOk());
  EXPECT_THAT(ApproveMerge(as_general_, *small), IsOk()) << "no important customer loses anything";
  const auto lowered = ProposeMerge(Customer(seller_), whole);
  ASSERT_THAT(lowered, IsOk());
  EXPECT_THAT(ApproveMerge(as_general_, *lowered), HasReason("INSTRUCTION_REQUIRED")) << "his own, but lower";
}

// G-05, A-07: what was approved for a small customer does not come to an important one with which it is merged.
TEST_F(ImportantTest, AnApprovalDoesNotMoveWithAMerge) {
  const std::string important = Strategic();
  const std::string small = Customer(seller_);
  const auto asked = AskToTransfer(small, other_, director_);
  ASSERT_THAT(asked, IsOk());
  ASSERT_THAT(Approve(as_director_, asked->name()), IsOk());
  const auto proposed = ProposeMerge(important, small);
  ASSERT_THAT(proposed, IsOk());
  ASSERT_THAT(ApproveMerge(as_general_, *proposed), IsOk());
  EXPECT_EQ(Read(asked->name()).related(), small);
  EXPECT_THAT(Transfer(important, other_), HasReason("INSTRUCTION_REQUIRED"));
}

// every verb that a policy may call important asks.
TEST_F(ImportantTest, EveryVerbThatMayBeImportantAsks) {
  const std::string account = Strategic();
  const auto almighty = testing::Almighty(world_.harness(), as_manager_);
  std::set<std::string> tried;
  const auto expect = [&](const std::string& verb, const absl::Status& status) {
    EXPECT_THAT(status, HasReason("INSTRUCTION_REQUIRED")) << verb;
    EXPECT_EQ(MetadataValue(status, "verb"), verb);
    tried.insert(verb);
  };
  const std::string accounts = "kam.account.v1.AccountService/";
  v1::CloseAccountRequest close;
  close.set_name(account);
  close.set_reason("停业");
  expect(accounts + "CloseAccount", world_.Call<v1::Account>(almighty, accounts + "CloseAccount", close).status());
  // Its protection ran out, and nobody owns it: to archive it ends its file as well.
  const std::string unowned = Strategic();
  world_.harness().db().Execute(absl::StrCat("DELETE FROM account_ownerships WHERE account = '", IdOf(unowned), "'"));
  world_.harness().db().Execute(absl::StrCat("UPDATE accounts SET owner = NULL WHERE id = '", IdOf(unowned), "'"));
  kam::api::ArchiveRequest archive;
  archive.set_name(unowned);
  expect(accounts + "ArchiveAccount",
         world_.Call<v1::Account>(almighty, accounts + "ArchiveAccount", archive).status());
  SetTier(unowned, "A");
  EXPECT_THAT(world_.Call<v1::Account>(almighty, accounts + "ArchiveAccount", archive), IsOk());
  expect(kTransfer, TransferAs(almighty, account, other_).status());
  v1::ReleaseOwnerRequest release;
  release.set_name(account);
  release.set_reason("精力不足");
  expect(accounts + "ReleaseOwner", world_.Call<v1::Account>(as_seller_, accounts + "ReleaseOwner", release).status());
  const auto merge = ProposeMerge(Customer(other_), account);
  ASSERT_THAT(merge, IsOk());
  expect(kMerge, ApproveMerge(as_general_, *merge).status());
  const auto proposer = world_.As(world_.AddEmployee("KAM", department_.name()), "KAM");
  const v1::AccountEvaluation evaluation = world_.ProposeTier(proposer, account, v1::TIER_A);
  v1::ConfirmAccountTierRequest tier;
  tier.set_name(account);
  tier.set_tier(v1::TIER_A);
  tier.set_reason("年度评估");
  expect(accounts + "ConfirmAccountTier",
         world_.Call<v1::Account>(almighty, accounts + "ConfirmAccountTier", tier).status());
  v1::ConfirmAccountEvaluationRequest confirm;
  confirm.set_name(evaluation.name());
  confirm.set_reason("年度评估");
  const std::string evaluate = "kam.account.v1.AccountEvaluationService/ConfirmAccountEvaluation";
  expect(evaluate, world_.Call<v1::AccountEvaluation>(almighty, evaluate, confirm).status());
  const std::string handovers = "kam.account.v1.AccountHandoverService/";
  v1::StartAccountHandoverRequest start;
  start.set_account(account);
  start.set_receiver(other_.name());
  start.set_reason("调岗");
  expect(handovers + "StartAccountHandover",
         world_.Call<v1::AccountHandover>(almighty, handovers + "StartAccountHandover", start).status());
  v1::StartLeaverHandoversRequest leaver;
  leaver.set_giver(seller_.name());
  leaver.set_receiver(other_.name());
  leaver.set_reason("离职");
  const auto all = world_.Call<v1::StartLeaverHandoversResponse>(almighty, handovers + "StartLeaverHandovers", leaver);
  ASSERT_THAT(all, IsOk());
  ASSERT_EQ(all->refused_size(), 1);
  EXPECT_EQ(all->account_handovers_size(), 0);
  expect(handovers + "StartLeaverHandovers",
         FromRpcStatusBytes(absl::StatusCode::kFailedPrecondition, all->refused(0).status().message(),
                            all->refused(0).status().SerializeAsString()));
  tried.insert("kam.account.v1.CampaignService/ApproveCampaignBudget");  // market/campaign_test.cc
  const auto asking = rules::AskingVerbs();
  EXPECT_EQ(tried, std::set<std::string>(asking.begin(), asking.end()));
}

// G-05
TEST_F(InstructionTest, EveryPairOfStateAndVerb) {
  const auto matter = Ask(as_manager_, director_);
  ASSERT_THAT(matter, IsOk());
  const std::string name = matter->name();
  pb::RefuseInstructionRequest refuse;
  refuse.set_opinion("x");
  pb::ForwardInstructionRequest forward;
  forward.set_opinion("x");
  forward.set_superior(gm_.name());
  pb::WithdrawInstructionRequest withdraw;
  withdraw.set_reason("x");
  const auto refuse_now = [&] {
    kam::api::GetRequest get;
    get.set_name(name);
    refuse.set_etag(
        world_.Call<InstructionRequest>(world_.hr(), absl::StrCat(kService, "GetInstructionRequest"), get)->etag());
    return Call(as_director_, "RefuseInstruction", name, refuse).status();
  };
  ExpectPairs(world_, "instruction_requests", name, pb::InstructionState_descriptor(),
              {{"ApproveInstruction", {"SUBMITTED"}, [&] { return Approve(as_director_, name).status(); }},
               {"RefuseInstruction", {"SUBMITTED"}, refuse_now},
               {"ForwardInstruction",
                {"SUBMITTED"},
                [&] { return Call(as_director_, "ForwardInstruction", name, forward).status(); }},
               {"NoteReport",
                {"SUBMITTED"},
                [&] { return Call(as_director_, "NoteReport", name, pb::NoteReportRequest()).status(); }},
               {"WithdrawInstruction",
                {"SUBMITTED", "APPROVED"},
                [&] { return Call(as_manager_, "WithdrawInstruction", name, withdraw).status(); }},
               {"ExecuteInstruction", {"APPROVED"}, [&] { return Execute(as_manager_, name).status(); }}});
}

}  // namespace
}  // namespace kam::account
