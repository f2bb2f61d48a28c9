// Orders, deliveries, invoices and receipts from end to end over real gRPC and MariaDB: C-18, C-19, C-21, C-22, C-29,
// C-30, C-32.
#include <atomic>
#include <thread>

#include "absl/strings/str_cat.h"
#include "common/testing/matchers.h"
#include "contract-svc/context.h"
#include "contract-svc/testing/sales_fixture.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/type/money.pb.h"
#include "kam/order/v1/delivery_service.pb.h"
#include "kam/order/v1/order_service.pb.h"
#include "kam/receivable/v1/invoice_service.pb.h"
#include "kam/receivable/v1/receipt_service.pb.h"
#include "kam/receivable/v1/receivable_service.pb.h"

namespace kam::contract::testing {
namespace {

using kam::testing::HasReason;
using kam::testing::IsOk;
using kam::testing::NamesField;
using kam::testing::StatusIs;
using order::v1::Order;
namespace opb = order::v1;
namespace rpb = receivable::v1;

class SalesJourneyTest : public SalesTest {};

// C-18, C-19, C-22, C-29, C-30, C-34 on credit: reserve, commit, open item, released by the receipt.
TEST_F(SalesJourneyTest, OrderOnCreditFromEntryToSettlement) {
  const std::string contract = NewContract(account_, /*credit=*/true);
  SetLimit(account_, "AMOUNT", "1000");
  const Order order = *Enter(contract, "8", "purchase_order_number: 'PO-1'");
  EXPECT_EQ(order.state(), opb::ORDER_STATE_ENTERED);
  EXPECT_EQ(order.payment_mode(), opb::PAYMENT_MODE_CREDIT);
  EXPECT_EQ(Amount(order.total()), D("80"));
  EXPECT_EQ(Amount(Exposure(account_).held()), D("80"));

  const Order reviewed = Review(order.name());
  EXPECT_THAT(reviewed.issue_note(), ::testing::StartsWith("issueNotes/"));
  EXPECT_EQ(Release(order.name()).release_basis(), opb::RELEASE_BASIS_CREDIT);
  EXPECT_EQ(Amount(Exposure(account_).committed()), D("80"));

  // C-29: only delivered quantities.
  EXPECT_THAT((Call<rpb::Invoice, rpb::CreateInvoiceRequest>(acc_, absl::StrCat(kInvoices, "CreateInvoice"),
                                                             absl::StrCat("order: '", order.name(), "'"))),
              HasReason("NOTHING_TO_INVOICE"));
  Deliver(order.name(), "3");
  EXPECT_EQ(GetOrder(order.name()).state(), opb::ORDER_STATE_SHIPPED);
  const rpb::Invoice first = Invoice(order.name());
  EXPECT_EQ(Amount(first.total()), D("30"));
  EXPECT_EQ(first.due_date(), "2026-02-04");
  ExpectBooksRight(account_);
  Deliver(order.name(), "5");
  EXPECT_EQ(GetOrder(order.name()).state(), opb::ORDER_STATE_DELIVERED);
  const rpb::Invoice second = Invoice(order.name());
  EXPECT_EQ(Amount(Exposure(account_).open()), D("80"));
  EXPECT_EQ(Amount(Exposure(account_).committed()), D("0"));

  Pay(account_, "30", first.name());
  EXPECT_EQ(GetOrder(order.name()).state(), opb::ORDER_STATE_DELIVERED);
  Pay(account_, "49.99", second.name());
  Pay(account_, "0.01", second.name());
  EXPECT_EQ(GetOrder(order.name()).state(), opb::ORDER_STATE_SETTLED);
  EXPECT_EQ(Amount(Exposure(account_).exposure()), D("0"));
  ExpectBooksRight(account_);
}

// C-21: money in, then the goods go out.
TEST_F(SalesJourneyTest, WithoutCreditTheMoneyComesFirst) {
  const std::string quote = NewQuote(account_, "ACCEPTED");
  const Order order = *Enter(quote, "10");
  EXPECT_EQ(order.payment_mode(), opb::PAYMENT_MODE_PREPAYMENT);
  Review(order.name());
  const auto release = [&] {
    return Call<Order, opb::ReleaseOrderRequest>(acc_, absl::StrCat(kOrders, "ReleaseOrder"),
                                                 absl::StrCat("name: '", order.name(), "'"));
  };
  Pay(account_, "99", order.name());
  const absl::StatusOr<Order> refused = release();
  EXPECT_THAT(refused, HasReason("PAYMENT_MISSING"));
  EXPECT_EQ(MetadataValue(refused.status(), "missing"), "1");
  // A receipt that is only written down does not count.
  const rpb::Receipt receipt = Record(account_, "1", order.name());
  EXPECT_THAT(release(), HasReason("PAYMENT_MISSING"));
  Do<rpb::Receipt, rpb::MarkReceiptRequest>(acc_, absl::StrCat(kReceipts, "MarkReceipt"),
                                            absl::StrCat("name: '", receipt.name(), "'"));
  EXPECT_EQ(release()->release_basis(), opb::RELEASE_BASIS_PAID);
  EXPECT_EQ(Amount(Exposure(account_).exposure()), D("0"));
  Deliver(order.name(), "10");
  const rpb::Invoice invoice = Invoice(order.name());
  EXPECT_EQ(invoice.state(), rpb::INVOICE_STATE_PAID);
  EXPECT_EQ(GetOrder(order.name()).state(), opb::ORDER_STATE_SETTLED);
  ExpectBooksRight(account_);
}

// C-21: released by authority: with a reason, by somebody else, and the exposure says so.
TEST_F(SalesJourneyTest, OverrideOfTheGateIsByAuthorityWithAReason) {
  const Order order = *Enter(NewContract(account_, /*credit=*/false), "4");
  Review(order.name());
  const std::string method = absl::StrCat(kOrders, "OverrideReleaseOrder");
  const std::string name = absl::StrCat("name: '", order.name(), "'");
  using Request = opb::OverrideReleaseOrderRequest;
  EXPECT_THAT((Call<Order, Request>(kam_, method, name)), StatusIs(absl::StatusCode::kPermissionDenied));
  EXPECT_THAT((Call<Order, Request>(gm_, method, name)), HasReason("REASON_REQUIRED"));
  const Order released = Do<Order, Request>(gm_, method, name + " reason: 'line down at the plant'");
  EXPECT_EQ(released.release_basis(), opb::RELEASE_BASIS_OVERRIDE);
  EXPECT_EQ(Amount(Exposure(account_).committed()), D("40"));
  Deliver(order.name(), "4");
  const rpb::Invoice invoice = Invoice(order.name());
  EXPECT_EQ(Amount(Exposure(account_).open()), D("40"));
  Pay(account_, "40", invoice.name());
  EXPECT_EQ(GetOrder(order.name()).state(), opb::ORDER_STATE_SETTLED);
  ExpectBooksRight(account_);
}

// C-18
TEST_F(SalesJourneyTest, OrderNeedsASignedContractOrAnAcceptedQuoteAndItsPrices) {
  EXPECT_THAT((Call<Order, opb::CreateOrderRequest>(kax_, absl::StrCat(kOrders, "CreateOrder"),
                                                    absl::StrCat("order { account: '", account_, "' lines { product: '",
                                                                 product_a_, "' quantity: '1' } }"))),
              HasReason("ORDER_BASIS_REQUIRED"));
  EXPECT_THAT(Enter(NewQuote(account_, "SENT"), "1"), HasReason("QUOTE_NOT_ACCEPTED"));
  EXPECT_THAT(Enter(NewQuote(NewAccount(), "ACCEPTED"), "1"), HasReason("QUOTE_OF_OTHER_ACCOUNT"));
  const std::string contract = NewContract(account_, /*credit=*/false);
  EXPECT_THAT(Enter(contract, "1001"), HasReason("QUANTITY_NOT_AGREED"));
  EXPECT_THAT(Enter(contract, "600"), IsOk());
  EXPECT_THAT(Enter(contract, "401"), HasReason("QUANTITY_NOT_AGREED"));
  EXPECT_THAT((Call<Order, opb::CreateOrderRequest>(
                  kax_, absl::StrCat(kOrders, "CreateOrder"),
                  absl::StrCat("order { account: '", account_, "' contract: '", contract, "' lines { product: '",
                               product_a_, "' quantity: '1' unit_price ", MoneyText("9"), " } }"))),
              HasReason("PRICE_NOT_AGREED"));
  const Order taxed =
      Do<Order, opb::CreateOrderRequest>(kax_, absl::StrCat(kOrders, "CreateOrder"),
                                         absl::StrCat("order { account: '", account_, "' contract: '", contract,
                                                      "' lines { product: '", product_b_, "' quantity: '2' } }"));
  EXPECT_EQ(Amount(taxed.total()), D("16.95")) << "15 and 13 % tax";
  harness().db().Execute(absl::StrCat("UPDATE contracts SET state = 'SUSPENDED' WHERE id = '", IdOf(contract), "'"));
  EXPECT_THAT(Enter(contract, "1"), HasReason("CONTRACT_NOT_IN_FORCE"));
}

// C-18
TEST_F(SalesJourneyTest, CustomersOrderProcedureIsEnforced) {
  Do<opb::OrderProcedure, opb::CreateOrderProcedureRequest>(
      kax_, absl::StrCat(kOrders, "CreateOrderProcedure"),
      absl::StrCat("order_procedure { account: '", account_, "' purchase_order_required: true }"));
  const std::string contract = NewContract(account_, /*credit=*/false);
  const absl::StatusOr<Order> refused = Enter(contract, "1");
  EXPECT_THAT(refused, HasReason("PURCHASE_ORDER_REQUIRED"));
  EXPECT_THAT(refused, NamesField("order.purchase_order_number"));
  EXPECT_THAT(Enter(contract, "1", "purchase_order_number: '4500'"), IsOk());
}

// C-18: who orders, by which way, how much, and which papers: the customer's own procedure.
TEST_F(SalesJourneyTest, OrdersAreMadeAsTheCustomersProcedureSays) {
  const std::string contract = NewContract(account_, /*credit=*/false);
  Do<opb::OrderProcedure, opb::CreateOrderProcedureRequest>(
      kax_, absl::StrCat(kOrders, "CreateOrderProcedure"),
      absl::StrCat("order_procedure { account: '", account_,
                   "' approved_orderers: 'Ms Li' approved_orderers: 'Mr Wu' "
                   "channels: 'portal' minimum_total ",
                   MoneyText("50"), " maximum_total ", MoneyText("100"), " papers { title: 'signed order' } }"));
  const std::string right = "ordered_by: 'Ms Li' channel: 'portal' ";
  absl::StatusOr<Order> order = Enter(contract, "6", "channel: 'portal'");
  EXPECT_THAT(order, HasReason("ORDERER_NOT_APPROVED"));
  EXPECT_THAT(order, NamesField("order.ordered_by"));
  EXPECT_THAT(Enter(contract, "6", "ordered_by: 'Mr He' channel: 'portal'"), HasReason("ORDERER_NOT_APPROVED"));
  EXPECT_THAT(Enter(contract, "6", "ordered_by: 'Ms Li' channel: 'fax'"), HasReason("CHANNEL_NOT_AGREED"));
  EXPECT_THAT(Enter(contract, "4", right), HasReason("ORDER_BELOW_MINIMUM"));
  EXPECT_THAT(Enter(contract, "11", right), HasReason("ORDER_ABOVE_MAXIMUM"));
  order = Enter(contract, "6", right);
  ASSERT_THAT(order, IsOk());
  const auto review = [&] {
    return Call<Order, opb::ReviewOrderRequest>(
        sad_, absl::StrCat(kOrders, "ReviewOrder"),
        absl::StrCat("name: '", order->name(), "' warehouse: 'W1' check_result: 'complete'"));
  };
  const absl::StatusOr<Order> early = review();
  EXPECT_THAT(early, HasReason("PAPERS_MISSING"));
  EXPECT_EQ(MetadataValue(early.status(), "missing"), "signed order");
  Do<Order, opb::UpdateOrderRequest>(
      kax_, absl::StrCat(kOrders, "UpdateOrder"),
      absl::StrCat("order { name: '", order->name(), "' papers { title: 'signed order' document: 'scan/4' } }"));
  EXPECT_THAT(review(), IsOk());
}

// C-30, R-15: a cheque takes effect with the general manager only, and a receipt is marked once.
TEST_F(SalesJourneyTest, ChequeNeedsTheGeneralManager) {
  const auto cheque = Do<rpb::Receipt, rpb::CreateReceiptRequest>(
      csh_, absl::StrCat(kReceipts, "CreateReceipt"),
      absl::StrCat("receipt { account: '", account_, "' amount ", MoneyText("5"),
                   " method: PAYMENT_METHOD_CHEQUE cheque_number: '77' received_date: '2026-01-05' }"));
  const std::string name = absl::StrCat("name: '", cheque.name(), "'");
  const auto mark = [&] {
    return Call<rpb::Receipt, rpb::MarkReceiptRequest>(acc_, absl::StrCat(kReceipts, "MarkReceipt"), name);
  };
  EXPECT_THAT(mark(), HasReason("STATE_NOT_ALLOWED"));
  const std::string approve = absl::StrCat(kReceipts, "ApproveReceiptCheque");
  EXPECT_THAT((Call<rpb::Receipt, rpb::ApproveReceiptChequeRequest>(fd_, approve, name)),
              StatusIs(absl::StatusCode::kPermissionDenied));
  EXPECT_THAT((Call<rpb::Receipt, rpb::ApproveReceiptChequeRequest>(gm_, approve, name)), IsOk());
  EXPECT_THAT(mark(), IsOk());
  EXPECT_THAT(mark(), HasReason("STATE_NOT_ALLOWED"));
}

// C-30: exactly one winner.
TEST_F(SalesJourneyTest, MoneyIsAllocatedOnce) {
  const std::string contract = NewContract(account_, /*credit=*/false);
  const Order first = *Enter(contract, "10"), second = *Enter(contract, "10");
  const rpb::Receipt receipt = Pay(account_, "100", "");
  std::atomic<int> won = 0;
  std::vector<std::thread> threads;
  for (const std::string& target : {first.name(), second.name(), first.name(), second.name()}) {
    threads.emplace_back([&, target] {
      const auto answer = Call<rpb::Receipt, rpb::AllocateReceiptRequest>(
          acc_, absl::StrCat(kReceipts, "AllocateReceipt"),
          absl::StrCat("name: '", receipt.name(), "' allocations { target: '", target, "' amount ", MoneyText("100"),
                       " }"));
      if (answer.ok()) {
        ++won;
      } else {
        EXPECT_THAT(answer, HasReason("RECEIPT_EXHAUSTED"));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(won, 1);
  const Decimal prepaid = *Add(Amount(GetOrder(first.name()).prepaid()), Amount(GetOrder(second.name()).prepaid()));
  EXPECT_EQ(prepaid, D("100"));
}

// C-30, C-18: the money of a cancelled order is on account again.
TEST_F(SalesJourneyTest, CancellingReturnsThePrepayment) {
  const Order order = *Enter(NewContract(account_, /*credit=*/false), "10");
  const rpb::Receipt receipt = Pay(account_, "70", order.name());
  EXPECT_EQ(Amount(receipt.unapplied()), D("0"));
  Do<Order, opb::CancelOrderRequest>(sad_, absl::StrCat(kOrders, "CancelOrder"),
                                     absl::StrCat("name: '", order.name(), "' reason: 'changed mind'"));
  EXPECT_EQ(Amount(GetOrder(order.name()).prepaid()), D("0"));
  EXPECT_EQ(Amount(Exposure(account_).unapplied()), D("70"));
}

TEST_F(SalesJourneyTest, PaymentsGoToTheOwnDocumentsOfTheCustomerOnly) {
  const std::string contract = NewContract(account_, /*credit=*/false);
  const Order order = *Enter(contract, "1");
  const std::string stranger = NewAccount();
  const rpb::Receipt receipt = Pay(stranger, "10", "");
  const auto allocate = [&](const std::string& target, const std::string& amount) {
    return Call<rpb::Receipt, rpb::AllocateReceiptRequest>(
        acc_, absl::StrCat(kReceipts, "AllocateReceipt"),
        absl::StrCat("name: '", receipt.name(), "' allocations { target: '", target, "' amount ", amount, " }"));
  };
  EXPECT_THAT(allocate(order.name(), MoneyText("10")), HasReason("TARGET_OF_OTHER_ACCOUNT"));
  EXPECT_THAT(allocate(contract, MoneyText("10")), HasReason("TARGET_INVALID"));
  EXPECT_THAT(allocate(order.name(), MoneyText("10", "USD")), HasReason("CURRENCY_MISMATCH"));
  EXPECT_THAT(allocate(absl::StrCat("invoices/", harness().NewId()), MoneyText("10")),
              HasReason("REFERENCE_NOT_FOUND"));
}

// C-29
TEST_F(SalesJourneyTest, CancelledInvoiceCanBeWrittenAgain) {
  const std::string contract = NewContract(account_, /*credit=*/true);
  SetLimit(account_, "AMOUNT", "100");
  const Order order = *Enter(contract, "10");
  Review(order.name());
  Release(order.name());
  Deliver(order.name(), "10");
  const rpb::Invoice invoice = Invoice(order.name());
  Do<rpb::Invoice, rpb::CancelInvoiceRequest>(acc_, absl::StrCat(kInvoices, "CancelInvoice"),
                                              absl::StrCat("name: '", invoice.name(), "' reason: 'wrong title'"));
  EXPECT_EQ(Amount(Exposure(account_).committed()), D("100"));
  ExpectBooksRight(account_);
  const rpb::Invoice again = Invoice(order.name());
  EXPECT_EQ(Amount(again.total()), D("100"));
  Pay(account_, "1", again.name());
  EXPECT_THAT(
      (Call<rpb::Invoice, rpb::CancelInvoiceRequest>(acc_, absl::StrCat(kInvoices, "CancelInvoice"),
                                                     absl::StrCat("name: '", again.name(), "' reason: 'again'"))),
      HasReason("STATE_NOT_ALLOWED"));
  ExpectBooksRight(account_);
}

// C-32: ageing by day, equal to a recount, also for days that are past.
TEST_F(SalesJourneyTest, AgeingByDay) {
  const auto import = [&](const std::string& id, const std::string& amount, const std::string& date,
                          const std::string& due) {
    const auto answer = Do<kam::api::BatchUpsertResponse, rpb::BatchUpsertReceivableItemsRequest>(
        erp_, absl::StrCat(kReceivables, "BatchUpsertReceivableItems"),
        absl::StrCat("receivable_items { external_ids { system: 'erp' id: '", harness().NewId(), id, "' } account: '",
                     account_, "' amount ", MoneyText(amount), " item_date: '", date, "' due_date: '", due, "' }"));
    EXPECT_EQ(answer.results(0).outcome(), kam::api::UPSERT_OUTCOME_CREATED) << answer.DebugString();
    return answer.results(0).name();
  };
  import("a", "1", "2025-12-01", "2026-01-05");
  const std::string item = import("b", "10", "2025-12-01", "2025-12-06");
  import("c", "100", "2025-10-01", "2025-11-06");
  import("d", "1000", "2025-10-01", "2025-10-07");
  import("e", "10000", "2025-09-01", "2025-09-30");
  const auto ageing = [&](const std::string& as_of) {
    const auto answer = Do<rpb::ListAgeingResponse, rpb::ListAgeingRequest>(
        fd_, absl::StrCat(kReceivables, "ListAgeing"), absl::StrCat("account: '", account_, "' as_of: '", as_of, "'"));
    EXPECT_EQ(answer.rows_size(), 1) << as_of;
    return answer.rows_size() == 1 ? answer.rows(0) : rpb::AgeingRow();
  };
  const rpb::AgeingRow today = ageing("2026-01-05");
  EXPECT_EQ(Amount(today.not_due()), D("1"));
  EXPECT_EQ(Amount(today.bucket_1()), D("10"));
  EXPECT_EQ(Amount(today.bucket_2()), D("100"));
  EXPECT_EQ(Amount(today.bucket_3()), D("1000"));
  EXPECT_EQ(Amount(today.beyond()), D("10000"));
  EXPECT_EQ(Amount(today.total()), D("11111"));
  const rpb::AgeingRow past = ageing("2025-11-30");
  EXPECT_EQ(Amount(past.total()), D("11100")) << "two items were not there yet";
  Pay(account_, "4", item);
  EXPECT_EQ(Amount(ageing("2026-01-05").bucket_1()), D("6"));
  EXPECT_EQ(Amount(ageing("2026-01-04").total()), D("11111")) << "the payment came a day later";
  ExpectBooksRight(account_);
  const auto turnover = Do<rpb::GetTurnoverDaysResponse, rpb::GetTurnoverDaysRequest>(
      fd_, absl::StrCat(kReceivables, "GetTurnoverDays"), "from_date: '2026-01-01' to_date: '2026-01-31'");
  EXPECT_EQ(turnover.days(), 31);
  EXPECT_THAT((Call<rpb::ListAgeingResponse, rpb::ListAgeingRequest>(fd_, absl::StrCat(kReceivables, "ListAgeing"),
                                                                     "bounds: 30 bounds: 20 bounds: 90")),
              HasReason("AGEING_BOUNDS_INVALID"));
}

// G30: the approval of a quote is enough for the order and the invoice of that content: both take its prices, and
// nobody is asked again.
TEST_F(SalesJourneyTest, G30TheApprovedQuoteIsOrderedAndInvoicedWithoutAnotherQuestion) {
  const std::string quote = NewQuote(account_, "ACCEPTED");
  const std::string requests = "SELECT CAST(COUNT(id) AS CHAR) FROM approval_requests";
  const Decimal asked = Sql(requests);
  const absl::StatusOr<Order> other = Call<Order, opb::CreateOrderRequest>(
      kax_, absl::StrCat(kOrders, "CreateOrder"),
      absl::StrCat("order { account: '", account_, "' quote: '", quote, "' lines { product: '", product_a_,
                   "' quantity: '10' unit_price ", MoneyText("9.99"), " } }"));
  EXPECT_THAT(other, HasReason("PRICE_NOT_AGREED")) << "another content is not approved by it";
  EXPECT_THAT(Enter(quote, "11"), HasReason("QUANTITY_NOT_AGREED"));
  const Order order = *Enter(quote, "10");
  Review(order.name());
  Pay(account_, "100", order.name());
  Release(order.name());
  Deliver(order.name(), "10");
  const rpb::Invoice invoice = Invoice(order.name());
  EXPECT_EQ(Amount(invoice.total()), D("100"));
  EXPECT_EQ(invoice.state(), rpb::INVOICE_STATE_PAID);
  EXPECT_EQ(GetOrder(order.name()).state(), opb::ORDER_STATE_SETTLED);
  EXPECT_EQ(Sql(requests), asked);
}

// C-04, C-19, C-22, C-29: a gift of an accepted quote is ordered, delivered and on the invoice, which it does not
// raise.
TEST_F(SalesJourneyTest, AGiftIsDeliveredAndCostsNothing) {
  const std::string quote = NewQuote(account_, "ACCEPTED");
  AddGift(quote, product_b_, "2");
  const std::string gift = absl::StrCat("lines { product: '", product_b_, "' quantity: '2' gift: true }");
  EXPECT_THAT(Enter(quote, "10", absl::StrCat(gift, gift)), HasReason("QUANTITY_NOT_AGREED"));
  EXPECT_THAT(Enter(quote, "10", absl::StrCat("lines { product: '", product_b_, "' quantity: '2' }")),
              HasReason("PRODUCT_NOT_AGREED"))
      << "it is given, not sold";
  const Order order = *Enter(quote, "10", gift);
  EXPECT_EQ(Amount(order.total()), D("100")) << "nor is it taxed";
  EXPECT_THAT(Enter(quote, "1"), HasReason("QUANTITY_NOT_AGREED"));
  Review(order.name());
  Pay(account_, "100", order.name());
  Release(order.name());
  Deliver(order.name(), "10");
  const rpb::Invoice first = Invoice(order.name());
  EXPECT_EQ(Amount(first.total()), D("100"));
  EXPECT_EQ(GetOrder(order.name()).state(), opb::ORDER_STATE_SHIPPED) << "the gift is still owed";
  const auto delivery = Do<opb::Delivery, opb::CreateDeliveryRequest>(
      kax_, absl::StrCat(kDeliveries, "CreateDelivery"),
      absl::StrCat("delivery { order: '", order.name(), "' planned_date: '2026-01-06' place: 'Site' deliverer: '",
                   kax_.subject, "' lines { line_number: 2 quantity: '2' } checklist { title: 'keys' done: true } }"));
  Do<opb::Delivery, opb::ShipDeliveryRequest>(wh_, absl::StrCat(kDeliveries, "ShipDelivery"),
                                              absl::StrCat("name: '", delivery.name(), "'"));
  Do<opb::Delivery, opb::AcceptDeliveryRequest>(
      kax_, absl::StrCat(kDeliveries, "AcceptDelivery"),
      absl::StrCat("name: '", delivery.name(), "' signatory: 'Wang' signature_document: 'scan/1'"));
  EXPECT_EQ(GetOrder(order.name()).lines(1).delivered_quantity(), "2");
  const rpb::Invoice second = Invoice(order.name());
  EXPECT_EQ(Amount(second.total()), D("0"));
  EXPECT_EQ(second.state(), rpb::INVOICE_STATE_PAID);
  EXPECT_EQ(GetOrder(order.name()).state(), opb::ORDER_STATE_SETTLED);
  ExpectBooksRight(account_);
}

}  // namespace
}  // namespace kam::contract::testing
