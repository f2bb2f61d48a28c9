// kam.receivable.v1.ReceiptService (C-30).
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/resource/standard.h"
#include "common/status/status.h"
#include "contract-svc/orders/order_book.h"
#include "contract-svc/orders/sales_ledger.h"
#include "contract-svc/receivables/credit_book.h"
#include "contract-svc/receivables/receipt_reversal.h"
#include "contract-svc/reference_of_row.h"
#include "contract-svc/rules/amounts.h"
#include "contract-svc/rules/order.h"
#include "contract-svc/rules/receivable.h"
#include "contract-svc/sales.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/type/money.pb.h"
#include "kam/order/v1/order.pb.h"
#include "kam/receivable/v1/invoice.pb.h"
#include "kam/receivable/v1/receipt_service.pb.h"

namespace kam::contract {
namespace {

namespace pb = receivable::v1;
using order::v1::Order;
using resource::Change;
using resource::UnitOfWork;
using rules::AmountIn;

constexpr char kService[] = "kam.receivable.v1.ReceiptService";

std::string Rpc(absl::string_view method) { return absl::StrCat(kService, "/", method); }

absl::Status TargetInvalid(const std::string& field, const std::string& target) {
  return InvalidField(field, "TARGET_INVALID", "must be an invoice, a receivable item or an order",
                      {{"target", target}});
}

absl::Status CheckSame(const std::string& field, const std::string& target, const pb::Receipt& receipt,
                       const std::string& account, const std::string& currency) {
  if (account != receipt.account()) {
    return InvalidField(field, "TARGET_OF_OTHER_ACCOUNT", "belongs to another customer", {{"target", target}});
  }
  if (currency != receipt.amount().currency_code()) {
    return InvalidField(field, "CURRENCY_MISMATCH", absl::StrCat("is in ", currency),
                        {{"currency", receipt.amount().currency_code()}, {"expected", currency}});
  }
  return absl::OkStatus();
}

absl::Status PayOrder(UnitOfWork& work, const std::string& target, Decimal amount, const std::string& field,
                      const pb::Receipt& receipt) {
  ASSIGN_OR_RETURN(const Order order, work.Load<Order>(target));
  RETURN_IF_ERROR(CheckSame(field, target, receipt, order.account(), order.currency()));
  if (order.state() == order::v1::ORDER_STATE_CANCELLED || order.state() == order::v1::ORDER_STATE_SETTLED) {
    return FailedPrecondition("TARGET_NOT_OPEN", target, "the order is over",
                              {{"state", order::v1::OrderState_Name(order.state())}});
  }
  ASSIGN_OR_RETURN(const Decimal total, rules::PayableTotal(order));
  ASSIGN_OR_RETURN(const Decimal prepaid, AmountIn(order.prepaid(), order.currency(), "prepaid"));
  ASSIGN_OR_RETURN(const Decimal invoiced, rules::InvoicedTotal(order));
  ASSIGN_OR_RETURN(const Decimal uninvoiced, Subtract(total, invoiced));
  ASSIGN_OR_RETURN(const Decimal left, Subtract(uninvoiced, prepaid));
  if (amount > left) {
    return InvalidField(
        field, "ALLOCATION_EXCEEDS_TARGET",
        absl::StrCat(rules::AmountText(amount, order.currency()), " is more than the ",
                     rules::AmountText(left, order.currency()), " of the order that are neither invoiced nor paid"),
        {{"amount", amount.ToString()}, {"open", left.ToString()}, {"target", target}});
  }
  Change<Order> change{order, order};
  RETURN_IF_ERROR(AddPrepayment(amount, &change.after));
  change.after.set_history(false);  // Money lies on it: no import changes it any more.
  return work.Save(std::move(change)).status();
}

absl::Status PayInvoice(UnitOfWork& work, CreditBook& book, const std::string& target, Decimal amount,
                        const std::string& field, const pb::Receipt& receipt) {
  ASSIGN_OR_RETURN(
      const std::vector<mysql::Row> rows,
      work.connection().Query("SELECT i.order_id FROM invoices i WHERE i.id = ?", {mysql::Value(IdOf(target))}));
  if (rows.empty()) return InvalidField(field, "REFERENCE_NOT_FOUND", "does not exist", {{"reference", target}});
  ASSIGN_OR_RETURN(const Order order, work.Load<Order>(absl::StrCat("orders/", rows[0][0].text())));
  ASSIGN_OR_RETURN(const pb::Invoice invoice, work.Load<pb::Invoice>(target));
  RETURN_IF_ERROR(CheckSame(field, target, receipt, invoice.account(), invoice.currency()));
  Change<pb::Invoice> change{invoice, invoice};
  RETURN_IF_ERROR(rules::PayInvoice(amount, field, &change.after));
  RETURN_IF_ERROR(work.Save(std::move(change)).status());
  ASSIGN_OR_RETURN(const pb::ReceivableItem item, book.FindItem(target));
  RETURN_IF_ERROR(book.PayItem(item, amount, field));
  Change<Order> order_change{order, order};
  RETURN_IF_ERROR(SettleIfPaid(work, &order_change.after));
  return work.Save(std::move(order_change)).status();
}

// Puts allocations into effect and records who did it; `field` is the path of the list.
absl::Status Apply(UnitOfWork& work, CreditBook& book, const std::string& field,
                   google::protobuf::RepeatedPtrField<pb::Allocation>* allocations, pb::Receipt* receipt) {
  for (int i = 0; i < allocations->size(); ++i) {
    pb::Allocation& allocation = *allocations->Mutable(i);
    const std::string path = absl::StrCat(field, "[", i, "]");
    const std::string& target = allocation.target();
    ASSIGN_OR_RETURN(const Decimal amount,
                     AmountIn(allocation.amount(), receipt->amount().currency_code(), path + ".amount"));
    RETURN_IF_ERROR(rules::ConsumeReceipt(amount, path + ".amount", receipt));
    if (absl::StartsWith(target, "invoices/")) {
      RETURN_IF_ERROR(PayInvoice(work, book, target, amount, path + ".target", *receipt));
    } else if (absl::StartsWith(target, "orders/")) {
      const absl::Status status = PayOrder(work, target, amount, path + ".target", *receipt);
      if (absl::IsNotFound(status)) {
        return InvalidField(path + ".target", "REFERENCE_NOT_FOUND", "does not exist", {{"reference", target}});
      }
      RETURN_IF_ERROR(status);
    } else if (absl::StartsWith(target, "receivableItems/")) {
      const absl::StatusOr<pb::ReceivableItem> item = book.FindItem(target);
      if (absl::IsNotFound(item.status())) {
        return InvalidField(path + ".target", "REFERENCE_NOT_FOUND", "does not exist", {{"reference", target}});
      }
      RETURN_IF_ERROR(item.status());
      // An invoice's item follows its invoice: it is paid through the invoice only.
      if (item->kind() == pb::RECEIVABLE_KIND_INVOICE) return TargetInvalid(path + ".target", target);
      RETURN_IF_ERROR(CheckSame(path + ".target", target, *receipt, item->account(), item->amount().currency_code()));
      RETURN_IF_ERROR(book.PayItem(*item, amount, path + ".amount"));
    } else {
      return TargetInvalid(path + ".target", target);
    }
    allocation.set_allocator(work.actor().subject);
    SetTime(work.now(), allocation.mutable_allocate_time());
  }
  return absl::OkStatus();
}

template <typename Request, typename Fn>
absl::StatusOr<pb::Receipt> WithBook(const Context& context, rpc::Call& call, const Request& request, Fn fn) {
  return context.runtime.Write<pb::Receipt>(call, request, [&](UnitOfWork& work) -> absl::StatusOr<pb::Receipt> {
    ASSIGN_OR_RETURN(const std::string account,
                     ReferenceOfRow(work, pb::Receipt::descriptor(), "account", request.name()));
    ASSIGN_OR_RETURN(CreditBook book, CreditBook::Open(context, work, account));
    ASSIGN_OR_RETURN(auto change, work.Begin<pb::Receipt>(request));
    RETURN_IF_ERROR(fn(work, book, &change));
    ASSIGN_OR_RETURN(pb::Receipt saved, work.Save(std::move(change)));
    RETURN_IF_ERROR(book.Save());
    return saved;
  });
}

template <typename Request, typename Fn>
absl::StatusOr<pb::Receipt> Alone(const Context& context, rpc::Call& call, const Request& request, Fn fn) {
  return context.runtime.Write<pb::Receipt>(call, request, [&](UnitOfWork& work) -> absl::StatusOr<pb::Receipt> {
    ASSIGN_OR_RETURN(auto change, work.Begin<pb::Receipt>(request));
    RETURN_IF_ERROR(fn(work, &change.after));
    return work.Save(std::move(change));
  });
}

void SetReceiptHooks(const Context& context) {
  resource::Hooks hooks;
  hooks.prepare = PrepareNames(context);
  hooks.on_create = resource::OnCreate<pb::Receipt>([context](UnitOfWork& work, pb::Receipt* receipt) -> absl::Status {
    RETURN_IF_ERROR(Validate(work, *receipt));
    if (work.importing()) return rules::ImportReceipt(work.actor().subject, receipt);
    for (int i = 0; i < receipt->allocations_size(); ++i) {
      const std::string& target = receipt->allocations(i).target();
      if (!absl::StartsWith(target, "invoices/") && !absl::StartsWith(target, "orders/") &&
          !absl::StartsWith(target, "receivableItems/")) {
        return TargetInvalid(absl::StrCat("receipt.allocations[", i, "].target"), target);
      }
    }
    return rules::RecordReceipt(work.actor().subject, context.Today(work.now()), receipt);
  });
  hooks.on_update = resource::OnUpdate<pb::Receipt>(
      [](UnitOfWork& work, const pb::Receipt& before, pb::Receipt* after) -> absl::Status {
        if (!before.history() || before.allocations_size() > 0) {
          return FailedPrecondition("RECEIPT_NOT_HISTORY", before.name(),
                                    "the receipt has been worked on here; the import does not change it any more");
        }
        RETURN_IF_ERROR(rules::ImportReceipt(work.actor().subject, after));
        // The same row again, by whomever, says nothing new.
        const std::string importer = after->recorder();
        after->set_recorder(before.recorder());
        if (IsChanged(work, before, *after)) after->set_recorder(importer);
        return absl::OkStatus();
      });
  hooks.on_saved =
      resource::OnSaved<pb::Receipt>([context](UnitOfWork& work, const pb::Receipt* before, const pb::Receipt& after) {
        return RecordReceipt(context, work, before, after);
      });
  context.runtime.SetHooks(pb::Receipt::descriptor(), std::move(hooks));
}

absl::StatusOr<pb::SummarizeReceiptsResponse> Summarize(const Context& context, rpc::Call& call,
                                                        const pb::SummarizeReceiptsRequest& request) {
  const resource::Type& type = *context.runtime.catalog().Find(pb::Receipt::descriptor());
  const resource::SqlCondition scope = resource::ScopeCondition(type, call.principal, call.level());
  std::string where = " WHERE t.state = 'MARKED'";
  std::vector<mysql::Value> params;
  const auto add = [&](const std::string& sql, const std::vector<mysql::Value>& values) {
    absl::StrAppend(&where, " AND (", sql, ")");
    params.insert(params.end(), values.begin(), values.end());
  };
  if (!scope.sql.empty()) add(scope.sql, scope.params);
  if (!request.from_date().empty()) add("t.received_date >= ?", {mysql::Value(request.from_date())});
  if (!request.to_date().empty()) add("t.received_date <= ?", {mysql::Value(request.to_date())});
  pb::SummarizeReceiptsResponse response;
  RETURN_IF_ERROR(context.runtime.database().Run(call.deadline, [&](mysql::Connection& connection) -> absl::Status {
    response.Clear();
    ASSIGN_OR_RETURN(const std::vector<mysql::Row> rows,
                     connection.Query(absl::StrCat("SELECT t.amount_currency, t.payment_method, COUNT(t.id), "
                                                   "SUM(t.amount_amount) FROM receipts t",
                                                   where,
                                                   " GROUP BY t.amount_currency, t.payment_method ORDER BY "
                                                   "t.amount_currency, t.payment_method"),
                                      mysql::Params(params)));
    for (const mysql::Row& row : rows) {
      pb::ReceiptTotal* total = response.add_totals();
      total->set_currency(row[0].text());
      const auto* value = resource::FindEnumValue(pb::PaymentMethod_descriptor(), row[1].text());
      if (value != nullptr) total->set_method(static_cast<pb::PaymentMethod>(value->number()));
      total->set_count(row[2].integer());
      ASSIGN_OR_RETURN(const Decimal sum, Decimal::Parse(row[3].text(), "total"));
      rules::SetAmount(sum, row[0].text(), total->mutable_total());
      response.set_count(response.count() + row[2].integer());
    }
    return absl::OkStatus();
  }));
  return response;
}

}  // namespace

void RegisterReceipts(const Context& context, rpc::Registry* registry) {
  SetReceiptHooks(context);
  resource::RegisterStandardMethods(context.runtime, kService, registry);
  registry->Add<pb::ApproveReceiptChequeRequest, pb::Receipt>(
      Rpc("ApproveReceiptCheque"), [context](rpc::Call& call, const pb::ApproveReceiptChequeRequest& request) {
        return Alone(context, call, request, [](UnitOfWork& work, pb::Receipt* receipt) {
          return rules::ApproveCheque(work.actor().subject, work.now(), receipt);
        });
      });
  registry->Add<pb::MarkReceiptRequest, pb::Receipt>(
      Rpc("MarkReceipt"), [context](rpc::Call& call, const pb::MarkReceiptRequest& request) {
        return WithBook(context, call, request,
                        [](UnitOfWork& work, CreditBook& book, Change<pb::Receipt>* change) -> absl::Status {
                          RETURN_IF_ERROR(rules::MarkReceipt(work.actor().subject, work.now(), &change->after));
                          auto allocations = change->after.allocations();
                          RETURN_IF_ERROR(Apply(work, book, "receipt.allocations", &allocations, &change->after));
                          *change->after.mutable_allocations() = allocations;
                          return absl::OkStatus();
                        });
      });
  registry->Add<pb::AllocateReceiptRequest, pb::Receipt>(
      Rpc("AllocateReceipt"), [context](rpc::Call& call, const pb::AllocateReceiptRequest& request) {
        return WithBook(context, call, request,
                        [&](UnitOfWork& work, CreditBook& book, Change<pb::Receipt>* change) -> absl::Status {
                          auto allocations = request.allocations();
                          RETURN_IF_ERROR(Apply(work, book, "allocations", &allocations, &change->after));
                          change->after.mutable_allocations()->MergeFrom(allocations);
                          return absl::OkStatus();
                        });
      });
  registry->Add<pb::VoidReceiptRequest, pb::Receipt>(
      Rpc("VoidReceipt"), [context](rpc::Call& call, const pb::VoidReceiptRequest& request) {
        return Alone(context, call, request, [&](UnitOfWork&, pb::Receipt* receipt) -> absl::Status {
          RETURN_IF_ERROR(rules::CheckReason(request.reason()));
          receipt->set_void_reason(request.reason());
          return absl::OkStatus();
        });
      });
  registry->Add<pb::ReverseReceiptRequest, pb::Receipt>(
      Rpc("ReverseReceipt"), [context](rpc::Call& call, const pb::ReverseReceiptRequest& request) {
        return WithBook(context, call, request, [&](UnitOfWork& work, CreditBook& book, Change<pb::Receipt>* change) {
          return ReverseReceipt(work, book, request.reason(), change);
        });
      });
  registry->Add<pb::SummarizeReceiptsRequest, pb::SummarizeReceiptsResponse>(
      Rpc("SummarizeReceipts"), [context](rpc::Call& call, const pb::SummarizeReceiptsRequest& request) {
        return Summarize(context, call, request);
      });
}

}  // namespace kam::contract
