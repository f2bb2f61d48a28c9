// Framework contracts over real gRPC and MariaDB: the commitment ledger under parallel orders, amendments from draft to
// application. C-03, C-09, C-11, C-14, C-18;
// golden cases G22, G31.
#include <atomic>
#include <random>
#include <thread>

#include "absl/strings/str_cat.h"
#include "common/testing/matchers.h"
#include "contract-svc/context.h"
#include "contract-svc/testing/amendment_fixture.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/type/money.pb.h"
#include "kam/contract/v1/amendment_service.pb.h"
#include "kam/contract/v1/contract_service.pb.h"
#include "kam/order/v1/order_service.pb.h"
#include "kam/order/v1/stock_service.pb.h"
#include "kam/receivable/v1/invoice_service.pb.h"
#include "kam/receivable/v1/receipt_service.pb.h"

namespace kam::contract::testing {
namespace {

using kam::testing::HasReason;
using kam::testing::IsOk;
using kam::testing::StatusIs;
using v1::Amendment;
using v1::Contract;
namespace opb = order::v1;

class FrameworkTest : public AmendmentTest {
 protected:
  v1::LineCommitment Commitment(const std::string& contract, int line = 1) {
    const auto answer = Do<v1::ContractCommitment, v1::GetContractCommitmentRequest>(
        kax_, absl::StrCat(kContracts, "GetContractCommitment"), absl::StrCat("name: '", contract, "'"));
    for (const auto& one : answer.commitments()) {
      if (one.line_number() == line) return one;
    }
    ADD_FAILURE() << "no commitment " << line << " in " << answer.DebugString();
    return {};
  }

  // The counters against the orders themselves, and against the journal.
  void ExpectLedgerRight(const std::string& contract) {
    const std::string id = IdOf(contract);
    const std::string living = absl::StrCat(
        " FROM orders o JOIN orders_lines l ON l.parent_id = o.id WHERE o.contract = '", id, "' AND o.state ");
    const auto sum = [&](const std::string& what, const std::string& from) {
      return Sql(absl::StrCat("SELECT CAST(COALESCE(SUM(", what, "), 0) AS CHAR)", from));
    };
    const auto ledger = [&](const std::string& column) {
      return sum(column, absl::StrCat(" FROM contract_commitments WHERE contract = '", id, "'"));
    };
    EXPECT_EQ(ledger("reserved"), sum("l.quantity", living + "IN ('ENTERED', 'REVIEWED', 'ON_HOLD') AND "
                                                             "o.release_basis IS NULL"));
    EXPECT_EQ(ledger("invoiced"), sum("COALESCE(l.invoiced_quantity, 0)", living + "<> 'CANCELLED'"));
    EXPECT_EQ(ledger("released"), sum("l.quantity - COALESCE(l.closed_quantity, 0) - COALESCE(l.invoiced_quantity, 0)",
                                      living + "<> 'CANCELLED' AND o.release_basis IS NOT NULL"));
    const char* parts[][2] = {{"COMMIT", "committed"},
                              {"RESERVE", "reserved"},
                              {"RELEASE", "released"},
                              {"INVOICE", "invoiced"},
                              {"RETURN", "returned"}};
    for (const auto& [kind, column] : parts) {
      EXPECT_EQ(ledger(column), sum("amount", absl::StrCat(" FROM contract_commitment_entries WHERE contract = '", id,
                                                           "' AND kind = '", kind, "'")))
          << kind;
    }
    EXPECT_EQ(Sql(absl::StrCat("SELECT CAST(COUNT(contract) AS CHAR) FROM contract_commitments WHERE contract = '", id,
                               "' AND (reserved < 0 OR released < 0 OR invoiced < 0 OR reserved + released + invoiced "
                               "- returned > committed * (1 + tolerance_percent / 100))")),
              D("0"));
  }

  template <typename Request>
  absl::StatusOr<opb::Order> OrderVerb(const auth::Principal& who, const std::string& method,
                                       const std::string& order) {
    return Call<opb::Order, Request>(who, absl::StrCat(kOrders, method),
                                     absl::StrCat("name: '", order, "' reason: 'because'"));
  }
};

// C-09: two hundred orders at once against one commitment and one credit line: exactly what fits is accepted. The
// commitment allows 120 pieces, the credit 100.
TEST_F(FrameworkTest, TwoHundredParallelOrdersAcceptExactlyWhatFits) {
  const struct {
    const char* limit;
    int accepted;
    const char* refusal;
  } cases[] = {{"1000", 100, "CREDIT_LIMIT_EXCEEDED"}, {"100000", 120, "QUANTITY_NOT_AGREED"}};
  for (const auto& one : cases) {
    account_ = NewAccount();
    const std::string contract = NewContract(account_, /*credit=*/true);
    harness().db().Execute(absl::StrCat("UPDATE contract_commitments SET committed = 120 WHERE contract = '",
                                        IdOf(contract), "' AND line_number = 1"));
    harness().db().Execute(absl::StrCat("UPDATE contract_commitment_entries SET amount = 120 WHERE contract = '",
                                        IdOf(contract), "' AND line_number = 1"));
    SetLimit(account_, "AMOUNT", one.limit);
    std::atomic<int> accepted = 0, refused = 0, next = 0;
    std::vector<std::thread> threads;
    for (int i = 0; i < 20; ++i) {
      threads.emplace_back([&] {
        while (next++ < 200) {
          const absl::StatusOr<opb::Order> order = Enter(contract, "1");
          if (order.ok()) {
            ++accepted;
          } else if (Reason(order.status()) == one.refusal) {
            ++refused;
          } else {
            ADD_FAILURE() << order.status();
          }
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(accepted, one.accepted);
    EXPECT_EQ(refused, 200 - one.accepted);
    EXPECT_EQ(Commitment(contract).reserved(), absl::StrCat(one.accepted));
    ExpectLedgerRight(contract);
    ExpectBooksRight(account_);
  }
}

// C-09, C-24: the pieces of an order move through the ledger; what the store has counted back may be ordered again,
// once.
TEST_F(FrameworkTest, OrderMovesThroughTheLedgerAndReturnsReopen) {
  const std::string contract = NewContract(account_, /*credit=*/true);
  SetLimit(account_, "UNLIMITED", "");
  const std::string order = Enter(contract, "1000")->name();
  EXPECT_EQ(Commitment(contract).reserved(), "1000");
  EXPECT_EQ(Commitment(contract).progress_percent(), "100");
  EXPECT_THAT(Enter(contract, "1"), HasReason("QUANTITY_NOT_AGREED"));
  ASSERT_THAT(OrderVerb<opb::CancelOrderRequest>(sad_, "CancelOrder", order), IsOk());
  EXPECT_EQ(Commitment(contract).drawn(), "0");
  const std::string other = Enter(contract, "600")->name();
  EXPECT_THAT(OrderVerb<opb::ReopenOrderRequest>(sad_, "ReopenOrder", order), HasReason("QUANTITY_NOT_AGREED"));
  SalesTest::Review(other);
  Release(other);
  EXPECT_EQ(Commitment(contract).reserved(), "0");
  EXPECT_EQ(Commitment(contract).released(), "600");
  Deliver(other, "200");
  const std::string invoice = Invoice(other).name();
  EXPECT_EQ(Commitment(contract).released(), "400");
  EXPECT_EQ(Commitment(contract).invoiced(), "200");
  constexpr char kStock[] = "kam.order.v1.StockService/";
  const std::string site =
      Do<opb::StockSite, opb::CreateStockSiteRequest>(
          harness().PrincipalFor("SPO", harness().NewId()), absl::StrCat(kStock, "CreateStockSite"),
          absl::StrCat("stock_site { code: '", harness().NewId(), "' title: 'Store' kind: STOCK_SITE_KIND_WAREHOUSE }"))
          .name();
  const std::string delivery =
      harness().db().Get(absl::StrCat("SELECT id FROM deliveries WHERE order_id = '", IdOf(other), "'")).text();
  const auto announce = [&](const std::string& quantity) {
    return Do<opb::GoodsReceipt, opb::CreateGoodsReceiptRequest>(
               wh_, absl::StrCat(kStock, "CreateGoodsReceipt"),
               absl::StrCat("goods_receipt { kind: GOODS_RECEIPT_KIND_CUSTOMER_RETURN delivery: 'deliveries/", delivery,
                            "' site: '", site, "' sender: 'Customer' lines { product: '", product_a_,
                            "' expected_quantity: '", quantity, "' } }"))
        .name();
  };
  const auto check_in = [&](const std::string& receipt) {
    return Call<opb::GoodsReceipt, opb::CheckGoodsReceiptRequest>(
        wh_, absl::StrCat(kStock, "CheckGoodsReceipt"),
        absl::StrCat("name: '", receipt, "' sender_signatory: 'Wu' check_document: 'scan/7'"));
  };
  const auto back = [&](const auth::Principal& who, const std::string& receipt, const std::string& quantity,
                        const std::string& more = {}) {
    return Call<v1::ContractCommitment, v1::RecordCommitmentReturnRequest>(
        who, absl::StrCat(kContracts, "RecordCommitmentReturn"),
        absl::StrCat("name: '", contract, "' order: '", other, "' order_line_number: 1 quantity: '", quantity,
                     "' reason: 'wrong colour' goods_receipt: '", receipt, "' ", more));
  };
  // Credit notes of the customer, how many and how much.
  const auto expect_notes = [&](const std::string& count, const std::string& sum) {
    const std::string from =
        absl::StrCat(" FROM receipts WHERE account = '", IdOf(account_), "' AND payment_method = 'CREDIT_NOTE'");
    EXPECT_EQ(Sql(absl::StrCat("SELECT CAST(COUNT(id) AS CHAR)", from)), D(count));
    EXPECT_EQ(Sql(absl::StrCat("SELECT CAST(COALESCE(SUM(unapplied_amount), 0) AS CHAR)", from)), D(sum));
  };
  EXPECT_THAT(check_in(announce("201")), HasReason("RETURN_EXCEEDS_DELIVERY")) << "200 were delivered";
  const std::string receipt = announce("50");
  EXPECT_THAT(back(kax_, receipt, "5"), StatusIs(absl::StatusCode::kPermissionDenied));
  EXPECT_THAT(back(sad_, "", "50"), HasReason("FIELD_REQUIRED"));
  EXPECT_THAT(back(sad_, receipt, "50"), HasReason("GOODS_NOT_BACK")) << "nobody has counted them";
  ASSERT_THAT(check_in(receipt), IsOk());
  EXPECT_THAT(back(sad_, receipt, "51"), HasReason("RETURN_EXCEEDS_RECEIPT"));
  auth::Principal both = wh_;
  both.grants["commitment.return"] = auth::Level::kAll;
  EXPECT_THAT(back(both, receipt, "5"), HasReason("SEPARATION_OF_DUTIES")) << "he has counted them";
  // G31: the same call again is the same return.
  const std::string request_id = "request_id: '0190f3f4-7a1b-7c3d-9e4f-5a6b7c8d9e13'";
  ASSERT_THAT(back(sad_, receipt, "30", request_id), IsOk());
  ASSERT_THAT(back(sad_, receipt, "30", request_id), IsOk());
  expect_notes("1", "300");
  EXPECT_THAT(back(sad_, receipt, "21"), HasReason("RETURN_EXCEEDS_RECEIPT")) << "every piece once";
  ASSERT_THAT(back(sad_, receipt, "20"), IsOk());
  expect_notes("2", "500");
  EXPECT_THAT(check_in(announce("151")), HasReason("RETURN_EXCEEDS_DELIVERY")) << "150 are with the customer";
  EXPECT_EQ(Commitment(contract).remaining(), "450");
  EXPECT_THAT(Enter(contract, "451"), HasReason("QUANTITY_NOT_AGREED"));
  EXPECT_THAT(Enter(contract, "450"), IsOk());
  const auto entries = Do<v1::ListCommitmentEntriesResponse, v1::ListCommitmentEntriesRequest>(
      kax_, absl::StrCat(kContracts, "ListCommitmentEntries"),
      absl::StrCat("name: '", contract, "' line_number: 1 page_size: 500"));
  EXPECT_EQ(entries.entries(0).kind(), "COMMIT");
  EXPECT_EQ(entries.entries(1).order(), order);
  EXPECT_EQ(Sql(absl::StrCat("SELECT CAST(returned AS CHAR) FROM contract_draws WHERE order_id = '", IdOf(other), "'")),
            D("50"));
  // The note pays the invoice, which is not taken back under it.
  const absl::StatusOr<receivable::v1::Invoice> cancelled =
      Call<receivable::v1::Invoice, receivable::v1::CancelInvoiceRequest>(
          acc_, absl::StrCat(kInvoices, "CancelInvoice"), absl::StrCat("name: '", invoice, "' reason: 'all wrong'"));
  EXPECT_THAT(cancelled, HasReason("INVOICE_RETURNS_CREDITED"));
  EXPECT_EQ(MetadataValue(cancelled.status(), "credited"), "50");
  const std::string note = harness()
                               .db()
                               .Get(absl::StrCat("SELECT id FROM receipts WHERE account = '", IdOf(account_),
                                                 "' AND payment_method = 'CREDIT_NOTE' AND amount_amount = 300"))
                               .text();
  Do<receivable::v1::Receipt, receivable::v1::AllocateReceiptRequest>(
      acc_, absl::StrCat(kReceipts, "AllocateReceipt"),
      absl::StrCat("name: 'receipts/", note, "' allocations { target: '", invoice, "' amount ", MoneyText("300"),
                   " }"));
  expect_notes("2", "200");
  EXPECT_EQ(Sql(absl::StrCat("SELECT CAST(paid_amount AS CHAR) FROM invoices WHERE id = '", IdOf(invoice), "'")),
            D("300"));
  ExpectBooksRight(account_);
}

// C-09: over random histories the ledger is what a recount of the orders gives.
TEST_F(FrameworkTest, LedgerEqualsARecountOverRandomHistories) {
  for (const unsigned seed : {1u, 2u}) {
    SCOPED_TRACE(seed);
    account_ = NewAccount();
    const std::string contract = NewContract(account_, /*credit=*/true);
    SetLimit(account_, "UNLIMITED", "");
    std::mt19937 random(seed);
    std::vector<std::string> orders;
    for (int step = 0; step < 30; ++step) {
      if (orders.empty() || random() % 3 == 0) {
        const absl::StatusOr<opb::Order> order = Enter(contract, absl::StrCat(100 + random() % 400));
        if (order.ok()) {
          orders.push_back(order->name());
        } else {
          EXPECT_THAT(order, HasReason("QUANTITY_NOT_AGREED"));
        }
        continue;
      }
      const opb::Order order = GetOrder(orders[random() % orders.size()]);
      switch (order.state()) {
        case opb::ORDER_STATE_ENTERED:
          random() % 2 == 0 ? (void)OrderVerb<opb::CancelOrderRequest>(sad_, "CancelOrder", order.name())
                            : (void)SalesTest::Review(order.name());
          break;
        case opb::ORDER_STATE_REVIEWED:
          Release(order.name());
          break;
        case opb::ORDER_STATE_RELEASED:
          Deliver(order.name(), order.lines(0).quantity());
          break;
        case opb::ORDER_STATE_DELIVERED:
          if (order.lines(0).invoiced_quantity().empty()) Invoice(order.name());
          break;
        case opb::ORDER_STATE_CANCELLED:
          (void)OrderVerb<opb::ReopenOrderRequest>(kam_, "ReopenOrder", order.name());
          break;
        default:
          break;
      }
    }
    ExpectLedgerRight(contract);
  }
}

// C-14, G22, G31: more at the agreed rate; reviewed by all, signed as approved, applied once; orders follow it.
TEST_F(FrameworkTest, AmendmentIsReviewedSignedAndAppliedOnce) {
  const std::string contract = NewContract(account_, /*credit=*/false);
  const std::string before = Enter(contract, "1000")->name();
  harness().clock().Advance(absl::Hours(24));
  const std::string name =
      DraftAmendment(contract, "2026-01-06",
                     "actions { kind: AMENDMENT_ACTION_KIND_CHANGE_QUANTITY line_number: 1 quantity: '1200' }");
  EXPECT_THAT(Apply(name), HasReason("STATE_NOT_ALLOWED"));
  const absl::StatusOr<Amendment> submitted = Submit(name);
  ASSERT_THAT(submitted, IsOk());
  EXPECT_EQ(Amount(submitted->delta_value()), D("2000"));
  EXPECT_THAT(submitted->actions(0).before(), ::testing::HasSubstr("1000 at CNY 10"));
  EXPECT_THAT((Call<Amendment, v1::UpdateAmendmentRequest>(
                  kax_, absl::StrCat(kAmendments, "UpdateAmendment"),
                  absl::StrCat("amendment { name: '", name, "' title: 'x' } update_mask { paths: 'title' }"))),
              HasReason("AMENDMENT_FROZEN"));
  EXPECT_THAT(Opinion(kam_, name, "LEGAL"), HasReason("REVIEW_STEP_NOT_YOURS"));
  EXPECT_THAT(Opinion(kax_, name, "SALES"), StatusIs(absl::StatusCode::kPermissionDenied));
  ReviewAll(name);
  // Somebody changes the words behind the service's back.
  harness().db().Execute(
      absl::StrCat("UPDATE amendments_actions SET quantity = 9000 WHERE parent_id = '", IdOf(name), "'"));
  EXPECT_THAT(Apply(name), HasReason("SIGNED_TEXT_DIFFERS"));
  harness().db().Execute(
      absl::StrCat("UPDATE amendments_actions SET quantity = 1200 WHERE parent_id = '", IdOf(name), "'"));
  EXPECT_THAT(Enter(contract, "200"), HasReason("QUANTITY_NOT_AGREED"));
  const std::string id = "request_id: '0190f3f4-7a1b-7c3d-9e4f-5a6b7c8d9e10'";
  const absl::StatusOr<Amendment> applied = Apply(name, id);
  ASSERT_THAT(applied, IsOk());
  const absl::StatusOr<Amendment> again = Apply(name, id);
  ASSERT_THAT(again, IsOk());
  EXPECT_EQ(again->SerializeAsString(), applied->SerializeAsString()) << "one effect, same answer";
  EXPECT_THAT(Apply(name), HasReason("STATE_NOT_ALLOWED"));
  const Contract amended = Get(contract);
  ASSERT_EQ(amended.lines_size(), 3);
  EXPECT_EQ(amended.lines(0).end_date(), "2026-01-05");
  EXPECT_EQ(amended.lines(2).start_date(), "2026-01-06");
  EXPECT_EQ(Amount(amended.lines(2).unit_price()), D("10"));
  EXPECT_EQ(amended.versions_size(), 2);
  EXPECT_EQ(Amount(amended.total()), D("19500"));
  const absl::StatusOr<opb::Order> order = Enter(contract, "200");
  ASSERT_THAT(order, IsOk());
  EXPECT_EQ(Amount(order->lines(0).unit_price()), D("10")) << "the agreed rate";
  EXPECT_THAT(Enter(contract, "1"), HasReason("QUANTITY_NOT_AGREED"));
  EXPECT_EQ(GetOrder(before).state(), opb::ORDER_STATE_ENTERED);
  ExpectLedgerRight(contract);
  harness().clock().Advance(-absl::Hours(24));
}

// C-14: another price needs an approved quote, which is used up by it; orders follow the version of their day.
TEST_F(FrameworkTest, PriceChangeRestsOnAQuoteAndOrdersFollowTheirDay) {
  const std::string contract = NewContract(account_, /*credit=*/false);
  ASSERT_THAT(Enter(contract, "990"), IsOk());
  const std::string actions = absl::StrCat(
      "actions { kind: AMENDMENT_ACTION_KIND_CHANGE_PRICE line_number: 1 unit_price ", MoneyText("9"), " }");
  const std::string bare = DraftAmendment(contract, "2026-01-06", actions);
  EXPECT_THAT(Submit(bare), HasReason("QUOTE_REQUIRED"));
  const std::string quote = NewQuote(account_, "APPROVED");
  harness().db().Execute(
      absl::StrCat("UPDATE quotes_lines SET net_price_amount = 9 WHERE parent_id = '", IdOf(quote), "'"));
  const std::string name = DraftAmendment(contract, "2026-01-06", absl::StrCat("quote: '", quote, "' ", actions));
  ASSERT_THAT(Submit(name), IsOk());
  const std::string second = DraftAmendment(contract, "2026-01-06", absl::StrCat("quote: '", quote, "' ", actions));
  EXPECT_THAT(Submit(second), HasReason("QUANTITY_NOT_AGREED")) << "one quote is used once";
  ReviewAll(name);
  ASSERT_THAT(Apply(name), IsOk());
  EXPECT_EQ(Amount(Enter(contract, "1")->lines(0).unit_price()), D("10")) << "before the effective date";
  harness().clock().Advance(absl::Hours(24));
  EXPECT_EQ(Amount(Enter(contract, "1")->lines(0).unit_price()), D("9"));
  EXPECT_EQ(Amount(Enter(contract, "1", "order_date: '2026-01-05'")->lines(0).unit_price()), D("10"));
  EXPECT_THAT(Enter(contract, "1", "order_date: '2025-12-20'"), HasReason("ORDER_DATE_NOT_CURRENT"));
  EXPECT_THAT(Enter(contract, "1", "order_date: '2026-02-01'"), HasReason("ORDER_DATE_NOT_CURRENT"));
  EXPECT_THAT(Enter(contract, "8"), HasReason("QUANTITY_NOT_AGREED")) << "one commitment over both prices";
  ExpectLedgerRight(contract);
  harness().clock().Advance(-absl::Hours(24));
}

// C-03, C-14: a price without a quote is no price, though nothing is left to be ordered at it just now.
TEST_F(FrameworkTest, PriceOfAnUsedUpLineNeedsAQuoteToo) {
  const std::string contract = NewContract(account_, /*credit=*/false);
  ASSERT_THAT(Enter(contract, "1000"), IsOk());
  const std::string actions = absl::StrCat(
      "actions { kind: AMENDMENT_ACTION_KIND_CHANGE_PRICE line_number: 1 unit_price ", MoneyText("1"), " }");
  EXPECT_THAT(Submit(DraftAmendment(contract, "2026-01-06", actions)), HasReason("QUOTE_REQUIRED"));
  const std::string quote = NewQuote(account_, "APPROVED");
  EXPECT_THAT(Submit(DraftAmendment(contract, "2026-01-06", absl::StrCat("quote: '", quote, "' ", actions))),
              HasReason("PRICE_NOT_AGREED"));
}

// C-03, C-14: what became open between submission and application is asked of the quote as well.
TEST_F(FrameworkTest, PricesAreTakenAgainWhenMoreBecameOpen) {
  const std::string contract = NewContract(account_, /*credit=*/false);
  ASSERT_THAT(Enter(contract, "990"), IsOk());
  const std::string small = Enter(contract, "3")->name();
  const std::string quote = NewQuote(account_, "APPROVED");
  harness().db().Execute(
      absl::StrCat("UPDATE quotes_lines SET net_price_amount = 9 WHERE parent_id = '", IdOf(quote), "'"));
  const auto held = [&] {
    return Sql(absl::StrCat("SELECT CAST(SUM(quantity) AS CHAR) FROM quote_draws WHERE quote = '", IdOf(quote), "'"));
  };
  const std::string name = DraftAmendment(
      contract, "2026-01-06",
      absl::StrCat("quote: '", quote, "' actions { kind: AMENDMENT_ACTION_KIND_CHANGE_PRICE line_number: 1 unit_price ",
                   MoneyText("9"), " }"));
  ASSERT_THAT(Submit(name), IsOk());
  EXPECT_EQ(held(), D("7"));
  ReviewAll(name);
  ASSERT_THAT(OrderVerb<opb::CancelOrderRequest>(sad_, "CancelOrder", small), IsOk());
  harness().db().Execute(absl::StrCat("UPDATE quotes_lines SET quantity = 9 WHERE parent_id = '", IdOf(quote), "'"));
  EXPECT_THAT(Apply(name), HasReason("QUANTITY_NOT_AGREED"));
  harness().db().Execute(absl::StrCat("UPDATE quotes_lines SET quantity = 10 WHERE parent_id = '", IdOf(quote), "'"));
  ASSERT_THAT(Apply(name), IsOk());
  EXPECT_EQ(held(), D("10"));
}

// C-11, C-14: whoever wrote some of the words gives no opinion on them.
TEST_F(FrameworkTest, AuthorOfAnAmendmentGivesNoOpinion) {
  const std::string name = DraftAmendment(NewContract(account_, false), "2026-01-06",
                                          "actions { kind: AMENDMENT_ACTION_KIND_STOP_LINE line_number: 1 }");
  Do<Amendment, v1::UpdateAmendmentRequest>(
      kam_, absl::StrCat(kAmendments, "UpdateAmendment"),
      absl::StrCat("amendment { name: '", name, "' title: 'Other' } update_mask { paths: 'title' }"));
  ASSERT_THAT(Submit(name), IsOk());
  EXPECT_THAT(Opinion(kam_, name, "SALES"), HasReason("SEPARATION_OF_DUTIES"));
  EXPECT_THAT(Opinion(pss_, name, "PRODUCT"), IsOk());
}

// C-14, C-18: the other system does not know of an amendment made here, and does not undo it.
TEST_F(FrameworkTest, ImportDoesNotUndoAnAmendment) {
  const std::string id = harness().NewId();
  const auto import = [&] {
    return Do<kam::api::BatchUpsertResponse, v1::BatchUpsertContractsRequest>(
               erp_, absl::StrCat(kContracts, "BatchUpsertContracts"),
               absl::StrCat("contracts { external_ids { system: 'erp' id: '", id, "' } account: '", account_,
                            "' title: 'Supply' currency: 'CNY' state: CONTRACT_STATE_ACTIVE start_date: '2025-01-01' "
                            "end_date: '2027-12-31' lines { product: '",
                            product_a_, "' quantity: '1000' unit_price ", MoneyText("10"), " } }"))
        .results(0);
  };
  const std::string contract = import().name();
  const std::string name = DraftAmendment(
      contract, "2026-01-06",
      "actions { kind: AMENDMENT_ACTION_KIND_CHANGE_QUANTITY line_number: 1 quantity: '1200' } actions { kind: "
      "AMENDMENT_ACTION_KIND_CHANGE_END_DATE end_date: '2028-12-31' }");
  ASSERT_THAT(Submit(name), IsOk());
  ReviewAll(name);
  ASSERT_THAT(Apply(name), IsOk());
  const Contract amended = Get(contract);
  const auto again = import();
  EXPECT_EQ(again.outcome(), kam::api::UPSERT_OUTCOME_FAILED);
  EXPECT_THAT(again.status().message(), ::testing::HasSubstr("worked on here"));
  EXPECT_EQ(Get(contract).SerializeAsString(), amended.SerializeAsString());
}

// C-14: what was reviewed against another version is reviewed again.
TEST_F(FrameworkTest, AmendmentOfAnotherVersionIsVoid) {
  const std::string contract = NewContract(account_, /*credit=*/false);
  const std::string terms =
      "actions { kind: AMENDMENT_ACTION_KIND_CHANGE_PAYMENT payment: CONTRACT_PAYMENT_CREDIT "
      "terms_days: ";
  const std::string first = DraftAmendment(contract, "2026-01-06", terms + "30 }");
  const std::string second = DraftAmendment(contract, "2026-01-06", terms + "60 }");
  for (const std::string& name : {first, second}) {
    ASSERT_THAT(Submit(name), IsOk());
    ReviewAll(name);
  }
  ASSERT_THAT(Apply(first), IsOk());
  EXPECT_THAT(Apply(second), HasReason("AMENDMENT_BASE_CHANGED"));
  EXPECT_EQ(Get(contract).terms_days(), 30);
  EXPECT_THAT((Call<Amendment, v1::CancelAmendmentRequest>(kax_, absl::StrCat(kAmendments, "CancelAmendment"),
                                                           absl::StrCat("name: '", second, "' reason: 'void'"))),
              IsOk());
}

// C-14: a suspended line takes no orders, and its days come after the rest.
TEST_F(FrameworkTest, SuspendedLineTakesNoOrders) {
  const std::string contract = NewContract(account_, /*credit=*/false);
  const std::string name = DraftAmendment(contract, "2026-01-05",
                                          "actions { kind: AMENDMENT_ACTION_KIND_SUSPEND_LINE line_number: 1 "
                                          "from_date: '2026-01-05' until_date: '2026-03-04' }");
  ASSERT_THAT(Submit(name), IsOk());
  ReviewAll(name);
  ASSERT_THAT(Apply(name), IsOk());
  EXPECT_THAT(Enter(contract, "1"), HasReason("LINE_NOT_IN_FORCE"));
  EXPECT_EQ(Get(contract).end_date(), "2028-02-28");
  EXPECT_THAT(Commitment(contract).lines(1).allowed_actions(), ::testing::Contains("RESUME_LINE"));
}

// G-03
TEST_F(FrameworkTest, AmendmentsOfOthersAreNotShown) {
  const std::string name = DraftAmendment(NewContract(account_, false), "2026-01-06",
                                          "actions { kind: AMENDMENT_ACTION_KIND_STOP_LINE line_number: 1 }");
  EXPECT_THAT((Call<Amendment, kam::api::GetRequest>(other_kax_, absl::StrCat(kAmendments, "GetAmendment"),
                                                     absl::StrCat("name: '", name, "'"))),
              StatusIs(absl::StatusCode::kNotFound));
}

}  // namespace
}  // namespace kam::contract::testing
