#include "contract-svc/orders/gift_sale.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "common/status/status.h"
#include "contract-svc/context.h"
#include "contract-svc/rules/amounts.h"
#include "contract-svc/rules/gift.h"
#include "contract-svc/rules/order.h"
#include "google/type/money.pb.h"

namespace kam::contract {
namespace {

using order::v1::Order;
using resource::UnitOfWork;

// Lines of the living orders of a quote or a contract. An order that ends keeps what was delivered of it.
struct Lines {
  std::string sql;
  std::vector<mysql::Value> params;
};

Lines LinesOf(const std::string& quote, const std::string& contract, const std::string& ending) {
  constexpr char kOf[] =
      "SELECT o.id FROM orders o JOIN orders_lines l ON l.parent_id = o.id WHERE o.state <> 'CANCELLED' AND ";
  constexpr char kWanted[] =
      " AND (CASE WHEN o.id = ? THEN COALESCE(l.delivered_quantity, 0) ELSE l.quantity - "
      "COALESCE(l.closed_quantity, 0) END) > ";
  if (!contract.empty()) {
    return {absl::StrCat(kOf, "o.contract = ?", kWanted), {mysql::Value(IdOf(contract)), mysql::Value(IdOf(ending))}};
  }
  return {
      absl::StrCat(kOf,
                   "(o.quote = ? OR o.contract IN (SELECT c.id FROM contracts c WHERE c.quote = ?) OR o.contract "
                   "IN (SELECT m.contract FROM amendments m WHERE m.quote = ?))",
                   kWanted),
      {mysql::Value(IdOf(quote)), mysql::Value(IdOf(quote)), mysql::Value(IdOf(quote)), mysql::Value(IdOf(ending))}};
}

// What came back is not sold. `released`: only what a second person has let go counts, not what somebody has entered.
absl::StatusOr<bool> IsSold(UnitOfWork& work, const Lines& lines, bool released) {
  ASSIGN_OR_RETURN(
      const std::vector<mysql::Row> rows,
      work.connection().Query(
          absl::StrCat(lines.sql,
                       "COALESCE((SELECT SUM(r.quantity) FROM contract_returns r WHERE r.order_id = o.id AND "
                       "r.order_line = l.line_number), 0) AND l.gift = 0",
                       released ? " AND (o.release_time IS NOT NULL OR l.delivered_quantity > 0)" : "", " LIMIT 1"),
          mysql::Params(lines.params)));
  return !rows.empty();
}

absl::StatusOr<bool> HasSale(const Order& order) {
  for (const auto& line : order.lines()) {
    if (line.gift()) continue;
    ASSIGN_OR_RETURN(const Decimal wanted, rules::WantedQuantity(line));
    if (wanted.sign() > 0) return true;
  }
  return false;
}

}  // namespace

absl::StatusOr<bool> IsQuoteSold(UnitOfWork& work, const std::string& quote) {
  return IsSold(work, LinesOf(quote, /*contract=*/"", /*ending=*/""), /*released=*/false);
}

absl::Status CheckGiftMayLeave(UnitOfWork& work, const Order& order) {
  if (!rules::OnlyGifts(order.lines())) return absl::OkStatus();
  ASSIGN_OR_RETURN(const bool sold,
                   IsSold(work, LinesOf(order.quote(), order.contract(), /*ending=*/""), /*released=*/true));
  if (sold) return absl::OkStatus();
  return FailedPrecondition("GIFT_WITHOUT_SALE", order.name(),
                            "nothing that is paid for is released, or it came back: gifts leave with it, or after it",
                            {{"field", "order.lines[0].gift"}});
}

absl::Status CheckGiftsKeepSale(UnitOfWork& work, const Order& order) {
  // Whoever sells nothing takes no sale away.
  ASSIGN_OR_RETURN(const bool sells, HasSale(order));
  if (!sells) return absl::OkStatus();
  const Lines lines = LinesOf(order.quote(), order.contract(), order.name());
  ASSIGN_OR_RETURN(const bool sold, IsSold(work, lines, /*released=*/false));
  if (sold) return absl::OkStatus();
  ASSIGN_OR_RETURN(
      const std::vector<mysql::Row> rows,
      work.connection().Query(
          absl::StrCat(
              lines.sql,
              "COALESCE((SELECT SUM(b.received_quantity) FROM goods_receipts g JOIN goods_receipts_lines b ON "
              "b.parent_id = g.id JOIN deliveries d ON d.id = g.delivery WHERE d.order_id = o.id AND g.receipt_kind = "
              "'CUSTOMER_RETURN' AND g.state = 'POSTED' AND b.product = l.product), 0) AND l.gift = 1 LIMIT 1"),
          mysql::Params(lines.params)));
  if (rows.empty()) return absl::OkStatus();
  const std::string gifts = absl::StrCat("orders/", rows[0][0].text());
  return FailedPrecondition("GIFT_WITHOUT_SALE", order.name(),
                            absl::StrCat("nothing would be ordered any more that is paid for, and ", gifts,
                                         " has gifts: cancel it first, or have back what was handed over of it"),
                            {{"order", gifts}});
}

}  // namespace kam::contract
