// Prices that were agreed with one customer, and who sees them (C-01, G-03).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "common/testing/matchers.h"
#include "contract-svc/context.h"
#include "contract-svc/testing/price_book_fixture.h"
#include "kam/pricing/v1/price_simulation_service.pb.h"

namespace kam::contract {
namespace {

namespace pb = kam::pricing::v1;
using testing::HasReason;
using testing::IsOk;

class PriceVisibilityTest : public PriceBookTest {
 protected:
  absl::StatusOr<pb::PriceBook> GetAs(const auth::Principal& reader, const std::string& name) {
    kam::api::GetRequest request;
    request.set_name(name);
    return Call<pb::PriceBook>(reader, "GetPriceBook", request);
  }
};

// C-01: a seller sees the prices of all and those of his own customers, in whatever way he asks.
TEST_F(PriceVisibilityTest, RowsOfACustomerAreForThoseWhoReachHim) {
  const auth::Principal stranger = world_.NewPerson("KAX", /*other_department=*/true);
  const pb::Product product = world_.NewProduct("100");
  const std::string customer = world_.NewAccount(world_.kax), head = world_.NewAccount(world_.kax);
  const std::string below = world_.NewAccount(stranger);
  pb::PriceBook book = Draft();
  book.set_effective_from(world_.Today());
  for (const std::string& account : {std::string(), customer}) {
    pb::PriceBookEntry* entry = book.add_entries();
    entry->set_product(product.name());
    entry->set_account(account);
    entry->set_valid_from("2020-01-01");
    *entry->mutable_unit_price() = Cny(account.empty() ? "95" : "80");
  }
  const std::string code = NewTypeCode();
  AddType(code, pb::PRICE_LEVEL_CONTRACT, pb::PRICE_CALCULATION_PERCENT_OFF, {"ACCOUNT", "GROUP", "TIER"}, &book);
  AddCondition(code, "1", &book)->set_account(customer);
  AddCondition(code, "2", &book)->set_account_group(head);
  AddCondition(code, "3", &book)->set_tier(pb::CUSTOMER_TIER_C);
  book.mutable_conditions(0)->clear_percent();
  book.add_scale_lines()->set_condition(1);
  book.mutable_scale_lines(0)->set_value("1");
  const pb::PriceBook released = Released(book);
  ASSERT_EQ(released.state(), pb::PRICE_BOOK_STATE_RELEASED);
  EXPECT_EQ(released.entries_size(), 2);

  const auto own = GetAs(world_.kax, released.name());
  ASSERT_THAT(own, IsOk());
  EXPECT_EQ(own->entries_size(), 2);
  EXPECT_EQ(own->conditions_size(), 3);
  EXPECT_EQ(own->content_hash(), "") << "there may be floor prices in it";
  EXPECT_EQ(GetAs(world_.kam, released.name())->content_hash(), released.content_hash());
  const auto foreign = GetAs(stranger, released.name());
  ASSERT_THAT(foreign, IsOk());
  ASSERT_EQ(foreign->entries_size(), 1);
  EXPECT_EQ(foreign->entries(0).account(), "");
  ASSERT_EQ(foreign->conditions_size(), 1);
  EXPECT_EQ(foreign->conditions(0).tier(), pb::CUSTOMER_TIER_C);
  EXPECT_EQ(foreign->scale_lines_size(), 0);
  EXPECT_EQ(foreign->content_hash(), "") << "a hash of few unknowns tells them";
  EXPECT_EQ(GetAs(world_.sd, released.name())->conditions_size(), 3) << "reads quotes of all customers";

  kam::api::ListRequest list;
  list.set_filter(absl::StrCat("code = \"", released.code(), "\""));
  const auto listed = Call<pb::ListPriceBooksResponse>(stranger, "ListPriceBooks", list);
  ASSERT_THAT(listed, IsOk());
  ASSERT_EQ(listed->price_books_size(), 1);
  EXPECT_EQ(listed->price_books(0).SerializeAsString(), foreign->SerializeAsString());
  for (const char* path : {"entries.account", "conditions.account", "conditions.account_group"}) {
    list.set_filter(absl::StrCat("revision > 0 AND (NOT ", path, " = \"", customer, "\")"));
    EXPECT_THAT(Call<pb::ListPriceBooksResponse>(stranger, "ListPriceBooks", list), HasReason("FIELD_NOT_PERMITTED"))
        << path;
    list.set_filter(absl::StrCat(path, " = \"", customer, "\""));
    EXPECT_THAT(Call<pb::ListPriceBooksResponse>(world_.kapm, "ListPriceBooks", list), IsOk());
  }
  kam::api::HistoryRequest history;
  history.set_name(released.name());
  const auto past = Call<kam::api::HistoryResponse>(stranger, "GetPriceBookHistory", history);
  ASSERT_THAT(past, IsOk());
  EXPECT_THAT(past->DebugString(), ::testing::Not(::testing::HasSubstr(IdOf(customer))));
  EXPECT_THAT(Call<kam::api::HistoryResponse>(world_.gam, "GetPriceBookHistory", history)->DebugString(),
              ::testing::HasSubstr(IdOf(customer)));

  // Whoever has an account of the group knows what was agreed with the group.
  world_.harness().db().Execute(
      absl::StrCat("UPDATE account_scopes SET parent = '", IdOf(head), "' WHERE account = '", IdOf(below), "'"));
  EXPECT_EQ(GetAs(stranger, released.name())->conditions_size(), 2);
}

// C-01: what a proposed book does to a customer is told to those who may know his prices.
TEST_F(PriceVisibilityTest, SimulationsNameNoCustomerToThoseWhoMayNotKnowHim) {
  // Whoever writes books sees all their rows: of marketing somebody who only reads.
  auth::Principal marketing = world_.NewPerson("MD");
  marketing.grants.erase("price_book.write");
  const pb::Product product = world_.NewProduct("100");
  const std::string customer = world_.NewAccount(world_.kax);
  const std::string id = world_.harness().NewId();
  world_.harness().db().Execute(absl::StrCat(
      "INSERT INTO orders (id, version, create_time, update_time, creator, updater, account, order_date, currency, "
      "total_amount, total_currency, state, payment_mode) VALUES ('",
      id, "', 1, '2025-01-01', '2025-01-01', 'programs/test', 'programs/test', '", IdOf(customer),
      "', '2025-06-01', 'CNY', 90, 'CNY', 'SETTLED', 'PREPAYMENT')"));
  world_.harness().db().Execute(
      absl::StrCat("INSERT INTO orders_lines (parent_id, position, line_number, product, quantity, unit_price_amount, "
                   "unit_price_currency, amount_amount, amount_currency) VALUES ('",
                   id, "', 0, 1, '", IdOf(product.name()), "', 1, 90, 'CNY', 90, 'CNY')"));
  const auto book = Create(PercentOff(product, "10"));
  ASSERT_THAT(book, IsOk());
  for (const std::string& account : {std::string(), customer}) {
    pb::CreatePriceSimulationRequest create;
    create.mutable_price_simulation()->set_price_book(book->name());
    create.mutable_price_simulation()->set_from_date("2025-06-01");
    create.mutable_price_simulation()->set_until_date("2025-06-01");
    create.mutable_price_simulation()->set_currency("CNY");
    create.mutable_price_simulation()->set_account(account);
    const std::string service = "kam.pricing.v1.PriceSimulationService/";
    const auto begun =
        world_.harness().Call<pb::PriceSimulation>(world_.kapm, service + "CreatePriceSimulation", create);
    ASSERT_THAT(begun, IsOk());
    pb::ContinuePriceSimulationRequest go_on;
    go_on.set_name(begun->name());
    ASSERT_THAT(world_.harness().Call<pb::PriceSimulation>(world_.kapm, service + "ContinuePriceSimulation", go_on),
                IsOk());
    kam::api::GetRequest get;
    get.set_name(begun->name());
    const auto told = world_.harness().Call<pb::PriceSimulation>(marketing, service + "GetPriceSimulation", get);
    ASSERT_THAT(told, IsOk());
    EXPECT_EQ(told->accounts_size(), 0);
    EXPECT_EQ(told->products_size() > 0, account.empty()) << "totals of one customer are his";
    const auto known = world_.harness().Call<pb::PriceSimulation>(world_.sd, service + "GetPriceSimulation", get);
    ASSERT_THAT(known, IsOk());
    EXPECT_GE(known->accounts_size(), 1);
  }
}

}  // namespace
}  // namespace kam::contract
