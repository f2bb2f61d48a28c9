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

}  // namespace

absl::StatusOr<std::vector<Obligation>> ObligationsOf(const Contract& contract, int lead_days) {
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
    ASSIGN_OR_RETURN(const std::string day, ReminderDay(contract, lead_days));
    obligations.push_back(NewObligation(contract, kRenewal, v1::OBLIGATION_KIND_REVIEW, "Decide on the renewal", day));
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

absl::Status FulfilByBooks(Decimal measured, absl::string_view actor, absl::string_view date, absl::string_view today,
                           Obligation* obligation) {
  v1::RecordFulfilmentRequest books;
  books.set_fulfil_date(std::string(date));
  books.set_note("by the books");
  if (obligation->has_target_amount()) {
    const std::string& currency = obligation->target_amount().currency_code();
    ASSIGN_OR_RETURN(const Decimal recorded, AmountIn(obligation->fulfilled_amount(), currency, "fulfilled_amount"));
    ASSIGN_OR_RETURN(const Decimal more, Subtract(measured, recorded));
    if (more.sign() <= 0) return PlaceObligation(today, obligation);
    SetAmount(more, currency, books.mutable_amount());
  } else {
    ASSIGN_OR_RETURN(const Decimal recorded, QuantityOf(obligation->fulfilled_quantity(), "fulfilled_quantity"));
    ASSIGN_OR_RETURN(const Decimal more, Subtract(measured, recorded));
    if (more.sign() <= 0) return PlaceObligation(today, obligation);
    books.set_quantity(more.ToString());
  }
  return Fulfil(books, actor, today, obligation);
}

}  // namespace kam::contract::rules
