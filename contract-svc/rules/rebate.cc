#include "contract-svc/rules/rebate.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "common/money/money.h"
#include "common/status/status.h"
#include "contract-svc/rules/amounts.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/type/money.pb.h"
#include "kam/contract/v1/contract.pb.h"
#include "kam/contract/v1/rebate.pb.h"

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

absl::Status CountSettlement(absl::string_view kind, absl::string_view state, Decimal amount, absl::string_view until,
                             RebateHistory* history) {
  if (kind == "ACCRUAL") {
    ASSIGN_OR_RETURN(history->accrued, Add(history->accrued, amount));
    return absl::OkStatus();
  }
  if (state == "PROPOSED") history->open = true;
  if (state != "APPROVED" && state != "PAID") return absl::OkStatus();
  ASSIGN_OR_RETURN(history->settled, Add(history->settled, amount));
  history->finished = history->finished || kind == "FINAL";
  history->last_until = std::max(history->last_until, std::string(until));
  return absl::OkStatus();
}

absl::StatusOr<std::vector<RebateStep>> ScaleOf(const v1::Contract& contract) {
  std::vector<RebateStep> scale;
  for (const v1::RebateTier& tier : contract.rebate_tiers()) {
    RebateStep step;
    ASSIGN_OR_RETURN(step.from_volume, QuantityOf(tier.from_volume(), "from_volume"));
    ASSIGN_OR_RETURN(step.percent, QuantityOf(tier.percent(), "percent"));
    scale.push_back(step);
  }
  return scale;
}

absl::Status RebateNotAgreed(absl::string_view contract) {
  return FailedPrecondition("REBATE_NOT_AGREED", contract, "the contract has no rebate scale");
}

absl::Status CheckSettlement(absl::string_view today, const v1::Contract& contract, const RebateHistory& history,
                             const v1::RebateSettlement& settlement) {
  if (contract.rebate_tiers_size() == 0) return RebateNotAgreed(contract.name());
  bool ended = false;
  switch (contract.state()) {
    case v1::CONTRACT_STATE_TERMINATED:
    case v1::CONTRACT_STATE_CLOSED:
      ended = true;
      break;
    case v1::CONTRACT_STATE_SIGNED:
    case v1::CONTRACT_STATE_ACTIVE:
    case v1::CONTRACT_STATE_SUSPENDED:
    case v1::CONTRACT_STATE_EXPIRING:
      break;
    default:
      return FailedPrecondition("CONTRACT_NOT_IN_FORCE", contract.name(), "a rebate comes from a signed contract",
                                {{"state", v1::ContractState_Name(contract.state())}});
  }
  if (history.finished) {
    return FailedPrecondition("REBATE_SETTLED", contract.name(), "the final settlement was made already");
  }
  const std::string& until = settlement.until_date();
  const auto date = [&](absl::string_view what, absl::string_view limit) {
    return InvalidField("rebate_settlement.until_date", "REBATE_DATE_INVALID", what,
                        {{"value", until}, {"limit", std::string(limit)}});
  };
  if (until > today) return date("must not be in the future", today);
  if (until < contract.start_date() || until < history.last_until) {
    return date("is before the contract began, or before what was settled already",
                std::max(contract.start_date(), history.last_until));
  }
  if (until > contract.end_date()) return date("is after the last day of the contract", contract.end_date());
  const bool accrual = settlement.kind() == v1::REBATE_SETTLEMENT_KIND_ACCRUAL;
  if (settlement.kind() == v1::REBATE_SETTLEMENT_KIND_FINAL && !ended && until != contract.end_date()) {
    return date("the final settlement is to the last day of the contract", contract.end_date());
  }
  if (!accrual && history.open) {
    return FailedPrecondition("REBATE_SETTLEMENT_OPEN", contract.name(), "another settlement waits for its decision");
  }
  ASSIGN_OR_RETURN(const Decimal amount, AmountIn(settlement.amount(), contract.currency(), "amount"));
  const bool nothing = accrual                                                   ? amount.is_zero()
                       : settlement.kind() == v1::REBATE_SETTLEMENT_KIND_PARTIAL ? amount.sign() <= 0
                                                                                 : false;
  if (!nothing) return absl::OkStatus();
  ASSIGN_OR_RETURN(const Decimal volume, AmountIn(settlement.volume(), contract.currency(), "volume"));
  return FailedPrecondition("NOTHING_TO_SETTLE", contract.name(),
                            absl::StrCat("a volume of ", volume.ToString(), " gives nothing beyond what was settled"),
                            {{"volume", volume.ToString()}, {"percent", settlement.percent()}});
}

absl::Status CheckUnchanged(const Rebate& now, const v1::RebateSettlement& settlement) {
  const std::string currency = settlement.amount().currency_code();
  ASSIGN_OR_RETURN(const Decimal amount, AmountIn(settlement.amount(), currency, "amount"));
  if (amount == now.payable) return absl::OkStatus();
  return FailedPrecondition("REBATE_CHANGED", settlement.name(),
                            absl::StrCat("by now it would be ", now.payable.ToString(), ", not ", amount.ToString(),
                                         ": refuse it and propose it again"),
                            {{"value", amount.ToString()}, {"current", now.payable.ToString()}});
}

}  // namespace kam::contract::rules
