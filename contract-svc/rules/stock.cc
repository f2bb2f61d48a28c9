#include "contract-svc/rules/stock.h"

#include <algorithm>
#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "common/status/status.h"
#include "contract-svc/rules/amounts.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/type/money.pb.h"

namespace kam::contract::rules {
namespace {

using order::v1::DamageReport;
using order::v1::GoodsCount;
using order::v1::GoodsReceipt;
using order::v1::GoodsReceiptLine;
using order::v1::StockCount;
using order::v1::StockItem;
using order::v1::StockMovementRow;
using order::v1::StockSite;
using order::v1::StockTake;
using order::v1::StockTakeLine;

// Product and serial number.
using Key = std::pair<std::string, std::string>;

// A stock-take that names no products counts all of them.
bool IsCounted(const StockTake& take, const std::string& product) {
  return take.products().empty() ||
         std::find(take.products().begin(), take.products().end(), product) != take.products().end();
}

std::string Named(const Key& key) { return key.second.empty() ? key.first : absl::StrCat(key.first, " ", key.second); }

}  // namespace

absl::StatusOr<std::vector<std::pair<size_t, Decimal>>> TakeInTurn(absl::string_view subject, absl::string_view product,
                                                                   const std::vector<Decimal>& lots, Decimal quantity) {
  std::vector<std::pair<size_t, Decimal>> taken;
  Decimal left = quantity;
  for (size_t i = 0; i < lots.size() && left.sign() > 0; ++i) {
    const Decimal part = std::min(lots[i], left);
    if (part.sign() <= 0) continue;
    taken.emplace_back(i, part);
    ASSIGN_OR_RETURN(left, Subtract(left, part));
  }
  if (left.is_zero()) return taken;
  ASSIGN_OR_RETURN(const Decimal available, Subtract(quantity, left));
  return FailedPrecondition(
      "STOCK_SHORT", subject,
      absl::StrCat(quantity.ToString(), " of ", product, " are needed, ", available.ToString(), " are in stock"),
      {{"product", std::string(product)}, {"available", available.ToString()}, {"quantity", quantity.ToString()}});
}

absl::Status CheckAnnouncement(const GoodsReceipt& receipt) {
  const bool returned = receipt.kind() == order::v1::GOODS_RECEIPT_KIND_RETURN ||
                        receipt.kind() == order::v1::GOODS_RECEIPT_KIND_CUSTOMER_RETURN;
  if (returned == receipt.delivery().empty()) {
    return InvalidField("goods_receipt.delivery", "DELIVERY_REQUIRED",
                        "goods that come back name their delivery, and only these do");
  }
  if (returned && !receipt.manufacturer_order().empty()) {
    return InvalidField("goods_receipt.manufacturer_order", "FIELDS_EXCLUSIVE",
                        "goods that a customer sends back are not those of an order at the manufacturer");
  }
  std::set<std::string> seen;
  for (int i = 0; i < receipt.lines_size(); ++i) {
    if (seen.insert(receipt.lines(i).product()).second) continue;
    return InvalidField(absl::StrCat("goods_receipt.lines[", i, "].product"), "LINE_REPEATED", "stands twice",
                        {{"product", receipt.lines(i).product()}});
  }
  return absl::OkStatus();
}

absl::Status CountReceipt(const order::v1::CheckGoodsReceiptRequest& request, GoodsReceipt* receipt) {
  std::set<int> seen;
  for (int i = 0; i < request.lines_size(); ++i) {
    const GoodsCount& count = request.lines(i);
    const std::string path = absl::StrCat("lines[", i, "]");
    if (count.line() < 1 || count.line() > receipt->lines_size()) {
      return InvalidField(path + ".line", "LINE_UNKNOWN",
                          absl::StrCat("the goods receipt has ", receipt->lines_size(), " lines"),
                          {{"lines", absl::StrCat(receipt->lines_size())}});
    }
    if (!seen.insert(count.line()).second) {
      return InvalidField(path + ".line", "LINE_NUMBER_REPEATED", "stands twice",
                          {{"line", absl::StrCat(count.line())}});
    }
    ASSIGN_OR_RETURN(const Decimal received, QuantityOf(count.received_quantity(), path + ".received_quantity"));
    ASSIGN_OR_RETURN(const Decimal damaged, QuantityOf(count.damaged_quantity(), path + ".damaged_quantity"));
    if (damaged > received) {
      return InvalidField(path + ".damaged_quantity", "QUANTITIES_CONTRADICT", "more are damaged than have come",
                          {{"received", received.ToString()}, {"damaged", damaged.ToString()}});
    }
    GoodsReceiptLine* line = receipt->mutable_lines(count.line() - 1);
    line->set_received_quantity(received.ToString());
    line->set_damaged_quantity(damaged.ToString());
  }
  Decimal total;
  for (int i = 0; i < receipt->lines_size(); ++i) {
    GoodsReceiptLine* line = receipt->mutable_lines(i);
    if (seen.count(i + 1) == 0) {
      line->set_received_quantity(line->expected_quantity());
      line->set_damaged_quantity("0");
    }
    ASSIGN_OR_RETURN(const Decimal received, QuantityOf(line->received_quantity(), "received_quantity"));
    ASSIGN_OR_RETURN(total, Add(total, received));
  }
  if (total.is_zero()) {
    return InvalidField("lines", "NOTHING_RECEIVED", "nothing has come: cancel the goods receipt instead");
  }
  std::map<std::string, std::pair<int, int>> pieces;  // By product: all, damaged.
  std::set<Key> numbers;
  for (int i = 0; i < request.serials_size(); ++i) {
    const auto& serial = request.serials(i);
    if (!numbers.emplace(serial.product(), serial.serial_number()).second) {
      return InvalidField(absl::StrCat("serials[", i, "].serial_number"), "SERIAL_REPEATED", "stands twice in the list",
                          {{"serialNumber", serial.serial_number()}});
    }
    auto& [all, damaged] = pieces[serial.product()];
    ++all;
    damaged += serial.damaged() ? 1 : 0;
  }
  for (const GoodsReceiptLine& line : receipt->lines()) {
    const auto found = pieces.find(line.product());
    if (found == pieces.end()) continue;
    ASSIGN_OR_RETURN(const Decimal received, QuantityOf(line.received_quantity(), "received_quantity"));
    ASSIGN_OR_RETURN(const Decimal damaged, QuantityOf(line.damaged_quantity(), "damaged_quantity"));
    const auto [all, broken] = found->second;
    if (received != Decimal::FromInt(all) || damaged != Decimal::FromInt(broken)) {
      return InvalidField(
          "serials", "SERIALS_INCOMPLETE",
          absl::StrCat(line.product(), " has ", all, " serial numbers, ", broken, " of them damaged, for ",
                       received.ToString(), " pieces, ", damaged.ToString(), " of them damaged"),
          {{"product", line.product()},
           {"serials", absl::StrCat(all)},
           {"quantity", received.ToString()},
           {"damaged", damaged.ToString()}});
    }
    pieces.erase(found);
  }
  if (!pieces.empty()) {
    return InvalidField("serials", "LINE_UNKNOWN", absl::StrCat(pieces.begin()->first, " was not announced"),
                        {{"product", pieces.begin()->first}});
  }
  *receipt->mutable_serials() = request.serials();
  return absl::OkStatus();
}

absl::Status CheckReturn(const std::map<std::string, Decimal>& returnable,
                         const std::map<std::string, Decimal>& returned, const GoodsReceipt& receipt) {
  const bool accepted = receipt.kind() == order::v1::GOODS_RECEIPT_KIND_CUSTOMER_RETURN;
  for (const GoodsReceiptLine& line : receipt.lines()) {
    const auto found = returnable.find(line.product());
    const auto before = returned.find(line.product());
    const Decimal limit = found == returnable.end() ? Decimal() : found->second;
    const Decimal taken = before == returned.end() ? Decimal() : before->second;
    ASSIGN_OR_RETURN(const Decimal received, QuantityOf(line.received_quantity(), "received_quantity"));
    ASSIGN_OR_RETURN(const Decimal sum, Add(taken, received));
    if (sum <= limit) continue;
    return FailedPrecondition(
        accepted ? "RETURN_EXCEEDS_DELIVERY" : "RETURN_EXCEEDS_LOSS", receipt.delivery(),
        absl::StrCat(limit.ToString(), " of ", line.product(),
                     accepted ? " were accepted by the customer, " : " were not taken by the customer, ",
                     taken.ToString(), " have come back already, ", received.ToString(), " more are counted"),
        {{"product", line.product()},
         {accepted ? "accepted" : "lost", limit.ToString()},
         {"returned", taken.ToString()},
         {"quantity", received.ToString()}});
  }
  return absl::OkStatus();
}

absl::Status CheckReturned(const GoodsReceipt& receipt, absl::string_view delivered, absl::string_view order,
                           absl::string_view product, Decimal used, Decimal quantity) {
  if (receipt.kind() != order::v1::GOODS_RECEIPT_KIND_CUSTOMER_RETURN ||
      receipt.state() != order::v1::GOODS_RECEIPT_STATE_POSTED) {
    return FailedPrecondition("GOODS_NOT_BACK", receipt.name(),
                              "goods are back when the store has counted what the customer sent",
                              {{"kind", order::v1::GoodsReceiptKind_Name(receipt.kind())},
                               {"state", order::v1::GoodsReceiptState_Name(receipt.state())}});
  }
  if (delivered != order) {
    return InvalidField("goods_receipt", "RECEIPT_OF_OTHER_ORDER", "what it counts was delivered for another order",
                        {{"order", std::string(delivered)}});
  }
  Decimal received;
  for (const GoodsReceiptLine& line : receipt.lines()) {
    if (line.product() != product) continue;
    ASSIGN_OR_RETURN(received, QuantityOf(line.received_quantity(), "received_quantity"));
  }
  ASSIGN_OR_RETURN(const Decimal sum, Add(used, quantity));
  if (sum <= received) return absl::OkStatus();
  return FailedPrecondition("RETURN_EXCEEDS_RECEIPT", receipt.name(),
                            absl::StrCat(received.ToString(), " came back on it, ", used.ToString(),
                                         " of them are recorded already, ", quantity.ToString(), " asked"),
                            {{"received", received.ToString()},
                             {"used", used.ToString()},
                             {"quantity", quantity.ToString()},
                             {"product", std::string(product)}});
}

absl::Status CheckReportable(const StockItem& item) {
  if (item.status() != order::v1::STOCK_STATUS_QUARANTINED) return absl::OkStatus();
  return FailedPrecondition("DAMAGE_REPORTED", item.name(), "these goods wait for the service department already",
                            {{"quantity", item.quantity()}});
}

absl::Status CheckWarehouse(absl::string_view subject, absl::string_view warehouse, absl::string_view product,
                            absl::string_view site) {
  if (product.empty()) return absl::OkStatus();
  return FailedPrecondition(
      "WAREHOUSE_UNKNOWN", subject,
      absl::StrCat(warehouse, " is the code of no stock site, and ", product, " is in stock at ", site,
                   ": goods that are in stock leave by the code of a site; holders of order.review name another "
                   "warehouse, or say that these come from outside of the stock"),
      {{"field", "warehouse"},
       {"value", std::string(warehouse)},
       {"product", std::string(product)},
       {"site", std::string(site)},
       {"overridableBy", "order.review"}});
}

absl::Status CheckTransfer(const StockSite& from, const StockSite& to) {
  if (from.name() == to.name()) {
    return InvalidField("stock_transfer.to_site", "SITE_UNCHANGED", absl::StrCat("the goods are at ", to.code()),
                        {{"site", to.name()}});
  }
  if (!to.has_archive_time()) return absl::OkStatus();
  return FailedPrecondition("RESOURCE_ARCHIVED", to.name(),
                            absl::StrCat("the site ", to.code(), " was withdrawn; restore it first"),
                            {{"field", "stock_transfer.to_site"}});
}

absl::StatusOr<Decimal> FillMovements(Decimal opening, const Movements& movements, StockMovementRow* row) {
  Decimal closing = opening;
  for (const Decimal& part : {movements.received, movements.issued, movements.transferred_in, movements.transferred_out,
                              movements.scrapped, movements.returned, movements.adjusted}) {
    ASSIGN_OR_RETURN(closing, Add(closing, part));
  }
  row->set_opening(opening.ToString());
  row->set_received(movements.received.ToString());
  row->set_issued((-movements.issued).ToString());
  row->set_transferred_in(movements.transferred_in.ToString());
  row->set_transferred_out((-movements.transferred_out).ToString());
  row->set_scrapped((-movements.scrapped).ToString());
  row->set_returned((-movements.returned).ToString());
  row->set_adjusted(movements.adjusted.ToString());
  row->set_closing(closing.ToString());
  return closing;
}

absl::StatusOr<Decimal> QuantityLeft(const StockItem& item, const DamageReport& report) {
  ASSIGN_OR_RETURN(const Decimal reported, QuantityOf(report.quantity(), "quantity"));
  ASSIGN_OR_RETURN(const Decimal there, QuantityOf(item.quantity(), "quantity"));
  // A piece that was missing and found again is not the one that waited.
  return item.status() == order::v1::STOCK_STATUS_QUARANTINED ? std::min(reported, there) : Decimal();
}

absl::Status StartStockTake(const std::vector<BookLine>& books, StockTake* take) {
  take->clear_lines();
  for (const BookLine& book : books) {
    if (!IsCounted(*take, book.product)) continue;
    StockTakeLine* line = take->add_lines();
    line->set_product(book.product);
    line->set_serial_number(book.serial_number);
    line->set_book_quantity(book.quantity.ToString());
  }
  if (take->lines_size() <= kStockTakeLinesMax) return absl::OkStatus();
  return InvalidField("stock_take.products", "STOCK_TAKE_TOO_LARGE",
                      absl::StrCat(take->lines_size(), " lines are in the books; count the site in parts of at most ",
                                   kStockTakeLinesMax, ": name the products of a part"),
                      {{"lines", absl::StrCat(take->lines_size())}, {"limit", absl::StrCat(kStockTakeLinesMax)}});
}

absl::Status CountStock(const std::vector<BookLine>& books, const order::v1::CountStockTakeRequest& request,
                        StockTake* take) {
  std::map<Key, Decimal> book;
  for (const BookLine& line : books) {
    if (IsCounted(*take, line.product)) book[{line.product, line.serial_number}] = line.quantity;
  }
  std::set<Key> counted;
  take->clear_lines();
  for (int i = 0; i < request.lines_size(); ++i) {
    const StockCount& count = request.lines(i);
    const Key key = {count.product(), count.serial_number()};
    const std::string path = absl::StrCat("lines[", i, "]");
    if (!IsCounted(*take, key.first)) {
      return InvalidField(path + ".product", "LINE_UNKNOWN", "is not counted in this stock-take",
                          {{"product", key.first}});
    }
    if (!counted.insert(key).second) {
      return InvalidField(path, "COUNT_REPEATED", absl::StrCat(Named(key), " was counted twice"),
                          {{"product", key.first}, {"serialNumber", key.second}});
    }
    ASSIGN_OR_RETURN(const Decimal quantity, QuantityOf(count.counted_quantity(), path + ".counted_quantity"));
    if (!key.second.empty() && !quantity.is_zero() && quantity != Decimal::FromInt(1)) {
      return InvalidField(path + ".counted_quantity", "QUANTITIES_CONTRADICT", "a numbered piece is there once or not",
                          {{"serialNumber", key.second}, {"quantity", quantity.ToString()}});
    }
    const auto found = book.find(key);
    const Decimal before = found == book.end() ? Decimal() : found->second;
    ASSIGN_OR_RETURN(const Decimal difference, Subtract(quantity, before));
    if (!difference.is_zero() && absl::StripAsciiWhitespace(count.cause()).empty()) {
      return InvalidField(path + ".cause", "CAUSE_REQUIRED",
                          absl::StrCat(Named(key), ": ", before.ToString(), " by the books, ", quantity.ToString(),
                                       " counted: say why"),
                          {{"product", key.first},
                           {"serialNumber", key.second},
                           {"book", before.ToString()},
                           {"counted", quantity.ToString()}});
    }
    StockTakeLine* line = take->add_lines();
    line->set_product(key.first);
    line->set_serial_number(key.second);
    line->set_book_quantity(before.ToString());
    line->set_counted_quantity(quantity.ToString());
    line->set_difference(difference.ToString());
    line->set_cause(count.cause());
  }
  for (const auto& [key, quantity] : book) {
    if (counted.count(key) > 0) continue;
    return InvalidField("lines", "COUNT_MISSING",
                        absl::StrCat(Named(key), " was not counted: ", quantity.ToString(), " by the books"),
                        {{"product", key.first}, {"serialNumber", key.second}, {"book", quantity.ToString()}});
  }
  return absl::OkStatus();
}

}  // namespace kam::contract::rules
