// Account files and contacts over real gRPC and a real database.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "account-svc/account_svc.h"
#include "account-svc/accounts/account_test_fixture.h"
#include "common/status/status.h"
#include "common/testing/matchers.h"
#include "kam/account/v1/contact_service.pb.h"
#include "kam/business/v1/business_service.pb.h"

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

TEST_F(AccountTest, EveryMethodOfTheServiceHasAHandler) {
  EXPECT_THAT(world_.harness().registry().CheckComplete("account-svc", ServiceNames()), IsOk());
}

// the whole way of a file.
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

// a file that was closed by mistake comes back, by somebody else, and keeps its number in the register.
TEST_F(AccountTest, AClosingIsTakenBackByAnother) {
  const Account draft = world_.AddAccount(kax_);
  world_.Assign(gam_, draft.name(), seller_.name());
  v1::CloseAccountRequest close;
  close.set_name(draft.name());
  close.set_reason("重复建档");
  ASSERT_THAT(world_.Call<Account>(gam_, Method("CloseAccount"), close), IsOk());
  v1::ReopenAccountRequest reopen;
  reopen.set_name(draft.name());
  EXPECT_THAT(world_.Call<Account>(gam_, Method("ReopenAccount"), reopen), NamesField("reason"));
  reopen.set_reason("并非重复");
  EXPECT_THAT(world_.Call<Account>(gam_, Method("ReopenAccount"), reopen), HasReason("SEPARATION_OF_DUTIES"));
  const auth::Principal kapm = world_.As(world_.AddEmployee("KAPM"), "KAPM");
  const auto back = world_.Call<Account>(kapm, Method("ReopenAccount"), reopen);
  ASSERT_THAT(back, IsOk());
  EXPECT_EQ(back->state(), v1::ACCOUNT_STATE_DRAFT);
  EXPECT_EQ(back->owner(), "") << "its owner is assigned anew";
  EXPECT_THAT(world_.Call<Account>(kapm, Method("ReopenAccount"), reopen), HasReason("STATE_NOT_ALLOWED"));
  Account again = world_.CompleteDraft();
  again.set_registration_number(draft.registration_number());
  EXPECT_THAT(world_.CreateAccount(kax2_, again), HasReason("ACCOUNT_EXISTS")) << "its keys are its again";
  // Not when the firm has another file by now.
  ASSERT_THAT(world_.Call<Account>(gam_, Method("CloseAccount"), close), IsOk());
  ASSERT_THAT(world_.CreateAccount(kax2_, again), IsOk());
  EXPECT_THAT(world_.Call<Account>(kapm, Method("ReopenAccount"), reopen), HasReason("ACCOUNT_EXISTS"));
}

// nobody loses sight of a customer with whom there is business.
TEST_F(AccountTest, AFileWithOpenBusinessIsNotClosed) {
  const Account draft = world_.AddAccount(kax_);
  v1::CloseAccountRequest close;
  close.set_name(draft.name());
  close.set_reason("停业");
  const auto nothing = world_.contract_svc;
  std::string kind = "RECEIVABLE";
  world_.contract_svc = [&](absl::string_view method, const google::protobuf::Message& request,
                            google::protobuf::Message* response) {
    if (!absl::EndsWith(method, "ListOpenContractBusiness")) return absl::OkStatus();
    auto* item = static_cast<business::v1::ListOpenBusinessResponse*>(response)->add_items();
    item->set_account(static_cast<const business::v1::ListOpenBusinessRequest&>(request).accounts(0));
    item->set_kind(kind);
    return absl::OkStatus();
  };
  const auto refused = world_.Call<Account>(gam_, Method("CloseAccount"), close);
  EXPECT_THAT(refused, HasReason("OPEN_BUSINESS"));
  EXPECT_EQ(MetadataValue(refused.status(), "open"), "RECEIVABLE 1");
  world_.contract_svc = [](absl::string_view, const google::protobuf::Message&, google::protobuf::Message*) {
    return RetryLater(absl::StatusCode::kUnavailable, "CONTRACT_SVC_UNAVAILABLE", "away", absl::Seconds(1));
  };
  EXPECT_THAT(world_.Call<Account>(gam_, Method("CloseAccount"), close), HasReason("CONTRACT_SVC_UNAVAILABLE"));
  world_.contract_svc = nothing;
  EXPECT_THAT(world_.Call<Account>(gam_, Method("CloseAccount"), close), IsOk());
}

// whoever has made the file does not verify it, whatever his rights.
TEST_F(AccountTest, TheMakerDoesNotVerify) {
  const Account draft = world_.AddAccount(gam_);
  world_.AddContact(gam_, draft.name());
  ASSERT_THAT(Submit(gam_, draft.name()), IsOk());
  EXPECT_THAT(Verify(gam_, draft.name()), HasReason("SEPARATION_OF_DUTIES"));
}

// an incomplete file is returned.
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

// the check character of a Chinese registration number.
TEST_F(AccountTest, AWrongRegistrationNumberIsRefused) {
  Account account = world_.CompleteDraft();
  account.set_registration_number("91350100M000100Y44");
  EXPECT_THAT(world_.CreateAccount(kax_, account), HasReason("REGISTRATION_NUMBER_INVALID"));
  account.mutable_address()->set_country("DE");
  EXPECT_THAT(world_.CreateAccount(kax_, account), IsOk());
}

// a group is a tree.
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

// what was verified is frozen for the seller, not for who verifies; everything else stays open.
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

// field history.
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

// personal data of contacts is masked and cannot be written without the right.
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

// contacts are as visible as their account.
TEST_F(AccountTest, ContactsOfForeignAccountsCannotBeMade) {
  const Account account = world_.AddAccount(kax_);
  v1::CreateContactRequest create;
  create.mutable_contact()->set_account(account.name());
  create.mutable_contact()->set_display_name("李女士");
  EXPECT_THAT(world_.Call<v1::Contact>(kax2_, "kam.account.v1.ContactService/CreateContact", create),
              HasReason("OUT_OF_SCOPE"));
}

// the head alone gives no tier: it is worked out, proposed by another, and given to a verified account.
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

}  // namespace
}  // namespace kam::account
