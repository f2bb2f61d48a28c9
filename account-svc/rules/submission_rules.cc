#include "account-svc/rules/submission_rules.h"

#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "common/status/status.h"
#include "kam/account/v1/manufacturer_submission.pb.h"

namespace kam::account::rules {

absl::Status CheckSubmissionUpdate(const v1::ManufacturerSubmission& before) {
  if (before.state() == v1::MANUFACTURER_SUBMISSION_STATE_PREPARED) return absl::OkStatus();
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
  return text;
}

}  // namespace kam::account::rules
