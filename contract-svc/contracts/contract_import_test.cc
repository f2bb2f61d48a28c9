// The import of history: orders and receipts as they were, over real gRPC and MariaDB: C-18, C-30, C-32.
#include <functional>
#include <set>
#include <thread>

#include "absl/strings/str_cat.h"
#include "common/testing/matchers.h"
#include "contract-svc/context.h"
#include "contract-svc/testing/sales_fixture.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/type/money.pb.h"
#include "kam/contract/v1/contract_service.pb.h"
#include "kam/order/v1/order_service.pb.h"
#include "kam/pricing/v1/quote_service.pb.h"
#include "kam/receivable/v1/receipt_service.pb.h"
#include "kam/receivable/v1/receivable_service.pb.h"

namespace kam::contract::testing {
namespace {

using kam::testing::HasReason;
using kam::testing::IsOk;
using kam::testing::StatusIs;
using v1::Contract;
namespace opb = order::v1;
namespace rpb = receivable::v1;

class HistoryImportTest : public SalesTest {
 protected:
  kam::api::BatchUpsertResponse Orders(const std::string& rows) {
    return Do<kam::api::BatchUpsertResponse, opb::BatchUpsertOrdersRequest>(
        erp_, absl::StrCat(kOrders, "BatchUpsertOrders"), rows);
  }
  std::string Row(const std::string& id, const std::string& state, const std::string& lines,
                  const std::string& more = {}) {
    return absl::StrCat("orders { external_ids { system: 'erp' id: '", IdOf(account_), id, "' } account: '", account_,
                        "' order_date: '2004-01-02' state: ORDER_STATE_", state, " ", lines, " ", more, " } ");
  }
  std::string Line(const std::string& quantity, const std::string& price, const std::string& product = {}) {
    return absl::StrCat("lines { product: '", product.empty() ? product_a_ : product, "' quantity: '", quantity,
                        "' unit_price ", MoneyText(price, "USD"), " } ");
  }
};

// C-18: states, dates and prices as they were; totals by the service; no credit is taken.
TEST_F(HistoryImportTest, OrdersOfThePastComeInAsTheyWere) {
  const auto answer = Orders(Row("1", "SHIPPED", Line("3", "33.335") + Line("2", "1.1"), "shipped_date: '2004-01-09'") +
                             Row("2", "RESOLVED", Line("1", "5")) + Row("3", "CANCELLED", Line("1", "7")));
  for (const auto& result : answer.results()) {
    EXPECT_EQ(result.outcome(), kam::api::UPSERT_OUTCOME_CREATED) << result.DebugString();
  }
  const opb::Order order = GetOrder(answer.results(0).name());
  EXPECT_EQ(Amount(order.total()), D("102.21"));
  EXPECT_EQ(order.state(), opb::ORDER_STATE_SHIPPED);
  EXPECT_EQ(order.shipped_date(), "2004-01-09");
  EXPECT_EQ(Sql(absl::StrCat("SELECT CAST(COUNT(id) AS CHAR) FROM credit_reservations WHERE account = '",
                             IdOf(account_), "'")),
            D("0"));
  const auto again = Orders(Row("2", "RESOLVED", Line("1", "5")));
  EXPECT_EQ(again.results(0).outcome(), kam::api::UPSERT_OUTCOME_UNCHANGED);
}

// C-18: a broken row is refused by itself, naming the field.
TEST_F(HistoryImportTest, BrokenRowsAreRefusedByTheFieldThatIsWrong) {
  const auto answer = Orders(Row("1", "SHIPPED", Line("0", "1")) + Row("2", "SHIPPED", Line("-2", "1")) +
                             Row("3", "SHIPPED", Line("1", "1", absl::StrCat("products/", harness().NewId()))) +
                             Row("4", "SHIPPED", Line("1", "1"), "shipped_date: '2004-02-30'") +
                             Row("5", "SHIPPED", Line("1", "1"), "shipped_date: '2003-12-31'") +
                             Row("6", "SHIPPED", "") + Row("7", "SHIPPED", Line("1", "1")));
  const char* fields[] = {"order.lines[0].quantity", "order.lines[0].quantity", "order.lines[0].product",
                          "order.shipped_date",      "order.shipped_date",      "order.lines"};
  for (int i = 0; i < 6; ++i) {
    EXPECT_EQ(answer.results(i).outcome(), kam::api::UPSERT_OUTCOME_FAILED) << i;
    const absl::Status status =
        FromRpcStatusBytes(static_cast<absl::StatusCode>(answer.results(i).status().code()),
                           answer.results(i).status().message(), answer.results(i).status().SerializeAsString());
    EXPECT_THAT(ViolatedFields(status), ::testing::Contains(fields[i])) << status;
  }
  EXPECT_EQ(answer.results(6).outcome(), kam::api::UPSERT_OUTCOME_CREATED);
}

// C-18: once worked on here, an order belongs to this suite.
TEST_F(HistoryImportTest, ImportDoesNotOverwriteWorkDoneHere) {
  const auto answer = Orders(Row("1", "ENTERED", Line("1", "5")));
  Do<opb::Order, opb::HoldOrderRequest>(kam_, absl::StrCat(kOrders, "HoldOrder"),
                                        absl::StrCat("name: '", answer.results(0).name(), "' reason: 'wait'"));
  const auto again = Orders(Row("1", "SHIPPED", Line("1", "5")));
  EXPECT_EQ(again.results(0).outcome(), kam::api::UPSERT_OUTCOME_FAILED);
  EXPECT_THAT(again.results(0).status().message(), ::testing::HasSubstr("worked on here"));
}

// C-30, C-32: the figures of an import.
TEST_F(HistoryImportTest, FiguresOfOrdersAndPayments) {
  SetLimit(account_, "AMOUNT", "0");
  harness().db().Execute(
      absl::StrCat("UPDATE credit_accounts SET credit_limit_amount = 40, credit_limit_currency = "
                   "'USD', currency = 'USD' WHERE account = '",
                   IdOf(account_), "'"));
  Orders(Row("1", "SHIPPED", Line("10", "10")) + Row("2", "CANCELLED", Line("10", "10")) +
         Row("3", "DISPUTED", Line("1", "0.55")));
  const auto paid = Do<kam::api::BatchUpsertResponse, rpb::BatchUpsertReceiptsRequest>(
      erp_, absl::StrCat(kReceipts, "BatchUpsertReceipts"),
      absl::StrCat("receipts { external_ids { system: 'erp' id: '", IdOf(account_), "/HQ336336' } account: '", account_,
                   "' amount ", MoneyText("60.25", "USD"),
                   " method: PAYMENT_METHOD_CHEQUE cheque_number: 'HQ336336' received_date: '2004-10-19' }"));
  EXPECT_EQ(paid.results(0).outcome(), kam::api::UPSERT_OUTCOME_CREATED) << paid.DebugString();
  const auto standings = Do<rpb::SummarizeAccountsResponse, rpb::SummarizeAccountsRequest>(
      gm_, absl::StrCat(kReceivables, "SummarizeAccounts"), "over_limit_only: true page_size: 200");
  const rpb::AccountStanding* mine = nullptr;
  for (const auto& standing : standings.accounts()) {
    if (standing.account() == account_) mine = &standing;
  }
  ASSERT_NE(mine, nullptr) << standings.DebugString();
  EXPECT_EQ(Amount(mine->ordered()), D("100.55"));
  EXPECT_EQ(Amount(mine->paid()), D("60.25"));
  EXPECT_EQ(Amount(mine->balance()), D("40.3"));
  EXPECT_TRUE(mine->over_limit());
  EXPECT_EQ(mine->owner(), kax_.subject);

  // Pages hold every account once, greatest balance first.
  std::string token;
  std::vector<std::string> seen;
  Decimal last = D("999999999");
  do {
    const auto page = Do<rpb::SummarizeAccountsResponse, rpb::SummarizeAccountsRequest>(
        gm_, absl::StrCat(kReceivables, "SummarizeAccounts"), absl::StrCat("page_size: 1 page_token: '", token, "'"));
    for (const auto& standing : page.accounts()) {
      EXPECT_LE(Amount(standing.balance()), last);
      last = Amount(standing.balance());
      seen.push_back(absl::StrCat(standing.account(), standing.currency()));
    }
    token = page.next_page_token();
  } while (!token.empty());
  EXPECT_EQ(std::set<std::string>(seen.begin(), seen.end()).size(), seen.size());
  EXPECT_THAT(seen, ::testing::Contains(account_ + "USD"));

  // Another owner's figures hold nothing of it.
  const auto none = Do<opb::SummarizeOrdersResponse, opb::SummarizeOrdersRequest>(
      other_kax_, absl::StrCat(kOrders, "SummarizeOrders"), "");
  EXPECT_EQ(none.states_size(), 0);
  EXPECT_EQ(none.lines(), 0);
  const auto orders = Do<opb::SummarizeOrdersResponse, opb::SummarizeOrdersRequest>(
      gm_, absl::StrCat(kOrders, "SummarizeOrders"), "from_date: '2004-01-01' to_date: '2004-12-31'");
  EXPECT_GE(orders.lines(), 3);
  ASSERT_GE(orders.owners_size(), 1);
  EXPECT_EQ(orders.owners(0).owner(), kax_.subject);
  const auto receipts = Do<rpb::SummarizeReceiptsResponse, rpb::SummarizeReceiptsRequest>(
      gm_, absl::StrCat(kReceipts, "SummarizeReceipts"), "from_date: '2004-10-19' to_date: '2004-10-19'");
  EXPECT_EQ(receipts.count(), 1);
  EXPECT_EQ(Amount(receipts.totals(0).total()), D("60.25"));
}

}  // namespace
}  // namespace kam::contract::testing
