// Two files of one firm become one, and two again (A-07), over real gRPC and a real database.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "account-svc/context.h"
#include "account-svc/rules/merge_rules.h"
#include "account-svc/testing/account_fixture.h"
#include "common/status/status.h"
#include "common/testing/matchers.h"
#include "google/protobuf/util/message_differencer.h"
#include "kam/account/v1/account_handover_service.pb.h"
#include "kam/account/v1/account_merge_service.pb.h"
#include "kam/account/v1/account_scope_service.pb.h"
#include "kam/account/v1/account_service.pb.h"
#include "kam/account/v1/account_snapshot_service.pb.h"
#include "kam/account/v1/account_usage_service.pb.h"
#include "kam/account/v1/contact_service.pb.h"
#include "kam/account/v1/opportunity_service.pb.h"
#include "kam/api/standard.pb.h"
#include "kam/business/v1/business_service.pb.h"

namespace kam::account {
namespace {

using testing::HasReason;
using testing::IsOk;
using testing::StatusIs;
using v1::Account;
using v1::AccountMerge;

constexpr char kMerges[] = "kam.account.v1.AccountMergeService/";

class MergeTest : public ::testing::Test {
 protected:
  MergeTest()
      : world_(World::Get()),
        start_(world_.harness().clock().Now()),
        department_(world_.AddDepartment()),
        head_(world_.AddEmployee("GAM", department_.name())),
        manager_(world_.AddEmployee("KAM", department_.name(), {head_.name()})),
        seller_(world_.AddEmployee("KAX", department_.name(), {manager_.name()})),
        other_(world_.AddEmployee("KAX", department_.name(), {manager_.name()})),
        gam_(world_.As(head_, "GAM")),
        kam_(world_.As(manager_, "KAM")),
        kax_(world_.As(seller_, "KAX")),
        kax2_(world_.As(other_, "KAX")),
        account_(world_.AddAccount(kax_)),
        duplicate_(world_.AddAccount(kax2_)) {
    account_ = world_.Assign(gam_, account_.name(), seller_.name());
    duplicate_ = world_.Assign(gam_, duplicate_.name(), other_.name());
  }
  ~MergeTest() override { world_.harness().clock().Set(start_); }

  template <typename T>
  absl::StatusOr<T> Get(const auth::Principal& who, const std::string& method, const std::string& name) {
    kam::api::GetRequest request;
    request.set_name(name);
    return world_.Call<T>(who, method, request);
  }
  Account AccountNow(const std::string& name) {
    const auto account = Get<Account>(gam_, "kam.account.v1.AccountService/GetAccount", name);
    EXPECT_THAT(account, IsOk());
    return account.value_or(Account());
  }
  v1::Contact AddContact(const auth::Principal& who, const std::string& account, const std::string& name) {
    const auto contact = TryContact(who, account, name);
    EXPECT_THAT(contact, IsOk());
    return contact.value_or(v1::Contact());
  }
  absl::StatusOr<v1::Contact> TryContact(const auth::Principal& who, const std::string& account,
                                         const std::string& name) {
    v1::CreateContactRequest request;
    request.mutable_contact()->set_account(account);
    request.mutable_contact()->set_display_name(name);
    request.mutable_contact()->set_mobile("13900000000");
    return world_.Call<v1::Contact>(who, "kam.account.v1.ContactService/CreateContact", request);
  }
  v1::Contact ContactNow(const std::string& name) {
    const auto contact = Get<v1::Contact>(gam_, "kam.account.v1.ContactService/GetContact", name);
    EXPECT_THAT(contact, IsOk());
    return contact.value_or(v1::Contact());
  }
  absl::StatusOr<AccountMerge> Propose(const auth::Principal& who, const std::string& account,
                                       const std::string& duplicate) {
    v1::CreateAccountMergeRequest request;
    request.mutable_account_merge()->set_account(account);
    request.mutable_account_merge()->set_duplicate(duplicate);
    request.mutable_account_merge()->set_merge_reason("同一单位");
    request.mutable_account_merge()->set_evidence("营业执照");
    return world_.Call<AccountMerge>(who, absl::StrCat(kMerges, "CreateAccountMerge"), request);
  }
  absl::StatusOr<AccountMerge> Approve(const auth::Principal& who, const AccountMerge& merge) {
    v1::ApproveAccountMergeRequest request;
    request.set_name(merge.name());
    request.set_etag(merge.etag());
    request.set_decision("同意");
    return world_.Call<AccountMerge>(who, absl::StrCat(kMerges, "ApproveAccountMerge"), request);
  }
  absl::StatusOr<AccountMerge> Undo(const auth::Principal& who, const AccountMerge& merge) {
    const auto now = Get<AccountMerge>(gam_, absl::StrCat(kMerges, "GetAccountMerge"), merge.name());
    EXPECT_THAT(now, IsOk());
    v1::UndoAccountMergeRequest request;
    request.set_name(merge.name());
    request.set_etag(now->etag());
    request.set_reason("并非同一单位");
    return world_.Call<AccountMerge>(who, absl::StrCat(kMerges, "UndoAccountMerge"), request);
  }
  AccountMerge Merged() {
    const auto proposed = Propose(kam_, account_.name(), duplicate_.name());
    EXPECT_THAT(proposed, IsOk());
    if (!proposed.ok()) return {};
    const auto merged = Approve(gam_, *proposed);
    EXPECT_THAT(merged, IsOk());
    return merged.value_or(AccountMerge());
  }
  v1::CheckDuplicateResponse Known(const auth::Principal& who, const std::string& legal_name) {
    v1::CheckDuplicateRequest request;
    request.set_legal_name(legal_name);
    const auto known =
        world_.Call<v1::CheckDuplicateResponse>(who, "kam.account.v1.AccountService/CheckDuplicate", request);
    EXPECT_THAT(known, IsOk());
    return known.value_or(v1::CheckDuplicateResponse());
  }
  // Owners that the other services are told, by account.
  std::map<std::string, std::string> Scopes(const std::string& account) {
    v1::BatchGetAccountScopesRequest request;
    request.add_names(account);
    const auto scopes = world_.Call<v1::BatchGetAccountScopesResponse>(
        testing::Harness::Program("contract-svc", {"account.scope.resolve"}),
        "kam.account.v1.AccountScopeService/BatchGetAccountScopes", request);
    EXPECT_THAT(scopes, IsOk());
    std::map<std::string, std::string> owners;
    if (scopes.ok()) {
      for (const auto& scope : scopes->scopes()) owners[scope.account()] = scope.owner();
    }
    return owners;
  }
  // Equal but for what every write changes.
  template <typename T>
  static void ExpectSame(T before, T after) {
    for (T* one : {&before, &after}) {
      one->clear_etag();
      one->clear_update_time();
      one->clear_updater();
    }
    EXPECT_TRUE(google::protobuf::util::MessageDifferencer::Equals(before, after))
        << before.DebugString() << "\nis now\n"
        << after.DebugString();
  }

  World& world_;
  const absl::Time start_;
  organization::v1::Department department_;
  organization::v1::Employee head_, manager_, seller_, other_;
  auth::Principal gam_, kam_, kax_, kax2_;
  Account account_, duplicate_;
};

// A-07
TEST_F(MergeTest, EverythingThatNamesTheDuplicateNamesTheAccount) {
  const v1::Contact contact = AddContact(kax2_, duplicate_.name(), "王先生");
  v1::CreateOpportunityRequest opportunity;
  opportunity.mutable_opportunity()->set_account(duplicate_.name());
  opportunity.mutable_opportunity()->set_display_name("年度采购");
  const auto deal =
      world_.Call<v1::Opportunity>(kax2_, "kam.account.v1.OpportunityService/CreateOpportunity", opportunity);
  ASSERT_THAT(deal, IsOk());
  Account below = world_.CompleteDraft();
  below.set_parent(duplicate_.name());
  const auto child = world_.CreateAccount(kax2_, below);
  ASSERT_THAT(child, IsOk());

  const AccountMerge merged = Merged();
  EXPECT_EQ(merged.state(), v1::ACCOUNT_MERGE_STATE_MERGED);
  EXPECT_EQ(merged.proposer(), manager_.name());
  EXPECT_EQ(merged.decider(), head_.name());
  std::map<std::string, std::string> moves;
  for (const v1::MergeMove& move : merged.moves()) moves[move.resource()] = move.paths();
  EXPECT_EQ(moves[contact.name()], "account");
  EXPECT_EQ(moves[deal->name()], "account");
  EXPECT_EQ(moves[child->name()], "parent");
  EXPECT_EQ(ContactNow(contact.name()).account(), account_.name());
  EXPECT_EQ(AccountNow(child->name()).parent(), account_.name());

  const Account closed = AccountNow(duplicate_.name());
  EXPECT_EQ(closed.state(), v1::ACCOUNT_STATE_CLOSED);
  EXPECT_THAT(closed.state_reason(), ::testing::HasSubstr(account_.name()));
  EXPECT_EQ(closed.owner(), "");
  // The firm is found under the names of both, as the one account; whoever may see the account sees what the other
  // services keep under the closed file.
  const auto known = Known(kax_, duplicate_.legal_name());
  EXPECT_EQ(known.result(), v1::DUPLICATE_RESULT_EXISTS_YOURS);
  EXPECT_EQ(known.account(), account_.name());
  EXPECT_EQ(Scopes(account_.name()), (std::map<std::string, std::string>{{account_.name(), seller_.name()},
                                                                         {duplicate_.name(), seller_.name()}}));
  v1::TransferOwnerRequest transfer;
  transfer.set_name(account_.name());
  transfer.set_successor(other_.name());
  transfer.set_reason("调整");
  ASSERT_THAT(world_.Call<Account>(gam_, "kam.account.v1.AccountService/TransferOwner", transfer), IsOk());
  EXPECT_EQ(Scopes(account_.name())[duplicate_.name()], other_.name());
  // What a call that had begun before still wrote to the closed file is followed up, once and again.
  world_.harness().clock().Set(start_ + absl::Minutes(Policy().merge_sweep_minutes) + absl::Seconds(1));
  world_.RunDue();
  const v1::Contact late = AddContact(gam_, account_.name(), "李女士");
  world_.harness().db().Execute(absl::StrCat("UPDATE contacts SET account = '", IdOf(duplicate_.name()),
                                             "' WHERE id = '", IdOf(late.name()), "'"));
  world_.harness().clock().Set(start_ + absl::Hours(Policy().merge_sweep_hours + 1));
  world_.RunDue();
  EXPECT_EQ(ContactNow(late.name()).account(), account_.name());
}

// A-07
TEST_F(MergeTest, AMergeTakesTwoAndWhatIsOpenEndsFirst) {
  EXPECT_THAT(Propose(kax_, account_.name(), duplicate_.name()), StatusIs(absl::StatusCode::kPermissionDenied));
  EXPECT_THAT(Propose(kam_, account_.name(), account_.name()), HasReason("MERGE_WITH_ITSELF"));
  const Account free = world_.AddAccount(kax_);
  EXPECT_THAT(Propose(kam_, free.name(), duplicate_.name()), HasReason("MERGE_OWNER_MISSING"));
  const auto stranger = world_.As(world_.AddEmployee("KAM", world_.AddDepartment().name()), "KAM");
  EXPECT_THAT(Propose(stranger, account_.name(), duplicate_.name()), HasReason("REFERENCE_NOT_FOUND"));

  const auto proposed = Propose(kam_, account_.name(), duplicate_.name());
  ASSERT_THAT(proposed, IsOk());
  EXPECT_THAT(Propose(gam_, account_.name(), duplicate_.name()), HasReason("MERGE_PROPOSED"));
  EXPECT_THAT(Approve(kam_, *proposed), HasReason("SEPARATION_OF_DUTIES"));
  v1::StartAccountHandoverRequest start;
  start.set_account(duplicate_.name());
  start.set_receiver(seller_.name());
  start.set_reason("离职交接");
  const auto handover =
      world_.Call<v1::AccountHandover>(gam_, "kam.account.v1.AccountHandoverService/StartAccountHandover", start);
  ASSERT_THAT(handover, IsOk());
  const auto blocked = Approve(gam_, *proposed);
  EXPECT_THAT(blocked, HasReason("MERGE_BLOCKED"));
  EXPECT_THAT(blocked.status().message(), ::testing::HasSubstr(handover->name()));
  v1::CancelAccountHandoverRequest cancel;
  cancel.set_name(handover->name());
  cancel.set_reason("合并");
  ASSERT_THAT(
      world_.Call<v1::AccountHandover>(gam_, "kam.account.v1.AccountHandoverService/CancelAccountHandover", cancel),
      IsOk());
  world_.harness().db().Execute(absl::StrCat("UPDATE accounts SET parent = '", IdOf(duplicate_.name()),
                                             "' WHERE id = '", IdOf(account_.name()), "'"));
  EXPECT_THAT(Approve(gam_, *proposed), HasReason("MERGE_ABOVE"));
  world_.harness().db().Execute(
      absl::StrCat("UPDATE accounts SET parent = NULL WHERE id = '", IdOf(account_.name()), "'"));

  v1::RejectAccountMergeRequest reject;
  reject.set_name(proposed->name());
  reject.set_etag(proposed->etag());
  reject.set_decision("资料不足");
  const auto rejected = world_.Call<AccountMerge>(gam_, absl::StrCat(kMerges, "RejectAccountMerge"), reject);
  ASSERT_THAT(rejected, IsOk());
  EXPECT_EQ(rejected->state(), v1::ACCOUNT_MERGE_STATE_REJECTED);
  EXPECT_THAT(Approve(gam_, *rejected), HasReason("STATE_NOT_ALLOWED"));
  EXPECT_EQ(AccountNow(duplicate_.name()).state(), duplicate_.state());
}

// A-06, A-07: an account is of so many files at most as the other services take in one question, those of the duplicate
// counted.
TEST_F(MergeTest, AnAccountIsOfSoManyFilesAtMost) {
  const auto merge = [&](const std::string& account, const std::string& duplicate) {
    const auto proposed = Propose(kam_, account, duplicate);
    EXPECT_THAT(proposed, IsOk());
    return proposed.ok() ? Approve(gam_, *proposed).status() : proposed.status();
  };
  const auto small = [&] {
    const Account account = world_.AddAccount(kax2_);
    return world_.Assign(gam_, account.name(), other_.name()).name();
  };
  // 498 files that were merged into the account long ago.
  constexpr char kIds[] = "CONCAT('9', LPAD(s.seq, 25, '0'))";
  auto& db = world_.harness().db();
  db.Execute(absl::StrCat(
      "INSERT INTO accounts (id, version, create_time, update_time, creator, updater, legal_name, opening_date, state) "
      "SELECT ",
      kIds,
      ", 1, '2020-01-01', '2020-01-01', 'x', 'x', CONCAT('旧档', s.seq), '2020-01-01', 'CLOSED' FROM seq_1_to_498 s"));
  db.Execute(absl::StrCat(
      "INSERT INTO account_merges (id, version, create_time, update_time, creator, updater, account, duplicate, "
      "merge_reason, evidence, state) SELECT ",
      kIds, ", 1, '2020-01-01', '2020-01-01', 'x', 'x', '", IdOf(account_.name()), "', ", kIds,
      ", '同一单位', '营业执照', 'MERGED' FROM seq_1_to_498 s"));
  ASSERT_THAT(merge(duplicate_.name(), small()), IsOk());
  ASSERT_THAT(merge(account_.name(), small()), IsOk());
  const absl::Status refused = merge(account_.name(), duplicate_.name());
  EXPECT_THAT(refused, HasReason("MERGE_TOO_LARGE"));
  EXPECT_EQ(MetadataValue(refused, "limit"), "500");
  EXPECT_EQ(MetadataValue(refused, "collection"), "accounts");
  EXPECT_THAT(merge(account_.name(), small()), IsOk()) << "one more alone has room";
  db.Execute(absl::StrCat("DELETE FROM account_merges WHERE create_time = '2020-01-01' AND account = '",
                          IdOf(account_.name()), "'"));
  db.Execute("DELETE FROM accounts WHERE create_time = '2020-01-01' AND id LIKE '90000%'");
}

// A-07
TEST_F(MergeTest, AnUndoRestoresExactly) {
  const v1::Contact contact = AddContact(kax2_, duplicate_.name(), "王先生");
  const v1::Contact own = AddContact(kax_, account_.name(), "李女士");
  const Account before = AccountNow(duplicate_.name());
  const Account whole = AccountNow(account_.name());
  const AccountMerge merged = Merged();
  const auto undone = Undo(gam_, merged);
  ASSERT_THAT(undone, IsOk());
  EXPECT_EQ(undone->state(), v1::ACCOUNT_MERGE_STATE_UNDONE);
  ExpectSame(before, AccountNow(duplicate_.name()));
  ExpectSame(whole, AccountNow(account_.name()));
  ExpectSame(contact, ContactNow(contact.name()));
  ExpectSame(own, ContactNow(own.name()));
  EXPECT_EQ(Scopes(account_.name()), (std::map<std::string, std::string>{{account_.name(), seller_.name()}}));
  EXPECT_EQ(Scopes(duplicate_.name())[duplicate_.name()], other_.name());
  EXPECT_EQ(Known(kax2_, duplicate_.legal_name()).account(), duplicate_.name());
  EXPECT_THAT(Undo(gam_, merged), HasReason("STATE_NOT_ALLOWED"));
  // And once more.
  const AccountMerge again = Merged();
  EXPECT_EQ(again.state(), v1::ACCOUNT_MERGE_STATE_MERGED);
  EXPECT_THAT(Undo(gam_, again), IsOk());
}

// A-07, G-03: a file that nobody owned is its maker's again, and of the owner of the other file no more. Somebody who
// sees the files of a department lists it all the time, once.
TEST_F(MergeTest, AFreeFileIsItsMakersAgainAfterAnUndo) {
  const Account free = world_.AddAccount(kax2_);
  const auto sees = [&](const auth::Principal& who) {
    return Get<Account>(who, "kam.account.v1.AccountService/GetAccount", free.name()).ok();
  };
  const auto listed = [&] {
    kam::api::ListRequest request;
    request.set_filter(absl::StrCat("legal_name = \"", free.legal_name(), "\""));
    const auto page =
        world_.Call<v1::ListAccountsResponse>(kam_, "kam.account.v1.AccountService/ListAccounts", request);
    EXPECT_THAT(page, IsOk());
    return page.ok() ? page->accounts_size() : -1;
  };
  ASSERT_EQ(kam_.LevelFor("account.read"), auth::Level::kDepartment);
  EXPECT_TRUE(sees(kax2_) && !sees(kax_));
  EXPECT_EQ(listed(), 1);
  const auto proposed = Propose(kam_, account_.name(), free.name());
  ASSERT_THAT(proposed, IsOk());
  const auto merged = Approve(gam_, *proposed);
  ASSERT_THAT(merged, IsOk());
  EXPECT_TRUE(sees(kax_) && !sees(kax2_));
  EXPECT_EQ(listed(), 1);
  ASSERT_THAT(Undo(gam_, *merged), IsOk());
  EXPECT_TRUE(sees(kax2_) && !sees(kax_));
  EXPECT_EQ(listed(), 1);
}

// A-07, G-03: a file that is part of one that is merged goes along, and comes back along.
TEST_F(MergeTest, APartIsSeenByWhoeverHasTheWhole) {
  const Account part = world_.AddAccount(kax2_);
  const auto sees = [&](const auth::Principal& who) {
    return Get<Account>(who, "kam.account.v1.AccountService/GetAccount", part.name()).ok();
  };
  const auto proposed = Propose(kam_, duplicate_.name(), part.name());
  ASSERT_THAT(proposed, IsOk());
  ASSERT_THAT(Approve(gam_, *proposed), IsOk());
  EXPECT_TRUE(sees(kax2_) && !sees(kax_));
  const AccountMerge merged = Merged();
  EXPECT_TRUE(sees(kax_) && !sees(kax2_));
  ASSERT_THAT(Undo(gam_, merged), IsOk());
  EXPECT_TRUE(sees(kax2_) && !sees(kax_));
}

// A-07
TEST_F(MergeTest, WhatStandsInTheWayOfAnUndoIsNamed) {
  const v1::Contact contact = AddContact(kax2_, duplicate_.name(), "王先生");
  const AccountMerge merged = Merged();
  const Account third = world_.AddAccount(kax_);
  const auto give_to = [&](const std::string& account) {
    world_.harness().db().Execute(
        absl::StrCat("UPDATE contacts SET account = '", IdOf(account), "' WHERE id = '", IdOf(contact.name()), "'"));
  };
  give_to(third.name());
  const auto blocked = Undo(gam_, merged);
  EXPECT_THAT(blocked, HasReason("MERGE_UNDO_BLOCKED"));
  EXPECT_THAT(blocked.status().message(), ::testing::HasSubstr(contact.name()));
  EXPECT_EQ(AccountNow(duplicate_.name()).state(), v1::ACCOUNT_STATE_CLOSED);
  give_to(account_.name());
  world_.harness().clock().Set(start_ + absl::Hours(24) * Policy().merge_undo_days + absl::Seconds(1));
  EXPECT_THAT(Undo(gam_, merged), HasReason("MERGE_UNDO_EXPIRED"));
  world_.harness().clock().Set(start_);
  EXPECT_THAT(Undo(gam_, merged), IsOk());
}

// A-07: whoever writes to the duplicate while it is merged is either refused or followed up.
TEST_F(MergeTest, WhatIsWrittenDuringAMergeIsNotLost) {
  const auto proposed = Propose(kam_, account_.name(), duplicate_.name());
  ASSERT_THAT(proposed, IsOk());
  std::atomic<int> written = 0;
  std::atomic<bool> done = false;
  std::vector<std::thread> writers;
  writers.reserve(6);
  for (int writer = 0; writer < 6; ++writer) {
    writers.emplace_back([&, writer] {
      for (int i = 0; i < 40 && !done; ++i) {
        if (TryContact(gam_, duplicate_.name(), absl::StrCat("联系人", writer, "-", i)).ok()) ++written;
      }
    });
  }
  while (written < 5) std::this_thread::yield();
  auto merged = Approve(gam_, *proposed);
  // Others write all the time: whoever lost to them too often is told to ask again.
  while (absl::IsAborted(merged.status())) merged = Approve(gam_, *proposed);
  done = true;
  for (std::thread& writer : writers) writer.join();
  ASSERT_THAT(merged, IsOk());
  world_.harness().clock().Set(start_ + absl::Minutes(Policy().merge_sweep_minutes) + absl::Seconds(1));
  world_.RunDue();
  const auto count = [&](const std::string& account) {
    kam::api::ListRequest request;
    request.set_filter(absl::StrCat("account = \"", account, "\""));
    request.set_show_total(true);
    const auto list =
        world_.Call<v1::ListContactsResponse>(gam_, "kam.account.v1.ContactService/ListContacts", request);
    EXPECT_THAT(list, IsOk());
    return list.ok() ? list->total_size() : -1;
  };
  EXPECT_EQ(count(duplicate_.name()), 0);
  EXPECT_EQ(count(account_.name()), written.load());
  const auto now = Get<AccountMerge>(gam_, absl::StrCat(kMerges, "GetAccountMerge"), merged->name());
  ASSERT_THAT(now, IsOk());
  EXPECT_EQ(now->moves_size(), written.load());
  // What came late goes back with the rest.
  ASSERT_THAT(Undo(gam_, *merged), IsOk());
  EXPECT_EQ(count(duplicate_.name()), written.load());
}

// What contract-svc keeps under the file that was closed, after two files became one.
class MergedBusinessTest : public MergeTest {
 protected:
  MergedBusinessTest() {
    world_.contract_svc = [this](absl::string_view method, const google::protobuf::Message& request,
                                 google::protobuf::Message* response) {
      if (absl::EndsWith(method, "ListOpenContractBusiness")) {
        const auto& asked = static_cast<const business::v1::ListOpenBusinessRequest&>(request);
        for (const std::string& account : asked.accounts()) {
          if (account != duplicate_.name()) continue;
          auto* item = static_cast<business::v1::ListOpenBusinessResponse*>(response)->add_items();
          item->set_account(account);
          item->set_kind("CONTRACT");
          item->set_name(kContract);
        }
      } else if (absl::EndsWith(method, "BatchGetContractFigures")) {
        const auto& asked = static_cast<const business::v1::BatchGetFiguresRequest&>(request);
        for (const std::string& account : asked.accounts()) {
          if (account != duplicate_.name() || last_order_.empty()) continue;
          auto* figures = static_cast<business::v1::BatchGetContractFiguresResponse*>(response)->add_accounts();
          figures->set_account(account);
          figures->set_last_order_date(last_order_);
        }
      } else {
        const auto& asked = static_cast<const business::v1::ListDealingsRequest&>(request);
        for (const std::string& kind : asked.kinds()) {
          auto* part = static_cast<business::v1::ListDealingsResponse*>(response)->add_parts();
          part->set_kind(kind);
          if (kind != "ORDER" ||
              std::find(asked.parts().begin(), asked.parts().end(), duplicate_.name()) == asked.parts().end()) {
            continue;
          }
          auto* dealing = part->add_dealings();
          dealing->set_name("orders/1");
          dealing->set_content(R"({"name":"orders/1"})");
        }
      }
      return absl::OkStatus();
    };
  }
  ~MergedBusinessTest() override { world_.contract_svc = world_.aftersales_svc; }

  static constexpr char kContract[] = "contracts/01m8091f07w5qzpbrn7a310reg";
  absl::StatusOr<Account> Claim(const auth::Principal& who) {
    v1::ClaimAccountRequest request;
    request.set_name(account_.name());
    request.set_reason("初次拜访");
    request.set_evidence("拜访记录");
    return world_.Call<Account>(who, "kam.account.v1.AccountService/ClaimAccount", request);
  }
  std::string last_order_;
};

// A-07: both sides sign a list with what goes on under the file that was closed.
TEST_F(MergedBusinessTest, TheHandOverListsIt) {
  const AccountMerge merge = Merged();
  v1::TransferOwnerRequest transfer;
  transfer.set_name(account_.name());
  transfer.set_successor(other_.name());
  transfer.set_reason("调整");
  ASSERT_THAT(world_.Call<Account>(gam_, "kam.account.v1.AccountService/TransferOwner", transfer), IsOk());
  kam::api::ListRequest list;
  list.set_filter(absl::StrCat("account = \"", account_.name(), "\""));
  const auto handovers = world_.Call<v1::ListAccountHandoversResponse>(
      gam_, "kam.account.v1.AccountHandoverService/ListAccountHandovers", list);
  ASSERT_THAT(handovers, IsOk());
  ASSERT_EQ(handovers->account_handovers_size(), 1);
  std::vector<std::string> resources;
  for (const v1::HandoverItem& item : handovers->account_handovers(0).items()) resources.push_back(item.resource());
  EXPECT_THAT(resources, ::testing::Contains(kContract));
}

// A-07: an order under the contract of the closed file is a deal: nobody else claims the account, and it is not lost.
TEST_F(MergedBusinessTest, ItsOrdersKeepTheAccount) {
  Merged();
  last_order_ = "2026-02-01";
  for (const int day : {100, 200}) {
    world_.harness().clock().Set(start_ + absl::Hours(24) * day);
    world_.RunDue();
  }
  EXPECT_EQ(AccountNow(account_.name()).owner(), seller_.name());
  EXPECT_THAT(Claim(kax2_), HasReason("ACCOUNT_IN_BUSINESS"));
  last_order_ = "";
  world_.harness().clock().Set(start_ + absl::Hours(24) * 201);
  EXPECT_THAT(Claim(kax2_), IsOk()) << "without an order it is free";
}

// A-01, A-07: the file does not close over a contract that binds us, and is archived with what was ordered.
TEST_F(MergedBusinessTest, TheFileDoesNotCloseOverItAndTheArchiveHasIt) {
  Merged();
  v1::CloseAccountRequest close;
  close.set_name(account_.name());
  close.set_reason("歇业");
  const auto refused = world_.Call<Account>(gam_, "kam.account.v1.AccountService/CloseAccount", close);
  EXPECT_THAT(refused, HasReason("OPEN_BUSINESS"));
  EXPECT_EQ(MetadataValue(refused.status(), "open"), "CONTRACT 1");
  v1::TakeAccountSnapshotRequest take;
  take.set_account(account_.name());
  const auto snapshot = world_.Call<v1::AccountSnapshot>(
      world_.As(world_.AddEmployee("KAPM"), "KAPM"), "kam.account.v1.AccountSnapshotService/TakeAccountSnapshot", take);
  ASSERT_THAT(snapshot, IsOk());
  int64_t orders = 0;
  for (const v1::SnapshotSection& section : snapshot->sections()) {
    if (section.section() == "orders") orders = section.rows();
  }
  EXPECT_EQ(orders, 1);
}

// A-15: a customer who orders under the closed file is not called as one who sleeps.
TEST_F(MergedBusinessTest, ItsOrdersAreActivity) {
  Merged();
  world_.harness().db().Execute(
      absl::StrCat("UPDATE accounts SET state = 'ACTIVE', opening_date = '2024-01-01' WHERE "
                   "id = '",
                   IdOf(account_.name()), "'"));
  const auto inactive = [&] {
    v1::ListInactiveAccountsRequest request;
    request.set_page_size(200);
    request.set_owner(seller_.name());
    const auto list = world_.Call<v1::ListInactiveAccountsResponse>(
        gam_, "kam.account.v1.AccountUsageService/ListInactiveAccounts", request);
    EXPECT_THAT(list, IsOk());
    return list.ok() ? list->accounts_size() : -1;
  };
  EXPECT_EQ(inactive(), 1);
  last_order_ = "2026-01-03";
  EXPECT_EQ(inactive(), 0);
}

}  // namespace
}  // namespace kam::account
