#include "contract-svc/testing/sales_fixture.h"

#include "absl/strings/str_cat.h"
#include "contract-svc/context.h"
#include "contract-svc/contract_svc.h"
#include "contract-svc/rules/amounts.h"
#include "google/type/money.pb.h"
#include "kam/contract/v1/contract_service.pb.h"
#include "kam/order/v1/delivery_service.pb.h"
#include "kam/order/v1/order_service.pb.h"
#include "kam/receivable/v1/invoice_service.pb.h"
#include "kam/receivable/v1/receipt_service.pb.h"
#include "kam/receivable/v1/receivable_service.pb.h"

namespace kam::contract::testing {

using order::v1::Order;

Policy SalesTest::policy_;
std::unique_ptr<kam::testing::Harness> SalesTest::harness_;
std::unique_ptr<schedule::Scheduler> SalesTest::scheduler_;
auth::Principal SalesTest::kax_, SalesTest::kam_, SalesTest::sad_, SalesTest::acc_, SalesTest::csh_, SalesTest::fd_,
    SalesTest::wh_, SalesTest::gm_, SalesTest::kapm_, SalesTest::leg_, SalesTest::pss_, SalesTest::erp_,
    SalesTest::other_kax_;
std::string SalesTest::product_a_, SalesTest::product_b_;

Decimal D(absl::string_view text) { return *Decimal::Parse(text); }

Decimal Amount(const google::type::Money& money) {
  const absl::StatusOr<Decimal> amount = rules::AmountIn(money, money.currency_code(), "amount");
  EXPECT_TRUE(amount.ok()) << amount.status();
  return amount.value_or(Decimal());
}

std::string MoneyText(absl::string_view amount, absl::string_view currency) {
  google::type::Money money;
  rules::SetAmount(D(amount), currency, &money);
  return absl::StrCat("{ currency_code: '", currency, "' units: ", money.units(), " nanos: ", money.nanos(), " }");
}

void SalesTest::SetUpTestSuite() {
  harness_ = std::make_unique<kam::testing::Harness>(
      "contract-svc/schema", FillCatalog, [](resource::Runtime& runtime, rpc::Registry* registry) {
        scheduler_ = std::make_unique<schedule::Scheduler>(runtime, "contract-svc");
        RegisterAll(runtime, policy_, Directory{}, {}, registry, scheduler_.get());
      });
  const std::string department = absl::StrCat("/", harness_->NewId(), "/");
  const auto person = [&](const char* role) {
    const std::string id = harness_->NewId();
    harness_->AddEmployeeScope(id, department, "");
    return harness_->PrincipalFor(role, id, department);
  };
  kax_ = person("KAX");
  other_kax_ = person("KAX");
  kam_ = person("KAM");
  sad_ = person("SAD");
  acc_ = person("ACC");
  csh_ = person("CSH");
  fd_ = person("FD");
  wh_ = person("WH");
  gm_ = person("GM");
  kapm_ = person("KAPM");
  leg_ = person("LEG");
  pss_ = person("PSS");
  erp_ = person("ERP");
}

void SalesTest::TearDownTestSuite() {
  scheduler_.reset();
  harness_.reset();
  product_a_.clear();
}

void SalesTest::SetUp() {
  if (product_a_.empty()) {
    product_a_ = NewProduct("");
    product_b_ = NewProduct("13");
  }
  account_ = NewAccount();
}

std::string SalesTest::NewAccount(const std::string& legal_name) {
  const std::string id = harness_->NewId();
  harness_->AddAccountScope(id, kax_.employee, kax_.employee, "", legal_name);
  return absl::StrCat("accounts/", id);
}

std::string SalesTest::NewProduct(const std::string& tax_rate) {
  const std::string id = harness_->NewId();
  harness_->db().Execute(
      absl::StrCat("INSERT INTO products (id, version, create_time, update_time, creator, updater, code, display_name, "
                   "product_line, "
                   "unit, currency, list_price_amount, list_price_currency, tax_rate) VALUES ('",
                   id, "', 1, '2026-01-01', '2026-01-01', 'programs/test', 'programs/test', '", id,
                   "', 'Product', 'Line', 'piece', 'CNY', 10, 'CNY', ", tax_rate.empty() ? "NULL" : tax_rate, ")"));
  return absl::StrCat("products/", id);
}

std::string SalesTest::NewQuote(const std::string& account, const std::string& state) {
  const std::string id = harness_->NewId();
  harness_->db().Execute(absl::StrCat(
      "INSERT INTO quotes (id, version, create_time, update_time, creator, updater, account, currency, as_of, "
      "valid_until, state, revision, seller) VALUES ('",
      id, "', 1, '2026-01-01', '2026-01-01', 'programs/test', 'programs/test', '", IdOf(account),
      "', 'CNY', '2026-01-01', '2026-12-31', '", state, "', 1, '", kax_.employee, "')"));
  harness_->db().Execute(
      absl::StrCat("INSERT INTO quotes_lines (parent_id, position, product, quantity, net_price_amount, "
                   "net_price_currency) VALUES ('",
                   id, "', 0, '", IdOf(product_a_), "', 10, 10, 'CNY')"));
  return absl::StrCat("quotes/", id);
}

void SalesTest::AddGift(const std::string& quote, const std::string& product, const std::string& quantity) {
  harness_->db().Execute(
      absl::StrCat("INSERT INTO quotes_gifts (parent_id, position, product, quantity, reason) SELECT '", IdOf(quote),
                   "', COUNT(g.position), '", IdOf(product), "', ", quantity,
                   ", 'opening' FROM quotes_gifts g WHERE g.parent_id = '", IdOf(quote), "'"));
}

std::string SalesTest::NewContract(const std::string& account, bool credit, const std::string& currency,
                                   const std::string& product) {
  const auto answer = Do<kam::api::BatchUpsertResponse, v1::BatchUpsertContractsRequest>(
      erp_, absl::StrCat(kContracts, "BatchUpsertContracts"),
      absl::StrCat("contracts { external_ids { system: 'erp' id: '", harness_->NewId(), "' } account: '", account,
                   "' title: 'Supply' currency: '", currency,
                   "' state: CONTRACT_STATE_SIGNED start_date: '2025-01-01' ", "end_date: '2027-12-31' payment: ",
                   credit ? "CONTRACT_PAYMENT_CREDIT terms_days: 30" : "CONTRACT_PAYMENT_PREPAYMENT",
                   " lines { product: '", product, "' quantity: '1000' unit_price ", MoneyText("10", currency),
                   " } lines { product: '", product_b_, "' quantity: '1000' unit_price ", MoneyText("7.5", currency),
                   " } }"));
  EXPECT_EQ(answer.results_size(), 1);
  EXPECT_EQ(answer.results(0).outcome(), kam::api::UPSERT_OUTCOME_CREATED) << answer.DebugString();
  return answer.results(0).name();
}

void SalesTest::SetLimit(const std::string& account, const std::string& type, const std::string& amount) {
  const auto answer = Do<kam::api::BatchUpsertResponse, receivable::v1::BatchUpsertCreditAccountsRequest>(
      erp_, absl::StrCat(kCredits, "BatchUpsertCreditAccounts"),
      absl::StrCat("credit_accounts { external_ids { system: 'erp' id: '", IdOf(account), "' } account: '", account,
                   "' currency: 'CNY' limit_type: CREDIT_LIMIT_TYPE_", type,
                   amount.empty() ? "" : absl::StrCat(" credit_limit ", MoneyText(amount)), " }"));
  EXPECT_NE(answer.results(0).outcome(), kam::api::UPSERT_OUTCOME_FAILED) << answer.DebugString();
}

absl::StatusOr<Order> SalesTest::Enter(const std::string& contract, const std::string& quantity,
                                       const std::string& more, const std::string& request_more) {
  const bool quote = contract.rfind("quotes/", 0) == 0;
  return Call<Order, order::v1::CreateOrderRequest>(
      kax_, absl::StrCat(kOrders, "CreateOrder"),
      absl::StrCat("order { account: '", account_, "' ", quote ? "quote" : "contract", ": '", contract,
                   "' lines { product: '", product_a_, "' quantity: '", quantity, "' } ", more, " } ", request_more));
}

// The goods come from elsewhere: whatever a test has brought into a store stays there.
Order SalesTest::Review(const std::string& order) {
  return Do<Order, order::v1::ReviewOrderRequest>(
      sad_, absl::StrCat(kOrders, "ReviewOrder"),
      absl::StrCat("name: '", order, "' warehouse: 'W1' outside_stock: true check_result: 'complete'"));
}

Order SalesTest::Release(const std::string& order) {
  return Do<Order, order::v1::ReleaseOrderRequest>(acc_, absl::StrCat(kOrders, "ReleaseOrder"),
                                                   absl::StrCat("name: '", order, "'"));
}

void SalesTest::Deliver(const std::string& order, const std::string& quantity) {
  const auto delivery = Do<order::v1::Delivery, order::v1::CreateDeliveryRequest>(
      kax_, absl::StrCat(kDeliveries, "CreateDelivery"),
      absl::StrCat("delivery { order: '", order, "' planned_date: '2026-01-06' place: 'Site' deliverer: '",
                   kax_.subject, "' lines { line_number: 1 quantity: '", quantity,
                   "' } checklist { title: 'keys' done: true } }"));
  Do<order::v1::Delivery, order::v1::ShipDeliveryRequest>(wh_, absl::StrCat(kDeliveries, "ShipDelivery"),
                                                          absl::StrCat("name: '", delivery.name(), "'"));
  Do<order::v1::Delivery, order::v1::AcceptDeliveryRequest>(
      kax_, absl::StrCat(kDeliveries, "AcceptDelivery"),
      absl::StrCat("name: '", delivery.name(), "' signatory: 'Wang' signature_document: 'scan/1'"));
}

receivable::v1::Invoice SalesTest::Invoice(const std::string& order) {
  const auto draft = Do<receivable::v1::Invoice, receivable::v1::CreateInvoiceRequest>(
      acc_, absl::StrCat(kInvoices, "CreateInvoice"), absl::StrCat("order: '", order, "'"));
  return Do<receivable::v1::Invoice, receivable::v1::IssueInvoiceRequest>(acc_, absl::StrCat(kInvoices, "IssueInvoice"),
                                                                          absl::StrCat("name: '", draft.name(), "'"));
}

receivable::v1::Receipt SalesTest::Record(const std::string& account, const std::string& amount,
                                          const std::string& target) {
  return Do<receivable::v1::Receipt, receivable::v1::CreateReceiptRequest>(
      csh_, absl::StrCat(kReceipts, "CreateReceipt"),
      absl::StrCat(
          "receipt { account: '", account, "' amount ", MoneyText(amount),
          " method: PAYMENT_METHOD_BANK_TRANSFER received_date: '2026-01-05' ",
          target.empty() ? "" : absl::StrCat("allocations { target: '", target, "' amount ", MoneyText(amount), " }"),
          " }"));
}

receivable::v1::Receipt SalesTest::Pay(const std::string& account, const std::string& amount,
                                       const std::string& target) {
  return Do<receivable::v1::Receipt, receivable::v1::MarkReceiptRequest>(
      acc_, absl::StrCat(kReceipts, "MarkReceipt"),
      absl::StrCat("name: '", Record(account, amount, target).name(), "'"));
}

receivable::v1::ReceivableItem SalesTest::WriteOff(const std::string& invoice, const std::string& amount) {
  using receivable::v1::ReceivableItem;
  const std::string name = absl::StrCat(
      "receivableItems/",
      harness_->db().Get(absl::StrCat("SELECT id FROM receivable_items WHERE source = '", invoice, "'")).text());
  const auto proposed = Do<ReceivableItem, receivable::v1::ProposeReceivableWriteOffRequest>(
      kam_, absl::StrCat(kReceivables, "ProposeReceivableWriteOff"),
      absl::StrCat("name: '", name, "' reason: 'bankrupt' amount ", MoneyText(amount)));
  return Do<ReceivableItem, receivable::v1::DecideReceivableWriteOffRequest>(
      fd_, absl::StrCat(kReceivables, "DecideReceivableWriteOff"),
      absl::StrCat("name: '", name, "' approve: true etag: '", proposed.etag(), "'"));
}

receivable::v1::Exposure SalesTest::Exposure(const std::string& account) {
  return Do<receivable::v1::Exposure, receivable::v1::GetExposureRequest>(fd_, absl::StrCat(kCredits, "GetExposure"),
                                                                          absl::StrCat("account: '", account, "'"));
}

Order SalesTest::GetOrder(const std::string& order) {
  return Do<Order, kam::api::GetRequest>(sad_, absl::StrCat(kOrders, "GetOrder"), absl::StrCat("name: '", order, "'"));
}

Decimal SalesTest::Sql(const std::string& query) {
  const mysql::Value value = harness_->db().Get(query);
  return value.is_null() ? Decimal() : D(value.text());
}

void SalesTest::ExpectBooksRight(const std::string& account) {
  const std::string id = IdOf(account);
  const auto sum = [&](absl::string_view what, absl::string_view from, absl::string_view where) {
    return Sql(absl::StrCat("SELECT CAST(COALESCE(SUM(", what, "), 0) AS CHAR) FROM ", from, " WHERE account = '", id,
                            "' AND ", where));
  };
  const receivable::v1::Exposure exposure = Exposure(account);
  bool own = false;
  for (const receivable::v1::CurrencyExposure& in : exposure.currencies()) {
    SCOPED_TRACE(in.currency());
    const std::string of = absl::StrCat("currency = '", in.currency(), "'");
    const Decimal held =
        sum("remaining_amount", "credit_reservations", absl::StrCat("state = 'HELD' AND remaining_", of));
    const Decimal committed =
        sum("remaining_amount", "credit_reservations", absl::StrCat("state = 'COMMITTED' AND remaining_", of));
    const Decimal open = sum("open_amount", "receivable_items", absl::StrCat("amount_", of));
    const Decimal all = *Add(*Add(held, committed), open);
    EXPECT_EQ(Amount(in.held()), held);
    EXPECT_EQ(Amount(in.committed()), committed);
    EXPECT_EQ(Amount(in.open()), open);
    EXPECT_EQ(Amount(in.exposure()), all);
    EXPECT_EQ(sum("open_amount", "receivable_balances", of), open);
    EXPECT_EQ(sum("amount", "receivable_entries", of), open);
    if (in.currency() != exposure.currency()) continue;
    own = true;
    EXPECT_EQ(Amount(exposure.held()), held);
    EXPECT_EQ(Amount(exposure.committed()), committed);
    EXPECT_EQ(Amount(exposure.open()), open);
    EXPECT_EQ(Amount(exposure.exposure()), all);
  }
  EXPECT_TRUE(own);
  EXPECT_EQ(
      Sql(absl::StrCat("SELECT CAST(COALESCE(SUM(total_amount - paid_amount), 0) AS CHAR) FROM invoices WHERE "
                       "account = '",
                       id, "' AND state IN ('ISSUED', 'PARTIALLY_PAID')")),
      Sql(absl::StrCat("SELECT CAST(COALESCE(SUM(open_amount + COALESCE(written_off_amount, 0)), 0) AS CHAR) FROM "
                       "receivable_items WHERE account = '",
                       id, "' AND kind = 'INVOICE'")));
}

}  // namespace kam::contract::testing
