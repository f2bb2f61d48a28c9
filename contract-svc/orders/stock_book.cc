#include "contract-svc/orders/stock_book.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "common/status/status.h"
#include "contract-svc/rules/amounts.h"
#include "google/protobuf/timestamp.pb.h"

namespace kam::contract {
namespace {

using order::v1::StockEntryKind;
using order::v1::StockItem;
using order::v1::StockSite;
using order::v1::StockStatus;
using resource::Change;
using resource::UnitOfWork;

constexpr int kLotsPage = 200;  // Taken from at a time.

}  // namespace

absl::StatusOr<StockBook> StockBook::Open(const Context& context, UnitOfWork& work, const std::string& site,
                                          const std::string& source) {
  ASSIGN_OR_RETURN(StockSite locked, work.Load<StockSite>(site));
  return StockBook(work, context.Today(work.now()), source, std::move(locked));
}

absl::Status StockBook::Post(const StockItem& item, StockStatus status, Decimal quantity, StockEntryKind kind) {
  order::v1::StockEntry entry;
  entry.set_site(site_.name());
  entry.set_item(item.name());
  entry.set_product(item.product());
  entry.set_status(status);
  entry.set_quantity(quantity.ToString());
  entry.set_kind(kind);
  entry.set_entry_date(today_);
  entry.set_source(source_);
  return work_.Insert(std::move(entry)).status();
}

// A piece that is on its way to a customer, or with him, does not come in by a paper that knows nothing of it.
absl::Status StockBook::CheckNotWithCustomer(const Goods& goods) {
  ASSIGN_OR_RETURN(const std::vector<mysql::Row> rows,
                   work_.connection().Query("SELECT 1 FROM delivered_serials s JOIN deliveries d ON d.id = s.delivery "
                                            "WHERE s.product = ? AND s.serial_number = ? AND d.state <> 'PLANNED'",
                                            {mysql::Value(IdOf(goods.product)), mysql::Value(goods.serial_number)}));
  if (rows.empty()) return absl::OkStatus();
  return FailedPrecondition("SERIAL_IN_USE", source_,
                            absl::StrCat("serial number ", goods.serial_number, " was sent to a customer"),
                            {{"serialNumber", goods.serial_number}, {"product", goods.product}});
}

absl::StatusOr<StockItem> StockBook::Bring(const Goods& goods, StockEntryKind kind) {
  StockItem item;
  if (!goods.serial_number.empty()) {
    if (kind == order::v1::STOCK_ENTRY_KIND_RECEIPT) RETURN_IF_ERROR(CheckNotWithCustomer(goods));
    ASSIGN_OR_RETURN(const std::vector<StockItem> known,
                     work_.Find<StockItem>({"t.product = ? AND t.serial_number = ?",
                                            {mysql::Value(IdOf(goods.product)), mysql::Value(goods.serial_number)}},
                                           "", 1, /*lock=*/true));
    if (!known.empty()) {
      item = known[0];
      ASSIGN_OR_RETURN(const Decimal there, rules::QuantityOf(item.quantity(), "quantity"));
      if (!there.is_zero()) {
        return FailedPrecondition("SERIAL_IN_STOCK", item.name(),
                                  absl::StrCat("serial number ", goods.serial_number, " is in stock already"),
                                  {{"serialNumber", goods.serial_number}, {"site", item.site()}});
      }
    }
  }
  Change<StockItem> change{item, item};
  StockItem& after = change.after;
  after.set_site(site_.name());
  after.set_product(goods.product);
  after.set_serial_number(goods.serial_number);
  after.set_status(goods.status);
  after.set_quantity(goods.quantity.ToString());
  after.set_received_date(goods.received_date.empty() ? today_ : goods.received_date);
  after.set_source(source_);
  if (item.name().empty()) {
    ASSIGN_OR_RETURN(item, work_.Insert(after));
  } else {
    ASSIGN_OR_RETURN(item, work_.Save(std::move(change)));
  }
  RETURN_IF_ERROR(Post(item, goods.status, goods.quantity, kind));
  return item;
}

absl::Status StockBook::Take(const std::string& product, Decimal quantity, StockEntryKind kind, bool any_status) {
  const std::string where = absl::StrCat("t.site = ? AND t.product = ? AND t.serial_number IS NULL AND t.quantity > 0",
                                         any_status ? "" : " AND t.stock_status = 'AVAILABLE'");
  const std::vector<mysql::Value> of = {mysql::Value(IdOf(site_.name())), mysql::Value(IdOf(product))};
  ASSIGN_OR_RETURN(
      const std::vector<mysql::Row> rows,
      work_.connection().Query(absl::StrCat("SELECT COALESCE(SUM(t.quantity), 0) FROM stock_items t WHERE ", where),
                               mysql::Params(of)));
  ASSIGN_OR_RETURN(const Decimal there, Decimal::Parse(rows[0][0].text(), "quantity"));
  RETURN_IF_ERROR(rules::TakeInTurn(site_.name(), product, {there}, quantity).status());
  Decimal left = quantity;
  while (left.sign() > 0) {
    ASSIGN_OR_RETURN(const std::vector<StockItem> items,
                     work_.Find<StockItem>({where, of}, "ORDER BY t.stock_status, t.received_date, t.id", kLotsPage,
                                           /*lock=*/true));
    if (items.empty()) return Internal("the lots of a site are less than their sum");
    std::vector<Decimal> lots;
    Decimal page;
    for (const StockItem& item : items) {
      ASSIGN_OR_RETURN(const Decimal lot, rules::QuantityOf(item.quantity(), "quantity"));
      lots.push_back(lot);
      ASSIGN_OR_RETURN(page, Add(page, lot));
    }
    const Decimal now = std::min(left, page);
    ASSIGN_OR_RETURN(const auto taken, rules::TakeInTurn(site_.name(), product, lots, now));
    for (const auto& [index, part] : taken) RETURN_IF_ERROR(TakeFrom(items[index], part, kind));
    ASSIGN_OR_RETURN(left, Subtract(left, now));
  }
  return absl::OkStatus();
}

absl::Status StockBook::TakeSerial(const std::string& product, const std::string& serial_number, StockEntryKind kind,
                                   bool any_status) {
  ASSIGN_OR_RETURN(const std::vector<StockItem> items,
                   work_.Find<StockItem>(
                       {absl::StrCat("t.site = ? AND t.product = ? AND t.serial_number = ? AND t.quantity > 0",
                                     any_status ? "" : " AND t.stock_status = 'AVAILABLE'"),
                        {mysql::Value(IdOf(site_.name())), mysql::Value(IdOf(product)), mysql::Value(serial_number)}},
                       "", 1, /*lock=*/true));
  if (items.empty()) {
    return FailedPrecondition("SERIAL_NOT_IN_STOCK", site_.name(),
                              absl::StrCat("serial number ", serial_number, " is not in the stock of ", site_.code(),
                                           any_status ? "" : ", or may not be sold"),
                              {{"serialNumber", serial_number}, {"product", product}});
  }
  return TakeFrom(items[0], Decimal::FromInt(1), kind);
}

absl::Status StockBook::TakeFrom(const StockItem& item, Decimal quantity, StockEntryKind kind) {
  ASSIGN_OR_RETURN(const Decimal there, rules::QuantityOf(item.quantity(), "quantity"));
  RETURN_IF_ERROR(rules::TakeInTurn(item.name(), item.product(), {there}, quantity).status());
  ASSIGN_OR_RETURN(const Decimal left, Subtract(there, quantity));
  Change<StockItem> change{item, item};
  change.after.set_quantity(left.ToString());
  RETURN_IF_ERROR(work_.Save(std::move(change)).status());
  return Post(item, item.status(), -quantity, kind);
}

absl::StatusOr<StockItem> StockBook::Convert(const StockItem& item, Decimal quantity, StockStatus status) {
  ASSIGN_OR_RETURN(const Decimal there, rules::QuantityOf(item.quantity(), "quantity"));
  RETURN_IF_ERROR(rules::TakeInTurn(item.name(), item.product(), {there}, quantity).status());
  StockItem converted = item;
  if (there == quantity) {
    Change<StockItem> change{item, item};
    change.after.set_status(status);
    ASSIGN_OR_RETURN(converted, work_.Save(std::move(change)));
  } else {
    ASSIGN_OR_RETURN(const Decimal left, Subtract(there, quantity));
    Change<StockItem> change{item, item};
    change.after.set_quantity(left.ToString());
    RETURN_IF_ERROR(work_.Save(std::move(change)).status());
    // A part of a lot: as long in stock as the rest.
    StockItem part;
    part.set_site(item.site());
    part.set_product(item.product());
    part.set_status(status);
    part.set_quantity(quantity.ToString());
    part.set_received_date(item.received_date());
    part.set_source(item.source());
    ASSIGN_OR_RETURN(converted, work_.Insert(std::move(part)));
  }
  RETURN_IF_ERROR(Post(item, item.status(), -quantity, order::v1::STOCK_ENTRY_KIND_STATUS));
  RETURN_IF_ERROR(Post(converted, status, quantity, order::v1::STOCK_ENTRY_KIND_STATUS));
  return converted;
}

absl::StatusOr<std::vector<rules::BookLine>> StockBook::Books() {
  ASSIGN_OR_RETURN(const std::vector<mysql::Row> rows,
                   work_.connection().Query("SELECT i.product, i.serial_number, SUM(i.quantity) FROM stock_items i "
                                            "WHERE i.site = ? AND i.quantity > 0 GROUP BY i.product, i.serial_number "
                                            "ORDER BY i.product, i.serial_number",
                                            {mysql::Value(IdOf(site_.name()))}));
  std::vector<rules::BookLine> books;
  for (const mysql::Row& row : rows) {
    rules::BookLine line;
    line.product = absl::StrCat("products/", row[0].text());
    line.serial_number = row[1].text();
    ASSIGN_OR_RETURN(line.quantity, Decimal::Parse(row[2].text(), "quantity"));
    books.push_back(std::move(line));
  }
  return books;
}

}  // namespace kam::contract
