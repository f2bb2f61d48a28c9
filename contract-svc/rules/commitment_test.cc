// The commitment ledger and the rebate as pure engines (C-09; golden case G19).
#include "contract-svc/rules/commitment.h"

#include <random>

#include "absl/strings/str_cat.h"
#include "common/status/status.h"
#include "common/testing/matchers.h"
#include "contract-svc/rules/amounts.h"
#include "contract-svc/rules/rebate.h"
#include "gmock/gmock.h"
#include "google/protobuf/text_format.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/type/money.pb.h"
#include "gtest/gtest.h"
#include "kam/contract/v1/contract.pb.h"
#include "kam/contract/v1/rebate.pb.h"
#include "kam/order/v1/order.pb.h"

namespace kam::contract::rules {
namespace {

using kam::testing::HasReason;
using kam::testing::IsOk;
using order::v1::Order;

Decimal D(absl::string_view text) { return *Decimal::Parse(text); }

Order OrderOf(const std::string& quantity, order::v1::OrderState state) {
  Order order;
  order.set_name("orders/o");
  order.set_currency("CNY");
  order.set_state(state);
  auto* line = order.add_lines();
  line->set_line_number(1);
  line->set_product("products/a");
  line->set_quantity(quantity);
  SetAmount(D("5"), "CNY", line->mutable_unit_price());
  return order;
}

AgreedTerms Terms(const std::string& first, const std::string& second) {
  AgreedTerms terms;
  terms.source = "contracts/c";
  terms.currency = "CNY";
  terms.lines = {{"products/a", D("5"), D(first), "", 1}, {"products/a", D("5"), D(second), "", 2}};
  return terms;
}

// C-09
TEST(CommitmentTest, AnOrderFillsOneChainAfterTheOther) {
  const auto draws = ShareOut(Terms("3", "4"), OrderOf("5", order::v1::ORDER_STATE_ENTERED), /*history=*/false);
  ASSERT_THAT(draws, IsOk());
  ASSERT_EQ(draws->size(), 2u);
  EXPECT_EQ((*draws)[0].quantity, D("3"));
  EXPECT_EQ((*draws)[1].quantity, D("2"));
  EXPECT_THAT(ShareOut(Terms("3", "1"), OrderOf("5", order::v1::ORDER_STATE_ENTERED), /*history=*/false),
              HasReason("COMMITMENT_EXCEEDED"));
  // Of history more may have been sold than was promised.
  const auto history = ShareOut(Terms("3", "1"), OrderOf("5", order::v1::ORDER_STATE_SHIPPED), /*history=*/true);
  ASSERT_THAT(history, IsOk());
  EXPECT_EQ(*Add((*history)[0].quantity, (*history)[1].quantity), D("5"));
}

// C-09: over all states of an order, where its pieces are.
TEST(CommitmentTest, PiecesAreWhereTheStateOfTheOrderSays) {
  for (int i = order::v1::OrderState_MIN; i <= order::v1::OrderState_MAX; ++i) {
    const auto state = static_cast<order::v1::OrderState>(i);
    Order order = OrderOf("5", state);
    for (const bool released : {false, true}) {
      if (released) order.set_release_basis(order::v1::RELEASE_BASIS_PAID);
      std::vector<Draw> draws = {Draw{1, 1, D("5"), D("5")}};
      ASSERT_THAT(PlaceDraws(order, &draws), IsOk());
      const bool cancelled = state == order::v1::ORDER_STATE_CANCELLED;
      const bool before = state == order::v1::ORDER_STATE_ENTERED || state == order::v1::ORDER_STATE_REVIEWED ||
                          state == order::v1::ORDER_STATE_ON_HOLD || state == order::v1::ORDER_STATE_UNSPECIFIED;
      EXPECT_EQ(draws[0].reserved, !cancelled && before && !released ? D("5") : D("0")) << state << released;
      EXPECT_EQ(draws[0].released, !cancelled && (!before || released) ? D("5") : D("0")) << state << released;
    }
  }
  Order order = OrderOf("5", order::v1::ORDER_STATE_DELIVERED);
  order.mutable_lines(0)->set_invoiced_quantity("2");
  std::vector<Draw> draws = {Draw{1, 1, D("5"), D("5")}};
  ASSERT_THAT(PlaceDraws(order, &draws), IsOk());
  EXPECT_EQ(draws[0].invoiced, D("2"));
  EXPECT_EQ(draws[0].released, D("3"));
  // What was closed short is drawn no more.
  order.mutable_lines(0)->set_closed_quantity("2");
  ASSERT_THAT(PlaceDraws(order, &draws), IsOk());
  EXPECT_EQ(draws[0].released, D("1"));
}

// C-09: up to the tolerance and not a piece further; by value the same in money.
TEST(CommitmentTest, NeverBeyondTheTolerance) {
  Commitment commitment;
  commitment.committed = D("100");
  commitment.tolerance_percent = D("5");
  const auto draw = [&](const std::string& quantity) {
    return CountDraw("contracts/c", Draw{1, 1, D("5")}, Draw{1, 1, D("5"), D(quantity), D(quantity)}, false,
                     &commitment)
        .status();
  };
  EXPECT_THAT(draw("105.000001"), HasReason("COMMITMENT_EXCEEDED"));
  EXPECT_THAT(draw("105"), IsOk());
  const absl::Status refused = draw("0.000001");
  EXPECT_THAT(refused, HasReason("COMMITMENT_EXCEEDED"));
  EXPECT_EQ(MetadataValue(refused, "drawn"), "105");
  Commitment money;
  money.by_value = true;
  money.committed = D("100");
  EXPECT_THAT(CountDraw("c", Draw{1, 1, D("3")}, Draw{1, 1, D("3"), D("34"), D("34")}, false, &money),
              HasReason("COMMITMENT_EXCEEDED"));
  EXPECT_THAT(CountDraw("c", Draw{1, 1, D("3")}, Draw{1, 1, D("3"), D("33"), D("33")}, false, &money), IsOk());
  EXPECT_EQ(*Left(money), D("1"));
}

// C-09
TEST(CommitmentTest, ReturnsReopenWhatWentOutAndNoMore) {
  std::vector<Draw> draws = {Draw{1, 1, D("5"), D("3"), D("0"), D("1"), D("2")},
                             Draw{1, 2, D("5"), D("2"), D("0"), D("2"), D("0")}};
  EXPECT_THAT(TakeBack("orders/o", 9, D("5"), D("1"), &draws), HasReason("ORDER_LINE_UNKNOWN"));
  const absl::Status beyond = TakeBack("orders/o", 1, D("5"), D("5.5"), &draws);
  EXPECT_THAT(beyond, HasReason("RETURN_EXCEEDS_DELIVERY"));
  EXPECT_EQ(MetadataValue(beyond, "returnable"), "5");
  ASSERT_THAT(TakeBack("orders/o", 1, D("5"), D("4"), &draws), IsOk());
  EXPECT_EQ(draws[0].returned, D("3"));
  EXPECT_EQ(draws[1].returned, D("1"));
  EXPECT_THAT(TakeBack("orders/o", 1, D("5"), D("1.5"), &draws), HasReason("RETURN_EXCEEDS_DELIVERY"));
}

// G23: of ten that were sold five came back; five are offered when more is to come back.
TEST(CommitmentTest, G23WhatCameBackIsNotOfferedAgain) {
  std::vector<Draw> draws = {Draw{1, 1, D("5"), D("10"), D("0"), D("0"), D("10")}};
  ASSERT_THAT(TakeBack("orders/o", 1, D("10"), D("5"), &draws), IsOk());
  const absl::Status beyond = TakeBack("orders/o", 1, D("10"), D("10"), &draws);
  EXPECT_THAT(beyond, HasReason("RETURN_EXCEEDS_DELIVERY"));
  EXPECT_EQ(MetadataValue(beyond, "returnable"), "5");
  EXPECT_THAT(TakeBack("orders/o", 1, D("10"), D("5"), &draws), IsOk());
  EXPECT_THAT(TakeBack("orders/o", 1, D("10"), D("0.000001"), &draws), HasReason("RETURN_EXCEEDS_DELIVERY"));
}

// C-09: over random histories no part is ever negative, nothing goes beyond the tolerance, and the ledger is what a
// recount of the draws gives.
TEST(CommitmentTest, LedgerIsNeverNegativeAndEqualsARecount) {
  for (unsigned seed = 1; seed <= 100; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937 random(seed);
    Commitment commitment;
    commitment.by_value = seed % 2 == 0;
    commitment.committed = D("500");
    commitment.tolerance_percent = Decimal::FromInt(static_cast<int>(random() % 11));
    std::vector<std::pair<Order, std::vector<Draw>>> orders;
    for (int step = 0; step < 60; ++step) {
      if (orders.empty() || random() % 3 == 0) {
        const std::string quantity = absl::StrCat(1 + random() % 40);
        orders.push_back({OrderOf(quantity, order::v1::ORDER_STATE_ENTERED), {Draw{1, 1, D("5"), D(quantity)}}});
      }
      auto& [order, draws] = orders[random() % orders.size()];
      Order changed = order;
      std::vector<Draw> after = draws;
      switch (random() % 5) {
        case 0:
          changed.set_state(order::v1::ORDER_STATE_RELEASED);
          break;
        case 1:
          if (order.state() == order::v1::ORDER_STATE_ENTERED) changed.set_state(order::v1::ORDER_STATE_CANCELLED);
          break;
        case 2:
          if (order.state() == order::v1::ORDER_STATE_RELEASED) {
            changed.mutable_lines(0)->set_invoiced_quantity(order.lines(0).quantity());
          }
          break;
        case 3:
          if (order.state() == order::v1::ORDER_STATE_CANCELLED) changed.set_state(order::v1::ORDER_STATE_ENTERED);
          break;
        default:
          (void)TakeBack("orders/o", 1, *Add(draws[0].released, draws[0].invoiced), D("1"), &after);
      }
      ASSERT_THAT(PlaceDraws(changed, &after), IsOk());
      const auto movement = CountDraw("contracts/c", draws[0], after[0], false, &commitment);
      if (!movement.ok()) {
        EXPECT_THAT(movement, HasReason("COMMITMENT_EXCEEDED"));
        continue;
      }
      order = changed;
      draws = after;
      Commitment recount;
      for (const auto& [one, parts] : orders) {
        const Decimal price = commitment.by_value ? D("5") : D("1");
        recount.reserved = *Add(recount.reserved, *Multiply(parts[0].reserved, price));
        recount.released = *Add(recount.released, *Multiply(parts[0].released, price));
        recount.invoiced = *Add(recount.invoiced, *Multiply(parts[0].invoiced, price));
        recount.returned = *Add(recount.returned, *Multiply(parts[0].returned, price));
      }
      EXPECT_EQ(commitment.reserved, recount.reserved);
      EXPECT_EQ(commitment.released, recount.released);
      EXPECT_EQ(commitment.invoiced, recount.invoiced);
      EXPECT_EQ(commitment.returned, recount.returned);
      EXPECT_GE(*Left(commitment), D("0"));
      EXPECT_GE(*Drawn(commitment), D("0"));
    }
  }
}

// G19: 2 % from 5 000, 4 % from the next step on: 3 000 gives nothing, 7 000 gives 140, 27 000 gives 1 080 in all, of
// which 140 were paid.
TEST(RebateTest, RetrospectiveOverTheWholeVolumeLessWhatWasPaid) {
  const std::vector<RebateStep> scale = {{D("5000"), D("2")}, {D("10000"), D("4")}};
  EXPECT_EQ(ReckonRebate({{scale, D("3000")}}, D("0"), D("0"), "CNY")->payable, D("0"));
  EXPECT_EQ(ReckonRebate({{scale, D("7000")}}, D("0"), D("0"), "CNY")->payable, D("140"));
  const auto last = ReckonRebate({{scale, D("27000")}}, D("140"), D("140"), "CNY");
  EXPECT_EQ(last->entitled, D("1080"));
  EXPECT_EQ(last->payable, D("940"));
  EXPECT_EQ(last->accrue, D("940"));
}

// C-09, C-14: the step is reached by the whole volume; each part of it has the rate of its own scale.
TEST(RebateTest, AChangedScaleHoldsForWhatIsInvoicedUnderIt) {
  const std::vector<RebateStep> first = {{D("300"), D("2")}}, second = {{D("300"), D("3")}, {D("600"), D("5")}};
  const auto rebate = ReckonRebate({{first, D("400")}, {second, D("300")}}, D("0"), D("5"), "CNY");
  EXPECT_EQ(rebate->volume, D("700"));
  EXPECT_EQ(rebate->percent, D("5"));
  EXPECT_EQ(rebate->entitled, D("23"));
  EXPECT_EQ(rebate->payable, D("18"));
  EXPECT_EQ(ReckonRebate({{{}, D("400")}, {second, D("300")}}, D("0"), D("0"), "CNY")->entitled, D("15"))
      << "nothing was agreed before";
}

// C-09: the steps at their limits; cents are rounded half up; invoices cancelled later are claimed back.
TEST(RebateTest, StepsAtTheirLimits) {
  const std::vector<RebateStep> scale = {{D("5000"), D("2")}, {D("10000"), D("4")}};
  EXPECT_EQ(RateOf(scale, D("4999.99")), D("0"));
  EXPECT_EQ(RateOf(scale, D("5000")), D("2"));
  EXPECT_EQ(RateOf(scale, D("9999.99")), D("2"));
  EXPECT_EQ(RateOf(scale, D("10000")), D("4"));
  EXPECT_EQ(ReckonRebate({{scale, D("5000.25")}}, D("0"), D("0"), "CNY")->entitled, D("100.01"));
  EXPECT_EQ(ReckonRebate({{scale, D("4000")}}, D("140"), D("140"), "CNY")->payable, D("-140"));
  EXPECT_THAT(CheckScale({{D("5"), D("2")}, {D("5"), D("3")}}, "t"), HasReason("REBATE_SCALE_INVALID"));
  EXPECT_THAT(CheckScale({{D("5"), D("2")}, {D("6"), D("2")}}, "t"), HasReason("REBATE_SCALE_INVALID"));
  EXPECT_THAT(CheckScale(scale, "t"), IsOk());
}

// A proposal of the yearly contract of 2026, as the service fills it in.
v1::RebateSettlement Proposal(const std::string& kind, const std::string& until, const std::string& amount = "10") {
  v1::RebateSettlement settlement;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(
      absl::StrCat("contract: 'contracts/c' kind: REBATE_SETTLEMENT_KIND_", kind, " until_date: '", until,
                   "' amount { currency_code: 'CNY' units: ", amount,
                   " } volume { currency_code: 'CNY' units: 7000 } percent: '2' proposer: 'p' decider: 'd'"),
      &settlement));
  return settlement;
}

v1::Contract Year(const std::string& end = "2026-12-31") {
  v1::Contract contract;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(
      absl::StrCat(
          "name: 'contracts/c' currency: 'CNY' state: CONTRACT_STATE_ACTIVE start_date: '2026-01-01' end_date: '", end,
          "' rebate_tiers { from_volume: '5000' percent: '2' }"),
      &contract));
  return contract;
}

// C-09: accruals follow one another and nothing else; people propose none.
TEST(RebateTest, AccrualsAreBoundByAccrualsOnly) {
  RebateHistory history;
  ASSERT_THAT(CountSettlement("PARTIAL", "APPROVED", D("140"), D("0"), "2026-02-15", &history), IsOk());
  EXPECT_THAT(CheckSettlement("2026-02-16", Year(), history, Proposal("PARTIAL", "2026-01-31")),
              HasReason("REBATE_DATE_INVALID"));
  EXPECT_THAT(CheckSettlement("2026-02-16", Year(), history, Proposal("ACCRUAL", "2026-01-31")), IsOk());
  EXPECT_THAT(CheckSettlement("2026-02-16", Year("2026-01-10"), history, Proposal("ACCRUAL", "2026-01-31")), IsOk());
  EXPECT_THAT(CheckSettlement("2026-02-16", Year(""), history, Proposal("ACCRUAL", "2026-01-31")), IsOk());
  ASSERT_THAT(CountSettlement("ACCRUAL", "BOOKED", D("140"), std::nullopt, "2026-01-31", &history), IsOk());
  EXPECT_THAT(CheckSettlement("2026-02-16", Year(), history, Proposal("ACCRUAL", "2026-01-30", "-140")),
              HasReason("NOTHING_TO_SETTLE"));
  EXPECT_THAT(CheckProposed(Proposal("ACCRUAL", "2026-01-31")), HasReason("REBATE_ACCRUAL_SCHEDULED"));
  EXPECT_THAT(CheckProposed(Proposal("PARTIAL", "2026-01-31")), IsOk());
}

// C-09: the final settlement waits for the last day and for the orders, and takes everything until it is made.
TEST(RebateTest, FinalSettlementLeavesNothingOut) {
  RebateHistory history;
  EXPECT_THAT(CheckSettlement("2026-12-30", Year(), history, Proposal("FINAL", "2026-12-30")),
              HasReason("REBATE_DATE_INVALID"));
  EXPECT_THAT(CheckSettlement("2026-12-31", Year(), history, Proposal("FINAL", "2026-12-31")), IsOk());
  EXPECT_THAT(CheckSettlement("2027-01-10", Year(), history, Proposal("FINAL", "2026-12-31")),
              HasReason("REBATE_DATE_INVALID"));
  EXPECT_THAT(CheckSettlement("2027-01-10", Year(), history, Proposal("FINAL", "2027-01-10")), IsOk());
  EXPECT_THAT(CheckSettlement("2027-01-10", Year(""), history, Proposal("FINAL", "2027-01-10")),
              HasReason("REBATE_DATE_INVALID"));
  v1::Contract terminated = Year("");
  terminated.set_state(v1::CONTRACT_STATE_TERMINATED);
  EXPECT_THAT(CheckSettlement("2026-05-10", terminated, history, Proposal("FINAL", "2026-05-10")), IsOk());
  // The end was moved before what was settled in part.
  ASSERT_THAT(CountSettlement("PARTIAL", "PAID", D("140"), D("0"), "2026-06-15", &history), IsOk());
  EXPECT_THAT(CheckSettlement("2026-06-20", Year("2026-06-10"), history, Proposal("FINAL", "2026-06-20")), IsOk());
  history.open_orders = 1;
  EXPECT_THAT(CheckSettlement("2027-01-10", Year(), history, Proposal("FINAL", "2027-01-10")),
              HasReason("ORDERS_OPEN"));
  Rebate now;
  now.payable = D("10");
  EXPECT_THAT(CheckUnchanged(now, history, Proposal("FINAL", "2027-01-10")), HasReason("ORDERS_OPEN"));
  EXPECT_THAT(CheckUnchanged(now, history, Proposal("PARTIAL", "2027-01-10")), IsOk());
}

// C-09: a part that the final settlement counted as settled and that was refused afterwards is paid with one more, not
// more than it.
TEST(RebateTest, WhatWasRefusedAfterTheEndIsPaid) {
  RebateHistory history;
  ASSERT_THAT(CountSettlement("PARTIAL", "REJECTED", D("50"), D("0"), "2026-06-15", &history), IsOk());
  ASSERT_THAT(CountSettlement("FINAL", "PAID", D("30"), D("50"), "2026-12-31", &history), IsOk());
  EXPECT_EQ(history.settled, D("30"));
  EXPECT_EQ(history.after_final, D("-50"));
  EXPECT_THAT(CheckSettlement("2027-01-10", Year(), history, Proposal("PARTIAL", "2027-01-10", "50")),
              HasReason("REBATE_SETTLED"));
  EXPECT_THAT(CheckSettlement("2027-01-10", Year(), history, Proposal("FINAL", "2027-01-10", "51")),
              HasReason("REBATE_SETTLED"));
  EXPECT_THAT(CheckSettlement("2027-01-10", Year(), history, Proposal("FINAL", "2027-01-10", "50")), IsOk());
  ASSERT_THAT(CountSettlement("FINAL", "PAID", D("50"), D("30"), "2027-01-10", &history), IsOk());
  EXPECT_TRUE(history.after_final.is_zero());
  EXPECT_THAT(CheckSettlement("2027-01-10", Year(), history, Proposal("FINAL", "2027-01-10", "1")),
              HasReason("REBATE_SETTLED"));
  RebateHistory paid;
  ASSERT_THAT(CountSettlement("PARTIAL", "PAID", D("50"), D("0"), "2026-06-15", &paid), IsOk());
  ASSERT_THAT(CountSettlement("FINAL", "PAID", D("30"), D("50"), "2026-12-31", &paid), IsOk());
  EXPECT_TRUE(paid.after_final.is_zero());
}

// C-09
TEST(RebateTest, PaidByAThird) {
  EXPECT_THAT(CheckPayer("p", Proposal("PARTIAL", "2026-01-31")), HasReason("SEPARATION_OF_DUTIES"));
  EXPECT_THAT(CheckPayer("d", Proposal("PARTIAL", "2026-01-31")), HasReason("SEPARATION_OF_DUTIES"));
  EXPECT_THAT(CheckPayer("x", Proposal("PARTIAL", "2026-01-31")), IsOk());
}

}  // namespace
}  // namespace kam::contract::rules
