#include "contract-svc/rules/contract_lines.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "common/status/status.h"
#include "common/time/date.h"
#include "contract-svc/rules/amounts.h"
#include "google/type/money.pb.h"
#include "kam/contract/v1/amendment.pb.h"
#include "kam/contract/v1/contract.pb.h"
#include "kam/contract/v1/contract_service.pb.h"

namespace kam::contract::rules {
namespace {

using v1::Contract;
using v1::ContractLine;

constexpr char kForever[] = "9999-12-31";
constexpr int kQuantityScale = 6;

const ContractLine* Find(const Contract& contract, int line_number) {
  for (const ContractLine& line : contract.lines()) {
    if (line.line_number() == line_number) return &line;
  }
  return nullptr;
}

std::string EndOrForever(const Contract& contract, const ContractLine& line) {
  const std::string end = PeriodOf(contract, line).end;
  return end.empty() ? kForever : end;
}

int NextNumber(const Contract& contract) {
  int last = 0;
  for (const ContractLine& line : contract.lines()) last = std::max(last, line.line_number());
  return last + 1;
}

// A line that goes on where `index` leaves off; the caller sets its days. Returns its index.
int AddSuccessor(int index, const std::string& amendment, Contract* contract) {
  const int number = NextNumber(*contract);
  ContractLine next = contract->lines(index);
  next.set_line_number(number);
  next.set_predecessor(contract->lines(index).line_number());
  next.clear_previous_price();
  next.set_amendment(amendment);
  for (ContractLine& other : *contract->mutable_lines()) {
    if (next.successor() != 0 && other.line_number() == next.successor()) other.set_predecessor(number);
  }
  contract->mutable_lines(index)->set_successor(number);
  *contract->add_lines() = std::move(next);
  return contract->lines_size() - 1;
}

// Amount of a line whose price or quantity has changed. Money that was promised stays what it was when only the price
// changes; the pieces follow.
absl::Status Reckon(const ContractLine& before, Decimal price, const Contract& contract, ContractLine* line) {
  if (line->commitment_basis() == v1::COMMITMENT_BASIS_VALUE && line->quantity() == before.quantity() &&
      price.sign() > 0) {
    ASSIGN_OR_RETURN(const Decimal money, AmountIn(before.amount(), contract.currency(), "amount"));
    ASSIGN_OR_RETURN(const Decimal pieces, Divide(money, price, kQuantityScale));
    line->set_quantity(pieces.ToString());
    return absl::OkStatus();
  }
  ASSIGN_OR_RETURN(const Decimal quantity, QuantityOf(line->quantity(), "quantity"));
  ASSIGN_OR_RETURN(const Decimal amount, LineAmount(price, quantity, contract.currency()));
  SetAmount(amount, contract.currency(), line->mutable_amount());
  return absl::OkStatus();
}

// Moves the days of a line that has not begun.
absl::Status ShiftLine(int64_t days, const Contract& contract, ContractLine* line) {
  const Period period = PeriodOf(contract, *line);
  ASSIGN_OR_RETURN(const std::string start, AddDays(period.start, days));
  line->set_start_date(start);
  if (period.end.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const std::string end, AddDays(period.end, days));
  line->set_end_date(end);
  return absl::OkStatus();
}

// Moves a line that has not begun, and the rest before it.
absl::Status ShiftWithRest(int64_t days, const Contract& contract, ContractLine* line) {
  RETURN_IF_ERROR(ShiftLine(days, contract, line));
  if (line->suspended_until().empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const std::string from, AddDays(line->suspended_from(), days));
  ASSIGN_OR_RETURN(const std::string until, AddDays(line->suspended_until(), days));
  line->set_suspended_from(from);
  line->set_suspended_until(until);
  return absl::OkStatus();
}

// Lines may run longer than the contract did: it lasts as long as its longest line. Others keep their last day.
void LengthenContract(Contract* contract) {
  if (contract->end_date().empty()) return;
  std::string last = contract->end_date();
  for (const ContractLine& line : contract->lines()) {
    if (!line.cancelled()) last = std::max(last, line.end_date());
  }
  if (last == contract->end_date()) return;
  for (ContractLine& line : *contract->mutable_lines()) {
    if (line.end_date().empty()) line.set_end_date(contract->end_date());
  }
  contract->set_end_date(last);
}

// The suspension that `line` waits for or has waited for.
bool SuspendedOn(const ContractLine& line, absl::string_view day) {
  return !line.suspended_until().empty() && line.suspended_from() <= day && line.suspended_until() >= day;
}

}  // namespace

Period PeriodOf(const Contract& contract, const ContractLine& line) {
  return {line.start_date().empty() ? contract.start_date() : line.start_date(),
          line.end_date().empty() ? contract.end_date() : line.end_date()};
}

int RootOf(const Contract& contract, int line_number) {
  const ContractLine* line = Find(contract, line_number);
  // A chain cannot be longer than the contract has lines.
  for (int i = 0; line != nullptr && line->predecessor() != 0 && i < contract.lines_size(); ++i) {
    line = Find(contract, line->predecessor());
  }
  return line == nullptr ? 0 : line->line_number();
}

std::vector<int> Roots(const Contract& contract) {
  std::vector<int> roots;
  for (const ContractLine& line : contract.lines()) {
    if (line.predecessor() == 0) roots.push_back(line.line_number());
  }
  return roots;
}

std::vector<int> ChainOf(const Contract& contract, int root) {
  std::vector<int> chain;
  for (int i = 0; i < contract.lines_size(); ++i) {
    if (!contract.lines(i).cancelled() && RootOf(contract, contract.lines(i).line_number()) == root) chain.push_back(i);
  }
  std::stable_sort(chain.begin(), chain.end(), [&](int a, int b) {
    return PeriodOf(contract, contract.lines(a)).start < PeriodOf(contract, contract.lines(b)).start;
  });
  return chain;
}

const ContractLine* LineOn(const Contract& contract, int root, absl::string_view day) {
  for (const int index : ChainOf(contract, root)) {
    const ContractLine& line = contract.lines(index);
    const Period period = PeriodOf(contract, line);
    if (period.start <= day && (period.end.empty() || period.end >= day)) return &line;
  }
  return nullptr;
}

const ContractLine* LastOf(const Contract& contract, int root) {
  const std::vector<int> chain = ChainOf(contract, root);
  return chain.empty() ? nullptr : &contract.lines(chain.back());
}

v1::ContractLineState LineStateOn(const Contract& contract, const ContractLine& line, absl::string_view day) {
  if (line.cancelled()) return v1::CONTRACT_LINE_STATE_CANCELLED;
  const Period period = PeriodOf(contract, line);
  if (SuspendedOn(line, day)) return v1::CONTRACT_LINE_STATE_SUSPENDED;
  if (period.start > day) return v1::CONTRACT_LINE_STATE_UPCOMING;
  if (!period.end.empty() && period.end < day) return v1::CONTRACT_LINE_STATE_CLOSED;
  return line.stopped() ? v1::CONTRACT_LINE_STATE_UPCOMING_CLOSE : v1::CONTRACT_LINE_STATE_IN_PROGRESS;
}

bool LineActionAllowed(const Contract& contract, int root, v1::AmendmentActionKind action, absl::string_view day) {
  const std::vector<int> chain = ChainOf(contract, root);
  if (chain.empty() || EndOrForever(contract, contract.lines(chain.back())) < day) return false;
  bool suspended = false;
  bool rest_ahead = false;
  for (const int index : chain) {
    suspended = suspended || SuspendedOn(contract.lines(index), day);
    rest_ahead = rest_ahead || contract.lines(index).suspended_until() >= day;
  }
  switch (action) {
    case v1::AMENDMENT_ACTION_KIND_CHANGE_PRICE:
      return !contract.lines(chain.back()).gift();
    case v1::AMENDMENT_ACTION_KIND_CHANGE_QUANTITY:
    case v1::AMENDMENT_ACTION_KIND_CHANGE_END_DATE:
    case v1::AMENDMENT_ACTION_KIND_STOP_LINE:
      return true;
    case v1::AMENDMENT_ACTION_KIND_SUSPEND_LINE:
      return !suspended;
    case v1::AMENDMENT_ACTION_KIND_RESUME_LINE:
      return rest_ahead;
    default:
      return false;
  }
}

absl::StatusOr<bool> ReviseChain(int root, absl::string_view day, const std::string& amendment,
                                 const std::function<absl::Status(ContractLine*)>& modify, Contract* contract) {
  bool changed = false;
  for (const int index : ChainOf(*contract, root)) {
    const ContractLine before = contract->lines(index);
    if (EndOrForever(*contract, before) < day) continue;
    const bool running = PeriodOf(*contract, before).start < day;
    const int next = AddSuccessor(index, amendment, contract);
    if (running) {
      ASSIGN_OR_RETURN(const std::string last, AddDays(day, -1));
      contract->mutable_lines(index)->set_end_date(last);
      contract->mutable_lines(next)->set_start_date(std::string(day));
      contract->mutable_lines(next)->clear_suspended_from();
      contract->mutable_lines(next)->clear_suspended_until();
    } else {
      contract->mutable_lines(index)->set_cancelled(true);
    }
    ContractLine* line = contract->mutable_lines(next);
    RETURN_IF_ERROR(modify(line));
    ASSIGN_OR_RETURN(const Decimal old_price, AmountIn(before.unit_price(), contract->currency(), "unit_price"));
    ASSIGN_OR_RETURN(const Decimal price, AmountIn(line->unit_price(), contract->currency(), "unit_price"));
    if (price != old_price) *line->mutable_previous_price() = before.unit_price();
    RETURN_IF_ERROR(Reckon(before, price, *contract, line));
    changed = true;
  }
  return changed;
}

absl::StatusOr<bool> StopChain(int root, absl::string_view day, Contract* contract) {
  bool changed = false;
  ASSIGN_OR_RETURN(const std::string last, AddDays(day, -1));
  for (const int index : ChainOf(*contract, root)) {
    ContractLine* line = contract->mutable_lines(index);
    if (EndOrForever(*contract, *line) < day) continue;
    if (PeriodOf(*contract, *line).start >= day) {
      line->set_cancelled(true);
    } else {
      line->set_end_date(last);
    }
    changed = true;
  }
  if (!changed) return false;
  const std::vector<int> left = ChainOf(*contract, root);
  if (!left.empty()) contract->mutable_lines(left.back())->set_stopped(true);
  return true;
}

absl::StatusOr<bool> SuspendChain(int root, absl::string_view from, absl::string_view until,
                                  const std::string& amendment, Contract* contract) {
  ASSIGN_OR_RETURN(const int64_t length, DaysBetween(from, until));
  ASSIGN_OR_RETURN(const std::string after, AddDays(until, 1));
  int64_t delay = 0;
  bool changed = false;
  for (const int index : ChainOf(*contract, root)) {
    if (EndOrForever(*contract, contract->lines(index)) < from) continue;
    const Period period = PeriodOf(*contract, contract->lines(index));
    if (changed) {
      RETURN_IF_ERROR(ShiftWithRest(delay, *contract, contract->mutable_lines(index)));
      continue;
    }
    changed = true;
    delay = length + 1;
    int resting = index;
    if (period.start < from) {
      ASSIGN_OR_RETURN(const std::string last, AddDays(from, -1));
      resting = AddSuccessor(index, amendment, contract);
      contract->mutable_lines(index)->set_end_date(last);
      ContractLine* next = contract->mutable_lines(resting);
      next->set_start_date(after);
      if (!period.end.empty()) {
        ASSIGN_OR_RETURN(const std::string end, AddDays(period.end, delay));
        next->set_end_date(end);
      }
    } else {
      if (period.start <= until) {
        ASSIGN_OR_RETURN(delay, DaysBetween(period.start, after));
      }
      RETURN_IF_ERROR(ShiftLine(delay, *contract, contract->mutable_lines(resting)));
    }
    ContractLine* rested = contract->mutable_lines(resting);
    ASSIGN_OR_RETURN(const std::string eve, AddDays(from, -1));
    // A rest that follows upon another one makes one rest with it.
    if (rested->suspended_until() != eve) rested->set_suspended_from(std::string(from));
    rested->set_suspended_until(std::string(until));
  }
  LengthenContract(contract);
  return changed;
}

absl::StatusOr<bool> ResumeChain(int root, absl::string_view day, Contract* contract) {
  int64_t saved = 0;
  for (const int index : ChainOf(*contract, root)) {
    ContractLine* line = contract->mutable_lines(index);
    if (saved != 0) {
      RETURN_IF_ERROR(ShiftWithRest(-saved, *contract, line));
      continue;
    }
    if (line->suspended_until() < day) continue;
    const std::string from = std::max(std::string(day), line->suspended_from());
    ASSIGN_OR_RETURN(const std::string after, AddDays(line->suspended_until(), 1));
    ASSIGN_OR_RETURN(saved, DaysBetween(from, after));
    if (from == line->suspended_from()) {
      line->clear_suspended_from();
      line->clear_suspended_until();
    } else {
      ASSIGN_OR_RETURN(const std::string last, AddDays(from, -1));
      line->set_suspended_until(last);
    }
    RETURN_IF_ERROR(ShiftLine(-saved, *contract, line));
  }
  return saved != 0;
}

absl::StatusOr<bool> MoveEndOfChain(int root, absl::string_view end, Contract* contract) {
  const std::vector<int> chain = ChainOf(*contract, root);
  if (chain.empty()) return false;
  if (!contract->end_date().empty() && end > contract->end_date()) {
    return InvalidField("amendment.actions.end_date", "FIELD_OUT_OF_RANGE",
                        "is after the last day of the contract: change that first",
                        {{"value", std::string(end)}, {"limit", contract->end_date()}});
  }
  ContractLine* line = contract->mutable_lines(chain.back());
  if (PeriodOf(*contract, *line).start > end) {
    return InvalidField("amendment.actions.end_date", "FIELD_OUT_OF_RANGE", "is before the line begins",
                        {{"value", std::string(end)}, {"limit", PeriodOf(*contract, *line).start}});
  }
  if (PeriodOf(*contract, *line).end == end) return false;
  line->set_end_date(std::string(end));
  return true;
}

absl::Status MoveEndOfContract(absl::string_view end, Contract* contract) {
  contract->set_end_date(std::string(end));
  for (ContractLine& line : *contract->mutable_lines()) {
    if (line.cancelled()) continue;
    if (PeriodOf(*contract, line).start > end) {
      line.set_cancelled(true);
    } else if (line.end_date() > end) {
      line.set_end_date(std::string(end));
    }
  }
  return absl::OkStatus();
}

absl::Status CheckChains(const Contract& contract) {
  for (const int root : Roots(contract)) {
    const ContractLine* before = nullptr;
    for (const int index : ChainOf(contract, root)) {
      const ContractLine& line = contract.lines(index);
      const Period period = PeriodOf(contract, line);
      if (!period.end.empty() && period.end < period.start) {
        return FailedPrecondition("CHAIN_BROKEN", contract.name(),
                                  absl::StrCat("line ", line.line_number(), " ends before it begins"),
                                  {{"line", absl::StrCat(line.line_number())}});
      }
      if (before != nullptr) {
        ASSIGN_OR_RETURN(const std::string next, AddDays(PeriodOf(contract, *before).end, 1));
        bool joined = next == period.start;
        if (!joined && next == line.suspended_from()) {
          ASSIGN_OR_RETURN(const std::string rested, AddDays(line.suspended_until(), 1));
          joined = rested == period.start;
        }
        if (!joined) {
          return FailedPrecondition(
              "CHAIN_BROKEN", contract.name(),
              absl::StrCat("line ", line.line_number(), " begins on ", period.start, ", line ", before->line_number(),
                           " before it lasts until ", PeriodOf(contract, *before).end),
              {{"line", absl::StrCat(line.line_number())}, {"predecessor", absl::StrCat(before->line_number())}});
        }
      }
      before = &line;
    }
  }
  return absl::OkStatus();
}

}  // namespace kam::contract::rules
