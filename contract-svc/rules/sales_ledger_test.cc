#include "contract-svc/rules/sales_ledger.h"

#include "common/status/status.h"
#include "common/testing/matchers.h"
#include "contract-svc/rules/amounts.h"
#include "gmock/gmock.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/type/money.pb.h"
#include "gtest/gtest.h"
#include "kam/receivable/v1/invoice.pb.h"
#include "kam/receivable/v1/receipt.pb.h"

namespace kam::contract::rules {
namespace {

using kam::testing::HasReason;
using kam::testing::IsOk;
namespace pb = order::v1;
namespace rpb = receivable::v1;

Decimal D(const std::string& text) { return *Decimal::Parse(text); }

// C-28: over all pairs of states: one line when an invoice is issued, one when an issued one is cancelled.
TEST(SalesLedgerTest, InvoicesWriteOneLineEachWay) {
  const auto* states = rpb::InvoiceState_descriptor();
  for (int from = 0; from < states->value_count(); ++from) {
    for (int to = 1; to < states->value_count(); ++to) {
      rpb::Invoice before, after;
      before.set_state(static_cast<rpb::InvoiceState>(from));
      after.set_state(static_cast<rpb::InvoiceState>(to));
      SetAmount(D("113"), "CNY", after.mutable_total());
      SetAmount(D("13"), "CNY", after.mutable_tax_total());
      const auto entry = EntryOf(from == 0 ? nullptr : &before, after, "2026-01-05");
      ASSERT_THAT(entry, IsOk());
      const bool open_before = from == rpb::INVOICE_STATE_ISSUED || from == rpb::INVOICE_STATE_PARTIALLY_PAID ||
                               from == rpb::INVOICE_STATE_PAID;
      const bool open_after =
          to == rpb::INVOICE_STATE_ISSUED || to == rpb::INVOICE_STATE_PARTIALLY_PAID || to == rpb::INVOICE_STATE_PAID;
      const bool sale = from <= rpb::INVOICE_STATE_DRAFT && open_after;
      const bool back = open_before && to == rpb::INVOICE_STATE_CANCELLED;
      ASSERT_EQ(entry->has_value(), sale || back) << from << " to " << to;
      if (!entry->has_value()) continue;
      EXPECT_EQ((*entry)->kind(), sale ? pb::LEDGER_ENTRY_KIND_SALE : pb::LEDGER_ENTRY_KIND_SALE_CANCELLED);
      EXPECT_EQ(*AmountIn((*entry)->revenue(), "CNY", "x"), D(sale ? "113" : "-113"));
      EXPECT_EQ(*AmountIn((*entry)->tax(), "CNY", "x"), D(sale ? "13" : "-13"));
      EXPECT_EQ((*entry)->month(), "2026-01");
    }
  }
}

// C-28, C-30
TEST(SalesLedgerTest, MoneyIsWrittenWhenItCountsAndWhenItGoesBack) {
  rpb::Receipt recorded, marked;
  recorded.set_state(rpb::RECEIPT_STATE_RECORDED);
  marked = recorded;
  marked.set_state(rpb::RECEIPT_STATE_MARKED);
  marked.add_allocations()->set_target("orders/o");
  SetAmount(D("5"), "CNY", marked.mutable_amount());
  const auto payment = EntryOf(&recorded, marked, "2026-01-05");
  ASSERT_TRUE(payment.ok() && payment->has_value());
  EXPECT_EQ((*payment)->kind(), pb::LEDGER_ENTRY_KIND_PAYMENT);
  EXPECT_EQ((*payment)->order(), "orders/o");
  EXPECT_FALSE(EntryOf(&marked, marked, "2026-01-05")->has_value()) << "an allocation is no payment";
  rpb::Receipt reversed = marked;
  reversed.clear_allocations();
  reversed.set_state(rpb::RECEIPT_STATE_REVERSED);
  const auto back = EntryOf(&marked, reversed, "2026-02-01");
  ASSERT_TRUE(back.ok() && back->has_value());
  EXPECT_EQ(*AmountIn((*back)->payment(), "CNY", "x"), D("-5"));
  EXPECT_EQ((*back)->order(), "orders/o");
  EXPECT_EQ((*back)->month(), "2026-02");
  marked.set_history(true);
  EXPECT_FALSE(EntryOf(nullptr, marked, "2026-01-05")->has_value()) << "history is not of today";
}

// C-28
TEST(SalesLedgerTest, AMonthIsClosedWhenItIsOverAndComplete) {
  MonthFacts facts;
  facts.today = "2026-01-31";
  EXPECT_THAT(CheckClosable("2026-01", facts), HasReason("LEDGER_MONTH_NOT_OVER"));
  facts.today = "2026-02-01";
  EXPECT_THAT(CheckClosable("2026-01", facts), IsOk());
  facts.without_voucher = 2;
  EXPECT_THAT(CheckClosable("2026-01", facts), HasReason("VOUCHER_MISSING"));
  facts.open_before = "2025-12";
  EXPECT_THAT(CheckClosable("2026-01", facts), HasReason("LEDGER_MONTH_SEQUENCE"));
  for (const char* month : {"2026-13", "2026-1", "2026-001", "202601", ""}) {
    EXPECT_THAT(CheckMonth(month, "month"), HasReason("MONTH_MALFORMED")) << month;
  }
}

// C-28
TEST(SalesLedgerTest, ALineIsEnteredInEverySystemOnce) {
  pb::SalesLedgerEntry entry;
  for (const pb::LedgerSystem system : {pb::LEDGER_SYSTEM_CRM, pb::LEDGER_SYSTEM_FINANCE, pb::LEDGER_SYSTEM_DMS}) {
    EXPECT_THAT(MarkEntered(system, absl::UnixEpoch(), &entry), IsOk());
    EXPECT_THAT(MarkEntered(system, absl::UnixEpoch(), &entry), HasReason("ENTERED_ALREADY"));
    EXPECT_THAT(TakeBackEntered(system, &entry), IsOk());
    EXPECT_THAT(TakeBackEntered(system, &entry), HasReason("NOT_ENTERED"));
    EXPECT_THAT(MarkEntered(system, absl::UnixEpoch(), &entry), IsOk());
  }
  EXPECT_THAT(CheckReportPeriod("2026-01-01", "2026-12-31"), IsOk());
  EXPECT_THAT(CheckReportPeriod("2026-01-01", "2027-01-02"), HasReason("PERIOD_INVALID"));
  EXPECT_THAT(CheckReportPeriod("2026-01-02", "2026-01-01"), HasReason("PERIOD_INVALID"));
  pb::SummarizeSalesRequest request;
  request.set_from_date("2026-01-01");
  request.set_to_date("2026-02-01");
  EXPECT_THAT(CheckSalesPeriod(request), IsOk());
  request.set_by_product(true);
  EXPECT_THAT(CheckSalesPeriod(request), HasReason("PERIOD_INVALID"));
  request.set_to_date("2026-01-31");
  EXPECT_THAT(CheckSalesPeriod(request), IsOk());
  request.set_to_date("2026-12-31");
  request.set_by(pb::SALES_PERIOD_MONTH);
  EXPECT_THAT(CheckSalesPeriod(request), IsOk());
}

// C-28: the original voucher is not exchanged without a word.
TEST(SalesLedgerTest, AVoucherIsFiledOnceOrWithAReason) {
  pb::SalesLedgerEntry entry;
  EXPECT_THAT(FileVoucher("file 1", "", "employees/a", &entry), IsOk());
  EXPECT_THAT(FileVoucher("file 2", " ", "employees/b", &entry), HasReason("VOUCHER_FILED"));
  EXPECT_EQ(entry.voucher(), "file 1");
  EXPECT_EQ(entry.voucher_recorder(), "employees/a");
  EXPECT_THAT(FileVoucher("file 2", "moved to the new room", "employees/b", &entry), IsOk());
  EXPECT_EQ(entry.voucher(), "file 2");
  EXPECT_EQ(entry.voucher_recorder(), "employees/b");
}

// C-28
TEST(SalesLedgerTest, WhatIsLateStandsAfterTheClosedMonth) {
  const auto moved = [](const std::string& day, const std::string& closed) {
    pb::SalesLedgerEntry entry;
    entry.set_entry_date(day);
    entry.set_month(day.substr(0, 7));
    EXPECT_THAT(MoveToOpenMonth(closed, &entry), IsOk());
    EXPECT_EQ(entry.month(), entry.entry_date().substr(0, 7));
    return entry.entry_date();
  };
  EXPECT_EQ(moved("2026-01-31", ""), "2026-01-31");
  EXPECT_EQ(moved("2026-02-01", "2026-01"), "2026-02-01");
  EXPECT_EQ(moved("2026-01-31", "2026-01"), "2026-02-01");
  EXPECT_EQ(moved("2025-11-30", "2025-12"), "2026-01-01");
}

}  // namespace
}  // namespace kam::contract::rules
