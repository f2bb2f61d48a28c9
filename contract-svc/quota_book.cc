#include "contract-svc/quota_book.h"

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
                   work.connection().Query("SELECT u.quota, u.quantity FROM quota_uses u WHERE u.order_id = ? AND "
                                           "u.quantity > 0 ORDER BY u.quota",
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

}  // namespace

absl::Status TakeQuotas(UnitOfWork& work, const Order& order) {
  std::map<std::string, Decimal> wanted;
  for (const auto& line : order.lines()) {
    ASSIGN_OR_RETURN(const Decimal quantity, rules::WantedQuantity(line));
    Decimal& sum = wanted[IdOf(line.product())];
    ASSIGN_OR_RETURN(sum, Add(sum, quantity));
  }
  std::vector<std::string> quotas;
  for (const auto& [product, quantity] : wanted) {
    ASSIGN_OR_RETURN(
        const std::vector<mysql::Row> rows,
        work.connection().Query("SELECT q.id FROM quotas q WHERE q.product = ? AND (q.account IS NULL OR q.account = "
                                "?) AND q.from_date <= ? AND q.to_date >= ?",
                                {product, IdOf(order.account()), order.order_date(), order.order_date()}));
    for (const mysql::Row& row : rows) quotas.push_back(row[0].text());
  }
  std::sort(quotas.begin(), quotas.end());
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
