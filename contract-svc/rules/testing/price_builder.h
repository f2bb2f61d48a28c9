// Short ways to write products, books and requests in tests of prices.
#ifndef KAM_CONTRACT_SVC_RULES_TESTING_PRICE_BUILDER_H_
#define KAM_CONTRACT_SVC_RULES_TESTING_PRICE_BUILDER_H_

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "common/time/date.h"
#include "contract-svc/rules/price.h"

namespace kam::contract::rules::testing {

inline Money Cny(absl::string_view amount) { return Money::Parse(amount, "CNY").value(); }
inline Decimal Dec(absl::string_view text) { return Decimal::Parse(text).value(); }
inline absl::Time At(absl::string_view day) { return absl::FromCivil(ParseDate(day).value(), absl::UTCTimeZone()); }

// Product p of the line Sedan, sold by the 台.
inline Product NewProduct(const std::string& name, absl::string_view list) {
  Product product;
  product.name = name;
  product.product_line = "Sedan";
  product.unit = "台";
  product.list_price = Cny(list);
  product.tax_rate = Dec("13");
  return product;
}

inline PriceRecord Value(const std::string& type, absl::string_view value, const std::string& currency) {
  PriceRecord record;
  record.type = type;
  record.currency = currency;
  record.valid.from = "2026-01-01";
  record.scale = {{Decimal(), Dec(value)}};
  return record;
}
inline PriceRecord Percent(const std::string& type, absl::string_view percent) { return Value(type, percent, ""); }
inline PriceRecord Amount(const std::string& type, absl::string_view amount, const std::string& currency) {
  return Value(type, amount, currency);
}
// A simple entry of a price book.
inline PriceRecord Entry(const std::string& product, absl::string_view price) {
  PriceRecord record = Value(kTypePrice, price, "CNY");
  record.key.value[kProduct] = product;
  return record;
}

inline ConditionType Type(const std::string& code, Calculation calculation, std::vector<KeySet> accesses) {
  ConditionType type;
  type.code = code;
  type.calculation = calculation;
  type.accesses = std::move(accesses);
  return type;
}

// Revision of a book in force since the beginning of 2026 and released before. Records are numbered and labelled.
inline BookRevision Book(const std::string& code, std::vector<PriceRecord> records, int revision = 1) {
  BookRevision book;
  book.name = absl::StrCat("priceBooks/", code, revision);
  book.code = code;
  book.revision = revision;
  book.effective.from = "2026-01-01";
  book.released = At("2025-12-01");
  for (size_t i = 0; i < records.size(); ++i) {
    records[i].number = static_cast<int>(i);
    records[i].label = absl::StrCat("entries[", i, "]");
  }
  book.records = std::move(records);
  return book;
}

inline std::shared_ptr<const PriceIndex> Index(const std::vector<BookRevision>& books) {
  std::vector<std::shared_ptr<const BookRevision>> revisions;
  for (const BookRevision& book : books) revisions.push_back(std::make_shared<const BookRevision>(book));
  return PriceIndex::Build(std::move(revisions));
}

// Of a customer of tier A on 2026-02-01.
inline PriceRequest Request(const std::string& product, absl::string_view quantity) {
  PriceRequest request;
  request.account = "accounts/acme";
  request.tier = "A";
  request.currency = Currency::Parse("CNY").value();
  request.as_of = "2026-02-01";
  request.known_at = At("2026-02-01");
  LineRequest line;
  line.product = product;
  line.quantity = Dec(quantity);
  request.lines.push_back(std::move(line));
  return request;
}

inline absl::StatusOr<PricedDocument> TryPrice(const PriceRequest& request, const std::vector<BookRevision>& books,
                                               std::vector<Product> products = {NewProduct("p", "100"),
                                                                                NewProduct("q", "50")}) {
  return Price(request, ProductTable(std::move(products)), Index(books), "quote.lines");
}

inline PricedDocument PriceIt(const PriceRequest& request, const std::vector<BookRevision>& books,
                              std::vector<Product> products = {NewProduct("p", "100"), NewProduct("q", "50")}) {
  absl::StatusOr<PricedDocument> priced = TryPrice(request, books, std::move(products));
  EXPECT_TRUE(priced.ok()) << priced.status();
  if (priced.ok()) return *std::move(priced);
  PricedDocument empty;
  empty.lines.resize(request.lines.size());
  return empty;
}

// Two books with prices, discounts by several keys, priorities, scales, an exclusion group and two revisions. For use
// in a generator.
inline std::vector<BookRevision> RandomBooks() {
  std::vector<BookRevision> books;
  for (const char* code : {"MAIN", "PROMO"}) {
    for (int revision = 1; revision <= 2; ++revision) {
      std::vector<PriceRecord> records;
      const int count = *rc::gen::inRange(1, 8);
      for (int i = 0; i < count; ++i) {
        PriceRecord record;
        const int kind = *rc::gen::inRange(0, 3);
        const std::string value = absl::StrCat(*rc::gen::inRange(1, 60));
        if (kind == 0) record = Amount(kTypePrice, absl::StrCat(*rc::gen::inRange(40, 120)), "CNY");
        if (kind == 1) record = Percent("KA", value);
        if (kind == 2) record = Amount("KB", absl::StrCat(*rc::gen::inRange(0, 3)), "CNY");
        if (kind == 0 || *rc::gen::arbitrary<bool>()) record.key.value[kProduct] = "p";
        if (kind == 0 && *rc::gen::arbitrary<bool>())
          record.key.value[kTier] = *rc::gen::element<std::string>("A", "B");
        if (kind == 1 && *rc::gen::arbitrary<bool>()) {
          record.key.value[kRegion] = *rc::gen::element<std::string>("East", "West");
        }
        record.priority = *rc::gen::element(0, 0, 5);
        record.scale[0].from = Decimal::FromInt(*rc::gen::element(0, 0, 10, 100));
        record.valid.from = *rc::gen::element<std::string>("2026-01-01", "2026-02-01", "2026-05-01");
        records.push_back(std::move(record));
      }
      BookRevision book = Book(code, std::move(records), revision);
      if (revision == 2) book.effective.from = "2026-02-10";
      book.types = {Type("KA", Calculation::kPercentOff,
                         {KeyBit(kRegion) | KeyBit(kProduct), KeyBit(kProduct), KeyBit(kRegion), 0}),
                    Type("KB", Calculation::kAmountOff, {KeyBit(kProduct), 0})};
      book.types[0].exclusion_group = book.types[1].exclusion_group = "G";
      books.push_back(std::move(book));
    }
  }
  return books;
}

}  // namespace kam::contract::rules::testing

#endif  // KAM_CONTRACT_SVC_RULES_TESTING_PRICE_BUILDER_H_
