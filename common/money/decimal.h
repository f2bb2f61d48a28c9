// Exact decimal numbers: amounts, prices, quantities, percentages. Never a float.
//
// Shape: a signed count of 1e-9 units in 128 bits. Range: 18 digits before and 9 after the point, that is
// -999999999999999999.999999999 to +999999999999999999.999999999, the same as SQL DECIMAL(27,9); every result outside
// is DECIMAL_OUT_OF_RANGE, nothing wraps. Products and quotients are computed exactly and rounded once, to the scale
// asked for. Errors: INVALID_ARGUMENT naming the field for text, OUT_OF_RANGE for arithmetic.
#ifndef KAM_COMMON_MONEY_DECIMAL_H_
#define KAM_COMMON_MONEY_DECIMAL_H_

#include <compare>
#include <cstdint>
#include <iosfwd>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace kam {

enum class Rounding {
  kHalfUp,    // 0.5 away from zero: the rule of invoices
  kHalfEven,  // 0.5 to the even neighbour
};

class Decimal {
 public:
  using Unscaled = __int128;

  static constexpr int kScaleMax = 9;
  static constexpr int kIntegerDigitsMax = 18;
  static constexpr Unscaled kUnit = 1'000'000'000;
  // Largest magnitude, in 1e-9 units.
  static constexpr Unscaled kUnscaledMax = kUnit * 1'000'000'000 * 1'000'000'000 - 1;

  constexpr Decimal() = default;
  static constexpr Decimal FromInt(int32_t value) { return Decimal(value * kUnit); }
  static absl::StatusOr<Decimal> FromInt64(int64_t value);
  // `units` counts 1e-9.
  static absl::StatusOr<Decimal> FromUnscaled(Unscaled units);
  // Optional '-', 1 to 18 digits, optionally '.' and 1 to 9 digits; nothing else, no exponent, no '+', no spaces.
  // DECIMAL_MALFORMED when it is not of that form, DECIMAL_OUT_OF_RANGE when only the number of digits is wrong.
  static absl::StatusOr<Decimal> Parse(absl::string_view text, absl::string_view field = "value");

  constexpr Unscaled unscaled() const { return units_; }
  constexpr bool is_zero() const { return units_ == 0; }
  // -1, 0, 1.
  constexpr int sign() const { return (units_ > 0) - (units_ < 0); }
  // Digits after the point that are needed to write it exactly, 0 to 9.
  int scale() const;
  constexpr Decimal operator-() const { return Decimal(-units_); }
  constexpr Decimal Abs() const { return Decimal(units_ < 0 ? -units_ : units_); }

  // `scale` 0 to 9.
  absl::StatusOr<Decimal> Round(int scale, Rounding rounding = Rounding::kHalfUp) const;

  // Canonical: no trailing zeros after the point, no point without digits, no "-0". Parse gives the same value back.
  std::string ToString() const;
  // Exactly `scale` digits (0 to 9) after the point, rounded when there are more.
  std::string ToFixed(int scale, Rounding rounding = Rounding::kHalfUp) const;
  // Text for a DECIMAL(precision, scale) column. A value that does not fit exactly is refused here, because the
  // database would round it silently: DECIMAL_SCALE_EXCEEDED or DECIMAL_OUT_OF_RANGE.
  absl::StatusOr<std::string> ToSql(int precision, int scale, absl::string_view field = "value") const;

  friend constexpr bool operator==(Decimal a, Decimal b) { return a.units_ == b.units_; }
  friend constexpr std::strong_ordering operator<=>(Decimal a, Decimal b) {
    return a.units_ < b.units_   ? std::strong_ordering::less
           : a.units_ > b.units_ ? std::strong_ordering::greater
                                 : std::strong_ordering::equal;
  }
  template <typename H>
  friend H AbslHashValue(H h, Decimal d) {
    return H::combine(std::move(h), static_cast<int64_t>(d.units_ >> 64), static_cast<uint64_t>(d.units_));
  }

 private:
  explicit constexpr Decimal(Unscaled units) : units_(units) {}

  Unscaled units_ = 0;
};

absl::StatusOr<Decimal> Add(Decimal a, Decimal b);
absl::StatusOr<Decimal> Subtract(Decimal a, Decimal b);
// a * b, rounded once to `scale` digits.
absl::StatusOr<Decimal> Multiply(Decimal a, Decimal b, int scale = Decimal::kScaleMax,
                                 Rounding rounding = Rounding::kHalfUp);
// a / b, rounded once to `scale` digits. DECIMAL_DIVISION_BY_ZERO.
absl::StatusOr<Decimal> Divide(Decimal a, Decimal b, int scale = Decimal::kScaleMax,
                               Rounding rounding = Rounding::kHalfUp);
// a * b / c without rounding in between, so that "amount * days / days in the year" is right to the last digit.
absl::StatusOr<Decimal> MultiplyDivide(Decimal a, Decimal b, Decimal c, int scale = Decimal::kScaleMax,
                                       Rounding rounding = Rounding::kHalfUp);

inline constexpr size_t kAllocatePartsMax = 100'000;

// Splits `total` in proportion to `weights` into parts of `scale` digits that add up to it exactly: every part is cut
// towards zero, and what is left goes, one smallest unit each, to the largest remainders, ties to the earlier.
// Weights are not negative and not all zero (WEIGHTS_INVALID); a part with weight zero is zero. `total` itself may not
// have more than `scale` digits (DECIMAL_SCALE_EXCEEDED).
absl::StatusOr<std::vector<Decimal>> Allocate(Decimal total, absl::Span<const Decimal> weights, int scale);

// For test failures and logs.
std::ostream& operator<<(std::ostream& out, Decimal value);

}  // namespace kam

#endif  // KAM_COMMON_MONEY_DECIMAL_H_
