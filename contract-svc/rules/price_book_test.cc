#include "contract-svc/rules/price_book.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/status/status.h"
#include "contract-svc/rules/past_prices.h"
#include "contract-svc/rules/testing/price_builder.h"

namespace kam::contract::rules {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using namespace testing;  // NOLINT(build/namespaces): the builders of this folder.

absl::Status Prove(const BookRevision& proposed, const std::vector<BookRevision>& released = {}) {
  Product ended = NewProduct("ended", "1");
  ended.sold.until = "2025-12-31";
  const ProductTable products({NewProduct("p", "100"), NewProduct("q", "50"), ended});
  const auto rivals = RivalsOf(*Index(released), proposed.code, proposed.effective.from, At("2026-01-05"));
  EXPECT_TRUE(rivals.ok());
  return ProveBook(proposed, *rivals, {products, {"Sedan"}}, "price_book");
}

struct Violation {
  std::vector<std::string> fields;
  std::string reason;
};
void ExpectRefused(const BookRevision& proposed, const std::string& reason, const std::vector<std::string>& fields,
                   const std::vector<BookRevision>& released = {}) {
  const absl::Status status = Prove(proposed, released);
  EXPECT_EQ(Reason(status), reason) << status;
  EXPECT_EQ(ViolatedFields(status), fields) << status;
}

BookRevision Typed(std::vector<PriceRecord> records, Calculation calculation, std::vector<KeySet> accesses) {
  BookRevision book = Book("B", std::move(records));
  book.types = {Type("K", calculation, std::move(accesses))};
  return book;
}

// G2: two rules of one key with overlapping dates: refused, both named.
TEST(PriceBook, G2OverlapOfOneKeyIsRefusedNamingBoth) {
  PriceRecord first = Entry("p", "90"), second = Entry("p", "91");
  first.valid.until = "2026-03-31";
  second.valid.from = "2026-03-31";
  const absl::Status status = Prove(Book("B", {first, second}));
  EXPECT_EQ(Reason(status), "PRICE_OVERLAP");
  EXPECT_THAT(ViolatedFields(status), ElementsAre("price_book.entries[1]"));
  EXPECT_EQ(MetadataValue(status, "other"), "price_book.entries[0]");
  EXPECT_THAT(std::string(status.message()), HasSubstr("entries[0]"));
  second.valid.from = "2026-04-01";
  EXPECT_TRUE(Prove(Book("B", {first, second})).ok()) << "the next day is another day";
  second.valid.from = "2026-03-31";
  second.priority = 1;
  EXPECT_TRUE(Prove(Book("B", {first, second})).ok()) << "one goes before the other";
}

// G2, with another book.
TEST(PriceBook, G2OverlapWithAReleasedBookNamesItsRow) {
  const absl::Status status =
      Prove(Book("B", {Entry("p", "90")}), {Book("OTHER", {Entry("q", "1"), Entry("p", "91")})});
  EXPECT_EQ(Reason(status), "PRICE_OVERLAP");
  EXPECT_EQ(MetadataValue(status, "other"), "OTHER/1.entries[1]");
  BookRevision base = Book("OTHER", {Entry("p", "91")});
  base.base_only = true;
  EXPECT_TRUE(Prove(Book("B", {Entry("p", "90")}), {base}).ok()) << "it only serves others";
  BookRevision next = Book("OTHER", {Entry("q", "1")}, 2);
  next.effective.from = "2026-02-01";
  BookRevision late = Book("B", {Entry("p", "90")});
  late.effective.from = "2026-02-01";
  EXPECT_TRUE(Prove(late, {Book("OTHER", {Entry("p", "91")}), next}).ok()) << "its next revision has begun";
  EXPECT_EQ(Reason(Prove(Book("B", {Entry("p", "90")}), {Book("OTHER", {Entry("p", "91")}), next})), "PRICE_OVERLAP");
  EXPECT_TRUE(Prove(Book("B", {Entry("p", "90")}, 2), {Book("B", {Entry("p", "91")})}).ok()) << "its own predecessor";
}

TEST(PriceBook, OverlapIsFoundBehindAShortRecord) {
  PriceRecord longest = Entry("p", "90"), inner = Entry("p", "91"), last = Entry("p", "92");
  inner.valid = {"2026-02-01", "2026-02-10"};
  last.valid = {"2026-05-01", ""};
  EXPECT_THAT(ViolatedFields(Prove(Book("B", {last, inner, longest}))),
              ElementsAre("price_book.entries[1]", "price_book.entries[0]"));
}

TEST(PriceBook, OtherKeysDoNotOverlap) {
  PriceRecord tier = Entry("p", "90"), account = Entry("p", "90"), bulk = Entry("p", "90"), dollars = Entry("p", "90");
  tier.key.value[kTier] = "A";
  account.key.value[kAccount] = "accounts/acme";
  bulk.scale[0].from = Dec("10");
  dollars.currency = "USD";
  EXPECT_TRUE(Prove(Book("B", {Entry("p", "90"), tier, account, bulk, dollars, Entry("q", "1")})).ok());
}

// G3: A based on B based on A: refused, the circle named; longer ones and a book based on itself too.
TEST(PriceBook, G3ABookBasedOnItselfIsRefused) {
  const auto based = [](const std::string& code, const std::string& base) {
    PriceRecord record = Percent("K", "5");
    record.base_code = base;
    BookRevision book = Book(code, {record});
    book.types = {Type("K", Calculation::kBasedOn, {0})};
    book.base_only = true;
    return book;
  };
  const absl::Status two = Prove(based("A", "B"), {based("B", "A")});
  EXPECT_EQ(Reason(two), "PRICE_BOOK_CYCLE");
  EXPECT_EQ(MetadataValue(two, "circle"), "A -> B -> A");
  EXPECT_EQ(MetadataValue(Prove(based("A", "B"), {based("B", "C"), based("C", "A")}), "circle"), "A -> B -> C -> A");
  EXPECT_EQ(MetadataValue(Prove(based("A", "A")), "circle"), "A -> A");
  EXPECT_TRUE(Prove(based("A", "B"), {based("B", "C"), based("C", "")}).ok());
  ExpectRefused(based("A", "NOWHERE"), "BASE_BOOK_UNKNOWN", {"price_book.entries[0].base_code"});
}

// G4: a condition that cannot be worked out is refused by name.
TEST(PriceBook, G4AnUndefinedRequirementIsRefused) {
  PriceRecord record = Percent("K", "5");
  record.requirement = "colour = red";
  ExpectRefused(Typed({record}, Calculation::kPercentOff, {0}), "REQUIREMENT_INVALID",
                {"price_book.entries[0].requirement"});
}

TEST(PriceBook, WhatCannotBeIsRefusedByName) {
  PriceRecord unknown_type = Percent("NOTYPE", "5");
  ExpectRefused(Book("B", {unknown_type}), "CONDITION_TYPE_UNKNOWN", {"price_book.entries[0].condition_type"});
  PriceRecord unknown_key = Percent("K", "5");
  unknown_key.key.value[kRegion] = "East";
  ExpectRefused(Typed({unknown_key}, Calculation::kPercentOff, {0, KeyBit(kProduct)}), "KEY_UNKNOWN",
                {"price_book.entries[0]"});
  PriceRecord unknown_line = Percent("K", "5");
  unknown_line.key.value[kProductLine] = "Tractor";
  ExpectRefused(Typed({unknown_line}, Calculation::kPercentOff, {KeyBit(kProductLine)}), "KEY_UNKNOWN",
                {"price_book.entries[0].product_line"});
  ExpectRefused(Book("B", {Entry("nothing", "1")}), "KEY_UNKNOWN", {"price_book.entries[0].product"});
  PriceRecord unit = Entry("p", "90");
  unit.unit = "吨";
  ExpectRefused(Book("B", {unit}), "UNIT_MISMATCH", {"price_book.entries[0].unit"});
  PriceRecord currency = Entry("p", "90");
  currency.currency.clear();
  ExpectRefused(Book("B", {currency}), "CURRENCY_REQUIRED", {"price_book.entries[0].currency"});
  ExpectRefused(Typed({Amount("K", "5", "CNY")}, Calculation::kPercentOff, {0}), "CURRENCY_NOT_APPLICABLE",
                {"price_book.entries[0].currency"});
  ExpectRefused(Typed({Percent("K", "100.01")}, Calculation::kPercentOff, {0}), "SCALE_INVALID",
                {"price_book.entries[0]"});
  PriceRecord twice = Entry("p", "90");
  twice.scale.push_back(twice.scale[0]);
  ExpectRefused(Book("B", {twice}), "SCALE_INVALID", {"price_book.entries[0]"});
  PriceRecord hole = Percent("K", "5");
  hole.scale[0].from = Dec("5");
  BookRevision graduated = Typed({hole}, Calculation::kPercentOff, {0});
  graduated.types[0].scale_kind = ScaleKind::kGraduated;
  ExpectRefused(graduated, "SCALE_INVALID", {"price_book.entries[0]"});
  PriceRecord floor = Percent("K", "5");
  floor.floor = Dec("1");
  ExpectRefused(Typed({floor}, Calculation::kPercentOff, {0}), "FLOOR_NOT_APPLICABLE",
                {"price_book.entries[0].floor_price"});
  PriceRecord limits = Entry("p", "90");
  limits.manual_lower = Dec("91");
  ExpectRefused(Book("B", {limits}), "MANUAL_LIMIT_INVALID", {"price_book.entries[0].manual_lower"});
}

TEST(PriceBook, FloorAboveThePriceIsRefusedWithoutTellingTheFloor) {
  PriceRecord record = Entry("p", "90");
  record.floor = Dec("90.77");
  const absl::Status status = Prove(Book("B", {record}));
  EXPECT_EQ(Reason(status), "FLOOR_ABOVE_PRICE");
  EXPECT_THAT(std::string(status.message()), Not(HasSubstr("90.77")));
  record.floor = Dec("90");
  EXPECT_TRUE(Prove(Book("B", {record})).ok());
  record.scale = {{Dec("0"), Dec("120")}};
  record.floor = Dec("101");
  ExpectRefused(Book("B", {record}), "FLOOR_ABOVE_LIST", {"price_book.entries[0].floor_price"});
}

// A row that is never chosen says what is chosen in its place.
TEST(PriceBook, ARowThatIsNeverChosenIsRefused) {
  PriceRecord product = Percent("K", "5"), line = Percent("K", "10");
  product.key.value[kProduct] = "p";
  line.key.value[kProductLine] = "Sedan";
  PriceRecord all = Percent("K", "1");
  const std::vector<KeySet> accesses = {KeyBit(kProduct), KeyBit(kProductLine), 0};
  EXPECT_TRUE(Prove(Typed({product, line, all}, Calculation::kPercentOff, accesses)).ok());
  line.priority = 1;
  ExpectRefused(Typed({product, line, all}, Calculation::kPercentOff, accesses), "PRICE_ROW_UNREACHABLE",
                {"price_book.entries[0]"});
  line.priority = 0;
  all.priority = 3;
  ExpectRefused(Typed({product, line, all}, Calculation::kPercentOff, accesses), "PRICE_ROW_UNREACHABLE",
                {"price_book.entries[0]", "price_book.entries[1]"});
  EXPECT_EQ(MetadataValue(Prove(Typed({product, all}, Calculation::kPercentOff, accesses)), "other"),
            "price_book.entries[1]");
  all.valid.until = "2026-06-30";
  EXPECT_TRUE(Prove(Typed({product, line, all}, Calculation::kPercentOff, accesses)).ok()) << "afterwards they hold";
  all.valid.until.clear();
  all.requirement = "quantity > 5";
  EXPECT_TRUE(Prove(Typed({product, line, all}, Calculation::kPercentOff, accesses)).ok()) << "sometimes they hold";
  all.requirement.clear();
  all.scale[0].from = Dec("5");
  EXPECT_TRUE(Prove(Typed({product, line, all}, Calculation::kPercentOff, accesses)).ok()) << "below five they hold";
  // The general key is searched first.
  all.scale[0].from = Decimal();
  all.priority = 0;
  ExpectRefused(Typed({product, all}, Calculation::kPercentOff, {0, KeyBit(kProduct)}), "PRICE_ROW_UNREACHABLE",
                {"price_book.entries[0]"});
}

TEST(PriceBook, ARowOutsideTheDaysOfItsBookOrProductIsRefused) {
  PriceRecord past = Entry("p", "90");
  past.valid = {"2025-01-01", "2025-12-31"};
  ExpectRefused(Book("B", {past}), "PRICE_ROW_UNREACHABLE", {"price_book.entries[0].valid_from"});
  ExpectRefused(Book("B", {Entry("ended", "1")}), "PRICE_ROW_UNREACHABLE", {"price_book.entries[0].product"});
}

TEST(PriceBook, TypesAreDefinedOnceAndTheSameEverywhere) {
  BookRevision book = Typed({}, Calculation::kPercentOff, {0, 0});
  ExpectRefused(book, "ACCESS_REPEATED", {"price_book.condition_types[0]"});
  book.types[0].accesses.clear();
  ExpectRefused(book, "ACCESS_REQUIRED", {"price_book.condition_types[0]"});
  book = Typed({}, Calculation::kPercentOff, {0});
  book.types.push_back(book.types[0]);
  ExpectRefused(book, "CONDITION_TYPE_REPEATED", {"price_book.condition_types[1].code"});
  BookRevision other = Typed({}, Calculation::kPercentOn, {0});
  other.code = "OTHER";
  ExpectRefused(Typed({}, Calculation::kPercentOff, {0}), "CONDITION_TYPE_CONFLICT", {"price_book.condition_types[0]"},
                {other});
  BookRevision built_in = Book("B", {});
  built_in.types = {Type("PRICE", Calculation::kPercentOff, {0})};
  ExpectRefused(built_in, "CONDITION_TYPE_CONFLICT", {"price_book.condition_types[0]"});
  BookRevision grouped = Book("B", {});
  grouped.types = {Type("KA", Calculation::kPercentOff, {0}), Type("KB", Calculation::kPercentOff, {0})};
  grouped.types[0].exclusion_group = grouped.types[1].exclusion_group = "G";
  EXPECT_THAT(Prove(grouped).message(), IsEmpty());
  grouped.types[1].level = PriceLevel::kVolume;
  ExpectRefused(grouped, "EXCLUSION_GROUP_INVALID", {"price_book.condition_types[1].exclusion_group"});
}

// C-01: whatever is proved prices without a failure, with one record of each type.
TEST(PriceBookProperty, WhatIsProvedHasNoTwoRecordsThatAreEqual) {
  EXPECT_TRUE(rc::check("proved", [] {
    const std::vector<BookRevision> books = *rc::gen::exec([] { return RandomBooks(); });
    const BookRevision& proposed = books[0];
    RC_PRE(Prove(proposed).ok());
    const auto index = Index({proposed});
    for (uint32_t i = 0; i < index->size(); ++i) {
      for (uint32_t j = i + 1; j < index->size(); ++j) {
        const PriceIndex::Entry &a = index->entry(i), &b = index->entry(j);
        const PriceRecord &left = index->record(a), &right = index->record(b);
        const bool same_key = std::equal(std::begin(left.key.value), std::end(left.key.value), right.key.value);
        if (!same_key || a.type != b.type || a.priority != b.priority || a.first.from != b.first.from) continue;
        RC_ASSERT(a.until_day < b.from_day || b.until_day < a.from_day);
      }
    }
  }));
}

TEST(PriceBook, NextRevisionBeginsLaterAndNotBeforeToday) {
  EXPECT_TRUE(CheckEffective("2020-01-01", "", "2026-01-05").ok()) << "the first one may";
  EXPECT_TRUE(CheckEffective("2026-01-05", "2026-01-01", "2026-01-05").ok());
  EXPECT_EQ(Reason(CheckEffective("2026-01-04", "2026-01-01", "2026-01-05")), "EFFECTIVE_DATE_INVALID");
  EXPECT_TRUE(CheckEffective("2026-02-01", "2026-02-01", "2026-01-05").ok()) << "it takes all days of the other";
  EXPECT_EQ(Reason(CheckEffective("2026-01-31", "2026-02-01", "2026-01-05")), "EFFECTIVE_DATE_INVALID");
  EXPECT_EQ(Reason(CheckEffective("2026-01-05", "2026-01-05", "2026-01-05")), "EFFECTIVE_DATE_INVALID")
      << "prices of today were told already";
}

// C-01: of two revisions with one first day the one that was released later takes all days of the other, whatever their
// numbers, as soon as it is known.
TEST(PriceBook, ALaterReleaseForTheSameFirstDayTakesItsDays) {
  BookRevision wrong = Book("B", {Entry("p", "9")}), right = Book("B", {Entry("p", "90")});
  wrong.name = "priceBooks/wrong";
  wrong.revision = 3;
  wrong.released = At("2026-01-02");
  right.name = "priceBooks/right";
  right.revision = 2;
  right.released = At("2026-01-03");
  wrong.effective.from = right.effective.from = wrong.records[0].valid.from = right.records[0].valid.from =
      "2026-02-01";
  const std::shared_ptr<const PriceIndex> index = Index({wrong, right});
  const auto held = [&](absl::Time known_at) {
    const std::vector<uint8_t> holding = index->Holding("2026-02-01", known_at);
    std::vector<std::string> names;
    for (uint32_t i = 0; i < holding.size(); ++i) {
      if (holding[i] != 0) names.push_back(index->revision(i).name);
    }
    return names;
  };
  EXPECT_THAT(held(At("2026-01-02")), ElementsAre("priceBooks/wrong"));
  EXPECT_THAT(held(At("2026-01-03")), ElementsAre("priceBooks/right"));
  const auto rivals = RivalsOf(*index, "OTHER", "2026-02-01", At("2026-01-03"));
  ASSERT_TRUE(rivals.ok());
  ASSERT_EQ(rivals->size(), 1u);
  EXPECT_EQ((*rivals)[0].revision->name, "priceBooks/right");
}

// G6: days that are over keep their prices under a new code too.
TEST(PriceBook, G6AFirstRevisionChangesNoPriceOfADayThatIsOver) {
  const std::string today = "2026-01-05";
  const ProductTable products({NewProduct("p", "100"), NewProduct("q", "50")});
  const auto check = [&](const BookRevision& proposed, const BookRevision& released) {
    const auto rivals = RivalsOf(*Index({released}), proposed.code, proposed.effective.from, At("2026-01-05"));
    EXPECT_TRUE(rivals.ok());
    return CheckPast(proposed, *rivals, products, today, "price_book.effective_from");
  };
  BookRevision past = Book("B", {Entry("p", "90")}), old = Book("OLD", {Entry("p", "91")});
  past.effective.from = past.records[0].valid.from = "2026-01-04";
  old.effective.from = old.records[0].valid.from = "2026-01-01";
  const absl::Status refused = check(past, old);
  EXPECT_EQ(Reason(refused), "EFFECTIVE_DATE_INVALID");
  EXPECT_THAT(ViolatedFields(refused), ElementsAre("price_book.effective_from"));
  EXPECT_EQ(MetadataValue(refused, "other"), "OLD/1.entries[0]");

  BookRevision other = past;
  other.records[0].key.value[kProduct] = "q";
  EXPECT_TRUE(check(other, old).ok()) << "another product";
  other.records[0].key.value[kProduct].clear();
  other.records[0].key.value[kProductLine] = "Elsewhere";
  EXPECT_TRUE(check(other, old).ok()) << "another line";
  other.records[0].key.value[kProductLine].clear();
  EXPECT_EQ(Reason(check(other, old)), "EFFECTIVE_DATE_INVALID") << "every product";
  other = past;
  other.records[0].key.value[kTier] = "A";
  BookRevision of_class = old;
  of_class.records[0].key.value[kTier] = "B";
  EXPECT_TRUE(check(other, of_class).ok()) << "another class of customers";
  EXPECT_EQ(Reason(check(other, old)), "EFFECTIVE_DATE_INVALID") << "that class had the price of all";
  BookRevision everything = old;
  everything.records[0].key.value[kProduct].clear();
  EXPECT_TRUE(check(past, everything).ok()) << "a discount on everything is no price of the product";
  other = past;
  other.records[0].valid.from = today;
  EXPECT_TRUE(check(other, old).ok()) << "its price is of today on";
  BookRevision later = old;
  later.records[0].valid.from = today;
  EXPECT_TRUE(check(past, later).ok()) << "there was none before today";
  other = past;
  other.base_only = true;
  EXPECT_TRUE(check(other, old).ok()) << "nobody is sold anything by it";
  other = past;
  other.effective.from = today;
  EXPECT_TRUE(check(other, old).ok());
}

TEST(KeySets, AreWrittenAndRead) {
  EXPECT_EQ(KeySetText(0), "ALL");
  EXPECT_EQ(KeySetText(KeyBit(kAccount) | KeyBit(kProduct)), "ACCOUNT PRODUCT");
  EXPECT_EQ(ParseKeySet("PRODUCT ACCOUNT", "x").value(), KeyBit(kAccount) | KeyBit(kProduct));
  EXPECT_EQ(ParseKeySet("ALL", "x").value(), 0);
  for (const char* text : {"", "COLOUR", "PRODUCT PRODUCT", "ALL PRODUCT", "ACCOUNT GROUP TIER SEGMENT REGION"}) {
    EXPECT_EQ(Reason(ParseKeySet(text, "x").status()), "KEYS_INVALID") << text;
  }
}

}  // namespace
}  // namespace kam::contract::rules
