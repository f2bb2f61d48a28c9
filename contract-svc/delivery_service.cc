// kam.order.v1.DeliveryService (C-22).
#include "absl/strings/str_cat.h"
#include "common/resource/standard.h"
#include "common/status/status.h"
#include "common/time/date.h"
#include "contract-svc/order_book.h"
#include "contract-svc/rules/amounts.h"
#include "contract-svc/rules/order.h"
#include "contract-svc/rules/receivable.h"
#include "contract-svc/sales.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/type/money.pb.h"
#include "kam/order/v1/delivery_service.pb.h"

namespace kam::contract {
namespace {

namespace pb = order::v1;
using resource::Change;
using resource::UnitOfWork;

constexpr char kService[] = "kam.order.v1.DeliveryService";

std::string Rpc(absl::string_view method) { return absl::StrCat(kService, "/", method); }

absl::Status CheckReleased(const pb::Order& order) {
  // After a refusal the dispute is resolved first; then the goods may go again. An order of the past that was brought
  // by an import was never released here.
  if (order.release_basis() == pb::RELEASE_BASIS_UNSPECIFIED) {
    return FailedPrecondition(
        "ORDER_NOT_RELEASED", order.name(), "the order was never released here",
        {{"state", pb::OrderState_Name(order.state())}, {"allowed", "RELEASED, SHIPPED, RESOLVED"}});
  }
  if (order.state() == pb::ORDER_STATE_RELEASED || order.state() == pb::ORDER_STATE_SHIPPED ||
      order.state() == pb::ORDER_STATE_RESOLVED) {
    return absl::OkStatus();
  }
  return FailedPrecondition(
      "ORDER_NOT_RELEASED", order.name(), "goods go out for released orders only",
      {{"state", pb::OrderState_Name(order.state())}, {"allowed", "RELEASED, SHIPPED, RESOLVED"}});
}

// The order, locked before any of its deliveries. Of an order out of the caller's reach nothing is said.
absl::StatusOr<pb::Order> LockOrder(UnitOfWork& work, const std::string& order, absl::string_view field) {
  absl::StatusOr<pb::Order> found = work.Load<pb::Order>(order, work.level());
  if (absl::IsNotFound(found.status())) {
    return InvalidField(field, "REFERENCE_NOT_FOUND", "does not exist", {{"reference", order}});
  }
  return found;
}

absl::StatusOr<std::string> OrderOf(UnitOfWork& work, const std::string& delivery) {
  ASSIGN_OR_RETURN(
      const std::vector<mysql::Row> rows,
      work.connection().Query("SELECT d.order_id FROM deliveries d WHERE d.id = ?", {mysql::Value(IdOf(delivery))}));
  if (rows.empty()) return NotFound(delivery);
  return absl::StrCat("orders/", rows[0][0].text());
}

// Quantities in the other living or accepted deliveries of the order.
absl::StatusOr<std::map<int, Decimal>> Planned(UnitOfWork& work, const pb::Order& order, const std::string& except) {
  ASSIGN_OR_RETURN(
      const std::vector<mysql::Row> rows,
      work.connection().Query(
          "SELECT l.line_number, SUM(l.quantity) FROM deliveries d JOIN deliveries_lines l ON l.parent_id = d.id WHERE "
          "d.order_id = ? AND d.state IN ('PLANNED', 'SHIPPED', 'ACCEPTED') AND d.id <> ? GROUP BY l.line_number",
          {mysql::Value(IdOf(order.name())), mysql::Value(IdOf(except))}));
  std::map<int, Decimal> planned;
  for (const mysql::Row& row : rows) {
    ASSIGN_OR_RETURN(planned[static_cast<int>(row[0].integer())], Decimal::Parse(row[1].text(), "quantity"));
  }
  return planned;
}

absl::Status Check(UnitOfWork& work, const pb::Order& order, pb::Delivery* delivery) {
  ASSIGN_OR_RETURN(const auto planned, Planned(work, order, delivery->name()));
  return rules::CheckDelivery(order, planned, delivery);
}

void SetDeliveryHooks(const Context& context) {
  resource::Hooks hooks;
  hooks.prepare = PrepareNames(context);
  hooks.lock_first = [](UnitOfWork& work, const std::string& name) -> absl::Status {
    const absl::StatusOr<std::string> order = OrderOf(work, name);
    if (absl::IsNotFound(order.status())) return absl::OkStatus();
    RETURN_IF_ERROR(order.status());
    return work.Load<pb::Order>(*order).status();
  };
  hooks.on_create = resource::OnCreate<pb::Delivery>([](UnitOfWork& work, pb::Delivery* delivery) -> absl::Status {
    ASSIGN_OR_RETURN(const pb::Order order, LockOrder(work, delivery->order(), "delivery.order"));
    RETURN_IF_ERROR(CheckReleased(order));
    delivery->set_account(order.account());
    delivery->set_state(pb::DELIVERY_STATE_PLANNED);
    return Check(work, order, delivery);
  });
  hooks.on_update = resource::OnUpdate<pb::Delivery>(
      [](UnitOfWork& work, const pb::Delivery& before, pb::Delivery* after) -> absl::Status {
        const bool shipped = before.state() == pb::DELIVERY_STATE_SHIPPED;
        pb::Delivery rest = *after;
        *rest.mutable_checklist() = before.checklist();
        *rest.mutable_serials() = before.serials();
        if (before.state() != pb::DELIVERY_STATE_PLANNED &&
            !(shipped && rest.SerializeAsString() == before.SerializeAsString())) {
          return FailedPrecondition(
              "DELIVERY_FROZEN", before.name(),
              shipped ? "the goods are on their way: only checks and serial numbers change" : "the delivery is over",
              {{"state", pb::DeliveryState_Name(before.state())}});
        }
        ASSIGN_OR_RETURN(const pb::Order order, work.Load<pb::Order>(before.order()));
        return Check(work, order, after);
      });
  context.runtime.SetHooks(pb::Delivery::descriptor(), std::move(hooks));
}

// A delivery's verb: locks the order, then the delivery.
template <typename Request, typename Fn>
absl::StatusOr<pb::Delivery> WithOrder(const Context& context, rpc::Call& call, const Request& request, Fn fn) {
  return context.runtime.Write<pb::Delivery>(call, request, [&](UnitOfWork& work) -> absl::StatusOr<pb::Delivery> {
    ASSIGN_OR_RETURN(const std::string name, OrderOf(work, request.name()));
    ASSIGN_OR_RETURN(const pb::Order order, work.Load<pb::Order>(name));
    ASSIGN_OR_RETURN(auto change, work.Begin<pb::Delivery>(request));
    Change<pb::Order> order_change{order, order};
    RETURN_IF_ERROR(fn(work, &change, &order_change));
    ASSIGN_OR_RETURN(pb::Delivery saved, work.Save(std::move(change)));
    RETURN_IF_ERROR(work.Save(std::move(order_change)).status());
    return saved;
  });
}

absl::Status Ship(const Context& context, UnitOfWork& work, Change<pb::Delivery>* delivery, Change<pb::Order>* order) {
  RETURN_IF_ERROR(CheckReleased(order->before));
  if (order->before.release_basis() == pb::RELEASE_BASIS_PAID) RETURN_IF_ERROR(CheckPaid(work, order->before));
  const std::string today = context.Today(work.now());
  delivery->after.set_shipped_date(today);
  order->after.set_state(pb::ORDER_STATE_SHIPPED);
  order->after.set_history(false);
  if (order->after.shipped_date().empty()) order->after.set_shipped_date(today);
  return absl::OkStatus();
}

absl::Status Accept(const Context& context, UnitOfWork& work, const pb::AcceptDeliveryRequest& request,
                    Change<pb::Delivery>* delivery, Change<pb::Order>* order) {
  const std::string today = context.Today(work.now());
  pb::Delivery& after = delivery->after;
  if (request.checklist_size() > 0) *after.mutable_checklist() = request.checklist();
  if (request.serials_size() > 0) *after.mutable_serials() = request.serials();
  after.set_signatory(request.signatory());
  after.set_signature_document(request.signature_document());
  after.set_accepted_date(request.accepted_date().empty() ? today : request.accepted_date());
  if (after.accepted_date() > today || after.accepted_date() < after.shipped_date()) {
    return InvalidField("accepted_date", "ACCEPTED_DATE_INVALID", "must lie between shipping and today",
                        {{"shippedDate", after.shipped_date()}, {"today", today}});
  }
  RETURN_IF_ERROR(Check(work, order->before, &after));
  RETURN_IF_ERROR(rules::CheckAcceptance(after));
  ASSIGN_OR_RETURN(const bool whole, rules::CountDelivery(after, after.accepted_date(), &order->after));
  // A dispute stays one until it is resolved, whatever else arrives.
  if (whole && order->before.state() == pb::ORDER_STATE_SHIPPED) {
    order->after.set_state(pb::ORDER_STATE_DELIVERED);
    RETURN_IF_ERROR(SettleIfPaid(work, &order->after));
  }
  return absl::OkStatus();
}

template <typename Request, typename Fn>
void AddVerb(rpc::Registry* registry, absl::string_view method, Fn fn) {
  registry->Add<Request, pb::Delivery>(
      Rpc(method),
      [fn](rpc::Call& call, const Request& request) -> absl::StatusOr<pb::Delivery> { return fn(call, request); });
}

}  // namespace

void RegisterDeliveries(const Context& context, rpc::Registry* registry) {
  SetDeliveryHooks(context);
  resource::RegisterStandardMethods(context.runtime, kService, registry);
  AddVerb<pb::ShipDeliveryRequest>(registry, "ShipDelivery", [context](auto& call, const auto& request) {
    return WithOrder(context, call, request, [&](UnitOfWork& work, auto* delivery, auto* order) {
      return Ship(context, work, delivery, order);
    });
  });
  AddVerb<pb::AcceptDeliveryRequest>(registry, "AcceptDelivery", [context](auto& call, const auto& request) {
    return WithOrder(context, call, request, [&](UnitOfWork& work, auto* delivery, auto* order) {
      return Accept(context, work, request, delivery, order);
    });
  });
  AddVerb<pb::RefuseDeliveryRequest>(registry, "RefuseDelivery", [context](auto& call, const auto& request) {
    return WithOrder(context, call, request,
                     [&](UnitOfWork&, Change<pb::Delivery>* delivery, Change<pb::Order>* order) -> absl::Status {
                       RETURN_IF_ERROR(rules::CheckReason(request.reason()));
                       delivery->after.set_refuse_reason(request.reason());
                       order->after.set_state(pb::ORDER_STATE_DISPUTED);
                       order->after.set_state_reason(request.reason());
                       return absl::OkStatus();
                     });
  });
  AddVerb<pb::CancelDeliveryRequest>(registry, "CancelDelivery", [context](auto& call, const auto& request) {
    return WithOrder(context, call, request,
                     [&](UnitOfWork&, auto*, auto*) { return rules::CheckReason(request.reason()); });
  });
}

}  // namespace kam::contract
