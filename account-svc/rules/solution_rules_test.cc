#include "account-svc/rules/solution_rules.h"

#include <gtest/gtest.h>

#include "common/testing/matchers.h"
#include "kam/account/v1/solution.pb.h"
#include "kam/account/v1/solution_service.pb.h"

namespace kam::account::rules {
namespace {

using testing::HasReason;
using testing::IsOk;

const absl::Time kNow = absl::FromUnixSeconds(1'767'571'200);

// written by the author in versions, reviewed by somebody who wrote none of them.
TEST(SolutionRules, IsWrittenByItsAuthorAndReviewedByAnother) {
  v1::Solution solution;
  solution.set_author("employees/a");
  v1::DraftSolutionRequest draft;
  draft.set_document("dms://1");
  EXPECT_THAT(AddVersion(draft, "employees/b", kNow, &solution), HasReason("AUTHOR_REQUIRED"));
  ASSERT_THAT(AddVersion(draft, "employees/a", kNow, &solution), IsOk());
  solution.set_author("employees/b");
  draft.set_document("dms://2");
  ASSERT_THAT(AddVersion(draft, "employees/b", kNow, &solution), IsOk());
  EXPECT_EQ(solution.versions(0).document(), "dms://1");
  EXPECT_EQ(solution.versions(1).version(), 2);
  EXPECT_THAT(CheckReviewer("employees/a", solution), HasReason("SEPARATION_OF_DUTIES"));
  EXPECT_THAT(CheckReviewer("employees/b", solution), HasReason("SEPARATION_OF_DUTIES"));
  EXPECT_THAT(CheckReviewer("employees/c", solution), IsOk());
}

// the quality is judged by another; a success case has a good one.
TEST(SolutionRules, QualityIsJudgedBeforeASuccessCase) {
  v1::Solution solution;
  solution.set_author("employees/a");
  const Policy policy;
  EXPECT_THAT(CheckSuccessCase(solution, policy), HasReason("SCORE_TOO_LOW"));
  v1::EvaluateSolutionRequest request;
  request.set_quality_score(79);
  EXPECT_THAT(EvaluateQuality(request, "employees/a", Policy(), &solution), HasReason("SEPARATION_OF_DUTIES"));
  ASSERT_THAT(EvaluateQuality(request, "employees/k", Policy(), &solution), IsOk());
  EXPECT_THAT(CheckSuccessCase(solution, policy), HasReason("SCORE_TOO_LOW"));
  solution.set_quality_score(80);
  EXPECT_THAT(CheckSuccessCase(solution, policy), IsOk());
  solution.set_success_case(true);
  request.set_quality_score(20);
  ASSERT_THAT(EvaluateQuality(request, "employees/k", policy, &solution), IsOk());
  EXPECT_FALSE(solution.success_case()) << "what turned out worse is no example";
}

TEST(SolutionRules, IsPresentedTodayOrBefore) {
  v1::Solution solution;
  v1::PresentSolutionRequest request;
  request.set_presented_date("2026-01-06");
  EXPECT_THAT(Present(request, "2026-01-05", &solution), HasReason("DATE_IN_FUTURE"));
  request.clear_presented_date();
  ASSERT_THAT(Present(request, "2026-01-05", &solution), IsOk());
  EXPECT_EQ(solution.presented_date(), "2026-01-05");
}

TEST(SolutionRules, WhatIsAskedForIsFixedOnceItIsWritten) {
  v1::Solution solution;
  for (int state = 1; state <= v1::SolutionState_MAX; ++state) {
    solution.set_state(static_cast<v1::SolutionState>(state));
    EXPECT_EQ(CheckSolutionUpdate(solution).ok(), state == v1::SOLUTION_STATE_REQUESTED);
  }
}

}  // namespace
}  // namespace kam::account::rules
