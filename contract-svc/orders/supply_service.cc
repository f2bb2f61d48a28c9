// kam.order.v1.SupplyService: quotas, ordering plans, orders at the manufacturer (C-20).
#include "absl/strings/str_cat.h"
#include "common/resource/standard.h"
#include "common/status/status.h"
#include "contract-svc/authors.h"
#include "contract-svc/orders/order_parts.h"
#include "contract-svc/orders/quota_book.h"
#include "contract-svc/orders/supply_figures.h"
#include "contract-svc/rules/amounts.h"
#include "contract-svc/rules/receivable.h"
#include "contract-svc/rules/supply.h"
#include "contract-svc/sales.h"
#include "contract-svc/verb.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/type/money.pb.h"
#include "kam/order/v1/supply_service.pb.h"

namespace kam::contract {
namespace {

namespace pb = order::v1;
using mysql::Value;
using resource::Change;
using resource::UnitOfWork;

constexpr char kService[] = "kam.order.v1.SupplyService";
constexpr int kVersionsMax = 1000;

std::string Rpc(absl::string_view method) { return absl::StrCat(kService, "/", method); }

// Quotas of one product are made one after the other: its row is locked.
absl::Status CheckQuotaAlone(UnitOfWork& work, const pb::Quota& quota) {
  ASSIGN_OR_RETURN(
      const std::vector<mysql::Row> product,
      work.connection().Query("SELECT p.id FROM products p WHERE p.id = ? FOR UPDATE", {Value(IdOf(quota.product()))}));
  if (product.empty()) {
    return InvalidField("quota.product", "REFERENCE_NOT_FOUND", "does not exist", {{"reference", quota.product()}});
  }
  ASSIGN_OR_RETURN(const std::vector<mysql::Row> rows,
                   work.connection().Query("SELECT q.number FROM quotas q WHERE q.product = ? AND COALESCE(q.account, "
                                           "'') = ? AND q.from_date <= ? AND q.to_date >= ? AND q.from_date <= "
                                           "q.to_date LIMIT 1",
                                           {Value(IdOf(quota.product())), Value(IdOf(quota.account())),
                                            Value(quota.to_date()), Value(quota.from_date())}));
  if (rows.empty()) return absl::OkStatus();
  return FailedPrecondition("QUOTA_OVERLAP", quota.product(),
                            absl::StrCat("quota ", rows[0][0].text(), " holds on one of these days"),
                            {{"quota", rows[0][0].text()}});
}

void SetQuotaHooks(const Context& context) {
  resource::Hooks hooks;
  hooks.prepare = PrepareNames(context);
  hooks.on_create = resource::OnCreate<pb::Quota>([](UnitOfWork& work, pb::Quota* quota) -> absl::Status {
    RETURN_IF_ERROR(Validate(work, *quota));
    RETURN_IF_ERROR(rules::CheckQuotaPeriod(*quota));
    RETURN_IF_ERROR(CheckQuotaAlone(work, *quota));
    return CountStandingOrders(work, quota);
  });
  hooks.on_saved = resource::OnSaved<pb::Quota>([](UnitOfWork& work, const pb::Quota* before, const pb::Quota& after) {
    if (before == nullptr) return PostStandingOrders(work, after);
    return before->to_date() == after.to_date() ? absl::OkStatus() : WaitForStandingOrders(work, after);
  });
  hooks.on_update = resource::OnUpdate<pb::Quota>(
      [](UnitOfWork&, const pb::Quota&, pb::Quota* after) { return rules::CheckQuotaQuantity(*after); });
  context.runtime.SetHooks(pb::Quota::descriptor(), std::move(hooks));
}

// The quota is locked: what is counted in it stands still.
absl::Status End(UnitOfWork& work, const pb::EndQuotaRequest& request, pb::Quota* quota) {
  RETURN_IF_ERROR(rules::CheckReason(request.reason()));
  ASSIGN_OR_RETURN(const std::vector<mysql::Row> rows,
                   work.connection().Query("SELECT MAX(o.order_date) FROM quota_uses u JOIN orders o ON o.id = "
                                           "u.order_id WHERE u.quota = ? AND u.quantity > 0",
                                           {Value(IdOf(quota->name()))}));
  return rules::EndQuota(request.to_date(), rows[0][0].text(), quota);
}

// A plan of the company is written by everybody who may write plans; that of a department by whoever reaches it, which
// its people say: departments are kept elsewhere, with every person here his own is known.
absl::Status CheckDepartment(UnitOfWork& work, const pb::OrderingPlan& plan) {
  if (plan.department().empty()) return absl::OkStatus();
  const std::string part = absl::StrCat("/", IdOf(plan.department()), "/");
  ASSIGN_OR_RETURN(const std::vector<mysql::Row> rows,
                   work.connection().Query("SELECT e.department_path FROM employee_scopes e WHERE e.department_path "
                                           "LIKE ? LIMIT 1",
                                           {Value(absl::StrCat("%", part, "%"))}));
  if (rows.empty()) {
    return InvalidField("ordering_plan.department", "REFERENCE_NOT_FOUND", "nobody is known to belong to it",
                        {{"reference", plan.department()}});
  }
  if (work.level() == auth::Level::kAll) return absl::OkStatus();
  const std::string& path = rows[0][0].text();
  return rules::CheckPlanReach(work.actor().department, path.substr(0, path.find(part) + part.size()));
}

void SetPlanHooks(const Context& context) {
  resource::Hooks hooks;
  hooks.prepare = PrepareNames(context);
  hooks.on_create = resource::OnCreate<pb::OrderingPlan>([](UnitOfWork& work, pb::OrderingPlan* plan) -> absl::Status {
    RETURN_IF_ERROR(Validate(work, *plan));
    plan->set_state(pb::ORDERING_PLAN_STATE_DRAFT);
    RETURN_IF_ERROR(CheckDepartment(work, *plan));
    return rules::CheckPlan(plan);
  });
  hooks.on_update = resource::OnUpdate<pb::OrderingPlan>(
      [](UnitOfWork& work, const pb::OrderingPlan& before, pb::OrderingPlan* after) -> absl::Status {
        RETURN_IF_ERROR(CheckDepartment(work, before));
        if (before.state() != pb::ORDERING_PLAN_STATE_DRAFT) {
          return FailedPrecondition("ORDERING_PLAN_FROZEN", before.name(), "only a draft is changed",
                                    {{"state", pb::OrderingPlanState_Name(before.state())}});
        }
        return rules::CheckPlan(after);
      });
  context.runtime.SetHooks(pb::OrderingPlan::descriptor(), std::move(hooks));
}

void SetManufacturerHooks(const Context& context) {
  resource::Hooks hooks;
  hooks.prepare = PrepareNames(context);
  hooks.on_create =
      resource::OnCreate<pb::ManufacturerOrder>([](UnitOfWork& work, pb::ManufacturerOrder* order) -> absl::Status {
        RETURN_IF_ERROR(Validate(work, *order));
        order->set_state(pb::MANUFACTURER_ORDER_STATE_DRAFT);
        return rules::ComputeManufacturerOrder(order);
      });
  hooks.on_update = resource::OnUpdate<pb::ManufacturerOrder>(
      [](UnitOfWork&, const pb::ManufacturerOrder& before, pb::ManufacturerOrder* after) -> absl::Status {
        if (before.state() != pb::MANUFACTURER_ORDER_STATE_DRAFT) {
          pb::ManufacturerOrder rest = *after;
          rest.set_payment_date(before.payment_date());
          rest.set_expected_date(before.expected_date());
          rest.set_remark(before.remark());
          const bool over = before.state() == pb::MANUFACTURER_ORDER_STATE_RECEIVED ||
                            before.state() == pb::MANUFACTURER_ORDER_STATE_CANCELLED;
          if (over || rest.SerializeAsString() != before.SerializeAsString()) {
            return FailedPrecondition("MANUFACTURER_ORDER_FROZEN", before.name(),
                                      over ? "the order is over"
                                           : "goods and prices of an order that was sent are not changed; days and "
                                             "remark are",
                                      {{"state", pb::ManufacturerOrderState_Name(before.state())}});
          }
        }
        return rules::ComputeManufacturerOrder(after);
      });
  context.runtime.SetHooks(pb::ManufacturerOrder::descriptor(), std::move(hooks));
}

absl::Status Approve(UnitOfWork& work, pb::OrderingPlan* plan) {
  RETURN_IF_ERROR(rules::CheckOtherPerson(plan->name(), work.actor().subject, plan->submitter(), "submitted the plan"));
  RETURN_IF_ERROR(rules::CheckOtherPerson(plan->name(), work.actor().subject, plan->creator(), "wrote the plan"));
  RETURN_IF_ERROR(CheckNotAuthor(work, plan->name(), Rpc("UpdateOrderingPlan")));
  plan->set_approver(work.actor().subject);
  const auto* period = pb::PlanPeriod_descriptor()->FindValueByNumber(plan->period());
  ASSIGN_OR_RETURN(
      const std::vector<pb::OrderingPlan> former,
      // Submitted ones too: of two that are approved at once, one waits for the other here.
      work.Find<pb::OrderingPlan>(
          {"t.plan_period = ? AND t.start_date = ? AND COALESCE(t.department, '') = ? AND "
           "t.state IN ('SUBMITTED', 'APPROVED')",
           {Value(resource::ShortEnumName(period)), Value(plan->start_date()), Value(IdOf(plan->department()))}},
          "", kVersionsMax, /*lock=*/true));
  for (const pb::OrderingPlan& old : former) {
    if (old.state() != pb::ORDERING_PLAN_STATE_APPROVED) continue;
    Change<pb::OrderingPlan> change{old, old};
    change.after.set_state(pb::ORDERING_PLAN_STATE_SUPERSEDED);
    RETURN_IF_ERROR(work.Save(std::move(change)).status());
  }
  return absl::OkStatus();
}

absl::Status Submit(UnitOfWork& work, pb::ManufacturerOrder* order) {
  RETURN_IF_ERROR(rules::CheckPriced(*order));
  if (order->plan().empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const pb::OrderingPlan plan, work.Load<pb::OrderingPlan>(order->plan()));
  if (plan.state() == pb::ORDERING_PLAN_STATE_APPROVED) return absl::OkStatus();
  return FailedPrecondition("PLAN_NOT_APPROVED", order->name(), "carries out a plan that was not approved",
                            {{"plan", plan.name()}, {"state", pb::OrderingPlanState_Name(plan.state())}});
}

}  // namespace

void RegisterSupply(const Context& context, rpc::Registry* registry) {
  SetQuotaHooks(context);
  SetPlanHooks(context);
  SetManufacturerHooks(context);
  resource::RegisterStandardMethods(context.runtime, kService, registry);
  AddPersonVerb<pb::Quota, pb::EndQuotaRequest>(context, Rpc("EndQuota"), registry, End);
  AddPersonVerb<pb::OrderingPlan, pb::SubmitOrderingPlanRequest>(
      context, Rpc("SubmitOrderingPlan"), registry,
      [](UnitOfWork& work, const auto&, pb::OrderingPlan* plan) -> absl::Status {
        RETURN_IF_ERROR(CheckDepartment(work, *plan));
        plan->set_submitter(work.actor().subject);
        plan->clear_return_reason();
        return absl::OkStatus();
      });
  AddPersonVerb<pb::OrderingPlan, pb::ApproveOrderingPlanRequest>(
      context, Rpc("ApproveOrderingPlan"), registry,
      [](UnitOfWork& work, const auto&, pb::OrderingPlan* plan) { return Approve(work, plan); });
  AddPersonVerb<pb::OrderingPlan, pb::ReturnOrderingPlanRequest>(
      context, Rpc("ReturnOrderingPlan"), registry, [](UnitOfWork&, const auto& request, pb::OrderingPlan* plan) {
        plan->set_return_reason(request.reason());
        return rules::CheckReason(request.reason());
      });
  AddPersonVerb<pb::ManufacturerOrder, pb::SubmitManufacturerOrderRequest>(
      context, Rpc("SubmitManufacturerOrder"), registry,
      [](UnitOfWork& work, const auto&, pb::ManufacturerOrder* order) { return Submit(work, order); });
  AddPersonVerb<pb::ManufacturerOrder, pb::ConfirmManufacturerOrderRequest>(
      context, Rpc("ConfirmManufacturerOrder"), registry,
      [](UnitOfWork&, const auto& request, pb::ManufacturerOrder* order) {
        order->set_manufacturer_number(request.manufacturer_number());
        if (!request.expected_date().empty()) order->set_expected_date(request.expected_date());
        if (!request.payment_date().empty()) order->set_payment_date(request.payment_date());
        return absl::OkStatus();
      });
  AddPersonVerb<pb::ManufacturerOrder, pb::ShipManufacturerOrderRequest>(
      context, Rpc("ShipManufacturerOrder"), registry,
      [](UnitOfWork&, const auto& request, pb::ManufacturerOrder* order) {
        if (!request.expected_date().empty()) order->set_expected_date(request.expected_date());
        return absl::OkStatus();
      });
  AddPersonVerb<pb::ManufacturerOrder, pb::CancelManufacturerOrderRequest>(
      context, Rpc("CancelManufacturerOrder"), registry,
      [](UnitOfWork&, const auto& request, pb::ManufacturerOrder* order) -> absl::Status {
        RETURN_IF_ERROR(rules::CheckReason(request.reason()));
        order->set_cancel_reason(request.reason());
        return rules::CheckNothingReceived(*order);
      });
  AddPersonVerb<pb::ManufacturerOrder, pb::CloseManufacturerOrderShortRequest>(
      context, Rpc("CloseManufacturerOrderShort"), registry,
      [](UnitOfWork&, const auto& request, pb::ManufacturerOrder* order) -> absl::Status {
        RETURN_IF_ERROR(rules::CheckReason(request.reason()));
        order->set_close_reason(request.reason());
        return rules::CloseManufacturerOrder(order);
      });
  RegisterSupplyFigures(context, registry);
}

}  // namespace kam::contract
