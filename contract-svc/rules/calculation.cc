#include "contract-svc/rules/calculation.h"

#include "common/status/status.h"

namespace kam::contract::rules {
namespace {

const Decimal kHundred = Decimal::FromInt(100);

int DigitsOf(const ConditionType& type) { return IsPercent(type.calculation) ? Decimal::kScaleMax : kUnitPriceScale; }

// What amounts of a unit come to for the quantity.
absl::StatusOr<LineValue> ForLine(const ConditionType& type, const Scaled& scaled, Decimal quantity) {
  if (!scaled.graduated) return LineValue::Product(scaled.value, quantity);
  if (type.scale_base == ScaleBase::kQuantity) return scaled.sum;
  return Proportion(scaled.sum, quantity, scaled.base);
}

absl::StatusOr<LineValue> LessPercent(LineValue line, const Scaled& scaled, bool on) {
  if (!scaled.graduated) return line.Less(on ? -scaled.value : scaled.value);
  ASSIGN_OR_RETURN(const Decimal whole, Multiply(scaled.base, kHundred));
  ASSIGN_OR_RETURN(const Decimal sum, scaled.sum.Round(Decimal::kScaleMax));
  ASSIGN_OR_RETURN(const Decimal left, Add(whole, on ? sum : -sum));
  return Proportion(line, left, whole);
}

absl::StatusOr<Decimal> UnitLess(Decimal price, Decimal percent) {
  ASSIGN_OR_RETURN(const Decimal left, Subtract(kHundred, percent));
  return MultiplyDivide(price, left, kHundred, kUnitPriceScale);
}

absl::StatusOr<Decimal> ByUnit(const ConditionType& type, Decimal value, Decimal reference, Decimal quantity) {
  switch (type.calculation) {
    case Calculation::kUnitPrice:
      return value;
    case Calculation::kBasedOn:
    case Calculation::kPercentOff:
      return UnitLess(reference, value);
    case Calculation::kPercentOn:
      return UnitLess(reference, -value);
    case Calculation::kAmountOff:
      return Subtract(reference, value);
    case Calculation::kAmountOn:
      return Add(reference, value);
    case Calculation::kFixedOff:
    case Calculation::kFixedOn: {
      ASSIGN_OR_RETURN(const Decimal share, Divide(value, quantity, kUnitPriceScale));
      return Add(reference, type.calculation == Calculation::kFixedOn ? share : -share);
    }
  }
  return reference;
}

}  // namespace

absl::StatusOr<LinePrice> PriceOfUnit(Decimal unit, Decimal quantity) {
  ASSIGN_OR_RETURN(const LineValue line, LineValue::Product(unit, quantity));
  return LinePrice{line, unit};
}

absl::StatusOr<LinePrice> PriceOfLine(LineValue line, Decimal quantity) {
  ASSIGN_OR_RETURN(const Decimal unit, line.DividedBy(quantity, kUnitPriceScale));
  return LinePrice{line, unit};
}

absl::StatusOr<std::optional<Scaled>> ReadScale(const ConditionType& type, absl::Span<const ScaleStep> steps,
                                                Decimal base) {
  if (base < steps.front().from) return std::nullopt;
  Scaled scaled;
  while (scaled.step + 1 < steps.size() && steps[scaled.step + 1].from <= base) ++scaled.step;
  scaled.value = steps[scaled.step].value;
  if (type.scale_kind == ScaleKind::kWhole || scaled.step == 0) return scaled;
  scaled.graduated = true;
  scaled.base = base;
  for (size_t i = 0; i <= scaled.step; ++i) {
    const Decimal until = i == scaled.step ? base : steps[i + 1].from;
    ASSIGN_OR_RETURN(const Decimal part, Subtract(until, steps[i].from));
    ASSIGN_OR_RETURN(const LineValue of_part, LineValue::Product(part, steps[i].value));
    ASSIGN_OR_RETURN(scaled.sum, Add(scaled.sum, of_part));
  }
  ASSIGN_OR_RETURN(scaled.value, scaled.sum.DividedBy(base, DigitsOf(type)));
  return scaled;
}

absl::StatusOr<LinePrice> Calculate(const ConditionType& type, const Scaled& scaled, const LinePrice& reference,
                                    Decimal quantity, Arithmetic arithmetic) {
  if (arithmetic == Arithmetic::kByUnit) {
    ASSIGN_OR_RETURN(const Decimal unit, ByUnit(type, scaled.value, reference.unit, quantity));
    return PriceOfUnit(unit, quantity);
  }
  LineValue line;
  switch (type.calculation) {
    case Calculation::kUnitPrice: {
      if (!scaled.graduated) return PriceOfUnit(scaled.value, quantity);
      ASSIGN_OR_RETURN(line, ForLine(type, scaled, quantity));
      break;
    }
    case Calculation::kBasedOn:
    case Calculation::kPercentOff:
    case Calculation::kPercentOn: {
      ASSIGN_OR_RETURN(line, LessPercent(reference.line, scaled, type.calculation == Calculation::kPercentOn));
      break;
    }
    case Calculation::kAmountOff:
    case Calculation::kAmountOn: {
      ASSIGN_OR_RETURN(const LineValue amount, ForLine(type, scaled, quantity));
      ASSIGN_OR_RETURN(line, Add(reference.line, type.calculation == Calculation::kAmountOn ? amount : -amount));
      break;
    }
    case Calculation::kFixedOff:
    case Calculation::kFixedOn: {
      LineValue amount(scaled.value);
      if (scaled.graduated) {
        ASSIGN_OR_RETURN(amount, Proportion(scaled.sum, Decimal::FromInt(1), scaled.base));
      }
      ASSIGN_OR_RETURN(line, Add(reference.line, type.calculation == Calculation::kFixedOn ? amount : -amount));
      break;
    }
  }
  return PriceOfLine(line, quantity);
}

}  // namespace kam::contract::rules
