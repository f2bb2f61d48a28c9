#include "contract-svc/rules/obligation_terms.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "common/status/status.h"
#include "contract-svc/rules/amounts.h"
#include "contract-svc/rules/commitment.h"
#include "contract-svc/rules/contract.h"
#include "contract-svc/rules/contract_lines.h"
#include "contract-svc/rules/performance.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/type/money.pb.h"
#include "kam/contract/v1/contract.pb.h"
#include "kam/contract/v1/obligation.pb.h"
#include "kam/contract/v1/obligation_service.pb.h"

namespace kam::contract::rules {
namespace {

using v1::Contract;
using v1::ContractLine;
using v1::Obligation;

constexpr char kInstalment[] = "INSTALMENT/";
constexpr char kLine[] = "LINE/";
constexpr char kRenewal[] = "RENEWAL";
constexpr size_t kMonthLength = 7;  // YYYY-MM

Obligation NewObligation(const Contract& contract, std::string term, v1::ObligationKind kind, std::string title,
                         std::string due_date) {
  Obligation obligation;
  obligation.set_contract(contract.name());
  obligation.set_account(contract.account());
  obligation.set_term(std::move(term));
  obligation.set_kind(kind);
  obligation.set_title(std::move(title));
  obligation.set_due_date(std::move(due_date));
  obligation.set_responsible(contract.drafter());
  return obligation;
}

// The number behind the slash of a term.
int NumberOf(absl::string_view term, absl::string_view prefix) {
  int number = 0;
  return absl::ConsumePrefix(&term, prefix) && absl::SimpleAtoi(term, &number) ? number : 0;
}

Decimal FigureOf(const std::map<int, Decimal>& figures, int key) {
  const auto found = figures.find(key);
  return found == figures.end() ? Decimal() : found->second;
}

absl::StatusOr<Decimal> SumByBooks(const Obligation& obligation) {
  Decimal sum;
  for (const v1::Fulfilment& line : obligation.fulfilments()) {
    if (!line.by_books()) continue;
    ASSIGN_OR_RETURN(const Decimal amount, AmountOfLine(obligation, line));
    ASSIGN_OR_RETURN(sum, Add(sum, amount));
  }
  return sum;
}

// Takes the last line off when it is one of the books in the month of `date`, in the same direction, to be written anew
// with more; how much it was. The line that reached the target stays: its day is the day of completion.
absl::StatusOr<Decimal> TakeLineOfMonth(absl::string_view date, int sign, Obligation* obligation) {
  if (obligation->fulfilments_size() == 0) return Decimal();
  const v1::Fulfilment& last = obligation->fulfilments(obligation->fulfilments_size() - 1);
  if (!last.by_books() ||
      absl::string_view(last.fulfil_date()).substr(0, kMonthLength) != date.substr(0, kMonthLength)) {
    return Decimal();
  }
  ASSIGN_OR_RETURN(const Decimal amount, AmountOfLine(*obligation, last));
  ASSIGN_OR_RETURN(const Decimal fulfilled, FulfilledOf(*obligation));
  ASSIGN_OR_RETURN(const Decimal rest, Subtract(fulfilled, amount));
  ASSIGN_OR_RETURN(const Decimal deviation, QuantityOf(obligation->deviation(), "deviation"));
  ASSIGN_OR_RETURN(const Decimal target, Subtract(fulfilled, deviation));
  if (amount.sign() != sign || (fulfilled >= target && rest < target)) return Decimal();
  if (obligation->has_target_amount()) {
    SetAmount(rest, obligation->target_amount().currency_code(), obligation->mutable_fulfilled_amount());
  } else {
    obligation->set_fulfilled_quantity(rest.ToString());
  }
  obligation->mutable_fulfilments()->RemoveLast();
  return amount;
}

}  // namespace

absl::StatusOr<std::vector<Obligation>> ObligationsOf(const Contract& contract) {
  std::vector<Obligation> obligations;
  for (int i = 0; i < contract.instalments_size(); ++i) {
    const auto& instalment = contract.instalments(i);
    ASSIGN_OR_RETURN(const Decimal amount, AmountIn(instalment.amount(), contract.currency(), "amount"));
    if (amount.is_zero()) continue;
    obligations.push_back(NewObligation(
        contract, absl::StrCat(kInstalment, i + 1), v1::OBLIGATION_KIND_PAYMENT,
        instalment.title().empty() ? absl::StrCat("Instalment ", i + 1) : instalment.title(), instalment.due_date()));
    *obligations.back().mutable_target_amount() = instalment.amount();
  }
  const bool annual = contract.kind() == v1::CONTRACT_KIND_ANNUAL;
  for (const int root : Roots(contract)) {
    const ContractLine* line = LastOf(contract, root);
    if (line == nullptr || line->stopped()) continue;
    const std::string due = PeriodOf(contract, *line).end;
    ASSIGN_OR_RETURN(const Decimal promised, PromisedBy(contract, *line));
    if (due.empty() || promised.sign() <= 0) continue;
    // A gift is nothing that the customer has promised to take: we hand it over.
    const bool call_off = annual && !line->gift();
    obligations.push_back(NewObligation(contract, absl::StrCat(kLine, root),
                                        call_off ? v1::OBLIGATION_KIND_VOLUME : v1::OBLIGATION_KIND_DELIVERY,
                                        absl::StrCat(call_off       ? "Call off line "
                                                     : line->gift() ? "Hand over gift line "
                                                                    : "Deliver line ",
                                                     root),
                                        due));
    if (line->commitment_basis() == v1::COMMITMENT_BASIS_VALUE) {
      SetAmount(promised, contract.currency(), obligations.back().mutable_target_amount());
    } else {
      obligations.back().set_target_quantity(promised.ToString());
    }
  }
  if (!contract.end_date().empty()) {
    obligations.push_back(
        NewObligation(contract, kRenewal, v1::OBLIGATION_KIND_REVIEW, "Decide on the renewal", contract.end_date()));
    obligations.back().set_target_quantity("1");
  }
  return obligations;
}

absl::Status ReviseObligation(const Obligation& wanted, absl::string_view today, Obligation* obligation) {
  obligation->set_title(wanted.title());
  obligation->set_due_date(wanted.due_date());
  obligation->clear_target_quantity();
  obligation->clear_target_amount();
  if (wanted.has_target_amount()) {
    *obligation->mutable_target_amount() = wanted.target_amount();
  } else {
    obligation->set_target_quantity(wanted.target_quantity());
  }
  RETURN_IF_ERROR(SetDeviation(obligation));
  if (obligation->state() == v1::OBLIGATION_STATE_DISPUTED) return absl::OkStatus();
  return PlaceObligation(today, obligation);
}

absl::StatusOr<Decimal> Measured(const Contract& contract, const ContractFigures& figures,
                                 const Obligation& obligation) {
  if (obligation.term() == kRenewal) {
    const bool decided = contract.renewal_status() == v1::RENEWAL_STATUS_RENEWING ||
                         contract.renewal_status() == v1::RENEWAL_STATUS_RENEWED ||
                         contract.renewal_status() == v1::RENEWAL_STATUS_NOT_RENEWED;
    return decided ? Decimal::FromInt(1) : Decimal();
  }
  if (const int root = NumberOf(obligation.term(), kLine); root != 0) {
    return FigureOf(obligation.kind() == v1::OBLIGATION_KIND_VOLUME ? figures.called_off : figures.delivered, root);
  }
  const int number = NumberOf(obligation.term(), kInstalment);
  Decimal left = figures.paid;
  for (int i = 0; i + 1 < number && i < contract.instalments_size(); ++i) {
    ASSIGN_OR_RETURN(const Decimal earlier, AmountIn(contract.instalments(i).amount(), contract.currency(), "amount"));
    ASSIGN_OR_RETURN(left, Subtract(left, earlier));
  }
  ASSIGN_OR_RETURN(const Decimal target, AmountIn(obligation.target_amount(), contract.currency(), "target_amount"));
  return std::max(Decimal(), std::min(left, target));
}

absl::StatusOr<bool> IsWrittenOff(const Contract& contract, const ContractFigures& figures,
                                  const Obligation& obligation) {
  const int number = NumberOf(obligation.term(), kInstalment);
  Decimal paid = figures.paid, written_off = figures.written_off;
  for (int i = 0; i < number && i < contract.instalments_size(); ++i) {
    ASSIGN_OR_RETURN(const Decimal amount, AmountIn(contract.instalments(i).amount(), contract.currency(), "amount"));
    const Decimal by_money = std::min(amount, paid);
    ASSIGN_OR_RETURN(paid, Subtract(paid, by_money));
    ASSIGN_OR_RETURN(const Decimal missing, Subtract(amount, by_money));
    const Decimal given_up = std::min(missing, written_off);
    ASSIGN_OR_RETURN(written_off, Subtract(written_off, given_up));
    if (i + 1 == number) return missing.sign() > 0 && given_up == missing;
  }
  return false;
}

absl::Status FulfilByBooks(Decimal measured, absl::string_view actor, absl::string_view date, absl::string_view today,
                           Obligation* obligation) {
  ASSIGN_OR_RETURN(const Decimal recorded, FulfilledOf(*obligation));
  ASSIGN_OR_RETURN(Decimal more, Subtract(measured, recorded));
  if (more.sign() < 0) {
    ASSIGN_OR_RETURN(const Decimal by_books, SumByBooks(*obligation));
    more = std::max(more, -std::max(by_books, Decimal()));
  }
  if (more.is_zero()) {
    const bool disputed = obligation->state() == v1::OBLIGATION_STATE_DISPUTED;
    return disputed ? absl::OkStatus() : PlaceObligation(today, obligation);
  }
  ASSIGN_OR_RETURN(const Decimal before, TakeLineOfMonth(date, more.sign(), obligation));
  ASSIGN_OR_RETURN(const Decimal amount, Add(before, more));
  v1::Fulfilment line;
  line.set_fulfil_date(std::string(date));
  line.set_note("by the books");
  line.set_recorder(std::string(actor));
  line.set_by_books(true);
  return AddFulfilment(amount, std::move(line), today, obligation);
}

}  // namespace kam::contract::rules
