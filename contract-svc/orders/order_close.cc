#include "contract-svc/orders/order_close.h"

#include <map>

#include "absl/strings/str_cat.h"
#include "common/status/status.h"
#include "contract-svc/orders/gift_sale.h"
#include "contract-svc/orders/issue_note.h"
#include "contract-svc/orders/order_book.h"
#include "contract-svc/orders/quota_book.h"
#include "contract-svc/rules/amounts.h"
#include "contract-svc/rules/order.h"
#include "contract-svc/rules/receivable.h"
#include "google/type/money.pb.h"

namespace kam::contract {
namespace {

using order::v1::Order;
using resource::Change;
using resource::UnitOfWork;

absl::Status CheckNoDeliveryUnderWay(UnitOfWork& work, const Order& order) {
  ASSIGN_OR_RETURN(const std::vector<mysql::Row> rows,
                   work.connection().Query("SELECT COUNT(d.id) FROM deliveries d WHERE d.order_id = ? AND d.state IN "
                                           "('PLANNED', 'SHIPPED')",
                                           {mysql::Value(IdOf(order.name()))}));
  if (rows[0][0].integer() == 0) return absl::OkStatus();
  return FailedPrecondition("DELIVERY_UNDER_WAY", order.name(), "cancel or end its deliveries first",
                            {{"deliveries", absl::StrCat(rows[0][0].integer())}});
}

}  // namespace

absl::Status CancelOrder(UnitOfWork& work, CreditBook& book, const std::string& reason, Change<Order>* change) {
  RETURN_IF_ERROR(rules::CheckReason(reason));
  RETURN_IF_ERROR(CheckNoDeliveryUnderWay(work, change->before));
  RETURN_IF_ERROR(rules::CheckNothingDelivered(change->before));
  RETURN_IF_ERROR(CheckGiftsKeepSale(work, change->before));
  RETURN_IF_ERROR(CancelIssueNote(work, change->before));
  ASSIGN_OR_RETURN(const Decimal prepaid,
                   rules::AmountIn(change->before.prepaid(), change->before.currency(), "prepaid"));
  RETURN_IF_ERROR(ReturnPrepayments(work, prepaid, &change->after));
  RETURN_IF_ERROR(
      book.Release(change->before.name(), receivable::v1::CREDIT_RESERVATION_STATE_RELEASED, "order cancelled"));
  RETURN_IF_ERROR(FreeQuotas(work, change->before));
  change->after.set_state_reason(reason);
  change->after.clear_state_before();
  change->after.set_credit_hold(false);
  return absl::OkStatus();
}

absl::Status CloseOrderShort(UnitOfWork& work, CreditBook& book, const std::string& reason, Change<Order>* change) {
  Order& order = change->after;
  RETURN_IF_ERROR(rules::CheckReason(reason));
  RETURN_IF_ERROR(CheckNoDeliveryUnderWay(work, order));
  ASSIGN_OR_RETURN(const Decimal closed, rules::CloseShort(reason, &order));
  RETURN_IF_ERROR(CheckGiftsKeepSale(work, change->before));
  RETURN_IF_ERROR(book.Reduce(order.name(), closed, "closed short"));
  std::map<std::string, Decimal> given_up;
  for (int i = 0; i < order.lines_size(); ++i) {
    ASSIGN_OR_RETURN(const Decimal before, rules::WantedQuantity(change->before.lines(i)));
    ASSIGN_OR_RETURN(const Decimal after, rules::WantedQuantity(order.lines(i)));
    ASSIGN_OR_RETURN(const Decimal less, Subtract(before, after));
    Decimal& sum = given_up[order.lines(i).product()];
    ASSIGN_OR_RETURN(sum, Add(sum, less));
  }
  RETURN_IF_ERROR(FreeQuotas(work, order, given_up));
  // What was received beyond what is still to be invoiced is on account again.
  ASSIGN_OR_RETURN(const Decimal payable, rules::PayableTotal(order));
  ASSIGN_OR_RETURN(const Decimal invoiced, rules::InvoicedTotal(order));
  ASSIGN_OR_RETURN(const Decimal uninvoiced, Subtract(payable, invoiced));
  ASSIGN_OR_RETURN(const Decimal prepaid, rules::AmountIn(order.prepaid(), order.currency(), "prepaid"));
  ASSIGN_OR_RETURN(const Decimal surplus, Subtract(prepaid, uninvoiced));
  if (surplus.sign() > 0) RETURN_IF_ERROR(ReturnPrepayments(work, surplus, &order));
  return SettleIfPaid(work, &order);
}

}  // namespace kam::contract
