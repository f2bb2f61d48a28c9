#include "contract-svc/rules/line_value.h"

#include <array>
#include <cstdint>

#include "common/status/status.h"

namespace kam::contract::rules {
namespace {

using Units = LineValue::Units;
using Magnitude = unsigned __int128;

constexpr Units kUnitsMax = Decimal::kUnit * Decimal::kUnit * 1'000'000'000 * 1'000'000'000;
constexpr int kDigits = 18;

constexpr std::array<uint64_t, kDigits + 1> kPowersOfTen = [] {
  std::array<uint64_t, kDigits + 1> powers = {1};
  for (size_t i = 1; i < powers.size(); ++i) powers[i] = powers[i - 1] * 10;
  return powers;
}();
uint64_t PowerOfTen(int exponent) { return kPowersOfTen[static_cast<size_t>(exponent)]; }

Magnitude MagnitudeOf(Units units) { return static_cast<Magnitude>(units < 0 ? -units : units); }

// dividend / divisor, half up. `divisor` is far from the end of the range.
Magnitude RoundedQuotient(Magnitude dividend, Magnitude divisor) {
  const Magnitude quotient = dividend / divisor, remainder = dividend - quotient * divisor;
  return remainder >= divisor - remainder ? quotient + 1 : quotient;
}

absl::StatusOr<Decimal> Signed(Magnitude magnitude, bool negative) {
  const Units units = static_cast<Units>(magnitude);
  return Decimal::FromUnscaled(negative ? -units : units);
}

}  // namespace

absl::StatusOr<LineValue> LineValue::Checked(Units units) {
  if (units <= kUnitsMax && units >= -kUnitsMax) return FromUnits(units);
  return Error(absl::StatusCode::kOutOfRange, "DECIMAL_OUT_OF_RANGE",
               "the value of a line has more than 18 digits before the point", {{"integerDigitsMax", "18"}});
}

absl::StatusOr<LineValue> LineValue::Product(Decimal a, Decimal b) {
  Units units;
  if (__builtin_mul_overflow(a.unscaled(), b.unscaled(), &units)) units = kUnitsMax + 1;
  return Checked(units);
}

absl::StatusOr<Decimal> LineValue::Round(int digits) const {
  const Magnitude rounded = RoundedQuotient(MagnitudeOf(units_), PowerOfTen(kDigits - digits));
  return Signed(rounded * PowerOfTen(Decimal::kScaleMax - digits), units_ < 0);
}

absl::StatusOr<Decimal> LineValue::DividedBy(Decimal quantity, int digits) const {
  // 1e-18 units by 1e-9 units are 1e-9 units.
  const Magnitude step = PowerOfTen(Decimal::kScaleMax - digits);
  return Signed(RoundedQuotient(MagnitudeOf(units_), MagnitudeOf(quantity.unscaled()) * step) * step, units_ < 0);
}

absl::StatusOr<LineValue> LineValue::Less(Decimal percent) const {
  constexpr Units kWhole = 100 * Decimal::kUnit;
  const Units left = kWhole - percent.unscaled();
  const Magnitude units = MagnitudeOf(units_), of = static_cast<Magnitude>(kWhole), times = MagnitudeOf(left);
  // Percentages have four digits as a rule, so that both numbers get so much smaller that one division does.
  constexpr uint64_t kStep = 100'000;
  if (left >= 0 && left <= kWhole && static_cast<uint64_t>(left) % kStep == 0) {
    Magnitude scaled;
    if (!__builtin_mul_overflow(units, static_cast<Magnitude>(static_cast<uint64_t>(left) / kStep), &scaled)) {
      const Units result = static_cast<Units>(RoundedQuotient(scaled, of / kStep));
      return Checked(units_ < 0 ? -result : result);
    }
  }
  const Magnitude whole = units / of, rest = units - whole * of;
  Magnitude product;
  if (__builtin_mul_overflow(whole, times, &product) || product > static_cast<Magnitude>(kUnitsMax)) {
    return Checked(kUnitsMax + 1);
  }
  const Units result = static_cast<Units>(product + RoundedQuotient(rest * times, of));
  return Checked((units_ < 0) != (left < 0) ? -result : result);
}

absl::StatusOr<LineValue> Add(LineValue a, LineValue b) { return LineValue::Checked(a.units_ + b.units_); }

absl::StatusOr<LineValue> Proportion(LineValue a, Decimal b, Decimal c) {
  ASSIGN_OR_RETURN(const Decimal value, a.Round(Decimal::kScaleMax));
  ASSIGN_OR_RETURN(const Decimal part, MultiplyDivide(value, b, c));
  return LineValue(part);
}

}  // namespace kam::contract::rules
