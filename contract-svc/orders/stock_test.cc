// Stock over real gRPC and MariaDB: goods receipt, damage, issue, days in stock: C-24.
#include <random>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/testing/matchers.h"
#include "contract-svc/context.h"
#include "contract-svc/testing/stock_fixture.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/type/money.pb.h"
#include "kam/order/v1/delivery_service.pb.h"
#include "kam/order/v1/order_service.pb.h"
#include "kam/order/v1/stock_service.pb.h"

namespace kam::contract::testing {
namespace {

using kam::testing::HasReason;
using kam::testing::IsOk;
using kam::testing::StatusIs;
using order::v1::Delivery;
using order::v1::Order;
namespace pb = order::v1;

// C-24: checked by both sides, damage appraised by the service department, days in stock kept.
TEST_F(StockServiceTest, DamagedGoodsWaitForTheServiceDepartment) {
  const std::string announced = Announce("10");
  EXPECT_THAT(CheckIn(announced, "lines { line: 1 received_quantity: '9' damaged_quantity: '10' }"),
              HasReason("QUANTITIES_CONTRADICT"));
  const auto posted = CheckIn(announced, "lines { line: 1 received_quantity: '9' damaged_quantity: '2' }");
  ASSERT_THAT(posted, IsOk());
  EXPECT_EQ(posted->state(), pb::GOODS_RECEIPT_STATE_POSTED);
  EXPECT_EQ(posted->receiver(), wh_.subject);
  EXPECT_EQ(posted->sender_signatory(), "Driver Wu");
  EXPECT_THAT(CheckIn(announced), HasReason("STATE_NOT_ALLOWED")) << "once";
  EXPECT_EQ(Stock().available(), "7");
  EXPECT_EQ(Stock().quarantined(), "2");
  ExpectLedgerRight();

  const auto reports = Do<pb::ListDamageReportsResponse, kam::api::ListRequest>(
      svm_, absl::StrCat(kStock, "ListDamageReports"), absl::StrCat("filter: \"site = '", site_, "'\""));
  ASSERT_EQ(reports.damage_reports_size(), 1);
  const std::string appraise = absl::StrCat("name: '", reports.damage_reports(0).name(),
                                            "' cause: DAMAGE_CAUSE_TRANSIT verdict: DAMAGE_VERDICT_REPAIR opinion: "
                                            "'dented' claim_amount ",
                                            MoneyText("800"));
  EXPECT_THAT(
      (Call<pb::DamageReport, pb::AppraiseDamageRequest>(wh_, absl::StrCat(kStock, "AppraiseDamage"), appraise)),
      StatusIs(absl::StatusCode::kPermissionDenied));
  auth::Principal both = wh_;
  both.grants["damage.appraise"] = auth::Level::kAll;
  EXPECT_THAT(
      (Call<pb::DamageReport, pb::AppraiseDamageRequest>(both, absl::StrCat(kStock, "AppraiseDamage"), appraise)),
      HasReason("SEPARATION_OF_DUTIES"));
  const auto appraised =
      Do<pb::DamageReport, pb::AppraiseDamageRequest>(svm_, absl::StrCat(kStock, "AppraiseDamage"), appraise);
  EXPECT_EQ(appraised.state(), pb::DAMAGE_REPORT_STATE_APPRAISED);
  EXPECT_EQ(Amount(appraised.claim_amount()), D("800"));
  EXPECT_EQ(Stock().quarantined(), "0");
  EXPECT_EQ(Stock().damaged(), "2");
  ExpectLedgerRight();

  // Damage found later: a part of the lot waits, and is scrapped.
  const std::vector<pb::StockItem> items = Items("status = AVAILABLE AND quantity > 0");
  ASSERT_EQ(items.size(), 1u);
  const auto report = Do<pb::DamageReport, pb::CreateDamageReportRequest>(
      wh_, absl::StrCat(kStock, "CreateDamageReport"),
      absl::StrCat("damage_report { item: '", items[0].name(), "' quantity: '3' description: 'water' }"));
  EXPECT_EQ(Stock().available(), "4");
  Do<pb::DamageReport, pb::AppraiseDamageRequest>(
      svm_, absl::StrCat(kStock, "AppraiseDamage"),
      absl::StrCat("name: '", report.name(),
                   "' cause: DAMAGE_CAUSE_STORAGE verdict: DAMAGE_VERDICT_SCRAP opinion: 'lost'"));
  EXPECT_EQ(Stock().quarantined(), "0");
  ExpectLedgerRight();
}

// C-24: long in stock is slow-moving, by policy or as asked.
TEST_F(StockServiceTest, DaysInStockCountFromTheReceipt) {
  Bring("4");
  harness().db().Execute(
      absl::StrCat("UPDATE stock_items SET received_date = '2025-09-27' WHERE site = '", IdOf(site_), "'"));
  Bring("1");
  EXPECT_EQ(Stock().oldest_days(), 100);
  EXPECT_TRUE(Stock().slow_moving());
  EXPECT_EQ(Stock().slow_quantity(), "4");
  const auto asked = Do<pb::SummarizeStockResponse, pb::SummarizeStockRequest>(
      spo_, absl::StrCat(kStock, "SummarizeStock"), absl::StrCat("site: '", site_, "' slow_days: 100 slow_only: true"));
  EXPECT_EQ(asked.rows_size(), 0) << "exactly 100 days is not longer than 100";
}

// C-19, C-22, C-24: what is shipped leaves the stock of the issue note's warehouse, first in, first out; no more than
// is there; what the customer does not take comes back once.
TEST_F(StockServiceTest, ShippingTakesFromStockAndReturnsComeBackOnce) {
  Bring("3");
  Bring("4");
  const Order order = Ready("20");
  EXPECT_THAT(Ship(Plan(order, "8")), HasReason("STOCK_SHORT"));
  const std::string delivery = Plan(order, "5");
  ASSERT_THAT(Ship(delivery), IsOk());
  EXPECT_EQ(Stock().available(), "2");
  EXPECT_EQ(Items("quantity > 0").size(), 1u) << "the first lot went first";
  ExpectLedgerRight();
  Do<Delivery, pb::AcceptDeliveryRequest>(
      kax_, absl::StrCat(kDeliveries, "AcceptDelivery"),
      absl::StrCat("name: '", delivery,
                   "' signatory: 'Wang' signature_document: 'scan/1' lines { line_number: 1 "
                   "accepted_quantity: '3' damaged_quantity: '2' }"));
  const std::string back = absl::StrCat("kind: GOODS_RECEIPT_KIND_RETURN delivery: '", delivery, "'");
  EXPECT_THAT(CheckIn(Announce("3", back)), HasReason("RETURN_EXCEEDS_LOSS"));
  ASSERT_THAT(CheckIn(Announce("2", back), "lines { line: 1 received_quantity: '2' damaged_quantity: '2' }"), IsOk());
  EXPECT_THAT(CheckIn(Announce("1", back)), HasReason("RETURN_EXCEEDS_LOSS"));
  EXPECT_EQ(Stock().quarantined(), "2");
  ExpectLedgerRight();
}

// C-22, C-24: a numbered piece leaves the stock by its number, and is in stock once.
TEST_F(StockServiceTest, NumberedPiecesMoveByTheirNumber) {
  const auto serials = [&](const std::string& numbers) {
    std::string text;
    for (const std::string& number : std::vector<std::string>(absl::StrSplit(numbers, ' '))) {
      absl::StrAppend(&text, "serials { product: '", product_, "' serial_number: '", number, "' } ");
    }
    return text;
  };
  Bring("2", serials("V1 V2"));
  EXPECT_THAT(CheckIn(Announce("1"), serials("V1")), HasReason("SERIAL_IN_STOCK"));
  const Order order = Ready("5");
  EXPECT_THAT(Ship(Plan(order, "1", "serials { line_number: 1 serial_number: 'V3' }")),
              HasReason("SERIAL_NOT_IN_STOCK"));
  EXPECT_THAT(Ship(Plan(order, "1")), HasReason("STOCK_SHORT")) << "numbered pieces are not taken unseen";
  ASSERT_THAT(Ship(Plan(order, "1", "serials { line_number: 1 serial_number: 'V2' }")), IsOk());
  EXPECT_EQ(Stock().available(), "1");
  ExpectLedgerRight();
}

// C-22, C-24: the pieces that left are the pieces that arrive; a piece is in stock or with a customer.
TEST_F(StockServiceTest, ThePiecesThatWereSentAreDelivered) {
  const std::string v1 = absl::StrCat("serials { product: '", product_, "' serial_number: 'P1' } ");
  Bring("2", v1 + absl::StrCat("serials { product: '", product_, "' serial_number: 'P2' }"));
  const std::string delivery = Plan(Ready("5"), "1", "serials { line_number: 1 serial_number: 'P2' }");
  ASSERT_THAT(Ship(delivery), IsOk());
  const auto accept = [&](const std::string& serial) {
    return Call<Delivery, pb::AcceptDeliveryRequest>(
        kax_, absl::StrCat(kDeliveries, "AcceptDelivery"),
        absl::StrCat("name: '", delivery,
                     "' signatory: 'Wang' signature_document: 'scan/1' serials { line_number: 1 "
                     "serial_number: '",
                     serial, "' }"));
  };
  const auto update = [&](const std::string& serial) {
    return Call<Delivery, pb::UpdateDeliveryRequest>(
        kax_, absl::StrCat(kDeliveries, "UpdateDelivery"),
        absl::StrCat("delivery { name: '", delivery, "' serials { line_number: 1 serial_number: '", serial, "' } }"));
  };
  EXPECT_THAT(accept("P1"), HasReason("SERIAL_NOT_ISSUED"));
  EXPECT_THAT(update("P9"), HasReason("SERIAL_NOT_ISSUED"));
  ASSERT_THAT(accept("P2"), IsOk());
  EXPECT_THAT(CheckIn(Announce("1"), absl::StrCat("serials { product: '", product_, "' serial_number: 'P2' }")),
              HasReason("SERIAL_IN_USE"));
  // What the customer sends back is one of his, and is in stock again: it may go to somebody else.
  const std::string back = absl::StrCat("kind: GOODS_RECEIPT_KIND_CUSTOMER_RETURN delivery: '", delivery, "'");
  EXPECT_THAT(CheckIn(Announce("1", back)), HasReason("SERIALS_INCOMPLETE"));
  EXPECT_THAT(CheckIn(Announce("1", back), v1), HasReason("SERIAL_NOT_DELIVERED"));
  EXPECT_THAT(CheckIn(Announce("1", absl::StrCat("kind: GOODS_RECEIPT_KIND_RETURN delivery: '", delivery, "'"))),
              HasReason("RETURN_EXCEEDS_LOSS"))
      << "he had accepted it";
  const std::string p2 = absl::StrCat("serials { product: '", product_, "' serial_number: 'P2' }");
  ASSERT_THAT(CheckIn(Announce("1", back), p2), IsOk());
  EXPECT_THAT(CheckIn(Announce("1", back), p2), HasReason("RETURN_EXCEEDS_DELIVERY"));
  EXPECT_EQ(Stock().available(), "2");
  EXPECT_THAT(Ship(Plan(Ready("5"), "1", "serials { line_number: 1 serial_number: 'P2' }")), IsOk());
  ExpectLedgerRight();
}

// C-24: who sells shares the pressure of what has been in stock for long: his target counts what he sold of it.
TEST_F(StockServiceTest, LongStockIsSharedOutAndCounted) {
  Bring("6");
  harness().clock().Advance(absl::Hours(24 * 91));
  Bring("4");  // New goods count for nobody.
  const auto create = [&](const auth::Principal& who, const std::string& seller, const std::string& until) {
    return Call<pb::LongStockTarget, pb::CreateLongStockTargetRequest>(
        who, absl::StrCat(kStock, "CreateLongStockTarget"),
        absl::StrCat("long_stock_target { seller: '", seller, "' product: '", product_,
                     "' quantity: '5' from_date: '2026-04-01' to_date: '", until, "' }"));
  };
  EXPECT_THAT(create(kax_, kax_.subject, "2026-04-30"), StatusIs(absl::StatusCode::kPermissionDenied));
  EXPECT_THAT(create(kam_, kax_.subject, "2026-03-31"), HasReason("PERIOD_INVALID"));
  ASSERT_THAT(create(kam_, kax_.subject, "2026-04-30"), IsOk());
  ASSERT_THAT(create(kam_, other_kax_.subject, "2026-04-30"), IsOk());
  const auto report = [&](const auth::Principal& who) {
    return Do<pb::ReportLongStockResponse, pb::ReportLongStockRequest>(who, absl::StrCat(kStock, "ReportLongStock"),
                                                                       "");
  };
  ASSERT_EQ(report(kax_).rows_size(), 1) << "his own";
  EXPECT_EQ(report(kax_).rows(0).sold_quantity(), "0");
  const auto plan = [&](const std::string& quantity) {
    return Do<Delivery, pb::CreateDeliveryRequest>(
               kax_, absl::StrCat(kDeliveries, "CreateDelivery"),
               absl::StrCat("delivery { order: '", Ready(quantity).name(),
                            "' planned_date: '2026-04-07' place: 'Site' deliverer: '", kax_.subject,
                            "' lines { line_number: 1 quantity: '", quantity,
                            "' } checklist { title: 'keys' done: true } }"))
        .name();
  };
  ASSERT_THAT(Ship(plan("4")), IsOk());
  EXPECT_EQ(report(kax_).rows(0).sold_quantity(), "4");
  EXPECT_EQ(report(kax_).rows(0).progress_percent(), "80");
  ASSERT_THAT(Ship(plan("5")), IsOk());
  EXPECT_EQ(report(kax_).rows(0).sold_quantity(), "6") << "three of these were new";
  const auto all = report(kam_);
  ASSERT_EQ(all.rows_size(), 2);
  EXPECT_EQ(all.rows(1).sold_quantity(), "0") << "his customers took nothing";
  harness().clock().Advance(-absl::Hours(24 * 91));
}

// C-24: a site may have more lots than are read at once.
TEST_F(StockServiceTest, ManySmallLotsAreTakenInTurn) {
  Bring("1");
  for (int i = 0; i < 3; ++i) Bring("2");
  harness().db().Execute(absl::StrCat(
      "INSERT INTO stock_items (id, version, create_time, update_time, creator, updater, site, product, stock_status, "
      "quantity, received_date, source) WITH RECURSIVE s AS (SELECT 1 AS seq UNION ALL SELECT seq + 1 FROM s WHERE seq "
      "< "
      "210) SELECT CONCAT('0000000000000', LPAD(s.seq, 13, '0')), 1, '2026-01-01', "
      "'2026-01-01', 'programs/test', 'programs/test', '",
      IdOf(site_), "', '", IdOf(product_),
      "', 'AVAILABLE', 0.5, '2025-12-01', 'goodsReceipts/00000000000000000000000001' FROM s"));
  EXPECT_EQ(Stock().available(), "112");
  const Order order = Ready("300");
  EXPECT_THAT(Ship(Plan(order, "113")), HasReason("STOCK_SHORT"));
  ASSERT_THAT(Ship(Plan(order, "108")), IsOk());
  EXPECT_EQ(Stock().available(), "4");
}

// C-24: goods that wait are not reported twice, and a report ends also when the goods are not there any more.
TEST_F(StockServiceTest, AReportOfDamageAlwaysEnds) {
  Bring("10");
  const auto report = [&](const std::string& item, const std::string& quantity) {
    return Call<pb::DamageReport, pb::CreateDamageReportRequest>(
        wh_, absl::StrCat(kStock, "CreateDamageReport"),
        absl::StrCat("damage_report { item: '", item, "' quantity: '", quantity, "' description: 'water' }"));
  };
  const auto first = report(Items("quantity > 0")[0].name(), "4");
  ASSERT_THAT(first, IsOk());
  EXPECT_THAT(report(first->item(), "1"), HasReason("DAMAGE_REPORTED"));
  // Seven are found: the six that may be sold, and one of the four that wait.
  const pb::StockTake take = StartTake();
  ASSERT_THAT(Take<pb::CountStockTakeRequest>(wh_, "CountStockTake", take.name(), Counted("1", "stolen")), IsOk());
  ASSERT_THAT(Take<pb::ApproveStockTakeRequest>(fd_, "ApproveStockTake", take.name()), IsOk());
  EXPECT_EQ(Stock().quarantined(), "1");
  const auto appraised = Do<pb::DamageReport, pb::AppraiseDamageRequest>(
      svm_, absl::StrCat(kStock, "AppraiseDamage"),
      absl::StrCat("name: '", first->name(),
                   "' cause: DAMAGE_CAUSE_STORAGE verdict: DAMAGE_VERDICT_SCRAP opinion: 'lost'"));
  EXPECT_EQ(appraised.followed_quantity(), "1");
  EXPECT_EQ(Stock().quarantined(), "");
  ExpectLedgerRight();
  EXPECT_THAT((Call<pb::GoodsReceipt, pb::CreateGoodsReceiptRequest>(
                  wh_, absl::StrCat(kStock, "CreateGoodsReceipt"),
                  absl::StrCat("goods_receipt { kind: GOODS_RECEIPT_KIND_RETURN site: '", site_,
                               "' sender: 'Carrier' delivery: 'deliveries/", harness().NewId(),
                               "' manufacturer_order: 'manufacturerOrders/", harness().NewId(), "' lines { product: '",
                               product_, "' expected_quantity: '1' } }"))),
              ::testing::AnyOf(HasReason("FIELDS_EXCLUSIVE"), HasReason("REFERENCE_NOT_FOUND")));
}

// C-24: whoever is first gets the goods.
TEST_F(StockServiceTest, ParallelShipmentsNeverTakeMoreThanThereIs) {
  Bring("5");
  const Order order = Ready("16");
  std::vector<std::string> deliveries;
  for (int i = 0; i < 8; ++i) deliveries.push_back(Plan(order, "2"));
  std::atomic<int> shipped = 0;
  std::vector<std::thread> threads;
  for (const std::string& delivery : deliveries) {
    threads.emplace_back([&, delivery] {
      const absl::StatusOr<Delivery> answer = Ship(delivery);
      if (answer.ok()) {
        ++shipped;
      } else {
        EXPECT_THAT(answer, HasReason("STOCK_SHORT"));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(shipped, 2);
  EXPECT_EQ(Stock().available(), "1");
  ExpectLedgerRight();
}

// C-04, C-24: what is given leaves the stock like what is sold.
TEST_F(StockServiceTest, AGiftLeavesTheStock) {
  Bring("5");
  const std::string quote = NewQuote(account_, "ACCEPTED");
  AddGift(quote, product_, "2");
  const Order order = *Enter(quote, "10", absl::StrCat("lines { product: '", product_, "' quantity: '2' gift: true }"));
  Do<Order, pb::ReviewOrderRequest>(
      sad_, absl::StrCat(kOrders, "ReviewOrder"),
      absl::StrCat("name: '", order.name(), "' warehouse: '", code_, "' check_result: 'complete'"));
  Pay(account_, "100", order.name());
  Release(order.name());
  const auto plan = Do<Delivery, pb::CreateDeliveryRequest>(
      kax_, absl::StrCat(kDeliveries, "CreateDelivery"),
      absl::StrCat("delivery { order: '", order.name(), "' planned_date: '2026-01-06' place: 'Site' deliverer: '",
                   kax_.subject, "' lines { line_number: 2 quantity: '2' } checklist { title: 'keys' done: true } }"));
  ASSERT_THAT(Ship(plan.name()), IsOk());
  EXPECT_EQ(Stock().available(), "3");
  ExpectLedgerRight();
}

// C-19, C-25: goods that are in stock leave by a site, or by word that they come from elsewhere; a wrong warehouse is
// put right before they go, for what has not gone.
TEST_F(StockServiceTest, AWrongWarehouseIsToldAndPutRight) {
  Bring("10");
  const std::string full = site_, code = code_;
  const std::string empty = NewSite(), empty_code = code_;
  const Order order = Entered("9");
  const auto review = [&](const std::string& place) {
    return Call<Order, pb::ReviewOrderRequest>(
        sad_, absl::StrCat(kOrders, "ReviewOrder"),
        absl::StrCat("name: '", order.name(), "' check_result: 'complete' warehouse: ", place));
  };
  const auto change = [&](const auth::Principal& who, const std::string& place,
                          const std::string& reason = "mistyped") {
    return Call<Order, pb::ChangeIssueNoteWarehouseRequest>(
        who, absl::StrCat(kOrders, "ChangeIssueNoteWarehouse"),
        absl::StrCat("name: '", order.name(), "' reason: '", reason, "' warehouse: ", place));
  };
  const auto note = [&](const std::string& name) {
    return Do<pb::IssueNote, kam::api::GetRequest>(sad_, absl::StrCat(kOrders, "GetIssueNote"),
                                                   absl::StrCat("name: '", name, "'"));
  };
  const std::string right = absl::StrCat("'", code, "'"), other = absl::StrCat("'", empty_code, "'");
  const absl::StatusOr<Order> mistyped = review("'SH1'");
  EXPECT_THAT(mistyped, HasReason("WAREHOUSE_UNKNOWN"));
  EXPECT_EQ(MetadataValue(mistyped.status(), "site"), code);
  EXPECT_THAT(review(right + " outside_stock: true"), HasReason("FIELDS_EXCLUSIVE"));
  const absl::StatusOr<Order> reviewed = review("'plant' outside_stock: true");
  ASSERT_THAT(reviewed, IsOk());
  EXPECT_EQ(note(reviewed->issue_note()).site(), "");
  EXPECT_TRUE(note(reviewed->issue_note()).outside_stock());

  EXPECT_THAT(change(kax_, right), StatusIs(absl::StatusCode::kPermissionDenied));
  auth::Principal enterer = kax_;
  enterer.grants["order.review"] = auth::Level::kAll;
  EXPECT_THAT(change(enterer, right), HasReason("SEPARATION_OF_DUTIES"));
  EXPECT_THAT(change(sad_, right, " "), HasReason("REASON_REQUIRED"));
  EXPECT_THAT(change(sad_, "'SH1'"), HasReason("WAREHOUSE_UNKNOWN"));
  const absl::StatusOr<Order> changed = change(sad_, right);
  ASSERT_THAT(changed, IsOk());
  EXPECT_EQ(changed->state(), pb::ORDER_STATE_REVIEWED) << "what was reviewed stays reviewed";
  EXPECT_TRUE(note(reviewed->issue_note()).cancelled());
  EXPECT_EQ(note(changed->issue_note()).site(), full);
  EXPECT_EQ(note(changed->issue_note()).check_result(), "complete");

  ASSERT_EQ(Release(order.name()).state(), pb::ORDER_STATE_RELEASED);
  ASSERT_THAT(change(sad_, other), IsOk());
  const std::string delivery = Plan(order, "4");
  EXPECT_THAT(Ship(delivery), HasReason("STOCK_SHORT"));
  ASSERT_THAT(change(sad_, right), IsOk());
  ASSERT_THAT(Ship(delivery), IsOk());
  site_ = full;
  EXPECT_EQ(Stock().available(), "6");

  // A note of an earlier program that names no site: the goods stay until somebody says where they are.
  const std::string last = GetOrder(order.name()).issue_note();
  harness().db().Execute(
      absl::StrCat("UPDATE issue_notes SET warehouse = 'SH1', site = NULL WHERE id = '", IdOf(last), "'"));
  const std::string rest = Plan(order, "5");
  EXPECT_THAT(Ship(rest), HasReason("WAREHOUSE_UNKNOWN"));
  const absl::StatusOr<Order> again = change(sad_, right);
  ASSERT_THAT(again, IsOk());
  EXPECT_EQ(again->state(), pb::ORDER_STATE_SHIPPED);
  ASSERT_EQ(note(again->issue_note()).lines_size(), 1);
  EXPECT_EQ(note(again->issue_note()).lines(0).quantity(), "5") << "four have left";
  ASSERT_THAT(Ship(rest), IsOk());
  EXPECT_EQ(Stock().available(), "1");
  EXPECT_THAT(change(sad_, other), HasReason("NOTHING_OPEN"));
  ExpectLedgerRight();
}

// C-24, C-25: by word from outside goes what is not in stock here: no piece that is, and nothing else is in the way.
TEST_F(StockServiceTest, APieceInStockDoesNotLeaveByWord) {
  Bring("1", absl::StrCat("serials { product: '", product_, "' serial_number: 'W1' }"));
  const Order order = Ready("2");
  const auto change = [&](const std::string& place) {
    Do<Order, pb::ChangeIssueNoteWarehouseRequest>(
        sad_, absl::StrCat(kOrders, "ChangeIssueNoteWarehouse"),
        absl::StrCat("name: '", order.name(), "' reason: 'word of the plant' warehouse: ", place));
  };
  change("'plant' outside_stock: true");
  const std::string piece = Plan(order, "1", "serials { line_number: 1 serial_number: 'W1' }");
  const absl::StatusOr<Delivery> in_stock = Ship(piece);
  EXPECT_THAT(in_stock, HasReason("SERIAL_NOT_ISSUED"));
  EXPECT_EQ(MetadataValue(in_stock.status(), "site"), code_);
  ASSERT_THAT(Ship(Plan(order, "1", "serials { line_number: 1 serial_number: 'W2' }")), IsOk()) << "from the plant";
  change(absl::StrCat("'", code_, "'"));
  ASSERT_THAT(Ship(piece), IsOk());
  EXPECT_TRUE(Items("quantity > 0").empty());
  ExpectLedgerRight();

  // Goods that nobody may ship are no reason to refuse a direct delivery.
  Bring("3");
  Do<pb::DamageReport, pb::CreateDamageReportRequest>(
      wh_, absl::StrCat(kStock, "CreateDamageReport"),
      absl::StrCat("damage_report { item: '", Items("quantity = 3")[0].name(),
                   "' quantity: '3' description: 'bent' }"));
  const Order direct = Entered("1");
  EXPECT_THAT((Call<Order, pb::ReviewOrderRequest>(
                  sad_, absl::StrCat(kOrders, "ReviewOrder"),
                  absl::StrCat("name: '", direct.name(), "' check_result: 'complete' warehouse: 'plant'"))),
              IsOk());
  Release(direct.name());
  ASSERT_THAT(Ship(Plan(direct, "1")), IsOk());
  EXPECT_EQ(Stock().available(), "0");
  ExpectLedgerRight();
}

// C-24, C-25: goods go to a subcontractor or another store and stay in stock as long as they were; nothing is counted
// twice.
TEST_F(StockServiceTest, GoodsGoFromSiteToSite) {
  Bring("5");
  Bring("1", absl::StrCat("serials { product: '", product_, "' serial_number: 'T1' }"));
  harness().db().Execute(
      absl::StrCat("UPDATE stock_items SET received_date = '2025-11-03' WHERE site = '", IdOf(site_), "'"));
  const std::string here = site_, there = NewSite();
  const std::string lot = Items("quantity = 5")[0].name(), piece = Items("serial_number = 'T1'")[0].name();
  EXPECT_THAT(Transfer(lot, "6", there), HasReason("STOCK_SHORT"));
  EXPECT_THAT(Transfer(lot, "1", here), HasReason("SITE_UNCHANGED"));
  EXPECT_THAT(Transfer(lot, "1", absl::StrCat("stockSites/", harness().NewId())), HasReason("REFERENCE_NOT_FOUND"));
  EXPECT_THAT(Transfer(absl::StrCat("stockItems/", harness().NewId()), "1", there), HasReason("REFERENCE_NOT_FOUND"));
  const auto sent = Transfer(lot, "2", there);
  ASSERT_THAT(sent, IsOk());
  EXPECT_EQ(sent->from_site(), here);
  EXPECT_EQ(sent->product(), product_);
  EXPECT_EQ(sent->recorder(), wh_.subject);
  EXPECT_EQ(sent->transfer_date(), "2026-01-05");
  ASSERT_THAT(Transfer(piece, "1", there), IsOk());
  EXPECT_THAT(Transfer(piece, "2", here), HasReason("STOCK_SHORT"));
  EXPECT_EQ(Stock().available(), "3");
  ExpectLedgerRight();
  site_ = there;
  EXPECT_EQ(Stock().available(), "3");
  EXPECT_EQ(Stock().oldest_days(), 63) << "days in stock go on";
  for (const pb::StockItem& item : Items("quantity > 0")) EXPECT_EQ(item.received_date(), "2025-11-03");
  ExpectLedgerRight();

  // What waits for the service department stays where it is; nothing comes to a site that was withdrawn.
  const std::string parts = Items("quantity = 2")[0].name();
  Do<pb::DamageReport, pb::CreateDamageReportRequest>(
      wh_, absl::StrCat(kStock, "CreateDamageReport"),
      absl::StrCat("damage_report { item: '", parts, "' quantity: '2' description: 'bent' }"));
  EXPECT_THAT(Transfer(parts, "1", here), HasReason("DAMAGE_REPORTED"));
  const std::string closed = NewSite();
  Do<pb::StockSite, kam::api::ArchiveRequest>(spo_, absl::StrCat(kStock, "ArchiveStockSite"),
                                              absl::StrCat("name: '", closed, "'"));
  EXPECT_THAT(Transfer(piece, "1", closed), HasReason("RESOURCE_ARCHIVED"));
  ASSERT_THAT(Transfer(piece, "1", here), IsOk()) << "and back";
  EXPECT_EQ(Stock().available(), "0");
  ExpectLedgerRight();
}

// C-24, C-25: two stores that send each other goods at the same moment wait for each other, and nothing is lost.
TEST_F(StockServiceTest, StoresThatSendEachOtherGoodsLoseNothing) {
  Bring("40");
  const std::string here = site_, item = Items("quantity > 0")[0].name();
  site_ = NewSite();
  Bring("40");
  const std::string there = site_, back = Items("quantity > 0")[0].name();
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int n = 0; n < 3; ++n) EXPECT_THAT(Transfer(item, "1", there), IsOk());
    });
    threads.emplace_back([&] {
      for (int n = 0; n < 2; ++n) EXPECT_THAT(Transfer(back, "1", here), IsOk());
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(Stock().available(), "44");
  ExpectLedgerRight();
  site_ = here;
  EXPECT_EQ(Stock().available(), "36");
  ExpectLedgerRight();
}

}  // namespace
}  // namespace kam::contract::testing
