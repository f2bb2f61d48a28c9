#include "contract-svc/rules/rebate.h"

#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "common/money/money.h"
#include "common/status/status.h"
#include "common/time/date.h"
#include "contract-svc/rules/amendment_parts.h"
#include "contract-svc/rules/amounts.h"
#include "contract-svc/rules/performance.h"
#include "contract-svc/rules/receivable.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/type/money.pb.h"
#include "kam/contract/v1/amendment.pb.h"
#include "kam/contract/v1/contract.pb.h"
#include "kam/contract/v1/rebate.pb.h"
#include "kam/receivable/v1/receipt.pb.h"

namespace kam::contract::rules {
namespace {

absl::Status NothingToSettle(absl::string_view contract, const v1::RebateSettlement& settlement,
                             absl::string_view what) {
  ASSIGN_OR_RETURN(const Decimal volume, AmountIn(settlement.volume(), settlement.volume().currency_code(), "volume"));
  return FailedPrecondition("NOTHING_TO_SETTLE", contract, what,
                            {{"volume", volume.ToString()}, {"percent", settlement.percent()}});
}

absl::Status RebateChanged(const Rebate& now, Decimal amount, const std::string& settlement) {
  return FailedPrecondition("REBATE_CHANGED", settlement,
                            absl::StrCat("by now it would be ", now.payable.ToString(), ", not ", amount.ToString(),
                                         ": refuse it and propose it again"),
                            {{"value", amount.ToString()}, {"current", now.payable.ToString()}});
}

// The rebate is settled to the end: what goods that came back leave too much of it is claimed back. A part that was
// refused after the end had counted it as settled is paid.
absl::Status CheckAfterFinal(const v1::Contract& contract, const RebateHistory& history,
                             const v1::RebateSettlement& settlement) {
  ASSIGN_OR_RETURN(const Decimal amount, AmountIn(settlement.amount(), contract.currency(), "amount"));
  ASSIGN_OR_RETURN(const Decimal after, Add(history.after_final, amount));
  const bool claims = amount.sign() < 0 || (amount.sign() > 0 && after.sign() <= 0);
  if (settlement.kind() != v1::REBATE_SETTLEMENT_KIND_FINAL || !claims) {
    return FailedPrecondition(
        "REBATE_SETTLED", contract.name(),
        "the final settlement was made already; another one only claims back what the customer is "
        "not entitled to any more, or pays what was claimed back too much or refused after it was counted as settled");
  }
  if (!history.unpaid) return absl::OkStatus();
  return FailedPrecondition("REBATE_SETTLEMENT_OPEN", contract.name(),
                            "the final settlement is not paid yet: refuse it and propose it again");
}

}  // namespace

bool HoldsOn(const v1::RebateTier& tier, absl::string_view day) {
  return absl::string_view(tier.valid_from()) <= day &&
         (tier.valid_until().empty() || absl::string_view(tier.valid_until()) >= day);
}

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

absl::StatusOr<Rebate> ReckonRebate(const std::vector<RebatePart>& parts, Decimal accrued, Decimal settled,
                                    absl::string_view currency) {
  ASSIGN_OR_RETURN(const Currency parsed, Currency::Parse(currency));
  Rebate rebate;
  for (const RebatePart& part : parts) {
    ASSIGN_OR_RETURN(rebate.volume, Add(rebate.volume, part.volume));
  }
  for (const RebatePart& part : parts) {
    rebate.percent = RateOf(part.scale, rebate.volume);
    ASSIGN_OR_RETURN(const Money entitled, PercentOf(Money(part.volume, parsed), rebate.percent));
    ASSIGN_OR_RETURN(rebate.entitled, Add(rebate.entitled, entitled.amount()));
  }
  ASSIGN_OR_RETURN(rebate.accrue, Subtract(rebate.entitled, accrued));
  ASSIGN_OR_RETURN(rebate.payable, Subtract(rebate.entitled, settled));
  return rebate;
}

absl::Status CountSettlement(absl::string_view kind, absl::string_view state, Decimal amount,
                             std::optional<Decimal> settled_before, absl::string_view until, RebateHistory* history) {
  if (kind == "ACCRUAL") {
    ASSIGN_OR_RETURN(history->accrued, Add(history->accrued, amount));
    history->last_accrued = std::max(history->last_accrued, std::string(until));
    return absl::OkStatus();
  }
  if (state == "PROPOSED") history->open = true;
  if (state != "APPROVED" && state != "PAID") return absl::OkStatus();
  if (kind == "FINAL" && !history->finished && settled_before.has_value()) {
    // An approved part that is refused after this was reckoned is neither paid nor in it.
    ASSIGN_OR_RETURN(history->after_final, Subtract(history->settled, *settled_before));
  }
  ASSIGN_OR_RETURN(history->settled, Add(history->settled, amount));
  if (history->finished) {
    ASSIGN_OR_RETURN(history->after_final, Add(history->after_final, amount));
  }
  history->unpaid = history->unpaid || (kind == "FINAL" && state == "APPROVED");
  history->finished = history->finished || kind == "FINAL";
  history->last_until = std::max(history->last_until, std::string(until));
  return absl::OkStatus();
}

absl::StatusOr<std::vector<RebateStep>> ScaleOn(const v1::Contract& contract, absl::string_view day) {
  std::vector<RebateStep> scale;
  for (const v1::RebateTier& tier : contract.rebate_tiers()) {
    if (!HoldsOn(tier, day)) continue;
    RebateStep step;
    ASSIGN_OR_RETURN(step.from_volume, QuantityOf(tier.from_volume(), "from_volume"));
    ASSIGN_OR_RETURN(step.percent, QuantityOf(tier.percent(), "percent"));
    scale.push_back(step);
  }
  return scale;
}

absl::Status CheckScaleOn(const v1::Contract& contract, absl::string_view day) {
  ASSIGN_OR_RETURN(const std::vector<RebateStep> scale, ScaleOn(contract, day));
  return CheckScale(scale, "contract.rebate_tiers");
}

std::vector<std::string> ScaleDays(const v1::Contract& contract) {
  std::set<std::string> days = {contract.start_date()};
  for (const v1::RebateTier& tier : contract.rebate_tiers()) {
    if (!tier.valid_from().empty()) days.insert(tier.valid_from());
    // One that ended and has no successor: from the day after it another scale holds.
    if (tier.valid_until().empty()) continue;
    const absl::StatusOr<std::string> next = AddDays(tier.valid_until(), 1);
    if (next.ok()) days.insert(*next);
  }
  return {days.begin(), days.end()};
}

absl::StatusOr<bool> ChangeRebate(const v1::AmendmentAction& action, const v1::Amendment& amendment,
                                  v1::Contract* contract, std::string* before) {
  const std::string& day = amendment.effective_date();
  ASSIGN_OR_RETURN(const Decimal from, QuantityOf(action.rebate_from_volume(), "rebate_from_volume"));
  ASSIGN_OR_RETURN(const Decimal percent, QuantityOf(action.rebate_percent(), "rebate_percent"));
  ASSIGN_OR_RETURN(const std::vector<RebateStep> scale, ScaleOn(*contract, day));
  *before = scale.empty() ? "none" : "";
  for (const RebateStep& step : scale) {
    absl::StrAppend(before, before->empty() ? "" : "; ", "from ", step.from_volume.ToString(), ": ",
                    step.percent.ToString(), " %");
  }
  google::protobuf::RepeatedPtrField<v1::RebateTier> tiers;
  bool found = false;
  for (const v1::RebateTier& tier : contract->rebate_tiers()) {
    v1::RebateTier kept = tier;
    ASSIGN_OR_RETURN(const Decimal tier_from, QuantityOf(tier.from_volume(), "from_volume"));
    if (HoldsOn(tier, day) && tier_from == from) {
      ASSIGN_OR_RETURN(const Decimal rate, QuantityOf(tier.percent(), "percent"));
      if (rate == percent) return false;
      found = true;
      if (tier.valid_from() == day) continue;  // Of this same amendment.
      ASSIGN_OR_RETURN(const std::string until, AddDays(day, -1));
      kept.set_valid_until(until);
    }
    *tiers.Add() = std::move(kept);
  }
  if (percent.is_zero() && !found) return false;
  if (!percent.is_zero()) {
    v1::RebateTier* tier = tiers.Add();
    tier->set_from_volume(from.ToString());
    tier->set_percent(percent.ToString());
    tier->set_valid_from(day);
    tier->set_amendment(amendment.name());
  }
  // By day and volume, so that the steps of one scale stand in their order.
  std::stable_sort(tiers.begin(), tiers.end(), [](const v1::RebateTier& one, const v1::RebateTier& other) {
    const absl::StatusOr<Decimal> first = QuantityOf(one.from_volume(), ""),
                                  second = QuantityOf(other.from_volume(), "");
    return first.ok() && second.ok() && *first < *second;
  });
  *contract->mutable_rebate_tiers() = std::move(tiers);
  return true;
}

absl::Status RebateNotAgreed(absl::string_view contract) {
  return FailedPrecondition("REBATE_NOT_AGREED", contract, "the contract has no rebate scale");
}

absl::Status CheckProposed(const v1::RebateSettlement& settlement) {
  if (settlement.kind() != v1::REBATE_SETTLEMENT_KIND_ACCRUAL) return absl::OkStatus();
  return InvalidField("rebate_settlement.kind", "REBATE_ACCRUAL_SCHEDULED",
                      "is booked at the end of every month by itself: propose PARTIAL or FINAL",
                      {{"value", v1::RebateSettlementKind_Name(settlement.kind())}});
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
  if (history.finished) RETURN_IF_ERROR(CheckAfterFinal(contract, history, settlement));
  const std::string& until = settlement.until_date();
  const auto date = [&](absl::string_view what, absl::string_view limit) {
    return InvalidField("rebate_settlement.until_date", "REBATE_DATE_INVALID", what,
                        {{"value", until}, {"limit", std::string(limit)}});
  };
  const bool accrual = settlement.kind() == v1::REBATE_SETTLEMENT_KIND_ACCRUAL;
  if (until > today) return date("must not be in the future", today);
  const std::string earliest = std::max(contract.start_date(), accrual ? history.last_accrued : history.last_until);
  if (until < earliest) {
    // The schedule goes on with the next month.
    if (accrual)
      return NothingToSettle(contract.name(), settlement, absl::StrCat("reckoned to ", earliest, " already"));
    return date("is before the contract began, or before what was settled already", earliest);
  }
  if (settlement.kind() == v1::REBATE_SETTLEMENT_KIND_FINAL) {
    if (!ended && contract.end_date().empty()) {
      return date("the contract has no last day: it is settled to the end when it was terminated or closed", "");
    }
    if (!ended && today < contract.end_date()) {
      return date("the final settlement is made on the last day of the contract or later", contract.end_date());
    }
    if (until != today) return date("the final settlement is reckoned to the day it is made", today);
    RETURN_IF_ERROR(CheckOrdersOver(contract.name(), history.open_orders));
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
  return NothingToSettle(contract.name(), settlement,
                         absl::StrCat("a volume of ", volume.ToString(), " gives nothing beyond what was settled"));
}

absl::Status CheckUnchanged(const Rebate& now, const RebateHistory& history, const v1::RebateSettlement& settlement) {
  const std::string currency = settlement.amount().currency_code();
  ASSIGN_OR_RETURN(const Decimal amount, AmountIn(settlement.amount(), currency, "amount"));
  if (amount == now.payable) {
    return settlement.kind() == v1::REBATE_SETTLEMENT_KIND_FINAL
               ? CheckOrdersOver(settlement.contract(), history.open_orders)
               : absl::OkStatus();
  }
  return RebateChanged(now, amount, settlement.name());
}

absl::Status CheckPayable(const Rebate& now, const v1::RebateSettlement& settlement) {
  const std::string currency = settlement.amount().currency_code();
  ASSIGN_OR_RETURN(const Decimal amount, AmountIn(settlement.amount(), currency, "amount"));
  const bool last = settlement.kind() == v1::REBATE_SETTLEMENT_KIND_FINAL;
  if (amount == now.payable || (!last && amount < now.payable)) return absl::OkStatus();
  return RebateChanged(now, amount, settlement.name());
}

absl::Status CheckUndecided(const v1::RebateSettlement& settlement) {
  if (settlement.state() == v1::REBATE_SETTLEMENT_STATE_PROPOSED) return absl::OkStatus();
  return FailedPrecondition("REBATE_APPROVED", settlement.name(),
                            "it is approved; until it is paid it may be refused, not approved again",
                            {{"field", "approve"}});
}

receivable::v1::Receipt CreditNoteOf(const v1::RebateSettlement& settlement, absl::string_view actor,
                                     absl::string_view today) {
  const std::string& currency = settlement.amount().currency_code();
  receivable::v1::Receipt note;
  note.set_account(settlement.account());
  *note.mutable_amount() = settlement.amount();
  note.set_method(receivable::v1::PAYMENT_METHOD_CREDIT_NOTE);
  note.set_received_date(std::string(today));
  SetAmount(Decimal(), currency, note.mutable_allocated());
  *note.mutable_unapplied() = settlement.amount();
  note.set_state(receivable::v1::RECEIPT_STATE_MARKED);
  note.set_recorder(settlement.decider());
  note.set_marker(std::string(actor));
  note.set_source(settlement.name());
  note.set_remark(absl::StrCat("Rebate ", settlement.number()));
  return note;
}

absl::Status CheckPayer(absl::string_view actor, const v1::RebateSettlement& settlement) {
  RETURN_IF_ERROR(CheckOtherPerson(settlement.name(), actor, settlement.proposer(), "proposed it"));
  return CheckOtherPerson(settlement.name(), actor, settlement.decider(), "approved it");
}

}  // namespace kam::contract::rules
