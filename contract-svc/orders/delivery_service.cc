// kam.order.v1.DeliveryService (C-22, C-23).
#include <algorithm>
#include <optional>

#include "absl/strings/str_cat.h"
#include "common/resource/standard.h"
#include "common/status/status.h"
#include "common/time/date.h"
#include "contract-svc/orders/issue_note.h"
#include "contract-svc/orders/order_book.h"
#include "contract-svc/orders/serial_book.h"
#include "contract-svc/orders/shipment_plan.h"
#include "contract-svc/orders/terms.h"
#include "contract-svc/receivables/credit_book.h"
#include "contract-svc/reference_of_row.h"
#include "contract-svc/rules/delivery.h"
#include "contract-svc/rules/order.h"
#include "contract-svc/rules/receivable.h"
#include "contract-svc/sales.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/type/money.pb.h"
#include "kam/order/v1/checklist_template.pb.h"
#include "kam/order/v1/delivery_service.pb.h"
#include "kam/order/v1/shipment.pb.h"

namespace kam::contract {
namespace {

namespace pb = order::v1;
using resource::Change;
using resource::UnitOfWork;

constexpr char kService[] = "kam.order.v1.DeliveryService";
constexpr int kDeliveriesPage = 500;  // Read at a time.

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

// Quantities in the other living or accepted deliveries of the order.
absl::StatusOr<rules::LineQuantities> Planned(UnitOfWork& work, const pb::Order& order, const std::string& except) {
  ASSIGN_OR_RETURN(
      const std::vector<mysql::Row> rows,
      work.connection().Query(
          "SELECT l.line_number, SUM(CASE WHEN d.state = 'ACCEPTED' THEN COALESCE(l.accepted_quantity, l.quantity) "
          "ELSE "
          "l.quantity END) FROM deliveries d JOIN deliveries_lines l ON l.parent_id = d.id WHERE d.order_id = ? AND "
          "d.state IN ('PLANNED', 'SHIPPED', 'ACCEPTED') AND d.id <> ? GROUP BY l.line_number",
          {mysql::Value(IdOf(order.name())), mysql::Value(IdOf(except))}));
  rules::LineQuantities planned;
  for (const mysql::Row& row : rows) {
    ASSIGN_OR_RETURN(planned[static_cast<int>(row[0].integer())], Decimal::Parse(row[1].text(), "quantity"));
  }
  return planned;
}

// A re-shipment against what was lost of the original: the original's order is locked, so the sums stand still.
absl::Status CheckReshipment(UnitOfWork& work, const pb::Delivery& delivery) {
  if (delivery.reshipment_of().empty()) return absl::OkStatus();
  const absl::StatusOr<pb::Delivery> original = work.Load<pb::Delivery>(delivery.reshipment_of(), work.level());
  if (absl::IsNotFound(original.status())) {
    return InvalidField("delivery.reshipment_of", "REFERENCE_NOT_FOUND", "does not exist",
                        {{"reference", delivery.reshipment_of()}});
  }
  RETURN_IF_ERROR(original.status());
  ASSIGN_OR_RETURN(
      const std::vector<mysql::Row> rows,
      work.connection().Query("SELECT l.line_number, SUM(l.quantity) FROM deliveries d JOIN deliveries_lines l ON "
                              "l.parent_id = d.id WHERE d.reshipment_of = ? AND d.state <> 'CANCELLED' AND d.id <> ? "
                              "GROUP BY l.line_number",
                              {mysql::Value(IdOf(original->name())), mysql::Value(IdOf(delivery.name()))}));
  rules::LineQuantities reshipped;
  for (const mysql::Row& row : rows) {
    ASSIGN_OR_RETURN(reshipped[static_cast<int>(row[0].integer())], Decimal::Parse(row[1].text(), "quantity"));
  }
  return rules::CheckReshipment(*original, reshipped, delivery);
}

// The deliverer is at one place at a time.
absl::Status CheckDeliverer(const Context& context, UnitOfWork& work, const pb::Delivery& delivery) {
  if (!delivery.has_planned_start()) return absl::OkStatus();
  // Two plans for one deliverer wait for each other here.
  RETURN_IF_ERROR(work.connection()
                      .Query("SELECT e.employee FROM employee_scopes e WHERE e.employee = ? FOR UPDATE",
                             {mysql::Value(IdOf(delivery.deliverer()))})
                      .status());
  ASSIGN_OR_RETURN(const std::vector<mysql::Row> rows,
                   work.connection().Query(
                       "SELECT d.planned_start, d.planned_end FROM deliveries d WHERE d.deliverer = ? AND d.state IN "
                       "('PLANNED', "
                       "'SHIPPED') AND d.id <> ? AND d.planned_start < ? AND d.planned_end > ? LIMIT 1",
                       {mysql::Value(IdOf(delivery.deliverer())), mysql::Value(IdOf(delivery.name())),
                        mysql::Value(TimeOf(delivery.planned_end())), mysql::Value(TimeOf(delivery.planned_start()))}));
  if (rows.empty()) return absl::OkStatus();
  // Perhaps at a customer whom the caller does not see: only the time is said.
  const std::string from = absl::FormatTime(absl::RFC3339_sec, rows[0][0].time(), context.zone);
  const std::string until = absl::FormatTime(absl::RFC3339_sec, rows[0][1].time(), context.zone);
  return InvalidField("delivery.deliverer", "DELIVERER_BUSY",
                      absl::StrCat("hands over something else from ", from, " to ", until),
                      {{"deliverer", delivery.deliverer()}, {"from", from}, {"until", until}});
}

// The template for the product line of the first goods, else the one for every line; a VIP template only for VIP
// deliveries, and first for them.
absl::StatusOr<std::optional<pb::ChecklistTemplate>> StandardFor(UnitOfWork& work, const pb::Delivery& delivery) {
  ASSIGN_OR_RETURN(const std::vector<mysql::Row> rows,
                   work.connection().Query("SELECT p.product_line FROM products p WHERE p.id = ?",
                                           {mysql::Value(IdOf(delivery.lines(0).product()))}));
  const std::string line = rows.empty() ? std::string() : rows[0][0].text();
  ASSIGN_OR_RETURN(std::vector<pb::ChecklistTemplate> found,
                   work.Find<pb::ChecklistTemplate>(
                       {"t.archive_time IS NULL AND (t.product_line IS NULL OR t.product_line = ?) AND t.vip <= ?",
                        {mysql::Value(line), mysql::Value(delivery.vip() ? 1 : 0)}},
                       "ORDER BY t.product_line IS NULL, t.vip DESC, t.id DESC", 1));
  if (found.empty()) return std::optional<pb::ChecklistTemplate>();
  return std::optional<pb::ChecklistTemplate>(std::move(found[0]));
}

// One template in use for a product line, with one for its VIP deliveries. Both of two that are made at once look at
// the other's row, with a lock, after they have written their own.
absl::Status CheckTemplateAlone(UnitOfWork& work, const pb::ChecklistTemplate* before,
                                const pb::ChecklistTemplate& after) {
  if (after.has_archive_time()) return absl::OkStatus();
  const bool same = before != nullptr && !before->has_archive_time() &&
                    before->product_line() == after.product_line() && before->vip() == after.vip();
  if (same) return absl::OkStatus();
  ASSIGN_OR_RETURN(const std::vector<mysql::Row> rows,
                   work.connection().Query("SELECT t.id, t.title FROM checklist_templates t WHERE "
                                           "COALESCE(t.product_line, '') = ? AND t.vip = ? AND t.archive_time IS NULL "
                                           "AND t.id <> ? ORDER BY t.id LIMIT 1 FOR UPDATE",
                                           {mysql::Value(after.product_line()), mysql::Value(after.vip()),
                                            mysql::Value(IdOf(after.name()))}));
  if (rows.empty()) return absl::OkStatus();
  return FailedPrecondition(
      "CHECKLIST_TEMPLATE_EXISTS", after.name(),
      absl::StrCat(rows[0][1].text(), " is the template for these deliveries; change or archive it"),
      {{"template", absl::StrCat("checklistTemplates/", rows[0][0].text())}, {"productLine", after.product_line()}});
}

absl::Status Check(const Context& context, UnitOfWork& work, const pb::Order& order, pb::Delivery* delivery) {
  ASSIGN_OR_RETURN(const auto planned, Planned(work, order, delivery->name()));
  RETURN_IF_ERROR(rules::CheckDelivery(order, planned, delivery));
  RETURN_IF_ERROR(CheckReshipment(work, *delivery));
  RETURN_IF_ERROR(rules::CheckSchedule(*delivery, context.zone));
  RETURN_IF_ERROR(CheckDeliverer(context, work, *delivery));
  ASSIGN_OR_RETURN(const AccountFacts account, LoadAccountFacts(work, order.account()));
  const auto& vip_tiers = context.policy.vip_tiers;
  if (std::find(vip_tiers.begin(), vip_tiers.end(), account.tier) != vip_tiers.end()) delivery->set_vip(true);
  ASSIGN_OR_RETURN(const std::optional<pb::ChecklistTemplate> standard, StandardFor(work, *delivery));
  return rules::CheckChecklist(standard.has_value() ? &*standard : nullptr, delivery);
}

void SetDeliveryHooks(const Context& context) {
  resource::Hooks hooks;
  hooks.prepare = PrepareNames(context);
  hooks.lock_first = [](UnitOfWork& work, const std::string& name) -> absl::Status {
    const absl::StatusOr<std::string> order = ReferenceOfRow(work, pb::Delivery::descriptor(), "order", name);
    if (absl::IsNotFound(order.status())) return absl::OkStatus();
    RETURN_IF_ERROR(order.status());
    return work.Load<pb::Order>(*order).status();
  };
  hooks.on_create =
      resource::OnCreate<pb::Delivery>([context](UnitOfWork& work, pb::Delivery* delivery) -> absl::Status {
        ASSIGN_OR_RETURN(const pb::Order order, LockOrder(work, delivery->order(), "delivery.order"));
        RETURN_IF_ERROR(CheckReleased(order));
        delivery->set_account(order.account());
        delivery->set_state(pb::DELIVERY_STATE_PLANNED);
        return Check(context, work, order, delivery);
      });
  hooks.on_update = resource::OnUpdate<pb::Delivery>(
      [context](UnitOfWork& work, const pb::Delivery& before, pb::Delivery* after) -> absl::Status {
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
        RETURN_IF_ERROR(Check(context, work, order, after));
        if (shipped) return CheckSerialsSent(work, before, *after);
        return absl::OkStatus();
      });
  hooks.on_saved = resource::OnSaved<pb::Delivery>(
      [](UnitOfWork& work, const pb::Delivery* before, const pb::Delivery& after) -> absl::Status {
        RETURN_IF_ERROR(HoldSerials(work, before, after));
        return before == nullptr ? absl::OkStatus() : FollowDelivery(work, *before, after);
      });
  context.runtime.SetHooks(pb::Delivery::descriptor(), std::move(hooks));

  resource::Hooks templates;
  templates.on_saved = resource::OnSaved<pb::ChecklistTemplate>(CheckTemplateAlone);
  context.runtime.SetHooks(pb::ChecklistTemplate::descriptor(), std::move(templates));
}

// The credit account of an order that is sold on credit, locked before the order; none for one that is paid before, and
// when no goods leave.
absl::StatusOr<std::optional<CreditBook>> BookOf(const Context& context, UnitOfWork& work, const std::string& order,
                                                 bool goods_leave) {
  if (!goods_leave) return std::optional<CreditBook>();
  ASSIGN_OR_RETURN(
      const std::vector<mysql::Row> rows,
      work.connection().Query("SELECT o.account FROM orders o WHERE o.id = ? AND o.payment_mode = 'CREDIT'",
                              {mysql::Value(IdOf(order))}));
  if (rows.empty()) return std::optional<CreditBook>();
  ASSIGN_OR_RETURN(CreditBook book, CreditBook::Open(context, work, absl::StrCat("accounts/", rows[0][0].text())));
  return std::optional<CreditBook>(std::move(book));
}

// Goods on credit leave while the credit stands, whatever it was on the day of the release: not when it was blocked,
// has run out, or something is overdue for too long. What goes out by somebody's authority goes out.
absl::Status CheckCreditStands(std::optional<CreditBook>& book, const pb::Order& order) {
  if (!book.has_value() || order.release_basis() != pb::RELEASE_BASIS_CREDIT) return absl::OkStatus();
  ASSIGN_OR_RETURN(const auto reservation, book->Find(order.name()));
  if (reservation.has_value() && reservation->overridden()) return absl::OkStatus();
  return book->Check(order.name(), order.currency(), Decimal());
}

// A delivery's verb: locks the order, then the delivery. `goods_leave`: credit and contract are looked at, and locked,
// before.
template <typename Request, typename Fn>
absl::StatusOr<pb::Delivery> WithOrder(const Context& context, rpc::Call& call, const Request& request, Fn fn,
                                       bool goods_leave = false) {
  return context.runtime.Write<pb::Delivery>(call, request, [&](UnitOfWork& work) -> absl::StatusOr<pb::Delivery> {
    ASSIGN_OR_RETURN(const std::string name, ReferenceOfRow(work, pb::Delivery::descriptor(), "order", request.name()));
    ASSIGN_OR_RETURN(std::optional<CreditBook> book, BookOf(context, work, name, goods_leave));
    if (goods_leave) RETURN_IF_ERROR(CheckContractOfOrder(work, name));
    ASSIGN_OR_RETURN(const pb::Order order, work.Load<pb::Order>(name));
    ASSIGN_OR_RETURN(auto change, work.Begin<pb::Delivery>(request));
    Change<pb::Order> order_change{order, order};
    RETURN_IF_ERROR(fn(work, &change, &order_change));
    RETURN_IF_ERROR(CheckCreditStands(book, order));  // Locks the reservation, which comes last.
    ASSIGN_OR_RETURN(pb::Delivery saved, work.Save(std::move(change)));
    RETURN_IF_ERROR(work.Save(std::move(order_change)).status());
    return saved;
  });
}

absl::Status Ship(const Context& context, UnitOfWork& work, Change<pb::Delivery>* delivery, Change<pb::Order>* order) {
  RETURN_IF_ERROR(CheckReleased(order->before));
  if (order->before.release_basis() == pb::RELEASE_BASIS_PAID) RETURN_IF_ERROR(CheckPaid(work, order->before));
  RETURN_IF_ERROR(IssueDelivery(context, work, order->before.issue_note(), delivery->after));
  const std::string today = context.Today(work.now());
  delivery->after.set_shipped_date(today);
  order->after.set_state(pb::ORDER_STATE_SHIPPED);
  order->after.set_history(false);
  if (order->after.shipped_date().empty()) order->after.set_shipped_date(today);
  return absl::OkStatus();
}

// The shipment of the delivery, which must have arrived; none when the customer is handed the goods without one.
absl::StatusOr<std::optional<pb::Shipment>> ArrivedShipment(UnitOfWork& work, const pb::Delivery& delivery) {
  ASSIGN_OR_RETURN(
      std::vector<pb::Shipment> found,
      work.Find<pb::Shipment>({"t.delivery = ? AND t.state <> 'CANCELLED'", {mysql::Value(IdOf(delivery.name()))}}, "",
                              1, /*lock=*/true));
  if (found.empty()) return std::optional<pb::Shipment>();
  if (found[0].state() != pb::SHIPMENT_STATE_ARRIVED && found[0].state() != pb::SHIPMENT_STATE_CLOSED) {
    return FailedPrecondition("SHIPMENT_NOT_ARRIVED", delivery.name(), "its shipment has not arrived",
                              {{"shipment", found[0].name()},
                               {"state", pb::ShipmentState_Name(found[0].state())},
                               {"allowed", "ARRIVED, CLOSED"}});
  }
  return std::optional<pb::Shipment>(std::move(found[0]));
}

absl::Status Accept(const Context& context, UnitOfWork& work, const pb::AcceptDeliveryRequest& request,
                    Change<pb::Delivery>* delivery, Change<pb::Order>* order) {
  const std::string today = context.Today(work.now());
  pb::Delivery& after = delivery->after;
  if (request.checklist_size() > 0) *after.mutable_checklist() = request.checklist();
  if (request.serials_size() > 0) *after.mutable_serials() = request.serials();
  RETURN_IF_ERROR(rules::CheckStepsKept(delivery->before, after));
  RETURN_IF_ERROR(CheckSerialsSent(work, delivery->before, after));
  if (!request.proxy_document().empty()) after.set_proxy_document(request.proxy_document());
  after.set_signatory(request.signatory());
  after.set_signature_document(request.signature_document());
  after.set_accepted_date(request.accepted_date().empty() ? today : request.accepted_date());
  if (after.accepted_date() > today || after.accepted_date() < after.shipped_date()) {
    return InvalidField("accepted_date", "ACCEPTED_DATE_INVALID", "must lie between shipping and today",
                        {{"shippedDate", after.shipped_date()}, {"today", today}});
  }
  ASSIGN_OR_RETURN(const std::optional<pb::Shipment> shipment, ArrivedShipment(work, after));
  RETURN_IF_ERROR(rules::CountAcceptance(request.lines(), shipment.has_value() ? &*shipment : nullptr, &after));
  after.set_late(after.accepted_date() > after.planned_date());
  RETURN_IF_ERROR(rules::CheckAcceptance(after));
  ASSIGN_OR_RETURN(const bool whole, rules::CountDelivery(after, after.accepted_date(), &order->after));
  // A dispute stays one until it is resolved, whatever else arrives.
  if (whole && order->before.state() == pb::ORDER_STATE_SHIPPED) {
    order->after.set_state(pb::ORDER_STATE_DELIVERED);
    RETURN_IF_ERROR(SettleIfPaid(work, &order->after));
  }
  return absl::OkStatus();
}

void SetLine(const Decimal& value, std::string* text) { *text = value.ToString(); }

absl::StatusOr<pb::OrderProgress> Progress(const Context& context, rpc::Call& call,
                                           const pb::GetOrderProgressRequest& request) {
  const resource::Type& orders = *context.runtime.catalog().Find(pb::Order::descriptor());
  const resource::Type& deliveries = *context.runtime.catalog().Find(pb::Delivery::descriptor());
  ASSIGN_OR_RETURN(const std::string id, resource::IdFromName(orders, request.name(), "name"));
  pb::OrderProgress answer;
  RETURN_IF_ERROR(context.runtime.database().Run(call.deadline, [&](mysql::Connection& connection) -> absl::Status {
    answer.Clear();
    ASSIGN_OR_RETURN(resource::Record record,
                     context.runtime.store().Load(connection, orders, id,
                                                  resource::ScopeCondition(orders, call.principal, call.level()),
                                                  /*lock=*/false));
    std::vector<pb::Delivery> all;
    std::string last;
    for (size_t page = kDeliveriesPage; page == kDeliveriesPage;) {
      ASSIGN_OR_RETURN(
          std::vector<resource::Record> found,
          context.runtime.store().Select(connection, deliveries,
                                         {{"t.order_id = ? AND t.id > ?", {mysql::Value(id), mysql::Value(last)}}},
                                         "ORDER BY t.id", kDeliveriesPage));
      page = found.size();
      for (resource::Record& row : found) all.push_back(std::move(static_cast<pb::Delivery&>(*row.message)));
      if (!all.empty()) last = IdOf(all.back().name());
    }
    const auto& order = static_cast<const pb::Order&>(*record.message);
    answer.set_order(order.name());
    answer.set_account(order.account());
    answer.set_state(order.state());
    ASSIGN_OR_RETURN(const std::vector<rules::LineProgress> lines, rules::ProgressOf(order, all));
    for (const rules::LineProgress& of : lines) {
      pb::LineProgress* line = answer.add_lines();
      line->set_line_number(of.line_number);
      line->set_product(of.product);
      ASSIGN_OR_RETURN(const Decimal open, of.Open());
      SetLine(of.ordered, line->mutable_ordered());
      SetLine(of.closed, line->mutable_closed());
      SetLine(of.planned, line->mutable_planned());
      SetLine(of.in_transit, line->mutable_in_transit());
      SetLine(of.accepted, line->mutable_accepted());
      SetLine(of.short_of, line->mutable_short_quantity());
      SetLine(of.damaged, line->mutable_damaged());
      SetLine(of.refused, line->mutable_refused());
      SetLine(of.reshipped, line->mutable_reshipped());
      SetLine(open, line->mutable_open());
      SetLine(of.invoiced, line->mutable_invoiced());
    }
    return absl::OkStatus();
  }));
  return answer;
}

}  // namespace

void RegisterDeliveries(const Context& context, rpc::Registry* registry) {
  SetDeliveryHooks(context);
  resource::RegisterStandardMethods(context.runtime, kService, registry);
  registry->Add<pb::ShipDeliveryRequest, pb::Delivery>(Rpc("ShipDelivery"), [context](auto& call, const auto& request) {
    return WithOrder(
        context, call, request,
        [&](UnitOfWork& work, auto* delivery, auto* order) { return Ship(context, work, delivery, order); },
        /*goods_leave=*/true);
  });
  registry->Add<pb::AcceptDeliveryRequest, pb::Delivery>(
      Rpc("AcceptDelivery"), [context](auto& call, const auto& request) {
        return WithOrder(context, call, request, [&](UnitOfWork& work, auto* delivery, auto* order) {
          return Accept(context, work, request, delivery, order);
        });
      });
  registry->Add<pb::RefuseDeliveryRequest, pb::Delivery>(Rpc("RefuseDelivery"), [context](auto& call,
                                                                                          const auto& request) {
    return WithOrder(context, call, request,
                     [&](UnitOfWork& work, Change<pb::Delivery>* delivery, Change<pb::Order>* order) -> absl::Status {
                       RETURN_IF_ERROR(rules::CheckReason(request.reason()));
                       delivery->after.set_refuse_reason(request.reason());
                       delivery->after.set_late(context.Today(work.now()) > delivery->after.planned_date());
                       order->after.set_state(pb::ORDER_STATE_DISPUTED);
                       order->after.set_state_reason(request.reason());
                       return absl::OkStatus();
                     });
  });
  registry->Add<pb::CancelDeliveryRequest, pb::Delivery>(
      Rpc("CancelDelivery"), [context](auto& call, const auto& request) {
        return WithOrder(context, call, request,
                         [&](UnitOfWork&, auto*, auto*) { return rules::CheckReason(request.reason()); });
      });
  registry->Add<pb::GetOrderProgressRequest, pb::OrderProgress>(
      Rpc("GetOrderProgress"), [context](rpc::Call& call, const pb::GetOrderProgressRequest& request) {
        return Progress(context, call, request);
      });
}

}  // namespace kam::contract
