#include "common/money/money.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/money/money_proto.h"
#include "common/status/status.h"
#include "google/type/money.pb.h"

namespace kam {
namespace {

using ::testing::ElementsAre;

Decimal D(absl::string_view text) {
  absl::StatusOr<Decimal> value = Decimal::Parse(text);
  EXPECT_TRUE(value.ok()) << value.status();
  return value.value_or(Decimal());
}

Money M(absl::string_view amount, absl::string_view currency = "CNY") {
  absl::StatusOr<Money> money = Money::Parse(amount, currency);
  EXPECT_TRUE(money.ok()) << money.status();
  return money.value();
}

google::type::Money Proto(int64_t units, int32_t nanos, const char* currency = "CNY") {
  google::type::Money proto;
  proto.set_units(units);
  proto.set_nanos(nanos);
  proto.set_currency_code(currency);
  return proto;
}

TEST(MoneyTest, ACurrencyIsThreeUpperCaseLetters) {
  EXPECT_EQ(Currency::Parse("CNY")->code(), "CNY");
  for (absl::string_view code : {"", "CN", "CNYX", "cny", "C1Y", "C Y", "\xe5\x85\x83"}) {
    const absl::StatusOr<Currency> currency = Currency::Parse(code, "price.currency_code");
    EXPECT_EQ(Reason(currency.status()), "CURRENCY_MALFORMED") << code;
    EXPECT_THAT(ViolatedFields(currency.status()), ElementsAre("price.currency_code"));
  }
}

TEST(MoneyTest, TheMinorUnitFollowsIso4217) {
  const std::pair<const char*, int> cases[] = {
      {"CNY", 2}, {"USD", 2}, {"EUR", 2}, {"HKD", 2}, {"JPY", 0}, {"KRW", 0}, {"VND", 0}, {"BHD", 3},
      {"KWD", 3}, {"TND", 3}, {"CLF", 4}, {"UYW", 4}, {"XPF", 0}, {"BIF", 0}, {"AAA", 2}, {"ZZZ", 2},
  };
  for (const auto& [code, digits] : cases) EXPECT_EQ(Currency::Parse(code)->minor_unit(), digits) << code;
}

TEST(MoneyTest, ParseNamesThePartThatIsWrong) {
  EXPECT_THAT(ViolatedFields(Money::Parse("x", "CNY", "limit").status()), ElementsAre("limit.amount"));
  EXPECT_THAT(ViolatedFields(Money::Parse("1", "x", "limit").status()), ElementsAre("limit.currency_code"));
}

TEST(MoneyTest, DifferentCurrenciesNeverMix) {
  for (const absl::Status& status : {Add(M("1"), M("1", "USD")).status(), Subtract(M("1"), M("1", "USD")).status(),
                                     Compare(M("1"), M("1", "USD")).status()}) {
    EXPECT_EQ(Reason(status), "CURRENCY_MISMATCH");
    EXPECT_EQ(MetadataValue(status, "currency"), "CNY");
    EXPECT_EQ(MetadataValue(status, "otherCurrency"), "USD");
  }
  EXPECT_NE(M("1"), M("1", "USD"));
  EXPECT_EQ(*Add(M("0.1"), M("0.2")), M("0.3"));
  EXPECT_EQ(*Subtract(M("0.1"), M("0.2")), M("-0.1"));
  EXPECT_EQ(*Compare(M("0.1"), M("0.2")), std::strong_ordering::less);
  EXPECT_EQ(*Compare(M("0.10"), M("0.1")), std::strong_ordering::equal);
}

TEST(MoneyTest, RoundsHalfUpToTheMinorUnitOfTheCurrency) {
  EXPECT_EQ(*M("1.005").RoundToMinorUnit(), M("1.01"));
  EXPECT_EQ(*M("-1.005").RoundToMinorUnit(), M("-1.01"));
  EXPECT_EQ(*M("1.5", "JPY").RoundToMinorUnit(), M("2", "JPY"));
  EXPECT_EQ(*M("1.0005", "KWD").RoundToMinorUnit(), M("1.001", "KWD"));
  EXPECT_FALSE(M("1.005").IsRoundedToMinorUnit());
  EXPECT_TRUE(M("1.005", "KWD").IsRoundedToMinorUnit());
  EXPECT_TRUE(M("1").IsRoundedToMinorUnit());
}

TEST(MoneyTest, QuantitiesAndPercentagesRoundOnce) {
  EXPECT_EQ(*Multiply(M("19.99"), D("3.5")), M("69.97"));
  EXPECT_EQ(*Multiply(M("19.99"), D("3.5"), 4), M("69.965"));
  EXPECT_EQ(*Multiply(M("0.005"), D("0.999999999")), M("0"));
  EXPECT_EQ(*PercentOf(M("199.99"), D("13")), M("26"));
  EXPECT_EQ(*PercentOf(M("199.99"), D("13"), 4), M("25.9987"));
  EXPECT_EQ(*PercentOf(M("1000", "JPY"), D("0.05")), M("1", "JPY"));
  EXPECT_EQ(*PercentOf(M("-10.10"), D("5")), M("-0.51"));
  EXPECT_EQ(Reason(Multiply(M("999999999999999999"), D("2")).status()), "DECIMAL_OUT_OF_RANGE");
}

// G27
TEST(MoneyTest, G27AllocatedPartsAddUpToTheTotal) {
  const std::vector<Decimal> thirds(3, D("1"));
  EXPECT_THAT(*Allocate(M("100"), thirds), ElementsAre(M("33.34"), M("33.33"), M("33.33")));
  EXPECT_THAT(*Allocate(M("100", "JPY"), thirds), ElementsAre(M("34", "JPY"), M("33", "JPY"), M("33", "JPY")));
  EXPECT_EQ(Reason(Allocate(M("100.005"), thirds).status()), "DECIMAL_SCALE_EXCEEDED");
}

TEST(MoneyTest, ShowsAtLeastTheMinorUnit) {
  EXPECT_EQ(M("1234.5").ToString(), "CNY 1234.50");
  EXPECT_EQ(M("1234.56789").ToString(), "CNY 1234.56789");
  EXPECT_EQ(M("1234", "JPY").ToString(), "JPY 1234");
}

TEST(MoneyProtoTest, UnitsAndNanosRoundTrip) {
  for (const char* amount : {"0", "1.75", "-1.75", "0.000000001", "-0.000000001", "-0.5",
                             "999999999999999999.999999999", "-999999999999999999.999999999"}) {
    google::type::Money proto;
    ToProto(M(amount), &proto);
    EXPECT_EQ(*FromProto(proto, "price"), M(amount)) << amount;
    EXPECT_FALSE(proto.units() > 0 && proto.nanos() < 0) << amount;
    EXPECT_FALSE(proto.units() < 0 && proto.nanos() > 0) << amount;
  }
  google::type::Money proto;
  ToProto(M("-1.75"), &proto);
  EXPECT_EQ(proto.units(), -1);
  EXPECT_EQ(proto.nanos(), -750'000'000);
  EXPECT_EQ(proto.currency_code(), "CNY");
}

TEST(MoneyProtoTest, WrongSignsAndRangesAreNamed) {
  struct Case {
    google::type::Money proto;
    const char* reason;
    const char* field;
  };
  const Case cases[] = {
      {Proto(1, -1), "MONEY_MALFORMED", "price.nanos"},
      {Proto(-1, 1), "MONEY_MALFORMED", "price.nanos"},
      {Proto(0, 1'000'000'000), "MONEY_MALFORMED", "price.nanos"},
      {Proto(0, -1'000'000'000), "MONEY_MALFORMED", "price.nanos"},
      {Proto(0, INT32_MIN), "MONEY_MALFORMED", "price.nanos"},
      {Proto(1'000'000'000'000'000'000, 0), "DECIMAL_OUT_OF_RANGE", "price.units"},
      {Proto(INT64_MIN, -999'999'999), "DECIMAL_OUT_OF_RANGE", "price.units"},
      {Proto(1, 0, ""), "CURRENCY_MALFORMED", "price.currency_code"},
  };
  for (const Case& c : cases) {
    const absl::Status status = FromProto(c.proto, "price").status();
    EXPECT_EQ(Reason(status), c.reason) << c.proto.ShortDebugString();
    EXPECT_THAT(ViolatedFields(status), ElementsAre(c.field));
  }
}

}  // namespace
}  // namespace kam
