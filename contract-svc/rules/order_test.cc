#include "contract-svc/rules/order.h"

#include "absl/strings/str_cat.h"
#include "common/status/status.h"
#include "common/testing/matchers.h"
#include "contract-svc/rules/amounts.h"
#include "contract-svc/rules/release_authority.h"
#include "gmock/gmock.h"
#include "google/protobuf/text_format.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/type/money.pb.h"
#include "gtest/gtest.h"
#include "kam/order/v1/order.pb.h"
#include "kam/order/v1/order_procedure.pb.h"
#include "kam/order/v1/release_authority.pb.h"

namespace kam::contract::rules {
namespace {

using kam::testing::HasReason;
using kam::testing::IsOk;
using kam::testing::NamesField;
using order::v1::Order;

Decimal D(const std::string& text) { return *Decimal::Parse(text); }

Order Parse(const std::string& text) {
  Order order;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &order));
  return order;
}

std::string Line(const std::string& product, const std::string& quantity, const std::string& price) {
  return absl::StrCat("lines { product: '", product, "' quantity: '", quantity, "' ",
                      price.empty() ? "" : absl::StrCat("unit_price { currency_code: 'CNY' units: ", price, " } "),
                      "} ");
}

// C-18: the service computes; nothing is a float.
TEST(OrderTest, TotalIsTheSumOfRoundedLines) {
  Order order = Parse(
      "lines { product: 'p' quantity: '3' unit_price { currency_code: 'USD' units: 33 nanos: 335000000 } }"
      "lines { product: 'p' quantity: '0.5' unit_price { currency_code: 'USD' units: 0 nanos: 10000000 } tax_rate: "
      "'13' }");
  ASSERT_THAT(ComputeOrder(&order), IsOk());
  EXPECT_EQ(order.currency(), "USD");
  EXPECT_EQ(*AmountIn(order.lines(0).amount(), "USD", "x"), D("100.01"));
  EXPECT_EQ(*AmountIn(order.lines(1).amount(), "USD", "x"), D("0.01"));
  EXPECT_EQ(*AmountIn(order.total(), "USD", "x"), D("100.02"));
  EXPECT_EQ(order.lines(1).line_number(), 2);
}

// C-18: an import row is refused by the field that is wrong, all of them at once.
TEST(OrderTest, BrokenLinesAreNamed) {
  Order order = Parse(Line("p", "0", "1") + Line("p", "-1", "1") + Line("p", "x", "1") + Line("p", "1", "") +
                      "lines { product: 'p' quantity: '1' unit_price { currency_code: 'USD' units: 1 } }");
  const absl::Status status = ComputeOrder(&order);
  EXPECT_THAT(ViolatedFields(status),
              ::testing::ElementsAre("order.lines[0].quantity", "order.lines[1].quantity", "order.lines[2].quantity",
                                     "order.lines[3].unit_price", "order.lines[4].unit_price"));
  Order repeated = Parse(Line("p", "1", "1") + Line("p", "1", "1"));
  repeated.mutable_lines(0)->set_line_number(4);
  repeated.mutable_lines(1)->set_line_number(4);
  EXPECT_THAT(ComputeOrder(&repeated), HasReason("LINE_NUMBER_REPEATED"));
  Order empty;
  EXPECT_THAT(ComputeOrder(&empty), NamesField("order.lines"));
}

TEST(OrderTest, DatesFollowEachOther) {
  Order order;
  order.set_order_date("2026-01-05");
  order.set_required_date("2026-01-05");
  EXPECT_THAT(CheckDates(order), IsOk());
  order.set_required_date("2026-01-04");
  EXPECT_THAT(CheckDates(order), NamesField("order.required_date"));
  order.set_required_date("2026-02-30");
  EXPECT_THAT(CheckDates(order), NamesField("order.required_date"));
}

AgreedTerms Terms() {
  AgreedTerms terms;
  terms.source = "contracts/c";
  terms.currency = "CNY";
  terms.lines = {{"a", D("10"), D("5"), "13"}, {"a", D("9"), D("100"), "13"}, {"b", D("7.5"), D("1"), ""}};
  return terms;
}

// C-18: prices come from what was agreed, and from nowhere else.
TEST(OrderTest, PricesAreTheAgreedOnes) {
  Order order = Parse(Line("a", "5", "10") + Line("b", "1", ""));
  ASSERT_THAT(TakeAgreedPrices(Terms(), &order), IsOk());
  EXPECT_EQ(*AmountIn(order.lines(1).unit_price(), "CNY", "x"), D("7.5"));
  EXPECT_EQ(order.lines(0).tax_rate(), "13");
  order = Parse(Line("a", "100", "9"));
  EXPECT_THAT(TakeAgreedPrices(Terms(), &order), IsOk());
  order = Parse(Line("c", "1", "1"));
  EXPECT_THAT(TakeAgreedPrices(Terms(), &order), HasReason("PRODUCT_NOT_AGREED"));
  order = Parse(Line("a", "1", "8"));
  EXPECT_THAT(TakeAgreedPrices(Terms(), &order), HasReason("PRICE_NOT_AGREED"));
  order = Parse(Line("a", "6", "10"));
  EXPECT_THAT(TakeAgreedPrices(Terms(), &order), HasReason("QUANTITY_NOT_AGREED"));
  order = Parse(Line("b", "1", "") + Line("b", "1", ""));
  EXPECT_THAT(TakeAgreedPrices(Terms(), &order), HasReason("QUANTITY_NOT_AGREED"));
}

// C-18, C-05: a line that costs an amount is ordered in parts that add up to the amount, whatever its price of one
// says.
TEST(OrderTest, PartsOfAnAgreedAmountAddUpToIt) {
  AgreedLine line;
  line.product = "a";
  line.unit_price = D("1");  // 0.99996, rounded.
  line.quantity = D("1000");
  ASSERT_THAT(SetAgreedAmount(D("999.96"), D("1000"), "CNY", &line), IsOk());
  AgreedTerms terms;
  terms.currency = "CNY";
  Decimal sum;
  for (const char* quantity : {"333", "333", "334"}) {
    terms.lines = {line};
    Order order = Parse(Line("a", quantity, ""));
    order.mutable_lines(0)->mutable_amount()->set_units(7);
    ASSERT_THAT(TakeAgreedPrices(terms, &order), IsOk());
    ASSERT_THAT(ComputeOrder(&order, /*agreed=*/true), IsOk());
    const Decimal amount = *AmountIn(order.lines(0).amount(), "CNY", "x");
    EXPECT_NE(amount, D(quantity)) << "not the price of one times the quantity";
    sum = *Add(sum, amount);
    line.quantity = *Subtract(line.quantity, D(quantity));
    line.taken = *Add(line.taken, D(quantity));
  }
  EXPECT_EQ(sum, D("999.96"));
  // A price that makes up the amount is the price.
  AgreedLine even;
  even.unit_price = D("1.5");
  ASSERT_THAT(SetAgreedAmount(D("4.5"), D("3"), "CNY", &even), IsOk());
  EXPECT_FALSE(even.amount.has_value());
}

// C-18: the customer's own order procedure.
TEST(OrderTest, CustomersProcedureIsFollowed) {
  order::v1::OrderProcedure procedure;
  procedure.set_purchase_order_required(true);
  procedure.set_purchase_order_pattern("PO-[0-9]{4}");
  procedure.set_minimum_lead_days(3);
  Order order;
  order.set_order_date("2026-01-05");
  order.set_required_date("2026-01-07");
  EXPECT_THAT(CheckProcedure(procedure, order), HasReason("PURCHASE_ORDER_REQUIRED"));
  order.set_purchase_order_number("PO-12");
  EXPECT_THAT(CheckProcedure(procedure, order), HasReason("PURCHASE_ORDER_MALFORMED"));
  order.set_purchase_order_number("PO-1234");
  EXPECT_THAT(CheckProcedure(procedure, order), HasReason("LEAD_TIME_TOO_SHORT"));
  order.set_required_date("2026-01-08");
  EXPECT_THAT(CheckProcedure(procedure, order), IsOk());
}

// C-18: who may order, by which channel, how much, and which papers go with it.
TEST(OrderTest, TheProcedureNamesPeopleChannelsBoundsAndPapers) {
  order::v1::OrderProcedure procedure;
  Order order;
  order.set_currency("CNY");
  SetAmount(D("100"), "CNY", order.mutable_total());
  EXPECT_THAT(CheckProcedure(procedure, order), IsOk()) << "asks for nothing";
  procedure.add_approved_orderers("Ms Li");
  EXPECT_THAT(CheckProcedure(procedure, order), HasReason("ORDERER_NOT_APPROVED"));
  order.set_ordered_by("Ms Li");
  procedure.add_channels("portal");
  procedure.add_channels("e-mail");
  EXPECT_THAT(CheckProcedure(procedure, order), NamesField("order.channel"));
  order.set_channel("e-mail");
  SetAmount(D("100"), "CNY", procedure.mutable_minimum_total());
  SetAmount(D("100"), "CNY", procedure.mutable_maximum_total());
  EXPECT_THAT(CheckProcedure(procedure, order), IsOk());
  SetAmount(D("100.01"), "CNY", procedure.mutable_minimum_total());
  EXPECT_THAT(CheckProcedure(procedure, order), HasReason("ORDER_BELOW_MINIMUM"));
  SetAmount(D("0"), "CNY", procedure.mutable_minimum_total());
  SetAmount(D("99.99"), "CNY", procedure.mutable_maximum_total());
  EXPECT_THAT(CheckProcedure(procedure, order), HasReason("ORDER_ABOVE_MAXIMUM"));
  SetAmount(D("99.99"), "USD", procedure.mutable_maximum_total());
  EXPECT_THAT(CheckProcedure(procedure, order), IsOk()) << "a bound in another currency";
  procedure.add_papers()->set_title("signed order");
  EXPECT_THAT(CheckPapers(procedure, order), HasReason("PAPERS_MISSING"));
  order.add_papers()->set_title("signed order");
  EXPECT_THAT(CheckPapers(procedure, order), IsOk());
}

// C-21: money in, then the goods go out.
TEST(OrderTest, PaymentGateNamesWhatIsMissing) {
  Order order;
  order.set_currency("CNY");
  SetAmount(D("100"), "CNY", order.mutable_total());
  SetAmount(D("99.99"), "CNY", order.mutable_prepaid());
  const absl::Status status = CheckPaymentGate(order, Decimal());
  EXPECT_THAT(status, HasReason("PAYMENT_MISSING"));
  EXPECT_EQ(MetadataValue(status, "missing"), "0.01");
  EXPECT_EQ(MetadataValue(status, "overridableBy"), "order.override_release");
  EXPECT_THAT(CheckPaymentGate(order, D("0.01")), IsOk()) << "an invoice has taken the rest";
  SetAmount(D("0.01"), "CNY", order.mutable_closed_total());
  EXPECT_THAT(CheckPaymentGate(order, Decimal()), IsOk()) << "what was closed short is not payable";
}

// C-18: the value of what is closed short is what the invoices of the rest leave over, to the last cent.
TEST(OrderTest, TheRestOfADeliveredOrderIsClosedShort) {
  Order order = Parse(
      "lines { product: 'a' quantity: '3' tax_rate: '13' unit_price { currency_code: 'CNY' units: 33 nanos: 330000000 "
      "} }" +
      Line("b", "2", "5"));
  ASSERT_THAT(ComputeOrder(&order), IsOk());
  EXPECT_THAT(CloseShort("why", &order), HasReason("NOTHING_DELIVERED"));
  order.mutable_lines(0)->set_delivered_quantity("2");
  order.mutable_lines(1)->set_delivered_quantity("2");
  // Line 1: 99.99 and 13.00 tax; two thirds of them are 66.66 and 8.67.
  const absl::StatusOr<Decimal> closed = CloseShort("no more made", &order);
  ASSERT_THAT(closed, IsOk());
  EXPECT_EQ(*closed, D("37.66"));
  EXPECT_EQ(order.lines(0).closed_quantity(), "1");
  EXPECT_TRUE(order.lines(1).closed_quantity().empty());
  EXPECT_EQ(*PayableTotal(order), D("85.33"));
  EXPECT_EQ(*WantedQuantity(order.lines(0)), D("2"));
  EXPECT_EQ(order.close_reason(), "no more made");
  EXPECT_THAT(CloseShort("again", &order), HasReason("NOTHING_OPEN"));
  order.mutable_lines(0)->set_invoiced_quantity("2");
  order.mutable_lines(1)->set_invoiced_quantity("2");
  EXPECT_TRUE(*FullyInvoiced(order));
}

// C-18: an order of which something stays with the customer is not cancelled.
TEST(OrderTest, WhatWasDeliveredIsNotCancelled) {
  Order order = Parse(Line("a", "3", "1"));
  ASSERT_THAT(ComputeOrder(&order), IsOk());
  EXPECT_THAT(CheckNothingDelivered(order), IsOk());
  order.mutable_lines(0)->set_delivered_quantity("0");
  EXPECT_THAT(CheckNothingDelivered(order), IsOk()) << "everything came back";
  order.mutable_lines(0)->set_delivered_quantity("1");
  const absl::Status status = CheckNothingDelivered(order);
  EXPECT_THAT(status, HasReason("ORDER_DELIVERED"));
  EXPECT_EQ(MetadataValue(status, "delivered"), "1");
}

// C-19: who brings an order by an import has entered it.
TEST(OrderTest, AnImportedOrderIsReviewedBySomebodyElse) {
  Order order = Parse(Line("a", "3", "1"));
  ASSERT_THAT(ImportOrder("employees/a", "2026-01-05", &order), IsOk());
  EXPECT_EQ(order.state(), order::v1::ORDER_STATE_ENTERED);
  EXPECT_TRUE(order.history());
  EXPECT_THAT(ReviewOrder("employees/a", absl::UnixEpoch(), &order), HasReason("SEPARATION_OF_DUTIES"));
}

// C-21, C-30: the money has gone back, and with it the release.
TEST(OrderTest, APaidReleaseIsTakenBackWithThePayment) {
  Order order;
  order.set_release_basis(order::v1::RELEASE_BASIS_PAID);
  order.set_state(order::v1::ORDER_STATE_RELEASED);
  Order held = order, shipped = order, overridden = order, settled = order;
  TakeBackPaidRelease("bounced", &order);
  EXPECT_EQ(order.state(), order::v1::ORDER_STATE_REVIEWED);
  EXPECT_EQ(order.release_basis(), order::v1::RELEASE_BASIS_UNSPECIFIED);
  held.set_state(order::v1::ORDER_STATE_ON_HOLD);
  held.set_state_before(order::v1::ORDER_STATE_RELEASED);
  TakeBackPaidRelease("bounced", &held);
  EXPECT_EQ(held.state(), order::v1::ORDER_STATE_ON_HOLD);
  EXPECT_EQ(held.state_before(), order::v1::ORDER_STATE_REVIEWED);
  shipped.set_state(order::v1::ORDER_STATE_SHIPPED);
  TakeBackPaidRelease("bounced", &shipped);
  EXPECT_EQ(shipped.state(), order::v1::ORDER_STATE_SHIPPED);
  overridden.set_release_basis(order::v1::RELEASE_BASIS_OVERRIDE);
  TakeBackPaidRelease("bounced", &overridden);
  EXPECT_EQ(overridden.state(), order::v1::ORDER_STATE_RELEASED);
  settled.set_state(order::v1::ORDER_STATE_SETTLED);
  Unsettle(&settled);
  EXPECT_EQ(settled.state(), order::v1::ORDER_STATE_DELIVERED);
}

// C-19
TEST(OrderTest, ReviewIsBySomebodyElse) {
  Order order;
  order.set_enterer("employees/a");
  EXPECT_THAT(ReviewOrder("employees/a", absl::UnixEpoch(), &order), HasReason("SEPARATION_OF_DUTIES"));
  EXPECT_THAT(ReviewOrder("employees/b", absl::UnixEpoch(), &order), IsOk());
}

// C-18, C-19: what may be changed of an order, over all its states, on hold or not.
TEST(OrderTest, AnOrderIsChangedUntilItIsReleased) {
  using order::v1::OrderState;
  const auto* states = order::v1::OrderState_descriptor();
  for (int i = 1; i < states->value_count(); ++i) {
    const auto state = static_cast<OrderState>(states->value(i)->number());
    Order order = Parse(Line("p", "3", "10"));
    order.set_state(state);
    Order other = order;
    other.set_remark("by noon");
    const bool open = state == order::v1::ORDER_STATE_ENTERED || state == order::v1::ORDER_STATE_REVIEWED;
    if (state != order::v1::ORDER_STATE_ON_HOLD) {
      EXPECT_EQ(CheckChangeable(order, other).ok(), open) << states->value(i)->name();
    }
    order.set_state(order::v1::ORDER_STATE_ON_HOLD);
    order.set_state_before(state);
    EXPECT_EQ(CheckChangeable(order, other).ok(), open) << "on hold, " << states->value(i)->name();
    other.set_order_date("2026-01-06");
    EXPECT_THAT(CheckChangeable(order, other), HasReason("ORDER_FROZEN"));
  }
}

// C-19
TEST(OrderTest, AReviewHoldsWhileWhatItLookedAtStays) {
  const Order order = Parse("purchase_order_number: 'A' papers { title: 'map' document: 'd' }");
  Order more = order;
  more.add_papers()->set_title("drawing");
  more.set_remark("x");
  EXPECT_TRUE(ReviewStillHolds(order, more));
  Order less = order;
  less.clear_papers();
  EXPECT_FALSE(ReviewStillHolds(order, less));
  for (const char* change :
       {"purchase_order_number: 'B'", "ordered_by: 'Li'", "channel: 'fax'", "required_date: '2026-02-01'"}) {
    Order changed = order;
    changed.MergeFrom(Parse(change));
    EXPECT_FALSE(ReviewStillHolds(order, changed)) << change;
  }
}

// C-21: what was given can always be taken back by those above and by the one who gave it.
TEST(ReleaseAuthorityTest, IsTakenBackByTheGrantorAndByWhoeverHoldsAsMuch) {
  const auto authority = [](const std::string& text) {
    order::v1::ReleaseAuthority parsed;
    EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(
        absl::StrCat("state: RELEASE_AUTHORITY_STATE_ACTIVE ", text), &parsed));
    return parsed;
  };
  const std::string bound = "currency: 'CNY' max_amount { currency_code: 'CNY' units: ";
  // His own was renewed today.
  const ReleaseAuthorities held = {authority(absl::StrCat("role: 'FD' valid_from: '2026-02-01' ", bound, "100 }")),
                                   authority(absl::StrCat("role: 'SM' valid_from: '2026-01-01' ", bound, "10 }"))};
  const order::v1::ReleaseAuthority given =
      authority(absl::StrCat("role: 'SM' valid_from: '2025-01-01' grantor: 'employees/former' ", bound, "50 }"));
  const Decider director{"employees/fd", {"FD"}}, manager{"employees/sm", {"SM"}}, former{"employees/former", {}};
  EXPECT_THAT(CheckReleaseGrantable(given, director, held, "2026-02-01"), HasReason("GRANT_EXCEEDS_OWN"));
  EXPECT_THAT(CheckReleaseRevocable(given, director, held, "2026-02-01"), IsOk());
  EXPECT_THAT(CheckReleaseRevocable(given, former, held, "2026-02-01"), IsOk()) << "he gave it";
  EXPECT_THAT(CheckReleaseRevocable(given, manager, held, "2026-02-01"), HasReason("GRANT_EXCEEDS_OWN"));
  EXPECT_THAT(CheckReleaseRevocable(held[0], director, held, "2026-02-01"), IsOk()) << "nobody is above him";
}

// C-04: gifts are ordered as they were approved: without a price, no more of them, nothing else, and never without
// something that is sold.
TEST(OrderTest, GiftsAreThoseThatWereAgreed) {
  AgreedTerms terms = Terms();
  terms.lines.push_back({"a", D("0"), D("2"), "13"});
  terms.lines.back().gift = true;
  const auto gift = [](const std::string& product, const std::string& quantity, const std::string& price) {
    Order order = Parse(Line("b", "1", "") + Line(product, quantity, price));
    order.mutable_lines(1)->set_gift(true);
    return order;
  };
  Order order = gift("a", "2", "");
  ASSERT_THAT(TakeAgreedPrices(terms, &order), IsOk());
  ASSERT_THAT(ComputeOrder(&order, /*agreed=*/true), IsOk());
  EXPECT_TRUE(AmountIn(order.lines(1).unit_price(), "CNY", "x")->is_zero());
  EXPECT_TRUE(AmountIn(order.lines(1).tax(), "CNY", "x")->is_zero());
  EXPECT_EQ(*AmountIn(order.total(), "CNY", "x"), D("7.5")) << "the gift adds nothing";
  order = gift("a", "2.5", "");
  EXPECT_THAT(TakeAgreedPrices(terms, &order), HasReason("QUANTITY_NOT_AGREED"));
  order = gift("a", "1", "10");
  EXPECT_THAT(TakeAgreedPrices(terms, &order), HasReason("PRICE_NOT_AGREED"));
  order = gift("b", "1", "");
  EXPECT_THAT(TakeAgreedPrices(terms, &order), HasReason("PRODUCT_NOT_AGREED")) << "sold, but not given";
  // What costs nothing is not a gift, and the other way round.
  order = Parse(Line("a", "1", "0"));
  EXPECT_THAT(TakeAgreedPrices(terms, &order), HasReason("PRICE_NOT_AGREED"));
  order = gift("a", "1", "");
  order.mutable_lines()->DeleteSubrange(0, 1);
  EXPECT_THAT(TakeAgreedPrices(terms, &order), HasReason("GIFT_WITHOUT_SALE"));
  terms.sold = true;
  EXPECT_THAT(TakeAgreedPrices(terms, &order), IsOk()) << "the rest was ordered before";
  // An import is not asked what was agreed, but a gift with a price is none.
  order = gift("a", "1", "10");
  SetAmount(D("7.5"), "CNY", order.mutable_lines(0)->mutable_unit_price());
  EXPECT_THAT(ComputeOrder(&order), NamesField("order.lines[1].unit_price"));
  order.mutable_lines(1)->clear_unit_price();
  EXPECT_THAT(ComputeOrder(&order), IsOk());
}

}  // namespace
}  // namespace kam::contract::rules
