#include "contract-svc/orders/serial_book.h"

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/status/status.h"
#include "contract-svc/context.h"

namespace kam::contract {
namespace {

using order::v1::Delivery;

// Product and serial number.
using Serial = std::pair<std::string, std::string>;

std::set<Serial> HeldBy(const Delivery& delivery) {
  std::set<Serial> held;
  if (delivery.state() == order::v1::DELIVERY_STATE_CANCELLED ||
      delivery.state() == order::v1::DELIVERY_STATE_REFUSED) {
    return held;
  }
  for (const auto& serial : delivery.serials()) {
    for (const auto& line : delivery.lines()) {
      if (line.line_number() == serial.line_number()) held.emplace(IdOf(line.product()), serial.serial_number());
    }
  }
  return held;
}

// Numbered pieces that left the stock of a site for this delivery.
absl::StatusOr<std::set<Serial>> IssuedFor(resource::UnitOfWork& work, const Delivery& delivery) {
  ASSIGN_OR_RETURN(const std::vector<mysql::Row> rows,
                   work.connection().Query("SELECT i.product, i.serial_number FROM stock_entries e JOIN stock_items i "
                                           "ON i.id = e.item WHERE e.source = ? AND e.entry_kind = 'ISSUE' AND "
                                           "i.serial_number IS NOT NULL",
                                           {mysql::Value(delivery.name())}));
  std::set<Serial> issued;
  for (const mysql::Row& row : rows) issued.emplace(row[0].text(), row[1].text());
  return issued;
}

absl::Status CheckNotInStock(resource::UnitOfWork& work, const std::string& delivery, const Serial& serial) {
  const auto& [product, number] = serial;
  ASSIGN_OR_RETURN(const std::vector<mysql::Row> rows,
                   work.connection().Query("SELECT s.code FROM stock_items i JOIN stock_sites s ON s.id = i.site WHERE "
                                           "i.product = ? AND i.serial_number = ? AND i.quantity > 0 LIMIT 1",
                                           {product, number}));
  if (rows.empty()) return absl::OkStatus();
  return FailedPrecondition(
      "SERIAL_NOT_ISSUED", delivery, absl::StrCat("the piece ", number, " is in stock: it was not sent"),
      {{"serialNumber", number}, {"product", absl::StrCat("products/", product)}, {"site", rows[0][0].text()}});
}

}  // namespace

absl::Status CheckSerialsNotInStock(resource::UnitOfWork& work, const Delivery& delivery) {
  for (const Serial& serial : HeldBy(delivery)) RETURN_IF_ERROR(CheckNotInStock(work, delivery.name(), serial));
  return absl::OkStatus();
}

absl::Status CheckSerialsSent(resource::UnitOfWork& work, const Delivery& before, const Delivery& after) {
  const std::set<Serial> had = HeldBy(before);
  ASSIGN_OR_RETURN(const std::set<Serial> issued, IssuedFor(work, after));
  std::set<std::string> by_number;
  for (const auto& [product, number] : issued) by_number.insert(product);
  for (const auto& [product, number] : HeldBy(after)) {
    if (had.count({product, number}) > 0) continue;
    if (by_number.count(product) > 0) {
      if (issued.count({product, number}) > 0) continue;
      return FailedPrecondition("SERIAL_NOT_ISSUED", after.name(),
                                absl::StrCat("the piece ", number, " did not leave the store for this delivery"),
                                {{"serialNumber", number}, {"product", absl::StrCat("products/", product)}});
    }
    RETURN_IF_ERROR(CheckNotInStock(work, after.name(), {product, number}));
  }
  return absl::OkStatus();
}

absl::Status HoldSerials(resource::UnitOfWork& work, const Delivery* before, const Delivery& after) {
  const std::set<Serial> had = before == nullptr ? std::set<Serial>() : HeldBy(*before);
  const std::set<Serial> has = HeldBy(after);
  const std::string id = IdOf(after.name());
  for (const auto& [product, number] : had) {
    if (has.count({product, number}) > 0) continue;
    RETURN_IF_ERROR(work.connection()
                        .Execute("DELETE FROM delivered_serials WHERE product = ? AND serial_number = ? AND delivery "
                                 "= ?",
                                 {product, number, id})
                        .status());
  }
  for (const auto& [product, number] : has) {
    if (had.count({product, number}) > 0) continue;
    const absl::Status status =
        work.connection()
            .Execute("INSERT INTO delivered_serials (product, serial_number, delivery) VALUES (?, ?, ?)",
                     {product, number, id})
            .status();
    if (Reason(status) == "DUPLICATE_KEY") {
      return FailedPrecondition("SERIAL_IN_USE", after.name(),
                                absl::StrCat("serial number ", number, " is in another delivery"),
                                {{"serialNumber", number}, {"product", absl::StrCat("products/", product)}});
    }
    RETURN_IF_ERROR(status);
  }
  return absl::OkStatus();
}

}  // namespace kam::contract
