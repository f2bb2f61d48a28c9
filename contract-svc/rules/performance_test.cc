// Obligations and renewal as pure rules (C-13, C-16).
#include "contract-svc/rules/performance.h"

#include "absl/strings/str_cat.h"
#include "common/status/status.h"
#include "common/testing/matchers.h"
#include "contract-svc/rules/contract.h"
#include "contract-svc/rules/obligation_terms.h"
#include "gmock/gmock.h"
#include "google/protobuf/text_format.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/type/money.pb.h"
#include "gtest/gtest.h"
#include "kam/contract/v1/contract_service.pb.h"
#include "kam/contract/v1/obligation_service.pb.h"

namespace kam::contract::rules {
namespace {

using kam::testing::HasReason;
using kam::testing::IsOk;
using v1::Contract;
using v1::Obligation;

template <typename T>
T Parse(const std::string& text) {
  T message;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &message)) << text;
  return message;
}

Contract Active() {
  return Parse<Contract>(
      "name: 'contracts/c' account: 'accounts/a' currency: 'CNY' title: 't' state: CONTRACT_STATE_ACTIVE start_date: "
      "'2026-01-01' end_date: '2026-12-31' kind: CONTRACT_KIND_ANNUAL terms_days: 30 payment: CONTRACT_PAYMENT_CREDIT "
      "approved_sha256: 'x' sign_date: '2026-01-01' quote: 'quotes/q' number: 'CT1' rebate_tiers { from_volume: '5000' "
      "percent: '2' } parties { role: 'seller' legal_name: 'A' } clauses { kind: CLAUSE_KIND_DELIVERY body: 'old' "
      "clause_number: 1 valid_until: '2026-06-30' } clauses { kind: CLAUSE_KIND_DELIVERY body: 'new' clause_number: 2 "
      "valid_from: '2026-07-01' } lines { line_number: 1 product: 'products/a' quantity: '10' end_date: '2026-06-30' "
      "successor: 2 unit_price { currency_code: 'CNY' units: 5 } } lines { line_number: 2 predecessor: 1 product: "
      "'products/a' quantity: '12' start_date: '2026-07-01' unit_price { currency_code: 'CNY' units: 6 } }");
}

Obligation Deliver(const std::string& due) {
  return Parse<Obligation>(
      absl::StrCat("kind: OBLIGATION_KIND_DELIVERY title: 't' target_quantity: '10' due_date: '", due, "'"));
}

// C-13
TEST(ObligationTest, StandsWhereItsDayAndWhatWasDonePutIt) {
  Obligation obligation = Deliver("2026-03-10");
  ASSERT_THAT(CompleteObligation(Active(), "2026-03-10", &obligation), IsOk());
  EXPECT_EQ(obligation.state(), v1::OBLIGATION_STATE_IN_FORCE);
  EXPECT_EQ(obligation.deviation(), "-10");
  ASSERT_THAT(PlaceObligation("2026-03-11", &obligation), IsOk());
  EXPECT_EQ(obligation.state(), v1::OBLIGATION_STATE_OVERDUE);
  EXPECT_EQ(obligation.overdue_date(), "2026-03-11");
  ASSERT_THAT(Fulfil(Parse<v1::RecordFulfilmentRequest>("quantity: '4'"), "e", "2026-03-12", &obligation), IsOk());
  EXPECT_EQ(obligation.state(), v1::OBLIGATION_STATE_OVERDUE);
  EXPECT_EQ(obligation.deviation(), "-6");
  ASSERT_THAT(Fulfil(Parse<v1::RecordFulfilmentRequest>("quantity: '7' fulfil_date: '2026-03-15'"), "e", "2026-03-20",
                     &obligation),
              IsOk());
  EXPECT_EQ(obligation.state(), v1::OBLIGATION_STATE_COMPLETED);
  EXPECT_EQ(obligation.deviation(), "1");
  EXPECT_EQ(obligation.days_late(), 5);
  EXPECT_EQ(obligation.completed_date(), "2026-03-15");
}

// C-13: a disputed one stays disputed until it is settled or fulfilled.
TEST(ObligationTest, DisputedUntilSettledOrFulfilled) {
  Obligation obligation = Deliver("2026-03-10");
  obligation.set_state(v1::OBLIGATION_STATE_DISPUTED);
  ASSERT_THAT(Fulfil(Parse<v1::RecordFulfilmentRequest>("quantity: '4'"), "e", "2026-03-12", &obligation), IsOk());
  EXPECT_EQ(obligation.state(), v1::OBLIGATION_STATE_DISPUTED);
  ASSERT_THAT(Fulfil(Parse<v1::RecordFulfilmentRequest>("quantity: '6'"), "e", "2026-03-12", &obligation), IsOk());
  EXPECT_EQ(obligation.state(), v1::OBLIGATION_STATE_COMPLETED);
}

// C-13: the day of completion is the one with which the target was reached for good, whatever comes after.
TEST(ObligationTest, CompletedOnTheDayThatReachedTheTarget) {
  const auto record = [](const std::string& quantity, const std::string& day, Obligation* obligation) {
    ASSERT_THAT(
        Fulfil(Parse<v1::RecordFulfilmentRequest>(absl::StrCat("quantity: '", quantity, "' fulfil_date: '", day, "'")),
               "e", "2026-04-01", obligation),
        IsOk());
  };
  Obligation obligation = Deliver("2026-03-10");
  record("6", "2026-03-08", &obligation);
  record("4", "2026-03-05", &obligation);
  record("5", "2026-03-20", &obligation);
  EXPECT_EQ(obligation.completed_date(), "2026-03-08");
  EXPECT_EQ(obligation.days_late(), 0);
  const auto take_back = [&](int line, Contract contract = Active()) {
    return TakeBackFulfilment(Parse<v1::TakeBackFulfilmentRequest>(absl::StrCat("fulfilment: ", line)), contract, "e",
                              "2026-04-01", &obligation);
  };
  ASSERT_THAT(take_back(1), IsOk());
  EXPECT_EQ(obligation.state(), v1::OBLIGATION_STATE_OVERDUE);
  EXPECT_EQ(obligation.fulfilled_quantity(), "9");
  EXPECT_THAT(take_back(1), HasReason("FULFILMENT_TAKEN_BACK"));
  record("1", "2026-03-12", &obligation);
  EXPECT_EQ(obligation.completed_date(), "2026-03-20");
  EXPECT_EQ(obligation.days_late(), 10);
  // Under a contract that has ended nothing is open again.
  Contract closed = Active();
  closed.set_state(v1::CONTRACT_STATE_CLOSED);
  ASSERT_THAT(take_back(3, closed), IsOk());
  EXPECT_EQ(obligation.state(), v1::OBLIGATION_STATE_TERMINATED);
}

// C-13: the books give and take in lines of their own, one for a month; what somebody has written down stays.
TEST(ObligationTest, TheBooksGiveAndTake) {
  Obligation obligation = Deliver("2026-06-30");
  obligation.set_term("LINE/1");
  ASSERT_THAT(SetDeviation(&obligation), IsOk());
  const auto books = [&](const char* measured, const char* date) {
    ASSERT_THAT(FulfilByBooks(*Decimal::Parse(measured), "p", date, date, &obligation), IsOk());
  };
  ASSERT_THAT(Fulfil(Parse<v1::RecordFulfilmentRequest>("quantity: '2'"), "e", "2026-01-02", &obligation), IsOk());
  books("3", "2026-01-03");
  books("5", "2026-01-20");
  ASSERT_EQ(obligation.fulfilments_size(), 2);
  EXPECT_EQ(obligation.fulfilments(1).quantity(), "3");
  EXPECT_EQ(obligation.fulfilments(1).fulfil_date(), "2026-01-20");
  books("6", "2026-02-01");
  EXPECT_EQ(obligation.fulfilments_size(), 3);
  books("0", "2026-02-02");
  EXPECT_EQ(obligation.fulfilments_size(), 4);
  EXPECT_EQ(obligation.fulfilments(3).quantity(), "-4");
  EXPECT_EQ(obligation.fulfilled_quantity(), "2") << "somebody has written that down";
  books("9", "2026-02-03");
  books("10", "2026-02-04");
  books("12", "2026-02-05");
  books("13", "2026-02-06");
  EXPECT_EQ(obligation.state(), v1::OBLIGATION_STATE_COMPLETED);
  EXPECT_EQ(obligation.completed_date(), "2026-02-04") << "more than the target is not later";
  EXPECT_EQ(obligation.deviation(), "3");
  EXPECT_EQ(obligation.fulfilments_size(), 6);
  books("9", "2026-02-07");
  EXPECT_EQ(obligation.state(), v1::OBLIGATION_STATE_IN_FORCE);
  EXPECT_THAT(TakeBackFulfilment(Parse<v1::TakeBackFulfilmentRequest>("fulfilment: 2"), Active(), "e", "2026-02-08",
                                 &obligation),
              HasReason("OBLIGATION_FOLLOWS_TERM"));
  EXPECT_THAT(CheckByHand(obligation), HasReason("OBLIGATION_FOLLOWS_TERM"));
}

// C-13, C-32: what was written off stands for the earliest instalments that money did not pay.
TEST(ObligationTest, InstalmentsAreWrittenOffInTurn) {
  Contract contract = Active();
  for (const int amount : {300, 400, 300}) {
    auto* instalment = contract.add_instalments()->mutable_amount();
    instalment->set_currency_code("CNY");
    instalment->set_units(amount);
  }
  const auto written_off = [&](const char* paid, const char* given_up, int number) {
    ContractFigures figures;
    figures.paid = *Decimal::Parse(paid);
    figures.written_off = *Decimal::Parse(given_up);
    Obligation obligation;
    obligation.set_term(absl::StrCat("INSTALMENT/", number));
    return *IsWrittenOff(contract, figures, obligation);
  };
  EXPECT_FALSE(written_off("300", "399", 2));
  EXPECT_TRUE(written_off("300", "400", 2));
  EXPECT_FALSE(written_off("300", "400", 1)) << "it was paid";
  EXPECT_FALSE(written_off("300", "400", 3));
  EXPECT_TRUE(written_off("600", "400", 3));
  EXPECT_TRUE(written_off("600", "400", 2));
  EXPECT_FALSE(written_off("1000", "0", 3));
}

// C-13: nothing comes back to life under a contract that has ended.
TEST(ObligationTest, AfterTheDisputeByTheStateOfTheContract) {
  for (int state = v1::ContractState_MIN; state <= v1::ContractState_MAX; ++state) {
    Contract contract = Active();
    contract.set_state(static_cast<v1::ContractState>(state));
    contract.set_state_reason("insolvency");
    Obligation obligation = Deliver("2026-03-10");
    obligation.set_state(v1::OBLIGATION_STATE_DISPUTED);
    ASSERT_THAT(GoOnAfterDispute(contract, "2026-03-10", &obligation), IsOk());
    const bool ended = state == v1::CONTRACT_STATE_TERMINATED || state == v1::CONTRACT_STATE_CLOSED;
    EXPECT_EQ(obligation.state(), ended ? v1::OBLIGATION_STATE_TERMINATED : v1::OBLIGATION_STATE_IN_FORCE) << state;
    EXPECT_EQ(obligation.state_reason(), ended ? "insolvency" : "");
  }
}

// C-13
TEST(ObligationTest, OneTargetInTheCurrencyOfTheContract) {
  Obligation none = Deliver("2026-03-10");
  none.clear_target_quantity();
  EXPECT_THAT(CompleteObligation(Active(), "2026-01-01", &none), HasReason("TARGET_REQUIRED"));
  Obligation both = Deliver("2026-03-10");
  both.mutable_target_amount()->set_currency_code("CNY");
  EXPECT_THAT(CompleteObligation(Active(), "2026-01-01", &both), HasReason("TARGET_REQUIRED"));
  Obligation foreign = Parse<Obligation>("due_date: '2026-03-10' target_amount { currency_code: 'USD' units: 5 }");
  EXPECT_THAT(CompleteObligation(Active(), "2026-01-01", &foreign), HasReason("CURRENCY_MISMATCH"));
  Obligation money = Parse<Obligation>("due_date: '2026-03-10' target_amount { currency_code: 'CNY' units: 5 }");
  ASSERT_THAT(CompleteObligation(Active(), "2026-01-01", &money), IsOk());
  EXPECT_THAT(Fulfil(Parse<v1::RecordFulfilmentRequest>("quantity: '4'"), "e", "2026-03-12", &money),
              HasReason("TARGET_REQUIRED"));
  EXPECT_THAT(Fulfil(Parse<v1::RecordFulfilmentRequest>("amount { currency_code: 'CNY' units: 5 } fulfil_date: "
                                                        "'2026-03-13'"),
                     "e", "2026-03-12", &money),
              HasReason("FULFIL_DATE_INVALID"));
  Contract draft = Active();
  draft.set_state(v1::CONTRACT_STATE_DRAFT);
  Obligation early = Deliver("2026-03-10");
  EXPECT_THAT(CompleteObligation(draft, "2026-01-01", &early), HasReason("CONTRACT_NOT_IN_FORCE"));
}

// C-16: the successor has what was in force at the end, for as long again, and nothing of it is approved.
TEST(RenewalTest, SuccessorHasTheTermsOfTheLastDay) {
  const absl::StatusOr<Contract> next = DraftSuccessor({}, Active());
  ASSERT_THAT(next, IsOk());
  EXPECT_EQ(next->start_date(), "2027-01-01");
  EXPECT_EQ(next->end_date(), "2027-12-31");
  EXPECT_EQ(next->predecessor(), "contracts/c");
  ASSERT_EQ(next->lines_size(), 1);
  EXPECT_EQ(next->lines(0).quantity(), "12");
  EXPECT_EQ(next->lines(0).line_number(), 1);
  EXPECT_TRUE(next->lines(0).start_date().empty());
  ASSERT_EQ(next->clauses_size(), 1);
  EXPECT_EQ(next->clauses(0).body(), "new");
  EXPECT_EQ(next->rebate_tiers_size(), 1);
  EXPECT_EQ(next->state(), v1::CONTRACT_STATE_DRAFT);
  for (const std::string& text : {next->approved_sha256(), next->sign_date(), next->quote(), next->number()}) {
    EXPECT_TRUE(text.empty()) << text;
  }
  Contract with_gift = Active();
  v1::ContractLine* gift = with_gift.add_lines();
  *gift = with_gift.lines(1);
  gift->set_line_number(99);
  gift->clear_predecessor();
  gift->clear_successor();
  gift->set_gift(true);
  EXPECT_EQ(DraftSuccessor({}, with_gift)->lines_size(), 1) << "what was given is not given again";
  EXPECT_THAT(DraftSuccessor(Parse<v1::RenewContractRequest>("start_date: '2026-12-31'"), Active()),
              HasReason("CONTRACT_DATES_CONTRADICT"));
  Contract renewing = Active();
  renewing.set_renewal_status(v1::RENEWAL_STATUS_RENEWING);
  EXPECT_THAT(DraftSuccessor({}, renewing), HasReason("RENEWAL_DECIDED"));
}

// C-16: what a contract is when its successor came to nothing.
TEST(RenewalTest, ASuccessorThatCameToNothing) {
  const auto after = [](v1::ContractState state, v1::RenewalStatus status, const char* today) {
    Contract contract = Active();
    contract.set_state(state);
    contract.set_renewal_status(status);
    contract.set_successor("contracts/n");
    GiveUpSuccessor("contracts/other", today, &contract);
    EXPECT_EQ(contract.successor(), "contracts/n") << "not the draft that counts";
    GiveUpSuccessor("contracts/n", today, &contract);
    EXPECT_EQ(contract.successor(), "");
    return contract.renewal_status();
  };
  const auto renewing = v1::RENEWAL_STATUS_RENEWING;
  EXPECT_EQ(after(v1::CONTRACT_STATE_ACTIVE, renewing, "2026-06-01"), v1::RENEWAL_STATUS_UNSPECIFIED);
  EXPECT_EQ(after(v1::CONTRACT_STATE_EXPIRING, renewing, "2026-12-31"), v1::RENEWAL_STATUS_DUE);
  EXPECT_EQ(after(v1::CONTRACT_STATE_EXPIRING, renewing, "2027-01-01"), v1::RENEWAL_STATUS_LAPSED);
  EXPECT_EQ(after(v1::CONTRACT_STATE_EXPIRING, v1::RENEWAL_STATUS_NOT_RENEWED, "2026-12-31"),
            v1::RENEWAL_STATUS_NOT_RENEWED);
}

// C-16: the draft that there is is taken up, on its own terms.
TEST(RenewalTest, DraftIsTakenUp) {
  Contract contract = Active();
  contract.set_renewal_status(v1::RENEWAL_STATUS_NOT_RENEWED);
  const Contract next = *DraftSuccessor({}, contract);
  EXPECT_THAT(TakeUpSuccessor({}, contract, next), IsOk());
  EXPECT_THAT(TakeUpSuccessor(Parse<v1::RenewContractRequest>("start_date: '2027-01-01' title: 't'"), contract, next),
              IsOk());
  for (const char* other : {"start_date: '2027-02-01'", "end_date: '2028-12-31'", "title: 'Other'"}) {
    EXPECT_THAT(TakeUpSuccessor(Parse<v1::RenewContractRequest>(other), contract, next), HasReason("RENEWAL_DECIDED"));
  }
  contract.set_renewal_status(v1::RENEWAL_STATUS_RENEWING);
  EXPECT_THAT(TakeUpSuccessor({}, contract, next), HasReason("RENEWAL_DECIDED"));
}

// C-16
TEST(RenewalTest, NotRenewedForAReason) {
  Contract contract = Active();
  EXPECT_THAT(DeclineRenewal(Parse<v1::DeclineContractRenewalRequest>("non_renewal_reason: NON_RENEWAL_REASON_OTHER"),
                             &contract),
              HasReason("REMARK_REQUIRED"));
  ASSERT_THAT(DeclineRenewal(Parse<v1::DeclineContractRenewalRequest>("non_renewal_reason: NON_RENEWAL_REASON_PRICE"),
                             &contract),
              IsOk());
  EXPECT_EQ(contract.renewal_status(), v1::RENEWAL_STATUS_NOT_RENEWED);
  contract.set_renewal_status(v1::RENEWAL_STATUS_RENEWED);
  EXPECT_THAT(DeclineRenewal(Parse<v1::DeclineContractRenewalRequest>("non_renewal_reason: NON_RENEWAL_REASON_PRICE"),
                             &contract),
              HasReason("RENEWAL_DECIDED"));
}

// C-16: the lead time is the contract's own, or that of the company; a longer contract is not near its end any more.
TEST(RenewalTest, ReminderByLeadTime) {
  Contract contract = Active();
  EXPECT_EQ(*ReminderDay(contract, 60), "2026-11-01");
  contract.set_renewal_lead_days(90);
  EXPECT_EQ(*ReminderDay(contract, 60), "2026-10-02");
  contract.set_state(v1::CONTRACT_STATE_EXPIRING);
  contract.set_renewal_status(v1::RENEWAL_STATUS_DUE);
  ASSERT_THAT(AfterEndMoved("2026-12-31", "2026-10-02", 60, &contract), IsOk());
  EXPECT_EQ(contract.state(), v1::CONTRACT_STATE_EXPIRING);
  contract.set_end_date("2027-01-01");
  ASSERT_THAT(AfterEndMoved("2026-12-31", "2026-10-02", 60, &contract), IsOk());
  EXPECT_EQ(contract.state(), v1::CONTRACT_STATE_ACTIVE);
  EXPECT_EQ(contract.renewal_status(), v1::RENEWAL_STATUS_UNSPECIFIED);
}

// C-16: over all statuses, what becomes of them when the contract gets longer, by a year, by days, or does not.
TEST(RenewalTest, LongerContractIsBroughtUpForRenewalAnew) {
  for (int i = v1::RenewalStatus_MIN; i <= v1::RenewalStatus_MAX; ++i) {
    const auto status = static_cast<v1::RenewalStatus>(i);
    SCOPED_TRACE(v1::RenewalStatus_Name(status));
    const bool decided = status == v1::RENEWAL_STATUS_RENEWING || status == v1::RENEWAL_STATUS_RENEWED;
    const auto moved = [&](const std::string& end, v1::ContractState state) {
      Contract contract = Active();
      contract.set_state(state);
      contract.set_renewal_status(status);
      contract.set_non_renewal_reason(v1::NON_RENEWAL_REASON_PRICE);
      contract.set_end_date(end);
      EXPECT_THAT(AfterEndMoved("2026-12-31", "2026-12-20", 60, &contract), IsOk());
      EXPECT_EQ(contract.non_renewal_reason() == v1::NON_RENEWAL_REASON_UNSPECIFIED, end > "2026-12-31" && !decided);
      return contract;
    };
    const Contract year = moved("2027-12-31", v1::CONTRACT_STATE_EXPIRING);
    EXPECT_EQ(year.state(), v1::CONTRACT_STATE_ACTIVE);
    EXPECT_EQ(year.renewal_status(), decided ? status : v1::RENEWAL_STATUS_UNSPECIFIED);
    const Contract days = moved("2027-01-10", v1::CONTRACT_STATE_EXPIRING);
    EXPECT_EQ(days.state(), v1::CONTRACT_STATE_EXPIRING);
    EXPECT_EQ(days.renewal_status(), decided ? status : v1::RENEWAL_STATUS_DUE);
    const Contract resting = moved("2027-12-31", v1::CONTRACT_STATE_SUSPENDED);
    EXPECT_EQ(resting.state(), v1::CONTRACT_STATE_SUSPENDED);
    EXPECT_EQ(resting.renewal_status(), decided ? status : v1::RENEWAL_STATUS_UNSPECIFIED);
    EXPECT_EQ(moved("2026-12-30", v1::CONTRACT_STATE_EXPIRING).renewal_status(), status) << "shorter";
  }
}

}  // namespace
}  // namespace kam::contract::rules
