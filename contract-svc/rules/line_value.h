// What a whole line is worth while its price is worked out (C-01): exact, so that it is rounded once, at the end.
//
// A signed count of 1e-18 units in 128 bits, up to 1e18 units. Amounts have four digits, quantities four and
// percentages four, so prices times quantities and one percentage of them are exact; of what needs more than eighteen
// digits the last one is rounded half up. Every result outside is DECIMAL_OUT_OF_RANGE.
#ifndef KAM_CONTRACT_SVC_RULES_LINE_VALUE_H_
#define KAM_CONTRACT_SVC_RULES_LINE_VALUE_H_

#include "absl/status/statusor.h"
#include "common/money/decimal.h"

namespace kam::contract::rules {

class LineValue {
 public:
  using Units = __int128;

  constexpr LineValue() = default;
  explicit LineValue(Decimal value) : units_(value.unscaled() * Decimal::kUnit) {}
  static absl::StatusOr<LineValue> Product(Decimal a, Decimal b);

  int sign() const { return (units_ > 0) - (units_ < 0); }
  LineValue operator-() const { return FromUnits(-units_); }
  friend constexpr bool operator==(LineValue a, LineValue b) { return a.units_ == b.units_; }
  friend constexpr bool operator<(LineValue a, LineValue b) { return a.units_ < b.units_; }

  // `digits` 0 to 9, half up.
  absl::StatusOr<Decimal> Round(int digits) const;
  // Of one of `quantity`, which is above zero.
  absl::StatusOr<Decimal> DividedBy(Decimal quantity, int digits) const;
  // Less so many percent; a negative one is on top.
  absl::StatusOr<LineValue> Less(Decimal percent) const;

  friend absl::StatusOr<LineValue> Add(LineValue a, LineValue b);

 private:
  static LineValue FromUnits(Units units) {
    LineValue value;
    value.units_ = units;
    return value;
  }
  static absl::StatusOr<LineValue> Checked(Units units);

  Units units_ = 0;
};

absl::StatusOr<LineValue> Add(LineValue a, LineValue b);
// a * b / c, for what does not come out even: carried to the billionth.
absl::StatusOr<LineValue> Proportion(LineValue a, Decimal b, Decimal c);

}  // namespace kam::contract::rules

#endif  // KAM_CONTRACT_SVC_RULES_LINE_VALUE_H_
