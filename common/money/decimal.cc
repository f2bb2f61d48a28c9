#include "common/money/decimal.h"

#include <algorithm>
#include <array>
#include <numeric>
#include <ostream>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "common/status/status.h"

namespace kam {
namespace {

using Unscaled = Decimal::Unscaled;
using Magnitude = unsigned __int128;

constexpr Magnitude kLimb = 1'000'000'000;
constexpr Magnitude kMagnitudeMax = static_cast<Magnitude>(Decimal::kUnscaledMax);
constexpr size_t kShownBytesMax = 40;

constexpr std::array<Magnitude, 19> kPowersOfTen = [] {
  std::array<Magnitude, 19> powers = {1};
  for (size_t i = 1; i < powers.size(); ++i) powers[i] = powers[i - 1] * 10;
  return powers;
}();

Magnitude PowerOfTen(int exponent) { return kPowersOfTen[static_cast<size_t>(exponent)]; }

Magnitude MagnitudeOf(Decimal value) { return static_cast<Magnitude>(value.Abs().unscaled()); }

std::string Shown(absl::string_view text) { return absl::CHexEscape(text.substr(0, kShownBytesMax)); }

absl::Status OutOfRange(absl::string_view operation) {
  return Error(absl::StatusCode::kOutOfRange, "DECIMAL_OUT_OF_RANGE",
               absl::StrCat("result of ", operation, " has more than 18 digits before the point"),
               {{"operation", std::string(operation)}, {"integerDigitsMax", "18"}});
}

absl::Status CheckScale(int scale) {
  if (scale >= 0 && scale <= Decimal::kScaleMax) return absl::OkStatus();
  return Error(absl::StatusCode::kInvalidArgument, "DECIMAL_SCALE_INVALID",
               absl::StrCat("scale ", scale, " is not within 0 to 9"), {{"scale", absl::StrCat(scale)}});
}

absl::StatusOr<Decimal> Signed(Magnitude magnitude, bool negative, absl::string_view operation) {
  if (magnitude > kMagnitudeMax) return OutOfRange(operation);
  const Unscaled units = static_cast<Unscaled>(magnitude);
  return Decimal::FromUnscaled(negative ? -units : units);
}

// quotient + remainder/divisor to the nearest whole number, by comparing without doubling (which could overflow).
Magnitude RoundQuotient(Magnitude quotient, Magnitude remainder, Magnitude divisor, bool sticky, Rounding rounding) {
  const Magnitude rest = divisor - remainder;
  if (remainder > rest || (remainder == rest && sticky)) return quotient + 1;
  if (remainder < rest) return quotient;
  return rounding == Rounding::kHalfUp || (quotient & 1) != 0 ? quotient + 1 : quotient;
}

// `magnitude` in 1e-9 units, plus a non-zero rest below one unit when `sticky`, rounded to `scale` digits.
Magnitude RoundUnits(Magnitude magnitude, bool sticky, int scale, Rounding rounding) {
  const Magnitude step = PowerOfTen(Decimal::kScaleMax - scale);
  return RoundQuotient(magnitude / step, magnitude % step, step, sticky, rounding) * step;
}

struct Quotient {
  Magnitude whole = 0;
  Magnitude remainder = 0;
  bool overflow = false;
};

// a * b / c for operands up to kMagnitudeMax < 1e27, c > 0: long division over the base-1e9 limbs of a. The running
// remainder stays below c, so remainder * 1e9 + limb * b < 2e36 fits in 128 bits.
Quotient MultiplyDivideMagnitude(Magnitude a, Magnitude b, Magnitude c) {
  Quotient result;
  for (const Magnitude limb : {a / (kLimb * kLimb), a / kLimb % kLimb, a % kLimb}) {
    const Magnitude dividend = result.remainder * kLimb + limb * b;
    result.whole = result.whole * kLimb + dividend / c;
    result.remainder = dividend % c;
    if (result.whole > kMagnitudeMax) {
      result.overflow = true;
      return result;
    }
  }
  return result;
}

}  // namespace

absl::StatusOr<Decimal> Decimal::FromUnscaled(Unscaled units) {
  if (units > kUnscaledMax || units < -kUnscaledMax) return OutOfRange("conversion");
  return Decimal(units);
}

absl::StatusOr<Decimal> Decimal::FromInt64(int64_t value) { return FromUnscaled(value * kUnit); }

absl::StatusOr<Decimal> Decimal::Parse(absl::string_view text, absl::string_view field) {
  const auto malformed = [&] {
    return InvalidField(field, "DECIMAL_MALFORMED",
                        absl::StrCat("\"", Shown(text),
                                     "\" is not a decimal number: an optional '-', digits, optionally '.' and digits"),
                        {{"value", Shown(text)}});
  };
  absl::string_view rest = text;
  const bool negative = !rest.empty() && rest.front() == '-';
  if (negative) rest.remove_prefix(1);
  const size_t point = rest.find('.');
  const absl::string_view integer = rest.substr(0, point);
  const absl::string_view fraction = point == absl::string_view::npos ? "" : rest.substr(point + 1);
  if (integer.empty() || (point != absl::string_view::npos && fraction.empty())) return malformed();
  for (absl::string_view digits : {integer, fraction}) {
    if (!std::all_of(digits.begin(), digits.end(),
                     [](char c) { return absl::ascii_isdigit(static_cast<unsigned char>(c)); })) {
      return malformed();
    }
  }
  if (integer.size() > kIntegerDigitsMax || fraction.size() > kScaleMax) {
    return InvalidField(field, "DECIMAL_OUT_OF_RANGE",
                        absl::StrCat("\"", Shown(text), "\" has ", integer.size(), " digits before and ",
                                     fraction.size(), " after the point; at most 18 and 9 are allowed"),
                        {{"value", Shown(text)}, {"integerDigitsMax", "18"}, {"fractionDigitsMax", "9"}});
  }
  Unscaled units = 0;
  for (char c : integer) units = units * 10 + (c - '0');
  for (char c : fraction) units = units * 10 + (c - '0');
  units *= static_cast<Unscaled>(PowerOfTen(kScaleMax - static_cast<int>(fraction.size())));
  return Decimal(negative ? -units : units);
}

int Decimal::scale() const {
  int digits = kScaleMax;
  for (Unscaled units = units_; digits > 0 && units % 10 == 0; units /= 10) --digits;
  return digits;
}

absl::StatusOr<Decimal> Decimal::Round(int scale, Rounding rounding) const {
  RETURN_IF_ERROR(CheckScale(scale));
  return Signed(RoundUnits(MagnitudeOf(*this), false, scale, rounding), units_ < 0, "rounding");
}

std::string Decimal::ToString() const { return ToFixed(scale()); }

std::string Decimal::ToFixed(int scale, Rounding rounding) const {
  const int digits = std::clamp(scale, 0, kScaleMax);
  // Rounding up may need a 19th digit before the point; 64 bits hold it.
  const Magnitude magnitude = RoundUnits(MagnitudeOf(*this), false, digits, rounding);
  std::string text = absl::StrCat(units_ < 0 && magnitude != 0 ? "-" : "", static_cast<uint64_t>(magnitude / kLimb));
  if (digits > 0) {
    const std::string fraction = absl::StrCat(static_cast<uint64_t>(magnitude % kLimb + kLimb));
    absl::StrAppend(&text, ".", absl::string_view(fraction).substr(1, static_cast<size_t>(digits)));
  }
  return text;
}

absl::StatusOr<std::string> Decimal::ToSql(int precision, int scale, absl::string_view field) const {
  RETURN_IF_ERROR(CheckScale(scale));
  if (this->scale() > scale) {
    return InvalidField(
        field, "DECIMAL_SCALE_EXCEEDED",
        absl::StrCat(ToString(), " has ", this->scale(), " digits after the point; at most ", scale, " are stored"),
        {{"value", ToString()}, {"fractionDigitsMax", absl::StrCat(scale)}});
  }
  const int integer_digits = precision - scale;
  if (integer_digits < kIntegerDigitsMax && MagnitudeOf(*this) >= PowerOfTen(std::max(integer_digits, 0)) * kLimb) {
    return InvalidField(field, "DECIMAL_OUT_OF_RANGE",
                        absl::StrCat(ToString(), " has more than ", integer_digits, " digits before the point"),
                        {{"value", ToString()}, {"integerDigitsMax", absl::StrCat(integer_digits)}});
  }
  return ToFixed(scale);
}

absl::StatusOr<Decimal> Add(Decimal a, Decimal b) {
  const Unscaled sum = a.unscaled() + b.unscaled();
  if (sum > Decimal::kUnscaledMax || sum < -Decimal::kUnscaledMax) return OutOfRange("addition");
  return Decimal::FromUnscaled(sum);
}

absl::StatusOr<Decimal> Subtract(Decimal a, Decimal b) { return Add(a, -b); }

absl::StatusOr<Decimal> Multiply(Decimal a, Decimal b, int scale, Rounding rounding) {
  RETURN_IF_ERROR(CheckScale(scale));
  const Magnitude x = MagnitudeOf(a), y = MagnitudeOf(b);
  // The product of the whole parts is below 1e36. Once it is known to be below 1e18 the exact product is below 4e36.
  if ((x / kLimb) * (y / kLimb) > kMagnitudeMax / kLimb) return OutOfRange("multiplication");
  const Magnitude step = PowerOfTen(2 * Decimal::kScaleMax - scale);
  const Magnitude product = x * y;
  const Magnitude rounded = RoundQuotient(product / step, product % step, step, false, rounding);
  return Signed(rounded * PowerOfTen(Decimal::kScaleMax - scale), a.sign() * b.sign() < 0, "multiplication");
}

absl::StatusOr<Decimal> Divide(Decimal a, Decimal b, int scale, Rounding rounding) {
  return MultiplyDivide(a, Decimal::FromInt(1), b, scale, rounding);
}

absl::StatusOr<Decimal> MultiplyDivide(Decimal a, Decimal b, Decimal c, int scale, Rounding rounding) {
  RETURN_IF_ERROR(CheckScale(scale));
  if (c.is_zero()) {
    return Error(absl::StatusCode::kInvalidArgument, "DECIMAL_DIVISION_BY_ZERO",
                 absl::StrCat(a.ToString(), " cannot be divided by zero"));
  }
  const Quotient quotient = MultiplyDivideMagnitude(MagnitudeOf(a), MagnitudeOf(b), MagnitudeOf(c));
  if (quotient.overflow) return OutOfRange("division");
  const bool negative = a.sign() * b.sign() * c.sign() < 0;
  if (scale < Decimal::kScaleMax) {
    return Signed(RoundUnits(quotient.whole, quotient.remainder != 0, scale, rounding), negative, "division");
  }
  return Signed(RoundQuotient(quotient.whole, quotient.remainder, MagnitudeOf(c), false, rounding), negative,
                "division");
}

absl::StatusOr<std::vector<Decimal>> Allocate(Decimal total, absl::Span<const Decimal> weights, int scale) {
  RETURN_IF_ERROR(CheckScale(scale));
  if (total.scale() > scale) {
    return Error(absl::StatusCode::kInvalidArgument, "DECIMAL_SCALE_EXCEEDED",
                 absl::StrCat(total.ToString(), " cannot be split into parts of ", scale, " digits after the point"),
                 {{"value", total.ToString()}, {"fractionDigitsMax", absl::StrCat(scale)}});
  }
  const auto invalid = [](absl::string_view what) {
    return Error(absl::StatusCode::kInvalidArgument, "WEIGHTS_INVALID", what);
  };
  if (weights.size() > kAllocatePartsMax) {
    return invalid(absl::StrCat(weights.size(), " weights; at most ", kAllocatePartsMax, " are allowed"));
  }
  Decimal sum;
  for (size_t i = 0; i < weights.size(); ++i) {
    if (weights[i].sign() < 0) return invalid(absl::StrCat("weight ", i, " is negative: ", weights[i].ToString()));
    ASSIGN_OR_RETURN(sum, Add(sum, weights[i]));
  }
  if (sum.is_zero()) return invalid("at least one weight must be greater than zero");

  const Magnitude step = PowerOfTen(Decimal::kScaleMax - scale);
  const Magnitude steps = MagnitudeOf(total) / step;
  std::vector<Magnitude> shares(weights.size());
  std::vector<Magnitude> remainders(weights.size());
  Magnitude left = steps;
  for (size_t i = 0; i < weights.size(); ++i) {
    const Quotient quotient = MultiplyDivideMagnitude(steps, MagnitudeOf(weights[i]), MagnitudeOf(sum));
    shares[i] = quotient.whole;
    remainders[i] = quotient.remainder;
    left -= quotient.whole;
  }
  // The remainders add up to left * sum and each is below sum, so fewer parts get one more than have a remainder.
  std::vector<size_t> order(weights.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) { return remainders[a] > remainders[b]; });
  for (size_t i = 0; i < static_cast<size_t>(left); ++i) ++shares[order[i]];

  std::vector<Decimal> parts;
  parts.reserve(shares.size());
  for (const Magnitude share : shares) {
    ASSIGN_OR_RETURN(Decimal part, Signed(share * step, total.sign() < 0, "allocation"));
    parts.push_back(part);
  }
  return parts;
}

std::ostream& operator<<(std::ostream& out, Decimal value) { return out << value.ToString(); }

}  // namespace kam
