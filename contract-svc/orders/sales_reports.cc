#include "contract-svc/orders/sales_reports.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <map>
#include <optional>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "common/money/money.h"
#include "common/resource/standard.h"
#include "common/status/status.h"
#include "common/time/date.h"
#include "contract-svc/rules/amounts.h"
#include "contract-svc/rules/sales_ledger.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/type/money.pb.h"
#include "kam/order/v1/order.pb.h"
#include "kam/order/v1/sales_ledger_service.pb.h"

namespace kam::contract {
namespace {

namespace pb = order::v1;
using mysql::Value;

constexpr int kSalesPageMax = 5000;

std::string Rpc(absl::string_view method) { return absl::StrCat("kam.order.v1.SalesLedgerService/", method); }

// " AND (...)" for the caller's rows of alias t, with its parameters appended.
std::string ScopeSql(const Context& context, const rpc::Call& call, const google::protobuf::Descriptor* descriptor,
                     std::vector<Value>* params) {
  const resource::SqlCondition scope =
      resource::ScopeCondition(*context.runtime.catalog().Find(descriptor), call.principal, call.level());
  if (scope.sql.empty()) return {};
  params->insert(params->end(), scope.params.begin(), scope.params.end());
  return absl::StrCat(" AND (", scope.sql, ")");
}

// Sales of one product in one period, of one person and in one currency.
struct ProductSales {
  int64_t orders = 0;
  Decimal ordered_quantity, ordered, invoiced_quantity, revenue;
};
// By period, person, currency and product.
using ProductKey = std::array<std::string, 4>;
using ProductRows = std::map<ProductKey, ProductSales>;

ProductKey KeyOf(const mysql::Row& row) { return {row[0].text(), row[1].text(), row[2].text(), row[3].text()}; }

absl::Status AddTo(const mysql::Value& value, Decimal* sum) {
  ASSIGN_OR_RETURN(const Decimal part, Decimal::Parse(value.text(), "sum"));
  ASSIGN_OR_RETURN(*sum, Add(*sum, part));
  return absl::OkStatus();
}

// The lines of the orders of the period, `columns` of each or of each group.
absl::StatusOr<std::vector<mysql::Row>> OrderLines(const Context& context, const rpc::Call& call,
                                                   mysql::Connection& connection,
                                                   const pb::SummarizeSalesRequest& request, absl::string_view columns,
                                                   absl::string_view rest) {
  std::vector<Value> params = {Value(static_cast<int64_t>(rules::PeriodLength(request.by()))),
                               Value(request.from_date()), Value(request.to_date())};
  const std::string scope = ScopeSql(context, call, pb::Order::descriptor(), &params);
  return connection.Query(
      absl::StrCat("SELECT SUBSTRING(t.order_date, 1, ?), COALESCE(t.salesperson, o.owner), t.currency, l.product, ",
                   columns,
                   " FROM orders t JOIN orders_lines l ON l.parent_id = t.id LEFT JOIN account_scopes o ON o.account = "
                   "t.account WHERE t.order_date BETWEEN ? AND ? AND t.state <> 'CANCELLED' AND t.archive_time IS NULL",
                   scope, rest),
      mysql::Params(params));
}

// What was ordered. Of a line that was closed short counts what will be invoiced of it, to the last cent.
absl::Status AddOrdered(const Context& context, const rpc::Call& call, mysql::Connection& connection,
                        const pb::SummarizeSalesRequest& request, ProductRows* rows) {
  ASSIGN_OR_RETURN(const std::vector<mysql::Row> whole,
                   OrderLines(context, call, connection, request,
                              "COUNT(DISTINCT t.id), SUM(l.quantity - COALESCE(l.closed_quantity, 0)), SUM(CASE WHEN "
                              "COALESCE(l.closed_quantity, 0) = 0 THEN COALESCE(l.amount_amount, 0) + "
                              "COALESCE(l.tax_amount, 0) ELSE 0 END)",
                              " GROUP BY 1, 2, 3, 4"));
  for (const mysql::Row& row : whole) {
    ProductSales& sales = (*rows)[KeyOf(row)];
    sales.orders = row[4].integer();
    RETURN_IF_ERROR(AddTo(row[5], &sales.ordered_quantity));
    RETURN_IF_ERROR(AddTo(row[6], &sales.ordered));
  }
  ASSIGN_OR_RETURN(const std::vector<mysql::Row> closed,
                   OrderLines(context, call, connection, request,
                              "l.quantity, l.closed_quantity, COALESCE(l.amount_amount, 0), COALESCE(l.tax_amount, 0)",
                              " AND l.closed_quantity > 0"));
  for (const mysql::Row& row : closed) {
    ProductSales& sales = (*rows)[KeyOf(row)];
    ASSIGN_OR_RETURN(const Currency currency, Currency::Parse(row[2].text(), "currency"));
    ASSIGN_OR_RETURN(const Decimal quantity, Decimal::Parse(row[4].text(), "quantity"));
    ASSIGN_OR_RETURN(const Decimal given_up, Decimal::Parse(row[5].text(), "closed_quantity"));
    ASSIGN_OR_RETURN(const Decimal kept, Subtract(quantity, given_up));
    for (const size_t column : {size_t{6}, size_t{7}}) {
      ASSIGN_OR_RETURN(const Decimal amount, Decimal::Parse(row[column].text(), "amount"));
      ASSIGN_OR_RETURN(const Decimal share, rules::ShareOfLine(amount, kept, quantity, currency.minor_unit()));
      ASSIGN_OR_RETURN(sales.ordered, Add(sales.ordered, share));
    }
  }
  return absl::OkStatus();
}

// What was invoiced, and taken back, by the lines of the ledger: of their day and their person.
absl::Status AddInvoiced(const Context& context, const rpc::Call& call, mysql::Connection& connection,
                         const pb::SummarizeSalesRequest& request, ProductRows* rows) {
  std::vector<Value> params = {Value(static_cast<int64_t>(rules::PeriodLength(request.by()))),
                               Value(request.from_date()), Value(request.to_date())};
  const std::string scope = ScopeSql(context, call, pb::SalesLedgerEntry::descriptor(), &params);
  ASSIGN_OR_RETURN(
      const std::vector<mysql::Row> sums,
      connection.Query(
          absl::StrCat("SELECT SUBSTRING(t.entry_date, 1, ?), t.salesperson, t.revenue_currency, COALESCE(l.product, "
                       "''), SUM(CASE WHEN t.entry_kind = 'SALE' THEN COALESCE(l.quantity, 0) ELSE "
                       "-COALESCE(l.quantity, 0) END), SUM(CASE WHEN "
                       "t.entry_kind = 'SALE' THEN COALESCE(l.gross_amount, 0) ELSE -COALESCE(l.gross_amount, 0) END) "
                       "FROM sales_ledger_entries "
                       // The source of a sale is the name of its invoice.
                       "t JOIN invoices i ON i.id = SUBSTRING(t.source, 10) JOIN invoices_lines l ON l.parent_id "
                       "= i.id WHERE t.entry_date BETWEEN ? AND ? AND t.entry_kind IN ('SALE', 'SALE_CANCELLED')",
                       scope, " GROUP BY 1, 2, 3, 4"),
          mysql::Params(params)));
  for (const mysql::Row& row : sums) {
    ProductSales& sales = (*rows)[KeyOf(row)];
    RETURN_IF_ERROR(AddTo(row[4], &sales.invoiced_quantity));
    RETURN_IF_ERROR(AddTo(row[5], &sales.revenue));
  }
  return absl::OkStatus();
}

absl::StatusOr<pb::SummarizeSalesResponse> SalesByProduct(const Context& context, rpc::Call& call,
                                                          const pb::SummarizeSalesRequest& request) {
  if (request.page_size() < 0) return InvalidField("page_size", "PAGE_SIZE_NEGATIVE", "must not be negative");
  // Who asks for no page knows of none: he gets all, or is refused (RESPONSE_TOO_LARGE), and never a part for the
  // whole.
  const bool whole = request.page_size() == 0 && request.page_token().empty();
  const int page_size = request.page_size() == 0 ? kSalesPageMax : std::min(request.page_size(), kSalesPageMax);
  const absl::Time now = context.runtime.clock().Now();
  const std::string binding =
      absl::StrCat(call.method->full_name(), "\n", call.principal.subject, "\n", request.from_date(), "\n",
                   request.to_date(), "\n", pb::SalesPeriod_Name(request.by()));
  std::optional<ProductKey> last;
  if (!request.page_token().empty()) {
    ASSIGN_OR_RETURN(const std::vector<Value> token,
                     context.runtime.page_tokens().Open(request.page_token(), binding, now));
    if (token.size() != std::tuple_size_v<ProductKey>) {
      return InvalidField("page_token", "PAGE_TOKEN_INVALID", "is not a token of this list");
    }
    last = KeyOf(token);
  }
  pb::SummarizeSalesResponse response;
  RETURN_IF_ERROR(context.runtime.database().Run(call.deadline, [&](mysql::Connection& connection) -> absl::Status {
    response.Clear();
    ProductRows rows;
    RETURN_IF_ERROR(AddOrdered(context, call, connection, request, &rows));
    RETURN_IF_ERROR(AddInvoiced(context, call, connection, request, &rows));
    for (auto at = last.has_value() ? rows.upper_bound(*last) : rows.begin(); at != rows.end(); ++at) {
      const auto& [key, sales] = *at;
      const auto& [period, person, currency, product] = key;
      if (!whole && response.rows_size() == page_size) {
        const ProductKey& shown = std::prev(at)->first;
        response.set_next_page_token(context.runtime.page_tokens().Seal(
            {Value(shown[0]), Value(shown[1]), Value(shown[2]), Value(shown[3])}, binding, now));
        break;
      }
      pb::SalesRow* row = response.add_rows();
      row->set_period(period);
      if (!person.empty()) row->set_salesperson(absl::StrCat("employees/", person));
      row->set_currency(currency);
      if (!product.empty()) row->set_product(absl::StrCat("products/", product));
      row->set_orders(sales.orders);
      row->set_ordered_quantity(sales.ordered_quantity.ToString());
      row->set_invoiced_quantity(sales.invoiced_quantity.ToString());
      rules::SetAmount(sales.ordered, currency, row->mutable_ordered());
      rules::SetAmount(sales.revenue, currency, row->mutable_revenue());
    }
    return absl::OkStatus();
  }));
  return response;
}

absl::StatusOr<pb::SummarizeSalesResponse> Sales(const Context& context, rpc::Call& call,
                                                 const pb::SummarizeSalesRequest& request) {
  RETURN_IF_ERROR(rules::CheckSalesPeriod(request));
  if (request.by_product()) return SalesByProduct(context, call, request);
  const auto length = static_cast<int64_t>(rules::PeriodLength(request.by()));
  std::vector<Value> params = {Value(length), Value(request.from_date()), Value(request.to_date())};
  std::string sql =
      "SELECT u.period, u.salesperson, u.currency, SUM(u.orders), SUM(u.ordered), SUM(u.revenue), SUM(u.payment) FROM "
      "(SELECT SUBSTRING(t.order_date, 1, ?) AS period, COALESCE(t.salesperson, o.owner) AS salesperson, t.currency AS "
      "currency, 1 AS orders, "
      "t.total_amount - COALESCE(t.closed_total_amount, 0) AS ordered, 0 AS revenue, 0 AS payment FROM orders t LEFT "
      "JOIN account_scopes o ON o.account = t.account WHERE t.order_date BETWEEN ? AND ? AND t.state <> 'CANCELLED' "
      "AND t.archive_time IS NULL";
  absl::StrAppend(&sql, ScopeSql(context, call, pb::Order::descriptor(), &params),
                  " UNION ALL SELECT SUBSTRING(t.entry_date, 1, ?), t.salesperson, COALESCE(t.revenue_currency, "
                  "t.payment_currency), 0, 0, COALESCE(t.revenue_amount, 0), COALESCE(t.payment_amount, 0) FROM "
                  "sales_ledger_entries t WHERE t.entry_date BETWEEN ? AND ?");
  params.insert(params.end(), {Value(length), Value(request.from_date()), Value(request.to_date())});
  absl::StrAppend(&sql, ScopeSql(context, call, pb::SalesLedgerEntry::descriptor(), &params),
                  ") u GROUP BY 1, 2, 3 ORDER BY 1, 2, 3");
  pb::SummarizeSalesResponse response;
  RETURN_IF_ERROR(context.runtime.database().Run(call.deadline, [&](mysql::Connection& connection) -> absl::Status {
    response.Clear();
    ASSIGN_OR_RETURN(const std::vector<mysql::Row> rows, connection.Query(sql, mysql::Params(params)));
    for (const mysql::Row& row : rows) {
      pb::SalesRow* sales = response.add_rows();
      sales->set_period(row[0].text());
      if (!row[1].is_null()) sales->set_salesperson(absl::StrCat("employees/", row[1].text()));
      sales->set_currency(row[2].text());
      ASSIGN_OR_RETURN(const Decimal orders, Decimal::Parse(row[3].text(), "orders"));
      sales->set_orders(static_cast<int64_t>(orders.unscaled() / Decimal::kUnit));
      google::type::Money* amounts[] = {sales->mutable_ordered(), sales->mutable_revenue(), sales->mutable_payment()};
      for (size_t i = 0; i < 3; ++i) {
        ASSIGN_OR_RETURN(const Decimal amount, Decimal::Parse(row[4 + i].text(), "amount"));
        rules::SetAmount(amount, row[2].text(), amounts[i]);
      }
    }
    return absl::OkStatus();
  }));
  return response;
}

absl::StatusOr<pb::SummarizeReviewsResponse> Reviews(const Context& context, rpc::Call& call,
                                                     const pb::SummarizeReviewsRequest& request) {
  RETURN_IF_ERROR(rules::CheckReportPeriod(request.from_date(), request.to_date()));
  ASSIGN_OR_RETURN(const absl::CivilDay first, ParseDate(request.from_date(), "from_date"));
  ASSIGN_OR_RETURN(const absl::Time end, context.EndOf(request.to_date()));
  const absl::Time begin = absl::FromCivil(first, context.zone);
  pb::SummarizeReviewsResponse response;
  RETURN_IF_ERROR(context.runtime.database().Run(call.deadline, [&](mysql::Connection& connection) -> absl::Status {
    response.Clear();
    std::map<std::string, pb::ReviewRow> days;
    // Days are those of the company's zone: instants are put into their day here.
    const auto count = [&](const std::string& sql, void (*add)(pb::ReviewRow*)) -> absl::Status {
      std::vector<Value> params = {Value(begin), Value(end)};
      const std::string scoped = absl::StrCat(sql, ScopeSql(context, call, pb::Order::descriptor(), &params));
      return connection.Scan(scoped, mysql::Params(params), [&](const mysql::Row& row) {
        add(&days[context.Today(row[0].time())]);
        return absl::OkStatus();
      });
    };
    // A note that only names another warehouse is no review of its own; it is void when the last one is.
    RETURN_IF_ERROR(
        count("SELECT n.create_time FROM issue_notes n JOIN orders t ON t.id = n.order_id WHERE "
              "n.create_time >= ? AND n.create_time < ? AND n.replaces IS NULL",
              [](pb::ReviewRow* row) { row->set_reviewed(row->reviewed() + 1); }));
    RETURN_IF_ERROR(
        count("SELECT n.create_time FROM issue_notes n JOIN orders t ON t.id = n.order_id WHERE "
              "n.create_time >= ? AND n.create_time < ? AND n.replaces IS NULL AND n.cancelled = 1 AND NOT EXISTS "
              "(SELECT 1 FROM issue_notes m WHERE m.replaces = n.id AND m.cancelled = 0)",
              [](pb::ReviewRow* row) { row->set_voided(row->voided() + 1); }));
    RETURN_IF_ERROR(count("SELECT t.release_time FROM orders t WHERE t.release_time >= ? AND t.release_time < ?",
                          [](pb::ReviewRow* row) { row->set_released(row->released() + 1); }));
    std::vector<Value> params = {Value(request.from_date()), Value(request.to_date())};
    const std::string scope = ScopeSql(context, call, pb::Order::descriptor(), &params);
    ASSIGN_OR_RETURN(const std::vector<mysql::Row> rows,
                     connection.Query(absl::StrCat("SELECT d.shipped_date, COUNT(d.id) FROM deliveries d JOIN orders t "
                                                   "ON t.id = d.order_id WHERE d.shipped_date BETWEEN ? AND ?",
                                                   scope, " GROUP BY d.shipped_date"),
                                      mysql::Params(params)));
    for (const mysql::Row& row : rows) days[row[0].text()].set_shipped(row[1].integer());
    for (auto& [day, row] : days) {
      row.set_date(day);
      *response.add_rows() = row;
    }
    return absl::OkStatus();
  }));
  return response;
}

}  // namespace

void RegisterSalesReports(const Context& context, rpc::Registry* registry) {
  registry->Add<pb::SummarizeSalesRequest, pb::SummarizeSalesResponse>(
      Rpc("SummarizeSales"),
      [context](rpc::Call& call, const pb::SummarizeSalesRequest& request) { return Sales(context, call, request); });
  registry->Add<pb::SummarizeReviewsRequest, pb::SummarizeReviewsResponse>(
      Rpc("SummarizeReviews"), [context](rpc::Call& call, const pb::SummarizeReviewsRequest& request) {
        return Reviews(context, call, request);
      });
}

}  // namespace kam::contract
