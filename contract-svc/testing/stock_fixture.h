// A product and a store of their own for every test of stock.
#ifndef KAM_CONTRACT_SVC_TESTING_STOCK_FIXTURE_H_
#define KAM_CONTRACT_SVC_TESTING_STOCK_FIXTURE_H_

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/testing/matchers.h"
#include "contract-svc/context.h"
#include "contract-svc/testing/sales_fixture.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/type/money.pb.h"
#include "kam/order/v1/delivery_service.pb.h"
#include "kam/order/v1/order_service.pb.h"
#include "kam/order/v1/stock_service.pb.h"

namespace kam::contract::testing {

inline constexpr char kStock[] = "kam.order.v1.StockService/";

class StockServiceTest : public SalesTest {
 protected:
  using Delivery = order::v1::Delivery;
  using Order = order::v1::Order;

  void SetUp() override {
    SalesTest::SetUp();
    product_ = NewProduct("");
    spo_ = harness().PrincipalFor("SPO", harness().NewId());
    svm_ = harness().PrincipalFor("SVM", harness().NewId());
    site_ = NewSite();
  }

  std::string NewSite() {
    code_ = harness().NewId();
    return Do<order::v1::StockSite, order::v1::CreateStockSiteRequest>(
               spo_, absl::StrCat(kStock, "CreateStockSite"),
               absl::StrCat("stock_site { code: '", code_, "' title: 'Store' kind: STOCK_SITE_KIND_WAREHOUSE }"))
        .name();
  }
  std::string Announce(const std::string& quantity, const std::string& more = {}) {
    return Do<order::v1::GoodsReceipt, order::v1::CreateGoodsReceiptRequest>(
               wh_, absl::StrCat(kStock, "CreateGoodsReceipt"),
               absl::StrCat("goods_receipt { site: '", site_, "' sender: 'Carrier' lines { product: '", product_,
                            "' expected_quantity: '", quantity, "' } ",
                            more.empty() ? "kind: GOODS_RECEIPT_KIND_PURCHASE" : more, " }"))
        .name();
  }
  absl::StatusOr<order::v1::GoodsReceipt> CheckIn(const std::string& receipt, const std::string& more = {}) {
    return Call<order::v1::GoodsReceipt, order::v1::CheckGoodsReceiptRequest>(
        wh_, absl::StrCat(kStock, "CheckGoodsReceipt"),
        absl::StrCat("name: '", receipt, "' sender_signatory: 'Driver Wu' check_document: 'scan/7' ", more));
  }
  void Bring(const std::string& quantity, const std::string& more = {}) {
    EXPECT_THAT(CheckIn(Announce(quantity), more), kam::testing::IsOk());
  }
  order::v1::StockSummaryRow Stock() {
    const auto answer = Do<order::v1::SummarizeStockResponse, order::v1::SummarizeStockRequest>(
        spo_, absl::StrCat(kStock, "SummarizeStock"), absl::StrCat("site: '", site_, "'"));
    return answer.rows_size() == 0 ? order::v1::StockSummaryRow() : answer.rows(0);
  }
  std::vector<order::v1::StockItem> Items(const std::string& filter) {
    const auto answer = Do<order::v1::ListStockItemsResponse, kam::api::ListRequest>(
        spo_, absl::StrCat(kStock, "ListStockItems"),
        absl::StrCat("filter: \"site = '", site_, "' AND ", filter, "\""));
    return {answer.stock_items().begin(), answer.stock_items().end()};
  }
  // The ledger is what is there: by product, status, and lot.
  void ExpectLedgerRight() {
    const std::string site = IdOf(site_);
    for (const char* status : {"AVAILABLE", "QUARANTINED", "DAMAGED"}) {
      EXPECT_EQ(Sql(absl::StrCat("SELECT CAST(COALESCE(SUM(quantity), 0) AS CHAR) FROM stock_entries WHERE site = '",
                                 site, "' AND stock_status = '", status, "'")),
                Sql(absl::StrCat("SELECT CAST(COALESCE(SUM(quantity), 0) AS CHAR) FROM stock_items WHERE site = '",
                                 site, "' AND stock_status = '", status, "'")))
          << status;
    }
    EXPECT_EQ(Sql(absl::StrCat("SELECT CAST(COUNT(*) AS CHAR) FROM stock_items i WHERE i.site = '", site,
                               "' AND i.quantity <> (SELECT COALESCE(SUM(e.quantity), 0) FROM stock_entries e WHERE "
                               "e.item = i.id)")),
              Decimal());
  }
  Order Entered(const std::string& quantity) {
    SetLimit(account_, "UNLIMITED", "");
    const std::string contract = NewContract(account_, /*credit=*/true, "CNY", product_);
    return Do<Order, order::v1::CreateOrderRequest>(
        kax_, absl::StrCat(kOrders, "CreateOrder"),
        absl::StrCat("order { account: '", account_, "' contract: '", contract, "' lines { product: '", product_,
                     "' quantity: '", quantity, "' } }"));
  }
  // An order whose issue note draws on the site.
  Order Ready(const std::string& quantity) {
    const Order order = Entered(quantity);
    Do<Order, order::v1::ReviewOrderRequest>(
        sad_, absl::StrCat(kOrders, "ReviewOrder"),
        absl::StrCat("name: '", order.name(), "' warehouse: '", code_, "' check_result: 'complete'"));
    return Release(order.name());
  }
  std::string Plan(const Order& order, const std::string& quantity, const std::string& more = {}) {
    return Do<Delivery, order::v1::CreateDeliveryRequest>(
               kax_, absl::StrCat(kDeliveries, "CreateDelivery"),
               absl::StrCat("delivery { order: '", order.name(),
                            "' planned_date: '2026-01-06' place: 'Site' deliverer: '", kax_.subject,
                            "' lines { line_number: 1 quantity: '", quantity,
                            "' } checklist { title: 'keys' done: true } ", more, " }"))
        .name();
  }
  absl::StatusOr<Delivery> Ship(const std::string& delivery) {
    return Call<Delivery, order::v1::ShipDeliveryRequest>(wh_, absl::StrCat(kDeliveries, "ShipDelivery"),
                                                          absl::StrCat("name: '", delivery, "'"));
  }
  absl::StatusOr<order::v1::StockTransfer> Transfer(const std::string& item, const std::string& quantity,
                                                    const std::string& to_site) {
    return Call<order::v1::StockTransfer, order::v1::CreateStockTransferRequest>(
        wh_, absl::StrCat(kStock, "CreateStockTransfer"),
        absl::StrCat("stock_transfer { item: '", item, "' quantity: '", quantity, "' to_site: '", to_site,
                     "' document: 'scan/9' }"));
  }
  template <typename Request>
  absl::StatusOr<order::v1::StockTake> Take(const auth::Principal& who, const std::string& method,
                                            const std::string& take, const std::string& more = {}) {
    return Call<order::v1::StockTake, Request>(who, absl::StrCat(kStock, method),
                                               absl::StrCat("name: '", take, "' ", more));
  }
  order::v1::StockTake StartTake() {
    return Do<order::v1::StockTake, order::v1::CreateStockTakeRequest>(
        wh_, absl::StrCat(kStock, "CreateStockTake"), absl::StrCat("stock_take { site: '", site_, "' }"));
  }
  std::string Counted(const std::string& quantity, const std::string& cause = {}) {
    return absl::StrCat("lines { product: '", product_, "' counted_quantity: '", quantity, "' cause: '", cause, "' }");
  }

  auth::Principal spo_, svm_;
  std::string product_, site_, code_;
};

}  // namespace kam::contract::testing

#endif  // KAM_CONTRACT_SVC_TESTING_STOCK_FIXTURE_H_
