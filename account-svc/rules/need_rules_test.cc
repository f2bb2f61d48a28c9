#include "account-svc/rules/need_rules.h"

#include <gtest/gtest.h>

#include "common/testing/matchers.h"
#include "kam/account/v1/customer_need.pb.h"
#include "kam/account/v1/customer_need_service.pb.h"

namespace kam::account::rules {
namespace {

using testing::HasReason;
using testing::IsOk;

const absl::Time kNow = absl::FromUnixSeconds(1'767'571'200);

//
TEST(NeedRules, ANewNeedNamesTheDepartmentConcerned) {
  v1::CustomerNeed need;
  for (int kind = 1; kind <= v1::CustomerNeedKind_MAX; ++kind) {
    need.set_kind(static_cast<v1::CustomerNeedKind>(kind));
    EXPECT_EQ(CheckNeed(need).ok(), kind != v1::CUSTOMER_NEED_KIND_NEW);
  }
  need.set_department("departments/d");
  EXPECT_THAT(CheckNeed(need), IsOk());
}

// the department asked, or one below it, answers.
TEST(NeedRules, TheDepartmentAskedAnswers) {
  v1::CustomerNeed need;
  EXPECT_THAT(CheckAnswerer("/d1/", need), HasReason("DEPARTMENT_NOT_ASKED"));
  need.set_department("departments/d2");
  EXPECT_THAT(CheckAnswerer("/d1/", need), HasReason("DEPARTMENT_NOT_ASKED"));
  EXPECT_THAT(CheckAnswerer("", need), HasReason("DEPARTMENT_NOT_ASKED"));
  EXPECT_THAT(CheckAnswerer("/d1/d22/", need), HasReason("DEPARTMENT_NOT_ASKED"));
  EXPECT_THAT(CheckAnswerer("/d1/d2/", need), IsOk());
  EXPECT_THAT(CheckAnswerer("/d1/d2/d3/", need), IsOk());
}

// whoever was late stays late; asking the same department again buys no time.
TEST(NeedRules, ANeedThatIsRoutedAgainStaysOverdue) {
  v1::CustomerNeed need;
  need.set_overdue(true);
  need.set_escalated_to("employees/h");
  ASSERT_THAT(Route("departments/d", kNow, kNow + absl::Hours(1), &need), IsOk());
  EXPECT_EQ(need.state(), v1::CUSTOMER_NEED_STATE_ROUTED);
  EXPECT_FALSE(need.overdue());
  EXPECT_EQ(need.escalated_to(), "");
  EXPECT_EQ(need.answer_by().seconds(), absl::ToUnixSeconds(kNow) + 3600);
  need.set_overdue(true);
  need.set_escalated_to("employees/h");
  EXPECT_THAT(Route("departments/d", kNow, kNow + absl::Hours(2), &need), HasReason("DEPARTMENT_UNCHANGED"));
  ASSERT_THAT(Route("departments/e", kNow, kNow + absl::Hours(2), &need), IsOk());
  EXPECT_TRUE(need.overdue());
  EXPECT_EQ(need.escalated_to(), "");
}

TEST(NeedRules, TheCustomerWasToldTodayOrBefore) {
  v1::CustomerNeed need;
  v1::TellCustomerRequest request;
  request.set_told_to("王");
  request.set_told_date("2026-01-06");
  EXPECT_THAT(Tell(request, "2026-01-05", &need), HasReason("DATE_IN_FUTURE"));
  request.clear_told_date();
  ASSERT_THAT(Tell(request, "2026-01-05", &need), IsOk());
  EXPECT_EQ(need.told_date(), "2026-01-05");
}

TEST(NeedRules, WhatWasAnsweredDoesNotChange) {
  v1::CustomerNeed need;
  for (int state = 1; state <= v1::CustomerNeedState_MAX; ++state) {
    need.set_state(static_cast<v1::CustomerNeedState>(state));
    EXPECT_EQ(CheckNeedUpdate(need).ok(), state <= v1::CUSTOMER_NEED_STATE_ROUTED);
  }
}

// A-13, F-15: the quantities of a month are corrected until the day of the policy.
TEST(DemandRules, AMonthThatIsOverStays) {
  Policy policy;
  policy.demand_due_day = 5;
  EXPECT_EQ(*DemandDue("2025-12", policy), "2026-01-05");
  EXPECT_THAT(CheckDemandOpen("monthlyDemands/d", "2025-12", "2025-12-20", "2026-01-05", policy), IsOk());
  EXPECT_THAT(CheckDemandOpen("monthlyDemands/d", "2025-12", "2026-01-05", "2026-01-06", policy),
              HasReason("DEMAND_FIXED"));
  // What was reported late is corrected too, for its days.
  policy.demand_correction_days = 2;
  EXPECT_THAT(CheckDemandOpen("monthlyDemands/d", "2025-12", "2026-01-06", "2026-01-08", policy), IsOk());
  EXPECT_THAT(CheckDemandOpen("monthlyDemands/d", "2025-12", "2026-01-06", "2026-01-09", policy),
              HasReason("DEMAND_FIXED"));
}

// an answer that is none goes back, and its time runs again.
TEST(NeedRules, AnAnswerGoesBackToTheDepartment) {
  v1::CustomerNeed need;
  need.set_department("departments/d");
  need.set_answer("见附件");
  need.set_answerer("employees/p");
  need.set_overdue(true);
  need.set_escalated_to("employees/h");
  *need.mutable_answer_time() = need.answer_by();
  const absl::Time now = absl::FromUnixSeconds(1'767'571'200);
  ReturnAnswer("没有附件", now, now + absl::Hours(27), &need);
  EXPECT_EQ(need.return_reason(), "没有附件");
  EXPECT_EQ(need.answer(), "");
  EXPECT_EQ(need.answerer(), "");
  EXPECT_FALSE(need.has_answer_time());
  EXPECT_EQ(need.escalated_to(), "");
  EXPECT_TRUE(need.overdue()) << "it was late once";
  EXPECT_EQ(need.answer_by().seconds() - need.routed_time().seconds(), 27 * 3600);
}

}  // namespace
}  // namespace kam::account::rules
