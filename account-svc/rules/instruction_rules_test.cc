// What is important enough to be asked for before it is done (G-05, R-24).
#include "account-svc/rules/instruction_rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "account-svc/rules/proto_time.h"
#include "common/money/money_proto.h"
#include "common/testing/matchers.h"

namespace kam::account::rules {
namespace {

using organization::v1::InstructionRequest;
using testing::HasReason;
using testing::IsOk;
using testing::NamesField;

constexpr char kClose[] = "kam.account.v1.AccountService/CloseAccount";
constexpr char kBudget[] = "kam.account.v1.CampaignService/ApproveCampaignBudget";

const absl::Time kNow = absl::FromUnixSeconds(1'767'600'000);

Money Yuan(int amount) { return *Money::Parse(absl::StrCat(amount), "CNY"); }

InstructionRequest Approved(const char* number, absl::Time expires) {
  InstructionRequest request;
  request.set_number(number);
  request.set_verb(kClose);
  request.set_related("accounts/a");
  request.set_state(organization::v1::INSTRUCTION_STATE_APPROVED);
  *request.mutable_expire_time() = ToTimestamp(expires);
  return request;
}

// the highest tier, and what costs as much as the policy says, is important; below that everybody acts alone.
TEST(ImportantMatters, BeginAtATierOrAnAmount) {
  const Policy policy;
  const ImportantVerb& close = *ImportantOf(kClose, policy);
  EXPECT_FALSE(IsRoutine({kClose, "accounts/a", v1::TIER_STRATEGIC, {}}, close));
  for (const v1::Tier tier : {v1::TIER_A, v1::TIER_B, v1::TIER_C, v1::TIER_UNSPECIFIED}) {
    EXPECT_TRUE(IsRoutine({kClose, "accounts/a", tier, {}}, close)) << v1::Tier_Name(tier);
  }
  ImportantVerb from_a = close;
  from_a.from_tier = "A";
  EXPECT_FALSE(IsRoutine({kClose, "accounts/a", v1::TIER_STRATEGIC, {}}, from_a));
  EXPECT_FALSE(IsRoutine({kClose, "accounts/a", v1::TIER_A, {}}, from_a));
  EXPECT_TRUE(IsRoutine({kClose, "accounts/a", v1::TIER_B, {}}, from_a));
  const ImportantVerb& budget = *ImportantOf(kBudget, policy);
  EXPECT_TRUE(IsRoutine({kBudget, "campaigns/c", v1::TIER_UNSPECIFIED, Yuan(499'999)}, budget));
  EXPECT_FALSE(IsRoutine({kBudget, "campaigns/c", v1::TIER_UNSPECIFIED, Yuan(500'000)}, budget));
  EXPECT_FALSE(IsRoutine({kBudget, "campaigns/c", v1::TIER_UNSPECIFIED, *Money::Parse("1", "EUR")}, budget))
      << "what cannot be compared is asked for";
  ImportantVerb always = close;
  always.from_tier.clear();
  EXPECT_FALSE(IsRoutine({kClose, "accounts/a", v1::TIER_C, {}}, always));
  EXPECT_EQ(ImportantOf("kam.account.v1.AccountService/UpdateAccount", policy), nullptr);
}

// what was begun as routine is begun anew when the customer has become important; what was asked for at its
// beginning goes on.
TEST(ImportantMatters, WhatHasBecomeImportantIsBegunAnew) {
  const Policy policy;
  EXPECT_THAT(CheckStillRoutine({kClose, "accounts/a", v1::TIER_A, {}}, v1::TIER_STRATEGIC, policy),
              HasReason("INSTRUCTION_REQUIRED"));
  EXPECT_THAT(CheckStillRoutine({kClose, "accounts/a", v1::TIER_UNSPECIFIED, {}}, v1::TIER_STRATEGIC, policy),
              HasReason("INSTRUCTION_REQUIRED"));
  EXPECT_THAT(CheckStillRoutine({kClose, "accounts/a", v1::TIER_B, {}}, v1::TIER_A, policy), IsOk());
  EXPECT_THAT(CheckStillRoutine({kClose, "accounts/a", v1::TIER_STRATEGIC, {}}, v1::TIER_STRATEGIC, policy), IsOk());
}

// the operations director, and those to whom he answers, act unasked.
TEST(ImportantMatters, WhoeverDecidesIsNotAsked) {
  const Policy policy;
  const ImportantVerb& close = *ImportantOf(kClose, policy);
  for (const char* role : {"OD", "DGM", "GM"}) EXPECT_TRUE(Decides(close, {"KAM", role})) << role;
  EXPECT_FALSE(Decides(close, {"KAM", "GAM", "SD"}));
  EXPECT_FALSE(Decides(close, {}));
}

// G-05, R-24: an instruction counts for its days and its money; the refusal says what is wanted of whom.
TEST(ImportantMatters, AnInstructionCountsForItsDaysAndItsMoney) {
  const Policy policy;
  const ImportantVerb& close = *ImportantOf(kClose, policy);
  const Matter matter = {kClose, "accounts/a", v1::TIER_STRATEGIC, {}};
  const auto none = FindUsable(matter, close, {}, kNow);
  EXPECT_THAT(none, HasReason("INSTRUCTION_REQUIRED"));
  EXPECT_EQ(MetadataValue(none.status(), "verb"), kClose);
  EXPECT_EQ(MetadataValue(none.status(), "limit"), "tier STRATEGIC");
  EXPECT_EQ(MetadataValue(none.status(), "allowed"), "OD, DGM, GM");
  const std::vector<InstructionRequest> old = {Approved("IR1", kNow)};
  const auto over = FindUsable(matter, close, old, kNow);
  EXPECT_THAT(over, HasReason("INSTRUCTION_REQUIRED"));
  EXPECT_THAT(std::string(over.status().message()), ::testing::HasSubstr("IR1"));
  const std::vector<InstructionRequest> both = {Approved("IR1", kNow), Approved("IR2", kNow + absl::Seconds(1))};
  const auto usable = FindUsable(matter, close, both, kNow);
  ASSERT_THAT(usable, IsOk());
  EXPECT_EQ((*usable)->number(), "IR2");

  const ImportantVerb& budget = *ImportantOf(kBudget, policy);
  const Matter money = {kBudget, "campaigns/c", v1::TIER_UNSPECIFIED, Yuan(600'000)};
  std::vector<InstructionRequest> given = {Approved("IR3", kNow + absl::Hours(1))};
  EXPECT_THAT(FindUsable(money, budget, given, kNow), HasReason("INSTRUCTION_REQUIRED")) << "for no money";
  ToProto(Yuan(599'999), given[0].mutable_amount());
  EXPECT_THAT(FindUsable(money, budget, given, kNow), HasReason("INSTRUCTION_REQUIRED"));
  ToProto(*Money::Parse("600000", "EUR"), given[0].mutable_amount());
  EXPECT_THAT(FindUsable(money, budget, given, kNow), HasReason("INSTRUCTION_REQUIRED"));
  ToProto(Yuan(600'000), given[0].mutable_amount());
  EXPECT_THAT(FindUsable(money, budget, given, kNow), IsOk());
}

// G-05: an instruction counts for the receiver and the tier that were decided on; one that names none covers no matter
// that has one.
TEST(ImportantMatters, AnInstructionCountsForItsReceiverAndItsTier) {
  const Policy policy;
  const std::string transfer = "kam.account.v1.AccountService/TransferOwner";
  const std::string confirm = "kam.account.v1.AccountService/ConfirmAccountTier";
  std::vector<InstructionRequest> given = {Approved("IR1", kNow + absl::Hours(1))};
  const Matter to_li = {transfer, "accounts/a", v1::TIER_STRATEGIC, {}, "employees/li", v1::TIER_UNSPECIFIED};
  const Matter to_b = {confirm, "accounts/a", v1::TIER_STRATEGIC, {}, "", v1::TIER_B};
  EXPECT_THAT(FindUsable(to_li, *ImportantOf(transfer, policy), given, kNow), HasReason("INSTRUCTION_REQUIRED"));
  EXPECT_THAT(FindUsable(to_b, *ImportantOf(confirm, policy), given, kNow), HasReason("INSTRUCTION_REQUIRED"));
  given[0].set_receiver("employees/zhang");
  const auto other = FindUsable(to_li, *ImportantOf(transfer, policy), given, kNow);
  EXPECT_THAT(other, HasReason("INSTRUCTION_REQUIRED"));
  EXPECT_THAT(std::string(other.status().message()), ::testing::HasSubstr("IR1 is for another receiver"));
  given[0].set_receiver("employees/li");
  EXPECT_THAT(FindUsable(to_li, *ImportantOf(transfer, policy), given, kNow), IsOk());
  given[0].clear_receiver();
  given[0].set_tier("A");
  EXPECT_THAT(FindUsable(to_b, *ImportantOf(confirm, policy), given, kNow), HasReason("INSTRUCTION_REQUIRED"));
  given[0].set_tier("B");
  EXPECT_THAT(FindUsable(to_b, *ImportantOf(confirm, policy), given, kNow), IsOk());
}

// G-05: who gets the customer, and which tier it gets, is said when it is asked for, by the verbs that give one.
TEST(ImportantMatters, SayWhoGetsWhat) {
  const Policy policy;
  InstructionRequest words;
  words.set_receiver("employees/li");
  EXPECT_THAT(CheckVerb(words, policy), HasReason("FIELD_NOT_FOR_KIND"));
  for (const char* verb :
       {"kam.account.v1.AccountService/TransferOwner", "kam.account.v1.AccountHandoverService/StartAccountHandover",
        "kam.account.v1.AccountHandoverService/StartLeaverHandovers"}) {
    InstructionRequest request;
    request.set_verb(verb);
    request.set_related("accounts/a");
    EXPECT_THAT(CheckVerb(request, policy), NamesField("instruction_request.receiver")) << verb;
    request.set_receiver("employees/li");
    EXPECT_THAT(CheckVerb(request, policy), IsOk()) << verb;
    request.set_tier("A");
    EXPECT_THAT(CheckVerb(request, policy), HasReason("FIELD_NOT_FOR_KIND")) << verb;
  }
  for (const char* verb : {"kam.account.v1.AccountService/ConfirmAccountTier",
                           "kam.account.v1.AccountEvaluationService/ConfirmAccountEvaluation"}) {
    InstructionRequest request;
    request.set_verb(verb);
    request.set_related("accounts/a");
    EXPECT_THAT(CheckVerb(request, policy), NamesField("instruction_request.tier")) << verb;
    request.set_tier("GOLD");
    EXPECT_THAT(CheckVerb(request, policy), HasReason("FIELD_VALUE_UNKNOWN")) << verb;
    request.set_tier("B");
    EXPECT_THAT(CheckVerb(request, policy), IsOk()) << verb;
    request.set_receiver("employees/li");
    EXPECT_THAT(CheckVerb(request, policy), HasReason("FIELD_NOT_FOR_KIND")) << verb;
  }
}

// G-05: an approval counts as long as the policy says; a superior without the role passes the matter on.
TEST(ImportantMatters, AreInstructedByTheRole) {
  Policy policy;
  policy.instruction_valid_days = 2;
  const ImportantVerb& close = *ImportantOf(kClose, policy);
  InstructionRequest request = Approved("IR1", kNow);
  const absl::Status refused = Instruct(&close, /*decides=*/false, kNow, policy, &request);
  EXPECT_THAT(refused, HasReason("INSTRUCTION_BEYOND_ROLE"));
  EXPECT_EQ(MetadataValue(refused, "allowed"), "OD, DGM, GM");
  ASSERT_THAT(Instruct(&close, /*decides=*/true, kNow, policy, &request), IsOk());
  EXPECT_EQ(FromTimestamp(request.expire_time()), kNow + absl::Hours(48));
  EXPECT_THAT(CheckExecutedByHand(request), HasReason("INSTRUCTION_FOR_VERB"));
  MarkExecuted(kNow, &request);
  EXPECT_EQ(request.state(), organization::v1::INSTRUCTION_STATE_EXECUTED);
  InstructionRequest words;
  ASSERT_THAT(Instruct(nullptr, /*decides=*/false, kNow, policy, &words), IsOk());
  EXPECT_FALSE(words.has_expire_time());
  EXPECT_THAT(CheckExecutedByHand(words), IsOk());
}

// G-05: what is asked for is a verb that is important, on one resource, and no report.
TEST(ImportantMatters, AreAskedForByVerbAndResource) {
  const Policy policy;
  InstructionRequest request;
  EXPECT_THAT(CheckVerb(request, policy), IsOk());
  request.set_verb("kam.account.v1.AccountService/UpdateAccount");
  EXPECT_THAT(CheckVerb(request, policy), HasReason("FIELD_VALUE_UNKNOWN"));
  request.set_verb(kClose);
  EXPECT_THAT(CheckVerb(request, policy), NamesField("instruction_request.related"));
  request.set_related("accounts/a");
  EXPECT_THAT(CheckVerb(request, policy), IsOk());
  request.set_kind(organization::v1::INSTRUCTION_KIND_REPORT);
  EXPECT_THAT(CheckVerb(request, policy), HasReason("REPORT_ONLY"));
}

// a policy names verbs that ask, tiers and amounts that there are, and somebody who decides.
TEST(ImportantMatters, APolicyThatCannotBeIsRefused) {
  EXPECT_THAT(Policy().Validate(), IsOk());
  Policy policy;
  policy.important_verbs = {{"kam.account.v1.AccountService/UpdateAccount", "", "", "", {"OD"}}};
  EXPECT_THAT(policy.Validate(), NamesField("policy.important_verbs[0].method"));
  policy.important_verbs = {{kClose, "", "", "", {"OD"}}, {kClose, "", "", "", {"OD"}}};
  EXPECT_THAT(policy.Validate(), NamesField("policy.important_verbs[1].method"));
  policy.important_verbs = {{kClose, "GOLD", "", "", {"OD"}}};
  EXPECT_THAT(policy.Validate(), NamesField("policy.important_verbs[0].from_tier"));
  policy.important_verbs = {{kClose, "", "much", "CNY", {"OD"}}};
  EXPECT_THAT(policy.Validate(), NamesField("policy.important_verbs[0].from_amount"));
  policy.important_verbs = {{kClose, "", "", "", {}}};
  EXPECT_THAT(policy.Validate(), NamesField("policy.important_verbs[0].deciders"));
}

}  // namespace
}  // namespace kam::account::rules
