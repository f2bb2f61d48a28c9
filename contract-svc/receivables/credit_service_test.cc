// Credit over real gRPC and MariaDB: C-34, golden cases G7, G8, G9, G10, G31.
#include <random>
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

namespace kam::contract::testing {
namespace {

using kam::testing::HasReason;
using kam::testing::IsOk;
using kam::testing::NamesField;
using kam::testing::StatusIs;
using order::v1::Order;
namespace opb = order::v1;
namespace rpb = receivable::v1;

class CreditServiceTest : public SalesTest {
 protected:
  template <typename Request>
  absl::StatusOr<Order> Verb(const auth::Principal& who, const std::string& method, const std::string& order) {
    return Call<Order, Request>(who, absl::StrCat(kOrders, method),
                                absl::StrCat("name: '", order, "' reason: 'because'"));
  }
};

// G7
TEST_F(CreditServiceTest, NoneAndZeroRefuseUnlimitedAcceptsNotSetIsNoCredit) {
  const std::string contract = NewContract(account_, /*credit=*/true);
  EXPECT_THAT(Enter(contract, "1"), HasReason("CREDIT_NONE"));
  SetLimit(account_, "AMOUNT", "0");
  EXPECT_THAT(Enter(contract, "1"), HasReason("CREDIT_NONE"));
  SetLimit(account_, "UNLIMITED", "");
  EXPECT_THAT(Enter(contract, "900"), IsOk());
  SetLimit(account_, "NONE", "");
  EXPECT_THAT(Enter(contract, "1"), HasReason("CREDIT_NONE"));
  ExpectBooksRight(account_);
}

// G8: through real gRPC.
TEST_F(CreditServiceTest, G8TwentyParallelOrdersOfTenOnALimitOfHundredGiveExactlyTen) {
  const std::string contract = NewContract(account_, /*credit=*/true);
  SetLimit(account_, "AMOUNT", "100");
  std::atomic<int> accepted = 0, refused = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 20; ++i) {
    threads.emplace_back([&] {
      const absl::StatusOr<Order> order = Enter(contract, "1");
      if (order.ok()) {
        ++accepted;
      } else if (Reason(order.status()) == "CREDIT_LIMIT_EXCEEDED") {
        ++refused;
      } else {
        ADD_FAILURE() << order.status();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(accepted, 10);
  EXPECT_EQ(refused, 10);
  EXPECT_EQ(Amount(Exposure(account_).exposure()), D("100"));
  EXPECT_EQ(Amount(Exposure(account_).headroom()), D("0"));
  ExpectBooksRight(account_);
}

// C-34, G8: two hundred orders at once on one credit line: exactly what fits, to the last one.
TEST_F(CreditServiceTest, TwoHundredParallelOrdersOnOneCreditLineAcceptExactlyWhatFits) {
  const std::string contract = NewContract(account_, /*credit=*/true);
  SetLimit(account_, "AMOUNT", "735");
  std::atomic<int> accepted = 0, refused = 0;
  std::vector<std::thread> threads;
  for (int client = 0; client < 40; ++client) {
    threads.emplace_back([&] {
      for (int i = 0; i < 5; ++i) {
        const absl::StatusOr<Order> order = Enter(contract, "1");
        if (order.ok()) {
          ++accepted;
        } else if (Reason(order.status()) == "CREDIT_LIMIT_EXCEEDED") {
          ++refused;
        } else {
          ADD_FAILURE() << order.status();
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(accepted, 73);
  EXPECT_EQ(refused, 127);
  EXPECT_EQ(Amount(Exposure(account_).exposure()), D("730"));
  ExpectBooksRight(account_);
}

// G8: the same when the customer has no credit account row yet, so that twenty writers make it at once.
TEST_F(CreditServiceTest, FirstOrdersOfANewCustomerMakeOneCreditAccount) {
  const std::string contract = NewContract(account_, /*credit=*/false);
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] { EXPECT_THAT(Enter(contract, "1"), IsOk()); });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(
      Sql(absl::StrCat("SELECT CAST(COUNT(id) AS CHAR) FROM credit_accounts WHERE account = '", IdOf(account_), "'")),
      D("1"));
}

// G9
TEST_F(CreditServiceTest, ReopeningReservesAgainOrFails) {
  const std::string contract = NewContract(account_, /*credit=*/true);
  SetLimit(account_, "AMOUNT", "100");
  const Order first = *Enter(contract, "10");
  ASSERT_THAT(Verb<opb::CancelOrderRequest>(sad_, "CancelOrder", first.name()), IsOk());
  EXPECT_EQ(Amount(Exposure(account_).exposure()), D("0"));
  const Order second = *Enter(contract, "6");
  const absl::StatusOr<Order> reopened = Verb<opb::ReopenOrderRequest>(sad_, "ReopenOrder", first.name());
  EXPECT_THAT(reopened, HasReason("CREDIT_LIMIT_EXCEEDED"));
  EXPECT_EQ(MetadataValue(reopened.status(), "headroom"), "40");
  EXPECT_EQ(GetOrder(first.name()).state(), opb::ORDER_STATE_CANCELLED);
  ASSERT_THAT(Verb<opb::CancelOrderRequest>(sad_, "CancelOrder", second.name()), IsOk());
  ASSERT_THAT(Verb<opb::ReopenOrderRequest>(sad_, "ReopenOrder", first.name()), IsOk());
  EXPECT_EQ(Amount(Exposure(account_).held()), D("100"));
  ExpectBooksRight(account_);
}

// C-34: the order may wait for credit, and somebody with the authority may let it go beyond the limit.
TEST_F(CreditServiceTest, OrderWaitsOnHoldForCreditAndIsOverriddenByAuthority) {
  const std::string contract = NewContract(account_, /*credit=*/true);
  SetLimit(account_, "AMOUNT", "50");
  const Order order = *Enter(contract, "6", "", "hold_without_credit: true");
  EXPECT_EQ(order.state(), opb::ORDER_STATE_ON_HOLD);
  EXPECT_TRUE(order.credit_hold());
  EXPECT_EQ(order.state_reason(), "CREDIT_LIMIT_EXCEEDED");
  EXPECT_THAT(Verb<opb::ResumeOrderRequest>(sad_, "ResumeOrder", order.name()), HasReason("CREDIT_LIMIT_EXCEEDED"));
  EXPECT_THAT(Verb<opb::OverrideOrderCreditRequest>(kam_, "OverrideOrderCredit", order.name()),
              StatusIs(absl::StatusCode::kPermissionDenied));
  const absl::StatusOr<Order> overridden =
      Verb<opb::OverrideOrderCreditRequest>(fd_, "OverrideOrderCredit", order.name());
  ASSERT_THAT(overridden, IsOk());
  EXPECT_EQ(overridden->state(), opb::ORDER_STATE_ENTERED);
  EXPECT_EQ(Amount(Exposure(account_).headroom()), D("-10"));
  Review(order.name());
  EXPECT_EQ(Release(order.name()).release_basis(), opb::RELEASE_BASIS_CREDIT);
  ExpectBooksRight(account_);
}

// C-34: a reservation expires, once; its order waits and takes the credit again when there is some.
TEST_F(CreditServiceTest, ReservationExpires) {
  const std::string contract = NewContract(account_, /*credit=*/true);
  SetLimit(account_, "AMOUNT", "100");
  const Order order = *Enter(contract, "10");
  const absl::Time due = harness().clock().Now() + absl::Hours(14 * 24);
  ASSERT_THAT(scheduler().RunDue(due - absl::Seconds(1), absl::InfiniteFuture()), IsOk());
  EXPECT_EQ(Amount(Exposure(account_).held()), D("100"));
  ASSERT_THAT(scheduler().RunDue(due, absl::InfiniteFuture()), IsOk());
  EXPECT_EQ(Amount(Exposure(account_).held()), D("0"));
  const Order held = GetOrder(order.name());
  EXPECT_EQ(held.state(), opb::ORDER_STATE_ON_HOLD);
  EXPECT_TRUE(held.credit_hold());
  const Order other = *Enter(contract, "10");
  EXPECT_THAT(Verb<opb::ResumeOrderRequest>(sad_, "ResumeOrder", order.name()), HasReason("CREDIT_LIMIT_EXCEEDED"));
  ASSERT_THAT(Verb<opb::CancelOrderRequest>(sad_, "CancelOrder", other.name()), IsOk());
  EXPECT_THAT(Verb<opb::ResumeOrderRequest>(sad_, "ResumeOrder", order.name()), IsOk());
  EXPECT_EQ(GetOrder(order.name()).state(), opb::ORDER_STATE_ENTERED);
  ExpectBooksRight(account_);
}

// C-20, C-34: an order that waits for credit holds quota and commitment as long as a reservation would, then it is
// cancelled; one that found its credit in time is not.
TEST_F(CreditServiceTest, AnOrderWaitsForCreditOnlySoLong) {
  const std::string contract = NewContract(account_, /*credit=*/true);
  SetLimit(account_, "AMOUNT", "50");
  const auto open = [&] {
    return Sql(
        absl::StrCat("SELECT CAST(COALESCE(SUM(c.reserved), 0) AS CHAR) FROM contract_commitments c WHERE "
                     "c.contract = '",
                     IdOf(contract), "'"));
  };
  const Order waits = *Enter(contract, "10", "", "hold_without_credit: true");
  ASSERT_EQ(waits.state(), opb::ORDER_STATE_ON_HOLD);
  const Order found = *Enter(contract, "6", "", "hold_without_credit: true");
  ASSERT_EQ(found.state(), opb::ORDER_STATE_ON_HOLD);
  EXPECT_EQ(open(), D("16"));
  SetLimit(account_, "AMOUNT", "60");
  ASSERT_THAT(Verb<opb::ResumeOrderRequest>(sad_, "ResumeOrder", found.name()), IsOk());
  const absl::Time due = harness().clock().Now() + absl::Hours(14 * 24);
  ASSERT_THAT(scheduler().RunDue(due - absl::Seconds(1), absl::InfiniteFuture()), IsOk());
  EXPECT_EQ(GetOrder(waits.name()).state(), opb::ORDER_STATE_ON_HOLD);
  ASSERT_THAT(scheduler().RunDue(due, absl::InfiniteFuture()), IsOk());
  const Order given_up = GetOrder(waits.name());
  EXPECT_EQ(given_up.state(), opb::ORDER_STATE_CANCELLED);
  EXPECT_FALSE(given_up.credit_hold());
  // The reservation of the other one has run out at the same time: it waits in its turn.
  EXPECT_EQ(GetOrder(found.name()).state(), opb::ORDER_STATE_ON_HOLD);
  EXPECT_EQ(open(), D("6"));
  ASSERT_THAT(scheduler().RunDue(due + absl::Hours(14 * 24), absl::InfiniteFuture()), IsOk());
  EXPECT_EQ(GetOrder(found.name()).state(), opb::ORDER_STATE_CANCELLED);
  EXPECT_EQ(open(), D("0"));
  ExpectBooksRight(account_);
}

// C-34, G10: what is asked at entry is asked again at release.
TEST_F(CreditServiceTest, BlockedCreditStopsTheRelease) {
  const std::string contract = NewContract(account_, /*credit=*/true);
  SetLimit(account_, "AMOUNT", "100");
  const Order order = *Enter(contract, "5");
  Review(order.name());
  const auto list = Do<rpb::ListCreditAccountsResponse, kam::api::ListRequest>(
      fd_, absl::StrCat(kCredits, "ListCreditAccounts"), absl::StrCat("filter: \"account = '", account_, "'\""));
  ASSERT_EQ(list.credit_accounts_size(), 1);
  const std::string name = list.credit_accounts(0).name();
  Do<rpb::CreditAccount, rpb::BlockCreditRequest>(fd_, absl::StrCat(kCredits, "BlockCredit"),
                                                  absl::StrCat("name: '", name, "' reason: 'insolvency petition'"));
  EXPECT_THAT((Call<Order, opb::ReleaseOrderRequest>(acc_, absl::StrCat(kOrders, "ReleaseOrder"),
                                                     absl::StrCat("name: '", order.name(), "'"))),
              HasReason("CREDIT_BLOCKED"));
  EXPECT_THAT(Enter(contract, "1"), HasReason("CREDIT_BLOCKED"));
  Do<rpb::CreditAccount, rpb::UnblockCreditRequest>(fd_, absl::StrCat(kCredits, "UnblockCredit"),
                                                    absl::StrCat("name: '", name, "' reason: 'withdrawn'"));
  EXPECT_EQ(Release(order.name()).state(), opb::ORDER_STATE_RELEASED);
}

// C-21, C-34, G10: and again when the goods leave: an order released on credit does not go out once the credit is
// blocked; one that somebody let go by his authority does.
TEST_F(CreditServiceTest, BlockedCreditStopsTheGoodsAtTheGate) {
  const std::string contract = NewContract(account_, /*credit=*/true);
  SetLimit(account_, "AMOUNT", "100");
  const auto plan = [&](const Order& order) {
    return Do<opb::Delivery, opb::CreateDeliveryRequest>(
               kax_, absl::StrCat(kDeliveries, "CreateDelivery"),
               absl::StrCat("delivery { order: '", order.name(),
                            "' planned_date: '2026-01-06' place: 'Site' deliverer: '", kax_.subject,
                            "' lines { line_number: 1 quantity: '2' } checklist { title: 'keys' } }"))
        .name();
  };
  const auto ship = [&](const std::string& delivery) {
    return Call<opb::Delivery, opb::ShipDeliveryRequest>(wh_, absl::StrCat(kDeliveries, "ShipDelivery"),
                                                         absl::StrCat("name: '", delivery, "'"));
  };
  const Order order = *Enter(contract, "5");
  Review(order.name());
  Release(order.name());
  const Order urgent = *Enter(contract, "2");
  Review(urgent.name());
  Do<Order, opb::OverrideReleaseOrderRequest>(gm_, absl::StrCat(kOrders, "OverrideReleaseOrder"),
                                              absl::StrCat("name: '", urgent.name(), "' reason: 'ambulance'"));
  const std::string first = plan(order), second = plan(order), by_authority = plan(urgent);
  ASSERT_THAT(ship(first), IsOk());
  const auto list = Do<rpb::ListCreditAccountsResponse, kam::api::ListRequest>(
      fd_, absl::StrCat(kCredits, "ListCreditAccounts"), absl::StrCat("filter: \"account = '", account_, "'\""));
  ASSERT_EQ(list.credit_accounts_size(), 1);
  const std::string name = list.credit_accounts(0).name();
  Do<rpb::CreditAccount, rpb::BlockCreditRequest>(fd_, absl::StrCat(kCredits, "BlockCredit"),
                                                  absl::StrCat("name: '", name, "' reason: 'insolvency petition'"));
  EXPECT_THAT(ship(second), HasReason("CREDIT_BLOCKED"));
  EXPECT_THAT(ship(by_authority), IsOk());
  Do<rpb::CreditAccount, rpb::UnblockCreditRequest>(fd_, absl::StrCat(kCredits, "UnblockCredit"),
                                                    absl::StrCat("name: '", name, "' reason: 'withdrawn'"));
  EXPECT_THAT(ship(second), IsOk());
  ExpectBooksRight(account_);
}

// C-34: what finance has decided here is not changed by the next run of another system.
TEST_F(CreditServiceTest, AnImportDoesNotChangeADecidedLimit) {
  const auto import = [&](const std::string& fields) {
    return Do<kam::api::BatchUpsertResponse, rpb::BatchUpsertCreditAccountsRequest>(
               erp_, absl::StrCat(kCredits, "BatchUpsertCreditAccounts"),
               absl::StrCat("credit_accounts { external_ids { system: 'erp' id: '", IdOf(account_), "' } account: '",
                            account_, "' currency: 'CNY' ", fields, " }"))
        .results(0);
  };
  const std::string of_erp =
      absl::StrCat("limit_type: CREDIT_LIMIT_TYPE_AMOUNT terms_days: 30 credit_limit ", MoneyText("1000000"));
  const std::string name = import(of_erp).name();
  EXPECT_EQ(import(absl::StrCat(of_erp, " expiry_date: '2026-12-31'")).outcome(), kam::api::UPSERT_OUTCOME_UPDATED)
      << "history until somebody decides";
  const auto proposed = Do<rpb::CreditAccount, rpb::ProposeCreditLimitRequest>(
      kam_, absl::StrCat(kCredits, "ProposeCreditLimit"),
      absl::StrCat("name: '", name, "' limit_type: CREDIT_LIMIT_TYPE_AMOUNT credit_limit ", MoneyText("100000"),
                   " terms_days: 30 expiry_date: '2026-12-31' reason: 'late payer'"));
  Do<rpb::CreditAccount, rpb::DecideCreditLimitRequest>(
      fd_, absl::StrCat(kCredits, "DecideCreditLimit"),
      absl::StrCat("name: '", name, "' approve: true etag: '", proposed.etag(), "'"));
  EXPECT_EQ(import(absl::StrCat(of_erp, " expiry_date: '2026-12-31'")).outcome(), kam::api::UPSERT_OUTCOME_UNCHANGED);
  for (const std::string& other :
       {std::string("limit_type: CREDIT_LIMIT_TYPE_UNLIMITED"), absl::StrCat(of_erp, " expiry_date: '2027-12-31'"),
        absl::StrCat("limit_type: CREDIT_LIMIT_TYPE_AMOUNT terms_days: 90 credit_limit ", MoneyText("9000000"))}) {
    const kam::api::UpsertResult result = import(other);
    EXPECT_EQ(result.outcome(), kam::api::UPSERT_OUTCOME_FAILED) << other;
    EXPECT_NE(result.status().DebugString().find("CREDIT_NOT_HISTORY"), std::string::npos) << result.DebugString();
  }
  const auto now = Do<rpb::CreditAccount, kam::api::GetRequest>(fd_, absl::StrCat(kCredits, "GetCreditAccount"),
                                                                absl::StrCat("name: '", name, "'"));
  EXPECT_EQ(now.limit_type(), rpb::CREDIT_LIMIT_TYPE_AMOUNT);
  EXPECT_EQ(Amount(now.credit_limit()), D("100000"));
  EXPECT_EQ(now.terms_days(), 30);
  EXPECT_EQ(now.expiry_date(), "2026-12-31");
}

// C-34: proposed by one, decided by another.
TEST_F(CreditServiceTest, LimitIsProposedAndDecidedByDifferentPeople) {
  auth::Principal both = fd_;
  both.grants["credit.propose"] = auth::Level::kAll;
  const auto account = Do<rpb::CreditAccount, rpb::CreateCreditAccountRequest>(
      kam_, absl::StrCat(kCredits, "CreateCreditAccount"),
      absl::StrCat("credit_account { account: '", account_,
                   "' currency: 'CNY' limit_type: CREDIT_LIMIT_TYPE_UNLIMITED }"));
  EXPECT_EQ(account.limit_type(), rpb::CREDIT_LIMIT_TYPE_UNSPECIFIED) << "a limit is decided, not written";
  const std::string ask =
      absl::StrCat("name: '", account.name(), "' limit_type: CREDIT_LIMIT_TYPE_AMOUNT credit_limit ", MoneyText("500"),
                   " terms_days: 30 reason: 'grows'");
  std::string decide;
  const auto seen = [&](const rpb::CreditAccount& proposed) {
    decide = absl::StrCat("name: '", account.name(), "' approve: true etag: '", proposed.etag(), "'");
  };
  seen(Do<rpb::CreditAccount, rpb::ProposeCreditLimitRequest>(both, absl::StrCat(kCredits, "ProposeCreditLimit"), ask));
  EXPECT_THAT((Call<rpb::CreditAccount, rpb::DecideCreditLimitRequest>(
                  both, absl::StrCat(kCredits, "DecideCreditLimit"), decide)),
              HasReason("SEPARATION_OF_DUTIES"));
  const absl::StatusOr<rpb::CreditAccount> unread = Call<rpb::CreditAccount, rpb::DecideCreditLimitRequest>(
      fd_, absl::StrCat(kCredits, "DecideCreditLimit"), absl::StrCat("name: '", account.name(), "' approve: true"));
  EXPECT_THAT(unread, HasReason("FIELD_REQUIRED"));
  EXPECT_THAT(unread, NamesField("etag"));
  const auto again =
      Do<rpb::CreditAccount, rpb::ProposeCreditLimitRequest>(kam_, absl::StrCat(kCredits, "ProposeCreditLimit"), ask);
  EXPECT_THAT((Call<rpb::CreditAccount, rpb::DecideCreditLimitRequest>(fd_, absl::StrCat(kCredits, "DecideCreditLimit"),
                                                                       decide)),
              HasReason("ETAG_MISMATCH"))
      << "another proposal than the one that was read";
  seen(again);
  EXPECT_THAT((Call<rpb::CreditAccount, rpb::DecideCreditLimitRequest>(
                  kam_, absl::StrCat(kCredits, "DecideCreditLimit"), decide)),
              StatusIs(absl::StatusCode::kPermissionDenied));
  const auto decided =
      Do<rpb::CreditAccount, rpb::DecideCreditLimitRequest>(fd_, absl::StrCat(kCredits, "DecideCreditLimit"), decide);
  EXPECT_EQ(Amount(decided.credit_limit()), D("500"));
  EXPECT_FALSE(decided.has_proposal());
  seen(decided);
  EXPECT_THAT((Call<rpb::CreditAccount, rpb::DecideCreditLimitRequest>(fd_, absl::StrCat(kCredits, "DecideCreditLimit"),
                                                                       decide)),
              HasReason("CREDIT_PROPOSAL_MISSING"));
}

// G31
TEST_F(CreditServiceTest, RepeatedEntryHasOneEffect) {
  const std::string contract = NewContract(account_, /*credit=*/true);
  SetLimit(account_, "AMOUNT", "100");
  const std::string id = "request_id: '0190f3f4-7a1b-7c3d-9e4f-5a6b7c8d9e0f'";
  const Order first = *Enter(contract, "6", "", id);
  const Order again = *Enter(contract, "6", "", id);
  EXPECT_EQ(first.SerializeAsString(), again.SerializeAsString());
  EXPECT_EQ(Amount(Exposure(account_).held()), D("60"));
  EXPECT_THAT(Enter(contract, "5", "", id), HasReason("REQUEST_ID_REUSED"));
}

TEST_F(CreditServiceTest, ExposureOfAnotherOwnersCustomerIsNotShown) {
  EXPECT_THAT((Call<rpb::Exposure, rpb::GetExposureRequest>(other_kax_, absl::StrCat(kCredits, "GetExposure"),
                                                            absl::StrCat("account: '", account_, "'"))),
              StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT((Call<rpb::Exposure, rpb::GetExposureRequest>(kax_, absl::StrCat(kCredits, "GetExposure"),
                                                            absl::StrCat("account: '", account_, "'"))),
              IsOk());
  EXPECT_THAT((Call<Order, opb::CreateOrderRequest>(
                  other_kax_, absl::StrCat(kOrders, "CreateOrder"),
                  absl::StrCat("order { account: '", account_, "' contract: '", NewContract(account_, false),
                               "' lines { product: '", product_a_, "' quantity: '1' } }"))),
              HasReason("REFERENCE_NOT_FOUND"));
}

// C-34, C-32: over random histories the books are what a recount finds, and no decision goes beyond the limit.
TEST_F(CreditServiceTest, BooksEqualARecountOverRandomHistories) {
  for (const unsigned seed : {1u, 2u, 3u}) {
    SCOPED_TRACE(seed);
    account_ = NewAccount();
    const std::string contract = NewContract(account_, /*credit=*/true);
    SetLimit(account_, "AMOUNT", "200");
    std::mt19937 random(seed);
    std::vector<std::string> orders;
    for (int step = 0; step < 40; ++step) {
      if (orders.empty() || random() % 3 == 0) {
        const absl::StatusOr<Order> order = Enter(contract, absl::StrCat(1 + random() % 9));
        if (order.ok()) {
          orders.push_back(order->name());
        } else {
          EXPECT_THAT(order, HasReason("CREDIT_LIMIT_EXCEEDED"));
        }
      } else {
        const Order order = GetOrder(orders[random() % orders.size()]);
        switch (order.state()) {
          case opb::ORDER_STATE_ENTERED:
            random() % 4 == 0 ? (void)Verb<opb::CancelOrderRequest>(sad_, "CancelOrder", order.name())
                              : (void)Review(order.name());
            break;
          case opb::ORDER_STATE_REVIEWED:
            Release(order.name());
            break;
          case opb::ORDER_STATE_RELEASED:
            Deliver(order.name(), order.lines(0).quantity());
            break;
          case opb::ORDER_STATE_DELIVERED: {
            if (order.lines(0).invoiced_quantity().empty()) {
              Invoice(order.name());
              break;
            }
            const auto open = Do<rpb::ListInvoicesResponse, kam::api::ListRequest>(
                acc_, absl::StrCat(kInvoices, "ListInvoices"),
                absl::StrCat("filter: \"order = '", order.name(), "'\""));
            ASSERT_EQ(open.invoices_size(), 1);
            const rpb::Invoice& invoice = open.invoices(0);
            const Decimal left = *Subtract(Amount(invoice.total()), Amount(invoice.paid()));
            const Decimal part = random() % 2 == 0 ? left : *Divide(left, Decimal::FromInt(2), 2);
            Pay(account_, part.ToString(), invoice.name());
            break;
          }
          case opb::ORDER_STATE_CANCELLED: {
            const absl::StatusOr<Order> reopened = Verb<opb::ReopenOrderRequest>(kam_, "ReopenOrder", order.name());
            if (!reopened.ok()) {
              EXPECT_THAT(reopened, HasReason("CREDIT_LIMIT_EXCEEDED"));
            }
            break;
          }
          default:
            break;
        }
      }
      EXPECT_LE(Amount(Exposure(account_).exposure()), D("200"));
    }
    ExpectBooksRight(account_);
  }
}

}  // namespace
}  // namespace kam::contract::testing
