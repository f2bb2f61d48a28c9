#include "contract-svc/rules/price.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <map>

#include "absl/strings/str_cat.h"
#include "common/status/status.h"
#include "contract-svc/rules/testing/price_builder.h"

namespace kam::contract::rules {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using namespace testing;  // NOLINT(build/namespaces): the builders of this folder.

std::vector<std::string> StepTexts(const PricedDocument& priced, size_t line = 0) {
  std::vector<std::string> texts;
  for (const Step& step : priced.StepsOf(priced.lines[line])) {
    texts.push_back(absl::StrCat(NameOf(step.kind), " ", step.value.ToString()));
  }
  return texts;
}

std::map<std::string, std::string> Outcomes(const PricedDocument& priced) {
  std::map<std::string, std::string> outcomes;
  for (const Candidate& candidate : priced.CandidatesOf(priced.lines[0])) {
    const PriceIndex::Entry& entry = priced.index->entry(candidate.entry);
    outcomes[priced.index->record(entry).label] = std::string(NameOf(candidate.outcome));
  }
  return outcomes;
}

std::vector<std::string> CandidateTexts(const PricedDocument& priced) {
  std::vector<std::string> texts;
  for (const Candidate& candidate : priced.CandidatesOf(priced.lines[0])) {
    texts.push_back(absl::StrCat(ConditionText(*priced.index, candidate.entry), " ", NameOf(candidate.outcome)));
  }
  return texts;
}

// C-01
TEST(Price, WithoutAPriceBookTheListPriceIsPublished) {
  const PricedDocument priced = PriceIt(Request("p", "3"), {});
  EXPECT_EQ(priced.lines[0].published_price, Cny("100"));
  EXPECT_EQ(priced.lines[0].amount, Cny("300"));
  EXPECT_EQ(priced.lines[0].tax_amount, Cny("39"));
  EXPECT_EQ(priced.lines[0].price_book, "");
}

// G6: an order dated last month and priced today has last month's price.
TEST(Price, G6DateLastMonthGivesLastMonthsRecord) {
  BookRevision january = Book("MAIN", {Entry("p", "95")});
  BookRevision february = Book("MAIN", {Entry("p", "105")}, 2);
  february.effective.from = "2026-02-01";
  for (const auto& [as_of, price, book] :
       std::vector<std::tuple<std::string, std::string, std::string>>{{"2026-01-01", "95", "priceBooks/MAIN1"},
                                                                      {"2026-01-31", "95", "priceBooks/MAIN1"},
                                                                      {"2026-02-01", "105", "priceBooks/MAIN2"},
                                                                      {"2025-12-31", "100", ""}}) {
    PriceRequest request = Request("p", "1");
    request.as_of = as_of;
    const PricedDocument priced = PriceIt(request, {january, february});
    EXPECT_EQ(priced.lines[0].published_price, Cny(price)) << as_of;
    EXPECT_EQ(priced.lines[0].price_book, book) << as_of;
  }
}

// G6: what was released later was not known then: the answer of then comes again, to the last byte.
TEST(Price, G6AReleasedBookNeverChangesAnAnswerAlreadyGiven) {
  const BookRevision first = Book("MAIN", {Entry("p", "95")});
  BookRevision second = Book("MAIN", {Entry("p", "85")}, 2);
  second.effective.from = "2026-01-10";
  second.released = At("2026-01-20");
  PriceRequest request = Request("p", "1");
  request.as_of = "2026-01-15";
  request.known_at = At("2026-01-16");
  const PricedDocument before = PriceIt(request, {first});
  const PricedDocument after = PriceIt(request, {second, first});
  EXPECT_EQ(after.lines[0].published_price, Cny("95"));
  EXPECT_EQ(before.hash, after.hash);
  EXPECT_EQ(TraceText(request, before), TraceText(request, after));
  request.known_at = At("2026-02-01");
  EXPECT_EQ(PriceIt(request, {first, second}).lines[0].published_price, Cny("85")) << "with what is known later";
}

// What is withdrawn was there before, for those who ask with the knowledge of before.
TEST(Price, WhatIsWithdrawnStaysForItsDays) {
  BookRevision policy = Book("P", {Entry("p", "90")});
  policy.withdrawn = At("2026-02-10");
  policy.withdrawn_until = "2026-02-09";
  const auto price = [&](const std::string& as_of, const std::string& known_at) {
    PriceRequest request = Request("p", "1");
    request.as_of = as_of;
    request.known_at = At(known_at);
    return *PriceIt(request, {policy}).lines[0].published_price;
  };
  EXPECT_EQ(price("2026-02-09", "2026-03-01"), Cny("90"));
  EXPECT_EQ(price("2026-02-10", "2026-03-01"), Cny("100"));
  EXPECT_EQ(price("2026-02-10", "2026-02-09"), Cny("90"));
}

// The simple entries: customer before class before all, then quantity; those of others are not even looked at.
TEST(Price, TheEntryClosestToTheCustomerWinsAndTheOthersSayWhyNot) {
  PriceRecord tier = Entry("p", "92"), account = Entry("p", "94"), other_tier = Entry("p", "1"),
              other_account = Entry("p", "2"), later = Entry("p", "3"), dollars = Entry("p", "4"),
              bulk = Entry("p", "5");
  tier.key.value[kTier] = "A";
  account.key.value[kAccount] = "accounts/acme";
  other_tier.key.value[kTier] = "B";
  other_account.key.value[kAccount] = "accounts/other";
  later.valid.from = "2026-03-01";
  dollars.currency = "USD";
  bulk.scale[0].from = Dec("10");
  const PricedDocument priced =
      PriceIt(Request("p", "1"),
              {Book("B", {Entry("p", "90"), tier, account, other_tier, other_account, later, dollars, bulk})});
  EXPECT_EQ(priced.lines[0].published_price, Cny("94")) << "not the cheapest: the closest";
  EXPECT_EQ(Outcomes(priced), (std::map<std::string, std::string>{{"entries[0]", "LESS_PREFERRED"},
                                                                  {"entries[1]", "LESS_PREFERRED"},
                                                                  {"entries[2]", "ACCEPTED"},
                                                                  {"entries[5]", "OUTSIDE_PERIOD"},
                                                                  {"entries[6]", "OTHER_CURRENCY"},
                                                                  {"entries[7]", "QUANTITY_TOO_SMALL"}}));
}

// G1: a product rule without a priority at 10 %, a line rule with priority 20 at 20 %: the higher priority wins
// whatever the level of the key.
TEST(Price, G1HigherPriorityWinsRegardlessOfLevel) {
  PriceRecord item = Percent("DISC", "10");
  item.key.value[kProduct] = "p";
  PriceRecord brand = Percent("DISC", "20");
  brand.key.value[kProductLine] = "Sedan";
  brand.priority = 20;
  BookRevision book = Book("B", {item, brand});
  book.types = {Type("DISC", Calculation::kPercentOff, {KeyBit(kProduct), KeyBit(kProductLine)})};
  EXPECT_EQ(PriceIt(Request("p", "1"), {book}).lines[0].published_price, Cny("80"));
  book.records[0].priority = 21;
  EXPECT_EQ(PriceIt(Request("p", "1"), {book}).lines[0].published_price, Cny("90"));
  book.records[0].priority = 20;
  EXPECT_EQ(PriceIt(Request("p", "1"), {book}).lines[0].published_price, Cny("90")) << "equal: the nearer key";
}

TEST(Price, WholeScalesTakeTheStepReachedAndGraduatedOnesEachItsPart) {
  PriceRecord record = Amount("VOL", "100", "CNY");
  record.key.value[kProduct] = "p";
  record.scale = {{Dec("0"), Dec("100")}, {Dec("10"), Dec("90")}, {Dec("100"), Dec("80")}};
  const auto price = [&](ScaleKind kind, const std::string& quantity) {
    BookRevision book = Book("B", {record});
    book.types = {Type("VOL", Calculation::kUnitPrice, {KeyBit(kProduct)})};
    book.types[0].scale_kind = kind;
    return PriceIt(Request("p", quantity), {book}).lines[0].published_price->ToString();
  };
  EXPECT_EQ(price(ScaleKind::kWhole, "9.9999"), "CNY 100.00");
  EXPECT_EQ(price(ScaleKind::kWhole, "10"), "CNY 90.00");
  EXPECT_EQ(price(ScaleKind::kWhole, "5000"), "CNY 80.00");
  EXPECT_EQ(price(ScaleKind::kGraduated, "5"), "CNY 100.00");
  EXPECT_EQ(price(ScaleKind::kGraduated, "20"), "CNY 95.00") << "10 at 100 and 10 at 90";
  EXPECT_EQ(price(ScaleKind::kGraduated, "200"), "CNY 85.50") << "10 at 100, 90 at 90, 100 at 80";
}

TEST(Price, AScaleIsReadByValueToo) {
  PriceRecord record = Percent("BULK", "0");
  record.scale = {{Dec("1000"), Dec("2")}, {Dec("5000"), Dec("5")}};
  BookRevision book = Book("B", {record});
  book.types = {Type("BULK", Calculation::kPercentOff, {0})};
  book.types[0].scale_base = ScaleBase::kValue;
  book.types[0].level = PriceLevel::kVolume;
  EXPECT_EQ(PriceIt(Request("p", "9"), {book}).lines[0].published_price, Cny("100"));
  EXPECT_EQ(Outcomes(PriceIt(Request("p", "9"), {book}))["entries[0]"], "QUANTITY_TOO_SMALL");
  EXPECT_EQ(PriceIt(Request("p", "10"), {book}).lines[0].published_price, Cny("98"));
  EXPECT_EQ(PriceIt(Request("p", "50"), {book}).lines[0].published_price, Cny("95"));
}

// Every calculation, and the levels in their order: each one's price is kept.
TEST(Price, TheProcedureKeepsEveryIntermediatePrice) {
  std::vector<ConditionType> types = {
      Type("KPOL", Calculation::kPercentOff, {0}), Type("KCON", Calculation::kAmountOff, {KeyBit(kAccount)}),
      Type("KFRT", Calculation::kFixedOn, {0}), Type("KVOL", Calculation::kPercentOff, {0})};
  types[1].level = types[2].level = PriceLevel::kContract;
  types[2].sequence = 10;
  types[3].level = PriceLevel::kVolume;
  PriceRecord contract = Amount("KCON", "5", "CNY");
  contract.key.value[kAccount] = "accounts/acme";
  BookRevision book = Book("B", {Percent("KPOL", "10"), contract, Amount("KFRT", "8", "CNY"), Percent("KVOL", "50")});
  book.types = types;
  PriceRequest request = Request("p", "4");
  request.lines[0].discount_percent = Dec("10");
  request.special_offer_percent = Dec("1");
  const PricedDocument priced = PriceIt(request, {book});
  EXPECT_THAT(
      StepTexts(priced),
      ElementsAre("LIST_PRICE 100", "CONDITION 90", "POLICY_PRICE 90", "CONDITION 85", "CONDITION 87",
                  "CONTRACT_PRICE 87", "CONDITION 43.5", "VOLUME_PRICE 43.5", "PUBLISHED_PRICE 43.5", "DISCOUNT 4.35",
                  "MANUAL_PRICE 39.15", "SPECIAL_OFFER 38.7585", "NET_PRICE 38.7585", "AMOUNT 155.03", "TAX 20.15"));
  const PricedLine& line = priced.lines[0];
  EXPECT_EQ(line.policy_price, Cny("90"));
  EXPECT_EQ(line.contract_price, Cny("87"));
  EXPECT_EQ(line.volume_price, Cny("43.5"));
  EXPECT_EQ(line.manual_price, Cny("39.15"));
  EXPECT_EQ(line.concession_percent, Dec("10.9"));
}

TEST(Price, OfAGroupOnlyTheBestForTheCustomerApplies) {
  std::vector<ConditionType> types = {Type("KA", Calculation::kPercentOff, {0}),
                                      Type("KB", Calculation::kAmountOff, {0}),
                                      Type("KC", Calculation::kPercentOff, {0})};
  types[0].exclusion_group = types[1].exclusion_group = "PROMO";
  BookRevision book = Book("B", {Percent("KA", "10"), Amount("KB", "15", "CNY"), Percent("KC", "20")});
  book.types = types;
  const PricedDocument priced = PriceIt(Request("p", "1"), {book});
  EXPECT_EQ(priced.lines[0].published_price, Cny("68")) << "15 off instead of 10 %, then 20 %";
  EXPECT_EQ(Outcomes(priced), (std::map<std::string, std::string>{
                                  {"entries[0]", "EXCLUDED"}, {"entries[1]", "ACCEPTED"}, {"entries[2]", "ACCEPTED"}}));
}

TEST(Price, APriceIsBasedOnAnotherBookOrOnTheListPrice) {
  BookRevision dealer = Book("DEALER", {Entry("p", "80")});
  dealer.base_only = true;
  PriceRecord based = Percent("KBASE", "5");
  based.base_code = "DEALER";
  BookRevision book = Book("B", {based});
  book.types = {Type("KBASE", Calculation::kBasedOn, {0})};
  EXPECT_EQ(PriceIt(Request("p", "1"), {dealer, book}).lines[0].published_price, Cny("76"));
  EXPECT_EQ(PriceIt(Request("p", "1"), {dealer}).lines[0].published_price, Cny("100")) << "it only serves others";
  const PricedDocument other = PriceIt(Request("q", "1"), {dealer, book});
  EXPECT_EQ(other.lines[0].published_price, Cny("50")) << "the other book has no price for it: its list price";
  EXPECT_EQ(Outcomes(other)["entries[0]"], "BASE_MISSING");
  book.records[0].base_code.clear();
  book.records[0].scale[0].value = Dec("-3");
  EXPECT_EQ(PriceIt(Request("p", "1"), {book}).lines[0].published_price, Cny("103"));
}

// Keys of the customer: his group, segment and region.
TEST(Price, KeysOfTheCustomerAreSearchedInTheirOrder) {
  BookRevision book = Book("B", {Percent("K", "1"), Percent("K", "2"), Percent("K", "3"), Percent("K", "4")});
  book.records[0].key.value[kRegion] = "East";
  book.records[1].key.value[kSegment] = "SME";
  book.records[2].key.value[kGroup] = "accounts/holding";
  book.types = {Type("K", Calculation::kPercentOff, {KeyBit(kGroup), KeyBit(kSegment), KeyBit(kRegion), 0})};
  PriceRequest request = Request("p", "1");
  EXPECT_EQ(PriceIt(request, {book}).lines[0].published_price, Cny("96"));
  request.region = "East";
  EXPECT_EQ(PriceIt(request, {book}).lines[0].published_price, Cny("99"));
  request.segment = "SME";
  EXPECT_EQ(PriceIt(request, {book}).lines[0].published_price, Cny("98"));
  request.groups = {"accounts/between", "accounts/holding"};
  EXPECT_EQ(PriceIt(request, {book}).lines[0].published_price, Cny("97"));
}

TEST(Price, ARequirementDecidesWhetherARecordApplies) {
  PriceRecord record = Percent("K", "10");
  record.requirement = "quantity >= 5 AND (tier = A OR region = East)";
  BookRevision book = Book("B", {record});
  book.types = {Type("K", Calculation::kPercentOff, {0})};
  EXPECT_EQ(PriceIt(Request("p", "5"), {book}).lines[0].published_price, Cny("90"));
  const PricedDocument small = PriceIt(Request("p", "4"), {book});
  EXPECT_EQ(small.lines[0].published_price, Cny("100"));
  EXPECT_EQ(Outcomes(small)["entries[0]"], "REQUIREMENT_NOT_MET");
}

// G4: a requirement that cannot be worked out stops the pricing; it is never passed over.
TEST(Price, G4ARecordThatCannotBeWorkedOutStopsThePricing) {
  PriceRecord record = Percent("K", "10");
  record.requirement = "list_price > 10";
  BookRevision book = Book("B", {record, Entry("dollars", "5")});
  book.types = {Type("K", Calculation::kPercentOff, {0})};
  Product dollars = NewProduct("dollars", "1");
  dollars.list_price = Money::Parse("1", "USD").value();
  const auto failed = TryPrice(Request("dollars", "1"), {book}, {dollars});
  EXPECT_EQ(Reason(failed.status()), "REQUIREMENT_FAILED");
  EXPECT_THAT(std::string(failed.status().message()), HasSubstr("entries[0]"));

  book.records[0].requirement = "colour = red";
  const auto broken = TryPrice(Request("p", "1"), {book});
  EXPECT_EQ(Reason(broken.status()), "REQUIREMENT_FAILED");
  EXPECT_THAT(std::string(broken.status().message()), HasSubstr("colour"));
}

TEST(Price, APriceBelowNothingStopsThePricing) {
  BookRevision book = Book("B", {Amount("K", "101", "CNY")});
  book.types = {Type("K", Calculation::kAmountOff, {0})};
  EXPECT_EQ(Reason(TryPrice(Request("p", "1"), {book}).status()), "PRICE_BELOW_ZERO");
}

TEST(Price, RoundsHalfUpOncePerLine) {
  PriceRequest request = Request("p", "3");
  request.lines[0].discount_percent = Dec("0.5");
  const PricedLine line = PriceIt(request, {}, {NewProduct("p", "0.9")}).lines[0];
  EXPECT_EQ(line.net_price, Cny("0.8955"));
  EXPECT_EQ(line.amount, Cny("2.69")) << "2.6865 half up";
  EXPECT_EQ(line.tax_amount, Cny("0.35")) << "0.3497 half up";
  request = Request("p", "1");
  request.lines[0].manual_unit_price = Cny("0.0050");
  EXPECT_EQ(PriceIt(request, {}).lines[0].amount, Cny("0.01"));
}

// G5, last part: the price is never raised to the floor in silence.
TEST(Price, G5PriceBelowTheFloorStaysAsItWasAsked) {
  Product product = NewProduct("p", "100");
  product.floor_price = Cny("95");
  PriceRequest request = Request("p", "1");
  request.lines[0].manual_unit_price = Cny("60");
  const PricedLine line = PriceIt(request, {}, {product}).lines[0];
  EXPECT_EQ(line.net_price, Cny("60"));
  EXPECT_EQ(line.floor_price, Cny("95"));
  PriceRecord record = Entry("p", "90");
  record.floor = Dec("80");
  record.manual_lower = Dec("70");
  const PricedLine floored = PriceIt(Request("p", "1"), {Book("B", {record})}, {product}).lines[0];
  EXPECT_EQ(floored.floor_price, Cny("80")) << "that of the record goes before that of the product";
  EXPECT_EQ(floored.manual_lower, Cny("70"));
}

// C-02, G5: a floor in another currency is not taken for none.
TEST(Price, G5AFloorInAnotherCurrencyIsUnknown) {
  Product product = NewProduct("p", "100");
  product.floor_price = Cny("95");
  PriceRecord record = Entry("p", "14");
  record.currency = "USD";
  PriceRequest request = Request("p", "1");
  EXPECT_FALSE(PriceIt(request, {Book("B", {record})}, {product}).lines[0].floor_unknown);
  request.currency = Currency::Parse("USD").value();
  const PricedLine line = PriceIt(request, {Book("B", {record})}, {product}).lines[0];
  EXPECT_TRUE(line.floor_unknown);
  EXPECT_FALSE(line.floor_price.has_value());
  record.floor = Dec("13");
  EXPECT_FALSE(PriceIt(request, {Book("B", {record})}, {product}).lines[0].floor_unknown);
  product.floor_price.reset();
  record.floor.reset();
  EXPECT_FALSE(PriceIt(request, {Book("B", {record})}, {product}).lines[0].floor_unknown) << "there is none";
}

// C-02, C-03: where the seller chooses the published price by the quantity.
TEST(Price, PricesThatMoveWithEveryQuantityAreKnown) {
  const auto moves = [](Calculation calculation, ScaleKind kind, absl::string_view quantity, int steps = 2) {
    PriceRecord record = Amount("KX", "5", "CNY");
    if (IsPercent(calculation)) record.currency.clear();
    if (steps == 2) record.scale.push_back({Dec("10"), Dec("4")});
    BookRevision book = Book("B", {record});
    book.types = {Type("KX", calculation, {0})};
    book.types[0].scale_kind = kind;
    return PriceIt(Request("p", quantity), {book}).lines[0].moves_with_quantity;
  };
  EXPECT_TRUE(moves(Calculation::kFixedOff, ScaleKind::kWhole, "3", 1));
  EXPECT_TRUE(moves(Calculation::kFixedOn, ScaleKind::kWhole, "3", 1));
  EXPECT_FALSE(moves(Calculation::kPercentOff, ScaleKind::kWhole, "11")) << "so many prices as there are steps";
  EXPECT_FALSE(moves(Calculation::kPercentOff, ScaleKind::kGraduated, "9")) << "in the first step";
  EXPECT_TRUE(moves(Calculation::kPercentOff, ScaleKind::kGraduated, "11"));
  EXPECT_TRUE(moves(Calculation::kUnitPrice, ScaleKind::kGraduated, "11"));
  // What is based on such a price moves with it; what replaces it does not.
  PriceRecord base = Entry("p", "80"), based = Percent("KBASE", "5");
  base.type = "KG";
  base.scale.push_back({Dec("10"), Dec("70")});
  based.base_code = "DEALER";
  BookRevision dealer = Book("DEALER", {base}), book = Book("B", {based});
  dealer.base_only = true;
  dealer.types = {Type("KG", Calculation::kUnitPrice, {KeyBit(kProduct)})};
  dealer.types[0].scale_kind = ScaleKind::kGraduated;
  book.types = {Type("KBASE", Calculation::kBasedOn, {0})};
  EXPECT_TRUE(PriceIt(Request("p", "11"), {dealer, book}).lines[0].moves_with_quantity);
  EXPECT_FALSE(PriceIt(Request("p", "9"), {dealer, book}).lines[0].moves_with_quantity);
}

TEST(Price, NamesEveryLineThatHasNoPrice) {
  Product ended = NewProduct("ended", "1");
  ended.sold.until = "2026-01-31";
  Product archived = NewProduct("archived", "1");
  archived.archived = true;
  Product dollars = NewProduct("dollars", "1");
  dollars.list_price = Money::Parse("1", "USD").value();
  PriceRequest request = Request("unknown", "1");
  for (const char* name : {"ended", "archived", "dollars"}) request.lines.push_back({name, Dec("1"), {}, {}, ""});
  EXPECT_THAT(ViolatedFields(TryPrice(request, {}, {ended, archived, dollars}).status()),
              ElementsAre("quote.lines[0].product", "quote.lines[1].product", "quote.lines[2].product",
                          "quote.lines[3].product"));
}

// The hash is of everything the answer says, and of nothing that is confidential.
TEST(Price, TheHashIsOfQuestionStepsAndCandidates) {
  const BookRevision book = Book("B", {Entry("p", "90")});
  const std::string hash = PriceIt(Request("p", "1"), {book}).hash;
  EXPECT_EQ(hash.size(), 64u);
  EXPECT_EQ(PriceIt(Request("p", "1"), {book}).hash, hash);
  EXPECT_NE(PriceIt(Request("p", "2"), {book}).hash, hash);
  BookRevision other = book;
  other.records[0].valid.until = "2027-01-01";
  EXPECT_NE(PriceIt(Request("p", "1"), {other}).hash, hash) << "another book, though the price is the same";
  // Prices of other customers are no part of it; the own ones are.
  BookRevision special = book;
  special.records.push_back(Entry("p", "80"));
  special.records[1].number = 1;
  special.records[1].key.value[kAccount] = "accounts/other";
  EXPECT_EQ(PriceIt(Request("p", "1"), {special}).hash, hash);
  special.records[1].key.value[kAccount] = "accounts/acme";
  special.records[1].scale[0].from = Dec("10");
  const std::string own = PriceIt(Request("p", "1"), {special}).hash;
  EXPECT_NE(own, hash);
  special.records[1].scale[0].value = Dec("70");
  EXPECT_NE(PriceIt(Request("p", "1"), {special}).hash, own) << "looked at, though its scale begins later";
  Product secret = NewProduct("p", "100");
  secret.floor_price = Cny("77");
  secret.purchase_price = Cny("55");
  EXPECT_EQ(PriceIt(Request("p", "1"), {book}, {secret}).hash, hash);
}

// C-01: whatever the order of books, records and lines' records, the price, the trace and the hash are the same.
TEST(PriceProperty, APermutedBookGivesTheSamePrice) {
  EXPECT_TRUE(rc::check("permuted", [] {
    std::vector<BookRevision> books = *rc::gen::exec([] { return RandomBooks(); });
    PriceRequest request = Request("p", absl::StrCat(*rc::gen::inRange(1, 300)));
    request.tier = *rc::gen::element<std::string>("A", "B", "");
    request.region = *rc::gen::element<std::string>("East", "West", "");
    request.as_of = *rc::gen::element<std::string>("2026-01-05", "2026-02-15", "2026-06-30");
    const auto before = TryPrice(request, books);
    std::vector<BookRevision> permuted = books;
    for (BookRevision& book : permuted) {
      for (size_t i = book.records.size(); i > 1; --i) {
        std::swap(book.records[i - 1], book.records[*rc::gen::inRange<size_t>(0, i)]);
      }
    }
    std::reverse(permuted.begin(), permuted.end());
    const auto after = TryPrice(request, permuted);
    RC_ASSERT(before.ok() == after.ok());
    if (!before.ok()) return;
    RC_ASSERT(before->lines[0].net_price == after->lines[0].net_price);
    RC_ASSERT(StepTexts(*before) == StepTexts(*after));
    RC_ASSERT(CandidateTexts(*before) == CandidateTexts(*after));
  }));
}

// C-01: what is released later never changes an answer already given.
TEST(PriceProperty, ALaterReleaseNeverChangesAnAnswerAlreadyGiven) {
  EXPECT_TRUE(rc::check("released later", [] {
    std::vector<BookRevision> books = *rc::gen::exec([] { return RandomBooks(); });
    PriceRequest request = Request("p", absl::StrCat(*rc::gen::inRange(1, 300)));
    request.as_of = *rc::gen::element<std::string>("2026-01-05", "2026-02-15", "2026-06-30");
    request.known_at = At("2026-03-01");
    const auto before = TryPrice(request, books);
    RC_PRE(before.ok());
    std::vector<BookRevision> more = *rc::gen::exec([] { return RandomBooks(); });
    for (BookRevision& book : more) {
      book.name += "-later";
      book.revision += 10;
      book.released = At("2026-03-02");
      books.push_back(book);
    }
    const auto after = TryPrice(request, books);
    RC_ASSERT(after.ok());
    RC_ASSERT(TraceText(request, *before) == TraceText(request, *after));
  }));
}

}  // namespace
}  // namespace kam::contract::rules
