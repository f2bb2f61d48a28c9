#include "account-svc/rules/submission_rules.h"

#include <gtest/gtest.h>

#include "common/testing/matchers.h"
#include "kam/account/v1/manufacturer_submission.pb.h"

namespace kam::account::rules {
namespace {

using testing::HasReason;
using testing::IsOk;
using testing::NamesField;

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

// results of referrals are those of a period that is over; what is told of it is part of the snapshot.
TEST(SubmissionRules, ResultsOfReferralsHaveAPeriod) {
  v1::ManufacturerSubmission submission;
  submission.set_kind(v1::SUBMISSION_KIND_DEMAND);
  EXPECT_THAT(CheckSubmissionPeriod(submission), IsOk());
  submission.set_period_to("2026-01-31");
  EXPECT_THAT(CheckSubmissionPeriod(submission), HasReason("PERIOD_INVALID"));
  submission.set_kind(v1::SUBMISSION_KIND_REFERRAL_RESULTS);
  EXPECT_THAT(CheckSubmissionPeriod(submission), NamesField("manufacturer_submission.period_from"));
  submission.set_period_from("2026-02-01");
  EXPECT_THAT(CheckSubmissionPeriod(submission), HasReason("PERIOD_INVALID"));
  submission.set_period_from("2025-01-30");
  EXPECT_THAT(CheckSubmissionPeriod(submission), HasReason("PERIOD_INVALID")) << "367 days";
  submission.set_period_from("2026-01-01");
  EXPECT_THAT(CheckSubmissionPeriod(submission), IsOk());
  EXPECT_THAT(CheckSubmissionPeriodOver(submission, "2026-01-31"), HasReason("PERIOD_NOT_OVER"));
  EXPECT_THAT(CheckSubmissionPeriodOver(submission, "2026-02-01"), IsOk());
  const std::string text = SubmissionText(submission);
  for (const char* field : {"leads", "referred", "referrals_succeeded", "referrals_failed"}) {
    v1::ManufacturerSubmission other = submission;
    other.GetReflection()->SetInt32(&other, other.GetDescriptor()->FindFieldByName(field), 1);
    EXPECT_NE(SubmissionText(other), text) << field;
  }
  SetFigures({3, 2, 1, 1, 500}, &submission);
  EXPECT_NE(SubmissionText(submission), text);
  EXPECT_EQ(submission.referral_points(), 500);
  EXPECT_THAT(CheckFigures({3, 2, 1, 1, 500}, submission), IsOk());
  EXPECT_THAT(CheckFigures({3, 2, 1, 1, 400}, submission), HasReason("FIGURES_CHANGED"));
  submission.set_reviewer("employees/r");
  ForgetReview(&submission);
  EXPECT_EQ(submission.reviewer(), "");
  EXPECT_EQ(submission.referral_points(), 500) << "whoever reviews it again reads them";
  submission.set_period_to("2026-01-30");
  EXPECT_NE(SubmissionText(submission), text);
}

// the periods of the policy that the manufacturer was not told of.
TEST(SubmissionRules, APeriodWithoutResultsIsMissing) {
  Policy policy;
  policy.referral_report_months = 3;
  const auto missing = [&](const std::string& from, const std::string& to, const std::string& today,
                           const std::vector<Period>& told) {
    std::string text;
    const auto periods = MissingReferralPeriods({from, to}, today, told, policy);
    EXPECT_THAT(periods, IsOk());
    for (const Period& period : *periods) {
      text += period.from + ".." + period.to + " ";
    }
    return text;
  };
  EXPECT_EQ(missing("2026-01-01", "2026-12-31", "2026-07-01", {}), "2026-01-01..2026-03-31 2026-04-01..2026-06-30 ");
  EXPECT_EQ(missing("2026-01-01", "2026-12-31", "2026-06-30", {}), "2026-01-01..2026-03-31 ") << "not over";
  EXPECT_EQ(missing("2026-03-31", "2026-03-31", "2026-07-01", {}), "2026-01-01..2026-03-31 ");
  EXPECT_EQ(missing("2026-04-01", "2026-06-29", "2026-07-01", {}), "");
  // Told by months, the second quarter but for June.
  EXPECT_EQ(missing("2026-01-01", "2026-12-31", "2026-07-01",
                    {{"2025-12-01", "2026-03-31"}, {"2026-04-01", "2026-05-31"}, {"2026-06-01", "2026-06-29"}}),
            "2026-04-01..2026-06-30 ");
  policy.referral_report_months = 0;
  EXPECT_EQ(missing("2026-01-01", "2026-12-31", "2027-01-01", {}), "");
}

}  // namespace
}  // namespace kam::account::rules
