// What a customer is credited for goods that came back, over real gRPC and MariaDB (C-09, C-24, C-33, C-34).
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/mysql/migrate.h"
#include "common/testing/matchers.h"
#include "contract-svc/context.h"
#include "contract-svc/testing/amendment_fixture.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/type/money.pb.h"
#include "kam/order/v1/delivery_service.pb.h"
#include "kam/receivable/v1/invoice_service.pb.h"
#include "kam/receivable/v1/receipt_service.pb.h"

namespace kam::contract::testing {
namespace {

using kam::testing::HasReason;
using kam::testing::IsOk;
using kam::testing::StatusIs;
namespace rpb = receivable::v1;

class ReturnCreditTest : public AmendmentTest {
 protected:
  void SetUp() override {
    AmendmentTest::SetUp();
    SetLimit(account_, "UNLIMITED", "");
    contract_ = NewContract(account_, /*credit=*/true);
  }
  // So many pieces at 10 are delivered.
  std::string Delivered(const std::string& quantity) {
    const std::string order = Enter(contract_, quantity)->name();
    SalesTest::Review(order);
    Release(order);
    Deliver(order, quantity);
    return order;
  }
  // Of the notes that stand.
  Decimal Notes(const std::string& what = "COALESCE(SUM(amount_amount), 0)") {
    return Sql(absl::StrCat("SELECT CAST(", what, " AS CHAR) FROM receipts WHERE account = '", IdOf(account_),
                            "' AND payment_method = 'CREDIT_NOTE' AND state = 'MARKED'"));
  }
  Decimal OfLine(const std::string& column, const std::string& table, const std::string& order, int line) {
    return Sql(absl::StrCat("SELECT CAST(COALESCE(SUM(", column, "), 0) AS CHAR) FROM ", table, " WHERE order_id = '",
                            IdOf(order), "' AND order_line = ", line));
  }
  absl::StatusOr<v1::ContractCommitment> TakeBack(const auth::Principal& who, const std::string& order, int line,
                                                  const std::string& receipt, const std::string& more) {
    return Call<v1::ContractCommitment, v1::TakeBackCommitmentReturnRequest>(
        who, absl::StrCat(kContracts, "TakeBackCommitmentReturn"),
        absl::StrCat("name: '", contract_, "' order: '", order, "' order_line_number: ", line, " goods_receipt: '",
                     receipt, "' ", more));
  }

  std::string contract_;
};

// C-09, C-34: a return that was recorded for the wrong line is taken back by somebody else, with its money, and
// recorded for the right one: as if it had been so at once.
TEST_F(ReturnCreditTest, AReturnOfTheWrongLineIsTakenBack) {
  const std::string order =
      Enter(contract_, "20", absl::StrCat("lines { product: '", product_a_, "' quantity: '10' }"))->name();
  SalesTest::Review(order);
  Release(order);
  const std::string delivery =
      Do<order::v1::Delivery, order::v1::CreateDeliveryRequest>(
          kax_, absl::StrCat(kDeliveries, "CreateDelivery"),
          absl::StrCat("delivery { order: '", order, "' planned_date: '2026-01-06' place: 'Site' deliverer: '",
                       kax_.subject,
                       "' lines { line_number: 1 quantity: '20' } lines { line_number: 2 quantity: '10' } checklist { "
                       "title: 'keys' done: true } }"))
          .name();
  Do<order::v1::Delivery, order::v1::ShipDeliveryRequest>(wh_, absl::StrCat(kDeliveries, "ShipDelivery"),
                                                          absl::StrCat("name: '", delivery, "'"));
  Do<order::v1::Delivery, order::v1::AcceptDeliveryRequest>(
      kax_, absl::StrCat(kDeliveries, "AcceptDelivery"),
      absl::StrCat("name: '", delivery, "' signatory: 'Wang' signature_document: 'scan/1'"));
  const std::string invoice = Invoice(order).name();
  const std::string receipt = CountBack(order, "5");
  RecordReturn(contract_, order, 2, "5", receipt);
  EXPECT_EQ(Notes(), D("50"));
  const std::string note = harness()
                               .db()
                               .Get(absl::StrCat("SELECT id FROM receipts WHERE account = '", IdOf(account_),
                                                 "' AND payment_method = 'CREDIT_NOTE'"))
                               .text();
  Do<rpb::Receipt, rpb::AllocateReceiptRequest>(
      acc_, absl::StrCat(kReceipts, "AllocateReceipt"),
      absl::StrCat("name: 'receipts/", note, "' allocations { target: '", invoice, "' amount ", MoneyText("50"), " }"));
  EXPECT_EQ(Amount(Exposure(account_).open()), D("250"));

  const auth::Principal other = harness().PrincipalFor("SAD", harness().NewId());
  EXPECT_THAT(TakeBack(sad_, order, 2, receipt, "reason: 'wrong line'"), HasReason("SEPARATION_OF_DUTIES"));
  EXPECT_THAT(TakeBack(kax_, order, 2, receipt, "reason: 'x'"), StatusIs(absl::StatusCode::kPermissionDenied));
  EXPECT_THAT(TakeBack(other, order, 2, receipt, ""), HasReason("REASON_REQUIRED"));
  EXPECT_THAT(TakeBack(other, order, 1, receipt, "reason: 'x'"), HasReason("RETURN_NOT_RECORDED"));
  ASSERT_THAT(TakeBack(other, order, 2, receipt, "reason: 'wrong line'"), IsOk());
  EXPECT_THAT(TakeBack(other, order, 2, receipt, "reason: 'again'"), HasReason("RETURN_NOT_RECORDED"));
  EXPECT_EQ(Notes(), D("0"));
  EXPECT_EQ(Amount(Exposure(account_).open()), D("300")) << "what the note had paid is open again";
  EXPECT_EQ(OfLine("returned", "contract_draws", order, 2), D("0"));
  EXPECT_EQ(OfLine("net_amount", "contract_return_credits", order, 2), D("0")) << "the rebate counts it again";
  ExpectBooksRight(account_);

  RecordReturn(contract_, order, 1, "5", receipt);
  EXPECT_EQ(Notes(), D("50"));
  EXPECT_EQ(OfLine("returned", "contract_draws", order, 1), D("5"));
  EXPECT_EQ(OfLine("net_amount", "contract_return_credits", order, 1), D("50"));
  EXPECT_EQ(Sql(absl::StrCat("SELECT CAST(SUM(quantity) AS CHAR) FROM contract_returns WHERE order_id = '", IdOf(order),
                             "'")),
            D("5"));
  EXPECT_EQ(Sql(absl::StrCat("SELECT CAST(returned AS CHAR) FROM contract_commitments WHERE contract = '",
                             IdOf(contract_), "' AND line_number = 1")),
            D("5"));
  ExpectBooksRight(account_);
}

// C-24, C-33: who never paid and does not owe it any more is not given it again.
TEST_F(ReturnCreditTest, WhatWasWrittenOffIsNotCredited) {
  const std::string all = Delivered("10");
  WriteOff(Invoice(all).name(), "100");
  SendBack(contract_, all, "10");
  EXPECT_EQ(Notes("COUNT(id)"), D("0"));
  EXPECT_EQ(OfLine("net_amount", "contract_return_credits", all, 1), D("100")) << "it is no volume of a rebate";
  const std::string part = Delivered("10");
  WriteOff(Invoice(part).name(), "40");
  SendBack(contract_, part, "3");
  EXPECT_EQ(Notes("COUNT(id)"), D("0")) << "30 of the 40";
  SendBack(contract_, part, "7");
  EXPECT_EQ(Notes(), D("60"));
  ExpectBooksRight(account_);
}

// C-24, C-33: what is written off of one line is not taken from the money that was paid for another.
TEST_F(ReturnCreditTest, AWriteOffIsKeptOffTheGoodsThatItIsOf) {
  const std::string order =
      Enter(contract_, "10", absl::StrCat("lines { product: '", product_a_, "' quantity: '5' }"))->name();
  SalesTest::Review(order);
  Release(order);
  const auto hand_over = [&](int line, const std::string& quantity) {
    const std::string delivery =
        Do<order::v1::Delivery, order::v1::CreateDeliveryRequest>(
            kax_, absl::StrCat(kDeliveries, "CreateDelivery"),
            absl::StrCat("delivery { order: '", order, "' planned_date: '2026-01-06' place: 'Site' deliverer: '",
                         kax_.subject, "' lines { line_number: ", line, " quantity: '", quantity,
                         "' } checklist { title: 'keys' done: true } }"))
            .name();
    Do<order::v1::Delivery, order::v1::ShipDeliveryRequest>(wh_, absl::StrCat(kDeliveries, "ShipDelivery"),
                                                            absl::StrCat("name: '", delivery, "'"));
    Do<order::v1::Delivery, order::v1::AcceptDeliveryRequest>(
        kax_, absl::StrCat(kDeliveries, "AcceptDelivery"),
        absl::StrCat("name: '", delivery, "' signatory: 'Wang' signature_document: 'scan/1'"));
    return Invoice(order).name();
  };
  const std::string first = hand_over(1, "10");
  Pay(account_, "70", first);
  WriteOff(first, "30");
  Pay(account_, "50", hand_over(2, "5"));
  RecordReturn(contract_, order, 2, "5", CountBack(order, "5"));
  EXPECT_EQ(Notes(), D("50")) << "all that was paid for it";
  RecordReturn(contract_, order, 1, "5", CountBack(order, "5"));
  EXPECT_EQ(Notes(), D("70")) << "50 less 30";
  ExpectBooksRight(account_);
}

// C-09: a program of the release before knows of no credit; what it writes down is credited with the invoice.
TEST_F(ReturnCreditTest, AReturnWrittenDownByTheReleaseBeforeIsCredited) {
  const std::string order = Delivered("10");
  const std::string receipt = CountBack(order, "2");
  harness().db().Execute(absl::StrCat(
      "INSERT INTO contract_returns (entry_id, goods_receipt, product, contract, order_id, order_line, quantity, "
      "entry_time, actor) VALUES ('",
      harness().NewId(), "', '", IdOf(receipt), "', '", IdOf(product_a_), "', '", IdOf(contract_), "', '", IdOf(order),
      "', 1, 2, '2026-01-05', '", sad_.subject, "')"));
  EXPECT_EQ(Notes(), D("0"));
  Invoice(order);
  EXPECT_EQ(Notes(), D("20"));
}

// C-09: returns of before there were credit notes count as far as they were invoiced, and their invoice may be
// replaced.
TEST_F(ReturnCreditTest, ReturnsOfBeforeCountAsFarAsTheyWereInvoiced) {
  const std::string order = Delivered("5");
  const std::string invoice = Invoice(order).name();
  const std::string receipt = CountBack(order, "5");
  for (const char* quantity : {"3", "4"}) {
    harness().db().Execute(absl::StrCat(
        "INSERT INTO contract_returns (entry_id, goods_receipt, product, contract, order_id, order_line, quantity, "
        "credit_open, entry_time, actor) VALUES ('",
        harness().NewId(), "', '", IdOf(receipt), "', '", IdOf(product_a_), "', '", IdOf(contract_), "', '",
        IdOf(order), "', 1, ", quantity, ", 0, '2026-01-05', '", sad_.subject, "')"));
  }
  const auto migrations = mysql::ReadMigrations("contract-svc/schema");
  ASSERT_THAT(migrations, IsOk());
  int found = 0;
  for (const mysql::Migration& migration : *migrations) {
    if (!absl::EndsWith(migration.name, "_contracts_return_credits.sql")) continue;
    for (const std::string& statement : mysql::SplitStatements(migration.sql)) {
      if (!absl::StrContains(statement, "INSERT INTO contract_return_credits")) continue;
      harness().db().Execute(statement);
      ++found;
    }
  }
  ASSERT_EQ(found, 1);
  EXPECT_EQ(OfLine("quantity", "contract_return_credits", order, 1), D("5")) << "of seven, five were invoiced";
  EXPECT_EQ(OfLine("net_amount", "contract_return_credits", order, 1), D("50"));
  Do<rpb::Invoice, rpb::CancelInvoiceRequest>(acc_, absl::StrCat(kInvoices, "CancelInvoice"),
                                              absl::StrCat("name: '", invoice, "' reason: 'two are kept'"));
  EXPECT_EQ(OfLine("quantity", "contract_return_credits", order, 1), D("0"));
  EXPECT_EQ(OfLine("net_amount", "contract_return_credits", order, 1), D("0"));
  EXPECT_EQ(Notes("COUNT(id)"), D("0"));
}

}  // namespace
}  // namespace kam::contract::testing
