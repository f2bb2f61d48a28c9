#include "contract-svc/contracts/contract_terms.h"

#include <map>
#include <string>
#include <vector>

#include "common/status/status.h"
#include "contract-svc/contracts/commitment_book.h"
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
  return figures;
}

absl::Status Fulfil(const UnitOfWork& work, const v1::Contract& contract, const rules::ContractFigures& figures,
                    const std::string& date, const std::string& today, Obligation* obligation) {
  ASSIGN_OR_RETURN(const Decimal measured, rules::Measured(contract, figures, *obligation));
  return rules::FulfilByBooks(measured, work.actor().subject, date, today, obligation);
}

}  // namespace

absl::Status FollowTerms(const Context& context, UnitOfWork& work, const v1::Contract& contract) {
  const std::string today = context.Today(work.now());
  ASSIGN_OR_RETURN(const std::vector<Obligation> present, LockTerms(work, contract));
  std::map<std::string, const Obligation*> by_term;
  for (const Obligation& obligation : present) by_term[obligation.term()] = &obligation;
  ASSIGN_OR_RETURN(std::vector<Obligation> wanted, rules::ObligationsOf(contract, context.policy.renewal_lead_days));
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
    if (!IsOpen(*obligation)) continue;
    Change<Obligation> change{*obligation, *obligation};
    change.after.set_state(v1::OBLIGATION_STATE_TERMINATED);
    change.after.set_state_reason("no longer part of the contract");
    RETURN_IF_ERROR(work.Save(std::move(change)).status());
  }
  return absl::OkStatus();
}

absl::Status MeasureObligation(const Context& context, UnitOfWork& work, const v1::Contract& contract,
                               const std::string& date, Obligation* obligation) {
  ASSIGN_OR_RETURN(const rules::ContractFigures figures, FiguresOf(context, work, contract));
  return Fulfil(work, contract, figures, date, context.Today(work.now()), obligation);
}

absl::Status MeasureObligations(const Context& context, UnitOfWork& work, const v1::Contract& contract) {
  const std::string today = context.Today(work.now());
  ASSIGN_OR_RETURN(const std::vector<Obligation> present, LockTerms(work, contract));
  ASSIGN_OR_RETURN(const rules::ContractFigures figures, FiguresOf(context, work, contract));
  for (const Obligation& obligation : present) {
    if (!IsOpen(obligation)) continue;
    Change<Obligation> change{obligation, obligation};
    RETURN_IF_ERROR(Fulfil(work, contract, figures, today, today, &change.after));
    RETURN_IF_ERROR(work.Save(std::move(change)).status());
  }
  return absl::OkStatus();
}

}  // namespace kam::contract
