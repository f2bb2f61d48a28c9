// What one record of a price book does to the price of a line (C-01, C-02): its scale, and how its value works.
#ifndef KAM_CONTRACT_SVC_RULES_CALCULATION_H_
#define KAM_CONTRACT_SVC_RULES_CALCULATION_H_

#include <optional>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "contract-svc/rules/line_value.h"
#include "contract-svc/rules/price_model.h"

namespace kam::contract::rules {

// The price of a line: what all of it costs, exactly, and what that is for one unit, for people. Amounts are worked out
// from the first.
struct LinePrice {
  LineValue line;
  Decimal unit;  // Four digits after the dot.
};
absl::StatusOr<LinePrice> PriceOfUnit(Decimal unit, Decimal quantity);
absl::StatusOr<LinePrice> PriceOfLine(LineValue line, Decimal quantity);

// How amounts that are for a whole line, or for parts of its quantity, come into it. Once they were spread over the
// units first, each rounded, and the hash had prices of other customers in it: answers that were given so are asked
// again so.
enum class Arithmetic { kByLine, kByUnit };

// What a scale says for a base.
struct Scaled {
  Decimal value;  // Of the step reached; of a graduated scale the average.
  size_t step = 0;
  bool graduated = false;  // More than one step has its part: they add up to `sum` for `base`.
  LineValue sum;
  Decimal base;
};
// Not set: below the first step.
absl::StatusOr<std::optional<Scaled>> ReadScale(const ConditionType& type, absl::Span<const ScaleStep> steps,
                                                Decimal base);

// The price after a record of the type. `reference`: the price so far; of kBasedOn that of the other book; of
// kUnitPrice not looked at.
absl::StatusOr<LinePrice> Calculate(const ConditionType& type, const Scaled& scaled, const LinePrice& reference,
                                    Decimal quantity, Arithmetic arithmetic);

}  // namespace kam::contract::rules

#endif  // KAM_CONTRACT_SVC_RULES_CALCULATION_H_
