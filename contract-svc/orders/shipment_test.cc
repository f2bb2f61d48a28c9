// Hand-over, shipments, losses and re-shipment over real gRPC and MariaDB: C-22, C-23.
#include <atomic>
#include <thread>

#include "absl/strings/str_cat.h"
#include "common/testing/matchers.h"
#include "contract-svc/context.h"
#include "contract-svc/testing/sales_fixture.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/type/money.pb.h"
#include "kam/order/v1/delivery_service.pb.h"
#include "kam/order/v1/order_service.pb.h"
#include "kam/order/v1/shipment_service.pb.h"
#include "kam/receivable/v1/invoice_service.pb.h"

namespace kam::contract::testing {
namespace {

using kam::testing::HasReason;
using kam::testing::IsOk;
using kam::testing::StatusIs;
using order::v1::Delivery;
using order::v1::Order;
using order::v1::Shipment;
namespace pb = order::v1;

constexpr char kShipments[] = "kam.order.v1.ShipmentService/";

class ShipmentServiceTest : public SalesTest {
 protected:
  void SetUp() override {
    SalesTest::SetUp();
    SetLimit(account_, "UNLIMITED", "");
    contract_ = NewContract(account_, /*credit=*/true);
  }
  Order Ready(const std::string& quantity) {
    const Order order = *Enter(contract_, quantity);
    Review(order.name());
    return Release(order.name());
  }
  absl::StatusOr<Delivery> TryPlan(const std::string& order, const std::string& quantity,
                                   const std::string& more = {}) {
    return Call<Delivery, pb::CreateDeliveryRequest>(
        kax_, absl::StrCat(kDeliveries, "CreateDelivery"),
        absl::StrCat("delivery { order: '", order, "' planned_date: '2026-01-06' place: 'Site' deliverer: '",
                     kax_.subject, "' lines { line_number: 1 quantity: '", quantity, "' } ", more, " }"));
  }
  Delivery Plan(const std::string& order, const std::string& quantity, const std::string& more = {}) {
    const absl::StatusOr<Delivery> delivery =
        TryPlan(order, quantity, absl::StrCat("checklist { title: 'keys' done: true } ", more));
    EXPECT_THAT(delivery, IsOk());
    return delivery.ok() ? *delivery : Delivery();
  }
  Delivery Ship(const std::string& delivery) {
    return Do<Delivery, pb::ShipDeliveryRequest>(wh_, absl::StrCat(kDeliveries, "ShipDelivery"),
                                                 absl::StrCat("name: '", delivery, "'"));
  }
  absl::StatusOr<Delivery> Accept(const std::string& delivery, const std::string& more = {}) {
    return Call<Delivery, pb::AcceptDeliveryRequest>(
        kax_, absl::StrCat(kDeliveries, "AcceptDelivery"),
        absl::StrCat("name: '", delivery, "' signatory: 'Wang' signature_document: 'scan/1' ", more));
  }
  absl::StatusOr<Shipment> Send(const std::string& delivery) {
    return Call<Shipment, pb::CreateShipmentRequest>(
        wh_, absl::StrCat(kShipments, "CreateShipment"),
        absl::StrCat("shipment { delivery: '", delivery, "' carrier: 'SF' waybill: 'W-1' eta { seconds: ",
                     absl::ToUnixSeconds(harness().clock().Now() + absl::Hours(48)),
                     " } legs { from_place: 'plant' to_place: 'hub' } legs { from_place: 'hub' to_place: 'site' } }"));
  }
  template <typename Request>
  absl::StatusOr<Shipment> Verb(const auth::Principal& who, const std::string& method, const std::string& shipment,
                                const std::string& more = {}) {
    return Call<Shipment, Request>(who, absl::StrCat(kShipments, method),
                                   absl::StrCat("name: '", shipment, "' ", more));
  }
  pb::LineProgress Progress(const std::string& order) {
    return Do<pb::OrderProgress, pb::GetOrderProgressRequest>(kax_, absl::StrCat(kDeliveries, "GetOrderProgress"),
                                                              absl::StrCat("name: '", order, "'"))
        .lines(0);
  }

  std::string contract_;
};

// C-23: leg by leg, short and damaged on arrival, re-shipped, accepted, and invoiced once.
TEST_F(ShipmentServiceTest, WhatIsLostOnTheWayIsReshippedAndInvoicedOnce) {
  const Order order = Ready("10");
  const Delivery first = Plan(order.name(), "10");
  const absl::StatusOr<Shipment> shipment = Send(first.name());
  ASSERT_THAT(shipment, IsOk());
  EXPECT_EQ(shipment->account(), account_);
  EXPECT_THAT(Send(first.name()), HasReason("SHIPMENT_EXISTS"));
  EXPECT_THAT(Verb<pb::DepartShipmentRequest>(wh_, "DepartShipment", shipment->name()),
              HasReason("DELIVERY_NOT_SHIPPED"));
  Ship(first.name());
  ASSERT_THAT(Verb<pb::DepartShipmentRequest>(wh_, "DepartShipment", shipment->name()), IsOk());
  EXPECT_THAT(Accept(first.name()), HasReason("SHIPMENT_NOT_ARRIVED"));
  EXPECT_THAT(Verb<pb::RecordShipmentLegRequest>(wh_, "RecordShipmentLeg", shipment->name(),
                                                 "leg: 2 event: LEG_EVENT_DEPARTED"),
              HasReason("LEG_EVENT_OUT_OF_ORDER"));
  EXPECT_THAT(Verb<pb::ArriveShipmentRequest>(wh_, "ArriveShipment", shipment->name()),
              HasReason("LEG_EVENT_OUT_OF_ORDER"));
  ASSERT_THAT(
      Verb<pb::RecordShipmentLegRequest>(wh_, "RecordShipmentLeg", shipment->name(), "leg: 1 event: LEG_EVENT_ARRIVED"),
      IsOk());
  ASSERT_THAT(Verb<pb::RecordShipmentLegRequest>(wh_, "RecordShipmentLeg", shipment->name(),
                                                 "leg: 2 event: LEG_EVENT_DEPARTED"),
              IsOk());
  const absl::StatusOr<Shipment> arrived = Verb<pb::ArriveShipmentRequest>(
      wh_, "ArriveShipment", shipment->name(),
      "lines { line_number: 1 arrived_quantity: '7' short_quantity: '2' damaged_quantity: '1' }");
  ASSERT_THAT(arrived, IsOk());
  EXPECT_EQ(arrived->state(), pb::SHIPMENT_STATE_ARRIVED);
  EXPECT_EQ(arrived->exceptions_size(), 2);
  // C-23: what is open is found without looking at every shipment.
  const auto open = [&](const char* kind) {
    return Do<pb::ListShipmentsResponse, kam::api::ListRequest>(
               kam_, absl::StrCat(kShipments, "ListShipments"),
               absl::StrCat("filter: \"order = '", order.name(),
                            "' AND exceptions.resolved = false AND exceptions.kind = ", kind, "\""))
        .shipments_size();
  };
  EXPECT_EQ(open("SHORTAGE"), 1);
  EXPECT_EQ(open("DELAY"), 0);
  EXPECT_THAT(Accept(first.name(), "lines { line_number: 1 accepted_quantity: '10' }"),
              HasReason("QUANTITY_NOT_ARRIVED"));
  const absl::StatusOr<Delivery> accepted = Accept(first.name());
  ASSERT_THAT(accepted, IsOk());
  EXPECT_EQ(accepted->lines(0).accepted_quantity(), "7");
  EXPECT_EQ(GetOrder(order.name()).state(), pb::ORDER_STATE_SHIPPED) << "the rest is still to come";
  EXPECT_EQ(Amount(Invoice(order.name()).total()), D("70"));

  // C-23: the carrier's damage is dealt with by those who coordinate.
  EXPECT_THAT(Verb<pb::CloseShipmentRequest>(kam_, "CloseShipment", shipment->name()), HasReason("EXCEPTIONS_OPEN"));
  for (const int exception : {1, 2}) {
    ASSERT_THAT(Verb<pb::ResolveShipmentExceptionRequest>(
                    kam_, "ResolveShipmentException", shipment->name(),
                    absl::StrCat("exception: ", exception, " resolution: 're-shipped at the carrier''s cost'")),
                IsOk());
  }
  EXPECT_EQ(open("SHORTAGE"), 0);
  ASSERT_THAT(Verb<pb::CloseShipmentRequest>(kam_, "CloseShipment", shipment->name()), IsOk());

  // Three were lost: three are re-shipped, once.
  const std::string of_first =
      absl::StrCat("checklist { title: 'keys' done: true } reshipment_of: '", first.name(), "'");
  EXPECT_THAT(TryPlan(order.name(), "4", of_first), HasReason("QUANTITY_NOT_OPEN"));
  const absl::StatusOr<Delivery> again = TryPlan(order.name(), "3", of_first);
  ASSERT_THAT(again, IsOk());
  EXPECT_THAT(TryPlan(order.name(), "1", of_first), HasReason("QUANTITY_NOT_OPEN"));
  Ship(again->name());
  ASSERT_THAT(Accept(again->name()), IsOk());
  EXPECT_EQ(GetOrder(order.name()).state(), pb::ORDER_STATE_DELIVERED);
  EXPECT_EQ(Amount(Invoice(order.name()).total()), D("30"));
  EXPECT_THAT((Call<receivable::v1::Invoice, receivable::v1::CreateInvoiceRequest>(
                  acc_, absl::StrCat(kInvoices, "CreateInvoice"), absl::StrCat("order: '", order.name(), "'"))),
              HasReason("NOTHING_TO_INVOICE"));
  const pb::LineProgress progress = Progress(order.name());
  EXPECT_EQ(progress.accepted(), "10");
  EXPECT_EQ(progress.short_quantity(), "2");
  EXPECT_EQ(progress.damaged(), "1");
  EXPECT_EQ(progress.reshipped(), "3");
  EXPECT_EQ(progress.open(), "0");
  EXPECT_EQ(progress.invoiced(), "10");
  ExpectBooksRight(account_);
}

// C-23: re-shipments of one loss at the same time: no more than was lost.
TEST_F(ShipmentServiceTest, ParallelReshipmentsReplaceTheLossOnce) {
  const Order order = Ready("100");
  const Delivery first = Plan(order.name(), "10");
  Ship(first.name());
  ASSERT_THAT(Accept(first.name(), "lines { line_number: 1 accepted_quantity: '6' short_quantity: '4' }"), IsOk());
  std::atomic<int> won = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      const absl::StatusOr<Delivery> again =
          TryPlan(order.name(), "1", absl::StrCat("checklist { title: 'keys' } reshipment_of: '", first.name(), "'"));
      if (again.ok()) {
        ++won;
      } else {
        EXPECT_THAT(again, HasReason("RESHIPMENT_EXCEEDS_LOSS"));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(won, 4);
}

// C-23: not there in time: found by the clock, once, and shown to those who coordinate.
TEST_F(ShipmentServiceTest, ALateShipmentIsFound) {
  const Delivery delivery = Plan(Ready("1").name(), "1");
  const Shipment shipment = *Send(delivery.name());
  Ship(delivery.name());
  ASSERT_THAT(Verb<pb::DepartShipmentRequest>(wh_, "DepartShipment", shipment.name()), IsOk());
  const absl::Time eta = harness().clock().Now() + absl::Hours(48);
  const auto get = [&] {
    return Do<Shipment, kam::api::GetRequest>(kax_, absl::StrCat(kShipments, "GetShipment"),
                                              absl::StrCat("name: '", shipment.name(), "'"));
  };
  ASSERT_THAT(scheduler().RunDue(eta - absl::Seconds(1), absl::InfiniteFuture()), IsOk());
  EXPECT_FALSE(get().late());
  ASSERT_THAT(scheduler().RunDue(eta, absl::InfiniteFuture()), IsOk());
  EXPECT_TRUE(get().late());
  ASSERT_EQ(get().exceptions_size(), 1);
  EXPECT_EQ(get().exceptions(0).kind(), pb::SHIPMENT_EXCEPTION_KIND_DELAY);
  ASSERT_THAT(scheduler().RunDue(eta + absl::Hours(1), absl::InfiniteFuture()), IsOk());
  EXPECT_EQ(get().exceptions_size(), 1);
}

// C-23, G-03
TEST_F(ShipmentServiceTest, ShipmentsOfForeignCustomersAreNotSeen) {
  const Delivery delivery = Plan(Ready("1").name(), "1");
  const Shipment shipment = *Send(delivery.name());
  EXPECT_THAT((Call<Shipment, kam::api::GetRequest>(other_kax_, absl::StrCat(kShipments, "GetShipment"),
                                                    absl::StrCat("name: '", shipment.name(), "'"))),
              StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(Verb<pb::DepartShipmentRequest>(kax_, "DepartShipment", shipment.name()),
              StatusIs(absl::StatusCode::kPermissionDenied));
  EXPECT_THAT(
      (Call<pb::OrderProgress, pb::GetOrderProgressRequest>(other_kax_, absl::StrCat(kDeliveries, "GetOrderProgress"),
                                                            absl::StrCat("name: '", delivery.order(), "'"))),
      StatusIs(absl::StatusCode::kNotFound));
}

// C-22: one number, one customer; free again when it was not taken.
TEST_F(ShipmentServiceTest, ASerialNumberIsDeliveredOnce) {
  const std::string number = harness().NewId();
  const std::string serial = absl::StrCat("serials { line_number: 1 serial_number: '", number, "' }");
  const Order first = Ready("1"), second = Ready("1");
  const Delivery mine = Plan(first.name(), "1", serial);
  const std::string keys = "checklist { title: 'keys' } ";
  const absl::StatusOr<Delivery> other = TryPlan(second.name(), "1", keys + serial);
  EXPECT_THAT(other, HasReason("SERIAL_IN_USE"));
  EXPECT_EQ(MetadataValue(other.status(), "serialNumber"), number);
  std::atomic<int> won = 0;
  Do<Delivery, pb::CancelDeliveryRequest>(kax_, absl::StrCat(kDeliveries, "CancelDelivery"),
                                          absl::StrCat("name: '", mine.name(), "' reason: 'other car'"));
  std::vector<std::thread> threads;
  for (const std::string& order : {first.name(), second.name()}) {
    threads.emplace_back([&, order] {
      const absl::StatusOr<Delivery> planned = TryPlan(order, "1", keys + serial);
      if (planned.ok()) {
        ++won;
      } else {
        EXPECT_THAT(planned, HasReason("SERIAL_IN_USE"));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(won, 1);
}

// C-22: the standard hand-over of the product line, in full.
TEST_F(ShipmentServiceTest, TheChecklistComesFromTheTemplate) {
  const auth::Principal sm = harness().PrincipalFor("SM", harness().NewId());
  const std::string line = absl::StrCat("Line ", harness().NewId());
  const auto make = [&](const std::string& more) {
    return Do<pb::ChecklistTemplate, pb::CreateChecklistTemplateRequest>(
        sm, absl::StrCat(kDeliveries, "CreateChecklistTemplate"),
        absl::StrCat("checklist_template { title: 'Standard' product_line: '", line,
                     "' steps { title: 'papers' } steps { title: 'keys' } ", more, " }"));
  };
  harness().db().Execute(
      absl::StrCat("UPDATE products SET product_line = '", line, "' WHERE id = '", IdOf(product_a_), "'"));
  const pb::ChecklistTemplate standard = make("");
  const pb::ChecklistTemplate vip = make("vip: true steps { title: 'flowers' }");
  const Order order = Ready("3");
  const absl::StatusOr<Delivery> plain = TryPlan(order.name(), "1");
  ASSERT_THAT(plain, IsOk());
  EXPECT_EQ(plain->checklist_template(), standard.name());
  EXPECT_EQ(plain->checklist_size(), 2);
  EXPECT_THAT(TryPlan(order.name(), "1", "checklist { title: 'keys' }"), HasReason("CHECKLIST_STEP_MISSING"));
  harness().db().Execute(
      absl::StrCat("UPDATE account_scopes SET tier = 'STRATEGIC' WHERE account = '", IdOf(account_), "'"));
  const absl::StatusOr<Delivery> important = TryPlan(order.name(), "1");
  ASSERT_THAT(important, IsOk());
  EXPECT_TRUE(important->vip());
  EXPECT_EQ(important->checklist_template(), vip.name());
  EXPECT_EQ(important->checklist_size(), 3);
  Ship(plain->name());
  EXPECT_THAT(Accept(plain->name()), HasReason("CHECKLIST_INCOMPLETE"));
  EXPECT_THAT(Accept(plain->name(), "checklist { title: 'papers' done: true } checklist { title: 'keys' done: true }"),
              IsOk());
  harness().db().Execute(absl::StrCat("UPDATE products SET product_line = 'Line' WHERE id = '", IdOf(product_a_), "'"));
}

// C-22: one template for the deliveries of a product line: nobody is left to guess which of two holds.
TEST_F(ShipmentServiceTest, AProductLineHasOneTemplate) {
  const auth::Principal sm = harness().PrincipalFor("SM", harness().NewId());
  const std::string line = absl::StrCat("Line ", harness().NewId());
  const auto make = [&](const std::string& more) {
    return Call<pb::ChecklistTemplate, pb::CreateChecklistTemplateRequest>(
        sm, absl::StrCat(kDeliveries, "CreateChecklistTemplate"),
        absl::StrCat("checklist_template { title: 'Standard' product_line: '", line, "' steps { title: 'keys' } ", more,
                     " }"));
  };
  const auto update = [&](const std::string& name, const std::string& fields) {
    return Call<pb::ChecklistTemplate, pb::UpdateChecklistTemplateRequest>(
        sm, absl::StrCat(kDeliveries, "UpdateChecklistTemplate"),
        absl::StrCat("checklist_template { name: '", name, "' ", fields, " }"));
  };
  const auto first = make("");
  ASSERT_THAT(first, IsOk());
  const auto second = make("");
  EXPECT_THAT(second, HasReason("CHECKLIST_TEMPLATE_EXISTS"));
  EXPECT_EQ(MetadataValue(second.status(), "template"), first->name());
  const auto vip = make("vip: true");
  ASSERT_THAT(vip, IsOk());
  EXPECT_THAT(update(first->name(), "vip: true"), HasReason("CHECKLIST_TEMPLATE_EXISTS"));
  EXPECT_THAT(update(first->name(), "title: 'Hand-over'"), IsOk());
  Do<pb::ChecklistTemplate, kam::api::ArchiveRequest>(sm, absl::StrCat(kDeliveries, "ArchiveChecklistTemplate"),
                                                      absl::StrCat("name: '", first->name(), "'"));
  std::atomic<int> made = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      const auto another = make("");
      if (another.ok()) {
        ++made;
      } else {
        EXPECT_THAT(another, HasReason("CHECKLIST_TEMPLATE_EXISTS"));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(made, 1);
}

// C-23: a shipment that has not left carries what its delivery does, and ends with it.
TEST_F(ShipmentServiceTest, APlannedShipmentFollowsItsDelivery) {
  const Order order = Ready("10");
  const Delivery delivery = Plan(order.name(), "10");
  const std::string shipment = Send(delivery.name())->name();
  const auto get = [&] {
    return Do<Shipment, kam::api::GetRequest>(wh_, absl::StrCat(kShipments, "GetShipment"),
                                              absl::StrCat("name: '", shipment, "'"));
  };
  Do<Delivery, pb::UpdateDeliveryRequest>(
      kax_, absl::StrCat(kDeliveries, "UpdateDelivery"),
      absl::StrCat("delivery { name: '", delivery.name(), "' lines { line_number: 1 quantity: '6' } }"));
  EXPECT_EQ(get().lines(0).quantity(), "6");
  Do<Delivery, pb::CancelDeliveryRequest>(kax_, absl::StrCat(kDeliveries, "CancelDelivery"),
                                          absl::StrCat("name: '", delivery.name(), "' reason: 'later'"));
  EXPECT_EQ(get().state(), pb::SHIPMENT_STATE_CANCELLED);
  ASSERT_THAT(scheduler().RunDue(harness().clock().Now() + absl::Hours(24 * 5), absl::InfiniteFuture()), IsOk());
  EXPECT_FALSE(get().late()) << "nobody waits for it";
}

// C-22: who hands over is at one place at a time; who takes for another shows his paper; late is said.
TEST_F(ShipmentServiceTest, HandOverIsScheduledAndEntrusted) {
  const Order order = Ready("4");
  const auto slot = [](int from, int to) {
    // 2026-01-06 in Shanghai begins at 2026-01-05T16:00Z.
    const int64_t day = 1767628800;
    return absl::StrCat("planned_start { seconds: ", day + from * 3600, " } planned_end { seconds: ", day + to * 3600,
                        " }");
  };
  const std::string keys = "checklist { title: 'keys' done: true } ";
  EXPECT_THAT(TryPlan(order.name(), "1", keys + slot(9, 11)), IsOk());
  const absl::StatusOr<Delivery> busy = TryPlan(order.name(), "1", keys + slot(10, 12));
  EXPECT_THAT(busy, HasReason("DELIVERER_BUSY"));
  EXPECT_EQ(MetadataValue(busy.status(), "delivery"), "") << "perhaps that of a customer the caller does not see";
  EXPECT_EQ(MetadataValue(busy.status(), "from"), "2026-01-06T09:00:00+08:00");
  EXPECT_THAT(TryPlan(order.name(), "1", keys + slot(23, 25)), HasReason("SCHEDULE_INVALID"));
  const absl::StatusOr<Delivery> proxy =
      TryPlan(order.name(), "1", keys + slot(11, 12) + " proxy: true proxy_name: 'Li'");
  ASSERT_THAT(proxy, IsOk());
  Ship(proxy->name());
  EXPECT_THAT(Accept(proxy->name()), HasReason("PROXY_DOCUMENT_REQUIRED"));
  const absl::StatusOr<Delivery> taken = Accept(proxy->name(), "proxy_document: 'scan/2'");
  ASSERT_THAT(taken, IsOk());
  EXPECT_FALSE(taken->late());
}

}  // namespace
}  // namespace kam::contract::testing
