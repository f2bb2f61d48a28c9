// An exact amount in one currency. Amounts of different currencies never mix: CURRENCY_MISMATCH.
#ifndef KAM_COMMON_MONEY_MONEY_H_
#define KAM_COMMON_MONEY_MONEY_H_

#include <array>
#include <compare>
#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "common/money/decimal.h"

namespace kam {

// A currency: three upper-case letters of ISO 4217. No other check is made, so that a new currency needs no release.
class Currency {
 public:
  // CURRENCY_MALFORMED.
  static absl::StatusOr<Currency> Parse(absl::string_view code, absl::string_view field = "currency_code");

  absl::string_view code() const { return absl::string_view(code_.data(), code_.size()); }
  // Digits after the point in cash and invoices, by ISO 4217 (JPY 0, CNY 2, KWD 3); 2 for a code not in the table.
  int minor_unit() const;
  bool operator==(const Currency&) const = default;

 private:
  friend class Money;
  Currency() = default;
  std::array<char, 3> code_ = {};
};

class Money {
 public:
  Money(Decimal amount, Currency currency) : amount_(amount), currency_(currency) {}
  // From texts, for example of a row: a DECIMAL and a CHAR(3) column. `field` names the money in errors.
  static absl::StatusOr<Money> Parse(absl::string_view amount, absl::string_view currency_code,
                                     absl::string_view field = "money");
  static Money Zero(Currency currency) { return Money(Decimal(), currency); }

  Decimal amount() const { return amount_; }
  const Currency& currency() const { return currency_; }
  bool operator==(const Money&) const = default;

  // Half-up, to the currency's minor unit.
  absl::StatusOr<Money> RoundToMinorUnit() const;
  bool IsRoundedToMinorUnit() const { return amount_.scale() <= currency_.minor_unit(); }
  Money operator-() const { return Money(-amount_, currency_); }
  // "CNY 1234.50": at least the minor unit's digits, more when the amount has them.
  std::string ToString() const;

 private:
  Decimal amount_;
  Currency currency_;
};

absl::StatusOr<Money> Add(const Money& a, const Money& b);
absl::StatusOr<Money> Subtract(const Money& a, const Money& b);
absl::StatusOr<std::strong_ordering> Compare(const Money& a, const Money& b);

// Times a quantity. Rounded half-up once, to `scale` digits or, without one, to the minor unit.
absl::StatusOr<Money> Multiply(const Money& money, Decimal quantity, std::optional<int> scale = std::nullopt);
// `percent` 12.5 is 12.5 %. Rounded like Multiply.
absl::StatusOr<Money> PercentOf(const Money& money, Decimal percent, std::optional<int> scale = std::nullopt);
// Parts in minor units that add up to `total`, see Allocate(Decimal). `total` must be rounded to the minor unit.
absl::StatusOr<std::vector<Money>> Allocate(const Money& total, absl::Span<const Decimal> weights);

std::ostream& operator<<(std::ostream& out, const Money& money);

}  // namespace kam

#endif  // KAM_COMMON_MONEY_MONEY_H_
