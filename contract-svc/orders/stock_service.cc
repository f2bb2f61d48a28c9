// kam.order.v1.StockService: sites, movements and figures (C-24). Goods receipts and stock-takes are beside it.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "common/resource/standard.h"
#include "common/status/status.h"
#include "common/time/date.h"
#include "contract-svc/orders/stock_book.h"
#include "contract-svc/orders/stock_papers.h"
#include "contract-svc/rules/receivable.h"
#include "contract-svc/sales.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/type/money.pb.h"
#include "kam/order/v1/stock_service.pb.h"

namespace kam::contract {
namespace {

namespace pb = order::v1;
using mysql::Value;
using resource::UnitOfWork;

constexpr char kService[] = "kam.order.v1.StockService";

std::string Rpc(absl::string_view method) { return absl::StrCat(kService, "/", method); }

absl::Status CheckSite(const pb::StockSite& site) {
  if ((site.kind() == pb::STOCK_SITE_KIND_CUSTOMER) == !site.account().empty()) return absl::OkStatus();
  return InvalidField("stock_site.account", "ACCOUNT_REQUIRED", "a site at a customer names him, and only such a site");
}

void SetSiteHooks(const Context& context) {
  resource::Hooks hooks;
  hooks.prepare = PrepareNames(context);
  hooks.on_create =
      resource::OnCreate<pb::StockSite>([](UnitOfWork&, pb::StockSite* site) { return CheckSite(*site); });
  hooks.on_update = resource::OnUpdate<pb::StockSite>(
      [](UnitOfWork&, const pb::StockSite&, pb::StockSite* after) { return CheckSite(*after); });
  hooks.on_archive = [](UnitOfWork& work, const google::protobuf::Message& before) -> absl::Status {
    const auto& site = static_cast<const pb::StockSite&>(before);
    ASSIGN_OR_RETURN(const std::vector<mysql::Row> rows,
                     work.connection().Query("SELECT COUNT(i.id) FROM stock_items i WHERE i.site = ? AND i.quantity > "
                                             "0",
                                             {Value(IdOf(site.name()))}));
    if (rows[0][0].integer() == 0) return absl::OkStatus();
    return FailedPrecondition("STOCK_LEFT", site.name(), "goods are in stock at the site",
                              {{"items", absl::StrCat(rows[0][0].integer())}});
  };
  context.runtime.SetHooks(pb::StockSite::descriptor(), std::move(hooks));
}

// Every holder of the right sees all sites: stock has no customer.
absl::StatusOr<pb::SummarizeStockResponse> Summarize(const Context& context, rpc::Call& call,
                                                     const pb::SummarizeStockRequest& request) {
  if (request.page_size() < 0) return InvalidField("page_size", "PAGE_SIZE_NEGATIVE", "must not be negative");
  const int page_size =
      request.page_size() == 0 ? resource::kPageSizeDefault : std::min(request.page_size(), resource::kPageSizeMax);
  const absl::Time now = context.runtime.clock().Now();
  const std::string today = context.Today(now);
  const int slow_days = request.slow_days() > 0 ? request.slow_days() : context.policy.slow_moving_days;
  ASSIGN_OR_RETURN(const std::string slow_before, AddDays(today, -slow_days));
  const std::string binding = absl::StrCat(call.method->full_name(), "\n", call.principal.subject, "\n", request.site(),
                                           "\n", request.product(), "\n", request.slow_only(), "\n", slow_days);
  std::vector<Value> params = {Value(today), Value(slow_before)};
  std::string sql =
      "SELECT t.site, t.product, SUM(CASE WHEN t.stock_status = 'AVAILABLE' THEN t.quantity ELSE 0 END), SUM(CASE WHEN "
      "t.stock_status = 'QUARANTINED' THEN t.quantity ELSE 0 END), SUM(CASE WHEN t.stock_status = 'DAMAGED' THEN "
      "t.quantity ELSE 0 END), DATEDIFF(?, MIN(t.received_date)), SUM(CASE WHEN t.received_date < ? THEN t.quantity "
      "ELSE 0 END) FROM stock_items t WHERE t.quantity > 0";
  if (!request.site().empty()) {
    absl::StrAppend(&sql, " AND t.site = ?");
    params.emplace_back(IdOf(request.site()));
  }
  if (!request.product().empty()) {
    absl::StrAppend(&sql, " AND t.product = ?");
    params.emplace_back(IdOf(request.product()));
  }
  if (!request.page_token().empty()) {
    ASSIGN_OR_RETURN(const std::vector<Value> last,
                     context.runtime.page_tokens().Open(request.page_token(), binding, now));
    if (last.size() != 2) return InvalidField("page_token", "PAGE_TOKEN_INVALID", "is not a token of this list");
    absl::StrAppend(&sql, " AND (t.site > ? OR (t.site = ? AND t.product > ?))");
    params.insert(params.end(), {last[0], last[0], last[1]});
  }
  absl::StrAppend(&sql, " GROUP BY t.site, t.product");
  if (request.slow_only()) {
    absl::StrAppend(&sql, " HAVING SUM(CASE WHEN t.received_date < ? THEN t.quantity ELSE 0 END) > 0");
    params.emplace_back(slow_before);
  }
  absl::StrAppend(&sql, " ORDER BY t.site, t.product LIMIT ?");
  params.emplace_back(page_size + 1);
  pb::SummarizeStockResponse response;
  RETURN_IF_ERROR(context.runtime.database().Run(call.deadline, [&](mysql::Connection& connection) -> absl::Status {
    response.Clear();
    response.set_as_of(today);
    response.set_slow_days(slow_days);
    ASSIGN_OR_RETURN(std::vector<mysql::Row> rows, connection.Query(sql, mysql::Params(params)));
    if (rows.size() > static_cast<size_t>(page_size)) {
      rows.resize(static_cast<size_t>(page_size));
      response.set_next_page_token(context.runtime.page_tokens().Seal({rows.back()[0], rows.back()[1]}, binding, now));
    }
    for (const mysql::Row& row : rows) {
      pb::StockSummaryRow* out = response.add_rows();
      out->set_site(absl::StrCat("stockSites/", row[0].text()));
      out->set_product(absl::StrCat("products/", row[1].text()));
      std::string* quantities[] = {out->mutable_available(), out->mutable_quarantined(), out->mutable_damaged()};
      for (size_t i = 0; i < 3; ++i) {
        ASSIGN_OR_RETURN(const Decimal quantity, Decimal::Parse(row[2 + i].text(), "quantity"));
        *quantities[i] = quantity.ToString();
      }
      out->set_oldest_days(static_cast<int32_t>(row[5].integer()));
      ASSIGN_OR_RETURN(const Decimal slow, Decimal::Parse(row[6].text(), "quantity"));
      out->set_slow_quantity(slow.ToString());
      out->set_slow_moving(!slow.is_zero());
    }
    return absl::OkStatus();
  }));
  return response;
}

}  // namespace

void RegisterStock(const Context& context, rpc::Registry* registry) {
  SetSiteHooks(context);
  resource::RegisterStandardMethods(context.runtime, kService, registry);
  RegisterGoodsReceipts(context, registry);
  RegisterStockTransfers(context);
  RegisterStockTakes(context, registry);
  RegisterStockMovements(context, registry);
  RegisterLongStock(context, registry);
  registry->Add<pb::SummarizeStockRequest, pb::SummarizeStockResponse>(
      Rpc("SummarizeStock"), [context](rpc::Call& call, const pb::SummarizeStockRequest& request) {
        return Summarize(context, call, request);
      });
}

}  // namespace kam::contract
