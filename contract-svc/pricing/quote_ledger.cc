#include "contract-svc/pricing/quote_ledger.h"

#include <algorithm>
#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/status/status.h"
#include "contract-svc/context.h"
#include "contract-svc/rules/amounts.h"
#include "contract-svc/rules/order.h"
#include "google/type/money.pb.h"

namespace kam::contract {
namespace {

using resource::UnitOfWork;
using rules::QuoteDraw;

absl::StatusOr<std::vector<QuoteDraw>> ToDraws(const std::vector<mysql::Row>& rows) {
  std::vector<QuoteDraw> draws;
  for (const mysql::Row& row : rows) {
    QuoteDraw draw;
    draw.product = row[0].text();
    ASSIGN_OR_RETURN(draw.unit_price, Decimal::Parse(row[1].text(), "unit_price"));
    ASSIGN_OR_RETURN(draw.quantity, Decimal::Parse(row[2].text(), "quantity"));
    draw.gift = row[3].integer() != 0;
    draws.push_back(std::move(draw));
  }
  return draws;
}

absl::StatusOr<std::vector<QuoteDraw>> HeldBy(UnitOfWork& work, const std::string& quote, const std::string& holder) {
  ASSIGN_OR_RETURN(
      const std::vector<mysql::Row> rows,
      work.connection().Query("SELECT d.product, d.unit_price, d.quantity, d.gift FROM quote_draws d WHERE "
                              "d.quote = ? AND d.holder = ? ORDER BY d.entry",
                              {IdOf(quote), holder}));
  return ToDraws(rows);
}

// Posts what is missing for `holder` to hold exactly `wanted`; `gives_back`: it is less than before.
absl::Status SetDraws(UnitOfWork& work, const std::string& quote, const std::string& holder,
                      const std::vector<QuoteDraw>& wanted, bool gives_back = false) {
  if (quote.empty()) return absl::OkStatus();
  if (!wanted.empty() && !gives_back) {
    RETURN_IF_ERROR(
        work.connection().Query("SELECT q.id FROM quotes q WHERE q.id = ? FOR UPDATE", {IdOf(quote)}).status());
  }
  ASSIGN_OR_RETURN(const std::vector<QuoteDraw> drawn, HeldBy(work, quote, holder));
  ASSIGN_OR_RETURN(const std::vector<QuoteDraw> entries, rules::DrawsToPost(drawn, wanted));
  if (entries.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const std::vector<mysql::Row> last,
                   work.connection().Query("SELECT COALESCE(MAX(d.entry), 0) FROM quote_draws d WHERE d.quote = ? AND "
                                           "d.holder = ?",
                                           {IdOf(quote), holder}));
  int64_t number = last[0][0].integer();
  for (const QuoteDraw& entry : entries) {
    RETURN_IF_ERROR(work.connection()
                        .Execute("INSERT INTO quote_draws (quote, holder, entry, product, unit_price, quantity, gift, "
                                 "create_time) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                                 {IdOf(quote), holder, ++number, entry.product, entry.unit_price.ToString(),
                                  entry.quantity.ToString(), entry.gift ? 1 : 0, work.now()})
                        .status());
  }
  return absl::OkStatus();
}

absl::StatusOr<Decimal> HeldQuantity(const v1::ContractLine& line) {
  return rules::QuantityOf(line.quantity(), "quantity");
}
// What was closed short is held no more.
absl::StatusOr<Decimal> HeldQuantity(const order::v1::OrderLine& line) { return rules::WantedQuantity(line); }

template <typename Resource>
absl::StatusOr<std::vector<QuoteDraw>> LinesOf(const Resource& holder) {
  std::vector<QuoteDraw> draws;
  for (const auto& line : holder.lines()) {
    QuoteDraw draw;
    draw.product = IdOf(line.product());
    ASSIGN_OR_RETURN(draw.unit_price,
                     rules::AmountIn(line.unit_price(), line.unit_price().currency_code(), "unit_price"));
    ASSIGN_OR_RETURN(draw.quantity, HeldQuantity(line));
    draw.gift = line.gift();
    draws.push_back(std::move(draw));
  }
  return draws;
}

// Of every package that the quote offers the holder takes whole ones (C-07): the share of a part in the price of the
// package is no price of that part alone.
absl::Status CheckPackages(UnitOfWork& work, const std::string& quote, const std::vector<QuoteDraw>& wanted) {
  if (quote.empty()) return absl::OkStatus();
  // What is offered, by package (empty: beside any), product and price.
  ASSIGN_OR_RETURN(const std::vector<mysql::Row> rows,
                   work.connection().Query("SELECT COALESCE(l.package, ''), l.product, l.net_price_amount, "
                                           "SUM(l.quantity) FROM quotes_lines l WHERE l.parent_id = ? AND "
                                           "l.net_price_amount IS NOT NULL GROUP BY l.package, l.product, "
                                           "l.net_price_amount",
                                           {IdOf(quote)}));
  using Pool = std::pair<std::string, Decimal>;
  std::map<std::string, std::map<Pool, Decimal>> offered;
  for (const mysql::Row& row : rows) {
    ASSIGN_OR_RETURN(const Decimal price, Decimal::Parse(row[2].text(), "unit_price"));
    ASSIGN_OR_RETURN(const Decimal quantity, Decimal::Parse(row[3].text(), "quantity"));
    offered[row[0].text()].emplace(Pool(row[1].text(), price), quantity);
  }
  for (const auto& [package, pools] : offered) {
    if (package.empty()) continue;
    ASSIGN_OR_RETURN(const std::vector<mysql::Row> items,
                     work.connection().Query("SELECT i.product, i.quantity FROM package_offers_items i WHERE "
                                             "i.parent_id = ? ORDER BY i.position",
                                             {package}));
    std::vector<rules::PackagePart> parts;
    for (const mysql::Row& item : items) {
      rules::PackagePart part;
      part.product = absl::StrCat("products/", item[0].text());
      ASSIGN_OR_RETURN(part.of_one, Decimal::Parse(item[1].text(), "quantity"));
      for (const auto& [other, other_pools] : offered) {
        for (const auto& [pool, quantity] : other_pools) {
          if (pool.first != item[0].text() || pools.count(pool) == 0) continue;
          Decimal& sum = other == package ? part.inside : part.outside;
          ASSIGN_OR_RETURN(sum, Add(sum, quantity));
        }
      }
      for (const QuoteDraw& draw : wanted) {
        if (draw.gift || draw.product != item[0].text() || pools.count({draw.product, draw.unit_price}) == 0) continue;
        ASSIGN_OR_RETURN(part.taken, Add(part.taken, draw.quantity));
      }
      parts.push_back(std::move(part));
    }
    RETURN_IF_ERROR(rules::CheckWholePackages(quote, absl::StrCat("packageOffers/", package), parts));
  }
  return absl::OkStatus();
}

// From not holding to holding the lines are drawn, the other way they are given back. In between they stay: lines
// change by amendment then, which is a promise of its own. History brought by an import is as it is now.
template <typename Resource>
absl::Status Draw(UnitOfWork& work, const Resource* before, bool held, const Resource& after, bool holds) {
  if (before != nullptr && before->quote() != after.quote()) {
    RETURN_IF_ERROR(SetDraws(work, before->quote(), after.name(), {}));
    held = false;
  }
  if (holds && (!held || work.importing())) {
    ASSIGN_OR_RETURN(const std::vector<QuoteDraw> lines, LinesOf(after));
    if (!work.importing()) RETURN_IF_ERROR(CheckPackages(work, after.quote(), lines));
    return SetDraws(work, after.quote(), after.name(), lines);
  }
  return held && !holds ? SetDraws(work, after.quote(), after.name(), {}) : absl::OkStatus();
}

bool Holds(const v1::Contract& contract) {
  return contract.state() != v1::CONTRACT_STATE_DRAFT && contract.state() != v1::CONTRACT_STATE_RETURNED &&
         contract.state() != v1::CONTRACT_STATE_CANCELLED;
}

bool Holds(const order::v1::Order& order) { return order.state() != order::v1::ORDER_STATE_CANCELLED; }

}  // namespace

absl::StatusOr<std::vector<QuoteDraw>> LoadDraws(UnitOfWork& work, const std::string& quote) {
  ASSIGN_OR_RETURN(const std::vector<mysql::Row> rows,
                   work.connection().Query("SELECT d.product, d.unit_price, SUM(d.quantity), d.gift FROM quote_draws d "
                                           "WHERE d.quote = ? GROUP BY d.product, d.gift, d.unit_price",
                                           {IdOf(quote)}));
  ASSIGN_OR_RETURN(std::vector<QuoteDraw> draws, ToDraws(rows));
  for (QuoteDraw& draw : draws) draw.product = "products/" + draw.product;
  return draws;
}

absl::Status DrawForContract(UnitOfWork& work, const v1::Contract* before, const v1::Contract& after) {
  return Draw(work, before, before != nullptr && Holds(*before), after, Holds(after));
}

absl::Status DrawForAmendment(UnitOfWork& work, const std::string& quote, const std::string& amendment,
                              const v1::Contract& priced) {
  ASSIGN_OR_RETURN(const std::vector<QuoteDraw> lines, LinesOf(priced));
  if (!lines.empty()) RETURN_IF_ERROR(CheckPackages(work, quote, lines));
  return SetDraws(work, quote, amendment, lines);
}

absl::StatusOr<bool> AmendmentHolds(UnitOfWork& work, const std::string& quote, const std::string& amendment,
                                    const v1::Contract& priced) {
  ASSIGN_OR_RETURN(const std::vector<QuoteDraw> held, HeldBy(work, quote, amendment));
  ASSIGN_OR_RETURN(const std::vector<QuoteDraw> wanted, LinesOf(priced));
  ASSIGN_OR_RETURN(const std::vector<QuoteDraw> entries, rules::DrawsToPost(held, wanted));
  return std::none_of(entries.begin(), entries.end(), [](const QuoteDraw& entry) { return entry.quantity.sign() > 0; });
}

absl::Status Undraw(UnitOfWork& work, const order::v1::Order& order) {
  return SetDraws(work, order.quote(), order.name(), {});
}

absl::Status DrawForOrder(UnitOfWork& work, const order::v1::Order* before, const order::v1::Order& after) {
  const bool closed = before != nullptr && Holds(*before) && Holds(after) &&
                      before->closed_total().SerializeAsString() != after.closed_total().SerializeAsString();
  if (closed) {
    ASSIGN_OR_RETURN(const std::vector<QuoteDraw> lines, LinesOf(after));
    return SetDraws(work, after.quote(), after.name(), lines, /*gives_back=*/true);
  }
  return Draw(work, before, before != nullptr && Holds(*before), after, Holds(after));
}

}  // namespace kam::contract
