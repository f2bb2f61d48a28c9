#include "contract-svc/rules/rebate.h"

#include "absl/strings/str_cat.h"
#include "common/money/money.h"
#include "common/status/status.h"

namespace kam::contract::rules {

absl::Status CheckScale(const std::vector<RebateStep>& scale, absl::string_view field) {
  FieldViolations violations;
  for (size_t i = 1; i < scale.size(); ++i) {
    const bool volume = scale[i].from_volume > scale[i - 1].from_volume;
    if (volume && scale[i].percent > scale[i - 1].percent) continue;
    const Decimal value = volume ? scale[i].percent : scale[i].from_volume;
    const Decimal limit = volume ? scale[i - 1].percent : scale[i - 1].from_volume;
    violations.Add(absl::StrCat(field, "[", i, "].", volume ? "percent" : "from_volume"), "REBATE_SCALE_INVALID",
                   absl::StrCat(value.ToString(), " must be more than ", limit.ToString(), " of the step before"),
                   {{"value", value.ToString()}, {"limit", limit.ToString()}});
  }
  return violations.status();
}

Decimal RateOf(const std::vector<RebateStep>& scale, Decimal volume) {
  Decimal rate;
  for (const RebateStep& step : scale) {
    if (volume >= step.from_volume) rate = step.percent;
  }
  return rate;
}

absl::StatusOr<Rebate> ReckonRebate(const std::vector<RebateStep>& scale, Decimal volume, Decimal accrued,
                                    Decimal settled, absl::string_view currency) {
  ASSIGN_OR_RETURN(const Currency parsed, Currency::Parse(currency));
  Rebate rebate;
  rebate.volume = volume;
  rebate.percent = RateOf(scale, volume);
  ASSIGN_OR_RETURN(const Money entitled, PercentOf(Money(volume, parsed), rebate.percent));
  rebate.entitled = entitled.amount();
  ASSIGN_OR_RETURN(rebate.accrue, Subtract(rebate.entitled, accrued));
  ASSIGN_OR_RETURN(rebate.payable, Subtract(rebate.entitled, settled));
  return rebate;
}

}  // namespace kam::contract::rules
