// The sales ledger, its months and reports, and services attached to a sale, over real gRPC and MariaDB: C-19, C-27,
// C-28.
#include <atomic>
#include <functional>
#include <thread>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/resource/scope_members.h"
#include "common/testing/matchers.h"
#include "contract-svc/context.h"
#include "contract-svc/testing/sales_fixture.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/type/money.pb.h"
#include "kam/order/v1/add_on_service_service.pb.h"
#include "kam/order/v1/order_service.pb.h"
#include "kam/order/v1/sales_ledger_service.pb.h"
#include "kam/receivable/v1/invoice_service.pb.h"
#include "kam/receivable/v1/receipt_service.pb.h"
#include "openssl/sha.h"

namespace kam::contract::testing {
namespace {

using kam::testing::HasReason;
using kam::testing::IsOk;
using kam::testing::StatusIs;
using order::v1::Order;
namespace pb = order::v1;
namespace rpb = receivable::v1;

constexpr char kLedger[] = "kam.order.v1.SalesLedgerService/";
constexpr char kAddOns[] = "kam.order.v1.AddOnServiceService/";

class SalesLedgerServiceTest : public SalesTest {
 protected:
  std::vector<pb::SalesLedgerEntry> Lines() {
    const auto answer = Do<pb::ListSalesLedgerEntriesResponse, kam::api::ListRequest>(
        sad_, absl::StrCat(kLedger, "ListSalesLedgerEntries"),
        absl::StrCat("filter: \"account = '", account_, "'\" order_by: 'create_time' page_size: 200"));
    return {answer.sales_ledger_entries().begin(), answer.sales_ledger_entries().end()};
  }
  absl::StatusOr<pb::SalesLedgerEntry> File(const std::string& entry) {
    return Call<pb::SalesLedgerEntry, pb::FileLedgerVoucherRequest>(
        sad_, absl::StrCat(kLedger, "FileLedgerVoucher"), absl::StrCat("name: '", entry, "' voucher: 'file 3/12'"));
  }
  // Lines of other tests of this program are in the same month.
  void FileAll(const std::string& month) {
    for (;;) {
      const std::string open =
          harness()
              .db()
              .Get(absl::StrCat("SELECT COALESCE(MIN(id), '') FROM sales_ledger_entries WHERE ledger_month = '", month,
                                "' AND voucher IS NULL"))
              .text();
      if (open.empty()) return;
      ASSERT_THAT(File(absl::StrCat("salesLedgerEntries/", open)), IsOk());
    }
  }
  absl::StatusOr<pb::LedgerMonth> Close(const std::string& month) {
    return Call<pb::LedgerMonth, pb::CloseLedgerMonthRequest>(
        sad_, absl::StrCat(kLedger, "CloseLedgerMonth"),
        absl::StrCat("month: '", month, "' archive_document: 'archive/", month, "'"));
  }
  // A sale of 40 on credit, delivered.
  std::string Supply() {
    SetLimit(account_, "UNLIMITED", "");
    const Order order = *Enter(NewContract(account_, /*credit=*/true), "4");
    Review(order.name());
    Release(order.name());
    Deliver(order.name(), "4");
    return order.name();
  }
  // The same, invoiced.
  rpb::Invoice Sell() { return Invoice(Supply()); }

  // Runs `one` while a transaction of `other` holds gates of the ledger; `other` ends when `one` waits for them.
  void Meet(const std::string& gates, const std::function<void()>& one, const std::string& other) {
    std::atomic<bool> done = false;
    std::thread thread;
    const absl::Time limit = absl::Now() + absl::Seconds(60);
    EXPECT_THAT(harness().db().database().RunInTransaction(
                    limit,
                    [&](mysql::Connection& connection) -> absl::Status {
                      RETURN_IF_ERROR(
                          connection.Query(absl::StrCat("SELECT gate FROM ledger_gates WHERE ", gates, " FOR UPDATE"))
                              .status());
                      RETURN_IF_ERROR(connection.Execute(other).status());
                      thread = std::thread([&] {
                        one();
                        done = true;
                      });
                      // Until it asks for a gate that is ours.
                      bool waits = false;
                      while (!done && !waits && absl::Now() < limit) {
                        ASSIGN_OR_RETURN(
                            const std::vector<mysql::Row> rows,
                            connection.Query("SELECT COUNT(p.id) FROM information_schema.processlist p WHERE "
                                             "p.info LIKE '%FROM ledger_gates%FOR UPDATE%' AND p.id <> "
                                             "CONNECTION_ID()"));
                        waits = rows[0][0].integer() > 0;
                      }
                      EXPECT_FALSE(done) << "it did not wait for who came first";
                      return absl::OkStatus();
                    }),
                IsOk());
    thread.join();
  }
};

// C-28: the ledger is written by the business itself, also when it is taken back.
TEST_F(SalesLedgerServiceTest, EverySaleAndPaymentIsALine) {
  const rpb::Invoice invoice = Sell();
  Pay(account_, "30", invoice.name());
  const rpb::Receipt bounced = Pay(account_, "10", invoice.name());
  Do<rpb::Receipt, rpb::ReverseReceiptRequest>(fd_, absl::StrCat(kReceipts, "ReverseReceipt"),
                                               absl::StrCat("name: '", bounced.name(), "' reason: 'bounced'"));
  const std::vector<pb::SalesLedgerEntry> lines = Lines();
  ASSERT_EQ(lines.size(), 4u);
  Decimal revenue, payment;
  for (const pb::SalesLedgerEntry& line : lines) {
    EXPECT_EQ(line.entry_date(), "2026-01-05");
    EXPECT_EQ(line.salesperson(), kax_.subject);
    if (line.has_revenue()) revenue = *Add(revenue, Amount(line.revenue()));
    if (line.has_payment()) payment = *Add(payment, Amount(line.payment()));
  }
  EXPECT_EQ(revenue, D("40"));
  EXPECT_EQ(payment, D("30"));
  EXPECT_EQ(Amount(Exposure(account_).open()), *Subtract(revenue, payment)) << "what was sold and not paid is owed";

  // C-28: the wrong system was named; the history keeps when.
  const std::string name = absl::StrCat("name: '", lines[0].name(), "' system: LEDGER_SYSTEM_CRM ");
  Do<pb::SalesLedgerEntry, pb::MarkLedgerEnteredRequest>(sad_, absl::StrCat(kLedger, "MarkLedgerEntered"), name);
  const auto take_back = [&](const std::string& reason) {
    return Call<pb::SalesLedgerEntry, pb::TakeBackLedgerEnteredRequest>(
        sad_, absl::StrCat(kLedger, "TakeBackLedgerEntered"), absl::StrCat(name, "reason: '", reason, "'"));
  };
  EXPECT_THAT(take_back(" "), HasReason("REASON_REQUIRED"));
  const absl::StatusOr<pb::SalesLedgerEntry> back = take_back("it was the DMS");
  ASSERT_THAT(back, IsOk());
  EXPECT_FALSE(back->has_crm_time());
  EXPECT_THAT(take_back("again"), HasReason("NOT_ENTERED"));
}

// C-28: a month is closed once, in turn, with its vouchers; its export never changes again.
TEST_F(SalesLedgerServiceTest, AClosedMonthIsImmutable) {
  Sell();
  const std::string line = Lines().front().name();
  const absl::Time before = harness().clock().Now();
  EXPECT_THAT(Close("2026-01"), HasReason("LEDGER_MONTH_NOT_OVER"));
  harness().clock().Set(before + absl::Hours(24 * 40));
  const absl::StatusOr<pb::LedgerMonth> missing = Close("2026-01");
  EXPECT_THAT(missing, HasReason("VOUCHER_MISSING"));
  FileAll("2026-01");
  Do<pb::SalesLedgerEntry, pb::MarkLedgerEnteredRequest>(
      sad_, absl::StrCat(kLedger, "MarkLedgerEntered"),
      absl::StrCat("name: '", line, "' system: LEDGER_SYSTEM_FINANCE"));
  Sell();  // In February.
  EXPECT_THAT(Close("2026-02"), HasReason("LEDGER_MONTH_NOT_OVER"));
  std::atomic<int> closed = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 3; ++i) {
    threads.emplace_back([&] {
      const auto answer = Close("2026-01");
      if (answer.ok()) {
        ++closed;
      } else {
        EXPECT_THAT(answer, HasReason("LEDGER_MONTH_CLOSED"));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(closed, 1);
  EXPECT_THAT(File(line), HasReason("LEDGER_MONTH_CLOSED"));
  EXPECT_THAT((Call<pb::SalesLedgerEntry, pb::MarkLedgerEnteredRequest>(
                  sad_, absl::StrCat(kLedger, "MarkLedgerEntered"),
                  absl::StrCat("name: '", line, "' system: LEDGER_SYSTEM_CRM"))),
              HasReason("LEDGER_MONTH_CLOSED"));
  EXPECT_THAT((Call<pb::ExportLedgerMonthResponse, pb::ExportLedgerMonthRequest>(
                  kax_, absl::StrCat(kLedger, "ExportLedgerMonth"), "month: '2026-01'")),
              StatusIs(absl::StatusCode::kPermissionDenied));
  std::string text, token, hash;
  do {
    const auto page = Do<pb::ExportLedgerMonthResponse, pb::ExportLedgerMonthRequest>(
        sad_, absl::StrCat(kLedger, "ExportLedgerMonth"),
        absl::StrCat("month: '2026-01' page_size: 3 page_token: '", token, "'"));
    EXPECT_TRUE(page.closed());
    absl::StrAppend(&text, page.csv());
    token = page.next_page_token();
    hash = page.content_sha256();
  } while (!token.empty());
  unsigned char digest[SHA256_DIGEST_LENGTH];
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest);
  EXPECT_EQ(absl::BytesToHexString(absl::string_view(reinterpret_cast<const char*>(digest), sizeof(digest))), hash);
  EXPECT_THAT(text, ::testing::HasSubstr("file 3/12"));
  harness().clock().Set(before);
  // The other tests sell in the same month.
  harness().db().Execute("DELETE FROM ledger_months_totals");
  harness().db().Execute("DELETE FROM ledger_months");
}

// C-28: a line that is being written while its month is closed counts there; one that comes later is in the next month.
TEST_F(SalesLedgerServiceTest, NoLineComesIntoAMonthThatIsBeingClosed) {
  Sell();
  FileAll("2026-01");
  const absl::Time before = harness().clock().Now();
  harness().clock().Set(before + absl::Hours(24 * 40));
  const Decimal lines = Sql("SELECT CAST(COUNT(*) AS CHAR) FROM sales_ledger_entries WHERE ledger_month = '2026-01'");
  absl::StatusOr<pb::LedgerMonth> month = absl::UnknownError("");
  Meet(
      "gate = 3", [&] { month = Close("2026-01"); },
      absl::StrCat(
          "INSERT INTO sales_ledger_entries (id, version, create_time, update_time, creator, updater, account, "
          "entry_date, ledger_month, entry_kind, source, revenue_amount, revenue_currency, voucher) VALUES ('",
          harness().NewId(), "', 1, '2026-01-31', '2026-01-31', 'programs/test', 'programs/test', '", IdOf(account_),
          "', '2026-01-31', '2026-01', 'SALE', 'invoices/late', 1, 'CNY', 'v')"));
  ASSERT_THAT(month, IsOk());
  EXPECT_EQ(Decimal::FromInt(static_cast<int32_t>(month->totals(0).entries())), *Add(lines, D("1")));
  harness().db().Execute("DELETE FROM ledger_months_totals");
  harness().db().Execute("DELETE FROM ledger_months");
  harness().db().Execute("DELETE FROM sales_ledger_entries WHERE source = 'invoices/late'");
  harness().clock().Set(before);

  account_ = NewAccount();
  const std::string order = Supply();
  Meet(
      "gate >= 0", [&] { Invoice(order); },
      absl::StrCat("INSERT INTO ledger_months (id, version, create_time, update_time, creator, updater, ledger_month) "
                   "VALUES ('",
                   harness().NewId(),
                   "', 1, '2026-02-01', '2026-02-01', 'programs/test', 'programs/test', '2026-01')"));
  ASSERT_EQ(Lines().size(), 1u);
  EXPECT_EQ(Lines()[0].month(), "2026-02");
  EXPECT_EQ(Lines()[0].entry_date(), "2026-02-01");
  harness().db().Execute("DELETE FROM ledger_months");
  // The reports of other tests count it in the month of its invoice.
  harness().db().Execute(absl::StrCat(
      "UPDATE sales_ledger_entries SET ledger_month = '2026-01', entry_date = '2026-01-05' WHERE account = '",
      IdOf(account_), "'"));
}

// C-28, P-01, P-02: orders, like revenue, stay with whoever had the customer then; by product they add up to the same,
// also when a rest was closed short.
TEST_F(SalesLedgerServiceTest, SalesStayWithTheirPersonAndAddUpByProduct) {
  SetLimit(account_, "UNLIMITED", "");
  const std::string contract = NewContract(account_, /*credit=*/true);
  const Order order = *Enter(contract, "3", absl::StrCat("lines { product: '", product_b_, "' quantity: '7' }"));
  Review(order.name());
  Release(order.name());
  Deliver(order.name(), "2");
  Do<Order, pb::CloseOrderShortRequest>(sad_, absl::StrCat(kOrders, "CloseOrderShort"),
                                        absl::StrCat("name: '", order.name(), "' reason: 'not made any more'"));
  const rpb::Invoice invoice = Invoice(order.name());
  const auto sales = [&](const auth::Principal& who, const std::string& more) {
    return Do<pb::SummarizeSalesResponse, pb::SummarizeSalesRequest>(
        who, absl::StrCat(kLedger, "SummarizeSales"),
        absl::StrCat("from_date: '2026-01-01' to_date: '2026-01-31' by: SALES_PERIOD_MONTH ", more));
  };
  struct Sums {
    Decimal ordered, revenue;
  };
  const auto sum = [](const pb::SummarizeSalesResponse& answer) {
    Sums sums;
    for (const pb::SalesRow& row : answer.rows()) {
      sums.ordered = *Add(sums.ordered, Amount(row.ordered()));
      sums.revenue = *Add(sums.revenue, Amount(row.revenue()));
    }
    return sums;
  };
  const auto of = [](const pb::SummarizeSalesResponse& answer, const std::string& product) {
    for (const pb::SalesRow& row : answer.rows()) {
      if (row.product() == product) return row;
    }
    return pb::SalesRow();
  };
  const pb::SummarizeSalesResponse all = sales(kax_, ""), products = sales(kax_, "by_product: true");
  EXPECT_EQ(sum(products).ordered, sum(all).ordered);
  EXPECT_EQ(sum(products).revenue, sum(all).revenue);
  EXPECT_EQ(of(products, product_b_).ordered_quantity(), "0") << "all of it was closed short";
  EXPECT_FALSE(of(products, product_a_).has_payment());
  EXPECT_EQ(
      D(of(products, product_a_).invoiced_quantity()),
      Sql(absl::StrCat("SELECT CAST(SUM(l.quantity) AS CHAR) FROM invoices i JOIN invoices_lines l ON l.parent_id "
                       "= i.id WHERE i.state IN ('ISSUED', 'PARTIALLY_PAID', 'PAID') AND l.product = '",
                       IdOf(product_a_), "' AND i.issue_date BETWEEN '2026-01-01' AND '2026-01-31'")));
  // Page by page they are the same.
  ASSERT_GE(products.rows_size(), 2);
  pb::SummarizeSalesResponse pages;
  std::string token;
  do {
    const auto page = sales(kax_, absl::StrCat("by_product: true page_size: 1 page_token: '", token, "'"));
    ASSERT_EQ(page.rows_size(), 1);
    pages.MergeFrom(page);
    token = page.next_page_token();
  } while (!token.empty() && pages.rows_size() < 100);
  pages.clear_next_page_token();
  EXPECT_EQ(pages.DebugString(), products.DebugString());
  const std::string of_month = sales(kax_, "by_product: true page_size: 1").next_page_token();
  const auto refused = [&](const std::string& more) {
    return Call<pb::SummarizeSalesResponse, pb::SummarizeSalesRequest>(
        kax_, absl::StrCat(kLedger, "SummarizeSales"),
        absl::StrCat("from_date: '2026-01-01' to_date: '2026-01-31' by_product: true ", more));
  };
  EXPECT_THAT(refused(absl::StrCat("page_token: '", of_month, "'")), HasReason("PAGE_TOKEN_INVALID")) << "by day";
  EXPECT_THAT(refused("page_size: -1"), HasReason("PAGE_SIZE_NEGATIVE"));
  // The customer is handed over: what was sold before stays where it was.
  const auto before = sales(sad_, "");
  const auto hand_over = [&](const auth::Principal& to) {
    harness().db().Execute(
        absl::StrCat("UPDATE account_scopes SET owner = '", to.employee, "' WHERE account = '", IdOf(account_), "'"));
    EXPECT_THAT(harness().db().database().Run(
                    absl::InfiniteFuture(),
                    [&](mysql::Connection& connection) {
                      return resource::WriteScopeMembers(connection, IdOf(account_), {to.employee, kax_.employee, {}});
                    }),
                IsOk());
  };
  hand_over(other_kax_);
  EXPECT_EQ(sales(sad_, "").DebugString(), before.DebugString());
  const auto later =
      Do<Order, order::v1::CreateOrderRequest>(other_kax_, absl::StrCat(kOrders, "CreateOrder"),
                                               absl::StrCat("order { account: '", account_, "' contract: '", contract,
                                                            "' lines { product: '", product_a_, "' quantity: '1' } }"));
  bool found = false;
  const pb::SummarizeSalesResponse after = sales(sad_, "by_product: true");
  for (const pb::SalesRow& row : after.rows()) {
    found = found || (row.salesperson() == other_kax_.subject && row.ordered_quantity() == "1");
  }
  EXPECT_TRUE(found) << "what comes afterwards is the other one's";
  ASSERT_THAT((Call<Order, pb::CancelOrderRequest>(sad_, absl::StrCat(kOrders, "CancelOrder"),
                                                   absl::StrCat("name: '", later.name(), "' reason: 'no'"))),
              IsOk());
  hand_over(kax_);
}

// C-28, C-19: P-01, P-02, P-11.
TEST_F(SalesLedgerServiceTest, ReportsByDayMonthAndYear) {
  const rpb::Invoice invoice = Sell();
  Pay(account_, "15", invoice.name());
  // Of the owner of this account only: a person of her own.
  const auto sales = [&](const std::string& by) {
    return Do<pb::SummarizeSalesResponse, pb::SummarizeSalesRequest>(
        kax_, absl::StrCat(kLedger, "SummarizeSales"),
        absl::StrCat("from_date: '2026-01-01' to_date: '2026-01-31' by: SALES_PERIOD_", by));
  };
  const auto month = sales("MONTH"), day = sales("DAY");
  ASSERT_GE(month.rows_size(), 1);
  EXPECT_EQ(month.rows(0).period(), "2026-01");
  EXPECT_EQ(month.rows(0).salesperson(), kax_.subject);
  EXPECT_EQ(day.rows(0).period(), "2026-01-05");
  EXPECT_EQ(sales("YEAR").rows(0).period(), "2026");
  EXPECT_EQ(Amount(month.rows(0).revenue()),
            Sql("SELECT CAST(SUM(total_amount) AS CHAR) FROM invoices WHERE state IN ('ISSUED', 'PARTIALLY_PAID', "
                "'PAID') AND issue_date BETWEEN '2026-01-01' AND '2026-01-31'"));
  EXPECT_EQ(Amount(month.rows(0).payment()),
            Sql("SELECT CAST(SUM(amount_amount) AS CHAR) FROM receipts WHERE state = 'MARKED' AND mark_time < "
                "'2026-01-31'"));
  const auto others = Do<pb::SummarizeSalesResponse, pb::SummarizeSalesRequest>(
      other_kax_, absl::StrCat(kLedger, "SummarizeSales"), "from_date: '2026-01-01' to_date: '2026-01-31'");
  EXPECT_EQ(others.rows_size(), 0) << "another person's sales are not shown";
  EXPECT_THAT((Call<pb::SummarizeSalesResponse, pb::SummarizeSalesRequest>(
                  kax_, absl::StrCat(kLedger, "SummarizeSales"), "from_date: '2026-01-01' to_date: '2028-01-31'")),
              HasReason("PERIOD_INVALID"));
  const auto reviews_of_day = [&] {
    return Do<pb::SummarizeReviewsResponse, pb::SummarizeReviewsRequest>(
        sad_, absl::StrCat(kLedger, "SummarizeReviews"), "from_date: '2026-01-05' to_date: '2026-01-05'");
  };
  const auto reviews = reviews_of_day();
  ASSERT_EQ(reviews.rows_size(), 1);
  EXPECT_EQ(Decimal::FromInt(static_cast<int32_t>(reviews.rows(0).reviewed())),
            Sql("SELECT CAST(COUNT(id) AS CHAR) FROM issue_notes WHERE create_time < '2026-01-06'"));
  EXPECT_GE(reviews.rows(0).released(), 1);
  EXPECT_GE(reviews.rows(0).shipped(), 1);

  // C-19: that another warehouse is named is no review, and voids none.
  const Order order = *Enter(NewContract(account_, /*credit=*/true), "1");
  Review(order.name());
  for (const char* warehouse : {"north", "south"}) {
    Do<Order, order::v1::ChangeIssueNoteWarehouseRequest>(
        sad_, absl::StrCat(kOrders, "ChangeIssueNoteWarehouse"),
        absl::StrCat("name: '", order.name(), "' reason: 'full' warehouse: '", warehouse, "'"));
  }
  const auto changed = reviews_of_day();
  EXPECT_EQ(changed.rows(0).reviewed(), reviews.rows(0).reviewed() + 1);
  EXPECT_EQ(changed.rows(0).voided(), reviews.rows(0).voided());
  Do<Order, pb::CancelOrderRequest>(sad_, absl::StrCat(kOrders, "CancelOrder"),
                                    absl::StrCat("name: '", order.name(), "' reason: 'no'"));
  EXPECT_EQ(reviews_of_day().rows(0).reviewed(), changed.rows(0).reviewed());
  EXPECT_EQ(reviews_of_day().rows(0).voided(), changed.rows(0).voided() + 1);
}

// C-27: by the published standard of the day; published by another than its writer; status, supplier, commission.
TEST_F(SalesLedgerServiceTest, AddOnServicesFollowThePublishedStandard) {
  const std::string title = absl::StrCat("Plates ", harness().NewId());
  const auto draft = [&](const std::string& from) {
    return Do<pb::ServiceFee, pb::CreateServiceFeeRequest>(
               kam_, absl::StrCat(kAddOns, "CreateServiceFee"),
               absl::StrCat("service_fee { kind: ADD_ON_KIND_REGISTRATION title: '", title, "' fee ", MoneyText("200"),
                            " supplier: 'Plate agent' commission_rate: '15' from_date: '", from, "' }"))
        .name();
  };
  const auto publish = [&](const auth::Principal& who, const std::string& fee) {
    return Call<pb::ServiceFee, pb::PublishServiceFeeRequest>(who, absl::StrCat(kAddOns, "PublishServiceFee"),
                                                              absl::StrCat("name: '", fee, "'"));
  };
  const Order order = *Enter(NewContract(account_, /*credit=*/false), "1");
  const auto attach = [&](const auth::Principal& who, const std::string& fee) {
    return Call<pb::AddOnService, pb::CreateAddOnServiceRequest>(
        who, absl::StrCat(kAddOns, "CreateAddOnService"),
        absl::StrCat("add_on_service { order: '", order.name(), "' fee_standard: '", fee, "' quantity: 2 handler: '",
                     kax_.subject, "' }"));
  };
  const std::string fee = draft("2026-01-01");
  EXPECT_THAT(attach(kax_, fee), HasReason("FEE_NOT_PUBLISHED"));
  auth::Principal both = kam_;
  both.grants["service_fee.publish"] = auth::Level::kAll;
  EXPECT_THAT(publish(both, fee), HasReason("SEPARATION_OF_DUTIES"));
  auth::Principal editor = harness().PrincipalFor("KAM", harness().NewId());
  editor.grants["service_fee.publish"] = auth::Level::kAll;
  const auto price = [&](const auth::Principal& who, const std::string& amount) {
    Do<pb::ServiceFee, pb::UpdateServiceFeeRequest>(
        who, absl::StrCat(kAddOns, "UpdateServiceFee"),
        absl::StrCat("service_fee { name: '", fee, "' fee ", MoneyText(amount), " }"));
  };
  price(editor, "150");
  price(kam_, "200");
  EXPECT_THAT(publish(editor, fee), HasReason("SEPARATION_OF_DUTIES")) << "he has set the price himself";
  ASSERT_THAT(publish(fd_, fee), IsOk());
  EXPECT_THAT(publish(fd_, draft("2026-06-01")), HasReason("FEE_OVERLAP"));
  EXPECT_THAT(attach(other_kax_, fee), HasReason("REFERENCE_NOT_FOUND"));
  const absl::StatusOr<pb::AddOnService> service = attach(kax_, fee);
  ASSERT_THAT(service, IsOk());
  EXPECT_EQ(Amount(service->fee()), D("400"));
  EXPECT_EQ(Amount(service->commission()), D("60"));
  EXPECT_EQ(service->account(), account_);
  const std::string name = absl::StrCat("name: '", service->name(), "'");
  Do<pb::AddOnService, pb::OrderAddOnServiceRequest>(kax_, absl::StrCat(kAddOns, "OrderAddOnService"), name);
  Do<pb::AddOnService, pb::CompleteAddOnServiceRequest>(kax_, absl::StrCat(kAddOns, "CompleteAddOnService"),
                                                        name + " document: 'scan/plate'");
  const auto totals = Do<pb::SummarizeAddOnsResponse, pb::SummarizeAddOnsRequest>(
      kax_, absl::StrCat(kAddOns, "SummarizeAddOns"), "from_date: '2026-01-01'");
  ASSERT_EQ(totals.rows_size(), 1);
  EXPECT_EQ(totals.rows(0).supplier(), "Plate agent");
  EXPECT_EQ(Amount(totals.rows(0).commission()), D("60"));

  // C-27: marked by mistake, it is open again and counts for nobody.
  const auto reopen = [&](const auth::Principal& who, const std::string& reason) {
    return Call<pb::AddOnService, pb::ReopenAddOnServiceRequest>(who, absl::StrCat(kAddOns, "ReopenAddOnService"),
                                                                 name + absl::StrCat(" reason: '", reason, "'"));
  };
  EXPECT_THAT(reopen(kax_, "July is better"), StatusIs(absl::StatusCode::kPermissionDenied)) << "it is about him";
  EXPECT_THAT(reopen(kam_, " "), HasReason("REASON_REQUIRED"));
  const absl::StatusOr<pb::AddOnService> open = reopen(kam_, "the plate is of another car");
  ASSERT_THAT(open, IsOk());
  EXPECT_EQ(open->state(), pb::ADD_ON_STATE_ORDERED);
  EXPECT_EQ(open->document(), "");
  EXPECT_EQ(open->done_date(), "");
  EXPECT_EQ((Do<pb::SummarizeAddOnsResponse, pb::SummarizeAddOnsRequest>(kax_, absl::StrCat(kAddOns, "SummarizeAddOns"),
                                                                         "from_date: '2026-01-01'"))
                .rows_size(),
            0);
}

// C-28: what comes to a closed month late stands on the first day after it; the closed lines stay what they were.
TEST_F(SalesLedgerServiceTest, NothingComesIntoAClosedMonth) {
  const std::string id = harness().NewId();
  harness().db().Execute(absl::StrCat(
      "INSERT INTO ledger_months (id, version, create_time, update_time, creator, updater, ledger_month) VALUES ('", id,
      "', 1, '2026-01-01', '2026-01-01', 'programs/test', 'programs/test', '2026-01')"));
  Sell();
  harness().db().Execute(absl::StrCat("DELETE FROM ledger_months WHERE id = '", id, "'"));
  const std::vector<pb::SalesLedgerEntry> lines = Lines();
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_EQ(lines[0].entry_date(), "2026-02-01");
  EXPECT_EQ(lines[0].month(), "2026-02");
}

// C-27: two standards published at once: one holds.
TEST_F(SalesLedgerServiceTest, ParallelPublicationLeavesOnePrice) {
  const std::string title = absl::StrCat("Film ", harness().NewId());
  std::vector<std::string> fees;
  for (int i = 0; i < 4; ++i) {
    fees.push_back(Do<pb::ServiceFee, pb::CreateServiceFeeRequest>(
                       kam_, absl::StrCat(kAddOns, "CreateServiceFee"),
                       absl::StrCat("service_fee { kind: ADD_ON_KIND_DECORATION title: '", title, "' fee ",
                                    MoneyText("50"), " from_date: '2026-01-01' }"))
                       .name());
  }
  std::atomic<int> published = 0;
  std::vector<std::thread> threads;
  for (const std::string& fee : fees) {
    threads.emplace_back([&, fee] {
      const auto answer = Call<pb::ServiceFee, pb::PublishServiceFeeRequest>(
          fd_, absl::StrCat(kAddOns, "PublishServiceFee"), absl::StrCat("name: '", fee, "'"));
      if (answer.ok()) {
        ++published;
      } else {
        EXPECT_THAT(answer, HasReason("FEE_OVERLAP"));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(published, 1);
}

}  // namespace
}  // namespace kam::contract::testing
