// Long-stock targets of kam.order.v1.StockService (C-24).
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "common/resource/standard.h"
#include "common/status/status.h"
#include "contract-svc/orders/stock_papers.h"
#include "contract-svc/sales.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/type/money.pb.h"
#include "kam/order/v1/stock_service.pb.h"

namespace kam::contract {
namespace {

namespace pb = order::v1;
using mysql::Value;
using resource::UnitOfWork;

constexpr int kProgressScale = 2;

absl::Status CheckPeriod(const pb::LongStockTarget& target) {
  if (target.from_date() <= target.to_date()) return absl::OkStatus();
  return InvalidField("long_stock_target.to_date", "PERIOD_INVALID", "is before from_date",
                      {{"fromDate", target.from_date()}, {"toDate", target.to_date()}});
}

// Pieces of the product that had been in stock for more than `slow_days` when they left, on a day of the target, for a
// customer who is the seller's. The source of an issue is the name of its delivery.
absl::StatusOr<Decimal> Sold(mysql::Connection& connection, const pb::LongStockTarget& target, int slow_days) {
  ASSIGN_OR_RETURN(
      const std::vector<mysql::Row> rows,
      connection.Query(
          "SELECT COALESCE(SUM(-e.quantity), 0) FROM stock_entries e JOIN stock_items i ON i.id = e.item "
          "JOIN deliveries d ON d.id = SUBSTRING(e.source, 12) JOIN account_scopes s ON s.account "
          "= d.account WHERE e.product = ? AND e.entry_kind = 'ISSUE' AND e.entry_date >= ? AND "
          "e.entry_date <= ? AND s.owner = ? AND DATEDIFF(e.entry_date, i.received_date) > ?",
          {IdOf(target.product()), target.from_date(), target.to_date(), IdOf(target.seller()), slow_days}));
  return Decimal::Parse(rows[0][0].text(), "quantity");
}

absl::StatusOr<pb::ReportLongStockResponse> Report(const Context& context, rpc::Call& call,
                                                   const pb::ReportLongStockRequest& request) {
  if (request.page_size() < 0) return InvalidField("page_size", "PAGE_SIZE_NEGATIVE", "must not be negative");
  const int page_size =
      request.page_size() == 0 ? resource::kPageSizeDefault : std::min(request.page_size(), resource::kPageSizeMax);
  const absl::Time now = context.runtime.clock().Now();
  const std::string day = request.as_of_date().empty() ? context.Today(now) : request.as_of_date();
  const std::string binding = absl::StrCat(call.method->full_name(), "\n", call.principal.subject, "\n",
                                           auth::LevelName(call.level()), "\n", day);
  const resource::Type& type = *context.runtime.catalog().Find(pb::LongStockTarget::descriptor());
  std::vector<resource::SqlCondition> where = {
      resource::ScopeCondition(type, call.principal, call.level()),
      {"t.archive_time IS NULL AND t.from_date <= ? AND t.to_date >= ?", {Value(day), Value(day)}}};
  if (!request.page_token().empty()) {
    ASSIGN_OR_RETURN(const std::vector<Value> last,
                     context.runtime.page_tokens().Open(request.page_token(), binding, now));
    if (last.size() != 1) return InvalidField("page_token", "PAGE_TOKEN_INVALID", "is not a token of this list");
    where.push_back({"t.id > ?", {last[0]}});
  }
  pb::ReportLongStockResponse response;
  RETURN_IF_ERROR(context.runtime.database().Run(call.deadline, [&](mysql::Connection& connection) -> absl::Status {
    response.Clear();
    response.set_slow_days(context.policy.slow_moving_days);
    ASSIGN_OR_RETURN(std::vector<resource::Record> found,
                     context.runtime.store().Select(connection, type, where, "ORDER BY t.id", page_size + 1));
    if (found.size() > static_cast<size_t>(page_size)) {
      found.resize(static_cast<size_t>(page_size));
      const auto& last = static_cast<const pb::LongStockTarget&>(*found.back().message);
      response.set_next_page_token(context.runtime.page_tokens().Seal({Value(IdOf(last.name()))}, binding, now));
    }
    for (const resource::Record& record : found) {
      const auto& target = static_cast<const pb::LongStockTarget&>(*record.message);
      ASSIGN_OR_RETURN(const Decimal sold, Sold(connection, target, context.policy.slow_moving_days));
      ASSIGN_OR_RETURN(const Decimal quantity, Decimal::Parse(target.quantity(), "quantity"));
      ASSIGN_OR_RETURN(const Decimal percent, MultiplyDivide(sold, Decimal::FromInt(100), quantity, kProgressScale));
      pb::LongStockRow* row = response.add_rows();
      *row->mutable_target() = target;
      row->set_sold_quantity(sold.ToString());
      row->set_progress_percent(percent.ToString());
    }
    return absl::OkStatus();
  }));
  return response;
}

}  // namespace

void RegisterLongStock(const Context& context, rpc::Registry* registry) {
  resource::Hooks hooks;
  hooks.prepare = PrepareNames(context);
  hooks.on_create = resource::OnCreate<pb::LongStockTarget>(
      [](UnitOfWork&, pb::LongStockTarget* target) { return CheckPeriod(*target); });
  hooks.on_update = resource::OnUpdate<pb::LongStockTarget>(
      [](UnitOfWork&, const pb::LongStockTarget&, pb::LongStockTarget* after) { return CheckPeriod(*after); });
  context.runtime.SetHooks(pb::LongStockTarget::descriptor(), std::move(hooks));
  registry->Add<pb::ReportLongStockRequest, pb::ReportLongStockResponse>(
      "kam.order.v1.StockService/ReportLongStock",
      [context](rpc::Call& call, const pb::ReportLongStockRequest& request) { return Report(context, call, request); });
}

}  // namespace kam::contract
