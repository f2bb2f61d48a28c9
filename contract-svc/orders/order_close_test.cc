// How orders end early, how money goes back, and who may bring history, over real gRPC and MariaDB: C-18, C-19, C-21,
// C-22, C-30, C-32, C-34.
#include <thread>

#include "absl/strings/str_cat.h"
#include "common/testing/matchers.h"
#include "contract-svc/context.h"
#include "contract-svc/testing/sales_fixture.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/type/money.pb.h"
#include "kam/contract/v1/contract_service.pb.h"
#include "kam/order/v1/delivery_service.pb.h"
#include "kam/order/v1/order_service.pb.h"
#include "kam/receivable/v1/invoice_service.pb.h"
#include "kam/receivable/v1/receipt_service.pb.h"
#include "kam/receivable/v1/receivable_service.pb.h"

namespace kam::contract::testing {
namespace {

using kam::testing::HasReason;
using kam::testing::IsOk;
using kam::testing::StatusIs;
using order::v1::Delivery;
using order::v1::Order;
namespace opb = order::v1;
namespace rpb = receivable::v1;

class OrderCloseTest : public SalesTest {
 protected:
  template <typename Request>
  absl::StatusOr<Order> Verb(const auth::Principal& who, const std::string& method, const std::string& order) {
    return Call<Order, Request>(who, absl::StrCat(kOrders, method),
                                absl::StrCat("name: '", order, "' reason: 'because'"));
  }
  std::string DeliveryText(const std::string& order, const std::string& quantity) {
    return absl::StrCat("delivery { order: '", order, "' planned_date: '2026-01-06' place: 'Site' deliverer: '",
                        kax_.subject, "' lines { line_number: 1 quantity: '", quantity,
                        "' } checklist { title: 'keys' done: true } }");
  }
  Delivery Plan(const std::string& order, const std::string& quantity) {
    return Do<Delivery, opb::CreateDeliveryRequest>(kax_, absl::StrCat(kDeliveries, "CreateDelivery"),
                                                    DeliveryText(order, quantity));
  }
  Delivery Ship(const std::string& delivery) {
    return Do<Delivery, opb::ShipDeliveryRequest>(wh_, absl::StrCat(kDeliveries, "ShipDelivery"),
                                                  absl::StrCat("name: '", delivery, "'"));
  }
  void Refuse(const std::string& order, const std::string& quantity) {
    Do<Delivery, opb::RefuseDeliveryRequest>(
        kax_, absl::StrCat(kDeliveries, "RefuseDelivery"),
        absl::StrCat("name: '", Ship(Plan(order, quantity).name()).name(), "' reason: 'wrong colour'"));
  }
  Order Ready(const std::string& contract, const std::string& quantity) {
    const Order order = *Enter(contract, quantity);
    Review(order.name());
    return Release(order.name());
  }
  absl::StatusOr<rpb::Receipt> Reverse(const auth::Principal& who, const std::string& receipt) {
    return Call<rpb::Receipt, rpb::ReverseReceiptRequest>(
        who, absl::StrCat(kReceipts, "ReverseReceipt"), absl::StrCat("name: '", receipt, "' reason: 'cheque bounced'"));
  }
  rpb::Invoice GetInvoice(const std::string& invoice) {
    return Do<rpb::Invoice, kam::api::GetRequest>(acc_, absl::StrCat(kInvoices, "GetInvoice"),
                                                  absl::StrCat("name: '", invoice, "'"));
  }
};

// C-18, C-34: refused, settled with the customer, and over: credit and contract are free again.
TEST_F(OrderCloseTest, ARefusedOrderIsCancelledWhenTheDisputeIsResolved) {
  const std::string contract = NewContract(account_, /*credit=*/true);
  SetLimit(account_, "AMOUNT", "10000");
  const Order order = Ready(contract, "1000");
  Refuse(order.name(), "1000");
  EXPECT_THAT(Verb<opb::CancelOrderRequest>(sad_, "CancelOrder", order.name()), HasReason("STATE_NOT_ALLOWED"));
  ASSERT_THAT(Verb<opb::ResolveOrderRequest>(sad_, "ResolveOrder", order.name()), IsOk());
  EXPECT_THAT(Verb<opb::CloseOrderShortRequest>(sad_, "CloseOrderShort", order.name()), HasReason("NOTHING_DELIVERED"));
  EXPECT_THAT(Enter(contract, "1"), HasReason("QUANTITY_NOT_AGREED"));
  ASSERT_THAT(Verb<opb::CancelOrderRequest>(sad_, "CancelOrder", order.name()), IsOk());
  EXPECT_EQ(GetOrder(order.name()).state(), opb::ORDER_STATE_CANCELLED);
  EXPECT_EQ(Amount(Exposure(account_).exposure()), D("0"));
  EXPECT_THAT(Enter(contract, "1000"), IsOk());
  ExpectBooksRight(account_);
}

// C-18, C-34: delivered in part, the rest is closed short.
TEST_F(OrderCloseTest, ClosingShortFreesContractAndCreditOfTheRest) {
  const std::string contract = NewContract(account_, /*credit=*/true);
  SetLimit(account_, "AMOUNT", "10000");
  const Order order = Ready(contract, "1000");
  Deliver(order.name(), "300");
  Refuse(order.name(), "100");
  ASSERT_THAT(Verb<opb::ResolveOrderRequest>(sad_, "ResolveOrder", order.name()), IsOk());
  EXPECT_THAT(Verb<opb::CancelOrderRequest>(sad_, "CancelOrder", order.name()), HasReason("ORDER_DELIVERED"));
  EXPECT_THAT(Verb<opb::CloseOrderShortRequest>(kax_, "CloseOrderShort", order.name()),
              StatusIs(absl::StatusCode::kPermissionDenied));
  EXPECT_THAT((Call<Order, opb::CloseOrderShortRequest>(sad_, absl::StrCat(kOrders, "CloseOrderShort"),
                                                        absl::StrCat("name: '", order.name(), "'"))),
              HasReason("REASON_REQUIRED"));
  const Delivery planned = Plan(order.name(), "50");
  EXPECT_THAT(Verb<opb::CloseOrderShortRequest>(sad_, "CloseOrderShort", order.name()),
              HasReason("DELIVERY_UNDER_WAY"));
  Do<Delivery, opb::CancelDeliveryRequest>(kax_, absl::StrCat(kDeliveries, "CancelDelivery"),
                                           absl::StrCat("name: '", planned.name(), "' reason: 'not any more'"));
  const absl::StatusOr<Order> closed = Verb<opb::CloseOrderShortRequest>(sad_, "CloseOrderShort", order.name());
  ASSERT_THAT(closed, IsOk());
  EXPECT_EQ(closed->state(), opb::ORDER_STATE_DELIVERED);
  EXPECT_EQ(closed->lines(0).closed_quantity(), "700");
  EXPECT_EQ(Amount(closed->closed_total()), D("7000"));
  EXPECT_EQ(Amount(Exposure(account_).committed()), D("3000"));
  ExpectBooksRight(account_);
  EXPECT_THAT(Enter(contract, "701"), HasReason("QUANTITY_NOT_AGREED"));
  EXPECT_THAT(Enter(contract, "700"), IsOk());
  const rpb::Invoice invoice = Invoice(order.name());
  EXPECT_EQ(Amount(invoice.total()), D("3000"));
  Pay(account_, "3000", invoice.name());
  EXPECT_EQ(GetOrder(order.name()).state(), opb::ORDER_STATE_SETTLED);
  ExpectBooksRight(account_);
}

// C-05, C-18: what was closed short of an order from a quote may be ordered again.
TEST_F(OrderCloseTest, ClosingShortFreesTheQuote) {
  const std::string quote = NewQuote(account_, "ACCEPTED");
  const Order order = *Enter(quote, "10");
  Review(order.name());
  Pay(account_, "100", order.name());
  Release(order.name());
  Deliver(order.name(), "4");
  EXPECT_THAT(Enter(quote, "1"), HasReason("QUANTITY_NOT_AGREED"));
  ASSERT_THAT(Verb<opb::CloseOrderShortRequest>(sad_, "CloseOrderShort", order.name()), IsOk());
  EXPECT_THAT(Enter(quote, "7"), HasReason("QUANTITY_NOT_AGREED"));
  EXPECT_THAT(Enter(quote, "6"), IsOk());
}

// C-18, C-30: what was paid for the rest is on account, what was paid for the goods stays.
TEST_F(OrderCloseTest, ClosingShortReturnsThePrepaymentOfTheRest) {
  const Order order = *Enter(NewContract(account_, /*credit=*/false), "10");
  Review(order.name());
  Pay(account_, "60", order.name());
  Pay(account_, "40", order.name());
  Release(order.name());
  Deliver(order.name(), "3");
  const absl::StatusOr<Order> closed = Verb<opb::CloseOrderShortRequest>(sad_, "CloseOrderShort", order.name());
  ASSERT_THAT(closed, IsOk());
  EXPECT_EQ(Amount(closed->prepaid()), D("30"));
  EXPECT_EQ(Amount(Exposure(account_).unapplied()), D("70"));
  EXPECT_EQ(Invoice(order.name()).state(), rpb::INVOICE_STATE_PAID);
  EXPECT_EQ(GetOrder(order.name()).state(), opb::ORDER_STATE_SETTLED);
  ExpectBooksRight(account_);
}

// C-30, C-34: a bounced cheque. Invoice, open item and credit are as they were before it.
TEST_F(OrderCloseTest, ReversingAReceiptOpensWhatItPaid) {
  const std::string contract = NewContract(account_, /*credit=*/true);
  SetLimit(account_, "AMOUNT", "100");
  const Order order = Ready(contract, "10");
  Deliver(order.name(), "10");
  const rpb::Invoice invoice = Invoice(order.name());
  Pay(account_, "25", invoice.name());
  const rpb::Receipt receipt = Pay(account_, "75", invoice.name());
  EXPECT_EQ(GetOrder(order.name()).state(), opb::ORDER_STATE_SETTLED);
  EXPECT_EQ(Amount(Exposure(account_).exposure()), D("0"));
  EXPECT_THAT(Reverse(csh_, receipt.name()), StatusIs(absl::StatusCode::kPermissionDenied));
  EXPECT_THAT(Reverse(acc_, receipt.name()), HasReason("SEPARATION_OF_DUTIES")) << "who marked it";
  const absl::StatusOr<rpb::Receipt> reversed = Reverse(fd_, receipt.name());
  ASSERT_THAT(reversed, IsOk());
  EXPECT_EQ(reversed->state(), rpb::RECEIPT_STATE_REVERSED);
  EXPECT_EQ(reversed->reverse_reason(), "cheque bounced");
  EXPECT_EQ(Amount(GetInvoice(invoice.name()).paid()), D("25"));
  EXPECT_EQ(GetInvoice(invoice.name()).state(), rpb::INVOICE_STATE_PARTIALLY_PAID);
  EXPECT_EQ(GetOrder(order.name()).state(), opb::ORDER_STATE_DELIVERED);
  EXPECT_EQ(Amount(Exposure(account_).open()), D("75"));
  EXPECT_EQ(Amount(Exposure(account_).unapplied()), D("0")) << "money that went back is not on account";
  EXPECT_THAT(Reverse(fd_, receipt.name()), HasReason("STATE_NOT_ALLOWED"));
  ExpectBooksRight(account_);
  Pay(account_, "75", invoice.name());
  EXPECT_EQ(GetOrder(order.name()).state(), opb::ORDER_STATE_SETTLED);
  ExpectBooksRight(account_);
}

// C-21, C-30: the money goes back before the goods go out: they stay.
TEST_F(OrderCloseTest, ReversingAPrepaymentTakesTheReleaseBack) {
  const Order order = *Enter(NewContract(account_, /*credit=*/false), "10");
  Review(order.name());
  const rpb::Receipt receipt = Pay(account_, "100", order.name());
  Release(order.name());
  const Delivery delivery = Plan(order.name(), "10");
  ASSERT_THAT(Reverse(fd_, receipt.name()), IsOk());
  EXPECT_EQ(GetOrder(order.name()).state(), opb::ORDER_STATE_REVIEWED);
  EXPECT_EQ(Amount(GetOrder(order.name()).prepaid()), D("0"));
  EXPECT_THAT((Call<Delivery, opb::ShipDeliveryRequest>(wh_, absl::StrCat(kDeliveries, "ShipDelivery"),
                                                        absl::StrCat("name: '", delivery.name(), "'"))),
              HasReason("ORDER_NOT_RELEASED"));
  EXPECT_THAT(Verb<opb::ReleaseOrderRequest>(acc_, "ReleaseOrder", order.name()), HasReason("PAYMENT_MISSING"));
  Pay(account_, "100", order.name());
  Release(order.name());
  EXPECT_EQ(Ship(delivery.name()).state(), opb::DELIVERY_STATE_SHIPPED);
  ExpectBooksRight(account_);
}

// C-21, C-29, C-30: half of the goods are gone and invoiced when the money goes back: the invoice is open, the other
// half waits for money.
TEST_F(OrderCloseTest, ReversingAPrepaymentThatPaidAnInvoiceOpensTheInvoice) {
  const Order order = *Enter(NewContract(account_, /*credit=*/false), "10");
  Review(order.name());
  const rpb::Receipt receipt = Pay(account_, "100", order.name());
  Release(order.name());
  Deliver(order.name(), "4");
  const rpb::Invoice invoice = Invoice(order.name());
  EXPECT_EQ(invoice.state(), rpb::INVOICE_STATE_PAID);
  EXPECT_EQ(Amount(invoice.prepaid()), D("40"));
  const Delivery rest = Plan(order.name(), "6");
  ASSERT_THAT(Reverse(fd_, receipt.name()), IsOk());
  EXPECT_EQ(GetInvoice(invoice.name()).state(), rpb::INVOICE_STATE_ISSUED);
  EXPECT_EQ(Amount(GetInvoice(invoice.name()).prepaid()), D("0"));
  EXPECT_EQ(Amount(GetOrder(order.name()).prepaid()), D("0"));
  EXPECT_EQ(Amount(Exposure(account_).open()), D("40"));
  ExpectBooksRight(account_);
  const auto ship = [&] {
    return Call<Delivery, opb::ShipDeliveryRequest>(wh_, absl::StrCat(kDeliveries, "ShipDelivery"),
                                                    absl::StrCat("name: '", rest.name(), "'"));
  };
  EXPECT_THAT(ship(), HasReason("PAYMENT_MISSING"));
  Pay(account_, "40", invoice.name());
  EXPECT_THAT(ship(), HasReason("PAYMENT_MISSING"));
  Pay(account_, "60", order.name());
  EXPECT_THAT(ship(), IsOk());
  ExpectBooksRight(account_);
}

// C-32, C-34: each currency for itself, and the limit in the one that was decided.
TEST_F(OrderCloseTest, ExposureAndAgeingAreKeptByCurrency) {
  const auto owe = [&](const std::string& amount, const std::string& currency, const std::string& due) {
    const auto answer = Do<kam::api::BatchUpsertResponse, rpb::BatchUpsertReceivableItemsRequest>(
        erp_, absl::StrCat(kReceivables, "BatchUpsertReceivableItems"),
        absl::StrCat("receivable_items { external_ids { system: 'erp' id: '", harness().NewId(), "' } account: '",
                     account_, "' amount ", MoneyText(amount, currency), " item_date: '2025-12-01' due_date: '", due,
                     "' }"));
    EXPECT_EQ(answer.results(0).outcome(), kam::api::UPSERT_OUTCOME_CREATED) << answer.DebugString();
  };
  owe("10", "USD", "2025-12-31");
  owe("20", "CNY", "2026-02-01");
  owe("5", "USD", "2026-02-01");
  const auto ageing = Do<rpb::ListAgeingResponse, rpb::ListAgeingRequest>(fd_, absl::StrCat(kReceivables, "ListAgeing"),
                                                                          absl::StrCat("account: '", account_, "'"));
  ASSERT_EQ(ageing.rows_size(), 2);
  EXPECT_EQ(ageing.rows(0).currency(), "CNY");
  EXPECT_EQ(Amount(ageing.rows(0).total()), D("20"));
  EXPECT_EQ(Amount(ageing.rows(0).bucket_1()), D("0"));
  EXPECT_EQ(ageing.rows(1).currency(), "USD");
  EXPECT_EQ(Amount(ageing.rows(1).bucket_1()), D("10"));
  EXPECT_EQ(Amount(ageing.rows(1).not_due()), D("5"));
  EXPECT_EQ(Amount(ageing.rows(1).total()), D("15"));
  rpb::Exposure exposure = Exposure(account_);
  EXPECT_EQ(exposure.currency(), "CNY") << "the first item does not choose the currency of the credit";
  EXPECT_EQ(Amount(exposure.open()), D("20"));
  ASSERT_EQ(exposure.currencies_size(), 2);
  EXPECT_EQ(Amount(exposure.currencies(1).open()), D("15"));
  EXPECT_EQ(Amount(exposure.currencies(1).overdue()), D("10"));
  ExpectBooksRight(account_);
  bool found = false;
  const auto standings = Do<rpb::SummarizeAccountsResponse, rpb::SummarizeAccountsRequest>(
      fd_, absl::StrCat(kReceivables, "SummarizeAccounts"), "page_size: 200");
  for (const rpb::AccountStanding& standing : standings.accounts()) {
    if (standing.account() != account_ || standing.currency() != "USD") continue;
    found = true;
    EXPECT_EQ(Amount(standing.open()), D("15"));
  }
  EXPECT_TRUE(found);

  // The limit is decided in dollars: from now on dollars count.
  const auto list = Do<rpb::ListCreditAccountsResponse, kam::api::ListRequest>(
      fd_, absl::StrCat(kCredits, "ListCreditAccounts"), absl::StrCat("filter: \"account = '", account_, "'\""));
  ASSERT_EQ(list.credit_accounts_size(), 1);
  const std::string name = list.credit_accounts(0).name();
  const auto proposed = Do<rpb::CreditAccount, rpb::ProposeCreditLimitRequest>(
      kam_, absl::StrCat(kCredits, "ProposeCreditLimit"),
      absl::StrCat("name: '", name, "' limit_type: CREDIT_LIMIT_TYPE_AMOUNT credit_limit ", MoneyText("50", "USD"),
                   " terms_days: 30 reason: 'pays in dollars'"));
  EXPECT_EQ(proposed.currency(), "CNY") << "not before it is decided";
  Do<rpb::CreditAccount, rpb::DecideCreditLimitRequest>(
      fd_, absl::StrCat(kCredits, "DecideCreditLimit"),
      absl::StrCat("name: '", name, "' approve: true etag: '", proposed.etag(), "'"));
  exposure = Exposure(account_);
  EXPECT_EQ(exposure.currency(), "USD");
  EXPECT_EQ(Amount(exposure.open()), D("15"));
  EXPECT_EQ(Amount(exposure.headroom()), D("35"));
  ExpectBooksRight(account_);
  const std::string dollars = NewContract(account_, /*credit=*/true, "USD");
  EXPECT_THAT(Enter(dollars, "4"), HasReason("CREDIT_LIMIT_EXCEEDED"));
  EXPECT_THAT(Enter(dollars, "3"), IsOk());
  EXPECT_THAT(Enter(NewContract(account_, /*credit=*/true), "1"), HasReason("CURRENCY_MISMATCH"));
  ExpectBooksRight(account_);
}

// C-30, C-34, R-15: history is brought by the program of the other system, not by a person who could decide.
TEST_F(OrderCloseTest, OnlyTheOtherSystemImports) {
  for (const char* role : {"SD", "FD", "GM", "ACC", "KAPM"}) {
    const auth::Principal person = harness().PrincipalFor(role, harness().NewId());
    for (const char* permission :
         {"contract.import", "order.import", "credit.import", "receivable.import", "receipt.import"}) {
      EXPECT_FALSE(person.Holds(permission)) << role << " " << permission;
    }
  }
  // Who brought an order has entered it, and does not review it.
  auth::Principal both = sad_;
  both.grants["order.import"] = auth::Level::kAll;
  const std::string key = harness().NewId();
  const auto import = [&](const auth::Principal& who, const std::string& quantity) {
    return Do<kam::api::BatchUpsertResponse, opb::BatchUpsertOrdersRequest>(
        who, absl::StrCat(kOrders, "BatchUpsertOrders"),
        absl::StrCat("orders { external_ids { system: 'erp' id: '", key, "' } account: '", account_,
                     "' order_date: '2025-12-01' lines { product: '", product_a_, "' quantity: '", quantity,
                     "' unit_price ", MoneyText("10"), " } }"));
  };
  const auto answer = import(both, "3");
  ASSERT_EQ(answer.results(0).outcome(), kam::api::UPSERT_OUTCOME_CREATED) << answer.DebugString();
  const std::string order = answer.results(0).name();
  EXPECT_EQ(GetOrder(order).enterer(), sad_.subject);
  EXPECT_EQ(import(erp_, "3").results(0).outcome(), kam::api::UPSERT_OUTCOME_UNCHANGED);
  EXPECT_EQ(GetOrder(order).enterer(), sad_.subject) << "the same row by another says nothing new";
  EXPECT_THAT((Call<Order, opb::ReviewOrderRequest>(
                  sad_, absl::StrCat(kOrders, "ReviewOrder"),
                  absl::StrCat("name: '", order, "' warehouse: 'W1' check_result: 'complete'"))),
              HasReason("SEPARATION_OF_DUTIES"));
  EXPECT_EQ(import(erp_, "4").results(0).outcome(), kam::api::UPSERT_OUTCOME_UPDATED);
  EXPECT_EQ(GetOrder(order).enterer(), erp_.subject);
}

// C-22, G-03: of an order out of reach nothing is said, not even its state.
TEST_F(OrderCloseTest, ADeliveryOfAForeignOrderTellsNothing) {
  const Order entered = *Enter(NewContract(account_, /*credit=*/false), "1");
  for (const std::string& order : {entered.name(), absl::StrCat("orders/", harness().NewId())}) {
    EXPECT_THAT((Call<Delivery, opb::CreateDeliveryRequest>(other_kax_, absl::StrCat(kDeliveries, "CreateDelivery"),
                                                            DeliveryText(order, "1"))),
                HasReason("REFERENCE_NOT_FOUND"));
  }
  EXPECT_THAT((Call<Delivery, opb::CreateDeliveryRequest>(kax_, absl::StrCat(kDeliveries, "CreateDelivery"),
                                                          DeliveryText(entered.name(), "1"))),
              HasReason("ORDER_NOT_RELEASED"));
}

// C-22: a change of a delivery waits for the order before it locks the delivery, as every verb does.
TEST_F(OrderCloseTest, AChangeOfADeliveryLocksTheOrderFirst) {
  const std::string contract = NewContract(account_, /*credit=*/true);
  SetLimit(account_, "UNLIMITED", "");
  const Order order = Ready(contract, "5");
  const Delivery delivery = Plan(order.name(), "5");
  std::thread change;
  const auto deadline = absl::Now() + absl::Seconds(60);
  EXPECT_THAT(harness().runtime().database().RunInTransaction(
                  deadline,
                  [&](mysql::Connection& connection) -> absl::Status {
                    RETURN_IF_ERROR(connection
                                        .Query("SELECT o.id FROM orders o WHERE o.id = ? FOR UPDATE",
                                               {mysql::Value(IdOf(order.name()))})
                                        .status());
                    change = std::thread([&] {
                      Do<Delivery, opb::UpdateDeliveryRequest>(
                          kax_, absl::StrCat(kDeliveries, "UpdateDelivery"),
                          absl::StrCat("delivery { name: '", delivery.name(), "' place: 'Gate 2' }"));
                    });
                    // Until it asks for the order, which is ours.
                    for (;;) {
                      ASSIGN_OR_RETURN(const std::vector<mysql::Row> rows,
                                       connection.Query("SELECT COUNT(p.id) FROM information_schema.processlist p "
                                                        "WHERE p.info LIKE '%FROM orders t%FOR UPDATE%' AND p.id <> "
                                                        "CONNECTION_ID()"));
                      if (rows[0][0].integer() > 0) break;
                      if (absl::Now() > deadline) return absl::DeadlineExceededError("the change never asked");
                    }
                    return connection
                        .Query("SELECT d.id FROM deliveries d WHERE d.id = ? FOR UPDATE NOWAIT",
                               {mysql::Value(IdOf(delivery.name()))})
                        .status();
                  }),
              IsOk());
  if (change.joinable()) change.join();
}

}  // namespace
}  // namespace kam::contract::testing
