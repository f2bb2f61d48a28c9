#include "contract-svc/rules/discretion.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/testing/matchers.h"

namespace kam::contract::rules {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

Money Cny(absl::string_view amount) { return Money::Parse(amount, "CNY").value(); }
Decimal Dec(absl::string_view text) { return Decimal::Parse(text).value(); }

Grant NewGrant(const std::string& role, int level, absl::string_view discount) {
  Grant grant;
  grant.name = "authorityGrants/" + role;
  grant.role = role;
  grant.level = level;
  grant.max_discount_percent = Dec(discount);
  grant.max_gift_percent = Dec("5");
  grant.valid.from = "2020-01-01";
  return grant;
}

// One piece at `net` of 100, with this floor and this purchase price.
Document At(absl::string_view net, absl::string_view floor, absl::string_view cost) {
  PricedLine line;
  line.product = "products/p";
  line.quantity = Dec("1");
  line.list_price = line.published_price = Cny("100");
  line.net_price = line.amount = Cny(net);
  line.concession_percent = PercentBelow(Dec("100"), Dec(net)).value();
  line.floor_price = Cny(floor);
  line.unit_cost = Cny(cost);
  line.margin_percent = PercentBelow(Dec(net), Dec(cost)).value();
  Document document;
  document.currency = line.net_price->currency();
  document.amount = line.amount;
  document.gift_value = Cny("0");
  document.lines.push_back(line);
  return document;
}

class Discretion : public ::testing::Test {
 protected:
  Discretion() {
    grants_ = {NewGrant("KAX", 1, "10"), NewGrant("SM", 2, "20"), NewGrant("GAM", 4, "30")};
    grants_[0].min_margin_percent = grants_[1].min_margin_percent = Dec("5");
    grants_[2].below_floor_allowed = true;
  }
  DocumentDecision Truth(const Document& document) { return Decide(document, actor_, grants_, today_).value(); }
  DocumentDecision Public(const Document& document) {
    return Decide(PublicPart(document, blind_), actor_, PublicPart(grants_, blind_), today_).value();
  }
  DocumentDecision Tell(const Document& document, const std::vector<int>& refused = {}) {
    const std::vector<Grant> open = PublicPart(grants_, blind_);
    return Told(PublicPart(document, blind_), Truth(document), Public(document), refused, actor_, open, today_).value();
  }

  const Sight blind_;
  const Actor actor_{"employees/e", {"KAX"}};
  const std::string today_ = "2026-01-05";
  std::vector<Grant> grants_;
};

// C-02, C-03: beyond the public authority the answer is the same whatever floor and purchase price are.
TEST_F(Discretion, BeyondThePublicAuthorityNothingIsTold) {
  for (int discount = 11; discount <= 30; ++discount) {
    const std::string net = std::to_string(100 - discount);
    const DocumentDecision low = Tell(At(net, "1", "1")), high = Tell(At(net, "99", "98"));
    ASSERT_EQ(low.lines[0].verdict, Verdict::kNeedsApproval);
    EXPECT_EQ(low.lines[0].level, high.lines[0].level) << discount;
    EXPECT_EQ(low.lines[0].roles, high.lines[0].roles) << discount;
    ASSERT_EQ(high.lines[0].exceeded.size(), 1u) << discount;
    EXPECT_EQ(high.lines[0].exceeded[0].rule, kRuleDiscount);
    EXPECT_EQ(low.level, high.level);
  }
}

// Inside it one bit is told, the same for floor and for margin: the next level.
TEST_F(Discretion, InsideThePublicAuthorityOnlyThatTheNextLevelIsNeeded) {
  for (const Document& document : {At("95", "99", "1"), At("95", "1", "94")}) {
    EXPECT_EQ(Public(document).verdict, Verdict::kWithin);
    const DocumentDecision told = Tell(document);
    EXPECT_EQ(told.verdict, Verdict::kNeedsApproval);
    EXPECT_EQ(told.lines[0].level, 2);
    EXPECT_THAT(told.lines[0].roles, ElementsAre("SM"));
    ASSERT_EQ(told.lines[0].exceeded.size(), 1u);
    EXPECT_EQ(told.lines[0].exceeded[0].rule, kRuleConfidential);
    EXPECT_EQ(told.lines[0].headroom_percent, Dec("5")) << "of the discount, which is public";
  }
  EXPECT_EQ(Truth(At("95", "99", "1")).lines[0].level, 4) << "the floor really needs the head of the department";
}

// C-02: that there is a floor in another currency is not told either.
TEST_F(Discretion, AnUnknownFloorIsToldLikeABrokenOne) {
  Document document = At("95", "1", "1");
  document.lines[0].floor_price.reset();
  document.lines[0].floor_unknown = true;
  EXPECT_EQ(Truth(document).lines[0].level, 4);
  const DocumentDecision told = Tell(document);
  ASSERT_EQ(told.lines[0].exceeded.size(), 1u);
  EXPECT_EQ(told.lines[0].exceeded[0].rule, kRuleConfidential);
  EXPECT_EQ(told.lines[0].level, 2);
}

TEST_F(Discretion, WhatIsRefusedWithoutAskingIsToldLikeAnyOther) {
  const Document fine = At("95", "1", "1");
  EXPECT_EQ(Tell(fine).verdict, Verdict::kWithin);
  const DocumentDecision refused = Tell(fine, {0});
  const DocumentDecision broken = Tell(At("95", "99", "1"));
  EXPECT_EQ(refused.verdict, broken.verdict);
  EXPECT_EQ(refused.lines[0].level, broken.lines[0].level);
  EXPECT_EQ(refused.lines[0].exceeded[0].rule, broken.lines[0].exceeded[0].rule);
}

// What counts as a probe: something conceded, a limit that bears on it, and an answer that depends on it.
TEST_F(Discretion, TellingPartsAreThoseWhoseAnswerDependsOnAConfidentialLimit) {
  const auto telling = [&](const Document& document, bool submitted) {
    return Telling(document, Public(document), grants_, blind_, submitted);
  };
  EXPECT_THAT(telling(At("95", "1", "1"), false), ElementsAre(0));
  EXPECT_THAT(telling(At("100", "1", "1"), false), IsEmpty()) << "the published price";
  Document spread = At("100", "1", "1");
  spread.lines[0].moves_with_quantity = true;
  EXPECT_THAT(telling(spread, false), ElementsAre(0)) << "the quantity chooses the published price";
  Document hair = At("99.9999", "1", "1");
  hair.lines[0].concession_percent = Decimal();
  EXPECT_THAT(telling(hair, false), ElementsAre(0)) << "a concession that is no percentage";
  EXPECT_THAT(telling(At("85", "1", "1"), false), IsEmpty()) << "needs approval anyway";
  EXPECT_THAT(telling(At("85", "1", "1"), true), ElementsAre(0)) << "the level asked tells something";
  Document gift = At("100", "1", "1");
  gift.gift_value = Cny("3");
  gift.margin_percent = Dec("1");
  EXPECT_THAT(telling(gift, false), ElementsAre(kWholeDocument));
  for (Grant& grant : grants_) grant.min_margin_percent.reset();
  EXPECT_THAT(telling(gift, false), IsEmpty());
  Document no_floor = At("95", "1", "1");
  no_floor.lines[0].floor_price.reset();
  EXPECT_THAT(telling(no_floor, false), IsEmpty()) << "there is no limit";
}

TEST_F(Discretion, WhoMayKnowIsToldTheTruth) {
  const Document document = At("95", "99", "1");
  const Sight all{true, true};
  EXPECT_EQ(PublicPart(document, all).lines[0].floor_price, Cny("99"));
  EXPECT_EQ(PublicPart(grants_, all)[0].min_margin_percent, Dec("5"));
  EXPECT_THAT(Telling(document, Truth(document), {}, all, true), IsEmpty());
}

}  // namespace
}  // namespace kam::contract::rules
