#include "contract-svc/rules/authority.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/status/status.h"

namespace kam::contract::rules {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr char kToday[] = "2026-02-01";

Money Cny(absl::string_view amount) { return Money::Parse(amount, "CNY").value(); }
Decimal Dec(absl::string_view text) { return Decimal::Parse(text).value(); }

Grant RoleGrant(const std::string& role, int level, absl::string_view discount) {
  Grant grant;
  grant.role = role;
  grant.level = level;
  grant.max_discount_percent = Dec(discount);
  grant.valid.from = "2026-01-01";
  return grant;
}

// The grid that the suite is delivered with, R-06 and R-08.
std::vector<Grant> Grid() {
  std::vector<Grant> grid = {RoleGrant("KAX", 1, "0"), RoleGrant("SM", 2, "5"), RoleGrant("KAM", 3, "8"),
                             RoleGrant("GAM", 4, "15"), RoleGrant("SD", 5, "20")};
  grid[1].max_gift_percent = Dec("2");
  grid[2].max_gift_percent = Dec("3");
  grid[3].max_gift_percent = Dec("5");
  grid[3].below_floor_allowed = true;
  grid[4].below_floor_allowed = true;
  return grid;
}

// A line at `net` where 100 is published.
PricedLine Line(absl::string_view net, absl::string_view quantity = "1") {
  PricedLine line;
  line.product = "p";
  line.product_line = "Sedan";
  line.quantity = Dec(quantity);
  line.list_price = Cny("110");
  line.published_price = Cny("100");
  line.net_price = Cny(net);
  line.amount = Multiply(Cny(net), line.quantity).value();
  line.concession_percent = PercentBelow(Dec("100"), Dec(net)).value();
  return line;
}

Document NewDocument(std::vector<PricedLine> lines) {
  Document document;
  document.tier = "A";
  document.currency = Currency::Parse("CNY").value();
  document.amount = Cny("0");
  for (const PricedLine& line : lines) document.amount = Add(*document.amount, *line.amount).value();
  document.gift_value = Cny("0");
  document.lines = std::move(lines);
  return document;
}

DocumentDecision DecideAs(const std::vector<std::string>& roles, const Document& document,
                          const std::vector<Grant>& grants = Grid(), const std::string& today = kToday) {
  absl::StatusOr<DocumentDecision> decision = Decide(document, {"employees/me", roles}, grants, today);
  EXPECT_TRUE(decision.ok()) << decision.status();
  return decision.value_or(DocumentDecision());
}

std::vector<std::string> RulesOf(const Decision& decision) {
  std::vector<std::string> rules;
  for (const Exceeded& exceeded : decision.exceeded) rules.push_back(exceeded.rule);
  return rules;
}

struct Case {
  std::string role;
  std::string net;
  Verdict verdict;
  int level;
  std::string who;
};

// C-03, R-06: the whole grid, at each limit and one hundredth beyond it.
TEST(Authority, GridAtItsLimits) {
  const std::vector<Case> cases = {
      {"KAX", "100", Verdict::kWithin, 0, ""},
      {"KAX", "99.99", Verdict::kNeedsApproval, 2, "SM"},
      {"KAX", "95", Verdict::kNeedsApproval, 2, "SM"},
      {"KAX", "94.99", Verdict::kNeedsApproval, 3, "KAM"},
      {"KAX", "92", Verdict::kNeedsApproval, 3, "KAM"},
      {"KAX", "91.99", Verdict::kNeedsApproval, 4, "GAM"},
      {"KAX", "80", Verdict::kNeedsApproval, 5, "SD"},
      {"KAX", "79.99", Verdict::kNever, 0, ""},
      {"SM", "95", Verdict::kWithin, 0, ""},
      {"SM", "94.99", Verdict::kNeedsApproval, 3, "KAM"},
      {"KAM", "92", Verdict::kWithin, 0, ""},
      {"KAM", "91.99", Verdict::kNeedsApproval, 4, "GAM"},
      {"GAM", "85", Verdict::kWithin, 0, ""},
      {"GAM", "84.99", Verdict::kNeedsApproval, 5, "SD"},
      {"SD", "80", Verdict::kWithin, 0, ""},
      {"SD", "79.99", Verdict::kNever, 0, ""},
      {"CSR", "100", Verdict::kNeedsApproval, 1, "KAX"},
  };
  for (const Case& c : cases) {
    const DocumentDecision decision = DecideAs({c.role}, NewDocument({Line(c.net)}));
    const Decision& line = decision.lines[0];
    EXPECT_EQ(line.verdict, c.verdict) << c.role << " " << c.net;
    EXPECT_EQ(line.level, c.level) << c.role << " " << c.net;
    if (c.who.empty()) {
      EXPECT_THAT(line.roles, IsEmpty()) << c.role << " " << c.net;
    } else {
      EXPECT_THAT(line.roles, ElementsAre(c.who)) << c.role << " " << c.net;
    }
  }
}

// G5: price below the floor; within the authority, above it, nobody.
TEST(Authority, G5PriceBelowTheFloor) {
  PricedLine line = Line("95");
  line.floor_price = Cny("97");
  // Within: the one who may go below the floor.
  EXPECT_EQ(DecideAs({"GAM"}, NewDocument({line})).verdict, Verdict::kWithin);
  // Above: the discount alone would be within the authority of SM and KAM.
  for (const char* role : {"KAX", "SM", "KAM"}) {
    const DocumentDecision decision = DecideAs({role}, NewDocument({line}));
    EXPECT_EQ(decision.verdict, Verdict::kNeedsApproval) << role;
    EXPECT_EQ(decision.level, 4) << role;
    EXPECT_THAT(decision.lines[0].roles, ElementsAre("GAM")) << role;
  }
  EXPECT_THAT(RulesOf(DecideAs({"SM"}, NewDocument({line})).lines[0]), ElementsAre(kRuleFloor));
  // Nobody.
  std::vector<Grant> strict = Grid();
  for (Grant& grant : strict) grant.below_floor_allowed = false;
  const DocumentDecision never = DecideAs({"SD"}, NewDocument({line}), strict);
  EXPECT_EQ(never.verdict, Verdict::kNever);
  EXPECT_THAT(never.lines[0].roles, IsEmpty());
}

// C-02, G5: where the floor is not known in the currency, what is given away is not taken for within it.
TEST(Authority, G5AnUnknownFloorTakesThoseWhoMayGoBelowIt) {
  PricedLine line = Line("97");
  line.floor_unknown = true;
  const DocumentDecision decision = DecideAs({"SM"}, NewDocument({line}));
  EXPECT_EQ(decision.level, 4);
  EXPECT_THAT(RulesOf(decision.lines[0]), ElementsAre(kRuleFloorUnknown));
  EXPECT_EQ(DecideAs({"GAM"}, NewDocument({line})).verdict, Verdict::kWithin);
  PricedLine published = Line("100");
  published.floor_unknown = true;
  EXPECT_EQ(DecideAs({"KAX"}, NewDocument({published})).verdict, Verdict::kWithin) << "the price that was released";
}

// C-02: 不允许向客户高报价.
TEST(Authority, NobodyQuotesAboveThePublishedPrice) {
  std::vector<Grant> grid = Grid();
  grid.push_back(RoleGrant("GM", 6, "100"));
  const DocumentDecision decision = DecideAs({"GM"}, NewDocument({Line("100.01")}), grid);
  EXPECT_EQ(decision.verdict, Verdict::kNever);
  EXPECT_THAT(RulesOf(decision.lines[0]), ElementsAre(kRuleAbovePublished));
}

TEST(Authority, HeadroomIsWhatIsLeftOfTheOwnDiscount) {
  EXPECT_EQ(DecideAs({"KAM"}, NewDocument({Line("97")})).lines[0].headroom_percent, Dec("5"));
  EXPECT_EQ(DecideAs({"KAX"}, NewDocument({Line("97")})).lines[0].headroom_percent, Dec("-3"));
  EXPECT_EQ(DecideAs({"CSR"}, NewDocument({Line("97")})).lines[0].headroom_percent, std::nullopt);
}

TEST(Authority, SeveralRolesTakeTheWidest) {
  EXPECT_EQ(DecideAs({"KAX", "KAM"}, NewDocument({Line("92")})).verdict, Verdict::kWithin);
}

TEST(Authority, OneGrantMustAllowAllOfALine) {
  // One grant allows the discount, the other the value; neither allows both.
  Grant deep = RoleGrant("KAM", 3, "10");
  deep.max_line_value = Dec("50");
  const Grant wide = RoleGrant("KAM", 3, "1");
  const DocumentDecision decision = DecideAs({"KAM"}, NewDocument({Line("90")}), {deep, wide});
  EXPECT_EQ(decision.verdict, Verdict::kNever);
}

TEST(Authority, GrantsHoldForTierProductLineCurrencyAndDays) {
  const Document document = NewDocument({Line("90")});
  EXPECT_EQ(DecideAs({"KAM"}, document, {RoleGrant("KAM", 3, "10")}).verdict, Verdict::kWithin);
  const auto narrowed = [](auto change) {
    Grant grant = RoleGrant("KAM", 3, "10");
    change(grant);
    return std::vector<Grant>{grant};
  };
  EXPECT_EQ(DecideAs({"KAM"}, document, narrowed([](Grant& g) { g.tier = "A"; })).verdict, Verdict::kWithin);
  EXPECT_EQ(DecideAs({"KAM"}, document, narrowed([](Grant& g) { g.tier = "B"; })).verdict, Verdict::kNever);
  EXPECT_EQ(DecideAs({"KAM"}, document, narrowed([](Grant& g) { g.product_line = "Sedan"; })).verdict,
            Verdict::kWithin);
  EXPECT_EQ(DecideAs({"KAM"}, document, narrowed([](Grant& g) { g.product_line = "Truck"; })).verdict, Verdict::kNever);
  EXPECT_EQ(DecideAs({"KAM"}, document, narrowed([](Grant& g) { g.currency = "USD"; })).verdict, Verdict::kNever);
  EXPECT_EQ(DecideAs({"KAM"}, document, narrowed([](Grant& g) { g.active = false; })).verdict, Verdict::kNever);
  EXPECT_EQ(DecideAs({"KAM"}, document, narrowed([](Grant& g) { g.valid.until = "2026-01-31"; })).verdict,
            Verdict::kNever);
  EXPECT_EQ(DecideAs({"KAM"}, document, narrowed([](Grant& g) { g.valid.from = "2026-02-02"; })).verdict,
            Verdict::kNever);
  EXPECT_EQ(DecideAs({"KAM"}, document, narrowed([](Grant& g) { g.valid.until = kToday; })).verdict, Verdict::kWithin);
}

TEST(Authority, PersonalGrantNamesThePerson) {
  Grant personal = RoleGrant("", 2, "10");
  personal.employee = "employees/zhou";
  const DocumentDecision decision = DecideAs({"KAX"}, NewDocument({Line("90")}), {RoleGrant("KAX", 1, "0"), personal});
  EXPECT_EQ(decision.level, 2);
  EXPECT_THAT(decision.lines[0].roles, IsEmpty());
  EXPECT_THAT(decision.lines[0].employees, ElementsAre("employees/zhou"));
}

TEST(Authority, DiscountMayBeMeasuredFromTheListPrice) {
  Grant grant = RoleGrant("KAM", 3, "10");
  grant.base = Base::kListPrice;  // 110: down to 99.
  EXPECT_EQ(DecideAs({"KAM"}, NewDocument({Line("99")}), {grant}).verdict, Verdict::kWithin);
  EXPECT_EQ(DecideAs({"KAM"}, NewDocument({Line("98.99")}), {grant}).verdict, Verdict::kNever);
}

TEST(Authority, LineAndDocumentValues) {
  Grant kam = RoleGrant("KAM", 3, "10");
  kam.currency = "CNY";
  kam.max_line_value = Dec("1000");
  kam.max_document_value = Dec("1500");
  const Grant sd = RoleGrant("SD", 5, "20");
  EXPECT_EQ(DecideAs({"KAM"}, NewDocument({Line("100", "10")}), {kam, sd}).verdict, Verdict::kWithin);
  const DocumentDecision line = DecideAs({"KAM"}, NewDocument({Line("100", "10.01")}), {kam, sd});
  EXPECT_EQ(line.level, 5);
  EXPECT_THAT(RulesOf(line.lines[0]), ElementsAre(kRuleLineValue));
  const DocumentDecision document = DecideAs({"KAM"}, NewDocument({Line("100", "8"), Line("100", "8")}), {kam, sd});
  EXPECT_EQ(document.lines[0].verdict, Verdict::kWithin);
  EXPECT_EQ(document.document.level, 5);
  EXPECT_THAT(RulesOf(document.document), ElementsAre(kRuleDocumentValue));
  EXPECT_EQ(document.verdict, Verdict::kNeedsApproval);
}

// C-04, R-08: gifts need authority too, and lower the margin.
TEST(Authority, GiftsBeyondTheOwnShareNeedTheNextLevel) {
  Document document = NewDocument({Line("100", "10")});
  document.gift_value = Cny("20");
  const DocumentDecision consultant = DecideAs({"KAX"}, document);
  EXPECT_EQ(consultant.document.level, 2);
  EXPECT_THAT(consultant.document.roles, ElementsAre("SM"));
  EXPECT_THAT(RulesOf(consultant.document), ElementsAre(kRuleGift));
  EXPECT_EQ(DecideAs({"SM"}, document).verdict, Verdict::kWithin);
  document.gift_value = Cny("20.01");
  EXPECT_EQ(DecideAs({"SM"}, document).document.level, 3);
}

TEST(Authority, MarginBelowTheMinimumOrUnknownIsNeverPassedOver) {
  std::vector<Grant> grid = {RoleGrant("KAM", 3, "20"), RoleGrant("SD", 5, "20")};
  grid[0].min_margin_percent = Dec("10");
  PricedLine line = Line("90");
  line.margin_percent = Dec("10");
  EXPECT_EQ(DecideAs({"KAM"}, NewDocument({line}), grid).verdict, Verdict::kWithin);
  line.margin_percent = Dec("9.9999");
  EXPECT_THAT(RulesOf(DecideAs({"KAM"}, NewDocument({line}), grid).lines[0]), ElementsAre(kRuleMargin));
  line.margin_percent.reset();
  const DocumentDecision unknown = DecideAs({"KAM"}, NewDocument({line}), grid);
  EXPECT_THAT(RulesOf(unknown.lines[0]), ElementsAre(kRuleMarginUnknown));
  EXPECT_EQ(unknown.level, 5);

  line.margin_percent = Dec("30");
  Document gifts = NewDocument({line});
  grid[0].max_gift_percent = grid[1].max_gift_percent = Dec("50");
  gifts.gift_value = Cny("30");
  gifts.margin_percent = Dec("5");
  EXPECT_THAT(RulesOf(DecideAs({"KAM"}, gifts, grid).document), ElementsAre(kRuleMargin));
}

TEST(Authority, WorstLineDecidesAndOneNeverMakesAllNever) {
  const DocumentDecision decision = DecideAs({"KAX"}, NewDocument({Line("100"), Line("95"), Line("85")}));
  EXPECT_EQ(decision.level, 4);
  EXPECT_EQ(DecideAs({"KAX"}, NewDocument({Line("95"), Line("10")})).verdict, Verdict::kNever);
  EXPECT_EQ(DecideAs({"KAX"}, NewDocument({Line("95"), Line("10")})).level, 0);
}

// C-03: nobody gives more than he holds.
TEST(Grantable, EveryRespectIsBoundByTheOwnAuthority) {
  Grant own = RoleGrant("SD", 5, "20");
  own.valid.until = "2026-12-31";
  own.max_gift_percent = Dec("5");
  own.max_line_value = Dec("1000");
  own.max_document_value = Dec("2000");
  own.min_margin_percent = Dec("3");
  own.currency = "CNY";
  own.tier = "A";
  own.product_line = "Sedan";
  Grant given = own;
  given.role = "KAM";
  given.level = 3;
  const Actor sd{"employees/sd", {"SD"}};
  ASSERT_TRUE(CheckGrantable(given, sd, {own}, kToday).ok());
  const auto lacks = [&](auto change) {
    Grant more = given;
    change(more);
    const absl::Status status = CheckGrantable(more, sd, {own}, kToday);
    EXPECT_EQ(Reason(status), "GRANT_EXCEEDS_OWN");
    return MetadataValue(status, "exceeds");
  };
  EXPECT_EQ(lacks([](Grant& g) { g.max_discount_percent = Dec("20.0001"); }), "max_discount_percent");
  EXPECT_EQ(lacks([](Grant& g) { g.level = 6; }), "level");
  EXPECT_EQ(lacks([](Grant& g) { g.max_gift_percent = Dec("6"); }), "max_gift_percent");
  EXPECT_EQ(lacks([](Grant& g) { g.max_line_value = Dec("1000.01"); }), "max_line_value");
  EXPECT_EQ(lacks([](Grant& g) { g.max_line_value.reset(); }), "max_line_value");
  EXPECT_EQ(lacks([](Grant& g) { g.max_document_value.reset(); }), "max_document_value");
  EXPECT_EQ(lacks([](Grant& g) { g.min_margin_percent = Dec("2.9"); }), "min_margin_percent");
  EXPECT_EQ(lacks([](Grant& g) { g.min_margin_percent.reset(); }), "min_margin_percent");
  EXPECT_EQ(lacks([](Grant& g) { g.below_floor_allowed = true; }), "below_floor_allowed");
  EXPECT_EQ(lacks([](Grant& g) { g.tier = ""; }), "tier");
  EXPECT_EQ(lacks([](Grant& g) { g.product_line = ""; }), "product_line");
  EXPECT_EQ(lacks([](Grant& g) { g.currency = ""; }), "currency");
  EXPECT_EQ(lacks([](Grant& g) { g.base = Base::kListPrice; }), "discount_base");
  EXPECT_EQ(lacks([](Grant& g) { g.valid.from = "2025-12-31"; }), "valid_from");
  EXPECT_EQ(lacks([](Grant& g) { g.valid.until = ""; }), "valid_until");
  EXPECT_EQ(lacks([](Grant& g) { g.valid.until = "2027-01-01"; }), "valid_until");
}

TEST(Grantable, NoSelfGrantAndNothingFromNothing) {
  const Actor sd{"employees/sd", {"SD"}};
  Grant personal = RoleGrant("", 1, "1");
  personal.employee = "employees/sd";
  EXPECT_EQ(Reason(CheckGrantable(personal, sd, Grid(), kToday)), "SELF_GRANT");
  EXPECT_EQ(Reason(CheckGrantable(RoleGrant("SD", 1, "1"), sd, Grid(), kToday)), "SELF_GRANT");
  EXPECT_EQ(Reason(CheckGrantable(RoleGrant("KAM", 1, "0"), {"employees/x", {"CSR"}}, Grid(), kToday)),
            "GRANT_EXCEEDS_OWN");
  std::vector<Grant> over = Grid();
  for (Grant& grant : over) grant.valid.until = "2026-01-31";
  EXPECT_EQ(Reason(CheckGrantable(RoleGrant("KAM", 1, "0"), sd, over, kToday)), "GRANT_EXCEEDS_OWN");
}

// C-03, R-06: what was given can always be taken back by those above and by the one who gave it.
TEST(Revocable, ByTheGrantorAndByWhoeverHoldsAsMuchWhateverTheDates) {
  const Actor sd{"employees/sd", {"SD"}}, kam{"employees/kam", {"KAM"}}, former{"employees/former", {"KAX"}};
  std::vector<Grant> grid = Grid();
  for (Grant& own : grid) {
    if (own.role == "SD") own.valid = {"2026-02-01", "2026-12-31"};  // Renewed today.
  }
  Grant given = RoleGrant("KAM", 3, "12");
  given.valid.from = "2025-01-01";
  ASSERT_EQ(Reason(CheckGrantable(given, sd, grid, kToday)), "GRANT_EXCEEDS_OWN") << "given it could not be";
  EXPECT_TRUE(CheckRevocable(given, "employees/former", sd, grid, kToday).ok());
  EXPECT_TRUE(CheckRevocable(given, "employees/former", former, {}, kToday).ok()) << "he gave it, his own has ended";
  const absl::Status more = CheckRevocable(given, "employees/former", kam, grid, kToday);
  EXPECT_EQ(Reason(more), "GRANT_EXCEEDS_OWN");
  EXPECT_EQ(MetadataValue(more, "exceeds"), "max_discount_percent");
  EXPECT_EQ(Reason(CheckRevocable(given, "", former, grid, kToday)), "GRANT_EXCEEDS_OWN");
  // The widest authority of all is given up by those who have it: nobody else could take it.
  EXPECT_TRUE(CheckRevocable(grid[4], "", sd, grid, kToday).ok());
}

}  // namespace
}  // namespace kam::contract::rules
