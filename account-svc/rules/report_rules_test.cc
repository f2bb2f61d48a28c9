#include "account-svc/rules/report_rules.h"

#include <gtest/gtest.h>

#include "account-svc/rules/answer_rules.h"
#include "account-svc/rules/opinion_rules.h"
#include "common/testing/matchers.h"
#include "kam/account/v1/customer_opinion.pb.h"
#include "kam/account/v1/visit_report.pb.h"

namespace kam::account::rules {
namespace {

using testing::HasReason;
using testing::IsOk;

const absl::TimeZone kZone = absl::FixedTimeZone(8 * 3600);

absl::Time At(int year, int month, int day, int hour = 0) {
  return absl::FromCivil(absl::CivilHour(year, month, day, hour), kZone);
}

// due at the end of the fifth, over the year's end too; not handed in before the last day.
TEST(MonthlyReport, IsDueInTheMonthAfter) {
  const Policy policy;
  const auto period = MonthOf("2026-12-01", "month", policy, kZone);
  ASSERT_THAT(period, IsOk());
  EXPECT_EQ(period->earliest, At(2026, 12, 31));
  EXPECT_EQ(period->until, At(2027, 1, 1));
  EXPECT_EQ(period->due, At(2027, 1, 6));
  EXPECT_THAT(MonthOf("2026-12-02", "month", policy, kZone), HasReason("PERIOD_START_INVALID"));
  EXPECT_THAT(MonthOf("2026-13-01", "month", policy, kZone), HasReason("DATE_MALFORMED"));
  EXPECT_THAT(CheckBegun(*period, "month", At(2026, 11, 30)), HasReason("PERIOD_NOT_BEGUN"));
  EXPECT_THAT(CheckBegun(*period, "month", At(2026, 12, 1)), IsOk());
}

// every time of the hand-in.
TEST(HandIn, IsByTheAuthorAfterThePeriodAndLateIsOnRecord) {
  const auto period = MonthOf("2026-01-01", "month", Policy(), kZone);
  ASSERT_THAT(period, IsOk());
  v1::VisitReport report;
  report.set_author("employees/a");
  EXPECT_THAT(HandIn("employees/b", *period, period->earliest, &report), HasReason("REPORT_OF_ANOTHER"));
  EXPECT_THAT(HandIn("employees/a", *period, period->earliest - absl::Microseconds(1), &report),
              HasReason("PERIOD_NOT_OVER"));
  ASSERT_THAT(HandIn("employees/a", *period, period->earliest, &report), IsOk());
  EXPECT_FALSE(report.late());
  report.clear_hand_in_time();
  ASSERT_THAT(HandIn("employees/a", *period, period->due - absl::Microseconds(1), &report), IsOk());
  EXPECT_FALSE(report.late());
  ASSERT_THAT(HandIn("employees/a", *period, period->due, &report), IsOk());
  EXPECT_FALSE(report.late()) << "given back and handed in again: it came in time when it came first";
  report.clear_hand_in_time();
  ASSERT_THAT(HandIn("employees/a", *period, period->due, &report), IsOk());
  EXPECT_TRUE(report.late());
}

// A-29, P-13, P-21: a report is given back by a superior, with a reason.
TEST(Return, IsByASuperior) {
  v1::VisitReport report;
  report.set_author("employees/a");
  report.set_content_hash("abc");
  report.set_late(true);
  EXPECT_THAT(Return("employees/a", true, "x", &report), HasReason("SEPARATION_OF_DUTIES"));
  EXPECT_THAT(Return("employees/b", false, "x", &report), HasReason("NOT_THE_SUPERIOR"));
  ASSERT_THAT(Return("employees/b", true, "漏写", &report), IsOk());
  EXPECT_EQ(report.return_reason(), "漏写");
  EXPECT_EQ(report.content_hash(), "");
  EXPECT_TRUE(report.late());
}

//
TEST(Review, IsByASuperior) {
  v1::VisitReport report;
  report.set_author("employees/a");
  EXPECT_THAT(Review("employees/a", true, "x", At(2026, 1, 1), &report), HasReason("SEPARATION_OF_DUTIES"));
  EXPECT_THAT(Review("employees/b", false, "x", At(2026, 1, 1), &report), HasReason("NOT_THE_SUPERIOR"));
  ASSERT_THAT(Review("employees/b", true, "x", At(2026, 1, 1), &report), IsOk());
  EXPECT_EQ(report.comment(), "x");
  for (int state = v1::PERIOD_REPORT_STATE_DRAFT; state <= v1::PeriodReportState_MAX; ++state) {
    report.set_state(static_cast<v1::PeriodReportState>(state));
    EXPECT_EQ(CheckReportUpdate(report).ok(), state == v1::PERIOD_REPORT_STATE_DRAFT) << state;
  }
}

// in time is at the due time or before; who is above may answer once he was asked.
TEST(Answer, IsByTheHandlerOrWhoeverItWasPutTo) {
  v1::CustomerOpinion opinion;
  opinion.set_handler("employees/h");
  Ask(At(2026, 1, 5), At(2026, 1, 6), &opinion);
  v1::CustomerOpinion early = opinion;
  ASSERT_THAT(GiveAnswer("employees/h", "x", At(2026, 1, 6), &early), IsOk());
  EXPECT_FALSE(early.overdue());
  v1::CustomerOpinion late = opinion;
  ASSERT_THAT(GiveAnswer("employees/h", "x", At(2026, 1, 6) + absl::Microseconds(1), &late), IsOk());
  EXPECT_TRUE(late.overdue());
  EXPECT_THAT(GiveAnswer("employees/s", "x", At(2026, 1, 6), &opinion), HasReason("NOT_THE_HANDLER"));
  EXPECT_THAT(GiveAnswer("", "x", At(2026, 1, 6), &opinion), HasReason("NOT_THE_HANDLER"));
  Escalate("", At(2026, 1, 7), &opinion);
  EXPECT_TRUE(opinion.overdue());
  EXPECT_EQ(opinion.escalation_level(), 0) << "nobody is above";
  Escalate("employees/s", At(2026, 1, 7), &opinion);
  EXPECT_EQ(opinion.escalation_level(), 1);
  EXPECT_THAT(GiveAnswer("employees/s", "x", At(2026, 1, 7), &opinion), IsOk());
  Ask(At(2026, 1, 8), At(2026, 1, 9), &opinion);
  EXPECT_TRUE(opinion.overdue());
  EXPECT_EQ(opinion.escalated_to(), "");
}

//
TEST(Inform, IsAfterTheAnswerAndNotInTheFuture) {
  const Policy policy;
  v1::CustomerOpinion opinion;
  *opinion.mutable_answer_time() = ToTimestamp(At(2026, 1, 5));
  const absl::Time now = At(2026, 1, 6);
  EXPECT_THAT(Inform("employees/a", At(2026, 1, 4), now, policy, &opinion), HasReason("INFORMED_BEFORE_ANSWER"));
  EXPECT_THAT(Inform("employees/a", At(2026, 1, 7), now, policy, &opinion), HasReason("TIME_IN_FUTURE"));
  ASSERT_THAT(Inform("employees/a", At(2026, 1, 5), now, policy, &opinion), IsOk());
  EXPECT_EQ(opinion.informer(), "employees/a");
  for (int state = v1::OPINION_STATE_RECORDED; state <= v1::OpinionState_MAX; ++state) {
    opinion.set_state(static_cast<v1::OpinionState>(state));
    EXPECT_EQ(CheckOpinionUpdate(opinion).ok(), state == v1::OPINION_STATE_RECORDED) << state;
  }
}

}  // namespace
}  // namespace kam::account::rules
