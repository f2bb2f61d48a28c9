#include "contract-svc/rules/price.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "common/status/status.h"
#include "contract-svc/rules/price_book.h"

namespace kam::contract::rules {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

Money Cny(absl::string_view amount) { return Money::Parse(amount, "CNY").value(); }
Decimal Dec(absl::string_view text) { return Decimal::Parse(text).value(); }

Product NewProduct(const std::string& name, absl::string_view list) {
  Product product;
  product.name = name;
  product.product_line = "Sedan";
  product.list_price = Cny(list);
  product.tax_rate = Dec("13");
  return product;
}

PriceRecord Record(const std::string& book, const std::string& product, absl::string_view price) {
  PriceRecord record;
  record.book = book;
  record.effective.from = "2026-01-01";
  record.product = product;
  record.valid.from = "2026-01-01";
  record.unit_price = Cny(price);
  return record;
}

PriceRequest Request(const std::string& as_of, const std::string& product, absl::string_view quantity) {
  PriceRequest request;
  request.account = "accounts/acme";
  request.tier = "A";
  request.currency = Currency::Parse("CNY").value();
  request.as_of = as_of;
  request.lines.push_back({product, Dec(quantity), std::nullopt, std::nullopt});
  return request;
}

PricedLine PriceOne(const PriceRequest& request, std::vector<PriceRecord> records,
                    std::vector<Product> products = {NewProduct("p", "100")}) {
  absl::StatusOr<std::vector<PricedLine>> lines =
      Price(request, PriceIndex(std::move(products), std::move(records)), "quote.lines");
  EXPECT_TRUE(lines.ok()) << lines.status();
  return lines.ok() ? (*lines)[0] : PricedLine();
}

// C-01
TEST(Price, WithoutAPriceBookTheListPriceIsPublished) {
  const PricedLine line = PriceOne(Request("2026-02-01", "p", "3"), {});
  EXPECT_EQ(line.published_price, Cny("100"));
  EXPECT_EQ(line.amount, Cny("300"));
  EXPECT_EQ(line.tax_amount, Cny("39"));
  EXPECT_EQ(line.price_book, "");
}

// G6: an order dated last month and priced today has last month's price.
TEST(Price, G6DateLastMonthGivesLastMonthsRecord) {
  PriceRecord january = Record("book1", "p", "95");
  january.effective.until = "2026-01-31";
  PriceRecord february = Record("book2", "p", "105");
  february.effective.from = "2026-02-01";
  for (const auto& [as_of, price, book] : std::vector<std::tuple<std::string, std::string, std::string>>{
           {"2026-01-01", "95", "book1"}, {"2026-01-31", "95", "book1"}, {"2026-02-01", "105", "book2"}}) {
    const PricedLine line = PriceOne(Request(as_of, "p", "1"), {january, february});
    EXPECT_EQ(line.published_price, Cny(price)) << as_of;
    EXPECT_EQ(line.price_book, book) << as_of;
  }
  EXPECT_EQ(PriceOne(Request("2025-12-31", "p", "1"), {january, february}).published_price, Cny("100"))
      << "before the first book: the list price";
}

// The total order: customer before class before all, then quantity.
TEST(Price, TheRecordClosestToTheCustomerWinsAndTheOthersSayWhyNot) {
  PriceRecord all = Record("b", "p", "90");
  PriceRecord tier = Record("b", "p", "92");
  tier.tier = "A";
  tier.entry = 1;
  PriceRecord account = Record("b", "p", "94");
  account.account = "accounts/acme";
  account.entry = 2;
  PriceRecord other_tier = Record("b", "p", "1");
  other_tier.tier = "B";
  other_tier.entry = 3;
  PriceRecord other_account = Record("b", "p", "2");
  other_account.account = "accounts/other";
  other_account.entry = 4;
  PriceRecord later = Record("b", "p", "3");
  later.valid.from = "2026-03-01";
  later.entry = 5;
  PriceRecord dollars = Record("b", "p", "4");
  dollars.unit_price = Money::Parse("4", "USD").value();
  dollars.entry = 6;
  PriceRecord bulk = Record("b", "p", "5");
  bulk.minimum_quantity = Dec("10");
  bulk.entry = 7;
  const PricedLine line =
      PriceOne(Request("2026-02-01", "p", "1"), {all, tier, account, other_tier, other_account, later, dollars, bulk});
  EXPECT_EQ(line.published_price, Cny("94")) << "not the cheapest: the closest";
  std::map<int, Outcome> outcomes;
  for (const Candidate& candidate : line.candidates) outcomes[candidate.entry] = candidate.outcome;
  EXPECT_EQ(outcomes, (std::map<int, Outcome>{{0, Outcome::kLessSpecific},
                                              {1, Outcome::kLessSpecific},
                                              {2, Outcome::kAccepted},
                                              {3, Outcome::kOtherTier},
                                              {4, Outcome::kOtherAccount},
                                              {5, Outcome::kOutsidePeriod},
                                              {6, Outcome::kOtherCurrency},
                                              {7, Outcome::kQuantityTooSmall}}));
}

TEST(Price, QuantityScaleTakesTheLargestStepReached) {
  std::vector<PriceRecord> records;
  for (const auto& [from, price] :
       std::vector<std::pair<std::string, std::string>>{{"0", "100"}, {"10", "90"}, {"100", "80"}}) {
    PriceRecord record = Record("b", "p", price);
    record.minimum_quantity = Dec(from);
    records.push_back(record);
  }
  for (const auto& [quantity, price] : std::vector<std::pair<std::string, std::string>>{
           {"9.9999", "100"}, {"10", "90"}, {"99", "90"}, {"100", "80"}, {"5000", "80"}}) {
    EXPECT_EQ(PriceOne(Request("2026-02-01", "p", quantity), records).published_price, Cny(price)) << quantity;
  }
}

// The order of the rows that came from the database does not matter.
TEST(Price, SameRecordsInAnyOrderGiveTheSamePrice) {
  std::vector<PriceRecord> records;
  for (int i = 0; i < 5; ++i) {
    PriceRecord record = Record("b", "p", absl::StrCat(90 + i));
    record.minimum_quantity = Decimal::FromInt(i);
    record.entry = i;
    records.push_back(record);
  }
  std::sort(records.begin(), records.end(), [](const auto& a, const auto& b) { return a.entry < b.entry; });
  do {
    ASSERT_EQ(PriceOne(Request("2026-02-01", "p", "3"), records).published_price, Cny("93"));
  } while (std::next_permutation(records.begin(), records.end(),
                                 [](const auto& a, const auto& b) { return a.entry < b.entry; }));
}

TEST(Price, RoundsHalfUpOncePerLine) {
  PriceRequest request = Request("2026-02-01", "p", "3");
  request.lines[0].discount_percent = Dec("0.5");
  const PricedLine line = PriceOne(request, {}, {NewProduct("p", "0.9")});
  EXPECT_EQ(line.net_price, Cny("0.8955"));
  EXPECT_EQ(line.amount, Cny("2.69")) << "2.6865 half up";
  EXPECT_EQ(line.tax_amount, Cny("0.35")) << "0.3497 half up";

  request = Request("2026-02-01", "p", "1");
  request.lines[0].manual_unit_price = Cny("0.0050");
  EXPECT_EQ(PriceOne(request, {}).amount, Cny("0.01"));
}

TEST(Price, EveryStepIsNamed) {
  PriceRequest request = Request("2026-02-01", "p", "2");
  request.lines[0].discount_percent = Dec("10");
  const PricedLine line = PriceOne(request, {Record("b", "p", "90")});
  std::vector<std::string> steps;
  for (const Step& step : line.steps)
    steps.push_back(absl::StrCat(static_cast<int>(step.kind), "=", step.amount.ToString(), " ", step.source));
  EXPECT_THAT(steps, ElementsAre("0=CNY 100.00 p", "1=CNY 90.00 b", "2=CNY 9.00 10", "4=CNY 81.00 ", "5=CNY 162.00 2",
                                 "6=CNY 21.06 13"));
}

// G5, last part: the price is never raised to the floor in silence.
TEST(Price, G5PriceBelowTheFloorStaysAsItWasAsked) {
  Product product = NewProduct("p", "100");
  product.floor_price = Cny("95");
  PriceRequest request = Request("2026-02-01", "p", "1");
  request.lines[0].manual_unit_price = Cny("60");
  const PricedLine line = PriceOne(request, {}, {product});
  EXPECT_EQ(line.net_price, Cny("60"));
  EXPECT_EQ(line.floor_price, Cny("95"));
}

TEST(Price, FloorOfTheEntryGoesBeforeThatOfTheProduct) {
  Product product = NewProduct("p", "100");
  product.floor_price = Cny("95");
  PriceRecord record = Record("b", "p", "90");
  record.floor_price = Cny("80");
  EXPECT_EQ(PriceOne(Request("2026-02-01", "p", "1"), {record}, {product}).floor_price, Cny("80"));
}

TEST(Price, NamesEveryLineThatHasNoPrice) {
  Product ended = NewProduct("ended", "1");
  ended.sold.until = "2026-01-31";
  Product archived = NewProduct("archived", "1");
  archived.archived = true;
  Product dollars = NewProduct("dollars", "1");
  dollars.list_price = Money::Parse("1", "USD").value();
  PriceRequest request = Request("2026-02-01", "unknown", "1");
  for (const char* name : {"ended", "archived", "dollars"}) {
    request.lines.push_back({name, Dec("1"), std::nullopt, std::nullopt});
  }
  const auto lines = Price(request, PriceIndex({ended, archived, dollars}, {}), "quote.lines");
  EXPECT_THAT(ViolatedFields(lines.status()), ElementsAre("quote.lines[0].product", "quote.lines[1].product",
                                                          "quote.lines[2].product", "quote.lines[3].product"));
}

LabelledRecord Labelled(int entry, PriceRecord record) {
  record.entry = entry;
  return {absl::StrCat("entries[", entry, "]"), std::move(record)};
}

// C-01: publishing refuses two prices for one key and day, naming both (golden case G2 for prices).
TEST(PriceBook, OverlapOfOneKeyIsRefusedNamingBoth) {
  PriceRecord first = Record("b", "p", "90");
  first.valid.until = "2026-03-31";
  PriceRecord second = Record("b", "p", "91");
  second.valid.from = "2026-03-31";
  const absl::Status status = CheckPublishable({Labelled(0, first), Labelled(1, second)});
  EXPECT_EQ(Reason(status), "PRICE_OVERLAP");
  EXPECT_THAT(ViolatedFields(status), ElementsAre("entries[1]"));
  EXPECT_EQ(MetadataValue(status, "other"), "entries[0]");
  EXPECT_THAT(std::string(status.message()), HasSubstr("entries[0]"));

  second.valid.from = "2026-04-01";
  EXPECT_TRUE(CheckPublishable({Labelled(0, first), Labelled(1, second)}).ok()) << "the next day is another day";
}

TEST(PriceBook, OverlapIsFoundBehindAShortRecord) {
  PriceRecord longest = Record("b", "p", "90");
  PriceRecord inner = Record("b", "p", "91");
  inner.valid = {"2026-02-01", "2026-02-10"};
  PriceRecord last = Record("b", "p", "92");
  last.valid = {"2026-05-01", ""};
  EXPECT_THAT(ViolatedFields(CheckPublishable({Labelled(0, last), Labelled(1, inner), Labelled(2, longest)})),
              ElementsAre("entries[1]", "entries[0]"));
}

TEST(PriceBook, OtherKeysDoNotOverlap) {
  PriceRecord all = Record("b", "p", "90");
  PriceRecord tier = all, account = all, bulk = all, dollars = all, product = all;
  tier.tier = "A";
  account.account = "accounts/acme";
  bulk.minimum_quantity = Dec("10");
  dollars.unit_price = Money::Parse("90", "USD").value();
  product.product = "q";
  EXPECT_TRUE(CheckPublishable({Labelled(0, all), Labelled(1, tier), Labelled(2, account), Labelled(3, bulk),
                                Labelled(4, dollars), Labelled(5, product)})
                  .ok());
}

TEST(PriceBook, RecordsOutsideTheDaysOfTheirBookDoNotOverlap) {
  PriceRecord old = Record("old", "p", "90");
  old.effective.until = "2026-01-31";
  PriceRecord fresh = Record("new", "p", "91");
  fresh.effective.from = "2026-02-01";
  EXPECT_TRUE(CheckPublishable({Labelled(0, old), Labelled(1, fresh)}).ok());
}

TEST(PriceBook, FloorAboveThePriceIsRefusedWithoutTellingTheFloor) {
  PriceRecord record = Record("b", "p", "90");
  record.floor_price = Cny("90.77");
  const absl::Status status = CheckPublishable({Labelled(0, record)});
  EXPECT_EQ(Reason(status), "FLOOR_ABOVE_PRICE");
  EXPECT_THAT(std::string(status.message()), ::testing::Not(HasSubstr("90.77")));
  record.floor_price = Cny("90");
  EXPECT_TRUE(CheckPublishable({Labelled(0, record)}).ok());
}

TEST(PriceBook, NextRevisionBeginsLaterAndNotBeforeToday) {
  EXPECT_TRUE(CheckEffective("2020-01-01", "", "2026-01-05").ok()) << "the first one may";
  EXPECT_TRUE(CheckEffective("2026-01-05", "2026-01-01", "2026-01-05").ok());
  EXPECT_EQ(Reason(CheckEffective("2026-01-04", "2026-01-01", "2026-01-05")), "EFFECTIVE_DATE_INVALID");
  EXPECT_EQ(Reason(CheckEffective("2026-02-01", "2026-02-01", "2026-01-05")), "EFFECTIVE_DATE_INVALID");
}

}  // namespace
}  // namespace kam::contract::rules
