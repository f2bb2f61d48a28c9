#include "account-svc/rules/need_rules.h"

#include <gtest/gtest.h>

#include "account-svc/rules/proto_time.h"
#include "common/testing/matchers.h"
#include "kam/account/v1/customer_need.pb.h"
#include "kam/account/v1/customer_need_service.pb.h"
#include "kam/account/v1/manufacturer_submission.pb.h"

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

// the snapshot holds everything that is submitted, and nothing that is not.
TEST(SubmissionRules, TheSnapshotChangesWithEverythingThatIsSubmitted) {
  v1::ManufacturerSubmission base;
  base.set_manufacturer("一汽");
  base.set_kind(v1::SUBMISSION_KIND_DEMAND);
  base.set_content("十辆");
  base.add_attachments()->set_title("清单");
  const std::string text = SubmissionText(base);
  const auto differs = [&](auto change) {
    v1::ManufacturerSubmission other = base;
    change(&other);
    return SubmissionText(other) != text;
  };
  EXPECT_TRUE(differs([](auto* at) { at->set_manufacturer("x"); }));
  EXPECT_TRUE(differs([](auto* at) { at->set_kind(v1::SUBMISSION_KIND_FILE); }));
  EXPECT_TRUE(differs([](auto* at) { at->set_account("accounts/a"); }));
  EXPECT_TRUE(differs([](auto* at) { at->set_display_name("x"); }));
  EXPECT_TRUE(differs([](auto* at) { at->set_form("x"); }));
  EXPECT_TRUE(differs([](auto* at) { at->set_due_date("2026-01-05"); }));
  EXPECT_TRUE(differs([](auto* at) { at->set_content("x"); }));
  EXPECT_TRUE(differs([](auto* at) { at->mutable_attachments(0)->set_title("x"); }));
  EXPECT_TRUE(differs([](auto* at) { at->mutable_attachments(0)->set_document("x"); }));
  EXPECT_TRUE(differs([](auto* at) { at->add_attachments(); }));
  EXPECT_FALSE(differs([](auto* at) { at->set_receipt("x"); }));
}

TEST(SubmissionRules, WhatWasReviewedDoesNotChange) {
  v1::ManufacturerSubmission submission;
  for (int state = 1; state <= v1::ManufacturerSubmissionState_MAX; ++state) {
    submission.set_state(static_cast<v1::ManufacturerSubmissionState>(state));
    EXPECT_EQ(CheckSubmissionUpdate(submission).ok(), state == v1::MANUFACTURER_SUBMISSION_STATE_PREPARED);
  }
}

}  // namespace
}  // namespace kam::account::rules
