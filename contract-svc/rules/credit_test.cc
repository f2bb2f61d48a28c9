#include "contract-svc/rules/credit.h"

#include <rapidcheck.h>

#include "common/status/status.h"
#include "common/testing/matchers.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace kam::contract::rules {
namespace {

using kam::testing::HasReason;
using kam::testing::IsOk;

Decimal D(const char* text) { return *Decimal::Parse(text); }

CreditQuestion Ask(const char* amount) {
  CreditQuestion question;
  question.subject = "accounts/a";
  question.currency = "CNY";
  question.today = "2026-01-05";
  question.amount = D(amount);
  return question;
}

CreditLimit Limit(LimitType type, const char* amount = "0") {
  CreditLimit limit;
  limit.type = type;
  limit.amount = D(amount);
  return limit;
}

// C-34, G7
TEST(CreditTest, ZeroAndNoneAreNoCreditAndUnlimitedIsNotChecked) {
  const CreditRules rules;
  EXPECT_THAT(CheckCredit(Limit(LimitType::kAmount, "0"), {}, rules, Ask("0.01")), HasReason("CREDIT_NONE"));
  EXPECT_THAT(CheckCredit(Limit(LimitType::kNone), {}, rules, Ask("0.01")), HasReason("CREDIT_NONE"));
  EXPECT_THAT(CheckCredit(Limit(LimitType::kUnlimited), {}, rules, Ask("999999999")), IsOk());
}

// C-34, G7
TEST(CreditTest, NotSetTakesWhatThePolicySaysAndIsNoCreditWithoutOne) {
  CreditRules rules;
  EXPECT_THAT(CheckCredit(Limit(LimitType::kNotSet), {}, rules, Ask("1")), HasReason("CREDIT_NONE"));
  rules.unset_type = LimitType::kAmount;
  rules.unset_amount = D("50");
  rules.unset_currency = "CNY";
  EXPECT_THAT(CheckCredit(Limit(LimitType::kNotSet), {}, rules, Ask("50")), IsOk());
  EXPECT_THAT(CheckCredit(Limit(LimitType::kNotSet), {}, rules, Ask("50.01")), HasReason("CREDIT_LIMIT_EXCEEDED"));
  // A decision of 0 is a decision: the policy does not lift it.
  EXPECT_THAT(CheckCredit(Limit(LimitType::kAmount, "0"), {}, rules, Ask("1")), HasReason("CREDIT_NONE"));
  rules.unset_type = LimitType::kUnlimited;
  EXPECT_THAT(CheckCredit(Limit(LimitType::kNotSet), {}, rules, Ask("50.01")), IsOk());
}

// C-34, G7: 10 000 000 yen are not 10 000 000 yuan.
TEST(CreditTest, NotSetIsNoCreditInAnotherCurrencyThanThatOfThePolicy) {
  CreditRules rules;
  rules.unset_type = LimitType::kAmount;
  rules.unset_amount = D("10000000");
  rules.unset_currency = "JPY";
  EXPECT_THAT(CheckCredit(Limit(LimitType::kNotSet), {}, rules, Ask("1")), HasReason("CREDIT_NONE"));
  EXPECT_EQ(EffectiveLimit(Limit(LimitType::kNotSet), rules, "CNY").type, LimitType::kNone);
  EXPECT_EQ(EffectiveLimit(Limit(LimitType::kNotSet), rules, "CNY").amount, D("0"));
  EXPECT_EQ(EffectiveLimit(Limit(LimitType::kNotSet), rules, "JPY").amount, D("10000000"));
  EXPECT_EQ(EffectiveLimit(Limit(LimitType::kAmount, "7"), rules, "CNY").amount, D("7"));
  rules.unset_type = LimitType::kUnlimited;
  EXPECT_EQ(EffectiveLimit(Limit(LimitType::kNotSet), rules, "CNY").type, LimitType::kUnlimited);
}

// C-34
TEST(CreditTest, RefusalNamesLimitExposureHeadroomAndWhoMayOverride) {
  CreditUse use;
  use.held = D("10");
  use.committed = D("20.5");
  use.open = D("30");
  const absl::Status status = CheckCredit(Limit(LimitType::kAmount, "100"), use, {}, Ask("40"));
  EXPECT_THAT(status, HasReason("CREDIT_LIMIT_EXCEEDED"));
  EXPECT_EQ(MetadataValue(status, "limit"), "100");
  EXPECT_EQ(MetadataValue(status, "exposure"), "60.5");
  EXPECT_EQ(MetadataValue(status, "headroom"), "39.5");
  EXPECT_EQ(MetadataValue(status, "amount"), "40");
  EXPECT_EQ(MetadataValue(status, "overridableBy"), "credit.override");
  EXPECT_THAT(CheckCredit(Limit(LimitType::kAmount, "100"), use, {}, Ask("39.5")), IsOk());
}

// C-34, G10: block, expiry and overdue hold at every checkpoint, also where nothing is added and nothing limited.
TEST(CreditTest, BlockExpiryAndOverdueHoldWhateverTheLimit) {
  CreditRules rules;
  rules.overdue_block_days = 30;
  for (const LimitType type : {LimitType::kAmount, LimitType::kUnlimited}) {
    CreditLimit limit = Limit(type, "100");
    CreditQuestion question = Ask("0");
    EXPECT_THAT(CheckCredit(limit, {}, rules, question), IsOk());
    question.overdue_days = 30;
    EXPECT_THAT(CheckCredit(limit, {}, rules, question), IsOk());
    question.overdue_days = 31;
    EXPECT_THAT(CheckCredit(limit, {}, rules, question), HasReason("CREDIT_OVERDUE"));
    limit.expiry_date = "2026-01-05";
    question.overdue_days = 0;
    EXPECT_THAT(CheckCredit(limit, {}, rules, question), IsOk());
    limit.expiry_date = "2026-01-04";
    EXPECT_THAT(CheckCredit(limit, {}, rules, question), HasReason("CREDIT_EXPIRED"));
    limit.blocked = true;
    EXPECT_THAT(CheckCredit(limit, {}, rules, question), HasReason("CREDIT_BLOCKED"));
  }
}

TEST(CreditTest, ProposalSaysAnAmountExactlyWithAmount) {
  EXPECT_THAT(CheckProposal(Limit(LimitType::kAmount, "5"), true, "2026-01-05"), IsOk());
  EXPECT_THAT(CheckProposal(Limit(LimitType::kAmount), false, "2026-01-05"), HasReason("CREDIT_PROPOSAL_INVALID"));
  EXPECT_THAT(CheckProposal(Limit(LimitType::kUnlimited), true, "2026-01-05"), HasReason("CREDIT_PROPOSAL_INVALID"));
  CreditLimit past = Limit(LimitType::kNone);
  past.expiry_date = "2026-01-04";
  EXPECT_THAT(CheckProposal(past, false, "2026-01-05"), HasReason("CREDIT_PROPOSAL_INVALID"));
}

TEST(CreditTest, NoPartBecomesNegative) {
  CreditUse use;
  EXPECT_THAT(MoveCredit(CreditPart::kHeld, D("5"), &use), IsOk());
  EXPECT_FALSE(MoveCredit(CreditPart::kHeld, -D("5.01"), &use).ok());
  EXPECT_EQ(use.held, D("5"));
  EXPECT_FALSE(MoveCredit(CreditPart::kOpen, -D("0.01"), &use).ok());
}

// C-34: whatever happens, the exposure is what a recount finds, and no decision takes it beyond the limit.
TEST(CreditTest, ExposureEqualsARecountOverAnyHistory) {
  rc::check([] {
    const CreditLimit limit = Limit(LimitType::kAmount, "1000");
    CreditUse use;
    struct Order {
      Decimal held, committed, open;
    };
    std::vector<Order> orders;
    const int steps = *rc::gen::inRange(0, 80);
    for (int i = 0; i < steps; ++i) {
      const int what = *rc::gen::inRange(0, 5);
      if (what == 0 || orders.empty()) {
        const Decimal amount = *Decimal::FromUnscaled(*rc::gen::inRange<int64_t>(1, 40000) * 10'000'000);
        CreditQuestion question = Ask("0");
        question.amount = amount;
        if (!CheckCredit(limit, use, {}, question).ok()) continue;
        RC_ASSERT(MoveCredit(CreditPart::kHeld, amount, &use).ok());
        orders.push_back({amount, {}, {}});
        RC_ASSERT(*use.Exposure() <= limit.amount);
        continue;
      }
      Order& order = orders[*rc::gen::inRange<size_t>(0, orders.size())];
      const auto move = [&](CreditPart from, Decimal* source, CreditPart to, Decimal* target) {
        RC_ASSERT(MoveCredit(from, -*source, &use).ok());
        if (target != nullptr) {
          RC_ASSERT(MoveCredit(to, *source, &use).ok());
          *target = *Add(*target, *source);
        }
        *source = Decimal();
      };
      if (what == 1) move(CreditPart::kHeld, &order.held, CreditPart::kCommitted, &order.committed);
      if (what == 2) move(CreditPart::kCommitted, &order.committed, CreditPart::kOpen, &order.open);
      if (what == 3) move(CreditPart::kOpen, &order.open, CreditPart::kOpen, nullptr);
      if (what == 4) move(CreditPart::kHeld, &order.held, CreditPart::kHeld, nullptr);
    }
    CreditUse recount;
    for (const Order& order : orders) {
      recount.held = *Add(recount.held, order.held);
      recount.committed = *Add(recount.committed, order.committed);
      recount.open = *Add(recount.open, order.open);
    }
    RC_ASSERT(recount == use);
    RC_ASSERT(*use.Exposure() <= limit.amount);
  });
}

}  // namespace
}  // namespace kam::contract::rules
