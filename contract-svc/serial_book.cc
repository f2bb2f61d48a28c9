#include "contract-svc/serial_book.h"

#include <set>
#include <string>
#include <utility>

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

}  // namespace

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
