#include "account-svc/rules/submission_rules.h"

#include <gtest/gtest.h>

#include "common/testing/matchers.h"
#include "kam/account/v1/manufacturer_submission.pb.h"

namespace kam::account::rules {
namespace {

using testing::HasReason;
using testing::IsOk;

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

// no two contents are one text; in the form of the manufacturer; the day is a superior's to move, before it
// passed.
TEST(SubmissionRules, IsInItsFormAndOnItsDay) {
  v1::ManufacturerSubmission one, two;
  one.set_content("x");
  one.add_attachments()->set_title("T");
  two.set_content("x\n1:T");
  EXPECT_NE(SubmissionText(one), SubmissionText(two));
  EXPECT_THAT(CheckForm(one), HasReason("FORM_REQUIRED"));
  one.set_form(" ");
  EXPECT_THAT(CheckForm(one), HasReason("FORM_REQUIRED"));
  one.set_form("大用户申报表");
  EXPECT_THAT(CheckForm(one), IsOk());
  one.set_due_date("2026-01-05");
  two = one;
  EXPECT_THAT(CheckDueDate(one, two, /*superior=*/false), IsOk());
  two.set_due_date("2026-01-06");
  EXPECT_THAT(CheckDueDate(one, two, /*superior=*/false), HasReason("DUE_DATE_FIXED"));
  EXPECT_THAT(CheckDueDate(one, two, /*superior=*/true), IsOk());
  one.set_overdue(true);
  EXPECT_THAT(CheckDueDate(one, two, /*superior=*/true), HasReason("DUE_DATE_FIXED"));
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
