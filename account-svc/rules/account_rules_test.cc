#include "account-svc/rules/account_rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "absl/strings/str_cat.h"
#include "account-svc/policy.h"
#include "account-svc/rules/ownership_rules.h"
#include "common/resource/type.h"
#include "common/testing/matchers.h"
#include "kam/account/v1/account_service.pb.h"
#include "kam/api/method.pb.h"

namespace kam::account::rules {
namespace {

using ::testing::ElementsAre;
using testing::HasReason;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::IsOk;
using v1::Account;

const absl::Time kNow = absl::FromUnixSeconds(1'767'571'200);

// the table of the rules and the method options say the same, for every state and every verb.
TEST(AccountStates, EveryPairOfStateAndVerbIsAsTheMethodSays) {
  const auto* service =
      google::protobuf::DescriptorPool::generated_pool()->FindServiceByName("kam.account.v1.AccountService");
  ASSERT_NE(service, nullptr);
  int allowed = 0;
  for (const AccountVerb verb : kAccountVerbs) {
    const auto* method = service->FindMethodByName(std::string(RpcOf(verb)));
    ASSERT_NE(method, nullptr) << RpcOf(verb);
    const kam::api::Transition& transition = method->options().GetExtension(kam::api::method).transition();
    const std::set<std::string> from(transition.from().begin(), transition.from().end());
    for (int number = v1::AccountState_MIN; number <= v1::AccountState_MAX; ++number) {
      const auto* state = v1::AccountState_descriptor()->FindValueByNumber(number);
      const v1::AccountState next = Next(static_cast<v1::AccountState>(number), verb);
      const bool listed = from.count(resource::ShortEnumName(state)) > 0;
      EXPECT_EQ(next != v1::ACCOUNT_STATE_UNSPECIFIED, listed) << RpcOf(verb) << " in " << state->name();
      if (!listed) continue;
      ++allowed;
      // Without a state to go to it stays where it is.
      EXPECT_EQ(resource::ShortEnumName(v1::AccountState_descriptor()->FindValueByNumber(next)),
                transition.to().empty() ? resource::ShortEnumName(state) : transition.to())
          << RpcOf(verb) << " in " << state->name();
    }
  }
  EXPECT_EQ(allowed, 20);
}

// every state but DRAFT is reached, and CLOSED is the end unless it is taken back.
TEST(AccountStates, ClosedIsTheEndAndEveryStateIsReached) {
  std::set<int> reached = {v1::ACCOUNT_STATE_DRAFT};
  for (int state = 1; state <= v1::AccountState_MAX; ++state) {
    for (const AccountVerb verb : kAccountVerbs) reached.insert(Next(static_cast<v1::AccountState>(state), verb));
  }
  reached.erase(v1::ACCOUNT_STATE_UNSPECIFIED);
  EXPECT_EQ(reached.size(), static_cast<size_t>(v1::AccountState_MAX));
  for (const AccountVerb verb : kAccountVerbs) {
    if (verb == AccountVerb::kReopen) continue;
    EXPECT_EQ(Next(v1::ACCOUNT_STATE_CLOSED, verb), v1::ACCOUNT_STATE_UNSPECIFIED);
  }
}

//
TEST(AccountStates, AClosedFileComesBackAsFarAsItWasVerified) {
  Account account;
  account.set_state(v1::ACCOUNT_STATE_VERIFIED);  // As the transition says.
  EXPECT_THAT(Reopen("employees/a", "employees/a", &account), HasReason("SEPARATION_OF_DUTIES"));
  ASSERT_THAT(Reopen("employees/b", "employees/a", &account), IsOk());
  EXPECT_EQ(account.state(), v1::ACCOUNT_STATE_DRAFT) << "it never was";
  account.mutable_verification()->mutable_verify_time()->set_seconds(1);
  account.set_state(v1::ACCOUNT_STATE_VERIFIED);
  account.set_state_reason("停业");
  ASSERT_THAT(Reopen("employees/b", "employees/a", &account), IsOk());
  EXPECT_EQ(account.state(), v1::ACCOUNT_STATE_VERIFIED);
  EXPECT_EQ(account.state_reason(), "");
}

//
TEST(AccountStates, WhatIsOpenIsNamed) {
  Account account;
  account.set_name("accounts/1");
  EXPECT_THAT(CheckNothingOpen(account, {}), IsOk());
  const absl::Status refused = CheckNothingOpen(account, {{"CONTRACT", 2}, {"RECEIVABLE", 1}});
  EXPECT_THAT(refused, HasReason("OPEN_BUSINESS"));
  EXPECT_NE(refused.message().find("CONTRACT 2, RECEIVABLE 1"), std::string::npos);
}

//
TEST(Completeness, NamesEveryMissingFieldAndNoOther) {
  Account account;
  account.set_legal_name("x");
  account.mutable_address()->set_city("上海");
  EXPECT_THAT(MissingFields(account, 0, {"legal_name", "phone", "address.city", "address.street", "contacts"}),
              ElementsAre("phone", "address.street", "contacts"));
  EXPECT_THAT(MissingFields(account, 1, {"legal_name", "address.city", "contacts"}), IsEmpty());
}

TEST(Completeness, KnowsWhichFieldsAChecklistCanName) {
  EXPECT_TRUE(IsChecklistField("legal_name"));
  EXPECT_TRUE(IsChecklistField("address.city"));
  EXPECT_TRUE(IsChecklistField("contacts"));
  EXPECT_FALSE(IsChecklistField("missing_fields"));
  EXPECT_FALSE(IsChecklistField("address.moon"));
  EXPECT_FALSE(IsChecklistField(""));
}

//
TEST(Submit, AnIncompleteFileIsRefusedWithAllThatIsMissing) {
  Account account;
  const absl::Status status = Submit({"phone", "contacts"}, "employees/a", kNow, &account);
  EXPECT_THAT(status, HasReason("ACCOUNT_INCOMPLETE"));
  EXPECT_THAT(MetadataValue(status, "missing"), "phone, contacts");
}

TEST(Submit, RecordsTheSubmitterAndForgetsAnEarlierVerification) {
  Account account;
  account.mutable_verification()->set_verifier("employees/v");
  ASSERT_THAT(Submit({}, "employees/a", kNow, &account), IsOk());
  EXPECT_EQ(account.verification().submitter(), "employees/a");
  EXPECT_EQ(account.verification().submit_time().seconds(), 1'767'571'200);
  EXPECT_EQ(account.verification().verifier(), "");
}

// the verifier is neither the submitter nor the creator.
TEST(Verify, SeparatesDuties) {
  Account account;
  account.set_creator("employees/c");
  account.mutable_verification()->set_submitter("employees/s");
  EXPECT_THAT(Verify("employees/c", "e", kNow, &account), HasReason("SEPARATION_OF_DUTIES"));
  EXPECT_THAT(Verify("employees/s", "e", kNow, &account), HasReason("SEPARATION_OF_DUTIES"));
  ASSERT_THAT(Verify("employees/v", "营业执照", kNow, &account), IsOk());
  EXPECT_EQ(account.verification().verifier(), "employees/v");
  EXPECT_EQ(account.verification().evidence(), "营业执照");
}

// an active account has an owner and somebody to talk to.
TEST(Activate, NeedsAnOwnerAndAContact) {
  Account account;
  EXPECT_THAT(Activate(1, 1, &account), HasReason("OWNER_REQUIRED"));
  account.set_owner("employees/o");
  EXPECT_THAT(Activate(0, 0, &account), HasReason("CONTACT_REQUIRED"));
  EXPECT_THAT(Activate(1, 0, &account), HasReason("KEY_PERSON_REQUIRED"));
  EXPECT_THAT(Activate(1, 1, &account), IsOk());
}

// what was verified is changed by those only who may verify.
TEST(CheckUpdate, FreezesTheIdentityOfAVerifiedFile) {
  Account before;
  before.set_legal_name("a");
  before.set_registration_number("1");
  before.mutable_address()->set_country("CN");
  Account name = before, number = before, country = before, rest = before;
  name.set_legal_name("b");
  number.set_registration_number("2");
  country.mutable_address()->set_country("DE");
  rest.set_phone("1");
  for (int state = v1::ACCOUNT_STATE_DRAFT; state <= v1::ACCOUNT_STATE_CLOSED; ++state) {
    before.set_state(static_cast<v1::AccountState>(state));
    const bool closed = state == v1::ACCOUNT_STATE_CLOSED;
    const bool frozen = state > v1::ACCOUNT_STATE_SUBMITTED;
    for (const Account& after : {name, number, country}) {
      const absl::Status status = CheckUpdate(before, after, /*may_verify=*/false);
      EXPECT_EQ(Reason(status), closed ? "ACCOUNT_CLOSED" : frozen ? "IDENTITY_FROZEN" : "") << state;
      EXPECT_EQ(CheckUpdate(before, after, /*may_verify=*/true).ok(), !closed) << state;
    }
    EXPECT_EQ(CheckUpdate(before, rest, /*may_verify=*/false).ok(), !closed) << state;
  }
}

//
TEST(Candidate, WhoHasLeftOrHoldsTooMuchGetsNothing) {
  Policy policy;
  policy.holdings_max = 2;
  EXPECT_THAT(CheckCandidate({"employees/a", "2026-01-04", 0}, true, "2026-01-05", policy), HasReason("EMPLOYEE_LEFT"));
  EXPECT_THAT(CheckCandidate({"employees/a", "2026-01-05", 1}, true, "2026-01-05", policy), IsOk());
  EXPECT_THAT(CheckCandidate({"employees/a", "", 2}, true, "2026-01-05", policy), HasReason("HOLDING_CAP_REACHED"));
  EXPECT_THAT(CheckCandidate({"employees/a", "", 2}, false, "2026-01-05", policy), IsOk());
}

//
TEST(Protection, EndsAtItsInstantAndHoldsForOthersOnly) {
  const absl::Time until = kNow + absl::Hours(1);
  EXPECT_THAT(CheckProtection("accounts/a", "employees/b", "employees/a", until, until - absl::Nanoseconds(1)),
              HasReason("ACCOUNT_PROTECTED"));
  EXPECT_THAT(CheckProtection("accounts/a", "employees/b", "employees/a", until, until), IsOk());
  EXPECT_THAT(CheckProtection("accounts/a", "employees/a", "employees/a", until, kNow), IsOk());
  EXPECT_THAT(CheckProtection("accounts/a", "employees/b", "employees/a", std::nullopt, kNow), IsOk());
}

TEST(Protection, TakesTheDaysOfThePolicyAndNoMoreThanItsLimit) {
  Policy policy;
  policy.protection_days = 90;
  policy.protection_days_max = 100;
  EXPECT_EQ(*ProtectedUntil(0, kNow, policy), kNow + absl::Hours(24 * 90));
  EXPECT_EQ(*ProtectedUntil(100, kNow, policy), kNow + absl::Hours(24 * 100));
  EXPECT_THAT(ProtectedUntil(101, kNow, policy), HasReason("PROTECTION_TOO_LONG"));
}

TEST(PolicyTest, NamesEveryFigureThatCannotBe) {
  EXPECT_THAT(Policy().Validate(), IsOk());
  Policy policy;
  policy.protection_days = 400;
  policy.holdings_max = 0;
  policy.stage_probability = {10, 5, 40, 50, 70, 101};
  policy.complete_fields = {"nothing"};
  policy.default_country = "China";
  const absl::Status status = policy.Validate();
  for (const char* field : {"policy.protection_days", "policy.holdings_max", "policy.stage_probability[1]",
                            "policy.stage_probability[5]", "policy.complete_fields[0]", "policy.default_country"}) {
    EXPECT_THAT(status, testing::NamesField(field));
  }
}

// whoever has written the identity is not the second person, neither before nor after the file is verified.
TEST(Reverify, AChangeOfIdentityIsVerifiedBySomebodyElse) {
  const std::vector<std::string> identity = {"legal_name", "address.city", "phone"};
  Account account;
  account.set_creator("employees/c");
  account.set_state(v1::ACCOUNT_STATE_SUBMITTED);
  account.set_legal_name("甲");
  const auto change = [&](const std::string& name, const std::string& actor) {
    const Account before = account;
    account.set_legal_name(name);
    return NoteIdentityChange(identity, before, actor, kNow, &account);
  };
  ASSERT_THAT(Submit({}, "employees/s", kNow, &account), IsOk());
  EXPECT_EQ(account.verification().state(), v1::VERIFICATION_STATE_PENDING);
  ASSERT_THAT(change("乙", "employees/v"), IsOk());
  EXPECT_EQ(account.verification().state(), v1::VERIFICATION_STATE_PENDING);
  EXPECT_THAT(Verify("employees/v", "e", kNow, &account), HasReason("SEPARATION_OF_DUTIES"));
  ASSERT_THAT(Verify("employees/w", "e", kNow, &account), IsOk());
  EXPECT_EQ(account.verification().state(), v1::VERIFICATION_STATE_VERIFIED);
  EXPECT_EQ(account.verification().changers(), "");

  account.set_state(v1::ACCOUNT_STATE_ACTIVE);
  EXPECT_THAT(Reverify("employees/v", "e", kNow, &account), HasReason("NOTHING_TO_VERIFY"));
  const Account before = account;
  account.set_remark("无关");
  account.mutable_address()->set_postal_code("200000");
  ASSERT_THAT(NoteIdentityChange(identity, before, "employees/v", kNow, &account), IsOk());
  EXPECT_EQ(account.verification().state(), v1::VERIFICATION_STATE_VERIFIED) << "not part of the identity";
  ASSERT_THAT(change("丙", "employees/v"), IsOk());
  ASSERT_THAT(change("丁", "employees/x"), IsOk());
  const Account named = account;
  account.mutable_address()->set_city("上海");
  ASSERT_THAT(NoteIdentityChange(identity, named, "employees/x", kNow, &account), IsOk());
  EXPECT_EQ(account.verification().state(), v1::VERIFICATION_STATE_CHANGED);
  EXPECT_EQ(account.verification().changers(), "employees/v employees/x");
  EXPECT_EQ(account.verification().changed_fields(), "legal_name address.city");
  account.set_owner("employees/o");
  EXPECT_THAT(Activate(1, 1, &account), HasReason("REVERIFICATION_REQUIRED"));
  for (const char* who : {"employees/v", "employees/x"}) {
    EXPECT_THAT(Reverify(who, "e", kNow, &account), HasReason("SEPARATION_OF_DUTIES")) << who;
  }
  ASSERT_THAT(Reverify("employees/w", "变更登记", kNow, &account), IsOk());
  EXPECT_EQ(account.verification().state(), v1::VERIFICATION_STATE_VERIFIED);
  EXPECT_EQ(account.verification().evidence(), "变更登记");
  EXPECT_THAT(Activate(1, 1, &account), IsOk());
}

}  // namespace
}  // namespace kam::account::rules
