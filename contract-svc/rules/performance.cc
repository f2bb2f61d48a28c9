#include "contract-svc/rules/performance.h"

#include <algorithm>
#include <set>

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

// The day with which the target was reached, and has not been missed again since. A line that was taken back, and the
// one that does so, count for nothing.
absl::StatusOr<std::string> CompletionDay(const Obligation& obligation, Decimal target) {
  std::set<int> gone;
  for (int i = 0; i < obligation.fulfilments_size(); ++i) {
    if (obligation.fulfilments(i).reverses() > 0) gone.insert({i + 1, obligation.fulfilments(i).reverses()});
  }
  Decimal sum;
  std::string latest, day;
  for (int i = 0; i < obligation.fulfilments_size(); ++i) {
    if (gone.count(i + 1) > 0) continue;
    const v1::Fulfilment& line = obligation.fulfilments(i);
    ASSIGN_OR_RETURN(const Decimal amount, AmountOfLine(obligation, line));
    ASSIGN_OR_RETURN(sum, Add(sum, amount));
    if (amount.sign() > 0) latest = std::max(latest, line.fulfil_date());
    if (sum < target) {
      day.clear();
    } else if (day.empty()) {
      day = latest;
    }
  }
  return day;
}

absl::Status FollowsTerm(const Obligation& obligation, absl::string_view what) {
  return FailedPrecondition("OBLIGATION_FOLLOWS_TERM", obligation.name(), what, {{"term", obligation.term()}});
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
  ASSIGN_OR_RETURN(const Decimal fulfilled, FulfilledOf(*obligation));
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
  ASSIGN_OR_RETURN(const Decimal fulfilled, FulfilledOf(*obligation));
  if (fulfilled >= target) {
    obligation->set_state(v1::OBLIGATION_STATE_COMPLETED);
    ASSIGN_OR_RETURN(const std::string last, CompletionDay(*obligation, target));
    obligation->set_completed_date(last);
    obligation->clear_days_late();
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
  return FollowsTerm(before, "it follows the contract: an amendment changes it, or who is responsible");
}

absl::Status CheckByHand(const Obligation& obligation) {
  if (obligation.term().empty()) return absl::OkStatus();
  return FollowsTerm(obligation, "it follows the contract: what was done towards it is what the books say");
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

absl::StatusOr<Decimal> FulfilledOf(const Obligation& obligation) {
  if (!ByAmount(obligation)) return QuantityOf(obligation.fulfilled_quantity(), "fulfilled_quantity");
  return AmountIn(obligation.fulfilled_amount(), obligation.target_amount().currency_code(), "fulfilled_amount");
}

absl::StatusOr<Decimal> AmountOfLine(const Obligation& obligation, const v1::Fulfilment& line) {
  if (!ByAmount(obligation)) return QuantityOf(line.quantity(), "quantity");
  return AmountIn(line.amount(), obligation.target_amount().currency_code(), "amount");
}

absl::Status AddFulfilment(Decimal amount, v1::Fulfilment line, absl::string_view today, Obligation* obligation) {
  ASSIGN_OR_RETURN(Decimal sum, FulfilledOf(*obligation));
  ASSIGN_OR_RETURN(sum, Add(sum, amount));
  if (ByAmount(*obligation)) {
    const std::string& currency = obligation->target_amount().currency_code();
    SetAmount(amount, currency, line.mutable_amount());
    SetAmount(sum, currency, obligation->mutable_fulfilled_amount());
  } else {
    line.set_quantity(amount.ToString());
    obligation->set_fulfilled_quantity(sum.ToString());
  }
  *obligation->add_fulfilments() = std::move(line);
  RETURN_IF_ERROR(SetDeviation(obligation));
  ASSIGN_OR_RETURN(const Decimal target, Target(*obligation));
  if (obligation->state() == v1::OBLIGATION_STATE_DISPUTED && sum < target) return absl::OkStatus();
  return PlaceObligation(today, obligation);
}

absl::Status TakeBackFulfilment(const v1::TakeBackFulfilmentRequest& request, const Contract& contract,
                                absl::string_view actor, absl::string_view today, Obligation* obligation) {
  const int number = request.fulfilment();
  if (number < 1 || number > obligation->fulfilments_size()) {
    return InvalidField("fulfilment", "FULFILMENT_UNKNOWN",
                        absl::StrCat("the obligation has ", obligation->fulfilments_size(), " lines"),
                        {{"value", absl::StrCat(number)}, {"limit", absl::StrCat(obligation->fulfilments_size())}});
  }
  const v1::Fulfilment mistaken = obligation->fulfilments(number - 1);
  if (mistaken.by_books()) return FollowsTerm(*obligation, "what the books say is taken back in the books");
  int by = mistaken.reverses() > 0 ? number : 0;
  for (int i = 0; i < obligation->fulfilments_size(); ++i) {
    if (obligation->fulfilments(i).reverses() == number) by = i + 1;
  }
  if (by > 0) {
    return FailedPrecondition("FULFILMENT_TAKEN_BACK", obligation->name(),
                              by == number ? "this line takes another one back; record again what was done"
                                           : "this line is taken back already",
                              {{"fulfilment", absl::StrCat(number)}, {"by", absl::StrCat(by)}});
  }
  ASSIGN_OR_RETURN(const Decimal amount, AmountOfLine(*obligation, mistaken));
  v1::Fulfilment line;
  line.set_fulfil_date(std::string(today));
  line.set_note(absl::StrCat("takes back line ", number));
  line.set_recorder(std::string(actor));
  line.set_reverses(number);
  RETURN_IF_ERROR(AddFulfilment(-amount, std::move(line), today, obligation));
  const bool open =
      obligation->state() == v1::OBLIGATION_STATE_IN_FORCE || obligation->state() == v1::OBLIGATION_STATE_OVERDUE;
  return open ? GoOnAfterDispute(contract, today, obligation) : absl::OkStatus();
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
  v1::Fulfilment line;
  line.set_fulfil_date(date);
  line.set_note(request.note());
  line.set_recorder(std::string(actor));
  ASSIGN_OR_RETURN(const Decimal amount,
                   by_amount ? AmountIn(request.amount(), obligation->target_amount().currency_code(), "amount")
                             : QuantityOf(request.quantity(), "quantity"));
  return AddFulfilment(amount, std::move(line), today, obligation);
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

void GiveUpSuccessor(absl::string_view successor, absl::string_view today, Contract* contract) {
  if (contract->successor() != successor) return;
  contract->clear_successor();
  if (contract->renewal_status() != v1::RENEWAL_STATUS_RENEWING) return;
  if (!contract->end_date().empty() && absl::string_view(contract->end_date()) < today) {
    contract->set_renewal_status(v1::RENEWAL_STATUS_LAPSED);
  } else if (contract->state() == v1::CONTRACT_STATE_ACTIVE) {
    contract->clear_renewal_status();  // It was not brought up yet.
  } else {
    contract->set_renewal_status(v1::RENEWAL_STATUS_DUE);
  }
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
