// kam.receivable.v1.InvoiceService (C-29).
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "common/resource/standard.h"
#include "common/status/status.h"
#include "common/time/date.h"
#include "contract-svc/contracts/return_credit.h"
#include "contract-svc/orders/order_book.h"
#include "contract-svc/orders/sales_ledger.h"
#include "contract-svc/receivables/credit_book.h"
#include "contract-svc/reference_of_row.h"
#include "contract-svc/rules/amounts.h"
#include "contract-svc/rules/receivable.h"
#include "contract-svc/sales.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/type/money.pb.h"
#include "kam/order/v1/order.pb.h"
#include "kam/receivable/v1/invoice_service.pb.h"

namespace kam::contract {
namespace {

namespace pb = receivable::v1;
using order::v1::Order;
using resource::Change;
using resource::UnitOfWork;
using rules::AmountIn;
using rules::SetAmount;

constexpr char kService[] = "kam.receivable.v1.InvoiceService";

std::string Rpc(absl::string_view method) { return absl::StrCat(kService, "/", method); }

absl::StatusOr<pb::Invoice> Create(const Context& context, rpc::Call& call, const pb::CreateInvoiceRequest& request) {
  const resource::Type& type = *context.runtime.catalog().Find(pb::Invoice::descriptor());
  return context.runtime.Write<pb::Invoice>(call, request, [&](UnitOfWork& work) -> absl::StatusOr<pb::Invoice> {
    ASSIGN_OR_RETURN(const Order order, work.Load<Order>(request.order(), call.level()));
    rules::InvoiceQuantities quantities;
    for (int i = 0; i < request.lines_size(); ++i) {
      ASSIGN_OR_RETURN(const Decimal quantity,
                       Decimal::Parse(request.lines(i).quantity(), absl::StrCat("lines[", i, "].quantity")));
      quantities.emplace_back(request.lines(i).line_number(), quantity);
    }
    if (quantities.empty()) {
      ASSIGN_OR_RETURN(quantities, rules::OpenForInvoice(order));
    }
    pb::Invoice invoice;
    invoice.set_account(order.account());
    invoice.set_order(order.name());
    invoice.set_currency(order.currency());
    invoice.set_terms_days(order.terms_days());
    invoice.set_state(pb::INVOICE_STATE_DRAFT);
    SetAmount(Decimal(), order.currency(), invoice.mutable_paid());
    RETURN_IF_ERROR(rules::FillInvoice(order, quantities, &invoice));
    ASSIGN_OR_RETURN(invoice, work.Insert(std::move(invoice)));
    RETURN_IF_ERROR(work.CheckReach(type, invoice, call.level()));
    return invoice;
  });
}

// An invoice's verb that moves money: locks the credit account, the order, the invoice.
template <typename Request, typename Fn>
absl::StatusOr<pb::Invoice> WithBooks(const Context& context, rpc::Call& call, const Request& request, Fn fn) {
  RETURN_IF_ERROR(EnsureNamesOf(context.directory, call, {}));
  return context.runtime.Write<pb::Invoice>(call, request, [&](UnitOfWork& work) -> absl::StatusOr<pb::Invoice> {
    ASSIGN_OR_RETURN(const std::string account,
                     ReferenceOfRow(work, pb::Invoice::descriptor(), "account", request.name()));
    ASSIGN_OR_RETURN(CreditBook book, CreditBook::Open(context, work, account));
    ASSIGN_OR_RETURN(const std::vector<mysql::Row> rows,
                     work.connection().Query("SELECT i.order_id FROM invoices i WHERE i.id = ?",
                                             {mysql::Value(IdOf(request.name()))}));
    if (rows.empty()) return NotFound(request.name());
    ASSIGN_OR_RETURN(const Order order, work.Load<Order>(absl::StrCat("orders/", rows[0][0].text())));
    ASSIGN_OR_RETURN(auto change, work.Begin<pb::Invoice>(request));
    Change<Order> order_change{order, order};
    RETURN_IF_ERROR(fn(work, book, &change, &order_change));
    ASSIGN_OR_RETURN(pb::Invoice saved, work.Save(std::move(change)));
    // The sum over the invoices is asked after this one is stored.
    RETURN_IF_ERROR(SettleIfPaid(work, &order_change.after));
    RETURN_IF_ERROR(work.Save(std::move(order_change)).status());
    // What came back before it was invoiced.
    RETURN_IF_ERROR(CreditReturns(context, work, order.name()));
    RETURN_IF_ERROR(book.Save());
    return saved;
  });
}

absl::Status Issue(const Context& context, UnitOfWork& work, CreditBook& book, Change<pb::Invoice>* change,
                   Change<Order>* order) {
  pb::Invoice& invoice = change->after;
  const std::string today = context.Today(work.now());
  // Amounts are worked out again: another invoice may have been issued since the draft.
  rules::InvoiceQuantities quantities;
  for (const pb::InvoiceLine& line : change->before.lines()) {
    ASSIGN_OR_RETURN(const Decimal quantity, Decimal::Parse(line.quantity(), "quantity"));
    quantities.emplace_back(line.line_number(), quantity);
  }
  RETURN_IF_ERROR(rules::FillInvoice(order->before, quantities, &invoice));
  RETURN_IF_ERROR(rules::CountInvoice(invoice, 1, &order->after));
  invoice.set_state(pb::INVOICE_STATE_ISSUED);
  invoice.set_issue_date(today);
  ASSIGN_OR_RETURN(const std::string due, AddDays(today, invoice.terms_days()));
  invoice.set_due_date(due);
  invoice.set_issuer(work.actor().is_program() ? "" : work.actor().subject);
  ASSIGN_OR_RETURN(const Decimal total, AmountIn(invoice.total(), invoice.currency(), "total"));
  RETURN_IF_ERROR(book.Invoice(invoice.order(), total));
  if (total.is_zero()) {
    invoice.set_state(pb::INVOICE_STATE_PAID);
    return absl::OkStatus();
  }
  pb::ReceivableItem item;
  item.set_kind(pb::RECEIVABLE_KIND_INVOICE);
  item.set_source(invoice.name());
  *item.mutable_amount() = invoice.total();
  item.set_item_date(today);
  item.set_due_date(due);
  RETURN_IF_ERROR(book.AddItem(std::move(item), "INVOICE", today));
  // What was paid before delivery pays the invoice.
  ASSIGN_OR_RETURN(const Decimal prepaid, AmountIn(order->before.prepaid(), invoice.currency(), "prepaid"));
  const Decimal applied = std::min(prepaid, total);
  if (applied.sign() <= 0) return absl::OkStatus();
  RETURN_IF_ERROR(AddPrepayment(-applied, &order->after));
  RETURN_IF_ERROR(rules::PayInvoice(applied, "prepaid", &invoice));
  SetAmount(applied, invoice.currency(), invoice.mutable_prepaid());
  ASSIGN_OR_RETURN(const pb::ReceivableItem stored, book.FindItem(invoice.name()));
  return book.PayItem(stored, applied, "prepaid");
}

absl::Status Cancel(UnitOfWork& work, CreditBook& book, const std::string& reason, Change<pb::Invoice>* change,
                    Change<Order>* order) {
  RETURN_IF_ERROR(rules::CheckReason(reason));
  change->after.set_cancel_reason(reason);
  if (change->before.state() == pb::INVOICE_STATE_DRAFT) return absl::OkStatus();
  const std::string& currency = change->before.currency();
  ASSIGN_OR_RETURN(const Decimal paid, AmountIn(change->before.paid(), currency, "paid"));
  if (!paid.is_zero()) {
    return FailedPrecondition("INVOICE_HAS_PAYMENTS", change->before.name(), "something was paid on it",
                              {{"paid", paid.ToString()}});
  }
  ASSIGN_OR_RETURN(const pb::ReceivableItem item, book.FindItem(change->before.name()));
  ASSIGN_OR_RETURN(const Decimal written_off, AmountIn(item.written_off(), currency, "written_off"));
  if (!written_off.is_zero()) {
    // Two have given the money up: one clerk does not make it owed again by another invoice.
    return FailedPrecondition("INVOICE_WRITTEN_OFF", change->before.name(), "something of it was written off",
                              {{"writtenOff", written_off.ToString()}});
  }
  RETURN_IF_ERROR(rules::CountInvoice(change->before, -1, &order->after));
  RETURN_IF_ERROR(TakeInvoiceOut(work, change->before, order->after));
  ASSIGN_OR_RETURN(const Decimal total, AmountIn(change->before.total(), currency, "total"));
  RETURN_IF_ERROR(book.CancelItem(item));
  return book.Invoice(change->before.order(), -total);
}

absl::StatusOr<pb::Invoice> Pass(const Context& context, rpc::Call& call, const pb::PassInvoiceRequest& request) {
  RETURN_IF_ERROR(context.directory.EnsureCaller(call));
  RETURN_IF_ERROR(EnsureNamesOf(context.directory, call, {&request}));
  if (request.receiver().empty() == request.receiver_name().empty()) {
    return InvalidField("receiver", "RECEIVER_REQUIRED",
                        "name the employee or the person at the customer, one of them");
  }
  return context.runtime.Write<pb::Invoice>(call, request, [&](UnitOfWork& work) -> absl::StatusOr<pb::Invoice> {
    ASSIGN_OR_RETURN(auto change, work.Begin<pb::Invoice>(request));
    const std::string today = context.Today(work.now());
    ASSIGN_OR_RETURN(const std::string due, request.due_date().empty()
                                                ? AddDays(today, context.policy.handover_days)
                                                : absl::StatusOr<std::string>(request.due_date()));
    if (due < today) {
      return InvalidField("due_date", "DUE_DATE_INVALID", "must not be in the past",
                          {{"value", due}, {"today", today}});
    }
    ASSIGN_OR_RETURN(const std::string latest, AddDays(today, context.policy.handover_days_max));
    if (due > latest) {
      return InvalidField("due_date", "DUE_DATE_INVALID", absl::StrCat("must not be after ", latest),
                          {{"value", due}, {"latest", latest}});
    }
    pb::Handover* handover = change.after.add_handovers();
    handover->set_due_date(due);
    handover->set_document(request.document());
    handover->set_giver(work.actor().subject);
    handover->set_receiver(request.receiver());
    handover->set_receiver_name(request.receiver_name());
    SetTime(work.now(), handover->mutable_hand_time());
    return work.Save(std::move(change));
  });
}

}  // namespace

void RegisterInvoices(const Context& context, rpc::Registry* registry) {
  resource::Hooks hooks;
  hooks.on_saved =
      resource::OnSaved<pb::Invoice>([context](UnitOfWork& work, const pb::Invoice* before, const pb::Invoice& after) {
        return RecordInvoice(context, work, before, after);
      });
  context.runtime.SetHooks(pb::Invoice::descriptor(), std::move(hooks));
  resource::RegisterStandardMethods(context.runtime, kService, registry);
  registry->Add<pb::CreateInvoiceRequest, pb::Invoice>(
      Rpc("CreateInvoice"),
      [context](rpc::Call& call, const pb::CreateInvoiceRequest& request) { return Create(context, call, request); });
  registry->Add<pb::IssueInvoiceRequest, pb::Invoice>(
      Rpc("IssueInvoice"), [context](rpc::Call& call, const pb::IssueInvoiceRequest& request) {
        return WithBooks(context, call, request, [&](UnitOfWork& work, CreditBook& book, auto* invoice, auto* order) {
          return Issue(context, work, book, invoice, order);
        });
      });
  registry->Add<pb::CancelInvoiceRequest, pb::Invoice>(
      Rpc("CancelInvoice"), [context](rpc::Call& call, const pb::CancelInvoiceRequest& request) {
        return WithBooks(context, call, request, [&](UnitOfWork& work, CreditBook& book, auto* invoice, auto* order) {
          return Cancel(work, book, request.reason(), invoice, order);
        });
      });
  registry->Add<pb::PassInvoiceRequest, pb::Invoice>(
      Rpc("PassInvoice"),
      [context](rpc::Call& call, const pb::PassInvoiceRequest& request) { return Pass(context, call, request); });
  registry->Add<pb::AcknowledgeInvoiceRequest, pb::Invoice>(
      Rpc("AcknowledgeInvoice"),
      [context](rpc::Call& call, const pb::AcknowledgeInvoiceRequest& request) -> absl::StatusOr<pb::Invoice> {
        return context.runtime.Write<pb::Invoice>(call, request, [&](UnitOfWork& work) -> absl::StatusOr<pb::Invoice> {
          ASSIGN_OR_RETURN(auto change, work.Begin<pb::Invoice>(request));
          RETURN_IF_ERROR(
              rules::AcknowledgeHandover(request.handover(), work.actor().subject, work.now(), &change.after));
          return work.Save(std::move(change));
        });
      });
}

}  // namespace kam::contract
