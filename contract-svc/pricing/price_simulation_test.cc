// What orders of the past would cost under a proposed price book, over the real database and gRPC (C-01).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "common/testing/matchers.h"
#include "contract-svc/testing/pricing_world.h"
#include "kam/pricing/v1/price_book_service.pb.h"
#include "kam/pricing/v1/price_simulation_service.pb.h"

namespace kam::contract {
namespace {

namespace pb = kam::pricing::v1;
using testing::HasReason;
using testing::IsOk;
using testing::StatusIs;

constexpr char kBooks[] = "kam.pricing.v1.PriceBookService/";
constexpr char kSimulations[] = "kam.pricing.v1.PriceSimulationService/";

class SimulationTest : public ::testing::Test {
 protected:
  // An order of last year, as an import would have left it.
  void AddOrder(const std::string& account, const pb::Product& product, int quantity, int amount) {
    const std::string id = world_.harness().NewId();
    world_.harness().db().Execute(absl::StrCat(
        "INSERT INTO orders (id, version, create_time, update_time, creator, updater, account, order_date, currency, "
        "total_amount, total_currency, state, payment_mode) VALUES ('",
        id, "', 1, '2025-01-01', '2025-01-01', 'programs/test', 'programs/test', '", account.substr(9),
        "', '2025-06-01', 'CNY', ", amount, ", 'CNY', 'SETTLED', 'PREPAYMENT')"));
    // And a gift, which was not sold and costs nothing under any book.
    world_.harness().db().Execute(absl::StrCat(
        "INSERT INTO orders_lines (parent_id, position, line_number, product, quantity, unit_price_amount, "
        "unit_price_currency, amount_amount, amount_currency, gift) VALUES ('",
        id, "', 0, 1, '", product.name().substr(9), "', ", quantity, ", 1, 'CNY', ", amount, ", 'CNY', 0), ('", id,
        "', 1, 2, '", product.name().substr(9), "', 7, 0, 'CNY', 0, 'CNY', 1)"));
  }
  pb::PriceBook Draft(const pb::Product& product, const std::string& price) {
    pb::CreatePriceBookRequest request;
    pb::PriceBook* book = request.mutable_price_book();
    book->set_code("B" + world_.harness().NewId());
    book->set_display_name("Next year");
    book->set_effective_from("2026-01-01");
    pb::PriceBookEntry* entry = book->add_entries();
    entry->set_product(product.name());
    entry->set_valid_from("2026-01-01");
    *entry->mutable_unit_price() = Cny(price);
    const auto created =
        world_.harness().Call<pb::PriceBook>(world_.kapm, absl::StrCat(kBooks, "CreatePriceBook"), request);
    EXPECT_THAT(created, IsOk());
    return created.value_or(pb::PriceBook());
  }
  absl::StatusOr<pb::PriceSimulation> Begin(const pb::PriceBook& book, const std::string& account) {
    pb::CreatePriceSimulationRequest request;
    pb::PriceSimulation* simulation = request.mutable_price_simulation();
    simulation->set_price_book(book.name());
    simulation->set_from_date("2025-01-01");
    simulation->set_until_date("2025-12-31");
    simulation->set_currency("CNY");
    simulation->set_account(account);
    return world_.harness().Call<pb::PriceSimulation>(world_.kapm, absl::StrCat(kSimulations, "CreatePriceSimulation"),
                                                      request);
  }
  absl::StatusOr<pb::PriceSimulation> Continue(const std::string& name, int orders,
                                               const std::string& request_id = {}) {
    pb::ContinuePriceSimulationRequest request;
    request.set_name(name);
    request.set_max_orders(orders);
    request.set_request_id(request_id);
    return world_.harness().Call<pb::PriceSimulation>(world_.kapm,
                                                      absl::StrCat(kSimulations, "ContinuePriceSimulation"), request);
  }

  PricingWorld& world_ = PricingWorld::Get();
};

// C-01, G31: the totals are the same in whatever batches they are worked out, and a batch that is asked twice counts
// once.
TEST_F(SimulationTest, TotalsDoNotDependOnTheBatches) {
  const pb::Product van = world_.NewProduct("100"), care = world_.NewProduct("10");
  const std::string account = world_.NewAccount(world_.kax);
  for (int i = 1; i <= 5; ++i) AddOrder(account, van, i, 95 * i);
  AddOrder(account, care, 3, 30);
  const pb::PriceBook book = Draft(van, "110");
  const auto begun = Begin(book, account);
  ASSERT_THAT(begun, IsOk());
  EXPECT_EQ(begun->state(), pb::PRICE_SIMULATION_STATE_RUNNING);
  const std::string request_id = "5b0f2d7c-0d3e-4c8e-9a7f-3f6f3f1c2b01";
  ASSERT_THAT(Continue(begun->name(), 2, request_id), IsOk());
  EXPECT_EQ(Continue(begun->name(), 2, request_id)->orders(), 2) << "the same call";
  const auto next = Continue(begun->name(), 2);
  ASSERT_THAT(next, IsOk());
  EXPECT_EQ(next->orders(), 4);
  EXPECT_EQ(next->state(), pb::PRICE_SIMULATION_STATE_RUNNING);
  const auto done = Continue(begun->name(), 100);
  ASSERT_THAT(done, IsOk());
  EXPECT_EQ(done->state(), pb::PRICE_SIMULATION_STATE_DONE);
  EXPECT_THAT(Continue(begun->name(), 1), HasReason("STATE_NOT_ALLOWED"));
  const auto at_once = Continue(Begin(book, account)->name(), 1000);
  ASSERT_THAT(at_once, IsOk());
  for (const pb::PriceSimulation& simulation : {*done, *at_once}) {
    EXPECT_EQ(simulation.orders(), 6);
    EXPECT_EQ(simulation.lines(), 6);
    EXPECT_EQ(simulation.ordered().units(), 95 * 15 + 30);
    EXPECT_EQ(simulation.released().units(), 100 * 15 + 30);
    EXPECT_EQ(simulation.proposed().units(), 110 * 15 + 30);
    ASSERT_EQ(simulation.accounts_size(), 1);
    EXPECT_EQ(simulation.accounts(0).orders(), 6);
    EXPECT_EQ(simulation.accounts(0).proposed().units(), 110 * 15 + 30);
    ASSERT_EQ(simulation.products_size(), 2);
    EXPECT_EQ(simulation.products(0).quantity(), "15");
    EXPECT_EQ(simulation.products(0).proposed().units(), 1650);
    EXPECT_EQ(simulation.products(1).proposed().units(), 30);
  }
  // Nothing was released by it.
  EXPECT_EQ(world_.Price(world_.kax, world_.NewQuote(world_.kax, account, van).name())
                ->quote()
                .lines(0)
                .published_price()
                .units(),
            100);
}

// C-01: of one content of the book, and of a proposed one only.
TEST_F(SimulationTest, IsAboutOneContentOfAProposedBook) {
  const pb::Product product = world_.NewProduct("100");
  const std::string account = world_.NewAccount(world_.kax);
  AddOrder(account, product, 1, 100);
  const pb::PriceBook book = Draft(product, "90");
  const auto begun = Begin(book, account);
  ASSERT_THAT(begun, IsOk());
  pb::UpdatePriceBookRequest update;
  update.mutable_price_book()->set_name(book.name());
  update.mutable_price_book()->set_display_name("other");
  update.mutable_update_mask()->add_paths("display_name");
  ASSERT_THAT(world_.harness().Call<pb::PriceBook>(world_.kapm, absl::StrCat(kBooks, "UpdatePriceBook"), update),
              IsOk());
  EXPECT_THAT(Continue(begun->name(), 10), HasReason("PRICE_BOOK_CHANGED"));
  world_.harness().db().Execute(
      absl::StrCat("UPDATE price_books SET state = 'SUPERSEDED' WHERE id = '", book.name().substr(11), "'"));
  EXPECT_THAT(Begin(book, account), HasReason("PRICE_BOOK_RELEASED"));
  world_.harness().db().Execute(
      absl::StrCat("UPDATE price_books SET state = 'DRAFT' WHERE id = '", book.name().substr(11), "'"));
  pb::CreatePriceSimulationRequest wrong;
  wrong.mutable_price_simulation()->set_price_book(book.name());
  wrong.mutable_price_simulation()->set_from_date("2025-12-31");
  wrong.mutable_price_simulation()->set_until_date("2025-01-01");
  wrong.mutable_price_simulation()->set_currency("CNY");
  const std::string method = absl::StrCat(kSimulations, "CreatePriceSimulation");
  EXPECT_THAT(world_.harness().Call<pb::PriceSimulation>(world_.kapm, method, wrong), HasReason("PERIOD_INVALID"));
  EXPECT_THAT(world_.harness().Call<pb::PriceSimulation>(world_.kax, method, wrong),
              StatusIs(absl::StatusCode::kPermissionDenied));
}

}  // namespace
}  // namespace kam::contract
