// What happens to an open item of kam.receivable.v1.ReceivableService besides payment: promises, disputes, write-offs
// (C-32). Lock order: credit account, order, invoice, item.
#include <optional>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/schedule/schedule.h"
#include "common/status/status.h"
#include "common/time/date.h"
#include "contract-svc/orders/order_book.h"
#include "contract-svc/receivables/credit_book.h"
#include "contract-svc/reference_of_row.h"
#include "contract-svc/rules/receivable_item.h"
#include "contract-svc/sales.h"
#include "contract-svc/verb.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/type/money.pb.h"
#include "kam/order/v1/order.pb.h"
#include "kam/receivable/v1/invoice.pb.h"
#include "kam/receivable/v1/receivable_service.pb.h"

namespace kam::contract {
namespace {

namespace pb = receivable::v1;
using order::v1::Order;
using resource::Change;
using resource::UnitOfWork;

constexpr char kDuePromise[] = "receivable.promise";

std::string Rpc(absl::string_view method) { return absl::StrCat("kam.receivable.v1.ReceivableService/", method); }

// The order of the invoice that the item is of, with the invoice locked as well; none for an item of another source.
absl::StatusOr<std::optional<Order>> LockOrder(UnitOfWork& work, const std::string& item) {
  ASSIGN_OR_RETURN(
      const std::vector<mysql::Row> sources,
      work.connection().Query("SELECT t.source FROM receivable_items t WHERE t.id = ?", {mysql::Value(IdOf(item))}));
  if (sources.empty() || sources[0][0].is_null()) return std::optional<Order>();
  const std::string source = sources[0][0].text();
  if (!absl::StartsWith(source, "invoices/")) return std::optional<Order>();
  ASSIGN_OR_RETURN(
      const std::vector<mysql::Row> orders,
      work.connection().Query("SELECT i.order_id FROM invoices i WHERE i.id = ?", {mysql::Value(IdOf(source))}));
  if (orders.empty()) return NotFound(source);
  ASSIGN_OR_RETURN(Order order, work.Load<Order>(absl::StrCat("orders/", orders[0][0].text())));
  RETURN_IF_ERROR(work.Load<pb::Invoice>(source).status());
  return std::optional<Order>(std::move(order));
}

absl::StatusOr<pb::ReceivableItem> DecideWriteOff(const Context& context, rpc::Call& call,
                                                  const pb::DecideReceivableWriteOffRequest& request) {
  RETURN_IF_ERROR(context.directory.EnsureCaller(call));
  return context.runtime.Write<pb::ReceivableItem>(
      call, request, [&](UnitOfWork& work) -> absl::StatusOr<pb::ReceivableItem> {
        ASSIGN_OR_RETURN(const std::string account,
                         ReferenceOfRow(work, pb::ReceivableItem::descriptor(), "account", request.name()));
        ASSIGN_OR_RETURN(CreditBook book, CreditBook::Open(context, work, account));
        ASSIGN_OR_RETURN(const std::optional<Order> order, LockOrder(work, request.name()));
        ASSIGN_OR_RETURN(auto change, work.Begin<pb::ReceivableItem>(request));
        RETURN_IF_ERROR(CheckRead(request.etag()));
        ASSIGN_OR_RETURN(const Decimal amount,
                         rules::DecideWriteOff(request.approve(), work.actor().subject, &change.after));
        ASSIGN_OR_RETURN(pb::ReceivableItem saved, work.Save(std::move(change)));
        RETURN_IF_ERROR(book.WriteOff(saved, amount));
        if (order.has_value() && !amount.is_zero()) {
          // What is given up is not waited for: nothing else would ever end the order.
          Change<Order> ended{*order, *order};
          RETURN_IF_ERROR(SettleIfPaid(work, &ended.after));
          RETURN_IF_ERROR(work.Save(std::move(ended)).status());
        }
        RETURN_IF_ERROR(book.Save());
        return saved;
      });
}

}  // namespace

void RegisterReceivableItems(const Context& context, rpc::Registry* registry, schedule::Scheduler* scheduler) {
  AddPersonVerb<pb::ReceivableItem, pb::PromiseReceivableRequest>(
      context, Rpc("PromiseReceivable"), registry,
      [context](UnitOfWork& work, const pb::PromiseReceivableRequest& request,
                pb::ReceivableItem* item) -> absl::Status {
        const std::string today = context.Today(work.now());
        ASSIGN_OR_RETURN(const std::string latest, AddDays(today, context.policy.promise_days_max));
        RETURN_IF_ERROR(rules::PromiseItem(today, latest, request.promised_date(), request.promiser(), item));
        ASSIGN_OR_RETURN(const absl::Time due, context.EndOf(request.promised_date()));
        return schedule::Schedule(work, kDuePromise, item->name(), due);
      });
  AddPersonVerb<pb::ReceivableItem, pb::DisputeReceivableRequest>(
      context, Rpc("DisputeReceivable"), registry,
      [](UnitOfWork& work, const pb::DisputeReceivableRequest& request, pb::ReceivableItem* item) {
        return rules::DisputeItem(request.amount(), request.reason(), work.actor().subject, item);
      });
  AddPersonVerb<pb::ReceivableItem, pb::SettleReceivableDisputeRequest>(
      context, Rpc("SettleReceivableDispute"), registry,
      [](UnitOfWork&, const pb::SettleReceivableDisputeRequest& request, pb::ReceivableItem* item) {
        return rules::SettleItemDispute(request.reason(), item);
      });
  AddPersonVerb<pb::ReceivableItem, pb::ProposeReceivableWriteOffRequest>(
      context, Rpc("ProposeReceivableWriteOff"), registry,
      [](UnitOfWork& work, const pb::ProposeReceivableWriteOffRequest& request, pb::ReceivableItem* item) {
        return rules::ProposeWriteOff(request.amount(), request.reason(), work.actor().subject, item);
      });
  registry->Add<pb::DecideReceivableWriteOffRequest, pb::ReceivableItem>(
      Rpc("DecideReceivableWriteOff"), [context](rpc::Call& call, const pb::DecideReceivableWriteOffRequest& request) {
        return DecideWriteOff(context, call, request);
      });
  scheduler->Handle(kDuePromise, Rpc("PromiseReceivable"),
                    [context](UnitOfWork& work, const schedule::DueItem& item) -> absl::Status {
                      ASSIGN_OR_RETURN(const pb::ReceivableItem loaded, work.Load<pb::ReceivableItem>(item.resource));
                      Change<pb::ReceivableItem> change{loaded, loaded};
                      ASSIGN_OR_RETURN(const bool broken,
                                       rules::BreakPromise(context.Today(work.now()), &change.after));
                      return broken ? work.Save(std::move(change)).status() : absl::OkStatus();
                    });
}

}  // namespace kam::contract
