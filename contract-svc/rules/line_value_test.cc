// Amounts of lines are exact (C-01, C-05): rounded once, at the end, never piece by piece.
#include "contract-svc/rules/line_value.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "contract-svc/rules/testing/price_builder.h"

namespace kam::contract::rules {
namespace {

using namespace testing;  // NOLINT(build/namespaces): the builders of this folder.

PricedLine Line(absl::string_view quantity, const BookRevision& book, absl::string_view list = "1",
                Arithmetic arithmetic = Arithmetic::kByLine) {
  PriceRequest request = Request("p", quantity);
  request.arithmetic = arithmetic;
  return PriceIt(request, {book}, {NewProduct("p", list)}).lines[0];
}

// C-01: so much off a line is off the line, to the cent, however many pieces it has.
TEST(LineValue, AnAmountOffALineIsNotSpreadOverThePieces) {
  BookRevision book = Book("B", {Amount("K", "0.04", "CNY")});
  book.types = {Type("K", Calculation::kFixedOff, {0})};
  EXPECT_EQ(Line("1000", book).amount, Cny("999.96"));
  EXPECT_EQ(Line("1000", book).net_price, Cny("1")) << "0.99996 for people";
  EXPECT_EQ(Line("1000", book, "1", Arithmetic::kByUnit).amount, Cny("1000")) << "as answers before were given";
  book.types[0].calculation = Calculation::kFixedOn;
  EXPECT_EQ(Line("1000", book).amount, Cny("1000.04"));
  EXPECT_EQ(Line("3", book, "0.01").amount, Cny("0.07"));
}

// C-01: what a graduated scale says is the sum of its parts, not an average times the quantity.
TEST(LineValue, AGraduatedScaleIsTheSumOfItsParts) {
  PriceRecord record = Amount("K", "0.10", "CNY");
  record.key.value[kProduct] = "p";
  record.scale = {{Dec("0"), Dec("0.10")}, {Dec("7"), Dec("0.09")}};
  BookRevision book = Book("B", {record});
  book.types = {Type("K", Calculation::kUnitPrice, {KeyBit(kProduct)})};
  book.types[0].scale_kind = ScaleKind::kGraduated;
  EXPECT_EQ(Line("30000", book).amount, Cny("2700.07")) << "7 at 0.10 and 29993 at 0.09";
  EXPECT_EQ(Line("30000", book, "1", Arithmetic::kByUnit).amount, Cny("2700"));
  // Off a unit, and percent.
  book.records[0].scale = {{Dec("0"), Dec("0")}, {Dec("7"), Dec("0.01")}};
  book.types[0] = Type("K", Calculation::kAmountOff, {KeyBit(kProduct)});
  book.types[0].scale_kind = ScaleKind::kGraduated;
  EXPECT_EQ(Line("30000", book).amount, Cny("29700.07"));
  book.records[0].currency.clear();
  book.records[0].scale = {{Dec("0"), Dec("0")}, {Dec("7"), Dec("1")}};
  book.types[0].calculation = Calculation::kPercentOff;
  EXPECT_EQ(Line("30000", book).amount, Cny("29700.07"));
  // By value: the first 7 yuan of it without, the rest at one percent off.
  book.types[0].scale_base = ScaleBase::kValue;
  EXPECT_EQ(Line("30000", book).amount, Cny("29700.07"));
}

// C-01: percentages, the seller's discount and the special offer are of the line; one rounding, half up.
TEST(LineValueProperty, AChainOfPercentagesIsExact) {
  EXPECT_TRUE(rc::check("exact", [] {
    const int price = *rc::gen::inRange(1, 1'000'000), quantity = *rc::gen::inRange(1, 5'000'000);
    const int off = *rc::gen::inRange(0, 10'000), discount = *rc::gen::inRange(0, 10'000);
    const auto decimal = [](int digits, int value) {
      Decimal::Unscaled units = value;
      for (int i = digits; i < 9; ++i) units *= 10;
      return Decimal::FromUnscaled(units).value();
    };
    BookRevision book = Book("B", {Percent("K", decimal(2, off).ToString())});
    book.types = {Type("K", Calculation::kPercentOff, {0})};
    PriceRequest request = Request("p", decimal(1, quantity).ToString());
    request.lines[0].discount_percent = decimal(2, discount);
    const PricedLine line = PriceIt(request, {book}, {NewProduct("p", decimal(4, price).ToString())}).lines[0];
    // In units of 1e-13, then half up to cents.
    const __int128 exact = static_cast<__int128>(price) * quantity * (10'000 - off) * (10'000 - discount);
    const __int128 cent = 100'000'000'000;
    const __int128 cents = (exact + cent / 2) / cent;
    RC_ASSERT(line.amount->amount().unscaled() == cents * 10'000'000);
  }));
}

TEST(LineValue, WhatIsTooLargeIsRefused) {
  const Decimal large = Dec("999999999999999999");
  EXPECT_EQ(Reason(LineValue::Product(large, large).status()), "DECIMAL_OUT_OF_RANGE");
  EXPECT_EQ(Reason(LineValue(large).Less(Dec("-1000")).status()), "DECIMAL_OUT_OF_RANGE");
  EXPECT_EQ(LineValue(large).Less(Dec("100"))->Round(9).value(), Decimal());
  EXPECT_EQ(LineValue(Dec("-0.5")).Round(0).value(), Dec("-1")) << "half up is away from nothing";
  EXPECT_EQ(LineValue(Dec("-0.4999")).Round(0).value(), Decimal());
}

}  // namespace
}  // namespace kam::contract::rules
