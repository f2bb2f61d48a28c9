// Who a customer is: duplicates, verified identity, keys, imports and scopes (A-03, A-07, G28), over real gRPC and a
// real database.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <set>
#include <thread>

#include "absl/strings/str_cat.h"
#include "account-svc/accounts/account_test_fixture.h"
#include "common/testing/matchers.h"
#include "kam/account/v1/account_scope_service.pb.h"
#include "kam/account/v1/contact_service.pb.h"
#include "kam/account/v1/lead_service.pb.h"

namespace kam::account {
namespace {

using testing::HasReason;
using ::testing::HasSubstr;
using testing::IsOk;
using testing::NamesField;
using ::testing::Not;
using testing::StatusIs;
using v1::Account;

// A-07, G28: a duplicate of somebody invisible: exists, protected until T; no name, no owner.
TEST_F(AccountTest, G28TheBlindCheckTellsNeitherNameNorOwner) {
  const Account theirs = world_.AddAccount(kax_);
  world_.Assign(gam_, theirs.name(), seller_.name());
  const auto mine = Check(kax_, theirs);
  ASSERT_THAT(mine, IsOk());
  EXPECT_EQ(mine->result(), v1::DUPLICATE_RESULT_EXISTS_YOURS);
  EXPECT_EQ(mine->account(), theirs.name());
  const auto blind = Check(kax2_, theirs);
  ASSERT_THAT(blind, IsOk());
  EXPECT_EQ(blind->result(), v1::DUPLICATE_RESULT_EXISTS);
  EXPECT_EQ(blind->account(), "");
  EXPECT_EQ(blind->claimable_after().seconds(),
            absl::ToUnixSeconds(world_.harness().clock().Now() + absl::Hours(24 * 90)));
  EXPECT_EQ(Check(kax2_, world_.CompleteDraft())->result(), v1::DUPLICATE_RESULT_NONE);
  // Registering it is refused the same way, and the refusal tells no more.
  Account again = world_.CompleteDraft();
  again.set_registration_number(theirs.registration_number());
  const auto refused = world_.CreateAccount(kax2_, again);
  EXPECT_THAT(refused, StatusIs(absl::StatusCode::kAlreadyExists));
  EXPECT_THAT(refused, HasReason("ACCOUNT_EXISTS"));
  EXPECT_EQ(MetadataValue(refused.status(), "claimableAfter"), "2026-04-05T00:00:00+00:00");
  const std::string wire = absl::StrCat(refused.status().message(), ToRpcStatusBytes(refused.status()));
  EXPECT_THAT(wire, Not(HasSubstr(theirs.name())));
  EXPECT_THAT(wire, Not(HasSubstr(theirs.legal_name())));
  EXPECT_THAT(wire, Not(HasSubstr(seller_.name())));
  // Who asked is on record: three questions, one of them a registration.
  EXPECT_EQ(world_.harness()
                .db()
                .Get(absl::StrCat("SELECT COUNT(id) FROM duplicate_checks WHERE actor = '", other_.name(),
                                  "' AND account = '", IdOf(theirs.name()), "' AND result = 'EXISTS'"))
                .integer(),
            2);
}

// A-07, G28: who asked is not only logged but can be read, by those who lead the owner and not by the asker.
TEST_F(AccountTest, TheSuperiorOfTheOwnerSeesWhoAskedAboutHisCustomer) {
  const Account theirs = world_.AddAccount(kax_);
  ASSERT_EQ(Check(kax2_, theirs)->result(), v1::DUPLICATE_RESULT_EXISTS);
  Account again = world_.CompleteDraft();
  again.set_registration_number(theirs.registration_number());
  EXPECT_THAT(world_.CreateAccount(kax2_, again), HasReason("ACCOUNT_EXISTS"));
  ASSERT_EQ(Check(gam_, theirs)->result(), v1::DUPLICATE_RESULT_EXISTS_YOURS);

  v1::ListDuplicateChecksRequest request;
  request.set_account(theirs.name());
  const auto list = [&](const auth::Principal& who) {
    return world_.Call<v1::ListDuplicateChecksResponse>(who, Method("ListDuplicateChecks"), request);
  };
  EXPECT_THAT(list(kax_), StatusIs(absl::StatusCode::kPermissionDenied));
  EXPECT_THAT(list(kax2_), StatusIs(absl::StatusCode::kPermissionDenied));
  auto seen = list(gam_);
  ASSERT_THAT(seen, IsOk());
  ASSERT_EQ(seen->checks_size(), 2) << "not his own question";
  std::set<std::string> methods;
  for (const v1::DuplicateCheck& check : seen->checks()) {
    EXPECT_EQ(check.actor(), other_.name());
    EXPECT_EQ(check.account(), theirs.name());
    EXPECT_EQ(check.result(), v1::DUPLICATE_RESULT_EXISTS);
    EXPECT_EQ(check.score(), 0);
    methods.insert(check.method());
  }
  EXPECT_EQ(methods, (std::set<std::string>{Method("CheckDuplicate"), Method("CreateAccount")}));
  const auth::Principal sd = world_.As(world_.AddEmployee("SD"), "SD");
  EXPECT_EQ(list(sd)->checks_size(), 3);
  const auto elsewhere = world_.AddDepartment();
  const auth::Principal stranger = world_.As(world_.AddEmployee("GAM", elsewhere.name()), "GAM");
  EXPECT_EQ(list(stranger)->checks_size(), 0);

  // Page by page, and of one person and a time.
  request.set_page_size(1);
  seen = list(sd);
  ASSERT_EQ(seen->checks_size(), 1);
  request.set_page_token(seen->next_page_token());
  EXPECT_EQ(list(sd)->checks_size(), 1);
  request.Clear();
  request.set_actor(other_.name());
  EXPECT_EQ(list(gam_)->checks_size(), 2);
  EXPECT_EQ(list(sd)->checks_size(), 2);
  request.set_from_date("2026-01-06");
  EXPECT_EQ(list(sd)->checks_size(), 0);
  request.set_to_date("2026-01-05");
  EXPECT_THAT(list(sd), HasReason("PERIOD_INVALID"));
  request.clear_from_date();
  EXPECT_EQ(list(sd)->checks_size(), 2);
}

// A-01: who is not named there opens no file, although he may change one.
TEST_F(AccountTest, FilesAreOpenedByThoseWhoAreNamed) {
  for (const char* role : {"GAM", "BDS", "CSR", "KAPM", "SM", "RM"}) {
    const auth::Principal who = world_.As(world_.AddEmployee(role, department_.name()), role);
    EXPECT_TRUE(who.Holds("account.write")) << role;
    EXPECT_THAT(world_.CreateAccount(who, world_.CompleteDraft()), StatusIs(absl::StatusCode::kPermissionDenied))
        << role;
  }
  for (const char* role : {"KAM", "BD", "KAX", "KAA", "FEE"}) {
    const auth::Principal who = world_.As(world_.AddEmployee(role, department_.name()), role);
    EXPECT_THAT(world_.CreateAccount(who, world_.CompleteDraft()), IsOk()) << role;
  }
}

// A-07, G28: whichever way somebody asks about a firm, he gets the same blind answer, and is on record.
TEST_F(AccountTest, EveryWayToAskAboutAFirmIsOnRecord) {
  const Account theirs = world_.AddAccount(kax_);
  const auto blind = [&](const absl::Status& refused) {
    EXPECT_THAT(refused, HasReason("ACCOUNT_EXISTS"));
    EXPECT_EQ(MetadataValue(refused, "claimableAfter"),
              absl::FormatTime(absl::RFC3339_sec,
                               world_.harness().clock().Now() + absl::Hours(24) * TestPolicy().draft_protection_days,
                               absl::UTCTimeZone()));
    const std::string wire = absl::StrCat(refused.message(), ToRpcStatusBytes(refused));
    EXPECT_THAT(wire, Not(HasSubstr(theirs.name())));
    EXPECT_THAT(wire, Not(HasSubstr(theirs.legal_name())));
  };
  // By renaming an account of one's own to it.
  v1::UpdateAccountRequest update;
  update.mutable_account()->set_name(world_.AddAccount(kax2_).name());
  update.mutable_account()->set_registration_number(theirs.registration_number());
  blind(world_.Call<Account>(kax2_, Method("UpdateAccount"), update).status());
  EXPECT_EQ(Logged(other_, theirs.name(), "kam.account.v1.AccountService/UpdateAccount"), 1);
  update.set_validate_only(true);
  blind(world_.Call<Account>(kax2_, Method("UpdateAccount"), update).status());
  EXPECT_EQ(Logged(other_, theirs.name(), "kam.account.v1.AccountService/UpdateAccount"), 2);
  // By a lead of one's own.
  v1::CreateLeadRequest create;
  create.mutable_lead()->set_display_name("线索");
  create.mutable_lead()->set_company_name("线索公司");
  create.mutable_lead()->set_phone("13900000009");
  create.mutable_lead()->set_channel(v1::CHANNEL_PHONE);
  create.mutable_lead()->set_need("用车");
  create.mutable_lead()->set_owner(other_.name());
  create.mutable_lead()->set_intention_level(v1::INTENTION_LEVEL_A);
  create.mutable_lead()->set_next_follow_up_date("2026-01-06");
  const auto lead = world_.Call<v1::Lead>(kax2_, "kam.account.v1.LeadService/CreateLead", create);
  ASSERT_THAT(lead, IsOk());
  // By leads that are never stored: what was asked stays on record.
  create.mutable_lead()->set_company_name(theirs.legal_name());
  create.set_validate_only(true);
  const auto probe = world_.Call<v1::Lead>(kax2_, "kam.account.v1.LeadService/CreateLead", create);
  ASSERT_THAT(probe, IsOk());
  EXPECT_EQ(probe->account_match(), v1::ACCOUNT_MATCH_EXISTS);
  EXPECT_EQ(Logged(other_, theirs.name(), "kam.account.v1.LeadService/CreateLead"), 1);
  v1::UpdateLeadRequest patch;
  patch.mutable_lead()->set_name(lead->name());
  patch.mutable_lead()->set_company_name(theirs.legal_name());
  patch.set_validate_only(true);
  const auto patched = world_.Call<v1::Lead>(kax2_, "kam.account.v1.LeadService/UpdateLead", patch);
  ASSERT_THAT(patched, IsOk());
  EXPECT_EQ(patched->account_match(), v1::ACCOUNT_MATCH_EXISTS);
  EXPECT_EQ(Logged(other_, theirs.name(), "kam.account.v1.LeadService/UpdateLead"), 1);
  v1::QualifyLeadRequest qualify;
  qualify.set_name(lead->name());
  ASSERT_THAT(world_.Call<v1::Lead>(kax2_, "kam.account.v1.LeadService/QualifyLead", qualify), IsOk());
  v1::ConvertLeadRequest convert;
  convert.set_name(lead->name());
  convert.mutable_account()->set_registration_number(theirs.registration_number());
  blind(world_.Call<v1::ConvertLeadResponse>(kax2_, "kam.account.v1.LeadService/ConvertLead", convert).status());
  EXPECT_EQ(Logged(other_, theirs.name(), "kam.account.v1.LeadService/ConvertLead"), 1);
  // By an import of somebody who reads his own accounts only.
  auth::Principal importer = kax2_;
  importer.grants["account.import"] = auth::Level::kOwn;
  v1::BatchUpsertAccountsRequest import;
  *import.add_accounts() = world_.CompleteDraft();
  import.mutable_accounts(0)->set_registration_number(theirs.registration_number());
  import.mutable_accounts(0)->add_external_ids()->set_system("erp");
  import.mutable_accounts(0)->mutable_external_ids(0)->set_id(IdOf(theirs.name()));
  const auto imported = world_.Call<kam::api::BatchUpsertResponse>(importer, Method("BatchUpsertAccounts"), import);
  ASSERT_THAT(imported, IsOk());
  blind(FromRpcStatusBytes(absl::StatusCode::kAlreadyExists, "", imported->results(0).status().SerializeAsString()));
  EXPECT_EQ(Logged(other_, theirs.name(), "kam.account.v1.AccountService/BatchUpsertAccounts"), 1);
}

// A-03, A-04: what is verified is what was read, and a change of identity takes a second person again.
TEST_F(AccountTest, AnIdentityIsVerifiedAsItWasReadAndAgainWhenItChanges) {
  const Account draft = world_.AddAccount(kax_);
  world_.AddContact(kax_, draft.name());
  const auto submitted = Submit(kax_, draft.name());
  ASSERT_THAT(submitted, IsOk());
  const auto change = [&](const auth::Principal& who, const std::string& phone) {
    v1::UpdateAccountRequest update;
    update.mutable_account()->set_name(draft.name());
    update.mutable_account()->set_phone(phone);
    return world_.Call<Account>(who, Method("UpdateAccount"), update);
  };
  // Read, changed by the submitter, verified: no.
  v1::VerifyAccountRequest verify;
  verify.set_name(draft.name());
  verify.set_evidence("营业执照");
  EXPECT_THAT(world_.Call<Account>(gam_, Method("VerifyAccount"), verify), HasReason("FIELD_REQUIRED"));
  verify.set_etag(submitted->etag());
  ASSERT_THAT(change(kax_, "021-60000001"), IsOk());
  EXPECT_THAT(world_.Call<Account>(gam_, Method("VerifyAccount"), verify), HasReason("ETAG_MISMATCH"));
  const auto verified = Verify(gam_, draft.name());
  ASSERT_THAT(verified, IsOk());
  EXPECT_EQ(verified->verification().state(), v1::VERIFICATION_STATE_VERIFIED);
  world_.Assign(gam_, draft.name(), seller_.name());

  ASSERT_THAT(change(gam_, "021-60000002"), IsOk());
  const auto changed = Get(gam_, draft.name());
  EXPECT_EQ(changed->state(), v1::ACCOUNT_STATE_VERIFIED);
  EXPECT_EQ(changed->verification().state(), v1::VERIFICATION_STATE_CHANGED);
  EXPECT_EQ(changed->verification().changed_fields(), "phone");
  const auto waiting = List(gam_, "verification.state = CHANGED");
  ASSERT_THAT(waiting, IsOk());
  EXPECT_EQ(waiting->accounts_size(), 1);
  v1::ActivateAccountRequest activate;
  activate.set_name(draft.name());
  EXPECT_THAT(world_.Call<Account>(gam_, Method("ActivateAccount"), activate), HasReason("REVERIFICATION_REQUIRED"));
  EXPECT_THAT(Reverify(gam_, draft.name(), changed->etag()), HasReason("SEPARATION_OF_DUTIES"));
  const auth::Principal second = world_.As(world_.AddEmployee("KAM", department_.name()), "KAM");
  EXPECT_THAT(Reverify(second, draft.name(), ""), NamesField("etag")) << "what is verified is what was read";
  EXPECT_THAT(Reverify(second, draft.name(), verified->etag()), HasReason("ETAG_MISMATCH"));
  const auto again = Reverify(second, draft.name(), changed->etag());
  ASSERT_THAT(again, IsOk());
  EXPECT_EQ(again->verification().verifier(), second.subject);
  EXPECT_EQ(again->verification().state(), v1::VERIFICATION_STATE_VERIFIED);
  EXPECT_THAT(Reverify(second, draft.name(), again->etag()), HasReason("NOTHING_TO_VERIFY"));
  EXPECT_THAT(world_.Call<Account>(gam_, Method("ActivateAccount"), activate), IsOk());
}

// A-07: the same firm in another writing; a subsidiary with a number of its own is another firm.
TEST_F(AccountTest, NameTelephoneAndDomainFindTheFirmUnlessTheNumbersDiffer) {
  Account account = world_.CompleteDraft();
  const std::string stem = absl::StrCat("Duplex", IdOf(seller_.name()));
  account.set_legal_name(stem + " Co., Ltd.");
  account.set_website(absl::StrCat("www.", stem, ".com"));
  const auto made = world_.CreateAccount(kax_, account);
  ASSERT_THAT(made, IsOk());
  Account same = world_.CompleteDraft();
  same.clear_registration_number();
  same.set_legal_name(stem + " GmbH");
  EXPECT_THAT(world_.CreateAccount(kax_, same), HasReason("ACCOUNT_EXISTS"));
  same.set_legal_name(stem + "别名");
  same.set_phone(absl::StrCat("+86 ", account.phone().substr(1)));
  EXPECT_THAT(world_.CreateAccount(kax_, same), HasReason("ACCOUNT_EXISTS"));
  same.set_phone(world_.CompleteDraft().phone());
  same.set_email(absl::StrCat("sales@", stem, ".com"));
  EXPECT_THAT(world_.CreateAccount(kax_, same), HasReason("ACCOUNT_EXISTS"));
  Account subsidiary = world_.CompleteDraft();
  subsidiary.set_legal_name(stem + " GmbH");
  subsidiary.set_website(account.website());
  EXPECT_THAT(world_.CreateAccount(kax_, subsidiary), IsOk());
}

TEST_F(AccountTest, AnUpdateCannotTakeTheKeysOfAnotherAccount) {
  const Account first = world_.AddAccount(kax_);
  const Account second = world_.AddAccount(kax_);
  v1::UpdateAccountRequest request;
  request.mutable_account()->set_name(second.name());
  request.mutable_account()->set_registration_number(first.registration_number());
  EXPECT_THAT(world_.Call<Account>(kax_, Method("UpdateAccount"), request), HasReason("ACCOUNT_EXISTS"));
}

TEST_F(AccountTest, AClosedFileLetsTheFirmBeRegisteredAgain) {
  const Account first = world_.AddAccount(gam_);
  v1::CloseAccountRequest close;
  close.set_name(first.name());
  close.set_reason("重复建档");
  ASSERT_THAT(world_.Call<Account>(gam_, Method("CloseAccount"), close), IsOk());
  Account again = world_.CompleteDraft();
  again.set_registration_number(first.registration_number());
  EXPECT_THAT(world_.CreateAccount(kax_, again), IsOk());
}

// A-07: twenty at a time, one wins.
TEST_F(AccountTest, TwentyRegistrationsOfOneFirmMakeOneAccount) {
  for (const bool numbered : {true, false}) {
    Account account = world_.CompleteDraft();
    if (!numbered) account.clear_registration_number();
    std::atomic<int> made = 0, refused = 0;
    std::vector<std::thread> threads;
    threads.reserve(20);
    for (int i = 0; i < 20; ++i) {
      threads.emplace_back([&] {
        const auto result = world_.CreateAccount(kax_, account);
        if (result.ok()) ++made;
        if (Reason(result.status()) == "ACCOUNT_EXISTS") ++refused;
        EXPECT_TRUE(result.ok() || Reason(result.status()) == "ACCOUNT_EXISTS") << result.status();
      });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(made, 1) << numbered;
    EXPECT_EQ(refused, 19) << numbered;
  }
}

// A-01: history comes in by import, with states and owners of the past.
TEST_F(AccountTest, AnImportBringsStateOwnerAndOwnership) {
  const auth::Principal importer = world_.As(head_, "ERP");
  v1::BatchUpsertAccountsRequest request;
  Account& row = *request.add_accounts();
  row = world_.CompleteDraft();
  auto* external = row.add_external_ids();
  external->set_system("old-crm");
  external->set_id(IdOf(seller_.name()));
  row.set_state(v1::ACCOUNT_STATE_ACTIVE);
  row.set_owner(seller_.name());
  row.set_tier(v1::TIER_STRATEGIC);
  *request.add_accounts() = world_.CompleteDraft();
  const auto result = world_.Call<kam::api::BatchUpsertResponse>(importer, Method("BatchUpsertAccounts"), request);
  ASSERT_THAT(result, IsOk());
  ASSERT_EQ(result->results_size(), 2);
  EXPECT_EQ(result->results(0).outcome(), kam::api::UPSERT_OUTCOME_CREATED) << result->DebugString();
  EXPECT_EQ(result->results(1).outcome(), kam::api::UPSERT_OUTCOME_FAILED);
  const auto stored = Get(kax_, result->results(0).name());
  ASSERT_THAT(stored, IsOk());
  EXPECT_EQ(stored->state(), v1::ACCOUNT_STATE_ACTIVE);
  EXPECT_EQ(stored->owner(), seller_.name());
  // The new owner of a second import follows, too.
  row.set_owner(other_.name());
  const auto second = world_.Call<kam::api::BatchUpsertResponse>(importer, Method("BatchUpsertAccounts"), request);
  ASSERT_THAT(second, IsOk());
  EXPECT_EQ(second->results(0).outcome(), kam::api::UPSERT_OUTCOME_UPDATED) << second->DebugString();
  EXPECT_EQ(world_.harness()
                .db()
                .Get(absl::StrCat("SELECT employee FROM account_ownerships WHERE account = '", IdOf(stored->name()),
                                  "' AND state = 'ACTIVE'"))
                .text(),
            IdOf(other_.name()));
  EXPECT_THAT(Get(kax_, stored->name()), StatusIs(absl::StatusCode::kNotFound));
}

// A-01, A-03: an import cannot stand in for the people who verify and assign.
TEST_F(AccountTest, AnImportLeavesWhatPeopleHaveDecided) {
  const auth::Principal importer = world_.As(head_, "ERP");
  v1::BatchUpsertAccountsRequest request;
  Account& row = *request.add_accounts();
  row = world_.CompleteDraft();
  auto* external = row.add_external_ids();
  external->set_system("old-crm");
  external->set_id(IdOf(seller_.name()));
  row.set_state(v1::ACCOUNT_STATE_ACTIVE);
  row.set_owner(seller_.name());
  const auto created = world_.Call<kam::api::BatchUpsertResponse>(importer, Method("BatchUpsertAccounts"), request);
  ASSERT_THAT(created, IsOk());
  // The account falls dormant by a decision made here; the owner is still the one of the import.
  v1::MarkAccountDormantRequest dormant;
  dormant.set_name(created->results(0).name());
  dormant.set_reason("no orders for a year");
  ASSERT_THAT(world_.Call<Account>(gam_, Method("MarkAccountDormant"), dormant), IsOk());
  row.set_state(v1::ACCOUNT_STATE_LOST);
  row.set_owner(other_.name());
  row.set_short_name("从导入改名");
  const auto again = world_.Call<kam::api::BatchUpsertResponse>(importer, Method("BatchUpsertAccounts"), request);
  ASSERT_THAT(again, IsOk());
  EXPECT_EQ(again->results(0).outcome(), kam::api::UPSERT_OUTCOME_UPDATED) << again->DebugString();
  const auto stored = Get(importer, created->results(0).name());
  ASSERT_THAT(stored, IsOk());
  EXPECT_EQ(stored->short_name(), "从导入改名");
  EXPECT_EQ(stored->state(), v1::ACCOUNT_STATE_DORMANT);
  EXPECT_EQ(stored->owner(), other_.name());
}

// A-01: whoever could claim an identity in the ERP would be given the rows the ERP brings for it.
TEST_F(AccountTest, OnlyImportersSetExternalIds) {
  v1::CreateAccountRequest request;
  *request.mutable_account() = world_.CompleteDraft();
  auto* external = request.mutable_account()->add_external_ids();
  external->set_system("erp");
  external->set_id("C1001");
  EXPECT_THAT(world_.Call<Account>(kax_, Method("CreateAccount"), request), HasReason("FIELD_NOT_PERMITTED"));
}

// G-03, C-01: what the other services ask.
TEST_F(AccountTest, ScopesAreAnsweredToPrograms) {
  const Account head = world_.AddAccount(kax_);
  Account draft = world_.CompleteDraft();
  draft.set_parent(head.name());
  const auto created = world_.CreateAccount(kax_, draft);
  ASSERT_THAT(created, IsOk());
  const Account& account = *created;
  world_.Assign(gam_, account.name(), other_.name());
  v1::BatchGetAccountScopesRequest request;
  request.add_names(account.name());
  request.add_names(NameOf("accounts", world_.harness().NewId()));
  EXPECT_THAT(world_.Call<v1::BatchGetAccountScopesResponse>(
                  gam_, "kam.account.v1.AccountScopeService/BatchGetAccountScopes", request),
              StatusIs(absl::StatusCode::kPermissionDenied));
  const auto scopes = world_.Call<v1::BatchGetAccountScopesResponse>(
      testing::Harness::Program("contract-svc", {"account.scope.resolve"}),
      "kam.account.v1.AccountScopeService/BatchGetAccountScopes", request);
  ASSERT_THAT(scopes, IsOk());
  ASSERT_EQ(scopes->scopes_size(), 1);
  EXPECT_EQ(scopes->scopes(0).owner(), other_.name());
  EXPECT_EQ(scopes->scopes(0).creator(), seller_.name());
  EXPECT_EQ(scopes->scopes(0).region(), "华东");
  EXPECT_EQ(scopes->scopes(0).state(), v1::ACCOUNT_STATE_DRAFT);
  EXPECT_EQ(scopes->scopes(0).legal_name(), account.legal_name());
  EXPECT_EQ(scopes->scopes(0).parent(), head.name());
  EXPECT_EQ(scopes->scopes(0).segment(), v1::SEGMENT_ENTERPRISE);
  EXPECT_GE(scopes->scopes(0).version(), 2);
}

}  // namespace
}  // namespace kam::account
