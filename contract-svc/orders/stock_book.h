// The stock of one site inside one transaction: lots, numbered pieces and the ledger, always equal.
//
// Lock order: after order, delivery, shipment, goods receipt, damage report and stock-take comes the site, then its
// lots. Whoever moves stock locks the site first, so movements at one site come one after the other.
#ifndef KAM_CONTRACT_SVC_ORDERS_STOCK_BOOK_H_
#define KAM_CONTRACT_SVC_ORDERS_STOCK_BOOK_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/money/decimal.h"
#include "common/resource/runtime.h"
#include "contract-svc/context.h"
#include "contract-svc/rules/stock.h"
#include "kam/order/v1/stock.pb.h"

namespace kam::contract {

// What comes in.
struct Goods {
  std::string product;
  std::string serial_number;  // Empty: a lot.
  order::v1::StockStatus status = order::v1::STOCK_STATUS_AVAILABLE;
  Decimal quantity;
  std::string received_date = {};  // Since when they are in stock; empty: today.
};

class StockBook {
 public:
  // Locks the site. `source`: the paper every posting names. NOT_FOUND.
  static absl::StatusOr<StockBook> Open(const Context& context, resource::UnitOfWork& work, const std::string& site,
                                        const std::string& source);

  const order::v1::StockSite& site() const { return site_; }

  // A new lot, or the piece with that number. SERIAL_IN_STOCK; SERIAL_IN_USE for a receipt of what was delivered.
  absl::StatusOr<order::v1::StockItem> Bring(const Goods& goods, order::v1::StockEntryKind kind);
  // Takes from the lots that may be sold, first in, first out; `any_status`: from the others after them. STOCK_SHORT.
  absl::Status Take(const std::string& product, Decimal quantity, order::v1::StockEntryKind kind,
                    bool any_status = false);
  // Takes one piece that may be sold; `any_status`: whatever its status. SERIAL_NOT_IN_STOCK.
  absl::Status TakeSerial(const std::string& product, const std::string& serial_number, order::v1::StockEntryKind kind,
                          bool any_status = false);
  // Takes from one lot or piece. STOCK_SHORT.
  absl::Status TakeFrom(const order::v1::StockItem& item, Decimal quantity, order::v1::StockEntryKind kind);
  // `quantity` of the item has another status from now on; answers the item that holds it. STOCK_SHORT.
  absl::StatusOr<order::v1::StockItem> Convert(const order::v1::StockItem& item, Decimal quantity,
                                               order::v1::StockStatus status);
  // What the books say: pieces one by one, lots by product.
  absl::StatusOr<std::vector<rules::BookLine>> Books();

 private:
  StockBook(resource::UnitOfWork& work, std::string today, std::string source, order::v1::StockSite site)
      : work_(work), today_(std::move(today)), source_(std::move(source)), site_(std::move(site)) {}

  absl::Status CheckNotWithCustomer(const Goods& goods);
  absl::Status Post(const order::v1::StockItem& item, order::v1::StockStatus status, Decimal quantity,
                    order::v1::StockEntryKind kind);

  resource::UnitOfWork& work_;
  std::string today_;
  std::string source_;
  order::v1::StockSite site_;
};

}  // namespace kam::contract

#endif  // KAM_CONTRACT_SVC_ORDERS_STOCK_BOOK_H_
