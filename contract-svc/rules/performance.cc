#include "contract-svc/rules/performance.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "common/status/status.h"
#include "common/time/date.h"
#include "contract-svc/rules/amounts.h"
#include "contract-svc/rules/contract.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/type/money.pb.h"
#include "kam/contract/v1/contract_service.pb.h"
#include "kam/contract/v1/obligation_service.pb.h"

namespace kam::contract::rules {
namespace {

using v1::Contract;
using v1::Obligation;

bool ByAmount(const Obligation& obligation) { return obligation.has_target_amount(); }

absl::StatusOr<Decimal> Target(const Obligation& obligation) {
  if (!ByAmount(obligation)) return QuantityOf(obligation.target_quantity(), "target_quantity");
  return AmountIn(obligation.target_amount(), obligation.target_amount().currency_code(), "target_amount");
}

absl::StatusOr<Decimal> Fulfilled(const Obligation& obligation) {
  if (!ByAmount(obligation)) return QuantityOf(obligation.fulfilled_quantity(), "fulfilled_quantity");
  return AmountIn(obligation.fulfilled_amount(), obligation.target_amount().currency_code(), "fulfilled_amount");
}

bool Renewing(const Contract& contract) {
  return contract.renewal_status() == v1::RENEWAL_STATUS_RENEWING ||
         contract.renewal_status() == v1::RENEWAL_STATUS_RENEWED;
}

absl::Status RenewalDecided(const Contract& contract) {
  return FailedPrecondition(
      "RENEWAL_DECIDED", contract.name(),
      absl::StrCat("it is ", v1::RenewalStatus_Name(contract.renewal_status()), " already"),
      {{"status", v1::RenewalStatus_Name(contract.renewal_status())}, {"successor", contract.successor()}});
}

}  // namespace

absl::Status CheckOrdersOver(absl::string_view contract, int64_t open_orders) {
  if (open_orders == 0) return absl::OkStatus();
  return FailedPrecondition("ORDERS_OPEN", contract,
                            absl::StrCat(open_orders, " orders of the contract are not settled"),
                            {{"orders", absl::StrCat(open_orders)}});
}

absl::Status SetDeviation(Obligation* obligation) {
  ASSIGN_OR_RETURN(const Decimal target, Target(*obligation));
  ASSIGN_OR_RETURN(const Decimal fulfilled, Fulfilled(*obligation));
  ASSIGN_OR_RETURN(const Decimal deviation, Subtract(fulfilled, target));
  obligation->set_deviation(deviation.ToString());
  return absl::OkStatus();
}

absl::Status CompleteObligation(const Contract& contract, absl::string_view today, Obligation* obligation) {
  switch (contract.state()) {
    case v1::CONTRACT_STATE_SIGNED:
    case v1::CONTRACT_STATE_ACTIVE:
    case v1::CONTRACT_STATE_SUSPENDED:
    case v1::CONTRACT_STATE_EXPIRING:
      break;
    default:
      return FailedPrecondition("CONTRACT_NOT_IN_FORCE", contract.name(),
                                "obligations come from a contract that is signed and not over",
                                {{"state", v1::ContractState_Name(contract.state())}});
  }
  if (obligation->target_quantity().empty() == !obligation->has_target_amount()) {
    return InvalidField("obligation.target_quantity", "TARGET_REQUIRED",
                        "give it or target_amount, one of them: what is fulfilled is measured by it");
  }
  if (obligation->has_target_amount()) {
    RETURN_IF_ERROR(AmountIn(obligation->target_amount(), contract.currency(), "obligation.target_amount").status());
  }
  obligation->set_account(contract.account());
  RETURN_IF_ERROR(SetDeviation(obligation));
  return PlaceObligation(today, obligation);
}

absl::Status PlaceObligation(absl::string_view today, Obligation* obligation) {
  ASSIGN_OR_RETURN(const Decimal target, Target(*obligation));
  ASSIGN_OR_RETURN(const Decimal fulfilled, Fulfilled(*obligation));
  if (fulfilled >= target) {
    obligation->set_state(v1::OBLIGATION_STATE_COMPLETED);
    std::string last;
    for (const auto& one : obligation->fulfilments()) last = std::max(last, one.fulfil_date());
    obligation->set_completed_date(last);
    if (last > obligation->due_date()) {
      ASSIGN_OR_RETURN(const int64_t late, DaysBetween(obligation->due_date(), last));
      obligation->set_days_late(static_cast<int>(late));
    }
    return absl::OkStatus();
  }
  obligation->clear_completed_date();
  obligation->clear_days_late();
  if (absl::string_view(obligation->due_date()) < today) {
    obligation->set_state(v1::OBLIGATION_STATE_OVERDUE);
    if (obligation->overdue_date().empty()) {
      ASSIGN_OR_RETURN(const std::string since, AddDays(obligation->due_date(), 1));
      obligation->set_overdue_date(since);
    }
  } else {
    obligation->set_state(v1::OBLIGATION_STATE_IN_FORCE);
    obligation->clear_overdue_date();
  }
  return absl::OkStatus();
}

absl::Status CheckFollowsTerm(const Obligation& before, const Obligation& after) {
  if (before.term().empty()) return absl::OkStatus();
  Obligation rest = after;
  rest.set_responsible(before.responsible());
  if (rest.SerializeAsString() == before.SerializeAsString()) return absl::OkStatus();
  return FailedPrecondition("OBLIGATION_FOLLOWS_TERM", before.name(),
                            "it follows the contract: an amendment changes it, or who is responsible",
                            {{"term", before.term()}});
}

bool MovesPassedDay(absl::string_view today, const Obligation& before, const Obligation& after) {
  if (absl::string_view(before.due_date()) >= today) return false;
  return before.due_date() != after.due_date() || before.target_quantity() != after.target_quantity() ||
         before.target_amount().SerializeAsString() != after.target_amount().SerializeAsString();
}

absl::Status SupervisionRequired(absl::string_view obligation, absl::string_view permission) {
  return Error(
      absl::StatusCode::kPermissionDenied, "SUPERVISION_REQUIRED",
      absl::StrCat("the day of ", obligation, " has passed: holders of ", permission, " give it another day or target"),
      {{"permission", std::string(permission)}, {"field", "obligation.due_date"}});
}

absl::Status GoOnAfterDispute(const Contract& contract, absl::string_view today, Obligation* obligation) {
  if (contract.state() != v1::CONTRACT_STATE_TERMINATED && contract.state() != v1::CONTRACT_STATE_CLOSED) {
    return PlaceObligation(today, obligation);
  }
  obligation->set_state(v1::OBLIGATION_STATE_TERMINATED);
  obligation->set_state_reason(contract.state_reason().empty() ? "the contract has ended" : contract.state_reason());
  return absl::OkStatus();
}

absl::Status Fulfil(const v1::RecordFulfilmentRequest& request, absl::string_view actor, absl::string_view today,
                    Obligation* obligation) {
  const bool by_amount = ByAmount(*obligation);
  if (by_amount ? (!request.has_amount() || !request.quantity().empty())
                : (request.quantity().empty() || request.has_amount())) {
    return InvalidField(by_amount ? "amount" : "quantity", "TARGET_REQUIRED", "is what this obligation is measured by");
  }
  const std::string date = request.fulfil_date().empty() ? std::string(today) : request.fulfil_date();
  if (date > today) {
    return InvalidField("fulfil_date", "FULFIL_DATE_INVALID", "must not be in the future",
                        {{"value", date}, {"today", std::string(today)}});
  }
  ASSIGN_OR_RETURN(Decimal sum, Fulfilled(*obligation));
  auto* one = obligation->add_fulfilments();
  one->set_fulfil_date(date);
  one->set_note(request.note());
  one->set_recorder(std::string(actor));
  if (by_amount) {
    const std::string& currency = obligation->target_amount().currency_code();
    ASSIGN_OR_RETURN(const Decimal amount, AmountIn(request.amount(), currency, "amount"));
    *one->mutable_amount() = request.amount();
    ASSIGN_OR_RETURN(sum, Add(sum, amount));
    SetAmount(sum, currency, obligation->mutable_fulfilled_amount());
  } else {
    ASSIGN_OR_RETURN(const Decimal quantity, QuantityOf(request.quantity(), "quantity"));
    one->set_quantity(quantity.ToString());
    ASSIGN_OR_RETURN(sum, Add(sum, quantity));
    obligation->set_fulfilled_quantity(sum.ToString());
  }
  RETURN_IF_ERROR(SetDeviation(obligation));
  ASSIGN_OR_RETURN(const Decimal target, Target(*obligation));
  if (obligation->state() == v1::OBLIGATION_STATE_DISPUTED && sum < target) return absl::OkStatus();
  return PlaceObligation(today, obligation);
}

absl::StatusOr<Contract> DraftSuccessor(const v1::RenewContractRequest& request, const Contract& contract) {
  if (Renewing(contract)) return RenewalDecided(contract);
  if (contract.start_date().empty() || contract.end_date().empty()) {
    return FailedPrecondition("CONTRACT_DATES_MISSING", contract.name(), "start_date and end_date must be set");
  }
  const Contract last = ContractOn(contract, contract.end_date());
  Contract next;
  next.set_account(contract.account());
  next.set_title(request.title().empty() ? contract.title() : request.title());
  next.set_kind(contract.kind());
  next.set_important(contract.important());
  next.set_currency(contract.currency());
  next.set_payment(contract.payment());
  next.set_terms_days(contract.terms_days());
  next.set_renewal_lead_days(contract.renewal_lead_days());
  next.set_predecessor(contract.name());
  *next.mutable_parties() = contract.parties();
  for (const v1::RebateTier& tier : last.rebate_tiers()) {
    v1::RebateTier* copy = next.add_rebate_tiers();
    copy->set_from_volume(tier.from_volume());
    copy->set_percent(tier.percent());
  }
  *next.mutable_rebate_products() = contract.rebate_products();
  *next.mutable_regions() = contract.regions();
  next.set_start_date(request.start_date());
  if (next.start_date().empty()) {
    ASSIGN_OR_RETURN(const std::string start, AddDays(contract.end_date(), 1));
    next.set_start_date(start);
  }
  if (next.start_date() <= contract.end_date()) {
    return InvalidField("start_date", "CONTRACT_DATES_CONTRADICT", "is within the contract that is renewed",
                        {{"startDate", next.start_date()}, {"endDate", contract.end_date()}});
  }
  next.set_end_date(request.end_date());
  if (next.end_date().empty()) {
    ASSIGN_OR_RETURN(const int64_t days, DaysBetween(contract.start_date(), contract.end_date()));
    ASSIGN_OR_RETURN(const std::string end, AddDays(next.start_date(), days));
    next.set_end_date(end);
  }
  for (const v1::ContractLine& line : last.lines()) {
    if (line.gift()) continue;  // Given once: another one is approved with the next quote.
    v1::ContractLine* copy = next.add_lines();
    copy->set_product(line.product());
    copy->set_quantity(line.quantity());
    *copy->mutable_unit_price() = line.unit_price();
    copy->set_commitment_basis(line.commitment_basis());
    copy->set_tolerance_percent(line.tolerance_percent());
  }
  for (const v1::ContractClause& clause : last.clauses()) {
    v1::ContractClause* copy = next.add_clauses();
    copy->set_kind(clause.kind());
    copy->set_body(clause.body());
  }
  // Whatever was agreed is agreed anew: prices need a quote, words a review.
  RETURN_IF_ERROR(ComputeContract(&next));
  next.set_state(v1::CONTRACT_STATE_DRAFT);
  return next;
}

absl::Status TakeUpSuccessor(const v1::RenewContractRequest& request, const Contract& contract,
                             const Contract& successor) {
  if (Renewing(contract)) return RenewalDecided(contract);
  const auto other = [](const std::string& wanted, const std::string& is) { return !wanted.empty() && wanted != is; };
  if (!other(request.title(), successor.title()) && !other(request.start_date(), successor.start_date()) &&
      !other(request.end_date(), successor.end_date())) {
    return absl::OkStatus();
  }
  return FailedPrecondition(
      "RENEWAL_DECIDED", contract.name(),
      "its successor was drafted before with another title or period: renew it without them and "
      "change the draft",
      {{"status", v1::RenewalStatus_Name(contract.renewal_status())}, {"successor", successor.name()}});
}

absl::Status DeclineRenewal(const v1::DeclineContractRenewalRequest& request, Contract* contract) {
  if (contract->renewal_status() == v1::RENEWAL_STATUS_RENEWED) return RenewalDecided(*contract);
  if (request.non_renewal_reason() == v1::NON_RENEWAL_REASON_OTHER &&
      absl::StripAsciiWhitespace(request.remark()).empty()) {
    return InvalidField("remark", "REMARK_REQUIRED", "must say which other reason it is");
  }
  contract->set_renewal_status(v1::RENEWAL_STATUS_NOT_RENEWED);
  contract->set_non_renewal_reason(request.non_renewal_reason());
  contract->set_non_renewal_remark(request.remark());
  return absl::OkStatus();
}

}  // namespace kam::contract::rules
