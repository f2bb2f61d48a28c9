#include "contract-svc/orders/order_book.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "common/status/status.h"
#include "contract-svc/context.h"
#include "contract-svc/rules/amounts.h"
#include "contract-svc/rules/order.h"
#include "google/type/money.pb.h"
#include "kam/receivable/v1/receipt.pb.h"

namespace kam::contract {
namespace {

using order::v1::Order;
using resource::Change;
using resource::UnitOfWork;

constexpr int kReceiptsOfOrderMax = 1000;

}  // namespace

absl::StatusOr<Decimal> UnpaidInvoices(UnitOfWork& work, const Order& order) {
  ASSIGN_OR_RETURN(
      const std::vector<mysql::Row> rows,
      work.connection().Query(
          absl::StrCat("SELECT COALESCE(SUM(i.total_amount - ", kNotOwedAnyMore, "), 0) FROM ", kInvoicesWithItems,
                       " WHERE i.order_id = ? AND i.state IN ('ISSUED', 'PARTIALLY_PAID')"),
          {mysql::Value(IdOf(order.name()))}));
  return Decimal::Parse(rows[0][0].text(), "unpaid");
}

absl::Status SettleIfPaid(UnitOfWork& work, Order* order) {
  if (order->state() != order::v1::ORDER_STATE_DELIVERED && order->state() != order::v1::ORDER_STATE_RESOLVED) {
    return absl::OkStatus();
  }
  ASSIGN_OR_RETURN(const bool invoiced, rules::FullyInvoiced(*order));
  if (!invoiced) return absl::OkStatus();
  ASSIGN_OR_RETURN(const Decimal unpaid, UnpaidInvoices(work, *order));
  if (unpaid.is_zero()) order->set_state(order::v1::ORDER_STATE_SETTLED);
  return absl::OkStatus();
}

absl::Status AddPrepayment(Decimal amount, Order* order) {
  ASSIGN_OR_RETURN(const Decimal before, rules::AmountIn(order->prepaid(), order->currency(), "prepaid"));
  ASSIGN_OR_RETURN(const Decimal after, Add(before, amount));
  if (after.sign() < 0) return Internal("more prepayment taken than there is");
  rules::SetAmount(after, order->currency(), order->mutable_prepaid());
  return absl::OkStatus();
}

absl::Status CheckPaid(UnitOfWork& work, const Order& order) {
  ASSIGN_OR_RETURN(const std::vector<mysql::Row> rows,
                   work.connection().Query("SELECT COALESCE(SUM(i.paid_amount), 0) FROM invoices i WHERE i.order_id = "
                                           "? AND i.state IN ('ISSUED', 'PARTIALLY_PAID', 'PAID')",
                                           {mysql::Value(IdOf(order.name()))}));
  ASSIGN_OR_RETURN(const Decimal paid, Decimal::Parse(rows[0][0].text(), "paid"));
  return rules::CheckPaymentGate(order, paid);
}

absl::Status ReturnPrepayments(UnitOfWork& work, Decimal amount, Order* order) {
  using receivable::v1::Receipt;
  if (amount.is_zero()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const std::vector<Receipt> receipts,
                   work.Find<Receipt>({"t.state = 'MARKED' AND t.id IN (SELECT a.parent_id FROM receipts_allocations a "
                                       "WHERE a.target = ?)",
                                       {mysql::Value(order->name())}},
                                      "ORDER BY t.id DESC", kReceiptsOfOrderMax, /*lock=*/true));
  Decimal left = amount;
  for (const Receipt& receipt : receipts) {
    Change<Receipt> change{receipt, receipt};
    const std::string& currency = receipt.amount().currency_code();
    Decimal returned;
    change.after.clear_allocations();
    for (const auto& allocation : receipt.allocations()) {
      ASSIGN_OR_RETURN(const Decimal allocated, rules::AmountIn(allocation.amount(), currency, "amount"));
      const Decimal taken = allocation.target() == order->name() ? std::min(allocated, left) : Decimal();
      ASSIGN_OR_RETURN(const Decimal stays, Subtract(allocated, taken));
      ASSIGN_OR_RETURN(left, Subtract(left, taken));
      ASSIGN_OR_RETURN(returned, Add(returned, taken));
      if (stays.is_zero()) continue;
      receivable::v1::Allocation* kept = change.after.add_allocations();
      *kept = allocation;
      rules::SetAmount(stays, currency, kept->mutable_amount());
    }
    ASSIGN_OR_RETURN(const Decimal unapplied, rules::AmountIn(receipt.unapplied(), currency, "unapplied"));
    ASSIGN_OR_RETURN(const Decimal allocated, rules::AmountIn(receipt.allocated(), currency, "allocated"));
    ASSIGN_OR_RETURN(const Decimal more, Add(unapplied, returned));
    ASSIGN_OR_RETURN(const Decimal less, Subtract(allocated, returned));
    rules::SetAmount(more, currency, change.after.mutable_unapplied());
    rules::SetAmount(less, currency, change.after.mutable_allocated());
    RETURN_IF_ERROR(work.Save(std::move(change)).status());
  }
  if (!left.is_zero()) return Internal(absl::StrCat(left.ToString(), " of the prepayment belongs to no receipt"));
  return AddPrepayment(-amount, order);
}

}  // namespace kam::contract
