#include "contract-svc/rules/supply.h"

#include "common/status/status.h"
#include "common/testing/matchers.h"
#include "contract-svc/rules/amounts.h"
#include "gmock/gmock.h"
#include "google/protobuf/text_format.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/type/money.pb.h"
#include "gtest/gtest.h"

namespace kam::contract::rules {
namespace {

using kam::testing::HasReason;
using kam::testing::IsOk;
namespace pb = order::v1;

Decimal D(const std::string& text) { return *Decimal::Parse(text); }

template <typename Message>
Message Parse(const std::string& text) {
  Message message;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &message)) << text;
  return message;
}

// C-20
TEST(QuotaTest, IsNeverExceededAndGivesBackWhatWasTaken) {
  pb::Quota quota = Parse<pb::Quota>("quantity: '10' used: '0'");
  ASSERT_THAT(TakeQuota("orders/o", D("7"), &quota), IsOk());
  const absl::Status status = TakeQuota("orders/p", D("4"), &quota);
  EXPECT_THAT(status, HasReason("QUOTA_EXCEEDED"));
  EXPECT_EQ(MetadataValue(status, "left"), "3");
  EXPECT_EQ(MetadataValue(status, "overridableBy"), "quota.write");
  ASSERT_THAT(TakeQuota("orders/p", D("3"), &quota), IsOk());
  quota.set_quantity("9");
  EXPECT_THAT(CheckQuotaQuantity(quota), HasReason("QUOTA_BELOW_USED"));
  ASSERT_THAT(FreeQuota(D("1"), &quota), IsOk());
  EXPECT_THAT(CheckQuotaQuantity(quota), IsOk());
  EXPECT_FALSE(FreeQuota(D("9.5"), &quota).ok()) << "more than was taken";
  EXPECT_THAT(CheckQuotaPeriod(Parse<pb::Quota>("from_date: '2026-02-01' to_date: '2026-01-31'")),
              HasReason("PERIOD_INVALID"));
}

// C-20: not before what is counted in it; of nothing, the day before it begins.
TEST(QuotaTest, EndsEarlierAndNeverBeforeWhatItCounts) {
  const auto end = [](const char* day, const char* last) {
    pb::Quota quota = Parse<pb::Quota>("from_date: '2026-03-01' to_date: '2026-03-31'");
    const absl::Status status = EndQuota(day, last, &quota);
    return status.ok() ? quota.to_date() : std::string(Reason(status));
  };
  EXPECT_EQ(end("2026-03-30", ""), "2026-03-30");
  EXPECT_EQ(end("2026-03-31", ""), "FIELD_OUT_OF_RANGE");
  EXPECT_EQ(end("2026-04-01", ""), "FIELD_OUT_OF_RANGE");
  EXPECT_EQ(end("2026-03-10", "2026-03-10"), "2026-03-10");
  EXPECT_EQ(end("2026-03-09", "2026-03-10"), "QUOTA_IN_USE");
  EXPECT_EQ(end("2026-02-28", ""), "2026-02-28");
  EXPECT_EQ(end("2026-02-28", "2026-03-01"), "QUOTA_IN_USE");
  EXPECT_EQ(end("2026-02-27", ""), "FIELD_OUT_OF_RANGE");
}

// C-20: the plan of a department is written by its people and by those above.
TEST(PlanTest, ADepartmentIsReachedFromAbove) {
  EXPECT_THAT(CheckPlanReach("/a/b/", "/a/b/"), IsOk());
  EXPECT_THAT(CheckPlanReach("/a/", "/a/b/"), IsOk());
  EXPECT_THAT(CheckPlanReach("/a/b/", "/a/"), HasReason("OUT_OF_SCOPE"));
  EXPECT_THAT(CheckPlanReach("/a/b/", "/a/bc/"), HasReason("OUT_OF_SCOPE"));
  EXPECT_THAT(CheckPlanReach("", "/a/"), HasReason("OUT_OF_SCOPE"));
}

// C-20: a month begins on its first day, a week on a Monday.
TEST(PlanTest, PeriodsBeginWhereTheyMust) {
  const auto end = [](const std::string& text) {
    pb::OrderingPlan plan = Parse<pb::OrderingPlan>(text);
    const absl::Status status = CheckPlan(&plan);
    return status.ok() ? plan.end_date() : std::string(Reason(status));
  };
  EXPECT_EQ(end("period: PLAN_PERIOD_MONTH start_date: '2026-02-01'"), "2026-02-28");
  EXPECT_EQ(end("period: PLAN_PERIOD_MONTH start_date: '2026-12-01'"), "2026-12-31");
  EXPECT_EQ(end("period: PLAN_PERIOD_MONTH start_date: '2026-02-02'"), "PERIOD_INVALID");
  EXPECT_EQ(end("period: PLAN_PERIOD_WEEK start_date: '2026-01-05'"), "2026-01-11");
  EXPECT_EQ(end("period: PLAN_PERIOD_WEEK start_date: '2026-01-06'"), "PERIOD_INVALID");
  EXPECT_EQ(end("period: PLAN_PERIOD_DAY start_date: '2026-01-06'"), "2026-01-06");
  EXPECT_EQ(end("period: PLAN_PERIOD_DAY start_date: '2026-01-06' lines { product: 'a' } lines { product: 'a' }"),
            "LINE_REPEATED");
}

// C-20: the funds an order needs are known before it is sent, and its goods are counted.
TEST(ManufacturerOrderTest, FundsAndGoodsAreCounted) {
  pb::ManufacturerOrder order = Parse<pb::ManufacturerOrder>(
      "currency: 'CNY' lines { product: 'a' quantity: '3' unit_price { currency_code: 'CNY' units: 10 } } lines { "
      "product: 'b' quantity: '2' }");
  ASSERT_THAT(ComputeManufacturerOrder(&order), IsOk());
  EXPECT_EQ(*AmountIn(order.total(), "CNY", "x"), D("30"));
  EXPECT_THAT(CheckPriced(order), HasReason("PRICE_MISSING"));
  SetAmount(D("1"), "USD", order.mutable_lines(1)->mutable_unit_price());
  EXPECT_THAT(ComputeManufacturerOrder(&order), HasReason("CURRENCY_MISMATCH"));
  SetAmount(D("1"), "CNY", order.mutable_lines(1)->mutable_unit_price());
  ASSERT_THAT(ComputeManufacturerOrder(&order), IsOk());
  EXPECT_THAT(CheckPriced(order), IsOk());
  order.set_state(pb::MANUFACTURER_ORDER_STATE_SUBMITTED);
  EXPECT_THAT(CountReceived({{"a", D("1")}}, &order), HasReason("MANUFACTURER_ORDER_NOT_OPEN"));
  order.set_state(pb::MANUFACTURER_ORDER_STATE_CONFIRMED);
  EXPECT_THAT(CheckNothingReceived(order), IsOk());
  ASSERT_THAT(CountReceived({{"a", D("3")}, {"b", D("1")}}, &order), IsOk());
  EXPECT_EQ(order.state(), pb::MANUFACTURER_ORDER_STATE_CONFIRMED);
  EXPECT_THAT(CheckNothingReceived(order), HasReason("GOODS_RECEIVED"));
  pb::ManufacturerOrder again = order;
  EXPECT_THAT(CountReceived({{"b", D("2")}}, &again), HasReason("QUANTITY_NOT_OPEN"));
  again = order;
  EXPECT_THAT(CountReceived({{"c", D("1")}}, &again), HasReason("QUANTITY_NOT_OPEN"));
  ASSERT_THAT(CountReceived({{"b", D("1")}}, &order), IsOk());
  EXPECT_EQ(order.state(), pb::MANUFACTURER_ORDER_STATE_RECEIVED);
}

}  // namespace
}  // namespace kam::contract::rules
