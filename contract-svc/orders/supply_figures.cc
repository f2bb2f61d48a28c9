#include "contract-svc/orders/supply_figures.h"

#include <map>

#include "absl/strings/str_cat.h"
#include "common/resource/standard.h"
#include "common/status/status.h"
#include "contract-svc/rules/amounts.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/type/money.pb.h"
#include "kam/order/v1/supply_service.pb.h"

namespace kam::contract {
namespace {

namespace pb = order::v1;
using mysql::Value;

std::string Rpc(absl::string_view method) { return absl::StrCat("kam.order.v1.SupplyService/", method); }

// What was planned and what came of it, of one product.
struct Actual {
  Decimal sales_planned, ordered, delivered, supply_planned, supplied, received, stock;
};

// Adds the sums of a query (product, quantity) to one part of every product.
absl::Status AddSums(mysql::Connection& connection, const std::string& sql, const std::vector<Value>& params,
                     Decimal Actual::*part, bool only_known, std::map<std::string, Actual>* actuals) {
  ASSIGN_OR_RETURN(const std::vector<mysql::Row> rows, connection.Query(sql, mysql::Params(params)));
  for (const mysql::Row& row : rows) {
    if (only_known && actuals->count(row[0].text()) == 0) continue;
    ASSIGN_OR_RETURN((*actuals)[row[0].text()].*part, Decimal::Parse(row[1].text(), "quantity"));
  }
  return absl::OkStatus();
}

absl::StatusOr<pb::GetOrderingPlanActualsResponse> Actuals(const Context& context, rpc::Call& call,
                                                           const pb::GetOrderingPlanActualsRequest& request) {
  ASSIGN_OR_RETURN(const pb::OrderingPlan plan, context.runtime.Get<pb::OrderingPlan>(call, request.name()));
  pb::GetOrderingPlanActualsResponse response;
  RETURN_IF_ERROR(context.runtime.database().Run(call.deadline, [&](mysql::Connection& connection) -> absl::Status {
    response.Clear();
    response.set_plan(plan.name());
    std::map<std::string, Actual> actuals;
    for (const pb::OrderingPlanLine& line : plan.lines()) {
      Actual& actual = actuals[IdOf(line.product())];
      ASSIGN_OR_RETURN(actual.sales_planned, rules::QuantityOf(line.sales_quantity(), "sales_quantity"));
      ASSIGN_OR_RETURN(actual.supply_planned, rules::QuantityOf(line.order_quantity(), "order_quantity"));
    }
    std::vector<Value> days = {Value(plan.start_date()), Value(plan.end_date())};
    // Of a department: what the customers of its people order and take.
    std::string owners, of_department;
    if (!plan.department().empty()) {
      owners = " JOIN account_scopes a ON a.account = ";
      of_department =
          " AND EXISTS (SELECT 1 FROM employee_scopes e WHERE e.employee = a.owner AND e.department_path LIKE ?)";
      days.emplace_back(absl::StrCat("%/", IdOf(plan.department()), "/%"));
    }
    const auto owners_of = [&](const char* account) { return owners.empty() ? owners : owners + account; };
    // What was ordered for an earlier plan of the same days was ordered for these days.
    const auto* period = pb::PlanPeriod_descriptor()->FindValueByNumber(plan.period());
    std::vector<Value> of_plan = {Value(resource::ShortEnumName(period)), Value(plan.start_date())};
    // As far as the customers go: those of the departments below it with it, of the company all.
    std::string extent;
    if (!plan.department().empty()) {
      const std::string department = IdOf(plan.department());
      extent =
          " AND (p.department = ? OR EXISTS (SELECT 1 FROM employee_scopes e WHERE e.department_path LIKE CONCAT(?, "
          "p.department, '/%')))";
      of_plan.insert(of_plan.end(), {Value(department), Value(absl::StrCat("%/", department, "/%"))});
    }
    const std::string of_manufacturer = absl::StrCat(
        " FROM manufacturer_orders m JOIN manufacturer_orders_lines l ON l.parent_id = m.id JOIN ordering_plans p ON "
        "p.id = m.plan WHERE p.plan_period = ? AND p.start_date = ? AND m.state NOT IN ('DRAFT', 'CANCELLED')",
        extent, " GROUP BY l.product");
    RETURN_IF_ERROR(AddSums(connection,
                            absl::StrCat("SELECT l.product, SUM(l.quantity - COALESCE(l.closed_quantity, 0)) FROM "
                                         "orders o JOIN orders_lines l ON l.parent_id = o.id",
                                         owners_of("o.account"),
                                         " WHERE o.order_date BETWEEN ? AND ? AND o.state <> 'CANCELLED' AND "
                                         "o.archive_time IS NULL",
                                         of_department, " GROUP BY l.product"),
                            days, &Actual::ordered, /*only_known=*/false, &actuals));
    RETURN_IF_ERROR(
        AddSums(connection,
                absl::StrCat("SELECT l.product, SUM(COALESCE(l.accepted_quantity, l.quantity)) FROM deliveries d JOIN "
                             "deliveries_lines l ON l.parent_id = d.id",
                             owners_of("d.account"), " WHERE d.accepted_date BETWEEN ? AND ? AND d.state = 'ACCEPTED'",
                             of_department, " GROUP BY l.product"),
                days, &Actual::delivered, /*only_known=*/false, &actuals));
    RETURN_IF_ERROR(AddSums(
        connection, absl::StrCat("SELECT l.product, SUM(l.quantity - COALESCE(l.closed_quantity, 0))", of_manufacturer),
        of_plan, &Actual::supplied, /*only_known=*/false, &actuals));
    RETURN_IF_ERROR(AddSums(connection,
                            absl::StrCat("SELECT l.product, SUM(COALESCE(l.received_quantity, 0))", of_manufacturer),
                            of_plan, &Actual::received, /*only_known=*/false, &actuals));
    RETURN_IF_ERROR(AddSums(connection,
                            "SELECT i.product, SUM(i.quantity) FROM stock_items i WHERE i.stock_status = 'AVAILABLE' "
                            "AND i.quantity > 0 GROUP BY i.product",
                            {}, &Actual::stock, /*only_known=*/true, &actuals));
    for (const auto& [product, actual] : actuals) {
      pb::PlanActual* row = response.add_rows();
      row->set_product(absl::StrCat("products/", product));
      ASSIGN_OR_RETURN(const Decimal sales, Subtract(actual.ordered, actual.sales_planned));
      ASSIGN_OR_RETURN(const Decimal supply, Subtract(actual.supplied, actual.supply_planned));
      row->set_sales_planned(actual.sales_planned.ToString());
      row->set_sales_ordered(actual.ordered.ToString());
      row->set_sales_delivered(actual.delivered.ToString());
      row->set_sales_variance(sales.ToString());
      row->set_supply_planned(actual.supply_planned.ToString());
      row->set_supply_ordered(actual.supplied.ToString());
      row->set_supply_received(actual.received.ToString());
      row->set_supply_variance(supply.ToString());
      row->set_stock(actual.stock.ToString());
    }
    return absl::OkStatus();
  }));
  return response;
}

absl::StatusOr<pb::SummarizeFundsResponse> Funds(const Context& context, rpc::Call& call,
                                                 const pb::SummarizeFundsRequest& request) {
  std::string where;
  std::vector<Value> params;
  if (!request.from_date().empty()) {
    where += " AND m.payment_date >= ?";
    params.emplace_back(request.from_date());
  }
  if (!request.to_date().empty()) {
    where += " AND m.payment_date <= ?";
    params.emplace_back(request.to_date());
  }
  pb::SummarizeFundsResponse response;
  RETURN_IF_ERROR(context.runtime.database().Run(call.deadline, [&](mysql::Connection& connection) -> absl::Status {
    response.Clear();
    ASSIGN_OR_RETURN(
        const std::vector<mysql::Row> rows,
        connection.Query(absl::StrCat("SELECT COALESCE(SUBSTRING(m.payment_date, 1, 7), ''), m.currency, m.state, "
                                      "COUNT(m.id), SUM(m.total_amount) FROM manufacturer_orders m WHERE m.state NOT "
                                      "IN ('DRAFT', 'CANCELLED')",
                                      where, " GROUP BY 1, 2, 3 ORDER BY 1, 2, 3"),
                         mysql::Params(params)));
    for (const mysql::Row& row : rows) {
      pb::FundsNeeded* funds = response.add_rows();
      funds->set_month(row[0].text());
      funds->set_currency(row[1].text());
      const auto* state = resource::FindEnumValue(pb::ManufacturerOrderState_descriptor(), row[2].text());
      if (state != nullptr) funds->set_state(static_cast<pb::ManufacturerOrderState>(state->number()));
      funds->set_count(row[3].integer());
      ASSIGN_OR_RETURN(const Decimal total, Decimal::Parse(row[4].text(), "total"));
      rules::SetAmount(total, row[1].text(), funds->mutable_total());
    }
    return absl::OkStatus();
  }));
  return response;
}

}  // namespace

void RegisterSupplyFigures(const Context& context, rpc::Registry* registry) {
  registry->Add<pb::GetOrderingPlanActualsRequest, pb::GetOrderingPlanActualsResponse>(
      Rpc("GetOrderingPlanActuals"), [context](rpc::Call& call, const pb::GetOrderingPlanActualsRequest& request) {
        return Actuals(context, call, request);
      });
  registry->Add<pb::SummarizeFundsRequest, pb::SummarizeFundsResponse>(
      Rpc("SummarizeFunds"),
      [context](rpc::Call& call, const pb::SummarizeFundsRequest& request) { return Funds(context, call, request); });
}

}  // namespace kam::contract
