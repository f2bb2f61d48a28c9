#include "contract-svc/rules/delivery.h"

#include <rapidcheck.h>

#include <algorithm>
#include <random>

#include "absl/strings/str_cat.h"
#include "common/status/status.h"
#include "common/testing/matchers.h"
#include "contract-svc/rules/amounts.h"
#include "contract-svc/rules/order.h"
#include "gmock/gmock.h"
#include "google/protobuf/text_format.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/type/money.pb.h"
#include "gtest/gtest.h"
#include "kam/order/v1/checklist_template.pb.h"
#include "kam/order/v1/delivery.pb.h"
#include "kam/order/v1/delivery_service.pb.h"
#include "kam/order/v1/order.pb.h"
#include "kam/order/v1/shipment.pb.h"

namespace kam::contract::rules {
namespace {

using kam::testing::HasReason;
using kam::testing::IsOk;
using kam::testing::NamesField;
using order::v1::Delivery;
using order::v1::Order;
namespace pb = order::v1;

Decimal D(const std::string& text) { return *Decimal::Parse(text); }

Order Parse(const std::string& text) {
  Order order;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &order));
  return order;
}

std::string Line(const std::string& product, const std::string& quantity, const std::string& price) {
  return absl::StrCat("lines { product: '", product, "' quantity: '", quantity,
                      "' unit_price { currency_code: 'CNY' units: ", price, " } } ");
}

pb::AcceptDeliveryRequest Counts(const std::string& text) {
  pb::AcceptDeliveryRequest request;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &request));
  return request;
}

Delivery ParseDelivery(const std::string& text) {
  Delivery delivery;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &delivery));
  return delivery;
}

// C-22
TEST(DeliveryTest, NeverMoreThanOrderedAndSerialsAreComplete) {
  Order order = Parse(Line("a", "3", "1"));
  ASSERT_THAT(ComputeOrder(&order), IsOk());
  Delivery delivery = ParseDelivery("lines { line_number: 1 quantity: '2' }");
  EXPECT_THAT(CheckDelivery(order, {{1, D("1")}}, &delivery), IsOk());
  EXPECT_EQ(delivery.lines(0).product(), "a");
  EXPECT_THAT(CheckDelivery(order, {{1, D("2")}}, &delivery), HasReason("QUANTITY_NOT_OPEN"));
  delivery = ParseDelivery("lines { line_number: 1 quantity: '2' } serials { line_number: 1 serial_number: 'x' }");
  EXPECT_THAT(CheckDelivery(order, {}, &delivery), HasReason("SERIALS_INCOMPLETE"));
  delivery = ParseDelivery(
      "lines { line_number: 1 quantity: '2' } serials { line_number: 1 serial_number: 'x' } serials { line_number: 1 "
      "serial_number: 'x' }");
  EXPECT_THAT(CheckDelivery(order, {}, &delivery), HasReason("SERIAL_REPEATED"));
  delivery = ParseDelivery("proxy: true lines { line_number: 1 quantity: '2' }");
  EXPECT_THAT(CheckDelivery(order, {}, &delivery), HasReason("PROXY_NAME_REQUIRED"));
}

// C-22
TEST(DeliveryTest, AcceptanceNeedsSignatureAndAllChecks) {
  Delivery delivery = ParseDelivery("checklist { title: 'keys' done: true } checklist { title: 'papers' }");
  EXPECT_THAT(CheckAcceptance(delivery), HasReason("SIGNATURE_REQUIRED"));
  delivery.set_signatory("Wang");
  delivery.set_signature_document("scan/1");
  const absl::Status status = CheckAcceptance(delivery);
  EXPECT_THAT(status, HasReason("CHECKLIST_INCOMPLETE"));
  EXPECT_EQ(MetadataValue(status, "open"), "papers");
  delivery.mutable_checklist(1)->set_done(true);
  EXPECT_THAT(CheckAcceptance(delivery), IsOk());
}

TEST(DeliveryTest, OrderIsDeliveredWithItsLastPiece) {
  Order order = Parse(Line("a", "3", "1"));
  ASSERT_THAT(ComputeOrder(&order), IsOk());
  const Delivery part = ParseDelivery("lines { line_number: 1 quantity: '2' }");
  EXPECT_FALSE(*CountDelivery(part, "2026-01-05", &order));
  EXPECT_EQ(order.lines(0).delivered_quantity(), "2");
  EXPECT_FALSE(CountDelivery(part, "2026-01-05", &order).ok());
  const Delivery rest = ParseDelivery("lines { line_number: 1 quantity: '1' }");
  EXPECT_TRUE(*CountDelivery(rest, "2026-01-06", &order));
  EXPECT_EQ(order.delivered_date(), "2026-01-06");
}

// C-22, C-23: what is accepted, short and damaged is what was delivered; only what is accepted counts.
TEST(DeliveryTest, AcceptanceCountsEveryPiece) {
  const Delivery planned =
      ParseDelivery("lines { line_number: 1 quantity: '10' } lines { line_number: 2 quantity: '3' }");
  Delivery delivery = planned;
  const auto count = [&](const std::string& text) {
    delivery = planned;
    return CountAcceptance(Counts(text).lines(), nullptr, &delivery);
  };
  ASSERT_THAT(count(""), IsOk());
  EXPECT_EQ(delivery.lines(0).accepted_quantity(), "10");
  ASSERT_THAT(count("lines { line_number: 1 accepted_quantity: '7' short_quantity: '2' damaged_quantity: '1' }"),
              IsOk());
  EXPECT_EQ(delivery.lines(0).accepted_quantity(), "7");
  EXPECT_EQ(delivery.lines(1).accepted_quantity(), "3");
  delivery.set_state(pb::DELIVERY_STATE_ACCEPTED);
  EXPECT_EQ(*LostOf(delivery), (LineQuantities{{1, D("3")}, {2, D("0")}}));
  Order order = Parse(Line("a", "10", "1") + Line("b", "3", "1"));
  ASSERT_THAT(ComputeOrder(&order), IsOk());
  EXPECT_FALSE(*CountDelivery(delivery, "2026-01-05", &order));
  EXPECT_EQ(order.lines(0).delivered_quantity(), "7");
  const absl::Status wrong = count("lines { line_number: 1 accepted_quantity: '7' short_quantity: '2' }");
  EXPECT_THAT(wrong, HasReason("QUANTITIES_CONTRADICT"));
  EXPECT_THAT(wrong, NamesField("lines[0]"));
  EXPECT_THAT(count("lines { line_number: 4 accepted_quantity: '1' }"), HasReason("ORDER_LINE_UNKNOWN"));
  EXPECT_THAT(
      count("lines { line_number: 1 accepted_quantity: '10' } lines { line_number: 1 accepted_quantity: '10' }"),
      HasReason("LINE_NUMBER_REPEATED"));
  EXPECT_THAT(count("lines { line_number: 1 short_quantity: '10' } lines { line_number: 2 damaged_quantity: '3' }"),
              HasReason("NOTHING_ACCEPTED"));
}

// C-23: nobody accepts what has not arrived.
TEST(DeliveryTest, AcceptanceFollowsTheArrival) {
  pb::Shipment shipment;
  pb::ShipmentLine* line = shipment.add_lines();
  line->set_line_number(1);
  line->set_quantity("10");
  line->set_arrived_quantity("8");
  line->set_short_quantity("2");
  line->set_damaged_quantity("0");
  const Delivery planned = ParseDelivery("lines { line_number: 1 quantity: '10' }");
  Delivery delivery = planned;
  ASSERT_THAT(CountAcceptance(Counts("").lines(), &shipment, &delivery), IsOk());
  EXPECT_EQ(delivery.lines(0).accepted_quantity(), "8");
  EXPECT_EQ(delivery.lines(0).short_quantity(), "2");
  const auto count = [&](const std::string& text) {
    delivery = planned;
    return CountAcceptance(Counts(text).lines(), &shipment, &delivery);
  };
  EXPECT_THAT(count("lines { line_number: 1 accepted_quantity: '9' short_quantity: '1' }"),
              HasReason("QUANTITY_NOT_ARRIVED"));
  EXPECT_THAT(count("lines { line_number: 1 accepted_quantity: '8' short_quantity: '1' damaged_quantity: '1' }"),
              HasReason("QUANTITY_NOT_ARRIVED"));
  EXPECT_THAT(count("lines { line_number: 1 accepted_quantity: '7' short_quantity: '2' damaged_quantity: '1' }"),
              IsOk());
}

// C-23: what was lost is replaced once.
TEST(DeliveryTest, ReshipmentIsBoundToTheLoss) {
  Delivery original = ParseDelivery(
      "name: 'deliveries/o' order: 'orders/1' state: DELIVERY_STATE_ACCEPTED lines { line_number: 1 quantity: '10' "
      "accepted_quantity: '7' short_quantity: '2' damaged_quantity: '1' }");
  Delivery again = ParseDelivery("order: 'orders/1' lines { line_number: 1 quantity: '3' }");
  EXPECT_THAT(CheckReshipment(original, {}, again), IsOk());
  EXPECT_THAT(CheckReshipment(original, {{1, D("1")}}, again), HasReason("RESHIPMENT_EXCEEDS_LOSS"));
  again.set_order("orders/2");
  EXPECT_THAT(CheckReshipment(original, {}, again), HasReason("RESHIPMENT_OF_OTHER_ORDER"));
  again = ParseDelivery("order: 'orders/1' lines { line_number: 2 quantity: '1' }");
  EXPECT_THAT(CheckReshipment(original, {}, again), HasReason("RESHIPMENT_EXCEEDS_LOSS"));
  again = ParseDelivery("order: 'orders/1' lines { line_number: 1 quantity: '10' }");
  original.set_state(pb::DELIVERY_STATE_SHIPPED);
  EXPECT_THAT(CheckReshipment(original, {}, again), HasReason("RESHIPMENT_EXCEEDS_LOSS"));
  original.set_state(pb::DELIVERY_STATE_REFUSED);
  EXPECT_THAT(CheckReshipment(original, {}, again), IsOk());
}

// C-22: the standard hand-over is not shortened.
TEST(DeliveryTest, ChecklistHasTheStepsOfTheTemplate) {
  pb::ChecklistTemplate standard;
  standard.set_name("checklistTemplates/t");
  standard.add_steps()->set_title("papers");
  standard.add_steps()->set_title("keys");
  Delivery delivery;
  EXPECT_THAT(CheckChecklist(nullptr, &delivery), HasReason("FIELD_REQUIRED"));
  ASSERT_THAT(CheckChecklist(&standard, &delivery), IsOk());
  ASSERT_EQ(delivery.checklist_size(), 2);
  EXPECT_EQ(delivery.checklist(1).title(), "keys");
  EXPECT_EQ(delivery.checklist_template(), "checklistTemplates/t");
  delivery.add_checklist()->set_title("flowers");
  EXPECT_THAT(CheckChecklist(&standard, &delivery), IsOk());
  delivery.mutable_checklist()->DeleteSubrange(0, 1);
  const absl::Status status = CheckChecklist(&standard, &delivery);
  EXPECT_THAT(status, HasReason("CHECKLIST_STEP_MISSING"));
  EXPECT_EQ(MetadataValue(status, "missing"), "papers");
}

// C-22
TEST(DeliveryTest, HandOverIsOnThePlannedDay) {
  Delivery delivery;
  delivery.set_planned_date("2026-01-06");
  const absl::TimeZone zone = absl::FixedTimeZone(8 * 3600);
  const auto at = [&](int hour) {
    google::protobuf::Timestamp stamp;
    stamp.set_seconds(absl::ToUnixSeconds(absl::FromCivil(absl::CivilHour(2026, 1, 6, hour), zone)));
    return stamp;
  };
  EXPECT_THAT(CheckSchedule(delivery, zone), IsOk());
  *delivery.mutable_planned_start() = at(9);
  EXPECT_THAT(CheckSchedule(delivery, zone), NamesField("delivery.planned_end"));
  *delivery.mutable_planned_end() = at(9);
  EXPECT_THAT(CheckSchedule(delivery, zone), HasReason("SCHEDULE_INVALID"));
  *delivery.mutable_planned_end() = at(11);
  EXPECT_THAT(CheckSchedule(delivery, zone), IsOk());
  delivery.set_planned_date("2026-01-07");
  EXPECT_THAT(CheckSchedule(delivery, zone), NamesField("delivery.planned_start"));
}

// C-23: whatever happens to the deliveries of an order, every piece is somewhere, once: ordered = closed + planned + in
// transit + accepted + open; what left = accepted + short + damaged + refused + in transit; what is re-shipped was lost
// before; accepted never exceeds ordered.
TEST(DeliveryTest, QuantitiesAreConservedOverAnyHistory) {
  EXPECT_TRUE(rc::check([](unsigned seed) {
    std::mt19937 random(seed);
    const auto upto = [&](int limit) { return static_cast<int>(random() % static_cast<unsigned>(limit + 1)); };
    Order order = Parse(absl::StrCat("currency: 'CNY' ", Line("a", absl::StrCat(1 + upto(19)), "1")));
    RC_ASSERT(ComputeOrder(&order).ok());
    order.set_name("orders/1");
    std::vector<Delivery> all;
    const auto sum_of = [&](auto include) {
      Decimal sum;
      for (const Delivery& delivery : all) {
        const absl::StatusOr<Decimal> part = include(delivery);
        sum = *Add(sum, *part);
      }
      return sum;
    };
    for (int step = 0; step < 40; ++step) {
      const int choice = upto(9);
      Delivery* some = all.empty() ? nullptr : &all[static_cast<size_t>(upto(static_cast<int>(all.size()) - 1))];
      if (choice < 4 || some == nullptr) {
        Delivery fresh;
        fresh.set_name(absl::StrCat("deliveries/", all.size()));
        fresh.set_order(order.name());
        fresh.set_state(pb::DELIVERY_STATE_PLANNED);
        pb::DeliveryLine* line = fresh.add_lines();
        line->set_line_number(1);
        line->set_quantity(absl::StrCat(1 + upto(9)));
        const Decimal planned = sum_of([](const Delivery& delivery) -> absl::StatusOr<Decimal> {
          if (delivery.state() == pb::DELIVERY_STATE_CANCELLED || delivery.state() == pb::DELIVERY_STATE_REFUSED) {
            return Decimal();
          }
          const std::string& accepted = delivery.lines(0).accepted_quantity();
          return Decimal::Parse(accepted.empty() ? delivery.lines(0).quantity() : accepted);
        });
        if (!CheckDelivery(order, {{1, planned}}, &fresh).ok()) continue;
        if (some != nullptr && choice % 2 == 0) {
          const Decimal reshipped = sum_of([&](const Delivery& delivery) -> absl::StatusOr<Decimal> {
            const bool counts =
                delivery.reshipment_of() == some->name() && delivery.state() != pb::DELIVERY_STATE_CANCELLED;
            return counts ? Decimal::Parse(delivery.lines(0).quantity()) : Decimal();
          });
          if (!CheckReshipment(*some, {{1, reshipped}}, fresh).ok()) continue;
          fresh.set_reshipment_of(some->name());
        }
        all.push_back(fresh);
      } else if (some->state() == pb::DELIVERY_STATE_PLANNED) {
        some->set_state(choice < 9 ? pb::DELIVERY_STATE_SHIPPED : pb::DELIVERY_STATE_CANCELLED);
      } else if (some->state() == pb::DELIVERY_STATE_SHIPPED) {
        const int quantity = std::stoi(some->lines(0).quantity());
        const int accepted = upto(quantity), missing = upto(quantity - accepted);
        pb::AcceptDeliveryRequest request;
        pb::DeliveryCount* count = request.add_lines();
        count->set_line_number(1);
        count->set_accepted_quantity(absl::StrCat(accepted));
        count->set_short_quantity(absl::StrCat(missing));
        count->set_damaged_quantity(absl::StrCat(quantity - accepted - missing));
        if (CountAcceptance(request.lines(), nullptr, some).ok()) {
          RC_ASSERT(CountDelivery(*some, "2026-01-06", &order).ok());
          some->set_state(pb::DELIVERY_STATE_ACCEPTED);
        } else {
          for (pb::DeliveryLine& line : *some->mutable_lines()) line.clear_accepted_quantity();
          some->set_state(pb::DELIVERY_STATE_REFUSED);
        }
      } else if (choice == 9) {
        // As the service does: not while a delivery is under way.
        const bool under_way = std::any_of(all.begin(), all.end(), [](const Delivery& delivery) {
          return delivery.state() == pb::DELIVERY_STATE_PLANNED || delivery.state() == pb::DELIVERY_STATE_SHIPPED;
        });
        if (!under_way) (void)CloseShort("enough", &order);
      }
      const LineProgress at = ProgressOf(order, all)->front();
      Decimal placed;
      for (const Decimal part : {at.closed, at.planned, at.in_transit, at.accepted, *at.Open()}) {
        placed = *Add(placed, part);
      }
      RC_ASSERT(placed == at.ordered);
      RC_ASSERT(at.Open()->sign() >= 0);
      RC_ASSERT(at.accepted <= at.ordered);
      RC_ASSERT(at.accepted ==
                (order.lines(0).delivered_quantity().empty() ? Decimal() : D(order.lines(0).delivered_quantity())));
      Decimal lost = at.refused, left;
      lost = *Add(*Add(lost, at.short_of), at.damaged);
      left = *Add(*Add(lost, at.accepted), at.in_transit);
      const Decimal sent = sum_of([](const Delivery& delivery) -> absl::StatusOr<Decimal> {
        const bool gone =
            delivery.state() != pb::DELIVERY_STATE_PLANNED && delivery.state() != pb::DELIVERY_STATE_CANCELLED;
        return gone ? Decimal::Parse(delivery.lines(0).quantity()) : Decimal();
      });
      RC_ASSERT(left == sent);
      RC_ASSERT(at.reshipped <= lost);
    }
  }));
}

}  // namespace
}  // namespace kam::contract::rules
