// Orders, deliveries, invoices and receipts from end to end over real gRPC and MariaDB: C-18, C-19, C-21, C-22, C-29,
// C-30, C-32.
#include <functional>
#include <map>
#include <set>
#include <thread>

#include "absl/strings/str_cat.h"
#include "common/resource/type.h"
#include "common/testing/matchers.h"
#include "contract-svc/context.h"
#include "contract-svc/contract_svc.h"
#include "contract-svc/testing/sales_fixture.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/type/money.pb.h"
#include "kam/contract/v1/agreement_service.pb.h"
#include "kam/contract/v1/amendment_service.pb.h"
#include "kam/contract/v1/dispute_service.pb.h"
#include "kam/contract/v1/obligation_service.pb.h"
#include "kam/order/v1/add_on_service_service.pb.h"
#include "kam/order/v1/delivery_project_service.pb.h"
#include "kam/order/v1/delivery_service.pb.h"
#include "kam/order/v1/order_service.pb.h"
#include "kam/order/v1/shipment_service.pb.h"
#include "kam/order/v1/stock_service.pb.h"
#include "kam/order/v1/supply_service.pb.h"
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

// Every state and every verb: refused in every state but those allowed here.
class StateTest : public SalesTest {
 protected:
  struct Verb {
    std::string method;
    std::set<std::string> from;
  };

  void CheckAllPairs(const google::protobuf::EnumDescriptor* states, const std::string& service,
                     const std::string& table, const std::string& name, const std::vector<Verb>& verbs,
                     const std::set<std::string>& of_other_tables = {}) {
    // Every permission there is: what is looked at here is the state alone.
    std::vector<std::string> permissions;
    for (const auto& [method, entry] : harness().registry().entries()) permissions.push_back(entry.rules->permission());
    for (const char* step : {"sales", "product", "finance", "legal"}) {
      permissions.push_back(absl::StrCat("contract.review_", step));
    }
    auth::Principal all = kam::testing::Harness::Program("test", permissions);
    all.subject = gm_.subject;
    all.employee = gm_.employee;
    std::set<std::string> covered;
    for (const Verb& verb : verbs) {
      const auto* entry = harness().registry().Find(service + verb.method);
      ASSERT_NE(entry, nullptr) << verb.method;
      covered.insert(service + verb.method);
      for (int i = 1; i < states->value_count(); ++i) {
        const std::string state = resource::ShortEnumName(states->value(i));
        harness().db().Execute(
            absl::StrCat("UPDATE ", table, " SET state = '", state, "' WHERE id = '", IdOf(name), "'"));
        const auto* prototype =
            google::protobuf::MessageFactory::generated_factory()->GetPrototype(entry->method->input_type());
        std::unique_ptr<google::protobuf::Message> request(prototype->New());
        Fill(request.get(), name);
        std::unique_ptr<google::protobuf::Message> response(
            google::protobuf::MessageFactory::generated_factory()->GetPrototype(entry->method->output_type())->New());
        const absl::Status status = harness().CallMessage(all, service + verb.method, *request, response.get());
        EXPECT_EQ(Reason(status) != "STATE_NOT_ALLOWED", verb.from.count(state) > 0)
            << verb.method << " in " << state << ": " << status;
        EXPECT_NE(status.code(), absl::StatusCode::kInternal) << verb.method << " in " << state << ": " << status;
      }
    }
    // No verb of the resource is forgotten.
    const std::string collection = name.substr(0, name.find('/'));
    for (const auto& [method, entry] : harness().registry().entries()) {
      if (method.rfind(service, 0) != 0 || entry.rules->transition().from_size() == 0) continue;
      if (of_other_tables.count(method.substr(service.size())) > 0) continue;
      if (entry.rules->collection() != collection) continue;
      EXPECT_EQ(covered.count(method), 1u) << method;
    }
  }

  // A name of the collection; that of the resource itself where any will do.
  static std::string NameFor(const std::string& collection, const std::string& name) {
    return collection == "*" ? name : absl::StrCat(collection, "/", IdOf(name));
  }

  // A request that only the state can refuse at the edge: every required field says something.
  void Fill(google::protobuf::Message* request, const std::string& name) {
    const auto* reflection = request->GetReflection();
    const auto* descriptor = request->GetDescriptor();
    for (int i = 0; i < descriptor->field_count(); ++i) {
      const auto* field = descriptor->field(i);
      const kam::api::Field& rules = field->options().GetExtension(kam::api::field);
      if (field->name() == "name") {
        reflection->SetString(request, field, name);
      } else if (field->name() == "reason" || field->name() == "receiver_name") {
        reflection->SetString(request, field, "because");
      } else if (!rules.required() && rules.minimum().empty()) {
        continue;
      } else if (field->is_repeated()) {
        Fill(reflection->AddMessage(request, field), name);
      } else if (field->cpp_type() == google::protobuf::FieldDescriptor::CPPTYPE_STRING) {
        reflection->SetString(request, field,
                              rules.format() == kam::api::FORMAT_DATE ? "2026-02-01"
                              : !rules.pattern().empty()              ? std::string(64, 'a')
                              : !rules.reference().empty()            ? NameFor(rules.reference(), name)
                                                                      : "1");
      } else if (field->cpp_type() == google::protobuf::FieldDescriptor::CPPTYPE_ENUM) {
        reflection->SetEnumValue(request, field, 1);
      } else if (field->cpp_type() == google::protobuf::FieldDescriptor::CPPTYPE_INT32) {
        reflection->SetInt32(request, field, 1);
      } else if (field->cpp_type() == google::protobuf::FieldDescriptor::CPPTYPE_MESSAGE) {
        google::protobuf::TextFormat::ParseFromString("currency_code: 'CNY' units: 1",
                                                      reflection->MutableMessage(request, field));
      }
    }
  }
};

// G-02: every RPC of the service has a handler, and somebody holds its permission.
TEST_F(StateTest, EveryRpcHasAHandlerAndSomebodyWhoMayCallIt) {
  EXPECT_THAT(harness().registry().CheckComplete("contract-svc", ServiceNames()), IsOk());
  const auth::Principal everybody = harness().PrincipalFor(
      "GM SD FD KAPM GAM KAM BDS KAX KAA PSS LEG ACC CSH CRC SAD SPO WH ASP SM ERP", harness().NewId());
  for (const auto& [method, entry] : harness().registry().entries()) {
    for (const char* service : {kContracts, kOrders, kDeliveries, kCredits, kInvoices, kReceipts, kReceivables}) {
      if (method.rfind(service, 0) != 0) continue;
      EXPECT_TRUE(everybody.Holds(entry.rules->permission())) << method;
    }
  }
}

// C-18, C-19, C-21
TEST_F(StateTest, OrderVerbs) {
  const std::string order = Enter(NewContract(account_, /*credit=*/false), "1")->name();
  CheckAllPairs(opb::OrderState_descriptor(), kOrders, "orders", order,
                {{"ReviewOrder", {"ENTERED"}},
                 {"ReleaseOrder", {"REVIEWED"}},
                 {"OverrideReleaseOrder", {"REVIEWED"}},
                 {"HoldOrder", {"ENTERED", "REVIEWED", "RELEASED"}},
                 {"ResumeOrder", {"ON_HOLD"}},
                 {"OverrideOrderCredit", {"ON_HOLD"}},
                 {"CancelOrder", {"ENTERED", "REVIEWED", "RELEASED", "ON_HOLD", "RESOLVED"}},
                 {"CloseOrderShort", {"SHIPPED", "RESOLVED"}},
                 {"ReopenOrder", {"CANCELLED"}},
                 {"DisputeOrder", {"SHIPPED", "DELIVERED"}},
                 {"ResolveOrder", {"DISPUTED"}}});
}

// C-30
TEST_F(StateTest, ReceiptVerbs) {
  const std::string receipt = Record(account_, "1", "").name();
  CheckAllPairs(rpb::ReceiptState_descriptor(), kReceipts, "receipts", receipt,
                {{"ApproveReceiptCheque", {"AWAITING_APPROVAL"}},
                 {"MarkReceipt", {"RECORDED"}},
                 {"AllocateReceipt", {"MARKED"}},
                 {"ReverseReceipt", {"MARKED"}},
                 {"VoidReceipt", {"RECORDED", "AWAITING_APPROVAL"}}});
}

// C-29
TEST_F(StateTest, InvoiceVerbs) {
  const std::string contract = NewContract(account_, /*credit=*/true);
  SetLimit(account_, "UNLIMITED", "");
  const std::string order = Enter(contract, "3")->name();
  Review(order);
  Release(order);
  Deliver(order, "3");
  const std::string invoice = Invoice(order).name();
  CheckAllPairs(rpb::InvoiceState_descriptor(), kInvoices, "invoices", invoice,
                {{"PassInvoice", {"ISSUED", "PARTIALLY_PAID", "PAID"}},
                 {"AcknowledgeInvoice", {"ISSUED", "PARTIALLY_PAID", "PAID"}},
                 {"IssueInvoice", {"DRAFT"}},
                 {"CancelInvoice", {"DRAFT", "ISSUED"}}});
}

// C-22
TEST_F(StateTest, DeliveryVerbs) {
  const std::string contract = NewContract(account_, /*credit=*/true);
  SetLimit(account_, "UNLIMITED", "");
  const std::string order = Enter(contract, "3")->name();
  Review(order);
  Release(order);
  const auto delivery = Do<opb::Delivery, opb::CreateDeliveryRequest>(
      kax_, absl::StrCat(kDeliveries, "CreateDelivery"),
      absl::StrCat("delivery { order: '", order, "' planned_date: '2026-01-06' place: 'Site' deliverer: '",
                   kax_.subject, "' lines { line_number: 1 quantity: '3' } checklist { title: 'keys' } }"));
  CheckAllPairs(opb::DeliveryState_descriptor(), kDeliveries, "deliveries", delivery.name(),
                {{"ShipDelivery", {"PLANNED"}},
                 {"AcceptDelivery", {"SHIPPED"}},
                 {"RefuseDelivery", {"SHIPPED"}},
                 {"CancelDelivery", {"PLANNED"}}});
}

// C-23
TEST_F(StateTest, ShipmentVerbs) {
  const std::string contract = NewContract(account_, /*credit=*/true);
  SetLimit(account_, "UNLIMITED", "");
  const std::string order = Enter(contract, "3")->name();
  Review(order);
  Release(order);
  const auto delivery = Do<opb::Delivery, opb::CreateDeliveryRequest>(
      kax_, absl::StrCat(kDeliveries, "CreateDelivery"),
      absl::StrCat("delivery { order: '", order, "' planned_date: '2026-01-06' place: 'Site' deliverer: '",
                   kax_.subject, "' lines { line_number: 1 quantity: '3' } checklist { title: 'keys' } }"));
  constexpr char kShipments[] = "kam.order.v1.ShipmentService/";
  const auto shipment = Do<opb::Shipment, opb::CreateShipmentRequest>(
      wh_, absl::StrCat(kShipments, "CreateShipment"),
      absl::StrCat("shipment { delivery: '", delivery.name(),
                   "' carrier: 'SF' eta { seconds: 1767800000 } legs { from_place: 'a' to_place: 'b' } }"));
  CheckAllPairs(opb::ShipmentState_descriptor(), kShipments, "shipments", shipment.name(),
                {{"DepartShipment", {"PLANNED"}},
                 {"RecordShipmentLeg", {"IN_TRANSIT"}},
                 {"ArriveShipment", {"IN_TRANSIT"}},
                 {"ReportShipmentException", {"PLANNED", "IN_TRANSIT", "ARRIVED"}},
                 {"ResolveShipmentException", {"PLANNED", "IN_TRANSIT", "ARRIVED"}},
                 {"CloseShipment", {"ARRIVED"}},
                 {"CancelShipment", {"PLANNED"}}});
}

// C-24, C-25
TEST_F(StateTest, StockVerbs) {
  constexpr char kStock[] = "kam.order.v1.StockService/";
  const auth::Principal spo = harness().PrincipalFor("SPO", harness().NewId());
  const auto site = Do<opb::StockSite, opb::CreateStockSiteRequest>(
      spo, absl::StrCat(kStock, "CreateStockSite"),
      absl::StrCat("stock_site { code: '", harness().NewId(), "' title: 'Store' kind: STOCK_SITE_KIND_WAREHOUSE }"));
  const auto announce = [&] {
    return Do<opb::GoodsReceipt, opb::CreateGoodsReceiptRequest>(
               wh_, absl::StrCat(kStock, "CreateGoodsReceipt"),
               absl::StrCat("goods_receipt { kind: GOODS_RECEIPT_KIND_PURCHASE site: '", site.name(),
                            "' sender: 'Carrier' lines { product: '", product_a_, "' expected_quantity: '5' } }"))
        .name();
  };
  Do<opb::GoodsReceipt, opb::CheckGoodsReceiptRequest>(
      wh_, absl::StrCat(kStock, "CheckGoodsReceipt"),
      absl::StrCat("name: '", announce(),
                   "' sender_signatory: 'Wu' check_document: 'scan' lines { line: 1 "
                   "received_quantity: '5' damaged_quantity: '2' }"));
  CheckAllPairs(opb::GoodsReceiptState_descriptor(), kStock, "goods_receipts", announce(),
                {{"CheckGoodsReceipt", {"DRAFT"}}, {"CancelGoodsReceipt", {"DRAFT"}}});
  const auto reports = Do<opb::ListDamageReportsResponse, kam::api::ListRequest>(
      spo, absl::StrCat(kStock, "ListDamageReports"), absl::StrCat("filter: \"site = '", site.name(), "'\""));
  ASSERT_EQ(reports.damage_reports_size(), 1);
  CheckAllPairs(opb::DamageReportState_descriptor(), kStock, "damage_reports", reports.damage_reports(0).name(),
                {{"AppraiseDamage", {"REPORTED"}}});
  const auto take = Do<opb::StockTake, opb::CreateStockTakeRequest>(
      wh_, absl::StrCat(kStock, "CreateStockTake"), absl::StrCat("stock_take { site: '", site.name(), "' }"));
  CheckAllPairs(opb::StockTakeState_descriptor(), kStock, "stock_takes", take.name(),
                {{"CountStockTake", {"OPEN"}},
                 {"ApproveStockTake", {"COUNTED"}},
                 {"RejectStockTake", {"COUNTED"}},
                 {"CancelStockTake", {"OPEN"}}});
}

// C-20
TEST_F(StateTest, SupplyVerbs) {
  constexpr char kSupply[] = "kam.order.v1.SupplyService/";
  const auth::Principal spo = harness().PrincipalFor("SPO GAM", harness().NewId());
  const auto plan = Do<opb::OrderingPlan, opb::CreateOrderingPlanRequest>(
      spo, absl::StrCat(kSupply, "CreateOrderingPlan"),
      absl::StrCat("ordering_plan { period: PLAN_PERIOD_DAY start_date: '2026-01-07' lines { product: '", product_a_,
                   "' sales_quantity: '1' } }"));
  CheckAllPairs(opb::OrderingPlanState_descriptor(), kSupply, "ordering_plans", plan.name(),
                {{"SubmitOrderingPlan", {"DRAFT"}},
                 {"ApproveOrderingPlan", {"SUBMITTED"}},
                 {"ReturnOrderingPlan", {"SUBMITTED"}}});
  const auto order = Do<opb::ManufacturerOrder, opb::CreateManufacturerOrderRequest>(
      spo, absl::StrCat(kSupply, "CreateManufacturerOrder"),
      absl::StrCat("manufacturer_order { manufacturer: 'Plant' currency: 'CNY' lines { product: '", product_a_,
                   "' quantity: '1' unit_price ", MoneyText("7"), " } }"));
  CheckAllPairs(opb::ManufacturerOrderState_descriptor(), kSupply, "manufacturer_orders", order.name(),
                {{"SubmitManufacturerOrder", {"DRAFT"}},
                 {"ConfirmManufacturerOrder", {"SUBMITTED"}},
                 {"ShipManufacturerOrder", {"CONFIRMED"}},
                 {"CancelManufacturerOrder", {"DRAFT", "SUBMITTED", "CONFIRMED"}}});
}

// C-27
TEST_F(StateTest, AddOnVerbs) {
  constexpr char kAddOns[] = "kam.order.v1.AddOnServiceService/";
  const auto fee = Do<opb::ServiceFee, opb::CreateServiceFeeRequest>(
      kam_, absl::StrCat(kAddOns, "CreateServiceFee"),
      absl::StrCat("service_fee { kind: ADD_ON_KIND_OTHER title: '", harness().NewId(), "' fee ", MoneyText("1"),
                   " from_date: '2026-01-01' }"));
  Do<opb::ServiceFee, opb::PublishServiceFeeRequest>(fd_, absl::StrCat(kAddOns, "PublishServiceFee"),
                                                     absl::StrCat("name: '", fee.name(), "'"));
  const auto service = Do<opb::AddOnService, opb::CreateAddOnServiceRequest>(
      kax_, absl::StrCat(kAddOns, "CreateAddOnService"),
      absl::StrCat("add_on_service { order: '", Enter(NewContract(account_, /*credit=*/false), "1")->name(),
                   "' fee_standard: '", fee.name(), "' quantity: 1 handler: '", kax_.subject, "' }"));
  CheckAllPairs(opb::AddOnState_descriptor(), kAddOns, "add_on_services", service.name(),
                {{"OrderAddOnService", {"REQUESTED"}},
                 {"CompleteAddOnService", {"ORDERED"}},
                 {"CancelAddOnService", {"REQUESTED", "ORDERED"}}});
  CheckAllPairs(opb::ServiceFeeState_descriptor(), kAddOns, "service_fees", fee.name(),
                {{"PublishServiceFee", {"DRAFT"}}, {"WithdrawServiceFee", {"PUBLISHED"}}});
}

// C-26
TEST_F(StateTest, ProjectVerbs) {
  constexpr char kProjects[] = "kam.order.v1.DeliveryProjectService/";
  const auto project = Do<opb::DeliveryProject, opb::CreateDeliveryProjectRequest>(
      kam_, absl::StrCat(kProjects, "CreateDeliveryProject"),
      absl::StrCat("delivery_project { account: '", account_, "' title: 'Fleet' manager: '", kam_.subject,
                   "' customer_goal: 'fleet' own_goal: 'reference' start_date: '2026-01-01' due_date: '2026-03-31' "
                   "milestones { title: 'all' due_date: '2026-03-31' weight: 100 } }"));
  Do<opb::DeliveryProject, opb::StartDeliveryProjectRequest>(kam_, absl::StrCat(kProjects, "StartDeliveryProject"),
                                                             absl::StrCat("name: '", project.name(), "'"));
  const auto change = Do<opb::ProjectChange, opb::CreateProjectChangeRequest>(
      kam_, absl::StrCat(kProjects, "CreateProjectChange"),
      absl::StrCat("project_change { project: '", project.name(), "' description: 'later' cause: 'rain' }"));
  CheckAllPairs(opb::ProjectChangeState_descriptor(), kProjects, "project_changes", change.name(),
                {{"DecideProjectChange", {"PROPOSED"}}});
  CheckAllPairs(opb::DeliveryProjectState_descriptor(), kProjects, "delivery_projects", project.name(),
                {{"StartDeliveryProject", {"PLANNED"}},
                 {"ReachMilestone", {"RUNNING"}},
                 {"CompleteDeliveryProject", {"RUNNING"}},
                 {"CancelDeliveryProject", {"PLANNED", "RUNNING"}}});
}

// C-10, C-11, C-12
TEST_F(StateTest, ContractVerbs) {
  CheckAllPairs(google::protobuf::DescriptorPool::generated_pool()->FindEnumTypeByName("kam.contract.v1.ContractState"),
                kContracts, "contracts", NewContract(account_, /*credit=*/false),
                {{"SubmitContract", {"DRAFT", "RETURNED"}},
                 {"ReviewContract", {"IN_REVIEW"}},
                 {"WithdrawContract", {"IN_REVIEW", "APPROVED"}},
                 {"SignContract", {"APPROVED"}},
                 {"ActivateContract", {"SIGNED"}},
                 {"SuspendContract", {"ACTIVE", "EXPIRING"}},
                 {"ResumeContract", {"SUSPENDED"}},
                 {"TerminateContract", {"SIGNED", "ACTIVE", "SUSPENDED", "EXPIRING"}},
                 {"RenewContract", {"ACTIVE", "EXPIRING", "CLOSED"}},
                 {"DeclineContractRenewal", {"ACTIVE", "EXPIRING", "SUSPENDED", "TERMINATED", "CLOSED"}},
                 {"CloseContract", {"ACTIVE", "EXPIRING"}}});
}

// C-09, C-13, C-15, C-17: the other documents about contracts.
TEST_F(StateTest, DocumentsAboutContracts) {
  const std::string contract = NewContract(account_, /*credit=*/false);
  const auto obligation = Do<v1::Obligation, v1::CreateObligationRequest>(
      kax_, "kam.contract.v1.ObligationService/CreateObligation",
      absl::StrCat("obligation { contract: '", contract,
                   "' kind: OBLIGATION_KIND_SERVICE title: 'Training' due_date: '2026-02-01' target_quantity: '1' }"));
  CheckAllPairs(
      v1::ObligationState_descriptor(), "kam.contract.v1.ObligationService/", "obligations", obligation.name(),
      {{"RecordFulfilment", {"IN_FORCE", "OVERDUE", "DISPUTED"}}, {"TerminateObligation", {"IN_FORCE", "OVERDUE"}}});
  const auto dispute = Do<v1::ContractDispute, v1::CreateContractDisputeRequest>(
      kax_, "kam.contract.v1.DisputeService/CreateContractDispute",
      absl::StrCat("contract_dispute { contract: '", contract, "' title: 't' statement: 's' }"));
  CheckAllPairs(v1::ContractDisputeState_descriptor(), "kam.contract.v1.DisputeService/", "contract_disputes",
                dispute.name(),
                {{"TakeContractDispute", {"OPEN"}},
                 {"LitigateContractDispute", {"NEGOTIATING"}},
                 {"SettleContractDispute", {"NEGOTIATING", "LITIGATING"}},
                 {"WithdrawContractDispute", {"OPEN"}}});
  const auto agreement = Do<v1::Agreement, v1::CreateAgreementRequest>(
      fd_, "kam.contract.v1.AgreementService/CreateAgreement",
      absl::StrCat(
          "agreement { kind: AGREEMENT_KIND_TRIPARTITE_FINANCING title: 't' counterparty: 'c' keeper: '", fd_.subject,
          "' start_date: '2026-01-01' end_date: '2026-12-31' currency: 'CNY' purposes: 'vans' financing_limit ",
          MoneyText("100"), " }"));
  Do<v1::Agreement, v1::SignAgreementRequest>(fd_, "kam.contract.v1.AgreementService/SignAgreement",
                                              absl::StrCat("name: '", agreement.name(), "' document: 'd'"));
  const auto drawing = Do<v1::FinancingDrawing, v1::CreateFinancingDrawingRequest>(
      acc_, "kam.contract.v1.AgreementService/CreateFinancingDrawing",
      absl::StrCat("financing_drawing { agreement: '", agreement.name(), "' amount ", MoneyText("1"),
                   " purpose: 'vans' document: 'd' due_date: '2026-02-01' }"));
  CheckAllPairs(v1::AgreementState_descriptor(), "kam.contract.v1.AgreementService/", "agreements", agreement.name(),
                {{"SignAgreement", {"DRAFT"}}, {"TerminateAgreement", {"IN_FORCE", "EXPIRING"}}},
                {"RepayFinancingDrawing"});
  // It is repaid more than once here.
  harness().db().Execute(
      absl::StrCat("UPDATE agreements SET outstanding_amount = 100, outstanding_currency = 'CNY' WHERE "
                   "id = '",
                   IdOf(agreement.name()), "'"));
  CheckAllPairs(v1::FinancingDrawingState_descriptor(), "kam.contract.v1.AgreementService/", "financing_drawings",
                drawing.name(), {{"RepayFinancingDrawing", {"OUTSTANDING", "OVERDUE"}}},
                {"SignAgreement", "TerminateAgreement"});
}

// C-14
TEST_F(StateTest, AmendmentVerbs) {
  const auto amendment = Do<v1::Amendment, v1::CreateAmendmentRequest>(
      kax_, "kam.contract.v1.AmendmentService/CreateAmendment",
      absl::StrCat("amendment { contract: '", NewContract(account_, /*credit=*/false),
                   "' title: 'Change' change_reason: 'market' effective_date: '2026-01-06' actions { kind: "
                   "AMENDMENT_ACTION_KIND_STOP_LINE line_number: 1 } }"));
  CheckAllPairs(v1::AmendmentState_descriptor(), "kam.contract.v1.AmendmentService/", "amendments", amendment.name(),
                {{"SubmitAmendment", {"DRAFT", "RETURNED"}},
                 {"ReviewAmendment", {"IN_REVIEW"}},
                 {"WithdrawAmendment", {"IN_REVIEW", "APPROVED"}},
                 {"ApplyAmendment", {"APPROVED"}},
                 {"CancelAmendment", {"DRAFT", "RETURNED", "IN_REVIEW", "APPROVED"}}});
}

}  // namespace
}  // namespace kam::contract::testing
