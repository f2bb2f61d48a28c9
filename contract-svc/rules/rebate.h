// Retrospective volume rebate (C-09, golden case G19): the rate of the highest step reached holds for the whole volume;
// what was settled before is deducted. Pure functions.
#ifndef KAM_CONTRACT_SVC_RULES_REBATE_H_
#define KAM_CONTRACT_SVC_RULES_REBATE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/money/decimal.h"

namespace kam::contract::v1 {
class Contract;
class RebateSettlement;
class RebateTier;
}  // namespace kam::contract::v1

namespace kam::receivable::v1 {
class Receipt;
}

namespace kam::contract::rules {

struct RebateStep {
  Decimal from_volume;
  Decimal percent;
};

// Steps rise in volume and in rate. REBATE_SCALE_INVALID naming `field`[i].
absl::Status CheckScale(const std::vector<RebateStep>& scale, absl::string_view field);

// Rate that a volume has reached; 0 below the first step.
Decimal RateOf(const std::vector<RebateStep>& scale, Decimal volume);

struct Rebate {
  Decimal volume;
  Decimal percent;
  Decimal entitled;  // On the whole volume, in minor units of the currency, part by part.
  Decimal accrue;    // entitled less what is accrued: what the books lack.
  Decimal payable;   // entitled less what was settled; negative when too much was settled before.
};

// What was invoiced while one scale held.
struct RebatePart {
  std::vector<RebateStep> scale;
  Decimal volume;
};

// The step that the whole volume has reached holds for all of it; where the scale was changed, every part of the volume
// has its own: the step that the whole volume reaches in the scale of its days. `percent` is that of the last part.
absl::StatusOr<Rebate> ReckonRebate(const std::vector<RebatePart>& parts, Decimal accrued, Decimal settled,
                                    absl::string_view currency);

// What was reckoned before.
struct RebateHistory {
  Decimal accrued;        // Sum of the accruals.
  Decimal settled;        // Approved and paid.
  bool open = false;      // A proposal waits.
  bool finished = false;  // The final settlement is approved.
  bool unpaid = false;    // A final settlement is approved and not paid.
  // Settled after the first final settlement, less what that counted as settled and was refused afterwards: negative,
  // what was claimed back or never paid.
  Decimal after_final;
  std::string last_until;    // Last day that was settled.
  std::string last_accrued;  // Last day that was accrued.
  int64_t open_orders = 0;   // Orders of the contract that may still be invoiced or paid.
};
// Adds a stored settlement, in the order in which they were made, by the short names of its kind and state.
// `settled_before`: what it counted as settled; nothing where that is not known.
absl::Status CountSettlement(absl::string_view kind, absl::string_view state, Decimal amount,
                             std::optional<Decimal> settled_before, absl::string_view until, RebateHistory* history);

bool HoldsOn(const v1::RebateTier& tier, absl::string_view day);
// The scale that holds on a day.
absl::StatusOr<std::vector<RebateStep>> ScaleOn(const v1::Contract& contract, absl::string_view day);
// The days from which another scale holds, the first one included, in turn.
std::vector<std::string> ScaleDays(const v1::Contract& contract);
// REBATE_SCALE_INVALID.
absl::Status CheckScaleOn(const v1::Contract& contract, absl::string_view day);
// REBATE_NOT_AGREED.
absl::Status RebateNotAgreed(absl::string_view contract);

// What people propose: a part or the rest. REBATE_ACCRUAL_SCHEDULED.
absl::Status CheckProposed(const v1::RebateSettlement& settlement);

// A new settlement, its amounts reckoned. Volume invoiced after the last day belongs to the contract as well: the final
// settlement waits for its orders and is reckoned to the day it is made. Once it is paid another FINAL may claim back
// what the customer is not entitled to any more, and one more pay what was claimed back too much, or what the first
// counted as settled and was refused afterwards, never beyond that. An accrual is bound by the accruals before it only.
// REBATE_NOT_AGREED, CONTRACT_NOT_IN_FORCE, REBATE_DATE_INVALID, ORDERS_OPEN, REBATE_SETTLEMENT_OPEN, REBATE_SETTLED,
// NOTHING_TO_SETTLE.
absl::Status CheckSettlement(absl::string_view today, const v1::Contract& contract, const RebateHistory& history,
                             const v1::RebateSettlement& settlement);

// What is approved is what was proposed. REBATE_CHANGED when invoices came or went meanwhile; ORDERS_OPEN when there
// are orders again that the final settlement would leave out.
absl::Status CheckUnchanged(const Rebate& now, const RebateHistory& history, const v1::RebateSettlement& settlement);
// An approved settlement may still be paid: what is left to pay is not less by now, with FINAL not another amount.
// REBATE_CHANGED.
absl::Status CheckPayable(const Rebate& now, const v1::RebateSettlement& settlement);
// One that is approved is not approved again; until it is paid it may be refused. REBATE_APPROVED.
absl::Status CheckUndecided(const v1::RebateSettlement& settlement);

// The credit note of a settlement: on account, to be allocated. `actor` pays.
receivable::v1::Receipt CreditNoteOf(const v1::RebateSettlement& settlement, absl::string_view actor,
                                     absl::string_view today);

// Who pays has neither proposed nor approved it. SEPARATION_OF_DUTIES.
absl::Status CheckPayer(absl::string_view actor, const v1::RebateSettlement& settlement);

}  // namespace kam::contract::rules

#endif  // KAM_CONTRACT_SVC_RULES_REBATE_H_
