#include "contract-svc/orders/quota_book.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/status/status.h"
#include "contract-svc/context.h"
#include "contract-svc/rules/amounts.h"
#include "contract-svc/rules/order.h"
#include "contract-svc/rules/supply.h"
#include "kam/order/v1/supply.pb.h"

namespace kam::contract {
namespace {

using order::v1::Order;
using order::v1::Quota;
using resource::Change;
using resource::UnitOfWork;

// `products`: null for all of them.
absl::Status Free(UnitOfWork& work, const Order& order, const std::map<std::string, Decimal>* products) {
  const std::string id = IdOf(order.name());
  ASSIGN_OR_RETURN(const std::vector<mysql::Row> rows,
                   work.connection().Query("SELECT u.quota, u.quantity FROM quota_uses u JOIN quotas q ON q.id = "
                                           "u.quota WHERE u.order_id = ? AND u.quantity > 0 ORDER BY q.product, q.id",
                                           {mysql::Value(id)}));
  for (const mysql::Row& row : rows) {
    ASSIGN_OR_RETURN(const Quota quota, work.Load<Quota>(absl::StrCat("quotas/", row[0].text())));
    ASSIGN_OR_RETURN(Decimal freed, Decimal::Parse(row[1].text(), "quantity"));
    if (products != nullptr) {
      const auto found = products->find(quota.product());
      if (found == products->end()) continue;
      freed = std::min(freed, found->second);
    }
    Change<Quota> change{quota, quota};
    RETURN_IF_ERROR(rules::FreeQuota(freed, &change.after));
    RETURN_IF_ERROR(work.Save(std::move(change)).status());
    RETURN_IF_ERROR(work.connection()
                        .Execute("UPDATE quota_uses SET quantity = quantity - CAST(? AS DECIMAL(19,6)) WHERE quota = ? "
                                 "AND order_id = ?",
                                 {freed.ToString(), row[0].text(), id})
                        .status());
  }
  return absl::OkStatus();
}

// What every living order of the quota's days wants of its product, locked. Orders that were brought by an import took
// nothing here, and take nothing now.
absl::StatusOr<std::map<std::string, Decimal>> StandingOrders(UnitOfWork& work, const Quota& quota) {
  std::vector<mysql::Value> params = {mysql::Value(IdOf(quota.product())), mysql::Value(quota.from_date()),
                                      mysql::Value(quota.to_date())};
  std::string sql =
      "SELECT o.id, l.quantity - COALESCE(l.closed_quantity, 0) FROM orders o JOIN orders_lines l ON l.parent_id = "
      "o.id "
      "WHERE l.product = ? AND o.order_date >= ? AND o.order_date <= ? AND o.state <> 'CANCELLED' AND o.history = 0 "
      "AND "
      "o.archive_time IS NULL";
  if (!quota.account().empty()) {
    sql += " AND o.account = ?";
    params.emplace_back(IdOf(quota.account()));
  }
  sql += " ORDER BY o.id FOR UPDATE";
  ASSIGN_OR_RETURN(const std::vector<mysql::Row> rows, work.connection().Query(sql, mysql::Params(params)));
  std::map<std::string, Decimal> wanted;
  for (const mysql::Row& row : rows) {
    ASSIGN_OR_RETURN(const Decimal quantity, Decimal::Parse(row[1].text(), "quantity"));
    Decimal& sum = wanted[row[0].text()];
    ASSIGN_OR_RETURN(sum, Add(sum, quantity));
  }
  return wanted;
}

absl::StatusOr<Decimal> SumOf(const std::map<std::string, Decimal>& wanted) {
  Decimal sum;
  for (const auto& [order, quantity] : wanted) {
    ASSIGN_OR_RETURN(sum, Add(sum, quantity));
  }
  return sum;
}

}  // namespace

absl::Status CountStandingOrders(UnitOfWork& work, Quota* quota) {
  ASSIGN_OR_RETURN(const auto wanted, StandingOrders(work, *quota));
  ASSIGN_OR_RETURN(const Decimal used, SumOf(wanted));
  quota->set_used(used.ToString());
  return rules::CheckQuotaQuantity(*quota);
}

absl::Status PostStandingOrders(UnitOfWork& work, const Quota& quota) {
  ASSIGN_OR_RETURN(const auto wanted, StandingOrders(work, quota));
  for (const auto& [order, quantity] : wanted) {
    RETURN_IF_ERROR(work.connection()
                        .Execute("INSERT INTO quota_uses (quota, order_id, quantity) VALUES (?, ?, ?)",
                                 {IdOf(quota.name()), order, quantity.ToString()})
                        .status());
  }
  ASSIGN_OR_RETURN(const Decimal used, SumOf(wanted));
  Change<Quota> change{quota, quota};
  change.after.set_used(used.ToString());
  RETURN_IF_ERROR(rules::CheckQuotaQuantity(change.after));
  // Only when an order came in between.
  return work.Save(std::move(change)).status();
}

absl::Status WaitForStandingOrders(UnitOfWork& work, const Quota& quota) {
  return StandingOrders(work, quota).status();
}

absl::Status TakeQuotas(UnitOfWork& work, const Order& order) {
  std::map<std::string, Decimal> wanted;
  for (const auto& line : order.lines()) {
    ASSIGN_OR_RETURN(const Decimal quantity, rules::WantedQuantity(line));
    Decimal& sum = wanted[IdOf(line.product())];
    ASSIGN_OR_RETURN(sum, Add(sum, quantity));
  }
  std::vector<std::string> quotas;
  for (const auto& [product, quantity] : wanted) {
    // Locked, so that a quota which is being made is waited for (see StandingOrders).
    ASSIGN_OR_RETURN(
        const std::vector<mysql::Row> rows,
        work.connection().Query("SELECT q.id FROM quotas q WHERE q.product = ? AND (q.account IS NULL OR q.account = "
                                "?) AND q.from_date <= ? AND q.to_date >= ? ORDER BY q.id FOR UPDATE",
                                {product, IdOf(order.account()), order.order_date(), order.order_date()}));
    for (const mysql::Row& row : rows) quotas.push_back(row[0].text());
  }
  for (const std::string& id : quotas) {
    ASSIGN_OR_RETURN(const Quota quota, work.Load<Quota>(absl::StrCat("quotas/", id)));
    const Decimal quantity = wanted[IdOf(quota.product())];
    Change<Quota> change{quota, quota};
    RETURN_IF_ERROR(rules::TakeQuota(order.name(), quantity, &change.after));
    RETURN_IF_ERROR(work.Save(std::move(change)).status());
    RETURN_IF_ERROR(work.connection()
                        .Execute("INSERT INTO quota_uses (quota, order_id, quantity) VALUES (?, ?, ?) ON DUPLICATE KEY "
                                 "UPDATE quantity = quantity + VALUES(quantity)",
                                 {id, IdOf(order.name()), quantity.ToString()})
                        .status());
  }
  return absl::OkStatus();
}

absl::Status FreeQuotas(UnitOfWork& work, const Order& order) { return Free(work, order, nullptr); }

absl::Status FreeQuotas(UnitOfWork& work, const Order& order, const std::map<std::string, Decimal>& products) {
  return Free(work, order, &products);
}

}  // namespace kam::contract
