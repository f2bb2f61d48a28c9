// Checks that several rules make alike. Pure functions.
#ifndef KAM_ACCOUNT_SVC_RULES_DUTIES_H_
#define KAM_ACCOUNT_SVC_RULES_DUTIES_H_

#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "common/status/status.h"

namespace kam::account::rules {

// SEPARATION_OF_DUTIES when `actor` is `person`, who has the part `part` ("author") in it already.
inline absl::Status CheckOther(absl::string_view actor, absl::string_view person, absl::string_view part,
                               absl::string_view message) {
  if (actor != person) return absl::OkStatus();
  return Error(absl::StatusCode::kPermissionDenied, "SEPARATION_OF_DUTIES", message,
               {{std::string(part), std::string(person)}});
}

// PERMISSION_DENIED with the reason; `who` may do it.
inline absl::Status Denied(absl::string_view reason, absl::string_view text, const std::string& who) {
  return Error(absl::StatusCode::kPermissionDenied, reason, text, {{"allowed", who}});
}

// `person` is not below `actor` in the reporting lines.
inline absl::Status NotInLine(const std::string& actor, const std::string& person) {
  return Error(absl::StatusCode::kPermissionDenied, "NOT_IN_LINE",
               absl::StrCat(person, " does not report to ", actor, "; a superior of his may"),
               {{"actor", actor}, {"employee", person}});
}

// DATE_IN_FUTURE on `field` when `day` (ISO text) is after `today`.
inline absl::Status CheckNotLater(const std::string& day, const std::string& today, absl::string_view field) {
  if (day <= today) return absl::OkStatus();
  return InvalidField(field, "DATE_IN_FUTURE", absl::StrCat("is after today, ", today),
                      {{"value", day}, {"limit", today}});
}

// FAILED_PRECONDITION RECORD_KEPT: a record that is `state` counts in a rate or shows what was done, and is not put
// away; `instead` says what is done: "cancel it".
inline absl::Status RecordKept(absl::string_view name, absl::string_view state, absl::string_view instead) {
  return FailedPrecondition("RECORD_KEPT", name,
                            absl::StrCat("the record is ", state, " and counts; it is not archived: ", instead),
                            {{"state", std::string(state)}});
}

// DATE_TOO_EARLY on `field` when `day` (ISO text) is before `limit`, the day of `what` ("the answer").
inline absl::Status CheckNotEarlier(const std::string& day, const std::string& limit, absl::string_view field,
                                    absl::string_view what) {
  if (day >= limit) return absl::OkStatus();
  return InvalidField(field, "DATE_TOO_EARLY", absl::StrCat("is before ", what, ", ", limit),
                      {{"value", day}, {"limit", limit}});
}

}  // namespace kam::account::rules

#endif  // KAM_ACCOUNT_SVC_RULES_DUTIES_H_
