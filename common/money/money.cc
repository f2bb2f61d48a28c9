#include "common/money/money.h"

#include <algorithm>
#include <ostream>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "common/status/status.h"

namespace kam {
namespace {

constexpr int kMinorUnitDefault = 2;
constexpr size_t kShownBytesMax = 12;

struct MinorUnit {
  absl::string_view code;
  int digits;
};

// ISO 4217, list one: the currencies whose minor unit is not 2. Sorted by code.
constexpr MinorUnit kMinorUnits[] = {
    {"BHD", 3}, {"BIF", 0}, {"CLF", 4}, {"CLP", 0}, {"DJF", 0}, {"GNF", 0}, {"IQD", 3}, {"ISK", 0}, {"JOD", 3},
    {"JPY", 0}, {"KMF", 0}, {"KRW", 0}, {"KWD", 3}, {"LYD", 3}, {"OMR", 3}, {"PYG", 0}, {"RWF", 0}, {"TND", 3},
    {"UGX", 0}, {"UYI", 0}, {"UYW", 4}, {"VND", 0}, {"VUV", 0}, {"XAF", 0}, {"XOF", 0}, {"XPF", 0},
};

absl::Status CheckSameCurrency(const Money& a, const Money& b) {
  if (a.currency() == b.currency()) return absl::OkStatus();
  const std::string left(a.currency().code()), right(b.currency().code());
  return Error(absl::StatusCode::kInvalidArgument, "CURRENCY_MISMATCH",
               absl::StrCat("amounts in ", left, " and ", right, " cannot be combined"),
               {{"currency", left}, {"otherCurrency", right}});
}

absl::StatusOr<Money> InCurrencyOf(const Money& money, absl::StatusOr<Decimal> amount) {
  if (!amount.ok()) return amount.status();
  return Money(*amount, money.currency());
}

}  // namespace

absl::StatusOr<Currency> Currency::Parse(absl::string_view code, absl::string_view field) {
  Currency currency;
  if (code.size() != currency.code_.size() ||
      !std::all_of(code.begin(), code.end(), [](char c) { return c >= 'A' && c <= 'Z'; })) {
    const std::string shown = absl::CHexEscape(code.substr(0, kShownBytesMax));
    return InvalidField(field, "CURRENCY_MALFORMED",
                        absl::StrCat("\"", shown, "\" is not a currency code of three upper-case letters"),
                        {{"value", shown}});
  }
  std::copy(code.begin(), code.end(), currency.code_.begin());
  return currency;
}

int Currency::minor_unit() const {
  const auto* found = std::lower_bound(std::begin(kMinorUnits), std::end(kMinorUnits), code(),
                                       [](const MinorUnit& unit, absl::string_view code) { return unit.code < code; });
  return found != std::end(kMinorUnits) && found->code == code() ? found->digits : kMinorUnitDefault;
}

absl::StatusOr<Money> Money::Parse(absl::string_view amount, absl::string_view currency_code, absl::string_view field) {
  ASSIGN_OR_RETURN(Decimal parsed, Decimal::Parse(amount, absl::StrCat(field, ".amount")));
  ASSIGN_OR_RETURN(Currency currency, Currency::Parse(currency_code, absl::StrCat(field, ".currency_code")));
  return Money(parsed, currency);
}

absl::StatusOr<Money> Money::RoundToMinorUnit() const {
  return InCurrencyOf(*this, amount_.Round(currency_.minor_unit()));
}

std::string Money::ToString() const {
  return absl::StrCat(currency_.code(), " ", amount_.ToFixed(std::max(amount_.scale(), currency_.minor_unit())));
}

absl::StatusOr<Money> Add(const Money& a, const Money& b) {
  RETURN_IF_ERROR(CheckSameCurrency(a, b));
  return InCurrencyOf(a, Add(a.amount(), b.amount()));
}

absl::StatusOr<Money> Subtract(const Money& a, const Money& b) { return Add(a, -b); }

absl::StatusOr<std::strong_ordering> Compare(const Money& a, const Money& b) {
  RETURN_IF_ERROR(CheckSameCurrency(a, b));
  return a.amount() <=> b.amount();
}

absl::StatusOr<Money> Multiply(const Money& money, Decimal quantity, std::optional<int> scale) {
  return InCurrencyOf(money, Multiply(money.amount(), quantity, scale.value_or(money.currency().minor_unit())));
}

absl::StatusOr<Money> PercentOf(const Money& money, Decimal percent, std::optional<int> scale) {
  return InCurrencyOf(money, MultiplyDivide(money.amount(), percent, Decimal::FromInt(100),
                                            scale.value_or(money.currency().minor_unit())));
}

absl::StatusOr<std::vector<Money>> Allocate(const Money& total, absl::Span<const Decimal> weights) {
  ASSIGN_OR_RETURN(const std::vector<Decimal> amounts,
                   Allocate(total.amount(), weights, total.currency().minor_unit()));
  std::vector<Money> parts;
  parts.reserve(amounts.size());
  for (Decimal amount : amounts) parts.emplace_back(amount, total.currency());
  return parts;
}

std::ostream& operator<<(std::ostream& out, const Money& money) { return out << money.ToString(); }

}  // namespace kam
