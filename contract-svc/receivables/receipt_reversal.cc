#include "contract-svc/receivables/receipt_reversal.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/status/status.h"
#include "contract-svc/orders/order_book.h"
#include "contract-svc/rules/amounts.h"
#include "contract-svc/rules/order.h"
#include "contract-svc/rules/receivable.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/type/money.pb.h"
#include "kam/order/v1/order.pb.h"
#include "kam/receivable/v1/invoice.pb.h"

namespace kam::contract {
namespace {

using order::v1::Order;
using receivable::v1::Allocation;
using receivable::v1::Invoice;
using receivable::v1::Receipt;
using receivable::v1::ReceivableItem;
using resource::Change;
using resource::UnitOfWork;
using rules::AmountIn;

constexpr int kInvoicesOfOrderMax = 1000;

// `from_prepayment`: the part was paid with money received before the invoice.
absl::Status UnpayInvoice(UnitOfWork& work, CreditBook& book, const Invoice& invoice, Decimal amount,
                          bool from_prepayment) {
  Change<Invoice> change{invoice, invoice};
  RETURN_IF_ERROR(rules::UnpayInvoice(amount, &change.after));
  if (from_prepayment) {
    ASSIGN_OR_RETURN(const Decimal prepaid, AmountIn(invoice.prepaid(), invoice.currency(), "prepaid"));
    ASSIGN_OR_RETURN(const Decimal left, Subtract(prepaid, amount));
    rules::SetAmount(left, invoice.currency(), change.after.mutable_prepaid());
  }
  RETURN_IF_ERROR(work.Save(std::move(change)).status());
  ASSIGN_OR_RETURN(const ReceivableItem item, book.FindItem(invoice.name()));
  return book.UnpayItem(item, amount);
}

absl::Status UndoInvoice(UnitOfWork& work, CreditBook& book, const std::string& name, Decimal amount) {
  ASSIGN_OR_RETURN(
      const std::vector<mysql::Row> rows,
      work.connection().Query("SELECT i.order_id FROM invoices i WHERE i.id = ?", {mysql::Value(IdOf(name))}));
  if (rows.empty()) return NotFound(name);
  ASSIGN_OR_RETURN(const Order order, work.Load<Order>(absl::StrCat("orders/", rows[0][0].text())));
  ASSIGN_OR_RETURN(const Invoice invoice, work.Load<Invoice>(name));
  RETURN_IF_ERROR(UnpayInvoice(work, book, invoice, amount, /*from_prepayment=*/false));
  Change<Order> change{order, order};
  rules::Unsettle(&change.after);
  return work.Save(std::move(change)).status();
}

// What is left of a prepayment is taken first; the rest has paid invoices of the order, the last one last.
absl::Status UndoPrepayment(UnitOfWork& work, CreditBook& book, const std::string& name, Decimal amount) {
  ASSIGN_OR_RETURN(const Order order, work.Load<Order>(name));
  Change<Order> change{order, order};
  ASSIGN_OR_RETURN(const Decimal prepaid, AmountIn(order.prepaid(), order.currency(), "prepaid"));
  const Decimal first = std::min(prepaid, amount);
  RETURN_IF_ERROR(AddPrepayment(-first, &change.after));
  ASSIGN_OR_RETURN(Decimal left, Subtract(amount, first));
  ASSIGN_OR_RETURN(const std::vector<Invoice> invoices,
                   work.Find<Invoice>({"t.order_id = ? AND t.prepaid_amount > 0", {mysql::Value(IdOf(name))}},
                                      "ORDER BY t.id DESC", kInvoicesOfOrderMax, /*lock=*/true));
  for (const Invoice& invoice : invoices) {
    if (left.is_zero()) break;
    ASSIGN_OR_RETURN(const Decimal applied, AmountIn(invoice.prepaid(), invoice.currency(), "prepaid"));
    const Decimal taken = std::min(applied, left);
    RETURN_IF_ERROR(UnpayInvoice(work, book, invoice, taken, /*from_prepayment=*/true));
    ASSIGN_OR_RETURN(left, Subtract(left, taken));
  }
  if (!left.is_zero()) return Internal(absl::StrCat(left.ToString(), " of the prepayment of ", name, " is nowhere"));
  rules::Unsettle(&change.after);
  rules::TakeBackPaidRelease("the receipt was reversed", &change.after);
  return work.Save(std::move(change)).status();
}

absl::Status UndoAllocations(UnitOfWork& work, CreditBook& book, const Receipt& receipt) {
  for (const Allocation& allocation : receipt.allocations()) {
    const std::string& target = allocation.target();
    ASSIGN_OR_RETURN(const Decimal amount, AmountIn(allocation.amount(), receipt.amount().currency_code(), "amount"));
    if (absl::StartsWith(target, "invoices/")) {
      RETURN_IF_ERROR(UndoInvoice(work, book, target, amount));
    } else if (absl::StartsWith(target, "orders/")) {
      RETURN_IF_ERROR(UndoPrepayment(work, book, target, amount));
    } else {
      ASSIGN_OR_RETURN(const ReceivableItem item, book.FindItem(target));
      RETURN_IF_ERROR(book.UnpayItem(item, amount));
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status ReverseReceipt(UnitOfWork& work, CreditBook& book, const std::string& reason, Change<Receipt>* change) {
  RETURN_IF_ERROR(rules::ReverseReceipt(work.actor().subject, work.now(), reason, &change->after));
  return UndoAllocations(work, book, change->before);
}

absl::Status ReverseCreditNote(UnitOfWork& work, CreditBook& book, const std::string& reason, const std::string& note) {
  ASSIGN_OR_RETURN(const Receipt receipt, work.Load<Receipt>(note));
  Change<Receipt> change{receipt, receipt};
  rules::WriteReversal(work.actor().subject, work.now(), reason, &change.after);
  change.after.set_state(receivable::v1::RECEIPT_STATE_REVERSED);
  RETURN_IF_ERROR(UndoAllocations(work, book, receipt));
  return work.Save(std::move(change)).status();
}

}  // namespace kam::contract
