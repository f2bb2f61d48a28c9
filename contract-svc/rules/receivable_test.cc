#include "contract-svc/rules/receivable.h"

#include <rapidcheck.h>

#include "absl/strings/str_cat.h"
#include "common/status/status.h"
#include "common/testing/matchers.h"
#include "contract-svc/rules/amounts.h"
#include "contract-svc/rules/order.h"
#include "gmock/gmock.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/type/money.pb.h"
#include "gtest/gtest.h"
#include "kam/order/v1/order.pb.h"
#include "kam/receivable/v1/invoice.pb.h"
#include "kam/receivable/v1/receipt.pb.h"

namespace kam::contract::rules {
namespace {

using kam::testing::HasReason;
using kam::testing::IsOk;
using kam::testing::NamesField;
namespace rpb = receivable::v1;

Decimal D(const std::string& text) { return *Decimal::Parse(text); }

order::v1::Order MakeOrder(const std::string& quantity, const std::string& price, const std::string& rate) {
  order::v1::Order order;
  order.set_name("orders/o");
  order.set_currency("CNY");
  order::v1::OrderLine* line = order.add_lines();
  line->set_quantity(quantity);
  line->set_tax_rate(rate);
  SetAmount(D(price), "CNY", line->mutable_unit_price());
  EXPECT_THAT(ComputeOrder(&order), IsOk());
  return order;
}

Decimal Of(const google::type::Money& money) { return *AmountIn(money, "CNY", "x"); }

// C-32: bounds are last days of a bucket.
TEST(AgeingTest, BucketsBeginTheDayAfterTheBound) {
  const AgeingBounds bounds = kAgeingBoundsDefault;
  const std::pair<int64_t, int> cases[] = {{-5, 0}, {0, 0},  {1, 1},  {30, 1}, {31, 2},
                                           {60, 2}, {61, 3}, {90, 3}, {91, 4}};
  for (const auto& [days, bucket] : cases) EXPECT_EQ(AgeingBucket(days, bounds), bucket) << days;
  EXPECT_THAT(CheckBounds({30, 30, 90}), HasReason("AGEING_BOUNDS_INVALID"));
  EXPECT_THAT(CheckBounds({0, 30, 90}), HasReason("AGEING_BOUNDS_INVALID"));
}

// C-32: average receivables / credit sales x days.
TEST(AgeingTest, TurnoverDays) {
  EXPECT_EQ(*TurnoverDays(D("100"), D("300"), D("600"), 90), "30");
  EXPECT_EQ(*TurnoverDays(D("100"), D("0"), D("3"), 30), "500");
  EXPECT_EQ(*TurnoverDays(D("100"), D("0"), D("0"), 30), "");
}

// C-29: only what was delivered.
TEST(InvoiceTest, NothingIsInvoicedThatWasNotDelivered) {
  order::v1::Order order = MakeOrder("10", "3", "");
  EXPECT_THAT(OpenForInvoice(order), HasReason("NOTHING_TO_INVOICE"));
  order.mutable_lines(0)->set_delivered_quantity("4");
  rpb::Invoice invoice;
  const absl::Status status = FillInvoice(order, {{1, D("5")}}, &invoice);
  EXPECT_THAT(status, HasReason("QUANTITY_NOT_DELIVERED"));
  EXPECT_EQ(MetadataValue(status, "delivered"), "4");
  EXPECT_THAT(FillInvoice(order, {{2, D("1")}}, &invoice), HasReason("ORDER_LINE_UNKNOWN"));
  EXPECT_THAT(FillInvoice(order, {{1, D("2")}, {1, D("2")}}, &invoice), HasReason("LINE_NUMBER_REPEATED"));
  ASSERT_THAT(FillInvoice(order, {{1, D("4")}}, &invoice), IsOk());
  EXPECT_EQ(Of(invoice.total()), D("12"));
}

// C-29: invoices over parts of a line add up to the line, to the last cent, tax included.
TEST(InvoiceTest, PartsAddUpToTheWhole) {
  rc::check([] {
    const int pieces = *rc::gen::inRange(1, 20);
    const std::string price = absl::StrCat(*rc::gen::inRange(0, 1000), ".", *rc::gen::inRange(0, 9999));
    order::v1::Order order = MakeOrder(absl::StrCat(pieces), price, "13");
    order.mutable_lines(0)->set_delivered_quantity(absl::StrCat(pieces));
    Decimal sum;
    int left = pieces;
    while (left > 0) {
      const int part = *rc::gen::inRange(1, left + 1);
      rpb::Invoice invoice;
      RC_ASSERT(FillInvoice(order, {{1, Decimal::FromInt(part)}}, &invoice).ok());
      RC_ASSERT(CountInvoice(invoice, 1, &order).ok());
      sum = *Add(sum, Of(invoice.total()));
      RC_ASSERT(Of(invoice.total()) == *Add(Of(invoice.net_total()), Of(invoice.tax_total())));
      left -= part;
    }
    RC_ASSERT(sum == Of(order.total()));
    RC_ASSERT(*FullyInvoiced(order));
    RC_ASSERT(*InvoicedTotal(order) == Of(order.total()));
  });
}

rpb::Invoice Issued(const char* total) {
  rpb::Invoice invoice;
  invoice.set_name("invoices/i");
  invoice.set_currency("CNY");
  invoice.set_state(rpb::INVOICE_STATE_ISSUED);
  SetAmount(D(total), "CNY", invoice.mutable_total());
  return invoice;
}

TEST(InvoiceTest, PaymentsNeverExceedIt) {
  rpb::Invoice invoice = Issued("100");
  EXPECT_THAT(PayInvoice(D("60"), "a", &invoice), IsOk());
  EXPECT_EQ(invoice.state(), rpb::INVOICE_STATE_PARTIALLY_PAID);
  EXPECT_THAT(PayInvoice(D("40.01"), "a", &invoice), HasReason("ALLOCATION_EXCEEDS_TARGET"));
  EXPECT_THAT(PayInvoice(D("40"), "a", &invoice), IsOk());
  EXPECT_EQ(invoice.state(), rpb::INVOICE_STATE_PAID);
  EXPECT_THAT(PayInvoice(D("1"), "a", &invoice), HasReason("TARGET_NOT_OPEN"));
}

// C-29: a payment finds an open invoice only.
TEST(InvoiceTest, EveryStateTakesAPaymentOrRefusesIt) {
  for (int state = rpb::InvoiceState_MIN; state <= rpb::InvoiceState_MAX; ++state) {
    rpb::Invoice invoice = Issued("100");
    invoice.set_state(static_cast<rpb::InvoiceState>(state));
    const bool open = state == rpb::INVOICE_STATE_ISSUED || state == rpb::INVOICE_STATE_PARTIALLY_PAID;
    EXPECT_EQ(PayInvoice(D("1"), "a", &invoice).ok(), open) << rpb::InvoiceState_Name(invoice.state());
  }
}

// C-29: each hand-over is acknowledged once, by whoever got the paper.
TEST(InvoiceTest, HandoverIsAcknowledgedByTheReceiver) {
  rpb::Invoice invoice = Issued("1");
  rpb::Handover* inside = invoice.add_handovers();
  inside->set_giver("employees/a");
  inside->set_receiver("employees/b");
  rpb::Handover* outside = invoice.add_handovers();
  outside->set_giver("employees/a");
  outside->set_receiver_name("Wang");
  const absl::Time now = absl::UnixEpoch();
  EXPECT_THAT(AcknowledgeHandover(3, "employees/b", now, &invoice), HasReason("HANDOVER_NOT_FOUND"));
  EXPECT_THAT(AcknowledgeHandover(1, "employees/a", now, &invoice), HasReason("NOT_THE_RECEIVER"));
  EXPECT_THAT(AcknowledgeHandover(1, "employees/b", now, &invoice), IsOk());
  EXPECT_THAT(AcknowledgeHandover(1, "employees/b", now, &invoice), HasReason("HANDOVER_ACKNOWLEDGED"));
  EXPECT_THAT(AcknowledgeHandover(2, "employees/a", now, &invoice), HasReason("NOT_THE_RECEIVER"));
  EXPECT_THAT(AcknowledgeHandover(2, "employees/c", now, &invoice), IsOk());
}

rpb::Receipt MakeReceipt(rpb::PaymentMethod method) {
  rpb::Receipt receipt;
  receipt.set_name("receipts/r");
  receipt.set_received_date("2026-01-05");
  receipt.set_method(method);
  SetAmount(D("100"), "CNY", receipt.mutable_amount());
  return receipt;
}

// C-30, R-15
TEST(ReceiptTest, ChequeWaitsForTheGeneralManager) {
  rpb::Receipt cheque = MakeReceipt(rpb::PAYMENT_METHOD_CHEQUE);
  EXPECT_THAT(RecordReceipt("employees/c", "2026-01-05", &cheque), HasReason("CHEQUE_NUMBER_REQUIRED"));
  cheque.set_cheque_number("7");
  ASSERT_THAT(RecordReceipt("employees/c", "2026-01-05", &cheque), IsOk());
  EXPECT_EQ(cheque.state(), rpb::RECEIPT_STATE_AWAITING_APPROVAL);
  EXPECT_THAT(ApproveCheque("employees/c", absl::UnixEpoch(), &cheque), HasReason("SEPARATION_OF_DUTIES"));
  EXPECT_THAT(ApproveCheque("employees/gm", absl::UnixEpoch(), &cheque), IsOk());
  rpb::Receipt cash = MakeReceipt(rpb::PAYMENT_METHOD_CASH);
  ASSERT_THAT(RecordReceipt("employees/c", "2026-01-05", &cash), IsOk());
  EXPECT_EQ(cash.state(), rpb::RECEIPT_STATE_RECORDED);
}

// C-30
TEST(ReceiptTest, WhatIsAllocatedIsNeverMoreThanWhatCameIn) {
  rpb::Receipt receipt = MakeReceipt(rpb::PAYMENT_METHOD_CASH);
  rpb::Allocation* allocation = receipt.add_allocations();
  SetAmount(D("100.01"), "CNY", allocation->mutable_amount());
  EXPECT_THAT(RecordReceipt("employees/c", "2026-01-05", &receipt), HasReason("ALLOCATIONS_EXCEED_RECEIPT"));
  receipt.clear_allocations();
  EXPECT_THAT(RecordReceipt("employees/c", "2026-01-04", &receipt), NamesField("receipt.received_date"));
  ASSERT_THAT(RecordReceipt("employees/c", "2026-01-05", &receipt), IsOk());
  EXPECT_THAT(ConsumeReceipt(D("60"), "a", &receipt), IsOk());
  EXPECT_THAT(ConsumeReceipt(D("40.01"), "a", &receipt), HasReason("RECEIPT_EXHAUSTED"));
  EXPECT_EQ(Of(receipt.unapplied()), D("40"));
  EXPECT_EQ(Of(receipt.allocated()), D("60"));
  EXPECT_THAT(MarkReceipt("employees/c", absl::UnixEpoch(), &receipt), HasReason("SEPARATION_OF_DUTIES"));
}

// C-30: a bounced cheque is taken back by a third person, and says why.
TEST(ReceiptTest, MarkedMoneyIsReversedByAThirdPerson) {
  rpb::Receipt receipt = MakeReceipt(rpb::PAYMENT_METHOD_CASH);
  ASSERT_THAT(RecordReceipt("employees/c", "2026-01-05", &receipt), IsOk());
  ASSERT_THAT(MarkReceipt("employees/m", absl::UnixEpoch(), &receipt), IsOk());
  ASSERT_THAT(ConsumeReceipt(D("60"), "a", &receipt), IsOk());
  SetAmount(D("60"), "CNY", receipt.add_allocations()->mutable_amount());
  const auto reverse = [&](const char* who, const char* why) {
    return ReverseReceipt(who, absl::UnixEpoch(), why, &receipt);
  };
  EXPECT_THAT(reverse("employees/x", " "), HasReason("REASON_REQUIRED"));
  EXPECT_THAT(reverse("employees/c", "bounced"), HasReason("SEPARATION_OF_DUTIES"));
  EXPECT_THAT(reverse("employees/m", "bounced"), HasReason("SEPARATION_OF_DUTIES"));
  ASSERT_THAT(reverse("employees/x", "bounced"), IsOk());
  EXPECT_EQ(Of(receipt.unapplied()), D("100"));
  EXPECT_EQ(Of(receipt.allocated()), D("0"));
  EXPECT_EQ(receipt.allocations_size(), 0);
  EXPECT_EQ(receipt.reverser(), "employees/x");
}

// C-30: what a payment had closed is open again.
TEST(InvoiceTest, APaymentIsTakenBack) {
  rpb::Invoice invoice;
  invoice.set_currency("CNY");
  invoice.set_state(rpb::INVOICE_STATE_PAID);
  SetAmount(D("100"), "CNY", invoice.mutable_total());
  SetAmount(D("100"), "CNY", invoice.mutable_paid());
  ASSERT_THAT(UnpayInvoice(D("40"), &invoice), IsOk());
  EXPECT_EQ(invoice.state(), rpb::INVOICE_STATE_PARTIALLY_PAID);
  ASSERT_THAT(UnpayInvoice(D("60"), &invoice), IsOk());
  EXPECT_EQ(invoice.state(), rpb::INVOICE_STATE_ISSUED);
  EXPECT_FALSE(UnpayInvoice(D("0.01"), &invoice).ok());
}

TEST(AmountsTest, CurrenciesNeverMix) {
  google::type::Money money;
  SetAmount(D("-12.3456"), "USD", &money);
  EXPECT_EQ(money.units(), -12);
  EXPECT_EQ(money.nanos(), -345600000);
  EXPECT_EQ(*AmountIn(money, "USD", "x"), D("-12.3456"));
  EXPECT_THAT(AmountIn(money, "CNY", "x"), HasReason("CURRENCY_MISMATCH"));
  EXPECT_EQ(*AmountIn(google::type::Money(), "CNY", "x"), Decimal());
}

}  // namespace
}  // namespace kam::contract::rules
