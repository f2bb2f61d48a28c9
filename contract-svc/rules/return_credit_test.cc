// Credit for goods that came back (C-09).
#include "contract-svc/rules/return_credit.h"

#include "common/testing/matchers.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace kam::contract::rules {
namespace {

using kam::testing::HasReason;
using kam::testing::IsOk;

Decimal D(absl::string_view text) { return *Decimal::Parse(text); }

// C-09: three pieces for 10.00 and 1.00 tax: part by part to the last cent, and no piece that is not invoiced.
TEST(ReturnCreditTest, PiecesAreCreditedAtWhatWasInvoiced) {
  const LinePart invoiced{D("3"), D("10"), D("1")};
  LinePart credited;
  for (const auto& [net, tax] : {std::pair("3.33", "0.33"), std::pair("3.34", "0.34"), std::pair("3.33", "0.33")}) {
    const absl::StatusOr<LinePart> part = CreditFor(D("1"), invoiced, credited, "CNY");
    ASSERT_THAT(part, IsOk());
    EXPECT_EQ(part->quantity, D("1"));
    EXPECT_EQ(part->net, D(net));
    EXPECT_EQ(part->tax, D(tax));
    credited.quantity = *Add(credited.quantity, part->quantity);
    credited.net = *Add(credited.net, part->net);
    credited.tax = *Add(credited.tax, part->tax);
  }
  EXPECT_EQ(credited.net, invoiced.net);
  EXPECT_EQ(credited.tax, invoiced.tax);
  EXPECT_EQ(CreditFor(D("1"), invoiced, credited, "CNY")->quantity, D("0")) << "every piece once";
}

// C-09
TEST(ReturnCreditTest, OnlyWhatIsInvoiced) {
  const absl::StatusOr<LinePart> part = CreditFor(D("5"), {D("2"), D("20"), D("0")}, {}, "CNY");
  ASSERT_THAT(part, IsOk());
  EXPECT_EQ(part->quantity, D("2"));
  EXPECT_EQ(part->net, D("20"));
  EXPECT_EQ(CreditFor(D("5"), {}, {}, "CNY")->quantity, D("0"));
}

// C-09, C-29
TEST(ReturnCreditTest, InvoicesCoverWhatWasCredited) {
  EXPECT_THAT(CheckCreditCovered("invoices/i", 1, D("5"), D("5")), IsOk());
  const absl::Status status = CheckCreditCovered("invoices/i", 1, D("4"), D("5"));
  EXPECT_THAT(status, HasReason("INVOICE_RETURNS_CREDITED"));
  EXPECT_EQ(MetadataValue(status, "invoiced"), "4");
}

// C-24, C-33: what was written off is kept off the notes once.
TEST(ReturnCreditTest, WhatWasWrittenOffIsKeptOffOnce) {
  EXPECT_EQ(*NoteAmount(D("100"), D("0"), D("0")), D("100"));
  EXPECT_EQ(*NoteAmount(D("100"), D("40"), D("0")), D("60"));
  EXPECT_EQ(*NoteAmount(D("30"), D("40"), D("0")), D("0"));
  EXPECT_EQ(*NoteAmount(D("70"), D("40"), D("30")), D("60"));
  EXPECT_EQ(*NoteAmount(D("70"), D("40"), D("40")), D("70"));
}

// C-09: a part of what was credited, to the cent, and never more than all of it.
TEST(ReturnCreditTest, APartOfWhatWasCredited) {
  const LinePart credited{D("3"), D("10"), D("1.3")};
  EXPECT_EQ(ShareOfCredit(credited, D("1"), "CNY")->net, D("3.33"));
  EXPECT_EQ(ShareOfCredit(credited, D("5"), "CNY")->quantity, D("3"));
  EXPECT_EQ(ShareOfCredit(credited, D("5"), "CNY")->tax, D("1.3"));
  EXPECT_EQ(ShareOfCredit({}, D("5"), "CNY")->quantity, D("0"));
}

}  // namespace
}  // namespace kam::contract::rules
