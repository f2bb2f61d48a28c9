// The speed table of the design, row 4: a quote of 1,000 lines priced against 100,000 condition rows, beside the bare
// hash look-ups of the same keys in the same run. One thread; lines a second of its processor time. Rows are in memory:
// pricing asks the database nothing for a line (contract-svc/pricing/price_catalog.h).
//
// usage: pricing_bench [rounds]
#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "contract-svc/rules/price.h"

namespace kam::contract::rules {
namespace {

constexpr int kProducts = 20'000;
constexpr int kLines = 1'000;
constexpr int kQuotesARound = 200;

Decimal Dec(int value) { return Decimal::FromInt(value); }

// Names as long as the real ones.
std::string Name(const char* collection, int number) { return absl::StrFormat("%s/%026d", collection, number); }

PriceRecord Record(const std::string& type, int product, int value, const std::string& currency, int number) {
  PriceRecord record;
  record.type = type;
  record.number = number;
  record.label = absl::StrCat("conditions[", number, "]");
  record.key.value[kProduct] = Name("products", product);
  record.valid.from = "2026-01-01";
  record.currency = currency;
  record.scale = {{Decimal(), Dec(value)}};
  return record;
}

ConditionType Type(const std::string& code, PriceLevel level, std::vector<KeySet> accesses) {
  ConditionType type;
  type.code = code;
  type.level = level;
  type.calculation = Calculation::kPercentOff;
  type.accesses = std::move(accesses);
  return type;
}

// Five rows a product: a published price, that of a class, that of the customer, a discount of the contract and one by
// quantity with three steps.
std::shared_ptr<const PriceIndex> World() {
  auto book = std::make_shared<BookRevision>();
  book->name = Name("priceBooks", 1);
  book->code = "MAIN";
  book->effective.from = "2026-01-01";
  book->released = absl::UnixEpoch();
  book->types = {Type("KCON", PriceLevel::kContract, {KeyBit(kAccount) | KeyBit(kProduct)}),
                 Type("KVOL", PriceLevel::kVolume, {KeyBit(kProduct)})};
  for (int product = 0; product < kProducts; ++product) {
    const auto add = [&book, product](const std::string& type, int value, const std::string& currency) {
      book->records.push_back(Record(type, product, value, currency, static_cast<int>(book->records.size())));
      return &book->records.back();
    };
    add(kTypePrice, 1000 + product % 97, "CNY");
    add(kTypePrice, 990 + product % 89, "CNY")->key.value[kTier] = "A";
    add(kTypePrice, 980 + product % 83, "CNY")->key.value[kAccount] = Name("accounts", 7);
    add("KCON", 1 + product % 5, "")->key.value[kAccount] = Name("accounts", 7);
    add("KVOL", 0, "")->scale = {{Dec(0), Dec(0)}, {Dec(10), Dec(2)}, {Dec(100), Dec(5)}};
  }
  return PriceIndex::Build({book});
}

double CpuSeconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

double Median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

// The ids that pricing looks up, and nothing else.
uint64_t LookUp(const PriceIndex& index, const PriceRequest& request) {
  uint64_t sum = 0;
  const PriceIndex::Id account = index.IdOf(request.account), tier = index.IdOf(request.tier);
  for (const LineRequest& line : request.lines) {
    const PriceIndex::Id product = index.IdOf(line.product);
    for (uint16_t type = 0; type < index.types().size(); ++type) {
      const ConditionType& definition = index.types()[type].definition;
      if (index.types()[type].revisions.empty()) continue;
      for (uint16_t access = 0; access < definition.accesses.size(); ++access) {
        std::array<PriceIndex::Id, kKeyFieldsMax> ids = {};
        size_t at = 0;
        const KeySet keys = definition.accesses[access];
        if (keys & KeyBit(kAccount)) ids[at++] = account;
        if (keys & KeyBit(kTier)) ids[at++] = tier;
        if (keys & KeyBit(kProduct)) ids[at++] = product;
        sum += index.Find(type, access, ids).first;
      }
    }
  }
  return sum;
}

int Main(int rounds) {
  const std::shared_ptr<const PriceIndex> index = World();
  std::vector<Product> products;
  for (int i = 0; i < kProducts; ++i) {
    Product product;
    product.name = Name("products", i);
    product.product_line = absl::StrCat("Line ", i % 40);
    product.unit = "台";
    product.list_price = Money(Dec(1200), Currency::Parse("CNY").value());
    product.purchase_price = Money(Dec(700), Currency::Parse("CNY").value());
    product.tax_rate = Dec(13);
    products.push_back(std::move(product));
  }
  const ProductTable table(std::move(products));
  PriceRequest request;
  request.account = Name("accounts", 7);
  request.tier = "A";
  request.currency = Currency::Parse("CNY").value();
  request.as_of = "2026-06-01";
  request.known_at = absl::Now();
  for (int i = 0; i < kLines; ++i) {
    LineRequest line;
    line.product = Name("products", (i * 7919) % kProducts);
    line.quantity = Dec(1 + i % 150);
    if (i % 3 == 0) line.discount_percent = Dec(2);
    request.lines.push_back(std::move(line));
  }
  std::vector<double> priced, looked_up;
  std::string hash;
  uint64_t sum = 0;
  for (int round = 0; round < rounds; ++round) {
    double begin = CpuSeconds();
    for (int i = 0; i < kQuotesARound; ++i) {
      const absl::StatusOr<PricedDocument> document = Price(request, table, index, "quote.lines");
      if (!document.ok() || (!hash.empty() && document->hash != hash)) {
        std::fprintf(stderr, "pricing failed: %s\n", document.status().ToString().c_str());
        return EXIT_FAILURE;
      }
      hash = document->hash;
    }
    priced.push_back(kLines * kQuotesARound / (CpuSeconds() - begin));
    begin = CpuSeconds();
    for (int i = 0; i < kQuotesARound; ++i) sum += LookUp(*index, request);
    looked_up.push_back(kLines * kQuotesARound / (CpuSeconds() - begin));
  }
  std::printf("Price    a quote of %d lines against %zu condition rows, one core, median of %d rounds\n", kLines,
              index->size(), rounds);
  std::printf("  priced with steps, candidates and hash  %9.0f lines/s   (to reach: 300,000)\n", Median(priced));
  std::printf("  bare hash look-ups of the same keys     %9.0f lines/s   pricing is %.2f of it\n", Median(looked_up),
              Median(priced) / Median(looked_up));
  return sum == 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}

}  // namespace
}  // namespace kam::contract::rules

int main(int argc, char** argv) { return kam::contract::rules::Main(argc > 1 ? std::max(1, std::atoi(argv[1])) : 5); }
