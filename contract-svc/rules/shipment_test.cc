#include "contract-svc/rules/shipment.h"

#include "common/status/status.h"
#include "common/testing/matchers.h"
#include "gmock/gmock.h"
#include "google/protobuf/text_format.h"
#include "google/protobuf/timestamp.pb.h"
#include "gtest/gtest.h"
#include "kam/order/v1/delivery.pb.h"

namespace kam::contract::rules {
namespace {

using kam::testing::HasReason;
using kam::testing::IsOk;
namespace pb = order::v1;

const absl::Time kNow = absl::FromUnixSeconds(1'000'000);

pb::Shipment TwoLegs() {
  pb::Shipment shipment;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(
      "legs { from_place: 'a' to_place: 'b' } legs { from_place: 'b' to_place: 'c' } lines { line_number: 1 quantity: "
      "'10' } lines { line_number: 2 quantity: '2' }",
      &shipment));
  return shipment;
}

pb::ArriveShipmentRequest Arrival(const std::string& text) {
  pb::ArriveShipmentRequest request;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &request));
  return request;
}

// C-23
TEST(ShipmentTest, LegsFollowOneAnother) {
  pb::Shipment shipment = TwoLegs();
  const auto leg = [&](int number, pb::LegEvent event, int64_t seconds) {
    return RecordLeg(number, event, kNow + absl::Seconds(seconds), kNow + absl::Seconds(100), &shipment);
  };
  EXPECT_THAT(leg(0, pb::LEG_EVENT_DEPARTED, 0), HasReason("LEG_UNKNOWN"));
  EXPECT_THAT(leg(3, pb::LEG_EVENT_DEPARTED, 0), HasReason("LEG_UNKNOWN"));
  EXPECT_THAT(leg(1, pb::LEG_EVENT_ARRIVED, 0), HasReason("LEG_EVENT_OUT_OF_ORDER"));
  EXPECT_THAT(leg(1, pb::LEG_EVENT_DEPARTED, 0), IsOk());
  EXPECT_THAT(leg(1, pb::LEG_EVENT_DEPARTED, 1), HasReason("LEG_EVENT_OUT_OF_ORDER"));
  EXPECT_THAT(leg(2, pb::LEG_EVENT_DEPARTED, 1), HasReason("LEG_EVENT_OUT_OF_ORDER"));
  EXPECT_THAT(leg(1, pb::LEG_EVENT_ARRIVED, -1), HasReason("LEG_TIME_INVALID"));
  EXPECT_THAT(leg(1, pb::LEG_EVENT_ARRIVED, 101), HasReason("LEG_TIME_INVALID"));
  EXPECT_THAT(leg(1, pb::LEG_EVENT_ARRIVED, 50), IsOk());
  EXPECT_THAT(leg(1, pb::LEG_EVENT_ARRIVED, 60), HasReason("LEG_EVENT_OUT_OF_ORDER"));
  EXPECT_THAT(leg(2, pb::LEG_EVENT_DEPARTED, 60), IsOk());
  EXPECT_THAT(leg(2, pb::LEG_EVENT_ARRIVED, 100), IsOk());
}

// C-23: everything that left is counted, and what is missing or broken has to be dealt with.
TEST(ShipmentTest, ArrivalIsCountedAndLossesBecomeExceptions) {
  pb::Shipment shipment = TwoLegs();
  EXPECT_THAT(CountArrival(Arrival("lines { line_number: 1 arrived_quantity: '9' }"), "employees/w", kNow, &shipment),
              HasReason("QUANTITIES_CONTRADICT"));
  shipment = TwoLegs();
  EXPECT_THAT(CountArrival(Arrival("lines { line_number: 3 arrived_quantity: '1' }"), "employees/w", kNow, &shipment),
              HasReason("ORDER_LINE_UNKNOWN"));
  shipment = TwoLegs();
  ASSERT_THAT(CountArrival(Arrival("lines { line_number: 1 arrived_quantity: '7' short_quantity: '2' "
                                   "damaged_quantity: '1' }"),
                           "employees/w", kNow, &shipment),
              IsOk());
  EXPECT_EQ(shipment.lines(1).arrived_quantity(), "2");
  ASSERT_EQ(shipment.exceptions_size(), 2);
  EXPECT_EQ(shipment.exceptions(0).kind(), pb::SHIPMENT_EXCEPTION_KIND_SHORTAGE);
  EXPECT_EQ(shipment.exceptions(0).quantity(), "2");
  EXPECT_EQ(shipment.exceptions(1).kind(), pb::SHIPMENT_EXCEPTION_KIND_DAMAGE);
  const absl::Status open = CheckNothingOpen(shipment);
  EXPECT_THAT(open, HasReason("EXCEPTIONS_OPEN"));
  EXPECT_EQ(MetadataValue(open, "open"), "2");
  EXPECT_THAT(ResolveException(3, "x", "employees/k", kNow, &shipment), HasReason("EXCEPTION_NOT_FOUND"));
  ASSERT_THAT(ResolveException(1, "re-shipped", "employees/k", kNow, &shipment), IsOk());
  EXPECT_THAT(ResolveException(1, "again", "employees/k", kNow, &shipment), HasReason("EXCEPTION_RESOLVED"));
  ASSERT_THAT(ResolveException(2, "carrier pays", "employees/k", kNow, &shipment), IsOk());
  EXPECT_THAT(CheckNothingOpen(shipment), IsOk());
  EXPECT_THAT(AddException(pb::SHIPMENT_EXCEPTION_KIND_OTHER, 9, "", "x", "employees/k", kNow, &shipment),
              HasReason("ORDER_LINE_UNKNOWN"));
}

// C-23: late once.
TEST(ShipmentTest, LateIsFoundOnce) {
  pb::Shipment shipment = TwoLegs();
  MarkLate("programs/contract-svc", kNow, &shipment);
  MarkLate("programs/contract-svc", kNow, &shipment);
  EXPECT_TRUE(shipment.late());
  ASSERT_EQ(shipment.exceptions_size(), 1);
  EXPECT_EQ(shipment.exceptions(0).kind(), pb::SHIPMENT_EXCEPTION_KIND_DELAY);
}

// C-23
TEST(ShipmentTest, CarriesAnOpenDelivery) {
  pb::Delivery delivery;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(
      "account: 'accounts/a' order: 'orders/o' state: DELIVERY_STATE_PLANNED lines { line_number: 1 product: "
      "'products/p' quantity: '4' }",
      &delivery));
  pb::Shipment shipment;
  ASSERT_THAT(LoadShipment(delivery, &shipment), IsOk());
  EXPECT_EQ(shipment.order(), "orders/o");
  EXPECT_EQ(shipment.lines(0).quantity(), "4");
  delivery.set_state(pb::DELIVERY_STATE_ACCEPTED);
  EXPECT_THAT(LoadShipment(delivery, &shipment), HasReason("DELIVERY_NOT_OPEN"));
}

}  // namespace
}  // namespace kam::contract::rules
