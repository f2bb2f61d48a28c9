#include "contract-svc/contracts/commitment_book.h"

#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "common/status/status.h"
#include "contract-svc/rules/amounts.h"
#include "contract-svc/rules/contract_lines.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/type/money.pb.h"
#include "kam/contract/v1/contract.pb.h"
#include "kam/order/v1/order.pb.h"

namespace kam::contract {
namespace {

using order::v1::Order;
using resource::UnitOfWork;
using rules::Commitment;
using rules::Commitments;
using rules::Draw;
using rules::Movement;
using Draws = std::vector<Draw>;

absl::StatusOr<Decimal> Figure(const mysql::Value& cell) {
  return cell.is_null() ? absl::StatusOr<Decimal>(Decimal()) : Decimal::Parse(cell.text(), "ledger");
}

bool Commits(const v1::Contract& contract) {
  switch (contract.state()) {
    case v1::CONTRACT_STATE_SIGNED:
    case v1::CONTRACT_STATE_ACTIVE:
    case v1::CONTRACT_STATE_SUSPENDED:
    case v1::CONTRACT_STATE_EXPIRING:
    case v1::CONTRACT_STATE_TERMINATED:
    case v1::CONTRACT_STATE_CLOSED:
      return true;
    default:
      return false;
  }
}

struct Cause {
  std::string order;  // Id; empty: the contract itself.
  int order_line = 0;
};

// One line of the journal; counts up the entries of the chain, whose row is locked.
absl::Status Enter(UnitOfWork& work, const std::string& contract, int line_number, const char* kind, Decimal amount,
                   const Cause& cause) {
  if (amount.is_zero()) return absl::OkStatus();
  RETURN_IF_ERROR(work.connection()
                      .Execute("UPDATE contract_commitments SET last_entry = last_entry + 1 WHERE contract = ? AND "
                               "line_number = ?",
                               {contract, line_number})
                      .status());
  return work.connection()
      .Execute(
          "INSERT INTO contract_commitment_entries (contract, line_number, entry_number, kind, amount, order_id, "
          "order_line, entry_time, actor) SELECT c.contract, c.line_number, c.last_entry, ?, ?, ?, ?, ?, ? FROM "
          "contract_commitments c WHERE c.contract = ? AND c.line_number = ?",
          {kind, amount.ToString(), cause.order.empty() ? mysql::Value() : mysql::Value(cause.order), cause.order_line,
           work.now(), work.actor().subject, contract, line_number})
      .status();
}

absl::Status EnterMovement(UnitOfWork& work, const std::string& contract, int line_number, const Movement& movement,
                           const Commitment& commitment, const Cause& cause) {
  RETURN_IF_ERROR(work.connection()
                      .Execute("UPDATE contract_commitments SET reserved = ?, released = ?, invoiced = ?, returned = ? "
                               "WHERE contract = ? AND line_number = ?",
                               {commitment.reserved.ToString(), commitment.released.ToString(),
                                commitment.invoiced.ToString(), commitment.returned.ToString(), contract, line_number})
                      .status());
  RETURN_IF_ERROR(Enter(work, contract, line_number, "RESERVE", movement.reserved, cause));
  RETURN_IF_ERROR(Enter(work, contract, line_number, "RELEASE", movement.released, cause));
  RETURN_IF_ERROR(Enter(work, contract, line_number, "INVOICE", movement.invoiced, cause));
  return Enter(work, contract, line_number, "RETURN", movement.returned, cause);
}

absl::StatusOr<Draws> LoadDraws(UnitOfWork& work, const std::string& contract, const std::string& order) {
  ASSIGN_OR_RETURN(const std::vector<mysql::Row> rows,
                   work.connection().Query("SELECT d.order_line, d.line_number, d.unit_price, d.quantity, d.reserved, "
                                           "d.released, d.invoiced, d.returned FROM contract_draws d WHERE d.order_id "
                                           "= ? AND d.contract = ? ORDER BY d.order_line, d.line_number",
                                           {order, contract}));
  Draws draws;
  for (const mysql::Row& row : rows) {
    Draw draw;
    draw.order_line = static_cast<int>(row[0].integer());
    draw.line_number = static_cast<int>(row[1].integer());
    ASSIGN_OR_RETURN(draw.unit_price, Figure(row[2]));
    ASSIGN_OR_RETURN(draw.quantity, Figure(row[3]));
    ASSIGN_OR_RETURN(draw.reserved, Figure(row[4]));
    ASSIGN_OR_RETURN(draw.released, Figure(row[5]));
    ASSIGN_OR_RETURN(draw.invoiced, Figure(row[6]));
    ASSIGN_OR_RETURN(draw.returned, Figure(row[7]));
    draws.push_back(draw);
  }
  return draws;
}

absl::Status StoreDraw(UnitOfWork& work, const std::string& contract, const std::string& order,
                       const std::string& order_date, const Draw& draw) {
  return work.connection()
      .Execute(
          "INSERT INTO contract_draws (order_id, order_line, contract, line_number, unit_price, quantity, reserved, "
          "released, invoiced, returned, order_date) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON DUPLICATE KEY UPDATE "
          "unit_price = VALUES(unit_price), quantity = VALUES(quantity), reserved = VALUES(reserved), released = "
          "VALUES(released), invoiced = VALUES(invoiced), returned = VALUES(returned), order_date = VALUES(order_date)",
          {order, draw.order_line, contract, draw.line_number, draw.unit_price.ToString(), draw.quantity.ToString(),
           draw.reserved.ToString(), draw.released.ToString(), draw.invoiced.ToString(), draw.returned.ToString(),
           order_date})
      .status();
}

// Counts the change from `before` to `after`, which have the same keys, and stores it.
absl::Status Count(UnitOfWork& work, const std::string& contract, const std::string& order,
                   const std::string& order_date, const Draws& before, const Draws& after, bool history,
                   Commitments* commitments) {
  for (const Draw& draw : after) {
    Draw was;
    for (const Draw& old : before) {
      if (old.order_line == draw.order_line && old.line_number == draw.line_number) was = old;
    }
    if (was == draw) continue;
    const auto found = commitments->find(draw.line_number);
    if (found == commitments->end()) return Internal(absl::StrCat("no commitment for line ", draw.line_number));
    ASSIGN_OR_RETURN(const Movement movement,
                     rules::CountDraw(absl::StrCat("contracts/", contract), was, draw, history, &found->second));
    RETURN_IF_ERROR(StoreDraw(work, contract, order, order_date, draw));
    RETURN_IF_ERROR(EnterMovement(work, contract, draw.line_number, movement, found->second, {order, draw.order_line}));
  }
  return absl::OkStatus();
}

// Takes everything that the order draws off the books.
absl::Status Forget(UnitOfWork& work, const std::string& contract, const std::string& order,
                    const std::string& order_date, const Draws& draws, Commitments* commitments) {
  Draws none = draws;
  for (Draw& draw : none) draw.reserved = draw.released = draw.invoiced = draw.returned = Decimal();
  RETURN_IF_ERROR(Count(work, contract, order, order_date, draws, none, /*history=*/true, commitments));
  return work.connection()
      .Execute("DELETE FROM contract_draws WHERE order_id = ? AND contract = ?", {order, contract})
      .status();
}

// `anew`: what was counted is taken off the books first. `history`: it is counted, not refused.
absl::Status Post(UnitOfWork& work, const Order& order, bool anew, bool history) {
  const std::string contract_id = IdOf(order.contract());
  const std::string order_id = IdOf(order.name());
  const bool cancelled = order.state() == order::v1::ORDER_STATE_CANCELLED;
  ASSIGN_OR_RETURN(Commitments commitments, LoadCommitments(work.connection(), order.contract(), /*lock=*/true));
  // An order of the past may belong to a contract that commits nothing here.
  if (commitments.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(Draws draws, LoadDraws(work, contract_id, order_id));
  if (!draws.empty() && anew) {
    RETURN_IF_ERROR(Forget(work, contract_id, order_id, order.order_date(), draws, &commitments));
    draws.clear();
  }
  if (draws.empty()) {
    if (cancelled) return absl::OkStatus();
    ASSIGN_OR_RETURN(const v1::Contract contract, work.Load<v1::Contract>(order.contract()));
    ASSIGN_OR_RETURN(const rules::AgreedTerms terms, rules::TermsOn(contract, commitments, order.order_date()));
    ASSIGN_OR_RETURN(draws, rules::ShareOut(terms, order, history));
    RETURN_IF_ERROR(rules::PlaceDraws(order, &draws));
    return Count(work, contract_id, order_id, order.order_date(), {}, draws, history, &commitments);
  }
  Draws placed = draws;
  RETURN_IF_ERROR(rules::PlaceDraws(order, &placed));
  return Count(work, contract_id, order_id, order.order_date(), draws, placed, history, &commitments);
}

}  // namespace

absl::StatusOr<Commitments> LoadCommitments(mysql::Connection& connection, const std::string& contract, bool lock) {
  ASSIGN_OR_RETURN(const std::vector<mysql::Row> rows,
                   connection.Query(absl::StrCat("SELECT c.line_number, c.basis, c.committed, c.tolerance_percent, "
                                                 "c.reserved, c.released, c.invoiced, c.returned FROM "
                                                 "contract_commitments c WHERE c.contract = ? ORDER BY c.line_number",
                                                 lock ? " FOR UPDATE" : ""),
                                    {mysql::Value(IdOf(contract))}));
  Commitments commitments;
  for (const mysql::Row& row : rows) {
    Commitment& commitment = commitments[static_cast<int>(row[0].integer())];
    commitment.by_value = row[1].text() == "VALUE";
    ASSIGN_OR_RETURN(commitment.committed, Figure(row[2]));
    ASSIGN_OR_RETURN(commitment.tolerance_percent, Figure(row[3]));
    ASSIGN_OR_RETURN(commitment.reserved, Figure(row[4]));
    ASSIGN_OR_RETURN(commitment.released, Figure(row[5]));
    ASSIGN_OR_RETURN(commitment.invoiced, Figure(row[6]));
    ASSIGN_OR_RETURN(commitment.returned, Figure(row[7]));
  }
  return commitments;
}

absl::StatusOr<rules::FactsByRoot> LoadChainFacts(const Context& context, mysql::Connection& connection,
                                                  const std::string& contract) {
  ASSIGN_OR_RETURN(const Commitments commitments, LoadCommitments(connection, contract, /*lock=*/false));
  rules::FactsByRoot facts;
  for (const auto& [root, commitment] : commitments) {
    ASSIGN_OR_RETURN(facts[root].drawn, rules::Drawn(commitment));
  }
  ASSIGN_OR_RETURN(
      std::vector<mysql::Row> rows,
      connection.Query("SELECT d.line_number, MAX(d.order_date) FROM contract_draws d WHERE d.contract = ? AND "
                       "d.reserved + d.released + d.invoiced > 0 GROUP BY d.line_number",
                       {mysql::Value(IdOf(contract))}));
  for (const mysql::Row& row : rows) facts[static_cast<int>(row[0].integer())].last_order_date = row[1].text();
  ASSIGN_OR_RETURN(rows, connection.Query("SELECT e.line_number, MAX(e.entry_time) FROM contract_commitment_entries e "
                                          "WHERE e.contract = ? AND e.kind = 'INVOICE' GROUP BY e.line_number",
                                          {mysql::Value(IdOf(contract))}));
  for (const mysql::Row& row : rows) {
    facts[static_cast<int>(row[0].integer())].last_invoice_date = context.Today(row[1].time());
  }
  return facts;
}

absl::Status PostContract(UnitOfWork& work, const v1::Contract& contract) {
  if (!Commits(contract)) return absl::OkStatus();
  const std::string id = IdOf(contract.name());
  ASSIGN_OR_RETURN(const Commitments present, LoadCommitments(work.connection(), contract.name(), /*lock=*/true));
  for (const int root : rules::Roots(contract)) {
    const v1::ContractLine* last = rules::LastOf(contract, root);
    Decimal committed;
    std::string product, basis = "QUANTITY", tolerance = "0";
    if (last == nullptr) {  // Withdrawn before it began: nothing is promised any more.
      for (const v1::ContractLine& line : contract.lines()) {
        if (line.line_number() == root) product = IdOf(line.product());
      }
    } else {
      ASSIGN_OR_RETURN(committed, rules::PromisedBy(contract, *last));
      product = IdOf(last->product());
      if (last->commitment_basis() == v1::COMMITMENT_BASIS_VALUE) basis = "VALUE";
      if (!last->tolerance_percent().empty()) tolerance = last->tolerance_percent();
    }
    const auto found = present.find(root);
    if (found == present.end()) {
      RETURN_IF_ERROR(work.connection()
                          .Execute("INSERT INTO contract_commitments (contract, line_number, product, basis, "
                                   "committed, tolerance_percent) VALUES (?, ?, ?, ?, ?, ?)",
                                   {id, root, product, basis, committed.ToString(), tolerance})
                          .status());
      RETURN_IF_ERROR(Enter(work, id, root, "COMMIT", committed, {}));
      continue;
    }
    ASSIGN_OR_RETURN(const Decimal tolerance_now, rules::QuantityOf(tolerance, "tolerance_percent"));
    if (found->second.committed == committed && found->second.tolerance_percent == tolerance_now) continue;
    RETURN_IF_ERROR(work.connection()
                        .Execute("UPDATE contract_commitments SET committed = ?, tolerance_percent = ? WHERE contract "
                                 "= ? AND line_number = ?",
                                 {committed.ToString(), tolerance, id, root})
                        .status());
    ASSIGN_OR_RETURN(const Decimal more, Subtract(committed, found->second.committed));
    RETURN_IF_ERROR(Enter(work, id, root, "COMMIT", more, {}));
  }
  return absl::OkStatus();
}

absl::Status PostOrder(UnitOfWork& work, const Order* before, const Order& after) {
  if (after.contract().empty()) return absl::OkStatus();
  if (before != nullptr && !rules::DrawsMayDiffer(*before, after)) return absl::OkStatus();
  const bool reopened = before != nullptr && before->state() == order::v1::ORDER_STATE_CANCELLED &&
                        after.state() != order::v1::ORDER_STATE_CANCELLED;
  return Post(work, after, reopened || work.importing(), work.importing());
}

absl::Status ForgetOrder(UnitOfWork& work, const Order& order) {
  if (order.contract().empty()) return absl::OkStatus();
  const std::string contract_id = IdOf(order.contract()), order_id = IdOf(order.name());
  ASSIGN_OR_RETURN(Commitments commitments, LoadCommitments(work.connection(), order.contract(), /*lock=*/true));
  ASSIGN_OR_RETURN(const Draws draws, LoadDraws(work, contract_id, order_id));
  if (draws.empty()) return absl::OkStatus();
  return Forget(work, contract_id, order_id, order.order_date(), draws, &commitments);
}

absl::Status CountOrder(UnitOfWork& work, const Order& order) {
  if (order.contract().empty()) return absl::OkStatus();
  return Post(work, order, /*anew=*/false, /*history=*/true);
}

absl::Status PostReturn(UnitOfWork& work, const std::string& contract, const std::string& order, int order_line,
                        Decimal quantity) {
  const std::string contract_id = IdOf(contract);
  ASSIGN_OR_RETURN(Commitments commitments, LoadCommitments(work.connection(), contract, /*lock=*/true));
  ASSIGN_OR_RETURN(const Draws draws, LoadDraws(work, contract_id, IdOf(order)));
  ASSIGN_OR_RETURN(
      const std::vector<mysql::Row> rows,
      work.connection().Query("SELECT o.order_date, l.delivered_quantity FROM orders o JOIN orders_lines l "
                              "ON l.parent_id = o.id WHERE o.id = ? AND l.line_number = ?",
                              {mysql::Value(IdOf(order)), order_line}));
  Decimal delivered;
  if (!rows.empty()) {
    ASSIGN_OR_RETURN(delivered, Figure(rows[0][1]));
  }
  Draws after = draws;
  RETURN_IF_ERROR(rules::TakeBack(order, order_line, delivered, quantity, &after));
  return Count(work, contract_id, IdOf(order), rows.empty() ? "" : rows[0][0].text(), draws, after, /*history=*/false,
               &commitments);
}

absl::Status UndoReturn(UnitOfWork& work, const std::string& contract, const std::string& order, int order_line,
                        Decimal quantity) {
  const std::string contract_id = IdOf(contract);
  ASSIGN_OR_RETURN(Commitments commitments, LoadCommitments(work.connection(), contract, /*lock=*/true));
  ASSIGN_OR_RETURN(const Draws draws, LoadDraws(work, contract_id, IdOf(order)));
  ASSIGN_OR_RETURN(
      const std::vector<mysql::Row> rows,
      work.connection().Query("SELECT o.order_date FROM orders o WHERE o.id = ?", {mysql::Value(IdOf(order))}));
  if (rows.empty()) return NotFound(order);
  Draws after = draws;
  RETURN_IF_ERROR(rules::UndoTakeBack(order, order_line, quantity, &after));
  return Count(work, contract_id, IdOf(order), rows[0][0].text(), draws, after, /*history=*/true, &commitments);
}

}  // namespace kam::contract
