// Quotas, ordering plans and orders at the manufacturer over real gRPC and MariaDB: C-20.
#include <thread>

#include "absl/strings/str_cat.h"
#include "common/testing/matchers.h"
#include "contract-svc/context.h"
#include "contract-svc/testing/sales_fixture.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/type/money.pb.h"
#include "kam/order/v1/order_service.pb.h"
#include "kam/order/v1/stock_service.pb.h"
#include "kam/order/v1/supply_service.pb.h"

namespace kam::contract::testing {
namespace {

using kam::testing::HasReason;
using kam::testing::IsOk;
using kam::testing::StatusIs;
using order::v1::Order;
namespace pb = order::v1;

constexpr char kSupply[] = "kam.order.v1.SupplyService/";
constexpr char kStock[] = "kam.order.v1.StockService/";

class SupplyServiceTest : public SalesTest {
 protected:
  void SetUp() override {
    SalesTest::SetUp();
    spo_ = harness().PrincipalFor("SPO", harness().NewId());
    sd_ = harness().PrincipalFor("SD", harness().NewId());
    product_ = NewProduct("");
    contract_ = NewContract(account_, /*credit=*/false, "CNY", product_);
  }
  absl::StatusOr<Order> TryOrder(const std::string& quantity, const std::string& more = {}) {
    return Call<Order, pb::CreateOrderRequest>(
        kax_, absl::StrCat(kOrders, "CreateOrder"),
        absl::StrCat("order { account: '", account_, "' contract: '", contract_, "' lines { product: '", product_,
                     "' quantity: '", quantity, "' } ", more, " }"));
  }
  absl::StatusOr<pb::Quota> NewQuota(const std::string& quantity, const std::string& from, const std::string& to,
                                     const std::string& more = {}) {
    return Call<pb::Quota, pb::CreateQuotaRequest>(
        spo_, absl::StrCat(kSupply, "CreateQuota"),
        absl::StrCat("quota { product: '", product_, "' quantity: '", quantity, "' from_date: '", from, "' to_date: '",
                     to, "' ", more, " }"));
  }
  std::string Used(const std::string& quota) {
    return Do<pb::Quota, kam::api::GetRequest>(spo_, absl::StrCat(kSupply, "GetQuota"),
                                               absl::StrCat("name: '", quota, "'"))
        .used();
  }
  absl::StatusOr<Order> Cancel(const std::string& order) {
    return Call<Order, pb::CancelOrderRequest>(sad_, absl::StrCat(kOrders, "CancelOrder"),
                                               absl::StrCat("name: '", order, "' reason: 'no'"));
  }

  auth::Principal spo_, sd_;
  std::string product_, contract_;
};

// C-20: many orders at once: what fits goes in, not one more.
TEST_F(SupplyServiceTest, ParallelOrdersNeverExceedTheQuota) {
  const absl::StatusOr<pb::Quota> quota = NewQuota("25", "2026-01-01", "2026-01-31");
  ASSERT_THAT(quota, IsOk());
  std::atomic<int> accepted = 0;
  std::vector<std::thread> threads;
  for (int client = 0; client < 10; ++client) {
    threads.emplace_back([&] {
      for (int i = 0; i < 4; ++i) {
        const absl::StatusOr<Order> order = TryOrder("2");
        if (order.ok()) {
          ++accepted;
        } else {
          EXPECT_THAT(order, HasReason("QUOTA_EXCEEDED"));
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(accepted, 12);
  EXPECT_EQ(Used(quota->name()), "24");
}

// C-20: what is not delivered is free again; taken again when the order is reopened.
TEST_F(SupplyServiceTest, CancelledAndClosedQuantitiesAreFreeAgain) {
  const pb::Quota quota = *NewQuota("10", "2026-01-01", "2026-01-31");
  const Order order = *TryOrder("8");
  EXPECT_THAT(TryOrder("3"), HasReason("QUOTA_EXCEEDED"));
  ASSERT_THAT(Cancel(order.name()), IsOk());
  EXPECT_EQ(Used(quota.name()), "0");
  const Order other = *TryOrder("5");
  EXPECT_THAT((Call<Order, pb::ReopenOrderRequest>(kam_, absl::StrCat(kOrders, "ReopenOrder"),
                                                   absl::StrCat("name: '", order.name(), "' reason: 'yes'"))),
              HasReason("QUOTA_EXCEEDED"));
  Review(other.name());
  Pay(account_, "50", other.name());
  Release(other.name());
  Deliver(other.name(), "2");
  Do<Order, pb::CloseOrderShortRequest>(sad_, absl::StrCat(kOrders, "CloseOrderShort"),
                                        absl::StrCat("name: '", other.name(), "' reason: 'not made any more'"));
  EXPECT_EQ(Used(quota.name()), "2");
  EXPECT_THAT((Call<Order, pb::ReopenOrderRequest>(kam_, absl::StrCat(kOrders, "ReopenOrder"),
                                                   absl::StrCat("name: '", order.name(), "' reason: 'yes'"))),
              IsOk());
  EXPECT_EQ(Used(quota.name()), "10");
}

// C-20: one quota for a product and customer on a day; an order that moves to another day takes that day's.
TEST_F(SupplyServiceTest, QuotasHoldOnTheirDays) {
  const pb::Quota january = *NewQuota("10", "2026-01-01", "2026-01-31");
  EXPECT_THAT(NewQuota("5", "2026-01-31", "2026-02-28"), HasReason("QUOTA_OVERLAP"));
  const pb::Quota february = *NewQuota("5", "2026-02-01", "2026-02-28");
  const pb::Quota own = *NewQuota("4", "2026-01-01", "2026-12-31", absl::StrCat("account: '", account_, "'"));
  EXPECT_THAT(TryOrder("5"), HasReason("QUOTA_EXCEEDED")) << "the customer's own";
  const Order order = *TryOrder("4");
  EXPECT_EQ(Used(january.name()), "4");
  Do<Order, pb::UpdateOrderRequest>(kax_, absl::StrCat(kOrders, "UpdateOrder"),
                                    absl::StrCat("order { name: '", order.name(), "' order_date: '2026-02-02' }"));
  EXPECT_EQ(Used(january.name()), "0");
  EXPECT_EQ(Used(february.name()), "4");
  EXPECT_EQ(Used(own.name()), "4");
  const auto shrink = Call<pb::Quota, pb::UpdateQuotaRequest>(
      spo_, absl::StrCat(kSupply, "UpdateQuota"), absl::StrCat("quota { name: '", own.name(), "' quantity: '3' }"));
  EXPECT_THAT(shrink, HasReason("QUOTA_BELOW_USED"));
}

// C-20, P-45: plan, approval, order at the manufacturer, goods in stock, plan against actual, funds.
TEST_F(SupplyServiceTest, PlanIsCarriedOutAndCompared) {
  const auto plan = Do<pb::OrderingPlan, pb::CreateOrderingPlanRequest>(
      spo_, absl::StrCat(kSupply, "CreateOrderingPlan"),
      absl::StrCat("ordering_plan { period: PLAN_PERIOD_MONTH start_date: '2026-01-01' lines { product: '", product_,
                   "' sales_quantity: '10' order_quantity: '12' } }"));
  const auto order = Do<pb::ManufacturerOrder, pb::CreateManufacturerOrderRequest>(
      [&] {
        auth::Principal buyer = spo_;
        buyer.grants["price.purchase.read"] = auth::Level::kAll;
        return buyer;
      }(),
      absl::StrCat(kSupply, "CreateManufacturerOrder"),
      absl::StrCat("manufacturer_order { manufacturer: 'Plant' plan: '", plan.name(),
                   "' currency: 'CNY' payment_date: '2026-02-10' lines { product: '", product_,
                   "' quantity: '12' unit_price ", MoneyText("7"), " } }"));
  const std::string name = absl::StrCat("name: '", order.name(), "'");
  EXPECT_THAT((Call<pb::ManufacturerOrder, pb::SubmitManufacturerOrderRequest>(
                  spo_, absl::StrCat(kSupply, "SubmitManufacturerOrder"), name)),
              HasReason("PLAN_NOT_APPROVED"));
  const std::string of_plan = absl::StrCat("name: '", plan.name(), "'");
  Do<pb::OrderingPlan, pb::SubmitOrderingPlanRequest>(spo_, absl::StrCat(kSupply, "SubmitOrderingPlan"), of_plan);
  EXPECT_THAT((Call<pb::OrderingPlan, pb::ApproveOrderingPlanRequest>(
                  spo_, absl::StrCat(kSupply, "ApproveOrderingPlan"), of_plan)),
              StatusIs(absl::StatusCode::kPermissionDenied));
  auth::Principal both = spo_;
  both.grants["ordering_plan.approve"] = auth::Level::kAll;
  EXPECT_THAT((Call<pb::OrderingPlan, pb::ApproveOrderingPlanRequest>(
                  both, absl::StrCat(kSupply, "ApproveOrderingPlan"), of_plan)),
              HasReason("SEPARATION_OF_DUTIES"));
  Do<pb::OrderingPlan, pb::ApproveOrderingPlanRequest>(sd_, absl::StrCat(kSupply, "ApproveOrderingPlan"), of_plan);
  Do<pb::ManufacturerOrder, pb::SubmitManufacturerOrderRequest>(spo_, absl::StrCat(kSupply, "SubmitManufacturerOrder"),
                                                                name);
  Do<pb::ManufacturerOrder, pb::ConfirmManufacturerOrderRequest>(
      spo_, absl::StrCat(kSupply, "ConfirmManufacturerOrder"), name + " manufacturer_number: 'P-9'");
  const auto site = Do<pb::StockSite, pb::CreateStockSiteRequest>(
      spo_, absl::StrCat(kStock, "CreateStockSite"),
      absl::StrCat("stock_site { code: '", harness().NewId(), "' title: 'Store' kind: STOCK_SITE_KIND_WAREHOUSE }"));
  const auto receipt = Do<pb::GoodsReceipt, pb::CreateGoodsReceiptRequest>(
      wh_, absl::StrCat(kStock, "CreateGoodsReceipt"),
      absl::StrCat("goods_receipt { kind: GOODS_RECEIPT_KIND_PURCHASE site: '", site.name(),
                   "' sender: 'Plant' manufacturer_order: '", order.name(), "' lines { product: '", product_,
                   "' expected_quantity: '12' } }"));
  Do<pb::GoodsReceipt, pb::CheckGoodsReceiptRequest>(
      wh_, absl::StrCat(kStock, "CheckGoodsReceipt"),
      absl::StrCat("name: '", receipt.name(),
                   "' sender_signatory: 'Wu' check_document: 'scan' lines { line: 1 "
                   "received_quantity: '9' }"));
  ASSERT_THAT(TryOrder("4"), IsOk());
  const auto actuals = Do<pb::GetOrderingPlanActualsResponse, pb::GetOrderingPlanActualsRequest>(
      spo_, absl::StrCat(kSupply, "GetOrderingPlanActuals"), of_plan);
  const pb::PlanActual* of = nullptr;
  for (const pb::PlanActual& row : actuals.rows()) {
    if (row.product() == product_) of = &row;
  }
  ASSERT_NE(of, nullptr);
  EXPECT_EQ(of->sales_planned(), "10");
  EXPECT_EQ(of->sales_ordered(), "4");
  EXPECT_EQ(of->sales_variance(), "-6");
  EXPECT_EQ(of->supply_ordered(), "12");
  EXPECT_EQ(of->supply_received(), "9");
  EXPECT_EQ(of->supply_variance(), "0");
  EXPECT_EQ(of->stock(), "9");
  const auth::Principal cashier = harness().PrincipalFor("CSH", harness().NewId());
  const auto funds = Do<pb::SummarizeFundsResponse, pb::SummarizeFundsRequest>(
      cashier, absl::StrCat(kSupply, "SummarizeFunds"), "from_date: '2026-02-01' to_date: '2026-02-28'");
  ASSERT_EQ(funds.rows_size(), 1);
  EXPECT_EQ(funds.rows(0).month(), "2026-02");
  EXPECT_EQ(Amount(funds.rows(0).total()), D("84"));
}

}  // namespace
}  // namespace kam::contract::testing
