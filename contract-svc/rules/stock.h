// Rules of stock: first in, first out; goods receipts checked by both sides; stock-takes (C-24, C-25). Pure functions.
#ifndef KAM_CONTRACT_SVC_RULES_STOCK_H_
#define KAM_CONTRACT_SVC_RULES_STOCK_H_

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/money/decimal.h"
#include "kam/order/v1/stock_service.pb.h"

namespace kam::contract::rules {

// Which lots, in the sequence given, cover `quantity`: index and how much of it. STOCK_SHORT with product, available
// and quantity.
absl::StatusOr<std::vector<std::pair<size_t, Decimal>>> TakeInTurn(absl::string_view subject, absl::string_view product,
                                                                   const std::vector<Decimal>& lots, Decimal quantity);

// What is announced: DELIVERY_REQUIRED (a return names its delivery, a purchase has none), LINE_REPEATED,
// FIELDS_EXCLUSIVE (what a customer sends back does not come from the manufacturer).
absl::Status CheckAnnouncement(const order::v1::GoodsReceipt& receipt);

// Writes what both sides have counted. LINE_UNKNOWN, LINE_NUMBER_REPEATED, QUANTITIES_CONTRADICT (more damaged than
// received), SERIAL_REPEATED, SERIALS_INCOMPLETE, NOTHING_RECEIVED.
absl::Status CountReceipt(const order::v1::CheckGoodsReceiptRequest& request, order::v1::GoodsReceipt* receipt);

// Goods of a customer's delivery come back at most once: `returnable`, what he did not take (RETURN) or what he
// accepted (CUSTOMER_RETURN), and `returned`, both by product. RETURN_EXCEEDS_LOSS, RETURN_EXCEEDS_DELIVERY.
absl::Status CheckReturn(const std::map<std::string, Decimal>& returnable,
                         const std::map<std::string, Decimal>& returned, const order::v1::GoodsReceipt& receipt);

// `quantity` of `product`, sent back out of `order`, is on the goods receipt of a delivery of `delivered` (an order),
// and more of it than was `used` for commitments before. GOODS_NOT_BACK, RECEIPT_OF_OTHER_ORDER,
// RETURN_EXCEEDS_RECEIPT.
absl::Status CheckReturned(const order::v1::GoodsReceipt& receipt, absl::string_view delivered, absl::string_view order,
                           absl::string_view product, Decimal used, Decimal quantity);

// Goods that wait for the service department are not reported again. DAMAGE_REPORTED.
absl::Status CheckReportable(const order::v1::StockItem& item);
// How much of what was reported still waits: less when a stock-take has found some missing.
absl::StatusOr<Decimal> QuantityLeft(const order::v1::StockItem& item, const order::v1::DamageReport& report);

// Goods that are in stock leave by the code of a site, or the books would keep what is gone. `warehouse` is the code of
// none; `product`: one of the goods that the site of code `site` has in stock; empty: none is. WAREHOUSE_UNKNOWN.
absl::Status CheckWarehouse(absl::string_view subject, absl::string_view warehouse, absl::string_view product,
                            absl::string_view site);

// A site gives to another one. SITE_UNCHANGED; RESOURCE_ARCHIVED: nothing comes to a site that was withdrawn.
absl::Status CheckTransfer(const order::v1::StockSite& from, const order::v1::StockSite& to);

// Sums of the ledger of one product at one site in one period; what went out is negative there. What changed only its
// status is there as before.
struct Movements {
  Decimal received, issued, transferred_in, transferred_out, scrapped, returned, adjusted;
};
// Writes one row of the statistics and works out what is there at its end.
absl::StatusOr<Decimal> FillMovements(Decimal opening, const Movements& movements, order::v1::StockMovementRow* row);

// One line of the books of a site.
struct BookLine {
  std::string product;
  std::string serial_number;  // Empty: all lots of the product.
  Decimal quantity;
};

// Lines of a stock-take that are kept at most.
inline constexpr int kStockTakeLinesMax = 2000;

// The lines of a new stock-take: of the site, or of the products it names. STOCK_TAKE_TOO_LARGE: name products.
absl::Status StartStockTake(const std::vector<BookLine>& books, order::v1::StockTake* take);

// Compares what was counted with the books of the same moment. Every line of the books is counted; a difference has its
// cause in words; a numbered piece is there or not. COUNT_MISSING, COUNT_REPEATED, CAUSE_REQUIRED,
// QUANTITIES_CONTRADICT, LINE_UNKNOWN (of a product that is not counted here).
absl::Status CountStock(const std::vector<BookLine>& books, const order::v1::CountStockTakeRequest& request,
                        order::v1::StockTake* take);

}  // namespace kam::contract::rules

#endif  // KAM_CONTRACT_SVC_RULES_STOCK_H_
