#include "contract-svc/rules/stock.h"

#include "absl/strings/str_cat.h"
#include "common/status/status.h"
#include "common/testing/matchers.h"
#include "gmock/gmock.h"
#include "google/protobuf/text_format.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/type/money.pb.h"
#include "gtest/gtest.h"

namespace kam::contract::rules {
namespace {

using kam::testing::HasReason;
using kam::testing::IsOk;
using kam::testing::NamesField;
namespace pb = order::v1;

Decimal D(const std::string& text) { return *Decimal::Parse(text); }

template <typename Message>
Message Parse(const std::string& text) {
  Message message;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &message)) << text;
  return message;
}

// C-24
TEST(StockTest, FirstInFirstOut) {
  const std::vector<Decimal> lots = {D("3"), D("0"), D("5")};
  const auto taken = TakeInTurn("stockSites/s", "products/p", lots, D("4"));
  ASSERT_THAT(taken, IsOk());
  ASSERT_EQ(taken->size(), 2u);
  EXPECT_EQ((*taken)[0], std::pair(size_t{0}, D("3")));
  EXPECT_EQ((*taken)[1], std::pair(size_t{2}, D("1")));
  const auto all = TakeInTurn("stockSites/s", "products/p", lots, D("8.000001"));
  EXPECT_THAT(all, HasReason("STOCK_SHORT"));
  EXPECT_EQ(MetadataValue(all.status(), "available"), "8");
}

// C-24
TEST(StockTest, ReturnsNameTheirDelivery) {
  EXPECT_THAT(CheckAnnouncement(Parse<pb::GoodsReceipt>("kind: GOODS_RECEIPT_KIND_RETURN lines { product: 'a' }")),
              HasReason("DELIVERY_REQUIRED"));
  EXPECT_THAT(CheckAnnouncement(Parse<pb::GoodsReceipt>("kind: GOODS_RECEIPT_KIND_PURCHASE delivery: 'deliveries/d'")),
              HasReason("DELIVERY_REQUIRED"));
  EXPECT_THAT(CheckAnnouncement(Parse<pb::GoodsReceipt>(
                  "kind: GOODS_RECEIPT_KIND_PURCHASE lines { product: 'a' } lines { product: 'a' }")),
              NamesField("goods_receipt.lines[1].product"));
}

// C-24: both sides count, and numbers fit the pieces.
TEST(StockTest, GoodsReceiptIsCounted) {
  const pb::GoodsReceipt announced = Parse<pb::GoodsReceipt>(
      "lines { product: 'a' expected_quantity: '3' } lines { product: 'b' expected_quantity: '2' }");
  pb::GoodsReceipt receipt;
  const auto count = [&](const std::string& text) {
    receipt = announced;
    return CountReceipt(Parse<pb::CheckGoodsReceiptRequest>(text), &receipt);
  };
  ASSERT_THAT(count("lines { line: 2 received_quantity: '1' damaged_quantity: '1' }"), IsOk());
  EXPECT_EQ(receipt.lines(0).received_quantity(), "3");
  EXPECT_EQ(receipt.lines(1).received_quantity(), "1");
  EXPECT_EQ(receipt.lines(1).damaged_quantity(), "1");
  EXPECT_THAT(count("lines { line: 3 }"), HasReason("LINE_UNKNOWN"));
  EXPECT_THAT(count("lines { line: 1 } lines { line: 1 }"), HasReason("LINE_NUMBER_REPEATED"));
  EXPECT_THAT(count("lines { line: 1 received_quantity: '1' damaged_quantity: '2' }"),
              HasReason("QUANTITIES_CONTRADICT"));
  EXPECT_THAT(count("lines { line: 1 } lines { line: 2 }"), HasReason("NOTHING_RECEIVED"));
  const std::string two = "serials { product: 'b' serial_number: '1' } serials { product: 'b' serial_number: '2' ";
  EXPECT_THAT(count(two + "}"), IsOk());
  EXPECT_THAT(count(two + "damaged: true }"), HasReason("SERIALS_INCOMPLETE")) << "one is damaged, none was counted so";
  EXPECT_THAT(count("serials { product: 'b' serial_number: '1' }"), HasReason("SERIALS_INCOMPLETE"));
  EXPECT_THAT(count("serials { product: 'b' serial_number: '1' } serials { product: 'b' serial_number: '1' }"),
              HasReason("SERIAL_REPEATED"));
  EXPECT_THAT(count("serials { product: 'c' serial_number: '1' }"), HasReason("LINE_UNKNOWN"));
}

// C-24
TEST(StockTest, WhatTheCustomerDidNotTakeComesBackOnce) {
  pb::GoodsReceipt receipt = Parse<pb::GoodsReceipt>("lines { product: 'a' received_quantity: '2' }");
  EXPECT_THAT(CheckReturn({{"a", D("3")}}, {{"a", D("1")}}, receipt), IsOk());
  EXPECT_THAT(CheckReturn({{"a", D("3")}}, {{"a", D("2")}}, receipt), HasReason("RETURN_EXCEEDS_LOSS"));
  EXPECT_THAT(CheckReturn({}, {}, receipt), HasReason("RETURN_EXCEEDS_LOSS"));
  receipt.set_kind(order::v1::GOODS_RECEIPT_KIND_CUSTOMER_RETURN);
  EXPECT_THAT(CheckReturn({{"a", D("3")}}, {{"a", D("2")}}, receipt), HasReason("RETURN_EXCEEDS_DELIVERY"));
}

// C-09, C-24: a commitment is opened again by goods that are back, of its own order, each piece once.
TEST(StockTest, OnlyWhatTheStoreHasCountedReopensACommitment) {
  pb::GoodsReceipt receipt = Parse<pb::GoodsReceipt>(
      "name: 'goodsReceipts/g' kind: GOODS_RECEIPT_KIND_CUSTOMER_RETURN state: GOODS_RECEIPT_STATE_POSTED lines { "
      "product: 'a' received_quantity: '5' } lines { product: 'b' received_quantity: '9' }");
  const auto check = [&](const char* delivered, const char* product, const char* used, const char* quantity) {
    return CheckReturned(receipt, delivered, "orders/o", product, D(used), D(quantity));
  };
  EXPECT_THAT(check("orders/o", "a", "2", "3"), IsOk());
  EXPECT_THAT(check("orders/o", "a", "2", "3.000001"), HasReason("RETURN_EXCEEDS_RECEIPT"));
  EXPECT_THAT(check("orders/o", "c", "0", "1"), HasReason("RETURN_EXCEEDS_RECEIPT"));
  EXPECT_THAT(check("orders/p", "a", "0", "1"), HasReason("RECEIPT_OF_OTHER_ORDER"));
  for (const auto kind : {pb::GOODS_RECEIPT_KIND_PURCHASE, pb::GOODS_RECEIPT_KIND_RETURN}) {
    receipt.set_kind(kind);
    EXPECT_THAT(check("orders/o", "a", "0", "1"), HasReason("GOODS_NOT_BACK"));
  }
  receipt.set_kind(pb::GOODS_RECEIPT_KIND_CUSTOMER_RETURN);
  for (const auto state : {pb::GOODS_RECEIPT_STATE_DRAFT, pb::GOODS_RECEIPT_STATE_CANCELLED}) {
    receipt.set_state(state);
    EXPECT_THAT(check("orders/o", "a", "0", "1"), HasReason("GOODS_NOT_BACK"));
  }
}

// C-19, C-25: only goods that are in stock ask for a site.
TEST(StockTest, GoodsInStockLeaveBySites) {
  EXPECT_THAT(CheckWarehouse("orders/o", "SH1", "", ""), IsOk());
  const absl::Status status = CheckWarehouse("orders/o", "SH1", "products/p", "SH-1");
  EXPECT_THAT(status, HasReason("WAREHOUSE_UNKNOWN"));
  EXPECT_EQ(MetadataValue(status, "overridableBy"), "order.review");
  EXPECT_EQ(MetadataValue(status, "value"), "SH1");
}

// C-24, P-02: the end is what was there and came, less what went.
TEST(StockTest, MovementsLeadFromBeginningToEnd) {
  pb::StockMovementRow row;
  Movements movements;
  movements.received = D("10");
  movements.issued = D("-3.5");
  movements.transferred_in = D("2");
  movements.transferred_out = D("-1");
  movements.scrapped = D("-0.5");
  movements.returned = D("-4");
  movements.adjusted = D("-1");
  const auto closing = FillMovements(D("7"), movements, &row);
  ASSERT_TRUE(closing.ok());
  EXPECT_EQ(*closing, D("9"));
  EXPECT_EQ(row.closing(), "9");
  EXPECT_EQ(row.issued(), "3.5");
  EXPECT_EQ(row.transferred_out(), "1");
  EXPECT_EQ(row.scrapped(), "0.5");
  EXPECT_EQ(row.returned(), "4");
  EXPECT_EQ(row.adjusted(), "-1");
}

// C-25: everything is counted, and a difference says why.
TEST(StockTest, StockTakeComparesWithTheBooks) {
  const std::vector<BookLine> books = {{"a", "", D("10")}, {"b", "n1", D("1")}};
  pb::StockTake take;
  EXPECT_THAT(StartStockTake(books, &take), IsOk());
  EXPECT_EQ(take.lines(1).book_quantity(), "1");
  const auto count = [&](const std::string& text) {
    return CountStock(books, Parse<pb::CountStockTakeRequest>(text), &take);
  };
  const std::string rest = "lines { product: 'b' serial_number: 'n1' counted_quantity: '1' }";
  EXPECT_THAT(count("lines { product: 'a' counted_quantity: '10' }"), HasReason("COUNT_MISSING"));
  EXPECT_THAT(count("lines { product: 'a' counted_quantity: '9' }" + rest), HasReason("CAUSE_REQUIRED"));
  EXPECT_THAT(count("lines { product: 'a' counted_quantity: '9' cause: '  ' }" + rest), HasReason("CAUSE_REQUIRED"));
  EXPECT_THAT(count("lines { product: 'a' counted_quantity: '10' }" + rest + rest), HasReason("COUNT_REPEATED"));
  EXPECT_THAT(count("lines { product: 'a' counted_quantity: '10' } lines { product: 'b' serial_number: 'n1' "
                    "counted_quantity: '2' cause: 'x' }"),
              HasReason("QUANTITIES_CONTRADICT"));
  EXPECT_THAT(
      count(rest + "lines { product: 'a' counted_quantity: '10' } lines { product: 'c' counted_quantity: '1' }"),
      HasReason("CAUSE_REQUIRED"))
      << "what the books do not know";
  ASSERT_THAT(count(rest + "lines { product: 'a' counted_quantity: '9.5' cause: 'leaked' }"), IsOk());
  EXPECT_EQ(take.lines(1).difference(), "-0.5");
  EXPECT_EQ(take.lines(0).difference(), "0");
}

}  // namespace
}  // namespace kam::contract::rules
