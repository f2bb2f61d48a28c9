// Refusals that several rules share.
#ifndef KAM_AFTERSALES_SVC_RULES_REFUSAL_H_
#define KAM_AFTERSALES_SVC_RULES_REFUSAL_H_

#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "common/status/status.h"

namespace kam::aftersales::rules {

// PERMISSION_DENIED SEPARATION_OF_DUTIES: "whoever {did}, does not {may_not}".
inline absl::Status SeparationOfDuties(absl::string_view did, absl::string_view may_not) {
  return Error(absl::StatusCode::kPermissionDenied, "SEPARATION_OF_DUTIES",
               absl::StrCat("whoever ", did, " does not ", may_not, "; somebody else must"),
               {{"did", std::string(did)}, {"mayNot", std::string(may_not)}});
}

}  // namespace kam::aftersales::rules

#endif  // KAM_AFTERSALES_SVC_RULES_REFUSAL_H_
