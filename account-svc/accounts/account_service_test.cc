// Accounts and contacts over real gRPC and a real database.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "absl/strings/str_cat.h"
#include "account-svc/account_svc.h"
#include "account-svc/context.h"
#include "account-svc/testing/account_fixture.h"
#include "common/testing/matchers.h"
#include "kam/account/v1/account_scope_service.pb.h"
#include "kam/account/v1/account_service.pb.h"
#include "kam/account/v1/contact_service.pb.h"
#include "kam/account/v1/lead_service.pb.h"
#include "kam/api/standard.pb.h"

namespace kam::account {
namespace {

using ::testing::ElementsAre;
using testing::HasReason;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::IsOk;
using testing::NamesField;
using ::testing::Not;
using testing::StatusIs;
using ::testing::UnorderedElementsAre;
using v1::Account;

constexpr char kService[] = "kam.account.v1.AccountService/";

std::string Method(absl::string_view verb) { return absl::StrCat(kService, verb); }

class AccountTest : public ::testing::Test {
 protected:
  AccountTest()
      : world_(World::Get()),
        department_(world_.AddDepartment()),
        head_(world_.AddEmployee("GAM", department_.name())),
        seller_(world_.AddEmployee("KAX", department_.name(), {head_.name()})),
        other_(world_.AddEmployee("KAX", department_.name(), {head_.name()})),
        gam_(world_.As(head_, "GAM", {IdOf(seller_.name()), IdOf(other_.name())})),
        kax_(world_.As(seller_, "KAX")),
        kax2_(world_.As(other_, "KAX")) {}

  absl::StatusOr<Account> Get(const auth::Principal& who, const std::string& name) {
    kam::api::GetRequest request;
    request.set_name(name);
    return world_.Call<Account>(who, Method("GetAccount"), request);
  }
  absl::StatusOr<v1::ListAccountsResponse> List(const auth::Principal& who, const std::string& filter) {
    kam::api::ListRequest request;
    request.set_filter(filter);
    request.set_page_size(100);
    return world_.Call<v1::ListAccountsResponse>(who, Method("ListAccounts"), request);
  }
  absl::StatusOr<Account> Submit(const auth::Principal& who, const std::string& name) {
    v1::SubmitAccountRequest request;
    request.set_name(name);
    return world_.Call<Account>(who, Method("SubmitAccount"), request);
  }
  absl::StatusOr<Account> Verify(const auth::Principal& who, const std::string& name) {
    v1::VerifyAccountRequest request;
    request.set_name(name);
    request.set_etag(EtagOf(name));
    request.set_evidence("营业执照复印件");
    return world_.Call<Account>(who, Method("VerifyAccount"), request);
  }
  absl::StatusOr<Account> Reverify(const auth::Principal& who, const std::string& name, const std::string& etag) {
    v1::ReverifyAccountRequest request;
    request.set_name(name);
    request.set_etag(etag);
    request.set_evidence("变更登记通知书");
    return world_.Call<Account>(who, Method("ReverifyAccount"), request);
  }
  std::string EtagOf(const std::string& name) {
    return absl::StrCat("v", world_.harness()
                                 .db()
                                 .Get(absl::StrCat("SELECT version FROM accounts WHERE id = '", IdOf(name), "'"))
                                 .integer());
  }
  int64_t Logged(const organization::v1::Employee& asker, const std::string& account, absl::string_view method) {
    return world_.harness()
        .db()
        .Get(absl::StrCat("SELECT COUNT(id) FROM duplicate_checks WHERE actor = '", asker.name(), "' AND account = '",
                          IdOf(account), "' AND result = 'EXISTS' AND method = '", method, "'"))
        .integer();
  }
  absl::StatusOr<v1::CheckDuplicateResponse> Check(const auth::Principal& who, const Account& firm) {
    v1::CheckDuplicateRequest request;
    request.set_legal_name(firm.legal_name());
    request.set_registration_number(firm.registration_number());
    return world_.Call<v1::CheckDuplicateResponse>(who, Method("CheckDuplicate"), request);
  }

  World& world_;
  organization::v1::Department department_;
  organization::v1::Employee head_, seller_, other_;
  auth::Principal gam_, kax_, kax2_;
};

TEST_F(AccountTest, EveryMethodOfTheServiceHasAHandler) {
  EXPECT_THAT(world_.harness().registry().CheckComplete("account-svc", ServiceNames()), IsOk());
}

// A-01, A-03, A-05: the whole way of a file.
TEST_F(AccountTest, AFileGoesFromDraftToActiveAndOn) {
  const Account draft = world_.AddAccount(kax_);
  EXPECT_EQ(draft.state(), v1::ACCOUNT_STATE_DRAFT);
  EXPECT_EQ(draft.creator(), seller_.name());
  EXPECT_EQ(draft.opening_date(), world_.today());
  EXPECT_THAT(draft.number(), HasSubstr("KA2026-"));
  EXPECT_THAT(draft.missing_fields(), ElementsAre("contacts"));

  const auto incomplete = Submit(kax_, draft.name());
  EXPECT_THAT(incomplete, StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_THAT(incomplete, HasReason("ACCOUNT_INCOMPLETE"));
  world_.AddContact(kax_, draft.name());
  EXPECT_THAT(Get(kax_, draft.name())->missing_fields(), IsEmpty());
  const auto submitted = Submit(kax_, draft.name());
  ASSERT_THAT(submitted, IsOk());
  EXPECT_EQ(submitted->state(), v1::ACCOUNT_STATE_SUBMITTED);
  EXPECT_EQ(submitted->verification().submitter(), seller_.name());
  EXPECT_THAT(Submit(kax_, draft.name()), HasReason("STATE_NOT_ALLOWED"));

  EXPECT_THAT(Verify(kax_, draft.name()), StatusIs(absl::StatusCode::kPermissionDenied));
  const auto verified = Verify(gam_, draft.name());
  ASSERT_THAT(verified, IsOk());
  EXPECT_EQ(verified->verification().verifier(), head_.name());

  v1::ActivateAccountRequest activate;
  activate.set_name(draft.name());
  EXPECT_THAT(world_.Call<Account>(gam_, Method("ActivateAccount"), activate), HasReason("OWNER_REQUIRED"));
  world_.Assign(gam_, draft.name(), seller_.name());
  ASSERT_THAT(world_.Call<Account>(gam_, Method("ActivateAccount"), activate), IsOk());
  v1::MarkAccountDormantRequest dormant;
  dormant.set_name(draft.name());
  EXPECT_THAT(world_.Call<Account>(gam_, Method("MarkAccountDormant"), dormant), NamesField("reason"));
  dormant.set_reason("半年无业务");
  EXPECT_EQ(world_.Call<Account>(gam_, Method("MarkAccountDormant"), dormant)->state_reason(), "半年无业务");
  v1::MarkAccountLostRequest lost;
  lost.set_name(draft.name());
  lost.set_reason("转向竞争对手");
  ASSERT_THAT(world_.Call<Account>(gam_, Method("MarkAccountLost"), lost), IsOk());
  v1::CloseAccountRequest close;
  close.set_name(draft.name());
  close.set_reason("注销");
  const auto closed = world_.Call<Account>(gam_, Method("CloseAccount"), close);
  ASSERT_THAT(closed, IsOk());
  EXPECT_EQ(closed->state(), v1::ACCOUNT_STATE_CLOSED);
  EXPECT_EQ(closed->owner(), "");
  EXPECT_THAT(world_.Call<Account>(gam_, Method("ActivateAccount"), activate), HasReason("STATE_NOT_ALLOWED"));
}

// A-03: whoever has made the file does not verify it, whatever his rights.
TEST_F(AccountTest, TheMakerDoesNotVerify) {
  const Account draft = world_.AddAccount(gam_);
  world_.AddContact(gam_, draft.name());
  ASSERT_THAT(Submit(gam_, draft.name()), IsOk());
  EXPECT_THAT(Verify(gam_, draft.name()), HasReason("SEPARATION_OF_DUTIES"));
}

// A-03: an incomplete file is returned.
TEST_F(AccountTest, AReturnedFileIsADraftAgainWithTheReason) {
  const Account draft = world_.AddAccount(kax_);
  world_.AddContact(kax_, draft.name());
  ASSERT_THAT(Submit(kax_, draft.name()), IsOk());
  v1::ReturnAccountRequest request;
  request.set_name(draft.name());
  EXPECT_THAT(world_.Call<Account>(gam_, Method("ReturnAccount"), request), NamesField("reason"));
  request.set_reason("缺营业执照");
  const auto returned = world_.Call<Account>(gam_, Method("ReturnAccount"), request);
  ASSERT_THAT(returned, IsOk());
  EXPECT_EQ(returned->state(), v1::ACCOUNT_STATE_DRAFT);
  EXPECT_EQ(returned->verification().return_reason(), "缺营业执照");
}

// A-01: the check character of a Chinese registration number.
TEST_F(AccountTest, AWrongRegistrationNumberIsRefused) {
  Account account = world_.CompleteDraft();
  account.set_registration_number("91350100M000100Y44");
  EXPECT_THAT(world_.CreateAccount(kax_, account), HasReason("REGISTRATION_NUMBER_INVALID"));
  account.mutable_address()->set_country("DE");
  EXPECT_THAT(world_.CreateAccount(kax_, account), IsOk());
}

// A-02: a group is a tree.
TEST_F(AccountTest, AGroupNeverFormsACircle) {
  const Account top = world_.AddAccount(kax_);
  Account middle = world_.CompleteDraft();
  middle.set_parent(top.name());
  const auto child = world_.CreateAccount(kax_, middle);
  ASSERT_THAT(child, IsOk());
  v1::UpdateAccountRequest request;
  request.mutable_account()->set_name(top.name());
  request.mutable_account()->set_parent(child->name());
  request.mutable_update_mask()->add_paths("parent");
  EXPECT_THAT(world_.Call<Account>(kax_, Method("UpdateAccount"), request), HasReason("ACCOUNT_CYCLE"));
  request.mutable_account()->set_parent(top.name());
  EXPECT_THAT(world_.Call<Account>(kax_, Method("UpdateAccount"), request), HasReason("ACCOUNT_CYCLE"));
}

// Two moves at a time cannot close a circle between them.
TEST_F(AccountTest, OfTwoMovesThatWouldCloseACircleOneIsRefused) {
  const auto move = [&](const std::string& account, const std::string& parent) {
    v1::UpdateAccountRequest request;
    request.mutable_account()->set_name(account);
    request.mutable_account()->set_parent(parent);
    return world_.Call<Account>(kax_, Method("UpdateAccount"), request).status();
  };
  for (int round = 0; round < 5; ++round) {
    const Account a = world_.AddAccount(kax_), b = world_.AddAccount(kax_);
    const Account below_a = world_.AddAccount(kax_), below_b = world_.AddAccount(kax_);
    ASSERT_THAT(move(below_a.name(), a.name()), IsOk());
    ASSERT_THAT(move(below_b.name(), b.name()), IsOk());
    absl::Status first, second;
    std::thread one([&] { first = move(a.name(), below_b.name()); });
    std::thread two([&] { second = move(b.name(), below_a.name()); });
    one.join();
    two.join();
    EXPECT_NE(first.ok(), second.ok()) << first << "\n" << second;
    EXPECT_THAT(first.ok() ? second : first, HasReason("ACCOUNT_CYCLE"));
  }
}

// A-03: what was verified is frozen for the seller, not for who verifies; everything else stays open.
TEST_F(AccountTest, TheIdentityOfAVerifiedFileIsFrozen) {
  const Account draft = world_.AddAccount(kax_);
  world_.AddContact(kax_, draft.name());
  ASSERT_THAT(Submit(kax_, draft.name()), IsOk());
  ASSERT_THAT(Verify(gam_, draft.name()), IsOk());
  v1::UpdateAccountRequest request;
  request.mutable_account()->set_name(draft.name());
  request.mutable_account()->set_legal_name(draft.legal_name() + "新");
  EXPECT_THAT(world_.Call<Account>(kax_, Method("UpdateAccount"), request), HasReason("IDENTITY_FROZEN"));
  EXPECT_THAT(world_.Call<Account>(gam_, Method("UpdateAccount"), request), IsOk());
  request.mutable_account()->clear_legal_name();
  request.mutable_account()->set_short_name("简称");
  EXPECT_THAT(world_.Call<Account>(kax_, Method("UpdateAccount"), request), IsOk());
}

// State, owner and verification are set by verbs only.
TEST_F(AccountTest, WhatVerbsSetIsIgnoredInCreateAndUpdate) {
  Account account = world_.CompleteDraft();
  account.set_state(v1::ACCOUNT_STATE_ACTIVE);
  account.set_owner(other_.name());
  account.set_tier(v1::TIER_A);
  account.mutable_verification()->set_verifier(head_.name());
  const auto made = world_.CreateAccount(kax_, account);
  ASSERT_THAT(made, IsOk());
  EXPECT_EQ(made->state(), v1::ACCOUNT_STATE_DRAFT);
  EXPECT_EQ(made->owner(), "");
  EXPECT_EQ(made->tier(), v1::TIER_UNSPECIFIED);
  EXPECT_FALSE(made->has_verification());
}

TEST_F(AccountTest, AStaleEtagIsRefused) {
  const Account made = world_.AddAccount(kax_);
  v1::UpdateAccountRequest request;
  *request.mutable_account() = made;
  request.mutable_account()->set_short_name("一");
  request.mutable_update_mask()->add_paths("short_name");
  ASSERT_THAT(world_.Call<Account>(kax_, Method("UpdateAccount"), request), IsOk());
  request.mutable_account()->set_short_name("二");
  const auto stale = world_.Call<Account>(kax_, Method("UpdateAccount"), request);
  EXPECT_THAT(stale, StatusIs(absl::StatusCode::kAborted));
  EXPECT_THAT(stale, HasReason("ETAG_MISMATCH"));
  EXPECT_EQ(Get(kax_, made.name())->short_name(), "一");
}

TEST_F(AccountTest, TheSameRequestAgainGivesTheSameAnswerAndAnotherPayloadAnError) {
  v1::CreateAccountRequest request;
  *request.mutable_account() = world_.CompleteDraft();
  request.set_request_id(RequestId());
  const auto first = world_.Call<Account>(kax_, Method("CreateAccount"), request);
  ASSERT_THAT(first, IsOk());
  const auto again = world_.Call<Account>(kax_, Method("CreateAccount"), request);
  ASSERT_THAT(again, IsOk());
  EXPECT_EQ(again->name(), first->name());
  EXPECT_EQ(again->SerializeAsString(), first->SerializeAsString());
  *request.mutable_account() = world_.CompleteDraft();
  EXPECT_THAT(world_.Call<Account>(kax_, Method("CreateAccount"), request), HasReason("REQUEST_ID_REUSED"));
}

TEST_F(AccountTest, ValidateOnlyStoresNothing) {
  v1::CreateAccountRequest request;
  *request.mutable_account() = world_.CompleteDraft();
  request.set_validate_only(true);
  ASSERT_THAT(world_.Call<Account>(kax_, Method("CreateAccount"), request), IsOk());
  EXPECT_EQ(Check(kax_, request.account())->result(), v1::DUPLICATE_RESULT_NONE);
}

// G-03: own, team, department, region, all.
TEST_F(AccountTest, EveryLevelSeesItsRows) {
  const Account mine = world_.AddAccount(kax_);
  const std::string filter = absl::StrCat("legal_name = \"", mine.legal_name(), "\"");
  const auth::Principal bds = world_.As(head_, "BDS", {IdOf(seller_.name())});
  const auth::Principal foreign_bds = world_.As(head_, "BDS");
  const organization::v1::Department elsewhere = world_.AddDepartment();
  const auth::Principal foreign_gam = world_.As(world_.AddEmployee("GAM", elsewhere.name()), "GAM");
  const auth::Principal rm = world_.As(head_, "RM", {}, {"华东"});
  const auth::Principal foreign_rm = world_.As(head_, "RM", {}, {"华南"});
  const auth::Principal kapm = world_.As(head_, "KAPM");
  for (const auth::Principal& who : {kax_, bds, gam_, rm, kapm}) {
    EXPECT_THAT(Get(who, mine.name()), IsOk()) << who.roles[0];
    EXPECT_EQ(List(who, filter)->accounts_size(), 1) << who.roles[0];
  }
  for (const auth::Principal& who : {kax2_, foreign_bds, foreign_gam, foreign_rm}) {
    EXPECT_THAT(Get(who, mine.name()), StatusIs(absl::StatusCode::kNotFound)) << who.roles[0];
    EXPECT_EQ(List(who, filter)->accounts_size(), 0) << who.roles[0];
  }
  EXPECT_THAT(Get(world_.As(head_, "HR"), mine.name()), StatusIs(absl::StatusCode::kPermissionDenied));
}

// A-04: field history.
TEST_F(AccountTest, HistoryTellsWhoChangedWhatAndWhy) {
  const Account made = world_.AddAccount(kax_);
  world_.AddContact(kax_, made.name());
  v1::SubmitAccountRequest submit;
  submit.set_name(made.name());
  submit.set_reason("资料齐全");
  ASSERT_THAT(world_.Call<Account>(kax_, Method("SubmitAccount"), submit), IsOk());
  kam::api::HistoryRequest request;
  request.set_name(made.name());
  const auto history = world_.Call<kam::api::HistoryResponse>(gam_, Method("GetAccountHistory"), request);
  ASSERT_THAT(history, IsOk());
  ASSERT_EQ(history->entries_size(), 3);
  EXPECT_EQ(history->entries(0).method(), Method("SubmitAccount"));
  EXPECT_EQ(history->entries(0).actor(), seller_.name());
  EXPECT_EQ(history->entries(0).reason(), "资料齐全");
  std::vector<std::string> fields;
  for (const auto& change : history->entries(0).changes()) fields.push_back(change.field());
  EXPECT_THAT(fields, UnorderedElementsAre("state", "verification"));
  EXPECT_EQ(history->entries(2).method(), Method("CreateAccount"));
}

// A-05: personal data of contacts is masked and cannot be written without the right.
TEST_F(AccountTest, PersonalDataOfContactsIsForThoseWithTheRight) {
  const Account account = world_.AddAccount(kax_);
  v1::CreateContactRequest create;
  create.mutable_contact()->set_account(account.name());
  create.mutable_contact()->set_display_name("李女士");
  create.mutable_contact()->set_mobile("13912345678");
  create.mutable_contact()->set_identity_number("310101199001010000");
  const auto made = world_.Call<v1::Contact>(kax_, "kam.account.v1.ContactService/CreateContact", create);
  ASSERT_THAT(made, IsOk());
  EXPECT_EQ(made->mobile(), "13912345678");
  kam::api::GetRequest get;
  get.set_name(made->name());
  const auth::Principal support = world_.As(other_, "PS");
  const auto masked = world_.Call<v1::Contact>(support, "kam.account.v1.ContactService/GetContact", get);
  ASSERT_THAT(masked, IsOk());
  EXPECT_EQ(masked->display_name(), "李女士");
  EXPECT_EQ(masked->mobile(), "");
  EXPECT_EQ(masked->identity_number(), "");
  kam::api::HistoryRequest history;
  history.set_name(made->name());
  const auto entries =
      world_.Call<kam::api::HistoryResponse>(support, "kam.account.v1.ContactService/GetContactHistory", history);
  ASSERT_THAT(entries, IsOk());
  EXPECT_THAT(entries->SerializeAsString(), Not(HasSubstr("13912345678")));
  kam::api::ListRequest list;
  list.set_filter("mobile = \"13912345678\"");
  EXPECT_THAT(world_.Call<v1::ListContactsResponse>(support, "kam.account.v1.ContactService/ListContacts", list),
              HasReason("FILTER_FIELD_UNKNOWN"));
  const auth::Principal assistant = world_.As(seller_, "KAA");
  EXPECT_THAT(world_.Call<v1::Contact>(assistant, "kam.account.v1.ContactService/CreateContact", create),
              HasReason("FIELD_NOT_PERMITTED"));
}

// A-05: contacts are as visible as their account.
TEST_F(AccountTest, ContactsOfForeignAccountsCannotBeMade) {
  const Account account = world_.AddAccount(kax_);
  v1::CreateContactRequest create;
  create.mutable_contact()->set_account(account.name());
  create.mutable_contact()->set_display_name("李女士");
  EXPECT_THAT(world_.Call<v1::Contact>(kax2_, "kam.account.v1.ContactService/CreateContact", create),
              HasReason("OUT_OF_SCOPE"));
}

// A-10, A-03: the head alone gives no tier: it is worked out, proposed by another, and given to a verified account.
TEST_F(AccountTest, TheTierIsConfirmedByTheHeadAndReviewed) {
  const Account account = world_.AddAccount(kax_);
  v1::ConfirmAccountTierRequest request;
  request.set_name(account.name());
  request.set_tier(v1::TIER_A);
  request.set_reason("年度评估");
  EXPECT_THAT(world_.Call<Account>(kax_, Method("ConfirmAccountTier"), request),
              StatusIs(absl::StatusCode::kPermissionDenied));
  EXPECT_THAT(world_.Call<Account>(gam_, Method("ConfirmAccountTier"), request), HasReason("STATE_NOT_ALLOWED"));
  world_.AddContact(kax_, account.name());
  ASSERT_THAT(Submit(kax_, account.name()), IsOk());
  EXPECT_THAT(world_.Call<Account>(gam_, Method("ConfirmAccountTier"), request), HasReason("ACCOUNT_NOT_VERIFIED"));
  ASSERT_THAT(Verify(gam_, account.name()), IsOk());
  EXPECT_THAT(world_.Call<Account>(gam_, Method("ConfirmAccountTier"), request), HasReason("TIER_NOT_PROPOSED"));
  world_.ProposeTier(gam_, account.name(), v1::TIER_A);
  EXPECT_THAT(world_.Call<Account>(gam_, Method("ConfirmAccountTier"), request), HasReason("SEPARATION_OF_DUTIES"));
  const auto other = world_.ProposeTier(world_.As(world_.AddEmployee("KAM", department_.name()), "KAM"), account.name(),
                                        v1::TIER_STRATEGIC);
  EXPECT_THAT(world_.Call<Account>(gam_, Method("ConfirmAccountTier"), request), HasReason("SEPARATION_OF_DUTIES"));
  request.set_tier(v1::TIER_STRATEGIC);
  request.set_review_date("2026-01-04");
  EXPECT_THAT(world_.Call<Account>(gam_, Method("ConfirmAccountTier"), request), HasReason("DATE_IN_PAST"));
  request.clear_review_date();
  const auto confirmed = world_.Call<Account>(gam_, Method("ConfirmAccountTier"), request);
  ASSERT_THAT(confirmed, IsOk());
  EXPECT_EQ(confirmed->tier(), v1::TIER_STRATEGIC);
  EXPECT_EQ(confirmed->tier_review_date(), "2027-01-05");
  kam::api::GetRequest get;
  get.set_name(other.name());
  const auto decided =
      world_.Call<v1::AccountEvaluation>(gam_, "kam.account.v1.AccountEvaluationService/GetAccountEvaluation", get);
  ASSERT_THAT(decided, IsOk());
  EXPECT_EQ(decided->state(), v1::EVALUATION_STATE_CONFIRMED);
  EXPECT_EQ(decided->decider(), head_.name());
  EXPECT_EQ(decided->review_date(), "2027-01-05");
  EXPECT_THAT(world_.Call<Account>(gam_, Method("ConfirmAccountTier"), request), HasReason("TIER_NOT_PROPOSED"));
}

// G-03, R.2: service people see whom they serve; what the customer is worth to us is seen by those who sell and govern.
TEST_F(AccountTest, ServicePeopleSeeTheFileWithoutItsBusiness) {
  Account draft = world_.CompleteDraft();
  draft.mutable_annual_spend()->set_units(250);
  draft.mutable_annual_spend()->set_currency_code("CNY");
  const auto made = world_.CreateAccount(kax_, draft);
  ASSERT_THAT(made, IsOk());
  world_.Assign(gam_, made->name(), seller_.name());
  const auth::Principal advisor = world_.As(world_.AddEmployee("SA"), "SA");
  const auto served = Get(advisor, made->name());
  ASSERT_THAT(served, IsOk());
  EXPECT_EQ(served->legal_name(), draft.legal_name());
  EXPECT_EQ(served->owner(), seller_.name()) << "whom to tell";
  EXPECT_FALSE(served->has_annual_spend());
  EXPECT_FALSE(served->has_protected_until());
  for (const auth::Principal& who : {kax_, gam_, world_.As(world_.AddEmployee("SD"), "SD")}) {
    EXPECT_EQ(Get(who, made->name())->annual_spend().units(), 250);
    EXPECT_TRUE(Get(who, made->name())->has_protected_until());
  }
  EXPECT_THAT(List(advisor, "annual_spend.units > 1"), HasReason("FILTER_FIELD_UNKNOWN"));
  EXPECT_THAT(List(advisor, "tier = STRATEGIC"), HasReason("FILTER_FIELD_UNKNOWN"));
  kam::api::ListRequest ordered;
  ordered.set_order_by("tier");
  EXPECT_THAT(world_.Call<v1::ListAccountsResponse>(advisor, Method("ListAccounts"), ordered),
              StatusIs(absl::StatusCode::kInvalidArgument));
  kam::api::HistoryRequest history;
  history.set_name(made->name());
  const auto told = world_.Call<kam::api::HistoryResponse>(advisor, Method("GetAccountHistory"), history);
  ASSERT_THAT(told, IsOk());
  for (const kam::api::HistoryEntry& entry : told->entries()) {
    for (const kam::api::FieldChange& change : entry.changes()) {
      if (change.field() == "annual_spend") {
        EXPECT_EQ(change.after(), "");
      }
    }
  }
}

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
  EXPECT_THAT(world_.CreateAccount(gam_, again), IsOk());
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
