// Chains of lines and the amendments that change them (C-03, C-09, C-14; golden cases G20, G21, G22).
#include "contract-svc/rules/amendment.h"

#include <functional>
#include <random>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/status/status.h"
#include "common/testing/matchers.h"
#include "common/time/date.h"
#include "contract-svc/rules/amounts.h"
#include "contract-svc/rules/commitment.h"
#include "contract-svc/rules/contract.h"
#include "contract-svc/rules/contract_lines.h"
#include "gmock/gmock.h"
#include "google/protobuf/text_format.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/type/money.pb.h"
#include "gtest/gtest.h"
#include "kam/contract/v1/amendment.pb.h"
#include "kam/contract/v1/contract.pb.h"
#include "kam/contract/v1/contract_service.pb.h"

namespace kam::contract::rules {
namespace {

using kam::testing::HasReason;
using kam::testing::IsOk;
using v1::Amendment;
using v1::Contract;

// A year of 100 pieces at 5; line 2 ended in March.
Contract Framework() {
  Contract contract;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(
      R"(name: "contracts/c" currency: "CNY" start_date: "2026-01-01" end_date: "2026-12-31"
         payment: CONTRACT_PAYMENT_CREDIT terms_days: 30
         lines { product: "products/a" quantity: "100" unit_price { currency_code: "CNY" units: 5 } }
         lines { product: "products/b" quantity: "10" unit_price { currency_code: "CNY" units: 8 }
                 end_date: "2026-03-31" }
         clauses { kind: CLAUSE_KIND_DELIVERY body: "30 days" } clauses { kind: CLAUSE_KIND_WARRANTY body: "w" })",
      &contract));
  EXPECT_THAT(ComputeContract(&contract), IsOk());
  contract.set_state(v1::CONTRACT_STATE_ACTIVE);
  AddFirstVersion(&contract);
  return contract;
}

Amendment Change(const std::string& effective, const std::string& actions) {
  Amendment amendment;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(
      absl::StrCat("name: 'amendments/x' contract: 'contracts/c' effective_date: '", effective, "' ", actions),
      &amendment));
  EXPECT_THAT(CheckActions(amendment, "CNY"), IsOk());
  return amendment;
}

// "1: 2026-01-01..2026-06-30 100 at 5; 3: ..." of a chain.
std::string Chain(const Contract& contract, int root) {
  std::vector<std::string> parts;
  for (const int index : ChainOf(contract, root)) {
    const auto& line = contract.lines(index);
    const Period period = PeriodOf(contract, line);
    parts.push_back(absl::StrCat(line.line_number(), ": ", period.start, "..", period.end, " ", line.quantity(), " at ",
                                 AmountIn(line.unit_price(), "CNY", "p")->ToString()));
  }
  return absl::StrJoin(parts, "; ");
}

// G20: the prices of a contract are revised; a line that has expired stays as it was.
TEST(AmendmentTest, PriceRevisionLeavesTheExpiredLineUntouched) {
  Contract contract = Framework();
  const std::string expired = contract.lines(1).SerializeAsString();
  const auto effect = ApplyActions(
      Change("2026-07-01", "actions { kind: AMENDMENT_ACTION_KIND_CHANGE_PRICE price_change_percent: '10' }"), {},
      &contract);
  ASSERT_THAT(effect, IsOk());
  EXPECT_EQ(Chain(contract, 1), "1: 2026-01-01..2026-06-30 100 at 5; 3: 2026-07-01..2026-12-31 100 at 5.5");
  EXPECT_EQ(contract.lines(1).SerializeAsString(), expired);
  EXPECT_EQ(*AmountIn(contract.lines(2).previous_price(), "CNY", "p"), Decimal::FromInt(5));
  // Named by its number it is refused, not revived.
  EXPECT_THAT(ApplyActions(Change("2026-07-02",
                                  "actions { kind: AMENDMENT_ACTION_KIND_CHANGE_PRICE line_number: 2 unit_price { "
                                  "currency_code: 'CNY' units: 9 } }"),
                           {}, &contract),
              HasReason("LINE_ACTION_NOT_ALLOWED"));
}

// G21: a line rests for two months; its later dates move. The six cases of where a line lies to its suspension.
TEST(AmendmentTest, SuspensionOfTwoMonthsShiftsWhatComesAfterIt) {
  const struct {
    const char* start;
    const char* end;
    const char* chain;
  } cases[] = {
      // Over before the suspension: untouched.
      {"2026-01-01", "2026-03-31", "1: 2026-01-01..2026-03-31 100 at 5"},
      // Begins before, ends within: rests from the first day, and has its remaining days after it.
      {"2026-01-01", "2026-05-10", "1: 2026-01-01..2026-04-30 100 at 5; 3: 2026-07-01..2026-07-10 100 at 5"},
      // Begins before, ends after: the same.
      {"2026-01-01", "2026-10-31", "1: 2026-01-01..2026-04-30 100 at 5; 3: 2026-07-01..2026-12-31 100 at 5"},
      // Begins and ends within: begins the day after.
      {"2026-05-10", "2026-05-20", "1: 2026-07-01..2026-07-11 100 at 5"},
      // Begins within, ends after.
      {"2026-06-01", "2026-08-31", "1: 2026-07-01..2026-09-30 100 at 5"},
      // Begins after it: moves by its length.
      {"2026-08-01", "2026-08-31", "1: 2026-10-01..2026-10-31 100 at 5"},
  };
  for (const auto& one : cases) {
    SCOPED_TRACE(absl::StrCat(one.start, "..", one.end));
    Contract contract = Framework();
    contract.mutable_lines(0)->set_start_date(one.start);
    contract.mutable_lines(0)->set_end_date(one.end);
    const absl::StatusOr<bool> changed = SuspendChain(1, "2026-05-01", "2026-06-30", "amendments/x", &contract);
    ASSERT_THAT(changed, IsOk());
    EXPECT_EQ(*changed, std::string(one.end) >= "2026-05-01");
    EXPECT_EQ(Chain(contract, 1), one.chain);
    EXPECT_THAT(CheckChains(contract), IsOk());
  }
}

// G21: a line that ends with the contract makes the contract longer; other lines keep their last day.
TEST(AmendmentTest, SuspendedLineMayOutlastTheContract) {
  Contract contract = Framework();
  const std::string actions =
      "actions { kind: AMENDMENT_ACTION_KIND_SUSPEND_LINE line_number: 1 from_date: '2026-05-01' until_date: "
      "'2026-06-30' }";
  ASSERT_THAT(ApplyActions(Change("2026-05-01", actions), {}, &contract), IsOk());
  EXPECT_EQ(Chain(contract, 1), "1: 2026-01-01..2026-04-30 100 at 5; 3: 2026-07-01..2027-03-02 100 at 5");
  EXPECT_EQ(contract.end_date(), "2027-03-02");
  EXPECT_EQ(LineOn(contract, 1, "2026-05-15"), nullptr);
  EXPECT_EQ(LineStateOn(contract, contract.lines(2), "2026-05-15"), v1::CONTRACT_LINE_STATE_SUSPENDED);
  // Work goes on a month early: a month less at the end.
  ASSERT_THAT(ApplyActions(Change("2026-06-01",
                                  "actions { kind: AMENDMENT_ACTION_KIND_RESUME_LINE line_number: 1 from_date: "
                                  "'2026-06-01' }"),
                           {}, &contract),
              IsOk());
  EXPECT_EQ(Chain(contract, 1), "1: 2026-01-01..2026-04-30 100 at 5; 3: 2026-06-01..2027-01-31 100 at 5");
}

// G22: the quantity of a blanket order changes, the agreed rate stays, whatever the list says by then.
TEST(AmendmentTest, ChangedQuantityKeepsTheAgreedRate) {
  Contract contract = Framework();
  FactsByRoot facts;
  facts[1].drawn = Decimal::FromInt(40);
  const std::string actions = "actions { kind: AMENDMENT_ACTION_KIND_CHANGE_QUANTITY line_number: 1 quantity: '150' }";
  const auto effect = ApplyActions(Change("2026-07-01", actions), facts, &contract);
  ASSERT_THAT(effect, IsOk());
  EXPECT_EQ(Chain(contract, 1), "1: 2026-01-01..2026-06-30 100 at 5; 3: 2026-07-01..2026-12-31 150 at 5");
  EXPECT_EQ(effect->delta, Decimal::FromInt(250));
  EXPECT_FALSE(contract.lines(2).has_previous_price());
  // No new price, so no new quote.
  EXPECT_EQ(PricedAnew(Change("2026-07-01", actions), facts, Framework(), contract)->lines_size(), 0);
  Contract less = Framework();
  EXPECT_THAT(ApplyActions(Change("2026-07-01",
                                  "actions { kind: AMENDMENT_ACTION_KIND_CHANGE_QUANTITY line_number: 1 quantity: "
                                  "'39' }"),
                           facts, &less),
              HasReason("COMMITMENT_BELOW_DRAWN"));
}

// C-14: what is asked of the price engine is what is still open at the new price.
TEST(AmendmentTest, OnlyOpenPiecesArePricedAnew) {
  Contract contract = Framework();
  FactsByRoot facts;
  facts[1].drawn = Decimal::FromInt(40);
  const Amendment amendment = Change("2026-07-01",
                                     "actions { kind: AMENDMENT_ACTION_KIND_CHANGE_PRICE line_number: 1 unit_price { "
                                     "currency_code: 'CNY' units: 4 } } actions { kind: AMENDMENT_ACTION_KIND_ADD_LINE "
                                     "product: 'products/z' quantity: '7' unit_price { currency_code: 'CNY' units: 3 "
                                     "} }");
  const auto effect = ApplyActions(amendment, facts, &contract);
  ASSERT_THAT(effect, IsOk());
  EXPECT_EQ(effect->delta, Decimal::FromInt(60 * (4 - 5) + 7 * 3));
  EXPECT_THAT(effect->before[0], ::testing::HasSubstr("100 at CNY 5"));
  const absl::StatusOr<Contract> priced = PricedAnew(amendment, facts, Framework(), contract);
  ASSERT_THAT(priced, IsOk());
  ASSERT_EQ(priced->lines_size(), 2);
  EXPECT_EQ(priced->lines(0).quantity(), "60");
  EXPECT_EQ(priced->lines(1).product(), "products/z");
  EXPECT_EQ(*AmountIn(contract.total(), "CNY", "t"), Decimal::FromInt(500 + 80 - 60 + 21));
}

// C-03, C-14: every new price is asked, whatever is open at it; the tolerance may be called off too.
TEST(AmendmentTest, EveryNewPriceIsAskedWhateverIsOpen) {
  const auto priced = [](int drawn, const std::string& tolerance, const std::string& actions) {
    Contract before = Framework();
    before.mutable_lines(0)->set_tolerance_percent(tolerance);
    Contract after = before;
    FactsByRoot facts;
    facts[1].drawn = Decimal::FromInt(drawn);
    const Amendment amendment = Change("2026-07-01", actions);
    EXPECT_THAT(ApplyActions(amendment, facts, &after), IsOk());
    std::vector<std::string> asked;
    const absl::StatusOr<Contract> anew = PricedAnew(amendment, facts, before, after);
    EXPECT_THAT(anew, IsOk());
    for (const auto& line : anew->lines()) {
      asked.push_back(
          absl::StrCat(line.quantity(), " at ", AmountIn(line.unit_price(), "CNY", "unit_price")->ToString()));
    }
    return absl::StrJoin(asked, "; ");
  };
  const auto price = [](int units) {
    return absl::StrCat(
        "actions { kind: AMENDMENT_ACTION_KIND_CHANGE_PRICE line_number: 1 unit_price { currency_code: 'CNY' units: ",
        units, " } }");
  };
  EXPECT_EQ(priced(100, "", price(1)), "0 at 1");
  EXPECT_EQ(priced(100, "10", price(1)), "10 at 1");
  EXPECT_EQ(priced(40, "10", price(1)), "70 at 1");
  EXPECT_EQ(priced(105, "", price(1)), "0 at 1") << "drawn beyond it by an import";
  EXPECT_EQ(priced(40, "", absl::StrCat(price(1), price(2))), "60 at 2") << "the first was never in force";
  EXPECT_EQ(priced(40, "", absl::StrCat(price(1), price(5))), "") << "as before";
  EXPECT_EQ(priced(40, "",
                   absl::StrCat(price(1),
                                "actions { kind: AMENDMENT_ACTION_KIND_CHANGE_QUANTITY line_number: 1 "
                                "quantity: '90' }")),
            "50 at 1");
}

// C-14: orders follow the version valid on their date.
TEST(AmendmentTest, TermsAreThoseOfTheDay) {
  Contract contract = Framework();
  ASSERT_THAT(
      ApplyActions(Change("2026-07-01",
                          "actions { kind: AMENDMENT_ACTION_KIND_CHANGE_PAYMENT payment: CONTRACT_PAYMENT_PREPAYMENT } "
                          "actions { kind: AMENDMENT_ACTION_KIND_CHANGE_PRICE line_number: 1 unit_price { "
                          "currency_code: 'CNY' units: 4 } } actions { kind: AMENDMENT_ACTION_KIND_CHANGE_CLAUSE "
                          "clause_number: 1 clause_body: '20 days' }"),
                   {}, &contract),
      IsOk());
  Commitments commitments;
  commitments[1].committed = Decimal::FromInt(100);
  commitments[2].committed = Decimal::FromInt(10);
  const auto before = TermsOn(contract, commitments, "2026-06-30");
  const auto after = TermsOn(contract, commitments, "2026-07-01");
  ASSERT_THAT(before, IsOk());
  ASSERT_THAT(after, IsOk());
  EXPECT_TRUE(before->credit);
  EXPECT_EQ(before->terms_days, 30);
  EXPECT_EQ(before->lines[0].unit_price, Decimal::FromInt(5));
  EXPECT_FALSE(after->credit);
  EXPECT_EQ(after->lines[0].unit_price, Decimal::FromInt(4));
  EXPECT_EQ(after->resting.count({"products/b", false}), 1);
  EXPECT_THAT(ContractText(ContractOn(contract, "2026-06-30")), ::testing::HasSubstr("30 days"));
  EXPECT_THAT(ContractText(ContractOn(contract, "2026-07-01")), ::testing::HasSubstr("20 days"));
  ASSERT_EQ(contract.versions_size(), 2);
  EXPECT_EQ(contract.versions(1).amendment(), "amendments/x");
}

// C-14: what has been ordered or invoiced stands as it is.
TEST(AmendmentTest, EffectiveDateComesAfterWhatWasOrderedAndInvoiced) {
  const std::string stop = "actions { kind: AMENDMENT_ACTION_KIND_STOP_LINE line_number: 1 }";
  FactsByRoot ordered, invoiced;
  ordered[1].last_order_date = "2026-06-10";
  invoiced[1].last_invoice_date = "2026-06-10";
  for (const auto& [facts, day, allowed] : {std::tuple{ordered, "2026-06-10", false},
                                            {ordered, "2026-06-11", true},
                                            {invoiced, "2026-06-09", false},
                                            {invoiced, "2026-06-10", true}}) {
    Contract contract = Framework();
    const absl::Status status = ApplyActions(Change(day, stop), facts, &contract).status();
    if (allowed) {
      EXPECT_THAT(status, IsOk()) << day;
    } else {
      EXPECT_THAT(status, HasReason("AMENDMENT_TOUCHES_ORDERS")) << day;
    }
  }
  Contract contract = Framework();
  EXPECT_THAT(ApplyActions(Change("2025-12-31", stop), {}, &contract), HasReason("EFFECTIVE_DATE_INVALID"));
  contract.set_state(v1::CONTRACT_STATE_DRAFT);
  EXPECT_THAT(ApplyActions(Change("2026-06-10", stop), {}, &contract), HasReason("CONTRACT_NOT_AMENDABLE"));
}

// C-14
TEST(AmendmentTest, ActionsNameWhatTheyLack) {
  Amendment amendment;
  for (int kind = 1; kind <= v1::AmendmentActionKind_MAX; ++kind) {
    amendment.clear_actions();
    amendment.add_actions()->set_kind(static_cast<v1::AmendmentActionKind>(kind));
    EXPECT_THAT(CheckActions(amendment, "CNY"), HasReason("ACTION_FIELD_MISSING"))
        << v1::AmendmentActionKind_Name(static_cast<v1::AmendmentActionKind>(kind));
  }
  Contract contract = Framework();
  EXPECT_THAT(ApplyActions(Change("2026-06-10", "actions { kind: AMENDMENT_ACTION_KIND_STOP_LINE line_number: 9 }"), {},
                           &contract),
              HasReason("LINE_UNKNOWN"));
  contract = Framework();
  EXPECT_THAT(ApplyActions(Change("2026-06-10",
                                  "actions { kind: AMENDMENT_ACTION_KIND_CHANGE_CLAUSE clause_number: 9 clause_body: "
                                  "'x' }"),
                           {}, &contract),
              HasReason("CLAUSE_UNKNOWN"));
  contract = Framework();
  EXPECT_THAT(ApplyActions(Change("2026-06-10",
                                  "actions { kind: AMENDMENT_ACTION_KIND_CHANGE_END_DATE end_date: '2026-12-31' }"),
                           {}, &contract),
              HasReason("AMENDMENT_WITHOUT_EFFECT"));
}

// C-14: the truth table of what may be done with a line, by where the day lies.
TEST(AmendmentTest, WhatMayBeDoneWithALine) {
  Contract contract = Framework();
  contract.mutable_lines(0)->set_start_date("2026-02-01");
  contract.mutable_lines(0)->set_end_date("2026-11-30");
  ASSERT_THAT(SuspendChain(1, "2026-05-01", "2026-06-30", "a", &contract), IsOk());
  struct Row {
    const char* day;
    bool revise, suspend, resume;
  };
  // Before its first day, within, in the suspension, after it, on the last day, past it.
  const Row rows[] = {{"2026-01-15", true, true, true},  {"2026-03-01", true, true, true},
                      {"2026-05-15", true, false, true}, {"2026-07-01", true, true, false},
                      {"2027-01-30", true, true, false}, {"2027-01-31", false, false, false}};
  for (const Row& row : rows) {
    const auto allowed = [&](v1::AmendmentActionKind kind) { return LineActionAllowed(contract, 1, kind, row.day); };
    EXPECT_EQ(allowed(v1::AMENDMENT_ACTION_KIND_CHANGE_PRICE), row.revise) << row.day;
    EXPECT_EQ(allowed(v1::AMENDMENT_ACTION_KIND_CHANGE_QUANTITY), row.revise) << row.day;
    EXPECT_EQ(allowed(v1::AMENDMENT_ACTION_KIND_CHANGE_END_DATE), row.revise) << row.day;
    EXPECT_EQ(allowed(v1::AMENDMENT_ACTION_KIND_STOP_LINE), row.revise) << row.day;
    EXPECT_EQ(allowed(v1::AMENDMENT_ACTION_KIND_SUSPEND_LINE), row.suspend) << row.day;
    EXPECT_EQ(allowed(v1::AMENDMENT_ACTION_KIND_RESUME_LINE), row.resume) << row.day;
    EXPECT_FALSE(allowed(v1::AMENDMENT_ACTION_KIND_ADD_LINE));
  }
  ASSERT_THAT(StopChain(1, "2026-02-01", &contract), IsOk());
  EXPECT_FALSE(LineActionAllowed(contract, 1, v1::AMENDMENT_ACTION_KIND_CHANGE_PRICE, "2026-01-15")) << "withdrawn";
}

// C-09, C-14: whatever is done, in whatever order, no day of a chain is lost or counted twice, and a line that may have
// been ordered from keeps its price.
TEST(AmendmentTest, ChainsHaveNoGapAndNoOverlapOverRandomHistories) {
  for (unsigned seed = 1; seed <= 200; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937 random(seed);
    Contract contract = Framework();
    std::string day = "2026-01-02";
    for (int step = 0; step < 8; ++step) {
      day = *AddDays(day, 1 + static_cast<int>(random() % 40));
      const std::string later = *AddDays(day, 1 + static_cast<int>(random() % 60));
      const std::string actions[] = {
          absl::StrCat("actions { kind: AMENDMENT_ACTION_KIND_CHANGE_PRICE line_number: 1 unit_price { currency_code: "
                       "'CNY' units: ",
                       1 + random() % 9, " } }"),
          absl::StrCat("actions { kind: AMENDMENT_ACTION_KIND_CHANGE_QUANTITY line_number: 1 quantity: '",
                       50 + random() % 100, "' }"),
          absl::StrCat("actions { kind: AMENDMENT_ACTION_KIND_SUSPEND_LINE line_number: 1 from_date: '", day,
                       "' until_date: '", later, "' }"),
          absl::StrCat("actions { kind: AMENDMENT_ACTION_KIND_RESUME_LINE line_number: 1 from_date: '", day, "' }"),
          absl::StrCat("actions { kind: AMENDMENT_ACTION_KIND_CHANGE_END_DATE end_date: '", later, "' }")};
      Contract after = contract;
      const auto effect = ApplyActions(Change(day, actions[random() % 5]), {}, &after);
      if (!effect.ok()) {
        EXPECT_THAT(Reason(effect.status()),
                    ::testing::AnyOf("LINE_ACTION_NOT_ALLOWED", "AMENDMENT_WITHOUT_EFFECT", "EFFECTIVE_DATE_INVALID"))
            << effect.status();
        continue;
      }
      EXPECT_THAT(CheckChains(after), IsOk());
      for (int i = 0; i < contract.lines_size(); ++i) {
        const auto& was = contract.lines(i);
        const auto& is = after.lines(i);
        EXPECT_EQ(is.unit_price().SerializeAsString(), was.unit_price().SerializeAsString());
        EXPECT_EQ(is.quantity(), was.quantity());
        if (!was.cancelled() && PeriodOf(contract, was).start < day) {
          EXPECT_EQ(PeriodOf(after, is).start, PeriodOf(contract, was).start);
        }
      }
      contract = after;
    }
  }
}

// C-04, C-14: a gift has no price that an amendment could change and is not made more by it; more is added from a quote
// that gives it.
TEST(AmendmentTest, GiftsAreMadeLessOrAddedFromAQuote) {
  Contract contract = Framework();
  v1::ContractLine* gift = contract.add_lines();
  gift->set_product("products/g");
  gift->set_quantity("4");
  gift->set_gift(true);
  ASSERT_THAT(ComputeContract(&contract), IsOk());
  const auto apply = [&](const std::string& actions, Contract* after) {
    *after = contract;
    return ApplyActions(Change("2026-07-01", actions), {}, after);
  };
  Contract after;
  ASSERT_THAT(apply("actions { kind: AMENDMENT_ACTION_KIND_CHANGE_PRICE price_change_percent: '10' }", &after), IsOk());
  EXPECT_EQ(Chain(after, 3), "3: 2026-01-01..2026-12-31 4 at 0") << "not among the lines that cost more";
  EXPECT_THAT(apply("actions { kind: AMENDMENT_ACTION_KIND_CHANGE_PRICE line_number: 3 unit_price { currency_code: "
                    "'CNY' units: 1 } }",
                    &after),
              HasReason("LINE_ACTION_NOT_ALLOWED"));
  EXPECT_THAT(apply("actions { kind: AMENDMENT_ACTION_KIND_CHANGE_QUANTITY line_number: 3 quantity: '5' }", &after),
              HasReason("LINE_ACTION_NOT_ALLOWED"));
  ASSERT_THAT(apply("actions { kind: AMENDMENT_ACTION_KIND_CHANGE_QUANTITY line_number: 3 quantity: '3' }", &after),
              IsOk());
  EXPECT_EQ(Chain(after, 3), "3: 2026-01-01..2026-06-30 4 at 0; 4: 2026-07-01..2026-12-31 3 at 0");
  EXPECT_TRUE(after.lines(3).gift());

  const std::string add =
      "actions { kind: AMENDMENT_ACTION_KIND_ADD_LINE product: 'products/h' quantity: '1' gift: true }";
  const Amendment amendment = Change("2026-07-01", add);
  const auto effect = apply(add, &after);
  ASSERT_THAT(effect, IsOk());
  EXPECT_TRUE(effect->delta.is_zero());
  const absl::StatusOr<Contract> priced = PricedAnew(amendment, {}, contract, after);
  ASSERT_THAT(priced, IsOk());
  ASSERT_EQ(priced->lines_size(), 1) << "asked of the quote like a price";
  EXPECT_TRUE(priced->lines(0).gift());
  EXPECT_THAT(AmendmentText(amendment, contract), ::testing::HasSubstr("action gift: products/h | 1"));
  Amendment wrong = amendment;
  wrong.mutable_actions(0)->mutable_unit_price()->set_currency_code("CNY");
  wrong.mutable_actions(0)->set_tolerance_percent("5");
  EXPECT_THAT(CheckActions(wrong, "CNY"), kam::testing::NamesField("amendment.actions[0].unit_price"));
  EXPECT_THAT(CheckActions(wrong, "CNY"), kam::testing::NamesField("amendment.actions[0].tolerance_percent"));
  wrong = Change("2026-07-01", "actions { kind: AMENDMENT_ACTION_KIND_STOP_LINE line_number: 1 }");
  wrong.mutable_actions(0)->set_gift(true);
  EXPECT_THAT(CheckActions(wrong, "CNY"), kam::testing::NamesField("amendment.actions[0].gift"));
}

}  // namespace
}  // namespace kam::contract::rules
