// Promises, disputes and write-offs of open items as pure rules: C-32.
#include "contract-svc/rules/receivable_item.h"

#include <gtest/gtest.h>

#include "common/testing/matchers.h"
#include "contract-svc/rules/amounts.h"
#include "google/protobuf/text_format.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/type/money.pb.h"
#include "kam/receivable/v1/receivable_item.pb.h"

namespace kam::contract::rules {
namespace {

using kam::testing::HasReason;
using kam::testing::IsOk;
namespace pb = receivable::v1;

constexpr char kToday[] = "2026-01-05", kLatest[] = "2026-04-05";

google::type::Money Cny(int32_t units) {
  google::type::Money money;
  SetAmount(Decimal::FromInt(units), "CNY", &money);
  return money;
}

pb::ReceivableItem Item(int32_t open = 100) {
  pb::ReceivableItem item;
  item.set_name("receivableItems/i");
  *item.mutable_amount() = Cny(100);
  *item.mutable_open() = Cny(open);
  item.set_state(pb::RECEIVABLE_STATE_OPEN);
  return item;
}

void Pay(int32_t open, pb::ReceivableItem* item) {
  *item->mutable_open() = Cny(open);
  EXPECT_THAT(PlaceItem(item), IsOk());
}

// C-32: the state is what the item says, in one order.
TEST(ReceivableItemTest, TheStateFollowsFromWhatTheItemSays) {
  pb::ReceivableItem item = Item();
  Pay(100, &item);
  EXPECT_EQ(item.state(), pb::RECEIVABLE_STATE_OPEN);
  Pay(60, &item);
  EXPECT_EQ(item.state(), pb::RECEIVABLE_STATE_PARTIALLY_PAID);
  ASSERT_THAT(PromiseItem(kToday, kLatest, "2026-01-20", "Wang", &item), IsOk());
  EXPECT_EQ(item.state(), pb::RECEIVABLE_STATE_PROMISED);
  ASSERT_THAT(DisputeItem(Cny(50), "colour", "employees/f", &item), IsOk());
  EXPECT_EQ(item.state(), pb::RECEIVABLE_STATE_DISPUTED);
  Pay(30, &item);
  EXPECT_EQ(item.disputed().units(), 30) << "not more than is open";
  ASSERT_THAT(SettleItemDispute("agreed", &item), IsOk());
  EXPECT_EQ(item.state(), pb::RECEIVABLE_STATE_PROMISED);
  Pay(0, &item);
  EXPECT_EQ(item.state(), pb::RECEIVABLE_STATE_PAID);
  EXPECT_EQ(item.promised_date(), "");
  Pay(100, &item);
  EXPECT_EQ(item.state(), pb::RECEIVABLE_STATE_OPEN) << "the payment went back";
  item.set_state(pb::RECEIVABLE_STATE_CANCELLED);
  EXPECT_THAT(PlaceItem(&item), IsOk());
  EXPECT_EQ(item.state(), pb::RECEIVABLE_STATE_CANCELLED);
}

// C-32
TEST(ReceivableItemTest, ABrokenPromiseIsCounted) {
  pb::ReceivableItem item = Item();
  EXPECT_THAT(PromiseItem(kToday, kLatest, "2026-01-04", "Wang", &item), HasReason("PROMISE_DATE_INVALID"));
  ASSERT_THAT(PromiseItem(kToday, kLatest, kToday, "Wang", &item), IsOk());
  EXPECT_EQ(BreakPromise(kToday, &item).value(), false) << "he has the whole day";
  EXPECT_EQ(BreakPromise("2026-01-06", &item).value(), true);
  EXPECT_EQ(item.broken_promises(), 1);
  EXPECT_EQ(item.state(), pb::RECEIVABLE_STATE_OPEN);
  EXPECT_EQ(BreakPromise("2026-01-07", &item).value(), false);
}

// C-32: who moves the day has not kept his word, and no promise is for a day that never comes.
TEST(ReceivableItemTest, APromiseThatIsPutOffIsBroken) {
  pb::ReceivableItem item = Item();
  EXPECT_THAT(PromiseItem(kToday, kLatest, "2026-04-06", "Wang", &item), HasReason("PROMISE_DATE_INVALID"));
  ASSERT_THAT(PromiseItem(kToday, kLatest, kLatest, "Wang", &item), IsOk());
  ASSERT_THAT(PromiseItem(kToday, kLatest, "2026-01-10", "Wang", &item), IsOk());
  ASSERT_THAT(PromiseItem(kToday, kLatest, "2026-01-10", "Li", &item), IsOk());
  EXPECT_EQ(item.broken_promises(), 0) << "the same day or an earlier one is no delay";
  ASSERT_THAT(PromiseItem("2026-01-10", kLatest, "2026-01-20", "Li", &item), IsOk());
  EXPECT_EQ(item.broken_promises(), 1) << "put off on its last day";
  ASSERT_THAT(PromiseItem("2026-01-21", kLatest, "2026-01-30", "Li", &item), IsOk());
  EXPECT_EQ(item.broken_promises(), 2) << "its day had passed: once, not twice";
  EXPECT_EQ(item.promised_date(), "2026-01-30");
  EXPECT_EQ(item.state(), pb::RECEIVABLE_STATE_PROMISED);
}

// C-32
TEST(ReceivableItemTest, ADisputeIsOfWhatIsOpen) {
  pb::ReceivableItem item = Item(40);
  EXPECT_THAT(DisputeItem(Cny(10), " ", "employees/f", &item), HasReason("REASON_REQUIRED"));
  EXPECT_THAT(DisputeItem(Cny(41), "colour", "employees/f", &item), HasReason("AMOUNT_EXCEEDS_OPEN"));
  EXPECT_THAT(SettleItemDispute("agreed", &item), HasReason("RECEIVABLE_NOT_DISPUTED"));
  EXPECT_THAT(DisputeItem(Cny(40), "colour", "employees/f", &item), IsOk());
}

// C-32: nobody gives up money alone.
TEST(ReceivableItemTest, AWriteOffTakesTwo) {
  pb::ReceivableItem item = Item(40);
  EXPECT_THAT(DecideWriteOff(true, "employees/f", &item), HasReason("WRITE_OFF_MISSING"));
  EXPECT_THAT(ProposeWriteOff(Cny(41), "broke", "employees/k", &item), HasReason("AMOUNT_EXCEEDS_OPEN"));
  ASSERT_THAT(ProposeWriteOff(Cny(15), "broke", "employees/k", &item), IsOk());
  EXPECT_THAT(DecideWriteOff(true, "employees/k", &item), HasReason("SEPARATION_OF_DUTIES"));
  pb::ReceivableItem refused = item;
  EXPECT_EQ(DecideWriteOff(false, "employees/f", &refused).value(), Decimal());
  EXPECT_FALSE(refused.has_write_off_proposed());
  EXPECT_EQ(refused.open().units(), 40);
  EXPECT_EQ(DecideWriteOff(true, "employees/f", &item).value(), Decimal::FromInt(15));
  EXPECT_EQ(item.open().units(), 25);
  EXPECT_EQ(item.state(), pb::RECEIVABLE_STATE_PARTIALLY_PAID);
  ASSERT_THAT(ProposeWriteOff(Cny(25), "broke", "employees/k", &item), IsOk());
  EXPECT_EQ(DecideWriteOff(true, "employees/f", &item).value(), Decimal::FromInt(25));
  EXPECT_EQ(item.written_off().units(), 40);
  EXPECT_EQ(item.state(), pb::RECEIVABLE_STATE_WRITTEN_OFF);
  // What was paid since is not written off as well.
  item = Item(40);
  ASSERT_THAT(ProposeWriteOff(Cny(30), "broke", "employees/k", &item), IsOk());
  Pay(20, &item);
  EXPECT_THAT(DecideWriteOff(true, "employees/f", &item), HasReason("WRITE_OFF_MISSING"));
}

}  // namespace
}  // namespace kam::contract::rules
