#include "contract-svc/rules/receivable.h"

#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "common/money/money.h"
#include "common/status/status.h"
#include "contract-svc/rules/amounts.h"
#include "contract-svc/rules/time.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/type/money.pb.h"
#include "kam/order/v1/order.pb.h"
#include "kam/receivable/v1/invoice.pb.h"
#include "kam/receivable/v1/receipt.pb.h"

namespace kam::contract::rules {
namespace {

using order::v1::Order;
using order::v1::OrderLine;
using receivable::v1::Invoice;
using receivable::v1::InvoiceLine;
using receivable::v1::Receipt;

struct LineState {
  Decimal quantity, delivered, invoiced_quantity, amount, tax, invoiced, invoiced_tax;
};

absl::StatusOr<LineState> ReadLine(const OrderLine& line, const std::string& currency) {
  LineState state;
  ASSIGN_OR_RETURN(state.quantity, QuantityOf(line.quantity(), "quantity"));
  ASSIGN_OR_RETURN(state.delivered, QuantityOf(line.delivered_quantity(), "delivered_quantity"));
  ASSIGN_OR_RETURN(state.invoiced_quantity, QuantityOf(line.invoiced_quantity(), "invoiced_quantity"));
  ASSIGN_OR_RETURN(state.amount, AmountIn(line.amount(), currency, "amount"));
  ASSIGN_OR_RETURN(state.tax, AmountIn(line.tax(), currency, "tax"));
  ASSIGN_OR_RETURN(state.invoiced, AmountIn(line.invoiced(), currency, "invoiced"));
  ASSIGN_OR_RETURN(state.invoiced_tax, AmountIn(line.invoiced_tax(), currency, "invoiced_tax"));
  return state;
}

absl::Status NotDelivered(const Order& order, int line, Decimal asked, const LineState& state) {
  return FailedPrecondition(
      "QUANTITY_NOT_DELIVERED", order.name(),
      absl::StrCat("line ", line, ": ", asked.ToString(), " cannot be invoiced: ", state.delivered.ToString(),
                   " delivered, ", state.invoiced_quantity.ToString(), " invoiced before"),
      {{"line", absl::StrCat(line)},
       {"quantity", asked.ToString()},
       {"delivered", state.delivered.ToString()},
       {"invoiced", state.invoiced_quantity.ToString()}});
}

}  // namespace

absl::Status CheckBounds(const AgeingBounds& bounds) {
  if (bounds[0] >= 1 && bounds[1] > bounds[0] && bounds[2] > bounds[1]) return absl::OkStatus();
  return InvalidField("bounds", "AGEING_BOUNDS_INVALID", "must be three growing numbers of days, the first at least 1",
                      {{"bounds", absl::StrCat(bounds[0], " ", bounds[1], " ", bounds[2])}});
}

int AgeingBucket(int64_t days_overdue, const AgeingBounds& bounds) {
  if (days_overdue <= 0) return 0;
  for (size_t i = 0; i < bounds.size(); ++i) {
    if (days_overdue <= bounds[i]) return static_cast<int>(i) + 1;
  }
  return kAgeingBuckets - 1;
}

absl::StatusOr<std::string> TurnoverDays(Decimal opening, Decimal closing, Decimal credit_sales, int64_t days) {
  if (credit_sales.is_zero()) return std::string();
  ASSIGN_OR_RETURN(const Decimal both, Add(opening, closing));
  ASSIGN_OR_RETURN(const Decimal period, Decimal::FromInt64(days));
  ASSIGN_OR_RETURN(const Decimal twice, Add(credit_sales, credit_sales));
  ASSIGN_OR_RETURN(const Decimal turnover, MultiplyDivide(both, period, twice, 2));
  return turnover.ToString();
}

absl::StatusOr<InvoiceQuantities> OpenForInvoice(const Order& order) {
  InvoiceQuantities open;
  for (const OrderLine& line : order.lines()) {
    ASSIGN_OR_RETURN(const LineState state, ReadLine(line, order.currency()));
    ASSIGN_OR_RETURN(const Decimal left, Subtract(state.delivered, state.invoiced_quantity));
    if (left.sign() > 0) open.emplace_back(line.line_number(), left);
  }
  if (open.empty()) {
    return FailedPrecondition("NOTHING_TO_INVOICE", order.name(),
                              "nothing was delivered that is not invoiced: an invoice follows the accepted delivery");
  }
  return open;
}

absl::Status FillInvoice(const Order& order, const InvoiceQuantities& quantities, Invoice* invoice) {
  ASSIGN_OR_RETURN(const Currency currency, Currency::Parse(order.currency(), "order.currency"));
  const int minor = currency.minor_unit();
  invoice->clear_lines();
  Decimal net_total, tax_total;
  std::set<int> seen;
  for (const auto& [number, quantity] : quantities) {
    const OrderLine* found = nullptr;
    for (const OrderLine& line : order.lines()) {
      if (line.line_number() == number) found = &line;
    }
    if (found == nullptr) {
      return InvalidField("lines.line_number", "ORDER_LINE_UNKNOWN", absl::StrCat("the order has no line ", number),
                          {{"line", absl::StrCat(number)}});
    }
    if (!seen.insert(number).second) {
      return InvalidField("lines.line_number", "LINE_NUMBER_REPEATED", absl::StrCat("line ", number, " stands twice"),
                          {{"line", absl::StrCat(number)}});
    }
    ASSIGN_OR_RETURN(const LineState state, ReadLine(*found, order.currency()));
    ASSIGN_OR_RETURN(const Decimal upto, Add(state.invoiced_quantity, quantity));
    if (upto > state.delivered) return NotDelivered(order, number, quantity, state);
    ASSIGN_OR_RETURN(const Decimal net_upto, ShareOfLine(state.amount, upto, state.quantity, minor));
    ASSIGN_OR_RETURN(const Decimal tax_upto, ShareOfLine(state.tax, upto, state.quantity, minor));
    ASSIGN_OR_RETURN(const Decimal net, Subtract(net_upto, state.invoiced));
    ASSIGN_OR_RETURN(const Decimal tax, Subtract(tax_upto, state.invoiced_tax));
    ASSIGN_OR_RETURN(const Decimal gross, Add(net, tax));
    ASSIGN_OR_RETURN(net_total, Add(net_total, net));
    ASSIGN_OR_RETURN(tax_total, Add(tax_total, tax));
    InvoiceLine* line = invoice->add_lines();
    line->set_line_number(number);
    line->set_product(found->product());
    line->set_quantity(quantity.ToString());
    *line->mutable_unit_price() = found->unit_price();
    line->set_tax_rate(found->tax_rate());
    SetAmount(net, order.currency(), line->mutable_net());
    SetAmount(tax, order.currency(), line->mutable_tax());
    SetAmount(gross, order.currency(), line->mutable_gross());
  }
  ASSIGN_OR_RETURN(const Decimal total, Add(net_total, tax_total));
  SetAmount(net_total, order.currency(), invoice->mutable_net_total());
  SetAmount(tax_total, order.currency(), invoice->mutable_tax_total());
  SetAmount(total, order.currency(), invoice->mutable_total());
  return absl::OkStatus();
}

absl::Status CountInvoice(const Invoice& invoice, int sign, Order* order) {
  for (const InvoiceLine& billed : invoice.lines()) {
    for (OrderLine& line : *order->mutable_lines()) {
      if (line.line_number() != billed.line_number()) continue;
      ASSIGN_OR_RETURN(const LineState state, ReadLine(line, order->currency()));
      ASSIGN_OR_RETURN(const Decimal quantity, QuantityOf(billed.quantity(), "quantity"));
      ASSIGN_OR_RETURN(const Decimal net, AmountIn(billed.net(), order->currency(), "net"));
      ASSIGN_OR_RETURN(const Decimal tax, AmountIn(billed.tax(), order->currency(), "tax"));
      ASSIGN_OR_RETURN(const Decimal upto, Add(state.invoiced_quantity, sign > 0 ? quantity : -quantity));
      if (upto > state.delivered) return NotDelivered(*order, line.line_number(), quantity, state);
      ASSIGN_OR_RETURN(const Decimal net_upto, Add(state.invoiced, sign > 0 ? net : -net));
      ASSIGN_OR_RETURN(const Decimal tax_upto, Add(state.invoiced_tax, sign > 0 ? tax : -tax));
      line.set_invoiced_quantity(upto.ToString());
      SetAmount(net_upto, order->currency(), line.mutable_invoiced());
      SetAmount(tax_upto, order->currency(), line.mutable_invoiced_tax());
    }
  }
  return absl::OkStatus();
}

absl::Status PayInvoice(Decimal amount, absl::string_view field, Invoice* invoice) {
  if (invoice->state() != receivable::v1::INVOICE_STATE_ISSUED &&
      invoice->state() != receivable::v1::INVOICE_STATE_PARTIALLY_PAID) {
    return FailedPrecondition("TARGET_NOT_OPEN", invoice->name(),
                              "only an issued invoice that is not paid takes a payment",
                              {{"state", receivable::v1::InvoiceState_Name(invoice->state())}});
  }
  const std::string& currency = invoice->currency();
  ASSIGN_OR_RETURN(const Decimal total, AmountIn(invoice->total(), currency, "total"));
  ASSIGN_OR_RETURN(const Decimal paid, AmountIn(invoice->paid(), currency, "paid"));
  ASSIGN_OR_RETURN(const Decimal left, Subtract(total, paid));
  if (amount > left) {
    return InvalidField(field, "ALLOCATION_EXCEEDS_TARGET",
                        absl::StrCat(AmountText(amount, currency), " is more than the ", AmountText(left, currency),
                                     " that are open on the invoice"),
                        {{"amount", amount.ToString()}, {"open", left.ToString()}, {"target", invoice->name()}});
  }
  ASSIGN_OR_RETURN(const Decimal now_paid, Add(paid, amount));
  SetAmount(now_paid, currency, invoice->mutable_paid());
  invoice->set_state(now_paid == total ? receivable::v1::INVOICE_STATE_PAID
                                       : receivable::v1::INVOICE_STATE_PARTIALLY_PAID);
  return absl::OkStatus();
}

absl::Status UnpayInvoice(Decimal amount, Invoice* invoice) {
  const std::string& currency = invoice->currency();
  ASSIGN_OR_RETURN(const Decimal paid, AmountIn(invoice->paid(), currency, "paid"));
  ASSIGN_OR_RETURN(const Decimal left, Subtract(paid, amount));
  if (left.sign() < 0) return Internal(absl::StrCat(invoice->name(), " would be paid with ", left.ToString()));
  SetAmount(left, currency, invoice->mutable_paid());
  invoice->set_state(left.is_zero() ? receivable::v1::INVOICE_STATE_ISSUED
                                    : receivable::v1::INVOICE_STATE_PARTIALLY_PAID);
  return absl::OkStatus();
}

absl::Status AcknowledgeHandover(int index, absl::string_view actor, absl::Time now, Invoice* invoice) {
  if (index < 1 || index > invoice->handovers_size()) {
    return InvalidField("handover", "HANDOVER_NOT_FOUND",
                        absl::StrCat("the invoice has ", invoice->handovers_size(), " hand-overs"),
                        {{"count", absl::StrCat(invoice->handovers_size())}});
  }
  receivable::v1::Handover* handover = invoice->mutable_handovers(index - 1);
  if (handover->acknowledged()) {
    return FailedPrecondition("HANDOVER_ACKNOWLEDGED", invoice->name(), "this hand-over is acknowledged already",
                              {{"handover", absl::StrCat(index)}});
  }
  const bool to_employee = !handover->receiver().empty();
  if (to_employee ? handover->receiver() != actor : handover->giver() == actor) {
    return Error(absl::StatusCode::kPermissionDenied, "NOT_THE_RECEIVER",
                 to_employee ? "only the employee who got the paper confirms it"
                             : "whoever gave the paper away cannot confirm for the customer that it arrived",
                 {{"handover", absl::StrCat(index)}});
  }
  handover->set_acknowledged(true);
  handover->set_acknowledger(std::string(actor));
  SetTime(now, handover->mutable_acknowledge_time());
  return absl::OkStatus();
}

absl::Status RecordReceipt(absl::string_view actor, absl::string_view today, Receipt* receipt) {
  if (receipt->method() == receivable::v1::PAYMENT_METHOD_CREDIT_NOTE) {
    return InvalidField("receipt.method", "PAYMENT_METHOD_NOT_ALLOWED",
                        "a credit note is posted by the business it comes from, not written down as money");
  }
  const bool cheque = receipt->method() == receivable::v1::PAYMENT_METHOD_CHEQUE;
  if (cheque && receipt->cheque_number().empty()) {
    return InvalidField("receipt.cheque_number", "CHEQUE_NUMBER_REQUIRED", "must be set for a cheque");
  }
  if (absl::string_view(receipt->received_date()) > today) {
    return InvalidField("receipt.received_date", "RECEIVED_DATE_INVALID", "must not be in the future",
                        {{"today", std::string(today)}});
  }
  const std::string& currency = receipt->amount().currency_code();
  ASSIGN_OR_RETURN(const Decimal amount, AmountIn(receipt->amount(), currency, "receipt.amount"));
  Decimal asked;
  for (int i = 0; i < receipt->allocations_size(); ++i) {
    ASSIGN_OR_RETURN(const Decimal part, AmountIn(receipt->allocations(i).amount(), currency,
                                                  absl::StrCat("receipt.allocations[", i, "].amount")));
    ASSIGN_OR_RETURN(asked, Add(asked, part));
  }
  if (asked > amount) {
    return InvalidField("receipt.allocations", "ALLOCATIONS_EXCEED_RECEIPT",
                        absl::StrCat("add up to ", AmountText(asked, currency), ", more than the ",
                                     AmountText(amount, currency), " received"),
                        {{"amount", amount.ToString()}, {"allocated", asked.ToString()}});
  }
  receipt->set_state(cheque ? receivable::v1::RECEIPT_STATE_AWAITING_APPROVAL : receivable::v1::RECEIPT_STATE_RECORDED);
  receipt->set_recorder(std::string(actor));
  SetAmount(Decimal(), currency, receipt->mutable_allocated());
  *receipt->mutable_unapplied() = receipt->amount();
  return absl::OkStatus();
}

absl::Status ImportReceipt(absl::string_view actor, Receipt* receipt) {
  if (receipt->allocations_size() > 0) {
    return InvalidField("receipt.allocations", "ALLOCATIONS_NOT_IMPORTED",
                        "payments of the past are imported on account; allocate them afterwards");
  }
  if (receipt->state() == receivable::v1::RECEIPT_STATE_UNSPECIFIED) {
    receipt->set_state(receivable::v1::RECEIPT_STATE_MARKED);
  }
  receipt->set_history(true);
  SetAmount(Decimal(), receipt->amount().currency_code(), receipt->mutable_allocated());
  *receipt->mutable_unapplied() = receipt->amount();
  receipt->set_recorder(std::string(actor));
  return absl::OkStatus();
}

absl::Status ApproveCheque(absl::string_view actor, absl::Time now, Receipt* receipt) {
  RETURN_IF_ERROR(CheckOtherPerson(receipt->name(), actor, receipt->recorder(), "recorded the cheque"));
  receipt->set_approver(std::string(actor));
  SetTime(now, receipt->mutable_approve_time());
  return absl::OkStatus();
}

absl::Status MarkReceipt(absl::string_view actor, absl::Time now, Receipt* receipt) {
  RETURN_IF_ERROR(CheckOtherPerson(receipt->name(), actor, receipt->recorder(), "recorded the receipt"));
  receipt->set_marker(std::string(actor));
  SetTime(now, receipt->mutable_mark_time());
  return absl::OkStatus();
}

absl::Status ReverseReceipt(absl::string_view actor, absl::Time now, absl::string_view reason, Receipt* receipt) {
  if (!receipt->source().empty()) {
    return FailedPrecondition("CREDIT_NOTE_FOLLOWS_SOURCE", receipt->name(),
                              "a credit note stands as long as what it comes from", {{"source", receipt->source()}});
  }
  RETURN_IF_ERROR(CheckReason(reason));
  RETURN_IF_ERROR(CheckOtherPerson(receipt->name(), actor, receipt->recorder(), "recorded the receipt"));
  RETURN_IF_ERROR(CheckOtherPerson(receipt->name(), actor, receipt->marker(), "marked the receipt"));
  WriteReversal(actor, now, reason, receipt);
  return absl::OkStatus();
}

void WriteReversal(absl::string_view actor, absl::Time now, absl::string_view reason, Receipt* receipt) {
  receipt->set_reverser(std::string(actor));
  SetTime(now, receipt->mutable_reverse_time());
  receipt->set_reverse_reason(std::string(reason));
  receipt->clear_allocations();
  SetAmount(Decimal(), receipt->amount().currency_code(), receipt->mutable_allocated());
  *receipt->mutable_unapplied() = receipt->amount();
}

absl::Status ConsumeReceipt(Decimal amount, absl::string_view field, Receipt* receipt) {
  const std::string currency = receipt->amount().currency_code();
  ASSIGN_OR_RETURN(const Decimal unapplied, AmountIn(receipt->unapplied(), currency, "unapplied"));
  ASSIGN_OR_RETURN(const Decimal allocated, AmountIn(receipt->allocated(), currency, "allocated"));
  if (amount > unapplied) {
    return InvalidField(field, "RECEIPT_EXHAUSTED",
                        absl::StrCat(AmountText(amount, currency), " is more than the ",
                                     AmountText(unapplied, currency), " of the receipt that are not allocated"),
                        {{"amount", amount.ToString()}, {"unapplied", unapplied.ToString()}});
  }
  ASSIGN_OR_RETURN(const Decimal left, Subtract(unapplied, amount));
  ASSIGN_OR_RETURN(const Decimal used, Add(allocated, amount));
  SetAmount(left, currency, receipt->mutable_unapplied());
  SetAmount(used, currency, receipt->mutable_allocated());
  return absl::OkStatus();
}

absl::Status CheckReason(absl::string_view reason) {
  if (!absl::StripAsciiWhitespace(reason).empty()) return absl::OkStatus();
  return InvalidField("reason", "REASON_REQUIRED", "must be given: it stands in the history");
}

absl::Status CheckOtherPerson(absl::string_view subject, absl::string_view actor, absl::string_view other,
                              absl::string_view what) {
  if (other.empty() || actor != other) return absl::OkStatus();
  return FailedPrecondition("SEPARATION_OF_DUTIES", subject,
                            absl::StrCat("must be done by somebody else than who ", what),
                            {{"actor", std::string(actor)}});
}

}  // namespace kam::contract::rules
