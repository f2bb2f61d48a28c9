#include "contract-svc/contracts/return_credit.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "common/status/status.h"
#include "contract-svc/rules/amounts.h"
#include "contract-svc/rules/return_credit.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/type/money.pb.h"
#include "kam/order/v1/order.pb.h"
#include "kam/receivable/v1/invoice.pb.h"
#include "kam/receivable/v1/receipt.pb.h"

namespace kam::contract {
namespace {

using resource::UnitOfWork;
using rules::LinePart;

// From three cells that are never NULL.
absl::StatusOr<LinePart> PartOf(const mysql::Row& row, size_t first) {
  LinePart part;
  ASSIGN_OR_RETURN(part.quantity, Decimal::Parse(row[first].text(), "quantity"));
  ASSIGN_OR_RETURN(part.net, Decimal::Parse(row[first + 1].text(), "net"));
  ASSIGN_OR_RETURN(part.tax, Decimal::Parse(row[first + 2].text(), "tax"));
  return part;
}

absl::StatusOr<LinePart> Credited(UnitOfWork& work, const std::string& order_id, int order_line) {
  ASSIGN_OR_RETURN(const std::vector<mysql::Row> rows,
                   work.connection().Query("SELECT COALESCE(SUM(c.quantity), 0), COALESCE(SUM(c.net_amount), 0), "
                                           "COALESCE(SUM(c.tax_amount), 0) FROM contract_return_credits c WHERE "
                                           "c.order_id = ? AND c.order_line = ?",
                                           {mysql::Value(order_id), order_line}));
  return PartOf(rows[0], 0);
}

struct Return {
  std::string entry_id;
  std::string goods_receipt;
  std::string contract;
  std::string product;
  int order_line = 0;
  Decimal open;
};

absl::Status CreditReturn(const Context& context, UnitOfWork& work, const std::string& order_id, const Return& one) {
  mysql::Connection& connection = work.connection();
  ASSIGN_OR_RETURN(
      const std::vector<mysql::Row> rows,
      connection.Query("SELECT COALESCE(l.invoiced_quantity, 0), COALESCE(l.invoiced_amount, 0), "
                       "COALESCE(l.invoiced_tax_amount, 0), o.account, o.currency, o.number, g.receiver, g.number FROM "
                       "orders o JOIN orders_lines l ON l.parent_id = o.id AND l.line_number = ? JOIN goods_receipts g "
                       "ON g.id = ? WHERE o.id = ?",
                       {one.order_line, one.goods_receipt, order_id}));
  if (rows.empty()) return Internal(absl::StrCat("line ", one.order_line, " of orders/", order_id, " is nowhere"));
  const mysql::Row& row = rows[0];
  ASSIGN_OR_RETURN(const LinePart invoiced, PartOf(row, 0));
  ASSIGN_OR_RETURN(const LinePart before, Credited(work, order_id, one.order_line));
  const std::string currency = row[4].text();
  ASSIGN_OR_RETURN(const LinePart part, rules::CreditFor(one.open, invoiced, before, currency));
  if (part.quantity.is_zero()) return absl::OkStatus();
  const std::string today = context.Today(work.now());
  rules::ReturnNote note;
  ASSIGN_OR_RETURN(note.gross, Add(part.net, part.tax));
  mysql::Value posted;
  if (!note.gross.is_zero()) {
    note.account = absl::StrCat("accounts/", row[3].text());
    note.source = absl::StrCat("goodsReceipts/", one.goods_receipt);
    note.recorder = row[6].is_null() ? "" : row[6].text();
    note.marker = work.actor().subject;
    note.remark = absl::StrCat("Return ", row[7].text(), " of order ", row[5].text(), ", line ", one.order_line);
    note.currency = currency;
    receivable::v1::Receipt receipt = rules::CreditNoteOf(note, today);
    SetTime(work.now(), receipt.mutable_mark_time());
    ASSIGN_OR_RETURN(receipt, work.Insert(std::move(receipt)));
    posted = mysql::Value(IdOf(receipt.name()));
  }
  ASSIGN_OR_RETURN(const std::string id, work.NewId());
  RETURN_IF_ERROR(
      connection
          .Execute("INSERT INTO contract_return_credits (entry_id, contract_return, contract, order_id, "
                   "order_line, product, quantity, currency, net_amount, tax_amount, credit_note, "
                   "credit_date) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                   {id, one.entry_id, one.contract, order_id, one.order_line, one.product, part.quantity.ToString(),
                    currency, part.net.ToString(), part.tax.ToString(), posted, today})
          .status());
  return connection
      .Execute("UPDATE contract_returns SET credit_open = credit_open - ? WHERE entry_id = ?",
               {part.quantity.ToString(), one.entry_id})
      .status();
}

}  // namespace

absl::Status CreditReturns(const Context& context, UnitOfWork& work, const std::string& order) {
  const std::string order_id = IdOf(order);
  ASSIGN_OR_RETURN(const std::vector<mysql::Row> rows,
                   work.connection().Query("SELECT r.entry_id, r.goods_receipt, r.contract, r.product, r.order_line, "
                                           "r.credit_open FROM contract_returns r WHERE r.order_id = ? AND "
                                           "r.credit_open > 0 ORDER BY r.entry_id FOR UPDATE",
                                           {mysql::Value(order_id)}));
  for (const mysql::Row& row : rows) {
    Return one{row[0].text(), row[1].text(), row[2].text(), row[3].text(), static_cast<int>(row[4].integer()), {}};
    ASSIGN_OR_RETURN(one.open, Decimal::Parse(row[5].text(), "credit_open"));
    RETURN_IF_ERROR(CreditReturn(context, work, order_id, one));
  }
  return absl::OkStatus();
}

absl::Status CheckReturnsCovered(UnitOfWork& work, const receivable::v1::Invoice& invoice,
                                 const order::v1::Order& order) {
  for (const auto& billed : invoice.lines()) {
    for (const auto& line : order.lines()) {
      if (line.line_number() != billed.line_number()) continue;
      ASSIGN_OR_RETURN(const LinePart credited, Credited(work, IdOf(order.name()), line.line_number()));
      ASSIGN_OR_RETURN(const Decimal left, rules::QuantityOf(line.invoiced_quantity(), "invoiced_quantity"));
      RETURN_IF_ERROR(rules::CheckCreditCovered(invoice.name(), line.line_number(), left, credited.quantity));
    }
  }
  return absl::OkStatus();
}

}  // namespace kam::contract
