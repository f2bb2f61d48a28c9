#include "account-svc/rules/matter_rules.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "account-svc/rules/duties.h"
#include "account-svc/rules/proto_time.h"
#include "common/status/status.h"
#include "kam/account/v1/important_matter.pb.h"
#include "kam/account/v1/important_matter_service.pb.h"

namespace kam::account::rules {

absl::Status CheckReport(const v1::ImportantMatter& matter, const ReportingLines& lines, absl::Time now) {
  const auto& superiors = lines.superiors;
  const bool above = std::find(superiors.begin(), superiors.end(), matter.superior()) != superiors.end();
  if (!above && !(lines.superior_is_general_manager && lines.may_pass_the_line)) {
    return InvalidField("important_matter.superior", "SUPERIOR_UNKNOWN",
                        "is not a superior of the one who reports; past the line only the general manager is reported "
                        "to, by a key-account manager",
                        {{"value", matter.superior()}, {"allowed", absl::StrJoin(superiors, ", ")}});
  }
  if (matter.has_respond_by() && FromTimestamp(matter.respond_by()) <= now) {
    return InvalidField("important_matter.respond_by", "TIME_IN_PAST", "must be later than now",
                        {{"limit", absl::FormatTime(absl::RFC3339_sec, now, absl::UTCTimeZone())}});
  }
  return absl::OkStatus();
}

absl::Status CheckMatterUpdate(const v1::ImportantMatter& before) {
  if (before.state() == v1::IMPORTANT_MATTER_STATE_REPORTED) return absl::OkStatus();
  return FailedPrecondition("MATTER_ANSWERED", before.name(),
                            "what was answered does not change; brief the superior instead",
                            {{"state", v1::ImportantMatterState_Name(before.state())}});
}

absl::Status Respond(const v1::RespondToImportantMatterRequest& request, absl::string_view actor, absl::Time now,
                     v1::ImportantMatter* matter) {
  if (actor != matter->superior() && (matter->escalated_to().empty() || actor != matter->escalated_to())) {
    const std::string asked = matter->escalated_to().empty()
                                  ? matter->superior()
                                  : absl::StrCat(matter->superior(), ", ", matter->escalated_to());
    return Error(absl::StatusCode::kPermissionDenied, "RESPONDER_NOT_ASKED",
                 absl::StrCat("the answer is that of ", asked), {{"asked", asked}});
  }
  matter->set_response(request.response());
  matter->set_responder(std::string(actor));
  *matter->mutable_respond_time() = ToTimestamp(now);
  return absl::OkStatus();
}

absl::Status Discuss(const v1::DiscussImportantMatterRequest& request, const std::string& today,
                     v1::ImportantMatter* matter) {
  const std::string day = request.discussion_date().empty() ? today : request.discussion_date();
  if (day > today) {
    return InvalidField("discussion_date", "DATE_IN_FUTURE", absl::StrCat("is after today, ", today),
                        {{"value", day}, {"limit", today}});
  }
  const auto& people = request.participants();
  const bool joined = std::find(people.begin(), people.end(), matter->superior()) != people.end() ||
                      std::find(people.begin(), people.end(), matter->responder()) != people.end();
  if (!joined) {
    return InvalidField("participants", "SUPERIOR_REQUIRED", "must have the superior to whom it was reported",
                        {{"superior", matter->superior()}, {"responder", matter->responder()}});
  }
  matter->set_discussion_date(day);
  *matter->mutable_participants() = people;
  matter->set_minutes(request.minutes());
  matter->set_decision(request.decision());
  matter->clear_return_reason();
  return absl::OkStatus();
}

absl::Status CheckNotReporter(absl::string_view actor, const v1::ImportantMatter& matter, absl::string_view what) {
  return CheckOther(actor, matter.owner(), "owner",
                    absl::StrCat("whoever reported a matter does not ", what, "; his superiors do"));
}

absl::Status ApproveDecision(absl::string_view actor, absl::Time now, v1::ImportantMatter* matter) {
  RETURN_IF_ERROR(CheckNotReporter(actor, *matter, "approve the decision on it"));
  matter->set_approver(std::string(actor));
  *matter->mutable_approve_time() = ToTimestamp(now);
  return absl::OkStatus();
}

absl::Status ReturnDecision(absl::string_view actor, const std::string& reason, v1::ImportantMatter* matter) {
  RETURN_IF_ERROR(CheckNotReporter(actor, *matter, "send the decision on it back"));
  matter->set_return_reason(reason);
  return absl::OkStatus();
}

absl::Status Withdraw(absl::string_view actor, const std::string& reason, v1::ImportantMatter* matter) {
  if (actor != matter->owner()) {
    return Error(
        absl::StatusCode::kPermissionDenied, "NOT_THE_REPORTER",
        absl::StrCat("it was reported by ", matter->owner(), ", who may take it back; his superiors answer it"),
        {{"owner", matter->owner()}});
  }
  matter->set_close_reason(reason);
  return absl::OkStatus();
}

void EscalateMatter(const std::string& above, absl::Time now, v1::ImportantMatter* matter) {
  matter->set_overdue(true);
  if (above.empty()) return;
  matter->set_escalated_to(above);
  *matter->mutable_escalate_time() = ToTimestamp(now);
}

}  // namespace kam::account::rules
