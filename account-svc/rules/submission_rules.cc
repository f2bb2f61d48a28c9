#include "account-svc/rules/submission_rules.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "common/status/status.h"
#include "common/time/date.h"
#include "kam/account/v1/manufacturer_submission.pb.h"

namespace kam::account::rules {

absl::Status CheckSubmissionUpdate(const v1::ManufacturerSubmission& before) {
  if (before.state() == v1::MANUFACTURER_SUBMISSION_STATE_PREPARED) return absl::OkStatus();
  if (before.state() == v1::MANUFACTURER_SUBMISSION_STATE_WITHDRAWN) {
    return FailedPrecondition("SUBMISSION_WITHDRAWN", before.name(), "it was withdrawn and does not change");
  }
  return FailedPrecondition("SUBMISSION_REVIEWED", before.name(),
                            "what was reviewed is what is submitted; revise it to change it",
                            {{"state", v1::ManufacturerSubmissionState_Name(before.state())}});
}

absl::Status CheckDueDate(const v1::ManufacturerSubmission& before, const v1::ManufacturerSubmission& after,
                          bool superior) {
  if (before.due_date() == after.due_date() || (superior && !before.overdue())) return absl::OkStatus();
  return InvalidField("manufacturer_submission.due_date", "DUE_DATE_FIXED",
                      absl::StrCat("was ", before.due_date(), before.overdue() ? ", which has passed" : "",
                                   "; it is moved before that by somebody who leads those who prepare it"),
                      {{"value", after.due_date()}, {"limit", before.due_date()}});
}

absl::Status CheckForm(const v1::ManufacturerSubmission& submission) {
  if (!absl::StripAsciiWhitespace(submission.form()).empty()) return absl::OkStatus();
  return FailedPrecondition("FORM_REQUIRED", submission.name(),
                            "it names the form of the manufacturer that it is written in before it is reviewed",
                            {{"field", "manufacturer_submission.form"}});
}

absl::Status CheckSubmissionPeriod(const v1::ManufacturerSubmission& submission) {
  constexpr int64_t kDaysMax = 366;
  const bool of_period = submission.kind() == v1::SUBMISSION_KIND_REFERRAL_RESULTS;
  FieldViolations violations;
  for (const auto& [field, value] : {std::pair("manufacturer_submission.period_from", submission.period_from()),
                                     std::pair("manufacturer_submission.period_to", submission.period_to())}) {
    if (of_period && value.empty()) {
      violations.Add(field, "FIELD_REQUIRED", "must be set: results of referrals are those of a period");
    } else if (!of_period && !value.empty()) {
      violations.Add(field, "PERIOD_INVALID", "is set for results of referrals, and for nothing else",
                     {{"value", value}, {"kind", v1::SubmissionKind_Name(submission.kind())}});
    }
  }
  if (!of_period || !violations.empty()) return violations.status();
  ASSIGN_OR_RETURN(const int64_t days, DaysBetween(submission.period_from(), submission.period_to()));
  if (days >= 0 && days < kDaysMax) return absl::OkStatus();
  return InvalidField("manufacturer_submission.period_to", "PERIOD_INVALID",
                      absl::StrCat("must be from period_from on, and at most ", kDaysMax, " days"),
                      {{"value", submission.period_to()}, {"limit", submission.period_from()}});
}

absl::Status CheckSubmissionPeriodOver(const v1::ManufacturerSubmission& submission, const std::string& today) {
  if (submission.period_to().empty() || submission.period_to() < today) return absl::OkStatus();
  return FailedPrecondition(
      "PERIOD_NOT_OVER", submission.name(),
      absl::StrCat("the referrals until ", submission.period_to(), " are counted when that day is over"),
      {{"endDate", submission.period_to()}, {"today", today}});
}

void SetFigures(const ReferralFigures& figures, v1::ManufacturerSubmission* submission) {
  submission->set_leads(figures.leads);
  submission->set_referred(figures.referred);
  submission->set_referrals_succeeded(figures.succeeded);
  submission->set_referrals_failed(figures.failed);
  submission->set_referral_points(figures.points);
}

absl::Status CheckFigures(const ReferralFigures& figures, const v1::ManufacturerSubmission& submission) {
  const ReferralFigures read{submission.leads(), submission.referred(), submission.referrals_succeeded(),
                             submission.referrals_failed(), submission.referral_points()};
  if (figures == read) return absl::OkStatus();
  return FailedPrecondition("FIGURES_CHANGED", submission.name(),
                            "the referrals of the period are others than were counted; UpdateManufacturerSubmission "
                            "counts them anew",
                            {{"permission", "manufacturer_submission.write"}});
}

void ForgetReview(v1::ManufacturerSubmission* submission) {
  submission->clear_reviewer();
  submission->clear_review_time();
  submission->clear_snapshot();
  submission->clear_content_hash();
}

absl::StatusOr<std::vector<Period>> MissingReferralPeriods(const Period& asked, const std::string& today,
                                                           const std::vector<Period>& told, const Policy& policy) {
  std::vector<Period> missing;
  const int months = policy.referral_report_months;
  if (months == 0) return missing;
  ASSIGN_OR_RETURN(const absl::CivilDay from, ParseDate(asked.from, "from_date"));
  ASSIGN_OR_RETURN(const absl::CivilDay to, ParseDate(asked.to, "to_date"));
  ASSIGN_OR_RETURN(const absl::CivilDay now, ParseDate(today, "today"));
  const auto is_told = [&](absl::CivilMonth month) {
    const std::string first = FormatDate(absl::CivilDay(month)), last = FormatDate(absl::CivilDay(month + 1) - 1);
    return std::any_of(told.begin(), told.end(),
                       [&](const Period& period) { return period.from <= first && last <= period.to; });
  };
  // The periods of a year begin with January.
  absl::CivilMonth first(from.year(), (from.month() - 1) / months * months + 1);
  for (; absl::CivilDay(first + months) - 1 <= to && absl::CivilDay(first + months) <= now; first += months) {
    if (absl::CivilDay(first + months) - 1 < from) continue;
    for (int at = 0; at < months; ++at) {
      if (is_told(first + at)) continue;
      missing.push_back({FormatDate(absl::CivilDay(first)), FormatDate(absl::CivilDay(first + months) - 1)});
      break;
    }
  }
  return missing;
}

std::string SubmissionText(const v1::ManufacturerSubmission& submission) {
  // Every part with its length, so that no two contents give one text.
  std::string text = "manufacturer-submission 2\n";
  const auto add = [&text](absl::string_view part) { absl::StrAppend(&text, part.size(), ":", part, "\n"); };
  add(submission.manufacturer());
  add(v1::SubmissionKind_Name(submission.kind()));
  add(submission.account());
  add(submission.display_name());
  add(submission.form());
  add(submission.due_date());
  add(submission.content());
  for (const v1::SubmissionAttachment& attachment : submission.attachments()) {
    add(attachment.title());
    add(attachment.document());
  }
  // What was reviewed before there were periods has the text it had.
  if (submission.kind() != v1::SUBMISSION_KIND_REFERRAL_RESULTS) return text;
  add(submission.period_from());
  add(submission.period_to());
  for (const int64_t figure :
       {int64_t{submission.leads()}, int64_t{submission.referred()}, int64_t{submission.referrals_succeeded()},
        int64_t{submission.referrals_failed()}, submission.referral_points()}) {
    add(absl::StrCat(figure));
  }
  return text;
}

}  // namespace kam::account::rules
