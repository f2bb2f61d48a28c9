#include "contract-svc/rules/add_on.h"

#include "common/testing/matchers.h"
#include "contract-svc/rules/amounts.h"
#include "gmock/gmock.h"
#include "google/protobuf/text_format.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/type/money.pb.h"
#include "gtest/gtest.h"
#include "kam/order/v1/order.pb.h"

namespace kam::contract::rules {
namespace {

using kam::testing::HasReason;
using kam::testing::IsOk;
namespace pb = order::v1;

template <typename Message>
Message Parse(const std::string& text) {
  Message message;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &message)) << text;
  return message;
}

// C-27: the published standard of the day, and nothing else.
TEST(AddOnTest, FeeAndCommissionComeFromThePublishedStandard) {
  pb::ServiceFee standard = Parse<pb::ServiceFee>(
      "kind: ADD_ON_KIND_REGISTRATION title: 'Plates' state: SERVICE_FEE_STATE_PUBLISHED from_date: '2026-01-01' "
      "to_date: '2026-01-31' supplier: 'Agent' commission_rate: '12.5' fee { currency_code: 'CNY' units: 333 nanos: "
      "330000000 }");
  pb::Order order = Parse<pb::Order>("currency: 'CNY' account: 'accounts/a' state: ORDER_STATE_ENTERED");
  pb::AddOnService service = Parse<pb::AddOnService>("quantity: 3");
  ASSERT_THAT(PriceAddOn(standard, order, "2026-01-31", &service), IsOk());
  EXPECT_EQ(*AmountIn(service.fee(), "CNY", "x"), *Decimal::Parse("999.99"));
  EXPECT_EQ(*AmountIn(service.commission(), "CNY", "x"), *Decimal::Parse("125"));
  EXPECT_EQ(service.supplier(), "Agent");
  EXPECT_EQ(service.state(), pb::ADD_ON_STATE_REQUESTED);
  EXPECT_THAT(PriceAddOn(standard, order, "2025-12-31", &service), HasReason("FEE_NOT_PUBLISHED"));
  EXPECT_THAT(PriceAddOn(standard, order, "2026-02-01", &service), HasReason("FEE_NOT_PUBLISHED"));
  order.set_currency("USD");
  EXPECT_THAT(PriceAddOn(standard, order, "2026-01-05", &service), HasReason("CURRENCY_MISMATCH"));
  order.set_currency("CNY");
  order.set_state(pb::ORDER_STATE_CANCELLED);
  EXPECT_THAT(PriceAddOn(standard, order, "2026-01-05", &service), HasReason("ORDER_OVER"));
  order.set_state(pb::ORDER_STATE_ENTERED);
  standard.set_state(pb::SERVICE_FEE_STATE_WITHDRAWN);
  EXPECT_THAT(PriceAddOn(standard, order, "2026-01-05", &service), HasReason("FEE_NOT_PUBLISHED"));
}

// C-27
TEST(AddOnTest, AServiceHasOnePriceOnADay) {
  const auto fee = [](const std::string& from, const std::string& to) {
    pb::ServiceFee made;
    made.set_from_date(from);
    made.set_to_date(to);
    return made;
  };
  EXPECT_THAT(CheckFeePeriod(fee("2026-02-01", "2026-01-31")), HasReason("PERIOD_INVALID"));
  EXPECT_THAT(CheckFeePeriod(fee("2026-02-01", "")), IsOk());
  EXPECT_THAT(CheckFeeAlone(fee("2026-01-01", "2026-01-31"), fee("2026-02-01", "")), IsOk());
  EXPECT_THAT(CheckFeeAlone(fee("2026-02-01", ""), fee("2026-01-01", "2026-01-31")), IsOk());
  EXPECT_THAT(CheckFeeAlone(fee("2026-01-31", ""), fee("2026-01-01", "2026-01-31")), HasReason("FEE_OVERLAP"));
  EXPECT_THAT(CheckFeeAlone(fee("2026-01-01", ""), fee("2026-02-01", "")), HasReason("FEE_OVERLAP"));
}

}  // namespace
}  // namespace kam::contract::rules
