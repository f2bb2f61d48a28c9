// Rules of important accounts and deals. Pure functions.
#ifndef KAM_ACCOUNT_SVC_RULES_MATTER_RULES_H_
#define KAM_ACCOUNT_SVC_RULES_MATTER_RULES_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace kam::account::v1 {
class DiscussImportantMatterRequest;
class ImportantMatter;
class RespondToImportantMatterRequest;
}  // namespace kam::account::v1

namespace kam::account::rules {

// To whom somebody may report.
struct ReportingLines {
  std::vector<std::string> superiors;  // Of the one who reports, as of today.
  bool superior_is_general_manager = false;
  bool may_pass_the_line = false;
};

// SUPERIOR_UNKNOWN unless the superior is one of the reporter, or the general manager for whoever may report past the
// line; TIME_IN_PAST for an answer that was due before now.
absl::Status CheckReport(const v1::ImportantMatter& matter, const ReportingLines& lines, absl::Time now);
// MATTER_ANSWERED: what was answered does not change.
absl::Status CheckMatterUpdate(const v1::ImportantMatter& before);
// RESPONDER_NOT_ASKED for anybody but the superior asked, or the one above him once he was silent.
absl::Status Respond(const v1::RespondToImportantMatterRequest& request, absl::string_view actor, absl::Time now,
                     v1::ImportantMatter* matter);
// SUPERIOR_REQUIRED, DATE_IN_FUTURE.
absl::Status Discuss(const v1::DiscussImportantMatterRequest& request, const std::string& today,
                     v1::ImportantMatter* matter);
// SEPARATION_OF_DUTIES: whoever reported it neither writes down the discussion nor closes it before it was decided.
absl::Status CheckNotReporter(absl::string_view actor, const v1::ImportantMatter& matter, absl::string_view what);
// SEPARATION_OF_DUTIES for the one who reported.
absl::Status ApproveDecision(absl::string_view actor, absl::Time now, v1::ImportantMatter* matter);
// The same: the decision is discussed anew, `reason` says why.
absl::Status ReturnDecision(absl::string_view actor, const std::string& reason, v1::ImportantMatter* matter);
// NOT_THE_REPORTER for anybody but the one who reported.
absl::Status Withdraw(absl::string_view actor, const std::string& reason, v1::ImportantMatter* matter);
// Nobody answered in time: `above`, who may be nobody, is asked instead of the one before him.
void EscalateMatter(const std::string& above, absl::Time now, v1::ImportantMatter* matter);

}  // namespace kam::account::rules

#endif  // KAM_ACCOUNT_SVC_RULES_MATTER_RULES_H_
