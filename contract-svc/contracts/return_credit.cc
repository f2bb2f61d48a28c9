#include "contract-svc/contracts/return_credit.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "common/status/status.h"
#include "contract-svc/orders/order_book.h"
#include "contract-svc/receivables/receipt_reversal.h"
#include "contract-svc/rules/amounts.h"
#include "contract-svc/rules/receivable.h"
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

struct CreditedParts {
  LinePart here;       // A credit note was posted, or there was nothing to pay.
  LinePart of_before;  // Dealt with otherwise, before there were credit notes.
};

absl::StatusOr<LinePart> Sum(const LinePart& a, const LinePart& b) {
  LinePart sum;
  ASSIGN_OR_RETURN(sum.quantity, Add(a.quantity, b.quantity));
  ASSIGN_OR_RETURN(sum.net, Add(a.net, b.net));
  ASSIGN_OR_RETURN(sum.tax, Add(a.tax, b.tax));
  return sum;
}

absl::StatusOr<CreditedParts> Credited(UnitOfWork& work, const std::string& order_id, int order_line) {
  ASSIGN_OR_RETURN(const std::vector<mysql::Row> rows,
                   work.connection().Query("SELECT SUM(c.quantity), SUM(c.net_amount), SUM(c.tax_amount), c.of_before "
                                           "FROM contract_return_credits c WHERE c.order_id = ? AND c.order_line = ? "
                                           "GROUP BY c.of_before",
                                           {mysql::Value(order_id), order_line}));
  CreditedParts parts;
  for (const mysql::Row& row : rows) {
    ASSIGN_OR_RETURN((row[3].integer() != 0 ? parts.of_before : parts.here), PartOf(row, 0));
  }
  return parts;
}

struct Credit {
  std::string entry_id;   // Of the return.
  mysql::Value contract;  // NULL: the order has none.
  std::string order_id;
  int order_line = 0;
  std::string product;
  std::string currency;
  std::string date;
  LinePart part;
  mysql::Value note;
  bool of_before = false;
};

absl::Status Enter(UnitOfWork& work, const Credit& credit) {
  ASSIGN_OR_RETURN(const std::string id, work.NewId());
  return work.connection()
      .Execute(
          "INSERT INTO contract_return_credits (entry_id, contract_return, contract, order_id, order_line, product, "
          "quantity, currency, net_amount, tax_amount, credit_note, credit_date, of_before) VALUES (?, ?, ?, ?, "
          "?, ?, ?, ?, ?, ?, ?, ?, ?)",
          {id, credit.entry_id, credit.contract, credit.order_id, credit.order_line, credit.product,
           credit.part.quantity.ToString(), credit.currency, credit.part.net.ToString(), credit.part.tax.ToString(),
           credit.note, credit.date, credit.of_before ? 1 : 0})
      .status();
}

LinePart Negated(const LinePart& part) { return {-part.quantity, -part.net, -part.tax}; }

// What is written off of the invoices that bill the line, less what was kept off earlier credit notes for the goods of
// those invoices, is kept off `gross`.
absl::StatusOr<Decimal> NoteOf(UnitOfWork& work, const std::string& order_id, int order_line, Decimal gross) {
  const std::string billed = "EXISTS (SELECT 1 FROM invoices_lines b WHERE b.parent_id = i.id AND b.line_number = ?)";
  const std::string together = absl::StrCat(
      "c.order_line IN (SELECT d.line_number FROM invoices_lines d JOIN invoices i ON i.id = d.parent_id WHERE "
      "i.order_id = c.order_id AND ",
      billed, ")");
  ASSIGN_OR_RETURN(
      const std::vector<mysql::Row> rows,
      work.connection().Query(
          absl::StrCat("SELECT (SELECT COALESCE(SUM(r.written_off_amount), 0) FROM ", kInvoicesWithItems,
                       " WHERE i.order_id = ? AND ", billed,
                       "), (SELECT COALESCE(SUM(c.net_amount + c.tax_amount), 0) FROM contract_return_credits c WHERE "
                       "c.order_id = ? AND c.of_before = 0 AND ",
                       together,
                       "), (SELECT COALESCE(SUM(n.amount_amount), 0) FROM contract_return_credits c JOIN receipts n ON "
                       "n.id = c.credit_note WHERE c.order_id = ? AND n.state <> 'REVERSED' AND ",
                       together, ")"),
          {order_id, order_line, order_id, order_line, order_id, order_line}));
  ASSIGN_OR_RETURN(const Decimal written_off, Decimal::Parse(rows[0][0].text(), "written_off"));
  ASSIGN_OR_RETURN(const Decimal credited, Decimal::Parse(rows[0][1].text(), "credited"));
  ASSIGN_OR_RETURN(const Decimal noted, Decimal::Parse(rows[0][2].text(), "noted"));
  ASSIGN_OR_RETURN(const Decimal withheld, Subtract(credited, noted));
  return rules::NoteAmount(gross, written_off, withheld);
}

struct Return {
  std::string entry_id;
  std::string goods_receipt;
  mysql::Value contract;
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
  ASSIGN_OR_RETURN(const CreditedParts credited, Credited(work, order_id, one.order_line));
  ASSIGN_OR_RETURN(const LinePart before, Sum(credited.here, credited.of_before));
  const std::string currency = row[4].text();
  ASSIGN_OR_RETURN(const LinePart part, rules::CreditFor(one.open, invoiced, before, currency));
  if (part.quantity.is_zero()) return absl::OkStatus();
  const std::string today = context.Today(work.now());
  rules::ReturnNote note;
  ASSIGN_OR_RETURN(const Decimal gross, Add(part.net, part.tax));
  ASSIGN_OR_RETURN(note.gross, NoteOf(work, order_id, one.order_line, gross));
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
  RETURN_IF_ERROR(
      Enter(work, {one.entry_id, one.contract, order_id, one.order_line, one.product, currency, today, part, posted}));
  return connection
      .Execute("UPDATE contract_returns SET credit_open = COALESCE(credit_open, quantity) - ? WHERE entry_id = ?",
               {part.quantity.ToString(), one.entry_id})
      .status();
}

// Pieces that were dealt with before there were credit notes are not invoiced any more when their invoice is cancelled:
// the one that follows it leaves them out, so nothing is to be taken off it.
absl::Status ForgetOfBefore(UnitOfWork& work, const std::string& order_id, int order_line,
                            const CreditedParts& credited, Decimal left) {
  ASSIGN_OR_RETURN(const LinePart all, Sum(credited.here, credited.of_before));
  ASSIGN_OR_RETURN(const Decimal excess, Subtract(all.quantity, left));
  if (excess.sign() <= 0 || credited.of_before.quantity.sign() <= 0) return absl::OkStatus();
  ASSIGN_OR_RETURN(const std::vector<mysql::Row> rows,
                   work.connection().Query("SELECT c.contract_return, c.contract, c.product, c.currency, c.credit_date "
                                           "FROM contract_return_credits c WHERE c.order_id = ? AND c.order_line = ? "
                                           "AND c.of_before = 1 ORDER BY c.entry_id LIMIT 1",
                                           {mysql::Value(order_id), order_line}));
  const mysql::Row& row = rows[0];
  ASSIGN_OR_RETURN(const LinePart part, rules::ShareOfCredit(credited.of_before, excess, row[3].text()));
  return Enter(work, {row[0].text(), row[1], order_id, order_line, row[2].text(), row[3].text(), row[4].text(),
                      Negated(part), mysql::Value(), /*of_before=*/true});
}

// The credits of one return and the notes posted for them.
absl::Status UndoCredits(UnitOfWork& work, CreditBook& book, const std::string& reason, const std::string& order_id,
                         int order_line, const std::string& entry_id) {
  ASSIGN_OR_RETURN(
      const std::vector<mysql::Row> rows,
      work.connection().Query("SELECT c.quantity, c.net_amount, c.tax_amount, c.contract, c.product, c.currency, "
                              "c.credit_date, c.of_before, c.credit_note FROM contract_return_credits c WHERE "
                              "c.contract_return = ? ORDER BY c.entry_id FOR UPDATE",
                              {mysql::Value(entry_id)}));
  for (const mysql::Row& row : rows) {
    ASSIGN_OR_RETURN(const LinePart part, PartOf(row, 0));
    if (!row[8].is_null()) {
      RETURN_IF_ERROR(ReverseCreditNote(work, book, reason, absl::StrCat("receipts/", row[8].text())));
    }
    RETURN_IF_ERROR(Enter(work, {entry_id, row[3], order_id, order_line, row[4].text(), row[5].text(), row[6].text(),
                                 Negated(part), mysql::Value(), row[7].integer() != 0}));
  }
  return absl::OkStatus();
}

}  // namespace

mysql::Value ContractValue(const ReturnedGoods& goods) {
  return goods.contract.empty() ? mysql::Value() : mysql::Value(IdOf(goods.contract));
}

absl::StatusOr<Decimal> UndoReturns(UnitOfWork& work, CreditBook& book, const ReturnedGoods& goods,
                                    const std::string& reason) {
  mysql::Connection& connection = work.connection();
  const std::string order_id = IdOf(goods.order);
  const std::string& subject = goods.contract.empty() ? goods.order : goods.contract;
  ASSIGN_OR_RETURN(
      const std::vector<mysql::Row> rows,
      connection.Query("SELECT r.entry_id, r.quantity, r.actor, r.product, r.opened FROM contract_returns r WHERE "
                       "r.goods_receipt = ? AND COALESCE(r.contract, '') = ? AND r.order_id = ? AND r.order_line = ? "
                       "AND r.takes_back IS NULL AND NOT EXISTS (SELECT t.entry_id FROM contract_returns t WHERE "
                       "t.takes_back = r.entry_id) ORDER BY r.entry_id FOR UPDATE",
                       {mysql::Value(IdOf(goods.goods_receipt)), mysql::Value(IdOf(goods.contract)),
                        mysql::Value(order_id), goods.order_line}));
  Decimal opened;
  for (const mysql::Row& row : rows) {
    RETURN_IF_ERROR(rules::CheckOtherPerson(subject, work.actor().subject, row[2].text(), "recorded the return"));
    ASSIGN_OR_RETURN(const Decimal quantity, Decimal::Parse(row[1].text(), "quantity"));
    // One that was recorded before its order was counted in a commitment has opened none.
    const bool has_opened = row[4].integer() != 0;
    if (has_opened) {
      ASSIGN_OR_RETURN(opened, Add(opened, quantity));
    }
    RETURN_IF_ERROR(UndoCredits(work, book, reason, order_id, goods.order_line, row[0].text()));
    RETURN_IF_ERROR(
        connection.Execute("UPDATE contract_returns SET credit_open = 0 WHERE entry_id = ?", {row[0].text()}).status());
    ASSIGN_OR_RETURN(const std::string id, work.NewId());
    RETURN_IF_ERROR(
        connection
            .Execute(
                "INSERT INTO contract_returns (entry_id, goods_receipt, product, contract, order_id, order_line, "
                "quantity, credit_open, opened, takes_back, reason, entry_time, actor) VALUES (?, ?, ?, ?, ?, ?, ?, 0, "
                "?, ?, ?, ?, ?)",
                {id, IdOf(goods.goods_receipt), row[3].text(), ContractValue(goods), order_id, goods.order_line,
                 (-quantity).ToString(), row[4], row[0].text(), reason, work.now(), work.actor().subject})
            .status());
  }
  if (rows.empty()) {
    return FailedPrecondition(
        "RETURN_NOT_RECORDED", subject,
        absl::StrCat("no return of line ", goods.order_line, " of ", goods.order, " is recorded from ",
                     goods.goods_receipt),
        {{"order", goods.order}, {"line", absl::StrCat(goods.order_line)}, {"goodsReceipt", goods.goods_receipt}});
  }
  return opened;
}

absl::Status CreditReturns(const Context& context, UnitOfWork& work, const std::string& order) {
  const std::string order_id = IdOf(order);
  ASSIGN_OR_RETURN(const std::vector<mysql::Row> rows,
                   work.connection().Query("SELECT r.entry_id, r.goods_receipt, r.contract, r.product, r.order_line, "
                                           "COALESCE(r.credit_open, r.quantity) FROM contract_returns r WHERE "
                                           "r.order_id = ? AND COALESCE(r.credit_open, r.quantity) > 0 ORDER BY "
                                           "r.entry_id FOR UPDATE",
                                           {mysql::Value(order_id)}));
  for (const mysql::Row& row : rows) {
    Return one{row[0].text(), row[1].text(), row[2], row[3].text(), static_cast<int>(row[4].integer()), {}};
    ASSIGN_OR_RETURN(one.open, Decimal::Parse(row[5].text(), "credit_open"));
    RETURN_IF_ERROR(CreditReturn(context, work, order_id, one));
  }
  return absl::OkStatus();
}

absl::Status TakeInvoiceOut(UnitOfWork& work, const receivable::v1::Invoice& invoice, const order::v1::Order& order) {
  for (const auto& billed : invoice.lines()) {
    for (const auto& line : order.lines()) {
      if (line.line_number() != billed.line_number()) continue;
      ASSIGN_OR_RETURN(const CreditedParts credited, Credited(work, IdOf(order.name()), line.line_number()));
      ASSIGN_OR_RETURN(const Decimal left, rules::QuantityOf(line.invoiced_quantity(), "invoiced_quantity"));
      RETURN_IF_ERROR(rules::CheckCreditCovered(invoice.name(), line.line_number(), left, credited.here.quantity));
      RETURN_IF_ERROR(ForgetOfBefore(work, IdOf(order.name()), line.line_number(), credited, left));
    }
  }
  return absl::OkStatus();
}

}  // namespace kam::contract
