#include "account-svc/rules/tender_rules.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "account-svc/rules/proto_time.h"
#include "common/testing/matchers.h"
#include "kam/account/v1/tender_service.pb.h"

namespace kam::account::rules {
namespace {

using testing::HasReason;
using testing::IsOk;
using testing::NamesField;

const absl::Time kNow = absl::FromUnixSeconds(1'767'571'200);  // Monday 2026-01-05T00:00Z.
const absl::TimeZone kZone = absl::UTCTimeZone();

v1::Tender Bid() {
  v1::Tender tender;
  tender.set_account("accounts/a");
  tender.set_owner("employees/o");
  tender.set_quote("quotes/q");
  tender.set_state(v1::TENDER_STATE_PREPARING);
  tender.set_sale_date("2026-01-06");
  *tender.mutable_question_time() = ToTimestamp(kNow + absl::Hours(24 * 5));
  *tender.mutable_submission_time() = ToTimestamp(kNow + absl::Hours(24 * 10));
  *tender.mutable_opening_time() = ToTimestamp(kNow + absl::Hours(24 * 11));
  return tender;
}

BidQuote Allowed(int64_t units = 100) {
  BidQuote quote;
  quote.name = Bid().quote();
  quote.account = "accounts/a";
  quote.allowed = true;
  quote.price.set_currency_code("CNY");
  quote.price.set_units(units);
  return quote;
}

// sale, questions, submission, opening.
TEST(TenderRules, DatesComeInTheirOrder) {
  v1::Tender tender = Bid();
  EXPECT_THAT(CompleteTender(kZone, &tender), IsOk());
  tender.clear_opening_time();
  tender.mutable_bid_bond()->set_units(1);
  ASSERT_THAT(CompleteTender(kZone, &tender), IsOk());
  EXPECT_EQ(FromTimestamp(tender.opening_time()), FromTimestamp(tender.submission_time()));
  EXPECT_EQ(tender.bid_bond_due(), "2026-01-15");
  *tender.mutable_opening_time() = ToTimestamp(kNow);
  EXPECT_THAT(CompleteTender(kZone, &tender), NamesField("tender.opening_time"));
  tender = Bid();
  *tender.mutable_question_time() = ToTimestamp(kNow + absl::Hours(24 * 12));
  EXPECT_THAT(CompleteTender(kZone, &tender), NamesField("tender.submission_time"));
  tender = Bid();
  tender.set_sale_date("2026-01-20");
  EXPECT_THAT(CompleteTender(kZone, &tender), NamesField("tender.question_time"));
  tender = Bid();
  tender.set_bid_bond_due("2026-01-16");
  EXPECT_THAT(CompleteTender(kZone, &tender), NamesField("tender.submission_time"));
}

// another approves, with the papers and a price that the authority has allowed.
TEST(TenderRules, ABidIsApprovedWithAnAllowedPrice) {
  v1::Tender tender = Bid();
  EXPECT_THAT(ApproveBid("employees/o", Allowed(), kNow, &tender), HasReason("SEPARATION_OF_DUTIES"));
  v1::TenderDocument& paper = *tender.add_documents();
  paper.set_title("资质");
  paper.set_required(true);
  const absl::Status missing = ApproveBid("employees/s", Allowed(), kNow, &tender);
  EXPECT_THAT(missing, HasReason("DOCUMENTS_MISSING"));
  EXPECT_EQ(MetadataValue(missing, "missing"), "资质");
  paper.set_document("dms://1");
  BidQuote quote = Allowed();
  quote.allowed = false;
  EXPECT_THAT(ApproveBid("employees/s", quote, kNow, &tender), HasReason("BID_PRICE_UNAUTHORISED"));
  quote = Allowed();
  quote.account = "accounts/b";
  EXPECT_THAT(ApproveBid("employees/s", quote, kNow, &tender), HasReason("QUOTE_OF_ANOTHER_ACCOUNT"));
  quote = Allowed();
  quote.name = "quotes/other";
  EXPECT_THAT(ApproveBid("employees/s", quote, kNow, &tender), HasReason("BID_PRICE_UNAUTHORISED"));
  v1::Tender unpriced = tender;
  unpriced.clear_quote();
  EXPECT_THAT(ApproveBid("employees/s", Allowed(), kNow, &unpriced), HasReason("BID_PRICE_UNAUTHORISED"));
  ASSERT_THAT(ApproveBid("employees/s", Allowed(), kNow, &tender), IsOk());
  EXPECT_EQ(tender.bid_price().units(), 100);
  EXPECT_EQ(tender.approver(), "employees/s");
}

// in time to the second, with the bond, at the price that was approved.
TEST(TenderRules, ABidIsSubmittedInTimeAtItsPrice) {
  v1::Tender tender = Bid();
  ASSERT_THAT(ApproveBid("employees/s", Allowed(), kNow, &tender), IsOk());
  tender.set_state(v1::TENDER_STATE_APPROVED);
  tender.mutable_bid_bond()->set_units(1);
  v1::SubmitTenderRequest request;
  request.set_receipt("R1");
  const absl::Time end = kNow + absl::Hours(24 * 10);
  EXPECT_THAT(SubmitBid(request, "employees/o", Allowed(), end, kZone, Policy(), &tender),
              HasReason("BID_BOND_UNPAID"));
  tender.set_bid_bond_paid("2026-01-16");
  EXPECT_THAT(SubmitBid(request, "employees/o", Allowed(), end, kZone, Policy(), &tender), HasReason("BID_BOND_UNPAID"))
      << "it was paid after the bid was handed in";
  tender.set_bid_bond_paid("2026-01-08");
  tender.set_bid_bond_returned("2026-01-09");
  EXPECT_THAT(SubmitBid(request, "employees/o", Allowed(), end, kZone, Policy(), &tender), HasReason("BID_BOND_UNPAID"))
      << "it came back";
  tender.clear_bid_bond_returned();
  EXPECT_THAT(SubmitBid(request, "employees/o", Allowed(), end + absl::Microseconds(1), kZone, Policy(), &tender),
              HasReason("SUBMISSION_DEADLINE_PASSED"));
  EXPECT_THAT(SubmitBid(request, "employees/o", Allowed(101), end, kZone, Policy(), &tender),
              HasReason("BID_PRICE_CHANGED"));
  BidQuote withdrawn = Allowed();
  withdrawn.allowed = false;
  EXPECT_THAT(SubmitBid(request, "employees/o", withdrawn, end, kZone, Policy(), &tender),
              HasReason("BID_PRICE_UNAUTHORISED"));
  EXPECT_FALSE(tender.has_submit_time());
  ASSERT_THAT(SubmitBid(request, "employees/o", Allowed(), end, kZone, Policy(), &tender), IsOk());
  EXPECT_EQ(tender.receipt(), "R1");
}

// when it was handed in counts, not when that is put down.
TEST(TenderRules, ABidThatWasHandedInInTimeIsPutDownAfterwards) {
  Policy policy;
  policy.tender_record_late = absl::Hours(72);
  v1::Tender tender = Bid();
  ASSERT_THAT(ApproveBid("employees/s", Allowed(), kNow, &tender), IsOk());
  tender.set_missed(true);
  const absl::Time end = kNow + absl::Hours(24 * 10), handed_in = end - absl::Minutes(10);
  v1::SubmitTenderRequest request;
  std::string actor = "employees/o";
  const auto submit = [&](absl::Time at, absl::Time now) {
    *request.mutable_submit_time() = ToTimestamp(at);
    return SubmitBid(request, actor, Allowed(), now, kZone, policy, &tender);
  };
  EXPECT_THAT(submit(end + absl::Microseconds(1), end + absl::Hours(1)), HasReason("SUBMISSION_DEADLINE_PASSED"));
  EXPECT_THAT(submit(handed_in, handed_in - absl::Minutes(10)), HasReason("TIME_IN_FUTURE"));
  EXPECT_THAT(submit(kNow - absl::Microseconds(1), kNow), HasReason("SUBMITTED_BEFORE_APPROVAL"));
  EXPECT_THAT(submit(handed_in, handed_in + absl::Hours(72) + absl::Microseconds(1)),
              HasReason("SUBMISSION_RECORDED_LATE"));
  EXPECT_THAT(submit(handed_in, end + absl::Microseconds(1)), HasReason("SEPARATION_OF_DUTIES"));
  EXPECT_TRUE(tender.missed());
  v1::Tender in_time = tender;
  std::swap(in_time, tender);
  EXPECT_THAT(submit(handed_in, end), IsOk()) << "until the deadline who leads it says so himself";
  std::swap(in_time, tender);
  actor = "employees/s";
  ASSERT_THAT(submit(handed_in, handed_in + absl::Hours(72)), IsOk());
  EXPECT_EQ(FromTimestamp(tender.submit_time()), handed_in);
  EXPECT_FALSE(tender.missed());
}

// a bid that is with the issuer is taken back for another as long as he takes bids; what was given up or called
// off goes on.
TEST(TenderRules, ABidIsRevisedInTimeAndTakenUpAgain) {
  const absl::Time end = kNow + absl::Hours(24 * 10);
  v1::Tender handed_in = Bid();
  ASSERT_THAT(ApproveBid("employees/s", Allowed(), kNow, &handed_in), IsOk());
  ASSERT_THAT(SubmitBid(v1::SubmitTenderRequest(), "employees/o", Allowed(), kNow, kZone, Policy(), &handed_in),
              IsOk());
  handed_in.set_bid_bond_paid("2026-01-05");
  v1::Tender revised = handed_in;
  const v1::TenderState with_issuer = v1::TENDER_STATE_SUBMITTED;
  EXPECT_THAT(ReviseBid(end + absl::Microseconds(1), with_issuer, &revised), HasReason("SUBMISSION_DEADLINE_PASSED"));
  EXPECT_TRUE(revised.has_bid_price());
  ASSERT_THAT(ReviseBid(end, with_issuer, &revised), IsOk());
  EXPECT_FALSE(revised.has_bid_price() || revised.has_approve_time());
  EXPECT_EQ(revised.approver(), "");
  EXPECT_EQ(FromTimestamp(revised.submit_time()), kNow) << "the issuer has it until another is handed in";
  EXPECT_EQ(revised.submitter(), "employees/o");
  EXPECT_EQ(revised.standing_price().units(), 100);
  EXPECT_EQ(revised.bid_bond_paid(), "2026-01-05") << "the bond is with the issuer";
  v1::Tender never = Bid();
  ASSERT_THAT(ApproveBid("employees/s", Allowed(), kNow, &never), IsOk());
  EXPECT_THAT(ReviseBid(end + absl::Hours(1), v1::TENDER_STATE_APPROVED, &never), IsOk())
      << "the time may be moved afterwards";
  v1::Tender called_off = handed_in;
  called_off.set_state(v1::TENDER_STATE_CALLED_OFF);
  called_off.set_result_reason("采购人取消采购");
  EXPECT_THAT(ResumeTender("employees/o", &called_off), HasReason("SEPARATION_OF_DUTIES"));
  ASSERT_THAT(ResumeTender("employees/s", &called_off), IsOk());
  EXPECT_EQ(called_off.state(), v1::TENDER_STATE_SUBMITTED);
  EXPECT_EQ(called_off.bid_price().units(), 100);
  EXPECT_EQ(called_off.result_reason(), "");
  v1::Tender given_up = Bid();
  ASSERT_THAT(ApproveBid("employees/s", Allowed(), kNow, &given_up), IsOk());
  given_up.set_state(v1::TENDER_STATE_ABANDONED);
  ASSERT_THAT(ResumeTender("employees/s", &given_up), IsOk());
  EXPECT_EQ(given_up.state(), v1::TENDER_STATE_PREPARING);
  EXPECT_EQ(given_up.approver(), "");
}

// what the issuer has stands until another bid is handed in, also when that one is never.
TEST(TenderRules, TheBidOfTheIssuerStandsUntilAnotherIsHandedIn) {
  v1::Tender bid = Bid();
  ASSERT_THAT(ApproveBid("employees/s", Allowed(), kNow, &bid), IsOk());
  bid.set_state(v1::TENDER_STATE_APPROVED);
  EXPECT_THAT(ResumeTender("employees/s", &bid), HasReason("BID_NOT_SUBMITTED"));
  v1::SubmitTenderRequest first;
  first.set_receipt("R1");
  ASSERT_THAT(SubmitBid(first, "employees/o", Allowed(), kNow, kZone, Policy(), &bid), IsOk());
  bid.set_state(v1::TENDER_STATE_PREPARING);
  ASSERT_THAT(ReviseBid(kNow, v1::TENDER_STATE_SUBMITTED, &bid), IsOk());
  bid.set_quote("quotes/r");
  BidQuote other = Allowed(90);
  other.name = "quotes/r";
  const absl::Time later = kNow + absl::Hours(1);
  ASSERT_THAT(ApproveBid("employees/t", other, later, &bid), IsOk());
  bid.set_state(v1::TENDER_STATE_APPROVED);
  v1::Tender revised = bid;
  ASSERT_THAT(ReviseBid(later, v1::TENDER_STATE_APPROVED, &revised), IsOk());
  EXPECT_EQ(revised.standing_price().units(), 100) << "of what was approved and not handed in nothing stands";
  revised.set_missed(true);
  for (v1::Tender stands : {bid, revised}) {
    EXPECT_THAT(ResumeTender("employees/o", &stands), HasReason("SEPARATION_OF_DUTIES"));
    ASSERT_THAT(ResumeTender("employees/k", &stands), IsOk());
    EXPECT_EQ(stands.state(), v1::TENDER_STATE_SUBMITTED);
    EXPECT_EQ(stands.bid_price().units(), 100);
    EXPECT_EQ(stands.quote(), "quotes/q");
    EXPECT_EQ(stands.approver(), "employees/s");
    EXPECT_EQ(FromTimestamp(stands.approve_time()), kNow);
    EXPECT_EQ(stands.receipt(), "R1");
    EXPECT_FALSE(stands.missed() || stands.has_standing_price());
  }
  v1::SubmitTenderRequest second;
  second.set_receipt("R2");
  ASSERT_THAT(SubmitBid(second, "employees/o", other, later, kZone, Policy(), &bid), IsOk());
  bid.set_state(v1::TENDER_STATE_CALLED_OFF);
  ASSERT_THAT(ResumeTender("employees/k", &bid), IsOk());
  EXPECT_EQ(bid.bid_price().units(), 90) << "the second stands instead";
  EXPECT_EQ(bid.receipt(), "R2");
}

TEST(TenderRules, BidsAreOpenedAtTheirTime) {
  v1::Tender tender = Bid();
  tender.add_competitors()->set_bidder("甲");
  v1::OpenTenderRequest request;
  EXPECT_THAT(OpenBids(request, kNow, &tender), HasReason("TENDER_NOT_OPEN"));
  ASSERT_THAT(OpenBids(request, kNow + absl::Hours(24 * 11), &tender), IsOk());
  EXPECT_EQ(tender.competitors(0).bidder(), "甲");
  request.add_competitors()->set_bidder("乙");
  ASSERT_THAT(OpenBids(request, kNow + absl::Hours(24 * 11), &tender), IsOk());
  EXPECT_EQ(tender.competitors(0).bidder(), "乙");
}

// what was approved is what is submitted.
TEST(TenderRules, WhatWasApprovedDoesNotChange) {
  for (int state = 1; state <= v1::TenderState_MAX; ++state) {
    v1::Tender before = Bid();
    before.set_state(static_cast<v1::TenderState>(state));
    const bool free = state == v1::TENDER_STATE_NOTED || state == v1::TENDER_STATE_PREPARING;
    const auto allowed = [&](auto change) {
      v1::Tender after = before;
      change(&after);
      return CheckTenderUpdate("employees/other", absl::UnixEpoch(), before, after).ok();
    };
    EXPECT_EQ(allowed([](v1::Tender* at) { at->set_quote("quotes/x"); }), free) << state;
    EXPECT_EQ(allowed([](v1::Tender* at) { at->add_documents(); }), free) << state;
    EXPECT_EQ(allowed([](v1::Tender* at) { at->mutable_submission_time()->set_seconds(1); }),
              free || state == v1::TENDER_STATE_APPROVED);
    EXPECT_EQ(allowed([](v1::Tender* at) { at->mutable_opening_time()->set_seconds(1); }),
              free || state == v1::TENDER_STATE_APPROVED || state == v1::TENDER_STATE_SUBMITTED);
    EXPECT_EQ(allowed([](v1::Tender* at) { at->add_competitors(); }), state <= v1::TENDER_STATE_OPENED) << state;
  }
}

// every deadline is reminded of once, and again when it moves.
TEST(TenderRules, DeadlinesAreRemindedOf) {
  const Policy policy;  // Three days.
  v1::Tender tender = Bid();
  // The papers are sold tomorrow: without them there is no bid.
  auto next = NextReminder(tender, policy, kZone, kNow);
  ASSERT_TRUE(next.has_value());
  EXPECT_EQ(next->first, v1::TENDER_DEADLINE_SALE);
  EXPECT_EQ(next->second, kNow);
  v1::Tender later = tender;
  later.set_sale_date("2026-01-09");
  EXPECT_EQ(NextReminder(later, policy, kZone, kNow)->second, kNow + absl::Hours(24 * 2));
  tender.add_reminders()->set_deadline(v1::TENDER_DEADLINE_SALE);
  *later.mutable_reminders() = tender.reminders();
  ForgetReminders(tender, &later);
  EXPECT_EQ(later.reminders_size(), 0) << "it comes again on the other day";
  next = NextReminder(tender, policy, kZone, kNow);
  ASSERT_TRUE(next.has_value());
  EXPECT_EQ(next->first, v1::TENDER_DEADLINE_QUESTION);
  EXPECT_EQ(next->second, kNow + absl::Hours(24 * 2));
  tender.add_reminders()->set_deadline(v1::TENDER_DEADLINE_QUESTION);
  next = NextReminder(tender, policy, kZone, kNow);
  EXPECT_EQ(next->first, v1::TENDER_DEADLINE_SUBMISSION);
  EXPECT_EQ(NextReminder(tender, policy, kZone, kNow + absl::Hours(24 * 9))->second, kNow + absl::Hours(24 * 9))
      << "late is at once";
  v1::Tender moved = tender;
  *moved.mutable_question_time() = ToTimestamp(kNow + absl::Hours(24 * 6));
  ForgetReminders(tender, &moved);
  ASSERT_EQ(moved.reminders_size(), 1);
  EXPECT_EQ(moved.reminders(0).deadline(), v1::TENDER_DEADLINE_SALE);
  EXPECT_EQ(NextReminder(moved, policy, kZone, kNow)->first, v1::TENDER_DEADLINE_QUESTION);
  moved.set_missed(true);
  v1::Tender longer = moved;
  *longer.mutable_submission_time() = ToTimestamp(kNow + absl::Hours(24 * 12));
  ForgetReminders(moved, &longer);
  EXPECT_FALSE(longer.missed());
  ForgetReminders(moved, &moved);
  EXPECT_TRUE(moved.missed());
  tender.mutable_bid_bond()->set_units(1);
  tender.set_bid_bond_due("2026-01-07");
  EXPECT_EQ(NextReminder(tender, policy, kZone, kNow)->first, v1::TENDER_DEADLINE_BID_BOND);
  tender.set_bid_bond_paid("2026-01-05");
  EXPECT_EQ(NextReminder(tender, policy, kZone, kNow)->first, v1::TENDER_DEADLINE_SUBMISSION);
  tender.add_reminders()->set_deadline(v1::TENDER_DEADLINE_BID_BOND);
  v1::RecordBidBondReturnRequest back;
  ASSERT_THAT(ReturnBond(back, "2026-01-05", &tender), IsOk());
  EXPECT_EQ(NextReminder(tender, policy, kZone, kNow)->first, v1::TENDER_DEADLINE_BID_BOND) << "it came back";
  EXPECT_THAT(ReturnBond(back, "2026-01-06", &tender), HasReason("REASON_REQUIRED"));
  ASSERT_THAT(PayBond(v1::PayBidBondRequest(), "2026-01-06", &tender), IsOk());
  EXPECT_EQ(tender.bid_bond_returned(), "") << "the new one is outstanding";
  EXPECT_EQ(NextReminder(tender, policy, kZone, kNow)->first, v1::TENDER_DEADLINE_SUBMISSION);
  EXPECT_THAT(ReturnBond(back, "2026-01-06", &tender), IsOk());
  ASSERT_THAT(PayBond(v1::PayBidBondRequest(), "2026-01-06", &tender), IsOk());
  tender.set_state(v1::TENDER_STATE_SUBMITTED);
  EXPECT_EQ(NextReminder(tender, policy, kZone, kNow)->first, v1::TENDER_DEADLINE_OPENING);
  tender.set_state(v1::TENDER_STATE_WON);
  EXPECT_FALSE(NextReminder(tender, policy, kZone, kNow).has_value());
}

// a result that was a mistake is taken back by another than who leads the bid.
TEST(TenderRules, AResultIsTakenBackByAnother) {
  v1::Tender tender = Bid();
  tender.set_result_code(v1::CLOSE_REASON_CODE_PRICE);
  tender.set_result_reason("价格");
  tender.set_winner("某公司");
  tender.mutable_winning_price()->set_units(1);
  EXPECT_THAT(ForgetResult("employees/o", &tender), HasReason("SEPARATION_OF_DUTIES"));
  ASSERT_THAT(ForgetResult("employees/s", &tender), IsOk());
  EXPECT_EQ(tender.SerializeAsString(), Bid().SerializeAsString());
}

}  // namespace
}  // namespace kam::account::rules
