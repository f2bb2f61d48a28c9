// What the other programs are told of the business with an account, over real gRPC and MariaDB.
#include <map>
#include <set>
#include <string>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "common/resource/names.h"
#include "common/testing/matchers.h"
#include "contract-svc/testing/sales_fixture.h"
#include "kam/business/v1/business_service.pb.h"

namespace kam::contract::testing {
namespace {

using business::v1::BatchGetContractFiguresResponse;
using business::v1::BatchGetFiguresRequest;
using business::v1::ListOpenBusinessRequest;
using business::v1::ListOpenBusinessResponse;
using kam::testing::HasReason;
using kam::testing::IsOk;
using kam::testing::StatusIs;

constexpr char kService[] = "kam.business.v1.ContractBusinessService/";

class AccountBusinessTest : public SalesTest {
 protected:
  static auth::Principal Asker() {
    return kam::testing::Harness::Program("account-svc", {"contract_business.resolve"});
  }
  absl::StatusOr<ListOpenBusinessResponse> Open(const std::string& more = {}) {
    return Call<ListOpenBusinessResponse, ListOpenBusinessRequest>(
        Asker(), absl::StrCat(kService, "ListOpenContractBusiness"), absl::StrCat("accounts: '", account_, "' ", more));
  }
  // Kinds and how many of each are open.
  std::map<std::string, int> Kinds() {
    std::map<std::string, int> kinds;
    const auto open = Open();
    EXPECT_THAT(open, IsOk());
    if (open.ok()) {
      for (const auto& item : open->items()) ++kinds[item.kind()];
    }
    return kinds;
  }
  absl::StatusOr<BatchGetContractFiguresResponse> Figures(const std::string& from, const std::string& until) {
    return Call<BatchGetContractFiguresResponse, BatchGetFiguresRequest>(
        Asker(), absl::StrCat(kService, "BatchGetContractFigures"),
        absl::StrCat("accounts: '", account_, "' from_month: '", from, "' until_month: '", until, "'"));
  }
};

//
TEST_F(AccountBusinessTest, WhatIsNotOverIsListedAndLeavesWhenItIs) {
  EXPECT_EQ(Kinds(), (std::map<std::string, int>()));
  const std::string contract = NewContract(account_, /*credit=*/true);
  NewQuote(account_, "SENT");
  NewQuote(account_, "REJECTED");
  SetLimit(account_, "UNLIMITED", "");
  const auto order = Enter(contract, "10");
  ASSERT_THAT(order, IsOk());
  EXPECT_EQ(Kinds(), (std::map<std::string, int>{{"CONTRACT", 1}, {"ORDER", 1}, {"QUOTE", 1}}));
  Review(order->name());
  Release(order->name());
  Deliver(order->name(), "10");
  const auto invoice = Invoice(order->name());
  EXPECT_EQ(Kinds()["RECEIVABLE"], 1);
  const auto open = Open();
  ASSERT_THAT(open, IsOk());
  for (const auto& item : open->items()) {
    EXPECT_EQ(item.account(), account_);
    if (item.kind() != "RECEIVABLE") continue;
    EXPECT_EQ(Amount(item.amount()), Amount(invoice.total()));
    EXPECT_EQ(item.state(), "OPEN");
    EXPECT_FALSE(item.due_date().empty());
  }
  Pay(account_, Amount(invoice.total()).ToString(), invoice.name());
  EXPECT_EQ(Kinds().count("RECEIVABLE"), 0u);
}

// dealings are listed within the rights of the reader who is named; the program itself sees all.
TEST_F(AccountBusinessTest, DealingsAreListedWithinTheRightsOfTheReader) {
  const std::string contract = NewContract(account_, /*credit=*/true);
  SetLimit(account_, "UNLIMITED", "");
  const auto order = Enter(contract, "10");
  ASSERT_THAT(order, IsOk());
  const auto dealings = [&](const std::string& more) {
    return Call<business::v1::ListDealingsResponse, business::v1::ListDealingsRequest>(
        Asker(), absl::StrCat(kService, "ListContractDealings"), absl::StrCat("account: '", account_, "' ", more));
  };
  const auto all = dealings("");
  ASSERT_THAT(all, IsOk());
  ASSERT_EQ(all->parts_size(), 5);
  EXPECT_EQ(all->parts(0).dealings_size(), 1);
  EXPECT_EQ(all->parts(0).dealings(0).name(), contract);
  EXPECT_EQ(all->parts(0).dealings(0).content(), "");

  const std::string kinds = "kinds: 'CONTRACT' kinds: 'ORDER' kinds: 'RECEIPT' ";
  const std::string stranger = absl::StrCat("employees/", harness().NewId());
  const auto seen =
      dealings(kinds + absl::StrCat("reader { employee: '", stranger,
                                    "' rights { permission: 'contract.read' level: 'own' } rights { permission: "
                                    "'order.read' level: 'all' } }"));
  ASSERT_THAT(seen, IsOk());
  ASSERT_EQ(seen->parts_size(), 3);
  EXPECT_FALSE(seen->parts(0).hidden());
  EXPECT_EQ(seen->parts(0).dealings_size(), 0);  // Of an account that is not his.
  ASSERT_EQ(seen->parts(1).dealings_size(), 1);
  const business::v1::Dealing& row = seen->parts(1).dealings(0);
  EXPECT_EQ(row.name(), order->name());
  EXPECT_EQ(row.number(), order->number());
  EXPECT_EQ(row.state(), "ENTERED");
  EXPECT_EQ(row.date(), order->order_date());
  EXPECT_EQ(Amount(row.amount()), Amount(order->total()));
  EXPECT_TRUE(seen->parts(2).hidden());
  EXPECT_EQ(seen->parts(2).permission(), "receipt.read");

  const auto whole = dealings("kinds: 'ORDER' whole: true");
  ASSERT_THAT(whole, IsOk());
  EXPECT_NE(whole->parts(0).dealings(0).content().find(order->number()), std::string::npos);
  EXPECT_THAT(dealings("kinds: 'NONSENSE'"), HasReason("FIELD_VALUE_UNKNOWN"));
  EXPECT_THAT(dealings("reader { rights { permission: 'order.read' level: 'some' } }"),
              HasReason("FIELD_VALUE_UNKNOWN"));
}

// all of it is counted, listed or not.
TEST_F(AccountBusinessTest, AnAccountWithMoreThanWasAskedForIsNamed) {
  for (int i = 0; i < 3; ++i) NewQuote(account_, "SENT");
  const auto two = Open("items_max: 2");
  ASSERT_THAT(two, IsOk());
  EXPECT_EQ(two->items_size(), 2);
  ASSERT_EQ(two->truncated_accounts_size(), 1);
  EXPECT_EQ(two->truncated_accounts(0), account_);
  ASSERT_EQ(two->counts_size(), 1);
  EXPECT_EQ(two->counts(0).account(), account_);
  EXPECT_EQ(two->counts(0).kind(), "QUOTE");
  EXPECT_EQ(two->counts(0).count(), 3);
  const auto all = Open("items_max: 3");
  ASSERT_THAT(all, IsOk());
  EXPECT_EQ(all->truncated_accounts_size(), 0);
  EXPECT_EQ(all->counts_size(), 0);
  Decimal sum;
  for (const auto& item : all->items()) sum = *Add(sum, Amount(item.amount()));
  EXPECT_EQ(Amount(two->counts(0).amount()), sum);
}

// what does not fit into an answer is asked for page by page.
TEST_F(AccountBusinessTest, DealingsAreListedPageByPage) {
  std::set<std::string> contracts;
  for (int i = 0; i < 3; ++i) contracts.insert(NewContract(account_, /*credit=*/true));
  std::set<std::string> seen;
  std::string after;
  for (const size_t so_far : {2u, 3u}) {
    const auto page = Call<business::v1::ListDealingsResponse, business::v1::ListDealingsRequest>(
        Asker(), absl::StrCat(kService, "ListContractDealings"),
        absl::StrCat("account: '", account_, "' kinds: 'CONTRACT' rows_max: 2 after: '", after, "'"));
    ASSERT_THAT(page, IsOk());
    for (const auto& dealing : page->parts(0).dealings()) {
      seen.insert(dealing.name());
      after = dealing.name();
    }
    EXPECT_EQ(seen.size(), so_far);
    EXPECT_EQ(page->parts(0).truncated(), so_far == 2);
  }
  EXPECT_EQ(seen, contracts);
}

//
TEST_F(AccountBusinessTest, FiguresAreThoseOfTheMonthsAndOfToday) {
  const std::string contract = NewContract(account_, /*credit=*/true);
  SetLimit(account_, "UNLIMITED", "");
  const auto order = Enter(contract, "10");
  ASSERT_THAT(order, IsOk());
  Review(order->name());
  Release(order->name());
  Deliver(order->name(), "10");
  const auto invoice = Invoice(order->name());
  const std::string today = order->order_date();
  const std::string month = today.substr(0, 7);
  const auto figures = Figures(month, month);
  ASSERT_THAT(figures, IsOk());
  ASSERT_EQ(figures->accounts_size(), 1);
  const auto& account = figures->accounts(0);
  EXPECT_EQ(account.account(), account_);
  EXPECT_EQ(account.last_order_date(), today);
  ASSERT_EQ(account.months_size(), 1);
  EXPECT_EQ(account.months(0).month(), month);
  EXPECT_EQ(account.months(0).orders(), 1);
  EXPECT_EQ(Amount(account.months(0).ordered()), Amount(order->total()));
  EXPECT_EQ(Amount(account.months(0).invoiced()), Amount(invoice.total()));
  EXPECT_EQ(Amount(account.months(0).received()), D("0"));
  ASSERT_EQ(account.receivables_size(), 1);
  EXPECT_EQ(Amount(account.receivables(0).open()), Amount(invoice.total()));
  EXPECT_EQ(Amount(account.receivables(0).overdue()), D("0"));
  // What another month has does not show; what is owed does.
  const auto later = Figures("2030-01", "2030-12");
  ASSERT_THAT(later, IsOk());
  ASSERT_EQ(later->accounts_size(), 1);
  EXPECT_EQ(later->accounts(0).months_size(), 0);
  EXPECT_EQ(later->accounts(0).receivables_size(), 1);
  EXPECT_THAT(Figures("2026-02", "2026-01"), HasReason("PERIOD_INVALID"));
  EXPECT_THAT(Figures("2020-01", "2025-01"), HasReason("PERIOD_INVALID"));
}

// what was earned at the purchase price of the day of issue, and what of the due was paid by its day.
TEST_F(AccountBusinessTest, MarginAndPaymentAreThoseOfTheMonth) {
  const std::string contract = NewContract(account_, /*credit=*/true);
  SetLimit(account_, "UNLIMITED", "");
  const auto order = Enter(contract, "10");
  ASSERT_THAT(order, IsOk());
  Review(order->name());
  Release(order->name());
  Deliver(order->name(), "10");
  const auto invoice = Invoice(order->name());
  const std::string month = invoice.issue_date().substr(0, 7);
  const auto in = [&](const std::string& of) {
    const auto figures = Figures(of, of);
    EXPECT_THAT(figures, IsOk());
    return figures.ok() && figures->accounts_size() == 1 && figures->accounts(0).months_size() == 1
               ? figures->accounts(0).months(0)
               : business::v1::ContractMonth();
  };
  EXPECT_EQ(Amount(in(month).invoiced_net()), Amount(invoice.net_total()));
  EXPECT_EQ(Amount(in(month).costed_net()), D("0")) << "nobody knows what the product costs";
  harness().db().Execute(
      absl::StrCat("UPDATE products SET purchase_price_amount = 6, purchase_price_currency = currency WHERE id = '",
                   resource::IdOf(product_a_), "'"));
  EXPECT_EQ(Amount(in(month).costed_net()), Amount(invoice.net_total()));
  EXPECT_EQ(Amount(in(month).cost()), D("60"));
  harness().db().Execute(
      absl::StrCat("UPDATE products SET purchase_price_amount = NULL, purchase_price_currency = NULL WHERE id = '",
                   resource::IdOf(product_a_), "'"));

  // Three items of one month that is over: paid by its day, paid late, and paid by its day and taken back later.
  const auto entry = [&](const std::string& item, const std::string& kind, const std::string& day,
                         const std::string& amount) {
    harness().db().Execute(absl::StrCat(
        "INSERT INTO receivable_entries (entry_id, account, item, kind, currency, due_date, entry_date, amount) VALUES "
        "('",
        harness().NewId(), "', '", resource::IdOf(account_), "', '", item, "', '", kind, "', 'CNY', '2025-06-15', '",
        day, "', ", amount, ")"));
  };
  for (const auto& [paid, amount, taken_back] :
       {std::tuple("2025-06-15", "-100", ""), std::tuple("2025-06-16", "-100", ""),
        std::tuple("2025-06-01", "-60", "60")}) {
    const std::string item = harness().NewId();
    harness().db().Execute(absl::StrCat(
        "INSERT INTO receivable_items (id, version, create_time, update_time, creator, updater, account, kind, "
        "amount_amount, amount_currency, open_amount, open_currency, item_date, due_date, state) VALUES ('",
        item, "', 1, '2025-05-01', '2025-05-01', 'x', 'x', '", resource::IdOf(account_),
        "', 'OPENING', 100, 'CNY', 0, 'CNY', '2025-05-01', '2025-06-15', 'PAID')"));
    entry(item, "OPENING", "2025-05-01", "100");
    entry(item, "RECEIPT", paid, amount);
    if (*taken_back != '\0') entry(item, "RECEIPT", "2025-07-01", taken_back);
  }
  EXPECT_EQ(Amount(in("2025-06").due()), D("300"));
  EXPECT_EQ(Amount(in("2025-06").paid_on_time()), D("100"));
  EXPECT_EQ(Amount(in(invoice.due_date().substr(0, 7)).due()), D("0")) << "not due yet";
}

// G-02: for programs only.
TEST_F(AccountBusinessTest, NoPersonIsTold) {
  EXPECT_THAT((Call<ListOpenBusinessResponse, ListOpenBusinessRequest>(
                  gm_, absl::StrCat(kService, "ListOpenContractBusiness"), absl::StrCat("accounts: '", account_, "'"))),
              StatusIs(absl::StatusCode::kPermissionDenied));
}

}  // namespace
}  // namespace kam::contract::testing
