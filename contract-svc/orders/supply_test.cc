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

  auth::Principal Buyer() const {
    auth::Principal buyer = spo_;
    buyer.grants["price.purchase.read"] = auth::Level::kAll;
    return buyer;
  }
  // An order at the manufacturer at 7 each.
  std::string Manufacture(const std::string& plan, const std::string& quantity) {
    return Do<pb::ManufacturerOrder, pb::CreateManufacturerOrderRequest>(
               Buyer(), absl::StrCat(kSupply, "CreateManufacturerOrder"),
               absl::StrCat("manufacturer_order { manufacturer: 'Plant' ",
                            plan.empty() ? "" : absl::StrCat("plan: '", plan, "' "),
                            "currency: 'CNY' payment_date: '2026-02-10' lines { product: '", product_, "' quantity: '",
                            quantity, "' unit_price ", MoneyText("7"), " } }"))
        .name();
  }
  template <typename Request>
  absl::StatusOr<pb::ManufacturerOrder> Verb(const std::string& method, const std::string& text) {
    return Call<pb::ManufacturerOrder, Request>(Buyer(), absl::StrCat(kSupply, method), text);
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

// C-20: one quota for a product and customer on a day; an order takes the quotas of its day.
TEST_F(SupplyServiceTest, QuotasHoldOnTheirDays) {
  const pb::Quota january = *NewQuota("10", "2026-01-01", "2026-01-31");
  EXPECT_THAT(NewQuota("5", "2026-01-31", "2026-02-28"), HasReason("QUOTA_OVERLAP"));
  const pb::Quota february = *NewQuota("5", "2026-02-01", "2026-02-28");
  const pb::Quota own = *NewQuota("4", "2026-01-01", "2026-12-31", absl::StrCat("account: '", account_, "'"));
  EXPECT_THAT(TryOrder("5"), HasReason("QUOTA_EXCEEDED")) << "the customer's own";
  const pb::Quota december = *NewQuota("3", "2025-12-01", "2025-12-31");
  ASSERT_THAT(TryOrder("3"), IsOk());
  ASSERT_THAT(TryOrder("1", "order_date: '2025-12-31'"), IsOk());
  EXPECT_EQ(Used(december.name()), "1") << "that of its own day";
  EXPECT_EQ(Used(january.name()), "3");
  EXPECT_EQ(Used(february.name()), "0");
  EXPECT_EQ(Used(own.name()), "3") << "which begins in January";
  EXPECT_THAT(TryOrder("2"), HasReason("QUOTA_EXCEEDED"));
  ASSERT_THAT(TryOrder("1"), IsOk());
  const auto shrink = Call<pb::Quota, pb::UpdateQuotaRequest>(
      spo_, absl::StrCat(kSupply, "UpdateQuota"), absl::StrCat("quota { name: '", own.name(), "' quantity: '3' }"));
  EXPECT_THAT(shrink, HasReason("QUOTA_BELOW_USED"));
}

// C-20: a quota that comes after the orders of its days counts them; it is not a second allowance.
TEST_F(SupplyServiceTest, AQuotaCountsTheOrdersThatAreThere) {
  const Order order = *TryOrder("8");
  ASSERT_THAT(Cancel(TryOrder("5")->name()), IsOk());
  const absl::StatusOr<pb::Quota> small = NewQuota("7", "2026-01-01", "2026-01-31");
  EXPECT_THAT(small, HasReason("QUOTA_BELOW_USED"));
  EXPECT_EQ(MetadataValue(small.status(), "used"), "8");
  const absl::StatusOr<pb::Quota> quota = NewQuota("10", "2026-01-01", "2026-01-31");
  ASSERT_THAT(quota, IsOk());
  EXPECT_EQ(quota->used(), "8");
  EXPECT_THAT(TryOrder("3"), HasReason("QUOTA_EXCEEDED"));
  ASSERT_THAT(TryOrder("2"), IsOk());
  ASSERT_THAT(Cancel(order.name()), IsOk());
  EXPECT_EQ(Used(quota->name()), "2");
}

// C-20: orders that come in while the quota is made are counted once each.
TEST_F(SupplyServiceTest, AQuotaMadeAmongOrdersCountsEachOnce) {
  for (int round = 0; round < 3; ++round) {
    product_ = NewProduct("");
    contract_ = NewContract(account_, /*credit=*/false, "CNY", product_);
    std::vector<std::thread> threads;
    std::string quota;
    for (int client = 0; client < 6; ++client) {
      threads.emplace_back([&] {
        for (int i = 0; i < 3; ++i) {
          const absl::StatusOr<Order> order = TryOrder("2");
          EXPECT_THAT(order, IsOk());
        }
      });
    }
    threads.emplace_back([&] {
      const absl::StatusOr<pb::Quota> made = NewQuota("100", "2026-01-01", "2026-01-31");
      EXPECT_THAT(made, IsOk());
      if (made.ok()) quota = made->name();
    });
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(Used(quota), "36");
    EXPECT_EQ(Sql(absl::StrCat("SELECT CAST(SUM(quantity) AS CHAR) FROM quota_uses WHERE quota = '", IdOf(quota), "'")),
              D("36"));
  }
}

// C-20, P-45: plans of a quarter and of a year begin with it; nobody approves what he wrote; a plan that replaces
// another one knows what was ordered for the first.
TEST_F(SupplyServiceTest, PlansOfQuartersAndYearsAndTheirVersions) {
  const auto plan = [&](const auth::Principal& who, const std::string& period, const std::string& start) {
    return Call<pb::OrderingPlan, pb::CreateOrderingPlanRequest>(
        who, absl::StrCat(kSupply, "CreateOrderingPlan"),
        absl::StrCat("ordering_plan { period: PLAN_PERIOD_", period, " start_date: '", start, "' lines { product: '",
                     product_, "' sales_quantity: '30' order_quantity: '40' } }"));
  };
  EXPECT_THAT(plan(spo_, "QUARTER", "2027-02-01"), HasReason("PERIOD_INVALID"));
  EXPECT_THAT(plan(spo_, "YEAR", "2027-04-01"), HasReason("PERIOD_INVALID"));
  EXPECT_EQ(plan(spo_, "YEAR", "2027-01-01")->end_date(), "2027-12-31");
  auth::Principal both = spo_;
  both.grants["ordering_plan.approve"] = auth::Level::kAll;
  const pb::OrderingPlan first = *plan(both, "QUARTER", "2027-04-01");
  EXPECT_EQ(first.end_date(), "2027-06-30");
  const auto submit = [&](const auth::Principal& who, const std::string& name) {
    return Call<pb::OrderingPlan, pb::SubmitOrderingPlanRequest>(who, absl::StrCat(kSupply, "SubmitOrderingPlan"),
                                                                 absl::StrCat("name: '", name, "'"));
  };
  const auto approve = [&](const auth::Principal& who, const std::string& name) {
    return Call<pb::OrderingPlan, pb::ApproveOrderingPlanRequest>(who, absl::StrCat(kSupply, "ApproveOrderingPlan"),
                                                                  absl::StrCat("name: '", name, "'"));
  };
  const auth::Principal other = harness().PrincipalFor("SPO", harness().NewId());
  ASSERT_THAT(submit(other, first.name()), IsOk());
  EXPECT_THAT(approve(both, first.name()), HasReason("SEPARATION_OF_DUTIES")) << "submitted by another, written by him";
  ASSERT_THAT(approve(sd_, first.name()), IsOk());
  const std::string name = absl::StrCat("name: '", Manufacture(first.name(), "12"), "' ");
  ASSERT_THAT(Verb<pb::SubmitManufacturerOrderRequest>("SubmitManufacturerOrder", name), IsOk());
  const pb::OrderingPlan second = *plan(spo_, "QUARTER", "2027-04-01");
  ASSERT_THAT((Call<pb::OrderingPlan, pb::UpdateOrderingPlanRequest>(
                  both, absl::StrCat(kSupply, "UpdateOrderingPlan"),
                  absl::StrCat("ordering_plan { name: '", second.name(), "' remark: 'more' }"))),
              IsOk());
  ASSERT_THAT(submit(spo_, second.name()), IsOk());
  EXPECT_THAT(approve(both, second.name()), HasReason("SEPARATION_OF_DUTIES")) << "he changed it";
  ASSERT_THAT(approve(sd_, second.name()), IsOk());
  const auto actuals = Do<pb::GetOrderingPlanActualsResponse, pb::GetOrderingPlanActualsRequest>(
      spo_, absl::StrCat(kSupply, "GetOrderingPlanActuals"), absl::StrCat("name: '", second.name(), "'"));
  ASSERT_EQ(actuals.rows_size(), 1);
  EXPECT_EQ(actuals.rows(0).supply_ordered(), "12") << "for the plan that it replaces";
}

// C-20, P-45: departments plan side by side; a version replaces that of its own department; a department counts the
// orders of its own customers.
TEST_F(SupplyServiceTest, DepartmentsPlanSideBySide) {
  const std::string other = harness().NewId();
  const std::string path = absl::StrCat("/", harness().NewId(), "/", other, "/");
  const auto person = [&](const char* role) {
    const std::string id = harness().NewId();
    harness().AddEmployeeScope(id, path, "");
    return harness().PrincipalFor(role, id, path);
  };
  const auth::Principal other_kam = person("KAM"), other_seller = person("KAX");
  const std::string own = kam_.department.substr(1, kam_.department.size() - 2);
  const auto text = [&](const std::string& department) {
    return absl::StrCat("ordering_plan { period: PLAN_PERIOD_QUARTER start_date: '2026-01-01' ",
                        department.empty() ? "" : absl::StrCat("department: 'departments/", department, "' "),
                        "lines { product: '", product_, "' sales_quantity: '30' order_quantity: '40' } }");
  };
  const auto plan = [&](const auth::Principal& who, const std::string& department) {
    return Call<pb::OrderingPlan, pb::CreateOrderingPlanRequest>(who, absl::StrCat(kSupply, "CreateOrderingPlan"),
                                                                 text(department));
  };
  const auto verb = [&](const auth::Principal& who, const char* method, const std::string& name) {
    return Call<pb::OrderingPlan, pb::SubmitOrderingPlanRequest>(who, absl::StrCat(kSupply, method),
                                                                 absl::StrCat("name: '", name, "'"));
  };
  const auto approve = [&](const auth::Principal& who, const std::string& name) {
    EXPECT_THAT(verb(who, "SubmitOrderingPlan", name), IsOk());
    EXPECT_THAT((Call<pb::OrderingPlan, pb::ApproveOrderingPlanRequest>(
                    sd_, absl::StrCat(kSupply, "ApproveOrderingPlan"), absl::StrCat("name: '", name, "'"))),
                IsOk());
  };
  const auto state = [&](const std::string& name) {
    return Do<pb::OrderingPlan, kam::api::GetRequest>(sd_, absl::StrCat(kSupply, "GetOrderingPlan"),
                                                      absl::StrCat("name: '", name, "'"))
        .state();
  };
  EXPECT_THAT(plan(kam_, other), HasReason("OUT_OF_SCOPE"));
  EXPECT_THAT(plan(spo_, harness().NewId()), HasReason("REFERENCE_NOT_FOUND"));
  const auto of_own = plan(kam_, own), of_other = plan(other_kam, other), of_all = plan(kam_, "");
  ASSERT_THAT(of_own, IsOk());
  ASSERT_THAT(of_other, IsOk());
  ASSERT_THAT(of_all, IsOk()) << "the plan of the company is everybody's, as before";
  EXPECT_THAT((Call<pb::OrderingPlan, pb::UpdateOrderingPlanRequest>(
                  kam_, absl::StrCat(kSupply, "UpdateOrderingPlan"),
                  absl::StrCat("ordering_plan { name: '", of_other->name(), "' remark: 'less' }"))),
              HasReason("OUT_OF_SCOPE"));
  EXPECT_THAT(verb(kam_, "SubmitOrderingPlan", of_other->name()), HasReason("OUT_OF_SCOPE"));
  approve(kam_, of_own->name());
  approve(other_kam, of_other->name());
  approve(spo_, of_all->name());
  for (const auto& one : {of_own, of_other, of_all}) EXPECT_EQ(state(one->name()), pb::ORDERING_PLAN_STATE_APPROVED);
  const auto second = plan(spo_, own);
  ASSERT_THAT(second, IsOk()) << "the planner writes for every department";
  approve(spo_, second->name());
  EXPECT_EQ(state(of_own->name()), pb::ORDERING_PLAN_STATE_SUPERSEDED);
  EXPECT_EQ(state(of_other->name()), pb::ORDERING_PLAN_STATE_APPROVED);
  EXPECT_EQ(state(of_all->name()), pb::ORDERING_PLAN_STATE_APPROVED);

  ASSERT_THAT(TryOrder("4"), IsOk());
  const std::string customer = harness().NewId();
  harness().AddAccountScope(customer, other_seller.employee, other_seller.employee, "", "Another customer");
  account_ = absl::StrCat("accounts/", customer);
  contract_ = NewContract(account_, /*credit=*/false, "CNY", product_);
  ASSERT_THAT(
      (Call<Order, pb::CreateOrderRequest>(other_seller, absl::StrCat(kOrders, "CreateOrder"),
                                           absl::StrCat("order { account: '", account_, "' contract: '", contract_,
                                                        "' lines { product: '", product_, "' quantity: '7' } }"))),
      IsOk());
  const std::string order = absl::StrCat("name: '", Manufacture(of_other->name(), "12"), "' ");
  ASSERT_THAT(Verb<pb::SubmitManufacturerOrderRequest>("SubmitManufacturerOrder", order), IsOk());
  const auto actual = [&](const std::string& name) {
    const auto answer = Do<pb::GetOrderingPlanActualsResponse, pb::GetOrderingPlanActualsRequest>(
        spo_, absl::StrCat(kSupply, "GetOrderingPlanActuals"), absl::StrCat("name: '", name, "'"));
    for (const pb::PlanActual& row : answer.rows()) {
      if (row.product() == product_) return absl::StrCat(row.sales_ordered(), " ", row.supply_ordered());
    }
    return std::string("nothing");
  };
  EXPECT_EQ(actual(second->name()), "4 0");
  EXPECT_EQ(actual(of_other->name()), "7 12");
  EXPECT_EQ(actual(of_all->name()), "11 12") << "the company counts what was ordered for its departments";
  const std::string below = harness().NewId();
  harness().AddEmployeeScope(harness().NewId(), absl::StrCat("/", own, "/", below, "/"), "");
  const auto of_below = plan(spo_, below);
  ASSERT_THAT(of_below, IsOk());
  approve(spo_, of_below->name());
  const std::string more = absl::StrCat("name: '", Manufacture(of_below->name(), "5"), "' ");
  ASSERT_THAT(Verb<pb::SubmitManufacturerOrderRequest>("SubmitManufacturerOrder", more), IsOk());
  EXPECT_EQ(actual(of_below->name()), "0 5");
  EXPECT_EQ(actual(second->name()), "4 5") << "a department counts those below it";
  EXPECT_EQ(actual(of_other->name()), "7 12");
}

// C-20: a quota of the wrong days ends early, or is withdrawn; its days are free for the right one.
TEST_F(SupplyServiceTest, AQuotaOfTheWrongDaysEnds) {
  const pb::Quota quota = *NewQuota("10", "2026-01-01", "2026-12-31");
  const Order order = *TryOrder("3");
  const auto end = [&](const std::string& name, const std::string& day, const std::string& reason = "mistyped") {
    return Call<pb::Quota, pb::EndQuotaRequest>(
        spo_, absl::StrCat(kSupply, "EndQuota"),
        absl::StrCat("name: '", name, "' to_date: '", day, "' reason: '", reason, "'"));
  };
  EXPECT_THAT(end(quota.name(), "2026-01-31", " "), HasReason("REASON_REQUIRED"));
  EXPECT_THAT(end(quota.name(), "2026-12-31"), HasReason("FIELD_OUT_OF_RANGE"));
  const auto early = end(quota.name(), "2026-01-04");
  EXPECT_THAT(early, HasReason("QUOTA_IN_USE"));
  EXPECT_EQ(MetadataValue(early.status(), "notBefore"), "2026-01-05");
  const auto ended = end(quota.name(), "2026-01-31");
  ASSERT_THAT(ended, IsOk());
  EXPECT_EQ(ended->used(), "3");
  EXPECT_THAT(NewQuota("5", "2026-01-31", "2026-02-28"), HasReason("QUOTA_OVERLAP"));
  ASSERT_THAT(NewQuota("5", "2026-02-01", "2026-02-28"), IsOk());
  EXPECT_THAT(TryOrder("8"), HasReason("QUOTA_EXCEEDED")) << "it holds until its end";
  // Of nothing at all: the quota is withdrawn.
  ASSERT_THAT(Cancel(order.name()), IsOk());
  EXPECT_THAT(end(quota.name(), "2025-12-30"), HasReason("FIELD_OUT_OF_RANGE"));
  ASSERT_THAT(end(quota.name(), "2025-12-31"), IsOk());
  ASSERT_THAT(TryOrder("8"), IsOk());
  const auto right = NewQuota("9", "2025-12-01", "2026-01-31");
  ASSERT_THAT(right, IsOk());
  EXPECT_EQ(right->used(), "8");
  EXPECT_EQ(Used(quota.name()), "0");
}

// C-20: orders that come in while the quota ends are counted in it, each once.
TEST_F(SupplyServiceTest, AQuotaThatEndsAmongOrdersCountsEachOnce) {
  const pb::Quota quota = *NewQuota("100", "2026-01-01", "2026-12-31");
  // A deadlock of the database that lasts is answered ABORTED, and the client asks again.
  const auto asked = [](const std::function<absl::Status()>& call) {
    absl::Status status;
    do status = call();
    while (Reason(status) == "TRANSACTION_CONFLICT");
    return status;
  };
  std::vector<std::thread> threads;
  for (int client = 0; client < 4; ++client) {
    threads.emplace_back([&] {
      for (int i = 0; i < 3; ++i) EXPECT_THAT(asked([&] { return TryOrder("2").status(); }), IsOk());
    });
  }
  threads.emplace_back([&] {
    for (const char* day : {"2026-06-30", "2026-03-31", "2026-01-05"}) {
      EXPECT_THAT(asked([&] {
                    return Call<pb::Quota, pb::EndQuotaRequest>(
                               spo_, absl::StrCat(kSupply, "EndQuota"),
                               absl::StrCat("name: '", quota.name(), "' to_date: '", day, "' reason: 'shorter'"))
                        .status();
                  }),
                  IsOk());
    }
  });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(Used(quota.name()), "24");
}

// C-20: what the manufacturer will not send ends; the funds are those of what came.
TEST_F(SupplyServiceTest, AnOrderAtTheManufacturerEndsAlsoWhenTheRestDoesNotCome) {
  const std::string order = Manufacture("", "12");
  const std::string name = absl::StrCat("name: '", order, "' ");
  ASSERT_THAT(Verb<pb::SubmitManufacturerOrderRequest>("SubmitManufacturerOrder", name), IsOk());
  ASSERT_THAT(Verb<pb::ConfirmManufacturerOrderRequest>("ConfirmManufacturerOrder", name + "manufacturer_number: '9'"),
              IsOk());
  ASSERT_THAT(Verb<pb::ShipManufacturerOrderRequest>("ShipManufacturerOrder", name), IsOk());
  const std::string close = name + "reason: 'model discontinued'";
  EXPECT_THAT(Verb<pb::CloseManufacturerOrderShortRequest>("CloseManufacturerOrderShort", close),
              HasReason("GOODS_NOT_RECEIVED"));
  harness().db().Execute(
      absl::StrCat("UPDATE manufacturer_orders_lines SET received_quantity = 5 WHERE parent_id = '", IdOf(order), "'"));
  EXPECT_THAT(Verb<pb::CancelManufacturerOrderRequest>("CancelManufacturerOrder", close), HasReason("GOODS_RECEIVED"));
  EXPECT_THAT(Verb<pb::CloseManufacturerOrderShortRequest>("CloseManufacturerOrderShort", name),
              HasReason("REASON_REQUIRED"));
  const auto closed = Verb<pb::CloseManufacturerOrderShortRequest>("CloseManufacturerOrderShort", close);
  ASSERT_THAT(closed, IsOk());
  EXPECT_EQ(closed->state(), pb::MANUFACTURER_ORDER_STATE_RECEIVED);
  EXPECT_EQ(closed->lines(0).closed_quantity(), "7");
  EXPECT_EQ(Amount(closed->total()), D("35"));
  EXPECT_THAT((Call<pb::ManufacturerOrder, pb::UpdateManufacturerOrderRequest>(
                  Buyer(), absl::StrCat(kSupply, "UpdateManufacturerOrder"),
                  absl::StrCat("manufacturer_order { name: '", order, "' payment_date: '2026-03-01' }"))),
              HasReason("MANUFACTURER_ORDER_FROZEN"));
  // funds tell purchase prices; who only takes the goods in does not see them.
  EXPECT_THAT((Call<pb::SummarizeFundsResponse, pb::SummarizeFundsRequest>(wh_, absl::StrCat(kSupply, "SummarizeFunds"),
                                                                           "from_date: '2026-02-01'")),
              StatusIs(absl::StatusCode::kPermissionDenied));
}

// C-20, P-45: plan, approval, order at the manufacturer, goods in stock, plan against actual, funds.
TEST_F(SupplyServiceTest, PlanIsCarriedOutAndCompared) {
  const auto plan = Do<pb::OrderingPlan, pb::CreateOrderingPlanRequest>(
      spo_, absl::StrCat(kSupply, "CreateOrderingPlan"),
      absl::StrCat("ordering_plan { period: PLAN_PERIOD_MONTH start_date: '2026-01-01' lines { product: '", product_,
                   "' sales_quantity: '10' order_quantity: '12' } }"));
  const std::string order = Manufacture(plan.name(), "12");
  const std::string name = absl::StrCat("name: '", order, "'");
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
                   "' sender: 'Plant' manufacturer_order: '", order, "' lines { product: '", product_,
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
  bool found = false;
  for (const auto& row : funds.rows()) {
    EXPECT_EQ(row.month(), "2026-02");
    if (row.state() != pb::MANUFACTURER_ORDER_STATE_CONFIRMED) continue;
    found = true;
    EXPECT_EQ(Amount(row.total()), D("84"));
  }
  EXPECT_TRUE(found);
}

}  // namespace
}  // namespace kam::contract::testing
