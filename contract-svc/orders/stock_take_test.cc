// Stock-takes, the ledger of stock against a recount, and its statistics, over real gRPC and MariaDB: C-24, C-25.
#include <random>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/testing/matchers.h"
#include "contract-svc/context.h"
#include "contract-svc/testing/stock_fixture.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/type/money.pb.h"
#include "kam/order/v1/delivery_service.pb.h"
#include "kam/order/v1/order_service.pb.h"
#include "kam/order/v1/stock_service.pb.h"

namespace kam::contract::testing {
namespace {

using kam::testing::HasReason;
using kam::testing::IsOk;
using kam::testing::StatusIs;
using order::v1::Delivery;
using order::v1::Order;
namespace pb = order::v1;

// C-25: a large site is counted in parts; the other products stay as they are.
TEST_F(StockServiceTest, ASiteIsCountedInParts) {
  Bring("10");
  const std::string counted = product_;
  product_ = NewProduct("");
  Bring("3");
  const auto take = Do<pb::StockTake, pb::CreateStockTakeRequest>(
      wh_, absl::StrCat(kStock, "CreateStockTake"),
      absl::StrCat("stock_take { site: '", site_, "' products: '", counted, "' }"));
  ASSERT_EQ(take.lines_size(), 1);
  EXPECT_EQ(take.lines(0).product(), counted);
  const auto count = [&](const std::string& more) {
    return Take<pb::CountStockTakeRequest>(
        wh_, "CountStockTake", take.name(),
        absl::StrCat("lines { product: '", counted, "' counted_quantity: '9' cause: 'lost' } ", more));
  };
  EXPECT_THAT(count(Counted("3")), HasReason("LINE_UNKNOWN"));
  ASSERT_THAT(count(""), IsOk());
  ASSERT_THAT(Take<pb::ApproveStockTakeRequest>(fd_, "ApproveStockTake", take.name()), IsOk());
  EXPECT_EQ(Items(absl::StrCat("product = '", product_, "'"))[0].quantity(), "3");
  EXPECT_EQ(Items(absl::StrCat("product = '", counted, "'"))[0].quantity(), "9");
  ExpectLedgerRight();
}

// C-25: a difference has its cause, a second person approves it, it is posted once.
TEST_F(StockServiceTest, StockTakeIsApprovedByASecondPersonAndPostedOnce) {
  Bring("10");
  const pb::StockTake take = StartTake();
  EXPECT_EQ(take.lines(0).book_quantity(), "10");
  EXPECT_THAT((Call<pb::StockTake, pb::CreateStockTakeRequest>(wh_, absl::StrCat(kStock, "CreateStockTake"),
                                                               absl::StrCat("stock_take { site: '", site_, "' }"))),
              HasReason("STOCK_TAKE_OPEN"));
  EXPECT_THAT(Take<pb::ApproveStockTakeRequest>(fd_, "ApproveStockTake", take.name()), HasReason("STATE_NOT_ALLOWED"));
  EXPECT_THAT(Take<pb::CountStockTakeRequest>(wh_, "CountStockTake", take.name(), Counted("8")),
              HasReason("CAUSE_REQUIRED"));
  // The books of the moment of counting hold, not those of the beginning.
  Bring("1");
  auth::Principal both = wh_;
  both.grants["stock_take.approve"] = auth::Level::kAll;
  const auto counted =
      Take<pb::CountStockTakeRequest>(both, "CountStockTake", take.name(), Counted("8", "two stolen, one lost"));
  ASSERT_THAT(counted, IsOk());
  EXPECT_EQ(counted->lines(0).book_quantity(), "11");
  EXPECT_EQ(counted->lines(0).difference(), "-3");
  EXPECT_EQ(Stock().available(), "11") << "not before it is approved";
  EXPECT_THAT(Take<pb::ApproveStockTakeRequest>(both, "ApproveStockTake", take.name()),
              HasReason("SEPARATION_OF_DUTIES"));
  ASSERT_THAT(Take<pb::RejectStockTakeRequest>(fd_, "RejectStockTake", take.name(), "reason: 'look again'"), IsOk());
  ASSERT_THAT(Take<pb::CountStockTakeRequest>(wh_, "CountStockTake", take.name(), Counted("9", "two stolen")), IsOk());
  std::atomic<int> approved = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      const auto answer = Take<pb::ApproveStockTakeRequest>(fd_, "ApproveStockTake", take.name());
      if (answer.ok()) {
        ++approved;
      } else {
        EXPECT_THAT(answer, HasReason("STATE_NOT_ALLOWED"));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(approved, 1);
  EXPECT_EQ(Stock().available(), "9");
  ExpectLedgerRight();
}

// C-25: goods at a customer and at a subcontractor are counted like those in a warehouse.
TEST_F(StockServiceTest, SitesOfOthersAreKeptToo) {
  EXPECT_THAT((Call<pb::StockSite, pb::CreateStockSiteRequest>(
                  spo_, absl::StrCat(kStock, "CreateStockSite"),
                  absl::StrCat("stock_site { code: '", harness().NewId(),
                               "' title: 'At the customer' kind: STOCK_SITE_KIND_CUSTOMER }"))),
              HasReason("ACCOUNT_REQUIRED"));
  const auto site = Do<pb::StockSite, pb::CreateStockSiteRequest>(
      spo_, absl::StrCat(kStock, "CreateStockSite"),
      absl::StrCat("stock_site { code: '", harness().NewId(),
                   "' title: 'At the customer' kind: STOCK_SITE_KIND_CUSTOMER account: '", account_, "' }"));
  site_ = site.name();
  Bring("2");
  const pb::StockTake take = StartTake();
  ASSERT_THAT(Take<pb::CountStockTakeRequest>(wh_, "CountStockTake", take.name(), Counted("3", "one found behind")),
              IsOk());
  ASSERT_THAT(Take<pb::ApproveStockTakeRequest>(fd_, "ApproveStockTake", take.name()), IsOk());
  EXPECT_EQ(Stock().available(), "3");
  EXPECT_THAT((Call<pb::StockSite, kam::api::ArchiveRequest>(spo_, absl::StrCat(kStock, "ArchiveStockSite"),
                                                             absl::StrCat("name: '", site_, "'"))),
              HasReason("STOCK_LEFT"));
  ExpectLedgerRight();
}

// C-24, C-25: over random movements the ledger is what a recount finds.
TEST_F(StockServiceTest, LedgerEqualsARecountOverRandomMovements) {
  const Order order = Ready("900");
  const std::string here = site_, there = NewSite();
  for (const unsigned seed : {1u, 2u}) {
    SCOPED_TRACE(seed);
    std::mt19937 random(seed);
    for (int step = 0; step < 25; ++step) {
      const std::string quantity = absl::StrCat(1 + random() % 6);
      switch (random() % 5) {
        case 0:
          Bring(quantity, absl::StrCat("lines { line: 1 received_quantity: '", quantity, "' damaged_quantity: '1' }"));
          break;
        case 1: {
          const absl::StatusOr<Delivery> shipped = Ship(Plan(order, quantity));
          if (!shipped.ok()) {
            EXPECT_THAT(shipped, HasReason("STOCK_SHORT"));
          }
          break;
        }
        case 2: {
          const std::vector<pb::StockItem> items = Items("status = AVAILABLE AND quantity > 0");
          if (items.empty()) break;
          const auto report = Do<pb::DamageReport, pb::CreateDamageReportRequest>(
              wh_, absl::StrCat(kStock, "CreateDamageReport"),
              absl::StrCat("damage_report { item: '", items[random() % items.size()].name(),
                           "' quantity: '1' description: 'scratch' }"));
          const char* verdicts[] = {"SELLABLE", "REPAIR", "SCRAP", "RETURN_TO_SUPPLIER"};
          Do<pb::DamageReport, pb::AppraiseDamageRequest>(
              svm_, absl::StrCat(kStock, "AppraiseDamage"),
              absl::StrCat("name: '", report.name(),
                           "' cause: DAMAGE_CAUSE_HANDLING opinion: 'seen' verdict: "
                           "DAMAGE_VERDICT_",
                           verdicts[random() % 4]));
          break;
        }
        case 3: {
          // To the other store, or back from it.
          const bool away = random() % 2 == 0;
          site_ = away ? here : there;
          const std::vector<pb::StockItem> items = Items("status = AVAILABLE AND quantity > 0");
          const absl::StatusOr<pb::StockTransfer> moved =
              items.empty() ? absl::NotFoundError("nothing is there")
                            : Transfer(items[random() % items.size()].name(), "1", away ? there : here);
          if (!items.empty()) {
            EXPECT_THAT(moved, IsOk());
          }
          site_ = there;
          ExpectLedgerRight();
          site_ = here;
          break;
        }
        default: {
          const pb::StockTake take = StartTake();
          if (take.lines_size() == 0) {
            Take<pb::CancelStockTakeRequest>(wh_, "CancelStockTake", take.name(), "reason: 'empty'")
                .status()
                .IgnoreError();
            break;
          }
          EXPECT_THAT(Take<pb::CountStockTakeRequest>(wh_, "CountStockTake", take.name(), Counted(quantity, "found")),
                      IsOk());
          EXPECT_THAT(Take<pb::ApproveStockTakeRequest>(fd_, "ApproveStockTake", take.name()), IsOk());
          EXPECT_EQ(
              Sql(absl::StrCat("SELECT CAST(SUM(quantity) AS CHAR) FROM stock_items WHERE site = '", IdOf(site_), "'")),
              D(quantity));
        }
      }
      ExpectLedgerRight();
    }
  }
}

// C-24, P-02: opening, movements and end of every day, month and year; the end of one is the beginning of the next, and
// the last one is what is there.
TEST_F(StockServiceTest, MovementsAddUpByDayMonthAndYear) {
  const absl::Time start = harness().clock().Now();
  const auto ask = [&](const std::string& from, const std::string& to, const std::string& by,
                       const std::string& more = {}) {
    return Call<pb::SummarizeStockMovementsResponse, pb::SummarizeStockMovementsRequest>(
        spo_, absl::StrCat(kStock, "SummarizeStockMovements"),
        absl::StrCat("from_date: '", from, "' to_date: '", to, "' by: SALES_PERIOD_", by, " product: '", product_, "' ",
                     more));
  };
  const auto text = [](const pb::StockMovementRow& row) {
    return absl::StrCat(row.period(), ": ", row.opening(), " +", row.received(), " -", row.issued(), " in ",
                        row.transferred_in(), " out ", row.transferred_out(), " scrap ", row.scrapped(), " back ",
                        row.returned(), " found ", row.adjusted(), " = ", row.closing());
  };
  const auto texts = [&](const absl::StatusOr<pb::SummarizeStockMovementsResponse>& answer) {
    EXPECT_THAT(answer, IsOk());
    std::vector<std::string> rows;
    if (answer.ok()) {
      for (const pb::StockMovementRow& row : answer->rows()) rows.push_back(text(row));
    }
    return rows;
  };
  // Monday the 5th of January: ten come, one of them damaged; three leave.
  const Order order = Ready("8");
  Bring("10", "lines { line: 1 received_quantity: '10' damaged_quantity: '1' }");
  ASSERT_THAT(Ship(Plan(order, "3")), IsOk());
  harness().clock().Advance(absl::Hours(24));
  const auto reports = Do<pb::ListDamageReportsResponse, kam::api::ListRequest>(
      svm_, absl::StrCat(kStock, "ListDamageReports"), absl::StrCat("filter: \"site = '", site_, "'\""));
  Do<pb::DamageReport, pb::AppraiseDamageRequest>(
      svm_, absl::StrCat(kStock, "AppraiseDamage"),
      absl::StrCat("name: '", reports.damage_reports(0).name(),
                   "' cause: DAMAGE_CAUSE_TRANSIT verdict: DAMAGE_VERDICT_SCRAP opinion: 'lost'"));
  const std::string here = site_, there = NewSite();
  ASSERT_THAT(Transfer(Items("status = AVAILABLE AND quantity > 0")[0].name(), "2", there), IsOk());
  // The 2nd of February: a stock-take finds one more, four come.
  harness().clock().Advance(absl::Hours(24) * 27);
  const pb::StockTake take = StartTake();
  ASSERT_THAT(Take<pb::CountStockTakeRequest>(wh_, "CountStockTake", take.name(), Counted("5", "behind")), IsOk());
  ASSERT_THAT(Take<pb::ApproveStockTakeRequest>(fd_, "ApproveStockTake", take.name()), IsOk());
  Bring("4");

  const std::string only = absl::StrCat("site: '", here, "'");
  using ::testing::ElementsAre;
  EXPECT_THAT(texts(ask("2026-01-01", "2026-02-28", "DAY", only)),
              ElementsAre("2026-01-05: 0 +10 -3 in 0 out 0 scrap 0 back 0 found 0 = 7",
                          "2026-01-06: 7 +0 -0 in 0 out 2 scrap 1 back 0 found 0 = 4",
                          "2026-02-02: 4 +4 -0 in 0 out 0 scrap 0 back 0 found 1 = 9"));
  EXPECT_THAT(texts(ask("2026-01-01", "2026-12-31", "MONTH", only)),
              ElementsAre("2026-01: 0 +10 -3 in 0 out 2 scrap 1 back 0 found 0 = 4",
                          "2026-02: 4 +4 -0 in 0 out 0 scrap 0 back 0 found 1 = 9"));
  EXPECT_THAT(texts(ask("2026-01-01", "2026-12-31", "YEAR")),
              ElementsAre("2026: 0 +14 -3 in 0 out 2 scrap 1 back 0 found 1 = 9",
                          "2026: 0 +0 -0 in 2 out 0 scrap 0 back 0 found 0 = 2"))
      << "both sites";
  EXPECT_EQ(Stock().available(), "9");
  EXPECT_THAT(texts(ask("2026-01-07", "2026-01-31", "DAY", only)),
              ElementsAre("2026-01-07: 4 +0 -0 in 0 out 0 scrap 0 back 0 found 0 = 4"))
      << "what did not move was there";
  // Page by page the same.
  std::vector<std::string> paged;
  std::string token;
  do {
    const auto page = ask("2026-01-01", "2026-02-28", "DAY", absl::StrCat("page_size: 1 page_token: '", token, "'"));
    for (const std::string& row : texts(page)) paged.push_back(row);
    token = page.ok() ? page->next_page_token() : "";
  } while (!token.empty());
  EXPECT_EQ(paged, texts(ask("2026-01-01", "2026-02-28", "DAY")));
  EXPECT_EQ(paged.size(), 4u);
  EXPECT_THAT(ask("2026-01-01", "2027-01-02", "DAY"), HasReason("PERIOD_INVALID"));
  EXPECT_THAT(ask("2026-01-01", "2026-02-27", "DAY", "page_token: 'x'"), HasReason("PAGE_TOKEN_INVALID"));
  harness().clock().Set(start);
}

}  // namespace
}  // namespace kam::contract::testing
