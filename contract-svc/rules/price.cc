#include "contract-svc/rules/price.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "common/status/status.h"

namespace kam::contract::rules {
namespace {

const Decimal kHundred = Decimal::FromInt(100);

int Specificity(const PriceRecord& record) {
  if (!record.account.empty()) return 2;
  return record.tier.empty() ? 0 : 1;
}

// The order of preference. The last two keys only make it total: equal ranks never hold on the same day.
bool Preferred(const PriceRecord& a, const PriceRecord& b) {
  if (Specificity(a) != Specificity(b)) return Specificity(a) > Specificity(b);
  if (a.minimum_quantity != b.minimum_quantity) return b.minimum_quantity < a.minimum_quantity;
  const std::string& a_from = std::max(a.effective.from, a.valid.from);
  const std::string& b_from = std::max(b.effective.from, b.valid.from);
  if (a_from != b_from) return a_from > b_from;
  if (a.book != b.book) return a.book < b.book;
  return a.entry < b.entry;
}

// Why a record does not hold for a line; kAccepted when it does.
Outcome Judge(const PriceRecord& record, const PriceRequest& request, const LineRequest& line) {
  if (!record.effective.Contains(request.as_of)) return Outcome::kBookNotEffective;
  if (!record.valid.Contains(request.as_of)) return Outcome::kOutsidePeriod;
  if (record.unit_price->currency() != *request.currency) return Outcome::kOtherCurrency;
  if (!record.account.empty() && record.account != request.account) return Outcome::kOtherAccount;
  if (!record.tier.empty() && record.tier != request.tier) return Outcome::kOtherTier;
  if (line.quantity < record.minimum_quantity) return Outcome::kQuantityTooSmall;
  return Outcome::kAccepted;
}

std::optional<Money> InCurrency(const std::optional<Money>& money, const Currency& currency) {
  return money.has_value() && money->currency() == currency ? money : std::nullopt;
}

absl::StatusOr<Money> NetPrice(const LineRequest& line, const Money& published, PricedLine* priced) {
  if (line.manual_unit_price.has_value()) {
    priced->steps.push_back({StepKind::kManualPrice, *line.manual_unit_price, ""});
    return *line.manual_unit_price;
  }
  if (!line.discount_percent.has_value() || line.discount_percent->is_zero()) return published;
  ASSIGN_OR_RETURN(const Decimal left, Subtract(kHundred, *line.discount_percent));
  ASSIGN_OR_RETURN(const Money net, PercentOf(published, left, kUnitPriceScale));
  ASSIGN_OR_RETURN(const Money off, Subtract(published, net));
  priced->steps.push_back({StepKind::kDiscount, off, line.discount_percent->ToString()});
  return net;
}

absl::StatusOr<PricedLine> PriceOne(const PriceRequest& request, const LineRequest& line, const PriceIndex& index,
                                    const std::string& path) {
  const Product* product = index.FindProduct(line.product);
  if (product == nullptr || product->archived || !product->sold.Contains(request.as_of)) {
    return InvalidField(path + ".product", "PRODUCT_NOT_SOLD",
                        absl::StrCat(line.product, " is not sold on ", request.as_of),
                        {{"product", line.product}, {"asOf", request.as_of}});
  }
  if (line.discount_percent.has_value() && line.manual_unit_price.has_value()) {
    return InvalidField(path, "DISCOUNT_AMBIGUOUS", "has a discount and a manual price; give one of them");
  }
  if (line.manual_unit_price.has_value() && line.manual_unit_price->currency() != *request.currency) {
    return InvalidField(path + ".manual_unit_price", "CURRENCY_MISMATCH",
                        absl::StrCat("is in ", line.manual_unit_price->currency().code(), "; the currency is ",
                                     request.currency->code()),
                        {{"currency", std::string(request.currency->code())}});
  }
  PricedLine priced;
  priced.product = line.product;
  priced.product_line = product->product_line;
  priced.quantity = line.quantity;
  priced.list_price = InCurrency(product->list_price, *request.currency);
  priced.floor_price = InCurrency(product->floor_price, *request.currency);
  priced.unit_cost = InCurrency(product->purchase_price, *request.currency);
  if (priced.list_price.has_value()) priced.steps.push_back({StepKind::kListPrice, *priced.list_price, product->name});

  const PriceRecord* best = nullptr;
  for (const PriceRecord& record : index.RecordsOf(line.product)) {
    Outcome outcome = Judge(record, request, line);
    if (outcome == Outcome::kAccepted) {
      if (best == nullptr) {
        best = &record;
      } else {
        outcome = Outcome::kLessSpecific;
      }
    }
    priced.candidates.push_back({record.book, record.entry, record.unit_price, outcome});
  }
  if (best != nullptr) {
    priced.published_price = best->unit_price;
    priced.price_book = best->book;
    if (best->floor_price.has_value()) priced.floor_price = best->floor_price;
  } else {
    priced.published_price = priced.list_price;
  }
  if (!priced.published_price.has_value()) {
    return InvalidField(
        path + ".product", "PRICE_NOT_FOUND",
        absl::StrCat(line.product, " has no price in ", request.currency->code(), " on ", request.as_of),
        {{"product", line.product}, {"currency", std::string(request.currency->code())}, {"asOf", request.as_of}});
  }
  const Money& published = *priced.published_price;
  priced.steps.push_back({StepKind::kPublishedPrice, published, best != nullptr ? best->book : product->name});
  ASSIGN_OR_RETURN(priced.net_price, NetPrice(line, published, &priced));
  priced.steps.push_back({StepKind::kNetPrice, *priced.net_price, ""});
  ASSIGN_OR_RETURN(priced.amount, Multiply(*priced.net_price, line.quantity));
  priced.steps.push_back({StepKind::kAmount, *priced.amount, line.quantity.ToString()});
  ASSIGN_OR_RETURN(priced.tax_amount, PercentOf(*priced.amount, product->tax_rate));
  priced.steps.push_back({StepKind::kTax, *priced.tax_amount, product->tax_rate.ToString()});
  ASSIGN_OR_RETURN(priced.concession_percent, PercentBelow(published.amount(), priced.net_price->amount()));
  if (priced.unit_cost.has_value() && !priced.net_price->amount().is_zero()) {
    ASSIGN_OR_RETURN(priced.margin_percent, PercentBelow(priced.net_price->amount(), priced.unit_cost->amount()));
  }
  return priced;
}

}  // namespace

bool Period::Contains(absl::string_view day) const {
  return (from.empty() || from <= day) && (until.empty() || until >= day);
}

bool Overlap(const Period& a, const Period& b) {
  return (a.until.empty() || b.from <= a.until) && (b.until.empty() || a.from <= b.until);
}

Period Intersect(const Period& a, const Period& b) {
  Period both;
  both.from = std::max(a.from, b.from);
  both.until = a.until.empty() ? b.until : b.until.empty() ? a.until : std::min(a.until, b.until);
  return both;
}

PriceIndex::PriceIndex(std::vector<Product> products, std::vector<PriceRecord> records) {
  for (Product& product : products) {
    std::string name = product.name;
    products_.emplace(std::move(name), std::move(product));
  }
  for (PriceRecord& record : records) records_[record.product].push_back(std::move(record));
  for (auto& [product, of_product] : records_) std::sort(of_product.begin(), of_product.end(), Preferred);
}

const Product* PriceIndex::FindProduct(absl::string_view name) const {
  const auto it = products_.find(name);
  return it == products_.end() ? nullptr : &it->second;
}

absl::Span<const PriceRecord> PriceIndex::RecordsOf(absl::string_view product) const {
  const auto it = records_.find(product);
  return it == records_.end() ? absl::Span<const PriceRecord>() : absl::MakeConstSpan(it->second);
}

absl::StatusOr<Decimal> PercentBelow(Decimal base, Decimal net) {
  if (base.is_zero()) return Decimal();
  ASSIGN_OR_RETURN(const Decimal off, Subtract(base, net));
  return MultiplyDivide(off, kHundred, base, kPercentScale);
}

absl::StatusOr<std::vector<PricedLine>> Price(const PriceRequest& request, const PriceIndex& index,
                                              absl::string_view list) {
  std::vector<PricedLine> priced;
  priced.reserve(request.lines.size());
  FieldViolations violations;
  for (size_t i = 0; i < request.lines.size(); ++i) {
    absl::StatusOr<PricedLine> line = PriceOne(request, request.lines[i], index, absl::StrCat(list, "[", i, "]"));
    if (line.ok()) {
      priced.push_back(*std::move(line));
    } else if (absl::IsInvalidArgument(line.status())) {
      violations.AddAll("", line.status());
    } else {
      return line.status();
    }
  }
  RETURN_IF_ERROR(violations.status());
  return priced;
}

}  // namespace kam::contract::rules
