#include "contract-svc/rules/quote_ledger.h"

#include <rapidcheck.h>

#include <map>

#include "common/testing/matchers.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace kam::contract::rules {
namespace {

using kam::testing::IsOk;

Decimal D(int value) { return Decimal::FromInt(value); }

AgreedTerms Offer() {
  AgreedTerms terms;
  terms.source = "quotes/q";
  terms.currency = "CNY";
  terms.lines = {{"a", D(10), D(5), ""}, {"a", D(9), D(7), ""}, {"a", D(10), D(3), ""}};
  return terms;
}

// C-05: lines of one product and price are one; another price is another thing.
TEST(QuoteLedgerTest, WhatIsDrawnAtAPriceIsTakenOffTheLinesOfThatPrice) {
  AgreedTerms terms = Offer();
  ASSERT_THAT(TakeOff({{"a", D(10), D(6)}, {"b", D(10), D(1)}}, &terms), IsOk());
  EXPECT_EQ(terms.lines[0].quantity, D(0));
  EXPECT_EQ(terms.lines[1].quantity, D(7));
  EXPECT_EQ(terms.lines[2].quantity, D(2));
}

TEST(QuoteLedgerTest, MoreDrawnThanOfferedLeavesNothing) {
  AgreedTerms terms = Offer();
  ASSERT_THAT(TakeOff({{"a", D(9), D(100)}}, &terms), IsOk());
  EXPECT_EQ(terms.lines[1].quantity, D(0));
  EXPECT_EQ(terms.lines[0].quantity, D(5));
}

// C-05, G-05
TEST(QuoteLedgerTest, OnlyWhatNobodyHoldsIsUndrawn) {
  EXPECT_THAT(CheckUndrawn("quotes/q", {}), IsOk());
  EXPECT_THAT(CheckUndrawn("quotes/q", {{"a", D(10), D(0)}, {"b", D(9), D(0)}}), IsOk());
  EXPECT_THAT(CheckUndrawn("quotes/q", {{"a", D(10), D(0)}, {"b", D(9), D(1)}}),
              kam::testing::HasReason("QUOTE_DRAWN"));
}

// C-05: whatever contracts and orders do in whatever order, what is open and what is drawn are what was offered.
TEST(QuoteLedgerTest, OpenAndDrawnAreAlwaysWhatWasOffered) {
  EXPECT_TRUE(rc::check("conserved", [] {
    std::vector<QuoteDraw> ledger;
    std::map<int, std::vector<QuoteDraw>> of_holder;
    for (int step = 0; step < 30; ++step) {
      const int holder = *rc::gen::inRange(0, 4);
      // A holder gives all back, or asks for something, which it gets when that much is open.
      std::vector<QuoteDraw> wanted;
      if (*rc::gen::arbitrary<bool>()) {
        wanted.push_back({"a", D(*rc::gen::element(9, 10)), D(*rc::gen::inRange(1, 9))});
        AgreedTerms left = Offer();
        std::vector<QuoteDraw> of_others = ledger;
        for (const QuoteDraw& own : of_holder[holder])
          of_others.push_back({own.product, own.unit_price, -own.quantity});
        RC_ASSERT(TakeOff(of_others, &left).ok());
        Decimal open;
        for (const AgreedLine& line : left.lines) {
          if (line.unit_price == wanted[0].unit_price) open = *Add(open, line.quantity);
        }
        if (open < wanted[0].quantity) continue;
      }
      const auto entries = DrawsToPost(of_holder[holder], wanted);
      RC_ASSERT(entries.ok());
      ledger.insert(ledger.end(), entries->begin(), entries->end());
      of_holder[holder].insert(of_holder[holder].end(), entries->begin(), entries->end());

      AgreedTerms left = Offer();
      RC_ASSERT(TakeOff(ledger, &left).ok());
      for (const int price : {9, 10}) {
        Decimal open, offered, drawn;
        for (const AgreedLine& line : left.lines) {
          if (line.unit_price == D(price)) open = *Add(open, line.quantity);
        }
        for (const AgreedLine& line : Offer().lines) {
          if (line.unit_price == D(price)) offered = *Add(offered, line.quantity);
        }
        for (const QuoteDraw& draw : ledger) {
          if (draw.unit_price == D(price)) drawn = *Add(drawn, draw.quantity);
        }
        RC_ASSERT(*Add(open, drawn) == offered);
        RC_ASSERT(drawn.sign() >= 0);
      }
    }
  }));
}

// C-04, C-05: a gift is drawn of the gifts, what costs nothing of what costs nothing; and only what is paid for is a
// sale.
TEST(QuoteLedgerTest, AGiftIsAnotherThingThanALineThatCostsNothing) {
  AgreedTerms terms = Offer();
  terms.lines.push_back({"a", D(0), D(4), ""});
  terms.lines.push_back({"a", D(0), D(2), ""});
  terms.lines.back().gift = true;
  ASSERT_THAT(TakeOff({{"a", D(0), D(2), /*gift=*/true}}, &terms), IsOk());
  EXPECT_EQ(terms.lines[3].quantity, D(4));
  EXPECT_EQ(terms.lines[4].quantity, D(0));
  const auto entries = DrawsToPost({{"a", D(0), D(2), true}}, {{"a", D(0), D(2), false}});
  ASSERT_THAT(entries, IsOk());
  ASSERT_EQ(entries->size(), 2u);
  for (const QuoteDraw& entry : *entries) EXPECT_EQ(entry.quantity, D(entry.gift ? -2 : 2));
}

// C-07: the parts of a package are taken in the proportion of the package.
TEST(QuoteLedgerTest, PackagesAreTakenAsAWhole) {
  const auto check = [](int vans, int cares, int cares_beside = 0) {
    return CheckWholePackages("quotes/q", "packageOffers/p",
                              {{"van", D(1), D(5), D(0), D(vans)}, {"care", D(2), D(10), D(cares_beside), D(cares)}});
  };
  EXPECT_THAT(check(0, 0), IsOk());
  EXPECT_THAT(check(1, 2), IsOk());
  EXPECT_THAT(check(5, 10), IsOk());
  for (const auto& [vans, cares] : {std::pair{1, 0}, {0, 2}, {1, 1}, {1, 3}, {2, 2}, {5, 9}}) {
    EXPECT_THAT(check(vans, cares), kam::testing::HasReason("PACKAGE_INCOMPLETE")) << vans << " " << cares;
  }
  // Three are offered beside it at the same price: up to so many may be meant.
  EXPECT_THAT(check(0, 3, 3), IsOk());
  EXPECT_THAT(check(1, 5, 3), IsOk());
  EXPECT_THAT(check(1, 6, 3), kam::testing::HasReason("PACKAGE_INCOMPLETE"));
  EXPECT_THAT(check(1, 1, 3), kam::testing::HasReason("PACKAGE_INCOMPLETE"));
}

}  // namespace
}  // namespace kam::contract::rules
