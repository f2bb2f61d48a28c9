// Who owns which account, over real gRPC and a real database.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "account-svc/context.h"
#include "account-svc/testing/account_fixture.h"
#include "common/testing/matchers.h"
#include "kam/account/v1/account_ownership_service.pb.h"
#include "kam/account/v1/account_scope_service.pb.h"
#include "kam/account/v1/account_service.pb.h"
#include "kam/account/v1/contact_service.pb.h"
#include "kam/account/v1/opportunity_service.pb.h"
#include "kam/api/standard.pb.h"
#include "kam/organization/v1/employee_service.pb.h"

namespace kam::account {
namespace {

using testing::HasReason;
using testing::IsOk;
using testing::StatusIs;
using v1::Account;

std::string Method(absl::string_view verb) { return absl::StrCat("kam.account.v1.AccountService/", verb); }

class OwnershipTest : public ::testing::Test {
 protected:
  OwnershipTest()
      : world_(World::Get()),
        department_(world_.AddDepartment()),
        head_(world_.AddEmployee("GAM", department_.name())),
        seller_(world_.AddEmployee("KAX", department_.name(), {head_.name()})),
        other_(world_.AddEmployee("KAX", department_.name(), {head_.name()})),
        gam_(world_.As(head_, "GAM")),
        kax_(world_.As(seller_, "KAX")),
        kax2_(world_.As(other_, "KAX")) {}

  absl::StatusOr<Account> TryAssign(const std::string& account, const std::string& employee,
                                    v1::OwnershipKind kind = v1::OWNERSHIP_KIND_OWNER, int days = 0) {
    v1::AssignOwnerRequest request;
    request.set_name(account);
    request.set_employee(employee);
    request.set_kind(kind);
    request.set_protection_days(days);
    request.set_reason("分派");
    return world_.Call<Account>(gam_, Method("AssignOwner"), request);
  }
  absl::StatusOr<Account> Release(const std::string& account, v1::OwnershipKind kind = v1::OWNERSHIP_KIND_OWNER,
                                  const std::string& employee = {}) {
    v1::ReleaseOwnerRequest request;
    request.set_name(account);
    request.set_kind(kind);
    request.set_employee(employee);
    request.set_reason("释放");
    request.set_evidence("客户来函");
    return world_.Call<Account>(gam_, Method("ReleaseOwner"), request);
  }
  absl::StatusOr<Account> Transfer(const std::string& account, const std::string& successor) {
    v1::TransferOwnerRequest request;
    request.set_name(account);
    request.set_successor(successor);
    request.set_reason("离职交接");
    request.set_evidence("交接单");
    return world_.Call<Account>(gam_, Method("TransferOwner"), request);
  }
  // But for the report of whoever made the file.
  std::vector<v1::AccountOwnership> Rows(const std::string& account) {
    kam::api::ListRequest request;
    request.set_filter(absl::StrCat("kind != REPORTED AND account = \"", account, "\""));
    request.set_page_size(100);
    const auto list = world_.Call<v1::ListAccountOwnershipsResponse>(
        gam_, "kam.account.v1.AccountOwnershipService/ListAccountOwnerships", request);
    EXPECT_THAT(list, IsOk());
    if (!list.ok()) return {};
    return {list->account_ownerships().begin(), list->account_ownerships().end()};
  }

  World& world_;
  organization::v1::Department department_;
  organization::v1::Employee head_, seller_, other_;
  auth::Principal gam_, kax_, kax2_;
};

TEST_F(OwnershipTest, AnAccountIsGivenProtectedAndReleased) {
  const Account account = world_.AddAccount(gam_);
  const auto assigned = TryAssign(account.name(), seller_.name(), v1::OWNERSHIP_KIND_OWNER, 30);
  ASSERT_THAT(assigned, IsOk());
  EXPECT_EQ(assigned->owner(), seller_.name());
  const absl::Time now = world_.harness().clock().Now();
  EXPECT_EQ(assigned->protected_until().seconds(), absl::ToUnixSeconds(now + absl::Hours(24 * 30)));
  ASSERT_EQ(Rows(account.name()).size(), 1u);
  EXPECT_EQ(Rows(account.name())[0].state(), v1::OWNERSHIP_STATE_ACTIVE);
  EXPECT_EQ(Rows(account.name())[0].creator(), head_.name());
  // The owner sees it now.
  kam::api::GetRequest get;
  get.set_name(account.name());
  EXPECT_THAT(world_.Call<Account>(kax_, Method("GetAccount"), get), IsOk());
  const auto released = Release(account.name());
  ASSERT_THAT(released, IsOk());
  EXPECT_EQ(released->owner(), "");
  EXPECT_FALSE(released->has_protected_until());
  EXPECT_EQ(Rows(account.name())[0].state(), v1::OWNERSHIP_STATE_RELEASED);
  EXPECT_EQ(Rows(account.name())[0].end_reason(), "释放");
  EXPECT_EQ(Rows(account.name())[0].end_evidence(), "客户来函");
  EXPECT_THAT(world_.Call<Account>(kax_, Method("GetAccount"), get), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(Release(account.name()), HasReason("OWNER_MISSING"));
}

TEST_F(OwnershipTest, OnlyThoseWithTheRightAssign) {
  const Account account = world_.AddAccount(kax_);
  v1::AssignOwnerRequest request;
  request.set_name(account.name());
  request.set_employee(seller_.name());
  request.set_reason("自取");
  EXPECT_THAT(world_.Call<Account>(kax_, Method("AssignOwner"), request),
              StatusIs(absl::StatusCode::kPermissionDenied));
}

// no poaching from above: what a superior releases he does not assign to himself, he gives to his own people
// only, and only to those whose role works accounts.
TEST_F(OwnershipTest, ASuperiorGivesToHisOwnPeopleAndNotToHimself) {
  const Account account = world_.AddAccount(gam_);
  ASSERT_THAT(TryAssign(account.name(), seller_.name()), IsOk());
  const auto elsewhere = world_.AddEmployee("KAX", world_.AddDepartment().name());
  EXPECT_THAT(Transfer(account.name(), elsewhere.name()), HasReason("OUT_OF_SCOPE"));
  const auto keeper = world_.AddEmployee("WH", department_.name(), {head_.name()});
  EXPECT_THAT(Transfer(account.name(), keeper.name()), HasReason("OWNER_ROLE_REQUIRED"));
  ASSERT_THAT(Release(account.name()), IsOk());
  EXPECT_THAT(TryAssign(account.name(), head_.name()), HasReason("SEPARATION_OF_DUTIES"));
  EXPECT_THAT(TryAssign(account.name(), head_.name(), v1::OWNERSHIP_KIND_PROTECTED), HasReason("SEPARATION_OF_DUTIES"));
  EXPECT_THAT(TryAssign(account.name(), elsewhere.name()), HasReason("OUT_OF_SCOPE"));
  EXPECT_THAT(TryAssign(account.name(), keeper.name()), HasReason("OWNER_ROLE_REQUIRED"));
  EXPECT_THAT(TryAssign(account.name(), keeper.name(), v1::OWNERSHIP_KIND_CO_OWNER), IsOk());
  // A team leader gives to his team.
  const auto lead = world_.AddEmployee("BDS", department_.name(), {head_.name()});
  const Account own = world_.AddAccount(world_.As(lead, "BDS"));
  v1::AssignOwnerRequest request;
  request.set_name(own.name());
  request.set_employee(other_.name());
  request.set_reason("分派");
  const auto without = world_.As(lead, "BDS", {IdOf(seller_.name())});
  EXPECT_THAT(world_.Call<Account>(without, Method("AssignOwner"), request), HasReason("OUT_OF_SCOPE"));
  const auto with = world_.As(lead, "BDS", {IdOf(other_.name())});
  EXPECT_THAT(world_.Call<Account>(with, Method("AssignOwner"), request), IsOk());
}

TEST_F(OwnershipTest, ThereIsOneOwnerAtATime) {
  const Account account = world_.AddAccount(gam_);
  ASSERT_THAT(TryAssign(account.name(), seller_.name()), IsOk());
  EXPECT_THAT(TryAssign(account.name(), other_.name()), HasReason("OWNER_EXISTS"));
  EXPECT_THAT(TryAssign(account.name(), other_.name(), v1::OWNERSHIP_KIND_PROTECTED), HasReason("OWNER_EXISTS"));
  ASSERT_THAT(TryAssign(account.name(), other_.name(), v1::OWNERSHIP_KIND_CO_OWNER), IsOk());
  EXPECT_THAT(TryAssign(account.name(), other_.name(), v1::OWNERSHIP_KIND_CO_OWNER), HasReason("OWNERSHIP_EXISTS"));
  EXPECT_THAT(Release(account.name(), v1::OWNERSHIP_KIND_CO_OWNER), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(Release(account.name(), v1::OWNERSHIP_KIND_CO_OWNER, other_.name()), IsOk());
}

// A-07, G-03: whoever works an account together with its owner sees it and what belongs to it, as long as he does.
TEST_F(OwnershipTest, ACoOwnerSeesTheAccountWhileHeIsOne) {
  const Account account = world_.AddAccount(gam_);
  ASSERT_THAT(TryAssign(account.name(), seller_.name()), IsOk());
  world_.AddContact(kax_, account.name());
  kam::api::GetRequest get;
  get.set_name(account.name());
  const auto contacts = [&](const auth::Principal& reader) {
    kam::api::ListRequest list;
    list.set_filter(absl::StrCat("account = \"", account.name(), "\""));
    const auto page = world_.Call<v1::ListContactsResponse>(reader, "kam.account.v1.ContactService/ListContacts", list);
    EXPECT_THAT(page, IsOk());
    return page.ok() ? page->contacts_size() : -1;
  };
  const auto scope = [&] {
    v1::BatchGetAccountScopesRequest request;
    request.add_names(account.name());
    const auto answer = world_.Call<v1::BatchGetAccountScopesResponse>(
        testing::Harness::Program("contract-svc", {"account.scope.resolve"}),
        "kam.account.v1.AccountScopeService/BatchGetAccountScopes", request);
    EXPECT_THAT(answer, IsOk());
    return answer.ok() ? answer->scopes(0) : v1::AccountScope();
  };
  EXPECT_THAT(world_.Call<Account>(kax2_, Method("GetAccount"), get), StatusIs(absl::StatusCode::kNotFound));
  const int64_t before = scope().version();
  const auto shared = TryAssign(account.name(), other_.name(), v1::OWNERSHIP_KIND_CO_OWNER);
  ASSERT_THAT(shared, IsOk());
  EXPECT_THAT(shared->co_owners(), ::testing::ElementsAre(other_.name()));
  EXPECT_THAT(world_.Call<Account>(kax2_, Method("GetAccount"), get), IsOk());
  EXPECT_EQ(contacts(kax2_), 1);
  // The team of a supervisor reaches what his people work together with others.
  const auth::Principal leader = world_.As(world_.AddEmployee("BDS"), "BDS", {IdOf(other_.name())});
  EXPECT_THAT(world_.Call<Account>(leader, Method("GetAccount"), get), IsOk());
  EXPECT_THAT(scope().co_owners(), ::testing::ElementsAre(other_.name()));
  EXPECT_GT(scope().version(), before) << "replicas must learn of it";
  kam::api::ListRequest mine;
  mine.set_filter(absl::StrCat("co_owners:\"", other_.name(), "\""));
  const auto worked = world_.Call<v1::ListAccountsResponse>(kax2_, Method("ListAccounts"), mine);
  ASSERT_THAT(worked, IsOk());
  EXPECT_EQ(worked->accounts_size(), 1);

  ASSERT_THAT(Release(account.name(), v1::OWNERSHIP_KIND_CO_OWNER, other_.name()), IsOk());
  EXPECT_THAT(world_.Call<Account>(kax2_, Method("GetAccount"), get), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_EQ(contacts(kax2_), 0);
  // A co-owner who becomes the owner is no co-owner any more.
  ASSERT_THAT(TryAssign(account.name(), other_.name(), v1::OWNERSHIP_KIND_CO_OWNER), IsOk());
  const auto moved = Transfer(account.name(), other_.name());
  ASSERT_THAT(moved, IsOk());
  EXPECT_EQ(moved->co_owners_size(), 0);
  EXPECT_EQ(scope().co_owners_size(), 0);
}

// nobody keeps a seat beside the one he has lost: a co-owner who is made the owner is co-owner no more, also by
// an import, and an owner is no co-owner of his own account.
TEST_F(OwnershipTest, ACoOwnerWhoBecomesTheOwnerKeepsNoSecondSeat) {
  const Account account = world_.AddAccount(gam_);
  ASSERT_THAT(TryAssign(account.name(), seller_.name(), v1::OWNERSHIP_KIND_CO_OWNER), IsOk());
  const auto owned = TryAssign(account.name(), seller_.name());
  ASSERT_THAT(owned, IsOk());
  EXPECT_EQ(owned->co_owners_size(), 0);
  EXPECT_THAT(TryAssign(account.name(), seller_.name(), v1::OWNERSHIP_KIND_CO_OWNER), HasReason("OWNERSHIP_EXISTS"));
  ASSERT_THAT(Transfer(account.name(), other_.name()), IsOk());
  kam::api::GetRequest get;
  get.set_name(account.name());
  EXPECT_THAT(world_.Call<Account>(kax_, Method("GetAccount"), get), StatusIs(absl::StatusCode::kNotFound));

  auth::Principal importer = gam_;
  importer.grants["account.import"] = auth::Level::kAll;
  v1::BatchUpsertAccountsRequest import;
  *import.add_accounts() = world_.CompleteDraft();
  import.mutable_accounts(0)->add_external_ids()->set_system("erp");
  import.mutable_accounts(0)->mutable_external_ids(0)->set_id(IdOf(account.name()));
  const auto upsert = [&]() -> std::string {
    const auto answer = world_.Call<kam::api::BatchUpsertResponse>(importer, Method("BatchUpsertAccounts"), import);
    EXPECT_THAT(answer, IsOk());
    if (!answer.ok()) return "";
    EXPECT_EQ(answer->results(0).status().code(), 0) << answer->results(0).status().message();
    return answer->results(0).name();
  };
  const std::string imported = upsert();
  ASSERT_THAT(TryAssign(imported, seller_.name(), v1::OWNERSHIP_KIND_CO_OWNER), IsOk());
  import.mutable_accounts(0)->set_owner(seller_.name());
  EXPECT_EQ(upsert(), imported);
  ASSERT_THAT(Transfer(imported, other_.name()), IsOk());
  get.set_name(imported);
  EXPECT_THAT(world_.Call<Account>(kax_, Method("GetAccount"), get), StatusIs(absl::StatusCode::kNotFound));
}

// an account with people at it is not put into the archive, where nobody could release them. What was due for the
// owner of one that is there already waits until it comes back.
TEST_F(OwnershipTest, AnOwnedAccountIsNotArchived) {
  const Account account = world_.AddAccount(gam_);
  ASSERT_THAT(TryAssign(account.name(), seller_.name()), IsOk());
  kam::api::ArchiveRequest archive;
  archive.set_name(account.name());
  EXPECT_THAT(world_.Call<Account>(gam_, Method("ArchiveAccount"), archive), HasReason("OWNER_EXISTS"));
  const std::string row = IdOf(Rows(account.name())[0].name());
  world_.harness().db().Execute(
      absl::StrCat("UPDATE accounts SET archive_time = '2026-01-05 00:00:00' WHERE id = '", IdOf(account.name()), "'"));
  const auto waiting = [&] {
    return world_.harness()
        .db()
        .Get(absl::StrCat("SELECT COUNT(resource) FROM due_items WHERE done_time IS NULL AND kind = "
                          "'ownership.release' AND resource = 'accountOwnerships/",
                          row, "'"))
        .integer();
  };
  EXPECT_EQ(waiting(), 1);
  world_.harness().db().Execute(
      absl::StrCat("UPDATE due_items SET due_time = '2026-01-04 00:00:00', not_before = '2026-01-04 00:00:00' WHERE "
                   "done_time IS NULL AND resource = 'accountOwnerships/",
                   row, "'"));
  world_.RunDue();
  EXPECT_EQ(waiting(), 0);
  kam::api::RestoreRequest restore;
  restore.set_name(account.name());
  ASSERT_THAT(world_.Call<Account>(gam_, Method("RestoreAccount"), restore), IsOk());
  EXPECT_EQ(waiting(), 1);
  ASSERT_THAT(Release(account.name()), IsOk());
  EXPECT_THAT(world_.Call<Account>(gam_, Method("ArchiveAccount"), archive), IsOk());
}

// The database itself refuses a second active owner.
TEST_F(OwnershipTest, TheUniqueKeyStandsBehindTheRule) {
  const Account account = world_.AddAccount(gam_);
  ASSERT_THAT(TryAssign(account.name(), seller_.name()), IsOk());
  const std::string copy = absl::StrCat(
      "INSERT INTO account_ownerships (id, version, create_time, update_time, creator, updater, account, employee, "
      "kind, state, since_time) SELECT '",
      world_.harness().NewId(), "', version, create_time, update_time, creator, updater, account, '",
      IdOf(other_.name()), "', kind, state, since_time FROM account_ownerships WHERE kind = 'OWNER' AND account = '",
      IdOf(account.name()), "'");
  const absl::Status second = world_.harness().db().database().Run(
      absl::InfiniteFuture(), [&](mysql::Connection& connection) { return connection.Execute(copy).status(); });
  std::string key;
  EXPECT_TRUE(mysql::IsDuplicateKey(second, &key)) << second;
  EXPECT_EQ(key, "account_ownerships_active_owner");
}

// several at a time, one wins.
TEST_F(OwnershipTest, OfManyAssignmentsAtATimeOneWins) {
  const Account account = world_.AddAccount(gam_);
  constexpr size_t kCalls = 8;
  std::atomic<int> won = 0;
  std::vector<std::thread> threads;
  threads.reserve(kCalls);
  for (size_t i = 0; i < kCalls; ++i) {
    threads.emplace_back([&, i] {
      const auto result = TryAssign(account.name(), i % 2 == 0 ? seller_.name() : other_.name());
      if (result.ok()) {
        ++won;
      } else {
        EXPECT_THAT(result, HasReason("OWNER_EXISTS"));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(won, 1);
  ASSERT_EQ(Rows(account.name()).size(), 1u);
  kam::api::GetRequest get;
  get.set_name(account.name());
  EXPECT_EQ(world_.Call<Account>(gam_, Method("GetAccount"), get)->owner(), Rows(account.name())[0].employee());
}

// the cap holds also when the assignments come at the same time (3 in the test policy).
TEST_F(OwnershipTest, NobodyHoldsMoreThanTheCap) {
  constexpr size_t kAccounts = 6;
  std::vector<std::string> accounts;
  accounts.reserve(kAccounts);
  for (size_t i = 0; i < kAccounts; ++i) accounts.push_back(world_.AddAccount(gam_).name());
  std::atomic<int> won = 0;
  std::vector<std::thread> threads;
  threads.reserve(kAccounts);
  for (const std::string& account : accounts) {
    threads.emplace_back([&, account] {
      const auto result = TryAssign(account, seller_.name());
      if (result.ok()) {
        ++won;
      } else {
        EXPECT_THAT(result, HasReason("HOLDING_CAP_REACHED"));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(won, TestPolicy().holdings_max);
}

TEST_F(OwnershipTest, WhoHasLeftAndWhoDoesNotExistGetNothing) {
  const Account account = world_.AddAccount(gam_);
  EXPECT_THAT(TryAssign(account.name(), NameOf("employees", world_.harness().NewId())),
              HasReason("REFERENCE_NOT_FOUND"));
  organization::v1::UpdateEmployeeRequest leave;
  leave.mutable_employee()->set_name(seller_.name());
  leave.mutable_employee()->set_leave_date("2026-01-04");
  ASSERT_THAT(
      world_.Call<organization::v1::Employee>(world_.hr(), "kam.organization.v1.EmployeeService/UpdateEmployee", leave),
      IsOk());
  EXPECT_THAT(TryAssign(account.name(), seller_.name()), HasReason("EMPLOYEE_LEFT"));
}

TEST_F(OwnershipTest, AProtectionKeepsOthersOffUntilItEnds) {
  const Account account = world_.AddAccount(gam_);
  ASSERT_THAT(TryAssign(account.name(), seller_.name(), v1::OWNERSHIP_KIND_PROTECTED, 10), IsOk());
  const auto refused = TryAssign(account.name(), other_.name());
  EXPECT_THAT(refused, HasReason("ACCOUNT_PROTECTED"));
  EXPECT_EQ(MetadataValue(refused.status(), "claimableAfter"), "2026-01-15T00:00:00+00:00");
  const auto own = TryAssign(account.name(), seller_.name());
  ASSERT_THAT(own, IsOk());
  EXPECT_EQ(own->owner(), seller_.name());
  EXPECT_THAT(TryAssign(world_.AddAccount(gam_).name(), seller_.name(), v1::OWNERSHIP_KIND_OWNER, 366),
              HasReason("PROTECTION_TOO_LONG"));
}

// a hand-over takes the open opportunities along.
TEST_F(OwnershipTest, ATransferHandsOverAccountAndOpenOpportunities) {
  const Account account = world_.AddAccount(gam_);
  EXPECT_THAT(Transfer(account.name(), other_.name()), HasReason("OWNER_MISSING"));
  ASSERT_THAT(TryAssign(account.name(), seller_.name()), IsOk());
  v1::CreateOpportunityRequest create;
  create.mutable_opportunity()->set_account(account.name());
  create.mutable_opportunity()->set_display_name("十辆车");
  const auto opportunity =
      world_.Call<v1::Opportunity>(kax_, "kam.account.v1.OpportunityService/CreateOpportunity", create);
  ASSERT_THAT(opportunity, IsOk());
  EXPECT_THAT(Transfer(account.name(), seller_.name()), HasReason("OWNER_UNCHANGED"));
  const auto moved = Transfer(account.name(), other_.name());
  ASSERT_THAT(moved, IsOk());
  EXPECT_EQ(moved->owner(), other_.name());
  kam::api::GetRequest get;
  get.set_name(opportunity->name());
  const auto handed = world_.Call<v1::Opportunity>(kax2_, "kam.account.v1.OpportunityService/GetOpportunity", get);
  ASSERT_THAT(handed, IsOk());
  EXPECT_EQ(handed->owner(), other_.name());
  const std::vector<v1::AccountOwnership> rows = Rows(account.name());
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[0].state(), v1::OWNERSHIP_STATE_TRANSFERRED);
  EXPECT_EQ(rows[0].successor(), rows[1].name());
  EXPECT_EQ(rows[0].until().seconds(), rows[1].since().seconds());
  EXPECT_EQ(rows[1].evidence(), "交接单");
  // The old owner sees the account no more.
  get.set_name(account.name());
  EXPECT_THAT(world_.Call<Account>(kax_, Method("GetAccount"), get), StatusIs(absl::StatusCode::kNotFound));
}

// who had which territory stays on record, wherever the account is counted later.
TEST_F(OwnershipTest, ARowKeepsTheTerritoryOfItsBegin) {
  const Account account = world_.AddAccount(gam_);
  ASSERT_THAT(TryAssign(account.name(), seller_.name()), IsOk());
  v1::UpdateAccountRequest update;
  update.mutable_account()->set_name(account.name());
  update.mutable_account()->set_region("华南");
  update.mutable_update_mask()->add_paths("region");
  ASSERT_THAT(world_.Call<Account>(gam_, Method("UpdateAccount"), update), IsOk());
  ASSERT_THAT(Transfer(account.name(), other_.name()), IsOk());
  const std::vector<v1::AccountOwnership> rows = Rows(account.name());
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[0].region(), "华东");
  EXPECT_EQ(rows[1].region(), "华南");
}

// much that is open does not hold an account; only what no call can do is refused.
TEST_F(OwnershipTest, ManyOpenLeadsGoAlong) {
  const Account account = world_.AddAccount(gam_);
  ASSERT_THAT(TryAssign(account.name(), seller_.name()), IsOk());
  const auto add_leads = [&](int count, const std::string& owner) {
    std::vector<std::string> rows;
    for (int i = 0; i < count; ++i) {
      rows.push_back(
          absl::StrCat("('", world_.harness().NewId(),
                       "', 1, NOW(6), NOW(6), 'programs/test', 'programs/test', '王先生', 1, 'VISIT', '询价', '",
                       IdOf(owner), "', NOW(6), 'NEW', '", IdOf(account.name()), "')"));
    }
    world_.harness().db().Execute(
        absl::StrCat("INSERT INTO leads (id, version, create_time, update_time, creator, updater, display_name, "
                     "phone_refused, channel, need, owner, arrival_time, state, account) VALUES ",
                     absl::StrJoin(rows, ", ")));
  };
  const auto leads_of = [&](const std::string& owner) {
    return world_.harness()
        .db()
        .Get(absl::StrCat("SELECT COUNT(id) FROM leads WHERE account = '", IdOf(account.name()), "' AND owner = '",
                          IdOf(owner), "'"))
        .integer();
  };
  add_leads(501, seller_.name());
  ASSERT_THAT(Transfer(account.name(), other_.name()), IsOk());
  EXPECT_EQ(leads_of(other_.name()), 501);
  EXPECT_EQ(leads_of(seller_.name()), 0);
  add_leads(100, other_.name());
  EXPECT_THAT(Transfer(account.name(), seller_.name()), HasReason("HAND_OVER_TOO_LARGE"));
  EXPECT_EQ(leads_of(other_.name()), 601) << "all or nothing";
}

}  // namespace
}  // namespace kam::account
