#include "contract-svc/contracts/contract_terms.h"

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/status/status.h"
#include "contract-svc/contracts/commitment_book.h"
#include "contract-svc/orders/order_book.h"
#include "contract-svc/rules/contract.h"
#include "contract-svc/rules/obligation_terms.h"
#include "contract-svc/rules/performance.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/type/money.pb.h"

namespace kam::contract {
namespace {

using resource::Change;
using resource::UnitOfWork;
using v1::Obligation;

constexpr int kTermsMax = 2000;

bool IsOpen(const Obligation& obligation) {
  return obligation.state() == v1::OBLIGATION_STATE_IN_FORCE || obligation.state() == v1::OBLIGATION_STATE_OVERDUE;
}

absl::Status End(UnitOfWork& work, const Obligation& obligation, const char* reason) {
  Change<Obligation> change{obligation, obligation};
  change.after.set_state(v1::OBLIGATION_STATE_TERMINATED);
  change.after.set_state_reason(reason);
  return work.Save(std::move(change)).status();
}

absl::StatusOr<std::vector<Obligation>> LockTerms(UnitOfWork& work, const v1::Contract& contract) {
  return work.Find<Obligation>({"t.contract = ? AND t.term IS NOT NULL", {mysql::Value(IdOf(contract.name()))}},
                               "ORDER BY t.id", kTermsMax, /*lock=*/true);
}

absl::StatusOr<rules::ContractFigures> FiguresOf(const Context& context, UnitOfWork& work,
                                                 const v1::Contract& contract) {
  rules::ContractFigures figures;
  mysql::Connection& connection = work.connection();
  ASSIGN_OR_RETURN(const rules::FactsByRoot facts, LoadChainFacts(context, connection, contract.name()));
  for (const auto& [root, chain] : facts) figures.called_off[root] = chain.drawn;
  const std::string id = IdOf(contract.name());
  ASSIGN_OR_RETURN(
      std::vector<mysql::Row> rows,
      connection.Query(
          "SELECT d.line_number, CAST(SUM(LEAST(d.quantity, COALESCE(l.delivered_quantity, 0)) * CASE WHEN c.basis = "
          "'VALUE' THEN d.unit_price ELSE 1 END) AS DECIMAL(27,9)) FROM contract_draws d JOIN orders_lines l ON "
          "l.parent_id = d.order_id AND "
          "l.line_number = d.order_line JOIN contract_commitments c ON c.contract = d.contract AND c.line_number = "
          "d.line_number WHERE d.contract = ? GROUP BY d.line_number",
          {id}));
  for (const mysql::Row& row : rows) {
    ASSIGN_OR_RETURN(figures.delivered[static_cast<int>(row[0].integer())], Decimal::Parse(row[1].text(), "delivered"));
  }
  ASSIGN_OR_RETURN(
      rows, connection.Query("SELECT COALESCE(SUM(u.paid), 0) FROM (SELECT COALESCE(o.prepaid_amount, 0) AS paid "
                             "FROM orders o WHERE o.contract = ? AND o.state <> 'CANCELLED' UNION ALL SELECT "
                             "i.paid_amount FROM invoices i JOIN orders p ON p.id = i.order_id WHERE p.contract "
                             "= ? AND i.state <> 'CANCELLED') u",
                             {id, id}));
  ASSIGN_OR_RETURN(figures.paid, Decimal::Parse(rows[0][0].text(), "paid"));
  ASSIGN_OR_RETURN(
      rows, connection.Query(absl::StrCat("SELECT COALESCE(SUM(r.written_off_amount), 0) FROM ", kInvoicesWithItems,
                                          " JOIN orders p ON p.id = i.order_id WHERE p.contract = ? AND "
                                          "i.state <> 'CANCELLED'"),
                             {id}));
  ASSIGN_OR_RETURN(figures.written_off, Decimal::Parse(rows[0][0].text(), "written off"));
  return figures;
}

// What nobody owes any more is not fulfilled, and not open either.
absl::Status Fulfil(const UnitOfWork& work, const v1::Contract& contract, const rules::ContractFigures& figures,
                    const std::string& date, const std::string& today, Obligation* obligation) {
  ASSIGN_OR_RETURN(const Decimal measured, rules::Measured(contract, figures, *obligation));
  RETURN_IF_ERROR(rules::FulfilByBooks(measured, work.actor().subject, date, today, obligation));
  if (!IsOpen(*obligation)) return absl::OkStatus();
  ASSIGN_OR_RETURN(const bool written_off, rules::IsWrittenOff(contract, figures, *obligation));
  if (!written_off) return absl::OkStatus();
  obligation->set_state(v1::OBLIGATION_STATE_TERMINATED);
  obligation->set_state_reason("written off");
  return absl::OkStatus();
}

}  // namespace

absl::Status FollowTerms(const Context& context, UnitOfWork& work, const v1::Contract& contract) {
  const std::string today = context.Today(work.now());
  ASSIGN_OR_RETURN(const std::vector<Obligation> present, LockTerms(work, contract));
  std::map<std::string, const Obligation*> by_term;
  for (const Obligation& obligation : present) by_term[obligation.term()] = &obligation;
  ASSIGN_OR_RETURN(std::vector<Obligation> wanted, rules::ObligationsOf(contract));
  for (Obligation& obligation : wanted) {
    const auto found = by_term.find(obligation.term());
    if (found == by_term.end()) {
      RETURN_IF_ERROR(rules::CompleteObligation(contract, today, &obligation));
      RETURN_IF_ERROR(work.Insert(std::move(obligation)).status());
      continue;
    }
    const Obligation& before = *found->second;
    by_term.erase(found);
    // What somebody has ended stays ended.
    if (before.state() == v1::OBLIGATION_STATE_TERMINATED) continue;
    Change<Obligation> change{before, before};
    RETURN_IF_ERROR(rules::ReviseObligation(obligation, today, &change.after));
    RETURN_IF_ERROR(work.Save(std::move(change)).status());
  }
  for (const auto& [term, obligation] : by_term) {
    if (IsOpen(*obligation)) RETURN_IF_ERROR(End(work, *obligation, "no longer part of the contract"));
  }
  return ScheduleMeasure(context, work, contract.name());
}

absl::Status ScheduleMeasure(const Context& context, UnitOfWork& work, const std::string& contract, absl::Time after) {
  ASSIGN_OR_RETURN(const absl::Time due, context.EndOf(context.Today(std::max(work.now(), after))));
  return schedule::Schedule(work, kDueMeasure, contract, due);
}

absl::Status MeasureObligation(const Context& context, UnitOfWork& work, const v1::Contract& contract,
                               const std::string& date, Obligation* obligation) {
  ASSIGN_OR_RETURN(const rules::ContractFigures figures, FiguresOf(context, work, contract));
  return Fulfil(work, contract, figures, date, context.Today(work.now()), obligation);
}

absl::StatusOr<std::vector<Obligation>> MeasureObligations(const Context& context, UnitOfWork& work,
                                                           const v1::Contract& contract, std::string date) {
  const std::string today = context.Today(work.now());
  if (date.empty()) date = today;
  ASSIGN_OR_RETURN(std::vector<Obligation> present, LockTerms(work, contract));
  if (present.empty()) return present;
  ASSIGN_OR_RETURN(const rules::ContractFigures figures, FiguresOf(context, work, contract));
  for (Obligation& obligation : present) {
    if (obligation.state() == v1::OBLIGATION_STATE_TERMINATED) continue;
    Change<Obligation> change{obligation, obligation};
    RETURN_IF_ERROR(Fulfil(work, contract, figures, date, today, &change.after));
    ASSIGN_OR_RETURN(obligation, work.Save(std::move(change)));
  }
  return present;
}

absl::Status MeasureDay(const Context& context, UnitOfWork& work, const schedule::DueItem& item) {
  ASSIGN_OR_RETURN(const v1::Contract contract, work.Load<v1::Contract>(item.resource));
  if (!rules::IsRunning(contract)) return absl::OkStatus();
  RETURN_IF_ERROR(
      MeasureObligations(context, work, contract, context.Today(item.due_time - absl::Seconds(1))).status());
  // Also what an earlier program has made of the terms.
  RETURN_IF_ERROR(FollowTerms(context, work, contract));
  RETURN_IF_ERROR(ScheduleMeasure(context, work, contract.name(), item.due_time));
  // Nobody asks on which days it was measured.
  return work.connection()
      .Execute("DELETE FROM due_items WHERE resource = ? AND kind = ? AND done_time IS NOT NULL",
               {contract.name(), kDueMeasure})
      .status();
}

}  // namespace kam::contract
