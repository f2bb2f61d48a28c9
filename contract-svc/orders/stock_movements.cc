// Statistics of the movements of stock, by day, month or year (C-24, P-02). Part of kam.order.v1.StockService.
#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/resource/standard.h"
#include "common/status/status.h"
#include "contract-svc/orders/stock_papers.h"
#include "contract-svc/rules/sales_ledger.h"
#include "contract-svc/rules/stock.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/type/money.pb.h"
#include "kam/order/v1/stock_service.pb.h"

namespace kam::contract {
namespace {

namespace pb = order::v1;
using mysql::Value;

constexpr char kMethod[] = "kam.order.v1.StockService/SummarizeStockMovements";

// The row before the page: its end is the beginning of the next one of the same product.
struct Before {
  std::string site, product, period, closing;
};

// Sums of the ledger by site, product and period, one for what was there before the first day ("OPENING") and for every
// kind that changes the quantity, in the sequence of rules::Movements.
std::string SumsByKind() {
  std::string sql;
  for (const char* kind :
       {"OPENING", "RECEIPT", "ISSUE", "TRANSFER_IN", "TRANSFER_OUT", "SCRAP", "RETURN_OUT", "ADJUSTMENT"}) {
    absl::StrAppend(&sql, ", SUM(CASE WHEN u.kind = '", kind, "' THEN u.quantity ELSE 0 END)");
  }
  return sql;
}

absl::StatusOr<std::vector<mysql::Row>> Sums(mysql::Connection& connection,
                                             const pb::SummarizeStockMovementsRequest& request, const Before& before,
                                             int limit) {
  const size_t length = rules::PeriodLength(request.by());
  const std::string first = request.from_date().substr(0, length);
  std::string only;
  std::vector<Value> of;
  if (!request.site().empty()) {
    absl::StrAppend(&only, " AND e.site = ?");
    of.emplace_back(IdOf(request.site()));
  }
  if (!request.product().empty()) {
    absl::StrAppend(&only, " AND e.product = ?");
    of.emplace_back(IdOf(request.product()));
  }
  std::vector<Value> params = {Value(static_cast<int64_t>(length)), Value(request.from_date()),
                               Value(request.to_date())};
  params.insert(params.end(), of.begin(), of.end());
  params.insert(params.end(), {Value(first), Value(request.from_date())});
  params.insert(params.end(), of.begin(), of.end());
  std::string sql = absl::StrCat(
      "SELECT u.site, u.product, u.period", SumsByKind(),
      " FROM (SELECT e.site AS site, e.product AS product, SUBSTRING(e.entry_date, 1, ?) AS period, e.entry_kind AS "
      "kind, e.quantity AS quantity FROM stock_entries e WHERE e.entry_date BETWEEN ? AND ?",
      only,
      " UNION ALL SELECT e.site, e.product, ?, 'OPENING', SUM(e.quantity) FROM stock_entries e WHERE e.entry_date < ?",
      only, " GROUP BY e.site, e.product HAVING SUM(e.quantity) <> 0) u");
  if (!before.site.empty()) {
    absl::StrAppend(&sql, " WHERE u.site > ? OR (u.site = ? AND (u.product > ? OR (u.product = ? AND u.period > ?)))");
    params.insert(params.end(), {Value(before.site), Value(before.site), Value(before.product), Value(before.product),
                                 Value(before.period)});
  }
  absl::StrAppend(&sql, " GROUP BY u.site, u.product, u.period ORDER BY u.site, u.product, u.period LIMIT ?");
  params.emplace_back(limit);
  return connection.Query(sql, mysql::Params(params));
}

// Every holder of the right sees all sites: stock has no customer.
absl::StatusOr<pb::SummarizeStockMovementsResponse> Summarize(const Context& context, rpc::Call& call,
                                                              const pb::SummarizeStockMovementsRequest& request) {
  RETURN_IF_ERROR(rules::CheckReportPeriod(request.from_date(), request.to_date()));
  if (request.page_size() < 0) return InvalidField("page_size", "PAGE_SIZE_NEGATIVE", "must not be negative");
  const int page_size =
      request.page_size() == 0 ? resource::kPageSizeDefault : std::min(request.page_size(), resource::kPageSizeMax);
  const absl::Time now = context.runtime.clock().Now();
  const std::string binding = absl::StrCat(
      call.method->full_name(), "\n", call.principal.subject, "\n", request.from_date(), "\n", request.to_date(), "\n",
      static_cast<int>(request.by()), "\n", request.site(), "\n", request.product());
  Before start;
  if (!request.page_token().empty()) {
    ASSIGN_OR_RETURN(const std::vector<Value> last,
                     context.runtime.page_tokens().Open(request.page_token(), binding, now));
    if (last.size() != 4) return InvalidField("page_token", "PAGE_TOKEN_INVALID", "is not a token of this list");
    start = {last[0].text(), last[1].text(), last[2].text(), last[3].text()};
  }
  pb::SummarizeStockMovementsResponse response;
  RETURN_IF_ERROR(context.runtime.database().Run(call.deadline, [&](mysql::Connection& connection) -> absl::Status {
    response.Clear();
    ASSIGN_OR_RETURN(std::vector<mysql::Row> rows, Sums(connection, request, start, page_size + 1));
    const bool more = rows.size() > static_cast<size_t>(page_size);
    if (more) rows.resize(static_cast<size_t>(page_size));
    Before before = start;
    for (const mysql::Row& row : rows) {
      std::vector<Decimal> sums;
      for (size_t i = 3; i < row.size(); ++i) {
        ASSIGN_OR_RETURN(const Decimal sum, Decimal::Parse(row[i].text(), "quantity"));
        sums.push_back(sum);
      }
      Decimal opening = sums[0];
      if (before.site == row[0].text() && before.product == row[1].text()) {
        ASSIGN_OR_RETURN(opening, Decimal::Parse(before.closing, "closing"));
      }
      pb::StockMovementRow* out = response.add_rows();
      out->set_site(absl::StrCat("stockSites/", row[0].text()));
      out->set_product(absl::StrCat("products/", row[1].text()));
      out->set_period(row[2].text());
      const rules::Movements movements = {sums[1], sums[2], sums[3], sums[4], sums[5], sums[6], sums[7]};
      ASSIGN_OR_RETURN(const Decimal closing, rules::FillMovements(opening, movements, out));
      before = {row[0].text(), row[1].text(), row[2].text(), closing.ToString()};
    }
    if (more) {
      response.set_next_page_token(context.runtime.page_tokens().Seal(
          {Value(before.site), Value(before.product), Value(before.period), Value(before.closing)}, binding, now));
    }
    return absl::OkStatus();
  }));
  return response;
}

}  // namespace

void RegisterStockMovements(const Context& context, rpc::Registry* registry) {
  registry->Add<pb::SummarizeStockMovementsRequest, pb::SummarizeStockMovementsResponse>(
      kMethod, [context](rpc::Call& call, const pb::SummarizeStockMovementsRequest& request) {
        return Summarize(context, call, request);
      });
}

}  // namespace kam::contract
