#include "common/money/decimal.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <boost/multiprecision/cpp_int.hpp>

#include "common/status/status.h"

namespace kam {
namespace {

using ::testing::ElementsAre;
using BigInt = boost::multiprecision::cpp_int;

Decimal D(absl::string_view text) {
  absl::StatusOr<Decimal> value = Decimal::Parse(text);
  EXPECT_TRUE(value.ok()) << value.status();
  return value.value_or(Decimal());
}

const char kLargest[] = "999999999999999999.999999999";

// The oracle works on unbounded integers, with its own rounding by the textbook definition.
BigInt Big(Decimal value) {
  BigInt big = 0;
  const Decimal magnitude = value.Abs();
  big = static_cast<uint64_t>(magnitude.unscaled() >> 64);
  big <<= 64;
  big += static_cast<uint64_t>(magnitude.unscaled());
  return value.sign() < 0 ? BigInt(-big) : big;
}

BigInt BigPower(int exponent) { return boost::multiprecision::pow(BigInt(10), static_cast<unsigned>(exponent)); }

// numerator / denominator to the nearest integer.
BigInt BigRound(BigInt numerator, BigInt denominator, Rounding rounding) {
  const bool negative = (numerator < 0) != (denominator < 0);
  numerator = abs(numerator);
  denominator = abs(denominator);
  BigInt whole = numerator / denominator;
  const BigInt doubled = 2 * (numerator - whole * denominator);
  if (doubled > denominator || (doubled == denominator && (rounding == Rounding::kHalfUp || whole % 2 != 0))) ++whole;
  return negative ? BigInt(-whole) : whole;
}

// `expected` counts 1e-9 units.
void CheckAgainst(const BigInt& expected, const absl::StatusOr<Decimal>& actual) {
  if (abs(expected) >= BigPower(27)) {
    RC_ASSERT(!actual.ok());
    RC_ASSERT(Reason(actual.status()) == "DECIMAL_OUT_OF_RANGE");
  } else {
    RC_ASSERT(actual.ok());
    RC_ASSERT(Big(*actual) == expected);
  }
}

// Decimals of every size, with many at the edges and many that make ties when rounded.
rc::Gen<Decimal> AnyDecimal() {
  return rc::gen::exec([] {
    const int digits = *rc::gen::inRange(0, 28);
    Decimal::Unscaled units = 0;
    for (int i = 0; i < digits; ++i) {
      units = units * 10 + *rc::gen::weightedOneOf<int>(
                               {{4, rc::gen::inRange(0, 10)}, {3, rc::gen::just(0)}, {2, rc::gen::element(5, 9)}});
    }
    if (*rc::gen::arbitrary<bool>()) units = -units;
    return Decimal::FromUnscaled(units).value();
  });
}

rc::Gen<Rounding> AnyRounding() { return rc::gen::element(Rounding::kHalfUp, Rounding::kHalfEven); }
rc::Gen<int> AnyScale() { return rc::gen::inRange(0, 10); }

TEST(DecimalTest, ParsesTheStrictFormOnly) {
  EXPECT_EQ(D("0").unscaled(), 0);
  EXPECT_EQ(D("-0").unscaled(), 0);
  EXPECT_EQ(D("007.50").unscaled(), Decimal::Unscaled{7'500'000'000});
  EXPECT_EQ(D("-1.000000001").unscaled(), Decimal::Unscaled{-1'000'000'001});
  EXPECT_EQ(D(kLargest).unscaled(), Decimal::kUnscaledMax);
  for (absl::string_view text :
       {"",    "-",     ".",     "-.",  "1.",  ".5",       "+1",    "--1",          "1-",  " 1",  "1 ",  "1e3",
        "1E3", "1,000", "1.2.3", "0x1", "NaN", "Infinity", "1_000", "\xef\xbc\x91", "1\n", "-+1", "1.-5"}) {
    const absl::StatusOr<Decimal> value = Decimal::Parse(text, "lines[2].price");
    ASSERT_FALSE(value.ok()) << text;
    EXPECT_EQ(Reason(value.status()), "DECIMAL_MALFORMED") << text;
    EXPECT_EQ(value.status().code(), absl::StatusCode::kInvalidArgument);
    EXPECT_THAT(ViolatedFields(value.status()), ElementsAre("lines[2].price"));
  }
  EXPECT_EQ(Reason(Decimal::Parse(absl::string_view("1\0", 2)).status()), "DECIMAL_MALFORMED");
}

TEST(DecimalTest, TooManyDigitsAreOutOfRange) {
  for (absl::string_view text :
       {"1000000000000000000", "-1000000000000000000", "0000000000000000001", "0.0000000001", "1.1234567890"}) {
    EXPECT_EQ(Reason(Decimal::Parse(text).status()), "DECIMAL_OUT_OF_RANGE") << text;
  }
  const absl::Status huge = Decimal::Parse(std::string(1'000'000, '9')).status();
  EXPECT_EQ(Reason(huge), "DECIMAL_OUT_OF_RANGE");
  EXPECT_LT(huge.message().size(), 300u) << "the error must not repeat the input at length";
}

TEST(DecimalTest, WritesTheCanonicalForm) {
  const std::pair<const char*, const char*> cases[] = {
      {"0", "0"},     {"-0.000", "0"},  {"1.50", "1.5"},      {"-1.0", "-1"}, {"0.000000001", "0.000000001"},
      {"100", "100"}, {"-0.5", "-0.5"}, {kLargest, kLargest},
  };
  for (const auto& [text, canonical] : cases) EXPECT_EQ(D(text).ToString(), canonical) << text;
}

TEST(DecimalTest, WritesAFixedNumberOfDigits) {
  EXPECT_EQ(D("1.5").ToFixed(0), "2");
  EXPECT_EQ(D("2.5").ToFixed(0), "3");
  EXPECT_EQ(D("2.5").ToFixed(0, Rounding::kHalfEven), "2");
  EXPECT_EQ(D("-2.5").ToFixed(0), "-3");
  EXPECT_EQ(D("1").ToFixed(2), "1.00");
  EXPECT_EQ(D("1.005").ToFixed(2), "1.01");
  EXPECT_EQ(D("1.05").ToFixed(9), "1.050000000");
  EXPECT_EQ(D("-0.004").ToFixed(2), "0.00") << "no negative zero";
  EXPECT_EQ(D(kLargest).ToFixed(2), "1000000000000000000.00");
}

TEST(DecimalTest, RoundsHalvesAwayFromZeroOrToEven) {
  struct Case {
    const char* value;
    int scale;
    const char* half_up;
    const char* half_even;
  };
  const Case cases[] = {
      {"0.5", 0, "1", "0"},         {"1.5", 0, "2", "2"},         {"-0.5", 0, "-1", "0"},
      {"-1.5", 0, "-2", "-2"},      {"0.499999999", 0, "0", "0"}, {"0.500000001", 0, "1", "1"},
      {"1.005", 2, "1.01", "1"},    {"1.015", 2, "1.02", "1.02"}, {"1.0049", 2, "1", "1"},
      {"-1.005", 2, "-1.01", "-1"}, {"9.999", 2, "10", "10"},     {"1.123456789", 9, "1.123456789", "1.123456789"},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(D(c.value).Round(c.scale)->ToString(), c.half_up) << c.value;
    EXPECT_EQ(D(c.value).Round(c.scale, Rounding::kHalfEven)->ToString(), c.half_even) << c.value;
  }
  EXPECT_EQ(Reason(D(kLargest).Round(0).status()), "DECIMAL_OUT_OF_RANGE");
  EXPECT_EQ(Reason(D("1").Round(10).status()), "DECIMAL_SCALE_INVALID");
  EXPECT_EQ(Reason(D("1").Round(-1).status()), "DECIMAL_SCALE_INVALID");
}

TEST(DecimalTest, TheRangeIsCheckedAtItsEdges) {
  EXPECT_EQ(Reason(Add(D(kLargest), D("0.000000001")).status()), "DECIMAL_OUT_OF_RANGE");
  EXPECT_EQ(Reason(Subtract(-D(kLargest), D("0.000000001")).status()), "DECIMAL_OUT_OF_RANGE");
  EXPECT_EQ(*Add(D(kLargest), -D(kLargest)), Decimal());
  EXPECT_EQ(Reason(Multiply(D(kLargest), D("1.000000001")).status()), "DECIMAL_OUT_OF_RANGE");
  EXPECT_EQ(Reason(Multiply(D(kLargest), D(kLargest)).status()), "DECIMAL_OUT_OF_RANGE");
  EXPECT_EQ(*Multiply(D(kLargest), D("-1")), -D(kLargest));
  EXPECT_EQ(Reason(Divide(D(kLargest), D("0.000000001")).status()), "DECIMAL_OUT_OF_RANGE");
  EXPECT_EQ(*Divide(D(kLargest), D(kLargest)), D("1"));
  EXPECT_EQ(*MultiplyDivide(D(kLargest), D(kLargest), D(kLargest)), D(kLargest));
  EXPECT_EQ(Reason(Divide(D("1"), Decimal()).status()), "DECIMAL_DIVISION_BY_ZERO");
  EXPECT_EQ(Reason(Decimal::FromInt64(INT64_MAX).status()), "DECIMAL_OUT_OF_RANGE");
  EXPECT_EQ(Reason(Decimal::FromInt64(INT64_MIN).status()), "DECIMAL_OUT_OF_RANGE");
  EXPECT_EQ(Decimal::FromInt64(-999'999'999'999'999'999)->ToString(), "-999999999999999999");
  EXPECT_FALSE(Decimal::FromUnscaled(Decimal::kUnscaledMax + 1).ok());
  EXPECT_EQ(Decimal::FromInt(INT32_MIN).ToString(), "-2147483648");
}

TEST(DecimalTest, RoundsOnceAndNotTwice) {
  // Rounded to nine digits first, this would become 0.005 and then 0.01.
  EXPECT_EQ(*Multiply(D("0.005"), D("0.999999999")), D("0.005"));
  EXPECT_EQ(*Multiply(D("0.005"), D("0.999999999"), 2), D("0"));
  EXPECT_EQ(*Multiply(D("-0.005"), D("0.999999999"), 2), D("0"));
  EXPECT_EQ(*Divide(D("0.005"), D("1.000000001"), 2), D("0"));
  EXPECT_EQ(*MultiplyDivide(D("0.005"), D("0.999999999"), D("1"), 2), D("0"));
  // A rest far below the ninth digit still breaks the tie: 0.015 + 5e-12.
  EXPECT_EQ(*MultiplyDivide(D("0.005"), D("3.000000001"), D("1"), 2, Rounding::kHalfEven), D("0.02"));
  EXPECT_EQ(*MultiplyDivide(D("0.005"), D("1.000000001"), D("1"), 2, Rounding::kHalfEven), D("0.01"));
  EXPECT_EQ(*MultiplyDivide(D("0.005"), D("1"), D("1"), 2, Rounding::kHalfEven), D("0"));
}

TEST(DecimalTest, AColumnTakesOnlyWhatItCanHoldExactly) {
  EXPECT_EQ(*D("1.5").ToSql(19, 4), "1.5000");
  EXPECT_EQ(*D("999999999999999.9999").ToSql(19, 4), "999999999999999.9999");
  EXPECT_EQ(Reason(D("1000000000000000").ToSql(19, 4).status()), "DECIMAL_OUT_OF_RANGE");
  EXPECT_EQ(Reason(D("-1000000000000000").ToSql(19, 4).status()), "DECIMAL_OUT_OF_RANGE");
  EXPECT_EQ(Reason(D("0.00001").ToSql(19, 4).status()), "DECIMAL_SCALE_EXCEEDED");
  EXPECT_EQ(*D("0.5").ToSql(2, 2), "0.50");
  EXPECT_EQ(Reason(D("1").ToSql(2, 2).status()), "DECIMAL_OUT_OF_RANGE");
  EXPECT_EQ(*D(kLargest).ToSql(27, 9), kLargest);
}

// G27
TEST(DecimalTest, G27TargetOf100SplitOverThreeChildren) {
  const std::vector<Decimal> thirds(3, D("1"));
  EXPECT_THAT(*Allocate(D("100"), thirds, 2), ElementsAre(D("33.34"), D("33.33"), D("33.33")));
  EXPECT_THAT(*Allocate(D("-100"), thirds, 2), ElementsAre(D("-33.34"), D("-33.33"), D("-33.33")));
  EXPECT_THAT(*Allocate(D("100"), thirds, 0), ElementsAre(D("34"), D("33"), D("33")));
}

TEST(DecimalTest, TheLargestRemainderGetsTheRest) {
  EXPECT_THAT(*Allocate(D("1"), {D("1"), D("2"), D("3")}, 0), ElementsAre(D("0"), D("0"), D("1")));
  EXPECT_THAT(*Allocate(D("10"), {D("0"), D("1"), D("0"), D("2")}, 0), ElementsAre(D("0"), D("3"), D("0"), D("7")));
  EXPECT_THAT(*Allocate(D("0.03"), {D("1"), D("1")}, 2), ElementsAre(D("0.02"), D("0.01")));
  EXPECT_THAT(*Allocate(D("0"), {D("1"), D("1")}, 2), ElementsAre(D("0"), D("0")));
  EXPECT_THAT(*Allocate(D("5"), {D("0.000000001")}, 2), ElementsAre(D("5")));
}

TEST(DecimalTest, WeightsMustMakeSense) {
  EXPECT_EQ(Reason(Allocate(D("1"), {}, 2).status()), "WEIGHTS_INVALID");
  EXPECT_EQ(Reason(Allocate(D("1"), {D("0")}, 2).status()), "WEIGHTS_INVALID");
  EXPECT_EQ(Reason(Allocate(D("1"), {D("2"), D("-1")}, 2).status()), "WEIGHTS_INVALID");
  EXPECT_EQ(Reason(Allocate(D("1"), std::vector<Decimal>(kAllocatePartsMax + 1, D("1")), 2).status()),
            "WEIGHTS_INVALID");
  EXPECT_EQ(Reason(Allocate(D("1"), {D(kLargest), D(kLargest)}, 2).status()), "DECIMAL_OUT_OF_RANGE");
  EXPECT_EQ(Reason(Allocate(D("1.001"), {D("1")}, 2).status()), "DECIMAL_SCALE_EXCEEDED");
}

RC_GTEST_PROP(DecimalProperty, TextRoundTrips, ()) {
  const Decimal value = *AnyDecimal();
  const std::string text = value.ToString();
  RC_ASSERT(Decimal::Parse(text).value() == value);
  RC_ASSERT(Decimal::Parse(value.ToFixed(9)).value() == value);
  RC_ASSERT(text.find('.') == std::string::npos || (text.back() != '0' && text.back() != '.'));
}

RC_GTEST_PROP(DecimalProperty, SumsAgreeWithTheOracle, ()) {
  const Decimal a = *AnyDecimal(), b = *AnyDecimal();
  CheckAgainst(Big(a) + Big(b), Add(a, b));
  CheckAgainst(Big(a) - Big(b), Subtract(a, b));
}

RC_GTEST_PROP(DecimalProperty, ProductsAgreeWithTheOracle, ()) {
  const Decimal a = *AnyDecimal(), b = *AnyDecimal();
  const int scale = *AnyScale();
  const Rounding rounding = *AnyRounding();
  CheckAgainst(BigRound(Big(a) * Big(b), BigPower(18 - scale), rounding) * BigPower(9 - scale),
               Multiply(a, b, scale, rounding));
}

RC_GTEST_PROP(DecimalProperty, QuotientsAgreeWithTheOracle, ()) {
  const Decimal a = *AnyDecimal(), b = *AnyDecimal();
  RC_PRE(!b.is_zero());
  const int scale = *AnyScale();
  const Rounding rounding = *AnyRounding();
  CheckAgainst(BigRound(Big(a) * BigPower(scale), Big(b), rounding) * BigPower(9 - scale),
               Divide(a, b, scale, rounding));
}

RC_GTEST_PROP(DecimalProperty, ProductsOverDivisorsAgreeWithTheOracle, ()) {
  const Decimal a = *AnyDecimal(), b = *AnyDecimal(), c = *AnyDecimal();
  RC_PRE(!c.is_zero());
  const int scale = *AnyScale();
  const Rounding rounding = *AnyRounding();
  CheckAgainst(BigRound(Big(a) * Big(b), Big(c) * BigPower(9 - scale), rounding) * BigPower(9 - scale),
               MultiplyDivide(a, b, c, scale, rounding));
}

RC_GTEST_PROP(DecimalProperty, RoundingAgreesWithTheOracleAndWithToFixed, ()) {
  const Decimal value = *AnyDecimal();
  const int scale = *AnyScale();
  const Rounding rounding = *AnyRounding();
  CheckAgainst(BigRound(Big(value), BigPower(9 - scale), rounding) * BigPower(9 - scale), value.Round(scale, rounding));
  const absl::StatusOr<Decimal> rounded = value.Round(scale, rounding);
  if (rounded.ok()) RC_ASSERT(Decimal::Parse(value.ToFixed(scale, rounding)).value() == *rounded);
}

RC_GTEST_PROP(DecimalProperty, OrderAgreesWithTheOracle, ()) {
  const Decimal a = *AnyDecimal(), b = *AnyDecimal();
  RC_ASSERT((a < b) == (Big(a) < Big(b)));
  RC_ASSERT((a == b) == (Big(a) == Big(b)));
  RC_ASSERT((a >= b) == (Big(a) >= Big(b)));
}

RC_GTEST_PROP(DecimalProperty, AllocatedPartsAddUpAndAreWithinOneUnitOfTheExactShare, ()) {
  const int scale = *AnyScale();
  const absl::StatusOr<Decimal> total = (*AnyDecimal()).Round(scale);
  std::vector<Decimal> weights = *rc::gen::container<std::vector<Decimal>>(AnyDecimal());
  BigInt weight_sum = 0;
  for (Decimal& weight : weights) {
    weight = weight.Abs();
    weight_sum += Big(weight);
  }
  RC_PRE(total.ok() && weight_sum > 0 && weight_sum < BigPower(27));
  const absl::StatusOr<std::vector<Decimal>> parts = Allocate(*total, weights, scale);
  RC_ASSERT(parts.ok());
  RC_ASSERT(parts->size() == weights.size());
  const BigInt unit = BigPower(9 - scale);
  BigInt sum = 0;
  for (size_t i = 0; i < weights.size(); ++i) {
    const BigInt part = Big((*parts)[i]);
    sum += part;
    RC_ASSERT(part % unit == 0);
    const BigInt error = abs(part * weight_sum - Big(*total) * Big(weights[i]));
    RC_ASSERT(error < unit * weight_sum);
    if (weights[i].is_zero()) RC_ASSERT(part == 0);
  }
  RC_ASSERT(sum == Big(*total));
}

}  // namespace
}  // namespace kam
