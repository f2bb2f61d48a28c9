// What a customer is credited for goods that came back, over real gRPC and MariaDB (C-09, C-24, C-33, C-34).
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/mysql/migrate.h"
#include "common/testing/matchers.h"
#include "contract-svc/context.h"
#include "contract-svc/testing/amendment_fixture.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/type/money.pb.h"
#include "kam/contract/v1/rebate_service.pb.h"
#include "kam/order/v1/delivery_service.pb.h"
#include "kam/order/v1/order_service.pb.h"
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

  absl::StatusOr<order::v1::OrderReturns> RecordOrderReturn(const auth::Principal& who, const std::string& order,
                                                            int line, const std::string& quantity,
                                                            const std::string& receipt,
                                                            const std::string& more = "reason: 'wrong colour'") {
    return Call<order::v1::OrderReturns, order::v1::RecordOrderReturnRequest>(
        who, absl::StrCat(kOrders, "RecordOrderReturn"),
        absl::StrCat("name: '", order, "' order_line_number: ", line, " quantity: '", quantity, "' goods_receipt: '",
                     receipt, "' ", more));
  }
  absl::StatusOr<order::v1::OrderReturns> TakeBackOrderReturn(const auth::Principal& who, const std::string& order,
                                                              int line, const std::string& receipt,
                                                              const std::string& more = "reason: 'kept after all'") {
    return Call<order::v1::OrderReturns, order::v1::TakeBackOrderReturnRequest>(
        who, absl::StrCat(kOrders, "TakeBackOrderReturn"),
        absl::StrCat("name: '", order, "' order_line_number: ", line, " goods_receipt: '", receipt, "' ", more));
  }

  std::string contract_;
};

// C-24: goods of an order that refers to a quote come back by the same rules, are credited once a piece, and a mistake
// is taken back with its money.
TEST_F(ReturnCreditTest, GoodsOfAQuoteComeBackAndAreCredited) {
  const std::string order = Enter(NewQuote(account_, "ACCEPTED"), "10")->name();
  SalesTest::Review(order);
  Pay(account_, "100", order);
  Release(order);
  Deliver(order, "10");
  const std::string receipt = CountBack(order, "3");
  EXPECT_THAT(RecordOrderReturn(kax_, order, 1, "3", receipt), StatusIs(absl::StatusCode::kPermissionDenied));
  EXPECT_THAT(RecordOrderReturn(sad_, order, 1, "3", receipt, ""), HasReason("REASON_REQUIRED"));
  EXPECT_THAT(RecordOrderReturn(sad_, order, 9, "3", receipt), HasReason("ORDER_LINE_UNKNOWN"));
  EXPECT_THAT(RecordOrderReturn(sad_, order, 1, "11", receipt), HasReason("RETURN_EXCEEDS_DELIVERY"));
  EXPECT_THAT(RecordOrderReturn(sad_, order, 1, "4", receipt), HasReason("RETURN_EXCEEDS_RECEIPT"));
  auth::Principal store = wh_;
  store.grants["commitment.return"] = auth::Level::kAll;
  EXPECT_THAT(RecordOrderReturn(store, order, 1, "3", receipt), HasReason("SEPARATION_OF_DUTIES"));
  const auto recorded = RecordOrderReturn(sad_, order, 1, "3", receipt);
  ASSERT_THAT(recorded, IsOk());
  ASSERT_EQ(recorded->returns_size(), 1);
  EXPECT_EQ(recorded->returns(0).uncredited_quantity(), "3") << "nothing is invoiced yet";
  EXPECT_EQ(recorded->returns(0).reason(), "wrong colour");
  EXPECT_EQ(Notes("COUNT(id)"), D("0"));
  Invoice(order);
  EXPECT_EQ(Notes(), D("30"));
  EXPECT_THAT(RecordOrderReturn(sad_, order, 1, "1", receipt), HasReason("RETURN_EXCEEDS_RECEIPT"));
  EXPECT_EQ(Sql(absl::StrCat("SELECT CAST(COUNT(entry_id) AS CHAR) FROM contract_returns WHERE order_id = '",
                             IdOf(order), "' AND contract IS NULL")),
            D("1"));
  ExpectBooksRight(account_);

  const auth::Principal other = harness().PrincipalFor("SAD", harness().NewId());
  EXPECT_THAT(TakeBackOrderReturn(sad_, order, 1, receipt), HasReason("SEPARATION_OF_DUTIES"));
  EXPECT_THAT(TakeBackOrderReturn(other, order, 1, receipt, ""), HasReason("REASON_REQUIRED"));
  const auto undone = TakeBackOrderReturn(other, order, 1, receipt);
  ASSERT_THAT(undone, IsOk());
  ASSERT_EQ(undone->returns_size(), 1);
  EXPECT_TRUE(undone->returns(0).taken_back());
  EXPECT_EQ(undone->returns(0).take_back_reason(), "kept after all");
  EXPECT_EQ(Amount(undone->returns(0).credited()), D("0"));
  EXPECT_THAT(TakeBackOrderReturn(other, order, 1, receipt), HasReason("RETURN_NOT_RECORDED"));
  EXPECT_EQ(Notes(), D("0"));
  ExpectBooksRight(account_);

  ASSERT_THAT(RecordOrderReturn(sad_, order, 1, "3", receipt), IsOk());
  EXPECT_EQ(Notes(), D("30"));
  const auto get = [&](const auth::Principal& who) {
    return Call<order::v1::OrderReturns, order::v1::GetOrderReturnsRequest>(
        who, absl::StrCat(kOrders, "GetOrderReturns"), absl::StrCat("name: '", order, "'"));
  };
  const auto seen = get(kax_);
  ASSERT_THAT(seen, IsOk());
  ASSERT_EQ(seen->returns_size(), 2);
  EXPECT_EQ(Amount(seen->returns(0).credited()), D("30")) << "the latest first";
  EXPECT_EQ(seen->returns(0).uncredited_quantity(), "0");
  EXPECT_EQ(seen->returns(0).product(), product_a_);
  EXPECT_FALSE(seen->returns(0).taken_back());
  EXPECT_THAT(get(other_kax_), StatusIs(absl::StatusCode::kNotFound));
  ExpectBooksRight(account_);
}

// C-09, C-24: of an order of a contract it is the same return, by the order or by the contract.
TEST_F(ReturnCreditTest, TheReturnOfAnOrderOpensItsContract) {
  const std::string order = Delivered("10");
  Invoice(order);
  const std::string receipt = CountBack(order, "4");
  ASSERT_THAT(RecordOrderReturn(sad_, order, 1, "4", receipt), IsOk());
  EXPECT_EQ(OfLine("returned", "contract_draws", order, 1), D("4"));
  EXPECT_EQ(Notes(), D("40"));
  const auth::Principal other = harness().PrincipalFor("SAD", harness().NewId());
  ASSERT_THAT(TakeBack(other, order, 1, receipt, "reason: 'wrong line'"), IsOk());
  EXPECT_EQ(OfLine("returned", "contract_draws", order, 1), D("0"));
  EXPECT_EQ(Notes(), D("0"));
  RecordReturn(contract_, order, 1, "4", receipt);
  ASSERT_THAT(TakeBackOrderReturn(other, order, 1, receipt), IsOk());
  EXPECT_EQ(OfLine("returned", "contract_draws", order, 1), D("0"));
  // A contract that came without commitments.
  harness().db().Execute(absl::StrCat("DELETE FROM contract_draws WHERE order_id = '", IdOf(order), "'"));
  ASSERT_THAT(RecordOrderReturn(sad_, order, 1, "4", receipt), IsOk());
  EXPECT_EQ(OfLine("net_amount", "contract_return_credits", order, 1), D("40")) << "it is no volume of a rebate";
  EXPECT_EQ(Notes(), D("40"));
  ASSERT_THAT(TakeBackOrderReturn(other, order, 1, receipt), IsOk());
  EXPECT_EQ(Notes(), D("0"));
  ExpectBooksRight(account_);
}

// C-24, C-34: what came back before the order was counted in a commitment has opened none, whatever came back after it:
// both are taken back.
TEST_F(ReturnCreditTest, AReturnOfBeforeTheCommitmentOpenedNone) {
  const std::string order = Delivered("10");
  Invoice(order);
  const auto draws_of = [&](const std::string& line, const std::string& now) {
    harness().db().Execute(absl::StrCat("UPDATE contract_draws SET order_line = ", now, " WHERE order_id = '",
                                        IdOf(order), "' AND order_line = ", line));
  };
  const std::string before = CountBack(order, "4"), after = CountBack(order, "3");
  draws_of("1", "9");
  ASSERT_THAT(RecordOrderReturn(sad_, order, 1, "4", before), IsOk());
  draws_of("9", "1");
  ASSERT_THAT(RecordOrderReturn(sad_, order, 1, "3", after), IsOk());
  EXPECT_EQ(OfLine("returned", "contract_draws", order, 1), D("3"));
  const auth::Principal other = harness().PrincipalFor("SAD", harness().NewId());
  const auto taken = TakeBackOrderReturn(other, order, 1, before);
  ASSERT_THAT(taken, IsOk());
  EXPECT_EQ(taken->returns_size(), 2);
  EXPECT_EQ(OfLine("returned", "contract_draws", order, 1), D("3"));
  ASSERT_THAT(TakeBackOrderReturn(other, order, 1, after), IsOk());
  EXPECT_EQ(OfLine("returned", "contract_draws", order, 1), D("0"));
  EXPECT_EQ(Notes(), D("0"));
  ExpectBooksRight(account_);
}

// C-09: what comes back after the final settlement is claimed back, to the cent, and a claim that was a mistake is
// paid.
TEST_F(ReturnCreditTest, ARebateIsClaimedBackAfterItsFinalSettlement) {
  constexpr char kRebates[] = "kam.contract.v1.RebateService/";
  using v1::RebateSettlement;
  const absl::Time start = harness().clock().Now();
  const auto imported = Do<kam::api::BatchUpsertResponse, v1::BatchUpsertContractsRequest>(
      erp_, absl::StrCat(kContracts, "BatchUpsertContracts"),
      absl::StrCat("contracts { external_ids { system: 'erp' id: '", harness().NewId(), "' } account: '", account_,
                   "' title: 'Framework' kind: CONTRACT_KIND_ANNUAL currency: 'CNY' state: CONTRACT_STATE_ACTIVE "
                   "start_date: '2026-01-01' end_date: '2026-01-31' payment: CONTRACT_PAYMENT_CREDIT terms_days: 30 "
                   "rebate_tiers { from_volume: '50' percent: '3.33' } lines { product: '",
                   product_a_, "' quantity: '10000' unit_price ", MoneyText("10"), " }  }"));
  contract_ = imported.results(0).name();
  const std::string order = Delivered("10");
  Pay(account_, "100", Invoice(order).name());
  ASSERT_EQ(GetOrder(order).state(), order::v1::ORDER_STATE_SETTLED);
  harness().clock().Set(absl::FromCivil(absl::CivilDay(2026, 2, 1), absl::UTCTimeZone()));
  const auto propose = [&](const char* kind) {
    return Call<RebateSettlement, v1::CreateRebateSettlementRequest>(
        kam_, absl::StrCat(kRebates, "CreateRebateSettlement"),
        absl::StrCat("rebate_settlement { contract: '", contract_, "' kind: REBATE_SETTLEMENT_KIND_", kind,
                     " until_date: '2026-02-01' }"));
  };
  const auto decide = [&](const RebateSettlement& settlement) {
    return Do<RebateSettlement, v1::DecideRebateSettlementRequest>(
        fd_, absl::StrCat(kRebates, "DecideRebateSettlement"),
        absl::StrCat("name: '", settlement.name(), "' etag: '", settlement.etag(), "' approve: true opinion: 'seen'"));
  };
  const auto pay = [&](const RebateSettlement& settlement) {
    return Do<RebateSettlement, v1::PayRebateSettlementRequest>(
        acc_, absl::StrCat(kRebates, "PayRebateSettlement"),
        absl::StrCat("name: '", settlement.name(), "' payment_reference: 'V-1'"));
  };
  const auto last = propose("FINAL");
  ASSERT_THAT(last, IsOk());
  EXPECT_EQ(Amount(last->amount()), D("3.33"));
  decide(*last);
  pay(*last);
  EXPECT_THAT(propose("FINAL"), HasReason("REBATE_SETTLED")) << "nothing came back";
  const std::string receipt = CountBack(order, "3");
  RecordReturn(contract_, order, 1, "3", receipt);
  EXPECT_THAT(propose("PARTIAL"), HasReason("REBATE_SETTLED"));
  const auto claim = propose("FINAL");
  ASSERT_THAT(claim, IsOk());
  EXPECT_EQ(Amount(claim->entitled()), D("2.33")) << "3.33 % of 70";
  EXPECT_EQ(Amount(claim->amount()), D("-1"));
  EXPECT_THAT(propose("FINAL"), HasReason("REBATE_SETTLEMENT_OPEN"));
  decide(*claim);
  const Decimal owed = Amount(Exposure(account_).open());
  const RebateSettlement claimed = pay(*claim);
  EXPECT_THAT(claimed.credit_note(), ::testing::StartsWith("receivableItems/"));
  EXPECT_EQ(Amount(Exposure(account_).open()), *Add(owed, D("1")));
  EXPECT_THAT(propose("FINAL"), HasReason("REBATE_SETTLED"));
  // They did not come back.
  ASSERT_THAT(TakeBack(harness().PrincipalFor("SAD", harness().NewId()), order, 1, receipt,
                       "reason: 'somebody else sent them'"),
              IsOk());
  const auto again = propose("FINAL");
  ASSERT_THAT(again, IsOk());
  EXPECT_EQ(Amount(again->amount()), D("1"));
  decide(*again);
  // While it is not paid there is no other.
  RecordReturn(contract_, order, 1, "3", receipt);
  EXPECT_THAT(propose("FINAL"), HasReason("REBATE_SETTLEMENT_OPEN"));
  ASSERT_THAT(TakeBack(harness().PrincipalFor("SAD", harness().NewId()), order, 1, receipt,
                       "reason: 'somebody else sent them'"),
              IsOk());
  pay(*again);
  EXPECT_THAT(propose("FINAL"), HasReason("REBATE_SETTLED")) << "never more than the final settlement gave";
  ExpectBooksRight(account_);
  harness().clock().Set(start);
}

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
